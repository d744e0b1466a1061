"""The web book: built once from the committed notebooks, then read as a browser would read it."""

import functools
import itertools
import json
import posixpath
import re
import shutil
import subprocess
import sys
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

import nbformat
import pytest
from bs4 import BeautifulSoup

from medlearn import lessons
from medlearn.exercises import all_lessons
from medlearn.exercises.engine import Text
from tools import book, execute, lint

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = [lesson.path for lesson in lessons.find().values()]
STEMS = [path.stem for path in NOTEBOOKS]


# The built book ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The folder of the book, built by the command of `make book`."""
    out = tmp_path_factory.mktemp("book") / "html"
    command = [sys.executable, ROOT / "tools" / "book.py", "--out", out]
    run = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert run.returncode == 0, run.stdout + run.stderr
    return out


@pytest.fixture(scope="module")
def pages(built):
    """Each page of the book, parsed, by its path in the book."""
    return {
        path.relative_to(built).as_posix(): BeautifulSoup(path.read_text("utf-8"), "html.parser")
        for path in built.rglob("*.html")
        if "_static" not in path.parts  # a leaf that the theme puts into its own pages
    }


@pytest.fixture(scope="module")
def lesson(pages):
    """What the notebook of a lesson holds, and its page, by the stem of its file."""

    @functools.cache
    def get(stem):
        notebook = nbformat.read(ROOT / "notebooks" / f"{stem}.ipynb", as_version=4)
        return notebook, pages[f"notebooks/{stem}.html"]

    return get


def squeezed(text):
    """A text without its spaces and line breaks, which a page may set differently."""
    return "".join(text.split())


@pytest.mark.slow
def test_every_page_is_there_and_listed(pages):
    markdown = [ROOT / "TEACHING.md", ROOT / "data" / "README.md"]
    markdown += [*(ROOT / "teaching").rglob("*.md"), *(ROOT / "docs").glob("*.md")]
    expected = {p.relative_to(ROOT).with_suffix(".html").as_posix() for p in NOTEBOOKS + markdown}
    listed = {a["href"] for a in pages["index.html"].select(".bd-sidebar-primary nav a")}
    assert expected <= set(pages) and expected <= listed
    assert {"teaching/glossary.html", "TEACHING.html", "search.html"} <= set(pages)


@pytest.mark.slow
@pytest.mark.parametrize("stem", STEMS)
def test_each_figure_has_its_words(stem, lesson, built):
    notebook, page = lesson(stem)
    outputs = [o for c in notebook.cells for o in c.get("outputs", [])]
    figures = [o for o in outputs if "image/png" in o.get("data", {})]
    shown = page.select(".cell_output img")
    assert [i["alt"] for i in shown] == [o.metadata["image/png"]["alt"] for o in figures]
    assert figures and all(len(image["alt"].split()) >= 5 for image in shown)
    assert all((built / "notebooks" / image["src"]).is_file() for image in shown)
    # The words can be read, too, and a live figure says that it moves elsewhere.
    for image in shown:
        words = image.find_next("details")
        assert words.summary.get_text() == "In words" and not words.has_attr("open")
        assert squeezed(image["alt"]) in squeezed(words.get_text())
    live = [o for o in figures if o.output_type == "execute_result"]
    assert len(page.select("p.twin")) == len(live) >= 1
    text = page.get_text()
    assert not re.search(
        r"widget-view|model_id|Widget\(|Explorer object|could not be rendered", text
    )


@pytest.mark.slow
@pytest.mark.parametrize("stem", STEMS)
def test_solutions_are_folded_under_their_exercise(stem, lesson):
    notebook, page = lesson(stem)
    exercises = all_lessons()[notebook.metadata["medlearn"]["lesson"]].exercises
    checks = [lessons.tagged(cell, "check") for cell in notebook.cells]
    assert sorted(filter(None, checks)) == sorted(exercises)
    for name, exercise in exercises.items():
        check = page.find(class_=f"tag_check:{name}")
        assert not check.select(".cell_output"), "an answer to nobody"
        folds = check.find_next_siblings()[: len(exercise.hints) + 1]
        assert all(f.name == "details" and not f.has_attr("open") for f in folds), name
        *hints, solution = folds
        given = [squeezed(hint.p.get_text()) for hint in hints]
        assert given == [squeezed(hint) for hint in exercise.hints]
        assert solution.summary.get_text() == "One solution"
        if isinstance(exercise, Text):
            assert squeezed(exercise.model_answer) in squeezed(solution.get_text())
            assert [i.get_text() for i in solution.select("li")] == list(exercise.checklist)
        else:
            assert solution.pre.get_text().strip() == exercise.code.strip()


