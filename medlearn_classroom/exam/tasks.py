"""What a task of the exam bank is: a text with numbers to be drawn, an answer, wrong answers."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import NamedTuple

__all__ = ["Drawn", "Task", "Tasks", "Wrong"]

_TRIES = 500
_WRONG = 3  # options beside the right one

Answer = float | int | str


class Wrong(NamedTuple):
    """A wrong answer as somebody reaches it who has a misconception of this name, and its mending.

    Where the inventory counts the misconception, the name is its id.
    """

    misconception: str
    value: Answer
    why: str


@dataclass(frozen=True)
class Drawn:
    """A task with its numbers.

    Parameters
    ----------
    given : mapping
        What the stem tells, by the name that stands in its braces.
    stem, steps : str
        The question and the way to its answer; both may name what is given, the steps also what
        stands in `also` and the `answer`.
    value : number or str
        The right answer, not rounded. A whole number is exact; others may be off by one in the
        last of their decimals. A text is chosen, never typed in.
    wrong : sequence of Wrong
        Three or more. The options are the first three.
    decimals : int
    unit : str
    also : mapping
        Numbers on the way.
    """

    given: Mapping[str, object]
    stem: str
    value: Answer
    steps: str
    wrong: Sequence[Wrong]
    decimals: int = 0
    unit: str = ""
    also: Mapping[str, object] = field(default_factory=dict)

    @property
    def is_number(self) -> bool:
        """Whether the answer can be typed in."""
        return not isinstance(self.value, str)

    @property
    def tolerance(self) -> float:
        """How far a typed number may be from the answer as it is shown."""
        return 0 if isinstance(self.value, int) else 10**-self.decimals

    def typed(self, value: Answer) -> str:
        """A number as it is typed: a point, no blanks, no unit."""
        return f"{_rounded(value, self.decimals):.{self.decimals}f}"

    def shown(self, value: Answer) -> str:
        """An answer as it is printed, with its unit."""
        if isinstance(value, str):
            return value
        number = f"{_rounded(value, self.decimals):,.{self.decimals}f}"
        return _minus(f"{number} {self.unit}".strip())

    @property
    def question(self) -> str:
        """The text of the question with its numbers."""
        return _minus(self.stem.strip().format(**self.given))

    @property
    def solution(self) -> str:
        """The way to the answer with its numbers."""
        about = {**self.given, **self.also, "answer": self.shown(self.value)}
        return _minus(self.steps.strip().format(**about))

    @property
    def is_clear(self) -> bool:
        """Whether no two of the options could be taken for each other, as they are shown."""
        values = [self.value, *(one.value for one in self.wrong)]
        if not self.is_number:
            return len(set(values)) == len(values)
        numbers = sorted(float(self.typed(value)) for value in values)
        gap = max(2 * self.tolerance, 10**-self.decimals / 2)
        return all(b - a > gap * (1 + 1e-9) for a, b in itertools.pairwise(numbers))


def _rounded(value: float | int | str, decimals: int) -> Decimal:
    """A number rounded as at school, a half upwards in size, and never to a negative zero."""
    exact = Decimal(repr(round(float(value), 9)))
    return exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP) + 0


def _minus(text: str) -> str:
    """The sign of a negative number as it is printed."""
    return re.sub(r"(?<![\w)\]-])-(?=[\d.])", "−", text)


@dataclass(frozen=True)
class Task:
    """A task of a lesson: its function draws the numbers."""

    lesson: str
    name: str
    function: Callable[[Random], Drawn]

    def draw(self, seed: object) -> Drawn:
        """The task with the numbers of a seed: the same seed, the same numbers.

        What has options that could be taken for each other is drawn again.
        """
        draw = Random(f"{self.lesson}/{self.name}/{seed}")
        for _attempt in range(_TRIES):
            drawn = self.function(draw)
            if drawn.is_clear:
                return drawn
        # no text: for whoever adds a task
        raise AssertionError(f"{self.lesson}, {self.name}: no clear options in {_TRIES} draws")


class Tasks:
    """The tasks of one lesson, in the order in which they are asked.

    Examples
    --------
    >>> tasks = Tasks("99")
    >>> @tasks.add
    ... def a_sum(draw):
    ...     a = draw.randint(3, 9)
    ...     wrong = [Wrong("times", a * a, "."), Wrong("zero", 0, "."), Wrong("one", 1, ".")]
    ...     return Drawn({"a": a}, "{a} + {a}?", 2 * a, "{a} + {a} = {answer}", wrong)
    >>> tasks.tasks["a-sum"].draw(1).solution == tasks.tasks["a-sum"].draw(1).solution
    True
    """

    def __init__(self, number: str) -> None:
        self.number = number
        self.tasks: dict[str, Task] = {}

    def add(self, function: Callable[[Random], Drawn]) -> Callable[[Random], Drawn]:
        """Make a function the task of its name."""
        name = function.__name__.replace("_", "-")
        self.tasks[name] = Task(self.number, name, function)
        return function
