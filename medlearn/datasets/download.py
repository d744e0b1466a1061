"""Fetch a file from the internet, once, checked, and never half.

Built on `pooch <https://www.fatiando.org/pooch>`_, which downloads to a temporary name, compares
the checksum and only then moves the file to its place. Added here: HTTPS only, a lock for two
notebooks at once, files that a teacher puts in place by hand, and messages that say what to do.
"""

from __future__ import annotations

import contextlib
import errno
import functools
import hashlib
import logging
import os
import re
import tempfile
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from medlearn.datasets.catalogue import OnlineFile
from medlearn.datasets.errors import DataError, DownloadError
from medlearn.language import _

__all__ = ["cache_folder", "fetch", "is_right"]

# What the system says when there is no room: disk, quota, or the largest size of one file.
_NO_ROOM = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}


def cache_folder() -> Path:
    """Return the folder for fetched files: ``MEDLEARN_DATA``, or the system's cache folder.

    The folder need not exist yet.

    Examples
    --------
    >>> import os
    >>> from medlearn.datasets.download import cache_folder
    >>> os.environ.get("MEDLEARN_DATA") in (None, "", str(cache_folder()))
    True
    """
    chosen = os.environ.get("MEDLEARN_DATA", "").strip()
    if chosen:
        return Path(chosen).expanduser()
    import pooch

    return Path(pooch.os_cache("medlearn"))


def is_right(path: str | os.PathLike, item: OnlineFile) -> bool:
    """Say whether a file exists and has the checksum that it should have.

    Examples
    --------
    >>> from medlearn.datasets import ONLINE
    >>> from medlearn.datasets.download import is_right
    >>> is_right("no such file", ONLINE["mnist"])
    False
    """
    algorithm, expected = _split_checksum(item.checksum)
    path = Path(path)
    if not path.is_file():
        return False
    if item.fingerprint is not None:
        try:
            return item.fingerprint(path.read_bytes()) == expected
        except DataError:
            return False
    with open(path, "rb") as f:
        # usedforsecurity=False: some hospitals' systems forbid MD5 for anything else.
        found = hashlib.file_digest(f, lambda: hashlib.new(algorithm, usedforsecurity=False))
    return found.hexdigest() == expected


def fetch(
    item: OnlineFile,
    *,
    folder: str | os.PathLike | None = None,
    timeout: float = 30.0,
    total_timeout: float | None = None,
) -> Path:
    """Return the path of an online file, downloading it when it is not there yet.

    Parameters
    ----------
    item : OnlineFile
        What to fetch.
    folder : path, optional
        Where to keep it; by default :func:`cache_folder`.
    timeout : float
        Seconds to wait for a connection, and for each next piece.
    total_timeout : float, optional
        Seconds that one address may take in all; also how long to wait for another notebook
        that is fetching the same file. By default 900, and more for a large file.

    Returns
    -------
    pathlib.Path
        A file whose checksum was compared just now.

    Raises
    ------
    DownloadError
        No address gave the right file, or there is no room on the disk. The message gives the
        address, the checksum and the path at which to put the file by hand.
    ValueError
        An address is not HTTPS, the file name holds a folder, or the checksum is none.

    Examples
    --------
    >>> from medlearn.datasets import ONLINE
    >>> from medlearn.datasets.download import fetch
    >>> path = fetch(ONLINE["mnist"])  # doctest: +SKIP
    """
    check_item(item)
    if total_timeout is None:
        # A large file may take long, as long as it keeps coming: 0.2 MB a second are enough.
        total_timeout = max(900.0, item.size / 200_000)
    folder = cache_folder() if folder is None else Path(folder)
    target = folder / item.file
    # Before anything is locked or written: a folder that a teacher shares may be read-only.
    with contextlib.suppress(OSError):
        if is_right(target, item):
            return target
    folder = _writable(folder)
    target = folder / item.file
    with _lock(target, total_timeout, item):
        if is_right(target, item):  # another notebook brought it meanwhile
            return target
        moved = _move_aside(target, item)
        reasons = []
        for url in item.urls:
            try:
                _download(url, item, target, timeout, total_timeout)
            except OSError as error:
                if error.errno in _NO_ROOM:
                    raise DownloadError(
                        _(
                            "There is no room for {file} ({megabytes:.1f} MB) in "
                            "{folder}: {why}. Nothing was left behind. Free some space, "
                            "or set the environment variable MEDLEARN_DATA to a folder on another "
                            "disk, and run the cell again."
                        ).format(
                            file=item.file,
                            megabytes=item.size / 1e6,
                            folder=folder,
                            why=error.strerror,
                        )
                    ) from None
                # requests' errors are OSErrors too, so all that can go wrong lands here.
                reasons.append(f"{url}\n    {_plain(error)}")
            except ValueError as error:
                reasons.append(f"{url}\n    {_plain(error)}")
            else:
                # pooch's temporary files are private; a shared folder must be readable.
                with contextlib.suppress(OSError):
                    target.chmod(0o644)
                return target
    raise DownloadError(_by_hand(item, target, reasons, moved)) from None