@pytest.mark.slow
@pytest.mark.parametrize("stem", STEMS)
def test_answers_and_setup_are_folded(stem, lesson):
    notebook, page = lesson(stem)
    asked = [c for c in notebook.cells if "predict" in lessons.tags_of(c) and c.outputs]
    assert len(page.select(".tag_predict")) == len(asked) >= 1
    for block in page.select(".tag_predict"):
        (answer,) = block.select(".cell_output")
        fold = answer.find_parent("details")
        assert fold is not None and not fold.has_attr("open")
        assert "Show the answer" in fold.summary.get_text()
    (setup,) = page.select(".tag_setup")
    assert not setup.select_one(".cell_input").find_parent("details").has_attr("open")


@pytest.mark.slow
@pytest.mark.parametrize("stem", STEMS)
def test_readings_and_drawings_are_folded(stem, lesson):
    notebook, page = lesson(stem)
    asked = ["predict" in lessons.tags_of(cell) for cell in notebook.cells]
    # A picture may follow at once: one reading for both.
    predicted = [now for now, more in zip(asked, [*asked[1:], False], strict=True) if now > more]
    readings = [d for d in page.select("article details") if d.summary.get_text() == lint_summary()]
    assert len(readings) == len(predicted)
    for reading in readings:
        assert not reading.has_attr("open") and not reading.select("a.term")
        assert reading.select("p"), "Markdown inside is read"
    for block in page.select(".tag_drawing:not(.tag_predict)"):
        fold = block.select_one(".cell_input").find_parent("details")
        assert not fold.has_attr("open") and "Show how it is drawn" in fold.summary.get_text()
        assert block.select(".cell_output img") and not fold.select(".cell_output")
    drawn = {"drawing", "predict"}
    wanted = [cell for cell in notebook.cells if drawn & {*lessons.tags_of(cell)} == {"drawing"}]
    assert len(page.select(".tag_drawing:not(.tag_predict)")) == len(wanted)


def lint_summary():
    return BeautifulSoup(lint.FOLD, "html.parser").summary.get_text()


@pytest.mark.slow
def test_formulas_need_no_script(pages, lesson):
    for stem in STEMS:
        notebook, page = lesson(stem)
        prose = "\n".join(c.source for c in notebook.cells if c.cell_type == "markdown")
        formulas = len(re.findall(r"\$\$.+?\$\$|\$[^$\n]+?\$", prose, re.DOTALL))
        assert len(page.select("math")) == formulas
        assert "$$" not in page.get_text()
    assert sum(len(page.select("math")) for page in pages.values()) >= 3
    scripts = [s["src"] for page in pages.values() for s in page.select("script[src]")]
    assert scripts and not any("mathjax" in source.lower() for source in scripts)


@pytest.mark.slow
def test_words_lead_to_the_glossary(pages, lesson):
    entries = {h.parent["id"]: h for h in pages["teaching/glossary.html"].select("section > h3")}
    assert entries
    for stem in STEMS:
        _, page = lesson(stem)
        links = page.select("a.term")
        targets = [urlsplit(link["href"]) for link in links]
        assert links, f"{stem} uses no word of the glossary"
        assert {t.path for t in targets} == {"../teaching/glossary.html"}
        anchors = [target.fragment for target in targets]
        assert set(anchors) <= set(entries), set(anchors) - set(entries)
        assert len(set(anchors)) == len(anchors), "the first use only"
        for link, anchor in zip(links, anchors, strict=True):
            assert not link.find_parent(["code", "pre", "h1", "h2", "h3", "h4", "a", "details"])
            entry = entries[anchor].contents[0].lower().removesuffix("s")
            assert " ".join(link.get_text().lower().split()).startswith(entry)
    assert "sensitivity" in [a.get_text() for a in lesson("05_evaluation")[1].select("a.term")]


