"""Breast cancer Wisconsin: cell nuclei from needle samples. scikit-learn carries the data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from medlearn.datasets.catalogue import DATASETS
from medlearn.datasets.storage import read, table_of_patients

if TYPE_CHECKING:
    import numpy as np
    from sklearn.utils import Bunch

__all__ = ["load_breast_cancer"]


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
    entry = DATASETS["breast_cancer"]
    arrays = read("breast_cancer")
    forms = ("mean {}", "{} error", "worst {}")
    return table_of_patients(
        entry,
        arrays["data"],
        arrays["target"],
        [form.format(v.name) for form in forms for v in entry.variables],
        return_X_y=return_X_y,
        as_frame=as_frame,
        feature_descriptions=entry.feature_descriptions,
        feature_units=entry.feature_units,
    )


def convert() -> dict[str, np.ndarray]:
    """Read scikit-learn's copy, and code the disease as 1."""
    import numpy as np
    from sklearn.datasets import load_breast_cancer as original

    bunch = original()
    return {"data": bunch.data, "target": 1 - bunch.target.astype(np.int64)}
