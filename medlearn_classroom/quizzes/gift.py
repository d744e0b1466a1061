"""GIFT, the plain text that Moodle and many others read.

The form is that of Moodle's documentation, docs.moodle.org/en/GIFT_format: seven signs have a
meaning, and a backslash takes it from them. Answers have the format of their question, HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from medlearn_classroom.quizzes import markup
from medlearn_classroom.quizzes.items import ChoiceItem, Item

__all__ = ["write"]


def _plain(text: str) -> str:
    """A text without signs that GIFT would read; the lines of code are `\\n`."""
    return re.sub(r"([\\~=#{}:])", r"\\\1", text).replace("\n", r"\n")


def _answers(item: Item) -> Iterable[str]:
    if isinstance(item, ChoiceItem):
        for letter, (text, feedback) in item.options.items():
            sign = "=" if letter == item.answer else "~"
            words = _plain(markup.inline(text)), _plain(markup.inline(feedback))
            yield f"{sign}{words[0]}#{words[1]}"
        return
    for value, feedback in ((item.value, item.feedback), *item.near):
        weight = "" if value == item.value else "%0%"
        words = _plain(markup.inline(feedback))
        yield f"={weight}{value}:{item.tolerance}#{words}"


def write(items: Iterable[Item]) -> bytes:
    """The questions as a file for *Question bank → Import → GIFT*.

    Examples
    --------
    >>> from medlearn_classroom.quizzes.items import Near, NumberItem
    >>> item = NumberItem("n", ("medlearn",), "2 + 2?", "4", "0", "Yes.", [Near("22", "No.")])
    >>> print(write([item]).decode())
    $CATEGORY: $course$/top/medlearn
    <BLANKLINE>
    ::n::[html]<p>2 + 2?</p> {#
    =4:0#Yes.
    =%0%22:0#No.
    }
    <BLANKLINE>
    """
    parts, place = [], None
    for item in items:
        if item.place != place:
            place = item.place
            path = "/".join(name.replace("/", "//") for name in place)
            parts.append(f"$CATEGORY: $course$/top/{path}")
        opening = "{" if isinstance(item, ChoiceItem) else "{#"
        head = f"::{_plain(item.name)}::[html]{_plain(markup.blocks(item.stem))} {opening}"
        parts.append("\n".join([head, *_answers(item), "}"]))
    return ("\n\n".join(parts) + "\n").encode("utf-8")
