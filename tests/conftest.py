"""What every test gets: an empty folder for the learner's progress, and quiet libraries."""

import os
import shutil
import socket
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parents[1]

# Scripts for environments of their own; see `tools/reference.py`.
collect_ignore = ["reference"]

# Set before NumPy or TensorFlow are imported, and inherited by every kernel a test starts.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("MKL_NUM_THREADS", "1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("MPLBACKEND", "agg")


# The same made-up examples in every run, so that `make test` is never red by chance, and a red run
# is red again. To look for new ones: `pytest --hypothesis-profile explore`. No deadline for one of
# them: a busy machine is no fault of the code.
settings.register_profile("repeatable", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None)
settings.load_profile("repeatable")


def pytest_configure(config):
    config.addinivalue_line("markers", "slow: takes more than about 10 s (still part of make test)")
    config.addinivalue_line(
        "markers", "long: other Pythons, fresh installations, solved lessons (make test-long)"
    )


@pytest.fixture(autouse=True)
def old_names_warn_again():
    from medlearn import renamed  # not above: it imports NumPy

    renamed.forget()


@pytest.fixture(autouse=True)
def medlearn_home(tmp_path_factory, monkeypatch):
    """A learner without any progress, for this test and the kernels that it starts."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("MEDLEARN_HOME", str(home))
    return home


@pytest.fixture
def root():
    """The folder of the repository."""
    return ROOT


@pytest.fixture
def server():
    """A server on this machine that serves a file well and badly, by the path that is asked."""
    from servers import Server

    server = Server()
    yield server
    server.close()


@pytest.fixture
def only_this_machine(monkeypatch):
    """Fail loudly if a test asks for any other machine, and keep proxies out."""
    real = socket.getaddrinfo

    def guarded(host, *args, **kwargs):
        assert host in {"127.0.0.1", "localhost", "::1"}, f"a test asked for {host}"
        return real(host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", guarded)
    monkeypatch.setenv("NO_PROXY", "*")


@pytest.fixture
def cache(only_this_machine, tmp_path, monkeypatch):
    """An empty cache folder; downloads may come from the server of this machine."""
    from servers import allow_this_machine

    from medlearn.datasets import download

    download._temporary_folder.cache_clear()
    allow_this_machine(monkeypatch.setattr)
    folder = tmp_path / "cache"
    monkeypatch.setenv("MEDLEARN_DATA", str(folder))
    return folder


@pytest.fixture
def data_copy(tmp_path, monkeypatch):
    """A copy of the data folder, cards and all, that a test may change."""
    from medlearn.datasets import catalogue

    folder = tmp_path / "copy" / "data"
    shutil.copytree(catalogue.data_folder(), folder)
    monkeypatch.setattr(catalogue, "data_folder", lambda: folder)
    return folder
