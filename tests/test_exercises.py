"""Every exercise of every lesson: solution, stub, misconceptions, hints, and very odd answers."""

import ast
import collections
import copy
import random
import re
import threading
import time
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from learners import written

from medlearn import lessons
from medlearn.exercises import all_lessons, guard, progress
from medlearn.exercises.engine import Choice, Exercises, Feedback, Function, Text, Value
from medlearn.exercises.hints import Hints
from tools import execute

ROOT = Path(__file__).resolve().parents[1]
LESSONS = all_lessons()
EXERCISES = [
    pytest.param(exercise, id=f"{number}-{name}")
    for number, lesson in LESSONS.items()
    for name, exercise in lesson.exercises.items()
]
NOTEBOOKS = {number: lesson.path for number, lesson in lessons.find().items()}
STATUSES = {"right", "wrong", "not yet", "answered"}
every_exercise = pytest.mark.parametrize("exercise", EXERCISES)


def every(*kinds):
    """Walk the exercises of these kinds."""
    return pytest.mark.parametrize(
        "exercise", [param for param in EXERCISES if isinstance(param.values[0], kinds)]
    )


def cells(number):
    """The sources of a lesson's exercise and check cells, by name."""
    notebook = execute.read(NOTEBOOKS[number])
    found = {"exercise": {}, "check": {}}
    for cell in notebook.cells:
        for kind, by_name in found.items():
            if name := lessons.tagged(cell, kind):
                by_name[name] = cell.source
    return found


def test_lessons_and_modules_belong_together():
    assert LESSONS
    assert set(LESSONS) == set(NOTEBOOKS)


@pytest.mark.parametrize("number", LESSONS)
def test_notebook_and_module_have_the_same_exercises(number):
    names = list(LESSONS[number].exercises)
    found = cells(number)
    assert list(found["exercise"]) == names, "same exercises, same order"
    assert list(found["check"]) == names


@pytest.mark.parametrize("number", LESSONS)
def test_lesson_asks_for_a_judgement(number):
    assert any(isinstance(e, (Choice, Text)) for e in LESSONS[number].exercises.values())


@every_exercise
def test_solution_passes(exercise):
    feedback = exercise.judge(written(exercise, exercise.code))
    assert feedback.status == ("answered" if isinstance(exercise, Text) else "right"), feedback


@every_exercise
def test_unfilled_stub_is_not_yet_wrong(exercise):
    stub = cells(exercise.lesson.number)["exercise"][exercise.name]
    assert exercise.judge(written(exercise, stub)).status == "not yet"


@every_exercise
def test_stub_has_the_form_of_the_solution(exercise):
    stub = ast.parse(cells(exercise.lesson.number)["exercise"][exercise.name])
    solution = ast.parse(exercise.code)
    if isinstance(exercise, Function):
        (given,) = [n for n in stub.body if isinstance(n, ast.FunctionDef)]
        wanted = next(n for n in solution.body if isinstance(n, ast.FunctionDef))
        assert given.name == wanted.name == exercise.name
        assert [a.arg for a in given.args.args] == [a.arg for a in wanted.args.args]
    else:
        assert isinstance(solution.body[-1], ast.Assign)
        assert ast.unparse(solution.body[-1].targets[0]) == exercise.name


@every_exercise
def test_each_misconception_gets_its_message(exercise):
    for name, known in exercise.misconceptions.items():
        feedback = exercise.judge(known.wrong)
        assert (feedback.status, feedback.message) == ("wrong", known.message)
        assert feedback.misconception == known.name == name


@every_exercise
def test_misconceptions_are_told_apart(exercise):
    messages = [known.message for known in exercise.misconceptions.values()]
    assert len(set(messages)) == len(messages)
    assert all(len(message.split()) >= 5 for message in messages)


@every(Function, Value, Choice)
def test_there_are_misconceptions(exercise):
    assert exercise.misconceptions, "no wrong answer of a learner has a message of its own"


@every(Choice)
def test_choices_all_have_feedback(exercise):
    stub = cells(exercise.lesson.number)["exercise"][exercise.name]
    offered = re.findall(r'"([a-z])"', stub)
    assert set(offered) == set(exercise.feedback), "the stub offers the letters that have feedback"
    assert len(exercise.feedback) >= 2
    for letter, message in exercise.feedback.items():
        for typed in (letter, letter.upper(), f" {letter}) ", f"{letter}."):
            feedback = exercise.judge(typed)
            assert feedback.message == message
            assert (feedback.status == "right") == (letter == exercise.answer)


