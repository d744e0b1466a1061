"""inputs: each check lets good values through unchanged, and names what is wrong with others."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from medlearn import inputs, language


@pytest.mark.parametrize(
    "form",
    [
        [0, 1, 1],
        (0.0, 1.0, 1.0),
        np.array([False, True, True]),
        np.array([[0], [1], [1]]),
        pd.Series([0, 1, 1], index=[2, 1, 0]),
        pd.Series([0, 1, 1], dtype="Int64"),
        pd.DataFrame({"y": [0, 1, 1]}),
        pd.array([False, True, True], dtype="boolean"),
    ],
)
def test_a_column_of_zeros_and_ones_comes_in_many_forms(form):
    for check in (inputs.labels, inputs.alarms, inputs.probabilities):
        got = check(form)
        assert got.dtype == float and got.tolist() == [0, 1, 1]
    assert inputs.labels(form, both=True).tolist() == [0, 1, 1]


def test_numbers_keep_their_precision():
    assert inputs.numbers(np.float32([0.7]), "p").dtype == np.float32
    assert inputs.numbers(np.arange(3), "p").dtype == np.float64
    assert inputs.numbers(pd.Series([1, 2], dtype="object"), "p").tolist() == [1, 2]


def test_words_are_a_complete_column():
    assert inputs.complete(pd.Series(["a", "b"]), "groups").tolist() == ["a", "b"]


DATES = np.array(["2020-01-01"] * 2, "M8[D]")


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: inputs.column(3, "y"), r"y must have shape \(n,\), one value a row, not \(\)\."),
        (lambda: inputs.column(np.eye(2), "p"), r"not \(2, 2\); take the column of the outcome"),
        (lambda: inputs.column([], "p"), "p is empty: there is no row"),
        (lambda: inputs.complete([1, None], "groups"), "groups is missing in 1 row, row 1"),
        (lambda: inputs.complete(["a", np.nan], "g"), "g is missing in 1 row, row 1"),
        (lambda: inputs.complete([None, None], "g"), "g is missing in 2 rows, the first is row 0"),
        (lambda: inputs.numbers([1, np.nan], "age"), "age has 1 missing .* value, in row 1"),
        (lambda: inputs.complete(pd.array([1, pd.NA]), "g"), "g is missing in 1 row"),
        (lambda: inputs.numbers([1, np.inf, None], "age"), "age has 2 missing .* first in row 1"),
        (lambda: inputs.numbers([1, "x", None], "age"), "age must hold numbers"),
        (lambda: inputs.numbers(np.array([1, "x"], object), "age"), "row 1 holds 'x'"),
        (lambda: inputs.numbers(DATES, "age"), "age must hold numbers, but it holds"),
        (lambda: inputs.labels(["ill"], "truth"), r"words \(ill, ...\): make it so, .*truth = \("),
        (lambda: inputs.labels([0, 2]), "y must hold 0 and 1, but row 1 holds 2: make it so"),
        (lambda: inputs.labels([1, 1], both=True), "both of them, but all 2 rows hold 1"),
        (lambda: inputs.alarms(["yes"]), r"alarm .* words \(yes, ...\): compare with a threshold"),
        (lambda: inputs.alarms([0.5]), "row 0 holds 0.5: compare with a threshold first"),
        (lambda: inputs.probabilities([0.5, 1.5], "risk"), "risk must .* row 1 holds 1.5: logits"),
        (lambda: inputs.probabilities([-0.1]), "row 0 holds -0.1"),
        (lambda: inputs.same_length(y=[1], p=[1, 2]), "they have: y 1, p 2"),
        (lambda: inputs.patients([1, 2], 3), "y has 3 rows, but groups has 2"),
        (lambda: inputs.patients([1, None], 2), "groups is missing in 1 row"),
        (lambda: inputs.table([1, 2]), r"X must have shape \(n, k\), .* not \(2,\)"),
        (lambda: inputs.table(np.zeros((2, 3)), "rows", columns=2), r"rows .* not \(2, 3\)"),
        (lambda: inputs.table(np.zeros((0, 2))), "X is empty"),
        (lambda: inputs.table([[1, 2], [3, np.nan]]), "X has 1 missing .* in row 1"),
        (lambda: inputs.table([["a", "b"]]), "X must hold numbers"),
        (lambda: inputs.images(np.zeros((2, 2))), r"shape \(n, height, width\)"),
        (lambda: inputs.images(np.zeros((0, 2, 2))), "n at least 1"),
        (lambda: inputs.images(np.full((1, 2, 2), np.nan)), "images has 4 missing"),
        (lambda: inputs.shares([0.5, 1.1], "prevalence"), "prevalence must lie .* not percent"),
        (lambda: inputs.shares(np.nan, "prevalence"), "it is nan"),
        (lambda: inputs.confidence_level(1), "0.95 for 95 %; it is 1"),
        (lambda: inputs.confidence_level(0), "it is 0"),
        (lambda: inputs.whole_number(True, "k", least=0), "whole number, at least 0; it is True"),
        (lambda: inputs.whole_number(1, "k", least=2), "at least 2; it is 1"),
        (lambda: inputs.whole_number(9, "epochs", least=1, most=5), "from 1 to 5; it is 9"),
        (lambda: inputs.one_of("c", "model", {"a": 1, "b": 2}), "model must be one of a, b; it is"),
    ],
)
def test_what_is_wrong_is_said(call, says):
    with pytest.raises(ValueError, match=says):
        call()


def test_good_values_pass():
    inputs.same_length(y=[1], p=[2])
    assert inputs.whole_number(np.int64(5), "epochs", least=1, most=5) == 5
    assert inputs.one_of("a", "model", ["a"]) == "a"
    assert inputs.table([[1, 2]]).dtype == float
    assert inputs.images(np.zeros((1, 2, 3), np.uint8)).shape == (1, 2, 3)
    assert inputs.patients(["b", "a", "b"], 3).tolist() == [0, 1, 0]
    assert inputs.confidence_level(0.9) == 0.9
    assert inputs.shares([0, 1], "share").tolist() == [0, 1]


def test_errors_speak_the_language_of_now():
    language.use(language.PSEUDO)
    try:
        with pytest.raises(ValueError, match=r"^⟦y must .*\)\.⟧$"):
            inputs.labels([0, 2])
    finally:
        language.use("en")


def test_import_needs_numpy_only():
    code = (
        "import sys, medlearn.inputs;"
        "print([m for m in ('scipy', 'sklearn', 'pandas', 'matplotlib') if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"
