"""What stands in a lesson for those who teach it: questions, exercises, stumbling blocks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from medlearn.exercises import all_lessons
from medlearn.exercises.engine import Exercise
from medlearn.language import _
from medlearn.lessons import Lesson, LessonError, Section, tagged, tags_of, text_of

__all__ = ["FOLDED", "Lecture", "Question", "Task", "open_part", "stumbling_blocks", "unfolded"]

Cell = Mapping[str, Any]

FOLDED = re.compile(r"(?s)\s*<details><summary>.*?</summary>(.*?)</details>\s*")
"""What is folded away: the group is what one sees after unfolding it."""


def unfolded(text: str) -> str:
    """A text without what folds a part of it away.

    Examples
    --------
    >>> unfolded("<details><summary>After</summary>\\n\\nHalf.\\n\\n</details>\\n\\nNext.")
    'Half.\\n\\nNext.'
    """
    return FOLDED.sub(lambda found: f"\n\n{found[1].strip()}\n\n", text).strip()


def open_part(text: str) -> str:
    """A text without what is folded away in it: that is the answer to an earlier question.

    Examples
    --------
    >>> open_part("<details><summary>After</summary>\\n\\nHalf.\\n\\n</details>\\n\\nNext.")
    'Next.'
    """
    return FOLDED.sub("\n\n", text).strip()


def stumbling_blocks(page: str) -> list[tuple[str, str]]:
    """What learners say, and the answer: the paragraphs of a teacher's page that quote somebody.

    Examples
    --------
    >>> stumbling_blocks('**"It is bad."**\\nIt is a number.\\n\\n**More.** Text.')
    [('It is bad.', 'It is a number.')]
    """
    return re.findall(r'(?ms)^\*\*"(.+?)"\*\*\n(.+?)(?=\n\n|\s*\Z)', page)


@dataclass(frozen=True)
class Question:
    """A question before a result.

    Attributes
    ----------
    number : int
        Its place in the lesson, from 1.
    section : Section
        In which it stands.
    asks : dict or None
        The text before the result, in which the question stands.
    cells : tuple of dict
        The cells with the result, mostly one.
    reading : str
        What the lesson says of the result, in Markdown.
    """

    number: int
    section: Section
    asks: Cell | None
    cells: tuple[Cell, ...]
    reading: str

    @property
    def text(self) -> str:
        """The question, in Markdown, without the heading of a section that begins with it."""
        return re.sub(r"\A## .*\n+", "", open_part(text_of(self.asks))) if self.asks else ""


@dataclass(frozen=True)
class Task:
    """An exercise with the text above it and the cell in which the answer is written."""

    name: str
    section: Section
    text: str
    stub: str
    exercise: Exercise


@dataclass(frozen=True)
class Lecture:
    """A lesson as its teacher sees it.

    Examples
    --------
    >>> from medlearn import lessons
    >>> lecture = Lecture(lessons.find()["01"])
    >>> lecture.questions[0].number, lecture.tasks[0].section.level
    (1, 'core')
    """

    lesson: Lesson

    @property
    def name(self) -> str:
        """Number and title, as in the header."""
        return f"{self.lesson.number} · {self.lesson.facts.title}"

    def part(self, name: str) -> Section:
        """One of the sections that every lesson has, such as "case".

        Raises
        ------
        LessonError
            When it is missing.
        """
        for section in self.lesson.sections:
            if section.part == name:
                return section
        words = _("{lesson} has no section that is tagged {name}.")
        raise LessonError(words.format(lesson=self.lesson.path.name, name=name))

    def texts(self, name: str) -> str:
        """The text of such a section, in Markdown."""
        cells = [c for c in self.part(name).cells if c["cell_type"] == "markdown"]
        return "\n\n".join(text_of(cell) for cell in cells)

    @cached_property
    def stumbling(self) -> list[tuple[str, str]]:
        """What learners say in this lesson, and the answer, from its teacher's page."""
        page = self.lesson.path.parent.parent / self.lesson.page
        return stumbling_blocks(page.read_text(encoding="utf-8")) if page.is_file() else []

    @cached_property
    def questions(self) -> list[Question]:
        """Every question before a result, in order."""
        found = []
        for section in self.lesson.sections:
            for place, cell in enumerate(section.cells):
                if "predict" in tags_of(cell):
                    before = [c for c in section.cells[:place] if c["cell_type"] == "markdown"]
                    asks = before[-1] if before else None
                    below = [c for c in section.cells[place:] if c["cell_type"] == "markdown"]
                    reading = FOLDED.match(text_of(below[0])) if below else None
                    said = reading[1].strip() if reading else ""
                    cells = (cell,)
                    if asks is not None and found and found[-1].asks is asks:
                        cells = (*found.pop().cells, cell)  # one question, a result in two cells
                    found.append(Question(len(found) + 1, section, asks, cells, said))
        return found

    @cached_property
    def tasks(self) -> list[Task]:
        """Every exercise, in order."""
        module = all_lessons().get(self.lesson.number)
        known = module.exercises if module else {}
        found = []
        for section in self.lesson.sections:
            for place, cell in enumerate(section.cells):
                name = tagged(cell, "exercise")
                if name is not None and name in known:
                    before = [c for c in section.cells[:place] if c["cell_type"] == "markdown"]
                    text = open_part(text_of(before[-1])) if before else ""
                    found.append(Task(name, section, text, text_of(cell), known[name]))
        return found

    def asked_in(self, section: Section) -> Iterator[Question | Task]:
        """The questions and exercises of one section, as they follow each other."""
        questions = {id(question.cells[0]): question for question in self.questions}
        tasks = {task.name: task for task in self.tasks}
        for cell in section.cells:
            if id(cell) in questions:
                yield questions[id(cell)]
            elif (name := tagged(cell, "exercise")) in tasks:
                yield tasks[name]
