"""The trial in colon cancer: one row a person, arms and events the right way round."""

import sys

import numpy as np
import pandas as pd
import pytest
from r_files import lazy_database
from statsmodels.duration.hazard_regression import PHReg

from medlearn import datasets
from medlearn.datasets import DataError, _rdata, _survival, colon_trial


@pytest.fixture(scope="module")
def people():
    return datasets.load_colon_trial(as_frame=True).frame


def test_the_trial_has_the_counts_of_its_card(people):
    assert people.shape == (929, 15)
    assert people.arm.value_counts(sort=False).to_dict() == {
        "observation": 315,
        "levamisole": 310,
        "levamisole + 5-FU": 304,
    }
    assert people.sex.value_counts().to_dict() == {"male": 484, "female": 445}
    assert (people.age.min(), people.age.max()) == (18, 85)
    assert (people.recurrence.sum(), people.death.sum()) == (468, 452)
    missing = people.isna().sum()
    assert missing[missing > 0].to_dict() == {"nodes": 18, "differentiation": 23}
    counts = {"obstruction": 180, "perforation": 27, "adherence": 135, "long_wait": 247}
    assert people[list(counts)].sum().to_dict() == counts
    assert people.extent.value_counts(sort=False).tolist() == [21, 106, 759, 43]
    assert people.differentiation.value_counts(sort=False).tolist() == [93, 663, 150]


def test_the_flaws_are_those_of_the_card(people):
    known = people[people.nodes.notna()]
    assert ((known.nodes > 4) != (known.more_than_4_nodes == 1)).sum() == 12
    assert people.more_than_4_nodes[people.nodes.isna()].tolist().count(1) == 17
    assert (people.nodes == 0).sum() == 2
    assert ((people.death == 0) & (people.days_to_death < 5 * 365.25)).sum() == 14
    assert ((people.death == 1) & (people.recurrence == 0)).sum() == 38
    text = " ".join(datasets.card("colon_trial").split())
    for words in ("missing in 18", "in 2 it is 0", "disagree in 12", "1 in 17", "38 died", "14 of"):
        assert words in text


def test_time_runs_forward(people):
    """Nobody has a recurrence after the death, or is watched for one after it."""
    assert (people.days_to_recurrence <= people.days_to_death).all()
    without = people.recurrence == 0
    assert (people.days_to_recurrence[without] == people.days_to_death[without]).all()
    assert people.days_to_recurrence.min() == 8 and people.days_to_death.max() == 3329


def test_the_published_effect_comes_out(people):
    """Moertel 1995: with both drugs 40 % less recurrence, 33 % fewer deaths; with one 2 and 6 %."""
    arms = np.column_stack([people.arm == "levamisole + 5-FU", people.arm == "levamisole"])
    for event, here, published in (("recurrence", (40, 2), (40, 2)), ("death", (31, 3), (33, 6))):
        model = PHReg(people[f"days_to_{event}"], arms.astype(float), people[event], ties="efron")
        less = 100 * (1 - np.exp(model.fit().params))
        np.testing.assert_allclose(less, here, atol=0.51)
        np.testing.assert_allclose(less, published, atol=4)


# --- what the sets with outcomes share ------------------------------------------------------------


SETS = ["colon_trial", "rotterdam", "gbsg", "diabetic_eyes", "transplants"]


@pytest.mark.parametrize("name", SETS)
def test_arrays_and_frames_say_the_same(name):
    load = getattr(datasets, f"load_{name}")
    plain, framed = load(), load(as_frame=True)
    entry = datasets.DATASETS[name]
    assert plain.frame is None and plain.data.dtype == plain.target.dtype == np.float64
    assert plain.data.shape == (entry.rows, len(plain.feature_names))
    assert plain.target.shape == (entry.rows, len(plain.target_names))
    columns = [*plain.feature_names, *plain.target_names]
    assert list(framed.frame) == columns == [v.name for v in entry.variables]
    assert columns == list(plain.feature_descriptions) == list(plain.feature_units)
    pd.testing.assert_frame_equal(framed.frame, pd.concat([framed.data, framed.target], axis=1))
    for column in columns:
        numbers = np.hstack([plain.data, plain.target])[:, columns.index(column)]
        if column in plain.categories:
            expected = [plain.categories[column].get(number, np.nan) for number in numbers]
            assert framed.frame[column].astype(object).fillna("-").tolist() == [
                "-" if word is np.nan else word for word in expected
            ]
        else:
            whole = np.isfinite(numbers).all() and (numbers % 1 == 0).all()
            assert framed.frame[column].dtype == (np.int64 if whole else np.float64), column
            np.testing.assert_array_equal(framed.frame[column], numbers)
    events = [c for c in columns if entry.feature_units[c] == "0 or 1"]
    assert set(framed.frame[events].to_numpy().ravel()) == {0, 1}
    X, y = load(return_X_y=True)
    np.testing.assert_array_equal(X, plain.data)
    np.testing.assert_array_equal(y, plain.target)
    X, y = load(return_X_y=True, as_frame=True)
    assert list(X) == list(plain.feature_names) and list(y) == list(plain.target_names)


