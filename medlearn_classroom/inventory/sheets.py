"""The sheets of questions that are handed out, each with its key and a table for the answers.

Their fixed words are translated, the questions stand as the lessons' pages ask them. The head of
the table is read by programs and is in no language.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path

from medlearn.language import N_, _, ngettext
from medlearn_classroom import folders, spreadsheets
from medlearn_classroom.inventory.questions import load
from medlearn_classroom.inventory.versions import Version, versions
from medlearn_classroom.words import lessons_named, wrapped

__all__ = ["write"]

USE = (
    N_(
        "Say that taking part is voluntary and without consequence. Everybody makes "
        "the code that the sheet asks for: a card would be lost before the second "
        "time. Whoever knows a person well could guess the code, so show the sheets to "
        "nobody. Two sheets with one code at one time are named by the report: type in "
        "neither."
    ),
    N_(
        "Print `questions.md`, once before the first of these lessons and once after "
        "the last. It takes {fewest} to {most} minutes. Do not discuss the answers after the "
        "first time."
    ),
    N_(
        "Type the answers into `answers.csv`, one line for each sheet: the code, "
        "`before` or `after`, and a, b, c or d under each question; what was left out "
        "stays empty. A column has the question's number on this sheet, and its name, "
        "which is the same on every sheet. A spreadsheet may save the table with "
        "commas, semicolons or tabs."
    ),
    N_(
        "`python -m medlearn classroom report answers.csv` counts. It sends nothing "
        "anywhere, and shows no count of one to four people. It reads the tables of "
        "several sheets together."
    ),
    N_(
        "Each right answer counts one point. Each wrong option belongs to one "
        "misconception, printed in *italics* below with the lessons that treat it. "
        "Whoever dares more the second time gains points by guessing: read the change "
        "of the score beside the number of questions left out, which the report "
        "prints."
    ),
)


def _how_many(version: Version) -> str:
    number = len(version.questions)
    return ngettext("{n} question", "{n} questions", number).format(n=number)


def _questions_page(version: Version) -> str:
    parts = [
        f"# {_how_many(version)}",
        _("**Code:** ______________  **When:** ☐ before  ☐ after  **Sheet:** {sheet}").format(
            sheet=version.name
        ),
        wrapped(
            _(
                "These questions give no mark. Your teacher wants to see what the class takes from "
                "the course. Write a code, not your name: the first two letters of your mother's "
                "first name, the first letter of the town in which you were born, and the day of "
                "the month of your birth, as in ANB07. You can make the same code again after the "
                "course. Circle one letter for each question. If you do not know, leave the "
                "question out rather than guess. You need no calculator and no book."
            )
        ),
    ]
    for number, question in enumerate(version.questions, start=1):
        lines = [_("## Question {number}").format(number=number), "", wrapped(question.stem), ""]
        for letter, option in question.options.items():
            lines.append(wrapped(option.text, "      ", f"- **{letter}** "))
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def _key_page(version: Version) -> str:
    misconceptions, number = load().misconceptions, len(version.questions)
    minutes = {"fewest": math.ceil(1.25 * number), "most": math.ceil(1.5 * number)}
    parts = [
        _("# {questions}: the key").format(questions=_how_many(version)),
        wrapped(
            _(
                "For teachers, to the sheet {sheet}. The key is public, as everything in this "
                "course is: the inventory shows what a class takes from the course and must not be "
                "used for marks."
            ).format(sheet=version.name)
        ),
        _("## How to use it"),
        "\n".join(wrapped(_(text).format(**minutes), "  ", "- ") for text in USE),
    ]
    for number, question in enumerate(version.questions, start=1):
        lines = [
            _("## Question {number}: {name} ({lessons})").format(
                number=number, name=question.name, lessons=lessons_named(question.lessons)
            ),
            "",
            wrapped(question.stem),
            "",
        ]
        for letter, option in question.options.items():
            words, bullet = _("{option} **Right.** {why}"), f"- **{letter}** "
            words = words.format(option=option.text, why=option.why)
            if option.misconception:
                wrong = misconceptions[option.misconception]
                words = (
                    f"{option.text} {option.why} *{wrong.phrase}* ({lessons_named(wrong.lessons)})"
                )
                bullet = f"- {letter} "
            lines.append(wrapped(words, "  ", bullet))
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def _head(version: Version) -> str:
    """The head of the table. A number helps whoever types; the name is what counts.

    The last column stays empty: by its head the encoding is known when the table comes back.
    """
    columns = [f"{n} {question.name}" for n, question in enumerate(version.questions, start=1)]
    head = ["learner", "when", *columns, spreadsheets.MARKER]
    return "\ufeff" + ",".join(head) + "\n"  # the mark by which spreadsheets know UTF-8


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
    places = {folder if len(chosen) == 1 else folder / v.name: v for v in chosen}
    contents = {}
    for place, version in places.items():
        contents[place / "questions.md"] = _questions_page(version)
        contents[place / "key.md"] = _key_page(version)
        contents[place / "answers.csv"] = _head(version)
    folders.write_new(folder, {path: text.encode("utf-8") for path, text in contents.items()})
    made = _("✓ {folder}: {questions} (sheet {name}), key, table")
    tables = " ".join(str(place / "answers.csv") for place in places)
    command = f"python -m medlearn classroom report {tables}"  # no text: a command
    return [
        *(made.format(folder=p, questions=_how_many(v), name=v.name) for p, v in places.items()),
        _("  questions.md: print it, once before these lessons and once after."),
        _("  key.md: the right answers, a reason for each option, how to use it."),
        _("  answers.csv: one line for each sheet, with a code and no name."),
        _("Then: {command}").format(command=command),
    ]
