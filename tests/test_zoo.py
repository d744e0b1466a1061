"""What comes in may be anything: no public function answers with an error of NumPy's or pandas'.

Each public function is called with its valid arguments, one of which is replaced by each animal of
a zoo. It may then give a result or raise; but what it raises must come from a line of ours.
"""

import inspect
import traceback
import warnings
from decimal import Decimal
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

import medlearn
from medlearn import datasets, inputs, metrics, plots, splits
from medlearn.datasets import _lidc

OURS = Path(medlearn.__file__).parent
Y = [0, 0, 0, 0, 1, 1, 1, 1]
P = [0.1, 0.2, 0.4, 0.35, 0.6, 0.7, 0.55, 0.9]
X = np.stack([P, Y], axis=1)
WHO = ["a", "b", "c", "d", "e", "f", "g", "h"]
SHARES = {"sensitivity": 0.9, "specificity": 0.8, "prevalence": 0.1}
FEW = {"n_resamples": 100}

ZOO = {
    "an empty list": [],
    "an empty array": np.array([]),
    "an empty array of whole numbers": np.array([], dtype=int),
    "an empty table": np.empty((0, 2)),
    "a table without columns": np.empty((8, 0)),
    "an empty DataFrame": pd.DataFrame(),
    "a DataFrame without rows": pd.DataFrame({"y": []}),
    "an empty Series": pd.Series([], dtype=float),
    "one row": [1],
    "one row of a table": [[0.5, 0.5]],
    "one class": [0] * 8,
    "the other class": np.ones(8),
    "nothing": None,
    "a number": 0.5,
    "a large number": 7,
    "a text": "alarm",
    "texts": list("abcdefgh"),
    "rows of different lengths": [[1, 2], [3], 1, 1, 1, 1, 1, 1],
    "lists in an object array": pd.Series([[1]] * 8).to_numpy(),
    "numbers and words": [0, 1, "0", "1", 0, 1, 0, 1],
    "dates": np.array(["2020-01-01"] * 8, "M8[ns]"),
    "complex numbers": np.full(8, 1j),
    "decimals": [Decimal(1)] * 8,
    "a set": {0, 1},
    "a dictionary": {"a": 0.5, "b": 0.5},
    "an empty dictionary": {},
    "a dictionary of lists": {"a": [], "b": []},
    "a generator": (n for n in range(8)),
    "a masked array": np.ma.array(P, mask=[1] + [0] * 7),
    "masked whole numbers": np.ma.array(Y, mask=[1] + [0] * 7),
    "a list with a masked value": [*P[1:], np.ma.masked],
    "masked in whole": np.ma.masked_all(8),
    "missing in pandas": pd.array([1, pd.NA] * 4, dtype="Int64"),
    "missing words": pd.Series(["a", None] * 4, dtype="string"),
    "missing truths": pd.Series([True, None] * 4, dtype="boolean"),
    "missing floats": [np.nan, *P[1:]],
    "infinite": [np.inf, *P[1:]],
    "a cube": np.zeros((2, 2, 2)),
    "an object": object(),
}

