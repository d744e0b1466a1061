"""The exercise engine: what it says of an answer, and what it leaves as it was."""

import contextlib
import random
import sys
import threading
import time
import warnings
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from medlearn.exercises import guard, progress
from medlearn.exercises.base import states
from medlearn.exercises.engine import Exercises, Feedback, Level
from medlearn.exercises.hints import fingerprint

LEVELS = [Level(0, "no price", "It is clear."), Level(1, "one", "A."), Level(2, "both", "B.")]


def lesson_with_all_kinds():
    lesson = Exercises("77")

    @lesson.function(cases=[(2.0, 1.0), (3.0, 5.0)], hints=["one", "two"], right="Because.")
    def line(x, b):
        return 2 * x + b

    @line.misconception("no_b", "You left out b.")
    def _(x, b):
        return 2 * x

    lesson.value(
        "count", code="count = 6 * 7", expected=42, hints=["six", "seven"],
        misconceptions={13: "You added."},
    )  # fmt: skip
    lesson.choice("pick", answer="b", feedback={"a": "No, a.", "b": "Yes, b."}, hints=["x", "y"])
    lesson.text(
        "say", model_answer="It depends on the price of errors.", checklist=["price"],
        rubric=LEVELS, hints=["x", "y"],
    )  # fmt: skip
    return lesson


@pytest.fixture
def ex():
    return lesson_with_all_kinds().exercises


def judged(exercise, answer):
    feedback = exercise.judge(answer)
    assert isinstance(feedback, Feedback)
    return feedback.status, feedback.message


@pytest.mark.parametrize(
    ("answer", "status", "says"),
    [
        (lambda x, b: 2 * x + b, "right", "Because."),
        (lambda x, b: np.float32(2 * x + b), "right", ""),
        (lambda x, b: [2 * x + b], "right", ""),  # one number in a list is still that number
        (lambda x, b: None, "not yet", "nothing back"),
        (lambda x, b: ..., "not yet", "nothing back"),
        (None, "not yet", "to be written"),
        (lambda x, b: print(2 * x + b), "wrong", "return instead of print"),
        (lambda x, b: 2 * x, "wrong", "You left out b."),
        (lambda x, b: x + b, "wrong", "line(2, 1) should give 5, yours gave 3"),
        (lambda x, b: "5", "wrong", "a number was expected, a str came"),
        (lambda x, b: np.ones(3), "wrong", "one number was expected, shape (3,) came"),
        (lambda x, b: float("nan"), "wrong", "not a number"),
        (lambda x: x, "wrong", "takes other arguments"),
        (5.0, "wrong", "without brackets"),
        (lambda x, b: 1 / 0, "wrong", "ZeroDivisionError: division by zero"),
        (lambda x, b: undefined_name, "wrong", "undefined_name"),  # noqa: F821
        (lambda x, b: sys.exit(), "wrong", "called exit"),
    ],
)
def test_function(ex, answer, status, says):
    got, message = judged(ex["line"], answer)
    assert (got, says in message) == (status, True), message


@pytest.mark.parametrize(
    ("answer", "status", "says"),
    [
        (42, "right", ""),
        (42.0, "right", ""),
        (np.array([42]), "right", ""),
        (..., "not yet", "no value yet"),
        (13, "wrong", "You added."),
        (40, "wrong", "count = 40"),
        (41, "wrong", "One too few"),
        ("42", "wrong", "a str came"),
        (lambda: 42, "wrong", "call it"),
        ({"a": 1}, "wrong", "dict"),
        (float("inf"), "wrong", "inf"),
    ],
)
def test_value(ex, answer, status, says):
    got, message = judged(ex["count"], answer)
    assert (got, says in message) == (status, True), message


@pytest.mark.parametrize(
    ("answer", "status", "says"),
    [
        ("b", "right", "Yes"),
        (" B) ", "right", "Yes"),
        ("a", "wrong", "No, a."),
        ("c", "wrong", '"a", "b"'),
        ("", "not yet", ""),
        (2, "wrong", "2 came"),
        (["b"], "wrong", "letters"),
    ],
)
def test_choice(ex, answer, status, says):
    got, message = judged(ex["pick"], answer)
    assert (got, says in message) == (status, True), message


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ("too short", "not yet"),
        ("la " * 12, "not yet"),
        ("It costs more to miss a person than to alarm one.", "answered"),
        (..., "not yet"),
        (12, "wrong"),
    ],
)
def test_text_is_never_marked_right(ex, answer, status):
    assert judged(ex["say"], answer)[0] == status


