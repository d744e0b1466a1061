"""Marks for the notebooks of a class: ``python -m medlearn grade FILES --csv out.csv``.

Each notebook runs in a process of its own (`medlearn.classroom.runner`), in an empty folder, with
limits of time, memory, output, files and processes; whatever it leaves running is killed with it.
That process sends the answers as data. This one, which no notebook can reach, knows what is right:
it makes the cases for each learner from the teacher's seed, and it compares. So a notebook that
patches `check`, NumPy or medlearn itself changes nothing here, and cannot mark itself.

What is outside this promise:

- The solutions are part of medlearn and public. A notebook may call them; look at what you mark.
- The notebook runs as you, on your machine. Limits stop accidents and clumsy mischief. They do
  not keep determined strangers from your files, from the network or from ending this process:
  mark their notebooks in a container or from an account of its own.
- A figure is not looked at, only named answers are. What a cell prints is kept, and cut.
"""

from __future__ import annotations

import base64
import glob
import hashlib
import importlib.util
import json
import re
import secrets
import threading
import time
import warnings
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from medlearn import lessons
from medlearn.classroom import ClassroomError, supervisor
from medlearn.classroom.marks import Graded, Mark, points
from medlearn.classroom.supervisor import CellReport, Limits, Stopped
from medlearn.classroom.tables import Tables, one_line, summary
from medlearn.exercises import all_lessons
from medlearn.exercises.engine import Exercise, Feedback, Function, Text
from medlearn.lessons import Lesson

__all__ = ["grade_files", "grade_notebook"]

LARGEST_FILE = 50_000_000


# --- what comes from the other process: data, and never believed -----------------------------


def _stand_in(name: str, said: str, is_callable: bool) -> Any:
    """For what could not be sent: an object of that type name, which says the same of itself."""
    methods: dict[str, Any] = {"__repr__": lambda _: said}
    if is_callable:
        methods["__call__"] = lambda *_: None
    return type(name if name.isidentifier() else "object", (), methods)()


def decode(data: Any) -> Any:
    """The value that `runner.encode` sent.

    Raises
    ------
    ValueError
        When the data are not of its making.

    Examples
    --------
    >>> decode(["tuple", [1, ["list", [2.5, ["ellipsis"]]]]])
    (1, [2.5, Ellipsis])
    """
    if data is None or type(data) in (bool, int, float, str):
        return data
    try:
        match data:
            case ["ellipsis"]:
                return ...
            case ["complex", real, imag]:
                return complex(real, imag)
            case ["list", list(parts)]:
                return [decode(part) for part in parts]
            case ["tuple", list(parts)]:
                return tuple(decode(part) for part in parts)
            case ["array", str(kind), list(shape), str(raw)] if re.fullmatch(
                r"[<>|][biufc]\d+", kind
            ):
                flat = np.frombuffer(base64.b64decode(raw), np.dtype(kind))
                return flat.reshape([int(size) for size in shape])
            case ["objects", list(shape), list(parts)]:
                array = np.empty(len(parts), dtype=object)
                for place, part in enumerate(parts):
                    array[place] = decode(part)
                return array.reshape([int(size) for size in shape])
            case ["other", str(name), str(said), bool(is_callable)]:
                return _stand_in(name, said[:240], is_callable)
    except (ValueError, TypeError, OverflowError, RecursionError, MemoryError) as error:
        raise ValueError(f"unreadable answer: {error}") from None
    raise ValueError("unreadable answer")


def _round(exercise: Function, said: Any, cases: list[tuple[Any, ...]]) -> Feedback:
    match said:
        case {"feedback": ["wrong" | "not yet" as status, str(message)]}:
            return Feedback(status, one_line(message))
        case {"results": list(results)}:
            return exercise.compare([decode(result) for result in results], cases)
    raise ValueError("unreadable answer")


