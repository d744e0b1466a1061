"""The list of a class: who belongs to it, and which of them handed something in."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from medlearn.language import _
from medlearn_classroom import ClassroomError, spreadsheets
from medlearn_classroom.marking.handins import HandIn
from medlearn_classroom.marking.learners import Learner, leftover
from medlearn_classroom.words import either

__all__ = ["Person", "Roster", "read"]

# no text: heads of tables, as platforms and people write them
_HEADS = {
    "id": {"id", "id number", "student id", "matriculation number", "username", "login", "number"},
    "name": {"name", "full name", "student", "student name", "learner"},
    "first": {"first name", "given name", "firstname", "vorname"},
    "last": {"last name", "surname", "family name", "lastname", "nachname"},
    "email": {"email", "e-mail", "email address", "e-mail address", "mail"},
}


@dataclass(frozen=True)
class Person:
    """One row of the list."""

    id: str
    name: str
    email: str = ""


def _words(name: str) -> tuple[str, ...]:
    """A name's words without accents and case, in the order of the alphabet: "Byron, Ada"."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return tuple(sorted(re.findall(r"[^\W_]+", plain)))


def _squeezed(name: str) -> str:
    """A name's letters and digits alone, in their order."""
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKD", name.casefold()))


class Roster:
    """The people of a class, found by number, e-mail address, name or login."""

    def __init__(self, people: Iterable[Person]) -> None:
        self.people = tuple(people)
        signs: defaultdict[object, set[Person]] = defaultdict(set)
        for person in self.people:
            words = _words(person.name)
            signs[person.id.casefold()].add(person)
            signs[words].add(person)
            parts = re.split(r"[,\s]+", person.name)
            for order in (parts, parts[::-1], [*parts[-1:], *parts[:-1]]):
                signs[_squeezed("".join(order))].add(person)  # Canvas: lastnamefirstname
            if person.email:
                signs[person.email.casefold()].add(person)
                signs[person.email.casefold().partition("@")[0]].add(person)
        self._signs = signs

    def find(self, one: HandIn, learner: Learner, stems: Sequence[str] = ()) -> Person | None:
        """Whose hand-in this is: the one person whom a sign names, else nobody.

        Parameters
        ----------
        one : HandIn
        learner : Learner
            As its layout names them.
        stems : sequence of str
            The lessons' names, which name nobody.
        """
        names = [learner.number, learner.name]
        if learner.layout in ("folder", "file", "unknown"):  # a folder of a group, a name within
            names += [leftover(part.rpartition(".")[0] or part, stems) for part in one.parts]
        for name in names:
            for sign in (name.casefold(), _words(name), _squeezed(name)):
                if name and len(found := self._signs.get(sign, ())) == 1:
                    return next(iter(found))
        return None


def read(path: str | Path) -> Roster:
    """Read the list of a class.

    Parameters
    ----------
    path : str or Path
        A CSV with the columns `id`, `name` (or `first name` and `last name`) and, if you like,
        `e-mail`; in UTF-8.

    Raises
    ------
    ClassroomError
        When a column is missing, or an id is missing or there twice.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "class.csv"
    ...     _written = file.write_text("id,name,e-mail\\n7,Ada Byron,ada@uni.example\\n", "utf-8")
    ...     roster = read(file)
    >>> byron = Learner("Byron_Ada")
    >>> roster.find(HandIn(file, "", ("Byron_Ada", "01.ipynb")), byron).id
    '7'
    """
    path = Path(path)
    _separator, rows = spreadsheets.rows(path)
    head = [name.strip().casefold() for name in rows[0][1]] if rows else []
    places = {
        what: next((head.index(name) for name in head if name in names), None)
        for what, names in _HEADS.items()
    }
    named = places["name"] is not None or None not in (places["first"], places["last"])
    if places["id"] is None or not named:
        said = _("{file}: expected were the columns {columns} (and e-mail); it has {came}.")
        columns = either(["id + name", "id + first name + last name"])  # no text: heads of tables
        came = ", ".join(head) or _("none")
        raise ClassroomError(said.format(file=path, columns=columns, came=came))
    people, seen = [], {}
    for where, row in rows[1:]:

        def entry(what: str, row: list[str] = row) -> str:
            place = places[what]
            text = row[place] if place is not None and place < len(row) else ""
            return " ".join(unicodedata.normalize("NFC", text).split())

        own = entry("id")
        if not own or own in seen:
            said = (
                _("{where}: the id {id!r} is there already, in {first}.")
                if own
                else _("{where}: there is no id.")
            )
            raise ClassroomError(said.format(where=where, id=own, first=seen.get(own)))
        seen[own] = where
        name = entry("name") or f"{entry('first')} {entry('last')}".strip()
        people.append(Person(own, name, entry("email")))
    return Roster(people)
