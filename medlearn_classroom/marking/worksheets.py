"""Marks on their way back: Moodle's grading worksheet and Canvas's gradebook, filled in.

Both platforms offer a CSV of the class and read it back. Moodle finds people by the number in
`Identifier` ("Participant 1048576") and takes `Grade`; it refuses a row whose `Last modified
(grade)` is older than its own, so that column stays as it is. Canvas finds people by `ID` and takes
each column whose head ends in the assignment's number; its second row holds the points possible.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from medlearn.files import replace_file
from medlearn.language import _, ngettext
from medlearn_classroom import ClassroomError, spreadsheets
from medlearn_classroom.words import either, one_line

__all__ = ["Grade", "fill_canvas", "fill_moodle", "grades"]


_MOODLE = _WHO, _GRADE, _MOST = "Identifier", "Grade", "Maximum Grade"  # no text: heads of tables
_FULL_NAME = "Full name"  # no text: a head
_POSSIBLE = "Points Possible"  # no text: of Canvas's second row
_CANVAS_PEOPLE = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")  # no text: heads


@dataclass(frozen=True)
class Grade:
    """What one learner got in all."""

    learner: str
    name: str
    number: str
    points: float
    out_of: float
    to_read: int = 0

    def scaled(self, most: float) -> str:
        """The points as a platform takes them, out of its own maximum."""
        return f"{round(self.points * most / self.out_of, 2):g}"


def grades(head: Sequence[str], rows: Iterable[Sequence[object]]) -> list[Grade]:
    """The grades in the table of learners (`tables.by_learner`); those without marks are left out.

    Points are out of what a learner could have had: all that somebody of the class handed in.
    """
    named = [dict(zip(head, row, strict=True)) for row in rows]
    most = max((float(row["out_of"] or 0) for row in named), default=0)
    return [
        Grade(
            learner=str(row["learner"]),
            name=str(row["name"] or ""),
            number=str(row["number"] or ""),
            points=float(row["points"] or 0),
            out_of=most,
            to_read=int(row["to_read"] or 0),
        )
        for row in named
        if float(row["out_of"] or 0) > 0
    ]


def _key(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


class _People:
    """The rows of a platform, found by number or, where there is none, by an unambiguous name."""

    def __init__(self, numbers: Mapping[str, int], names: Sequence[tuple[str, int]]) -> None:
        self.numbers = numbers
        self.names: dict[str, list[int]] = {}
        for name, row in names:
            self.names.setdefault(_key(name), []).append(row)

    def find(self, grade: Grade) -> int | None:
        for number in (grade.number, grade.learner):
            if number and number in self.numbers:
                return self.numbers[number]
        if grade.number:  # a number of this platform that is not there: another class, or course
            return None
        places = self.names.get(_key(grade.name or grade.learner), [])
        return places[0] if len(places) == 1 else None


def _column(head: Sequence[str], name: str, file: Path, kind: str) -> int:
    if name not in head:
        said = _("{file} has no column {name!r}. Expected {kind}, as it was downloaded.")
        raise ClassroomError(said.format(file=file, name=name, kind=kind))
    return list(head).index(name)


def _read(file: Path, kind: str) -> list[tuple[str, list[str]]]:
    """The rows of a platform's table, the head first, each with its place."""
    _separator, rows = spreadsheets.rows(file)
    if not rows:
        raise ClassroomError(_("{file} is empty. Expected {kind}.").format(file=file, kind=kind))
    return rows


def _most(text: str, where: str) -> float:
    value = spreadsheets.number(text)
    if not value > 0:
        said = _("{where}: expected was the most points there, such as 100; {came!r} came.")
        raise ClassroomError(said.format(where=where, came=text))
    return value


def _write(file: Path, table: Iterable[Sequence[str]]) -> None:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\r\n").writerows(table)
    try:
        replace_file(file, stream.getvalue().encode("utf-8"))
    except OSError as error:
        said = _("{file} cannot be written: {why}.")
        raise ClassroomError(said.format(file=file, why=error.strerror or error)) from error


def _fill(
    given: Sequence[Grade], people: _People, put: Callable[[Grade, int], None]
) -> list[Grade]:
    """Put each grade into its row; those that have none."""
    lost = []
    for grade in given:
        row = people.find(grade)
        if row is None:
            lost.append(grade)
        else:
            put(grade, row)
    return lost


