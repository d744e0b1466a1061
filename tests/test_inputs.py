"""inputs: each check lets good values through unchanged, and names what is wrong with others."""

import re
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction

import ml_dtypes
import numpy as np
import pandas as pd
import pytest

from medlearn import inputs, language, metrics, plots, splits


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
        [Decimal(0), Decimal(1), Fraction(1)],  # as a database gives them
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
    half = np.array([0.5, 1], dtype=ml_dtypes.bfloat16)  # what Keras computes with, if told so
    assert inputs.numbers(half, "p").dtype == np.float32
    assert inputs.numbers(half, "p").tolist() == [0.5, 1]


def test_words_are_a_complete_column():
    assert inputs.complete(pd.Series(["a", "b"]), "groups").tolist() == ["a", "b"]


Y, SCORE = [0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]
TAKE_GROUPS = {  # whatever takes patients
    "patients": lambda who: inputs.patients(who, 4),
    "check_disjoint": lambda who: splits.check_disjoint(who, [0, 1], [2, 3]),
    "split": lambda who: splits.split(Y, who, sizes={"a": 0.5, "b": 0.5}),
    "folds": lambda who: splits.folds(Y, who, n_splits=2),
    "report": lambda who: splits.report({"a": [0, 1], "b": [2, 3]}, Y, who),
    "bootstrap": lambda who: metrics.bootstrap(Y, SCORE, groups=who, n_resamples=100),
    "compare": lambda who: metrics.compare(Y, SCORE, SCORE, groups=who, n_resamples=100),
    "results_table": lambda who: metrics.results_table(
        Y, {"m": SCORE}, columns=["brier"], groups=who, n_resamples=100
    ),
}


@pytest.mark.parametrize("take", TAKE_GROUPS)
@pytest.mark.parametrize(
    ("who", "says"),
    [
        ([7, "7", "a", "b"], "mixes numbers and words: row 0 holds 7, and row 1 holds '7'"),
        (pd.Series([7, "7", 8, 9], dtype=object), "row 0 holds 7, and row 1 holds '7'"),
        (pd.DataFrame({"id": pd.Series([7.0, "7", 8, 9], dtype=object)}), "row 0 holds 7.0"),
        (pd.Categorical([7, "7", 8, 9]), "mixes numbers and words"),
        ([b"7", "7", "8", "9"], "mixes bytes and words: row 0 holds b'7'"),
        ([b"7", 7, 8, 9], "mixes bytes and numbers"),
        ([np.str_("7"), np.int64(7), 8, 9], "mixes words and numbers"),
        ([[7], ["7"], [8], [9]], "mixes numbers and words"),
        ([True, 1, 2, 3], "mixes truth values and numbers"),
        (np.array([("A", 7), ("A", "7"), 0, 1], dtype=object)[[0, 1, 0, 1]], "mixes"),
        ([pd.Timestamp("2020"), "2020", "b", "c"], "mixes Timestamp and words"),
        ([1, 2, 3, np.nan], "missing in 1 row, row 3"),
        (np.ma.array([1, 2, 3, 3], mask=[0, 0, 0, 1]), "missing in 1 row, row 3"),
        (np.ma.array(list("abcc"), mask=[0, 0, 0, 1]), "missing in 1 row, row 3"),
        ([1, 2, 3, np.ma.masked], "missing in 1 row, row 3"),
        (pd.Series([1, 2, 3, pd.NA], dtype="Int64"), "missing in 1 row, row 3"),
        (pd.Series(["a", "b", "c", pd.NA], dtype="string"), "missing in 1 row, row 3"),
        (pd.Series(["a", "b", "c", None]), "missing in 1 row, row 3"),
        (pd.Categorical(["a", "b", "c", None]), "missing in 1 row, row 3"),
        (np.array(["2020", "2021", "2022", "NaT"], "M8[ns]"), "missing in 1 row, row 3"),
        (pd.Series([[1], [2], [3], [4]]), r"numbers or words, but row 0 holds \[1\]"),
        ([1, [2], 3, 4], "rows have different lengths"),
        (["7", "8", "7 ", "9"], "'7' and '7 ' differ in spaces only"),
    ],
)
def test_patients_are_never_guessed(take, who, says):
    with pytest.raises(ValueError, match=says):
        TAKE_GROUPS[take](who)


