"""Numbers in a lesson: promised in the open, measured beside it, never typed into prose.

A number that comes out of training differs a little from one processor to the next. It is marked
with ≈, and the comparison of stored and fresh results passes over what follows that mark. What
the text says about it is a promise, `claim`, that fails when it is broken.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

__all__ = ["ClaimError", "approx", "claim"]


class ClaimError(AssertionError):
    """A promise in a lesson's text does not hold for what was measured."""


def _finite(value: Any, what: str) -> float:
    """`value` as a finite float, or an error that says what stands there instead."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise TypeError(
            f"{what} must be one number, but a {type(value).__name__} came: give a single value, "
            "for example array.mean()."
        ) from None
    if not math.isfinite(number):
        raise ValueError(f"{what} must be a finite number, but it is {number}.")
    return number


def _fixed(number: float, digits: int, percent: bool) -> str:
    text = f"{100 * number if percent else number:.{digits}f}"
    return text.removeprefix("-") if float(text) == 0 else text  # never "-0.0"


def approx(
    value: float,
    digits: int = 3,
    *,
    percent: bool = False,
    spread: float | None = None,
    interval: Sequence[float] | None = None,
) -> str:
    """Write a measured number with the mark ≈, so that other processors may differ a little.

    Parameters
    ----------
    value : float
        One finite number; a fraction between 0 and 1 when `percent` is true.
    digits : int
        Digits after the decimal point.
    percent : bool
        Write a fraction as a percentage.
    spread : float, optional
        Written as ± (say in the sentence around it what it is: the spread over seeds, say).
    interval : (float, float), optional
        Lower and upper end, written in square brackets.

    Raises
    ------
    TypeError, ValueError
        When a number is not a single finite number, or the interval's ends are swapped.

    Examples
    --------
    >>> approx(0.92816)
    '≈ 0.928'
    >>> approx(0.92816, 1, percent=True, spread=0.008)
    '≈ 92.8 ± 0.8 %'
    >>> approx(0.93, 2, interval=(0.91, 0.95))
    '≈ 0.93 [0.91 to 0.95]'
    """
    text = f"≈ {_fixed(_finite(value, 'value'), digits, percent)}"
    if spread is not None:
        text += f" ± {_fixed(_finite(spread, 'spread'), digits, percent)}"
    if interval is not None:
        low, high = (_finite(end, "each end of interval") for end in interval)
        if low > high:
            raise ValueError(f"interval must go from low to high, but it is {low} to {high}.")
        text += f" [{_fixed(low, digits, percent)} to {_fixed(high, digits, percent)}]"
    return text + (" %" if percent else "")


def claim(
    text: str,
    value: Any,
    *,
    at_least: float | None = None,
    at_most: float | None = None,
    about: float | None = None,
    within: float | None = None,
    equal: Any = None,
    digits: int = 3,
    percent: bool = False,
) -> None:
    """Print a promise beside the measured value, and fail when it is broken.

    Parameters
    ----------
    text : str
        What is promised, in words.
    value : float or object
        The measured value; any value when `equal` is given.
    at_least, at_most : float, optional
        Bounds of the promise, included.
    about, within : float, optional
        The promise "`about`, give or take `within`"; the two go together.
    equal : object, optional
        An exact promise for a result that no processor changes: printed without ≈.
    digits, percent
        As in `approx`.

    Raises
    ------
    ClaimError
        When the promise is broken.
    TypeError
        When nothing was promised, or `about` stands without `within`.

    Examples
    --------
    >>> claim("half the cells are large", 0.5162, at_least=0.4, digits=2)
    ✓ half the cells are large: promised at least 0.40, measured ≈ 0.52
    >>> claim("weights and biases", 785, equal=785)
    ✓ weights and biases: promised 785, measured 785
    """
    if (about is None) != (within is None):
        raise TypeError("about and within go together: about=0.92, within=0.02.")
    if equal is not None:
        kept, promised, measured = bool(value == equal), f"{equal}", f"{value}"
    else:
        number = _finite(value, "value")
        bounds = []
        kept = True
        if at_least is not None:
            bounds.append(f"at least {_fixed(at_least, digits, percent)}")
            kept &= number >= at_least
        if at_most is not None:
            bounds.append(f"at most {_fixed(at_most, digits, percent)}")
            kept &= number <= at_most
        if about is not None:
            bounds.append(
                f"{_fixed(about, digits, percent)} ± {_fixed(within, digits, percent)}"  # type: ignore[arg-type]
            )
            kept &= abs(number - about) <= within  # type: ignore[operator]
        if not bounds:
            raise TypeError("a claim promises something: give at_least, at_most, about or equal.")
        promised = " and ".join(bounds) + (" %" if percent else "")
        measured = approx(number, digits, percent=percent)
    line = f"{text}: promised {promised}, measured {measured}"
    if not kept:
        raise ClaimError(f"✗ {line}")
    print(f"✓ {line}")
