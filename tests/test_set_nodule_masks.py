"""Nodules, voxel by voxel: the numbers of the other set, one grid a nodule, how readers agree."""

from itertools import combinations

import numpy as np
import pytest
from data_files import disc, pylidc_like

from medlearn import datasets
from medlearn.datasets import nodule_masks


@pytest.fixture(scope="module")
def nodules():
    return datasets.load_nodule_masks()


@pytest.fixture(scope="module")
def pairs(nodules):
    """Nodule → Dice and larger by smaller volume of each pair of two to four readers."""
    found = {}
    for number, masks in enumerate(nodules.masks):
        if 2 <= len(masks) <= 4:
            flat = masks.reshape(len(masks), -1).astype(np.float32)
            both = flat @ flat.T
            size = both.diagonal()
            a, b = np.triu_indices(len(masks), 1)
            larger, smaller = np.maximum(size[a], size[b]), np.minimum(size[a], size[b])
            found[number] = 2 * both[a, b] / (size[a] + size[b]), larger / smaller
    return found


def test_masks_have_the_counts_of_their_card(nodules):
    assert len(nodules.masks) == len(nodules.spacing) == len(nodules.groups) == 2669
    readers = np.array([len(masks) for masks in nodules.masks])
    assert np.bincount(readers).tolist() == [0, 786, 490, 485, 904, 3, 0, 1]
    assert len(set(nodules.groups)) == 875 and len(set(nodules.scan)) == 883
    assert len(set(nodules.groups[readers == 4])) == 560
    assert {masks.dtype for masks in nodules.masks} == {np.dtype(bool)}
    assert nodules.spacing[:, 0].min().round(3) == 0.45 and nodules.spacing[:, 0].max() == 5
    assert (nodules.spacing[:, 1] == nodules.spacing[:, 2]).all()
    assert nodules.spacing[:, 1].min() > 0.46 and nodules.spacing[:, 1].max() < 0.98
    skipped = [
        np.diff(np.flatnonzero(mask.any(axis=(1, 2)))).max(initial=1) > 1
        for masks in nodules.masks
        for mask in masks
    ]
    assert sum(skipped) == 8


def test_each_box_is_the_smallest_and_no_mask_is_empty(nodules):
    for masks in nodules.masks:
        assert masks.any(axis=(1, 2, 3)).all()
        for axis in (1, 2, 3):
            seen = masks.any(axis=tuple({0, 1, 2, 3} - {axis}))
            assert seen[0] and seen[-1]


def test_numbers_are_those_of_the_other_set_and_so_are_the_volumes(nodules):
    maps = datasets.load_nodules()
    np.testing.assert_array_equal(nodules.start, np.searchsorted(maps.nodule, np.arange(2670)))
    first = nodules.start[:-1]
    np.testing.assert_array_equal(nodules.groups, maps.groups[first])
    np.testing.assert_array_equal(nodules.scan, maps.scan[first])
    voxel = nodules.spacing.prod(axis=1)
    volume = np.concatenate(
        [masks.sum(axis=(1, 2, 3)) * size for masks, size in zip(nodules.masks, voxel, strict=True)]
    )
    # The maps are rounded to 0.2 mm of thickness; were two readers swapped, it would be seen.
    ratio = maps.images.sum(axis=(1, 2)) * 0.2 * 0.75**2 / volume
    assert (np.abs(ratio - 1) < 0.03).mean() > 0.98 and np.abs(ratio - 1).max() < 0.1


def test_pairs_of_readers_agree_as_well_as_measured(nodules, pairs):
    assert len(pairs) == 1879 and len(set(nodules.groups[list(pairs)])) == 796
    assert sum(len(dice) for dice, _ratio in pairs.values()) == 7369
    each = [dice.mean() for dice, _ratio in pairs.values()]
    assert round(float(np.median(each)), 3) == 0.760 and round(float(np.mean(each)), 3) == 0.746
    dice, ratio = (np.concatenate(parts) for parts in zip(*pairs.values(), strict=True))
    assert round(float((ratio > 1.25).mean()), 3) == 0.517
    assert round(float((ratio[dice > 0.8] > 1.25).mean()), 3) == 0.206
    diameter = datasets.load_nodules().diameter
    mean = np.add.reduceat(diameter, nodules.start[:-1]) / np.diff(nodules.start)
    of_size = {
        low: np.median([d.mean() for i, (d, _) in pairs.items() if low <= mean[i] < high])
        for low, high in ((4, 6), (6, 8), (10, 15), (20, 30))
    }
    assert [round(float(x), 3) for x in of_size.values()] == [0.719, 0.747, 0.777, 0.827]


def test_a_majority_that_holds_the_readers_own_vote_flatters_him(nodules):
    with_him, others, halves = [], [], []
    for masks in nodules.masks:
        if len(masks) != 4:
            continue
        votes = masks.sum(axis=0)
        for own in masks:
            for truth, scores in ((votes >= 2, with_him), (votes - own >= 2, others)):
                scores.append(2 * (own & truth).sum() / (own.sum() + truth.sum()))
        size = masks.sum(axis=(1, 2, 3))
        for two in combinations(range(4), 2):
            one = size[list(two)].sum()
            halves.append(one / (size.sum() - one))
    assert len(others) == 4 * 904
    assert round(float(np.mean(with_him)), 3) == 0.870
    assert round(float(np.mean(others)), 3) == 0.808
    halves = np.array(halves)
    assert round(float((np.maximum(halves, 1 / halves) > 1.25).mean()), 3) == 0.350


def test_readings_of_one_nodule_lie_on_one_grid():
    """Two readers, one shifted by 3 pixels to the right and one slice up; a hole between slices."""
    outline, inside = disc(4)
    base = pylidc_like(
        [(1, "LIDC-IDRI-0009")],
        [
            (1, [1] * 9, {2.0: outline, 6.0: outline}),
            (1, [1] * 9, {4.0: outline + np.array([3, 0])}),
        ],
    )
    arrays = nodule_masks.convert(base)
    assert arrays["box"].tolist() == [[3, 9, 12]] and arrays["readers"].tolist() == [2]
    assert arrays["spacing"].tolist() == [[2.0, 0.5, 0.5]] and arrays["patient"].tolist() == [9]
    one, other = np.unpackbits(arrays["bits"], count=2 * 3 * 9 * 12).reshape(2, 3, 9, 12)
    assert one.sum(axis=(1, 2)).tolist() == [inside, 0, inside]  # the middle slice is not drawn
    assert other.sum(axis=(1, 2)).tolist() == [0, inside, 0]
    np.testing.assert_array_equal(one[0][:, :9], other[1][:, 3:])


def test_what_a_reader_took_out_is_not_inside():
    outer, whole = disc(10)
    hole, inside = disc(3)
    parts = [(True, 2.0, outer), (False, 2.0, hole)]
    places = nodule_masks.voxels(parts, np.array([0.0, 2.0]))
    assert len(places) == whole - inside - len(hole)  # its border goes as well
    assert set(places[:, 0]) == {1} and [1, 100, 100] not in places.tolist()
