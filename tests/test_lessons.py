"""Lessons are found and read in one place, and what is wrong with one is said."""

import copy
import json
import shutil

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

from medlearn import lessons
from medlearn.exercises import all_lessons
from medlearn.lessons import Facts, LessonError

FACTS = {
    "lesson": "98",
    "title": "Made up",
    "question": "Is it?",
    "minutes": 5,
    "before": "nothing",
    "fits": "none",
}
COURSE = lessons.find()


def text(source, *tags):
    return new_markdown_cell(source, metadata={"tags": list(tags)})


def code(source, *tags):
    return new_code_cell(source, metadata={"tags": list(tags)})


def notebook(*cells, **facts):
    return {"cells": list(cells), "metadata": {"medlearn": {**FACTS, **facts}}}


def write(folder, name, content):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(json.dumps(content), encoding="utf-8")
    return folder / name


# --- which there are -----------------------------------------------------------------------------


def test_the_lessons_of_the_course_stand_in_order():
    assert list(COURSE) == sorted(COURSE) and min(COURSE) == "00"
    assert {lesson.language for lesson in COURSE.values()} == {"en"}


def test_each_lesson_has_the_exercises_of_its_module():
    """And no module is without its lesson."""
    assert list(all_lessons()) == list(COURSE)
    for number, known in all_lessons().items():
        assert list(known.exercises) == list(COURSE[number].exercises)
        assert list(COURSE[number].checks) == list(COURSE[number].stubs)


def test_somebodys_own_files_are_no_lessons(tmp_path):
    write(tmp_path, "01_one.ipynb", notebook())
    for name in ("Untitled.ipynb", "01_one-Copy1.ipynb", "1_one.ipynb", "01_One.ipynb", "01.ipynb"):
        write(tmp_path, name, notebook())
    write(tmp_path / ".ipynb_checkpoints", "02_two.ipynb", notebook())
    assert [lesson.stem for lesson in lessons.find(tmp_path).values()] == ["01_one"]


def test_a_second_lesson_of_one_number_is_refused(tmp_path):
    for name in ("01_one.ipynb", "01_other.ipynb"):
        write(tmp_path, name, notebook())
    with pytest.raises(LessonError, match=r"number 01: 01_one\.ipynb and 01_other\.ipynb\. Move"):
        lessons.find(tmp_path)


def test_another_language_stands_in_a_folder_of_its_own(tmp_path):
    write(tmp_path, "01_one.ipynb", notebook())
    write(tmp_path / "zh", "01_one.ipynb", notebook(title="一"))
    assert [lesson.language for lesson in lessons.find(tmp_path).values()] == ["en"]
    (other,) = lessons.find(tmp_path, "zh").values()
    assert (other.language, other.number) == ("zh", "01")
    assert lessons.find(tmp_path, "fr") == {}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "no notebook"),
        ("[]", "no notebook"),
        ('{"cells": [], "metadata": null}', "no notebook"),
        ('{"cells": [{"cell_type": "code"}], "metadata": {}}', "no notebook"),
    ],
)
def test_a_damaged_lesson_is_named(tmp_path, content, said):
    (tmp_path / "01_one.ipynb").write_text(content, encoding="utf-8")
    with pytest.raises(LessonError, match=rf"01_one\.ipynb is {said}.*git checkout"):
        lessons.find(tmp_path)


def test_without_the_lessons_it_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(lessons, "__file__", str(tmp_path / "site-packages/medlearn/lessons.py"))
    with pytest.raises(LessonError, match=r"installed without them\. Clone the course"):
        lessons.find()


# --- what one says -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"minutes": None}, "minutes: expected a whole number, found NoneType"),
        ({"minutes": "5"}, "minutes: expected a whole number, found a text '5'"),
        ({"keras": 1}, "keras: expected true or false, found a whole number 1"),
        ({"packages": "numpy"}, "packages: expected a list, found a text"),
        ({"minuets": 5}, "minuets: there is no field of that name, did you mean 'minutes'"),
    ],
)
def test_a_fact_that_is_wrong_is_named(change, said):
    with pytest.raises(LessonError, match=f"98_made_up: .*{said}"):
        Facts.of(notebook(**change), "98_made_up")


