"""The nbgrader course: what is built, and how nbgrader itself hands it out and marks it."""

import copy
import csv
import html
import importlib
import json
import os
import re
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from medlearn import lessons
from medlearn.exercises import all_lessons
from medlearn.exercises.engine import Text
from medlearn_classroom import ClassroomError
from medlearn_classroom.marking import marks, supervisor
from medlearn_classroom.with_nbgrader import autograde, course, platforms

ROOT = Path(__file__).resolve().parents[1]
LESSONS = {number: lesson.path for number, lesson in lessons.find().items()}
START, NEURONS = LESSONS["00"].stem, LESSONS["01"].stem
LOCAL = r"\[([^]\[]*)\]\((?:\.\.|\d\d_)[^)]*\)"


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


def facts(cell):
    return cell["metadata"].get("nbgrader", {})


def by_id(notebook):
    return {facts(cell)["grade_id"]: cell for cell in notebook["cells"] if facts(cell)}


def tagged(notebook, prefix):
    """Name → source of the cells with a tag prefix:NAME."""
    return {
        tag.removeprefix(prefix + ":"): lessons.text_of(cell)
        for cell in notebook["cells"]
        for tag in cell["metadata"].get("tags", [])
        if tag.startswith(prefix + ":")
    }


# --- what `build` writes, without nbgrader -----------------------------------------------------


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("built") / "course"
    course.build(folder, seed=3)
    return folder


def notebooks(folder):
    return {p.stem.split("_")[0]: p for p in sorted(folder.glob("source/*/*.ipynb"))}


def test_every_lesson_is_an_assignment(built):
    assert [p.stem for p in notebooks(built).values()] == [p.stem for p in LESSONS.values()]
    assert all(p.parent.name == p.stem for p in notebooks(built).values())
    readme = (built / "README.md").read_text(encoding="utf-8")
    assert all(p.stem in readme for p in LESSONS.values())
    # Of lesson 01: neuron, border and the text are core; 2 + 2 + 1 + 1 points are deeper.
    assert f"| `{NEURONS}` | 5 | 2 | 6 | 0 |" in readme
    assert "\n    .venv\\Scripts\\activate\n" in readme
    assert (built / "seed.txt").read_text() == "3\n"
    compile((built / "nbgrader_config.py").read_text(encoding="utf-8"), "config", "exec")


@pytest.mark.parametrize("number", LESSONS)
def test_every_exercise_has_its_cells(built, number):
    cells = by_id(read(notebooks(built)[number]))
    expected = {f"{number}-header", f"{number}-setup"}
    for name, exercise in all_lessons()[number].exercises.items():
        answer = cells[f"{number}-{name}"]
        expected.add(f"{number}-{name}")
        by_hand = isinstance(exercise, Text)
        assert facts(answer)["solution"] and not facts(answer)["locked"]
        assert facts(answer)["grade"] is by_hand
        pointed = answer
        if not by_hand:
            pointed = cells[f"{number}-{name}-check"]
            expected.add(f"{number}-{name}-check")
            assert facts(pointed)["grade"] and facts(pointed)["locked"]
            assert not facts(pointed)["solution"]
        assert facts(pointed)["points"] == marks.points(exercise)
    assert set(cells) == expected
    assert all(re.fullmatch(r"[a-zA-Z0-9_-]+", grade_id) for grade_id in cells)
    assert all(facts(cell)["schema_version"] == 3 for cell in cells.values())


def without_pages(cell):
    text = lessons.text_of(cell)
    return re.sub(LOCAL, r"\1", text) if cell["cell_type"] == "markdown" else text


@pytest.mark.parametrize("number", LESSONS)
def test_a_source_notebook_keeps_its_lesson(built, number):
    """Between the marks stand solution and hidden test; all else is the lesson, word for word.

    Only links to other pages are gone: no page lies beside an assignment.
    """
    made, lesson = read(notebooks(built)[number]), read(LESSONS[number])
    exercises = all_lessons()[number].exercises
    stubs, checks = tagged(lesson, "exercise"), tagged(lesson, "check")
    for name, text in tagged(made, "exercise").items():
        stub, _, rest = text.partition("\n### BEGIN SOLUTION\n")
        solution, _, after = rest.partition("\n### END SOLUTION")
        assert (stub, solution, after) == (stubs[name], exercises[name].code.rstrip("\n"), "")
    hints = {cell["id"]: lessons.text_of(cell) for cell in made["cells"]}
    for name, text in tagged(made, "check").items():
        if isinstance(exercises[name], Text):
            assert text == checks[name]
            continue
        check, _, rest = text.partition("\n### BEGIN HIDDEN TESTS\n")
        hidden, _, after = rest.partition("\n### END HIDDEN TESTS")
        assert f"{check}\n{hints[f'hints-{name}']}" == checks[name]
        assert f"assert ex.{name}.judge({name})" in hidden and after == ""
    special = set(by_id(made)) - {f"{number}-setup"}
    left = [c for c in made["cells"] if facts(c).get("grade_id") not in special]
    left = [lessons.text_of(c) for c in left if not c["id"].startswith("hints-")]
    changed = {*stubs.values(), *(checks[n] for n in exercises if f"{number}-{n}-check" in special)}
    cells = [cell for cell in lesson["cells"][1:] if "links" not in lessons.tags_of(cell)]
    kept = [text for cell in cells if (text := without_pages(cell)) not in changed]
    assert left == kept
    header = lessons.text_of(by_id(made)[f"{number}-header"])
    assert "](" not in header and "**Data** " in header and "Contents" not in header
    # No page of the course lies beside an assignment.
    prose = [lessons.text_of(c) for c in made["cells"] if c["cell_type"] == "markdown"]
    prose = [re.sub("`[^`\n]+`", "", text) for text in prose]  # `[N+](=O)` is no link
    assert not [text for text in prose if re.search(r"\]\((?!https://|#)", text)]
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in made["cells"])
    assert len({cell["id"] for cell in made["cells"]}) == len(made["cells"])


