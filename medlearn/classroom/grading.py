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
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from medlearn import lab
from medlearn.classroom import ClassroomError, supervisor
from medlearn.classroom.supervisor import CellReport, Limits, Stopped
from medlearn.classroom.tables import Tables, one_line, summary
from medlearn.exercises import all_lessons
from medlearn.exercises.engine import Exercise, Feedback, Function, Text

__all__ = [
    "CellReport",
    "Graded",
    "Limits",
    "Mark",
    "grade_files",
    "grade_notebook",
    "parts",
    "points",
]

LESSON_FILES = (
    "00_start_here",
    "01_neurons_and_activations",
    "02_preparing_data",
    "03_building_a_model",
    "04_training",
    "05_evaluation",
    "06_tuning",
    "07_images_cnn",
    "08_sequences_rnn_lstm",
)
"""The names of the lessons' files, which learners keep or put their own names beside."""

LARGEST_FILE = 50_000_000


@dataclass(frozen=True)
class Mark:
    """One exercise: `status` is "right", "wrong", "not yet", "missing" or "to read".

    `points` is None for "to read": a person marks it, and `message` is the learner's text. `part`
    is "core" or "deeper", as the section of the lesson in which the exercise stands.
    """

    exercise: str
    status: str
    points: float | None
    out_of: float
    message: str
    part: str = ""


@dataclass(frozen=True)
class Graded:
    """One marked notebook; `problem` says what kept it, or a part of it, from being marked."""

    file: str
    learner: str
    lesson: str
    marks: tuple[Mark, ...]
    cells: tuple[CellReport, ...]
    problem: str | None
    seed: int

    @property
    def points(self) -> float:
        """The points so far, without the texts that a person still has to read."""
        return sum(mark.points or 0 for mark in self.marks)

    @property
    def out_of(self) -> float:
        """The most points that the lesson gives, texts included."""
        return sum(mark.out_of for mark in self.marks)

    @property
    def core_points(self) -> float:
        """Of the points so far, those of the core sections, which every class does."""
        return sum(mark.points or 0 for mark in self.marks if mark.part == "core")

    @property
    def core_out_of(self) -> float:
        """The most points that the core sections give, texts included."""
        return sum(mark.out_of for mark in self.marks if mark.part == "core")

    def count(self, status: str) -> int:
        """How many exercises have this status."""
        return sum(mark.status == status for mark in self.marks)


def points(exercise: Exercise) -> float:
    """The points an exercise gives: 2 for a function or a text, 1 for a value or a choice.

    Examples
    --------
    >>> points(all_lessons()["01"].exercises["neuron"])
    2.0
    """
    return 2.0 if isinstance(exercise, (Function, Text)) else 1.0


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
        return Feedback(
            "wrong", exercise._too_slow() if slow else f"Calling it: {said['stopped']}."
        )
    if "missing" in said:
        return Feedback("missing", f"The notebook defines no {exercise.name}.")
    if not isinstance(exercise, Function):
        answer = decode(said["value"])
        if isinstance(exercise, Text) and type(answer) is str and answer.strip():
            return Feedback("to read", answer.strip()[:20_000])
        return exercise._judge(answer)
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


def parts(notebook: dict) -> dict[str, str]:
    """Exercise → "core" or "deeper": the tag of the section heading above its cell.

    Examples
    --------
    >>> heading = {"cell_type": "markdown", "source": "## 1.", "metadata": {"tags": ["core"]}}
    >>> stub = {"cell_type": "code", "source": "", "metadata": {"tags": ["exercise:neuron"]}}
    >>> parts({"cells": [heading, stub]})
    {'neuron': 'core'}
    """
    found, part = {}, ""
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown" and lab.text_of(cell).startswith("## "):
            tags = (cell.get("metadata") or {}).get("tags") or []
            part = next((tag for tag in ("core", "deeper") if tag in tags), "")
        if name := lab.tagged(cell, "exercise"):
            found[name] = part
    return found


@cache
def _course_parts(lesson: str) -> dict[str, str]:
    """The same of the course's own notebook; nothing where the lessons are not installed."""
    try:
        (file,) = (lab.course_folder() / "notebooks").glob(f"{lesson}_*.ipynb")
        return parts(json.loads(file.read_text("utf-8")))
    except (lab.LabError, OSError, ValueError):
        return {}


_CHECK_LINE = re.compile(r"\s*(ex\.\w+\.(check|hint|solution)\(\w*\)\s*)?(#.*)?")


def _cells(notebook: dict) -> list[tuple[int, str]]:
    """The code cells to run. The lesson's own checks are left out: nothing hangs on them here."""
    chosen = []
    for index, cell in enumerate(notebook["cells"]):
        source = lab.text_of(cell)
        if cell["cell_type"] != "code" or not source.strip():
            continue
        lines = source.splitlines()
        if lab.tagged(cell, "check") is None or not all(map(_CHECK_LINE.fullmatch, lines)):
            chosen.append((index, source))
    return chosen


def _malformed(notebook: Any) -> str | None:
    """Why this is no notebook that could be run, or None."""
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        if isinstance(notebook, dict) and "worksheets" in notebook:
            return "a notebook of an old format: open it in JupyterLab and save it again"
        return "no notebook: it has no list of cells"
    for number, cell in enumerate(notebook["cells"], start=1):
        try:
            fine = cell["cell_type"] in ("code", "markdown", "raw")
            lab.text_of(cell), lab.tagged(cell, "check")  # asked for later, too
        except (TypeError, KeyError, AttributeError):
            fine = False
        if not fine:
            return f"no notebook: its cell {number} has no kind or no text"
    return None


