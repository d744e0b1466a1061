"""What a reader moves: a slider, numbers to step through, a list to choose from."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import ipywidgets
import numpy as np
from traitlets import TraitError

from medlearn.language import _

__all__ = ["choice", "notches", "slider"]


def slider(
    label: str, low: float, high: float, value: float, step: float | None = None
) -> ipywidgets.Widget:
    """A slider; whole numbers in, whole numbers out.

    Parameters
    ----------
    label : str
        What it moves, with its unit.
    low, high, value : float
    step : float, optional
        1 for whole numbers, a fiftieth of the way otherwise.

    Raises
    ------
    ValueError
        When the start value lies outside low … high.

    Examples
    --------
    >>> slider("weight", -1.0, 1.0, 0.5).value
    0.5
    """
    if not low <= value <= high:
        raise ValueError(
            _("{label}: the start value {value} is not within {low} … {high}.").format(
                label=label, value=value, low=low, high=high
            )
        )
    whole = all(isinstance(number, int) for number in (low, high, value)) and step in (None, 1)
    kind = ipywidgets.IntSlider if whole else ipywidgets.FloatSlider
    step = step or (1 if whole else (high - low) / 50)
    return _labelled(kind(min=low, max=high, value=value, step=step), label)


def notches(label: str, numbers: Sequence[float], value: float) -> ipywidgets.Widget:
    """A slider that stops at these numbers only, such as learning rates.

    Parameters
    ----------
    label : str
    numbers : sequence of float
        From left to right.
    value : float
        One of them, the first to be shown.

    Examples
    --------
    >>> notches("learning rate", [0.1, 1.0, 10.0], 1.0).value
    1.0
    """
    options = [(f"{number:g}", number) for number in numbers]
    return _labelled(ipywidgets.SelectionSlider(options=options, value=value), label)


def choice(label: str, options: Sequence[Any], value: Any = None) -> ipywidgets.Widget:
    """A list to choose one of; the first when `value` is left out.

    Parameters
    ----------
    label : str
    options : sequence
        Values, or pairs of what is shown (in the reader's language) and the value.
    value : optional
        The first to be shown.

    Examples
    --------
    >>> choice("activation", ["step", "sigmoid"]).value
    'step'
    >>> choice("turn", [("a quarter", 90), ("half", 180)], 180).value
    180
    """
    control = ipywidgets.Dropdown(options=options, index=0)
    if value is not None:
        control.value = value
    return _labelled(control, label)


def _labelled(control: ipywidgets.Widget, label: str) -> ipywidgets.Widget:
    control.description = label
    control.style.description_width = "13em"
    control.layout.width, control.layout.max_width = "40em", "98%"
    # Without one, ipywidgets 8 shows "null" when the mouse rests on the label. 7 has another name.
    setattr(control, "tooltip" if control.has_trait("tooltip") else "description_tooltip", label)
    return control


# --- which values a control has: for a page on which nobody can move it ---------------------------


def options_of(control: ipywidgets.Widget) -> list[Any]:
    """The values that a list or a notched slider offers; none for other controls.

    Examples
    --------
    >>> options_of(choice("turn", [("a quarter", 90), ("half", 180)]))
    [90, 180]
    """
    options = control.options if control.has_trait("options") else ()
    options = list(options.items() if isinstance(options, Mapping) else options)
    pairs = all(isinstance(option, (list, tuple)) and len(option) == 2 for option in options)
    return [option[1] for option in options] if pairs else options


def accepted(control: ipywidgets.Widget, values: Sequence[Any]) -> list[Any]:
    """Those of the values that a control takes, as it holds them; it stays where it is.

    Examples
    --------
    >>> accepted(slider("w", 0.0, 1.0, 0.5), [0, 1, 2])
    [0.0, 1.0]
    """
    before, found = control.value, []
    with control.hold_sync():
        for value in values:
            try:
                control.value = value
            except (TraitError, TypeError, ValueError):
                continue
            if control.value == value:  # a slider stops at its ends
                found.append(control.value)
        control.value = before
    return found


def positions(control: ipywidgets.Widget, most: int) -> list[Any]:
    """What a control offers, in order and at most so many, evenly spread; always where it stands.

    A control that is neither a list nor a slider nor a box to tick offers its own value only.

    Examples
    --------
    >>> positions(slider("n", 0, 10, 4), most=3)
    [0, 4, 10]
    """
    value = control.value
    if value in (found := options_of(control)):
        return thinned(found, most, value)
    if isinstance(value, bool):
        return [False, True]
    if not isinstance(value, (int, float)) or not control.has_trait("step"):
        return [value]
    steps = math.floor((control.max - control.min) / control.step + 1e-9)  # 0.3 / 0.1 is below 3
    places = np.unique(np.linspace(0, steps, most).round().astype(int))
    numbers = [round(control.min + int(place) * control.step, 10) for place in places]
    return thinned(in_order(control, numbers), most, value)


def in_order(control: ipywidgets.Widget, values: Sequence[Any]) -> list[Any]:
    """Those of the values that a control takes, as it orders them, with the one where it stands.

    Examples
    --------
    >>> in_order(slider("n", 0, 10, 4), [20, 10, 0])
    [0, 4, 10]
    """
    here, options = control.value, options_of(control)

    def same(value: Any) -> bool:  # 100 * 0.07 is no 7
        return value == here or (
            isinstance(value, float) and math.isclose(value, here, abs_tol=1e-9)
        )

    others = [value for value in accepted(control, values) if not same(value)]
    found = list(dict.fromkeys([here, *others]))
    return sorted(found, key=options.index) if here in options else sorted(found)


def thinned(values: Sequence[Any], most: int, kept: Any) -> list[Any]:
    """At most so many of the values, evenly spread, and always the one to be kept.

    Examples
    --------
    >>> thinned([0, 1, 2, 3, 4, 5, 6], 3, 2)
    [0, 2, 6]
    """
    if len(values) <= most:
        return list(values)
    places = set(np.linspace(0, len(values) - 1, most).round().astype(int).tolist())
    home = list(values).index(kept)
    if home not in places:  # in the stead of its neighbour, and of an end only if need be
        ends = 0, len(values) - 1
        places -= {min(places, key=lambda place: (abs(place - home), place in ends))}
        places.add(home)
    return [values[place] for place in sorted(places)]
