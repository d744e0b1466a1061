"""The untrusted half of marking: runs a learner's cells, and sends their answers as data.

`supervisor` starts it as ``python -m medlearn_classroom.marking.runner`` in an empty folder, writes
one line of JSON to its standard input, the job, and reads lines of JSON from its standard output:
which cell or answer begins, and what came of it. Both are moved out of the learner's way first, so
that a cell that prints or reads meets neither.

Nothing that comes from here is believed: a cell can reach all of this process. It sends what the
learner's functions gave back, never whether that is right; the other process compares.
"""

from __future__ import annotations

import base64
import contextlib
import importlib
import io
import json
import os
import sys
import threading
import traceback
from collections.abc import Iterator
from typing import Any

import numpy as np

from medlearn.exercises.comparison import say
from medlearn.exercises.engine import Exercise, Function
from medlearn.exercises.guard import TimeLimit, guarded
from medlearn.language import _

__all__ = ["LARGEST_ANSWER", "encode", "main"]

LARGEST_ANSWER = 2_000_000
"""Bytes (of arrays and texts) and parts (of lists) of one answer, together; more is not sent."""


LONGEST_TEXT = 100_000
"""Characters of a text that are sent; the rest is cut off."""


class _TooLarge(Exception):
    pass


def encode(value: Any) -> Any:
    """An answer as plain data for JSON; the other process makes a value of it again.

    Parameters
    ----------
    value : object
        Numbers, texts, None, ``...``, lists, tuples and arrays are sent as they are. What NumPy
        can read as numbers (a table's column, a tensor) is sent as an array. Of anything else,
        and of anything too large, only the name of its type and a short text are sent.

    Examples
    --------
    >>> encode((1, [2.5, ...]))
    ['tuple', [1, ['list', [2.5, ['ellipsis']]]]]
    >>> encode({"a": 1})
    ['other', 'dict', "{'a': 1}", False]
    """
    room = LARGEST_ANSWER

    def take(size: int) -> None:
        nonlocal room
        room -= size
        if room < 0:
            raise _TooLarge

    def walk(value: Any, depth: int) -> Any:
        take(8)
        kind = type(value)
        if depth > 20:
            raise _TooLarge
        if value is None or kind is bool or kind is float:
            return value
        if kind is int and value.bit_length() < 1024:
            return value
        if issubclass(kind, str):  # NumPy's texts are texts too
            text = str.__str__(value)[:LONGEST_TEXT]
            take(len(text))
            return text
        if value is Ellipsis:
            return ["ellipsis"]
        if kind is complex:
            return ["complex", value.real, value.imag]
        if issubclass(kind, (list, tuple)):
            name = "list" if issubclass(kind, list) else "tuple"
            return [name, [walk(part, depth + 1) for part in value]]
        if issubclass(kind, (bytes, dict, set, frozenset)) or callable(value):
            return other(value)
        array = np.asarray(value)
        if array.dtype.kind in "biufc":
            take(array.nbytes)
            return [
                "array",
                array.dtype.str,
                array.shape,
                base64.b64encode(array.tobytes()).decode(),
            ]
        if array.ndim and array.dtype.kind in "OU":
            parts = [walk(part, depth + 1) for part in array.ravel().tolist()]
            return ["objects", array.shape, parts]
        return other(value)

    def other(value: Any) -> Any:
        try:
            return ["other", str(type(value).__name__)[:40], say(value)[:240], callable(value)]
        except Exception:
            return ["other", "object", _("an object"), False]

    try:
        return walk(value, 0)
    except Exception:  # _TooLarge, or an object that raises when it is looked at
        return other(value)


class _Capped(io.TextIOBase):
    """What a cell prints, up to a limit; the rest is dropped."""

    encoding = "utf-8"

    def __init__(self, limit: int) -> None:
        self.text, self.limit = "", limit

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if len(self.text) < self.limit:
            self.text += text[: self.limit - len(self.text)]
        return len(text)


def _shell() -> Any:
    """An IPython without a kernel. What it shows is printed as text; pictures are dropped."""
    from IPython.core.displayhook import DisplayHook
    from IPython.core.displaypub import DisplayPublisher
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    class Hook(DisplayHook):
        def write_output_prompt(self) -> None:
            pass

    class Publisher(DisplayPublisher):
        def publish(self, data: dict, *_more: Any, **_options: Any) -> None:
            if "text/plain" in data:
                print(data["text/plain"])

    class Shell(InteractiveShell):
        def ask_exit(self) -> None:  # exit() ends a notebook's kernel; here the rest still runs
            pass

        def enable_gui(self, gui: Any = None) -> None:
            pass

        def showtraceback(self, *_more: Any, **_options: Any) -> None:  # sent as the cell's error
            pass

        showsyntaxerror = showtraceback

        @contextlib.contextmanager
        def _tee(self, *_more: Any, **_options: Any) -> Iterator[None]:
            yield  # it would keep all that is printed

    config = Config()
    config.HistoryManager.enabled = False
    return Shell.instance(config=config, displayhook_class=Hook, display_pub_class=Publisher)


