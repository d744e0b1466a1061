"""Marks for a class: honest, wrong and hostile notebooks, side by side, none stops the others."""

import copy
import csv
import json
import os
import subprocess
import symtable
import sys
import textwrap
import time
import unicodedata
from pathlib import Path

import numpy as np
import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_exercises import OBJECTS, answers, arrays

from medlearn import language, lessons
from medlearn.__main__ import main
from medlearn.exercises import all_lessons
from medlearn.exercises.engine import Function, Text
from medlearn_classroom import ClassroomError, spreadsheets
from medlearn_classroom.marking import (
    copies,
    grading,
    handins,
    learners,
    limits,
    marks,
    runner,
    supervisor,
    tables,
    totals,
)
from medlearn_classroom.marking.answers import decode, mark
from medlearn_classroom.marking.grading import grade_files
from medlearn_classroom.marking.limits import Limits, Stop
from medlearn_classroom.marking.notebook import grade_notebook, seed_for
from tools import execute

ROOT = Path(__file__).resolve().parents[1]
LESSONS = lessons.find()
STEMS = [lesson.stem for lesson in LESSONS.values()]
EX = all_lessons()["01"].exercises
STUBS = {
    name: f"def {name}(*arguments):\n    ..." if isinstance(e, Function) else f"{name} = ..."
    for name, e in EX.items()
}
SOLVED = {name: exercise.code for name, exercise in EX.items()}
posix = pytest.mark.skipif(os.name == "nt", reason="uses fork and signals")


def code(source, *tags):
    return {
        "cell_type": "code",
        "metadata": {"tags": list(tags)},
        "source": textwrap.dedent(source).strip(),
        "outputs": [],
    }


def notebook(filled=SOLVED, *, first=(), last=(), without=()):
    """A short lesson 01: its names, its exercises, and cells before and after them."""
    cells = [
        code("import numpy as np\nfrom medlearn.exercises import lesson_01 as ex"),
        code("def sigmoid(z):\n    return 1 / (1 + np.exp(-z))"),
        *(code(source) for source in first),
    ]
    for name in EX:
        if name not in without:
            cells.append(code({**STUBS, **filled}[name], f"exercise:{name}"))
            cells.append(code(f"ex.{name}.check({name})\n# ex.{name}.hint()", f"check:{name}"))
    cells += [code(source) for source in last]
    metadata = {"medlearn": {"lesson": "01"}}
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def but(**other):
    return {**SOLVED, **other}


def left_behind(word):
    """A cell whose grandchild leaves family and session, and forgets who started it."""
    sleep = """
        import os, sys, time
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                open("there", "w").close()
                time.sleep(300)
            os._exit(0)
    """
    return f"""
        import subprocess, sys, time
        from pathlib import Path
        subprocess.Popen([sys.executable, "-c", {textwrap.dedent(sleep)!r}, {word!r}])
        while not Path("there").exists():
            time.sleep(0.05)
    """


def running(word):
    """The processes with a word in their command."""
    found = []
    for process in psutil.process_iter():
        try:
            if word in process.cmdline() and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.Error:
            pass
    return found


PATCHES = """
    import builtins, sys
    from medlearn.exercises import engine, function, guard
    from medlearn_classroom.marking import answers, notebook, runner
    right = engine.Feedback("right", "")
    for kind in (engine.Function, engine.Value, engine.Choice, engine.Text):
        kind.check = kind.judge = kind.assess = lambda *_: right
    engine.Function.compare = lambda *_: right
    engine.Function.collect = lambda self, answer, cases: ([0.5 for _ in cases], None)
    engine.Feedback.__init__ = lambda self, *_: None
    function.difference = engine.difference = lambda *_: None
    np.allclose = np.array_equal = lambda *_, **__: True
    for name, exercise in ex.lesson.exercises.items():
        exercise.check = exercise.judge = exercise.assess = lambda *_: right
        exercise.solution_function = lambda *_: 0.5
        exercise.expected, exercise.answer, exercise.cases = 0.5, "a", exercise.cases[:1] if (
            hasattr(exercise, "cases")) else None
    sys.modules["medlearn.exercises.engine"] = right
    sys.modules["medlearn_classroom.marking.answers"] = right
    answers.mark = notebook.grade_notebook = lambda *_, **__: right
    builtins.zip = lambda *_, **__: []
"""

FAKES = """
    import json, os
    fakes = [{"event": "ran", "index": i, "text": "", "error": None} for i in range(40)]
    for name in ex.lesson.exercises:
        fakes += [
            {"event": "asked", "name": name},
            {"event": "answer", "name": name, "status": "right", "points": 99},
            {"event": "answer", "name": name, "value": "c", "stopped": "it was right"},
            {"event": "answer", "name": name, "rounds": [{"feedback": ["right", ""]}] * 2},
        ]
    fakes += [{"event": "asked", "name": "nobody"}, {"event": "cell", "index": 10**9}, [], 7]
    text = "".join(f"{json.dumps(fake)}\\n" for fake in fakes) + "[" * 100_000 + "half a line"
    for number in range(256):
        try:
            os.write(number, text.encode())
        except OSError:
            pass
"""

LIAR = """
    class Liar:
        def __eq__(self, other): return True
        __hash__ = None
        def __array__(self, *_, **__): raise SystemExit
        def __iter__(self): return iter([6, -2])
        def __len__(self): return 2
        @property
        def __class__(self): return tuple
        def __repr__(self): return "(6, -2)"
        def __deepcopy__(self, _): return ex.collapse.expected
        def __reduce__(self): return (tuple, ([6, -2],))
"""

CASES = """
    import pickle
    known = {pickle.dumps(case): f.solution_function(*case)
             for f in (ex.neuron, ex.sigmoid_slope, ex.two_layers) for case in f.cases}
"""
BY_HEART = "def {}(*case):\n    return known.get(pickle.dumps(case), 0.5)"

STUBBORN = """
    def neuron(x, w, b):
        while True:
            try:
                while True:
                    pass
            except BaseException:
                pass
"""

PROBLEM = {}  # of each hostile notebook: what the teacher reads, or None
WRONG = "wrong"


