"""Does what a model is given know what has not happened yet?

`splits` keeps one patient from standing on two sides. A series has another leak: a filter, a filled
gap or a scale that was fitted to the whole recording carries the future into the past, and no
split by time can take it out again. Reading code for it is hard; trying is easy.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from medlearn import inputs
from medlearn.language import _

__all__ = ["sees_future"]

_MOMENTS = 8  # looked at when none are given
_NEARLY = {np.float64: 1e-9}  # of the features' spread: a sum in another order is no leak
_ROUGHLY = 1e-5  # of numbers with fewer digits


def sees_future(
    prepare: Callable[[np.ndarray], Any],
    signal: ArrayLike,
    *,
    moments: ArrayLike | None = None,
    seed: int = 0,
) -> bool:
    """Whether features at a moment change when only what comes after that moment is changed.

    For each moment t the signal is kept up to t and made another one after it, twice: its later
    values are drawn anew, and they are moved far away. If the features at t differ from those of
    the true signal, `prepare` looked ahead.

    Parameters
    ----------
    prepare : callable
        Takes a signal of shape (n,) and gives its features, one row for each moment: shape (n,)
        or (n, k). It may give NaN where it has none.
    signal : array-like of shape (n,)
        A real recording, in order of time and in the unit that `prepare` expects; NaN where
        nothing was measured.
    moments : array-like of int, optional
        Which moments to look at, from 0 to n - 2. Eight, spread over the signal, if not given.
    seed : int
        Draws the other futures.

    Returns
    -------
    bool
        True when the future is seen. False says that nothing was seen at these moments: it is no
        proof for others.

    Raises
    ------
    TypeError
        When `prepare` is no function.
    ValueError
        When the signal is no row of numbers or too short, a moment is none of it or has no future,
        `prepare` gives another number of rows, no numbers, or other features each time.

    Notes
    -----
    What is compared is one moment at a time, so a target that lies in the future is no feature:
    leave it out of `prepare`.

    References
    ----------
    Kaufman, Rosset, Perlich and Stitelman (2012), "Leakage in data mining: formulation, detection,
    and avoidance", ACM Transactions on Knowledge Discovery from Data 6:15,
    doi:10.1145/2382577.2382579.

    Examples
    --------
    >>> signal = np.sin(np.arange(100) / 5)
    >>> def step(signal):
    ...     return np.diff(signal, prepend=signal[0])  # from the last value to this one
    >>> def without_mean(signal):
    ...     return signal - signal.mean()  # the mean of the future as well
    >>> sees_future(step, signal), sees_future(without_mean, signal)
    (False, True)
    """
    if not callable(prepare):
        raise TypeError(
            _(
                "sees_future asks for the function that makes the features, as in "
                "sees_future(prepare, signal); a {kind} came. Give its name without brackets."
            ).format(kind=type(prepare).__name__)
        )
    known = _series(signal)
    rng = np.random.default_rng(inputs.whole_number(seed, "seed", least=0))
    true = _features(prepare, known)
    if not _alike(true, _features(prepare, known)).all():
        raise ValueError(
            _(
                "prepare gives other features each time, for the same signal: fix its random seed, "
                "so that a difference can only come from the future."
            )
        )
    for t in _chosen(moments, len(known)):
        for later in _other_futures(known, t, rng):
            if not _alike(true, _features(prepare, np.r_[known[: t + 1], later]))[t]:
                return True
    return False


def _series(signal: Any) -> np.ndarray:
    found = inputs.floats(signal, "signal")
    if found.ndim != 1:
        raise ValueError(
            _(
                "signal should be one row of numbers, in order of time; its shape is {shape}. Test "
                "one recording, and one of its channels, at a time."
            ).format(shape=found.shape)
        )
    if len(found) < 3 or not np.isfinite(found).any():
        raise ValueError(
            _("signal needs three values or more, and one that was measured; it has {n}.").format(
                n=len(found)
            )
        )
    return found


def _chosen(moments: Any, n: int) -> np.ndarray:
    """The moments to look at, each with a future."""
    if moments is None:
        return np.unique(np.linspace(n // 10, n - 2, _MOMENTS).astype(int))
    found = np.atleast_1d(inputs.array(moments, "moments"))
    if found.ndim != 1 or found.dtype.kind not in "iu" or not len(found):
        raise ValueError(
            _("moments should be places in the signal: whole numbers, as in [10, 50].")
        )
    if found.min() < 0 or found.max() > n - 2:
        raise ValueError(
            _(
                "moments should lie from 0 to {last}, so that something comes after each; the "
                "signal has {n} values."
            ).format(last=n - 2, n=n)
        )
    return found


def _other_futures(known: np.ndarray, t: int, rng: np.random.Generator) -> list[np.ndarray]:
    """Two other futures of the same length: of values like those of the signal, and of none."""
    measured = known[np.isfinite(known)]
    width = max(float(np.ptp(measured)), 1.0)
    drawn = rng.choice(measured, len(known) - t - 1) + rng.normal(0, width / 10, len(known) - t - 1)
    return [drawn, drawn + 10 * width]


def _features(prepare: Callable[[np.ndarray], Any], signal: np.ndarray) -> np.ndarray:
    """What `prepare` makes of a copy: one row for each moment."""
    made = inputs.floats(prepare(signal.copy()), _("what prepare gives"))
    if made.ndim == 0 or len(made) != len(signal):
        raise ValueError(
            _(
                "prepare should give one row of features for each of the {n} moments; its result "
                "has the shape {shape}. Put NaN where there is no feature yet."
            ).format(n=len(signal), shape=made.shape)
        )
    return made.reshape(len(made), -1)


def _alike(true: np.ndarray, other: np.ndarray) -> np.ndarray:
    """For each moment, whether two rows of features are the same but for rounding."""
    if true.shape != other.shape:
        raise ValueError(
            _("prepare gives {one} features for one signal and {two} for another.").format(
                one=true.shape[1], two=other.shape[1]
            )
        )
    finite = true[np.isfinite(true)]
    width = float(np.ptp(finite)) if len(finite) else 1.0
    near = _NEARLY.get(true.dtype.type, _ROUGHLY)
    return np.isclose(true, other, rtol=near, atol=near * width, equal_nan=True).all(axis=1)
