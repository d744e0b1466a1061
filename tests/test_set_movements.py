"""Movements: recordings of a watch."""

import io
import pickle
from pathlib import Path

import numpy as np
import pytest
from sklearn.utils import Bunch

from medlearn import datasets
from medlearn.datasets import DATASETS, DataError
from medlearn.datasets import movements as movements_set


@pytest.fixture(scope="module")
def movements():
    return datasets.load_movements()


def test_movements_have_the_counts_of_their_card(movements):
    lengths = [len(recording) for recording in movements.recordings]
    assert (len(lengths), sum(lengths), min(lengths), max(lengths)) == (140, 244_102, 947, 2618)
    assert all(r.dtype == np.float32 and r.shape[1] == 6 for r in movements.recordings)
    assert np.bincount(movements.target).tolist() == [20] * 7
    assert np.bincount(movements.groups)[1:].tolist() == [14] * 10 and movements.groups.min() == 1
    # Each person does each exercise once with each arm.
    each = set(zip(movements.groups, movements.target, movements.side, strict=True))
    assert len(each) == 140 and set(movements.side) == {"left", "right"}
    entry = DATASETS["movements"]
    assert (entry.rows, entry.people) == (140, 10)
    assert list(movements.target_names) == list(entry.target_names) and len(entry.variables) == 6
    assert set(movements.feature_units.values()) == {"g", "rad/s"}
    assert list(movements.feature_names)[3] == "rotation_x"


def test_movements_are_in_the_units_that_the_card_says(movements):
    # Between movements a watch feels gravity alone, which is 1 g.
    size = np.concatenate([np.linalg.norm(r[:, :3], axis=1) for r in movements.recordings])
    assert 0.95 < np.median(size) < 1.15
    # An arm lifted over the head and down again turns by about 2 × π rad, twenty times.
    lifts = np.isin(movements.target, [1, 2])
    turns = [
        np.linalg.norm(r[:, 3:], axis=1).sum() / movements.sampling_rate / 20
        for r, lift in zip(movements.recordings, lifts, strict=True)
        if lift
    ]
    assert 5 < np.median(turns) < 8


def as_seglearn(movements):
    """The object that the package has, a pickle inside an .npy file."""
    source = {
        "X": [r.astype(np.float64) for r in movements.recordings],
        "y": movements.target,
        "subject": movements.groups,
        "side": (movements.side == "right").astype(np.float64),
        "X_labels": ["ax"],
    }
    file = io.BytesIO()
    header = {"descr": "|O", "fortran_order": False, "shape": ()}
    np.lib.format.write_array_header_1_0(file, header)
    text = pickle.dumps(np.array(source, dtype=object), protocol=2)
    return file.getvalue() + text.replace(b"numpy._core.multiarray", b"numpy.core.multiarray")


def test_the_source_of_movements_becomes_what_ships(movements):
    arrays = movements_set.convert(as_seglearn(movements))
    assert datasets.content_sha256(arrays) == DATASETS["movements"].content_sha256


def test_what_does_not_fit_into_thousandths_is_refused(movements):
    few = Bunch(**{**movements, "recordings": [np.full((3, 6), 33.0)]})
    with pytest.raises(DataError, match="too large for thousandths"):
        movements_set.convert(as_seglearn(few))
    few.recordings[0][1, 2] = np.nan
    with pytest.raises(DataError, match="missing"):
        movements_set.convert(as_seglearn(few))


def test_a_pickle_that_does_more_than_arrays_is_not_opened(tmp_path):
    class Trap:
        def __reduce__(self):
            return Path.touch, (tmp_path / "sprung",)

    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(file, {"descr": "|O", "fortran_order": False, "shape": ()})
    with pytest.raises(DataError, match=r"which is no array: not opened"):
        movements_set.convert(file.getvalue() + pickle.dumps(Trap(), protocol=2))
    assert not (tmp_path / "sprung").exists()
