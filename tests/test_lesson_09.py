"""Lesson 09: what it says of its data, and what its explorer shows."""

import numpy as np
import pytest

from medlearn import datasets, lessons
from medlearn.widgets import outlines_explorer

LESSON = lessons.find()["09"]
MASKS = np.zeros((3, 2, 6, 6), dtype=bool)
MASKS[0, :, 1:4, 1:4] = MASKS[1, :, 1:4, 1:5] = MASKS[2, :, 2:5, 1:4] = True
SPACING = (2.0, 0.5, 0.5)


def test_the_lesson_loads_what_it_says():
    assert LESSON.data == ("nodule_masks", "nodules", "abdomen", "nuclei")


def test_the_source_asks_to_be_named_and_is():
    said = " ".join(" ".join(lessons.text_of(cell).split()) for cell in LESSON.cells)
    assert "The authors acknowledge the National Cancer Institute" in said


def test_the_nodule_of_the_case_grows_by_30_percent_when_the_reader_changes():
    masks = datasets.load_nodule_masks().masks[643]
    sizes = masks.sum(axis=(1, 2, 3))
    assert 1.25 < sizes[1] / sizes[0] == pytest.approx(1.3, abs=0.005)


def test_random_left_out_slices_are_between_slices_that_were_kept():
    """Why copying the neighbour does as well: it lies 3 or 6 mm away, seldom more."""
    order = np.random.default_rng(0).permutation(66)
    known, left_out = np.sort(order[:44]), np.sort(order[44:])
    apart = np.array([np.abs(known - k).min() for k in left_out])
    assert apart.max() <= 3 and np.mean(apart == 1) > 0.6


# ---- two pens -----------------------------------------------------------------------------------


def test_the_explorer_says_who_drew_and_whether_it_grew():
    explorer = outlines_explorer({"A": (MASKS, SPACING)})
    assert "First reader 1: 9 mm³" in explorer.words
    assert "Second reader 2: 12 mm³, 33 % more: grown" in explorer.words
    assert f"Dice of the two {2 * 18 / 42:.2f}" in explorer.words
    explorer.controls["first"].value = 2
    explorer.controls["second"].value = 1
    assert "Second reader 1: 9 mm³, 25 % less: not grown" in explorer.words
    explorer.controls["second"].value = 2
    assert "0 % more: not grown" in explorer.words and "Dice of the two 1.00" in explorer.words


def test_the_same_size_in_another_place_did_not_grow():
    explorer = outlines_explorer({"A": (MASKS, SPACING)})
    explorer.controls["second"].value = 3
    assert "9 mm³, 0 % more: not grown" in explorer.words
    assert f"Dice of the two {2 * 12 / 36:.2f}" in explorer.words


@pytest.mark.parametrize("limit", [1.2, 4 / 3, 1.4])
def test_from_the_limit_on_it_grew(limit):
    grown = outlines_explorer({"A": (MASKS, SPACING)}, limit=limit).words.count(": grown")
    assert grown == (limit <= 4 / 3)


def test_a_nodule_with_fewer_readers_shows_the_last_it_has():
    explorer = outlines_explorer({"A": (MASKS, SPACING), "B": (MASKS[:2, :1], SPACING)})
    explorer.controls["second"].value = 3
    explorer.controls["nodule"].value = "B"
    assert "slice 1 of 1" in explorer.words and "Second reader 2" in explorer.words


@pytest.mark.parametrize(
    ("nodules", "how", "said"),
    [
        ({}, {}, "at least one nodule"),
        ({"A": (MASKS, SPACING)}, {"limit": 1}, "limit should be above 1; 1 came"),
        ({"A": (MASKS.astype(int), SPACING)}, {}, "True and False"),
        ({"A": (MASKS[0], SPACING)}, {}, r"\(readers, slices, rows, columns\)"),
        ({"A": (MASKS[:1], SPACING)}, {}, "two readers or more"),
        ({"A": (np.zeros_like(MASKS), SPACING)}, {}, "a reader's mask is empty"),
        ({"A": (MASKS, (1.0, 1.0))}, {}, "three lengths in mm"),
        ({"A": (MASKS, (0.0, 1.0, 1.0))}, {}, "three lengths in mm"),
    ],
)
def test_what_is_no_nodule_is_named(nodules, how, said):
    with pytest.raises(ValueError, match=said):
        outlines_explorer(nodules, **how)
