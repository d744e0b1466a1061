"""The pages for teachers: what they name exists, minutes and sums add up, links lead on."""

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

import pytest

from medlearn.__main__ import _parser
from medlearn.classroom import marks
from medlearn.exercises import all_lessons
from tools import sync

ROOT = Path(__file__).resolve().parents[1]
FRONT = ROOT / "TEACHING.md"
PAGES = {path.name: path for path in [FRONT, *sorted((ROOT / "teaching").glob("*.md"))]}
TEXTS = {name: path.read_text(encoding="utf-8") for name, path in PAGES.items()}
LESSONS = {path.name[:2]: path for path in sorted((ROOT / "notebooks").glob("*.ipynb"))}
TAUGHT = [f"{number:02d}" for number in range(9)]  # plans promise no lesson that is not there


# ---- what the notebooks say ---------------------------------------------------------------------


# What a class needs for an exercise; plans.md says so.
MINUTES = {"Function": 9, "Text": 9, "Value": 3, "Choice": 3}


class Core:
    """The core of one lesson: minutes, section numbers, their exercises, and their share of time.

    An exercise has its own minutes; the rest is divided by words, text and code.
    """

    def __init__(self, path):
        notebook = json.loads(path.read_text(encoding="utf-8"))
        facts = notebook["metadata"]["medlearn"]
        self.minutes, self.memory = facts["minutes"], facts["memory_band"]
        self.text = " ".join("".join(c["source"]) for c in notebook["cells"]).lower()
        self.text = " ".join(self.text.split())
        self.exercises, self.needs, self.cells = {}, {}, defaultdict(list)
        words, work, part = defaultdict(int), defaultdict(int), "frame"
        kinds = all_lessons()[facts["lesson"]].exercises
        for cell in notebook["cells"]:
            tags, source = cell["metadata"].get("tags", []), sync.text_of(cell)
            heading = (
                re.search(r"(?m)^## (.+)$", source) if cell["cell_type"] == "markdown" else None
            )
            if heading:
                number = re.match(r"(\d)\. ", heading[1])
                part = "frame"
                if number:
                    part = number[1] if "core" in tags else None
                elif heading[1] == "References":
                    part = None
                if part not in ("frame", None):
                    self.exercises[part] = []
            if part is None or {"header", "setup"} & set(tags):
                continue
            if cell["cell_type"] == "code":
                self.cells[part].append((source, tags))
            words[part] += len(source.split())
            for tag in tags:
                if tag.startswith("exercise:"):
                    name = tag.removeprefix("exercise:")
                    self.exercises[part].append(name)
                    self.needs[name] = MINUTES[type(kinds[name]).__name__]
                    work[part] += self.needs[name]
        a_word = (self.minutes - sum(work.values())) / sum(words.values())
        self.share = {part: round(a_word * n + work[part]) for part, n in words.items()}


CORES = {number: Core(path) for number, path in LESSONS.items()}


