"""The learner's own copies: made once, never overwritten, renewed when a lesson has changed."""

import copy as copying
import errno
import json
import os
import sys

import pytest

from medlearn import __version__, lab, lessons, renewal
from medlearn.__main__ import main


def _notebook(source, **metadata):
    cell = {
        "cell_type": "code",
        "id": "a",
        "execution_count": 3,
        "metadata": {
            "tags": ["predict"],
            "jupyter": {"outputs_hidden": True},
            "execution": {"shell.execute_reply": "2026"},
        },
        "source": source,
        "outputs": [{"output_type": "stream", "name": "stdout", "text": "42"}],
    }
    metadata = {"medlearn": {"lesson": "00"}, "widgets": {"state": {}}, **metadata}
    return {"cells": [cell], "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


@pytest.fixture
def folders(tmp_path):
    """A course with two lessons, and the path of a folder for copies that is not there yet."""
    notebooks = tmp_path / "notebooks"
    notebooks.mkdir()
    for name in ("00_start_here", "01_neurons"):
        (notebooks / f"{name}.ipynb").write_text(json.dumps(_notebook(f"print({name!r})")))
    return notebooks, tmp_path / "work"


def _states(folders):
    return [(copy.path.name, copy.state) for copy in lab.copy_lessons(*folders)]


def test_first_use_copies_every_lesson_without_outputs(folders):
    before = {p: p.read_bytes() for p in folders[0].iterdir()}
    assert _states(folders) == [("00_start_here.ipynb", "new"), ("01_neurons.ipynb", "new")]
    for file in folders[1].iterdir():
        (cell,) = json.loads(file.read_text())["cells"]
        assert (cell["outputs"], cell["execution_count"]) == ([], None)
        assert cell["metadata"] == {"tags": ["predict"]}  # the answer is shown once it is run
        assert "widgets" not in json.loads(file.read_text())["metadata"]
    assert before == {p: p.read_bytes() for p in folders[0].iterdir()}


def test_a_copy_is_never_overwritten(folders):
    lab.copy_lessons(*folders)
    mine = folders[1] / "00_start_here.ipynb"
    mine.write_text(mine.read_text().replace("print", "# my words\\nprint"))
    before = mine.read_bytes()
    assert _states(folders) == [("00_start_here.ipynb", "kept"), ("01_neurons.ipynb", "kept")]
    assert mine.read_bytes() == before
    assert len(list(folders[1].iterdir())) == 2


def test_a_new_version_is_put_beside_the_copy_once(folders):
    lab.copy_lessons(*folders)
    mine = folders[1] / "00_start_here.ipynb"
    before = mine.read_bytes()
    for text in ("print('second')", "print('third')"):
        (folders[0] / mine.name).write_text(json.dumps(_notebook(text)))
        copies = lab.copy_lessons(*folders)
        assert copies[0].state == "beside"
        assert json.loads(copies[0].path.read_text())["cells"][0]["source"] == text
        said = "\n".join(lab.tell(copies))
        assert "00_start_here.ipynb has changed" in said and copies[0].path.name in said
        again = lab.copy_lessons(*folders)
        assert (again[0].path, again[0].state) == (copies[0].path, "kept")
        assert lab.tell(again) == []
    assert mine.read_bytes() == before
    assert sorted(p.name for p in folders[1].iterdir()) == [
        "00_start_here.ipynb",
        "00_start_here_new.ipynb",
        "00_start_here_new2.ipynb",
        "01_neurons.ipynb",
    ]


def test_new_outputs_alone_are_no_new_version(folders):
    lab.copy_lessons(*folders)
    lesson = _notebook("print('00_start_here')")
    lesson["cells"][0]["outputs"] = []
    (folders[0] / "00_start_here.ipynb").write_text(json.dumps(lesson))
    assert _states(folders)[0] == ("00_start_here.ipynb", "kept")


def test_a_deleted_copy_starts_over_and_a_renamed_one_is_recognised(folders):
    lab.copy_lessons(*folders)
    (folders[1] / "00_start_here.ipynb").unlink()
    (folders[1] / "done").mkdir()
    (folders[1] / "01_neurons.ipynb").rename(folders[1] / "done" / "mine.ipynb")
    assert _states(folders) == [("00_start_here.ipynb", "new"), ("mine.ipynb", "kept")]


def test_other_files_in_work_are_left_alone(folders):
    folders[1].mkdir()
    (folders[1] / "00_start_here.ipynb").write_text('{"cells": [')  # half saved
    (folders[1] / "01_neurons.ipynb").write_text(json.dumps(_notebook("print('by hand')")))
    before = {p: p.read_bytes() for p in folders[1].iterdir()}
    assert _states(folders) == [
        ("00_start_here_new.ipynb", "beside"),
        ("01_neurons_new.ipynb", "beside"),
    ]
    assert before == {p: p.read_bytes() for p in before}
    assert _states(folders) == [
        ("00_start_here_new.ipynb", "kept"),
        ("01_neurons_new.ipynb", "kept"),
    ]


ODD = {
    "metadata null": '{"cells":[],"metadata":null}',
    "cells null": '{"cells": null, "metadata": {}}',
    "ours null": '{"cells": [], "metadata": {"medlearn": null}}',
    "ours a number": '{"cells": [], "metadata": {"medlearn": {"copy_of": 3}}}',
    "a list": "[]",
    "nothing": "",
    "deep": "[" * 100_000,
    "no UTF-8": b"\xff\xfe",
    "cell without metadata": '{"cells": [{"cell_type": "code", "source": "", "metadata": null}],'
    ' "metadata": {}}',
    "odd jupyter": '{"cells": [{"cell_type": "code", "source": "", "metadata": {"jupyter": null}}],'
    ' "metadata": {}}',
}


@pytest.mark.parametrize("name", ["x.ipynb", "00_start_here.ipynb"])
@pytest.mark.parametrize("content", ODD.values(), ids=ODD)
def test_what_is_no_copy_is_passed_over(folders, content, name):
    folders[1].mkdir()
    theirs = folders[1] / name
    theirs.write_bytes(content if isinstance(content, bytes) else content.encode())
    before = theirs.read_bytes()
    (first, state), _ = _states(folders)
    assert state == ("new" if name == "x.ipynb" else "beside")
    assert theirs.read_bytes() == before
    assert _states(folders)[0] == (first, "kept")


@pytest.mark.parametrize("name", ["x.ipynb", "00_start_here.ipynb"])
def test_a_folder_with_the_name_of_a_notebook_is_passed_over(folders, name):
    (folders[1] / name).mkdir(parents=True)
    copies = lab.copy_lessons(*folders)
    assert copies[0].state == ("new" if name == "x.ipynb" else "beside")
    said = "\n".join(lab.tell(copies))
    assert ("no notebook that can be read" in said) == (name != "x.ipynb")
    assert "has changed" not in said


@pytest.mark.skipif(sys.platform == "win32", reason="Windows lets only some people make links")
def test_dangling_links_are_passed_over(folders):
    folders[1].mkdir()
    for name in (".#a.ipynb", "a.ipynb", "00_start_here.ipynb", "00_start_here_new.ipynb"):
        (folders[1] / name).symlink_to("nowhere")
    assert _states(folders)[0] == ("00_start_here_new2.ipynb", "beside")


@pytest.mark.parametrize(
    "hidden", [".Trash-0/files", ".ipynb_checkpoints", ".virtual_documents", "mine/.Trash-1000"]
)
def test_hidden_folders_are_nobodys(folders, hidden):
    lab.copy_lessons(*folders)
    mine = folders[1] / "00_start_here.ipynb"
    (folders[1] / hidden).mkdir(parents=True)
    mine.rename(folders[1] / hidden / mine.name)
    assert _states(folders)[0] == ("00_start_here.ipynb", "new")


def test_the_course_may_lie_in_a_hidden_folder(folders, tmp_path):
    hidden = tmp_path / ".courses" / "work"
    hidden.parent.mkdir()
    lab.copy_lessons(folders[0], hidden)
    assert [copy.state for copy in lab.copy_lessons(folders[0], hidden)] == ["kept", "kept"]


def test_a_copy_with_a_byte_order_mark_is_the_learners(folders):
    lab.copy_lessons(*folders)
    mine = folders[1] / "00_start_here.ipynb"
    mine.write_text(mine.read_text("utf-8"), encoding="utf-8-sig")
    assert _states(folders)[0] == ("00_start_here.ipynb", "kept")


def test_a_disk_that_is_full_gives_an_error_and_no_half_copy(folders, monkeypatch):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(lab.os, "link", full)
    monkeypatch.setattr(lab.os, "rename", full)
    with pytest.raises(lab.LabError, match=r"the disk is full\. Make room"):
        lab.copy_lessons(*folders)
    assert list(folders[1].iterdir()) == []


def test_a_folder_that_cannot_be_made_gives_an_error(folders, capsys, monkeypatch):
    folders[1].write_text("a file where the folder should be")
    with pytest.raises(lab.LabError, match=r"cannot be written to .*work"):
        lab.copy_lessons(*folders)
    monkeypatch.setattr(lessons, "course_folder", lambda: folders[0].parent)
    assert main(["lab", "--copies-only"]) == 1
    said = capsys.readouterr()
    assert said.err.startswith("✗ Your copies of the lessons cannot be written")


def test_a_disk_without_links_is_good_enough(folders, monkeypatch):
    def no_links(*_):
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(lab.os, "link", no_links)
    assert [copy.state for copy in lab.copy_lessons(*folders)] == ["new", "new"]
    assert sorted(p.suffix for p in folders[1].iterdir()) == [".ipynb", ".ipynb"]


@pytest.mark.parametrize("links", [True, False])
def test_two_commands_at_once_do_not_overwrite_each_other(tmp_path, monkeypatch, links):
    def no_links(*_):
        raise OSError(errno.EPERM, "Operation not permitted")

    if not links:
        monkeypatch.setattr(lab.os, "link", no_links)
    file = tmp_path / "00_start_here.ipynb"
    file.write_text("made by the other command a moment ago")
    with pytest.raises(FileExistsError):
        lab._create(file, "mine")
    assert [p.read_text() for p in tmp_path.iterdir()] == ["made by the other command a moment ago"]


def test_a_copy_that_another_command_makes_in_between_is_kept(folders, monkeypatch):
    create = lab._create

    def late(file, text):
        monkeypatch.setattr(lab, "_create", create)
        create(file, text)  # as the other command did, a moment ago
        create(file, text)

    monkeypatch.setattr(lab, "_create", late)
    assert _states(folders) == [("00_start_here.ipynb", "kept"), ("01_neurons.ipynb", "new")]
    assert len(list(folders[1].iterdir())) == 2


def test_the_lessons_of_this_course_can_be_copied(root, tmp_path):
    copies = lab.copy_lessons(root / "notebooks", tmp_path / "work")
    assert [copy.state for copy in copies] == ["new"] * len(list(root.glob("notebooks/*.ipynb")))
    assert copies[0].lesson == "00_start_here.ipynb"


# ---- a lesson that has changed ------------------------------------------------------------


def _cell(text, *tags):
    kind = "markdown" if text.startswith("#") else "code"
    name = "-".join(tags).replace(":", "-") or f"c{abs(hash(text))}"
    more = {"outputs": [], "execution_count": None} if kind == "code" else {}
    metadata = {"tags": list(tags)} if tags else {}
    return {"cell_type": kind, "id": name, "metadata": metadata, "source": text, **more}


STUBS = {
    "neuron": "def neuron(x, w, b):\n    # your code here\n    ...",
    "race": "race = ...  # your number",
    "verdict": "verdict = ...  # your sentences, between triple quotes",
}
ANSWERS = {
    "neuron": "def neuron(x, w, b):\n    ...\n    return x[..., 0] @ w + b",
    "race": "race = 4",
    "verdict": 'verdict = """It may choose ... but a doctor looks – always."""',
}


class Course:
    """A course with one lesson, and what a learner and an author do with it."""

    def __init__(self, folder):
        self.notebooks, self.work = folder / "notebooks", folder / "work"
        self.notebooks.mkdir()
        self.cells = [
            _cell("# 05 · Made up", "header"),
            _cell("## The case"),
            _cell("## 1. Weights", "core"),
            _cell("print('weights')"),
            *self.exercise("neuron"),
            _cell("## 2. Numbers", "core"),
            *self.exercise("race"),
            _cell("## 3. Words (deeper)", "deeper"),
            *self.exercise("verdict"),
            _cell("## Recap"),
        ]

    @staticmethod
    def exercise(name, stub=None):
        stub = _cell(stub or STUBS[name], f"exercise:{name}")
        return stub, _cell(f"ex.{name}.check({name})", f"check:{name}")

    def find(self, text):
        """The index of the cell in which a text stands, or of the stub of an exercise."""
        return next(
            index
            for index, cell in enumerate(self.cells)
            if text in cell["source"] or cell["metadata"].get("tags") == [f"exercise:{text}"]
        )

    def change(self, text, new):
        self.cells[self.find(text)]["source"] = new

    def remove(self, name):
        del self.cells[self.find(name) : self.find(name) + 2]

    def copies(self):
        """Run `make lab` after the author: what became of the lesson."""
        metadata = {"medlearn": {"lesson": "05"}}
        notebook = {"cells": self.cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
        (self.notebooks / "05_made_up.ipynb").write_text(json.dumps(notebook), "utf-8")
        (made,) = lab.copy_lessons(self.notebooks, self.work)
        return made

    def told(self):
        """What the learner reads, and the new copy."""
        made = self.copies()
        return "\n".join(lab.tell([made])), made.path


def _read(file):
    return json.loads(file.read_text("utf-8"))


def _edit(file, change):
    """Let the learner change a copy."""
    notebook = _read(file)
    change(notebook)
    file.write_text(json.dumps(notebook), "utf-8")


def _answer(file, **answers):
    def write(notebook):
        for cell in notebook["cells"]:
            if (name := lessons.tagged(cell, "exercise")) in answers:
                cell["source"] = answers[name].splitlines(keepends=True)

    _edit(file, write)


def _sources(file):
    """Exercise → what stands in its cell."""
    return {name: lessons.text_of(c) for name, c in lessons.read(file).stubs.items()}


def _forget(file):
    """Make a copy as those before version 0.2.0 were."""

    def forget(notebook):
        origin = notebook["metadata"]["medlearn"]["copy_of"]
        for key in ("course", "sections", "stubs", "cells"):
            del origin[key]

    _edit(file, forget)


@pytest.fixture
def course(tmp_path):
    return Course(tmp_path)


@pytest.fixture
def mine(course):
    """The learner's first copy."""
    return course.copies().path


def test_a_copy_remembers_what_a_renewal_needs(mine):
    origin = _read(mine)["metadata"]["medlearn"]["copy_of"]
    assert origin["lesson"] == "05_made_up.ipynb" and origin["course"] == __version__
    assert origin["stubs"].keys() == STUBS.keys()
    assert origin["sections"][1] == "1. Weights"
    assert len(origin["cells"].split()) == len(_read(mine)["cells"])


@pytest.mark.parametrize("remembers", [True, False])
@pytest.mark.parametrize("name", STUBS)
def test_an_answer_goes_along_by_name_and_an_unfilled_stub_does_not(course, mine, name, remembers):
    _answer(mine, **{name: ANSWERS[name]})
    if not remembers:
        _forget(mine)
    before = mine.read_bytes()
    course.cells.insert(2, _cell("## 1. What came first", "core"))
    course.change("1. Weights", "## 2. Weights")  # moved, and so not new
    said, file = course.told()
    assert _sources(file) == {**STUBS, name: ANSWERS[name]}
    assert f"It holds your answers ({name}) from 05_made_up.ipynb." in said
    assert 'New: section "1. What came first".' in said
    assert "Gone" not in said and "Changed" not in said and "Only" not in said
    assert mine.read_bytes() == before
    assert not any(cell.get("outputs") for cell in _read(file)["cells"])


def test_running_it_again_makes_nothing_new_and_says_nothing(course, mine):
    _answer(mine, **ANSWERS)
    course.change("print", "print('other')")
    course.copies()
    files = {file: file.read_bytes() for file in course.work.iterdir()}
    assert len(files) == 2
    assert course.told()[0] == ""
    assert files == {file: file.read_bytes() for file in course.work.iterdir()}


def test_nothing_filled_in_is_said_so(course, mine):
    course.change("print", "print('other')")
    said, file = course.told()
    assert "You had filled in no exercise in 05_made_up.ipynb." in said
    assert _sources(file) == STUBS


def test_a_changed_exercise_keeps_the_answer_above_its_new_beginning(course, mine):
    _answer(mine, race="race = 4")
    course.change("race", "race = (..., ...)  # first and last")
    said, file = course.told()
    answer = _sources(file)["race"]
    assert answer.startswith(f"race = 4\n\n{renewal.CHANGED} ")
    assert answer.endswith("\n# race = (..., ...)  # first and last")
    names = {}
    exec(answer, names)
    assert names["race"] == 4
    assert 'Changed: exercise race in "2. Numbers". Your answer stands in its cell' in said
    # One who had not answered gets the new beginning alone.
    _answer(mine, race=STUBS["race"])
    file.unlink()
    said, file = course.told()
    assert _sources(file)["race"] == "race = (..., ...)  # first and last"
    assert "Changed: exercise race" in said and "Your answer" not in said


def test_an_unfilled_stub_of_before_is_no_answer_to_a_changed_one(course, mine):
    _forget(mine)
    _answer(mine, verdict=ANSWERS["verdict"])
    course.change("race", "race = (..., ...)  # first and last")
    said, file = course.told()
    assert _sources(file)["race"] == "race = (..., ...)  # first and last"
    assert "(verdict)" in said


@pytest.mark.parametrize(
    "answer", ["race = (3, ...)", "race = 4 +", "%timeit neuron", "race = '\\d'"]
)
def test_half_an_answer_is_one(course, mine, answer, recwarn):
    _answer(mine, race=answer)
    course.change("print", "print('other')")
    said, file = course.told()
    assert _sources(file)["race"] == answer and "(race)" in said
    if "..." not in answer:  # it tells a copy of before that nothing was filled in
        file.unlink()
        _forget(mine)
        assert _sources(course.copies().path)["race"] == answer
    assert not recwarn.list


def test_spaces_at_the_ends_of_lines_are_no_answer(course, mine):
    _answer(mine, neuron=STUBS["neuron"].replace("\n", "  \n") + "\n")
    course.change("print", "print('other')")
    said, file = course.told()
    assert "You had filled in no exercise" in said
    assert _sources(file) == STUBS


def test_what_the_exercise_begins_with_now_is_no_answer(course, mine):
    _answer(mine, race="race = None")
    course.change("race", "race = None")
    said, file = course.told()
    assert "You had filled in no exercise" in said and "Your answer" not in said
    assert _sources(file)["race"] == "race = None"


def test_an_emptied_cell_is_no_answer(course, mine):
    _answer(mine, race="  \n")
    course.change("print", "print('other')")
    assert _sources(course.told()[1])["race"] == STUBS["race"]


def test_what_is_gone_is_named(course, mine):
    _answer(mine, race="race = 4", neuron=ANSWERS["neuron"])
    course.remove("race")
    del course.cells[course.find("2. Numbers")]
    said, file = course.told()
    assert 'Gone: section "2. Numbers"; exercise race.' in said
    assert "Only there: race (no longer in the lesson)." in said
    assert _sources(file).keys() == {"neuron", "verdict"}


def test_what_is_new_is_named_with_its_heading(course, mine):
    course.cells[course.find("2. Numbers") : course.find("2. Numbers")] = [
        *course.exercise("bias", "bias = ..."),
        _cell("## 2. Costs", "core"),
        *course.exercise("cost", "cost = ..."),
        *course.exercise("price", "price = ..."),
    ]
    said, _ = course.told()
    weights = 'exercise bias in "1. Weights"'
    assert f'New: {weights}; section "2. Costs" with exercises cost and price.' in said


def test_a_new_exercise_outside_every_section_is_named(course, mine):
    course.cells[1:1] = course.exercise("start", "start = ...")
    assert "    New: exercise start.\n" in course.told()[0] + "\n"


def test_a_heading_of_the_learners_is_not_said_to_be_gone(course, mine):
    _edit(mine, lambda notebook: notebook["cells"].append(_cell("## My notes")))
    course.change("1. Weights", "## 1. Scales")
    said, file = course.told()
    assert 'Gone: section "1. Weights".' in said
    file.unlink()
    _forget(mine)
    assert 'Gone: section "1. Weights".' in course.told()[0]


@pytest.mark.parametrize("remembers", [True, False])
def test_nothing_is_guessed_where_an_answer_stands_elsewhere(course, mine, remembers):
    def change(notebook):
        cells = {lessons.tagged(c, "exercise"): c for c in notebook["cells"]}
        notebook["cells"].insert(3, _cell("race = 3"))  # its own cell is as it was
        cells["neuron"]["metadata"]["tags"] = []
        cells["neuron"]["source"] = ANSWERS["neuron"]
        twice = copying.deepcopy(cells["verdict"])
        cells["verdict"]["source"], twice["source"] = "verdict = 'yes'", "verdict = 'no'"
        notebook["cells"].append(twice)

    _edit(mine, change)
    if not remembers:
        _forget(mine)
    course.change("print", "print('other')")
    said, file = course.told()
    assert _sources(file) == STUBS
    assert "No answer could go along from 05_made_up.ipynb." in said
    assert "neuron (answered in another cell)" in said
    assert "race (answered in another cell)" in said
    assert "verdict (answered in two cells)" in said
    assert "New" not in said and "Gone" not in said


@pytest.mark.parametrize("remembers", [True, False])
def test_a_cell_that_lost_its_tag_or_is_gone_is_named(course, mine, remembers):
    def change(notebook):
        for cell in notebook["cells"]:
            if lessons.tagged(cell, "exercise") == "neuron":
                cell["metadata"], cell["source"] = {}, "lambda x: x"

    _edit(mine, change)
    if not remembers:
        _forget(mine)
    course.change("## Recap", "## Recap\nOther words.")
    assert "neuron (its cell is gone or has lost its tag)" in course.told()[0]


def test_a_cell_of_another_kind_stays(course, mine):
    def change(notebook):
        (cell,) = (c for c in notebook["cells"] if lessons.tagged(c, "exercise") == "verdict")
        cell["cell_type"], cell["source"] = "markdown", "It may."

    _edit(mine, change)
    course.change("print", "print('other')")
    said, file = course.told()
    assert "verdict (its cell is of another kind now)" in said
    assert _sources(file)["verdict"] == STUBS["verdict"]


def test_cells_of_the_learner_are_counted(course, mine):
    def change(notebook):
        notebook["cells"] += [_cell("# A note of mine"), _cell("2 + 2"), _cell("")]
        (cell,) = (c for c in notebook["cells"] if "print" in c["source"])
        cell["source"] = "print('tried')"

    _edit(mine, change)
    course.change("## Recap", "## Recap\nOther words.")
    said, file = course.told()
    assert "Only there: 3 cells that you added or changed." in said
    file.unlink()
    _forget(mine)
    assert "Only there: 2 cells that you have and the new version has not." in course.told()[0]


def test_words_and_code_alone_are_said_to_be_all_that_changed(course, mine):
    course.change("## Recap", "## Recap\nOther words.")
    assert course.told()[0].endswith(
        "    Only wording changed; sections and exercises are as they were."
    )
    course.change("print", "print('other')")
    assert course.told()[0].endswith(
        "Only wording or code changed; sections and exercises are as they were."
    )


def test_answers_go_along_through_two_changes(course, mine):
    _answer(mine, neuron=ANSWERS["neuron"])
    course.change("print", "print('second')")
    second = course.copies().path
    _answer(second, race="race = 4")
    course.change("race", "race = ...  # a whole number")
    said, third = course.told()
    assert third.name == "05_made_up_new2.ipynb"
    assert "(neuron, race) from 05_made_up_new.ipynb (of your 2 copies" in said
    assert _sources(third)["neuron"] == ANSWERS["neuron"]
    assert _sources(third)["race"].startswith("race = 4\n")
    # And again: only the newest beginning stands below the answer.
    course.change("race", "race = (..., ...)  # first and last")
    answer = _sources(course.told()[1])["race"]
    assert answer.startswith("race = 4\n")
    assert answer.endswith("\n# race = (..., ...)  # first and last")
    assert answer.count("# race =") == 1 and "whole number" not in answer


def test_a_beginning_that_an_earlier_version_put_below_goes(course, mine):
    once = "# This exercise has changed since you answered it. It now begins like this:"
    _answer(mine, race=f"race = 4\n\n{once}\n# race = ...  # an old beginning")
    course.change("race", "race = (..., ...)  # first and last")
    answer = _sources(course.told()[1])["race"]
    assert answer.startswith(f"race = 4\n\n{renewal.CHANGED} ") and "old beginning" not in answer


def test_brackets_that_are_no_level_belong_to_the_heading(course, mine):
    course.change("## 2. Numbers", "## 2. Numbers (of patients)")
    said, _file = course.told()
    assert 'section "2. Numbers (of patients)"' in said


@pytest.mark.parametrize("last", [0, 1])
def test_of_several_copies_the_one_saved_last_counts(course, mine, last):
    course.change("print", "print('second')")
    copies = [mine, course.copies().path]
    for number, file in enumerate(copies):
        _answer(file, race=f"race = {number}")
        os.utime(file, (1e9 + (number == last), 1e9 + (number == last)))
    course.change("print", "print('third')")
    said, file = course.told()
    assert _sources(file)["race"] == f"race = {last}"
    assert f"from {copies[last].name} (of your 2 copies the one that was saved last)" in said


def test_of_copies_saved_at_once_the_newer_version_counts(course, mine):
    _edit(mine, lambda notebook: notebook["metadata"]["medlearn"]["copy_of"].update(course="0.0.9"))
    aside = mine.rename(mine.with_name("zz.ipynb"))  # by its name it would come last
    course.change("print", "print('second')")
    copies = [aside, course.copies().path]
    for number, file in enumerate(copies):
        _answer(file, race=f"race = {number}")
        os.utime(file, (1e9, 1e9))
    course.change("print", "print('third')")
    assert _sources(course.copies().path)["race"] == "race = 1"


def test_a_renamed_and_moved_copy_is_renewed_and_named(course, mine):
    _answer(mine, race="race = 4")
    (course.work / "done").mkdir()
    mine.rename(course.work / "done" / "mine.ipynb")
    course.change("print", "print('other')")
    said, file = course.told()
    assert file == course.work / "05_made_up_new.ipynb"
    assert "It holds your answers (race) from done/mine.ipynb." in said


def test_a_lesson_with_another_name_is_the_same_lesson(course, mine):
    _answer(mine, race="race = 4")
    course.change("print", "print('other')")
    course.copies()
    (course.notebooks / "05_made_up.ipynb").rename(course.notebooks / "05_renamed.ipynb")
    course.change("print", "print('third')")
    notebook = _read(course.notebooks / "05_renamed.ipynb")
    notebook["cells"] = course.cells
    (course.notebooks / "05_renamed.ipynb").write_text(json.dumps(notebook))
    (made,) = lab.copy_lessons(course.notebooks, course.work)
    assert made.path.name == "05_renamed_new.ipynb"
    assert _sources(made.path)["race"] == "race = 4"


def test_a_copy_made_by_hand_is_renewed_too(course, mine):
    """From the notebooks folder, or downloaded from Colab: it remembers nothing, only its name."""
    by_hand = course.notebooks / mine.name
    mine.write_text(by_hand.read_text("utf-8"), "utf-8")
    assert course.copies().state == "kept"
    _answer(mine, race="race = 4")

    def as_colab_saves(notebook):
        for cell in notebook["cells"]:
            del cell["id"]

    _edit(mine, as_colab_saves)
    course.change("## Recap", "## Recap\nOther words.")
    said, file = course.told()
    assert _sources(file) == {**STUBS, "race": "race = 4"}
    assert "It holds your answers (race) from 05_made_up.ipynb." in said
    assert course.copies().state == "kept"


def test_a_copy_with_a_byte_order_mark_is_renewed(course, mine):
    _answer(mine, race="race = 4")
    mine.write_text(mine.read_text("utf-8"), encoding="utf-8-sig")
    course.change("print", "print('other')")
    assert _sources(course.copies().path)["race"] == "race = 4"


def test_half_a_character_in_an_answer_goes_along(course, mine):
    _answer(mine, verdict="verdict = 'half \ud83d'")
    course.change("print", "print('other')")
    assert _sources(course.copies().path)["verdict"] == "verdict = 'half \ud83d'"


@pytest.mark.parametrize("spoilt", [3, None, [], {"x": 1}, "x"])
@pytest.mark.parametrize("key", ["course", "sections", "stubs", "cells"])
def test_a_spoilt_memory_is_no_memory(course, mine, key, spoilt):
    _answer(mine, race="race = 4")
    _edit(mine, lambda notebook: notebook["metadata"]["medlearn"]["copy_of"].update({key: spoilt}))
    course.change("print", "print('other')")
    said, file = course.told()
    assert _sources(file)["race"] == "race = 4"
    assert "has changed" in said


def test_the_changelog_tells_what_is_new_in_this_lesson(course, mine):
    changelog = course.notebooks.parent / "CHANGELOG.md"
    changelog.write_text(
        "## 9.3.0 · D\n\n- **05**: Costs have units.\n- **06**: Not here.\n\n"
        "## 9.2.0 · C\n\n- **04, 05**: A table\n  is real.\n\n"
        "## 9.1.0 · B\n\n- **05**: A third line.\n\n"
        f"## {__version__} · A\n\n- **05**: Known already.\n"
    )
    course.change("print", "print('other')")
    lines = course.told()[0].splitlines()
    assert lines[-3:] == [
        "    9.3.0: Costs have units.",
        "    9.2.0: A table is real.",
        "    CHANGELOG.md holds one more of its changes.",
    ]
    assert not any("Only wording" in line for line in lines)


def test_a_lesson_takes_few_lines(course, mine):
    """Everything at once: one line of each kind."""
    _edit(mine, lambda notebook: notebook["cells"].append(_cell("2 + 2")))
    _answer(mine, **ANSWERS)
    course.remove("verdict")
    course.change("race", "race = (..., ...)")
    course.cells.append(_cell("## 4. More", "core"))
    changelog = course.notebooks.parent / "CHANGELOG.md"
    changelog.write_text("## 9.2.0 · C\n\n- **05**: More.\n")
    assert len(course.told()[0].splitlines()) == 7


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EACCES])
def test_a_full_disk_leaves_the_old_copy_and_no_half_renewed_one(course, mine, monkeypatch, error):
    _answer(mine, race="race = 4")
    before = mine.read_bytes()

    def refused(*_, **__):
        raise OSError(error, os.strerror(error))

    monkeypatch.setattr(lab.os, "link", refused)
    monkeypatch.setattr(lab.os, "rename", refused)
    course.change("print", "print('other')")
    with pytest.raises(lab.LabError, match="Copies that you had are unchanged"):
        course.copies()
    assert [file.read_bytes() for file in course.work.iterdir()] == [before]