def submissions(word):
    """Name, notebook, points, other statuses than those of a perfect one, and the problem said."""
    half = {name: SOLVED[name] for name in ("neuron", "sigmoid_slope", "silent")}
    misconceived = but(
        neuron="def neuron(x, w, b):\n    return sigmoid(np.dot(w, x))",
        silent='silent = "a"',
        collapse="collapse = (5, -3)",
    )
    exits = [
        "exit()",
        "quit()",
        "import sys; sys.exit(3)",
        "raise SystemExit",
        "0/0",
        "(",
        "input()",
    ]
    stubs = dict.fromkeys(EX, "not yet")
    by_heart = {n: BY_HEART.format(n) for n in ("neuron", "sigmoid_slope", "two_layers")}
    hangs = "def neuron(x, w, b):\n    while True:\n        pass"
    yield "perfect", notebook(), 9, {}, None
    yield "empty", notebook({}), 0, stubs, None
    yield "half", notebook(half), 5, {n: stubs[n] for n in EX if n not in half}, None
    yield (
        "misconceived",
        notebook(misconceived),
        5,
        {"neuron": WRONG, "silent": WRONG, "collapse": WRONG},
        None,
    )
    yield (
        "by heart",
        notebook(but(**by_heart), first=[CASES]),
        3,
        dict.fromkeys(by_heart, WRONG),
        None,
    )
    yield "loop in a cell", notebook(first=["while True: pass"]), 9, {}, "cell 3 was left out"
    yield "loop in an answer", notebook(but(neuron=hangs)), 7, {"neuron": WRONG}, None
    yield "stubborn", notebook(but(neuron=STUBBORN)), 7, {"neuron": WRONG}, "neuron was left out"
    yield (
        "flood",
        notebook(first=["while True: print('x' * 1000)"]),
        9,
        {},
        "cell 3 was left out: it was stopped",
    )
    yield "exits", notebook(first=exits, last=exits), 9, {}, None
    yield (
        "ends the process",
        notebook(first=["import os; os._exit(0)"]),
        9,
        {},
        "cell 3 was left out: it ended the whole process (exit code 0)",
    )
    yield (
        "ends it in an answer",
        notebook(but(neuron="import os\ndef neuron(x, w, b):\n    os._exit(0)")),
        7,
        {"neuron": WRONG},
        "neuron was left out: it ended the whole process (exit code 0)",
    )
    yield (
        "patched",
        notebook(
            {"neuron": "neuron = lambda x, w, b: 0.5", "border": 'border = "b"'}, last=[PATCHES]
        ),
        0,
        {**stubs, "neuron": WRONG, "border": WRONG, "sigmoid_slope": WRONG, "two_layers": WRONG},
        None,
    )
    yield "fakes", notebook({}, first=[FAKES], last=[FAKES]), 0, stubs, None
    yield (
        "deleted",
        notebook(without=("neuron", "collapse", "verdict")),
        6,
        dict.fromkeys(("neuron", "collapse", "verdict"), "missing"),
        None,
    )
    yield "failing import", notebook(first=["import no_such_package"]), 9, {}, None
    yield (
        "answer that fails",
        notebook(but(collapse="collapse = (6, -2) / 0")),
        8,
        {"collapse": "missing"},
        None,
    )
    yield (
        "50 MB",
        notebook(
            but(
                collapse="collapse = np.zeros(6_500_000)",
                neuron="def neuron(x, w, b):\n    return np.zeros(6_500_000)",
                verdict="verdict = 'x' * 50_000_000",
            )
        ),
        6,
        {"collapse": WRONG, "neuron": WRONG},  # of the text, the beginning is read
        None,
    )
    yield (
        "liar",
        notebook(
            but(
                collapse="collapse = Liar()",
                silent="silent = Liar()",
                neuron="def neuron(x, w, b):\n    return Liar()",
                two_layers="two_layers = Liar()",
            ),
            first=[LIAR],
        ),
        3,
        {n: WRONG for n in ("collapse", "silent", "neuron", "two_layers")},
        None,
    )
    yield (
        "recursion",
        notebook(
            but(
                neuron="def neuron(x, w, b):\n    return neuron(x, w, b)",
                collapse="collapse = []\ncollapse.append(collapse)",
            )
        ),
        6,
        {"neuron": WRONG, "collapse": WRONG},
        None,
    )
    hog = "import time\nparts = np.ones(50_000_000)\ntime.sleep(60)"
    yield "memory", notebook(first=[hog]), 9, {}, "it used more than 400 MB of memory"
    files = "for i in range(9):\n    open(f'{i}', 'wb').write(bytes(20_000_000))\n" * 2
    files += "import time; time.sleep(60)"
    yield "files", notebook(first=[files]), 9, {}, "it wrote more than 100 MB of files"
    yield (
        "large file",
        notebook(first=["open('x', 'wb').write(bytes(150_000_000))"]),
        9,
        {},
        None,
    )
    if os.name == "nt":
        return
    yield (
        "segfault",
        notebook(first=["import ctypes; ctypes.string_at(0)"]),
        9,
        {},
        "it ended the whole process (SIGSEGV)",
    )
    yield "closes all", notebook(first=["import os; os.closerange(0, 256)"]), 9, {}, "cell 3"
    yield (
        "floods the pipe",
        notebook(
            first=["import os\nwhile True:\n    for n in range(256):\n        try:\n"
            "            os.write(n, b'x' * 9999)\n        except OSError:\n            pass"]
        ),
        9,
        {},
        "cell 3 was left out",
    )  # fmt: skip
    yield "left behind", notebook(first=[left_behind(word)]), 9, {}, None
    forks = (
        "import os, time\nfor _ in range(60):\n    if os.fork() == 0:\n        time.sleep(300)\n"
    )
    yield (
        "forks",
        notebook(first=[forks + "time.sleep(60)"]),
        9,
        {},
        "it started more than 40 processes",
    )
    yield "forks and goes on", notebook(first=["import os; os.fork()"]), 9, {}, None


LEFT_BEHIND = f"left-behind-{os.getpid()}"
LIMITS = Limits(
    cell_seconds=10, answer_seconds=1, memory_mb=400, files_mb=100, processes=40, total_seconds=300
)
SEED = 11


def perfect_statuses():
    return {name: "to read" if isinstance(e, Text) else "right" for name, e in EX.items()}


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return path


def rows(path):
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def alive(pid):
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.fixture(scope="module")
def marked(tmp_path_factory):
    """The whole class, marked once, two notebooks at a time."""
    folder = tmp_path_factory.mktemp("class")
    expected, files = {}, []
    for name, content, *rest in submissions(LEFT_BEHIND):
        expected[name] = rest
        files.append(write(folder / "in" / f"{name}.ipynb", content))
    broken = {
        "half saved": '{"cells": [',
        "a list": "[]",
        "deep": "[" * 200_000,
        "no cells": "{}",
        "odd cells": {"cells": [3]},
        "odd tags": {"cells": [{"cell_type": "code", "source": "", "metadata": {"tags": 3}}]},
        "other lesson": {"cells": [code("1")], "metadata": {"medlearn": {"lesson": "99"}}},
        "empty file": "",
    }
    for place, (name, content) in enumerate(broken.items()):
        files.insert(2 * place, write(folder / "in" / f"{name}.ipynb", content))
    huge = folder / "in" / "huge.ipynb"
    with huge.open("wb") as stream:
        stream.truncate(handins.LARGEST_FILE + 1)
    files += [huge, folder / "in" / "gone.ipynb"]
    lines = []
    graded = grade_files(
        files, folder / "out.csv", seed=SEED, jobs=2, limits=LIMITS, whole=True, report=lines.append
    )
    by_name = {one.learner: one for one in graded}
    return folder, expected, by_name, lines, files, list(broken)