# Function → valid arguments; what stands here is replaced one by one.
CALLS = {
    metrics.counts: {"y": Y, "alarm": Y},
    metrics.sensitivity: {"y": Y, "alarm": Y},
    metrics.specificity: {"y": Y, "alarm": Y},
    metrics.predictive_values: SHARES,
    metrics.likelihood_ratios: {name: SHARES[name] for name in ("sensitivity", "specificity")},
    metrics.net_benefit: {"y": Y, "p": P, "thresholds": [0.1, 0.2]},
    metrics.net_benefit_all: {"y": Y, "thresholds": [0.1, 0.2]},
    metrics.calibration: {"y": Y, "p": P},
    metrics.brier: {"y": Y, "p": P},
    metrics.delong: {"y": Y, "first": P, "second": P[::-1]},
    metrics.exact_interval: {"k": 1, "n": 9, "confidence_level": 0.9},
    metrics.bootstrap: {"y": Y, "score": P, "metric": "auc", "groups": WHO, "seed": 0, **FEW},
    metrics.compare: {"y": Y, "first": P, "second": P[::-1], "groups": WHO, **FEW},
    metrics.results_table: {
        "y": Y,
        "models": {"m": P},
        "threshold": 0.3,
        "columns": ["auc", "ppv"],
        "prevalence": 0.2,
        "groups": WHO,
        "confidence_level": 0.9,
        "digits": 2,
        **FEW,
    },
    splits.split: {"y": Y * 2, "groups": WHO * 2, "sizes": {"a": 0.5, "b": 0.5}, "seed": 0},
    splits.folds: {"y": Y * 2, "groups": WHO * 2, "n_splits": 2, "n_repeats": 1, "seed": 0},
    splits.report: {"parts": {"a": [0, 1], "b": [2, 3]}, "y": Y, "groups": WHO},
    splits.check_disjoint: {"groups": WHO, "parts": ([0, 1], [2, 3])},
    plots.training_curves: {"history": {"loss": [1.0, 0.5]}, "metric": "loss"},
    plots.training_panels: {"history": {"loss": [1.0, 0.5]}, "metrics": ["loss"]},
    plots.tangents: {"function": np.sin, "slope": np.cos, "at": [0.0], "span": (-1, 1)},
    plots.walks: {"paths": {"slow": [0.0, 1.0]}, "lowest": 3.0},
    plots.decision_boundary: {"score": lambda X: X[:, 0], "X": X, "y": Y, "threshold": 0.5},
    plots.image_grid: {"images": np.zeros((3, 4, 4)), "titles": ["a", "b", "c"], "ncols": 2},
    plots.seed_points: {"scores": {"a": [0.5, 0.6]}},
    plots.flow_diagram: {
        "stages": {"asked": 9, "left": 8},
        "excluded": ["gone"],
        "ends": {"ill": 3, "well": 5},
    },
    plots.chain_diagram: {"boxes": ["in", "out"], "links": ["layer"]},
    plots.field_diagram: {"layers": [("a", 3, 1), ("b", 2, 2)]},
    plots.unrolled_diagram: {"rows": ["row 1", "row 2"]},
    plots.kernel_diagram: {"maps": 3, "kernels": 4, "size": 6, "kernel": 3},
    plots.window_diagram: {"size": 4, "kernel": 3, "ways": [("valid", 1)]},
    plots.fold_diagram: {"parts": [([1], [0]), ([0], [1])], "groups": WHO[:2]},
    plots.people_dots: {"kinds": {"found": 2, "missed": 1}, "rows": 2},
    plots.decision_curve: {"y": Y, "risks": {"m": P}, "thresholds": [0.1, 0.2], "per": 100},
    plots.heat_maps: {"picture": np.eye(4), "maps": {"net": {"gradient": np.eye(4)}}},
    plots.molecule: {
        "atoms": [("C", 3, 0), ("O", 1, 0)],
        "bonds": [(0, 1, 1)],
        "places": [(0, 0), (1, 0)],
    },
    datasets.content_sha256: {"arrays": {"x": P}},
    _lidc.group_readings: {
        "scans": np.zeros(4),
        "centres": np.zeros((4, 3)),
        "diameters": np.ones(4),
    },
    inputs.array: {"values": P},
    inputs.floats: {"values": P},
    inputs.column: {"values": P},
    inputs.complete: {"values": P},
    inputs.numbers: {"values": P},
    inputs.labels: {"y": Y},
    inputs.alarms: {"alarm": Y},
    inputs.probabilities: {"p": P},
    inputs.patients: {"groups": WHO},
    inputs.table: {"values": X},
    inputs.images: {"values": np.zeros((2, 3, 3))},
    inputs.shares: {"values": P},
    inputs.number: {"value": 1},
    inputs.confidence_level: {"level": 0.9},
    inputs.whole_number: {"value": 3},
    inputs.one_of: {"value": "a"},
    inputs.mapping: {"values": {"a": 1}},
    inputs.is_missing: {"value": 3},
}
FIXED = {
    inputs.patients: {"rows": 8},
    inputs.whole_number: {"least": 1},
    inputs.one_of: {"known": ["a", "b"]},
}
NEEDS_NO_ZOO = {  # taken by programs, with what a check above has looked at
    inputs.zero_one,
    inputs.nearly,
    inputs.same_length,
    inputs.same_shape,
    inputs.patient_numbers,
    plots.lstm_diagram,
    plots.use_style,
    plots.png,
    plots.show,
    plots.svg,
}


def public(room):
    return {f for name in room.__all__ if inspect.isfunction(f := getattr(room, name))}


def test_no_public_function_is_forgotten():
    known = {inspect.unwrap(f) for f in (*CALLS, *NEEDS_NO_ZOO)}
    for room in (metrics, splits, plots, inputs):
        left = {f.__name__ for f in public(room) if inspect.unwrap(f) not in known}
        assert not left, room.__name__


def ours(error):
    """Whether a line of ours raised it on purpose."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    on_purpose = last.line.startswith(("raise ", "warnings.warn("))
    return OURS in Path(last.filename).parents and on_purpose


CASES = [(f, name) for f, arguments in CALLS.items() for name in arguments]


@pytest.mark.parametrize(("function", "name"), CASES, ids=[f"{f.__name__}-{n}" for f, n in CASES])
def test_what_comes_is_taken_or_refused_in_our_words(function, name):
    for animal, value in ZOO.items():
        given = {**CALLS[function], **FIXED.get(function, {}), name: value}
        if "name" in inspect.signature(function).parameters:
            given.setdefault("name", "it")
        parts = given.pop("parts") if function is splits.check_disjoint else ()
        if name == "parts" and parts is value:
            parts = (value, value)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                function(given.pop("groups"), *parts) if parts else function(**given)
            except (ValueError, TypeError, Warning) as error:
                assert ours(error), f"{animal}: {error!r}"
            finally:
                plt.close("all")
