"""An answer as a learner writes it: source text, run where a notebook would run it."""

import ast
import importlib
import importlib.util
import inspect
import itertools
import linecache
import textwrap

import numpy as np
import pandas  # noqa: F401 - here, as in a lesson: the first import may take longer than a check may
import scipy.signal
import scipy.special  # noqa: F401
import sklearn.metrics
import sklearn.preprocessing  # noqa: F401

from medlearn.exercises import all_lessons

_cells = itertools.count(1)


def names_of(exercise):
    """The names that a lesson has by the time of this exercise."""
    names, module = {"np": np}, f"medlearn.exercises.lesson_{exercise.lesson.number}"
    if importlib.util.find_spec(module) is None:  # made up for a test
        return names
    module = importlib.import_module(module)
    # A solution may call what the lesson wrote before; the module repeats it under the same name.
    for name, value in vars(module).items():
        if inspect.isfunction(value) and value.__module__ == module.__name__:
            names[name] = value
    names.pop(exercise.name, None)
    return names


def written(exercise, source):
    """The value that this cell gives to the exercise's name; its source can be read, as in Jupyter.

    A function may be written as its body alone: the stub's `def` stands above it.
    """
    source = textwrap.dedent(source).strip("\n")
    if hasattr(exercise, "solution_function") and not defines(source, exercise.name):
        arguments = ", ".join(inspect.signature(exercise.solution_function).parameters)
        source = f"def {exercise.name}({arguments}):\n" + textwrap.indent(source, "    ")
    file, source = f"<cell {next(_cells)}>", source + "\n"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    names = names_of(exercise)
    exec(compile(source, file, "exec"), names)
    return names[exercise.name]


def defines(source, name):
    """Whether a text gives a value to this name by itself."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return True
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store):
            return True
    return False


def exercise(number, name):
    """The exercise of this name in the lesson of this number."""
    return all_lessons()[number].exercises[name]


def judged(number, name, source):
    """What is said of an answer that was written like this."""
    known = exercise(number, name)
    return known.judge(written(known, source))