def test_building_again_gives_the_same_notebooks(built, tmp_path):
    course.build(tmp_path / "again", seed=4)
    for number, path in notebooks(built).items():
        assert path.read_bytes() == notebooks(tmp_path / "again")[number].read_bytes()
    assert (tmp_path / "again/seed.txt").read_text() == "4\n"


def test_without_a_seed_each_course_has_its_own(tmp_path):
    for name in "ab":
        course.build(tmp_path / name, lessons=["00"])
    seeds = {int((tmp_path / name / "seed.txt").read_text()) for name in "ab"}
    assert len(seeds) == 2
    if os.name == "posix":
        assert (tmp_path / "a/seed.txt").stat().st_mode & 0o077 == 0
        assert (tmp_path / "a").stat().st_mode & 0o077 == 0


@pytest.fixture
def own_course(tmp_path, monkeypatch):
    """A course folder of this test's own, with lesson 00 in it."""
    folder = tmp_path / "checkout" / "notebooks"
    folder.mkdir(parents=True)
    (folder / LESSONS["00"].name).write_bytes(LESSONS["00"].read_bytes())
    monkeypatch.setattr(lessons, "course_folder", lambda: folder.parent)
    return folder


def test_ids_do_not_depend_on_the_order_or_on_new_exercises(
    own_course, built, tmp_path, monkeypatch
):
    path = own_course / LESSONS["00"].name
    notebook = read(path)
    new = copy.deepcopy([c for c in notebook["cells"] if c.get("id", "").endswith("-baseline")])
    for cell in new:
        cell["id"] = cell["id"].replace("baseline", "extra")
        cell["source"] = lessons.text_of(cell).replace("baseline", "extra")
        cell["metadata"]["tags"] = [
            t.replace("baseline", "extra") for t in cell["metadata"]["tags"]
        ]
    notebook["cells"][1:1] = new
    at = {cell["id"]: cell for cell in notebook["cells"]}
    for part in ("exercise", "check"):  # two exercises change places
        one, other = (notebook["cells"].index(at[f"{part}-{n}"]) for n in ("baseline", "follows"))
        cells = notebook["cells"]
        cells[one], cells[other] = cells[other], cells[one]
    path.write_text(json.dumps(notebook), encoding="utf-8")
    lesson = copy.copy(all_lessons()["00"])
    lesson.exercises = dict(lesson.exercises)
    lesson.value("extra", code="extra = 1", expected=1)
    monkeypatch.setattr(course, "all_lessons", lambda: {"00": lesson})
    course.build(tmp_path / "course")
    now, before = (
        by_id(read(notebooks(tmp_path / "course")["00"])),
        by_id(read(notebooks(built)["00"])),
    )
    assert set(now) - set(before) == {"00-extra", "00-extra-check"}
    assert all(now[grade_id] == cell for grade_id, cell in before.items())


def nothing_left(folder):
    return not [p for p in folder.iterdir() if p.name.startswith(".")]


def test_a_folder_with_something_in_it_is_refused(tmp_path):
    (tmp_path / "course").mkdir()
    (tmp_path / "course/marks.csv").write_text("precious")
    with pytest.raises(ClassroomError, match=r"not empty.*new or empty folder"):
        course.build(tmp_path / "course")
    assert (tmp_path / "course/marks.csv").read_text() == "precious"
    with pytest.raises(ClassroomError, match="is a file"):
        course.build(tmp_path / "course/marks.csv")
    with pytest.raises(ClassroomError, match=r"no folder .*missing"):
        course.build(tmp_path / "missing/course")
    assert nothing_left(tmp_path)


