"""The pages for teachers: what they name exists, minutes and sums add up, links lead on.

What is generated is compared with its sources in one place only, by `python -m tools.sync --check`
(`test_sync.py`). Here is tested what people write, and that a new lesson reaches every list.
"""

import argparse
import json
import re
import shlex
import shutil
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import machines
import pytest

from medlearn import lessons
from medlearn.__main__ import _parser
from medlearn.exercises import all_lessons
from medlearn_classroom.marking import marks
from tools import sync, teaching

ROOT = Path(__file__).resolve().parents[1]
FILES = {
    path.relative_to(ROOT).as_posix(): path
    for path in [ROOT / "TEACHING.md", *sorted((ROOT / "teaching").rglob("*.md"))]
}
TEXTS = {name: path.read_text(encoding="utf-8") for name, path in FILES.items()}
LESSONS = lessons.find()
# A lesson without a page fails here, at once and for all tests: the message says what to write.
PAGES = teaching.read(ROOT)
CORES = {number: page.core for number, page in PAGES.items()}
EVERY_PLAN = [(number, length) for number in PAGES for length in teaching.LENGTHS]


def plain(notebook):
    """All words of a notebook in small letters, between single spaces."""
    return " ".join(" ".join(lessons.text_of(cell) for cell in notebook.cells).lower().split())


SAID = {number: plain(lesson) for number, lesson in LESSONS.items()}


def steps(table, minutes=int):
    """The (first minute, last minute, row) of a plan, each beginning where the one before ends."""
    found = []
    for row in table:
        start, end = map(minutes, row[0].split("–"))
        due = found[-1][1] if found else start
        assert start == due < end, f"{row[0]}: expected to begin where the row before it ends"
        found.append((start, end, row))
    return found


def quoted(where):
    """What the last column of a plan quotes of its lesson."""
    return re.findall(r"\*([^*]+)\*", where)


# ---- the page of a lesson -----------------------------------------------------------------------


@pytest.mark.parametrize("number", PAGES)
def test_a_page_is_written(number):
    page = PAGES[number]
    headings = re.findall(r"(?m)^## (.+)$", page.text)
    assert headings[: len(teaching.HEADINGS)] == list(teaching.HEADINGS)
    left = [c for c in re.findall(r"<!-- (.+)", page.text) if not re.match("generated: |end ", c)]
    assert not left, f"{page.name}: a hint of the skeleton is left: <!-- {left[0]}"
    assert "| … |" not in page.text, f"{page.name}: a row of a plan is not written yet"
    assert '"…"' not in page.text, f"{page.name}: a question is not written yet"


@pytest.mark.parametrize(("number", "length"), EVERY_PLAN)
def test_a_plan_adds_up_and_teaches_what_it_says(number, length):
    page = PAGES[number]
    plan, core = page.plans[length], page.core
    table = steps(plan.rows)
    assert (table[0][0], table[-1][1]) == (0, length)
    frame = [w for *_, where in plan.rows for w in ("Case", "Recap") if w in where]
    assert {"Case", "Recap"} <= set(frame)
    # All of the core, in class or at home, and nothing twice.
    parts = sorted([*plan.taught, *plan.home_sections])
    assert parts == sorted(core.exercises), "each core section once, in a row or in At home"
    listed = [name for names in plan.taught.values() for name in names]
    listed += [name for names in plan.home_sections.values() for name in names]
    listed = sorted([*listed, *plan.home_exercises])
    assert listed == sorted(core.needs), "each core exercise once, in a row or in At home"
    assert set(plan.home_exercises.values()) <= set(plan.taught)
    # Nothing goes home when there is time for it, and no section gets too little.
    assert bool(plan.home_sections) == (core.lesson.facts.minutes > length)
    assert not plan.home_exercises or core.lesson.facts.minutes + 5 > length
    given = defaultdict(int)
    for start, end, row in table:
        for _, section, _ in teaching.named(row[-1], CORES, number):
            given[section] += end - start
    for section, minutes in given.items():
        home = sum(core.needs[name] for name, of in plan.home_exercises.items() if of == section)
        needed = core.share[section] - home
        assert minutes >= needed, f"section {section} has {minutes} min and needs {needed}"
    assert length == 45 or any("Break" in what for _, what, _ in plan.rows)


