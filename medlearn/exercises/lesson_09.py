"""Exercises of lesson 09: how far two outlines agree, and what a copied slice is worth."""

import numpy as np

from medlearn.exercises.engine import Exercises, Level

lesson = Exercises("09")


def _disc(shape, row, column, radius):
    rows, columns = np.indices(shape)
    return (rows - row) ** 2 + (columns - column) ** 2 <= radius**2


_small, _large = _disc((9, 9), 4, 4, 2), _disc((9, 9), 4, 5, 3)
_nothing = np.zeros((9, 9), dtype=bool)
_block = np.zeros((3, 4, 5), dtype=bool)
_block[1:, 1:3, 1:4] = True


@lesson.function(
    cases=[
        (_small, _large),
        (_large, _small),
        (_block, np.roll(_block, 1, axis=2)),
        (_small, _small),
        (_small, np.roll(_small, 4, axis=0) & ~_small),
        (_nothing, _small),
        (_nothing, _nothing),
    ],
    hints=[
        "one & other is True where both masks are. .sum() counts the True ones.",
        "Three counts are needed: in both, in one, in other.",
        "total = one.sum() + other.sum(). When it is 0, return np.nan before you divide.",
    ],
    right="Twice the common voxels, divided by all that were drawn: 1 is the same outline, 0 "
    "nothing "
    "in common, and two empty masks have no Dice.",
)
def dice(one, other):
    total = one.sum() + other.sum()
    if total == 0:
        return np.nan
    return 2 * (one & other).sum() / total


@dice.fresh
def _(rng):
    shape = (int(rng.integers(2, 5)), int(rng.integers(5, 9)), int(rng.integers(5, 9)))
    one = rng.random(shape) < (0.5 if rng.random() < 0.55 else 0)  # every second pair is empty
    return one, one ^ (one.any() & (rng.random(shape) < 0.3))


def _share(above, below):
    return above / below if below else np.nan


@dice.misconception(
    "intersection_over_union",
    "You divided the common voxels by all voxels that are in either mask. That is the IoU "
    "(intersection over union), another measure, always the smaller one. Dice: twice the common "
    "ones, "
    "by the sum of both sizes.",
)
def _(one, other):
    return _share((one & other).sum(), (one | other).sum())


@dice.misconception(
    "twice_over_union",
    "Twice the common voxels is right. Below the line stands the sum of the two sizes; in one | "
    "other "
    "the common voxels count once only, so that your number can reach 2.",
)
def _(one, other):
    return _share(2 * (one & other).sum(), (one | other).sum())


@dice.misconception(
    "two_forgotten",
    "The 2 is missing: two masks that are the same would get one half.",
)
def _(one, other):
    return _share((one & other).sum(), one.sum() + other.sum())


@dice.misconception(
    "share_of_the_first",
    "That is the share of the first mask that the second covers. A mask that covers everything "
    "would "
    "get 1.",
)
def _(one, other):
    return _share((one & other).sum(), one.sum())


@dice.misconception(
    "share_of_the_second",
    "That is the share of the second mask that the first covers. A mask that covers everything "
    "would "
    "get 1.",
)
def _(one, other):
    return _share((one & other).sum(), other.sum())


@dice.misconception(
    "accuracy",
    "You counted the voxels on which both say the same, the empty ones as well. Around a small "
    "thing "
    "nearly all are empty in both, and the number is high whatever was drawn.",
)
def _(one, other):
    return np.mean(one == other)


@dice.misconception(
    "sizes_compared",
    "You compared the two sizes. Two masks of one size may lie in different places: count the "
    "common "
    "voxels, one & other.",
)
def _(one, other):
    sizes = [one.sum(), other.sum()]
    return _share(min(sizes), max(sizes))


@dice.misconception(
    "empty_is_perfect",
    "Right but for two empty masks: there is nothing to agree on, and 0 / 0 has no value. A "
    "program that "
    "draws nothing would get 1 on each empty slice. Return np.nan.",
)
def _(one, other):
    total = one.sum() + other.sum()
    return 2 * (one & other).sum() / total if total else 1.0


@dice.misconception(
    "empty_is_zero",
    "Right but for two empty masks: there both agree that there is nothing, and 0 would call it "
    "the worst "
    "there is. Return np.nan.",
)
def _(one, other):
    total = one.sum() + other.sum()
    return 2 * (one & other).sum() / total if total else 0.0


@dice.misconception("percent", "Right, but in percent. Give it from 0 to 1.")
def _(one, other):
    return 100 * _share(2 * (one & other).sum(), one.sum() + other.sum())


_pictures = np.random.default_rng(9).integers(0, 4, size=(12, 3, 3))


