"""A deck of about a dozen slides, and what to say at each, from the marks in a lesson's cells.

The marks (``slideshow.slide_type``) say what could be shown. Of these a deck keeps the title, the
case, the opening of each core section and its main figure, each question before a result with the
result, what hurts in the clinic, and the recap. A cell that its author has tagged for a slide stays
in any case, and a cell with code then shows its code, which is otherwise left out. nbconvert makes
slides and notes of it.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from medlearn.language import _, current
from medlearn.lessons import Section, tagged, tags_of, text_of
from medlearn_classroom.handouts.reading import FOLDED, Lecture, Question, unfolded
from medlearn_classroom.handouts.rendering import HERE, Shown, code, escape, markdown, outputs

__all__ = ["Slide", "deck", "slides"]

Cell = Mapping[str, Any]

MARKED = ("slide", "subslide", "fragment")
"""What sync writes on cells that could be shown."""

BESIDE = 15
"""Lines that a question and its result may have together on one slide."""

LINE = 13
"""Words on a line."""

MOST_WORDS = 220
"""Of the lesson's text, in the notes of a slide."""

FIGURES = ("image/png", "image/svg+xml")


@dataclass
class Slide:
    """One slide.

    Attributes
    ----------
    kind : {"title", "case", "opening", "question", "answer", "figure", "own", "clinic", "recap"}
    section : Section or None
        None for the title.
    body : str
        What is seen, in HTML.
    after : str
        What is seen after one more key, in HTML; mostly nothing.
    says : list of str
        What to say, in Markdown.
    begins : bool
        Whether a part of the lesson begins.
    """

    kind: str
    section: Section | None
    body: str
    after: str = ""
    says: list[str] = field(default_factory=list)
    begins: bool = False

    def add(self, text: str) -> None:
        """Add what the lesson says next, while somebody who speaks can still find their place."""
        said = sum(len(one.split()) for one in self.says)
        if not said or said + len(text.split()) <= MOST_WORDS:
            self.says.append(text)


def marked(cell: Cell) -> str:
    """What a cell is in a deck, as sync has written it."""
    return cell["metadata"].get("slideshow", {}).get("slide_type", "skip")


def has_figure(cell: Cell) -> bool:
    """Whether a picture is stored in a cell."""
    return any(kind in o.get("data", {}) for o in cell.get("outputs", ()) for kind in FIGURES)


def main_figure(section: Section) -> Cell | None:
    """The first picture of a section, unless one of its questions is answered by a picture."""
    figures = [c for c in section.cells if has_figure(c) and marked(c) in MARKED]
    answers = [cell for cell in figures if "predict" in tags_of(cell)]
    return figures[0] if figures and not answers else None


def beside(question: Question, shown: Iterable[Shown]) -> bool:
    """Whether a result fits below its question."""
    shown = list(shown)
    lines = sum(one.rows + 1 for one in shown) + len(question.text.split()) / LINE
    return all(one.kind != "picture" for one in shown) and lines <= BESIDE


def headed(title: str, body: str) -> str:
    """A slide below a title of its own."""
    return f"<h2>{escape(title)}</h2>{body}"


def of_section(lecture: Lecture, section: Section) -> list[Slide]:
    """The slides of one section."""
    asks = {id(q.asks): q for q in lecture.questions if q.asks is not None}
    results = {id(q.cells[-1]): q for q in lecture.questions}
    begun = {id(cell) for q in lecture.questions for cell in q.cells[:-1]}
    figure, found = main_figure(section), []
    for place, cell in enumerate(section.cells):
        kind, own = marked(cell), tagged(cell, "slide")
        if kind == "notes":
            found[-1].add(unfolded(text_of(cell)))
        elif kind not in MARKED or id(cell) in begun:
            continue
        elif question := asks.get(id(cell)):
            if folded := FOLDED.match(text_of(cell)):  # of the result before
                found[-1].add(folded[1].strip())
            found.append(asking(question, section, begins=place == 0))
        elif question := results.get(id(cell)):
            found += answering(question, section, found)
        elif cell["cell_type"] == "markdown" and (place == 0 or section.part == "case" or own):
            name = section.part or ("opening" if place == 0 else "own")
            found.append(Slide(name, section, markdown(text_of(cell)), begins=place == 0))
        elif cell is figure or (own and cell["cell_type"] == "code"):
            found.append(drawn(cell, section, own is not None))
        elif section.part and cell["cell_type"] == "markdown":
            found[-1].add(text_of(cell))  # more of the clinic or of the recap
        else:
            found.append(Slide("", section, ""))  # left out, and so is what is said of it
    return [slide for slide in found if slide.kind]


