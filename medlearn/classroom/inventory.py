"""The concept inventory: twenty questions before and after, and what a class took from them.

The questions, their key and the misconceptions stand in ``inventory.toml``. Learners answer on
paper or in the table; a teacher types the answers in under codes, never under names. Everything is
computed on this machine, and nothing is sent anywhere.
"""

from __future__ import annotations

import csv
import functools
import io
import textwrap
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from medlearn.classroom import ClassroomError, spreadsheets
from medlearn.files import replace_file

__all__ = ["Inventory", "Misconception", "Option", "Question", "load", "report", "write"]

LETTERS = "abcd"
TIMES = ("before", "after")
FEW = 5  # counts below this are not shown, so that no single person can be made out
WIDTH = 98
_PROBLEMS_SHOWN = 10


class Option(NamedTuple):
    """One of the four answers; `misconception` is the id of one, None for the right answer."""

    text: str
    why: str
    misconception: str | None


class Question(NamedTuple):
    """A question: `name` is q01 to q20, `answer` the letter of the right option."""

    name: str
    lessons: tuple[str, ...]
    stem: str
    answer: str
    options: dict[str, Option]


class Misconception(NamedTuple):
    """What somebody did who chose the option, and the lessons that treat it."""

    phrase: str
    lessons: tuple[str, ...]


class Inventory(NamedTuple):
    """The questions in their order, and the misconceptions by id."""

    questions: tuple[Question, ...]
    misconceptions: dict[str, Misconception]


def _one_line(text: str) -> str:
    return " ".join(text.split())


