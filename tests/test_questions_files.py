"""Questions as Moodle XML, GIFT and QTI 2.1: written here, read back by others' readers.

What kept readers understood of a sample is committed in ``reference/quiz.json``; every real
question is read back here by readers that follow the formats' published descriptions.
"""

import html
import io
import json
import re
import zipfile
from xml.etree import ElementTree as ET

import pytest

from medlearn import lessons
from medlearn.__main__ import main
from medlearn.exercises.engine import Choice
from medlearn_classroom import ClassroomError
from medlearn_classroom.exam import papers
from medlearn_classroom.inventory.questions import load
from medlearn_classroom.quizzes import files, gift, markup, moodle, qti, sources
from medlearn_classroom.quizzes.items import ChoiceItem, Near, NumberItem, Option
from tools import reference

LESSONS = list(lessons.find())
PUBLIC = [item for n in LESSONS for item in (*sources.inventory([n]), *sources.exercises([n]))]
EXAM = [
    papers._item(one, 1, answers)
    for answers in ("letters", "numbers")
    for one in papers.version(4711, 1, None)
]
ITEMS = [*PUBLIC, *(item for item in EXAM if isinstance(item, ChoiceItem))]
NUMBERS = [item for item in EXAM if isinstance(item, NumberItem)]

HARD = ChoiceItem(
    "hard-signs",
    ("medlearn", "signs"),
    'Is {a: 1} = {b ~ #2} & "c" < d\\n?\n\n| x | y |\n|---|---|\n| `p \\| q` | 2 |\n\n- *two*',
    {
        "a": Option("`x = {1: 2}`", "~ no: # **really** not = it"),
        "b": Option("100 % of 2 * 3 * 4 -> 5", "Yes: a < b & c > d."),
        "c": Option("[a] range [0 to 1]", "A back\\slash."),
    },
    "b",
)
PLAIN = ChoiceItem(
    "plain",
    ("medlearn", "plain"),
    "What is {2 + 2}?\n\n- `n < 5`\n- *n* = 2 & 2",
    {"a": Option("*three*: 3", "Too few."), "b": Option("four < 5", "Count: it is right.")},
    "b",
)
NUMBER = NumberItem(
    "number",
    ("medlearn", "plain"),
    "Half of 3?",
    "1.5",
    "0.1",
    "Yes.",
    [Near("6", "Twice: not half.")],
)
SAMPLE = [PLAIN, NUMBER]
WRITTEN = {"quiz.xml": moodle.write, "quiz.gift": gift.write, "quiz.zip": qti.write}


# ---- readers that follow the published descriptions ---------------------------------------------


def read_moodle(data):
    """Name → question, of Moodle's XML (docs.moodle.org/en/Moodle_XML_format)."""
    found, place = {}, None
    for question in ET.fromstring(data):
        assert question.tag == "question"
        kind = question.attrib["type"]
        if kind == "category":
            place = question.findtext("category/text")
            continue
        name = question.findtext("name/text")
        assert name not in found
        assert question.find("questiontext").attrib == {"format": "html"}
        answers = [
            (
                answer.findtext("text"),
                answer.attrib["fraction"],
                answer.findtext("feedback/text"),
                answer.findtext("tolerance"),
            )
            for answer in question.findall("answer")
        ]
        if kind == "multichoice":
            assert question.findtext("single") == "true"
            assert question.findtext("shuffleanswers") == "0"  # the key names letters
        found[name] = (kind, place, question.findtext("questiontext/text"), answers)
    return found


SIGNS = {rf"\{sign}": chr(0xE000 + n) for n, sign in enumerate("~=#{}:\\n")}
"""Escaped signs of GIFT, each as a character that no text holds."""


def read_gift(data):
    """Name → question, of GIFT (docs.moodle.org/en/GIFT_format)."""
    text = data.decode("utf-8")

    def shown(part):
        for escaped, sign in SIGNS.items():
            part = part.replace(sign, "\n" if escaped == r"\n" else escaped[1:])
        return part.strip()

    found, place = {}, None
    for block in re.split(r"\n\s*\n", text.strip()):
        block = block.replace("\\\\", chr(0xE100))
        for escaped, sign in SIGNS.items():
            block = block.replace(escaped, sign)
        block = block.replace(chr(0xE100), SIGNS["\\\\"])
        if block.startswith("$CATEGORY:"):
            place = block.removeprefix("$CATEGORY:").strip()
            continue
        parts = re.fullmatch(r"::([^:]+)::\[html\]([^{}]*)\{(#?)([^{}]*)\}", block)
        assert parts, block
        name, stem, numeric, rest = parts.groups()
        name = shown(name)
        assert name not in found
        answers = []
        for sign, answer in re.findall(r"([=~])([^=~]*)", rest):
            words, feedback = answer.split("#")
            weight = "100" if sign == "=" else "0"
            tolerance = None
            if numeric:
                assert sign == "="
                if words.startswith("%0%"):
                    words, weight = words.removeprefix("%0%"), "0"
                words, tolerance = words.split(":")
            answers.append((shown(words), weight, shown(feedback), tolerance))
        kind = "numerical" if numeric else "multichoice"
        found[name] = (kind, place, shown(stem), answers)
    return found


