"""The questions of the concept inventory, read from the lessons' teaching pages.

Each lesson asks its own, in the section ``## Questions`` of ``teaching/lessons/NN_name.md``: one
fenced block of TOML with the questions, their key, and the misconceptions that this lesson is the
first to treat. A question is known by its name; its number is its place on one printed sheet. Name
and letters stay once the question was asked: the tables of answers hold them, and nothing else.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from medlearn import lessons
from medlearn.language import N_, _, ngettext
from medlearn.records import Reader
from medlearn_classroom import ClassroomError

__all__ = ["LETTERS", "Inventory", "Misconception", "Option", "Question", "load"]

LETTERS = "abcd"

_SECTION = re.compile(r"(?m)^## Questions[ \t]*$")
_BLOCK = re.compile(r"(?ms)^```toml[ \t]*\n(.*?)^```[ \t]*$")
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_FORMER = re.compile(r"q\d\d")


class Option(NamedTuple):
    """One of the four answers; `misconception` is the id of one, None for the right answer."""

    text: str
    why: str
    misconception: str | None


class Question(NamedTuple):
    """One question, which belongs to the lesson on whose page it stands.

    `lessons` are all that treat it, and `answer` is the letter of the right option. `formerly` is
    its column in tables of the first twenty questions, q01 to q20; empty for the others.
    """

    name: str
    lesson: str
    block: str
    lessons: tuple[str, ...]
    stem: str
    answer: str
    options: dict[str, Option]
    formerly: str


class Misconception(NamedTuple):
    """What somebody did who chose the option, and the lessons that treat it."""

    phrase: str
    lessons: tuple[str, ...]


class Inventory(NamedTuple):
    """All questions in the order of the lessons, and the misconceptions by id."""

    questions: tuple[Question, ...]
    misconceptions: dict[str, Misconception]


# ---- one page -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Option:
    """The fields of an option, as a page writes them."""

    text: str
    why: str
    misconception: str = ""


@dataclass(frozen=True)
class _Question:
    """The fields of a question, as a page writes them."""

    name: str
    stem: str
    answer: str
    a: _Option
    b: _Option
    c: _Option
    d: _Option
    also: tuple[str, ...] = ()
    formerly: str = ""


@dataclass(frozen=True)
class _Misconception:
    """The fields of a misconception, as a page writes them."""

    phrase: str
    also: tuple[str, ...] = ()


def _block(page: Path, where: str) -> str:
    """The questions' block of a page; nothing for a page without the section."""
    text = page.read_text(encoding="utf-8")
    section = _SECTION.search(text)
    if not section:
        return ""
    blocks = list(_BLOCK.finditer(text, section.end()))
    if len(blocks) != 1:
        said = ngettext(
            "{where}, line {line}: the section Questions holds {n} block; expected one, which "
            "begins with a line ```toml and ends with a line ```.",
            "{where}, line {line}: the section Questions holds {n} blocks; expected one, which "
            "begins with a line ```toml and ends with a line ```.",
            len(blocks),
        )
        line = text.count("\n", 0, section.start()) + 1
        raise ClassroomError(said.format(where=where, line=line, n=len(blocks)))
    # As many empty lines as stand above the block: the parser then names the lines of the page.
    return "\n" * text.count("\n", 0, blocks[0].start(1)) + blocks[0][1]


def _treated(lesson: lessons.Lesson, also: Iterable[str], reader: Reader, where: str) -> tuple:
    """The lesson and those that treat the same, in the order of the course."""
    for number in also:
        if not re.fullmatch(r"\d\d", number):
            said = _('also should list other lessons, such as ["05"]; it names {number!r}')
            reader.fail(where, said.format(number=number))
    return tuple(sorted({lesson.number, *also}))


def _option(option: _Option, reader: Reader, where: str, right: bool) -> Option:
    if right and option.misconception:
        reader.fail(where, _("it is the answer, and names a misconception; remove one"))
    if not right and not option.misconception:
        reader.fail(where, _("it is not the answer, and names no misconception; add it"))
    return Option(option.text, option.why, option.misconception or None)


