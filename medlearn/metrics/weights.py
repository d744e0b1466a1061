"""What a metric must offer to `bootstrap`: its value, and its values on many resamples at once.

A resample is a row of weights: how often each row of the data was drawn. A `Metric` turns the data
into a `Plan`: the value on the data, and a function from weights (resamples, n) to values
(resamples,), NaN where the metric is undefined.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from medlearn import inputs
from medlearn.language import _
from medlearn.metrics.types import UndefinedMetric

__all__ = [
    "Metric",
    "Options",
    "Plan",
    "Weighted",
    "both_classes",
    "defined",
    "ratio",
    "scalar",
    "shares_of",
]

Weighted = Callable[[np.ndarray], np.ndarray]


class Plan(NamedTuple):
    """A metric on given data: its value, and the function from weights to values."""

    value: float
    weighted: Weighted


class Options(NamedTuple):
    """What a metric may need beside y and score."""

    threshold: float | None = None
    prevalence: float | None = None


class Metric(NamedTuple):
    """A metric that has a name: its room lists it, and `registry` gathers the lists."""

    title: str
    """The head of its column, by which code asks for it: in no language."""
    plan: Callable[[np.ndarray, Any, Options], Plan]
    """Takes y as `outcome` gave it, the score as it came, and the options."""
    needs: str = "scores"
    """"scores" of any kind, "risks" from 0 to 1, or "alarms": a threshold where scores come."""
    stratified: bool = False
    """It does not depend on how many have the outcome, so that strata do not deceive."""
    at_prevalence: bool = False
    """It can be had for a population with another prevalence."""
    digits: int = 0
    """Further digits in a table, for a number that is small."""
    outcome: Callable[[Any, Options], np.ndarray] = lambda y, options: inputs.labels(y)
    """Checks y."""


def ratio(above: Any, below: Any) -> Any:
    """above / below, infinite or NaN where below is 0.

    Examples
    --------
    >>> ratio([1, 1, 0], [2, 0, 0])
    array([0.5, inf, nan])
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.true_divide(above, below)


def scalar(value: Any) -> Any:
    """One number as a float; an array stays one."""
    return float(value) if np.ndim(value) == 0 else value


def shares_of(above: np.ndarray, below: np.ndarray) -> Weighted:
    """Weighted sum of `above` over weighted sum of `below`: most metrics are of this kind.

    Examples
    --------
    >>> hits, ill = np.array([1, 0, 0]), np.array([1, 1, 0])
    >>> shares_of(hits, ill)(np.array([[1, 1, 1], [2, 0, 1], [0, 0, 3]]))
    array([0.5, 1. , nan])
    """
    return lambda weights: ratio(weights @ above, weights @ below)


def defined(above: float, below: float, otherwise: str) -> float:
    """above / below, or `UndefinedMetric` with the sentence that says why there is no number."""
    if below == 0:
        raise UndefinedMetric(otherwise)
    return float(above / below)


def both_classes(metric: str, y: np.ndarray) -> None:
    """Refuse data in which all have the outcome, or nobody."""
    if y.min() == y.max():
        raise UndefinedMetric(
            _(
                "{metric} needs patients with and without the outcome, but all {n} have "
                "y = {y:.0f}."
            ).format(metric=metric, n=len(y), y=y[0])
        )
