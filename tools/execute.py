"""Run the lessons: execute and measure them, show where they stand, strip or solve one.

    python -m tools.execute execute [LESSON ...]   # run, store outputs and measured bands
    python -m tools.execute status [LESSON ...]    # run and report, change nothing
    python -m tools.execute strip NOTEBOOK OUT     # a copy without outputs, for a learner
    python -m tools.execute solve NOTEBOOK OUT     # a copy with each exercise's solution filled in

A LESSON is its number (``01``), its name or its path. Each runs in a fresh kernel of the Python
that runs this command, in ``notebooks/``, with an empty ``MEDLEARN_HOME``. When a cell fails, its
source and traceback are printed, the notebook stays as it was, and the command ends with 1.
"""

from __future__ import annotations

import argparse
import ast
import os
import re
import sys
import tempfile
import time
import timeit
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from medlearn import lessons
from medlearn.datasets import DataError
from medlearn.exercises import all_lessons
from medlearn.files import replace_file
from medlearn.lessons import LessonError
from medlearn.strict import VARIABLE
from medlearn.surroundings import ONE_THREAD
from tools import flow, sync

ROOT = Path(__file__).resolve().parents[1]
SECONDS_BANDS = (10, 20, 30, 45, 60, 90, 120)
MEMORY_BANDS = (150, 250, 300, 400, 550, 700, 850, 900, 1000)
CELL_TIMEOUT = 600  # seconds; a lesson's whole budget is 90, so this only ends what hangs
LONG_CELL = 3  # seconds without a sign of progress, after which a learner thinks that it hangs
YARDSTICK = "sum(i * i for i in range(300_000))"
YARDSTICK_SECONDS = 0.02  # on the machine that the seconds are meant for
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"

# Asked inside the kernel: its own peak, without what the process that started it once used (which
# Linux would count in ru_maxrss).
PEAK_PROBE = """
def _peak():
    try:
        with open("/proc/self/status") as status:
            for line in status:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) / 1024
    except OSError:
        pass
    import psutil
    memory = psutil.Process().memory_info()
    if hasattr(memory, "peak_wset"):
        return memory.peak_wset / 2**20
    import resource, sys
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (
        2**20 if sys.platform == "darwin" else 2**10
    )
print(_peak())
"""


@dataclass
class Run:
    """An executed notebook, the seconds from kernel start to its end, and its peak memory."""

    notebook: NotebookNode
    seconds: float
    megabytes: float
    cells: dict[int, float]
    """Place of each cell that ran → its seconds."""


def find(names: Iterable[str]) -> list[Path]:
    """Return the notebooks with these numbers, names or paths; all of them for no name."""
    every = lessons.find(ROOT / "notebooks")
    chosen = []
    for name in names:
        wanted = Path(name)
        if wanted.suffix == ".ipynb" and wanted.is_file():
            chosen.append(wanted.resolve())
            continue
        found = [one for one in every.values() if name == one.number or wanted.stem == one.stem]
        if not found:
            known = ", ".join(one.stem for one in every.values()) or "none"
            raise LessonError(f"There is no lesson {name!r}. Lessons: {known}.")
        chosen.append(found[0].path)
    return chosen or [one.path for one in every.values()]


def read(path: Path) -> NotebookNode:
    """Read a notebook, or say what is wrong with the file."""
    try:
        return nbformat.read(path, as_version=4)
    except FileNotFoundError:
        raise LessonError(f"{path}: there is no such notebook.") from None
    except (ValueError, nbformat.ValidationError) as error:
        raise LessonError(f"{path}: this is no readable notebook ({error}).") from None


def text(notebook: NotebookNode) -> str:
    """Return the notebook as the text of its file."""
    return nbformat.writes(notebook, version=4) + "\n"


def kernel_environment(home: str) -> dict[str, str]:
    """Return the environment in which a lesson's kernel runs."""
    return {**os.environ, **ONE_THREAD, "MEDLEARN_HOME": home, VARIABLE: "1"}