HOSTILE = [
    pytest.param(name, id=name) for name, *_ in submissions(LEFT_BEHIND)
]  # the notebooks themselves are made again, with a real path, in `marked`


@pytest.mark.slow
class TestClass:
    @pytest.mark.parametrize("name", HOSTILE)
    def test_marks(self, marked, name):
        _, expected, graded, *_ = marked
        points, statuses, problem = expected[name]
        one = graded[name]
        got = {mark.exercise: mark.status for mark in one.marks}
        assert got == {**perfect_statuses(), **statuses}
        assert one.points == points and one.out_of == 11
        if problem is None:
            assert one.problem is None
        else:
            assert problem in one.problem

    def test_the_table_says_the_same(self, marked):
        folder, expected, *_ = marked
        table = {row["learner"]: row for row in rows(folder / "out.csv")}
        details = rows(folder / "out_exercises.csv")
        for name, (points, *_) in expected.items():
            assert float(table[name]["points"]) == points
            assert table[name]["seed"] == str(SEED)
            own = [row for row in details if row["learner"] == name]
            assert [row["exercise"] for row in own] == list(EX)
            assert sum(float(row["points"] or 0) for row in own) == points
            assert sum(float(row["out_of"]) for row in own) == 11
            for status in ("right", "wrong", "missing"):
                assert int(table[name][status]) == sum(r["status"] == status for r in own)

    def test_broken_files_are_named_and_stop_nobody(self, marked):
        folder, _, graded, _, files, broken = marked
        table = rows(folder / "out.csv")
        assert [row["file"] for row in table] == [str(file) for file in files], "in their order"
        said = {name: graded[name].problem for name in (*broken, "huge", "gone")}
        assert said.pop("empty file") == "the file is empty"
        assert said.pop("huge").startswith("larger than 50 MB")
        assert said.pop("gone") == "no such file"
        assert said.pop("other lesson").startswith("of no lesson")
        assert "JSON" in said.pop("half saved") and "JSON" in said.pop("deep")
        assert all(text.startswith("no notebook") for text in said.values()), said
        assert all(not row["points"] for row in table if row["learner"] in broken)

    def test_misconceptions_get_their_message(self, marked):
        _, _, graded, lines, *_ = marked
        messages = {mark.exercise: mark.message for mark in graded["misconceived"].marks}
        assert messages["neuron"].startswith("You left out the bias.")
        assert messages["silent"] == EX["silent"].misconceptions["a"].message
        names = {mark.exercise: mark.misconception for mark in graded["misconceived"].marks}
        assert names == {**dict.fromkeys(EX, ""), "neuron": "no_bias", "silent": "a"} | {
            "collapse": "(5, -3)"
        }
        assert messages["collapse"] == EX["collapse"].misconceptions["(5, -3)"].message
        many = len([one for one in graded.values() if one.marks])
        assert any(line.endswith(f": 1 of {many}: {messages['collapse']}"[2:]) for line in lines)

    def test_cells_report_what_they_printed_and_raised(self, marked):
        _, _, graded, *_ = marked
        errors = [cell.error for cell in graded["exits"].cells if cell.error]
        kinds = ["SystemExit", "SystemExit", "ZeroDivisionError", "SyntaxError", "EOFError"] * 2
        assert [error.splitlines()[0].split(":")[0] for error in errors] == kinds
        assert "line 1" in errors[2]
        missing = {m.exercise: m.message for m in graded["answer that fails"].marks}["collapse"]
        assert missing.startswith("Its cell failed: TypeError: unsupported operand")
        assert graded["failing import"].cells[2].error.startswith("ModuleNotFoundError")
        assert graded["large file"].cells[2].error.startswith("OSError")

    @posix
    def test_nothing_is_left_running(self, marked):
        assert marked
        assert running(LEFT_BEHIND) == []
        mine = psutil.Process().children(recursive=True)
        assert not [p for p in mine if "medlearn_classroom.marking.runner" in " ".join(p.cmdline())]

    def test_texts_stand_beside_the_model_answer(self, marked):
        folder, *_ = marked
        text = (folder / "out_to_read.md").read_text("utf-8")
        assert f"A model answer: {EX['verdict'].model_answer}" in text
        assert all(f"- {item}" in text for item in EX["verdict"].checklist)
        (own,) = [part for part in text.split("\n### ") if part.startswith("perfect\n")]
        assert "**Look: the model answer.**\n\n    When I raise the bias" in own

    def test_progress_is_shown(self, marked):
        _, _, _, lines, files, _ = marked
        counted = [line for line in lines if f" of {len(files)} · " in line]
        assert len(counted) == len(files)
        assert any("· perfect · lesson 01 · 9 of 11 points · 1 to read · " in li for li in counted)
        assert lines[-1].endswith(f"--seed {SEED}")
        assert any(line.startswith("lesson 01 · neuron: ") for line in lines)

    def test_jobs_and_the_seed(self, marked, tmp_path):
        folder, *_ = marked
        chosen = [folder / "in" / f"{name}.ipynb" for name in ("by heart", "misconceived", "half")]
        grade_files(chosen, tmp_path / "a.csv", seed=SEED, jobs=1, whole=True, report=str)
        again = {row["learner"]: row for row in rows(tmp_path / "a.csv")}
        before = {row["learner"]: row for row in rows(folder / "out.csv")}
        for row in (*again.values(), *before.values()):
            del row["flags"]
        assert again == {name: before[name] for name in again}
        again = rows(tmp_path / "a_exercises.csv")
        before = rows(folder / "out_exercises.csv")
        for row in (*again, *before):
            del row["flags"]  # which name the others that were marked
        assert again == [r for c in chosen for r in before if r["learner"] == c.stem]


def test_each_learner_has_own_cases():
    made = {}
    for seed, learner in [(1, "ada"), (1, "bob"), (2, "ada"), (1, "ada")]:
        number = seed_for(seed, learner, "01", "neuron")
        made.setdefault(repr(EX["neuron"].fresh_cases(np.random.default_rng(number))), []).append(
            (seed, learner)
        )
    assert sorted(made.values()) == [[(1, "ada"), (1, "ada")], [(1, "bob")], [(2, "ada")]]


