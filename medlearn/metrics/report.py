"""Results fit for a paper: one table of models and metrics, each number with its interval."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from medlearn import inputs, renamed
from medlearn.language import _, ngettext
from medlearn.metrics.registry import METRICS, plan
from medlearn.metrics.resampling import draws, estimate, spread
from medlearn.metrics.types import UndefinedMetric
from medlearn.metrics.weights import Options, Plan

__all__ = ["results_table"]

_COLUMNS = (
    "auc",
    "brier",
    "calibration_intercept",
    "calibration_slope",
    "observed_expected",
    "sensitivity",
    "specificity",
    "ppv",
    "npv",
    "net_benefit",
)


@renamed.keywords(level="confidence_level")
def results_table(
    y: ArrayLike,
    models: Mapping[str, ArrayLike],
    *,
    threshold: float | None = None,
    columns: Sequence[str] | None = None,
    prevalence: float | None = None,
    groups: ArrayLike | None = None,
    n_resamples: int = 2000,
    confidence_level: float = 0.95,
    seed: int = 0,
    digits: int = 2,
) -> Any:
    """Results fit for a paper: a row for each model, each number with its interval.

    Discrimination, calibration, overall performance and clinical utility, as TRIPOD+AI asks for;
    every interval rests on the same resamples of patients.

    Parameters
    ----------
    y : array-like of shape (n,), 0 or 1
    models : mapping of str to array-like of shape (n,)
        Predicted probabilities of each model for the same rows. A yes-or-no rule ("ask everyone
        over 60") goes in as 0 and 1.
    threshold : float
        The risk from which one would act: an alarm is p ≥ threshold.
    columns : sequence of str, optional
        Metrics by the names of `bootstrap`; all but accuracy and average precision if not given.
    prevalence : float, optional
        Predictive values for a population with this prevalence instead of that of these patients.
    groups, n_resamples, confidence_level, seed
        As in `bootstrap`.
    digits : int
        Digits after the point; one more for the Brier score and net benefit, which are small.

    Returns
    -------
    DataFrame of str
        "–" where a number is undefined (the calibration of a rule, which predicts no risks).
        `table.attrs["caption"]` says how many patients, threshold, intervals;
        `table.attrs["notes"]` gives the reason for each "–".

    Raises
    ------
    ValueError
        When lengths differ, a value is missing, p lies outside 0 to 1, a column is unknown or
        lacks its threshold.

    References
    ----------
    Collins et al. (2024), "TRIPOD+AI statement", BMJ 385:e078378, doi:10.1136/bmj-2023-078378.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> p = rng.uniform(0.05, 0.6, size=300)
    >>> y = rng.random(300) < p
    >>> table = results_table(y, {"model": p}, threshold=0.2, columns=["auc", "brier", "ppv"])
    >>> print(table.T)
                              model
    AUC             0.75 [0.69 to 0.80]
    Brier score  0.184 [0.165 to 0.204]
    PPV             0.41 [0.35 to 0.48]
    """
    import pandas as pd

    y = inputs.labels(y)
    inputs.whole_number(digits, "digits", least=0)
    columns = _chosen(columns)
    options = Options(threshold, prevalence)
    _fit_together(models, columns, threshold)
    plans: dict[tuple[str, str], Plan] = {}
    cells: dict[tuple[str, str], str] = {}
    notes: dict[tuple[str, str], str] = {}
    for model, scores in models.items():
        p = inputs.probabilities(scores, _("the column of {model!r}").format(model=model))
        for name in columns:
            try:
                plans[model, name] = _planned(name, y, p, options)
            except UndefinedMetric as error:
                notes[model, METRICS[name].title] = str(error)
    draw = draws(y, groups, False, n_resamples, confidence_level, seed)
    values = spread([one.weighted for one in plans.values()], draw) if plans else []
    for ((model, name), one), drawn in zip(plans.items(), values, strict=True):
        spec = f".{digits + METRICS[name].digits}f"
        try:
            cells[model, name] = format(estimate(one.value, drawn, confidence_level, name), spec)
        except UndefinedMetric as error:
            notes[model, METRICS[name].title] = str(error)
    table = pd.DataFrame(
        [[cells.get((model, name), "–") for name in columns] for model in models],
        index=list(models),
        columns=[METRICS[name].title for name in columns],
    )
    table.attrs["caption"] = _caption(y, groups, options, n_resamples, confidence_level)
    table.attrs["notes"] = notes
    return table


def _chosen(columns: Any) -> list[str]:
    """The names of the metrics, in a list."""
    if columns is None:
        return list(_COLUMNS)
    if isinstance(columns, str) or not isinstance(columns, Iterable):
        raise ValueError(
            _('columns must be a list of names, ["auc", "brier"]; it is {columns!r}.').format(
                columns=columns
            )
        )
    found = list(columns)
    if not found:
        raise ValueError(_("columns is empty: name at least one metric, or leave it out."))
    return found


def _fit_together(models: Any, columns: Sequence[str], threshold: float | None) -> None:
    """Refuse what is no table."""
    if not isinstance(models, Mapping) or not models:
        raise ValueError(_('models must be a dictionary of names and probabilities, {"model": p}.'))
    unknown = [n for n in columns if not isinstance(n, str) or n not in METRICS]
    if unknown:
        raise ValueError(
            _("columns {unknown} are unknown; there are {known}.").format(
                unknown=unknown, known=", ".join(METRICS)
            )
        )
    if threshold is None and any(METRICS[name].needs == "alarms" for name in columns):
        raise ValueError(
            _(
                "results_table needs a threshold, the risk from which one would act, for "
                "sensitivity, predictive values and net benefit; or choose others: "
                'columns=["auc", "brier"].'
            )
        )


def _planned(name: str, y: np.ndarray, p: np.ndarray, options: Options) -> Plan:
    if METRICS[name].needs == "risks" and np.isin(p, (0, 1)).all():
        raise UndefinedMetric(_("A yes-or-no rule predicts no risks."))
    if not METRICS[name].at_prevalence:
        options = options._replace(prevalence=None)
    return plan(name, y, p, options)


def _caption(
    y: np.ndarray, groups: Any, options: Options, n_resamples: int, confidence_level: float
) -> str:
    """Of whom, at which threshold, and what the intervals are: items of a list."""
    patients = int(inputs.patients(groups, len(y)).max() + 1)
    if groups is None:
        who = ngettext(
            "{patients:,} patient, {ill:,} with the outcome",
            "{patients:,} patients, {ill:,} with the outcome",
            patients,
        )
    else:
        who = ngettext(
            "{patients:,} patient ({rows:,} rows), {ill:,} with the outcome",
            "{patients:,} patients ({rows:,} rows), {ill:,} with the outcome",
            patients,
        )
    items = [who.format(patients=patients, rows=len(y), ill=int(y.sum()))]
    if options.threshold is not None:
        items.append(_("threshold {threshold:g}").format(threshold=options.threshold))
    if options.prevalence is not None:
        items.append(
            _("predictive values for a prevalence of {prevalence:.1%}").format(
                prevalence=options.prevalence
            )
        )
    items.append(
        _("{level:g} % confidence intervals from {n:,} resamples of patients.").format(
            level=100 * confidence_level, n=n_resamples
        )
    )
    return "; ".join(items)
