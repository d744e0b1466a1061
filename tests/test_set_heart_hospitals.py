"""Heart disease in four hospitals: whose row is whose, and what was never measured."""

import numpy as np
import pytest

from medlearn import datasets
from medlearn.datasets import DATASETS, DataError, heart_hospitals

HOSPITALS = ["Cleveland", "Budapest", "Zurich and Basel", "Long Beach"]


@pytest.fixture(scope="module")
def patients():
    return datasets.load_heart_hospitals(as_frame=True).frame


def test_the_hospitals_have_the_counts_of_the_card(patients):
    assert patients.shape == (920, 15) and list(patients)[-2:] == ["target", "hospital"]
    of_one = patients.groupby("hospital", sort=False)["target"]
    assert of_one.size().to_dict() == dict(zip(HOSPITALS, (303, 294, 123, 200), strict=True))
    assert of_one.sum().to_dict() == dict(zip(HOSPITALS, (139, 106, 115, 149), strict=True))
    assert list(dict.fromkeys(patients.hospital)) == HOSPITALS  # one after the other
    assert patients.sex.value_counts().to_dict() == {"male": 726, "female": 194}
    assert (patients.age.min(), patients.age.max()) == (28, 77)
    twice = patients[patients.duplicated(keep=False)]
    assert twice.hospital.value_counts().to_dict() == {"Budapest": 2, "Long Beach": 2}


def test_cleveland_is_the_set_that_ships():
    four, one = datasets.load_heart_hospitals(), datasets.load_heart_disease()
    theirs = four.hospital == "Cleveland"
    np.testing.assert_array_equal(four.data[theirs], one.data)
    np.testing.assert_array_equal(four.target[theirs], one.target)
    assert list(four.feature_names) == list(one.feature_names)
    assert four.categories == one.categories and four.feature_units == one.feature_units
    assert four.feature_descriptions == one.feature_descriptions
    assert list(four.target_names) == list(one.target_names)


def test_budapest_begins_with_the_row_that_the_source_gives_to_cleveland():
    """Line 1 of UCI's processed.hungarian.data, typed from its listing."""
    b = datasets.load_heart_hospitals()
    first = np.flatnonzero(b.hospital == "Budapest")[0]
    nan = np.nan
    np.testing.assert_array_equal(
        b.data[first], [28, 1, 2, 130, 132, 0, 2, 185, 0, 0, nan, nan, nan]
    )
    assert first == 303 and b.target[first] == 0


def test_a_zero_that_was_not_measured_is_missing(patients):
    missing = patients.groupby("hospital", sort=False)[
        ["cholesterol", "resting_pressure", "st_slope", "vessels", "thallium"]
    ].agg(lambda column: column.isna().sum())
    assert missing.loc[HOSPITALS].to_numpy().tolist() == [
        [0, 0, 0, 4, 2],
        [23, 1, 190, 291, 266],
        [123, 2, 17, 118, 52],
        [56, 57, 102, 198, 166],
    ]
    assert patients.cholesterol.min() >= 85 and patients.resting_pressure.min() >= 80
    assert (patients.st_depression == 0).sum() > 300  # a depression of 0 is a measurement


def test_narrowed_arteries_go_with_what_medicine_expects_outside_cleveland(patients):
    """Were a code or a target the wrong way round, one of these would fail."""
    for name in ("Budapest", "Long Beach"):
        there = patients[patients.hospital == name]
        share = {c: there.groupby(c, observed=True)["target"].mean() for c in there}
        assert share["exercise_angina"]["yes"] > share["exercise_angina"]["no"]
        assert share["chest_pain"]["no symptoms"] > share["chest_pain"]["atypical angina"]
        by_target = there.groupby("target")[["age", "max_heart_rate", "st_depression"]].mean()
        assert (by_target.loc[1] > by_target.loc[0]).tolist() == [True, False, True]


