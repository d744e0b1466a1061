"""A new lesson is seven files, and all else is found or generated."""

import os
import subprocess
import sys

import machines
import pytest

from medlearn import lessons
from medlearn.lessons import LessonError
from tools import new_lesson

LAST = [lesson.stem for lesson in lessons.find().values()][-1]
SEVEN = {
    "notebooks/97_made_up.ipynb",
    "medlearn/exercises/lesson_97.py",
    "teaching/lessons/97_made_up.md",
    "tests/test_lesson_97.py",
    "medlearn/datasets/pulses.py",
    "data/pulses.toml",
    "medlearn/widgets/wave.py",
}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A copy of the course, in which a test may write."""
    return machines.working_tree(tmp_path_factory.mktemp("course"))


def run(course, *command):
    """Run a module there, with the code of that copy; returns its exit code and all it said."""
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=course,
        env={**os.environ, "PYTHONPATH": str(course)},
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout + done.stderr


def changed(course):
    """What git says of each file that is not as it was: `??` new, `M` changed."""
    said = machines.run("git", "status", "--short", "-uall", cwd=course)
    return {line[3:]: line[:2].strip() for line in said.splitlines()}


@pytest.mark.slow
def test_the_skeleton_runs_and_reaches_every_list(course):
    code, said = run(course, "tools.new_lesson", "97", "made_up", "--explorer", "wave")
    assert code == 0, said
    by_hand = {name for name in SEVEN if "pulses" not in name}
    assert set(changed(course)) == by_hand
    code, said = run(course, "tools.execute", "execute", "97")
    assert code == 0 and "4 exercises" in said, said
    # What a lesson must have is there, except what only a person can write.
    code, said = run(course, "tools.lint", "notebooks/97_made_up.ipynb")
    rules = {line.split(": ")[1] for line in said.splitlines() if line.startswith("97_made_up")}
    assert rules == {"unwritten", "references"}, said
    assert run(course, "tools.sync", "--check") == (0, "")
    generated = {"README.md", "TEACHING.md", "teaching/plans.md", "teaching/stumbling_blocks.md"}
    generated |= {"medlearn/addresses.py", f"notebooks/{LAST}.ipynb"}  # which leads here
    assert {name for name, how in changed(course).items() if how == "M"} == generated
    assert {name for name, how in changed(course).items() if how == "??"} == by_hand
    code, said = run(course, "pytest", "-q", "tests/test_lesson_97.py", "medlearn/widgets/wave.py")
    assert code == 0, said
    code, said = run(course, "medlearn", "status")
    assert "Lesson 97: 0 of 4 exercises done" in said
    # And again: nothing is overwritten.
    before = changed(course)
    code, said = run(course, "tools.new_lesson", "97", "made_up")
    assert code == 1 and "There is a lesson 97 already" in said and changed(course) == before


@pytest.mark.slow
def test_a_skeleton_with_data_leaves_the_others_as_they_are(course):
    words = ("96", "also_made_up", "--data", "pulses", "--explorer", "pulse")
    code, said = run(course, "tools.new_lesson", *words)
    assert code == 0, said
    made = [line.removeprefix("wrote ") for line in said.splitlines() if line.startswith("wrote ")]
    assert len(made) == 7
    python = [name for name in made if name.endswith((".py", ".ipynb"))]
    for command in (["check"], ["format", "--check"]):
        code, said = run(course, "ruff", *command, *python)
        assert code == 0, said
    # No data go without their licence: that is asked for, and nothing of it is written yet.
    code, said = run(course, "tools.sync")
    assert code == 1 and "full text of the licence of pulses" in said, said
    assert "expected an SPDX identifier" in said
    assert run(course, "tools.sync")[1].count("\n") == 2, "each problem is said once"
    code, said = run(course, "medlearn", "data", "list")
    assert code == 0 and "pulses" in said and "movements" in said
    code, said = run(course, "tools.execute", "execute", "96")
    assert code == 1 and "pulses.npz is missing" in said, said
    code, said = run(course, "tools.execute", "execute", "00")
    assert said.startswith("00_start_here ") and "Traceback" not in said, said


def test_a_lesson_with_data_and_an_explorer_is_seven_files():
    made = new_lesson.files("97", "made_up", "pulses", "wave")
    assert set(made) == SEVEN
    for name, text in made.items():
        assert text.endswith("\n"), name
        if name.endswith(".py"):
            compile(text, name, "exec")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("7", "made_up", None, None), "two digits"),
        (("97", "Made-up", None, None), "'Made-up' came"),
        (("97", "made_up", "my data", None), "'my data' came"),
        (("97", "made_up", None, "../x"), r"'\.\./x' came"),
    ],
)
def test_odd_names_are_refused(words, said):
    with pytest.raises(LessonError, match=said):
        new_lesson.files(*words)


def test_a_file_that_is_there_is_not_overwritten(tmp_path, monkeypatch, capsys):
    (tmp_path / "notebooks").mkdir()
    mine = tmp_path / "medlearn" / "exercises" / "lesson_97.py"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine")
    monkeypatch.setattr(new_lesson, "ROOT", tmp_path)
    assert new_lesson.main(["97", "made_up"]) == 1
    assert "medlearn/exercises/lesson_97.py: there already" in capsys.readouterr().err
    assert mine.read_text() == "mine" and not list((tmp_path / "notebooks").iterdir())
