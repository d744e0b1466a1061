"""What a lesson is: found and read in this one place.

A lesson is a notebook `NN_name.ipynb` in `notebooks/` (in another language, in a folder below it).
What is known of it stands in the notebook itself: facts of its header in `metadata.medlearn`,
sections in `##` headings with a tag, exercises in cells tagged `exercise:NAME` and `check:NAME`.
Everything else that speaks of lessons asks here: the learner's copies, marks, the tools, the tests.
"""

from __future__ import annotations

import ast
import copy
import hashlib
import json
import os
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from medlearn.language import _
from medlearn.records import Reader

__all__ = [
    "BLOCKS",
    "LANGUAGE",
    "LARGEST",
    "PAGES",
    "PARTS",
    "Facts",
    "Lesson",
    "LessonError",
    "LessonsNotHere",
    "Section",
    "course_folder",
    "find",
    "headings",
    "notebooks_below",
    "origin",
    "parse",
    "problem",
    "read",
    "read_notebook",
    "strip",
    "tagged",
    "tags_of",
    "text_of",
    "used_in",
]

LANGUAGE = "en"
"""The language of the lessons that stand in `notebooks/` itself."""

BLOCKS = {"basics": "00", "methods": "05", "uses": "12", "trust": "15"}
"""The parts that a class may take alone: name → its first lesson. Each goes on to the next."""

PARTS = ("case", "aims", "clinic", "recap", "next", "references")
"""The sections without a number that every lesson has, by their tags, in order."""

LARGEST = 200_000_000
"""Bytes beyond which a file is not read as a notebook."""

PAGES = "teaching/lessons"
"""Where each lesson has a page for its teacher, in the folder of the course."""

_FILE = re.compile(r"(\d\d)_[a-z0-9]+(?:_[a-z0-9]+)*\.ipynb")


class LessonError(RuntimeError):
    """A lesson is missing, damaged or there twice; the text says what to do."""


class LessonsNotHere(LessonError):
    """medlearn was installed without the lessons, as on Colab."""


# --- cells ---------------------------------------------------------------------------------------


def text_of(cell: Mapping[str, Any]) -> str:
    """The text of a notebook's cell, which may be kept as one text or as a list of lines.

    Raises
    ------
    KeyError
        When the cell has none.

    Examples
    --------
    >>> text_of({"cell_type": "code", "source": ["a = 1\\n", "a"]})
    'a = 1\\na'
    """
    return "".join(cell["source"])


def tags_of(cell: Mapping[str, Any]) -> list[str]:
    """The tags of a cell.

    Examples
    --------
    >>> tags_of({"metadata": {"tags": ["core"]}}), tags_of({})
    (['core'], [])
    """
    return [str(tag) for tag in (cell.get("metadata") or {}).get("tags") or []]


def tagged(cell: Mapping[str, Any], kind: str) -> str | None:
    """What follows `kind:` in a tag of this cell, as in "exercise:neuron"; None without such a tag.

    Examples
    --------
    >>> tagged({"metadata": {"tags": ["core", "exercise:neuron"]}}, "exercise")
    'neuron'
    """
    found = (tag for tag in tags_of(cell) if tag.startswith(f"{kind}:"))
    # Python writes the name of an exercise with "ö" as one sign, an editor perhaps as two.
    return next((unicodedata.normalize("NFC", tag.removeprefix(f"{kind}:")) for tag in found), None)


# --- notebooks -----------------------------------------------------------------------------------


def problem(notebook: Any) -> str | None:
    """Why this is no notebook that could be read, or None when it is one.

    Parameters
    ----------
    notebook : object
        What a file held, as JSON.

    Examples
    --------
    >>> problem({"cells": "?"})
    'no notebook: it has no list of cells'
    >>> problem({"cells": [], "metadata": {}}) is None
    True
    """
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        if isinstance(notebook, dict) and "worksheets" in notebook:
            return _("a notebook of an old format: open it in JupyterLab and save it again")
        return _("no notebook: it has no list of cells")
    for number, cell in enumerate(notebook["cells"], start=1):
        try:
            fine = cell["cell_type"] in ("code", "markdown", "raw")
            text_of(cell), tags_of(cell)  # asked for later, too
        except (TypeError, KeyError, AttributeError):
            fine = False
        if not fine:
            return _("no notebook: its cell {number} has no kind or no text").format(number=number)
    return None