@functools.cache
def load() -> Inventory:
    """Return the questions and the misconceptions.

    Returns
    -------
    Inventory

    Examples
    --------
    >>> inventory = load()
    >>> len(inventory.questions), inventory.questions[0].name
    (20, 'q01')
    >>> inventory.misconceptions["sensitivity-as-predictive-value"].phrase
    'confused sensitivity with predictive value'
    """
    text = Path(__file__).with_name("inventory.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    questions = []
    for number, entry in enumerate(table["questions"], start=1):
        options = {
            letter: Option(
                _one_line(entry[letter]["text"]),
                _one_line(entry[letter]["why"]),
                entry[letter].get("misconception"),
            )
            for letter in LETTERS
        }
        question = Question(
            f"q{number:02d}",
            tuple(entry["lessons"]),
            _one_line(entry["stem"]),
            entry["answer"],
            options,
        )
        questions.append(question)
    misconceptions = {
        name: Misconception(entry["phrase"], tuple(entry["lessons"]))
        for name, entry in table["misconceptions"].items()
    }
    return Inventory(tuple(questions), misconceptions)


def _columns() -> list[str]:
    return ["learner", "when", *(question.name for question in load().questions)]


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


def _questions_page() -> str:
    parts = [
        "# Twenty questions",
        "**Code:** ______________  **When:** ☐ before the course  ☐ after the course",
        _wrapped(
            "These questions give no mark. Your teacher wants to see what the class takes from the "
            "course. Write a code, not your name: the first two letters of your mother's first "
            "name, the first letter of the town in which you were born, and the day of the month "
            "of your birth, as in ANB07. You can make the same code again after the course. "
            "Circle one letter for each question. If you do not know, leave the question "
            "out rather than guess. You need no calculator and no book."
        ),
    ]
    for number, question in enumerate(load().questions, start=1):
        lines = [f"## Question {number}", "", _wrapped(question.stem), ""]
        for letter, option in question.options.items():
            lines.append(_wrapped(option.text, "      ", f"- **{letter}** "))
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def _key_page() -> str:
    inventory = load()
    parts = [
        "# Twenty questions: the key",
        _wrapped(
            "For teachers. The key is public, as everything in this course is: the inventory shows "
            "what a class takes from the course and must not be used for marks."
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
                    "Print `questions.md`, once before the first lesson and once after the last. "
                    "It takes 25 to 30 minutes. Do not discuss the answers after the first time.",
                    "Type the answers into `answers.csv`, one line for each sheet: the code, "
                    "`before` or `after`, and a, b, c or d under each question; what was left out "
                    "stays empty. A spreadsheet may save it with commas, semicolons or tabs.",
                    "`python -m medlearn classroom report answers.csv` counts. It sends nothing "
                    "anywhere, and shows no count of one to four people.",
                    "Each right answer counts one point. Each wrong option belongs to one "
                    "misconception, printed in *italics* below with the lessons that treat it. "
                    "Whoever dares more the second time gains points by guessing: read the change "
                    "of the score beside the number of questions left out, which the report "
                    "prints.",
                )
            ]
        ),
    ]
    for number, question in enumerate(inventory.questions, start=1):
        lines = [
            f"## Question {number} ({_lessons(question.lessons)})",
            "",
            _wrapped(question.stem),
            "",
        ]
        for letter, option in question.options.items():
            words, bullet = f"{option.text} **Right.** {option.why}", f"- **{letter}** "
            if option.misconception:
                wrong = inventory.misconceptions[option.misconception]
                words = f"{option.text} {option.why} *{wrong.phrase}* ({_lessons(wrong.lessons)})"
                bullet = f"- {letter} "
            lines.append(_wrapped(words, "  ", bullet))
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def write(folder: str | Path) -> list[str]:
    """Write the questions, the key and an empty table for the answers into a folder.

    Parameters
    ----------
    folder : str or Path
        New or empty. It is made when it is missing.

    Returns
    -------
    list of str
        Lines for the person: what was written and what comes next.

    Raises
    ------
    ClassroomError
        When there is something in the folder, or it is a file. Nothing is written then.
    OSError
        When the disk is full or the folder cannot be written to. What was begun is taken away.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     lines = write(folder)
    ...     sorted(path.name for path in Path(folder).iterdir())
    ['answers.csv', 'key.md', 'questions.md']
    """
    folder = Path(folder)
    if folder.exists() and not folder.is_dir():
        raise ClassroomError(f"{folder} is a file. Name a new or empty folder.")
    if folder.is_dir() and any(folder.iterdir()):
        raise ClassroomError(
            f"{folder} is not empty, and nothing in it is overwritten. Name a new or empty folder."
        )
    contents = {
        "questions.md": _questions_page(),
        "key.md": _key_page(),
        "answers.csv": ",".join(_columns()) + "\n",
    }
    made = not folder.exists()
    try:
        for name, text in contents.items():
            replace_file(folder / name, text.encode("utf-8"))
    except BaseException:
        for name in contents:
            (folder / name).unlink(missing_ok=True)
        if made and folder.is_dir():
            folder.rmdir()
        raise
    return [
        f"✓ {folder / 'questions.md'}: print it, once before the course and once after.",
        f"✓ {folder / 'key.md'}: the right answers, a reason for each option, how to use it.",
        f"✓ {folder / 'answers.csv'}: one line for each sheet, with a code and no name.",
        f"Then: python -m medlearn classroom report {folder / 'answers.csv'}",
    ]


# ---- reading the answers ------------------------------------------------------------------------


class _Sheet(NamedTuple):
    """One person's answers at one time; a question that was left out is not in `answers`."""

    learner: str
    when: str
    answers: dict[str, str]


def _header(row: list[str], where: str) -> list[str]:
    names = [name.lower() for name in row]
    names = [
        f"q{int(n[1:]):02d}" if n[:1] == "q" and n[1:].isascii() and n[1:].isdigit() else n
        for n in names
    ]
    while names and not names[-1]:
        names.pop()
    wanted = _columns()
    missing = [name for name in wanted if name not in names]
    unknown = [name or "(no name)" for name in names if name not in wanted]
    twice = sorted({name for name in names if name in wanted and names.count(name) > 1})
    wrong = [
        *([f"missing: {', '.join(missing)}"] if missing else []),
        *([f"unknown: {', '.join(unknown)}"] if unknown else []),
        *([f"twice: {', '.join(twice)}"] if twice else []),
    ]
    if wrong:
        raise ClassroomError(
            f"{where}: the columns are not as expected ({'; '.join(wrong)}). The first line must "
            f"read learner, when, q01, …, {wanted[-1]}, as `classroom inventory` writes it. Names "
            "of people do not belong in this file."
        )
    return names


