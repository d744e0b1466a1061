"""Every lesson has the form of the course, and every rule of that form can fail."""

import copy
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from medlearn import lessons
from tools import lint as rules
from tools import slides, sync

ROOT = Path(__file__).resolve().parents[1]
LESSONS = [lesson.path for lesson in lessons.find().values()]
PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
    "+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


# Rules that came after a lesson was written, until it is written anew.
NOT_YET: set[tuple[str, str]] = set()


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
def test_lesson_keeps_the_rule(path, rule, request):
    if (rule.__name__, path.name[:2]) in NOT_YET:
        request.applymarker(pytest.mark.xfail(strict=True))
    problems = rule(nbformat.read(path, as_version=4))
    assert not problems, "\n".join([f"{path.stem}: {rule.__doc__}", *problems])


def test_there_are_lessons_and_nothing_else():
    assert LESSONS
    others = {p.name for p in (ROOT / "notebooks").iterdir()} - {p.name for p in LESSONS}
    assert others <= {".ipynb_checkpoints"}, "notebooks/ holds the lessons and nothing else"


# --- a made-up lesson that keeps every rule, and one way to break each -------------------------


def text_output(text):
    return new_output("stream", name="stdout", text=text)


def picture(alt="A line that rises from left to right."):
    return new_output(
        "display_data",
        data={"image/png": PIXEL, "text/plain": f"In words: {alt}"},
        metadata={"image/png": {"alt": alt}},
    )


def exercise(name, stub):
    check = f"ex.{name}.check({name})\n# ex.{name}.hint()\n# ex.{name}.solution()"
    box = '<div data-kind="not yet">… Not yet. Write it.</div>'
    said = new_output("display_data", data={"text/plain": "Not yet.", "text/html": box})
    return [
        new_markdown_cell(f"### Exercise: {name}\nWrite it."),
        new_code_cell(stub, metadata={"tags": [f"exercise:{name}"]}),
        new_code_cell(check, metadata={"tags": [f"check:{name}"]}, outputs=[said]),
    ]


def section(heading, tag):
    return new_markdown_cell(f"## {heading}\nWhy it matters.", metadata={"tags": [tag]})


def good():
    """A notebook that every rule accepts."""
    facts = {
        "lesson": "99",
        "title": "Made up",
        "question": "Does the rule hold?",
        "minutes": 5,
        "before": "nothing",
        "fits": "1",
        "seconds_band": 10,
        "memory_band": 150,
        "keras": True,
    }
    cells = [
        new_markdown_cell("# 99 · Made up", metadata={"tags": ["header"]}),
        section("The case", "case"),
        section("You will be able to", "aims"),
        new_code_cell(
            sync.setup_source(lessons.Facts(**facts), sync.repository(ROOT)),
            metadata={"tags": ["setup"]},
            outputs=[text_output("medlearn is ready.\n")],
        ),
        section("1. Weigh", "core"),
        new_code_cell("from medlearn import datasets\nx = 0.25\nx", outputs=[number("0.25")]),
        *exercise("weigh", "def weigh(x):\n    ...  # your code here"),
        section("2. Look", "core"),
        new_code_cell(
            "plots.show(fig, alt=words)",
            metadata={"tags": ["drawing"], "jupyter": {"source_hidden": True}},
            outputs=[picture()],
        ),
        new_markdown_cell("**Predict before you run.** How many?"),
        new_code_cell(
            "1 + 1",
            metadata={"tags": ["predict"], "jupyter": {"outputs_hidden": True}},
            outputs=[number("2")],
        ),
        new_markdown_cell(f"{rules.FOLD}Two.\n\n</details>\n\nGo on."),
        *exercise("count", "count = ...  # your number"),
        section("3. Train (deeper)", "deeper"),
        new_code_cell(
            "import keras\n\nhistory = model.fit(x, y)\nprint(approx(score))",
            outputs=[
                text_output(
                    "accuracy ≈ 92.8 ± 0.8 % and ≈ 0.93 [0.91 to 0.95]\n"
                    "✓ good: promised 0.92 ± 0.05, measured ≈ 0.931\n"
                )
            ],
        ),
        new_code_cell("Explorer(draw, k=slider('k', 0, 1, 0))", outputs=[picture()]),
        *exercise("which", 'which = ...  # "a", "b" or "c"'),
        new_markdown_cell(
            "## In the clinic\nA 95 % confidence interval of the AUC is printed.",
            metadata={"tags": ["clinic"]},
        ),
        section("Recap", "recap"),
        section("Next", "next"),
        new_markdown_cell(
            "## References\n- A. Author. *Title*. doi:10.1000/xyz123",
            metadata={"tags": ["references"]},
        ),
    ]
    nb = new_notebook(cells=cells)
    nb.metadata.update(kernelspec={"name": "python3", "display_name": "x"}, medlearn=facts)
    slides.mark(lessons.parse(nb, Path("99_made_up.ipynb")))
    for count, (_, cell) in enumerate(rules.code_cells(nb), start=1):
        cell.execution_count = count
    return nbformat.reads(nbformat.writes(nb), as_version=4)


