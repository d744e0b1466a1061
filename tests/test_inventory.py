"""The concept inventory: its form, its sheets, and the report, checked against counts by hand."""

import json
import re
import shutil

import numpy as np
import pytest
from scipy.stats import binom

from medlearn import lessons
from medlearn.__main__ import main
from medlearn_classroom import ClassroomError, folders, spreadsheets
from medlearn_classroom.inventory import questions, report, sheets, versions

ALL = questions.load().questions
MISCONCEPTIONS = questions.load().misconceptions
LESSONS = lessons.find()
BLOCKS = list(dict.fromkeys(question.block for question in ALL))
SHEETS = {
    version.name: version.questions
    for version in [
        *versions.versions(blocks=BLOCKS),
        *versions.versions(numbers=["00-08"]),
        *versions.versions(numbers=list(LESSONS)),
    ]
}

# The report is tested with the first twenty questions, however many there are by now.
QUESTIONS = sorted((q for q in ALL if q.formerly), key=lambda q: q.formerly)
NAMES = [question.formerly for question in QUESTIONS]
RIGHT = {question.formerly: question.answer for question in QUESTIONS}
HEADER = ["learner", "when", *NAMES]
NAME = {question.formerly: question.name for question in QUESTIONS}


def option_of(name):
    """The question and the letter of the first option that shows a misconception."""
    return next(
        (question.formerly, letter)
        for question in QUESTIONS
        for letter, option in question.options.items()
        if option.misconception == name
    )


def line(learner, when, answers):
    return [learner, when, *(answers.get(name, "") for name in NAMES)]


def short(*cells):
    """A line with nothing but these cells filled in."""
    return [*cells, *[""] * (len(HEADER) - len(cells))]


def table(*lines, separator=","):
    return "".join(separator.join(row) + "\n" for row in [HEADER, *lines])


def reported(tmp_path, *lines):
    file = tmp_path / "answers.csv"
    file.write_text(table(*lines), encoding="utf-8")
    return report.report([file])


def problem(tmp_path, text):
    file = tmp_path / "answers.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    with pytest.raises(ClassroomError) as caught:
        report.report([file])
    return str(caught.value)


# ---- the questions ------------------------------------------------------------------------------


def test_the_first_twenty_are_known_by_their_old_columns():
    assert [f"q{number:02d}" for number in range(1, 21)] == NAMES


@pytest.mark.parametrize("question", ALL, ids=lambda question: question.name)
def test_four_options_and_one_right_answer(question):
    assert list(question.options) == list("abcd")
    right = [letter for letter, o in question.options.items() if o.misconception is None]
    assert right == [question.answer]
    assert len({option.text for option in question.options.values()}) == 4
    for option in question.options.values():
        assert option.text and option.why.endswith(".")
        # One sentence: no full stop, question or exclamation mark before its end.
        assert not re.search(r"[.!?]\s", option.why), option.why
    assert question.lesson in question.lessons and set(question.lessons) <= set(LESSONS)


def test_each_misconception_is_used_and_has_a_phrase_of_its_own():
    used = {o.misconception for q in ALL for o in q.options.values()} - {None}
    assert used == set(MISCONCEPTIONS)
    phrases = [misconception.phrase for misconception in MISCONCEPTIONS.values()]
    assert len(set(phrases)) == len(phrases)
    for name, misconception in MISCONCEPTIONS.items():
        assert set(misconception.lessons) <= set(LESSONS), name


@pytest.mark.parametrize("number", LESSONS)
def test_each_lesson_asks_two_questions(number):
    asked = sum(question.lesson == number for question in ALL)
    assert asked >= 2, f"lesson {number} has {asked}"


def test_each_page_belongs_to_a_lesson_and_ends_with_its_questions():
    stems = {lesson.stem for lesson in LESSONS.values()}
    for path in sorted((lessons.course_folder() / "teaching" / "lessons").glob("*.md")):
        assert path.stem in stems, path.name
        text = path.read_text(encoding="utf-8")
        last = re.findall(r"(?m)^## .+$", text)[-1]
        assert last == "## Questions" and text.endswith("```\n"), path.name


def test_the_twenty_questions_of_the_plans_are_twenty():
    """TEACHING.md and the plans say so of lessons 00 to 08, on one sheet."""
    (sheet,) = versions.versions(numbers=["00-08"])
    assert len(sheet.questions) == 20


@pytest.mark.parametrize("name", SHEETS)
def test_neither_place_nor_length_tells_the_right_answer(name):
    asked = SHEETS[name]
    for letter in "abcd":
        count = sum(question.answer == letter for question in asked)
        assert abs(count - len(asked) / 4) < 2, f"{letter} is right {count} times"

    def extreme(choose):
        chosen = (choose(q.options, key=lambda o, q=q: len(q.options[o].text)) for q in asked)
        return sum(letter == q.answer for letter, q in zip(chosen, asked, strict=True))

    # As many, or more, happen by chance in one set of questions in twenty.
    most = binom.isf(0.05, len(asked), 1 / 4)
    assert extreme(max) <= most, "the longest option is right too often"
    assert extreme(min) <= most, "the shortest option is right too often"


# ---- the pages of a course ----------------------------------------------------------------------