# --- the talk between the processes ----------------------------------------------------------

OTHERS = [e for n in ("00", "01", "03", "04") for e in all_lessons()[n].exercises.values()]
OTHERS = [e for e in OTHERS if not isinstance(e, Function)]


def sent(value):
    return decode(json.loads(json.dumps(runner.encode(value))))


@pytest.mark.parametrize("name", [name for name in OBJECTS if name != "text"])
def test_odd_answers_are_judged_as_if_nothing_was_sent(name):
    for exercise in OTHERS:
        with np.errstate(all="ignore"):
            assert (
                exercise.assess(sent(OBJECTS[name])).status == exercise.judge(OBJECTS[name]).status
            )


def test_a_text_of_numpy_is_a_text():
    assert EX["silent"].assess(sent(np.str_("c"))).status == "right"
    assert sent(OBJECTS["text"]) == "a"  # whatever its methods do


@settings(max_examples=60, deadline=None)
@given(answer=st.one_of(answers, arrays))
def test_made_up_answers_are_judged_as_if_nothing_was_sent(answer):
    for exercise in OTHERS:
        with np.errstate(all="ignore"):
            assert exercise.assess(sent(answer)).status == exercise.judge(answer).status


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("number", all_lessons())
def test_results_and_misconceptions_survive_the_way(number):
    for exercise in all_lessons()[number].exercises.values():
        if isinstance(exercise, Function):
            cases = exercise.cases + exercise.fresh_cases(np.random.default_rng(5))
            results, _ = exercise.collect(exercise.solution_function, cases)
            assert exercise.compare([sent(one) for one in results], cases).status == "right"
            for known in exercise.misconceptions.values():
                # As the runner says it, by way of JSON; nothing is believed but the name.
                said = runner.collected(exercise, known.wrong, exercise.cases)
                said = {"rounds": [json.loads(json.dumps(said))]}
                found = mark(exercise, said, 5)
                assert (found.status, found.message) == ("wrong", known.message)
                assert found.misconception == known.name


@pytest.mark.parametrize(
    "data",
    [
        {"a": 1}, [], ["list"], ["list", 3], ["tuple", [["?"]]], ["complex", "1", "2"],
        ["array", "O", [1], "AAAA"], ["array", "<f8", [2], "AAAA"], ["array", "<f8", ["x"], ""],
        ["array", "<f99", [1], "AAAA"], ["objects", [3], [1]], ["other", 3, "", False],
        ["array", "<f8", [10**30], ""],
    ],
)  # fmt: skip
def test_what_is_no_answer_is_refused(data):
    with pytest.raises(ValueError, match="unreadable answer"):
        decode(data)


@pytest.mark.parametrize(
    "said",
    [
        {}, {"value": ["?"]}, {"rounds": 3}, {"rounds": []}, {"rounds": [{"results": [0.5]}] * 2},
        {"rounds": [{"feedback": ["right", "me"]}] * 2}, {"rounds": [{"feedback": "right"}]},
        {"results": []},
    ],
)  # fmt: skip
def test_a_meddled_answer_gets_no_point(said):
    for exercise in EX.values():
        got = mark(exercise, said, 1)
        assert got.points == 0 and got.status != "right"


def test_half_of_the_cases_is_not_enough():
    neuron, seed = EX["neuron"], 1
    fresh = neuron.fresh_cases(np.random.default_rng(seed))
    rounds = [
        {"results": [runner.encode(float(neuron.solution_function(*case))) for case in cases]}
        for cases in (neuron.cases, fresh)
    ]
    assert mark(neuron, {"rounds": rounds}, seed).points == 2
    assert mark(neuron, {"rounds": rounds}, seed + 1).points == 0
    assert mark(neuron, {"rounds": rounds[:1]}, seed).points == 0


# --- files -----------------------------------------------------------------------------------


def handed(*paths):
    """Things that were handed in, below the folder "class", of lesson 01 or 00."""
    return [
        (
            handins.HandIn(Path("class", path), path, tuple(path.split("/")), above="class"),
            "00" if "00_start" in path else "01",
        )
        for path in paths
    ]


NAME = "01_neurons_and_activations"


@pytest.mark.parametrize(
    ("paths", "names"),
    [
        # One folder each, whatever the files in them are called.
        ([f"ada/{NAME}.ipynb", f"bob/{NAME} (1).ipynb"], ["ada", "bob"]),
        ([f"ada/Copy of {NAME}.ipynb", f"bob/Copy of {NAME}.ipynb"], ["ada", "bob"]),
        (["ada/Untitled.ipynb", "bob/2.ipynb", "cem/solved.ipynb"], ["ada", "bob", "cem"]),
        ([f"ada/{NAME}-DESKTOP-AB12CD3.ipynb", f"ada/Kopie von {NAME}.ipynb"], ["ada", "ada"]),
        ([f"ada/old/{NAME}.ipynb", f"ada/{NAME}_v2.ipynb"], ["ada", "ada"]),
        ([f"ada/week 1/{NAME}.ipynb", f"ada/week 2/{NAME}.ipynb"], ["ada", "ada"]),
        (["ada/a/00_start_here.ipynb", f"ada/b/{NAME}.ipynb"], ["ada", "ada"]),
        # A group's folder, or a lesson's: who is in it is named below.
        ([f"group b/ada/{NAME}.ipynb", f"group b/bob/{NAME}.ipynb"], ["ada", "bob"]),
        (["group b/ada_01.ipynb", "group b/bob_01.ipynb"], ["ada", "bob"]),
        ([f"{NAME}/ada.ipynb", f"{NAME}/bob.ipynb"], ["ada", "bob"]),
        ([f"Lesson 01/ada/{NAME}.ipynb"], ["ada"]),
        # Files alone.
        ([f"ada_{NAME}.ipynb", f"{NAME}_bob.ipynb"], ["ada", "bob"]),
        (["Ada Byron.ipynb", "Ada Lovelace 01.ipynb"], ["Ada Byron", "Ada Lovelace"]),
        ([f"Grace Hopper_{NAME}.ipynb", "01 [lovelace].ipynb"], ["Grace Hopper", "lovelace"]),
        ([f"{NAME} (Marie Curie).ipynb", "01_andersen.ipynb"], ["Marie Curie", "andersen"]),
        (["Alan Turing - Lesson 1.ipynb", "student01.ipynb"], ["Alan Turing", "student01"]),
        (["student_07.ipynb", "816013096.ipynb"], ["student_07", "816013096"]),
        ([f"{NAME}.ipynb"], ["class"]),
        ([f"{NAME}.ipynb", f"Copy of {NAME}.ipynb"], [NAME, f"Copy of {NAME}"]),
        ([f"{NAME}.sync-conflict-20261101-101010-ABCDEFG.ipynb", "ada_01.ipynb"],
         [f"{NAME}.sync-conflict-20261101-101010-ABCDEFG", "ada"]),
        # What platforms make.
        (["Anna Müller_1048576_assignsubmission_file_/01.ipynb",
          "Anna Müller_1048999_assignsubmission_file_/01.ipynb"],
         ["Anna Müller (1048576)", "Anna Müller (1048999)"]),
        ([f"Ada_123_assignsubmission_file_{NAME}.ipynb"], ["Ada (123)"]),
        ([f"obriensean_LATE_12346_678911_{NAME}.ipynb", f"liwei_77_678912_{NAME}-1.ipynb"],
         ["obriensean (12346)", "liwei (77)"]),
        ([f"submitted/ada/{NAME}/{NAME}.ipynb"], ["ada"]),
        ([f"course/submitted/ada/{NAME}/Copy of {NAME}.ipynb"], ["ada"]),
    ],
)  # fmt: skip
def test_who_handed_in_is_read_from_the_layout(paths, names):
    assert [str(one) for one in learners.identify(handed(*paths), STEMS)] == names