@lesson.function(
    cases=[
        (_pictures, np.array([0, 3, 7, 8]), 4),
        (_pictures, np.array([0, 3, 7, 8]), 6),
        (_pictures, np.array([2, 5, 10]), 11),
        (_pictures, np.array([2, 5, 10]), 0),
        (_pictures, np.array([1, 9]), 7),
    ],
    hints=[
        "known - k says how far each known slice is from slice k, and on which side. The side does "
        "not matter: np.abs.",
        "np.argmin gives the place of the smallest distance within known. known[place] is the "
        "number "
        "of the slice.",
        "Return labels of that number: labels[known[place]].",
    ],
    right="No picture was looked at, and nothing was learned.",
)
def copy_slice(labels, known, k):
    return labels[known[np.abs(known - k).argmin()]]


@copy_slice.fresh
def _(rng):
    labels = rng.integers(0, 4, size=(15, 2, 3))
    order = rng.permutation(15)
    known, left = np.sort(order[:6]), order[6:]
    clear = [k for k in left if (np.abs(known - k) == np.abs(known - k).min()).sum() == 1]
    above = [k for k in clear if known[np.abs(known - k).argmin()] > k]  # the nearest comes after
    return labels, known, int([*above, *clear][0]) if clear else int(known[0]) - 1


@copy_slice.misconception(
    "itself",
    "labels[k] is the answer itself. Slice k was left out: only the slices in known may be copied.",
)
def _(labels, known, k):
    return labels[k]


@copy_slice.misconception(
    "place_for_number",
    "argmin gives a place within known: 0 for the first known slice. Which slice stands there? "
    "known[place].",
)
def _(labels, known, k):
    return labels[np.abs(known - k).argmin()]


@copy_slice.misconception(
    "number_for_labels",
    "That is the number of the right slice. Return what is drawn on it: labels[...].",
)
def _(labels, known, k):
    return known[np.abs(known - k).argmin()]


@copy_slice.misconception(
    "side_counts",
    "Without np.abs the smallest difference is the most negative one: the slice farthest below.",
)
def _(labels, known, k):
    return labels[known[(known - k).argmin()]]


@copy_slice.misconception(
    "farthest", "That is the known slice farthest away: argmin, where you took the largest."
)
def _(labels, known, k):
    return labels[known[np.abs(known - k).argmax()]]


@copy_slice.misconception(
    "mean_of_labels",
    "Labels are names, not amounts: the mean of 1 (liver) and 3 (kidney) is 2, and that is a "
    "spleen. "
    "Copy one slice.",
)
def _(labels, known, k):
    near = known[np.argsort(np.abs(known - k), kind="stable")[:2]]
    return labels[near].mean(axis=0)


@copy_slice.misconception(
    "the_one_before",
    "You copied the nearest known slice below. The one above may be nearer.",
)
def _(labels, known, k):
    below = known[known < k]
    return labels[below[-1]] if len(below) else labels[known[0]]


buy = lesson.text(
    "buy",
    model_answer="""
    A different pen alone makes one of four nodules grow by a quarter, on one and the same scan.
    So I would not call this nodule grown: the same reader, or the same software, should outline
    both scans, side by side, and a doctor looks at the shape and asks how soon a third scan is
    due. I would not buy the program on this evidence. Nothing here was measured on nodules: a
    liver's score says nothing of them. And its Dice was measured on slices between
    slices that it had learned; copying the neighbour's labels does as well. On a new person it
    lost, and its liver volume was off by an amount that changed with the seed. That is one
    person: it shows that it can fail, not how often. I would ask for a test on three hundred
    of our own patients, from our scanners, with and without contrast agent, drawn by two of our
    radiologists: for each patient the Dice and the error of the volume, the number of patients
    in whom it fails, with its interval, beside what our readers reach among themselves; and
    nodules that it did not find, counted apart. Until then somebody looks at each outline
    before it is used.
    """,
    checklist=[
        "answers both questions: has it grown, and may the program hold the pen",
        "uses how much two readers differ on one scan",
        "says why 0.95 on random slices of one patient is no evidence for the next",
        "says that a score for livers is no evidence for nodules",
        "knows that one new patient shows that it can fail, not how often",
        "asks for a test with patients as the unit, of one's own hospital, with a reader's own "
        "agreement beside it",
        "asks for the error of what is used: the volume, not the Dice alone",
        "asks about what was not found: an outline of a missed nodule does not exist",
    ],
    rubric=[
        Level(
            0,
            "Takes the 25 % or the 0.95 as it stands, or refuses without a reason from the lesson.",
            "The nodule is 30 % larger, which is above the limit, so it has grown. The program "
            "reaches "
            "0.95, which is better than two radiologists reach with each other, so we should buy "
            "it.",
        ),
        Level(
            1,
            "Sees one half: that pens differ, or that slices of one patient are no test; but asks "
            "for "
            "more slices or a higher Dice, not for patients and the volume.",
            "We do not know whether it has grown because another radiologist drew it. The program "
            "was "
            "tested on slices next to those it learned from, so the score is too good. They "
            "should test it "
            "again on slices that are farther away and show a Dice above 0.9.",
        ),
        Level(
            2,
            "Decides both, from two pens and from the copied slice, and asks for a test by "
            "patient in "
            "the unit of the task.",
            "Not grown yet: with another pen every fourth unchanged nodule would look like this, "
            "so let "
            "one person redraw both scans. Not bought yet: a copy of the next slice is as good on "
            "their "
            "test, and on the one new patient the liver was wrong by more than our surgeons can "
            "accept. One "
            "patient is not a rate. Bring forty patients from our own scanner, tell us in how "
            "many the "
            "volume is off by more than 10 %, and how many lesions were not found at all.",
        ),
    ],
    hints=[
        "Two questions: the nodule, and the program. What did the first section measure for the "
        "first?",
        "For the program: which of its tests was on a patient it had not learned from, and how "
        "many such "
        "patients were there?",
    ],
)