def entry(name, /, *, answer="a", **change):
    """A question as a page holds it; a field that is None is left out."""
    fields = {"name": f'"{name}"', "stem": '"What?"', "answer": f'"{answer}"', **change}
    lines = [f"{key} = {value}" for key, value in fields.items() if value is not None]
    for letter in "abcd":
        lines += [f"[question.{letter}]", f'text = "Text {letter}."', 'why = "So."']
        lines += [] if letter == answer else ['misconception = "wrong"']
    return "[[question]]\n" + "\n".join(lines) + "\n"


WRONG = '[misconception.wrong]\nphrase = "was wrong"\n'


def page(*parts):
    return "# Lesson\n\n## Questions\n\n```toml\n" + "".join(parts) + "```\n"


@pytest.fixture
def course(tmp_path, monkeypatch):
    """Make a course of these pages, by the names of their lessons, and stand in it."""
    root = tmp_path / "course"

    def make(**pages):
        shutil.rmtree(root, ignore_errors=True)
        questions._load.cache_clear()
        (root / "teaching" / "lessons").mkdir(parents=True)
        (root / "notebooks").mkdir()
        for name, text in pages.items():
            stem = name.removeprefix("lesson_")
            notebook = json.dumps({"cells": [], "metadata": {}})
            (root / "notebooks" / f"{stem}.ipynb").write_text(notebook, encoding="utf-8")
            if text is not None:
                (root / "teaching" / "lessons" / f"{stem}.md").write_text(text, encoding="utf-8")

    monkeypatch.setattr(lessons, "course_folder", lambda: root)
    return make


def test_lessons_of_one_question_are_shared_out_evenly_too(course):
    pages = {f"lesson_{n:02}_name": page(entry(f"x{n}", answer="abcd"[n % 4])) for n in range(21)}
    course(**{**pages, "lesson_21_name": page(WRONG)})
    assert sorted(len(v.questions) for v in versions.versions(numbers=["00-21"])) == [10, 11]


def several(prefix, number):
    return [entry(f"{prefix}-{n}", answer="abcd"[n % 4]) for n in range(number)]


def test_a_block_of_25_questions_makes_two_even_sheets(course):
    course(
        lesson_02_one=page(*several("one", 10), WRONG),
        lesson_03_two=page(*several("two", 9)),
        lesson_04_more=page(*several("more", 6)),
        lesson_05_three=page(*several("three", 2)),
        lesson_06_none=None,
        lesson_07_still_none="# Lesson 07: Still none\n",
    )
    first, second, methods = versions.versions()
    assert [v.name for v in (first, second, methods)] == ["basics-1", "basics-2", "methods"]
    assert sorted([len(first.questions), len(second.questions)]) == [12, 13]
    for sheet in (first, second):
        numbers = [question.lesson for question in sheet.questions]
        assert numbers == sorted(numbers)
        assert (numbers.count("02"), numbers.count("04")) == (5, 3)
        letters = [sum(q.answer == letter for q in sheet.questions) for letter in "abcd"]
        assert max(letters) - min(letters) <= 2
    asked = [question.name for sheet in (first, second) for question in sheet.questions]
    assert len(set(asked)) == 25
    assert versions.versions() == [first, second, methods]
    assert versions.versions(blocks=["basics"]) == [first, second]
    (mixed,) = versions.versions(numbers=["05", "03-04"])
    assert mixed.name == "lessons-03-05" and len(mixed.questions) == 17
    assert sorted(len(v.questions) for v in versions.versions(numbers=["02-05"])) == [13, 14]


def test_what_one_sheet_holds_is_one_sheet(course):
    course(lesson_04_one=page(*several("one", 10), WRONG), lesson_05_two=page(*several("two", 10)))
    (sheet,) = versions.versions()
    assert len(sheet.questions) == 20
    assert [v.name for v in versions.versions(blocks=["methods", "basics"])] == [
        "methods",
        "basics",
    ]