def asking(question: Question, section: Section, *, begins: bool) -> Slide:
    """The slide with a question."""
    label = escape(_("Question {number}").format(number=question.number))
    body = f'<p class="label">{label}</p>{markdown(question.text)}'
    body = headed(section.heading, body) if begins else body
    return Slide("question", section, body, begins=begins)


def answering(question: Question, section: Section, before: list[Slide]) -> list[Slide]:
    """The slide with a result, or nothing where it comes on the slide of its question."""
    shown = [one for cell in question.cells for one in outputs(cell)]
    markup = "".join(one.markup for one in shown)
    tagged_for_slides = [cell for cell in question.cells if tagged(cell, "slide")]
    if tagged_for_slides:
        markup = "".join(code(text_of(cell)) for cell in tagged_for_slides) + markup
    elif before and before[-1].kind == "question" and beside(question, shown):
        before[-1].after = markup
        return []
    title = _("Question {number}: what came out").format(number=question.number)
    return [Slide("answer", section, headed(title, markup))]


def drawn(cell: Cell, section: Section, with_code: bool) -> Slide:
    """A slide with what a cell has stored, and with its code where the author wants it."""
    shown = outputs(cell)
    pictures = [one for one in shown if one.kind == "picture"]
    source = code(text_of(cell)) if with_code else ""
    body = source + "".join(one.markup for one in (pictures if pictures else shown))
    says = [one.words for one in pictures]
    return Slide("own" if with_code else "figure", section, headed(section.heading, body), "", says)


def slides(lecture: Lecture) -> list[Slide]:
    """The slides of a lesson, in order.

    Examples
    --------
    >>> from medlearn import lessons
    >>> [slide.kind for slide in slides(Lecture(lessons.find()["01"]))][:3]
    ['title', 'case', 'case']
    """
    facts = lecture.lesson.facts
    title = f"<h1>{escape(lecture.name)}</h1><p><b>{escape(facts.question)}</b></p>"
    found = [Slide("title", None, title, begins=True)]
    for section in lecture.lesson.sections:
        if section.level == "core" or section.part in ("case", "clinic", "recap"):
            found += of_section(lecture, section)
    return found


# What to say -------------------------------------------------------------------------------------


def directions(lecture: Lecture, slide: Slide) -> str:
    """What to do at such a slide, in a sentence or two."""
    facts = lecture.lesson.facts
    words = {
        "title": _("{minutes} minutes for the core. Before it: {before}."),
        "case": _("Tell it in your own words. Ask: who pays for which error?"),
        "opening": _("Say why before how."),
        "question": _("Everybody decides first: a show of hands, or on the handout. Then go on."),
        "answer": _("One learner reads it aloud as a sentence about patients."),
        "figure": _("Say what is on the axes, then read these words aloud:"),
        "own": _("Give them time to read it."),
        "clinic": _("Close with what could hurt a patient."),
        "recap": _("Ask for it in their words before you show it."),
    }
    return words[slide.kind].format(minutes=facts.minutes, before=facts.before)


def words_of(markup: str) -> set[str]:
    """The longer words of a text."""
    return {word.lower() for word in re.findall(r"[^\W\d_]{4,}", re.sub(r"<[^>]*>", " ", markup))}


