"""Pictures to move: one `Explorer`, and the explorers that lessons share.

An explorer is a drawing function and some controls. It gives three things in one output: the
words, a picture, and the live widget. Where there is no kernel (GitHub, print, the web book) the
picture is what one sees.
"""

from __future__ import annotations

import base64
import html
from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets
import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from medlearn import plots

__all__ = ["Explorer", "choice", "digit_explorer", "neuron_explorer", "slider"]

Draw = Callable[..., str]


def _described(kind: type, label: str, **details: Any) -> Any:
    return kind(
        description=label,
        style={"description_width": "13em"},
        layout=ipywidgets.Layout(width="40em", max_width="98%"),
        **details,
    )


def slider(
    label: str, low: float, high: float, value: float, step: float | None = None
) -> ipywidgets.Widget:
    """A slider; whole numbers in, whole numbers out.

    Parameters
    ----------
    label : str
        What it moves, with its unit.
    low, high, value : float
    step : float, optional
        1 for whole numbers, a fiftieth of the way otherwise.

    Raises
    ------
    ValueError
        When the start value lies outside low … high.

    Examples
    --------
    >>> slider("weight", -1.0, 1.0, 0.5).value
    0.5
    """
    if not low <= value <= high:
        raise ValueError(f"{label}: the start value {value} is not within {low} … {high}.")
    whole = all(isinstance(number, int) for number in (low, high, value)) and step in (None, 1)
    kind = ipywidgets.IntSlider if whole else ipywidgets.FloatSlider
    return _described(
        kind,
        label,
        min=low,
        max=high,
        value=value,
        step=step or (1 if whole else (high - low) / 50),
    )


def choice(label: str, options: Sequence[Any], value: Any = None) -> ipywidgets.Widget:
    """A list to choose one of; the first when `value` is left out.

    Examples
    --------
    >>> choice("activation", ["step", "sigmoid"]).value
    'step'
    """
    return _described(
        ipywidgets.Dropdown, label, options=options, value=options[0] if value is None else value
    )


class Explorer:
    """A picture that changes with its controls, and says in words what it shows.

    Parameters
    ----------
    draw : callable
        ``draw(ax, **values)`` draws on one `Axes` (on an array of them when `ncols` > 1) and
        returns the words: what is set, and what follows from it.
    ncols : int
        Axes side by side.
    size : (float, float)
        Inches.
    controls : widgets
        From `slider` and `choice`; the keyword is the name that `draw` gets the value under.

    Examples
    --------
    >>> def draw(ax, slope):
    ...     ax.plot([0, 1], [0, slope])
    ...     return f"The line rises by {slope}."
    >>> explorer = Explorer(draw, slope=slider("slope", 0, 5, 2))
    >>> explorer.words
    'The line rises by 2.'
    >>> explorer.controls["slope"].value = 3
    >>> explorer.words
    'The line rises by 3.'
    """

    def __init__(
        self, draw: Draw, *, ncols: int = 1, size: tuple[float, float] = (6.0, 4.0), **controls: Any
    ) -> None:
        self._draw = draw
        self.controls = controls
        # No pyplot: a figure that pyplot does not know is never shown twice, and lives only here.
        self._figure = Figure(figsize=size, dpi=mpl.rcParams["figure.dpi"], layout="constrained")
        # Room at the sides for tick labels that grow: the layout is found once and then kept,
        # so that the axes stand still while a slider moves, and a picture takes half the time.
        self._figure.get_layout_engine().set(w_pad=0.12)
        self._axes = self._figure.subplots(1, ncols)
        self.words, self._png = "", b""
        self._picture = ipywidgets.HTML()
        for control in controls.values():
            control.observe(self._redraw, names="value")
        self._box = ipywidgets.VBox([*controls.values(), self._picture])
        self._redraw()

    def _redraw(self, _change: Any = None) -> None:
        values = {name: control.value for name, control in self.controls.items()}
        for ax in np.ravel(self._axes):
            ax.clear()
        self.words = self._draw(self._axes, **values)
        self._png = plots.png(self._figure)
        self._figure.set_layout_engine("none")
        width, height = (round(s) for s in self._figure.get_size_inches() * self._figure.dpi)
        # One HTML value holds picture and words, so that both change in the same moment.
        # decoding="sync" shows the new picture only when it is ready: no white flash between.
        self._picture.value = (
            f'<img decoding="sync" width="{width}" height="{height}" '
            f'style="max-width:100%;height:auto" alt="{html.escape(self.words)}" '
            f'src="data:image/png;base64,{base64.b64encode(self._png).decode()}">'
            f'<p role="status" style="max-width:{width}px;line-height:1.4">'
            f"{html.escape(self.words)}</p>"
        )

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        data = {
            "text/plain": f"In words: {self.words}",
            "image/png": self._png,
            "application/vnd.jupyter.widget-view+json": {
                "version_major": 2,
                "version_minor": 0,
                "model_id": self._box.model_id,
            },
        }
        return data, {"image/png": {"alt": self.words}}


