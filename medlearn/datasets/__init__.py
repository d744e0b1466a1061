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

from medlearn.datasets import download, nhanes
from medlearn.datasets.nhanes import clean_nhanes
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
    import pandas as pd
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
    "clean_nhanes",
    "content_sha256",
    "data_folder",
    "describe",
    "download",
    "fetch",
    "load_breast_cancer",
    "load_digits_mnist",
    "load_heart_disease",
    "load_leukaemia",
    "load_nhanes",
    "load_nodules",
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


def load_heart_disease(
    *, return_X_y: bool = False, as_frame: bool = False
) -> Bunch | tuple[Any, Any]:
    """Load the Cleveland heart-disease data: 303 patients, 13 findings before an angiogram.

    Parameters
    ----------
    return_X_y : bool
        Return ``(data, target)`` instead of a Bunch.
    as_frame : bool
        Give pandas objects instead of arrays, and categories as words instead of codes.

    Returns
    -------
    sklearn.utils.Bunch or (data, target)
        ``data`` (303, 13) float64, NaN where a value is missing (four of ``vessels``, two of
        ``thallium``); categories are UCI's numbers, whose meaning stands in ``categories``, a
        dict of feature name to ``{code: word}``. As a frame, categories are pandas categories
        of words, the rest is float64. ``target`` (303,) int64, 1 = an artery narrowed by more
        than half of its diameter; ``feature_names`` (13,); ``target_names``; ``groups`` (303,)
        the patient of each row (each patient has one row); ``feature_descriptions`` and
        ``feature_units``, dicts with one entry for each feature; ``frame``, the table with a
        last column ``target`` (None unless ``as_frame``); ``DESCR``, the card.

    Raises
    ------
    DataError
        The file is missing or damaged.

    Notes
    -----
    Source: Detrano and others (1989), DOI 10.1016/0002-9149(89)90524-9; UCI Machine Learning
    Repository, DOI 10.24432/C52P4X. CC BY 4.0. The units stand in ``feature_units``.

    Examples
    --------
    >>> from medlearn.datasets import load_heart_disease
    >>> patients = load_heart_disease(as_frame=True)
    >>> patients.data.shape, int(patients.target.sum())
    ((303, 13), 139)
    >>> patients.data["chest_pain"].value_counts().to_dict()
    {'no symptoms': 144, 'non-anginal pain': 86, 'atypical angina': 50, 'typical angina': 23}
    >>> int(load_heart_disease().data[0, 2])  # the same as UCI's number
    1
    """
    import numpy as np
    from sklearn.utils import Bunch

    entry = DATASETS["heart_disease"]
    arrays = _read_shipped("heart_disease")
    data, target, frame = arrays["data"], arrays["target"], None
    if as_frame:
        import pandas as pd

        columns = {}
        for variable, values in zip(entry.variables, data.T, strict=True):
            column = pd.Series(values)
            if variable.codes:
                kind = pd.CategoricalDtype(list(variable.codes.values()))
                column = column.map(variable.codes).astype(kind)
            columns[variable.name] = column
        data = pd.DataFrame(columns)
        target = pd.Series(target, name="target")
        frame = pd.concat([data, target], axis=1)
    if return_X_y:
        return data, target
    return Bunch(
        data=data,
        target=target,
        frame=frame,
        feature_names=np.array([v.name for v in entry.variables]),
        target_names=np.array(entry.target_names),
        groups=np.arange(entry.rows),
        categories={v.name: dict(v.codes) for v in entry.variables if v.codes},
        feature_descriptions={v.name: v.meaning for v in entry.variables},
        feature_units={v.name: v.unit for v in entry.variables},
        DESCR=card("heart_disease"),
    )


