"""What a notebook shows besides an answer's value: its code, and answers in Markdown cells.

A learner who writes sentences into a Markdown cell below the task has answered. The sentences go to
the person who reads; other answers there are flagged, since nothing can be run in a text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from medlearn import lessons
from medlearn.exercises.engine import Exercise, Function, Text
from medlearn.language import _
from medlearn_classroom.marking.copies import fingerprint, uses_solution
from medlearn_classroom.marking.marks import Mark

__all__ = ["looked_at", "written_beside"]

SHORTEST = 3
"""Words that an answer in a Markdown cell has at least; fewer are a remark."""


def written_beside(name: str, notebook: dict[str, Any], original: dict[str, Any]) -> str:
    """What a learner wrote in Markdown cells near an exercise, or nothing.

    From the heading above the exercise to the next exercise's cell or heading. Texts of the lesson
    itself are left out; where a learner wrote on below one, what follows it counts.

    Parameters
    ----------
    name : str
        The exercise.
    notebook, original : dict
        The learner's, and the lesson's.

    Examples
    --------
    >>> def md(text): return {"cell_type": "markdown", "source": text, "metadata": {}}
    >>> stub = {"cell_type": "code", "source": "a = ...", "metadata": {"tags": ["exercise:a"]}}
    >>> lesson = {"cells": [md("## 1. Task"), md("Write a."), stub]}
    >>> mine = {"cells": [md("## 1. Task"), md("Write a."), stub, md("It is, I think, seven.")]}
    >>> written_beside("a", mine, lesson)
    'It is, I think, seven.'
    """
    own = {_words(lessons.text_of(cell)) for cell in original["cells"]}
    openings = sorted(own - {""}, key=len, reverse=True)
    found = []
    ids = {cell.get("id") for cell in original["cells"]} - {None}
    for cell in _near(name, notebook):
        text = lessons.text_of(cell)
        words = _words(text)
        opening = next((o for o in openings if len(o) > 20 and words.startswith(o)), "")
        if words in own or (cell.get("id") in ids and not opening):  # or an earlier text of its
            continue
        rest = words[len(opening) :].strip()
        if len(rest.split()) >= SHORTEST:
            found.append(rest if opening else text.strip())
    return "\n\n".join(found)


def _words(text: str) -> str:
    """A text without line breaks and addresses: an assignment has no links to other pages."""
    return " ".join(re.sub(r"\]\([^)]*\)", "", text).replace("[", "").split())


def _near(name: str, notebook: dict[str, Any]) -> Iterator[dict[str, Any]]:
    cells = notebook["cells"]
    place = next((i for i, c in enumerate(cells) if lessons.tagged(c, "exercise") == name), None)
    if place is None:
        return
    first = place
    while first > 0 and not _ends(cells[first - 1]):
        first -= 1
    last = place + 1
    while last < len(cells) and not _ends(cells[last]):
        last += 1
    for cell in cells[first:last]:
        if cell["cell_type"] == "markdown":
            yield cell


def _ends(cell: dict[str, Any]) -> bool:
    """Whether a cell is another exercise's, or opens another part."""
    if lessons.tagged(cell, "exercise"):
        return True
    return cell["cell_type"] == "markdown" and lessons.text_of(cell).lstrip().startswith("## ")


def looked_at(
    mark: Mark, exercise: Exercise, notebook: dict[str, Any], original: dict[str, Any] | None
) -> Mark:
    """The same mark with what its cell and the cells around it show.

    Parameters
    ----------
    mark : Mark
    exercise : Exercise
    notebook : dict
        The learner's.
    original : dict or None
        The lesson, where it is here.
    """
    code = next(
        (
            lessons.text_of(cell)
            for cell in notebook["cells"]
            if lessons.tagged(cell, "exercise") == mark.exercise
        ),
        "",
    )
    flags = [*mark.flags]
    if uses_solution(code):
        flags.append(_("takes the course's own solution"))
    unanswered = original is not None and mark.status in ("not yet", "missing")
    if unanswered and (text := written_beside(mark.exercise, notebook, original)):
        flags.append(_("written in a Markdown cell"))
        if isinstance(exercise, Text):
            mark = replace(mark, status="to read", points=None, message=text[:20_000])
    source = fingerprint(code) if isinstance(exercise, Function) else ""
    return replace(mark, flags=tuple(flags), source=source)
