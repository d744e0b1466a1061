"""Lesson 15: what it says of its data, what the blind court holds, and what its explorer shows."""

import json

import numpy as np
import pytest

from medlearn import datasets, lessons, plots, widgets
from medlearn.court import FILE, METHODS, load_court
from medlearn.exercises import lesson_15
from tools import court as tool

LESSON = lessons.find()["15"]


def test_the_lesson_loads_what_it_says():
    assert LESSON.data == ("nhanes", "nodules")


# --- the table -----------------------------------------------------------------------------------


def test_the_cohort_is_that_of_lesson_05():
    """Lesson 05 chooses people and columns step by step; both must end at the same table."""
    cells = {cell["id"]: lessons.text_of(cell) for cell in lessons.find()["05"].cells}
    names = {}
    for cell in ("s1-02", "s1-04", "s1-06", "s1-08", "s1-10"):
        exec(cells[cell], names)
    for cell in cells.values():
        if cell.startswith("numbers = ["):
            exec(cell, names)
    ours = datasets.screening_cohort(datasets.load_nhanes().frame)
    assert ours.data.equals(names["X"])
    np.testing.assert_array_equal(ours.target, names["y"])


def test_a_column_that_is_missing_is_named():
    people = datasets.load_nhanes().frame
    with pytest.raises(ValueError, match="lacks the column 'waist_cm'"):
        datasets.screening_cohort(people.drop(columns="waist_cm"))
    with pytest.raises(ValueError, match="Nobody of these"):
        datasets.screening_cohort(people[people["age"] < 20])


# --- the maps ------------------------------------------------------------------------------------


PICTURE = np.zeros((6, 6))
PICTURE[2:4, 2:4] = 5


@pytest.mark.parametrize(
    ("maps", "said"),
    [
        ({}, "maps is empty"),
        ({"net": {}}, "is empty: a dictionary"),
        ({"net": {"gradient": np.zeros((5, 6))}}, r"shape \(5, 6\), the picture \(6, 6\)"),
        ({"net": {"gradient": np.zeros((2, 6, 6))}}, r"for example maps\[0\]"),
        ({"net": {"gradient": np.full((6, 6), np.nan)}}, "the map 'gradient' of 'net'"),
        ({"a": {"x": PICTURE}, "b": {"y": PICTURE}}, "'b' has y"),
    ],
)
def test_a_map_that_does_not_belong_to_the_picture_is_named(maps, said):
    with pytest.raises(ValueError, match=said):
        plots.heat_maps(PICTURE, maps)


def test_the_words_say_what_lies_on_the_object():
    both_signs = (PICTURE == 0) - PICTURE  # 4 pixels of -5 on the object, 32 of 1 around it
    words = plots.heat_maps(PICTURE, {"net": {"a": both_signs, "b": np.ones((6, 6))}})
    assert "a ≈ 38 %, b ≈ 11 %" in words  # the size counts, not the sign


def test_the_parts_of_a_straight_way_add_up():
    """Completeness, for a function whose slopes are known: f = x0 * x1 + x2²."""
    x, baseline = np.array([2.0, 3.0, 1.0]), np.array([0.5, 1.0, -1.0])
    ways = [baseline + (k + 0.5) / 400 * (x - baseline) for k in range(400)]
    slopes = np.array([[w[1], w[0], 2 * w[2]] for w in ways])
    parts = lesson_15.integrated_gradients.solution_function(slopes, x, baseline)
    value = [w[0] * w[1] + w[2] ** 2 for w in (x, baseline)]
    assert parts.sum() == pytest.approx(value[0] - value[1], abs=1e-4)


@pytest.mark.parametrize("seed", range(3))
def test_shapley_shares_out_the_whole(seed):
    value = np.random.default_rng(seed).normal(size=(2, 2, 2))
    shares = lesson_15.shapley.solution_function(value)
    assert shares.sum() == pytest.approx(value[1, 1, 1] - value[0, 0, 0])


# --- the court -----------------------------------------------------------------------------------


def test_the_file_is_small_and_belongs_to_the_lesson():
    assert FILE.stat().st_size < 300_000
    assert tool.stale() == ""


def test_other_cells_are_seen(monkeypatch):
    cells = tool.court_cells()
    assert tool.fingerprint([cell + "\n# a comment" for cell in cells]) == tool.fingerprint(cells)
    monkeypatch.setattr(tool, "court_cells", lambda: [*cells, "x = 1"])
    assert "Run: python -m tools.court" in tool.stale()


def test_the_court_holds_whom_the_command_lists():
    networks = load_court().networks
    found = list(networks[["kind", "head", "seed"]].itertuples(index=False, name=None))
    assert found == [tuple(one) for one in tool.DEFENDANTS]
    assert networks[list(METHODS)].stack().between(0, 1).all()


@pytest.mark.long
def test_a_network_of_the_court_can_be_made_again():
    """One cheat, from the lesson's cells; processors differ, so with some room."""
    court, one = tool.Court(), tool.Defendant("strong", "flat", 0)
    row = court.row(one, court.network(one))
    stored = next(
        found
        for found in json.loads(FILE.read_text(encoding="utf-8"))["networks"]
        if (found["kind"], found["head"], found["seed"]) == tuple(one)
    )
    assert row["clean"] == pytest.approx(stored["clean"], abs=0.03)
    assert row["reversed"]["marker"] == pytest.approx(stored["reversed"]["marker"], abs=0.1)
    for method in ("integrated", "occlusion", "times_input"):
        assert row["in_corner"][method] == pytest.approx(stored["in_corner"][method], abs=0.25)


def test_who_a_network_is_is_said_only_after_the_intervention():
    explorer = widgets.court_explorer(load_court())
    for state in explorer.states():
        words = explorer.render(state).words
        assert ("trained" in words) == (state["evidence"] == "intervene")


def test_the_explorer_says_who_falls_below_a_coin():
    court = load_court()
    explorer = widgets.court_explorer(court)
    letter = "ABCDEF"[[one["who"] for one in court.dock].index("strong")]
    words = explorer.render({"network": letter, "evidence": "intervene"}).words
    assert "Worse than a coin: marker" in words and "trained with the marker" in words


def test_a_map_of_another_shape_is_named():
    court = load_court()
    court.dock[1]["maps"]["grad_cam"] = np.zeros((2, 7, 7))
    with pytest.raises(ValueError, match=r"Network B: the map 'grad_cam' has shape \(2, 7, 7\)"):
        widgets.court_explorer(court)
    court.dock = court.dock[:3]
    with pytest.raises(ValueError, match="needs 6 networks; 3 came"):
        widgets.court_explorer(court)