@pytest.mark.parametrize(("number", "length"), EVERY_PLAN)
def test_what_a_plan_quotes_stands_in_the_lesson(number, length):
    for *_, where in PAGES[number].plans[length].rows:
        for words in quoted(where):
            assert words.lower() in SAID[number], f"the lesson does not say {words!r}"


@pytest.mark.parametrize("number", PAGES)
def test_the_cells_to_run_to_are_the_first_predictions_of_their_sections(number):
    page = PAGES[number]
    sections = {section.number: section for section in page.lesson.core}
    met = set()
    for section, begins, later in teaching.rows(page.parts[teaching.RUN_TO]):
        met.add(int(section))
        cells = [c for c in sections[int(section)].cells if c["cell_type"] == "code"]
        sources = [lessons.text_of(cell) for cell in cells]
        tagged = [n for n, cell in enumerate(cells) if "predict" in lessons.tags_of(cell)]
        here = [n for n, source in enumerate(sources) if source.startswith(begins.strip("`"))]
        assert here == tagged[:1], f"section {section}: {begins} is not its first prediction"
        for name in re.findall(r"`([^`]+)`", later):
            there = [n for n, source in enumerate(sources) if source.startswith(name)]
            assert len(there) == 1 and there > here, f"section {section}: no later cell {name}"
    # Where a plan says "the cells above", the table says which.
    for length, plan in page.plans.items():
        for n, (_, what, _) in enumerate(plan.rows):
            if "the cells above" in what:
                after = (teaching.named(row[-1], CORES, number) for row in plan.rows[n:])
                section = next(section for found in after for _, section, _ in found)
                assert section in met, f"no cell to run to for section {section}, {length} min"


@pytest.mark.parametrize("number", PAGES)
def test_each_lesson_has_its_stumbling_blocks_with_an_answer(number):
    page = PAGES[number]
    assert len(page.stumbling) >= 5
    begun = re.findall(r"(?m)^\*\*", page.parts[teaching.STUMBLING])
    assert len(page.stumbling) == len(begun), "one lacks its quotation marks or its answer"


def test_each_stumbling_block_stands_once():
    every = [saying for page in PAGES.values() for saying, _ in page.stumbling]
    assert len(set(every)) == len(every)


@pytest.mark.parametrize("number", PAGES)
@pytest.mark.parametrize("trade", [teaching.CLINICAL, teaching.MACHINE])
def test_the_words_of_a_page_have_the_right_form(number, trade):
    page = PAGES[number]
    words = {word.term: word for word in page.words(trade)}
    lines = re.sub(r"(?ms)^Met again: .+?\.$|^### .*", "", page.parts[trade]).strip()
    assert not lines, f'{page.name}, {trade}: expected "Met again: …." or entries, not {lines!r}'
    for term, word in words.items():
        sentences = len(re.findall(r"[.?!](?=\s|$)", re.sub(r"\([^()]*\)", "", word.definition)))
        assert 1 <= sentences <= 2, f"{term}: {sentences} sentences"
        assert not re.search(r"→|\*There", word.definition), f"{term}: its last line is not last"
        assert term not in word.leads and len(set(word.leads)) == len(word.leads), term


@pytest.mark.parametrize("number", PAGES)
def test_each_word_stands_in_the_lessons_that_name_it(number):
    every = teaching.known_words(PAGES)
    for trade in (teaching.CLINICAL, teaching.MACHINE):
        terms = [word.term for word in PAGES[number].words(trade)]
        for term in terms + PAGES[number].met_again(trade):
            name = every[term].name
            assert name.lower() in SAID[number], f"{PAGES[number].name}: lesson has no {name!r}"


def test_the_two_trades_are_linked_both_ways():
    trades = [
        {word.term for page in PAGES.values() for word in page.words(trade)}
        for trade in (teaching.CLINICAL, teaching.MACHINE)
    ]
    leads = {(w.term, to) for w in teaching.known_words(PAGES).values() for to in w.leads}
    for one, other in (trades, trades[::-1]):
        assert len({a for a, b in leads if a in one and b in other}) >= 20
    for pair in (
        ("Recall", "Sensitivity"),
        ("Precision", "Positive predictive value"),
        ("Label", "Outcome"),
        ("Feature", "Predictor"),
        ("Confidence", "Calibration"),
        ("Class imbalance", "Prevalence"),
        ("Logits", "Odds"),
        ("Test set", "External validation"),
    ):
        assert pair in leads and pair[::-1] in leads, pair


