"""Mechanisms drawn as SVG: they are sound XML, and each comes with its words."""

import re
from xml.etree import ElementTree

import pytest

from medlearn import diagrams

BOXES, LINKS = ["weight", "sum\nz", "risk <p>"], ["× x", "sigmoid"]
ALT = "A weight makes a sum, and the sum a risk."


def texts(drawing):
    return [node.text for node in ElementTree.fromstring(drawing) if node.tag.endswith("text")]


def test_every_word_stands_in_the_drawing_line_by_line():
    drawing = diagrams.svg(BOXES, LINKS, ["slope 2", "slope 3"])
    wanted = ["weight", "sum", "z", "risk <p>", *LINKS, "slope 2", "slope 3"]
    assert sorted(texts(drawing)) == sorted(wanted)


def test_nothing_lies_outside_of_the_paper():
    root = ElementTree.fromstring(diagrams.svg(BOXES, LINKS, ["a long slope below", "b"]))
    wide, high = float(root.get("width")), float(root.get("height"))
    for node in root.iter():
        if node.get("x") is not None:
            assert 0 <= float(node.get("x")) + float(node.get("width") or 0) <= wide
            assert 0 <= float(node.get("y")) + float(node.get("height") or 0) <= high


def test_a_dashed_arrow_leads_back_only_where_asked():
    assert diagrams.svg(BOXES, LINKS).count("dasharray") == 0
    assert diagrams.svg(BOXES, LINKS, ["a", "b"]).count("dasharray") == 2


def test_the_drawing_is_shown_with_its_words(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda data, **kw: shown.append((data, kw)))
    diagrams.chain(BOXES, LINKS, alt=ALT)
    (picture, kw), (words, _) = shown
    assert picture["image/svg+xml"] == diagrams.svg(BOXES, LINKS)
    assert kw["metadata"]["image/svg+xml"]["alt"] == ALT
    assert ALT in words["text/html"]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"links": ["one"]}, "links should be one fewer than boxes, here 2; there are 1."),
        ({"back": ["a", "b", "c"]}, "back should be one fewer than boxes, here 2; there are 3."),
        ({"alt": "a chain"}, "alt should say what the drawing shows"),
    ],
)
def test_what_does_not_fit_is_refused(given, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        diagrams.chain(**({"boxes": BOXES, "links": LINKS, "alt": ALT} | given))
