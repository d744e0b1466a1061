"""Sentences with gaps: `{auc}` is filled in, and a digit that was typed is refused."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from medlearn.language import _

__all__ = ["DigitsTyped", "filled", "without_gaps"]

_GAP = re.compile(r"\{([^{}]*)\}")
_NAME = re.compile(r"[^\W\d_]\w*")  # HbA1c and CA125 are words
_TYPED = re.compile(r"[-−]?\d[\d.,]*(?: ?%)?|[-−]?[.,]\d+")


class DigitsTyped(ValueError):
    """A number stands typed in the prose of results.

    Attributes
    ----------
    field : str
        The field of the card.
    digits : str
        What was typed.
    placeholder : str or None
        The number of the study that looks like it.
    """

    def __init__(self, message: str, field: str, digits: str, placeholder: str | None) -> None:
        super().__init__(message)
        self.field, self.digits, self.placeholder = field, digits, placeholder


def without_gaps(text: str) -> str:
    """The text without its placeholders and without words that hold a digit.

    Examples
    --------
    >>> without_gaps("HbA1c is high in {prevalence}.")
    ' is high in .'
    """
    words = unicodedata.normalize("NFKC", _GAP.sub("", text))  # ² is a digit, too
    return _NAME.sub(lambda word: "" if re.search(r"\d", word[0]) else word[0], words)


def filled(study: Any, text: str, field: str = "results", *, digits: bool = False) -> str:
    """Fill the placeholders of a text with the numbers of a study.

    Parameters
    ----------
    study : Study, or mapping of str to str
        Gives `numbers`: placeholder → text.
    text : str
        Sentences with placeholders in braces: "the AUC was {auc}".
    field : str
        What an error calls the text.
    digits : bool
        Whether digits may be typed. A number in words ("eighty per cent") is not seen.

    Returns
    -------
    str

    Raises
    ------
    DigitsTyped
        When a digit is typed where it must not be; names the placeholder that stands for it.
    ValueError
        When a placeholder is unknown, a brace is left over, or the text is empty.

    Examples
    --------
    >>> numbers = {"auc": "0.75 [0.71 to 0.79]", "sensitivity": "69 % [61 % to 77 %]"}
    >>> filled(numbers, "The AUC was {auc}.")
    'The AUC was 0.75 [0.71 to 0.79].'
    >>> filled(numbers, "The AUC was 0.75.")
    Traceback (most recent call last):
        ...
    medlearn.report.prose.DigitsTyped: results: "0.75" is typed. Numbers of results are computed:
    write {auc} in its place.
    """
    numbers: Mapping[str, str] = getattr(study, "numbers", study)
    if not isinstance(text, str) or not text.strip():
        raise ValueError(
            _("{field} should be a text of one sentence or more; it is {text!r}.").format(
                field=field, text=text
            )
        )
    if not digits and (typed := _TYPED.search(without_gaps(text))):
        raise _refused(field, typed[0].strip(" .,"), numbers)
    for name in _GAP.findall(text):
        if name not in numbers:
            raise _unknown(field, name, numbers)
    if re.search(r"[{}]", _GAP.sub("", text)):
        raise ValueError(
            _("{field} has a brace without its partner: write a placeholder as {example}.").format(
                field=field, example="{auc}"
            )
        )
    return " ".join(_GAP.sub(lambda gap: numbers[gap[1]], text).split())


def _refused(field: str, typed: str, numbers: Mapping[str, str]) -> DigitsTyped:
    like = [name for name, text in numbers.items() if _looks_like(typed, text)]
    if like:
        message = _(
            '{field}: "{typed}" is typed. Numbers of results are computed: write {{{name}}} in '
            "its place."
        ).format(field=field, typed=typed, name=like[0])
    else:
        message = _(
            '{field}: "{typed}" is typed, and no number of this study looks like it. Numbers of '
            "results are computed; there are {names}."
        ).format(field=field, typed=typed, names=", ".join(f"{{{name}}}" for name in numbers))
    return DigitsTyped(message, field, typed, like[0] if like else None)


def _looks_like(typed: str, text: str) -> bool:
    """Whether a typed number is the first of a text, rounded, as a share or in per cent."""
    value, first = _number(typed), re.search(r"[-−]?\d[\d.,]*", text)
    if value is None or first is None:
        return False
    shown = _number(first[0])
    digits = len(typed.strip(" %").partition(".")[2])
    if shown is None:
        return False
    percent = "%" in text.partition("[")[0]
    readings = [shown, shown / 100] if percent and "%" not in typed else [shown]
    if "%" in typed and not percent:
        readings = [100 * shown]
    return any(abs(value - one) <= 0.5000001 * 10.0**-digits for one in readings)


def _number(text: str) -> float | None:
    try:
        return float(text.strip(" %").replace(",", "").replace("−", "-"))
    except ValueError:
        return None


def _unknown(field: str, name: str, numbers: Mapping[str, str]) -> ValueError:
    near = difflib.get_close_matches(name, numbers, n=3, cutoff=0.5) or list(numbers)
    return ValueError(
        _("{field}: there is no placeholder {{{name}}}; there are {known}.").format(
            field=field, name=name, known=", ".join(f"{{{one}}}" for one in near)
        )
    )
