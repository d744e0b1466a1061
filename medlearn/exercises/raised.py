"""Why did a learner's function not come back? Python's errors in words, and where they arose."""

from __future__ import annotations

import linecache
import re
from collections.abc import Callable
from typing import Any

from medlearn.exercises.comparison import type_name
from medlearn.language import N_, _

__all__ = ["KNOWN", "explain", "kind_of"]

_Category = type[BaseException] | tuple[type[BaseException], ...]

# no text: what Python and NumPy write, to know each kind by
_KNOWN: dict[str, tuple[_Category, str, str]] = {
    "generator_ended": (GeneratorExit, "", N_("it ended its own generator")),
    "exit_called": (SystemExit, "", N_("it called exit, which would end the notebook")),
    "endless_recursion": (RecursionError, "", N_("it calls itself without end")),
    "zero_division": (
        ZeroDivisionError,
        "",
        N_("it divides by 0. What stands below the fraction line, and was it counted by then?"),
    ),
    "number_too_large": (
        OverflowError,
        "",
        N_("it makes a number that is too large for a computer, as e to the power of 1000 is"),
    ),
    "no_such_name": (
        NameError,
        "",
        N_(
            "it uses a name that has no value there. Is it spelt as above, and set before? (Set "
            "inside a loop only, it has none when the loop makes no round)"
        ),
    ),
    "no_such_place": (
        IndexError,
        "out of (range|bounds)",
        N_("it asks for a place that is not there: of n things the first is 0, the last n − 1"),
    ),
    "too_many_places": (
        IndexError,
        "too many indices",
        N_("it asks an array for a place in more directions than the array has"),
    ),
    "place_no_whole_number": (
        (IndexError, TypeError),
        "only integer|arrays used as indices|slice indices",
        N_("it counts places with a number that is not whole: / gives 2.0, // gives 2"),
    ),
    "array_in_if": (
        ValueError,
        "truth value",
        N_(
            "if, and, or, not ask about one value, and here is an array of many. Loop over it, or "
            "take np.where, & and |"
        ),
    ),
    "one_number_only": (
        TypeError,
        "only (length-1|size-1|0-dimensional) arrays|cannot convert the series",
        N_(
            "it calls something that takes one number only, and here is an array. NumPy's "
            "functions, such as np.exp for math.exp, take both"
        ),
    ),
    "text_as_number": (
        ValueError,
        "could not convert string|invalid literal for int",
        N_("it makes a number of a text that is none. Which text, and what should it become?"),
    ),
    "nothing_to_use": (
        TypeError,
        "NoneType",
        N_("it goes on with None. Does each function that it calls give something back?"),
    ),
    "and_before_comparison": (
        TypeError,
        "bitwise_(and|or)",
        N_(
            "& and | join answers to questions, and Python joins before it compares: each question "
            "needs its own brackets, (a > b) & (c == d)"
        ),
    ),
    "list_arithmetic": (
        TypeError,
        "'list'|'tuple'|multiply sequence",
        N_("a list cannot be calculated with as a whole. An array can: np.array(…)"),
    ),
    "loop_over_a_number": (
        TypeError,
        "not iterable|not subscriptable|has no len|invalid index to scalar",
        N_("it goes through something that is one number, as if there were many"),
    ),
    "whole_number_needed": (
        TypeError,
        "interpreted as an integer",
        N_("a whole number is needed: / gives 2.0, // gives 2"),
    ),
    "no_function": (
        TypeError,
        "not callable",
        N_("it calls something that is no function. Does one name stand for two things?"),
    ),
    "function_not_called": (
        TypeError,
        r"unsupported operand.*'(function|method|builtin_function_or_method|type|Slope)'",
        N_(
            "it calculates with a function itself. A function gives its number when it is called, "
            "with brackets: slope(w), not slope"
        ),
    ),
    "kinds_do_not_mix": (
        TypeError,
        "unsupported operand|not supported between|can only concatenate|must be str",
        N_("it calculates with things that do not go together, such as a text and a number"),
    ),
    "other_arguments_needed": (
        TypeError,
        "argument|Cannot interpret|expected at (most|least)",
        N_("it calls a function with arguments that this one does not take"),
    ),
    "negative_size": (
        ValueError,
        "negative dimensions",
        N_("it makes an array with fewer than zero rows or columns. Which size came out?"),
    ),
    "nothing_left": (
        ValueError,
        "empty sequence|zero-size array|need at least one array",
        N_("it takes the largest, the mean or a stack of nothing at all"),
    ),
    "rows_of_unequal_length": (
        ValueError,
        "inhomogeneous|setting an array element",
        N_("it puts rows of unequal length, or rows and numbers, into one array"),
    ),
    "no_such_part": (
        AttributeError,
        "",
        N_("it asks something for a part that it does not have. Is it of the kind you think?"),
    ),
}

# How NumPy says that two arrays cannot be combined, in words that help nobody who learns.
_SHAPES_DO_NOT_FIT = re.compile(r"matmul|not aligned|broadcast|core dimension")

KNOWN = frozenset({*_KNOWN, "shapes_do_not_fit"})
"""The ids of all kinds."""


def _said(error: BaseException) -> str:
    try:
        return " ".join(str(error).split())[:80]
    except Exception:
        return ""


def kind_of(error: BaseException) -> str:
    """The id of this kind of error; empty where it has none.

    Examples
    --------
    >>> kind_of(ZeroDivisionError("division by zero")), kind_of(OSError())
    ('zero_division', '')
    """
    detail = _said(error)
    if isinstance(error, ValueError) and _SHAPES_DO_NOT_FIT.search(detail):
        return "shapes_do_not_fit"
    for kind, (category, words, _message) in _KNOWN.items():
        if isinstance(error, category) and re.search(words, detail):
            return kind
    return ""


def _line(error: BaseException, function: Callable[..., Any]) -> str:
    """The learner's line on which it arose; empty where it cannot be read."""
    file = getattr(getattr(function, "__code__", None), "co_filename", None)
    step, number = error.__traceback__, 0
    while step is not None:
        if step.tb_frame.f_code.co_filename == file:
            number = step.tb_lineno
        step = step.tb_next
    line = linecache.getline(file, number).strip() if number else ""
    return line if len(line) <= 60 else ""


def explain(call: str, error: BaseException, function: Any, shapes: str) -> str:
    """What went wrong in this call, where, and Python's own short text at the end.

    Parameters
    ----------
    call : str
        As one would type it.
    error : BaseException
        As it came out of `function`.
    function : callable
        The learner's.
    shapes : str
        Which shapes the arguments have; said where shapes do not fit each other.

    Examples
    --------
    >>> print(explain("half(2)", OSError("no such file"), None, ""))
    half(2) did not come back: Python stopped it with an error (OSError: no such file).
    """
    kind, detail = kind_of(error), _said(error)
    short = f"{type_name(error)}: {detail}" if detail else type_name(error)
    if kind == "shapes_do_not_fit":
        words = _("{call} did not come back: shapes do not fit each other. Here {shapes}.")
        return words.format(call=call, shapes=shapes)
    why = _(_KNOWN[kind][2]) if kind else _("Python stopped it with an error")
    if kind in ("generator_ended", "exit_called", "endless_recursion"):
        return _("{call} did not come back: {why}.").format(call=call, why=why)
    if line := _line(error, function):
        words = _("{call} did not come back: {why} ({error}, in “{line}”).")
        return words.format(call=call, why=why, error=short, line=line)
    words = _("{call} did not come back: {why} ({error}).")
    return words.format(call=call, why=why, error=short)
