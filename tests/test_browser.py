"""What a learner sees in a real browser: a lesson runs, answers, moves and counts.

JupyterLab is started by the command behind `make lab`, in a copy of the course, with a person's
empty settings. With `MEDLEARN_SCREENSHOT=docs/lesson.png` the picture of the README is made anew:

    MEDLEARN_SCREENSHOT=docs/lesson.png python -m pytest tests/test_browser.py -k screenshot
"""

import base64
import contextlib
import io
import os
import re
import subprocess
import sys
import sysconfig
from pathlib import Path

import machines
import matplotlib.image
import numpy as np
import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
import browser as on_screen  # noqa: E402  (it needs Playwright)

expect = playwright.expect
pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(on_screen.program() is None, reason="there is no Chromium, Chrome or Edge"),
    pytest.mark.skipif(sys.platform == "win32", reason="the server is stopped by POSIX signals"),
]

FIRST = "01_neurons_and_activations.ipynb"
EXPLORER = "s2-06"
# What Colab has, and the last JupyterLab that draws such widgets.
OLD = ["ipywidgets==7.7.1", "ipython==7.34.0", "ipykernel==6.17.1"]
OLD += ["jupyterlab_widgets==1.1.1", "jupyterlab==3.6.8"]


@pytest.fixture(scope="module")
def chromium():
    with playwright.sync_playwright() as driver:
        window = driver.chromium.launch(
            executable_path=on_screen.program(), args=on_screen.SWITCHES
        )
        yield window
        window.close()


@contextlib.contextmanager
def opened(chromium, base, python=sys.executable):
    """The printed address in a browser, with lesson 00 before the learner."""
    course = on_screen.copy_course(base / "course")
    with on_screen.jupyterlab(course, base / "own", python) as address:
        desk = on_screen.Desk(chromium, address, course)
        print(f"Look at {base / 'screen.png'} and console.txt beside it.")
        try:
            desk.wait_for_lesson("00_start_here.ipynb")
            desk.open(FIRST)
            desk.run_all()
            desk.save()
            yield desk
        finally:
            desk.keep(base)
            desk.page.close()


@pytest.fixture(scope="module")
def first(chromium, tmp_path_factory):
    """Lesson 01, run whole."""
    with opened(chromium, tmp_path_factory.mktemp("lab")) as desk:
        yield desk


@pytest.fixture
def desk(first, tmp_path):
    """The same; what is on the screen after the test is kept, and named where the test fails."""
    print(f"Look at {tmp_path / 'screen.png'} and console.txt beside it.")
    first.page.set_viewport_size({"width": 1300, "height": 950})
    if first.lesson != FIRST:
        first.open(FIRST)
    yield first
    first.keep(tmp_path)


def has_run(desk):
    """Every cell ran, nothing on the screen or in the console is an error."""
    cells = [cell for cell in desk.saved[desk.lesson]["cells"] if cell["cell_type"] == "code"]
    red = [
        (cell["id"], output.get("traceback") or output.get("text"))
        for cell in cells
        for output in cell["outputs"]
        if output["output_type"] == "error" or output.get("name") == "stderr"
    ]
    assert red == []
    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))
    moving = sum(
        "application/vnd.jupyter.widget-view+json" in output.get("data", {})
        for cell in cells
        for output in cell["outputs"]
    )
    assert moving, "no interactive figure in this lesson"
    # Outside of what can be seen JupyterLab may wait with drawing: pass every cell once.
    everything = desk.panel.locator(".jp-Cell")
    for number in range(everything.count()):
        everything.nth(number).scroll_into_view_if_needed()
    expect(desk.panel.locator(".jupyter-widgets.widget-vbox")).to_have_count(moving)
    for words in ("Error displaying widget", "model not found", "Loading widget", "Traceback"):
        assert desk.panel.locator(".jp-OutputArea").get_by_text(words).count() == 0, words
    assert desk.panel.locator("[data-mime-type$=stderr]").count() == 0
    assert desk.errors == []


