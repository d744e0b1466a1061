"""Who may see whom: parts and folds in which no patient stands on two sides.

scikit-learn's splitters do the work. `split` and `folds` add what a course on medicine wants each
time: they check the outcome (no patient on two sides, every part can be scored), and say in plain
words when a split is impossible and what to do. `report` prints who is in which part.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from medlearn import covers, inputs, renamed
from medlearn.language import N_, _

__all__ = ["SplitError", "check_disjoint", "folds", "report", "split"]

_SIZES = {"train": 0.6, "validation": 0.2, "test": 0.2}
_TRIES = 20  # shuffles tried before a division is searched for, where that is possible
_LAST_SEED = 2**31 - 1  # scikit-learn takes twice as many: further tries count on from the seed


class SplitError(ValueError):
    """A split that cannot be made, or one that lets a patient stand on two sides."""


@renamed.keywords(quiet=None)
def split(
    y: ArrayLike,
    groups: ArrayLike | None = None,
    *,
    sizes: Mapping[str, float] | None = None,
    seed: int = 0,
    stratify: bool = True,
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
    A shuffle that leaves a part without some class is followed by another, 20 in all. Where none
    of them serves and patients have several rows, a division is searched for.

    Examples
    --------
    >>> y = [0, 0, 0, 1] * 25
    >>> parts = split(y)
    >>> report(parts, y)
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
        if not stratify or n_patients == len(patient):
            raise SplitError(_advice(labels, patient, list(parts)[lacking[0][0]], lacking[0][1]))
        found = _searched(labels, patient, list(shares.values()), seed)
        parts = dict(zip(shares, found, strict=True))
    _whole(parts, patient)
    return parts


@renamed.keywords(repeats="n_repeats", quiet=None)
def folds(
    y: ArrayLike,
    groups: ArrayLike | None = None,
    *,
    n_splits: int = 5,
    n_repeats: int = 1,
    seed: int = 0,
    stratify: bool = True,
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Cross-validation: each patient is in the test part of exactly one fold (of each repeat).

    Parameters
    ----------
    y, groups, stratify
        As in `split`.
    n_splits : int
        Number of folds, at least 2.
    n_repeats : int
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
    >>> y = [0, 0, 0, 1] * 10
    >>> pairs = folds(y, n_splits=4)
    >>> report(pairs, y)
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
    n_splits = _asked(inputs.whole_number, n_splits, "n_splits", least=2)
    n_repeats = _asked(inputs.whole_number, n_repeats, "n_repeats", least=1)
    _enough(labels, patient, n_splits, "folds", stratify)
    rows = np.arange(len(patient))
    pairs = []
    for repeat in range(n_repeats):
        for attempt in range(_TRIES):
            # a further try takes a seed that no repeat has
            tests = _test_parts(
                labels, patient, n_splits, seed + repeat + attempt * n_repeats, stratify
            )
            lacking = _lacking(labels, tests) if stratify else []
            if not lacking:
                break
        else:
            tests = _searched(labels, patient, [1 / n_splits] * n_splits, seed + repeat)
        _whole({_fold(place): test for place, test in enumerate(tests)}, patient)
        pairs += [(np.setdiff1d(rows, test), test) for test in tests]
    if _binary(labels):
        for place, (train, _test) in enumerate(pairs):
            if _lacking(labels, [train]):
                raise SplitError(
                    _(
                        "The training part of fold {n} has one class only: use stratify=True."
                    ).format(n=place + 1)
                )
    for train, test in pairs:
        check_disjoint(patient, train, test)
    return pairs


def report(
    parts: Mapping[str, ArrayLike] | Sequence[tuple[ArrayLike, ArrayLike]],
    y: ArrayLike,
    groups: ArrayLike | None = None,
) -> None:
    """Print who is in which part: rows, patients, and how many have the outcome.

    Parameters
    ----------
    parts : dict of str to int array, or list of (train, test)
        What `split` or `folds` gave; also parts that you made yourself.
    y, groups : array-likes of shape (n,)
        Those that were split.

    Raises
    ------
    SplitError
        When a patient stands on two sides: what is printed last is looked at first.

    Examples
    --------
    >>> y, patients = [0, 1, 0, 1], ["Ann", "Bob", "Cem", "Ann"]
    >>> report({"train": [0, 3], "test": [1, 2]}, y, patients)
    part   rows  patients  positives
    train     2         1  1 (50.0 %)
    test      2         2  1 (50.0 %)
    No patient stands in two parts; patients stay whole, so sizes are approximate.
    >>> report([([0, 1], [2, 3])], y, patients)
    Traceback (most recent call last):
        ...
    medlearn.splits.SplitError: 1 patient(s) stand in parts 1 and 2: 'Ann'. Split by patient:
    split(y, groups=patient).
    """
    labels = _labels(y)
    patient = _asked(inputs.patients, groups, len(labels))
    sides = _sides(parts)
    for side in sides:
        check_disjoint(patient if groups is None else groups, *side)
    if isinstance(parts, Mapping):
        shown = {name: _row_numbers(rows) for name, rows in parts.items()}
    else:
        shown = _named_folds([_row_numbers(test) for _train, test in sides], len(labels))
    for name, rows in shown.items():
        if not len(rows):
            raise SplitError(_("The part {name!r} is empty.").format(name=name))
    people = [len(np.unique(patient[rows])) for rows in shown.values()]
    if isinstance(parts, Mapping) or len(parts) <= 20:
        _print_table(
            _("part") if isinstance(parts, Mapping) else _("test part"), shown, labels, people
        )
    else:
        print(
            _("{n} folds, each tested on {low} to {high} patients.").format(
                n=len(parts), low=min(people), high=max(people)
            )
        )
    whose = "row" if groups is None else "rows" if patient.max() + 1 < len(patient) else "patient"
    print(_(_LAST["part" if isinstance(parts, Mapping) else "fold", whose]))


def _sides(parts: Any) -> list[tuple[Any, ...]]:
    """What must not share a patient: all parts, or both parts of each fold."""
    if isinstance(parts, Mapping):
        return [tuple(parts.values())]
    pairs = list(parts) if isinstance(parts, list | tuple) else []
    if not pairs or not all(isinstance(pair, list | tuple) and len(pair) == 2 for pair in pairs):
        raise SplitError(
            _(
                "parts must be what split or folds gave: a dictionary of parts, or a list of "
                "(train, test)."
            )
        )
    return [tuple(pair) for pair in pairs]


def _row_numbers(part: Any) -> np.ndarray:
    """The rows of a part that `check_disjoint` has looked at: numbers, also of a mask."""
    rows = np.asarray(part)
    return np.flatnonzero(rows) if rows.dtype == bool else rows.astype(int)


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
    groups = _asked(inputs.complete, groups, "groups")
    patient = inputs.patient_numbers(groups.tolist())
    if len(parts) < 2:
        raise SplitError(
            _("check_disjoint compares two parts or more; {n} came.").format(n=len(parts))
        )
    seen: list[np.ndarray] = []
    for number, part in enumerate(parts, start=1):
        rows = _asked(inputs.array, part, _("Part {number}").format(number=number))
        if rows.dtype == bool and rows.shape == groups.shape:
            rows = np.flatnonzero(rows)
        if rows.size and (
            rows.ndim != 1
            or rows.dtype.kind not in "iu"
            or rows.min() < 0
            or rows.max() >= len(groups)
        ):
            raise SplitError(
                _(
                    "Part {number} must hold row numbers from 0 to {last}, or True and False for "
                    "each row."
                ).format(number=number, last=len(groups) - 1)
            )
        here = np.unique(patient[rows.astype(int)])
        for other, there in enumerate(seen, start=1):
            both = np.intersect1d(here, there)
            if len(both):
                names = groups[[np.argmax(patient == code) for code in both[:5]]].tolist()
                words = ", ".join(map(repr, names)) + ", ..." * (len(both) > 5)
                raise SplitError(
                    _(
                        "{n} patient(s) stand in parts {one} and {other}: {names}. Split by "
                        "patient: split(y, groups=patient)."
                    ).format(n=len(both), one=other, other=number, names=words)
                )
        seen.append(here)


# --- what comes in ---------------------------------------------------------------------------


def _asked(check: Callable[..., Any], *given: Any, **how: Any) -> Any:
    """What a check of `inputs` gives or says, as a `SplitError`."""
    try:
        return check(*given, **how)
    except ValueError as error:
        raise SplitError(str(error)) from None


def _labels(y: Any) -> np.ndarray:
    """Numbers or words, none missing, as they came."""
    labels = _asked(inputs.complete, y, "y")
    if labels.dtype.kind == "O":
        labels = _asked(inputs.array, labels.tolist(), "y")
    if labels.dtype.kind not in "biufU":
        raise SplitError(
            _("y must hold numbers or words, not {kind}.").format(kind=labels.dtype.name)
        )
    if labels.dtype.kind == "f" and not np.isfinite(labels).all():
        raise SplitError(_("y holds an infinite value."))
    return labels


def _prepare(y: Any, groups: Any, seed: Any, stratify: bool) -> tuple[np.ndarray, np.ndarray]:
    """Labels as they came, and the number of each row's patient."""
    from sklearn.utils.multiclass import type_of_target

    labels = _labels(y)
    kind = type_of_target(labels)
    if stratify and kind not in ("binary", "multiclass"):
        raise SplitError(
            _(
                "y is {kind}, and one can only stratify by classes: give classes, or split with "
                "stratify=False."
            ).format(kind=kind)
        )
    _asked(inputs.whole_number, seed, "seed", least=0, most=_LAST_SEED)
    return labels, _asked(inputs.patients, groups, len(labels))


