"""Where the learner works: own copies of the lessons in `work/`, opened in JupyterLab.

The lessons in `notebooks/` are executed and belong to the course; a learner writes in copies
without outputs. A copy is made once and never touched again. It remembers the lesson and the
version that it was made from in its own metadata, so that it is recognised after it was renamed
or moved inside `work/`. When the lesson has changed, a renewed copy with the learner's answers is
put beside it under another name (see `medlearn.renewal`).
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from medlearn import changelog, files, hidden, lessons, renewal, surroundings
from medlearn.language import _, ngettext
from medlearn.lessons import Lesson
from medlearn.renewal import Memory, Renewal

__all__ = ["Copies", "LabError", "WorkCopy", "copy_lessons", "start", "tell"]


class LabError(RuntimeError):
    """The copies or JupyterLab could not be made ready; the text says what to do."""


class WorkCopy(NamedTuple):
    """What became of one lesson: "new", "kept" or "beside" (a new version next to yours).

    `old` is the copy from which the answers come, and `says` what the learner should know of it.
    """

    lesson: str
    path: Path
    state: str
    old: Path | None = None
    says: tuple[str, ...] = ()


_MOST_TOLD = 3
"""Files that could not be read and are named; further ones are counted."""


class Copies(list[WorkCopy]):
    """One for each lesson, in order; `unread` are the learner's files that could not be read."""

    unread: tuple[tuple[Path, str], ...] = ()


class _Owned(NamedTuple):
    """A copy that lies in `work/` already."""

    file: Path
    lesson: Lesson
    version: str
    memory: Memory

    def age(self) -> tuple[int, tuple[int, ...], str]:
        """Grows with the time of saving, then with the version, then with the name's number."""
        saved = self.file.stat().st_mtime_ns
        return saved, changelog.number(self.memory.course), self.file.name


def _create(file: Path, text: str) -> None:
    """Write a new file whole or not at all, and never over another."""
    # Half a character, which UTF-8 has no bytes for, becomes the escape that JSON has for it.
    name = files.write_beside(file, text.encode("utf-8", "backslashreplace"))
    try:
        try:
            os.link(name, file)
        except FileExistsError:
            raise
        except OSError:  # a file system without links, such as a USB stick's
            if os.path.lexists(file):
                why = os.strerror(errno.EEXIST)
                raise FileExistsError(errno.EEXIST, why, str(file)) from None
            os.rename(name, file)
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)


def _free_name(folder: Path, stem: str) -> Path:
    number = 1
    while True:
        file = folder / f"{stem}_new{number if number > 1 else ''}.ipynb"
        if not os.path.lexists(file):
            return file
        number += 1


def _owned(
    work: Path, course: dict[str, Lesson]
) -> tuple[dict[str, list[_Owned]], list[tuple[Path, str]]]:
    """Number of a lesson → the learner's copies of it, and what could not be read.

    Other people's files are passed over.
    """
    names = {lesson.path.name for lesson in course.values()}
    owned: dict[str, list[_Owned]] = {}
    unread = []
    for file in lessons.notebooks_below(work):
        try:
            notebook, why = lessons.read_notebook(file), _("it is no notebook")
        except OSError as error:
            notebook, why = None, error.strerror or str(error)
        if notebook is None:
            if not (file.parent == work and file.name in names):  # a copy beside it says so
                unread.append((file, why))
            continue
        copy = lessons.parse(notebook, file)
        own = notebook["metadata"].get("medlearn")
        origin = own.get("copy_of") if isinstance(own, dict) else None
        if isinstance(origin, dict):
            name, version = str(origin.get("lesson")), str(origin.get("version"))
        elif file.name in names:  # copied by hand
            name, version = file.name, copy.version
        else:
            continue
        owned.setdefault(name[:2], []).append(_Owned(file, copy, version, Memory.of(origin)))
    return owned, unread


def _write_copy(lesson: Lesson, notebook: dict[str, Any], file: Path) -> None:
    notebook["metadata"].setdefault("medlearn", {})["copy_of"] = renewal.remember(lesson)
    _create(file, json.dumps(notebook, ensure_ascii=False, indent=1) + "\n")


def copy_lessons(notebooks: Path | None = None, work: Path | None = None) -> Copies:
    """Give the learner a copy of each lesson that has none of this version yet.

    A copy that was deleted is made again: that is how a learner starts a lesson over. A copy that
    was renamed or moved within `work` counts as the learner's copy. Where the lesson has changed
    since, a renewed copy is made, with the answers from the copy that was saved last.

    Parameters
    ----------
    notebooks, work : Path, optional
        The course's lessons and the learner's folder; by default those of this course.

    Returns
    -------
    Copies
        One for each lesson, in order, with the file to open.

    Raises
    ------
    LabError
        When the folder cannot be read or written (rights, full disk). Nothing is half written.
    LessonError
        When a lesson of the course is damaged or there twice.
    """
    for _attempt in range(3):
        with contextlib.suppress(FileExistsError):  # made by another command in the same moment
            return _copy_lessons(notebooks, work)
    return _copy_lessons(notebooks, work)


