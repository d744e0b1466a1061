"""MedMNIST: twelve public sets of small medical images, fetched by name.

All that is known of them stands in ``data/medmnist.toml``, under the keys of the package medmnist:
how many images, what the labels mean, under which licence, where they lie and with which checksum;
and, apart from that, what this course adds: published scores, known flaws. The files are read with
NumPy, because that package brings PyTorch along.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from medlearn.datasets import catalogue
from medlearn.datasets.catalogue import OnlineFile
from medlearn.datasets.errors import DataError
from medlearn.datasets.storage import read_fetched
from medlearn.language import _
from medlearn.records import Reader

if TYPE_CHECKING:
    import numpy as np
    from sklearn.utils import Bunch

__all__ = ["fetch_medmnist"]

SIZES = (28, 64, 128, 224)
_PARTS = {"train": "train", "val": "validation", "test": "test"}  # the file's words and ours


@dataclass(frozen=True)
class Ours:
    """What this course adds to one set.

    Attributes
    ----------
    shows : str
        What the images show.
    published : mapping of str to float
        ``auc`` and ``accuracy`` of a ResNet-18 on 28 × 28 pixels in the publication.
    flaws : tuple of str
        Known flaws.
    labels : tuple of str
        Plainer names for the labels; empty where medmnist's are plain.
    """

    shows: str
    published: Mapping[str, float]
    flaws: tuple[str, ...]
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Info:
    """One set, under the keys of medmnist's ``INFO``.

    Attributes
    ----------
    python_class : str
        Its name, "PathMNIST".
    url, MD5, url_64, MD5_64, url_128, MD5_128, url_224, MD5_224 : str
        Address and MD5 of the file with images of 28, 64, 128 and 224 pixels a side.
    task : str
        "multi-class", "binary-class", "ordinal-regression" or "multi-label, binary-class".
    label : mapping of int to str
        medmnist's name of each label.
    n_channels : int
        1 grey, 3 colour.
    n_samples : mapping of str to int
        Images in "train", "val" and "test".
    license : str
        Of the data.
    ours : Ours
        What this course adds.
    """

    python_class: str
    url: str
    MD5: str
    url_64: str
    MD5_64: str
    url_128: str
    MD5_128: str
    url_224: str
    MD5_224: str
    task: str
    label: Mapping[int, str]
    n_channels: int
    n_samples: Mapping[str, int]
    license: str
    ours: Ours

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of the labels that learners see."""
        return self.ours.labels or tuple(self.label.values())

    @property
    def several(self) -> bool:
        """Whether each image has several labels, each 0 or 1."""
        return self.task.startswith("multi-label")


@dataclass(frozen=True)
class Table:
    """All of ``data/medmnist.toml``.

    Attributes
    ----------
    info_version : str
        The version of the package medmnist whose values these are.
    doi : str
        The publication with the scores.
    licence_evidence : str
        Where the licences were read.
    sets : mapping of str to Info
        The sets, by the name of their file.
    """

    info_version: str
    doi: str
    licence_evidence: str
    sets: Mapping[str, Info]


def table() -> Table:
    """Return all that is known of the twelve sets.

    Raises
    ------
    DataError
        ``data/medmnist.toml`` is missing or at fault; the message names the field.

    Examples
    --------
    >>> from medlearn.datasets import medmnist
    >>> len(medmnist.table().sets), medmnist.table().sets["breastmnist"].n_samples["train"]
    (12, 546)
    """
    file = _file()
    return _table_of(file, catalogue.read_text(file))


def _file() -> Path:
    return catalogue.data_folder() / "medmnist.toml"


@functools.lru_cache(maxsize=8)
def _table_of(path: Path, text: str) -> Table:
    reader = Reader(path, DataError)
    read = reader.tables(text)
    sets = {key: read.pop(key) for key in list(read) if isinstance(read[key], dict)}
    return reader.record(Table, {**read, "sets": sets})