def test_a_lesson_of_ones_own_belongs_to_the_last_block(course):
    course(lesson_04_one=page(*several("one", 10), WRONG), lesson_42_own=page(*several("own", 11)))
    assert [v.name for v in versions.versions()] == ["basics", "trust"]


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        ({"blocks": ["basic"]}, "There is no block basic. Blocks: basics, methods, uses, trust."),
        ({"blocks": ["uses"]}, "have no questions yet. Lessons with questions: 04."),
        ({"numbers": ["05"]}, "have no questions yet. Lessons with questions: 04."),
        ({"numbers": ["4"]}, "There is no lesson 4. Lessons: 04, 05;"),
        ({"numbers": ["04", "06-09"]}, "There is no lesson 06-09."),
        ({"numbers": []}, "There is no lesson named."),
    ],
)
def test_what_cannot_be_chosen_is_said(course, choice, words):
    course(lesson_04_one=page(entry("one"), WRONG), lesson_05_two=None)
    with pytest.raises(ClassroomError, match=re.escape(words)):
        versions.versions(**choice)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("# L\n\n## Questions\n\nSoon.\n", "line 3: the section Questions holds 0 blocks"),
        (page(entry("one")) + page(entry("two")), "holds 2 blocks; expected one"),
        (page(entry("one"))[:-4], "holds 0 blocks"),
        (page("[[question]]\nname = one\n"), "no TOML: Invalid value (at line 7, column 8)"),
        (page("[[questions]]\n"), "expected [[question]]"),
        (page("question = 3\n"), "expected [[question]]"),
        (page("question = [3]\n"), "question number 1: expected a table, found a whole number 3"),
        (page(entry("one", name=None), WRONG), "question number 1: name: this field is missing"),
        (
            page(entry("one", note='"?"'), WRONG),
            "question 'one': note: there is no field",
        ),
        (page(entry("One"), WRONG), "question 'One': no name for a question"),
        (page(entry("q21"), WRONG), "question 'q21': no name for a question"),
        (
            page(entry("one", name="7"), WRONG),
            "7: name: expected a text, found a whole number 7",
        ),
        (page(entry("one", stem='" "'), WRONG), "question 'one': stem: it is empty"),
        (page(entry("one", answer="e"), WRONG), "answer is 'e'; expected a, b, c or d"),
        (page(entry("one", answer="ab"), WRONG), "answer is 'ab'; expected a, b, c or d"),
        (page(entry("one", also='"05"'), WRONG), "also: expected a list, found a text '05'"),
        (page(entry("one", also='["5"]'), WRONG), "also should list other lessons"),
        (page(entry("one", formerly='"7"'), WRONG), "formerly is '7'; expected q01"),
        (
            page(entry("one").split("[question.d]")[0], WRONG),
            "'one': d: this field is missing",
        ),
        (
            page(entry("one").replace('text = "Text c."\n', ""), WRONG),
            "question 'one': c: text: this field is missing",
        ),
        (
            page(entry("one").replace('misconception = "wrong"\n', "", 1), WRONG),
            "question 'one', option b: it is not the answer, and names no misconception",
        ),
        (
            page(entry("one").replace('"a"', '"b"'), WRONG),
            "option a: it is not the answer, and names no misconception",
        ),
        (page(entry("one").replace('"wrong"', '"odd"'), WRONG), "'odd', which no page has. Add"),
        (
            page(entry("one"), '[misconception.wrong]\nlessons = ["04"]\n'),
            "misconception wrong: lessons: there is no f",
        ),
        (page(entry("one"), entry("one"), WRONG), "the question 'one' is there already, in teach"),
        (
            page(entry("one", formerly='"q01"'), entry("two", formerly='"q01"'), WRONG),
            "the question 'q01' is there already",
        ),
    ],
)
def test_a_bad_page_gets_a_clear_error(course, text, words):
    course(lesson_04_one=text)
    with pytest.raises(ClassroomError) as caught:
        questions.load()
    assert str(caught.value).startswith("teaching/lessons/04_one.md")
    assert words in str(caught.value)


def test_one_misconception_on_two_pages_is_named_with_both(course):
    course(lesson_04_one=page(entry("one"), WRONG), lesson_05_two=page(entry("two"), WRONG))
    with pytest.raises(ClassroomError, match=r"05_two\.md: the misc.* 'wrong' .*04_one\.md"):
        questions.load()


# ---- the sheets ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SHEETS)
def test_the_questions_are_printed_without_the_key(tmp_path, monkeypatch, name):
    version = versions.Version(name, SHEETS[name])
    monkeypatch.setattr(sheets, "versions", lambda *_: [version])
    said = sheets.write(tmp_path / "quiz")
    assert f"{len(version.questions)} questions" in said[0] and "classroom report" in said[-1]
    pages = {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "quiz").iterdir()}
    assert set(pages) == {"questions.md", "key.md", "answers.csv"}
    sheet, key = (" ".join(pages[name].split()) for name in ("questions.md", "key.md"))
    assert f"# {len(version.questions)} questions" in sheet and "wenty q" not in sheet + key
    for number, question in enumerate(version.questions, start=1):
        assert f"## Question {number} {question.stem}" in sheet
        assert f"## Question {number}: {question.name} (lesson" in key and question.stem in key
        for letter, option in question.options.items():
            assert f"- **{letter}** {option.text}" in sheet
            assert option.text in key and option.why in key
            assert option.why not in sheet
        right = question.options[question.answer]
        assert f"- **{question.answer}** {right.text} **Right.**" in key
        for option in question.options.values():
            if option.misconception:
                assert f"*{MISCONCEPTIONS[option.misconception].phrase}*" in key
    assert key.count("**Right.**") == len(version.questions)
    for misconception in MISCONCEPTIONS.values():
        assert misconception.phrase not in sheet
    columns = [f"{n} {question.name}" for n, question in enumerate(version.questions, start=1)]
    head = ["learner", "when", *columns, spreadsheets.MARKER]
    assert pages["answers.csv"] == "\ufeff" + ",".join(head) + "\n"


def test_several_sheets_stand_in_folders_of_their_own(tmp_path):
    said = sheets.write(tmp_path, blocks=["basics", "methods"])
    made = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.*")}
    names = [v.name for v in versions.versions(blocks=["basics", "methods"])]
    files = ("questions.md", "key.md", "answers.csv")
    assert made == {f"{name}/{file}" for name in names for file in files}
    tables = [str(tmp_path / name / "answers.csv") for name in names]
    assert said[-1].endswith(" ".join(tables))
    assert "nobody answered before" in report.report(tables)


def test_the_written_table_filled_in_is_understood(tmp_path):
    sheets.write(tmp_path, lessons=["00-08"])
    file = tmp_path / "answers.csv"
    text = file.read_text(encoding="utf-8")
    width = text.count(",") - 2  # learner, when, and the column by whose head the encoding is known
    text += "".join(f"c{n},before" + ",b" * width + "," * (n % 2) + "\n" for n in range(5))
    file.write_text(text, encoding="utf-8")
    assert "5 learners answered before the course, nobody after it" in report.report([file])


