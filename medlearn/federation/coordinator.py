"""The coordinator of a federation: who is in, who answered in time, and what became of the model.

Rounds run one after the other in the thread that calls `Coordinator.run`. Who knocks is asked for
the key in a thread of its own, so that a stranger who says nothing keeps nobody waiting.
"""

from __future__ import annotations

import contextlib
import dataclasses
import queue
import secrets
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import wait as wait_for
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from medlearn import inputs
from medlearn.federation import model, wire
from medlearn.federation.wire import FederationError, Message, Refused, Why
from medlearn.language import _, ngettext

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Coordinator", "Result", "Round"]

_HANDSHAKE = 10.0  # seconds for the key and the name
_SEND = 5.0  # seconds: messages are small, so a line that takes longer is dead
_FAREWELL = 2.0  # seconds
_TICK = 0.2  # seconds between two looks at who has come
_NAME = 60  # characters at most
_MOST = 10**9  # patients


class Round(NamedTuple):
    """What happened in one round.

    Attributes
    ----------
    number : int
    status : dict of str to str
        Of each hospital in it: "answered", or why not, a `medlearn.federation.wire.Why`.
        One that is "owing" was not asked.
    distance : dict of str to float
        Of those who answered, if there are three: see `medlearn.federation.model.distances`.
    far : tuple of str
        Who is more than twice as far from the others as they are from each other.
    """

    number: int
    status: dict[str, str]
    distance: dict[str, float]
    far: tuple[str, ...]

    @property
    def answered(self) -> tuple[str, ...]:
        """Whose weights are in the mean."""
        return tuple(name for name, what in self.status.items() if what == "answered")

    def __str__(self) -> str:
        parts = [
            _("Round {n}: {answered} of {all} answered.").format(
                n=self.number, answered=len(self.answered), all=len(self.status)
            )
        ]
        for name, status in self.status.items():
            if status != "answered":
                parts.append(f"{name}: {_(wire.WHY[status])}")
        if self.far:
            said = _("Far from the others: {names}.")
            parts.append(said.format(names=", ".join(self.far)))
        return " ".join(parts)


@dataclass(frozen=True)
class Result(model.Model):
    """What a federation has in the end: the model, and how it came about.

    Attributes
    ----------
    patients : dict of str to int
        How many each hospital said it has.
    rounds : list of Round
    refused : list of (str, str)
        Who was not let in: the address or name, and why.
    """

    patients: dict[str, int]
    rounds: list[Round]
    refused: list[tuple[str, str]]

    def table(self) -> pd.DataFrame:
        """One row for each round and hospital: round, hospital, status, distance, far."""
        import pandas as pd

        rows = [
            (r.number, name, status, r.distance.get(name, np.nan), name in r.far)
            for r in self.rounds
            for name, status in r.status.items()
        ]
        return pd.DataFrame(rows, columns=["round", "hospital", "status", "distance", "far"])


@dataclass
class _Member:
    name: str
    patients: int
    sums: np.ndarray
    link: wire.Link
    begun: bool = False
    owes: int | None = None  # the round that it was asked for and has not answered

    def fileno(self) -> int:
        return self.link.fileno()


class _Knock(NamedTuple):
    """Somebody at the door: a member, or who it was and why it stays outside."""

    who: str
    member: _Member | None = None
    why: Why | None = None


