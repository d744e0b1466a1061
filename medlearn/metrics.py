"""How good is it: the numbers a paper on a prediction model reports, each with its uncertainty.

Everything here takes `y`, 1 for a patient with the outcome and 0 for one without, and either a
score, a probability or an alarm for each row. Rows belong together by their position: the index of
a pandas Series plays no part. What scikit-learn and SciPy compute is left to them; this room adds
what they lack: predictive values at another prevalence, calibration, net benefit, and intervals.

An interval from `bootstrap`, `compare` or `results_table` is a percentile interval: patients are
drawn with replacement, as many as there are, and the metric is computed anew, 2,000 times. It says
how much the metric would move with other patients, the model held fixed; it says nothing of how
the model would change with other training data.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from medlearn.inputs import is_missing, patient_numbers

__all__ = [
    "Calibration",
    "Counts",
    "DeLong",
    "Estimate",
    "UndefinedMetric",
    "bootstrap",
    "brier",
    "calibration",
    "compare",
    "counts",
    "delong",
    "exact_interval",
    "likelihood_ratios",
    "net_benefit",
    "net_benefit_all",
    "predictive_values",
    "results_table",
    "sensitivity",
    "specificity",
]

_CELLS = 125_000  # weights held at once: 1 MB, which stays in the processor's cache
_MAY_FAIL = 0.05  # share of resamples in which a metric may be undefined before we refuse


class UndefinedMetric(ValueError):
    """These data do not determine the metric: nobody with the outcome, nobody alarmed, ..."""


class _Rounded:
    """Prints the numbers of a named tuple with three digits, a tiny p-value as 1.2e-07."""

    __slots__ = ()

    def __repr__(self) -> str:
        fields = ", ".join(
            f"{name}={value:.1e}" if name == "p_value" and value < 5e-4 else f"{name}={value:z.3f}"
            for name, value in self._asdict().items()  # type: ignore[attr-defined]
        )
        return f"{type(self).__name__}({fields})"


class _Estimate(NamedTuple):
    value: float
    low: float
    high: float


class Estimate(_Rounded, _Estimate):
    """A number and the interval around it: `value`, `low`, `high`.

    Examples
    --------
    >>> auc = Estimate(0.83149, 0.8021, 0.8577)
    >>> auc
    Estimate(value=0.831, low=0.802, high=0.858)
    >>> print(f"AUC {auc}, or shorter {auc:.2f}, or in percent {auc:.1%}")
    AUC 0.831 [0.802 to 0.858], or shorter 0.83 [0.80 to 0.86], or in percent 83.1% [80.2% to 85.8%]
    """

    __slots__ = ()

    def __format__(self, spec: str) -> str:
        value, low, high = (format(number, f"z{spec or '.3f'}") for number in self)
        return f"{value} [{low} to {high}]"

    def __str__(self) -> str:
        return format(self, "")


class Counts(NamedTuple):
    """The confusion matrix: true and false positives, false and true negatives."""

    tp: int
    fp: int
    fn: int
    tn: int


class _Calibration(NamedTuple):
    intercept: float
    slope: float
    observed_expected: float


class Calibration(_Rounded, _Calibration):
    """Do predicted risks come true: `intercept` (ideal 0), `slope` and `observed_expected` (1)."""

    __slots__ = ()


class _DeLong(NamedTuple):
    first: float
    second: float
    difference: float
    low: float
    high: float
    z: float
    p_value: float


class DeLong(_Rounded, _DeLong):
    """Two AUCs, their difference with its interval, and the test that the difference is 0."""

    __slots__ = ()


# --- what comes in ---------------------------------------------------------------------------


def _column(values: Any, name: str) -> np.ndarray:
    """`values` as an array with one entry a row."""
    array = np.asarray(values)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]  # Keras gives (n, 1); beside (n,) that would silently make (n, n)
    if array.ndim != 1:
        hint = "; take the column of the outcome, for example p[:, 1]" if array.ndim == 2 else ""
        raise ValueError(f"{name} must have shape (n,), one value a row, not {array.shape}{hint}.")
    if len(array) == 0:
        raise ValueError(f"{name} is empty: there is no row to look at.")
    return array


def _numbers(values: Any, name: str) -> np.ndarray:
    """`values` as finite floating-point numbers, shape (n,)."""
    array = _column(values, name)
    if array.dtype.kind == "O":
        numbers = []
        for row, value in enumerate(array):
            if not is_missing(value) and not isinstance(value, (bool, int, float, np.generic)):
                raise ValueError(f"{name} must hold numbers, but row {row} holds {value!r}.")
            numbers.append(math.nan if is_missing(value) else float(value))
        array = np.array(numbers)
    if array.dtype.kind not in "biuf":
        raise ValueError(f"{name} must hold numbers, but it holds {array[:1]} and so on.")
    if array.dtype.kind != "f":  # float32 stays: `p >= 0.7` must mean what it means to NumPy
        array = array.astype(float)
    lost = ~np.isfinite(array)
    if lost.any():
        raise ValueError(
            f"{name} has {lost.sum()} missing or infinite value(s), the first in row "
            f"{lost.argmax()}: leave those rows out, and say how many there were."
        )
    return array


def _zero_one(values: Any, name: str, otherwise: str) -> np.ndarray:
    array = np.asarray(values)
    if array.size and isinstance(array.flat[0], str):
        raise ValueError(
            f"{name} must hold 0 and 1, but it holds words ({array.flat[0]}, ...): {otherwise}."
        )
    array = _numbers(array, name)
    other = (array != 0) & (array != 1)
    if other.any():
        raise ValueError(
            f"{name} must hold 0 and 1, but row {other.argmax()} holds "
            f"{array[other.argmax()]:g}: {otherwise}."
        )
    return array.astype(float)


def _labels(y: Any) -> np.ndarray:
    return _zero_one(y, "y", 'make it so, for example y = (labels == "malignant")')


def _alarms(alarm: Any) -> np.ndarray:
    return _zero_one(alarm, "alarm", "compare with a threshold first, alarm = p >= 0.1")


def _probabilities(p: Any, name: str = "p") -> np.ndarray:
    array = _numbers(p, name)
    outside = (array < 0) | (array > 1)
    if outside.any():
        raise ValueError(
            f"{name} must hold probabilities from 0 to 1, but row {outside.argmax()} holds "
            f"{array[outside.argmax()]:g}: logits must go through a sigmoid first."
        )
    return array


def _same_length(**columns: np.ndarray) -> None:
    lengths = {name: len(column) for name, column in columns.items()}
    if len(set(lengths.values())) > 1:
        words = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise ValueError(f"All columns must have the same number of rows; they have: {words}.")


def _shares(values: ArrayLike, name: str) -> np.ndarray:
    array = np.asarray(values, dtype=float)
    if not np.all((array >= 0) & (array <= 1)):  # NaN too fails this
        raise ValueError(f"{name} must lie between 0 and 1 (a share, not percent); it is {values}.")
    return array


def _odds(thresholds: np.ndarray) -> np.ndarray:
    """pₜ / (1 − pₜ): how many false alarms are as bad as one missed patient, turned over."""
    if not np.all((thresholds >= 0) & (thresholds < 1)):
        raise ValueError(
            f"a threshold for net benefit is a risk, at least 0 and below 1; it is {thresholds}."
        )
    return thresholds / (1 - thresholds)


def _ratio(above: Any, below: Any) -> Any:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.true_divide(above, below)


# --- one number from one set of patients -----------------------------------------------------


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
    y, alarm = _labels(y), _alarms(alarm)
    _same_length(y=y, alarm=alarm)
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
    return _defined(c.tp, c.tp + c.fn, "sensitivity")


def specificity(y: ArrayLike, alarm: ArrayLike) -> float:
    """Of the patients without the outcome, the share without an alarm: tn / (tn + fp).

    Parameters, errors and source as in `sensitivity`.

    Examples
    --------
    >>> specificity([1, 1, 0, 0, 0, 0], [1, 0, 1, 0, 0, 0])
    0.75
    """
    c = counts(y, alarm)
    return _defined(c.tn, c.tn + c.fp, "specificity")


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
    sens, spec = _shares(sensitivity, "sensitivity"), _shares(specificity, "specificity")
    share = _shares(prevalence, "prevalence")
    tp, fn = sens * share, (1 - sens) * share
    tn, fp = spec * (1 - share), (1 - spec) * (1 - share)
    return _scalar(_ratio(tp, tp + fp)), _scalar(_ratio(tn, tn + fn))


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
    sens, spec = _shares(sensitivity, "sensitivity"), _shares(specificity, "specificity")
    return _scalar(_ratio(sens, 1 - spec)), _scalar(_ratio(1 - sens, spec))


def brier(y: ArrayLike, p: ArrayLike) -> float:
    """Mean squared distance between predicted risk and what happened; 0 is best.

    scikit-learn's `brier_score_loss`, with this room's checks of what comes in. Compare it with
    the score of the prevalence alone, prevalence × (1 − prevalence): a rare outcome has a low one.

    Parameters
    ----------
    y : array-like of shape (n,), 0 or 1
    p : array-like of shape (n,)
        Predicted probabilities of the outcome.

    Raises
    ------
    ValueError
        When lengths differ, a value is missing, or p lies outside 0 to 1.

    References
    ----------
    Brier (1950), doi:10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2.

    Examples
    --------
    >>> round(brier([1, 0, 0], [0.8, 0.1, 0.2]), 3)
    0.03
    """
    from sklearn.metrics import brier_score_loss

    y, p = _labels(y), _probabilities(p)
    _same_length(y=y, p=p)
    return float(brier_score_loss(y, p.astype(float), pos_label=1))


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
    y, p = _labels(y), _probabilities(p)
    _same_length(y=y, p=p)
    names = ("calibration_intercept", "calibration_slope", "observed_expected")
    return Calibration(*(_plan(name, y, p, None, None)[0] for name in names))


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
    y, p = _labels(y), _probabilities(p)
    _same_length(y=y, p=p)
    thresholds = np.asarray(thresholds, dtype=float)
    odds = _odds(thresholds)
    alarms = p >= thresholds.astype(p.dtype)[..., None]
    return _scalar((alarms @ y - odds * (alarms @ (1 - y))) / len(y))


def net_benefit_all(y: ArrayLike, thresholds: ArrayLike) -> Any:
    """Net benefit of an alarm for everybody; alarming nobody has net benefit 0.

    Parameters, returns, errors and source as in `net_benefit`.

    Examples
    --------
    >>> net_benefit_all([1, 0, 0, 0], [0.2, 0.5])
    array([ 0.0625, -0.5   ])
    """
    thresholds = np.asarray(thresholds, dtype=float)
    prevalence = _labels(y).mean()
    return _scalar(prevalence - (1 - prevalence) * _odds(thresholds))


def exact_interval(k: int, n: int, level: float = 0.95) -> Estimate:
    """A share k / n with its exact binomial (Clopper–Pearson) interval.

    Right for few patients and for shares near 0 or 1, and for k = 0 and k = n too, where the
    bootstrap gives no width at all. SciPy computes it. The n must be independent of each other.

    Parameters
    ----------
    k, n : int
        k of n patients.
    level : float
        0.95 for a 95 % interval.

    Raises
    ------
    ValueError
        When not 0 ≤ k ≤ n with n ≥ 1, both whole numbers.

    References
    ----------
    Clopper and Pearson (1934), Biometrika 26:404, doi:10.1093/biomet/26.4.404.

    Examples
    --------
    Nobody of ten was harmed; up to three in ten could be:

    >>> print(exact_interval(0, 10))
    0.000 [0.000 to 0.308]
    """
    whole = all(isinstance(number, (int, np.integer)) for number in (k, n))
    if not whole or not 0 <= k <= n or n < 1:
        raise ValueError(f"exact_interval needs whole numbers, 0 ≤ k ≤ n; they are {k!r}, {n!r}.")
    from scipy.stats import binomtest

    ends = binomtest(int(k), int(n)).proportion_ci(_level(level), method="exact")
    return Estimate(float(k / n), float(ends.low), float(ends.high))


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
    DeLong, DeLong and Clarke-Pearson (1988), Biometrics 44:837, doi:10.2307/2531595; by midranks
    as in Sun and Xu (2014), IEEE Signal Processing Letters 21:1389, doi:10.1109/LSP.2014.2337313.

    Examples
    --------
    >>> y = [0, 0, 0, 0, 1, 1, 1, 1]
    >>> test = delong(y, [1, 2, 3, 5, 4, 6, 7, 8], [1, 5, 3, 8, 4, 2, 7, 6])
    >>> print(f"{test.difference:.3f} [{test.low:.3f} to {test.high:.3f}], p = {test.p_value:.3f}")
    0.375 [-0.025 to 0.775], p = 0.066
    """
    from scipy.stats import norm, rankdata

    y, first, second = _labels(y), _numbers(first, "first"), _numbers(second, "second")
    _same_length(y=y, first=first, second=second)
    ill = y == 1
    m, n = int(ill.sum()), int((~ill).sum())
    if min(m, n) < 2:
        raise UndefinedMetric(
            f"DeLong's test needs two patients with and two without the outcome; {m} and {n} came."
        )
    # What each patient adds: the share of the other class on the right side of him or her.
    among_ill, among_well = np.empty((2, m)), np.empty((2, n))
    for place, score in enumerate((first, second)):
        ranks = rankdata(score)
        among_ill[place] = (ranks[ill] - rankdata(score[ill])) / n
        among_well[place] = 1 - (ranks[~ill] - rankdata(score[~ill])) / m
    auc = among_ill.mean(axis=1)
    difference = auc[0] - auc[1]
    variance = (among_ill[0] - among_ill[1]).var(ddof=1) / m
    variance += (among_well[0] - among_well[1]).var(ddof=1) / n
    if variance <= 1e-30 and abs(difference) > 1e-12:
        raise UndefinedMetric("The variance of the difference is 0; use compare instead.")
    error = math.sqrt(max(variance, 0.0))
    z = float(difference / error) if error > 1e-15 else 0.0
    reach = norm.ppf(0.975) * error
    p_value = float(2 * norm.sf(abs(z)))
    ends = float(difference - reach), float(difference + reach)
    return DeLong(float(auc[0]), float(auc[1]), float(difference), *ends, z, p_value)