def _report(given: Sequence[Grade], lost: Sequence[Grade], out: Path) -> list[str]:
    filled = len(given) - len(lost)
    said = ngettext("✓ {n} grade stands in {file}.", "✓ {n} grades stand in {file}.", filled)
    lines = [said.format(n=filled, file=out)]
    for grade in lost:
        said = _("! {learner} has no row of their own there: enter {points:g} of {most:g} by hand.")
        lines.append(
            one_line(said.format(learner=grade.learner, points=grade.points, most=grade.out_of))
        )
    if unread := sum(grade.to_read for grade in given):
        said = ngettext(
            "! {n} text has no points yet: type them in, sum up, and fill the sheet again.",
            "! {n} texts have no points yet: type them in, sum up, and fill the sheet again.",
            unread,
        )
        lines.append(said.format(n=unread))
    return lines


def fill_moodle(given: Sequence[Grade], worksheet: str | Path, out: str | Path) -> list[str]:
    """Fill the grading worksheet of a Moodle assignment.

    Parameters
    ----------
    given : sequence of Grade
    worksheet : str or Path
        As Moodle's *Download grading worksheet* made it; it is only read.
    out : str or Path
        Where the filled one goes, for *Upload grading worksheet*. Points are scaled to
        `Maximum Grade`.

    Returns
    -------
    list of str
        What was filled, and who has no row.

    Raises
    ------
    ClassroomError
        When it is no such worksheet.
    """
    worksheet, out = Path(worksheet), Path(out)
    kind = _("Moodle's grading worksheet (a Moodle in English)")
    rows = _read(worksheet, kind)
    head = rows[0][1]
    place = {name: _column(head, name, worksheet, kind) for name in _MOODLE}
    numbers, names = {}, []
    for row, (_where, entries) in enumerate(rows[1:], start=1):
        if match := re.search(r"(\d+)\s*$", entries[place[_WHO]]):
            numbers[match[1]] = row
        if _FULL_NAME in head:
            names.append((entries[head.index(_FULL_NAME)], row))

    def put(grade: Grade, row: int) -> None:
        where, entries = rows[row]
        entries[place[_GRADE]] = grade.scaled(_most(entries[place[_MOST]], where))

    lost = _fill(given, _People(numbers, names), put)
    _write(out, [entries for _where, entries in rows])
    return _report(given, lost, out)


def fill_canvas(
    given: Sequence[Grade], gradebook: str | Path, out: str | Path, column: str | None = None
) -> list[str]:
    """Fill one assignment of a Canvas gradebook.

    Parameters
    ----------
    given : sequence of Grade
    gradebook : str or Path
        As Canvas's *Export* made it; it is only read.
    out : str or Path
        Where the filled one goes, for *Import*: the columns that name people, and the assignment's.
        Points are scaled to its *Points Possible*.
    column : str, optional
        The assignment's column, or the beginning of its head; needed where there are several.

    Returns
    -------
    list of str
        What was filled, and who has no row.

    Raises
    ------
    ClassroomError
        When it is no such gradebook, or when the column is not clear.
    """
    gradebook, out = Path(gradebook), Path(out)
    kind = _("Canvas's gradebook")
    rows = _read(gradebook, kind)
    head = [name.strip() for name in rows[0][1]]
    by_id = _column(head, "ID", gradebook, kind)
    by_name = _column(head, "Student", gradebook, kind)
    assignments = [name for name in head if re.search(r"\(\d+\)$", name)]
    chosen = [name for name in assignments if column is None or name.startswith(column)]
    if len(chosen) != 1:
        said = _("{file}: which assignment? Name one of these columns: {columns}.")
        columns = either(assignments) if assignments else _("there is none")
        raise ClassroomError(said.format(file=gradebook, columns=columns))
    place = head.index(chosen[0])
    first = next((n for n, (_w, row) in enumerate(rows) if row[by_name].strip() == _POSSIBLE), None)
    if first is None:
        raise ClassroomError(
            _("{file} has no row 'Points Possible'. Expected {kind}, as it was downloaded.").format(
                file=gradebook, kind=kind
            )
        )
    most = _most(rows[first][1][place], rows[first][0])
    numbers, names = {}, []
    for row, (_where, entries) in enumerate(rows[first + 1 :], start=first + 1):
        numbers[entries[by_id].strip()] = row
        last, _comma, others = entries[by_name].partition(",")
        names += [(entries[by_name], row)] + ([(f"{others} {last}", row)] if others else [])

    def put(grade: Grade, row: int) -> None:
        rows[row][1][place] = grade.scaled(most)

    lost = _fill(given, _People(numbers, names), put)
    kept = [n for n, name in enumerate(head) if n == place or name in _CANVAS_PEOPLE]
    _write(
        out, [[entries[n] if n < len(entries) else "" for n in kept] for _where, entries in rows]
    )
    return _report(given, lost, out)
