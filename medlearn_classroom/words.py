"""Words that several rooms need: a text on one line or on short ones, "or", lessons."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence

from medlearn.language import _, ngettext

__all__ = ["either", "lessons_named", "one_line", "wrapped"]

WIDTH = 98


def one_line(text: str, limit: int = 1000) -> str:
    """A text as one line without control characters, cut to `limit`.

    Examples
    --------
    >>> one_line("two\\nlines\\x1b[0m")
    'two lines [0m'
    """
    return " ".join("".join(c if c.isprintable() else " " for c in str(text)).split())[:limit]


def either(words: Sequence[str]) -> str:
    """One or several things of which one is to be chosen.

    Examples
    --------
    >>> either(["3.11", "3.12", "3.13"])
    '3.11, 3.12 or 3.13'
    """
    *others, last = words
    if not others:
        return last
    return _("{others} or {last}").format(others=", ".join(others), last=last)


def lessons_named(lessons: Iterable[str]) -> str:
    """One or several lessons by their numbers.

    Examples
    --------
    >>> lessons_named(["05"]), lessons_named(["05", "17"])
    ('lesson 05', 'lessons 05, 17')
    """
    numbers = list(lessons)
    said = ngettext("lesson {numbers}", "lessons {numbers}", len(numbers))
    return said.format(numbers=", ".join(numbers))


def wrapped(text: str, indent: str = "", first: str | None = None) -> str:
    """A text on short lines, the first of which may begin in its own way."""
    return textwrap.fill(
        text,
        WIDTH,
        initial_indent=indent if first is None else first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
