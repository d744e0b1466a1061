"""Pictures that more than one lesson draws, and `show`, which gives each figure its words.

Functions draw on a matplotlib `Axes` that you may pass and return it, like scikit-learn's
displays. Colours are those of Okabe and Ito (https://jfly.uni-koeln.de/color/), which people with
any colour vision tell apart; markers and line styles repeat what colour says.
"""

from __future__ import annotations

import html
import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

__all__ = [
    "BENIGN",
    "MALIGNANT",
    "PALETTE",
    "decision_boundary",
    "image_grid",
    "learning_curves",
    "png",
    "seed_points",
    "show",
    "use_style",
]

PALETTE = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"]
BENIGN, MALIGNANT = PALETTE[:2]
MARKERS = "o^sDvPX"
LINES = ["-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1)), (0, (1, 1))]

_SCORES = LinearSegmentedColormap.from_list("scores", [BENIGN, "#FFFFFF", MALIGNANT])


def use_style() -> None:
    """Set the course's look: readable sizes, colours in order, modest resolution."""
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


def in_words(words: str) -> str:
    """HTML that shows `words` when the reader asks for them."""
    return f"<details><summary>In words</summary>{html.escape(words)}</details>"


def show(fig: Figure, alt: str) -> None:
    """Show a figure with an alternative text, and the same words on request.

    JupyterLab drops the alternative text of a picture, so the words also stand under it.

    Parameters
    ----------
    fig : matplotlib Figure
        Closed afterwards, so that it is not shown twice.
    alt : str
        What the figure shows, made from its data: what is on the axes, and what one should see.

    Raises
    ------
    ValueError
        When `alt` holds fewer than five words.

    Examples
    --------
    >>> fig, ax = plt.subplots()
    >>> show(fig, "empty")
    Traceback (most recent call last):
        ...
    ValueError: alt should say what the figure shows, in a sentence; it is 'empty'.
    """
    if len(str(alt).split()) < 5:
        raise ValueError(f"alt should say what the figure shows, in a sentence; it is {alt!r}.")
    from IPython.display import display

    picture = png(fig)
    plt.close(fig)
    display(
        {"image/png": picture, "text/plain": f"Figure: {alt}"},
        metadata={"image/png": {"alt": alt}},
        raw=True,
    )
    display({"text/html": in_words(alt), "text/plain": f"In words: {alt}"}, raw=True)


def _axes(ax: Axes | None) -> Axes:
    return plt.subplots()[1] if ax is None else ax


def learning_curves(history: Any, metric: str = "accuracy", ax: Axes | None = None) -> Axes:
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
    >>> ax = learning_curves({"loss": [0.9, 0.4], "val_loss": [1.0, 0.6]}, "loss")
    >>> [line.get_label() for line in ax.lines]
    ['training', 'validation']
    """
    curves: Mapping[str, Sequence[float]] = getattr(history, "history", history)
    if metric not in curves:
        raise ValueError(f"The history has no {metric!r}; it has {sorted(curves)}.")
    ax = _axes(ax)
    parts = {"training": metric, "validation": f"val_{metric}"}
    for place, (label, key) in enumerate(parts.items()):
        if key in curves:
            epochs = np.arange(1, len(curves[key]) + 1)
            ax.plot(epochs, curves[key], marker=MARKERS[place], ls=LINES[place], label=label)
    ax.set(xlabel="epoch", ylabel=metric)
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.legend()
    return ax


def decision_boundary(
    score: Callable[[np.ndarray], np.ndarray],
    X: np.ndarray,
    y: np.ndarray,
    ax: Axes | None = None,
    *,
    feature_names: Sequence[str] = ("feature 1", "feature 2"),
    class_names: Sequence[str] = ("benign", "malignant"),
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
    feature_names, class_names : sequences of two names
    threshold : float
    line : bool
        Draw the line itself; without it, only people and shade.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        When X has not two columns, or y another length.

    Examples
    --------
    >>> X = np.array([[0.0, 0.0], [1.0, 1.0]])
    >>> ax = decision_boundary(lambda X: X[:, 0], X, np.array([0, 1]))
    >>> ax.get_xlabel()
    'feature 1'
    """
    X, y = np.asarray(X, dtype=float), np.asarray(y)
    if X.ndim != 2 or X.shape[1] != 2 or len(X) != len(y):
        raise ValueError(
            f"X should have shape (n, 2) and y length n; they have {X.shape} and {y.shape}."
        )
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
            s=18,
            marker=marker,
            facecolor=colour,
            edgecolor="white",
            linewidth=0.4,
            label=class_names[label],
        )
    ax.set(xlabel=feature_names[0], ylabel=feature_names[1])
    ax.set_xlim(first[0], first[-1])
    ax.set_ylim(second[0], second[-1])
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2)  # above: it hides nobody
    return ax


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
    if len(images) == 0:
        raise ValueError("image_grid needs at least one image.")
    if titles is not None and len(titles) != len(images):
        raise ValueError(f"{len(images)} images need {len(images)} titles, not {len(titles)}.")
    ncols = min(ncols, len(images))
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


def seed_points(
    scores: Mapping[str, Sequence[float]], ax: Axes | None = None, *, ylabel: str = "accuracy"
) -> Axes:
    """Draw one point a training run, side by side for each recipe, with a bar at the mean.

    What these points spread over is the random seed: no confidence interval.

    Parameters
    ----------
    scores : mapping of str to sequence of float
    ax : Axes, optional
    ylabel : str

    Returns
    -------
    Axes

    Examples
    --------
    >>> ax = seed_points({"raw": [0.87, 0.90], "scaled": [0.93, 0.93]})
    >>> [label.get_text() for label in ax.get_xticklabels()]
    ['raw', 'scaled']
    """
    ax = _axes(ax)
    for place, values in enumerate(scores.values()):
        values = np.asarray(values, dtype=float)
        offsets = np.linspace(-0.12, 0.12, len(values)) if len(values) > 1 else [0.0]
        colour, marker = PALETTE[place % 7], MARKERS[place % 7]
        ax.scatter(place + np.asarray(offsets), values, color=colour, marker=marker, s=45)
        ax.hlines(values.mean(), place - 0.25, place + 0.25, color=colour, lw=2)
    ax.set_xticks(range(len(scores)), list(scores))
    ax.set_xlim(-0.5, len(scores) - 0.5)
    ax.set_ylabel(ylabel)
    return ax