def read_notebook(file: Path) -> dict[str, Any] | None:
    """A notebook as JSON holds it, or None for a file that is none (half saved, something else).

    A byte order mark, which some editors put first, is no part of the text. What is larger than
    `LARGEST` is no notebook that could be worked with.

    Raises
    ------
    OSError
        When the file cannot be read.
    """
    if file.stat().st_size > LARGEST:
        return None
    try:
        notebook = json.loads(file.read_text(encoding="utf-8-sig"))
        copy.deepcopy(notebook)  # what is nested too deeply for this stops somebody later
    except (ValueError, RecursionError, MemoryError):
        return None
    usable = problem(notebook) is None and isinstance(notebook.get("metadata"), dict)
    return notebook if usable else None


def notebooks_below(folder: Path) -> Iterator[Path]:
    """The notebooks that somebody keeps in a folder and below it, in order.

    Hidden files and folders (checkpoints, trash, links of an editor) are nobody's, nor is what a
    Mac packs beside the files; what is no file, such as a folder with the name of a notebook or a
    link to nowhere, is none. Links to folders are not followed, and what may not be looked into is
    passed over.
    """
    found = []
    for top, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith((".", "__MACOSX"))]
        for name in names:
            path = os.path.join(top, name)
            if name.endswith(".ipynb") and not name.startswith(".") and os.path.isfile(path):
                found.append(Path(path))
    yield from sorted(found)


def strip(notebook: Mapping[str, Any]) -> dict[str, Any]:
    """A notebook as a learner should meet it: no outputs, counts, times or hidden results.

    Parameters
    ----------
    notebook : mapping
        A notebook as JSON holds it. It is not changed.

    Returns
    -------
    dict

    Examples
    --------
    >>> cell = {"cell_type": "code", "source": "1 + 1", "outputs": ["2"], "execution_count": 7}
    >>> strip({"cells": [{**cell, "metadata": {}}], "metadata": {}})["cells"][0]["outputs"]
    []
    """
    bare = copy.deepcopy(dict(notebook))
    bare.get("metadata", {}).pop("widgets", None)
    for cell in bare.get("cells", []):
        metadata = cell.get("metadata") or {}
        if cell.get("cell_type") == "code":
            cell["outputs"] = []
            cell["execution_count"] = None
            metadata.pop("execution", None)
            metadata.pop("collapsed", None)
            # The answer to "predict before you run" is folded away in the course's copy only.
            if isinstance(metadata.get("jupyter"), dict):
                metadata["jupyter"].pop("outputs_hidden", None)
            if metadata.get("jupyter") == {}:
                del metadata["jupyter"]
        metadata.pop("trusted", None)
    return bare


def headings(notebook: Mapping[str, Any]) -> Iterator[tuple[int, str]]:
    """Each `##` heading outside fenced code, with the index of its cell.

    Examples
    --------
    >>> cell = {"cell_type": "markdown", "source": "## Recap\\n```\\n## no heading\\n```"}
    >>> list(headings({"cells": [cell]}))
    [(0, 'Recap')]
    """
    for index, cell in enumerate(notebook["cells"]):
        if cell["cell_type"] != "markdown":
            continue
        fenced = False
        for line in text_of(cell).splitlines():
            if line.lstrip().startswith("```"):
                fenced = not fenced
            elif not fenced and line.startswith("## "):
                yield index, line[3:].strip()


