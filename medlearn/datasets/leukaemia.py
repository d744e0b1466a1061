"""Leukaemia: the activity of 3,051 genes in 38 patients."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from medlearn.datasets._rdata import r_object
from medlearn.datasets.catalogue import DATASETS
from medlearn.datasets.storage import read, table_of_patients

if TYPE_CHECKING:
    import numpy as np
    from sklearn.utils import Bunch

__all__ = ["load_leukaemia"]


def load_leukaemia(*, return_X_y: bool = False, as_frame: bool = False) -> Bunch | tuple[Any, Any]:
    """Load the leukaemia data of Golub and others: 38 patients, 3,051 genes.

    Parameters
    ----------
    return_X_y : bool
        Return ``(data, target)`` instead of a Bunch.
    as_frame : bool
        Give pandas objects instead of arrays.

    Returns
    -------
    sklearn.utils.Bunch or (data, target)
        ``data`` (38, 3051) float64, no unit: the logarithm of each gene's brightness on the
        array, scaled to mean 0 and standard deviation 1 within each patient; ``target`` (38,)
        int64, 1 = AML, 0 = ALL; ``feature_names`` (3051,), the probes; ``feature_descriptions``,
        a dict of probe to gene; ``target_names``; ``groups`` (38,) the patient of each row (each
        has one row); ``frame``, the table with a last column ``target`` (None unless
        ``as_frame``); ``DESCR``, the card.

    Raises
    ------
    DataError
        The file is missing or damaged.

    Notes
    -----
    Source: Golub and others (1999), DOI 10.1126/science.286.5439.531, prepared as in Dudoit and
    others (2002), DOI 10.1198/016214502753479248. LGPL 3 or later.

    Examples
    --------
    >>> from medlearn.datasets import load_leukaemia
    >>> X, y = load_leukaemia(return_X_y=True)
    >>> X.shape, int(y.sum())
    ((38, 3051), 11)
    >>> load_leukaemia().feature_descriptions["X95735_at"]
    'Zyxin'
    """
    import numpy as np

    arrays = read("leukaemia")
    genes, descriptions = (arrays[key].astype(str).tolist() for key in ("genes", "descriptions"))
    return table_of_patients(
        DATASETS["leukaemia"],
        np.round(arrays["data"].astype(np.float64), 5),  # as in the source; float32 shows more
        arrays["target"],
        genes,
        return_X_y=return_X_y,
        as_frame=as_frame,
        feature_descriptions=dict(zip(genes, descriptions, strict=True)),
    )


def convert(raw: bytes) -> dict[str, np.ndarray]:
    """Turn R's matrix of genes × patients into patients × genes."""
    import numpy as np

    objects = r_object(raw, "leukaemia", default_encoding="ascii")
    names = np.asarray(objects["golub.gnames"]).reshape(3, -1)  # number, description, probe
    return {
        "data": np.asarray(objects["golub"]).T.astype(np.float32),
        "target": np.asarray(objects["golub.cl"]).astype(np.int64),
        "genes": np.char.encode(names[2], "ascii"),
        "descriptions": np.char.encode(names[1], "ascii"),
    }
