"""Glucose sensors: readings, gaps, and people who are not mixed up."""

import gzip

import numpy as np
import pytest

from medlearn import datasets
from medlearn.datasets import DataError, glucose


@pytest.fixture(scope="module")
def sensors():
    return datasets.load_glucose(as_frame=True)


def minutes(times):
    return times.diff().dt.total_seconds() / 60


def test_the_one_person_has_the_counts_of_the_card(sensors):
    one = sensors.one
    assert one.shape == (52_281, 2) and not one.isna().any().any()
    assert (str(one.time.iloc[0]), str(one.time.iloc[-1])) == (
        "2010-03-24 09:51:00",
        "2010-10-10 23:57:00",
    )
    assert one.time.is_monotonic_increasing and (one.time.dt.second == 0).all()
    assert one.time.dt.date.nunique() == 200
    assert round(100 * (one.glucose < 70).mean(), 1) == 3.2


def test_readings_stop_at_40_and_400(sensors):
    readings = sensors.one.glucose
    assert (readings.min(), readings.max()) == (40, 400)
    assert ((readings == 40).sum(), (readings == 400).sum()) == (22, 1)
    others = sensors.nineteen.glucose
    assert (others.min(), others.max()) == (41, 303)  # mg/dL: in mmol/L all were below 17
    assert (readings % 1 == 0).all() and (others % 1 == 0).all()


def test_gaps_are_gaps(sensors):
    steps = minutes(sensors.one.time)
    gaps = steps[steps > 7.5]
    assert len(gaps) == 187 and round(gaps.sum() / 60) == 490 and round(gaps.max() / 60) == 28
    assert (steps == 0).sum() == 3 and (steps == 5).sum() == 51_697


def test_nineteen_people_do_not_mix(sensors):
    others = sensors.nineteen
    assert others.shape == (34_890, 3) and list(others) == ["groups", "time", "glucose"]
    assert (np.diff(others.groups) >= 0).all() and others.groups.nunique() == 19
    of_one = others.groupby("groups")
    assert (of_one.size().min(), of_one.size().max()) == (1775, 2013)
    assert of_one.time.apply(lambda times: times.is_monotonic_increasing).all()
    assert sensors.diabetic.tolist() == [1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1]
    # About a week of readings each, though two records come in two parts.
    assert (of_one.size() * 5 / 1440).between(6, 7).all()
    longest = of_one.time.apply(lambda times: minutes(times).max() / 1440)
    assert longest[longest > 2].round(1).to_dict() == {0: 416.7, 7: 81.9, 12: 2.8}
    assert (others.time.dt.year.min(), others.time.dt.year.max()) == (2014, 2017)


def test_the_diabetic_have_more_glucose(sensors):
    mean = sensors.nineteen.groupby("groups").glucose.mean()
    assert mean[sensors.diabetic == 1].mean() > mean[sensors.diabetic == 0].mean()


def test_arrays_and_frames_say_the_same(sensors):
    plain = datasets.load_glucose()
    for part in ("one", "nineteen"):
        assert list(plain[part]) == list(sensors[part])
        for column, values in plain[part].items():
            np.testing.assert_array_equal(values, sensors[part][column])
    assert plain.one.time.dtype == plain.nineteen.time.dtype == np.dtype("datetime64[s]")
    assert plain.one.glucose.dtype == plain.nineteen.glucose.dtype == np.float64
    assert plain.nineteen.groups.dtype == plain.diabetic.dtype == np.int64
    plain.one.glucose[:] = 7  # not into what is loaded next
    assert datasets.load_glucose().one.glucose[0] == 258


def test_the_card_says_nothing_about_the_one_person():
    entry = datasets.DATASETS["glucose"]
    assert "no name, no age, no sex, no diagnosis" in " ".join(entry.people_note.split())
    assert "nothing is to be guessed" in " ".join(entry.not_to_conclude[0].split())


def test_the_licences_of_the_two_parts_are_kept_apart():
    entry = datasets.DATASETS["glucose"]
    assert entry.spdx == "CC-BY-4.0" and "the one person are in the public domain" in " ".join(
        entry.licence_terms.split()
    )
    for words in ("'Public domain'", "Open Access", "Not read: the licence line"):
        assert words in entry.licence_evidence


ONE = """isig,datetime,glucose
22.5,2010-03-24 09:51:00,258
22.4,2010-03-24 09:56:00,260
"","2010-03-24 10:16:00",40
"""
OTHERS = """"","id","time","gl","diagnosis"
"1","1-002",2014-02-03 03:42:12,93,"diabetic"
"2","1-002",2014-02-03 03:47:13,95,"diabetic"
"3","1-001",2013-01-01 00:00:00,80,"pre-diabetic"
"""


def packed(text):
    return gzip.compress(text.encode())


def test_the_sources_become_arrays():
    arrays = glucose.convert(packed(ONE), OTHERS.encode())
    assert arrays["one_step"][1:].tolist() == [300, 1200]
    assert arrays["one_step"].cumsum().astype("datetime64[s]")[2] == np.datetime64(
        "2010-03-24T10:16:00"
    )
    assert arrays["one_glucose"].tolist() == [258, 260, 40]
    times = arrays["nineteen_step"].cumsum().astype("datetime64[s]").astype(str)
    assert times.tolist() == ["2014-02-03T03:42:12", "2014-02-03T03:47:13", "2013-01-01T00:00:00"]
    assert arrays["person"].tolist() == [0, 0, 1] and arrays["diabetic"].tolist() == [1, 0]
    assert arrays["nineteen_glucose"].tolist() == [93, 95, 80]


@pytest.mark.parametrize(
    ("one", "others", "said"),
    [
        (ONE.replace("10:16", "09:50"), OTHERS, "readings of one are not in order of time"),
        (ONE, OTHERS.replace("03:47:13", "03:42:11"), "readings of 1-002 are not in order of time"),
        (ONE, OTHERS + '"4","1-002",2014-02-03 04:00:00,99,"diabetic"\n', "do not stand together"),
        (ONE, OTHERS.replace('95,"diabetic"', '95,"pre-diabetic"'), "two diagnoses"),
        (ONE, OTHERS.replace('"pre-diabetic"', '"healthy"'), r"diagnosis holds \['healthy'\]"),
    ],
)
def test_readings_of_another_form_are_refused(one, others, said):
    with pytest.raises(DataError, match=said):
        glucose.convert(packed(one), others.encode())
