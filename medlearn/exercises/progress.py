"""The learner's progress: one small file on the learner's own machine, sent nowhere.

It holds which exercises were done and when, and no name. What "done" is, right or written, the
exercise knows; the file is the same for all. The folder is `MEDLEARN_HOME`, or the
platform's folder for user data. Colab and Binder forget their disks: `export_text` gives one
short text that `import_text` takes back.
"""

from __future__ import annotations

import base64
import contextlib
import datetime
import json
import os
import zlib
from collections.abc import Iterator
from pathlib import Path

from medlearn.files import make_folder, replace_file
from medlearn.language import _

__all__ = [
    "ProgressError",
    "afterwards",
    "done",
    "export_text",
    "import_text",
    "path",
    "record",
]

VERSION = 1
_MARK = "medlearn1:"

Done = dict[str, dict[str, str]]

_only_here: Done = {}  # what could not be written to disk, kept as long as the kernel lives
_warned = False
_later: list[str] | None = None  # what waits for the end of `afterwards`


def _tell(text: str) -> None:
    if _later is None:
        print(text)
    else:
        _later.append(text)


@contextlib.contextmanager
def afterwards() -> Iterator[None]:
    """What there is to say of the file waits until the end: an answer comes first.

    Examples
    --------
    >>> with afterwards():
    ...     _tell("! The file was damaged.")
    ...     print("✓ right")
    ✓ right
    ! The file was damaged.
    """
    global _later
    _later = waiting = []
    try:
        yield
    finally:
        _later = None
        for text in waiting:
            print(text)


class ProgressError(ValueError):
    """A text that is no exported progress."""


def path() -> Path:
    """Where the progress is kept.

    Examples
    --------
    >>> path().name
    'progress.json'
    """
    home = os.environ.get("MEDLEARN_HOME")
    if not home:
        import platformdirs

        try:
            home = platformdirs.user_data_dir("medlearn", appauthor=False)
        except RuntimeError:  # this account has no home: nothing is written there, see make_folder
            home = "~/.local/share/medlearn"
    return Path(os.path.expanduser(home)) / "progress.json"


@contextlib.contextmanager
def _locked(file: Path) -> Iterator[None]:
    """Two notebooks of one learner may be done with an exercise in the same second."""
    from filelock import FileLock, Timeout

    make_folder(file.parent)
    lock = FileLock(f"{file}.lock", timeout=5)
    try:
        lock.acquire()
    except Timeout as error:
        raise OSError(_("another program holds {file}.lock").format(file=file)) from error
    except NotImplementedError:  # a disk that cannot lock; the swap of files is whole all the same
        pass
    try:
        yield
    finally:
        lock.release()


def _clean(found: object) -> Done:
    """`found` as lesson → exercise → date; an error if it is anything else."""
    if not isinstance(found, dict):
        raise ValueError("no table of lessons")  # no text: caught below
    if not all(
        isinstance(lesson, str)
        and isinstance(names, dict)
        and all(isinstance(name, str) and isinstance(when, str) for name, when in names.items())
        for lesson, names in found.items()
    ):
        raise ValueError("no table of lessons")  # no text: caught below
    return found


def _read(file: Path) -> Done:
    """The file's content. A damaged file is moved aside, never overwritten."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        if content["version"] > VERSION:
            raise OSError(
                _("{file} was written by a newer medlearn: update with `git pull`").format(
                    file=file
                )
            )
        return _clean(content["passed"])
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError, TypeError):
        now = datetime.datetime.now()
        aside = file.with_name(f"progress.damaged-{now:%Y%m%d-%H%M%S-%f}.json")
        os.replace(file, aside)
        _tell(
            _(
                "! The progress file was damaged. It was put aside as {aside}; a new one begins."
            ).format(aside=aside)
        )
        return {}


def _write(file: Path, content: Done) -> None:
    text = json.dumps({"version": VERSION, "passed": content}, indent=1, sort_keys=True)
    replace_file(file, text.encode(), mode=0o600)


def _merge(*tables: Done) -> Done:
    """All that was done in any table; the earliest date wins."""
    merged: Done = {}
    for table in tables:
        for lesson, names in table.items():
            kept = merged.setdefault(lesson, {})
            for name, when in names.items():
                kept[name] = min(when, kept.get(name, when))
    return merged


def _add(new: Done) -> None:
    global _warned
    try:
        with _locked(path()):
            on_disk = _read(path())
            together = _merge(on_disk, _only_here, new)
            if together != on_disk:
                _write(path(), together)
        _only_here.clear()
    except OSError as error:
        _only_here.update(_merge(_only_here, new))
        if not _warned:
            _warned = True
            _tell(
                _(
                    "! Your progress cannot be written to {file} ({why}). "
                    "It is kept until this notebook's kernel stops. To keep it, make room or set "
                    "MEDLEARN_HOME to a folder that you may write to."
                ).format(file=path(), why=error.strerror or error)
            )


def done() -> Done:
    """What was done: lesson → exercise → date when it first was.

    Examples
    --------
    >>> isinstance(done(), dict)
    True
    """
    try:
        with _locked(path()):
            return _merge(_read(path()), _only_here)
    except OSError:
        return _merge(_only_here)


def record(lesson: str, name: str) -> None:
    """Remember that an exercise was done. A later "not yet" never undoes it."""
    _add({lesson: {name: datetime.date.today().isoformat()}})


def export_text() -> str:
    """The whole progress as one short line, to carry it to another machine."""
    packed = zlib.compress(json.dumps(done(), sort_keys=True).encode(), 9)
    return _MARK + base64.urlsafe_b64encode(packed).decode()


def import_text(text: str) -> Done:
    """Add the progress that `export_text` wrote; what was done here stays done.

    Raises
    ------
    ProgressError
        When the text is cut off, altered or something else; nothing changes then.

    Examples
    --------
    >>> import_text("hello")
    Traceback (most recent call last):
        ...
    medlearn.exercises.progress.ProgressError: This is no exported progress: it must start with
    "medlearn1:". Copy the whole line that the export printed.
    """
    line = "".join(str(text).split())
    if not line.startswith(_MARK):
        raise ProgressError(
            _(
                'This is no exported progress: it must start with "{mark}". '
                "Copy the whole line that the export printed."
            ).format(mark=_MARK)
        )
    try:
        opener = zlib.decompressobj()  # with a limit: a short text may unpack to gigabytes
        content = opener.decompress(base64.urlsafe_b64decode(line.removeprefix(_MARK)), 1_000_000)
        if not opener.eof:  # the end, where zlib compares its checksum, was not reached
            raise ValueError("cut off")  # no text: caught below
        found = _clean(json.loads(content))
    except (ValueError, zlib.error) as error:
        raise ProgressError(
            _(
                "This text is cut off or altered, so nothing was imported. "
                "Copy the whole line that the export printed."
            )
        ) from error
    _add(found)
    return done()
