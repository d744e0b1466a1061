"""What a class handed in: notebooks, those in zip files, and what is none and whose row says why.

Nothing vanishes. What a person put there becomes a `HandIn`, with its problem where it cannot be
marked. What no person put there (`nobodys`) is passed over and counted: the shadows that macOS
adds, checkpoints, bins, hidden folders.

A zip is never unpacked: the notebooks in it are copied out, one by one, under names of our own. So
no name in it leads anywhere, and what is unpacked is counted as it comes, whatever the zip says.
"""

from __future__ import annotations

import glob
import itertools
import json
import os
import re
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from medlearn import lessons
from medlearn.exercises import all_lessons
from medlearn.language import _
from medlearn_classroom import ClassroomError

__all__ = ["LARGEST_FILE", "HandIn", "HandIns", "find", "looked_at", "nobodys", "read"]

LARGEST_FILE = 50_000_000
MOST_FILES, MOST_BYTES, DEEPEST = 5_000, 1_000_000_000, 3
"""Of a zip: the entries that are looked at, the bytes that are copied, zips within zips."""

_ARCHIVES = (".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz")
_NOBODYS = re.compile(r"\.|__MACOSX$|__pycache__$|~\$|Thumbs\.db$|desktop\.ini$", re.IGNORECASE)


def nobodys(name: str) -> bool:
    """Whether no person made a file or folder of this name: hidden, or made by a program.

    Examples
    --------
    >>> [nobodys(name) for name in ("__MACOSX", ".Trash-1000", "._01.ipynb", "ada")]
    [True, True, True, False]
    """
    return _NOBODYS.match(name) is not None


@dataclass(frozen=True)
class HandIn:
    """One thing that was handed in.

    Attributes
    ----------
    path : Path
        Where it can be read.
    shown : str
        Where a person finds it, such as "in/ada.zip/01.ipynb".
    parts : tuple of str
        The folders below what was named, then its own name. A zip is a folder.
    problem : str or None
        Why it cannot be marked.
    beside : bool
        It is no notebook and no attempt at one: worth a word only where its learner handed in
        nothing else.
    above : str
        The folder, or the zip, that holds the first part.
    """

    path: Path
    shown: str
    parts: tuple[str, ...]
    problem: str | None = None
    beside: bool = False
    above: str = ""


@dataclass
class HandIns:
    """All that was found, and how much was passed over, by the name that says why."""

    found: list[HandIn] = field(default_factory=list)
    passed_over: Counter[str] = field(default_factory=Counter)


def _notebook_by_name(name: str) -> bool:
    return re.search(r"\.ipynb(\.(txt|json))?$", name, re.IGNORECASE) is not None


def _why_not(name: str) -> tuple[str, bool]:
    """Of a file that is no notebook: what it is, and whether it may only lie beside one."""
    lower = name.lower()
    if lower.endswith(".py"):
        return _("a Python file, not the notebook: the notebook ends in .ipynb"), False
    if lower.endswith(_ARCHIVES):
        return _("an archive that is not opened here: unpack it, or ask for a zip"), False
    return _("no notebook (*.ipynb)"), True


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


