"""Walk downhill on the loss of one neuron, whose two weights make a landscape."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from medlearn import inputs, plots
from medlearn.language import N_, _, ngettext
from medlearn.widgets import grids
from medlearn.widgets.controls import choice, notches, slider
from medlearn.widgets.explorer import Explorer

__all__ = ["descent_explorer"]

RATES = [0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0]
NEAR = 1.01  # arrived: within 1 % of the lowest loss
LAST = 10  # steps at the end that say whether the walk still jumps
FEW = {  # with one rule: too slow, right, too large, far too large
    "rate": (0.1, 1.0, 3.0, 10.0, 30.0, 100.0),
    "steps": (0, 5, 20, 50, 100),
}
SEVERAL = {  # to compare rules, at rates that suit one of them or another
    "rate": (1.0, 3.0, 10.0),
    "steps": (20, 100),
    "momentum": (0.5, 0.8, 0.9),
}


def descent_explorer(
    X: np.ndarray,
    y: np.ndarray,
    names: Sequence[str] = (N_("first weight"), N_("second weight")),
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
    X, y = inputs.table(X, columns=2), inputs.labels(y, both=True)
    inputs.same_length(X=X, y=y)
    _check_offers(rules, starts, rate)
    places = {f"({a:g}, {b:g})": (float(a), float(b)) for a, b in starts}
    land = Landscape(X, y)
    ground = _map_of(land, list(places.values()))

    def draw(
        axes: Any,
        rate: float,
        steps: int,
        rule: str = rules[0],
        momentum: float = 0.9,
        start: str = next(iter(places)),
    ) -> str:
        path = _walk(land.gradient, np.array(places[start]), rule, rate, momentum, steps)
        walk = Walk(rule, rate, momentum, start, path, land.loss(path))
        _draw_path(axes[0], walk, ground, names)
        _draw_losses(axes[1], walk, ground.bottom)
        return _words(walk, ground)

    controls = _controls(rules, list(places), rate, steps)
    wanted = FEW if len(rules) == 1 else SEVERAL
    wanted = {name: values for name, values in wanted.items() if name in controls}
    grid = grids.fitted(controls, wanted)
    return Explorer(draw, ncols=2, size=(9.0, 4.0), grid=grid, **controls)


def _controls(rules: Sequence[str], starts: list[str], rate: float, steps: int) -> dict[str, Any]:
    """Only those that move something."""
    controls = {
        "rate": notches(_("learning rate"), RATES, rate),
        "steps": slider(_("steps"), 0, 500, steps),
    }
    if len(rules) > 1:
        controls["rule"] = choice(_("rule"), [(_(RULES[rule].label), rule) for rule in rules])
    if "momentum" in rules:
        controls["momentum"] = slider(_("momentum (for that rule)"), 0.0, 0.98, 0.9, 0.02)
    if len(starts) > 1:
        controls["start"] = choice(_("start"), starts)
    return controls


def _check_offers(rules: Sequence[str], starts: Sequence[Any], rate: float) -> None:
    unknown = [rule for rule in rules if rule not in RULES]
    if unknown or not rules:
        raise ValueError(
            _("rules should be some of {known}; they are {rules}.").format(
                known=", ".join(RULES), rules=list(rules)
            )
        )
    if rate not in RATES:
        raise ValueError(
            _("rate should be one of {known}, not {rate}.").format(
                known=", ".join(f"{known:g}" for known in RATES), rate=rate
            )
        )
    if not starts or any(len(start) != 2 for start in starts):
        raise ValueError(
            _("starts should be pairs of numbers; they are {starts}.").format(starts=list(starts))
        )


# --- the landscape -------------------------------------------------------------------------------

Gradient = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Landscape:
    """The mean cross-entropy of ``sigmoid(X @ weights)``, X of shape (n, 2) and y of shape (n,)."""

    X: np.ndarray
    y: np.ndarray

    def loss(self, weights: np.ndarray) -> np.ndarray:
        """At weights of shape (..., 2), of shape (...)."""
        z = weights @ self.X.T
        return (np.logaddexp(0, z) - self.y * z).mean(axis=-1)  # safe for any z

    def gradient(self, weights: np.ndarray) -> np.ndarray:
        return self.X.T @ (_sigmoid(self.X @ weights) - self.y) / len(self.y)

    @cached_property
    def lowest(self) -> np.ndarray:
        """The weights with the lowest loss, by Newton's method with halved steps."""
        X, weights = self.X, np.zeros(2)
        spread = np.diag(X.T @ X / len(X))
        scale = np.sqrt(np.outer(spread, spread))  # so that units do not matter
        for _attempt in range(100):
            p, slope = _sigmoid(X @ weights), self.gradient(weights)
            bend = X.T @ (X * (p * (1 - p))[:, None]) / len(X)
            if not scale.all() or np.linalg.eigvalsh(bend / scale)[0] < 1e-9:
                break  # flat in some direction
            if np.abs(slope / np.sqrt(np.diag(scale))).max() < 1e-10:
                return weights
            step = np.linalg.solve(bend, slope)
            while np.abs(X @ step).max() > 4:  # a step that long would overshoot
                step = step / 2
            weights = weights - step
        raise ValueError(
            _(
                "The loss of these data has no lowest point: a straight line separates the two "
                "groups (then larger weights are always better), or the two columns say the same. "
                "Take other measurements."
            )
        )