def test_pair_with_a_gap_is_not_yet():
    pair = Exercises("77").value("pair", code="pair = (1, 2)", expected=(1, 2))
    assert judged(pair, (1, ...))[0] == "not yet"
    assert judged(pair, [1, 2])[0] == "right"
    assert judged(pair, np.array([1, 2]))[0] == "right"
    assert judged(pair, 1)[0] == judged(pair, (1, 2, 3))[0] == "wrong"
    assert "result 2" in judged(pair, (1, 3))[1]


def test_arguments_are_copies():
    lesson = Exercises("77")

    @lesson.function(cases=[(np.array([1.0, 2.0]),), (np.array([3.0]),)], hints=[])
    def total(x):
        return x.sum()

    def spoils(x):
        value = x.sum()
        x[:] = 0
        return value

    assert total.judge(spoils).status == "right"
    assert total.cases[0][0].tolist() == [1.0, 2.0]
    assert total.judge(spoils).status == "right"


def test_nothing_is_left_changed(ex, capsys):
    def vandal(x, b):
        random.seed(1)
        np.random.seed(1)
        np.seterr(all="raise")
        np.set_printoptions(precision=1)
        warnings.simplefilter("error")
        sys.stdout = None
        return 2 * x + b

    random.seed(5)
    np.random.seed(5)
    before = random.getstate(), np.random.get_state()[1].tolist(), np.geterr()
    printing, out, filters = np.get_printoptions(), sys.stdout, warnings.filters[:]
    ex["line"].judge(vandal)
    assert before == (random.getstate(), np.random.get_state()[1].tolist(), np.geterr())
    assert (np.get_printoptions(), sys.stdout, warnings.filters) == (printing, out, filters)
    assert capsys.readouterr().out == ""


def test_a_flood_of_prints_is_capped(ex):
    def loud(x, b):
        for _ in range(10_000):
            print("x" * 1000)

    assert "return instead of print" in judged(ex["line"], loud)[1]
    _, printed, _ = guard.guarded(lambda: print("y" * 100_000))
    assert len(printed) == guard.PRINT_LIMIT


def for_ever(x, b):
    while True:
        pass


def for_ever_with_a_net(x, b):
    while True:
        with contextlib.suppress(Exception):
            time.sleep(0.01)


@pytest.mark.parametrize("loop", [for_ever, for_ever_with_a_net])
@pytest.mark.parametrize("thread", [False, True])
def test_loops_are_stopped(ex, monkeypatch, loop, thread):
    monkeypatch.setattr(guard, "TIME_LIMIT", 0.3)
    answers = []
    start = time.monotonic()
    if thread:
        worker = threading.Thread(target=lambda: answers.append(judged(ex["line"], loop)))
        worker.start()
        worker.join(10)
    else:
        answers.append(judged(ex["line"], loop))
    assert answers[0][0] == "wrong"
    assert "still running" in answers[0][1]
    assert time.monotonic() - start < 5
    time.sleep(0.3)  # an alarm that rings too late would come now


def test_an_alarm_of_somebody_else_survives(ex):
    import signal

    rung = []
    previous = signal.signal(signal.SIGALRM, lambda *_: rung.append(1))
    signal.setitimer(signal.ITIMER_REAL, 0.2)
    try:
        ex["count"].judge(42)
        time.sleep(0.4)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
    assert rung == [1]


def test_the_learners_own_interrupt_goes_through(ex):
    def interrupted(x, b):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ex["line"].judge(interrupted)


class Hostile:
    """Raises whatever one asks of it."""

    def __getattribute__(self, name):
        raise RuntimeError(name)

    __eq__ = __bool__ = __repr__ = __array__ = __iter__ = __len__ = __float__ = None


@pytest.mark.parametrize("name", ["line", "count", "pick", "say"])
def test_a_hostile_object_is_wrong_and_nothing_more(ex, name):
    assert judged(ex[name], Hostile())[0] == "wrong"