def neuron_explorer(
    X: np.ndarray, y: np.ndarray, feature_names: Sequence[str] = ("feature 1", "feature 2")
) -> Explorer:
    """One neuron with two inputs, to move by hand: its line among the patients, and its curve.

    Parameters
    ----------
    X : array of shape (n, 2)
        Standardised measurements.
    y : array of shape (n,), 0 or 1
        1 is malignant.
    feature_names : sequence of two names

    Returns
    -------
    Explorer
        With sliders for both weights and the bias, and a list of activations.

    Raises
    ------
    ValueError
        When X has not two columns, or y another length.

    Examples
    --------
    >>> explorer = neuron_explorer(np.array([[0.0, 1.0], [2.0, 0.0]]), np.array([0, 1]))
    >>> explorer.controls["bias"].value = -5.0
    >>> explorer.words.split(". ")[1]
    'It raises 0 alarms'
    """
    activations: dict[str, tuple[Callable[[np.ndarray], np.ndarray], float]] = {
        "step": (lambda z: (z > 0).astype(float), 0.5),  # function, threshold of its alarm
        "sigmoid": (lambda z: 1 / (1 + np.exp(-np.clip(z, -60, 60))), 0.5),
        "tanh": (np.tanh, 0.0),
        "ReLU": (lambda z: np.maximum(0, z), 0.0),
    }
    jitter = np.random.default_rng(0).uniform(-0.02, 0.02, len(y))

    def draw(axes: Any, w1: float, w2: float, bias: float, activation: str) -> str:
        plane, curve = axes
        function, threshold = activations[activation]
        weights = np.array([w1, w2])
        plots.decision_boundary(
            lambda points: function(points @ weights + bias),
            X,
            y,
            plane,
            feature_names=[f"{name} (standard deviations)" for name in feature_names],
            threshold=threshold,
            line=False,
        )
        if weights.any():  # where the sum is zero, straight whatever the activation
            foot = -bias * weights / (weights @ weights)
            plane.axline(foot, foot + np.array([-w2, w1]), color="black", ls="-")
        z = X @ weights + bias
        wide = np.linspace(min(-4.0, z.min()), max(4.0, z.max()), 200)
        out, heights = function(wide), function(z)
        low, high = out.min(), max(out.max(), out.min() + 1)
        curve.plot(wide, out, color="black", lw=1.5, ls="-")
        for label, marker, colour in ((0, "o", plots.BENIGN), (1, "^", plots.MALIGNANT)):
            mine = y == label
            offset = (high - low) * ((0.06 if label else -0.06) + jitter[mine])
            curve.scatter(z[mine], heights[mine] + offset, s=9, marker=marker, c=colour)
        curve.axvline(0, color="grey", lw=1, ls=":")
        curve.axhline(threshold, color="grey", lw=1, ls="--")
        curve.set(
            xlabel="z, the weighted sum plus the bias",
            ylabel=f"output: {activation} of z",
            ylim=(low - 0.15 * (high - low), high + 0.15 * (high - low)),
        )
        alarm = z > 0
        missed, false = int((~alarm & (y == 1)).sum()), int((alarm & (y == 0)).sum())
        return (
            f"Weights {w1:g} and {w2:g}, bias {bias:g}, {activation}. "
            f"It raises {int(alarm.sum())} alarms. "
            f"It misses {missed} of {int((y == 1).sum())} cancers, and {false} of "
            f"{int((y == 0).sum())} benign lumps are false alarms: "
            f"{missed + false} of {len(y)} patients wrong."
        )

    return Explorer(
        draw,
        ncols=2,
        size=(9.0, 4.0),
        w1=slider(f"weight of {feature_names[0]}", -4.0, 4.0, 1.0, 0.25),
        w2=slider(f"weight of {feature_names[1]}", -4.0, 4.0, 1.0, 0.25),
        bias=slider("bias", -6.0, 6.0, 0.0, 0.25),
        activation=choice("activation", list(activations), "sigmoid"),
    )


