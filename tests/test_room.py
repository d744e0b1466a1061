"""Slides, handouts and keys: what stands in them, what must not, and how they are written."""

import hashlib
import re
from functools import cache

import pytest
from bs4 import BeautifulSoup

from medlearn import lessons
from medlearn.__main__ import main
from medlearn.exercises.engine import Text
from medlearn_classroom import ClassroomError, folders
from medlearn_classroom.handouts import reading, rendering, slides, writing
from medlearn_classroom.handouts.handout import handout
from medlearn_classroom.handouts.key import key

COURSE = lessons.find()
LECTURES = {number: reading.Lecture(lesson) for number, lesson in COURSE.items()}
MAKE = {"slides": slides.deck, "handout": handout, "key": key}
FEWEST, MOST = 10, 18  # slides of a deck: about a dozen
PUBLISHED = {  # the tarball of reveal.js 5.2.1 on npm
    "LICENSE": "34014800f4126ac2525e224166f099f26628612e95c41f76d70841b63138c989",
    "dist/reveal.css": "68f915a11ebf7203c0446576b7e952ff61c5dd02134a8a226ffaf62ed42136d2",
    "dist/reveal.js": "46538b52db48724192f59bf46f5e851a18e302777c46f4a34c32709d010d6a29",
    "plugin/notes/notes.js": "df1201d19d03241a2897d39c3d38768177df1cbd4bde06327b321cb83461ae89",
}


@cache
def source(kind, number):
    return MAKE[kind](LECTURES[number])


def page(kind, number):
    return BeautifulSoup(source(kind, number), "html.parser")


def words(text):
    """A text with single spaces, as it is compared."""
    return " ".join(text.split())


def seen(markup):
    """The words of some HTML."""
    return words(BeautifulSoup(markup, "html.parser").get_text(" "))


def leaves(deck):
    return [one for one in deck.select(".slides section") if not one.find("section")]


each_lesson = pytest.mark.parametrize("number", COURSE)
each_page = pytest.mark.parametrize("kind", MAKE)


# Every page ---------------------------------------------------------------------------------------


def addresses(soup):
    """What a browser would fetch, or open when it is clicked."""
    names = ("src", "href", "srcset", "data", "poster", "action", "xlink:href")
    found = [tag[name] for tag in soup.find_all(True) for name in names if tag.get(name)]
    styles = [tag.get_text() for tag in soup.find_all("style")]
    styles += [tag["style"] for tag in soup.find_all(style=True)]
    return found + [a for s in styles for a in re.findall(r"url\(\W*([^)\s]+)|@import\W+(\S+)", s)]


def elsewhere(address):
    """Whether an address leaves the folder."""
    return not re.match(r"data:image/(png|svg\+xml);base64,|reveal/[\w/.]+$", address)


@each_page
@each_lesson
def test_no_page_asks_another_host(kind, number):
    assert [a for a in addresses(page(kind, number)) if elsewhere(a)] == []
    scripts = [tag for tag in page(kind, number).find_all("script") if not tag.get("src")]
    assert scripts == []


@pytest.mark.parametrize(
    "markup",
    [
        '<img src="https://example.org/a.png">',
        '<a href="02_preparing_data.ipynb">lesson 02</a>',
        "<style>@import url(//fonts.example.org/a.css);</style>",
        '<p style="background: url(http://example.org/a.png)">',
    ],
)
def test_another_host_is_seen(markup):
    assert any(map(elsewhere, map("".join, addresses(BeautifulSoup(markup, "html.parser")))))


@each_page
@each_lesson
def test_each_picture_has_its_words(kind, number):
    written = {
        words(output["metadata"][one]["alt"])  # where there is none, nbconvert writes a sentence
        for cell in COURSE[number].cells
        for output in cell.get("outputs", ())
        for one in slides.FIGURES
        if one in output.get("data", {})
    }
    for image in page(kind, number).find_all("img"):
        assert words(image.get("alt", "")) in written
        assert len(image["src"]) > 1000


@each_page
@each_lesson
def test_no_markup_is_left_as_text(kind, number):
    soup = page(kind, number)
    for part in soup.find_all(["pre", "code", "math", "style", "table"]):
        part.decompose()  # code; and a check's words, which are plain
    left = re.findall(r"\*\*\w.{0,30}|\]\([^)]*\)|\\frac|</?\w+>|\$\$", soup.get_text(" "))
    assert left == []


# Slides -------------------------------------------------------------------------------------------


