"""Colon cancer: a trial that gave 929 people one of three treatments by lot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from medlearn.datasets._rdata import lazy_table
from medlearn.datasets._survival import arrays_of, load
from medlearn.datasets.errors import DataError
from medlearn.language import _

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from sklearn.utils import Bunch

__all__ = ["load_colon_trial"]

# The source's words.
_ARMS = {"Obs": 0, "Lev": 1, "Lev+5FU": 2}


def load_colon_trial(
    *, return_X_y: bool = False, as_frame: bool = False
) -> Bunch | tuple[Any, Any]:
    """Load the trial of levamisole and fluorouracil after surgery for colon cancer.

    Parameters
    ----------
    return_X_y : bool
        Return ``(data, target)`` instead of a Bunch.
    as_frame : bool
        Give pandas objects instead of arrays, categories as words instead of codes, and whole
        numbers as such.

    Returns
    -------
    sklearn.utils.Bunch or (data, target)
        ``data`` (929, 11) float64, what was known at the start, the ``arm`` first; NaN where a
        value is missing (18 of ``nodes``, 23 of ``differentiation``). ``target`` (929, 4)
        float64: ``days_to_recurrence``, ``recurrence``, ``days_to_death``, ``death``; days are
        to the event (1) or to the end of the follow-up (0). ``feature_names`` (11,);
        ``target_names`` (4,); ``groups`` (929,) the patient of each row (each has one);
        ``categories``, a dict of column to ``{code: word}``; ``feature_descriptions`` and
        ``feature_units``, dicts with one entry for each column; ``frame``, features and outcomes
        in one table (None unless ``as_frame``); ``DESCR``, the card.

    Raises
    ------
    DataError
        The file is missing or damaged.

    Notes
    -----
    Source: Moertel and others (1995), DOI 10.7326/0003-4819-122-5-199503010-00001, as R's package
    survival has it. GPL 2.

    Examples
    --------
    >>> from medlearn.datasets import load_colon_trial
    >>> patients = load_colon_trial(as_frame=True).frame
    >>> patients.groupby("arm", observed=True)["death"].agg(["size", "sum"])
                         size  sum
    arm
    observation           315  168
    levamisole            310  161
    levamisole + 5-FU     304  123
    """
    return load("colon_trial", return_X_y=return_X_y, as_frame=as_frame)


def convert(index: bytes, base: bytes) -> dict[str, np.ndarray]:
    """Turn R's table, two rows a person, into one row a person."""
    table = one_row_a_person(lazy_table(index, base, "colon", "colon_trial"))
    return arrays_of("colon_trial", table, {"arm": _ARMS})


def one_row_a_person(table: pd.DataFrame) -> pd.DataFrame:
    """Bring the row of the recurrence and the row of the death of each person together.

    Raises
    ------
    DataError
        A person has not one row of each, or the two say different things of the start.
    """
    outcome = ["time", "status", "etype"]
    rows = {kind: table[table.etype == kind].set_index("id") for kind in (1, 2)}
    start = {kind: part.drop(columns=outcome) for kind, part in rows.items()}
    if not (start[1].index.is_unique and start[1].equals(start[2])):
        raise DataError(
            _("colon_trial: the two rows of a person do not say the same of the start.")
        )
    return start[1].assign(
        days_to_recurrence=rows[1].time,
        recurrence=rows[1].status,
        days_to_death=rows[2].time,
        death=rows[2].status,
    )
