"""For which computers: the systems and Pythons on a stick, as markers and wheels name them.

pip evaluates environment markers for the Python that runs it, even when it is told to download
for another system. So the markers are evaluated here, for each system and Python on the stick.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass

from packaging import tags
from packaging.utils import InvalidWheelFilename, parse_wheel_filename

from medlearn.language import _
from medlearn_classroom.stick.lock import Pin

__all__ = ["MICROS", "SYSTEMS", "System", "Target"]

MICROS = range(30)  # 3.11.0 to 3.11.29: a marker may tell them apart, and a class has all of them


@dataclass(frozen=True)
class System:
    """An operating system as markers and wheels name it."""

    markers: dict[str, str]
    platforms: tuple[str, ...]


def _system(sys_platform: str, name: str, machine: str, os_name: str, platforms: Iterable[str]):
    markers = {
        "sys_platform": sys_platform,
        "platform_system": name,
        "platform_machine": machine,
        "os_name": os_name,
    }
    return System(markers, tuple(platforms))


# The oldest systems that all packages still support: glibc 2.28 (2018), macOS 12 (2021).
SYSTEMS = {
    "windows": _system("win32", "Windows", "AMD64", "nt", ["win_amd64"]),
    "macos": _system("darwin", "Darwin", "arm64", "posix", tags.mac_platforms((12, 0), "arm64")),
    "linux": _system(
        "linux",
        "Linux",
        "x86_64",
        "posix",
        [f"manylinux_2_{minor}_x86_64" for minor in range(28, 4, -1)]
        + [f"manylinux{year}_x86_64" for year in (2014, 2010, 1)],
    ),
}


@dataclass(frozen=True)
class Target:
    """One system with one Python, such as ``Target("windows", "3.12")``."""

    system: str
    python: str

    def __str__(self) -> str:
        return _("{system}, Python {python}").format(system=self.system, python=self.python)

    @property
    def key(self) -> str:
        """The same in the words that a Python has for itself; install.py looks it up.

        Examples
        --------
        >>> Target("windows", "3.12").key
        'win32 AMD64 3.12'
        """
        markers = SYSTEMS[self.system].markers
        return f"{markers['sys_platform']} {markers['platform_machine']} {self.python}"

    def markers(self, micro: int) -> dict[str, str]:
        """What a marker sees on this system, under Python `python`.`micro`."""
        full = f"{self.python}.{micro}"
        return {
            **SYSTEMS[self.system].markers,
            "python_version": self.python,
            "python_full_version": full,
            "implementation_name": "cpython",
            "implementation_version": full,
            "platform_python_implementation": "CPython",
            "platform_release": "",
            "platform_version": "",
            "extra": "",
        }

    def pins(self, locked: Iterable[Pin]) -> dict[Pin, str]:
        """The packages that this target needs, each with the newest Python that needs it.

        Examples
        --------
        >>> from medlearn_classroom.stick.lock import read_lock
        >>> lock = "tqdm==4.67.1 ; sys_platform == 'win32' and python_full_version < '3.12.5'"
        >>> list(Target("windows", "3.12").pins(read_lock(lock)).values())
        ['3.12.4']
        >>> Target("linux", "3.12").pins(read_lock(lock))
        {}
        """
        found = {}
        for pin in locked:
            marker = pin.requirement.marker
            for micro in reversed(MICROS):
                if marker is None or marker.evaluate(self.markers(micro)):
                    found[pin] = f"{self.python}.{micro}"
                    break
        return found

    def takes(self, wheel: str, pin: Pin) -> bool:
        """Whether a file of this name is the package `pin`, built for this target.

        Examples
        --------
        >>> from medlearn_classroom.stick.lock import read_lock
        >>> (pin,) = read_lock("numpy==2.5.5")
        >>> Target("windows", "3.12").takes("numpy-2.5.5-cp312-cp312-win_amd64.whl", pin)
        True
        >>> Target("windows", "3.13").takes("numpy-2.5.5-cp312-cp312-win_amd64.whl", pin)
        False
        """
        try:
            name, version, _build, built_for = parse_wheel_filename(wheel)
        except InvalidWheelFilename:
            return False
        same = name == pin.name and pin.requirement.specifier.contains(version, prereleases=True)
        return same and not built_for.isdisjoint(_tags(self))


@functools.cache
def _tags(target: Target) -> frozenset[tags.Tag]:
    version = tuple(int(part) for part in target.python.split("."))
    interpreter = "cp" + target.python.replace(".", "")
    platforms = SYSTEMS[target.system].platforms
    return frozenset(
        [
            *tags.cpython_tags(version, [interpreter], platforms),
            *tags.compatible_tags(version, interpreter, platforms),
        ]
    )
