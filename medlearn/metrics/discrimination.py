"""Who is ranked above whom: AUC, average precision, and DeLong's test of two AUCs."""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import NormalDist
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from medlearn import inputs
from medlearn.language import _
from medlearn.metrics.types import UndefinedMetric, rounded
from medlearn.metrics.weights import Metric, Options, Plan, both_classes, ratio

__all__ = ["METRICS", "DeLong", "delong"]


class DeLong(NamedTuple):
    """Two AUCs, their difference with its interval, and the test that the difference is 0."""

    first: float
    second: float
    difference: float
    low: float
    high: float
    z: float
    p_value: float

    def __repr__(self) -> str:
        return rounded("DeLong", self._asdict())


def delong(y: ArrayLike, first: ArrayLike, second: ArrayLike) -> DeLong:
    """Compare the AUCs of two models on the same patients, by DeLong's test.

    Every row must be another patient; where patients have several rows, use
    `compare(..., groups=patient)`. For two models of which one was grown out of the other on these
    same patients, the test is not valid.

    Parameters
    ----------
    y : array-like of shape (n,), 0 or 1
        At least two of each.
    first, second : array-likes of shape (n,)
        Scores, higher for those who are more likely to have the outcome.

    Returns
    -------
    DeLong
        `first`, `second` (AUCs), `difference` (first − second), `low`, `high` (its 95 % interval),
        `z`, and the two-sided `p_value`.

    Raises
    ------
    UndefinedMetric
        When there are fewer than two of a class, or the variance is 0 though the AUCs differ.
    ValueError
        When lengths differ or a value is missing.

    References
    ----------
    DeLong, DeLong and Clarke-Pearson (1988), Biometrics 44:837, doi:10.2307/2531595; in
    order of score, as in Sun and Xu (2014), IEEE Signal Processing Letters 21:1389,
    doi:10.1109/LSP.2014.2337313.

    Examples
    --------
    >>> y = [0, 0, 0, 0, 1, 1, 1, 1]
    >>> test = delong(y, [1, 2, 3, 5, 4, 6, 7, 8], [1, 5, 3, 8, 4, 2, 7, 6])
    >>> print(f"{test.difference:.3f} [{test.low:.3f} to {test.high:.3f}], p = {test.p_value:.3f}")
    0.375 [-0.025 to 0.775], p = 0.066
    """
    y = inputs.labels(y)
    first, second = inputs.numbers(first, "first"), inputs.numbers(second, "second")
    inputs.same_length(y=y, first=first, second=second)
    ill = y == 1
    m, n = int(ill.sum()), int((~ill).sum())
    if min(m, n) < 2:
        raise UndefinedMetric(
            _(
                "DeLong's test needs two patients with and two without the outcome; {m} and {n} "
                "came."
            ).format(m=m, n=n)
        )
    # What each patient adds: the share of the other class on the right side of him or her.
    among_ill, among_well = np.empty((2, m)), np.empty((2, n))
    for place, score in enumerate((first, second)):
        among_ill[place] = _share_below(score[ill], score[~ill])
        among_well[place] = 1 - _share_below(score[~ill], score[ill])
    auc = among_ill.mean(axis=1)
    difference = auc[0] - auc[1]
    variance = (among_ill[0] - among_ill[1]).var(ddof=1) / m
    variance += (among_well[0] - among_well[1]).var(ddof=1) / n
    if variance <= 1e-30 and abs(difference) > 1e-12:
        raise UndefinedMetric(_("The variance of the difference is 0; use compare instead."))
    error = math.sqrt(max(variance, 0.0))
    z = float(difference / error) if error > 1e-15 else 0.0
    reach = NormalDist().inv_cdf(0.975) * error
    p_value = math.erfc(abs(z) / math.sqrt(2))  # of the normal distribution, both tails
    ends = float(difference - reach), float(difference + reach)
    return DeLong(float(auc[0]), float(auc[1]), float(difference), *ends, z, p_value)


def _share_below(score: np.ndarray, others: np.ndarray) -> np.ndarray:
    """For each score the share of the others below it; a tie counts half."""
    others = np.sort(others)
    below, not_above = (np.searchsorted(others, score, side) for side in ("left", "right"))
    return (below + not_above) / (2 * len(others))


# --- for the bootstrap -----------------------------------------------------------------------

_Steps = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]


def _scores(metric: str, y: np.ndarray, score: Any) -> np.ndarray:
    score = inputs.numbers(score, "score")
    inputs.same_length(y=y, score=score)
    both_classes(metric, y)
    return score


def _steps(y: np.ndarray, score: np.ndarray) -> _Steps:
    """From weights to those with and without the outcome, in order of score, ties as one step."""
    order = np.argsort(score, kind="stable")
    y_sorted = y[order]
    starts = np.flatnonzero(np.diff(score[order], prepend=np.nan) != 0)

    def steps(weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        weights = weights[:, order]
        ill = weights * y_sorted
        well = weights - ill
        if len(starts) < len(y):
            ill, well = (np.add.reduceat(part, starts, axis=1) for part in (ill, well))
        return ill, well

    return steps


def _auc(y: np.ndarray, score: Any, options: Options) -> Plan:
    from sklearn.metrics import roc_auc_score

    score = _scores("auc", y, score)
    steps = _steps(y, score)

    def weighted(weights: np.ndarray) -> np.ndarray:
        ill, well = steps(weights)
        below = np.cumsum(well, axis=1)
        pairs = ill.sum(axis=1) * below[:, -1]
        below -= well / 2  # a tie counts half
        return ratio(np.einsum("ij,ij->i", ill, below), pairs)

    return Plan(float(roc_auc_score(y, score)), weighted)


def _average_precision(y: np.ndarray, score: Any, options: Options) -> Plan:
    from sklearn.metrics import average_precision_score

    score = _scores("average_precision", y, score)
    steps = _steps(y, -score)  # the highest first

    def weighted(weights: np.ndarray) -> np.ndarray:
        ill, well = steps(weights)
        found = np.cumsum(ill, axis=1)
        alarms = found + np.cumsum(well, axis=1)
        precision = found / np.maximum(alarms, 1)  # before the first alarm, nobody is found either
        return ratio(np.einsum("ij,ij->i", ill, precision), found[:, -1])

    return Plan(float(average_precision_score(y, score)), weighted)


# no text: the heads of columns, by which code asks for them
METRICS = {
    "auc": Metric("AUC", _auc, stratified=True),
    "average_precision": Metric("Average precision", _average_precision),
}
