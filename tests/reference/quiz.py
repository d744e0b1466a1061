# /// script
# requires-python = ">=3.10"
# dependencies = [
#     "moodle-xml-parser==0.3.1",
#     "pygiftparser==1.1",
#     "onyx2moodle==0.1.0",
#     "citolab-qti-convert==0.2.0",
# ]
# ///
"""Questions in Moodle XML, GIFT and QTI 2.1, as other people's readers understand them.

The three files beside this one are written by tests/test_questions_files.py, which compares them
byte for byte. `moodle-xml-parser` knows no numerical questions; `pygiftparser` leaves the
backslashes of GIFT where they are, and they are taken away here; it reads no negative numbers.
"""

import json
import re
import tempfile
import zipfile
from importlib.metadata import version
from pathlib import Path

import qti_convert
from moodle_xml_parser.parser import parse_file
from onyx2moodle.parser import parse_item
from pygiftparser.parser import parseFile

FOLDER = Path(__file__).parent


def plain(text):
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] == "n" else found[1], text)


moodle = [
    {
        "name": one.name,
        "stem": one.text_pre_parse,
        "one_answer": one.single,
        "options": [[o.answer, o.score_fraction, o.feedback] for o in one.options],
    }
    for one in parse_file(FOLDER / "quiz.xml")["multichoice"]
]

gift = []
with open(FOLDER / "quiz.gift", encoding="utf-8") as file:
    for one in parseFile(file):
        known = {"name": one.title, "place": one.cat, "format": one.markup, "stem": plain(one.text)}
        answers = one.answers.answers
        if getattr(one, "numeric", False):
            known["numbers"] = [
                [a.value, a.tolerance, float(a.fraction), plain(a.feedback)] for a in answers
            ]
        else:
            known["options"] = [
                [plain(a.answer), float(a.fraction), plain(a.feedback)] for a in answers
            ]
        gift.append(known)

qti = []
with tempfile.TemporaryDirectory() as folder:
    with zipfile.ZipFile(FOLDER / "quiz.zip") as package:
        package.extractall(folder)
        names = package.namelist()
    for name in names[2:]:
        item = parse_item(Path(folder, name))
        (asked,), (response,) = item.interactions, item.response_decls.values()
        qti.append(
            {
                "name": item.title,
                "kind": asked.kind,
                "right": response.correct_values,
                "options": [[choice.identifier, choice.html] for choice in asked.choices],
                "feedback": [[said.identifier, said.html] for said in item.feedback],
            }
        )
    qti_convert.upgrade_package(FOLDER / "quiz.zip", Path(folder, "three.zip"))
    with zipfile.ZipFile(Path(folder, "three.zip")) as package:
        manifest = package.read("imsmanifest.xml").decode()
        roots = [re.search(r"<(qti-[\w-]+)", package.read(name).decode())[1] for name in names[1:]]
three = {"types": re.findall(r'<resource [^>]*type="([^"]+)"', manifest), "roots": roots}

packages = ("moodle-xml-parser", "pygiftparser", "onyx2moodle", "citolab-qti-convert")
values = {"moodle": moodle, "gift": gift, "qti": qti, "qti three": three}
values = {"versions": {name: version(name) for name in packages}, **values}
print(json.dumps(values, indent=1, ensure_ascii=False))
