"""plots, widgets and what surrounds a picture: its words."""

import re
import subprocess
import sys
import warnings

import ipywidgets
import matplotlib.pyplot as plt
import numpy as np
import pytest

from medlearn import plots, widgets

POINTS = np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 0.5]])
LABELS = np.array([0, 1, 1])


def test_show_gives_the_picture_its_words(monkeypatch):
    shown = []
    monkeypatch.setattr(
        "IPython.display.display",
        lambda data, metadata=None, raw=False: shown.append((data, metadata)),
    )
    fig, _ = plt.subplots()
    alt = "A picture of a < b, with five words."
    plots.show(fig, alt)
    (picture, metadata), (words, _) = shown
    assert picture["image/png"].startswith(b"\x89PNG")
    assert metadata == {"image/png": {"alt": alt}}
    assert alt in picture["text/plain"] and alt in words["text/plain"]
    assert "a &lt; b" in words["text/html"] and "<details>" in words["text/html"]
    assert not plt.fignum_exists(fig.number), "the figure would be shown twice"


@pytest.mark.parametrize("alt", ["", "figure", "a b c d"])
def test_show_refuses_a_figure_without_words(alt):
    fig, _ = plt.subplots()
    with pytest.raises(ValueError, match="what the figure shows"):
        plots.show(fig, alt)


def test_palette_is_told_apart_by_more_than_colour():
    assert len(set(plots.PALETTE)) == len(plots.PALETTE) == len(plots.LINES) == len(plots.MARKERS)
    grey = [np.dot([0.299, 0.587, 0.114], [int(c[i : i + 2], 16) for i in (1, 3, 5)])
            for c in plots.PALETTE[:2]]  # fmt: skip
    assert abs(grey[0] - grey[1]) > 25, "benign and malignant look alike in a grey print"


def test_learning_curves():
    ax = plots.learning_curves({"loss": [3, 2], "val_loss": [4, 3]}, "loss")
    assert [line.get_ydata().tolist() for line in ax.lines] == [[3, 2], [4, 3]]
    assert plots.learning_curves({"loss": [3, 2]}, "loss", ax) is ax
    with pytest.raises(ValueError, match=r"no 'accuracy'; it has \['loss'\]"):
        plots.learning_curves({"loss": [1]})


def test_decision_boundary_draws_the_line_where_it_is():
    _, ax = plt.subplots()
    assert plots.decision_boundary(lambda X: X[:, 0], POINTS, LABELS, ax, threshold=0.7) is ax
    (contour,) = [c for c in ax.collections if hasattr(c, "levels")]
    assert np.allclose(contour.get_paths()[0].vertices[:, 0], 0.7, atol=0.01)
    bare = plots.decision_boundary(lambda X: X[:, 0], POINTS, LABELS, line=False)
    assert not [c for c in bare.collections if hasattr(c, "levels")]
    # A score that is the same everywhere has no boundary, and is no error.
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        plots.decision_boundary(lambda X: np.zeros(len(X)), POINTS, LABELS)
    for X, y in [(POINTS[:, :1], LABELS), (POINTS, LABELS[:2])]:
        with pytest.raises(ValueError, match="shape"):
            plots.decision_boundary(lambda X: X[:, 0], X, y)


def test_image_grid():
    axes = plots.image_grid(np.arange(7 * 4).reshape(7, 2, 2), [str(n) for n in range(7)])
    assert [ax.get_title() for ax in axes] == [str(n) for n in range(7)]
    assert {ax.images[0].get_clim() for ax in axes} == {(0, 27)}, "each picture has its own grey"
    with pytest.raises(ValueError, match="at least one"):
        plots.image_grid([])
    with pytest.raises(ValueError, match="1 images need 1 titles, not 2"):
        plots.image_grid(np.zeros((1, 2, 2)), ["a", "b"])


def test_seed_points_shows_every_run():
    ax = plots.seed_points({"raw": [0.8, 0.9], "scaled": [0.95]}, ylabel="accuracy")
    heights = [c.get_offsets()[:, 1].tolist() for c in ax.collections if len(c.get_offsets()) > 0]
    assert [0.8, 0.9] in heights and [0.95] in heights
    assert ax.get_ylabel() == "accuracy"


