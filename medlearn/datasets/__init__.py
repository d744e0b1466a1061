"""Where the data come from: loaders, cards and checksums.

Every set that a lesson needs ships with the course. ``load_...`` functions follow scikit-learn's
conventions; ``describe``, ``verify`` and ``fetch`` serve the command ``python -m medlearn data``.
Importing this module is light: pandas, scikit-learn and pooch are imported where they are used.

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

import hashlib
import io
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from medlearn.datasets import download
from medlearn.datasets.registry import (
    DATASETS,
    ONLINE,
    Artifact,
    DataError,
    Dataset,
    DownloadError,
    OnlineFile,
    Variable,
    card,
    cards,
    content_sha256,
    data_folder,
)

if TYPE_CHECKING:
    import numpy as np
    from sklearn.utils import Bunch

__all__ = [
    "DATASETS",
    "ONLINE",
    "Artifact",
    "DataError",
    "Dataset",
    "DownloadError",
    "OnlineFile",
    "Variable",
    "card",
    "cards",
    "content_sha256",
    "data_folder",
    "describe",
    "download",
    "fetch",
    "load_breast_cancer",
    "load_digits_mnist",
    "verify",
]


def load_breast_cancer(
    *, return_X_y: bool = False, as_frame: bool = False
) -> Bunch | tuple[Any, Any]:
    """Load the Wisconsin breast-cancer data: 569 patients, 30 measurements of cell nuclei.

    The values are those that scikit-learn ships. One thing differs: here the target is
    **1 = malignant, 0 = benign**. In scikit-learn it is the other way round, so that its
    ``recall_score`` would answer "how many of the healthy were called healthy?". In medicine
    sensitivity is the share of the *diseased* who are found, so the disease must be 1.

    Parameters
    ----------
    return_X_y : bool
        Return ``(data, target)`` instead of a Bunch.
    as_frame : bool
        Give pandas objects instead of arrays.

    Returns
    -------
    sklearn.utils.Bunch or (data, target)
        ``data`` (569, 30) float64; ``target`` (569,) int64, 1 = malignant; ``feature_names``
        (30,); ``target_names`` = benign, malignant, so that ``target_names[target]`` reads well;
        ``groups`` (569,) the patient of each row (each patient has one row);
        ``feature_descriptions`` and ``feature_units``, dicts with one entry for each of the ten
        measurements; ``frame``, the table with a last column ``target`` (None unless
        ``as_frame``); ``DESCR``, the card. Lengths are in pixels of the microscope's image (the
        scale is not published), areas in square pixels.

    Raises
    ------
    DataError
        scikit-learn's copy of the data is missing or damaged.

    Notes
    -----
    Source: Street, Wolberg, Mangasarian (1993), DOI 10.1117/12.148698; UCI Machine Learning
    Repository, DOI 10.24432/C5DW2B.

    Examples
    --------
    >>> from medlearn.datasets import load_breast_cancer
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> X.shape, int(y.sum())
    ((569, 30), 212)
    >>> print(load_breast_cancer().feature_descriptions["radius"])
    mean distance from the centre of a nucleus to its border
    """
    import numpy as np
    from sklearn.utils import Bunch

    entry = DATASETS["breast_cancer"]
    arrays, feature_names = _read_breast_cancer(entry)
    data, target, frame = arrays["data"], arrays["target"], None
    if as_frame:
        import pandas as pd

        data = pd.DataFrame(data, columns=list(feature_names))
        target = pd.Series(target, name="target")
        frame = pd.concat([data, target], axis=1)
    if return_X_y:
        return data, target
    return Bunch(
        data=data,
        target=target,
        frame=frame,
        feature_names=feature_names,
        target_names=np.array(entry.target_names),
        groups=np.arange(entry.rows),
        feature_descriptions={v.name: v.meaning for v in entry.variables},
        feature_units={v.name: v.unit for v in entry.variables},
        DESCR=card("breast_cancer"),
    )


def load_digits_mnist(
    *, full: bool = False
) -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """Load handwritten digits, in the form that Keras uses for MNIST.

    Parameters
    ----------
    full : bool
        False: the 5,000 images that ship with the course, in a fixed split, 400 + 100 of each
        digit. True: all 70,000, fetched from the internet the first time (11.5 MB).

    Returns
    -------
    (x_train, y_train), (x_test, y_test)
        Images are uint8, (4000, 28, 28) and (1000, 28, 28), grey levels from 0 (paper) to 255
        (full ink); labels are uint8, 0 to 9. With ``full``, 60,000 and 10,000 images.

    Raises
    ------
    DataError
        The file is missing or damaged.
    DownloadError
        With ``full``: the file could not be fetched. The message says how to get it by hand.

    Notes
    -----
    Source: LeCun, Bottou, Bengio, Haffner (1998), DOI 10.1109/5.726791. CC BY-SA 3.0. Who wrote
    a digit is not known, so one writer may stand in both parts. The card
    (``medlearn.datasets.card("digits")``) says how the split was made.

    Examples
    --------
    >>> from medlearn.datasets import load_digits_mnist
    >>> (x_train, y_train), (x_test, y_test) = load_digits_mnist()
    >>> x_train.shape, x_test.shape, x_train.dtype
    ((4000, 28, 28), (1000, 28, 28), dtype('uint8'))
    """
    if full:
        item = ONLINE["mnist"]
        path = fetch("mnist")
        mend = f"Delete {path} and run the cell again to fetch it anew."
        arrays = _read_npz(path, item.checksum.removeprefix("sha256:"), item.shape, mend)
    else:
        arrays = _read_shipped("digits")
    return (arrays["x_train"], arrays["y_train"]), (arrays["x_test"], arrays["y_test"])


def describe() -> list[dict[str, Any]]:
    """Return one row for each data set and each online file, for a table.

    Returns
    -------
    list of dict
        Keys ``name``, ``title``, ``rows``, ``people`` (None: unknown), ``size`` (bytes in this
        repository, or of the download), ``where`` ("ships", "scikit-learn" or "online"),
        ``licence`` and ``lessons``.

    Examples
    --------
    >>> from medlearn.datasets import describe
    >>> [row["name"] for row in describe()]
    ['breast_cancer', 'digits', 'mnist']
    """
    rows = []
    for d in DATASETS.values():
        path = data_folder() / d.file if d.file else None
        rows.append(
            {
                "name": d.name,
                "title": d.title,
                "rows": d.rows,
                "people": d.people,
                "size": path.stat().st_size if path and path.is_file() else 0,
                "where": "ships" if d.file else d.sources[0].package,
                "licence": d.data_licence.split(" (")[0],
                "lessons": d.lessons,
            }
        )
    for f in ONLINE.values():
        rows.append(
            {
                "name": f.name,
                "title": f.title,
                "rows": sum(shape[0] for key, shape in f.shape.items() if key.startswith("x")),
                "people": None,
                "size": f.size,
                "where": "online",
                "licence": f.data_licence,
                "lessons": f.lessons,
            }
        )
    return rows


def verify(name: str | None = None) -> list[tuple[str, bool, str]]:
    """Check that data are there and undamaged; never raises for bad data.

    Parameters
    ----------
    name : str, optional
        One data set or online file. By default all that ship, and the online files that have
        been fetched before.

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
    if name is None:
        fetched = [f for f in ONLINE if (download.cache_folder() / ONLINE[f].file).exists()]
        names = [*DATASETS, *fetched]
    else:
        names = [_known(name, {**DATASETS, **ONLINE})]
    results = []
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
    ValueError: There is no data set 'minst'. Did you mean 'mnist'? There are: mnist.
    """
    return download.fetch(ONLINE[_known(name, ONLINE)])


def _known(name: str, among: Mapping[str, Any]) -> str:
    if name in among:
        return name
    import difflib

    near = difflib.get_close_matches(str(name), among, n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    raise ValueError(f"There is no data set {name!r}.{hint} There are: {', '.join(among)}.")


def _verify_one(name: str) -> str:
    if name in ONLINE:
        item = ONLINE[name]
        path = download.cache_folder() / item.file
        if not path.exists():
            raise DataError(f"{path} is not there. Fetch it: python -m medlearn data fetch {name}")
        if not download.checksum_ok(path, item.checksum):
            raise DataError(
                f"{path} is damaged: its checksum is not {item.checksum}. "
                f"Fetch it again: python -m medlearn data fetch {name}"
            )
        return f"{path}: checksum right"
    entry = DATASETS[name]
    if entry.file is None:
        _read_breast_cancer(entry)
        return f"in {entry.sources[0].package}: {entry.rows:,} rows, content right"
    _read_shipped(name)
    return f"{entry.file}: {entry.rows:,} rows, checksum right"


def _read_breast_cancer(entry: Dataset) -> tuple[dict[str, np.ndarray], np.ndarray]:
    import numpy as np
    from sklearn.datasets import load_breast_cancer as original

    mend = "Mend it: pip install --force-reinstall --no-deps scikit-learn"
    try:
        bunch = original()
        arrays = {"data": bunch.data, "target": 1 - bunch.target.astype(np.int64)}
        found = content_sha256(arrays)
    except Exception as error:
        # Whatever a damaged file makes scikit-learn's reader say, the mend is the same.
        raise DataError(
            f"scikit-learn's copy of the breast-cancer data ({entry.sources[0].path}) cannot be "
            f"read: {type(error).__name__}: {error}. {mend}"
        ) from None
    if found != entry.content_sha256:
        raise DataError(
            f"scikit-learn's copy of the breast-cancer data ({entry.sources[0].path}) is damaged "
            f"or changed: expected content with SHA-256 {entry.content_sha256}, found {found}. "
            f"{mend}"
        )
    return arrays, bunch.feature_names


def _read_shipped(name: str) -> dict[str, np.ndarray]:
    entry = DATASETS[name]
    folder = data_folder()
    if (folder.parent / ".git").exists():
        mend = f"git checkout -- data/{entry.file}"
    elif (folder.parent / "pyproject.toml").is_file():  # the repository as a .zip
        mend = f"download the course again, or run: python -m medlearn data build {name}"
    else:
        mend = "install medlearn again, with pip's --force-reinstall"
    return _read_npz(folder / entry.file, entry.sha256, entry.shape, f"Mend it: {mend}")


def _read_npz(
    path: str | os.PathLike, sha256: str, shape: Mapping[str, tuple[int, ...]], mend: str
) -> dict[str, np.ndarray]:
    """Read arrays from an .npz file after comparing its SHA-256; every fault is a DataError."""
    import numpy as np

    try:
        content = Path(path).read_bytes()
    except FileNotFoundError:
        raise DataError(f"{path} is missing. {mend}") from None
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}. {mend}") from None
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise DataError(
            f"{path} is damaged: expected SHA-256 {sha256}, found {found} "
            f"({len(content):,} bytes). {mend}"
        )
    try:
        # allow_pickle=False: a pickle can run any program, so none is ever opened. The bytes
        # that were checked are the bytes that are read.
        with np.load(io.BytesIO(content), allow_pickle=False) as f:
            arrays = {key: f[key] for key in shape}
    except Exception as error:
        # zipfile, zlib and NumPy have a dozen ways to refuse; the learner's way out is one.
        reason = f"{type(error).__name__}: {error}"
    else:
        wrong = {k: a.shape for k, a in arrays.items() if a.shape != tuple(shape[k])}
        if not wrong:
            return arrays
        reason = f"expected shapes {dict(shape)}, found {wrong}"
    raise DataError(f"{path} does not hold the arrays {', '.join(shape)}: {reason}. {mend}")
