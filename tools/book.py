"""Build the course as a web book, from the notebooks as they are committed, without running them.

    python -m tools.book            # writes build/book/index.html
    python -m tools.book --out DIR  # elsewhere: a new folder, an empty one, or an older book

The pages are assembled in a temporary folder: the lessons with hints and solutions folded under
their exercises, and the Markdown pages as they are. Sphinx then builds them, and each of its
warnings ends the build. The old book stays until the new one is complete. Nothing is fetched, and
a finished page loads nothing from another host.

Sphinx also loads this file as an extension (`book/conf.py`): `setup` below adds the alternative
texts of figures, links into the repository, links to the glossary, and formulas in MathML.
"""

from __future__ import annotations

import argparse
import html
import posixpath
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Collection
from pathlib import Path
from typing import Any

import nbformat
from docutils import nodes
from nbformat import NotebookNode
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

from medlearn import lessons, plots
from medlearn.exercises import all_lessons
from medlearn.exercises.engine import Exercise, Text
from medlearn.lessons import LessonError
from tools import execute, sync

ROOT = Path(__file__).resolve().parents[1]
GLOSSARY = "teaching/glossary"
FRONT = ("", "lessons")  # the places of the README that the front page shows
CONTENTS = {  # the list of pages, in this order; no page stands there twice
    "Lessons": ["notebooks/*.ipynb"],
    "Words and data": [f"{GLOSSARY}.md", "data/README.md"],
    "For teachers": ["TEACHING.md", "teaching/plans.md", "teaching/*.md", "teaching/lessons/*.md"],
    "More": ["docs/*.md"],
}


# The pages, before Sphinx reads them ------------------------------------------------------------


def folded(summary: str, body: str) -> str:
    """Return Markdown that shows `body` when the reader opens `summary`."""
    return f'<details class="help"><summary>{summary}</summary>\n\n{body}\n\n</details>'


def paragraph(words: str) -> str:
    """Return plain words as one block of HTML, in which no Markdown is read."""
    return f"<p>{html.escape(words)}</p>".replace("\n", "<br>")


def help_cell(exercise: Exercise) -> NotebookNode:
    """Return the cell with the hints and the solution of an exercise, each folded.

    A free text has no solution in code: its model answer and the list to compare with stand there.
    """
    count = len(exercise.hints)
    parts = [
        folded("A hint" if count == 1 else f"A hint ({number} of {count})", paragraph(hint))
        for number, hint in enumerate(exercise.hints, start=1)
    ]
    if isinstance(exercise, Text):
        items = "".join(f"<li>{html.escape(item)}</li>" for item in exercise.checklist)
        answer = paragraph(exercise.model_answer)
        body = f"{answer}\n<p>Does yours say this?</p>\n<ul>{items}</ul>"
    else:
        code = exercise.code.strip("\n")
        fence = "`" * (max(map(len, re.findall("`+", code)), default=2) + 1)
        why = paragraph(exercise.right) if exercise.right else ""
        body = f"{fence}python\n{code}\n{fence}\n\n{why}"
    parts.append(folded("One solution", body.rstrip()))
    return nbformat.v4.new_markdown_cell("\n\n".join(parts))


def pictures(cell: dict[str, Any]) -> list[str | None]:
    """Return the alternative text of each picture among a cell's outputs, None where it lacks.

    A figure that is there as PNG and as SVG is two pictures; the page will show one of them.
    """
    return [
        output.get("metadata", {}).get(kind, {}).get("alt")
        for output in cell.get("outputs", [])
        for kind in output.get("data", {})
        if kind.startswith("image/")
    ]


