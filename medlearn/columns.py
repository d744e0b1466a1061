"""What `splits` and `metrics` both ask of a column: is a value missing, whose row is this."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

__all__ = ["is_missing", "patient_numbers"]


def is_missing(value: Any) -> bool:
    """None, NaN, pandas' NA; also the word "nan", which NumPy makes of a NaN among words.

    Examples
    --------
    >>> [is_missing(value) for value in (None, float("nan"), "nan", 0, "")]
    [True, True, True, False, False]
    """
    return value is None or str(value) in ("nan", "<NA>", "NaT")


def patient_numbers(names: Sequence[Any]) -> np.ndarray:
    """The number of each row's patient: 0, 1, 2, ... in order of appearance.

    Parameters
    ----------
    names : sequence of n hashable values
        Which patient each row belongs to.

    Returns
    -------
    int array of shape (n,)

    Examples
    --------
    >>> patient_numbers(["Bob", "Ann", "Bob"])
    array([0, 1, 0])
    """
    numbers: dict[Any, int] = {}
    return np.array([numbers.setdefault(name, len(numbers)) for name in names])