def rows(text):
    """The cells of each line of a Markdown table, without its head."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def left_for_home(body, lesson):
    """Whole sections, with their exercises, and exercises of sections that are taught."""
    line = re.search(r"(?m)^At home: (.*)$", body)
    text = line[1] if line else ""
    single = r"of section (\d) `(\w+)`"
    exercises = {name: section for section, name in re.findall(single, text)}
    return named(re.sub(single, "", text), lesson), exercises


def named(words, lesson=None):
    """What a text names, as (lesson, section, exercises); `lesson` where the text names none."""
    found = []
    pattern = r"lesson (\d\d)|sections? (\d(?:, \d)*)(?:: ((?:`\w+` ?)+))?"
    for match in re.finditer(pattern, words):
        if match[1]:
            lesson = match[1]
            continue
        sections = match[2].split(", ")
        exercises = re.findall(r"`(\w+)`", match[3] or "")
        for section in sections:
            assert section in CORES[lesson].exercises, f"lesson {lesson}: {section} is no core"
            of_it = [name for name in exercises if name in CORES[lesson].exercises[section]]
            found.append((lesson, section, of_it))
        lost = set(exercises) - {name for _, _, of_it in found for name in of_it}
        assert not lost, f"lesson {lesson}, sections {sections}: no exercise {lost} there"
    return found


# ---- plans --------------------------------------------------------------------------------------

PLANS = {
    (lesson, int(length)): body
    for lesson, length, body in re.findall(
        r"(?ms)^### Lesson (\d\d) in (\d+) minutes\n(.*?)(?=^##)", TEXTS["plans.md"]
    )
}


def part(name, level=2):
    """The text of plans.md below one heading."""
    mark = "#" * level
    found = re.search(rf"(?ms)^{mark} {name}\n(.*?)(?=^#{{1,{level}}} |\Z)", TEXTS["plans.md"])
    return found[1]


def test_the_table_of_minutes_is_what_the_notebooks_say():
    table = rows(part("How long a core takes"))
    assert [row[0] for row in table] == TAUGHT
    for lesson, minutes, frame, sections, exercises in table:
        core = CORES[lesson]
        shares = dict(core.share)
        expected_frame = str(shares.pop("frame"))
        expected = " · ".join(f"{section}: {share}" for section, share in shares.items())
        assert (minutes, frame, sections) == (str(core.minutes), expected_frame, expected), lesson
        names = [f"`{name}`" for names in core.exercises.values() for name in names]
        assert exercises == " ".join(names), lesson


def test_each_lesson_has_a_plan_of_45_and_one_of_90_minutes():
    assert set(PLANS) == {(lesson, length) for lesson in TAUGHT for length in (45, 90)}


@pytest.mark.parametrize(("lesson", "length"), PLANS, ids=lambda value: str(value))
def test_a_plan_adds_up_and_teaches_what_it_says(lesson, length):
    body, core = PLANS[lesson, length], CORES[lesson]
    now, given, exercises, frame = 0, defaultdict(int), set(), []
    for time, _, where in rows(body):
        start, end = map(int, time.split("–"))
        assert start == now < end, time
        now = end
        for _, section, names in named(where, lesson):
            given[section] += end - start
            exercises |= set(names)
        frame += [word for word in ("Case", "In the clinic", "Recap") if word in where]
    assert now == length
    assert {"Case", "Recap"} <= set(frame)
    at_home, single = left_for_home(body, lesson)
    left = {section for _, section, _ in at_home}
    # All of the core, in class or at home, and nothing twice.
    assert set(given) | left == set(core.exercises)
    assert not set(given) & left
    exercises_left = {name for _, _, names in at_home for name in names} | set(single)
    assert not exercises & exercises_left
    assert exercises | exercises_left == {n for names in core.exercises.values() for n in names}
    # Nothing goes home when there is time for it, and no section gets too little.
    assert bool(left) == (core.minutes > length)
    assert not single or core.minutes + 5 > length
    for section, minutes in given.items():
        home = sum(core.needs[name] for name, of in single.items() if of == section)
        assert minutes >= core.share[section] - home, f"section {section}: {minutes} min"
    assert set(single.values()) <= set(given)
    assert length == 45 or any("Break" in what for _, what, _ in rows(body))


def quoted(where):
    """What the last column of a plan quotes of its lesson."""
    return re.findall(r"\*([^*]+)\*", where)


@pytest.mark.parametrize(("lesson", "length"), PLANS, ids=lambda value: str(value))
def test_what_a_plan_quotes_stands_in_the_lesson(lesson, length):
    for *_, where in rows(PLANS[lesson, length]):
        for words in quoted(where):
            assert words.lower() in CORES[lesson].text, words


def test_the_plan_for_a_single_class_adds_up():
    now, given = 0, defaultdict(int)
    for time, _, where in rows(part("One class of 90 minutes, no lesson before", level=3)):
        start, end = map(int, time.split("–"))
        assert start == now < end, time
        now = end
        for lesson, section, _ in named(where):
            given[lesson, section] += end - start
        for words in quoted(where):
            assert words.lower() in CORES["05"].text, words
    assert now == 90
    assert set(given) == {("00", section) for section in "123"} | {("05", "2")}
    for (lesson, section), minutes in given.items():
        assert minutes >= CORES[lesson].share[section]


def test_the_cells_to_run_to_are_the_first_predictions_of_their_sections():
    table = part("One meeting").split("### ")[0]
    met = set()
    for lesson, section, begins, later in rows(table):
        met.add((lesson, section))
        cells = CORES[lesson].cells[section]
        tagged = [n for n, (_, tags) in enumerate(cells) if "predict" in tags]
        (here,) = (n for n, (source, _) in enumerate(cells) if source.startswith(begins.strip("`")))
        assert here == tagged[0], f"lesson {lesson}, section {section}"
        for name in re.findall(r"`([^`]+)`", later):
            (there,) = (n for n, (source, _) in enumerate(cells) if source.startswith(name))
            assert there > here, name
    # Where a plan says "the cells above", the table says which.
    for (lesson, length), body in PLANS.items():
        waits = [n for n, (_, what, _) in enumerate(rows(body)) if "the cells above" in what]
        for n in waits:
            section = next(s for *_, where in rows(body)[n:] for _, s, _ in named(where, lesson))
            assert (lesson, section) in met, f"lesson {lesson} in {length}"


def test_the_front_page_has_the_same_plans():
    table = rows(re.search(r"(?ms)^## Plans\n(.*?)^## ", TEXTS["TEACHING.md"])[1])
    assert [row[0] for row in table] == TAUGHT
    for lesson, _, minutes, short, long in table:
        assert minutes == str(CORES[lesson].minutes)
        for length, words in ((45, short), (90, long)):
            taught = {
                s for *_, where in rows(PLANS[lesson, length]) for _, s, _ in named(where, lesson)
            }
            _, single = left_for_home(PLANS[lesson, length], lesson)
            assert ("one exercise at home" in words) == (len(single) == 1), (lesson, length)
            if words.startswith("all"):
                assert taught == set(CORES[lesson].exercises), (lesson, length)
            else:
                assert taught == {s for _, s, _ in named(words, lesson)}, (lesson, length)


def minutes_of(clock):
    hours, minutes = clock.split(":")
    return 60 * int(hours) + int(minutes)


@pytest.mark.parametrize("day", ["First day", "Second day"])
def test_the_days_of_the_workshop_add_up(day):
    table = rows(part(day, level=3))
    now = minutes_of("9:00")
    for time, _, where in table:
        start, end = map(minutes_of, time.split("–"))
        assert start == now < end, time
        now = end
        needed = sum(CORES[lesson].share[section] for lesson, section, _ in named(where))
        assert end - start >= needed, f"{time}: {needed} minutes of the lessons"
    assert now == minutes_of("17:00")


def test_the_workshop_meets_each_lesson():
    met = {lesson for lesson, _, _ in named(part("Two days"))}
    assert met == set(TAUGHT)


def test_the_term_holds_the_whole_core_in_twelve_weeks():
    table = rows(part("Twelve weeks"))
    assert [row[0] for row in table] == [str(week) for week in range(1, 13)]
    sections, exercises = set(), set()
    for week, meeting, home in table:
        in_class, at_home = named(meeting), named(home)
        needed = sum(CORES[lesson].share[section] for lesson, section, _ in in_class)
        taught = {(lesson, section) for lesson, section, _ in in_class}
        needed -= sum(
            CORES[lesson].needs[name]
            for lesson, section, names in at_home
            for name in names
            if (lesson, section) in taught
        )
        assert needed <= 75, f"week {week}: {needed} minutes, and case, break and close"
        assert bool(in_class) == (int(week) <= 10)
        for lesson, section, names in in_class + at_home:
            sections.add((lesson, section))
            exercises |= {(lesson, name) for name in names}
    core = {(lesson, section) for lesson in TAUGHT for section in CORES[lesson].exercises}
    assert sections == core
    every = {(x, n) for x in TAUGHT for names in CORES[x].exercises.values() for n in names}
    assert exercises == every


@pytest.mark.parametrize("page", PAGES)
def test_no_page_promises_a_lesson_that_is_not_there(page):
    text = TEXTS[page]
    lists = re.findall(r"[Ll]essons? ((?:\d\d(?:, | and | to )?)+)", text)
    numbers = {number for found in lists for number in re.findall(r"\d\d", found)}
    assert numbers <= set(TAUGHT) <= set(LESSONS)


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


@pytest.mark.parametrize("page", PAGES)
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
    assert TEXTS["TEACHING.md"].count("\n") <= 250


def anchors(text):
    """The anchors of a Markdown page, as GitHub and MyST make them of its headings."""
    text = re.sub(r"(?ms)^```.*?^```", "", text)
    headings = re.findall(r"(?m)^#+ (.+)$", text)
    return [re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings]


@pytest.mark.parametrize("page", PAGES)
def test_the_links_inside_the_course_lead_somewhere(page):
    text = re.sub(r"(?ms)^```.*?^```", "", TEXTS[page])
    links = re.findall(r"\]\(([^)\s]+)\)", text)
    assert links
    for link in links:
        if link.startswith("https://"):
            continue
        path, _, anchor = link.partition("#")
        target = (PAGES[page].parent / path).resolve() if path else PAGES[page]
        assert target.is_file(), link
        if anchor:
            assert anchor in anchors(target.read_text(encoding="utf-8")), link


def test_the_points_of_the_table_are_those_of_the_marking():
    table = dict(
        row[:2]
        for row in rows(
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


# ---- glossary -----------------------------------------------------------------------------------

GLOSSARY = TEXTS["glossary.md"]
PARTS = re.split(r"(?m)^## .+$", GLOSSARY)[1:]


def entries(text):
    """(term, definition, lessons, the lesson's own word, links) of each entry."""
    found = []
    for term, body in re.findall(r"(?ms)^### (.+?)\n\n(.*?)(?=\n### |\n## |\Z)", text):
        tail = re.search(r"(?s)\n\*Lessons? ([\d, ]+)(?: \(there: (.+?)\))?\.\*(.*)$", body)
        assert tail, f"{term}: no line with its lessons"
        links = re.findall(r"\[(.+?)\]\(#(.+?)\)", tail[3])
        found.append((term, body[: tail.start()], tail[1].split(", "), tail[2], links))
    return found


TERMS = entries(GLOSSARY)


def test_two_parts_in_alphabetical_order_without_doubles():
    assert len(PARTS) == 2
    terms = [[term for term, *_ in entries(text)] for text in PARTS]
    assert GLOSSARY.count("\n### ") == len(TERMS) == sum(map(len, terms)) >= 70
    for names in terms:
        assert len(names) >= 35
        assert names == sorted(names, key=str.lower)
    every = [term.lower() for names in terms for term in names]
    assert len(set(every)) == len(every)


def test_links_between_terms_carry_the_name_of_their_term():
    names = {term for term, *_ in TERMS}
    for term, _, _, _, links in TERMS:
        for words, anchor in links:
            assert words in names and words != term, f"{term}: {words}"
            assert [anchor] == anchors(f"# {words}"), f"{term}: {words}"
        assert len(set(links)) == len(links), term


def test_the_two_trades_are_linked_both_ways():
    first, second = ({term for term, *_ in entries(text)} for text in PARTS)
    leads = {(term, words) for term, _, _, _, links in TERMS for words, _ in links}
    assert len({a for a, b in leads if a in first and b in second}) >= 20
    assert len({a for a, b in leads if a in second and b in first}) >= 20
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


def test_each_term_stands_in_the_lessons_that_it_names():
    for term, definition, lessons, there, _ in TERMS:
        assert set(lessons) <= set(LESSONS), term
        for lesson in lessons:
            assert (there or term).lower() in CORES[lesson].text, f"{term}: lesson {lesson}"
        plain = re.sub(r"\([^()]*\)", "", definition)
        sentences = len(re.findall(r"[.?!](?=\s|$)", plain))
        assert 1 <= sentences <= 2, f"{term}: {sentences} sentences"


# ---- stumbling blocks ---------------------------------------------------------------------------


def test_each_lesson_has_its_stumbling_blocks_with_an_answer():
    text = TEXTS["stumbling_blocks.md"]
    for lesson in TAUGHT:
        body = re.search(rf"(?ms)^## Lesson {lesson}\n(.*?)(?=^## |\Z)", text)[1]
        blocks = re.findall(r"(?m)^\*\*(\"|.*?\")(.*)\*\*\n(.+)", body)
        assert len(blocks) >= 5, lesson
        assert len(blocks) == len(re.findall(r"(?m)^\*\*", body)), f"{lesson}: one lacks its answer"


# ---- hosting ------------------------------------------------------------------------------------

HOSTING = TEXTS["hosting.md"]


def test_the_link_for_learners_is_made_of_the_repository():
    address = sync.repository()
    name = address.rsplit("/", 1)[1]
    query = {
        "repo": address,
        "branch": sync.BRANCH,
        "urlpath": f"lab/tree/{name}/notebooks/{LESSONS['00'].name}",
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
    assert max(core.memory for core in CORES.values()) <= 1000 * kernel
    learner = (kernel + server) * spare
    assert f"guarantee: {learner:g}G" in HOSTING
    assert f"{learner:g} GB of\nmemory for each learner" in TEXTS["TEACHING.md"]
    table = rows(re.search(r"(?ms)^\| learners \| at once.*?\n\n", HOSTING)[0])
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
    assert copies == sorted(path.name for path in LESSONS.values())
