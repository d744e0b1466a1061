"""One neuron, to move by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from medlearn import plots
from medlearn.widgets.explorer import Explorer, choice, slider

__all__ = ["neuron_explorer"]


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
