"""Intervals that need no resampling."""

from __future__ import annotations

import numpy as np

from medlearn import inputs, renamed
from medlearn.language import _
from medlearn.metrics.types import Estimate

__all__ = ["exact_interval"]


@renamed.keywords(level="confidence_level")
def exact_interval(k: int, n: int, confidence_level: float = 0.95) -> Estimate:
    """A share k / n with its exact binomial (Clopper–Pearson) interval.

    Right for few patients and for shares near 0 or 1, and for k = 0 and k = n too, where the
    bootstrap gives no width at all. SciPy computes it. The n must be independent of each other.

    Parameters
    ----------
    k, n : int
        k of n patients.
    confidence_level : float
        0.95 for a 95 % interval.

    Raises
    ------
    ValueError
        When not 0 ≤ k ≤ n with n ≥ 1, both whole numbers.

    References
    ----------
    Clopper and Pearson (1934), Biometrika 26:404, doi:10.1093/biomet/26.4.404.

    Examples
    --------
    Nobody of ten was harmed; up to three in ten could be:

    >>> print(exact_interval(0, 10))
    0.000 [0.000 to 0.308]
    """
    whole = all(isinstance(number, (int, np.integer)) for number in (k, n))
    if not whole or not 0 <= k <= n or n < 1:
        raise ValueError(
            _(
                "exact_interval needs whole numbers, 0 ≤ k ≤ n and 1 ≤ n; they are {k!r}, {n!r}."
            ).format(k=k, n=n)
        )
    from scipy.stats import binomtest

    level = inputs.confidence_level(confidence_level)
    ends = binomtest(int(k), int(n)).proportion_ci(level, method="exact")
    return Estimate(float(k / n), float(ends.low), float(ends.high))
