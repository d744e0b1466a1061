"""Turn the lessons into an nbgrader course: solutions, points, marking and a teacher's page.

nbgrader (a Jupyter project of its own) hands out, collects and marks notebooks. It knows its cells
by their metadata: a *solution* cell is the learner's to fill in, a *grade* cell carries points, a
*locked* cell is put back as it was before marking. `build` only writes files and needs no nbgrader.

What nbgrader reads (metadata, the marks it cuts at, its settings) is in no language, and neither is
the code in a cell.
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
from medlearn.exercises import all_lessons
from medlearn.exercises.engine import Exercise, Text
from medlearn.language import _, ngettext
from medlearn.lessons import Lesson
from medlearn_classroom import ClassroomError, folders
from medlearn_classroom.marking import marks
from medlearn_classroom.with_nbgrader.pages import CONFIG, README

__all__ = ["build"]

# A link to a page of the course: none of them lies beside an assignment.
PAGE = r"\[([^]]*)\]\((?:\.\./[^)]*|\d\d_\w+\.ipynb)\)"

# The words of nbgrader that its own steps look for; with the three #, the cells stay Python.
# no text: words of nbgrader
BEGIN_SOLUTION, END_SOLUTION = "### BEGIN SOLUTION", "### END SOLUTION"
# no text: words of nbgrader
BEGIN_HIDDEN, END_HIDDEN = "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"

# no text: code
HIDDEN = """\
{begin}
# For an nbgrader without this course's nbgrader_config.py: it asks the learner's own kernel, and a
# learner can talk that into anything. With the file, answers are marked in another process.
assert ex.{name}.judge({name}).status == "right", ex.{name}.judge({name}).message
{end}"""


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
            said = _(
                "{lesson} has an exercise {name!r} that this medlearn does not know. Lessons and "
                "package are of different versions: update both (`git pull`, then `make "
                "environment`)."
            )
            raise ClassroomError(said.format(lesson=lesson.stem, name=answer or check))
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
            # Work done on Colab or Binder could not be handed in: their links are left out.
            text = re.sub(r"(?s)\n\[Open in .*", "", lessons.text_of(cell)).rstrip()
            kept = _with_source(cell, re.sub(PAGE, r"\1", text))
            cells.append(_nbgrader(kept, f"{lesson.number}-header", locked=True))
        elif "setup" in tags:
            cells.append(_nbgrader(cell, f"{lesson.number}-setup", locked=True))
        elif "links" not in tags and cell["cell_type"] == "markdown":
            cells.append(_with_source(cell, re.sub(PAGE, r"\1", lessons.text_of(cell))))
        elif "links" not in tags:
            cells.append(cell)
    if sorted(answers) != sorted(checks) or sorted(answers) != sorted(exercises):
        said = _(
            "{lesson} holds the exercises {answers} with checks for {checks}; expected were "
            "{expected}. Update lessons and package together (`git pull`, then `make environment`)."
        ).format(
            lesson=lesson.stem,
            answers=", ".join(answers),
            checks=", ".join(checks),
            expected=", ".join(exercises),
        )
        raise ClassroomError(said)
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
        raise ClassroomError(_("There are no lessons in notebooks/. `git checkout -- notebooks`."))
    wanted = list(known) if numbers is None else sorted(set(numbers))
    unknown = [number for number in wanted if number not in known]
    if not wanted:
        said = _("There is no lesson named. Lessons: {known}.")
        raise ClassroomError(said.format(known=", ".join(known)))
    if unknown:
        said = _("There is no lesson {unknown}. Lessons: {known}.")
        raise ClassroomError(said.format(unknown=", ".join(unknown), known=", ".join(known)))
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
    readme = _(README).format(table="\n".join(rows), example=chosen[0].stem)
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
        said = _("The seed should be a whole number, 0 or more; {seed!r} came.")
        raise ClassroomError(said.format(seed=seed))
    if isinstance(lessons, str):
        lessons = [lessons]
    chosen = _choose(lessons)
    folder = Path(folder).expanduser().absolute()
    place = None
    try:
        folders.refuse_file(folder)
        if folder.is_dir() and any(folder.iterdir()):
            said = _(
                "{folder} is not empty, and a course with learners' work must not be written over. "
                "Name a new or empty folder."
            )
            raise ClassroomError(said.format(folder=folder))
        if not folder.parent.is_dir():
            said = _("There is no folder {folder}. Make it first.")
            raise ClassroomError(said.format(folder=folder.parent))
        place = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}-"))
        _write(place, chosen, secrets.randbits(48) if seed is None else seed)
        if folder.is_dir():
            shutil.copymode(folder, place)
            folder.rmdir()  # it is empty; Windows renames onto nothing that exists
        os.rename(place, folder)
    except OSError as error:
        said = _(
            "The course cannot be written to {folder}: {why}. Make room, ask for the right to "
            "write there, or name another folder. Nothing was left behind."
        )
        why = error.strerror or error
        raise ClassroomError(said.format(folder=folder, why=why)) from error
    finally:
        if place is not None:
            with contextlib.suppress(OSError):
                shutil.rmtree(place, ignore_errors=True)
    said = ngettext(
        "✓ {n} lesson as an nbgrader course in {folder}.",
        "✓ {n} lessons as an nbgrader course in {folder}.",
        len(chosen),
    )
    return [
        said.format(n=len(chosen), folder=folder),
        _("Next: read {page}, then in that folder run").format(page=folder / "README.md"),
        f"  nbgrader generate_assignment {chosen[0].stem}",  # no text: a command
    ]