def _scalar(value: Any) -> Any:
    return float(value) if np.ndim(value) == 0 else value


# --- metrics of many resamples at once -------------------------------------------------------
#
# A resample is a row of weights: how often each row of the data was drawn. `_plan` turns a metric
# and the data into its value on the data and a function from weights (resamples, n) to values
# (resamples,), NaN where the metric is undefined.

_Weighted = Callable[[np.ndarray], np.ndarray]

_TITLES = {
    "auc": "AUC",
    "average_precision": "Average precision",
    "brier": "Brier score",
    "calibration_intercept": "Calibration intercept",
    "calibration_slope": "Calibration slope",
    "observed_expected": "Observed/expected",
    "accuracy": "Accuracy",
    "sensitivity": "Sensitivity",
    "specificity": "Specificity",
    "ppv": "PPV",
    "npv": "NPV",
    "net_benefit": "Net benefit",
}
_STRATIFIED = ("auc", "sensitivity", "specificity")  # the ones that do not depend on prevalence
_OF_ALARMS = ("accuracy", "sensitivity", "specificity", "ppv", "npv", "net_benefit")
_OF_RISKS = ("brier", "calibration_intercept", "calibration_slope", "observed_expected")
_EMPTY = {
    "sensitivity": "nobody has the outcome",
    "specificity": "everybody has the outcome",
    "ppv": "nobody has an alarm at this threshold",
    "npv": "everybody has an alarm at this threshold",
    "observed_expected": "all predicted risks are 0",
}


