"""Heart disease: patients who came for an angiogram in Cleveland."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from medlearn.datasets.catalogue import DATASETS
from medlearn.datasets.storage import in_numbers, read, table_of_patients

if TYPE_CHECKING:
    import numpy as np
    from sklearn.utils import Bunch

__all__ = ["load_heart_disease"]


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
    entry = DATASETS["heart_disease"]
    arrays = read("heart_disease")
    return table_of_patients(
        entry,
        arrays["data"],
        arrays["target"],
        [v.name for v in entry.variables],
        return_X_y=return_X_y,
        as_frame=as_frame,
        categories=entry.categories,
        feature_descriptions=entry.feature_descriptions,
        feature_units=entry.feature_units,
    )


def convert(raw: bytes) -> dict[str, np.ndarray]:
    """Turn Orange's table (names, types and roles in three lines, then words) into numbers."""
    import numpy as np
    import pandas as pd

    table = pd.read_csv(io.BytesIO(raw), sep="\t", skiprows=[1, 2], dtype=str, na_values="?")
    columns = []
    for variable in DATASETS["heart_disease"].variables:
        text = table[variable.source]
        if variable.codes:
            words = _WORDS.get(variable.name, {"0": 0, "1": 1})
            text = in_numbers(text, words, "heart_disease")
        columns.append(text.astype(np.float64))
    # no text: a column of the source
    target = table["diameter narrowing"].astype(np.int64)
    return {"data": np.column_stack(columns), "target": target.to_numpy()}


# Orange's words for UCI's numbers.
# no text: words of the source
_WORDS = {
    "sex": {"female": 0, "male": 1},
    "chest_pain": {
        "typical ang": 1,
        "atypical ang": 2,
        "non-anginal": 3,
        "asymptomatic": 4,
    },
    "resting_ecg": {"normal": 0, "ST-T abnormal": 1, "left vent hypertrophy": 2},
    "st_slope": {"upsloping": 1, "flat": 2, "downsloping": 3},
    "thallium": {"normal": 3, "fixed defect": 6, "reversable defect": 7},
}
