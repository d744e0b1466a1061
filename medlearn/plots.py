"""Pictures of a course on medicine, and `show`, which gives each figure its words.

Most functions draw on a matplotlib `Axes`, a new one or the one you pass, and return it; a grid of
pictures needs a figure of its own. Colours are those of Okabe and Ito
(https://jfly.uni-koeln.de/color/), which people with any colour vision tell apart; markers and line
styles repeat what colour says.
"""

from __future__ import annotations

import html
import io
import numbers
import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from medlearn import inputs, renamed
from medlearn.language import _

__all__ = [
    "BENIGN",
    "MALIGNANT",
    "PALETTE",
    "chain_diagram",
    "decision_boundary",
    "decision_curve",
    "field_diagram",
    "flow_diagram",
    "fold_diagram",
    "heat_maps",
    "image_grid",
    "kernel_diagram",
    "molecule",
    "people_dots",
    "png",
    "seed_points",
    "show",
    "svg",
    "tangents",
    "training_curves",
    "unrolled_diagram",
    "use_style",
    "window_diagram",
]

PALETTE = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"]
BENIGN, MALIGNANT = PALETTE[:2]
MARKERS = "o^sDvPX"
DOTS = [("o", PALETTE[2]), ("X", PALETTE[1]), ("^", PALETTE[4]), (".", "#9A9A9A")]
LINES = ["-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1)), (0, (1, 1))]

_SCORES = LinearSegmentedColormap.from_list("scores", [BENIGN, "#FFFFFF", MALIGNANT])


def use_style() -> None:
    """Set the course's look: readable sizes, colours in order, modest resolution.

    A matplotlibrc of your own has no say in it.
    """
    mpl.rcdefaults()
    mpl.rcParams.update(
        {
            "figure.figsize": (6.4, 4.0),
            "figure.dpi": 90,
            "figure.constrained_layout.use": True,
            "font.size": 11,
            "axes.titlesize": 12,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.prop_cycle": mpl.cycler(color=PALETTE, linestyle=LINES),
            "legend.frameon": False,
            "image.cmap": "gray",
            "lines.linewidth": 2,
        }
    )


def png(fig: Figure) -> bytes:
    """The figure as a PNG picture."""
    stream = io.BytesIO()
    fig.savefig(stream, format="png", facecolor="white")
    return stream.getvalue()


def svg(fig: Figure, alt: str) -> str:
    """The figure as an SVG picture with its alternative text: the same each time it is drawn."""
    stream = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": "medlearn"}):  # else its ids are drawn anew
        fig.savefig(stream, format="svg", facecolor="white", metadata={"Date": None})
    label = html.escape(alt, quote=True)
    named = f'<svg role="img" aria-label="{label}" '  # no text: SVG
    return stream.getvalue().replace("<svg ", named, 1)


def in_words(words: str) -> str:
    """HTML that shows `words` when the reader asks for them."""
    return f"<details><summary>{html.escape(_('In words'))}</summary>{html.escape(words)}</details>"


def show(fig: Figure, alt: str, *, lines: bool = False) -> None:
    """Show a figure with an alternative text, and the same words on request.

    JupyterLab drops the alternative text of a picture, so the words also stand under it.

    Parameters
    ----------
    fig : matplotlib Figure
        Closed afterwards, so that it is not shown twice.
    alt : str
        What the figure shows, made from its data: what is on the axes, and what one should see.
    lines : bool
        As SVG, too, which stays sharp at any size: for the drawing of a mechanism, with few shapes.

    Raises
    ------
    ValueError
        When `alt` holds fewer than five words.

    Notes
    -----
    JupyterLab shows no SVG of a notebook that it does not trust; then the PNG is shown.

    Examples
    --------
    >>> fig, ax = plt.subplots()
    >>> show(fig, "empty")
    Traceback (most recent call last):
        ...
    ValueError: alt should say what the figure shows, in a sentence; it is 'empty'.
    """
    if len(str(alt).split()) < 5:
        raise ValueError(
            _("alt should say what the figure shows, in a sentence; it is {alt!r}.").format(alt=alt)
        )
    from IPython.display import display

    pictures: dict[str, bytes | str] = {"image/png": png(fig)}
    if lines:
        pictures["image/svg+xml"] = svg(fig, alt)
    plt.close(fig)
    display(
        {**pictures, "text/plain": _("Figure: {alt}").format(alt=alt)},
        metadata={kind: {"alt": alt} for kind in pictures},
        raw=True,
    )
    display(
        {"text/html": in_words(alt), "text/plain": _("In words: {alt}").format(alt=alt)}, raw=True
    )


def _axes(ax: Axes | None) -> Axes:
    return plt.subplots()[1] if ax is None else ax


def training_curves(history: Any, metric: str = "accuracy", ax: Axes | None = None) -> Axes:
    """Draw a metric after each epoch, on the training part and, if there, on the validation part.

    Parameters
    ----------
    history : keras History or mapping of str to sequence of float
        What `model.fit` returns, or its `.history`.
    metric : str
        A key of the history; `"val_" + metric` is drawn too when it is there.
    ax : Axes, optional

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        When the history has no such metric.

    Examples
    --------
    >>> ax = training_curves({"loss": [0.9, 0.4], "val_loss": [1.0, 0.6]}, "loss")
    >>> [line.get_label() for line in ax.lines]
    ['training', 'validation']
    """
    curves = inputs.mapping(getattr(history, "history", history), "history")
    if not isinstance(metric, str) or metric not in curves:
        raise ValueError(
            _("The history has no {metric!r}; it has {known}.").format(
                metric=metric, known=sorted(curves)
            )
        )
    ax = _axes(ax)
    parts = [(_("training"), metric), (_("validation"), f"val_{metric}")]
    for place, (label, key) in enumerate(parts):
        if key in curves:
            values = inputs.floats(inputs.column(curves[key], key), key)
            epochs = np.arange(1, len(values) + 1)
            ax.plot(epochs, values, marker=MARKERS[place], ls=LINES[place], label=label)
    ax.set(xlabel=_("epoch"), ylabel=metric)
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.legend()
    return ax


learning_curves = renamed.function(
    "plots.learning_curves", "plots.training_curves", training_curves
)


def training_panels(
    history: Any, metrics: Sequence[str] = ("accuracy", "loss"), *, fig: Figure | None = None
) -> str:
    """Draw several metrics beside each other after each epoch, each as `training_curves` does.

    "loss" has a logarithmic axis, and a dotted line at the epoch with the lowest validation loss.

    Parameters
    ----------
    history : keras History or mapping of str to sequence of float
        What `model.fit` returns, or its `.history`.
    metrics : sequence of str
        Keys of the history.
    fig : Figure, optional
        By default one of 4.8 inches a panel.

    Returns
    -------
    str
        What the panels show, in words: each curve at its first and at its last epoch, and the
        lowest validation loss.

    Raises
    ------
    ValueError
        When there is no metric, or the history lacks one.

    Examples
    --------
    >>> curves = {"loss": [0.9, 0.4, 0.1], "val_loss": [1.0, 0.6, 0.8]}
    >>> print(training_panels(curves, ["loss"]))
    Over 3 epochs. loss: training ≈ 0.900 to ≈ 0.100, validation ≈ 1.000 to ≈ 0.800. The \
validation loss is lowest, ≈ 0.600, after epoch ≈ 2 (dotted line).
    """
    curves = inputs.mapping(getattr(history, "history", history), "history")
    metrics = list(metrics) if isinstance(metrics, list | tuple) else []
    if not metrics:
        raise ValueError(_("metrics should be a list of names, such as ['accuracy', 'loss']."))
    fig = plt.figure(figsize=(4.8 * len(metrics), 3.6)) if fig is None else fig
    told = []
    for ax, metric in zip(fig.subplots(1, len(metrics), squeeze=False)[0], metrics, strict=True):
        training_curves(curves, metric, ax)
        lines = [(line.get_label(), line.get_ydata()) for line in ax.lines]
        words = _("{part} ≈ {first:.3f} to ≈ {last:.3f}")
        said = [words.format(part=part, first=values[0], last=values[-1]) for part, values in lines]
        told.append(_("{metric}: {parts}.").format(metric=metric, parts=", ".join(said)))
        if metric != "loss":
            continue
        if min(values.min() for _part, values in lines) > 0:
            ax.set_yscale("log")
        if len(lines) > 1:
            best = int(np.argmin(lines[1][1]))
            ax.axvline(best + 1, color="black", lw=1, ls=":")
            words = _(
                "The validation loss is lowest, ≈ {lowest:.3f}, after epoch ≈ {epoch} (dotted "
                "line)."
            )
            told.append(words.format(lowest=lines[1][1][best], epoch=best + 1))
    epochs = _("Over {n} epochs.").format(n=len(lines[0][1]))
    return " ".join([epochs, *told])


def tangents(
    function: Callable[[float], float],
    slope: Callable[[float], float],
    at: Sequence[float],
    span: Sequence[float],
    ax: Axes | None = None,
) -> Axes:
    """Draw a function of one number, and the straight line with its slope at some places.

    Parameters
    ----------
    function, slope : callable
        Take one number, give one.
    at : sequence of float
        The places; a mark and a dashed line each.
    span : pair of float
        The function is drawn from the first number to the second.
    ax : Axes, optional

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        When function or slope cannot be called or give no number, or span does not rise.

    Examples
    --------
    >>> ax = tangents(lambda w: w**2, lambda w: 2 * w, at=[1], span=(-2, 2))
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['slope 2.00 at 1']
    """
    for name, given in {"function": function, "slope": slope}.items():
        if not callable(given):
            raise ValueError(_("{name} must be a function of one number.").format(name=name))
    at, span = inputs.numbers(at, "at"), inputs.numbers(span, "span")
    if len(span) != 2 or span[0] >= span[1]:
        raise ValueError(_("span should be two numbers, the lower one first."))
    ax = _axes(ax)
    axis = np.linspace(*span, 100)
    heights = inputs.numbers([function(place) for place in axis], _("what function gives"))
    ax.plot(axis, heights, color=PALETTE[0], ls="-")
    reach = (span[1] - span[0]) / 8
    for number, place in enumerate(at):
        height = inputs.number(function(place), _("what function gives"))
        rise = inputs.number(slope(place), _("what slope gives"))
        near = np.array([place - reach, place + reach])
        label = _("slope {slope:.2f} at {place:g}").format(slope=rise, place=place)
        mark = {"marker": MARKERS[number % 7], "color": PALETTE[1], "ms": 9, "ls": ""}
        ax.plot(near, height + rise * (near - place), ls="--", color="black")
        ax.plot(place, height, label=label, **mark)
    ax.legend()
    return ax


def walks(paths: Mapping[str, Sequence[float]], lowest: float, ax: Axes | None = None) -> str:
    """Draw where walks downhill stand after each step, beside the lowest place.

    Parameters
    ----------
    paths : mapping of str to sequence of float
        Name → the start, then the place after each step.
    lowest : float
        Where the loss is lowest; a dashed line.
    ax : Axes, optional

    Returns
    -------
    str
        What is drawn, in words: where each walk stands after one step and at its end, and how often
        it leapt over the lowest place.

    Raises
    ------
    ValueError
        When there is no walk, one has no step, or a place is missing or no number.

    Examples
    --------
    >>> print(walks({"slow": [0, 1, 2], "fast": [0, 5, 2]}, lowest=3))
    The dashed line stands at ≈ 3.0. slow: from 0.0 to ≈ 1.0 after one step and ≈ 2.0 at the end, \
over the line ≈ 0 times. fast: from 0.0 to ≈ 5.0 after one step and ≈ 2.0 at the end, over the \
line ≈ 2 times.
    """
    lowest = inputs.number(lowest, "lowest")
    taken = {
        name: inputs.numbers(path, _("the walk {name!r}").format(name=name))
        for name, path in inputs.mapping(paths, "paths").items()
    }
    if any(len(path) < 2 for path in taken.values()):
        raise ValueError(_("Each walk needs its start and at least one step."))
    ax = _axes(ax)
    told = [_("The dashed line stands at ≈ {lowest:.1f}.").format(lowest=lowest)]
    words = _(
        "{name}: from {start:.1f} to ≈ {first:.1f} after one step and ≈ {end:.1f} at the end, over "
        "the line ≈ {leaps} times."
    )
    for place, (name, path) in enumerate(taken.items()):
        ax.plot(path, marker=MARKERS[place % 7], ls=LINES[place % 7], ms=4, label=name)
        leaps = int(np.sum(np.diff(path > lowest)))
        told.append(
            words.format(name=name, start=path[0], first=path[1], end=path[-1], leaps=leaps)
        )
    ax.axhline(lowest, color="black", lw=1, ls="--", label=_("lowest loss"))
    ax.set_xlabel(_("step"))
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.legend()
    return " ".join(told)


def decision_boundary(
    score: Callable[[np.ndarray], np.ndarray],
    X: np.ndarray,
    y: np.ndarray,
    ax: Axes | None = None,
    *,
    feature_names: Sequence[str] | None = None,
    class_names: Sequence[str] | None = None,
    threshold: float = 0.5,
    line: bool = True,
) -> Axes:
    """Draw people as points, a score as shade, and the line where the score is `threshold`.

    scikit-learn's `DecisionBoundaryDisplay` does this for its own estimators; here any function
    will do, the learner's own neuron too.

    Parameters
    ----------
    score : callable
        Takes an array of shape (n, 2), gives n scores.
    X : array of shape (n, 2)
    y : array of shape (n,), 0 or 1
    ax : Axes, optional
    feature_names, class_names : sequences of two names, optional
        "feature 1" and "feature 2", "benign" and "malignant" if not given.
    threshold : float
    line : bool
        Draw the line itself; without it, only people and shade.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        When X has not two columns of finite numbers, or y is not 0 or 1 for each of its rows.

    Examples
    --------
    >>> X = np.array([[0.0, 0.0], [1.0, 1.0]])
    >>> ax = decision_boundary(lambda X: X[:, 0], X, np.array([0, 1]))
    >>> ax.get_xlabel()
    'feature 1'
    """
    X, y = inputs.table(X, columns=2), inputs.labels(y)
    inputs.same_length(X=X, y=y)
    threshold = inputs.number(threshold, "threshold")
    if not callable(score):
        raise ValueError(_("score must be a function that takes an array of shape (n, 2)."))
    feature_names = feature_names or (_("feature 1"), _("feature 2"))
    class_names = class_names or (_("benign"), _("malignant"))
    ax = _axes(ax)
    low, high = X.min(axis=0), X.max(axis=0)
    edge = 0.06 * np.where(high > low, high - low, 1.0)
    first = np.linspace(low[0] - edge[0], high[0] + edge[0], 90)
    second = np.linspace(low[1] - edge[1], high[1] + edge[1], 90)
    grid = np.stack(np.meshgrid(first, second), axis=-1)
    values = np.asarray(score(grid.reshape(-1, 2)), dtype=float).reshape(90, 90)
    reach = max(float(np.abs(values - threshold).max()), 1e-9)
    ax.imshow(
        values,
        extent=(first[0], first[-1], second[0], second[-1]),
        origin="lower",
        aspect="auto",
        cmap=_SCORES,
        vmin=threshold - reach,
        vmax=threshold + reach,
        alpha=0.35,
        interpolation="bilinear",
    )
    if line:
        ax.contour(first, second, values, levels=[threshold], colors="black", linewidths=2)
    for label, marker, colour in ((0, "o", BENIGN), (1, "^", MALIGNANT)):
        ax.scatter(
            *X[y == label].T,
            s=24,
            marker=marker,
            facecolor=colour,
            edgecolor="white",
            linewidth=0.4,
            label=class_names[label],
        )
    ax.set(xlabel=feature_names[0], ylabel=feature_names[1])
    ax.set_xlim(first[0], first[-1])
    ax.set_ylim(second[0], second[-1])
    # above the picture the legend hides nobody
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2)
    return ax


