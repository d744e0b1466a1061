"""The marks of one notebook: what each exercise got, and how many points it gives."""

from __future__ import annotations

from dataclasses import dataclass

from medlearn.classroom.supervisor import CellReport
from medlearn.exercises.engine import Exercise, Function, Text

__all__ = ["Graded", "Mark", "points"]


@dataclass(frozen=True)
class Mark:
    """One exercise: `status` is "right", "wrong", "not yet", "missing" or "to read".

    `points` is None for "to read": a person marks it, and `message` is the learner's text. `part`
    is "core" or "deeper", as the section of the lesson in which the exercise stands.
    """

    exercise: str
    status: str
    points: float | None
    out_of: float
    message: str
    part: str = ""


@dataclass(frozen=True)
class Graded:
    """One marked notebook; `problem` says what kept it, or a part of it, from being marked."""

    file: str
    learner: str
    lesson: str
    marks: tuple[Mark, ...]
    cells: tuple[CellReport, ...]
    problem: str | None
    seed: int

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