def test_arrays_and_frames_say_the_same(patients):
    plain = datasets.load_heart_hospitals()
    assert plain.data.shape == (920, 13) and plain.data.dtype == np.float64
    assert plain.target.dtype == np.int64 and plain.frame is None
    assert plain.groups.tolist() == list(range(920))
    assert plain.hospital.tolist() == patients.hospital.tolist()
    b = datasets.load_heart_hospitals(as_frame=True)
    assert b.hospital.equals(b.frame["hospital"]) and b.hospital.name == "hospital"
    for column, name in enumerate(plain.feature_names):
        words = patients[name]
        if name in plain.categories:
            codes = {word: code for code, word in plain.categories[name].items()}
            words = words.astype(object).map(codes)
        np.testing.assert_array_equal(words.astype(float), plain.data[:, column])
    X, y = datasets.load_heart_hospitals(return_X_y=True)
    np.testing.assert_array_equal(X, plain.data)
    np.testing.assert_array_equal(y, plain.target)
    X, y = datasets.load_heart_hospitals(return_X_y=True, as_frame=True)
    assert list(X) == list(plain.feature_names) and y.name == "target"


def test_the_card_names_the_people_and_the_limits():
    entry = DATASETS["heart_hospitals"]
    for name in ("Janosi", "Steinbrunn", "Pfisterer", "Detrano"):
        assert name in entry.publication
    said = {part: " ".join(getattr(entry, part).split()) for part in ("changes", "collected")}
    assert "row 304" in said["changes"] and "A cholesterol of 0 (all 123" in said["changes"]
    assert 'social security numbers of the patients "were recently removed"' in said["collected"]
    limits = " ".join(" ".join(entry.not_to_conclude).split())
    assert "models only: it may not be linked with any outside data" in limits
    assert "only 8 of the 123" in limits
    one = DATASETS["heart_disease"]
    assert (entry.spdx, entry.licence_evidence) == (one.spdx, one.licence_evidence)


HEAD = "id,age,sex,dataset,cp,trestbps,chol,fbs,restecg,thalch,exang,oldpeak,slope,ca,thal,num"
ROWS = [
    "303,38,Male,Cleveland,non-anginal,138,175,FALSE,normal,173,FALSE,0,upsloping,,normal,0",
    "304,28,Male,Cleveland,atypical angina,130,132,FALSE,lv hypertrophy,185,FALSE,0,,,,0",
    "305,29,Female,Hungary,asymptomatic,120,243,TRUE,st-t abnormality,160,TRUE,0,flat,,,1",
    "598,32,Male,Switzerland,typical angina,95,0,,normal,127,FALSE,-0.7,upsloping,,fixed defect,3",
    "721,63,Male,VA Long Beach,asymptomatic,0,0,FALSE,normal,,,,,1,reversable defect,4",
]


def source(*rows):
    return "\n".join([HEAD, *(rows or ROWS)]).encode()


def test_the_source_becomes_what_ships():
    arrays, nan = heart_hospitals.convert(source()), np.nan
    assert arrays["hospital"].tolist() == [0, 1, 1, 2, 3]
    assert arrays["target"].tolist() == [0, 0, 1, 1, 1]
    np.testing.assert_array_equal(
        arrays["data"],
        [
            [38, 1, 3, 138, 175, 0, 0, 173, 0, 0, 1, nan, 3],
            [28, 1, 2, 130, 132, 0, 2, 185, 0, 0, nan, nan, nan],
            [29, 0, 4, 120, 243, 1, 1, 160, 1, 0, 2, nan, nan],
            [32, 1, 1, 95, nan, nan, 0, 127, 0, -0.7, 1, nan, 6],
            [63, 1, 4, nan, nan, 0, 0, nan, nan, nan, nan, 1, 7],
        ],
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("304,28,Male,Cleveland", "304,28,Male,Hungary", "row 304 of the source is not as"),
        ("fixed defect", "odd defect", r"thal holds \['odd defect'\]"),
        ("Switzerland", "Austria", r"dataset holds \['Austria'\]"),
    ],
)
def test_a_source_of_another_form_is_refused(old, new, said):
    with pytest.raises(DataError, match=said):
        heart_hospitals.convert(source().replace(old.encode(), new.encode()))