def _defined(above: float, below: float, metric: str) -> float:
    if below == 0:
        raise UndefinedMetric(f"{metric} is undefined here: {_EMPTY[metric]}.")
    return float(above / below)


def _plan(
    metric: str | Callable, y: np.ndarray, score: Any, threshold: Any, prevalence: Any
) -> tuple[float, _Weighted]:
    if callable(metric):
        return _plan_callable(metric, y, score)
    if metric not in _TITLES:
        raise ValueError(
            f"metric {metric!r} is unknown: give one of {', '.join(_TITLES)}, or a function of "
            "(y, score)."
        )
    if prevalence is not None:
        if metric not in ("ppv", "npv"):
            raise ValueError(f"prevalence is for ppv and npv, not for {metric}.")
        prevalence = float(_shares(prevalence, "prevalence"))
    if metric in _OF_ALARMS:
        if metric == "accuracy" and threshold is None:
            return _plan_classes(y, score)
        return _plan_alarm(metric, y, score, threshold, prevalence)
    if metric in _OF_RISKS:
        p = _probabilities(score, "score").astype(float)
        _same_length(y=y, score=p)
        if metric == "brier":
            return brier(y, p), _shares_of((p - y) ** 2, np.ones_like(y))
        if metric == "observed_expected":
            return _defined(y.sum(), p.sum(), metric), _shares_of(y, p)
        return _plan_calibration(metric, y, p)
    score = _numbers(score, "score")
    _same_length(y=y, score=score)
    return _plan_ranks(metric, y, score)


