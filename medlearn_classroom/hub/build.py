"""Makes the hub of a class in a folder, and starts it.

JupyterHub and JupyterLab come from PyPI into an environment of the hub's own, the proxy from npm.
The learners' kernels are those of the course's environment, which stays as it is.
"""

from __future__ import annotations

import csv
import io
import os
import re
import secrets
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterable
from pathlib import Path

from medlearn import lessons
from medlearn.files import replace_file
from medlearn.language import _, ngettext
from medlearn_classroom import ClassroomError
from medlearn_classroom.hub.settings import CONFIG
from medlearn_classroom.marking import guard, roster
from medlearn_classroom.stick.lock import read_lock

__all__ = ["codes", "make", "people_of", "start"]

HUB = ("jupyterhub==6.1.1", "jupyterhub-idle-culler==2.0.0")
PROXY = "configurable-http-proxy@5.3.0"
FROM_THE_LOCK = ("jupyterlab", "ipywidgets")
"""What the learners' page is made of: in the same versions as without a hub."""

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that looks like another


def _run(words: list[str], what: str) -> None:
    try:
        done = subprocess.run(words, capture_output=True, text=True)
    except OSError as error:
        said = _("{what} failed: {why}.")
        raise ClassroomError(said.format(what=what, why=error.strerror or error)) from error
    if done.returncode:
        said = _("{what} failed. Is there a network? It said:\n{why}")
        raise ClassroomError(said.format(what=what, why=(done.stdout + done.stderr)[-1500:]))


def codes(people: Iterable[str], known: dict[str, str]) -> dict[str, str]:
    """A code for each learner: those that they have, and new ones.

    Examples
    --------
    >>> given = codes(["ada", "bob"], {"ada": "old-code"})
    >>> given["ada"], len(given["bob"])
    ('old-code', 14)
    """
    result = {}
    for person in people:
        fresh = "-".join("".join(secrets.choice(_LETTERS) for _i in range(4)) for _j in range(3))
        result[person] = known.get(person, fresh)
    return result


def _read_codes(file: Path) -> dict[str, str]:
    if not file.exists():
        return {}
    with file.open(encoding="utf-8-sig", newline="") as stream:
        return {row["id"]: row["code"] for row in csv.DictReader(stream)}


def _write_codes(file: Path, given: dict[str, str]) -> None:
    stream = io.StringIO()
    lines = csv.writer(stream, lineterminator="\n")
    lines.writerows([("id", "code"), *given.items()])
    replace_file(file, stream.getvalue().encode("utf-8-sig"), mode=0o600)


def make(folder: str | Path, *, people: Iterable[str]) -> list[str]:
    """Make the hub in a folder, or bring it up to date.

    The folder gets ``env`` (JupyterHub), ``proxy``, ``learners``, one folder each, and ``private``
    with the settings and everybody's code.

    Parameters
    ----------
    folder : str or Path
        A new folder, an empty one, or a hub's.
    people : iterable of str
        The learners' names for the login. Who has a code keeps it.

    Returns
    -------
    list of str
        What was made, for the person at the keyboard.

    Raises
    ------
    ClassroomError
        When something is missing (npm, a network, a name), or cannot be written.
    """
    folder, people = Path(folder).expanduser().absolute(), list(dict.fromkeys(people))
    if os.name == "nt":
        raise ClassroomError(_("JupyterHub runs on Linux and macOS, not on Windows."))
    if not people:
        raise ClassroomError(_("Nobody is named: give --roster CSV, or --learners 30."))
    if wrong := [name for name in people if not re.fullmatch(r"[a-z0-9][a-z0-9._-]*", name)]:
        said = _("{names}: take small letters, digits and . _ - for the names of the login.")
        raise ClassroomError(said.format(names=", ".join(map(repr, wrong[:5]))))
    private = folder / "private"
    if folder.exists() and any(folder.iterdir()) and not private.is_dir():
        raise ClassroomError(_("{folder} is not empty, and no hub.").format(folder=folder))
    if shutil.which("npm") is None:
        raise ClassroomError(_("The hub needs Node.js with npm, for its proxy."))
    course = lessons.course_folder()
    try:
        for name in ("private", "learners"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        private.chmod(0o700)
        (folder / "learners").chmod(0o700)
        given = codes(people, _read_codes(private / "codes.csv"))
        _write_codes(private / "codes.csv", given)
        root = ["--allow-root"] if os.geteuid() == 0 else []
        text = CONFIG.format(course=str(course), python=sys.executable, root=root)
        replace_file(private / "jupyterhub_config.py", text.encode("utf-8"), mode=0o600)
        if not (folder / "env").exists():
            venv.create(folder / "env", with_pip=True)
    except OSError as error:
        said = _("The hub cannot be written to {folder}: {why}.")
        raise ClassroomError(said.format(folder=folder, why=error.strerror or error)) from error
    python = str(folder / "env/bin/python")
    lock = read_lock((course / "requirements.lock").read_text(encoding="utf-8"))
    constraints = private / "constraints.txt"
    constraints.write_text("".join(f"{pin.requirement}\n" for pin in lock), encoding="utf-8")
    install = [python, "-m", "pip", "install", "--quiet", "--constraint", str(constraints)]
    _run([*install, *HUB, *FROM_THE_LOCK], _("Installing JupyterHub"))
    _run(["npm", "install", "--silent", "--prefix", str(folder / "proxy"), PROXY], _("The proxy"))
    kernel = ["--prefix", str(folder / "env"), "--name", "python3", "--display-name", "Python 3"]
    _run([sys.executable, "-m", "ipykernel", "install", *kernel], _("Adding the course's kernel"))
    said = ngettext(
        "✓ A hub for {n} learner in {folder}.", "✓ A hub for {n} learners in {folder}.", len(people)
    )
    lines = [said.format(n=len(people), folder=folder)]
    lines.append(_("Everybody's code stands in {file}.").format(file=private / "codes.csv"))
    if guard.means() != "landlock":
        lines.append(_("! This system cannot keep learners from each other's files."))
    if root:
        lines.append(_("! You are root: start a hub from an account that holds nothing else."))
    return lines


def start(folder: str | Path, *, address: str = "http://127.0.0.1:8000") -> int:
    """Start the hub of a folder, and wait until it is stopped.

    Parameters
    ----------
    folder : str or Path
        Made by `make`.
    address : str
        Where it answers. Only this machine by default; ``http://0.0.0.0:8000`` is the whole
        network, without encryption.

    Returns
    -------
    int
        The hub's exit code.
    """
    folder = Path(folder).expanduser().absolute()
    config = folder / "private" / "jupyterhub_config.py"
    environment = {
        **os.environ,
        "MEDLEARN_HUB": address,
        "PATH": os.pathsep.join([str(folder / "env/bin"), os.environ.get("PATH", "")]),
    }
    words = [str(folder / "env/bin/jupyterhub"), "--config", str(config), "--log-level=WARN"]
    try:
        return subprocess.run(words, cwd=folder / "private", env=environment).returncode
    except KeyboardInterrupt:
        return 0


def people_of(csv_file: str | None, count: int) -> list[str]:
    """The names for the login: the ids of a list of the class, or learner01 and so on."""
    if csv_file:
        return [person.id.lower() for person in roster.read(csv_file).people]
    return [f"learner{n:02d}" for n in range(1, count + 1)]
