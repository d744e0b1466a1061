"""Which exercises are done and which are still open, as a picture and in words."""

from __future__ import annotations

import html

from medlearn.exercises import all_lessons, progress
from medlearn.exercises.boxes import publish
from medlearn.language import _

__all__ = ["line", "show", "table"]


def table(only: str | None = None) -> list[tuple[str, list[tuple[str, bool]]]]:
    """Each lesson's number and its exercises in order, each with whether it was passed.

    Raises
    ------
    ValueError
        When there is no lesson `only`.

    Examples
    --------
    >>> number, marks = table("01")[0]
    >>> number, marks[0][0]
    ('01', 'neuron')
    """
    lessons = all_lessons()
    if only is not None and only not in lessons:
        raise ValueError(
            _("There is no lesson {only!r} with exercises; there are {lessons}.").format(
                only=only, lessons=list(lessons)
            )
        )
    done = progress.passed()
    return [
        (number, [(name, name in done.get(number, {})) for name in lesson.exercises])
        for number, lesson in lessons.items()
        if only in (None, number)
    ]


def line(number: str, marks: list[tuple[str, bool]]) -> str:
    """How far one lesson is, in words.

    Parameters
    ----------
    number : str
    marks : list of (str, bool)
        As in `table`.

    Examples
    --------
    >>> line("01", [("neuron", True), ("verdict", False)])
    'Lesson 01: 1 of 2 exercises passed; still open: verdict'
    """
    left = [name for name, is_done in marks if not is_done]
    words = _("Lesson {number}: {passed} of {total} exercises passed")
    if left:
        words = _("Lesson {number}: {passed} of {total} exercises passed; still open: {left}")
    passed, total = len(marks) - len(left), len(marks)
    return words.format(number=number, passed=passed, total=total, left=", ".join(left))


def _words(rows: list[tuple[str, list[tuple[str, bool]]]]) -> str:
    return "\n".join(line(number, marks) for number, marks in rows)


def _svg(rows: list[tuple[str, list[tuple[str, bool]]]]) -> str:
    """One row a lesson, one square an exercise: filled with a tick when passed."""
    side, gap, left = 22, 6, 84
    width = left + max((len(marks) for _number, marks in rows), default=1) * (side + gap)
    parts = []
    for row, (number, marks) in enumerate(rows):
        y = row * (side + gap) + gap
        title = html.escape(_("Lesson {number}").format(number=number))
        parts.append(f'<text x="4" y="{y + 16}" fill="currentColor">{title}</text>')
        for column, (name, is_done) in enumerate(marks):
            x = left + column * (side + gap)
            fill = "#0072B2" if is_done else "none"
            state = _("{name}: passed") if is_done else _("{name}: open")
            parts.append(
                f'<rect x="{x}" y="{y}" width="{side}" height="{side}" rx="4" fill="{fill}" '
                f'stroke="#0072B2"><title>{html.escape(state.format(name=name))}</title></rect>'
            )
            if is_done:
                parts.append(
                    f'<path d="M{x + 5} {y + 12} l4 4 l8 -9" fill="none" stroke="white" '
                    'stroke-width="2.5"/>'
                )
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
