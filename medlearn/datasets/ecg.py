"""An ECG with many extra beats, and what cardiologists wrote down for each beat (online).

The annotations are in the MIT format of annot(5) in the WFDB Applications Guide
(physionet.org/physiotools/wag/annot-5.htm): pairs of bytes, six bits for what was seen and ten
for the time since the last mark. The package wfdb reads it too, and much more, but brings a
dozen other packages along.
"""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING

from medlearn.datasets import download
from medlearn.datasets.catalogue import DATASETS
from medlearn.datasets.errors import DataError
from medlearn.datasets.pages import card
from medlearn.datasets.storage import content_sha256, read
from medlearn.language import _

if TYPE_CHECKING:
    import numpy as np
    from sklearn.utils import Bunch

__all__ = ["fetch_mitbih_annotations", "load_ecg"]


SAMPLING_RATE = 360.0
EXCERPT_START = 422_820
"""Sample of record 208 at which the excerpt of ``load_ecg`` begins (its card says how we know)."""
EXCERPT_LENGTH = 108_000

# no text: the names of PhysioNet, by which code asks for them
BEATS = {
    1: ("N", "normal beat"),
    2: ("L", "left bundle branch block beat"),
    3: ("R", "right bundle branch block beat"),
    4: ("a", "aberrated atrial premature beat"),
    5: ("V", "premature ventricular contraction"),
    6: ("F", "fusion of ventricular and normal beat"),
    7: ("J", "nodal (junctional) premature beat"),
    8: ("A", "atrial premature beat"),
    9: ("S", "supraventricular premature or ectopic beat"),
    10: ("E", "ventricular escape beat"),
    11: ("j", "nodal (junctional) escape beat"),
    12: ("/", "paced beat"),
    13: ("Q", "unclassifiable beat"),
    25: ("B", "bundle branch block beat (unspecified)"),
    34: ("e", "atrial escape beat"),
    35: ("n", "supraventricular escape beat"),
    38: ("f", "fusion of paced and normal beat"),
}
"""Symbol and meaning of each number that stands for a beat; other numbers mark other things."""

_SKIP, _NUM, _SUB, _CHN, _AUX = 59, 60, 61, 62, 63


def load_ecg() -> Bunch:
    """Load five minutes of an electrocardiogram: one lead of one patient, with extra beats.

    Returns
    -------
    sklearn.utils.Bunch
        ``signal`` (108000,) float64, mV; ``sampling_rate`` 360.0 (samples a second); ``record``
        "208", its name in the MIT-BIH Arrhythmia Database; ``start_sample`` 422820 and
        ``start_seconds`` 1174.5, where in the record the excerpt begins; ``DESCR``, the card.
        There are no labels here: :func:`fetch_mitbih_annotations` fetches them.

    Raises
    ------
    DataError
        The file is missing or damaged.

    Notes
    -----
    Source: Moody and Mark (2001), DOI 10.1109/51.932724; PhysioNet, DOI 10.13026/C2F305. ODC-By
    1.0. SciPy, which carries the excerpt, says that it begins at 19:35 (1175 s); the peaks lie
    where the annotations are when it begins half a second earlier.

    Examples
    --------
    >>> from medlearn.datasets import load_ecg
    >>> ecg = load_ecg()
    >>> ecg.signal.shape, len(ecg.signal) / ecg.sampling_rate
    ((108000,), 300.0)
    >>> ecg.signal[:3]
    array([-0.245, -0.215, -0.185])
    """
    import numpy as np
    from sklearn.utils import Bunch

    raw = read("ecg")["signal"]
    return Bunch(
        signal=(raw.astype(np.float64) - 1024) / 200,
        sampling_rate=SAMPLING_RATE,
        record="208",
        start_sample=EXCERPT_START,
        start_seconds=EXCERPT_START / SAMPLING_RATE,
        DESCR=card("ecg"),
    )


