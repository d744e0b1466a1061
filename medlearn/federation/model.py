"""The arithmetic of a federation: sums, steps, and the mean of weights.

A model is one array: the intercept, then a weight for each column. Nothing here knows that there is
a network.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from medlearn import inputs

__all__ = [
    "Model",
    "Terms",
    "average",
    "constants",
    "descend",
    "distances",
    "far",
    "prepare",
    "risk",
    "sums",
]

FAR = 2.0
"""Who is more than twice as far from the others as they are from each other is named."""


@dataclass(frozen=True)
class Terms:
    """What the coordinator decides for all.

    Attributes
    ----------
    rounds : int
        How often weights go out and come back.
    steps : int
        Steps of gradient descent that a hospital makes in a round.
    rate : float
        Learning rate.
    penalty : float
        Of the squared weights, the intercept's left out.

    Raises
    ------
    ValueError
        When one of them cannot be.

    Examples
    --------
    >>> Terms(steps=0)
    Traceback (most recent call last):
        ...
    ValueError: steps must be a whole number, at least 1; it is 0.
    """

    rounds: int = 30
    steps: int = 5
    rate: float = 0.5
    penalty: float = 0.01

    def __post_init__(self) -> None:
        for name in ("rounds", "steps"):
            inputs.whole_number(getattr(self, name), name, least=1)
        for name in ("rate", "penalty"):
            inputs.number(getattr(self, name), name)


def sums(X: np.ndarray) -> np.ndarray:
    """What a hospital tells of its patients, so that all can use the same mean and spread.

    Parameters
    ----------
    X : array of shape (patients, columns)
        NaN where a value is missing.

    Returns
    -------
    array of shape (3, columns)
        How many values there are, their sum, and the sum of their squares. Of few patients such
        sums tell nearly everything.

    Examples
    --------
    >>> sums(np.array([[60.0, np.nan], [40.0, 3.0]])).tolist()
    [[2.0, 1.0], [100.0, 3.0], [5200.0, 9.0]]
    """
    return np.array([(~np.isnan(X)).sum(0), np.nansum(X, axis=0), np.nansum(X**2, axis=0)])


def constants(total: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation of each column, from the sums of all hospitals together.

    Parameters
    ----------
    total : array of shape (3, columns)

    Returns
    -------
    centre, scale : arrays of shape (columns,)
        0 and 1 for a column that nobody measured; a scale of 1 where all values are alike.

    Examples
    --------
    >>> centre, scale = constants(np.array([[2.0, 0.0], [100.0, 0.0], [5200.0, 0.0]]))
    >>> centre.tolist(), scale.tolist()
    ([50.0, 0.0], [10.0, 1.0])
    """
    counts = np.maximum(total[0], 1)
    centre = total[1] / counts
    scale = np.sqrt(np.maximum(total[2] / counts - centre**2, 0))
    return centre, np.where(scale > 0, scale, 1.0)


