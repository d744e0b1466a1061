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
import socket
import ssl
import tempfile
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from medlearn.datasets.catalogue import OnlineFile
from medlearn.datasets.errors import DataError, DownloadError
from medlearn.files import make_folder, new_mode
from medlearn.language import N_, _

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
        return Path(os.path.expanduser(chosen))
    import pooch

    try:
        return Path(pooch.os_cache("medlearn"))
    except RuntimeError:  # this account has no home: nothing is written there, see make_folder
        return Path("~/.cache/medlearn")


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
                reasons.append(f"{url}\n    {what_went_wrong(error)}")
            except ValueError as error:
                reasons.append(f"{url}\n    {what_went_wrong(error)}")
            else:
                # pooch's temporary files are private; a shared folder's are as its umask says.
                with contextlib.suppress(OSError):
                    target.chmod(new_mode())
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
        make_folder(folder)
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
        self.file, self.size, self.left, self.seconds = file, size, size, seconds
        self.deadline = time.monotonic() + seconds

    def write(self, piece: bytes) -> None:
        if self.left == self.size and piece.lstrip()[:1] == b"<":
            raise ValueError(
                _(
                    "A web page came in place of the file: the network may want you to log in "
                    "first. Open a browser, do so, and run the cell again."
                )
            )
        self.left -= len(piece)
        if self.left < 0:
            raise ValueError(_("The file that came is longer than the one expected."))
        if time.monotonic() > self.deadline:
            raise ValueError(
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


# What the server answered → what that means for somebody who wants the file.
_ANSWERS = {
    401: N_("The server wants a login, which this file should not need: {answer}."),
    403: N_(
        "The server refuses: {answer}. It may not serve this network or country, or a filter on "
        "the way (of a school, a hospital) forbids the address."
    ),
    404: N_("The file is not there any more: {answer}."),
    407: N_(
        "The proxy on the way wants a login: {answer}. Give it in the environment variable "
        "HTTPS_PROXY, as https://NAME:PASSWORD@PROXY:PORT, and start the kernel again."
    ),
    429: N_("The server is asked too often at the moment: {answer}. Wait some minutes."),
}
_OVERLOADED = N_("The server has a fault or is overloaded: {answer}. Try again later.")


def _answered(code: int, reason: str) -> str:
    answer = f"{code} {reason}".strip()
    if code >= 500:
        return _(_OVERLOADED).format(answer=answer)
    return _(_ANSWERS.get(code, N_("The server answered {answer}."))).format(answer=answer)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and those inside it: requests wraps urllib3's, which wrap the system's."""
    todo, seen = [error], set()
    while todo:
        one = todo.pop(0)
        if id(one) not in seen:
            seen.add(id(one))
            yield one
            inside = [getattr(one, "reason", None), one.__cause__, one.__context__, *one.args]
            todo += [other for other in inside if isinstance(other, BaseException)]


def _without_login(text: str) -> str:
    """A proxy's address in it without name and password: what is shown is stored and handed in."""
    return re.sub(r"([a-z]+:?//)?\S*@", r"\1", text)


def what_went_wrong(error: Exception) -> str:
    """Say in one plain sentence why a file did not come, and what would help.

    Examples
    --------
    >>> what_went_wrong(TimeoutError("timed out"))
    'The server did not answer in time.'
    """
    import requests
    from urllib3 import exceptions as inside

    if isinstance(error, requests.HTTPError) and error.response is not None:
        return _answered(error.response.status_code, error.response.reason or "")
    causes = list(_causes(error))
    text = " ".join(str(error).split())

    def any_is(*kinds: type[BaseException]) -> bool:
        return any(isinstance(one, kinds) for one in causes)

    if any_is(requests.exceptions.InvalidProxyURL, inside.ProxySchemeUnknown):
        return _("The address of the proxy, in HTTPS_PROXY, is none: {text}").format(
            text=_without_login(text)[:200]
        )
    if any_is(requests.exceptions.ProxyError, inside.ProxyError):
        if found := re.search(r"\b(4\d\d|5\d\d) ([\w ]+)", text):
            return _answered(int(found[1]), found[2])
        proxy = os.environ.get("HTTPS_PROXY") or os.environ.get("https_proxy") or "?"
        return _(
            "The proxy on the way, {proxy}, could not be reached. Mend the environment variable "
            "HTTPS_PROXY, or delete it where this network needs none."
        ).format(proxy=_without_login(proxy))
    if any_is(ssl.SSLError, requests.exceptions.SSLError, inside.SSLError):
        if any_is(ssl.SSLCertVerificationError) or "CERTIFICATE_VERIFY" in text:
            return _(
                "The certificate of the server is not trusted here. A network of a hospital or "
                "school often puts its own in between: ask there for the file of its certificates "
                "(.pem), name it in the environment variable REQUESTS_CA_BUNDLE, and start the "
                "kernel again."
            )
        return _("The secure connection could not be made: {text}").format(text=text[:200])
    if isinstance(error, OSError) and "CA certificate" in text:  # no text: of requests
        return _(
            "The environment variable REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE names a file of "
            "certificates that is not there."
        )
    # Before ConnectionError and ReadTimeout: a slow connection is both.
    if any_is(requests.Timeout, TimeoutError) or "timed out" in text.lower():  # no text: requests
        return _("The server did not answer in time.")
    if any_is(requests.exceptions.ChunkedEncodingError):
        return _("The connection broke off half way.")
    if any_is(inside.NameResolutionError, socket.gaierror):
        return _(
            "The server's name could not be looked up: there is no network here, or a filter "
            "knows only some names."
        )
    if any_is(requests.exceptions.TooManyRedirects):
        return _("The server sends on from address to address, without an end.")
    if any_is(requests.ConnectionError):
        return _("The server could not be reached (is there a network?).")
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
