"""Cell nuclei: one picture from a microscope, and each nucleus marked by hand."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from medlearn.datasets.errors import DataError
from medlearn.datasets.pages import card
from medlearn.datasets.storage import read
from medlearn.language import _

if TYPE_CHECKING:
    import numpy as np
    from sklearn.utils import Bunch

__all__ = ["load_nuclei"]


def load_nuclei() -> Bunch:
    """Load a picture of cell nuclei, and the number of the nucleus at each pixel.

    Returns
    -------
    sklearn.utils.Bunch
        ``image`` (512, 512) uint8, brightness, 0 to 235, no unit; ``labels`` (512, 512) int64, 0
        for the background, 1 to 125 for a nucleus each; ``DESCR``, the card. How many micrometres
        a pixel is wide is not known.

    Raises
    ------
    DataError
        The file is missing or damaged.

    Notes
    -----
    Source: Caicedo and others (2019), DOI 10.1038/s41592-019-0612-7. CC0. One picture: nothing
    can be tested on it.

    Examples
    --------
    >>> from medlearn.datasets import load_nuclei
    >>> nuclei = load_nuclei()
    >>> nuclei.image.shape, int(nuclei.labels.max())
    ((512, 512), 125)

    Touching nuclei become one piece when only inside and outside are known:

    >>> from scipy import ndimage
    >>> ndimage.label(nuclei.labels > 0)[1]
    106
    """
    import numpy as np
    from sklearn.utils import Bunch

    arrays = read("nuclei")
    return Bunch(
        image=arrays["image"],
        labels=arrays["labels"].astype(np.int64),  # not uint8: in uint8, 1 - 2 is 255
        DESCR=card("nuclei"),
    )


def convert(*raw: bytes) -> dict[str, np.ndarray]:
    """Turn two TIFF files into a picture and a map of labels, numbered without gaps."""
    import numpy as np
    from PIL import Image

    image, labels = (np.asarray(Image.open(io.BytesIO(content))) for content in raw)
    numbers, labels = np.unique(labels, return_inverse=True)
    labels = labels.reshape(image.shape)
    if image.max() > 255 or numbers[0] != 0 or len(numbers) > 256:
        raise DataError(
            _("nuclei: expected brightness up to 255, and a background with up to 255 nuclei.")
        )
    return {"image": image.astype(np.uint8), "labels": labels.astype(np.uint8)}
