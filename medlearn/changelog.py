"""What changed between two versions of the course, as CHANGELOG.md says it.

A release is a heading `## 1.2.3 · Its name`; what changed is a list below it, by lesson or by
subject: `- **05**: …`, `- **02, 06**: …`, `- **Teachers**: …`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

__all__ = ["Change", "Release", "number", "parse", "read", "since"]

_RELEASE = re.compile(r"## (\d+\.\d+\.\d+) · (.+)")
_CHANGE = re.compile(r"- \*\*([^*]+)\*\*: (.+)")


class Change(NamedTuple):
    """One thing that changed, and what it is about: numbers of lessons, or one subject."""

    about: tuple[str, ...]
    text: str


class Release(NamedTuple):
    """One version of the course."""

    version: str
    name: str
    changes: list[Change]


def number(version: str) -> tuple[int, ...]:
    """A version as numbers, which can be compared; empty, and so the oldest, when it is none.

    Examples
    --------
    >>> number("0.10.0") > number("0.9.1") > number("?")
    True
    """
    return tuple(map(int, version.split("."))) if re.fullmatch(r"\d+(\.\d+)*", version) else ()


def parse(text: str) -> list[Release]:
    """The releases that a changelog names, in its order. Other text is for readers only.

    Examples
    --------
    >>> (release,) = parse("## 0.2.0 · More room\\n\\n- **02, 06**: A table\\n  that is real.\\n")
    >>> release.version, release.changes
    ('0.2.0', [Change(about=('02', '06'), text='A table that is real.')])
    """
    releases: list[Release] = []
    for line in re.sub(r"\n {2,}(?=\S)", " ", text).splitlines():  # an item may have several lines
        if heading := _RELEASE.fullmatch(line):
            releases.append(Release(heading[1], heading[2], []))
        elif releases and (change := _CHANGE.fullmatch(line)):
            releases[-1].changes.append(Change(tuple(change[1].split(", ")), change[2]))
    return releases


def read(file: Path) -> list[Release]:
    """The releases in a file; none where there is no such file, as where only medlearn is there."""
    try:
        return parse(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []


def since(version: str, about: str, releases: Iterable[Release]) -> list[tuple[str, str]]:
    """What changed in one lesson after a version of the course: pairs of a version and a text."""
    return [
        (release.version, change.text)
        for release in releases
        if number(release.version) > number(version)
        for change in release.changes
        if about in change.about
    ]
