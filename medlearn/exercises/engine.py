"""What an exercise is: a solution, hints, and the wrong answers that learners really give.

A lesson's module declares its exercises on one `Exercises`. Four kinds exist: a function, a value,
a choice, and a free text, which is never marked right or wrong.

>>> lesson = Exercises("99")
>>> @lesson.function(cases=[(1.0, 2.0), (0.5, 0.0)], hints=["Add the two."])
... def add(a, b):
...     return a + b
>>> @add.misconception("You took the difference; the sum was asked for.")
... def _(a, b):
...     return a - b
>>> add.judge(lambda a, b: a - b).status
'wrong'
>>> add.judge(add.solution_function).status
'right'
"""

from __future__ import annotations

import ast
import copy
import html
import inspect
import re
import reprlib
import sys
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from medlearn.exercises import progress
from medlearn.exercises.guard import TimeLimit, guarded

__all__ = ["Choice", "Exercise", "Exercises", "Feedback", "Function", "Text", "Value", "publish"]

_LOOKS = {  # status: symbol, word, colour. The colour only repeats what symbol and word say.
    "right": ("✓", "Right", "#009E73"),
    "wrong": ("✗", "Wrong", "#D55E00"),
    "not yet": ("…", "Not yet", "#777777"),
    "answered": ("✎", "Noted", "#0072B2"),
    "hint": ("→", "Hint", "#0072B2"),
    "solution": ("→", "One solution", "#0072B2"),
}


@dataclass(frozen=True)
class Feedback:
    """What an exercise says of an answer.

    Attributes
    ----------
    status : {"right", "wrong", "not yet", "answered"}
    message : str
        What was expected, what came, and where to look.
    """

    status: str
    message: str

    def __str__(self) -> str:
        symbol, word, _ = _LOOKS[self.status]
        return f"{symbol} {word}. {self.message}".rstrip()


def publish(words: str, markup: str) -> None:
    """Show `markup` in a notebook, `words` everywhere else (and in the notebook's plain text)."""
    try:
        from IPython import get_ipython
        from IPython.display import display
    except ImportError:
        get_ipython = lambda: None  # noqa: E731
    if get_ipython() is None:
        print(words)
    else:
        display({"text/plain": words, "text/html": markup}, raw=True)


def _box(status: str, message: str, code: str = "") -> None:
    """A framed message, with code set as code."""
    symbol, word, colour = _LOOKS[status]
    words = f"{symbol} {word}. {message}".rstrip() + (f"\n\n{code}" if code else "")
    body = html.escape(message).replace("\n", "<br>")
    block = f"<pre>{html.escape(code)}</pre>" if code else ""
    publish(
        words,
        f'<div style="border-left:5px solid {colour};padding:.4em .8em">'
        f"<b>{symbol} {word}.</b> {body}{block}</div>",
    )


class _Repr(reprlib.Repr):
    def __init__(self) -> None:
        super().__init__()
        self.maxstring = self.maxother = 80

    def repr_ndarray(self, value: np.ndarray, _level: int) -> str:
        if value.ndim == 0:
            return self.repr(value.item())
        text = np.array2string(value, precision=4, threshold=12, separator=", ")
        return text if len(text) <= 200 else f"an array of shape {value.shape}"

    def repr_float(self, value: float, _level: int) -> str:
        return f"{value:.6g}"

    repr_float64 = repr_float32 = repr_float


_repr = _Repr()

# How NumPy says that two arrays cannot be combined, in words that help nobody who learns.
_SHAPES_DO_NOT_FIT = re.compile(r"matmul|not aligned|broadcast together|core dimension")


def _say(value: Any) -> str:
    """A short text for any value, however odd."""
    try:
        if isinstance(value, np.generic):
            value = value.item()  # 0.5, not np.float64(0.5)
        return str(_repr.repr(value))[:240]
    except Exception:
        return f"something of type {type(value).__name__}"


def _type_name(value: Any) -> str:
    return str(getattr(type(value), "__name__", "unknown type"))[:40]


def _article(value: Any) -> str:
    name = _type_name(value)
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"


def _is_unfilled(value: Any) -> bool:
    if value is None or value is Ellipsis:
        return True
    return type(value) in (list, tuple) and any(part is Ellipsis for part in value)