# --- lessons -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Facts:
    """What the header of a lesson says, as it stands in `metadata.medlearn`.

    Attributes
    ----------
    lesson : str
        The number, as in the file's name.
    title, question : str
        The question is the one that the lesson answers.
    minutes : int
        For the core, of a reader who meets it for the first time.
    before : str
        What to know.
    fits : str
        How many models it may fit, in words.
    seed : int
        For its random numbers.
    keras : bool
        Whether it trains a network.
    packages : tuple of str
        Packages that Colab lacks, as pip writes them.
    seconds_band, memory_band : int or None
        Measured: fewer seconds and megabytes than these. None before the first run.
    slow_because : str
        Why it takes more than 90 s, when it does.
    """

    lesson: str
    title: str
    question: str
    minutes: int
    before: str
    fits: str
    seed: int = 0
    keras: bool = False
    packages: tuple[str, ...] = ()
    seconds_band: int | None = None
    memory_band: int | None = None
    slow_because: str = ""

    @classmethod
    def of(cls, notebook: Mapping[str, Any], name: str) -> Facts:
        """The facts of a notebook.

        Raises
        ------
        LessonError
            When a fact is missing, unknown or of another type, and which.

        Examples
        --------
        >>> Facts.of({"metadata": {"medlearn": {"lesson": "99"}}}, "99_made_up").title
        Traceback (most recent call last):
            ...
        medlearn.lessons.LessonError: 99_made_up: metadata.medlearn: title: this field is missing.
        """
        found = dict((notebook.get("metadata") or {}).get("medlearn") or {})
        return Reader(f"{name}: metadata.medlearn", LessonError).record(cls, found)


@dataclass(frozen=True)
class Section:
    """What stands below one `##` heading, up to the next.

    Attributes
    ----------
    heading : str
        As written, with its number.
    number : int or None
        None for those that every lesson has.
    level : {"core", "deeper", ""}
        The tag of its heading; empty where there is none.
    part : str
        One of `PARTS`, the other tag that a heading may have; empty where there is none.
    cells : tuple of dict
        Its cells, the one with the heading first.
    """

    heading: str
    number: int | None
    level: str
    part: str
    cells: tuple[dict[str, Any], ...]

    @property
    def bracket(self) -> str:
        """What the heading ends in, such as " (deeper)"; empty without a bracket."""
        found = re.search(r" \([^()]*\)$", self.heading)
        return found[0] if found else ""

    @property
    def exercises(self) -> tuple[str, ...]:
        """The names of its exercises, in order."""
        return tuple(name for cell in self.cells if (name := tagged(cell, "exercise")))


