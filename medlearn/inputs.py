"""What comes in: the one place that looks at arrays before anything is computed from them.

`metrics`, `splits`, `plots` and the explorers all ask here. A check takes what a person gave and
the name under which it was given, returns it as an array, and says in a `ValueError` what was
wrong, what was expected and what to do. Rows belong together by their position: the index of a
pandas Series plays no part.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Collection, Hashable, Mapping, Sequence
from decimal import Decimal
from numbers import Number, Real
from typing import Any

import numpy as np

from medlearn.language import N_, _, ngettext

__all__ = [
    "alarms",
    "array",
    "column",
    "complete",
    "confidence_level",
    "floats",
    "images",
    "is_missing",
    "labels",
    "mapping",
    "nearly",
    "number",
    "numbers",
    "one_of",
    "patient_numbers",
    "patients",
    "probabilities",
    "same_length",
    "same_shape",
    "shares",
    "table",
    "whole_number",
    "zero_one",
]


_ROUNDINGS = 8
"""How many roundings may pile up in a number before it is taken for a wrong one."""


def array(values: Any, name: str) -> np.ndarray:
    """What came as NumPy sees it, with None or NaN for each value that is masked.

    Parameters
    ----------
    values : array-like, masked or not
    name : str
        What the error calls them.

    Returns
    -------
    array
        A masked array of floats keeps its type and holds NaN; another holds objects and None.

    Raises
    ------
    ValueError
        When rows have different lengths.

    Examples
    --------
    >>> array(np.ma.array([1.5, 2.5], mask=[False, True]), "age")
    array([1.5, nan])
    >>> array([[1, 2], [3]], "X")
    Traceback (most recent call last):
        ...
    ValueError: X cannot be read as one table of values: its rows have different lengths.
    """
    try:
        return np.asarray(_unmasked(values))
    except (ValueError, TypeError):
        raise ValueError(
            _(
                "{name} cannot be read as one table of values: its rows have different lengths."
            ).format(name=name)
        ) from None


def floats(values: Any, name: str) -> np.ndarray:
    """Numbers of any shape as floats, NaN for each that is missing.

    Parameters
    ----------
    values : array-like of any shape
        Whole numbers, True and False become floats; float32 stays float32.
    name : str
        What the error calls them.

    Raises
    ------
    ValueError
        When one is no number.

    Examples
    --------
    >>> floats([[1, None]], "X")
    array([[ 1., nan]])
    """
    found = array(values, name)
    if found.dtype.kind == "V" and np.can_cast(found.dtype, np.float32):
        found = found.astype(np.float32)  # bfloat16 and its like, which NumPy does not know
    if found.dtype.kind == "O":
        flat = []
        for place, value in enumerate(found.ravel().tolist()):
            lost = is_missing(value)
            if not lost and not isinstance(value, _NUMBERS):
                row = place // max(1, found.size // len(found)) if found.ndim else 0
                raise ValueError(
                    _("{name} must hold numbers, but row {row} holds {value!r}.").format(
                        name=name, row=row, value=value
                    )
                )
            flat.append(math.nan if lost else float(value))
        return np.array(flat).reshape(found.shape)
    if found.dtype.kind not in "biuf":
        raise ValueError(
            _("{name} must hold numbers, but it holds {first} and so on.").format(
                name=name, first=found.ravel()[:1]
            )
        )
    # float32 stays: `p >= 0.7` must mean what it means to NumPy
    return found if found.dtype.kind == "f" else found.astype(float)


_NUMBERS = (Real, Decimal, np.bool_)


def _not_empty(found: np.ndarray, name: str) -> None:
    if not found.size:
        raise ValueError(_("{name} is empty: there is no row to look at.").format(name=name))


def _unmasked(values: Any) -> Any:
    """The values without a mask: what it hides is missing. A list may hold masked rows."""
    if isinstance(values, np.ma.MaskedArray):
        mask = np.ma.getmaskarray(values)
        if not mask.any():
            return values.data
        if values.dtype.kind == "f":
            return values.filled(np.nan)
        bare = values.data.astype(object)
        bare[mask] = None
        return bare[()]  # a single masked value is no array
    if isinstance(values, list | tuple) and any(isinstance(v, _MAY_HIDE) for v in values):
        return [_unmasked(value) for value in values]
    return values


_MAY_HIDE = (np.ma.MaskedArray, list, tuple)


# --- columns: one value a row ----------------------------------------------------------------


def is_missing(value: Any) -> bool:
    """None, NaN, pandas' NA; also the word "nan", which NumPy makes of a NaN among words.

    Examples
    --------
    >>> [is_missing(value) for value in (None, float("nan"), "nan", 0, "")]
    [True, True, True, False, False]
    """
    if isinstance(value, tuple):  # several columns that together say who it is
        return any(map(is_missing, value))
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
    ValueError: p must have shape (n,), one value a row, not (2, 2); take the column that
    is meant, for example p[:, 1].
    """
    found = array(values, name)
    if found.ndim:
        _not_empty(found, name)
    if found.ndim == 2 and found.shape[1] == 1:
        found = found[:, 0]  # Keras gives (n, 1); beside (n,) that would silently make (n, n)
    if found.ndim == 2:
        raise ValueError(
            _(
                "{name} must have shape (n,), one value a row, not {shape}; take the column that "
                "is meant, for example {name}[:, 1]."
            ).format(name=name, shape=found.shape)
        )
    if found.ndim != 1:
        raise ValueError(
            _("{name} must have shape (n,), one value a row, not {shape}.").format(
                name=name, shape=found.shape
            )
        )
    return found