# Of the right kind and shape, only another value: expected and got say it all.
_OTHER_TEXT, _OTHER_NUMBER, _OTHER_NUMBERS = _NO_REASON = (
    "not the same text",
    "not the same number",
    "not the same numbers",
)


def _difference(expected: Any, got: Any, tolerance: float) -> str | None:
    """What is wrong with `got`, or None when it equals `expected`."""
    if isinstance(expected, str):
        if type(got) is not str:
            return f"a text was expected, {_article(got)} came"
        return None if got.strip().lower() == expected.lower() else _OTHER_TEXT
    if isinstance(expected, (tuple, list)):
        kind = "tuple" if isinstance(expected, tuple) else "list"
        if isinstance(got, np.ndarray) and got.ndim == 1:
            got = got.tolist()
        if not isinstance(got, (tuple, list)) or len(got) != len(expected):
            return f"{len(expected)} results in a {kind} were expected, {_say(got)} came"
        for place, (one, other) in enumerate(zip(expected, got, strict=True)):
            problem = _difference(one, other, tolerance)
            if problem:
                return f"result {place + 1}: {problem}"
        return None
    want = np.asarray(expected)
    if isinstance(got, (str, bytes, dict, set)) or callable(got):
        return f"a number was expected, {_article(got)} came"
    try:
        have = np.asarray(got)
        have = have.astype(complex if np.iscomplexobj(have) else float)
    except Exception:
        return f"numbers were expected, {_article(got)} came"
    if have.shape != want.shape:
        if want.size == have.size == 1:
            have = have.reshape(want.shape)
        else:
            shape = f"shape {want.shape}" if want.ndim else "one number"
            came = f"shape {have.shape}" if have.ndim else "one number"
            return f"{shape} was expected, {came} came"
    if np.isnan(have).any() and not np.isnan(want.astype(float)).any():
        return 'the result holds nan, "not a number"'
    if np.allclose(have, want.astype(float), rtol=tolerance, atol=tolerance, equal_nan=True):
        return None
    return _OTHER_NUMBER if want.ndim == 0 else _OTHER_NUMBERS


class Exercise:
    """One exercise; see the subclasses for its kinds.

    Parameters
    ----------
    lesson : Lesson
    name : str
        Also the name of the variable or function that the learner fills in.
    hints : sequence of str
        Shown one by one.
    right : str
        Said when the answer is right: why it is.
    """

    def __init__(self, lesson: Exercises, name: str, hints: Sequence[str], right: str = "") -> None:
        self.lesson, self.name, self.right = lesson, name, right
        self.hints = tuple(hints)
        self._next_hint = 0

    @property
    def code(self) -> str:
        """The solution as source code that stands on its own in the lesson."""
        raise NotImplementedError

    @property
    def misconceptions(self) -> Mapping[Any, str]:
        """Wrong answers that learners give, and the message that each must get."""
        return {}

    def _judge(self, answer: Any) -> Feedback:
        raise NotImplementedError

    def judge(self, answer: Any) -> Feedback:
        """What this answer deserves; raises for no answer, shows and records nothing.

        Examples
        --------
        >>> Exercises("99").value("half", code="half = 1 / 2", expected=0.5).judge("a lot").status
        'wrong'
        """
        feedback, _, error = guarded(lambda: self._judge(answer))
        if error is None:
            return feedback
        if isinstance(error, TimeLimit):
            return Feedback("wrong", self._too_slow())
        return Feedback(
            "wrong",
            f"Your answer for {self.name} could not be looked at: it raised {_type_name(error)}.",
        )

    def _too_slow(self) -> str:
        return (
            "It was still running when the time was up, so it was stopped. "
            "Does a loop in it ever end?"
        )

    def check(self, answer: Any) -> None:
        """Say whether the answer is right, and if not, why; remember it when it is."""
        feedback = self.judge(answer)
        message = feedback.message
        if feedback.status in ("right", "answered"):
            progress.record(self.lesson.number, self.name)
            done = progress.passed().get(self.lesson.number, {})
            count = sum(name in done for name in self.lesson.exercises)
            message += f" ({count} of {len(self.lesson.exercises)} in this lesson.)"
        elif feedback.status == "not yet":
            message += f" A hint: ex.{self.name}.hint()"
        _box(feedback.status, message.strip())

    def hint(self) -> None:
        """Show the next hint; after the last one, how to see a solution."""
        if self._next_hint < len(self.hints):
            number = self._next_hint + 1
            _box("hint", f"({number} of {len(self.hints)}) {self.hints[self._next_hint]}")
            self._next_hint = number
        else:
            self._next_hint = 0
            _box("hint", f"That was the last one. ex.{self.name}.solution() shows a solution.")

    def solution(self) -> None:
        """Show one solution."""
        _box("solution", self.right, self.code)

    def __repr__(self) -> str:
        return f"<exercise {self.name} of lesson {self.lesson.number}>"


