"""Hearts at Stanford: 103 people accepted for a transplant, 69 of whom lived to get one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from medlearn.datasets._rdata import lazy_table
from medlearn.datasets._survival import arrays_of, load

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from sklearn.utils import Bunch

__all__ = ["load_transplants"]


def load_transplants(
    *, return_X_y: bool = False, as_frame: bool = False
) -> Bunch | tuple[Any, Any]:
    """Load the first people accepted for a heart transplant at Stanford.

    The transplant is an outcome, not a feature: at the start nobody knew who would get one.

    Parameters
    ----------
    return_X_y : bool
        Return ``(data, target)`` instead of a Bunch.
    as_frame : bool
        Give pandas objects instead of arrays, and whole numbers as such.

    Returns
    -------
    sklearn.utils.Bunch or (data, target)
        ``data`` (103, 3) float64, what was known at the start. ``target`` (103, 4) float64:
        ``days_to_transplant`` (NaN for the 34 without), ``transplant``, ``days_to_death``,
        ``death``; days are from the acceptance, to the death (1) or to the end of the follow-up
        (0). ``feature_names`` (3,); ``target_names`` (4,); ``groups`` (103,) the patient of each
        row (each has one); ``categories``, empty; ``feature_descriptions`` and ``feature_units``,
        dicts with one entry for each column; ``frame``, features and outcomes in one table (None
        unless ``as_frame``); ``DESCR``, the card.

    Raises
    ------
    DataError
        The file is missing or damaged.

    Notes
    -----
    Source: Crowley and Hu (1977), DOI 10.1080/01621459.1977.10479903, as R's package survival has
    it. GPL 2.

    Examples
    --------
    >>> from medlearn.datasets import load_transplants
    >>> people = load_transplants(as_frame=True).frame
    >>> people.groupby("transplant")["days_to_death"].median()  # who dies early gets no heart
    transplant
    0     20.0
    1    206.0
    Name: days_to_death, dtype: float64
    """
    return load("transplants", return_X_y=return_X_y, as_frame=as_frame)


def convert(index: bytes, base: bytes) -> dict[str, np.ndarray]:
    """Take R's table without its dates."""
    table = without_dates(lazy_table(index, base, "jasa", "transplants"))
    return arrays_of("transplants", table)


def without_dates(table: pd.DataFrame) -> pd.DataFrame:
    """Count the day of the acceptance from that of the first person; leave out all dates."""
    accepted = table["accept.dt"]
    dates = ["birth.dt", "accept.dt", "tx.date", "fu.date"]
    return table.drop(columns=dates).assign(accepted_on_day=accepted - accepted.min())
