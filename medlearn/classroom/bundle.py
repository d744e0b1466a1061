"""A folder for a USB stick, from which laptops without a network install the course.

The wheels are those of the lock file and are checked by its hashes twice: when they are fetched
and when they are installed. Nothing is remembered between two runs but what lies in the folder: a
wheel is there when a file of a fitting name has a hash that the lock file names. So a second run
fetches what is missing or damaged, and nothing else.

pip evaluates environment markers for the Python that runs it, even when it is told to download
for another system. So the markers are evaluated here, for each system and Python on the stick.
"""

from __future__ import annotations

import contextlib
import errno
import functools
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from packaging import tags
from packaging.requirements import Requirement
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename

from medlearn import environment, lessons
from medlearn.classroom import ClassroomError

__all__ = ["SYSTEMS", "Pin", "Target", "build", "course_files", "learners_pins", "read_lock"]

# What the learner's environment is made of. Tests and the book stay at the teacher's desk.
EXTRAS = ("tf", "lab", "tuning")
# The folder's course, when git cannot say what belongs to it (an unpacked archive). A list of
# what goes, and not of what stays: a teacher's folder may hold the work of learners.
COURSE = {
    *(".ci", "binder", "book", "data", "docs", "medlearn", "notebooks", "scripts", "teaching"),
    *("tests", "tools", ".gitattributes", ".gitignore", "CHANGELOG.md", "CITATION.cff"),
    "CONTRIBUTING.md",
    *("LICENSE", "LICENSE-CC-BY-4.0", "Makefile", "README.md", "TEACHING.md"),
    *("environment.yml", "pyproject.toml", "requirements.lock"),
}
MICROS = range(30)  # 3.11.0 to 3.11.29: a marker may tell them apart, and a class has all of them
AT_ONCE = 10  # wheels in one call of pip: what an interruption can lose
ROOM_GB = 0.55  # wheels for one system and one Python; `build` prints the true sizes
FAT_LARGEST = 2**32 - 1  # bytes in one file


@dataclass(frozen=True)
class System:
    """An operating system as markers and wheels name it."""

    markers: dict[str, str]
    platforms: tuple[str, ...]


def _system(sys_platform: str, name: str, machine: str, os_name: str, platforms: Iterable[str]):
    markers = {
        "sys_platform": sys_platform,
        "platform_system": name,
        "platform_machine": machine,
        "os_name": os_name,
    }
    return System(markers, tuple(platforms))


# The oldest systems that all packages still support: glibc 2.28 (2018), macOS 12 (2021).
SYSTEMS = {
    "windows": _system("win32", "Windows", "AMD64", "nt", ["win_amd64"]),
    "macos": _system("darwin", "Darwin", "arm64", "posix", tags.mac_platforms((12, 0), "arm64")),
    "linux": _system(
        "linux",
        "Linux",
        "x86_64",
        "posix",
        [f"manylinux_2_{minor}_x86_64" for minor in range(28, 4, -1)]
        + [f"manylinux{year}_x86_64" for year in (2014, 2010, 1)],
    ),
}


@dataclass(frozen=True)
class Pin:
    """One package of the lock file.

    Attributes
    ----------
    requirement : Requirement
    hashes : frozenset of str
        SHA-256 of every file that may be installed.
    via : frozenset of str
        The packages that ask for it.
    text : str
        Its lines in the lock file.
    """

    requirement: Requirement
    hashes: frozenset[str]
    via: frozenset[str]
    text: str

    @property
    def name(self) -> str:
        return canonicalize_name(self.requirement.name)

    @property
    def version(self) -> str:
        return str(self.requirement.specifier).removeprefix("==")


