"""plots, widgets and what surrounds a picture: its words."""

import itertools
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


def test_a_drawing_is_shown_as_lines_too_with_its_words_and_always_the_same():
    alt = 'A drawing of a < b, "with" words.'
    drawn = []
    for _ in range(2):
        fig, ax = plt.subplots()
        ax.plot([0, 1], [0, 1], marker="o")
        drawn.append(plots.svg(fig, alt))
        plt.close(fig)
    assert drawn[0] == drawn[1]
    assert 'aria-label="A drawing of a &lt; b, &quot;with&quot; words."' in drawn[0]


def test_show_gives_lines_where_they_are_asked_for(monkeypatch):
    shown = []
    monkeypatch.setattr(
        "IPython.display.display",
        lambda data, metadata=None, raw=False: shown.append((data, metadata)),
    )
    plots.show(plt.subplots()[0], "A drawing of a mechanism, small.", lines=True)
    data, metadata = shown[0]
    assert set(data) == {"image/png", "image/svg+xml", "text/plain"}
    assert set(metadata) == {"image/png", "image/svg+xml"} and "<svg role=" in data["image/svg+xml"]


def test_chain_diagram_leads_back_only_where_asked():
    boxes, links = ["weight", "sum\nz", "risk"], ["× x", "sigmoid"]
    onward, both = plots.chain_diagram(boxes, links), plots.chain_diagram(boxes, links, ["2", "3"])
    assert words_of(onward) == ["weight", "× x", "sum\nz", "sigmoid", "risk"]
    assert words_of(both) == ["weight", "× x", "2", "sum\nz", "sigmoid", "3", "risk"]
    for ax in (onward, both):
        assert_words_apart(ax)
    with pytest.raises(
        ValueError, match="back should be one fewer than boxes, here 2; there are 3"
    ):
        plots.chain_diagram(boxes, links, ["a", "b", "c"])


def test_unrolled_diagram_draws_a_cell_for_each_row():
    ax = plots.unrolled_diagram(["row 1", "row 2", "…", "row 9"])
    assert words_of(ax).count("cell") == 3 and words_of(ax).count("U") == 4
    assert len(ax.patches) == 3, "none where steps are left out"
    assert_words_apart(ax)
    for rows in ([], "row", [1]):
        with pytest.raises(ValueError, match="rows should be a list of texts"):
            plots.unrolled_diagram(rows)


def test_lstm_diagram_has_three_gates_and_the_new_content():
    ax = plots.lstm_diagram()
    words = " ".join(words_of(ax))
    assert words.count("sigmoid") == 3 and words.count("tanh") == 2
    assert words_of(ax).count("×") == 3 and words_of(ax).count("+") == 1
    assert_words_apart(ax)


def assert_words_apart(ax):
    """Nothing is cut off, and no word lies over another."""
    ax.figure.canvas.draw()
    edge = ax.figure.bbox
    places = [text.get_window_extent() for text in ax.texts if text.get_text()]
    assert all(edge.x0 <= at.x0 and at.x1 <= edge.x1 for at in places)
    assert all(edge.y0 <= at.y0 and at.y1 <= edge.y1 for at in places)
    assert not any(a.overlaps(b) for a, b in itertools.combinations(places, 2))


def words_of(ax):
    return [text.get_text() for text in ax.texts if text.get_text()]


def test_fold_diagram_darkens_the_test_rows_of_each_round():
    ax = plots.fold_diagram([([2], [0, 1]), ([0, 1], [2])], groups=["a", "a", "b"])
    dark = [plots.mpl.colors.to_hex(box.get_facecolor()) == plots.PALETTE[0].lower()
            for box in ax.patches]  # fmt: skip
    assert dark == [True, True, False, False, False, True]
    assert [text.get_text() for text in ax.texts] == ["a", "a", "b"] * 2
    for parts, groups, message in [
        ([], ["a"], "holds no round"),
        ([([0], [1])], ["a"], "round 1 tests a row"),
        ([([0], [1])], ["a", None], "groups"),
    ]:
        with pytest.raises(ValueError, match=message):
            plots.fold_diagram(parts, groups)


def words_lie_apart(fig):
    """Whether no word of a drawing is cut off, and none lies over another."""
    fig.canvas.draw()
    texts = [text for ax in fig.axes for text in (*ax.texts, ax.title) if text.get_text()]
    places = [text.get_window_extent() for text in texts]
    inside = all(fig.bbox.x0 <= at.x0 and at.x1 <= fig.bbox.x1 for at in places)
    return inside and not any(a.overlaps(b) for a, b in itertools.combinations(places, 2))


def test_field_diagram_counts_as_one_lit_pixel_does():
    """The drawn boxes and the told field, beside chained layers that are lit pixel by pixel."""
    rng = np.random.default_rng(0)
    for _ in range(20):
        layers = [
            (f"layer {k}", int(rng.integers(1, 4)), int(rng.integers(1, 3)))
            for k in range(rng.integers(1, 4))
        ]
        told = plots.field_diagram(layers).rpartition(": ")[2].rstrip(".").split(", ")
        lit = np.eye(64)
        for (name, width, step), words in zip(layers, told, strict=True):  # from pixel to pixel
            windows = np.lib.stride_tricks.sliding_window_view(lit, width, axis=1)[:, ::step]
            lit = windows.sum(axis=-1)
            assert words == f"{name} {np.ptp(np.flatnonzero(lit[:, 1])) + 1}"
        plt.close("all")


