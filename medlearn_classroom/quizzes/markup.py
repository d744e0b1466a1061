"""Markdown, as the lessons write it, as HTML that is well-formed XML.

Only what questions hold: paragraphs, lists, tables, blocks of code; in a line code, bold and italic
words. Of a link the words stay: its page is not where the question goes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.sax.saxutils import escape

__all__ = ["blocks", "inline"]

_INLINE = re.compile(
    r"`(?P<code>[^`]+)`"
    r"|\*\*(?P<strong>\S(?:.*?\S)?)\*\*"
    r"|(?<![\w*])\*(?P<em>[^\s*](?:[^*]*[^\s*])?)\*(?![\w*])"
    r"|\[(?P<link>[^\]]+)\]\([^)\s]+\)"
)
_RULE = re.compile(r"\|?[\s:|-]*-[\s:|-]*\|?")


def inline(text: str) -> str:
    """The words of one paragraph as HTML, on one line.

    Examples
    --------
    >>> inline("`n < 5` is **not** *a* 2 * b")
    '<code>n &lt; 5</code> is <strong>not</strong> <em>a</em> 2 * b'
    """
    text, parts, done = " ".join(text.split()), [], 0
    for found in _INLINE.finditer(text):
        tag, words = str(found.lastgroup), found[found.lastgroup or 0]
        parts.append(escape(text[done : found.start()]))
        inner = escape(words) if tag == "code" else inline(words)
        parts.append(inner if tag == "link" else f"<{tag}>{inner}</{tag}>")
        done = found.end()
    return "".join(parts) + escape(text[done:])


def _cells(line: str, tag: str) -> str:
    cells = re.split(r"(?<!\\)\|", line.strip().strip("|"))
    words = (inline(cell.replace(r"\|", "|")) for cell in cells)
    return "<tr>" + "".join(f"<{tag}>{word}</{tag}>" for word in words) + "</tr>"


def _items(lines: list[str]) -> Iterator[str]:
    """The points of a list; an indented line goes on with the one before it."""
    points = re.split(r"(?m)^- ", "\n".join(lines))[1:]
    yield from (f"<li>{inline(point)}</li>" for point in points)


def _block(text: str) -> str:
    lines = text.splitlines()
    if len(lines) > 1 and "|" in lines[0] and _RULE.fullmatch(lines[1].strip()):
        head, rows = _cells(lines[0], "th"), [_cells(line, "td") for line in lines[2:]]
        return f"<table><thead>{head}</thead><tbody>{''.join(rows)}</tbody></table>"
    if lines[0].startswith("- "):
        return f"<ul>{''.join(_items(lines))}</ul>"
    return f"<p>{inline(text)}</p>"


def blocks(text: str) -> str:
    """A text of one or several paragraphs as HTML.

    Examples
    --------
    >>> blocks("One.\\n\\n- *two*\\n- three")
    '<p>One.</p><ul><li><em>two</em></li><li>three</li></ul>'
    """
    parts = re.split(r"(?ms)^```\w*\n(.*?)^```[ \t]*$", text)
    made = []
    for number, part in enumerate(parts):
        if number % 2:
            made.append(f"<pre>{escape(part)}</pre>")
        else:
            # A list needs no empty line before it.
            spaced = re.sub(r"(?m)^((?!- |  ).*\S.*)\n(?=- )", r"\1\n\n", part)
            found = (block.strip("\n") for block in re.split(r"\n\s*\n", spaced))
            made += [_block(block) for block in found if block.strip()]
    return "".join(made)
