"""Lesson 08: what its own functions cut, remember and forecast from."""

import numpy as np
import pytest
import written
from numpy.lib.stride_tricks import sliding_window_view

from medlearn import lessons
from medlearn.exercises import lesson_08

LESSON = lessons.find()["08"]
KNOWN = {"np": np}  # what its cells have imported


def test_the_lesson_loads_what_it_says():
    assert LESSON.data == ("movements", "ecg")


def test_windows_overlap_by_half_and_none_runs_over_the_end():
    (cut,) = written.defined(LESSON, "cut", **KNOWN)
    recording = np.arange(1000)
    windows = cut(recording)
    assert windows.shape == (6, 256)
    assert windows[:, 0].tolist() == [0, 128, 256, 384, 512, 640]
    assert (windows[1:, 0] - windows[:-1, 0] == 128).all() and windows.max() < 1000
    assert len(windows) + len(cut(recording[:700])) == lesson_08.n_windows.expected


def test_the_worked_cell_is_the_solution_of_the_exercise():
    (last_state,) = written.defined(LESSON, "last_state", **KNOWN)
    for case in lesson_08.run_cell.cases:
        solved = lesson_08.run_cell.solution_function(*case)
        np.testing.assert_allclose(last_state(*case), solved)


def test_an_lstm_writes_keeps_and_shows_as_the_six_lines_say():
    """One unit: the first row writes, the second shuts the input gate and keeps by sigmoid(3)."""
    sigmoid, lstm_by_hand = written.defined(LESSON, "sigmoid", "lstm_by_hand", **KNOWN)
    W = np.array([[50.0, -50.0, 1.0, 0.0], [-50.0, 3.0, 1.0, 2.0]])  # input, forget, new, output
    x, nothing = np.eye(2)[None], np.zeros((1, 4))
    state, gates = lstm_by_hand(x, W, nothing, np.zeros(4))
    kept = sigmoid(3.0) * np.tanh(1.0)
    assert state == pytest.approx(sigmoid(2.0) * np.tanh(kept))
    assert gates["forget"] == pytest.approx(sigmoid(3.0))
    assert gates["input"] == pytest.approx(0) and gates["output"] == pytest.approx(sigmoid(2.0))


def test_the_past_ends_where_the_future_begins():
    rate, every, names = 10, 7, ("WIDTH", "AHEAD", "windows_of")
    known = KNOWN | {"sliding_window_view": sliding_window_view, "rate": rate}
    width, ahead, windows_of = written.defined(LESSON, *names, **known)
    signal = np.arange(1000, dtype="float32")
    now, past, future = windows_of(signal, 20, 80, every)
    assert (past[:, -1] == now - 1).all() and (future[:, 0] == now).all(), "now is the first unseen"
    assert past[0, 0] == 200 and future.max() < 800, "nothing outside of its seconds"
    for k in (1, ahead):
        windows, answers = lesson_08.pairs.solution_function(signal[200:800], width, k)
        n = len(past)
        np.testing.assert_array_equal(windows[::every][:n], past)
        np.testing.assert_array_equal(answers[::every][:n], future[:, k - 1])
