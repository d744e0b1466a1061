"""What a class hands in: layouts and contents; everybody is named, nothing is lost or changed."""

import csv
import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from test_grading import BY_HEART, CASES, NAME, SOLVED, STUBS, code, notebook, rows, write

from medlearn import lessons
from medlearn.exercises import all_lessons
from medlearn_classroom import ClassroomError, spreadsheets
from medlearn_classroom.marking import (
    beside,
    copies,
    guard,
    handins,
    marks,
    needed,
    roster,
    supervisor,
    tables,
    taught,
    totals,
    worksheets,
)
from medlearn_classroom.marking.grading import grade_files
from medlearn_classroom.marking.notebook import grade_notebook

TEXT = json.dumps(notebook())
EX = all_lessons()["01"].exercises
FILE = f"{NAME}.ipynb"
CONFLICT = f"<<<<<<< mine\n{TEXT}\n=======\n{TEXT}\n>>>>>>> theirs\n"


def zipped(path, files):
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


@pytest.fixture
def quick(monkeypatch):
    """Marks without running anything."""

    def run(job, *_):
        said = {name: {"missing": True} for name in job["answers"]}
        return supervisor.Ran(answers={**said, "silent": {"value": "c"}})

    monkeypatch.setattr(supervisor, "run", run)


def by_file(folder, **how):
    """Mark a folder; the table by file, and what was reported."""
    lines = []
    grade_files([folder / "in"], folder / "out.csv", report=lines.append, **how)
    table = {}
    for row in rows(folder / "out.csv"):
        table[row["file"].removeprefix(str(folder / "in") + "/")] = row
    return table, lines


CLASS = {
    # what was handed in → learner, number, the beginning of the problem ("" if it was marked)
    f"ada/{FILE}": ("ada", "", ""),
    f"bob/Copy of {FILE}": ("bob", "", ""),
    "cem/Untitled.ipynb": ("cem", "", ""),
    f"dan/{FILE}.txt": ("dan", "", ""),
    f"eve/{FILE}.json": ("eve", "", ""),
    f"fay/{NAME}.IPYNB": ("fay", "", ""),
    "gus/answer.json": ("gus", "", ""),
    f"hal/{NAME}.py": ("hal", "", "a Python file"),
    "ida/lesson.7z": ("ida", "", "an archive that is not opened"),
    "jon/essay.docx": ("jon", "", "no notebook"),
    f"kim/{NAME}-DESKTOP-AB12CD3.ipynb": ("kim", "", ""),
    f"Anna Müller_1048576_assignsubmission_file_/{FILE}": ("Anna Müller (1048576)", "1048576", ""),
    f"Anna Müller_1048999_assignsubmission_file_/Copy of {FILE}": (
        "Anna Müller (1048999)",
        "1048999",
        "",
    ),
    f"Li Na_1049000_assignsubmission_file_{FILE}": ("Li Na (1049000)", "1049000", ""),
    f"obriensean_LATE_12346_678911_{FILE}": ("obriensean (12346)", "12346", ""),
    f"submitted/lea/{NAME}/{FILE}": ("lea", "", ""),
    f"group b/max/{FILE}": ("max", "", ""),
    f"group b/nia/{FILE}": ("nia", "", ""),
    f"oli_{FILE}": ("oli", "", ""),
    f"{NAME} (Pia Ó).ipynb": ("Pia Ó", "", ""),
    FILE: (NAME, "", ""),
    f"Kopie von {FILE}": (f"Kopie von {NAME}", "", ""),
}