def _shares(sizes: Any) -> dict[str, float]:
    if not isinstance(sizes, Mapping) or len(sizes) < 2:
        raise SplitError(
            _(
                "sizes must be a dictionary with two parts or more, "
                '{{"train": 0.8, "test": 0.2}}; it is {sizes!r}.'
            ).format(sizes=sizes)
        )
    try:
        shares = {str(name): float(share) for name, share in sizes.items()}
    except (TypeError, ValueError):
        raise SplitError(
            _("sizes must give each part a number; it is {sizes!r}.").format(sizes=sizes)
        ) from None
    if not all(0 < share < 1 for share in shares.values()):
        raise SplitError(
            _("each size must lie between 0 and 1 (a share, not rows); it is {sizes!r}.").format(
                sizes=sizes
            )
        )
    if not math.isclose(sum(shares.values()), 1, abs_tol=1e-6):
        raise SplitError(
            _("sizes must add up to 1; {sizes!r} adds up to {total:g}.").format(
                sizes=sizes, total=sum(shares.values())
            )
        )
    return shares


def _discrete(labels: np.ndarray) -> bool:
    return labels.dtype.kind != "f" or bool((labels == np.round(labels)).all())


def _binary(labels: np.ndarray) -> bool:
    return len(np.unique(labels)) == 2