@dataclass(frozen=True)
class Target:
    """One system with one Python, such as ``Target("windows", "3.12")``."""

    system: str
    python: str

    def __str__(self) -> str:
        return f"{self.system}, Python {self.python}"

    @property
    def key(self) -> str:
        """The same in the words that a Python has for itself; install.py looks it up.

        Examples
        --------
        >>> Target("windows", "3.12").key
        'win32 AMD64 3.12'
        """
        markers = SYSTEMS[self.system].markers
        return f"{markers['sys_platform']} {markers['platform_machine']} {self.python}"

    def markers(self, micro: int) -> dict[str, str]:
        """What a marker sees on this system, under Python `python`.`micro`."""
        full = f"{self.python}.{micro}"
        return {
            **SYSTEMS[self.system].markers,
            "python_version": self.python,
            "python_full_version": full,
            "implementation_name": "cpython",
            "implementation_version": full,
            "platform_python_implementation": "CPython",
            "platform_release": "",
            "platform_version": "",
            "extra": "",
        }

    def pins(self, locked: Iterable[Pin]) -> dict[Pin, str]:
        """The packages that this target needs, each with the newest Python that needs it.

        Examples
        --------
        >>> lock = "tqdm==4.67.1 ; sys_platform == 'win32' and python_full_version < '3.12.5'"
        >>> list(Target("windows", "3.12").pins(read_lock(lock)).values())
        ['3.12.4']
        >>> Target("linux", "3.12").pins(read_lock(lock))
        {}
        """
        found = {}
        for pin in locked:
            marker = pin.requirement.marker
            for micro in reversed(MICROS):
                if marker is None or marker.evaluate(self.markers(micro)):
                    found[pin] = f"{self.python}.{micro}"
                    break
        return found

    def takes(self, wheel: str, pin: Pin) -> bool:
        """Whether a file of this name is the package `pin`, built for this target.

        Examples
        --------
        >>> (pin,) = read_lock("numpy==2.5.5")
        >>> Target("windows", "3.12").takes("numpy-2.5.5-cp312-cp312-win_amd64.whl", pin)
        True
        >>> Target("windows", "3.13").takes("numpy-2.5.5-cp312-cp312-win_amd64.whl", pin)
        False
        """
        try:
            name, version, _, built_for = parse_wheel_filename(wheel)
        except InvalidWheelFilename:
            return False
        same = name == pin.name and pin.requirement.specifier.contains(version, prereleases=True)
        return same and not built_for.isdisjoint(_tags(self))


@functools.cache
def _tags(target: Target) -> frozenset[tags.Tag]:
    version = tuple(int(part) for part in target.python.split("."))
    interpreter = "cp" + target.python.replace(".", "")
    platforms = SYSTEMS[target.system].platforms
    return frozenset(
        [
            *tags.cpython_tags(version, [interpreter], platforms),
            *tags.compatible_tags(version, interpreter, platforms),
        ]
    )


# ---- which packages ------------------------------------------------------------------------


def read_lock(text: str) -> list[Pin]:
    """The packages of a lock file.

    Examples
    --------
    >>> lock = '''
    ... idna==3.11 ; sys_platform == 'win32' \\\\
    ...     --hash=sha256:795dafcc9c04ed0c1fb032c2aa73654d8e8c5023a7df64a53f39190ada629902
    ...     # via
    ...     #   anyio
    ...     #   requests
    ... '''
    >>> (pin,) = read_lock(lock)
    >>> pin.name, pin.version, sorted(pin.via), len(pin.hashes)
    ('idna', '3.11', ['anyio', 'requests'], 1)
    """
    pins = []
    for block in re.split(r"^(?=[A-Za-z0-9])", text, flags=re.M)[1:]:
        lines = [line.rstrip("\\ ") for line in block.splitlines()]
        comments = [line.strip().removeprefix("#") for line in lines if line.startswith("    #")]
        via = " ".join(comments).replace(" via", " ", 1)
        via = re.sub(r"medlearn \(pyproject\.toml\)", "medlearn", via)
        hashes = frozenset(re.findall(r"--hash=sha256:([0-9a-f]{64})", block))
        via = frozenset(canonicalize_name(name) for name in via.split())
        pins.append(Pin(Requirement(lines[0]), hashes, via, block))
    return pins


