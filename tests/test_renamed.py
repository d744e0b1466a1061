"""renamed: old names still work, warn where they are written, and say the new ones."""

import warnings

import numpy as np
import pytest
from clinics import clinic
from sklearn.metrics import brier_score_loss

from medlearn import metrics, plots, renamed, splits


@renamed.keywords(level="confidence_level", loud=None)
def interval(low, *, confidence_level=0.95):
    return low, confidence_level


def test_an_old_keyword_works_and_warns_where_it_is_written():
    with pytest.warns(FutureWarning, match=r"interval: level .*: write confidence_level\.") as told:
        assert interval(1, level=0.9) == (1, 0.9)
    assert told[0].filename == __file__
    with pytest.warns(FutureWarning, match="interval: loud has no use any more, .* leave it out"):
        assert interval(1, loud=True) == (1, 0.95)


def test_each_old_name_warns_once():
    """A lesson of before calls it in loops and in every second cell."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        for _round in range(3):
            interval(1, level=0.9)
            interval(1, loud=True)
    assert len(told) == 2


def test_new_keywords_do_not_warn():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert interval(1, confidence_level=0.9) == (1, 0.9)
    assert interval.__name__ == "interval"


def test_both_names_at_once_are_refused():
    with pytest.raises(TypeError, match="level is the old name of confidence_level; give one"):
        interval(1, level=0.9, confidence_level=0.8)
    with pytest.raises(TypeError, match="unexpected keyword"):
        interval(1, width=3)


def test_an_old_function_works_and_warns_where_it_is_called():
    old = renamed.function("room.old", "room.new", abs)
    with pytest.warns(FutureWarning, match=r"room\.old .*: write room\.new\.") as told:
        assert old(-3) == 3
    assert told[0].filename == __file__


Y, P = clinic(60)
OLD = {
    "bootstrap": (
        lambda: metrics.bootstrap(Y, P, level=0.8),
        lambda: metrics.bootstrap(Y, P, confidence_level=0.8),
    ),
    "compare": (
        lambda: metrics.compare(Y, P, 1 - P, level=0.8),
        lambda: metrics.compare(Y, P, 1 - P, confidence_level=0.8),
    ),
    "exact_interval": (
        lambda: metrics.exact_interval(2, 7, level=0.8),
        lambda: metrics.exact_interval(2, 7, confidence_level=0.8),
    ),
    "results_table": (
        lambda: metrics.results_table(Y, {"m": P}, threshold=0.2, level=0.8).to_numpy(),
        lambda: metrics.results_table(Y, {"m": P}, threshold=0.2, confidence_level=0.8).to_numpy(),
    ),
    "folds": (
        lambda: splits.folds(Y, n_splits=3, repeats=2, quiet=True)[4][1],
        lambda: splits.folds(Y, n_splits=3, n_repeats=2)[4][1],
    ),
    "split": (lambda: splits.split(Y, quiet=True)["test"], lambda: splits.split(Y)["test"]),
    "learning_curves": (
        lambda: plots.learning_curves({"loss": [3, 2]}, "loss").lines[0].get_ydata(),
        lambda: plots.training_curves({"loss": [3, 2]}, "loss").lines[0].get_ydata(),
    ),
    "brier": (lambda: metrics.brier(Y, P), lambda: brier_score_loss(Y, P)),
}


@pytest.mark.parametrize("name", OLD)
def test_the_old_names_give_what_the_new_ones_give(name):
    old, new = OLD[name]
    with pytest.warns(FutureWarning, match=name) as told:
        got = old()
    assert told[0].filename == __file__
    np.testing.assert_array_equal(got, new())
