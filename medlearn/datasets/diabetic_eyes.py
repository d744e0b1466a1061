"""Eyes of people with diabetes: one eye of each was lasered, by lot."""

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

__all__ = ["load_diabetic_eyes"]

# The source's words.
_LASERS = {"xenon": 0, "argon": 1}


def load_diabetic_eyes(
    *, return_X_y: bool = False, as_frame: bool = False
) -> Bunch | tuple[Any, Any]:
    """Load the eyes of 197 people with diabetic retinopathy, one treated with a laser, one not.

    One row is one eye. The two eyes of a person stand together, the treated one first, and are
    alike: split by ``groups``.

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
        ``data`` (394, 4) float64, what was known at the start, ``treated`` (0 or 1) among it.
        ``target`` (394, 2) float64: ``months`` to the loss of sight (``sight_lost`` is 1) or to the
        end of the follow-up (0), less 6.5. ``feature_names`` (4,); ``target_names`` (2,);
        ``groups`` (394,) the person of each eye; ``categories``, a dict of column to ``{code:
        word}``; ``feature_descriptions`` and ``feature_units``, dicts with one entry for each
        column; ``frame``, features and outcomes in one table (None unless ``as_frame``); ``DESCR``,
        the card.

    Raises
    ------
    DataError
        The file is missing or damaged.

    Notes
    -----
    Source: Huster and others (1989), DOI 10.2307/2532041, as R's package survival has it. GPL 2.

    Examples
    --------
    >>> from medlearn.datasets import load_diabetic_eyes
    >>> eyes = load_diabetic_eyes(as_frame=True).frame
    >>> eyes.groupby("treated")["sight_lost"].agg(["size", "sum"])
             size  sum
    treated
    0         197  101
    1         197   54
    """
    return load("diabetic_eyes", return_X_y=return_X_y, as_frame=as_frame)


def convert(index: bytes, base: bytes) -> dict[str, np.ndarray]:
    """Take R's table, in which the two eyes of a person stand together, the treated one first."""
    table = pairs(lazy_table(index, base, "retinopathy", "diabetic_eyes"))
    return arrays_of("diabetic_eyes", table, {"laser": _LASERS})


def pairs(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table as it is, if each person has two rows together, the treated eye first.

    Raises
    ------
    DataError
        A person has not.
    """
    first, second = table[::2], table[1::2]
    paired = len(first) == len(second) and table.id.nunique() == len(first)
    if not (
        paired
        and (first.id.to_numpy() == second.id.to_numpy()).all()
        and (first.trt == 1).all()
        and (second.trt == 0).all()
    ):
        raise DataError(
            _("diabetic_eyes: a person has not two rows together, first the treated eye.")
        )
    return table
