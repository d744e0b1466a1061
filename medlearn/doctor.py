"""What the course needs of a machine, looked at one thing at a time, each with its mend.

A learner who could go on is never stopped: only a finding marked ✗ makes the course impossible.
"""

from __future__ import annotations

import contextlib
import functools
import importlib.metadata
import importlib.util
import re
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from medlearn.language import N_, _

__all__ = ["Finding", "examine", "odd_versions"]

_NEURAL = ("keras", "tensorflow")  # needed from lesson 03 on, brought by Colab itself


@functools.cache
def oldest() -> dict[str, str]:
    """Package → oldest version that the lessons were checked with, as pyproject.toml says it.

    Examples
    --------
    >>> sorted(set(oldest()) & {"numpy", "tensorflow", "jupyterlab"})
    ['numpy', 'tensorflow']
    """
    found = {}
    try:
        asked = importlib.metadata.requires("medlearn") or []
    except importlib.metadata.PackageNotFoundError:  # a copy on the path that was not installed
        asked = []
    for line in asked:
        named = re.match(r"([\w-]+)>=([\d.]+)", line)
        if named is None:  # an exact version, which only an extra asks for
            continue
        name, floor = named.groups()
        if "extra ==" not in line or name.removesuffix("-cpu") in _NEURAL:
            found[name.removesuffix("-cpu")] = floor
    return found


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes
    ----------
    symbol : {"✓", "!", "✗"}
        Fine; the course goes on, but something may not work; the course cannot go on.
    thing : str
    state : str
    mend : str
        What to do; empty when all is well.
    """

    symbol: str
    thing: str
    state: str
    mend: str = ""

    def __str__(self) -> str:
        line = f"{self.symbol} {_(self.thing)}: {self.state}"
        return f"{line}. {_('To mend it: {mend}').format(mend=self.mend)}" if self.mend else line


def installed(package: str) -> str | None:
    """The installed version of a package without importing it, or None.

    TensorFlow comes under two names; either counts.

    Examples
    --------
    >>> installed("no-such-package") is None
    True
    """
    return _version(package) or (_version("tensorflow-cpu") if package == "tensorflow" else None)


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2] if part.isdigit())


def _package(name: str) -> Finding:
    version, floor = installed(name), oldest()[name]
    mend = _("run `make lab` in the course's folder, or `pip install 'medlearn[all]'`")
    if version is None:
        if name in _NEURAL:
            return Finding("!", name, _("not installed (needed from lesson 03 on)"), mend)
        return Finding("✗", name, _("not installed"), mend)
    if _numbers(version) < _numbers(floor):
        return Finding(
            "!",
            name,
            _("{version} is older than {floor}, which was tested").format(
                version=version, floor=floor
            ),
            mend,
        )
    if name == "tensorflow" and _version("tensorflow-cpu") and _version("tensorflow"):
        return Finding(
            "!",
            name,
            _("both tensorflow and tensorflow-cpu are installed, and each overwrites the other"),
            _("uninstall both, then install the one that `pip install 'medlearn[tf]'` chooses"),
        )
    return Finding("✓", name, _("{floor} or newer").format(floor=floor))


def _python() -> Finding:
    wanted = importlib.metadata.metadata("medlearn")["Requires-Python"]  # ">=3.11,<3.14"
    bounds = {sign: int(minor) for sign, minor in re.findall(r"(>=|<)3\.(\d+)", wanted)}
    found = sys.version_info[:2]
    if (3, bounds[">="]) <= found < (3, bounds["<"]):
        return Finding("✓", "Python", _("a tested version"))
    return Finding(
        "!",
        "Python",
        _("{version} was not tested").format(version=f"{found[0]}.{found[1]}"),
        _("use Python {first} to {last}, or open the course on Binder").format(
            first=f"3.{bounds['>=']}", last=f"3.{bounds['<'] - 1}"
        ),
    )


def memory_free() -> float | None:
    """Free memory in GB, or None where the system does not say.

    Inside a container the container's own limit counts, not the machine behind it.
    """
    free = []
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
        kilobytes = {line.split(":")[0]: line.split()[1] for line in lines}
        free.append(int(kilobytes["MemAvailable"]) / 1e6)
        limit = Path("/sys/fs/cgroup/memory.max").read_text().strip()
        used = Path("/sys/fs/cgroup/memory.current").read_text().strip()
        if limit != "max":
            free.append((int(limit) - int(used)) / 1e9)
    except (OSError, KeyError, ValueError, IndexError):
        pass
    if not free and importlib.util.find_spec("psutil"):
        import psutil

        free.append(psutil.virtual_memory().available / 1e9)
    return min(free) if free else None


def _memory() -> Finding:
    free = memory_free()
    if free is None:
        return Finding("✓", N_("memory"), _("this system does not say how much is free"))
    if free < 1.0:
        return Finding(
            "!",
            N_("memory"),
            _("{free:.1f} GB free").format(free=free),
            _("close other notebooks: a lesson may need 1 GB"),
        )
    return Finding("✓", N_("memory"), _("1 GB or more is free"))


def _disk() -> Finding:
    free = shutil.disk_usage(Path.cwd()).free / 1e9
    if free < 0.2:
        return Finding(
            "!",
            N_("disk"),
            _("{free:.1f} GB free").format(free=free),
            _("make room, or nothing can be saved"),
        )
    return Finding("✓", N_("disk"), _("there is room to save your work"))


def _data() -> Finding:
    from medlearn import datasets

    bad = [f"{name} ({message})" for name, ok, message in datasets.verify() if not ok]
    if bad:
        return Finding(
            "✗",
            N_("data"),
            _("damaged: {files}").format(files="; ".join(bad)),
            _("`git checkout -- data`, or install again"),
        )
    return Finding("✓", N_("data"), _("every file is whole"))


def _progress() -> Finding:
    from medlearn.exercises import progress
    from medlearn.files import make_folder

    folder = progress.path().parent
    try:
        make_folder(folder)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        return Finding(
            "!",
            N_("progress"),
            _("cannot be kept in {folder} ({why})").format(folder=folder, why=error.strerror),
            _("set MEDLEARN_HOME to a folder that you may write to"),
        )
    return Finding("✓", N_("progress"), _("is kept on this machine, and sent nowhere"))


def _settings() -> Finding:
    from medlearn import surroundings

    if own := surroundings.found():
        return Finding(
            "!",
            N_("settings"),
            _("your own would change the lessons: {settings}").format(settings="; ".join(own)),
            _("nothing to do; each lesson's set-up cell sets them aside"),
        )
    return Finding("✓", N_("settings"), _("nothing that would change the lessons"))


def _names() -> Finding:
    from medlearn import hidden, lessons, surroundings

    files = hidden.found()
    with contextlib.suppress(lessons.LessonsNotHere):
        files |= hidden.beside(str(lessons.course_folder() / "work"))
    if files:
        return Finding("!", N_("names"), "; ".join(surroundings.hidden_files(files)))
    return Finding("✓", N_("names"), _("no file of yours hides a module"))


def _safely(thing: str, look: Callable[[], Finding]) -> Finding:
    """A look that fails is a finding too, never a traceback."""
    try:
        return look()
    except Exception as error:
        return Finding(
            "!",
            thing,
            _("could not be looked at ({name}: {error})").format(
                name=type(error).__name__, error=error
            ),
        )


def odd_versions() -> list[Finding]:
    """Python and packages outside the tested range; a missing TensorFlow is not odd."""
    found = [_python(), *(_package(name) for name in oldest() if installed(name))]
    return [finding for finding in found if finding.symbol != "✓"]


def examine() -> list[Finding]:
    """Look at Python, packages, memory, disk, data files and the progress folder.

    Examples
    --------
    >>> [finding.thing for finding in examine()][0]
    'Python'
    """
    return [
        _python(),
        *(_package(name) for name in oldest()),
        _safely(N_("memory"), _memory),
        _safely(N_("disk"), _disk),
        _safely(N_("data"), _data),
        _safely(N_("progress"), _progress),
        _safely(N_("settings"), _settings),
        _safely(N_("names"), _names),
    ]
