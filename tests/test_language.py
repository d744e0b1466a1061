"""Another language: every text can be translated, and no mark, no command hangs on the words."""

import contextlib
import csv
import io
import os
import re
import subprocess
import sys
import warnings
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from medlearn import datasets, language, lessons
from medlearn.__main__ import main
from medlearn.exercises import all_lessons
from medlearn.exercises.engine import Function, Text
from medlearn.language import PSEUDO, _
from tools import execute, texts

ROOT = Path(__file__).resolve().parents[1]


@contextlib.contextmanager
def speaking(name, *folder):
    language.use(name, *folder)
    try:
        yield
    finally:
        language.use("en")


@pytest.fixture
def pseudo():
    with speaking(PSEUDO):
        yield


def outside(said):
    """What stands in no pair of brackets."""
    before = None
    while said != before:
        before, said = said, re.sub("⟦[^⟦⟧]*⟧", "·", said)
    return said


def assert_translated(said, *but):
    rest = outside(said)
    for words in but:
        rest = rest.replace(words, " ")
    assert "⟦" in said and not texts.WORDS.search(rest), rest


# --- what is marked --------------------------------------------------------------------------


@pytest.mark.parametrize("file", texts.rooms(), ids=lambda f: f.relative_to(ROOT).as_posix())
def test_every_text_can_be_translated(file):
    source = file.read_text(encoding="utf-8")
    assert texts.unmarked(source) == []
    assert texts.lost_marks(source) == []


@pytest.mark.parametrize(
    "line",
    [
        'raise ValueError("rows are missing")',
        'raise ValueError(f"{n} rows")',
        'raise ValueError("empty")',
        'print("ready")',
        'said = "There is no such lesson."',
        'said = f"{name} is not there."',
        'said = f"expected {name}, found {n}"',
        'said = f"{n} rows"',
        'said = _("There are") + " two lessons."',
        'ax.set_xlabel("threshold")',
        'ax.set(xlabel="threshold")',
        'ax.plot(x, y, label="model")',
        'add_argument("--csv", help="where")',
        'said = f"<b>Not here</b> {n}"',
        'if "was stopped" in said: pass',
        'if said == "The file is empty": pass',
    ],
)
def test_a_text_without_a_mark_would_be_seen(line):
    assert texts.unmarked(f"def f(ax, n, name, said):\n    {line}")


@pytest.mark.parametrize(
    "line",
    [
        'raise ValueError(_("rows are missing"))',
        'raise ValueError(ngettext("{n} row", "{n} rows", n).format(n=n))',
        'WORDS = N_("rows are missing")',
        'sql = "SELECT id FROM scans"  # no text: SQL',
        '# no text: words of the source\nNAMES = {\n    "Very good": 1,\n}',
        'def f():\n    """What it does."""',
        'pattern = re.compile("two words")',
        'status = "not yet"',
        'picture = \'<svg width="3" height="4"></svg>\'',
        'lesson = Exercises("01")\nx = lesson.value("x", code="x = 1  # one", hints=["Count it."])',
    ],
)
def test_what_is_marked_or_no_text_is_passed_over(line):
    assert texts.unmarked(line) == []


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('_(f"{n} rows")', "put together"),
        ('_("one row" + " more")', "put together"),
        ('_("{n} rows of {file}").format(n=n)', "nothing is given for file"),
        ('ngettext("{n} row", "{m} rows", n).format(n=n)', "nothing is given for m"),
        ('said == _("one row")', "compares"),
        ('HEADS = {"rows": _("one row")}', "before anybody"),
        ('def f(name=_("one row")): ...', "before anybody"),
        ('ngettext("{n} row(s)", "{n} row(s)", n)', "the same words"),
        ("lambda _: _('one row')", "is a variable"),
        ("def f(rows):\n    for _ in rows:\n        _('one row')", "is a variable"),
    ],
)
def test_a_lost_mark_would_be_seen(line, why):
    assert why in texts.lost_marks(line)[0][1]


def test_each_excuse_is_needed():
    """A comment that excuses nothing is deleted."""
    for file in texts.rooms():
        lines = file.read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines):
            if "# no text: " in line:
                without = [*lines]
                without[number] = line.replace("# no text: ", "# ")
                assert texts.unmarked("\n".join(without)), f"{file.name}:{number + 1}"


# --- a language with a catalogue -------------------------------------------------------------


