"""What goes over the line: messages that can run nothing, and an end to every wait.

A message is a line of JSON, its kind and a few facts, then plain numbers (float64, little-endian).
No pickle is ever read: it could run any program. Connections and keys are those of the standard
library's ``multiprocessing.connection``. Each fault has a short name, `Why`, and a
sentence in `WHY`.
"""

from __future__ import annotations

import contextlib
import enum
import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from multiprocessing import AuthenticationError
from multiprocessing.connection import Connection, answer_challenge, deliver_challenge
from typing import Any

import numpy as np

from medlearn.language import N_, _

__all__ = [
    "HUGE",
    "LIMIT",
    "WHY",
    "FederationError",
    "Link",
    "Message",
    "Refused",
    "Why",
    "connect",
    "pack",
    "unpack",
]

LIMIT = 64_000
"""Bytes of a message at most. The longest of a class is below 1,000."""

# What each kind of message says besides its numbers.
_FACTS: dict[str, dict[str, type]] = {
    "hello": {"name": str, "patients": int},  # sums
    "begin": {"rounds": int, "steps": int, "rate": float, "penalty": float, "wait": float},
    "round": {"round": int},  # weights
    "update": {"round": int},  # weights, trained
    "done": {},  # weights, the last ones
    "refused": {"why": str},
}


HUGE = 1e100
"""Numbers are smaller: whoever sends larger ones would make the others' infinite."""


class Why(enum.StrEnum):
    """Why a hospital is not in a round, or not in the federation."""

    WRONG_KEY = "wrong_key"
    NO_MESSAGE = "no_message"
    TOO_LARGE = "too_large"
    WRONG_LENGTH = "wrong_length"
    NOT_FINITE = "not_finite"
    NAME_TAKEN = "name_taken"
    STOPPED = "stopped"
    LATE = "late"
    OWING = "owing"
    GONE = "gone"


WHY = {
    Why.WRONG_KEY: N_("The key is wrong."),
    Why.NO_MESSAGE: N_("What came is no message of a federation."),
    Why.TOO_LARGE: N_("A message is larger than a federation needs."),
    Why.WRONG_LENGTH: N_("There are more or fewer numbers than the model has."),
    Why.NOT_FINITE: N_("A number is far too large, or none at all."),
    Why.NAME_TAKEN: N_("Another laptop is this hospital already."),
    Why.STOPPED: N_("The coordinator has stopped."),
    Why.LATE: N_("Nothing came in time."),
    Why.OWING: N_("It still owes an earlier answer."),
    Why.GONE: N_("The connection is gone."),
}


class FederationError(RuntimeError):
    """A federation could not begin or go on; the text says why and what to do."""


class Refused(FederationError):
    """The other side did, or said, what is not accepted.

    Parameters
    ----------
    why : Why
    """

    def __init__(self, why: Why):
        super().__init__(_(WHY[why]))
        self.why = why


@dataclass(frozen=True)
class Message:
    """What came: its kind, its facts and its numbers."""

    kind: str
    facts: dict[str, Any] = field(default_factory=dict)
    numbers: np.ndarray = field(default_factory=lambda: np.zeros(0))


def pack(message: Message) -> bytes:
    """A message as bytes.

    Examples
    --------
    >>> pack(Message("update", {"round": 3}, np.array([0.5])))
    b'{"kind": "update", "round": 3}\\n\\x00\\x00\\x00\\x00\\x00\\x00\\xe0?'
    """
    head = json.dumps({"kind": message.kind, **message.facts}).encode()
    return head + b"\n" + np.asarray(message.numbers, dtype="<f8").tobytes()


def unpack(raw: bytes) -> Message:
    """The message in these bytes, each of its parts checked.

    Raises
    ------
    Refused
        It is none, or holds what is no finite number.

    Examples
    --------
    >>> unpack(pack(Message("update", {"round": 3}, np.array([0.5])))).numbers
    array([0.5])
    >>> unpack(b"GET / HTTP/1.1")
    Traceback (most recent call last):
        ...
    medlearn.federation.wire.Refused: What came is no message of a federation.
    """
    head, _line, body = raw.partition(b"\n")
    try:
        facts = json.loads(head.decode())
        kind = facts.pop("kind")
        wanted = _FACTS[kind]
        right = facts.keys() == wanted.keys() and all(
            type(facts[name]) is kind_of for name, kind_of in wanted.items()
        )
        numbers = np.frombuffer(body, dtype="<f8").astype(np.float64)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        right = False
    if not right:
        raise Refused(Why.NO_MESSAGE)
    fractions = [value for value in facts.values() if isinstance(value, float)]
    if not all((np.abs(found) < HUGE).all() for found in (numbers, np.array(fractions))):
        raise Refused(Why.NOT_FINITE)
    return Message(kind, facts, numbers)


