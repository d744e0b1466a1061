"""Fetching online files, against a small server on this machine; nothing goes further."""

import dataclasses
import errno
import hashlib
import os
import shutil
import signal
import socket
import ssl
import stat
import subprocess
import sys
import time
import warnings
from pathlib import Path

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from servers import CONTENT, Server, names, nowhere

from medlearn import datasets
from medlearn.datasets import DataError, DownloadError, OnlineFile, download, medmnist

ROOT = Path(datasets.__file__).parents[2]
SHA = "sha256:" + hashlib.sha256(CONTENT).hexdigest()
posix = pytest.mark.skipif(os.name != "posix", reason="needs signals and limits of POSIX")


pytestmark = pytest.mark.usefixtures("cache")


def item(*urls, **changes):
    entry = OnlineFile(
        name="thing",
        title="The thing",
        urls=urls,
        checksum=SHA,
        file="thing.bin",
        size=len(CONTENT),
        data_licence="CC0",
        licence_evidence="made up for the tests",
    )
    return dataclasses.replace(entry, **changes)


def get(entry, folder, **options):
    options = {"timeout": 10, "total_timeout": 10, **options}
    return download.fetch(entry, folder=folder, **options)


# --- it works -----------------------------------------------------------------------------------


@pytest.mark.parametrize("checksum", [SHA, "md5:" + hashlib.md5(CONTENT).hexdigest()])
def test_good_download_once_quiet_then_from_the_cache(server, tmp_path, capfd, checksum):
    entry = item(server.url + "/good", checksum=checksum)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        path = get(entry, tmp_path / "new" / "folder")
        assert get(entry, tmp_path / "new" / "folder") == path
    assert path.read_bytes() == CONTENT and names(path.parent) == ["thing.bin"]
    assert server.asked == ["/good"]
    assert capfd.readouterr() == ("", "")
    if os.name == "posix":  # others in a shared folder can read it
        assert path.stat().st_mode & 0o444 == 0o444


def test_the_next_address_is_tried(server, tmp_path):
    entry = item(*(server.url + p for p in ("/nothing", "/wrong", "/cut", "/good")))
    assert get(entry, tmp_path).read_bytes() == CONTENT
    assert len(server.asked) == 4


def test_offline_with_a_copy_needs_no_network_and_no_right_to_write(tmp_path, monkeypatch):
    (tmp_path / "thing.bin").write_bytes(CONTENT)  # put there by hand
    monkeypatch.setattr(download, "_writable", lambda folder: pytest.fail("it wanted to write"))
    entry = item("https://nowhere.invalid/thing.bin")
    assert download.fetch(entry, folder=tmp_path) == tmp_path / "thing.bin"
    assert names(tmp_path) == ["thing.bin"]


def test_the_cache_folder_is_chosen_by_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("MEDLEARN_DATA", str(tmp_path))
    assert download.cache_folder() == tmp_path
    monkeypatch.setenv("MEDLEARN_DATA", " ")
    assert download.cache_folder().name == "medlearn"
    monkeypatch.delenv("MEDLEARN_DATA")
    assert download.cache_folder().name == "medlearn"


def test_fetch_by_name(tmp_path, monkeypatch):
    monkeypatch.setenv("MEDLEARN_DATA", str(tmp_path))
    (tmp_path / "thing.bin").write_bytes(CONTENT)
    things = (item("https://nowhere.invalid/x"),)
    monkeypatch.setattr(medmnist, "online_files", lambda: things)
    assert datasets.fetch("thing") == tmp_path / "thing.bin"
    [(_, ok, message)] = datasets.verify("thing")
    assert ok and "checksum right" in message
    (tmp_path / "thing.bin").unlink()
    [(_, ok, message)] = datasets.verify("thing")
    assert not ok and "python -m medlearn data fetch thing" in message


