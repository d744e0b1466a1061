"""Turn the lessons into an nbgrader course: solutions, points, marking and a teacher's page.

nbgrader (a Jupyter project of its own) hands out, collects and marks notebooks. It knows its cells
by their metadata: a *solution* cell is the learner's to fill in, a *grade* cell carries points, a
*locked* cell is put back as it was before marking. `build` only writes files and needs no nbgrader.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from medlearn import lessons
from medlearn.classroom import ClassroomError, marks
from medlearn.exercises import all_lessons
from medlearn.exercises.engine import Exercise, Text
from medlearn.lessons import Lesson

__all__ = ["build"]

# The words of nbgrader that its own steps look for; with the three #, the cells stay Python.
BEGIN_SOLUTION, END_SOLUTION = "### BEGIN SOLUTION", "### END SOLUTION"
BEGIN_HIDDEN, END_HIDDEN = "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"

HIDDEN = """\
{begin}
# For an nbgrader without this course's nbgrader_config.py: it asks the learner's own kernel, and a
# learner can talk that into anything. With the file, answers are marked in another process.
assert ex.{name}.judge({name}).status == "right", ex.{name}.judge({name}).message
{end}"""

CONFIG = '''\
"""nbgrader's settings for this course. Run nbgrader in this folder, and keep the folder private."""

from pathlib import Path

from medlearn.classroom import autograde
from medlearn.classroom.supervisor import Limits

c = get_config()  # noqa: F821  (nbgrader defines it)
here = Path(__file__).resolve().parent

c.CourseDirectory.root = str(here)
c.CourseDirectory.course_id = "medlearn"  # one word; the name of the course in the exchange folder
c.CsvExportPlugin.to = "grades.csv"  # where `nbgrader export` writes

# What one notebook may use while it is marked.
limits = Limits(cell_seconds=120, total_seconds=900, memory_mb=3000)

