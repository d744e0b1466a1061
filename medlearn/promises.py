"""Numbers in a lesson: promised in the open, measured beside it, never typed into prose.

A number that comes out of training differs a little from one processor to the next. It is marked
with ≈, and the comparison of stored and fresh results passes over what follows that mark. What
the text says about it is a promise, `claim`. A learner who changed something and broke it is told
so, and the lesson goes on; where lessons are checked (`strict`) it fails.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from medlearn.language import _
from medlearn.strict import strict

__all__ = ["ClaimError", "approx", "claim"]


class ClaimError(AssertionError):
    """A promise in a lesson's text does not hold for what was measured."""


def _finite(value: Any, what: str) -> float:
    """`value` as a float, or an error that says what stands there instead.

    A learner's training may have run away, and the lesson goes on; one that is checked stops.
    """
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise TypeError(
            _(
                "{what} must be one number, but a {kind} came: give a single value, for example "
                "array.mean()."
            ).format(what=what, kind=type(value).__name__)
        ) from None
    if not math.isfinite(number) and strict():
        raise ValueError(
            _("{what} must be a finite number, but it is {number}.").format(
                what=what, number=number
            )
        )
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
        When a number is not a single number, or the interval's ends are swapped; where lessons are
        checked (``MEDLEARN_STRICT=1``), also when a number is not finite.

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
        low, high = (_finite(end, _("each end of interval")) for end in interval)
        if low > high:
            raise ValueError(
                _("interval must go from low to high, but it is {low} to {high}.").format(
                    low=low, high=high
                )
            )
        ends = {"low": _fixed(low, digits, percent), "high": _fixed(high, digits, percent)}
        text = _("{value} [{low} to {high}]").format(value=text, **ends)
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
    """Print a promise beside the measured value, and whether it is kept.

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
        When the promise is broken and the lesson is being checked (``MEDLEARN_STRICT=1``). A
        learner reads a line that starts with ✗ instead, and the lesson goes on.
    TypeError
        When nothing was promised, or `about` stands without `within`.
    TypeError, ValueError
        When what was measured is no single number (and `equal` is not given). What is not finite
        breaks the promise, and is an error where lessons are checked.

    Examples
    --------
    >>> claim("half the cells are large", 0.5162, at_least=0.4, digits=2)
    ✓ half the cells are large: promised at least 0.40, measured ≈ 0.52
    >>> claim("weights and biases", 785, equal=785)
    ✓ weights and biases: promised 785, measured 785
    """
    if (about is None) != (within is None):
        raise TypeError(_("about and within go together: about=0.92, within=0.02."))
    if equal is not None:
        kept, promised, measured = bool(value == equal), f"{equal}", f"{value}"
    else:
        number = _finite(value, "value")
        kept, bounds = _held(number, at_least, at_most, about, within, digits, percent)
        if not bounds:
            raise TypeError(
                _("a claim promises something: give at_least, at_most, about or equal.")
            )
        promised = bounds[0]
        for bound in bounds[1:]:
            promised = _("{first} and {second}").format(first=promised, second=bound)
        promised += " %" if percent else ""
        measured = approx(number, digits, percent=percent)
    line = _("{text}: promised {promised}, measured {measured}").format(
        text=text, promised=promised, measured=measured
    )
    if kept:
        print(f"✓ {line}")
        return
    if strict():
        raise ClaimError(f"✗ {line}")
    print(f"✗ {line}")
    print(_("You changed something? Then the text below may no longer hold."))


def _held(
    number: float,
    at_least: float | None,
    at_most: float | None,
    about: float | None,
    within: float | None,
    digits: int,
    percent: bool,
) -> tuple[bool, list[str]]:
    """Whether each bound that was given is kept, and how it is written."""
    kept, bounds = [math.isfinite(number)], []
    if at_least is not None:
        bounds.append(_("at least {least}").format(least=_fixed(at_least, digits, percent)))
        kept.append(number >= at_least)
    if at_most is not None:
        bounds.append(_("at most {most}").format(most=_fixed(at_most, digits, percent)))
        kept.append(number <= at_most)
    if about is not None and within is not None:
        bounds.append(f"{_fixed(about, digits, percent)} ± {_fixed(within, digits, percent)}")
        kept.append(abs(number - about) <= within)
    return all(kept), bounds
