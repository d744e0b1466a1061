"""Explorers without a kernel: the grid of each, as its lesson makes it, state by state."""

import io
import math
import re

import explorers
import ipywidgets
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from medlearn import language, plots, widgets
from medlearn.widgets import controls, grids


def test_no_explorer_of_a_lesson_is_left_out():
    assert set(explorers.shown()) == set(explorers.RECIPES)


def without_trained(words):
    """Words without the numbers after ≈, whose last digit may be another on another processor."""
    return re.sub(r"≈ -?[\d.]+\d", "≈", words)


def drawn_once(fig):
    """The figure as a PNG picture; `savefig` draws each twice, to measure it first."""
    stream = io.BytesIO()
    FigureCanvasAgg(fig).print_png(stream)
    return stream.getvalue()


def neighbours(state, grid):
    """The states that differ in one control, by one notch: control → state."""
    for name, values in grid.items():
        place = values.index(state[name])
        if place + 1 < len(values):
            yield name, state | {name: values[place + 1]}


@pytest.mark.parametrize(("number", "name"), explorers.RECIPES)
def test_every_state_has_its_picture_and_its_words(number, name, monkeypatch):
    monkeypatch.setattr(plots, "png", drawn_once)
    explorer = explorers.made(number, name)
    if (number, name) not in explorers.TRAINED:
        assert without_trained(explorer.words) in without_trained(explorers.shown()[number, name])
    before = explorer.words, explorer._png, explorer._picture.value
    assert set(explorer.grid) == set(explorer.controls)
    assert all(len(set(values)) == len(values) >= 2 for values in explorer.grid.values())
    states = list(explorer.states())
    assert 2 <= len(states) <= 60
    assert {n: c.value for n, c in explorer.controls.items()} in states
    seen = {tuple(state.values()): explorer.render(state) for state in states}
    for view in seen.values():
        assert view.png.startswith(b"\x89PNG") and view.words == view.words.strip() != ""
        assert not re.search(r"\bnan\b|\binf\b|\{|  ", view.words)
    moved = {
        control
        for state in states
        for control, other in neighbours(state, explorer.grid)
        if seen[tuple(state.values())].words != seen[tuple(other.values())].words
        and seen[tuple(state.values())].png != seen[tuple(other.values())].png
    }
    assert moved == set(explorer.controls), "a control that changes nothing on the page"
    assert before == (explorer.words, explorer._png, explorer._picture.value), "nothing was moved"


def test_a_state_is_seen_as_if_the_controls_were_moved_there():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(40, 2))
    explorer = widgets.neuron_explorer(X, (X[:, 0] > 0).astype(int))
    state = {"w1": 2.0, "w2": 1.0, "bias": 0.5, "activation": "tanh"}
    view = explorer.render(state)
    assert view.words != explorer.words
    for name, value in state.items():
        explorer.controls[name].value = value
    assert (explorer.words, explorer._png) == view
    data, metadata = explorer._repr_mimebundle_()
    assert metadata["image/png"]["alt"] == view.words and data["image/png"] == view.png
    with pytest.raises(ValueError, match=r"one value for each of w1, w2, bias, activation; .* w1"):
        explorer.render({"w1": 2.0})


# --- the rules of a grid -------------------------------------------------------------------------


def say(ax, n, kind="a"):
    ax.plot([0, n])
    return f"{n} of {kind}"


def two_controls(**grid):
    n, kind = widgets.slider("n", 0, 100, 10), widgets.choice("kind", [("A", "a"), ("B", "b")])
    return widgets.Explorer(say, n=n, kind=kind, grid=grid or None)


def test_a_declared_grid_stands_in_the_order_of_the_controls():
    explorer = two_controls(kind=["b", "a"], n=[10, 5.0])
    assert explorer.grid == {"n": (10, 5), "kind": ("b", "a")}
    assert [str(n) for n in explorer.grid["n"]] == ["10", "5"], "as the control holds them"
    assert [tuple(state.values()) for state in explorer.states()] == [
        *((10, "b"), (10, "a"), (5, "b"), (5, "a"))
    ]


