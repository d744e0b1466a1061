"""Predicted risks: do they come true (calibration), and how far off are they (Brier score)."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from medlearn import inputs, renamed
from medlearn.language import _, ngettext
from medlearn.metrics.types import UndefinedMetric, rounded
from medlearn.metrics.weights import (
    Metric,
    Options,
    Plan,
    Weighted,
    both_classes,
    defined,
    ratio,
    shares_of,
)

__all__ = ["METRICS", "Calibration", "brier", "calibration"]


class Calibration(NamedTuple):
    """Do predicted risks come true: `intercept` (ideal 0), `slope` and `observed_expected` (1)."""

    intercept: float
    slope: float
    observed_expected: float

    def __repr__(self) -> str:
        return rounded("Calibration", self._asdict())


def calibration(y: ArrayLike, p: ArrayLike) -> Calibration:
    """Do predicted risks come true: calibration intercept, slope, and observed/expected.

    - `intercept` (calibration in the large): a of logit P(y) = a + logit(p), by maximum
      likelihood with logit(p) as offset. Ideal 0; below 0, risks are too high on average.
    - `slope`: b of logit P(y) = a + b · logit(p), a second model. Ideal 1; below 1, risks are too
      extreme, as after overfitting.
    - `observed_expected`: number of outcomes ÷ sum of the risks. Ideal 1; below 1, too high.

    Parameters
    ----------
    y : array-like of shape (n,), 0 or 1
    p : array-like of shape (n,)
        Predicted probabilities, above 0 and below 1: at exactly 0 or 1 the logit is infinite, and
        one wrong certainty makes every other patient worthless.

    Raises
    ------
    UndefinedMetric
        When only one class is there, p holds exactly 0 or 1, p is the same for all, or p separates
        the classes perfectly (no finite slope).
    ValueError
        When lengths differ, a value is missing, or p lies outside 0 to 1.

    References
    ----------
    Van Calster et al. (2019), "Calibration: the Achilles heel of predictive analytics",
    BMC Medicine 17:230, doi:10.1186/s12916-019-1466-7.

    Examples
    --------
    Risks of 20 % and 60 % where 1 of 5 and 3 of 5 came true are calibrated:

    >>> y = [1, 0, 0, 0, 0, 1, 1, 1, 0, 0]
    >>> calibration(y, [0.2] * 5 + [0.6] * 5)
    Calibration(intercept=0.000, slope=1.000, observed_expected=1.000)
    >>> calibration(y, [0.4] * 5 + [0.8] * 5)
    Calibration(intercept=-0.981, slope=1.000, observed_expected=0.667)
    """
    y, p = inputs.labels(y), inputs.probabilities(p)
    inputs.same_length(y=y, p=p)
    names = ("calibration_intercept", "calibration_slope", "observed_expected")
    return Calibration(*(METRICS[name].plan(y, p, Options()).value for name in names))


def _checked(y: np.ndarray, score: Any, name: str = "score") -> np.ndarray:
    p = inputs.probabilities(score, name).astype(float)
    inputs.same_length(y=y, **{name: p})
    return p


# --- for the bootstrap -----------------------------------------------------------------------


def _brier(y: np.ndarray, score: Any, options: Options) -> Plan:
    """Mean squared distance between risk and what happened: Brier (1950)."""
    squares = (_checked(y, score) - y) ** 2
    return Plan(float(squares.mean()), shares_of(squares, np.ones_like(y)))


def _observed_expected(y: np.ndarray, score: Any, options: Options) -> Plan:
    p = _checked(y, score)
    nobody = _("observed_expected is undefined here: all predicted risks are 0.")
    return Plan(defined(y.sum(), p.sum(), nobody), shares_of(y, p))


def _logit(metric: str, y: np.ndarray, score: Any) -> np.ndarray:
    p = _checked(y, score)
    both_classes(metric, y)
    certain = (p == 0) | (p == 1)
    if certain.any():
        raise UndefinedMetric(
            ngettext(
                "{metric} is undefined where a risk is exactly 0 or 1 ({n} row): no patient is "
                "certain. Where you know why, say so and clip: np.clip(p, 1e-6, 1 - 1e-6).",
                "{metric} is undefined where a risk is exactly 0 or 1 ({n} rows): no patient is "
                "certain. Where you know why, say so and clip: np.clip(p, 1e-6, 1 - 1e-6).",
                certain.sum(),
            ).format(metric=metric, n=certain.sum())
        )
    return np.log(p) - np.log1p(-p)


def _settled(metric: str, fit: Weighted, n: int) -> Plan:
    value = float(fit(np.ones((1, n)))[0])
    if math.isnan(value):
        raise UndefinedMetric(
            _("{metric}: the fit does not settle; the risks are too extreme.").format(metric=metric)
        )
    return Plan(value, fit)


def _intercept(y: np.ndarray, score: Any, options: Options) -> Plan:
    x = _logit("calibration_intercept", y, score)
    return _settled("calibration_intercept", _fit_intercept(x, y), len(y))


def _slope(y: np.ndarray, score: Any, options: Options) -> Plan:
    x = _logit("calibration_slope", y, score)
    if np.ptp(x) == 0:
        raise UndefinedMetric(_("calibration_slope is undefined here: all risks are the same."))
    if _one_sided(x, y, np.ones((1, len(y))))[0]:
        raise UndefinedMetric(
            _("calibration_slope is undefined here: the risks separate the classes.")
        )
    return _settled("calibration_slope", _fit_slope(x, y), len(y))


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return 0.5 + 0.5 * np.tanh(0.5 * x)  # no overflow at either end


def _fit_intercept(x: np.ndarray, y: np.ndarray) -> Weighted:
    """Newton's method for a in logit P(y) = a + x, inside a bracket that surely holds it."""

    def fit(weights: np.ndarray) -> np.ndarray:
        total, ill = weights.sum(axis=1), weights @ y
        lost = (ill == 0) | (ill == total)
        centre = np.log(np.where(lost, 1.0, ill) / np.where(lost, 1.0, total - ill))
        low, high = centre - x.max(), centre - x.min()
        a = np.clip(centre - weights @ x / total, low, high)
        for _round in range(100):
            risk = _sigmoid(a[:, None] + x)
            excess = ill - np.einsum("ij,ij->i", weights, risk)
            curve = np.einsum("ij,ij->i", weights, risk * (1 - risk))
            low, high = np.where(excess > 0, a, low), np.where(excess > 0, high, a)
            nearer = a + ratio(excess, curve)
            inside = (nearer >= low) & (nearer <= high)
            step = np.where(inside, nearer, (low + high) / 2) - a
            a = a + step
            if np.abs(step[~lost]).max(initial=0) < 1e-9:
                break
        return np.where(lost, np.nan, a)

    return fit