@pytest.mark.parametrize(
    ("who", "numbers"),
    [
        (["007", "7", "7.0", "07"], [0, 1, 2, 3]),
        ([7, 7.0, np.float32(7), 8], [0, 0, 0, 1]),
        ([7, Decimal(7), Fraction(7), 8], [0, 0, 0, 1]),
        ([2**53, 2**53 + 1, 2.0, 1], [0, 1, 2, 3]),  # as floats, the first two would be one
        (["Jörg", "Jo\u0308rg", "Jorg", "Jörg"], [0, 0, 1, 0]),
        (pd.MultiIndex.from_product([["Jörg", "Jo\u0308rg"], [1, 2]]), [0, 1, 0, 1]),
        (pd.Series([1, 2, 1, 2], dtype="Int64"), [0, 1, 0, 1]),
        (pd.Series(list("abab"), dtype="string"), [0, 1, 0, 1]),
        (pd.Categorical(list("abab")), [0, 1, 0, 1]),
        (pd.MultiIndex.from_tuples([("A", 1), ("A", 2), ("B", 1), ("A", 1)]), [0, 1, 2, 0]),
        ([np.str_("a"), "a", "b", "c"], [0, 0, 1, 2]),
        (np.array([b"a", b"b", b"a", b"c"]), [0, 1, 0, 2]),
        (np.array(["2020", "2021", "2020", "2022"], "M8[ns]"), [0, 1, 0, 2]),
        ([[1], [2], [1], [3]], [0, 1, 0, 2]),
        (np.ma.array([1, 2, 1, 3]), [0, 1, 0, 2]),
        ((True, False, True, True), [0, 1, 0, 0]),
    ],
)
def test_patients_are_one_exactly_where_they_are_the_same(who, numbers):
    assert inputs.patients(who, 4).tolist() == numbers


MASKED = {  # what takes arrays, with a third row that is missing
    "counts": lambda a: metrics.counts(a([1, 0, 1]), [1, 0, 0]),
    "alarm": lambda a: metrics.counts([1, 0, 0], a([1, 0, 1])),
    "net_benefit": lambda a: metrics.net_benefit([1, 0, 1], a([0.5, 0.1, 0.2]), 0.2),
    "thresholds": lambda a: metrics.net_benefit([1, 0, 1], [0.5, 0.1, 0.2], a([0.1, 0.2, 0.3])),
    "shares": lambda a: metrics.predictive_values(0.9, 0.9, a([0.1, 0.2, 0.3])),
    "calibration": lambda a: metrics.calibration([1, 0, 1], a([0.5, 0.1, 0.2])),
    "delong": lambda a: metrics.delong([1, 0, 1], a([0.5, 0.1, 0.2]), [1, 2, 3]),
    "accuracy": lambda a: metrics.bootstrap(a([1, 0, 1]), [1, 0, 1], "accuracy"),
    "labels": lambda a: metrics.bootstrap([1, 0, 1], a([1, 0, 1]), "accuracy"),
    "y": lambda a: splits.split(a([1, 0, 1]), sizes={"a": 0.5, "b": 0.5}),
    "a part": lambda a: splits.check_disjoint([1, 2, 3], a([0, 1, 2]), [2]),
    "a table": lambda a: inputs.table([a([0, 1, 2])]),
    "a picture": lambda a: inputs.images([[a([0, 1, 2])]]),
    "runs": lambda a: plots.seed_points({"raw": a([0.1, 0.2, 0.3])}),
    "images": lambda a: plots.image_grid([[a([0, 1, 2])]]),
}


