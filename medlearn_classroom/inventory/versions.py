"""Which questions are asked together: chosen by block or by lesson, dealt to sheets."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import NamedTuple

from medlearn import lessons
from medlearn.language import _
from medlearn_classroom import ClassroomError
from medlearn_classroom.inventory.questions import Question, load

__all__ = ["MOST", "Version", "numbers_of", "versions"]

MOST = 20  # questions on one sheet: they take half an hour


class Version(NamedTuple):
    """What is printed on one sheet: at most twenty questions."""

    name: str
    questions: tuple[Question, ...]


def _deal(name: str, questions: Iterable[Question]) -> list[Version]:
    """Deal questions to as few sheets as hold them: evenly by lesson, by number and by letter."""
    questions = list(questions)
    count = -(-len(questions) // MOST)
    hands: list[list[Question]] = [[] for _ in range(count)]

    def crowded(choice: tuple[Question, list[Question]]) -> tuple[int, int, int]:
        question, hand = choice
        # The lesson first: the sizes still differ by one at most, because what is left of a lesson
        # goes to the smaller sheets.
        return (
            sum(held.lesson == question.lesson for held in hand),
            len(hand),
            sum(held.answer == question.answer for held in hand),
        )

    for _lesson, group in itertools.groupby(questions, key=lambda question: question.lesson):
        left = list(group)
        while left:
            question, hand = min(itertools.product(left, hands), key=crowded)
            hand.append(question)
            left.remove(question)
    names = [name] if count == 1 else [f"{name}-{number}" for number in range(1, count + 1)]
    in_order = [tuple(sorted(hand, key=questions.index)) for hand in hands]
    return [Version(name, hand) for name, hand in zip(names, in_order, strict=True)]


def numbers_of(words: Iterable[str]) -> list[str]:
    """Lessons named one by one or from-to, in the order of the course.

    Raises
    ------
    ClassroomError
        When one of them does not exist.

    Examples
    --------
    >>> numbers_of(["05", "00-02"])
    ['00', '01', '02', '05']
    """
    known = list(lessons.find())
    chosen, unknown = set(), []
    for word in words:
        first, _dash, last = word.partition("-")
        found = {n for n in known if first <= n <= last} if last else {word} & set(known)
        chosen |= found
        unknown += [] if found else [word]
    if unknown or not chosen:
        said = (
            _(
                "There is no lesson {unknown}. Lessons: {known}; several are named as "
                "{first} {last} or {first}-{last}."
            )
            if unknown
            else _(
                "There is no lesson named. Lessons: {known}; several are named as "
                "{first} {last} or {first}-{last}."
            )
        )
        raise ClassroomError(
            said.format(
                unknown=", ".join(unknown), known=", ".join(known), first=known[0], last=known[-1]
            )
        )
    return sorted(chosen)


def _mixed(numbers: list[str]) -> list[Version]:
    questions = [question for question in load().questions if question.lesson in numbers]
    several = numbers[0] != numbers[-1]
    name = f"lessons-{numbers[0]}-{numbers[-1]}" if several else f"lesson-{numbers[0]}"
    return _deal(name, questions)


def versions(
    blocks: Iterable[str] | None = None, numbers: Iterable[str] | None = None
) -> list[Version]:
    """Choose questions, and deal them to sheets of at most twenty.

    Parameters
    ----------
    blocks : iterable of str, optional
        Names of blocks of the course. Each block has sheets of its own.
    numbers : iterable of str, optional
        Lessons, as in "00" or "00-08", instead of blocks. Their questions are mixed.
        Without both, all questions are on one sheet if it holds them; otherwise each block has its
        own.

    Returns
    -------
    list of Version
        Where one sheet does not hold them, several share the questions of each lesson evenly. The
        same course gives the same sheets.

    Raises
    ------
    ClassroomError
        When a block or a lesson does not exist, or none of them has questions yet.

    Examples
    --------
    >>> [(version.name, len(version.questions)) for version in versions(numbers=["00-01"])]
    [('lessons-00-01', 4)]
    """
    questions = load().questions
    if numbers is not None:
        found = _mixed(numbers_of(numbers))
    elif blocks is None and 0 < len(questions) <= MOST:
        found = _mixed(sorted({question.lesson for question in questions}))
    else:
        groups: dict[str, list[Question]] = {name: [] for name in lessons.BLOCKS}
        for question in questions:
            groups[question.block].append(question)
        wanted = list(groups) if blocks is None else list(dict.fromkeys(blocks))
        if unknown := [name for name in wanted if name not in groups]:
            said = _("There is no block {unknown}. Blocks: {known}.")
            raise ClassroomError(said.format(unknown=", ".join(unknown), known=", ".join(groups)))
        found = [version for name in wanted for version in _deal(name, groups[name])]
    if not found:
        known = ", ".join(dict.fromkeys(question.lesson for question in questions))
        said = _("These lessons have no questions yet. Lessons with questions: {known}.")
        raise ClassroomError(said.format(known=known or _("none")))
    return found