@pytest.mark.parametrize(
    ("grid", "said"),
    [
        ({"n": [10, 20], "kind": ["a", "b"], "m": [1, 2]}, "names 'm'; the controls are n, kind"),
        ({"n": [10, 20]}, "leaves out 'kind'"),
        ({"n": [10, 101], "kind": ["a", "b"]}, "'n' has 101, which the control does not take"),
        ({"n": [10, 2.5], "kind": ["a", "b"]}, "'n' has 2.5, which"),
        ({"n": [10, 20], "kind": ["a", "B"]}, "'kind' has 'B', which"),
        ({"n": [20, 30], "kind": ["a", "b"]}, "'n' lacks 10, where the control stands"),
        ({"n": [10, 20], "kind": ["a"]}, "'kind' should have two different values"),
        ({"n": [10, 10], "kind": ["a", "b"]}, "'n' should have two different values"),
        ({"n": range(31), "kind": ["a", "b"]}, r"62 states \(31 × 2\), and may have 60"),
    ],
)
def test_a_grid_that_does_not_fit_is_refused(grid, said):
    with pytest.raises(ValueError, match=said):
        two_controls(**grid)


def test_sixty_states_are_not_too_many():
    assert len(list(two_controls(n=range(30), kind=["a", "b"]).states())) == 60


def test_a_control_with_one_value_need_not_move():
    one = widgets.choice("kind", ["a"])
    explorer = widgets.Explorer(
        say, n=widgets.slider("n", 0, 9, 1), kind=one, grid={"n": (1, 2), "kind": ("a",)}
    )
    assert len(list(explorer.states())) == 2


def test_a_grid_is_spread_over_the_controls_where_none_is_declared():
    grid = two_controls().grid
    assert grid["kind"] == ("a", "b") and len(grid["n"]) == 30
    assert {0, 10, 100} <= set(grid["n"]) and list(grid["n"]) == sorted(grid["n"])
    assert max(np.diff(grid["n"])) <= 8, "evenly"
    few = widgets.Explorer(say, n=widgets.slider("n", 5, 95, 50, step=5))
    assert few.grid == {"n": tuple(range(5, 100, 5))}, "all, when there are few"


def test_a_grid_is_made_of_any_controls():
    many = {f"c{k}": widgets.choice("c", ["x", "y", "z"], "y") for k in range(7)}
    grid = grids.fitted(many)
    assert 32 <= math.prod(map(len, grid.values())) <= 60, "of seven, some stay where they are"
    assert all("y" in values for values in grid.values())
    others = {
        "tick": ipywidgets.Checkbox(value=True),
        "words": ipywidgets.Text(value="as they are"),
        "menu": ipywidgets.Dropdown(options={"one": 1, "two": 2}),
    }
    fitted = {"tick": (False, True), "words": ("as they are",), "menu": (1, 2)}
    assert grids.fitted(others) == fitted
    assert [control.value for control in others.values()] == [True, "as they are", 1]


def test_what_is_wanted_is_kept_where_it_fits():
    given = {"w": widgets.slider("w", 0.0, 10.0, 7.000000000000001, 0.5)}
    assert grids.fitted(given, {"w": [0, 7.0, 10, 20]}) == {"w": (0.0, 7.000000000000001, 10.0)}
    assert grids.fitted(given, {"w": [20, 30]})["w"][0] == 0.0, "nothing of it: all there is"
    assert controls.thinned(list(range(10)), 3, 1) in ([0, 1, 9], [1, 4, 9])


# --- in another language -------------------------------------------------------------------------


@pytest.fixture
def pseudo():
    language.use(language.PSEUDO)
    yield
    language.use("en")


@pytest.mark.parametrize(("number", "name"), explorers.RECIPES)
def test_every_word_of_an_explorer_can_be_translated(number, name, pseudo):
    if name in ("s2-12", "s2-08", "s7-13b"):
        pytest.skip("written in the lesson, in the lesson's language")
    explorer = explorers.made(number, name)
    assert explorer.words.startswith("⟦") and explorer.words.endswith("⟧")
    outside = re.sub(r"⟦[^⟦⟧]*(⟦[^⟦⟧]*⟧[^⟦⟧]*)*⟧", "", explorer.words)
    assert not outside.strip(), outside
    for control in explorer.controls.values():
        assert control.description.startswith("⟦"), control.description
    for ax in np.ravel(explorer._axes):
        shown = [ax.get_title(), ax.get_xlabel(), ax.get_ylabel()]
        for text in filter(None, shown):
            assert "⟦" in text or text in GIVEN, text


GIVEN = {  # by the lesson, in its own words
    "weight of mean radius",
    "bias",
    "weight of mean radius (per 10 pixels)",
    "accuracy on validation digits",
    "The model",
}