def likeness(blocks: Sequence[str], texts: Sequence[str]) -> list[list[float]]:
    """For each block, how much each text speaks of the same: shared words, rare ones count more."""
    held = [words_of(text) for text in texts]
    known = Counter(word for words in held for word in words)
    weight = {word: math.log((1 + len(held)) / count) for word, count in known.items()}
    # A long text has more words, and no better claim.
    return [
        [sum(weight[w] for w in words_of(b) & words) / math.sqrt(1 + len(words)) for words in held]
        for b in blocks
    ]


def in_order(scores: Sequence[Sequence[float]]) -> list[int]:
    """A column for each row, never going back, so that the sum of the scores is largest.

    Examples
    --------
    >>> in_order([[0, 3], [2, 1], [0, 4]])
    [1, 1, 1]
    >>> in_order([[1, 0], [2, 1], [0, 4]])
    [0, 0, 1]
    """
    best = [(0.0, [])] * (len(scores[0]) if scores else 0)
    for row in scores:
        reached = []
        for column, score in enumerate(row):
            total, path = max(best[: column + 1], key=lambda way: way[0])
            reached.append((total + score, [*path, column]))
        best = reached
    return max(best, key=lambda way: way[0])[1] if best else []


def placed(lecture: Lecture, found: list[Slide]) -> dict[int, list[tuple[str, str]]]:
    """Place of a slide → the stumbling blocks that are spoken of there.

    A teacher's page names them in the order of the lesson, but not where. So each goes to a
    section that speaks of the same, and there to the slide that does; those of the deeper sections
    to the last slide.
    """
    numbered = [section for section in lecture.lesson.sections if section.number is not None]
    texts = ["\n".join(map(text_of, section.cells)) for section in numbered]
    blocks = lecture.stumbling
    said = [" ".join(block) for block in blocks]
    where: dict[int, list[tuple[str, str]]] = {}
    for block, words, column in zip(blocks, said, in_order(likeness(said, texts)), strict=True):
        own = [n for n, slide in enumerate(found) if slide.section is numbered[column]]
        place = len(found) - 1
        if own:
            bodies = [" ".join([s.body, s.after, *s.says]) for s in (found[n] for n in own)]
            (scores,) = likeness([words], bodies)
            place = own[scores.index(max(scores))]
        where.setdefault(place, []).append(block)
    return where


def notes(lecture: Lecture, found: list[Slide]) -> list[str]:
    """What stands beside each slide for whoever speaks, in HTML."""
    where = placed(lecture, found)
    written = []
    for place, slide in enumerate(found):
        parts = [f"<p><b>{escape(directions(lecture, slide))}</b></p>"]
        for saying, answer in where.get(place, ()):
            label = escape(_("Stumbling block:"))
            parts.append(f"<p>{label} “{markdown(saying)[3:-4]}”</p>{markdown(answer)}")
        parts += map(markdown, slide.says)
        written.append("\n".join(parts))
    return written


# The deck ----------------------------------------------------------------------------------------


def deck(lecture: Lecture) -> str:
    """The deck of one lesson, in HTML. It needs the folder `reveal` beside it, and no network."""
    from nbconvert import SlidesExporter
    from nbformat.v4 import new_notebook, new_raw_cell

    found = slides(lecture)
    cells = []
    for slide, words in zip(found, notes(lecture, found), strict=True):
        where = "" if slide.section is None else f'<p class="where">{escape(lecture.name)}</p>'
        parts = [
            (
                "slide" if slide.begins else "subslide",
                f'{where}<div class="{slide.kind}">{slide.body}</div>',
            )
        ]
        parts += [("fragment", slide.after)] if slide.after else []
        parts.append(("notes", words))
        for kind, markup in parts:
            cells.append(new_raw_cell(markup, metadata={"slideshow": {"slide_type": kind}}))
    exporter = SlidesExporter(
        extra_template_basedirs=[str(HERE)], template_name="deck", language_code=current()
    )
    title = _("{lesson}: slides").format(lesson=lecture.name)
    notebook = new_notebook(cells=cells, metadata={"title": title})
    made, _resources = exporter.from_notebook_node(notebook)
    return made
