"""Is an answer the expected one, and if not, what is different; how any value is put in words."""

from __future__ import annotations

import reprlib
from typing import Any

import numpy as np

from medlearn.language import _

__all__ = ["an", "difference", "first_difference", "is_unfilled", "say", "type_name"]

_NO_ROW = (str, bytes, dict, set, frozenset)
"""What has a length and parts, and is no row of results."""


class _Repr(reprlib.Repr):
    def __init__(self) -> None:
        super().__init__()
        self.maxstring = self.maxother = 80

    def repr1(self, value: Any, level: int) -> str:
        # 0.5, not np.float64(0.5), in a row, too
        return super().repr1(value.item() if isinstance(value, np.generic) else value, level)

    def repr_ndarray(self, value: np.ndarray, _level: int) -> str:
        if value.ndim == 0:
            return self.repr(value.item())
        text = np.array2string(value, precision=4, threshold=12, separator=", ")
        if len(text) > 200 or (value.ndim > 1 and value.size > 12):
            return _("an array of shape {shape}").format(shape=value.shape)
        return text

    def repr_float(self, value: float, _level: int) -> str:
        return f"{value:.6g}"

    repr_float64 = repr_float32 = repr_float


_repr = _Repr()


def say(value: Any, room: int = 240) -> str:
    """A short text for any value, however odd, on one line and of at most `room` characters.

    Examples
    --------
    >>> say(np.float64(1 / 3)), say([1.0, 2]), say(np.eye(2))
    ('0.333333', '[1, 2]', '[[1., 0.], [0., 1.]]')
    """
    try:
        text = " ".join(str(_repr.repr(value)).split())
        return text if len(text) <= room else f"{text[: room - 1]}…"
    except Exception:
        return _("something of type {name}").format(name=type(value).__name__)


def type_name(value: Any) -> str:
    """The name of a value's type, cut to a decent length."""
    return str(getattr(type(value), "__name__", "object"))[:40]


def an(value: Any) -> str:
    """What kind of thing came, as part of a sentence.

    Examples
    --------
    >>> an([]), an(1)
    ('a list', 'an int')
    """
    name = type_name(value)
    many = _("an {name}") if name[:1].lower() in "aeiou" else _("a {name}")
    return many.format(name=name)


def is_unfilled(value: Any) -> bool:
    """Whether nothing was written yet: None, `...`, or a row in which a `...` still stands."""
    if value is None or value is Ellipsis:
        return True
    return type(value) in (list, tuple) and any(part is Ellipsis for part in value)


def difference(expected: Any, got: Any, tolerance: float) -> str | None:
    """What is wrong with an answer.

    Parameters
    ----------
    expected : str, number, array of numbers, or tuple or list of these
    got : object
    tolerance : float
        For numbers, relative and absolute.

    Returns
    -------
    str or None
        None when they are equal; an empty text when `got` is of the right kind and shape, and only
        another value; else what kind was expected and which came.

    Examples
    --------
    >>> difference(0.5, 0.5, 1e-6) is None, difference(0.5, 0.6, 1e-6)
    (True, '')
    >>> difference(0.5, [0.5, 0.5], 1e-6)
    'one number was expected, shape (2,) came'
    """
    if expected is None or got is None:  # a misconception may well give nothing back
        return None if expected is got else _("None came, so a return may be missing")
    if isinstance(expected, str):
        if type(got) is not str:
            return _("a text was expected, {kind} came").format(kind=an(got))
        return None if got.strip().lower() == expected.lower() else ""
    if isinstance(expected, (tuple, list)):
        return _difference_of_rows(expected, got, tolerance)
    return _difference_of_numbers(np.asarray(expected), got, tolerance)


def _difference_of_rows(expected: tuple | list, got: Any, tolerance: float) -> str | None:
    got = _as_row(got, len(expected))
    if not isinstance(got, (tuple, list)) or len(got) != len(expected):
        if isinstance(expected, tuple):
            words = _("{n} results in a tuple were expected, {value} came")
        else:
            words = _("{n} results in a list were expected, {value} came")
        return words.format(n=len(expected), value=say(got, 80))
    for place, (one, other) in enumerate(zip(expected, got, strict=True), start=1):
        problem = difference(one, other, tolerance)
        if problem is not None:
            problem = problem or first_difference(one, other, tolerance)
            return _("result {place}: {problem}").format(place=place, problem=problem)
    return None


def _as_row(got: Any, n: int) -> Any:
    """A row of `n` in another form, as a list: an array, a Series, a tensor, a tensor's shape."""
    if isinstance(got, (tuple, list, *_NO_ROW)):
        return got
    try:
        return list(got) if len(got) == n else got
    except Exception:
        return got


def _difference_of_numbers(want: np.ndarray, got: Any, tolerance: float) -> str | None:
    if isinstance(got, (str, bytes, dict, set)) or callable(got):
        return _("a number was expected, {kind} came").format(kind=an(got))
    try:
        have = np.asarray(got)
        if have.dtype.kind in "OSU":  # NumPy would make numbers of texts, and NaN of None
            parts = have.ravel().tolist()
            strange = next((part for part in parts if isinstance(part, (str, bytes))), None)
            if strange is not None:
                return _("numbers were expected, {value} is a text").format(value=say(strange))
            if None in parts:
                return _("numbers were expected, None is among them: a missing one is np.nan")
        if have.size == want.size:  # else its shape is told, however large it is
            have = have.astype(complex if np.iscomplexobj(have) else float)
    except Exception:
        return _("numbers were expected, {kind} came").format(kind=an(got))
    if have.shape != want.shape:
        if want.size == have.size == 1:
            have = have.reshape(want.shape)
        else:
            return _("{wanted} was expected, {came} came").format(
                wanted=_shape(want), came=_shape(have)
            )
    if np.isnan(have).any() and not np.isnan(want.astype(float)).any():
        return _('the result holds nan, "not a number"')
    same = np.allclose(have, want.astype(float), rtol=tolerance, atol=tolerance, equal_nan=True)
    return None if same else ""


def _shape(array: np.ndarray) -> str:
    return _("shape {shape}").format(shape=array.shape) if array.ndim else _("one number")


def first_difference(expected: Any, got: Any, tolerance: float) -> str:
    """Where the first number differs, for an answer of the right kind and shape.

    Examples
    --------
    >>> first_difference(np.eye(2), [[1, 0], [0.5, 1]], 1e-6)
    'in 1 of 4 places, first at [1, 0]: 0 was expected, 0.5 came'
    >>> first_difference(2.0, 3.0, 1e-6)
    '2 was expected, 3 came'
    """
    if isinstance(expected, str):
        return _("not the same text")
    want, have = np.asarray(expected), np.asarray(got)
    if want.size == 1:
        words = _("{wanted} was expected, {came} came")
        return words.format(wanted=say(want.reshape(())), came=say(have.reshape(()), 40))
    have = have.astype(complex if np.iscomplexobj(have) else float)
    same = np.isclose(have, want.astype(float), rtol=tolerance, atol=tolerance, equal_nan=True)
    place = tuple(int(number) for number in np.argwhere(~same)[0])
    words = _("in {n} of {all} places, first at {place}: {wanted} was expected, {came} came")
    return words.format(
        n=int(np.sum(~same)),
        all=want.size,
        place=list(place),
        wanted=say(want[place]),
        came=say(have[place]),
    )