def _feedback(exercise: Exercise, said: dict[str, Any], seed: int) -> Feedback:
    """What the answer deserves, judged here."""
    if "stopped" in said:  # from here
        slow = "was stopped" in said["stopped"]
        return exercise.too_slow() if slow else Feedback("wrong", f"Calling it: {said['stopped']}.")
    if "missing" in said:
        return Feedback("missing", f"The notebook defines no {exercise.name}.")
    if not isinstance(exercise, Function):
        answer = decode(said["value"])
        if isinstance(exercise, Text) and type(answer) is str and answer.strip():
            return Feedback("to read", answer.strip()[:20_000])
        return exercise.assess(answer)
    # The public cases first: what is wrong there gets the message that `check` gave.
    feedback = Feedback("not yet", "")
    fresh = exercise.fresh_cases(np.random.default_rng(seed))
    rounds = said["rounds"]
    for part, cases in zip(rounds, (exercise.cases, fresh), strict=False):
        feedback = _round(exercise, part, cases)
        if feedback.status != "right":
            return feedback
    if len(rounds) != 2:
        raise ValueError("unreadable answer")
    return feedback


def _mark(exercise: Exercise, said: Any, seed: int) -> Mark:
    try:
        with np.errstate(all="ignore"):
            feedback = _feedback(exercise, said, seed)
    except Exception:  # only a notebook that meddled with the talk between the processes gets here
        feedback = Feedback("wrong", f"The answer for {exercise.name} could not be read.")
    worth = points(exercise)
    got = {"right": worth, "to read": None}.get(feedback.status, 0.0)
    return Mark(exercise.name, feedback.status, got, worth, feedback.message)


def _seed_for(seed: int, learner: str, lesson: str, exercise: str) -> int:
    """The seed of one learner's own cases for one exercise."""
    words = "\n".join([str(seed), learner, lesson, exercise])
    return int.from_bytes(hashlib.sha256(words.encode("utf-8", "replace")).digest()[:16], "big")


# --- one notebook ----------------------------------------------------------------------------


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
            return f"Its cell failed: {one_line(cells[index].error, 300)}"
    return f"The notebook defines no {exercise.name}: its cell was deleted, renamed or never run."


def _lessons() -> dict[str, Lesson]:
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
    _course: Mapping[str, Lesson] | None = None,
    _stop: threading.Event | None = None,
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

    Returns
    -------
    Graded
        With one mark for each exercise of the lesson, unless the notebook could not be read.

    Raises
    ------
    ValueError
        When there is no lesson of that number.

    Examples
    --------
    >>> grade_notebook({"cells": "?"}, learner="ada", seed=1).problem
    'no notebook: it has no list of cells'
    """
    limits, stop = limits or Limits(), _stop or threading.Event()
    course = _lessons() if _course is None else _course
    if lesson is not None and lesson not in all_lessons():
        known = ", ".join(all_lessons())
        raise ValueError(f"There is no lesson {lesson!r}; the lessons are {known}.")
    problem = lessons.problem(notebook)
    if problem is None:
        lesson = lesson or lessons.origin(notebook, "", all_lessons())
        if lesson is None:
            problem = "of no lesson: neither its data, its name nor its title say which"
    if problem:
        return Graded("", learner, lesson or "", (), (), problem, seed)

    exercises = all_lessons()[lesson].exercises
    seeds = {name: _seed_for(seed, learner, lesson, name) for name in exercises}
    job = {
        "lesson": lesson,
        "cells": _cells(notebook),
        "answers": list(exercises),
        "seeds": {n: s for n, s in seeds.items() if isinstance(exercises[n], Function)},
    }
    cells, answers, problems = supervisor.run(job, limits, folder, stop)
    # The course's levels, not the notebook's: a learner may have moved a cell.
    marks, levels = [], course[lesson].exercises if lesson in course else {}
    for name, exercise in exercises.items():
        mark = _mark(exercise, answers.get(name, {"missing": True}), seeds[name])
        if mark.status == "missing":
            mark = replace(mark, message=_lost(exercise, notebook, cells))
        marks.append(replace(mark, part=levels.get(name, "")))
    reports = tuple(cells[index] for index in sorted(cells))
    return Graded("", learner, lesson, tuple(marks), reports, "; ".join(problems) or None, seed)


# --- the notebooks of a class ----------------------------------------------------------------


def _read(path: Path) -> tuple[Any, str | None]:
    """A file's content, or why it cannot be marked."""
    try:
        if not path.is_file():
            return None, "no such file" if not path.exists() else "this is no file"
        size = path.stat().st_size
        if size == 0:
            return None, "the file is empty"
        if size > LARGEST_FILE:
            return None, f"larger than {LARGEST_FILE // 10**6} MB: clear its outputs and save again"
        return json.loads(path.read_bytes()), None
    except OSError as error:
        return None, f"cannot be read: {error.strerror or error}"
    except (ValueError, RecursionError, MemoryError):
        return None, "no notebook: the file holds no JSON (half saved, or something else)"