def test_field_diagram_draws_the_cone():
    fig = plt.figure(figsize=(8, 4))
    chain = [("convolution", 3, 1), ("pooling", 2, 2), ("convolution", 3, 1), ("pooling", 2, 2)]
    assert plots.field_diagram(chain, fig=fig).endswith(
        "convolution 3, pooling 4, convolution 8, pooling 10."
    )
    heights = [box.get_y() for box in fig.axes[0].patches]
    assert [heights.count(y) for y in sorted(set(heights))] == [10, 8, 4, 2, 1]
    assert words_lie_apart(fig)
    for layers, message in [
        ([], "a list of"),
        ([("a", 3)], "a list of"),
        ([(3, 3, 1)], "a list of"),
        ([("a", 0, 1)], "width must be a whole number"),
        ([("a", 3, 0)], "step must be a whole number"),
        ([("a", 61, 1)], "depends on 61 pixels"),
    ]:
        with pytest.raises(ValueError, match=message):
            plots.field_diagram(layers)


def test_kernel_diagram_says_how_many_weights_a_block_has():
    fig = plt.figure(figsize=(8, 3.3))
    words = plots.kernel_diagram(maps=16, kernels=32, size=14, fig=fig)
    assert "3 × 3 × 16 weights" in words and "adds 144 products and a bias" in words
    assert any("32 kernels, so 32 maps" in text.get_text() for text in fig.axes[0].texts)
    assert words_lie_apart(fig)
    for given, message in [
        ((0, 1, 5), "maps must"),
        ((1, 1.5, 5), "kernels must"),
        ((1, 1, 5, 6), "kernel must be a whole number from 1 to 5"),
    ]:
        with pytest.raises(ValueError, match=message):
            plots.kernel_diagram(*given)


