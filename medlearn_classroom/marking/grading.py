"""Marks for the notebooks of a class: ``python -m medlearn grade FILES --csv out.csv``.

`grade_files` marks them one by one (`notebook`, which says what is promised and what is not), names
their learners (`learners`) and writes the tables (`tables`) after each.
"""

from __future__ import annotations

import importlib.util
import secrets
import threading
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from medlearn import lessons
from medlearn.exercises import all_lessons
from medlearn.exercises.engine import Text
from medlearn.language import _, ngettext
from medlearn.lessons import Lesson
from medlearn_classroom import ClassroomError
from medlearn_classroom.marking import learners
from medlearn_classroom.marking.limits import Limits
from medlearn_classroom.marking.marks import Graded, Mark
from medlearn_classroom.marking.notebook import course_lessons, grade_notebook
from medlearn_classroom.marking.supervisor import Interrupted
from medlearn_classroom.marking.tables import Tables
from medlearn_classroom.words import one_line

__all__ = ["grade_files", "summary"]


@dataclass(frozen=True)
class _Marking:
    """What is the same for all notebooks of a class."""

    course: Mapping[str, Lesson]
    learner_from: str
    seed: int
    limits: Limits
    stop: threading.Event = field(default_factory=threading.Event)

    def one(self, path: Path) -> tuple[Graded, float]:
        """Mark one notebook, and say how many seconds it took."""
        begun = time.monotonic()
        stems = [lesson.stem for lesson in self.course.values()]
        learner = learners.learner(path, self.learner_from, stems)
        notebook, problem = learners.read(path)
        problem = problem or lessons.problem(notebook)
        if problem:
            graded = Graded(learner=learner, lesson="", problem=problem, seed=self.seed)
        else:
            try:
                lesson = lessons.origin(notebook, path.name, all_lessons(), stems)
                learner = learners.learner(path, self.learner_from, stems, lesson)
                graded = grade_notebook(
                    notebook,
                    learner=learner,
                    seed=self.seed,
                    lesson=lesson,
                    limits=self.limits,
                    course=self.course,
                    stop=self.stop,
                )
            except Interrupted:
                raise
            except Exception as error:  # one notebook never loses the rest
                problem = _("could not be marked: {error}: {why}").format(
                    error=type(error).__name__, why=error
                )
                graded = Graded(learner=learner, lesson="", problem=problem, seed=self.seed)
        return replace(graded, file=str(path)), time.monotonic() - begun


def grade_files(
    files: Iterable[str | Path],
    csv: str | Path,
    *,
    seed: int | None = None,
    learner_from: str = "auto",
    jobs: int = 1,
    limits: Limits | None = None,
    report: Callable[[str], Any] = print,
) -> list[Graded]:
    """Mark the notebooks of a class and write the marks.

    After each notebook three files are written, whole: `csv` with one row for each notebook,
    ``…_exercises.csv`` with one row for each exercise, and ``…_to_read.md`` with the texts that a
    person marks. Files of an earlier marking are renamed, never overwritten. Points for the texts
    are typed into the second file and added up with `totals.sum_up`.

    Parameters
    ----------
    files : iterable of str or Path
        Notebooks, or folders of them. What cannot be marked gets a row that says why.
    csv : str or Path
    seed : int, optional
        Makes each learner's own cases. By default a new one, which is reported.
    learner_from : {"auto", "file", "folder"}
        What names the learner: the folder; the file's name without the lesson's name or number;
        or, by default, the file's name where it says more than the lesson, else the folder.
    jobs : int
        Notebooks at once. The marks do not depend on it.
    limits : Limits, optional
    report : callable
        Gets each line for the person at the keyboard.

    Returns
    -------
    list of Graded
        In the order of the files.

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
    paths = learners.paths(files)
    if not any(path.exists() for path in paths):
        names = ", ".join(map(str, paths[:3])) + (", …" if len(paths) > 3 else "")
        raise ClassroomError(
            _("There is no {names}. Nothing was marked or written.").format(names=names)
        )
    tables = Tables(Path(csv), room=len(paths) * 100_000)
    if earlier := tables.keep_earlier():
        report(earlier)
    seed = secrets.randbelow(10**9) + 1 if seed is None else seed
    said = ngettext(
        "{n} notebook to mark, with seed {seed}.",
        "{n} notebooks to mark, with seed {seed}.",
        len(paths),
    )
    report(said.format(n=len(paths), seed=seed))
    marking = _Marking(course_lessons(), learner_from, seed, limits or Limits())
    done: dict[int, Graded] = {}
    pool = ThreadPoolExecutor(jobs)
    # The course's own wrong answers divide by zero on purpose; nobody needs to hear of it.
    with warnings.catch_warnings(action="ignore", category=RuntimeWarning):
        try:
            work = {pool.submit(marking.one, path): place for place, path in enumerate(paths)}
            for future in as_completed(work):
                graded, seconds = future.result()
                done[work[future]] = graded
                tables.write([done[place] for place in sorted(done)])
                report(_progress(len(done), len(paths), graded, seconds))
        finally:
            marking.stop.set()  # after Ctrl-C: no notebook goes on without this process
            pool.shutdown(cancel_futures=True)
    result = [done[place] for place in sorted(done)]
    for line in [*_handed_in_twice(result), *summary(result), *_what_is_left(result, tables, seed)]:
        report(line)
    return result


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