@each_lesson
def test_a_deck_has_about_a_dozen_slides(number):
    found = slides.slides(LECTURES[number])
    assert len(leaves(page("slides", number))) == len(found)
    assert FEWEST <= len(found) <= MOST
    kinds = [slide.kind for slide in found]
    assert kinds[:2] == ["title", "case"] and kinds[-2:] == ["clinic", "recap"]
    core = [section for section in COURSE[number].sections if section.level == "core"]
    assert {id(s.section) for s in found if s.begins} >= {id(section) for section in core}


@each_lesson
def test_each_question_of_the_core_is_asked_before_its_result(number):
    deck = leaves(page("slides", number))
    for question in LECTURES[number].questions:
        if question.section.level != "core":
            continue
        asked = [
            n
            for n, one in enumerate(deck)
            if seen(rendering.markdown(question.text)) in words(one.get_text(" "))
        ]
        assert len(asked) == 1, question.text
        shown = "".join(one.markup for cell in question.cells for one in rendering.outputs(cell))
        beside = deck[asked[0]].select_one(".fragment")
        place = beside if beside else deck[asked[0] + 1]
        assert seen(shown) in words(place.get_text(" "))
        assert [i["src"] for i in BeautifulSoup(shown, "html.parser").find_all("img")] == [
            i["src"] for i in place.find_all("img")
        ]


@each_lesson
def test_each_section_of_the_core_shows_a_figure_that_it_has(number):
    found = slides.slides(LECTURES[number])
    for section in COURSE[number].core:
        if any(slides.has_figure(cell) for cell in section.cells):
            shown = "".join(s.body + s.after for s in found if s.section is section)
            assert "<img" in shown, section.heading


@each_lesson
def test_each_slide_has_something_to_say(number):
    spoken = [one.select("aside.notes") for one in leaves(page("slides", number))]
    assert all(len(notes) == 1 and len(notes[0].get_text().split()) >= 4 for notes in spoken)
    everything = " ".join(words(notes[0].get_text(" ")) for notes in spoken)
    blocks = LECTURES[number].stumbling
    assert len(blocks) >= 5
    for saying, answer in blocks:
        assert seen(rendering.markdown(saying)) in everything
        assert seen(rendering.markdown(answer)) in everything


@each_lesson
def test_code_is_left_out_unless_its_author_wants_it(number):
    wanted = [
        lessons.text_of(cell)
        for cell in COURSE[number].cells
        if cell["cell_type"] == "code" and lessons.tagged(cell, "slide") in slides.MARKED
    ]
    shown = [one.get_text() for one in page("slides", number).select("pre.code")]
    assert [words(one) for one in shown] == [words(one) for one in wanted]


def test_a_cell_tagged_for_a_slide_stays_with_its_code():
    notebook = lessons.strip(COURSE["01"].notebook)
    cell = next(
        cell
        for section in lessons.parse(notebook, COURSE["01"].path).core
        for cell in section.cells
        if slides.marked(cell) == "skip" and cell["cell_type"] == "code"
    )
    before = slides.slides(reading.Lecture(lessons.parse(notebook, COURSE["01"].path)))
    cell["metadata"]["tags"] = ["slide:subslide"]
    cell["metadata"]["slideshow"] = {"slide_type": "subslide"}
    after = slides.slides(reading.Lecture(lessons.parse(notebook, COURSE["01"].path)))
    (own,) = [slide for slide in after if slide.kind == "own"]
    assert len(after) == len(before) + 1
    shown = BeautifulSoup(own.body, "html.parser").select_one("pre.code")
    assert words(shown.get_text()) == words(lessons.text_of(cell))


def test_a_stumbling_block_goes_where_its_section_is():
    lecture = LECTURES["12"]
    found = slides.slides(lecture)
    (place,) = [
        place
        for place, blocks in slides.placed(lecture, found).items()
        if any("watched to the end" in saying for saying, _answer in blocks)
    ]
    assert found[place].section.number == 3


def test_reveal_is_as_it_was_published():
    folder = rendering.HERE / "reveal"
    files = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file()}
    assert {n: hashlib.sha256(p.read_bytes()).hexdigest() for n, p in files.items()} == PUBLISHED