def test_window_diagram_gives_the_sizes_of_keras():
    """By the rule of TensorFlow's manual: valid ceil((n - k + 1) / s), same ceil(n / s)."""
    ways = [(padding, strides) for padding in ("valid", "same") for strides in (1, 2, 3)]
    for size, kernel in [(5, 3), (6, 3), (7, 2), (4, 4), (8, 5)]:
        words = plots.window_diagram(size, kernel, ways)
        wanted = [
            -(-(size - kernel + 1 if padding == "valid" else size) // strides)
            for padding, strides in ways
        ]
        assert [int(n) for n in re.findall(r"strides=\d, (\d+) ×", words)] == wanted


def test_window_diagram_draws_zeros_only_around_the_picture():
    fig = plt.figure(figsize=(9, 2.7))
    plots.window_diagram(5, 3, [("valid", 1), ("same", 1), ("same", 2)], fig=fig)
    zeros = [sum(text.get_text() == "0" for text in ax.texts) for ax in fig.axes]
    assert zeros == [0, 7 * 7 - 5 * 5, 7 * 7 - 5 * 5]
    assert [ax.get_title()[-5:] for ax in fig.axes] == ["5 → 3", "5 → 5", "5 → 3"]
    assert words_lie_apart(fig)
    for given, message in [
        ((13, 3, [("same", 1)]), "size must be a whole number from 1 to 12"),
        ((5, 6, [("same", 1)]), "kernel must be a whole number from 1 to 5"),
        ((5, 3, []), "ways should be a list"),
        ((5, 3, [("full", 1)]), "padding must be one of valid, same"),
        ((5, 3, [("same", 0)]), "strides must be a whole number"),
    ]:
        with pytest.raises(ValueError, match=message):
            plots.window_diagram(*given)


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


def test_training_curves():
    ax = plots.training_curves({"loss": [3, 2], "val_loss": [4, 3]}, "loss")
    assert [line.get_ydata().tolist() for line in ax.lines] == [[3, 2], [4, 3]]
    assert plots.training_curves({"loss": [3, 2]}, "loss", ax) is ax
    with pytest.raises(ValueError, match=r"no 'accuracy'; it has \['loss'\]"):
        plots.training_curves({"loss": [1]})


def test_training_panels_mark_the_lowest_validation_loss_and_say_it():
    history = {"loss": [3, 2, 1], "val_loss": [4, 2, 3], "accuracy": [0, 0.5, 1]}
    fig = plt.figure()
    words = plots.training_panels(history, fig=fig)
    accuracy, loss = fig.axes
    assert (accuracy.get_yscale(), loss.get_yscale()) == ("linear", "log")
    assert list(loss.lines[-1].get_xdata()) == [2, 2] and len(accuracy.lines) == 1
    assert "accuracy: training ≈ 0.000 to ≈ 1.000." in words
    assert "lowest, ≈ 2.000, after epoch ≈ 2" in words
    alone = plots.training_panels({"loss": [1, 0]}, ["loss"], fig=(fig := plt.figure()))
    assert "lowest" not in alone and fig.axes[0].get_yscale() == "linear"  # 0 has no logarithm
    with pytest.raises(ValueError, match="list of names"):
        plots.training_panels(history, "loss")


def test_tangents_touch_the_function_with_its_slope():
    ax = plots.tangents(lambda w: w**2, lambda w: 2 * w, at=[1, -1], span=(-2, 2))
    dashed = [line.get_xydata() for line in ax.lines if line.get_linestyle() == "--"]
    assert [np.diff(ends[:, 1]) / np.diff(ends[:, 0]) for ends in dashed] == [2, -2]
    assert np.allclose([ends.mean(axis=0) for ends in dashed], [[1, 1], [-1, 1]])
    with pytest.raises(ValueError, match="lower one first"):
        plots.tangents(np.sin, np.cos, at=[0], span=(1, -1))
    with pytest.raises(ValueError, match="slope must be a function"):
        plots.tangents(np.sin, 2.0, at=[0], span=(-1, 1))


def test_walks_count_the_leaps_over_the_lowest_place():
    ax = plt.subplots()[1]
    words = plots.walks({"to and fro": [0, 5, 1, 5], "slow": [0, 1]}, 3, ax)
    assert "to and fro: from 0.0 to ≈ 5.0 after one step and ≈ 5.0 at the end, over" in words
    assert "over the line ≈ 3 times. slow" in words and words.endswith("≈ 0 times.")
    assert [len(line.get_xdata()) for line in ax.lines] == [4, 2, 2]
    with pytest.raises(ValueError, match="at least one step"):
        plots.walks({"none": [0]}, 3)


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
    for X, y, says in [
        (POINTS[:, :1], LABELS, r"X must have shape \(n, 2\)"),
        (POINTS * np.nan, LABELS, "X has .* missing"),
        (POINTS, LABELS[:2], "same number of rows"),
        (POINTS, LABELS + 1, "y must hold 0 and 1"),
    ]:
        with pytest.raises(ValueError, match=says):
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
    with pytest.raises(ValueError, match="the scores of 'raw' has 1 missing"):
        plots.seed_points({"raw": [0.8, np.nan]})


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


# --- lesson 05: from a cohort to a decision ------------------------------------------------------


def test_flow_diagram_counts_who_left():
    stages = {"asked": 50, "answered": 50, "analysed": 41}
    ends = {"ill": 4, "well": 37}
    ax = plots.flow_diagram(stages, ["refused", "no sample"], ends)
    texts = [" ".join(text.get_text().split()) for text in ax.texts if text.get_text()]
    assert texts == ["50 asked", "50 answered", "41 analysed", "0 left: refused",
                     "9 left: no sample", "4 ill", "37 well"]  # fmt: skip
    ax.figure.canvas.draw()
    boxes = [text.get_window_extent() for text in ax.texts if text.get_text()]
    assert not any(one.overlaps(two) for i, one in enumerate(boxes) for two in boxes[:i])
    assert len(plots.flow_diagram({"all": 3}, []).texts) == 1


@pytest.mark.parametrize(
    ("stages", "reasons", "ends", "problem"),
    [
        ({"a": 5, "b": 4}, [], None, "2 stages need 1 reasons"),
        ({}, [], None, "stages is empty"),
        ({"a": 5, "b": 6}, ["grew"], None, "'b' has 6 people, more than the 5"),
        ({"a": 5}, [], {"ill": 1, "well": 3}, "4 people together; 'a' has 5"),
    ],
)
def test_flow_diagram_refuses_numbers_that_contradict_each_other(stages, reasons, ends, problem):
    with pytest.raises(ValueError, match=problem):
        plots.flow_diagram(stages, reasons, ends)


def test_people_dots_draws_each_person_once():
    kinds = {"found": 2, "missed": 0, "alarmed for nothing": 5, "left in peace": 4}
    ax = plots.people_dots(kinds, rows=3)
    drawn = [kind.get_offsets().tolist() for kind in ax.collections]
    assert [len(places) for places in drawn] == list(kinds.values())
    every = [tuple(place) for places in drawn for place in places]
    assert len(set(every)) == 11 and {row for _column, row in every} == {0, 1, 2}
    assert drawn[0] == [[0, 0], [0, 1]] and drawn[2][0] == [0, 2], "column by column"
    words = [text.get_text() for text in ax.get_legend().get_texts()]
    assert words == [f"{n} {name}" for name, n in kinds.items()]
    marks = {str(kind.get_paths()[0].vertices.tolist()) for kind in ax.collections}
    assert len(marks) == 4, "no two kinds differ by colour alone"
    with pytest.raises(ValueError, match="5 kinds; at most 4"):
        plots.people_dots({"a": 1, "b": 1, "c": 1, "d": 1, "e": 1})
    with pytest.raises(ValueError, match="nobody"):
        plots.people_dots({"found": 0})


def test_decision_curve_draws_all_and_none_beside_the_models():
    y, risk = np.array([0, 0, 0, 1]), np.array([0.1, 0.2, 0.3, 0.4])
    thresholds = np.array([0.15, 0.35])
    ax = plots.decision_curve(y, {"model": risk, "rule": risk > 0.25}, thresholds, per=100)
    lines = {line.get_label(): np.asarray(line.get_ydata()) for line in ax.lines}
    assert list(lines) == ["model", "rule", "test all", "test none"]
    odds = thresholds / (1 - thresholds)
    assert np.allclose(lines["model"], 25 * np.array([1 - 2 * odds[0], 1]))
    assert np.allclose(lines["rule"], 25 * (1 - odds))
    assert np.allclose(lines["test all"], 25 * (1 - 3 * odds))
    assert set(lines["test none"]) == {0}
    styles = [str(line.get_linestyle()) + str(line._dash_pattern) for line in ax.lines]
    assert len(set(styles)) == 4 or len({line.get_color() for line in ax.lines}) == 4
    assert "per 100 people" in ax.get_ylabel() and "%" in ax.get_xlabel()
    assert plots.decision_curve(y, {"model": risk}, thresholds, ax) is ax
    with pytest.raises(ValueError, match="at least one"):
        plots.decision_curve(y, {}, thresholds)
    with pytest.raises(ValueError, match="same number of rows"):
        plots.decision_curve(y, {"model": risk[:3]}, thresholds)
    with pytest.raises(ValueError, match="below 1"):
        plots.decision_curve(y, {"model": risk}, np.array([0.0, 1.0]))
    with pytest.raises(ValueError, match="thresholds must lie between 0 and 1"):
        plots.decision_curve(y, {"model": risk}, np.array([15, 35]))


def moved(explorer, name, value):
    """Move one control, and make sure that words and picture both follow."""
    words, picture = explorer.words, explorer._png
    explorer.controls[name].value = value
    assert explorer.words != words and explorer._png != picture
    return explorer.words


def test_threshold_explorer_counts_four_kinds_of_people():
    y = np.array([1, 1, 0, 0, 0, 0])
    risk = np.array([0.08, 0.02, 0.05, 0.05, 0.01, 0.15])
    explorer = widgets.threshold_explorer(y, risk, start=0.1, condition="fever")
    assert "Of those with fever, found are ≈ 0 of 2" in explorer.words
    words = moved(explorer, "threshold", 5.0)  # a risk of exactly the threshold is alarmed
    assert "≈ 4 of 6 people are alarmed" in words and "found are ≈ 1 of 2" in words
    assert "≈ 3 of 4 are alarmed (specificity ≈ 0.25)" in words and "≈ 25.0 are right" in words
    assert "Accuracy: ≈ 0.333" in words
    table, roc = explorer._axes
    assert [text.get_text().split("\n")[0] for text in table.texts] == ["1", "1", "3", "1"]
    (point,) = [line for line in roc.lines if line.get_marker() == "o"]
    assert (point.get_xdata()[0], point.get_ydata()[0]) == (0.75, 0.5)
    assert "there is none" in moved(explorer, "threshold", 16.0)
    assert "≈ 6 of 6 people are alarmed" in moved(explorer, "threshold", 0.0)


@pytest.mark.parametrize(
    ("y", "risk", "problem"),
    [
        ([0, 1], [0.1], "same number of rows; they have: y 2, risk 1"),
        ([0, 0], [0.1, 0.2], "0 and 1, both of them"),
        ([0, 1], [0.1, 2.0], "from 0 to 1"),
        ([0, 1], [0.1, np.nan], "risk has 1 missing"),
    ],
)
def test_threshold_explorer_refuses_what_is_no_risk(y, risk, problem):
    with pytest.raises(ValueError, match=problem):
        widgets.threshold_explorer(np.array(y), np.array(risk))


def test_threshold_explorer_is_quick_and_its_curve_is_the_roc_curve():
    from sklearn.metrics import roc_curve

    rng = np.random.default_rng(0)
    risk = rng.uniform(0, 0.3, 4000)
    y = (rng.random(4000) < risk).astype(int)
    explorer = widgets.threshold_explorer(y, risk)
    curve = explorer._axes[1].lines[0]
    false, true, _ = roc_curve(y, risk)
    x, height = (np.asarray(values) for values in curve.get_data())
    assert np.abs(np.interp(x, false, true) - height).max() < 0.02
    assert len(height) <= 252 and height.min() == 0 and height.max() == 1


def test_prevalence_explorer_holds_the_test_and_moves_the_people():
    explorer = widgets.prevalence_explorer({"a": (0.8, 0.9), "b": (0.5, 0.99)}, start=0.1)
    assert "≈ 100 have it: ≈ 80 are found, ≈ 20 missed. ≈ 90 others" in explorer.words
    assert "≈ 810 left in peace" in explorer.words
    assert explorer._axes[1].get_title() == "A"
    assert "Of 100 alarms, ≈ 47.1 are right" in explorer.words
    assert "without an alarm, ≈ 97.6 do not" in explorer.words
    words = moved(explorer, "prevalence", 1.0)
    assert "Of 100 alarms, ≈ 7.5 are right" in words
    assert "sensitivity ≈ 0.80 and specificity ≈ 0.90 held fixed" in words
    assert "sensitivity ≈ 0.50" in moved(explorer, "test", "b")
    dots = [len(kind.get_offsets()) for kind in explorer._axes[0].collections]
    assert dots == [5, 5, 10, 980], "as many as the words say, of a prevalence of 1 %"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        everybody = widgets.prevalence_explorer({"test all": (1.0, 0.0)})
        nobody = widgets.prevalence_explorer({"test none": (0.0, 1.0)})
    assert "Of 100 people without an alarm, none exist." in everybody.words
    assert "Of 100 alarms, there is none." in nobody.words


@pytest.mark.parametrize("tests", [{}, {"a": (0.9,)}, {"a": (0.9, 1.1)}, {"a": (-0.1, 0.5)}])
def test_prevalence_explorer_refuses_what_is_no_test(tests):
    with pytest.raises(ValueError, match=r"at least one|from 0 to 1"):
        widgets.prevalence_explorer(tests)


# --- lesson 04: gradient descent -------------------------------------------------------------


def valley():
    """Ten people, one measurement and a constant: no line separates them."""
    x = np.array([-2.0, -1.5, -1.0, -0.5, 0.0, 0.2, 0.5, 1.0, 1.5, 2.0])
    return np.column_stack([x, np.ones(10)]), np.array([0, 0, 1, 0, 0, 1, 0, 1, 1, 1])


def ends(words):
    """The losses in the words: at the start, at the end, the lowest."""
    return [float(n) for n in re.findall(r"≈ (\d+\.\d+)", words)[:3]]


@pytest.mark.parametrize(
    ("control", "value", "said"),
    [
        ("rate", 3.0, "learning rate 3,"),
        ("steps", 7, "7 steps from"),
        ("rule", "Adam", "Adam, learning"),
        ("momentum", 0.5, "momentum 0.5"),
        ("start", "(-4, 4)", "from (-4, 4)"),
    ],
)
def test_descent_explorer_answers_to_each_control(control, value, said):
    rules = ("momentum", "Adam", "gradient descent")
    explorer = widgets.descent_explorer(*valley(), rules=rules, starts=[(0, 0), (-4, 4)])
    before, words = explorer._png, explorer.words
    assert said not in words
    explorer.controls[control].value = value
    assert said in explorer.words and explorer._png != before


@pytest.mark.parametrize("rule", ["gradient descent", "momentum", "Adam"])
def test_descent_explorer_walks_as_keras_does(rule):
    keras = pytest.importorskip("keras")
    X, y = valley()
    optimizer = {
        "gradient descent": keras.optimizers.SGD(1.0),
        "momentum": keras.optimizers.SGD(1.0, momentum=0.5),
        "Adam": keras.optimizers.Adam(1.0),
    }[rule]
    place = keras.Variable(np.zeros(2), dtype="float64")
    for _ in range(20):
        p = 1 / (1 + np.exp(-X @ place.numpy()))
        optimizer.apply([keras.ops.convert_to_tensor(X.T @ (p - y) / len(y))], [place])
    p = 1 / (1 + np.exp(-X @ place.numpy()))
    explorer = widgets.descent_explorer(X, y, steps=20)
    explorer.controls["momentum"].value = 0.5
    explorer.controls["rule"].value = rule
    path = np.column_stack(explorer._axes[0].lines[0].get_data())
    assert path.shape == (21, 2) and not path[0].any()
    assert np.allclose(path[-1], place.numpy(), atol=2e-3)
    expected = -np.mean(np.log(np.where(y == 1, p, 1 - p)))
    assert abs(ends(explorer.words)[1] - expected) <= 0.001


def test_descent_explorer_says_what_became_of_the_walk():
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import log_loss

    X, y = valley()
    explorer = widgets.descent_explorer(X, y, steps=200)
    assert "It is within 1 % of the lowest loss from step" in explorer.words
    best = LogisticRegression(C=1e9).fit(X[:, :1], y).predict_proba(X[:, :1])
    assert abs(ends(explorer.words)[2] - log_loss(y, best)) <= 0.001
    explorer.controls["steps"].value = 2
    assert "It is still ≈" in explorer.words and "leaves" not in explorer.words
    explorer.controls["steps"].value = 0
    assert "0 steps from (0, 0)" in explorer.words and "It is still ≈" in explorer.words
    explorer.controls["rate"].value, explorer.controls["steps"].value = 100.0, 21
    assert "It diverges" in explorer.words and "leaves the picture" in explorer.words
    first, last, lowest = ends(explorer.words)
    assert lowest < first < last


@pytest.mark.parametrize(
    ("losses", "said"),
    [
        ([0.7, 0.4, 0.301, 0.3], "within 1 % of the lowest loss from step 2 to the end"),
        ([0.3], "from step 0 to the end"),
        ([0.7, 0.6, 0.5], "It is still ≈ 67 % above"),
        ([0.7, 0.4, 0.5, 0.4, 0.5, 0.4], "2 of the last 5 steps go uphill; it is ≈ 33 % above"),
        ([0.7] + [0.5] * 20, "the last 10 steps brought it no lower"),
        ([0.7, 0.301, 0.9], "It diverges: it ends higher than it began, ≈ 200 % above"),
    ],
)
def test_descent_explorer_names_each_end_of_a_walk(losses, said):
    from medlearn.widgets import descent

    assert said in descent._verdict(np.array(losses), 0.3)


def test_descent_explorer_shows_only_the_controls_that_are_wanted():
    explorer = widgets.descent_explorer(*valley(), rules=["gradient descent"])
    assert list(explorer.controls) == ["rate", "steps"]


def test_descent_explorer_refuses_what_has_no_valley():
    X, y = valley()
    for bad, said in [
        ((X[:, :1], y), r"X must have shape \(n, 2\)"),
        ((X, y[:3]), "same number of rows"),
        ((np.where(X > 1, np.nan, X), y), "X has 2 missing or infinite"),
        ((X, y + 1), "y must hold 0 and 1"),
        ((X, 0 * y), "0 and 1, both of them"),
    ]:
        with pytest.raises(ValueError, match=said):
            widgets.descent_explorer(*bad)
    for flat in [np.column_stack([y - 0.5, np.ones(10)]), X[:, [0, 0]], 0 * X]:
        with pytest.raises(ValueError, match="no lowest point"):
            widgets.descent_explorer(flat, y)
    with pytest.raises(ValueError, match="rules should be some of"):
        widgets.descent_explorer(X, y, rules=["uphill"])
    with pytest.raises(ValueError, match="rate should be one of"):
        widgets.descent_explorer(X, y, rate=2.0)
    with pytest.raises(ValueError, match="starts should be pairs"):
        widgets.descent_explorer(X, y, starts=[(1, 2, 3)])


def augmentation(**settings):
    """Its words and picture after these settings; the 6 stands upright before."""
    digits, nodules = np.zeros((4, 28, 28)), np.zeros((2, 64, 64))
    digits[:, 6:20, 11:17] = 200
    digits[:, 6:9, 14:17] = 0  # unlike itself in every mirror
    nodules[:, 28:36, 28:36] = 90
    labels, diameters = np.array([6, 8, 3, 9]), np.array([5.0, 9.0])
    explorer = widgets.augmentation_explorer(digits, labels, nodules, diameters)
    explorer.controls["turn"].value = 0
    for name, value in settings.items():
        explorer.controls[name].value = value
    return explorer.words, explorer._png


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, "The label still holds."),
        ({"turn": 20}, "The label still holds."),
        ({"turn": -40}, "Nobody writes a 6 like this. The label does not hold."),
        ({"turn": 170}, "It now reads as a 9. The label does not hold."),
        ({"turn": -180}, "It now reads as a 9."),
        ({"flip": "left-right"}, "Nobody writes a 6 like this."),
        # Upside down and a half turn is a mirror left-right.
        ({"flip": "upside_down", "turn": 180}, "Nobody writes a 6 like this."),
        ({"picture": "digit 8", "flip": "upside_down", "turn": 180}, "The label still holds."),
        ({"picture": "digit 8", "turn": 90}, "Nobody writes an 8 like this."),
        ({"picture": "digit 3", "flip": "upside_down"}, "The label still holds."),
        ({"picture": "digit 3", "flip": "left-right"}, "Nobody writes a 3 like this."),
        ({"picture": "digit 9", "turn": 180}, "It now reads as a 6."),
        ({"zoom": 120}, "The label still holds."),
        ({"shift": 12}, "15 % of the ink is cut off at the frame. Part of what"),
        ({"picture": "nodule 1, 5.0 mm", "turn": 90, "shift": -5}, "The label still holds."),
        ({"picture": "nodule 2, 9.0 mm", "flip": "left-right"}, "The label still holds."),
        ({"picture": "nodule 1, 5.0 mm", "zoom": 110}, "Diameter 5.0 mm before, 5.5 mm after."),
        ({"picture": "nodule 1, 5.0 mm", "zoom": 140}, "from 'below 6 mm' to '6 to 8 mm'. The"),
        ({"picture": "nodule 2, 9.0 mm", "zoom": 60}, "from 'above 8 mm' to 'below 6 mm'."),
    ],
)
def test_augmentation_explorer_says_whether_the_label_holds(settings, said):
    words, picture = augmentation(**settings)
    assert said in words
    assert (picture != augmentation()[1]) == bool(settings)


