"""The marks of a class as files: two tables, and the texts that a person reads."""

from __future__ import annotations

import io
import os
import tempfile
import textwrap
from collections import Counter
from collections.abc import Iterable, Sequence
from csv import writer
from pathlib import Path
from typing import TYPE_CHECKING, Any

from medlearn.classroom import ClassroomError
from medlearn.exercises import all_lessons
from medlearn.exercises.engine import Text
from medlearn.files import replace_file

if TYPE_CHECKING:
    from medlearn.classroom.grading import Graded

__all__ = ["Tables", "one_line", "summary"]


def one_line(text: str, limit: int = 1000) -> str:
    """A text as one line without control characters, cut to `limit`.

    Examples
    --------
    >>> one_line("two\\nlines\\x1b[0m")
    'two lines [0m'
    """
    return " ".join("".join(c if c.isprintable() else " " for c in str(text)).split())[:limit]


def _cell_text(value: Any) -> Any:
    """A cell of the table. A text that a spreadsheet would take for a formula gets a quote mark."""
    if not isinstance(value, str):
        return "" if value is None else f"{value:g}" if isinstance(value, float) else value
    text = one_line(value)
    return f"'{text}" if text[:1] in {"=", "+", "-", "@"} else text


def _table(head: str, rows: Iterable[Sequence[Any]]) -> bytes:
    stream = io.StringIO()
    table = writer(stream, lineterminator="\n")
    table.writerow(head.split())
    table.writerows([map(_cell_text, row) for row in rows])
    # With the mark at its beginning by which spreadsheets know that it is UTF-8.
    return stream.getvalue().encode("utf-8-sig", "replace")


class Tables:
    """The three files of marks, written whole after each notebook."""

    def __init__(self, csv: Path, room: int) -> None:
        self.csv = csv
        self.exercises = csv.with_name(f"{csv.stem}_exercises.csv")
        self.to_read = csv.with_name(f"{csv.stem}_to_read.md")
        self.files = (self.csv, self.exercises, self.to_read)
        try:
            csv.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=csv.parent) as probe:
                probe.write(b"0" * room)
                probe.flush()
                os.fsync(probe.fileno())
        except OSError as error:
            raise self._error(error, "Nothing was marked yet.") from error

    def _error(self, error: OSError, rest: str) -> ClassroomError:
        why = error.strerror or str(error)
        return ClassroomError(
            f"The marks cannot be written to {self.csv}: {why}. Name another place, make room, or "
            f"close the program that has the file open. {rest}"
        )

    def keep_earlier(self) -> str | None:
        """Rename the marks of before: somebody may have written into them."""
        old = [file for file in self.files if file.exists()]
        number = 1
        while any(self._earlier(file, number).exists() for file in self.files):
            number += 1
        try:
            for file in old:
                file.rename(self._earlier(file, number))
        except OSError as error:
            raise self._error(error, "Nothing was marked yet.") from error
        names = ", ".join(self._earlier(file, number).name for file in old)
        return f"! Earlier marks are kept as {names}." if old else None

    def _earlier(self, file: Path, number: int) -> Path:
        return file.with_name(f"{file.stem}_earlier{number}{file.suffix}")

    def write(self, graded: Sequence[Graded]) -> None:
        """Write all that was marked so far."""
        counted = ("right", "wrong", "not yet", "missing", "to read")
        rows = [
            (one.learner, one.lesson, one.file)
            + ((one.points, one.out_of, *map(one.count, counted)) if one.marks else ("",) * 7)
            + (one.problem, one.seed)
            for one in graded
        ]
        details = [
            (one.learner, one.lesson, m.exercise, m.status, m.points, m.out_of, m.message)
            for one in graded
            for m in one.marks
        ]
        head = "learner lesson file points out_of right wrong not_yet missing to_read problem seed"
        detail_head = "learner lesson exercise status points out_of message"
        try:
            replace_file(self.csv, _table(head, rows))
            replace_file(self.exercises, _table(detail_head, details))
            replace_file(self.to_read, _to_read(graded).encode("utf-8", "replace"))
        except OSError as error:
            raise self._error(error, "What it holds now is what was marked before that.") from error


def _to_read(graded: Sequence[Graded]) -> str:
    """The texts that a person marks, each exercise with its model answer and its checklist."""
    lines = ["# Texts to read", ""]
    texts: dict[tuple[str, str, float], list[tuple[str, str]]] = {}
    for one in graded:
        for mark in one.marks:
            if mark.status == "to read":
                key = (one.lesson, mark.exercise, mark.out_of)
                texts.setdefault(key, []).append((one.learner, mark.message))
    for (lesson, name, worth), answers in sorted(texts.items()):
        exercise = all_lessons()[lesson].exercises[name]
        lines += [f"## Lesson {lesson}: {name} ({worth:g} points)", ""]
        lines += [f"A model answer: {exercise.model_answer}", ""]
        lines += [*(f"- {item}" for item in exercise.checklist), ""]
        for learner, text in answers:
            # Indented, so that nothing in it is taken for markup.
            words = "".join(c if c.isprintable() or c == "\n" else " " for c in text)
            wrapped = [
                part for line in words.split("\n") for part in textwrap.wrap(line, 92) or [""]
            ]
            lines += [f"### {one_line(learner)}", "", *(f"    {part}" for part in wrapped), ""]
    return "\n".join(lines)


def summary(graded: Sequence[Graded]) -> list[str]:
    """Per exercise, how many are right and which misconception came most often."""
    lines, marks = [], {}
    for one in graded:
        for mark in one.marks:
            marks.setdefault((one.lesson, mark.exercise), []).append(mark)
    for (lesson, name), given in sorted(marks.items(), key=lambda item: item[0][0]):
        exercise, many = all_lessons()[lesson].exercises[name], len(given)
        if isinstance(exercise, Text):
            count = sum(mark.status == "to read" for mark in given)
            lines.append(f"lesson {lesson} · {name}: {count} of {many} to read")
            continue
        count = sum(mark.status == "right" for mark in given)
        lines.append(f"lesson {lesson} · {name}: {count} of {many} right")
        known = set(exercise.misconceptions.values())
        wrong = Counter(mark.message for mark in given if mark.message in known)
        if wrong:
            message, often = wrong.most_common(1)[0]
            lines.append(f"  {often} of {many}: {message}")
    return lines
