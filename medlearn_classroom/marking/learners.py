"""Who handed in: read from how a platform or a teacher lays out what a class sends.

A layout is recognised for each thing that was handed in, and said. Where a platform gives a number,
the number is the person, since two may share a name. What is left of a file's name when the lesson
is taken away names somebody only if it can be a name: not "Copy of", "2", "Untitled" or "solved".
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from medlearn.language import N_
from medlearn_classroom.marking.handins import HandIn

__all__ = ["LAYOUTS", "LEARNER_FROM", "Learner", "identify", "leftover"]

LEARNER_FROM = ("auto", "file", "folder")
"""What may name a learner: see `grading.grade_files`."""

LAYOUTS: Mapping[str, str] = {
    "moodle": N_("Moodle's download"),
    "canvas": N_("Canvas's download"),
    "nbgrader": N_("nbgrader's folders"),
    "folder": N_("a folder for each learner"),
    "file": N_("names of files"),
    "unknown": N_("nobody's name"),
}


@dataclass(frozen=True)
class Learner:
    """Who handed something in.

    Attributes
    ----------
    name : str
        In composed characters (NFC).
    number : str
        The one that the platform gave; empty without a platform.
    layout : str
        One of `LAYOUTS`, by which this was recognised. "unknown": the name is the file's.
    """

    name: str
    number: str = ""
    layout: str = "folder"

    def __str__(self) -> str:
        return f"{self.name} ({self.number})" if self.number else self.name


_MOODLE = re.compile(r"(?P<name>.+?)_(?P<number>\d+)_assignsubmission_[a-z]+(?:_|$)")
_CANVAS = re.compile(r"(?P<name>[^\W\d_]+)(?:_LATE)?_(?P<number>\d+)_\d+_.+")

# What programs and people add to the name of a file, in some of the languages that add it.
_ADDED = re.compile(
    r"""(?<![^\W_])(?:
        (?:copy|kopie|copie|copia|cópia|kopia|kopi)\ *(?:of|von|van|de|di|av|af|z)?\d*
      | (?:sync-conflict|conflict)[-\dA-Z]*
      | [^()]*conflicted\ copy[-\d ]*
      | (?:desktop|laptop)-[0-9A-Z]{5,}
      | untitled\d* | unbenannt\d* | notebook | lesson | exercises? | homework | assignment
      | solved | solutions? | done | finished | final | new\d* | old | edited | draft | abgabe
      | submission | version | v\d+ | \d\d?
      | (?:week|woche|day|attempt|try)[ _-]*\d+
    )(?![^\W_])""",
    re.IGNORECASE | re.VERBOSE,
)


def _without_lesson(text: str, stems: Collection[str], lesson: str | None) -> str:
    """A file's name without the lesson's; its number may stand alone where it is this lesson's."""
    own = [stem.split("_") for stem in stems if stem[:2] == lesson]
    own = [rf"{number}(?:[ _-]+(?:{'|'.join(words)}))*" for number, *words in own]  # or a part
    words = "|".join([*own, r"lesson[ _-]*\d\d?"])
    again = r"(?:[ _-]*(?:\(\d+\)|(?:copy|new)\d*))*"  # a second copy: browser, JupyterLab, course
    edge = r"(?![^\W_])"  # no letter and no digit
    noise = rf"(?:{'|'.join(stems)}|(?<![^\W_])(?:{words})){again}{edge}"
    rest = re.sub(rf"{noise}|^{again}$", " ", text, flags=re.IGNORECASE)
    rest = " ".join(rest.split()).strip(" _-.,")
    return re.sub(r"^\((.*)\)$|^\[(.*)\]$", r"\1\2", rest)


def leftover(text: str, stems: Collection[str], lesson: str | None = None) -> str:
    """What a file's or a folder's name says of a person, or nothing.

    Parameters
    ----------
    text : str
        The name, without the ending of a notebook.
    stems : collection of str
        The lessons' names.
    lesson : str, optional
        The number of the lesson, which may stand in the name alone.

    Examples
    --------
    >>> stems = ["01_neurons_and_activations"]
    >>> leftover("Ada Lovelace 01", stems, "01"), leftover(f"{stems[0]} (Marie Curie)", stems)
    ('Ada Lovelace', 'Marie Curie')
    >>> leftover(f"Copy of {stems[0]}", stems), leftover("student_07", stems, "01")
    ('', 'student_07')
    """
    rest = _without_lesson(unicodedata.normalize("NFC", text), stems, lesson)
    return rest if re.search(r"[^\W_]", _ADDED.sub(" ", rest)) else ""