def run(notebook: NotebookNode, name: str, *, folder: Path | None = None) -> Run:
    """Run a copy of a notebook in a fresh kernel and measure it.

    Raises
    ------
    LessonError
        With the lesson, the number of the cell, its source and the traceback.
    """
    done = strip(notebook)
    with tempfile.TemporaryDirectory(prefix="medlearn-home-") as home:
        client = NotebookClient(
            done,
            timeout=CELL_TIMEOUT,
            kernel_name="python3",  # nbclient starts the Python that runs this command
            resources={"metadata": {"path": str(folder or ROOT / "notebooks")}},
            store_widget_state=False,
            record_timing=False,
            coalesce_streams=True,
            # ipykernel warns on its own stderr that it talks over TCP: true, and no news here.
            extra_arguments=["--IPKernelApp.log_level=ERROR"],
        )
        start = time.perf_counter()
        with client.setup_kernel(env=kernel_environment(home)):
            number, cells = 0, {}
            for index, cell in enumerate(done.cells):
                if cell.cell_type != "code" or not cell.source.strip():
                    continue
                number += 1
                began = time.perf_counter()
                try:
                    client.execute_cell(cell, index, execution_count=number)
                except CellExecutionError as error:
                    shown = [o for o in cell.outputs if o.output_type == "error"]
                    why = "\n".join(shown[-1].traceback) if shown else error
                    raise failed(name, index, cell, why) from None
                except CellTimeoutError:
                    problem = f"it ran for more than {CELL_TIMEOUT} s"
                    raise failed(name, index, cell, problem) from None
                except DeadKernelError:
                    problem = "the kernel died (often: not enough memory)"
                    raise failed(name, index, cell, problem) from None
                cells[index] = time.perf_counter() - began
            seconds = time.perf_counter() - start
            probe = nbformat.v4.new_code_cell(PEAK_PROBE)
            done.cells.append(probe)  # nbclient wants it in the notebook, a reader does not
            client.execute_cell(probe, len(done.cells) - 1, store_history=False)
            done.cells.pop()
            megabytes = float(probe.outputs[0].text)
    return Run(tidy(done), seconds, megabytes, cells)


def pace() -> float:
    """How many times slower this machine is than the one that `LONG_CELL` is meant for."""
    return min(timeit.repeat(YARDSTICK, number=1, repeat=5)) / YARDSTICK_SECONDS


def silent_cells(done: Run, pace: float) -> list[str]:
    """The cells that take long and show no progress meanwhile, but for the setup cell.

    A cell whose long call cannot be followed is tagged ``silent-ok`` and says why.
    """
    trees = {
        i: ast.parse(cell.source) for i, cell in enumerate(done.notebook.cells) if i in done.cells
    }
    shows = flow.reaching(trees.values(), {"track", "track_fit"})
    problems = []
    for index, tree in trees.items():
        cell, seconds = done.notebook.cells[index], done.cells[index] / pace
        tags = lessons.tags_of(cell)
        excused = "silent-ok" in tags and cell.metadata.get("medlearn", {}).get("reason")
        if seconds < LONG_CELL or "setup" in tags or excused:
            continue
        if not any(flow.called(call) in shows for call in flow.calls(tree)):
            problems.append(
                f"cell {index} ({cell.get('id', 'no id')}) takes about {seconds:.0f} s and shows "
                "no progress; use medlearn.track or medlearn.track_fit, and say before it that it "
                "takes a while (or tag it silent-ok, with a reason)"
            )
    return problems


def failed(name: str, index: int, cell: NotebookNode, why: str) -> LessonError:
    """Return the error that shows a reader which cell failed and how."""
    why = re.sub(r"\x1b\[[0-9;]*m", "", str(why)).rstrip()
    source = "\n".join(f"    {line}" for line in cell.source.splitlines())
    return LessonError(f"{name}, cell {index} ({cell.get('id', 'no id')}) failed:\n{source}\n{why}")


def strip(notebook: NotebookNode) -> NotebookNode:
    """Return a copy without outputs and counts, as a learner starts from it."""
    return nbformat.from_dict(lessons.strip(notebook))


def tidy(notebook: NotebookNode) -> NotebookNode:
    """Make an executed notebook fit to be stored: without widget views, answers collapsed."""
    notebook.metadata.pop("widgets", None)
    # The exact version of Python would change with every machine and tells a reader nothing.
    notebook.metadata["language_info"] = {"name": "python"}
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        cell.metadata.pop("execution", None)
        for output in cell.outputs:
            # Without a kernel a stored view reads "model not found"; the picture and words remain.
            output.get("data", {}).pop(WIDGET_VIEW, None)
            output.pop("transient", None)
        cell.outputs = [o for o in cell.outputs if "data" not in o or o.data]
        if "predict" in lessons.tags_of(cell):
            cell.metadata.setdefault("jupyter", {})["outputs_hidden"] = True
    return notebook


