"""What an answer deserves: the marking process reads what the runner sent, and compares.

It comes from a process that a notebook can reach, so nothing of it is believed: it is data, and is
judged here. What the runner sends is in no language; the messages are made here.
"""

from __future__ import annotations

import base64
import re
from typing import Any

import numpy as np

from medlearn.exercises.engine import Exercise, Feedback, Function, Text
from medlearn.exercises.function import NOT_RETURNED
from medlearn.language import _
from medlearn_classroom.marking.limits import Stop
from medlearn_classroom.marking.marks import Mark, points
from medlearn_classroom.words import one_line

__all__ = ["decode", "mark"]


def _stand_in(name: str, said: str, is_callable: bool) -> Any:
    """For what could not be sent: an object of that type name, which says the same of itself."""
    methods: dict[str, Any] = {"__repr__": lambda _self: said}
    if is_callable:
        methods["__call__"] = lambda *_arguments: None
    return type(name if name.isidentifier() else "object", (), methods)()


def decode(data: Any) -> Any:
    """The value that `runner.encode` sent.

    Raises
    ------
    ValueError
        When the data are not of its making.

    Examples
    --------
    >>> decode(["tuple", [1, ["list", [2.5, ["ellipsis"]]]]])
    (1, [2.5, Ellipsis])
    """
    if data is None or type(data) in (bool, int, float, str):
        return data
    try:
        match data:
            case ["ellipsis"]:
                return ...
            case ["complex", real, imag]:
                return complex(real, imag)
            case ["list", list(parts)]:
                return [decode(part) for part in parts]
            case ["tuple", list(parts)]:
                return tuple(decode(part) for part in parts)
            case ["array", str(kind), list(shape), str(raw)] if re.fullmatch(
                r"[<>|][biufc]\d+", kind
            ):
                flat = np.frombuffer(base64.b64decode(raw), np.dtype(kind))
                return flat.reshape([int(size) for size in shape])
            case ["objects", list(shape), list(parts)]:
                array = np.empty(len(parts), dtype=object)
                for place, part in enumerate(parts):
                    array[place] = decode(part)
                return array.reshape([int(size) for size in shape])
            case ["other", str(name), str(said), bool(is_callable)]:
                return _stand_in(name, said[:240], is_callable)
    except (ValueError, TypeError, OverflowError, RecursionError, MemoryError) as error:
        raise ValueError(_("unreadable answer: {why}").format(why=error)) from None
    raise ValueError(_("unreadable answer"))


def _round(exercise: Function, said: Any, cases: list[tuple[Any, ...]]) -> Feedback:
    match said:
        case {"feedback": ["wrong", str(), str(name)]} if name in exercise.misconceptions:
            return exercise.misconceptions[name].feedback()  # its words are known here
        case {"feedback": ["wrong" | "not yet" as status, str(message), str(name)]}:
            return Feedback(status, one_line(message), name if name in NOT_RETURNED else "")
        case {"results": list(results)}:
            return exercise.compare([decode(result) for result in results], cases)
    raise ValueError(_("unreadable answer"))


def _feedback(exercise: Exercise, said: dict[str, Any] | Stop, seed: int) -> Feedback:
    """What the answer deserves, judged here."""
    if isinstance(said, Stop):
        if said.reason == "time":
            return exercise.too_slow()
        return Feedback("wrong", _("Calling it: {why}.").format(why=said))
    if "missing" in said:
        words = _("The notebook defines no {exercise}.").format(exercise=exercise.name)
        return Feedback("missing", words)
    if not isinstance(exercise, Function):
        answer = decode(said["value"])
        if isinstance(exercise, Text) and type(answer) is str and answer.strip():
            return Feedback("to read", answer.strip()[:20_000])
        return exercise.assess(answer)
    # The public cases first: what is wrong there gets the message that `check` gave.
    feedback = Feedback("not yet", "")
    fresh = exercise.fresh_cases(np.random.default_rng(seed))
    rounds = said["rounds"]
    for part, cases in zip(rounds, (exercise.cases, fresh), strict=False):
        feedback = _round(exercise, part, cases)
        if feedback.status != "right":
            return feedback
    if len(rounds) != 2:
        raise ValueError(_("unreadable answer"))
    return feedback


def mark(exercise: Exercise, said: dict[str, Any] | Stop, seed: int) -> Mark:
    """The mark for one exercise.

    Parameters
    ----------
    exercise : Exercise
    said : dict or Stop
        What the runner sent for it, or why it was stopped.
    seed : int
        Of the learner's own cases, for a function.

    Examples
    --------
    >>> from medlearn.exercises import all_lessons
    >>> mark(all_lessons()["01"].exercises["silent"], {"value": "c"}, 1).points
    1.0
    """
    try:
        with np.errstate(all="ignore"):
            feedback = _feedback(exercise, said, seed)
    except Exception:  # only a notebook that meddled with the talk between the processes gets here
        words = _("The answer for {exercise} could not be read.").format(exercise=exercise.name)
        feedback = Feedback("wrong", words)
    worth = points(exercise)
    got = {"right": worth, "to read": None}.get(feedback.status, 0.0)
    return Mark(
        exercise=exercise.name,
        status=feedback.status,
        points=got,
        out_of=worth,
        message=feedback.message,
        misconception=feedback.misconception,
    )
