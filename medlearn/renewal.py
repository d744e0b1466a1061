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
from medlearn.language import _, ngettext
from medlearn.lessons import Lesson, tagged, text_of

__all__ = ["Memory", "Renewal", "remember", "renew", "unfilled"]

FIRST = "0.1.0"
"""The version of the course that made the copies which do not remember theirs."""

CHANGED = "#▼"
"""Begins the line between an answer whose exercise has changed and the new beginning."""

# no text: what version 0.2.0 wrote there
_CHANGED_ONCE = "# This exercise has changed since you answered it. It now begins like this:"


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
            stays[name] = _("answered in two cells")
        elif found:
            ((text, cell),) = found.items()
            if name not in new.stubs:
                stays[name] = _("no longer in the lesson")
            elif cell["cell_type"] != new.stubs[name]["cell_type"]:
                stays[name] = _("its cell is of another kind now")
            else:
                kept[name] = text
        elif any(_defines(cell, name) for cell in elsewhere):
            stays[name] = _("answered in another cell")
        elif name in before and not cells:
            stays[name] = _("its cell is gone or has lost its tag")
    return kept, stays


# --- what is new ---------------------------------------------------------------------------------


def _endings(lesson: Lesson) -> tuple[str, ...]:
    """What the headings of its deeper sections end in: " (deeper)", or that in its language."""
    return tuple({s.bracket for s in lesson.sections if s.level == "deeper"} - {""})


def _plain(heading: str, endings: Iterable[str]) -> str:
    """A heading without its number and its level: a section that only moved is not new."""
    plain = re.sub(r"^\d+\. ", "", heading)
    return next((plain.removesuffix(end) for end in endings if plain.endswith(end)), plain)


def _and(things: Iterable[str]) -> str:
    *first, last = things
    return _("{first} and {last}").format(first=", ".join(first), last=last) if first else last


def _exercises(names: Iterable[str]) -> str:
    names = list(names)
    words = ngettext("exercise {names}", "exercises {names}", len(names))
    return words.format(names=_and(names))


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
            yield _("New: {things}.").format(things="; ".join(self.new))
        if self.gone:
            yield _("Gone: {things}.").format(things="; ".join(self.gone))
        if self.changed:
            words = _("Changed: {things}.").format(things=_exercises(self.changed))
            both = _("Your answer stands in its cell, above the new beginning.")
            yield f"{words} {both}" if self.both else words
        for version, text in changelog[:2]:
            yield f"{version}: {text}"
        if len(changelog) > 2:
            more = len(changelog) - 2
            words = ngettext(
                "CHANGELOG.md holds one more of its changes.",
                "CHANGELOG.md holds {n} more of its changes.",
                more,
            )
            yield words.format(n=more)
        if not (self.new or self.gone or self.changed or changelog):
            if self.same_code:
                yield _("Only wording changed; sections and exercises are as they were.")
            else:
                yield _("Only wording or code changed; sections and exercises are as they were.")


def _new(new: Lesson, sections: set[str], exercises: set[str]) -> Iterator[str]:
    """The new sections with their new exercises, and the new exercises of other sections."""
    endings = _endings(new)
    for section in new.sections:
        fresh = [name for name in section.exercises if name in exercises]
        if _plain(section.heading, endings) in sections:
            words = _('section "{heading}" with {exercises}') if fresh else _('section "{heading}"')
        elif fresh:
            words = _('{exercises} in "{heading}"')
        else:
            continue
        yield words.format(heading=section.heading, exercises=_exercises(fresh) if fresh else "")
    if outside := exercises - {name for s in new.sections for name in s.exercises}:
        yield _exercises(sorted(outside))


def _gone(sections: Iterable[str], exercises: Iterable[str]) -> Iterator[str]:
    yield from (_('section "{heading}"').format(heading=heading) for heading in sections)
    if exercises := list(exercises):
        yield _exercises(exercises)


def _own_in_words(n: int, remembered: bool) -> str:
    """How many cells of the learner's own stay in the old copy."""
    if n == 0:
        return ""
    if remembered:
        words = ngettext(
            "{n} cell that you added or changed", "{n} cells that you added or changed", n
        )
    else:
        words = ngettext(
            "{n} cell that you have and the new version has not",
            "{n} cells that you have and the new version has not",
            n,
        )
    return words.format(n=n)


def _without_beginning(answer: str) -> str:
    """An answer without the new beginning that an earlier renewal put below it."""
    own, _line, below = answer.rpartition(CHANGED if CHANGED in answer else _CHANGED_ONCE)
    comments = all(line.startswith("#") or not line.strip() for line in below.splitlines()[1:])
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
    endings = _endings(new)
    before = {_plain(heading, endings): heading for heading in memory.sections or ()}
    now = {_plain(section.heading, endings): section.heading for section in new.sections}
    if memory.sections is None:  # a heading without a level may be the learner's own
        headings = {_plain(s.heading, endings): s for s in old.sections}
        before = {p: s.heading for p, s in headings.items() if s.level or p in now}
    names = _exercises_before(old, memory, new)
    where = {name: s.heading for s in new.sections for name in s.exercises}
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
                said = _(
                    "This exercise has changed since you answered it. It now begins like this:"
                )
                answer = f"{_without_beginning(answer)}\n\n{CHANGED} {said}\n{stub}"
            cell["source"] = answer.splitlines(keepends=True)

    code = [mark(text_of(cell)) for cell in new.cells if cell["cell_type"] == "code"]
    gone = [heading for plain, heading in before.items() if plain not in now]
    return Renewal(
        notebook,
        kept=tuple(name for name in new.stubs if name in kept),
        stays=stays,
        own_cells=_own_in_words(len(_own_cells(old, memory, new)), remembered=bool(memory.cells)),
        new=list(_new(new, now.keys() - before.keys(), new.stubs.keys() - set(names))),
        gone=list(_gone(gone, [name for name in names if name not in new.stubs])),
        changed=[
            _('{name} in "{heading}"').format(name=name, heading=where[name])
            if name in where
            else name
            for name in changed
        ],
        both=any(name in kept and new.stubs[name]["cell_type"] == "code" for name in changed),
        same_code=memory.cells is not None and memory.cells.issuperset(code),
    )
