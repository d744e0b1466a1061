"""Heart disease in four hospitals: the patients of Cleveland, and those of three others."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from medlearn.datasets.catalogue import DATASETS
from medlearn.datasets.errors import DataError
from medlearn.datasets.storage import in_numbers, read, table_of_patients
from medlearn.language import _

if TYPE_CHECKING:
    import numpy as np
    from sklearn.utils import Bunch

__all__ = ["load_heart_hospitals"]

# no text: names
HOSPITALS = {
    "Cleveland": "Cleveland",
    "Hungary": "Budapest",
    "Switzerland": "Zurich and Basel",
    "VA Long Beach": "Long Beach",
}
"""The source's words and ours, in the order of the numbers in the file."""


def load_heart_hospitals(
    *, return_X_y: bool = False, as_frame: bool = False
) -> Bunch | tuple[Any, Any]:
    """Load the heart-disease data of four hospitals: 920 patients, 13 findings.

    The columns, codes and words are those of :func:`medlearn.datasets.load_heart_disease`, whose
    303 patients are the first 303 here.

    Parameters
    ----------
    return_X_y : bool
        Return ``(data, target)`` instead of a Bunch.
    as_frame : bool
        Give pandas objects instead of arrays, and categories as words instead of codes.

    Returns
    -------
    sklearn.utils.Bunch or (data, target)
        ``data`` (920, 13) float64, NaN where a value is missing; categories are UCI's numbers,
        whose meaning stands in ``categories``, a dict of feature name to ``{code: word}``. As a
        frame, categories are pandas categories of words, the rest is float64. ``target`` (920,)
        int64, 1 = an artery narrowed by more than half of its diameter; ``hospital`` (920,), the
        names Cleveland, Budapest, Zurich and Basel, Long Beach, in this order; ``feature_names``
        (13,); ``target_names``; ``groups`` (920,) the patient of each row (each patient has one
        row); ``feature_descriptions`` and ``feature_units``, dicts with one entry for each
        feature; ``frame``, the table with the last columns ``target`` and ``hospital`` (None
        unless ``as_frame``); ``DESCR``, the card.

    Raises
    ------
    DataError
        The file is missing or damaged.

    Notes
    -----
    Source: Janosi, Steinbrunn, Pfisterer and Detrano (1988), UCI Machine Learning Repository, DOI
    10.24432/C52P4X; Detrano and others (1989), DOI 10.1016/0002-9149(89)90524-9. CC BY 4.0. The
    units stand in ``feature_units``.

    Examples
    --------
    >>> from medlearn.datasets import load_heart_hospitals
    >>> patients = load_heart_hospitals(as_frame=True)
    >>> patients.hospital.value_counts(sort=False).to_dict()
    {'Cleveland': 303, 'Budapest': 294, 'Zurich and Basel': 123, 'Long Beach': 200}
    >>> patients.frame.groupby("hospital", sort=False)["target"].sum().tolist()
    [139, 106, 115, 149]
    >>> int(patients.data["cholesterol"].isna().sum())  # all of Zurich and Basel among them
    202
    """
    import numpy as np

    entry, arrays = DATASETS["heart_hospitals"], read("heart_hospitals")
    hospital = np.array(list(HOSPITALS.values()))[arrays["hospital"]]
    loaded = table_of_patients(
        entry,
        arrays["data"],
        arrays["target"],
        [v.name for v in entry.variables],
        return_X_y=return_X_y,
        as_frame=as_frame,
        hospital=hospital,
        categories=entry.categories,
        feature_descriptions=entry.feature_descriptions,
        feature_units=entry.feature_units,
    )
    if as_frame and not return_X_y:
        loaded.frame = loaded.frame.assign(hospital=hospital)
        loaded.hospital = loaded.frame["hospital"]
    return loaded


def convert(raw: bytes) -> dict[str, np.ndarray]:
    """Turn the words into UCI's numbers, a zero that is none into NaN, and mend the wrong row."""
    import numpy as np
    import pandas as pd

    table = pd.read_csv(io.BytesIO(raw), dtype=str).set_index("id")
    # The source calls the first patient of Budapest one of Cleveland.
    if table.loc["303":"305", "dataset"].tolist() != ["Cleveland", "Cleveland", "Hungary"]:
        raise DataError(_("heart_hospitals: row 304 of the source is not as the card says."))
    table.loc["304", "dataset"] = "Hungary"
    columns = []
    for variable in DATASETS["heart_hospitals"].variables:
        text = table[variable.source]
        if variable.codes:
            words = _WORDS.get(variable.name, {"FALSE": 0, "TRUE": 1})
            text = in_numbers(text, words, "heart_hospitals")
        values = text.astype(np.float64)
        if variable.name in ("cholesterol", "resting_pressure"):
            values = values.where(values != 0)
        columns.append(values)
    order = {name: number for number, name in enumerate(HOSPITALS)}
    return {
        "data": np.column_stack(columns),
        "target": (table["num"].astype(int) > 0).to_numpy(np.int64),
        "hospital": in_numbers(table["dataset"], order, "heart_hospitals").to_numpy(np.uint8),
    }


# The source's words for UCI's numbers.
# no text: words of the source
_WORDS = {
    "sex": {"Female": 0, "Male": 1},
    "chest_pain": {
        "typical angina": 1,
        "atypical angina": 2,
        "non-anginal": 3,
        "asymptomatic": 4,
    },
    "resting_ecg": {"normal": 0, "st-t abnormality": 1, "lv hypertrophy": 2},
    "st_slope": {"upsloping": 1, "flat": 2, "downsloping": 3},
    "thallium": {"normal": 3, "fixed defect": 6, "reversable defect": 7},
}
