"""Whether a card is what its data say: each line is made again, its numbers from the data.

The words are those of the card itself: that they are true, and that they fit the numbers, nobody
but a reader can tell.
"""

from __future__ import annotations

import csv
from itertools import zip_longest
from pathlib import Path
from typing import Any

from medlearn.language import _, ngettext
from medlearn.report.page import notes_of
from medlearn.report.study import PEOPLE, README, Study

__all__ = ["CardDiffers", "verify"]


class CardDiffers(ValueError):
    """A card does not say what is computed.

    Attributes
    ----------
    lines : list of (int, str, str)
        Number of the line, what the card says, what was computed; "" where there is no such line.
    """

    def __init__(self, message: str, lines: list[tuple[int, str, str]]) -> None:
        super().__init__(message)
        self.lines = lines


def verify(card: str | Path, study: Study | None = None) -> int:
    """Make a card again from the data, the seed and its own words, and compare each line.

    A number in a gap cannot differ unnoticed. Words are not judged, nor digits where they may be
    typed: they are taken from the card.

    Parameters
    ----------
    card : str or Path
        The text of a card; or the folder into which `Study.save` wrote it, without `study`.
    study : Study, optional
        The study, made again from the data.

    Returns
    -------
    int
        How many lines are the same.

    Raises
    ------
    CardDiffers
        When a line differs, or when the data are not those of the card.
    DigitsTyped
        When a number was typed into the words that the card keeps.
    ValueError
        When it is no card, or a file is missing.

    Examples
    --------
    >>> import numpy as np
    >>> verify("# A model", None)
    Traceback (most recent call last):
        ...
    ValueError: Give the study as well, verify(card, study), or the folder in which the card lies.
    """
    if study is None:
        card, study = _saved(card)
    if not isinstance(card, str) or not isinstance(study, Study):
        raise ValueError(_("verify takes the text of a card and a Study: verify(card, study)."))
    notes = notes_of(card)
    lines = _differences(card, study.card(notes["words"]))
    other = _other_data(notes["data"], study.hashes())
    if other:
        raise CardDiffers(
            _("These are not the data of the card: {names}. Of {n} lines, {wrong} differ.").format(
                names=", ".join(other), n=len(card.splitlines()), wrong=len(lines)
            ),
            lines,
        )
    if lines:
        number, said, computed = lines[0]
        raise CardDiffers(
            ngettext(
                "{n} line of the card differs. Line {number} says {said!r}; computed again it is "
                "{computed!r}.",
                "{n} lines of the card differ. Line {number} says {said!r}; computed again it is "
                "{computed!r}.",
                len(lines),
            ).format(n=len(lines), number=number, said=said, computed=computed),
            lines,
        )
    return len(card.splitlines())


def _differences(card: str, again: str) -> list[tuple[int, str, str]]:
    pairs = zip_longest(card.split("\n"), again.split("\n"), fillvalue="")
    return [(n, one, two) for n, (one, two) in enumerate(pairs, 1) if one != two]


def _other_data(kept: dict[str, Any], found: dict[str, str]) -> list[str]:
    return [name for name in {**kept, **found} if kept.get(name) != found.get(name)]


def _saved(folder: Any) -> tuple[str, Study]:
    """A card and its study, from the folder in which both were saved."""
    place = Path(folder) if isinstance(folder, Path) or "\n" not in str(folder) else None
    if place is None or not place.is_dir():
        raise ValueError(
            _("Give the study as well, verify(card, study), or the folder in which the card lies.")
        )
    try:
        card = (place / README).read_text("utf-8")
        rows = list(csv.reader((place / PEOPLE).read_text("utf-8").splitlines()))
    except OSError as error:
        raise ValueError(
            _("{folder} should hold {readme} and {people}: {error}").format(
                folder=place, readme=README, people=PEOPLE, error=error
            )
        ) from None
    return card, _study(card, rows)


def _study(card: str, rows: list[list[str]]) -> Study:
    """The study of a saved card: its people from their file, the rest from its front matter."""
    notes = notes_of(card)
    columns = dict(zip(rows[0], map(list, zip(*rows[1:], strict=True)), strict=True))

    def those(kind: str) -> dict[str, list[str]]:
        return {
            name.removeprefix(kind): column
            for name, column in columns.items()
            if name.startswith(kind)
        }

    return Study(
        [int(value) for value in columns["y"]],
        [float(value) for value in columns["risk"]],
        baselines={
            name: [float(value) for value in column] for name, column in those("baseline ").items()
        },
        subgroups=those("subgroup ") or None,
        groups=columns.get("patient"),
        files=notes["files"],
        **{**notes["settings"], "flow": tuple(notes["settings"]["flow"])},
    )
