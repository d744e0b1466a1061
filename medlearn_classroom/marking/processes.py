"""A process with all that it started: what it uses, and how it is ended for good."""

from __future__ import annotations

import contextlib
import math
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

from medlearn_classroom.marking.limits import Limits, Stop

__all__ = ["TICK", "Group"]

TICK = 0.1
"""Seconds between two looks at memory and processes."""


class Group:
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

    def excess(self, limits: Limits, folder: Path) -> Stop | None:
        """What is over its limit, or None."""
        now = time.monotonic()
        if now >= self._next_search:
            self._next_search = now + 5 * TICK
            self.search()
            if _size(folder) > limits.files_mb * 2**20:
                return Stop("files", limits.files_mb)
        running, most = self.alive(), limits.memory_mb * 2**20
        if self._memory(running) > most and self._memory(running, exact=True) > most:
            return Stop("memory", limits.memory_mb)
        if len(running) > limits.processes:
            return Stop("processes", limits.processes)
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
        for _attempt in range(20):
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
