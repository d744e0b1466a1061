"""Eyes with diabetic retinopathy: two of each person, one of them treated."""

import numpy as np
import pandas as pd
import pytest
from r_files import lazy_database
from statsmodels.duration.hazard_regression import PHReg

from medlearn import datasets
from medlearn.datasets import DataError, diabetic_eyes

LASERS = ["xenon", "argon"]


@pytest.fixture(scope="module")
def eyes():
    loaded = datasets.load_diabetic_eyes(as_frame=True)
    return loaded.frame.assign(person=loaded.groups)


def test_the_trial_has_the_counts_of_its_card(eyes):
    assert len(eyes) == 394 and not eyes.isna().any().any()
    people = eyes[eyes.treated == 1]
    assert (people.age_at_diagnosis.min(), people.age_at_diagnosis.max()) == (1, 58)
    assert (people.age_at_diagnosis < 20).sum() == 114
    # In the package's other table of these people the laser follows from the age.
    laser = pd.crosstab(people.laser, people.age_at_diagnosis < 20)
    assert laser.to_numpy().tolist() == [[46, 54], [37, 60]] and list(laser.index) == LASERS
    assert eyes.groupby("treated").sight_lost.sum().to_dict() == {0: 101, 1: 54}
    assert sorted(eyes.risk.unique()) == [6, 8, 9, 10, 11, 12]
    assert (eyes.months.min(), eyes.months.max()) == (0.3, 74.97)


def test_two_rows_are_one_person(eyes):
    assert eyes.person.tolist() == np.repeat(np.arange(197), 2).tolist()
    of_one = eyes.groupby("person")
    assert eyes.treated.tolist() == [1, 0] * 197
    for same in ("laser", "age_at_diagnosis"):
        assert (of_one[same].nunique() == 1).all()
    assert (of_one.sight_lost.sum() == 2).sum() == 38


def test_as_published_73_and_49_per_cent_are_censored(eyes):
    censored = 100 * (1 - eyes.groupby("treated").sight_lost.mean())
    assert censored.round().to_dict() == {0: 49, 1: 73}


def test_after_24_months_20_people_are_not_known(eyes):
    month = 24
    lost = (eyes.sight_lost == 1) & (eyes.months <= month)
    eyes = eyes.assign(lost=lost, known=lost | (eyes.months > month))
    wide = eyes.pivot(index="person", columns="treated", values=["lost", "known"])
    known = wide["known"].all(axis=1)
    assert (~known).sum() == 20
    both = wide["lost"][known].astype(int)
    counts = pd.crosstab(both[0], both[1])
    assert counts.to_numpy().tolist() == [[103, 13], [40, 21]]  # rows: the untreated eye


def test_the_laser_helps_and_the_two_eyes_are_alike(eyes):
    paired = PHReg(eyes.months, eyes[["treated"]].astype(float), eyes.sight_lost, ties="efron")
    assert round(float(np.exp(paired.fit().params[0])), 2) == 0.46
    pairs = eyes.pivot(index="person", columns="treated", values="months")
    assert pairs[0].corr(pairs[1], method="spearman") > 0.3


TABLE = pd.DataFrame(
    {
        "id": [5, 5, 14, 14],
        "laser": pd.Categorical(["argon", "argon", "xenon", "xenon"]),
        "eye": pd.Categorical(["left", "left", "right", "right"]),
        "age": [28, 28, 12, 12],
        "type": pd.Categorical(["adult", "adult", "juvenile", "juvenile"]),
        "trt": [1, 0, 1, 0],
        "futime": [46.23, 46.23, 42.5, 31.3],
        "status": [0, 0, 0, 1],
        "risk": [9, 9, 8, 6],
    }
)


def test_the_source_of_the_eyes_becomes_arrays(tmp_path):
    arrays = diabetic_eyes.convert(*lazy_database(tmp_path, {"retinopathy": TABLE}))
    assert arrays["data"].tolist() == [[28, 1, 1, 9], [28, 1, 0, 9], [12, 0, 1, 8], [12, 0, 0, 6]]
    assert arrays["target"].tolist() == [[46.23, 0], [46.23, 0], [42.5, 0], [31.3, 1]]


@pytest.mark.parametrize(
    "spoilt",
    [
        TABLE[:3],
        TABLE.iloc[[0, 2, 1, 3]],
        TABLE.assign(trt=[1, 0, 0, 1]),
        TABLE.assign(trt=1),
        TABLE.assign(id=5),
    ],
)
def test_eyes_that_are_no_pairs_are_refused(spoilt):
    pd.testing.assert_frame_equal(diabetic_eyes.pairs(TABLE), TABLE)
    with pytest.raises(DataError, match="has not two rows together"):
        diabetic_eyes.pairs(spoilt)