def chain_diagram(
    boxes: Sequence[str],
    links: Sequence[str],
    back: Sequence[str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw what goes through what: boxes in a row, with an arrow from each to the next.

    Parameters
    ----------
    boxes : sequence of str
        What stands in each box; a line break begins a new line.
    links : sequence of str
        What stands above each arrow, one fewer than boxes.
    back : sequence of str, optional
        What stands below dashed arrows that lead back, from the second box to the first and so on.
    ax : Axes, optional
        By default one of a figure as wide as the words need.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        When one of them holds no texts, or links or back are not one fewer than boxes.

    Examples
    --------
    >>> ax = chain_diagram(["picture", "row"], ["flatten"])
    >>> [text.get_text() for text in ax.texts if text.get_text()]
    ['picture', 'flatten', 'row']
    >>> chain_diagram(["picture"], ["too many"])
    Traceback (most recent call last):
        ...
    ValueError: links should be one fewer than boxes, here 0; there are 1.
    """
    given = {"boxes": boxes, "links": links} | ({} if back is None else {"back": back})
    for name, words in given.items():
        if not isinstance(words, list | tuple) or not all(isinstance(word, str) for word in words):
            raise ValueError(_("{name} should be a list of texts.").format(name=name))
        if name != "boxes" and len(words) != len(boxes) - 1:
            raise ValueError(
                _("{name} should be one fewer than boxes, here {wanted}; there are {n}.").format(
                    name=name, wanted=len(boxes) - 1, n=len(words)
                )
            )

    def width(words: str) -> int:  # in letters
        return max(len(line) for line in words.split("\n"))

    beside = list(zip(links, back or [""] * len(links), strict=True))
    gaps = [max(5, width(link) + 2, width(slope) + 2) for link, slope in beside]
    wide = sum(gaps) + sum(width(box) + 2 for box in boxes)
    low = -1.6 if back else -0.7
    if ax is None:
        ax = plt.subplots(figsize=(0.1 * wide + 0.2, 0.75 * (1.3 - low)))[1]
    ax.set(xlim=(0, wide), ylim=(low, 1.3))
    ax.set_axis_off()
    x = 0.0
    for place, box in enumerate(boxes):
        its = width(box) + 2
        frame = {"facecolor": "#EAF3F9", "edgecolor": PALETTE[0], "lw": 1.4}
        ax.add_patch(
            mpl.patches.FancyBboxPatch((x + 0.3, -0.5), its - 0.6, 1, "round,pad=0", **frame)
        )
        ax.text(x + its / 2, 0, box, ha="center", va="center")
        x += its
        if place == len(links):
            break
        start, end, middle = x, x + gaps[place], x + gaps[place] / 2
        onward = {"arrowstyle": "->", "lw": 1.4}
        lift = 0.2 if back else 0
        ax.annotate("", (end, lift), (start, lift), arrowprops=onward)
        ax.text(middle, 0.6, links[place], ha="center", va="bottom")
        if back:
            dashed = {**onward, "ls": "--", "color": PALETTE[1]}
            ax.annotate("", (start, -lift), (end, -lift), arrowprops=dashed)
            ax.text(middle, -0.65, back[place], ha="center", va="top")
        x = end
    return ax


def unrolled_diagram(rows: Sequence[str], ax: Axes | None = None) -> Axes:
    """Draw a recurrent cell once for each row that it reads: the same cell, with the same weights.

    W stands where a row comes in, U where the state goes on.

    Parameters
    ----------
    rows : sequence of str
        What is read at each step; "…" for steps that are left out.
    ax : Axes, optional

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        When rows holds no texts.

    Examples
    --------
    >>> ax = unrolled_diagram(["row 1", "row 2"])
    >>> [text.get_text() for text in ax.texts if text.get_text()][:4]
    ['zeros', 'U', 'cell', 'row 1']
    """
    if not isinstance(rows, list | tuple) or not rows or not all(isinstance(r, str) for r in rows):
        raise ValueError(_("{name} should be a list of texts.").format(name="rows"))
    if ax is None:
        ax = plt.subplots(figsize=(1.4 * len(rows) + 1.3, 2.3))[1]
    ax.set(xlim=(-2.1, 2 * len(rows) - 1.2), ylim=(-1.75, 1.5))
    ax.set_axis_off()
    ax.text(-2, 0, _("zeros"), ha="left", va="center")
    for place, row in enumerate(rows):
        x = 2 * place
        _draw_arrow(ax, (x - 1.3, 0), (x - 0.65, 0))
        ax.text(x - 1, 0.1, "U", ha="center", va="bottom", color=PALETTE[1])
        if place:
            ax.text(x - 1, -0.12, _("state"), ha="center", va="top", fontsize="small")
        if row == "…":
            ax.text(x, 0, row, ha="center", va="center")
            continue
        _draw_box(ax, x, 0, _("cell"))
        ax.text(x, -1.5, row, ha="center", va="center")
        _draw_arrow(ax, (x, -1.25), (x, -0.5))
        ax.text(x + 0.1, -0.85, "W", va="center", color=PALETTE[1])
    last = 2 * (len(rows) - 1)
    _draw_arrow(ax, (last, 0.45), (last, 0.95))
    ax.text(last, 1.0, _("last state"), ha="center", va="bottom")
    return ax


def lstm_diagram(ax: Axes | None = None) -> Axes:
    """Draw one step of an LSTM: the memory runs along the top, the gates act on it from below.

    Parameters
    ----------
    ax : Axes, optional

    Returns
    -------
    Axes

    Notes
    -----
    The cell is that of Gers, Schmidhuber and Cummins (2000), as Keras computes it.

    Examples
    --------
    >>> ax = lstm_diagram()
    >>> [text.get_text() for text in ax.texts if "\\n" in text.get_text()][-4:]
    ['forget f\\nsigmoid', 'input i\\nsigmoid', 'new g\\ntanh', 'output o\\nsigmoid']
    """
    if ax is None:
        ax = plt.subplots(figsize=(7.6, 4.0))[1]
    ax.set(xlim=(-1.5, 10.6), ylim=(0, 6.2))
    ax.set_axis_off()
    top, gate, bus = 5.2, 2.0, 0.6
    for x, y, words in [
        (-0.6, top, _("memory\nbefore")),
        (9.8, top, _("memory")),
        (9.8, 3.0, _("state")),
        (-0.6, bus, _("row and\nstate before")),
    ]:
        ax.text(x, y, words, ha="center", va="center")
    for x, words in [
        (1.6, _("forget f\nsigmoid")),
        (3.6, _("input i\nsigmoid")),
        (5.4, _("new g\ntanh")),
        (7.2, _("output o\nsigmoid")),
    ]:
        _draw_box(ax, x, gate, words, width=1.6, height=1.0)
        _draw_arrow(ax, (x, bus), (x, gate - 0.55))
    ax.plot([0.5, 7.2], [bus, bus], color="black", ls="-", lw=1.4)
    _draw_box(ax, 8.2, 4.1, "tanh", width=1.0, height=0.6)
    for x, y, sign in [(1.6, top, "×"), (4.5, top, "+"), (4.5, 3.6, "×"), (8.2, 3.0, "×")]:
        ax.plot([x], [y], "o", ms=19, mfc="white", mec=PALETTE[1], mew=1.6)
        ax.text(x, y, sign, ha="center", va="center_baseline", fontsize="large")
    for start, end in [
        ((0.2, top), (1.25, top)),
        ((1.95, top), (4.15, top)),
        ((4.85, top), (9.0, top)),
        ((1.6, gate + 0.55), (1.6, top - 0.35)),
        ((3.6, gate + 0.55), (4.3, 3.3)),
        ((5.4, gate + 0.55), (4.7, 3.3)),
        ((4.5, 3.95), (4.5, top - 0.35)),
        ((8.2, top), (8.2, 4.45)),
        ((8.2, 3.75), (8.2, 3.35)),
        ((7.2, gate + 0.55), (7.9, 2.85)),
        ((8.55, 3.0), (9.3, 3.0)),
    ]:
        _draw_arrow(ax, start, end)
    return ax


def _draw_box(
    ax: Axes, x: float, y: float, words: str, width: float = 1.2, height: float = 0.9
) -> None:
    corner = (x - width / 2, y - height / 2)
    frame = {"facecolor": "#EAF3F9", "edgecolor": PALETTE[0], "lw": 1.4}
    ax.add_patch(mpl.patches.FancyBboxPatch(corner, width, height, "round,pad=0", **frame))
    ax.text(x, y, words, ha="center", va="center")


def _draw_arrow(ax: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    ax.annotate(
        "", end, start, arrowprops={"arrowstyle": "->", "lw": 1.4, "shrinkA": 0, "shrinkB": 0}
    )


def fold_diagram(
    parts: Sequence[tuple[ArrayLike, ArrayLike]], groups: ArrayLike, ax: Axes | None = None
) -> Axes:
    """Draw who trains and who tests in each round of a cross-validation.

    One box is one row, with the number of its patient in it; dark boxes are the test part. A
    patient whose boxes are dark and light in the same round stands on two sides.

    Parameters
    ----------
    parts : sequence of (train, test)
        Row numbers, one pair a round, as `splits.folds` gives them.
    groups : array-like of shape (n,)
        Which patient each row belongs to. A few rows can be read, hundreds cannot.
    ax : Axes, optional

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        When there is no round, a test part names a row that is not there, or a group is missing.

    Examples
    --------
    >>> ax = fold_diagram([([1, 2], [0]), ([0], [1, 2])], groups=[1, 2, 2])
    >>> [text.get_text() for text in ax.texts]
    ['1', '2', '2', '1', '2', '2']
    """
    patient = inputs.complete(groups, "groups").tolist()
    parts = list(parts) if isinstance(parts, list | tuple) else []
    if not parts or any(not isinstance(one, list | tuple) or len(one) != 2 for one in parts):
        raise ValueError(_("parts holds no round: give it what splits.folds returns."))
    ax = _axes(ax)
    for place, (_train, test) in enumerate(parts):
        tested = np.asarray(test, dtype=int)
        if not np.isin(tested, np.arange(len(patient))).all():
            raise ValueError(
                _("round {n} tests a row that groups does not have; groups has {rows}.").format(
                    n=place + 1, rows=len(patient)
                )
            )
        for row, name in enumerate(patient):
            dark = row in tested
            box = {"facecolor": PALETTE[0] if dark else "#DCE9F2", "edgecolor": "white", "lw": 2}
            ax.add_patch(mpl.patches.Rectangle((row, place), 1, 1, **box))
            colour = "white" if dark else "black"
            ax.text(row + 0.5, place + 0.5, str(name), color=colour, ha="center", va="center")
    ax.set(xlim=(0, len(patient)), ylim=(len(parts), 0), xticks=[])
    ax.set_yticks(
        np.arange(len(parts)) + 0.5,
        [_("round {n}").format(n=place + 1) for place in range(len(parts))],
    )
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    return ax


def field_diagram(layers: Sequence[tuple[str, int, int]], *, fig: Figure | None = None) -> str:
    """Draw what one number depends on, from layer to layer down to the picture, in one direction.

    Parameters
    ----------
    layers : sequence of (name, width, step)
        From the picture up: how many neighbours one number reads, and how far apart two numbers
        that lie side by side begin to read: ("convolution", 3, 1), ("pooling", 2, 2).
    fig : Figure, optional

    Returns
    -------
    str
        What it shows, in words, with the receptive field after each layer, in pixels.

    Raises
    ------
    ValueError
        When there is no layer, one is not a name and two whole numbers from 1, or the last number
        depends on more than 60 pixels, which nobody could tell apart.

    Examples
    --------
    >>> words = field_diagram([("convolution", 3, 1), ("pooling", 2, 2)])
    >>> words.split(": ")[1]
    'convolution 3, pooling 4.'
    """
    if not isinstance(layers, list | tuple) or not layers:
        raise ValueError(_("layers should be a list of (name, width, step)."))
    field, apart, rows = 1, 1, [(_("picture"), 1, 1)]
    for layer in layers:
        if not isinstance(layer, list | tuple) or len(layer) != 3 or not isinstance(layer[0], str):
            raise ValueError(_("layers should be a list of (name, width, step)."))
        field += (inputs.whole_number(layer[1], "width", least=1) - 1) * apart
        apart *= inputs.whole_number(layer[2], "step", least=1)
        rows.append((layer[0], field, apart))
    if field > 60:
        raise ValueError(
            _("One number depends on {field} pixels; at most 60 can be drawn.").format(field=field)
        )
    fig = plt.figure(figsize=(8, 0.4 + 0.72 * len(rows))) if fig is None else fig
    ax = fig.subplots()
    seen = [[0]]  # which numbers of each row the last one depends on, from above
    for _name, width, step in reversed(layers):
        seen.append(sorted({i * step + j for i in seen[-1] for j in range(width)}))
    seen.reverse()
    places = [
        [i * step + (wide - 1) / 2 for i in row]
        for row, (_name, wide, step) in zip(seen, rows, strict=True)
    ]
    for height, (_name, width, step) in enumerate(layers):
        for i, x in zip(seen[height + 1], places[height + 1], strict=True):
            below = [places[height][seen[height].index(i * step + j)] for j in range(width)]
            style = {"color": PALETTE[(step > 1)], "ls": "--" if step > 1 else "-", "lw": 0.9}
            for x_below in below:
                ax.plot([x, x_below], [height + 0.84, height + 0.16], **style)
    for height, row in enumerate(places):
        for x in row:
            corner = (x - 0.36, height - 0.16)
            frame = {"facecolor": "#DCE9F2", "edgecolor": PALETTE[-1], "lw": 1}
            ax.add_patch(mpl.patches.Rectangle(corner, 0.72, 0.32, **frame))
    left = places[0][0] - 0.9
    for height, (name, wide, step) in enumerate(rows):
        ax.text(left, height, name, ha="right", va="center")
        told = _("sees {field}, neighbours {step} apart").format(field=wide, step=step)
        ax.text(places[0][-1] + 0.9, height, told, ha="left", va="center")
    ax.set(xlim=(left - 0.36 * field, places[0][-1] + 0.9 + 0.85 * field))
    ax.set(ylim=(-0.4, len(layers) + 0.4))
    ax.set_axis_off()
    told = ", ".join(f"{name} {wide}" for name, wide, _step in rows[1:])
    return _(
        "Rows of boxes, the picture below, and lines from each number to those that it reads. How "
        "many pixels across one number depends on, from below: {fields}."
    ).format(fields=told)


def kernel_diagram(
    maps: int, kernels: int, size: int, kernel: int = 3, *, fig: Figure | None = None
) -> str:
    """Draw how a kernel of a convolution reaches through all maps that come in.

    Parameters
    ----------
    maps : int
        How many come in. Five are drawn, or fewer.
    kernels : int
        How many there are, and so how many maps go out.
    size : int
        Pixels across a map, before and after (``padding="same"``).
    kernel : int
        Pixels across a kernel.
    fig : Figure, optional

    Returns
    -------
    str
        What it shows, in words.

    Raises
    ------
    ValueError
        When one of them is not a whole number from 1, or the kernel is wider than a map.

    Examples
    --------
    >>> kernel_diagram(12, 24, 14).split(". ")[1].split(";")[0]
    'One kernel, a block of 3 × 3 × 12 weights, reaches through all of them'
    """
    for name, value in {"maps": maps, "kernels": kernels, "size": size}.items():
        inputs.whole_number(value, name, least=1)
    inputs.whole_number(kernel, "kernel", least=1, most=size)
    fig = plt.figure(figsize=(8, 3.3)) if fig is None else fig
    ax = fig.subplots()
    wide, shift, out = 3.0, 0.3, 8.2
    own = wide * min(max(kernel / size, 0.25), 1)  # large enough to be seen
    block = ((wide - own) / 2, (wide - own) / 2)

    def sheets(n: int, x: float) -> int:
        shown = min(n, 5)
        for i in reversed(range(shown)):
            corner, sheet = (x + i * shift, i * shift), {"fc": "#EAF3F9", "ec": PALETTE[0]}
            ax.add_patch(mpl.patches.Rectangle(corner, wide, wide, alpha=0.85, lw=1.2, **sheet))
        return shown

    shown = sheets(maps, 0)
    far = (shown - 1) * shift
    x, y = block
    look = {"ec": PALETTE[1], "lw": 1.2}
    above = [(x, y + own), (x + far, y + own + far), (x + own + far, y + own + far)]
    beside = [(x + own, y), (x + own + far, y + far), (x + own + far, y + own + far)]
    for face, shade in ((above, "#FBEADD"), (beside, "#F0C3A2")):
        corners = [*face, (x + own, y + own)]
        ax.add_patch(mpl.patches.Polygon(corners, closed=True, fc=shade, **look))
    for i in range(kernel):
        for j in range(kernel):
            corner = (x + j * own / kernel, y + i * own / kernel)
            ax.add_patch(
                mpl.patches.Rectangle(corner, own / kernel, own / kernel, fc="#F7D9C4", **look)
            )
    end = sheets(kernels, out)
    spot = (out + block[0] + own / 2, block[1] + own / 2)
    dot = {"facecolor": PALETTE[1], "edgecolor": PALETTE[-1]}
    ax.add_patch(mpl.patches.Rectangle((spot[0] - 0.1, spot[1] - 0.1), 0.2, 0.2, **dot))
    start = (block[0] + own + far + 0.1, block[1] + own / 2 + far / 2)
    arrow = {"arrowstyle": "->", "lw": 1.6, "color": PALETTE[1]}
    ax.annotate("", (spot[0] - 0.15, spot[1]), start, arrowprops=arrow)
    below = {"va": "top", "ha": "center"}
    ax.text(wide / 2, -0.2, _("{n} maps of {size} × {size}").format(n=maps, size=size), **below)
    words = _("one kernel: a block of\n{k} × {k} × {n} weights").format(k=kernel, n=maps)
    ax.text((wide + far + out) / 2, 3.1, words, ha="center", va="bottom", color=PALETTE[1])
    words = _("adds {n} products\nand one bias").format(n=kernel * kernel * maps)
    ax.text((wide + far + out) / 2, 1.0, words, **below)
    words = _("{n} kernels, so {n} maps").format(n=kernels)
    ax.text(out + wide / 2, -0.2, words, **below)
    ax.set(xlim=(-0.3, out + wide + (end - 1) * shift + 0.3), ylim=(-0.9, wide + 4 * shift + 0.2))
    ax.set_aspect("equal")
    ax.set_axis_off()
    words = _(
        "A stack of {maps} maps of {size} × {size} numbers. One kernel, a block of {k} × {k} × "
        "{maps} weights, reaches through all of them; it adds {n} products and a bias, and makes "
        "one number of one map that goes out. {kernels} kernels make {kernels} maps."
    )
    n = kernel * kernel * maps
    return words.format(maps=maps, size=size, k=kernel, n=n, kernels=kernels)


def window_diagram(
    size: int,
    kernel: int,
    ways: Sequence[tuple[str, int]],
    *,
    fig: Figure | None = None,
) -> str:
    """Draw where a window may stand on a picture, and the map that comes out, once a way.

    The first window and the next one are outlined, and so are the pixels that they give. Zeros
    around the picture stand in dotted boxes.

    Parameters
    ----------
    size : int
        Pixels across the picture, at most 12.
    kernel : int
        Pixels across the window.
    ways : sequence of (padding, strides)
        As in Keras: "valid" for a window that stays inside the picture, "same" for zeros around
        it; and how far the window moves.
    fig : Figure, optional

    Returns
    -------
    str
        What it shows, in words, with the size of each map.

    Raises
    ------
    ValueError
        When a size is no whole number from 1, the picture is too large to draw or smaller than the
        window, there is no way, or padding is another word.

    Examples
    --------
    >>> words = window_diagram(5, 3, [("valid", 1), ("same", 1)])
    >>> words.split(": ")[1]
    'valid, strides=1, 3 × 3; same, strides=1, 5 × 5.'
    """
    size = inputs.whole_number(size, "size", least=1, most=12)
    kernel = inputs.whole_number(kernel, "kernel", least=1, most=size)
    pairs = list(ways) if isinstance(ways, list | tuple) else []
    if not pairs or any(not isinstance(one, list | tuple) or len(one) != 2 for one in pairs):
        raise ValueError(_("ways should be a list of (padding, strides)."))
    for padding, strides in pairs:
        inputs.one_of(padding, "padding", ("valid", "same"))
        inputs.whole_number(strides, "strides", least=1)
    fig = plt.figure(figsize=(3 * len(pairs), 2.7)) if fig is None else fig
    told = []
    for ax, (padding, strides) in zip(
        fig.subplots(1, len(pairs), squeeze=False)[0], pairs, strict=True
    ):
        across = _draw_windows(ax, size, kernel, padding, strides)
        name = f"{padding}, strides={strides}"
        ax.set_title(f"{name}: {size} → {across}", fontsize=10)
        told.append(f"{name}, {across} × {across}")
    return _(
        "A window of {kernel} × {kernel} on a picture of {size} × {size}, and the map that comes "
        "out: {maps}."
    ).format(kernel=kernel, size=size, maps="; ".join(told))


def _draw_windows(ax: Axes, size: int, kernel: int, padding: str, strides: int) -> int:
    """Draw one way; give how many pixels across the map has."""
    across, around = (size - kernel) // strides + 1, 0
    if padding == "same":
        across = -(-size // strides)
        around = max((across - 1) * strides + kernel - size, 0)
    before, whole = around // 2, size + around
    gap, low = whole + 1.6, (whole - across) / 2
    for i, j in np.ndindex(whole, whole):
        pixel = before <= i < before + size and before <= j < before + size
        look = {"ls": "-", "fc": "#DCE9F2"} if pixel else {"ls": ":", "fc": "white"}
        ax.add_patch(mpl.patches.Rectangle((j, i), 1, 1, ec="grey", lw=0.8, **look))
        if not pixel:
            ax.text(j + 0.5, i + 0.5, "0", ha="center", va="center", fontsize=8)
    for i, j in np.ndindex(across, across):
        corner, look = (gap + j, low + i), {"ec": "grey", "lw": 0.8, "fc": "#DCE9F2"}
        ax.add_patch(mpl.patches.Rectangle(corner, 1, 1, **look))
    for place in range(min(2, across)):
        look = {"fill": False, "ec": PALETTE[place], "ls": LINES[place], "lw": 2.4}
        inset = 0.1 * (1 + place)
        corner, wide = (place * strides + inset, inset), kernel - 2 * inset
        ax.add_patch(mpl.patches.Rectangle(corner, wide, wide, **look))
        corner = (gap + place + 0.12, low + 0.12)
        ax.add_patch(mpl.patches.Rectangle(corner, 0.76, 0.76, **look))
    start, end = (whole + 0.3, whole / 2), (gap - 0.3, whole / 2)
    ax.annotate("", end, start, arrowprops={"arrowstyle": "->"})
    rim = (size + kernel - 1 - whole) / 2 + 0.2  # one scale, whatever the padding
    right = 2 * size + kernel + 1 - rim
    ax.set(xlim=(-rim, right), ylim=(whole + rim, -rim))  # the first row is on top
    ax.set_aspect("equal")
    ax.set_axis_off()
    return across


def image_grid(
    images: Sequence[np.ndarray] | np.ndarray,
    titles: Sequence[str] | None = None,
    *,
    ncols: int = 5,
    fig: Figure | None = None,
) -> np.ndarray:
    """Draw grey pictures side by side.

    Parameters
    ----------
    images : sequence of arrays of shape (height, width)
        All are drawn on one grey scale, black for the lowest value of all.
    titles : sequence of str, optional
    ncols : int
        Pictures a row.
    fig : Figure, optional

    Returns
    -------
    array of Axes, one a picture

    Raises
    ------
    ValueError
        When there is no image, or not one title for each.

    Examples
    --------
    >>> image_grid(np.zeros((3, 8, 8)), ["a", "b", "c"]).shape
    (3,)
    """
    given = images if isinstance(images, list | tuple) else np.atleast_1d(images)
    if not len(given):
        raise ValueError(_("image_grid needs at least one image."))
    for place, image in enumerate(given):
        name = _("image {place}").format(place=place)
        if (
            (found := inputs.floats(image, name)).ndim != 2
            or not found.size
            or not np.isfinite(found).all()
        ):
            raise ValueError(
                _("{name} must have shape (height, width) and finite values, not {shape}.").format(
                    name=name, shape=found.shape
                )
            )
    titles = None if titles is None else inputs.column(titles, "titles")
    if titles is not None and len(titles) != len(images):
        raise ValueError(
            _("{n} images need {n} titles, not {titles}.").format(n=len(images), titles=len(titles))
        )
    ncols = min(inputs.whole_number(ncols, "ncols", least=1), len(images))
    nrows = -(-len(images) // ncols)
    fig = plt.figure(figsize=(1.45 * ncols, 1.65 * nrows)) if fig is None else fig
    axes = np.atleast_1d(fig.subplots(nrows, ncols)).ravel()
    low, high = min(np.min(i) for i in images), max(np.max(i) for i in images)
    for ax in axes:
        ax.set_axis_off()
    for place, image in enumerate(images):
        axes[place].imshow(image, vmin=low, vmax=high, interpolation="nearest")
        if titles is not None:
            axes[place].set_title(titles[place], fontsize=10)
    return axes[: len(images)]


def heat_maps(
    picture: np.ndarray,
    maps: Mapping[str, Mapping[str, np.ndarray]],
    *,
    fig: Figure | None = None,
) -> str:
    """Draw a picture and, beside it, maps that explain models: a row a model, a column a method.

    A map is drawn by the size of its values, each on a scale of its own: brightness says where,
    and cannot be compared between maps.

    Parameters
    ----------
    picture : array of shape (height, width)
    maps : mapping of str to mapping of str to array of shape (height, width)
        Model → method → map. Each model has the same methods.
    fig : Figure, optional

    Returns
    -------
    str
        What the maps show, in words: for each the part of its total that lies where the picture is
        brighter than its darkest value.

    Raises
    ------
    ValueError
        When there is no map, models have other methods, a map has another shape than the picture,
        or a value is missing or infinite.

    Examples
    --------
    >>> picture = np.zeros((4, 4)); picture[1, 1] = 9
    >>> heat_maps(picture, {"net": {"gradient": picture}})
    'Bright where a map is far from zero. net: gradient ≈ 100 % on the object.'
    """
    picture = inputs.images([picture], _("picture"))[0]
    inputs.mapping(maps, "maps")
    maps = {model: inputs.mapping(own, f"maps[{model!r}]") for model, own in maps.items()}
    methods = list(next(iter(maps.values())))
    for model, own in maps.items():
        if list(own) != methods:
            raise ValueError(
                _("Each model needs the maps {wanted}; {model!r} has {found}.").format(
                    wanted=", ".join(methods), model=model, found=", ".join(own)
                )
            )
        for method, heat in own.items():
            name = _("the map {method!r} of {model!r}").format(method=method, model=model)
            if np.shape(heat) != picture.shape:
                words = _(
                    "{name} has shape {shape}, the picture {wanted}: give one map of one picture, "
                    "for example maps[0]."
                )
                raise ValueError(
                    words.format(name=name, shape=np.shape(heat), wanted=picture.shape)
                )
            inputs.images([heat], name)
    size = (1.75 * (1 + len(methods)), 1.95 * len(maps))
    fig = plt.figure(figsize=size) if fig is None else fig
    axes = fig.subplots(len(maps), 1 + len(methods), squeeze=False)
    objects, told = picture > picture.min(), []
    for row, (model, own) in zip(axes, maps.items(), strict=True):
        row[0].imshow(picture, cmap="gray", interpolation="nearest")
        row[0].set_ylabel(model)
        shares = []
        for ax, (method, heat) in zip(row[1:], own.items(), strict=True):
            strength = np.abs(np.asarray(heat, dtype=float))
            ax.imshow(strength, cmap="magma", vmin=0, interpolation="nearest")
            share = 100 * strength[objects].sum() / (strength.sum() or 1)
            shares.append(_("{method} ≈ {share:.0f} %").format(method=method, share=share))
        told.append(
            _("{model}: {shares} on the object.").format(model=model, shares=", ".join(shares))
        )
        for ax in row:
            ax.set(xticks=[], yticks=[])
    for ax, title in zip(axes[0], [_("picture"), *methods], strict=True):
        ax.set_title(title, fontsize=10)
    return " ".join([_("Bright where a map is far from zero."), *told])


def molecule(
    atoms: Sequence[tuple[str, int, int]],
    bonds: Sequence[tuple[int, int, float]],
    places: Any,
    ax: Axes | None = None,
) -> Axes:
    """Draw a molecule as chemists do: a corner is a carbon, other atoms are written.

    Parameters
    ----------
    atoms : sequence of (element, hydrogens, charge)
        Hydrogens of carbons are not written.
    bonds : sequence of (atom, atom, order)
        Numbers of two atoms, and 1, 2 or 3; 1.5 for an aromatic bond, drawn with a dashed line.
    places : array-like of shape (n_atoms, 2)
        In lengths of a bond.
    ax : Axes, optional

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        When there is no atom, atoms and places differ in number, or a bond names an atom that is
        not there.

    Examples
    --------
    >>> atoms, bonds = [("C", 3, 0), ("C", 2, 0), ("O", 1, 0)], [(0, 1, 1), (1, 2, 1)]
    >>> ax = molecule(atoms, bonds, [(0, 0), (1, 0), (1.5, 0.9)])
    >>> [text.get_text() for text in ax.texts]
    ['OH']
    """
    atoms, bonds = _triples(atoms, str, "atoms"), _triples(bonds, numbers.Integral, "bonds")
    places = inputs.table(places, "places", columns=2)
    if len(atoms) != len(places):
        raise ValueError(
            _("Expected a place for each of {n} atoms; {found} came.").format(
                n=len(atoms), found=len(places)
            )
        )
    ax = _axes(ax)
    for first, second, order in bonds:
        if not (0 <= first < len(atoms) and 0 <= second < len(atoms)):
            raise ValueError(
                _("A bond joins atoms {first} and {second}; there are atoms 0 to {last}.").format(
                    first=first, second=second, last=len(atoms) - 1
                )
            )
        _draw_bond(ax, places[first], places[second], order)
    for (element, hydrogens, charge), (x, y) in zip(atoms, places, strict=True):
        if element == "C" and not charge and len(atoms) > 1:
            continue
        count = str(hydrogens) if hydrogens > 1 else ""
        sign = ("+" if charge > 0 else "−") * abs(charge)
        label = element + ("H" if hydrogens else "") + (f"$_{count}$" if count else "") + sign
        colour = _ELEMENTS.get(element, "black")
        box = {"boxstyle": "round,pad=0.1", "facecolor": "white", "edgecolor": "none"}
        ax.text(x, y, label, color=colour, ha="center", va="center", fontsize=9, bbox=box)
    ax.set_aspect("equal")
    ax.margins(0.08)
    ax.set_axis_off()
    return ax


def _triples(values: Any, first: type, name: str) -> list[tuple[Any, int, float]]:
    """Take atoms (element, hydrogens, charge) or bonds (atom, atom, order), nothing else."""
    try:
        rows = [tuple(row) for row in values]
        fits = all(
            len(row) == 3
            and isinstance(row[0], first)
            and isinstance(row[1], numbers.Integral)
            and isinstance(row[2], numbers.Real)
            for row in rows
        )
    except TypeError:
        fits = False
    if not fits:
        raise ValueError(
            _(
                "{name} should be a list of tuples of three, as read_smiles gives them: atoms like "
                '("C", 3, 0), bonds like (0, 1, 1).'
            ).format(name=name)
        )
    return rows


_ELEMENTS = {"O": PALETTE[1], "N": PALETTE[0], "S": "#8a6d00", "Cl": PALETTE[2], "F": PALETTE[2]}


def _draw_bond(ax: Axes, start: np.ndarray, end: np.ndarray, order: float) -> None:
    along = end - start
    aside = 0.09 * np.array([-along[1], along[0]]) / (np.hypot(*along) or 1)
    # how far beside the middle, in steps; and how each line is drawn
    lines = {2: ((-1, "-"), (1, "-")), 3: ((-1.6, "-"), (0, "-"), (1.6, "-"))}
    lines[1.5] = ((-1, "-"), (1, (0, (2, 1.5))))
    for step, style in lines.get(order, ((0, "-"),)):
        x, y = np.transpose([start + step * aside, end + step * aside])
        ax.plot(x, y, color="black", lw=1.2, ls=style)


def seed_points(
    scores: Mapping[str, Sequence[float]],
    ax: Axes | None = None,
    *,
    ylabel: str | None = None,
    joined: str | Sequence[str] | None = None,
) -> Axes:
    """Draw one point a training run, side by side for each recipe, with a bar at the mean.

    What these points spread over is the random seed, or the folds: no confidence interval.

    Parameters
    ----------
    scores : mapping of str to sequence of float
    ax : Axes, optional
    ylabel : str, optional
        "accuracy" if not given.
    joined : str or sequence of str, optional
        What belongs together, such as one fold or one seed: a line goes through the first score of
        each recipe, another through the second, and so on. A text names all lines in the legend,
        several texts each line.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        When a recipe has no score, or one that is missing or no number; when lines are to join
        recipes with different numbers of scores, or their names are not as many.

    Examples
    --------
    >>> ax = seed_points({"raw": [0.87, 0.90], "scaled": [0.93, 0.93]}, joined=["seed 0", "seed 1"])
    >>> [label.get_text() for label in ax.get_xticklabels()]
    ['raw', 'scaled']
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['seed 0', 'seed 1']
    """
    runs = {
        name: inputs.numbers(values, _("the scores of {name!r}").format(name=name))
        for name, values in inputs.mapping(scores, "scores").items()
    }
    lines = _joined(runs, joined)
    ax = _axes(ax)
    for place, values in enumerate(runs.values()):
        offsets = np.linspace(-0.12, 0.12, len(values)) if len(values) > 1 else [0.0]
        colour, marker = PALETTE[place % 7], MARKERS[place % 7]
        ax.scatter(place + np.asarray(offsets), values, color=colour, marker=marker, s=45)
        for k, line in enumerate(lines):
            line["x"].append(place + offsets[k])
            line["y"].append(values[k])
        ax.hlines(values.mean(), place - 0.25, place + 0.25, color=colour, lw=2)
    for line in lines:
        style = {"color": "0.4", "lw": 0.9, "marker": "", "zorder": 1}
        ax.plot(line["x"], line["y"], ls=line["style"], label=line["name"], **style)
    if lines:
        ax.legend()
    ax.set_xticks(range(len(scores)), list(scores))
    ax.set_xlim(-0.5, len(scores) - 0.5)
    ax.set_ylabel(_("accuracy") if ylabel is None else ylabel)
    return ax


def _joined(
    runs: Mapping[str, np.ndarray], names: str | Sequence[str] | None
) -> list[dict[str, Any]]:
    """The lines through the runs of each recipe, still without points: name and style."""
    if names is None:
        return []
    counts = {len(values) for values in runs.values()}
    if len(counts) != 1:
        raise ValueError(
            _("joined needs as many scores for each recipe; there are {counts}.").format(
                counts=", ".join(map(str, sorted(counts)))
            )
        )
    count = counts.pop()
    if isinstance(names, str):
        every, styles = [names, *[None] * (count - 1)], ["-"]
    else:
        every, styles = list(names), LINES
    if len(every) != count:
        raise ValueError(
            _("joined names {n} runs; there are {count}.").format(n=len(every), count=count)
        )
    return [
        {"name": name, "style": styles[k % len(styles)], "x": [], "y": []}
        for k, name in enumerate(every)
    ]


def _people(stages: Any, name: str) -> list[int]:
    """How many people are in each stage."""
    return [
        inputs.whole_number(n, _("the people of {stage!r}").format(stage=stage), least=0)
        for stage, n in inputs.mapping(stages, name).items()
    ]


def flow_diagram(
    stages: Mapping[str, int],
    excluded: Sequence[str],
    ends: Mapping[str, int] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw who entered a study, who left it and why, and who was left (TRIPOD+AI, item 20a).

    How many left at each step is the difference between two stages, so that the numbers of the
    diagram cannot contradict each other.

    Parameters
    ----------
    stages : mapping of str to int
        What each stage is called, and how many people are in it, from the first to the last.
    excluded : sequence of str
        Why people left, one reason for each step between two stages.
    ends : mapping of str to int, optional
        How the last stage divides, for example by outcome; the numbers add up to it.
    ax : Axes, optional
        A figure of about 7 × 6 inches suits four stages.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        When there is not one reason for each step, when a stage holds more people than the one
        before it, or when the ends do not add up to the last stage.

    References
    ----------
    Collins GS et al. (2024). TRIPOD+AI statement. BMJ 385, e078378.
    https://doi.org/10.1136/bmj-2023-078378

    Examples
    --------
    >>> stages = {"asked": 50, "analysed": 40}
    >>> ax = flow_diagram(stages, ["no blood sample"], {"ill": 4, "well": 36})
    >>> [text.get_text() for text in ax.texts if "left" in text.get_text()]
    ['10 left: no blood sample']
    """
    counts, names = _people(stages, "stages"), list(stages)
    excluded = list(excluded) if isinstance(excluded, list | tuple) else [str(excluded)]
    if len(excluded) != len(names) - 1:
        raise ValueError(
            _("{stages} stages need {reasons} reasons, one for each step; {came} came.").format(
                stages=len(names), reasons=max(len(names) - 1, 0), came=len(excluded)
            )
        )
    for before, after, name in zip(counts, counts[1:], names[1:], strict=False):
        if after > before:
            raise ValueError(
                _("{name!r} has {after} people, more than the {before} before it.").format(
                    name=name, after=after, before=before
                )
            )
    if ends is not None and sum(_people(ends, "ends")) != counts[-1]:
        raise ValueError(
            _("the ends hold {people} people together; {name!r} has {last}.").format(
                people=sum(_people(ends, "ends")), name=names[-1], last=counts[-1]
            )
        )
    ax = _axes(ax)
    ax.set(xlim=(0, 1), ylim=(0, 1))
    ax.set_axis_off()
    rows = len(names) + bool(ends)
    heights = [1 - (row + 0.5) / rows for row in range(rows)]
    middle, right = 0.27, 0.77

    def box(x: float, y: float, words: str, edge: str, style: str = "-") -> Any:
        frame = {"boxstyle": "round,pad=0.5", "fc": "white", "ec": edge, "ls": style, "lw": 1.4}
        words = textwrap.fill(words, 30)
        return ax.text(x, y, words, ha="center", va="center", bbox=frame, zorder=2)

    def arrow(start: Any, end: Any, point: tuple[float, float] | None = None) -> None:
        """From box to box (or from a point on the way), ending at the edge of the boxes."""
        look = {"arrowstyle": "-|>", "color": "black", "patchB": end.get_bbox_patch()}
        if point is None:
            look["patchA"] = start.get_bbox_patch()
        start_at = start.get_position() if point is None else point
        ax.annotate("", end.get_position(), start_at, arrowprops=look, zorder=3)

    boxes = [
        box(middle, height, _("{n:,} {name}").format(n=count, name=name), PALETTE[0])
        for height, name, count in zip(heights, names, counts, strict=False)
    ]
    for row, reason in enumerate(excluded):
        between = (heights[row] + heights[row + 1]) / 2
        words = _("{n:,} left: {reason}").format(n=counts[row] - counts[row + 1], reason=reason)
        arrow(boxes[row], boxes[row + 1])
        arrow(None, box(right, between, words, PALETTE[1], "--"), (middle, between))
    for place, (name, count) in enumerate((ends or {}).items()):
        x = middle + place * (right - middle) / max(len(ends or {}) - 1, 1)
        words = _("{n:,} {name}").format(n=count, name=name)
        arrow(boxes[-1], box(x, heights[-1], words, "black"))
    return ax


def people_dots(kinds: Mapping[str, int], ax: Axes | None = None, *, rows: int = 25) -> Axes:
    """Draw one dot for each person, kind after kind, from the left, so that shares can be counted.

    Parameters
    ----------
    kinds : mapping of str to int
        What each kind of people is called, and how many there are; at most four kinds. Shape and
        colour tell them apart, the last one is pale.
    ax : Axes, optional
        For 1,000 people about 4 inches wide or more.
    rows : int
        So many people stand below each other.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        When there are more than four kinds, or nobody at all.

    Examples
    --------
    >>> ax = people_dots({"found": 1, "tested for nothing": 32}, rows=3)
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['1 found', '32 tested for nothing']
    """
    counts, names = _people(kinds, "kinds"), list(kinds)
    if len(names) > len(DOTS):
        raise ValueError(
            _("kinds holds {n} kinds; at most {most}.").format(n=len(names), most=len(DOTS))
        )
    if not sum(counts):
        raise ValueError(_("kinds holds nobody."))
    rows = inputs.whole_number(rows, "rows", least=1)
    ax = _axes(ax)
    place = np.arange(sum(counts))
    columns = int(place[-1] // rows) + 1
    box, figure = ax.get_position(), ax.figure
    gap = 72 * min(
        box.width * figure.get_figwidth() / columns, box.height * figure.get_figheight() / rows
    )  # points from one person to the next
    first = 0
    for (mark, colour), name, count in zip(DOTS, names, counts, strict=False):
        own = place[first : first + count]
        first += count
        ax.scatter(
            *(own // rows, own % rows),
            s=(0.75 * gap) ** 2,
            marker=mark,
            color=colour,
            linewidths=0,
            label=_("{n:,} {name}").format(n=count, name=name),
        )
    ax.set(xlim=(-1, columns), ylim=(min(rows, len(place)), -1), aspect="equal")
    ax.set_axis_off()
    legend = ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2, fontsize="small")
    for handle in legend.legend_handles:
        handle.set_sizes([40])
    return ax


def decision_curve(
    y: np.ndarray,
    risks: Mapping[str, np.ndarray],
    thresholds: np.ndarray,
    ax: Axes | None = None,
    *,
    per: int = 1000,
) -> Axes:
    """Draw the net benefit of each model over a range of thresholds, beside all and none.

    Parameters
    ----------
    y : array of shape (n,), 0 or 1
    risks : mapping of str to array of shape (n,)
        A calibrated risk from 0 to 1 for each person; a rule without a risk is 1 for those whom
        it picks and 0 for the others.
    thresholds : array of shape (k,), between 0 and 1
        Argued beforehand: the range of risks at which a reasonable person would act.
    ax : Axes, optional
    per : int
        Net benefit is shown for so many people.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        When there is no curve to draw, or a threshold does not lie between 0 and 1, or lengths
        differ.

    References
    ----------
    Vickers AJ, Elkin EB (2006). Decision curve analysis. Med Decis Making 26, 565-574.
    https://doi.org/10.1177/0272989X06295361

    Examples
    --------
    >>> y, risk = np.array([0, 0, 0, 1]), np.array([0.1, 0.2, 0.3, 0.4])
    >>> ax = decision_curve(y, {"model": risk}, np.linspace(0.05, 0.5, 10))
    >>> [line.get_label() for line in ax.lines]
    ['model', 'test all', 'test none']
    """
    from medlearn import metrics

    thresholds = inputs.shares(inputs.column(thresholds, "thresholds"), "thresholds")
    if thresholds.min() == thresholds.max():
        raise ValueError(_("decision_curve needs two different thresholds or more."))
    per = inputs.whole_number(per, "per", least=1)
    if not isinstance(risks, Mapping) or not risks:
        raise ValueError(_("decision_curve needs the risks of at least one model or rule."))
    ax = _axes(ax)
    top = 0.0
    for place, (name, risk) in enumerate(risks.items()):
        benefit = per * metrics.net_benefit(y, risk, thresholds)
        top = max(top, float(benefit.max()))
        ax.plot(
            100 * thresholds, benefit, color=PALETTE[place % 6], ls=LINES[place % 7], label=name
        )
    everyone = per * metrics.net_benefit_all(y, thresholds)
    top = max(top, float(everyone.max()), 0.01 * per)
    ax.plot(100 * thresholds, everyone, color="black", ls=(0, (1, 1)), lw=1.5, label=_("test all"))
    ax.axhline(0, color="grey", ls="-", lw=1.5, label=_("test none"))
    ax.set(
        xlabel=_("threshold: act from this risk on (%)"),
        ylabel=_("net benefit (per {per:,} people)").format(per=per),
        xlim=(100 * thresholds.min(), 100 * thresholds.max()),
        ylim=(-0.25 * top, 1.08 * top),
    )
    ax.legend(fontsize="small")
    return ax
