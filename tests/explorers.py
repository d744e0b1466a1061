"""Every explorer that a lesson shows, made by the lesson's own cells; only training is left out.

A recipe names the cells that the explorer's cell builds on. Where a lesson trains networks first,
a function gives something of the same form that takes no time.
"""

import ast
import contextlib
import io
import math
import re

import matplotlib as mpl
import numpy as np

from medlearn import lessons, plots, widgets


def linear_reader(names):
    """A linear model that reads digits, for five trained networks."""
    from sklearn.linear_model import LogisticRegression

    X, y = names["X_train"].reshape(-1, 784) / 255, names["y_train"]
    line = LogisticRegression(max_iter=100, tol=1e-2).fit(X[:1500], y[:1500])
    return {"models": [lambda x: line.decision_function(x.reshape(len(x), -1) / 255)]}


def logistic_risks(names):
    """The lesson's logistic regression, which is quick, without its network."""
    risk = names["out_of_fold"](names["regression"](), names["X"], names["y"], names["parts"])
    return {"risk": risk, "over_60": (names["cohort"]["age"] >= 60).to_numpy()}


def made_up_sweep(_names):
    """Accuracies that climb as those of the lesson do, and fall off a cliff."""
    dice, epochs = np.random.default_rng(0), np.arange(1, 7)[:, None]
    rates, top = [0.03, 0.1, 0.3, 1.0, 3.0], [0.9, 0.9, 0.9, 0.5, 0.1]
    return {
        "sweep": {
            rate: high * (1 - np.exp(-epochs * (0.1 + rate))) + dice.normal(0, 0.01, (6, 3))
            for rate, high in zip(rates, top, strict=True)
        }
    }


def forecasts_between(names):
    """Beside the two quick forecasts two more, between them and the truth."""
    made, truth = names["forecasts"], names["new_future"]
    between = {"LSTM": (made["linear"] + truth) / 2, "dense": (made["linear"] + 2 * truth) / 3}
    return {"forecasts": made | between}


def quick_chances(names):
    """Logistic regression on the pieces, which is quick, in place of forest and network."""
    from sklearn.linear_model import LogisticRegression

    from medlearn import splits

    enters, bits = names["enters"], names["bits"]
    folds, p = splits.folds(enters, names["bbb"].groups, n_splits=3, seed=1), np.zeros(len(enters))
    for learned, tested in folds:
        line = LogisticRegression(C=0.03, max_iter=1000).fit(bits[learned], enters[learned])
        p[tested] = line.predict_proba(bits[tested])[:, 1]
    return {"chances": {"forest, pieces": p, "network on the graph": p}, "folds": folds}


def looked_up_lines(_names):
    """Lines of three kinds, more of them not on the list the hotter it was; none was written."""
    dice, kinds = np.random.default_rng(0), ["seen", "new", "unlisted"]
    shown = {}
    for begin in ["", "burn of", "encounter for", "malignant neoplasm of"]:
        for t in (0.2, 0.5, 0.8, 1.0, 1.3):
            drawn = dice.choice(kinds, size=60, p=[0.9 - 0.6 * t, 0.05, 0.05 + 0.6 * t])
            shown[begin, t] = [(f"{begin} a line of kind {kind}", str(kind)) for kind in drawn]
    return {"shown": shown}


def alarms_between(names):
    """In place of what was trained, four alarms between the two quick ones."""
    now, line, weighted = names["stays"], names["line"], names["weighted"]
    return {
        "scores": {
            "the reading now": -now,
            "straight line": -line,
            "weighted sum": -weighted,
            "network": -(2 * weighted + line) / 3,
            "logistic alarm": -(weighted + line) / 2,
            "asked network": -(weighted + now) / 2,
        }
    }


def private_scores(names):
    """Made-up scores in place of what lesson 16 trains with three settings."""
    grid = {
        (wanted, people, bound): (
            0.75 - 0.02 / wanted - 20 / people,
            1 + 0.5 / bound,
            8 - 3 / bound,
        )
        for wanted in (math.inf, 8, 2, 0.5)
        for people in (300, 1000, 2000)
        for bound in (0.3, 1, 5)
    }
    return {"math": math, "grid": grid}


