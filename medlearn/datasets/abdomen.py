"""The abdomen of two people on CT, with liver, spleen and kidneys as a network labelled them."""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterable
from typing import TYPE_CHECKING

from medlearn.datasets.catalogue import DATASETS
from medlearn.datasets.errors import DataError
from medlearn.datasets.pages import card
from medlearn.datasets.storage import read
from medlearn.language import _

if TYPE_CHECKING:
    import numpy as np
    from sklearn.utils import Bunch

__all__ = ["load_abdomen"]

ROWS, COLUMNS, MM_PER_PIXEL, HU_PER_LEVEL = 48, 64, 6.0, 2
_BELOW = 60.0  # mm that are kept below the lowest organ
_ORGANS = {5: 1, 1: 2, 2: 3, 3: 3}  # number in the source → here; the two kidneys are one


def load_abdomen() -> Bunch:
    """Load slices through the abdomen of two people, and the organ at each pixel.

    One row is one slice. Slices of one person are almost copies of each other: split by
    ``groups``.

    Returns
    -------
    sklearn.utils.Bunch
        ``images`` (86, 48, 64) float32, CT numbers in Hounsfield units (HU), -256 to 254 in steps
        of 2; ``labels`` (86, 48, 64) int64, 0 to 3, in words ``target_names[labels]``: background,
        liver, spleen, kidneys; ``groups`` (86,) int64, the person, 0 or 1; ``spacing`` (2, 3)
        float64, mm from slice to slice, row to row and column to column, for each person;
        ``target_names`` (4,); ``DESCR``, the card. A person's slices run upwards; rows run from
        front to back and columns from the person's right to the left, as a CT slice is shown.

    Raises
    ------
    DataError
        The file is missing or damaged.

    Notes
    -----
    Source: the test files of TotalSegmentator (Wasserthal and others 2023), DOI
    10.1148/ryai.230024. Apache 2.0, as that package is distributed. The labels are the output of
    a network, and nobody graded them.

    Examples
    --------
    >>> from medlearn.datasets import load_abdomen
    >>> abdomen = load_abdomen()
    >>> abdomen.images.shape, abdomen.target_names.tolist()
    ((86, 48, 64), ['background', 'liver', 'spleen', 'kidneys'])
    >>> train, test = abdomen.groups == 0, abdomen.groups == 1
    >>> int(train.sum()), int(test.sum())
    (66, 20)
    >>> liver = abdomen.labels[train] == 1
    >>> round(float(liver.sum() * abdomen.spacing[0].prod() / 1000))  # mL
    1093
    """
    import numpy as np
    from sklearn.utils import Bunch

    entry = DATASETS["abdomen"]
    arrays = read("abdomen")
    return Bunch(
        images=arrays["images"].astype(np.float32) * HU_PER_LEVEL,
        labels=arrays["labels"].astype(np.int64),  # not uint8: in uint8, 1 - 2 is 255
        groups=arrays["person"].astype(np.int64),
        spacing=arrays["spacing"],
        target_names=np.array(entry.target_names),
        DESCR=card("abdomen"),
    )


def convert(*raw: bytes | list[bytes]) -> dict[str, np.ndarray]:
    """Turn two CTs and their labels into coarse slices; no word of their headers is kept."""
    import numpy as np

    try:
        import nibabel  # noqa: F401
        import pydicom  # noqa: F401
    except ImportError as error:
        raise DataError(
            _(
                "abdomen: the packages nibabel and pydicom read medical images, and {name} is "
                "not installed. Install both: pip install nibabel pydicom"
            ).format(name=error.name)
        ) from None
    first, first_labels, second, second_labels = raw
    parts = []
    for (volume, spacing), (labels, _spacing) in (
        (_from_nifti(first), _from_nifti(first_labels)),
        (_from_dicom(second), _from_nifti(second_labels)),
    ):
        if volume.shape != labels.shape:
            raise DataError(
                _("abdomen: a CT of shape {volume} and labels of shape {labels}.").format(
                    volume=volume.shape, labels=labels.shape
                )
            )
        parts.append((*coarse(volume, labels, spacing), spacing[0]))
    images, labels, slice_mm = zip(*parts, strict=True)
    return {
        "images": np.concatenate(images),
        "labels": np.concatenate(labels),
        "person": np.repeat(np.arange(2, dtype=np.uint8), [len(part) for part in images]),
        "spacing": np.array([[mm, MM_PER_PIXEL, MM_PER_PIXEL] for mm in slice_mm]),
    }


