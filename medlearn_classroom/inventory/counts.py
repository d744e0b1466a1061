"""What is counted in the answers of a class, and which counts may be shown.

Counts of one to four people are not, so that no single person can be made out.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from medlearn_classroom.inventory.answers import Answers, Sheet
from medlearn_classroom.inventory.questions import LETTERS, Question, load

__all__ = [
    "FEW",
    "Offered",
    "asked",
    "chance",
    "comparable",
    "held",
    "left_out",
    "of",
    "parts",
    "rank",
    "score",
    "shown",
]

FEW = 5
"""Counts below this are not shown, but for a teacher who asked: then `few` is 1 below."""


def shown(k: int, n: int) -> bool:
    """Whether the very numbers may be seen: neither side holds one to four people."""
    return n >= FEW and not 0 < k < FEW and not 0 < n - k < FEW


Offered = dict[str, set[str]]
"""Question → the letters of its options that show one misconception."""


def asked(answers: Answers, few: int = FEW) -> dict[str, set[str]]:
    """The questions that were asked, for each time of which anything is shown."""
    return {
        time: {name for sheet in sheets.values() for name in sheet.asked}
        for time, sheets in answers.items()
        if len(sheets) >= few
    }


def comparable(asked: dict[str, set[str]], misconception: str) -> list[Offered]:
    """The questions in which a misconception is counted: those of both times where there are any.

    Otherwise each time has its own, and its count stands alone.
    """
    offered: Offered = {}
    for question in load().questions:
        letters = {k for k, o in question.options.items() if o.misconception == misconception}
        if letters:
            offered[question.name] = letters
    both = set.intersection(*asked.values())
    sets = [both] if both & set(offered) else list(asked.values())
    found = [{name: offered[name] for name in offered if name in one} for one in sets]
    return [one for one in found if one]


def chance(offered: Offered, answers: Answers) -> float:
    """The share of pure guessers who would choose the misconception on the sheets of this class."""
    chances = []
    for sheet in (sheet for sheets in answers.values() for sheet in sheets.values()):
        if names := set(offered) & sheet.asked:
            spared = math.prod(1 - len(offered[name]) / len(LETTERS) for name in names)
            chances.append(1 - spared)
    return sum(chances) / len(chances)


def held(sheets: dict[str, Sheet], offered: Offered) -> tuple[int, int]:
    """How many learners chose an option of a misconception, of how many who could have."""
    given = [sheet.answers for sheet in sheets.values()]
    could = [answers for answers in given if set(offered) & set(answers)]
    chose = [a for a in could if any(a.get(name) in offered[name] for name in offered)]
    return len(chose), len(could)


def rank(k: int, n: int, few: int = FEW) -> float:
    """For sorting: counts that are not shown must not be told apart by their place either."""
    if n < few or k == 0:
        return 0.0
    if k < few:
        return 1e-9
    return k / n if n - k >= few or k == n else (n - few + 1) / n


def parts(sheets: Iterable[Sheet]) -> list[list[Question]]:
    """The questions that were always asked together, in the order of the course.

    One sheet is one part. Several are several, and where they share questions, these are a part of
    their own: so a score is always that of the same questions.
    """
    headers = {sheet.asked for sheet in sheets}
    parts: dict[frozenset[frozenset[str]], list[Question]] = {}
    for question in load().questions:
        if held := frozenset(header for header in headers if question.name in header):
            parts.setdefault(held, []).append(question)
    return list(parts.values())


def of(sheets: dict[str, Sheet], part: list[Question]) -> dict[str, dict[str, str]]:
    """Learner → answers, of those who were asked the questions of a part."""
    return {code: s.answers for code, s in sheets.items() if part[0].name in s.asked}


def score(sheet: dict[str, str], part: list[Question]) -> int:
    """How many questions of a part somebody answered right."""
    return sum(sheet.get(question.name) == question.answer for question in part)


def left_out(sheet: dict[str, str], part: list[Question]) -> int:
    """How many questions of a part somebody left out."""
    return sum(question.name not in sheet for question in part)