# ---- plans for more than one meeting ------------------------------------------------------------


def part(name, level=2):
    """The text of plans.md below one heading."""
    mark = "#" * level
    text = TEXTS["teaching/plans.md"]
    return re.search(rf"(?ms)^{mark} {name}\n(.*?)(?=^#{{1,{level}}} |\Z)", text)[1]


def test_the_plan_for_a_single_class_adds_up():
    table = steps(teaching.rows(part("One class of 90 minutes, no lesson before")))
    assert (table[0][0], table[-1][1]) == (0, 90)
    given = defaultdict(int)
    for start, end, (_, _, where) in table:
        for lesson, section, _ in teaching.named(where, CORES):
            given[lesson, section] += end - start
        for words in quoted(where):
            assert words.lower() in SAID[re.search(r"lesson (\d\d)", where)[1]], words
    assert given
    for (lesson, section), minutes in given.items():
        assert minutes >= CORES[lesson].share[section]


def minutes_of(clock):
    hours, minutes = clock.split(":")
    return 60 * int(hours) + int(minutes)


@pytest.mark.parametrize("day", ["First day", "Second day"])
def test_the_days_of_the_workshop_add_up(day):
    table = steps(teaching.rows(part(day, level=3)), minutes_of)
    assert (table[0][0], table[-1][1]) == (minutes_of("9:00"), minutes_of("17:00"))
    for start, end, (time, _, where) in table:
        found = teaching.named(where, CORES)
        needed = sum(CORES[lesson].share[section] for lesson, section, _ in found)
        assert end - start >= needed, f"{time}: {needed} minutes of the lessons"


def test_the_term_holds_the_whole_core_of_its_lessons():
    table = teaching.rows(part("Twelve weeks"))
    assert [row[0] for row in table] == [str(week) for week in range(1, 13)]
    met, exercises = defaultdict(set), defaultdict(set)
    for week, meeting, home in table:
        in_class, at_home = teaching.named(meeting, CORES), teaching.named(home, CORES)
        needed = sum(CORES[lesson].share[section] for lesson, section, _ in in_class)
        taught = {(lesson, section) for lesson, section, _ in in_class}
        needed -= sum(
            CORES[lesson].needs[name]
            for lesson, section, names in at_home
            for name in names
            if (lesson, section) in taught
        )
        assert needed <= 75, f"week {week}: {needed} minutes, and case, break and close"
        for lesson, section, names in in_class + at_home:
            met[lesson].add(section)
            exercises[lesson] |= set(names)
    for lesson, sections in met.items():
        assert sections == set(CORES[lesson].exercises), lesson
        assert exercises[lesson] == set(CORES[lesson].needs), lesson


@pytest.mark.parametrize("name", TEXTS)
def test_no_page_promises_a_lesson_that_is_not_there(name):
    lists = re.findall(r"[Ll]essons? ((?:\d\d(?:, | and | to )?)+)", TEXTS[name])
    numbers = {number for found in lists for number in re.findall(r"\d\d", found)}
    assert numbers <= set(LESSONS)


# ---- a lesson that is new -----------------------------------------------------------------------

NEW = "99"


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """A copy of what `sync` reads and writes, with exercises for a lesson 99."""
    machines.texts_of_the_course(tmp_path)
    shutil.copytree(ROOT / "notebooks", tmp_path / "notebooks")
    known = all_lessons()
    monkeypatch.setattr(teaching, "all_lessons", lambda: {**known, NEW: known["01"]})
    return tmp_path


def add_lesson(root):
    """A made-up lesson: lesson 01 under another number."""
    text = LESSONS["01"].path.read_text("utf-8")
    notebook = json.loads(text)
    notebook["metadata"]["medlearn"].update(lesson=NEW, title="Made up", question="Who asks?")
    path = root / "notebooks" / f"{NEW}_made_up.ipynb"
    path.write_text(json.dumps(notebook), "utf-8")