def band(measured: float, bands: tuple[int, ...], current: int | None, room: float) -> int:
    """Return the band to print for a measured value, which the printed one must not exceed.

    A band that still holds is kept unless the value has fallen well (20 %) below the next lower
    one; a new band leaves `room` (0.1: a tenth). So two runs of one lesson do not flip it.
    """
    if current and measured <= current:
        lower = max((b for b in bands if b < current), default=0)
        if measured > 0.8 * lower:
            return current
    for candidate in bands:
        if measured * (1 + room) <= candidate:
            return candidate
    top = bands[-1]
    return int(-(-measured * (1 + room) // top) * top)


def execute(path: Path, *, remeasure: bool = False) -> Run:
    """Run one lesson and store its outputs, its bands and its generated cells.

    `remeasure` forgets the stored bands first: for a lesson that was measured on a busy machine.

    The file is replaced at the end, in one step: a failure or an interrupt leaves it untouched.
    """
    source = sync.synced_notebook(path.read_text("utf-8"), path, sync.repository(ROOT))
    done = run(nbformat.reads(source, as_version=4), path.stem)
    facts = done.notebook.metadata["medlearn"]
    if remeasure:
        facts.pop("seconds_band", None)
        facts.pop("memory_band", None)
    # Another machine is slower by far more than it needs more memory.
    facts["seconds_band"] = band(done.seconds, SECONDS_BANDS, facts.get("seconds_band"), 0.1)
    facts["memory_band"] = band(done.megabytes, MEMORY_BANDS, facts.get("memory_band"), 0.02)
    nbformat.validate(done.notebook)
    final = sync.synced_notebook(text(done.notebook), path, sync.repository(ROOT))
    if final != path.read_text("utf-8"):
        replace_file(path, final.encode())
    return done


def solve(notebook: NotebookNode) -> NotebookNode:
    """Return a copy in which every stub is replaced by its exercise's solution."""
    solved = strip(notebook)
    identity = notebook.metadata.get("medlearn", {}).get("lesson")
    known = all_lessons()
    for cell in solved.cells:
        name = lessons.tagged(cell, "exercise")
        if name is None:
            continue
        if identity not in known or name not in known[identity].exercises:
            raise LessonError(f"lesson {identity}: there is no exercise {name!r} to solve.")
        cell.source = known[identity].exercises[name].code.rstrip("\n")
    return solved


def report(path: Path, done: Run) -> str:
    """Return one line: lesson, seconds, peak memory, exercises and size of the file."""
    exercises = sum(lessons.tagged(cell, "exercise") is not None for cell in done.notebook.cells)
    size = len(text(done.notebook).encode())
    return (
        f"{path.stem:32} {done.seconds:6.1f} s {done.megabytes:6.0f} MB "
        f"{exercises:3} exercises {size / 1000:6.0f} kB"
    )


def save_new(out: Path, notebook: NotebookNode) -> None:
    """Write a notebook where there is none yet; a learner's work is never overwritten."""
    if out.exists():
        raise LessonError(f"{out} exists already and is not overwritten. Choose another name.")
    if not out.parent.is_dir():
        raise LessonError(f"{out.parent}: there is no such folder.")
    replace_file(out, text(notebook).encode())
    print(f"wrote {out}")


def main(arguments: list[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    for name, words in (
        ("execute", "run lessons and store their outputs and measured bands"),
        ("status", "run lessons and report, changing nothing"),
    ):
        command = commands.add_parser(name, help=words)
        command.add_argument("lesson", nargs="*", help="number, name or path; default: all")
        if name == "execute":
            command.add_argument(
                "--remeasure", action="store_true", help="forget the stored time and memory bands"
            )
    for name, words in (
        ("strip", "write a copy without outputs"),
        ("solve", "write a copy with the solutions filled in"),
    ):
        command = commands.add_parser(name, help=words)
        command.add_argument("notebook")
        command.add_argument("out", type=Path)
    options = parser.parse_args(arguments)

    failures = 0
    try:
        if options.command in ("strip", "solve"):
            change = strip if options.command == "strip" else solve
            save_new(options.out, change(read(find([options.notebook])[0])))
            return 0
        for path in find(options.lesson):
            try:
                if options.command == "execute":
                    done = execute(path, remeasure=options.remeasure)
                else:
                    done = run(read(path), path.stem)
                print(report(path, done), flush=True)
                if options.command == "execute":
                    for problem in silent_cells(done, pace()):
                        failures += 1
                        print(f"{path.stem}, {problem}", file=sys.stderr, flush=True)
            except (LessonError, DataError, sync.SyncError) as error:
                failures += 1
                print(f"\n{error}\n", file=sys.stderr, flush=True)
        if options.command == "execute" and not failures:
            for problem in sync.sync(ROOT):
                failures += 1
                print(problem, file=sys.stderr)
    except (LessonError, DataError, sync.SyncError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted. The notebook that was running is unchanged.", file=sys.stderr)
        return 130
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
