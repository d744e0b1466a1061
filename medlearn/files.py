"""Write a file whole or not at all, and nowhere but in a folder that there is."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from pathlib import Path

from medlearn.language import _

__all__ = ["make_folder", "new_mode", "replace_file", "write_beside"]


def new_mode() -> int:
    """The rights of a new file, as this account's umask has them.

    Examples
    --------
    >>> oct(new_mode() | 0o666)
    '0o666'
    """
    mask = os.umask(0o077)  # there is no way to ask; what is made meanwhile is for its owner only
    os.umask(mask)
    return 0o666 & ~mask


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, unless it is there.

    Raises
    ------
    OSError
        When it cannot be made; also for "~" where the account has no home: Python then leaves the
        sign as it is, and a folder called ~ would be made wherever the notebook stands.
    """
    if str(folder).startswith("~"):
        why = _("this account has no home folder")
        raise FileNotFoundError(errno.ENOENT, why, str(folder))
    folder.mkdir(parents=True, exist_ok=True)


def write_beside(path: Path, content: bytes, *, mode: int | None = None) -> str:
    """Write a temporary file in the folder of `path`, and return its name.

    Parameters
    ----------
    path : Path
        Where it is to go later.
    content : bytes
    mode : int, optional
        Its rights; those of a new file if not given.

    Raises
    ------
    OSError
        When it cannot be written; nothing half written is left behind.
    """
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}-", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(temporary, new_mode() if mode is None else mode)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
    return temporary


def replace_file(path: Path, content: bytes, *, mode: int | None = None) -> None:
    """Write beside the file and swap: a crash or a full disk leaves the old file whole.

    Parameters
    ----------
    path : Path
        Its folder is made when it is missing.
    content : bytes
    mode : int, optional
        The rights of the new file; if not given, those of the file that it replaces, or, where
        there is none, those that the umask leaves.

    Raises
    ------
    OSError
        When it cannot be written; nothing half written is left behind.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     replace_file(Path(folder) / "note.txt", b"whole")
    ...     (Path(folder) / "note.txt").read_text()
    'whole'
    """
    make_folder(path.parent)
    if mode is None:
        with contextlib.suppress(OSError):
            mode = path.stat().st_mode & 0o777
    temporary = write_beside(path, content, mode=mode)
    try:
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
