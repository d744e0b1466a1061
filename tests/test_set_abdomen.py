"""The abdomen on CT: turned the same way, organs where they belong, nothing but coarse slices."""

import gzip
import io
import sys

import numpy as np
import pytest

from medlearn import datasets
from medlearn.datasets import DataError, abdomen


@pytest.fixture(scope="module")
def scans():
    return datasets.load_abdomen()


def test_the_scans_hold_what_the_card_says(scans):
    assert scans.images.dtype == np.float32 and scans.labels.dtype == np.int64
    assert np.bincount(scans.groups).tolist() == [66, 20] and (np.diff(scans.groups) >= 0).all()
    assert (scans.images.min(), scans.images.max()) == (-256, 254)
    assert not (scans.images % 2).any()
    assert scans.spacing.tolist() == [[3, 6, 6], [2, 6, 6]]
    slices = [
        [
            (scans.labels[scans.groups == person] == organ).any(axis=(1, 2)).sum()
            for organ in (1, 2, 3)
        ]
        for person in (0, 1)
    ]
    assert slices == [[42, 30, 38], [20, 20, 0]]
    millilitres = [(scans.labels[:66] == organ).sum() * 0.108 for organ in (1, 2, 3)]
    assert [round(float(volume)) for volume in millilitres] == [1093, 245, 306]


def test_both_people_lie_the_same_way(scans):
    """Liver on the right (the left side of the picture), spleen on the left, the spine behind."""
    for person in (0, 1):
        labels = scans.labels[scans.groups == person]
        images = scans.images[scans.groups == person]
        liver, spleen = (np.argwhere(labels == organ)[:, 2].mean() for organ in (1, 2))
        assert liver < 28 and spleen > 42
        bone = np.argwhere(images[:, :, 28:36] > 200)[:, 1].mean()
        assert bone > 24
    # Upwards: the kidneys lie below the liver.
    liver, kidneys = (np.argwhere(scans.labels[:66] == organ)[:, 0].mean() for organ in (1, 3))
    assert kidneys < liver - 5


def test_labels_lie_on_their_organs(scans):
    """Contrast agent brightens the organs of the second person; fat and air are elsewhere."""
    for organ, without, enhanced in ((1, 43, 88), (2, 32, 78)):
        for person, expected in enumerate((without, enhanced)):
            inside = scans.images[(scans.labels == organ) & (scans.groups == person)[:, None, None]]
            assert abs(inside.mean() - expected) < 1 and np.percentile(inside, 5) > -40


def test_the_neighbours_labels_are_almost_right(scans):
    """Why a score on left-out slices of the same person says little."""
    labels, order = scans.labels[:66], np.random.default_rng(0).permutation(66)
    known, left_out = np.sort(order[:44]), order[44:]
    nearest = labels[[known[np.abs(known - k).argmin()] for k in left_out]]
    truth = labels[left_out]
    for organ, least in ((1, 0.93), (2, 0.9), (3, 0.87)):
        both = ((nearest == organ) & (truth == organ)).sum()
        assert 2 * both / ((nearest == organ).sum() + (truth == organ).sum()) > least


# --- how they were made ---------------------------------------------------------------------------


def block(shape, *, rows, columns, number=5):
    labels = np.zeros(shape, dtype=int)
    labels[:, rows, columns] = number
    return labels


def test_coarse_pixels_are_means_by_share_and_organs_by_majority():
    # 4 mm a pixel: each pixel of 6 mm covers one and a half. The frame's middle is the organ's.
    labels = block((2, 80, 100), rows=slice(30, 36), columns=slice(47, 53))
    images, organs = abdomen.coarse(np.where(labels == 5, 90, 30), labels, (3.0, 4.0, 4.0))
    assert images.dtype == np.int8 and images.shape == organs.shape == (2, 48, 64)
    assert (images[:, 22:26, 30:34] == 45).all() and (organs[:, 22:26, 30:34] == 1).all()
    assert (organs == 1).sum() == 2 * 16 and (images[0, 21] == 15).all()
    # A shift of one of the scan's pixels moves the frame along.
    moved = np.roll(labels, (1, 1), axis=(1, 2))
    again, _organs = abdomen.coarse(np.where(moved == 5, 90, 30), moved, (3.0, 4.0, 4.0))
    np.testing.assert_array_equal(again, images)
    # Of the 6 mm of a pixel, 4 are enough, 2 are not.
    labels = block((1, 48, 384), rows=slice(0, 48), columns=slice(162, 222), number=79)
    labels[0, 24, 168:172], labels[0, 24, 180:182] = 5, 5
    _images, organs = abdomen.coarse(labels, labels, (3.0, 6.0, 1.0))
    assert np.argwhere(organs).tolist() == [[0, 24, 28]]


