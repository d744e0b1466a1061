"""Make the course's environment: check the machine, build `.venv` from the lock file, mend it.

`make lab` and `make test` call this first. It runs as a plain script before anything is installed,
so it uses the standard library only, and syntax that old Pythons read: it can then say which Python
is missing instead of failing on its own text. For the same reason its sentences stay English; the
rest of the course speaks through `medlearn.language`.

A finished environment is recognised by its stamp in a fraction of a second; a stamp that is
absent or does not fit (interrupted set-up, new lock file, moved folder, Python gone) means that
the environment is built anew. Environments that this tool did not make are put aside, not deleted.
"""

import argparse
import contextlib
import hashlib
import itertools
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STAMP = "medlearn-environment.json"
ROOM_GB = 3  # the finished environment, with what the installer unpacks on the way
WINDOWS = sys.platform == "win32"

# TensorFlow has wheels for these and for nothing else.
MACHINES = {("linux", "x86_64"), ("linux", "aarch64"), ("darwin", "arm64"), ("win32", "AMD64")}

# Run by each candidate: what must be known about a Python before an environment is built on it.
PROBE = """
import json, platform, sys, sysconfig
try:
    import ensurepip, venv
except Exception:
    venv = None
print(json.dumps({
    "executable": sys.executable,
    "version": list(sys.version_info[:3]),
    "implementation": sys.implementation.name,
    "system": sys.platform,
    "machine": platform.machine(),
    "bits": 64 if sys.maxsize > 2 ** 32 else 32,
    "musl": "musl" in (sysconfig.get_config_var("HOST_GNU_TYPE") or ""),
    "free_threaded": bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
    "venv": venv is not None,
}))
"""


# The descriptor of the lock that this process holds. Installers inherit it: when this process is
# killed, the lock lives on until the installer that it left behind has ended too.
_held = []


class Trouble(Exception):
    """Something the person at the keyboard can mend; its text says how."""


class Project:
    """What this tool needs from pyproject.toml and the lock file.

    Read with regular expressions, because Pythons before 3.11 have no TOML reader and must still
    be told that they are too old.
    """

    def __init__(self, root=ROOT):
        self.root = Path(root)
        self.lock = self.root / "requirements.lock"
        file = self.root / "pyproject.toml"
        for needed in (file, self.lock):
            if not needed.is_file():
                raise Trouble(
                    f"{needed} is missing. Run this in a complete copy of the course: `git status` "
                    f"shows what was deleted, `git checkout -- {needed.name}` brings it back."
                )
        text = file.read_text(encoding="utf-8")
        bounds = re.search(r'^requires-python = ">=3\.(\d+),<3\.(\d+)"', text, re.M)
        address = re.search(r'^Repository = "https://github\.com/([^"]+)"', text, re.M)
        self.minors = range(int(bounds.group(1)), int(bounds.group(2)))
        slug = address.group(1).rstrip("/")
        self.binder = f"https://mybinder.org/v2/gh/{slug}/main?urlpath=lab/tree/work"
        # A new version of the course, or data under another licence, ask for no new environment.
        lasting = re.sub(r"^(version|license) = .*\n", "", text, flags=re.M)
        self.fingerprint = {
            "root": str(self.root),
            "lock": hashlib.sha256(self.lock.read_bytes()).hexdigest(),
            "pyproject": hashlib.sha256(lasting.encode()).hexdigest(),
        }

    @property
    def pythons(self):
        """The supported versions in words."""
        names = [f"3.{minor}" for minor in self.minors]
        return ", ".join(names[:-1]) + " or " + names[-1]


def say(text):
    """Print at once."""
    print(text, flush=True)


# ---- which Python -------------------------------------------------------------------------


def probe(command):
    """Ask one Python about itself; None when it does not start (a dangling link, a shim)."""
    try:
        quiet = {"stdin": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "timeout": 60}
        answer = subprocess.check_output([*command, "-I", "-c", PROBE], **quiet)
        return json.loads(answer.decode())
    except (OSError, ValueError, subprocess.SubprocessError):
        return None


