"""Is it worth acting on: net benefit, which weighs missed patients against false alarms."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from medlearn import inputs
from medlearn.language import _
from medlearn.metrics.weights import Metric, Options, Plan, scalar, shares_of

__all__ = ["METRICS", "net_benefit", "net_benefit_all"]


def _odds(thresholds: Any) -> Any:
    """pₜ / (1 − pₜ): how many false alarms are as bad as one missed patient, turned over."""
    return thresholds / (1 - thresholds)


def _risks(thresholds: Any) -> np.ndarray:
    """Thresholds as they came, or the error that says what is wrong with them."""
    found = inputs.floats(thresholds, "thresholds").astype(float)
    if not found.size:
        raise ValueError(_("net benefit needs at least one threshold; thresholds is empty."))
    found = inputs.nearly(found, np.clip(found, 0, 1))
    if not np.all((found >= 0) & (found < 1)):
        raise ValueError(
            _(
                "a threshold for net benefit is a risk, at least 0 and below 1; it is {thresholds}."
            ).format(thresholds=thresholds)
        )
    return found


def net_benefit(y: ArrayLike, p: ArrayLike, thresholds: ArrayLike) -> Any:
    """Net benefit of an alarm wherever the risk reaches the threshold, for a decision curve.

    (tp − fp · pₜ / (1 − pₜ)) / n: true alarms per patient, each false alarm taken off at the price
    that the threshold pₜ = harm / (harm + benefit) implies. Alarming nobody scores 0;
    `net_benefit_all` scores alarming everybody. Risks that are not calibrated lower it
    (Van Calster and Vickers 2015, doi:10.1177/0272989X14547233): the curve shows the damage.

    Parameters
    ----------
    y : array-like of shape (n,), 0 or 1
    p : array-like of shape (n,)
        Predicted probabilities.
    thresholds : float or array-like of shape (k,)
        Risks, at least 0 and below 1.

    Returns
    -------
    float or array of shape (k,)
        In true alarms per patient, at most the prevalence.

    Raises
    ------
    ValueError
        When lengths differ, a value is missing, or p or a threshold is no risk.

    References
    ----------
    Vickers and Elkin (2006), "Decision curve analysis", Medical Decision Making 26:565,
    doi:10.1177/0272989X06295361.

    Examples
    --------
    >>> net_benefit([1, 0, 0, 0], [0.6, 0.3, 0.1, 0.1], [0.2, 0.5])
    array([0.1875, 0.25  ])
    """
    y, p = inputs.labels(y), inputs.probabilities(p)
    inputs.same_length(y=y, p=p)
    thresholds = _risks(thresholds)
    odds = _odds(thresholds)
    alarms = p >= thresholds.astype(p.dtype)[..., None]
    return scalar((alarms @ y - odds * (alarms @ (1 - y))) / len(y))


def net_benefit_all(y: ArrayLike, thresholds: ArrayLike) -> Any:
    """Net benefit of an alarm for everybody; alarming nobody has net benefit 0.

    Parameters, returns, errors and source as in `net_benefit`.

    Examples
    --------
    >>> net_benefit_all([1, 0, 0, 0], [0.2, 0.5])
    array([ 0.0625, -0.5   ])
    """
    thresholds = _risks(thresholds)
    prevalence = inputs.labels(y).mean()
    return scalar(prevalence - (1 - prevalence) * _odds(thresholds))


def _plan(y: np.ndarray, score: Any, options: Options) -> Plan:
    if options.threshold is None:
        raise ValueError(_("net_benefit needs a threshold: the risk from which one would act."))
    odds = _odds(float(_risks(inputs.number(options.threshold, "threshold"))))
    p = inputs.probabilities(score, "score")
    inputs.same_length(y=y, score=p)
    alarm = (p >= float(options.threshold)).astype(float)
    benefit = y * alarm - (1 - y) * alarm * odds
    return Plan(float(benefit.sum() / len(y)), shares_of(benefit, np.ones_like(y)))


# no text: the heads of columns, by which code asks for them
METRICS = {"net_benefit": Metric("Net benefit", _plan, needs="alarms", digits=1)}
