"""Glucose sensors: one person for 200 days, and nineteen people for about a week."""

from __future__ import annotations

import gzip
import io
from typing import TYPE_CHECKING

from medlearn.datasets.catalogue import DATASETS
from medlearn.datasets.errors import DataError
from medlearn.datasets.pages import card
from medlearn.datasets.storage import in_numbers, read
from medlearn.language import _

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from sklearn.utils import Bunch

__all__ = ["load_glucose"]

# The source's words.
_DIAGNOSES = {"pre-diabetic": 0, "diabetic": 1}


def load_glucose(*, as_frame: bool = False) -> Bunch:
    """Load the readings of glucose sensors, about one every five minutes.

    Nothing is filled in and nothing is put on a grid: a gap is a longer step in ``time``.

    Parameters
    ----------
    as_frame : bool
        Give ``one`` and ``nineteen`` as pandas tables with the same columns.

    Returns
    -------
    sklearn.utils.Bunch
        ``one``, one person: ``time`` (52281,) datetime64[s], the clock of the device, to the
        minute, and ``glucose`` (52281,) float64, mg/dL. ``nineteen``, other people: ``groups``
        (34890,) int64, the person of each reading, 0 to 18, ``time`` (34890,) datetime64[s] and
        ``glucose`` (34890,) float64, mg/dL; a person's readings stand together, in order of time.
        ``diabetic`` (19,) int64, of each of the nineteen: 1 = diabetic, 0 = prediabetic.
        ``feature_descriptions`` and ``feature_units``, dicts; ``DESCR``, the card.

    Raises
    ------
    DataError
        The file is missing or damaged.

    Notes
    -----
    Sources: the one person, given to the makers of Bokeh, public domain; the nineteen, Hall and
    others (2018), DOI 10.1371/journal.pbio.2005143, CC BY 4.0.

    Examples
    --------
    >>> from medlearn.datasets import load_glucose
    >>> glucose = load_glucose(as_frame=True)
    >>> glucose.one.head(2)
                     time  glucose
    0 2010-03-24 09:51:00    258.0
    1 2010-03-24 09:56:00    260.0
    >>> round(float((glucose.one.glucose < 70).mean()), 3)  # of the readings
    0.032
    >>> int((glucose.one.time.diff().dt.total_seconds() > 450).sum())  # gaps: a reading is missing
    187
    >>> glucose.nineteen.groups.nunique(), int(glucose.diabetic.sum())
    (19, 5)
    """
    import numpy as np
    from sklearn.utils import Bunch

    entry, arrays = DATASETS["glucose"], read("glucose")

    def readings(name: str) -> dict[str, np.ndarray]:
        return {
            "time": arrays[f"{name}_step"].cumsum().astype("datetime64[s]"),
            "glucose": arrays[f"{name}_glucose"].astype(np.float64),
        }

    one = readings("one")
    nineteen = {"groups": arrays["person"].astype(np.int64), **readings("nineteen")}
    if as_frame:
        import pandas as pd

        one, nineteen = pd.DataFrame(one), pd.DataFrame(nineteen)
    else:
        one, nineteen = Bunch(**one), Bunch(**nineteen)
    return Bunch(
        one=one,
        nineteen=nineteen,
        diabetic=arrays["diabetic"].astype(np.int64),
        feature_descriptions=entry.feature_descriptions,
        feature_units=entry.feature_units,
        DESCR=card("glucose"),
    )


def convert(one: bytes, nineteen: bytes) -> dict[str, np.ndarray]:
    """Keep times and readings, and of each of the nineteen the diagnosis; no names of people."""
    import numpy as np
    import pandas as pd

    first = pd.read_csv(io.BytesIO(gzip.decompress(one)), parse_dates=["datetime"])
    others = pd.read_csv(io.BytesIO(nineteen), parse_dates=["time"])
    person, names = pd.factorize(others["id"])
    diagnosis = in_numbers(others["diagnosis"], _DIAGNOSES, "glucose").groupby(person)
    if (np.diff(person) < 0).any() or (diagnosis.nunique() != 1).any():
        raise DataError(
            _("glucose: the readings of a person do not stand together, or two diagnoses do.")
        )
    for who, times in [("one", first["datetime"]), *zip(names, _times_of(others), strict=True)]:
        if not times.is_monotonic_increasing:
            raise DataError(
                _("glucose: the readings of {who} are not in order of time.").format(who=who)
            )
    return {
        "one_step": _steps(first["datetime"]),
        "one_glucose": first["glucose"].to_numpy(np.int16),
        "nineteen_step": _steps(others["time"]),
        "nineteen_glucose": others["gl"].to_numpy(np.int16),
        "person": person.astype(np.uint8),
        "diabetic": diagnosis.first().to_numpy(np.uint8),
    }


def _times_of(others: pd.DataFrame) -> list[pd.Series]:
    return [times for _name, times in others.groupby("id", sort=False)["time"]]


def _steps(times: pd.Series) -> np.ndarray:
    """Seconds since 1970 of the first reading, and from each reading to the next.

    Almost all are alike, so that they take little room.
    """
    import numpy as np

    return np.diff(times.to_numpy().astype("datetime64[s]").astype(np.int64), prepend=0)
