"""One hospital of a federation: its patients stay here, weights come and go."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from medlearn import inputs
from medlearn.datasets import DATASETS, heart_hospitals, storage
from medlearn.federation import model, wire
from medlearn.federation.wire import FederationError, Message
from medlearn.language import N_, _

__all__ = [
    "COLUMNS",
    "FAULTS",
    "HOSPITALS",
    "Hospital",
    "Learned",
    "heart_hospital",
    "join",
    "learn_alone",
]

COLUMNS = (
    "age", "male", "no_symptoms", "resting_pressure", "cholesterol", "high_fasting_sugar",
    "abnormal_ecg", "max_heart_rate", "exercise_angina", "st_depression",
)  # fmt: skip
"""What `heart_hospital` gives: the findings that all four hospitals have."""

HOSPITALS = tuple(heart_hospitals.HOSPITALS.values())
"""Whose patients `heart_hospital` knows."""

FAULTS = {
    "zeros": N_("sends zeros in place of its weights"),
    "shape": N_("sends one number too few"),
    "late": N_("answers once when the round is over"),
    "leave": N_("hangs up"),
}
"""What a hospital can do wrong on purpose, from the third round on."""
_FIRST_FAULT = 3
_HANDSHAKE = 10.0  # seconds


@dataclass(frozen=True)
class Hospital:
    """Its name and its patients.

    Attributes
    ----------
    name : str
    X : array of shape (patients, columns)
        NaN where a value is missing.
    y : array of shape (patients,)
        0 or 1.

    Raises
    ------
    ValueError
        When they do not fit together.

    Examples
    --------
    >>> Hospital("Ulm", [[60.0], [np.nan]], [1, 0]).X.shape
    (2, 1)
    """

    name: str
    X: np.ndarray
    y: np.ndarray

    def __post_init__(self) -> None:
        X, y = np.asarray(self.X, dtype=np.float64), inputs.labels(self.y)
        if X.ndim != 2:
            raise ValueError(_("X must be a table of patients and columns."))
        inputs.same_length(X=X, y=y)
        object.__setattr__(self, "X", X)
        object.__setattr__(self, "y", y)


@dataclass(frozen=True)
class Learned(model.Model):
    """What a hospital has in the end: the model and the terms."""

    terms: model.Terms


def heart_hospital(name: str, *, aside: float = 0.3) -> tuple[Hospital, Hospital]:
    """The patients of one of the four hospitals: those to learn from, and those kept aside.

    Parameters
    ----------
    name : str
        One of `HOSPITALS`.
    aside : float
        The share kept aside, of the narrowed and of the others; always the same patients.

    Returns
    -------
    learn, kept : Hospital
        With the columns `COLUMNS`.

    Raises
    ------
    ValueError
        There is no such hospital.

    Examples
    --------
    >>> learn, kept = heart_hospital("Long Beach")
    >>> learn.X.shape, kept.X.shape
    ((140, 10), (60, 10))
    """
    name = inputs.one_of(name, "hospital", HOSPITALS)
    file = storage.read("heart_hospitals")  # by the loader, a laptop would import scikit-learn
    here = file["hospital"] == HOSPITALS.index(name)
    variables = [variable.name for variable in DATASETS["heart_hospitals"].variables]
    found = dict(zip(variables, file["data"][here].T, strict=True))
    ecg, pain = found["resting_ecg"], found["chest_pain"]
    found |= {
        "male": found["sex"],
        "no_symptoms": np.where(np.isnan(pain), np.nan, pain == 4),
        "abnormal_ecg": np.where(np.isnan(ecg), np.nan, ecg > 0),
    }
    X, y = np.column_stack([found[column] for column in COLUMNS]), file["target"][here]
    rng = np.random.default_rng(0)
    kept = np.zeros(len(y), dtype=bool)
    for target in (0, 1):
        rows = rng.permutation(np.flatnonzero(y == target))
        kept[rows[: round(aside * len(rows))]] = True
    return Hospital(name, X[~kept], y[~kept]), Hospital(name, X[kept], y[kept])


def learn_alone(hospital: Hospital, terms: model.Terms) -> Learned:
    """What this hospital learns without the others, in as many steps.

    Examples
    --------
    >>> learn, kept = heart_hospital("Long Beach")
    >>> learn_alone(learn, model.Terms(rounds=2)).weights.shape
    (11,)
    """
    centre, scale = model.constants(model.sums(hospital.X))
    Z, weights = model.prepare(hospital.X, centre, scale), np.zeros(1 + hospital.X.shape[1])
    for _round in range(terms.rounds):
        weights = model.descend(weights, Z, hospital.y, terms)
    return Learned(weights, centre, scale, terms)


def join(
    hospital: Hospital,
    host: str,
    port: int,
    key: str,
    *,
    patience: float = 600.0,
    fault: str | None = None,
    tell: Callable[[str], None] = lambda line: None,
) -> Learned:
    """Take part in a federation until it is done.

    Only these leave: the hospital's name, how many patients it has, for each column the number of
    values, their sum and that of their squares, and weights.

    Parameters
    ----------
    hospital : Hospital
    host : str
    port : int
        Where the coordinator is.
    key : str
        The coordinator's.
    patience : float
        Seconds to wait for the next message.
    fault : str, optional
        Do this wrong on purpose, from the third round on: a key of `FAULTS`.
    tell : callable
        Takes each line about how it goes.

    Returns
    -------
    Learned

    Raises
    ------
    FederationError
        Nobody answers, or the coordinator refuses this hospital, stops or is gone.
    """
    if fault is not None:
        inputs.one_of(fault, "fault", FAULTS)
    link = wire.connect(host, port, _HANDSHAKE)
    try:
        link.prove(key, first=False, seconds=_HANDSHAKE)
        return _take_part(link, hospital, patience, fault, tell)
    except wire.Refused as refused:
        raise FederationError(
            _("The federation is over for {name}: {why}").format(name=hospital.name, why=refused)
        ) from None
    finally:
        link.close()


def _take_part(
    link: wire.Link,
    hospital: Hospital,
    patience: float,
    fault: str | None,
    tell: Callable[[str], None],
) -> Learned:
    facts = {"name": hospital.name, "patients": len(hospital.y)}
    link.send(Message("hello", facts, model.sums(hospital.X).ravel()), _HANDSHAKE)
    begin = link.receive("begin", seconds=patience, length=2 * hospital.X.shape[1])
    centre, scale = begin.numbers.reshape(2, -1)
    wait = begin.facts.pop("wait")
    terms = model.Terms(**begin.facts)
    Z = model.prepare(hospital.X, centre, scale)
    while True:
        message = link.receive("round", "done", seconds=patience, length=1 + len(centre))
        if message.kind == "done":
            return Learned(message.numbers, centre, scale, terms)
        number = message.facts["round"]
        weights = model.descend(message.numbers, Z, hospital.y, terms)
        if fault and number >= _FIRST_FAULT:
            weights = _go_wrong(link, fault, weights, wait if number == _FIRST_FAULT else 0.0)
        link.send(Message("update", {"round": number}, weights), _HANDSHAKE)
        tell(_("Round {n} of {rounds}: weights sent.").format(n=number, rounds=terms.rounds))


def _go_wrong(link: wire.Link, fault: str, weights: np.ndarray, wait: float) -> np.ndarray:
    if fault == "leave":
        link.close()
        raise FederationError(_("This hospital has hung up, as it was asked to."))
    if fault == "late" and wait:
        time.sleep(1.5 * wait)
    return {"zeros": np.zeros_like(weights), "shape": weights[:-1]}.get(fault, weights)
