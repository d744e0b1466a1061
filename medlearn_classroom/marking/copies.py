"""What a person should look at: the same code or sentences twice, the course's own solution.

A flag is a reason to look and no verdict: short code has few ways to be right, and learners work
in pairs. So only code of some length is compared, without its layout, comments and docstrings.
"""

from __future__ import annotations

import ast
import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from medlearn.exercises import all_lessons
from medlearn.exercises.engine import Exercise, Function, Text
from medlearn.language import _
from medlearn_classroom.marking.marks import Graded, Mark

__all__ = ["bare", "fingerprint", "flagged", "uses_solution"]

SHORTEST_CODE = 40
"""Nodes of a syntax tree, below which two learners write the same without having met."""
SHORTEST_TEXT = 8
"""Words."""

_PARTS = {"code", "solution", "solution_function", "expected", "answer", "model_answer"}


def bare(text: str) -> str:
    """A text without what two copies of it may differ in."""
    return " ".join(text.split()).casefold()


def _tree(code: str) -> ast.Module | None:
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(node, ast.FunctionDef) and ast.get_docstring(node) and len(body) > 1:
            del body[0]
    return tree


def fingerprint(code: str) -> str:
    """What is the same for two pieces of code that differ in layout and comments; "" if too short.

    Examples
    --------
    >>> long = "def f(x):\\n    a = 0\\n    for v in x:\\n        a += v * v"
    >>> long += "\\n    return a / 2, a - 1, len(x)"
    >>> fingerprint(long) == fingerprint(long.replace("v * v", "v*v  # squared"))
    True
    >>> fingerprint("def f(x):\\n    return x")
    ''
    """
    tree = _tree(code)
    if tree is None or sum(1 for _node in ast.walk(tree)) < SHORTEST_CODE:
        return ""
    return hashlib.sha256(ast.dump(tree).encode("utf-8", "replace")).hexdigest()


def uses_solution(code: str) -> bool:
    """Whether the course's own solution is taken for the answer: ``neuron = ex.neuron.solution``.

    To *print* a solution, ``ex.neuron.solution()``, is no answer.

    Examples
    --------
    >>> uses_solution("neuron = ex.neuron.solution_function"), uses_solution("ex.neuron.solution()")
    (True, False)
    """
    tree = _tree(code)
    if tree is None:
        return False
    shown = {
        id(node.value.func)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in _PARTS and id(node) not in shown:
            below = node.value
            if isinstance(below, ast.Attribute) and isinstance(below.value, ast.Name):
                return True
    return False


@cache
def _of_the_course(exercise: Function) -> str:
    """The fingerprint of an exercise's solution: asked for every learner after every notebook."""
    return fingerprint(exercise.code)


def _signs(exercise: Exercise, mark: Mark) -> str:
    """What two copies of an answer share, or nothing."""
    if isinstance(exercise, Function):
        return mark.source
    if isinstance(exercise, Text) and mark.status == "to read":
        words = bare(mark.message)
        return words if len(words.split()) >= SHORTEST_TEXT else ""
    return ""


def flagged(graded: Sequence[Graded]) -> list[Graded]:
    """The same marks, with a flag where somebody else has the same code or sentences.

    Parameters
    ----------
    graded : sequence of Graded

    Returns
    -------
    list of Graded
    """
    who: defaultdict[tuple[str, str, str], set[str]] = defaultdict(set)
    course = all_lessons()
    for one in graded:
        for mark in one.marks:
            if sign := _signs(course[one.lesson].exercises[mark.exercise], mark):
                who[one.lesson, mark.exercise, sign].add(one.learner)
    result = []
    for one in graded:
        marks = []
        for mark in one.marks:
            exercise = course[one.lesson].exercises[mark.exercise]
            flags, sign = [*mark.flags], _signs(exercise, mark)
            others = who[one.lesson, mark.exercise, sign] - {one.learner} if sign else ()
            if others:
                said = _("the same as {others}")
                flags.append(said.format(others=", ".join(sorted(others))))
            if isinstance(exercise, Text) and sign == bare(exercise.model_answer):
                flags.append(_("the model answer"))
            if isinstance(exercise, Function) and sign and sign == _of_the_course(exercise):
                flags.append(_("the solution of the course"))
            marks.append(replace(mark, flags=tuple(flags)))
        result.append(replace(one, marks=tuple(marks)))
    return result