def check_item(item: OnlineFile) -> None:
    """Raise ValueError for a file that must not be fetched as it is described."""
    _split_checksum(item.checksum)
    if Path(item.file).name != item.file or item.file in {"", ".", ".."}:
        raise ValueError(
            _("{name}: {file!r} must be a plain file name without folders.").format(
                name=item.name, file=item.file
            )
        )
    if not item.urls:
        raise ValueError(_("{name}: there is no address to fetch it from.").format(name=item.name))
    for url in item.urls:
        if not _is_https(url):
            raise ValueError(
                _("{name}: {url} does not begin with https://.").format(name=item.name, url=url)
            )


def _split_checksum(checksum: str) -> tuple[str, str]:
    if not re.fullmatch(r"sha256:[0-9a-f]{64}|md5:[0-9a-f]{32}", checksum):
        raise ValueError(
            _(
                "{checksum!r} is no checksum: it must be 'sha256:' and 64, or 'md5:' and 32 "
                "hexadecimal digits in lower case."
            ).format(checksum=checksum)
        )
    kind, value = checksum.split(":")
    return kind, value


def _is_https(url: str) -> bool:
    """The one rule on addresses, for those of the cards and for those that a server sends on to."""
    parts = urlsplit(url)
    return parts.scheme == "https" and bool(parts.hostname)


def _writable(folder: Path) -> Path:
    """Return ``folder`` if files can be written there, otherwise a temporary folder."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError as error:
        if error.errno in _NO_ROOM:
            return folder  # the download itself then explains that the disk is full
        return _temporary_folder(str(folder), error.strerror or str(error))


@functools.lru_cache(maxsize=8)  # one warning and one folder for each refused folder
def _temporary_folder(refused: str, reason: str) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="medlearn-"))
    warnings.warn(
        _(
            "medlearn cannot write to {refused} ({reason}), so it keeps downloads in {folder} "
            "until the computer clears it. To choose a folder, set the environment variable "
            "MEDLEARN_DATA."
        ).format(refused=refused, reason=reason, folder=folder),
        stacklevel=4,
    )
    return folder


@contextlib.contextmanager
def _lock(target: Path, wait: float, item: OnlineFile) -> Iterator[None]:
    import filelock

    # The system gives the lock back when a process dies, so a crash leaves no stale lock.
    lock = filelock.FileLock(f"{target}.lock")
    held = True
    try:
        lock.acquire(timeout=wait)
    except filelock.Timeout:
        raise DownloadError(
            _(
                "Another notebook has been fetching {file} for {wait:.0f} s. Wait for it, or "
                "stop it (menu Kernel, Shut down), and run the cell again."
            ).format(file=item.file, wait=wait)
        ) from None
    except (OSError, NotImplementedError):
        # Some network disks cannot lock. The lock only saves a second download: each download
        # has its own temporary name, and the move to the final name is atomic.
        held = False
    try:
        yield
    finally:
        if held:
            lock.release()


def _move_aside(target: Path, item: OnlineFile) -> Path | None:
    """Rename a file with the wrong checksum, so that nobody's file is overwritten."""
    if not os.path.lexists(target):
        return None
    for number in range(1, 1000):
        aside = target.with_name(f"{target.name}.wrong-checksum-{number}")
        if not os.path.lexists(aside):
            break
    target.rename(aside)
    warnings.warn(
        _(
            "{target} is not the file that medlearn expects ({checksum}). It was kept as "
            "{name}, beside it, and a fresh copy is fetched."
        ).format(target=target, checksum=item.checksum, name=aside.name),
        stacklevel=4,
    )
    return aside