def babel(*arguments):
    command = [sys.executable, "-m", "babel.messages.frontend", *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory):
    """A catalogue of all that can be translated, in which some texts are."""
    from babel.messages import pofile

    folder = tmp_path_factory.mktemp("locale")
    babel("extract", "-F", "babel.cfg", "-o", folder / "medlearn.pot", ".")
    babel("init", "-i", folder / "medlearn.pot", "-d", folder, "-D", "medlearn", "-l", "de")
    file = folder / "de/LC_MESSAGES/medlearn.po"
    read = pofile.read_po(io.BytesIO(file.read_bytes()), "de")
    read["Right"].string = "Richtig"
    read["{name} has no value yet."].string = "{name} hat noch keinen Wert."
    read[all_lessons()["01"].exercises["neuron"].misconceptions["no_bias"].message].string = "Bias!"
    read["✓ {n} lesson copied to {folder} for you."].string = ("Eine Lektion", "{n} Lektionen")
    written = io.BytesIO()
    pofile.write_po(written, read)
    file.write_bytes(written.getvalue())
    babel("compile", "-d", folder, "-D", "medlearn")
    return folder


def known(catalogue):
    from babel.messages import pofile

    read = pofile.read_po(io.BytesIO((catalogue / "medlearn.pot").read_bytes()))
    return {m.id if isinstance(m.id, str) else m.id[0] for m in read if m.id}


def test_babel_finds_every_marked_text(catalogue):
    found = known(catalogue)
    for file in texts.rooms():
        marked = {text.forms[0] for text in texts.marked(file.read_text(encoding="utf-8"))}
        assert marked - {""} <= found, file.name


def test_a_text_is_known_as_it_is_asked_for(catalogue):
    """Line breaks and indentation are part of a text, but for those of a model answer."""
    (text,) = texts.marked('_("""Write\n    this line.""")')
    assert text.forms == ("Write\n    this line.",)
    with pytest.raises(SystemExit) as told:
        exec("from medlearn.classroom import autograde")
    assert str(told.value) in known(catalogue)


def test_babel_finds_all_that_exercises_and_cards_say(catalogue):
    from medlearn.datasets import DATASETS

    found = known(catalogue)
    for lesson in all_lessons().values():
        for exercise in lesson.exercises.values():
            said = [*exercise.hints, exercise.right]
            said += [one.message for one in exercise.misconceptions.values()]
            if isinstance(exercise, Text):
                said += [exercise.model_answer, *exercise.checklist]
                said += [t for level in exercise.rubric for t in (level.says, level.example)]
            assert {one for one in said if one} <= found, exercise
    for card in DATASETS.values():
        assert {card.title, card.summary, *card.not_to_conclude, *card.rules} <= found


def test_a_translation_is_said_and_changes_no_mark(catalogue):
    neuron = all_lessons()["01"].exercises["neuron"]
    n_weights = all_lessons()["03"].exercises["n_weights"]
    wrong = neuron.misconceptions["no_bias"].wrong
    with speaking("de", catalogue):
        assert language.current() == "de"
        feedback = neuron.judge(wrong)
        assert str(feedback) == "✗ Wrong. Bias!", "what nobody translated stays English"
        assert (feedback.status, feedback.misconception) == ("wrong", "no_bias")
        assert n_weights.judge(...).message == "n_weights hat noch keinen Wert."
        one = "✓ {n} lesson copied to {folder} for you."
        many = "✓ {n} lessons copied to {folder} for you."
        assert language.ngettext(one, many, 1) == "Eine Lektion"
        assert language.ngettext(one, many, 7) == "{n} Lektionen"
        assert _("") == "", "the catalogue's header is no text"
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # gettext would warn of a number of NumPy
            assert language.ngettext(one, many, np.int64(7)) == "{n} Lektionen"
    assert language.current() == "en" and "bias" in neuron.judge(wrong).message


