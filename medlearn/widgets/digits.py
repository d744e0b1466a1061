"""Handwritten digits, and what a trained network makes of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from medlearn import plots
from medlearn.widgets.explorer import Explorer, choice, slider

__all__ = ["digit_explorer"]


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