def test_check_shows_and_remembers(ex, capsys):
    ex["count"].check(42)
    assert capsys.readouterr().out.startswith("✓ Right.")
    assert set(progress.done()["77"]) == {"count"}
    ex["count"].check(...)
    assert "… Not yet." in capsys.readouterr().out
    assert set(progress.done()["77"]) == {"count"}, "a later 'not yet' undid a pass"
    ex["line"].check(lambda x, b: x)
    said = capsys.readouterr().out
    assert "✗ Wrong." in said and "A hint: ex.line.hint()" in said


@pytest.mark.parametrize(
    "levels",
    [(), [0, 1, 2], LEVELS[:2], LEVELS[::-1], [*LEVELS, Level(3, "", "")], [*LEVELS, "more"]],
)
def test_a_text_without_its_three_levels_is_refused(levels):
    lesson = Exercises("77")
    with pytest.raises(ValueError, match=r"why: a text needs a rubric of three levels") as told:
        lesson.text("why", model_answer="…", checklist=[], rubric=levels)
    assert ("it has none." in str(told.value)) == (levels == ())
    with pytest.raises(ValueError, match="a rubric"):
        lesson.text("why", model_answer="…", checklist=[])
    assert "why" not in lesson.exercises


def test_a_text_shows_its_levels_and_keeps_the_examples_for_those_who_mark(ex, capsys):
    ex["say"].solution()
    ex["say"].check("It costs more to miss a person than to alarm one.")
    for shown in capsys.readouterr().out.split("Noted"):
        assert "0 · no price\n1 · one\n2 · both" in shown and "It is clear." not in shown
    assert [level.example for level in ex["say"].rubric] == ["It is clear.", "A.", "B."]


def test_a_text_counts_as_written_and_never_as_right(ex, capsys):
    assert set(states(ex["say"].lesson).values()) == {"open"}
    ex["count"].check(42)
    assert "(1 of 4 in this lesson.)" in capsys.readouterr().out
    ex["say"].check("It costs more to miss a person than to alarm one.")
    assert "(2 of 4 in this lesson: 1 right, 1 written.)" in capsys.readouterr().out
    assert states(ex["say"].lesson) == {
        "line": "open", "count": "right", "pick": "open", "say": "written",
    }  # fmt: skip


def test_a_hint_left_in_the_cell_is_not_spent_by_running_it(ex, capsys):
    """The cell of check and hint, run again and again with one answer after another."""

    def run(answer):
        ex["count"].check(answer)
        capsys.readouterr()
        ex["count"].hint()
        return capsys.readouterr().out

    assert "six" in run(...), "the first"
    assert "six" in run(40) and "six" in run(39) and "six" in run(38.5), "new answers, same hint"
    assert "seven" in run(38.5), "the same answer: more is wanted"
    assert "seven" in run([38.5]) and "solution()" in run([38.5])
    assert "solution()" in run(13) and "six" in run(13)
    (line,) = run(42).splitlines()
    assert line == "→ Hint. count is done: it needs none." == run(42).strip()
    assert "six" in run(41), "wrong again"


def test_what_a_changed_answer_is():
    def double(x):
        return 2 * x

    def double_too(x):
        return x + x

    again = {}
    exec("def f(x):\n    return 2 * x", again)
    first = again["f"]
    exec("def f(x):\n    return 2 * x", again)
    assert fingerprint(first) == fingerprint(again["f"]), "the same cell, run again"
    different = [
        double, double_too, first, 0.5, 0.50000001, [0.5], np.zeros(2), np.zeros((2, 1)), "a", "b",
        (1, ...), None, ..., [[1], [2, 3]], [[1], [2, 4]], Hostile,
    ]  # fmt: skip
    prints = [fingerprint(answer) for answer in different]
    assert len(set(prints)) == len(different)
    fingerprint(Hostile())


def test_hints_come_one_by_one_and_then_the_solution(ex, capsys):
    shown = []
    for _ in range(4):
        ex["line"].hint()
        shown.append(capsys.readouterr().out)
    for text, part in zip(shown, ["one", "two", "solution()", "one"], strict=True):
        assert part in text
    ex["line"].solution()
    assert "def line(x, b):\n    return 2 * x + b" in capsys.readouterr().out
    ex["say"].solution()
    assert "☐ price" in capsys.readouterr().out


