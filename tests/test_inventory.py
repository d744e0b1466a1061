"""The concept inventory: its form, its pages, and the report, checked against counts by hand."""

import re
from pathlib import Path

import numpy as np
import pytest

from medlearn.__main__ import main
from medlearn.classroom import ClassroomError, inventory

QUESTIONS = inventory.load().questions
MISCONCEPTIONS = inventory.load().misconceptions
NAMES = [question.name for question in QUESTIONS]
RIGHT = {question.name: question.answer for question in QUESTIONS}
HEADER = ["learner", "when", *NAMES]
LESSONS = {path.name[:2] for path in (Path(__file__).parents[1] / "notebooks").glob("*.ipynb")}


def option_of(name):
    """The question and the letter of the first option that shows a misconception."""
    return next(
        (question.name, letter)
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
    return inventory.report([file])


def problem(tmp_path, text):
    file = tmp_path / "answers.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    with pytest.raises(ClassroomError) as caught:
        inventory.report([file])
    return str(caught.value)


# ---- the questions ------------------------------------------------------------------------------


def test_twenty_questions_with_one_right_answer_each():
    assert [f"q{number:02d}" for number in range(1, 21)] == NAMES
    for question in QUESTIONS:
        assert list(question.options) == list("abcd"), question.name
        right = [letter for letter, o in question.options.items() if o.misconception is None]
        assert right == [question.answer], question.name
        texts = [option.text for option in question.options.values()]
        assert len(set(texts)) == 4, question.name
        for option in question.options.values():
            assert option.text and option.why.endswith("."), question.name
            # One sentence: no full stop, question or exclamation mark before its end.
            assert not re.search(r"[.!?]\s", option.why), f"{question.name}: {option.why}"


def test_each_wrong_option_has_a_known_misconception_and_each_misconception_is_used():
    used = {o.misconception for q in QUESTIONS for o in q.options.values()} - {None}
    assert used == set(MISCONCEPTIONS)
    phrases = [misconception.phrase for misconception in MISCONCEPTIONS.values()]
    assert len(set(phrases)) == len(phrases)


def test_lessons_00_to_08_are_covered_and_every_named_lesson_exists():
    asked = {lesson for question in QUESTIONS for lesson in question.lessons}
    assert asked == {f"{number:02d}" for number in range(9)}
    for name, misconception in MISCONCEPTIONS.items():
        assert set(misconception.lessons) <= LESSONS and misconception.lessons, name


def test_neither_place_nor_length_tells_the_right_answer():
    counts = [sum(q.answer == letter for q in QUESTIONS) for letter in "abcd"]
    assert counts == [5, 5, 5, 5]

    def extreme(choose):
        chosen = (choose(q.options, key=lambda o, q=q: len(q.options[o].text)) for q in QUESTIONS)
        return sum(letter == q.answer for letter, q in zip(chosen, QUESTIONS, strict=True))

    # By chance five of twenty; eight or more happen in one set of questions in ten.
    assert extreme(max) <= 7
    assert extreme(min) <= 7


# ---- the pages ----------------------------------------------------------------------------------


def test_the_questions_are_printed_without_the_key(tmp_path):
    said = inventory.write(tmp_path / "quiz")
    assert len(said) == 4 and "classroom report" in said[-1]
    pages = {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "quiz").iterdir()}
    assert set(pages) == {"questions.md", "key.md", "answers.csv"}
    sheet, key = (" ".join(pages[name].split()) for name in ("questions.md", "key.md"))
    for question in QUESTIONS:
        assert question.stem in sheet and question.stem in key
        for letter, option in question.options.items():
            assert f"- **{letter}** {option.text}" in sheet
            assert option.text in key and option.why in key
            assert option.why not in sheet
        right = question.options[question.answer]
        assert f"- **{question.answer}** {right.text} **Right.**" in key
    assert key.count("**Right.**") == 20
    for misconception in MISCONCEPTIONS.values():
        assert f"*{misconception.phrase}*" in key
        assert misconception.phrase not in sheet
    assert pages["answers.csv"] == table()


def test_the_written_table_filled_in_is_understood(tmp_path):
    inventory.write(tmp_path)
    file = tmp_path / "answers.csv"
    text = file.read_text(encoding="utf-8")
    text += "".join(",".join(line(f"c{n}", "before", RIGHT)) + "\n" for n in range(5))
    file.write_text(text, encoding="utf-8")
    assert "5 learners answered before the course, nobody after it" in inventory.report([file])


