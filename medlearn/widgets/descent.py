"""Walk downhill on the loss of one neuron, whose two weights make a landscape."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets
import numpy as np

from medlearn import plots
from medlearn.widgets.explorer import Explorer, choice, slider

__all__ = ["descent_explorer"]

RATES = [0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0]
NEAR = 1.01  # arrived: within 1 % of the lowest loss
LAST = 10  # steps at the end that say whether the walk still jumps

Gradient = Callable[[np.ndarray], np.ndarray]


def descent_explorer(
    X: np.ndarray,
    y: np.ndarray,
    names: Sequence[str] = ("first weight", "second weight"),
    *,
    rules: Sequence[str] = ("gradient descent", "momentum", "Adam"),
    starts: Sequence[tuple[float, float]] = ((0, 0),),
    rate: float = 1.0,
    steps: int = 20,
) -> Explorer:
    """Gradient descent on the cross-entropy of one neuron: the path, and the loss at each step.

    The landscape is the mean cross-entropy of ``sigmoid(X @ weights)`` over all rows.

    Parameters
    ----------
    X : array of shape (n, 2)
        Two measurements; a column of ones makes the second weight a bias.
    y : array of shape (n,), 0 or 1
    names : sequence of two names
        Of the two weights, for the axes.
    rules : sequence of "gradient descent", "momentum", "Adam"
        Offered in this order; with one rule there is no list of rules, and without momentum no
        slider for it.
    starts : sequence of pairs
        Where the walk may begin; a list is shown when there are several.
    rate : float
        Learning rate at first, one of 0.01, 0.03, 0.1, … 100.
    steps : int
        Steps at first, 0 to 500.

    Returns
    -------
    Explorer
        Its words say the loss at the end, after which step the walk stays within 1 % of the
        lowest loss, and whether it jumps to and fro or diverges.

    Raises
    ------
    ValueError
        When shapes or labels do not fit, a rule, start or rate is unknown, or the loss has no
        lowest point (a straight line separates the two groups, or the columns say the same).

    References
    ----------
    Momentum: Polyak (1964), doi:10.1016/0041-5553(64)90137-5. Adam: Kingma and Ba (2015),
    arXiv:1412.6980.

    Examples
    --------
    >>> X = np.array([[-2.0, 1.0], [-1.0, 1.0], [1.0, 1.0], [2.0, 1.0]])
    >>> explorer = descent_explorer(X, np.array([0, 1, 0, 1]), ("weight", "bias"))
    >>> explorer.controls["steps"].value = 1
    >>> explorer.words.split(". ")[0]
    'Gradient descent, learning rate 1, 1 step from (0, 0)'
    """
    X, y = np.asarray(X, dtype=float), np.asarray(y, dtype=float)
    if X.ndim != 2 or X.shape[1] != 2 or y.shape != (len(X),) or not np.isfinite(X).all():
        raise ValueError(
            "X should have shape (n, 2), without missing values, and y length n; "
            f"they have {X.shape} and {y.shape}."
        )
    if set(np.unique(y)) != {0.0, 1.0}:
        raise ValueError(f"y should hold 0 and 1, both of them; it holds {np.unique(y)[:5]}.")
    unknown = [rule for rule in rules if rule not in _RULES]
    if unknown or not rules:
        raise ValueError(f"rules should be some of {', '.join(_RULES)}; they are {list(rules)}.")
    if rate not in RATES:
        raise ValueError(f"rate should be one of {', '.join(f'{r:g}' for r in RATES)}, not {rate}.")
    if not starts or any(len(start) != 2 for start in starts):
        raise ValueError(f"starts should be pairs of numbers; they are {list(starts)}.")

    def loss(weights: np.ndarray) -> np.ndarray:
        z = weights @ X.T
        return (np.logaddexp(0, z) - y * z).mean(axis=-1)  # cross-entropy, safe for any z

    def gradient(weights: np.ndarray) -> np.ndarray:
        return X.T @ (_sigmoid(X @ weights) - y) / len(y)

    lowest = _lowest_point(X, y, gradient)
    bottom = float(loss(lowest))
    corners = np.array([*starts, lowest], dtype=float)
    width = np.maximum(np.ptp(corners, axis=0), 2.0)
    left = (corners.min(axis=0) + corners.max(axis=0)) / 2 - 0.75 * width
    sides = [np.linspace(low, low + 1.5 * w, 70) for low, w in zip(left, width, strict=True)]
    heights = loss(np.stack(np.meshgrid(*sides), axis=-1))
    levels = bottom * np.array([NEAR, 1.05, 1.15, 1.35, 1.75, 2.5, 4, 8, 16, 32])
    places = {f"({a:g}, {b:g})": (float(a), float(b)) for a, b in starts}

    def draw(
        axes: Any,
        rate: float,
        steps: int,
        rule: str = rules[0],
        momentum: float = 0.9,
        start: str = next(iter(places)),
    ) -> str:
        plane, curve = axes
        path = _walk(gradient, np.array(places[start]), rule, rate, momentum, steps)
        losses = loss(path)
        lines = plane.contour(
            *sides, heights, levels=levels, colors="0.6", linewidths=1, linestyles="-"
        )
        plane.clabel(lines, fmt="%.2f", fontsize=8)
        plane.plot(*path.T, color=plots.PALETTE[1], ls="-", lw=1.2, marker="o", ms=3, label="path")
        plane.plot(*path[0], color="black", marker="s", ms=8, ls="", mfc="white", label="start")
        plane.plot(*lowest, color="black", marker="x", ms=9, mew=2, ls="", label="lowest loss")
        plane.plot(*path[-1], color=plots.PALETTE[0], marker="^", ms=8, ls="", label="end")
        plane.set(xlabel=names[0], ylabel=names[1])
        plane.set_xlim(sides[0][0], sides[0][-1])
        plane.set_ylim(sides[1][0], sides[1][-1])
        plane.legend(
            loc="lower left", bbox_to_anchor=(0, 1), ncols=4, handletextpad=0.2, columnspacing=0.8
        )
        curve.plot(losses, color=plots.PALETTE[1], ls="-", marker="o" if steps <= 50 else "", ms=3)
        curve.axhline(bottom, color="black", lw=1, ls="--")
        curve.set(xlabel="step", ylabel="loss (mean cross-entropy)")
        curve.set_ylim(0, 1.15 * min(losses.max(), 3 * max(losses[0], bottom)))
        kind = f"{rule.capitalize() if rule != 'Adam' else rule}, learning rate {rate:g}"
        kind += f", momentum {momentum:g}" if rule == "momentum" else ""
        away = (path < left).any() or (path > left + 1.5 * width).any()
        return (
            f"{kind}, {steps} step{'s' * (steps != 1)} from {start}. "
            f"The loss goes from ≈ {losses[0]:.3f} to ≈ {losses[-1]:.3f}; "
            f"the lowest possible is ≈ {bottom:.3f}. {_verdict(losses, bottom)}"
            + (" The path leaves the picture." if away else "")
        )

    controls = {
        "rate": ipywidgets.SelectionSlider(
            description="learning rate",
            options=[(f"{r:g}", r) for r in RATES],
            value=rate,
            style={"description_width": "13em"},
            layout=ipywidgets.Layout(width="40em", max_width="98%"),
        ),
        "steps": slider("steps", 0, 500, steps),
    }
    if len(rules) > 1:
        controls["rule"] = choice("rule", list(rules))
    if "momentum" in rules:
        controls["momentum"] = slider("momentum (for that rule)", 0.0, 0.98, 0.9, 0.02)
    if len(places) > 1:
        controls["start"] = choice("start", list(places))
    return Explorer(draw, ncols=2, size=(9.0, 4.0), **controls)


def _sigmoid(z: np.ndarray) -> np.ndarray:
    return (1 + np.tanh(z / 2)) / 2  # the same as 1 / (1 + exp(-z)), and never overflows


def _lowest_point(X: np.ndarray, y: np.ndarray, gradient: Gradient) -> np.ndarray:
    """The weights with the lowest cross-entropy, by Newton's method with halved steps."""
    weights = np.zeros(2)
    for _ in range(100):
        p, slope = _sigmoid(X @ weights), gradient(weights)
        bend = X.T @ (X * (p * (1 - p))[:, None]) / len(X)
        scale = np.sqrt(np.outer(*[np.diag(X.T @ X / len(X))] * 2))  # so that units do not matter
        if not scale.all() or np.linalg.eigvalsh(bend / scale)[0] < 1e-9:
            break  # flat in some direction
        if np.abs(slope / np.sqrt(np.diag(scale))).max() < 1e-10:
            return weights
        step = np.linalg.solve(bend, slope)
        while np.abs(X @ step).max() > 4:  # a step that long would overshoot
            step = step / 2
        weights = weights - step
    raise ValueError(
        "The loss of these data has no lowest point: a straight line separates the two groups "
        "(then larger weights are always better), or the two columns say the same. "
        "Take other measurements."
    )


