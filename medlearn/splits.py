"""Who may see whom: parts and folds in which no patient stands on two sides.

scikit-learn's splitters do the work. `split` and `folds` add what a course on medicine wants each
time: they check the outcome (no patient on two sides, every part can be scored), print it, and say
in plain words when a split is impossible and what to do.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from medlearn.inputs import is_missing, patient_numbers

__all__ = ["SplitError", "check_disjoint", "folds", "split"]

_SIZES = {"train": 0.6, "validation": 0.2, "test": 0.2}
_TRIES = 20  # shuffles tried before a part without a class is called impossible


class SplitError(ValueError):
    """A split that cannot be made, or one that lets a patient stand on two sides."""


def split(
    y: ArrayLike,
    groups: ArrayLike | None = None,
    *,
    sizes: Mapping[str, float] | None = None,
    seed: int = 0,
    stratify: bool = True,
    quiet: bool = False,
) -> dict[str, np.ndarray]:
    """Divide rows into parts, by patient, each part with its share of every class.

    Parameters
    ----------
    y : array-like of shape (n,)
        Classes: 0 and 1, or any labels. Any numbers when `stratify` is false.
    groups : array-like of shape (n,), optional
        Which patient each row belongs to: all rows of a patient go to one part. Without it, each
        row is one patient.
    sizes : dict of str to float, optional
        Names of the parts and their shares, which add up to 1; train 60 %, validation 20 % and
        test 20 % if not given.
    seed : int
        Another seed draws other patients.
    stratify : bool
        Give each part the same share of every class. Exact to the row where each row is one
        patient. Where patients have several rows, patients cannot be cut: shares and sizes then
        come as close as `StratifiedGroupKFold` gets.
    quiet : bool
        Print nothing.

    Returns
    -------
    dict of str to int array
        Row numbers of each part, in ascending order; each row is in exactly one part.

    Raises
    ------
    SplitError
        When the split is impossible (too few patients, or too few with some class), y is missing
        or continuous where classes are needed, lengths differ, or sizes do not add up to 1.

    Notes
    -----
    One row a patient: `StratifiedShuffleSplit` through `train_test_split`, one part after the
    other. Several rows a patient: `StratifiedGroupKFold`, the folds then shared out among the
    parts. Without `stratify`, patients are shuffled, and sizes are shares of patients.
    A shuffle that leaves a part without some class is followed by another, 20 in all.

    Examples
    --------
    >>> y = [0, 0, 0, 1] * 25
    >>> parts = split(y)
    part        rows  patients  positives
    train         60        60  15 (25.0 %)
    validation    20        20   5 (25.0 %)
    test          20        20   5 (25.0 %)
    Each row was taken to be one patient; none stands in two parts.
    >>> parts["test"][:4]
    array([12, 16, 22, 28])
    """
    labels, patient = _prepare(y, groups, seed, stratify)
    shares = _shares(_SIZES if sizes is None else sizes)
    n_patients = patient.max() + 1
    _enough(labels, patient, len(shares), "parts", stratify)
    for attempt in range(_TRIES):
        if stratify and n_patients < len(patient):
            parts = _grouped(labels, patient, shares, seed + attempt)
        else:
            parts = _peeled(labels if stratify else None, patient, shares, seed + attempt)
        lacking = _lacking(labels, parts.values())
        if not lacking or not (stratify or _binary(labels)):
            break
    else:
        raise SplitError(_advice(labels, patient, list(parts)[lacking[0][0]], lacking[0][1]))
    _whole(parts, patient)
    if not quiet:
        _print("part", parts, labels, patient, groups is None)
    return parts


def folds(
    y: ArrayLike,
    groups: ArrayLike | None = None,
    *,
    n_splits: int = 5,
    repeats: int = 1,
    seed: int = 0,
    stratify: bool = True,
    quiet: bool = False,
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Cross-validation: each patient is in the test part of exactly one fold (of each repeat).

    Parameters
    ----------
    y, groups, stratify, quiet
        As in `split`.
    n_splits : int
        Number of folds, at least 2.
    repeats : int
        How often to do it all with another shuffle: repeat r is shuffled with seed + r.
    seed : int

    Returns
    -------
    list of (train, test)
        Row numbers, one pair a fold: what scikit-learn takes as `cv`.

    Raises
    ------
    SplitError
        As in `split`.

    Notes
    -----
    `StratifiedKFold`, or `StratifiedGroupKFold` where patients have several rows; without
    `stratify`, `KFold` over the patients.

    Examples
    --------
    >>> pairs = folds([0, 0, 0, 1] * 10, n_splits=4)
    test part  rows  patients  positives
    fold 1       10        10  2 (20.0 %)
    fold 2       10        10  2 (20.0 %)
    fold 3       10        10  3 (30.0 %)
    fold 4       10        10  3 (30.0 %)
    Each row was taken to be one patient; none stands in both parts of a fold.
    >>> train, test = pairs[0]
    >>> len(train), len(test)
    (30, 10)
    """
    labels, patient = _prepare(y, groups, seed, stratify)
    for name, number, least in (("n_splits", n_splits, 2), ("repeats", repeats, 1)):
        if not isinstance(number, (int, np.integer)) or isinstance(number, bool) or number < least:
            raise SplitError(f"{name} must be a whole number, at least {least}; it is {number!r}.")
    _enough(labels, patient, n_splits, "folds", stratify)
    rows = np.arange(len(patient))
    pairs = []
    for repeat in range(repeats):
        for attempt in range(_TRIES):
            # a further try takes a seed that no repeat has
            tests = _test_parts(
                labels, patient, n_splits, seed + repeat + attempt * repeats, stratify
            )
            lacking = _lacking(labels, tests) if stratify else []
            if not lacking:
                break
        else:
            raise SplitError(_advice(labels, patient, f"fold {lacking[0][0] + 1}", lacking[0][1]))
        _whole({f"fold {place + 1}": test for place, test in enumerate(tests)}, patient)
        pairs += [(np.setdiff1d(rows, test), test) for test in tests]
    if _binary(labels):
        for place, (train, _) in enumerate(pairs):
            if _lacking(labels, [train]):
                raise SplitError(
                    f"The training part of fold {place + 1} has one class only: use stratify=True."
                )
    for train, test in pairs:
        check_disjoint(patient, train, test)
    if not quiet:
        names = [
            f"fold {place % n_splits + 1}" + (f", repeat {place // n_splits + 1}" * (repeats > 1))
            for place in range(len(pairs))
        ]
        tests = dict(zip(names, (test for _, test in pairs), strict=True))
        _print("test part", tests, labels, patient, groups is None)
    return pairs