def _lesson_of(notebook: dict, name: str = "") -> str | None:
    """The number of the lesson that this is a copy of, or None.

    Asked in turn: what the notebook remembers, the file's name, the title of its first cells.
    """
    metadata = notebook.get("metadata")
    own = metadata.get("medlearn") if isinstance(metadata, dict) else None
    own = own if isinstance(own, dict) else {}
    origin = own.get("copy_of")
    origin = origin.get("lesson") if isinstance(origin, dict) else None
    titles = [lab.text_of(c) for c in notebook["cells"][:5] if c["cell_type"] == "markdown"]
    titles = [t.lstrip("# ") for title in titles for t in title.splitlines() if t.startswith("# ")]
    stems = [stem for stem in LESSON_FILES if stem in name]
    for candidate in (own.get("lesson"), origin, *stems, *titles, name):
        number = re.match(r"\d\d(?!\d)", candidate) if isinstance(candidate, str) else None
        if number and number[0] in all_lessons():
            return number[0]
    return None


def _lost(exercise: Exercise, notebook: dict, cells: dict[int, CellReport]) -> str:
    """Why there is no answer: the cell where it should stand failed, or is gone."""
    for index, cell in enumerate(notebook["cells"]):
        if lab.tagged(cell, "exercise") == exercise.name and index in cells and cells[index].error:
            return f"Its cell failed: {one_line(cells[index].error, 300)}"
    return f"The notebook defines no {exercise.name}: its cell was deleted, renamed or never run."


def grade_notebook(
    notebook: dict,
    *,
    learner: str,
    seed: int,
    lesson: str | None = None,
    limits: Limits | None = None,
    folder: Path | None = None,
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
    if lesson is not None and lesson not in all_lessons():
        known = ", ".join(all_lessons())
        raise ValueError(f"There is no lesson {lesson!r}; the lessons are {known}.")
    problem = _malformed(notebook)
    if problem is None:
        lesson = lesson or _lesson_of(notebook)
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
    marks, section = [], {**parts(notebook), **_course_parts(lesson)}
    for name, exercise in exercises.items():
        mark = _mark(exercise, answers.get(name, {"missing": True}), seeds[name])
        if mark.status == "missing":
            mark = replace(mark, message=_lost(exercise, notebook, cells))
        marks.append(replace(mark, part=section.get(name, "")))
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


def _name(text: str, lesson: str | None = None) -> str:
    """What a file's name says beside the lesson's; `lesson` is the number that may be left out.

    A number is only left out where it is this lesson's: that of "student_07" may be a name.

    Examples
    --------
    >>> _name("Ada Lovelace 01", "01"), _name("01_neurons_and_activations (Marie Curie)")
    ('Ada Lovelace', 'Marie Curie')
    >>> _name("Ada Lovelace_123456_assignsubmission_file"), _name("student_07", "01")
    ('Ada Lovelace', 'student_07')
    """
    own = [stem.split("_") for stem in LESSON_FILES if stem[:2] == lesson]
    own = [rf"{number}(?:[ _-]+(?:{'|'.join(words)}))*" for number, *words in own]  # or a part
    words = "|".join([*own, r"lesson[ _-]*\d\d?"])
    # A browser that saves a second copy adds "(1)", JupyterLab "-Copy1", the course "_new".
    again = r"(?:[ _-]*(?:\(\d+\)|(?:copy|new)\d*))*"
    edge = r"(?![^\W_])"  # no letter and no digit
    noise = rf"(?:{'|'.join(LESSON_FILES)}|(?<![^\W_])(?:{words})){again}{edge}"
    rest = re.sub(rf"_\d+_assignsubmission_file|{noise}|^{again}$", " ", text, flags=re.IGNORECASE)
    rest = " ".join(rest.split()).strip(" _-.,")
    return re.sub(r"^\((.*)\)$|^\[(.*)\]$", r"\1\2", rest)


def _learner(path: Path, learner_from: str, lesson: str | None = None) -> str:
    """Who wrote this file: see `grade_files`."""
    folders = [part for part in reversed(path.absolute().parts[1:-1]) if part not in LESSON_FILES]
    folder = (_name(folders[0]) or folders[0]) if folders else "unknown"
    if learner_from == "folder":
        return folder
    return _name(path.stem, lesson) or (path.stem if learner_from == "file" else folder)


def _one(
    path: Path, learner_from: str, seed: int, limits: Limits, stop: threading.Event
) -> tuple[Graded, float]:
    begun = time.monotonic()
    learner = _learner(path, learner_from)
    notebook, problem = _read(path)
    problem = problem or _malformed(notebook)
    if problem:
        graded = Graded("", learner, "", (), (), problem, seed)
    else:
        try:
            lesson = _lesson_of(notebook, path.name)
            learner = _learner(path, learner_from, lesson)
            graded = grade_notebook(
                notebook, learner=learner, seed=seed, lesson=lesson, limits=limits, _stop=stop
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
                pool.submit(_one, path, learner_from, seed, limits or Limits(), stop): place
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