def moves(desk):
    """Drag a slider, then press keys on it: picture, words and alternative text follow."""
    explorer = on_screen.Explorer(desk, EXPLORER)
    before, start = explorer.seen(), explorer.value(0)
    assert before["words"].startswith(f"Weights {start:g} and ")
    explorer.drag(0, 60)
    explorer.wait_for_change(before)
    # The last of many pictures on the way belongs to the place where the slider was let go.
    value = explorer.value(0)
    assert value > start
    expect(explorer.words).to_have_text(re.compile(f"^Weights {value:g} and "))
    dragged = explorer.seen()
    explorer.sliders.nth(0).focus()
    desk.page.keyboard.press("ArrowLeft")
    expect(explorer.words).to_have_text(re.compile(f"^Weights {value - 0.25:g} and "))
    pressed = explorer.seen()
    assert explorer.value(0) == value - 0.25
    pictures = [picture_of(seen) for seen in (before, dragged, pressed)]
    assert not np.array_equal(pictures[0], pictures[1])
    assert not np.array_equal(pictures[1], pictures[2])
    for seen in (before, dragged, pressed):
        assert seen["alternative"] == seen["words"]


def picture_of(seen):
    """The pixels of the picture on the screen."""
    head, _, data = seen["picture"].partition(",")
    assert head == "data:image/png;base64"
    return matplotlib.image.imread(io.BytesIO(base64.b64decode(data)))


def test_a_lesson_runs_whole(desk):
    has_run(desk)


def test_nothing_lies_over_the_lesson(desk):
    """No question about news, no message: the learner came for the lesson."""
    assert desk.page.locator(".jp-Dialog, [class*=Toastify__toast-body]").count() == 0


def test_a_slider_moves_picture_and_words(desk):
    moves(desk)


def test_the_keyboard_alone_reaches_and_moves_every_control(desk):
    explorer = on_screen.Explorer(desk, EXPLORER)
    controls = explorer.box.locator(explorer.CONTROLS)
    desk.cell(EXPLORER).locator(".cm-content").click()
    desk.page.keyboard.press("Escape")
    # JupyterLab keeps the bare arrows up and down for itself: they go from cell to cell.
    keys = {"div": ["ArrowRight"], "select": ["Alt+ArrowDown", "ArrowDown", "Enter"]}
    reached, moved, names = [], [], []
    for _ in range(4 * controls.count()):
        desk.page.keyboard.press("Tab")
        place = explorer.focused()
        if place is None and reached:
            break  # the focus has left the figure: nothing traps it
        if place is None:
            continue
        assert place not in reached, "the focus goes in a circle"
        reached.append(place)
        control = controls.nth(place)
        row = control.locator("xpath=ancestor::*[contains(@class, 'widget-inline-hbox')]")
        names.append(row.locator("label").inner_text())
        if control.get_attribute("contenteditable"):  # the number beside a slider
            continue
        before = explorer.seen()
        for key in keys[control.evaluate("control => control.localName")]:
            desk.page.keyboard.press(key)
        explorer.wait_for_change(before)
        moved.append(names[-1])
    assert reached == list(range(controls.count()))
    labels = ["weight of mean radius", "weight of mean texture", "bias", "activation"]
    assert moved == labels
    assert list(dict.fromkeys(names)) == labels
    assert explorer.box.get_by_role("combobox", name="activation").count() == 1
    # What the mouse shows when it rests on a name.
    titles = [label.get_attribute("title") for label in explorer.box.locator("label:visible").all()]
    assert "null" not in titles


