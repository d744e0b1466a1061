"""The bootstrap: how much a metric would move with other patients, the model held fixed."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from medlearn import inputs, renamed
from medlearn.language import _
from medlearn.metrics.registry import METRICS, Named, metric_of, name_of, plan
from medlearn.metrics.types import Estimate, UndefinedMetric
from medlearn.metrics.weights import Options, Weighted

__all__ = ["CELLS", "bootstrap", "compare", "draws", "estimate", "outcome", "spread"]

CELLS = 125_000
"""Weights held at once: 1 MB, which stays in the processor's cache."""

_MAY_FAIL = 0.05  # share of resamples in which a metric may be undefined before we refuse


@renamed.keywords(level="confidence_level")
def bootstrap(
    y: ArrayLike,
    score: ArrayLike,
    metric: Named = "auc",
    *,
    threshold: float | None = None,
    prevalence: float | None = None,
    groups: ArrayLike | None = None,
    stratified: bool | None = None,
    n_resamples: int = 2000,
    confidence_level: float = 0.95,
    seed: int = 0,
) -> Estimate:
    """A metric with its bootstrap interval: patients resampled, the model held fixed.

    Parameters
    ----------
    y : array-like of shape (n,), 0 or 1
        For `accuracy` of labels, and for a function, any labels.
    score : array-like of shape (n,)
        Any score for `auc` and `average_precision`; probabilities for `brier`, `net_benefit`,
        `calibration_intercept`, `calibration_slope`, `observed_expected`; for the others alarms
        (0 and 1), or scores and a `threshold`. For `accuracy` also predicted labels of several
        classes, as in y.
    metric : str or callable
        "auc", "average_precision", "brier", "calibration_intercept", "calibration_slope",
        "observed_expected", "accuracy", "sensitivity", "specificity", "ppv", "npv", "net_benefit",
        or a function of (y, score) that gives a float; it may take any y and score, one row a
        row, and is called once a resample.
    threshold : float, optional
        An alarm is score ≥ threshold.
    prevalence : float, optional
        For `ppv` and `npv`: the prevalence they are meant for, instead of that of these patients.
    groups : array-like of shape (n,), optional
        Which patient each row belongs to: whole patients are drawn, with all their rows. Without
        it, each row is one patient.
    stratified : bool, optional
        Draw patients with and without the outcome separately. Only for `auc`, `sensitivity` and
        `specificity`: the others depend on how many have the outcome, which this would hold fixed.
        A patient with several rows counts as one with the outcome when any row has it.
    n_resamples : int
    confidence_level : float
        0.95 for a 95 % interval.
    seed : int
        The same seed draws the same patients, for every metric and model.

    Returns
    -------
    Estimate
        The metric on the data, and the percentile interval. Resamples in which the metric is
        undefined (nobody with the outcome, say) are left out, with a warning.

    Raises
    ------
    UndefinedMetric
        When the metric is undefined on the data, or in more than 5 % of the resamples.
    ValueError
        When lengths differ, values are missing, the metric is unknown, lacks its threshold, or may
        not be stratified.

    References
    ----------
    Efron and Tibshirani (1986), "Bootstrap methods for standard errors, confidence intervals, and
    other measures of statistical accuracy", Statistical Science 1:54,
    doi:10.1214/ss/1177013815.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> y = rng.integers(2, size=200)
    >>> score = y + rng.normal(size=200)
    >>> print(bootstrap(y, score))
    0.777 [0.706 to 0.841]
    >>> print(bootstrap(y, score, "sensitivity", threshold=0.5))
    0.644 [0.549 to 0.733]
    """
    options = Options(threshold, prevalence)
    y = outcome(y, metric, options, stratified)
    value, weighted = plan(metric, y, score, options)
    draw = draws(y, groups, bool(stratified), n_resamples, confidence_level, seed)
    return estimate(value, spread([weighted], draw)[0], confidence_level, name_of(metric))


@renamed.keywords(level="confidence_level")
def compare(
    y: ArrayLike,
    first: ArrayLike,
    second: ArrayLike,
    metric: Named = "auc",
    *,
    threshold: float | None = None,
    prevalence: float | None = None,
    groups: ArrayLike | None = None,
    stratified: bool | None = None,
    n_resamples: int = 2000,
    confidence_level: float = 0.95,
    seed: int = 0,
) -> Estimate:
    """The difference first − second of a metric, paired: both models on the same patients.

    Each resample draws patients once and scores both models on them. Two separate intervals that
    overlap say little; this one says directly whether the difference could be 0.

    Parameters
    ----------
    first, second : array-likes of shape (n,)
        What the two models say of the same rows.
    y, metric, threshold, prevalence, groups, stratified, n_resamples, confidence_level, seed
        As in `bootstrap`.

    Returns
    -------
    Estimate
        The difference and its interval.

    Raises
    ------
    UndefinedMetric, ValueError
        As in `bootstrap`.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> y = rng.integers(2, size=200)
    >>> first = y + rng.normal(size=200)
    >>> print(compare(y, first, first + rng.normal(size=200)))
    0.056 [0.007 to 0.110]
    """
    options = Options(threshold, prevalence)
    y = outcome(y, metric, options, stratified)
    plans = [plan(metric, y, score, options) for score in (first, second)]
    draw = draws(y, groups, bool(stratified), n_resamples, confidence_level, seed)
    one, two = spread([weighted for _value, weighted in plans], draw)
    value = plans[0].value - plans[1].value
    return estimate(value, one - two, confidence_level, name_of(metric))


