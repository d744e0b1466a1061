"""A learner's copy when its lesson has changed: what is new, and which answers go along.

Answers go by the name of their exercise, from a cell with its tag to the cell with the same tag.
Nothing is guessed: what stands elsewhere stays where it is, and is named. A copy remembers, in its
metadata, as much of the lesson as this needs. No file is read or written here; see `medlearn.lab`.
"""

from __future__ import annotations

import ast
import hashlib
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from medlearn import __version__, lessons
from medlearn.lessons import Lesson, tagged, text_of

__all__ = ["Memory", "Renewal", "remember", "renew", "unfilled"]

FIRST = "0.1.0"
"""The version of the course that made the copies which do not remember theirs."""

CHANGED = "# This exercise has changed since you answered it. It now begins like this:"
"""Stands below an answer whose exercise has changed, above the new beginning."""


def mark(text: str) -> str:
    """A short text that stands for a cell's text, whatever spaces end its lines.

    Examples
    --------
    >>> mark("a = 1") == mark("a = 1  \\n") != mark("a = 2")
    True
    """
    lines = "\n".join(line.rstrip() for line in text.strip().splitlines())
    return hashlib.sha256(lines.encode("utf-8", "replace")).hexdigest()[:8]


# --- what a copy remembers -----------------------------------------------------------------------


def remember(lesson: Lesson) -> dict[str, Any]:
    """What a copy of this lesson keeps in its metadata, as `copy_of`."""
    return {
        "lesson": lesson.path.name,
        "version": lesson.version,
        "course": __version__,
        "sections": [section.heading for section in lesson.sections],
        "stubs": {name: mark(text_of(cell)) for name, cell in lesson.stubs.items()},
        "cells": " ".join(mark(text_of(cell)) for cell in lesson.cells),
    }


@dataclass(frozen=True)
class Memory:
    """What a copy knows of the lesson from which it was made.

    Attributes
    ----------
    course : str
        The version of the course.
    sections : tuple of str or None
        The headings. This and what follows is None in a copy made before version 0.2.0.
    stubs : mapping of str to str or None
        Exercise → the mark of the cell before it was filled in.
    cells : frozenset of str or None
        The marks of all cells.
    """

    course: str = FIRST
    sections: tuple[str, ...] | None = None
    stubs: Mapping[str, str] | None = None
    cells: frozenset[str] | None = None

    @classmethod
    def of(cls, copy_of: Any) -> Memory:
        """From `copy_of`; what is missing there, or was spoilt, is not remembered."""
        if not isinstance(copy_of, dict) or not isinstance(copy_of.get("course"), str):
            return cls()
        sections, stubs, cells = (copy_of.get(key) for key in ("sections", "stubs", "cells"))
        return cls(
            copy_of["course"],
            tuple(map(str, sections)) if isinstance(sections, list) else None,
            stubs if isinstance(stubs, dict) else None,
            frozenset(cells.split()) if isinstance(cells, str) else None,
        )


# --- answers -------------------------------------------------------------------------------------