def complete(values: Any, name: str) -> np.ndarray:
    """A `column` of any kind, words too, of which no value is missing and all are of one kind.

    NumPy makes words of numbers that stand among words, so that patient 7 and patient "7" become
    one, and pandas keeps them as two. Neither is right where somebody's data mix them. A word that
    is spelled with other signs, but reads the same, is the same.

    Parameters, returns and errors as in `column`; a missing value is one more error, and so are
    values of several kinds, such as numbers and words. Whole numbers and fractions are one kind.

    Examples
    --------
    >>> complete(["Ann", "Bob", None], "groups")
    Traceback (most recent call last):
        ...
    ValueError: groups is missing in 1 row, row 2: leave it out, and say so.
    >>> complete([7, "7"], "groups")
    Traceback (most recent call last):
        ...
    ValueError: groups mixes numbers and words: row 0 holds 7, and row 1 holds '7'. Make them one
    kind, for example groups.astype(str), or dtype=str where the file is read.
    """
    found = column(values, name)
    given = found.tolist()
    if isinstance(values, list | tuple):  # NumPy makes one kind of all that stands in a list
        given = [_single(value) for value in _unmasked(values)]
    elif found.dtype.kind in "mM":  # some of these come as plain numbers
        lost = np.isnat(found)
        given = [None if gone else value for value, gone in zip(given, lost, strict=True)]
    missing = [row for row, value in enumerate(given) if is_missing(value)]
    if missing:
        raise ValueError(
            ngettext(
                "{name} is missing in {n} row, row {row}: leave it out, and say so.",
                "{name} is missing in {n} rows, the first is row {row}: leave those rows out, and "
                "say how many there were.",
                len(missing),
            ).format(name=name, n=len(missing), row=missing[0])
        )
    spelled = [_one_spelling(value) for value in given]
    if len(set(map(type, given))) > 1 or found.dtype.kind == "O" or spelled != given:
        _of_one_kind(given, name)
        found = np.empty(len(given), dtype=object)
        found[:] = spelled  # otherwise as they were given: a large whole number is no float
    return found


