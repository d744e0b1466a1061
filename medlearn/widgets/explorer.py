"""A drawing function and some controls make an `Explorer`.

It gives three things in one output: the words, a picture, and the live widget. Where there is no
kernel (GitHub, print, the web book) the picture is what one sees.
"""

from __future__ import annotations

import base64
import html
from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets
import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from medlearn import plots

__all__ = ["Explorer", "choice", "slider"]

Draw = Callable[..., str]


def _described(kind: type, label: str, **details: Any) -> Any:
    widget = kind(
        description=label,
        style={"description_width": "13em"},
        layout=ipywidgets.Layout(width="40em", max_width="98%"),
        **details,
    )
    # Without one, ipywidgets 8 shows "null" when the mouse rests on the label. 7 has another name.
    setattr(widget, "tooltip" if widget.has_trait("tooltip") else "description_tooltip", label)
    return widget


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
        raise ValueError(f"{label}: the start value {value} is not within {low} … {high}.")
    whole = all(isinstance(number, int) for number in (low, high, value)) and step in (None, 1)
    kind = ipywidgets.IntSlider if whole else ipywidgets.FloatSlider
    return _described(
        kind,
        label,
        min=low,
        max=high,
        value=value,
        step=step or (1 if whole else (high - low) / 50),
    )


def choice(label: str, options: Sequence[Any], value: Any = None) -> ipywidgets.Widget:
    """A list to choose one of; the first when `value` is left out.

    Examples
    --------
    >>> choice("activation", ["step", "sigmoid"]).value
    'step'
    """
    return _described(
        ipywidgets.Dropdown, label, options=options, value=options[0] if value is None else value
    )


class Explorer:
    """A picture that changes with its controls, and says in words what it shows.

    Parameters
    ----------
    draw : callable
        ``draw(ax, **values)`` draws on one `Axes` (on an array of them when `ncols` > 1) and
        returns the words: what is set, and what follows from it.
    ncols : int
        Axes side by side.
    size : (float, float)
        Inches.
    controls : widgets
        From `slider` and `choice`; the keyword is the name that `draw` gets the value under.

    Examples
    --------
    >>> def draw(ax, slope):
    ...     ax.plot([0, 1], [0, slope])
    ...     return f"The line rises by {slope}."
    >>> explorer = Explorer(draw, slope=slider("slope", 0, 5, 2))
    >>> explorer.words
    'The line rises by 2.'
    >>> explorer.controls["slope"].value = 3
    >>> explorer.words
    'The line rises by 3.'
    """

    def __init__(
        self, draw: Draw, *, ncols: int = 1, size: tuple[float, float] = (6.0, 4.0), **controls: Any
    ) -> None:
        self._draw = draw
        self.controls = controls
        # No pyplot: a figure that pyplot does not know is never shown twice, and lives only here.
        self._figure = Figure(figsize=size, dpi=mpl.rcParams["figure.dpi"], layout="constrained")
        # Room at the sides for tick labels that grow: the layout is found once and then kept,
        # so that the axes stand still while a slider moves, and a picture takes half the time.
        self._figure.get_layout_engine().set(w_pad=0.12)
        self._axes = self._figure.subplots(1, ncols)
        self.words, self._png = "", b""
        self._picture = ipywidgets.HTML()
        for control in controls.values():
            control.observe(self._redraw, names="value")
        self._box = ipywidgets.VBox([*controls.values(), self._picture])
        self._redraw()

    def _redraw(self, _change: Any = None) -> None:
        values = {name: control.value for name, control in self.controls.items()}
        for ax in np.ravel(self._axes):
            ax.clear()
        self.words = self._draw(self._axes, **values)
        self._png = plots.png(self._figure)
        self._figure.set_layout_engine("none")
        width, height = (round(s) for s in self._figure.get_size_inches() * self._figure.dpi)
        # One HTML value holds picture and words, so that both change in the same moment.
        # decoding="sync" shows the new picture only when it is ready: no white flash between.
        self._picture.value = (
            f'<img decoding="sync" width="{width}" height="{height}" '
            f'style="max-width:100%;height:auto" alt="{html.escape(self.words)}" '
            f'src="data:image/png;base64,{base64.b64encode(self._png).decode()}">'
            f'<p role="status" style="max-width:{width}px;line-height:1.4">'
            f"{html.escape(self.words)}</p>"
        )

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        data = {
            "text/plain": f"In words: {self.words}",
            "image/png": self._png,
            "application/vnd.jupyter.widget-view+json": {
                "version_major": 2,
                "version_minor": 0,
                "model_id": self._box.model_id,
            },
        }
        return data, {"image/png": {"alt": self.words}}