def check_disjoint(groups: ArrayLike, *parts: ArrayLike) -> None:
    """Make sure that no patient stands in two parts.

    Parameters
    ----------
    groups : array-like of shape (n,)
        Which patient each row belongs to.
    *parts : array-likes of int or bool
        Two or more parts: row numbers, or masks of shape (n,).

    Raises
    ------
    SplitError
        When a patient stands in two parts; the message names up to five.

    Examples
    --------
    >>> patients = ["Ann", "Ann", "Bob", "Cem"]
    >>> check_disjoint(patients, [0, 1], [2, 3])
    >>> check_disjoint(patients, [0, 2], [1, 3])
    Traceback (most recent call last):
        ...
    medlearn.splits.SplitError: 1 patient(s) stand in parts 1 and 2: 'Ann'. Split by patient:
    split(y, groups=patient).
    """
    groups = _column(groups, "groups")
    patient = patient_numbers(groups.tolist())
    if len(parts) < 2:
        raise SplitError(f"check_disjoint compares two parts or more; {len(parts)} came.")
    seen: list[np.ndarray] = []
    for number, part in enumerate(parts, start=1):
        rows = np.asarray(part)
        if rows.dtype == bool and rows.shape == groups.shape:
            rows = np.flatnonzero(rows)
        if rows.size and (
            rows.ndim != 1
            or rows.dtype.kind not in "iu"
            or rows.min() < 0
            or rows.max() >= len(groups)
        ):
            raise SplitError(
                f"Part {number} must hold row numbers from 0 to {len(groups) - 1}, or True and "
                "False for each row."
            )
        here = np.unique(patient[rows.astype(int)])
        for other, there in enumerate(seen, start=1):
            both = np.intersect1d(here, there)
            if len(both):
                names = groups[[np.argmax(patient == code) for code in both[:5]]].tolist()
                words = ", ".join(map(repr, names)) + ", ..." * (len(both) > 5)
                raise SplitError(
                    f"{len(both)} patient(s) stand in parts {other} and {number}: {words}. "
                    "Split by patient: split(y, groups=patient)."
                )
        seen.append(here)