def test_every_stub_of_the_course_is_seen_to_be_unfilled_and_every_solution_to_be_filled():
    from medlearn.exercises import all_lessons

    for number, lesson in lessons.find().items():
        for name, cell in lesson.stubs.items():
            assert renewal.unfilled(lessons.text_of(cell)), (number, name)
            assert not renewal.unfilled(all_lessons()[number].exercises[name].code)


def test_no_lesson_answers_an_exercise_in_another_cell():
    """Or an older copy would be said to hold an answer that is the course's own."""
    for lesson in lessons.find().values():
        for name in lesson.stubs:
            others = [c for c in lesson.cells if lessons.tagged(c, "exercise") != name]
            assert not any(renewal._defines(cell, name) for cell in others), (lesson.stem, name)


# --- other people's files -------------------------------------------------------------------------

NOTEBOOK = '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("mine.ipynb", NOTEBOOK, False),
        ("mine.ipynb", "\ufeff" + NOTEBOOK, False),
        ("mine.ipynb", NOTEBOOK.encode("utf-16"), True),
        ("mine.ipynb", b"caf\xe9", True),
        ("mine.ipynb", '{"cells": null}', True),
        ("mine.ipynb", '{"cells": [], "metadata": null}', True),
        ("mine.ipynb", '{"cells": [], "metadata": {"a": ' + "[" * 400 + "]" * 400 + "}}", False),
        ("mine.ipynb", '{"cells": [], "metadata": {"a": ' + "[" * 900 + "]" * 900 + "}}", True),
        ("Jo\u0308rg, Łukasz & Söhne.ipynb", "[]", True),
        (".Trash-0/files/01_x.ipynb", "[]", False),
        (".virtual_documents/01_x.ipynb", "[]", False),
        ("__MACOSX/._01_x.ipynb", "[]", False),
        ("__MACOSX/01_x.ipynb", "[]", False),
        ("week 1/.ipynb_checkpoints/01_x-checkpoint.ipynb", "[]", False),
        ("week 1/._01_x.ipynb", "[]", False),
        ("week 1/notes.json", "[]", False),
    ],
)
def test_a_file_of_somebody_else_is_left_and_named_where_it_would_be_missed(
    folders, name, content, told
):
    theirs = folders[1] / name
    theirs.parent.mkdir(parents=True)
    theirs.write_bytes(content if isinstance(content, bytes) else content.encode())
    copies = lab.copy_lessons(*folders)
    said = "\n".join(lab.tell(copies))
    assert {c.state for c in copies} == {"new"}
    assert (f"! {theirs} is left as it is: it is no notebook." in said) == told
    assert bool(copies.unread) == told


