"""Where nobody can move a control: the few states of a figure that a page without a kernel shows.

A grid says for each control which of its values such a page offers; the states are all their
combinations, one picture each. So there are at most `MOST` of them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import ipywidgets

from medlearn.language import _
from medlearn.widgets.controls import accepted, in_order, positions, thinned

__all__ = []

MOST = 60

Grid = dict[str, tuple[Any, ...]]


def fitted(
    controls: Mapping[str, ipywidgets.Widget], wanted: Mapping[str, Sequence[Any]] | None = None
) -> Grid:
    """A grid of at most `MOST` states, from what is wanted and what the controls can do.

    Parameters
    ----------
    controls : mapping of str to widget
    wanted : mapping of str to sequence, optional
        The values to be shown, where one wishes. Those that a control does not take (data decide
        how far a slider goes) are left out, and where it stands at first is added. If nothing of
        them is left, and for the other controls, it is all that the control offers.

    Returns
    -------
    dict of str to tuple
        When there would be too many states, the longest lists are thinned out evenly.

    Examples
    --------
    >>> from medlearn.widgets import choice, slider
    >>> controls = {"n": slider("n", 0, 100, 10), "kind": choice("kind", ["a", "b"])}
    >>> fitted(controls, {"n": [1, 10, 100, 1000]})
    {'n': (1, 10, 100), 'kind': ('a', 'b')}
    >>> math.prod(len(values) for values in fitted(controls).values())
    60
    """
    wanted = wanted or {}
    every = {name: in_order(controls[name], values) for name, values in wanted.items()}
    for name, control in controls.items():
        if len(every.get(name, ())) < 2:
            every[name] = positions(control, MOST)
    grid = {name: every[name] for name in controls}
    while states(grid) > MOST:
        longest = max(reversed(grid), key=lambda name: len(grid[name]))
        start, fewer = controls[longest].value, len(grid[longest]) - 1
        grid[longest] = thinned(every[longest], fewer, start)
    return {name: tuple(values) for name, values in grid.items()}


def checked(
    controls: Mapping[str, ipywidgets.Widget], declared: Mapping[str, Sequence[Any]]
) -> Grid:
    """A grid that somebody declared, in the order of the controls.

    Raises
    ------
    ValueError
        When it names no control or leaves one out, a control would refuse a value, stands at
        first at none of them, or does not move though it could, or there are more than `MOST`
        states.

    Examples
    --------
    >>> from medlearn.widgets import slider
    >>> checked({"n": slider("n", 0, 10, 5)}, {"n": [0, 10]})
    Traceback (most recent call last):
        ...
    ValueError: The grid of 'n' lacks 5, where the control stands at first; add it.
    """
    for name in declared:
        if name not in controls:
            raise ValueError(
                _("The grid names {name!r}; the controls are {controls}.").format(
                    name=name, controls=", ".join(controls)
                )
            )
    grid = {}
    for name, control in controls.items():
        if name not in declared:
            raise ValueError(
                _("The grid leaves out {name!r}; give two of its values or more.").format(name=name)
            )
        grid[name] = _checked_values(name, control, declared[name])
    if states(grid) > MOST:
        sizes = " × ".join(str(len(values)) for values in grid.values())
        raise ValueError(
            _(
                "The grid has {n} states ({sizes}), and may have {most}: one picture is drawn for "
                "each. Choose fewer values."
            ).format(n=states(grid), sizes=sizes, most=MOST)
        )
    return grid


def _checked_values(
    name: str, control: ipywidgets.Widget, values: Sequence[Any]
) -> tuple[Any, ...]:
    found = accepted(control, values)
    if refused := [value for value in values if value not in found]:
        raise ValueError(
            _("The grid of {name!r} has {value!r}, which the control does not take.").format(
                name=name, value=refused[0]
            )
        )
    if control.value not in found:
        raise ValueError(
            _(
                "The grid of {name!r} lacks {value!r}, where the control stands at first; add it."
            ).format(name=name, value=control.value)
        )
    could_move = len(positions(control, MOST)) > 1
    if len(set(found)) < len(found) or (could_move and len(found) < 2):
        raise ValueError(
            _("The grid of {name!r} should have two different values or more, each once.").format(
                name=name
            )
        )
    return tuple(found)


def states(grid: Mapping[str, Sequence[Any]]) -> int:
    """How many states a grid has.

    Examples
    --------
    >>> states({"n": [1, 2, 3], "kind": ["a", "b"]})
    6
    """
    return math.prod(len(values) for values in grid.values())