def _paths(files: Iterable[str | Path]) -> list[Path]:
    """The files, those in folders, and those of a pattern that the shell left as it is."""
    found: list[Path] = []
    for given in files:
        path = Path(given)
        if path.is_dir():
            inside = sorted(path.rglob("*.ipynb"))
            inside = [p for p in inside if ".ipynb_checkpoints" not in p.parts]
            if not inside:
                raise ClassroomError(f"There are no notebooks (*.ipynb) in {path}.")
            found += inside
        elif not path.exists() and glob.has_magic(str(given)):
            matches = sorted(glob.glob(str(given), recursive=True))
            if not matches:
                raise ClassroomError(f"Nothing is called {given}.")
            found += map(Path, matches)
        else:
            found.append(path)
    if not found:
        raise ClassroomError("There is nothing to mark: name notebooks, or folders of them.")
    return list({path.absolute(): path for path in found}.values())


def _name(text: str, stems: Collection[str], lesson: str | None = None) -> str:
    """What a file's name says beside the lesson's; `lesson` is the number that may be left out.

    A number is only left out where it is this lesson's: that of "student_07" may be a name.

    Examples
    --------
    >>> stems = ["01_neurons_and_activations"]
    >>> _name("Ada Lovelace 01", stems, "01"), _name(f"{stems[0]} (Marie Curie)", stems)
    ('Ada Lovelace', 'Marie Curie')
    >>> _name("Ada Lovelace_123456_assignsubmission_file", stems), _name("student_07", stems, "01")
    ('Ada Lovelace', 'student_07')
    """
    own = [stem.split("_") for stem in stems if stem[:2] == lesson]
    own = [rf"{number}(?:[ _-]+(?:{'|'.join(words)}))*" for number, *words in own]  # or a part
    words = "|".join([*own, r"lesson[ _-]*\d\d?"])
    # A browser that saves a second copy adds "(1)", JupyterLab "-Copy1", the course "_new".
    again = r"(?:[ _-]*(?:\(\d+\)|(?:copy|new)\d*))*"
    edge = r"(?![^\W_])"  # no letter and no digit
    noise = rf"(?:{'|'.join(stems)}|(?<![^\W_])(?:{words})){again}{edge}"
    rest = re.sub(rf"_\d+_assignsubmission_file|{noise}|^{again}$", " ", text, flags=re.IGNORECASE)
    rest = " ".join(rest.split()).strip(" _-.,")
    return re.sub(r"^\((.*)\)$|^\[(.*)\]$", r"\1\2", rest)


def _learner(
    path: Path, learner_from: str, stems: Collection[str], lesson: str | None = None
) -> str:
    """Who wrote this file: see `grade_files`."""
    folders = [part for part in reversed(path.absolute().parts[1:-1]) if part not in stems]
    folder = (_name(folders[0], stems) or folders[0]) if folders else "unknown"
    if learner_from == "folder":
        return folder
    return _name(path.stem, stems, lesson) or (path.stem if learner_from == "file" else folder)