def test_a_folder_with_anything_in_it_is_refused(tmp_path):
    (tmp_path / "mine.txt").write_text("keep", encoding="utf-8")
    with pytest.raises(ClassroomError, match="is not empty"):
        sheets.write(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    with pytest.raises(ClassroomError, match="is a file"):
        sheets.write(tmp_path / "mine.txt")
    assert (tmp_path / "mine.txt").read_text(encoding="utf-8") == "keep"


@pytest.mark.parametrize("there", [False, True])
def test_a_full_disk_leaves_nothing_half_written(tmp_path, monkeypatch, there):
    folder = tmp_path / "quiz"
    if there:
        folder.mkdir()
    write_one, written = folders.replace_file, []

    def full(path, content, **options):
        if len(written) == 4:
            raise OSError("no space left on device")
        written.append(path)
        write_one(path, content, **options)

    monkeypatch.setattr(folders, "replace_file", full)
    with pytest.raises(OSError, match="no space left"):
        sheets.write(folder, blocks=["basics", "methods"])
    assert len(written) == 4
    assert folder.exists() == there
    assert not there or not any(folder.iterdir())


# ---- the report: numbers worked out by hand -----------------------------------------------------


def test_misconceptions_are_counted_in_people(tmp_path):
    """28 before: half choose 90 in 100 for q12. 27 after: five still do, one skips q12."""
    question, letter = option_of("sensitivity-as-predictive-value")
    wrong, right = {question: letter}, {question: RIGHT[question]}
    before = [line(f"c{n}", "before", wrong if n < 14 else right) for n in range(28)]
    after = [line(f"c{n}", "after", wrong if n < 5 else right) for n in range(26)]
    after.append(line("c26", "after", {"q01": "c"}))  # did not meet the misconception
    text = reported(tmp_path, *before, *after)
    assert "28 learners answered before the course, 27 after it" in text
    words = "14 of 28 confused sensitivity with predictive value (before), 5 of 26 (after) [05; "
    assert f" {words}1 question, 25%]" in " ".join(text.split())


def test_a_misconception_in_two_questions_counts_a_person_once(tmp_path):
    name = "own-ruler"  # two options of q06
    letters = [k for k, o in QUESTIONS[5].options.items() if o.misconception == name]
    assert len(letters) == 2
    longer = "longer-is-better"  # one option in each of several questions
    both = {
        q.formerly: letter
        for q in QUESTIONS
        for letter, option in q.options.items()
        if option.misconception == longer
    }
    assert len(both) >= 3
    first = dict(list(both.items())[:1])
    lines = [line(f"c{n}", "before", both) for n in range(5)]
    lines += [line(f"d{n}", "before", first) for n in range(5)]
    lines += [line(f"e{n}", "before", {"q03": RIGHT["q03"]}) for n in range(5)]
    lines += [line(f"f{n}", "before", {"q06": letters[n % 2]}) for n in range(5)]
    text = reported(tmp_path, *lines)
    assert "10 of 15 believed that longer training is always better (before)" in text
    # By guessing: 1 - (3/4)^4 where four questions have one option, 1 - 2/4 where one has two.
    assert "10 of 15 believed that longer training is always better (before) [04; 4 q" in text
    assert "4 questions, 68%]" in text
    assert "all 5 made a new scale for new patients (before) [02; 1 question, 50%]" in text
    assert "no interval" in text and "before and after may be different people" in text


def test_the_most_frequent_misconception_comes_first(tmp_path):
    often, seldom = option_of("tie-as-verdict"), option_of("half-as-threshold")
    fine = {often[0]: RIGHT[often[0]], seldom[0]: RIGHT[seldom[0]]}
    lines = [line(f"c{n}", "before", fine | dict([often])) for n in range(7)]
    lines += [line(f"d{n}", "before", fine | dict([seldom])) for n in range(5)]
    text = reported(tmp_path, *lines)
    assert text.index("7 of 12 took a tie") < text.index("5 of 12 took one half")
    assert "fewer than five each" not in text
    assert "nobody: took a score of many patients" in text


def test_shares_right_carry_wilsons_interval(tmp_path):
    # 5 of 10: z² = 3.8415, (0.5 + z²/20 ± z·√(0.025 + z²/400)) / (1 + z²/10) = 0.500 ± 0.263.
    wrong = option_of("score-travels")[1]
    lines = [line(f"c{n}", "before", {"q01": "c" if n < 5 else wrong}) for n in range(10)]
    text = reported(tmp_path, *lines)
    assert re.search(r"  ms-weber +before: 5 of 10, 50% \[24% to 76%\]\n", text)
    assert re.search(r"  sepsis-leaflet +before: fewer than five answered\n", text)
    assert "change: not shown, because nobody answered both times" in text


def test_the_change_of_the_score_has_students_interval(tmp_path):
    # Changes 1, 2, 3, 4, 5: mean 3, s = 1.581, t(4) = 2.776, so 3 ± 2.776 · 1.581 / √5 = 3 ± 1.96.
    ten = dict(list(RIGHT.items())[:10])
    lines = []
    for n in range(1, 6):
        lines.append(line(f"c{n}", "before", ten))
        lines.append(line(f"c{n}", "after", dict(list(RIGHT.items())[: 10 + n])))
    lines.append(line("alone", "after", RIGHT))  # has no pair; changes no number of the line
    text = reported(tmp_path, *lines)
    assert (
        "the 5 who answered both times: mean 10.0 before, 13.0 after, change +3.0 [+1.0 to +5.0]"
    ) in text
    assert "  left out by the same people: mean 10.0 before, 7.0 after\n" in text


def test_an_equal_change_has_no_interval(tmp_path):
    lines = [line(f"c{n}", when, RIGHT) for n in range(5) for when in ("before", "after")]
    text = reported(tmp_path, *lines)
    assert "change +0.0 (no interval: everybody changed by the same)" in text
    assert "nan" not in text


def test_without_pairs_each_time_has_its_own_mean(tmp_path):
    lines = [line(f"c{n}", "before", RIGHT) for n in range(6)]
    lines += [line(f"c{n}", "after", RIGHT) for n in range(4)]
    text = reported(tmp_path, *lines)
    assert "6 learners answered before the course, fewer than five after it" in text
    assert "  before: mean 20.0 right, 0.0 left out (6 learners)\n" in text
    assert "change: not shown, because fewer than five answered both times" in text
    assert "(after)" not in text and "after:" not in text


# ---- tables of several sheets, and of other courses ----------------------------------------------

HALVES = [[q.formerly for q in QUESTIONS if q.block == block] for block in ("basics", "methods")]


def written(tmp_path, name, columns, *lines):
    """A table with these questions only, under the names of today."""
    file = tmp_path / name
    head = ["learner", "when", *(f"{n} {NAME[q]}" for n, q in enumerate(columns, start=1))]
    cells = [[who, when, *(given.get(q, "") for q in columns)] for who, when, given in lines]
    file.write_text("".join(",".join(row) + "\n" for row in [head, *cells]), encoding="utf-8")
    return file


def test_old_and_new_columns_are_the_same_questions(tmp_path):
    old = tmp_path / "old.csv"
    before = [line(f"c{n}", "before", RIGHT) for n in range(5)]
    old.write_text(table(*before), encoding="utf-8")
    after = [(f"c{n}", "after", RIGHT) for n in range(5)]
    new = written(tmp_path, "new.csv", NAMES[::-1], *after)
    text = report.report([old, new])
    assert "the 5 who answered both times: mean 20.0 before, 20.0 after" in text
    assert text.count("Score: right answers of 20, what was left out") == 1


def test_a_sheet_for_each_block_is_scored_by_itself(tmp_path):
    """Ten questions before and after; of the other ten only the first time is typed in yet."""
    times = [(f"c{n}", when, RIGHT) for n in range(6) for when in ("before", "after")]
    first = written(tmp_path, "first.csv", HALVES[0], *times)
    second = written(tmp_path, "second.csv", HALVES[1], *times[::2])
    text = report.report([first, second])
    assert text.startswith("Concept inventory: 6 learners answered before the course, 6 after it.")
    scores = re.findall(r"Score: right answers of 10 \((.+) to (.+)\)[^\n]*\n(.+)", text)
    assert [score[:2] for score in scores] == [
        ("ms-weber", "jumping-loss"),
        ("diabetes-visits", "pressure-forecast"),
    ]
    assert "the 6 who answered both times: mean 10.0 before, 10.0 after" in scores[0][2]
    assert "before: mean 10.0 right, 0.0 left out (6 learners)" in scores[1][2]
    assert re.search(r"  ms-weber +before: all 6.*after: all 6", text)
    assert re.search(r"  stroke-risk +before: all 6[^·]*\n", text)


def test_only_what_was_asked_both_times_is_compared(tmp_path):
    """Before, four questions offer a misconception; the sheet of the second time holds two."""
    name = "longer-is-better"
    offered = {
        q.formerly: letter
        for q in QUESTIONS
        for letter, option in q.options.items()
        if option.misconception == name
    }
    *dropped, kept = offered
    people = range(8)
    before = written(
        tmp_path,
        "before.csv",
        NAMES,
        # Six choose it where it is not asked again, five in the question that is.
        *[
            (
                f"c{n}",
                "before",
                RIGHT
                | ({dropped[0]: offered[dropped[0]]} if n < 6 else {})
                | ({kept: offered[kept]} if n < 5 or n == 7 else {}),
            )
            for n in people
        ],
    )
    columns = [q for q in NAMES if q not in dropped]
    after = written(tmp_path, "after.csv", columns, *[(f"c{n}", "after", RIGHT) for n in people])
    text = " ".join(report.report([before, after]).split())
    words = "all but fewer than five of 8 believed that longer training is always better (before), "
    assert words + "none of 8 (after) [04; 1 question, 25%]" in text
    assert f"Score: right answers of {len(columns)} (" in text
    assert f"mean {len(columns) - 0.8:.1f} before, {len(columns)}.0 after, change +0.8" in text


def test_two_versions_in_one_class_are_two_groups(tmp_path):
    first = [(f"c{n}", when, RIGHT) for n in range(5) for when in ("before", "after")]
    second = [(f"d{n}", when, RIGHT) for n in range(4) for when in ("before", "after")]
    files = [
        written(tmp_path, "one.csv", NAMES[::2], *first),
        written(tmp_path, "two.csv", NAMES[1::2], *second),
    ]
    text = report.report(files)
    assert text.startswith("Concept inventory: 9 learners answered before the course, 9 after it.")
    assert "the 5 who answered both times" in text
    assert "change: not shown, because fewer than five answered both times" in text
    given = "before: fewer than five answered · after: fewer than five answered"
    assert re.search(rf"  sepsis-leaflet +{given}\n", text)
    assert not re.search(r"\b4\b", text.replace("[04;", ""))


def test_the_share_of_guessers_is_that_of_the_sheets(tmp_path):
    """Two sheets offer a misconception once each: nobody had two chances to choose it."""
    offered = {
        q.formerly: letter
        for q in QUESTIONS
        for letter, option in q.options.items()
        if option.misconception == "sees-more"
    }
    assert list(offered) == ["q17", "q20"]
    files = [
        written(tmp_path, f"{q}.csv", [q], *[(f"{q}{n}", "before", offered) for n in range(5)])
        for q in offered
    ]
    text = " ".join(report.report(files).split())
    words = "all 10 read more into a model than its inputs hold (before) [07, 08; 2 questions, 25%]"
    assert words in text


def test_misconceptions_that_were_not_asked_are_not_named(tmp_path):
    question, letter = option_of("half-as-threshold")
    lines = [(f"c{n}", "before", {question: letter}) for n in range(5)]
    text = report.report([written(tmp_path, "one.csv", [question], *lines)])
    phrases = {
        MISCONCEPTIONS[o.misconception].phrase
        for o in QUESTIONS[12].options.values()
        if o.misconception
    }
    assert question == "q13" and all(phrase in text for phrase in phrases)
    others = {misconception.phrase for misconception in MISCONCEPTIONS.values()} - phrases
    assert not [phrase for phrase in others if phrase in text]
    # A mean of one question would show a count that its own line hides.
    assert "mean" not in text.split("Score:")[1].split("could show")[0].replace("a mean", "")


def test_nobody_is_not_said_of_four_people(tmp_path):
    """Whether any of fewer than five chose it is not told, either way."""
    question, letter = option_of("half-as-threshold")
    other = NAMES[0]
    said = set()
    for chose in (0, 3):
        lines = [(f"c{n}", "before", {other: "c"}) for n in range(5)]
        one = written(tmp_path, "one.csv", [other], *lines)
        lines = [(f"d{n}", "before", {question: letter if n < chose else "a"}) for n in range(4)]
        two = written(tmp_path, "two.csv", [question], *lines)
        said.add(report.report([one, two]))
    assert len(said) == 1


def test_one_person_answers_no_question_twice_at_one_time(tmp_path):
    one = written(tmp_path, "one.csv", NAMES[:6], ("c1", "before", RIGHT))
    two = written(tmp_path, "two.csv", NAMES[5:9], ("C1", "before", RIGHT))
    with pytest.raises(ClassroomError, match=r"two\.csv, line 2: learner 'C1' .*one\.csv, line 2"):
        report.report([one, two])


# ---- nobody can be made out ---------------------------------------------------------------------


def test_four_people_are_no_group(tmp_path):
    lines = [line(f"c{n}", when, RIGHT) for n in range(4) for when in ("before", "after")]
    text = reported(tmp_path, *lines)
    assert "fewer than five learners answered before the course, fewer than five after it" in text
    assert "nothing more is shown" in text
    assert "ms-weber" not in text and "mean" not in text


@pytest.mark.parametrize(
    ("chose", "words"),
    [
        (1, "fewer than five each: took one half"),
        (4, "fewer than five each: took one half"),
        (5, "5 of 12 took one half"),
        (7, "7 of 12 took one half"),
        (8, "all but fewer than five of 12 took one half"),
        (11, "all but fewer than five of 12 took one half"),
        (12, "all 12 took one half"),
    ],
)
def test_one_to_four_people_are_never_counted(tmp_path, chose, words):
    question, letter = option_of("half-as-threshold")
    given = [letter if n < chose else RIGHT[question] for n in range(12)]
    lines = [line(f"c{n}", "before", {question: a}) for n, a in enumerate(given)]
    text = reported(tmp_path, *lines)
    assert words in " ".join(text.split())
    shares = re.search(rf"  {NAME[question]} +before: (.*)", text)[1]
    assert ("%" in shares) == (chose in (5, 7, 12))


def test_places_in_the_list_do_not_tell_small_counts_apart(tmp_path):
    """Of two counts that are not shown, neither stands before the other because it is larger."""
    first, second = option_of("tie-as-verdict"), option_of("bare-scores")
    for counts in ((6, 7), (7, 6)):  # of eight: both are shown as "all but fewer than five"
        lines = []
        for n in range(8):
            answers = {first[0]: RIGHT[first[0]], second[0]: RIGHT[second[0]]}
            answers |= {q: k for (q, k), c in zip((first, second), counts, strict=True) if n < c}
            lines.append(line(f"c{n}", "before", answers))
        text = reported(tmp_path, *lines)
        assert text.index("compared two scores") < text.index("took a tie"), counts


def test_made_up_classes_show_no_small_count_and_no_code(tmp_path):
    rng = np.random.default_rng(0)
    for size in (5, 6, 9, 14, 30):
        lines = []
        for n in range(size):
            for when in ("before", "after"):
                if rng.random() < 0.9:
                    letters = dict(zip(NAMES, rng.choice([*"abcd", ""], 20), strict=True))
                    lines.append(line(f"zz{n}zz", when, letters))
        text = " ".join(reported(tmp_path, *lines).split())
        assert "zz" not in text
        counted = [(int(k), int(n)) for k, n in re.findall(r"(\d+) of (\d+)[ ,]", text)]
        assert all(k >= 5 and n - k >= 5 for k, n in counted), counted
        if size == 30:
            assert len(counted) > 20
        assert "nan" not in text


# ---- tables as spreadsheets leave them ----------------------------------------------------------

CLASS = [line(f"Jörg{n}", "before", RIGHT) for n in range(5)]


def marked(code_page):
    """As a spreadsheet saves it: what a page lacks becomes a question mark."""
    lines = [[*HEADER, spreadsheets.MARKER], *([*row, ""] for row in CLASS)]
    return "".join(";".join(row) + "\n" for row in lines).encode(code_page, "replace")


@pytest.mark.parametrize(
    "content",
    [
        table(*CLASS).encode("utf-8"),
        table(*CLASS, separator=";").encode("utf-8-sig"),
        *(marked(code_page) for code_page in ("cp1252", "cp1250", "mac_roman")),
        table(*CLASS, separator="\t").encode("utf-16"),
        ("sep=;\r\n" + table(*CLASS, separator=";").replace("\n", "\r\n")).encode("utf-8"),
        ("\n" + table(*CLASS).replace("\n", ",,\n") + ",,,,\n\n").encode("utf-8"),
        table(*CLASS).replace("learner,when,q01", "Learner, WHEN ,Q1").encode("utf-8"),
        table(*CLASS).replace(",b,", ", B ,").replace("before", " Before").encode("utf-8"),
        "".join(
            ",".join(f'"{cell}"' for cell in row) + "\r\n" for row in [HEADER, *CLASS]
        ).encode(),
    ],
    ids=[
        "plain",
        "BOM;",
        "cp1252;",
        "cp1250;",
        "Mac;",
        "UTF-16 tab",
        "sep=",
        "empty",
        "header",
        "capitals",
        "quoted",
    ],
)
def test_tables_from_spreadsheets_are_understood(tmp_path, content):
    file = tmp_path / "answers.csv"
    file.write_bytes(content)
    text = report.report([file])
    assert "5 learners answered before the course" in text
    assert "before: mean 20.0 right, 0.0 left out (5 learners)" in text


def test_several_files_make_one_class(tmp_path):
    files = []
    for n in range(6):
        files.append(tmp_path / f"learner{n}.csv")
        separator = ",;"[n % 2]
        files[-1].write_text(table(line(f"c{n}", "before", RIGHT), separator=separator))
    assert "6 learners answered before" in report.report(files)


def test_a_sheet_without_any_answer_does_not_count(tmp_path):
    text = reported(tmp_path, *CLASS, line("blank", "before", {}))
    assert "5 learners answered before the course" in text


# ---- what cannot be understood is said with file, line and what was expected --------------------

GOOD = line("c1", "before", RIGHT)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ["answers.csv is empty"]),
        ("\n\n", ["answers.csv is empty"]),
        ("learner,when\nc1,before\n", ["line 1", "missing: every q", "must read learner, when"]),
        (table(GOOD).replace("learner,", ""), ["line 1", "missing: learner"]),
        (table(GOOD).replace("q20", "q20,name"), ["line 1", "unknown: name", "Names of people"]),
        (table(GOOD).replace("q20", "q19"), ["line 1", "twice: sleep-windows"]),
        (table(GOOD).replace("before", "first"), ["line 2: when is 'first'", "before or after"]),
        (table(GOOD).replace("before", ""), ["line 2: when is ''"]),
        (table(GOOD, short("", "after", "a")), ["line 3: there is no code in the column learner"]),
        (table(GOOD, short("c2", "after", "e")), ["line 3: q01 is 'e'", "a, b, c, d or nothing"]),
        (table(GOOD, short("c2", "after", "", "ab")), ["line 3: q02 is 'ab'"]),
        (table(GOOD, ["c2", "after", "a"]), ["line 3: 3 entries; expected 22", "stays empty"]),
        (table(GOOD[:-1]), ["line 2: 21 entries; expected 22"]),
        (table([*GOOD, "x"]), ["line 2: 23 entries; expected 22, one"]),
        (
            table(GOOD, line("C1", "before", RIGHT)),
            ["line 3: learner 'C1' has a sheet 'before' already", "line 2)", "one sheet a learner"],
        ),
        (b"PK\x03\x04rest", ["is a spreadsheet", "Save it as CSV"]),
        (b"\xd0\xcf\x11\xe0rest", ["is a spreadsheet"]),
        (b"\x00\x01\x02\x03", ["is no text"]),
        (b"\xff\xfea", ["is no text"]),
        (b"\x81\x8d" + table(GOOD).encode(), ["a guess could change names", "CSV UTF-8"]),
        (table(line("Jörg", "before", RIGHT)).encode("cp1252"), ["a guess could change names"]),
        ('learner,"' + "x" * 200_000, ["line 1: field larger than field limit"]),
    ],
)
def test_bad_tables_get_a_clear_error(tmp_path, text, words):
    said = problem(tmp_path, text)
    assert "answers.csv" in said
    for word in words:
        assert word in said, said