def addresses(page):
    """Every address that a page names, with the element that names it."""
    for element in page.find_all(True):
        for attribute in ("href", "src", "data-src", "poster", "action"):
            if element.get(attribute):
                yield element, element[attribute]


@pytest.mark.slow
def test_links_lead_somewhere(pages, built):
    ids = {
        name: {e["id"] for e in page.find_all(id=True)} | {"", "top"}
        for name, page in pages.items()
    }
    wrong, seen = [], 0
    for name, page in pages.items():
        for _, address in addresses(page):
            parts = urlsplit(address)
            seen += 1
            if parts.scheme or parts.netloc:
                fine = parts.scheme == "https" and re.fullmatch(r"[\w.-]+\.\w+", parts.netloc)
                if not fine or re.search(r"[\s<>]", address):
                    wrong.append((name, address))
                continue
            target = (built / name).parent / unquote(parts.path) if parts.path else built / name
            if not target.is_file():
                wrong.append((name, address))
            elif target.suffix == ".html":
                page_there = target.resolve().relative_to(built.resolve()).as_posix()
                if unquote(parts.fragment) not in ids[page_there]:
                    wrong.append((name, address))
    assert not wrong, wrong
    assert seen > 500


@pytest.mark.slow
def test_nothing_is_loaded_from_another_host(pages, built):
    loaded = []
    for name, page in pages.items():
        for element, address in addresses(page):
            follows = element.name == "a" or "canonical" in element.get("rel", [])
            if not follows and urlsplit(address).netloc:
                loaded.append((name, address))
    for sheet in built.rglob("*.css"):
        for address in re.findall(
            r"(?:url\(|@import)\s*[\"']?([^\"')]+)", sheet.read_text("utf-8")
        ):
            if urlsplit(address).netloc:
                loaded.append((sheet.name, address))
    assert not loaded, loaded


@pytest.mark.slow
@pytest.mark.parametrize("stem", STEMS)
def test_each_lesson_can_be_opened_where_it_runs(stem, lesson):
    notebook, page = lesson(stem)
    header = next(c.source for c in notebook.cells if "header" in lessons.tags_of(c))
    wanted = re.findall(r"\]\((https://[^)]+)\)", header)
    assert len(wanted) == 2
    assert set(wanted) <= {a["href"] for a in page.select("article a")}


@pytest.mark.slow
@pytest.mark.parametrize("stem", STEMS)
def test_links_of_a_lesson_stay_in_the_book(stem, lesson, pages):
    notebook, page = lesson(stem)
    sources = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    wanted = re.findall(r"\]\(((?!https?:|#)[^)]+)\)", "\n".join(sources))
    assert wanted
    hrefs = {a["href"] for a in page.select("article a[href]")}
    for link in wanted:
        path, _, anchor = link.partition("#")
        html = "../index.html" if path == "../README.md" else re.sub(r"\.\w+$", ".html", path)
        there = [href.partition("#")[2] for href in hrefs if href.partition("#")[0] == html]
        there = [pages[posixpath.normpath(f"notebooks/{html}")].find(id=i) for i in there]
        assert there, f"no link leads to {html}"
        if anchor:
            sections = [s if s.name == "section" else s.parent for s in there if s]
            headings = [s.find(re.compile("^h")).contents[0].lower() for s in sections]
            assert anchor in headings, f"no link leads to {link}"