def test_an_exercise_answers_and_the_progress_shows_it(desk):
    """Typed, run and read as a learner does: wrong, endless, right."""
    answer = desk.cell("check:neuron").locator(".jp-OutputArea-output")
    numbers = [desk.prompt("check:neuron")]

    def hand_in(*lines, expected):
        desk.write("exercise:neuron", lines)
        desk.page.keyboard.press("Shift+Enter")  # runs it and goes on to the cell with the check
        desk.page.keyboard.press("Shift+Enter")
        expect(answer).to_contain_text(expected)
        desk.wait_for_kernel()
        numbers.append(desk.prompt("check:neuron"))

    hand_in(
        "def neuron(x, w, b):",
        "return sigmoid(np.dot(w, x))",
        expected="You left out the bias.",
    )
    hand_in(
        "def neuron(x, w, b):",
        "while True: pass",
        expected="neuron was still running when the time was up, so it was stopped.",
    )
    hand_in(
        "def neuron(x, w, b):",
        "z = np.dot(w, x) + b",
        "return sigmoid(z)",
        expected="✓ Right",
    )
    # A kernel that had been started again would count from 1 and know neither np nor sigmoid.
    assert numbers[1] > numbers[0]
    assert np.diff(numbers[1:]).tolist() == [2, 2]

    shown = desk.cell("recap-02")
    shown.locator(".cm-content").click()
    desk.page.keyboard.press("Shift+Enter")
    expect(shown.locator("details")).to_contain_text("Lesson 01: 1 of ")  # folded, but there
    shown.locator("summary").click()
    words = shown.locator("details").inner_text()
    passed, total = re.search(r"Lesson 01: (\d+) of (\d+) exercises done", words).groups()
    assert "neuron" not in words.partition("still open:")[2].split(", ")
    said = subprocess.run(
        [sys.executable, "-m", "medlearn", "status"],
        env=on_screen.variables(desk.course, desk.course.parent / "own"),
        cwd=desk.course,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert f"Lesson 01: {passed} of {total} exercises done" in said


def test_a_long_cell_shows_how_far_it_is(desk):
    """The line moves while the cell runs and stays when it is done; nothing is red."""
    name = "exercise:collapse"
    desk.write(name, ["import time", "", "for _ in medlearn.track(range(30), 'seeds'):"])
    desk.page.keyboard.press("Enter")
    desk.page.keyboard.type("time.sleep(0.1)")
    desk.page.keyboard.press("Control+Enter")
    output = desk.cell(name).locator(".jp-OutputArea-output")
    seen = []
    while not seen or "100%" not in seen[-1]:
        expect(output).to_have_text(re.compile(r"^seeds: +\d+%.* \d+/30 "))
        seen.append(output.inner_text())
        assert seen[-1].count("seeds") == 1, "one line, drawn over and over"
        desk.page.wait_for_timeout(100)
    assert len({line.split("%")[0] for line in seen}) > 5, seen
    desk.wait_for_kernel()
    assert desk.panel.locator("[data-mime-type$=stderr]").count() == 0
    desk.save()
    (cell,) = [c for c in desk.saved[desk.lesson]["cells"] if name in c["metadata"].get("tags", [])]
    assert [output["name"] for output in cell["outputs"]] == ["stdout"]


def test_a_narrow_window_cuts_nothing_off(desk):
    """Half a screen: beside a book, or on a tablet."""
    desk.page.set_viewport_size({"width": 800, "height": 950})
    explorer = on_screen.Explorer(desk, EXPLORER)
    output = desk.cell(EXPLORER).locator(".jp-OutputArea-output").first.bounding_box()
    parts = [explorer.picture, explorer.words, explorer.box.locator("select")]
    parts += [*explorer.sliders.all(), *explorer.readouts.all()]
    for part in parts:
        box = part.bounding_box()
        assert box["x"] >= output["x"]
        assert box["x"] + box["width"] <= output["x"] + output["width"]


def test_links_lead_to_pages_and_their_places(desk):
    """From a learner's copy: the card and the list of lessons open at their heading."""
    tabs = desk.page.locator("#jp-main-dock-panel .lm-TabBar-tabLabel")
    shown = desk.page.locator(".jp-MarkdownViewer:not(.lm-mod-hidden)")
    for link, heading in (("breast cancer", "breast_cancer"), ("Contents", "Lessons")):
        desk.cell("header").scroll_into_view_if_needed()
        desk.cell("header").get_by_role("link", name=link, exact=True).click()
        place = shown.get_by_role("heading", name=heading, exact=False).first
        expect(place).to_be_in_viewport()
        tabs.get_by_text(FIRST).click()
    desk.cell("header").get_by_role("link", name="Glossary").click()
    expect(shown.get_by_role("heading", name="Glossary").first).to_be_in_viewport()
    tabs.get_by_text(FIRST).click()
    desk.cell("header").get_by_role("link", name="02 Preparing data").click()
    desk.wait_for_lesson("02_preparing_data.ipynb")
    tabs.get_by_text(FIRST).click()
    desk.wait_for_lesson(FIRST)


def test_readings_and_drawings_unfold(desk):
    reading = desk.cell("s2-05").locator("details")
    line = reading.locator("strong").get_by_text("straight line")
    expect(line).not_to_be_visible()
    reading.locator("summary").click()
    expect(line).to_be_visible()
    folded = desk.panel.locator(".jp-CodeCell .jp-InputPlaceholder")
    cells = desk.saved[FIRST]["cells"]
    hidden = [c for c in cells if c["metadata"].get("jupyter", {}).get("source_hidden")]
    assert folded.count() == len(hidden) >= 1
    cell = desk.cell(hidden[0]["id"])
    cell.scroll_into_view_if_needed()
    expect(cell.locator(".jp-OutputArea img")).to_be_visible()
    cell.locator(".jp-InputPlaceholder").click()
    expect(cell.locator(".cm-content")).to_contain_text("plots.show")


def test_a_lesson_with_keras_runs_whole(desk):
    desk.open("03_building_a_model.ipynb")
    desk.run_all()
    desk.save()
    has_run(desk)


def test_the_first_lesson_with_the_widgets_of_colab(chromium, tmp_path):
    """ipywidgets 7.7.1 and IPython 7.34, in a JupyterLab of their time."""
    if sys.version_info >= (3, 13):
        pytest.skip("JupyterLab 3 cannot be installed on this Python")
    try:
        python = machines.new_environment(tmp_path / "venv", sys.executable, *OLD)
    except AssertionError as failed:
        if not re.search(r"network|connect|resolve|retries|dns", str(failed), re.I):
            raise
        pytest.skip("the packages of Colab cannot be fetched")
    # NumPy and the rest come from the environment of the course; what is installed here wins.
    libraries = machines.site_packages(python) / "libraries.pth"
    libraries.write_text(sysconfig.get_path("purelib"))
    with opened(chromium, tmp_path, python) as desk:
        has_run(desk)
        moves(desk)


@pytest.mark.skipif("MEDLEARN_SCREENSHOT" not in os.environ, reason="no picture is asked for")
def test_screenshot_for_the_readme(desk):
    """The explorer between its code and the text below it, as wide as the README shows it."""
    explorer = on_screen.Explorer(desk, EXPLORER)
    explorer.sliders.nth(0).focus()
    while explorer.value(0) < 2:
        before = explorer.seen()
        desk.page.keyboard.press("ArrowRight")
        explorer.wait_for_change(before)
    desk.page.set_viewport_size({"width": 1180, "height": 900})
    desk.cell(EXPLORER).evaluate("cell => cell.scrollIntoView()")
    desk.page.mouse.move(0, 0)
    clip = desk.panel.locator(".jp-Notebook").bounding_box()
    text = desk.cell("s2-07").locator("p").first.bounding_box()
    clip["height"] = text["y"] + text["height"] + 12 - clip["y"]
    file = Path(os.environ["MEDLEARN_SCREENSHOT"])
    desk.page.screenshot(path=file, clip=clip, animations="disabled")
    assert file.stat().st_size < 250_000