def _error(error: BaseException) -> str:
    """Name and message of an error, and the lines of the learner's code that led to it."""
    try:
        frames = traceback.extract_tb(error.__traceback__)
        own = [f for f in frames if "ipython-input" in f.filename or "ipykernel" in f.filename]
        # no text: the form of Python's own tracebacks
        lines = [f"  line {frame.lineno}, in {frame.name}: {frame.line}" for frame in own[-3:]]
        last = traceback.format_exception_only(error)[-1].strip()
        return "\n".join([last[:500], *(line[:200] for line in lines)])
    except Exception:
        return type(error).__name__


def _run(shell: Any, source: str, limit: int) -> dict[str, Any]:
    """Run one cell as "Run all" would: an error is noted, and the next cell comes."""
    caught = _Capped(limit)
    sys.stdout = sys.stderr = caught
    try:
        result = shell.run_cell(source, store_history=False)
        error = result.error_before_exec or result.error_in_exec
    except BaseException as raised:
        error = raised
    finally:
        sys.stdout = sys.stderr = _Capped(0)
    return {"text": caught.text, "error": error and _error(error)}


def collected(exercise: Function, answer: Any, cases: list[tuple[Any, ...]]) -> dict[str, Any]:
    """What a function gives for the cases, as data, or why there is nothing."""
    results, feedback = exercise.collect(answer, cases)
    if results is None:
        return {"feedback": [feedback.status, feedback.message, feedback.misconception]}
    return {"results": [encode(result) for result in results]}


def _answer(
    exercise: Exercise, names: dict[str, Any], fresh: list[tuple[Any, ...]], seconds: float
) -> dict[str, Any]:
    """The answer to one exercise, as data; for a function, what it gives for each case."""
    if exercise.name not in names:
        return {"missing": True}
    answer = names[exercise.name]
    if not isinstance(exercise, Function):
        value, _printed, error = guarded(lambda: encode(answer), seconds)
        return {"value": value if error is None else ["other", "object", _("an object"), False]}
    rounds: list[dict[str, Any]] = []
    for cases in (exercise.cases, fresh):
        said, _printed, error = guarded(lambda c=cases: collected(exercise, answer, c), seconds)
        if isinstance(error, TimeLimit):
            slow = exercise.too_slow()
            said = {"feedback": [slow.status, slow.message, ""]}
        elif error is not None:
            words = _("Calling {exercise} raised {error}.")
            words = words.format(exercise=exercise.name, error=_error(error))
            said = {"feedback": ["wrong", words, ""]}
        rounds.append(said)
        if "feedback" in said:
            break
    return {"rounds": rounds}


def _limit(megabytes: int) -> None:
    """What the system itself can refuse: very large files, very many open files, core dumps."""
    with contextlib.suppress(ImportError):  # Windows has no `resource`
        import resource

        wanted = {"FSIZE": megabytes * 2**19, "NOFILE": 1024, "CORE": 0}
        for name, most in wanted.items():
            number = getattr(resource, f"RLIMIT_{name}")
            _soft, hard = resource.getrlimit(number)
            most = most if hard == resource.RLIM_INFINITY else min(most, hard)
            with contextlib.suppress(ValueError, OSError):
                resource.setrlimit(number, (most, most))


def _end_with_the_parent(pipe: int) -> None:
    """The parent holds the other end of this pipe. When it dies, this process ends as well."""
    with contextlib.suppress(OSError):
        while os.read(pipe, 1024):
            pass
    if hasattr(os, "killpg"):
        import signal

        os.killpg(0, signal.SIGKILL)
    os._exit(1)


def main() -> None:
    """Do the job that stands on standard input; see the module's text."""
    ear, mouth = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nothing, number)
    with os.fdopen(os.dup(ear), "rb") as stream:
        job = json.loads(stream.readline())
    me = os.getpid()

    def send(**event: Any) -> None:
        if os.getpid() != me:  # a cell has forked, and this is the copy
            os._exit(0)
        # It begins on a line of its own, whatever a cell has written there.
        line = b"\n" + json.dumps(event).encode("ascii", "replace") + b"\n"
        while line:
            line = line[os.write(mouth, line) :]

    threading.Thread(target=_end_with_the_parent, args=(ear,), daemon=True).start()
    _limit(job["files_mb"])
    lesson = importlib.import_module(f"medlearn.exercises.lesson_{job['lesson']}").lesson
    # Made before any cell runs, so that nothing a cell does to NumPy changes them.
    fresh = {
        name: lesson.exercises[name].fresh_cases(np.random.default_rng(seed))
        for name, seed in job["seeds"].items()
    }
    shell = _shell()
    for index, source in job["cells"]:
        send(event="cell", index=index)
        send(event="ran", index=index, **_run(shell, source, job["output_chars"]))
    for name in job["answers"]:
        send(event="asked", name=name)
        exercise, seconds = lesson.exercises[name], job["answer_seconds"]
        said = _answer(exercise, shell.user_ns, fresh.get(name, []), seconds)
        send(event="answer", name=name, **said)
    send(event="done")


if __name__ == "__main__":
    main()
