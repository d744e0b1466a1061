"""The questions of the concept inventory: read from the lessons' teaching pages, dealt to versions.

Each lesson asks its own, in the section ``## Questions`` of ``teaching/lessons/NN_name.md``: one
fenced block of TOML with the questions, their key, and the misconceptions that this lesson is the
first to treat. A question is known by its name; its number is its place on one printed sheet. Name
and letters stay once the question was asked: the tables of answers hold them, and nothing else.
"""

from __future__ import annotations

import functools
import itertools
import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from medlearn import lessons
from medlearn.classroom import ClassroomError

__all__ = ["Inventory", "Misconception", "Option", "Question", "Version", "load", "versions"]

LETTERS = "abcd"
MOST = 20  # questions on one sheet: they take half an hour

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


class Version(NamedTuple):
    """What is printed on one sheet: at most twenty questions."""

    name: str
    questions: tuple[Question, ...]


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


# ---- versions -----------------------------------------------------------------------------------


def _deal(name: str, questions: Iterable[Question]) -> list[Version]:
    """Deal questions to as few sheets as hold them: evenly by lesson, by number and by letter."""
    questions = list(questions)
    count = -(-len(questions) // MOST)
    hands: list[list[Question]] = [[] for _ in range(count)]

    def crowded(choice: tuple[Question, list[Question]]) -> tuple[int, int, int]:
        question, hand = choice
        # The lesson first: the sizes still differ by one at most, because what is left of a lesson
        # goes to the smaller sheets.
        return (
            sum(held.lesson == question.lesson for held in hand),
            len(hand),
            sum(held.answer == question.answer for held in hand),
        )

    for _, group in itertools.groupby(questions, key=lambda question: question.lesson):
        left = list(group)
        while left:
            question, hand = min(itertools.product(left, hands), key=crowded)
            hand.append(question)
            left.remove(question)
    names = [name] if count == 1 else [f"{name}-{number}" for number in range(1, count + 1)]
    in_order = [tuple(sorted(hand, key=questions.index)) for hand in hands]
    return [Version(name, hand) for name, hand in zip(names, in_order, strict=True)]


def _numbers(words: Iterable[str]) -> list[str]:
    """Lessons named one by one or from-to, in the order of the course."""
    known = list(lessons.find())
    chosen, unknown = set(), []
    for word in words:
        first, _, last = word.partition("-")
        found = {n for n in known if first <= n <= last} if last else {word} & set(known)
        chosen |= found
        unknown += [] if found else [word]
    if unknown or not chosen:
        raise ClassroomError(
            f"There is no lesson {', '.join(unknown) or 'named'}. Lessons: {', '.join(known)}; "
            f"several are named as {known[0]} {known[-1]} or {known[0]}-{known[-1]}."
        )
    return sorted(chosen)


def _mixed(numbers: list[str]) -> list[Version]:
    questions = [question for question in load().questions if question.lesson in numbers]
    several = numbers[0] != numbers[-1]
    name = f"lessons-{numbers[0]}-{numbers[-1]}" if several else f"lesson-{numbers[0]}"
    return _deal(name, questions)


def versions(
    blocks: Iterable[str] | None = None, numbers: Iterable[str] | None = None
) -> list[Version]:
    """Choose questions, and deal them to sheets of at most twenty.

    Parameters
    ----------
    blocks : iterable of str, optional
        Names of blocks of the course. Each block has sheets of its own.
    numbers : iterable of str, optional
        Lessons, as in "00" or "00-08", instead of blocks. Their questions are mixed.
        Without both, all questions are on one sheet if it holds them; otherwise each block has its
        own.

    Returns
    -------
    list of Version
        Where one sheet does not hold them, several share the questions of each lesson evenly. The
        same course gives the same sheets.

    Raises
    ------
    ClassroomError
        When a block or a lesson does not exist, or none of them has questions yet.

    Examples
    --------
    >>> [(version.name, len(version.questions)) for version in versions(numbers=["00-01"])]
    [('lessons-00-01', 4)]
    """
    questions = load().questions
    if numbers is not None:
        found = _mixed(_numbers(numbers))
    elif blocks is None and 0 < len(questions) <= MOST:
        found = _mixed(sorted({question.lesson for question in questions}))
    else:
        groups: dict[str, list[Question]] = {name: [] for name in lessons.BLOCKS}
        for question in questions:
            groups[question.block].append(question)
        wanted = list(groups) if blocks is None else list(dict.fromkeys(blocks))
        if unknown := [name for name in wanted if name not in groups]:
            raise ClassroomError(
                f"There is no block {', '.join(unknown)}. Blocks: {', '.join(groups)}."
            )
        found = [version for name in wanted for version in _deal(name, groups[name])]
    if not found:
        raise ClassroomError(
            "These lessons have no questions yet. Lessons with questions: "
            + (", ".join(dict.fromkeys(question.lesson for question in questions)) or "none")
            + "."
        )
    return found