@dataclass(eq=False)
class Coordinator:
    """Listens from the moment it is made; a context manager, which hangs up at its end.

    Parameters
    ----------
    key : str, optional
        What every hospital must know; a new one by default.
    host : str
        Where to listen. "127.0.0.1", the default, is heard on this machine only; an address of this
        machine in a network lets in whoever is in that network and knows the key.
    port : int
        0 takes a free one.
    columns : int
        Of the table that each hospital has.
    hospitals : int
        Rounds begin when so many are there.
    quorum : int
        So many must answer in each round.
    gather : float
        Seconds to wait for the hospitals. Then rounds begin if there is a quorum.
    wait : float
        Seconds that a round waits for answers.
    pause : float
        Seconds between two rounds, for people who watch.
    terms : Terms
        Rounds, steps, learning rate and penalty.
    tell : callable
        Takes each line about how it goes.
    blind : bool
        The lines do not say who is far from the others; the result does.

    Attributes
    ----------
    host, port, key
        Where it listens, and for what.

    Raises
    ------
    FederationError
        The address is not to be had: most often the port is in use.
    ValueError
        A number is none, or the key is empty.

    Examples
    --------
    >>> with Coordinator("sesame", hospitals=1, quorum=1, gather=0.1) as lead:
    ...     lead.host, lead.run()
    Traceback (most recent call last):
        ...
    medlearn.federation.wire.FederationError: Only 0 of at least 1 hospital came in 0.1 seconds.
    """

    key: str = field(default_factory=lambda: secrets.token_hex(4))
    host: str = "127.0.0.1"
    port: int = 0
    columns: int = 10
    hospitals: int = 4
    quorum: int = 2
    gather: float = 300.0
    wait: float = 10.0
    pause: float = 0.0
    terms: model.Terms = field(default_factory=model.Terms)
    tell: Callable[[str], None] = lambda line: None
    blind: bool = False

    def __post_init__(self) -> None:
        if not self.key:
            raise ValueError(_("The key is empty; give one of a few letters or numbers."))
        inputs.whole_number(self.columns, "columns", least=1)
        inputs.whole_number(self.quorum, "quorum", least=1)
        inputs.whole_number(self.hospitals, "hospitals", least=self.quorum)
        for name in ("gather", "wait", "pause"):
            inputs.number(getattr(self, name), name)
        try:
            self._ear = socket.create_server((self.host, self.port))
        except OSError as error:
            raise FederationError(
                _(
                    "Cannot listen at {host}, port {port}: {why}. If another coordinator runs "
                    "there, stop it or take another port; the address must be one of this machine."
                ).format(host=self.host, port=self.port, why=error.strerror or error)
            ) from None
        self._ear.settimeout(_TICK)
        self.port = self._ear.getsockname()[1]
        self._members: dict[str, _Member] = {}
        self._patients: dict[str, int] = {}
        self._refused: list[tuple[str, str]] = []
        self._knocks: queue.SimpleQueue[_Knock] = queue.SimpleQueue()
        self._closed = threading.Event()
        self._door = threading.Thread(target=self._listen, daemon=True)
        self._door.start()

    def __enter__(self) -> Coordinator:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Hang up, and tell those who still listen."""
        self._closed.set()
        self._door.join()
        self._turn_away()
        for member in list(self._members.values()):
            self._lose(member, Why.STOPPED)

    # ---- the door --------------------------------------------------------------------------

    def _listen(self) -> None:
        with self._ear:
            while not self._closed.is_set():
                with contextlib.suppress(OSError):  # nobody came in this while
                    line, address = self._ear.accept()
                    threading.Thread(
                        target=self._open, args=(line, address[0]), daemon=True
                    ).start()

    def _open(self, line: socket.socket, address: str) -> None:
        link = wire.Link(line)
        try:
            link.prove(self.key, first=True, seconds=_HANDSHAKE)
            hello = link.receive("hello", seconds=_HANDSHAKE, length=3 * self.columns)
            name, patients = hello.facts["name"].strip(), hello.facts["patients"]
            if not (name.isprintable() and 0 < len(name) <= _NAME and 0 < patients <= _MOST):
                raise Refused(Why.NO_MESSAGE)
        except Refused as refused:
            link.refuse(refused.why)
            self._knocks.put(_Knock(address, why=refused.why))
        else:
            member = _Member(name, patients, hello.numbers.reshape(3, -1), link)
            self._knocks.put(_Knock(address, member))
        if self._closed.is_set():
            self._turn_away()

    def _turn_away(self) -> None:
        """Nobody is let in any more."""
        with contextlib.suppress(queue.Empty):
            while True:
                if member := self._knocks.get_nowait().member:
                    member.link.refuse(Why.STOPPED)

    def _let_in(self, seconds: float = 0.0) -> None:
        """Take in who has come, or comes within these seconds."""
        with contextlib.suppress(queue.Empty):
            while True:
                knock = self._knocks.get(timeout=seconds) if seconds else self._knocks.get_nowait()
                seconds = 0.0
                self._answer(knock)

    def _answer(self, knock: _Knock) -> None:
        who, member, why = knock
        if member is not None and member.name in self._members:
            who, why = member.name, Why.NAME_TAKEN
            member.link.refuse(why)
        if why:
            self._refused.append((who, why))
            self._say(_("Not let in, {who}: {why}"), who=who, why=_(wire.WHY[why]))
        elif member is not None:
            self._members[member.name] = member
            self._patients[member.name] = member.patients
            said = ngettext(
                "{name} is here: {n} patient.", "{name} is here: {n} patients.", member.patients
            )
            self._say(said, name=member.name, n=member.patients)

    # ---- rounds ----------------------------------------------------------------------------

    def run(self) -> Result:
        """Wait for the hospitals, train in rounds, and give all of them the model.

        Returns
        -------
        Result

        Raises
        ------
        FederationError
            Too few came, or too few answered in a round; the hospitals are told.
        """
        try:
            self._gather()
            present = list(self._members.values())
            centre, scale = model.constants(np.sum([member.sums for member in present], axis=0))
            facts = dataclasses.asdict(self.terms) | {
                "rate": float(self.terms.rate),
                "penalty": float(self.terms.penalty),
                "wait": float(self.wait),
            }
            begin = Message("begin", facts, np.concatenate([centre, scale]))
            weights, rounds = np.zeros(1 + self.columns), []
            for number in range(1, self.terms.rounds + 1):
                self._settle()
                self._let_in()
                weights, done = self._round(number, weights, begin)
                rounds.append(done)
                self.tell(str(done._replace(far=()) if self.blind else done))
                time.sleep(self.pause if number < self.terms.rounds else 0.0)
            self._part(weights)
        finally:
            self.close()
        return Result(weights, centre, scale, self._patients, rounds, self._refused)

    def _gather(self) -> None:
        end = time.monotonic() + self.gather
        while len(self._members) < self.hospitals and (left := end - time.monotonic()) > 0:
            self._let_in(min(left, _TICK))
            self._settle()
        if len(self._members) < self.quorum:
            said = ngettext(
                "Only {came} of at least {n} hospital came in {seconds:g} seconds.",
                "Only {came} of at least {n} hospitals came in {seconds:g} seconds.",
                self.quorum,
            )
            raise FederationError(
                said.format(came=len(self._members), seconds=self.gather, n=self.quorum)
            )

    def _round(self, number: int, weights: np.ndarray, begin: Message) -> tuple[np.ndarray, Round]:
        status, updates = {}, {}
        for member in list(self._members.values()):
            owing = member.owes is not None
            status[member.name] = Why.OWING if owing else self._ask(member, number, weights, begin)
        asked = {member.name for member in self._members.values() if member.owes == number}
        end = time.monotonic() + self.wait
        while asked - updates.keys():
            ready = self._ready(max(end - time.monotonic(), 0.0))
            if not ready:
                break
            for member in ready:
                update, why = self._heard(member, number)
                if why and member.name in updates:  # it had answered, and this was one too many
                    self._out(member, why)
                elif why:
                    status[member.name] = why
                    asked.discard(member.name)
                    self._lose(member, why)
                elif update is not None:
                    updates[member.name], status[member.name] = update, "answered"
        distance = model.distances(updates)
        done = Round(number, status, distance, model.far(distance))
        if len(updates) < self.quorum:
            said = ngettext(
                "The federation stops: at least {n} hospital must answer in each round. {round}",
                "The federation stops: at least {n} hospitals must answer in each round. {round}",
                self.quorum,
            )
            raise FederationError(said.format(n=self.quorum, round=done))
        return model.average(updates, self._patients), done

    def _part(self, weights: np.ndarray) -> None:
        """Give all of them the model, and wait a little until they hang up."""
        for member in list(self._members.values()):
            self._send(member, Message("done", {}, weights))
        end = time.monotonic() + _FAREWELL
        while self._members and (ready := self._ready(max(end - time.monotonic(), 0.0))):
            for member in ready:
                if why := self._heard(member)[1]:
                    self._lose(member, why)

    def _settle(self) -> None:
        """Hear who speaks between two rounds: an answer that is owed, or somebody who is gone."""
        for member in self._ready(0.0):
            if why := self._heard(member)[1]:
                self._out(member, why)

    def _out(self, member: _Member, why: Why) -> None:
        self._lose(member, why)
        self._say(_("{name} is out: {why}"), name=member.name, why=_(wire.WHY[why]))

    def _ask(self, member: _Member, number: int, weights: np.ndarray, begin: Message) -> Why:
        """Send the weights. What is "late" now may be answered by the end of the round."""
        try:
            if not member.begun:
                member.link.send(begin, _SEND)
                member.begun = True
            member.link.send(Message("round", {"round": number}, weights), _SEND)
        except Refused as refused:
            self._lose(member, refused.why)
            return refused.why
        member.owes = number
        return Why.LATE

    def _heard(self, member: _Member, number: int = 0) -> tuple[np.ndarray | None, Why | None]:
        """Its weights for this round, or why there are none; neither if they are for an old one."""
        try:
            message = member.link.receive("update", seconds=_SEND, length=1 + self.columns)
            if message.facts["round"] != member.owes:
                raise Refused(Why.NO_MESSAGE)
        except Refused as refused:
            return None, refused.why
        owed, member.owes = member.owes, None
        return (message.numbers if owed == number else None), None

    def _ready(self, seconds: float) -> list[Any]:
        """The members from whom something came, if only that they are gone."""
        return wait_for(list(self._members.values()), timeout=seconds)

    def _send(self, member: _Member, message: Message) -> None:
        try:
            member.link.send(message, _SEND)
        except Refused:
            self._lose(member)

    def _lose(self, member: _Member, why: Why = Why.GONE) -> None:
        self._members.pop(member.name, None)
        if why == Why.GONE:
            member.link.close()
        else:
            member.link.refuse(why)

    def _say(self, text: str, **facts: object) -> None:
        self.tell(text.format(**facts))
