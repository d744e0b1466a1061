"""What may stand behind an option of a command? Readers that refuse the rest in our words.

For the `type` of argparse's `add_argument`.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

from medlearn.language import _

__all__ = ["Add", "count", "port"]

Add = Callable[[argparse._SubParsersAction, str, Callable, str], argparse.ArgumentParser]
"""Makes a command: takes the subparsers, a name, what to run and a line of help, and gives the
parser for its options."""


def count(text: str) -> int:
    """A whole number above zero.

    Examples
    --------
    >>> count("12")
    12
    >>> count("0")
    Traceback (most recent call last):
        ...
    argparse.ArgumentTypeError: '0' is no whole number above zero
    """
    if not text.isdigit() or int(text) < 1:
        said = _("{text!r} is no whole number above zero").format(text=text)
        raise argparse.ArgumentTypeError(said)
    return int(text)


def port(text: str) -> int:
    """The number of a port.

    Examples
    --------
    >>> port("70000")
    Traceback (most recent call last):
        ...
    argparse.ArgumentTypeError: '70000' is no port; expected a number up to 65535
    """
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        said = _("{text!r} is no port; expected a number up to 65535")
        raise argparse.ArgumentTypeError(said.format(text=text))
    return int(text)