def test_composed_and_decomposed_letters_are_one_person(tmp_path):
    for n, form in enumerate(("NFC", "NFD")):
        write(tmp_path / f"in{n}" / unicodedata.normalize(form, "Jörg") / "01.ipynb", notebook())
    found = handins.find([tmp_path / "in0", tmp_path / "in1"], tmp_path)
    who = learners.identify([(one, "01") for one in found.found], STEMS)
    assert [one.name for one in who] == ["Jörg", "Jörg"]


def test_the_learner_is_named_as_asked():
    def name(path, learner_from):
        return learners.identify(handed(path), STEMS, learner_from)[0].name

    assert name("in/01_neurons_and_activations_ada.ipynb", "folder") == "in"
    assert name("ada/(1).ipynb", "file") == "(1)"
    assert name("ada/bob_01.ipynb", "file") == "bob"


@pytest.mark.parametrize("lesson", LESSONS.values(), ids=STEMS)
def test_a_lesson_is_recognised_by_each_of_its_signs(lesson):
    def found(metadata, name="", cells=()):
        return lessons.origin({"cells": list(cells), "metadata": metadata}, name, LESSONS, STEMS)

    number, own = lesson.number, lesson.notebook["metadata"]["medlearn"]
    assert found({}, cells=lesson.cells) == number, "by the title of its header"
    assert found({}, f"ada_{lesson.path.name}") == number
    assert found({"medlearn": {"copy_of": {"lesson": lesson.path.name}}}, "ada.ipynb") == number
    assert found({"medlearn": own}) == number
    for odd in ("x", {"medlearn": 3}, {"medlearn": {"lesson": ["01"], "copy_of": 3}}, None):
        assert found(odd) is None


def used(table):
    """The global names that the functions of a cell use."""
    for part in table.get_children():
        yield from (s.get_name() for s in part.get_symbols() if s.is_global())
        yield from used(part)


@pytest.mark.parametrize("lesson", LESSONS.values(), ids=STEMS)
def test_no_lesson_binds_an_answer_or_what_it_uses_again(lesson):
    """Answers are taken when the last cell has run: what they are then must be what they were."""
    exercises = all_lessons()[lesson.number].exercises
    needed, bound_again = set(), set()
    for cell in execute.read(lesson.path).cells:
        if cell.cell_type == "code":
            name = lessons.tagged(cell, "exercise")
            source = exercises[name].code if name else cell.source
            table = symtable.symtable(source, lesson.path.name, "exec")
            bound = {s.get_name() for s in table.get_symbols() if s.is_assigned()}
            bound_again |= bound & needed
            if name:
                needed |= {name, *used(table)} - {"np"}
    assert not bound_again


def test_marks_that_cannot_be_written_are_named_before_marking(tmp_path, monkeypatch):
    file = write(tmp_path / "ada.ipynb", notebook())
    monkeypatch.setattr(grading, "grade_notebook", lambda *_, **__: pytest.fail("was marked"))
    with pytest.raises(ClassroomError, match=r"cannot be written to .*Nothing was marked"):
        grade_files([file], file / "out.csv", report=str)

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tables.os, "fsync", full)
    with pytest.raises(ClassroomError, match="No space left on device"):
        grade_files([file], tmp_path / "out.csv", report=str)
    assert not (tmp_path / "out.csv").exists()


def test_there_must_be_something_to_mark(tmp_path):
    with pytest.raises(ClassroomError, match="nothing to mark"):
        grade_files([], tmp_path / "out.csv")
    with pytest.raises(ClassroomError, match="no notebooks"):
        grade_files([tmp_path], tmp_path / "out.csv")
    with pytest.raises(ClassroomError, match="Nothing is called"):
        grade_files([tmp_path / "*.ipynb"], tmp_path / "out.csv")
    marks = write(tmp_path / "out.csv", "marks of before")
    with pytest.raises(ClassroomError, match=r"no .*mistyped, .*gone.ipynb. Nothing was marked"):
        grade_files([tmp_path / "mistyped", tmp_path / "gone.ipynb"], marks)
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"], "nothing was moved"
    with pytest.raises(ValueError, match="learner_from is"):
        grade_files([tmp_path], tmp_path / "out.csv", learner_from="name")
    with pytest.raises(ValueError, match="no lesson '77'"):
        grade_notebook(notebook(), learner="ada", seed=1, lesson="77")


@posix
def test_a_file_that_is_none_does_not_wait_for_a_writer(tmp_path):
    os.mkfifo(tmp_path / "ada.ipynb")
    (one,) = grade_files([tmp_path / "ada.ipynb"], tmp_path / "out.csv", report=str)
    assert one.problem == "this is no file"


def fake_marks(monkeypatch, answer="A text that a person reads, of more than eight words."):
    """Marks without running anything, for what is only about files."""

    def run(job, *_):
        said = {name: {"missing": True} for name in job["answers"]}
        return supervisor.Ran(answers={**said, "verdict": {"value": answer}})

    monkeypatch.setattr(supervisor, "run", run)