@every(Text)
def test_each_level_of_a_text_has_an_answer_that_a_learner_might_give(exercise):
    answers = [level.example for level in exercise.rubric]
    assert [level.points for level in exercise.rubric] == [0, 1, 2]
    assert len({*answers, exercise.model_answer, *exercise.checklist}) == 4 + len(
        exercise.checklist
    )
    for level in exercise.rubric:
        assert "…" not in (level.says, level.example), "a sentence of the skeleton is not written"
        assert exercise.judge(level.example).status == "answered"
        assert len(re.findall(r"[.!?](?= |$)", level.example)) >= 2, "sentences, as were asked for"
        assert len(level.says.split()) >= 8 and level.says.endswith(".")
        assert level.says in exercise.judge(level.example).message
        assert level.example not in exercise.judge(level.example).message
    good, model = (re.findall(r"\w+", text) for text in (answers[2], exercise.model_answer))
    six = [{tuple(words[k : k + 6]) for k in range(len(words) - 5)} for words in (good, model)]
    assert not six[0] & six[1], "the good example repeats the model answer"


def too_often(answers):
    """What a learner could guess by: lesson → the right letters of its choices."""
    count = collections.Counter(letter for letters in answers.values() for letter in letters)
    shares = [count[letter] for letter in "abc"]
    if min(shares) < 1 or max(shares) > 2 * min(shares):
        yield f"the course: {dict(count)}"
    for number, letters in answers.items():
        if len(letters) >= 3 and len(set(letters)) == 1:
            yield f"lesson {number}: always {letters[0]}"


def test_the_right_letter_cannot_be_guessed():
    kinds = {n: [*lesson.exercises.values()] for n, lesson in LESSONS.items()}
    answers = {n: [e.answer for e in of if isinstance(e, Choice)] for n, of in kinds.items()}
    assert list(too_often(answers)) == []
    assert list(too_often({"01": "abc", "02": "bb", "05": "acd"})) == []
    assert list(too_often({"01": "ac", "02": "ca"})) == ["the course: {'a': 2, 'c': 2}"]
    assert list(too_often({"01": "abc", "02": "bbb"})) == [
        "the course: {'a': 1, 'b': 4, 'c': 1}",
        "lesson 02: always b",
    ]


@every_exercise
def test_hints_help_without_giving_the_solution_away(exercise):
    assert len(exercise.hints) >= 2
    said = [known.message for known in exercise.misconceptions.values()]
    words = [*exercise.hints, exercise.right, *said]
    assert "…" not in words, "a sentence of the skeleton is not written yet"
    assert len(set(exercise.hints)) == len(exercise.hints)

    def squeeze(text):
        return re.sub(r"\s", "", text)

    whole = squeeze(exercise.code)
    for hint in exercise.hints:
        assert len(hint.split()) >= 4
        assert whole not in squeeze(hint)
        if isinstance(exercise, Choice):
            letter = exercise.answer
            assert not re.search(rf"(?:^|\W)[\"'(]?{letter}[\"')](?:\W|$)", hint), hint
        if isinstance(exercise, Value):
            expected = np.asarray(exercise.expected)
            if expected.ndim == 0 and expected.dtype.kind in "if":
                told = {float(n) for n in re.findall(r"\d+(?:\.\d+)?", hint.replace(",", ""))}
                assert float(expected) not in told, "the hint tells the number"
        if isinstance(exercise, Function):
            body = [squeeze(line) for line in exercise.code.splitlines()[1:]]
            longest = max(body, key=len)
            assert len(body) == 1 or len(longest) < 20 or longest not in squeeze(hint)


@every_exercise
def test_a_message_carries_a_word_and_a_symbol(exercise):
    for answer in (written(exercise, exercise.code), None, object()):
        assert re.match(r"[✓✗…✎] (Right|Wrong|Not yet|Noted)\.", str(exercise.judge(answer)))


