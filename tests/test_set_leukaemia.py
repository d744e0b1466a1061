"""Leukaemia: 38 patients, 3,051 genes."""

import sys

import numpy as np
import pytest

from medlearn import datasets
from medlearn.datasets import DataError, leukaemia


def test_leukaemia_has_the_counts_of_its_card():
    b = datasets.load_leukaemia()
    assert b.data.shape == (38, 3051) and b.data.dtype == np.float64 and b.frame is None
    assert np.bincount(b.target).tolist() == [27, 11] and list(b.target_names) == ["ALL", "AML"]
    assert b.target.dtype == np.int64 and b.groups.tolist() == list(range(38))
    assert len(set(b.feature_names)) == 3051 == len(b.feature_descriptions)
    np.testing.assert_array_equal(b.data, b.data.round(5))  # no tail of float32
    assert datasets.card("leukaemia") == b.DESCR


def test_leukaemia_is_scaled_and_coded_as_the_card_says():
    b = datasets.load_leukaemia()
    np.testing.assert_allclose(b.data.mean(axis=1), 0, atol=1e-5)
    np.testing.assert_allclose(b.data.std(axis=1, ddof=1), 1, atol=1e-3)
    # Zyxin, a gene that the publication names, is more active in AML.
    zyxin = b.data[:, list(b.feature_names).index("X95735_at")]
    assert b.feature_descriptions["X95735_at"] == "Zyxin"
    assert zyxin[b.target == 1].min() > np.median(zyxin[b.target == 0])


def test_leukaemia_loads_as_the_other_sets_do():
    b = datasets.load_leukaemia(as_frame=True)
    assert b.frame.shape == (38, 3052) and b.frame.columns[-1] == "target"
    X, y = datasets.load_leukaemia(return_X_y=True)
    np.testing.assert_array_equal(X, b.data.to_numpy())
    np.testing.assert_array_equal(y, b.target.to_numpy())


def test_the_licence_is_that_of_the_package_and_the_card_says_no_more():
    """No owner of the data has said anything; the card must not make it sound as if one had."""
    entry = datasets.DATASETS["leukaemia"]
    [source] = entry.sources
    assert (source.kind, entry.spdx) == ("deb", "LGPL-3.0-or-later")
    for words in ("Debian", "not those who measured the patients", "No other line", "names no"):
        assert words in entry.licence_evidence


def test_the_source_of_leukaemia_becomes_arrays(tmp_path):
    rdata = pytest.importorskip("rdata", reason="only for building: pip install rdata")
    objects = {
        "golub": np.arange(12.0).reshape(3, 4) / 10,
        "golub.cl": np.array([0.0, 0, 1, 0]),
        "golub.gnames": np.array([*"123", "first", "second", "third", "a_at", "b_at", "c_at"]),
    }
    rdata.write_rda(tmp_path / "golub.RData", objects)
    arrays = leukaemia.convert((tmp_path / "golub.RData").read_bytes())
    np.testing.assert_allclose(arrays["data"], (np.arange(12).reshape(3, 4) / 10).T)
    assert arrays["data"].dtype == np.float32 and arrays["target"].tolist() == [0, 0, 1, 0]
    assert arrays["genes"].tolist() == [b"a_at", b"b_at", b"c_at"]
    assert arrays["descriptions"].tolist() == [b"first", b"second", b"third"]


def test_without_rdata_the_build_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "rdata", None)
    with pytest.raises(DataError, match="pip install rdata"):
        leukaemia.convert(b"")