RISKS = ["s1-02", "s1-04", "s1-08", "s1-10", "s1-13", "s2-02", "s2-04", logistic_risks]
RECIPES = {
    ("00", "s2-12"): ["s1-02", "s1-04", "s1-08", "s2-11"],
    ("01", "s2-06"): ["s1-02", "s1-04", "s1-06"],
    ("02", "s6-02"): ["s1-02", "s1-06", "s3-02"],
    ("03", "s2-36"): ["s1-02", linear_reader],
    ("04", "s2-17"): ["s1-02", "s1-04", "s1-06", "s2-02"],
    ("04", "s5-17"): ["s1-02", "s1-04", "s1-06", "s5-04"],
    ("05", "s2-18"): [*RISKS, "s2-12"],
    ("05", "s2-22"): [*RISKS, "s2-12"],
    ("06", "s1-17"): ["s1-02", made_up_sweep],
    ("06", "s2-08"): [],
    ("07", "s1-15"): ["s1-02", "s1-03", "s1-06", "s1-08", "s1-09"],
    ("08", "s3-42"): [
        *("s1-02", "s3-02", "s3-12", "s3-13", "s3-17", "s3-21", "s3-22"),
        forecasts_between,
    ],
    ("09", "s1-13"): ["s1-02"],
    ("10", "s3-11"): [
        *("s1-02", "s1-03", "s1-05", "s1-06", "s1-08", "s1-10", "s1-12", "s1-14"),
        *("s2-04", "s2-10", "s2-12", "s2-14", "s2-16", "s3-09"),
    ],
    ("11", "s3-30"): [looked_up_lines],
    ("12", "s2-12b"): [
        *("s1-02", "s2-02", "s2-02b", "s2-06", "s2-08b", "s2-10", "s2-10b", "s2-12"),
    ],
    ("13", "s3-22"): [
        *("s1-02", "s1-07", "s1-10", "s1-12", "s1-12b", "s1-14", "s1-16", "s1-16b"),
        *("s3-02", "s3-03", alarms_between),
    ],
    ("14", "s3-17"): [
        *("s1-02", "s1-04", "s1-09", "s1-11", "s1-17", "s2-07"),
        *("s3-02", quick_chances, "s3-15"),
    ],
    ("15", "s3-16"): [],
    ("17", "s2-21"): ["s1-02", "s1-03", "s1-04", "s1-05", "s1-06", "s2-02"],
    ("16", "s7-13b"): [private_scores, "s6-08c", "s7-13"],
    ("18", "s2-08"): [],
}
TRAINED = {
    ("03", "s2-36"),
    ("06", "s1-17"),
    ("08", "s3-42"),
    ("11", "s3-30"),
    ("13", "s3-22"),
    ("14", "s3-17"),
    ("16", "s7-13b"),
}
"""Those whose words are others than the lesson's, because nothing was trained."""


def cells_of(lesson):
    """The code of a lesson, and what it stored: cell id → cell."""
    return {cell["id"]: cell for cell in lesson.notebook["cells"] if cell["cell_type"] == "code"}


def shown():
    """What ends in an explorer: (lesson, cell) → the words that the lesson stored."""
    found = {}
    for number, lesson in lessons.find().items():
        for name, cell in cells_of(lesson).items():
            body = ast.parse(lessons.text_of(cell)).body
            if body and re.search("[Ee]xplorer\\(", ast.unparse(body[-1])):
                found[number, name] = "".join(cell["outputs"][-1]["data"]["text/plain"])
    return found


def made(number, name, dpi=20):
    """The explorer of one cell, as the lesson makes it; small pictures are drawn in less time."""
    import medlearn

    cells = {id: lessons.text_of(cell) for id, cell in cells_of(lessons.find()[number]).items()}
    names = {"medlearn": medlearn, "widgets": widgets, "plots": plots}
    with contextlib.redirect_stdout(io.StringIO()), mpl.rc_context():
        plots.use_style()
        mpl.rcParams["figure.dpi"] = dpi
        for step in RECIPES[number, name]:
            if callable(step):
                names |= step(names)
            else:
                exec(cells[step], names)
        tree = ast.parse(cells[name])
        last = ast.Expression(tree.body.pop().value)
        exec(compile(tree, name, "exec"), names)
        return eval(compile(last, name, "eval"), names)
