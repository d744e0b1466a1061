"""Which patients belong together so that every part has a row of every class: searched, not drawn.

`splits` asks here where no shuffle gave each part all classes, which happens with few patients.
First each part gets just those patients whom it needs, by a search that tries every way; the others
then go where they bring the shares of the classes nearest to what was wanted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

__all__ = ["STEPS", "share_out"]

STEPS = 50_000
"""Steps after which the search gives up: some seconds. 30 patients of 4 classes need far fewer."""

_Kind = frozenset[int]
"""The classes that a patient's rows have; patients of one kind can stand for each other."""


def share_out(
    classes: np.ndarray, patient: np.ndarray, shares: Sequence[float], seed: int
) -> tuple[list[np.ndarray] | None, bool]:
    """Divide patients into parts, each with a row of every class.

    Parameters
    ----------
    classes : int array of shape (n,)
        The class of each row: 0, 1, 2, ...
    patient : int array of shape (n,)
        The patient of each row: 0, 1, 2, ...
    shares : sequence of float
        How large each part should be.
    seed : int
        Another seed chooses other patients.

    Returns
    -------
    parts : list of int arrays, or None
        The row numbers of each part; None when no way was found.
    complete : bool
        Whether every way was tried, so that None means that there is none.

    Examples
    --------
    >>> classes, patient = np.array([0, 1, 0, 1]), np.array([0, 0, 1, 2])
    >>> [part.tolist() for part in share_out(classes, patient, [0.5, 0.5], seed=0)[0]]
    [[2, 3], [0, 1]]
    >>> share_out(classes, patient, [0.4, 0.3, 0.3], seed=0)
    (None, True)
    """
    rows = np.zeros((patient.max() + 1, classes.max() + 1))
    np.add.at(rows, (patient, classes), 1)
    kinds = [frozenset(np.flatnonzero(one).tolist()) for one in rows]
    search = _Search(frozenset(range(rows.shape[1])))
    try:
        found = search.covers(Counter(kinds), len(shares))
    except RecursionError:  # hundreds of parts
        return None, False
    if found is None:
        return None, search.left > 0
    order = np.random.default_rng(seed).permutation(len(kinds)).tolist()
    place = np.full(len(kinds), -1)
    for part, cover in enumerate(found):
        for kind in cover:
            one = next(p for p in order if place[p] < 0 and kinds[p] == kind)
            place[one] = part
    _place_the_others(rows, place, np.asarray(shares), order)
    return [np.flatnonzero(place[patient] == part) for part in range(len(shares))], True


class _Search:
    """Disjoint sets of patients, each of which has every class; it counts its steps down."""

    def __init__(self, wanted: _Kind) -> None:
        self.wanted, self.left = wanted, STEPS
        self.dead: set[tuple[int, frozenset]] = set()

    def covers(self, there: Counter[_Kind], parts: int) -> list[list[_Kind]] | None:
        """So many covers out of the patients who are there, or None."""
        state = parts, frozenset(there.items())
        if parts == 0:
            return []
        if state in self.dead or any(
            sum(n for kind, n in there.items() if label in kind) < parts for label in self.wanted
        ):
            return None
        for cover in self._one(there, self.wanted):
            rest = self.covers(+(there - Counter(cover)), parts - 1)
            if rest is not None:
                return [cover, *rest]
            if self.left <= 0:
                return None
        self.dead.add(state)
        return None

    def _one(self, there: Counter[_Kind], missing: _Kind) -> Iterator[list[_Kind]]:
        """Every set of patients that has the missing classes, nobody in it who is not needed."""
        self.left -= 1
        if not missing:
            yield []
            return
        label = min(missing, key=lambda one: sum(n for kind, n in there.items() if one in kind))
        for kind in sorted((kind for kind in there if label in kind), key=sorted):
            if self.left <= 0:
                return
            for others in self._one(+(there - Counter([kind])), missing - kind):
                if not any(other >= kind & missing for other in others):
                    yield [kind, *others]


def _place_the_others(
    rows: np.ndarray, place: np.ndarray, shares: np.ndarray, order: list[int]
) -> None:
    """Patients without a place go, the largest first, where they help the shares most."""
    wanted = shares[:, None] * rows.sum(axis=0)
    have = np.array([rows[place == part].sum(axis=0) for part in range(len(shares))])
    for one in sorted((p for p in order if place[p] < 0), key=lambda p: -rows[p].sum()):
        # how much the squared distance grows, in each part
        growth = ((have + rows[one] - wanted) ** 2 - (have - wanted) ** 2).sum(axis=1)
        place[one] = growth.argmin()
        have[place[one]] += rows[one]