def test_a_class_in_every_layout(tmp_path, quick):
    for path in CLASS:
        write(tmp_path / "in" / path, TEXT)
    write(tmp_path / "in" / "qim" / FILE, "")
    write(tmp_path / "in" / "rob" / FILE, "{}")
    write(
        tmp_path / "in" / "sue" / FILE, f"<<<<<<< mine\n{TEXT}\n=======\n{TEXT}\n>>>>>>> theirs\n"
    )
    (tmp_path / "in" / "tom").mkdir()
    zipped(tmp_path / "in" / "uma.zip", {f"work/{FILE}": TEXT, "__MACOSX/work/._01.ipynb": "x"})
    zipped(tmp_path / "in" / "vic" / "mine.zip", {FILE: TEXT, "plot.png": "x"})
    write(tmp_path / "in" / "wes" / "half.zip", "PK\x03\x04 no more")
    zipped(tmp_path / "in" / "xin" / "empty.zip", {"plot.png": "x"})
    table, lines = by_file(tmp_path)

    expected = dict(CLASS)
    expected |= {
        f"qim/{FILE}": ("qim", "", "the file is empty"),
        f"rob/{FILE}": ("rob", "", "no notebook: it has no list of cells"),
        f"sue/{FILE}": ("sue", "", "two versions in one file"),
        "tom": ("tom", "", "an empty folder"),
        f"uma.zip/work/{FILE}": ("uma", "", ""),
        f"vic/mine.zip/{FILE}": ("vic", "", ""),
        "wes/half.zip": ("wes", "", "a damaged zip"),
        "xin/empty.zip/plot.png": ("xin", "", "no notebook"),
    }
    assert table.keys() == expected.keys()
    for file, (learner, number, problem) in expected.items():
        row = table[file]
        assert (row["learner"], row["number"]) == (learner, number), file
        assert row["problem"].startswith(problem) and bool(row["problem"]) == bool(problem), file
        assert row["points"] == ("" if problem else "1"), file
    whose = [line for line in lines if line.startswith("! whose is")]
    assert len(whose) == 2 and FILE in whose[0] and "Kopie von" in whose[1]
    assert "1 × __MACOSX was passed over." in lines
    assert "1 other file lay beside a notebook." in lines
    assert any(line.endswith("by Moodle's download.") for line in lines)
    assert not [line for line in lines if "more than once" in line]
    seeds = {row["learner"] for row in table.values()}
    assert len(seeds) == len(table), "each is one person"


def test_what_is_nobodys_is_passed_over_and_counted(tmp_path, quick):
    for folder in ("__MACOSX", ".Trash-1000/files", ".virtual_documents", ".ipynb_checkpoints"):
        write(tmp_path / "in" / "ada" / folder / FILE, TEXT)
    for file in ("._01.ipynb", ".DS_Store", "Thumbs.db", FILE):
        write(tmp_path / "in" / "ada" / file, TEXT)
    os.symlink(tmp_path, tmp_path / "in" / "ada" / "loop")
    table, lines = by_file(tmp_path)
    assert list(table) == [f"ada/{FILE}"]
    passed = {line for line in lines if "passed over" in line}
    assert passed == {
        f"1 × {name} was passed over."
        for name in (
            "__MACOSX",
            ".Trash-*",
            ".virtual_documents",
            ".ipynb_checkpoints",
            "._*",
            ".DS_Store",
            "Thumbs.db",
            "links to folders",
        )
    }


def test_a_zip_leads_nowhere_and_is_limited(tmp_path, monkeypatch):
    names = [f"../../{FILE}", f"/etc/{FILE}", f"C:\\x\\{FILE}", "a/inner.zip"]
    inner = zipped(tmp_path / "inner.zip", {FILE: TEXT})
    outer = zipped(
        tmp_path / "all.zip",
        {**dict.fromkeys(names[:3], TEXT), names[3]: inner.read_bytes()},
    )
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    before = {path.name for path in tmp_path.iterdir()}
    found = handins.find([outer], scratch).found
    parts = {("a", "inner", FILE), ("etc", FILE), ("x", FILE), (FILE,)}
    assert {one.parts for one in found} == parts
    assert all(one.path.parent == scratch for one in found)
    assert {path.name for path in tmp_path.iterdir()} == before

    monkeypatch.setattr(handins, "MOST_BYTES", 1000)
    (one,) = handins.find([outer], scratch).found
    assert "MB when unpacked" in one.problem
    monkeypatch.setattr(handins, "MOST_FILES", 3)
    (one,) = handins.find([outer], scratch).found
    assert "more than 3 files" in one.problem
    monkeypatch.setattr(handins, "MOST_FILES", 9)
    monkeypatch.setattr(handins, "MOST_BYTES", 10**9)
    monkeypatch.setattr(handins, "DEEPEST", 1)
    problems = [one.problem for one in handins.find([outer], scratch).found]
    assert sum(problem is not None for problem in problems) == 1


# --- the list of a class -----------------------------------------------------------------------