@pytest.mark.slow
def test_pages_can_be_read_by_everybody(pages):
    for name, page in pages.items():
        assert page.html["lang"] == "en" and page.title.get_text().strip()
        first = page.body.find("a")
        assert first.get_text() == "Skip to main content"
        assert page.find(id=first["href"][1:]), f"{name}: the skip link leads nowhere"
        assert {b["data-mode"] for b in page.select(".theme-change-button")} >= {"light", "dark"}
        if page.article:
            levels = [int(h.name[1]) for h in page.article.find_all(re.compile("^h[1-6]$"))]
            assert levels[0] == 1 and levels.count(1) == 1, (name, levels)
            steps = [after - before for before, after in itertools.pairwise(levels)]
            assert max(steps, default=0) <= 1, (name, levels)
        for summary in page.find_all("summary"):
            assert summary.get_text().strip() and not summary.has_attr("aria-label"), name


@pytest.mark.slow
def test_the_search_knows_the_lessons(built):
    text = (built / "searchindex.js").read_text("utf-8")
    index = json.loads(re.fullmatch(r"Search\.setIndex\((.*)\);?\s*", text, re.DOTALL)[1])
    found = index["terms"]["sensit"]  # the index holds stems of words
    found = found if isinstance(found, list) else [found]
    assert "notebooks/05_evaluation" in {index["docnames"][number] for number in found}


# Pages that must be refused ---------------------------------------------------------------------


def notebook_of(*cells):
    return nbformat.v4.new_notebook(cells=list(cells), metadata={"medlearn": {"lesson": "01"}})


def code(source="1", tag=None, outputs=()):
    tags = {"tags": [tag]} if tag else {}
    return nbformat.v4.new_code_cell(source, metadata=tags, outputs=list(outputs))


def picture(kind="display_data", **metadata):
    data = {"image/png": "AAAA", execute.WIDGET_VIEW: {"model_id": "x"}}
    count = {"execution_count": 1} if kind == "execute_result" else {}
    return nbformat.v4.new_output(kind, data, metadata={"image/png": metadata}, **count)


def test_a_picture_without_words_is_refused():
    cell = code(outputs=[picture()])
    with pytest.raises(execute.LessonError, match=r"07_x, cell 0 \(.+\): a picture has no alt"):
        book.lesson_page(notebook_of(cell), "07_x")


def test_an_unknown_exercise_is_refused():
    with pytest.raises(execute.LessonError, match="07_x, cell 0: lesson 01 has no exercise 'nil'"):
        book.lesson_page(notebook_of(code(tag="check:nil")), "07_x")


def test_a_live_figure_leaves_its_picture_and_words():
    alt = "A line < a curve, in words."
    page = book.lesson_page(notebook_of(code(outputs=[picture("execute_result", alt=alt)])), "x")
    still, words = page.cells[0].outputs
    assert list(still.data) == ["image/png"]
    assert "A line &lt; a curve" in words.data["text/html"]
    view = nbformat.v4.new_output("display_data", {execute.WIDGET_VIEW: {"model_id": "x"}})
    assert book.lesson_page(notebook_of(code(outputs=[view])), "x").cells[0].outputs == []


def test_words_of_the_glossary_are_found():
    words = "AUC", "Confidence", "Confidence interval", "Loss", "Batch", "Standardise", "Weights"

    def found(text):
        return [(match[0], word) for match, word in book.uses(text, {w: w for w in words})]

    assert found("its AUC, in Batches") == [("AUC", "AUC"), ("Batches", "Batch")]
    assert found("standardised weights") == [
        ("standardised", "Standardise"),
        ("weights", "Weights"),
    ]
    assert found("confidence\nintervals") == [("confidence\nintervals", "Confidence interval")]
    assert found("auc, AUCX, glosses, weight loss, loss-free, my-loss, loses") == []


@pytest.mark.slow
def test_a_broken_link_ends_the_build(tmp_path, monkeypatch, capfd):
    out = tmp_path / "book"
    out.mkdir()
    (out / "searchindex.js").write_text("the older book")

    def assemble(source):
        (source / "index.md").write_text("# Title\n\n[here](data/READTHIS.md), [there](LICENSE)\n")

    monkeypatch.setattr(book, "assemble", assemble)
    assert book.main(["--out", str(out)]) == 1
    said = capfd.readouterr().err
    assert "index.md" in said and "data/READTHIS.md" in said and "LICENSE" not in said
    assert (out / "searchindex.js").read_text() == "the older book"
    assert [p.name for p in tmp_path.iterdir()] == ["book"], "something was left behind"