@every_exercise
def test_hints_come_one_by_one_and_start_over(exercise, capsys):
    exercise._hints = Hints(len(exercise.hints))
    for round_ in range(2):
        for hint in exercise.hints:
            exercise.hint()
            assert hint in capsys.readouterr().out, round_
        exercise.hint()
        assert "solution()" in capsys.readouterr().out


@every_exercise
def test_solution_is_shown(exercise, capsys):
    exercise.solution()
    shown = " ".join(capsys.readouterr().out.split())
    wanted = exercise.model_answer if isinstance(exercise, Text) else exercise.code
    assert " ".join(wanted.split()) in shown


@every_exercise
def test_progress_remembers_a_pass_and_not_yet_never_undoes_it(exercise, capsys):
    exercise.check(None)
    assert exercise.name not in progress.done().get(exercise.lesson.number, {})
    exercise.check(written(exercise, exercise.code))
    assert exercise.name in progress.done()[exercise.lesson.number]
    exercise.check(None)
    exercise.check(object())
    assert exercise.name in progress.done()[exercise.lesson.number]


# --- answers of every kind -------------------------------------------------------------------


def hostile(*methods):
    """An object whose methods all raise."""

    def angry(*_, **__):
        raise ZeroDivisionError("this object raises")

    return type("Hostile", (), {name: angry for name in methods})()


class LiesAboutItsClass:
    @property
    def __class__(self):
        raise RuntimeError("no class")


class RaisesForAnyAttribute:
    def __getattribute__(self, name):
        raise RuntimeError(name)


class HostileText(str):
    def strip(self, *_):
        raise RuntimeError("no strip")

    def split(self, *_):
        raise RuntimeError("no split")

    __eq__ = __hash__ = __len__ = __iter__ = __str__ = __repr__ = strip


class HostileMeta(type):
    def __repr__(cls):
        raise RuntimeError("no repr")

    @property
    def __name__(cls):
        raise RuntimeError("no name")


class HostileKind(metaclass=HostileMeta):
    pass


def recursive_list():
    loop = []
    loop.append(loop)
    return loop


OBJECTS = {
    "eq": hostile("__eq__"),
    "repr": hostile("__repr__", "__str__", "__format__"),
    "bool": hostile("__bool__", "__len__"),
    "array": hostile("__array__", "__float__", "__int__", "__index__"),
    "iter": hostile("__iter__", "__getitem__", "__len__"),
    "copy": hostile("__deepcopy__", "__copy__", "__reduce_ex__", "__reduce__"),
    "call": hostile("__call__"),
    "hash": hostile("__hash__", "__eq__"),
    "class": LiesAboutItsClass(),
    "attribute": RaisesForAnyAttribute(),
    "text": HostileText("a"),
    "kind": HostileKind(),
    "kind itself": HostileKind,
    "loop": recursive_list(),
    "nested": [[[1, [2]], "a"], {"b": (None, ...)}],
    "ragged": [[1, 2], [3]],
    "object array": np.array([None, "a", object()], dtype=object),
    "angry array": np.array([hostile("__eq__", "__float__", "__repr__")], dtype=object),
    "text array": np.array(["a", "b"]),
    "dates": np.array(["2020-01-01"], dtype="datetime64[D]"),
    "record": np.zeros(2, dtype=[("a", int), ("b", "U3")]),
    "complex": np.array([1j, 2]),
    "empty": np.zeros((0, 3)),
    "deep": np.zeros((1,) * 20),
    "huge": np.zeros(1_000_000),
    "masked": np.ma.masked_array([1.0], mask=[True]),
    "nan": float("nan"),
    "inf": -float("inf"),
    "big": 10**400,
    "bytes": b"a",
    "long text": "a" * 100_000,
    "surrogate": "\ud800",
    "type": int,
    "module": np,
    "generator": (n for n in range(3)),
    "exception": ValueError("x"),
    "builtin": len,
    "ufunc": np.add,
    "notimplemented": NotImplemented,
}


def raise_it(error):
    def answer(*_, **__):
        raise error

    return answer


class HostileError(Exception):
    def __str__(self):
        raise RuntimeError("no words")

    __repr__ = __str__


def floods(*_):
    for _line in range(20_000):
        print("flood " * 20)


def mutates(*arguments):
    for argument in arguments:
        if isinstance(argument, np.ndarray):
            argument[...] = 17
        elif isinstance(argument, list):
            argument.clear()
    return 17


