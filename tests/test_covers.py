"""covers and splits: a division that exists is found, and none is promised that does not."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from medlearn import covers, splits
from medlearn.splits import SplitError

# What greedy folds refused though there is a way: patient 0 has both, 1 the one, 2 and 3 the other.
Y, WHO = [1, 1, 0, 0, 0, 1, 1, 1, 1], [0, 0, 0, 0, 1, 2, 2, 2, 3]
# Each class has two patients, but two parts need four.
TRIANGLE = list("ABBCCA"), [0, 0, 1, 1, 2, 2]


@st.composite
def few_patients(draw):
    people = draw(st.integers(2, 6))
    rows = draw(st.lists(st.tuples(st.integers(0, people - 1), st.integers(0, 2)), min_size=4))
    patient, classes = (np.unique(part, return_inverse=True)[1] for part in zip(*rows, strict=True))
    return classes, patient, draw(st.integers(2, 3))


def exists(classes, patient, parts):
    everything = set(classes)
    held = [set(classes[patient == one]) for one in range(patient.max() + 1)]
    return any(
        all(
            everything == set().union(*(h for h, at in zip(held, where, strict=True) if at == part))
            for part in range(parts)
        )
        for where in itertools.product(range(parts), repeat=len(held))
    )


@given(few_patients())
def test_a_division_is_found_exactly_where_there_is_one(case):
    classes, patient, parts = case
    found, complete = covers.share_out(classes, patient, [1 / parts] * parts, seed=0)
    assert complete and (found is not None) == exists(classes, patient, parts)
    if found is not None:
        assert sorted(np.concatenate(found)) == list(range(len(classes)))
        assert all(set(classes[rows]) == set(classes) for rows in found)
        splits.check_disjoint(patient, *found)


@pytest.mark.parametrize("seed", range(5))
def test_folds_and_parts_are_found_where_no_shuffle_serves(seed):
    pairs = splits.folds(Y, WHO, n_splits=2, n_repeats=2, seed=seed)
    parts = splits.split(Y, WHO, sizes={"a": 0.5, "b": 0.5}, seed=seed)
    for rows in (*itertools.chain(*pairs), *parts.values()):
        assert set(np.take(Y, rows)) == {0, 1}


def test_a_part_may_be_one_patient_of_three():
    parts = splits.split([0, 1] * 6, [0, 0, 1, 1, 2, 2] * 2)  # no equal folds come near 60:20:20
    assert sorted(map(len, parts.values())) == [4, 4, 4]


def test_shares_are_kept_as_well_as_may_be():
    classes, patient = np.tile([0, 1], 100), np.arange(200) // 2
    large, small = covers.share_out(classes, patient, [0.8, 0.2], seed=3)[0]
    assert (len(large), len(small)) == (160, 40)


@pytest.mark.parametrize(
    "ask",
    [
        lambda: splits.folds(*TRIANGLE, n_splits=2),
        lambda: splits.split(*TRIANGLE, sizes={"a": 0.5, "b": 0.5}),
    ],
)
def test_what_is_not_there_and_what_was_not_found_are_told_apart(ask, monkeypatch):
    with pytest.raises(SplitError, match="There is none: every way to divide the 3 patients"):
        ask()
    monkeypatch.setattr(covers, "STEPS", 1)
    with pytest.raises(SplitError, match=r"None was found: .* though there may be a way"):
        ask()


def test_hundreds_of_parts_do_not_overflow():
    patient = np.arange(4000) // 2
    found, complete = covers.share_out(np.tile([0, 1], 2000), patient, [1 / 1500] * 1500, seed=0)
    assert (found, complete) == (None, False)