def add_page(root):
    """Its page, with words and stumbling blocks of its own."""
    page = PAGES["01"]
    words = (teaching.CLINICAL, "Humour", "Benign"), (teaching.MACHINE, "Gadget", "Sigmoid")
    parts = [
        *(f"## {heading}\n{page.parts[heading]}" for heading in teaching.HEADINGS[:3]),
        f'## {teaching.STUMBLING}\n\n**"Nobody says this."**\nSo nobody answers.\n',
        *(
            f"## {trade}\n\nMet again: {again}.\n\n### {term}\n\nWhat it is.\n→ AUC\n"
            for trade, term, again in words
        ),
    ]
    parts.append("## Questions\n\nWhat follows the words is passed over.\n\n### So is this\n")
    text = "<!-- generated: lesson -->\n<!-- end -->\n\n" + "\n".join(parts)
    path = root / "teaching" / "lessons" / f"{NEW}_made_up.md"
    path.write_text(text, "utf-8")
    return path


def contents(root):
    return {
        path.relative_to(root).as_posix(): path.read_text("utf-8")
        for path in root.rglob("*")
        if path.is_file()
    }


def test_a_new_lesson_and_its_page_reach_every_list(copy):
    add_lesson(copy)
    page = add_page(copy)
    before = contents(copy)
    assert sync.sync(copy) == []
    after = contents(copy)
    added = {
        name: {line for line in text.splitlines() if line not in before[name].splitlines()}
        for name, text in after.items()
        if text != before[name]
    }
    link, minutes = f"lessons/{NEW}_made_up.md", LESSONS["01"].facts.minutes
    row = f"[{NEW} Made up](teaching/{link}) | Who asks? | {minutes} | "
    row += "sections 1, 2; section 5 and one exercise at home | all"
    loaded = ", ".join(lessons.used_in(LESSONS)["breast_cancer"])
    expected = {
        "README.md": ["Made up"],
        "TEACHING.md": [row],
        "teaching/plans.md": [f"| {NEW} | {minutes} |", f"[{NEW}]({link})", f"({link}#in-90-min"],
        "teaching/stumbling_blocks.md": [
            f"[Lesson {NEW}]({link}#stumbling-blocks)",
            '"Nobody says this."',
        ],
        "teaching/glossary.md": [
            *("### Humour", "### Gadget", f"*Lesson {NEW}.* → [AUC](#auc)"),
            f", {NEW}.* → [Malignant]",
            f", {NEW}.* → [Odds]",
        ],
        f"teaching/{link}": [f"# Teaching lesson {NEW}: Made up", "Who asks?"],
        f"notebooks/{NEW}_made_up.ipynb": ["Made up"],
        f"notebooks/{[*LESSONS.values()][-1].stem}.ipynb": [f"]({NEW}_made_up.ipynb)"],
        "data/README.md": [f"- **Used in lessons**: {loaded}, {NEW}"],
    }
    assert set(added) == set(expected)
    for name, pieces in expected.items():
        for piece in pieces:
            assert any(piece in line for line in added[name]), f"{name}: no {piece}"
    # Gone again, nothing of it stays.
    page.unlink()
    (copy / "notebooks" / f"{NEW}_made_up.ipynb").unlink()
    assert sync.sync(copy) == []
    assert contents(copy) == contents_of_the_course(copy)


def contents_of_the_course(root):
    return {name: (ROOT / name).read_text("utf-8") for name in contents(root)}


def refusals(root):
    """What `sync` could not make, and why."""
    return [said for said in sync.sync(root, check=True) if "differs from its source" not in said]


def test_a_lesson_without_a_page_is_refused(copy):
    add_lesson(copy)
    (problem,) = refusals(copy)
    assert f"lesson {NEW} has no page" in problem
    assert f"Write teaching/lessons/{NEW}_made_up.md" in problem


def test_a_page_without_a_lesson_is_refused(copy):
    add_page(copy)
    (problem,) = refusals(copy)
    assert problem.startswith(f"teaching/lessons/{NEW}_made_up.md is a page without a lesson")
    assert f"no notebooks/{NEW}_made_up.ipynb" in problem