@dataclass(frozen=True)
class Lesson:
    """One lesson: where it is, and what its notebook says.

    Attributes
    ----------
    path : Path
    language : str
        "en", or the folder below `notebooks/` in which it stands.
    notebook : dict
        As JSON holds it. Not to be changed: `strip` gives a copy.

    Examples
    --------
    >>> lesson = find()["01"]
    >>> lesson.facts.question
    'How does one neuron weigh evidence?'
    >>> lesson.exercises["neuron"], lesson.block
    ('core', 'basics')
    """

    path: Path
    language: str
    notebook: dict[str, Any]

    @property
    def number(self) -> str:
        """As in the file's name, for example "01"."""
        return self.path.name[:2]

    @property
    def block(self) -> str:
        """The name of its block, which follows from its number."""
        return [name for name, first in BLOCKS.items() if first <= self.number][-1]

    @property
    def stem(self) -> str:
        """The file's name without its ending."""
        return self.path.stem

    @property
    def page(self) -> str:
        """Where the page for its teacher stands, in the folder of the course."""
        return f"{PAGES}/{self.stem}.md"

    @cached_property
    def facts(self) -> Facts:
        """What the header says.

        Raises
        ------
        LessonError
            When a fact is missing or wrong, or when its number is not the file's.
        """
        facts = Facts.of(self.notebook, self.stem)
        if facts.lesson != self.number:
            raise LessonError(
                _(
                    "{name}: metadata.medlearn.lesson is {lesson!r}; expected "
                    "{number!r}, as in the file's name."
                ).format(name=self.path.name, lesson=facts.lesson, number=self.number)
            )
        return facts

    @property
    def cells(self) -> list[dict[str, Any]]:
        """The notebook's cells."""
        return self.notebook["cells"]

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """All that stands below a `##` heading, in order."""
        opening = list(headings(self.notebook))
        ends = [index for index, _ in opening[1:]] + [len(self.cells)]
        found = []
        for (index, heading), end in zip(opening, ends, strict=False):  # or there is no heading
            number = re.match(r"(\d+)\. ", heading)
            tags = tags_of(self.cells[index])
            level = next((tag for tag in ("core", "deeper") if tag in tags), "")
            part = next((tag for tag in PARTS if tag in tags), "")
            cells = tuple(self.cells[index:end])
            found.append(Section(heading, int(number[1]) if number else None, level, part, cells))
        return tuple(found)

    @property
    def core(self) -> tuple[Section, ...]:
        """The core sections: what a class does, and what the minutes are for."""
        return tuple(section for section in self.sections if section.level == "core")

    @property
    def exercises(self) -> dict[str, str]:
        """Exercise → "core" or "deeper", in order; "" outside a section that is either."""
        levels = {name: s.level for s in self.sections for name in s.exercises}
        return {name: levels.get(name, "") for name in self.stubs}

    @property
    def stubs(self) -> dict[str, dict[str, Any]]:
        """Exercise → the cell in which the learner answers."""
        return {name: cell for cell in self.cells if (name := tagged(cell, "exercise"))}

    @property
    def checks(self) -> dict[str, dict[str, Any]]:
        """Exercise → the cell that checks the answer."""
        return {name: cell for cell in self.cells if (name := tagged(cell, "check"))}

    @cached_property
    def data(self) -> tuple[str, ...]:
        """The data sets that it loads, in the order in which its code first does so."""
        from medlearn.datasets import DATASETS

        return tuple(name for name in self._sets if name in DATASETS)

    @property
    def online(self) -> tuple[str, ...]:
        """The data sets that it can fetch, and that do not ship."""
        return tuple(name for name in self._sets if name not in self.data)

    @cached_property
    def _sets(self) -> tuple[str, ...]:
        from medlearn.datasets.catalogue import module_of, names

        offered = {function: name for name in names() for function in module_of(name).__all__}
        called = dict.fromkeys(_calls(self.cells))
        return tuple(dict.fromkeys(offered[name] for name in called if name in offered))

    @cached_property
    def version(self) -> str:
        """One text for one version, whatever its outputs and its measured times.

        Left out is what needs no new copy: the header, which repeats the measurements, the links to
        other lessons, and the marks for slides.
        """
        generated = {"header", "links"}
        cells = [c for c in strip(self.notebook)["cells"] if not generated & {*tags_of(c)}]
        for cell in cells:
            (cell.get("metadata") or {}).pop("slideshow", None)
        return hashlib.sha256(json.dumps(cells, sort_keys=True).encode()).hexdigest()