def load_nhanes(*, raw: bool = False) -> Bunch | pd.DataFrame:
    """Load a part of the health survey NHANES 2017-2018: 8,366 people, clean or as it comes.

    No inputs and no target are chosen: each lesson asks its own question.

    Parameters
    ----------
    raw : bool
        True: the table as the source has it, all of it text. False: the table that
        :func:`clean_nhanes` makes of it.

    Returns
    -------
    sklearn.utils.Bunch or DataFrame
        Clean: ``frame`` (8366, 45), one row for each person, numbers as float64 with NaN for
        missing, yes/no as pandas' ``boolean``, words as categories; ``groups`` (8366,) the
        person of each row, the survey's own number; ``feature_names``; ``feature_descriptions``,
        ``feature_units`` and ``source_names``, dicts with one entry for each column; ``DESCR``,
        the card with the rules of cleaning. Raw: a DataFrame (8366, 44) of str, ``""`` for
        empty, under the source's column names.

    Raises
    ------
    DataError
        The file is missing or damaged.

    Notes
    -----
    Source: National Center for Health Statistics, NHANES 2017-2018; public domain. The survey's
    weights are not in the source: nothing here holds for the population. Units stand in
    ``feature_units``. HbA1c must not be input and target at once.

    Examples
    --------
    >>> from medlearn.datasets import load_nhanes
    >>> people = load_nhanes().frame
    >>> adults = people[people["age"] >= 20]
    >>> len(people), len(adults), int(adults["hba1c"].notna().sum())
    (8366, 5265, 5018)
    >>> high = adults[adults["hba1c"] >= 6.5]
    >>> len(high), int((high["told_diabetes"] == "no").sum())
    (745, 150)
    >>> load_nhanes(raw=True)["DiastolicBloodPres1StRdgMmHg"].value_counts().iloc[:2].to_dict()
    {'': 2064, '72.0': 446}
    """
    table = nhanes.decode(_read_shipped("nhanes"))
    if raw:
        return table
    import numpy as np
    from sklearn.utils import Bunch

    entry = DATASETS["nhanes"]
    frame = clean_nhanes(table)
    return Bunch(
        frame=frame,
        groups=frame["id"].to_numpy(),
        feature_names=np.array(frame.columns.to_list()),
        feature_descriptions={v.name: v.meaning for v in entry.variables},
        feature_units={v.name: v.unit for v in entry.variables},
        source_names={v.name: v.source for v in entry.variables},
        DESCR=card("nhanes"),
    )


def load_nodules() -> Bunch:
    """Load readings of lung nodules: maps of thickness drawn from outlines, and nine ratings.

    One row is one reading: one radiologist, one nodule. The same nodule is here up to four
    times (in a few places more), so split by ``groups``.

    Returns
    -------
    sklearn.utils.Bunch
        ``images`` (6859, 64, 64) uint8, 0.75 mm a pixel and 0.2 mm of thickness a grey level:
        no CT pixels; ``ratings``, a DataFrame (6859, 9) of int64: malignancy, subtlety,
        sphericity, margin, lobulation, spiculation, texture (1 to 5), calcification (1 to 6),
        internal_structure (1 to 5); ``categories``, the words for these numbers, a dict of
        ``{code: word}`` for each; ``diameter`` (6859,) float64, mm; ``groups`` (6859,) int64,
        the patient; ``scan``, ``nodule`` and ``reading`` (6859,) int64: the scan, the nodule (by
        the rule of distance on the card), and the how-manieth reading of that nodule, 0, 1, ...
        (readers are anonymous: reading 0 of two nodules may be two people);
        ``feature_descriptions`` and ``feature_units``; ``DESCR``, the card.

    Raises
    ------
    DataError
        The file is missing or damaged.

    Notes
    -----
    Source: Armato and others (2011), DOI 10.1118/1.3528204; The Cancer Imaging Archive, DOI
    10.7937/K9/TCIA.2015.LO9QL9SX. CC BY 3.0. Malignancy is an opinion, not a diagnosis.

    Examples
    --------
    >>> from medlearn.datasets import load_nodules
    >>> nodules = load_nodules()
    >>> nodules.images.shape, nodules.ratings.shape
    ((6859, 64, 64), (6859, 9))
    >>> nodules.ratings["malignancy"].value_counts().sort_index().to_list()
    [1020, 1580, 2606, 962, 691]
    >>> len(set(nodules.groups)), len(set(nodules.nodule))
    (875, 2669)
    >>> round(float(nodules.images[0].sum() * 0.2 * 0.75**2))  # volume in mm³
    7303
    """
    import numpy as np
    import pandas as pd
    from sklearn.utils import Bunch

    entry = DATASETS["nodules"]
    arrays = _read_shipped("nodules")
    names = [v.name for v in entry.variables if v.codes]
    nodule = arrays["nodule"].astype(np.int64)
    return Bunch(
        images=arrays["images"],
        # int64 and not uint8: in uint8, 1 - 2 is 255.
        ratings=pd.DataFrame(arrays["ratings"].astype(np.int64), columns=names),
        diameter=arrays["diameter"],
        groups=arrays["patient"].astype(np.int64),
        scan=arrays["scan"].astype(np.int64),
        nodule=nodule,
        reading=np.arange(len(nodule)) - np.searchsorted(nodule, nodule),
        categories={v.name: dict(v.codes) for v in entry.variables if v.codes},
        feature_descriptions={v.name: v.meaning for v in entry.variables},
        feature_units={v.name: v.unit for v in entry.variables},
        DESCR=card("nodules"),
    )


