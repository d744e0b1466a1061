"""Which packages a learner needs: the lock file, and the part of it that goes on the stick."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from medlearn.language import _
from medlearn_classroom import ClassroomError

__all__ = ["EXTRAS", "Pin", "learners_pins", "read_lock"]

# What the learner's environment is made of. Tests and the book stay at the teacher's desk.
EXTRAS = ("tf", "lab", "tuning")


@dataclass(frozen=True)
class Pin:
    """One package of the lock file.

    Attributes
    ----------
    requirement : Requirement
    hashes : frozenset of str
        SHA-256 of every file that may be installed.
    via : frozenset of str
        The packages that ask for it.
    text : str
        Its lines in the lock file.
    """

    requirement: Requirement
    hashes: frozenset[str]
    via: frozenset[str]
    text: str

    @property
    def name(self) -> str:
        """Its name in the one spelling by which packages are compared."""
        return canonicalize_name(self.requirement.name)

    @property
    def version(self) -> str:
        """The one version that is locked."""
        return str(self.requirement.specifier).removeprefix("==")


def read_lock(text: str) -> list[Pin]:
    """The packages of a lock file.

    Examples
    --------
    >>> lock = '''
    ... idna==3.11 ; sys_platform == 'win32' \\\\
    ...     --hash=sha256:795dafcc9c04ed0c1fb032c2aa73654d8e8c5023a7df64a53f39190ada629902
    ...     # via
    ...     #   anyio
    ...     #   requests
    ... '''
    >>> (pin,) = read_lock(lock)
    >>> pin.name, pin.version, sorted(pin.via), len(pin.hashes)
    ('idna', '3.11', ['anyio', 'requests'], 1)
    """
    pins = []
    for block in re.split(r"^(?=[A-Za-z0-9])", text, flags=re.M)[1:]:
        lines = [line.rstrip("\\ ") for line in block.splitlines()]
        comments = [line.strip().removeprefix("#") for line in lines if line.startswith("    #")]
        via = " ".join(comments).replace(" via", " ", 1)
        via = re.sub(r"medlearn \(pyproject\.toml\)", "medlearn", via)
        hashes = frozenset(re.findall(r"--hash=sha256:([0-9a-f]{64})", block))
        via = frozenset(canonicalize_name(name) for name in via.split())
        pins.append(Pin(Requirement(lines[0]), hashes, via, block))
    return pins


def learners_pins(root: Path) -> list[Pin]:
    """The part of the lock file that a learner needs: lessons, JupyterLab, and the build backend.

    What only the tests and the book ask for is left out. A package stays when it is asked for by
    the course (without the extras ``test`` and ``book``) or by a package that stays.

    Parameters
    ----------
    root : Path
        The folder of the course.

    Returns
    -------
    list of Pin

    Examples
    --------
    >>> from medlearn.lessons import course_folder
    >>> names = {pin.name for pin in learners_pins(course_folder())}
    >>> sorted(names & {"jupyterlab", "hatchling", "numpy", "pytest", "sphinx"})
    ['hatchling', 'jupyterlab', 'numpy']
    """
    about = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    extras = about["project"]["optional-dependencies"]
    asked = [*about["project"]["dependencies"], *about["build-system"]["requires"]]
    asked += [text for extra in EXTRAS for text in extras[extra]]
    stays = {canonicalize_name(Requirement(text).name) for text in asked}
    locked = read_lock((root / "requirements.lock").read_text(encoding="utf-8"))
    while more := {pin.name for pin in locked if pin.via & stays} - stays:
        stays |= more
    missing = stays - {pin.name for pin in locked}
    if missing:
        said = _(
            "requirements.lock lacks {names}, which pyproject.toml asks for. Run `make lock`, or "
            "take a complete copy of the course."
        )
        raise ClassroomError(said.format(names=", ".join(sorted(missing))))
    return [pin for pin in locked if pin.name in stays]
