"""What the networks of lesson 15's blind court did.

The file is made by a command of the repository, ``python -m tools.court``, from the lesson's own
cells; its recipe and its seeds stand in it.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from sklearn.utils import Bunch

__all__ = ["FILE", "MARKS", "METHODS", "load_court"]

FILE = Path(__file__).with_name("court.json")

MARKS = {"honest": None, "strong": "marker", "weak": "marker", "tag": "tag", "blur": "blur"}
"""What a network was taught → the mark in its training pictures."""

METHODS = ("gradient", "smooth", "times_input", "integrated", "occlusion", "grad_cam")
"""The functions of the lesson that draw a map."""

_SIDE = 28


def load_court() -> Bunch:
    """Load what many networks did that were trained honestly, or with a mark.

    Returns
    -------
    sklearn.utils.Bunch
        ``networks``, a DataFrame with one row for each network: ``kind`` ("honest", "strong" and
        "weak" for a marker in nine and in six of ten suspicious pictures, "tag", "blur"),
        ``head`` ("flat", "pooled"), ``seed``, ``clean`` (AUC without marks); ``marker``, ``tag``
        and ``blur``, the AUC with this mark on nine of ten pictures that are not suspicious, and
        on one of ten that are: the other side; and one column for each of `METHODS`: the share
        of 40 marked pictures whose map is hottest in the corner of the marker (with its own mark
        on all of them; for an honest network with the marker). ``exhibits``
        (2, 28, 28), pictures with all three marks; ``dock``, a list of six dicts: ``who``,
        ``clean``, ``reversed`` (mark → AUC), ``maps`` (method → array (2, 28, 28), 0 to 1);
        ``recipe``, a dict.

    Notes
    -----
    The pictures are lesson 07's maps of thickness. The marks are made up.

    Examples
    --------
    >>> from medlearn.court import load_court
    >>> court = load_court()
    >>> int((court.networks["kind"] == "honest").sum())
    16
    >>> [len(court.dock), court.exhibits.shape]
    [6, (2, 28, 28)]
    """
    import pandas as pd
    from sklearn.utils import Bunch

    found = json.loads(FILE.read_text(encoding="utf-8"))
    return Bunch(
        networks=pd.DataFrame([_row(one) for one in found["networks"]]),
        exhibits=_pictures(found["exhibits"]),
        dock=[
            one | {"maps": {name: _pictures(text) / 255 for name, text in one["maps"].items()}}
            for one in found["dock"]
        ],
        recipe=found["recipe"],
    )


def _row(one: dict[str, Any]) -> dict[str, Any]:
    known = {name: one[name] for name in ("kind", "head", "seed", "clean")}
    return known | one["reversed"] | one["in_corner"]


def _pictures(text: str) -> np.ndarray:
    import numpy as np

    return np.frombuffer(base64.b64decode(text), np.uint8).reshape(-1, _SIDE, _SIDE).astype(float)
