"""Who was treated, and why: a hazard ratio moves with what the model knows of the people."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import ipywidgets
import numpy as np
from numpy.typing import ArrayLike

from medlearn import inputs, plots
from medlearn.language import _, ngettext
from medlearn.widgets import grids
from medlearn.widgets.controls import choice
from medlearn.widgets.explorer import Explorer

__all__ = ["confounding_explorer"]

PLATE = {"facecolor": "white", "edgecolor": "none", "pad": 1.0}  # behind words on a line


class Fit(NamedTuple):
    """What a model says: the treatment's hazard ratio with its interval, and the model's C."""

    ratio: float
    low: float
    high: float
    c: float


def confounding_explorer(
    fit: Callable[[list[str], np.ndarray], Sequence[float]],
    confounders: Mapping[str, Sequence[str]],
    people: Mapping[str, ArrayLike],
    published: Sequence[float],
) -> Explorer:
    """Tick what a model knows beside the treatment: its hazard ratio moves, and its C-index.

    Parameters
    ----------
    fit : callable
        ``fit(columns, rows)`` gives four numbers: hazard ratio of the treatment, lower and upper
        end of its 95 % interval, C-index (0 to 1), of a model of these rows with these columns
        beside the treatment. It is called once for each state.
    confounders : mapping of str to sequence of str
        What can be ticked → its columns.
    people : mapping of str to array of bool, shape (n,)
        Whom one can look at → the rows that are kept; the first is shown at first.
    published : (float, float, float)
        Hazard ratio of a randomised comparison and the ends of its 95 % interval.

    Returns
    -------
    Explorer
        With a box to tick for each confounder, and a list of the people.

    Raises
    ------
    TypeError
        When `fit` cannot be called.
    ValueError
        When there is nothing to tick, nobody to look at, rows are not True and False, or
        `published` is not three positive numbers with the ratio within its interval.

    References
    ----------
    Hernán and Robins (2020), Causal Inference: What If, chapter 7 (confounding),
    https://miguelhernan.org/whatifbook

    Examples
    --------
    >>> def fit(columns, rows):
    ...     return (0.8, 0.6, 1.0, 0.7) if columns else (1.5, 1.2, 1.9, 0.5)
    >>> explorer = confounding_explorer(
    ...     fit, {"nodes": ["nodes"]}, {"all": [True, True]}, (0.74, 0.55, 1.0)
    ... )
    >>> explorer.words.split(". ")[1]
    'The model knows nothing beside the treatment'
    >>> explorer.controls["knows_0"].value = True
    >>> "Hazard ratio 0.80 [0.60 to 1.00]" in explorer.words
    True
    """
    if not callable(fit):
        raise TypeError(_("fit should be a function of columns and rows."))
    if not confounders or not people:
        raise ValueError(_("confounding_explorer needs something to tick and people to look at."))
    benchmark = _published(published)
    masks = {name: _mask(rows, name) for name, rows in people.items()}
    fits: dict[Any, Fit] = {}

    def fitted(names: tuple[str, ...], who: str) -> Fit:
        if (names, who) not in fits:
            columns = [column for name in names for column in confounders[name]]
            fits[names, who] = Fit(*(float(number) for number in fit(columns, masks[who])))
        return fits[names, who]

    ticks = {f"knows_{k}": name for k, name in enumerate(confounders)}
    controls = {key: _tick(name) for key, name in ticks.items()}
    controls["people"] = choice(_("people"), list(masks))

    def draw(axes: Any, people: str, **ticked: bool) -> str:
        names = tuple(ticks[key] for key in ticks if ticked[key])
        here, alone = fitted(names, people), fitted((), people)
        _draw_ratios(axes[0], here, alone, benchmark)
        _draw_c(axes[1], here, alone)
        return _words(here, names, people, int(masks[people].sum()), benchmark)

    grid = grids.fitted(controls)
    return Explorer(draw, ncols=2, size=(9.6, 3.4), grid=grid, **controls)


def _tick(label: str) -> ipywidgets.Widget:
    said = _("the model knows: {what}").format(what=label)
    box = ipywidgets.Checkbox(value=False, description=said, indent=False)
    box.layout.width, box.layout.max_width = "40em", "98%"
    return box


def _published(numbers: Sequence[float]) -> tuple[float, float, float]:
    found = inputs.floats(inputs.column(numbers, "published"), "published")
    if len(found) != 3 or not 0 < found[1] <= found[0] <= found[2] < np.inf:
        raise ValueError(
            _(
                "published should be a hazard ratio and the ends of its interval, such as (0.74, "
                "0.55, 1.0); {numbers} came."
            ).format(numbers=list(numbers))
        )
    return tuple(found)


def _mask(rows: ArrayLike, name: str) -> np.ndarray:
    mask = inputs.column(rows, name)
    if mask.dtype != bool or not mask.any():
        raise ValueError(
            _("{name!r}: the rows should be True for those who are kept, for one at least.").format(
                name=name
            )
        )
    return mask


def _draw_ratios(ax: Any, here: Fit, alone: Fit, benchmark: tuple[float, float, float]) -> None:
    value, low, high = benchmark
    ax.axvspan(low, high, color=plots.PALETTE[5], alpha=0.25)
    rows = [
        (_("randomised, as published"), value, low, high, "s", plots.PALETTE[0]),
        (_("knows nothing more"), alone.ratio, alone.low, alone.high, "o", "#777777"),
        (_("knows what is ticked"), here.ratio, here.low, here.high, "D", plots.PALETTE[1]),
    ]
    for place, (_name, middle, left, right, marker, colour) in enumerate(rows):
        error = [[middle - left], [right - middle]]
        ax.errorbar(
            middle, place, xerr=error, fmt=marker, color=colour, ms=9, capsize=5, lw=2, ls=""
        )
        ax.text(middle, place + 0.18, f"{middle:.2f}", ha="center", va="bottom")
    ax.axvline(1, color="black", ls=":", lw=1.5)
    ax.text(1, 2.62, _("no difference"), ha="center", va="bottom", bbox=PLATE)
    ax.set_xscale("log")
    ticks = [0.5, 0.7, 1.0, 1.4, 2.0]
    ax.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    ax.minorticks_off()
    ax.set(
        xlim=(0.45, 2.2),
        ylim=(-0.5, 3.0),
        xlabel=_("hazard ratio (below 1: fewer deaths when treated)"),
    )
    ax.set_yticks(range(3), [row[0] for row in rows])


def _draw_c(ax: Any, here: Fit, alone: Fit) -> None:
    for place, (fit, colour, hatch) in enumerate(
        [(alone, "#bbbbbb", ""), (here, plots.PALETTE[1], "//")]
    ):
        ax.barh(place, fit.c, color=colour, hatch=hatch, edgecolor="black", height=0.55)
        ax.text(fit.c + 0.01, place, f"{fit.c:.2f}", va="center")
    ax.axvline(0.5, color="black", ls=":", lw=1.5)
    ax.text(0.5, 1.52, _("a coin"), ha="center", va="bottom", bbox=PLATE)
    ax.set(xlim=(0, 1), ylim=(-0.5, 1.85), xlabel=_("C-index: who dies first?"))
    ax.set_yticks([0, 1], [_("knows nothing more"), _("knows what is ticked")])


def _words(
    here: Fit,
    names: tuple[str, ...],
    people: str,
    count: int,
    benchmark: tuple[float, float, float],
) -> str:
    value, low, high = benchmark
    if names:
        knows = _("The model knows beside the treatment: {names}.").format(names="; ".join(names))
    else:
        knows = _("The model knows nothing beside the treatment.")
    if here.low > 1:
        verdict = _("The treatment looks harmful.")
    elif here.high < 1:
        verdict = _("The treatment looks helpful.")
    else:
        verdict = _("It could be either.")
    if low <= here.ratio <= high:
        place = _("Within the randomised interval, {value:.2f} [{low:.2f} to {high:.2f}].")
    else:
        place = _("Outside of the randomised interval, {value:.2f} [{low:.2f} to {high:.2f}].")
    return " ".join(
        [
            ngettext("People: {who}, {n:,} person.", "People: {who}, {n:,} persons.", count).format(
                who=people, n=count
            ),
            knows,
            _("Hazard ratio {ratio:.2f} [{low:.2f} to {high:.2f}], C-index {c:.2f}.").format(
                ratio=here.ratio, low=here.low, high=here.high, c=here.c
            ),
            verdict,
            place.format(value=value, low=low, high=high),
        ]
    )