# --- what comes in ---------------------------------------------------------------------------


def _column(values: Any, name: str) -> np.ndarray:
    array = np.asarray(values)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 1:
        raise SplitError(f"{name} must have shape (n,), one value a row; it has {array.shape}.")
    if len(array) == 0:
        raise SplitError(f"{name} is empty: there is no row to split.")
    missing = [row for row, value in enumerate(array.tolist()) if is_missing(value)]
    if missing:
        raise SplitError(
            f"{name} is missing in {len(missing)} row(s), the first is row {missing[0]}: leave "
            "those rows out before the split, and say how many there were."
        )
    return array


def _prepare(y: Any, groups: Any, seed: Any, stratify: bool) -> tuple[np.ndarray, np.ndarray]:
    """Labels as they came, and the number of each row's patient."""
    from sklearn.utils.multiclass import type_of_target

    labels = _column(y, "y")
    if labels.dtype.kind == "O":
        kinds = {type(value) for value in labels.tolist()}
        if len(kinds) > 1:
            names = ", ".join(sorted(kind.__name__ for kind in kinds))
            raise SplitError(f"y mixes values of different types ({names}): make them one.")
        labels = np.array(labels.tolist())
    if labels.dtype.kind not in "biufUS":
        raise SplitError(f"y must hold numbers or words, not {labels.dtype.name}.")
    if labels.dtype.kind == "f" and not np.isfinite(labels).all():
        raise SplitError("y holds an infinite value.")
    kind = type_of_target(labels)
    if stratify and kind not in ("binary", "multiclass"):
        raise SplitError(
            f"y is {kind}, and one can only stratify by classes: give classes, "
            "or split with stratify=False."
        )
    if not isinstance(seed, (int, np.integer)) or seed < 0:
        raise SplitError(f"seed must be a whole number, 0 or more; it is {seed!r}.")
    if groups is None:
        return labels, np.arange(len(labels))
    groups = _column(groups, "groups")
    if len(groups) != len(labels):
        raise SplitError(f"y has {len(labels)} rows, but groups has {len(groups)}.")
    return labels, patient_numbers(groups.tolist())


def _shares(sizes: Any) -> dict[str, float]:
    if not isinstance(sizes, Mapping) or len(sizes) < 2:
        raise SplitError(
            'sizes must be a dictionary with two parts or more, {"train": 0.8, "test": 0.2}; '
            f"it is {sizes!r}."
        )
    try:
        shares = {str(name): float(share) for name, share in sizes.items()}
    except (TypeError, ValueError):
        raise SplitError(f"sizes must give each part a number; it is {sizes!r}.") from None
    if not all(0 < share < 1 for share in shares.values()):
        raise SplitError(
            f"each size must lie between 0 and 1 (a share, not rows); it is {sizes!r}."
        )
    if not math.isclose(sum(shares.values()), 1, abs_tol=1e-6):
        raise SplitError(f"sizes must add up to 1; {sizes!r} adds up to {sum(shares.values()):g}.")
    return shares


def _discrete(labels: np.ndarray) -> bool:
    return labels.dtype.kind != "f" or bool((labels == np.round(labels)).all())


def _binary(labels: np.ndarray) -> bool:
    return len(np.unique(labels)) == 2