ceiling = lesson.choice(
    "ceiling",
    answer="c",
    feedback={
        "a": "0.87 was measured against a majority in which the reader's own vote counts. The "
        "program has no "
        "vote in it: that is another, easier task.",
        "b": "0.77 is one reader against one other. Against a majority of three everybody scores "
        "higher, "
        "because their slips cancel out.",
        "c": "The same truth for both, the majority of the other three, on the same nodules. Then "
        "0.82 is about a "
        "reader's own level; whether it is above is for a paired interval to say.",
        "d": "Dice needs no perfect truth to compare two of its kind. It needs the same truth for "
        "both.",
    },
    hints=[
        "Against whom was each number measured?",
        "Who has a vote in the majority that he is compared with?",
    ],
)

shift = lesson.value(
    "shift",
    code="""
rows, columns = np.indices((61, 61))
disc = (rows - 30) ** 2 + (columns - 30) ** 2 <= 3**2
moved = np.roll(disc, 1, axis=1)
shift = 2 * (disc & moved).sum() / (disc.sum() + moved.sum())
""".strip(),
    expected=0.7586,
    tolerance=2e-3,
    hints=[
        "rows, columns = np.indices((61, 61)) gives the row and the column of each pixel. A disc: "
        "(rows - 30) ** 2 + (columns - 30) ** 2 <= 3**2.",
        "np.roll(disc, 1, axis=1) moves it by one pixel. Then Dice, as in section 1.",
    ],
    misconceptions={
        0.611: "That is the IoU: common pixels by those in either. Dice: twice the common ones, "
        "by the sum "
        "of both sizes.",
        0.9674: "That is a radius of 20 pixels. Asked was a radius of 3.",
        0.379: "The 2 above the line is missing.",
        75.86: "Right, but in percent. Give it from 0 to 1.",
        0.996: "That is the share of all pixels on which both agree. Most of them are empty.",
        0.789: "That is a smooth disc. Here it is made of pixels: count them.",
        1: "Moved by 0 pixels. Move it by 1.",
    },
    right="One pixel takes a quarter of the Dice from a small thing. From a disc of radius 20 it "
    "takes "
    "about a thirtieth.",
)

empty = lesson.choice(
    "empty",
    answer="b",
    feedback={
        "a": "It drew nothing: the mean with ones rewards just that, on slices where nothing was "
        "to be drawn.",
        "b": "A mean over slices hides what was done with the empty ones. All voxels of a patient "
        "together need no "
        "rule for them, and false alarms on empty slices lower it. (A patient without any tumour "
        "has no Dice again: count the false alarms there.)",
        "c": "Leaving them out also hides what was drawn there by mistake: a slice with nothing "
        "to find and "
        "something drawn has a Dice of 0.",
        "d": "0 for two empty masks punishes the right answer.",
    },
    hints=[
        "What becomes of a program that draws nothing at all under each rule?",
        "What becomes of one that draws something on a slice where nothing is?",
    ],
)

count = lesson.value(
    "count",
    code="""
from medlearn import datasets
from scipy import ndimage

pieces, n_pieces = ndimage.label(datasets.load_nuclei().image >= 48)
sizes = np.bincount(pieces.ravel())[1:]
count = int(np.sum(sizes >= 20))
""".strip(),
    expected=85,
    hints=[
        "np.bincount(pieces.ravel()) gives how many pixels have number 0, 1, 2 and so on. The "
        "first "
        "is the background: leave it out with [1:].",
        "np.sum(sizes >= 20) counts the pieces with at least 20 pixels.",
    ],
    misconceptions={
        86: "You counted the background as a piece: leave out number 0 with [1:].",
        1131: "Those are all pieces, the specks as well. Keep those with at least 20 pixels.",
        1046: "Those are the specks: the pieces with fewer than 20 pixels.",
        125: "That is how many people marked. Count the pieces of the threshold picture.",
        106: "Those are the pieces of the mask made by hand. Count those of the threshold.",
    },
    right="Forty nuclei are missing from the count, though the Dice was good: they touch.",
)
