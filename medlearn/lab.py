"""Where the learner works: own copies of the lessons in `work/`, opened in JupyterLab.

The lessons in `notebooks/` are executed and belong to the course; a learner writes in copies
without outputs. A copy is made once and never touched again. It remembers the lesson and the
version that it was made from in its own metadata, so that it is recognised after it was renamed
or moved inside `work/`, and a changed lesson is put beside it under another name.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from medlearn import lessons

__all__ = ["LabError", "WorkCopy", "copy_lessons", "start", "tell"]


class LabError(RuntimeError):
    """The copies or JupyterLab could not be made ready; the text says what to do."""


class WorkCopy(NamedTuple):
    """What became of one lesson: "new", "kept" or "beside" (a new version next to yours)."""

    lesson: str
    path: Path
    state: str


def _create(file: Path, text: str) -> None:
    """Write a new file whole or not at all, and never over another."""
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=".copy-", suffix=".tmp")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
        os.chmod(name, 0o644)
        try:
            os.link(name, file)
        except FileExistsError:
            raise
        except OSError:  # a file system without links, such as a USB stick's
            if file.exists():
                raise FileExistsError(
                    errno.EEXIST, "the file is there already", str(file)
                ) from None
            os.rename(name, file)
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)


def _free_name(folder: Path, stem: str) -> Path:
    number = 1
    while True:
        file = folder / f"{stem}_new{number if number > 1 else ''}.ipynb"
        if not file.exists():
            return file
        number += 1


def copy_lessons(notebooks: Path | None = None, work: Path | None = None) -> list[WorkCopy]:
    """Give the learner a copy of each lesson that has none of this version yet.

    A copy that was deleted is made again: that is how a learner starts a lesson over. A copy that
    was renamed or moved within `work` counts as the learner's copy.

    Parameters
    ----------
    notebooks, work : Path, optional
        The course's lessons and the learner's folder; by default those of this course.

    Returns
    -------
    list of WorkCopy
        One for each lesson, in order, with the file to open.

    Raises
    ------
    LabError
        When the folder cannot be read or written (rights, full disk). Nothing is half written.
    LessonError
        When a lesson of the course is damaged or there twice.
    """
    course = lessons.find(notebooks)
    work = work or lessons.course_folder() / "work"
    try:
        work.mkdir(exist_ok=True)
        owned: dict[str, list[tuple[Path, str]]] = {}  # lesson → the copies and their versions
        for file in sorted(work.rglob("*.ipynb")):
            if ".ipynb_checkpoints" in file.parts:
                continue
            found = lessons.read_notebook(file)
            if found is None:
                continue
            origin = found["metadata"].get("medlearn", {}).get("copy_of")
            if isinstance(origin, dict):
                entry = (str(origin.get("lesson")), str(origin.get("version")))
            else:  # copied by hand
                entry = (file.name, lessons.parse(found, file).version)
            owned.setdefault(entry[0], []).append((file, entry[1]))

        result = []
        for lesson in course.values():
            plain = work / lesson.path.name
            mine = owned.get(plain.name, [])
            current = [file for file, made_from in mine if made_from == lesson.version]
            if current:
                # The plain name first, should a learner hold several copies of one version.
                file = next((f for f in current if f == plain), current[0])
                result.append(WorkCopy(plain.name, file, "kept"))
                continue
            bare = lessons.strip(lesson.notebook)
            own = bare["metadata"].setdefault("medlearn", {})
            own["copy_of"] = {"lesson": plain.name, "version": lesson.version}
            taken = mine or plain.exists()
            file = _free_name(work, lesson.stem) if taken else plain
            _create(file, json.dumps(bare, ensure_ascii=False, indent=1) + "\n")
            result.append(WorkCopy(plain.name, file, "beside" if taken else "new"))
        return result
    except OSError as error:
        why = "the disk is full" if error.errno == errno.ENOSPC else error.strerror or str(error)
        raise LabError(
            f"Your copies of the lessons cannot be written to {work}: {why}. Make room or ask for "
            "the right to write there, then run the same command again. Copies that you had are "
            "unchanged."
        ) from error


def tell(copies: list[WorkCopy]) -> list[str]:
    """What the learner should know about the copies, one line each."""
    lines = []
    made = [c for c in copies if c.state == "new"]
    if made:
        lines.append(f"✓ {len(made)} lesson(s) copied to {made[0].path.parent} for you.")
    for c in copies:
        if c.state == "beside":
            lines.append(
                f"! {c.lesson} has changed since your copy was made. The new version stands "
                f"beside it as {c.path.name}; your copy is as you left it."
            )
    return lines


def headless() -> bool:
    """Whether no browser can be opened here: a server, a container, a remote shell."""
    if os.environ.get("SSH_CONNECTION"):
        return True
    if not sys.platform.startswith("linux"):
        return False
    in_windows = "WSL_DISTRO_NAME" in os.environ  # opens the browser of the Windows around it
    return not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or in_windows)


def jupyter_environment() -> dict[str, str]:
    """Variables for JupyterLab: the kernel of this environment wins over one of the user's.

    Another project may have left a kernel that is also called python3 in the user's folder. And
    no question about Jupyter's news lies over the first lesson: our page_config.json leaves that
    part of JupyterLab out (`LabApp.news_url=None` does not, it only answers with no news).
    """
    own = str(Path(__file__).parent / "jupyter")
    found = os.environ.get("JUPYTER_CONFIG_PATH")
    return {
        **os.environ,
        "JUPYTER_PREFER_ENV_PATH": "1",
        "JUPYTER_CONFIG_PATH": os.pathsep.join([own, found] if found else [own]),
    }


def command(page: Path, root: Path, browser: bool, port: int | None = None) -> list[str]:
    """The command line that starts JupyterLab with `page` open."""
    words = [sys.executable, "-m", "jupyterlab"]
    words += [f"--ServerApp.root_dir={root}", "--log-level=WARN"]
    words += [f"--LabApp.default_url=/lab/tree/{page.relative_to(root).as_posix()}"]
    if not browser:
        words.append("--no-browser")
    if port is not None:
        words += [f"--ServerApp.port={port}", "--ServerApp.port_retries=0"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        words.append("--allow-root")  # containers and course servers; JupyterLab refuses otherwise
    return words


def _address(pid: int, page: str) -> str | None:
    from jupyter_server.serverapp import list_running_servers

    for server in list_running_servers():
        if server["pid"] == pid:
            token = f"?token={server['token']}" if server["token"] else ""
            return f"{server['url']}lab/tree/{page}{token}"
    return None


def start(page: Path, *, browser: bool | None = None, port: int | None = None) -> int:
    """Run JupyterLab with `page` open until the learner stops it, and print its address.

    Parameters
    ----------
    page : Path
        The notebook to open, inside the course's folder.
    browser : bool, optional
        Open a browser; by default wherever there is one.
    port : int, optional
        By default the first free port from 8888.

    Returns
    -------
    int
        JupyterLab's exit code.

    Raises
    ------
    LabError
        When JupyterLab is not installed or does not start.
    """
    import importlib.util

    if importlib.util.find_spec("jupyterlab") is None:
        raise LabError("JupyterLab is not installed here. Run `make lab` in the course's folder.")
    browser = not headless() if browser is None else browser
    root = lessons.course_folder()
    server = subprocess.Popen(
        command(page, root, browser, port), cwd=root, env=jupyter_environment()
    )

    def stop(number: int, _frame: object) -> None:
        server.terminate()

    signal.signal(signal.SIGTERM, stop)
    # Ctrl-C reaches JupyterLab too, which asks whether to stop; this process waits for the answer.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    address = None
    while address is None and server.poll() is None:
        time.sleep(0.2)
        address = _address(server.pid, page.relative_to(root).as_posix())
    if address is None:
        raise LabError("JupyterLab did not start; its own words stand above.")
    print(
        f"\nJupyterLab is ready. If no browser opens, open this address in one:\n"
        f"  {address}\nTo stop: press Ctrl-C here, then y.\n",
        flush=True,
    )
    return server.wait()