def test_folders_patterns_and_two_of_the_same(tmp_path, monkeypatch):
    fake_marks(monkeypatch)
    name = "01_neurons_and_activations"
    write(tmp_path / "in" / "ada" / f"{name}.ipynb", notebook())
    write(tmp_path / "in" / "ada" / f"{name} (1).ipynb", notebook())
    write(tmp_path / "in" / "bob" / f"{name}.ipynb", notebook())
    write(tmp_path / "in" / "bob" / ".ipynb_checkpoints" / f"{name}-checkpoint.ipynb", notebook())
    lines = []
    pattern = str(tmp_path / "in" / "b*" / "*.ipynb")
    grade_files([tmp_path / "in", pattern], tmp_path / "out.csv", report=lines.append)
    table = rows(tmp_path / "out.csv")
    assert [row["learner"] for row in table] == ["ada", "ada", "bob"]
    (warning,) = [line for line in lines if line.startswith("!")]
    assert warning.startswith("! ada handed in lesson 01 more than once") and "(1).ipynb" in warning
    seeds = {row["seed"] for row in table}
    assert len(seeds) == 1 and lines[-1].endswith(f"--seed {seeds.pop()}")


def test_earlier_marks_are_kept(tmp_path, monkeypatch):
    fake_marks(monkeypatch)
    file = write(tmp_path / "ada.ipynb", notebook())
    write(tmp_path / "out.csv", "2 points for the text, by hand")
    lines = []
    for _ in range(2):
        grade_files([file], tmp_path / "out.csv", seed=1, report=lines.append)
    assert (tmp_path / "out_earlier1.csv").read_text() == "2 points for the text, by hand"
    assert lines[0] == "! Earlier marks are kept as out_earlier1.csv."
    assert (tmp_path / "out_earlier2.csv").read_bytes() == (tmp_path / "out.csv").read_bytes()
    assert (tmp_path / "out_exercises_earlier2.csv").exists()
    assert (tmp_path / "out_to_read_earlier2.md").exists()


def test_no_cell_becomes_a_formula(tmp_path, monkeypatch):
    fake_marks(monkeypatch, '\n =HYPERLINK("http://x", "click")\n<b>and</b> more words\x1b[0m')
    write(tmp_path / "in" / "=1+1.ipynb", notebook())
    write(tmp_path / "in" / "-Zoë.ipynb", notebook())
    write(tmp_path / "in" / "a" / "-Zoë.ipynb", notebook())
    if os.name == "posix":
        write(tmp_path / "in" / "\x1b]0;title\x07\n.ipynb", notebook())
    lines = []
    grade_files([tmp_path / "in"], tmp_path / "out.csv", seed=1, report=lines.append)
    assert all(line.isprintable() for line in lines), "no line controls the terminal"
    for file in ("out.csv", "out_exercises.csv"):
        for row in rows(tmp_path / file):
            assert not any(value[:1] in "=+-@" for value in row.values() if value), row
    table = rows(tmp_path / "out.csv")
    assert {"'=1+1", "Zoë"} < {row["learner"] for row in table}
    text = (tmp_path / "out_to_read.md").read_text("utf-8")
    assert '\n    =HYPERLINK("http://x", "click") <b>and</b> more words' in text
    assert "\x1b" not in text


def test_core_and_deeper_points_are_those_of_the_course(tmp_path, monkeypatch):
    fake_marks(monkeypatch)
    core = {"neuron", "border", "verdict"}
    expected = {name: "core" if name in core else "deeper" for name in EX}
    graded = grade_notebook(notebook(), learner="ada", seed=1)  # which has no headings
    assert {mark.exercise: mark.part for mark in graded.marks} == expected
    assert (graded.core_out_of, graded.out_of) == (5, 11)
    own = {"cell_type": "markdown", "source": "## 9. Mine", "metadata": {"tags": ["core"]}}
    # A learner's headings are not asked.
    moved = {"cells": [own, *LESSONS["01"].cells], "metadata": {}}
    graded = grade_notebook(moved, learner="ada", seed=1)
    assert {mark.exercise: mark.part for mark in graded.marks} == expected


def test_without_the_lessons_marks_are_given_and_no_part_is_named(monkeypatch, tmp_path):
    fake_marks(monkeypatch)
    monkeypatch.setattr(lessons, "__file__", str(tmp_path / "site-packages/medlearn/lessons.py"))
    graded = grade_notebook(notebook(), learner="ada", seed=1)
    assert graded.lesson == "01" and graded.out_of == 11
    assert {mark.part for mark in graded.marks} == {""}


def test_copied_texts_are_named_and_paragraphs_filled(tmp_path):
    model = EX["verdict"].model_answer
    lines = "An\nunusual answer of more words\nthan eight.\n\n- one\n- two"
    texts = {"ada": model.upper(), "bob": lines, "eve": f" {lines}\n", "zoe": "Her own."}
    texts = [(who, marks.Mark("verdict", "to read", None, 2.0, t)) for who, t in texts.items()]
    graded = [
        marks.Graded(learner=who, name=who, lesson="01", seed=1, marks=(m,), file=who)
        for who, m in texts
    ]
    graded = copies.flagged([*graded, graded[1]])  # bob's came twice
    sections = tables.texts_to_read(graded).split("\n### ")
    flags = [section.split("\n")[2] for section in sections[1:]]
    assert flags[0] == "**Look: the model answer.**"
    assert flags[1:] == [
        "**Look: the same as eve.**",
        "**Look: the same as bob.**",
        "    Her own.",
        flags[1],
    ]
    assert "\n    An unusual answer of more words than eight.\n\n    - one\n\n" in sections[2]


# --- points that a person typed --------------------------------------------------------------


@pytest.fixture
def typed(tmp_path, monkeypatch):
    """Marks of ada, bob and a broken file, and a way to change a row of the exercises."""
    fake_marks(monkeypatch)
    for name in ("ada", "bob"):
        write(tmp_path / "in" / f"{name}.ipynb", notebook())
    write(tmp_path / "in" / "broken.ipynb", "{}")
    grade_files([tmp_path / "in"], tmp_path / "out.csv", seed=1, report=str)

    def change(learner, exercise, /, **values):
        table = rows(tmp_path / "out_exercises.csv")
        for row in table:
            if (row["learner"], row["exercise"]) == (learner, exercise):
                row.update(values)
        save(tmp_path / "out_exercises.csv", table)

    return tmp_path, change


def save(path, table, encoding="utf-8", **how):
    with path.open("w", encoding=encoding, newline="") as stream:
        writer = csv.DictWriter(stream, table[0], **how)
        writer.writeheader()
        writer.writerows(table)