def objection(facts, project, installer="pip"):
    """Why the Python with these `facts` cannot carry the course; None when it can.

    Returns a pair: how far it is from suitable (larger is nearer) and the sentence to show.
    """
    name = "Python {}.{}.{}".format(*facts["version"])
    system, machine, bits = facts["system"], facts["machine"], facts["bits"]
    newest = f"3.{project.minors[-1]}"
    elsewhere = f"The course runs in your browser without any set-up here: {project.binder}"
    again = "Then run the same command again."
    install = (
        f"Install Python {project.pythons} (from python.org, or with `sudo apt install "
        f"python{newest} python{newest}-venv`, or with `brew install python@{newest}`). {again}"
    )
    if (system, machine) == ("darwin", "x86_64"):
        return 0, (
            f"{name} is built for Intel Macs, and TensorFlow no longer exists for them. On a Mac "
            f"with an Apple chip, install the Apple-silicon build of Python {project.pythons}; on "
            f"an Intel Mac, use the browser. {elsewhere}"
        )
    if (system, machine) not in MACHINES or bits != 64 or facts["musl"]:
        where = f"{system} {machine}" + (" with musl" if facts["musl"] else "")
        return 0, (
            f"TensorFlow does not exist for this machine ({bits}-bit Python on {where}). "
            f"{elsewhere}"
        )
    if facts["version"][0] != 3 or facts["version"][1] not in project.minors:
        old = tuple(facts["version"][:2]) < (3, project.minors[0])
        why = "too old" if old else "too new: TensorFlow does not support it yet"
        return 1, (
            f"{name} is {why}; the course needs Python {project.pythons}. {install} {elsewhere}"
        )
    if facts["implementation"] != "cpython" or facts["free_threaded"]:
        kind = "free-threaded" if facts["free_threaded"] else facts["implementation"]
        return 1, f"{name} is a {kind} build, which TensorFlow does not support. {install}"
    if installer == "pip" and not facts["venv"]:
        package = "python3.{}-venv".format(facts["version"][1])
        return 2, (
            f"{name} is here, but its modules for making environments (venv, ensurepip) are not. "
            f"On Debian and Ubuntu: `sudo apt install {package}`. {again} {elsewhere}"
        )
    return None


def candidates(project):
    """The Pythons to try, the one that runs this tool first, then the newest supported one."""
    yield [sys.executable]
    for minor in reversed(project.minors):
        yield [f"python3.{minor}"]
        if WINDOWS:
            yield ["py", f"-3.{minor}"]
    yield from (["python3"], ["python"])


def choose(project, installer="pip", commands=None):
    """The first Python that can carry the course.

    Raises
    ------
    Trouble
        When there is none, with the objection to the one that comes nearest.
    """
    nearest = (-1, f"No Python was found. Install Python {project.pythons}.")
    for command in commands if commands is not None else candidates(project):
        facts = probe(command)
        if facts is None:
            continue
        found = objection(facts, project, installer)
        if found is None:
            return facts
        nearest = max(nearest, found, key=lambda pair: pair[0])
    raise Trouble(nearest[1])


# ---- the folder ---------------------------------------------------------------------------


def check_folder(folder, room_gb=ROOM_GB):
    """Refuse early what would fail after minutes: a folder without rights or room."""
    try:
        with tempfile.TemporaryFile(dir=str(folder)):
            pass
    except OSError as error:
        raise Trouble(
            f"Nothing can be written to {folder} ({error.strerror or error}). Copy the course to "
            "a folder of your own, or ask for the right to write there."
        ) from None
    free = shutil.disk_usage(str(folder)).free / 1e9
    if free < room_gb:
        raise Trouble(
            f"Only {free:.1f} GB are free in {folder}; the environment needs about {room_gb} GB. "
            "Make room, then run the same command again."
        )


def _locked(file):
    """Try to lock an open file. The system frees the lock when its holder dies."""
    try:
        if WINDOWS:
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


@contextlib.contextmanager
def alone(venv):
    """Let one set-up at a time touch `venv`."""
    with open(str(venv) + ".lock", "a+") as file:
        if not _locked(file):
            say("Another set-up is at work in this folder; waiting for it to end ...")
            while not _locked(file):
                time.sleep(0.3)
        _held.append(file.fileno())
        try:
            yield
        finally:
            _held.remove(file.fileno())


def python_of(venv):
    """The environment's own Python."""
    return Path(venv) / ("Scripts/python.exe" if WINDOWS else "bin/python")


def ready(venv, project):
    """Whether `venv` is finished, belongs to this lock file and folder, and still starts."""
    try:
        stamp = json.loads((Path(venv) / STAMP).read_text(encoding="utf-8"))
        if stamp != dict(project.fingerprint, state="finished"):
            return False
        subprocess.run([str(python_of(venv)), "-I", "-c", ""], check=True, timeout=60)
    except (OSError, ValueError, subprocess.SubprocessError):
        return False
    return True