def test_a_folder_with_something_else_is_not_replaced(tmp_path, capsys):
    (tmp_path / "thesis.tex").write_text("years of work")
    assert book.main(["--out", str(tmp_path)]) == 1
    assert "holds something else than a book" in capsys.readouterr().err
    assert (tmp_path / "thesis.tex").read_text() == "years of work"


# In a browser -----------------------------------------------------------------------------------

CONTRAST = """() => {
  const light = c => { const [r, g, b] = c.match(/[\\d.]+/g).map(v => {
      v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const behind = e => { for (; e; e = e.parentElement) {
      const c = getComputedStyle(e).backgroundColor;
      if (c !== 'rgba(0, 0, 0, 0)') return c; } return 'rgb(255, 255, 255)'; };
  let least = [99, ''];
  for (const e of document.querySelectorAll('article p, article summary, .highlight span')) {
    if (!e.textContent.trim() || !e.offsetParent) continue;
    const [a, b] = [light(getComputedStyle(e).color), light(behind(e))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < least[0]) least = [ratio, e.outerHTML.slice(0, 200)];
  }
  return least;
}"""


@pytest.fixture(scope="module")
def site(built):
    """The address of the book on a server of this machine."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=built))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def browser():
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    program = next(filter(None, map(shutil.which, names)), None)
    if program is None:
        pytest.skip("no Chromium or Chrome is installed (Debian: apt install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-background-networking"]
        started = playwright.chromium.launch(executable_path=program, args=options)
        yield started
        started.close()


@pytest.mark.long
def test_in_a_browser(browser, site):
    tab = browser.new_page(viewport={"width": 1400, "height": 1000}, color_scheme="light")
    asked, errors = [], []
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("pageerror", lambda error: errors.append(str(error)))

    # The search finds the lesson.
    tab.goto(f"{site}/index.html")
    tab.keyboard.press("Control+k")
    tab.keyboard.type("sensitivity")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("#search-results a[href*='05_evaluation']", timeout=20_000)

    # Light and dark differ, and both can be read.
    tab.goto(f"{site}/notebooks/01_neurons_and_activations.html")
    paper = {}
    for mode in ("light", "dark"):
        tab.click(".article-header-buttons .theme-switch-button")
        tab.click(f".article-header-buttons button[data-mode={mode}]")
        assert tab.locator("html").get_attribute("data-theme") == mode
        paper[mode] = tab.evaluate("getComputedStyle(document.body).backgroundColor")
        ratio, worst = tab.evaluate(CONTRAST)
        assert ratio >= 4.5, (mode, ratio, worst)
    assert paper["light"] != paper["dark"]
    look = "i => [getComputedStyle(i).backgroundColor, getComputedStyle(i).filter]"
    for figure in tab.locator(".cell_output img").all():
        assert figure.evaluate(look) == ["rgb(255, 255, 255)", "none"]

    # A solution opens by keyboard alone.
    fold = tab.locator("details.help", has_text="One solution").first
    code = fold.locator("pre")
    assert not code.is_visible()
    fold.locator("summary").focus()
    tab.keyboard.press("Enter")
    assert code.is_visible()

    assert not errors, errors
    assert asked and all(url.startswith((site, "data:")) for url in asked), asked
    tab.close()


@pytest.mark.long
def test_on_a_phone(browser, site, pages):
    tab = browser.new_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    for name in sorted(pages):
        tab.goto(f"{site}/{name}", wait_until="load")
        tab.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        width = tab.evaluate("document.documentElement.scrollWidth")
        assert width <= 390, f"{name} is {width} px wide"
    tab.goto(f"{site}/index.html")
    entry = tab.get_by_role("link", name="05 · Evaluation")
    assert not entry.is_visible()
    tab.locator("button.primary-toggle:visible").click()
    entry.click()
    tab.wait_for_url("**/notebooks/05_evaluation.html")
    tab.close()
