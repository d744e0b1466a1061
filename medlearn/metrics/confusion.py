"""Yes or no: the confusion matrix, and the shares that are read from it."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from medlearn import inputs
from medlearn.language import N_, _
from medlearn.metrics.types import UndefinedMetric
from medlearn.metrics.weights import (
    Metric,
    Options,
    Plan,
    both_classes,
    defined,
    ratio,
    scalar,
    shares_of,
)

__all__ = [
    "METRICS",
    "Counts",
    "counts",
    "likelihood_ratios",
    "predictive_values",
    "sensitivity",
    "specificity",
]

_EMPTY = {
    "sensitivity": N_("sensitivity is undefined here: nobody has the outcome."),
    "specificity": N_("specificity is undefined here: everybody has the outcome."),
    "ppv": N_("ppv is undefined here: nobody has an alarm at this threshold."),
    "npv": N_("npv is undefined here: everybody has an alarm at this threshold."),
}


class Counts(NamedTuple):
    """The confusion matrix: true and false positives, false and true negatives."""

    tp: int
    fp: int
    fn: int
    tn: int


def counts(y: ArrayLike, alarm: ArrayLike) -> Counts:
    """Count true and false alarms: the confusion matrix of a yes-or-no decision.

    Parameters
    ----------
    y : array-like of shape (n,)
        1 for patients with the outcome, 0 for those without.
    alarm : array-like of shape (n,)
        1 (or True) where the decision was yes.

    Returns
    -------
    Counts
        `tp`, `fp`, `fn`, `tn`: numbers of rows.

    Raises
    ------
    ValueError
        When lengths differ, or something else than 0 and 1 comes.

    Examples
    --------
    >>> counts([1, 1, 0, 0, 0], [True, False, True, False, False])
    Counts(tp=1, fp=1, fn=1, tn=2)
    """
    y, alarm = inputs.labels(y), inputs.alarms(alarm)
    inputs.same_length(y=y, alarm=alarm)
    cells = ((1, 1), (0, 1), (1, 0), (0, 0))
    return Counts(*(int(((y == truth) & (alarm == said)).sum()) for truth, said in cells))


def sensitivity(y: ArrayLike, alarm: ArrayLike) -> float:
    """Of the patients with the outcome, the share with an alarm: tp / (tp + fn).

    Parameters
    ----------
    y, alarm : array-likes of shape (n,)
        As in `counts`.

    Raises
    ------
    UndefinedMetric
        When nobody has the outcome.
    ValueError
        As in `counts`.

    References
    ----------
    Altman and Bland (1994), "Diagnostic tests 1: sensitivity and specificity", BMJ 308:1552,
    doi:10.1136/bmj.308.6943.1552.

    Examples
    --------
    >>> sensitivity([1, 1, 0, 0, 0], [1, 0, 1, 0, 0])
    0.5
    """
    c = counts(y, alarm)
    return defined(c.tp, c.tp + c.fn, _(_EMPTY["sensitivity"]))


def specificity(y: ArrayLike, alarm: ArrayLike) -> float:
    """Of the patients without the outcome, the share without an alarm: tn / (tn + fp).

    Parameters, errors and source as in `sensitivity`.

    Examples
    --------
    >>> specificity([1, 1, 0, 0, 0, 0], [1, 0, 1, 0, 0, 0])
    0.75
    """
    c = counts(y, alarm)
    return defined(c.tn, c.tn + c.fp, _(_EMPTY["specificity"]))


def predictive_values(
    sensitivity: ArrayLike, specificity: ArrayLike, prevalence: ArrayLike
) -> tuple[Any, Any]:
    """Positive and negative predictive value in a population with another prevalence.

    Bayes' rule. It takes sensitivity and specificity to be the same in that population, which
    holds only where its patients have the same spectrum of disease.

    Parameters
    ----------
    sensitivity, specificity, prevalence : floats or arrays that broadcast
        Shares from 0 to 1, not percent.

    Returns
    -------
    ppv, npv : floats or arrays
        Of those with an alarm, the share with the outcome; of those without an alarm, the share
        without it. NaN where nobody would have an alarm (or nobody none).

    Raises
    ------
    ValueError
        When a share lies outside 0 to 1.

    References
    ----------
    Altman and Bland (1994), "Diagnostic tests 2: predictive values", BMJ 309:102,
    doi:10.1136/bmj.309.6947.102.

    Examples
    --------
    The same test among 50 % and among 3 % ill people:

    >>> ppv, npv = predictive_values(0.9, 0.9, [0.5, 0.03])
    >>> print(ppv.round(2), npv.round(3))
    [0.9  0.22] [0.9   0.997]
    """
    sens = inputs.shares(sensitivity, "sensitivity")
    spec = inputs.shares(specificity, "specificity")
    share = inputs.shares(prevalence, "prevalence")
    inputs.same_shape(sensitivity=sens, specificity=spec, prevalence=share)
    tp, fn = sens * share, (1 - sens) * share
    tn, fp = spec * (1 - share), (1 - spec) * (1 - share)
    return scalar(ratio(tp, tp + fp)), scalar(ratio(tn, tn + fn))


def likelihood_ratios(sensitivity: ArrayLike, specificity: ArrayLike) -> tuple[Any, Any]:
    """How much an alarm, and no alarm, multiplies the odds of the outcome.

    Parameters
    ----------
    sensitivity, specificity : floats or arrays that broadcast
        Shares from 0 to 1, not percent.

    Returns
    -------
    positive, negative : floats or arrays
        sensitivity / (1 − specificity) and (1 − sensitivity) / specificity. Infinite where a
        denominator alone is 0 (an alarm that is never false proves the outcome), NaN where both
        parts are 0 (there was no such patient to learn from).

    Raises
    ------
    ValueError
        When a share lies outside 0 to 1.

    References
    ----------
    Deeks and Altman (2004), "Diagnostic tests 4: likelihood ratios", BMJ 329:168,
    doi:10.1136/bmj.329.7458.168.

    Examples
    --------
    >>> likelihood_ratios(0.9, 0.75)
    (3.6, 0.1333...)
    >>> likelihood_ratios(0.4, 1.0)
    (inf, 0.6)
    """
    sens = inputs.shares(sensitivity, "sensitivity")
    spec = inputs.shares(specificity, "specificity")
    inputs.same_shape(sensitivity=sens, specificity=spec)
    return scalar(ratio(sens, 1 - spec)), scalar(ratio(1 - sens, spec))


# --- for the bootstrap -----------------------------------------------------------------------


def _alarm_column(metric: str, score: Any, threshold: float | None) -> np.ndarray:
    """Alarms as they came, or where the score reaches the threshold."""
    if threshold is None:
        return inputs.zero_one(
            score,
            "score",
            words=_(
                "{{name}} must hold 0 and 1, but it holds words ({{value}}, ...): {metric} needs "
                "alarms, or scores and a threshold, threshold=0.1."
            ).format(metric=metric),
            other=_(
                "{{name}} must hold 0 and 1, but row {{row}} holds {{value}}: {metric} needs "
                "alarms, or scores and a threshold, threshold=0.1."
            ).format(metric=metric),
        )
    threshold = inputs.number(threshold, "threshold")
    return (inputs.numbers(score, "score") >= threshold).astype(float)


_SHARES = {  # of whom (the second), the share that is counted (the first)
    "accuracy": lambda y, alarm: (y * alarm + (1 - y) * (1 - alarm), np.ones_like(y)),
    "sensitivity": lambda y, alarm: (y * alarm, y),
    "specificity": lambda y, alarm: ((1 - y) * (1 - alarm), 1 - y),
    "ppv": lambda y, alarm: (y * alarm, alarm),
    "npv": lambda y, alarm: ((1 - y) * (1 - alarm), 1 - alarm),
}


def _share(metric: str) -> Any:
    """The plan of a share of the confusion matrix."""

    def plan(y: np.ndarray, score: Any, options: Options) -> Plan:
        alarm = _alarm_column(metric, score, options.threshold)
        inputs.same_length(y=y, score=alarm)
        if options.prevalence is not None:
            return _at_prevalence(metric, y, alarm, options.prevalence)
        above, below = _SHARES[metric](y, alarm)
        value = defined(above.sum(), below.sum(), _(_EMPTY.get(metric, "")))
        return Plan(value, shares_of(above, below))

    return plan


def _at_prevalence(metric: str, y: np.ndarray, alarm: np.ndarray, prevalence: float) -> Plan:
    """Predictive values of these alarms among patients of another prevalence."""
    sens = shares_of(*_SHARES["sensitivity"](y, alarm))
    spec = shares_of(*_SHARES["specificity"](y, alarm))
    which = ("ppv", "npv").index(metric)

    def weighted(weights: np.ndarray) -> np.ndarray:
        s, t = sens(weights), spec(weights)
        bad = np.isnan(s + t)
        values = predictive_values(np.where(bad, 0, s), np.where(bad, 0, t), prevalence)[which]
        return np.where(bad, np.nan, values)

    both_classes(metric, y)
    value = float(weighted(np.ones((1, len(y))))[0])
    if math.isnan(value):
        raise UndefinedMetric(_(_EMPTY[metric]))
    return Plan(value, weighted)


def _accuracy(y: np.ndarray, score: Any, options: Options) -> Plan:
    """The share of right labels, of any number of classes; with a threshold, of right alarms."""
    if options.threshold is not None:
        return _share("accuracy")(y, score, options)
    labels = inputs.complete(score, "score")
    inputs.same_length(y=y, score=labels)
    if labels.dtype.kind == "f" and (labels != np.round(labels)).any():
        raise ValueError(
            _(
                "accuracy needs predicted labels, but score holds fractions: give a threshold, "
                "threshold=0.5, or the most probable class, p.argmax(axis=1)."
            )
        )
    right = (labels == y).astype(float)
    if not right.any() and not {*labels.tolist()} & {*y.tolist()}:
        raise ValueError(
            _("y holds {y!r} and so on, but no prediction does: {label!r}, ...").format(
                y=y[0], label=labels[0]
            )
        )
    return Plan(float(right.mean()), shares_of(right, np.ones_like(right)))


def _any_labels(y: Any, options: Options) -> np.ndarray:
    return inputs.complete(y, "y") if options.threshold is None else inputs.labels(y)


METRICS = {
    "accuracy": Metric("Accuracy", _accuracy, needs="alarms", outcome=_any_labels),
    "sensitivity": Metric("Sensitivity", _share("sensitivity"), needs="alarms", stratified=True),
    "specificity": Metric("Specificity", _share("specificity"), needs="alarms", stratified=True),
    "ppv": Metric("PPV", _share("ppv"), needs="alarms", at_prevalence=True),
    "npv": Metric("NPV", _share("npv"), needs="alarms", at_prevalence=True),
}
