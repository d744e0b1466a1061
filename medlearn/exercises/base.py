"""What all exercises have in common: an answer is judged, a hint shown, a solution revealed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from medlearn.exercises import kernel, progress
from medlearn.exercises.boxes import box, in_words
from medlearn.exercises.comparison import type_name
from medlearn.exercises.guard import TimeLimit, guarded
from medlearn.exercises.hints import Hints
from medlearn.language import _

__all__ = ["Exercise", "Feedback", "Misconception", "states"]


@dataclass(frozen=True)
class Feedback:
    """What an exercise says of an answer.

    Attributes
    ----------
    status : {"right", "wrong", "not yet", "answered"}
    message : str
        What was expected, what came, and where to look.
    misconception : str
        The name of the one that was recognised; empty otherwise.
    """

    status: str
    message: str
    misconception: str = ""

    def __str__(self) -> str:
        return in_words(self.status, self.message)


@dataclass(frozen=True)
class Misconception:
    """A wrong answer that learners give, and what to tell them.

    Attributes
    ----------
    name : str
        Of a function: as declared, such as "no_bias". Of a value: the wrong value. Of a choice:
        its letter.
    message : str
        In English; it is translated when it is said.
    wrong : callable, number, array-like or str
        The wrong answer itself.
    """

    name: str
    message: str
    wrong: Any

    def feedback(self) -> Feedback:
        """What who gives this answer is told."""
        return Feedback("wrong", _(self.message), self.name)


class Lesson(Protocol):
    """What an exercise knows of the lesson in which it stands."""

    number: str
    exercises: dict[str, Exercise]


def states(lesson: Lesson) -> dict[str, str]:
    """What became of each exercise of a lesson: "right", "written" or "open".

    Examples
    --------
    >>> from medlearn.exercises import all_lessons
    >>> set(states(all_lessons()["01"]).values()) <= {"right", "written", "open"}
    True
    """
    done = progress.done().get(lesson.number, {})
    return {
        name: exercise.done_means if name in done else "open"
        for name, exercise in lesson.exercises.items()
    }


class Exercise:
    """One exercise; see the subclasses for its kinds.

    Parameters
    ----------
    lesson : Exercises
        Those of the lesson in which it stands.
    name : str
        Also the name of the variable or function that the learner fills in.
    hints : sequence of str
        Shown one by one.
    right : str
        Said when the answer is right: why it is.
    """

    done_means = "right"
    """What an exercise is that is done: "right", or "written" where no program judges."""

    def __init__(self, lesson: Lesson, name: str, hints: Sequence[str], right: str = "") -> None:
        self.lesson, self.name, self.right = lesson, name, right
        self.hints = tuple(hints)
        self._hints = Hints(len(self.hints))

    @property
    def code(self) -> str:
        """The solution as source code that stands on its own in the lesson."""
        raise NotImplementedError

    @property
    def misconceptions(self) -> Mapping[str, Misconception]:
        """The wrong answers that have a message of their own, by name."""
        return {}

    def assess(self, answer: Any) -> Feedback:
        """What this answer deserves, without a guard: an odd answer may raise here, or never end.

        `judge` calls it for a learner's answer; marking calls it for data that it decoded itself.
        """
        raise NotImplementedError

    def judge(self, answer: Any) -> Feedback:
        """What this answer deserves; raises for no answer, shows and records nothing.

        Examples
        --------
        >>> from medlearn.exercises.engine import Exercises
        >>> Exercises("99").value("half", code="half = 1 / 2", expected=0.5).judge("a lot").status
        'wrong'
        """
        feedback, _printed, error = guarded(lambda: self.assess(answer))
        if error is None:
            return feedback
        if isinstance(error, TimeLimit):
            return self.too_slow()
        words = _("Your answer for {name} could not be looked at: it raised {error}.")
        return Feedback("wrong", words.format(name=self.name, error=type_name(error)))

    def too_slow(self) -> Feedback:
        """What is said of an answer that had to be stopped."""
        return Feedback(
            "wrong",
            _(
                "It was still running when the time was up, so it was stopped. "
                "Does a loop in it ever end?"
            ),
        )

    def check(self, answer: Any) -> None:
        """Say whether the answer is right, and if not, why; remember it when it is."""
        feedback = self.judge(answer)
        done = feedback.status in ("right", "answered")
        self._hints.checked(answer, done)
        sentences = [kernel.stale(self.name, answer), feedback.message]
        with progress.afterwards():
            if done:
                progress.record(self.lesson.number, self.name)
                sentences.append(self._count())
            else:
                sentences.append(_("A hint: {call}").format(call=f"ex.{self.name}.hint()"))
            box(feedback.status, " ".join(sentences).strip())

    def _count(self) -> str:
        """How many exercises of the lesson are done."""
        state = [*states(self.lesson).values()]
        right, written = state.count("right"), state.count("written")
        words = _("({count} of {total} in this lesson.)")
        if written:
            words = _("({count} of {total} in this lesson: {right} right, {written} written.)")
        return words.format(count=right + written, total=len(state), right=right, written=written)

    def hint(self) -> None:
        """Show a hint: the next one to who asks again, the last one to who has another answer.

        After the last hint it says how to see a solution, and when all is well that none is needed.
        """
        if self._hints.done:
            box("hint", _("{name} is done: it needs none.").format(name=self.name))
            return
        place = self._hints.next()
        if place < len(self.hints):
            count = _("({number} of {total})").format(number=place + 1, total=len(self.hints))
            box("hint", f"{count} {_(self.hints[place])}")
        else:
            words = _("That was the last one. {call} shows a solution.")
            box("hint", words.format(call=f"ex.{self.name}.solution()"))

    def solution(self) -> None:
        """Show one solution."""
        box("solution", _(self.right), self.code)

    def __repr__(self) -> str:
        return f"<exercise {self.name} of lesson {self.lesson.number}>"
