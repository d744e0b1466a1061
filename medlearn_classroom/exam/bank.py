"""The tasks of all lessons, found by the names of their files."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from pathlib import Path

from medlearn_classroom.exam.tasks import Task

__all__ = ["load"]


def load(numbers: Iterable[str] | None = None) -> dict[str, list[Task]]:
    """The tasks of these lessons, or of all, by the lesson's number.

    Examples
    --------
    >>> [task.name for task in load(["05"])["05"]][0]
    'predictive-value'
    """
    files = sorted(Path(__file__).parent.glob("lesson_[0-9][0-9].py"))
    known = [file.stem.removeprefix("lesson_") for file in files]
    wanted = known if numbers is None else [number for number in numbers if number in known]
    found = {}
    for number in wanted:
        module = importlib.import_module(f"{__package__}.lesson_{number}")
        found[number] = list(module.tasks.tasks.values())
    return found
