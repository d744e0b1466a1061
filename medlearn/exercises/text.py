"""The exercise in which the learner writes sentences, and compares them with a good answer."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from medlearn.exercises.base import Exercise, Feedback, Lesson
from medlearn.exercises.boxes import box
from medlearn.exercises.comparison import an, is_unfilled, type_name
from medlearn.language import _

__all__ = ["Level", "Text"]


@dataclass(frozen=True)
class Level:
    """What makes a text worth its points.

    Attributes
    ----------
    points : int
        0, 1 or 2.
    says : str
        What such an answer does, or leaves out.
    example : str
        An answer that a learner might give, worth just this.
    """

    points: int
    says: str
    example: str


class Text(Exercise):
    """The learner writes a few sentences, and compares them with a model answer and a list.

    No program judges a text, so it is never right or wrong, only written. Learners see what makes
    an answer worth 0, 1 or 2 points, and judge their own. The examples are for those who mark: a
    learner has the model answer, and a typical mistake that is read once more without a word
    against it is only remembered better.

    Parameters
    ----------
    lesson, name, hints
        As of every exercise.
    model_answer : str
        Line breaks and indentation in it mean nothing.
    checklist : sequence of str
        What a good answer says.
    rubric : sequence of Level
        What 0, 1 and 2 points are, in this order.

    Raises
    ------
    ValueError
        When the rubric has other levels.

    Examples
    --------
    >>> from medlearn.exercises.engine import Exercises
    >>> Exercises("99").text("why", model_answer="…", checklist=[], rubric=[])
    Traceback (most recent call last):
        ...
    ValueError: why: a text needs a rubric of three levels, for 0, 1 and 2 points in this order; it
    has none. Write it as rubric=[Level(0, "what it does", "an example"), …].
    """

    done_means = "written"

    SHORTEST = 8
    """Different words below which a text counts as not written yet."""

    def __init__(
        self,
        lesson: Lesson,
        name: str,
        *,
        model_answer: str,
        checklist: Sequence[str],
        rubric: Sequence[Level],
        hints: Sequence[str] = (),
    ) -> None:
        points = [getattr(level, "points", type_name(level)) for level in rubric]
        if points != [0, 1, 2]:
            words = _(
                "{name}: a text needs a rubric of three levels, for 0, 1 and 2 points in this "
                "order; it has {points}. Write it as "
                'rubric=[Level(0, "what it does", "an example"), …].'
            )
            has = ", ".join(map(str, points)) or _("none")
            raise ValueError(words.format(name=name, points=has))
        super().__init__(lesson, name, hints)
        self._model_answer = " ".join(model_answer.split())
        self._checklist, self._rubric = tuple(checklist), tuple(rubric)

    @property
    def model_answer(self) -> str:
        """A good answer."""
        return _(self._model_answer)

    @property
    def checklist(self) -> tuple[str, ...]:
        """What a good answer says."""
        return tuple(_(item) for item in self._checklist)

    @property
    def rubric(self) -> tuple[Level, ...]:
        """What 0, 1 and 2 points are, each with an example."""
        return tuple(Level(one.points, _(one.says), _(one.example)) for one in self._rubric)

    @property
    def code(self) -> str:
        """The model answer, as it would stand in the lesson."""
        return f'{self.name} = """\n{textwrap.fill(self.model_answer, 96)}\n"""'

    def _beside(self) -> str:
        model = _("A model answer: {text}").format(text=self.model_answer)
        items = [f"☐ {item}" for item in self.checklist]
        levels = [f"{level.points} · {level.says}" for level in self.rubric]
        asks = _("Does yours say this?"), _("How many points would you give yours?")
        return "\n".join([model, asks[0], *items, asks[1], *levels])

    def assess(self, answer: Any) -> Feedback:
        """Show what to compare the text with, once there is one."""
        if is_unfilled(answer):
            return Feedback("not yet", _("{name} is still empty.").format(name=self.name))
        if not isinstance(answer, str):
            words = _("A text between quotes was expected, {kind} came.")
            return Feedback("wrong", words.format(kind=an(answer)))
        if len(set(str.split(answer.lower()))) < self.SHORTEST:
            return Feedback("not yet", _("Write a few sentences, then compare."))
        return Feedback("answered", "\n".join([_("Now compare."), self._beside(), ""]))

    def solution(self) -> None:
        """Show the model answer, the checklist and the levels."""
        box("solution", self._beside())