def load_leukaemia(*, return_X_y: bool = False, as_frame: bool = False) -> Bunch | tuple[Any, Any]:
    """Load the leukaemia data of Golub and others: 38 patients, 3,051 genes. Built on request.

    No licence lets the course pass these data on, so they do not ship. Build them once, on your
    own machine: ``python -m medlearn data build leukaemia``.

    Parameters
    ----------
    return_X_y : bool
        Return ``(data, target)`` instead of a Bunch.
    as_frame : bool
        Give pandas objects instead of arrays.

    Returns
    -------
    sklearn.utils.Bunch or (data, target)
        ``data`` (38, 3051) float64, no unit: the logarithm of each gene's brightness on the
        array, scaled to mean 0 and standard deviation 1 within each patient; ``target`` (38,)
        int64, 1 = AML, 0 = ALL; ``feature_names`` (3051,), the probes; ``feature_descriptions``,
        a dict of probe to gene; ``target_names``; ``groups`` (38,) the patient of each row (each
        has one row); ``frame``, the table with a last column ``target`` (None unless
        ``as_frame``); ``DESCR``, the card.

    Raises
    ------
    DataError
        The file has not been built, or is damaged; the message says how to build it.

    Notes
    -----
    Source: Golub and others (1999), DOI 10.1126/science.286.5439.531, prepared as in Dudoit and
    others (2002), DOI 10.1198/016214502753479248.

    Examples
    --------
    >>> from medlearn.datasets import DATASETS, verify
    >>> DATASETS["leukaemia"].shape["data"]
    (38, 3051)

    Is it here? If not, the message says what to do:

    >>> [(name, here, message)] = verify("leukaemia")
    >>> here or "python -m medlearn data build leukaemia" in message
    True
    """
    import numpy as np
    from sklearn.utils import Bunch

    entry = DATASETS["leukaemia"]
    arrays = _read_local(entry)
    # The source has five decimals, which float32 keeps but does not show.
    data, target = np.round(arrays["data"].astype(np.float64), 5), arrays["target"]
    genes, frame = arrays["genes"].astype(str), None
    if as_frame:
        import pandas as pd

        data = pd.DataFrame(data, columns=genes.tolist())
        target = pd.Series(target, name="target")
        frame = pd.concat([data, target], axis=1)
    if return_X_y:
        return data, target
    descriptions = arrays["descriptions"].astype(str)
    return Bunch(
        data=data,
        target=target,
        frame=frame,
        feature_names=genes,
        target_names=np.array(entry.target_names),
        groups=np.arange(entry.rows),
        feature_descriptions=dict(zip(genes.tolist(), descriptions.tolist(), strict=True)),
        DESCR=card("leukaemia"),
    )


def describe() -> list[dict[str, Any]]:
    """Return one row for each data set and each online file, for a table.

    Returns
    -------
    list of dict
        Keys ``name``, ``title``, ``rows``, ``people`` (None: unknown), ``size`` (bytes in this
        repository, or of the download), ``where`` ("ships", "scikit-learn", "build it" or
        "online"), ``licence`` and ``lessons``.

    Examples
    --------
    >>> from medlearn.datasets import describe
    >>> [row["name"] for row in describe()]
    ['breast_cancer', 'digits', 'heart_disease', 'nhanes', 'nodules', 'leukaemia', 'mnist']
    """
    rows = []
    for d in DATASETS.values():
        path = _path(d)
        rows.append(
            {
                "name": d.name,
                "title": d.title,
                "rows": d.rows,
                "people": d.people,
                "size": path.stat().st_size if path and path.is_file() else 0,
                "where": "build it" if d.local else "ships" if d.file else d.sources[0].package,
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
        One data set or online file. By default all that ship, and those online files and sets
        built on request that are here.

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
        here = [n for n, d in DATASETS.items() if not d.local or _path(d).exists()]
        names = [*here, *fetched]
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
    if entry.local:
        _read_local(entry)
        return f"{_path(entry)}: {entry.rows:,} rows, content right"
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


def _path(entry: Dataset) -> Path | None:
    if entry.local:
        return download.cache_folder() / entry.file
    return data_folder() / entry.file if entry.file else None


def _read_local(entry: Dataset) -> dict[str, np.ndarray]:
    path = _path(entry)
    build = f"python -m medlearn data build {entry.name}"
    if not path.exists():
        raise DataError(
            f"{entry.name} does not ship with the course, because no licence lets it be passed "
            f"on. Build it on your machine, once: {build} (it fetches a Debian package and needs "
            f"the Python package rdata), which writes {path}. The lessons go on without it."
        )
    # Another system compresses otherwise, so it is the content that is compared.
    arrays = _read_npz(path, None, entry.shape, f"Mend it: delete it and run: {build}")
    found = content_sha256(arrays)
    if found != entry.content_sha256:
        raise DataError(
            f"{path} is damaged: expected content with SHA-256 {entry.content_sha256}, found "
            f"{found}. Mend it: delete it and run: {build}"
        )
    return arrays


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
    path: str | os.PathLike,
    sha256: str | None,
    shape: Mapping[str, tuple[int, ...]],
    mend: str,
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
    if sha256 is not None and found != sha256:
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