def test_typed_points_are_added_up(typed, capsys):
    folder, change = typed
    before = (folder / "out.csv").read_bytes()
    command = ["grade", "--sum", str(folder / "out.csv")]
    assert main(command) == 0 and "2 texts have no points yet" in capsys.readouterr().out
    assert (folder / "out.csv").read_bytes() == before and len(list(folder.iterdir())) == 5

    change("ada", "verdict", points="1,5")
    change("bob", "collapse", points="1")
    table = rows(folder / "out_exercises.csv")
    save(folder / "out_exercises.csv", table[::-1], "utf-8-sig", delimiter=";")  # sorted, too
    read_only = (folder / "out_exercises.csv").read_bytes()
    table = rows(folder / "out.csv")
    for row in table:
        row["remark"] = "mine"
    save(folder / "out.csv", table, delimiter=";")
    assert main(command) == 0
    said = capsys.readouterr().out
    assert "bob, collapse: 1 of 1 points count, though the program found it missing." in said
    assert "1 text has no points yet" in said and "out_earlier1.csv" in said
    names = ("learner", "points", "core_points", "to_read", "out_of", "core_out_of", "remark")
    with (folder / "out.csv").open(encoding="utf-8-sig", newline="") as stream:
        table = list(csv.DictReader(stream, delimiter=";"))  # as it was saved
    assert [tuple(row[name] for name in names) for row in table] == [
        ("ada", "1,5", "1,5", "0", "11", "5", "mine"),
        ("bob", "1", "0", "1", "11", "5", "mine"),
        ("broken", "", "", "", "", "", "mine"),
    ]
    assert (folder / "out_exercises.csv").read_bytes() == read_only
    assert b"mine" in (folder / "out_earlier1.csv").read_bytes()
    assert main(command) == 0 and "these points already" in capsys.readouterr().out


def test_a_table_without_misconceptions_is_added_up_as_well(typed):
    """Those of earlier versions lack columns."""
    folder, change = typed
    change("ada", "verdict", points="1.5")
    table = rows(folder / "out_exercises.csv")
    for row in table:
        del row["misconception"], row["flags"], row[spreadsheets.MARKER]
    save(folder / "out_exercises.csv", table)
    assert totals.sum_up(folder / "out.csv")[-1].startswith("✓ The points stand in")
    assert rows(folder / "out.csv")[0]["points"] == "1.5"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"points": "good"}, "line 4: points should be a number from 0 to 2; 'good' came"),
        ({"points": "2.5"}, "line 4: points should be a number from 0 to 2; '2.5' came"),
        ({"points": "-1"}, "line 4: points should be a number from 0 to 2; '-1' came"),
        ({"points": "nan"}, "line 4: points should be a number from 0 to 2; 'nan' came"),
        ({"status": "right"}, "line 4: points should be a number from 0 to 2; '' came"),
        ({"out_of": "5"}, "out_of 14 in all; expected were 11, as in"),
        ({"part": "deeper"}, "core_out_of 3 in all; expected were 5, as in"),
        ({"exercise": "neuron"}, "line 4: this exercise of"),
        ({"file": "other"}, "out_of 9 in all; expected were 11"),
    ],
)
def test_what_cannot_be_added_up_is_named_and_changes_nothing(typed, change, said):
    folder, change_row = typed
    change_row("ada", "verdict", **change)
    before = {path: path.read_bytes() for path in folder.glob("out*")}
    with pytest.raises(ClassroomError) as error:
        totals.sum_up(folder / "out.csv")
    assert said in str(error.value) and "out_exercises.csv" in str(error.value)
    assert {path: path.read_bytes() for path in folder.glob("out*")} == before


def test_tables_that_are_not_those_of_grade_are_named(typed):
    folder, _ = typed
    exercises = folder / "out_exercises.csv"
    text = exercises.read_text("utf-8-sig")
    for broken, said in (
        (text.replace("to read,,", "to read,1,5,", 1), "line 4: more entries than columns"),
        (text.replace("points", "score", 1), "expected once each were the columns points"),
        ("", "expected once each were the columns learner"),
        ("\n".join(text.splitlines()[:9]), "expected were 11"),
        (text.replace("bob.ipynb", "eve.ipynb"), "bob.ipynb have out_of 0 in all"),
    ):
        exercises.write_text(broken, "utf-8")
        with pytest.raises(ClassroomError, match=said):
            totals.sum_up(folder / "out.csv")
    exercises.write_text(text, "utf-8")
    save(folder / "out.csv", rows(folder / "out.csv")[1:])
    with pytest.raises(ClassroomError, match=r"rows of .*ada.ipynb"):
        totals.sum_up(folder / "out.csv")
    with pytest.raises(ClassroomError, match=r"no file .*typo.csv"):
        totals.sum_up(folder / "typo.csv")


def test_files_are_marked_or_a_table_is_summed(capsys):
    for words in (["a.ipynb", "--sum", "b.csv"], ["--csv", "b.csv"], ["a.ipynb"], []):
        assert main(["grade", *words]) == 2
    assert main(["grade", "--csv", "b.csv", "--sum", "b.csv"]) == 2
    assert "--sum OUT alone" in capsys.readouterr().err


def test_an_interrupt_loses_nothing_and_leaves_nothing_running(tmp_path):
    hangs = notebook(first=["import time; time.sleep(300)"])
    write(tmp_path / "in" / "a.ipynb", "{}")
    write(tmp_path / "in" / "b.ipynb", hangs)

    def report(line):
        if " · " in line:
            raise KeyboardInterrupt

    begun = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        grade_files([tmp_path / "in"], tmp_path / "out.csv", jobs=2, whole=True, report=report)
    assert time.monotonic() - begun < 20
    assert [row["learner"] for row in rows(tmp_path / "out.csv")] == ["a"]
    mine = psutil.Process().children(recursive=True)
    assert not [p for p in mine if "medlearn_classroom.marking.runner" in " ".join(p.cmdline())]


@posix
def test_a_killed_marking_keeps_its_marks_and_leaves_nothing_running(tmp_path):
    word = f"killed-{os.getpid()}"
    sleep = f"subprocess.run([sys.executable, '-c', 'import time; time.sleep(300)', {word!r}])"
    write(tmp_path / "in" / "a.ipynb", "{}")
    write(tmp_path / "in" / "b.ipynb", notebook(first=[f"import subprocess, sys; {sleep}"]))
    command = [sys.executable, "-m", "medlearn", "grade", "--whole", str(tmp_path / "in")]
    process = subprocess.Popen([*command, "--csv", str(tmp_path / "out.csv")])
    wait_for(lambda: running(word))
    process.kill()
    process.wait()
    wait_for(lambda: not running(word))
    assert [row["learner"] for row in rows(tmp_path / "out.csv")] == ["a"]


def wait_for(condition, seconds=30):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.05)