def number(text):
    return new_output("execute_result", data={"text/plain": text}, execution_count=1)


def find(nb, part):
    """The one cell whose source holds `part`."""
    (cell,) = [c for c in nb.cells if part in c.source]
    return cell


def drop(nb, part):
    nb.cells.remove(find(nb, part))


def edit(part, **changes):
    """A way to break a notebook: set attributes of the cell whose source holds `part`."""

    def change(nb):
        cell = find(nb, part)
        for key, value in changes.items():
            setattr(cell, key, value)

    return change


def replace(part, new):
    def change(nb):
        cell = find(nb, part)
        cell.source = cell.source.replace(part, new)

    return change


def add_code(source, outputs=(), tags=(), reason=None):
    def change(nb):
        metadata = {"tags": list(tags)} | ({"medlearn": {"reason": reason}} if reason else {})
        cell = new_code_cell(source, outputs=list(outputs), metadata=metadata)
        nb.cells.insert(-4, nbformat.from_dict(cell))

    return change


def add_text(source, tags=()):
    def change(nb):
        nb.cells.insert(-4, new_markdown_cell(source, metadata={"tags": list(tags)}))

    return change


def retag(part, *tags):
    return lambda nb: find(nb, part).metadata.update(tags=list(tags))


def facts(**changes):
    return lambda nb: nb.metadata["medlearn"].update(changes)


def several(*changes):
    def change(nb):
        for one in changes:
            one(nb)

    return change


def stderr(text):
    return new_output("stream", name="stderr", text=text)


def marked(part, kind):
    return lambda nb: find(nb, part).metadata["slideshow"].update(slide_type=kind)


def drawing(source, **jupyter):
    """Adds a cell tagged as a drawing, folded where `jupyter` says so."""

    def change(nb):
        cell = new_code_cell(source, metadata={"tags": ["drawing"], "jupyter": jupyter})
        nb.cells.insert(9, nbformat.from_dict(cell))

    return change


def put(heading, source):
    """Put a cell of code into a section, before all others."""

    def change(nb):
        place = nb.cells.index(find(nb, f"## {heading}"))
        nb.cells.insert(place + 1, nbformat.from_dict(new_code_cell(source)))

    return change


SHOW = "plots.show(fig, alt=words)"
folded = {"source_hidden": True}
MAKES = "net = keras.Sequential([])"
TRAINS = "def train(model, x):\n    model.compile()\n    return model.fit(x)"
view = new_output("display_data", data={rules.WIDGET_VIEW: {"model_id": "x"}})
error = new_output("error", ename="ValueError", evalue="x", traceback=["Traceback"])
ignore = ["nbval-ignore-output"]

