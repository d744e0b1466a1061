"""Answers as learners write them: what each wrong one is told, and right ones of other forms.

They stand in `answers.txt`: `=== LESSON EXERCISE`, and below it each answer after `--- ID`, the id
under which its mistake is known, or "right". A function's answer is its body, below the stub's
`def`; a `def`, an import or an assignment stands for itself.
"""

import re
from pathlib import Path

import numpy as np
import pytest
from learners import exercise, judged

from medlearn.exercises import all_lessons, mistakes, raised, repairs
from medlearn.exercises.engine import Function

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")  # wrong answers divide by zero
TABLE = Path(__file__).with_name("answers.txt")
LONGEST = 400
"""Characters of a message, unless it compares a text with a model answer."""


def rows():
    """Lesson, exercise, source and id of each answer."""
    for block in re.split(r"(?m)^=== ", TABLE.read_text(encoding="utf-8"))[1:]:
        head, *answers = re.split(r"(?m)^--- ", block)
        for place, answer in enumerate(answers):
            known, _, source = answer.partition("\n")
            number, name = head.split()
            yield pytest.param(
                number, name, source.strip("\n"), known, id=f"{number}-{name}-{known}-{place}"
            )


ROWS = list(rows())
FUNCTIONS = [
    pytest.param(one, id=f"{number}-{one.name}")
    for number, lesson in all_lessons().items()
    for one in lesson.exercises.values()
    if isinstance(one, Function)
]


@pytest.mark.parametrize(("number", "name", "source", "known"), ROWS)
def test_an_answer_gets_its_verdict(number, name, source, known):
    feedback = judged(number, name, source)
    if known == "right":
        assert (feedback.status, feedback.misconception) == ("right", ""), feedback
    else:
        assert (feedback.status, feedback.misconception) == ("wrong", known), feedback
    assert len(feedback.message) <= LONGEST and "\n" not in feedback.message
    assert "Traceback" not in feedback.message


def test_the_table_is_long_and_wide():
    known = [row.values[3] for row in ROWS]
    assert known.count("right") >= 40 and len(known) - known.count("right") >= 350
    asked = {
        (number, name)
        for number, lesson in all_lessons().items()
        if number != "00"
        for name, one in lesson.exercises.items()
        if isinstance(one, Function)
    }
    assert asked <= {row.values[:2] for row in ROWS}


def test_every_mistake_that_any_exercise_may_meet_is_seen():
    general = {*mistakes.DETECTORS, *repairs.REPAIRS, *raised.KNOWN, "printed", "no_quotes"}
    assert general - {row.values[3] for row in ROWS} == set()


@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_mistake_is_seen_in_a_solution(function):
    assert judged(function.lesson.number, function.name, function.code).misconception == ""
    for seed in range(10):
        cases = function.fresh_cases(np.random.default_rng(seed), 4)
        results = [function.solution_function(*case) for case in cases]
        feedback = function.compare(results, cases)
        assert (feedback.status, feedback.misconception) == ("right", "")


@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_mistake_is_seen_in_noise(function):
    """Results that are wrong for no reason are not told one."""
    rng = np.random.default_rng(0)

    def spoilt(result):
        if isinstance(result, tuple):
            return tuple(spoilt(part) for part in result)
        if isinstance(result, str):
            return f"~{result[::-1]}"
        result = np.asarray(result, dtype=float)
        return result * rng.uniform(0.3, 0.8, size=result.shape) + rng.uniform(1.1, 1.7)

    for cases in (function.cases, function.fresh_cases(rng)):
        results = [spoilt(function.solution_function(*case)) for case in cases]
        feedback = function.compare(results, cases)
        assert (feedback.status, feedback.misconception) == ("wrong", ""), feedback


@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_mistake_of_any_exercise_hides_one_of_its_own(function):
    for name, known in function.misconceptions.items():
        results, feedback = function.collect(known.wrong, function.cases)
        if results is not None:
            feedback = function.compare(results, function.cases)
        assert feedback.misconception == name


@pytest.mark.parametrize(
    "words", ["la " * 30, "no no no no maybe maybe maybe I think so so so", "la la la… la la la!"]
)
def test_a_text_of_few_words_is_not_one(words):
    feedback = exercise("01", "verdict").judge(words)
    assert feedback.status == "not yet"


def test_a_large_array_is_not_walked_through():
    """What came is far too large, and is told by its shape, at once."""
    answer = np.zeros((4000, 4000))
    message = exercise("01", "sigmoid_slope").judge(lambda z: answer).message
    assert "shape (4000, 4000) came" in message


def test_numbers_that_differ_in_a_table_are_told_by_their_place():
    slide = exercise("07", "slide")
    results = [slide.solution_function(*case) for case in slide.cases]
    results[0][0, 1] += 0.3
    message = slide.compare(results, slide.cases).message
    assert "slide(*ex.slide.cases[0]) should give other numbers in 1 of 6 places" in message
    assert "first at [0, 1]" in message


@pytest.mark.parametrize(
    ("number", "name", "source"),
    [
        ("01", "neuron", "return max(0, np.dot(w, x) + b)"),  # not only 0 or 1
        ("01", "neuron", "return sigmoid(abs(np.dot(w, x) + b))"),  # no sign of the exponent
        ("04", "shown_risk", "shown_risk = 10, 19"),  # no comma in a number
        ("05", "net_benefit", "a = risk >= threshold\nreturn sum(a & (y == 1)), sum(a & (y == 0))"),
        ("05", "auc", "return np.sum(y == 1), np.sum(y == 0)"),
        ("07", "size_after", "return (13, 13)"),
    ],
)
def test_a_mistake_that_is_none_of_ours_has_no_name(number, name, source):
    feedback = judged(number, name, source)
    assert (feedback.status, feedback.misconception) == ("wrong", ""), feedback
    assert "np.int64" not in feedback.message


@pytest.mark.parametrize(
    ("number", "name", "answer"),
    [
        ("01", "collapse", 6),
        ("03", "hidden_shape", 128),
        ("06", "race", [32, 24, 24]),
        ("07", "sees", (18, 18)),
        ("07", "sees", 19),
        ("06", "fits", 404),
        ("06", "fits", 4050),
    ],
)
def test_of_a_single_value_nobody_speaks_as_of_cases(number, name, answer):
    feedback = exercise(number, name).judge(answer)
    assert feedback.status == "wrong" and feedback.misconception
    assert "case" not in feedback.message and "each time" not in feedback.message