def test_lines_are_counted_as_the_spreadsheet_does(tmp_path):
    text = "sep=,\n" + table(GOOD, *[[""] * 22] * 3, short("c2", "after", "e"))
    assert "line 7: q01 is 'e'" in problem(tmp_path, text)


def test_all_problems_are_named_at_once_but_no_flood(tmp_path):
    said = problem(tmp_path, table(*[short(f"c{n}", "x", "e") for n in range(20)]))
    assert said.count("when is 'x'") == 5 and said.count("q01 is 'e'") == 5
    assert said.endswith("and 30 more")


def test_the_same_learner_in_two_files_is_named_with_both(tmp_path):
    for name in ("one.csv", "two.csv"):
        (tmp_path / name).write_text(table(GOOD), encoding="utf-8")
    with pytest.raises(ClassroomError, match=r"two\.csv, line 2: learner 'c1' .*one\.csv, line 2"):
        report.report([tmp_path / "one.csv", tmp_path / "two.csv"])


def test_a_missing_file_and_a_folder_are_named(tmp_path):
    with pytest.raises(ClassroomError, match=r"nothing\.csv: there is no such file"):
        report.report([tmp_path / "nothing.csv"])
    with pytest.raises(ClassroomError, match="folder"):
        report.report([tmp_path])