def lesson_page(notebook: NotebookNode, name: str) -> NotebookNode:
    """Return the book's copy of a lesson.

    Raises
    ------
    LessonError
        When an exercise is unknown or a picture has no alternative text; the message names the
        lesson and the cell.
    """
    page = nbformat.from_dict(notebook)
    number = notebook.metadata.get("medlearn", {}).get("lesson")
    known = all_lessons()
    cells = []
    for index, cell in enumerate(page.cells):
        cells.append(cell)
        if cell.cell_type != "code":
            continue
        if None in pictures(cell):
            raise LessonError(
                f"{name}, cell {index} ({cell.get('id', 'no id')}): a picture has no alternative "
                "text. Show it with plots.show(fig, alt=...), then execute the lesson."
            )
        cell.outputs = [twin for output in cell.outputs for twin in static(output)]
        tags = lessons.tags_of(cell)
        if "setup" in tags:
            fold(cell, "hide-input", "Show the setup", "Hide the setup")
        if "predict" in tags:
            fold(cell, "hide-output", "Show the answer", "Hide the answer")
        elif "drawing" in tags:
            fold(cell, "hide-input", "Show how it is drawn", "Hide how it is drawn")
        exercise = lessons.tagged(cell, "check")
        if exercise is not None:
            if number not in known or exercise not in known[number].exercises:
                raise LessonError(
                    f"{name}, cell {index}: lesson {number} has no exercise {exercise!r}."
                )
            cell.outputs = []  # "not yet": nobody can answer on a page
            cells.append(help_cell(known[number].exercises[exercise]))
    page.cells = cells
    nbformat.validate(page)
    return page


def fold(cell: NotebookNode, tag: str, show: str, hide: str) -> None:
    """Fold a part of a code cell, under words that say what opens."""
    cell.metadata["tags"] = [*lessons.tags_of(cell), tag]
    cell.metadata["mystnb"] = {"code_prompt_show": show, "code_prompt_hide": hide}


def static(output: NotebookNode) -> list[NotebookNode]:
    """Return what stands in the book for an output: for a live figure, its picture and words."""
    data = output.get("data", {})
    data.pop(execute.WIDGET_VIEW, None)
    if "data" in output and not data:
        return []
    if output.output_type != "execute_result" or "image/png" not in data:
        return [output]
    words = output.metadata["image/png"]["alt"]
    note = '<p class="twin">This picture moves in the notebook, where it has controls.</p>'
    return [
        output,
        nbformat.v4.new_output("display_data", {"text/html": plots.in_words(words) + note}),
    ]


def contents(source: Path) -> str:
    """Return the list of all pages in `source`, in MyST's words."""
    blocks, listed = [], set()
    for caption, patterns in CONTENTS.items():
        pages = [page for pattern in patterns for page in sorted(source.glob(pattern))]
        pages = [page for page in dict.fromkeys(pages) if page not in listed]
        listed.update(pages)
        names = "\n".join(p.relative_to(source).with_suffix("").as_posix() for p in pages)
        blocks.append(f"```{{toctree}}\n:hidden:\n:caption: {caption}\n\n{names}\n```\n")
    return "\n".join(blocks)


def assemble(source: Path) -> None:
    """Write the pages of the book into the empty folder `source`, at their usual places."""
    (source / "notebooks").mkdir()
    for path in execute.find([]):
        page = lesson_page(execute.read(path), path.stem)
        (source / "notebooks" / path.name).write_text(execute.text(page), encoding="utf-8")
    (source / "data").mkdir()
    for name in ("TEACHING.md", "data/README.md"):
        shutil.copyfile(ROOT / name, source / name)
    # The front page includes parts of it; under this name it is no page itself.
    shutil.copyfile(ROOT / "README.md", source / "readme.txt")
    for name in ("teaching", "docs"):
        shutil.copytree(ROOT / name, source / name)
    front = (ROOT / "book" / "index.md").read_text(encoding="utf-8")
    (source / "index.md").write_text(f"{front}\n{contents(source)}", encoding="utf-8")


# What Sphinx does not do by itself --------------------------------------------------------------


def describe_figures(app: Sphinx, doctree: nodes.document) -> None:
    """Give each figure its alternative text, which MyST-NB leaves in the notebook."""
    file = Path(app.env.doc2path(app.env.docname))
    if file.suffix != ".ipynb":
        return
    cells = nbformat.read(file, as_version=4).cells
    for block in doctree.findall(nodes.container):
        if block.get("nb_element") == "cell_code":
            words = pictures(cells[block["cell_index"]])
            for image, alt in zip(block.findall(nodes.image), words, strict=True):
                image["alt"] = alt


