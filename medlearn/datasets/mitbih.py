"""What cardiologists wrote down for each beat: reading MIT-BIH annotation files.

The format is the MIT format of annot(5) in the WFDB Applications Guide
(physionet.org/physiotools/wag/annot-5.htm): pairs of bytes, six bits for what was seen and ten
for the time since the last mark. The package wfdb reads it too, and much more, but brings a
dozen other packages along.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from medlearn.datasets.registry import DataError, content_sha256

if TYPE_CHECKING:
    import numpy as np

__all__ = [
    "BEATS",
    "EXCERPT_LENGTH",
    "EXCERPT_START",
    "SAMPLING_RATE",
    "beats",
    "fingerprint",
    "read",
]

SAMPLING_RATE = 360.0
EXCERPT_START = 422_820
"""Sample of record 208 at which the excerpt of ``load_ecg`` begins (its card says how we know)."""
EXCERPT_LENGTH = 108_000

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


def read(content: bytes) -> tuple[np.ndarray, np.ndarray]:
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

    >>> from medlearn.datasets.mitbih import read
    >>> marks = [1 << 10 | 18, 5 << 10 | 300, 0]
    >>> read(b"".join(mark.to_bytes(2, "little") for mark in marks))
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
            f"The annotation file ends after {len(content)} bytes without an end mark: it was cut "
            "off, or it is no annotation file."
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
    >>> from medlearn.datasets.mitbih import EXCERPT_START, beats
    >>> pause = [59 << 10, EXCERPT_START >> 16, EXCERPT_START & 65535]
    >>> marks = [*pause, 5 << 10 | 7, 28 << 10 | 1, 0]  # 28, a change of rhythm, is no beat
    >>> beats(b"".join(mark.to_bytes(2, "little") for mark in marks))
    (array([7]), array(['V'], dtype='<U1'))
    """
    import numpy as np

    samples, numbers = read(content)
    samples = samples - EXCERPT_START
    wanted = (samples >= 0) & (samples < EXCERPT_LENGTH) & np.isin(numbers, list(BEATS))
    symbols = [BEATS[number][0] for number in numbers[wanted].tolist()]
    return samples[wanted], np.array(symbols, dtype="<U1")


def fingerprint(content: bytes) -> str:
    """Return the SHA-256 of the beats in the excerpt, whatever else the file holds."""
    samples, symbols = beats(content)
    return content_sha256({"sample": samples, "symbol": symbols.astype("S1")})