def _copy_lessons(notebooks: Path | None, work: Path | None) -> Copies:
    course = lessons.find(notebooks)
    folder = notebooks.parent if notebooks else lessons.course_folder()
    releases = changelog.read(folder / "CHANGELOG.md")
    work = work or lessons.course_folder() / "work"
    try:
        work.mkdir(exist_ok=True)
        owned, unread = _owned(work, course)
        result = Copies()
        for lesson in course.values():
            plain = work / lesson.path.name
            mine = owned.get(lesson.number, [])
            current = [copy.file for copy in mine if copy.version == lesson.version]
            if current:
                # The plain name first, should a learner hold several copies of one version.
                file = plain if plain in current else current[0]
                result.append(WorkCopy(plain.name, file, "kept"))
            elif mine:
                old = max(mine, key=_Owned.age)
                renewed = renewal.renew(old.lesson, old.memory, lesson)
                file = _free_name(work, lesson.stem)
                _write_copy(lesson, renewed.notebook, file)
                changes = changelog.since(old.memory.course, lesson.number, releases)
                says = (*_about_answers(renewed, old, len(mine), work), *renewed.news(changes))
                result.append(WorkCopy(plain.name, file, "beside", old.file, says))
            else:
                taken = os.path.lexists(plain)
                file = _free_name(work, lesson.stem) if taken else plain
                _write_copy(lesson, lessons.strip(lesson.notebook), file)
                result.append(WorkCopy(plain.name, file, "beside" if taken else "new"))
        result.unread = tuple(unread)
        return result
    except OSError as error:
        if isinstance(error, FileExistsError) and work.is_dir():
            raise
        why = _("the disk is full") if error.errno == errno.ENOSPC else error.strerror or str(error)
        raise LabError(
            _(
                "Your copies of the lessons cannot be written to {work}: {why}. Make room or ask "
                "for the right to write there, then run the same command again. Copies that you "
                "had are unchanged."
            ).format(work=work, why=why)
        ) from error


def _about_answers(renewed: Renewal, old: _Owned, copies: int, work: Path) -> Iterator[str]:
    """Which answers went along, and what the old copy alone holds."""
    name = old.file.relative_to(work).as_posix()
    if copies > 1:
        words = _("{name} (of your {copies} copies the one that was saved last)")
        name = words.format(name=name, copies=copies)
    if renewed.kept:
        yield _("It holds your answers ({kept}) from {name}.").format(
            kept=", ".join(renewed.kept), name=name
        )
    elif renewed.stays:
        yield _("No answer could go along from {name}.").format(name=name)
    else:
        yield _("You had filled in no exercise in {name}.").format(name=name)
    if left := renewed.left():
        yield _("Only there: {left}.").format(left=", ".join(left))


def tell(copies: list[WorkCopy]) -> list[str]:
    """What the learner should know about the copies; a few lines for a lesson that has changed."""
    lines = []
    made = [c for c in copies if c.state == "new"]
    if made:
        lines.append(
            ngettext(
                "✓ {n} lesson copied to {folder} for you.",
                "✓ {n} lessons copied to {folder} for you.",
                len(made),
            ).format(n=len(made), folder=made[0].path.parent)
        )
    for c in copies:
        if c.state == "beside" and c.old:
            lines.append(
                _(
                    "! {lesson} has changed. Your copy is as you left it; beside it stands a new "
                    "one: {name}"
                ).format(lesson=c.lesson, name=c.path.name)
            )
            lines += [f"    {line}" for line in c.says]
        elif c.state == "beside":
            lines.append(
                _(
                    "! {lesson} in {folder} is no notebook that can be read; it is left as "
                    "it is. A fresh copy of the lesson stands beside it: {name}"
                ).format(lesson=c.lesson, folder=c.path.parent, name=c.path.name)
            )
    unread = getattr(copies, "unread", ())
    for file, why in unread[:_MOST_TOLD]:
        lines.append(_("! {file} is left as it is: {why}.").format(file=file, why=why))
    if more := len(unread[_MOST_TOLD:]):
        words = ngettext("! So is {n} other file.", "! So are {n} other files.", more)
        lines.append(words.format(n=more))
    for folder in sorted({c.path.parent for c in copies}):
        hides = surroundings.hidden_files(hidden.beside(str(folder)))
        lines += [f"! {line}." for line in hides]
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
        **surroundings.without(dict(os.environ)),
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
        raise LabError(
            _("JupyterLab is not installed here. Run `make lab` in the course's folder.")
        )
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
        raise LabError(_("JupyterLab did not start; its own words stand above."))
    print(
        _(
            "\nJupyterLab is ready. If no browser opens, open this address in one:\n"
            "  {address}\nTo stop: press Ctrl-C here, then y.\n"
        ).format(address=address),
        flush=True,
    )
    return server.wait()
