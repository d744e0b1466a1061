"""bootstrap and compare: draws of patients, weights that are resamples, honest intervals."""

import math
import time
import tracemalloc
import warnings

import numpy as np
import pandas as pd
import pytest
from clinics import clinic, glm
from sklearn import metrics as skl

from medlearn import inputs, metrics
from medlearn.metrics import (
    UndefinedMetric,
    bootstrap,
    compare,
    delong,
    registry,
    resampling,
    results_table,
)
from medlearn.metrics.registry import plan
from medlearn.metrics.weights import Metric, Options, Plan, shares_of

NAMED = list(registry.METRICS)


# --- weights are resamples -------------------------------------------------------------------


@pytest.mark.parametrize("digits", [None, 1])
@pytest.mark.parametrize("name", NAMED)
def test_weights_give_what_repeated_rows_give(name, digits):
    """The heart of the bootstrap: a row drawn twice counts as two rows, ties and all."""
    y, p = clinic(60, digits=digits)
    rng = np.random.default_rng(1)
    weights = rng.multinomial(60, np.full(60, 1 / 60), size=20).astype(float)
    for prevalence in (None, 0.1) if name in ("ppv", "npv") else (None,):
        options = Options(0.3, prevalence)
        _, weighted = plan(name, y.astype(float), p, options)
        got = weighted(weights)
        for row, value in zip(weights, got, strict=True):
            drawn = np.repeat(np.arange(60), row.astype(int))
            again = plan(name, y[drawn].astype(float), p[drawn], options).value
            assert value == pytest.approx(again, rel=1e-9, abs=1e-9)