BROKEN = {
    "stored_outputs": [
        add_code("print(1)"),
        add_code("x = 1\nx"),
        add_code("for i in range(3):\n    print(i)"),
        add_code("medlearn.claim('a', 1, equal=1)"),
        add_code("model.summary()"),
        add_code("plots.show(fig, alt='words')"),
        add_code("with open(name) as file:\n    print(file)"),
        add_code("Explorer(draw)"),
        add_code("1 / 0", outputs=[error]),
    ],
    "raising_cells": [add_code("x = 1", tags=["raises-exception"])],
    "execution_counts": [
        edit("1 + 1", execution_count=None),
        edit("1 + 1", execution_count=17),
        add_code("x = 1"),
    ],
    "stored_errors": [add_code("x = f()", outputs=[stderr("Warning: old\n")])],
    "printed_widths": [add_code("x", outputs=[text_output("a\n" + 101 * "x")])],
    "size": [add_code("x", outputs=[text_output("x" * 1_000_001)])],
    "machine_paths": [
        add_code("x", outputs=[text_output("saved /home/anna/model.keras")]),
        add_code("x", outputs=[text_output("C:\\Users\\anna")]),
        add_code("x", outputs=[number("<function f at 0x7f3b2c1d>")]),
        add_code("x", outputs=[text_output("in /tmp/tmpa1b2/x.npz")]),
    ],
    "widget_views": [
        add_code("x", outputs=[view]),
        lambda nb: nb.metadata.update(widgets={"state": {}}),
    ],
    "alternative_texts": [
        lambda nb: find(nb, "plots.show").outputs[0].metadata.clear(),
        lambda nb: find(nb, "plots.show").outputs[0].metadata["image/png"].update(alt="figure"),
        lambda nb: find(nb, "plots.show").outputs[0].data.update({"text/plain": "<Figure>"}),
        lambda nb: (
            find(nb, "plots.show")
            .outputs[0]
            .data.update({"text/plain": '<img alt="A line that rises from left to right.">'})
        ),
        add_code("x", outputs=[new_output("display_data", data={"text/html": '<img src="x">'})]),
    ],
    "predict_cells": [
        edit("1 + 1", metadata=nbformat.from_dict({"tags": ["predict"]})),
        edit("1 + 1", outputs=[]),
        retag("1 + 1"),
    ],
    "folded_readings": [
        lambda nb: drop(nb, "After you have run it"),
        replace(rules.FOLD, "Two, as one sees.\n\n" + rules.FOLD),
        replace("</summary>\n\n", "</summary>\n"),  # Markdown is not read without a blank line
        replace("\n\n</details>", "\n</details>"),
        replace("</details>", ""),
        replace("After you have run it", "Result"),
    ],
    "folded_drawings": [
        retag("plots.show("),
        several(*[drawing(SHOW, **folded)] * 3),
        drawing("\n".join(["ax.plot(x)"] * 15 + [SHOW]), **folded),
    ],
    "exempt_cells": [
        add_code("x", tags=ignore),
        add_code("x", tags=["nbval-skip"]),
        add_code("# NBVAL_IGNORE_OUTPUT\nx"),
        several(*[add_code("x", tags=ignore, reason="times differ")] * 3),
    ],
    "plain_python": [
        add_code("%matplotlib inline"),
        add_code("!pip install x"),
        add_code("np.dot?"),
        add_code("%%time\nx"),
        add_code("get_ipython().run_line_magic('time', 'x')"),
        add_code("get_ipython().system('ls')"),
    ],
    "cell_sizes": [
        add_code("\n".join(f"x{i} = {i}" for i in range(26))),
        several(*[add_code("\n".join(f"x{i} = {i}" for i in range(7)))] * 30),
    ],
    "drawings": [
        drawing("ax.plot(x)"),
        *[
            drawing(f"{line}\n{SHOW}")
            for line in (
                "model.fit(x, y)",
                "p = model.predict_proba(x)",
                "ax.plot(metrics.roc(y, p))",
                "parts = splits.folds(y)",
                "from sklearn.metrics import roc_auc_score",
                "from sklearn.model_selection import train_test_split",
                "from medlearn.metrics import auc",
                "from keras import layers",
                "net = keras.Sequential()",
                "x = datasets.load_ecg().data",
                "medlearn.claim('high', top, at_least=1)",
            )
        ],
        several(drawing(f"limit = 3\n{SHOW}"), add_code("print(limit)")),
        several(drawing(f"def f(x):\n    return x\n\n\n{SHOW}"), add_code("y = f(2)")),
    ],
    "learner_names": [
        add_code("weigh(3)"),
        add_code("print(count)"),
        add_code("def weigh(x):\n    return x"),
        add_code("y = [count for _ in range(3)]"),
    ],
    "private_names": [
        add_code("from medlearn.plots import _axes"),
        add_code("plots._axes()"),
        add_code("import medlearn._hidden"),
    ],
    "trains_on": [
        several(add_code(MAKES), add_code("net.fit(x, y)")),
        several(add_code(MAKES), add_code("for epoch in range(3):\n    net.train_on_batch(x, y)")),
        several(add_code(MAKES), add_code(TRAINS), add_code("history = train(net, x)")),
        several(add_code(MAKES), add_code(TRAINS), add_code("history = train(y=1, model=net)")),
        several(
            add_code(MAKES),
            add_code("def again(net, x):\n    return train(net, x)\n\n\n" + TRAINS),
            add_code("def once(net, x):\n    return again(net, x)"),
            add_code("once(net, x)"),
        ),
        several(
            add_code("def new():\n    net = keras.Model(a, b)\n    return net"),
            add_code("nets = {'a': new(), 'b': new()}"),
            add_code("for name, net in nets.items():\n    net.fit(x, y)"),
        ),
        several(
            add_code("nets = []\nfor seed in range(3):\n    nets.append(keras.Sequential([]))"),
            add_code("for net in nets:\n    net.fit(x, y)"),
        ),
        several(
            add_code("nets = {}\nnets['a'] = keras.Sequential([])"),
            add_code("nets['a'].fit(x, y)"),
        ),
        several(
            add_code("class Net(keras.Model):\n    pass"),
            add_code("net = Net()"),
            add_code("net.fit(x, y)"),
        ),
        several(
            add_code(MAKES),
            add_code("net.fit(x, y)", tags=["trains-on-ok"]),  # without a reason
        ),
    ],
    "one_thing_a_name": [
        several(put("1. Weigh", "far = 1"), put("2. Look", "far = 2"), put("3. Train", "far + 1")),
        several(put("1. Weigh", "far = 1"), put("2. Look", "far += 1")),
        several(put("1. Weigh", "for far in x: pass"), put("2. Look", "print(far)\nfar = 2")),
        several(
            put("1. Weigh", "far = 1\n\n\ndef f():\n    return far"),
            put("2. Look", "far = 2\nf()"),
        ),
        several(
            put("1. Weigh", "far = 1\nf = lambda: far"),
            put("2. Look", "far, near = 2, 3"),
            put("3. Train", "def g():\n    return f()"),
        ),
        several(
            put("1. Weigh", "with a as far:\n    pass"),
            put("2. Look", "[b for b in far]"),
            put("3. Train", "try:\n    far = 1\nexcept ValueError:\n    pass"),
        ),
    ],
    "kernel": [lambda nb: nb.metadata.kernelspec.update(name="my-env")],
    "timed_claims": [
        add_code(
            "import time\ntook = time.perf_counter() - 3\nmedlearn.claim('quick', took, at_most=1)"
        ),
        add_code("import timeit\nmedlearn.claim('quick', timeit.timeit(f, number=9), at_most=1)"),
        add_code("from time import perf_counter as now\nclaim('quick', now() - 3, at_most=1)"),
        several(
            add_code("import time\ntook = []"),
            add_code("took.append(time.time() - began)\nclaim('quick', max(took), at_most=1)"),
        ),
        several(
            add_code(
                "import time\n\n\ndef lasts(f):\n    t = time.monotonic()\n    f()\n    return t"
            ),
            add_code("both = {name: lasts(f) for name, f in ways.items()}"),
            add_code("ratio = both['a'] / both['b']\nclaim('quick', ratio, at_least=2)"),
        ),
        add_code("import time\nclaim('quick', record.history['seconds'][0], at_most=1)"),
        add_code("import time\na, took = 1, clock.seconds\nclaim('quick', max(took), at_most=1)"),
    ],
    "typed_scores": [
        add_text("The accuracy is 92.8 % here."),
        add_text("The network reaches an AUC of 0.995 on the test part."),
        add_text("It finds 87 percent: its sensitivity."),
        add_text("- sensitivity: 0.9"),
        add_text("Accuracy is 0.91 here.", tags=["typed-score-ok"]),  # without a reason
    ],
    "unmasked_numbers": [
        add_code("print(score)", outputs=[text_output("accuracy 0.931\n")]),
        add_code("score", outputs=[number("0.931")]),
        add_code("x", outputs=[text_output("≈ 0.931 and 0.5")]),
        add_code("x", outputs=[text_output("0.931 ± 0.02")]),
        add_code("x", outputs=[text_output("0.931")], tags=["unmasked-ok"]),  # without a reason
    ],
    "metadata": [
        facts(minutes="5"),
        facts(minuets=5),
        facts(seconds_band=None),
        facts(seconds_band=120),
        facts(memory_band=1000),
        facts(seconds_band=180, slow_because="it is slow"),
        facts(question="It holds."),
        lambda nb: nb.metadata.pop("medlearn"),
    ],
    "unwritten": [
        add_text("## 1. …"),
        add_text("### Exercise: first\n\n…"),
        add_text("- …"),
        add_text("Predict before you run: …"),
        facts(before="…"),
        facts(question="…?"),
    ],
    "sections": [
        lambda nb: drop(nb, "## Recap"),
        lambda nb: drop(nb, "## 3. Train"),
        replace("## 3. Train", "## 4. Train"),
        lambda nb: find(nb, "## Next").metadata.tags.clear(),
        lambda nb: find(nb, "## Next").metadata.update(tags=["recap"]),
        lambda nb: nb.cells.append(nb.cells.pop(1)),
        add_text("## An extra section"),
    ],
    "generated_cells": [
        lambda nb: nb.cells.pop(0),
        retag("medlearn.setup("),
        lambda nb: nb.cells.append(find(nb, "medlearn.setup(")),
        lambda nb: nb.cells.insert(1, nb.cells.pop(3)),
        lambda nb: nb.cells.insert(3, new_code_cell("import numpy")),
    ],
    "depth": [
        retag("## 2. Look"),
        retag("## 2. Look", "core", "deeper"),
        replace("## 3. Train (deeper)", "## 3. Train"),
        replace("## 2. Look", "## 2. Look (deeper)"),
        retag("## Recap", "core"),
        several(retag("## 1. Weigh", "deeper"), retag("## 2. Look", "deeper")),
        several(*[lambda nb: nb.cells.insert(9, section("1. Weigh", "core"))] * 2),
        several(*[lambda nb: nb.cells.__setitem__(slice(9, 9), exercise("a", "a = ..."))] * 2),
        lambda nb: nb.cells.extend(exercise("late", "late = ...  # your number")),
        replace("## 2. Look", "Text first.\n## 2. Look"),
    ],
    "exercise_cells": [
        lambda nb: drop(nb, "ex.count.check"),
        lambda nb: drop(nb, "def weigh"),
        lambda nb: drop(nb, "### Exercise: which"),
        replace("# ex.weigh.hint()", "ex.weigh.hint()"),
        replace("def weigh(x)", "def waugh(x)"),
        retag('which = ...  # "a"'),
        lambda nb: nb.cells.__setitem__(slice(9, 9), exercise("weigh", "weigh = ...")),
        several(*[lambda nb: nb.cells.pop(-5)] * 3),
        several(*[lambda nb, n=n: nb.cells.extend(exercise(n, f"{n} = ...")) for n in "abcde"]),
    ],
    "unfilled_checks": [
        edit("ex.weigh.check", outputs=[]),
        edit("ex.weigh.check", outputs=[text_output("✓ Right.")]),
    ],
    "deck": [
        lambda nb: find(nb, "## Next").metadata.clear(),
        marked("## Next", "page"),
        marked("## Recap", "skip"),  # nine are left
        lambda nb: nb.cells.extend([find(nb, "## Recap")] * 31),
        replace("How many?", "word " * 117),
    ],
    "explorer": [
        lambda nb: drop(nb, "Explorer(draw"),
        edit("Explorer(draw", outputs=[]),
        edit("Explorer(draw", source="explorer = Explorer(draw)"),
    ],
    "references": [
        replace("doi:10.1000/xyz123", "A Journal, 2020"),
        replace("doi:10.1000/xyz123", "doi:10.1000/xyz123\n- B. Author. A book."),
    ],
}


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
def test_rule_accepts_a_good_lesson(rule):
    assert rule(good()) == []


