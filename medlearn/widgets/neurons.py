"""One neuron, to move by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from medlearn import inputs, plots
from medlearn.language import N_, _, ngettext
from medlearn.widgets import grids
from medlearn.widgets.controls import choice, slider
from medlearn.widgets.explorer import Explorer

__all__ = ["neuron_explorer"]


class Activation(NamedTuple):
    label: str
    of: Callable[[np.ndarray], np.ndarray]
    threshold: float  # of its alarm: its value where z is 0, or halfway up the step


ACTIVATIONS = {
    "step": Activation(N_("step"), lambda z: (z > 0).astype(float), 0.5),
    "sigmoid": Activation(N_("sigmoid"), lambda z: 1 / (1 + np.exp(-np.clip(z, -60, 60))), 0.5),
    "tanh": Activation(N_("tanh"), np.tanh, 0.0),
    "ReLU": Activation(N_("ReLU"), lambda z: np.maximum(0, z), 0.0),
}
GRID = {  # doubling all three keeps the line; the bias trades one kind of error for the other
    "w1": (1.0, 2.0),
    "w2": (1.0, 2.0),
    "bias": (0.0, 0.5, 1.0),
    "activation": tuple(ACTIVATIONS),
}


def neuron_explorer(
    X: np.ndarray,
    y: np.ndarray,
    feature_names: Sequence[str] | None = None,
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
    X, y = inputs.table(X, columns=2), inputs.labels(y)
    inputs.same_length(X=X, y=y)
    first, second = feature_names or (_("feature 1"), _("feature 2"))
    controls = {
        "w1": slider(_("weight of {feature}").format(feature=first), -4.0, 4.0, 1.0, 0.25),
        "w2": slider(_("weight of {feature}").format(feature=second), -4.0, 4.0, 1.0, 0.25),
        "bias": slider(_("bias"), -6.0, 6.0, 0.0, 0.25),
        "activation": choice(
            _("activation"),
            [(_(activation.label), name) for name, activation in ACTIVATIONS.items()],
            "sigmoid",
        ),
    }

    def draw(axes: Any, w1: float, w2: float, bias: float, activation: str) -> str:
        neuron = Neuron(np.array([w1, w2]), bias, ACTIVATIONS[activation])
        _draw_plane(axes[0], neuron, X, y, (first, second))
        _draw_curve(axes[1], neuron, X, y)
        return _words(neuron, X, y)

    grid = grids.fitted(controls, GRID)
    return Explorer(draw, ncols=2, size=(9.0, 4.0), grid=grid, **controls)


@dataclass(frozen=True)
class Neuron:
    """What the controls set: two weights, a bias, and the function behind them."""

    weights: np.ndarray
    bias: float
    activation: Activation

    def z(self, points: np.ndarray) -> np.ndarray:
        return points @ self.weights + self.bias

    def output(self, points: np.ndarray) -> np.ndarray:
        return self.activation.of(self.z(points))


def _draw_plane(
    ax: Any, neuron: Neuron, X: np.ndarray, y: np.ndarray, features: tuple[str, str]
) -> None:
    names = [_("{feature} (standard deviations)").format(feature=name) for name in features]
    threshold = neuron.activation.threshold
    plots.decision_boundary(
        neuron.output, X, y, ax, feature_names=names, threshold=threshold, line=False
    )
    w1, w2 = weights = neuron.weights
    if weights.any():  # where the sum is zero, straight whatever the activation
        foot = -neuron.bias * weights / (weights @ weights)
        ax.axline(foot, foot + np.array([-w2, w1]), color="black", ls="-")


def _draw_curve(ax: Any, neuron: Neuron, X: np.ndarray, y: np.ndarray) -> None:
    function, z = neuron.activation.of, neuron.z(X)
    jitter = np.random.default_rng(0).uniform(-0.035, 0.035, len(y))
    wide = np.linspace(min(-4.0, z.min()), max(4.0, z.max()), 200)
    out = function(wide)
    low, high = out.min(), max(out.max(), out.min() + 1)
    ax.plot(wide, out, color="black", lw=1.5, ls="-")
    for label, marker, colour in ((0, "o", plots.BENIGN), (1, "^", plots.MALIGNANT)):
        mine = y == label
        # In a strip of their own, above and below the curve: near it they would look like curves.
        edge = high if label else low
        strip = edge + (high - low) * ((0.09 if label else -0.09) + jitter[mine])
        ax.scatter(z[mine], strip, s=12, marker=marker, c=colour)
    ax.axvline(0, color="grey", lw=1, ls=":")
    ax.axhline(neuron.activation.threshold, color="grey", lw=1, ls="--")
    ax.set(
        xlabel=_("z, the weighted sum plus the bias"),
        ylabel=_("output: {activation} of z").format(activation=_(neuron.activation.label)),
        ylim=(low - 0.18 * (high - low), high + 0.18 * (high - low)),
    )


def _words(neuron: Neuron, X: np.ndarray, y: np.ndarray) -> str:
    alarm, ill = neuron.z(X) > 0, y == 1
    alarms, missed, false = (int(part.sum()) for part in (alarm, ~alarm & ill, alarm & ~ill))
    w1, w2 = neuron.weights
    return " ".join(
        [
            _("Weights {w1:g} and {w2:g}, bias {bias:g}, {activation}.").format(
                w1=w1, w2=w2, bias=neuron.bias, activation=_(neuron.activation.label)
            ),
            ngettext("It raises {n} alarm.", "It raises {n} alarms.", alarms).format(n=alarms),
            _(
                "It misses {missed} of {ill} cancers, and {false} of {well} benign lumps are false "
                "alarms: {wrong} of {n} patients wrong."
            ).format(
                missed=missed,
                ill=int(ill.sum()),
                false=false,
                well=int((~ill).sum()),
                wrong=missed + false,
                n=len(y),
            ),
        ]
    )
