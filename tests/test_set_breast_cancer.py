"""Breast cancer: what scikit-learn carries, the right way round."""

import re

import numpy as np
import pandas as pd
import pytest
import sklearn.datasets
from sklearn.utils import Bunch

from medlearn import datasets
from medlearn.datasets import DataError


def test_breast_cancer_codes_malignant_as_one():
    ours, theirs = datasets.load_breast_cancer(), sklearn.datasets.load_breast_cancer()
    assert list(ours.target_names) == ["benign", "malignant"]
    assert np.bincount(ours.target).tolist() == [357, 212]
    assert (ours.target_names[ours.target] == theirs.target_names[theirs.target]).all()
    np.testing.assert_array_equal(ours.data, theirs.data)
    # Malignant nuclei are larger: the coding is the right way round in the data too.
    area = ours.data[:, list(ours.feature_names).index("mean area")]
    assert area[ours.target == 1].mean() > 2 * area[ours.target == 0].mean()


def test_breast_cancer_is_a_bunch_as_in_scikit_learn():
    b = datasets.load_breast_cancer()
    assert isinstance(b, Bunch)
    assert b.data.shape == (569, 30) and b.data.dtype == np.float64
    assert b.target.shape == (569,) and b.target.dtype == np.int64
    assert b.frame is None
    assert list(b.feature_names) == list(sklearn.datasets.load_breast_cancer().feature_names)
    assert b.groups.shape == (569,) and len(np.unique(b.groups)) == 569
    assert datasets.card("breast_cancer") == b.DESCR


def test_breast_cancer_as_frame_and_as_pair():
    b = datasets.load_breast_cancer(as_frame=True)
    assert isinstance(b.data, pd.DataFrame) and isinstance(b.target, pd.Series)
    assert list(b.frame.columns) == [*b.feature_names, "target"]
    assert b.target.name == "target" and b.frame["target"].equals(b.target)
    X, y = datasets.load_breast_cancer(return_X_y=True)
    np.testing.assert_array_equal(X, b.data.to_numpy())
    np.testing.assert_array_equal(y, b.target.to_numpy())
    X, y = datasets.load_breast_cancer(return_X_y=True, as_frame=True)
    assert isinstance(X, pd.DataFrame) and isinstance(y, pd.Series)


def test_every_measurement_is_described_in_plain_words():
    b = datasets.load_breast_cancer()
    ten = {re.sub(r"^(mean|worst) | error$", "", name) for name in b.feature_names}
    assert set(b.feature_descriptions) == set(b.feature_units) == ten and len(ten) == 10
    assert all(len(text) > 20 for text in b.feature_descriptions.values())
    # The scale of the images is not published: no unit may pretend that it is.
    assert not re.search(r"\b(mm|µm|um|micro|milli)", " ".join(b.feature_units.values()))


def test_a_changed_copy_in_scikit_learn_is_noticed(monkeypatch):
    original = sklearn.datasets.load_breast_cancer

    def changed():
        b = original()
        b.data[3, 5] += 1e-9
        return b

    monkeypatch.setattr(sklearn.datasets, "load_breast_cancer", changed)
    with pytest.raises(DataError, match=r"damaged or changed.*expected.*found.*scikit-learn"):
        datasets.load_breast_cancer()
    assert datasets.verify("breast_cancer")[0][1] is False


def test_an_unreadable_copy_in_scikit_learn_is_explained(monkeypatch):
    def broken():
        raise ValueError("could not convert string to float: 'xx'")

    monkeypatch.setattr(sklearn.datasets, "load_breast_cancer", broken)
    with pytest.raises(DataError, match="pip install --force-reinstall --no-deps scikit-learn"):
        datasets.load_breast_cancer()
