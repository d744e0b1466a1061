"""Runs one notebook in a process of its own, with limits, and kills what it leaves behind.

`grading` says what these limits promise and what they do not. What is no text for a person, the
talk between the processes, is in no language.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from medlearn import language, surroundings
from medlearn.language import _, ngettext
from medlearn_classroom.marking import guard
from medlearn_classroom.marking.limits import Limits, Stop
from medlearn_classroom.marking.processes import TICK, Group

__all__ = ["CellReport", "Interrupted", "Ran", "run"]

LARGEST_LINE = 4_000_000
LARGEST_TALK = 64_000_000
"""Bytes that one run of a notebook may send: in one line, and in all."""

RERUNS = 8
"""How often a notebook is run again, each time without the cell or answer that killed it."""

RUNNER = "medlearn_classroom.marking.runner"
START_SECONDS = 60

_KEPT = re.compile(  # of the teacher's environment; passwords and keys stay out
    r"PATH|LANG|LC_.*|TZ|LD_LIBRARY_PATH|DYLD_.*|PYTHONPATH|VIRTUAL_ENV|CONDA_PREFIX|"
    r"SYSTEMROOT|WINDIR|COMSPEC|PATHEXT|NUMBER_OF_PROCESSORS|PROCESSOR_.*|MEDLEARN_DATA",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class CellReport:
    """What one code cell printed, the error that ended it (or None), and its seconds."""

    index: int
    text: str
    error: str | None
    seconds: float


@dataclass
class Ran:
    """What came of a notebook, from one run or several.

    Attributes
    ----------
    cells : dict of int to CellReport
        By the cell's place in the notebook.
    answers : dict of str to dict or Stop
        What was sent for each exercise, or why it was stopped.
    problems : list of str
        What went wrong, for the teacher.
    """

    cells: dict[int, CellReport] = field(default_factory=dict)
    answers: dict[str, dict[str, Any] | Stop] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


class Interrupted(Exception):
    """The marking was interrupted."""


def _environment(home: Path, word: str) -> dict[str, str]:
    from medlearn.datasets import download

    course = Path(__file__).resolve().parents[2]
    kept = {name: value for name, value in os.environ.items() if _KEPT.fullmatch(name)}
    if course.name not in ("site-packages", "dist-packages"):  # a checkout that is not installed
        kept["PYTHONPATH"] = os.pathsep.join(filter(None, [kept.get("PYTHONPATH"), str(course)]))
    places = ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "TMPDIR", "TEMP", "TMP")
    return {
        "MEDLEARN_DATA": str(download.cache_folder()),  # what the teacher has fetched
        **kept,
        **dict.fromkeys(places, str(home)),
        "MEDLEARN_HOME": str(home / "medlearn"),
        "MEDLEARN_LANGUAGE": language.current(),
        "IPYTHONDIR": str(home / "ipython"),
        "MPLCONFIGDIR": str(home / "matplotlib"),
        "MPLBACKEND": "agg",
        **surroundings.ONE_THREAD,
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "PIP_NO_INDEX": "1",  # a cell with `%pip install` must not change the teacher's packages
        "PYTHONIOENCODING": "utf-8",
        "MEDLEARN_SUBMISSION": word,
    }


def _talk(process: subprocess.Popen, job: bytes, lines: queue.SimpleQueue) -> None:
    """Hand over the job, then pass on what comes back, line by line; None at its end.

    What is no line of the right form is dropped, and so is everything above the limits.
    """
    with contextlib.suppress(OSError, ValueError):
        process.stdin.write(job)
        process.stdin.flush()
    left, line = LARGEST_TALK, b""
    while left > 0:
        try:
            block = os.read(process.stdout.fileno(), 65536)
        except (OSError, ValueError):
            block = b""
        if not block:
            break
        left -= len(block)
        *whole, line = (line + block).split(b"\n")
        if len(line) > LARGEST_LINE:
            line = b""
        for one in whole:
            try:
                message = json.loads(one)
            except (ValueError, RecursionError):
                continue
            if isinstance(message, dict):
                lines.put(message)
    lines.put(None)


def _how_it_ended(code: int | None) -> Stop:
    if code is None:
        return Stop("talk")
    if code < 0:
        with contextlib.suppress(ValueError):
            return Stop("signal", signal.Signals(-code).name)
    return Stop("exit", code)


@dataclass
class _Run:
    """One run of a notebook: its job, where it is, and since when; it fills `ran`.

    `at` is "start", "cell" or "answer", and `which` the number or name of that.
    """

    job: Mapping[str, Any]
    limits: Limits
    ran: Ran
    at: str = "start"
    which: Any = None
    begun: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self._cells = {index for index, _source in self.job["cells"]}

    @property
    def most(self) -> float:
        """The seconds that this may last."""
        if self.at == "answer":
            return 2 * self.limits.answer_seconds + 3  # two rounds, which it stops itself
        return max(START_SECONDS if self.at == "start" else 0, self.limits.cell_seconds)

    def take(self, message: Mapping[str, Any], now: float) -> bool:
        """Note what the process said, if it is what may come now; whether it came to its end."""
        match message:
            case {"event": "cell", "index": int(index)} if index in self._cells:
                self.at, self.which, self.begun = "cell", index, now
            case {"event": "ran", "index": int(index), "text": str(said), "error": error}:
                if (self.at, self.which) == ("cell", index):
                    said, error = said[: self.limits.output_chars], error and str(error)[:2000]
                    seconds = round(now - self.begun, 3)
                    self.ran.cells[index] = CellReport(index, said, error, seconds)
            case {"event": "asked", "name": str(name)} if name in self.job["answers"]:
                self.at, self.which, self.begun = "answer", name, now
            case {"event": "answer", "name": str(name)}:
                if (self.at, self.which) == ("answer", name):
                    self.ran.answers[name] = dict(message)
            case {"event": "done"}:
                return True
        return False

    def attempt(self, folder: Path, home: Path, until: float, stop: threading.Event) -> Stop | None:
        """Run it in `folder` until its end, which gives None, or until something ends it."""
        word = secrets.token_hex(16)
        lines: queue.SimpleQueue = queue.SimpleQueue()
        with (home / "start.txt").open("wb") as complaints:  # of Python, before the first cell
            process = subprocess.Popen(
                guard.command(str(home.parent), [sys.executable, "-m", RUNNER]),
                cwd=folder,
                env=_environment(home, word),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=complaints,
                start_new_session=True,
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
            )
        group = Group(process, word)
        text = json.dumps(self.job).encode() + b"\n"
        reader = threading.Thread(target=_talk, args=(process, text, lines), daemon=True)
        reader.start()
        next_look, gone, self.begun = 0.0, None, time.monotonic()
        try:
            while True:
                try:
                    message = lines.get(timeout=TICK)
                except queue.Empty:
                    message = {}
                now = time.monotonic()
                if message is None:
                    with contextlib.suppress(subprocess.TimeoutExpired):
                        process.wait(1)
                    return _how_it_ended(process.poll())
                if self.take(message, now):
                    return None
                if stop.is_set():
                    raise Interrupted
                if now > until:
                    return Stop("total", self.limits.total_seconds)
                if now > self.begun + self.most:
                    return Stop("time", self.most)
                if now >= next_look:
                    next_look = now + TICK
                    if over := group.excess(self.limits, home.parent):
                        return over
                    if process.poll() is not None and not message:
                        gone = gone or now
                        if now > gone + 5:  # all was read, but a grandchild holds the pipe
                            return _how_it_ended(process.poll())
        finally:
            group.kill()
            reader.join(5)
            for pipe in (process.stdin, process.stdout):
                with contextlib.suppress(OSError):
                    pipe.close()


def run(job: Mapping[str, Any], limits: Limits, folder: Path | None, stop: threading.Event) -> Ran:
    """Run a notebook, and again without what killed it or hung.

    Parameters
    ----------
    job : mapping
        For `runner`: "lesson", "cells" (index and source), "answers" (names of exercises) and
        "seeds" (of the functions among them).
    limits : Limits
    folder : Path or None
        Files that the cells may read.
    stop : threading.Event
        Set by another thread to interrupt.

    Returns
    -------
    Ran

    Raises
    ------
    Interrupted
        When `stop` was set. Nothing of the notebook runs any more.
    """
    ran, left_out = Ran(), set()
    until = time.monotonic() + limits.total_seconds
    for _again in range(1 + RERUNS):
        now = {
            **job,
            "cells": [cell for cell in job["cells"] if cell[0] not in left_out],
            "answers": [name for name in job["answers"] if name not in ran.answers],
            "files_mb": limits.files_mb,
            "output_chars": limits.output_chars,
            "answer_seconds": limits.answer_seconds,
        }
        one = _Run(now, limits, ran)
        with tempfile.TemporaryDirectory(prefix="medlearn-", ignore_cleanup_errors=True) as own:
            home, place = Path(own, "home"), Path(own, "work")
            home.mkdir()
            if folder:
                shutil.copytree(folder, place, symlinks=True)
            else:
                place.mkdir()
            why = one.attempt(place, home, until, stop)
            complaint = (home / "start.txt").read_text("utf-8", "replace").strip()[-500:]
        if why is None:
            return ran
        if why.reason == "total":
            said = _("the whole notebook was stopped after {seconds:g} s")
            ran.problems.append(said.format(seconds=limits.total_seconds))
            return ran
        if one.at == "start":
            said = _("it did not start: {why} {complaint}")
            ran.problems.append(said.format(why=why, complaint=complaint))
            return ran
        if one.at == "cell":
            left_out.add(one.which)
            said = _("Stopped: {why}").format(why=why)
            ran.cells[one.which] = CellReport(one.which, "", said, 0.0)
            said = _("cell {number} was left out: {why}")
            ran.problems.append(said.format(number=one.which + 1, why=why))
        else:
            ran.answers[one.which] = why
            said = _("{exercise} was left out: {why}").format(exercise=one.which, why=why)
            ran.problems.append(said)
    runs = 1 + RERUNS
    said = ngettext("given up after {n} run", "given up after {n} runs", runs)
    ran.problems.append(said.format(n=runs))
    return ran
