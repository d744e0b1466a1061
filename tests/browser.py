"""A course that learners open: JupyterLab as `make lab` starts it, and a browser that reads it."""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from playwright.sync_api import expect

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 120  # seconds; a busy machine may be twenty times slower than a quiet one
LESSON = 600  # seconds, for all cells of a lesson
expect.set_options(timeout=PATIENCE * 1000)

SWITCHES = [
    "--no-proxy-server",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-gpu",
]
if hasattr(os, "geteuid") and os.geteuid() == 0:
    SWITCHES.append("--no-sandbox")  # containers; Chromium refuses to start otherwise


def program():
    """A browser of this machine that Playwright can drive, or None."""
    names = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
    return next(filter(None, map(shutil.which, names)), None)


def copy_course(folder):
    """What `medlearn lab` needs and a lesson leads to, away from the `work/` of its owner."""
    for name in ("medlearn", "notebooks", "data", "teaching", "docs"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "README.md", folder)
    return folder


def variables(course, base):
    """A person on whose machine nothing was set before; `course` wins over an installed one."""
    ours = ("JUPYTER", "MEDLEARN", "PYTHONPATH", "MPLBACKEND", "VIRTUAL_ENV")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    folders = {
        "HOME": base / "person",
        "MEDLEARN_HOME": base / "progress",
        "JUPYTER_CONFIG_DIR": base / "settings",
        "JUPYTER_DATA_DIR": base / "data",
        "JUPYTER_RUNTIME_DIR": base / "runtime",
        "PYTHONPATH": course,
    }
    return kept | {name: str(path) for name, path in folders.items()}


@contextlib.contextmanager
def jupyterlab(course, base, python=sys.executable):
    """Run the command of `make lab` and yield the address that it prints; stop it at the end."""
    base.mkdir(exist_ok=True)
    log = base / "server.log"
    command = [str(python), "-m", "medlearn", "lab", "--no-browser"]
    with log.open("w") as stream:
        server = subprocess.Popen(
            command,
            cwd=course,
            env=variables(course, base),
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        address, deadline = None, time.monotonic() + PATIENCE
        while address is None:
            assert server.poll() is None and time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)
            _, _, ready = log.read_text().partition("JupyterLab is ready.")
            address = re.search(r"http://\S+", ready)
        yield address[0]
    finally:
        server.terminate()
        try:
            server.wait(60)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            raise


