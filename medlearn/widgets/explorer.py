"""A drawing function and some controls make an `Explorer`.

It gives three things in one output: the words, a picture, and the live widget. Where there is no
kernel (GitHub, print, the web book) the picture is what one sees; a page may show one picture for
each state of its grid.
"""

from __future__ import annotations

import base64
import html
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import ipywidgets
import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from medlearn import plots
from medlearn.language import _
from medlearn.widgets import grids

__all__ = ["Explorer"]

Draw = Callable[..., str]


class View(NamedTuple):
    """What one sees in one state: the words, which also describe the picture, and the picture."""

    words: str
    png: bytes


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
    grid : mapping of str to sequence, optional
        For each control the values that a page without a kernel offers, at most 60 states in
        all. Spread over what the controls can do if not given.
    controls : widgets
        From `slider`, `notches` and `choice`; the keyword is the name that `draw` gets the value
        under.

    Attributes
    ----------
    words : str
        What the picture shows now.
    controls : dict of str to widget
    grid : dict of str to tuple
        Control → values.

    Raises
    ------
    ValueError
        When the grid names no control or leaves one out, a control would refuse a value, does not
        move, or stands at first at none of its values, or there are more than 60 states.

    Examples
    --------
    >>> from medlearn.widgets import slider
    >>> def draw(ax, slope):
    ...     ax.plot([0, 1], [0, slope])
    ...     return f"The line rises by {slope}."
    >>> explorer = Explorer(draw, slope=slider("slope", 0, 5, 2), grid={"slope": [0, 2, 5]})
    >>> explorer.words
    'The line rises by 2.'
    >>> explorer.controls["slope"].value = 3
    >>> explorer.words
    'The line rises by 3.'
    >>> [explorer.render(state).words for state in explorer.states()]
    ['The line rises by 0.', 'The line rises by 2.', 'The line rises by 5.']
    """

    def __init__(
        self,
        draw: Draw,
        *,
        ncols: int = 1,
        size: tuple[float, float] = (6.0, 4.0),
        grid: Mapping[str, Sequence[Any]] | None = None,
        **controls: Any,
    ) -> None:
        self._draw = draw
        self.controls = controls
        self.grid = grids.fitted(controls) if grid is None else grids.checked(controls, grid)
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

    def states(self) -> Iterator[dict[str, Any]]:
        """Every state of the grid, control → value; the last control moves fastest."""
        for values in itertools.product(*self.grid.values()):
            yield dict(zip(self.grid, values, strict=True))

    def render(self, state: Mapping[str, Any]) -> View:
        """Words and picture in a state; the live controls stay where they are.

        Parameters
        ----------
        state : mapping of str to value
            A value for each control.

        Returns
        -------
        View
            ``words`` and ``png``, the same as if the controls had been moved there.

        Raises
        ------
        ValueError
            When a control has no value, or a value no control.
        """
        if set(state) != set(self.controls):
            raise ValueError(
                _("A state has one value for each of {controls}; this one has {given}.").format(
                    controls=", ".join(self.controls), given=", ".join(state)
                )
            )
        for ax in np.ravel(self._axes):
            ax.clear()
        words = self._draw(self._axes, **state)
        png = plots.png(self._figure)
        self._figure.set_layout_engine("none")
        return View(words, png)

    def _redraw(self, _change: Any = None) -> None:
        state = {name: control.value for name, control in self.controls.items()}
        self.words, self._png = self.render(state)
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
            "text/plain": _("In words: {words}").format(words=self.words),
            "image/png": self._png,
            "application/vnd.jupyter.widget-view+json": {
                "version_major": 2,
                "version_minor": 0,
                "model_id": self._box.model_id,
            },
        }
        return data, {"image/png": {"alt": self.words}}
