"""A folder for a USB stick, from which laptops without a network install the course.

`build` fills it: the course (`files`), the wheels of the lock file that a learner needs (`lock`,
`targets`, `wheels`), what a learner reads (`pages`) and the installer. The wheels are checked by
their hashes twice: when they are fetched and when they are installed. A second run fetches what is
missing or damaged, and nothing else.
"""

from __future__ import annotations

import errno
import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from medlearn import environment, lessons
from medlearn.language import _, ngettext
from medlearn_classroom import ClassroomError
from medlearn_classroom.stick import wheels
from medlearn_classroom.stick.files import course_files, put, sha256, too_large, unfit_for_fat
from medlearn_classroom.stick.lock import Pin, learners_pins
from medlearn_classroom.stick.pages import LOCK_HEAD, ROWS, START, WINDOWS
from medlearn_classroom.stick.targets import SYSTEMS, Target
from medlearn_classroom.stick.wheels import Wheels
from medlearn_classroom.words import either

__all__ = ["build"]

ROOM_GB = 0.55  # wheels for one system and one Python; `build` prints the true sizes


def _targets(systems, pythons, supported: Sequence[str]) -> list[Target]:
    """The targets that were asked for, or a ValueError that lists what there is."""
    here = "{}.{}".format(*sys.version_info)
    systems = list(SYSTEMS) if systems is None else [name.lower() for name in systems]
    pythons = [here] if pythons is None else list(pythons)
    for wrong in [name for name in systems if name not in SYSTEMS]:
        said = _("There is no system {name!r}; choose from {known}.")
        raise ValueError(said.format(name=wrong, known=", ".join(SYSTEMS)))
    for wrong in [name for name in pythons if name not in supported]:
        said = _("The course does not run on Python {name!r}, but {supported}.")
        raise ValueError(said.format(name=wrong, supported=either(supported)))
    if not systems or not pythons:
        raise ValueError(_("Name at least one system and one Python."))
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
                said = _(
                    "{file} was not made by this command, and would be overwritten. Choose a new "
                    "or empty folder."
                )
                raise ClassroomError(said.format(file=folder / name))
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
    put((json.dumps(content, indent=1) + "\n").encode(), folder / "bundle.json")


def _more(folder: Path, targets: list[Target]) -> tuple[list[Target], list[str]]:
    """The targets with those of earlier runs, and the files of these runs."""
    known, before = _earlier(folder)
    asked = {target.key for target in targets}
    for about in known.values():
        if (other := Target(about["system"], about["python"])).key not in asked:
            said = _("{folder} holds {target} too; it is kept up to date.")
            print(said.format(folder=folder, target=other))
            targets = [*targets, other]
    return targets, before


def _ask_for_room(folder: Path, targets: list[Target], locked: list[Pin], here: Wheels) -> None:
    needed = 0.1  # the lessons and the data
    for target in targets:
        pins = target.pins(locked)
        needed += ROOM_GB * sum(not here.find(pin, target) for pin in pins) / len(pins)
    free = shutil.disk_usage(folder).free / 1e9
    if free < needed:
        said = _(
            "Only {free:.1f} GB are free in {folder}; about {needed:.1f} GB are needed. Make room, "
            "or choose fewer systems or Pythons."
        )
        raise ClassroomError(said.format(free=free, folder=folder, needed=needed))


def _start_page(targets: list[Target]) -> str:
    systems = [name for name in SYSTEMS if name in {t.system for t in targets}]
    pythons = sorted({t.python for t in targets}, key=lambda text: int(text.partition(".")[2]))
    rows = "\n".join(_(ROWS[name]) for name in systems)
    return _(START).format(pythons=either(pythons), rows=rows)


def _sums(folder: Path, written: list[str], here: Wheels) -> str:
    """The checksums of all that was written; those of the wheels are known already."""
    known = {name: here.sums.get(PurePosixPath(name).name) for name in written}
    lines = [f"{checksum or sha256(folder / name)}  {name}" for name, checksum in known.items()]
    return "\n".join(lines) + "\n"


def _fill(root: Path, folder: Path, targets: list[Target]) -> None:
    locked = learners_pins(root)
    files = course_files(root)
    if unfit := unfit_for_fat(map(str, files)):
        said = _("A USB stick cannot hold the course: {reasons}.")
        raise ClassroomError(said.format(reasons="; ".join(unfit)))

    targets, before = _more(folder, targets)
    folder.mkdir(parents=True, exist_ok=True)
    here = Wheels(folder / "wheels")
    _ask_for_room(folder, targets, locked, here)
    described = {t.key: {"system": t.system, "python": t.python, "wheels": []} for t in targets}
    _describe(folder, described, finished=False)
    put(Path(__file__).with_name("install.py"), folder / "install.py")
    put(Path(environment.__file__), folder / "environment.py")  # install.py imports it
    put(WINDOWS.replace("\n", "\r\n").encode(), folder / "install_windows.bat")

    written = [f"course/{file}" for file in files]
    for file in files:
        if str(file) != "requirements.lock":
            put(root / file, folder / "course" / file)
    lock = LOCK_HEAD + "".join(pin.text for pin in locked)
    put(lock.encode(), folder / "course" / "requirements.lock")

    with wheels.pip() as command:
        for target in targets:
            described[target.key]["wheels"] = wheels.complete(target, locked, here, command)
    used = {name for about in described.values() for name in about["wheels"]}
    used.add(wheels.own_wheel(root, here))
    written += [f"wheels/{name}" for name in sorted(used)]

    put(_start_page(targets).encode(), folder / "START.md")
    written += ["START.md", "install.py", "environment.py", "install_windows.bat"]

    if unfit := unfit_for_fat(written) + too_large((folder / name for name in written), folder):
        said = _("A USB stick cannot hold this: {reasons}.")
        raise ClassroomError(said.format(reasons="; ".join(unfit)))
    put(_sums(folder, written, here).encode(), folder / "SHA256SUMS")
    for name in set(before) - set(written):  # what an earlier version of the course needed
        (folder / name).unlink(missing_ok=True)
    longest = wheels.longest(folder / "wheels" / name for name in used)
    _describe(folder, described, finished=True, longest=longest)

    for target in targets:
        names = described[target.key]["wheels"]
        size = sum((folder / "wheels" / name).stat().st_size for name in names)
        said = ngettext(
            "✓ {target}: {n} wheel, {size:.0f} MB",
            "✓ {target}: {n} wheels, {size:.0f} MB",
            len(names),
        )
        print(said.format(target=target, n=len(names), size=size / 1e6))
    whole = sum((folder / name).stat().st_size for name in written)
    said = _(
        "✓ {folder}: {size:.0f} MB in all. Copy this folder to the stick; START.md\n"
        "  says what a learner does. Python itself is not in it."
    )
    print(said.format(folder=folder, size=whole / 1e6))


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
            said = _(
                "  Learners with Python {others} need wheels of their own: run the same command "
                "with --pythons {versions} to add them."
            )
            print(said.format(others=either(others), versions=" ".join(others)))
    except environment.Trouble as trouble:
        raise ClassroomError(str(trouble)) from None
    except OSError as error:
        full = error.errno == errno.ENOSPC
        why = _("the disk is full") if full else error.strerror or str(error)
        said = _(
            "{file} cannot be written: {why}. What has arrived in {folder} is kept: mend this, "
            "then run the same command again."
        )
        file = error.filename or folder
        raise ClassroomError(said.format(file=file, why=why, folder=folder)) from error