def disturbs(*_):
    random.seed(3)
    np.random.seed(3)
    np.seterr(all="raise")
    np.set_printoptions(precision=1)
    warnings.simplefilter("error")
    warnings.warn("disturbing", stacklevel=1)


def recurses(*arguments):
    return recurses(*arguments)


def calls_exit(*_):
    exit(3)


def yields(*_):
    yield 1


async def waits(*_):
    return 1


def always(value):
    return lambda *arguments: value


FUNCTIONS = {
    "no argument": lambda: 1,
    "one too many": lambda a, b, c, d, e, f, g: 1,
    "keywords only": lambda *, x: x,
    "raises": raise_it(ValueError("x")),
    "raises odd": raise_it(HostileError()),
    "raises exit": raise_it(SystemExit(1)),
    "raises base": raise_it(BaseException("x")),
    "raises generator exit": raise_it(GeneratorExit()),
    "raises memory": raise_it(MemoryError()),
    "raises stop": raise_it(StopIteration()),
    "exit": calls_exit,
    "floods": floods,
    "mutates": mutates,
    "disturbs": disturbs,
    "recurses": recurses,
    "yields": yields,
    "coroutine": waits,
    "returns itself": lambda *arguments: FUNCTIONS["returns itself"],
    "returns arguments": lambda *arguments: arguments,
    "returns ellipsis": lambda *arguments: ...,
    "returns text": lambda *arguments: "0.5",
    "returns loop": lambda *arguments: recursive_list(),
    **{f"returns {name}": always(value) for name, value in OBJECTS.items()},
}


def assert_feedback(exercise, answer):
    """Judging never raises, gives a proper feedback and leaves the world as it was."""
    python_state, numpy_state = random.getstate(), np.random.get_state()[1].copy()
    filters, errors, options = warnings.filters[:], np.geterr(), np.get_printoptions()
    feedback = exercise.judge(answer)
    assert type(feedback) is Feedback
    assert feedback.status in STATUSES
    assert type(feedback.message) is str and len(feedback.message) < 5_000
    if feedback.status != "answered":  # a text is compared with a model answer, which is long
        assert len(feedback.message) <= 400 and "\n" not in feedback.message
        assert "Traceback" not in feedback.message
    str(feedback)
    assert random.getstate() == python_state
    assert np.array_equal(np.random.get_state()[1], numpy_state)
    assert warnings.filters == filters and np.geterr() == errors
    assert np.get_printoptions() == options
    return feedback


def in_another_thread(work):
    """Run in a thread that is not the main one, and pass on what it raised."""
    caught = []

    def run():
        try:
            work()
        except BaseException as error:
            caught.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(60)
    assert not thread.is_alive()
    if caught:
        raise caught[0]


in_both = pytest.mark.parametrize(
    "somewhere", [lambda work: work(), in_another_thread], ids=["main", "thread"]
)


@in_both
@every_exercise
def test_odd_objects_are_answered(exercise, somewhere):
    def work():
        for name, value in OBJECTS.items():
            assert assert_feedback(exercise, value).status in {"wrong", "not yet", "answered"}, name

    somewhere(work)


@in_both
@every_exercise
def test_odd_functions_are_answered(exercise, somewhere, capsys):
    def work():
        for name, function in FUNCTIONS.items():
            # An answer that gives nothing back counts as a stub that was not filled in.
            status = assert_feedback(exercise, function).status
            assert status in {"wrong", "not yet"}, name

    somewhere(work)
    assert len(capsys.readouterr().out) < 2_000, "what an answer prints is capped"


def object_array(parts):
    """An array that holds the parts as they are, whatever their shapes."""
    array = np.empty(len(parts), dtype=object)
    for place, part in enumerate(parts):
        array[place] = part
    return array


numbers = st.one_of(st.integers(), st.floats(), st.complex_numbers(), st.booleans(), st.fractions())
leaves = st.one_of(numbers, st.text(), st.binary(max_size=20), st.none(), st.just(...), st.dates())
answers = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.tuples(inner, inner),
        st.dictionaries(st.text(max_size=3), inner, max_size=3),
        st.lists(inner, max_size=4).map(object_array),
    ),
    max_leaves=8,
)
shapes = st.lists(st.integers(0, 3), max_size=4).map(tuple)
arrays = st.builds(
    lambda shape, kind: np.zeros(shape, dtype=kind),
    shapes,
    st.sampled_from(["f8", "f2", "i1", "u8", "?", "c16", "U2", "S2", "O", "M8[s]", "m8[s]"]),
)