def learners_pins(root: Path) -> list[Pin]:
    """The part of the lock file that a learner needs: lessons, JupyterLab, and the build backend.

    What only the tests and the book ask for is left out. A package stays when it is asked for by
    the course (without the extras ``test`` and ``book``) or by a package that stays.

    Parameters
    ----------
    root : Path
        The folder of the course.

    Returns
    -------
    list of Pin

    Examples
    --------
    >>> names = {pin.name for pin in learners_pins(lessons.course_folder())}
    >>> sorted(names & {"jupyterlab", "hatchling", "numpy", "pytest", "sphinx"})
    ['hatchling', 'jupyterlab', 'numpy']
    """
    about = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    extras = about["project"]["optional-dependencies"]
    asked = [*about["project"]["dependencies"], *about["build-system"]["requires"]]
    asked += [text for extra in EXTRAS for text in extras[extra]]
    stays = {canonicalize_name(Requirement(text).name) for text in asked}
    locked = read_lock((root / "requirements.lock").read_text(encoding="utf-8"))
    while more := {pin.name for pin in locked if pin.via & stays} - stays:
        stays |= more
    missing = stays - {pin.name for pin in locked}
    if missing:
        raise ClassroomError(
            f"requirements.lock lacks {', '.join(sorted(missing))}, which pyproject.toml asks "
            "for. Run `make lock`, or take a complete copy of the course."
        )
    return [pin for pin in locked if pin.name in stays]


# ---- which files ---------------------------------------------------------------------------


def course_files(root: Path) -> list[PurePosixPath]:
    """The files of the course: what git tracks or, without git, what an archive holds.

    Untracked files are left out, because a teacher's folder may hold the work of learners.

    Raises
    ------
    ClassroomError
        When a tracked file is missing.

    Examples
    --------
    >>> names = {str(file) for file in course_files(lessons.course_folder())}
    >>> {"README.md", "notebooks/00_start_here.ipynb", "data/digits.npz"} <= names
    True
    """
    command = ["git", "ls-files", "-z"]
    try:
        listed = subprocess.run(command, cwd=root, capture_output=True).stdout.decode()
    except OSError:  # no git here
        listed = ""
    files = [PurePosixPath(name) for name in listed.split("\0") if name]
    if PurePosixPath("pyproject.toml") in files:  # and not the repository around an archive
        gone = [str(file) for file in files if not (root / file).is_file()]
        if gone:
            raise ClassroomError(
                f"The course is incomplete: {gone[0]} is missing. `git checkout -- {gone[0]}` "
                "brings it back."
            )
        return files
    tops = [root / top for top in sorted(COURSE)]
    walked = [file for top in tops for file in ([top] if top.is_file() else sorted(top.rglob("*")))]
    kept = [file.relative_to(root) for file in walked if file.is_file()]
    hidden = {"__pycache__", ".ipynb_checkpoints", ".DS_Store"}
    return [PurePosixPath(file.as_posix()) for file in kept if hidden.isdisjoint(file.parts)]


