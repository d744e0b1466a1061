"""Marks for one notebook: ``grade_notebook`` runs it, apart, and marks its answers here.

The notebook runs in a process of its own (`runner`), in an empty folder, with limits of time,
memory, output, files and processes (`supervisor`); whatever it leaves running is killed with it.
That process sends the answers as data. This one, which no notebook can reach, knows what is right
(`answers`): it makes the cases for each learner from the teacher's seed, and it compares. So a
notebook that patches `check`, NumPy or medlearn itself changes nothing here: it cannot mark itself.

What is outside this promise:

- The solutions are part of medlearn and public. A notebook may call them; look at what you mark.
- The notebook runs as you, on your machine. Limits stop accidents and clumsy mischief. They do
  not keep determined strangers from your files, from the network or from ending this process:
  mark their notebooks in a container or from an account of its own.
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
from medlearn_classroom.marking import answers, supervisor
from medlearn_classroom.marking.limits import Limits
from medlearn_classroom.marking.marks import Graded
from medlearn_classroom.marking.supervisor import CellReport
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

    exercises = all_lessons()[lesson].exercises
    seeds = {name: seed_for(seed, learner, lesson, name) for name in exercises}
    job = {
        "lesson": lesson,
        "cells": _cells(notebook),
        "answers": list(exercises),
        "seeds": {n: s for n, s in seeds.items() if isinstance(exercises[n], Function)},
    }
    ran = supervisor.run(job, limits, folder, stop)
    # The course's levels, not the notebook's: a learner may have moved a cell.
    marks, levels = [], course[lesson].exercises if lesson in course else {}
    for name, exercise in exercises.items():
        mark = answers.mark(exercise, ran.answers.get(name, {"missing": True}), seeds[name])
        if mark.status == "missing":
            mark = replace(mark, message=_lost(exercise, notebook, ran.cells))
        marks.append(replace(mark, part=levels.get(name, "")))
    return Graded(
        learner=learner,
        lesson=lesson,
        marks=tuple(marks),
        cells=tuple(ran.cells[index] for index in sorted(ran.cells)),
        problem="; ".join(ran.problems) or None,
        seed=seed,
    )
