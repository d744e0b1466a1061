"""Versions of an exam: a page to print, a key with the steps, files for platforms."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random
from typing import NamedTuple

from medlearn.language import _, ngettext
from medlearn_classroom import ClassroomError, folders
from medlearn_classroom.exam import bank
from medlearn_classroom.exam.tasks import Drawn, Task, Wrong
from medlearn_classroom.inventory import versions as chosen
from medlearn_classroom.quizzes import files
from medlearn_classroom.quizzes.items import ChoiceItem, Item, Near, NumberItem, Option
from medlearn_classroom.words import wrapped

__all__ = ["LETTERS", "Asked", "version", "write"]

LETTERS = "abcd"

_LARGE = 1_000_000  # a smaller seed is found by trying


class Asked(NamedTuple):
    """A task as one version asks it: its numbers, and the letters of its options."""

    task: Task
    drawn: Drawn
    options: dict[str, Wrong | None]

    @property
    def answer(self) -> str:
        """The letter of the right option."""
        return next(letter for letter, wrong in self.options.items() if wrong is None)

    def text(self, letter: str) -> str:
        """What stands beside a letter."""
        wrong = self.options[letter]
        return self.drawn.shown(self.drawn.value if wrong is None else wrong.value)


def version(seed: int, number: int, numbers: Iterable[str], each: int | None = None) -> list[Asked]:
    """One version of the exam of a seed.

    All versions ask the same tasks in the same order, with other numbers and other letters.

    Examples
    --------
    >>> [(one.task.name, one.answer) for one in version(4711, 1, ["05"], each=1)]
    [('elsewhere', 'b')]
    """
    asked = []
    for lesson, tasks in bank.load(numbers).items():
        few = len(tasks) if each is None else min(each, len(tasks))
        taken = Random(f"{seed}/{lesson}").sample(range(len(tasks)), few)
        for task in (tasks[index] for index in sorted(taken)):
            drawn = task.draw(f"{seed}/{number}")
            options: list[Wrong | None] = [None, *drawn.wrong[:3]]
            Random(f"{seed}/{number}/{lesson}/{task.name}").shuffle(options)
            asked.append(Asked(task, drawn, dict(zip(LETTERS, options, strict=True))))
    return asked


def _typed(one: Asked, answers: str) -> bool:
    return answers == "numbers" and one.drawn.is_number


def _hint(drawn: Drawn) -> str:
    """How a number is to be typed in."""
    if isinstance(drawn.value, int):
        return _("Give a whole number.")
    said = ngettext("Give {n} decimal.", "Give {n} decimals.", drawn.decimals)
    return said.format(n=drawn.decimals) if drawn.decimals else _("Round to a whole number.")


def _questions_page(asked: Sequence[Asked], number: int, answers: str) -> str:
    parts = [
        _("# Exam, version {number}").format(number=number),
        _("**Name:** ______________________________"),
        _("A pocket calculator is allowed. One answer is right in each question."),
    ]
    for place, one in enumerate(asked, start=1):
        lines = [_("## Question {number}").format(number=place), "", wrapped(one.drawn.question)]
        if _typed(one, answers):
            lines += ["", _hint(one.drawn), "", f"____________ {one.drawn.unit}".rstrip()]
        else:
            lines.append("")
            lines += [wrapped(one.text(k), "      ", f"- **{k}** ") for k in one.options]
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def _key_page(asked: Sequence[Asked], number: int, seed: int, answers: str) -> str:
    letters = " ".join(
        f"{place}{one.answer}"
        for place, one in enumerate(asked, start=1)
        if not _typed(one, answers)
    )
    parts = [
        _("# Exam, version {number}: the key").format(number=number),
        _("Seed {seed}. Whoever knows it can write this exam: keep it to yourself.").format(
            seed=seed
        ),
    ]
    if letters:
        parts.append(wrapped(_("In short: {letters}").format(letters=letters)))
    for place, one in enumerate(asked, start=1):
        heading = _("## Question {number}: lesson {lesson}, {name}").format(
            number=place, lesson=one.task.lesson, name=one.task.name
        )
        right = one.drawn.shown(one.drawn.value)
        if _typed(one, answers):
            tolerance = one.drawn.tolerance
            said = _("**{right}** (right: ± {tolerance:g})") if tolerance else _("**{right}**")
            lines = [said.format(right=right, tolerance=tolerance)]
            wrongs = [(one.drawn.shown(wrong.value), wrong) for wrong in one.drawn.wrong]
        else:
            lines = [_("**{letter}**: {right}").format(letter=one.answer, right=right)]
            wrongs = [(f"{k}: {one.text(k)}", wrong) for k, wrong in one.options.items() if wrong]
        lines += ["", wrapped(one.drawn.question), "", wrapped(one.drawn.solution), ""]
        for shown, wrong in wrongs:
            words = f"{shown} *{wrong.misconception}*: {wrong.why}"
            lines.append(wrapped(words, "  ", "- "))
        parts.append("\n".join([heading, "", *lines]))
    return "\n\n".join(parts) + "\n"


def _item(one: Asked, number: int, answers: str) -> Item:
    name = f"{one.task.lesson}-{one.task.name}-v{number}"
    place = ("medlearn", _("exam, version {number}").format(number=number))
    if _typed(one, answers):
        drawn = one.drawn
        unit = _("Unit: {unit}.").format(unit=drawn.unit) if drawn.unit else ""
        return NumberItem(
            name=name,
            place=place,
            stem=f"{drawn.question}\n\n{_hint(drawn)} {unit}".strip(),
            value=drawn.typed(drawn.value),
            tolerance=f"{drawn.tolerance:g}",
            feedback=drawn.solution,
            near=[Near(drawn.typed(wrong.value), wrong.why) for wrong in drawn.wrong],
        )
    options = {
        letter: Option(one.text(letter), wrong.why if wrong else one.drawn.solution)
        for letter, wrong in one.options.items()
    }
    return ChoiceItem(name, place, one.drawn.question, options, one.answer)


def write(
    folder: str | Path,
    *,
    lessons: Iterable[str],
    seed: int | None = None,
    versions: int = 1,
    each: int | None = None,
    formats: Iterable[str] = (),
    answers: str = "letters",
) -> list[str]:
    """Write versions of an exam, each in a folder of its own.

    Parameters
    ----------
    folder : str or Path
        New or empty. It is made when it is missing.
    lessons : iterable of str
        As in "05" or "00-08".
    seed : int, optional
        The same seed writes the same exam. By default a new one, which the key tells.
    versions : int
        How many.
    each : int, optional
        Questions of each lesson; all by default. Every version asks the same ones.
    formats : iterable of str
        Of `quizzes.files.FORMATS`: files for platforms beside the pages.
    answers : {"letters", "numbers"}
        Whether one of four options is chosen, or the number is given.

    Returns
    -------
    list of str
        Lines for the person.

    Raises
    ------
    ClassroomError
        When there is something in the folder, or it is a file, or a lesson does not exist, or has
        no tasks.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     lines = write(folder, lessons=["05"], seed=4711, versions=2)
    ...     sorted(path.as_posix()[len(folder) + 1 :] for path in Path(folder).rglob("*.md"))
    ['version-1/key.md', 'version-1/questions.md', 'version-2/key.md', 'version-2/questions.md']
    """
    folder, formats = Path(folder), list(formats)
    numbers, known = chosen.numbers_of(lessons), bank.load()
    if missing := [number for number in numbers if number not in known]:
        said = _("The exam bank has nothing of lesson {missing}. Lessons: {known}.")
        raise ClassroomError(said.format(missing=", ".join(missing), known=", ".join(known)))
    new = seed is None
    seed = secrets.randbelow(10**12) if seed is None else seed
    contents: dict[Path, bytes] = {}
    for number in range(1, versions + 1):
        asked, place = version(seed, number, numbers, each), folder / f"version-{number}"
        contents[place / "questions.md"] = _questions_page(asked, number, answers).encode()
        contents[place / "key.md"] = _key_page(asked, number, seed, answers).encode()
        items = [_item(one, number, answers) for one in asked]
        for name, data in files.contents(items, formats).items():
            contents[place / name] = data
    folders.write_new(folder, contents)
    words = ngettext(
        "✓ {folder}: {n} question, versions: {versions}",
        "✓ {folder}: {n} questions, versions: {versions}",
        len(asked),
    )
    lines = [
        words.format(folder=folder, n=len(asked), versions=versions),
        _("  questions.md: print it, one version for each row of seats."),
        _("  key.md: the answers with their steps, and what each wrong one says."),
        *files.said(formats),
    ]
    if new:
        lines.append(_("The seed is new; the keys tell it. Keep it: it writes this exam again."))
    elif seed < _LARGE:
        lines.append(
            _(
                "! The tasks are public, and a short seed is found by trying. For a real exam "
                "leave --seed out, or take one of nine digits."
            )
        )
    return lines