_FEW_PATIENTS = {
    "parts": N_("{n} parts need at least {n} patients; there are {have} in {rows} rows."),
    "folds": N_("{n} folds need at least {n} patients; there are {have} in {rows} rows."),
}
_FEW_OF_A_CLASS = {
    "parts": N_(
        "{n} parts with at least one y = {label} each need {n} patients who have it; there are "
        "{have}. Take fewer parts, merge rare classes, or, if y is no class but a number, use "
        "stratify=False."
    ),
    "folds": N_(
        "{n} folds with at least one y = {label} each need {n} patients who have it; there are "
        "{have}. Take fewer folds, merge rare classes, or, if y is no class but a number, use "
        "stratify=False."
    ),
}


def _enough(labels: np.ndarray, patient: np.ndarray, n: int, what: str, stratify: bool) -> None:
    """Refuse what no split can give: patients, then patients with each class."""
    n_patients = patient.max() + 1
    if n_patients < n:
        raise SplitError(_(_FEW_PATIENTS[what]).format(n=n, have=n_patients, rows=len(patient)))
    if not stratify:
        return
    classes, place = np.unique(labels, return_inverse=True)
    if len(classes) == 1:
        raise SplitError(
            _(
                "y holds one class only ({label}): there is nothing to tell apart. Look at how y "
                "was made, or split with stratify=False."
            ).format(label=classes[0])
        )
    for code, label in enumerate(classes):
        have = len(np.unique(patient[place == code]))
        if have < n:
            raise SplitError(_(_FEW_OF_A_CLASS[what]).format(n=n, label=label, have=have))


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
                _(
                    "The part {name!r} of {number} patients cannot hold every class: give it more, "
                    "or leave out a part. (scikit-learn: {error})"
                ).format(name=name, number=number, error=error)
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
    if math.isinf(off(k)):  # no number of equal folds comes near
        found = _searched(labels, patient, list(shares.values()), seed)
        return dict(zip(shares, found, strict=True))
    tests = _test_parts(labels, patient, k, seed, True)
    parts, begin = {}, k
    for name, number in list(zip(shares, of(k), strict=True))[::-1]:
        parts[name] = np.sort(np.concatenate(tests[begin - number : begin]))
        begin -= number
    return {name: parts[name] for name in shares}


def _searched(
    labels: np.ndarray, patient: np.ndarray, shares: list[float], seed: int
) -> list[np.ndarray]:
    """Parts of whole patients, each with every class, where no shuffle gave them."""
    classes, place = np.unique(labels, return_inverse=True)
    parts, complete = covers.share_out(place, patient, shares, seed)
    if parts is not None:
        return parts
    if complete:
        text = _(
            "There is none: every way to divide the {patients} patients into {n} parts leaves one "
            "without a row of some class. Take fewer parts or folds, or merge rare classes."
        )
    else:
        text = _(
            "None was found: neither {tries} shuffles nor {steps:,} steps of a search divide the "
            "{patients} patients into {n} parts that each have a row of all {classes} classes, "
            "though there may be a way. Take fewer parts or folds, or merge rare classes."
        )
    raise SplitError(
        text.format(
            patients=patient.max() + 1,
            n=len(shares),
            classes=len(classes),
            tries=_TRIES,
            steps=covers.STEPS,
        )
    )