def unfilled(text: str) -> bool:
    """Whether `...` stands where an answer belongs: as a value, or as all that a function does.

    Examples
    --------
    >>> unfilled("race = ...  # your number"), unfilled("def f(x):\\n    # here\\n    ...")
    (True, True)
    >>> unfilled("race = 3"), unfilled("def f(x):\\n    ...\\n    return x[..., 0]")
    (False, False)
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of odd escapes in a learner's text
            statements = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False  # every stub can be run, so somebody has written this

    def is_open(node: ast.AST | None) -> bool:
        if isinstance(node, ast.Tuple | ast.List):
            return any(map(is_open, node.elts))
        return isinstance(node, ast.Constant) and node.value is ...

    def waits(statement: ast.stmt) -> bool:
        if isinstance(statement, ast.FunctionDef):
            return all(isinstance(s, ast.Expr) and is_open(s.value) for s in statement.body)
        return isinstance(statement, ast.Assign) and is_open(statement.value)

    return any(map(waits, statements))


def _ids(lesson: Lesson) -> set[str]:
    """The ids of its cells; a notebook that was saved on Colab may have none."""
    return {str(cell["id"]) for cell in lesson.cells if cell.get("id") is not None}


def _defines(cell: Mapping[str, Any], name: str) -> bool:
    """Whether a line of this code cell gives the name of an exercise a value."""
    found = re.search(rf"(?m)^(def {re.escape(name)}\b|{re.escape(name)}\s*=)", text_of(cell))
    return cell["cell_type"] == "code" and found is not None


def _own_cells(old: Lesson, memory: Memory, new: Lesson) -> list[dict[str, Any]]:
    """The cells that the learner added or changed, apart from those of exercises and checks.

    Without a memory: the cells that the new lesson does not have.
    """
    known = memory.cells or {mark(text_of(cell)) for cell in new.cells}
    ids = set() if memory.cells else _ids(new)
    return [
        cell
        for cell in old.cells
        if text_of(cell).strip()
        and mark(text_of(cell)) not in known
        and str(cell.get("id")) not in ids
        and not (tagged(cell, "exercise") or tagged(cell, "check"))
    ]


def _exercises_before(old: Lesson, memory: Memory, new: Lesson) -> list[str]:
    """The exercises of the lesson from which the copy was made.

    Without a memory: those that the copy has, and those whose cell it has, though without its tag.
    """
    if memory.stubs is not None:
        return list(memory.stubs)
    ids = _ids(old)
    had = [name for name, cell in new.stubs.items() if str(cell.get("id")) in ids]
    return list(dict.fromkeys([*old.stubs, *had]))


def _answers(old: Lesson, memory: Memory, new: Lesson) -> tuple[dict[str, str], dict[str, str]]:
    """Exercise → the answer that goes along; exercise → why its answer stays in the old copy."""
    stubs = memory.stubs or {}
    before = _exercises_before(old, memory, new)

    def is_answer(name: str, cell: Mapping[str, Any]) -> bool:
        text = text_of(cell)
        if not text.strip() or (name in new.stubs and mark(text) == mark(text_of(new.stubs[name]))):
            return False
        if name in stubs:
            return mark(text) != stubs[name]
        return not unfilled(text)

    kept: dict[str, str] = {}
    stays: dict[str, str] = {}
    shared = {mark(text_of(cell)) for cell in new.cells} | (memory.cells or set())
    elsewhere = [
        cell
        for cell in old.cells
        if not tagged(cell, "exercise") and mark(text_of(cell)) not in shared
    ]
    for name in dict.fromkeys([*before, *old.stubs, *new.stubs]):
        cells = [cell for cell in old.cells if tagged(cell, "exercise") == name]
        found = {text_of(cell): cell for cell in cells if is_answer(name, cell)}
        if len(found) > 1:
            stays[name] = "answered in two cells"
        elif found:
            ((text, cell),) = found.items()
            if name not in new.stubs:
                stays[name] = "no longer in the lesson"
            elif cell["cell_type"] != new.stubs[name]["cell_type"]:
                stays[name] = "its cell is of another kind now"
            else:
                kept[name] = text
        elif any(_defines(cell, name) for cell in elsewhere):
            stays[name] = "answered in another cell"
        elif name in before and not cells:
            stays[name] = "its cell is gone or has lost its tag"
    return kept, stays


# --- what is new ---------------------------------------------------------------------------------


def _plain(heading: str) -> str:
    """A heading without its number and its level: a section that only moved is not new."""
    return re.sub(r"^\d+\. | \(deeper\)$", "", heading)


def _and(things: Iterable[str]) -> str:
    *first, last = things
    return f"{', '.join(first)} and {last}" if first else last


def _exercises(names: Iterable[str]) -> str:
    names = list(names)
    return f"exercise{'s' if len(names) > 1 else ''} {_and(names)}"


@dataclass(frozen=True)
class Renewal:
    """A lesson for a learner who had an older copy of it.

    Attributes
    ----------
    notebook : dict
        The new lesson without outputs, with the learner's answers.
    kept : tuple of str
        The exercises whose answers went along.
    stays : dict of str to str
        Exercise → why its answer stands in the old copy only.
    own_cells : str
        How many other cells stay there, in words; empty when none do.
    new, gone : list of str
        Sections and exercises, in words.
    changed : list of str
        The exercises that begin otherwise now, in words.
    both : bool
        Whether an answer stands above the new beginning of its exercise.
    same_code : bool
        Whether every piece of code is as it was, as far as the copy remembers.
    """

    notebook: dict[str, Any]
    kept: tuple[str, ...] = ()
    stays: dict[str, str] = field(default_factory=dict)
    own_cells: str = ""
    new: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    both: bool = False
    same_code: bool = False

    def left(self) -> list[str]:
        """What stands in the old copy only, in words."""
        answers = [f"{name} ({why})" for name, why in self.stays.items()]
        return answers + ([self.own_cells] if self.own_cells else [])

    def news(self, changelog: list[tuple[str, str]]) -> Iterator[str]:
        """What is new, a line each.

        Parameters
        ----------
        changelog : list of (str, str)
            Versions, and what changed in this lesson with them. The newest two are told.
        """
        if self.new:
            yield f"New: {'; '.join(self.new)}."
        if self.gone:
            yield f"Gone: {'; '.join(self.gone)}."
        if self.changed:
            both = " Your answer stands in its cell, above the new beginning." if self.both else ""
            yield f"Changed: {_exercises(self.changed)}.{both}"
        for version, text in changelog[:2]:
            yield f"{version}: {text}"
        if len(changelog) > 2:
            yield f"CHANGELOG.md holds {len(changelog) - 2} more of its changes."
        if not (self.new or self.gone or self.changed or changelog):
            what = "wording" if self.same_code else "wording or code"
            yield f"Only {what} changed; sections and exercises are as they were."


def _new(new: Lesson, sections: set[str], exercises: set[str]) -> Iterator[str]:
    """The new sections with their new exercises, and the new exercises of other sections."""
    for section in new.sections:
        fresh = [name for name in section.exercises if name in exercises]
        if _plain(section.heading) in sections:
            yield f'section "{section.heading}"' + (f" with {_exercises(fresh)}" if fresh else "")
        elif fresh:
            yield f'{_exercises(fresh)} in "{section.heading}"'
    if outside := exercises - {name for s in new.sections for name in s.exercises}:
        yield _exercises(sorted(outside))


def _gone(sections: Iterable[str], exercises: Iterable[str]) -> Iterator[str]:
    yield from (f'section "{heading}"' for heading in sections)
    if exercises := list(exercises):
        yield _exercises(exercises)


def _without_beginning(answer: str) -> str:
    """An answer without the new beginning that an earlier renewal put below it."""
    own, _, below = answer.rpartition(CHANGED)
    comments = all(line.startswith("#") or not line.strip() for line in below.splitlines())
    return (own if own and comments else answer).rstrip()


def renew(old: Lesson, memory: Memory, new: Lesson) -> Renewal:
    """The new lesson with the learner's answers, and what there is to say about it.

    Parameters
    ----------
    old : Lesson
        The learner's copy.
    memory : Memory
        What the copy knows of the lesson from which it was made.
    new : Lesson
        The lesson as it is now.
    """
    kept, stays = _answers(old, memory, new)
    stubs = memory.stubs or {}
    before = {_plain(heading): heading for heading in memory.sections or ()}
    now = {_plain(section.heading): section.heading for section in new.sections}
    if memory.sections is None:  # a heading without a level may be the learner's own
        headings = {_plain(s.heading): s for s in old.sections}
        before = {p: s.heading for p, s in headings.items() if s.level or p in now}
    names = _exercises_before(old, memory, new)
    where = {name: f' in "{s.heading}"' for s in new.sections for name in s.exercises}
    changed = [
        name
        for name, cell in new.stubs.items()
        if name in stubs and stubs[name] != mark(text_of(cell))
    ]

    notebook = lessons.strip(new.notebook)
    for cell in notebook["cells"]:
        name = tagged(cell, "exercise")
        if name in kept:
            answer = kept[name]
            if name in changed and cell["cell_type"] == "code":
                stub = "\n".join(f"# {line}".rstrip() for line in text_of(cell).splitlines())
                answer = f"{_without_beginning(answer)}\n\n{CHANGED}\n{stub}"
            cell["source"] = answer.splitlines(keepends=True)

    own = len(_own_cells(old, memory, new))
    what = "added or changed" if memory.cells else "have and the new version has not"
    code = [mark(text_of(cell)) for cell in new.cells if cell["cell_type"] == "code"]
    gone = [heading for plain, heading in before.items() if plain not in now]
    return Renewal(
        notebook,
        kept=tuple(name for name in new.stubs if name in kept),
        stays=stays,
        own_cells=f"{own} cell{'s' if own > 1 else ''} that you {what}" if own else "",
        new=list(_new(new, now.keys() - before.keys(), new.stubs.keys() - set(names))),
        gone=list(_gone(gone, [name for name in names if name not in new.stubs])),
        changed=[name + where.get(name, "") for name in changed],
        both=any(name in kept and new.stubs[name]["cell_type"] == "code" for name in changed),
        same_code=memory.cells is not None and memory.cells.issuperset(code),
    )