def _calls(cells: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The names of the functions that code calls, in order, but for those of other packages."""
    elsewhere: set[str] = set()
    for cell in cells:
        try:
            tree = ast.parse(text_of(cell)) if cell["cell_type"] == "code" else ast.Module([], [])
        except SyntaxError:  # a %magic, which the lints refuse
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module:
                names = {alias.asname or alias.name for alias in node.names}
                ours = node.module.split(".")[0] == "medlearn"
                elsewhere = elsewhere - names if ours else elsewhere | names
        calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
        for function in sorted(calls, key=lambda func: (func.lineno, func.col_offset)):
            if isinstance(function, ast.Attribute):
                yield function.attr
            elif isinstance(function, ast.Name) and function.id not in elsewhere:
                yield function.id


def parse(notebook: dict[str, Any], path: Path, language: str = LANGUAGE) -> Lesson:
    """A lesson from a notebook that was read, or made, elsewhere; `path` is where it stands.

    Raises
    ------
    LessonError
        When it is no notebook.
    """
    if said := problem(notebook):
        raise LessonError(f"{path}: {said}.")
    return Lesson(path, language, notebook)


def read(path: Path, language: str = LANGUAGE) -> Lesson:
    """Read one lesson.

    Raises
    ------
    LessonError
        When there is no such file, or when it holds no notebook.

    Examples
    --------
    >>> read(Path("07_nowhere.ipynb"))
    Traceback (most recent call last):
        ...
    medlearn.lessons.LessonError: 07_nowhere.ipynb: there is no such lesson.
    """
    try:
        notebook = read_notebook(path)
    except FileNotFoundError:
        raise LessonError(_("{path}: there is no such lesson.").format(path=path)) from None
    except OSError as error:
        words = _("{path} cannot be read: {why}.")
        raise LessonError(words.format(path=path, why=error.strerror or error)) from None
    if notebook is None:
        raise LessonError(
            _(
                "{path} is no notebook. `git checkout -- {name}` in its folder brings it back."
            ).format(path=path, name=path.name)
        )
    return Lesson(path, language, notebook)


def course_folder() -> Path:
    """The folder of the course, which holds `notebooks/`.

    Raises
    ------
    LessonsNotHere
        When medlearn was installed without the lessons, as on Colab.
    """
    root = Path(__file__).resolve().parent.parent
    if not (root / "notebooks").is_dir():
        raise LessonsNotHere(
            _(
                "The lessons are not here: medlearn was installed without them. Clone the course "
                "and run this command in its folder."
            )
        )
    return root


def find(notebooks: Path | None = None, language: str = LANGUAGE) -> dict[str, Lesson]:
    """Every lesson, by number, in the order of the course.

    What is not called `NN_name.ipynb`, in small letters, is somebody's own file and passed over.

    Parameters
    ----------
    notebooks : Path, optional
        The folder of the lessons; by default that of this course.
    language : str
        "en", or the name of a folder below it. A language without a folder has no lessons.

    Returns
    -------
    dict of str to Lesson

    Raises
    ------
    LessonError
        When two lessons have one number, when a lesson is no notebook, or when medlearn was
        installed without the lessons.

    Examples
    --------
    >>> list(find())[:3]
    ['00', '01', '02']
    """
    folder = notebooks or course_folder() / "notebooks"
    if language != LANGUAGE:
        folder = folder / language
    found: dict[str, Lesson] = {}
    for path in sorted(folder.glob("*.ipynb")):
        if not _FILE.fullmatch(path.name) or path.is_dir():
            continue
        lesson = read(path, language)
        if lesson.number in found:
            raise LessonError(
                _(
                    "Two lessons in {folder} have the number {number}: {first} and {second}. "
                    "Move yours to work/, or give it another number."
                ).format(
                    folder=folder,
                    number=lesson.number,
                    first=found[lesson.number].path.name,
                    second=path.name,
                )
            )
        found[lesson.number] = lesson
    return found


def used_in(course: Mapping[str, Lesson]) -> dict[str, list[str]]:
    """Data set → the numbers of the lessons that load or fetch it.

    Examples
    --------
    >>> "08" in used_in(find())["movements"]
    True
    """
    used: dict[str, list[str]] = {}
    for lesson in course.values():
        for name in (*lesson.data, *lesson.online):
            used.setdefault(name, []).append(lesson.number)
    return used


def origin(
    notebook: dict[str, Any], name: str, numbers: Collection[str], stems: Collection[str] = ()
) -> str | None:
    """The number of the lesson that a learner's notebook is a copy of, or None.

    Asked in turn: what the notebook remembers, the file's name, the title of its first cells.

    Parameters
    ----------
    notebook : dict
        In which `problem` found none.
    name : str
        Of its file.
    numbers, stems : collection of str
        Those that the course has: "01", and "01_neurons_and_activations" as in the files' names.

    Examples
    --------
    >>> title = {"cell_type": "markdown", "source": "# 01 · Neurons and activations"}
    >>> origin({"cells": [title], "metadata": {}}, "Untitled.ipynb", ["00", "01"])
    '01'
    """
    metadata = notebook.get("metadata")
    own = metadata.get("medlearn") if isinstance(metadata, dict) else None
    own = own if isinstance(own, dict) else {}
    copied = own.get("copy_of")
    copied = copied.get("lesson") if isinstance(copied, dict) else None
    titles = [text_of(c) for c in notebook["cells"][:5] if c["cell_type"] == "markdown"]
    titles = [t.lstrip("# ") for title in titles for t in title.splitlines() if t.startswith("# ")]
    named = [stem for stem in stems if stem in unicodedata.normalize("NFC", name)]
    for candidate in (own.get("lesson"), copied, *named, *titles, name):
        number = re.match(r"\d\d(?!\d)", candidate) if isinstance(candidate, str) else None
        if number and number[0] in numbers:
            return number[0]
    return None