def _test_parts(
    labels: np.ndarray, patient: np.ndarray, n_splits: int, seed: int, stratify: bool
) -> list[np.ndarray]:
    """The test rows of each fold."""
    from sklearn.model_selection import KFold, StratifiedGroupKFold, StratifiedKFold

    n_patients = patient.max() + 1
    how: dict[str, Any] = {"n_splits": int(n_splits), "shuffle": True, "random_state": int(seed)}
    if not stratify:
        chosen = [test for _train, test in KFold(**how).split(np.arange(n_patients))]
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
            raise SplitError(
                _("scikit-learn cannot make {n} folds: {error}").format(n=n_splits, error=error)
            ) from None
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


def _fold(place: int) -> str:
    return _("fold {n}").format(n=place + 1)


def _advice(labels: np.ndarray, patient: np.ndarray, part: str, label: Any) -> str:
    return _(
        "No shuffle of {tries} gave {part!r} a row with y = {label}: only {have} of {patients} "
        "patients have it, so the part could not be scored. Take fewer or larger parts or folds, "
        "or pool the out-of-fold predictions of fewer folds."
    ).format(
        tries=_TRIES,
        part=part,
        label=label,
        have=len(np.unique(patient[labels == label])),
        patients=patient.max() + 1,
    )


def _whole(parts: dict[str, np.ndarray], patient: np.ndarray) -> None:
    """Each row in exactly one part, no part empty, no patient in two."""
    for name, rows in parts.items():
        if len(rows) == 0:
            raise SplitError(
                _("The part {name!r} came out empty: give it more patients.").format(name=name)
            )
    together = np.sort(np.concatenate(list(parts.values())))
    if not np.array_equal(together, np.arange(len(patient))):
        raise SplitError(_("A row is in no part or in two; please report this as a fault."))
    check_disjoint(patient, *parts.values())


_LAST = {  # what is split, and what a row was taken for
    ("part", "row"): N_("Each row was taken to be one patient; none stands in two parts."),
    ("part", "patient"): N_("No patient stands in two parts."),
    ("part", "rows"): N_(
        "No patient stands in two parts; patients stay whole, so sizes are approximate."
    ),
    ("fold", "row"): N_(
        "Each row was taken to be one patient; none stands in both parts of a fold."
    ),
    ("fold", "patient"): N_("No patient stands in both parts of a fold."),
    ("fold", "rows"): N_(
        "No patient stands in both parts of a fold; patients stay whole, so sizes are approximate."
    ),
}


def _named_folds(tests: list[np.ndarray], rows: int) -> dict[str, np.ndarray]:
    """Folds with their numbers; a repeat begins when every row has been tested."""
    names, repeat, fold, tested = [], 1, 0, 0
    for test in tests:
        if tested == rows:
            repeat, fold, tested = repeat + 1, 0, 0
        names.append((fold, repeat))
        fold, tested = fold + 1, tested + len(test)
    return {
        _("fold {n}, repeat {repeat}").format(n=fold + 1, repeat=turn)
        if repeat > 1
        else _fold(fold): test
        for (fold, turn), test in zip(names, tests, strict=True)
    }


def _print_table(
    what: str, parts: dict[str, np.ndarray], labels: np.ndarray, people: Iterable[int]
) -> None:
    classes = np.unique(labels).tolist()
    zero_one = labels.dtype.kind in "biuf" and set(classes) <= {0, 1}
    head = ""
    if zero_one:
        head = _("positives")
    elif len(classes) <= 10 and _discrete(labels):
        head = _("rows of {classes}").format(classes="/".join(map(str, classes)))
    table = [[what, _("rows"), _("patients"), head]]
    most = len(str(max((labels[rows] == 1).sum() for rows in parts.values())))
    for (name, rows), found in zip(parts.items(), people, strict=True):
        cell = ""
        if zero_one:
            positive = (labels[rows] == 1).sum()
            cell = f"{positive:>{most}} ({100 * positive / len(rows):.1f} %)"
        elif head:
            cell = "/".join(str((labels[rows] == label).sum()) for label in classes)
        table.append([name, str(len(rows)), str(found), cell])
    wide = [max(len(line[column]) for line in table) for column in range(3)]
    for name, rows, found, cell in table:
        print(f"{name:<{wide[0]}}  {rows:>{wide[1]}}  {found:>{wide[2]}}  {cell}".rstrip())
