"""Which hint comes next: a further one for who asks again, the same for who tried something else.

A call of `hint` that was left in a cell runs with it again and again. It must not use up the hints
of somebody who reads one, changes the answer and runs the cell once more.
"""

from __future__ import annotations

import hashlib
import types
from collections.abc import Hashable
from typing import Any

import numpy as np

from medlearn.exercises.comparison import say
from medlearn.exercises.guard import guarded

__all__ = ["Hints", "fingerprint"]


def fingerprint(answer: Any) -> Hashable:
    """The same for the same answer, however odd: a function by its code, a value by its bytes.

    Examples
    --------
    >>> fingerprint([1, 2]) == fingerprint([1, 2]) != fingerprint([1, 2.5])
    True
    """

    def look() -> Hashable:
        code = getattr(answer, "__code__", None)
        if type(code) is types.CodeType or type(answer) is str:
            return code or answer
        array = np.asarray(answer)
        if array.dtype.kind not in "biufc":
            return say(answer)
        return array.shape, array.dtype.str, hashlib.sha256(array.tobytes()).hexdigest()

    found, _printed, error = guarded(look)
    return found if error is None else guarded(lambda: say(answer))[0]


class Hints:
    """The way through the hints of one exercise, as long as the kernel lives.

    Parameters
    ----------
    count : int
        How many there are. After the last one comes the way to the solution, then the first again.

    Examples
    --------
    >>> hints = Hints(2)
    >>> hints.checked(0.5, done=False)
    >>> hints.next()  # the first
    0
    >>> hints.checked(0.7, done=False)
    >>> hints.next(), hints.next(), hints.next()  # still the first, then the second, then no more
    (0, 1, 2)
    """

    def __init__(self, count: int) -> None:
        self.count, self.done = count, False
        self._place = -1
        self._answer: Hashable = None
        self._shown_for: Hashable = None

    def checked(self, answer: Any, done: bool) -> None:
        """Remember the answer that was checked last, and whether it needs no hint."""
        self._answer, self.done = fingerprint(answer), done

    def next(self) -> int:
        """The place of the hint to show now; `count` for the way to the solution."""
        if self._place < 0 or self._answer == self._shown_for:
            self._place = (self._place + 1) % (self.count + 1)
        self._shown_for = self._answer
        return self._place
