"""Answers that learners gave and that once were accepted: each is refused, and says why."""

import numpy as np
import pytest

from medlearn.exercises import all_lessons


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def measured(step):
    return lambda z: (sigmoid(z + step) - sigmoid(z - step)) / (2 * step)


def shifted(by):
    return lambda z: np.exp(z - by(z)) / np.exp(z - by(z)).sum()


def minutes(texts):
    return solution("02", "minutes")(texts)


def solution(number, name):
    return all_lessons()[number].exercises[name].solution_function


def slide(dtype):
    def slid(image, kernel):
        right = solution("07", "slide")(image, kernel)
        output = np.zeros(right.shape, dtype=dtype)
        output[:] = right
        return output

    return slid


@pytest.mark.parametrize(
    ("number", "name", "answer", "said"),
    [
        ("01", "sigmoid_slope", measured(1e-3), "measured at two places"),
        ("01", "sigmoid_slope", measured(1e-5), "measured at two places"),
        ("01", "sigmoid_slope", lambda z: np.round(sigmoid(z) * (1 - sigmoid(z)), 8), "rounded"),
        ("01", "verdict", "la " * 30, "Write a few sentences"),
        ("01", "verdict", "no no no no maybe maybe maybe I think so so so", "Write a few"),
        ("02", "minutes", lambda t: np.array([str(v) for v in minutes(t)]), "'300.0' is a text"),
        ("02", "minutes", lambda t: [str(v) for v in minutes(t)], "'300.0' is a text"),
        ("02", "minutes", lambda t: [None if v != v else v for v in minutes(t)], "is np.nan"),
        ("03", "softmax", shifted(np.min), "the smallest logit"),
        ("03", "softmax", shifted(np.mean), "the mean away"),
        ("03", "softmax", shifted(np.median), "too large"),
        ("07", "slide", slide(int), "whole numbers only"),
        ("07", "slide", slide(np.uint8), "should give"),
    ],
)
def test_a_wrong_answer_is_refused(number, name, answer, said):
    feedback = all_lessons()[number].exercises[name].judge(answer)
    assert feedback.status in ("wrong", "not yet") and said in feedback.message, feedback


def test_medians_are_no_means():
    def by_median(X, y, train, k):
        X, y = X[train], y[train]
        distance = np.abs(np.median(X[y == 1], axis=0) - np.median(X[y == 0], axis=0))
        return np.sort(np.argsort(distance)[-k:])

    feedback = all_lessons()["06"].exercises["strongest"].judge(by_median)
    assert feedback.misconception == "medians_for_means"


def test_a_large_array_is_not_walked_through():
    """What came is far too large, and is told by its shape, at once."""
    answer = np.zeros((4000, 4000))
    slope = all_lessons()["01"].exercises["sigmoid_slope"]
    assert "shape (4000, 4000) came" in slope.judge(lambda z: answer).message


def test_a_formula_of_another_form_is_right():
    slope = all_lessons()["01"].exercises["sigmoid_slope"]
    assert slope.judge(lambda z: np.exp(-z) / (1 + np.exp(-z)) ** 2).status == "right"
    assert slope.judge(lambda z: 0.25 / np.cosh(z / 2) ** 2).status == "right"
