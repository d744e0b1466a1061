"""The marks of a class as files: two tables, and the texts that a person reads.

The heads of the tables and the statuses in them are read by programs and are not translated;
messages are written in the language of the person who marks.
"""

from __future__ import annotations

import io
import os
import re
import tempfile
import textwrap
from collections import defaultdict
from collections.abc import Iterable, Sequence
from csv import writer
from itertools import count
from pathlib import Path
from typing import Any

from medlearn.exercises import all_lessons
from medlearn.files import replace_file
from medlearn.language import _
from medlearn_classroom import ClassroomError
from medlearn_classroom.marking.marks import Graded
from medlearn_classroom.words import one_line

__all__ = ["DETAIL_HEAD", "HEAD", "TOTALS", "Tables", "table", "texts_to_read"]


def _cell_text(value: Any) -> Any:
    """A cell of the table. A text that a spreadsheet would take for a formula gets a quote mark."""
    if not isinstance(value, str):
        return "" if value is None else f"{value:g}" if isinstance(value, float) else value
    text = one_line(value)
    return f"'{text}" if text[:1] in {"=", "+", "-", "@"} else text


def table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """A table as a file holds it: with commas, and readable for every spreadsheet."""
    stream = io.StringIO()
    lines = writer(stream, lineterminator="\n")
    lines.writerow(head)
    lines.writerows([map(_cell_text, row) for row in rows])
    # With the mark at its beginning by which spreadsheets know that it is UTF-8.
    return stream.getvalue().encode("utf-8-sig", "replace")


TOTALS = ("points", "out_of", "core_points", "core_out_of")
COUNTED = ("right", "wrong", "not_yet", "missing", "to_read")
HEAD = ("learner", "lesson", "file", *TOTALS, *COUNTED, "problem", "seed")
DETAILS = ("part", "exercise", "status", "points", "out_of", "message", "misconception")
DETAIL_HEAD = ("learner", "lesson", *DETAILS, "file")


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
            raise self._error(error, _("Nothing was marked yet.")) from error

    def _error(self, error: OSError, rest: str) -> ClassroomError:
        why = error.strerror or str(error)
        said = _(
            "The marks cannot be written to {file}: {why}. Name another place, make room, or "
            "close the program that has the file open. {rest}"
        )
        return ClassroomError(said.format(file=self.csv, why=why, rest=rest))

    def keep_earlier(self) -> str | None:
        """Rename the marks of before: somebody may have written into them."""
        old = [file for file in self.files if file.exists()]
        number = self._free()
        try:
            for file in old:
                file.rename(self._earlier(file, number))
        except OSError as error:
            raise self._error(error, _("Nothing was marked yet.")) from error
        names = ", ".join(self._earlier(file, number).name for file in old)
        return _("! Earlier marks are kept as {names}.").format(names=names) if old else None

    def replace_totals(self, content: bytes) -> str:
        """Write the first table anew and keep the one of before beside it."""
        kept = self._earlier(self.csv, self._free())
        try:
            replace_file(kept, self.csv.read_bytes())
            replace_file(self.csv, content)
        except OSError as error:
            raise self._error(error, _("It is as it was.")) from error
        return _("! Earlier marks are kept as {names}.").format(names=kept.name)

    def _free(self) -> int:
        numbers = (n for n in count(1) if not any(self._earlier(f, n).exists() for f in self.files))
        return next(numbers)

    def _earlier(self, file: Path, number: int) -> Path:
        return file.with_name(f"{file.stem}_earlier{number}{file.suffix}")

    def write(self, graded: Sequence[Graded]) -> None:
        """Write all that was marked so far."""
        rows = []
        for one in graded:
            got = [getattr(one, name) for name in TOTALS]
            got += [one.count(status.replace("_", " ")) for status in COUNTED]
            got = got if one.marks else [""] * len(got)
            rows.append((one.learner, one.lesson, one.file, *got, one.problem, one.seed))
        details = [
            (one.learner, one.lesson, *(getattr(m, name) for name in DETAILS), one.file)
            for one in graded
            for m in one.marks
        ]
        try:
            replace_file(self.csv, table(HEAD, rows))
            replace_file(self.exercises, table(DETAIL_HEAD, details))
            replace_file(self.to_read, texts_to_read(graded).encode("utf-8", "replace"))
        except OSError as error:
            rest = _("What it holds now is what was marked before that.")
            raise self._error(error, rest) from error


def texts_to_read(graded: Sequence[Graded]) -> str:
    """The texts that a person marks, each exercise with its model answer and its checklist."""
    lines = [_("# Texts to read"), ""]
    texts: dict[tuple[str, str, float], list[tuple[str, str]]] = {}
    for one in graded:
        for mark in one.marks:
            if mark.status == "to read":
                key = (one.lesson, mark.exercise, mark.out_of)
                texts.setdefault(key, []).append((one.learner, mark.message))
    for (lesson, name, worth), answers in sorted(texts.items()):
        exercise = all_lessons()[lesson].exercises[name]
        title = _("## Lesson {lesson}: {exercise} ({points:g} points)")
        lines += [title.format(lesson=lesson, exercise=name, points=worth), ""]
        lines += [_("A model answer: {text}").format(text=exercise.model_answer), ""]
        lines += [*(f"- {item}" for item in exercise.checklist), ""]
        authors: defaultdict[str, set[str]] = defaultdict(set)
        for learner, text in answers:
            authors[_bare(text)].add(one_line(learner))
        for learner, text in answers:
            lines += [f"### {one_line(learner)}", ""]
            same = authors[_bare(text)] - {one_line(learner)}
            if _bare(text) == _bare(exercise.model_answer):
                lines += [_("**The same as the model answer.**"), ""]
            elif same:
                names = ", ".join(sorted(same))
                lines += [_("**The same as: {names}.**").format(names=names), ""]
            # Paragraphs and points of a list are filled again, for the learner's lines are of any
            # length. Indented, so that nothing in them is taken for markup.
            words = "".join(c if c.isprintable() or c == "\n" else " " for c in text)
            for part in re.split(r"\n\s*\n|\n(?=\s*(?:[-*•]|\d+[.)])\s)", words):
                lines += [f"    {line}" for line in textwrap.wrap(" ".join(part.split()), 92)]
                lines += [""]
    return "\n".join(lines)


def _bare(text: str) -> str:
    """A text without what two copies of it may differ in."""
    return " ".join(text.split()).casefold()
