"""Breast cancer in Germany: 686 women of a study that was a trial in part."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from medlearn.datasets._rdata import lazy_table
from medlearn.datasets._survival import arrays_of, load

if TYPE_CHECKING:
    import numpy as np
    from sklearn.utils import Bunch

__all__ = ["load_gbsg"]


def load_gbsg(*, return_X_y: bool = False, as_frame: bool = False) -> Bunch | tuple[Any, Any]:
    """Load the women of the German Breast Cancer Study Group, all with positive nodes.

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
        ``data`` (686, 8) float64, what was known at the start, ``hormones`` (0 or 1) among it.
        ``target`` (686, 2) float64: ``days_to_event``, ``event``; the event is a recurrence or
        death, and days are to it (1) or to the end of the follow-up (0). ``feature_names`` (8,);
        ``target_names`` (2,); ``groups`` (686,) the patient of each row (each has one);
        ``categories``, a dict of column to ``{code: word}``; ``feature_descriptions`` and
        ``feature_units``, dicts with one entry for each column; ``frame``, features and outcomes in
        one table (None unless ``as_frame``); ``DESCR``, the card.

    Raises
    ------
    DataError
        The file is missing or damaged.

    Notes
    -----
    Source: Schumacher and others (1994), DOI 10.1200/JCO.1994.12.10.2086, as R's package survival
    has it. GPL 2.

    Examples
    --------
    >>> from medlearn.datasets import load_gbsg
    >>> women = load_gbsg(as_frame=True).frame
    >>> women.shape, int(women.hormones.sum()), int(women.event.sum())
    ((686, 10), 246, 299)
    >>> women.menopause.value_counts().to_dict()
    {'after': 396, 'before': 290}
    """
    return load("gbsg", return_X_y=return_X_y, as_frame=as_frame)


def convert(index: bytes, base: bytes) -> dict[str, np.ndarray]:
    """Take R's table."""
    return arrays_of("gbsg", lazy_table(index, base, "gbsg", "gbsg"))