@in_both
@every_exercise
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.differing_executors],
)
@given(answer=st.one_of(answers, arrays))
def test_made_up_answers_are_answered(exercise, somewhere, answer):
    somewhere(lambda: assert_feedback(exercise, answer))
    somewhere(lambda: assert_feedback(exercise, lambda *arguments: answer))


@pytest.fixture
def short_limit(monkeypatch):
    monkeypatch.setattr(guard, "TIME_LIMIT", 0.3)


def loops(*_):
    while True:
        pass


def loops_and_catches(*_):
    while True:
        try:
            while True:
                pass
        except Exception:
            pass


@in_both
@pytest.mark.parametrize("endless", [loops, loops_and_catches])
def test_an_endless_loop_is_stopped(short_limit, somewhere, endless):
    exercise = made_up().exercises["add"]

    def work():
        start = time.perf_counter()
        feedback = assert_feedback(exercise, endless)
        assert feedback.status == "wrong" and "time" in feedback.message
        assert time.perf_counter() - start < 5
        # Nothing of the limit is left behind that could hit what the learner does next.
        until = time.perf_counter() + 0.5
        while time.perf_counter() < until:
            pass

    somewhere(work)


@in_both
@every(Function)
def test_an_endless_loop_is_stopped_in_every_function(exercise, short_limit, somewhere):
    somewhere(lambda: assert_feedback(exercise, loops))


def test_an_endless_object_is_stopped(short_limit):
    class Endless:
        def __array__(self, *_, **__):
            while True:
                pass

    exercise = made_up().exercises["half"]
    assert assert_feedback(exercise, Endless()).status == "wrong"


@in_both
def test_the_learners_own_interrupt_goes_through(somewhere):
    exercise = made_up().exercises["add"]
    with pytest.raises(KeyboardInterrupt):
        somewhere(lambda: exercise.judge(raise_it(KeyboardInterrupt())))


def test_an_answer_gets_copies():
    lesson = Exercises("97")

    @lesson.function(cases=[(np.arange(3.0),)], hints=["a", "b"])
    def total(x):
        return x.sum()

    exercise = lesson.exercises["total"]
    before = copy.deepcopy(exercise.cases)
    assert exercise.judge(mutates).status == "wrong"
    assert np.array_equal(exercise.cases[0][0], before[0][0])
    assert exercise.judge(lambda x: x.sum()).status == "right"


def made_up():
    """A lesson of one function and one value, to try the engine on."""
    lesson = Exercises("96")

    @lesson.function(cases=[(1.0, 2.0), (0.5, 0.0)], hints=["Add them.", "Use +."])
    def add(a, b):
        return a + b

    @add.misconception("difference", "You took the difference.")
    def _(a, b):
        return a - b

    lesson.value("half", code="half = 1 / 2", expected=0.5, hints=["a", "b"])
    return lesson


# --- controls: these tests can fail ----------------------------------------------------------


def test_a_wrong_solution_would_be_seen():
    exercise = made_up().exercises["add"]
    assert exercise.judge(lambda a, b: a * b).status == "wrong"
    assert exercise.judge(lambda a, b: a - b).message == "You took the difference."
    assert exercise.judge(lambda a, b: a + b).status == "right"
    assert exercise.judge(lambda a, b: a + b + 1e-3).status == "wrong"


def test_a_raising_judge_would_be_seen(monkeypatch):
    exercise = made_up().exercises["half"]
    monkeypatch.setattr(exercise, "judge", raise_it(ValueError("judge raises")))
    with pytest.raises(ValueError, match="judge raises"):
        assert_feedback(exercise, 1)


def test_a_changed_random_state_would_be_seen(monkeypatch):
    exercise = made_up().exercises["half"]
    monkeypatch.setattr(exercise, "judge", lambda _: (random.seed(9), Feedback("wrong", ""))[1])
    with pytest.raises(AssertionError):
        assert_feedback(exercise, 1)