def test_an_empty_folder_is_filled_and_keeps_its_rights(tmp_path):
    (tmp_path / "course").mkdir()
    (tmp_path / "course").chmod(0o750)
    lines = course.build(tmp_path / "course", lessons=["01"])
    assert [p.stem for p in notebooks(tmp_path / "course").values()] == [NEURONS]
    assert (tmp_path / "course").stat().st_mode & 0o777 == (0o750 if os.name == "posix" else 0o777)
    assert str(tmp_path / "course") in lines[0] and nothing_left(tmp_path)


@pytest.mark.parametrize(
    ("details", "words"),
    [
        ({"lessons": ["99", "01"]}, r"no lesson 99\. Lessons: 00, 01"),
        ({"lessons": []}, r"no lesson named"),
        ({"seed": -1}, "whole number, 0 or more; -1"),
        ({"seed": "7"}, "whole number, 0 or more; '7'"),
    ],
)
def test_what_cannot_be_built_is_said(tmp_path, details, words):
    with pytest.raises(ClassroomError, match=words):
        course.build(tmp_path / "course", **details)
    assert not list(tmp_path.iterdir())


def test_without_lessons_there_is_no_course(tmp_path, monkeypatch, own_course):
    (own_course / LESSONS["00"].name).unlink()
    with pytest.raises(ClassroomError, match="There are no lessons in"):
        course.build(tmp_path / "course")
    monkeypatch.undo()
    monkeypatch.setattr(lessons, "__file__", str(tmp_path / "site-packages/medlearn/lessons.py"))
    with pytest.raises(ClassroomError, match="installed without them"):
        course.build(tmp_path / "course")


def test_a_damaged_lesson_is_named(own_course, tmp_path):
    path = own_course / LESSONS["00"].name
    path.write_text(path.read_text(encoding="utf-8")[:500], encoding="utf-8")
    with pytest.raises(ClassroomError, match=r"00_start_here.ipynb is no notebook"):
        course.build(tmp_path / "course")
    assert not (tmp_path / "course").exists() and nothing_left(tmp_path)


def test_a_lesson_without_its_module_is_named(own_course, tmp_path, monkeypatch):
    monkeypatch.setattr(course, "all_lessons", dict)
    with pytest.raises(ClassroomError, match=r"00_start_here has an exercise 'baseline' that this"):
        course.build(tmp_path / "course")


@pytest.mark.parametrize("part", ["exercise:ask", "check:ask"])
def test_a_lesson_of_another_version_is_refused(own_course, tmp_path, part):
    path = own_course / LESSONS["00"].name
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(f'"{part}"', '"other"'), encoding="utf-8")
    with pytest.raises(ClassroomError, match=r"expected were baseline, follows, ask.*git pull"):
        course.build(tmp_path / "course")
    path.write_text(text.replace(f'"{part}"', f'"{part}s"'), encoding="utf-8")
    with pytest.raises(ClassroomError, match=r"exercise 'asks' that this medlearn does not know"):
        course.build(tmp_path / "course")
    assert not (tmp_path / "course").exists() and nothing_left(tmp_path)