def _sheet(values: dict[str, str]) -> tuple[_Sheet | None, list[str]]:
    """One line of the table: the sheet, or what is wrong with it."""
    problems = []
    learner, when = values.pop("learner"), values.pop("when").lower()
    if not learner:
        problems.append("there is no code in the column learner")
    if when not in TIMES:
        problems.append(f"when is {when!r}; expected before or after")
    answers = {}
    for question, value in values.items():
        letter = value.lower()
        if letter and (len(letter) > 1 or letter not in LETTERS):
            problems.append(f"{question} is {value!r}; expected a, b, c, d or nothing")
        elif letter:
            answers[question] = letter
    return (None, problems) if problems else (_Sheet(learner, when, answers), [])


def _read(path: Path) -> tuple[list[tuple[str, _Sheet]], list[str]]:
    """The sheets of one file with their places, and every problem with its place."""
    lines = spreadsheets.text(path).splitlines(keepends=True)
    separator, skipped = spreadsheets.separator(lines)
    reader = csv.reader(io.StringIO("".join(lines[skipped:]), newline=""), delimiter=separator)
    sheets, problems, names = [], [], None
    try:
        for row in reader:
            where = f"{path}, line {skipped + reader.line_num}"
            cells = [cell.strip() for cell in row]
            if not any(cells):
                continue
            if names is None:
                names = _header(cells, where)
                continue
            # A line that is too short has lost a separator, and every answer behind it would count
            # for another question.
            if len(cells) < len(names) or any(cells[len(names) :]):
                problems.append(
                    f"{where}: {len(cells)} entries; expected {len(names)}, one a column. What "
                    "was left out stays empty between its separators"
                )
                continue
            sheet, wrong = _sheet(dict(zip(names, cells, strict=False)))
            problems += [f"{where}: {problem}" for problem in wrong]
            if sheet:
                sheets.append((where, sheet))
    except csv.Error as error:
        raise ClassroomError(f"{path}, line {skipped + reader.line_num}: {error}.") from None
    if names is None:
        raise ClassroomError(f"{path} is empty. Expected the table of `classroom inventory`.")
    return sheets, problems


def _read_all(files: Iterable[str | Path]) -> dict[str, dict[str, dict[str, str]]]:
    """Answers by time and learner. A sheet on which nothing was answered does not count."""
    answers: dict[str, dict[str, dict[str, str]]] = {time: {} for time in TIMES}
    places: dict[tuple[str, str], str] = {}
    problems: list[str] = []
    for path in map(Path, files):
        sheets, wrong = _read(path)
        problems += wrong
        for where, sheet in sheets:
            known = (sheet.learner.casefold(), sheet.when)
            if known in places:
                problems.append(
                    f"{where}: learner {sheet.learner!r} has a sheet {sheet.when!r} already "
                    f"({places[known]}); expected one sheet a learner and time"
                )
                continue
            places[known] = where
            if sheet.answers:
                answers[sheet.when][known[0]] = sheet.answers
    if problems:
        shown = problems[:_PROBLEMS_SHOWN]
        if len(problems) > len(shown):
            shown.append(f"and {len(problems) - len(shown)} more")
        raise ClassroomError(
            "The answers cannot be counted yet. Mend these, and run the command again:\n  "
            + "\n  ".join(shown)
        )
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


def _chances(name: str) -> tuple[int, float]:
    """How many questions offer a misconception, and the share of pure guessers who choose it."""
    wrong, spared = 0, 1.0
    for question in load().questions:
        options = sum(o.misconception == name for o in question.options.values())
        wrong += options > 0
        spared *= 1 - options / len(question.options)
    return wrong, 1 - spared