def _shares_of(above: np.ndarray, below: np.ndarray) -> _Weighted:
    """Weighted sum of `above` over weighted sum of `below`: most metrics are of this kind."""
    return lambda weights: _ratio(weights @ above, weights @ below)


def _plan_classes(y: np.ndarray, score: Any) -> tuple[float, _Weighted]:
    """Accuracy of predicted labels, of any number of classes."""
    labels = _column(score, "score")
    _same_length(y=y, score=labels)
    if labels.dtype.kind == "f" and (labels != np.round(labels)).any():
        raise ValueError(
            "accuracy needs predicted labels, but score holds fractions: give a threshold, "
            "threshold=0.5, or the most probable class, p.argmax(axis=1)."
        )
    right = (labels == y).astype(float)
    if not right.any() and not np.isin(labels, y).any():
        raise ValueError(f"y holds {y[0]!r} and so on, but no prediction does: {labels[0]!r}, ...")
    return float(right.mean()), _shares_of(right, np.ones_like(right))


def _plan_alarm(
    metric: str, y: np.ndarray, score: Any, threshold: Any, prevalence: float | None
) -> tuple[float, _Weighted]:
    if metric == "net_benefit":
        if threshold is None:
            raise ValueError("net_benefit needs a threshold: the risk from which one would act.")
        odds = float(_odds(np.asarray(threshold, dtype=float)))
        score = _probabilities(score, "score")
    if threshold is not None:
        if not math.isfinite(float(threshold)):
            raise ValueError(f"threshold must be a finite number; it is {threshold}.")
        alarm = (_numbers(score, "score") >= float(threshold)).astype(float)
    else:
        alarm = _zero_one(
            score, "score", f"{metric} needs alarms, or scores and a threshold, threshold=0.1"
        )
    _same_length(y=y, score=alarm)
    well, quiet = 1 - y, 1 - alarm
    if metric == "net_benefit":
        parts = (y * alarm - well * alarm * odds, np.ones_like(y))
    else:
        parts = {
            "accuracy": (y * alarm + well * quiet, np.ones_like(y)),
            "sensitivity": (y * alarm, y),
            "specificity": (well * quiet, well),
            "ppv": (y * alarm, alarm),
            "npv": (well * quiet, quiet),
        }[metric]
    if prevalence is None:
        value = parts[0].sum() / len(y) if metric not in _EMPTY else None
        if value is None:
            value = _defined(parts[0].sum(), parts[1].sum(), metric)
        return float(value), _shares_of(*parts)
    sens, spec = _shares_of(y * alarm, y), _shares_of(well * quiet, well)
    which = ("ppv", "npv").index(metric)

    def at_prevalence(weights: np.ndarray) -> np.ndarray:
        s, t = sens(weights), spec(weights)
        bad = np.isnan(s + t)
        values = predictive_values(np.where(bad, 0, s), np.where(bad, 0, t), prevalence)[which]
        return np.where(bad, np.nan, values)

    _both_classes(metric, y)
    value = float(at_prevalence(np.ones((1, len(y))))[0])
    if math.isnan(value):
        raise UndefinedMetric(f"{metric} is undefined here: {_EMPTY[metric]}.")
    return value, at_prevalence


