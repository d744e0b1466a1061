"""The learner's progress: one small file on the learner's own machine, sent nowhere.

It holds which exercises were passed and when, and no name. The folder is `MEDLEARN_HOME`, or the
platform's folder for user data. Colab and Binder forget their disks: `export_text` gives one
short text that `import_text` takes back.
"""

from __future__ import annotations

import base64
import contextlib
import datetime
import html
import json
import os
import zlib
from collections.abc import Iterator
from pathlib import Path

from medlearn.files import replace_file

__all__ = [
    "ProgressError",
    "export_text",
    "import_text",
    "passed",
    "path",
    "record",
    "show",
    "table",
]

VERSION = 1
_MARK = "medlearn1:"

Passed = dict[str, dict[str, str]]

_only_here: Passed = {}  # what could not be written to disk, kept as long as the kernel lives
_warned = False


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
    if home:
        return Path(home).expanduser() / "progress.json"
    import platformdirs

    return Path(platformdirs.user_data_dir("medlearn", appauthor=False)) / "progress.json"


@contextlib.contextmanager
def _locked(file: Path) -> Iterator[None]:
    """Two notebooks of one learner may pass an exercise in the same second."""
    from filelock import FileLock, Timeout

    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(f"{file}.lock", timeout=5):
            yield
    except Timeout as error:
        raise OSError(f"another program holds {file}.lock") from error


def _clean(found: object) -> Passed:
    """`found` as lesson → exercise → date; an error if it is anything else."""
    if not isinstance(found, dict):
        raise ValueError("no table of lessons")
    if not all(
        isinstance(lesson, str)
        and isinstance(names, dict)
        and all(isinstance(name, str) and isinstance(when, str) for name, when in names.items())
        for lesson, names in found.items()
    ):
        raise ValueError("no table of lessons")
    return found


def _read(file: Path) -> Passed:
    """The file's content. A damaged file is moved aside, never overwritten."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        if content["version"] > VERSION:
            raise OSError(f"{file} was written by a newer medlearn: update with `git pull`")
        return _clean(content["passed"])
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError, TypeError):
        now = datetime.datetime.now()
        aside = file.with_name(f"progress.damaged-{now:%Y%m%d-%H%M%S-%f}.json")
        os.replace(file, aside)
        print(f"! The progress file was damaged. It was put aside as {aside}; a new one begins.")
        return {}


def _write(file: Path, content: Passed) -> None:
    text = json.dumps({"version": VERSION, "passed": content}, indent=1, sort_keys=True)
    replace_file(file, text.encode(), mode=0o600)


def _merge(*tables: Passed) -> Passed:
    """All that was passed in any table; the earliest date wins."""
    merged: Passed = {}
    for table in tables:
        for lesson, names in table.items():
            kept = merged.setdefault(lesson, {})
            for name, when in names.items():
                kept[name] = min(when, kept.get(name, when))
    return merged


def _add(new: Passed) -> None:
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
            print(
                f"! Your progress cannot be written to {path()} ({error.strerror or error}). "
                "It is kept until this notebook's kernel stops. To keep it, make room or set "
                "MEDLEARN_HOME to a folder that you may write to."
            )


def passed() -> Passed:
    """What was passed: lesson → exercise → date of the first pass.

    Examples
    --------
    >>> isinstance(passed(), dict)
    True
    """
    try:
        with _locked(path()):
            return _merge(_read(path()), _only_here)
    except OSError:
        return _merge(_only_here)


def record(lesson: str, name: str) -> None:
    """Remember that an exercise was passed. A later "not yet" never undoes it."""
    _add({lesson: {name: datetime.date.today().isoformat()}})


def export_text() -> str:
    """The whole progress as one short line, to carry it to another machine."""
    packed = zlib.compress(json.dumps(passed(), sort_keys=True).encode(), 9)
    return _MARK + base64.urlsafe_b64encode(packed).decode()


def import_text(text: str) -> Passed:
    """Add the progress that `export_text` wrote; what was passed here stays passed.

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
            f'This is no exported progress: it must start with "{_MARK}". '
            "Copy the whole line that the export printed."
        )
    try:
        opener = zlib.decompressobj()  # with a limit: a short text may unpack to gigabytes
        content = opener.decompress(base64.urlsafe_b64decode(line.removeprefix(_MARK)), 1_000_000)
        if not opener.eof:  # the end, where zlib compares its checksum, was not reached
            raise ValueError("cut off")
        found = _clean(json.loads(content))
    except (ValueError, zlib.error) as error:
        raise ProgressError(
            "This text is cut off or altered, so nothing was imported. "
            "Copy the whole line that the export printed."
        ) from error
    _add(found)
    return passed()


def table(only: str | None = None) -> list[tuple[str, list[tuple[str, bool]]]]:
    """Each lesson's number and its exercises in order, each with whether it was passed.

    Raises
    ------
    ValueError
        When there is no lesson `only`.

    Examples
    --------
    >>> number, marks = table("01")[0]
    >>> number, marks[0][0]
    ('01', 'neuron')
    """
    from medlearn.exercises import all_lessons

    lessons = all_lessons()
    if only is not None and only not in lessons:
        raise ValueError(f"There is no lesson {only!r} with exercises; there are {list(lessons)}.")
    done = passed()
    return [
        (number, [(name, name in done.get(number, {})) for name in lesson.exercises])
        for number, lesson in lessons.items()
        if only in (None, number)
    ]


def _words(rows: list[tuple[str, list[tuple[str, bool]]]]) -> str:
    lines = []
    for number, marks in rows:
        left = [name for name, is_done in marks if not is_done]
        line = f"Lesson {number}: {len(marks) - len(left)} of {len(marks)} exercises passed"
        lines.append(line + (f"; still open: {', '.join(left)}" if left else ""))
    return "\n".join(lines)


def _svg(rows: list[tuple[str, list[tuple[str, bool]]]]) -> str:
    """One row a lesson, one square an exercise: filled with a tick when passed."""
    side, gap, left = 22, 6, 84
    width = left + max((len(marks) for _, marks in rows), default=1) * (side + gap)
    parts = []
    for row, (number, marks) in enumerate(rows):
        y = row * (side + gap) + gap
        parts.append(f'<text x="4" y="{y + 16}" fill="currentColor">Lesson {number}</text>')
        for column, (name, is_done) in enumerate(marks):
            x = left + column * (side + gap)
            fill = "#0072B2" if is_done else "none"
            state = "passed" if is_done else "open"
            parts.append(
                f'<rect x="{x}" y="{y}" width="{side}" height="{side}" rx="4" fill="{fill}" '
                f'stroke="#0072B2"><title>{html.escape(name)}: {state}</title></rect>'
            )
            if is_done:
                parts.append(
                    f'<path d="M{x + 5} {y + 12} l4 4 l8 -9" fill="none" stroke="white" '
                    'stroke-width="2.5"/>'
                )
    height = len(rows) * (side + gap) + gap
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" role="img" '
        f'font-family="sans-serif" font-size="13" aria-label="{html.escape(_words(rows))}">'
        f"{''.join(parts)}</svg>"
    )


def show(lesson: str | None = None) -> None:
    """Draw the progress in one lesson or in all, with the same in words below it."""
    from medlearn.exercises.engine import publish

    rows = table(lesson)
    words = _words(rows)
    lines = "<br>".join(html.escape(line) for line in words.splitlines())
    publish(words, f"{_svg(rows)}<details><summary>In words</summary>{lines}</details>")
