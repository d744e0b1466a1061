"""Runs one notebook in a process of its own, with limits, and kills what it leaves behind.

`medlearn.classroom.grading` says what these limits promise and what they do not.
"""

from __future__ import annotations

import contextlib
import json
import math
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
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["CellReport", "Limits", "Stopped", "run"]

LARGEST_LINE = 4_000_000
LARGEST_TALK = 64_000_000
"""Bytes that one run of a notebook may send: in one line, and in all."""

RERUNS = 8
"""How often a notebook is run again, each time without the cell or answer that killed it."""

RUNNER = "medlearn.classroom.runner"
START_SECONDS = 60
TICK = 0.1
"""Seconds between two looks at memory and processes."""

_KEPT = re.compile(  # of the teacher's environment; passwords and keys stay out
    r"PATH|LANG|LC_.*|TZ|LD_LIBRARY_PATH|DYLD_.*|PYTHONPATH|VIRTUAL_ENV|CONDA_PREFIX|"
    r"SYSTEMROOT|WINDIR|COMSPEC|PATHEXT|NUMBER_OF_PROCESSORS|PROCESSOR_.*|MEDLEARN_DATA",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Limits:
    """What one notebook may use.

    Attributes
    ----------
    cell_seconds, total_seconds, answer_seconds : float
        Time for one cell, for the whole notebook with its reruns, and for one answer.
    memory_mb, files_mb : int
        Megabytes of memory of all its processes, and of the files in its folder (one file: half).
    output_chars : int
        Printed characters of a cell that are kept.
    processes : int
        Processes at once.
    """

    cell_seconds: float = 120
    total_seconds: float = 900
    answer_seconds: float = 5
    memory_mb: int = 3000
    output_chars: int = 20_000
    files_mb: int = 500
    processes: int = 64


@dataclass(frozen=True)
class CellReport:
    """What one code cell printed, the error that ended it (or None), and its seconds."""

    index: int
    text: str
    error: str | None
    seconds: float


class Stopped(Exception):
    """The marking was interrupted."""


class _Group:
    """A process and all that it started, found by descent, by session and by a mark."""

    def __init__(self, process: subprocess.Popen, word: str) -> None:
        import psutil

        self._psutil, self._process, self._word = psutil, process, word
        self._known: dict[int, Any] = {}
        self._next_search = 0.0
        with contextlib.suppress(psutil.Error):
            self._known[process.pid] = psutil.Process(process.pid)

    def _belongs(self, other: Any, thorough: bool) -> bool:
        if other.ppid() in self._known:
            return True
        if hasattr(os, "getsid") and os.getsid(other.pid) == self._process.pid:
            return True
        # A process that left family and session keeps the environment that it was started with.
        return thorough and other.environ().get("MEDLEARN_SUBMISSION") == self._word

    def search(self, thorough: bool = False) -> None:
        """Take in what was started since; remember it, even when its parent ends."""
        errors = (self._psutil.Error, OSError)
        found = True
        while found:
            found = False
            for other in self._psutil.process_iter():
                if other.pid in self._known or other.pid == os.getpid():
                    continue
                with contextlib.suppress(*errors):
                    if self._belongs(other, thorough):
                        self._known[other.pid] = other
                        found = True

    def alive(self) -> list[Any]:
        """The processes that still run."""
        running = []
        for pid, one in list(self._known.items()):
            try:
                if one.is_running() and one.status() != self._psutil.STATUS_ZOMBIE:
                    running.append(one)
                    continue
            except self._psutil.Error:
                pass
            del self._known[pid]  # its number may be given to a stranger
        return running

    def excess(self, limits: Limits, folder: Path) -> str | None:
        """What is over its limit, in words, or None."""
        now = time.monotonic()
        if now >= self._next_search:
            self._next_search = now + 5 * TICK
            self.search()
            if _size(folder) > limits.files_mb * 2**20:
                return f"it wrote more than {limits.files_mb} MB of files"
        running, most = self.alive(), limits.memory_mb * 2**20
        if self._memory(running) > most and self._memory(running, exact=True) > most:
            return f"it used more than {limits.memory_mb} MB of memory"
        if len(running) > limits.processes:
            return f"it started more than {limits.processes} processes"
        return None

    def _memory(self, running: list[Any], exact: bool = False) -> int:
        """Bytes; quickly, counting what several processes share for each, or slowly and once."""
        used = 0
        for one in running:
            with contextlib.suppress(self._psutil.Error):
                if exact:
                    full = one.memory_full_info()
                    used += getattr(full, "pss", full.uss)  # `pss`: its part of what is shared
                else:
                    used += one.memory_info().rss
        return used

    def kill(self) -> None:
        """End them all; what they start while dying as well."""
        self.search()
        for _ in range(20):
            for one in self.alive():
                with contextlib.suppress(self._psutil.Error, OSError):
                    if hasattr(os, "killpg") and os.getpgid(one.pid) == self._process.pid:
                        os.killpg(self._process.pid, signal.SIGKILL)  # all at once, even forking
                    one.kill()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(1)
            self.search(thorough=True)
            if not self.alive():
                return
            time.sleep(0.05)


def _size(folder: Path) -> float:
    """Bytes of the files in a folder; infinite when there are very many."""
    total, left, waiting = 0, 20_000, [str(folder)]
    while waiting:
        with contextlib.suppress(OSError), os.scandir(waiting.pop()) as entries:
            for entry in entries:
                left -= 1
                if left < 0:
                    return math.inf
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                else:
                    total += entry.stat(follow_symlinks=False).st_size
    return total


def _environment(home: Path, word: str) -> dict[str, str]:
    from medlearn.datasets import download

    package = Path(__file__).resolve().parents[2]
    kept = {name: value for name, value in os.environ.items() if _KEPT.fullmatch(name)}
    if package.name not in ("site-packages", "dist-packages"):  # a checkout that is not installed
        kept["PYTHONPATH"] = os.pathsep.join(filter(None, [kept.get("PYTHONPATH"), str(package)]))
    places = ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "TMPDIR", "TEMP", "TMP")
    return {
        "MEDLEARN_DATA": str(download.cache_folder()),  # what the teacher has fetched
        **kept,
        **dict.fromkeys(places, str(home)),
        "MEDLEARN_HOME": str(home / "medlearn"),
        "IPYTHONDIR": str(home / "ipython"),
        "MPLCONFIGDIR": str(home / "matplotlib"),
        "MPLBACKEND": "agg",
        **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
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


def _attempt(
    job: dict[str, Any],
    limits: Limits,
    folder: Path,
    home: Path,
    until: float,
    stop: threading.Event,
    cells: dict[int, CellReport],
    answers: dict[str, Any],
) -> tuple[str, Any, str] | None:
    """Run the notebook once; fill `cells` and `answers`.

    Returns
    -------
    None or (what, which, why)
        None when it came to its end. Else what it was at ("start", "cell", "answer"), the number
        or name of that, and what ended it; "total" when the time for the notebook was up.
    """
    word = secrets.token_hex(16)
    lines: queue.SimpleQueue = queue.SimpleQueue()
    with (home / "start.txt").open("wb") as complaints:  # of Python itself, before the first cell
        process = subprocess.Popen(
            [sys.executable, "-m", RUNNER],
            cwd=folder,
            env=_environment(home, word),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
    group = _Group(process, word)
    text = json.dumps(job).encode() + b"\n"
    reader = threading.Thread(target=_talk, args=(process, text, lines), daemon=True)
    reader.start()
    begun, next_look, gone = time.monotonic(), 0.0, None
    what, which, most = "start", None, max(START_SECONDS, limits.cell_seconds)
    known = {index for index, _ in job["cells"]}
    try:
        while True:
            try:
                message = lines.get(timeout=TICK)
            except queue.Empty:
                message = {}
            now = time.monotonic()
            match message:
                case None:
                    with contextlib.suppress(subprocess.TimeoutExpired):
                        process.wait(1)
                    return what, which, _how_it_ended(process.poll())
                case {"event": "cell", "index": int(index)} if index in known:
                    what, which, most, begun = "cell", index, limits.cell_seconds, now
                case {"event": "ran", "index": int(index), "text": str(said), "error": error}:
                    if what == "cell" and which == index:
                        said, error = said[: limits.output_chars], error and str(error)[:2000]
                        cells[index] = CellReport(index, said, error, round(now - begun, 3))
                case {"event": "asked", "name": str(name)} if name in job["answers"]:
                    what, which, begun = "answer", name, now
                    most = 2 * limits.answer_seconds + 3  # two rounds, which it stops itself
                case {"event": "answer", "name": str(name)}:
                    if what == "answer" and which == name:
                        message.pop("stopped", None)
                        answers[name] = message
                case {"event": "done"}:
                    return None
            if stop.is_set():
                raise Stopped
            if now > until:
                return "total", None, "the time was up"
            if now > begun + most:
                return what, which, f"it was stopped after {most:g} s"
            if now >= next_look:
                next_look = now + TICK
                if why := group.excess(limits, home.parent):
                    return what, which, why
                if process.poll() is not None and not message:
                    gone = gone or now
                    if now > gone + 5:  # all was read long ago, but a grandchild holds the pipe
                        return what, which, _how_it_ended(process.poll())
    finally:
        group.kill()
        reader.join(5)
        for pipe in (process.stdin, process.stdout):
            with contextlib.suppress(OSError):
                pipe.close()


def _how_it_ended(code: int | None) -> str:
    if code is not None and code < 0:
        with contextlib.suppress(ValueError):
            return f"it ended the whole process ({signal.Signals(-code).name})"
    if code is None:
        return "it sent far too much, or closed what it did not open"
    return f"it ended the whole process (exit code {code})"


def run(
    job: dict[str, Any], limits: Limits, folder: Path | None, stop: threading.Event
) -> tuple[dict[int, CellReport], dict[str, Any], list[str]]:
    """Run a notebook, and again without what killed it or hung.

    Parameters
    ----------
    job : dict
        For `runner`: "lesson", "cells" (index and source), "answers" (names of exercises) and
        "seeds" (of the functions among them).
    limits : Limits
    folder : Path or None
        Files that the cells may read.
    stop : threading.Event
        Set by another thread to interrupt.

    Returns
    -------
    (cells, answers, problems)
        Reports by cell; what was sent for each exercise, or ``{"stopped": why}``; and what went
        wrong, for the teacher.

    Raises
    ------
    Stopped
        When `stop` was set. Nothing of the notebook runs any more.
    """
    cells: dict[int, CellReport] = {}
    answers: dict[str, Any] = {}
    left_out: set[int] = set()
    problems: list[str] = []
    until = time.monotonic() + limits.total_seconds
    for _ in range(1 + RERUNS):
        now = {
            **job,
            "cells": [cell for cell in job["cells"] if cell[0] not in left_out],
            "answers": [name for name in job["answers"] if name not in answers],
            "files_mb": limits.files_mb,
            "output_chars": limits.output_chars,
            "answer_seconds": limits.answer_seconds,
        }
        with tempfile.TemporaryDirectory(prefix="medlearn-", ignore_cleanup_errors=True) as own:
            home, place = Path(own, "home"), Path(own, "work")
            home.mkdir()
            if folder:
                shutil.copytree(folder, place, symlinks=True)
            else:
                place.mkdir()
            ended = _attempt(now, limits, place, home, until, stop, cells, answers)
            complaint = (home / "start.txt").read_text("utf-8", "replace").strip()[-500:]
        if ended is None:
            return cells, answers, problems
        what, which, why = ended
        if what == "cell":
            left_out.add(which)
            cells[which] = CellReport(which, "", f"Stopped: {why}", 0.0)
            problems.append(f"cell {which + 1} was left out: {why}")
        elif what == "answer":
            answers[which] = {"stopped": why}
            problems.append(f"{which} was left out: {why}")
        else:
            total = f"the whole notebook was stopped after {limits.total_seconds:g} s"
            problems.append(total if what == "total" else f"it did not start: {why} {complaint}")
            return cells, answers, problems
    problems.append(f"given up after {1 + RERUNS} runs")
    return cells, answers, problems