# ---- exact counts, for the teacher alone ---------------------------------------------------------


def few_people(tmp_path, n, wrong):
    """`n` people before the course; the first `wrong` of them show one misconception."""
    question, letter = option_of("sensitivity-as-predictive-value")
    people = [
        line(f"c{k}", "before", RIGHT | ({question: letter} if k < wrong else {})) for k in range(n)
    ]
    file = tmp_path / "answers.csv"
    file.write_text(table(*people), encoding="utf-8")
    return file, NAME[question]


@pytest.mark.parametrize(("n", "wrong"), [(8, 1), (8, 4), (8, 6), (3, 1)])
def test_exact_shows_what_is_hidden_otherwise(tmp_path, n, wrong):
    file, question = few_people(tmp_path, n, wrong)
    plain, exact = (" ".join(report.report([file], exact=e).split()) for e in (False, True))
    count = f"{wrong} of {n} confused sensitivity with predictive value (before)"
    assert count in exact and count not in plain
    # No interval is added: of these counts it would say what the count says.
    assert re.search(rf"{question} before: {n - wrong} of {n} [^\d\[,]", exact)
    assert f"{n - wrong} of {n}" not in plain
    said = "for your eyes only: single persons can be made out in them. Do not pass this on"
    assert said in exact and said not in plain
    assert "fewer than five" not in exact.split("Score:")[0]


