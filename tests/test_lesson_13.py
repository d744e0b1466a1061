"""Lesson 13: what it says of its data, its episodes and zones, and what its explorer shows."""

import numpy as np
import pytest
import written

from medlearn import lessons, widgets
from medlearn.exercises import lesson_13

LESSON = lessons.find()["13"]
KNOWN = {"np": np}  # what its cells have imported


def test_the_lesson_loads_what_it_says():
    assert LESSON.data == ("glucose", "nhanes")


def test_it_changes_no_alarm_and_no_dose():
    said = " ".join(
        lessons.text_of(cell)
        for cell in LESSON.notebook["cells"]
        if cell["cell_type"] == "markdown"
    )
    for words in (
        "Change no alarm of a device and no dose",
        "do a finger-stick",
        "Below 70: treat at once",
        "with no meter at hand, treat as low",
        "nothing by mouth",
    ):
        assert words in said


@pytest.mark.parametrize(
    ("curve", "starts"),
    [
        ([80, 69, 69, 69, 80, 80, 80, 60, 60, 60], [1, 7]),
        ([80, 69, 69, 80, 69, 69, 80], []),
        ([69, 69, 69, 80, 80, 69, 69, 69], [0]),
        ([69, np.nan, 69, 69, 80], []),
        ([70, 70, 70, 70], []),
    ],
)
def test_an_episode_takes_three_readings_to_begin_and_three_to_end(curve, starts):
    (low_episodes,) = written.defined(LESSON, "low_episodes", **KNOWN)
    assert low_episodes(np.array(curve, dtype=float)).tolist() == starts


@pytest.mark.parametrize(
    ("truth", "said", "zone"),
    [
        (100, 119, "A"),
        (100, 121, "B"),
        (60, 69, "A"),
        (60, 85, "D"),
        (250, 150, "D"),
        (60, 190, "E"),
        (200, 60, "E"),
        (100, 215, "C"),
        (160, 41, "C"),
        (300, 200, "B"),
    ],
)
def test_the_zones_of_the_error_grid(truth, said, zone):
    (clarke,) = written.defined(LESSON, "clarke", **KNOWN)
    assert clarke(np.array([truth]), np.array([said])).tolist() == [zone]


HOURS = np.arange(3 * 288) / 12
SUGAR = 110 + 45 * np.cos(HOURS * 2 * np.pi / 12)
NOW = np.arange(12, len(SUGAR) - 12)
BELOW = SUGAR < 70
STARTS = np.flatnonzero(BELOW[1:] & ~BELOW[:-1]) + 1
FEAR = {"a prophet": -SUGAR[NOW + 5], "the reading now": -SUGAR[NOW]}


def test_a_prophet_warns_of_every_low_in_time():
    explorer = widgets.alarms_explorer(SUGAR, NOW, FEAR, STARTS, night=0)
    assert "Of 6 lows ≈ 6 are warned of at least 15 minutes before" in explorer.words
    assert "it rings ≈ 2 times, ≈ 0 of them in vain" in explorer.words
    explorer.controls["method"].value = "the reading now"
    assert "Of 6 lows ≈ 6 are warned" not in explorer.words


def test_only_the_days_of_the_period_count():
    explorer = widgets.alarms_explorer(SUGAR, NOW, FEAR, STARTS, night=0, period=(0, 288))
    assert "Of 2 lows" in explorer.words


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"glucose": SUGAR / 18}, "looks like mmol/L"),
        ({"glucose": SUGAR[:, None]}, "one row of readings"),
        ({"now": NOW[::-1]}, "now should be in order of time"),
        ({"now": NOW / 2}, "whole numbers"),
        ({"now": NOW + 30}, "lie within the 864 readings"),
        ({"starts": []}, "starts should be a row of places"),
        ({"starts": STARTS[::-1]}, "starts should be in order of time"),
        ({"scores": {}}, "at least one method"),
        ({"scores": {"a": -SUGAR}}, "now 840, a 864"),
        ({"scores": {"a": np.full(len(NOW), np.nan)}}, "'a' has no score in this period"),
        ({"period": (0, 3)}, "No low begins from place 0 to 3"),
        ({"night": 800}, "night must be a whole number from 0 to 768"),
    ],
)
def test_bad_input_of_the_explorer_is_named(changed, words):
    given = {"glucose": SUGAR, "now": NOW, "scores": FEAR, "starts": STARTS, "night": 0} | changed
    with pytest.raises(ValueError, match=words):
        widgets.alarms_explorer(**given)


def test_a_signal_that_was_cut_off_is_named():
    def cuts(prepare, signal, moments):
        return any(prepare(signal[: t + 1])[t] != prepare(signal)[t] for t in moments)

    assert "Keep the length" in lesson_13.sees_future.judge(cuts).message
