"""Lesson 10: what it says of its data, and what its explorer shows."""

import numpy as np
import pytest

from medlearn import datasets, lessons
from medlearn.widgets import deferral_explorer
from medlearn.widgets.deferral import Lines, Office

LESSON = lessons.find()["10"]
LINES = np.array([1, 1, 1, 0, 1, 0]), np.array([0.99, 0.9, 0.8, 0.7, 0.4, 0.2])


def test_the_lesson_loads_what_it_says():
    assert LESSON.data == ("icd10cm",)


def test_the_source_asks_to_be_named_and_is():
    said = " ".join(" ".join(lessons.text_of(cell).split()) for cell in LESSON.cells)
    for sentence in datasets.DATASETS["icd10cm"].notice.replace("\n", " ").split(". "):
        assert sentence.strip(" .") in said


def test_both_lines_of_a_with_and_without_pair_stand_in_one_chapter():
    icd = datasets.load_icd10cm()
    chapter = dict(zip(icd.data, icd.target, strict=True))
    pairs = [(text, text.replace(" with ", " without ")) for text in chapter if " with " in text]
    pairs = [pair for pair in pairs if pair[1] in chapter]
    assert len(pairs) > 700
    assert np.mean([chapter[one] == chapter[other] for one, other in pairs]) > 0.99


# ---- who decides --------------------------------------------------------------------------------


def in_all_by_hand(right, confidence, threshold, slips):
    """Count line by line."""
    wrong = 0.0
    for answer, sure, slip in zip(right, confidence, slips, strict=True):
        wrong += (1 - answer) if sure >= threshold / 100 else slip
    return wrong / len(right)


@pytest.mark.parametrize("threshold", [0, 20, 50, 80, 90, 100])
@pytest.mark.parametrize("times", [1, 3])
def test_the_errors_of_both_add_up(threshold, times):
    office = Office(Lines.of("ours", *LINES), coder=0.9, times=3)
    slips = office.slips(times)
    assert slips.mean() == pytest.approx(0.1)
    expected = in_all_by_hand(office.lines.right, office.lines.confidence, threshold, slips)
    assert office.in_all(threshold, times) == pytest.approx(expected)
    assert office.in_all(101, times) == pytest.approx(0.1)  # coders alone


def test_a_coder_stumbles_where_the_program_does_and_is_as_good_on_average():
    slips = Office(Lines.of("ours", *LINES), coder=0.9, times=3).slips(3)
    right = Lines.of("ours", *LINES).right
    assert slips[~right] == pytest.approx(3 * slips[right][0])


@pytest.mark.parametrize("right", [[1, 1, 0, 1, 1, 1, 1, 1, 1, 1], [1, 1], [0, 0]])
@pytest.mark.parametrize("coder", [0.7, 0.99])
def test_no_chance_of_a_slip_lies_outside_of_0_and_1(right, coder):
    slips = Office(Lines.of("ours", right, [0.5] * len(right)), coder, times=20).slips(20)
    assert slips.mean() == pytest.approx(1 - coder)
    assert (slips >= 0).all() and (slips <= 1).all()


def test_the_explorer_says_whether_together_beats_coders_alone():
    explorer = deferral_explorer({"ours": LINES}, coder=0.9, threshold=0.8)
    assert "the program decides ≈ 50 and gets ≈ 0.0 wrong" in explorer.words
    assert "Both are fewer" in explorer.words
    explorer.controls["threshold"].value = 0
    assert "Neither is fewer" in explorer.words
    explorer.controls["threshold"].value = 60
    assert "the program decides ≈ 67 and gets ≈ 16.7 wrong" in explorer.words


@pytest.mark.parametrize(
    ("kinds", "how", "said"),
    [
        ({}, {}, "at least one kind"),
        ({"ours": LINES}, {"times": 0.5}, "1 or more; 0.5 came"),
        ({"ours": ([1, 2], [0.5, 0.5])}, {}, "row 1 holds 2"),
        ({"ours": (["yes"], [0.5])}, {}, "yes came: compare first"),
        ({"ours": ([1, 0], [0.5, 1.5])}, {}, "confidence of 'ours'"),
        ({"ours": ([1, 0], [0.5])}, {}, "same number of rows"),
        ({"ours": LINES}, {"coder": 0.5}, "not within 70 … 99"),
    ],
)
def test_what_is_no_kind_of_lines_is_named(kinds, how, said):
    with pytest.raises(ValueError, match=said):
        deferral_explorer(kinds, **how)