def link_repository(app: Sphinx, doctree: nodes.document) -> None:
    """Turn links to files that are no pages of the book into links to the repository.

    The front page of the book stands for the README where it shows that part.
    """
    here = posixpath.dirname(app.env.docname)
    for link in list(doctree.findall(addnodes.pending_xref)):
        if link.get("reftype") != "myst" or link.get("refdomain"):
            continue
        path, _, anchor = link["reftarget"].partition("#")
        path = posixpath.normpath(posixpath.join(here, path))
        if path == "README.md" and anchor in FRONT:
            page = app.builder.get_relative_uri(app.env.docname, "index")
            place = f"{page}#{anchor}" if anchor else page
            link.replace_self(nodes.reference("", "", *link.children, refuri=place, internal=True))
            continue
        if path.startswith("..") or not (ROOT / path).exists():
            continue  # Sphinx says that there is no such target
        kind = "tree" if (ROOT / path).is_dir() else "blob"
        address = f"{sync.repository()}/{kind}/{sync.BRANCH}/{path}"
        link.replace_self(
            nodes.reference(
                "", "", *link.children, refuri=address + (f"#{anchor}" if anchor else "")
            )
        )


def glossary_terms(app: Sphinx, lesson: str) -> dict[str, str]:
    """Return the anchor of each word that the glossary explains to the readers of a lesson.

    An entry is a heading of the third level. "*Lessons 05, 07.*" in it says where its word is met
    first. Before that lesson the same word, such as "kernel", may mean something else.
    """
    found = {}
    if GLOSSARY in app.env.all_docs:
        for entry in app.env.get_doctree(GLOSSARY).findall(nodes.section):
            first = re.search(r"Lessons? (\d\d)", entry.astext())
            if depth(entry) == 2 and (first is None or first[1] <= lesson):
                found[entry.next_node(nodes.title).astext()] = entry["ids"][0]
    return found


def depth(node: nodes.Node) -> int:
    """Return in how many sections a node lies."""
    return sum(isinstance(parent, nodes.section) for parent in ancestors(node))


def ancestors(node: nodes.Node) -> list[nodes.Node]:
    """Return everything that a node lies in, from the inside."""
    found = []
    while node.parent is not None:
        node = node.parent
        found.append(node)
    return found


OTHER_MEANING = "weight loss", "that training sets"  # no loss of a model, no training set
NO_PROSE = nodes.literal, nodes.literal_block, nodes.reference, nodes.title, nodes.container


def is_folded(node: nodes.Node) -> bool:
    """Whether a block stands between `<details>` and `</details>` of its page."""
    before = node.parent[: node.parent.index(node)]
    tags = [one.astext() for one in before if isinstance(one, nodes.raw)]
    return sum(tag.count("<details") - tag.count("</details") for tag in tags) > 0


def is_prose(node: nodes.Text, literature: Collection[str]) -> bool:
    """Whether a text stands open in a section of a lesson: no heading, code, link, literature.

    `literature` holds the headings of the sections of that kind.
    """
    around = ancestors(node)
    sections = [part for part in around if isinstance(part, nodes.section)]
    return (
        len(sections) > 1
        and not any(isinstance(part, NO_PROSE) for part in around)
        and not any(is_folded(part) for part in around if part.parent is not None)
        and not any(part.next_node(nodes.title).astext() in literature for part in sections)
    )