def test_exact_changes_no_interval_and_no_mean(tmp_path):
    file, _question = few_people(tmp_path, 30, 12)
    plain, exact = (report.report([file], exact=exact) for exact in (False, True))
    assert "12 of 30 confused" in plain and "60% [42% to 75%]" in plain
    intervals = [re.findall(r"\d+% \[.*?\]", text) for text in (plain, exact)]
    assert intervals[0] == intervals[1] != []
    assert plain.split("Score:")[1] == exact.split("Score:")[1]
    three = few_people(tmp_path, 3, 1)[0]
    assert "before: mean" not in report.report([three], exact=True)


def test_exact_names_nobody_where_nobody_answered(tmp_path):
    question, letter = option_of("sensitivity-as-predictive-value")
    people = [line(f"c{k}", "before", {question: letter}) for k in range(6)]
    file = tmp_path / "answers.csv"
    file.write_text(table(*people), encoding="utf-8")
    assert "before: nobody answered" in report.report([file], exact=True)
    assert main(["classroom", "report", str(file), "--exact"]) == 0


# ---- the command line ---------------------------------------------------------------------------


def test_the_commands_write_and_report(tmp_path, capsys):
    folder = str(tmp_path / "quiz")
    assert main(["classroom", "inventory", folder]) == 0
    assert "✓" in capsys.readouterr().out
    assert main(["classroom", "inventory", folder]) == 1
    assert "✗" in capsys.readouterr().err
    file = tmp_path / "quiz" / "answers.csv"
    file.write_text(table(*CLASS), encoding="utf-8")
    assert main(["classroom", "report", str(file)]) == 0
    assert capsys.readouterr().out.startswith("Concept inventory: 5 learners")
    file.write_text(table(short("c1", "never")), encoding="utf-8")
    assert main(["classroom", "report", str(file)]) == 1
    said = capsys.readouterr()
    assert said.out == "" and "line 2: when is 'never'" in said.err


