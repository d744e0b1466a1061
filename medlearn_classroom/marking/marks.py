"""The marks of one notebook: what each exercise got, and how many points it gives."""

from __future__ import annotations

from dataclasses import dataclass

from medlearn.exercises.engine import Exercise, Function, Text
from medlearn.language import N_, _
from medlearn_classroom.marking.supervisor import CellReport

__all__ = ["Graded", "Mark", "in_words", "points"]

_WORDS = {
    "right": N_("right"),
    "wrong": N_("wrong"),
    "not yet": N_("not yet"),
    "missing": N_("missing"),
    "to read": N_("to read"),
}


def in_words(status: str) -> str:
    """A status as a person reads it; in the tables stands the status itself.

    Examples
    --------
    >>> in_words("not yet")
    'not yet'
    """
    return _(_WORDS[status]) if status in _WORDS else status


@dataclass(frozen=True)
class Mark:
    """One exercise: `status` is "right", "wrong", "not yet", "missing" or "to read".

    `points` is None for "to read": a person marks it, and `message` is the learner's text. `part`
    is "core" or "deeper", as the section of the lesson in which the exercise stands.
    `misconception` is the name of the one that a wrong answer showed, or empty. `flags` say what a
    person should look at; `source` is what two copies of the code share (`copies.fingerprint`).
    """

    exercise: str
    status: str
    points: float | None
    out_of: float
    message: str
    part: str = ""
    misconception: str = ""
    flags: tuple[str, ...] = ()
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class Graded:
    """One marked notebook; `problem` says what kept it, or a part of it, from being marked.

    `learner` is one person in this marking: the id on the list of the class, or the name, with the
    number that a platform gave. `name` and `number` stand apart for who has to match them.
    """

    learner: str
    lesson: str
    seed: int
    marks: tuple[Mark, ...] = ()
    cells: tuple[CellReport, ...] = ()
    problem: str | None = None
    file: str = ""
    name: str = ""
    number: str = ""

    @property
    def points(self) -> float:
        """The points so far, without the texts that a person still has to read."""
        return sum(mark.points or 0 for mark in self.marks)

    @property
    def out_of(self) -> float:
        """The most points that the lesson gives, texts included."""
        return sum(mark.out_of for mark in self.marks)

    @property
    def core_points(self) -> float:
        """Of the points so far, those of the core sections, which every class does."""
        return sum(mark.points or 0 for mark in self.marks if mark.part == "core")

    @property
    def core_out_of(self) -> float:
        """The most points that the core sections give, texts included."""
        return sum(mark.out_of for mark in self.marks if mark.part == "core")

    def count(self, status: str) -> int:
        """How many exercises have this status."""
        return sum(mark.status == status for mark in self.marks)


def points(exercise: Exercise) -> float:
    """The points an exercise gives: 2 for a function or a text, 1 for a value or a choice.

    Examples
    --------
    >>> from medlearn.exercises import all_lessons
    >>> points(all_lessons()["01"].exercises["neuron"])
    2.0
    """
    return 2.0 if isinstance(exercise, (Function, Text)) else 1.0
