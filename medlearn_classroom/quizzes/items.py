"""What a question is, whatever the file that holds it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

__all__ = ["ChoiceItem", "Item", "Near", "NumberItem", "Option"]


class Option(NamedTuple):
    """One of the answers to choose from, and what somebody reads who chose it."""

    text: str
    feedback: str


class Near(NamedTuple):
    """A wrong number that people really give, as it is typed, and what they read then."""

    value: str
    feedback: str


@dataclass(frozen=True)
class ChoiceItem:
    """A question with one right option. All texts are Markdown, on one line or on several.

    Parameters
    ----------
    name : str
        Known by it on a platform, such as "05-stroke-risk".
    place : tuple of str
        The category, from the outermost on.
    stem : str
    options : mapping of a letter to an Option
    answer : str
        The right letter.
    """

    name: str
    place: tuple[str, ...]
    stem: str
    options: Mapping[str, Option]
    answer: str


@dataclass(frozen=True)
class NumberItem:
    """A question whose answer is typed in. Numbers are written with a point and no blanks.

    Parameters
    ----------
    name, place, stem
        As of a ChoiceItem.
    value, tolerance : str
        Right is what lies no further from the value than the tolerance.
    feedback : str
        What somebody reads who was right.
    near : sequence of Near
        Wrong numbers with an answer of their own, within the same tolerance.
    """

    name: str
    place: tuple[str, ...]
    stem: str
    value: str
    tolerance: str
    feedback: str
    near: Sequence[Near]


Item = ChoiceItem | NumberItem