def _enough(labels: np.ndarray, patient: np.ndarray, n: int, what: str, stratify: bool) -> None:
    """Refuse what no split can give: patients, then patients with each class."""
    n_patients = patient.max() + 1
    if n_patients < n:
        raise SplitError(
            f"{n} {what} need at least {n} patients; there are {n_patients} in {len(patient)} rows."
        )
    if not stratify:
        return
    classes, place = np.unique(labels, return_inverse=True)
    if len(classes) == 1:
        raise SplitError(
            f"y holds one class only ({classes[0]}): there is nothing to tell apart. "
            "Look at how y was made, or split with stratify=False."
        )
    for code, label in enumerate(classes):
        have = len(np.unique(patient[place == code]))
        if have < n:
            raise SplitError(
                f"{n} {what} with at least one y = {label} each need {n} patients who have it; "
                f"there are {have}. Take fewer {what}, merge rare classes, or, if y is no class "
                "but a number, use stratify=False."
            )


# --- the splits ------------------------------------------------------------------------------


def _peeled(
    labels: np.ndarray | None, patient: np.ndarray, shares: dict[str, float], seed: int
) -> dict[str, np.ndarray]:
    """Split patients (rows, where each row is one), one part after the other, to the patient."""
    from sklearn.model_selection import train_test_split

    left = np.arange(patient.max() + 1)
    exact = np.array(list(shares.values())) * len(left)
    numbers = np.floor(exact + 1e-9).astype(int)
    for place in np.argsort(numbers - exact, kind="stable")[: len(left) - numbers.sum()]:
        numbers[place] += 1
    while numbers.min() < 1:  # there are enough patients, so the largest part can give one
        numbers[numbers.argmin()] += 1
        numbers[numbers.argmax()] -= 1
    row_of = np.argsort(patient, kind="stable")  # used with labels only where a patient is a row
    chosen: dict[str, np.ndarray] = {}
    for name, number in list(zip(shares, numbers, strict=True))[:0:-1]:
        by = None if labels is None else labels[row_of[left]]
        try:
            left, chosen[name] = train_test_split(
                left, test_size=int(number), random_state=seed, stratify=by
            )
        except ValueError as error:
            raise SplitError(
                f"The part {name!r} of {number} patients cannot hold every class: give it more, "
                f"or leave out a part. (scikit-learn: {error})"
            ) from None
    chosen[next(iter(shares))] = left
    return {name: np.flatnonzero(np.isin(patient, chosen[name])) for name in shares}


def _grouped(
    labels: np.ndarray, patient: np.ndarray, shares: dict[str, float], seed: int
) -> dict[str, np.ndarray]:
    """Share out the folds of StratifiedGroupKFold among the parts."""
    wanted = np.array(list(shares.values()))
    most = patient.max() + 1

    def of(k: int) -> np.ndarray:
        return np.maximum(1, np.round(wanted * k)).astype(int)

    def off(k: int) -> float:
        return float(np.abs(of(k) / k - wanted).max()) if of(k).sum() == k else math.inf

    # Few, large folds balance the classes best: the smallest number that is exact, or nearly so.
    choices = range(len(shares), min(most, 100) + 1)
    good = [k for k in choices if k <= 10 and off(k) < 1e-9] or [
        k for k in choices if off(k) < 0.02
    ]
    k = good[0] if good else min(choices, key=off)
    if math.isinf(off(k)):
        raise SplitError(
            f"{most} patients cannot be shared out as {shares}: take fewer or more equal parts."
        )
    tests = _test_parts(labels, patient, k, seed, True)
    parts, begin = {}, k
    for name, number in list(zip(shares, of(k), strict=True))[::-1]:
        parts[name] = np.sort(np.concatenate(tests[begin - number : begin]))
        begin -= number
    return {name: parts[name] for name in shares}


