"""The handout: case, aims, questions and exercises with room to write, the recap. No answers."""

from __future__ import annotations

from medlearn.exercises.engine import Choice, Exercise, Text, Value
from medlearn.language import _
from medlearn.lessons import Section
from medlearn_classroom.handouts.reading import Lecture, Question, Task
from medlearn_classroom.handouts.rendering import code, escape, markdown, page

__all__ = ["handout"]

LINES = 4
"""For the answer to a question."""


def room(lines: int) -> str:
    """Lines to write on."""
    return f'<div class="room" aria-hidden="true">{"<i></i>" * lines}</div>'


def lines_for(exercise: Exercise) -> int:
    """How many lines an answer needs."""
    if isinstance(exercise, Text):
        return 10
    if isinstance(exercise, (Value, Choice)):
        return 2
    return 8


def asked(question: Question) -> str:
    """A question with room for a guess."""
    title = escape(_("Question {number}").format(number=question.number))
    label = escape(_("My guess, before the result:"))
    return (
        f'<section class="question"><h3>{title}</h3>{markdown(question.text)}'
        f'<p class="label">{label}</p>{room(LINES)}</section>'
    )


def set_(task: Task) -> str:
    """An exercise with its stub and room for an answer."""
    return (
        f'<section class="task" data-exercise="{escape(task.name)}">{markdown(task.text)}'
        f"{code(task.stub)}{room(lines_for(task.exercise))}</section>"
    )


def section(lecture: Lecture, one: Section) -> str:
    """What is asked in a section, or nothing."""
    parts = [
        asked(part) if isinstance(part, Question) else set_(part) for part in lecture.asked_in(one)
    ]
    return f"<h2>{escape(one.heading)}</h2>{''.join(parts)}" if parts else ""


def handout(lecture: Lecture) -> str:
    """The page of one lesson, in HTML.

    The recap has a page of its own, to be given later; so have the deeper sections, which a class
    may not reach.
    """
    facts = lecture.lesson.facts
    core = [section(lecture, one) for one in lecture.lesson.sections if one.level != "deeper"]
    deeper = [section(lecture, one) for one in lecture.lesson.sections if one.level == "deeper"]
    keep = escape(_("For the end of the lesson."))
    parts = [
        f"<header><h1>{escape(lecture.name)}</h1><p><b>{escape(facts.question)}</b></p></header>",
        markdown(lecture.texts("case")),
        markdown(lecture.texts("aims")),
        *core,
        f'<section class="sheet"><p class="label">{keep}</p>'
        f"{markdown(lecture.texts('recap'))}</section>",
    ]
    if any(deeper):
        ahead = escape(_("For those who are ahead: the deeper sections."))
        parts.append(
            f'<section class="sheet"><p class="label">{ahead}</p>{"".join(deeper)}</section>'
        )
    return page("handout", _("{lesson}: handout").format(lesson=lecture.name), "\n".join(parts))
