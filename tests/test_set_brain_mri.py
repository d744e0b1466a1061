"""The average brain at 2 mm."""

import gzip
import sys

import numpy as np
import pytest

from medlearn import datasets
from medlearn.datasets import DataError, brain_mri


def test_the_brain_is_where_the_card_says():
    brain = datasets.load_brain_mri()
    for volume in (brain.t1, brain.grey_matter, brain.white_matter):
        assert volume.shape == (99, 117, 95) and volume.dtype == np.uint8
        np.testing.assert_array_equal(volume, volume[::-1])  # the halves are mirror images
        assert not volume[:, :, 79:].any() and volume[:, :, 77].any()
    i, j, k = brain.origin
    assert [2 * i - 98, 2 * j - 134, 2 * k - 72] == [0, 0, 0]
    # About 1.9 litres inside the skull; grey and white matter do not add up to more than all.
    assert 1.6e6 < (brain.t1 > 0).sum() * brain.voxel_size_mm**3 < 2.2e6
    both = brain.grey_matter.astype(int) + brain.white_matter
    assert np.percentile(both, 99.9) < 260
    # In a T1 picture white matter is brighter than grey, and fluid is dark.
    t1 = brain.t1.astype(float)
    white, grey = t1[brain.white_matter > 230].mean(), t1[brain.grey_matter > 230].mean()
    fluid = t1[(brain.t1 > 0) & (both < 20)].mean()
    assert white > 1.2 * grey > 1.2 * fluid


@pytest.mark.parametrize("shape", [(5, 7, 9), (7, 5, 6)])
def test_half_as_fine_keeps_the_mean_the_middle_and_the_symmetry(shape):
    same = np.full(shape, 200, dtype=np.uint8)
    small = brain_mri._half_as_fine(same)
    assert small.shape == tuple((n + 1) // 2 for n in shape) and (small == 200).all()
    point = np.zeros(shape, dtype=np.uint8)
    point[2, 2, 2] = 128
    small = brain_mri._half_as_fine(point)
    assert small[1, 1, 1] == 16 and small.sum() == 16  # 128 / 2³: all that is kept of it
    between = np.zeros(shape, dtype=np.uint8)
    between[1, 1, 1] = 128  # no voxel of its own: a part goes to each of the eight around it
    assert brain_mri._half_as_fine(between)[:2, :2, :2].tolist() == [
        [[2, 2], [2, 2]],
        [[2, 2], [2, 2]],
    ]
    random = np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8)
    mirrored = brain_mri._half_as_fine(random[::-1])
    np.testing.assert_array_equal(mirrored, brain_mri._half_as_fine(random)[::-1])


def test_a_brain_of_another_kind_is_refused():
    nibabel = pytest.importorskip("nibabel", reason="only for building: pip install nibabel")
    right = np.array([[1, 0, 0, -98], [0, 1, 0, -134], [0, 0, 1, -72], [0, 0, 0, 1]])

    def nifti(dtype=np.uint8, affine=right):
        volume = np.arange(5 * 7 * 9).reshape(5, 7, 9) % 100
        return gzip.compress(nibabel.Nifti1Image(volume.astype(dtype), affine).to_bytes())

    arrays = brain_mri.convert(nifti(), nifti(), nifti())
    assert {key: a.shape for key, a in arrays.items()} == {
        key: (3, 4, 5) for key in ("t1", "grey_matter", "white_matter")
    }
    for bad in (nifti(np.int16), nifti(affine=np.diag([2, 2, 2, 1]))):
        with pytest.raises(DataError, match="white_matter volume has another type or another"):
            brain_mri.convert(nifti(), nifti(), bad)


def test_without_nibabel_the_build_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "nibabel", None)
    with pytest.raises(DataError, match="pip install nibabel"):
        brain_mri.convert(b"", b"", b"")