@pytest.mark.long
def test_each_slide_fits_and_the_notes_open(tmp_path):
    """In a browser: no slide is cut or set smaller, and nothing but files is asked for."""
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    import browser as on_screen

    if on_screen.program() is None:
        pytest.skip("there is no Chromium, Chrome or Edge")
    writing.write("slides", "all", tmp_path)
    asked, errors, problems = [], [], []
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(
            executable_path=on_screen.program(), args=on_screen.SWITCHES
        )
        context = chromium.new_context(viewport={"width": 1280, "height": 720})
        context.on("request", lambda request: asked.append(request.url))
        context.on("weberror", lambda error: errors.append(str(error.error)))
        view = context.new_page()
        for file in sorted(tmp_path.glob("*.html")):
            view.goto(file.as_uri())
            view.wait_for_function("Reveal.isReady()")
            view.evaluate("Reveal.configure({fragments: false})")
            for place in range(view.evaluate("Reveal.getTotalSlides()")):
                size, height, width, lowest = view.evaluate(
                    """place => {
                        const slide = Reveal.getSlides()[place];
                        const {h, v} = Reveal.getIndices(slide);
                        Reveal.slide(h, v);
                        const seen = [...slide.querySelectorAll(':scope *:not(aside, aside *)')];
                        const ends = seen.map(one => one.getBoundingClientRect().bottom);
                        return [slide.style.fontSize, slide.scrollHeight, slide.scrollWidth,
                                Math.max(...ends)];
                    }""",
                    place,
                )
                if (size, height, width) != ("100%", 720, 1280) or lowest > 715:
                    problems.append((file.name, place + 1, size, height, width, lowest))
        with context.expect_page() as opened:
            view.keyboard.press("s")
        notes = opened.value.locator(".speaker-controls-notes .value")
        notes.wait_for(timeout=on_screen.PATIENCE * 1000)
        assert len(notes.inner_text().split()) >= 4
        chromium.close()
    assert problems == [] and errors == []
    assert {address.partition(":")[0] for address in asked} <= {"file", "data", "about", "blob"}


# The handout --------------------------------------------------------------------------------------


def answers(lecture):
    """Every line that would give something away, with what it is."""
    for question in lecture.questions:
        for cell in question.cells:
            for one in rendering.outputs(cell):
                soup = BeautifulSoup(one.markup, "html.parser")
                rows = [row.get_text(" ") for row in soup.find_all("tr")]
                for line in rows or soup.get_text().splitlines():
                    yield f"result of question {question.number}", line
        for sentence in seen(rendering.markdown(question.reading)).split(". "):
            yield f"reading of question {question.number}", sentence
    for task in lecture.tasks:
        exercise = task.exercise
        known = {words(line) for line in task.stub.splitlines()}
        if isinstance(exercise, Text):
            for level in exercise.rubric:
                yield f"{task.name}: level {level.points}", level.example
            yield f"{task.name}: model answer", exercise.model_answer
        else:
            lines = [line for line in exercise.code.splitlines() if words(line) not in known]
            yield f"{task.name}: solution", lines[-1]
            yield f"{task.name}: right", exercise.right
        for one in exercise.misconceptions.values():
            yield f"{task.name}: {one.name}", one.message


@each_lesson
def test_a_handout_gives_no_answer_away(number):
    soup, lecture = page("handout", number), LECTURES[number]
    assert not soup.find("img")
    text = words(soup.get_text(" "))
    given = [
        (what, line)
        for what, line in answers(lecture)
        if len(words(line).split()) > 2 and words(line) in text
    ]
    assert given == []


@each_lesson
def test_a_handout_asks_everything_and_leaves_room(number):
    soup, lecture = page("handout", number), LECTURES[number]
    asked = soup.select("section.question")
    assert len(asked) == len(lecture.questions)
    for part in asked:
        assert len(part.select(".room i")) >= 3
        assert len(part.get_text().split()) > 8
    tasks = {part["data-exercise"]: part for part in soup.select("section.task")}
    assert sorted(tasks) == sorted(COURSE[number].exercises)
    for task in lecture.tasks:
        assert words(task.stub) in words(tasks[task.name].get_text())
        assert len(tasks[task.name].select(".room i")) >= 2
    text = words(soup.get_text(" "))
    for part in ("case", "aims", "recap"):
        assert seen(rendering.markdown(lecture.texts(part))) in text


# The key ------------------------------------------------------------------------------------------


@each_lesson
def test_a_key_answers_each_question(number):
    soup, lecture = page("key", number), LECTURES[number]
    parts = soup.select("section.question")
    assert len(parts) == len(lecture.questions)
    for part, question in zip(sorted(parts, key=numbered), lecture.questions, strict=True):
        assert numbered(part) == question.number
        text = words(part.get_text(" "))
        assert question.reading and seen(rendering.markdown(question.reading)) in text
        shown = "".join(one.markup for cell in question.cells for one in rendering.outputs(cell))
        assert shown and seen(shown) in text
        assert len(part.find_all("img")) == shown.count("<img")