class Link:
    """One connection. Whatever it is asked for ends in time, if need be by hanging up.

    Parameters
    ----------
    line : socket
        Connected; it belongs to the link from now on.
    """

    def __init__(self, line: socket.socket):
        line.settimeout(None)
        self._line = line
        self._connection = Connection(line.dup().detach())

    def fileno(self) -> int:
        """So that one can wait for several links."""
        return self._connection.fileno()

    @contextlib.contextmanager
    def _within(self, seconds: float) -> Iterator[None]:
        over = threading.Event()

        def hang_up() -> None:  # wakes whoever reads or writes
            over.set()
            self._hang_up()

        timer = threading.Timer(seconds, hang_up)
        timer.daemon = True
        timer.start()
        try:
            yield
        except AuthenticationError:
            raise Refused(Why.WRONG_KEY) from None
        except AssertionError:  # Python 3.11's way to say that no challenge came
            raise Refused(Why.NO_MESSAGE) from None
        except (EOFError, OSError):
            if over.is_set():
                raise Refused(Why.LATE) from None
            # After a message that is too large, a connection is not read again.
            raise Refused(Why.GONE if self._connection.readable else Why.TOO_LARGE) from None
        finally:
            timer.cancel()

    def prove(self, key: str, *, first: bool, seconds: float) -> None:
        """Show the other side that the key is known here, and let it do the same.

        Parameters
        ----------
        key : str
        first : bool
            Of the two sides, one asks first: the coordinator.
        seconds : float

        Raises
        ------
        Refused
            The keys differ, or nothing came in time.
        """
        secret = key.encode()
        turns = [deliver_challenge, answer_challenge]
        with self._within(seconds):
            for turn in turns if first else reversed(turns):
                turn(self._connection, secret)

    def send(self, message: Message, seconds: float) -> None:
        """Send a message.

        Raises
        ------
        Refused
            It could not be sent.
        """
        with self._within(seconds):
            self._connection.send_bytes(pack(message))

    def receive(self, *kinds: str, seconds: float, length: int | None = None) -> Message:
        """The next message, which must be of one of these kinds.

        Parameters
        ----------
        *kinds : str
        seconds : float
            To wait for it.
        length : int, optional
            How many numbers it must hold.

        Raises
        ------
        Refused
            Another one came, or none in time; or the other side refused, and says why.
        """
        with self._within(seconds + 1):
            if not self._connection.poll(seconds):
                raise Refused(Why.LATE)
        with self._within(max(seconds, 0.1)):
            raw = self._connection.recv_bytes(LIMIT)
        message = unpack(raw)
        if message.kind == "refused" and message.facts["why"] in WHY:
            raise Refused(Why(message.facts["why"]))
        if message.kind not in kinds:
            raise Refused(Why.NO_MESSAGE)
        if length is not None and len(message.numbers) != length:
            raise Refused(Why.WRONG_LENGTH)
        return message

    def refuse(self, why: Why) -> None:
        """Say why, as far as the other side still listens, and hang up."""
        with contextlib.suppress(Refused):
            self.send(Message("refused", {"why": why}), seconds=1.0)
        self.close()

    def _hang_up(self) -> None:
        with contextlib.suppress(OSError):
            self._line.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Hang up."""
        self._hang_up()
        self._connection.close()
        self._line.close()


def connect(host: str, port: int, seconds: float) -> Link:
    """A link to the coordinator at this address.

    Raises
    ------
    FederationError
        Nobody answers there.
    """
    try:
        return Link(socket.create_connection((host, port), timeout=seconds))
    except OSError as error:
        raise FederationError(
            _(
                "No coordinator answers at {host}, port {port}: {why}. Does it run, are address "
                "and port those that it printed, and does no firewall stand between?"
            ).format(host=host, port=port, why=error.strerror or error)
        ) from None