def coarse(
    volume: np.ndarray, labels: np.ndarray, spacing: Iterable[float]
) -> tuple[np.ndarray, np.ndarray]:
    """Bring one CT to pixels of 6 mm, in a frame around what is labelled.

    Parameters
    ----------
    volume : (slices, rows, columns) array
        Hounsfield units; slices upwards, rows from front to back, columns from right to left.
    labels : (slices, rows, columns) array of int
        Numbers of the source; 0 is nothing.
    spacing : (3,) floats
        mm from slice to slice, row to row and column to column.

    Returns
    -------
    images : (kept slices, 48, 64) int8 array
        Steps of 2 HU: the mean over the pixels that a pixel of 6 mm covers, each by its share.
        What lies outside the CT is air.
    organs : (kept slices, 48, 64) uint8 array
        1 liver, 2 spleen, 3 kidneys, 0 all else: whichever covers most of the pixel.

    Examples
    --------
    A liver of 24 × 24 mm in the middle of water:

    >>> import numpy as np
    >>> from medlearn.datasets.abdomen import coarse
    >>> labels = np.zeros((1, 120, 160), dtype=int)
    >>> labels[:, 48:72, 68:92] = 5
    >>> images, organs = coarse(np.where(labels, 60, 0), labels, (3.0, 1.0, 1.0))
    >>> images.shape, int((organs == 1).sum()), int(images.max()) * 2
    ((1, 48, 64), 16, 60)
    """
    import numpy as np

    slice_mm, row_mm, column_mm = spacing
    organs = np.zeros(256, dtype=np.uint8)
    organs[list(_ORGANS)] = list(_ORGANS.values())
    organs = organs[labels]
    lowest = np.flatnonzero(organs.any(axis=(1, 2)))[0]
    kept = slice(max(0, lowest - round(_BELOW / slice_mm)), None)
    volume, labels, organs = volume[kept], labels[kept], organs[kept]
    rows = _shares(labels.any(axis=(0, 2)), row_mm, ROWS)
    columns = _shares(labels.any(axis=(0, 1)), column_mm, COLUMNS)
    covered = rows.sum(axis=1)[:, None] * columns.sum(axis=1)
    air = -1024.0
    hounsfield = rows @ (volume - air) @ columns.T + air  # what is not covered counts as air
    share = np.stack([rows @ (organs == k).astype(float) @ columns.T for k in range(4)])
    share[0] += 1 - covered
    # Rounded twice: a half must be a half on every processor before it is rounded to even.
    levels = np.rint(np.round(hounsfield / HU_PER_LEVEL, 6))
    return (
        np.clip(levels, -128, 127).astype(np.int8),
        np.round(share, 6).argmax(axis=0).astype(np.uint8),
    )


def _shares(labelled: np.ndarray, mm: float, size: int) -> np.ndarray:
    """How much of each pixel of 6 mm each pixel of the CT covers, along one axis."""
    import numpy as np

    found = np.flatnonzero(labelled)
    middle = (found[0] + found[-1] + 1) / 2
    edges = (np.arange(len(labelled) + 1) - middle) * mm
    frame = (np.arange(size + 1) - size / 2) * MM_PER_PIXEL
    left = np.maximum.outer(frame[:-1], edges[:-1])
    right = np.minimum.outer(frame[1:], edges[1:])
    return np.clip(right - left, 0, None) / MM_PER_PIXEL


def _from_nifti(content: bytes) -> tuple[np.ndarray, list[float]]:
    """Return a volume and its spacing, turned: up, front to back, right to left."""
    import nibabel
    import numpy as np

    image = nibabel.Nifti1Image.from_bytes(gzip.decompress(content))
    # The affine says where the axes point; in one of the CTs left and right are swapped.
    image = nibabel.as_closest_canonical(image)  # to the right, to the front, up
    turned = np.asarray(image.dataobj).transpose(2, 1, 0)[:, ::-1, ::-1]
    return turned, [float(mm) for mm in image.header.get_zooms()[::-1]]


def _from_dicom(files: list[bytes]) -> tuple[np.ndarray, list[float]]:
    """Return a volume in Hounsfield units and its spacing, turned in the same way."""
    import numpy as np
    import pydicom

    slices = [pydicom.dcmread(io.BytesIO(content)) for content in files]
    slices.sort(key=lambda each: float(each.ImagePositionPatient[2]))
    if any(list(each.ImageOrientationPatient) != [1, 0, 0, 0, 1, 0] for each in slices):
        raise DataError(_("abdomen: the slices do not lie across the body."))
    heights = [float(each.ImagePositionPatient[2]) for each in slices]
    [slice_mm] = set(np.round(np.diff(heights), 3))
    row_mm, column_mm = (float(mm) for mm in slices[0].PixelSpacing)
    volume = [
        each.pixel_array * float(each.RescaleSlope) + float(each.RescaleIntercept)
        for each in slices
    ]
    return np.stack(volume), [float(slice_mm), row_mm, column_mm]
