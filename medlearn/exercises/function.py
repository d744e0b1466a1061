"""The exercise in which the learner writes a function."""

from __future__ import annotations

import ast
import copy
import inspect
import sys
import textwrap
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from medlearn.exercises import guard, mistakes, raised, repairs
from medlearn.exercises.base import Exercise, Feedback, Lesson, Misconception
from medlearn.exercises.comparison import difference, first_difference, is_unfilled, say
from medlearn.language import _

__all__ = ["NOT_RETURNED", "Function"]

NOT_RETURNED = raised.KNOWN | {"printed"}
"""Ids of mistakes for which `Function.collect` has no results."""

Case = tuple[Any, ...]
"""The arguments of one call."""

_REPAIR_TIME, _ONE_REPAIR = 1.0, 0.2
"""Seconds for finding a mistake in the source, and for one try: a repair may never end."""


class Function(Exercise):
    """The learner writes a function; it is called with `cases` and compared with the solution.

    Parameters
    ----------
    lesson, hints, right
        As of every exercise.
    solution : callable
        Its name is the exercise's.
    cases : sequence of tuple
        The arguments of each call.
    tolerance : float
        For numbers, relative and absolute.
    """

    def __init__(
        self,
        lesson: Lesson,
        solution: Callable[..., Any],
        cases: Sequence[Case],
        hints: Sequence[str],
        right: str = "",
        tolerance: float = 1e-6,
    ) -> None:
        super().__init__(lesson, solution.__name__, hints, right)
        self.solution_function = solution
        self.cases = [tuple(case) for case in cases]
        self.tolerance = tolerance
        self._misconceptions: dict[str, Misconception] = {}
        self._make: Callable[[np.random.Generator], Case] | None = None

    @property
    def misconceptions(self) -> Mapping[str, Misconception]:
        """Wrong functions that learners write, by name."""
        return self._misconceptions

    def fresh(self, make: Callable[..., Case]) -> Callable[..., Case]:
        """Declare how new cases are made, for marks: the public ones can be learnt by heart.

        Parameters
        ----------
        make : callable
            Takes a `numpy.random.Generator` and gives the arguments of one call, as a tuple.
            Everything random comes from that generator, so that the same seed gives the same.

        Examples
        --------
        >>> from medlearn.exercises.engine import Exercises
        >>> lesson = Exercises("99")
        >>> @lesson.function(cases=[(1.0,)], hints=[])
        ... def twice(x):
        ...     return 2 * x
        >>> @twice.fresh
        ... def _(rng):
        ...     return (float(rng.integers(2, 9)),)
        >>> twice.fresh_cases(np.random.default_rng(0), 2)
        [(7.0,), (6.0,)]
        """
        self._make = make
        return make

    def fresh_cases(self, rng: np.random.Generator, n: int = 4) -> list[Case]:
        """`n` new cases from `rng`; the public ones where `fresh` was not declared."""
        if self._make is None:
            return list(self.cases)
        return [tuple(self._make(rng)) for _n in range(n)]

    def misconception(
        self, name: str, message: str
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Declare a wrong solution that learners write.

        Parameters
        ----------
        name : str
            What marks and reports know it by, such as "no_bias"; it stays when the words change.
        message : str
            What to tell a learner who wrote it.

        Raises
        ------
        ValueError
            When the exercise has a misconception of this name already, or when it is no name.
        """
        if name in self._misconceptions or not name.isidentifier():
            raise ValueError(
                _(
                    "{exercise}: a misconception needs a name of its own in small letters, such as "
                    "no_bias; {name!r} is taken, or is none."
                ).format(exercise=self.name, name=name)
            )

        def declare(wrong: Callable[..., Any]) -> Callable[..., Any]:
            self._misconceptions[name] = Misconception(name, message, wrong)
            return wrong

        return declare

    @property
    def code(self) -> str:
        """The solution's source, without its decorators."""
        source = textwrap.dedent(inspect.getsource(self.solution_function))
        first = ast.parse(source).body[0].lineno - 1  # the line of "def", below the decorators
        return "\n".join(source.splitlines()[first:])

    @property
    def _call(self) -> str:
        return f"{self.name}({', '.join(inspect.signature(self.solution_function).parameters)})"

    def _with(self, case: Case) -> str:
        """The call with this case, as one would type it."""
        arguments = [say(part, 80) for part in case]
        call = f"{self.name}({', '.join(arguments)})"
        if len(call) <= 100 and not any(np.ndim(part) > 1 for part in case if part is not None):
            return call
        number = next((n for n, known in enumerate(self.cases) if known is case), None)
        return self._call if number is None else f"{self.name}(*ex.{self.name}.cases[{number}])"

    def too_slow(self) -> Feedback:
        """What is said of a function that had to be stopped."""
        words = _(
            "{name} was still running when the time was up, so it was stopped. "
            "Does a loop in it ever end?"
        )
        return Feedback("wrong", words.format(name=self.name))

    def assess(self, answer: Any) -> Feedback:
        """Call the function with the public cases, and compare."""
        begun = time.monotonic()
        results, feedback = self.collect(answer, self.cases)
        if results is not None:
            feedback = self.compare(results, self.cases)
        if feedback.status == "wrong" and feedback.misconception not in self._misconceptions:
            tried = repairs.SURE if feedback.misconception else repairs.REPAIRS
            left = guard.TIME_LIMIT - (time.monotonic() - begun)
            return self._repaired(answer, tried, min(_REPAIR_TIME, left / 2)) or feedback
        return feedback

    def _repaired(self, answer: Any, tried: Iterable[str], seconds: float) -> Feedback | None:
        """The mistake in the learner's source, where one small repair makes all cases right."""
        expected = [self.solution_function(*copy.deepcopy(case)) for case in self.cases]
        end = time.monotonic() + seconds

        def right(function: Callable[..., Any]) -> bool:
            return all(
                difference(want, function(*copy.deepcopy(case)), self.tolerance) is None
                for want, case in zip(expected, self.cases, strict=True)
            )

        def passes(function: Callable[..., Any]) -> bool:
            left = min(_ONE_REPAIR, end - time.monotonic())
            return left > 0 and bool(guard.guarded(lambda: right(function), left)[0])

        # Making and compiling repairs takes time, too: of a long function there are thousands.
        found = guard.guarded(lambda: repairs.find(answer, passes, tried), seconds)[0]
        return None if found is None else Feedback("wrong", found[1], found[0])

    # --- calling: where the learner's code runs ---

    def collect(
        self, answer: Any, cases: Sequence[Case]
    ) -> tuple[list[Any], None] | tuple[None, Feedback]:
        """Call the learner's function with copies of the cases, and compare nothing.

        This half runs where the learner's code runs; `compare` may run in another process.

        Parameters
        ----------
        answer : object
            A function, if all is well.
        cases : sequence of tuple
            The arguments of each call.

        Returns
        -------
        (list, None) or (None, Feedback)
            One result for each case; or, where there are none, why: "not yet" or "wrong".

        Examples
        --------
        >>> from medlearn.exercises.engine import Exercises
        >>> lesson = Exercises("99")
        >>> @lesson.function(cases=[(1.0,)], hints=[])
        ... def twice(x):
        ...     return 2 * x
        >>> twice.collect(lambda x: x + x, [(4.0,), (5.0,)])
        ([8.0, 10.0], None)
        >>> twice.compare([8.0, 10.0], [(4.0,), (5.0,)]).status
        'right'
        """
        if problem := self._not_to_be_called(answer):
            return None, problem
        results, printed = [], ""
        for case in cases:
            before = len(getattr(sys.stdout, "text", ""))
            try:
                results.append(answer(*copy.deepcopy(case)))
            except (Exception, SystemExit, GeneratorExit) as error:
                return None, self._raised(error, answer, cases, results)
            printed = printed or getattr(sys.stdout, "text", "")[before:]
        if not all(is_unfilled(result) for result in results):
            return results, None
        if printed:
            words = _(
                "{name} prints its result but gives nothing back: "
                "end it with return instead of print."
            )
            return None, Feedback("wrong", words.format(name=self.name), "printed")
        words = _("{name} gives nothing back yet: it needs a return.")
        return None, Feedback("not yet", words.format(name=self.name))

    def _not_to_be_called(self, answer: Any) -> Feedback | None:
        """Why this answer cannot be called with the cases, or None."""
        if is_unfilled(answer):
            return Feedback("not yet", _("{name} is still to be written.").format(name=self.name))
        if not callable(answer):
            words = _(
                "The function itself was expected, and {value} came: "
                "write check({name}), without brackets after {name}."
            )
            return Feedback("wrong", words.format(value=say(answer), name=self.name))
        wanted = len(inspect.signature(self.solution_function).parameters)
        try:
            inspect.signature(answer).bind(*range(wanted))
        except TypeError:
            words = _("{call} was expected: your function takes other arguments.")
            return Feedback("wrong", words.format(call=self._call))
        except Exception:
            pass  # no readable signature: calling it will tell
        return None

    def _raised(
        self, error: BaseException, answer: Any, cases: Sequence[Case], results: Sequence[Any]
    ) -> Feedback:
        """What is said of a call that ended in an error, after the calls that gave `results`.

        A misconception is named when it ends in the same error, and gave the same until then.
        """
        case, before = cases[len(results)], cases[: len(results)]
        for known in self._misconceptions.values():
            if not self._same_mistake(known.wrong, results, before):
                continue
            try:
                known.wrong(*copy.deepcopy(case))
            except Exception as same:
                if (type(same), str(same)) == (type(error), str(error)):
                    return known.feedback()
        names = inspect.signature(self.solution_function).parameters
        shapes = ", ".join(
            _("{name} has {shape}").format(name=name, shape=np.shape(part))
            for name, part in zip(names, case, strict=True)
            if np.ndim(part)
        )
        message = raised.explain(self._with(case), error, answer, shapes)
        return Feedback("wrong", message, raised.kind_of(error))

    # --- comparing: may be another process ---

    def compare(self, results: Sequence[Any], cases: Sequence[Case]) -> Feedback:
        """What these results of `collect` deserve, judged by the solution on the same cases.

        Parameters
        ----------
        results : sequence
            One for each case.
        cases : sequence of tuple

        Returns
        -------
        Feedback
            "right" or "wrong"; a misconception is recognised on these cases.

        Raises
        ------
        ValueError
            When there are more or fewer results than cases.
        """
        if len(results) != len(cases):
            words = _("{name}: {results} results for {cases} cases.")
            raise ValueError(words.format(name=self.name, results=len(results), cases=len(cases)))
        expected = [self.solution_function(*copy.deepcopy(case)) for case in cases]
        differences = [
            difference(want, got, self.tolerance)
            for want, got in zip(expected, results, strict=True)
        ]
        first = next((n for n, found in enumerate(differences) if found is not None), None)
        if first is None:
            return Feedback("right", _(self.right))
        for known in self._misconceptions.values():
            if self._same_mistake(known.wrong, results, cases):
                return known.feedback()
        names = tuple(inspect.signature(self.solution_function).parameters)
        answered = mistakes.Answered(
            self.solution_function, names, cases, expected, list(results), self.tolerance
        )
        if found := mistakes.recognise(answered):
            return Feedback("wrong", found[1], found[0])
        call, problem = self._with(cases[first]), differences[first]
        return Feedback("wrong", self._plainly(call, expected[first], results[first], problem))

    def _plainly(self, call: str, want: Any, got: Any, problem: str | None) -> str:
        """What was expected and what came, where no mistake is known that explains it."""
        parts = want if isinstance(want, (tuple, list)) else (want,)
        many = any(np.ndim(part) > 1 or np.size(part) > 6 for part in parts)
        if many and problem:
            words = _("{call} should give something else: {problem}.")
            return words.format(call=call, problem=problem)
        if many:
            place = first_difference(want, got, self.tolerance)
            return _("{call} should give other numbers {place}.").format(call=call, place=place)
        # Several results stay several: their shapes need not fit into one array.
        wanted = say(want if isinstance(want, tuple) else np.asarray(want), 80)
        words = _("{call} should give {want}, yours gave {got}.")
        if problem:
            words = _("{call} should give {want}, yours gave {got}: {problem}.")
        return words.format(call=call, want=wanted, got=say(got, 80), problem=problem)

    def _same_mistake(
        self, wrong: Callable[..., Any], results: Sequence[Any], cases: Sequence[Case]
    ) -> bool:
        for case, result in zip(cases, results, strict=True):
            try:
                if difference(wrong(*copy.deepcopy(case)), result, self.tolerance) is not None:
                    return False
            except Exception:
                return False
        return True