def test_the_skeleton_of_a_page_can_be_read(copy):
    add_lesson(copy)
    path = copy / "teaching" / "lessons" / f"{NEW}_made_up.md"
    path.write_text(teaching.skeleton(), "utf-8")
    assert sync.sync(copy) == []
    assert "# Teaching lesson 99: Made up" in path.read_text("utf-8")
    text = (copy / "TEACHING.md").read_text("utf-8")
    assert f"| Who asks? | {LESSONS['01'].facts.minutes} | – | – |" in text
    page = teaching.read(copy)[NEW]
    assert list(page.parts) == [*teaching.HEADINGS, "Questions"]
    assert not page.stumbling
    assert not any(page.words(trade) for trade in (teaching.CLINICAL, teaching.MACHINE))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("## Stumbling blocks", "## Stumbles", "expected a heading `## Stumbling blocks`"),
        ("section 2: `verdict`", "section 3: `verdict`", "section 3 is no core section of lesson"),
        ("section 2: `verdict`", "section 2: `verdicts`", "no exercise 'verdicts' in section 2"),
        ("At home: section 5", "At home: section 7", "section 7 is no core section of lesson"),
        ("| 0–4 | The case", "| 0–4 | | The case", "expected three cells"),
        ("again: Benign", "again: Malign", "'Malign', which no earlier page explains"),
        ("### Humour", "### AUC", "explains 'AUC', which teaching/lessons/02_preparing_data.md"),
        ("→ AUC", "→ AUCs", "the arrow names 'AUCs'"),
    ],
)
def test_what_is_wrong_on_a_page_is_named(copy, old, new, said):
    add_lesson(copy)
    path = add_page(copy)
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    (problem,) = refusals(copy)
    assert said in problem and f"{NEW}_made_up" in problem


def test_an_exercise_that_is_nowhere_is_named(copy, monkeypatch):
    add_lesson(copy)
    add_page(copy)
    monkeypatch.setattr(teaching, "all_lessons", all_lessons)
    (problem,) = refusals(copy)
    assert f"{NEW}_made_up: the notebook has an exercise 'neuron'" in problem
    assert f"medlearn/exercises/lesson_{NEW}.py" in problem


# ---- commands and links -------------------------------------------------------------------------


def fenced(text, language):
    return re.findall(rf"(?ms)^```{language}\n(.*?)^```", text)


def commands(text):
    """The arguments of each `python -m medlearn` of the text, in blocks and in lines."""
    lines = [line for block in fenced(text, "sh") for line in block.splitlines()]
    lines += re.findall(r"`([^`\n]+)`", re.sub(r"(?ms)^```.*?^```", "", text))
    return [shlex.split(line.split("-m medlearn ")[1]) for line in lines if "-m medlearn " in line]


def options_of(parser):
    """Every option of a parser and of the commands below it, spelt in full."""
    found = set(parser._option_string_actions)
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            found |= {name for below in action.choices.values() for name in options_of(below)}
    return found


@pytest.mark.parametrize("page", FILES)
def test_the_commands_are_understood(page):
    for arguments in commands(TEXTS[page]):
        # argparse accepts --system for --systems; a page should not teach it.
        assert {word for word in arguments if word.startswith("-")} <= options_of(_parser())
        try:
            _parser().parse_args(arguments)
        except SystemExit as stop:
            raise AssertionError(f"not understood: {' '.join(arguments)}") from stop


def test_the_front_page_shows_each_command_of_a_class():
    shown = {tuple(arguments[:2]) for arguments in commands(TEXTS["TEACHING.md"])}
    for action in ("inventory", "report", "build", "bundle"):
        assert ("classroom", action) in shown
    assert any(command[0] == "grade" for command in shown)
    # What grows with the lessons is generated, and no page is too long by it.
    written = re.sub(r"(?s)<!-- generated.*?<!-- end -->", "", TEXTS["TEACHING.md"])
    assert written.count("\n") <= 235


def anchors(text):
    """The anchors of a Markdown page."""
    text = re.sub(r"(?ms)^```.*?^```", "", text)
    return [teaching.anchor(heading) for heading in re.findall(r"(?m)^#+ (.+)$", text)]


