"""Run a learner's code so that whatever it does, the notebook stays as it was."""

from __future__ import annotations

import contextlib
import ctypes
import io
import random
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

__all__ = ["TIME_LIMIT", "TimeLimit", "guarded"]

TIME_LIMIT = 5.0
"""Seconds that one check may take."""

PRINT_LIMIT = 400
"""Characters of a learner's prints that a message repeats; the rest is dropped."""


class TimeLimit(BaseException):
    """The time is up. No `Exception`, so that a learner's `except Exception` lets it through."""


@contextlib.contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    """Time limit in the main thread of Linux and macOS: a signal, which interrupts `sleep` too."""
    active = True

    def ring(_signal: int, _frame: Any) -> None:
        if active:
            raise TimeLimit

    previous = signal.signal(signal.SIGALRM, ring)
    # Rings again and again: a bare `except:` in a loop may swallow the first one.
    left_before, interval_before = signal.setitimer(signal.ITIMER_REAL, seconds, 0.1)
    try:
        try:
            yield
        finally:
            active = False
    finally:
        signal.setitimer(signal.ITIMER_REAL, left_before, interval_before)
        signal.signal(signal.SIGALRM, previous)


@contextlib.contextmanager
def _watcher(seconds: float) -> Iterator[None]:
    """Time limit elsewhere: a second thread that raises `TimeLimit` in this one."""
    thread = ctypes.c_ulong(threading.get_ident())
    lock, done = threading.Lock(), threading.Event()

    def throw(exception: type[BaseException] | None) -> None:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(
            thread, ctypes.py_object(exception) if exception else None
        )

    def watch() -> None:
        pause = seconds
        while not done.wait(pause):
            with lock:
                if not done.is_set():
                    throw(TimeLimit)
            pause = 0.1

    threading.Thread(target=watch, daemon=True).start()
    try:
        try:
            yield
        finally:
            done.set()
    finally:
        done.set()
        with lock:
            throw(None)  # one that was sent and has not arrived yet


def _time_limit(seconds: float) -> contextlib.AbstractContextManager[None]:
    main = threading.current_thread() is threading.main_thread()
    return (_alarm if main and hasattr(signal, "SIGALRM") else _watcher)(seconds)


class _Capped(io.TextIOBase):
    """A text stream that keeps the first `PRINT_LIMIT` characters and drops the rest."""

    def __init__(self) -> None:
        self.text = ""

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self.text += text[: PRINT_LIMIT - len(self.text)]
        return len(text)


@contextlib.contextmanager
def _unchanged() -> Iterator[_Capped]:
    """Put back random state, warnings, NumPy's error and print settings, and the streams."""
    python_state, numpy_state = random.getstate(), np.random.get_state()
    print_options, error_state = np.get_printoptions(), np.geterr()
    out, err = sys.stdout, sys.stderr
    caught = _Capped()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            sys.stdout = sys.stderr = caught
            np.seterr(all="ignore")
            yield caught
    finally:
        sys.stdout, sys.stderr = out, err
        random.setstate(python_state)
        np.random.set_state(numpy_state)
        np.set_printoptions(**print_options)
        np.seterr(**error_state)


def guarded(look: Callable[[], Any], seconds: float | None = None) -> tuple[Any, str, Any]:
    """Call `look` and come back whatever it does.

    Parameters
    ----------
    look : callable without arguments
    seconds : float, optional
        The limit; `TIME_LIMIT` when left out. Stops ordinary Python loops. Code that never
        returns from C, or that swallows every exception, is outside this promise.

    Returns
    -------
    (value, printed, error)
        What `look` returned, the first characters of what it printed, and the exception that
        ended it, or None. A `KeyboardInterrupt` goes through: it is the learner's own.

    Examples
    --------
    >>> guarded(lambda: 1 / 0)[2]
    ZeroDivisionError('division by zero')
    """
    printed = ""
    try:
        with _unchanged() as caught:
            try:
                with _time_limit(TIME_LIMIT if seconds is None else seconds):
                    value = look()
            finally:
                printed = caught.text
        return value, printed, None
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        return None, printed, error