def test_augmentation_explorer_turns_against_the_clock_and_shifts_to_the_right():
    from medlearn.widgets.augmentation import _moved

    image = np.zeros((9, 9))
    image[4, 7] = 1  # right of the middle
    for settings, place in [
        ((90, 0, "none", 1), (1, 4)),
        ((0, 1, "none", 1), (4, 8)),
        ((0, 0, "left-right", 1), (4, 1)),
        ((90, 2, "none", 1), (1, 6)),
    ]:
        moved, _ = _moved(image, *settings)
        assert np.unravel_index(moved.argmax(), moved.shape) == place, settings
    block = np.zeros((64, 64))
    block[28:36, 28:36] = 50
    moved, lost = _moved(block, 0, 0, "none", 2.0)
    assert (moved > 25).sum() == pytest.approx(16**2, abs=40) and lost < 0.02
    assert _moved(np.zeros((8, 8)), 30, 3, "none", 1.5)[1] == 0  # no ink, none lost


def test_augmentation_explorer_refuses_what_it_cannot_show():
    good = np.ones((1, 28, 28)), np.array([6]), np.ones((1, 64, 64)), np.array([5.0])
    for place, bad, message in [
        (0, np.ones((28, 28)), r"digits must have shape"),
        (1, np.array([6, 7]), "same number of rows; they have: digits 1, labels 2"),
        (1, np.array([60]), "from 0 to 9"),
        (2, np.ones((0, 64, 64)), "nodules must have shape"),
        (3, np.array([np.nan]), "diameters has 1 missing"),
        (3, np.array([0.0]), "above 0"),
    ]:
        with pytest.raises(ValueError, match=message):
            widgets.augmentation_explorer(*good[:place], bad, *good[place + 1 :])