def compare(info: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Compare the table with medmnist's own, for a maintainer who wants a newer version.

    Parameters
    ----------
    info : mapping
        ``INFO`` of the package's ``info.py``. Without installing it (it brings PyTorch): unpack the
        wheel, then ``runpy.run_path("medmnist/info.py")["INFO"]``.

    Returns
    -------
    list of str
        One line for each difference; empty when there is none. Sets and descriptions that are
        not in the table are passed over.

    Examples
    --------
    >>> from medlearn.datasets import medmnist
    >>> medmnist.compare({})[0]
    'pathmnist: it is not there any more'
    """
    file = _file()
    ours = Reader(file, DataError).tables(catalogue.read_text(file))
    lines = []
    for key in table().sets:
        if key not in info:
            lines.append(_("{key}: it is not there any more").format(key=key))
            continue
        here = {name: value for name, value in ours[key].items() if name != "ours"}
        there = {name: value for name, value in info[key].items() if name != "description"}
        for name in here | there:
            if here.get(name) != there.get(name):
                lines.append(
                    _("{key}: {name} is {theirs!r}, the table has {ours!r}").format(
                        key=key, name=name, theirs=there.get(name), ours=here.get(name)
                    )
                )
    return lines


def fetch_medmnist(name: str, *, size: int = 28, timeout: float = 30.0) -> Bunch:
    """Fetch one of the twelve MedMNIST sets of small medical images, once, and return it.

    The same code runs on all of them: only the name changes.

    Parameters
    ----------
    name : str
        ``"pneumonia"``, ``"breast"``, ``"blood"``, ``"retina"``, ``"path"``, ``"chest"``,
        ``"derma"``, ``"oct"``, ``"tissue"``, ``"organa"``, ``"organc"`` or ``"organs"``; with
        or without "mnist" at the end, in capital or small letters.
    size : int
        28, 64, 128 or 224 pixels a side. Larger ones are large downloads.
    timeout : float
        Seconds to wait for a connection, and for each next piece.

    Returns
    -------
    sklearn.utils.Bunch
        ``x_train``, ``x_validation``, ``x_test`` uint8, (n, 28, 28) in grey or (n, 28, 28, 3) in
        colour; ``y_train``, ``y_validation``, ``y_test`` int64 (n,), for ChestMNIST (n, 14) of 0
        and 1; ``task``, as MedMNIST calls it; ``target_names``; ``published``, a dict of model
        to its ``auc``, ``accuracy`` and ``doi``; ``licence``; ``flaws``, a tuple of known
        flaws; ``DESCR``, all of it in words.

    Raises
    ------
    DownloadError
        It could not be fetched, for example without a network; the message says how to put the
        file in place by hand.
    DataError
        The file does not hold what it should.
    ValueError
        There is no set of that name, or no such size.

    Notes
    -----
    Source: Yang and others (2023), DOI 10.1038/s41597-022-01721-8; each set has a source of its
    own. CC BY 4.0, DermaMNIST CC BY-NC 4.0. Not intended for clinical use.

    Examples
    --------
    >>> from medlearn.datasets import fetch_medmnist
    >>> fetch_medmnist("pneumnoia")  # a name that there is would be fetched
    Traceback (most recent call last):
        ...
    ValueError: There is no MedMNIST set 'pneumnoia'. Did you mean 'pneumonia'? There are: path,
    chest, derma, oct, pneumonia, retina, breast, blood, tissue, organa, organc, organs.
    """
    import numpy as np
    from sklearn.utils import Bunch

    key = key_of(name)
    about = table().sets[key]
    arrays = arrays_of(key, read_fetched(online_file(key, size), timeout))
    scores = {**about.ours.published, "doi": table().doi}
    return Bunch(
        **arrays,
        task=about.task,
        target_names=np.array(about.labels),
        published={"ResNet-18 (28)": scores},
        licence=about.license,
        flaws=about.ours.flaws,
        DESCR=describe(key),
    )


def key_of(name: str) -> str:
    """Return the key in the table for a name as people write it.

    Raises
    ------
    ValueError
        There is no such set; the message names those that are near, or all.

    Examples
    --------
    >>> from medlearn.datasets.medmnist import key_of
    >>> key_of("Pneumonia"), key_of("OrganAMNIST")
    ('pneumoniamnist', 'organamnist')
    >>> key_of("pneumnoia")
    Traceback (most recent call last):
        ...
    ValueError: There is no MedMNIST set 'pneumnoia'. Did you mean 'pneumonia'? There are: path,
    chest, derma, oct, pneumonia, retina, breast, blood, tissue, organa, organc, organs.
    """
    sets = table().sets
    short = str(name).strip().lower().removesuffix("mnist").rstrip("-_ ")
    if f"{short}mnist" in sets:
        return f"{short}mnist"
    names = [key.removesuffix("mnist") for key in sets]
    said = _("There is no MedMNIST set {name!r}.").format(name=name)
    raise catalogue.unknown(said, short, names)


def online_file(key: str, size: int = 28) -> OnlineFile:
    """Return where a set lies, with which checksum, and the shapes that it must have.

    Examples
    --------
    >>> from medlearn.datasets.medmnist import online_file
    >>> online_file("breastmnist", 64).file
    'breastmnist_64.npz'
    """
    if size not in SIZES:
        raise ValueError(
            _("MedMNIST has no images of size {size!r}. There are: 28, 64, 128, 224.").format(
                size=size
            )
        )
    about = table().sets[key]
    end = "" if size == 28 else f"_{size}"
    pixels = (size, size, 3) if about.n_channels == 3 else (size, size)
    marks = len(about.label) if about.several else 1
    shape = {}
    for part in _PARTS:
        shape[f"{part}_images"] = (about.n_samples[part], *pixels)
        shape[f"{part}_labels"] = (about.n_samples[part], marks)
    # The file is compressed, so it is smaller than its arrays; 1 % and a little for its headers.
    images = sum(about.n_samples.values())
    bound = images * (size * size * about.n_channels + 8 * marks) * 101 // 100 + 16_384
    return OnlineFile(
        name=f"{key}{end}",
        title=f"{about.python_class} ({about.ours.shows}, {size} × {size})",
        urls=(getattr(about, f"url{end}"),),
        checksum=f"md5:{getattr(about, f'MD5{end}')}",
        file=f"{key}{end}.npz",
        size=bound,
        exact=False,
        rows=images,
        data_licence=about.license,
        licence_evidence=table().licence_evidence,
        shape=MappingProxyType(shape),
    )


def online_files() -> tuple[OnlineFile, ...]:
    """Return the twelve files with images of 28 × 28, for ``medlearn.datasets.ONLINE``.

    Examples
    --------
    >>> from medlearn.datasets.medmnist import online_files
    >>> online_files()[0].name
    'pathmnist'
    """
    return tuple(online_file(key) for key in table().sets)


def arrays_of(key: str, arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Turn the file's arrays into ours: ``x_train``, ``y_train``, ``x_validation``, ...

    Raises
    ------
    DataError
        The arrays are not images of 8 bits, or a label has no name.
    """
    import numpy as np

    about, ours = table().sets[key], {}
    highest = 1 if about.several else len(about.labels) - 1
    for part, word in _PARTS.items():
        images, labels = arrays[f"{part}_images"], arrays[f"{part}_labels"]
        if images.dtype != np.uint8 or labels.dtype.kind not in "ui":
            raise DataError(
                _(
                    "{python_class}: images must be uint8 and labels integers; the file has "
                    "{images} and {labels}."
                ).format(python_class=about.python_class, images=images.dtype, labels=labels.dtype)
            )
        labels = labels.astype(np.int64)
        if labels.size and not 0 <= labels.min() <= labels.max() <= highest:
            raise DataError(
                _(
                    "{python_class}: labels must lie between 0 and {highest}; the file has "
                    "{lowest} to {largest}."
                ).format(
                    python_class=about.python_class,
                    highest=highest,
                    lowest=labels.min(),
                    largest=labels.max(),
                )
            )
        ours[f"x_{word}"] = images
        ours[f"y_{word}"] = labels[:, 0] if labels.shape[1] == 1 else labels
    return ours


def describe(key: str) -> str:
    """Return what a reader must know of one set, in Markdown.

    Examples
    --------
    >>> from medlearn.datasets.medmnist import describe
    >>> print(describe("breastmnist").splitlines()[0])
    ## BreastMNIST: Ultrasound of the breast: malignant or not
    """
    about = table().sets[key]
    scores = about.ours.published
    train, validation, test = (about.n_samples[part] for part in _PARTS)
    lines = [
        f"## {about.python_class}: {about.ours.shows}",
        "",
        _("- **Images**: {train:,} to train, {validation:,} to validate, {test:,} to test").format(
            train=train, validation=validation, test=test
        ),
        _("- **Task**: {task}; labels: {labels}").format(
            task=about.task,
            labels=", ".join(f"{i} = {label}" for i, label in enumerate(about.labels)),
        ),
        _("- **Licence of the data**: {license}; not intended for clinical use").format(
            license=about.license
        ),
        _(
            "- **Published**: ResNet-18 on 28 × 28: AUC {auc:.3f}, "
            "accuracy {accuracy:.3f} (Yang and others 2023, DOI {doi})"
        ).format(auc=scores["auc"], accuracy=scores["accuracy"], doi=table().doi),
        _("- **Known flaws**:"),
        *(f"  - {flaw}" for flaw in about.ours.flaws),
    ]
    return "\n".join(lines) + "\n"


def overview() -> str:
    """Return what a reader must know of the whole collection, in Markdown.

    Examples
    --------
    >>> from medlearn.datasets.medmnist import overview
    >>> print(overview().splitlines()[0])
    ## MedMNIST: twelve sets of small medical images, fetched by name
    """
    lines = [
        _("## MedMNIST: twelve sets of small medical images, fetched by name"),
        "",
        _(
            "They do not ship: `medlearn.datasets.fetch_medmnist(name)` fetches one, once. What is "
            "known of\neach, its labels, scores and flaws, stands in the `DESCR` of what comes "
            "back. None is intended for\nclinical use. Publication: Yang and others (2023), DOI "
            "[{doi}](https://doi.org/{doi})."
        ).format(doi=table().doi),
        "",
        _("| name | what the images show | images | licence of the data |"),
        "|---|---|---|---|",
    ]
    for key, about in table().sets.items():
        images = sum(about.n_samples.values())
        cells = key.removesuffix("mnist"), about.ours.shows, f"{images:,}", about.license
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, ""]) + "\n"