def test_a_full_disk_leaves_nothing_behind(tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(ClassroomError, match=r"cannot be written .*No space left on device"):
        course.build(tmp_path / "course")
    assert not list(tmp_path.iterdir())


def test_the_config_of_an_earlier_course_says_what_to_write(built):
    """nbgrader goes on after an error in its settings, so this one ends it."""
    earlier = "from medlearn.classroom import autograde"
    done = subprocess.run([sys.executable, "-c", earlier], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 1 and "Traceback" not in done.stderr
    told = [line.strip() for line in done.stderr.splitlines() if line.startswith("    ")]
    config = (built / "nbgrader_config.py").read_text(encoding="utf-8")
    lines = [line.strip() for line in config.splitlines()]
    assert told == [line for line in lines if "medlearn_classroom" in line]
    with pytest.raises(SystemExit):
        exec(earlier)
    with pytest.raises(ImportError, match="which comes with a clone of the course"):
        exec("from medlearn.classroom import grading")


def test_a_config_without_the_teachers_tools_ends_nbgrader(built, monkeypatch):
    """It would go on without its settings, and ask a learner's own kernel for the marks."""
    config = (built / "nbgrader_config.py").read_text("utf-8")
    monkeypatch.setitem(sys.modules, "medlearn_classroom.with_nbgrader", None)  # as if not there
    with pytest.raises(SystemExit, match="They come with a clone of the course"):
        exec(config, {"__file__": str(built / "nbgrader_config.py")})


def test_without_nbgrader_the_config_says_so(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "nbgrader", None)
    with pytest.raises(ClassroomError, match="pip install nbgrader=="):
        autograde.configure(None, seed=tmp_path / "seed.txt")


@pytest.mark.parametrize("number", LESSONS)
def test_the_hidden_test_holds_for_the_solution_only(built, number):
    ex = importlib.import_module(f"medlearn.exercises.lesson_{number}")
    for name, text in tagged(read(notebooks(built)[number]), "check").items():
        exercise = all_lessons()[number].exercises[name]
        if isinstance(exercise, Text):
            continue
        hidden = text.partition("### BEGIN HIDDEN TESTS")[2]
        right = {"solution_function", "expected", "answer"} & set(vars(exercise))
        exec(hidden, {"ex": ex, name: getattr(exercise, right.pop())})
        with pytest.raises(AssertionError, match=name):
            exec(hidden, {"ex": ex, name: ...})


# --- what happens to a submission, without nbgrader --------------------------------------------


def kept(notebook):
    """What nbgrader's gradebook would keep of this notebook."""
    return [
        autograde.Kept(
            grade_id=grade_id,
            cell_type=cell["cell_type"],
            source=lessons.text_of(cell),
            checksum=f"{place:032}",
            locked=facts(cell)["locked"],
            grade=facts(cell)["grade"],
            solution=facts(cell)["solution"],
            points=facts(cell).get("points"),
        )
        for place, (grade_id, cell) in enumerate(by_id(notebook).items())
    ]


@pytest.fixture
def submitted(built):
    """Lesson 01 as it was handed out, and what the gradebook keeps of it."""
    notebook = read(notebooks(built)["01"])
    for cell in notebook["cells"]:
        cell["source"] = lessons.text_of(cell).split("\n### BEGIN")[0]
    cells = kept(notebook)
    autograde.restore(notebook, cells)
    return notebook, cells


def test_an_honest_submission_is_left_as_it_is(submitted):
    notebook, cells = submitted
    before = copy.deepcopy(notebook)
    autograde.restore(notebook, cells)
    assert notebook == before
    assert [facts(c) for c in by_id(notebook).values()] == [one.metadata() for one in cells]


def test_lost_cells_with_points_come_back_below_their_answers(submitted):
    notebook, cells = submitted
    before = copy.deepcopy(notebook["cells"])
    notebook["cells"] = [c for c in before if not facts(c).get("grade")]
    autograde.restore(notebook, cells)
    ids = [facts(c).get("grade_id") for c in notebook["cells"]]
    assert ids.index("01-neuron-check") == ids.index("01-neuron") + 1
    assert ids[0] == "01-verdict"  # it runs first, and undoes no text that stands elsewhere
    assert set(by_id(notebook)) == {one.grade_id for one in cells}
    assert lessons.text_of(by_id(notebook)["01-verdict"]) == lessons.text_of(
        next(c for c in before if facts(c).get("grade_id") == "01-verdict")
    )
    notebook["cells"] = []
    autograde.restore(notebook, cells)
    assert set(by_id(notebook)) == {one.grade_id for one in cells if one.grade}


def test_metadata_are_the_teachers(submitted):
    notebook, cells = submitted
    honest = {one.grade_id: one.metadata() for one in cells}
    check = by_id(notebook)["01-neuron-check"]
    copied, strange = copy.deepcopy(check), copy.deepcopy(check)
    strange["metadata"]["nbgrader"]["grade_id"] = ["unhashable"]
    own = copy.deepcopy(check)
    own["metadata"]["nbgrader"]["grade_id"] = "my-own"
    check["metadata"]["nbgrader"].update(schema_version=1, points="all", grade=False, locked=None)
    bare = {"cell_type": "code", "source": "1"}
    notebook["cells"][:0] = [copied, strange, own, bare]
    autograde.restore(notebook, cells)
    assert [facts(c) for c in notebook["cells"][:4]] == [{}] * 4
    assert {grade_id: facts(cell) for grade_id, cell in by_id(notebook).items()} == honest


def graded(*given, cells=(), problem=None):
    return marks.Graded(
        learner="anna", lesson="01", seed=1, marks=given, cells=cells, problem=problem
    )


def test_marks_become_outputs_that_nbgrader_reads(submitted):
    notebook, _ = submitted
    spot = {grade_id: notebook["cells"].index(c) for grade_id, c in by_id(notebook).items()}
    fake = supervisor.CellReport(spot["01-neuron-check"], "✓ Right. (patched)", None, 0.1)
    said = supervisor.CellReport(spot["01-silent"], "hello", "ValueError: no", 0.1)
    given = (
        marks.Mark("neuron", "wrong", 0.0, 2.0, "No bias."),
        marks.Mark("silent", "right", 1.0, 1.0, "Good."),
        marks.Mark("border", "missing", 0.0, 1.0, "Gone."),
    )
    autograde.show(notebook, graded(*given, cells=(fake, said)), "01")
    cells = by_id(notebook)
    (wrong,) = cells["01-neuron-check"]["outputs"]
    assert (wrong["output_type"], wrong["traceback"]) == ("error", ["neuron · ✗ Wrong. No bias."])
    (right,) = cells["01-silent-check"]["outputs"]
    assert (right["output_type"], right["name"], right["text"]) == (
        "stream",
        "stdout",
        "silent · ✓ Right. Good.",
    )
    assert cells["01-border-check"]["outputs"][0]["output_type"] == "error"
    text, error = cells["01-silent"]["outputs"]
    assert text["text"] == "hello" and error["evalue"] == "ValueError: no"
    # A test without a mark (the teacher's own, or an unreadable notebook) must not count as passed.
    assert cells["01-collapse-check"]["outputs"][0]["output_type"] == "error"


def test_a_text_shows_its_reader_what_to_look_for(submitted):
    notebook, _ = submitted
    exercise = all_lessons()["01"].exercises["verdict"]
    mark = marks.Mark("verdict", "to read", None, 2.0, "I would raise it.")
    cell = by_id(notebook)["01-verdict"]
    cell["source"] = 'verdict = "I would raise it."'
    autograde.show(notebook, graded(mark), "01")
    shown = cell["outputs"][0]["text"]
    assert shown.startswith("verdict\n")
    assert max(map(len, shown.splitlines())) <= 90  # feedback pages do not break lines
    shown = " ".join(shown.split())
    assert exercise.model_answer in shown and "I would raise it." not in shown
    assert all(f"☐ {item}" in shown for item in exercise.checklist)
    assert "checksum" not in facts(cell)  # so nbgrader asks a person
    cell["source"] = "verdict = ..."
    autograde.show(notebook, graded(mark), "01")
    assert "elsewhere in the notebook: I would raise it." in cell["outputs"][0]["text"]


def test_an_unanswered_text_keeps_its_checksum(submitted):
    notebook, _ = submitted
    mark = marks.Mark("verdict", "not yet", 0.0, 2.0, "verdict is still empty.")
    autograde.show(notebook, graded(mark, problem="cell 3 was left out"), "01")
    assert "checksum" in facts(by_id(notebook)["01-verdict"])
    assert "cell 3 was left out" in lessons.text_of(notebook["cells"][0])


@pytest.mark.parametrize("words", [None, "", "-3", "many"])
def test_a_seed_that_cannot_be_read_is_named(tmp_path, words):
    file = tmp_path / "seed.txt"
    if words is not None:
        file.write_text(words)
    with pytest.raises(ClassroomError, match=r"seed.txt.*one whole number"):
        autograde._seed(file)
    file.write_text("12\n")
    assert autograde._seed(file) == 12


# --- what comes from a platform, and what goes out ---------------------------------------------


def test_each_file_finds_its_learner_and_its_notebook(tmp_path):
    extracted = tmp_path / "downloaded" / NEURONS / "extracted"
    text = json.dumps({"cells": [], "metadata": {"medlearn": {"lesson": "01"}}})
    for name in (
        "all/Anna Müller_1048576_assignsubmission_file_/Untitled.ipynb",
        f"all/Anna Müller_1048999_assignsubmission_file_/Copy of {NEURONS}.ipynb",
        f"obriensean_LATE_12346_678911_{NEURONS}-1.ipynb",
        "ada o'hara/mine.ipynb",
        "__MACOSX/._x.ipynb",
    ):
        path = extracted / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    found = {
        str(path.relative_to(extracted)): platforms.collected(str(path))
        for path in sorted(extracted.rglob("*.ipynb"))
    }
    assert found.pop("__MACOSX/._x.ipynb") is None
    assert {one["file_id"] for one in found.values()} == {NEURONS}
    learners = [one["student_id"] for one in found.values()]
    assert learners == ["ada_o_hara", "1048576", "1048999", "12346"]


def test_what_was_not_marked_has_no_score(tmp_path):
    grades = tmp_path / "grades.csv"
    rows = [f"{NEURONS},{who},0.0,0.0,11" for who in ("ada", "bob", "cem")]
    grades.write_text("\n".join(["assignment,student_id,raw_score,score,max_score", *rows]) + "\n")
    for step, who in (("submitted", "ada"), ("autograded", "ada"), ("submitted", "bob")):
        place = tmp_path / step / who / NEURONS
        place.mkdir(parents=True)
        (place / f"{NEURONS}.ipynb").write_text("")
    platforms.with_gaps(grades, tmp_path)
    with grades.open(encoding="utf-8", newline="") as stream:
        table = {
            row["student_id"]: (row["score"], row["problem"]) for row in csv.DictReader(stream)
        }
    assert table == {
        "ada": ("0.0", ""),
        "bob": ("", "the file is empty"),
        "cem": ("0.0", "handed nothing in"),
    }


# --- nbgrader itself, from the first command to the last ---------------------------------------


# To import nbgrader takes longer than most of its commands. So it is imported once, and each
# command runs in a fork of that process, as `python -m nbgrader` would run it.
DESK = """
import json, os, sys
from nbgrader.apps import NbGraderApp
for line in sys.stdin:
    folder, log, *words = json.loads(line)
    child = os.fork()
    if child == 0:
        out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(out, 1), os.dup2(out, 2)
        os.chdir(folder)
        if words[0] == "grades":
            exec(words[1])
        else:
            NbGraderApp.launch_instance(argv=words)
        sys.exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@pytest.fixture(scope="module")
def nbgrader(tmp_path_factory):
    """Run nbgrader's commands, installed beside this environment's packages, not into them."""
    if sys.platform == "win32":
        pytest.skip("nbgrader's exchange does not exist on Windows")
    place = tmp_path_factory.mktemp("nbgrader")
    subprocess.run([sys.executable, "-m", "venv", place / "env"], check=True)
    python = place / "env/bin/python"
    here = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib"), str(ROOT)}
    (own,) = place.glob("env/lib/python*/site-packages")
    (own / "beside.pth").write_text("\n".join(sorted(here)) + "\n")
    locked = re.findall(r"^\S+==.*?(?= *\\?$)", (ROOT / "requirements.lock").read_text(), re.M)
    (place / "constraints.txt").write_text("\n".join(locked) + "\n")
    wanted = ["nbgrader==0.9.6", "--constraint", place / "constraints.txt"]
    pip = [python, "-m", "pip", "install", "--quiet", "--retries", "1", *wanted]
    installed = subprocess.run(pip, capture_output=True, text=True)
    if installed.returncode:
        if "ResolutionImpossible" in installed.stderr:
            pytest.fail(f"nbgrader and requirements.lock do not fit: {installed.stderr}")
        pytest.skip(f"nbgrader cannot be installed (no network?): {installed.stderr[-300:]}")
    environment = {
        **os.environ,
        "PATH": f"{python.parent}{os.pathsep}{os.environ['PATH']}",  # it calls `alembic` by name
        "JUPYTER_PATH": str(Path(sys.prefix, "share/jupyter")),  # nbconvert's page templates
        "JUPYTER_CONFIG_DIR": str(place / "jupyter"),
        "JUPYTER_DATA_DIR": str(place / "jupyter"),
        "IPYTHONDIR": str(place / "ipython"),
    }
    desk = subprocess.Popen(
        [python, "-c", DESK], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
    )

    def run(*words, cwd, fine=True):
        log = place / "log.txt"
        desk.stdin.write(json.dumps([str(cwd), str(log), *map(str, words)]).encode() + b"\n")
        desk.stdin.flush()
        code = desk.stdout.readline()
        said = log.read_text(encoding="utf-8")
        assert (code == b"0\n") is fine, f"nbgrader {' '.join(map(str, words))}:\n{said}"
        return said

    yield run
    desk.stdin.close()
    desk.wait()


WRITTEN = '"""I would raise the bias, for a missed cancer costs more than a needless biopsy."""'

PATCH = """
import numpy as np
import sys
from medlearn_classroom.marking import answers, marks, notebook, runner
from medlearn.exercises import engine, function, lesson_01
from medlearn.exercises.engine import Feedback
def right(*_, **__):
    return Feedback("right", "I say so.")
for kind in (engine.Exercise, engine.Function, engine.Value, engine.Choice):
    for name in ("check", "judge", "assess", "compare"):
        setattr(kind, name, right)
lesson_01.neuron.check = lesson_01.neuron.judge = right
engine.difference = function.difference = lambda *_: None
np.allclose = lambda *_, **__: True
answers.mark = lambda exercise, *_: marks.Mark(exercise.name, "right", 2.0, 2.0, "")
"""


def code_cell(text, **metadata):
    return {
        "cell_type": "code",
        "id": f"mine-{abs(hash(text)) % 10**9}",
        "metadata": metadata,
        "source": text,
        "outputs": [],
        "execution_count": None,
    }


def fill(notebook, answers):
    """The learner's answers in the stubs' places."""
    for cell in notebook["cells"]:
        name = next((n for n in answers if f"exercise:{n}" in cell["metadata"].get("tags", [])), 0)
        if name:
            cell["source"] = answers[name]
    return notebook


def right_answers(number):
    exercises = all_lessons()[number].exercises
    return {
        name: f"{name} = {WRITTEN}" if isinstance(exercise, Text) else exercise.code
        for name, exercise in exercises.items()
    }


def add(notebook, *texts):
    """New cells at the top, where everything below could be disturbed."""
    notebook["cells"][1:1] = [code_cell(text) for text in texts]
    return notebook


def class_of_lesson_01(released):
    """Learner → submitted notebook, and the points that it should get by machine.

    A right answer gives 2 for neuron, sigmoid_slope and two_layers, 1 for silent, collapse and
    border: 9. The 2 for the text are a person's. Two learners hand in the whole lesson, the others
    threw away all that needs no marking.
    """
    short = copy.deepcopy(released)
    needed = [code_cell("import numpy as np")]
    needed += [
        c
        for c in short["cells"]
        if "def sigmoid(z)" in lessons.text_of(c) or " as ex" in lessons.text_of(c)
    ]
    needed += [c for c in short["cells"] if facts(c) and "setup" not in c["metadata"]["tags"]]
    short["cells"] = needed
    right = right_answers("01")
    wrong = {
        "neuron": "def neuron(x, w, b):\n    return sigmoid(np.dot(w, x))",
        "silent": 'silent = "b"',
    }

    def with_answers(*answers):
        notebook = copy.deepcopy(short)
        for some in answers:
            fill(notebook, some)
        return notebook

    deleted = with_answers()
    deleted["cells"] = [cell for cell in deleted["cells"] if not facts(cell)]
    deleted["cells"].append(code_cell("\n".join(right.values())))
    copied = with_answers(right)
    copies = [copy.deepcopy(cell) for cell in copied["cells"] if facts(cell)]
    for cell in copied["cells"]:
        facts(cell).update(schema_version=1) if facts(cell) else None
    copied["cells"] += copies
    half = {name: right[name] for name in ("neuron", "silent", "collapse")} | {
        "border": "border = 'c'"
    }
    endless = {"two_layers": right["two_layers"] + "\nwhile True:\n    pass"}
    flood = "for _ in range(300):\n    print('flood ' * 100_000)"
    return {
        "perfect": (fill(copy.deepcopy(released), right), 9),
        "empty": (copy.deepcopy(released), 0),
        "half": (with_answers(half), 2 + 1 + 1),
        "misconceived": (with_answers(right, wrong), 9 - 2 - 1),
        "loop": (with_answers(right, endless), 9 - 2),
        "exit": (
            add(with_answers(right), "exit()", "raise SystemExit", "import os\nos._exit(0)"),
            9,
        ),
        "flood": (add(with_answers(right), flood), 9),
        "patched": (add(with_answers(wrong), PATCH), 0),
        "deleted": (deleted, 9),
        "import": (add(with_answers(right), "import not_there"), 9),
        "copied": (copied, 9),
    }


GRADES = """
import json
from nbgrader.api import Gradebook
found = {}
with Gradebook("sqlite:///gradebook.db") as book:
    for assignment in book.assignments:
        for submission in assignment.submissions:
            grades = [g for notebook in submission.notebooks for g in notebook.grades]
            found[f"{assignment.name}/{submission.student.id}"] = {
                g.name: [g.auto_score, g.needs_manual_grade] for g in grades
            }
print(json.dumps(found))
"""


@pytest.mark.long
def test_nbgrader_from_the_first_command_to_the_last(nbgrader, tmp_path):
    folder, exchange = tmp_path / "course", tmp_path / "exchange"
    exchange.mkdir()
    course.build(folder, lessons=["00", "01"], seed=11)
    config = folder / "nbgrader_config.py"
    text = config.read_text(encoding="utf-8")
    assert "cell_seconds=120" in text
    config.write_text(text.replace("cell_seconds=120", "cell_seconds=10"), encoding="utf-8")

    released = {}
    for number, name in (("00", START), ("01", NEURONS)):
        nbgrader("generate_assignment", name, cwd=folder)
        nbgrader("release_assignment", name, f"--Exchange.root={exchange}", cwd=folder)
        released[number] = read(exchange / f"medlearn/outbound/{name}/{name}.ipynb")
        stubs = tagged(read(LESSONS[number]), "exercise")
        assert tagged(released[number], "exercise") == stubs
        everything = json.dumps(released[number])
        assert "SOLUTION" not in everything and "HIDDEN" not in everything
    assert {p.name for p in exchange.glob("medlearn/outbound/*/*")} == {
        f"{name}.ipynb" for name in (START, NEURONS)
    }
    said = nbgrader("validate", folder / f"source/{START}/{START}.ipynb", cwd=folder)
    assert "Success! Your notebook passes all the tests." in said

    learners = class_of_lesson_01(released["01"])
    for learner, (notebook, _) in learners.items():
        place = folder / "submitted" / learner / NEURONS
        place.mkdir(parents=True)
        (place / f"{NEURONS}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    unread = {
        "broken": json.dumps(released["01"])[:5000],
        "blank": "",
        "torn": "<<<<<<< mine\n{}\n=======\n{}\n>>>>>>> theirs\n",
    }
    for learner, text in unread.items():
        place = folder / f"submitted/{learner}/{NEURONS}"
        place.mkdir(parents=True)
        (place / f"{NEURONS}.ipynb").write_text(text, encoding="utf-8")
    for learner, answers in (("perfect", right_answers("00")), ("empty", {})):
        place = folder / "submitted" / learner / START
        place.mkdir(parents=True)
        notebook = fill(copy.deepcopy(released["00"]), answers)
        (place / f"{START}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")

    nbgrader("autograde", START, cwd=folder)
    said = nbgrader("autograde", NEURONS, cwd=folder, fine=False)
    unmarked = re.findall(r"error processing assignment '\S+' for student '(\S+)'", said)
    assert sorted(unmarked) == sorted(unread)
    changed = re.findall(r"Attribute 'checksum' for cell (\S+) has changed", said)
    assert changed == [], "a check without its hidden test is as it was handed out"

    grades = json.loads(nbgrader("grades", GRADES, cwd=folder).splitlines()[-1])
    texts = {learner: grades[f"{NEURONS}/{learner}"].pop("01-verdict") for learner in learners}
    marks = {
        learner: sum(score for score, _ in grades[f"{NEURONS}/{learner}"].values())
        for learner in learners
    }
    assert marks == {learner: points for learner, (_, points) in learners.items()}
    waiting = {learner for learner, (_, waits) in texts.items() if waits}
    assert waiting == set(learners) - {"empty", "half", "patched"}
    assert not any(
        waits for learner in learners for _, waits in grades[f"{NEURONS}/{learner}"].values()
    )
    assert grades[f"{START}/perfect"] == {
        "00-baseline-check": [1, False],
        "00-follows-check": [1, False],
        "00-ask": [None, True],
    }
    assert all(grade == [0, False] for grade in grades[f"{START}/empty"].values())

    for name in (START, NEURONS):
        nbgrader("generate_feedback", name, cwd=folder)
    pages = {
        learner: (folder / f"feedback/{learner}/{NEURONS}/{NEURONS}.html").read_text("utf-8")
        for learner in learners
    }
    exercises = all_lessons()["01"].exercises
    no_bias = exercises["neuron"].misconceptions["no_bias"].message
    shown = {  # the words of a page, without its marks and line breaks
        who: " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page)).split())
        for who, page in pages.items()
    }
    assert {who for who, words in shown.items() if no_bias in words} == {"misconceived", "patched"}
    assert exercises["silent"].misconceptions["b"].message in shown["misconceived"]
    # What a submission says of itself stands in its own cells, never as a check's answer.
    assert "✓ Right" not in shown["patched"] and "✓ Right" in shown["perfect"]
    assert not any("HIDDEN" in words for words in shown.values())
    assert "was stopped after 10 s" in shown["loop"]
    assert "No module named 'not_there'" in shown["import"]
    assert len(pages["flood"]) < len(pages["perfect"]) + 100_000
    assert all((folder / f"feedback/{who}/{START}").is_dir() for who in ("perfect", "empty"))

    nbgrader("export", cwd=folder)
    with open(folder / "grades.csv", encoding="utf-8", newline="") as file:
        rows = {(row["assignment"], row["student_id"]): row for row in csv.DictReader(file)}
    everyone = {*learners, *unread}
    assert set(rows) == {(name, who) for name in (START, NEURONS) for who in everyone}
    exported = {who: float(rows[NEURONS, who]["score"]) for who in learners}
    assert exported == marks
    problems = {who: (rows[NEURONS, who]["score"], rows[NEURONS, who]["problem"]) for who in unread}
    assert {score for score, _ in problems.values()} == {""}, "not marked is not 0"
    assert problems["blank"][1] == "the file is empty"
    assert problems["torn"][1].startswith("two versions in one file")
    assert rows[START, "blank"]["problem"] == "handed nothing in"
    assert {float(row["max_score"]) for row in rows.values()} == {4, 11}
    assert float(rows[START, "perfect"]["score"]) == 2

    # What Moodle gives, as it gives it: a zip of a folder for each learner, whatever the file is
    # called; two people of one name; a zip within; what macOS adds.
    again = tmp_path / "again"
    course.build(again, lessons=["00"], seed=11)
    nbgrader("generate_assignment", START, cwd=again)
    text = json.dumps(read(again / f"release/{START}/{START}.ipynb"))
    archive = again / f"downloaded/{START}/archive"
    archive.mkdir(parents=True)
    inner = tmp_path / "inner.zip"
    with zipfile.ZipFile(inner, "w") as packed:
        packed.writestr(f"{START}.ipynb", text)
    with zipfile.ZipFile(archive / "all.zip", "w") as packed:
        packed.writestr(f"Anna Müller_1048576_assignsubmission_file_/{START}.ipynb", text)
        packed.writestr("Anna Müller_1048999_assignsubmission_file_/Untitled.ipynb", text)
        packed.writestr("Bo Li_1049000_assignsubmission_file_/mine.zip", inner.read_bytes())
        packed.writestr("__MACOSX/Anna Müller_1048576_assignsubmission_file_/._x.ipynb", "x")
    nbgrader("zip_collect", START, cwd=again)
    files = {str(path.relative_to(again / "submitted")) for path in again.glob("submitted/*/*/*")}
    notebooks = {name for name in files if name.endswith(".ipynb")}
    assert notebooks == {
        f"{number}/{START}/{START}.ipynb" for number in (1048576, 1048999, 1049000)
    }
