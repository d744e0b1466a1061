"""Brain MRI: the MNI152 average brain at 2 mm."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

from medlearn.datasets.errors import DataError
from medlearn.datasets.pages import card
from medlearn.datasets.storage import read
from medlearn.language import _

if TYPE_CHECKING:
    import numpy as np
    from sklearn.utils import Bunch

__all__ = ["load_brain_mri"]


def load_brain_mri() -> Bunch:
    """Load the MNI152 average brain at 2 mm, without its skull, and two maps of its tissue.

    Returns
    -------
    sklearn.utils.Bunch
        ``t1`` (99, 117, 95) uint8, grey levels; ``grey_matter`` and ``white_matter``, of the same
        shape and type, probability × 255; ``voxel_size_mm`` 2.0; ``origin`` (49, 67, 36), the
        voxel that lies at 0, 0, 0 mm; ``DESCR``, the card. The axes run left to right, back to
        front, down to up. ``t1[:, :, k]`` is a slice seen from above, its first axis left to
        right: to show it with the nose at the top, ``plt.imshow(t1[:, :, k].T, origin="lower")``.

    Raises
    ------
    DataError
        The file is missing or damaged.

    Notes
    -----
    Source: Fonov and others (2011), DOI 10.1016/j.neuroimage.2010.07.033. McGill
    University's notice, which goes with every copy, is named on the card. No person's brain, but
    an average.

    Examples
    --------
    >>> from medlearn.datasets import load_brain_mri
    >>> brain = load_brain_mri()
    >>> brain.t1.shape, brain.t1.dtype
    ((99, 117, 95), dtype('uint8'))
    >>> bool((brain.t1 == brain.t1[::-1]).all())  # the halves are mirror images
    True
    """
    from sklearn.utils import Bunch

    return Bunch(
        **read("brain_mri"),
        voxel_size_mm=2.0,
        origin=(49, 67, 36),
        DESCR=card("brain_mri"),
    )


def convert(*raw: bytes) -> dict[str, np.ndarray]:
    """Turn three volumes at 1 mm into three at 2 mm, and write down where they lie."""
    import numpy as np

    try:
        import nibabel
    except ImportError:
        raise DataError(
            _(
                "brain_mri: the package nibabel reads NIfTI images, and it is not installed. "
                "Install it: pip install nibabel"
            )
        ) from None
    arrays = {}
    for name, content in zip(("t1", "grey_matter", "white_matter"), raw, strict=True):
        image = nibabel.Nifti1Image.from_bytes(gzip.decompress(content))
        wanted = np.array([[1, 0, 0, -98], [0, 1, 0, -134], [0, 0, 1, -72], [0, 0, 0, 1]])
        if image.get_data_dtype() != np.uint8 or not np.array_equal(image.affine, wanted):
            raise DataError(
                _("brain_mri: the {name} volume has another type or another place.").format(
                    name=name
                )
            )
        arrays[name] = _half_as_fine(np.asarray(image.dataobj))
    return arrays


def _half_as_fine(volume: np.ndarray) -> np.ndarray:
    """Keep every second voxel, each a mean of itself (1/2) and its two neighbours (1/4 each).

    Along each axis in turn. Without the mean, detail finer than 2 mm would become false pattern;
    and a mean over blocks of two would shift the middle plane, which is a voxel of its own.
    """
    import numpy as np

    means = volume.astype(np.float64)
    for axis in range(3):
        means = np.moveaxis(means, axis, 0)
        padded = np.concatenate([means[:1], means, means[-1:]])
        means = (padded[:-2] / 4 + means / 2 + padded[2:] / 4)[::2]
        means = np.moveaxis(means, 0, axis)
    return np.round(means).astype(np.uint8)
