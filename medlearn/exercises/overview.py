"""Which exercises are right, written or still open, as a picture and in words."""

from __future__ import annotations

import html
from collections.abc import Mapping

from medlearn.exercises import all_lessons
from medlearn.exercises.base import states
from medlearn.exercises.boxes import publish
from medlearn.language import N_, _

__all__ = ["line", "show", "table"]

Rows = list[tuple[str, Mapping[str, str]]]


def table(only: str | None = None) -> Rows:
    """Each lesson's number, and what became of its exercises: "right", "written" or "open".

    Raises
    ------
    ValueError
        When there is no lesson `only`.

    Examples
    --------
    >>> number, marks = table("01")[0]
    >>> number, list(marks)[0]
    ('01', 'neuron')
    """
    lessons = all_lessons()
    if only is not None and only not in lessons:
        raise ValueError(
            _("There is no lesson {only!r} with exercises; there are {lessons}.").format(
                only=only, lessons=list(lessons)
            )
        )
    return [
        (number, states(lesson)) for number, lesson in lessons.items() if only in (None, number)
    ]


def line(number: str, marks: Mapping[str, str]) -> str:
    """How far one lesson is, in words. A text counts as written, never as right.

    Parameters
    ----------
    number : str
    marks : mapping of str to str
        As in `table`.

    Examples
    --------
    >>> line("01", {"neuron": "right", "verdict": "open"})
    'Lesson 01: 1 of 2 exercises done; still open: verdict'
    >>> line("01", {"neuron": "right", "verdict": "written"})
    'Lesson 01: 2 of 2 exercises done: 1 right, 1 written'
    """
    state = [*marks.values()]
    right, written = state.count("right"), state.count("written")
    left = [name for name, mark in marks.items() if mark == "open"]
    if written and left:
        words = _(
            "Lesson {number}: {done} of {total} exercises done: {right} right, {written} written; "
            "still open: {left}"
        )
    elif written:
        words = _(
            "Lesson {number}: {done} of {total} exercises done: {right} right, {written} written"
        )
    elif left:
        words = _("Lesson {number}: {done} of {total} exercises done; still open: {left}")
    else:
        words = _("Lesson {number}: {done} of {total} exercises done")
    return words.format(
        number=number,
        done=right + written,
        total=len(marks),
        right=right,
        written=written,
        left=", ".join(left),
    )


def _words(rows: Rows) -> str:
    return "\n".join(line(number, marks) for number, marks in rows)


_SIGNS = {  # state: what a square is called, and what is drawn in it, from its upper left corner
    "right": (N_("{name}: right"), "m5 12 l4 4 l8 -9"),  # a tick
    "written": (N_("{name}: written"), "m5 7 h12 m-12 4 h12 m-12 4 h7"),  # three lines of a text
    "open": (N_("{name}: open"), ""),
}


def _square(x: int, y: int, side: int, name: str, state: str) -> str:
    words, sign = _SIGNS[state]
    fill = "#0072B2" if sign else "none"
    title = html.escape(_(words).format(name=name))
    square = (
        f'<rect x="{x}" y="{y}" width="{side}" height="{side}" rx="4" fill="{fill}" '
        f'stroke="#0072B2"><title>{title}</title></rect>'
    )
    if sign:
        square += f'<path d="M{x} {y} {sign}" fill="none" stroke="white" stroke-width="2.5"/>'
    return square


def _svg(rows: Rows) -> str:
    """One row a lesson, one square an exercise: a tick is right, lines of text are written."""
    side, gap, left = 22, 6, 84
    width = left + max((len(marks) for _number, marks in rows), default=1) * (side + gap)
    parts = []
    for row, (number, marks) in enumerate(rows):
        y = row * (side + gap) + gap
        title = html.escape(_("Lesson {number}").format(number=number))
        parts.append(f'<text x="4" y="{y + 16}" fill="currentColor">{title}</text>')
        parts += [
            _square(left + column * (side + gap), y, side, name, state)
            for column, (name, state) in enumerate(marks.items())
        ]
    height = len(rows) * (side + gap) + gap
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" role="img" '
        f'font-family="sans-serif" font-size="13" aria-label="{html.escape(_words(rows))}">'
        f"{''.join(parts)}</svg>"
    )


def show(lesson: str | None = None) -> None:
    """Draw the progress in one lesson or in all, with the same in words below it."""
    rows = table(lesson)
    words = _words(rows)
    lines = html.escape(words).replace("\n", "<br>")
    summary = f"<summary>{html.escape(_('In words'))}</summary>"
    publish(words, f"{_svg(rows)}<details>{summary}{lines}</details>")