# --- it fails, and says how ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/cut", "broke off half way"),
        ("/wrong", "another checksum"),
        ("/nothing", "404 Not Found"),
        ("/long", "longer than the one expected"),
        ("/silent", "did not answer in time"),
        ("/half", "did not answer in time"),
        ("/drip", "not there after"),
        ("/away", "which is not https"),
        ("/portal", "A web page came in place of the file"),
        ("/answer/403", "refuses: 403 Forbidden"),
        ("/answer/407", "proxy on the way wants a login: 407"),
        ("/answer/429", "asked too often at the moment: 429"),
        ("/answer/503", "overloaded: 503"),
        ("/answer/418", "answered 418"),
        ("/around", "from address to address"),
    ],
)
def test_a_bad_answer_leaves_nothing_and_says_what_to_do(server, tmp_path, capfd, path, words):
    entry = item(server.url + path)
    # Short only where time must run out: on a busy machine even a good answer takes a while.
    patience = {"/silent": 0.3, "/half": 0.3}.get(path, 10)
    total = 0.5 if path == "/drip" else 10
    begin = time.monotonic()
    with pytest.raises(DownloadError) as caught:
        get(entry, tmp_path, timeout=patience, total_timeout=total)
    assert time.monotonic() - begin < 9
    message = str(caught.value)
    assert words in message
    for needed in (server.url + path, SHA.split(":")[1], str(tmp_path / "thing.bin"), "204,800"):
        assert needed in message
    assert caught.value.__suppress_context__
    assert names(tmp_path) == []
    assert capfd.readouterr().err == ""


def test_the_server_goes_half_way(server, tmp_path):
    with pytest.raises(DownloadError, match=r"broke off|could not be reached"):
        get(item(server.url + "/reset"), tmp_path)
    assert names(tmp_path) == []


def test_offline_without_a_copy(tmp_path):
    with socket.socket() as s:  # a port at which nobody listens
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    with pytest.raises(DownloadError) as caught:
        get(item(f"http://127.0.0.1:{port}/thing.bin"), tmp_path)
    message = str(caught.value)
    assert "could not be reached" in message and "put it at" in message
    assert str(tmp_path / "thing.bin") in message and "MEDLEARN_DATA" in message


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/x",
        "ftp://example.org/x",
        "file:///etc/passwd",
        "https:///x",
        "//example.org/x",
        "http://127.0.0.1.example.org/x",
    ],
)
def test_only_https(tmp_path, url):
    with pytest.raises(ValueError, match="https://"):
        download.fetch(item(url), folder=tmp_path)


