"""Handwritten digits, and what a trained network makes of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from medlearn import inputs, plots
from medlearn.language import _
from medlearn.widgets import grids
from medlearn.widgets.controls import choice, slider
from medlearn.widgets.explorer import Explorer

__all__ = ["digit_explorer"]

GRID = {  # a 4 that turns clockwise into a 9, and a 9 that becomes a 6
    "digit": (4, 9),
    "turn": (-60, -30, -20, -10, 0, 20, 180),
    "ink": (30, 100),
    "speckles": (0, 20),
}


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
    images, labels = inputs.images(images), inputs.column(labels, "labels")
    inputs.same_length(images=images, labels=labels)
    first = {int(label): images[np.argmax(labels == label)] for label in np.unique(labels)}
    controls = {
        "digit": choice(_("written digit"), list(first), 4 if 4 in first else None),
        "turn": slider(_("turn (degrees)"), -180, 180, 0, 10),
        "ink": slider(_("ink (%)"), 0, 100, 100, 5),
        "speckles": slider(_("speckles (% of pixels)"), 0, 100, 0, 5),
    }

    def draw(axes: Any, digit: int, turn: float, ink: float, speckles: float) -> str:
        sheet = Sheet(digit, turn, ink, speckles)
        picture = _spoilt(first[digit], sheet)
        z = np.asarray(logits(picture[None].astype("uint8")), dtype=float)[0]
        reading = Reading(z, _softmax(z))
        _draw(axes, digit, picture, reading)
        return _words(sheet, reading)

    grid = grids.fitted(controls, GRID)
    return Explorer(draw, ncols=3, size=(9.0, 3.4), grid=grid, **controls)


@dataclass(frozen=True)
class Sheet:
    """What the controls set: which digit, and how its paper was treated (degrees, %, %)."""

    digit: int
    turn: float
    ink: float
    speckles: float


@dataclass(frozen=True)
class Reading:
    """What the network says: a logit and a probability for each class, shape (classes,)."""

    logits: np.ndarray
    probabilities: np.ndarray

    @property
    def best(self) -> tuple[int, int]:
        """The two most probable classes, the first one first."""
        first, second = np.argsort(self.probabilities)[::-1][:2]
        return first, second


def _spoilt(picture: np.ndarray, sheet: Sheet) -> np.ndarray:
    """The picture turned, faded and soiled; always with the same dust."""
    from scipy.ndimage import rotate

    dice = np.random.default_rng(0)
    chance, grey = dice.uniform(size=picture.shape), dice.uniform(size=picture.shape)
    turned = rotate(picture.astype(float), sheet.turn, reshape=False, order=1) * sheet.ink / 100
    return np.where(100 * chance < sheet.speckles, 255 * grey, turned).clip(0, 255)


def _softmax(z: np.ndarray) -> np.ndarray:
    e = np.exp(z - z.max())
    return e / e.sum()


def _draw(axes: Any, digit: int, picture: np.ndarray, reading: Reading) -> None:
    paper, left, right = axes
    paper.imshow(picture, vmin=0, vmax=255, interpolation="nearest")
    paper.set_title(_("what the network sees"))
    paper.set_axis_off()
    places = np.arange(len(reading.logits))
    names = [_("written {k}").format(k=k) if k == digit else f"{k}" for k in places]
    for ax, values, name in (
        (left, reading.logits, _("logit")),
        (right, reading.probabilities, _("probability")),
    ):
        bars = ax.barh(places, values, color=plots.PALETTE[5])
        bars[reading.best[0]].set_color(plots.PALETTE[1])
        ax.axvline(0, color="black", lw=1)
        ax.set(xlabel=name, yticks=places, yticklabels=names)
        ax.invert_yaxis()
    right.set(xlim=(0, 1.25), xticks=[0, 0.5, 1])
    for k in reading.best:
        p = reading.probabilities[k]
        right.text(p + 0.03, k, f"{p:.2f}", va="center")


def _words(sheet: Sheet, reading: Reading) -> str:
    best, second = reading.best
    return " ".join(
        [
            _(
                "A written {digit}, turned by {turn:g} degrees, {ink:g} % ink, {speckles:g} % "
                "speckles."
            ).format(**vars(sheet)),
            _(
                "The network reads ≈ {best} with probability ≈ {p:.2f}, then ≈ {second} with "
                "≈ {q:.2f}."
            ).format(
                best=best,
                p=reading.probabilities[best],
                second=second,
                q=reading.probabilities[second],
            ),
            _("The largest logit is ≈ {high:.1f}, the smallest ≈ {low:.1f}.").format(
                high=reading.logits.max(), low=reading.logits.min()
            ),
        ]
    )
