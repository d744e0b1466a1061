"""Breast cancer in Rotterdam: 2,982 women, treated as their doctors chose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from medlearn.datasets._rdata import lazy_table
from medlearn.datasets._survival import arrays_of, load

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from sklearn.utils import Bunch

__all__ = ["load_rotterdam"]

# The source's words.
_SIZES = {"<=20": 0, "20-50": 1, ">50": 2}


def load_rotterdam(*, return_X_y: bool = False, as_frame: bool = False) -> Bunch | tuple[Any, Any]:
    """Load the breast cancers of the Rotterdam tumour bank, and what came after surgery.

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
        ``data`` (2982, 10) float64, what was known at the start, ``hormones`` and ``chemotherapy``
        (0 or 1) among it. ``target`` (2982, 6) float64: ``days_to_recurrence``, ``recurrence``,
        ``days_to_death``, ``death``, and, made from them, ``days_to_event``, ``event`` (recurrence
        or death, whichever came first); days are to the event (1) or to the end of the follow-up
        (0). ``feature_names`` (10,); ``target_names`` (6,); ``groups`` (2982,) the patient of each
        row (each has one); ``categories``, a dict of column to ``{code: word}``;
        ``feature_descriptions`` and ``feature_units``, dicts with one entry for each column;
        ``frame``, features and outcomes in one table (None unless ``as_frame``); ``DESCR``, the
        card.

    Raises
    ------
    DataError
        The file is missing or damaged.

    Notes
    -----
    Source: Royston and Altman (2013), DOI 10.1186/1471-2288-13-33, as R's package survival has it.
    GPL 2.

    Examples
    --------
    >>> from medlearn.datasets import load_rotterdam
    >>> women = load_rotterdam(as_frame=True).frame
    >>> positive = women[women.nodes > 0]
    >>> len(women), len(positive), int(women.hormones.sum()), int(positive.hormones.sum())
    (2982, 1546, 339, 339)
    """
    return load("rotterdam", return_X_y=return_X_y, as_frame=as_frame)


def convert(index: bytes, base: bytes) -> dict[str, np.ndarray]:
    """Take R's table, and add the first of recurrence and death."""
    table = first_event(lazy_table(index, base, "rotterdam", "rotterdam"))
    return arrays_of("rotterdam", table, {"tumour_size": _SIZES})


def first_event(table: pd.DataFrame) -> pd.DataFrame:
    """Add recurrence or death, whichever came first, as the source's own example does.

    Who died without a known recurrence has the event at death, also where nobody looked for a
    recurrence any more.
    """
    recurred = table.recur == 1
    return table.assign(
        days_to_event=table.rtime.where(recurred, table.dtime),
        event=table.recur.where(recurred, table.death),
    )