def test_every_rule_has_a_control():
    assert set(BROKEN) == {rule.__name__ for rule in rules.RULES}


@pytest.mark.parametrize(
    ("name", "number"), [(name, i) for name, ways in BROKEN.items() for i in range(len(ways))]
)
def test_rule_refuses_a_broken_lesson(name, number):
    nb = copy.deepcopy(good())
    BROKEN[name][number](nb)
    assert getattr(rules, name)(nb), "the rule did not see what was broken"


ACCEPTED = {
    "stored_outputs": [
        add_code("x = 1"),
        add_code("names.append('a')"),
        add_code("x = f();"),
        add_code("def f():\n    print(1)"),
        add_code("if bad:\n    print('bad')"),
        add_code("# only a comment"),
    ],
    "machine_paths": [
        add_code("x", outputs=[text_output("see https://doi.org/home/page and input/output")])
    ],
    "unwritten": [add_text("Counts are 1, 2, 3, …\n\n`[1, …]` and so on …")],
    "typed_scores": [
        add_text("```\naccuracy 0.93\n```"),
        add_text("With a [link](https://doi.org/10.1000/0.93) to its accuracy."),
        add_text("Half of them, 50 %, are women. Accuracy comes later."),
    ],
    "unmasked_numbers": [
        add_code("x", outputs=[text_output("epoch 5 of 5, ≈ 0.93 [0.91 to 0.95], ≈ -0.5 ± 0.1")]),
        add_code("model.summary()", outputs=[text_output("101,770 (397.54 KB)")]),
        add_code("print('above 0.9:', 3)", outputs=[text_output("above 0.9: 3")]),
        lambda nb: nb.cells.insert(
            5, nbformat.from_dict(new_code_cell("x", outputs=[number("0.5")]))
        ),
    ],
    "printed_widths": [add_code("x", outputs=[text_output(100 * "x" + "\n")])],
    "folded_readings": [replace("\n\nGo on.", "")],
    "drawings": [
        drawing(f"from sklearn.metrics import RocCurveDisplay\nax.plot(x.mean())\n{SHOW}"),
        several(drawing(f"limit = 3\n{SHOW}"), add_code("limit = 4\nprint(limit)")),
        several(drawing(f"import numpy as np\n{SHOW}"), add_code("y = np.zeros(3)")),
        several(drawing(f"for k in x:\n    ax.plot(k)\n{SHOW}"), add_code("f(lambda k: k)")),
    ],
    "folded_drawings": [
        several(*[drawing(SHOW)] * 4),
        several(*[drawing(SHOW, **folded)] * 2),
        drawing("\n".join(["ax.plot(x)"] * 14 + ["", SHOW]), **folded),
    ],
    "deck": [replace("How many?", "word " * 100)],
    "trains_on": [
        add_code(MAKES + "\nnet.fit(x, y)"),
        several(add_code(TRAINS), add_code(MAKES + "\nhistory = train(net, x)")),
        several(add_code(MAKES), add_code("line = LogisticRegression()\nline.fit(x, y)")),
        several(add_code(MAKES), add_code("net = keras.models.clone_model(net)\nnet.fit(x, y)")),
        several(
            add_code("def new(seed):\n    return keras.Sequential([])"),
            add_code("a, b = new(0), new(1)\nfor net in (a, b):\n    net.fit(x, y)"),
        ),
        several(add_code(MAKES), add_code("def never_called():\n    net.fit(x, y)")),
        several(
            add_code(MAKES + "\nkept = [net]\nlines = []"),
            add_code("lines.append(LogisticRegression())\nkept.append(net)\nlines[0].fit(x, y)"),
        ),
        add_code(
            "nets = []\nfor seed in range(3):\n    nets.append(keras.Sequential([]))\n"
            "    nets[-1].fit(x, y)"
        ),
        several(
            add_code(MAKES),
            add_code("net.fit(x, y)", tags=["trains-on-ok"], reason="to show what more does"),
        ),
    ],
    "one_thing_a_name": [
        several(put("1. Weigh", "far = 1\nfar"), put("2. Look", "far = 2\nfar")),
        several(put("1. Weigh", "far = 1"), put("2. Look", "far + 1"), put("3. Train", "far + 2")),
        several(
            put("1. Weigh", "import numpy as np"),
            put("2. Look", "import numpy as np"),
            put("3. Train", "np.pi"),
        ),
        several(
            put("1. Weigh", "far = 1\nfar"),
            put("2. Look", "def f(far):\n    return far"),
            put("3. Train", "f([far for far in x])"),
        ),
    ],
    "timed_claims": [
        add_code("import time\ntook = time.time()\nprint(took)\nmedlearn.claim('a', 1, equal=1)"),
        add_code(
            "import time\nclaim('a', log.history['loss'][0], at_most=1)\nlog.history['seconds']"
        ),
        add_code("import time\ntook = time.time()\ntook = 3\nclaim('a', took, equal=3)"),
        add_code("claim('a', patients['time'].median(), at_most=9)"),  # until death, say
        add_code("seconds = ecg.shape[1] / 500\nclaim('a', seconds, equal=10)"),
        several(
            add_code("import time\n\n\ndef draw(x, seconds):\n    return x[:seconds]"),
            add_code("claim('a', draw(x, 3), equal=3)"),
        ),
        add_code(
            "import time\nboth = {n: time.time() for n in 'ab'}\nfor n in both:\n    print(n)"
            "\nclaim('a', [n for n in x], equal=3)"
        ),
    ],
    "learner_names": [add_code("worked_weigh(3)\nex.weigh"), add_code("f(count=3)")],
    "private_names": [add_code("medlearn.__version__")],
}


@pytest.mark.parametrize(
    ("name", "number"), [(name, i) for name, ways in ACCEPTED.items() for i in range(len(ways))]
)
def test_rule_lets_what_is_right_pass(name, number):
    nb = good()
    ACCEPTED[name][number](nb)
    assert getattr(rules, name)(nb) == []