def line(ax, slope, kind="straight"):
    ax.plot([0, 1], [0, slope])
    return f"A {kind} line with slope {slope}."


def test_explorer_changes_words_and_picture_together():
    explorer = widgets.Explorer(
        line, slope=widgets.slider("slope", 0, 5, 2), kind=widgets.choice("kind", ["straight", "x"])
    )
    data, metadata = explorer._repr_mimebundle_()
    assert data["text/plain"] == "In words: A straight line with slope 2."
    assert metadata["image/png"]["alt"] in explorer._picture.value
    before = data["image/png"]
    explorer.controls["slope"].value = 4
    after = explorer._repr_mimebundle_()[0]
    assert after["image/png"] != before and "slope 4" in after["text/plain"]
    assert 'alt="A straight line with slope 4."' in explorer._picture.value
    explorer.controls["kind"].value = "x"
    assert explorer.words == "A x line with slope 4."


def test_explorer_escapes_its_words():
    explorer = widgets.Explorer(lambda ax: 'a < b & "c"')
    assert 'alt="a &lt; b &amp; &quot;c&quot;"' in explorer._picture.value


def test_axes_stand_still_while_a_slider_moves():
    explorer = widgets.Explorer(line, slope=widgets.slider("slope", 0, 5, 2))
    place = explorer._axes.get_position().bounds
    explorer.controls["slope"].value = 5
    assert explorer._axes.get_position().bounds == place


def test_controls():
    assert isinstance(widgets.slider("n", 0, 10, 5), ipywidgets.IntSlider)
    assert isinstance(widgets.slider("w", -1.0, 1.0, 0.0), ipywidgets.FloatSlider)
    assert isinstance(widgets.slider("w", 0, 1, 0, step=0.1), ipywidgets.FloatSlider)
    with pytest.raises(ValueError, match="w: the start value 5 is not within"):
        widgets.slider("w", 0, 1, 5)
    assert all(
        w.description == "n" for w in [widgets.slider("n", 0, 1, 0), widgets.choice("n", [1])]
    )


@pytest.mark.parametrize("activation", ["step", "sigmoid", "tanh", "ReLU"])
def test_neuron_explorer_counts_both_errors(activation):
    X = np.array([[2.0, 0.0], [-2.0, 0.0], [1.0, 0.0], [-1.0, 0.0]])
    y = np.array([1, 1, 0, 0])
    explorer = widgets.neuron_explorer(X, y)
    explorer.controls["activation"].value = activation
    assert "It misses 1 of 2 cancers, and 1 of 2 benign lumps are false alarms" in explorer.words
    explorer.controls["w1"].value = 0.0
    explorer.controls["w2"].value = 0.0
    explorer.controls["bias"].value = 3.0
    assert "It raises 4 alarms. It misses 0 of 2 cancers, and 2 of 2 benign" in explorer.words
    with pytest.raises(ValueError, match="shape"):
        widgets.neuron_explorer(X[:, :1], y)


def test_import_is_light():
    script = (
        "import sys, medlearn\n"
        "heavy = {'tensorflow', 'keras', 'sklearn', 'matplotlib', 'pandas', 'ipywidgets'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_the_counts_in_lesson_01s_model_answer_are_the_explorers():
    from sklearn.model_selection import train_test_split

    from medlearn import datasets
    from medlearn.exercises import lesson_01

    lumps = datasets.load_breast_cancer(as_frame=True).frame
    split = {"test_size": 1 / 3, "stratify": lumps["target"], "random_state": 1}
    training, _ = train_test_split(lumps, **split)
    two = training[["mean radius", "mean texture"]]
    X = ((two - two.mean()) / two.std(ddof=0)).to_numpy()
    explorer = widgets.neuron_explorer(X, training["target"].to_numpy())
    counts = []
    for w1, bias in [(2.0, 0.0), (2.0, 0.5)]:
        explorer.controls["w1"].value, explorer.controls["bias"].value = w1, bias
        counts.append([int(n) for n in re.findall(r"(\d+) of \d+ (?:can|ben)", explorer.words)])
    (missed, alarms), (missed_later, alarms_later) = counts
    answer = lesson_01.verdict.model_answer
    assert f"misses {missed_later} of 141 cancers instead of {missed}," in answer
    assert f"alarms {alarms_later} of 238 women without cancer instead of {alarms}." in answer
