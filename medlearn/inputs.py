"""What comes in: the one place that looks at arrays before anything is computed from them.

`metrics`, `splits`, `plots` and the explorers all ask here. A check takes what a person gave and
the name under which it was given, returns it as an array, and says in a `ValueError` what was
wrong, what was expected and what to do. Rows belong together by their position: the index of a
pandas Series plays no part.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from medlearn.language import _, ngettext

__all__ = [
    "alarms",
    "column",
    "complete",
    "confidence_level",
    "images",
    "is_missing",
    "labels",
    "numbers",
    "one_of",
    "patient_numbers",
    "patients",
    "probabilities",
    "same_length",
    "shares",
    "table",
    "whole_number",
    "zero_one",
]


# --- columns: one value a row ----------------------------------------------------------------


def is_missing(value: Any) -> bool:
    """None, NaN, pandas' NA; also the word "nan", which NumPy makes of a NaN among words.

    Examples
    --------
    >>> [is_missing(value) for value in (None, float("nan"), "nan", 0, "")]
    [True, True, True, False, False]
    """
    return value is None or str(value) in ("nan", "<NA>", "NaT")


def column(values: Any, name: str) -> np.ndarray:
    """Values as an array with one entry a row; a table of one column becomes that column.

    Parameters
    ----------
    values : array-like of shape (n,) or (n, 1), n at least 1
    name : str
        What the error calls them.

    Returns
    -------
    array of shape (n,)

    Raises
    ------
    ValueError
        When they have another shape, or there is no row.

    Examples
    --------
    >>> column([[0.2], [0.7]], "p")
    array([0.2, 0.7])
    >>> column([[0.8, 0.2], [0.3, 0.7]], "p")
    Traceback (most recent call last):
        ...
    ValueError: p must have shape (n,), one value a row, not (2, 2); take the column of the
    outcome, for example p[:, 1].
    """
    array = np.asarray(values)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]  # Keras gives (n, 1); beside (n,) that would silently make (n, n)
    if array.ndim == 2:
        raise ValueError(
            _(
                "{name} must have shape (n,), one value a row, not {shape}; take the column of the "
                "outcome, for example p[:, 1]."
            ).format(name=name, shape=array.shape)
        )
    if array.ndim != 1:
        raise ValueError(
            _("{name} must have shape (n,), one value a row, not {shape}.").format(
                name=name, shape=array.shape
            )
        )
    if len(array) == 0:
        raise ValueError(_("{name} is empty: there is no row to look at.").format(name=name))
    return array


def complete(values: Any, name: str) -> np.ndarray:
    """A `column` of any kind, words too, of which no value is missing.

    Parameters, returns and errors as in `column`; a missing value is one more error.

    Examples
    --------
    >>> complete(["Ann", "Bob", None], "groups")
    Traceback (most recent call last):
        ...
    ValueError: groups is missing in 1 row, row 2: leave it out, and say so.
    """
    array = column(values, name)
    missing = [row for row, value in enumerate(array.tolist()) if is_missing(value)]
    if missing:
        raise ValueError(
            ngettext(
                "{name} is missing in {n} row, row {row}: leave it out, and say so.",
                "{name} is missing in {n} rows, the first is row {row}: leave those rows out, and "
                "say how many there were.",
                len(missing),
            ).format(name=name, n=len(missing), row=missing[0])
        )
    return array


def numbers(values: Any, name: str) -> np.ndarray:
    """A `column` of finite floating-point numbers.

    Parameters
    ----------
    values : array-like of shape (n,) or (n, 1)
        Whole numbers, True and False become floats; float32 stays float32.
    name : str
        What the error calls them.

    Returns
    -------
    array of float of shape (n,)

    Raises
    ------
    ValueError
        When they have another shape, or one is missing, infinite or no number.

    Examples
    --------
    >>> numbers([1, 2], "age")
    array([1., 2.])
    >>> numbers([1, None], "age")
    Traceback (most recent call last):
        ...
    ValueError: age has 1 missing or infinite value, in row 1: leave that row out, and say so.
    """
    array = column(values, name)
    if array.dtype.kind == "O":
        found = []
        for row, value in enumerate(array):
            if not is_missing(value) and not isinstance(value, (bool, int, float, np.generic)):
                raise ValueError(
                    _("{name} must hold numbers, but row {row} holds {value!r}.").format(
                        name=name, row=row, value=value
                    )
                )
            found.append(math.nan if is_missing(value) else float(value))
        array = np.array(found)
    return _finite(array, name)


def _finite(array: np.ndarray, name: str) -> np.ndarray:
    if array.dtype.kind not in "biuf":
        raise ValueError(
            _("{name} must hold numbers, but it holds {first} and so on.").format(
                name=name, first=array[:1]
            )
        )
    if array.dtype.kind != "f":  # float32 stays: `p >= 0.7` must mean what it means to NumPy
        array = array.astype(float)
    lost = ~np.isfinite(array)
    if lost.any():
        rows = lost.reshape(len(array), -1).any(axis=1)
        raise ValueError(
            ngettext(
                "{name} has {n} missing or infinite value, in row {row}: leave that row out, and "
                "say so.",
                "{name} has {n} missing or infinite values, the first in row {row}: leave those "
                "rows out, and say how many there were.",
                lost.sum(),
            ).format(name=name, n=lost.sum(), row=rows.argmax())
        )
    return array


def zero_one(values: Any, name: str, *, words: str, other: str) -> np.ndarray:
    """A `column` of 0 and 1, with the sentences to say where it holds something else.

    Parameters
    ----------
    values : array-like of shape (n,) or (n, 1)
        0 and 1, or False and True.
    name : str
        What the error calls them.
    words, other : str
        The error for words, with `{name}` and `{value}`, and that for other numbers, with
        `{name}`, `{row}` and `{value}`.

    Returns
    -------
    array of float64 of shape (n,)

    Raises
    ------
    ValueError
        As `numbers`, or when they hold words or other numbers.

    Examples
    --------
    >>> zero_one([0, 3], "ill", words="", other="{name}: row {row} holds {value:g}.")
    Traceback (most recent call last):
        ...
    ValueError: ill: row 1 holds 3.
    """
    array = np.asarray(values)
    if array.size and isinstance(array.flat[0], str):
        raise ValueError(words.format(name=name, value=array.flat[0]))
    array = numbers(array, name)
    wrong = (array != 0) & (array != 1)
    if wrong.any():
        row = wrong.argmax()
        raise ValueError(other.format(name=name, row=row, value=array[row]))
    return array.astype(float)


def labels(y: Any, name: str = "y", *, both: bool = False) -> np.ndarray:
    """The outcome: 1 for those who have it, 0 for those who do not.

    Parameters
    ----------
    y : array-like of shape (n,) or (n, 1)
        0 and 1, or False and True.
    name : str
        What the error calls it.
    both : bool
        Somebody must have the outcome, and somebody not.

    Returns
    -------
    array of float64 of shape (n,)

    Raises
    ------
    ValueError
        As `zero_one`, or when `both` is asked for and one of them is not there.

    Examples
    --------
    >>> labels([True, False])
    array([1., 0.])
    >>> labels(["malignant", "benign"])
    Traceback (most recent call last):
        ...
    ValueError: y must hold 0 and 1, but it holds words (malignant, ...): make it so, for example
    y = (labels == "malignant").
    """
    array = zero_one(
        y,
        name,
        words=_(
            "{name} must hold 0 and 1, but it holds words ({value}, ...): make it so, for example "
            '{name} = (labels == "malignant").'
        ),
        other=_(
            "{name} must hold 0 and 1, but row {row} holds {value:g}: make it so, for example "
            '{name} = (labels == "malignant").'
        ),
    )
    if both and array.min() == array.max():
        raise ValueError(
            _("{name} must hold 0 and 1, both of them, but all {n} rows hold {value:g}.").format(
                name=name, n=len(array), value=array[0]
            )
        )
    return array


def alarms(alarm: Any, name: str = "alarm") -> np.ndarray:
    """A decision, yes (1) or no (0), for each row.

    Parameters, returns and errors as in `labels`.

    Examples
    --------
    >>> alarms([0.2, 0.7])
    Traceback (most recent call last):
        ...
    ValueError: alarm must hold 0 and 1, but row 0 holds 0.2: compare with a threshold first,
    alarm = p >= 0.1.
    """
    return zero_one(
        alarm,
        name,
        words=_(
            "{name} must hold 0 and 1, but it holds words ({value}, ...): compare with a threshold "
            "first, {name} = p >= 0.1."
        ),
        other=_(
            "{name} must hold 0 and 1, but row {row} holds {value:g}: compare with a threshold "
            "first, {name} = p >= 0.1."
        ),
    )


def probabilities(p: Any, name: str = "p") -> np.ndarray:
    """Predicted probabilities: `numbers` from 0 to 1.

    Examples
    --------
    >>> probabilities([-1.2, 0.3])
    Traceback (most recent call last):
        ...
    ValueError: p must hold probabilities from 0 to 1, but row 0 holds -1.2: logits must go
    through a sigmoid first.
    """
    array = numbers(p, name)
    outside = (array < 0) | (array > 1)
    if outside.any():
        row = outside.argmax()
        raise ValueError(
            _(
                "{name} must hold probabilities from 0 to 1, but row {row} holds {value:g}: logits "
                "must go through a sigmoid first."
            ).format(name=name, row=row, value=array[row])
        )
    return array


def same_length(**columns: np.ndarray) -> None:
    """Refuse columns (or tables) of different numbers of rows, which cannot be of the same people.

    Examples
    --------
    >>> same_length(y=np.zeros(3), p=np.zeros(2))
    Traceback (most recent call last):
        ...
    ValueError: All columns must have the same number of rows; they have: y 3, p 2.
    """
    lengths = {name: len(column) for name, column in columns.items()}
    if len(set(lengths.values())) > 1:
        found = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise ValueError(
            _("All columns must have the same number of rows; they have: {found}.").format(
                found=found
            )
        )


# --- patients --------------------------------------------------------------------------------


def patient_numbers(names: Sequence[Any]) -> np.ndarray:
    """The number of each row's patient: 0, 1, 2, ... in order of appearance.

    Parameters
    ----------
    names : sequence of n hashable values
        Which patient each row belongs to.

    Returns
    -------
    int array of shape (n,)

    Examples
    --------
    >>> patient_numbers(["Bob", "Ann", "Bob"])
    array([0, 1, 0])
    """
    found: dict[Any, int] = {}
    return np.array([found.setdefault(name, len(found)) for name in names])


def patients(groups: Any, rows: int) -> np.ndarray:
    """The number of each row's patient; without `groups`, each row is one patient.

    Parameters
    ----------
    groups : array-like of shape (rows,), or None
        Which patient each row belongs to.
    rows : int
        How many rows y has.

    Returns
    -------
    int array of shape (rows,)
        0, 1, 2, ... in order of appearance.

    Raises
    ------
    ValueError
        When the lengths differ, or a row belongs to nobody.

    Examples
    --------
    >>> patients(None, 3), patients(["Bob", "Ann", "Bob"], 3)
    (array([0, 1, 2]), array([0, 1, 0]))
    """
    if groups is None:
        return np.arange(rows)
    names = complete(groups, "groups").tolist()
    if len(names) != rows:
        raise ValueError(
            _("y has {rows} rows, but groups has {n}.").format(rows=rows, n=len(names))
        )
    return patient_numbers(names)


# --- tables and pictures ---------------------------------------------------------------------


def table(values: Any, name: str = "X", *, columns: int | None = None) -> np.ndarray:
    """A table of finite numbers: a row for each person, a column for each feature.

    Parameters
    ----------
    values : array-like of shape (n, columns), n at least 1
    name : str
        What the error calls it.
    columns : int, optional
        How many columns it must have.

    Returns
    -------
    array of float of shape (n, columns)

    Raises
    ------
    ValueError
        When it has another shape, or holds a value that is missing, infinite or no number.

    Examples
    --------
    >>> table([[1, 2], [3, 4]], columns=2).shape
    (2, 2)
    >>> table([[1, 2, 3]], columns=2)
    Traceback (most recent call last):
        ...
    ValueError: X must have shape (n, 2), one row a person, not (1, 3).
    """
    array = np.asarray(values)
    if array.ndim != 2 or array.shape[1] != (array.shape[1] if columns is None else columns):
        raise ValueError(
            _("{name} must have shape (n, {columns}), one row a person, not {shape}.").format(
                name=name, columns="k" if columns is None else columns, shape=array.shape
            )
        )
    if not array.size:
        raise ValueError(_("{name} is empty: there is no row to look at.").format(name=name))
    return _finite(array.astype(float) if array.dtype.kind == "O" else array, name)


def images(values: Any, name: str = "images") -> np.ndarray:
    """Grey pictures of one size, at least one, with finite values.

    Parameters
    ----------
    values : array-like of shape (n, height, width)
    name : str
        What the error calls them.

    Returns
    -------
    array of float of shape (n, height, width)

    Raises
    ------
    ValueError
        When they have another shape, or hold a value that is missing, infinite or no number.

    Examples
    --------
    >>> images([[0, 1], [2, 3]])
    Traceback (most recent call last):
        ...
    ValueError: images must have shape (n, height, width), n at least 1, not (2, 2).
    """
    array = np.asarray(values)
    if array.ndim != 3 or not array.size:
        raise ValueError(
            _("{name} must have shape (n, height, width), n at least 1, not {shape}.").format(
                name=name, shape=array.shape
            )
        )
    return _finite(array, name)


# --- single values ---------------------------------------------------------------------------


def shares(values: Any, name: str) -> np.ndarray:
    """One share or several, each from 0 to 1.

    Parameters
    ----------
    values : float or array-like of any shape
    name : str
        What the error calls them.

    Returns
    -------
    array of float of the same shape

    Raises
    ------
    ValueError
        When one lies outside 0 to 1, or is missing.

    Examples
    --------
    >>> shares(90, "sensitivity")
    Traceback (most recent call last):
        ...
    ValueError: sensitivity must lie between 0 and 1 (a share, not percent); it is 90.
    """
    array = np.asarray(values, dtype=float)
    if not np.all((array >= 0) & (array <= 1)):  # NaN too fails this
        raise ValueError(
            _("{name} must lie between 0 and 1 (a share, not percent); it is {values}.").format(
                name=name, values=values
            )
        )
    return array


def confidence_level(level: Any) -> float:
    """The share of intervals that would hold the truth, above 0 and below 1.

    Examples
    --------
    >>> confidence_level(95)
    Traceback (most recent call last):
        ...
    ValueError: confidence_level is a share between 0 and 1, 0.95 for 95 %; it is 95.
    """
    if not 0 < level < 1:
        raise ValueError(
            _("confidence_level is a share between 0 and 1, 0.95 for 95 %; it is {level}.").format(
                level=level
            )
        )
    return float(level)


def whole_number(value: Any, name: str, *, least: int, most: int | None = None) -> int:
    """A whole number, at least `least` and, if given, at most `most`; True is none.

    Examples
    --------
    >>> whole_number(2.5, "n_splits", least=2)
    Traceback (most recent call last):
        ...
    ValueError: n_splits must be a whole number, at least 2; it is 2.5.
    """
    whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if whole and least <= value and (most is None or value <= most):
        return int(value)
    if most is None:
        text = _("{name} must be a whole number, at least {least}; it is {value!r}.")
    else:
        text = _("{name} must be a whole number from {least} to {most}; it is {value!r}.")
    raise ValueError(text.format(name=name, least=least, most=most, value=value))


def one_of(value: Any, name: str, known: Collection[Any]) -> Any:
    """A value that must be one of those that are there.

    Examples
    --------
    >>> one_of("AUC", "metric", ["auc", "brier"])
    Traceback (most recent call last):
        ...
    ValueError: metric must be one of auc, brier; it is 'AUC'.
    """
    if value not in known:
        raise ValueError(
            _("{name} must be one of {known}; it is {value!r}.").format(
                name=name, known=", ".join(map(str, known)), value=value
            )
        )
    return value