@pytest.mark.parametrize("url", ["http://127.0.0.1/x", "http://localhost:80/x", "http://[::1]/x"])
def test_the_product_knows_no_exception_not_even_this_machine(url):
    """Without the fixture that loosens the rule for the other tests."""
    code = (
        "from medlearn.datasets import OnlineFile, download\n"
        f"item = OnlineFile('thing', 'Thing', ({url!r},), {SHA!r}, 'thing.bin', 9, 'CC0', 'test')\n"
        "download.fetch(item)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert "does not begin with https://" in done.stderr


def test_a_file_may_be_known_by_what_counts_in_it(server, tmp_path):
    def fingerprint(content):
        if not content:
            raise DataError("it cannot be read")
        return hashlib.sha256(content[:5]).hexdigest()

    right = "sha256:" + hashlib.sha256(CONTENT[:5]).hexdigest()
    entry = item(server.url + "/wrong", checksum=right, fingerprint=fingerprint)
    assert get(entry, tmp_path) == tmp_path / "thing.bin"  # only its last byte is another
    (tmp_path / "thing.bin").write_bytes(b"")
    assert not download.is_right(tmp_path / "thing.bin", entry)
    other = item(server.url + "/good", checksum=SHA, fingerprint=fingerprint)
    with pytest.raises(DownloadError, match="of what counts in it, not of its bytes"):
        get(other, tmp_path / "other")


@given(kind=st.sampled_from(["sha256", "md5", "sha1", "MD5", ""]), n=st.integers(0, 70))
def test_a_checksum_needs_a_kind_and_the_right_number_of_digits(kind, n):
    text = f"{kind}:{'0123456789abcdef' * 5:.{n}}"
    if (kind, n) in {("sha256", 64), ("md5", 32)}:
        assert download._split_checksum(text) == (kind, text.split(":")[1])
        text = text.upper()
    with pytest.raises(ValueError, match="is no checksum"):
        download._split_checksum(text)


@pytest.mark.parametrize("file", ["../thing.bin", "a/b", "", "..", "/etc/passwd"])
def test_a_file_name_cannot_leave_the_folder(tmp_path, file):
    with pytest.raises(ValueError, match="plain file name"):
        download.fetch(item("https://nowhere.invalid/x", file=file), folder=tmp_path)


# --- files put there by hand --------------------------------------------------------------------


def test_a_wrong_file_is_kept_aside_and_a_right_one_fetched(server, tmp_path):
    for number, text in enumerate([b"my own notes", b"other notes"], start=1):
        (tmp_path / "thing.bin").write_bytes(text)
        with pytest.warns(UserWarning, match=f"kept as thing.bin.wrong-checksum-{number}"):
            assert get(item(server.url + "/good"), tmp_path).read_bytes() == CONTENT
    assert (tmp_path / "thing.bin.wrong-checksum-1").read_bytes() == b"my own notes"
    assert (tmp_path / "thing.bin.wrong-checksum-2").read_bytes() == b"other notes"


def test_a_wrong_file_is_kept_aside_even_when_the_fetch_fails(server, tmp_path):
    (tmp_path / "thing.bin").write_bytes(b"my own notes")
    with (
        pytest.warns(UserWarning, match="not the file that medlearn expects"),
        pytest.raises(DownloadError, match=r"wrong checksum; it is now .*wrong-checksum-1"),
    ):
        get(item(server.url + "/nothing"), tmp_path)
    assert names(tmp_path) == ["thing.bin.wrong-checksum-1"]


# --- the disk -----------------------------------------------------------------------------------


def test_an_unwritable_cache_falls_back_to_a_temporary_folder_with_one_warning(
    server, tmp_path, monkeypatch
):
    # A regular file where a folder should be stops even root, whom permissions do not stop.
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setattr(download.tempfile, "tempdir", str(tmp_path))
    cache = tmp_path / "file" / "medlearn"
    entry = item(server.url + "/good")
    with pytest.warns(UserWarning, match="MEDLEARN_DATA") as caught:
        path = get(entry, cache)
        assert get(entry, cache) == path
    assert len(caught) == 1 and str(cache) in str(caught[0].message)
    assert path.read_bytes() == CONTENT and server.asked == ["/good"]


def test_a_full_disk_is_explained_and_left_clean(server, tmp_path, monkeypatch):
    def full(self, piece):
        self.file.write(piece[:100])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(download._Guarded, "write", full)
    with pytest.raises(DownloadError, match=r"no room for thing.bin \(0.2 MB\)") as caught:
        get(item(server.url + "/good", server.url + "/good"), tmp_path)
    assert str(tmp_path) in str(caught.value) and names(tmp_path) == []
    assert len(server.asked) == 1  # a second address would not make room


@posix
def test_a_file_that_the_system_really_refuses_to_grow(server, tmp_path):
    done = run(server, tmp_path, "/good", before="import resource; "
               "resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))")  # fmt: skip
    assert "DownloadError: There is no room" in done.stdout, done
    assert names(tmp_path) == []


# --- several processes --------------------------------------------------------------------------

PROGRAM = """
import sys
sys.path.insert(0, {tests!r})
import servers
from medlearn.datasets import DownloadError, OnlineFile, download
servers.allow_this_machine()
{before}
print("started", flush=True)
entry = OnlineFile(name="thing", title="The thing", urls=({url!r},), checksum={sha!r},
                   file="thing.bin", size={size}, data_licence="CC0", licence_evidence="test")
try:
    print(download.fetch(entry, folder={folder!r}, timeout=10, total_timeout=20))
except DownloadError as error:
    print("DownloadError:", error)
"""


def start(server, folder, path, before=""):
    program = PROGRAM.format(
        tests=str(ROOT / "tests"),
        before=before,
        url=server.url + path,
        sha=SHA,
        size=len(CONTENT),
        folder=str(folder),
    )
    return subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


def run(server, folder, path, before=""):
    process = start(server, folder, path, before)
    out, err = process.communicate(timeout=60)
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def wait_until(condition, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


def test_two_processes_download_once(server, tmp_path):
    both = [start(server, tmp_path, "/wait") for _ in range(2)]
    for process in both:
        assert process.stdout.readline() == "started\n"
    wait_until(lambda: server.asked)
    time.sleep(0.5)  # the other one has reached the lock by now, or has asked as well
    server.go.set()
    for process in both:
        out, err = process.communicate(timeout=60)
        assert out.strip() == str(tmp_path / "thing.bin") and err == ""
    assert server.asked == ["/wait"]
    assert names(tmp_path) == ["thing.bin"]


@posix
def test_a_process_that_is_killed_leaves_no_half_file_and_no_lock(server, tmp_path):
    process = start(server, tmp_path, "/half")
    wait_until(lambda: any(p.stat().st_size for p in tmp_path.iterdir() if p.name != "thing.bin"))
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=30)
    assert not (tmp_path / "thing.bin").exists()
    assert get(item(server.url + "/good"), tmp_path, total_timeout=5).read_bytes() == CONTENT


def test_a_notebook_that_holds_the_lock_too_long_is_named(server, tmp_path):
    import filelock

    with (
        filelock.FileLock(tmp_path / "thing.bin.lock"),
        pytest.raises(DownloadError, match="Another notebook"),
    ):
        get(item(server.url + "/good"), tmp_path, total_timeout=0.2)
    assert server.asked == []


def test_a_disk_that_cannot_lock_still_serves(server, tmp_path, monkeypatch):
    import filelock

    def cannot(self, *args, **kwargs):
        raise NotImplementedError("FileSystem does not appear to support flock")

    monkeypatch.setattr(filelock.FileLock, "acquire", cannot)
    assert get(item(server.url + "/good"), tmp_path).read_bytes() == CONTENT


# --- what went wrong with the network ------------------------------------------------------------


class Untrusted:
    """A server with a certificate that nobody signed, but itself."""

    MAKE = (
        *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
        *("-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"),
    )

    def __init__(self, folder):
        key, certificate = folder / "key.pem", folder / "certificate.pem"
        subprocess.run(
            [*self.MAKE, "-keyout", str(key), "-out", str(certificate)],
            check=True,
            capture_output=True,
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self.server, self.certificate = Server(), certificate
        self.server.http.socket = context.wrap_socket(self.server.http.socket, server_side=True)
        self.url = self.server.url.replace("http:", "https:")


@pytest.mark.skipif(not shutil.which("openssl"), reason="needs openssl to make a certificate")
def test_a_certificate_that_nobody_knows_is_named_and_can_be_given(tmp_path, cache, monkeypatch):
    untrusted = Untrusted(tmp_path)
    entry = item(untrusted.url + "/good")
    with pytest.raises(DownloadError, match=r"not trusted here.*REQUESTS_CA_BUNDLE"):
        get(entry, cache, timeout=10)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(untrusted.certificate))
    assert get(entry, cache, timeout=10).is_file()
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "gone.pem"))
    with pytest.raises(DownloadError, match="names a file of certificates that is not there"):
        get(entry, tmp_path / "other", timeout=10)
    untrusted.server.close()


