"""Heart disease: the patients of Cleveland."""

import numpy as np
import pandas as pd
import pytest

from medlearn import datasets
from medlearn.datasets import DATASETS, DataError, heart_disease


def test_heart_disease_has_the_counts_of_its_card():
    b = datasets.load_heart_disease()
    assert b.data.shape == (303, 13) and b.data.dtype == np.float64
    assert np.bincount(b.target).tolist() == [164, 139] and b.target.dtype == np.int64
    assert list(b.target_names) == ["not narrowed", "narrowed"]
    missing = np.isnan(b.data).sum(axis=0)
    assert dict(zip(b.feature_names[missing > 0], missing[missing > 0], strict=True)) == {
        "vessels": 4,
        "thallium": 2,
    }
    assert b.groups.tolist() == list(range(303))
    assert datasets.card("heart_disease") == b.DESCR and b.frame is None
    assert set(b.feature_descriptions) == set(b.feature_units) == set(b.feature_names)


def test_the_first_patients_are_those_of_uci():
    """Lines 1 and 2 of UCI's processed.cleveland.data, typed from its listing."""
    b = datasets.load_heart_disease()
    assert b.data[0].tolist() == [63, 1, 1, 145, 233, 1, 2, 150, 0, 2.3, 3, 0, 6]
    assert b.data[1].tolist() == [67, 1, 4, 160, 286, 0, 2, 108, 1, 1.5, 2, 3, 3]
    assert b.target[:2].tolist() == [0, 1]


def test_narrowed_arteries_go_with_what_medicine_expects():
    """Were the target or a code the wrong way round, one of these would fail."""
    frame = datasets.load_heart_disease(as_frame=True).frame
    share = {name: frame.groupby(name, observed=True)["target"].mean() for name in frame}
    assert share["sex"]["male"] > share["sex"]["female"]
    assert share["exercise_angina"]["yes"] > share["exercise_angina"]["no"]
    assert share["thallium"]["reversible defect"] > share["thallium"]["normal"]
    assert share["st_slope"]["flat"] > share["st_slope"]["rising"]
    by_target = frame.groupby("target")[["age", "max_heart_rate", "st_depression"]].mean()
    assert (by_target.loc[1] > by_target.loc[0]).tolist() == [True, False, True]


def test_heart_disease_as_frame_holds_the_same_in_words():
    plain, b = datasets.load_heart_disease(), datasets.load_heart_disease(as_frame=True)
    assert list(b.frame.columns) == [*b.feature_names, "target"]
    assert {name: list(words.values()) for name, words in b.categories.items()} == {
        name: list(column.cat.categories)  # in the order of UCI's codes
        for name, column in b.data.items()
        if isinstance(column.dtype, pd.CategoricalDtype)
    }
    for column, name in enumerate(b.feature_names):
        words = b.data[name]
        if name in b.categories:
            codes = {word: code for code, word in b.categories[name].items()}
            words = words.astype(object).map(codes)
            seen = set(plain.data[:, column][~np.isnan(plain.data[:, column])])
            assert seen == set(b.categories[name]), name  # no code without a word, none unused
        np.testing.assert_array_equal(words.astype(float), plain.data[:, column])
    X, y = datasets.load_heart_disease(return_X_y=True, as_frame=True)
    assert X.equals(b.data) and y.equals(b.target) and y.name == "target"
    X, y = datasets.load_heart_disease(return_X_y=True)
    np.testing.assert_array_equal(X, plain.data)
    np.testing.assert_array_equal(y, plain.target)


# The words of Orange's table for the words of the loader, typed from the two.
ORANGE = {
    "typical angina": "typical ang",
    "atypical angina": "atypical ang",
    "non-anginal pain": "non-anginal",
    "no symptoms": "asymptomatic",
    "left ventricle thick": "left vent hypertrophy",
    "rising": "upsloping",
    "falling": "downsloping",
    "reversible defect": "reversable defect",
    "no": "0",
    "yes": "1",
}


def test_the_source_of_heart_disease_becomes_what_ships():
    """The table as Orange has it, written back from the loader in Orange's words."""
    b = datasets.load_heart_disease(as_frame=True)
    sources = {v.name: v.source for v in DATASETS["heart_disease"].variables}
    table = b.data.astype(object).map(lambda word: ORANGE.get(word, word))
    table = table.rename(columns=sources)
    lines = table.assign(**{"diameter narrowing": b.target}).to_csv(
        sep="\t", index=False, na_rep="?"
    )
    head, *rows = lines.splitlines()
    raw = "\n".join([head, "types", "\t\tclass", *rows]).encode()
    arrays = heart_disease.convert(raw)
    assert datasets.content_sha256(arrays) == DATASETS["heart_disease"].content_sha256
    with pytest.raises(DataError, match=r"thal holds \['odd defect'\]"):
        heart_disease.convert(raw.replace(b"fixed defect", b"odd defect", 1))