class _Search:
    def __init__(self, scratch: Path) -> None:
        self.all = HandIns()
        self.scratch, self.numbers = scratch, itertools.count(1)

    def add(self, path: Path, shown: str, parts: tuple[str, ...], above: str, **more: Any) -> None:
        parts = tuple(map(_nfc, parts))
        self.all.found.append(HandIn(path, shown, parts, above=_nfc(above), **more))

    def folder(self, folder: Path, shown: str, parts: tuple[str, ...], above: str) -> None:
        """Everything in a folder, in the order of the names; links to folders are not followed."""
        try:
            inside = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            why = _("cannot be read: {why}").format(why=error.strerror or error)
            self.add(folder, shown, parts, above, problem=why)
            return
        before = len(self.all.found)
        for entry in inside:
            path, name = Path(entry.path), entry.name
            if nobodys(name):
                self.all.passed_over[_kind(name)] += 1
            elif entry.is_dir():
                if entry.is_symlink():
                    self.all.passed_over[_("links to folders")] += 1
                else:
                    self.folder(path, f"{shown}/{name}", (*parts, name), above)
            else:
                self.file(path, f"{shown}/{name}", (*parts, name), above)
        if len(self.all.found) == before and parts:
            self.add(folder, shown, parts, above, problem=_("an empty folder"))

    def file(self, path: Path, shown: str, parts: tuple[str, ...], above: str, depth: int = 0):
        """One file: a notebook, a zip of them, or something else."""
        name = parts[-1]
        if _notebook_by_name(name):
            self.add(path, shown, parts, above)
        elif name.lower().endswith(".zip"):
            self.zip(path, shown, (*parts[:-1], name[: -len(".zip")]), above, depth)
        elif name.lower().endswith((".json", ".txt")) and read(path)[1] is None:
            self.add(path, shown, parts, above)
        else:
            problem, beside = _why_not(name)
            self.add(path, shown, parts, above, problem=problem, beside=beside)

    def zip(self, path: Path, shown: str, parts: tuple[str, ...], above: str, depth: int) -> None:
        """The notebooks in a zip."""
        before = len(self.all.found)
        try:
            if depth >= DEEPEST:
                raise ValueError(_("zips within zips within zips"))
            with zipfile.ZipFile(path) as archive:
                self._entries(archive, shown, parts, above, depth)
        except (zipfile.BadZipFile, EOFError) as error:
            why = _("a damaged zip: {why}").format(why=error)
            self.add(path, shown, parts, above, problem=why)
        except (OSError, ValueError, RuntimeError, NotImplementedError) as error:
            why = _("a zip that cannot be opened: {why}").format(why=error)
            self.add(path, shown, parts, above, problem=why)
        else:
            if len(self.all.found) == before:
                self.add(path, shown, parts, above, problem=_("a zip without a notebook"))

    def _entries(
        self,
        archive: zipfile.ZipFile,
        shown: str,
        parts: tuple[str, ...],
        above: str,
        depth: int,
    ) -> None:
        left = MOST_BYTES
        entries = sorted(archive.infolist(), key=lambda entry: entry.filename)
        if len(entries) > MOST_FILES:
            raise ValueError(_("it holds more than {most} files").format(most=MOST_FILES))
        for entry in entries:
            whole = PurePosixPath(entry.filename.replace("\\", "/"))
            names = [n for n in whole.parts if n not in ("/", "..") and not n.endswith(":")]
            if entry.is_dir() or not names:
                continue
            if hidden := next((name for name in names if nobodys(name)), None):
                self.all.passed_over[_kind(hidden)] += 1
                continue
            name, here, inner = names[-1], f"{shown}/{'/'.join(names)}", (*parts, *names)
            if not (_notebook_by_name(name) or name.lower().endswith(".zip")):
                problem, beside = _why_not(name)
                self.add(Path(here), here, inner, above, problem=problem, beside=beside)
                continue
            copy = self.scratch / f"{next(self.numbers)}{Path(name).suffix}"
            left -= _copied(archive, entry, copy, left)
            self.file(copy, here, inner, above, depth + 1)


def _kind(name: str) -> str:
    """A hidden name without what differs from machine to machine."""
    return "._*" if name.startswith("._") else re.sub(r"-\d+$", "-*", name)


