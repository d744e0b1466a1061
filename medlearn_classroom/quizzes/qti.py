"""QTI 2.1, which other platforms read: a zip with a manifest, a test, and a file for each question.

The form is that of 1EdTech's (IMS's) Question and Test Interoperability 2.1 and of its content
packages. What somebody reads who chose an option is a `modalFeedback` with the id of the option.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from xml.etree import ElementTree as ET

from medlearn_classroom.quizzes import markup
from medlearn_classroom.quizzes.items import ChoiceItem, Item, NumberItem

__all__ = ["write"]

QTI = "http://www.imsglobal.org/xsd/imsqti_v2p1"
PACKAGE = "http://www.imsglobal.org/xsd/imscp_v1p1"
_SCHEMAS = {
    QTI: "http://www.imsglobal.org/xsd/qti/qtiv2p1/imsqti_v2p1.xsd",
    PACKAGE: "http://www.imsglobal.org/xsd/qti/qtiv2p1/qtiv2p1_imscpv1p2_v1p0.xsd",
}
_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
_WHEN = (1980, 1, 1, 0, 0, 0)  # of each file in the zip: the same questions, the same bytes


def _root(tag: str, space: str, **attributes: str) -> ET.Element:
    # The prefix is declared by its name, so that elements below need none.
    names = {"xmlns": space, "xmlns:xsi": _INSTANCE}
    names["xsi:schemaLocation"] = f"{space} {_SCHEMAS[space]}"
    return ET.Element(tag, names | attributes)


def _add(parent: ET.Element, tag: str, text: str | None = None, **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, tag, attributes)
    element.text = text
    return element


def _words(parent: ET.Element, html: str) -> None:
    """Put HTML into an element."""
    made = ET.fromstring(f"<div>{html}</div>")
    parent.text = made.text
    parent.extend(list(made))


def _outcome(parent: ET.Element, name: str, base: str, value: str) -> None:
    """Set an outcome to a value."""
    outcome = _add(parent, "setOutcomeValue", identifier=name)
    _add(outcome, "baseValue", value, baseType=base)


def _declare(root: ET.Element, base: str, right: str) -> None:
    response = _add(
        root, "responseDeclaration", identifier="RESPONSE", cardinality="single", baseType=base
    )
    _add(_add(response, "correctResponse"), "value", right)
    score = _add(
        root, "outcomeDeclaration", identifier="SCORE", cardinality="single", baseType="float"
    )
    _add(_add(score, "defaultValue"), "value", "0")
    _add(
        root,
        "outcomeDeclaration",
        identifier="FEEDBACK",
        cardinality="single",
        baseType="identifier",
    )


def _feedback(root: ET.Element, name: str, text: str) -> None:
    words = _add(
        root, "modalFeedback", outcomeIdentifier="FEEDBACK", identifier=name, showHide="show"
    )
    _words(words, markup.inline(text))


def _choice(root: ET.Element, item: ChoiceItem) -> None:
    _declare(root, "identifier", item.answer)
    body = _add(root, "itemBody")
    _words(body, markup.blocks(item.stem))
    asked = _add(
        body, "choiceInteraction", responseIdentifier="RESPONSE", shuffle="false", maxChoices="1"
    )
    for letter, option in item.options.items():
        choice = _add(asked, "simpleChoice", identifier=letter)
        _words(choice, markup.inline(option.text))
    steps = _add(root, "responseProcessing")
    right = _add(_add(steps, "responseCondition"), "responseIf")
    same = _add(right, "match")
    _add(same, "variable", identifier="RESPONSE")
    _add(same, "correct", identifier="RESPONSE")
    _outcome(right, "SCORE", "float", "1")
    said = _add(steps, "setOutcomeValue", identifier="FEEDBACK")
    _add(said, "variable", identifier="RESPONSE")
    for letter, option in item.options.items():
        _feedback(root, letter, option.feedback)


def _number(root: ET.Element, item: NumberItem) -> None:
    _declare(root, "float", item.value)
    body = _add(root, "itemBody")
    _words(body, markup.blocks(item.stem))
    _add(
        _add(body, "p"), "textEntryInteraction", responseIdentifier="RESPONSE", expectedLength="12"
    )
    condition = _add(_add(root, "responseProcessing"), "responseCondition")
    known = [("right", item.value, item.feedback)]
    known += [(f"near{n}", *near) for n, near in enumerate(item.near, start=1)]
    for name, value, _said in known:
        case = _add(condition, "responseIf" if name == "right" else "responseElseIf")
        tolerance = f"{item.tolerance} {item.tolerance}"
        same = _add(case, "equal", toleranceMode="absolute", tolerance=tolerance)
        _add(same, "variable", identifier="RESPONSE")
        _add(same, "baseValue", value, baseType="float")
        if name == "right":
            _outcome(case, "SCORE", "float", "1")
        _outcome(case, "FEEDBACK", "identifier", name)
    for name, _value, said in known:
        _feedback(root, name, said)


def _item(item: Item) -> ET.Element:
    root = _root(
        "assessmentItem",
        QTI,
        identifier=f"medlearn-{item.name}",
        title=item.name,
        adaptive="false",
        timeDependent="false",
    )
    if isinstance(item, ChoiceItem):
        _choice(root, item)
    else:
        _number(root, item)
    return root


def _test(items: list[Item]) -> ET.Element:
    # no text: a name
    root = _root("assessmentTest", QTI, identifier="medlearn-test", title="medlearn")
    part = _add(
        root,
        "testPart",
        identifier="part",
        navigationMode="nonlinear",
        submissionMode="individual",
    )
    places = dict.fromkeys(item.place for item in items)
    for number, place in enumerate(places, start=1):
        section = _add(
            part,
            "assessmentSection",
            identifier=f"section{number}",
            title=" / ".join(place),
            visible="true",
        )
        for item in items:
            if item.place == place:
                name = f"medlearn-{item.name}"
                _add(section, "assessmentItemRef", identifier=name, href=f"{item.name}.xml")
    return root


def _manifest(items: list[Item]) -> ET.Element:
    root = _root("manifest", PACKAGE, identifier="medlearn-package")
    metadata = _add(root, "metadata")
    _add(metadata, "schema", "QTIv2.1 Package")
    _add(metadata, "schemaversion", "1.0.0")
    _add(root, "organizations")
    resources = _add(root, "resources")
    whole = _add(
        resources, "resource", identifier="test", type="imsqti_test_xmlv2p1", href="test.xml"
    )
    _add(whole, "file", href="test.xml")
    for item in items:
        _add(whole, "dependency", identifierref=f"resource-{item.name}")
    for item in items:
        one = _add(
            resources,
            "resource",
            identifier=f"resource-{item.name}",
            type="imsqti_item_xmlv2p1",
            href=f"{item.name}.xml",
        )
        _add(one, "file", href=f"{item.name}.xml")
    return root


def write(items: Iterable[Item]) -> bytes:
    """The questions as a content package. The same questions give the same bytes.

    Examples
    --------
    >>> item = NumberItem("n", ("medlearn",), "2 + 2?", "4", "0", "Right.", [])
    >>> zipfile.ZipFile(io.BytesIO(write([item]))).namelist()
    ['imsmanifest.xml', 'test.xml', 'n.xml']
    """
    items = list(items)
    files = {"imsmanifest.xml": _manifest(items), "test.xml": _test(items)}
    files |= {f"{item.name}.xml": _item(item) for item in items}
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as package:  # stored: what compresses differs between machines
        for name, root in files.items():
            entry = zipfile.ZipInfo(name, _WHEN)
            entry.external_attr = 0o644 << 16
            package.writestr(entry, ET.tostring(root, encoding="utf-8", xml_declaration=True))
    return made.getvalue()