def _one_spelling(value: Any) -> Any:
    """An "ö" is one sign or two, an "o" and its dots, as the system likes it."""
    if isinstance(value, str) and not value.isascii():
        return unicodedata.normalize("NFC", value)
    return tuple(map(_one_spelling, value)) if isinstance(value, tuple) else value


def _single(row: Any) -> Any:
    """The value in a row of one."""
    if isinstance(row, list | tuple | np.ndarray) and len(np.shape(row)) and len(row) == 1:
        row = row[0]
    return row.item() if isinstance(row, np.generic | np.ndarray) else row


_KINDS = {
    "bool": N_("truth values"),
    "number": N_("numbers"),
    "str": N_("words"),
    "bytes": N_("bytes"),
}


def _kind(value: Any) -> Hashable:
    """A short id: values of one kind are equal exactly where they mean the same."""
    if isinstance(value, tuple):
        return tuple(map(_kind, value))
    for types, kind in (
        ((bool, np.bool_), "bool"),
        (str, "str"),
        (bytes, "bytes"),
        (Number, "number"),
    ):
        if isinstance(value, types):
            return kind
    return type(value).__name__


def _of_one_kind(values: Sequence[Any], name: str) -> None:
    """Refuse values that cannot be compared with each other, or not at all."""
    first: dict[Hashable, int] = {}
    for row, value in enumerate(values):
        if not isinstance(value, Hashable):
            raise ValueError(
                _("{name} must hold numbers or words, but row {row} holds {value!r}.").format(
                    name=name, row=row, value=value
                )
            )
        first.setdefault(_kind(value), row)
    if len(first) > 1:
        (one, row), (other, there) = list(first.items())[:2]
        raise ValueError(
            _(
                "{name} mixes {one} and {other}: row {row} holds {value!r}, and row {there} holds "
                "{second!r}. Make them one kind, for example {name}.astype(str), or dtype=str "
                "where the file is read."
            ).format(
                name=name,
                one=_(_KINDS.get(one, str(one))),
                other=_(_KINDS.get(other, str(other))),
                row=row,
                value=values[row],
                there=there,
                second=values[there],
            )
        )


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
    return _finite(floats(column(values, name), name), name)


def _finite(found: np.ndarray, name: str) -> np.ndarray:
    lost = ~np.isfinite(found)
    if lost.any():
        rows = lost.reshape(len(found), -1).any(axis=1)
        raise ValueError(
            ngettext(
                "{name} has {n} missing or infinite value, in row {row}: leave that row out, and "
                "say so.",
                "{name} has {n} missing or infinite values, the first in row {row}: leave those "
                "rows out, and say how many there were.",
                lost.sum(),
            ).format(name=name, n=lost.sum(), row=rows.argmax())
        )
    return found


