"""Lesson 07: who teaches and what is copied in transfer learning, and what is done to a picture.

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
    for words in ("ours, locked =", "def blocks", "def with_head", "def labelled"):
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


def test_copied_blocks_begin_as_the_pretraining_left_them_and_learn_on(lesson):
    keras = lesson["keras"]
    keras.utils.set_random_seed(0)
    rng = np.random.default_rng(0)
    X, y = rng.integers(0, 255, size=(64, 28, 28), dtype="uint8"), rng.integers(2, size=64)
    base = lesson["blocks"]()
    kept = base.get_weights()

    def as_before():
        return all(np.array_equal(a, b) for a, b in zip(base.get_weights(), kept, strict=True))

    model, loss = lesson["with_head"](base, 1), keras.losses.BinaryCrossentropy(from_logits=True)
    base.trainable = False
    lesson["teach"](model, loss, X, y, passes=1, rate=0.01)
    assert len(model.trainable_weights) == 2 and as_before()
    base.trainable = True
    lesson["teach"](model, loss, X, y, passes=1, rate=0.01)
    assert not as_before()


def test_a_copied_head_says_what_the_logistic_regression_says(lesson):
    """Before it is fine-tuned, the network is the frozen one."""
    from sklearn.linear_model import LogisticRegression

    lines = cell('by_way["fine-tuned"]').splitlines()
    lesson["keras"].utils.set_random_seed(0)
    pretrained, X = lesson["blocks"](), np.random.default_rng(0).integers(0, 255, (40, 28, 28))
    said = pretrained.predict(X, verbose=0)
    head = LogisticRegression(max_iter=1000).fit(said, np.arange(40) % 2)
    names = {**lesson, "head": head, "brought_along": pretrained.get_weights()}
    exec("\n".join(line for line in lines if "teach(" not in line and "by_way" not in line), names)
    ours = names["copied"].predict(X, verbose=0)[:, 0]
    np.testing.assert_allclose(ours, head.decision_function(said), rtol=1e-3, atol=1e-3)


def test_the_pictures_of_nodules_are_never_zoomed():
    changes = [words for words in CELLS if "maps[" in words and "fit" not in words]
    assert changes and not any("RandomZoom" in words for words in changes)
    assert "RandomZoom" in cell("def augmentation_for")