def test_a_language_without_a_catalogue_is_named_and_stops_nothing(tmp_path):
    with pytest.raises(ValueError, match=r"'kl'; it speaks en\.$"):
        language.use("kl")
    assert language.current() == "en"
    code = "from medlearn.language import current; print(current())"
    environment = {**os.environ, "MEDLEARN_LANGUAGE": "kl"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert "! MEDLEARN_LANGUAGE: medlearn does not speak 'kl'" in done.stderr
    assert done.stdout == "en\n"


# --- the pseudo-language: all is in brackets, and all is as it was ------------------------------


def wrong_answers(exercise):
    yield from (one.wrong for one in exercise.misconceptions.values())
    yield from (..., None, "neither", [], object(), print, {"a": 1}, float("nan"))
    if isinstance(exercise, Function):
        yield from (lambda: 1, lambda *_: None, lambda *_: "text", lambda *_: 1 / 0)


@pytest.mark.parametrize("number", all_lessons())
def test_exercises_in_the_pseudo_language(number, capsys, monkeypatch, tmp_path):
    """Every message of every exercise, and every mark, beside those in English."""
    monkeypatch.setenv("MEDLEARN_HOME", str(tmp_path))
    for exercise in all_lessons()[number].exercises.values():
        for answer in wrong_answers(exercise):
            english = exercise.judge(answer)
            with speaking(PSEUDO):
                feedback = exercise.judge(answer)
            assert (feedback.status, feedback.misconception) == (
                english.status,
                english.misconception,
            )
            assert_translated(feedback.message)
        with speaking(PSEUDO):
            if not isinstance(exercise, Text):
                names = {}
                exec(f"import numpy as np\n{exercise.code}", {**context(number)}, names)
                assert exercise.judge(names[exercise.name]).status == "right"
                exercise.check(names[exercise.name])
            else:
                exercise.check(exercise.model_answer)
                for level in exercise.rubric:
                    assert_translated(level.says)
                    assert_translated(level.example)
            exercise.hint()  # all is well
            exercise.check(None)
            for _hint in range(len(exercise.hints) + 1):
                exercise.hint()
        assert_translated(capsys.readouterr().out)


def test_what_a_kernel_says_in_the_pseudo_language(pseudo, monkeypatch, capsys):
    from medlearn.exercises import kernel, overview

    for answer in (0.5, print, ...):
        monkeypatch.setitem(kernel._failed, "half", ("SyntaxError", answer))
        assert_translated(kernel.stale("half", answer))
    for name in ("half", "silnt", "gone"):
        names = {"silent": 1}
        with pytest.raises(NameError) as told:
            exec(name, names)
        assert_translated(kernel.explanation(told.value, names))
    marks = {"a": "right", "b": "written", "c": "open"}
    for keys in ("a", "c", "ab", "abc", "b", "ac"):
        assert_translated(overview.line("01", {key: marks[key] for key in keys}))
    overview.show("01")
    assert_translated(capsys.readouterr().out)
    for _key, (words, _sign) in overview._SIGNS.items():
        assert_translated(_(words))


def context(number):
    """The names of a module of exercises, which a solution may use."""
    return vars(sys.modules[f"medlearn.exercises.lesson_{number}"])


COMMANDS = [
    ["--help"],
    ["lab", "--help"],
    ["grade", "--help"],
    ["classroom", "--help"],
    ["classroom", "inventory", "--help"],
    ["classroom", "questions", "--help"],
    ["classroom", "exam", "--help"],
    ["data", "--help"],
    ["doctor"],
    ["status"],
    ["status", "--import", "nonsense"],
    ["data", "list"],
    ["data", "verify"],
    ["data", "verify", "digts"],
    ["data", "fetch", "nothing"],
    ["grade", "nowhere.ipynb", "--csv", "marks.csv"],
    ["grade", "--sum", "nowhere.csv"],
    ["classroom", "report", "nowhere.csv"],
]
ARGPARSE = ("show this help message and exit", "show program's version number and exit")
ARGPARSE += ("positional arguments:", "options:", "usage: ", "python -m medlearn")


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_the_command_line_in_the_pseudo_language(command, capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("MEDLEARN_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    english = main(command)
    capsys.readouterr()
    with speaking(PSEUDO):
        assert main(command) == english
    said = capsys.readouterr()
    everything = re.sub(r"usage:.*?\n\n", "", said.out + said.err, flags=re.S)
    names = [str(p) for p in (ROOT, tmp_path)]
    names += [row["licence"] for row in datasets.describe()]  # licences have names
    to_fill_in = set(re.findall(r"\b[A-Z][A-Z_]+\b", outside(everything)))
    assert_translated(" ".join(everything.split()), *names, *ARGPARSE, *to_fill_in)


# --- a whole lesson --------------------------------------------------------------------------


def executed(number, folder, name):
    """A lesson with every exercise solved, run by a kernel that speaks this language."""
    notebook = execute.solve(nbformat.read(lessons.find()[number].path, as_version=4))
    environment = {"MEDLEARN_LANGUAGE": name, "MEDLEARN_HOME": str(folder / name)}
    client = NotebookClient(notebook, timeout=120, kernel_name="python3")
    return client.execute(env={**os.environ, **environment})


def boxes(notebook):
    """Each framed message: its kind and its words."""
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            markup = output.get("data", {}).get("text/html", "")
            if kind := re.search('data-kind="([^"]*)"', markup):
                yield kind[1], output["data"]["text/plain"]


def test_a_lesson_in_the_pseudo_language(tmp_path):
    """The same kinds of boxes, every one in brackets; words of figures to move, too."""
    english, other = (executed("01", tmp_path, name) for name in ("en", PSEUDO))
    before, after = list(boxes(english)), list(boxes(other))
    assert [kind for kind, _words in before] == [kind for kind, _words in after]
    assert len(after) >= 7 and {kind for kind, _words in after} == {"right", "answered"}
    for _kind, words in after:
        assert_translated(words)
    spoken = [
        output["data"]["text/plain"]
        for cell in other.cells
        for output in cell.get("outputs", ())
        if "image/png" in output.get("data", {}) and "widget" in str(output["data"].keys())
    ]
    assert spoken
    for words in spoken:
        assert_translated(words)


# --- marks -----------------------------------------------------------------------------------


SUBMITTED = {  # answers of lesson 01: right, misconceived, wrong, never ending, raising, a text
    "neuron": "def neuron(x, w, b):\n    return sigmoid(np.dot(w, x))",
    "verdict": 'verdict = "I would move the bias up, for a missed cancer is worse than an alarm."',
    "sigmoid_slope": "def sigmoid_slope(z):\n    while True:\n        pass",
    "silent": 'silent = "c"',
    "two_layers": "def two_layers(x, W, b, v, c):\n    return 1 / 0",
    "collapse": "collapse = (5, -3)",
}


def submission(file):
    """A notebook of lesson 01 with these answers and one cell that ends its process."""
    cells = ["import numpy as np\ndef sigmoid(z):\n    return 1 / (1 + np.exp(-z))"]
    cells += [*SUBMITTED.values(), "import os\nos._exit(3)"]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(one) for one in cells])
    notebook.metadata["medlearn"] = {"lesson": "01"}
    nbformat.write(notebook, file)


def graded(tmp_path, capsys, name):
    """What `grade` prints in a language, and its tables."""
    folder = tmp_path / name
    folder.mkdir()
    with speaking(name):
        code = main(
            ["grade", str(tmp_path / "ann.ipynb"), "--csv", f"{folder}/m.csv", "--seed", "5"]
        )
    tables = {}
    for table in ("m", "m_exercises"):
        with (folder / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
            tables[table] = list(csv.DictReader(file))
    return code, capsys.readouterr().out.replace(str(folder), ""), tables


def test_grade_in_the_pseudo_language(tmp_path, capsys):
    submission(tmp_path / "ann.ipynb")
    code, _said, english = graded(tmp_path, capsys, "en")
    other_code, said, other = graded(tmp_path, capsys, PSEUDO)
    assert code == other_code
    assert_translated(said.replace("python -m medlearn grade --sum", ""))
    shown = {"message", "problem"}
    for table, rows in english.items():
        for before, after in zip(rows, other[table], strict=True):
            assert {k: v for k, v in before.items() if k not in shown} == {
                k: v for k, v in after.items() if k not in shown
            }
            for column in shown & before.keys():
                assert bool(before[column]) == bool(after[column])
                if before[column] and before["status" if table != "m" else "seed"] != "to read":
                    assert_translated(after[column])
    status = {row["exercise"]: row["status"] for row in english["m_exercises"]}
    assert status == {
        "neuron": "wrong", "verdict": "to read", "sigmoid_slope": "wrong", "silent": "right",
        "two_layers": "wrong", "collapse": "wrong", "border": "missing",
    }  # fmt: skip
    named = {row["exercise"]: row["misconception"] for row in other["m_exercises"]}
    assert named["neuron"] == "no_bias" and named["collapse"] == "(5, -3)"
