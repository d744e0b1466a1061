"""The questions of the concept inventory, read from the lessons' teaching pages.

Each lesson asks its own, in the section ``## Questions`` of ``teaching/lessons/NN_name.md``: one
fenced block of TOML with the questions, their key, and the misconceptions that this lesson is the
first to treat. A question is known by its name; its number is its place on one printed sheet. Name
and letters stay once the question was asked: the tables of answers hold them, and nothing else.
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from medlearn import lessons
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


def _toml(page: Path, where: str) -> dict[str, Any]:
    """What the questions' block of a page says; nothing for a page without the section."""
    text = page.read_text(encoding="utf-8")
    section = _SECTION.search(text)
    if not section:
        return {}
    blocks = list(_BLOCK.finditer(text, section.end()))
    if len(blocks) != 1:
        line = text.count("\n", 0, section.start()) + 1
        raise ClassroomError(
            f"{where}, line {line}: the section Questions holds {len(blocks)} blocks; expected "
            "one, which begins with a line ```toml and ends with a line ```."
        )
    # As many empty lines as stand above the block: the parser then names the lines of the page.
    above = "\n" * text.count("\n", 0, blocks[0].start(1))
    try:
        return tomllib.loads(above + blocks[0][1])
    except tomllib.TOMLDecodeError as error:
        raise ClassroomError(f"{where}: the questions are no TOML. {error}.") from None


def _check(entry: Any, where: str, needed: Iterable[str], optional: Iterable[str] = ()) -> None:
    """Refuse a table that lacks a field, has an unknown one, or holds no text where one should."""
    if not isinstance(entry, dict):
        raise ClassroomError(f"{where} should be a table; it is {entry!r}.")
    needed, optional = list(needed), list(optional)
    missing = [key for key in needed if key not in entry]
    unknown = [key for key in entry if key not in needed + optional]
    if missing or unknown:
        wrong = [f"lacks {', '.join(missing)}"] if missing else []
        wrong += [f"has {', '.join(unknown)}, which nothing reads"] if unknown else []
        expected = ", ".join(needed) + (f", and maybe {', '.join(optional)}" if optional else "")
        raise ClassroomError(f"{where} {' and '.join(wrong)}. Expected: {expected}.")
    for key, value in entry.items():
        if key == "also":
            if not isinstance(value, list) or not all(re.fullmatch(r"\d\d", str(n)) for n in value):
                raise ClassroomError(
                    f'{where}: also should list other lessons, such as ["05"]; it is {value!r}.'
                )
        elif key not in LETTERS and not (isinstance(value, str) and value.strip()):
            raise ClassroomError(f"{where}: {key} should be a text; it is {value!r}.")


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _option(entry: Any, where: str, right: bool) -> Option:
    _check(entry, where, ["text", "why"], ["misconception"])
    misconception = entry.get("misconception")
    if right and misconception:
        raise ClassroomError(f"{where} is the answer, and names a misconception. Remove one.")
    if not right and not misconception:
        raise ClassroomError(f"{where} is not the answer, and names no misconception. Add it.")
    return Option(_one_line(entry["text"]), _one_line(entry["why"]), misconception)


def _question(entry: Any, where: str, lesson: lessons.Lesson) -> Question:
    _check(entry, where, ["name", "stem", "answer", *LETTERS], ["also", "formerly"])
    name, answer, formerly = entry["name"], entry["answer"], entry.get("formerly", "")
    if not _NAME.fullmatch(name) or re.fullmatch(r"q\d+|learner|when", name):
        raise ClassroomError(
            f"{where}: no name for a question. Take small letters, digits and hyphens, such as "
            "two-hospitals; q01, learner and when have another meaning in the table of answers."
        )
    if formerly and not _FORMER.fullmatch(formerly):
        raise ClassroomError(f"{where}: formerly is {formerly!r}; expected q01, q02 and so on.")
    if answer not in tuple(LETTERS):
        raise ClassroomError(f"{where}: answer is {answer!r}; expected a, b, c or d.")
    options = {
        letter: _option(entry[letter], f"{where}, option {letter}", letter == answer)
        for letter in LETTERS
    }
    treated = tuple(sorted({lesson.number, *entry.get("also", [])}))
    stem = _one_line(entry["stem"])
    return Question(name, lesson.number, lesson.block, treated, stem, answer, options, formerly)


def _read(lesson: lessons.Lesson, page: Path, where: str) -> Inventory:
    """The questions and the misconceptions of one page."""
    table = _toml(page, where)
    unknown = [key for key in table if key not in ("question", "misconception")]
    entries, treated = table.get("question", []), table.get("misconception", {})
    if unknown or not isinstance(entries, list) or not isinstance(treated, dict):
        raise ClassroomError(
            f"{where}: expected [[question]], [question.a] to [question.d] and [misconception.ID]"
            + (f"; found {', '.join(unknown)}." if unknown else ".")
        )
    questions = []
    for number, entry in enumerate(entries, start=1):
        name = entry.get("name") if isinstance(entry, dict) else None
        called = f"question {name!r}" if name else f"question number {number}"
        questions.append(_question(entry, f"{where}: {called}", lesson))
    misconceptions = {}
    for name, entry in treated.items():
        _check(entry, f"{where}: misconception {name}", ["phrase"], ["also"])
        numbers = tuple(sorted({lesson.number, *entry.get("also", [])}))
        misconceptions[name] = Misconception(_one_line(entry["phrase"]), numbers)
    return Inventory(tuple(questions), misconceptions)


# ---- all pages ----------------------------------------------------------------------------------


def _once(places: dict[str, str], name: str, where: str, what: str) -> None:
    if name in places:
        raise ClassroomError(
            f"{where}: the {what} {name!r} is there already, in {places[name]}. Each name stands "
            "once; give this one another."
        )
    places[name] = where


def _pages(course: Path) -> Iterator[tuple[str, Inventory]]:
    """Each page with what it holds, in the order of the lessons. A lesson may have no page."""
    for lesson in lessons.find(course / "notebooks").values():
        page = course / "teaching" / "lessons" / f"{lesson.stem}.md"
        if page.is_file():
            where = page.relative_to(course).as_posix()
            yield where, _read(lesson, page, where)


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
            used += [(name, f"{where}: question {question.name!r}") for name in shown if name]
        for name in page.misconceptions:
            _once(treated, name, where, "misconception")
        questions += page.questions
        misconceptions |= page.misconceptions
    for name, where in used:
        if name not in misconceptions:
            raise ClassroomError(
                f"{where} names the misconception {name!r}, which no page has. Add "
                f"[misconception.{name}] with its phrase to the first lesson that treats it."
            )
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