def _one(
    path: Path,
    course: Mapping[str, Lesson],
    learner_from: str,
    seed: int,
    limits: Limits,
    stop: threading.Event,
) -> tuple[Graded, float]:
    begun = time.monotonic()
    stems = [lesson.stem for lesson in course.values()]
    learner = _learner(path, learner_from, stems)
    notebook, problem = _read(path)
    problem = problem or lessons.problem(notebook)
    if problem:
        graded = Graded("", learner, "", (), (), problem, seed)
    else:
        try:
            lesson = lessons.origin(notebook, path.name, all_lessons(), stems)
            learner = _learner(path, learner_from, stems, lesson)
            graded = grade_notebook(
                notebook,
                learner=learner,
                seed=seed,
                lesson=lesson,
                limits=limits,
                _course=course,
                _stop=stop,
            )
        except Stopped:
            raise
        except Exception as error:  # one notebook never loses the rest
            problem = f"could not be marked: {type(error).__name__}: {error}"
            graded = Graded("", learner, "", (), (), problem, seed)
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
    are typed into the second file and added up with `tables.sum_up`.

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
    if learner_from not in ("auto", "file", "folder"):
        raise ValueError(f"learner_from is 'auto', 'file' or 'folder', not {learner_from!r}.")
    for package in ("IPython", "psutil"):
        if importlib.util.find_spec(package) is None:
            raise ClassroomError(f"Marking needs {package}: pip install 'medlearn[lab]'.")
    course = _lessons()
    paths = _paths(files)
    if not any(path.exists() for path in paths):
        names = ", ".join(map(str, paths[:3])) + (", …" if len(paths) > 3 else "")
        raise ClassroomError(f"There is no {names}. Nothing was marked or written.")
    tables = Tables(Path(csv), room=len(paths) * 100_000)
    if earlier := tables.keep_earlier():
        report(earlier)
    seed = secrets.randbelow(10**9) + 1 if seed is None else seed
    report(f"{len(paths)} notebook(s) to mark, with seed {seed}.")
    done: dict[int, Graded] = {}
    stop = threading.Event()
    pool = ThreadPoolExecutor(jobs)
    # The course's own wrong answers divide by zero on purpose; nobody needs to hear of it.
    with warnings.catch_warnings(action="ignore", category=RuntimeWarning):
        try:
            work = {
                pool.submit(_one, path, course, learner_from, seed, limits or Limits(), stop): place
                for place, path in enumerate(paths)
            }
            for future in as_completed(work):
                graded, seconds = future.result()
                done[work[future]] = graded
                tables.write([done[place] for place in sorted(done)])
                report(_progress(len(done), len(paths), graded, seconds))
        finally:
            stop.set()  # after Ctrl-C: no notebook goes on without this process
            pool.shutdown(cancel_futures=True)
    result = [done[place] for place in sorted(done)]
    for line in _handed_in_twice(result):
        report(line)
    for line in summary(result):
        report(line)
    if reading := sum(one.count("to read") for one in result):
        report(f"{reading} text(s) to read. Type their points into {tables.exercises}, then run")
        report(f"  python -m medlearn grade --sum {tables.csv}")
    report(f"The marks stand in {tables.csv}. To mark the same again: --seed {seed}")
    return result


def _handed_in_twice(graded: Iterable[Graded]) -> Iterator[str]:
    same: dict[tuple[str, str], list[str]] = {}
    for one in graded:
        if one.marks:
            same.setdefault((one.learner, one.lesson), []).append(one.file)
    for (learner, lesson), files in same.items():
        if len(files) > 1:
            names = ", ".join(files)
            said = f"! {learner} handed in lesson {lesson} {len(files)} times, all kept: {names}"
            yield one_line(said)


def _progress(count: int, total: int, graded: Graded, seconds: float) -> str:
    parts = [f"{count} of {total}", graded.learner]
    if graded.marks:
        parts += [f"lesson {graded.lesson}", f"{graded.points:g} of {graded.out_of:g} points"]
        if reading := graded.count("to read"):
            parts.append(f"{reading} to read")
    if graded.problem:
        parts.append(f"! {graded.problem}")
    return one_line(" · ".join([*parts, f"{seconds:.0f} s"]))