def test_a_folder_with_anything_in_it_is_refused(tmp_path):
    (tmp_path / "mine.txt").write_text("keep", encoding="utf-8")
    with pytest.raises(ClassroomError, match="is not empty"):
        inventory.write(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    with pytest.raises(ClassroomError, match="is a file"):
        inventory.write(tmp_path / "mine.txt")
    assert (tmp_path / "mine.txt").read_text(encoding="utf-8") == "keep"


@pytest.mark.parametrize("there", [False, True])
def test_a_full_disk_leaves_nothing_half_written(tmp_path, monkeypatch, there):
    folder = tmp_path / "quiz"
    if there:
        folder.mkdir()
    write_one, written = inventory.replace_file, []

    def full(path, content, **options):
        if len(written) == 2:
            raise OSError("no space left on device")
        written.append(path)
        write_one(path, content, **options)

    monkeypatch.setattr(inventory, "replace_file", full)
    with pytest.raises(OSError, match="no space left"):
        inventory.write(folder)
    assert len(written) == 2
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
        q.name: letter
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
    assert "all 5 made a new ruler for new patients (before) [02; 1 question, 50%]" in text
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
    assert "  q01  before: 5 of 10, 50% [24% to 76%]\n" in text
    assert "  q02  before: fewer than five answered\n" in text
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


# ---- nobody can be made out ---------------------------------------------------------------------


def test_four_people_are_no_group(tmp_path):
    lines = [line(f"c{n}", when, RIGHT) for n in range(4) for when in ("before", "after")]
    text = reported(tmp_path, *lines)
    assert "fewer than five learners answered before the course, fewer than five after it" in text
    assert "nothing more is shown" in text
    assert "q01" not in text and "mean" not in text


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
    shares = re.search(rf"  {question}  before: (.*)", text)[1]
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


@pytest.mark.parametrize(
    "content",
    [
        table(*CLASS).encode("utf-8"),
        table(*CLASS, separator=";").encode("utf-8-sig"),
        table(*CLASS, separator=";").encode("cp1252"),
        table(*CLASS, separator="\t").encode("utf-16"),
        ("sep=;\r\n" + table(*CLASS, separator=";").replace("\n", "\r\n")).encode("utf-8"),
        ("\n" + table(*CLASS).replace("\n", ",,\n") + ",,,,\n\n").encode("utf-8"),
        table(*CLASS).replace("learner,when,q01", "Learner, WHEN ,Q1").encode("utf-8"),
        table(*CLASS).replace(",b,", ", B ,").replace("before", " Before").encode("utf-8"),
        "".join(
            ",".join(f'"{cell}"' for cell in row) + "\r\n" for row in [HEADER, *CLASS]
        ).encode(),
    ],
    ids=["plain", "BOM;", "cp1252;", "UTF-16 tab", "sep=", "empty", "header", "capitals", "quoted"],
)
def test_tables_from_spreadsheets_are_understood(tmp_path, content):
    file = tmp_path / "answers.csv"
    file.write_bytes(content)
    text = inventory.report([file])
    assert "5 learners answered before the course" in text
    assert "before: mean 20.0 right, 0.0 left out (5 learners)" in text


def test_several_files_make_one_class(tmp_path):
    files = []
    for n in range(6):
        files.append(tmp_path / f"learner{n}.csv")
        separator = ",;"[n % 2]
        files[-1].write_text(table(line(f"c{n}", "before", RIGHT), separator=separator))
    assert "6 learners answered before" in inventory.report(files)


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
        (table(GOOD).replace(",q07", ""), ["line 1", "missing: q07", "must read learner, when"]),
        (table(GOOD).replace("learner,", ""), ["line 1", "missing: learner"]),
        (table(GOOD).replace("q20", "q20,name"), ["line 1", "unknown: name", "Names of people"]),
        (table(GOOD).replace("q20", "q19"), ["line 1", "missing: q20", "twice: q19"]),
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
        (b"\x81\x8d" + table(GOOD).encode(), ["is no text"]),
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
        inventory.report([tmp_path / "one.csv", tmp_path / "two.csv"])


def test_a_missing_file_and_a_folder_are_named(tmp_path):
    with pytest.raises(ClassroomError, match=r"nothing\.csv: there is no such file"):
        inventory.report([tmp_path / "nothing.csv"])
    with pytest.raises(ClassroomError, match="folder"):
        inventory.report([tmp_path])


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
