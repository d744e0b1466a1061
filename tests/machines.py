"""Other machines for the tests: fresh environments, other Pythons, a copy of what stands here."""

import copy
import difflib
import functools
import glob
import json
import os
import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from jupyter_client.kernelspec import KernelSpecManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat.v4 import new_code_cell
from nbval.plugin import get_sanitize_patterns

from medlearn import environment, lessons
from tools.execute import CELL_TIMEOUT, PEAK_PROBE

ROOT = Path(__file__).resolve().parents[1]


def colab_pins():
    """What Colab has, as pip writes it: {"numpy": "numpy==2.1.3", …}."""
    lines = (ROOT / "tests" / "colab.txt").read_text("utf-8").splitlines()
    wanted = [line for line in lines if line and not line.startswith("#")]
    return {line.split("==")[0]: line for line in wanted}


def run(*command, **options):
    """Run a command and return what it printed, or show what it said."""
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, **options)
    assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


def working_tree(folder):
    """Commit what stands in this repository now to a new one."""
    listed = run("git", "ls-files", "-co", "--exclude-standard", "-z", cwd=ROOT).split("\0")
    for name in filter(None, listed):
        if (ROOT / name).is_file():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target)
    who = ["-c", "user.name=test", "-c", "user.email=test@example.org"]
    run("git", "init", "--quiet", "-b", "main", cwd=folder)
    run("git", "add", "--all", cwd=folder)
    commit = ["commit", "--quiet", "--no-verify", "-m", "as it stands"]
    run("git", *who, "-c", "commit.gpgsign=false", *commit, cwd=folder)
    return folder


def texts_of_the_course(folder):
    """Copy what `sync` reads and writes, the lessons aside, and return the folder."""
    for name in ("README.md", "TEACHING.md", "pyproject.toml", "environment.yml", "CITATION.cff"):
        shutil.copy(ROOT / name, folder / name)
    shutil.copytree(ROOT / "teaching", folder / "teaching")
    (folder / "data").mkdir()
    shutil.copy(ROOT / "data" / "README.md", folder / "data")
    return folder


def python(minor):
    """A Python 3.`minor` of this machine: on the path, or one that pyenv keeps; else None."""
    kept = glob.glob(os.path.expanduser(f"~/.pyenv/versions/3.{minor}.*/bin/python"))
    for command in [f"python3.{minor}", *kept]:
        facts = environment.probe([command])
        if facts and facts["version"][:2] == [3, minor]:
            return facts["executable"]
    return None


def new_environment(venv, interpreter, *packages):
    """Make an environment with pip and these packages; returns its Python. Offline, skip."""
    own = environment.python_of(venv)
    uv = ["uv", "pip", "install", "--python", own, "--compile-bytecode"]
    pip = uv if shutil.which("uv") else [own, "-m", "pip", "install"]
    try:
        environment.run([interpreter, "-m", "venv", venv])
        environment.run([*pip, *packages])
    except environment.Trouble as trouble:
        if "Check that you are online" in str(trouble) and not os.environ.get("CI"):
            pytest.skip(f"packages cannot be fetched here: {trouble}")
        raise
    return own


def site_packages(interpreter):
    """The folder into which pip installs for this Python."""
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    return Path(run(interpreter, "-c", code).strip())


def add_google_colab(site):
    """A module by which the setup cell takes this Python for Colab's."""
    (site / "google" / "colab").mkdir(parents=True)
    (site / "google" / "colab" / "__init__.py").write_text("")
    (site / "colab.pth").write_text("import google.colab\n")