def test_the_counts_in_lesson_02s_model_answer_are_the_datas():
    from medlearn import datasets
    from medlearn.exercises import lesson_02

    nodules = datasets.load_nodules()
    counts = f"{len(nodules.nodule):,} readings of {len(set(nodules.nodule)):,} nodules in "
    assert counts + f"{len(set(nodules.groups))} patients" in lesson_02.card.model_answer


SWEEP = {  # rate: (epochs, networks)
    0.01: [[0.1, 0.2], [0.3, 0.4], [0.6, 0.8]],
    0.1: [[0.5, 0.5], [0.55, 0.65], [0.6, 0.6]],
    1.0: [[0.1, 0.3], [0.1, 0.1], [0.2, 0.0]],
}


def test_sweep_explorer_says_what_each_rate_reached():
    explorer = widgets.sweep_explorer(
        SWEEP, rate=0.1, epochs=1, baseline=0.45, baseline_name="a line"
    )
    assert "Learning rate 0.1, 1 epoch: accuracy ≈ 0.500, the mean of 2 networks" in explorer.words
    assert "from ≈ 0.500 to ≈ 0.500 (spread over the runs)" in explorer.words
    assert "Best after 1 epoch: rate ≈ 0.1, mean ≈ 0.500" in explorer.words
    assert "Best after all 3: rate ≈ 0.01, mean ≈ 0.700" in explorer.words
    assert explorer.words.endswith("Dotted: a line, ≈ 0.450.")
    seen = {(explorer.words, explorer._png)}
    for control, value in [("epochs", 3), ("rate", 0.01), ("epochs", 2), ("rate", 1.0)]:
        explorer.controls[control].value = value
        seen.add((explorer.words, explorer._png))
    assert len({words for words, _ in seen}) == len({png for _, png in seen}) == 5
    assert "Learning rate 1, 2 epochs: accuracy ≈ 0.100" in explorer.words
    assert "Best after 2 epochs: rate ≈ 0.1, mean ≈ 0.600" in explorer.words