def test_what_may_not_be_read_or_is_too_large_is_left(folders, monkeypatch):
    folders[1].mkdir()
    for number in range(5):
        (folders[1] / f"{number}.ipynb").write_text(NOTEBOOK)
    real = lessons.read_notebook

    def denied(file):
        if file.parent == folders[1]:
            raise PermissionError(13, "Permission denied", str(file))
        return real(file)

    monkeypatch.setattr(lessons, "read_notebook", denied)
    said = lab.tell(lab.copy_lessons(*folders))
    assert sum("is left as it is: Permission denied." in line for line in said) == 3
    assert said[-1] == "! So are 2 other files."
    monkeypatch.undo()
    large = folders[1] / "0.ipynb"
    monkeypatch.setattr(lessons, "LARGEST", large.stat().st_size - 1)
    assert lessons.read_notebook(large) is None


@pytest.mark.skipif(sys.platform == "win32", reason="Windows lets only some people make links")
def test_links_to_nowhere_and_in_a_circle_are_nobodys(folders):
    below = folders[1] / "below"
    below.mkdir(parents=True)
    (below / "circle").symlink_to(folders[1], target_is_directory=True)
    (folders[1] / "itself.ipynb").symlink_to("itself.ipynb")
    (folders[1] / "nowhere.ipynb").symlink_to("gone.ipynb")
    os.mkfifo(folders[1] / "pipe.ipynb")
    copies = lab.copy_lessons(*folders)
    assert {c.state for c in copies} == {"new"} and not copies.unread
    assert len(list(lessons.notebooks_below(folders[1]))) == len(copies)


def test_a_lesson_of_the_course_that_cannot_be_read_is_named(tmp_path, monkeypatch):
    (tmp_path / "01_x.ipynb").mkdir()
    assert lessons.find(tmp_path) == {}
    (tmp_path / "02_y.ipynb").symlink_to("02_y.ipynb")
    with pytest.raises(lessons.LessonError, match=r"02_y.ipynb cannot be read: Too many levels"):
        lessons.find(tmp_path)
