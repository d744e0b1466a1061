"""What an exercise is: a solution, hints, and the wrong answers that learners really give.

A lesson's module declares its exercises on one `Exercises`. Four kinds exist: a function, a value,
a choice, and a free text, which is never marked right or wrong. Texts stand there in English and
are translated when they are shown.

>>> lesson = Exercises("99")
>>> @lesson.function(cases=[(1.0, 2.0), (0.5, 0.0)], hints=["Add the two."])
... def add(a, b):
...     return a + b
>>> @add.misconception("difference", "You took the difference; the sum was asked for.")
... def _(a, b):
...     return a - b
>>> add.judge(lambda a, b: a - b).misconception
'difference'
>>> add.judge(add.solution_function).status
'right'
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from medlearn.exercises import mistakes
from medlearn.exercises.base import Exercise, Feedback, Lesson, Misconception
from medlearn.exercises.comparison import an, difference, is_unfilled, say
from medlearn.exercises.function import Case, Function
from medlearn.exercises.text import Level, Text
from medlearn.language import _

__all__ = [
    "Choice",
    "Exercise",
    "Exercises",
    "Feedback",
    "Function",
    "Level",
    "Misconception",
    "Text",
    "Value",
]


class Value(Exercise):
    """The learner gives a number, a text or a row of these.

    Parameters
    ----------
    lesson, name, hints, right
        As of every exercise.
    code : str
        The solution as it would stand in the lesson.
    expected : str, number, array of numbers, or tuple or list of these
    misconceptions : mapping of wrong values to messages
    tolerance : float
        For numbers, relative and absolute.
    """

    def __init__(
        self,
        lesson: Lesson,
        name: str,
        *,
        code: str,
        expected: Any,
        hints: Sequence[str] = (),
        misconceptions: Mapping[Any, str] | None = None,
        right: str = "",
        tolerance: float = 1e-6,
    ) -> None:
        super().__init__(lesson, name, hints, right)
        self.expected, self.tolerance = expected, tolerance
        self._code = textwrap.dedent(code).strip()
        known = [Misconception(say(w), text, w) for w, text in (misconceptions or {}).items()]
        self._misconceptions = {one.name: one for one in known}
        if len(self._misconceptions) < len(known):
            words = _("{name}: two wrong values read the same to six digits: {values}.")
            values = ", ".join(one.name for one in known)
            raise ValueError(words.format(name=name, values=values))

    @property
    def code(self) -> str:
        """The solution as it would stand in the lesson."""
        return self._code

    @property
    def misconceptions(self) -> Mapping[str, Misconception]:
        """Wrong values that learners give, by the value."""
        return self._misconceptions

    def assess(self, answer: Any) -> Feedback:
        """Compare the value with the expected one, then with the known wrong ones."""
        if is_unfilled(answer):
            return Feedback("not yet", _("{name} has no value yet.").format(name=self.name))
        if callable(answer):
            words = _("{name} should be a value; {kind} came: call it?")
            return Feedback("wrong", words.format(name=self.name, kind=an(answer)))
        problem = difference(self.expected, answer, self.tolerance)
        if problem is None:
            return Feedback("right", _(self.right))
        for known in self._misconceptions.values():
            if difference(known.wrong, answer, self.tolerance) is None:
                return known.feedback()
        answered = mistakes.Answered(
            lambda: self.expected, (), [()], [self.expected], [answer], self.tolerance
        )
        if found := mistakes.recognise(answered):
            return Feedback("wrong", found[1], found[0])
        words = _("{name} = {value}: {problem}.") if problem else _("{name} = {value} is not it.")
        value = say(answer, 100)
        return Feedback("wrong", words.format(name=self.name, value=value, problem=problem))


class Choice(Exercise):
    """The learner picks one letter; each letter, right or wrong, has its own answer.

    Parameters
    ----------
    lesson, name, hints
        As of every exercise.
    answer : str
        The right letter.
    feedback : mapping of letters to messages
    """

    def __init__(
        self,
        lesson: Lesson,
        name: str,
        *,
        answer: str,
        feedback: Mapping[str, str],
        hints: Sequence[str] = (),
    ) -> None:
        if answer not in feedback:
            words = _("{name}: the answer {answer!r} has no feedback.")
            raise ValueError(words.format(name=name, answer=answer))
        super().__init__(lesson, name, hints, feedback[answer])
        self.answer, self.feedback = answer, dict(feedback)

    @property
    def code(self) -> str:
        """The right letter, as it would stand in the lesson."""
        return f'{self.name} = "{self.answer}"'

    @property
    def misconceptions(self) -> Mapping[str, Misconception]:
        """The other letters."""
        wrong = {key: text for key, text in self.feedback.items() if key != self.answer}
        return {key: Misconception(key, text, key) for key, text in wrong.items()}

    def assess(self, answer: Any) -> Feedback:
        """Say what the message of this letter is."""
        if is_unfilled(answer) or (type(answer) is str and not answer.strip(" .")):
            return Feedback("not yet", _("{name} has no letter yet.").format(name=self.name))
        letter = answer.strip(" .()\n").lower() if isinstance(answer, str) else answer
        if type(letter) is not str or letter not in self.feedback:
            letters = ", ".join(f'"{letter}"' for letter in self.feedback)
            words = _("One of the letters {letters} was expected, {value} came.")
            if not isinstance(answer, (str, int, float)):
                words = _(
                    "One of the letters {letters} was expected, in quotes. Without quotes Python "
                    "takes a letter for the name of something else, here {value}."
                )
                told = words.format(letters=letters, value=say(answer, 80))
                return Feedback("wrong", told, "no_quotes")
            return Feedback("wrong", words.format(letters=letters, value=say(answer, 80)))
        if letter == self.answer:
            return Feedback("right", _(self.right))
        return self.misconceptions[letter].feedback()


Kind = TypeVar("Kind", bound=Exercise)


class Exercises:
    """The exercises of one lesson, in the order in which they stand there.

    Parameters
    ----------
    number : str
        The lesson's, such as "01".
    """

    def __init__(self, number: str) -> None:
        self.number = number
        self.exercises: dict[str, Exercise] = {}

    def _add(self, exercise: Kind) -> Kind:
        if exercise.name in self.exercises:
            words = _("Lesson {number} has two exercises named {name}.")
            raise ValueError(words.format(number=self.number, name=exercise.name))
        self.exercises[exercise.name] = exercise
        return exercise

    def function(
        self,
        *,
        cases: Sequence[Case],
        hints: Sequence[str],
        right: str = "",
        tolerance: float = 1e-6,
    ) -> Callable[[Callable[..., Any]], Function]:
        """Make the decorated function the solution of a `Function` exercise of its name."""
        return lambda solution: self._add(Function(self, solution, cases, hints, right, tolerance))

    def value(
        self,
        name: str,
        *,
        code: str,
        expected: Any,
        hints: Sequence[str] = (),
        misconceptions: Mapping[Any, str] | None = None,
        right: str = "",
        tolerance: float = 1e-6,
    ) -> Value:
        """Add a `Value` exercise."""
        return self._add(
            Value(
                self,
                name,
                code=code,
                expected=expected,
                hints=hints,
                misconceptions=misconceptions,
                right=right,
                tolerance=tolerance,
            )
        )

    def choice(
        self, name: str, *, answer: str, feedback: Mapping[str, str], hints: Sequence[str] = ()
    ) -> Choice:
        """Add a `Choice` exercise."""
        return self._add(Choice(self, name, answer=answer, feedback=feedback, hints=hints))

    def text(
        self,
        name: str,
        *,
        model_answer: str,
        checklist: Sequence[str],
        rubric: Sequence[Level] = (),
        hints: Sequence[str] = (),
    ) -> Text:
        """Add a `Text` exercise."""
        return self._add(
            Text(
                self,
                name,
                model_answer=model_answer,
                checklist=checklist,
                rubric=rubric,
                hints=hints,
            )
        )