def _copied(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, copy: Path, most: int) -> int:
    """Copy one entry, and count as it comes: what the zip says of its size may be a lie."""
    count = 0
    with archive.open(entry) as stream, copy.open("wb") as out:
        while block := stream.read(2**20):
            count += len(block)
            if count > most:
                said = _("more than {most} MB when unpacked")
                raise ValueError(said.format(most=MOST_BYTES // 10**6))
            out.write(block)
    return count


def read(path: Path) -> tuple[Any, str | None]:
    """A notebook, or what else the file holds and why it cannot be marked."""
    try:
        if not path.is_file():
            return None, _("this is no file") if path.exists() else _("no such file")
        size = path.stat().st_size
        if size == 0:
            return None, _("the file is empty")
        if size > LARGEST_FILE:
            said = _("larger than {most} MB: clear its outputs and save again")
            return None, said.format(most=LARGEST_FILE // 10**6)
        content = path.read_bytes()
    except OSError as error:
        return None, _("cannot be read: {why}").format(why=error.strerror or error)
    try:
        notebook = json.loads(content)
        return notebook, lessons.problem(notebook)
    except (ValueError, RecursionError, MemoryError):
        if re.search(rb"^<{7}(?s:.*)^={7}(?s:.*)^>{7}", content, re.MULTILINE):
            return None, _("two versions in one file (<<<<<<<): its author has to choose one")
        return None, _("no notebook: the file holds no JSON (half saved, or something else)")


def looked_at(one: HandIn, stems: Sequence[str]) -> tuple[str | None, str | None]:
    """The number of the lesson of what was handed in, and why it cannot be marked.

    Parameters
    ----------
    one : HandIn
    stems : sequence of str
        The lessons' names.
    """
    notebook, problem = (None, one.problem) if one.problem else read(one.path)
    if problem:
        return None, problem
    return lessons.origin(notebook, one.parts[-1], all_lessons(), stems), None


def _named(files: Iterable[str | Path]) -> Iterator[Path]:
    """What was named, and what a pattern stands for that the shell left as it is."""
    for given in files:
        if not Path(given).exists() and glob.has_magic(str(given)):
            matches = sorted(glob.glob(str(given), recursive=True))
            if not matches:
                raise ClassroomError(_("Nothing is called {name}.").format(name=given))
            yield from map(Path, matches)
        else:
            yield Path(given)


def find(files: Iterable[str | Path], scratch: Path) -> HandIns:
    """All that was handed in.

    Parameters
    ----------
    files : iterable of str or Path
        Notebooks, zips, folders of them, or patterns.
    scratch : Path
        A folder for copies of what lies in zips. Keep it until all is marked.

    Returns
    -------
    HandIns
        Each thing once, however often it was named, in the order of the names.

    Raises
    ------
    ClassroomError
        When nothing was named, or when there is nothing to mark.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as scratch:
    ...     for name in ("ada/01.ipynb", "bob/01.IPYNB", "bob/.Trash-1000/01.ipynb"):
    ...         file = Path(folder, name)
    ...         file.parent.mkdir(parents=True, exist_ok=True)
    ...         file.touch()
    ...     all = find([folder], Path(scratch))
    >>> [one.parts for one in all.found], dict(all.passed_over)
    ([('ada', '01.ipynb'), ('bob', '01.IPYNB')], {'.Trash-*': 1})
    """
    search, single = _Search(scratch), []
    for path in dict.fromkeys(_named(files)):
        if path.is_dir():
            before = len(search.all.found)
            search.folder(path, str(path), (), path.resolve().name)
            if len(search.all.found) == before:
                said = _("There are no notebooks (*.ipynb) in {folder}.")
                raise ClassroomError(said.format(folder=path))
        elif path.name.lower().endswith(".zip") and path.is_file():
            search.zip(path, str(path), (), path.name[: -len(".zip")], 0)
        else:
            single.append(path)
    if single:
        shared = Path(os.path.commonpath([path.absolute().parent for path in single]))
        for path in single:
            parts = path.absolute().relative_to(shared).parts
            if path.exists():
                search.file(path, str(path), parts, shared.name)
            else:
                search.add(path, str(path), parts, shared.name, problem=_("no such file"))
    if not search.all.found:
        raise ClassroomError(_("There is nothing to mark: name notebooks, or folders of them."))
    once: dict[Path, HandIn] = {}
    for one in search.all.found:
        once.setdefault(Path(one.shown).absolute(), one)
    search.all.found = list(once.values())
    return search.all
