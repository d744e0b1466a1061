"""Lesson 16: its accountant and its masks, what it loads, and what it does not do to people."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
import written

from medlearn import lessons

LESSON = lessons.find()["16"]
KNOWN = {"np": np, "math": math}  # what its cells have imported
CELLS = {cell["id"]: lessons.text_of(cell) for cell in LESSON.notebook["cells"]}
REFERENCE = json.loads((Path(__file__).parent / "reference" / "accountant.json").read_text("utf-8"))


def test_the_lesson_loads_what_it_says():
    assert LESSON.data == ("heart_hospitals", "digits", "nhanes")


@pytest.mark.parametrize("row", REFERENCE["values"])
def test_the_accountant_agrees_with_dp_accounting(row):
    [cell] = [
        lessons.text_of(cell)
        for cell in LESSON.notebook["cells"]
        if "accountant" in lessons.tags_of(cell)
    ]
    names = {"np": np}
    exec(cell, names)
    settings = {name: row[name] for name in ("noise", "rate", "steps", "delta")}
    assert names["epsilon"](**settings) == pytest.approx(row["epsilon"], abs=1e-6)


def test_the_accountant_tries_the_orders_of_the_reference():
    first, last = REFERENCE["orders"]
    [cell] = [text for text in CELLS.values() if "def epsilon" in text]
    assert f"range({first}, {last + 1})" in cell


def test_noise_keeps_what_was_promised():
    epsilon, noise_for = written.defined(LESSON, "epsilon", "noise_for", **KNOWN)
    for wanted in (8, 2, 0.5):
        assert wanted - 1e-6 <= epsilon(noise_for(wanted), 0.1, 200, 1e-4) + 1e-6
        assert epsilon(noise_for(wanted), 0.1, 200, 1e-4) <= wanted


def test_masks_hide_each_and_keep_the_sum():
    (mask,) = written.defined(LESSON, "mask", **KNOWN)
    rng = np.random.default_rng(1)
    numbers = [rng.normal(scale=300, size=11) for _ in range(4)]
    true = [np.round(n * 2**16).astype(np.int64) for n in numbers]
    masked = mask(numbers)
    assert ((sum(masked) - sum(true)) % 2**32 == 0).all()
    for hidden, plain in zip(masked, true, strict=True):
        assert (hidden >= 0).all() and (hidden < 2**32).all()
        assert (hidden != plain % 2**32).all()


def test_no_patient_moves_the_private_sum_by_more_than_the_bound():
    sigmoid, private = written.defined(LESSON, "sigmoid", "private", sigmoid=None, **KNOWN)
    rng = np.random.default_rng(0)
    Z, y = np.column_stack([np.ones(40), rng.normal(size=(40, 2))]), rng.integers(0, 2, (40, 1))
    one_step = {"noise": 0, "bound": 0.5, "seed": 0, "squash": sigmoid, "rate": 1.0, "steps": 1}
    other = Z.copy()
    other[0] = [1, 1000, -1000]
    moved = private(Z, y, **one_step) - private(other, y, **one_step)
    assert np.linalg.norm(moved) <= 0.5 * 2 * 0.5 / 40 + 1e-12


def test_small_groups_are_not_printed():
    import pandas as pd

    (alone,) = written.defined(LESSON, "alone", **KNOWN)
    table = pd.DataFrame({"age": [*range(9), *[50] * 91]})
    assert alone(table, ["age"]) == "fewer than ten people"
    assert alone(pd.DataFrame({"age": [*range(10), *[50] * 90]}), ["age"]) == "10.0 %"


def test_nobody_in_the_survey_is_attacked():
    """The survey comes in the last section; attacks and uniqueness before it, on hospitals."""
    order = [cell["id"] for cell in LESSON.notebook["cells"]]
    first = min(order.index(id) for id, text in CELLS.items() if "load_nhanes" in text)
    assert order[first].startswith("s7")
    for id in order[first:]:
        for attack in ("alone(", "named(", "recovered(", "member", "inside"):
            assert attack not in CELLS[id] or not id.startswith("s7")


def test_it_says_what_may_not_be_done():
    said = " ".join(CELLS.values())
    for words in (
        "Nobody in the data is looked for, and the data are linked to nothing outside",
        "forbid attempts to recognise anybody",
        "by receiving a model, not demonstrably by joining",
        "does **not** cover",
        "Who governs?",
        "These twelve are **made up**",
    ):
        assert words in said