def _question(read: _Question, reader: Reader, where: str, lesson: lessons.Lesson) -> Question:
    if not _NAME.fullmatch(read.name) or re.fullmatch(r"q\d+|learner|when", read.name):
        said = _(
            "no name for a question; take small letters, digits and hyphens, such as "
            "two-hospitals; q01, learner and when have another meaning in the table of answers"
        )
        reader.fail(where, said)
    if read.formerly and not _FORMER.fullmatch(read.formerly):
        said = _("formerly is {name!r}; expected q01, q02 and so on")
        reader.fail(where, said.format(name=read.formerly))
    if read.answer not in tuple(LETTERS):
        said = _("answer is {letter!r}; expected a, b, c or d")
        reader.fail(where, said.format(letter=read.answer))
    options = {}
    for letter in LETTERS:
        place = _("{question}, option {letter}").format(question=where, letter=letter)
        right = letter == read.answer
        options[letter] = _option(getattr(read, letter), reader, place, right)
    return Question(
        name=read.name,
        lesson=lesson.number,
        block=lesson.block,
        lessons=_treated(lesson, read.also, reader, where),
        stem=read.stem,
        answer=read.answer,
        options=options,
        formerly=read.formerly,
    )


def _read(lesson: lessons.Lesson, page: Path, where: str) -> Inventory:
    """The questions and the misconceptions of one page."""
    reader = Reader(where, ClassroomError)
    table = reader.tables(_block(page, where))
    unknown = [key for key in table if key not in ("question", "misconception")]
    entries, treated = table.get("question", []), table.get("misconception", {})
    if unknown or not isinstance(entries, list) or not isinstance(treated, dict):
        said = (
            _(
                "{where}: expected [[question]], [question.a] to [question.d] and "
                "[misconception.ID]; found {unknown}."
            )
            if unknown
            else _(
                "{where}: expected [[question]], [question.a] to [question.d] and "
                "[misconception.ID]."
            )
        )
        raise ClassroomError(said.format(where=where, unknown=", ".join(unknown)))
    questions = []
    for number, entry in enumerate(entries, start=1):
        name = entry.get("name") if isinstance(entry, dict) else None
        said = _("question {name!r}") if name else _("question number {number}")
        called = said.format(name=name, number=number)
        questions.append(_question(reader.record(_Question, entry, called), reader, called, lesson))
    misconceptions = {}
    for name, entry in treated.items():
        called = _("misconception {name}").format(name=name)
        read = reader.record(_Misconception, entry, called)
        numbers = _treated(lesson, read.also, reader, called)
        misconceptions[name] = Misconception(read.phrase, numbers)
    return Inventory(tuple(questions), misconceptions)


# ---- all pages ----------------------------------------------------------------------------------


_TWICE = {
    "question": N_(
        "{where}: the question {name!r} is there already, in {place}. Each name stands once; give "
        "this one another."
    ),
    "misconception": N_(
        "{where}: the misconception {name!r} is there already, in {place}. Each name stands once; "
        "give this one another."
    ),
}


def _once(places: dict[str, str], name: str, where: str, what: str) -> None:
    if name in places:
        said = _(_TWICE[what])
        raise ClassroomError(said.format(where=where, name=name, place=places[name]))
    places[name] = where


def _pages(course: Path) -> Iterator[tuple[str, Inventory]]:
    """Each page with what it holds, in the order of the lessons. A lesson may have no page."""
    for lesson in lessons.find(course / "notebooks").values():
        if (course / lesson.page).is_file():
            yield lesson.page, _read(lesson, course / lesson.page, lesson.page)


@functools.cache
def _load(course: Path) -> Inventory:
    questions: list[Question] = []
    misconceptions: dict[str, Misconception] = {}
    names: dict[str, str] = {}
    treated: dict[str, str] = {}
    used: list[tuple[str, str]] = []
    for where, page in _pages(course):
        for question in page.questions:
            for name in filter(None, (question.name, question.formerly)):
                _once(names, name, where, "question")
            shown = [option.misconception for option in question.options.values()]
            place = _("{where}: question {name!r}").format(where=where, name=question.name)
            used += [(name, place) for name in shown if name]
        for name in page.misconceptions:
            _once(treated, name, where, "misconception")
        questions += page.questions
        misconceptions |= page.misconceptions
    for name, where in used:
        if name not in misconceptions:
            said = _(
                "{where} names the misconception {name!r}, which no page has. Add "
                "[misconception.{name}] with its phrase to the first lesson that treats it."
            )
            raise ClassroomError(said.format(where=where, name=name))
    return Inventory(tuple(questions), misconceptions)


def load() -> Inventory:
    """Return the questions and the misconceptions of all lessons.

    Returns
    -------
    Inventory

    Raises
    ------
    ClassroomError
        When a page cannot be understood; the text names the page and what was expected.
    LessonError
        When medlearn was installed without the course, whose pages hold the questions.

    Examples
    --------
    >>> inventory = load()
    >>> inventory.questions[0].name, inventory.questions[0].lesson
    ('ms-weber', '00')
    >>> inventory.misconceptions["sensitivity-as-predictive-value"].phrase
    'confused sensitivity with predictive value'
    """
    return _load(lessons.course_folder())