def _one_sided(x: np.ndarray, y: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Where no x among the ill lies inside the range of the well: no finite slope fits best."""
    drawn = weights > 0
    ill, well = drawn & (y == 1), drawn & (y == 0)
    ends = [
        (np.where(part, x, np.inf).min(axis=1), np.where(part, x, -np.inf).max(axis=1))
        for part in (ill, well)
    ]
    (ill_low, ill_high), (well_low, well_high) = ends
    return (ill_low >= well_high) | (ill_high <= well_low)


def _fit_slope(x: np.ndarray, y: np.ndarray) -> Weighted:
    """Newton's method for b in logit P(y) = a + b · x, and a surer one where it does not settle."""
    scale = x.std()
    z = (x - x.mean()) / scale

    @np.errstate(all="ignore")  # where it runs away, it does so to infinity and NaN
    def newton(weights: np.ndarray) -> np.ndarray:
        total, ill, ill_z = weights.sum(axis=1), weights @ y, weights @ (y * z)
        a, b = np.log(ill / (total - ill)), np.zeros(len(weights))
        for _round in range(25):
            risk = _sigmoid(a[:, None] + b[:, None] * z)
            expected = weights * risk
            up_a, up_b = ill - expected.sum(axis=1), ill_z - expected @ z
            expected *= 1 - risk
            h0, h1, h2 = expected.sum(axis=1), expected @ z, expected @ (z * z)
            bottom = h0 * h2 - h1 * h1
            step_a, step_b = (h2 * up_a - h1 * up_b) / bottom, (h0 * up_b - h1 * up_a) / bottom
            a, b = a + step_a, b + step_b
            settled = np.isfinite(b) & (abs(step_a) + abs(step_b) <= 1e-9 * (1 + abs(b)))
            if settled.all():
                break
        return np.where(settled, b, np.nan)

    def fit(weights: np.ndarray) -> np.ndarray:
        values = np.full(len(weights), np.nan)
        found = ~_one_sided(x, y, weights)
        if found.any():
            values[found] = newton(weights[found])
        for row in np.flatnonzero(found & np.isnan(values)):
            values[row] = _slope_by_bracket(z, y, weights[row : row + 1])
        return values / scale

    return fit


def _slope_by_bracket(z: np.ndarray, y: np.ndarray, weights: np.ndarray) -> float:
    """The slope for one resample, where a few extreme risks throw Newton's method off."""
    from scipy.optimize import brentq

    def excess(b: float) -> float:  # falls as b grows, with the best a for each b
        risk = _sigmoid(_fit_intercept(b * z, y)(weights)[:, None] + b * z)
        return float((weights * (y - risk) @ z)[0])

    reach = 1.0
    while excess(reach) > 0 or excess(-reach) < 0:
        reach *= 4
        if reach > 1e15:
            return math.nan
    return float(brentq(excess, -reach, reach, xtol=1e-12, rtol=1e-10, maxiter=500))


# no text: the heads of columns, by which code asks for them
METRICS = {
    "brier": Metric("Brier score", _brier, needs="risks", digits=1),
    "calibration_intercept": Metric("Calibration intercept", _intercept, needs="risks"),
    "calibration_slope": Metric("Calibration slope", _slope, needs="risks"),
    "observed_expected": Metric("Observed/expected", _observed_expected, needs="risks"),
}


def _brier_score(y: ArrayLike, p: ArrayLike) -> float:
    y = inputs.labels(y)
    return _brier(y, _checked(y, p, "p"), Options()).value


brier = renamed.function("metrics.brier", "sklearn.metrics.brier_score_loss", _brier_score)
