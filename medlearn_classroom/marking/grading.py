"""Marks for the notebooks of a class: ``python -m medlearn grade FILES --csv out.csv``.

`grade_files` finds what was handed in (`handins`) and by whom (`learners`, `roster`), marks it one
by one (`notebook`, which says what is promised and what is not), compares (`copies`) and writes the
tables (`tables`) after each.
"""

from __future__ import annotations

import importlib.util
import secrets
import tempfile
import threading
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from medlearn.exercises import all_lessons
from medlearn.exercises.engine import Text
from medlearn.language import _, ngettext
from medlearn.lessons import Lesson
from medlearn_classroom import ClassroomError
from medlearn_classroom.marking import copies, guard, handins, learners
from medlearn_classroom.marking.handins import HandIn
from medlearn_classroom.marking.limits import Limits
from medlearn_classroom.marking.marks import Graded, Mark
from medlearn_classroom.marking.notebook import course_lessons, grade_notebook
from medlearn_classroom.marking.roster import Roster
from medlearn_classroom.marking.supervisor import Interrupted
from medlearn_classroom.marking.tables import Tables
from medlearn_classroom.marking.taught import Taught
from medlearn_classroom.words import one_line

__all__ = ["grade_files", "summary"]


@dataclass(frozen=True)
class _Task:
    """One thing to mark: what was handed in, of which lesson, by whom."""

    one: HandIn
    lesson: str | None
    problem: str | None
    learner: str
    name: str = ""
    number: str = ""

    def unmarked(self, problem: str, seed: int) -> Graded:
        return Graded(learner=self.learner, lesson=self.lesson or "", problem=problem, seed=seed)


@dataclass(frozen=True)
class _Marking:
    """What is the same for all notebooks of a class."""

    course: Mapping[str, Lesson]
    taught: Taught
    seed: int
    limits: Limits
    whole: bool
    stop: threading.Event = field(default_factory=threading.Event)

    def one(self, task: _Task) -> tuple[Graded, float]:
        """Mark one notebook, and say how many seconds it took."""
        begun = time.monotonic()
        notebook, problem = (None, task.problem) if task.problem else handins.read(task.one.path)
        if problem:
            graded = task.unmarked(problem, self.seed)
        else:
            try:
                graded = grade_notebook(
                    notebook,
                    learner=task.learner,
                    seed=self.seed,
                    lesson=task.lesson,
                    limits=self.limits,
                    course=self.course,
                    taught=self.taught,
                    whole=self.whole,
                    stop=self.stop,
                )
            except Interrupted:
                raise
            except Exception as error:  # one notebook never loses the rest
                problem = _("could not be marked: {error}: {why}").format(
                    error=type(error).__name__, why=error
                )
                graded = task.unmarked(problem, self.seed)
        whose = {"name": task.name, "number": task.number, "file": task.one.shown}
        return replace(graded, **whose), time.monotonic() - begun


def _tasks(
    handed: Sequence[HandIn],
    stems: Sequence[str],
    learner_from: str,
    roster: Roster | None,
    report: Callable[[str], Any],
) -> list[_Task]:
    """What is to be marked, and by whom it is; says which layouts were recognised."""
    looked = [handins.looked_at(one, stems) for one in handed]
    told = [(one, lesson) for one, (lesson, _problem) in zip(handed, looked, strict=True)]
    who = learners.identify(told, stems, learner_from)
    people = [
        roster.find(one, w, stems) if roster else None for one, w in zip(handed, who, strict=True)
    ]
    names = [person.id if person else str(w) for person, w in zip(people, who, strict=True)]
    handed_in = {name for name, one in zip(names, handed, strict=True) if not one.beside}
    tasks, beside = [], 0
    for one, (lesson, problem), learner, person, name in zip(
        handed, looked, who, people, names, strict=True
    ):
        if one.beside and name in handed_in:
            beside += 1
            continue
        shown = person.name if person else learner.name
        tasks.append(_Task(one, lesson, problem, name, shown, learner.number))
    layouts = Counter(w.layout for w in who)
    for layout, count in layouts.most_common():
        said = ngettext("{n} file was recognised by {layout}.", "{n} files by {layout}.", count)
        report(said.format(n=count, layout=_(learners.LAYOUTS[layout])))
    if beside:
        said = ngettext(
            "{n} other file lay beside a notebook.", "{n} other files lay beside notebooks.", beside
        )
        report(said.format(n=beside))
    for one, learner, person in zip(handed, who, people, strict=True):
        if roster and person is None:
            said = _("! {learner} is not on the list, or not only one person: {file}")
            report(one_line(said.format(learner=learner, file=one.shown)))
        elif learner.layout == "unknown" and not roster:
            said = _("! whose is {file}? Its name says nothing of a person, nor does a folder.")
            report(one_line(said.format(file=one.shown)))
    return tasks