def test_markup_in_an_answer_is_shown_not_obeyed(ex, monkeypatch):
    from medlearn.exercises import boxes

    seen = []
    monkeypatch.setattr(boxes, "publish", lambda words, markup: seen.append(markup))
    ex["pick"].check("<script>alert(1)</script>")
    assert "<script>" not in seen[0] and "&lt;script&gt;" in seen[0]


def test_two_exercises_of_one_name_are_refused():
    lesson = lesson_with_all_kinds()
    with pytest.raises(ValueError, match="two exercises named pick"):
        lesson.choice("pick", answer="a", feedback={"a": ""})
    with pytest.raises(ValueError, match="no feedback"):
        lesson.choice("other", answer="z", feedback={"a": ""})


def test_numbers_are_written_as_people_write_them(ex):
    assert "yours gave 1.5." in judged(ex["line"], lambda x, b: np.float64(0.75 * x))[1]
    assert "False came" in judged(ex["line"], lambda x, b: np.float64(x) > 9)[1]
    assert "an int came" in judged(ex["say"], 12)[1]


def test_a_misconception_that_raises_is_known_by_its_error():
    lesson = Exercises("77")

    @lesson.function(cases=[(np.ones((3, 2)), np.ones(2))], hints=[])
    def sums(W, x):
        return W @ x

    @sums.misconception("order", "W stands on the left.")
    def _(W, x):
        return x @ W

    assert judged(sums, lambda W, x: x @ W) == ("wrong", "W stands on the left.")
    assert "ZeroDivisionError" in judged(sums, lambda W, x: 1 / 0)[1]


def test_an_error_alone_names_no_misconception():
    lesson = Exercises("98")

    @lesson.function(cases=[(2, 1), (3, 0)], hints=[])
    def share(a, b):
        return a / (a + b)

    @share.misconception("odds", "Those are the odds.")
    def _(a, b):
        return a / b

    assert share.judge(lambda a, b: a / b).misconception == "odds"
    assert share.judge(lambda a, b: b / b).misconception == "zero_division", "1, not 2, before it"


@pytest.mark.parametrize(
    "wrong", [lambda x, W: W @ x, lambda x, W: np.dot(W, x), lambda x, W: x * W + np.ones(7)]
)
def test_shapes_that_do_not_fit_are_named(wrong):
    lesson = Exercises("77")

    @lesson.function(cases=[(np.ones((4, 2)), np.ones((2, 3)))], hints=[])
    def product(x, W):
        return x @ W

    message = judged(product, wrong)[1]
    assert "shapes do not fit each other. Here x has (4, 2), W has (2, 3)." in message
    assert "gufunc" not in message


def test_several_results_of_different_shapes_are_told_apart():
    @Exercises("77").function(cases=[(np.arange(4.0),)], hints=[])
    def halves(x):
        return np.stack([x, x]), x[:2]

    assert judged(halves, lambda x: (np.stack([x, x]).tolist(), x[:2]))[0] == "right"
    message = judged(halves, lambda x: (x[:2], np.stack([x, x])))[1]
    assert "result 1: shape (2, 4) was expected, shape (2,) came" in message
    assert "2 results in a tuple were expected" in judged(halves, lambda x: 2 * x)[1]


def test_collect_and_compare_are_the_two_halves_of_judge(ex):
    line, cases = ex["line"], [(4.0, 1.0), (0.0, 7.0)]
    assert line.collect(lambda x, b: x - b, cases) == ([3.0, -7.0], None)
    assert line.compare([9.0, 7.0], cases) == Feedback("right", "Because.")
    assert line.compare([8.0, 0.0], cases) == Feedback("wrong", "You left out b.", "no_b")
    # The same results on the public cases would be another mistake.
    assert "should give 9, yours gave 8" in line.compare([8.0, 7.0], cases).message
    results, feedback = line.collect(..., cases)
    assert results is None and feedback.status == "not yet"
    results, feedback = line.collect(lambda x, b: 1 / b, [(1.0, 1.0), (1.0, 0.0)])
    assert results is None and feedback.misconception == "zero_division"
    assert "line(1, 0) did not come back: it divides by 0" in feedback.message
    for results in ([9.0], [9.0, 7.0, 1.0], []):
        with pytest.raises(ValueError, match="results for 2 cases"):
            line.compare(results, cases)