def test_weighted_calibration_is_that_of_statsmodels():
    y, p = clinic(200)
    weights = np.random.default_rng(2).poisson(1, size=(5, 200)).astype(float)
    plans = [
        plan(f"calibration_{name}", y.astype(float), p, Options()).weighted
        for name in ("intercept", "slope")
    ]
    for row in weights:
        got = [plan(row[None])[0] for plan in plans]
        np.testing.assert_allclose(got, glm(y, p, row), rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("name", ["auc", "brier", "sensitivity"])
def test_the_interval_is_that_of_a_plain_loop(name):
    """The same draws, one at a time, through scikit-learn."""
    y, p = clinic(80)
    function = {
        "auc": skl.roc_auc_score,
        "brier": skl.brier_score_loss,
        "sensitivity": lambda y, p: skl.recall_score(y, p >= 0.3),
    }[name]
    rng = np.random.default_rng(7)
    values = []
    for draw in rng.integers(80, size=(200, 80)):
        values.append(function(y[draw], p[draw]))
    threshold = 0.3 if name == "sensitivity" else None
    got = bootstrap(y, p, name, threshold=threshold, n_resamples=200, seed=7)
    np.testing.assert_allclose(got[1:], np.quantile(values, [0.025, 0.975]), rtol=1e-12)
    np.testing.assert_allclose(bootstrap(y, p, function, n_resamples=200, seed=7), got, rtol=1e-12)


def test_the_interval_covers_the_truth_about_as_often_as_it_says():
    covered = 0
    for seed in range(200):
        y = (np.random.default_rng(seed).random(200) < 0.3).astype(int)
        got = bootstrap(
            y, y, lambda y, _: y.mean(), n_resamples=40, confidence_level=0.9, seed=seed
        )
        fast = bootstrap(y, np.ones(200), "ppv", confidence_level=0.9, n_resamples=400, seed=seed)
        assert got.value == fast.value
        covered += fast.low <= 0.3 <= fast.high
    assert 165 <= covered <= 194  # 180 expected; 4 standard errors either side


def test_memory_stays_small_and_chunks_do_not_show(monkeypatch):
    y, p = clinic(50)
    whole = bootstrap(y, p, n_resamples=300)
    monkeypatch.setattr(resampling, "CELLS", 1000)
    assert bootstrap(y, p, n_resamples=300) == whole


@pytest.mark.parametrize("name", ["auc", "average_precision", "sensitivity", "specificity",
                                  "calibration_intercept", "calibration_slope"])  # fmt: skip
def test_a_resample_of_one_class_has_no_value(name):
    y, p = clinic(50)
    _, weighted = plan(name, y.astype(float), p, Options(0.3))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        values = weighted(np.stack([y, 1 - y, np.ones(50)]).astype(float))
    alone = {"sensitivity": [False, True, False], "specificity": [True, False, False]}
    alone["average_precision"] = alone["sensitivity"]  # 1 where all have the outcome
    assert np.isnan(values).tolist() == alone.get(name, [True, True, False])


# --- patients, strata, pairs -----------------------------------------------------------------


def test_patients_are_drawn_with_all_their_rows():
    y, p = clinic(100)
    groups = np.repeat(np.arange(100), 5)
    often = bootstrap(np.repeat(y, 5), np.repeat(p, 5), groups=groups)
    np.testing.assert_allclose(often, bootstrap(y, p), rtol=1e-12)  # copies tell us nothing new
    naive = bootstrap(np.repeat(y, 5), np.repeat(p, 5))
    assert naive.high - naive.low < 0.6 * (often.high - often.low)
    for names in (np.char.add("p", groups.astype(str)), groups.tolist(), pd.Series(groups + 0.5)):
        assert bootstrap(np.repeat(y, 5), np.repeat(p, 5), groups=names) == often


def test_weights_of_a_patient_are_the_same_for_all_rows():
    y, _ = clinic(60)
    groups = np.arange(60) // 4
    for weights in resampling.draws(y, groups, False, 100, 0.95, 0):
        assert weights.shape == (100, 60)
        assert (weights.reshape(100, 15, 4) == weights[:, ::4, None]).all()
        assert (weights[:, ::4].sum(axis=1) == 15).all()


def test_strata_keep_the_number_of_patients_with_the_outcome():
    y, _ = clinic(100)
    for weights in resampling.draws(y, None, True, 100, 0.95, 0):
        assert (weights @ y == y.sum()).all() and (weights.sum(axis=1) == 100).all()
        assert weights.std(axis=0).min() > 0
    ill = np.repeat([1, 0], [2, 198])  # some resamples would hold nobody with the outcome
    score = np.linspace(1, 0, 200)
    assert bootstrap(ill, score, stratified=True).value == 1
    with pytest.raises(UndefinedMetric, match="too few"):
        bootstrap(ill, score)
    grouped = bootstrap(np.repeat(ill, 2), np.repeat(score, 2), groups=np.arange(400) // 2,
                        stratified=True)  # fmt: skip
    assert grouped.value == 1


@pytest.mark.parametrize("name", [*NAMED, skl.roc_auc_score])
def test_strata_are_refused_where_they_would_deceive(name):
    y, p = clinic()
    if name in ("auc", "sensitivity", "specificity"):
        bootstrap(y, p, name, threshold=0.3, stratified=True, n_resamples=40)
        return
    for call in (lambda **how: bootstrap(y, p, name, **how),
                 lambda **how: compare(y, p, p, name, **how)):  # fmt: skip
        with pytest.raises(ValueError, match="auc, sensitivity, specificity only"):
            call(threshold=0.3, stratified=True)


def test_compare_is_paired():
    y, p = clinic(400)
    noisy = p + np.random.default_rng(3).normal(scale=0.02, size=400)
    both = compare(y, p, noisy)
    alone = bootstrap(y, p)
    assert both.value == pytest.approx(alone.value - skl.roc_auc_score(y, noisy), abs=1e-12)
    assert both.high - both.low < 0.5 * (alone.high - alone.low)
    assert compare(y, p, p) == (0, 0, 0)
    back = compare(y, noisy, p)
    np.testing.assert_allclose(back, [-both.value, -both.high, -both.low], atol=1e-12)
    test = delong(y, p, noisy)  # another way to the same interval
    np.testing.assert_allclose(both, (test.difference, test.low, test.high), atol=0.004)


def test_compare_takes_each_metric_and_functions():
    y, p = clinic(200)
    q = np.clip(p * 0.8, 0.01, 0.99)
    for name in NAMED:
        got = compare(y, p, q, name, threshold=0.3, n_resamples=100)
        one, two = (bootstrap(y, s, name, threshold=0.3, n_resamples=100).value for s in (p, q))
        assert got.value == pytest.approx(one - two, abs=1e-12)
        assert got.low <= got.high
    loop = compare(y, p, q, skl.brier_score_loss, n_resamples=100)
    np.testing.assert_allclose(loop, compare(y, p, q, "brier", n_resamples=100), rtol=1e-9)


def test_a_metric_that_its_room_lists_is_known_everywhere(monkeypatch):
    def planned(y, score, options):
        score = inputs.numbers(score, "score")
        return Plan(float(score.mean()), shares_of(score, np.ones_like(score)))

    monkeypatch.setitem(registry.METRICS, "mean", Metric("Mean score", planned, digits=2))
    y, p = clinic(100)
    told = bootstrap(y, p, "mean", n_resamples=100)
    assert told == pytest.approx(bootstrap(y, p, lambda y, p: p.mean(), n_resamples=100))
    assert compare(y, p, p, "mean", n_resamples=100) == (0, 0, 0)
    table = results_table(y, {"m": p}, columns=["mean"], n_resamples=100)
    assert table.loc["m", "Mean score"] == f"{told:.4f}"
    with pytest.raises(ValueError, match="not for mean"):
        bootstrap(y, p, "mean", stratified=True)


def test_accuracy_of_several_classes():
    rng = np.random.default_rng(0)
    y = rng.integers(10, size=300)
    guess = np.where(rng.random(300) < 0.8, y, rng.integers(10, size=300))
    got = bootstrap(y, guess, "accuracy")
    assert got.value == skl.accuracy_score(y, guess)
    assert got.high - got.low == pytest.approx(
        2 * 1.96 * math.sqrt(got.value * (1 - got.value) / 300), rel=0.1
    )
    words = np.array([f"digit {k}" for k in range(10)])
    assert bootstrap(words[y], words[guess], "accuracy") == got
    assert compare(y, guess, y, "accuracy").value == pytest.approx(got.value - 1)
    with pytest.raises(ValueError, match="fractions"):
        bootstrap(y % 2, rng.random(300), "accuracy")
    with pytest.raises(ValueError, match="no prediction does"):
        bootstrap(words[y], guess, "accuracy")
    for other in (y.astype(str), y.astype(bytes)):  # NumPy would say that "7" is among 1, 7, 9
        with pytest.raises(ValueError, match="no prediction does"):
            bootstrap(y, other, "accuracy")
    assert bootstrap(y.astype(float), guess, "accuracy") == got
    composed, taken_apart = np.array(["J\u00f6rg", "Ann"]), np.array(["Jo\u0308rg", "Ann"])
    assert bootstrap(composed[y % 2], taken_apart[y % 2], "accuracy").value == 1


# --- at the edges ----------------------------------------------------------------------------


def test_resamples_without_a_value_are_left_out_and_told():
    y = np.repeat([1, 0], [4, 60])
    score = np.linspace(1, 0, 64) + np.where(np.arange(64) % 2, 0.3, 0)
    with pytest.warns(UserWarning, match=r"auc was undefined in \d+ of 2000 resamples") as told:
        got = bootstrap(y, score)
    assert told[0].filename == __file__
    assert math.isfinite(got.low) and got.low <= got.value <= got.high
    with pytest.warns(UserWarning, match="undefined in"):
        loop = bootstrap(y, score, skl_auc_that_raises)
    np.testing.assert_allclose(loop, got, rtol=1e-12)
    with pytest.raises(UndefinedMetric, match="calibration_slope is undefined in"):
        bootstrap([0, 1, 1, 0, 1], [0.1, 0.2, 0.8, 0.7, 0.9], "calibration_slope")


def skl_auc_that_raises(y, score):
    if len(np.unique(y)) < 2:
        raise ValueError("one class")
    return skl.roc_auc_score(y, score)


def test_an_error_in_the_learners_function_comes_through():
    y, p = clinic(50)
    calls = iter(range(10))

    def wrong_later(y, p):
        if next(calls) > 3:
            raise ValueError("a fault of mine")
        return 0.5

    with pytest.raises(ValueError, match="a fault of mine"):
        bootstrap(y, p, wrong_later)


# --- what it costs ---------------------------------------------------------------------------


def test_no_warnings_from_within():
    y, p = clinic(100)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for name in NAMED:
            bootstrap(y, p, name, threshold=0.3, n_resamples=100)
        metrics.calibration(y, p)
        delong(y, p, p)


def test_two_thousand_resamples_take_less_than_a_second_and_little_memory():
    y, p = clinic(1000)
    bootstrap(y, p, n_resamples=50)  # imports
    began = time.process_time()  # processor time: other tests may run beside this one
    bootstrap(y, p)
    assert time.process_time() - began < 1
    y, p = clinic(5000)
    tracemalloc.start()
    bootstrap(y, p)  # all weights at once would be 80 MB, several times over
    assert tracemalloc.get_traced_memory()[1] < 100e6
    tracemalloc.stop()
