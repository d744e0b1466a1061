"""Which metric is meant: those that have a name, and any function of (y, score).

A room with further metrics lists them as `METRICS`, and is added to the ones below.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from medlearn import inputs
from medlearn.language import _
from medlearn.metrics import confusion, decisions, discrimination, risks
from medlearn.metrics.types import UndefinedMetric
from medlearn.metrics.weights import Metric, Options, Plan

__all__ = ["METRICS", "Named", "metric_of", "name_of", "plan"]

Named = str | Callable[[np.ndarray, np.ndarray], float]
"""A metric as it is asked for: its name, or a function."""

METRICS: dict[str, Metric] = {
    **discrimination.METRICS,
    **risks.METRICS,
    **confusion.METRICS,
    **decisions.METRICS,
}


def name_of(metric: Named) -> str:
    """What a message calls it."""
    return metric if isinstance(metric, str) else getattr(metric, "__name__", _("the metric"))


def metric_of(metric: Named) -> Metric:
    """The metric of that name; a function becomes one.

    Examples
    --------
    >>> metric_of("auc").title
    'AUC'
    >>> metric_of("AUC")
    Traceback (most recent call last):
        ...
    ValueError: metric 'AUC' is unknown: give one of auc, average_precision, brier,
    calibration_intercept, calibration_slope, observed_expected, accuracy, sensitivity,
    specificity, ppv, npv, net_benefit, or a function of (y, score).
    """
    if callable(metric):
        return _any_function(metric)
    if not isinstance(metric, str) or metric not in METRICS:
        raise ValueError(
            _(
                "metric {metric!r} is unknown: give one of {known}, or a function of (y, score)."
            ).format(metric=metric, known=", ".join(METRICS))
        )
    return METRICS[metric]


def plan(metric: Named, y: np.ndarray, score: Any, options: Options) -> Plan:
    """The metric's value on these data, and its function from weights to values.

    Parameters
    ----------
    metric : str or callable
    y : array of shape (n,)
        As the metric's `outcome` gave it.
    score : array-like of shape (n,)
    options : Options

    Raises
    ------
    UndefinedMetric
        When the data do not determine the metric.
    ValueError
        When the score or an option is not what the metric needs.

    Examples
    --------
    >>> plan("ppv", np.array([1.0, 0.0]), [0.9, 0.8], Options(threshold=0.5)).value
    0.5
    """
    chosen = metric_of(metric)
    if options.prevalence is not None and not callable(metric):
        if not chosen.at_prevalence:
            raise ValueError(
                _("prevalence is for ppv and npv, not for {metric}.").format(metric=metric)
            )
        inputs.number(options.prevalence, "prevalence")
        share = float(inputs.shares(options.prevalence, "prevalence"))
        options = options._replace(prevalence=share)
    return chosen.plan(y, score, options)


def _any_function(metric: Callable[[np.ndarray, np.ndarray], float]) -> Metric:
    """A function of (y, score): called once a resample, on the rows that were drawn."""

    def planned(y: np.ndarray, score: Any, options: Options) -> Plan:
        score = inputs.array(score, "score")
        if score.ndim == 0 or len(score) != len(y):
            raise ValueError(
                _("y has {n} rows, but score has shape {shape}.").format(
                    n=len(y), shape=score.shape
                )
            )
        value = float(metric(y, score))
        if math.isnan(value):
            raise UndefinedMetric(
                _("{metric} gave NaN for these data.").format(metric=name_of(metric))
            )
        rows = np.arange(len(y))

        def one(weights: np.ndarray) -> float:
            drawn = np.repeat(rows, weights.astype(int))
            try:
                return float(metric(y[drawn], score[drawn]))
            except (ValueError, ZeroDivisionError):
                if len(np.unique(y[drawn])) > 1:  # not for want of a class: it must be seen
                    raise
                return math.nan

        return Plan(value, lambda weights: np.array([one(row) for row in weights]))

    return Metric(name_of(metric), planned, outcome=lambda y, options: inputs.column(y, "y"))
