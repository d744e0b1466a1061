"""What teachers read of the lessons: one page a lesson, and what follows from all of them.

Each lesson has one page for its teacher, ``teaching/lessons/NN_name.md``, with the name of its
notebook. It is written by hand: plans, the cell to run to, stumbling blocks, words. Everything that
lists lessons for teachers is put together here from those pages and from the notebooks: the head of
each page, the tables in ``TEACHING.md`` and ``teaching/plans.md``, the glossary, the list of
stumbling blocks. ``python -m tools.sync`` writes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from medlearn import lessons
from medlearn.datasets.pages import anchor
from medlearn.exercises import all_lessons
from medlearn.lessons import Lesson, LessonError, Section
from medlearn_classroom.handouts.reading import stumbling_blocks

LENGTHS = 45, 90

# What a class needs for an exercise, in minutes; teaching/plans.md says so.
MINUTES = {"Function": 9, "Text": 9, "Value": 3, "Choice": 3}

RUN_TO = "Cells to run to"
STUMBLING = "Stumbling blocks"
CLINICAL = "Clinical and statistical words"
MACHINE = "Machine-learning words"
HEADINGS = (*(f"In {length} minutes" for length in LENGTHS), RUN_TO, STUMBLING, CLINICAL, MACHINE)


class TeachingError(LessonError):
    """A page for teachers is missing or has a form that cannot be read; the text says which."""


ABOUT = {  # each block of the course, in a sentence
    "basics": "From one neuron to a network that learns from its mistakes.",
    "methods": "To judge a model, to tune it, and networks for what is no table.",
    "uses": "Treatment, health monitoring, drug discovery.",
    "trust": "Why it said so, whose data it took, for whom it fails.",
}


# The time that a lesson takes --------------------------------------------------------------------


@dataclass(frozen=True)
class Core:
    """The core of one lesson: its sections, their exercises, and their share of its minutes."""

    lesson: Lesson

    @cached_property
    def exercises(self) -> dict[int, tuple[str, ...]]:
        """Core section → the names of its exercises."""
        return {s.number: s.exercises for s in self.lesson.core if s.number is not None}

    @cached_property
    def needs(self) -> dict[str, int]:
        """Exercise of the core → the minutes that a class needs for it."""
        number = self.lesson.number
        module = all_lessons().get(number)
        kinds = module.exercises if module else {}
        found = {}
        for name in (name for names in self.exercises.values() for name in names):
            if name not in kinds:
                raise TeachingError(
                    f"{self.lesson.stem}: the notebook has an exercise {name!r} and "
                    f"medlearn/exercises/lesson_{number}.py has not. Write it there, or correct "
                    "the tag of the cell."
                )
            found[name] = MINUTES[type(kinds[name]).__name__]
        return found

    @cached_property
    def share(self) -> dict[int | None, int]:
        """Core section → its minutes; None → those of the case, "In the clinic" and the recap.

        An exercise has its own minutes; the rest is divided by words, of text and of code.
        """
        words: dict[int | None, int] = {None: 0}
        for section in self.lesson.sections:
            if section.number in self.exercises or is_frame(section):
                counted = words.get(section.number, 0) + words_of(section)
                words[section.number] = counted
        work = {s: sum(self.needs[name] for name in names) for s, names in self.exercises.items()}
        rest = self.lesson.facts.minutes - sum(work.values())
        a_word = rest / max(sum(words.values()), 1)
        return {s: round(a_word * count + work.get(s, 0)) for s, count in words.items()}


def is_frame(section: Section) -> bool:
    """Whether a section stands in every lesson and is read in class, such as the recap."""
    return section.number is None and section.part != "references"


def words_of(section: Section) -> int:
    """Return how many words a section has, in text and code, without those that sync writes."""
    cells = (c for c in section.cells if not {"setup", "links"} & set(lessons.tags_of(c)))
    return sum(len(lessons.text_of(cell).split()) for cell in cells)


# What a page says --------------------------------------------------------------------------------


def rows(text: str) -> list[list[str]]:
    """Return the cells of each line of the first Markdown table in a text, without its head.

    Examples
    --------
    >>> rows("| a | b |\\n|---|---|\\n| 1 | 2 |\\n\\nA line.\\n")
    [['1', '2']]
    """
    lines = (line.strip() for line in text.splitlines())
    cells = [[c.strip() for c in line.strip("|").split("|")] for line in lines if line[:1] == "|"]
    return cells[2:]


def named(
    words: str, cores: Mapping[str, Core], lesson: str | None = None
) -> list[tuple[str, int, tuple[str, ...]]]:
    """Return the (lesson, section, exercises) that a text names, such as "section 2: `ppv`".

    Parameters
    ----------
    words
        "sections 1, 2: `a` `b`", with "lesson 05" before it where `lesson` is not given.
    cores
        The core of each lesson by number.
    lesson
        The lesson that is meant where the text names none.

    Raises
    ------
    TeachingError
        When a lesson, a core section or one of its exercises does not exist.
    """
    found = []
    for match in re.finditer(r"lesson (\d\d)|sections? (\d(?:, \d)*)(?:: ((?:`\w+` ?)+))?", words):
        if match[1]:
            lesson = match[1]
            continue
        if lesson not in cores:
            raise TeachingError(f"{words!r}: there is no lesson {lesson}.")
        core, exercises = cores[lesson].exercises, re.findall(r"`(\w+)`", match[3] or "")
        for section in map(int, match[2].split(", ")):
            if section not in core:
                raise TeachingError(
                    f"{words!r}: section {section} is no core section of lesson {lesson}; "
                    f"expected one of {', '.join(map(str, core))}."
                )
            own = tuple(name for name in exercises if name in core[section])
            found.append((lesson, section, own))
            exercises = [name for name in exercises if name not in own]
        if exercises:
            raise TeachingError(
                f"{words!r}: no exercise {exercises[0]!r} in section {match[2]} of lesson {lesson}."
            )
    return found


@dataclass(frozen=True)
class Plan:
    """One meeting: what happens when, and what is left for home.

    Attributes
    ----------
    rows : tuple of (minutes, what happens, from the lesson)
        As written.
    taught : dict
        Section → the exercises that are done in class.
    home : str
        What stands after "At home:", as written, or "".
    home_sections : dict
        Section that is left for home → its exercises.
    home_exercises : dict
        Exercise that is left for home → its section, which is taught in class.
    """

    rows: tuple[tuple[str, str, str], ...]
    taught: dict[int, tuple[str, ...]]
    home: str
    home_sections: dict[int, tuple[str, ...]]
    home_exercises: dict[str, int]

    @classmethod
    def of(cls, text: str, core: Core) -> Plan:
        """Read the part of a page below "In 45 minutes" or "In 90 minutes"."""
        number = core.lesson.number
        cores = {number: core}
        table = rows(text)
        if wrong := [row for row in table if len(row) != 3]:
            raise TeachingError(
                f"{' | '.join(wrong[0])!r}: expected three cells: minutes, what happens, from the "
                "lesson."
            )
        taught: dict[int, tuple[str, ...]] = {}
        for *_, where in table:
            for _, section, names in named(where, cores, number):
                taught[section] = (*taught.get(section, ()), *names)
        line = re.search(r"(?m)^At home: (.*?)\.?$", text)
        home = line[1] if line else ""
        one = r"of section (\d) `(\w+)`"
        alone = {name: int(section) for section, name in re.findall(one, home)}
        named(re.sub(one, r"section \1: `\2`", home), cores, number)  # they exist
        left = named(re.sub(one, "", home), cores, number)
        return cls(tuple(map(tuple, table)), taught, home, {s: n for _, s, n in left}, alone)

    def minutes_at_home(self, core: Core) -> int:
        """Return the minutes of the core that this meeting leaves for home."""
        sections = sum(core.share[section] for section in self.home_sections)
        return sections + sum(core.needs[name] for name in self.home_exercises)


@dataclass(frozen=True)
class Word:
    """An entry of the glossary.

    Attributes
    ----------
    there : str
        How the lessons put it, where they use other words.
    leads : tuple of str
        Terms that its arrow names.
    """

    term: str
    definition: str
    there: str
    leads: tuple[str, ...]

    @classmethod
    def of(cls, term: str, body: str) -> Word:
        """Read what stands below the heading of a word."""
        definition, _, last = body.strip().rpartition("\n")
        tail = re.fullmatch(r"(?:\*There: (?P<there>.+?)\.\*)? ?(?:→ (?P<leads>.+))?", last)
        if tail is None:  # the last line is a part of the definition
            return cls(term, body.strip(), "", ())
        leads = tuple((tail["leads"] or "").split(", ")) if tail["leads"] else ()
        return cls(term, definition.strip(), tail["there"] or "", leads)

    @property
    def name(self) -> str:
        """How the lessons put it."""
        return self.there or self.term


@dataclass(frozen=True)
class Page:
    """The page of one lesson for its teacher."""

    lesson: Lesson
    text: str

    @property
    def name(self) -> str:
        """Where it stands, from the root of the repository."""
        return self.lesson.page

    @cached_property
    def core(self) -> Core:
        """The core of its lesson."""
        return Core(self.lesson)

    @cached_property
    def parts(self) -> dict[str, str]:
        """Heading of the second level → what stands below it, without comments.

        Raises
        ------
        TeachingError
            When one of `HEADINGS` is missing.
        """
        text = re.sub(r"(?s)<!--.*?-->", "", self.text)
        found = dict(re.findall(r"(?ms)^## (.+?)\n(.*?)(?=^## |\Z)", text))
        if missing := [heading for heading in HEADINGS if heading not in found]:
            raise TeachingError(
                f"{self.name}: expected a heading `## {missing[0]}`. The headings of each page "
                f"are {', '.join(HEADINGS)}, in this order."
            )
        return found

    @cached_property
    def plans(self) -> dict[int, Plan]:
        """Length in minutes → the plan of a meeting of that length."""
        found = {}
        for length in LENGTHS:
            heading = f"In {length} minutes"
            try:
                found[length] = Plan.of(self.parts[heading], self.core)
            except TeachingError as problem:
                raise TeachingError(f"{self.name}, {heading}: {problem}") from None
        return found

    @cached_property
    def stumbling(self) -> list[tuple[str, str]]:
        """What learners say, without its quotation marks, and the answer."""
        return stumbling_blocks(self.parts[STUMBLING])

    def words(self, trade: str) -> list[Word]:
        """Return the words that this lesson brings, of `CLINICAL` or `MACHINE`."""
        entries = re.findall(r"(?ms)^### (.+?)\n(.*?)(?=^### |\Z)", self.parts[trade])
        return [Word.of(term, body) for term, body in entries]

    def met_again(self, trade: str) -> list[str]:
        """Return the terms that an earlier page explains and that matter here again."""
        line = re.search(r"(?ms)^Met again: (.+?)\.$", self.parts[trade])
        return " ".join(line[1].split()).split(", ") if line else []


def read(root: Path) -> dict[str, Page]:
    """Return the page of each lesson by number.

    Raises
    ------
    TeachingError
        When a lesson has no page or a page no lesson.
    """
    course = lessons.find(root / "notebooks")
    there = {path.stem: path for path in sorted((root / lessons.PAGES).glob("*.md"))}
    stems = {lesson.stem: lesson for lesson in course.values()}
    problems = [
        f"lesson {lesson.number} has no page for its teacher. Write {lesson.page}, as the "
        "pages of the other lessons are written."
        for stem, lesson in stems.items()
        if stem not in there
    ]
    problems += [
        f"{lessons.PAGES}/{stem}.md is a page without a lesson: there is no "
        f"notebooks/{stem}.ipynb. Rename the page as its lesson, or delete it."
        for stem in there
        if stem not in stems
    ]
    if problems:
        raise TeachingError("\n".join(problems))
    return {
        lesson.number: Page(lesson, there[stem].read_text(encoding="utf-8"))
        for stem, lesson in stems.items()
    }


# What is made of the pages -----------------------------------------------------------------------


def generated(root: Path) -> dict[str, dict[str, str]]:
    """Return the generated blocks of every page for teachers: file → name → body.

    Raises
    ------
    LessonError
        When a lesson or its page cannot be read; the message says which and why.
    """
    pages = read(root)
    return {
        "TEACHING.md": {"lessons": table_of_lessons(pages)},
        "teaching/plans.md": {
            "minutes": table_of_minutes(pages),
            "overview": overview(pages),
            "blocks": plans_of_blocks(pages),
        },
        "teaching/stumbling_blocks.md": {"lessons": list_of_stumbling_blocks(pages)},
        "teaching/glossary.md": {
            "clinical": glossary(pages, CLINICAL),
            "machine-learning": glossary(pages, MACHINE),
        },
        **{page.name: {"lesson": head(page)} for page in pages.values()},
    }


def table(head: Iterable[str], body: Iterable[Iterable[Any]]) -> str:
    """Return a Markdown table."""
    lines = [list(head), *body]
    lines.insert(1, ["---"] * len(lines[0]))
    written = ["| " + " | ".join(map(str, line)) + " |" for line in lines]
    written[1] = written[1].replace(" ", "")
    return "\n".join(written)


def code(names: Iterable[str]) -> str:
    """Return the names of exercises as a page shows them, or a dash."""
    return " ".join(f"`{name}`" for name in names) or "–"


def sections(numbers: Iterable[int]) -> str:
    """Return "section 2", "sections 1, 3", or a dash.

    Examples
    --------
    >>> sections([2]), sections([1, 3]), sections([])
    ('section 2', 'sections 1, 3', '–')
    """
    listed = [str(number) for number in numbers]
    if not listed:
        return "–"
    return f"section{'s' if len(listed) > 1 else ''} {', '.join(listed)}"


def count(number: int, what: str) -> str:
    """Return "one exercise", "2 exercises".

    Examples
    --------
    >>> count(1, "exercise"), count(2, "exercise")
    ('one exercise', '2 exercises')
    """
    return f"one {what}" if number == 1 else f"{number} {what}s"


def head(page: Page) -> str:
    """Return the head of a page: which lesson it is for, and how long its parts take."""
    core, facts = page.core, page.lesson.facts
    titles = {section.number: section.heading for section in page.lesson.core}
    body = [("Case, In the clinic, Recap", core.share[None], "–")]
    body += [(titles[s], core.share[s], code(names)) for s, names in core.exercises.items()]
    body.append(("**all of the core**", facts.minutes, ""))
    return "\n".join(
        [
            f"# Teaching lesson {facts.lesson}: {facts.title}",
            "",
            f"**{facts.question}** "
            f"[The lesson](../../notebooks/{page.lesson.path.name}) · "
            "[what holds for every lesson](../../TEACHING.md#how-a-class-runs) · "
            "[plans for more than one meeting](../plans.md) · [glossary](../glossary.md)",
            "",
            f"Before it: {facts.before}.",
            "",
            table(
                ("part", "[minutes](../plans.md#how-long-a-core-takes)", "exercises"),
                body,
            ),
        ]
    )


def by_block(pages: Mapping[str, Page]) -> dict[str, list[Page]]:
    """Return the pages of each block that has lessons."""
    found: dict[str, list[Page]] = {}
    for page in pages.values():
        found.setdefault(page.lesson.block, []).append(page)
    return found


def fits(plan: Plan, core: Core) -> str:
    """Return in words how much of the core a plan takes into the class."""
    every = list(plan.taught) == list(core.exercises)
    said = "all" if every and plan.taught else sections(plan.taught)
    home = [sections(plan.home_sections)] if plan.home_sections else []
    home += [count(len(plan.home_exercises), "exercise")] if plan.home_exercises else []
    return f"{said}; {' and '.join(home)} at home" if home else said


def table_of_lessons(pages: Mapping[str, Page]) -> str:
    """Return the table of TEACHING.md: each lesson, its page, and what fits a meeting."""
    lines = []
    for number, page in pages.items():
        facts = page.lesson.facts
        link = f"[{number} {facts.title}]({page.name})"
        plans = [fits(page.plans[length], page.core) for length in LENGTHS]
        lines.append((page.lesson.block.capitalize(), link, facts.question, facts.minutes, *plans))
    lengths = (f"fits {length} minutes" for length in LENGTHS)
    return table(("block", "lesson and its page", "the question", "core", *lengths), lines)


def table_of_minutes(pages: Mapping[str, Page]) -> str:
    """Return the table "How long a core takes" of plans.md."""
    lines = []
    for number, page in pages.items():
        shares = dict(page.core.share)
        frame = shares.pop(None)
        parts = " · ".join(f"{section}: {minutes}" for section, minutes in shares.items())
        names = code(name for names in page.core.exercises.values() for name in names)
        lines.append((number, page.lesson.facts.minutes, frame, parts, names))
    titles = ("lesson", "core", "case, clinic, recap", "core sections", "exercises of the core")
    return table(titles, lines)


def overview(pages: Mapping[str, Page]) -> str:
    """Return the table of the blocks: lessons, minutes, meetings, and what is left for home."""
    lines = []
    for block, members in by_block(pages).items():
        links = [f"[{p.lesson.number}](lessons/{p.lesson.stem}.md)" for p in members]
        minutes = sum(page.lesson.facts.minutes for page in members)
        meetings = []
        for length in reversed(LENGTHS):
            home = sum(page.plans[length].minutes_at_home(page.core) for page in members)
            meetings.append(f"{len(members)}, and {home} min at home")
        name = f"[{block.capitalize()}](#{block})"
        lines.append((name, " · ".join(links), f"{minutes} min", *meetings))
    lengths = (f"meetings of {length} minutes" for length in reversed(LENGTHS))
    return table(("block", "lessons", "core", *lengths), lines)


def plans_of_blocks(pages: Mapping[str, Page]) -> str:
    """Return the plan of each block: one meeting of 90 minutes a lesson."""
    parts = []
    for block, members in by_block(pages).items():
        lines = []
        for meeting, page in enumerate(members, start=1):
            plan, facts = page.plans[90], page.lesson.facts
            names = [name for names in plan.taught.values() for name in names]
            taught = sections(plan.taught) + (f": {code(names)}" if names else "")
            link = f"[{facts.lesson} {facts.title}](lessons/{page.lesson.stem}.md#in-90-minutes)"
            lines.append((meeting, link, taught, plan.home or "–"))
        titles = ("meeting", "lesson and its plan", "in the meeting", "at home")
        parts.append(f"### {block.capitalize()}\n\n{ABOUT[block]}\n\n{table(titles, lines)}")
    return "\n\n".join(parts)


def list_of_stumbling_blocks(pages: Mapping[str, Page]) -> str:
    """Return what learners say in each lesson, with a link to the answers."""
    lines = []
    for number, page in pages.items():
        link = f"[Lesson {number}](lessons/{page.lesson.stem}.md#{anchor(STUMBLING)})"
        lines += [f"- {link}", *(f'  - "{saying}"' for saying, _ in page.stumbling)]
    return "\n".join(lines)


def glossary(pages: Mapping[str, Page], trade: str) -> str:
    """Return the entries of one trade in alphabetical order.

    Raises
    ------
    TeachingError
        When two pages explain a word, or when an arrow or "Met again" names one that is explained
        nowhere, or only later.
    """
    home = {word.term: number for number, page in pages.items() for word in page.words(trade)}
    every = known_words(pages)
    places = {term: [number] for term, number in home.items()}
    for number, page in pages.items():
        for term in page.met_again(trade):
            if term not in home or home[term] >= number:
                raise TeachingError(
                    f'{page.name}, {trade}: "Met again" names {term!r}, which no earlier page '
                    "explains under this heading. Correct it, or explain the word here."
                )
            places[term].append(number)
    entries = []
    for word in sorted(every.values(), key=lambda word: word.term.lower()):
        if word.term in home:
            if unknown := [term for term in word.leads if term not in every]:
                raise TeachingError(
                    f"{pages[home[word.term]].name}, {word.term}: the arrow names {unknown[0]!r}, "
                    "which is no word of the glossary."
                )
            entries.append(entry(word, places[word.term]))
    return "\n\n".join(entries)


def known_words(pages: Mapping[str, Page]) -> dict[str, Word]:
    """Return every word of the glossary, of both trades, by term."""
    found: dict[str, Word] = {}
    met: dict[str, str] = {}
    for page in pages.values():
        for word in (word for trade in (CLINICAL, MACHINE) for word in page.words(trade)):
            key = word.term.lower()
            if key in met:
                raise TeachingError(
                    f"{page.name} explains {word.term!r}, which {met[key]} explains already. Keep "
                    'one, and name the word under "Met again" on the later page.'
                )
            met[key], found[word.term] = page.name, word
    return found


def entry(word: Word, places: list[str]) -> str:
    """Return one entry of the glossary."""
    lessons_ = f"Lesson{'s' if len(places) > 1 else ''} {', '.join(places)}"
    there = f" (there: {word.there})" if word.there else ""
    leads = ", ".join(f"[{term}](#{anchor(term)})" for term in word.leads)
    tail = f"*{lessons_}{there}.*" + (f" → {leads}" if leads else "")
    return f"### {word.term}\n\n{word.definition}\n{tail}"


# A new page --------------------------------------------------------------------------------------

PLAN = """\
## In {length} minutes

