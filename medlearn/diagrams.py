"""Mechanisms, drawn: what goes through what, and what happens on the way.

The drawings are SVG: some kilobytes in a notebook, sharp at any size. Their words come from the
lesson, and are translated with it.
"""

from __future__ import annotations

import html
from collections.abc import Sequence

from medlearn.language import _
from medlearn.plots import in_words

__all__ = ["chain"]

_HEIGHT, _LETTER, _LINE, _ARROW = 64, 7.6, 18, 34  # of a box, of its letters and lines, of an arrow


def chain(
    boxes: Sequence[str], links: Sequence[str], *, alt: str, back: Sequence[str] | None = None
) -> None:
    """Draw boxes in a row, with an arrow from each to the next.

    Parameters
    ----------
    boxes : sequence of str
        What stands in each box; a line break begins a new line.
    links : sequence of str
        What stands above each arrow, one fewer than boxes.
    alt : str
        What the drawing shows, in a sentence or two.
    back : sequence of str, optional
        What stands below arrows that lead back, from the second box to the first and so on.

    Raises
    ------
    ValueError
        When links or back are not one fewer than boxes, or alt holds fewer than five words.

    Examples
    --------
    >>> chain(["picture"], ["too many"], alt="A picture that goes through no layer at all.")
    Traceback (most recent call last):
        ...
    ValueError: links should be one fewer than boxes, here 0; there are 1.
    """
    for name, words in (("links", links), ("back", back)):
        if words is not None and len(words) != len(boxes) - 1:
            raise ValueError(
                _("{name} should be one fewer than boxes, here {wanted}; there are {n}.").format(
                    name=name, wanted=len(boxes) - 1, n=len(words)
                )
            )
    if len(alt.split()) < 5:
        raise ValueError(
            _("alt should say what the drawing shows, in a sentence; it is {alt!r}.").format(
                alt=alt
            )
        )
    from IPython.display import display

    display(
        {
            "image/svg+xml": svg(boxes, links, back),
            "text/plain": _("Figure: {alt}").format(alt=alt),
        },
        metadata={"image/svg+xml": {"alt": alt}},
        raw=True,
    )
    display(
        {"text/html": in_words(alt), "text/plain": _("In words: {alt}").format(alt=alt)}, raw=True
    )


def svg(boxes: Sequence[str], links: Sequence[str], back: Sequence[str] | None = None) -> str:
    """Return the drawing of `chain` as SVG.

    Examples
    --------
    >>> svg(["in", "out"], ["layer"]).count("<rect")  # two boxes, and the paper
    3
    """
    top = _LINE * max((_lines(link) for link in links), default=1) + 8
    below = _LINE * max((_lines(word) for word in back), default=1) + 26 if back else 8
    middle = top + _HEIGHT / 2
    parts, x = [], 8.0
    for place, box in enumerate(boxes):
        width = _width(box) + 20
        parts.append(
            f'<rect x="{x:.0f}" y="{top}" width="{width:.0f}" height="{_HEIGHT}" rx="6" '
            'fill="#EAF3F9" stroke="#0072B2"/>'
        )
        parts.append(_text(box, x + width / 2, middle - _LINE * (_lines(box) - 1) / 2 + 5))
        x += width
        if place == len(links):
            break
        beside = [links[place], *([back[place]] if back else [])]
        gap = max(_ARROW, *(_width(words) + 12 for words in beside))
        parts.append(_arrow(x + 4, x + gap - 4, middle - (12 if back else 0), "#000000"))
        parts.append(_text(links[place], x + gap / 2, top - _LINE * _lines(links[place]) + 8))
        if back:
            parts.append(_arrow(x + gap - 4, x + 4, middle + 12, "#D55E00", dashed=True))
            parts.append(_text(back[place], x + gap / 2, top + _HEIGHT + 18, "#A04000"))
        x += gap
    size = f'width="{x + 8:.0f}" height="{top + _HEIGHT + below:.0f}"'
    box = f'viewBox="0 0 {x + 8:.0f} {top + _HEIGHT + below:.0f}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} {box} font-family="sans-serif" '
        f'font-size="14"><rect width="100%" height="100%" fill="white"/>{"".join(parts)}</svg>'
    )


def _lines(words: str) -> int:
    return words.count("\n") + 1


def _width(words: str) -> float:
    return _LETTER * max(len(line) for line in words.split("\n"))


def _text(words: str, x: float, y: float, colour: str = "black") -> str:
    return "".join(
        f'<text x="{x:.0f}" y="{y + _LINE * row:.0f}" text-anchor="middle" fill="{colour}">'
        f"{html.escape(line)}</text>"
        for row, line in enumerate(words.split("\n"))
    )


def _arrow(start: float, end: float, y: float, colour: str, dashed: bool = False) -> str:
    side = 7 if end > start else -7
    dash = ' stroke-dasharray="5 3"' if dashed else ""
    return (
        f'<path d="M{start:.0f} {y:.0f}H{end:.0f}" stroke="{colour}" stroke-width="1.5"{dash}/>'
        f'<path d="M{end - side:.0f} {y - 4:.0f}L{end:.0f} {y:.0f}L{end - side:.0f} {y + 4:.0f}" '
        f'fill="none" stroke="{colour}" stroke-width="1.5"/>'
    )