def test_sweep_explorer_draws_every_network_and_keeps_its_axes():
    explorer = widgets.sweep_explorer(SWEEP, ylabel="share")
    time, sweep = explorer._axes
    drawn = [list(line.get_ydata()) for line in time.lines]
    assert [0.1, 0.3, 0.6] in drawn and [0.2, 0.4, 0.8] in drawn, "one line a network"
    assert sweep.get_xscale() == "log" and time.get_ylabel() == "share"
    assert "Dotted" not in explorer.words
    before = time.get_ylim()
    explorer.controls["rate"].value = 1.0
    assert [0.1, 0.1, 0.2] in [list(line.get_ydata()) for line in time.lines]
    assert time.get_ylim() == before == sweep.get_ylim(), "rates can be compared by eye"
    with warnings.catch_warnings():  # given in any order; scores that do not differ at all
        warnings.simplefilter("error")
        flat = widgets.sweep_explorer({1: [[0.5]], 0.1: [[0.5]]})
    assert flat.controls["rate"].value == 0.1


@pytest.mark.parametrize(
    ("scores", "options", "said"),
    [
        ({0.1: [[1.0]]}, {}, "two learning rates or more"),
        ({0.0: [[1.0]], 1.0: [[1.0]]}, {}, "above 0"),
        ({0.1: [[1.0]], 1.0: [[1.0], [0.5]]}, {}, r"one shape.*'0.1': \(1, 1\)"),
        ({0.1: [1.0], 1.0: [0.5]}, {}, r"\(epochs, networks\)"),
        ({0.1: [[]], 1.0: [[]]}, {}, r"\(epochs, networks\)"),
        ({0.1: [[1.0]], 1.0: [["high"]]}, {}, r"\(epochs, networks\)"),
        ({0.1: [[1.0]], 1.0: [[np.nan]]}, {}, "rate 1 hold a number that is not finite"),
        (SWEEP, {"rate": 0.5}, r"rate 0.5 was not trained; 0.01, 0.1, 1 were"),
        (SWEEP, {"epochs": 4}, "epochs must be a whole number from 1 to 3; it is 4"),
        (SWEEP, {"epochs": 0}, "epochs must be a whole number from 1 to 3; it is 0"),
    ],
)
def test_sweep_explorer_names_what_does_not_fit(scores, options, said):
    with pytest.raises(ValueError, match=said):
        widgets.sweep_explorer(scores, **options)


