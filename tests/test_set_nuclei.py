"""Nuclei: one picture, 125 marks, and why a count needs more than inside and outside."""

import io

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage

from medlearn import datasets
from medlearn.datasets import DataError, nuclei


def tiff(array):
    buffer = io.BytesIO()
    Image.fromarray(np.asarray(array, dtype=np.uint16)).save(buffer, "TIFF")
    return buffer.getvalue()


def test_every_nucleus_has_a_number_and_is_brighter_than_what_is_around_it():
    b = datasets.load_nuclei()
    assert b.image.shape == b.labels.shape == (512, 512)
    assert b.image.dtype == np.uint8 and b.image.max() == 235
    assert np.unique(b.labels).tolist() == list(range(126))
    pieces = [ndimage.label(b.labels == number)[1] for number in range(1, 126)]
    assert [number for number, count in enumerate(pieces, 1) if count > 1] == [87]
    background = b.image[b.labels == 0].mean()
    mean = ndimage.mean(b.image, b.labels, np.arange(1, 126))
    assert (mean > background).all()  # and so the mask lies on its own picture, not turned
    turned = ndimage.mean(b.image.T, b.labels, np.arange(1, 126))
    assert (turned > background).mean() < 0.75


def test_a_threshold_finds_the_pixels_and_even_the_true_mask_miscounts():
    b = datasets.load_nuclei()
    truth, found = b.labels > 0, b.image > 47  # Otsu's threshold of this picture
    assert 2 * (truth & found).sum() / (truth.sum() + found.sum()) == pytest.approx(0.835, abs=5e-4)
    assert ndimage.label(truth)[1] == 106


def test_the_source_becomes_labels_without_gaps():
    arrays = nuclei.convert(tiff([[9, 8], [235, 7]]), tiff([[0, 3], [183, 3]]))
    assert arrays["image"].tolist() == [[9, 8], [235, 7]]
    assert arrays["labels"].tolist() == [[0, 1], [2, 1]]
    assert {a.dtype for a in arrays.values()} == {np.dtype(np.uint8)}


@pytest.mark.parametrize(
    ("image", "labels"),
    [([[9, 300]], [[0, 3]]), ([[9, 8]], [[1, 3]]), ([range(257)], [range(257)])],
)
def test_a_source_of_another_kind_is_refused(image, labels):
    with pytest.raises(DataError, match="a background with up to 255 nuclei"):
        nuclei.convert(tiff(image), tiff(labels))
