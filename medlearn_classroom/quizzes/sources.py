"""Where questions come from: the concept inventory, and the choices of the lessons' exercises."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

from medlearn import lessons
from medlearn.exercises import all_lessons
from medlearn.exercises.engine import Choice
from medlearn.language import _
from medlearn_classroom import ClassroomError
from medlearn_classroom.inventory.questions import load
from medlearn_classroom.quizzes.items import ChoiceItem, Option
from medlearn_classroom.words import lessons_named

__all__ = ["asked", "exercises", "inventory"]

_HEADING = re.compile(r"#+ +(?:[^\n:]+: *)?(?P<title>[^\n]+)\n")
_OPTION = re.compile(r"(?m)^- \*\*(?P<letter>[a-z])\)?\*\* (?P<text>.*(?:\n  +\S.*)*)\n?")


class _Asked(NamedTuple):
    """What a lesson asks before an exercise."""

    stem: str
    options: dict[str, str]


def _place(lesson: lessons.Lesson, kind: str) -> tuple[str, ...]:
    return ("medlearn", f"{lesson.number} {lesson.facts.title}", kind)


def inventory(numbers: Collection[str]) -> Iterator[ChoiceItem]:
    """The questions of the inventory that belong to these lessons."""
    known, course = load(), lessons.find()
    for question in known.questions:
        if question.lesson not in numbers:
            continue
        options = {}
        for letter, option in question.options.items():
            feedback = option.why
            if option.misconception:
                wrong = known.misconceptions[option.misconception]
                said = _("{why} *An answer of somebody who {phrase}: see {lessons}.*")
                feedback = said.format(
                    why=option.why, phrase=wrong.phrase, lessons=lessons_named(wrong.lessons)
                )
            options[letter] = Option(option.text, feedback)
        yield ChoiceItem(
            name=f"{question.lesson}-{question.name}",
            place=_place(course[question.lesson], _("inventory")),
            stem=question.stem.strip(),
            options=options,
            answer=question.answer,
        )


def asked(text: str) -> _Asked:
    """The question and the options in a cell of a lesson.

    Examples
    --------
    >>> asked("### Exercise: a sum\\nWhat is 2 + 2?\\n\\n- **a** three\\n- **b** four\\n")
    _Asked(stem='What is 2 + 2?', options={'a': 'three', 'b': 'four'})
    """
    options = {found["letter"]: found["text"] for found in _OPTION.finditer(text)}
    stem = _HEADING.sub("", _OPTION.sub("", text), count=1)
    return _Asked(stem.strip(), options)


def exercises(numbers: Collection[str]) -> Iterator[ChoiceItem]:
    """The exercises of these lessons in which one chooses a letter."""
    for lesson in lessons.find().values():
        if lesson.number not in numbers:
            continue
        above = ""
        known = all_lessons()[lesson.number]
        for cell in lesson.notebook["cells"]:
            name = lessons.tagged(cell, "exercise")
            if name is None:
                above = lessons.text_of(cell) if cell["cell_type"] == "markdown" else above
                continue
            exercise = known.exercises[name]
            if not isinstance(exercise, Choice):
                continue
            stem, options = asked(above)
            if set(options) != set(exercise.feedback):
                said = _(
                    "{lesson}: before the exercise {name!r} stand the options {found}; its "
                    "answers are {expected}."
                )
                raise ClassroomError(
                    said.format(
                        lesson=lesson.path.name,
                        name=name,
                        found=", ".join(options) or _("none"),
                        expected=", ".join(exercise.feedback),
                    )
                )
            where = _(
                "(Lesson {number}, exercise `{name}`; what stands above it there belongs to it.)"
            )
            yield ChoiceItem(
                name=f"{lesson.number}-{name.replace('_', '-')}",
                place=_place(lesson, _("exercises")),
                stem=f"{stem}\n\n{where.format(number=lesson.number, name=name)}",
                options={
                    letter: Option(text, _(exercise.feedback[letter]))
                    for letter, text in options.items()
                },
                answer=exercise.answer,
            )