def inner(element):
    """The content of an element as it was written, without names of spaces."""
    made = (element.text or "").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    for child in element:
        made += re.sub(
            r' xmlns(:\w+)?="[^"]+"|(?<=<)ns\d:|(?<=</)ns\d:', "", ET.tostring(child, "unicode")
        )
    return made


ORDER = ["responseDeclaration", "outcomeDeclaration", "itemBody", "responseProcessing"]
ORDER += ["modalFeedback"]
Q = {"q": qti.QTI, "p": qti.PACKAGE}


def outcome(rule, response, right):
    """What an item's rules set for a response: the operators of QTI 2.1 that are used here."""

    def value(node):
        tag = node.tag.rpartition("}")[2]
        if tag == "variable":
            return response
        if tag == "correct":
            return right
        assert tag == "baseValue"
        return node.text

    def holds(node):
        a, b = map(value, node)
        if node.tag.endswith("}match"):
            return a == b
        assert node.tag.endswith("}equal") and node.attrib["toleranceMode"] == "absolute"
        low, high = map(float, node.attrib["tolerance"].split())
        return float(b) - low - 1e-9 <= float(a) <= float(b) + high + 1e-9

    found = {"SCORE": "0", "FEEDBACK": None}
    for step in rule:
        steps = [step]
        if step.tag.endswith("}responseCondition"):
            taken = next((case for case in step if holds(case[0])), None)
            steps = [] if taken is None else list(taken)[1:]
        for one in steps:
            found[one.attrib["identifier"]] = value(one[0])
    return found


def read_qti(data):
    """Name → item, of a content package of QTI 2.1, with what its rules give for each answer."""
    package = zipfile.ZipFile(io.BytesIO(data))
    assert package.testzip() is None
    manifest = ET.fromstring(package.read("imsmanifest.xml"))
    assert manifest.findtext("p:metadata/p:schema", namespaces=Q) == "QTIv2.1 Package"
    resources = manifest.findall("p:resources/p:resource", Q)
    listed = [resource.attrib["href"] for resource in resources]
    assert ["imsmanifest.xml", *listed] == package.namelist()
    assert {r.find("p:file", Q).attrib["href"] for r in resources} == set(listed)
    ids = [resource.attrib["identifier"] for resource in resources]
    whole = [d.attrib["identifierref"] for d in resources[0].findall("p:dependency", Q)]
    assert len(set(ids)) == len(ids) and whole == ids[1:]
    test = ET.fromstring(package.read("test.xml"))
    asked = [ref.attrib["href"] for ref in test.iter(f"{{{qti.QTI}}}assessmentItemRef")]
    assert sorted(asked) == sorted(listed[1:])
    found = {}
    for resource in resources[1:]:
        assert resource.attrib["type"] == "imsqti_item_xmlv2p1"
        root = ET.fromstring(package.read(resource.attrib["href"]))
        tags = [child.tag.rpartition("}")[2] for child in root]
        assert tags == sorted(tags, key=ORDER.index)
        assert all(child.tag.startswith(f"{{{qti.QTI}}}") for child in root.iter())
        right = root.findtext("q:responseDeclaration/q:correctResponse/q:value", namespaces=Q)
        said = {f.attrib["identifier"]: inner(f) for f in root.findall("q:modalFeedback", Q)}
        rule, body = root.find("q:responseProcessing", Q), root.find("q:itemBody", Q)
        choices = {
            choice.attrib["identifier"]: inner(choice)
            for choice in body.findall("q:choiceInteraction/q:simpleChoice", Q)
        }

        def judged(answer, rule=rule, right=right, said=said):
            given = outcome(rule, answer, right)
            return given["SCORE"], said.get(given["FEEDBACK"])

        body.remove(body[-1])
        found[root.attrib["title"]] = (inner(body), choices, right, judged)
    return found


# ---- the sample, by kept readers ----------------------------------------------------------------