def fetch_mitbih_annotations(record: int | str = 208, *, timeout: float = 30.0) -> Bunch:
    """Fetch what cardiologists wrote down for each beat of :func:`load_ecg`, once.

    Parameters
    ----------
    record : int or str
        Only 208, the record from which the excerpt comes.
    timeout : float
        Seconds to wait for a connection, and for each next piece.

    Returns
    -------
    sklearn.utils.Bunch
        One entry for each beat in the excerpt: ``sample`` (509,) int64, where it is in
        ``load_ecg().signal``, at or next to its highest or lowest point; ``symbol`` (509,) str,
        "N" a normal beat, "V" a premature ventricular contraction, "F" a fusion of both, "Q" not
        to be told; ``description`` (509,) str, the same in words; ``sampling_rate`` 360.0;
        ``record`` "208"; ``DESCR``, the card of the ECG. Marks that are no beats (changes of
        rhythm, noise) are left out.

    Raises
    ------
    DownloadError
        It could not be fetched, for example without a network; the message says how to put the
        file in place by hand.
    ValueError
        Another record.

    Notes
    -----
    Source: Moody and Mark (2001), DOI 10.1109/51.932724; PhysioNet, DOI 10.13026/C2F305. ODC-By
    1.0. No checksum of the file could be found, so it is the beats of the excerpt, positions and
    symbols, that are compared with a public copy.

    Examples
    --------
    >>> from medlearn.datasets import fetch_mitbih_annotations
    >>> fetch_mitbih_annotations(100)
    Traceback (most recent call last):
        ...
    ValueError: There are annotations of record 208 only, from which load_ecg() is; not of 100.
    """
    import numpy as np
    from sklearn.utils import Bunch

    if str(record) != "208":
        raise ValueError(
            _(
                "There are annotations of record 208 only, from which load_ecg() is; not of "
                "{record}."
            ).format(record=record)
        )
    [item] = DATASETS["ecg"].online
    sample, symbol = beats(download.fetch(item, timeout=timeout).read_bytes())
    words = dict(BEATS.values())
    return Bunch(
        sample=sample,
        symbol=symbol,
        description=np.array([words[each] for each in symbol.tolist()]),
        sampling_rate=SAMPLING_RATE,
        record="208",
        DESCR=card("ecg"),
    )


def read_annotations(content: bytes) -> tuple[np.ndarray, np.ndarray]:
    """Return the sample and the number of each mark in an annotation file.

    Parameters
    ----------
    content : bytes
        The file, in MIT format.

    Returns
    -------
    samples, numbers : two (n,) int64 arrays
        Samples count from the beginning of the record.

    Raises
    ------
    DataError
        The file has no end mark: it was cut off, or is no annotation file.

    Examples
    --------
    A normal beat (1) at sample 18, an extra beat (5) 300 samples later, the end:

    >>> from medlearn.datasets.ecg import read_annotations
    >>> marks = [1 << 10 | 18, 5 << 10 | 300, 0]
    >>> read_annotations(b"".join(mark.to_bytes(2, "little") for mark in marks))
    (array([ 18, 318]), array([1, 5]))
    """
    import numpy as np

    samples, numbers, now, at = [], [], 0, 0
    try:
        while True:
            (pair,) = struct.unpack_from("<H", content, at)
            at += 2
            number, value = pair >> 10, pair & 1023
            if pair == 0:
                return np.array(samples, dtype=np.int64), np.array(numbers, dtype=np.int64)
            if number == _SKIP:  # a long pause: four bytes, the higher two first
                high, low = struct.unpack_from("<hH", content, at)
                now += (high << 16) + low
                at += 4
            elif number == _AUX:  # words about the last mark, filled up to whole pairs
                at += value + value % 2
            elif number not in (_NUM, _SUB, _CHN):  # those say more about a mark
                now += value
                samples.append(now)
                numbers.append(number)
    except struct.error:
        raise DataError(
            _(
                "The annotation file ends after {n} bytes without an end mark: it was cut "
                "off, or it is no annotation file."
            ).format(n=len(content))
        ) from None


def beats(content: bytes) -> tuple[np.ndarray, np.ndarray]:
    """Return the beats inside the excerpt of ``load_ecg``, counted from its first sample.

    Parameters
    ----------
    content : bytes
        The annotation file of record 208.

    Returns
    -------
    samples : (n,) int64 array
        0 to 107,999.
    symbols : (n,) str array
        As in :data:`BEATS`.

    Examples
    --------
    >>> from medlearn.datasets.ecg import EXCERPT_START, beats
    >>> pause = [59 << 10, EXCERPT_START >> 16, EXCERPT_START & 65535]
    >>> marks = [*pause, 5 << 10 | 7, 28 << 10 | 1, 0]  # 28, a change of rhythm, is no beat
    >>> beats(b"".join(mark.to_bytes(2, "little") for mark in marks))
    (array([7]), array(['V'], dtype='<U1'))
    """
    import numpy as np

    samples, numbers = read_annotations(content)
    samples = samples - EXCERPT_START
    wanted = (samples >= 0) & (samples < EXCERPT_LENGTH) & np.isin(numbers, list(BEATS))
    symbols = [BEATS[number][0] for number in numbers[wanted].tolist()]
    return samples[wanted], np.array(symbols, dtype="<U1")


def fingerprint(content: bytes) -> str:
    """Return the SHA-256 of the beats in the excerpt, whatever else the file holds."""
    samples, symbols = beats(content)
    return content_sha256({"sample": samples, "symbol": symbols.astype("S1")})


def convert(raw: bytes) -> dict[str, np.ndarray]:
    """Keep the numbers of the converter as they are; the loader turns them into mV."""
    import numpy as np

    with np.load(io.BytesIO(raw), allow_pickle=False) as f:
        return {"signal": f["ecg"].astype(np.uint16)}
