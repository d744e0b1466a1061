"""Which cells of a lesson are slides, by its tags; `sync` writes it where nbconvert and RISE look.

In a deck stand the title, the case, the opening of each core section, each picture, each question
before a result, each exercise, *In the clinic* and the *Recap*. The other text of these sections
becomes the speaker's notes; code that only prepares, and all that is deeper, is skipped. An author
who wants it otherwise tags a cell ``slide:slide``, ``slide:subslide``, ``slide:fragment``,
``slide:notes`` or ``slide:skip``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from medlearn.lessons import Lesson, Section, tagged, tags_of

__all__ = ["KINDS", "SLIDES", "mark", "types"]

KINDS = ("slide", "subslide", "fragment", "notes", "skip")
"""What a cell can be: nbconvert's words."""

SLIDES = ("slide", "subslide")
"""The kinds that begin a new slide."""

ON_SLIDES = ("case", "clinic", "recap")  # the parts without a number that a deck shows

Cell = Mapping[str, Any]


def has_picture(cell: Cell) -> bool:
    """Whether a picture is stored among a cell's outputs."""
    return any("image/png" in output.get("data", {}) for output in cell.get("outputs", ()))


def types(lesson: Lesson) -> list[str]:
    """Say of each cell of a lesson what it is in a deck.

    Returns
    -------
    list of str
        One of `KINDS` for each cell, in order.

    Raises
    ------
    ValueError
        When an author's own tag is of no such kind.
    """
    shown = {id(cell): kind for section in lesson.sections for cell, kind in of_section(section)}
    found = []
    for cell in lesson.cells:
        kind = "slide" if "header" in tags_of(cell) else shown.get(id(cell), "skip")
        own = tagged(cell, "slide")
        if own is not None and own not in KINDS:
            raise ValueError(
                f"{lesson.stem}: a cell is tagged slide:{own}; expected one of {', '.join(KINDS)}."
            )
        found.append(own or kind)
    return found


def of_section(section: Section) -> Iterator[tuple[Cell, str]]:
    """Each cell of one section, with its kind."""
    for place, cell in enumerate(section.cells):
        if {"setup", "links"} & {*tags_of(cell)}:
            yield cell, "skip"
        elif section.part in ON_SLIDES:
            kind = "slide" if place == 0 else "subslide"
            yield cell, kind if cell["cell_type"] == "markdown" else "skip"
        elif section.level != "core":
            yield cell, "skip"
        elif place == 0:
            yield cell, "slide"
        elif cell["cell_type"] == "markdown":
            yield cell, "subslide" if asks(section.cells[place + 1 :]) else "notes"
        elif "predict" in tags_of(cell):
            yield cell, "fragment"
        else:
            yield cell, "subslide" if has_picture(cell) else "skip"


def asks(following: Sequence[Cell]) -> bool:
    """Whether a text asks, by the cells after it: a stub comes next, or a result before more text.

    Between the question and the result may stand code that prepares it and shows nothing.
    """
    if following and tagged(following[0], "exercise"):
        return True
    for cell in following:
        if cell["cell_type"] != "code" or (has_picture(cell) and "predict" not in tags_of(cell)):
            return False
        if "predict" in tags_of(cell):
            return True
    return False


def mark(lesson: Lesson) -> None:
    """Write into each cell's metadata what it is in a deck."""
    for cell, kind in zip(lesson.cells, types(lesson), strict=True):
        cell["metadata"]["slideshow"] = {"slide_type": kind}
