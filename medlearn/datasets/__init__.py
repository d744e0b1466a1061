"""Where the data come from: loaders, cards and checksums.

Every set that a lesson needs ships with the course. ``load_...`` functions follow scikit-learn's
conventions; ``describe``, ``verify`` and ``fetch`` serve the command ``python -m medlearn data``.
Each set is a module of this package and a card in the data folder; they are found, not listed (see
:mod:`medlearn.datasets.catalogue`). Importing this module is light: pandas, scikit-learn and pooch
are imported where they are used.

Examples
--------
>>> from medlearn import datasets
>>> patients = datasets.load_breast_cancer()
>>> patients.data.shape
(569, 30)
>>> int(patients.target.sum())  # malignant
212
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from medlearn.datasets import catalogue, download, storage
from medlearn.datasets.catalogue import (
    DATASETS,
    ONLINE,
    Artifact,
    Dataset,
    OnlineFile,
    Question,
    Variable,
    data_folder,
)
from medlearn.datasets.errors import DataError, DownloadError
from medlearn.datasets.pages import card, cards
from medlearn.datasets.storage import content_sha256
from medlearn.language import N_, _

__all__ = [
    "DATASETS",
    "ONLINE",
    "Artifact",
    "DataError",
    "Dataset",
    "DownloadError",
    "OnlineFile",
    "Question",
    "Variable",
    "card",
    "cards",
    "content_sha256",
    "data_folder",
    "describe",
    "download",
    "fetch",
    "verify",
]

# What the module of a set offers to all is in its __all__: load_digits_mnist, clean_nhanes, ...
for _name in catalogue.names():
    _module = catalogue.module_of(_name)
    globals().update({public: getattr(_module, public) for public in _module.__all__})
    __all__ += _module.__all__


def describe() -> list[dict[str, Any]]:
    """Return one row for each data set and each online file, for a table.

    Returns
    -------
    list of dict
        Keys ``name``, ``title``, ``rows``, ``people`` (None: unknown), ``size`` (bytes in this
        repository, or of the download at most), ``where`` ("ships", "scikit-learn" or "online")
        and ``licence``.

    Raises
    ------
    DataError
        A card is missing or at fault.

    Examples
    --------
    >>> from medlearn.datasets import describe
    >>> [row["name"] for row in describe() if row["where"] == "scikit-learn"]
    ['breast_cancer']
    """
    rows = []
    for entry in DATASETS.values():
        path = catalogue.data_folder() / entry.file if entry.file else None
        rows.append(
            {
                "name": entry.name,
                "title": _(entry.title),
                "rows": entry.rows,
                "people": entry.people,
                "size": path.stat().st_size if path and path.is_file() else 0,
                "where": N_("ships") if path else entry.sources[0].package,
                "licence": entry.data_licence,
            }
        )
    for item in ONLINE.values():
        rows.append(
            {
                "name": item.name,
                "title": _(item.title),
                "rows": item.rows,
                "people": item.people,
                "size": item.size,
                "where": N_("online"),
                "licence": item.data_licence,
            }
        )
    return rows


def verify(name: str | None = None) -> list[tuple[str, bool, str]]:
    """Check that data are there and undamaged; never raises for bad data.

    Parameters
    ----------
    name : str, optional
        One data set or online file. By default all that ship, and those online files that are
        here.

    Returns
    -------
    list of (name, ok, message)

    Raises
    ------
    ValueError
        There is no data set of that name.

    Examples
    --------
    >>> from medlearn.datasets import verify
    >>> verify("digits")
    [('digits', True, 'digits.npz: 5,000 rows, checksum right')]
    """
    results = []
    if name in DATASETS:
        names = [name]
    elif name is not None:
        names = [catalogue.known(name, dict.fromkeys([*DATASETS, *ONLINE]))]
    else:
        names, cache = list(DATASETS), download.cache_folder()
        try:
            names += [n for n, item in ONLINE.items() if (cache / item.file).exists()]
        except DataError as error:  # a card is at fault: the rest is verified all the same
            results.append((_("online files"), False, str(error)))
    for each in names:
        try:
            results.append((each, True, _verify_one(each)))
        except (DataError, OSError) as error:
            results.append((each, False, str(error)))
    return results


def fetch(name: str) -> Path:
    """Fetch an online file into the cache folder, unless it is there, and return its path.

    Parameters
    ----------
    name : str
        A name in ``medlearn.datasets.ONLINE``, for example ``"mnist"``.

    Returns
    -------
    pathlib.Path
        The file, its checksum compared just now.

    Raises
    ------
    DownloadError
        It could not be fetched; the message says how to put it in place by hand.
    ValueError
        There is no online file of that name.

    Examples
    --------
    >>> from medlearn.datasets import fetch
    >>> fetch("minst")
    Traceback (most recent call last):
        ...
    ValueError: There is no data set 'minst'. Did you mean 'mnist'? There are: ...
    """
    return download.fetch(ONLINE[catalogue.known(name, ONLINE)])


def _verify_one(name: str) -> str:
    if name in DATASETS:
        entry = DATASETS[name]
        catalogue.licence_texts(entry)
        storage.read(name)
        if entry.file is None:
            return _("in {package}: {rows:,} rows, content right").format(
                package=entry.sources[0].package, rows=entry.rows
            )
        return _("{file}: {rows:,} rows, checksum right").format(file=entry.file, rows=entry.rows)
    item = ONLINE[name]
    path = download.cache_folder() / item.file
    if not path.exists():
        raise DataError(
            _("{path} is not there. Fetch it: python -m medlearn data fetch {name}").format(
                path=path, name=name
            )
        )
    if not download.is_right(path, item):
        raise DataError(
            _(
                "{path} is damaged: its checksum is not {checksum}. "
                "Fetch it again: python -m medlearn data fetch {name}"
            ).format(path=path, checksum=item.checksum, name=name)
        )
    return _("{path}: checksum right").format(path=path)