# --- lesson 07: the window that slides ----------------------------------------------------------

SLOPE = np.array([[0, 0, 9, 9, 9], [0, 0, 9, 9, 9], [0, 0, 9, 9, 9], [5, 5, 5, 5, 5]])
KERNELS = {
    "left to right": [[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]],
    "blur": np.full((3, 3), 1 / 9),
    "nothing": np.zeros((3, 3)),
}


def test_convolution_explorer_says_the_sum_as_it_is():
    explorer = widgets.convolution_explorer(SLOPE, KERNELS, row=0, column=0)
    assert "Sum: -1×0 + 1×9 - 1×0 + 1×9 - 1×0 + 1×9 = 27." in explorer.words
    assert "which has 2 × 3 pixels; the image has 4 × 5" in explorer.words
    assert "Farthest from zero: 27, in row 0, column 0" in explorer.words
    explorer.controls["column"].value = 2
    assert "- 1×9 + 1×9" in explorer.words and "= 0." in explorer.words
    explorer.controls["row"].value = 1
    assert "row 1, column 2" in explorer.words and "1×5 = 0." in explorer.words
    explorer.controls["kernel"].value = "blur"
    assert "0.111×(9 + 9 + 9 + 9 + 9 + 9 + 5 + 5 + 5) = 7.7." in explorer.words
    explorer.controls["kernel"].value = "nothing"
    assert "Farthest from zero: 0" in explorer.words


def test_convolution_explorer_draws_what_it_says():
    from scipy.signal import correlate2d

    image = np.random.default_rng(0).integers(0, 256, (9, 7)).astype(np.uint8)
    kernel = np.array([[0, 1, 0], [2, -4, 0], [0, 0, 3]])
    explorer = widgets.convolution_explorer(image, {"odd": kernel}, row=3, column=2)
    output = explorer._axes[2].images[0].get_array()
    low, high = explorer._axes[2].images[0].get_clim()
    assert low == -high == -np.abs(output).max(), "zero should be grey"
    np.testing.assert_allclose(output, correlate2d(image.astype(float), kernel, mode="valid"))
    np.testing.assert_array_equal(explorer._axes[1].images[0].get_array(), image[3:6, 2:5])
    assert f"= {output[3, 2]:g}." in explorer.words


def test_convolution_explorer_redraws_with_each_control():
    explorer = widgets.convolution_explorer(SLOPE, KERNELS)
    assert (explorer.controls["row"].value, explorer.controls["column"].value) == (0, 1)
    for name, value in [("row", 1), ("column", 0), ("kernel", "blur")]:
        before = explorer.words, explorer._png
        explorer.controls[name].value = value
        assert explorer.words != before[0] and explorer._png != before[1], name