@pytest.mark.parametrize("page", FILES)
def test_the_links_inside_the_course_lead_somewhere(page):
    text = re.sub(r"(?ms)^```.*?^```", "", TEXTS[page])
    links = re.findall(r"\]\(([^)\s]+)\)", text)
    assert links
    for link in links:
        if link.startswith("https://"):
            continue
        path, _, anchor = link.partition("#")
        target = (FILES[page].parent / path).resolve() if path else FILES[page]
        assert target.is_file(), link
        if anchor:
            assert anchor in anchors(target.read_text(encoding="utf-8")), link


def test_the_points_of_the_table_are_those_of_the_marking():
    table = dict(
        row[:2]
        for row in teaching.rows(
            TEXTS["TEACHING.md"]
            .split("| kind of exercise")[1]
            .join(["| kind of exercise", ""])
            .split("\n\n")[0]
        )
    )
    kinds = {
        "Function": "a function",
        "Value": "a number or a choice",
        "Choice": "a number or a choice",
        "Text": "sentences",
    }
    met = set()
    for lesson in all_lessons().values():
        for exercise in lesson.exercises.values():
            kind = type(exercise).__name__
            met.add(kind)
            assert table[kinds[kind]] == f"{marks.points(exercise):g}", exercise
    assert met == set(kinds)


# ---- hosting ------------------------------------------------------------------------------------

HOSTING = TEXTS["teaching/hosting.md"]


def test_the_link_for_learners_is_made_of_the_repository():
    address = sync.repository()
    name = address.rsplit("/", 1)[1]
    query = {
        "repo": address,
        "branch": sync.BRANCH,
        "urlpath": f"lab/tree/{name}/notebooks/{next(iter(LESSONS.values())).path.name}",
    }
    # The form of nbgitpuller's own link generator (docs/_static/link_gen/link.js).
    expected = f"https://hub.example.org/hub/user-redirect/git-pull?{urlencode(query)}"
    (link,) = fenced(HOSTING, "text")
    assert link.strip() == expected
    assert parse_qs(urlsplit(link.strip()).query)["repo"] == [address]
    assert f"git clone {address} /opt/{name}\n" in HOSTING
    for page, text in TEXTS.items():  # no other spelling of the address, anywhere
        rest = text.replace(address, "").replace(urlencode({"repo": address}), "")
        assert "github.com" not in rest.lower(), page


def test_the_sums_of_memory_are_right():
    kernel, server, spare, system = 1.0, 0.2, 1.25, 2
    assert f"({kernel} + {server}) GB × {spare} + {system} GB" in HOSTING
    assert max(lesson.facts.memory_band for lesson in LESSONS.values()) <= 1000 * kernel
    learner = (kernel + server) * spare
    assert f"guarantee: {learner:g}G" in HOSTING
    front = " ".join(TEXTS["TEACHING.md"].split())
    assert f"{learner:g} GB of memory for each learner" in front
    table = teaching.rows(re.search(r"(?ms)^\| learners \| at once.*?\n\n", HOSTING)[0])
    assert {row[0] for row in table} == {"30", "300"}
    for people, at_once, memory, whole, cores in table:
        need = int(at_once) * learner
        assert (memory, whole) == (f"{need:g} GB", f"{need + system:g} GB"), people
        assert int(cores) == -(-int(at_once) // 2)
    # One core for two learners: a minute on two cores becomes four.
    assert "one core for two learners, that\nminute becomes four" in HOSTING
    a_machine = int((64 - 4) / learner)
    assert f"takes {a_machine} learners" in HOSTING
    machines = [-(-people // a_machine) for people in (300, 150)]
    assert f"{machines[0]} machines when all 300 work at once, {machines[1]} when" in " ".join(
        HOSTING.split()
    )


def test_the_line_for_copies_works_in_a_learners_folder(tmp_path):
    """With the hub's Python and a course of one's own, the copies lie in one's own work/."""
    folder = tmp_path / "medlearn"
    ignore = shutil.ignore_patterns("__pycache__")
    for name in ("medlearn", "notebooks"):
        shutil.copytree(ROOT / name, folder / name, ignore=ignore)
    (arguments,) = [c for c in commands(HOSTING) if "--copies-only" in c]
    assert "cd ~/medlearn && " in HOSTING
    command = [sys.executable, "-m", "medlearn", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    copies = sorted(path.name for path in (folder / "work").glob("*.ipynb"))
    assert copies == sorted(lesson.path.name for lesson in LESSONS.values())
