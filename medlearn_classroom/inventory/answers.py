"""The answers of a class, as a teacher typed them in: read, and every mistake named.

Columns, times and letters are ids and in no language.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from medlearn.language import _, ngettext
from medlearn_classroom import ClassroomError, spreadsheets
from medlearn_classroom.inventory.questions import LETTERS, load

__all__ = ["TIMES", "Answers", "Sheet", "by_learner", "read"]

TIMES = ("before", "after")
_PROBLEMS_SHOWN = 10


class Sheet(NamedTuple):
    """One person's answers at one time; a question that was left out is not in `answers`."""

    learner: str
    when: str
    asked: frozenset[str]
    answers: dict[str, str]


Answers = dict[str, dict[str, Sheet]]
"""Time → learner → all that this learner was asked at that time, from one sheet or several."""


def _column(cell: str, known: dict[str, str]) -> str:
    """The name of a column: without its number on the sheet, and of today for q1 or Q01."""
    name = re.sub(r"^\d+\s+", "", cell.lower())
    if number := re.fullmatch(r"q([0-9]{1,2})", name):
        name = f"q{int(number[1]):02d}"
    return known.get(name, name)


def _header(row: list[str], where: str) -> dict[str, str]:
    """The columns in their order: the name, and how the table itself writes it."""
    questions = load().questions
    known = {question.formerly: question.name for question in questions if question.formerly}
    names = [_column(cell, known) for cell in row]
    while names and not names[-1]:
        names.pop()
    asked = {question.name for question in questions}
    missing = [name for name in ("learner", "when") if name not in names]
    missing += [] if asked & set(names) else [_("every question")]
    unknown = [name for name in names if name not in {"learner", "when"} | asked]
    twice = sorted({name for name in names if name not in unknown and names.count(name) > 1})
    unknown = [name or _("(no name)") for name in unknown]
    wrong = [
        said.format(names=", ".join(found))
        for said, found in (
            (_("missing: {names}"), missing),
            (_("unknown: {names}"), unknown),
            (_("twice: {names}"), twice),
        )
        if found
    ]
    if wrong:
        said = _(
            "{where}: the columns are not as expected ({wrong}). The first line must read learner, "
            "when and the names of the questions, as `classroom inventory` writes it. Names of "
            "people do not belong in this file."
        )
        raise ClassroomError(said.format(where=where, wrong="; ".join(wrong)))
    return dict(zip(names, row, strict=False))


def _sheet(values: dict[str, str], columns: dict[str, str]) -> tuple[Sheet | None, list[str]]:
    """One line of the table: the sheet, or what is wrong with it."""
    problems = []
    learner, when = values.pop("learner"), values.pop("when").lower()
    asked = frozenset(values)
    if not learner:
        problems.append(_("there is no code in the column learner"))
    if when not in TIMES:
        problems.append(_("when is {when!r}; expected before or after").format(when=when))
    answers = {}
    for question, value in values.items():
        letter = value.lower()
        if letter and (len(letter) > 1 or letter not in LETTERS):
            said = _("{column} is {value!r}; expected a, b, c, d or nothing")
            problems.append(said.format(column=columns[question], value=value))
        elif letter:
            answers[question] = letter
    return (None, problems) if problems else (Sheet(learner, when, asked, answers), [])


def _read(path: Path) -> tuple[list[tuple[str, Sheet]], list[str]]:
    """The sheets of one file with their places, and every problem with its place."""
    _separator, rows = spreadsheets.rows(path)
    if not rows:
        said = _("{file} is empty. Expected the table of `classroom inventory`.")
        raise ClassroomError(said.format(file=path))
    (place, head), *lines = [(where, [cell.strip() for cell in row]) for where, row in rows]
    columns, sheets, problems = _header(head, place), [], []
    for where, cells in lines:
        # A line that is too short has lost a separator, and every answer behind it would count
        # for another question.
        if len(cells) < len(columns) or any(cells[len(columns) :]):
            said = _(
                "{where}: {n} entries; expected {expected}, one a column. What was left out stays "
                "empty between its separators"
            )
            problems.append(said.format(where=where, n=len(cells), expected=len(columns)))
            continue
        sheet, wrong = _sheet(dict(zip(columns, cells, strict=False)), columns)
        problems += [f"{where}: {problem}" for problem in wrong]
        if sheet:
            sheets.append((where, sheet))
    return sheets, problems


def read(files: Iterable[str | Path]) -> list[Sheet]:
    """The sheets of all files. One on which nothing was answered does not count."""
    answered: list[Sheet] = []
    places: dict[tuple[str, str], list[tuple[str, frozenset[str]]]] = {}
    problems: list[str] = []
    for path in map(Path, files):
        sheets, wrong = _read(path)
        problems += wrong
        for where, sheet in sheets:
            known = places.setdefault((sheet.learner.casefold(), sheet.when), [])
            # A learner may answer several sheets at one time, but no question twice.
            if again := [place for place, asked in known if asked & sheet.asked]:
                said = _(
                    "{where}: learner {learner!r} has a sheet {when!r} already ({other}); expected "
                    "one sheet a learner and time"
                )
                about = {"learner": sheet.learner, "when": sheet.when, "other": again[0]}
                problems.append(said.format(where=where, **about))
                continue
            known.append((where, sheet.asked))
            if sheet.answers:
                answered.append(sheet)
    if problems:
        shown = problems[:_PROBLEMS_SHOWN]
        if len(problems) > len(shown):
            more = len(problems) - len(shown)
            shown.append(ngettext("and one more", "and {n} more", more).format(n=more))
        said = _(
            "The answers cannot be counted yet. Mend these, and run the command again:\n"
            "  {problems}"
        )
        raise ClassroomError(said.format(problems="\n  ".join(shown)))
    return answered


def by_learner(sheets: Iterable[Sheet]) -> Answers:
    """Each learner's answers, before and after, put together from all of their sheets."""
    answers: Answers = {time: {} for time in TIMES}
    for learner, when, asked, given in sheets:
        code = learner.casefold()
        before = answers[when].get(code, Sheet(code, when, frozenset(), {}))
        answers[when][code] = Sheet(code, when, before.asked | asked, before.answers | given)
    return answers