ROSTER = """\
ID number,First name,Last name,Email address
s1,Ada,Lovelace,ada@uni.example
s2,Seán,O'Brien,sean@uni.example
s3,Anna,Müller,anna1@uni.example
s4,Anna,Müller,anna2@uni.example
s5,Grace,Hopper,grace@uni.example
12399,Li,Wei,
"""


def test_everybody_on_the_list_gets_a_row(tmp_path, quick):
    people = roster.read(write(tmp_path / "class.csv", ROSTER))
    for path in (
        f"lovelace_ada/{FILE}",  # the other way round
        f"obriensean_LATE_12346_678911_{FILE}",  # as Canvas writes it
        f"anna2/{FILE}",  # the login: the name alone would be two people
        f"anna müller/{FILE}",
        f"liwei_12399_678912_{FILE}",  # by Canvas's number
        f"zoe/{FILE}",
    ):
        write(tmp_path / "in" / path, TEXT)
    _table, lines = by_file(tmp_path, roster=people)
    learners = {row["learner"]: row for row in rows(tmp_path / "out_learners.csv")}
    assert set(learners) == {"s1", "s2", "s4", "12399", "anna müller", "zoe", "s3", "s5"}
    assert learners["s2"]["name"] == "Seán O'Brien" and learners["s2"]["01"] == "1"
    assert learners["s5"]["problem"] == learners["s3"]["problem"] == "handed nothing in"
    lost = [line for line in lines if "is not on the list" in line]
    assert len(lost) == 2 and "anna müller" in lost[0] and "zoe" in lost[1]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name\nAda\n", r"expected were the columns id \+ name"),
        ("id,e-mail\n1,a@b\n", r"it has id, e-mail"),
        ("", "it has none"),
        ("id,name\n1,Ada\n1,Bob\n", r"line 3: the id '1' is there already, in .*line 2"),
        ("id,name\n,Ada\n", r"line 2: there is no id"),
    ],
)
def test_a_list_that_is_none_is_named(tmp_path, text, said):
    with pytest.raises(ClassroomError, match=said):
        roster.read(write(tmp_path / "class.csv", text))


# --- marks on their way back -------------------------------------------------------------------

MOODLE = """\
Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,\
Last modified (submission),Last modified (grade),Feedback comments
Participant 1048576,Anna Müller,a1@uni.example,Submitted for grading,,100.00,Yes,"Monday, 2",-,
Participant 1048999,Anna Müller,a2@uni.example,Submitted for grading,,100.00,Yes,"Monday, 2",-,
Participant 1049001,Ada Byron,ada@uni.example,No submission,,100.00,Yes,-,-,kept
"""
CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,Lesson 01 (501),Essay (502),Final Score
    Points Possible,,,,,20,10,(read only)