def link_terms(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Link the first use of each word of the glossary in a lesson to its entry."""
    if not docname.startswith("notebooks/"):
        return
    lesson = lessons.read(Path(app.env.doc2path(docname)))
    literature = {s.heading for s in lesson.sections if s.part == "references"}
    linked: set[str] = set()
    terms = glossary_terms(app, posixpath.basename(docname)[:2])
    page = app.builder.get_relative_uri(docname, GLOSSARY)
    join_lines(doctree)
    for text in list(doctree.findall(nodes.Text)):
        if not terms or not is_prose(text, literature):
            continue
        words, parts, done = text.astext(), [], 0
        for match, anchor in uses(words, terms):
            if anchor not in linked:
                linked.add(anchor)
                link = nodes.reference("", match[0], refuri=f"{page}#{anchor}", internal=True)
                link["classes"].append("term")
                parts += [nodes.Text(words[done : match.start()]), link]
                done = match.end()
        if parts:
            text.parent.replace(text, [*parts, nodes.Text(words[done:])])


def join_lines(doctree: nodes.document) -> None:
    """Make one text of neighbouring texts: MyST leaves one for each line."""
    for parent in doctree.findall(nodes.TextElement):
        for place in range(len(parent) - 1, 0, -1):
            pair = parent[place - 1 : place + 1]
            if all(isinstance(part, nodes.Text) for part in pair):
                parent[place - 1 : place + 1] = [nodes.Text("".join(pair))]


def uses(text: str, terms: dict[str, str]) -> list[tuple[re.Match[str], str]]:
    """Return each use of a word of the glossary in a text, with its anchor.

    Where two words begin, the longer one is meant: a confidence interval is no confidence.
    """
    known = sorted([*terms, *OTHER_MEANING], key=len, reverse=True)
    # Capitals are part of an abbreviation (AUC, MRI); any other word may begin a sentence. Between
    # two words a line may end.
    spelled = (r"\s+".join(map(re.escape, word.split())) for word in known)
    cases = zip(known, spelled, strict=True)
    choice = "|".join(f"({s})" if word.isupper() else f"((?i:{s}))" for word, s in cases)
    found = re.finditer(rf"(?<![\w-])(?:{choice})(?:s|es|d)?(?![\w-])", text)
    meant = ((match, known[match.lastindex - 1]) for match in found)
    return [(match, terms[word]) for match, word in meant if word in terms]


def visit_math(writer: Any, node: nodes.Element) -> None:
    """Write a formula as MathML, which browsers show without any script."""
    from latex2mathml.converter import convert

    block = isinstance(node, nodes.math_block)
    try:
        formula = convert(node.astext(), display="block" if block else "inline")
    except Exception as error:  # its errors have no common parent, and some no text
        raise ExtensionError(f"{node.source}: no formula: {node.astext()!r} ({error!r})") from error
    if "\\" in formula:
        raise ExtensionError(f"{node.source}: a command is unknown in {node.astext()!r}.")
    writer.body.append(f'<div class="formula">{formula}</div>' if block else formula)
    raise nodes.SkipNode


def name_folds(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any
) -> None:
    """Let a screen reader say what opens: MyST-NB's label hides the words that one sees."""
    if "body" in context:
        label = ' aria-label="Toggle hidden content"'
        context["body"] = context["body"].replace(f"<summary{label}>", "<summary>")


def setup(app: Sphinx) -> dict[str, bool]:
    """Add all this to Sphinx."""
    app.connect("doctree-read", describe_figures)
    app.connect("doctree-read", link_repository)
    app.connect("doctree-resolved", link_terms)
    app.connect("html-page-context", name_folds)
    app.add_html_math_renderer("mathml", (visit_math, None), (visit_math, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}


# The command ------------------------------------------------------------------------------------


def build(out: Path) -> int:
    """Build the book into `out`; return 0, or 1 when something is wrong with a page."""
    from sphinx.cmd.build import build_main

    if out.exists() and any(out.iterdir()) and not (out / "searchindex.js").exists():
        raise LessonError(f"{out} holds something else than a book. Choose a new folder.")
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".book-") as temporary:
        work = Path(temporary)
        (work / "source").mkdir()
        assemble(work / "source")
        options = ["-b", "html", "--fail-on-warning", "--quiet", "-j", "2"]
        places = ["-c", ROOT / "book", "-d", work / "doctrees", work / "source", work / "html"]
        if build_main([str(part) for part in [*options, *places]]):
            return 1
        (work / "html" / ".buildinfo").unlink()
        if out.exists():
            shutil.rmtree(out)
        (work / "html").rename(out)
    return 0


def main(arguments: list[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "book", metavar="DIR")
    out = parser.parse_args(arguments).out.resolve()
    start = time.perf_counter()
    try:
        if build(out):
            print("The book was not built; the messages above say why.", file=sys.stderr)
            return 1
    except (LessonError, sync.SyncError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    size = sum(file.stat().st_size for file in out.rglob("*") if file.is_file())
    seconds = time.perf_counter() - start
    print(f"{out / 'index.html'}  ({seconds:.0f} s, {size / 1e6:.0f} MB)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