def _both_classes(metric: str, y: np.ndarray) -> None:
    if y.min() == y.max():
        raise UndefinedMetric(
            f"{metric} needs patients with and without the outcome, but all {len(y)} have "
            f"y = {y[0]:.0f}."
        )


def _plan_ranks(metric: str, y: np.ndarray, score: np.ndarray) -> tuple[float, _Weighted]:
    """AUC and average precision: rows in order of score, those with equal scores as one step."""
    from sklearn.metrics import average_precision_score, roc_auc_score

    _both_classes(metric, y)
    order = np.argsort(score if metric == "auc" else -score, kind="stable")
    y_sorted = y[order]
    starts = np.flatnonzero(np.diff(score[order], prepend=np.nan) != 0)

    def steps(weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        weights = weights[:, order]
        ill = weights * y_sorted
        well = weights - ill
        if len(starts) < len(y):
            ill, well = (np.add.reduceat(part, starts, axis=1) for part in (ill, well))
        return ill, well

    def auc(weights: np.ndarray) -> np.ndarray:
        ill, well = steps(weights)
        below = np.cumsum(well, axis=1)
        pairs = ill.sum(axis=1) * below[:, -1]
        below -= well / 2  # a tie counts half
        return _ratio(np.einsum("ij,ij->i", ill, below), pairs)

    def average_precision(weights: np.ndarray) -> np.ndarray:
        ill, well = steps(weights)
        found = np.cumsum(ill, axis=1)
        alarms = found + np.cumsum(well, axis=1)
        precision = found / np.maximum(alarms, 1)  # before the first alarm, nobody is found either
        return _ratio(np.einsum("ij,ij->i", ill, precision), found[:, -1])

    if metric == "auc":
        return float(roc_auc_score(y, score)), auc
    return float(average_precision_score(y, score)), average_precision


def _plan_calibration(metric: str, y: np.ndarray, p: np.ndarray) -> tuple[float, _Weighted]:
    _both_classes(metric, y)
    certain = (p == 0) | (p == 1)
    if certain.any():
        raise UndefinedMetric(
            f"{metric} is undefined where a risk is exactly 0 or 1 ({certain.sum()} row(s)): no "
            "patient is certain. Where you know why, say so and clip: np.clip(p, 1e-6, 1 - 1e-6)."
        )
    x = np.log(p) - np.log1p(-p)
    if metric == "calibration_intercept":
        fit = _fit_intercept(x, y)
    else:
        if _one_sided(x, y, np.ones((1, len(y))))[0]:
            why = "all risks are the same" if np.ptp(x) == 0 else "the risks separate the classes"
            raise UndefinedMetric(f"calibration_slope is undefined here: {why}.")
        fit = _fit_slope(x, y)
    value = float(fit(np.ones((1, len(y))))[0])
    if math.isnan(value):
        raise UndefinedMetric(f"{metric}: the fit does not settle; the risks are too extreme.")
    return value, fit


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return 0.5 + 0.5 * np.tanh(0.5 * x)  # no overflow at either end


def _fit_intercept(x: np.ndarray, y: np.ndarray) -> _Weighted:
    """Newton's method for a in logit P(y) = a + x, inside a bracket that surely holds it."""

    def fit(weights: np.ndarray) -> np.ndarray:
        total, ill = weights.sum(axis=1), weights @ y
        lost = (ill == 0) | (ill == total)
        centre = np.log(np.where(lost, 1.0, ill) / np.where(lost, 1.0, total - ill))
        low, high = centre - x.max(), centre - x.min()
        a = np.clip(centre - weights @ x / total, low, high)
        for _ in range(100):
            risk = _sigmoid(a[:, None] + x)
            excess = ill - np.einsum("ij,ij->i", weights, risk)
            curve = np.einsum("ij,ij->i", weights, risk * (1 - risk))
            low, high = np.where(excess > 0, a, low), np.where(excess > 0, high, a)
            nearer = a + _ratio(excess, curve)
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


def _fit_slope(x: np.ndarray, y: np.ndarray) -> _Weighted:
    """Newton's method for b in logit P(y) = a + b · x, and a surer one where it does not settle."""
    scale = x.std()
    z = (x - x.mean()) / scale

    @np.errstate(all="ignore")  # where it runs away, it does so to infinity and NaN
    def newton(weights: np.ndarray) -> np.ndarray:
        total, ill, ill_z = weights.sum(axis=1), weights @ y, weights @ (y * z)
        a, b = np.log(ill / (total - ill)), np.zeros(len(weights))
        for _ in range(25):
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


def _plan_callable(metric: Callable, y: np.ndarray, score: Any) -> tuple[float, _Weighted]:
    score = np.asarray(score)
    if score.ndim == 0 or len(score) != len(y):
        raise ValueError(f"y has {len(y)} rows, but score has shape {score.shape}.")
    value = float(metric(y, score))
    if math.isnan(value):
        raise UndefinedMetric(f"{_name(metric)} gave NaN for these data.")
    rows = np.arange(len(y))

    def one(weights: np.ndarray) -> float:
        drawn = np.repeat(rows, weights.astype(int))
        try:
            return float(metric(y[drawn], score[drawn]))
        except (ValueError, ZeroDivisionError):
            if len(np.unique(y[drawn])) > 1:  # not for want of a class: the reader must see it
                raise
            return math.nan

    return value, lambda weights: np.array([one(row) for row in weights])


# --- resampling ------------------------------------------------------------------------------


def _level(level: float) -> float:
    if not 0 < level < 1:
        raise ValueError(f"level is a share between 0 and 1, 0.95 for 95 %; it is {level}.")
    return float(level)


def _patients(groups: Any, rows: int) -> np.ndarray:
    """The number of each row's patient: 0, 1, 2, ... in order of appearance."""
    if groups is None:
        return np.arange(rows)
    names = _column(groups, "groups").tolist()
    if len(names) != rows:
        raise ValueError(f"y has {rows} rows, but groups has {len(names)}.")
    if any(map(is_missing, names)):
        raise ValueError("groups has a missing value: each row must belong to a patient.")
    return patient_numbers(names)


def _draws(
    y: np.ndarray, groups: Any, stratified: bool, n_resamples: int, level: float, seed: int
) -> Iterator[np.ndarray]:
    """Weights (resamples, n), some resamples at a time: how often each row was drawn."""
    n_resamples = int(n_resamples)
    if n_resamples * (1 - _level(level)) / 2 < 1:
        raise ValueError(
            f"{n_resamples} resamples are too few for an interval of level {level}: none would "
            "lie beyond its ends. 2,000 is usual."
        )
    patient = _patients(groups, len(y))
    size = patient.max() + 1
    if size < 2:
        raise ValueError("The bootstrap needs at least two patients to draw from.")
    ill = np.bincount(patient, weights=y == 1) > 0 if stratified else np.zeros(size, dtype=bool)
    strata = [members for members in (np.flatnonzero(ill), np.flatnonzero(~ill)) if len(members)]
    rng = np.random.default_rng(seed)

    def chunks() -> Iterator[np.ndarray]:
        chunk = max(1, _CELLS // len(y))
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


def _spread(metrics: Sequence[_Weighted], draws: Iterator[np.ndarray]) -> np.ndarray:
    """Values of each metric, shape (metrics, resamples), all on the same resamples."""
    parts = [[metric(weights) for metric in metrics] for weights in draws]
    return np.concatenate(parts, axis=1)


def _estimate(value: float, values: np.ndarray, level: float, name: str) -> Estimate:
    values, wanted = values[~np.isnan(values)], len(values)
    lost = wanted - len(values)
    if lost > _MAY_FAIL * wanted:
        raise UndefinedMetric(
            f"{name} is undefined in {lost} of {wanted} resamples: there are too few patients with "
            "or without the outcome, or with or without an alarm, for a bootstrap interval. "
            "exact_interval may serve for a share."
        )
    if lost:
        warnings.warn(
            f"{name} was undefined in {lost} of {wanted} resamples, which were left out; the "
            "interval may be a little too narrow.",
            stacklevel=3,
        )
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return Estimate(float(value), float(low), float(high))


def _prepare(
    y: Any, metric: Any, threshold: Any, stratified: bool | None
) -> tuple[np.ndarray, bool]:
    stratified = bool(stratified)
    if stratified and metric not in _STRATIFIED:
        raise ValueError(
            f"stratified=True is for {', '.join(_STRATIFIED)} only, not for "
            f"{metric if isinstance(metric, str) else 'a function'}: it depends on how many have "
            "the outcome, and a stratified bootstrap would hold that number fixed."
        )
    if callable(metric) or (metric == "accuracy" and threshold is None):
        return _column(y, "y"), stratified  # any labels
    return _labels(y), stratified


def bootstrap(
    y: ArrayLike,
    score: ArrayLike,
    metric: str | Callable[[np.ndarray, np.ndarray], float] = "auc",
    *,
    threshold: float | None = None,
    prevalence: float | None = None,
    groups: ArrayLike | None = None,
    stratified: bool | None = None,
    n_resamples: int = 2000,
    level: float = 0.95,
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
    level : float
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
    y, stratified = _prepare(y, metric, threshold, stratified)
    value, weighted = _plan(metric, y, score, threshold, prevalence)
    draws = _draws(y, groups, stratified, n_resamples, level, seed)
    return _estimate(value, _spread([weighted], draws)[0], level, _name(metric))


def compare(
    y: ArrayLike,
    first: ArrayLike,
    second: ArrayLike,
    metric: str | Callable[[np.ndarray, np.ndarray], float] = "auc",
    *,
    threshold: float | None = None,
    prevalence: float | None = None,
    groups: ArrayLike | None = None,
    stratified: bool | None = None,
    n_resamples: int = 2000,
    level: float = 0.95,
    seed: int = 0,
) -> Estimate:
    """The difference first − second of a metric, paired: both models on the same patients.

    Each resample draws patients once and scores both models on them. Two separate intervals that
    overlap say little; this one says directly whether the difference could be 0.

    Parameters
    ----------
    first, second : array-likes of shape (n,)
        What the two models say of the same rows.
    y, metric, threshold, prevalence, groups, stratified, n_resamples, level, seed
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
    y, stratified = _prepare(y, metric, threshold, stratified)
    plans = [_plan(metric, y, score, threshold, prevalence) for score in (first, second)]
    draws = _draws(y, groups, stratified, n_resamples, level, seed)
    one, two = _spread([weighted for _, weighted in plans], draws)
    return _estimate(plans[0][0] - plans[1][0], one - two, level, _name(metric))


def _name(metric: Any) -> str:
    return metric if isinstance(metric, str) else getattr(metric, "__name__", "the metric")


def results_table(
    y: ArrayLike,
    models: Mapping[str, ArrayLike],
    *,
    threshold: float | None = None,
    columns: Sequence[str] | None = None,
    prevalence: float | None = None,
    groups: ArrayLike | None = None,
    n_resamples: int = 2000,
    level: float = 0.95,
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
    groups, n_resamples, level, seed
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

    y = _labels(y)
    if not isinstance(models, Mapping) or not models:
        raise ValueError('models must be a dictionary of names and probabilities, {"model": p}.')
    if columns is None:
        columns = [name for name in _TITLES if name not in ("accuracy", "average_precision")]
    unknown = [name for name in columns if name not in _TITLES]
    if unknown:
        raise ValueError(f"columns {unknown} are unknown; there are {', '.join(_TITLES)}.")
    if threshold is None and any(name in _OF_ALARMS for name in columns):
        raise ValueError(
            "results_table needs a threshold, the risk from which one would act, for sensitivity, "
            'predictive values and net benefit; or choose others: columns=["auc", "brier"].'
        )
    plans, notes = {}, {}
    for model, p in models.items():
        p = _probabilities(p, f"the column of {model!r}")
        a_rule = np.isin(p, (0, 1)).all()
        for name in columns:
            share = prevalence if name in ("ppv", "npv") else None
            try:
                if a_rule and name in _OF_RISKS:
                    raise UndefinedMetric("A yes-or-no rule predicts no risks.")
                plans[model, name] = _plan(name, y, p, threshold, share)
            except UndefinedMetric as error:
                notes[model, _TITLES[name]] = str(error)
    draws = _draws(y, groups, False, n_resamples, level, seed)
    spread = _spread([weighted for _, weighted in plans.values()], draws) if plans else []
    texts: dict[tuple[str, str], str] = {}
    for ((model, name), (value, _)), values in zip(plans.items(), spread, strict=True):
        places = digits + (name in ("brier", "net_benefit"))
        try:
            texts[model, name] = format(_estimate(value, values, level, name), f".{places}f")
        except UndefinedMetric as error:
            notes[model, _TITLES[name]] = str(error)
    table = pd.DataFrame(
        [[texts.get((model, name), "–") for name in columns] for model in models],
        index=list(models),
        columns=[_TITLES[name] for name in columns],
    )
    patients = _patients(groups, len(y)).max() + 1
    rows = "" if groups is None else f" ({len(y):,} rows)"
    table.attrs["caption"] = (
        f"{patients:,} patients{rows}, {int(y.sum()):,} with the outcome; "
        + (f"threshold {threshold:g}; " if threshold is not None else "")
        + (
            f"predictive values for a prevalence of {prevalence:.1%}; "
            if prevalence is not None
            else ""
        )
        + f"{100 * level:g} % confidence intervals from {n_resamples:,} resamples of patients."
    )
    table.attrs["notes"] = notes
    return table
