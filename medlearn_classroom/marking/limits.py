"""What one notebook may use, and why a run of it ended before its time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from medlearn.language import N_, _

__all__ = ["Limits", "Stop"]


@dataclass(frozen=True)
class Limits:
    """What one notebook may use.

    Attributes
    ----------
    cell_seconds, total_seconds, answer_seconds : float
        Time for one cell, for the whole notebook with its reruns, and for one answer.
    memory_mb, files_mb : int
        Megabytes of memory of all its processes, and of the files in its folder (one file: half).
    output_chars : int
        Printed characters of a cell that are kept.
    processes : int
        Processes at once.
    """

    cell_seconds: float = 120
    total_seconds: float = 900
    answer_seconds: float = 5
    memory_mb: int = 3000
    output_chars: int = 20_000
    files_mb: int = 500
    processes: int = 64


_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "time": N_("it was stopped after {much:g} s"),
        "memory": N_("it used more than {much} MB of memory"),
        "files": N_("it wrote more than {much} MB of files"),
        "processes": N_("it started more than {much} processes"),
        "exit": N_("it ended the whole process (exit code {much})"),
        "signal": N_("it ended the whole process ({much})"),
        "talk": N_("it sent far too much, or closed what it did not open"),
        "total": N_("the time was up"),
    }
)


@dataclass(frozen=True)
class Stop:
    """Why a notebook, a cell or an answer came to no end of its own; as a text, a sentence.

    Attributes
    ----------
    reason : str
        Its own time was up ("time"), or that of the whole notebook ("total"); it went over a limit
        ("memory", "files", "processes"); it ended its process ("exit", "signal") or the talk with
        it ("talk").
    much : float or str
        The limit in seconds, megabytes or processes, the exit code, or the signal's name.

    Examples
    --------
    >>> print(Stop("memory", 400))
    it used more than 400 MB of memory
    >>> Stop("boredom")
    Traceback (most recent call last):
        ...
    ValueError: no reason to stop: 'boredom'
    """

    reason: str
    much: float | str = 0

    def __post_init__(self) -> None:
        if self.reason not in _WORDS:
            raise ValueError(_("no reason to stop: {reason!r}").format(reason=self.reason))

    def __str__(self) -> str:
        return _(_WORDS[self.reason]).format(much=self.much)