def _nothing_from(tasks: Iterable[_Task], roster: Roster | None, seed: int) -> Iterator[Graded]:
    """A row for everybody on the list who handed nothing in."""
    there = {task.learner for task in tasks}
    for person in roster.people if roster else ():
        if person.id not in there:
            nothing = _("handed nothing in")
            yield Graded(learner=person.id, name=person.name, lesson="", seed=seed, problem=nothing)


def grade_files(
    files: Iterable[str | Path],
    csv: str | Path,
    *,
    seed: int | None = None,
    learner_from: str = "auto",
    roster: Roster | None = None,
    taught: Taught | None = None,
    jobs: int = 1,
    limits: Limits | None = None,
    whole: bool = False,
    decimal: str = "point",
    report: Callable[[str], Any] = print,
) -> list[Graded]:
    """Mark the notebooks of a class and write the marks.

    After each notebook these files are written, whole: `csv` with one row for each notebook,
    ``…_learners.csv`` with one for each learner, ``…_exercises.csv`` with one for each exercise,
    and ``…_to_read.md`` with the texts that a person marks. Files of an earlier marking are
    renamed, never overwritten. Points for the texts are typed into the third and added up with
    `totals.sum_up`.

    Parameters
    ----------
    files : iterable of str or Path
        Notebooks, zips, or folders of them, as `handins.find` takes them. What cannot be marked
        gets a row that says why.
    csv : str or Path
        With the ending ``.xlsx``, workbooks are written in place of tables.
    seed : int, optional
        Makes each learner's own cases. By default a new one, which is reported.
    learner_from : {"auto", "file", "folder"}
        What names the learner: the nearest folder; the file's name without the lesson's; or, by
        default, the layout that is recognised (`learners.identify`).
    roster : Roster, optional
        The list of the class. Everybody on it gets a row, and is named by their id.
    taught : Taught, optional
        The exercises that count; all by default.
    jobs : int
        Notebooks at once. The marks do not depend on it.
    limits : Limits, optional
    whole : bool
        Run each notebook from the first cell to the last, not only what its answers need.
    decimal : {"point", "comma"}
        With "comma", numbers are written 1,5 and semicolons separate.
    report : callable
        Gets each line for the person at the keyboard.

    Returns
    -------
    list of Graded
        In the order of the files, then those who handed nothing in.

    Raises
    ------
    ClassroomError
        When there is nothing to mark, or when the marks cannot be written.
    ValueError
        When `learner_from` is none of the three.
    """
    if learner_from not in learners.LEARNER_FROM:
        raise ValueError(
            _("learner_from is 'auto', 'file' or 'folder', not {name!r}.").format(name=learner_from)
        )
    for package in ("IPython", "psutil"):
        if importlib.util.find_spec(package) is None:
            raise ClassroomError(
                _("Marking needs {package}: pip install 'medlearn[lab]'.").format(package=package)
            )
    with tempfile.TemporaryDirectory(prefix="medlearn-handed-in-") as scratch:
        handed = handins.find(files, Path(scratch))
        if not any(one.problem is None or one.path.exists() for one in handed.found):
            names = ", ".join(one.shown for one in handed.found[:3])
            names += ", …" if len(handed.found) > 3 else ""
            raise ClassroomError(
                _("There is no {names}. Nothing was marked or written.").format(names=names)
            )
        tables = Tables(Path(csv), room=len(handed.found) * 100_000, decimal=decimal)
        if earlier := tables.keep_earlier():
            report(earlier)
        course = course_lessons()
        stems = [lesson.stem for lesson in course.values()]
        tasks = _tasks(handed.found, stems, learner_from, roster, report)
        for name, count in sorted(handed.passed_over.items()):
            said = ngettext(
                "{n} × {name} was passed over.", "{n} × {name} were passed over.", count
            )
            report(said.format(n=count, name=name))
        seed = secrets.randbelow(10**9) + 1 if seed is None else seed
        said = ngettext(
            "{n} notebook to mark, with seed {seed}.",
            "{n} notebooks to mark, with seed {seed}.",
            len(tasks),
        )
        report(said.format(n=len(tasks), seed=seed))
        if not guard.means():
            report(_("! On this system a notebook could change your files: see teaching/marks.md."))
        before = guard.packages()
        marking = _Marking(course, taught or Taught(), seed, limits or Limits(), whole)
        absent = list(_nothing_from(tasks, roster, seed))
        result = _all(marking, tasks, absent, tables, jobs, report)
        if names := guard.changed(before):
            said = _("! The packages of this Python changed while it marked: {names}.")
            report(one_line(said.format(names=", ".join(names[:9]))))
    for line in [*_handed_in_twice(result), *summary(result), *_what_is_left(result, tables, seed)]:
        report(line)
    return result