def write_stamp(venv, content):
    """Say in the environment that this tool made it, and how far it has come."""
    (Path(venv) / STAMP).write_text(json.dumps(content), encoding="utf-8")


def clear(venv):
    """Take away what stands at `venv`: our own is deleted, anything else is put aside."""
    venv, old = Path(venv), Path(str(venv) + ".old")
    try:
        if os.path.lexists(str(venv)):
            if (venv / STAMP).is_file() or (venv.is_dir() and not any(venv.iterdir())):
                _delete(old)
                os.replace(str(venv), str(old))  # a killed deletion leaves no half `venv`
            else:
                kept = (f"{venv}.kept{number}" for number in itertools.count(1))
                aside = next(name for name in kept if not os.path.lexists(name))
                os.replace(str(venv), aside)
                say(f"{venv} was not made by this tool; it is kept as {aside}.")
        _delete(old)
    except OSError as error:
        raise Trouble(
            f"The old environment could not be removed ({error}). Close JupyterLab and every "
            f"program that uses {venv}, then run the same command again."
        ) from None


def _delete(folder):
    if folder.is_symlink():
        folder.unlink()
    elif folder.exists():
        shutil.rmtree(str(folder))


# ---- installing ---------------------------------------------------------------------------


def clean_environment():
    """The environment variables for installers: mirrors and proxies stay, detours go."""
    detours = {"PYTHONPATH", "PYTHONHOME", "PIP_USER", "PIP_TARGET", "PIP_PREFIX", "VIRTUAL_ENV"}
    variables = {name: value for name, value in os.environ.items() if name not in detours}
    variables.update(PIP_DISABLE_PIP_VERSION_CHECK="1", PYTHONUTF8="1", PYTHONUNBUFFERED="1")
    return variables


def run(command):
    """Run an installer; keep its words and show them only when it fails."""
    words = []
    with subprocess.Popen(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=clean_environment(),
        cwd=str(ROOT),
        pass_fds=() if WINDOWS else tuple(_held),
    ) as process:
        try:
            for raw in process.stdout:
                words.append(raw.decode(errors="replace").rstrip())
                if words[-1].startswith("Collecting ") and sys.stdout.isatty():
                    print("\r  " + words[-1][:70].ljust(70), end="\r", flush=True)  # sign of life
        except BaseException:
            process.terminate()
            raise
    if process.returncode != 0:
        raise Trouble(diagnosis("\n".join(words), process.returncode))


# What an installer's last words mean, and what to do about it; the first that fits.
MENDS = [
    (
        r"No space left|not enough space|os error 28|Errno 28",
        f"The disk is full. Make {ROOM_GB} GB of room.",
    ),
    (
        r"do not match the hashes|hash mismatch",
        "A downloaded file is not the one that the lock file names: it was damaged on the way, or "
        "the mirror holds another. It was not installed.",
    ),
    (
        r"CERTIFICATE_VERIFY|certificate verify|self.signed certificate|UnknownIssuer|"
        r"invalid peer certificate|SSLError|SSLCertVerification",
        "The certificate of the server is not trusted here. A network of a hospital or school "
        "often puts its own in between: ask there for the file of its certificates (.pem), and "
        "name it in the environment variables PIP_CERT (for pip) and SSL_CERT_FILE (for uv).",
    ),
    (
        r"\b407\b|Proxy Authentication",
        "The proxy on the way wants a login. Give it in the environment variable HTTPS_PROXY, as "
        "https://NAME:PASSWORD@PROXY:PORT.",
    ),
    (
        r"ProxyError|Tunnel connection failed|Cannot connect to proxy",
        "The proxy on the way could not be reached, or refuses. Mend the environment variable "
        "HTTPS_PROXY, or delete it where this network needs none.",
    ),
    (
        r"name resolution|NameResolution|dns error|getaddrinfo|Name or service not known|"
        r"nodename nor servname|failed to lookup address",
        "The server's name could not be looked up. Check that you are online; behind a proxy set "
        "HTTPS_PROXY.",
    ),
    (
        r"error sending request|Failed to establish|"
        r"Max retries|Connection(Error|Reset|Refused)|connection (reset|refused|error)|"
        r"timed out|unreachable|Failed to fetch|403 |429 |503 ",
        "The packages could not be fetched. Check that you are online; behind a proxy set "
        "HTTPS_PROXY; on unreliable Wi-Fi just try again, what has arrived is kept.",
    ),
    (
        r"No matching distribution|no wheels|no version of|satisfies",
        "A package has no build for this machine, or the mirror in use does not have it. "
        "`git pull` brings the newest lock file.",
    ),
]