def prepare(X: np.ndarray, centre: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """Standardise; a missing value becomes 0, the mean of all hospitals.

    Examples
    --------
    >>> prepare(np.array([[60.0], [np.nan]]), np.array([50.0]), np.array([10.0])).tolist()
    [[1.0], [0.0]]
    """
    return np.nan_to_num((X - centre) / scale, nan=0.0)


def risk(weights: np.ndarray, Z: np.ndarray) -> np.ndarray:
    """The predicted probability of each patient.

    Parameters
    ----------
    weights : array of shape (1 + columns,)
    Z : array of shape (patients, columns)
        Standardised.

    Returns
    -------
    array of shape (patients,)

    Examples
    --------
    >>> risk(np.array([0.0, 2.0]), np.array([[0.0], [1.0]])).round(2).tolist()
    [0.5, 0.88]
    """
    return 0.5 * (1 + np.tanh((weights[0] + Z @ weights[1:]) / 2))  # no overflow, unlike exp


@dataclass(frozen=True)
class Model:
    """What is learned together, and how its inputs are standardised.

    Attributes
    ----------
    weights : array of shape (1 + columns,)
        The intercept, then a weight for each standardised column.
    centre, scale : arrays of shape (columns,)
        Mean and standard deviation over all hospitals that were there at the beginning.
    """

    weights: np.ndarray
    centre: np.ndarray
    scale: np.ndarray

    def risk(self, X: np.ndarray) -> np.ndarray:
        """The predicted probability of each of these patients.

        Parameters
        ----------
        X : array of shape (patients, columns)
            As measured; NaN where a value is missing.

        Returns
        -------
        array of shape (patients,)
        """
        return risk(self.weights, prepare(X, self.centre, self.scale))


def descend(weights: np.ndarray, Z: np.ndarray, y: np.ndarray, terms: Terms) -> np.ndarray:
    """Train for a few steps on one hospital's patients; the weights that came stay as they are.

    Parameters
    ----------
    weights : array of shape (1 + columns,)
    Z : array of shape (patients, columns)
        Standardised.
    y : array of shape (patients,)
        0 or 1.
    terms : Terms

    Returns
    -------
    array of shape (1 + columns,)

    Examples
    --------
    >>> Z, y = np.array([[-1.0], [1.0]]), np.array([0, 1])
    >>> descend(np.zeros(2), Z, y, Terms(steps=1, rate=1.0)).tolist()
    [0.0, 0.5]
    """
    weights = weights.copy()
    for _step in range(terms.steps):
        error = risk(weights, Z) - y
        gradient = np.concatenate([[error.mean()], Z.T @ error / len(y)])
        gradient[1:] += terms.penalty * weights[1:]
        weights -= terms.rate * gradient
    return weights


def average(updates: Mapping[str, np.ndarray], patients: Mapping[str, int]) -> np.ndarray:
    """The mean of the weights that came back, each hospital counted by its patients.

    Examples
    --------
    >>> average({"a": np.array([1.0]), "b": np.array([4.0])}, {"a": 200, "b": 100}).tolist()
    [2.0]
    """
    return np.average(list(updates.values()), axis=0, weights=[patients[name] for name in updates])


def distances(updates: Mapping[str, np.ndarray]) -> dict[str, float]:
    """How far each hospital's weights are from the others', in units of their own distances.

    The median distance to the others, divided by the median distance of the others from each other.
    Intercepts do not count: those of hospitals with few and with many sick people differ rightly.

    Parameters
    ----------
    updates : mapping of str to array of shape (1 + columns,)

    Returns
    -------
    dict of str to float
        About 1 for a hospital like the others. Of fewer than three there is nothing to say: {}.

    Examples
    --------
    >>> a, b, c, d = ([0, 1.0], [0, 1.2], [0, 1.1], [0, 0.0])
    >>> {name: round(far, 1) for name, far in distances({"a": a, "b": b, "c": c, "d": d}).items()}
    {'a': 0.2, 'b': 0.2, 'c': 0.1, 'd': 11.0}
    """
    if len(updates) < 3:
        return {}
    apart = {
        frozenset(pair): float(np.linalg.norm(np.subtract(*(updates[name] for name in pair))[1:]))
        for pair in itertools.combinations(updates, 2)
    }
    found = {}
    for name in updates:
        its = np.median([gap for pair, gap in apart.items() if name in pair])
        theirs = np.median([gap for pair, gap in apart.items() if name not in pair])
        found[name] = float(its / theirs) if theirs else math.inf if its else 1.0
    return found


def far(distance: Mapping[str, float]) -> tuple[str, ...]:
    """Who is `FAR` from the others.

    Hospitals differ, so this says whom to ask, and not who is wrong.

    Examples
    --------
    >>> far({"a": 0.1, "b": 0.2, "c": 0.1, "d": 11.0})
    ('d',)
    """
    return tuple(name for name, its in distance.items() if its > FAR)