def _sigmoid(z: np.ndarray) -> np.ndarray:
    return (1 + np.tanh(z / 2)) / 2  # the same as 1 / (1 + exp(-z)), and never overflows


@dataclass(frozen=True)
class Map:
    """The part of the landscape that is drawn: two sides of 70 places, heights of (70, 70)."""

    sides: tuple[np.ndarray, np.ndarray]
    heights: np.ndarray
    lowest: np.ndarray
    bottom: float

    def leaves(self, path: np.ndarray) -> bool:
        """Whether a path, of shape (places, 2), goes out of it."""
        return any(
            places.min() < side[0] or places.max() > side[-1]
            for places, side in zip(path.T, self.sides, strict=True)
        )


def _map_of(land: Landscape, starts: list[tuple[float, float]]) -> Map:
    """With every start and the lowest place on it, and half as much again."""
    corners = np.array([*starts, land.lowest], dtype=float)
    width = np.maximum(np.ptp(corners, axis=0), 2.0)
    left = (corners.min(axis=0) + corners.max(axis=0)) / 2 - 0.75 * width
    right, up = (np.linspace(low, low + 1.5 * w, 70) for low, w in zip(left, width, strict=True))
    heights = land.loss(np.stack(np.meshgrid(right, up), axis=-1))
    return Map((right, up), heights, land.lowest, float(land.loss(land.lowest)))


# --- the walk ------------------------------------------------------------------------------------


def _plain(
    gradient: Gradient, at: np.ndarray, rate: float, momentum: float, steps: int
) -> Iterator[np.ndarray]:
    for _step in range(steps):
        at = at - rate * gradient(at)
        yield at


def _momentum(
    gradient: Gradient, at: np.ndarray, rate: float, momentum: float, steps: int
) -> Iterator[np.ndarray]:
    speed = np.zeros(2)
    for _step in range(steps):
        speed = momentum * speed - rate * gradient(at)
        at = at + speed
        yield at


def _adam(
    gradient: Gradient, at: np.ndarray, rate: float, momentum: float, steps: int
) -> Iterator[np.ndarray]:
    mean, square = np.zeros(2), np.zeros(2)
    for step in range(1, steps + 1):
        slope = gradient(at)
        mean = 0.9 * mean + 0.1 * slope
        square = 0.999 * square + 0.001 * slope**2
        usual = np.sqrt(square / (1 - 0.999**step))
        at = at - rate * mean / (1 - 0.9**step) / (usual + 1e-7)
        yield at


@dataclass(frozen=True)
class Rule:
    label: str
    places: Callable[..., Iterator[np.ndarray]]


RULES = {
    "gradient descent": Rule(N_("gradient descent"), _plain),
    "momentum": Rule(N_("momentum"), _momentum),
    "Adam": Rule(N_("Adam"), _adam),
}


@dataclass(frozen=True)
class Walk:
    """What was set, where the weights stood, shape (steps + 1, 2), and the loss at each place."""

    rule: str
    rate: float
    momentum: float
    start: str
    path: np.ndarray
    losses: np.ndarray

    @property
    def steps(self) -> int:
        return len(self.path) - 1


def _walk(
    gradient: Gradient, start: np.ndarray, rule: str, rate: float, momentum: float, steps: int
) -> np.ndarray:
    """Where the weights stand before the first step and after each, shape (steps + 1, 2)."""
    return np.array([start, *RULES[rule].places(gradient, start, rate, momentum, steps)])


# --- the picture ---------------------------------------------------------------------------------


