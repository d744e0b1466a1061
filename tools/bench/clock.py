"""How something is measured: in pairs, in a process of its own, on a machine that is described."""

from __future__ import annotations

import contextlib
import io
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

from tools import execute

ROOT = Path(__file__).resolve().parents[2]


class BenchError(Exception):
    """Something could not be measured; the message says what and why."""


def in_pairs(repeats: int, *ways: Callable[[], Any]) -> list[list[Any]]:
    """Results of each way, `repeats` times. Who begins changes, so that a slow minute hits all."""
    found: list[list[Any]] = [[] for _ in ways]
    for turn in range(repeats):
        for step in range(len(ways)):
            way = (turn + step) % len(ways)
            found[way].append(ways[way]())
    return found


def seconds_of(work: Callable[[], Any]) -> float:
    """How long this takes, once."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def peak_megabytes() -> float:
    """The peak memory of this process so far, asked as in a lesson's kernel."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(execute.PEAK_PROBE, {})
    return float(out.getvalue())


def in_process(part: str, settings: dict[str, Any]) -> dict[str, Any]:
    """Measure one part in a fresh Python, so that nobody else's memory is in its figures."""
    with tempfile.TemporaryDirectory(prefix="medlearn-bench-") as home:
        out = Path(home, "result.json")
        command = [sys.executable, "-m", __package__, "--measure", part]
        with subprocess.Popen(
            [*command, "--settings", json.dumps(settings), "--result", str(out)],
            cwd=ROOT,
            env=execute.kernel_environment(home) | {"MPLBACKEND": "agg"},
            stderr=subprocess.PIPE,
        ) as child:
            try:
                _, said = child.communicate()
            except KeyboardInterrupt:  # the child got it too, and ends what it has started
                with contextlib.suppress(subprocess.TimeoutExpired):
                    child.wait(20)
                child.kill()
                raise
        if child.returncode or not out.is_file():
            words = said.decode(errors="replace").strip()[-1000:] or "it said nothing"
            raise BenchError(f"It ended with {child.returncode}: {words}")
        return json.loads(out.read_text("utf-8"))


def processor() -> str:
    """The model of the processor, as far as this system tells."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    if sys.platform == "darwin":
        ask = ["sysctl", "-n", "machdep.cpu.brand_string"]
        done = subprocess.run(ask, capture_output=True, text=True, check=False)
        if done.stdout.strip():
            return done.stdout.strip()
    return platform.processor() or platform.machine()


def machine() -> dict[str, Any]:
    """What a reader must know of the machine, and nothing that names it."""
    import psutil

    def version(*names: str) -> str:
        for name in names:
            with contextlib.suppress(metadata.PackageNotFoundError):
                return metadata.version(name)
        return "not installed"

    return {
        "processor": processor(),
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 2**30),
        "system": platform.system(),
        "python": platform.python_version(),
        "tensorflow": version("tensorflow-cpu", "tensorflow"),
        "keras": version("keras"),
        "numpy": version("numpy"),
    }


def busy() -> float:
    """The share of the processors that other programs use now, from 0 to 1."""
    import psutil

    return psutil.cpu_percent(1) / 100
