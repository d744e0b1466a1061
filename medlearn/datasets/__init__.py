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
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from medlearn.datasets import download, medmnist, mitbih, nhanes
from medlearn.datasets.nhanes import clean_nhanes
from medlearn.datasets.registry import (
    COURSE_FILES,
    DATASETS,
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

ONLINE: Mapping[str, OnlineFile] = MappingProxyType(
    {f.name: f for f in (*COURSE_FILES, *map(medmnist.online_file, medmnist.SETS))}
)
"""Files that are fetched on request."""

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
    "fetch_medmnist",
    "fetch_mitbih_annotations",
    "fetch_mnist",
    "load_brain_mri",
    "load_breast_cancer",
    "load_digits_mnist",
    "load_ecg",
    "load_heart_disease",
    "load_leukaemia",
    "load_movements",
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
    arrays = _fetch_npz(ONLINE["mnist"]) if full else _read_shipped("digits")
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


def load_movements() -> Bunch:
    """Load 140 recordings of a watch: ten people, seven exercises for the shoulder, each arm.

    Split by ``groups``, the person, before anything is cut into windows.

    Returns
    -------
    sklearn.utils.Bunch
        ``recordings``, a list of 140 float32 arrays (samples, 6), 947 to 2,618 samples long:
        acceleration in g with gravity, then angular velocity in rad/s; ``target`` (140,) int64,
        0 to 6, the exercise, in words ``target_names[target]``; ``groups`` (140,) int64, the
        person, 1 to 10; ``side`` (140,) str, "left" or "right"; ``sampling_rate`` 50.0 (samples
        a second); ``feature_names`` (6,); ``feature_descriptions`` and ``feature_units``, dicts
        with one entry for each; ``DESCR``, the card.

    Raises
    ------
    DataError
        The file is missing or damaged.

    Notes
    -----
    Source: Burns and others (2018), DOI 10.1088/1361-6579/aacfd9. BSD 3-Clause. Healthy people,
    no patients.

    Examples
    --------
    >>> from medlearn.datasets import load_movements
    >>> movements = load_movements()
    >>> len(movements.recordings), len(set(movements.groups))
    (140, 10)
    >>> movements.recordings[0].shape, str(movements.target_names[movements.target[0]])
    ((1333, 6), 'pendulum')
    """
    import numpy as np
    from sklearn.utils import Bunch

    entry = DATASETS["movements"]
    arrays = _read_shipped("movements")
    samples = arrays["samples"].astype(np.float32) / 1000
    ends = np.cumsum(arrays["lengths"], dtype=np.int64)
    return Bunch(
        recordings=np.split(samples, ends[:-1]),
        target=arrays["target"].astype(np.int64),
        target_names=np.array(entry.target_names),
        groups=arrays["person"].astype(np.int64),
        side=np.array(["left", "right"])[arrays["side"]],
        sampling_rate=50.0,
        feature_names=np.array([v.name for v in entry.variables]),
        feature_descriptions={v.name: v.meaning for v in entry.variables},
        feature_units={v.name: v.unit for v in entry.variables},
        DESCR=card("movements"),
    )


def load_ecg() -> Bunch:
    """Load five minutes of an electrocardiogram: one lead of one patient, with extra beats.

    Returns
    -------
    sklearn.utils.Bunch
        ``signal`` (108000,) float64, mV; ``sampling_rate`` 360.0 (samples a second); ``record``
        "208", its name in the MIT-BIH Arrhythmia Database; ``start_sample`` 422820 and
        ``start_seconds`` 1174.5, where in the record the excerpt begins; ``DESCR``, the card.
        There are no labels here: :func:`fetch_mitbih_annotations` fetches them.

    Raises
    ------
    DataError
        The file is missing or damaged.

    Notes
    -----
    Source: Moody and Mark (2001), DOI 10.1109/51.932724; PhysioNet, DOI 10.13026/C2F305. ODC-By
    1.0. SciPy, which carries the excerpt, says that it begins at 19:35 (1175 s); the peaks lie
    where the annotations are when it begins half a second earlier.

    Examples
    --------
    >>> from medlearn.datasets import load_ecg
    >>> ecg = load_ecg()
    >>> ecg.signal.shape, len(ecg.signal) / ecg.sampling_rate
    ((108000,), 300.0)
    >>> ecg.signal[:3]
    array([-0.245, -0.215, -0.185])
    """
    import numpy as np
    from sklearn.utils import Bunch

    raw = _read_shipped("ecg")["signal"]
    return Bunch(
        signal=(raw.astype(np.float64) - 1024) / 200,
        sampling_rate=mitbih.SAMPLING_RATE,
        record="208",
        start_sample=mitbih.EXCERPT_START,
        start_seconds=mitbih.EXCERPT_START / mitbih.SAMPLING_RATE,
        DESCR=card("ecg"),
    )


def load_brain_mri() -> Bunch:
    """Load the MNI152 average brain at 2 mm, without its skull, and two maps of its tissue.

    Returns
    -------
    sklearn.utils.Bunch
        ``t1`` (99, 117, 95) uint8, grey levels; ``grey_matter`` and ``white_matter``, of the same
        shape and type, probability × 255; ``voxel_size_mm`` 2.0; ``origin`` (49, 67, 36), the
        voxel that lies at 0, 0, 0 mm; ``DESCR``, the card. The axes run left to right, back to
        front, down to up. ``t1[:, :, k]`` is a slice seen from above, its first axis left to
        right: to show it with the nose at the top, ``plt.imshow(t1[:, :, k].T, origin="lower")``.

    Raises
    ------
    DataError
        The file is missing or damaged.

    Notes
    -----
    Source: Fonov and others (2011), DOI 10.1016/j.neuroimage.2010.07.033. The card carries the
    notice of McGill University that goes with every copy. No person's brain, but an average.

    Examples
    --------
    >>> from medlearn.datasets import load_brain_mri
    >>> brain = load_brain_mri()
    >>> brain.t1.shape, brain.t1.dtype
    ((99, 117, 95), dtype('uint8'))
    >>> bool((brain.t1 == brain.t1[::-1]).all())  # the halves are mirror images
    True
    """
    from sklearn.utils import Bunch

    return Bunch(
        **_read_shipped("brain_mri"),
        voxel_size_mm=2.0,
        origin=(49, 67, 36),
        DESCR=card("brain_mri"),
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

    key = medmnist.key_of(name)
    item = medmnist.online_file(key, size)
    item = ONLINE.get(item.name, item)
    about = medmnist.SETS[key]
    arrays = medmnist.arrays_of(key, _fetch_npz(item, timeout))
    auc, accuracy = about.published
    return Bunch(
        **arrays,
        task=about.task,
        target_names=np.array(about.labels),
        published={"ResNet-18 (28)": {"auc": auc, "accuracy": accuracy, "doi": medmnist.PUBLISHED}},
        licence=about.licence,
        flaws=about.flaws,
        DESCR=medmnist.describe(key),
    )


def fetch_mnist(*, timeout: float = 30.0) -> Bunch:
    """Fetch the whole of MNIST, once: 60,000 digits to train, 10,000 to test.

    Parameters
    ----------
    timeout : float
        Seconds to wait for a connection, and for each next piece.

    Returns
    -------
    sklearn.utils.Bunch
        ``x_train``, ``x_test`` uint8 (n, 28, 28), 0 (paper) to 255 (full ink); ``y_train``,
        ``y_test`` int64 (n,), 0 to 9; ``target_names``; ``DESCR``, the card of the digits.

    Raises
    ------
    DownloadError
        It could not be fetched; the message says how to put the file in place by hand.
    DataError
        The file does not hold what it should.

    Notes
    -----
    Source: LeCun, Bottou, Bengio, Haffner (1998), DOI 10.1109/5.726791. CC BY-SA 3.0.
    :func:`load_digits_mnist` loads the 5,000 that ship, and with ``full=True`` these, as pairs.

    Examples
    --------
    >>> from medlearn.datasets import ONLINE  # fetch_mnist() needs a network the first time
    >>> ONLINE["mnist"].shape["x_train"]
    (60000, 28, 28)
    """
    import numpy as np
    from sklearn.utils import Bunch

    arrays = _fetch_npz(ONLINE["mnist"], timeout)
    for key in ("y_train", "y_test"):
        arrays[key] = arrays[key].astype(np.int64)
    return Bunch(
        **arrays, target_names=np.array(DATASETS["digits"].target_names), DESCR=card("digits")
    )


def fetch_mitbih_annotations(record: int | str = 208, *, timeout: float = 30.0) -> Bunch:
    """Fetch what cardiologists wrote down for each beat of :func:`load_ecg`, once.

    Parameters
    ----------
    record : int or str
        Only 208, the record from which the excerpt comes.
    timeout : float
        Seconds to wait for a connection, and for each next piece.

    Returns
    -------
    sklearn.utils.Bunch
        One entry for each beat in the excerpt: ``sample`` (509,) int64, where it is in
        ``load_ecg().signal``, at or next to its highest or lowest point; ``symbol`` (509,) str,
        "N" a normal beat, "V" a premature ventricular contraction, "F" a fusion of both, "Q" not
        to be told; ``description`` (509,) str, the same in words; ``sampling_rate`` 360.0;
        ``record`` "208"; ``DESCR``, the card of the ECG. Marks that are no beats (changes of
        rhythm, noise) are left out.

    Raises
    ------
    DownloadError
        It could not be fetched, for example without a network; the message says how to put the
        file in place by hand.
    ValueError
        Another record.

    Notes
    -----
    Source: Moody and Mark (2001), DOI 10.1109/51.932724; PhysioNet, DOI 10.13026/C2F305. ODC-By
    1.0. No checksum of the file could be found, so it is the beats of the excerpt, positions and
    symbols, that are compared with a public copy.

    Examples
    --------
    >>> from medlearn.datasets import fetch_mitbih_annotations
    >>> fetch_mitbih_annotations(100)
    Traceback (most recent call last):
        ...
    ValueError: There are annotations of record 208 only, from which load_ecg() is; not of 100.
    """
    import numpy as np
    from sklearn.utils import Bunch

    if str(record) != "208":
        raise ValueError(
            f"There are annotations of record 208 only, from which load_ecg() is; not of {record}."
        )
    sample, symbol = mitbih.beats(_get(ONLINE["mitbih_208"], timeout).read_bytes())
    words = dict(mitbih.BEATS.values())
    return Bunch(
        sample=sample,
        symbol=symbol,
        description=np.array([words[each] for each in symbol.tolist()]),
        sampling_rate=mitbih.SAMPLING_RATE,
        record="208",
        DESCR=card("ecg"),
    )


def describe() -> list[dict[str, Any]]:
    """Return one row for each data set and each online file, for a table.

    Returns
    -------
    list of dict
        Keys ``name``, ``title``, ``rows``, ``people`` (None: unknown), ``size`` (bytes in this
        repository, or of the download at most), ``where`` ("ships", "scikit-learn", "build it" or
        "online"), ``licence`` and ``lessons``.

    Examples
    --------
    >>> from medlearn.datasets import describe
    >>> [row["name"] for row in describe() if row["where"] == "ships"]
    ['digits', 'heart_disease', 'nhanes', 'nodules', 'movements', 'ecg', 'brain_mri']
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
                "rows": f.rows,
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
    ValueError: There is no data set 'minst'. Did you mean 'mnist'? There are: mnist, mitbih_208,
    pathmnist, chestmnist, ...
    """
    return _get(ONLINE[_known(name, ONLINE)])


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


def _get(item: OnlineFile, timeout: float = 30.0) -> Path:
    # A large file may take long, as long as it keeps coming: 0.2 MB a second are enough.
    return download.fetch(item, timeout=timeout, total_timeout=max(900.0, item.size / 200_000))


def _fetch_npz(item: OnlineFile, timeout: float = 30.0) -> dict[str, np.ndarray]:
    path = _get(item, timeout)
    mend = f"Delete {path} and run the cell again to fetch it anew."
    return _read_npz(path, None, item.shape, mend)  # its checksum was compared just now


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
            arrays = {key: np.asarray(f[key]) for key in shape}  # a member may be no array
    except Exception as error:
        # zipfile, zlib and NumPy have a dozen ways to refuse; the learner's way out is one.
        reason = f"{type(error).__name__}: {error}"
    else:
        wrong = {k: a.shape for k, a in arrays.items() if a.shape != tuple(shape[k])}
        if not wrong:
            return arrays
        reason = f"expected shapes {dict(shape)}, found {wrong}"
    raise DataError(f"{path} does not hold the arrays {', '.join(shape)}: {reason}. {mend}")