def _plain(gradient: Gradient, at: np.ndarray, rate: float, momentum: float, steps: int) -> Any:
    for _ in range(steps):
        at = at - rate * gradient(at)
        yield at


def _momentum(gradient: Gradient, at: np.ndarray, rate: float, momentum: float, steps: int) -> Any:
    speed = np.zeros(2)
    for _ in range(steps):
        speed = momentum * speed - rate * gradient(at)
        at = at + speed
        yield at


def _adam(gradient: Gradient, at: np.ndarray, rate: float, momentum: float, steps: int) -> Any:
    mean, square = np.zeros(2), np.zeros(2)
    for step in range(1, steps + 1):
        slope = gradient(at)
        mean = 0.9 * mean + 0.1 * slope
        square = 0.999 * square + 0.001 * slope**2
        usual = np.sqrt(square / (1 - 0.999**step))
        at = at - rate * mean / (1 - 0.9**step) / (usual + 1e-7)
        yield at


_RULES = {"gradient descent": _plain, "momentum": _momentum, "Adam": _adam}


def _walk(
    gradient: Gradient, start: np.ndarray, rule: str, rate: float, momentum: float, steps: int
) -> np.ndarray:
    """Where the weights stand before the first step and after each, shape (steps + 1, 2)."""
    return np.array([start, *_RULES[rule](gradient, start, rate, momentum, steps)])


def _verdict(losses: np.ndarray, bottom: float) -> str:
    """What became of the walk, in a sentence."""
    far = np.flatnonzero(losses > NEAR * bottom)
    if len(far) == 0 or far[-1] < len(losses) - 1:
        arrived = 0 if len(far) == 0 else int(far[-1]) + 1
        return f"It is within 1 % of the lowest loss from step {arrived} to the end."
    above = f"{100 * (losses[-1] / bottom - 1):.0f} % above the lowest loss"
    if len(losses) > 1 and losses[-1] > losses[0]:
        return f"It diverges: it ends higher than it began, ≈ {above}."
    ends = losses[-LAST - 1 :]
    rises, moves = int((np.diff(ends) > 0).sum()), len(ends) - 1
    if rises > 1:
        return f"It jumps to and fro: {rises} of the last {moves} steps go uphill; it is ≈ {above}."
    if moves > 1 and ends[-1] > ends[0] - 1e-9:  # from side to side, at the same height
        return f"It jumps to and fro: the last {moves} steps brought it no lower; it is ≈ {above}."
    return f"It is still ≈ {above}."