def test_without_posix_a_tree_is_killed_all_the_same(tmp_path, monkeypatch):
    for name in ("killpg", "getsid", "getpgid"):
        monkeypatch.delattr(os, name, raising=False)
    word = f"without-posix-{os.getpid()}"
    child = "import time; open('there', 'w').close(); time.sleep(300)"
    cell = f"""
        import subprocess, sys, time
        subprocess.Popen([sys.executable, "-c", {child!r}, {word!r}], env={{}})  # without the mark
        while not __import__("pathlib").Path("there").exists():
            time.sleep(0.05)
        time.sleep(0.2)
    """
    graded = grade_notebook(notebook(first=[cell]), learner="ada", seed=1)
    assert graded.points == 9 and graded.problem is None
    wait_for(lambda: not running(word), 5)


def test_the_time_for_the_whole_notebook_ends(tmp_path):
    limits = Limits(total_seconds=3)
    graded = grade_notebook(
        notebook(first=["import time; time.sleep(300)"]), learner="ada", seed=1, limits=limits
    )
    assert graded.points == 0
    assert graded.problem == "the whole notebook was stopped after 3 s"
    assert {mark.status for mark in graded.marks} == {"missing"}


def test_what_keeps_a_notebook_from_starting_is_said(monkeypatch):
    monkeypatch.setattr(supervisor, "RUNNER", "medlearn_classroom.no_such_module")
    graded = grade_notebook(notebook(), learner="ada", seed=1)
    assert graded.problem.startswith("it did not start: it ended the whole process (exit code 1)")
    assert "No module named medlearn_classroom.no_such_module" in graded.problem
    assert graded.points == 0


def test_the_notebook_meets_an_empty_place_and_no_secrets(tmp_path, monkeypatch):
    monkeypatch.setenv("MY_TOKEN", "secret")
    (tmp_path / "table.csv").write_text("7")
    cells = [
        "import os, sys; print(os.environ.get('MY_TOKEN'), os.listdir('..'), sys.stdin.read())",
        "print(sorted(os.listdir('.')), os.path.expanduser('~') == os.environ['HOME'])",
        "open('table.csv').read()",
        "'y' * 100_000",
        "import matplotlib; matplotlib.get_backend()",
    ]
    own = copy.deepcopy(notebook(without=EX))
    own["cells"] += [code(cell) for cell in cells]
    graded = grade_notebook(
        own, learner="ada", seed=1, folder=tmp_path, limits=Limits(output_chars=500)
    )
    texts = [cell.text for cell in graded.cells[2:]]
    assert texts[0] == "None ['home', 'work'] \n" or texts[0] == "None ['work', 'home'] \n"
    assert texts[1] == "['table.csv'] True\n"
    assert texts[2] == "'7'\n"
    assert texts[3] == "'" + "y" * 499
    assert texts[4].strip().lower() == "'agg'"
    assert (tmp_path / "table.csv").read_text() == "7"


@pytest.mark.parametrize("reason", [r for r in limits._WORDS])
def test_what_a_stop_means_does_not_hang_on_its_words(reason, monkeypatch):
    spoken = mark(EX["neuron"], Stop(reason, 7), 1)
    with monkeypatch.context() as patch:
        patch.setattr(limits, "_WORDS", dict.fromkeys(limits._WORDS, "it was stopped after all"))
        other = mark(EX["neuron"], Stop(reason, 7), 1)
    assert (other.status, other.points) == (spoken.status, spoken.points) == ("wrong", 0)
    assert (
        ("Does a loop" in other.message) == ("Does a loop" in spoken.message) == (reason == "time")
    )


def test_misconceptions_are_counted_by_name():
    wrong = EX["silent"].misconceptions["a"]
    given = [
        marks.Mark("silent", "wrong", 0.0, 1.0, "said in another language", misconception=name)
        for name in (wrong.name, wrong.name, "")
    ]
    graded = [
        marks.Graded(learner=str(n), lesson="01", seed=1, marks=(m,)) for n, m in enumerate(given)
    ]
    assert grading.summary(graded)[-1] == f"  2 of 3: {wrong.message}"


def test_mistakes_that_any_exercise_may_meet_are_named_and_counted():
    neuron, given = EX["neuron"], []
    for wrong, name in (
        (lambda x, w, b: 100 * neuron.solution_function(x, w, b), "percent"),
        (lambda x, w, b: 100 * neuron.solution_function(x, w, b), "percent"),
        (lambda x, w, b: 1 / 0, "zero_division"),
    ):
        said = json.loads(json.dumps(runner.collected(neuron, wrong, neuron.cases)))
        given.append(mark(neuron, {"rounds": [said]}, 5))
        assert (given[-1].status, given[-1].misconception) == ("wrong", name)
    graded = [
        marks.Graded(learner=str(n), lesson="01", seed=1, marks=(m,)) for n, m in enumerate(given)
    ]
    assert grading.summary(graded)[-1] == f"  2 of 3: {given[0].message}"


def test_the_notebook_runs_in_the_teachers_language():
    cell = "from medlearn import language; print(language.current())"
    loop = but(neuron="def neuron(x, w, b):\n    raise ValueError")
    language.use("xx")
    try:
        graded = grade_notebook(notebook(loop, first=[cell]), learner="ada", seed=1)
    finally:
        language.use("en")
    assert [report.text for report in graded.cells if report.text == "xx\n"]
    neuron = next(m for m in graded.marks if m.exercise == "neuron")
    assert neuron.message.startswith("⟦") and neuron.status == "wrong"
    assert graded.points == 7


def test_a_loop_of_the_learner_is_named_by_the_check_itself():
    too_slow = Stop("time", 13)
    assert "Does a loop in it ever end?" in mark(EX["neuron"], too_slow, 1).message
    ended = Stop("exit", 0)
    assert "ended the whole process" in mark(EX["neuron"], ended, 1).message


@pytest.mark.slow
def test_lesson_01_whole_and_solved_gets_full_marks():
    full = copy.deepcopy(LESSONS["01"].notebook)
    for cell in full["cells"]:
        if name := lessons.tagged(cell, "exercise"):
            cell["source"] = EX[name].code
    graded = grade_notebook(full, learner="ada", seed=4)
    assert (graded.points, graded.out_of, graded.problem) == (9, 11, None)
    assert [cell.error for cell in graded.cells if cell.error] == []
    assert len(graded.cells) == 43


def test_a_misconception_that_does_not_exist_is_no_name():
    said = {"rounds": [{"feedback": ["wrong", "I say so.", "brilliant"]}]}
    found = mark(EX["neuron"], said, 5)
    assert (found.message, found.misconception) == ("I say so.", "")