def _stem(name: str) -> str:
    return re.sub(r"\.ipynb(\.(txt|json))?$|\.[^.]{1,5}$", "", name, flags=re.IGNORECASE)


@dataclass(frozen=True)
class _Placed:
    """A hand-in, and what the walk down its folders needs."""

    where: int
    one: HandIn
    lesson: str | None
    folders: tuple[str, ...]  # those that are not only a lesson's
    said: str  # what its own name says


def identify(
    handed: Sequence[tuple[HandIn, str | None]],
    stems: Collection[str],
    learner_from: str = "auto",
) -> list[Learner]:
    """Who handed in each of these things.

    Moodle, Canvas and nbgrader are known by their own form. Of other folders the first one is the
    learner, unless it must be a group or a lesson: it holds the same lesson twice, from
    differently named folders or files. Without such a folder, the file's name is asked.

    Parameters
    ----------
    handed : sequence of (HandIn, str or None)
        Each with its lesson's number, where it is known.
    stems : collection of str
        The lessons' names.
    learner_from : {"auto", "file", "folder"}

    Returns
    -------
    list of Learner
        In the same order.

    Examples
    --------
    >>> from pathlib import Path
    >>> paths = ["ada/Copy of 01.ipynb", "Bo Li_1048576_assignsubmission_file_/01.ipynb",
    ...          "obriensean_LATE_12346_678911_01.ipynb", "01 - Untitled.ipynb"]
    >>> given = [(HandIn(Path(p), p, tuple(p.split("/"))), "01") for p in paths]
    >>> for one in identify(given, ["01_neurons_and_activations"]):
    ...     print(one, "|", one.layout)
    ada | folder
    Bo Li (1048576) | moodle
    obriensean (12346) | canvas
    01 - Untitled | unknown
    """
    found: dict[int, Learner] = {}
    placed = []
    for where, (one, lesson) in enumerate(handed):
        said = leftover(_stem(one.parts[-1]), stems, lesson)
        if learner_from == "file":
            found[where] = Learner(said or _stem(one.parts[-1]), layout="file")
        elif learner_from == "folder":
            own = [f for f in (one.above, *one.parts[:-1]) if f and f not in stems]
            found[where] = Learner(own[-1] if own else "unknown")
        elif known := _of_a_platform(one, stems):
            found[where] = known
        else:
            folders = [f for f in one.parts[:-1] if leftover(f, stems, lesson)]
            placed.append(_Placed(where, one, lesson, tuple(folders), said))
    _walk(placed, 0, found)
    return [found[where] for where in range(len(handed))]


def _of_a_platform(one: HandIn, stems: Collection[str]) -> Learner | None:
    for part in one.parts:
        if match := _MOODLE.match(part):
            return Learner(" ".join(match["name"].split("_")), match["number"], "moodle")
    if match := _CANVAS.fullmatch(one.parts[-1]):
        return Learner(match["name"], match["number"], "canvas")
    # nbgrader: submitted/<student>/<assignment>/<notebook>
    parts = (one.above, *one.parts)
    for place, part in enumerate(parts[:-3]):
        if part in ("submitted", "autograded") and parts[place + 2] in stems:
            return Learner(parts[place + 1], layout="nbgrader")
    return None


def _walk(placed: Iterable[_Placed], depth: int, found: dict[int, Learner]) -> None:
    """Name those in this folder; go down where a folder is no person's."""
    below: defaultdict[str, list[_Placed]] = defaultdict(list)
    loose = []
    for one in placed:
        if len(one.folders) > depth:
            below[one.folders[depth]].append(one)
        else:
            loose.append(one)
    for name, inside in below.items():
        if _is_a_group(inside, depth + 1):
            _walk(inside, depth + 1, found)
        else:
            found.update({one.where: Learner(name) for one in inside})
    counts: defaultdict[str | None, int] = defaultdict(int)
    for one in loose:
        counts[one.lesson] += 1
    for one in loose:
        if one.said:
            found[one.where] = Learner(one.said, layout="file")
        elif depth == 0 and one.one.above and counts[one.lesson] == 1 and not below:
            found[one.where] = Learner(one.one.above)  # the folder of one learner was named itself
        else:
            found[one.where] = Learner(_stem(one.one.parts[-1]), layout="unknown")


def _is_a_group(inside: Sequence[_Placed], depth: int) -> bool:
    """Whether a folder holds several people's work: one lesson under two names."""
    names: defaultdict[str | None, set[str]] = defaultdict(set)
    for one in inside:
        if one.lesson is not None:
            deeper = one.folders[depth:]
            if name := deeper[0] if deeper else one.said:
                names[one.lesson].add(name)
    return any(len(several) > 1 for several in names.values())