def _held(answers: dict[str, dict[str, str]], name: str) -> tuple[int, int]:
    """How many learners chose an option of a misconception, of how many who could have."""
    offered = {
        question.name: {
            letter for letter, option in question.options.items() if option.misconception == name
        }
        for question in load().questions
    }
    offered = {question: letters for question, letters in offered.items() if letters}
    asked = [sheet for sheet in answers.values() if any(q in sheet for q in offered)]
    chose = [sheet for sheet in asked if any(sheet.get(q) in offered[q] for q in offered)]
    return len(chose), len(asked)


def _rank(k: int, n: int) -> float:
    """For sorting: counts that are not shown must not be told apart by their place either."""
    if n < FEW or k == 0:
        return 0.0
    if k < FEW:
        return 1e-9
    return k / n if n - k >= FEW or k == n else (n - FEW + 1) / n


def _misconception_lines(answers: dict[str, dict[str, dict[str, str]]]) -> list[str]:
    rows, few, nobody = [], [], []
    for name, misconception in load().misconceptions.items():
        counts = [(t, *_held(answers[t], name)) for t in TIMES if len(answers[t]) >= FEW]
        if not any(k for _, k, _ in counts):
            nobody.append(misconception.phrase)
        elif all(k < FEW or n < FEW for _, k, n in counts):
            few.append(misconception.phrase)
        else:
            (time, k, n), *rest = counts
            text = f"{_count(k, n)} {misconception.phrase} ({time})"
            text += "".join(f", {_count(k, n)} ({time})" for time, k, n in rest)
            ranks = [_rank(k, n) for _, k, n in counts]
            questions, guessed = _chances(name)
            noun = "question" if questions == 1 else "questions"
            text += f" [{', '.join(misconception.lessons)}; {questions} {noun}, {guessed:.0%}]"
            rows.append((ranks, text))
    rows.sort(key=lambda row: row[0], reverse=True)
    lines = [_wrapped(text, "    ", "  ") for _, text in rows]
    for words, phrases in (("fewer than five each", few), ("nobody", nobody)):
        if phrases:
            lines.append(_wrapped(f"{words}: {'; '.join(phrases)}.", "    ", "  "))
    return lines


def _question_lines(answers: dict[str, dict[str, dict[str, str]]]) -> list[str]:
    lines = []
    for question in load().questions:
        parts = []
        for time in TIMES:
            sheets = answers[time]
            if len(sheets) < FEW:
                continue
            given = [sheet[question.name] for sheet in sheets.values() if question.name in sheet]
            right = sum(letter == question.answer for letter in given)
            parts.append(f"{time}: {_share(right, len(given))}")
        lines.append(f"  {question.name}  {' · '.join(parts)}")
    return lines


def _score(sheet: dict[str, str]) -> int:
    return sum(sheet.get(question.name) == question.answer for question in load().questions)


def _left_out(sheet: dict[str, str]) -> int:
    return len(load().questions) - len(sheet)


