"""Marks for one notebook: ``grade_notebook`` runs it, apart, and marks its answers here.

The notebook runs in a process of its own (`runner`), in an empty folder, with limits of time,
memory, output, files and processes (`supervisor`); whatever it leaves running is killed with it.
That process sends the answers as data. This one, which no notebook can reach, knows what is right
(`answers`): it makes the cases for each learner from the teacher's seed, and it compares. So a
notebook that patches `check`, NumPy or medlearn itself changes nothing here: it cannot mark itself.

What is outside this promise:

- The solutions are part of medlearn and public. A notebook may call them; look at what you mark.
- The notebook runs as you, on your machine. On Linux and macOS it cannot change your files, the
  environment or the course (`guard` says how far); elsewhere nothing prevents it. It can read what
  you can read, and use the network: mark strangers' work in a container or from an account of its
  own.
- A figure is not looked at, only named answers are. What a cell prints is kept, and cut.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from medlearn import lessons
from medlearn.exercises import all_lessons
from medlearn.exercises.engine import Exercise, Function
from medlearn.language import _
from medlearn.lessons import Lesson
from medlearn_classroom.marking import answers, beside, supervisor
from medlearn_classroom.marking.limits import Limits
from medlearn_classroom.marking.marks import Graded, Mark
from medlearn_classroom.marking.needed import Part, needed
from medlearn_classroom.marking.supervisor import CellReport
from medlearn_classroom.marking.taught import Taught
from medlearn_classroom.words import one_line

__all__ = ["course_lessons", "grade_notebook", "seed_for"]


def seed_for(seed: int, learner: str, lesson: str, exercise: str) -> int:
    """The seed of one learner's own cases for one exercise."""
    words = "\n".join([str(seed), learner, lesson, exercise])
    return int.from_bytes(hashlib.sha256(words.encode("utf-8", "replace")).digest()[:16], "big")


_CHECK_LINE = re.compile(r"\s*(ex\.\w+\.(check|hint|solution)\(\w*\)\s*)?(#.*)?")


def _cells(notebook: dict) -> list[tuple[int, str]]:
    """The code cells to run. The lesson's own checks are left out: nothing hangs on them here."""
    chosen = []
    for index, cell in enumerate(notebook["cells"]):
        source = lessons.text_of(cell)
        if cell["cell_type"] != "code" or not source.strip():
            continue
        lines = source.splitlines()
        if lessons.tagged(cell, "check") is None or not all(map(_CHECK_LINE.fullmatch, lines)):
            chosen.append((index, source))
    return chosen


def _lost(exercise: Exercise, notebook: dict, cells: dict[int, CellReport]) -> str:
    """Why there is no answer: the cell where it should stand failed, or is gone."""
    for index, cell in enumerate(notebook["cells"]):
        mine = lessons.tagged(cell, "exercise") == exercise.name
        if mine and index in cells and cells[index].error:
            why = one_line(cells[index].error, 300)
            return _("Its cell failed: {why}").format(why=why)
    return _(
        "The notebook defines no {exercise}: its cell was deleted, renamed or never run."
    ).format(exercise=exercise.name)


def course_lessons() -> dict[str, Lesson]:
    """The lessons, which say what is core; none where medlearn was installed without them."""
    try:
        return lessons.find()
    except lessons.LessonsNotHere:
        return {}


