"""Two pens on one scan: which reader draws first, which second, and what seems to have grown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from medlearn import inputs, plots
from medlearn.language import _
from medlearn.widgets import grids
from medlearn.widgets.controls import choice, slider
from medlearn.widgets.explorer import Explorer

__all__ = ["outlines_explorer"]

GRID = {"first": (1, 2), "second": (1, 2, 3, 4), "slice": (0, 1)}


def outlines_explorer(nodules: Mapping[str, tuple[Any, Any]], *, limit: float = 1.25) -> Explorer:
    """Let one reader outline a nodule on the first visit, and another on the second.

    Both draw on the same scan, so nothing has grown.

    Parameters
    ----------
    nodules : mapping of str to (masks, spacing)
        For each nodule the masks, (readers, slices, rows, columns) of bool with two readers or
        more, none of them empty, and the mm from voxel to voxel: slice to slice, row to row,
        column to column.
    limit : float
        A second volume of at least so many times the first counts as grown; above 1.

    Returns
    -------
    Explorer
        With a list of the nodules, a slider for each of the two readers, and one for the slice,
        counted from the one in the middle. A nodule with fewer readers or slices shows the last
        one that it has.

    Raises
    ------
    ValueError
        When there is no nodule, masks or spacing have another form, a reader's mask is empty, or
        the limit is not above 1.

    Examples
    --------
    >>> masks = np.zeros((2, 1, 4, 4), dtype=bool)
    >>> masks[0, 0, 1:3, 1:3] = masks[1, 0, 1:3, 1:4] = True
    >>> explorer = outlines_explorer({"small": (masks, (2.0, 1.0, 1.0))})
    >>> explorer.words.split(". ")[1:3]
    ['First reader 1: 8 mm³', 'Second reader 2: 12 mm³, 50 % more: grown']
    """
    if not nodules:
        raise ValueError(_("outlines_explorer needs at least one nodule."))
    if not limit > 1:
        raise ValueError(_("limit should be above 1; {limit} came.").format(limit=limit))
    known = {name: Nodule.of(name, *pair) for name, pair in nodules.items()}
    readers = max(len(one.masks) for one in known.values())
    reach = max(one.masks.shape[1] for one in known.values()) // 2
    controls = {
        "nodule": choice(_("nodule"), list(known)),
        "first": slider(_("first visit, reader"), 1, readers, 1),
        "second": slider(_("second visit, reader"), 1, readers, 2),
        "slice": slider(_("slice, from the middle"), -max(reach, 1), max(reach, 1), 0),
    }

    def draw(axes: Any, nodule: str, first: int, second: int, slice: int) -> str:
        seen = View.of(known[nodule], first, second, slice)
        _draw_slice(axes[0], seen)
        _draw_volumes(axes[1], seen, limit)
        return _words(nodule, seen, limit)

    return Explorer(draw, ncols=2, size=(9.0, 3.9), grid=grids.fitted(controls, GRID), **controls)


@dataclass(frozen=True)
class Nodule:
    """The masks of one nodule and its voxel's size."""

    masks: np.ndarray
    spacing: np.ndarray

    @classmethod
    def of(cls, name: str, masks: Any, spacing: Any) -> Nodule:
        masks = np.asarray(masks)
        if masks.dtype != bool or masks.ndim != 4 or len(masks) < 2:
            raise ValueError(
                _(
                    "{name!r}: masks should be True and False, of shape (readers, slices, rows, "
                    "columns) with two readers or more; {dtype} of shape {shape} came."
                ).format(name=name, dtype=masks.dtype, shape=masks.shape)
            )
        if not masks.any(axis=(1, 2, 3)).all():
            raise ValueError(_("{name!r}: a reader's mask is empty.").format(name=name))
        spacing = inputs.floats(inputs.column(spacing, "spacing"), "spacing")
        if spacing.shape != (3,) or (spacing <= 0).any():
            raise ValueError(
                _("{name!r}: spacing should be three lengths in mm; {spacing} came.").format(
                    name=name, spacing=spacing.tolist()
                )
            )
        return cls(masks, spacing)

    @property
    def volumes(self) -> np.ndarray:
        """What each reader's outline holds, in mm³."""
        return self.masks.sum(axis=(1, 2, 3)) * self.spacing.prod()


