"""A new folder of files for a class: all of them are written, or none."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from medlearn.files import replace_file
from medlearn.language import _
from medlearn_classroom import ClassroomError

__all__ = ["write_all"]


def write_all(folder: Path, contents: Mapping[Path, bytes]) -> None:
    """Write files into a new or empty folder and those below it.

    Raises
    ------
    ClassroomError
        When there is something in the folder, or it is a file. Nothing is written then.
    OSError
        When the disk is full or the folder cannot be written to. What was begun is taken away.
    """
    if folder.exists() and not folder.is_dir():
        said = _("{folder} is a file. Name a new or empty folder.")
        raise ClassroomError(said.format(folder=folder))
    if folder.is_dir() and any(folder.iterdir()):
        said = _(
            "{folder} is not empty, and nothing in it is overwritten. Name a new or empty folder."
        )
        raise ClassroomError(said.format(folder=folder))
    below = {path.parent for path in contents} - {folder}
    begun = [*below, *([] if folder.exists() else [folder])]
    try:
        for path, data in contents.items():
            replace_file(path, data)
    except BaseException:
        for path in contents:
            path.unlink(missing_ok=True)
        for place in begun:
            if place.is_dir():
                place.rmdir()
        raise
