"""Lesson 12: what it says of its data, its survival measures, and its explorer."""

import json

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

from medlearn import datasets, lessons
from medlearn.widgets import confounding_explorer
from tools import reference

LESSON = lessons.find()["12"]
BENCHMARK = (0.74, 0.55, 1.0)


def test_the_lesson_loads_what_it_says():
    expected = {"colon_trial", "diabetic_eyes", "gbsg", "rotterdam", "transplants"}
    assert set(LESSON.data) == expected


def test_nobody_without_cancer_in_the_nodes_got_hormones():
    women = datasets.load_rotterdam(as_frame=True).frame
    assert women.loc[women["hormones"] == 1, "nodes"].min() >= 1
    assert (women["nodes"] == 0).sum() == 1436


def test_each_two_rows_are_the_eyes_of_one_person_and_one_was_lasered():
    eyes = datasets.load_diabetic_eyes(as_frame=True)
    each = eyes.frame.groupby(eyes.groups)["treated"].agg(["size", "sum"])
    assert (each["size"] == 2).all() and (each["sum"] == 1).all()


def test_the_german_women_have_a_grade_that_no_dutch_woman_has():
    assert datasets.load_rotterdam(as_frame=True).frame["grade"].min() == 2
    assert datasets.load_gbsg(as_frame=True).frame["grade"].min() == 1


# ---- survival by hand, against three libraries ---------------------------------------------------


@pytest.fixture(scope="module")
def by_hand():
    """The functions that the lesson writes out, from its own cells."""
    names = {"np": np, "pd": pd}
    cells = {cell["id"]: lessons.text_of(cell) for cell in LESSON.notebook["cells"]}
    for cell in ("s2-06", "s2-10", "s3-09", "s3-09b", "s3-13"):
        exec(cells[cell], names)
    return names


@pytest.fixture(scope="module")
def people():
    """The same as in reference/survival.py: with ties, some between a death and a censoring."""
    n = np.arange(60)
    columns = {"years": (n * 7) % 20 + 1.0, "death": (n % 3 != 0).astype(int)}
    return pd.DataFrame({**columns, "treated": n % 2, "nodes": (n * 11) % 9})


@pytest.fixture(scope="module")
def committed():
    return json.loads((reference.FOLDER / "survival.json").read_text("utf-8"))


@pytest.mark.parametrize("library", ["lifelines", "scikit-survival"])
def test_survival_by_hand_is_that_of(library, by_hand, people, committed):
    values = committed[library]
    alive = [by_hand["alive_at"](people, at) for at in committed["at"]]
    np.testing.assert_allclose(alive, values["alive"], rtol=1e-9)
    c = by_hand["concordance"](*(people[name].to_numpy() for name in ("nodes", "years", "death")))
    assert c == pytest.approx(values["c"], rel=1e-9)
    model = by_hand["cox"](people, ["treated", "nodes"])
    np.testing.assert_allclose(model.params, values["log_hazard_ratios"], rtol=1e-4)


def test_the_restricted_mean_and_the_interval_are_those_of_lifelines(by_hand, people, committed):
    values = committed["lifelines"]
    assert by_hand["years_lived"](people, 12.0) == pytest.approx(values["years_lived"], rel=1e-6)
    ratio = by_hand["hazard_ratio"](by_hand["cox"](people, ["treated", "nodes"]))
    np.testing.assert_allclose(np.log(ratio[1:]), values["ends"][0], rtol=1e-3)


def test_the_curve_by_hand_is_that_of_statsmodels(by_hand, people):
    from statsmodels.duration.survfunc import SurvfuncRight

    library = SurvfuncRight(people["years"], people["death"])
    days, alive = by_hand["curve"](people["years"].to_numpy(), people["death"].to_numpy())
    np.testing.assert_allclose(days[1:], library.surv_times)
    np.testing.assert_allclose(alive[1:], library.surv_prob)


# ---- the explorer --------------------------------------------------------------------------------


def fit(columns, rows):
    """Each column lowers the hazard ratio, and so do fewer rows."""
    ratio = 1.5 - 0.3 * len(columns) - 0.1 * (rows.sum() < 3)
    return ratio, ratio - 0.2, ratio + 0.2, 0.5 + 0.1 * len(columns)


def explorer_of(**changed):
    given = {
        "fit": fit,
        "confounders": {"nodes": ["nodes"], "tumour": ["size", "grade"]},
        "people": {"all": [True, True, True], "some": [True, True, False]},
        "published": BENCHMARK,
    }
    return confounding_explorer(**(given | changed))


def test_the_ratio_moves_with_what_is_ticked_and_the_band_stays():
    explorer = explorer_of()
    assert "knows nothing beside the treatment. Hazard ratio 1.50 [1.30 to 1.70]" in explorer.words
    assert "looks harmful. Outside of the randomised interval, 0.74" in explorer.words
    explorer.controls["knows_1"].value = True
    assert "tumour. Hazard ratio 0.90 [0.70 to 1.10], C-index 0.70" in explorer.words
    assert "It could be either. Within the randomised interval, 0.74" in explorer.words
    explorer.controls["knows_0"].value = True
    assert "nodes; tumour. Hazard ratio 0.60" in explorer.words
    assert "looks helpful" in explorer.words


def test_other_people_are_other_rows():
    explorer = explorer_of()
    explorer.controls["people"].value = "some"
    assert "People: some, 2 persons." in explorer.words
    assert "Hazard ratio 1.40" in explorer.words


def test_each_state_is_fitted_once():
    asked = []

    def counted(columns, rows):
        asked.append(tuple(columns))
        return fit(columns, rows)

    explorer = explorer_of(fit=counted)
    for value in (True, False, True):
        explorer.controls["knows_0"].value = value
    assert sorted(asked) == [(), ("nodes",)]


def test_a_page_without_a_kernel_shows_all_states():
    with mpl.rc_context({"figure.dpi": 20}):
        explorer = explorer_of()
        assert len({explorer.render(state).words for state in explorer.states()}) == 8


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"confounders": {}}, "something to tick"),
        ({"people": {}}, "people to look at"),
        ({"people": {"all": [1, 0, 1]}}, "'all': the rows should be True"),
        ({"people": {"all": [False, False, False]}}, "for one at least"),
        ({"published": (0.74, 0.8, 1.0)}, "ends of its interval"),
        ({"published": (0.74, 0.55)}, "ends of its interval"),
        ({"published": (0.74, -1, 1.0)}, "ends of its interval"),
    ],
)
def test_what_is_no_comparison_is_named(changed, said):
    with pytest.raises(ValueError, match=said):
        explorer_of(**changed)


def test_a_fit_that_is_no_function_is_named():
    with pytest.raises(TypeError, match="fit should be a function"):
        explorer_of(fit=0.7)
