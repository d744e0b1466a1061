"""NHANES: the table with its dirt, and the rules that clean it."""

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from medlearn import datasets
from medlearn.datasets import DATASETS, clean_nhanes, nhanes

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
    assert people.shape == (8366, 46) and people["id"].is_unique
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


def test_who_is_insured_is_known_of_nearly_all(people):
    counts = people["insured"].value_counts(dropna=False).to_dict()
    assert counts == {True: 7351, False: 995, pd.NA: 20}
    assert people.columns[-1] == "insured"  # lessons show the first columns


def test_the_raw_table_is_text_with_its_dirt(raw):
    assert raw.shape == (8366, 45) and list(raw.columns) == SOURCE_COLUMNS
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
    assert clean_nhanes(raw.head(3).assign(more="x")).shape == (3, 46)
    assert clean_nhanes(raw.head(0)).shape == (0, 46)


@given(
    st.lists(
        st.tuples(*[st.sampled_from(["", "a", "1.0", "b'23:00'"])] * 2), min_size=1, max_size=9
    )
)
def test_packing_the_text_loses_nothing(rows):
    table = pd.DataFrame(rows, columns=["one", "60SecHr30SecHr2"], dtype=object)
    back = nhanes.decode(nhanes.encode(table))
    assert back.equals(table) and list(back.columns) == list(table.columns)


def test_the_source_of_nhanes_becomes_what_ships(raw):
    more = raw.assign(Another="1.0")[[*reversed(raw.columns)]]  # other columns, other order
    arrays = nhanes.convert(more.to_csv(sep="\t", index=False).encode())
    assert datasets.content_sha256(arrays) == DATASETS["nhanes"].content_sha256


def test_the_card_says_that_nobody_may_be_recognised_again():
    """Item 4 of NCHS's data user agreement."""
    said = " ".join(datasets.DATASETS["nhanes"].licence_evidence.split())
    assert "(item 4) no probing of how the people in the data were made unrecognisable" in said
    assert "no research on methods of recognising them again" in said
