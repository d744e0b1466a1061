"""The concept inventory: questions before and after, and what a class took from them.

`questions` reads them from the lessons' teaching pages. Here they are printed, and the answers are
counted. Learners answer on paper; a teacher types the answers in under codes, never under names.
Everything is computed on this machine, and nothing is sent anywhere.
"""

from __future__ import annotations

import csv
import io
import math
import re
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from medlearn.classroom import ClassroomError, spreadsheets
from medlearn.classroom.questions import LETTERS, Question, Version, load, versions
from medlearn.files import replace_file

__all__ = ["report", "write"]

TIMES = ("before", "after")
FEW = 5  # counts below this are not shown, so that no single person can be made out
WIDTH = 98
_PROBLEMS_SHOWN = 10


def _lessons(lessons: Iterable[str]) -> str:
    lessons = list(lessons)
    return f"lesson{'s' if len(lessons) > 1 else ''} {', '.join(lessons)}"


# ---- the pages that are handed out --------------------------------------------------------------


def _wrapped(text: str, indent: str = "", first: str | None = None) -> str:
    return textwrap.fill(
        text,
        WIDTH,
        initial_indent=indent if first is None else first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _how_many(version: Version) -> str:
    number = len(version.questions)
    return f"{number} question{'s' if number > 1 else ''}"


def _questions_page(version: Version) -> str:
    parts = [
        f"# {_how_many(version)}",
        f"**Code:** ______________  **When:** ☐ before  ☐ after  **Sheet:** {version.name}",
        _wrapped(
            "These questions give no mark. Your teacher wants to see what the class takes from the "
            "course. Write a code, not your name: the first two letters of your mother's first "
            "name, the first letter of the town in which you were born, and the day of the month "
            "of your birth, as in ANB07. You can make the same code again after the course. "
            "Circle one letter for each question. If you do not know, leave the question "
            "out rather than guess. You need no calculator and no book."
        ),
    ]
    for number, question in enumerate(version.questions, start=1):
        lines = [f"## Question {number}", "", _wrapped(question.stem), ""]
        for letter, option in question.options.items():
            lines.append(_wrapped(option.text, "      ", f"- **{letter}** "))
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def _key_page(version: Version) -> str:
    misconceptions, number = load().misconceptions, len(version.questions)
    parts = [
        f"# {_how_many(version)}: the key",
        _wrapped(
            f"For teachers, to the sheet {version.name}. The key is public, as everything in this "
            "course is: the inventory shows what a class takes from the course and must not be "
            "used for marks."
        ),
        "## How to use it",
        "\n".join(
            [
                _wrapped(text, "  ", "- ")
                for text in (
                    "Say that taking part is voluntary and without consequence. Everybody makes "
                    "the code that the sheet asks for: a card would be lost before the second "
                    "time. Whoever knows a person well could guess the code, so show the sheets to "
                    "nobody. Two sheets with one code at one time are named by the report: type in "
                    "neither.",
                    "Print `questions.md`, once before the first of these lessons and once after "
                    f"the last. It takes {math.ceil(1.25 * number)} to {math.ceil(1.5 * number)} "
                    "minutes. Do not discuss the answers after the first time.",
                    "Type the answers into `answers.csv`, one line for each sheet: the code, "
                    "`before` or `after`, and a, b, c or d under each question; what was left out "
                    "stays empty. A column has the question's number on this sheet, and its name, "
                    "which is the same on every sheet. A spreadsheet may save the table with "
                    "commas, semicolons or tabs.",
                    "`python -m medlearn classroom report answers.csv` counts. It sends nothing "
                    "anywhere, and shows no count of one to four people. It reads the tables of "
                    "several sheets together.",
                    "Each right answer counts one point. Each wrong option belongs to one "
                    "misconception, printed in *italics* below with the lessons that treat it. "
                    "Whoever dares more the second time gains points by guessing: read the change "
                    "of the score beside the number of questions left out, which the report "
                    "prints.",
                )
            ]
        ),
    ]
    for number, question in enumerate(version.questions, start=1):
        lines = [
            f"## Question {number}: {question.name} ({_lessons(question.lessons)})",
            "",
            _wrapped(question.stem),
            "",
        ]
        for letter, option in question.options.items():
            words, bullet = f"{option.text} **Right.** {option.why}", f"- **{letter}** "
            if option.misconception:
                wrong = misconceptions[option.misconception]
                words = f"{option.text} {option.why} *{wrong.phrase}* ({_lessons(wrong.lessons)})"
                bullet = f"- {letter} "
            lines.append(_wrapped(words, "  ", bullet))
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def _table(version: Version) -> str:
    """The head of the table. A number helps whoever types; the name is what counts."""
    columns = [f"{n} {question.name}" for n, question in enumerate(version.questions, start=1)]
    return ",".join(["learner", "when", *columns]) + "\n"


def _write_all(folder: Path, contents: dict[Path, str]) -> None:
    """Write all files or none; what was begun is taken away."""
    below = {path.parent for path in contents} - {folder}
    begun = [*below, *([] if folder.exists() else [folder])]
    try:
        for path, text in contents.items():
            replace_file(path, text.encode("utf-8"))
    except BaseException:
        for path in contents:
            path.unlink(missing_ok=True)
        for place in begun:
            if place.is_dir():
                place.rmdir()
        raise


def write(
    folder: str | Path,
    *,
    blocks: Iterable[str] | None = None,
    lessons: Iterable[str] | None = None,
) -> list[str]:
    """Write sheets of questions, each with its key and an empty table for the answers.

    Parameters
    ----------
    folder : str or Path
        New or empty. It is made when it is missing. One sheet stands in the folder itself, and
        each of several in a folder of its name.
    blocks, lessons : iterable of str, optional
        What to ask, as in `questions.versions`: by default everything, on one sheet if it holds
        it, and otherwise by block.

    Returns
    -------
    list of str
        Lines for the person: what was written and what comes next.

    Raises
    ------
    ClassroomError
        When there is something in the folder, or it is a file, or there is nothing to ask. Nothing
        is written then.
    LessonError
        When medlearn was installed without the course, whose pages hold the questions.
    OSError
        When the disk is full or the folder cannot be written to. What was begun is taken away.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     lines = write(folder, lessons=["00-04"])
    ...     sorted(path.name for path in Path(folder).iterdir())
    ['answers.csv', 'key.md', 'questions.md']
    """
    folder = Path(folder)
    chosen = versions(blocks, lessons)
    if folder.exists() and not folder.is_dir():
        raise ClassroomError(f"{folder} is a file. Name a new or empty folder.")
    if folder.is_dir() and any(folder.iterdir()):
        raise ClassroomError(
            f"{folder} is not empty, and nothing in it is overwritten. Name a new or empty folder."
        )
    places = {folder if len(chosen) == 1 else folder / v.name: v for v in chosen}
    contents = {}
    for place, version in places.items():
        contents[place / "questions.md"] = _questions_page(version)
        contents[place / "key.md"] = _key_page(version)
        contents[place / "answers.csv"] = _table(version)
    _write_all(folder, contents)
    return [
        *(f"✓ {place}: {_how_many(v)} (sheet {v.name}), key, table" for place, v in places.items()),
        "  questions.md: print it, once before these lessons and once after.",
        "  key.md: the right answers, a reason for each option, how to use it.",
        "  answers.csv: one line for each sheet, with a code and no name.",
        "Then: python -m medlearn classroom report "
        + " ".join(str(place / "answers.csv") for place in places),
    ]


# ---- reading the answers ------------------------------------------------------------------------


class _Sheet(NamedTuple):
    """One person's answers at one time; a question that was left out is not in `answers`."""

    learner: str
    when: str
    asked: frozenset[str]
    answers: dict[str, str]


_Answers = dict[str, dict[str, _Sheet]]
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
    missing += [] if asked & set(names) else ["every question"]
    unknown = [name or "(no name)" for name in names if name not in {"learner", "when"} | asked]
    twice = sorted({name for name in names if name not in unknown and names.count(name) > 1})
    wrong = [
        *([f"missing: {', '.join(missing)}"] if missing else []),
        *([f"unknown: {', '.join(unknown)}"] if unknown else []),
        *([f"twice: {', '.join(twice)}"] if twice else []),
    ]
    if wrong:
        raise ClassroomError(
            f"{where}: the columns are not as expected ({'; '.join(wrong)}). The first line must "
            "read learner, when and the names of the questions, as `classroom inventory` writes "
            "it. Names of people do not belong in this file."
        )
    return dict(zip(names, row, strict=False))


def _sheet(values: dict[str, str], columns: dict[str, str]) -> tuple[_Sheet | None, list[str]]:
    """One line of the table: the sheet, or what is wrong with it."""
    problems = []
    learner, when = values.pop("learner"), values.pop("when").lower()
    asked = frozenset(values)
    if not learner:
        problems.append("there is no code in the column learner")
    if when not in TIMES:
        problems.append(f"when is {when!r}; expected before or after")
    answers = {}
    for question, value in values.items():
        letter = value.lower()
        if letter and (len(letter) > 1 or letter not in LETTERS):
            problems.append(f"{columns[question]} is {value!r}; expected a, b, c, d or nothing")
        elif letter:
            answers[question] = letter
    return (None, problems) if problems else (_Sheet(learner, when, asked, answers), [])


def _read(path: Path) -> tuple[list[tuple[str, _Sheet]], list[str]]:
    """The sheets of one file with their places, and every problem with its place."""
    lines = spreadsheets.text(path).splitlines(keepends=True)
    separator, skipped = spreadsheets.separator(lines)
    reader = csv.reader(io.StringIO("".join(lines[skipped:]), newline=""), delimiter=separator)
    sheets, problems, columns = [], [], None
    try:
        for row in reader:
            where = f"{path}, line {skipped + reader.line_num}"
            cells = [cell.strip() for cell in row]
            if not any(cells):
                continue
            if columns is None:
                columns = _header(cells, where)
                continue
            # A line that is too short has lost a separator, and every answer behind it would count
            # for another question.
            if len(cells) < len(columns) or any(cells[len(columns) :]):
                problems.append(
                    f"{where}: {len(cells)} entries; expected {len(columns)}, one a column. What "
                    "was left out stays empty between its separators"
                )
                continue
            sheet, wrong = _sheet(dict(zip(columns, cells, strict=False)), columns)
            problems += [f"{where}: {problem}" for problem in wrong]
            if sheet:
                sheets.append((where, sheet))
    except csv.Error as error:
        raise ClassroomError(f"{path}, line {skipped + reader.line_num}: {error}.") from None
    if columns is None:
        raise ClassroomError(f"{path} is empty. Expected the table of `classroom inventory`.")
    return sheets, problems


def _read_all(files: Iterable[str | Path]) -> list[_Sheet]:
    """The sheets of all files. One on which nothing was answered does not count."""
    answered: list[_Sheet] = []
    places: dict[tuple[str, str], list[tuple[str, frozenset[str]]]] = {}
    problems: list[str] = []
    for path in map(Path, files):
        sheets, wrong = _read(path)
        problems += wrong
        for where, sheet in sheets:
            known = places.setdefault((sheet.learner.casefold(), sheet.when), [])
            # A learner may answer several sheets at one time, but no question twice.
            if again := [place for place, asked in known if asked & sheet.asked]:
                problems.append(
                    f"{where}: learner {sheet.learner!r} has a sheet {sheet.when!r} already "
                    f"({again[0]}); expected one sheet a learner and time"
                )
                continue
            known.append((where, sheet.asked))
            if sheet.answers:
                answered.append(sheet)
    if problems:
        shown = problems[:_PROBLEMS_SHOWN]
        if len(problems) > len(shown):
            shown.append(f"and {len(problems) - len(shown)} more")
        raise ClassroomError(
            "The answers cannot be counted yet. Mend these, and run the command again:\n  "
            + "\n  ".join(shown)
        )
    return answered


def _by_learner(sheets: Iterable[_Sheet]) -> _Answers:
    answers: _Answers = {time: {} for time in TIMES}
    for learner, when, asked, given in sheets:
        code = learner.casefold()
        before = answers[when].get(code, _Sheet(code, when, frozenset(), {}))
        answers[when][code] = _Sheet(code, when, before.asked | asked, before.answers | given)
    return answers


# ---- the report ---------------------------------------------------------------------------------


def _count(k: int, n: int) -> str:
    """k of n people in words that never show one to four of them."""
    if n < FEW:
        return "fewer than five answered"
    if k == 0:
        return f"none of {n}"
    if k < FEW:
        return f"fewer than five of {n}"
    if k == n:
        return f"all {n}"
    if n - k < FEW:
        return f"all but fewer than five of {n}"
    return f"{k} of {n}"


def _shown(k: int, n: int) -> bool:
    """Whether the very numbers may be seen: neither side holds one to four people."""
    return n >= FEW and not 0 < k < FEW and not 0 < n - k < FEW


def _share(k: int, n: int) -> str:
    """A share in percent with Wilson's 95 % confidence interval, or the guarded words."""
    from scipy.stats import binomtest

    words = _count(k, n)
    if not _shown(k, n):
        return words
    interval = binomtest(k, n).proportion_ci(method="wilson")
    return f"{words}, {k / n:.0%} [{interval.low:.0%} to {interval.high:.0%}]"


_Offered = dict[str, set[str]]
"""Question → the letters of its options that show one misconception."""


def _asked(answers: _Answers) -> dict[str, set[str]]:
    """The questions that were asked, for each time of which anything is shown."""
    return {
        time: {name for sheet in sheets.values() for name in sheet.asked}
        for time, sheets in answers.items()
        if len(sheets) >= FEW
    }


def _comparable(asked: dict[str, set[str]], misconception: str) -> list[_Offered]:
    """The questions in which a misconception is counted: those of both times where there are any.

    Otherwise each time has its own, and its count stands alone.
    """
    offered: _Offered = {}
    for question in load().questions:
        letters = {k for k, o in question.options.items() if o.misconception == misconception}
        if letters:
            offered[question.name] = letters
    both = set.intersection(*asked.values())
    sets = [both] if both & set(offered) else list(asked.values())
    found = [{name: offered[name] for name in offered if name in one} for one in sets]
    return [one for one in found if one]


def _chance(offered: _Offered, answers: _Answers) -> float:
    """The share of pure guessers who would choose the misconception on the sheets of this class."""
    chances = []
    for sheet in (sheet for sheets in answers.values() for sheet in sheets.values()):
        if names := set(offered) & sheet.asked:
            spared = math.prod(1 - len(offered[name]) / len(LETTERS) for name in names)
            chances.append(1 - spared)
    return sum(chances) / len(chances)


def _held(sheets: dict[str, _Sheet], offered: _Offered) -> tuple[int, int]:
    """How many learners chose an option of a misconception, of how many who could have."""
    given = [sheet.answers for sheet in sheets.values()]
    could = [answers for answers in given if set(offered) & set(answers)]
    chose = [a for a in could if any(a.get(name) in offered[name] for name in offered)]
    return len(chose), len(could)


def _rank(k: int, n: int) -> float:
    """For sorting: counts that are not shown must not be told apart by their place either."""
    if n < FEW or k == 0:
        return 0.0
    if k < FEW:
        return 1e-9
    return k / n if n - k >= FEW or k == n else (n - FEW + 1) / n


def _misconception_lines(answers: _Answers) -> list[str]:
    asked, rows, few, nobody = _asked(answers), [], [], []
    for name, misconception in load().misconceptions.items():
        for offered in _comparable(asked, name):
            times = [time for time in asked if asked[time] & set(offered)]
            counts = [(time, *_held(answers[time], offered)) for time in times]
            if not any(k or 0 < n < FEW for _, k, n in counts):
                nobody.append(misconception.phrase)
            elif all(k < FEW or n < FEW for _, k, n in counts):
                few.append(misconception.phrase)
            else:
                (time, k, n), *rest = counts
                text = f"{_count(k, n)} {misconception.phrase} ({time})"
                text += "".join(f", {_count(k, n)} ({time})" for time, k, n in rest)
                questions, guessed = len(offered), _chance(offered, answers)
                noun = "question" if questions == 1 else "questions"
                text += f" [{', '.join(misconception.lessons)}; {questions} {noun}, {guessed:.0%}]"
                rows.append(([_rank(k, n) for _, k, n in counts], text))
    rows.sort(key=lambda row: row[0], reverse=True)
    lines = [_wrapped(text, "    ", "  ") for _, text in rows]
    for words, phrases in (("fewer than five each", few), ("nobody", nobody)):
        if phrases:
            lines.append(_wrapped(f"{words}: {'; '.join(phrases)}.", "    ", "  "))
    return lines


def _parts(sheets: Iterable[_Sheet]) -> list[list[Question]]:
    """The questions that were always asked together, in the order of the course.

    One sheet is one part. Several are several, and where they share questions, these are a part of
    their own: so a score is always that of the same questions.
    """
    headers = {sheet.asked for sheet in sheets}
    parts: dict[frozenset[frozenset[str]], list[Question]] = {}
    for question in load().questions:
        if held := frozenset(header for header in headers if question.name in header):
            parts.setdefault(held, []).append(question)
    return list(parts.values())


def _of(sheets: dict[str, _Sheet], part: list[Question]) -> dict[str, dict[str, str]]:
    """Learner → answers, of those who were asked the questions of a part."""
    return {code: s.answers for code, s in sheets.items() if part[0].name in s.asked}


def _question_lines(answers: _Answers, parts: list[list[Question]]) -> list[str]:
    width = max(len(question.name) for part in parts for question in part)
    lines = []
    for part in parts:
        asked = {time: _of(answers[time], part) for time in TIMES if len(answers[time]) >= FEW}
        for question in part:
            shown = []
            for time, sheets in asked.items():
                given = [
                    sheet[question.name] for sheet in sheets.values() if question.name in sheet
                ]
                if sheets:
                    right = sum(letter == question.answer for letter in given)
                    shown.append(f"{time}: {_share(right, len(given))}")
            words = " · ".join(shown) or "fewer than five answered"
            lines.append(f"  {question.name.ljust(width)}  {words}")
    return lines


def _score(sheet: dict[str, str], part: list[Question]) -> int:
    return sum(sheet.get(question.name) == question.answer for question in part)


def _left_out(sheet: dict[str, str], part: list[Question]) -> int:
    return sum(question.name not in sheet for question in part)


def _score_lines(answers: _Answers, part: list[Question]) -> list[str]:
    import numpy as np
    from scipy.stats import ttest_1samp

    if len(part) < FEW:  # the mean of a single question would tell how many were right
        return ["  not shown: of fewer than five questions a mean could show single answers"]
    asked = {time: _of(answers[time], part) for time in TIMES}
    both = sorted(set(asked["before"]) & set(asked["after"]))
    if len(both) < FEW:
        lines = []
        for time, sheets in asked.items():
            if len(sheets) >= FEW:
                right, out = (
                    np.mean([count(sheet, part) for sheet in sheets.values()])
                    for count in (_score, _left_out)
                )
                text = f"  {time}: mean {right:.1f} right, {out:.1f} left out"
                lines.append(f"{text} ({len(sheets)} learners)")
        number = "fewer than five" if both else "nobody"
        return [*lines, f"  change: not shown, because {number} answered both times"]
    # The means are those of the same people, too: beside the means of all, they would give away
    # the score of the one person who was ill the second time.
    before, after = (np.array([_score(asked[time][code], part) for code in both]) for time in TIMES)
    change = after - before
    text = f"  the {len(both)} who answered both times: mean {before.mean():.1f} before, "
    text += f"{after.mean():.1f} after, change {change.mean():+.1f}"
    out = [np.mean([_left_out(asked[time][code], part) for code in both]) for time in TIMES]
    left = f"  left out by the same people: mean {out[0]:.1f} before, {out[1]:.1f} after"
    if np.ptp(change) == 0:
        return [f"{text} (no interval: everybody changed by the same)", left]
    # Student's t for the mean change, and no bootstrap: in a class of five to thirty the percentile
    # bootstrap is too narrow, and a sum of many answers is near enough to a normal one.
    interval = ttest_1samp(change, 0).confidence_interval(0.95)
    return [f"{text} [{interval.low:+.1f} to {interval.high:+.1f}]", left]


def _scores(answers: _Answers, parts: list[list[Question]]) -> Iterator[str]:
    """The score of each part. One alone needs no name; several are named by first and last."""
    for part in parts:
        which = str(len(part))
        if len(parts) > 1:
            last = f" to {part[-1].name}" if len(part) > 1 else ""
            which += f" ({part[0].name}{last})"
        yield f"Score: right answers of {which}, what was left out counts as not right " + (
            "[95 %, Student's t, paired]"
        )
        yield from _score_lines(answers, part)


def report(files: Iterable[str | Path]) -> str:
    """Count misconceptions, right answers and the change of the score in a class.

    Parameters
    ----------
    files : iterable of str or Path
        Filled-in ``answers.csv`` files of any sheets: ``learner`` (a code, no name), ``when``
        (before or after) and a column for each question that was asked (a, b, c, d or nothing),
        under its name, or under q01 to q20 as in tables of the first twenty. Commas, semicolons or
        tabs; UTF-8 with or without a byte-order mark, UTF-16 with one, or Windows' cp1252.

    Returns
    -------
    str
        The report. Each misconception counts learners: those who chose one of its options, of
        those who answered a question that offers it; beside it stands how many questions do, and
        the share of pure guessers who would be counted. Before and after are compared for the same
        questions only, also where other sheets were asked the second time. Intervals of shares are
        Wilson's, that of the change is Student's t for paired scores, both at 95 %. A count of one
        to four people, or of all but one to four, is not shown.

    Raises
    ------
    ClassroomError
        When an answer cannot be understood; the text names file, line and what was expected.

    Examples
    --------
    >>> import tempfile
    >>> header = "learner,when,1 screening-test,2 stroke-risk"
    >>> sheets = [f"{code},before,a,d" for code in range(1, 7)]
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "answers.csv"
    ...     _ = file.write_text("\\n".join([header, *sheets]), encoding="utf-8")
    ...     print(report([file]))
    Concept inventory: 6 learners answered before the course, nobody after it...
      all 6 confused sensitivity with predictive value (before) [05; 1 question, 25%]
    ...
      screening-test  before: none of 6, 0% [0% to 39%]
    ...
    """
    sheets = _read_all(files)
    answers, parts = _by_learner(sheets), _parts(sheets)
    numbers = {}
    for time in TIMES:
        n = len(answers[time])
        numbers[time] = "nobody" if n == 0 else "fewer than five" if n < FEW else str(n)
    noun = "" if numbers["before"] == "nobody" else " learners"
    lines = [
        f"Concept inventory: {numbers['before']}{noun} answered before the course, "
        f"{numbers['after']} after it.",
        "Counted on this machine; nothing is sent anywhere, and no code is shown.",
    ]
    if all(len(answers[time]) < FEW for time in TIMES):
        lines.append(
            "With fewer than five people nothing more is shown: single persons could be made out."
        )
        return "\n".join(lines)
    lines += [
        "One to four people are written as 'fewer than five'.",
        "",
        "Misconceptions: learners who chose one, of those who answered such a question",
        "[lessons; number of such questions, and the share of pure guessers who would choose one]",
        *_misconception_lines(answers),
        "  These counts carry no interval, and before and after may be different people: take a",
        "  small difference for nothing.",
        "",
        "Right answers, of those who answered [95 % confidence interval, Wilson's]",
        *_question_lines(answers, parts),
        "",
        *_scores(answers, parts),
        "  Where fewer are left out the second time, guessing alone raises the score.",
        "",
        "The intervals say what chance does to a class of this size. They cannot say why a class "
        "changed:",
        "nobody here was taught without the course.",
    ]
    return "\n".join(lines)
