"""Lesson 17: what it says of its data and sources, and what its explorer shows."""

import numpy as np
import pytest

from medlearn import datasets, lessons, widgets
from medlearn.widgets import equality

LESSON = lessons.find()["17"]
SAID = " ".join(
    lessons.text_of(cell) for cell in LESSON.notebook["cells"] if cell["cell_type"] == "markdown"
)


def test_the_lesson_loads_what_it_says():
    assert LESSON.data == ("nhanes", "heart_hospitals")


@pytest.mark.parametrize(
    "words",
    [
        "**No estimate below ten high people**",
        "by construction",
        "was not weighted",
        "these thresholds are set on the very people",
        "The groups are named as the survey names them",
    ],
)
def test_it_says_what_its_numbers_cannot_say(words):
    assert words in SAID


def test_no_number_is_stored_of_the_group_that_is_too_small():
    small = "Other Race - Including Multi-Racial"
    for cell in LESSON.notebook["cells"]:
        for output in cell.get("outputs", []):
            stored = [output.get("text", ""), *output.get("data", {}).values()]
            assert not any(small in "".join(text) for text in stored if not isinstance(text, dict))


def test_insurance_of_those_in_need_is_as_the_lesson_counts_it():
    people = datasets.load_nhanes().frame
    need = people[(people["age"] >= 20) & (people["hba1c"] >= 6.5)]
    told = (need["told_diabetes"] == "yes").groupby(need["insured"]).agg(["size", "sum"])
    assert told.loc[False].tolist() == [92, 58] and told.loc[True].tolist() == [651, 497]


# --- the explorer --------------------------------------------------------------------------------

RNG = np.random.default_rng(0)
group = np.repeat(["north", "south", "few"], [600, 600, 40])
risks = RNG.uniform(0.01, 0.2, len(group))
Y = (RNG.random(len(group)) < risks).astype(int)
Y[group == "few"] = [1] * 9 + [0] * 31
asked = np.clip(risks * np.where(group == "north", 0.5, 1.5), 0.001, 0.9)


def people():
    return equality.People.of(Y, group, risks, asked)


def test_nothing_is_said_of_a_group_with_fewer_than_ten_events():
    assert people().names == ("north", "south")
    assert "few" not in widgets.equality_explorer(Y, group, risks, asked).words


@pytest.mark.parametrize("price", equality.PRICES)
def test_one_price_is_the_plain_threshold(price):
    rows, benefit = people().under("one", price)
    alarm = risks >= 1 / (price + 1)
    for row in rows:
        who = row.name == group
        assert row.found == (alarm & who & (Y == 1)).sum()
        assert row.invited == pytest.approx(alarm[who].mean())
    gained = (alarm & (Y == 1)).sum() - (alarm & (Y == 0)).sum() / price
    assert benefit == pytest.approx(1000 * gained / len(Y))


def test_the_rules_make_equal_what_they_name():
    alarm = asked >= 1 / 20
    rows, _benefit = people().under("invited", 19)
    assert [row.invited for row in rows] == pytest.approx([alarm.mean()] * 2, abs=0.005)
    rows, _benefit = people().under("found", 19)
    for row in rows:
        assert row.found / row.events == pytest.approx(alarm[Y == 1].mean(), abs=2 / row.events)


def test_the_price_said_to_one_person_is_the_agreed_one_where_risks_come_true():
    calibrated = np.full(1000, 0.1)
    outcome = np.tile([1] + [0] * 9, 100)
    found = equality.People.of(outcome, ["all"] * 1000, calibrated, calibrated)
    (row,), _benefit = found.under("one", 32)
    assert row.said == pytest.approx(32, rel=1e-3)
    twice = equality.People.of(outcome, ["all"] * 1000, calibrated / 2, calibrated / 2)
    (row,), _benefit = twice.under("one", 32)
    assert row.said < 20  # people are ill twice as often as they are told: dearer to get in


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"rule": "fair"}, "rule must be one of one, own, found, invited"),
        ({"price": 7}, "price must be one of 9, 19, 32, 49, 99"),
        ({"y": np.r_[1, np.zeros(len(Y) - 1)]}, "No group has 10 people"),
        ({"plain": risks + 1}, "plain"),
        ({"group": group[:-1]}, "group"),
    ],
)
def test_bad_input_is_named(changed, said):
    given = {"y": Y, "group": group, "plain": risks, "asked": asked} | changed
    with pytest.raises(ValueError, match=said):
        widgets.equality_explorer(**given)