def digit_explorer(
    images: np.ndarray, labels: np.ndarray, logits: Callable[[np.ndarray], np.ndarray]
) -> Explorer:
    """Turn, fade and soil a handwritten digit, and watch what a trained model makes of it.

    Parameters
    ----------
    images : array of shape (n, height, width), uint8
        Grey levels from 0 (paper) to 255 (full ink). The first picture of each label is offered.
    labels : array of shape (n,), whole numbers
    logits : callable
        Takes pictures of shape (1, height, width), gives one logit a class, shape (1, classes).

    Returns
    -------
    Explorer
        With a list of digits, and sliders for the turn (degrees, against the clock), the ink (%)
        and the speckles (% of the pixels).

    Raises
    ------
    ValueError
        When there is no picture, or not one label for each.

    Examples
    --------
    >>> pictures = np.full((2, 28, 28), 255, dtype="uint8")
    >>> explorer = digit_explorer(pictures, np.array([3, 7]), lambda x: np.eye(10)[[3]] * 9)
    >>> explorer.controls["digit"].value = 7
    >>> "reads ≈ 3" in explorer.words
    True
    """
    from scipy.ndimage import rotate

    images, labels = np.asarray(images), np.asarray(labels)
    if images.ndim != 3 or len(images) == 0 or len(images) != len(labels):
        raise ValueError(
            "images should have shape (n, height, width) and labels length n; "
            f"they have {images.shape} and {labels.shape}."
        )
    first = {int(label): images[np.argmax(labels == label)] for label in np.unique(labels)}
    dice = np.random.default_rng(0)
    chance, grey = dice.uniform(size=images.shape[1:]), dice.uniform(size=images.shape[1:])

    def draw(axes: Any, digit: int, turn: float, ink: float, speckles: float) -> str:
        picture = rotate(first[digit].astype(float), turn, reshape=False, order=1) * ink / 100
        picture = np.where(100 * chance < speckles, 255 * grey, picture).clip(0, 255)
        z = np.asarray(logits(picture[None].astype("uint8")), dtype=float)[0]
        e = np.exp(z - z.max())
        p = e / e.sum()
        best, second = np.argsort(p)[::-1][:2]
        paper, left, right = axes
        paper.imshow(picture, vmin=0, vmax=255, interpolation="nearest")
        paper.set_title("what the network sees")
        paper.set_axis_off()
        names = [f"written {k}" if k == digit else f"{k}" for k in range(len(z))]
        for ax, values, name in ((left, z, "logit"), (right, p, "probability")):
            bars = ax.barh(np.arange(len(z)), values, color=plots.PALETTE[5])
            bars[best].set_color(plots.PALETTE[1])
            ax.axvline(0, color="black", lw=1)
            ax.set(xlabel=name, yticks=np.arange(len(z)), yticklabels=names)
            ax.invert_yaxis()
        right.set(xlim=(0, 1.25), xticks=[0, 0.5, 1])
        for k in (best, second):
            right.text(p[k] + 0.03, k, f"{p[k]:.2f}", va="center")
        return (
            f"A written {digit}, turned by {turn:g} degrees, {ink:g} % ink, "
            f"{speckles:g} % speckles. "
            f"The network reads ≈ {best} with probability ≈ {p[best]:.2f}, "
            f"then ≈ {second} with ≈ {p[second]:.2f}. "
            f"The largest logit is ≈ {z.max():.1f}, the smallest ≈ {z.min():.1f}."
        )

    return Explorer(
        draw,
        ncols=3,
        size=(9.0, 3.4),
        digit=choice("written digit", list(first), 4 if 4 in first else None),
        turn=slider("turn (degrees)", -180, 180, 0, 10),
        ink=slider("ink (%)", 0, 100, 100, 5),
        speckles=slider("speckles (% of pixels)", 0, 100, 0, 5),
    )