@pytest.mark.parametrize("name", WRITTEN)
def test_the_sample_is_the_file_that_the_readers_read(name):
    file = reference.FOLDER / name
    assert file.read_bytes() == WRITTEN[name](SAMPLE), f"write it anew: {name}"


def test_other_readers_read_what_was_meant():
    read = json.loads((reference.FOLDER / "quiz.json").read_text("utf-8"))
    three, four = "<em>three</em>: 3", "four &lt; 5"
    options = [[three, 0, "Too few."], [four, 100, "Count: it is right."]]
    points = "<li><code>n &lt; 5</code></li><li><em>n</em> = 2 &amp; 2</li>"
    stem = f"<p>What is {{2 + 2}}?</p><ul>{points}</ul>"
    (asked,) = read["moodle"]
    assert (asked["name"], asked["one_answer"]) == ("plain", True)
    assert asked["stem"] == html.unescape(stem)
    assert asked["options"] == [[html.unescape(text), *rest] for text, *rest in options]
    place = {"place": "$course$/top/medlearn/plain", "format": "html"}
    assert read["gift"] == [
        {"name": "plain", **place, "stem": stem, "options": options},
        {
            "name": "number",
            **place,
            "stem": "<p>Half of 3?</p>",
            "numbers": [[1.5, 0.1, 100, "Yes."], [6, 0.1, 0, "Twice: not half."]],
        },
    ]
    choice, number = read["qti"]
    assert (choice["kind"], choice["right"]) == ("choice", ["b"])
    assert choice["options"] == [["a", three], ["b", html.unescape(four)]]
    assert choice["feedback"] == [["a", "Too few."], ["b", "Count: it is right."]]
    assert (number["kind"], number["right"]) == ("textEntry", ["1.5"])
    assert number["feedback"] == [["right", "Yes."], ["near1", "Twice: not half."]]
    items = ["imsqti_item_xmlv3p0"] * 2
    assert read["qti three"]["types"] == ["imsqti_test_xmlv3p0", *items]
    roots = ["qti-assessment-item"] * 2
    assert read["qti three"]["roots"] == ["qti-assessment-test", *roots]


# ---- all questions, by the readers above --------------------------------------------------------


def meant(item):
    """What an item holds, as the readers give it back."""
    place = "$course$/top/" + "/".join(name.replace("/", "//") for name in item.place)
    if isinstance(item, ChoiceItem):
        kind = "multichoice"
        answers = [
            (
                markup.inline(o.text),
                "100" if k == item.answer else "0",
                markup.inline(o.feedback),
                None,
            )
            for k, o in item.options.items()
        ]
    else:
        kind, known = "numerical", [(item.value, item.feedback), *item.near]
        answers = [
            (value, "0" if n else "100", markup.inline(feedback), item.tolerance)
            for n, (value, feedback) in enumerate(known)
        ]
    return kind, place, markup.blocks(item.stem), answers


@pytest.mark.parametrize("items", [ITEMS[:77], ITEMS[77:], NUMBERS, [HARD]], ids=len)
@pytest.mark.parametrize("kind", ["moodle", "gift"])
def test_moodle_reads_every_question_as_it_is(items, kind):
    items = list({item.name: item for item in items}.values())
    writer, reader = {"moodle": (moodle, read_moodle), "gift": (gift, read_gift)}[kind]
    found = reader(writer.write(items))
    assert list(found) == [item.name for item in items]
    for item in items:
        assert found[item.name] == meant(item)


@pytest.mark.parametrize("items", [ITEMS[:77], ITEMS[77:], [HARD]], ids=len)
def test_qti_judges_every_letter(items):
    items = list({item.name: item for item in items}.values())
    found = read_qti(qti.write(items))
    assert list(found) == [item.name for item in items]
    for item in items:
        stem, choices, right, judged = found[item.name]
        assert ET.tostring(ET.fromstring(f"<p>{stem}</p>")) == ET.tostring(
            ET.fromstring(f"<p>{markup.blocks(item.stem)}</p>")
        )
        assert right == item.answer
        assert choices == {k: markup.inline(o.text) for k, o in item.options.items()}
        for letter, option in item.options.items():
            score = "1" if letter == item.answer else "0"
            assert judged(letter) == (score, markup.inline(option.feedback))


def test_qti_judges_numbers_within_their_tolerance():
    found = read_qti(qti.write(NUMBERS))
    for item in NUMBERS:
        *_rest, judged = found[item.name]
        value, tolerance = float(item.value), float(item.tolerance)
        for typed in (value - tolerance, value, value + tolerance):
            assert judged(repr(typed)) == ("1", markup.inline(item.feedback))
        for near in item.near:
            assert judged(near.value) == ("0", markup.inline(near.feedback))
        assert judged(repr(value + 1.01 * tolerance + 1e-4))[0] == "0"


