"""Lesson 07, transfer learning: who teaches, what is frozen, and what is done to a picture.

Cells are found by what they define.
"""

import numpy as np
import pytest

import medlearn
from medlearn import datasets, lessons, metrics, splits

CELLS = [lessons.text_of(c) for c in lessons.find()["07"].cells if c["cell_type"] == "code"]


def cell(words):
    [found] = [source for source in CELLS if words in source]
    return found


@pytest.fixture(scope="module")
def lesson():
    """What the section takes from sections 1 to 3, and its functions; nothing is trained."""
    import keras
    from keras import layers

    nodules = datasets.load_nodules()
    opinion = nodules.ratings["malignancy"].to_numpy()
    names = {"np": np, "keras": keras, "layers": layers, "medlearn": medlearn}
    names |= {"datasets": datasets, "splits": splits, "metrics": metrics, "nodules": nodules}
    names |= {"patient": nodules.groups, "diameter": nodules.diameter}
    names |= {"suspicious": (opinion >= 4).astype(int), "decided": opinion != 3}
    for words in ("ours, locked =", "def blocks", "def with_head", "def set_free", "def labelled"):
        exec(cell(words), names)
    return names


def test_no_locked_patient_teaches(lesson):
    before = cell("pretrained = blocks()").split("keras.utils.set_random_seed")[0]
    exec(before, lesson)
    patient, locked = lesson["patient"], set(lesson["patient"][lesson["locked"]])
    assert len(locked) > 200
    assert not locked & set(patient[lesson["once"]])
    for draw in range(3):
        rows = lesson["labelled"](draw, 100)
        assert len(set(patient[rows])) == 100 and lesson["decided"][rows].all()
        assert not locked & set(patient[rows])
    assert "malignancy" not in lesson["noted"].columns


def test_a_frozen_base_stays_and_a_free_one_learns_with_its_old_averages(lesson):
    keras = lesson["keras"]
    keras.utils.set_random_seed(0)
    rng = np.random.default_rng(0)
    X, y = rng.integers(0, 255, size=(64, 28, 28), dtype="uint8"), rng.integers(2, size=64)
    loss, base = keras.losses.BinaryCrossentropy(from_logits=True), lesson["blocks"]()

    def weights(part):
        return [np.array(w) for w in base.weights if ("moving" in w.path) == (part == "averages")]

    def same(part, before):
        return all(np.array_equal(a, b) for a, b in zip(weights(part), before, strict=True))

    kernels, averages = weights("kernels"), weights("averages")
    base.trainable = False
    model = lesson["with_head"](base, 1)
    lesson["teach"](model, loss, X, y, passes=1, rate=0.01)
    assert len(model.trainable_weights) == 2  # the head's
    assert same("kernels", kernels) and same("averages", averages)

    lesson["set_free"](base)
    lesson["teach"](model, loss, X, y, passes=1, rate=0.01)
    assert not same("kernels", kernels) and same("averages", averages)

    base = lesson["blocks"]()
    averages = weights("averages")
    fresh = lesson["with_head"](base, 1)  # from nothing: averages are learned as well
    lesson["teach"](fresh, loss, X, y, passes=1, rate=0.01)
    assert not same("averages", averages)


def test_no_picture_is_zoomed(lesson):
    kinds = [type(layer).__name__ for layer in lesson["with_head"](lesson["blocks"](), 1).layers]
    assert "RandomFlip" in kinds and "RandomTranslation" in kinds
    assert not any("Zoom" in kind for kind in kinds)