def _all(
    marking: _Marking,
    tasks: Sequence[_Task],
    absent: Sequence[Graded],
    tables: Tables,
    jobs: int,
    report: Callable[[str], Any],
) -> list[Graded]:
    """Mark them, several at once, and write what is there after each."""
    done: dict[int, Graded] = {}

    def so_far() -> list[Graded]:
        return copies.flagged([*(done[place] for place in sorted(done)), *absent])

    pool = ThreadPoolExecutor(jobs)
    # The course's own wrong answers divide by zero on purpose; nobody needs to hear of it.
    with warnings.catch_warnings(action="ignore", category=RuntimeWarning):
        try:
            work = {pool.submit(marking.one, task): place for place, task in enumerate(tasks)}
            for future in as_completed(work):
                graded, seconds = future.result()
                done[work[future]] = graded
                tables.write(so_far())
                report(_progress(len(done), len(tasks), graded, seconds))
        finally:
            marking.stop.set()  # after Ctrl-C: no notebook goes on without this process
            pool.shutdown(cancel_futures=True)
    return so_far()


def _what_is_left(graded: Sequence[Graded], tables: Tables, seed: int) -> Iterator[str]:
    if reading := sum(one.count("to read") for one in graded):
        yield ngettext(
            "{n} text to read. Type its points into {file}, then run",
            "{n} texts to read. Type their points into {file}, then run",
            reading,
        ).format(n=reading, file=tables.exercises)
        yield f"  python -m medlearn grade --sum {tables.csv}"  # no text: a command
    yield _("The marks stand in {file}. To mark the same again: --seed {seed}").format(
        file=tables.csv, seed=seed
    )


def _handed_in_twice(graded: Iterable[Graded]) -> Iterator[str]:
    same: dict[tuple[str, str], list[str]] = {}
    for one in graded:
        if one.marks:
            same.setdefault((one.learner, one.lesson), []).append(one.file)
    for (learner, lesson), files in same.items():
        if len(files) > 1:
            said = _("! {learner} handed in lesson {lesson} more than once, all kept: {files}")
            yield one_line(said.format(learner=learner, lesson=lesson, files=", ".join(files)))


def _progress(count: int, total: int, graded: Graded, seconds: float) -> str:
    parts = [_("{count} of {total}").format(count=count, total=total), graded.learner]
    if graded.marks:
        parts.append(_("lesson {lesson}").format(lesson=graded.lesson))
        said = _("{points:g} of {out_of:g} points")
        parts.append(said.format(points=graded.points, out_of=graded.out_of))
        if reading := graded.count("to read"):
            parts.append(_("{count} to read").format(count=reading))
    if graded.problem:
        parts.append(f"! {graded.problem}")
    parts.append(_("{seconds:.0f} s").format(seconds=seconds))
    return one_line(" · ".join(parts))


def _of_one_exercise(lesson: str, name: str, given: Sequence[Mark]) -> Iterator[str]:
    exercise, about = all_lessons()[lesson].exercises[name], {"lesson": lesson, "exercise": name}
    if isinstance(exercise, Text):
        count = sum(mark.status == "to read" for mark in given)
        said = _("lesson {lesson} · {exercise}: {count} of {total} to read")
        yield said.format(**about, count=count, total=len(given))
        return
    count = sum(mark.status == "right" for mark in given)
    said = _("lesson {lesson} · {exercise}: {count} of {total} right")
    yield said.format(**about, count=count, total=len(given))
    wrong = Counter(mark.misconception for mark in given if mark.misconception)
    if wrong:
        (known, often), *_others = wrong.most_common(1)
        if known in exercise.misconceptions:
            message = _(exercise.misconceptions[known].message)
        else:  # one that any exercise may meet, in the words that the first of these learners got
            message = next(mark.message for mark in given if mark.misconception == known)
        said = _("  {count} of {total}: {message}")
        yield said.format(count=often, total=len(given), message=message)


def summary(graded: Iterable[Graded]) -> list[str]:
    """Per exercise, how many are right and which misconception came most often."""
    marks: dict[tuple[str, str], list[Mark]] = {}
    for one in graded:
        for mark in one.marks:
            marks.setdefault((one.lesson, mark.exercise), []).append(mark)
    lines: list[str] = []
    for (lesson, name), given in sorted(marks.items(), key=lambda item: item[0][0]):
        lines += _of_one_exercise(lesson, name, given)
    return lines