def grade_notebook(
    notebook: dict,
    *,
    learner: str,
    seed: int,
    lesson: str | None = None,
    limits: Limits | None = None,
    folder: Path | None = None,
    course: Mapping[str, Lesson] | None = None,
    taught: Taught | None = None,
    whole: bool = True,
    stop: threading.Event | None = None,
) -> Graded:
    """Run one notebook, apart, and mark its answers here.

    Parameters
    ----------
    notebook : dict
        As JSON holds it, nbformat 4. Cells that fail do not stop the later ones. A cell that hangs
        or ends its process is left out, and the notebook runs again without it.
    learner : str
        With the seed and the exercise it makes this learner's own cases.
    seed : int
        The same seed gives the same cases and the same marks.
    lesson : str, optional
        Such as "01"; by default what the notebook says of itself.
    limits : Limits, optional
    folder : Path, optional
        Files that the cells may read, copied to where they run: a new folder, empty otherwise,
        and deleted afterwards.
    course : mapping of str to Lesson, optional
        The lessons, which say what is core; read anew by default.
    taught : Taught, optional
        The exercises that count; all by default.
    whole : bool
        Run all of it. Otherwise first only what the answers need (`needed`); all of it where that
        cannot be followed, or where an answer is wrong that something left out could have changed.
    stop : threading.Event, optional
        Set by another thread to interrupt.

    Returns
    -------
    Graded
        With one mark for each exercise of the lesson, unless the notebook could not be read.

    Raises
    ------
    ValueError
        When there is no lesson of that number.
    Interrupted
        When `stop` was set.

    Examples
    --------
    >>> grade_notebook({"cells": "?"}, learner="ada", seed=1).problem
    'no notebook: it has no list of cells'
    """
    limits, stop = limits or Limits(), stop or threading.Event()
    course = course_lessons() if course is None else course
    if lesson is not None and lesson not in all_lessons():
        raise ValueError(
            _("There is no lesson {lesson!r}; the lessons are {known}.").format(
                lesson=lesson, known=", ".join(all_lessons())
            )
        )
    problem = lessons.problem(notebook)
    if problem is None:
        lesson = lesson or lessons.origin(notebook, "", all_lessons())
        if lesson is None:
            problem = _("of no lesson: neither its data, its name nor its title say which")
    if problem:
        return Graded(learner=learner, lesson=lesson or "", problem=problem, seed=seed)

    taught = taught or Taught()
    all_exercises = all_lessons()[lesson].exercises
    exercises = {n: one for n, one in all_exercises.items() if taught.counts(lesson, n)}
    if not exercises:
        problem = _("no exercise of this lesson counts")
        return Graded(learner=learner, lesson=lesson, problem=problem, seed=seed)
    seeds = {name: seed_for(seed, learner, lesson, name) for name in exercises}
    job = {
        "lesson": lesson,
        "cells": _cells(notebook),
        "answers": list(exercises),
        "seeds": {n: s for n, s in seeds.items() if isinstance(exercises[n], Function)},
    }
    part = None if whole else _part(notebook, job["cells"], exercises)
    if part is not None:
        ran = supervisor.run({**job, "cells": list(part.cells)}, limits, folder, stop)
        marks = _marks(exercises, ran, seeds)
        if any(_in_doubt(mark, part, ran) for mark in marks):
            part = None
    if part is None:
        ran = supervisor.run(job, limits, folder, stop)
        marks = _marks(exercises, ran, seeds)
    # The course's levels, not the notebook's: a learner may have moved a cell.
    levels = course[lesson].exercises if lesson in course else {}
    original = course[lesson].notebook if lesson in course else None
    finished = []
    for mark in marks:
        exercise = exercises[mark.exercise]
        if mark.status == "missing":
            mark = replace(mark, message=_lost(exercise, notebook, ran.cells))
        mark = beside.looked_at(mark, exercise, notebook, original)
        finished.append(replace(mark, part=levels.get(mark.exercise, "")))
    return Graded(
        learner=learner,
        lesson=lesson,
        marks=tuple(finished),
        cells=tuple(ran.cells[index] for index in sorted(ran.cells)),
        problem="; ".join(ran.problems) or None,
        seed=seed,
    )


def _part(
    notebook: dict, cells: list[tuple[int, str]], exercises: Mapping[str, Exercise]
) -> Part | None:
    """What the answers need, or None where all has to run."""
    own = dict.fromkeys(exercises)
    for index, _source in cells:
        name = lessons.tagged(notebook["cells"][index], "exercise")
        if name in own:
            own[name] = index
    part = needed(cells, own, list(exercises))
    return None if part.unknown else part


def _marks(
    exercises: Mapping[str, Exercise], ran: supervisor.Ran, seeds: Mapping[str, int]
) -> list[Mark]:
    return [
        answers.mark(exercise, ran.answers.get(name, {"missing": True}), seeds[name])
        for name, exercise in exercises.items()
    ]


def _in_doubt(mark: Mark, part: Part, ran: supervisor.Ran) -> bool:
    """Whether the whole notebook could say otherwise than the part of it that ran."""
    if mark.status in ("right", "to read", "not yet"):
        return False
    if mark.status == "missing":
        return mark.exercise in part.bound
    return mark.exercise in part.leaning or any(cell.error for cell in ran.cells.values())
