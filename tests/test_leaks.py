"""leaks: what looks ahead is found, what does not is left in peace, and bad input is named."""

import numpy as np
import pandas as pd
import pytest
from scipy.ndimage import gaussian_filter1d
from scipy.signal import butter, filtfilt, lfilter

from medlearn import datasets
from medlearn.leaks import sees_future

NOISE = np.random.default_rng(0).normal(size=300).cumsum()
LOW_PASS = butter(2, 0.2)


def last_steps(signal):
    return np.stack([np.r_[np.full(k, np.nan), np.diff(signal, n=k)] for k in (1, 2)], axis=1)


def next_step(signal):
    return np.r_[np.diff(signal), np.nan]


def centred_mean(signal):
    return pd.Series(signal).rolling(5, center=True, min_periods=1).mean()


def trailing_mean(signal):
    return pd.Series(signal).rolling(5, min_periods=1).mean()


def by_all(signal):
    return (signal - np.nanmean(signal)) / np.nanstd(signal)


def by_the_past(signal):
    past = pd.Series(signal).expanding(2)
    return (signal - past.mean()) / past.std()


def filled_gaps(signal):
    return pd.Series(signal).interpolate()


def carried_on(signal):
    return pd.Series(signal).ffill()


@pytest.mark.parametrize(
    ("prepare", "sees"),
    [
        (lambda signal: signal, False),
        (last_steps, False),
        (trailing_mean, False),
        (by_the_past, False),
        (carried_on, False),
        (lambda signal: lfilter(*LOW_PASS, signal), False),
        (lambda signal: signal.astype("float32") * np.float32(1.7), False),
        (next_step, True),
        (centred_mean, True),
        (by_all, True),
        (lambda signal: filtfilt(*LOW_PASS, signal), True),
        (lambda signal: gaussian_filter1d(signal, 3), True),
        (lambda signal: signal - signal.max(), True),
        (lambda signal: np.full(len(signal), np.nanmean(signal)), True),
        (lambda signal: np.column_stack([signal, np.flip(signal)]), True),
        (lambda signal: np.isnan(signal[::-1]) * 1.0 + np.cumsum(signal[::-1])[::-1], True),
    ],
)
def test_what_looks_ahead_is_found(prepare, sees):
    assert sees_future(prepare, NOISE) is sees


@pytest.mark.parametrize(("prepare", "sees"), [(filled_gaps, True), (carried_on, False)])
def test_a_filled_gap_knows_its_other_end(prepare, sees):
    with_gap = NOISE.copy()
    with_gap[100:120] = np.nan
    assert sees_future(prepare, with_gap, moments=[105, 110]) is sees


def test_only_the_moments_asked_for_are_looked_at():
    def ahead_at_fifty(signal):
        return np.where(np.arange(len(signal)) == 50, signal[-1], signal)

    assert sees_future(ahead_at_fifty, NOISE, moments=[50])
    assert not sees_future(ahead_at_fifty, NOISE, moments=[49, 51])


def test_the_signal_itself_is_left_as_it_was():
    def in_place(signal):
        signal *= 2
        return signal

    before = NOISE.copy()
    assert not sees_future(in_place, NOISE)
    np.testing.assert_array_equal(NOISE, before)


def test_the_filters_of_lesson_08_are_told_apart():
    heart = datasets.load_ecg()
    ecg, low_pass = heart.signal[:5000], butter(2, 15, fs=int(heart.sampling_rate))
    assert not sees_future(lambda signal: lfilter(*low_pass, signal), ecg)
    assert sees_future(lambda signal: filtfilt(*low_pass, signal), ecg)


@pytest.mark.parametrize(
    ("arguments", "options", "kind", "words"),
    [
        ((NOISE, NOISE), {}, TypeError, "asks for the function .* ndarray came"),
        ((np.cumsum, np.ones((9, 2))), {}, ValueError, r"one row of numbers.*\(9, 2\)"),
        ((np.cumsum, [1.0, 2.0]), {}, ValueError, "three values or more.* it has 2"),
        ((np.cumsum, [np.nan] * 9), {}, ValueError, "one that was measured"),
        ((np.cumsum, ["5.4", "6.1", "7"]), {}, ValueError, "signal must hold numbers"),
        ((np.cumsum, NOISE), {"moments": [299]}, ValueError, "from 0 to 298"),
        ((np.cumsum, NOISE), {"moments": [-1]}, ValueError, "from 0 to 298"),
        ((np.cumsum, NOISE), {"moments": [1.5]}, ValueError, "whole numbers"),
        ((np.cumsum, NOISE), {"moments": []}, ValueError, "whole numbers"),
        ((np.cumsum, NOISE), {"seed": -1}, ValueError, "seed must be a whole number"),
        ((np.diff, NOISE), {}, ValueError, r"each of the 300 moments.*\(299,\)"),
        ((np.mean, NOISE), {}, ValueError, r"has the shape \(\)"),
        ((lambda s: [str(v) for v in s], NOISE), {}, ValueError, "what prepare gives must hold"),
    ],
)
def test_bad_input_is_named(arguments, options, kind, words):
    with pytest.raises(kind, match=words):
        sees_future(*arguments, **options)


def test_features_that_change_each_time_are_refused():
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="other features each time"):
        sees_future(lambda signal: signal + rng.normal(size=len(signal)), NOISE)
    widths = iter([1, 2])
    with pytest.raises(ValueError, match="1 features for one signal and 2 for another"):
        sees_future(lambda signal: np.ones((len(signal), next(widths))), NOISE)