@pytest.mark.parametrize(
    ("image", "kernels", "options", "message"),
    [
        (SLOPE, {}, {}, "at least one kernel"),
        (SLOPE[0], KERNELS, {}, r"rows × columns; its shape is \(5,\)"),
        ([["a"]], KERNELS, {}, "table of numbers"),
        ([[np.nan] * 3] * 3, KERNELS, {}, "finite"),
        (SLOPE[:2], KERNELS, {}, "smaller than the kernel"),
        (SLOPE, {"two": np.ones((2, 2))}, {}, "square, all of one size, 1, 3 or 5"),
        (SLOPE, {"long": np.ones((1, 3))}, {}, "square"),
        (SLOPE, {"a": np.ones((3, 3)), "b": np.ones((1, 1))}, {}, "all of one size"),
        (SLOPE, KERNELS, {"kernel": "edge"}, "kernel must be one of left to right, blur.*'edge'"),
        (SLOPE, KERNELS, {"row": 2}, "row must be a whole number from 0 to 1; it is 2"),
        (SLOPE, KERNELS, {"column": -1}, "column must be a whole number from 0 to 2"),
    ],
)
def test_convolution_explorer_refuses(image, kernels, options, message):
    with pytest.raises(ValueError, match=message):
        widgets.convolution_explorer(image, kernels, **options)


def forecasts(**settings):
    """Three moments of a rising line, and two models: one stays, one knows."""
    signal, now = np.arange(40.0), np.array([10, 20, 30])
    signal[30:] += np.arange(10)  # from here on it rises twice as fast
    stay = np.repeat(signal[now - 1][:, None], 4, axis=1)
    know = signal[now[:, None] + np.arange(4)] + 0.25
    made = {"the last value": stay, "a clever one": know}
    return widgets.forecast_explorer(signal, 100, now, made, **settings)


def test_forecast_explorer_says_what_was_expected_and_what_came():
    explorer = forecasts(ahead=20, start=0.2, model="a clever one", unit="mmHg")
    # The first sample that nobody had seen is number 20: 20 ms later is sample 21.
    assert explorer.words == (
        'Now is 0.20 s. 20 ms later "a clever one" expects ≈ 21.25 mmHg; then came 21.00 mmHg. '
        'Error there: "the last value" ≈ 2.00 mmHg, "a clever one" ≈ 0.25 mmHg.'
    )
    seen = {(explorer.words, explorer._png)}
    for control, value in [("second", 0.1), ("ahead", 40.0), ("model", "the last value")]:
        explorer.controls[control].value = value
        seen.add((explorer.words, explorer._png))
    assert len({words for words, _ in seen}) == len({png for _, png in seen}) == 4
    assert 'Now is 0.10 s. 40 ms later "the last value" expects ≈ 9.00' in explorer.words
    assert "then came 13.00 mmHg" in explorer.words
    assert '"the last value" ≈ 4.00 mmHg' in explorer.words


def test_forecast_explorer_draws_no_sample_of_the_future_as_past():
    explorer = forecasts(start=0.2, past=0.05)
    left, right = explorer._axes
    past, future, forecast = (left.lines[k] for k in (0, 1, 2))
    assert list(past.get_ydata()) == [15, 16, 17, 18, 19]
    assert list(future.get_ydata()) == [20, 21, 22, 23]
    assert list(forecast.get_ydata()) == [19, 19, 19, 19]
    usual, first, _usual, second = (list(line.get_xdata()) for line in right.lines)
    assert (first, second) == ([3], [0.25]), "30 ms ahead, each model's error"
    assert usual == pytest.approx([11 / 3]), "the mean of 3, 3 and 5: the line rises faster later"
    before = left.get_ylim(), right.get_xlim()
    explorer.controls["second"].value = 0.3
    assert (left.get_ylim(), right.get_xlim()) == before, "moments can be compared by eye"


def test_forecast_explorer_takes_a_single_moment():
    one = widgets.forecast_explorer(np.zeros(9), 10, [4], {"flat": np.zeros((1, 2))})
    assert one.words.startswith("Now is 0.40 s. 200 ms later")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"signal": np.zeros((40, 2))}, r"shape \(samples,\)"),
        ({"signal": np.append(np.zeros(39), np.nan)}, "finite values"),
        ({"now": [20, 10]}, "ascending"),
        ({"now": [10.5, 20.0]}, "sample numbers"),
        ({"now": []}, "one at least"),
        ({"now": [0, 20]}, "from 1 to 36, not 0 to 20"),
        ({"now": [10, 37]}, "not 10 to 37"),
        ({"forecasts": {}}, "forecasts is empty"),
        ({"forecasts": {"a": np.zeros((3, 4))}}, r"\(2 moments, steps\)"),
        ({"forecasts": {"a": np.zeros((2, 4)), "b": np.zeros((2, 5))}}, "one shape"),
        ({"forecasts": {"a": np.full((2, 4), np.inf)}}, "not finite"),
        ({"ahead": 50}, "ahead should be from 10 to 40 ms, not 50"),
        ({"start": 0.9}, "start should be from 0.10 to 0.20 s, not 0.9"),
        ({"model": "c"}, "model must be one of a; it is 'c'"),
    ],
)
def test_forecast_explorer_names_what_does_not_fit(changed, said):
    given = {"signal": np.zeros(40), "rate": 100, "now": [10, 20]}
    given |= {"forecasts": {"a": np.zeros((2, 4))}} | changed
    with pytest.raises(ValueError, match=said):
        widgets.forecast_explorer(**given)