def test_what_lies_outside_the_scan_is_air_and_bone_is_cut_off():
    labels = block((1, 4, 4), rows=slice(0, 4), columns=slice(0, 4))
    images, organs = abdomen.coarse(np.full((1, 4, 4), 900), labels, (3.0, 6.0, 6.0))
    assert (images == 127).sum() == (organs == 1).sum() == 16
    assert (images == -128).sum() == 48 * 64 - 16
    # At the scan's edge: a pixel with 3 mm of organ, 1 mm of something else and 2 mm of nothing.
    labels = block((1, 48, 44), rows=slice(0, 48), columns=slice(0, 44), number=79)
    labels[:, :, -3:] = 5
    assert not abdomen.coarse(labels, labels, (3.0, 6.0, 1.0))[1].any()


def test_kidneys_are_one_and_other_structures_are_background():
    labels = block((1, 48, 64), rows=slice(0, 48), columns=slice(0, 64), number=52)  # the aorta
    for column, number in ((10, 5), (20, 1), (30, 2), (40, 3)):
        labels[0, 10:20, column : column + 5] = number
    _images, organs = abdomen.coarse(labels, labels, (3.0, 6.0, 6.0))
    assert [organs[0, 15, column] for column in (10, 20, 30, 40, 50)] == [1, 2, 3, 3, 0]


def test_slices_far_below_the_organs_are_left_out():
    labels = np.zeros((50, 48, 64), dtype=int)
    labels[30:, 20:28, 30:34] = 1
    labels[:, 40:, :] = 86  # a muscle of the back, in all slices
    for mm, kept in ((3.0, 40), (2.0, 50), (5.0, 32)):
        images, _organs = abdomen.coarse(labels, labels, (mm, 6.0, 6.0))
        assert len(images) == kept


def nifti(volume, affine):
    nibabel = pytest.importorskip("nibabel", reason="only for building: pip install nibabel")
    image = nibabel.Nifti1Image(np.asarray(volume, dtype=np.int16), affine)
    return gzip.compress(image.to_bytes())


def dicom(volume, heights):
    """The slices of a CT, rows from front to back, columns from right to left."""
    pydicom = pytest.importorskip("pydicom", reason="only for building: pip install pydicom")
    files = []
    for pixels, z in zip(volume, heights, strict=True):
        each = pydicom.Dataset()
        each.file_meta = pydicom.dataset.FileMetaDataset()
        each.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
        each.SOPClassUID, each.SOPInstanceUID = pydicom.uid.CTImageStorage, "1.2.3"
        each.Rows, each.Columns = pixels.shape
        each.SamplesPerPixel, each.PhotometricInterpretation = 1, "MONOCHROME2"
        each.BitsAllocated, each.BitsStored, each.HighBit, each.PixelRepresentation = 16, 16, 15, 0
        each.PixelSpacing = [6.0, 6.0]
        each.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
        each.ImagePositionPatient = [-192.0, -144.0, z]
        each.RescaleSlope, each.RescaleIntercept = 1, -1024
        each.PixelData = (pixels + 1024).astype("<u2").tobytes()
        buffer = io.BytesIO()
        each.save_as(buffer, enforce_file_format=True)
        files.append(buffer.getvalue())
    return files


def test_two_scans_of_other_formats_are_turned_the_same_way():
    shape = (3, 48, 64)  # up, back, left
    labels = np.zeros(shape, dtype=int)
    labels[0, 4:8, 2:20] = 5
    labels[:, :, [0, -1]] = labels[:, [0, -1], :] = 79  # the frame's middle is the middle
    volume = np.where(labels == 5, 60, 0) + 4 * np.arange(3)[:, None, None]
    to_the_left = np.diag([-6.0, -6, 3, 1])  # x, y and z run left, back and up
    to_the_right = np.diag([6.0, 6, 3, 1])
    arrays = abdomen.convert(
        nifti(volume.transpose(2, 1, 0)[::-1, ::-1], to_the_right),
        nifti(labels.transpose(2, 1, 0), to_the_left),
        dicom(volume[::-1], [6.0, 3.0, 0.0]),  # files in any order
        nifti(labels.transpose(2, 1, 0), to_the_left),
    )
    assert arrays["person"].tolist() == [0, 0, 0, 1, 1, 1]
    assert arrays["spacing"].tolist() == [[3, 6, 6], [3, 6, 6]]
    for key, expected in (("images", volume / 2), ("labels", labels == 5)):
        np.testing.assert_array_equal(arrays[key][:3], expected)
        np.testing.assert_array_equal(arrays[key][3:], expected)


def test_labels_of_another_scan_are_refused():
    volume = np.ones((64, 48, 3))
    with pytest.raises(DataError, match=r"shape \(3, 48, 64\) and labels of shape \(3, 48, 60\)"):
        abdomen.convert(
            nifti(volume, np.eye(4)),
            nifti(volume[:60], np.eye(4)),
            dicom(np.zeros((2, 48, 64)), [0.0, 3.0]),
            nifti(volume, np.eye(4)),
        )


@pytest.mark.parametrize("missing", ["nibabel", "pydicom"])
def test_without_its_readers_the_build_says_what_to_install(monkeypatch, missing):
    for name in ("nibabel", "pydicom"):
        monkeypatch.setitem(sys.modules, name, None if name == missing else sys)
    with pytest.raises(DataError, match=f"{missing} is not installed.*pip install nibabel pydicom"):
        abdomen.convert(b"", b"", [b""], b"")
