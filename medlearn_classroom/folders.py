"""Files for a class in a folder: all of them are written, or the folder is as it was."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path

from medlearn.files import replace_file
from medlearn.language import _
from medlearn_classroom import ClassroomError

__all__ = ["refuse_file", "write_all", "write_new"]


def refuse_file(folder: Path) -> None:
    """Look whether a folder can be where one was named.

    Raises
    ------
    ClassroomError
        When it is a file.
    """
    if folder.exists() and not folder.is_dir():
        said = _("{folder} is a file. Name a new or empty folder.")
        raise ClassroomError(said.format(folder=folder))


def write_all(folder: Path, contents: Mapping[Path, bytes]) -> None:
    """Write files into a folder and those below it, in the place of what has their names.

    Raises
    ------
    OSError
        When the disk is full or the folder cannot be written to. It is then as it was.
    """
    made = [place for place in (folder, *folder.parents) if not place.exists()]
    before: dict[Path, bytes | None] = {}
    try:
        for path, content in contents.items():
            made += [p for p in path.parents if not p.exists() and p not in made]
            before[path] = path.read_bytes() if path.exists() else None
            replace_file(path, content)
    except BaseException:
        with contextlib.suppress(OSError):
            for path, content in before.items():
                if content is None:
                    path.unlink(missing_ok=True)
                else:
                    replace_file(path, content)
            for place in sorted(made, key=lambda p: len(p.parts), reverse=True):
                if place.is_dir():
                    place.rmdir()
        raise


def write_new(folder: Path, contents: Mapping[Path, bytes]) -> None:
    """Write files into a new or empty folder and those below it.

    Raises
    ------
    ClassroomError
        When there is something in the folder, or it is a file. Nothing is written then.
    OSError
        As of `write_all`.
    """
    refuse_file(folder)
    if folder.is_dir() and any(folder.iterdir()):
        said = _(
            "{folder} is not empty, and nothing in it is overwritten. Name a new or empty folder."
        )
        raise ClassroomError(said.format(folder=folder))
    write_all(folder, contents)