# ---- where they come from -----------------------------------------------------------------------


def test_every_question_of_the_inventory_is_there_with_its_misconceptions():
    known = load()
    found = {item.name: item for item in sources.inventory(LESSONS)}
    assert len(found) == len(known.questions) > 30
    for question in known.questions:
        item = found[f"{question.lesson}-{question.name}"]
        assert (item.answer, set(item.options)) == (question.answer, set(question.options))
        for letter, option in question.options.items():
            assert option.why in item.options[letter].feedback
            phrase = option.misconception and known.misconceptions[option.misconception].phrase
            assert phrase is None or phrase in item.options[letter].feedback


def test_every_exercise_with_letters_is_there():
    import importlib

    expected = {}
    for number in LESSONS:
        module = importlib.import_module(f"medlearn.exercises.lesson_{number}")
        for name, exercise in module.lesson.exercises.items():
            if isinstance(exercise, Choice):
                expected[f"{number}-{name.replace('_', '-')}"] = exercise
    found = {item.name: item for item in sources.exercises(LESSONS)}
    assert set(found) == set(expected) and len(found) > 30
    for name, exercise in expected.items():
        item = found[name]
        assert item.answer == exercise.answer
        assert {k: o.feedback for k, o in item.options.items()} == exercise.feedback
        assert len({option.text for option in item.options.values()}) == len(item.options)
        assert "- **" not in item.stem and not item.stem.startswith(("#", "("))


def test_an_exercise_whose_options_are_lost_is_named(monkeypatch):
    monkeypatch.setattr(sources, "asked", lambda text: sources._Asked(text, {"a": "one"}))
    with pytest.raises(ClassroomError, match=r"00_start_here.ipynb: before the exercise 'follows'"):
        list(sources.exercises(["00"]))


@pytest.mark.parametrize("item", [*PUBLIC, *EXAM, HARD], ids=lambda item: item.name)
def test_the_words_survive_as_html(item):
    """Nothing of the Markdown is lost or left over, but for its signs."""

    def letters(text):
        return re.sub(r"[\W_]+", "", text)

    made = markup.blocks(item.stem)
    ET.fromstring(f"<div>{made}</div>")
    text = html.unescape(re.sub(r"<[^>]+>", " ", made))
    stem = re.sub(r"\]\([^)]*\)", "]", item.stem)
    assert letters(text) == letters(re.sub(r"(?m)^```\w*$", "", stem))
    assert "**" not in text and "`" not in text and "|---" not in text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\n\n```\nx < 1\n\ny\n```\nb", "<p>a</p><pre>x &lt; 1\n\ny\n</pre><p>b</p>"),
        ("see [lesson 05](05.ipynb) *now*", "<p>see lesson 05 <em>now</em></p>"),
        ("w*x and y*z, 2 * 3 * 4", "<p>w*x and y*z, 2 * 3 * 4</p>"),
        ("so:\n- a\n  b\n- c", "<p>so:</p><ul><li>a b</li><li>c</li></ul>"),
    ],
)
def test_markdown_becomes_html(text, expected):
    assert markup.blocks(text) == expected


# ---- the command --------------------------------------------------------------------------------


def test_the_command_writes_what_was_asked_for(tmp_path, capsys):
    folder = tmp_path / "all"
    assert main(["classroom", "questions", str(folder)]) == 0
    assert {path.name for path in folder.iterdir()} == {"moodle.xml", "gift.txt", "qti.zip"}
    assert f"{len(PUBLIC)} questions" in capsys.readouterr().out
    assert list(read_moodle((folder / "moodle.xml").read_bytes())) == [i.name for i in PUBLIC]
    assert main(["classroom", "questions", str(folder)]) == 1
    assert "is not empty" in capsys.readouterr().err
    some = tmp_path / "some"
    command = ["classroom", "questions", str(some), "--format", "gift", "--lessons", "05", "07-08"]
    assert main(command) == 0
    assert [path.name for path in some.iterdir()] == ["gift.txt"]
    found = read_gift((some / "gift.txt").read_bytes())
    assert {name[:2] for name in found} == {"05", "07", "08"}
    assert main([*command[:3], "--format", "word"]) == 2


def test_the_same_questions_are_the_same_bytes():
    for name, writer in WRITTEN.items():
        assert writer(PUBLIC[:9]) == writer(PUBLIC[:9]), name
    assert set(files.contents(PUBLIC[:9], files.FORMATS)) == {"moodle.xml", "gift.txt", "qti.zip"}
