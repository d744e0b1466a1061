"""The marks of a class as files: two tables, and the texts that a person reads."""

from __future__ import annotations

import io
import math
import os
import re
import tempfile
import textwrap
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from csv import Error, reader, writer
from itertools import count
from pathlib import Path
from typing import Any

from medlearn.classroom import ClassroomError, spreadsheets
from medlearn.classroom.marks import Graded
from medlearn.exercises import all_lessons
from medlearn.exercises.engine import Text
from medlearn.files import replace_file

__all__ = ["Tables", "one_line", "sum_up", "summary"]


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


def _table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    stream = io.StringIO()
    table = writer(stream, lineterminator="\n")
    table.writerow(head)
    table.writerows([map(_cell_text, row) for row in rows])
    # With the mark at its beginning by which spreadsheets know that it is UTF-8.
    return stream.getvalue().encode("utf-8-sig", "replace")


TOTALS = ("points", "out_of", "core_points", "core_out_of")
COUNTED = ("right", "wrong", "not_yet", "missing", "to_read")
HEAD = ("learner", "lesson", "file", *TOTALS, *COUNTED, "problem", "seed")
DETAILS = ("part", "exercise", "status", "points", "out_of", "message")
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
        number = self._free()
        try:
            for file in old:
                file.rename(self._earlier(file, number))
        except OSError as error:
            raise self._error(error, "Nothing was marked yet.") from error
        names = ", ".join(self._earlier(file, number).name for file in old)
        return f"! Earlier marks are kept as {names}." if old else None

    def replace_totals(self, content: bytes) -> str:
        """Write the first table anew and keep the one of before beside it."""
        kept = self._earlier(self.csv, self._free())
        try:
            replace_file(kept, self.csv.read_bytes())
            replace_file(self.csv, content)
        except OSError as error:
            raise self._error(error, "It is as it was.") from error
        return f"! Earlier marks are kept as {kept.name}."

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
            replace_file(self.csv, _table(HEAD, rows))
            replace_file(self.exercises, _table(DETAIL_HEAD, details))
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
        authors: defaultdict[str, set[str]] = defaultdict(set)
        for learner, text in answers:
            authors[_bare(text)].add(one_line(learner))
        for learner, text in answers:
            lines += [f"### {one_line(learner)}", ""]
            same = authors[_bare(text)] - {one_line(learner)}
            if _bare(text) == _bare(exercise.model_answer):
                lines += ["**The same as the model answer.**", ""]
            elif same:
                lines += [f"**The same as: {', '.join(sorted(same))}.**", ""]
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


# --- points that a person typed ------------------------------------------------------------------


def _read_table(file: Path, needed: Iterable[str]) -> tuple[list[str], list[tuple[str, dict]]]:
    """The columns and the rows, each with its place. A spreadsheet may have saved them again."""
    if not file.is_file():
        raise ClassroomError(
            f"There is no file {file}. `--sum` needs both tables that `grade --csv` wrote."
        )
    lines = spreadsheets.text(file).splitlines(keepends=True)
    separator, skipped = spreadsheets.separator(lines)
    table = reader(io.StringIO("".join(lines[skipped:]), newline=""), delimiter=separator)
    try:
        rows = [(f"{file}, line {skipped + table.line_num}", row) for row in table if any(row)]
    except Error as error:
        raise ClassroomError(f"{file}, line {skipped + table.line_num}: {error}.") from None
    head = [name.strip() for name in rows[0][1]] if rows else []
    if missing := [name for name in needed if head.count(name) != 1]:
        raise ClassroomError(
            f"{file}: expected once each were the columns {', '.join(missing)}. Give them back "
            "their names, or mark again."
        )
    for where, row in rows[1:]:
        if any(row[len(head) :]):
            raise ClassroomError(
                f"{where}: more entries than columns. Between entries stands {separator!r}; type "
                "half points as 1.5 there. Nothing changed."
            )
        row += [""] * (len(head) - len(row))
    return head, [(where, dict(zip(head, row, strict=False))) for where, row in rows[1:]]


def _number(row: dict[str, str], column: str, where: str, most: float = math.inf) -> float:
    try:
        value = float(row[column].strip().replace(",", "."))
    except ValueError:
        value = math.nan
    if not 0 <= value <= most:
        limit = "0 or more" if most == math.inf else f"from 0 to {most:g}"
        raise ClassroomError(
            f"{where}: {column} should be a number {limit}; {row[column]!r} came. Nothing changed."
        )
    return value


def sum_up(csv: str | Path) -> list[str]:
    """Add up the marks again, after a person typed points for texts into ``…_exercises.csv``.

    Of `csv`, points, core_points and to_read are written anew, and all else stays. The table of
    before is kept beside it. ``…_exercises.csv`` is only read.

    Parameters
    ----------
    csv : str or Path
        The table that `grading.grade_files` wrote.

    Returns
    -------
    list of str
        What was done, and which points are not those that the program gave.

    Raises
    ------
    ClassroomError
        When points are no number or too many, or when a row is gone, doubled or changed. Nothing is
        written then.
    """
    csv = Path(csv)
    head, totals = _read_table(csv, ["file", *TOTALS, "to_read"])
    details = csv.with_name(f"{csv.stem}_exercises.csv")
    found: defaultdict[str, Counter] = defaultdict(Counter)
    lines, seen = [], set()
    for where, row in _read_table(details, DETAIL_HEAD)[1]:
        file, status = row["file"], row["status"].strip()
        if (file, row["exercise"]) in seen:
            raise ClassroomError(f"{where}: this exercise of {file} is there twice.")
        seen.add((file, row["exercise"]))
        worth = _number(row, "out_of", where)
        if status == "to read" and not row["points"].strip():
            found[file]["to_read"] += 1
            got = 0.0
        else:
            got = _number(row, "points", where, worth)
            if status != "to read" and got != (worth if status == "right" else 0):
                said = f"{got:g} of {worth:g} points count, though the program found it {status}"
                lines.append(one_line(f"! {where}, {row['learner']}, {row['exercise']}: {said}."))
        for kind in ("", "core_") if row["part"].strip() == "core" else ("",):
            found[file][f"{kind}points"] += got
            found[file][f"{kind}out_of"] += worth
    changed, unread = False, 0
    for where, row in totals:
        sums = found.pop(row["file"], Counter())
        if not row["out_of"].strip() and not sums:
            continue  # it could not be marked
        for column in ("out_of", "core_out_of"):
            if (expected := _number(row, column, where)) != sums[column]:
                raise ClassroomError(
                    f"{details}: the rows of {row['file']} have {column} {sums[column]:g} in all; "
                    f"expected were {expected:g}, as in {where}. Rows are gone or changed: bring "
                    "them back. Nothing changed."
                )
        new = {name: f"{sums[name]:g}" for name in ("points", "core_points", "to_read")}
        changed = changed or any(row[name] != value for name, value in new.items())
        row.update(new)
        unread += sums["to_read"]
    if found:
        raise ClassroomError(f"{details} has rows of {next(iter(found))}; {csv} has none of it.")
    if unread:
        lines.append(f"! {unread} text(s) have no points yet.")
    if not changed:
        return [*lines, f"✓ {csv} has these points already."]
    content = _table(head, [[row[name] for name in head] for _, row in totals])
    return [*lines, Tables(csv, room=0).replace_totals(content), f"✓ The points stand in {csv}."]


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
        known = {one.message for one in exercise.misconceptions.values()}
        wrong = Counter(mark.message for mark in given if mark.message in known)
        if wrong:
            message, often = wrong.most_common(1)[0]
            lines.append(f"  {often} of {many}: {message}")
    return lines