def _asked_through(proxy, monkeypatch, folder):
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv("no_proxy", "")
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    with pytest.raises(DownloadError) as caught:
        get(item("https://data.example/file"), folder, timeout=5)
    return str(caught.value)


def test_a_proxy_that_wants_a_login_says_so(server, cache, monkeypatch):
    said = _asked_through(server.url, monkeypatch, cache)  # it answers CONNECT with 407
    assert "The proxy on the way wants a login: 407" in said and "HTTPS_PROXY" in said


def test_a_proxy_that_is_not_there_says_so(cache, monkeypatch):
    said = _asked_through(nowhere().rsplit("/", 1)[0], monkeypatch, cache)
    assert "The proxy on the way, http://127.0.0.1:" in said and "could not be reached" in said


def test_a_login_for_the_proxy_is_shown_to_nobody(cache, monkeypatch):
    there = nowhere().rsplit("/", 1)[0].removeprefix("http://")
    said = _asked_through(f"http://ada:s3cr@t@{there}", monkeypatch, cache)
    assert f"The proxy on the way, http://{there}, could not be" in said and "s3cr" not in said
    error = requests.exceptions.InvalidProxyURL("no host in ada:s3cr@t@, says the parser")
    assert "HTTPS_PROXY, is none: no host in , says" in download.what_went_wrong(error)


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (socket.gaierror(-2, "Name or service not known"), "name could not be looked up"),
        (ConnectionRefusedError(111, "refused"), "could not be reached"),
        (TimeoutError("timed out"), "did not answer in time"),
        (ssl.SSLError(1, "WRONG_VERSION_NUMBER"), "secure connection could not be made"),
        (ssl.SSLCertVerificationError(1, "CERTIFICATE_VERIFY_FAILED"), "is not trusted here"),
    ],
)
def test_each_cause_has_its_sentence_however_deep_it_lies(error, says):
    import requests
    from urllib3.exceptions import MaxRetryError, NewConnectionError

    deep = NewConnectionError(None, "no")
    deep.__cause__ = error
    for outer in (error, requests.ConnectionError(MaxRetryError(None, "/", deep))):
        if isinstance(outer, ConnectionRefusedError):
            continue  # requests always wraps it
        assert says in download.what_went_wrong(outer)


@pytest.mark.skipif(os.name != "posix", reason="rights and umask are POSIX's")
def test_a_fetched_file_has_the_rights_that_the_umask_leaves(server, cache):
    before = os.umask(0o027)
    try:
        path = get(item(server.url + "/good"), cache)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
