"""The exercise in which the learner writes a function."""

from __future__ import annotations

import ast
import copy
import inspect
import re
import sys
import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from medlearn.exercises.base import Exercise, Feedback, Lesson, Misconception
from medlearn.exercises.comparison import difference, is_unfilled, say, type_name
from medlearn.language import _

__all__ = ["Function"]

Case = tuple[Any, ...]
"""The arguments of one call."""

# How NumPy says that two arrays cannot be combined, in words that help nobody who learns.
_SHAPES_DO_NOT_FIT = re.compile(r"matmul|not aligned|broadcast together|core dimension")


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
        arguments = ", ".join(say(part) for part in case)
        return f"{self.name}({arguments})" if len(arguments) <= 160 else self._call

    def too_slow(self) -> Feedback:
        """What is said of a function that had to be stopped."""
        words = _(
            "{name} was still running when the time was up, so it was stopped. "
            "Does a loop in it ever end?"
        )
        return Feedback("wrong", words.format(name=self.name))

    def assess(self, answer: Any) -> Feedback:
        """Call the function with the public cases, and compare."""
        results, feedback = self.collect(answer, self.cases)
        return feedback if results is None else self.compare(results, self.cases)

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
                return None, self._raised(error, case)
            printed = printed or getattr(sys.stdout, "text", "")[before:]
        if not all(is_unfilled(result) for result in results):
            return results, None
        if printed:
            words = _(
                "{name} prints its result but gives nothing back: "
                "end it with return instead of print."
            )
            return None, Feedback("wrong", words.format(name=self.name))
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

    def _raised(self, error: BaseException, case: Case) -> Feedback:
        """What is said of a call that ended in an error."""
        for known in self._misconceptions.values():
            try:
                known.wrong(*copy.deepcopy(case))
            except Exception as same:
                if (type(same), str(same)) == (type(error), str(error)):
                    return known.feedback()
        words = _("{call} did not come back: {reason}.")
        return Feedback(
            "wrong", words.format(call=self._with(case), reason=self._reason(error, case))
        )

    def _reason(self, error: BaseException, case: Case) -> str:
        if isinstance(error, GeneratorExit):
            return _("it ended its own generator")
        if isinstance(error, SystemExit):
            return _("it called exit, which would end the notebook")
        if isinstance(error, RecursionError):
            return _("it calls itself without end")
        try:
            detail = str(error)[:200]
        except Exception:
            detail = ""
        if isinstance(error, ValueError) and _SHAPES_DO_NOT_FIT.search(detail):
            names = inspect.signature(self.solution_function).parameters
            shapes = ", ".join(
                _("{name} has {shape}").format(name=name, shape=np.shape(part))
                for name, part in zip(names, case, strict=True)
            )
            return _("shapes do not fit each other. Here {shapes}").format(shapes=shapes)
        return f"{type_name(error)}: {detail}" if detail else type_name(error)

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
        for case, want, got in zip(cases, expected, results, strict=True):
            problem = difference(want, got, self.tolerance)
            if problem is None:
                continue
            for known in self._misconceptions.values():
                if self._same_mistake(known.wrong, results, cases):
                    return known.feedback()
            # Several results stay several: their shapes need not fit into one array.
            want = say(want if isinstance(want, tuple) else np.asarray(want))
            words = _("{call} should give {want}, yours gave {got}.")
            if not problem and want == say(got):
                words = _(
                    "{call} should give {want}. Yours gave the same to six digits and another "
                    "number after them: was it rounded, or measured at two places?"
                )
            if problem:
                words = _("{call} should give {want}, yours gave {got}: {problem}.")
            call = self._with(case)
            return Feedback(
                "wrong", words.format(call=call, want=want, got=say(got), problem=problem)
            )
        return Feedback("right", _(self.right))

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