def _score_lines(answers: dict[str, dict[str, dict[str, str]]]) -> list[str]:
    import numpy as np
    from scipy.stats import ttest_1samp

    both = sorted(set(answers["before"]) & set(answers["after"]))
    if len(both) < FEW:
        lines = []
        for time in TIMES:
            if len(answers[time]) >= FEW:
                sheets = answers[time].values()
                mean, out = (np.mean([f(sheet) for sheet in sheets]) for f in (_score, _left_out))
                text = f"  {time}: mean {mean:.1f} right, {out:.1f} left out"
                lines.append(f"{text} ({len(sheets)} learners)")
        number = "fewer than five" if both else "nobody"
        return [*lines, f"  change: not shown, because {number} answered both times"]
    # The means are those of the same people, too: beside the means of all, they would give away
    # the score of the one person who was ill the second time.
    before, after = (np.array([_score(answers[time][code]) for code in both]) for time in TIMES)
    change = after - before
    text = f"  the {len(both)} who answered both times: mean {before.mean():.1f} before, "
    text += f"{after.mean():.1f} after, change {change.mean():+.1f}"
    out = [np.mean([_left_out(answers[time][code]) for code in both]) for time in TIMES]
    left = f"  left out by the same people: mean {out[0]:.1f} before, {out[1]:.1f} after"
    if np.ptp(change) == 0:
        return [f"{text} (no interval: everybody changed by the same)", left]
    # Student's t for the mean change, and no bootstrap: in a class of five to thirty the percentile
    # bootstrap is too narrow, and a sum of twenty answers is near enough to a normal one.
    interval = ttest_1samp(change, 0).confidence_interval(0.95)
    return [f"{text} [{interval.low:+.1f} to {interval.high:+.1f}]", left]


def report(files: Iterable[str | Path]) -> str:
    """Count misconceptions, right answers and the change of the score in a class.

    Parameters
    ----------
    files : iterable of str or Path
        Filled-in ``answers.csv`` files: ``learner`` (a code, no name), ``when`` (before or after)
        and ``q01`` to ``q20`` (a, b, c, d or nothing). Commas, semicolons or tabs; UTF-8 with or
        without a byte-order mark, UTF-16 with one, or Windows' cp1252.

    Returns
    -------
    str
        The report. Each misconception counts learners: those who chose one of its options, of
        those who answered a question that offers it; beside it stands how many questions do, and
        the share of pure guessers who would be counted. Intervals of shares are Wilson's, that of
        the change is Student's t for paired scores, both at 95 %. A count of one to four people, or
        of all but one to four, is not shown.

    Raises
    ------
    ClassroomError
        When an answer cannot be understood; the text names file, line and what was expected.

    Examples
    --------
    >>> import tempfile
    >>> header = ",".join(["learner", "when", *(f"q{n:02d}" for n in range(1, 21))])
    >>> sheets = [f"{code},before" + ",a" * 20 for code in range(1, 7)]
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "answers.csv"
    ...     _ = file.write_text("\\n".join([header, *sheets]), encoding="utf-8")
    ...     print(report([file]))
    Concept inventory: 6 learners answered before the course, nobody after it...
      all 6 confused sensitivity with predictive value (before) [05; 1 question, 25%]
    ...
    """
    answers = _read_all(files)
    numbers = {}
    for time in TIMES:
        n = len(answers[time])
        numbers[time] = "nobody" if n == 0 else "fewer than five" if n < FEW else str(n)
    noun = "" if numbers["before"] == "nobody" else " learners"
    parts = [
        f"Concept inventory: {numbers['before']}{noun} answered before the course, "
        f"{numbers['after']} after it.",
        "Counted on this machine; nothing is sent anywhere, and no code is shown.",
    ]
    if all(len(answers[time]) < FEW for time in TIMES):
        parts.append(
            "With fewer than five people nothing more is shown: single persons could be made out."
        )
        return "\n".join(parts)
    parts += [
        "One to four people are written as 'fewer than five'.",
        "",
        "Misconceptions: learners who chose one, of those who answered such a question",
        "[lessons; number of such questions, and the share of pure guessers who would choose one]",
        *_misconception_lines(answers),
        "  These counts carry no interval, and before and after may be different people: take a",
        "  small difference for nothing.",
        "",
        "Right answers, of those who answered [95 % confidence interval, Wilson's]",
        *_question_lines(answers),
        "",
        f"Score: right answers of {len(load().questions)}, what was left out counts as not right "
        "[95 %, Student's t, paired]",
        *_score_lines(answers),
        "  Where fewer are left out the second time, guessing alone raises the score.",
        "",
        "The intervals say what chance does to a class of this size. They cannot say why a class "
        "changed:",
        "nobody here was taught without the course.",
    ]
    return "\n".join(parts)