def test_fresh_cases_come_from_the_generator_alone(ex):
    line = ex["line"]
    assert line.fresh_cases(np.random.default_rng(0)) == line.cases, "none was declared"

    @line.fresh
    def _(rng):
        return rng.normal(), rng.normal()

    first, again, other = (line.fresh_cases(np.random.default_rng(s), 3) for s in (1, 1, 2))
    assert first == again != other
    assert len(first) == 3 and all(type(case) is tuple and len(case) == 2 for case in first)
    assert line.cases == [(2.0, 1.0), (3.0, 5.0)]


def test_a_misconception_has_a_name_of_its_own(ex):
    assert ex["line"].judge(lambda x, b: 2 * x).misconception == "no_b"
    assert ex["line"].judge(lambda x, b: 0.3 * x).misconception == ""
    for name in ("no_b", "No b", ""):
        with pytest.raises(ValueError, match="a name of its own"):
            ex["line"].misconception(name, "…")
    with pytest.raises(ValueError, match="read the same"):
        Exercises("99").value(
            "a", code="a = 1", expected=1, misconceptions={2: "…", 2.00000001: "…"}
        )


# --- mistakes that any exercise may meet ---


def test_a_repair_that_never_ends_is_given_up(ex):
    def counts_down(x, b):
        n = 3
        while n > 0:
            n -= 1  # with a plus it would never end
        return 3 * x - b + n

    start = time.monotonic()
    assert "should give 5, yours gave 5" not in judged(ex["line"], counts_down)[1]
    assert judged(ex["line"], counts_down)[0] == "wrong"
    assert time.monotonic() - start < 5


def test_a_repair_leaves_everything_as_it_was(ex):
    factor = 2

    def line(x, b):
        return factor * x - b

    before = line.__code__, line.__globals__.get("line"), factor
    feedback = ex["line"].judge(line)
    assert feedback.misconception == "plus_or_minus", "a name of the function around it is known"
    assert "factor * x - b" in feedback.message
    assert (line.__code__, line.__globals__.get("line"), factor) == before
    assert line(2, 1) == 3


@pytest.mark.parametrize(
    "line",
    [
        "calls.setdefault(x, b)",
        "calls[x] = b",
        "global calls; calls = {x: b}",
        "input()",
        "from time import sleep; sleep(0)",
        "np.zeros(1).tofile(os.devnull)",
        "open(os.devnull).close()",
        "import os; os.getcwd()",
    ],
)
def test_a_function_that_reaches_out_is_called_once_a_case(ex, line):
    """No repair of it is tried: it would ask, draw or write fifty times."""
    from learners import written

    counted = []
    before = "import os\ncalls = {}\ninput = lambda: ''\n"
    body = f"    {line}\n    return count(x) * 2 - b\n"
    answer = written(ex["line"], f"{before}def line(x, b):\n{body}")
    answer.__globals__["count"] = lambda x: counted.append(x) or x
    feedback = ex["line"].judge(answer)
    assert feedback.status == "wrong" and feedback.misconception == "", feedback
    assert counted == [2.0, 3.0]


def test_a_default_that_grows_does_not_grow_while_repairs_are_tried(ex):
    def line(x, b, seen=[]):  # noqa: B006
        seen += [x]
        return 2 * x - b

    assert ex["line"].judge(line).misconception == "plus_or_minus"
    assert line.__defaults__ == ([2.0, 3.0],)


@pytest.mark.parametrize("thread", [False, True])
def test_repairs_of_a_long_function_end_in_time(ex, thread):
    from learners import written

    lines = "".join(f"    a{n} = (x + {n}) * 2 - b * (3 - x)\n" for n in range(80))
    answer = written(ex["line"], f"def line(x, b):\n{lines}    return 0.3 * x - 3 * b\n")
    answers, start = [], time.monotonic()
    worker = threading.Thread(target=lambda: answers.append(judged(ex["line"], answer)))
    if thread:
        worker.start()
        worker.join(20)
    else:
        worker.run()
    assert "should give 5, yours gave -2.4" in answers[0][1], "it was not too slow"
    assert time.monotonic() - start < 3