class _Guarded:
    """A file open for writing that refuses more bytes or more time than agreed."""

    def __init__(self, file, size: int, seconds: float) -> None:
        self.file, self.left, self.seconds = file, size, seconds
        self.deadline = time.monotonic() + seconds

    def write(self, piece: bytes) -> None:
        self.left -= len(piece)
        if self.left < 0:
            raise ValueError(_("The file that came is longer than the one expected."))
        if time.monotonic() > self.deadline:
            raise TimeoutError(
                _("It was not there after {seconds:.0f} s.").format(seconds=self.seconds)
            )
        self.file.write(piece)

    def flush(self) -> None:
        self.file.flush()


def _download(
    url: str,
    item: OnlineFile,
    target: Path,
    timeout: float,
    total_timeout: float,
) -> None:
    import pooch

    def only_https(response, **_more):
        # Called for every answer before a redirection is followed.
        if response.is_redirect:
            onward = urljoin(response.url, response.headers["location"])
            if not _is_https(onward):
                raise ValueError(
                    _("It sends on to {onward}, which is not https.").format(onward=onward)
                )

    def downloader(address, temporary, _pooch):
        get = pooch.HTTPDownloader(
            progressbar=False,
            chunk_size=1 << 14,
            timeout=timeout,
            hooks={"response": only_https},
        )
        with open(temporary, "wb") as f:
            get(address, _Guarded(f, item.size, total_timeout), None)
        # Compared here and not by pooch, which knows nothing of fingerprints; what fails is never
        # moved to its place.
        if not is_right(temporary, item):
            raise ValueError(
                _("The file that came has another checksum: it is damaged, or it was changed.")
            )

    log = pooch.get_logger()
    before = log.level
    log.setLevel(logging.ERROR)  # it reports each download on stderr
    try:
        pooch.retrieve(
            url,
            known_hash=None,
            fname=target.name,
            path=target.parent,
            downloader=downloader,
            progressbar=False,
        )
    finally:
        log.setLevel(before)


def _plain(error: Exception) -> str:
    """Say in one plain line what went wrong."""
    import requests

    if isinstance(error, requests.HTTPError) and error.response is not None:
        return _("The server answered {status_code} {reason}.").format(
            status_code=error.response.status_code, reason=error.response.reason
        )
    # Before ConnectionError and ReadTimeout: a slow connection is both.
    if isinstance(error, requests.Timeout):
        return _("The server did not answer in time.")
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return _("The connection broke off half way.")
    if isinstance(error, requests.ConnectionError):
        if "timed out" in str(error).lower():  # no text: requests says so of a silent server
            return _("The server did not answer in time.")
        return _("The server could not be reached (is there a network?).")
    text = " ".join(str(error).split())
    return text[:300] or type(error).__name__


def _by_hand(item: OnlineFile, target: Path, reasons: list[str], moved: Path | None) -> str:
    kind, value = _split_checksum(item.checksum)
    if item.fingerprint:
        value = _("{checksum} (of what counts in it, not of its bytes)").format(checksum=value)
    size = _("{n:,} bytes") if item.exact else _("at most {n:,} bytes")
    lines = [
        _("{title} could not be fetched.").format(title=item.title),
        *(f"  {r}" for r in reasons),
    ]
    if moved is not None:
        lines.append(
            _("The file that lay there before had the wrong checksum; it is now {moved}.").format(
                moved=moved
            )
        )
    lines += [
        _(
            "The lesson goes on without it. To have it: try again later, or put the file there "
            "by hand"
        ),
        f"  {_('address:'):<9} {item.urls[0]}",
        f"  {_('size:'):<9} {size.format(n=item.size)}",
        f"  {kind + ':':<9} {value}",
        "  " + _("put it at {target}").format(target=target),
        _(
            "and run the cell again. For a whole class, set the environment variable "
            "MEDLEARN_DATA to a folder that everybody can read."
        ),
    ]
    return "\n".join(lines)
