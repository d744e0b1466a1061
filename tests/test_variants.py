"""Fresh cases for marks: new ones for each seed, fair to the solution, hard on wrong answers.

A mark may rest on the public cases and on fresh ones together: there each misconception fails,
whatever the seed. Fresh cases alone nearly always suffice, but four calls with one number each
cannot hold every trap of `size_after` at once; hence `ALONE` below 1.
"""

import copy
import warnings

import numpy as np
import pytest

from medlearn.exercises import all_lessons
from medlearn.exercises.engine import Exercises, Function

SEEDS = range(50)
ALONE = 0.85  # share of the seeds in which a misconception must fail on the four fresh cases alone
FUNCTIONS = [
    pytest.param(exercise, id=f"{number}-{name}")
    for number, lesson in all_lessons().items()
    for name, exercise in lesson.exercises.items()
    if isinstance(exercise, Function)
]
every_function = pytest.mark.parametrize("exercise", FUNCTIONS)


def fresh(exercise, seed):
    return exercise.fresh_cases(np.random.default_rng(seed))


def verdict(exercise, answer, cases):
    results, feedback = exercise.collect(answer, cases)
    return exercise.compare(results, cases) if feedback is None else feedback


def fingerprint(value):
    """What tells arguments apart; a function among them says what it is when printed."""
    if isinstance(value, np.ndarray):
        return value.dtype.str, value.shape, value.tobytes()
    if isinstance(value, (tuple, list)):
        return tuple(fingerprint(part) for part in value)
    return repr(value)


def by_heart(exercise):
    """An answer that knows the public cases and nothing else."""
    known = {fingerprint(c): exercise.solution_function(*copy.deepcopy(c)) for c in exercise.cases}
    first, *_ = known.values()
    return lambda *arguments: known.get(fingerprint(arguments), first)


def assert_fair(exercise, seeds=SEEDS):
    """New cases for each seed, the same for the same seed, valid, and right for the solution."""
    seen = {fingerprint(exercise.cases)}
    for seed in seeds:
        cases = fresh(exercise, seed)
        assert fingerprint(cases) not in seen, "declared with `fresh`, and new for each seed"
        assert len(cases) == 4
        assert len({fingerprint(case) for case in cases}) > 1, "four times the same case"
        seen.add(fingerprint(cases))
        assert fingerprint(fresh(exercise, seed)) == fingerprint(cases), "the seed decides all"
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # NumPy warns of a division by zero, and goes on
            feedback = verdict(exercise, exercise.solution_function, cases)
        assert feedback.status == "right", (seed, feedback)


def assert_like_the_public_ones(exercise, seeds=SEEDS):
    """Arguments of the same types and numbers of directions, as the lesson describes them."""

    def kinds(cases, place):
        parts = [case[place] for case in cases]
        return {(type(p), getattr(p, "dtype", None), np.ndim(p)) for p in parts if p is not None}

    for place in range(len(exercise.cases[0])):
        new = {kind for seed in seeds for kind in kinds(fresh(exercise, seed), place)}
        assert new <= kinds(exercise.cases, place), (place, new)


def assert_traps(exercise, seeds=SEEDS[::2]):
    """Misconceptions fail with the public cases always, without them nearly always."""
    for name, known in exercise.misconceptions.items():
        wrong = known.wrong
        alone = [verdict(exercise, wrong, fresh(exercise, seed)).status for seed in seeds]
        assert alone.count("wrong") >= ALONE * len(alone), (name, alone.count("wrong"))
        for seed in seeds[::5]:
            feedback = verdict(exercise, wrong, [*exercise.cases, *fresh(exercise, seed)])
            assert (feedback.status, feedback.misconception) == ("wrong", name), seed


def test_there_are_functions():
    assert len(FUNCTIONS) >= 20


@every_function
def test_fresh_cases_are_new_valid_and_right_for_the_solution(exercise):
    assert_fair(exercise)


@every_function
def test_fresh_cases_look_like_the_public_ones(exercise):
    assert_like_the_public_ones(exercise)


@every_function
@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # wrong answers may divide by zero
def test_misconceptions_fail_on_fresh_cases(exercise):
    assert_traps(exercise)


@every_function
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_the_public_cases_by_heart_are_not_enough(exercise):
    table = by_heart(exercise)
    assert verdict(exercise, table, exercise.cases).status == "right", "the table is one"
    for seed in SEEDS[::2]:
        assert verdict(exercise, table, fresh(exercise, seed)).status == "wrong", seed


# --- controls: these tests can fail ----------------------------------------------------------


def made_up(make):
    lesson = Exercises("95")

    @lesson.function(cases=[(1.0, 2.0), (0.5, 0.0)], hints=["a", "b"])
    def divide(a, b):
        return a / (1 + b)

    @divide.misconception("no_b", "You left out b.")
    def _(a, b):
        return a

    if make:
        divide.fresh(make)
    return divide


@pytest.mark.parametrize(
    ("make", "check", "why"),
    [
        (None, assert_fair, "declared with"),
        (lambda rng: (1.0, 2.0), assert_fair, "four times"),
        (lambda rng: (rng.normal(), np.float64(-1)), assert_fair, "divide by zero"),
        (lambda rng: (np.random.default_rng().normal(), 1.0), assert_fair, "the seed decides"),
        (lambda rng: (rng.normal(), int(rng.integers(9))), assert_like_the_public_ones, "int"),
        (lambda rng: (rng.normal(), 0.0), assert_traps, "no_b"),
    ],
)
def test_bad_fresh_cases_would_be_seen(make, check, why):
    with pytest.raises((AssertionError, RuntimeWarning), match=why):
        check(made_up(make))


def test_good_fresh_cases_pass():
    exercise = made_up(lambda rng: (rng.normal(), rng.uniform(1, 2)))
    for check in (assert_fair, assert_like_the_public_ones, assert_traps):
        check(exercise)
