"""The answer key: what came out of each question, and each exercise with what to say of it."""

from __future__ import annotations

from medlearn.exercises.engine import Choice, Exercise, Text, Value
from medlearn.language import _, ngettext
from medlearn.lessons import Section
from medlearn_classroom.handouts.reading import Lecture, Question, Task
from medlearn_classroom.handouts.rendering import code, escape, markdown, outputs, page, table
from medlearn_classroom.marking.marks import points

__all__ = ["key"]


def said(words: str) -> str:
    """Plain words, which may hold signs that HTML reads."""
    return escape(words, quote=False).replace("\n", "<br>")


def answered(question: Question) -> str:
    """A question, what came out, and how the lesson reads it."""
    title = escape(_("Question {number}").format(number=question.number))
    shown = "".join(one.markup for cell in question.cells for one in outputs(cell))
    return (
        f'<section class="question"><h3>{title}</h3>{markdown(question.text)}'
        f'<p class="label">{escape(_("What came out"))}</p><div class="output">{shown}</div>'
        f'<p class="label">{escape(_("How to read it"))}</p>{markdown(question.reading)}</section>'
    )


def misconceptions(exercise: Exercise) -> str:
    """The wrong answers that the check knows, and what it says to whoever gives them."""
    known = exercise.misconceptions.values()
    if not known:
        return ""
    heads = escape(_("wrong answer")), escape(_("what the check says"))
    by_name = not isinstance(exercise, (Choice, Value))
    rows = [
        (said(one.name.replace("_", " ") if by_name else one.name), said(_(one.message)))
        for one in known
    ]
    title = escape(_("Misconceptions"))
    return f'<p class="label">{title}</p>{table(heads, rows, "misconceptions")}'


def judged(text: Text) -> str:
    """A judgement: the model answer, the list to compare with, and an example of each level."""
    items = "".join(f"<li>{said(item)}</li>" for item in text.checklist)
    heads = escape(_("points")), escape(_("what it does")), escape(_("an example"))
    rows = [(str(one.points), said(one.says), said(one.example)) for one in text.rubric]
    return (
        f'<p class="label">{escape(_("A model answer"))}</p><p>{said(text.model_answer)}</p>'
        f'<p class="label">{escape(_("A good answer says"))}</p><ul>{items}</ul>'
        f'<p class="label">{escape(_("How it is marked"))}</p>{table(heads, rows, "rubric")}'
    )


def solved(task: Task) -> str:
    """An exercise with its answer."""
    exercise = task.exercise
    if isinstance(exercise, Text):
        answer = judged(exercise)
    else:
        right = f"<p>{said(_(exercise.right))}</p>" if exercise.right else ""
        label = escape(_("A model answer"))
        answer = f'<p class="label">{label}</p>{code(exercise.code)}{right}'
    most = int(points(exercise))
    worth = ngettext("{n} point", "{n} points", most).format(n=most)
    return (
        f'<section class="task" data-exercise="{escape(task.name)}">{markdown(task.text)}'
        f'<p class="worth"><code>{escape(task.name)}</code> · {escape(worth)}</p>'
        f"{answer}{misconceptions(exercise)}</section>"
    )


def section(lecture: Lecture, one: Section) -> str:
    """What was asked in a section, with the answers, or nothing."""
    parts = [
        answered(part) if isinstance(part, Question) else solved(part)
        for part in lecture.asked_in(one)
    ]
    return f"<h2>{escape(one.heading)}</h2>{''.join(parts)}" if parts else ""


def key(lecture: Lecture) -> str:
    """The page of one lesson, in HTML."""
    title = _("{lesson}: the key").format(lesson=lecture.name)
    told = escape(
        _("For the teacher. Questions have the numbers of the handout and of the slides.")
    )
    says = "".join(
        f"<dt>{markdown(saying)}</dt><dd>{markdown(answer)}</dd>"
        for saying, answer in lecture.stumbling
    )
    blocks = f"<h2>{escape(_('Stumbling blocks'))}</h2><dl>{says}</dl>" if says else ""
    parts = [section(lecture, one) for one in lecture.lesson.sections]
    head = f"<header><h1>{escape(title)}</h1><p>{told}</p></header>"
    return page("key", title, "\n".join([head, *parts, blocks]))
