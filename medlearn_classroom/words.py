"""Words that several rooms need: a text on one line or on short ones, a list with its "or"."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from medlearn.language import _

__all__ = ["either", "one_line", "wrapped"]

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