def nearly(found: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """What is wanted, where only rounding stands between; elsewhere what was found.

    A network's float32, kept as float64, still carries the roundings of a float32.

    Examples
    --------
    >>> p = np.array([-1e-9, 0.5, 1.01])
    >>> nearly(p, p.clip(0, 1))
    array([0.  , 0.5 , 1.01])
    """
    reach = _ROUNDINGS * max(np.finfo(np.float32).eps, np.finfo(found.dtype).eps)
    return np.where(np.abs(found - wanted) <= reach, wanted, found)


def _shown(value: Any) -> str:
    """A number for an error, in full where six digits would hide what is wrong with it."""
    short = f"{value:g}"
    return str(value) if float(short) in (0, 1) else short


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
        `{name}`, `{row}` and `{value}`, which is a text.

    Returns
    -------
    array of float64 of shape (n,)

    Raises
    ------
    ValueError
        As `numbers`, or when they hold words or other numbers.

    Examples
    --------
    >>> zero_one([0, 3], "ill", words="", other="{name}: row {row} holds {value}.")
    Traceback (most recent call last):
        ...
    ValueError: ill: row 1 holds 3.
    """
    found = array(values, name)
    if found.size and isinstance(found.flat[0], str):
        raise ValueError(words.format(name=name, value=found.flat[0]))
    found = numbers(found, name)
    found = nearly(found, np.clip(np.round(found), 0, 1))
    wrong = (found != 0) & (found != 1)
    if wrong.any():
        row = wrong.argmax()
        raise ValueError(other.format(name=name, row=row, value=_shown(found[row])))
    return found.astype(float)


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
    found = zero_one(
        y,
        name,
        words=_(
            "{name} must hold 0 and 1, but it holds words ({value}, ...): make it so, for example "
            '{name} = (labels == "malignant").'
        ),
        other=_(
            "{name} must hold 0 and 1, but row {row} holds {value}: make it so, for example "
            '{name} = (labels == "malignant").'
        ),
    )
    if both and found.min() == found.max():
        raise ValueError(
            _("{name} must hold 0 and 1, both of them, but all {n} rows hold {value:g}.").format(
                name=name, n=len(found), value=found[0]
            )
        )
    return found


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
            "{name} must hold 0 and 1, but row {row} holds {value}: compare with a threshold "
            "first, {name} = p >= 0.1."
        ),
    )


def probabilities(p: Any, name: str = "p") -> np.ndarray:
    """Predicted probabilities: `numbers` from 0 to 1.

    What rounding has carried past an end, as in 1.0000001, is that end.

    Examples
    --------
    >>> probabilities([-1.2, 0.3])
    Traceback (most recent call last):
        ...
    ValueError: p must hold probabilities from 0 to 1, but row 0 holds -1.2: logits must go
    through a sigmoid first.
    """
    found = numbers(p, name)
    found = nearly(found, np.clip(found, 0, 1))
    outside = (found < 0) | (found > 1)
    if outside.any():
        row = outside.argmax()
        raise ValueError(
            _(
                "{name} must hold probabilities from 0 to 1, but row {row} holds {value}: logits "
                "must go through a sigmoid first."
            ).format(name=name, row=row, value=_shown(found[row]))
        )
    return found


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


def same_shape(**values: np.ndarray) -> None:
    """Refuse shares that cannot be computed together: neither of one shape nor single numbers.

    Examples
    --------
    >>> same_shape(sensitivity=np.array(0.9), prevalence=np.array([0.1, 0.5]))
    >>> same_shape(sensitivity=np.zeros(3), prevalence=np.zeros(2))
    Traceback (most recent call last):
        ...
    ValueError: These shapes do not fit together: sensitivity (3,), prevalence (2,). Give single
    numbers, or as many of each.
    """
    try:
        np.broadcast_shapes(*(value.shape for value in values.values()))
    except ValueError:
        found = ", ".join(f"{name} {value.shape}" for name, value in values.items())
        raise ValueError(
            _(
                "These shapes do not fit together: {found}. Give single numbers, or as many of "
                "each."
            ).format(found=found)
        ) from None


# --- patients --------------------------------------------------------------------------------


def patient_numbers(names: Sequence[Any]) -> np.ndarray:
    """The number of each row's patient: 0, 1, 2, ... in order of appearance.

    Parameters
    ----------
    names : sequence of n hashable values
        Which patient each row belongs to, as `complete` gives them.

    Returns
    -------
    int array of shape (n,)

    Raises
    ------
    ValueError
        When two differ in spaces at an end only: nobody can see whether that is one patient.

    Examples
    --------
    >>> patient_numbers(["Bob", "Ann", "Bob"])
    array([0, 1, 0])
    >>> patient_numbers(["Bob", "Ann", "Bob "])
    Traceback (most recent call last):
        ...
    ValueError: 'Bob' and 'Bob ' differ in spaces only, and would be two patients. Take the spaces
    off, for example with groups.str.strip().
    """
    found: dict[Any, int] = {}
    numbers = np.array([found.setdefault(name, len(found)) for name in names])
    bare: dict[str, str] = {}
    for name in found:
        if isinstance(name, str) and (other := bare.setdefault(name.strip(), name)) != name:
            raise ValueError(
                _(
                    "{one!r} and {other!r} differ in spaces only, and would be two patients. Take "
                    "the spaces off, for example with groups.str.strip()."
                ).format(one=other, other=name)
            )
    return numbers


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
    found = array(values, name)
    if found.ndim:
        _not_empty(found, name)
    if found.ndim != 2 or found.shape[1] != (found.shape[1] if columns is None else columns):
        raise ValueError(
            _("{name} must have shape (n, {columns}), one row a person, not {shape}.").format(
                name=name, columns="k" if columns is None else columns, shape=found.shape
            )
        )
    return _finite(floats(found, name), name)


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
    found = array(values, name)
    if found.ndim != 3 or not found.size:
        raise ValueError(
            _("{name} must have shape (n, height, width), n at least 1, not {shape}.").format(
                name=name, shape=found.shape
            )
        )
    return _finite(floats(found, name), name)


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
    found = floats(values, name)
    _not_empty(found, name)
    found = nearly(found, np.clip(found, 0, 1))
    if not np.all((found >= 0) & (found <= 1)):  # NaN too fails this
        raise ValueError(
            _("{name} must lie between 0 and 1 (a share, not percent); it is {values}.").format(
                name=name, values=values
            )
        )
    return found.astype(float)


def number(value: Any, name: str) -> float:
    """One finite number; True is none.

    Examples
    --------
    >>> number([0.1, 0.2], "threshold")
    Traceback (most recent call last):
        ...
    ValueError: threshold must be a finite number; it is [0.1, 0.2].
    """
    bare = _unmasked(value)
    found = bare.item() if isinstance(bare, np.ndarray | np.generic) and bare.size == 1 else bare
    if isinstance(found, _NUMBERS) and not isinstance(found, bool) and math.isfinite(found):
        return float(found)
    raise ValueError(
        _("{name} must be a finite number; it is {value}.").format(
            name=name, value=repr(value) if isinstance(value, str) else value
        )
    )


def confidence_level(level: Any) -> float:
    """The share of intervals that would hold the truth, above 0 and below 1.

    Examples
    --------
    >>> confidence_level(95)
    Traceback (most recent call last):
        ...
    ValueError: confidence_level is a share between 0 and 1, 0.95 for 95 %; it is 95.
    """
    share = number(level, "confidence_level")
    if not 0 < share < 1:
        raise ValueError(
            _("confidence_level is a share between 0 and 1, 0.95 for 95 %; it is {level}.").format(
                level=level
            )
        )
    return share


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


def mapping(values: Any, name: str) -> Mapping[Any, Any]:
    """A dictionary with something in it.

    Examples
    --------
    >>> mapping([0.5], "risks")
    Traceback (most recent call last):
        ...
    ValueError: risks must be a dictionary of names and values, not list.
    """
    if not isinstance(values, Mapping):
        raise ValueError(
            _("{name} must be a dictionary of names and values, not {kind}.").format(
                name=name, kind=type(values).__name__
            )
        )
    if not values:
        raise ValueError(
            _("{name} is empty: a dictionary with one entry or more was expected.").format(
                name=name
            )
        )
    return values


def one_of(value: Any, name: str, known: Collection[Any]) -> Any:
    """A value that must be one of those that are there.

    Examples
    --------
    >>> one_of("AUC", "metric", ["auc", "brier"])
    Traceback (most recent call last):
        ...
    ValueError: metric must be one of auc, brier; it is 'AUC'.
    """
    # as a key: an array, or pandas' NA, would compare to something else than True or False
    if not isinstance(value, Hashable) or value not in dict.fromkeys(known):
        raise ValueError(
            _("{name} must be one of {known}; it is {value!r}.").format(
                name=name, known=", ".join(map(str, known)), value=value
            )
        )
    return value