@pytest.mark.parametrize("fact", FACTS)
def test_a_fact_that_is_missing_is_named(fact):
    made = notebook()
    del made["metadata"]["medlearn"][fact]
    with pytest.raises(
        LessonError, match=f"98_made_up: metadata.medlearn: {fact}: this field is missing"
    ):
        Facts.of(made, "98_made_up")


def test_number_and_file_name_agree(tmp_path):
    path = write(tmp_path, "97_made_up.ipynb", notebook())
    with pytest.raises(LessonError, match=r"lesson is '98'; expected '97', as in the file's name"):
        _ = lessons.read(path).facts


def test_sections_levels_and_exercises(tmp_path):
    path = write(
        tmp_path,
        "98_made_up.ipynb",
        notebook(
            text("# 98", "header"),
            text("## The case\n```\n## in code\n```"),
            text("## 1. One", "core"),
            code("def f(): ...", "exercise:f"),
            code("ex.f.check(f)", "check:f"),
            text("## 2. Two (deeper)", "deeper"),
            code("g = ...", "exercise:g"),
            text("## Recap"),
            code("h = ...", "exercise:h"),
        ),
    )
    lesson = lessons.read(path)
    assert [(s.heading, s.number, s.level) for s in lesson.sections] == [
        ("The case", None, ""),
        ("1. One", 1, "core"),
        ("2. Two (deeper)", 2, "deeper"),
        ("Recap", None, ""),
    ]
    assert [len(section.cells) for section in lesson.sections] == [1, 3, 2, 2]
    assert lesson.exercises == {"f": "core", "g": "deeper", "h": ""}
    assert [section.number for section in lesson.core] == [1]
    assert list(lesson.checks) == ["f"]


def test_the_data_are_those_that_its_code_loads(tmp_path):
    made = notebook(
        text("`load_ecg()` in words does not count."),
        code("model = keras.saving.load_model(path)"),
        code("x, y = datasets.load_heart_disease(return_X_y=True)\nload_digits_mnist()"),
        code("load_heart_disease()"),
    )
    lesson = lessons.read(write(tmp_path, "98_made_up.ipynb", made))
    assert lesson.data == ("heart_disease", "digits")


def test_data_of_another_package_comments_and_texts_do_not_count(tmp_path):
    made = notebook(
        code("from sklearn.datasets import load_breast_cancer\nload_breast_cancer()"),
        code("print('call load_nhanes()')  # later: load_ecg()"),
        code("%matplotlib inline\nload_movements()"),
    )
    path = write(tmp_path, "98_made_up.ipynb", made)
    assert lessons.read(path).data == ()
    made["cells"] += [code("from medlearn.datasets import load_breast_cancer as load_it")]
    ours = "from medlearn.datasets import load_breast_cancer"
    made["cells"] += [code(f"{ours}\nload_breast_cancer()")]
    assert lessons.parse(made, path).data == ("breast_cancer",)


def test_a_version_is_that_of_the_content(tmp_path):
    made = notebook(text("# 98", "header"), code("1 + 1"))
    version = lessons.parse(made, tmp_path / "98_made_up.ipynb").version

    def other(change):
        changed = copy.deepcopy(made)
        change(changed["cells"])
        return lessons.parse(changed, tmp_path / "98_made_up.ipynb").version

    assert other(lambda cells: cells[0].update(source="# 98, under 20 s")) == version
    assert other(lambda cells: cells[1].update(execution_count=7, outputs=["2"])) == version
    assert other(lambda cells: cells[1].update(source="1 + 2")) != version


def test_the_course_copied_elsewhere_is_the_same(tmp_path):
    shutil.copytree(lessons.course_folder() / "notebooks", tmp_path / "notebooks")
    found = lessons.find(tmp_path / "notebooks")
    assert {n: one.version for n, one in found.items()} == {
        n: one.version for n, one in COURSE.items()
    }