class Desk:
    """JupyterLab in one window of a browser, and what the browser complained about."""

    def __init__(self, browser, address, course):
        self.address, self.course = address, course
        self.page = browser.new_page(viewport={"width": 1300, "height": 950}, color_scheme="light")
        self.page.set_default_timeout(PATIENCE * 1000)
        self.console, self.errors = [], []
        self.page.on("console", lambda m: self._said(m.type, m.text, m.location["url"]))
        self.page.on("pageerror", lambda error: self._said("error", f"uncaught: {error}"))
        self.page.goto(address, wait_until="domcontentloaded")
        self.lesson, self.saved = None, {}  # name of the lesson → what was on the disk

    def _said(self, kind, text, place=""):
        said = f"{text} ({place})" if place else text
        self.console.append(f"{kind}: {said}")
        # The README, opened by a link, shows badges of other hosts, which a test does not reach.
        elsewhere = place.startswith("https://") and text.startswith("Failed to load resource")
        if kind == "error" and not elsewhere:
            self.errors.append(said)

    def keep(self, folder):
        """The screen and the console of this moment, for whom a test has failed."""
        (folder / "console.txt").write_text("\n".join(self.console), encoding="utf-8")
        self.page.screenshot(path=folder / "screen.png")

    # ---- a lesson ------------------------------------------------------------------------

    def notebook(self):
        """The lesson as it is saved."""
        return json.loads((self.course / "work" / self.lesson).read_text(encoding="utf-8"))

    @property
    def panel(self):
        return self.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")

    def wait_for_lesson(self, lesson):
        """Until the lesson is shown whole and its kernel waits for work."""
        self.lesson = lesson
        self.page.locator("#jp-main-statusbar").get_by_text(lesson).wait_for()
        expect(self.panel.locator(".jp-Cell")).to_have_count(len(self.notebook()["cells"]))
        self.wait_for_kernel()

    def wait_for_kernel(self):
        status = self.page.locator("#jp-main-statusbar")
        expect(status).to_contain_text(re.compile(r"Python 3.*\| Idle"))

    def open(self, lesson):
        """Double-click a lesson in the list of files."""
        item = self.page.locator(".jp-DirListing-item").filter(has_text=lesson)
        item.dblclick()
        self.wait_for_lesson(lesson)

    def cell(self, name):
        """The cell with this id or this tag."""
        for index, cell in enumerate(self.saved[self.lesson]["cells"]):
            if name == cell.get("id") or name in cell["metadata"].get("tags", []):
                return self.panel.locator(".jp-Cell").nth(index)
        raise LookupError(f"{self.lesson} has no cell {name}")

    def run_all(self):
        """Menu Run, Run All Cells; then wait until no cell runs or waits for its turn."""
        self.page.locator(".lm-MenuBar-itemLabel").get_by_text("Run", exact=True).click()
        self.page.locator(".lm-Menu-itemLabel").get_by_text("Run All Cells", exact=True).click()
        self.page.wait_for_function(
            """() => {
                const cells = '.jp-NotebookPanel:not(.lm-mod-hidden) .jp-CodeCell';
                const prompts = [...document.querySelectorAll(cells + ' .jp-InputArea-prompt')];
                const words = prompts.map(prompt => prompt.textContent.trim());
                return words.length && words[0] != '[ ]:' && !words.includes('[*]:');
            }""",
            timeout=LESSON * 1000,
        )
        self.wait_for_kernel()

    def save(self):
        """Ctrl+S; what is then on the disk stays in `saved`."""
        file = self.course / "work" / self.lesson
        before = file.stat().st_mtime_ns
        self.page.keyboard.press("Control+s")
        deadline = time.monotonic() + PATIENCE
        while True:
            if file.stat().st_mtime_ns != before:
                with contextlib.suppress(ValueError):  # seen while it was being written
                    self.saved[self.lesson] = self.notebook()
                    return
            assert time.monotonic() < deadline, "the lesson was not saved"
            self.page.wait_for_timeout(100)

    def write(self, name, lines):
        """Type a cell anew, from the keyboard; the editor indents after a colon by itself."""
        self.cell(name).locator(".cm-content").click()
        self.page.keyboard.press("Control+a")
        for number, line in enumerate(lines):
            if number:
                self.page.keyboard.press("Enter")
            self.page.keyboard.type(line)

    def prompt(self, name):
        """The number beside a cell that has run."""
        # What lies outside of the window has text_content, but no inner_text.
        text = self.cell(name).locator(".jp-InputArea-prompt").text_content()
        return int(re.fullmatch(r"\[(\d+)\]:", text.strip())[1])


class Explorer:
    """The picture with its controls in one cell, in the widgets of today or of Colab."""

    SLIDERS = ".noUi-handle, .ui-slider-handle"
    # Whatever can take the focus; the numbers beside the sliders can be typed over.
    CONTROLS = f"{SLIDERS}, select, input, button, textarea, [contenteditable=true]"

    def __init__(self, desk, name):
        self.desk = desk
        self.box = desk.cell(name).locator(".jupyter-widgets.widget-vbox")
        self.box.scroll_into_view_if_needed()
        self.picture = self.box.locator("img")
        self.words = self.box.locator("p[role=status]")
        self.sliders = self.box.locator(self.SLIDERS)
        self.readouts = self.box.locator(".widget-readout")
        self.picture.wait_for()

    def seen(self):
        """The picture, its alternative text and the words below it, at one moment."""
        return self.box.evaluate(
            """box => ({picture: box.querySelector('img').src,
                        alternative: box.querySelector('img').alt,
                        words: box.querySelector('p[role=status]').innerText})"""
        )

    def wait_for_change(self, before):
        """What is seen once the words are others."""
        expect(self.words).not_to_have_text(before["words"])
        return self.seen()

    def value(self, number):
        """What stands beside a slider."""
        return float(self.readouts.nth(number).inner_text())

    def drag(self, number, pixels):
        """Take a slider with the mouse and let it go `pixels` further right."""
        handle = self.sliders.nth(number)
        handle.scroll_into_view_if_needed()
        box, mouse = handle.bounding_box(), self.desk.page.mouse
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        mouse.move(x, y)
        mouse.down()
        mouse.move(x + pixels, y, steps=8)
        mouse.up()

    def focused(self):
        """Which of the controls has the focus: its place among them, or None."""
        return self.box.evaluate(
            """(box, controls) => {
                const place = [...box.querySelectorAll(controls)].indexOf(document.activeElement);
                return place < 0 ? null : place;
            }""",
            self.CONTROLS,
        )
