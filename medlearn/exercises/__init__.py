"""Exercises that answer at once: one module a lesson, one object an exercise.

In a lesson: ``from medlearn.exercises import lesson_01 as ex``, then ``ex.neuron.check(neuron)``,
``ex.neuron.hint()`` and ``ex.neuron.solution()``.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from medlearn.exercises.engine import Exercises

__all__ = ["all_lessons"]


def all_lessons() -> dict[str, Exercises]:
    """Every lesson that has exercises, in the order of the course.

    Returns
    -------
    dict of str to Exercises
        The lesson's number as in its file name ("01") and its exercises.

    Examples
    --------
    >>> "neuron" in all_lessons()["01"].exercises
    True
    """
    names = sorted(m.name for m in pkgutil.iter_modules(__path__) if m.name.startswith("lesson_"))
    modules = [importlib.import_module(f"{__name__}.{name}") for name in names]
    return {module.lesson.number: module.lesson for module in modules}