def unfit_for_fat(names: Iterable[str]) -> list[str]:
    """Names that a USB stick cannot hold, each with the reason.

    Sticks come with FAT32 or exFAT: no difference between capitals and small letters, none of the
    characters that Windows forbids, no name of a device, nothing that ends with a dot or a space.

    Examples
    --------
    >>> unfit_for_fat(["a/b.txt", "A/c.txt", "why?.md", "aux.py"])
    ['A and a differ in capitals only', "why?.md holds '?'", 'aux.py is named as a device']
    """
    unfit, spelled = [], {}
    for name in names:
        parts = PurePosixPath(name).parts
        for depth, part in enumerate(parts, 1):
            path = "/".join(parts[:depth])
            known = spelled.setdefault(path.casefold(), path)
            if known != path:
                unfit.append(f"{path} and {known} differ in capitals only")
            elif found := re.search(r'[<>:"|?*\\\x00-\x1f]', part):
                unfit.append(f"{name} holds {found[0]!r}")
            elif part.endswith((".", " ")) or len(part) > 255:
                unfit.append(f"{name} ends with a dot or a space, or is too long")
            elif re.fullmatch(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?", part):
                unfit.append(f"{name} is named as a device")
    return unfit


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _put(source: Path | bytes, file: Path) -> None:
    """Write a file whole or not at all; no rights or times, which a stick may refuse to keep."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(file.name + ".part")
    try:
        if isinstance(source, bytes):
            part.write_bytes(source)
        else:
            shutil.copyfile(source, part)
        os.replace(part, file)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise


# ---- fetching ------------------------------------------------------------------------------


@contextlib.contextmanager
def _pip() -> Iterator[Callable[[], list]]:
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
                raise ClassroomError(
                    "pip is not here, and this Python cannot bring it (venv, ensurepip). Run "
                    "`uv pip install pip` or, on Debian and Ubuntu, `sudo apt install "
                    f"python3-venv`, then the same command again.\n{made.stdout}{made.stderr}"
                )
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
        self.sums = {file.name: _sha256(file) for file in self.folder.glob("*.whl")}

    def find(self, pin: Pin, target: Target) -> str | None:
        """The name of a whole wheel of this package for this target, if there is one."""
        for name, checksum in self.sums.items():
            if checksum in pin.hashes and target.takes(name, pin):
                return name
        return None

    def add(self, file: Path) -> None:
        """Take in a file that was fetched and checked elsewhere."""
        checksum = _sha256(file)
        _put(file, self.folder / file.name)
        self.sums[file.name] = checksum


def _fetch(target: Target, wanted: dict[Pin, str], wheels: Wheels, pip: list) -> None:
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
            command = [*pip, "download", "--no-deps", "--require-hashes"]
            command += ["--only-binary", ":all:", "--implementation", "cp", "--abi", abi]
            command += ["--python-version", python, "--dest", folder, "-r", requirements]
            for platform in SYSTEMS[target.system].platforms:
                command += ["--platform", platform]
            environment.run(command)
            for file in Path(folder).glob("*.whl"):
                wheels.add(file)


def _complete(target: Target, locked: list[Pin], wheels: Wheels, pip: Callable) -> list[str]:
    """Fetch what this target still lacks; the names of its wheels."""
    pins = target.pins(locked)
    missing = [pin for pin in pins if wheels.find(pin, target) is None]
    print(f"{target}: {len(pins) - len(missing)} of {len(pins)} wheels are here.", flush=True)
    for start in range(0, len(missing), AT_ONCE):
        some = missing[start : start + AT_ONCE]
        names = f"{some[0].name} to {some[-1].name}"
        print(f"  fetching {start + 1}-{start + len(some)} of {len(missing)}: {names}", flush=True)
        _fetch(target, {pin: pins[pin] for pin in some}, wheels, pip())
    found = {pin: wheels.find(pin, target) for pin in pins}
    lost = [pin.name for pin, name in found.items() if name is None]
    if lost:
        raise ClassroomError(
            f"For {target}, what was fetched of {', '.join(lost)} does not fit. Look whether "
            "pip's settings (`pip config list`) name a mirror that holds other files."
        )
    return sorted(found.values())


def _longest(wheels: Iterable[Path]) -> int:
    """Characters of the longest path that an installation makes below the course's folder.

    Windows takes 259 of them, with the folder's own; install.py asks for a shorter one in time.
    """
    names = [name for wheel in wheels for name in zipfile.ZipFile(wheel).namelist()]
    return len(".venv/Lib/site-packages/") + max(map(len, names))


def _own_wheel(root: Path, wheels: Wheels) -> str:
    """Build the wheel of medlearn, for whoever installs it into an environment of their own."""
    if importlib.util.find_spec("hatchling") is None:
        raise ClassroomError("hatchling is not installed here. Run `make environment` first.")
    with tempfile.TemporaryDirectory() as folder:
        environment.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder])
        (file,) = Path(folder).glob("*.whl")
        wheels.add(file)
        return file.name


# ---- the folder ----------------------------------------------------------------------------

LOCK_HEAD = """\
# The part of the course's lock file that a learner needs; `classroom bundle` wrote it.
# The tests and the book need more: take a clone of the course for them.
"""

WINDOWS = """\
@echo off
rem Double-click this file. It starts install.py with the Python of this computer.
where py >nul 2>nul
if errorlevel 1 goto python
py "%~dp0install.py" %*
goto end
:python
python "%~dp0install.py" %*
if not errorlevel 9009 goto end
echo Python was not found. START.md says which one to install.
:end
pause
"""

START = """\
# Install the course from this stick

No network is needed. You need Python {pythons} (64 bit, from python.org) and about 3 GB of room on
your own disk.

| your computer | what to do |
|---|---|
{rows}

The installer asks where the course shall go, copies the lessons there, makes an environment and
says how to start. It changes nothing on the stick and nothing else on your computer. When
something goes wrong it says what, and you may run it again: it goes on where it stopped.

A folder can be named too: `python3 install.py FOLDER`.

- Your own copies of the lessons are in the folder `work` of the course. Take the stick out when the
  installer has ended; the course does not need it.
- Is there no Python {pythons} on your computer? Look for an installer on the stick or ask your
  teacher. On Debian and Ubuntu, Python's `venv` is a package of its own (`python3-venv`).
- Is a file damaged? The installer names it. Copy the stick again. `sha256sum -c SHA256SUMS` on
  Linux, or `shasum -a 256 -c SHA256SUMS` on macOS, looks at everything.
- The lessons and the data have their licences in `course/LICENSE`, `course/LICENSE-CC-BY-4.0`,
  `course/data/README.md` and `course/data/licences`.
"""

ROWS = {
    "windows": "| Windows | double-click `install_windows.bat` (in PowerShell: `py install.py`) |",
    "macos": "| Mac with an Apple chip | in Terminal, in this folder: `python3 install.py` |",
    "linux": "| Linux (x86-64) | in a terminal, in this folder: `python3 install.py` |",
}


def _either(words: Sequence[str]) -> str:
    return " or ".join([", ".join(words[:-1]), words[-1]] if words[1:] else words)


def _targets(systems, pythons, supported: Sequence[str]) -> list[Target]:
    """The targets that were asked for, or a ValueError that lists what there is."""
    here = "{}.{}".format(*sys.version_info)
    systems = list(SYSTEMS) if systems is None else [name.lower() for name in systems]
    pythons = [here] if pythons is None else list(pythons)
    for wrong in [name for name in systems if name not in SYSTEMS]:
        raise ValueError(f"There is no system {wrong!r}; choose from {', '.join(SYSTEMS)}.")
    for wrong in [name for name in pythons if name not in supported]:
        raise ValueError(f"The course does not run on Python {wrong!r}, but {_either(supported)}.")
    if not systems or not pythons:
        raise ValueError("Name at least one system and one Python.")
    return [
        Target(system, python)
        for system in SYSTEMS
        for python in supported
        if system in systems and python in pythons
    ]


def _earlier(folder: Path) -> tuple[dict[str, dict], list[str]]:
    """What earlier runs put here: the targets and the files. Nothing, for a new folder."""
    if not (folder / "bundle.json").is_file():
        for name in ("course", "wheels", "install.py"):
            if (folder / name).exists():
                raise ClassroomError(
                    f"{folder / name} was not made by this command, and would be overwritten. "
                    "Choose a new or empty folder."
                )
        return {}, []
    try:
        known = json.loads((folder / "bundle.json").read_text(encoding="utf-8"))["targets"]
        lines = (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return known, []
    except (ValueError, KeyError):  # damaged: made again from what the folder holds
        return {}, []
    return known, [line.partition("  ")[2] for line in lines]


def _describe(folder: Path, targets: dict[str, dict], finished: bool, longest: int = 0) -> None:
    content = {"finished": finished, "longest": longest, "targets": targets}
    _put((json.dumps(content, indent=1) + "\n").encode(), folder / "bundle.json")


def _fill(root: Path, folder: Path, targets: list[Target]) -> None:
    locked = learners_pins(root)
    files = course_files(root)
    unfit = unfit_for_fat(map(str, files))
    if unfit:
        raise ClassroomError(f"A USB stick cannot hold the course: {'; '.join(unfit)}.")

    known, before = _earlier(folder)
    asked = {target.key for target in targets}
    for about in known.values():
        if (other := Target(about["system"], about["python"])).key not in asked:
            print(f"{folder} holds {other} too; it is kept up to date.")
            targets = [*targets, other]
    folder.mkdir(parents=True, exist_ok=True)
    wheels = Wheels(folder / "wheels")
    needed = 0.1  # the lessons and the data
    for target in targets:
        pins = target.pins(locked)
        needed += ROOM_GB * sum(not wheels.find(pin, target) for pin in pins) / len(pins)
    free = shutil.disk_usage(folder).free / 1e9
    if free < needed:
        raise ClassroomError(
            f"Only {free:.1f} GB are free in {folder}; about {needed:.1f} GB are needed. Make "
            "room, or choose fewer systems or Pythons."
        )
    described = {t.key: {"system": t.system, "python": t.python, "wheels": []} for t in targets}
    _describe(folder, described, finished=False)
    _put(Path(__file__).with_name("install.py"), folder / "install.py")
    _put(Path(environment.__file__), folder / "environment.py")  # install.py imports it
    _put(WINDOWS.replace("\n", "\r\n").encode(), folder / "install_windows.bat")

    written = [f"course/{file}" for file in files]
    for file in files:
        if str(file) != "requirements.lock":
            _put(root / file, folder / "course" / file)
    lock = LOCK_HEAD + "".join(pin.text for pin in locked)
    _put(lock.encode(), folder / "course" / "requirements.lock")

    with _pip() as pip:
        for target in targets:
            described[target.key]["wheels"] = _complete(target, locked, wheels, pip)
    used = {name for about in described.values() for name in about["wheels"]}
    used.add(_own_wheel(root, wheels))
    written += [f"wheels/{name}" for name in sorted(used)]

    systems = [name for name in SYSTEMS if name in {t.system for t in targets}]
    pythons = sorted({t.python for t in targets}, key=lambda text: int(text.partition(".")[2]))
    start = START.format(pythons=_either(pythons), rows="\n".join(ROWS[name] for name in systems))
    _put(start.encode(), folder / "START.md")
    written += ["START.md", "install.py", "environment.py", "install_windows.bat"]

    large = [name for name in written if (folder / name).stat().st_size > FAT_LARGEST]
    unfit = unfit_for_fat(written) + [f"{name} is larger than 4 GB" for name in large]
    if unfit:
        raise ClassroomError(f"A USB stick cannot hold this: {'; '.join(unfit)}.")
    sums = {name: wheels.sums.get(PurePosixPath(name).name) for name in written}
    lines = [f"{checksum or _sha256(folder / name)}  {name}" for name, checksum in sums.items()]
    _put(("\n".join(lines) + "\n").encode(), folder / "SHA256SUMS")
    for name in set(before) - set(written):  # what an earlier version of the course needed
        (folder / name).unlink(missing_ok=True)
    _describe(folder, described, True, _longest(folder / "wheels" / name for name in used))

    for target in targets:
        names = described[target.key]["wheels"]
        size = sum((folder / "wheels" / name).stat().st_size for name in names)
        print(f"✓ {target}: {len(names)} wheels, {size / 1e6:.0f} MB")
    whole = sum((folder / name).stat().st_size for name in written)
    print(f"✓ {folder}: {whole / 1e6:.0f} MB in all. Copy this folder to the stick; START.md")
    print("  says what a learner does. Python itself is not in it.")


def build(
    folder: str | Path,
    *,
    systems: Sequence[str] | None = None,
    pythons: Sequence[str] | None = None,
) -> None:
    """Fill a folder from which the course is installed without a network.

    It holds the course, the wheels of the lock file that a learner needs, an installer
    (``install.py``), a page for the learner (``START.md``) and the checksums of all. A second run
    on the same folder fetches what is missing or damaged; other systems or Pythons are added.

    Parameters
    ----------
    folder : str or Path
        New, empty, or made by this command before.
    systems : sequence of str, optional
        Some of ``"windows"`` (x86-64), ``"macos"`` (Apple chips) and ``"linux"`` (x86-64); by
        default all.
    pythons : sequence of str, optional
        Such as ``["3.12", "3.13"]``; by default the Python that runs this.

    Raises
    ------
    ValueError
        For a system or Python that there is not.
    ClassroomError
        When packages cannot be fetched, or the folder cannot be written or lacks room. What has
        arrived is kept.
    """
    root = lessons.course_folder()
    folder = Path(folder).absolute()
    try:
        supported = [f"3.{minor}" for minor in environment.Project(root).minors]
        targets = _targets(systems, pythons, supported)
        _fill(root, folder, targets)
        others = [version for version in supported if version not in {t.python for t in targets}]
        if pythons is None and others:
            print(
                f"  Learners with Python {_either(others)} need wheels of their own: run the same "
                f"command with --pythons {' '.join(others)} to add them."
            )
    except environment.Trouble as trouble:
        raise ClassroomError(str(trouble)) from None
    except OSError as error:
        why = "the disk is full" if error.errno == errno.ENOSPC else error.strerror or str(error)
        raise ClassroomError(
            f"{error.filename or folder} cannot be written: {why}. What has arrived in {folder} is "
            "kept: mend this, then run the same command again."
        ) from error
