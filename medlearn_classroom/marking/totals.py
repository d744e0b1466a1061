"""Marks added up again, after a person typed points for the texts into the table.

Tables are known by their heads and statuses, which are in no language.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from medlearn.language import _, ngettext
from medlearn_classroom import ClassroomError, spreadsheets
from medlearn_classroom.marking.marks import in_words
from medlearn_classroom.marking.tables import DETAIL_HEAD, TOTALS, Tables, by_learner
from medlearn_classroom.words import one_line

__all__ = ["learners", "sum_up"]

_NEEDED = [name for name in DETAIL_HEAD if name not in ("misconception", "flags")]  # not counted


@dataclass(frozen=True)
class _Table:
    """A table as it came back: its columns, its rows with their places, and how numbers stood."""

    head: list[str]
    rows: list[tuple[str, dict[str, str]]]
    decimal: str


def _read_table(file: Path, sheet: str, needed: Iterable[str]) -> _Table:
    """The columns and the rows, each with its place. A spreadsheet may have saved them again."""
    if not file.is_file():
        said = _("There is no file {file}. `--sum` needs both tables that `grade --csv` wrote.")
        raise ClassroomError(said.format(file=file))
    separator, rows = spreadsheets.rows(file, sheet)
    head = [name.strip() for name in rows[0][1]] if rows else []
    if missing := [name for name in needed if head.count(name) != 1]:
        raise ClassroomError(
            _(
                "{file}: expected once each were the columns {columns}. Give them back their "
                "names, or mark again."
            ).format(file=file, columns=", ".join(missing))
        )
    for where, row in rows[1:]:
        if any(row[len(head) :]):
            raise ClassroomError(
                _(
                    "{where}: more entries than columns. Between entries stands {separator!r}; "
                    "type half points as 1.5 there. Nothing changed."
                ).format(where=where, separator=separator)
            )
        row += [""] * (len(head) - len(row))
    named = [(where, dict(zip(head, row, strict=False))) for where, row in rows[1:]]
    return _Table(head, named, "comma" if separator == ";" else "point")


def _number(row: dict[str, str], column: str, where: str, most: float = math.inf) -> float:
    value = spreadsheets.number(row[column])
    if not 0 <= value <= most:
        said = (
            _("{where}: {column} should be a number 0 or more; {came!r} came. Nothing changed.")
            if most == math.inf
            else _(
                "{where}: {column} should be a number from 0 to {most:g}; {came!r} came. Nothing "
                "changed."
            )
        )
        raise ClassroomError(said.format(where=where, column=column, most=most, came=row[column]))
    return value


def _typed(details: _Table) -> tuple[dict[str, Counter], list[str]]:
    """File → its points, and which of them are not those that the program gave."""
    found: defaultdict[str, Counter] = defaultdict(Counter)
    lines, seen = [], set()
    for where, row in details.rows:
        file, status = row["file"], row["status"].strip()
        if (file, row["exercise"]) in seen:
            said = _("{where}: this exercise of {file} is there twice.")
            raise ClassroomError(said.format(where=where, file=file))
        seen.add((file, row["exercise"]))
        worth = _number(row, "out_of", where)
        if status == "to read" and not row["points"].strip():
            found[file]["to_read"] += 1
            got = 0.0
        else:
            got = _number(row, "points", where, worth)
            if status != "to read" and got != (worth if status == "right" else 0):
                said = _(
                    "! {where}, {learner}, {exercise}: {points:g} of {out_of:g} points count, "
                    "though the program found it {status}."
                ).format(
                    where=where,
                    learner=row["learner"],
                    exercise=row["exercise"],
                    points=got,
                    out_of=worth,
                    status=in_words(status),
                )
                lines.append(one_line(said))
        for kind in ("", "core_") if row["part"].strip() == "core" else ("",):
            found[file][f"{kind}points"] += got
            found[file][f"{kind}out_of"] += worth
    return found, lines


def learners(csv: str | Path) -> tuple[list[str], list[list[object]]]:
    """The table with a row for each learner, made anew from the table of notebooks.

    Raises
    ------
    ClassroomError
        When `csv` is not what `grading.grade_files` wrote.
    """
    needed = ["learner", "name", "number", "lesson", "file", *TOTALS, "to_read", "problem"]
    table = _read_table(Path(csv), "notebooks", needed)
    return by_learner([row for _where, row in table.rows])


def sum_up(csv: str | Path) -> list[str]:
    """Add up the marks again, after a person typed points for texts into ``…_exercises.csv``.

    Of `csv`, points, core_points and to_read are written anew, and all else stays; so is the table
    of learners. The tables of before are kept beside them. ``…_exercises.csv`` is only read.

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
    files = Tables.named(csv)
    totals = _read_table(csv, "notebooks", ["learner", "lesson", "file", *TOTALS, "to_read"])
    details = _read_table(files["exercises"], "exercises", _NEEDED)
    found, lines = _typed(details)
    changed, unread = False, 0
    for where, row in totals.rows:
        sums = found.pop(row["file"], Counter())
        if not row["out_of"].strip() and not sums:
            continue  # it could not be marked
        for column in ("out_of", "core_out_of"):
            if (expected := _number(row, column, where)) != sums[column]:
                raise ClassroomError(
                    _(
                        "{details}: the rows of {file} have {column} {sum:g} in all; expected "
                        "were {expected:g}, as in {where}. Rows are gone or changed: bring them "
                        "back. Nothing changed."
                    ).format(
                        details=files["exercises"],
                        file=row["file"],
                        column=column,
                        sum=sums[column],
                        expected=expected,
                        where=where,
                    )
                )
        new = {name: float(sums[name]) for name in ("points", "core_points", "to_read")}
        changed = changed or any(_number(row, name, where) != value for name, value in new.items())
        row.update(new)
        unread += sums["to_read"]
    if found:
        said = _("{details} has rows of {file}; {totals} has none of it.")
        about = {"details": files["exercises"], "file": next(iter(found)), "totals": csv}
        raise ClassroomError(said.format(**about))
    if unread:
        said = ngettext("! {n} text has no points yet.", "! {n} texts have no points yet.", unread)
        lines.append(said.format(n=unread))
    if not changed:
        return [*lines, _("✓ {file} has these points already.").format(file=csv)]
    rows = [row for _where, row in totals.rows]
    typed = [row for _where, row in details.rows]
    kept = Tables(csv, room=0, decimal=totals.decimal).replace_totals(
        totals.head, rows, (details.head, [[row[name] for name in details.head] for row in typed])
    )
    return [*lines, kept, _("✓ The points stand in {file}.").format(file=csv)]
