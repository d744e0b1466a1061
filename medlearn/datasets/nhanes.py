"""NHANES 2017-2018: a health survey of the United States, as it comes and clean.

The rules of cleaning are written on the card (``medlearn.datasets.card("nhanes")``); this module is
their one implementation, so that a lesson that cleans by hand can be compared with it.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from medlearn.datasets.catalogue import DATASETS
from medlearn.datasets.pages import card
from medlearn.datasets.storage import read
from medlearn.language import _, ngettext

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from sklearn.utils import Bunch

__all__ = ["clean_nhanes", "load_nhanes", "screening_cohort"]


# What the survey writes for "refused" and "don't know", where the source left it among numbers.
_REFUSED = {
    "sedentary_minutes": (7777, 9999),
    "reported_height_cm": (7777, 9999),
    "reported_weight_kg": (7777, 9999),
    "age_started_smoking": (777, 999),
    "age_told_diabetes": (777, 999),
    "last_hba1c": (777, 999),
}
_FIRST_YEAR = 666  # age when told of diabetes: in the first year of life
_LOWEST_DIASTOLIC = 20  # mm Hg; below it a reading is missing
_CM_PER_INCH, _KG_PER_POUND = 2.54, 0.45359237

_YES_NO = {"1": True, "1.0": True, "0": False, "0.0": False}
_SEX = {"Female": "female", "Male": "male"}
# no text: words of the source
_RACE = {
    name: name
    for name in (
        "Mexican American",
        "Non-Hispanic Asian",
        "Non-Hispanic Black",
        "Non-Hispanic White",
        "Other Hispanic",
        "Other Race - Including Multi-Racial",
    )
}
# no text: words of the source
_HEALTH = {
    "Excellent": "excellent",
    "Very good": "very good",
    "Good": "good",
    "Fair or": "fair",
    "Poor?": "poor",
}
_TOLD = {"0": "no", "Borderline": "borderline", "1": "yes"}
# no text: words of the source
_SMOKES = {"Every day": True, "Some days": True, "Not at all": False}


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
        Clean: ``frame`` (8366, 46), one row for each person, numbers as float64 with NaN for
        missing, yes/no as pandas' ``boolean``, words as categories; ``groups`` (8366,) the
        person of each row, the survey's own number; ``feature_names``; ``feature_descriptions``,
        ``feature_units`` and ``source_names``, dicts with one entry for each column; ``DESCR``,
        the card with the rules of cleaning. Raw: a DataFrame (8366, 45) of str, ``""`` for
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
    table = decode(read("nhanes"))
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
        feature_descriptions=entry.feature_descriptions,
        feature_units=entry.feature_units,
        source_names={v.name: v.source for v in entry.variables},
        DESCR=card("nhanes"),
    )


def screening_cohort(people: pd.DataFrame) -> Bunch:
    """Choose the people of lesson 05, and what a screening tool may know of them.

    Adults of 20 and over with an HbA1c, never told that they have diabetes ("borderline",
    refused and unknown are out), not treated for sugar. What the tool may know is answered by a
    person, or measured without blood.

    Parameters
    ----------
    people : DataFrame
        ``load_nhanes().frame``, or rows of it.

    Returns
    -------
    sklearn.utils.Bunch
        ``frame``, the chosen rows with all their columns; ``data``, a DataFrame (n, 17) of
        float64: age (years), weight (kg), height and waist (cm), blood pressure (mm Hg), pulse
        (beats a minute), hours of sleep, minutes of sitting, and 1 or 0 for yes or no, NaN where
        it is missing; ``target`` (n,) int64, 1 for an HbA1c of 6.5 % or more.

    Raises
    ------
    ValueError
        A column is missing, or nobody is left. The message names it.

    Notes
    -----
    Lesson 05 argues each step, and shows how many leave at each. A high HbA1c in one test is
    no diagnosis.

    Examples
    --------
    >>> from medlearn.datasets import load_nhanes, screening_cohort
    >>> cohort = screening_cohort(load_nhanes().frame)
    >>> cohort.data.shape, int(cohort.target.sum())
    ((4011, 17), 132)
    """
    from sklearn.utils import Bunch

    numbers = ["age", "weight_kg", "height_cm", "waist_cm", "systolic", "diastolic", "pulse"]
    numbers += ["sleep_hours", "sedentary_minutes"]
    yes_no = ["smoked_100", "smokes_now", "vigorous_work", "moderate_work", "walk_bicycle"]
    yes_no += ["vigorous_recreation", "moderate_recreation"]
    asked = ["hba1c", "told_diabetes", "takes_insulin", "takes_pills", "sex"]
    if missing := [name for name in [*numbers, *yes_no, *asked] if name not in people]:
        words = _("people lacks the column {name!r}: give load_nhanes().frame, or rows of it.")
        raise ValueError(words.format(name=missing[0]))
    treated = people["takes_insulin"].eq(True) | people["takes_pills"].eq(True)
    chosen = (people["age"] >= 20) & people["hba1c"].notna() & (people["told_diabetes"] == "no")
    frame = people[chosen & ~treated.fillna(False).astype(bool)]
    if frame.empty:
        words = _("Nobody of these {n} is an adult with an HbA1c who was never told of diabetes.")
        raise ValueError(words.format(n=len(people)))
    data = frame[numbers + yes_no].astype("float64")
    data["female"] = (frame["sex"] == "female").astype("float64")
    return Bunch(frame=frame, data=data, target=(frame["hba1c"] >= 6.5).astype("int64").to_numpy())


def clean_nhanes(raw: pd.DataFrame) -> pd.DataFrame:
    """Make the clean NHANES table from the source's text, by the rules on the card.

    Parameters
    ----------
    raw : DataFrame
        As ``load_nhanes(raw=True)`` gives it, or rows of it: text everywhere, under the source's
        column names; ``""`` is empty. Further columns are ignored.

    Returns
    -------
    DataFrame
        The same rows and index. Numbers are float64 with NaN for missing (``id`` and ``age``
        int64); yes/no columns are ``boolean`` with ``<NA>``; ``sex``, ``race``,
        ``general_health`` and ``told_diabetes`` are categories. The units stand on the card.

    Raises
    ------
    ValueError
        A column is missing, or holds text for which there is no rule. The message names the
        column, the row and the text.

    Notes
    -----
    The rules stand on the card: ``print(medlearn.datasets.card("nhanes"))``. In short: zeros
    that are written as ``5.397605346934028e-79``, codes for "refused" and "don't know",
    pressures that nobody has, two columns for one pulse, times as text, inches and pounds.
    Nothing is filled in, and nobody is left out.

    Examples
    --------
    >>> from medlearn.datasets import clean_nhanes, load_nhanes
    >>> raw = load_nhanes(raw=True)
    >>> raw.loc[raw["MinutesSedentaryActivity"] == "9999.0", "MinutesSedentaryActivity"].size
    32
    >>> clean = clean_nhanes(raw)
    >>> clean["sedentary_minutes"].max()
    np.float64(1320.0)
    >>> clean["told_diabetes"].value_counts().to_dict()
    {'no': 7334, 'yes': 853, 'borderline': 175}
    """
    import pandas as pd

    sources = {v.name: v.source for v in DATASETS["nhanes"].variables if v.source}
    wanted = [name for source in sources.values() for name in source.split(", ")]
    lacking = [name for name in wanted if name not in raw.columns]
    if lacking:
        raise ValueError(
            ngettext(
                "The raw table lacks the column {column!r}. Give the table of "
                "load_nhanes(raw=True), or rows of it.",
                "The raw table lacks the column {column!r} and {more} more. Give the table of "
                "load_nhanes(raw=True), or rows of it.",
                len(lacking),
            ).format(column=lacking[0], more=len(lacking) - 1)
        )

    def number(name: str) -> pd.Series:
        values = _numbers(raw[sources[name]])
        return values.mask(values.isin(_REFUSED.get(name, ())))

    def yes_no(name: str, words: dict[str, bool] = _YES_NO) -> pd.Series:
        return _words(raw[sources[name]], words).astype("boolean")

    def category(name: str, words: dict[str, str], ordered: bool = False) -> pd.Series:
        kind = pd.CategoricalDtype(list(words.values()), ordered)
        return _words(raw[sources[name]], words).astype(kind)

    def diastolic(name: str) -> pd.Series:
        values = number(name)
        return values.mask(values < _LOWEST_DIASTOLIC)

    columns: dict[str, Any] = {
        "id": number("id").astype("int64"),
        "age": number("age").astype("int64"),
        "sex": category("sex", _SEX),
        "race": category("race", _RACE),
        **{name: number(name) for name in ("weight_kg", "height_cm", "bmi", "waist_cm")},
    }
    for reading in "123":
        columns[f"systolic_{reading}"] = number(f"systolic_{reading}")
        columns[f"diastolic_{reading}"] = diastolic(f"diastolic_{reading}")
    for which in ("systolic", "diastolic"):
        readings = [columns[f"{which}_{reading}"] for reading in "123"]
        columns[which] = pd.concat(readings, axis=1).mean(axis=1)
    wrist, heart = sources["pulse"].split(", ")
    columns["pulse"] = _numbers(raw[wrist]).fillna(_numbers(raw[heart]))
    columns["bed_time"] = _hours(raw[sources["bed_time"]])
    columns["wake_time"] = _hours(raw[sources["wake_time"]])
    columns["sleep_hours"] = number("sleep_hours")
    columns["smoked_100"] = yes_no("smoked_100")
    started = number("age_started_smoking")
    columns["age_started_smoking"] = started.mask(started == 0)
    smokes = yes_no("smokes_now", _SMOKES)
    columns["smokes_now"] = smokes.mask(columns["smoked_100"].eq(False).fillna(False), False)
    for name in (
        "vigorous_work",
        "moderate_work",
        "walk_bicycle",
        "vigorous_recreation",
        "moderate_recreation",
    ):
        columns[name] = yes_no(name)
    columns["sedentary_minutes"] = number("sedentary_minutes")
    columns["general_health"] = category("general_health", _HEALTH, ordered=True)
    columns["told_heart_attack"] = yes_no("told_heart_attack")
    columns["told_stroke"] = yes_no("told_stroke")
    columns["reported_height_cm"] = number("reported_height_cm") * _CM_PER_INCH
    columns["reported_weight_kg"] = number("reported_weight_kg") * _KG_PER_POUND
    for name in ("total_cholesterol", "hdl_cholesterol", "hba1c"):
        columns[name] = number(name)
    columns["told_diabetes"] = category("told_diabetes", _TOLD)
    told = number("age_told_diabetes")
    columns["age_told_diabetes"] = told.mask(told == _FIRST_YEAR, 0.0)
    columns["told_prediabetes"] = yes_no("told_prediabetes")
    columns["told_risk"] = yes_no("told_risk")
    # no text: a word of the source
    columns["family_history"] = yes_no("family_history", {"Family history": True})
    columns["takes_insulin"] = yes_no("takes_insulin")
    columns["takes_pills"] = yes_no("takes_pills")
    columns["last_hba1c"] = number("last_hba1c")
    columns["insured"] = yes_no("insured")
    return pd.DataFrame(columns, index=raw.index)


def _numbers(text: pd.Series) -> pd.Series:
    import pandas as pd

    values = pd.to_numeric(text.where(text != ""), errors="coerce").astype("float64")
    _no_rule(text, (text != "") & values.isna(), _("is no number"))
    # Zero in IBM's number format was read as 2 ** -260. Nothing that is measured here is as small.
    return values.mask(values.abs() < 1e-70, 0.0)


def _words(text: pd.Series, words: dict[str, Any]) -> pd.Series:
    _no_rule(
        text,
        (text != "") & ~text.isin(list(words)),
        _("is none of {words}").format(words=", ".join(words)),
    )
    return text.map(words)


def _hours(text: pd.Series) -> pd.Series:
    """Turn ``b'23:30'`` into 23.5; the codes 77777 and 99999 and ``b''`` are missing."""
    parts = text.str.extract(r"^b'(\d\d):(\d\d)'$").astype("float64")
    known = parts[0].notna() | text.isin(["", "b''", "b'77777'", "b'99999'"])
    _no_rule(text, ~known, _("is no time like b'23:30'"))
    return parts[0] + parts[1] / 60


def _no_rule(text: pd.Series, bad: pd.Series, why: str) -> None:
    if bad.any():
        row = bad.idxmax()
        raise ValueError(
            _("Column {name!r}, row {row!r}: {value!r} {why}.").format(
                name=text.name, row=row, value=text[row], why=why
            )
        )


def decode(arrays: dict[str, np.ndarray]) -> pd.DataFrame:
    """Return the raw table from the arrays in the data file (see :func:`encode`)."""
    import numpy as np
    import pandas as pd

    starts = np.cumsum(arrays["sizes"]) - arrays["sizes"]
    words = arrays["words"].astype(str).astype(object)
    text = words[starts[:, None] + arrays["codes"]]
    names = arrays["columns"].astype(str).tolist()
    return pd.DataFrame(dict(zip(names, text, strict=True)), dtype=object)


def encode(raw: pd.DataFrame) -> dict[str, np.ndarray]:
    """Return a table of text as plain arrays: each column's words once, and a code per person."""
    import numpy as np

    words, codes = zip(
        *(np.unique(raw[c].to_list(), return_inverse=True) for c in raw), strict=True
    )
    return {
        "columns": np.array(raw.columns.to_list(), dtype=np.bytes_),
        "sizes": np.array([len(w) for w in words], dtype=np.int64),
        "words": np.char.encode(np.concatenate(words), "ascii"),
        "codes": np.array(codes, dtype=np.uint16),
    }


def convert(raw: bytes) -> dict[str, np.ndarray]:
    """Keep the registered columns of the source's table, every value the text that it was."""
    import pandas as pd

    table = pd.read_csv(io.BytesIO(raw), sep="\t", dtype=str, keep_default_na=False)
    sources = [v.source for v in DATASETS["nhanes"].variables if v.source]
    return encode(table[[name for source in sources for name in source.split(", ")]])