@pytest.mark.parametrize("take", MASKED)
@pytest.mark.parametrize(
    "hide",
    [
        lambda values: np.ma.array(values, mask=[0, 0, 1]),
        lambda values: [*values[:2], np.ma.masked],
        lambda values: pd.array([*values[:2], pd.NA]),
        lambda values: [*values[:2], pd.NA],
        lambda values: [*values[:2], None],
        lambda values: [*values[:2], np.nan],
    ],
    ids=["masked array", "masked in a list", "pandas array", "NA", "None", "NaN"],
)
def test_what_is_masked_is_missing(take, hide):
    with pytest.raises(ValueError, match=r"missing|finite|None|nan|NA|row numbers|--\]|masked\]"):
        MASKED[take](hide)


@pytest.mark.parametrize(
    "hidden", [np.ma.masked, np.ma.array([0.5], mask=[1]), np.ma.array(0.5, mask=True), None, pd.NA]
)
def test_a_number_that_is_masked_is_none(hidden):
    with pytest.raises(ValueError, match="threshold must be a finite number; it is"):
        inputs.number(hidden, "threshold")


@pytest.mark.parametrize(
    "half", [0.5, np.float32(0.5), np.array([0.5]), Decimal("0.5"), ml_dtypes.bfloat16(0.5)]
)
def test_a_number_comes_in_many_forms(half):
    assert inputs.number(half, "threshold") == 0.5


def test_a_word_is_shown_as_a_word():
    with pytest.raises(ValueError, match=r"finite number; it is '0\.5'"):
        inputs.number("0.5", "threshold")


def test_a_mask_that_hides_nothing_is_none():
    assert metrics.counts(np.ma.array([1, 0, 1]), [1, 0, 0]) == (1, 0, 1, 1)
    assert inputs.numbers(np.ma.array([1.5, 2], dtype=np.float32), "p").dtype == np.float32


@pytest.mark.parametrize(
    ("given", "is_taken_as"),
    [
        (np.float32([0.5, 1.0000001]), [0.5, 1]),
        (np.float64(np.float32([1.0000001])), [1]),
        ([-1e-9, 1 + 1e-12], [0, 1]),
        (np.float16([1.0009766]), [1]),
        ([0.1 + 0.2, 1 - 1e-16], [0.1 + 0.2, 1 - 1e-16]),
    ],
)
def test_roundings_are_no_logits(given, is_taken_as):
    assert inputs.probabilities(given).tolist() == is_taken_as
    assert inputs.shares(given, "share").tolist() == is_taken_as


def test_labels_may_be_rounded_too():
    assert inputs.labels(np.float32([1.0000001, -1e-9])).tolist() == [1, 0]
    assert splits.split([0, 1] * 9, sizes=dict.fromkeys("abc", np.float32(1 / 3))).keys() == {
        *"abc"
    }


@pytest.mark.parametrize("given", [[1.01], [-0.001], [1.00001], [1.0000011], [-1e-5]])
def test_what_is_no_rounding_is_named_in_full(given):
    number = re.escape(str(np.asarray(given)[0]))
    with pytest.raises(ValueError, match=f"row 0 holds {number}"):
        inputs.probabilities(given)
    with pytest.raises(ValueError, match="between 0 and 1"):
        inputs.shares(given, "share")


DATES = np.array(["2020-01-01"] * 2, "M8[D]")


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: inputs.column(3, "y"), r"y must have shape \(n,\), one value a row, not \(\)\."),
        (lambda: inputs.column(np.eye(2), "p"), r"not \(2, 2\); take the column that .* p\[:, 1\]"),
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
        (lambda: inputs.patients(np.eye(2), 2), r"the column .* groups\[:, 1\]"),
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


def test_a_share_of_nobody_is_none():
    with pytest.raises(ValueError, match="1 ≤ n; they are 0, 0"):
        metrics.exact_interval(0, 0)
