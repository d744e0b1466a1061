"""What do wrong results have in common with the right ones? Mistakes that any exercise may meet.

A detector looks at all cases together and names the mistake only when every one of them agrees. It
sees results, never code: marking asks here as well, in a process where the code is not.
"""

from __future__ import annotations

import copy
import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from medlearn.exercises.comparison import difference, say
from medlearn.language import _

__all__ = ["DETECTORS", "Answered", "recognise"]


@dataclass(frozen=True)
class Answered:
    """What was asked and what came. A single value is one case without arguments.

    Attributes
    ----------
    solve : callable
        The solution.
    names : tuple of str
        Of its arguments.
    cases : sequence of tuple
    expected, results : list
        One for each case.
    tolerance : float
    """

    solve: Callable[..., Any]
    names: tuple[str, ...]
    cases: Sequence[tuple[Any, ...]]
    expected: list[Any]
    results: list[Any]
    tolerance: float

    @cached_property
    def numbers(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """The expected and the given numbers of each case; empty where they are not comparable."""
        pairs = []
        for want, got in zip(self.expected, self.results, strict=True):
            try:
                want, got = _floats(want), _floats(got)
            except Exception:
                return []
            if want.size == got.size == 1:
                got = got.reshape(want.shape)
            if want.shape != got.shape:
                return []
            pairs.append((want, got))
        return pairs

    @cached_property
    def varied(self) -> bool:
        """Whether the results say something: not the same number everywhere, and not nan."""
        given = np.concatenate([got.ravel() for _want, got in self.numbers] or [np.zeros(0)])
        given = given[~np.isnan(given)]
        if not self.names:  # a value: one number is all there is
            return given.size > 0 and bool(np.any(given != 0))
        return given.size > 1 and not np.allclose(given, given[0], rtol=1e-9, atol=1e-12)

    def fits(self, change: Callable[[np.ndarray], np.ndarray]) -> bool:
        """Whether the results are the expected ones after this change of each."""
        return self.varied and all(self.near(change(want), got) for want, got in self.numbers)

    def near(self, want: np.ndarray, got: np.ndarray) -> bool:
        """Whether they are equal, within the tolerance and up to rounding errors of floats."""
        tolerance = max(self.tolerance, 1e-9)
        return np.shape(want) == np.shape(got) and bool(
            np.allclose(got, want, rtol=tolerance, atol=tolerance, equal_nan=True)
        )

    def results_of(self, change: Callable[[list[Any]], list[Any]]) -> bool:
        """Whether the solution gives these results for arguments that were changed."""
        for case, got in zip(self.cases, self.results, strict=True):
            try:
                other = self.solve(*change(list(copy.deepcopy(case))))
                if difference(other, got, self.tolerance) is not None:
                    return False
            except Exception:
                return False
        return True


_LARGEST = 100_000
"""Numbers in one result; no exercise asks for as many, and looking at more would take long."""

Detector = Callable[[Answered], str | None]

DETECTORS: dict[str, Detector] = {}
"""By the id that becomes `Feedback.misconception`, in the order in which they are asked."""


def _detector(detect: Detector) -> Detector:
    """Ask this function, too; its name is the id."""
    DETECTORS[detect.__name__.removeprefix("_")] = detect
    return detect


def recognise(answered: Answered) -> tuple[str, str] | None:
    """The id of the mistake in these results, and what to say of it; None when none is known.

    Examples
    --------
    >>> recognise(Answered(lambda: 0.85, (), [()], [0.85], [85], 1e-6))[0]
    'percent'
    """
    if any(getattr(got, "size", 0) > _LARGEST for got in answered.results):
        return None
    with np.errstate(all="ignore"):
        for name, detect in DETECTORS.items():
            try:
                message = detect(answered)
            except Exception:  # an odd answer: nothing is known of it
                continue
            if message:
                return name, message
    return None


# --- another kind of thing ---


def _whole(value: Any) -> bool:
    return isinstance(value, (int, np.integer)) and not isinstance(value, bool)


@_detector
def _decimal_comma(answered: Answered) -> str | None:
    """The two numbers that Python made of one, and no others: counts may come in twos as well."""
    want, got = answered.expected[0], answered.results[0]
    if answered.names or np.ndim(want) or type(got) is not tuple or len(got) != 2:
        return None
    if not all(map(_whole, got)) or got[1] < 0:
        return None
    first, second = got
    thousands = 0 < abs(first) < 1000 and 100 <= second < 1000 and first * 1000 + second == want
    share = first == 0 and not _whole(want)  # right or wrong, it was to be a decimal number
    if not (thousands or share or difference(want, float(f"{first}.{second}"), 1e-6) is None):
        return None
    words = _(
        "{value} are two numbers, because of the comma. A decimal number is written with a point, "
        "as in {number}, and thousands with nothing between them."
    )
    return words.format(value=say((first, second), 40), number=f"{first}.{second}"[:20])


@_detector
def _number_as_text(answered: Answered) -> str | None:
    def is_text_for_number(want: Any, got: Any) -> bool:
        return (
            not isinstance(want, str)
            and isinstance(got, str)
            and any(sign.isdigit() for sign in got)
        )

    if not all(map(is_text_for_number, answered.expected, answered.results)):
        return None
    words = _("{value} stands in quotes: a number was expected, a str came.")
    if np.ndim(answered.expected[0]):
        words = _("{value} stands in quotes: numbers were expected, a str came.")
    return words.format(value=say(answered.results[0], 40))


@_detector
def _nothing_in_a_case(answered: Answered) -> str | None:
    if any(got is None and want is not None for want, got in _pairs(answered)):
        return _(
            "In some of the cases nothing came back, None. Does every way through your function "
            "end with a return?"
        )
    return None


@_detector
def _texts_or_none(answered: Answered) -> str | None:
    """Among the numbers of some case stand texts, or None."""
    for want, got in _pairs(answered):
        among = list(np.ravel(np.asarray(got))) if np.ndim(want) and np.ndim(got) == 1 else []
        if any(part is None or isinstance(part, str) for part in among):
            return _("In your row: {problem}.").format(
                problem=difference(want, got, answered.tolerance)
            )
    return None


@_detector
def _dictionary(answered: Answered) -> str | None:
    if not all(isinstance(got, dict) for got in answered.results):
        return None
    if np.ndim(answered.expected[0]):
        return _(
            "A dict came, which has an entry for each key. A row of numbers was asked for: look "
            "each of them up in your dict, one after the other."
        )
    return _("A dict came. One number was asked for: which entry of it is meant?")


@_detector
def _yes_or_no(answered: Answered) -> str | None:
    def is_verdict(want: Any, got: Any) -> bool:
        want, got = np.asarray(want), np.asarray(got)
        return got.dtype == bool and got.size > 0 and want.dtype.kind == "f" and want.size > 0

    if not answered.cases[0] or not all(map(is_verdict, answered.expected, answered.results)):
        return None
    words = _(
        "{value} came, the answer to a comparison. A number was asked for: what was compared?"
    )
    return words.format(value=say(answered.results[0], 40))


@_detector
def _not_reduced(answered: Answered) -> str | None:
    """Many numbers for one, of which the sum, or the mean, is the right one."""
    if not all(np.ndim(want) == 0 and np.size(got) > 1 for want, got in _pairs(answered)):
        return None
    for reduce in (np.sum, np.mean):
        results = [reduce(_floats(got)) for got in answered.results]
        if all(map(answered.near, answered.expected, results)):
            words = _(
                "There are still several numbers, {shape} in the first case. One number for all of "
                "them was asked for: what makes one of them?"
            )
            if not answered.names:
                words = _(
                    "{value} are several numbers. One number for all of them was asked for: what "
                    "makes one of them?"
                )
            shape = np.shape(answered.results[0])
            return words.format(shape=shape, value=say(answered.results[0], 40))
    return None


@_detector
def _reduced(answered: Answered) -> str | None:
    """One number for many: their sum, mean, largest, first or last."""
    if not all(np.size(want) > 1 and np.size(got) == 1 for want, got in _pairs(answered)):
        return None
    for reduce in (np.sum, np.mean, np.max, lambda want: want.flat[0], lambda want: want.flat[-1]):
        results = [reduce(np.asarray(want, dtype=float)) for want in answered.expected]
        if all(
            answered.near(want, _floats(got).reshape(()))
            for want, got in zip(results, answered.results, strict=True)
        ):
            words = _(
                "One number came, where {shape} were asked for in the first case. Was something "
                "added up, or only one of them kept?"
            )
            if not answered.names:
                words = _("One number came, and {n} were asked for. Which are the others?")
            want = answered.expected[0]
            return words.format(shape=np.shape(want), n=np.size(want))
    return None


@_detector
def _axis_too_many(answered: Answered) -> str | None:
    """The right numbers in a shape with one axis more, or less."""
    shapes = [(np.shape(want), np.shape(got)) for want, got in _pairs(answered)]
    if not all(len(want) and len(want) != len(got) for want, got in shapes):
        return None
    for want, got in _pairs(answered):
        if np.size(want) != np.size(got):
            return None
        if not answered.near(np.ravel(want), np.ravel(_floats(got))):
            return None
    words = _("The numbers are right, their shape is not: {wanted} was asked for, {came} came.")
    return words.format(wanted=shapes[0][0], came=shapes[0][1])


def _floats(value: Any) -> np.ndarray:
    """Real numbers as an array; raises for everything else."""
    array = np.asarray(value)
    if array.dtype.kind not in "biufO":
        raise TypeError(array.dtype)
    return array.astype(float)


def _pairs(answered: Answered) -> Iterator[tuple[Any, Any]]:
    return zip(answered.expected, answered.results, strict=True)


# --- the right numbers, changed ---


@_detector
def _percent(answered: Answered) -> str | None:
    small = all(np.all(np.abs(want) <= 1) for want, _got in answered.numbers)
    if small and answered.fits(lambda want: 100 * want):
        return _("Right, but in percent: 100 times too large. A share lies between 0 and 1.")
    if answered.fits(lambda want: want / 100):
        return _("A hundred times too small: was something divided by 100 that is no percentage?")
    return None


@_detector
def _sign(answered: Answered) -> str | None:
    if answered.fits(lambda want: -want):
        return _(
            "The size is right and the sign is the opposite. Which of two things is taken away "
            "from the other?"
        )
    return None


def _shares(answered: Answered) -> bool:
    return all(np.all((want >= 0) & (want <= 1)) for want, _got in answered.numbers)


@_detector
def _complement(answered: Answered) -> str | None:
    if _shares(answered) and answered.fits(lambda want: 1 - want):
        return _("That is what is missing to 1: the other part of the whole was asked for.")
    return None


@_detector
def _off_by_one(answered: Answered) -> str | None:
    for step in (1, -1):
        if answered.fits(lambda want, step=step: want + step):
            if not answered.names and not _whole(answered.expected[0]):
                return None
            if not answered.names:
                words = _("One too many. Was something counted twice, or a first one?")
                fewer = _("One too few. Was something left out, the first or the last?")
                return words if step > 0 else fewer
            if step > 0:
                return _("One too much, each time. Was something counted twice, or a first one?")
            return _("One too few, each time. Was something left out, the first or the last?")
    return None


@_detector
def _inverted(answered: Answered) -> str | None:
    if answered.fits(lambda want: 1 / want) and all(
        np.all(np.isfinite(got)) for _want, got in answered.numbers
    ):
        return _("That is upside down, 1 divided by the right number. What is divided by what?")
    return None


@_detector
def _rounded(answered: Answered) -> str | None:
    if not answered.varied:
        return None
    for digits in range(9):
        step = 10.0**-digits

        def rounded(want: np.ndarray, got: np.ndarray, step: float = step) -> bool:
            whole = np.allclose(got / step, np.round(got / step), rtol=0, atol=1e-6)
            return bool(whole and np.all(np.abs(want - got) <= step * (1 - 1e-9)))

        # Rounded to whole numbers, shares are 0 or 1, and so is much else.
        if all(map(rounded, *zip(*answered.numbers, strict=True))):
            if digits == 0 and (_shares(answered) or not answered.names):
                return None
            nearest = all(
                np.all(np.abs(want - got) <= step / 2 * (1 + 1e-6))
                for want, got in answered.numbers
            )
            if not nearest and digits < 2:
                return None
            return _(
                "Right, but rounded: what follows is missing, and later steps would need it. Give "
                "the number as it was computed."
            )
    return None


@_detector
def _nearly(answered: Answered) -> str | None:
    def close(want: np.ndarray, got: np.ndarray) -> bool:
        return bool(np.all(np.abs(want - got) <= 1e-5 * np.maximum(np.abs(want), 0.01)))

    whole = all(np.array_equal(got, np.round(got)) for _want, got in answered.numbers)
    if answered.varied and not whole and all(map(close, *zip(*answered.numbers, strict=True))):
        return _(
            "Nearly: the first digits are right and the later ones are not. Was something rounded "
            "on the way, or measured at two places?"
        )
    return None


@_detector
def _order(answered: Answered) -> str | None:
    pairs = answered.numbers
    if not pairs or not all(want.ndim == 1 and want.size > 1 for want, _got in pairs):
        return None
    if all(answered.near(want[::-1], got) for want, got in pairs):
        return _("The right numbers, from the last to the first: turn the order round.")
    if all(answered.near(np.sort(want), np.sort(got)) for want, got in pairs):
        return _("The right numbers, in another order. Which one belongs where?")
    return None


@_detector
def _transposed(answered: Answered) -> str | None:
    def turned(want: Any, got: Any) -> bool:
        return np.ndim(want) == 2 and answered.near(np.transpose(want), _floats(got))

    if all(map(turned, answered.expected, answered.results)):
        return _("The right numbers, with rows and columns exchanged.")
    return None


# --- the solution's own results, for other arguments ---


@_detector
def _argument_returned(answered: Answered) -> str | None:
    for place, name in enumerate(answered.names):
        try:
            same = [
                difference(np.asarray(case[place]), got, 1e-12) is None
                for case, got in zip(answered.cases, answered.results, strict=True)
            ]
        except Exception:
            continue
        if all(same):
            words = _("{name} came back as it was given: nothing was done with it.")
            return words.format(name=name)
    return None


@_detector
def _swapped_arguments(answered: Answered) -> str | None:
    def swap(one: int, other: int) -> Callable[[list[Any]], list[Any]]:
        def change(case: list[Any]) -> list[Any]:
            case[one], case[other] = case[other], case[one]
            return case

        return change

    for one, other in itertools.combinations(range(len(answered.names)), 2):
        if answered.results_of(swap(one, other)):
            words = _("{one} and {other} are exchanged: each stands where the other one belongs.")
            return words.format(one=answered.names[one], other=answered.names[other])
    return None


@_detector
def _ignored_argument(answered: Answered) -> str | None:
    for place, name in enumerate(answered.names):
        for other in set(range(len(answered.names))) - {place}:

            def copied(case: list[Any], place: int = place, other: int = other) -> list[Any]:
                case[place] = copy.deepcopy(case[other])
                return case

            if answered.results_of(copied):
                words = _("{other} stands where {name} belongs: it was used twice.")
                return words.format(name=name, other=answered.names[other])
        for value in _instead(answered, place):

            def fixed(case: list[Any], place: int = place, value: Any = value) -> list[Any]:
                case[place] = np.full_like(case[place], value) if np.ndim(case[place]) else value
                return case

            if answered.results_of(fixed):
                words = _(
                    "Yours does as if {name} were always {value}, whatever was given. Where is "
                    "{name} used?"
                )
                return words.format(name=name, value=say(value, 40))
    return None


def _instead(answered: Answered, place: int) -> list[Any]:
    """Values that a learner may have written in place of this argument."""
    given = [case[place] for case in answered.cases]
    if all(isinstance(value, np.ndarray) and value.dtype.kind in "iuf" for value in given):
        return [0, 1]
    scalars = [value for value in given if isinstance(value, (int, float, str, np.number))]
    if len(scalars) < len(given):
        return []
    usual = [] if isinstance(scalars[0], str) else [0, 1, 2, 3, 0.5]
    found = list(dict.fromkeys([*scalars, *usual]))
    return [] if len(set(scalars)) == 1 else found


# --- the right numbers, divided by something else ---


@_detector
def _wrong_divisor(answered: Answered) -> str | None:
    factors = _factors(answered)
    if len([factor for factor in factors if factor is not None]) < 2:
        return None
    counts = [_counts(case) for case in answered.cases]
    shared = set.intersection(*(set(count) for count in counts))
    for above, below in itertools.permutations(sorted(shared), 2):
        known = [c[above] / c[below] if c[below] else math.nan for c in counts]
        agree = [
            math.isclose(factor, ratio, rel_tol=1e-6)
            for factor, ratio in zip(factors, known, strict=True)
            if factor is not None
        ]
        # A ratio of counts that is the same everywhere could be anything.
        if all(agree) and len({round(r, 9) for r, f in zip(known, factors, strict=True) if f}) > 1:
            first = next(factor for factor in factors if factor is not None)
            words = _(
                "Right but for what it is divided by: yours is {factor} times the right number in "
                "one case, and another multiple in the next. How many are there to share among?"
            )
            return words.format(factor=say(first))
    return None


@_detector
def _constant_factor(answered: Answered) -> str | None:
    factors = [factor for factor in _factors(answered) if factor is not None]
    if not factors or not np.allclose(factors, factors[0], rtol=1e-6, atol=0):
        return None
    usual = [factor for n in (2, 3, 4, 10, 100, 1000) for factor in (n, 1 / n)]
    powers = usual[-6:]
    common = powers if not answered.names else usual
    if len(factors) < 2 and answered.names:
        return None
    if not answered.varied or not any(math.isclose(factors[0], n, rel_tol=1e-6) for n in common):
        return None
    words = _(
        "Yours is {factor} times the right number, each time. Where does that factor come from?"
    )
    if not answered.names:
        words = _("Yours is {factor} times the right number. Where does that factor come from?")
    return words.format(factor=say(factors[0]))


def _factors(answered: Answered) -> list[float | None]:
    """By what each expected result was multiplied; None where it is zero; empty if by nothing."""
    factors: list[float | None] = []
    for want, got in answered.numbers:
        if np.any((want == 0) != (np.abs(got) < 1e-12)) or not np.all(np.isfinite(got)):
            return []
        ratios = got[want != 0] / want[want != 0]
        if not ratios.size:
            factors.append(None)
        elif np.allclose(ratios, ratios[0], rtol=1e-6, atol=0):
            factors.append(float(ratios[0]))
        else:
            return []
    return factors


def _counts(case: Sequence[Any]) -> dict[tuple[int, str], float]:
    """What may be counted in the arguments of a case: by the argument's place, and what."""
    found: dict[tuple[int, str], float] = {(0, ""): 1.0}
    for place, part in enumerate(case):
        if not isinstance(part, (np.ndarray, list)) or not len(part):
            continue
        n, flat = len(part), np.asarray(part)
        counts = {"n": n, "n-1": n - 1, "n+1": n + 1}
        if flat.dtype.kind in "iub" and set(np.unique(flat).tolist()) <= {0, 1}:
            ones = int(flat.sum())
            counts |= {"ones": ones, "zeros": n - ones, "mixed": ones * (n - ones)}
            counts |= {"pairs": n * (n - 1) / 2, "squared": n * n}
        found |= {(place, what): count for what, count in counts.items()}
    return found


# --- what looks at nothing ---


@_detector
def _constant(answered: Answered) -> str | None:
    pairs = answered.numbers
    if len(pairs) < 2:
        return None
    first = pairs[0][1]
    alike = all(got.shape == first.shape and np.array_equal(got, first) for _want, got in pairs)
    wanted = [want for want, _got in pairs]
    moving = any(one.shape != first.shape or not np.allclose(one, wanted[0]) for one in wanted)
    if alike and moving and not np.isnan(first).any():
        words = _("Yours gave {value} in every case. Does it look at what it is given?")
        return words.format(value=say(answered.results[0], 60))
    return None
