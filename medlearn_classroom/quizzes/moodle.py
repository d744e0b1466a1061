"""Moodle's own format, its XML: categories, questions with one answer, numbers.

The form is that of Moodle's documentation, docs.moodle.org/en/Moodle_XML_format.
"""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree import ElementTree as ET

from medlearn_classroom.quizzes import markup
from medlearn_classroom.quizzes.items import ChoiceItem, Item, NumberItem

__all__ = ["write"]


def _text(parent: ET.Element, tag: str, text: str, **attributes: str) -> ET.Element:
    """An element whose words stand in a `text` of its own, as everywhere in this format."""
    element = ET.SubElement(parent, tag, attributes)
    ET.SubElement(element, "text").text = text
    return element


def _question(quiz: ET.Element, item: Item, kind: str) -> ET.Element:
    question = ET.SubElement(quiz, "question", type=kind)
    _text(question, "name", item.name)
    _text(question, "questiontext", markup.blocks(item.stem), format="html")
    _text(question, "generalfeedback", "", format="html")
    for tag, value in (("defaultgrade", "1"), ("penalty", "0"), ("hidden", "0")):
        ET.SubElement(question, tag).text = value
    return question


def _choice(quiz: ET.Element, item: ChoiceItem) -> None:
    question = _question(quiz, item, "multichoice")
    for tag, value in (("single", "true"), ("shuffleanswers", "0"), ("answernumbering", "abc")):
        ET.SubElement(question, tag).text = value
    for letter, option in item.options.items():
        fraction = "100" if letter == item.answer else "0"
        words = markup.inline(option.text)
        answer = _text(question, "answer", words, fraction=fraction, format="html")
        _text(answer, "feedback", markup.inline(option.feedback), format="html")


def _number(quiz: ET.Element, item: NumberItem) -> None:
    question = _question(quiz, item, "numerical")
    for value, feedback in ((item.value, item.feedback), *item.near):
        fraction = "100" if value == item.value else "0"
        answer = _text(question, "answer", value, fraction=fraction, format="moodle_auto_format")
        _text(answer, "feedback", markup.inline(feedback), format="html")
        ET.SubElement(answer, "tolerance").text = item.tolerance


def write(items: Iterable[Item]) -> bytes:
    """The questions as a file for *Question bank → Import → Moodle XML*.

    A question stands in the category of its place; Moodle makes the category when it imports.

    Examples
    --------
    >>> item = NumberItem("n", ("medlearn",), "2 + 2?", "4", "0", "Right.", [])
    >>> b"<tolerance>0</tolerance>" in write([item])
    True
    """
    quiz, place = ET.Element("quiz"), None
    for item in items:
        if item.place != place:
            place = item.place
            category = ET.SubElement(quiz, "question", type="category")
            # A slash of a name would begin a category below it; Moodle writes it twice.
            path = "/".join(name.replace("/", "//") for name in place)
            _text(category, "category", f"$course$/top/{path}")
        if isinstance(item, ChoiceItem):
            _choice(quiz, item)
        else:
            _number(quiz, item)
    ET.indent(quiz)
    return ET.tostring(quiz, encoding="utf-8", xml_declaration=True) + b"\n"