<!-- What is left for home, if anything: "At home: section 1, of section 3 `name`." `name` is an
exercise; "of section 3" says that the section itself is taught. Then what to mind, in a sentence.
Below, each section gets at least its minutes; *words* in the last column stand in the lesson. -->

| minutes | what happens | from the lesson |
|---|---|---|
| 0–5 | … | Case |
| 5–{close} | … | – |
| {close}–{length} | … | In the clinic, Recap |
"""

SKELETON = f"""\
<!-- generated: lesson -->
<!-- end -->

{{plans}}
## {RUN_TO}

<!-- For each section before which a plan says "the cells above": its first cell tagged `predict`.
Where no plan does, write "No meeting starts in the middle of this lesson." instead. -->

| section | select the cell that begins with | later cells that train |
|---|---|---|

## {STUMBLING}

<!-- At least five: what learners say, and below it an answer that can be said in the room.
**"The bias is something bad."**
Here it is the constant that is added to the sum. -->

## {CLINICAL}

<!-- "Met again: AUC, Biopsy." names words that an earlier page explains and that matter here again.
A new word is a heading of the third level, one or two sentences, and a last line such as
*There: reader.* → Radiologist, Label
with the lesson's own words for it and its neighbours in the glossary; each part may be missing. -->

## {MACHINE}

<!-- As above. -->

## Questions

For the teacher. Asked on paper before and after: `answer` is the letter of the right option, and
each other option shows the misconception that it names. Below the questions stand the
misconceptions that this lesson is the first to treat.

<!-- At least two. A question's name and letters stay once it was asked. -->

```toml
[[question]]
name = "…"
stem = "…"
answer = "a"

[question.a]
text = "…"
why = "…"

[question.b]
text = "…"
misconception = "…"
why = "…"

[question.c]
text = "…"
misconception = "…"
why = "…"

[question.d]
text = "…"
misconception = "…"
why = "…"

[misconception."…"]
phrase = "…"
```
"""


def skeleton() -> str:
    """Return the text of the page of a new lesson: every heading, with a hint on what it holds.

    `sync` writes the first lines. The tests refuse a page in which a hint or an "…" is left.
    """
    plans = (PLAN.format(length=length, close=length - 5) for length in LENGTHS)
    return SKELETON.format(plans="\n".join(plans))