def _draw_path(ax: Any, walk: Walk, ground: Map, names: Sequence[str]) -> None:
    levels = ground.bottom * np.array([NEAR, 1.05, 1.15, 1.35, 1.75, 2.5, 4, 8, 16, 32])
    style = {"colors": "0.6", "linewidths": 1, "linestyles": "-"}
    lines = ax.contour(*ground.sides, ground.heights, levels=levels, **style)
    ax.clabel(lines, fmt="%.2f", fontsize=8)
    path, colours = walk.path, plots.PALETTE
    ax.plot(*path.T, color=colours[1], ls="-", lw=1.2, marker="o", ms=3, label=_("path"))
    ax.plot(*path[0], color="black", marker="s", ms=8, ls="", mfc="white", label=_("start"))
    lowest = ground.lowest
    ax.plot(*lowest, color="black", marker="x", ms=9, mew=2, ls="", label=_("lowest loss"))
    ax.plot(*path[-1], color=colours[0], marker="^", ms=8, ls="", label=_("end"))
    ax.set(xlabel=_(names[0]), ylabel=_(names[1]))
    ax.set_xlim(*ground.sides[0][[0, -1]])
    ax.set_ylim(*ground.sides[1][[0, -1]])
    ax.legend(
        loc="lower left", bbox_to_anchor=(0, 1), ncols=4, handletextpad=0.2, columnspacing=0.8
    )


def _draw_losses(ax: Any, walk: Walk, bottom: float) -> None:
    losses, marker = walk.losses, "o" if walk.steps <= 50 else ""
    ax.plot(losses, color=plots.PALETTE[1], ls="-", marker=marker, ms=3)
    ax.axhline(bottom, color="black", lw=1, ls="--")
    ax.set(xlabel=_("step"), ylabel=_("loss (mean cross-entropy)"))
    ax.set_ylim(0, 1.15 * min(losses.max(), 3 * max(losses[0], bottom)))


# --- the words -----------------------------------------------------------------------------------


def _words(walk: Walk, ground: Map) -> str:
    words = [
        _settings(walk),
        _(
            "The loss goes from ≈ {first:.3f} to ≈ {last:.3f}; the lowest possible is "
            "≈ {bottom:.3f}."
        ).format(first=walk.losses[0], last=walk.losses[-1], bottom=ground.bottom),
        _verdict(walk.losses, ground.bottom),
    ]
    if ground.leaves(walk.path):
        words.append(_("The path leaves the picture."))
    return " ".join(words)


def _settings(walk: Walk) -> str:
    if walk.rule == "momentum":
        text = ngettext(
            "Momentum, learning rate {rate:g}, momentum {momentum:g}, {n} step from {start}.",
            "Momentum, learning rate {rate:g}, momentum {momentum:g}, {n} steps from {start}.",
            walk.steps,
        )
    elif walk.rule == "Adam":
        text = ngettext(
            "Adam, learning rate {rate:g}, {n} step from {start}.",
            "Adam, learning rate {rate:g}, {n} steps from {start}.",
            walk.steps,
        )
    else:
        text = ngettext(
            "Gradient descent, learning rate {rate:g}, {n} step from {start}.",
            "Gradient descent, learning rate {rate:g}, {n} steps from {start}.",
            walk.steps,
        )
    return text.format(rate=walk.rate, momentum=walk.momentum, n=walk.steps, start=walk.start)


def _verdict(losses: np.ndarray, bottom: float) -> str:
    """What became of the walk, in a sentence."""
    far = np.flatnonzero(losses > NEAR * bottom)
    if len(far) == 0 or far[-1] < len(losses) - 1:
        arrived = 0 if len(far) == 0 else int(far[-1]) + 1
        return _("It is within 1 % of the lowest loss from step {step} to the end.").format(
            step=arrived
        )
    above = 100 * (losses[-1] / bottom - 1)
    if len(losses) > 1 and losses[-1] > losses[0]:
        return _(
            "It diverges: it ends higher than it began, ≈ {above:.0f} % above the lowest loss."
        ).format(above=above)
    ends = losses[-LAST - 1 :]
    rises, moves = int((np.diff(ends) > 0).sum()), len(ends) - 1
    if rises > 1:
        return _(
            "It jumps to and fro: {rises} of the last {moves} steps go uphill; it is "
            "≈ {above:.0f} % above the lowest loss."
        ).format(rises=rises, moves=moves, above=above)
    if moves > 1 and ends[-1] > ends[0] - 1e-9:  # from side to side, at the same height
        return _(
            "It jumps to and fro: the last {moves} steps brought it no lower; it is "
            "≈ {above:.0f} % above the lowest loss."
        ).format(moves=moves, above=above)
    return _("It is still ≈ {above:.0f} % above the lowest loss.").format(above=above)
