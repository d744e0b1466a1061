"""Text, code, formulas and stored outputs of a lesson as HTML that asks no other host."""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from medlearn.language import current

__all__ = ["HERE", "Shown", "code", "escape", "markdown", "outputs", "page", "table"]

HERE = Path(__file__).parent

escape = html.escape

CONTROL = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


def formula(latex: str, block: bool) -> str:
    """A formula as MathML, which browsers show without any script."""
    from latex2mathml.converter import convert

    shown = convert(latex.strip(), display="block" if block else "inline")
    return f'<div class="formula">{shown}</div>' if block else shown


def markdown(text: str) -> str:
    """Markdown as HTML, its formulas as MathML, its links as their words: paper leads nowhere.

    Examples
    --------
    >>> markdown("See [lesson 02](02.ipynb).")
    '<p>See lesson 02.</p>'
    """
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

    class Renderer(IPythonRenderer):
        """The notebook's own, for a page that stands alone."""

        def inline_math(self, body: str) -> str:
            return formula(body, block=False)

        def block_math(self, body: str) -> str:
            return formula(body, block=True)

        def latex_environment(self, name: str, body: str) -> str:
            return formula(f"\\begin{{{name}}}{body}\\end{{{name}}}", block=True)

    renderer = Renderer(escape=False, exclude_anchor_links=True)
    return alone(MarkdownWithMath(renderer=renderer).render(text))


def alone(markup: str) -> str:
    """HTML without scripts, styles, ids and links, which belong to the page it stood on."""
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(markup, "html.parser")
    for tag in soup.find_all(["script", "style", "link"]):
        tag.decompose()
    for tag in soup.find_all("a"):
        tag.unwrap()
    for tag in soup.find_all(True):
        for name in ("id", "border", "style"):
            del tag[name]
    return str(soup).strip()


def code(source: str) -> str:
    """Python with its colours."""
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer

    longest = max(map(len, source.splitlines()), default=1)
    lines = highlight(source.strip("\n"), PythonLexer(), HtmlFormatter(nowrap=True))
    return f'<pre class="code" style="--columns:{longest}">{lines.rstrip()}</pre>'


@dataclass(frozen=True)
class Shown:
    """One stored output.

    Attributes
    ----------
    kind : {"picture", "table", "text"}
    markup : str
    rows : int
        Lines of a text, rows of a table.
    words : str
        The alternative text of a picture.
    """

    kind: str
    markup: str
    rows: int = 0
    words: str = ""


def outputs(cell: Mapping[str, Any]) -> list[Shown]:
    """What a cell has stored, as the book shows it; the words below a picture are its alt text."""
    found: list[Shown] = []
    printed = ""
    for output in cell.get("outputs", ()):
        if output["output_type"] == "stream":
            printed += "".join(output["text"]) if output.get("name") != "stderr" else ""
            continue
        found += [plain(printed)] if printed.strip() else []
        printed = ""
        data = {kind: "".join(v) for kind, v in output.get("data", {}).items() if is_text(v)}
        seen = bool(found) and found[-1].kind == "picture"
        if image := next((k for k in ("image/svg+xml", "image/png") if k in data), None):
            words = output["metadata"][image]["alt"]
            found.append(Shown("picture", picture(image, data[image], words), words=words))
        elif "text/html" in data and not (seen and data["text/html"].startswith("<details>")):
            markup = alone(data["text/html"])
            found.append(Shown("table", markup, markup.count("<tr")))
        elif "text/markdown" in data:
            found.append(Shown("table", markdown(data["text/markdown"])))
        elif output["output_type"] == "error":
            found.append(plain(f"{output['ename']}: {output['evalue']}"))
        elif "text/plain" in data and "text/html" not in data:
            found.append(plain(data["text/plain"]))
    return [*found, *([plain(printed)] if printed.strip() else [])]


def is_text(value: Any) -> bool:
    """Whether a part of an output is a text, perhaps as a list of lines."""
    return isinstance(value, (str, list))


def plain(text: str) -> Shown:
    """Printed lines; of a line that was written over, what was left."""
    lines = [CONTROL.sub("", line).rpartition("\r")[2].rstrip() for line in text.splitlines()]
    while lines and not lines[-1]:
        lines.pop()
    longest = max(map(len, lines), default=1)
    body = escape("\n".join(lines), quote=False)
    return Shown("text", f'<pre style="--columns:{longest}">{body}</pre>', len(lines))


def picture(kind: str, data: str, words: str) -> str:
    """A picture inside the page, with its words."""
    if kind == "image/svg+xml":
        data = base64.b64encode(data.encode()).decode()
    address = f"data:{kind};base64,{''.join(data.split())}"
    return f'<img src="{address}" alt="{escape(words)}">'


def table(head: Iterable[str], rows: Iterable[Iterable[str]], kind: str = "") -> str:
    """A table of HTML parts; `kind` says what of."""
    top = "".join(f"<th>{part}</th>" for part in head)
    body = "".join(f"<tr>{''.join(f'<td>{part}</td>' for part in row)}</tr>" for row in rows)
    return f'<table class="{kind}"><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>'


def page(kind: str, title: str, body: str) -> str:
    """A whole page to print; `kind` is what made it, for whoever would replace it."""
    style = (HERE / "style" / "page.css").read_text(encoding="utf-8")
    return (
        f'<!DOCTYPE html>\n<html lang="{current()}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="generator" content="medlearn {kind}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{style}</style>\n</head>\n"
        f'<body class="{kind}">\n<main>\n{body}\n</main>\n</body>\n</html>\n'
    )