class Function(Exercise):
    """The learner writes a function; it is called with `cases` and compared with the solution."""

    def __init__(
        self,
        lesson: Exercises,
        solution: Callable[..., Any],
        cases: Sequence[tuple[Any, ...]],
        hints: Sequence[str],
        right: str = "",
        tolerance: float = 1e-6,
    ) -> None:
        super().__init__(lesson, solution.__name__, hints, right)
        self.solution_function = solution
        self.cases = [tuple(case) for case in cases]
        self.tolerance = tolerance
        self._misconceptions: dict[Callable[..., Any], str] = {}
        self._make: Callable[[np.random.Generator], tuple[Any, ...]] | None = None

    @property
    def misconceptions(self) -> Mapping[Any, str]:
        return self._misconceptions

    def fresh(self, make: Callable[..., tuple[Any, ...]]) -> Callable[..., tuple[Any, ...]]:
        """Declare how new cases are made, for marks: the public ones can be learnt by heart.

        Parameters
        ----------
        make : callable
            Takes a `numpy.random.Generator` and gives the arguments of one call, as a tuple.
            Everything random comes from that generator, so that the same seed gives the same.

        Examples
        --------
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

    def fresh_cases(self, rng: np.random.Generator, n: int = 4) -> list[tuple[Any, ...]]:
        """`n` new cases from `rng`; the public ones where `fresh` was not declared."""
        if self._make is None:
            return list(self.cases)
        return [tuple(self._make(rng)) for _ in range(n)]

    def misconception(self, message: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Declare a wrong solution that learners write, and what to tell them."""

        def declare(wrong: Callable[..., Any]) -> Callable[..., Any]:
            self._misconceptions[wrong] = message
            return wrong

        return declare

    @property
    def code(self) -> str:
        source = textwrap.dedent(inspect.getsource(self.solution_function))
        first = ast.parse(source).body[0].lineno - 1  # the line of "def", below the decorators
        return "\n".join(source.splitlines()[first:])

    @property
    def _call(self) -> str:
        return f"{self.name}({', '.join(inspect.signature(self.solution_function).parameters)})"

    def _same_mistake(
        self, wrong: Callable[..., Any], results: Sequence[Any], cases: Sequence[tuple[Any, ...]]
    ) -> bool:
        for case, result in zip(cases, results, strict=True):
            try:
                if _difference(wrong(*copy.deepcopy(case)), result, self.tolerance):
                    return False
            except Exception:
                return False
        return True

    def _too_slow(self) -> str:
        return (
            f"{self.name} was still running when the time was up, so it was stopped. "
            "Does a loop in it ever end?"
        )

    def _judge(self, answer: Any) -> Feedback:
        results, feedback = self.collect(answer, self.cases)
        return feedback if results is None else self.compare(results, self.cases)

    def collect(
        self, answer: Any, cases: Sequence[tuple[Any, ...]]
    ) -> tuple[list[Any] | None, Feedback | None]:
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
        >>> lesson = Exercises("99")
        >>> @lesson.function(cases=[(1.0,)], hints=[])
        ... def twice(x):
        ...     return 2 * x
        >>> twice.collect(lambda x: x + x, [(4.0,), (5.0,)])
        ([8.0, 10.0], None)
        >>> twice.compare([8.0, 10.0], [(4.0,), (5.0,)]).status
        'right'
        """
        if _is_unfilled(answer):
            return None, Feedback("not yet", f"{self.name} is still to be written.")
        if not callable(answer):
            return None, Feedback(
                "wrong",
                f"The function itself was expected, and {_say(answer)} came: "
                f"write check({self.name}), without brackets after {self.name}.",
            )
        wanted = len(inspect.signature(self.solution_function).parameters)
        try:
            inspect.signature(answer).bind(*range(wanted))
        except TypeError:
            return None, Feedback(
                "wrong", f"{self._call} was expected: your function takes other arguments."
            )
        except Exception:
            pass  # no readable signature: calling it will tell
        results, printed = [], ""
        for case in cases:
            result, said, error = self._try(answer, case)
            if error:
                return None, error
            results.append(result)
            printed = printed or said
        if all(_is_unfilled(result) for result in results):
            if printed:
                return None, Feedback(
                    "wrong",
                    f"{self.name} prints its result but gives nothing back: "
                    "end it with return instead of print.",
                )
            return None, Feedback(
                "not yet", f"{self.name} gives nothing back yet: it needs a return."
            )
        return results, None

    def compare(self, results: Sequence[Any], cases: Sequence[tuple[Any, ...]]) -> Feedback:
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
            raise ValueError(f"{self.name}: {len(results)} results for {len(cases)} cases.")
        expected = [self.solution_function(*copy.deepcopy(case)) for case in cases]
        for case, want, got in zip(cases, expected, results, strict=True):
            problem = _difference(want, got, self.tolerance)
            if problem:
                for wrong, message in self._misconceptions.items():
                    if self._same_mistake(wrong, results, cases):
                        return Feedback("wrong", message)
                reason = "" if problem in _NO_REASON else f": {problem}"
                # Several results stay several: their shapes need not fit into one array.
                want = want if isinstance(want, tuple) else np.asarray(want)
                return Feedback(
                    "wrong",
                    f"{self._with(case)} should give {_say(want)}, yours gave {_say(got)}{reason}.",
                )
        return Feedback("right", self.right)

    def _with(self, case: tuple[Any, ...]) -> str:
        arguments = ", ".join(_say(part) for part in case)
        return f"{self.name}({arguments})" if len(arguments) <= 160 else self._call

    def _try(self, answer: Callable[..., Any], case: tuple[Any, ...]) -> tuple[Any, str, Any]:
        """Call the answer once: its result, what it printed, or the feedback on its error."""
        before = len(getattr(sys.stdout, "text", ""))
        try:
            result = answer(*copy.deepcopy(case))
            return result, getattr(sys.stdout, "text", "")[before:], None
        except GeneratorExit:
            reason = "it ended its own generator"
        except SystemExit:
            reason = "it called exit, which would end the notebook"
        except RecursionError:
            reason = "it calls itself without end"
        except Exception as error:
            for wrong, message in self._misconceptions.items():
                try:
                    wrong(*copy.deepcopy(case))
                except Exception as same:
                    if (type(same), str(same)) == (type(error), str(error)):
                        return None, "", Feedback("wrong", message)
            try:
                detail = str(error)[:200]
            except Exception:
                detail = ""
            reason = f"{_type_name(error)}: {detail}" if detail else _type_name(error)
            if isinstance(error, ValueError) and _SHAPES_DO_NOT_FIT.search(detail):
                names = inspect.signature(self.solution_function).parameters
                shapes = (
                    f"{name} has {np.shape(part)}" for name, part in zip(names, case, strict=True)
                )
                reason = f"shapes do not fit each other. Here {', '.join(shapes)}"
        return None, "", Feedback("wrong", f"{self._with(case)} did not come back: {reason}.")


class Value(Exercise):
    """The learner gives a number or an array of numbers.

    `misconceptions` maps wrong values to messages; only numbers can be keys.
    """

    def __init__(
        self,
        lesson: Exercises,
        name: str,
        *,
        code: str,
        expected: Any,
        hints: Sequence[str] = (),
        misconceptions: Mapping[float, str] | None = None,
        right: str = "",
        tolerance: float = 1e-6,
    ) -> None:
        super().__init__(lesson, name, hints, right)
        self.expected, self.tolerance = expected, tolerance
        self._code = textwrap.dedent(code).strip()
        self._misconceptions = dict(misconceptions or {})

    @property
    def code(self) -> str:
        return self._code

    @property
    def misconceptions(self) -> Mapping[Any, str]:
        return self._misconceptions

    def _judge(self, answer: Any) -> Feedback:
        if _is_unfilled(answer):
            return Feedback("not yet", f"{self.name} has no value yet.")
        if callable(answer):
            return Feedback(
                "wrong", f"{self.name} should be a value; {_article(answer)} came: call it?"
            )
        problem = _difference(self.expected, answer, self.tolerance)
        if problem is None:
            return Feedback("right", self.right)
        for wrong, message in self._misconceptions.items():
            if _difference(wrong, answer, self.tolerance) is None:
                return Feedback("wrong", message)
        if problem in _NO_REASON:
            return Feedback("wrong", f"{self.name} = {_say(answer)} is not it.")
        return Feedback("wrong", f"{self.name} = {_say(answer)}: {problem}.")


class Choice(Exercise):
    """The learner picks one letter; each letter, right or wrong, has its own answer."""

    def __init__(
        self,
        lesson: Exercises,
        name: str,
        *,
        answer: str,
        feedback: Mapping[str, str],
        hints: Sequence[str] = (),
    ) -> None:
        if answer not in feedback:
            raise ValueError(f"{name}: the answer {answer!r} has no feedback.")
        super().__init__(lesson, name, hints, feedback[answer])
        self.answer, self.feedback = answer, dict(feedback)

    @property
    def code(self) -> str:
        return f'{self.name} = "{self.answer}"'

    @property
    def misconceptions(self) -> Mapping[Any, str]:
        return {key: text for key, text in self.feedback.items() if key != self.answer}

    def _judge(self, answer: Any) -> Feedback:
        if _is_unfilled(answer) or (type(answer) is str and not answer.strip(" .")):
            return Feedback("not yet", f"{self.name} has no letter yet.")
        letters = ", ".join(f'"{letter}"' for letter in self.feedback)
        letter = answer.strip(" .()\n").lower() if isinstance(answer, str) else answer
        if type(letter) is not str or letter not in self.feedback:
            return Feedback(
                "wrong", f"One of the letters {letters} was expected, {_say(answer)} came."
            )
        status = "right" if letter == self.answer else "wrong"
        return Feedback(status, self.feedback[letter])


class Text(Exercise):
    """The learner writes a few sentences, and compares them with a model answer and a list."""

    SHORTEST = 8
    """Words below which a text counts as not written yet."""

    def __init__(
        self,
        lesson: Exercises,
        name: str,
        *,
        model_answer: str,
        checklist: Sequence[str],
        hints: Sequence[str] = (),
    ) -> None:
        super().__init__(lesson, name, hints)
        self.model_answer = " ".join(model_answer.split())
        self.checklist = tuple(checklist)

    @property
    def code(self) -> str:
        return f'{self.name} = """\n{textwrap.fill(self.model_answer, 96)}\n"""'

    def _beside(self) -> str:
        items = "\n".join(f"☐ {item}" for item in self.checklist)
        return f"A model answer: {self.model_answer}\nDoes yours say this?\n{items}"

    def _judge(self, answer: Any) -> Feedback:
        if _is_unfilled(answer):
            return Feedback("not yet", f"{self.name} is still empty.")
        if not isinstance(answer, str):
            return Feedback(
                "wrong", f"A text between quotes was expected, {_article(answer)} came."
            )
        if len(str.split(answer)) < self.SHORTEST:
            return Feedback("not yet", "Write a few sentences, then compare.")
        return Feedback("answered", f"Now compare.\n{self._beside()}\n")

    def solution(self) -> None:
        """Show the model answer and the checklist."""
        _box("solution", self._beside())


class Exercises:
    """The exercises of one lesson, in the order in which they stand there."""

    def __init__(self, number: str) -> None:
        self.number = number
        self.exercises: dict[str, Exercise] = {}

    def _add(self, exercise: Any) -> Any:
        if exercise.name in self.exercises:
            raise ValueError(f"Lesson {self.number} has two exercises named {exercise.name}.")
        self.exercises[exercise.name] = exercise
        return exercise

    def function(self, **details: Any) -> Callable[[Callable[..., Any]], Function]:
        """Make the decorated function the solution of a `Function` exercise of its name."""
        return lambda solution: self._add(Function(self, solution, **details))

    def value(self, name: str, **details: Any) -> Value:
        """Add a `Value` exercise."""
        return self._add(Value(self, name, **details))

    def choice(self, name: str, **details: Any) -> Choice:
        """Add a `Choice` exercise."""
        return self._add(Choice(self, name, **details))

    def text(self, name: str, **details: Any) -> Text:
        """Add a `Text` exercise."""
        return self._add(Text(self, name, **details))