def numbered(part):
    return int(re.search(r"\d+", part.h3.get_text())[0])


@each_lesson
def test_a_key_answers_each_exercise(number):
    tasks = {part["data-exercise"]: part for part in page("key", number).select("section.task")}
    assert sorted(tasks) == sorted(COURSE[number].exercises)
    for task in LECTURES[number].tasks:
        exercise, text = task.exercise, words(tasks[task.name].get_text(" "))
        if isinstance(exercise, Text):
            wanted = [exercise.model_answer, *exercise.checklist]
            wanted += [part for level in exercise.rubric for part in (level.says, level.example)]
            assert [r.td.get_text() for r in tasks[task.name].select("table.rubric tbody tr")] == [
                "0",
                "1",
                "2",
            ]
        else:
            plain = words(tasks[task.name].select("pre.code")[-1].get_text())
            assert plain == words(exercise.code)
            wanted = [exercise.right]
        wanted += [one.message for one in exercise.misconceptions.values()]
        assert [one for one in wanted if words(one) not in text] == []


def test_a_question_may_have_its_result_in_two_cells():
    (question,) = [q for q in LECTURES["10"].questions if q.number == 3]
    assert len(question.cells) == 2


# Writing ------------------------------------------------------------------------------------------


def files(folder):
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()
    }


@each_page
def test_the_command_writes_what_the_page_loads(kind, tmp_path, capsys):
    assert main(["classroom", kind, "05", str(tmp_path / "week" / "five")]) == 0
    written = files(tmp_path / "week" / "five")
    (name,) = [name for name in written if name.endswith(".html")]
    assert name == f"{COURSE['05'].stem}.{kind}.html" and name in capsys.readouterr().out
    loaded = {a for a in addresses(page(kind, "05")) if not a.startswith("data:")}
    assert loaded <= set(written)
    assert not any(b"url(" in content for n, content in written.items() if n.endswith("slides.css"))
    assert ("reveal/LICENSE" in written) == (kind == "slides")


def test_all_lessons_share_one_folder_with_the_other_kinds(tmp_path):
    for kind in MAKE:
        writing.write(kind, "all", tmp_path)
        writing.write(kind, "12", tmp_path)  # renewed
    assert len(list(tmp_path.glob("*.html"))) == 3 * len(COURSE)


@pytest.mark.parametrize("name", ["notes.txt", "05_evaluation.key.html", "reveal/mine.css", "a/b"])
def test_a_folder_with_other_files_is_left_alone(name, tmp_path):
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("<html>mine</html>", encoding="utf-8")
    before = files(tmp_path)
    for kind in MAKE:
        with pytest.raises(ClassroomError, match="Nothing was written"):
            writing.write(kind, "05", tmp_path)
    assert files(tmp_path) == before


def test_a_file_is_no_folder_and_a_lesson_must_be_there(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(ClassroomError, match="is a file"):
        writing.write("key", "05", tmp_path / "file")
    with pytest.raises(ClassroomError, match=r"There is no lesson '99'.*18 or all"):
        writing.write("key", "99", tmp_path / "new")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("begun", [True, False])
def test_after_a_full_disk_the_folder_is_as_it_was(begun, tmp_path, monkeypatch):
    folder = tmp_path / "new"
    if begun:
        writing.write("slides", "01", folder)
        (folder / "reveal/start.js").write_text("// of last year", encoding="utf-8")
    before = files(tmp_path)
    real = folders.replace_file

    def full(path, content):
        if (path.name.endswith(".html") and not begun) or path.name.startswith("05"):
            raise OSError(28, "No space left on device")
        real(path, content)

    monkeypatch.setattr(folders, "replace_file", full)
    with pytest.raises(OSError, match="No space left"):
        writing.write("slides", "05", folder)
    assert files(tmp_path) == before
    assert folder.exists() == begun


def test_the_pages_speak_the_language_of_the_settings(monkeypatch):
    from medlearn import language

    monkeypatch.setattr(language, "_translations", language._Pseudo())
    labels = [tag.get_text() for tag in page_of(handout).select("p.label")]
    labels += [tag.get_text() for tag in page_of(key).select("p.label, .worth")]
    deck = page_of(slides.deck)
    labels += [tag.get_text() for tag in deck.select("p.label, aside.notes b:first-child")][:4]
    assert labels and all("⟦" in label for label in labels)


def page_of(make):
    return BeautifulSoup(make(LECTURES["05"]), "html.parser")
