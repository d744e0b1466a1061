"""Which files go on a stick, what a stick can hold, and how one is written whole or not at all."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from medlearn.language import _
from medlearn_classroom import ClassroomError

__all__ = ["COURSE", "course_files", "put", "sha256", "too_large", "unfit_for_fat"]

# The folder's course, when git cannot say what belongs to it (an unpacked archive). A list of
# what goes, and not of what stays: a teacher's folder may hold the work of learners.
COURSE = {
    *(".ci", "binder", "book", "data", "docs", "medlearn", "medlearn_classroom", "notebooks"),
    *("scripts", "teaching", "tests", "tools", ".gitattributes", ".gitignore", "CHANGELOG.md"),
    *("CITATION.cff", "CONTRIBUTING.md", "LICENSE", "LICENSE-CC-BY-4.0", "Makefile", "README.md"),
    *("TEACHING.md", "babel.cfg", "environment.yml", "pyproject.toml", "requirements.lock"),
}
FAT_LARGEST = 2**32 - 1  # bytes in one file


def course_files(root: Path) -> list[PurePosixPath]:
    """The files of the course: what git tracks or, without git, what an archive holds.

    Untracked files are left out, because a teacher's folder may hold the work of learners.

    Raises
    ------
    ClassroomError
        When a tracked file is missing.

    Examples
    --------
    >>> from medlearn.lessons import course_folder
    >>> names = {str(file) for file in course_files(course_folder())}
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
            said = _(
                "The course is incomplete: {file} is missing. `git checkout -- {file}` brings it "
                "back."
            )
            raise ClassroomError(said.format(file=gone[0]))
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
                said = _("{path} and {known} differ in capitals only")
                unfit.append(said.format(path=path, known=known))
            elif found := re.search(r'[<>:"|?*\\\x00-\x1f]', part):
                unfit.append(_("{name} holds {found!r}").format(name=name, found=found[0]))
            elif part.endswith((".", " ")) or len(part) > 255:
                said = _("{name} ends with a dot or a space, or is too long")
                unfit.append(said.format(name=name))
            elif re.fullmatch(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?", part):
                unfit.append(_("{name} is named as a device").format(name=name))
    return unfit


def too_large(files: Iterable[Path], folder: Path) -> list[str]:
    """Files that FAT32 cannot hold, each with the reason."""
    said = _("{name} is larger than 4 GB")
    large = [file for file in files if file.stat().st_size > FAT_LARGEST]
    return [said.format(name=file.relative_to(folder).as_posix()) for file in large]


def sha256(file: Path) -> str:
    """The checksum of a file."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def put(source: Path | bytes, file: Path) -> None:
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