# --- what the table of results does too ------------------------------------------------------


def outcome(y: Any, metric: Named, options: Options, stratified: bool | None) -> np.ndarray:
    """y as the metric wants it, where it may be stratified at all."""
    chosen = metric_of(metric)
    if stratified and not chosen.stratified:
        known = ", ".join(name for name, one in METRICS.items() if one.stratified)
        raise ValueError(
            _(
                "stratified=True is for {known} only, not for {metric}: it depends on how many "
                "have the outcome, and a stratified bootstrap would hold that number fixed."
            ).format(known=known, metric=name_of(metric))
        )
    return chosen.outcome(y, options)


def draws(
    y: np.ndarray,
    groups: Any,
    stratified: bool,
    n_resamples: int,
    confidence_level: float,
    seed: int,
) -> Iterator[np.ndarray]:
    """How often each row was drawn: weights (resamples, n), some resamples at a time.

    Examples
    --------
    >>> (weights,) = draws(np.array([0, 1, 1]), ["Ann", "Bob", "Bob"], False, 40, 0.95, seed=0)
    >>> weights.shape, weights[:3].tolist()
    ((40, 3), [[0.0, 2.0, 2.0], [1.0, 1.0, 1.0], [2.0, 0.0, 0.0]])
    """
    n_resamples = inputs.whole_number(n_resamples, "n_resamples", least=1)
    if n_resamples * (1 - inputs.confidence_level(confidence_level)) / 2 < 1:
        raise ValueError(
            _(
                "{n} resamples are too few for an interval of level {level}: none would lie beyond "
                "its ends. 2,000 is usual."
            ).format(n=n_resamples, level=confidence_level)
        )
    patient = inputs.patients(groups, len(y))
    size = patient.max() + 1
    if size < 2:
        raise ValueError(_("The bootstrap needs at least two patients to draw from."))
    ill = np.bincount(patient, weights=y == 1) > 0 if stratified else np.zeros(size, dtype=bool)
    strata = [members for members in (np.flatnonzero(ill), np.flatnonzero(~ill)) if len(members)]
    rng = np.random.default_rng(inputs.whole_number(seed, "seed", least=0))

    def chunks() -> Iterator[np.ndarray]:
        chunk = max(1, CELLS // len(y))
        for begin in range(0, n_resamples, chunk):
            rows = min(chunk, n_resamples - begin)
            weights = np.empty((rows, size))
            for members in strata:
                k = len(members)
                drawn = rng.integers(k, size=(rows, k)) + k * np.arange(rows)[:, None]
                times = np.bincount(drawn.ravel(), minlength=rows * k)
                weights[:, members] = times.reshape(rows, k)
            yield weights if groups is None else weights[:, patient]

    return chunks()


def spread(metrics: Sequence[Weighted], draws: Iterator[np.ndarray]) -> np.ndarray:
    """Values of each metric, shape (metrics, resamples), all on the same resamples."""
    parts = [[metric(weights) for metric in metrics] for weights in draws]
    return np.concatenate(parts, axis=1)


def estimate(value: float, values: np.ndarray, confidence_level: float, name: str) -> Estimate:
    """The value with the percentile interval of its values on the resamples.

    Examples
    --------
    >>> print(estimate(0.5, np.linspace(0, 1, 101), 0.9, "auc"))
    0.500 [0.050 to 0.950]
    """
    values, wanted = values[~np.isnan(values)], len(values)
    lost = wanted - len(values)
    if lost > _MAY_FAIL * wanted:
        raise UndefinedMetric(
            _(
                "{name} is undefined in {lost} of {wanted} resamples: there are too few patients "
                "with or without the outcome, or with or without an alarm, for a bootstrap "
                "interval. exact_interval may serve for a share."
            ).format(name=name, lost=lost, wanted=wanted)
        )
    if lost:
        warnings.warn(
            _(
                "{name} was undefined in {lost} of {wanted} resamples, which were left out; the "
                "interval may be a little too narrow."
            ).format(name=name, lost=lost, wanted=wanted),
            stacklevel=4,  # whoever called bootstrap, compare or results_table, past `renamed`
        )
    ends = (1 - confidence_level) / 2, (1 + confidence_level) / 2
    low, high = np.quantile(values, ends)
    return Estimate(float(value), float(low), float(high))