def test_a_source_that_is_another_one_by_now_is_not_read(ex):
    from learners import written

    function = written(ex["line"], "return 2 * x - b")
    assert ex["line"].judge(function).misconception == "plus_or_minus"
    import linecache

    file = function.__code__.co_filename
    other = "def line(x, b):\n    return 2 * x * b\n"
    linecache.cache[file] = (len(other), None, other.splitlines(keepends=True), file)
    assert ex["line"].judge(function).misconception == ""


@pytest.mark.parametrize("thread", [False, True])
def test_a_mistake_in_a_lambda_is_found(ex, thread):
    answers = []
    function = lambda x, b: 2 * (x + b)  # noqa: E731
    if thread:
        worker = threading.Thread(target=lambda: answers.append(ex["line"].judge(function)))
        worker.start()
        worker.join(10)
    else:
        answers.append(ex["line"].judge(function))
    assert answers[0].misconception == "bracket_moved"


def test_marking_knows_what_the_results_show_and_never_reads_a_source(ex, monkeypatch):
    from medlearn.exercises import repairs

    monkeypatch.setattr(repairs, "find", None)
    line = ex["line"]
    assert line.compare([-5.0, -11.0], line.cases).misconception == "sign"
    assert line.compare([4.0, 12.0], line.cases).misconception == ""


class Shape:
    """As TensorFlow's TensorShape: it has a length and parts, and is no tuple."""

    def __init__(self, *sides):
        self.sides = sides

    def __len__(self):
        return len(self.sides)

    def __iter__(self):
        return iter(self.sides)


class Tensor:
    """As a tensor of PyTorch: it becomes an array when it is asked."""

    def __init__(self, value):
        self.value = np.asarray(value)

    def __array__(self, dtype=None, copy=None):
        return self.value if dtype is None else self.value.astype(dtype)

    def __len__(self):
        return len(self.value)

    def __iter__(self):
        return iter(self.value)


@pytest.mark.parametrize(
    ("expected", "answer"),
    [
        ((32, 128), Shape(32, 128)),
        ((32, 128), [np.int64(32), np.int32(128)]),
        ((32, 128), pd.Series([32, 128])),
        ((32, 128), pd.Index([32, 128])),
        ((32, 128), Tensor([32, 128])),
        (0.5, Fraction(1, 2)),
        (0.5, Decimal("0.5")),
        (0.5, Tensor(0.5)),
        (0.5, np.float32(0.5)),
        (np.array([0.5, 1.0]), pd.Series([0.5, 1.0])),
        (np.array([0.5, 1.0]), (Fraction(1, 2), Decimal(1))),
        (np.array([0.5, 1.0]), Tensor([0.5, 1.0])),
        (np.eye(2), pd.DataFrame(np.eye(2))),
        ([1, 2], (1, 2)),
    ],
)
def test_what_is_equal_is_right_whatever_holds_it(expected, answer):
    lesson = Exercises("77")
    value = lesson.value("value", code="value = ...", expected=expected)
    assert value.judge(answer).status == "right"

    @lesson.function(cases=[(1,)], hints=[])
    def function(x):
        return expected

    assert function.judge(lambda x: answer).status == "right"


@pytest.mark.parametrize("answer", [(32,), Shape(32, 128, 1), {32, 128}, {32: 0, 128: 0}, "32"])
def test_what_is_not_equal_is_wrong_whatever_holds_it(answer):
    value = Exercises("77").value("value", code="value = (32, 128)", expected=(32, 128))
    assert value.judge(answer).status == "wrong"


@pytest.mark.parametrize(
    ("answer", "known"),
    [
        ((0, 63), "decimal_comma"),
        ("0.63", "number_as_text"),
        (63.2, "percent"),
        (0.368, "complement"),
        (-0.632, "sign"),
        (0.63, "rounded"),
        (6.32, "constant_factor"),
        (1 / 0.632, "inverted"),
        (0.5, ""),
        (0.0, ""),
        (1.0, ""),
    ],
)
def test_mistakes_in_a_value(answer, known):
    share = Exercises("77").value("share", code="share = 0.632", expected=0.632, tolerance=1e-4)
    feedback = share.judge(answer)
    assert (feedback.status, feedback.misconception) == ("wrong", known), feedback