def diagnosis(words, code):
    """The end of what an installer said, and what to do about it."""
    fitting = (mend for pattern, mend in MENDS if re.search(pattern, words, re.I))
    mend = next(fitting, f"The installer stopped (exit code {code}).")
    lines = [line for line in words.strip().splitlines() if not line.startswith("Ignoring ")]
    tail = "\n".join("    " + line for line in lines[-8:])
    return f"{tail}\n  {mend} Then run the same command again."


def create(venv, facts, installer):
    """An empty environment on the chosen Python, in the folder `venv`, which exists."""
    if installer == "uv":
        run(["uv", "venv", "--quiet", "--allow-existing", "--python", facts["executable"], venv])
    else:
        run([facts["executable"], "-m", "venv", venv])


def install(venv, project, installer):
    """The locked packages, checked by their hashes, then the course itself as an editable.

    Everything is pinned, so that nothing is resolved, and wheels only, so that nothing is
    compiled from source. Bytecode is written now: without it TensorFlow's first import takes 15 s
    instead of 5.
    """
    python = python_of(venv)
    locked = ["--require-hashes", "--only-binary", ":all:"]
    course = ["--no-deps", "--no-build-isolation", "--editable", project.root]
    if installer == "uv":
        uv = ["uv", "pip"]
        run([*uv, "sync", "--python", python, "--compile-bytecode", *locked, project.lock])
        run([*uv, "install", "--python", python, *course])
    else:
        pip = [python, "-m", "pip", "install"]
        run([*pip, "--no-compile", "--no-deps", *locked, "-r", project.lock])
        # On all processors at once; some packages ship files that no Python reads, hence no check.
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.call([str(python), "-m", "compileall", "-qq", "-j", "0", str(venv)], **quiet)
        run([*pip, *course])


def try_out(venv):
    """An environment that cannot start a lesson must not get its stamp."""
    run([python_of(venv), "-c", "import ipykernel, jupyterlab, medlearn"])


def set_up(venv, project, installer=None):
    """Make sure that `venv` is ready, building it if needed. Returns True if it was built."""
    venv = Path(venv).absolute()
    if ready(venv, project):
        return False
    installer = installer or ("uv" if shutil.which("uv") else "pip")
    facts = choose(project, installer)
    if not venv.parent.is_dir():
        raise Trouble(f"The folder {venv.parent} does not exist.")
    check_folder(venv.parent, room_gb=0)
    with alone(venv):
        if ready(venv, project):  # the set-up that we waited for made it
            return True
        clear(venv)
        check_folder(venv.parent)
        version = "{}.{}.{}".format(*facts["version"])
        say(
            f"Making the environment {venv} with Python {version} and {installer}.\n"
            "This takes one to five minutes and is needed once; what is not on this machine yet is "
            "downloaded (about 0.6 GB)."
        )
        started = time.monotonic()
        venv.mkdir()
        write_stamp(venv, {"state": "unfinished"})
        create(venv, facts, installer)
        install(venv, project, installer)
        try_out(venv)
        write_stamp(venv, dict(project.fingerprint, state="finished"))
        say(f"The environment is ready ({time.monotonic() - started:.0f} s).")
    return True


def main(arguments=None):
    """Run the command line; return the exit code."""
    for stream in (sys.stdout, sys.stderr):  # a Windows console may lack ✗; that is no reason
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    parser = argparse.ArgumentParser(
        prog="medlearn/environment.py", description="Make or mend the environment of the course."
    )
    parser.add_argument("--venv", default=".venv", help="its folder (default: .venv)")
    parser.add_argument(
        "--installer", choices=["uv", "pip"], help="default: uv where it is installed, else pip"
    )
    parser.add_argument("--remove", action="store_true", help="delete it, and build nothing")
    options = parser.parse_args(arguments)
    try:
        project, venv = Project(), (ROOT / options.venv).absolute()
        if not options.remove:
            set_up(venv, project, options.installer)
        elif venv.parent.is_dir():
            with alone(venv):
                clear(venv)
    except (Trouble, OSError) as trouble:
        print(f"✗ {trouble}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\n! Interrupted. Run the same command again to finish.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