def execute(notebook, interpreter, folder, variables):
    """Run a notebook in place, by another Python, in `folder`, and parts of it twice.

    A cell that is done quickly runs again at once, and a quick section again at the end, after all
    others. Returns seconds and peak MB without the repetitions at the end, and the repetitions:
    their seconds, and what was then raised or said otherwise.
    """
    kernels = folder.parent / f"{folder.name}-kernels"
    (kernels / "other").mkdir(parents=True, exist_ok=True)
    argv = [str(interpreter), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec = {"argv": argv, "display_name": "Other", "language": "python"}
    (kernels / "other" / "kernel.json").write_text(json.dumps(spec))
    notebook.metadata.kernelspec.name = "other"
    client = NotebookClient(
        notebook,
        kernel_name="other",
        timeout=CELL_TIMEOUT,
        resources={"metadata": {"path": str(folder)}},
        coalesce_streams=True,
    )
    manager = client.create_kernel_manager()
    manager.kernel_spec_manager = KernelSpecManager(kernel_dirs=[str(kernels)])
    began = time.perf_counter()
    with client.setup_kernel(env=variables, cleanup_kc=True):
        twice = Twice(client, notebook)
        for index, cell in enumerate(notebook.cells):
            if cell.cell_type == "code":
                twice.run(index, cell)
        seconds = time.perf_counter() - began - twice.spent
        probe = new_code_cell(PEAK_PROBE)
        notebook.cells.append(probe)
        client.execute_cell(probe, len(notebook.cells) - 1)
        notebook.cells.pop()
        twice.run_sections()
        client.set_widgets_metadata()
    return seconds, float(printed(probe)), twice


class Twice:
    """Cells and sections that run again, as a learner runs them, and what comes of it."""

    CELL, SECTION = 1.0, 4.0  # seconds; what took longer runs once: all lessons twice are too much

    def __init__(self, client, notebook):
        self.client, self.notebook = client, notebook
        self.took = {}  # place of a cell → seconds
        self.spent, self.problems = 0.0, []

    def run(self, index, cell):
        """Run a cell, and again if it was quick."""
        began = time.perf_counter()
        self.client.execute_cell(cell, index)
        self.took[index] = time.perf_counter() - began
        if self.took[index] < self.CELL:
            self.again(index, "at once")

    def run_sections(self):
        """Run each quick section again from its first cell, after the whole lesson."""
        starts = [index for index, _ in lessons.headings(self.notebook)]
        for start, end in zip(starts, [*starts[1:], len(self.notebook.cells)], strict=True):
            inside = [index for index in range(start, end) if index in self.took]
            if sum(self.took[index] for index in inside) < self.SECTION:
                for index in inside:
                    cell = self.notebook.cells[index]
                    counts = cell.source.startswith("medlearn.progress(")
                    counts = counts or lessons.tagged(cell, "check")  # more is passed by then
                    self.again(index, "after the whole lesson", compared=not counts)

    def again(self, index, when, compared=True):
        """Run a copy of a cell in its place, and note what is not as it was."""
        cell = self.notebook.cells[index]
        other = copy.deepcopy(cell)
        self.notebook.cells[index] = other
        where = f"cell {index} ({cell.id}) again, {when}"
        began = time.perf_counter()
        try:
            self.client.execute_cell(other, index)
        except CellExecutionError as error:
            self.problems.append(f"{where}: {error}")
        else:
            before, after = said(cell), said(other)
            if before != after and compared and "nbval-ignore-output" not in lessons.tags_of(cell):
                lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="")
                self.problems.append("\n".join([where, *lines]))
        finally:
            self.notebook.cells[index] = cell
            self.spent += time.perf_counter() - began


@functools.cache
def masks():
    """What may differ from one run to the next, as nbval passes over it."""
    return get_sanitize_patterns((ROOT / "tests" / "nbval_sanitize.cfg").read_text("ascii"))


def said(cell):
    """The words below a cell, printed and shown, but for numbers that may differ."""
    data = [output.get("data", {}) for output in cell.outputs]
    words = printed(cell) + "".join(each.get("text/plain", "") for each in data)
    for pattern, mask in masks():
        words = re.sub(pattern, mask, words)
    return words


def printed(cell):
    """Everything that a cell wrote with print."""
    return "".join(output.get("text", "") for output in cell.outputs)