# Stubs stay the lessons' own, lost cells come back, and answers are marked by the course, with each
# learner's own data from the number in seed.txt.
autograde.configure(c, seed=here / "seed.txt", limits=limits)
'''

README = """\
# An nbgrader course of these lessons

Made by `python -m medlearn classroom build` for nbgrader 0.9.6. Keep this folder private: it holds
the solutions, the marks and `seed.txt`.

| lesson | points of the core | of these, by you | of deeper sections | of these, by you |
|---|---:|---:|---:|---:|
{table}

Sections marked "deeper" go further and can be left out: a class that does the core alone can get
the points of the core. You give the points for sentences, the machine all others. To change points,
open the notebook in `source/` with JupyterLab's *Create Assignment* panel before you hand it out.

## The commands, in order

In each new terminal, first activate the environment, in the folder of the lessons (the one with
`notebooks/`):

    source .venv/bin/activate

On Windows:

    .venv\\Scripts\\activate

Put nbgrader into it once (`pip install nbgrader==0.9.6`). Then run the commands in this folder, the
one with `nbgrader_config.py`. One lesson is one *assignment* of nbgrader's.

1. **Make the learners' copy**: `nbgrader generate_assignment {example}`. It lands in
   `release/{example}/`, without solutions.
2. **Hand it out**: `nbgrader release_assignment {example}` puts it into nbgrader's exchange folder,
   which a JupyterHub shares with the learners. Without an exchange (it does not exist on Windows),
   give the learners the file in `release/` any way you like.
3. **Collect**: `nbgrader collect {example}`. Without an exchange, put each notebook at
   `submitted/LEARNER/{example}/{example}.ipynb`, or let `nbgrader zip_collect {example}` sort
   what a learning platform gave you.
4. **Mark**: `nbgrader autograde {example}`. Each notebook runs in a process of its own with
   limits of time, memory and output (change them in `nbgrader_config.py`). One broken file stops
   no other: nbgrader names it at the end.
5. **Read the sentences**: open JupyterLab here and choose *Nbgrader*, *Formgrader*, *Manual
   Grading*. Below each text stand a model answer and a list of what it should say.
6. **Feedback**: `nbgrader generate_feedback {example}` writes one page for each learner into
   `feedback/`; `nbgrader release_feedback {example}` returns it through the exchange.
7. **Marks**: `nbgrader export` writes `grades.csv`: one line for each learner and lesson.

## Good to know

- Functions are tried on data made for each learner from `seed.txt`. The same seed gives the same
  marks again. Nobody but you should read it; a lost one only changes the data.
- A learner's `check` cells say at once whether an answer is right. nbgrader's own *Validate* button
  adds nothing: it sees no error, because a check never raises one.
- A lost or changed check cell is put back before marking. A copied cell counts once.
- Learners' programs run under your account while they are marked, as always in nbgrader. The course
  limits them; it cannot keep them from reading your files. For a class that you do not know, mark
  under an account, or in a container, that holds nothing else.
- The solutions are public, in the course itself. Points reward work done; they are no exam.
- When the lessons are updated, build into a new folder. Exercises keep their ids.
"""


def _with_source(cell: dict[str, Any], source: str) -> dict[str, Any]:
    return {**cell, "source": source.splitlines(keepends=True)}


def _nbgrader(
    cell: dict[str, Any],
    grade_id: str,
    *,
    solution: bool = False,
    locked: bool = False,
    points: float | None = None,
) -> dict[str, Any]:
    """The cell with nbgrader's metadata, version 3 of their form."""
    facts: dict[str, Any] = {
        "schema_version": 3,
        "grade_id": grade_id,
        "grade": points is not None,
        "solution": solution,
        "locked": locked,
        "task": False,
    }
    if points is not None:
        facts["points"] = points
    return {**cell, "metadata": {**cell.get("metadata", {}), "nbgrader": facts}}


def _answer_cell(cell: dict[str, Any], exercise: Exercise, number: str) -> dict[str, Any]:
    """The stub with the solution below it, between the marks that nbgrader cuts at."""

    parts = [lessons.text_of(cell), BEGIN_SOLUTION, exercise.code.rstrip("\n"), END_SOLUTION]
    by_hand = marks.points(exercise) if isinstance(exercise, Text) else None
    return _nbgrader(
        _with_source(cell, "\n".join(parts)),
        f"{number}-{exercise.name}",
        solution=True,
        points=by_hand,
    )


def _check_cells(cell: dict[str, Any], exercise: Exercise, number: str) -> list[dict[str, Any]]:
    """The check as a locked cell with points, and its hints in a free cell below.

    A learner cannot write into a locked cell, and a hint is asked for by deleting a `#`.
    """
    lines = lessons.text_of(cell).splitlines()
    hints = [line for line in lines if line.startswith("#")]
    check = [line for line in lines if not line.startswith("#")]
    hidden = HIDDEN.format(begin=BEGIN_HIDDEN, name=exercise.name, end=END_HIDDEN)
    graded = _nbgrader(
        _with_source(cell, "\n".join([*check, hidden])),
        f"{number}-{exercise.name}-check",
        locked=True,
        points=marks.points(exercise),
    )
    free = {**_with_source(cell, "\n".join(hints)), "id": f"hints-{exercise.name}", "metadata": {}}
    return [graded, free]


def _assignment(lesson: Lesson, exercises: Mapping[str, Exercise]) -> dict[str, Any]:
    """The lesson as nbgrader's source notebook.

    Raises
    ------
    ClassroomError
        When the exercises of the notebook are not those of the lesson's module.
    """
    bare = lessons.strip(lesson.notebook)
    cells: list[dict[str, Any]] = []
    answers, checks = [], []
    for cell in bare["cells"]:
        answer, check = lessons.tagged(cell, "exercise"), lessons.tagged(cell, "check")
        tags = lessons.tags_of(cell)
        known = exercises.get(answer or check or "")
        if (answer or check) and known is None:
            raise ClassroomError(
                f"{lesson.stem} has an exercise {answer or check!r} that this medlearn does not "
                "know. Lessons and package are of different versions: update both (`git pull`, "
                "then `make environment`)."
            )
        if known and answer:
            answers.append(answer)
            cells.append(_answer_cell(cell, known, lesson.number))
        elif known and isinstance(known, Text):
            checks.append(check)
            cells.append(cell)  # a person gives the points; the check compares with a model answer
        elif known:
            checks.append(check)
            cells.extend(_check_cells(cell, known, lesson.number))
        elif "header" in tags:
            # Work done on Colab or Binder could not be handed in, so their links are left out.
            text = re.sub(r"\n\[Open in .*", "", lessons.text_of(cell)).rstrip()
            kept = _with_source(cell, text)
            cells.append(_nbgrader(kept, f"{lesson.number}-header", locked=True))
        elif "setup" in tags:
            cells.append(_nbgrader(cell, f"{lesson.number}-setup", locked=True))
        else:
            cells.append(cell)
    if sorted(answers) != sorted(checks) or sorted(answers) != sorted(exercises):
        raise ClassroomError(
            f"{lesson.stem} holds the exercises {', '.join(answers)} with checks for "
            f"{', '.join(checks)}; expected were {', '.join(exercises)}. Update lessons and "
            "package together (`git pull`, then `make environment`)."
        )
    return {**bare, "cells": cells}


def _row(lesson: Lesson, exercises: Mapping[str, Exercise]) -> str:
    """The lesson's line in the teacher's table: its points, by part and by whom."""
    worth = {part: [0.0, 0.0] for part in ("core", "deeper")}  # all of them, and by a person
    for name, level in lesson.exercises.items():
        of = worth["deeper" if level == "deeper" else "core"]
        of[0] += marks.points(exercises[name])
        of[1] += marks.points(exercises[name]) * isinstance(exercises[name], Text)
    cells = [f"{number:g}" for part in worth.values() for number in part]
    return f"| `{lesson.stem}` | {' | '.join(cells)} |"


def _choose(numbers: Iterable[str] | None) -> list[Lesson]:
    """The lessons to build from, in the order of the course."""
    try:
        known = lessons.find()
    except lessons.LessonError as error:
        raise ClassroomError(str(error)) from None
    if not known:
        raise ClassroomError("There are no lessons in notebooks/. `git checkout -- notebooks`.")
    wanted = list(known) if numbers is None else sorted(set(numbers))
    unknown = [number for number in wanted if number not in known]
    if unknown or not wanted:
        raise ClassroomError(
            f"There is no lesson {', '.join(unknown) or 'named'}. Lessons: {', '.join(known)}."
        )
    return [known[number] for number in wanted]


def _write(place: Path, chosen: list[Lesson], seed: int) -> None:
    rows = []
    for lesson in chosen:
        module = all_lessons().get(lesson.number)
        exercises = module.exercises if module else {}
        notebook = _assignment(lesson, exercises)
        folder = place / "source" / lesson.stem
        folder.mkdir(parents=True)
        text = json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"
        (folder / lesson.path.name).write_text(text, encoding="utf-8", newline="\n")
        rows.append(_row(lesson, exercises))
    readme = README.format(table="\n".join(rows), example=chosen[0].stem)
    (place / "README.md").write_text(readme, encoding="utf-8", newline="\n")
    (place / "nbgrader_config.py").write_text(CONFIG, encoding="utf-8", newline="\n")
    (place / "seed.txt").write_text(f"{seed}\n", encoding="utf-8", newline="\n")
    (place / "seed.txt").chmod(0o600)


def build(
    folder: str | Path, *, lessons: Iterable[str] | None = None, seed: int | None = None
) -> list[str]:
    """Make an nbgrader course of the lessons in a new or empty folder.

    The folder gets `source/`, `nbgrader_config.py`, `seed.txt` and a `README.md` with the commands
    in order. A new folder can be read by you alone, because it will hold solutions and marks.

    Parameters
    ----------
    folder : str or Path
    lessons : iterable of str, optional
        Numbers as in the lessons' file names ("01"); all lessons when left out.
    seed : int, optional
        What makes each learner's own data, 0 or more; a new secret one when left out.

    Returns
    -------
    list of str
        What was made and what to do next, for the person at the keyboard.

    Raises
    ------
    ClassroomError
        When the folder holds something, cannot be written, or a lesson is not there. Nothing is
        half written.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as place:
    ...     lines = build(Path(place) / "course", lessons=["00"], seed=7)
    ...     sorted(file.name for file in (Path(place) / "course").iterdir())
    ['README.md', 'nbgrader_config.py', 'seed.txt', 'source']
    """
    if seed is not None and (not isinstance(seed, int) or isinstance(seed, bool) or seed < 0):
        raise ClassroomError(f"The seed should be a whole number, 0 or more; {seed!r} came.")
    if isinstance(lessons, str):
        lessons = [lessons]
    chosen = _choose(lessons)
    folder = Path(folder).expanduser().absolute()
    place = None
    try:
        if folder.exists() and not folder.is_dir():
            raise ClassroomError(f"{folder} is a file. Name a new or empty folder.")
        if folder.is_dir() and any(folder.iterdir()):
            raise ClassroomError(
                f"{folder} is not empty, and a course with learners' work must not be written "
                "over. Name a new or empty folder."
            )
        if not folder.parent.is_dir():
            raise ClassroomError(f"There is no folder {folder.parent}. Make it first.")
        place = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}-"))
        _write(place, chosen, secrets.randbits(48) if seed is None else seed)
        if folder.is_dir():
            shutil.copymode(folder, place)
            folder.rmdir()  # it is empty; Windows renames onto nothing that exists
        os.rename(place, folder)
    except OSError as error:
        raise ClassroomError(
            f"The course cannot be written to {folder}: {error.strerror or error}. Make room, ask "
            "for the right to write there, or name another folder. Nothing was left behind."
        ) from error
    finally:
        if place is not None:
            with contextlib.suppress(OSError):
                shutil.rmtree(place, ignore_errors=True)
    return [
        f"✓ {len(chosen)} lesson(s) as an nbgrader course in {folder}.",
        f"Next: read {folder / 'README.md'}, then in that folder run",
        f"  nbgrader generate_assignment {chosen[0].stem}",
    ]