def _test_parts(
    labels: np.ndarray, patient: np.ndarray, n_splits: int, seed: int, stratify: bool
) -> list[np.ndarray]:
    """The test rows of each fold."""
    from sklearn.model_selection import KFold, StratifiedGroupKFold, StratifiedKFold

    n_patients = patient.max() + 1
    how: dict[str, Any] = {"n_splits": int(n_splits), "shuffle": True, "random_state": int(seed)}
    if not stratify:
        chosen = [test for _, test in KFold(**how).split(np.arange(n_patients))]
        return [np.flatnonzero(np.isin(patient, patients)) for patients in chosen]
    groups, order = patient, np.arange(n_splits)
    splitter: Any = StratifiedKFold(**how)
    if n_patients < len(patient):
        # We shuffle by renaming patients and folds: scikit-learn's own shuffle=True dealt patients
        # out at random, without regard to y, until version 1.8 (its pull request 32540).
        rng = np.random.default_rng(seed)
        groups, order = rng.permutation(n_patients)[patient], rng.permutation(n_splits)
        splitter = StratifiedGroupKFold(int(n_splits))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # few rows of a class: judged by the outcome
        try:
            pairs = list(splitter.split(np.zeros(len(labels)), labels, groups))
        except ValueError as error:
            raise SplitError(f"scikit-learn cannot make {n_splits} folds: {error}") from None
    return [pairs[place][1] for place in order]


# --- what comes out --------------------------------------------------------------------------


def _lacking(labels: np.ndarray, parts: Any) -> list[tuple[int, Any]]:
    """Which parts lack which class."""
    if not _discrete(labels):
        return []
    classes = np.unique(labels)
    return [
        (place, label)
        for place, rows in enumerate(parts)
        for label in np.setdiff1d(classes, labels[rows])
    ]


def _advice(labels: np.ndarray, patient: np.ndarray, part: str, label: Any) -> str:
    have = len(np.unique(patient[labels == label]))
    return (
        f"No shuffle of {_TRIES} gave {part!r} a row with y = {label}: only {have} of "
        f"{patient.max() + 1} patients have it, so the part could not be scored. Take fewer or "
        "larger parts or folds, or pool the out-of-fold predictions of fewer folds."
    )


def _whole(parts: dict[str, np.ndarray], patient: np.ndarray) -> None:
    """Each row in exactly one part, no part empty, no patient in two."""
    for name, rows in parts.items():
        if len(rows) == 0:
            raise SplitError(f"The part {name!r} came out empty: give it more patients.")
    together = np.sort(np.concatenate(list(parts.values())))
    if not np.array_equal(together, np.arange(len(patient))):
        raise SplitError("A row is in no part or in two; please report this as a fault.")
    check_disjoint(patient, *parts.values())


def _print(
    what: str, parts: dict[str, np.ndarray], labels: np.ndarray, patient: np.ndarray, alone: bool
) -> None:
    where = "in two parts" if what == "part" else "in both parts of a fold"
    last = f"No patient stands {where}."
    if alone:
        last = f"Each row was taken to be one patient; none stands {where}."
    elif patient.max() + 1 < len(patient):
        last = f"No patient stands {where}; patients stay whole, so sizes are approximate."
    people = [len(np.unique(patient[rows])) for rows in parts.values()]
    if len(parts) > 20:
        print(f"{len(parts)} folds, each tested on {min(people)} to {max(people)} patients.")
        print(last)
        return
    classes = np.unique(labels).tolist()
    zero_one = labels.dtype.kind in "biuf" and set(classes) <= {0, 1}
    few = len(classes) <= 10 and _discrete(labels)
    header = "positives" if zero_one else "rows of " + "/".join(map(str, classes)) if few else ""
    table = [[what, "rows", "patients", header]]
    most = len(str(max((labels[rows] == 1).sum() for rows in parts.values())))
    for (name, rows), found in zip(parts.items(), people, strict=True):
        cell = ""
        if zero_one:
            positive = (labels[rows] == 1).sum()
            cell = f"{positive:>{most}} ({100 * positive / len(rows):.1f} %)"
        elif few:
            cell = "/".join(str((labels[rows] == label).sum()) for label in classes)
        table.append([name, str(len(rows)), str(found), cell])
    wide = [max(len(line[column]) for line in table) for column in range(3)]
    for name, rows, found, cell in table:
        print(f"{name:<{wide[0]}}  {rows:>{wide[1]}}  {found:>{wide[2]}}  {cell}".rstrip())
    print(last)
