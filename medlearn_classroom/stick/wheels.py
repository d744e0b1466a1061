"""The wheels on a stick: those that are there, those that are fetched, and the course's own.

They are those of the lock file and are checked by its hashes when they are fetched. Nothing is
remembered between two runs but what lies in the folder: a wheel is there when a file of a fitting
name has a hash that the lock file names.
"""

from __future__ import annotations

import contextlib
import functools
import importlib.util
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from medlearn import environment
from medlearn.language import _, ngettext
from medlearn_classroom import ClassroomError
from medlearn_classroom.stick.files import put, sha256
from medlearn_classroom.stick.lock import Pin
from medlearn_classroom.stick.targets import SYSTEMS, Target

__all__ = ["Wheels", "complete", "fetch", "longest", "own_wheel", "pip"]

AT_ONCE = 10  # wheels in one call of pip: what an interruption can lose


@contextlib.contextmanager
def pip() -> Iterator[Callable[[], list]]:
    """A function that gives the command of pip: the one here or, made once, one for this task."""
    if importlib.util.find_spec("pip"):
        yield lambda: [sys.executable, "-m", "pip"]
        return
    with tempfile.TemporaryDirectory() as folder:  # uv makes environments without pip

        @functools.cache
        def command() -> list:
            made = subprocess.run(
                [sys.executable, "-m", "venv", folder], capture_output=True, text=True
            )
            if made.returncode != 0:
                said = _(
                    "pip is not here, and this Python cannot bring it (venv, ensurepip). Run "
                    "`uv pip install pip` or, on Debian and Ubuntu, `sudo apt install "
                    "python3-venv`, then the same command again.\n{complaint}"
                )
                raise ClassroomError(said.format(complaint=made.stdout + made.stderr))
            return [environment.python_of(folder), "-m", "pip"]

        yield command


@dataclass
class Wheels:
    """The folder of wheels, with the checksum of each file, read once."""

    folder: Path

    def __post_init__(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        for part in self.folder.glob("*.part"):  # a run was killed here
            part.unlink()
        self.sums = {file.name: sha256(file) for file in self.folder.glob("*.whl")}

    def find(self, pin: Pin, target: Target) -> str | None:
        """The name of a whole wheel of this package for this target, if there is one."""
        for name, checksum in self.sums.items():
            if checksum in pin.hashes and target.takes(name, pin):
                return name
        return None

    def add(self, file: Path) -> None:
        """Take in a file that was fetched and checked elsewhere."""
        checksum = sha256(file)
        put(file, self.folder / file.name)
        self.sums[file.name] = checksum


def fetch(target: Target, wanted: dict[Pin, str], wheels: Wheels, run_pip: list) -> None:
    """Download some pinned packages for another system, each checked by its hashes."""
    for python in sorted(set(wanted.values())):
        with tempfile.TemporaryDirectory() as folder:
            requirements = Path(folder, "wanted.txt")
            # Without the markers, which pip would evaluate for the Python that runs it.
            lines = [
                f"{pin.name}=={pin.version} "
                + " ".join(f"--hash=sha256:{checksum}" for checksum in sorted(pin.hashes))
                for pin, needs in wanted.items()
                if needs == python
            ]
            requirements.write_text("\n".join(lines), encoding="utf-8")
            abi = "cp" + target.python.replace(".", "")
            command = [*run_pip, "download", "--no-deps", "--require-hashes"]
            command += ["--only-binary", ":all:", "--implementation", "cp", "--abi", abi]
            command += ["--python-version", python, "--dest", folder, "-r", requirements]
            for platform in SYSTEMS[target.system].platforms:
                command += ["--platform", platform]
            environment.run(command)
            for file in Path(folder).glob("*.whl"):
                wheels.add(file)


def complete(target: Target, locked: list[Pin], wheels: Wheels, command: Callable) -> list[str]:
    """Fetch what this target still lacks; the names of its wheels."""
    pins = target.pins(locked)
    missing = [pin for pin in pins if wheels.find(pin, target) is None]
    said = ngettext(
        "{target}: {here} of {n} wheel is here.",
        "{target}: {here} of {n} wheels are here.",
        len(pins),
    )
    print(said.format(target=target, here=len(pins) - len(missing), n=len(pins)), flush=True)
    for start in range(0, len(missing), AT_ONCE):
        some = missing[start : start + AT_ONCE]
        said = _("  fetching {begin}-{end} of {total}: {first} to {last}").format(
            begin=start + 1,
            end=start + len(some),
            total=len(missing),
            first=some[0].name,
            last=some[-1].name,
        )
        print(said, flush=True)
        fetch(target, {pin: pins[pin] for pin in some}, wheels, command())
    found = {pin: wheels.find(pin, target) for pin in pins}
    lost = [pin.name for pin, name in found.items() if name is None]
    if lost:
        said = _(
            "For {target}, what was fetched of {names} does not fit. Look whether pip's settings "
            "(`pip config list`) name a mirror that holds other files."
        )
        raise ClassroomError(said.format(target=target, names=", ".join(lost)))
    return sorted(found.values())


def longest(wheels: Iterable[Path]) -> int:
    """Characters of the longest path that an installation makes below the course's folder.

    Windows takes 259 of them, with the folder's own; install.py asks for a shorter one in time.
    """
    names = [name for wheel in wheels for name in zipfile.ZipFile(wheel).namelist()]
    return len(".venv/Lib/site-packages/") + max(map(len, names))


def own_wheel(root: Path, wheels: Wheels) -> str:
    """Build the wheel of medlearn, for whoever installs it into an environment of their own."""
    if importlib.util.find_spec("hatchling") is None:
        raise ClassroomError(_("hatchling is not installed here. Run `make environment` first."))
    with tempfile.TemporaryDirectory() as folder:
        environment.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder])
        (file,) = Path(folder).glob("*.whl")
        wheels.add(file)
        return file.name
