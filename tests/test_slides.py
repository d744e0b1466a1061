"""Which cells become slides, and that nbconvert makes such a deck of them."""

from pathlib import Path

import nbformat
import pytest
from nbconvert import SlidesExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from medlearn import lessons
from tools import lint, slides, sync

COURSE = lessons.find()
PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9Q"
    "DwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def text(source, *tags):
    return new_markdown_cell(source, metadata={"tags": list(tags)})


def code(*tags, picture=False):
    shown = [new_output("display_data", {"image/png": PIXEL})] if picture else []
    return new_code_cell("1", metadata={"tags": list(tags)}, outputs=shown)


# Each cell of a made-up lesson, with what it should be in a deck.
CELLS = [
    (text("# 99 · Made up", "header"), "slide"),
    (text("## The case\n\nWhy.", "case"), "slide"),
    (text("What an error costs."), "subslide"),
    (text("## You will be able to", "aims"), "skip"),
    (code("setup"), "skip"),
    (text("## 1. Weigh", "core"), "slide"),
    (code(), "skip"),
    (text("What it is."), "notes"),
    (code(picture=True), "subslide"),
    (text("What one sees."), "notes"),
    (text("**Predict before you run.**"), "subslide"),
    (code(), "skip"),
    (code("predict"), "fragment"),
    (text("What came out."), "notes"),
    (code(picture=True), "subslide"),
    (text("Two.", "slide:slide"), "slide"),
    (text("### Exercise: weigh"), "subslide"),
    (code("exercise:weigh"), "skip"),
    (code("check:weigh"), "skip"),
    (text("No question."), "notes"),
    (code(picture=True), "subslide"),
    (code("predict"), "fragment"),
    (text("An aside.", "slide:skip"), "skip"),
    (text("## 2. More (deeper)", "deeper"), "skip"),
    (code(picture=True), "skip"),
    (text("## In the clinic", "clinic"), "slide"),
    (text("More of it."), "subslide"),
    (text("## Recap", "recap"), "slide"),
    (text("## Next", "next"), "skip"),
    (text("links", "links"), "skip"),
    (text("## References", "references"), "skip"),
]


def lesson(cells):
    return lessons.parse(new_notebook(cells=cells), Path("99_made_up.ipynb"))


def test_each_kind_of_cell_has_its_place():
    found = slides.types(lesson([cell for cell, _ in CELLS]))
    named = [(cell["source"], kind) for cell, kind in CELLS]
    assert [(source, kind) for (source, _), kind in zip(named, found, strict=True)] == named


def test_an_unknown_kind_is_named():
    with pytest.raises(ValueError, match=r"99_made_up: a cell is tagged slide:page; .*subslide"):
        slides.types(lesson([text("Two.", "slide:page")]))


def test_sync_writes_the_marks_and_keeps_the_authors(tmp_path):
    source = COURSE["01"]
    notebook = nbformat.reads(source.path.read_text("utf-8"), as_version=4)
    for cell in notebook.cells:
        cell.metadata.pop("slideshow")
    (plain,) = [
        c for c in notebook.cells if c.cell_type == "code" and "predict" in lessons.tags_of(c)
    ][:1]
    plain.metadata.tags.append("slide:skip")
    made = sync.synced_notebook(nbformat.writes(notebook), source.path, "https://github.com/a/b")
    cells = nbformat.reads(made, as_version=4).cells
    marks = {cell.id: cell.metadata.slideshow.slide_type for cell in cells}
    before = {c["id"]: c["metadata"]["slideshow"]["slide_type"] for c in source.cells}
    assert marks == {**before, plain.id: "skip"} != before


@pytest.mark.parametrize("number", COURSE)
def test_nbconvert_makes_the_deck(number):
    """As many slides as the rule counts, with the readings among the notes."""
    notebook = nbformat.read(COURSE[number].path, as_version=4)
    page, _ = SlidesExporter().from_notebook_node(notebook)
    kinds = [cell.metadata.slideshow.slide_type for cell in notebook.cells]
    assert page.count("<section") - page.count("<section><section") == sum(
        kind in slides.SLIDES for kind in kinds
    )
    assert page.count('<aside class="notes">') == kinds.count("notes")
    assert not lint.deck(notebook)