def test_the_commands_choose_blocks_and_lessons(tmp_path, capsys):
    command = ["classroom", "inventory", str(tmp_path / "quiz")]
    assert main([*command, "--block", "basics", "--lessons", "00"]) == 2
    assert main([*command, "--block", "nothing"]) == 1
    assert "There is no block nothing" in capsys.readouterr().err
    assert main([*command, "--block", "methods", "basics"]) == 0
    assert {path.name for path in (tmp_path / "quiz").iterdir()} >= {"basics", "methods"}
    mixed = ["classroom", "inventory", str(tmp_path / "mixed"), "--lessons", "00", "02-03"]
    assert main(mixed) == 0
    assert "sheet lessons-00-03" in capsys.readouterr().out


def test_without_the_course_there_are_no_questions(tmp_path, capsys, monkeypatch):
    """As on Colab: the wheel brings medlearn, and not the pages."""
    monkeypatch.setattr(lessons, "__file__", str(tmp_path / "site" / "medlearn" / "lessons.py"))
    file = tmp_path / "answers.csv"
    file.write_text(table(*CLASS), encoding="utf-8")
    for command in (["inventory", str(tmp_path / "quiz")], ["report", str(file)]):
        assert main(["classroom", *command]) == 1
        said = capsys.readouterr()
        assert said.out == "" and "Clone the course and run this command in its folder" in said.err
    assert not (tmp_path / "quiz").exists()
