"""What the sets have in common in which people are followed: times, events, and how they come.

Not a set of its own. What was known at the start is ``data``, what happened later is ``target``:
for each outcome the time to it, or to the end of the follow-up, and whether it happened (1) or not
(0, censored).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from medlearn.datasets.catalogue import DATASETS, Dataset
from medlearn.datasets.errors import DataError
from medlearn.datasets.pages import card
from medlearn.datasets.storage import in_numbers, in_words, read
from medlearn.language import _

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from sklearn.utils import Bunch

__all__ = ["arrays_of", "load"]


def load(name: str, *, return_X_y: bool, as_frame: bool) -> Bunch | tuple[Any, Any]:
    """What a loader returns: scikit-learn's form for a target with several columns.

    Parameters
    ----------
    name : str
        Of a set with the arrays ``data`` and ``target``; its card gives the outcomes as
        ``target_names`` and all columns, the outcomes last, as variables. Each person has the
        same number of rows, one after the other.
    return_X_y, as_frame : bool
        As in the loaders.

    Returns
    -------
    sklearn.utils.Bunch or (data, target)
    """
    import numpy as np

    entry = DATASETS[name]
    arrays = read(name)
    data, target, frame = arrays["data"], arrays["target"], None
    features = _features(entry)
    if as_frame:
        import pandas as pd

        columns = [*features, *entry.target_names]
        frame = pd.DataFrame(np.hstack([data, target]), columns=columns)
        whole = [column for column in columns if not (frame[column] % 1 != 0).any()]
        frame = in_words(frame.astype(dict.fromkeys(whole, np.int64)), entry)
        data, target = frame[features], frame[list(entry.target_names)]
    if return_X_y:
        return data, target
    from sklearn.utils import Bunch

    return Bunch(
        data=data,
        target=target,
        frame=frame,
        feature_names=np.array(features),
        target_names=np.array(entry.target_names),
        groups=np.repeat(np.arange(entry.people), entry.rows // entry.people),
        feature_descriptions=entry.feature_descriptions,
        feature_units=entry.feature_units,
        categories=entry.categories,
        DESCR=card(name),
    )


def arrays_of(
    name: str, table: pd.DataFrame, words: Mapping[str, Mapping[str, int]] | None = None
) -> dict[str, np.ndarray]:
    """Turn the source's table into the arrays of a set's file.

    Parameters
    ----------
    name : str
        The set. Its card names, for each variable, the column of the source; one without is in
        the table under the variable's own name.
    table : DataFrame
        One row for each row of the set.
    words : mapping of str to mapping of str to int, optional
        For a variable that is a word in the source, the number of each word.

    Returns
    -------
    dict of str to ndarray
        ``data`` and ``target``, float64, NaN where the source has no value.

    Raises
    ------
    DataError
        The source lacks a column, or holds a word that is not known.
    """
    import numpy as np

    entry, columns = DATASETS[name], {}
    for variable in entry.variables:
        source = variable.source or variable.name
        if source not in table:
            raise DataError(
                _("{name}: the source has no column {source!r}.").format(name=name, source=source)
            )
        column = table[source]
        if variable.name in (words or {}):
            column = in_numbers(column, words[variable.name], name)
        columns[variable.name] = column.to_numpy(dtype=np.float64, na_value=np.nan)
    parts = {"data": _features(entry), "target": entry.target_names}
    return {key: np.column_stack([columns[c] for c in part]) for key, part in parts.items()}


def _features(entry: Dataset) -> list[str]:
    return [v.name for v in entry.variables if v.name not in entry.target_names]
