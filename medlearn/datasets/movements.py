"""Movements: seven exercises for the shoulder, felt by a watch."""

from __future__ import annotations

import io
import pickle
from typing import TYPE_CHECKING, Any

from medlearn.datasets.catalogue import DATASETS
from medlearn.datasets.errors import DataError
from medlearn.datasets.pages import card
from medlearn.datasets.storage import read
from medlearn.language import _

if TYPE_CHECKING:
    import numpy as np
    from sklearn.utils import Bunch

__all__ = ["load_movements"]


def load_movements() -> Bunch:
    """Load 140 recordings of a watch: ten people, seven exercises for the shoulder, each arm.

    Split by ``groups``, the person, before anything is cut into windows.

    Returns
    -------
    sklearn.utils.Bunch
        ``recordings``, a list of 140 float32 arrays (samples, 6), 947 to 2,618 samples long:
        acceleration in g with gravity, then angular velocity in rad/s; ``target`` (140,) int64,
        0 to 6, the exercise, in words ``target_names[target]``; ``groups`` (140,) int64, the
        person, 1 to 10; ``side`` (140,) str, "left" or "right"; ``sampling_rate`` 50.0 (samples
        a second); ``feature_names`` (6,); ``feature_descriptions`` and ``feature_units``, dicts
        with one entry for each; ``DESCR``, the card.

    Raises
    ------
    DataError
        The file is missing or damaged.

    Notes
    -----
    Source: Burns and others (2018), DOI 10.1088/1361-6579/aacfd9. BSD 3-Clause. Healthy people,
    no patients.

    Examples
    --------
    >>> from medlearn.datasets import load_movements
    >>> movements = load_movements()
    >>> len(movements.recordings), len(set(movements.groups))
    (140, 10)
    >>> movements.recordings[0].shape, str(movements.target_names[movements.target[0]])
    ((1333, 6), 'pendulum')
    """
    import numpy as np
    from sklearn.utils import Bunch

    entry = DATASETS["movements"]
    arrays = read("movements")
    samples = arrays["samples"].astype(np.float32) / 1000
    ends = np.cumsum(arrays["lengths"], dtype=np.int64)
    return Bunch(
        recordings=np.split(samples, ends[:-1]),
        target=arrays["target"].astype(np.int64),
        target_names=np.array(entry.target_names),
        groups=arrays["person"].astype(np.int64),
        side=np.array(["left", "right"])[arrays["side"]],
        sampling_rate=50.0,
        feature_names=np.array([v.name for v in entry.variables]),
        feature_descriptions=entry.feature_descriptions,
        feature_units=entry.feature_units,
        DESCR=card("movements"),
    )


def convert(raw: bytes) -> dict[str, np.ndarray]:
    """Turn the recordings, a list of arrays of different lengths, into one array and lengths.

    The source keeps them as Python objects (a pickle). A pickle can run any program, so this one,
    though its checksum was compared, may make nothing but plain NumPy arrays.
    """
    import numpy as np

    file = io.BytesIO(raw)
    np.lib.format.read_magic(file)
    np.lib.format.read_array_header_1_0(file)
    source = _OnlyArrays(file, encoding="latin1").load().item()
    recordings = source["X"]
    samples = np.concatenate(recordings)
    thousandths = np.round(samples * 1000)
    if np.abs(thousandths).max() > np.iinfo(np.int16).max or np.isnan(samples).any():
        raise DataError(
            _("movements: a value is missing, or too large for thousandths in 16 bits.")
        )
    return {
        "samples": thousandths.astype(np.int16),
        "lengths": np.array([len(recording) for recording in recordings], dtype=np.int16),
        "target": source["y"].astype(np.uint8),
        "person": source["subject"].astype(np.uint8),
        "side": source["side"].astype(np.uint8),
    }


class _OnlyArrays(pickle.Unpickler):
    """Reads pickled lists, numbers, texts and NumPy arrays, and refuses everything else."""

    def find_class(self, module: str, name: str) -> Any:
        import _codecs

        import numpy as np

        allowed = {
            ("numpy", "ndarray"): np.ndarray,
            ("numpy", "dtype"): np.dtype,
            ("numpy.core.multiarray", "_reconstruct"): np._core.multiarray._reconstruct,
            ("_codecs", "encode"): _codecs.encode,
        }
        if (module, name) not in allowed:
            raise DataError(
                _("The file asks for {module}.{name}, which is no array: not opened.").format(
                    module=module, name=name
                )
            )
        return allowed[module, name]