@pytest.mark.parametrize("name", SETS)
def test_the_licence_is_that_of_the_package_and_the_card_says_no_more(name):
    entry = datasets.DATASETS[name]
    assert {source.kind for source in entry.sources} == {"deb"}
    assert entry.spdx == "GPL-2.0-only"
    for words in ("Debian", "copyright file", "They are not those who", "No other line"):
        assert words in entry.licence_evidence


# --- how it was made ------------------------------------------------------------------------------


TABLE = pd.DataFrame(
    {
        "id": [1, 1, 2, 2],
        "rx": pd.Categorical(["Lev+5FU", "Lev+5FU", "Obs", "Obs"], ["Obs", "Lev", "Lev+5FU"]),
        "sex": [1.0, 1, 0, 0],
        "age": [43.0, 43, 71, 71],
        "obstruct": [0.0, 0, 1, 1],
        "perfor": 0.0,
        "adhere": 0.0,
        "nodes": [np.nan, np.nan, 7, 7],
        "status": [1.0, 1, 0, 1],
        "differ": 2.0,
        "extent": 3.0,
        "surg": 0.0,
        "node4": 1.0,
        "time": [1521.0, 968, 542, 963],
        "etype": [2.0, 1, 1, 2],
    }
)
FIRST = [2, 1, 43, 0, 0, 0, np.nan, 1, 2, 3, 0]


def test_two_rows_become_one_person():
    rows = colon_trial.one_row_a_person(TABLE)
    arrays = _survival.arrays_of("colon_trial", rows, {"arm": {"Obs": 0, "Lev": 1, "Lev+5FU": 2}})
    np.testing.assert_array_equal(arrays["data"][0], FIRST)
    assert arrays["target"].tolist() == [[968, 1, 1521, 1], [542, 0, 963, 1]]


@pytest.mark.parametrize(
    "spoilt",
    [
        TABLE.assign(age=[43.0, 44, 71, 71]),
        TABLE[:3],
        pd.concat([TABLE, TABLE]),
    ],
)
def test_rows_that_do_not_belong_together_are_refused(spoilt):
    with pytest.raises(DataError, match="two rows of a person do not say the same"):
        colon_trial.one_row_a_person(spoilt)


def test_a_source_of_another_form_is_refused():
    rows = colon_trial.one_row_a_person(TABLE)
    with pytest.raises(DataError, match="no column 'rx'"):
        _survival.arrays_of("colon_trial", rows.drop(columns="rx"))
    with pytest.raises(DataError, match=r"rx holds \['Lev\+5FU'\]"):
        _survival.arrays_of("colon_trial", rows, {"arm": {"Obs": 0, "Lev": 1}})


def test_a_table_is_found_in_a_package_of_r(tmp_path):
    other = pd.DataFrame({"day": [1.0, 2.0]})
    index, base = lazy_database(tmp_path, {"other": other, "colon": TABLE})
    arrays = colon_trial.convert(index, base)
    np.testing.assert_array_equal(arrays["data"][0], FIRST)
    assert _rdata.lazy_table(index, base, "other", "x")["day"].tolist() == [1, 2]
    with pytest.raises(DataError, match="colon_trial: the package holds no table 'colon'"):
        colon_trial.convert(lazy_database(tmp_path, {"gbsg": TABLE})[0], base)
    with pytest.raises(DataError, match="'colon' is not compressed with xz"):
        colon_trial.convert(index, base.replace(b"Z", b"2"))


def test_without_rdata_the_build_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "rdata", None)
    with pytest.raises(DataError, match=r"colon_trial: .* pip install rdata"):
        colon_trial.convert(b"", b"")
