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
from collections.abc import Iterable, Mapping, Sequence
from csv import writer
from itertools import count
from pathlib import Path
from typing import Any

from medlearn.exercises import all_lessons
from medlearn.files import replace_file
from medlearn.language import _
from medlearn_classroom import ClassroomError, spreadsheets
from medlearn_classroom.marking.marks import Graded
from medlearn_classroom.words import one_line

__all__ = ["DETAIL_HEAD", "HEAD", "TOTALS", "Tables", "by_learner", "table", "texts_to_read"]


def _cell_text(value: Any) -> Any:
    """A cell of the table. A text that a spreadsheet would take for a formula gets a quote mark."""
    if not isinstance(value, str):
        return "" if value is None else value
    text = one_line(value)
    return f"'{text}" if text[:1] in {"=", "+", "-", "@"} else text


def table(head: Sequence[str], rows: Iterable[Sequence[Any]], decimal: str = "point") -> bytes:
    """A table as a file holds it, readable for every spreadsheet.

    Parameters
    ----------
    head : sequence of str
    rows : iterable of sequences
    decimal : {"point", "comma"}
        With "comma", numbers are written 1,5 and semicolons separate.

    Examples
    --------
    >>> table(["learner", "points"], [["Ada", 1.5]], "comma").decode("utf-8-sig")
    'learner;points\\nAda;1,5\\n'
    """
    comma = decimal == "comma"
    stream = io.StringIO()
    lines = writer(stream, lineterminator="\n", delimiter=";" if comma else ",")
    lines.writerow(head)
    for row in rows:
        texts = (f"{v:g}" if isinstance(v, float) else _cell_text(v) for v in row)
        numbers = (isinstance(value, float) for value in row)
        pairs = zip(texts, numbers, strict=True)
        lines.writerow([t.replace(".", ",") if comma and number else t for t, number in pairs])
    # With the mark at its beginning by which spreadsheets know that it is UTF-8.
    return stream.getvalue().encode("utf-8-sig", "replace")


TOTALS = ("points", "out_of", "core_points", "core_out_of")
COUNTED = ("right", "wrong", "not_yet", "missing", "to_read")
WHO = ("learner", "name", "number")
HEAD = (*WHO, "lesson", "file", *TOTALS, *COUNTED, "flags", "problem", "seed")
DETAILS = ("part", "exercise", "status", "points", "out_of", "message", "misconception")
DETAIL_HEAD = ("learner", "lesson", *DETAILS, "flags", "file")


def by_learner(rows: Iterable[Mapping[str, Any]]) -> tuple[list[str], list[list[Any]]]:
    """The table with a row for each learner: points in each lesson and in all.

    Parameters
    ----------
    rows : iterable of mappings
        The rows of the table of notebooks, numbers as numbers or as texts. Of a lesson that was
        handed in more than once, the one with the most points counts.

    Returns
    -------
    (list of str, list of list)
        The head and the rows, in the order in which the learners came.

    Examples
    --------
    >>> row = {"learner": "ada", "name": "Ada", "number": "", "lesson": "01", "points": 7.0,
    ...        "out_of": 9.0, "core_points": 4.0, "core_out_of": 5.0, "to_read": 1, "problem": ""}
    >>> head, table = by_learner([row, row | {"points": 8.0}])
    >>> dict(zip(head, table[0]))["01"], dict(zip(head, table[0]))["more_than_once"]
    (8.0, '01')
    """

    def number(row: Mapping[str, Any], column: str) -> float:
        return spreadsheets.number(str(row[column]) or "0")

    learners: dict[str, dict[str, list[Mapping[str, Any]]]] = {}
    whose: dict[str, Mapping[str, Any]] = {}
    for row in rows:
        lessons = learners.setdefault(str(row["learner"]), {})
        whose.setdefault(str(row["learner"]), row)
        if str(row["out_of"]).strip():
            # A spreadsheet has taken "01" for a number.
            lessons.setdefault(str(row["lesson"]).zfill(2), []).append(row)
        else:
            lessons.setdefault("", []).append(row)
    names = sorted({lesson for lessons in learners.values() for lesson in lessons if lesson})
    head = [*WHO, *names, *TOTALS, "to_read", "more_than_once", "problem"]
    table = []
    for learner, lessons in learners.items():
        problems = [str(row["problem"]) for row in lessons.pop("", [])]
        best = {key: max(rows, key=lambda r: number(r, "points")) for key, rows in lessons.items()}
        points = [number(best[name], "points") if name in best else None for name in names]
        sums = [sum(number(row, column) for row in best.values()) for column in TOTALS]
        table.append(
            [
                *(whose[learner].get(column, "") for column in WHO),
                *points,
                *sums,
                int(sum(number(row, "to_read") for row in best.values())),
                " ".join(name for name in names if len(lessons.get(name, ())) > 1),
                "; ".join(dict.fromkeys(problems)),
            ]
        )
    return head, table