"O'Brien, Seán",12346,u1,sean,A,,7,
"Wei, Li",12399,u2,li,A,3,8,
"Student, Test",999,,test,A,,,
"""


def graded_class(tmp_path, *paths):
    for path in paths:
        write(tmp_path / "in" / path, TEXT)
    grade_files([tmp_path / "in"], tmp_path / "out.csv", report=str, seed=1)
    return worksheets.grades(*totals.learners(tmp_path / "out.csv"))


def test_moodles_worksheet_is_filled(tmp_path, quick):
    given = graded_class(
        tmp_path,
        f"Anna Müller_1048999_assignsubmission_file_/{FILE}",
        f"Ada Byron/{FILE}",
        f"Anna Müller/{FILE}",
        f"Eve_7_assignsubmission_file_/{FILE}",
    )
    sheet = write(tmp_path / "worksheet.csv", MOODLE)
    lines = worksheets.fill_moodle(given, sheet, tmp_path / "filled.csv")
    assert sheet.read_text("utf-8") == MOODLE, "only read"
    content = (tmp_path / "filled.csv").read_bytes()
    assert not content.startswith(b"\xef\xbb\xbf")
    (before, after) = (
        list(csv.DictReader(text.splitlines())) for text in (MOODLE, content.decode("utf-8"))
    )
    assert [row["Grade"] for row in after] == ["", "9.09", "9.09"], "1 of 11 points, of 100"
    for row in (*before, *after):
        del row["Grade"]
    assert before == after, "nothing else has changed"
    lost = [line for line in lines if "no row of their own" in line]
    assert len(lost) == 2 and "Anna Müller" in lost[0] and "Eve (7)" in lost[1]


def test_canvas_gradebook_is_filled(tmp_path, quick):
    given = graded_class(
        tmp_path,
        f"obriensean_LATE_12346_678911_{FILE}",
        f"Li Wei/{FILE}",
    )
    book = write(tmp_path / "book.csv", CANVAS)
    with pytest.raises(ClassroomError, match=r"which assignment\? .*Lesson 01 \(501\) or Essay"):
        worksheets.fill_canvas(given, book, tmp_path / "filled.csv")
    worksheets.fill_canvas(given, book, tmp_path / "filled.csv", "Lesson 01")
    table = list(csv.reader((tmp_path / "filled.csv").read_text("utf-8").splitlines()))
    assert table == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Lesson 01 (501)"],
        ["    Points Possible", "", "", "", "", "20"],
        ["O'Brien, Seán", "12346", "u1", "sean", "A", "1.82"],
        ["Wei, Li", "12399", "u2", "li", "A", "1.82"],
        ["Student, Test", "999", "", "test", "A", ""],
    ]


@pytest.mark.parametrize(
    ("fill", "text", "said"),
    [
        (worksheets.fill_moodle, CANVAS, "no column 'Identifier'"),
        (worksheets.fill_moodle, MOODLE.replace("100.00", "-"), "expected was the most points"),
        (worksheets.fill_moodle, "", "is empty. Expected Moodle's"),
        (worksheets.fill_canvas, MOODLE, "no column 'ID'"),
        (worksheets.fill_canvas, CANVAS.replace("(50", "(x50"), "there is none"),
        (worksheets.fill_canvas, "", "is empty. Expected Canvas's"),
    ],
)
def test_what_is_no_sheet_of_a_platform_is_named(tmp_path, fill, text, said):
    given = [worksheets.Grade("ada", "Ada Byron", "1048576", 1, 2)]
    with pytest.raises(ClassroomError, match=said):
        fill(given, write(tmp_path / "sheet.csv", text), tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize("code_page", spreadsheets._CODE_PAGES)
def test_a_table_comes_back_from_every_code_page(tmp_path, code_page):
    """As Excel saves it: what the page lacks becomes a question mark, or a letter like it."""
    names = [
        "Łukasz",
        "Jörg",
        "Şule",
        "Ωmega",
        "Жанна",
        "עדי",
        "عمر",
        "Đặng",
        "李娜",
        "Ğ€",
        "plain",
    ]
    kept = [name for name in names if name.encode(code_page, "ignore").decode(code_page) == name]
    assert kept
    rows = [[name, 1.5] for name in kept]
    text = tables.table(
        ["learner", "points", spreadsheets.MARKER], [[*r, ""] for r in rows], "comma"
    )
    for substitute in ("?", "L"):
        saved = b"".join(
            c.encode(code_page) if c.encode(code_page, "ignore") else substitute.encode()
            for c in text.decode("utf-8-sig")
        )
        file = tmp_path / "saved.csv"
        file.write_bytes(saved)
        separator, table = spreadsheets.rows(file)
        assert separator == ";"
        assert [row for _where, row in table] == [
            ["learner", "points"],
            *([n, "1,5"] for n in kept),
        ]


def test_an_encoding_is_never_guessed(tmp_path):
    file = tmp_path / "saved.csv"
    for code_page in ("cp1252", "cp1250"):
        file.write_bytes("learner,points\nJörg,1\n".encode(code_page))
        with pytest.raises(ClassroomError, match="a guess could change names"):
            spreadsheets.rows(file)


def test_a_workbook_is_written_and_summed(tmp_path, monkeypatch):
    def run(job, *_):
        return supervisor.Ran(answers={"verdict": {"value": "=1+1 is a text that somebody reads"}})

    monkeypatch.setattr(supervisor, "run", run)
    write(tmp_path / "in" / "ada" / FILE, TEXT)
    grade_files([tmp_path / "in"], tmp_path / "marks.xlsx", report=str)
    import openpyxl

    book = openpyxl.load_workbook(tmp_path / "marks.xlsx")
    assert book.sheetnames == ["notebooks", "learners", "exercises"]
    sheet = book["exercises"]
    head = [cell.value for cell in sheet[1]]
    (row,) = [r for r in sheet.iter_rows(min_row=2) if r[head.index("exercise")].value == "verdict"]
    assert row[head.index("message")].data_type == "s", "no formula"
    row[head.index("points")].value = 1.5
    book.save(tmp_path / "marks.xlsx")
    assert totals.sum_up(tmp_path / "marks.xlsx")[-1].startswith("✓ The points stand in")
    sheet = openpyxl.load_workbook(tmp_path / "marks.xlsx")["learners"]
    got = dict(zip(*([c.value for c in row] for row in sheet.iter_rows()), strict=True))
    assert (got["learner"], got["01"], got["points"]) == ("ada", 1.5, 1.5)
    assert (tmp_path / "marks_earlier1.xlsx").exists()
    (tmp_path / "broken.xlsx").write_bytes(b"PK\x03\x04")
    with pytest.raises(ClassroomError, match="cannot be read as a workbook"):
        totals.sum_up(tmp_path / "broken.xlsx")


def test_a_workbook_takes_every_text_of_a_learner():
    import openpyxl

    content = spreadsheets.workbook({"texts": (["message"], [["red \x1b[31m and \x00 nothing"]])})
    sheet = openpyxl.load_workbook(io.BytesIO(content))["texts"]
    assert sheet["A2"].value == "red [31m and nothing"


def test_without_openpyxl_no_workbook_is_promised(tmp_path, monkeypatch, quick):
    write(tmp_path / "in" / "ada" / FILE, TEXT)
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    monkeypatch.setattr(spreadsheets.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ClassroomError, match="pip install openpyxl"):
        tables.Tables(tmp_path / "marks.xlsx", room=0)


def test_numbers_with_a_comma(tmp_path, quick):
    write(tmp_path / "in" / "ada" / FILE, TEXT)
    grade_files([tmp_path / "in"], tmp_path / "out.csv", report=str, decimal="comma")
    assert "sep" not in (tmp_path / "out.csv").read_text("utf-8-sig")
    _separator, table = spreadsheets.rows(tmp_path / "out.csv")
    assert _separator == ";" and table[1][1][0] == "ada"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no umask")
def test_marks_keep_the_umask(tmp_path, quick):
    write(tmp_path / "in" / "ada" / FILE, TEXT)
    before = os.umask(0o077)
    try:
        grade_files([tmp_path / "in"], tmp_path / "out.csv", report=str)
    finally:
        os.umask(before)
    assert {path.stat().st_mode & 0o777 for path in tmp_path.glob("out*")} == {0o600}


# --- points for what was taught ----------------------------------------------------------------


def test_only_what_was_taught_counts(tmp_path, quick):
    write(tmp_path / "in" / "ada" / FILE, TEXT)
    by_file(tmp_path, taught=taught.named(["silent", "05/ppv"]))
    (row,) = rows(tmp_path / "out.csv")
    assert (row["points"], row["out_of"]) == ("1", "1")
    by_file(tmp_path, taught=taught.named(["ppv"]))
    assert rows(tmp_path / "out.csv")[0]["problem"] == "no exercise of this lesson counts"
    with pytest.raises(ClassroomError, match="No lesson has an exercise 'pvp'"):
        taught.named(["pvp"])
    with pytest.raises(ClassroomError, match="No lesson has an exercise '01/ppv'"):
        taught.named(["01/ppv"])


def test_plans_are_those_of_the_page():
    plans = taught.plans()
    page = (lessons.find()["01"].path.parents[1] / "teaching" / "plans.md").read_text("utf-8")
    two_days = page.partition("## Two days")[2].partition("\n## ")[0]
    for lesson, name in plans["two-days"]:
        assert f"lesson {lesson}" in two_days and f"`{name}`" in two_days
    assert ("01", "neuron") in plans["two-days"] and ("02", "standardise") not in plans["two-days"]
    assert plans["two-days"] < plans["core"] and ("01", "silent") not in plans["core"]
    blocks = [plans[block] for block in ("basics", "methods", "uses", "trust")]
    assert frozenset().union(*blocks) == plans["core"]
    with pytest.raises(ClassroomError, match=r"There is no plan 'two days'\. Expected: core"):
        taught.planned("two days")


# --- what a person should look at --------------------------------------------------------------


def filled(**answers):
    return notebook({**SOLVED, **answers})


def test_flags_name_what_to_look_at(tmp_path):
    other = "def two_layers(x, W, b, v, c):\n" + "\n".join(
        f"    h{i} = sigmoid(np.sum(W[{i}] * x) + b[{i}])" for i in range(2)
    )
    other += "\n    return sigmoid(v[0] * h0 + v[1] * h1 + c)"
    verdict = 'verdict = "I raise the bias, because a missed cancer costs more than a second look."'
    for learner, answers in {
        "ada": {"two_layers": other, "verdict": verdict},
        "bob": {"two_layers": other.replace(" + c)", " + c)  # mine"), "verdict": verdict},
        "cem": {},
        "dan": {"neuron": "from medlearn.exercises import lesson_01 as ex\n"
                          "neuron = ex.neuron.solution_function"},
    }.items():  # fmt: skip
        write(tmp_path / "in" / learner / FILE, filled(**answers))
    by_file(tmp_path)
    flags = {
        (row["learner"], row["exercise"]): row["flags"]
        for row in rows(tmp_path / "out_exercises.csv")
        if row["flags"]
    }
    assert flags["ada", "two_layers"] == "the same as bob"
    assert flags["bob", "two_layers"] == "the same as ada"
    assert flags["ada", "verdict"] == "the same as bob"
    assert flags["cem", "verdict"] == "the same as dan; the model answer"
    assert flags["dan", "neuron"] == "takes the course's own solution"
    assert ("ada", "neuron") not in flags, "short code has few ways to be right"
    counted = {row["learner"]: row["flags"] for row in rows(tmp_path / "out.csv")}
    assert counted == {"ada": "2", "bob": "2", "cem": "1", "dan": "2"}


def test_long_code_of_the_course_is_named():
    exercise = all_lessons()["12"].exercises["kaplan_meier"]
    source = copies.fingerprint(exercise.code + "\n    # a remark of my own")
    mark = marks.Mark("kaplan_meier", "right", 2.0, 2.0, "", source=source)
    (one,) = copies.flagged([marks.Graded(learner="ada", lesson="12", seed=1, marks=(mark,))])
    assert one.marks[0].flags == ("the solution of the course",)


def test_sentences_in_a_markdown_cell_are_read():
    lesson = lessons.find()["01"]
    mine = json.loads(json.dumps(lesson.notebook))
    place = next(
        n for n, cell in enumerate(mine["cells"]) if lessons.tagged(cell, "exercise") == "verdict"
    )
    text = "I would raise the bias: a missed cancer costs more."
    mine["cells"].insert(
        place + 1, {"cell_type": "markdown", "metadata": {}, "id": "x", "source": text}
    )
    graded = grade_notebook(mine, learner="ada", seed=1, whole=False)
    (mark,) = [mark for mark in graded.marks if mark.exercise == "verdict"]
    assert (mark.status, mark.message, mark.points) == ("to read", text, None)
    assert mark.flags == ("written in a Markdown cell",)
    others = [mark for mark in graded.marks if mark.exercise != "verdict"]
    assert {mark.status for mark in others} == {"not yet"} and not any(m.flags for m in others)


def test_what_follows_a_text_of_the_lesson_counts():
    def markdown(text):
        return {"cell_type": "markdown", "metadata": {}, "source": text}

    task = "Write in two sentences what you would do, and why."
    stub = code("verdict = ...", "exercise:verdict")
    lesson = {"cells": [markdown("## 1. A"), markdown(task), stub]}
    mine = {"cells": [markdown("## 1. A"), markdown(f"{task}\n\nI would ask her first."), stub]}
    assert beside.written_beside("verdict", mine, lesson) == "I would ask her first."
    assert beside.written_beside("verdict", lesson, lesson) == ""
    linked = {
        **lesson,
        "cells": [lesson["cells"][0], markdown(f"{task} [Lesson 05](05.ipynb)"), stub],
    }
    handed_out = {"cells": [lesson["cells"][0], markdown(f"{task} Lesson 05"), stub]}
    assert beside.written_beside("verdict", handed_out, linked) == "", "its links were taken out"
    older = {"cells": [{**markdown("An earlier wording of the task."), "id": "t"}, stub]}
    newer = {"cells": [{**markdown(task), "id": "t"}, stub]}
    assert beside.written_beside("verdict", older, newer) == "", "a copy of before"
    mine["cells"].insert(0, markdown("A note far above, of another part."))
    mine["cells"][2] = markdown(task)
    assert beside.written_beside("verdict", mine, lesson) == ""


# --- only what is needed runs ------------------------------------------------------------------


def part(*cells, own=None, names=("f",)):
    return needed.needed(list(enumerate(cells)), own or {}, names)


@pytest.mark.parametrize(
    ("cells", "kept"),
    [
        (["import numpy as np\nx = slow()", "def f(v):\n    return np.sum(v)"], [(0, 1), (1, 2)]),
        (["def g(v):\n    return v", "def f(v):\n    return g(v)", "slow()"], [(0, 2), (1, 2)]),
        (["x = 3", "x = 4", "f = x"], [(0, 1), (1, 1), (2, 1)]),
        (["a = [1]", "a.append(2)", "b = slow()", "f = a"], [(0, 1), (1, 1), (3, 1)]),
        (["a = {}", "a['k'] = 1", "print(a)", "f = a"], [(0, 1), (1, 1), (3, 1)]),
        (["import numpy as np", "np.random.seed(1)", "def f():\n    return np.random.rand()"],
         [(0, 1), (1, 1), (2, 2)]),
        (["%matplotlib inline\nimport math", "f = math.pi"], [(0, 1), (1, 1)]),
        (["x = slow()", "def f(x):\n    y = x\n    return y"], [(1, 3)]),
        (["for f in range(3):\n    pass", "x = 1"], [(0, 2)]),
        (["if True:\n    def f(): return 1", "x = 1"], [(0, 2)]),
        (["(f := 3)"], [(0, 1)]),
        (["y = (", "f = 1"], [(1, 1)]),
    ],
)  # fmt: skip
def test_what_an_answer_needs(cells, kept):
    found = part(*cells)
    lines = [(n, sum(1 for line in text.splitlines() if line.strip())) for n, text in found.cells]
    assert lines == kept and not found.unknown and found.bound == {"f"}


@pytest.mark.parametrize(
    "cells",
    [
        ["from math import *", "f = pi"],
        ["exec('f = 3')"],
        ["globals()['f'] = 3"],
        ["x = 1", "def f():\n    return eval('x')"],
    ],
)
def test_what_cannot_be_followed_runs_whole(cells):
    assert part(*cells).unknown


def test_a_cell_that_hangs_beside_the_answers_is_not_run():
    hangs = notebook(first=["import time; time.sleep(300)"])
    graded = grade_notebook(hangs, learner="ada", seed=1, whole=False)
    assert graded.points == 9 and graded.problem is None


def test_a_wrong_answer_that_something_left_out_could_have_changed_runs_whole(monkeypatch):
    runs = []

    def run(job, *rest, real=supervisor.run):
        runs.append(len(job["cells"]))
        return real(job, *rest)

    monkeypatch.setattr(supervisor, "run", run)
    leans = "offset = 0\ndef change():\n    global offset\n    offset = 1\nchange()"
    answer = "def neuron(x, w, b):\n    return sigmoid(np.dot(w, x) + b) + offset - 1"
    graded = grade_notebook(
        notebook({**SOLVED, "neuron": answer}, first=[leans]), learner="ada", seed=1, whole=False
    )
    assert graded.points == 9
    assert runs[0] <= runs[-1]


@pytest.mark.parametrize("whole", [True, False])
def test_whole_or_not_the_marks_are_the_same(whole):
    hostile = {
        "neuron": BY_HEART.format("neuron"),
        "border": 'border = "zz"',
        "collapse": "collapse = (6, -2) / 0",
    }
    graded = grade_notebook(
        notebook({**SOLVED, **hostile}, first=[CASES]), learner="ada", seed=1, whole=whole
    )
    got = {mark.exercise: mark.status for mark in graded.marks}
    assert (got["neuron"], got["border"], got["collapse"]) == ("wrong", "wrong", "missing")
    assert [n for n, status in got.items() if status == "right"] == [
        name for name in EX if name not in ("neuron", "border", "collapse", "verdict")
    ]
    assert grade_notebook(notebook(STUBS), learner="a", seed=1, whole=whole).points == 0


# --- a submission changes nothing --------------------------------------------------------------

protected = pytest.mark.skipif(not guard.means(), reason="this system offers no protection")


@protected
def test_a_submission_changes_nothing_outside(tmp_path):
    import IPython

    victim = write(tmp_path / "victim.txt", "mine")
    package = Path(IPython.__file__).parent
    packages = guard.packages()
    attacks = [
        f"open({str(victim)!r}, 'w').write('theirs')",
        f"!rm -f {victim}",
        f"import os; os.replace({str(victim)!r}, {str(tmp_path / 'gone')!r})",
        f"import os; os.link({str(victim)!r}, 'hard'); open('hard', 'w').write('theirs')",
        f"import os; os.symlink({str(victim)!r}, 'soft'); open('soft', 'w').write('theirs')",
        f"open({str(package / 'evil.py')!r}, 'w')",
        "%pip uninstall -y -q ipython",
        "!pip install -q --target $(python -c 'import IPython; print(IPython.__path__[0])') x",
        f"import subprocess, sys; subprocess.run([sys.executable, '-c', 'open({str(victim)!r}, "
        '\\"w\\")\'], start_new_session=True)',
        "import ctypes; ctypes.CDLL(None).unlink(" + repr(str(victim).encode()) + ")",
        "import medlearn, pathlib; pathlib.Path(medlearn.__file__).write_text('')",
    ]
    works = "import tempfile\nopen('own.txt', 'w').write('x')\ntempfile.NamedTemporaryFile()"
    graded = grade_notebook(notebook(first=[*attacks, works]), learner="ada", seed=1)
    assert graded.points == 9
    assert victim.read_text() == "mine" and not (tmp_path / "gone").exists()
    assert not (package / "evil.py").exists() and guard.changed(packages) == []
    subprocess.run([sys.executable, "-c", "import IPython, medlearn"], check=True)
    printed = {cell.index: cell.error for cell in graded.cells}
    assert printed[2].startswith("PermissionError"), printed[2]
    assert printed[2 + len(attacks)] is None, "its own folder is its own"


def test_a_change_of_the_packages_is_named(tmp_path, monkeypatch, quick):
    write(tmp_path / "in" / "ada" / FILE, TEXT)
    states = iter([{"numpy": 1.0}, {"numpy": 2.0, "evil": 1.0}])
    monkeypatch.setattr(guard, "packages", lambda: next(states))
    monkeypatch.setattr(guard, "means", lambda: "")
    _table, lines = by_file(tmp_path)
    assert any(line.startswith("! On this system a notebook could change") for line in lines)
    assert "! The packages of this Python changed while it marked: evil, numpy." in lines


@pytest.mark.skipif(guard.means() != "landlock", reason="only Landlock hides")
def test_what_is_hidden_cannot_be_read_by_any_way(tmp_path):
    own, other = tmp_path / "learners" / "ada", tmp_path / "learners" / "bob"
    for folder in (own, other):
        write(folder / "work.txt", "mine")
    os.symlink(tmp_path / "learners", tmp_path / "way")  # there before it is locked
    tries = {
        f"open({str(own / 'work.txt')!r}).read()": "",
        f"open({str(other / 'work.txt')!r}).read()": "PermissionError",
        f"open({str(tmp_path / 'way' / 'bob' / 'work.txt')!r}).read()": "PermissionError",
        f"open('/proc/self/root' + {str(other / 'work.txt')!r}).read()": "PermissionError",
        f"import os; os.listdir({str(other)!r})": "PermissionError",
        "open('/proc/1/environ').read()": "PermissionError",
        "import subprocess; subprocess.check_output(['cat', 'work.txt'])": "",
    }
    program = "import sys\nfor text in sys.argv[1:]:\n    try: exec(text); print('-')\n"
    program += "    except Exception as e: print(type(e).__name__)"
    words = guard.command(
        str(own), [sys.executable, "-c", program, *tries], [tmp_path / "learners"]
    )
    done = subprocess.run(map(str, words), cwd=own, capture_output=True, text=True)
    said = [line for line in done.stdout.splitlines() if line != "mine"]
    assert said == [error or "-" for error in tries.values()], done.stderr