@dataclass(frozen=True)
class View:
    """Two readers' masks of a nodule, and the slice that is shown."""

    nodule: Nodule
    first: int
    second: int
    slice: int

    @classmethod
    def of(cls, nodule: Nodule, first: int, second: int, offset: int) -> View:
        readers, slices = nodule.masks.shape[:2]
        shown = min(max(slices // 2 + offset, 0), slices - 1)
        return cls(nodule, min(first, readers) - 1, min(second, readers) - 1, shown)

    @property
    def masks(self) -> tuple[np.ndarray, np.ndarray]:
        return self.nodule.masks[self.first], self.nodule.masks[self.second]

    @property
    def dice(self) -> float:
        one, other = self.masks
        return 2 * (one & other).sum() / (one.sum() + other.sum())

    @property
    def ratio(self) -> float:
        volumes = self.nodule.volumes
        return float(volumes[self.second] / volumes[self.first])


def _draw_slice(ax: Any, seen: View) -> None:
    one, other = (np.pad(mask[seen.slice], 1) for mask in seen.masks)
    ax.imshow(np.where(one & other, 0.75, 1.0), cmap="gray", vmin=0, vmax=1)
    looks = [
        (one, plots.PALETTE[0], "-", _("first: reader {n}").format(n=seen.first + 1)),
        (other, plots.PALETTE[1], "--", _("second: reader {n}").format(n=seen.second + 1)),
    ]
    for mask, colour, style, label in looks:
        fine = np.kron(mask, np.ones((8, 8)))  # so that the line follows the edges of the pixels
        rows, columns = ((np.arange(8 * n) + 0.5) / 8 - 0.5 for n in mask.shape)
        if mask.any():
            ax.contour(columns, rows, fine, [0.5], colors=colour, linestyles=style, linewidths=2.2)
        ax.plot([], [], color=colour, ls=style, label=label)
    slices = seen.nodule.masks.shape[1]
    ax.set(
        xticks=[],
        yticks=[],
        title=_("slice {k} of {n}; grey: inside both").format(k=seen.slice + 1, n=slices),
    )
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.02), ncols=2)


def _draw_volumes(ax: Any, seen: View, limit: float) -> None:
    volumes = seen.nodule.volumes
    for place, volume in enumerate(volumes):
        drawn = place in (seen.first, seen.second)
        colour = plots.PALETTE[0] if place == seen.first else plots.PALETTE[1]
        ax.bar(
            place + 1,
            volume,
            color=colour if drawn else "0.85",
            hatch="//" if drawn and place != seen.first else "",
            edgecolor="black",
        )
    ax.axhline(
        limit * volumes[seen.first],
        color="black",
        ls=":",
        label=_("from here on: grown ({percent:+.0f} %)").format(percent=100 * (limit - 1)),
    )
    ax.set(
        xticks=range(1, len(volumes) + 1),
        xlabel=_("reader"),
        ylabel=_("volume (mm³)"),
        ylim=(0, 1.35 * max(volumes.max(), limit * volumes[seen.first])),
        title=_("the same scan, all readers"),
    )
    ax.legend(loc="upper right")


def _words(name: str, seen: View, limit: float) -> str:
    volumes, ratio = seen.nodule.volumes, seen.ratio
    change = {
        "second": seen.second + 1,
        "volume": volumes[seen.second],
        "percent": abs(100 * (ratio - 1)),
    }
    if ratio >= limit:
        said = _("Second reader {second}: {volume:.0f} mm³, {percent:.0f} % more: grown.")
    elif ratio >= 1:
        said = _("Second reader {second}: {volume:.0f} mm³, {percent:.0f} % more: not grown.")
    else:
        said = _("Second reader {second}: {volume:.0f} mm³, {percent:.0f} % less: not grown.")
    return " ".join(
        [
            _("Nodule {name}, slice {k} of {n}.").format(
                name=name, k=seen.slice + 1, n=seen.nodule.masks.shape[1]
            ),
            _("First reader {first}: {volume:.0f} mm³.").format(
                first=seen.first + 1, volume=volumes[seen.first]
            ),
            said.format(**change),
            _("Dice of the two {dice:.2f}. Both drew on one and the same scan.").format(
                dice=seen.dice
            ),
        ]
    )