class Tables:
    """The files of marks, written whole after each notebook.

    Parameters
    ----------
    csv : Path
        The table of notebooks; the others have names made from it. With the ending ``.xlsx`` it is
        a workbook, and the tables are its sheets.
    room : int
        Bytes that must be free.
    decimal : {"point", "comma"}
        How numbers are written in a CSV.
    """

    def __init__(self, csv: Path, room: int, decimal: str = "point") -> None:
        self.csv, self.decimal = csv, decimal
        self.workbook = csv.suffix.lower() == ".xlsx"
        if self.workbook:
            spreadsheets.needs_openpyxl()
        self.sheets = self.named(csv)
        self.to_read = csv.with_name(f"{csv.stem}_to_read.md")
        self.files = tuple(dict.fromkeys([*self.sheets.values(), self.to_read]))
        try:
            csv.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=csv.parent) as probe:
                probe.write(b"0" * room)
                probe.flush()
                os.fsync(probe.fileno())
        except OSError as error:
            raise self._error(error, _("Nothing was marked yet.")) from error

    @property
    def exercises(self) -> Path:
        """Where the points for texts are typed."""
        return self.sheets["exercises"]

    @staticmethod
    def named(csv: Path) -> dict[str, Path]:
        """Table → its file; of a workbook they are sheets."""
        if csv.suffix.lower() == ".xlsx":
            return dict.fromkeys(["notebooks", "learners", "exercises"], csv)
        beside = {
            name: csv.with_name(f"{csv.stem}_{name}.csv") for name in ("learners", "exercises")
        }
        return {"notebooks": csv, **beside}

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

    def replace_totals(
        self,
        head: Sequence[str],
        rows: Sequence[Mapping[str, Any]],
        exercises: tuple[Sequence[str], Sequence[Sequence[Any]]],
    ) -> str:
        """Write the tables of notebooks and learners anew; those of before are kept beside them."""
        number = self._free()
        old = [self.sheets["notebooks"], self.sheets["learners"]]
        old = [file for file in dict.fromkeys(old) if file.exists()]
        sheets = {
            "notebooks": (head, [[row[name] for name in head] for row in rows]),
            "learners": by_learner(rows),
        }
        if self.workbook:
            sheets["exercises"] = exercises  # the same file; unchanged
        try:
            for file in old:
                replace_file(self._earlier(file, number), file.read_bytes())
            self._save(sheets)
        except OSError as error:
            raise self._error(error, _("It is as it was.")) from error
        names = ", ".join(self._earlier(file, number).name for file in old)
        return _("! Earlier marks are kept as {names}.").format(names=names)

    def _free(self) -> int:
        numbers = (n for n in count(1) if not any(self._earlier(f, n).exists() for f in self.files))
        return next(numbers)

    def _earlier(self, file: Path, number: int) -> Path:
        return file.with_name(f"{file.stem}_earlier{number}{file.suffix}")

    def _save(self, sheets: Mapping[str, tuple[Sequence[str], Sequence[Sequence[Any]]]]) -> None:
        if self.workbook:
            replace_file(self.csv, spreadsheets.workbook(sheets))
            return
        for name, (head, rows) in sheets.items():
            marked = [[*row, ""] for row in rows]
            replace_file(
                self.sheets[name], table([*head, spreadsheets.MARKER], marked, self.decimal)
            )

    def write(self, graded: Sequence[Graded]) -> None:
        """Write all that was marked so far."""
        rows = []
        for one in graded:
            got = [getattr(one, name) for name in TOTALS]
            got += [one.count(status.replace("_", " ")) for status in COUNTED]
            got += [sum(bool(mark.flags) for mark in one.marks)]
            got = got if one.marks else [""] * len(got)
            who = [getattr(one, name) for name in WHO]
            rows.append((*who, one.lesson, one.file, *got, one.problem, one.seed))
        details = [
            (
                one.learner,
                one.lesson,
                *(getattr(m, name) for name in DETAILS),
                "; ".join(m.flags),
                one.file,
            )
            for one in graded
            for m in one.marks
        ]
        named = [dict(zip(HEAD, row, strict=True)) for row in rows]
        sheets = {
            "notebooks": (HEAD, rows),
            "learners": by_learner(named),
            "exercises": (DETAIL_HEAD, details),
        }
        try:
            self._save(sheets)
            replace_file(self.to_read, texts_to_read(graded).encode("utf-8", "replace"))
        except OSError as error:
            rest = _("What it holds now is what was marked before that.")
            raise self._error(error, rest) from error


def texts_to_read(graded: Sequence[Graded]) -> str:
    """The texts that a person marks, each exercise with its model answer and its checklist."""
    lines = [_("# Texts to read"), ""]
    texts: dict[tuple[str, str, float], list[tuple[str, str, tuple[str, ...]]]] = {}
    for one in graded:
        for mark in one.marks:
            if mark.status == "to read":
                key = (one.lesson, mark.exercise, mark.out_of)
                named = (
                    f"{one.learner} · {one.name}" if one.name not in one.learner else one.learner
                )
                texts.setdefault(key, []).append((named, mark.message, mark.flags))
    for (lesson, name, worth), answers in sorted(texts.items()):
        exercise = all_lessons()[lesson].exercises[name]
        title = _("## Lesson {lesson}: {exercise} ({points:g} points)")
        lines += [title.format(lesson=lesson, exercise=name, points=worth), ""]
        lines += [_("A model answer: {text}").format(text=exercise.model_answer), ""]
        lines += [*(f"- {item}" for item in exercise.checklist), ""]
        for learner, text, flags in answers:
            lines += [f"### {one_line(learner)}", ""]
            for flag in flags:
                lines += [_("**Look: {flag}.**").format(flag=one_line(flag)), ""]
            # Paragraphs and points of a list are filled again, for the learner's lines are of any
            # length. Indented, so that nothing in them is taken for markup.
            words = "".join(c if c.isprintable() or c == "\n" else " " for c in text)
            for part in re.split(r"\n\s*\n|\n(?=\s*(?:[-*•]|\d+[.)])\s)", words):
                lines += [f"    {line}" for line in textwrap.wrap(" ".join(part.split()), 92)]
                lines += [""]
    return "\n".join(lines)
