"""Everything generated agrees with its source, and a change of the source reaches every place."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import machines
import pytest
from nbformat.v4 import new_code_cell

from medlearn import lessons
from tools import sync

ROOT = Path(__file__).resolve().parents[1]
GENERATED = ["README.md", "teaching/hosting.md", "environment.yml", "CITATION.cff"]
GENERATED += ["medlearn/addresses.py"]


def notebooks(root):
    return [lesson.path for lesson in lessons.find(root / "notebooks").values()]


@pytest.fixture
def copy(tmp_path):
    """A copy of what sync reads and writes."""
    shutil.copytree(ROOT / "notebooks", tmp_path / "notebooks")
    (tmp_path / "medlearn").mkdir()
    for name in ("__init__.py", "addresses.py"):
        shutil.copy(ROOT / "medlearn" / name, tmp_path / "medlearn")
    return machines.texts_of_the_course(tmp_path)


def texts(root):
    """Every file that sync writes, by name."""
    paths = [root / name for name in GENERATED] + notebooks(root)
    return {str(path.relative_to(root)): path.read_text("utf-8") for path in paths}


def change(path, old, new):
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_repository_is_in_step_with_its_sources():
    assert sync.sync(ROOT, check=True) == []


def test_check_writes_nothing_and_names_what_differs(copy):
    change(copy / "README.md", "<!-- end -->", "typed by hand\n<!-- end -->")
    before = texts(copy)
    problems = sync.sync(copy, check=True)
    assert len(problems) == 1 and problems[0].startswith("README.md: differs")
    assert texts(copy) == before


def test_writing_mends_and_is_idempotent(copy):
    before = texts(copy)
    change(copy / "README.md", "<!-- end -->", "typed by hand\n<!-- end -->")
    assert sync.sync(copy) == []
    assert texts(copy) == before
    assert sync.sync(copy) == []
    assert texts(copy) == before


def test_another_address_reaches_every_place(copy):
    address = sync.repository(copy)
    slug = address.removeprefix("https://github.com/")
    counts = {name: text.count(slug) for name, text in texts(copy).items()}
    assert counts.pop("environment.yml") == 0
    assert all(counts.values()), f"the address is missing somewhere: {counts}"
    change(copy / "pyproject.toml", address, "https://github.com/someone-else/other.name")
    assert len(sync.sync(copy, check=True)) == len(counts)
    assert sync.sync(copy) == []
    for name, text in texts(copy).items():
        assert slug not in text, f"{name} still holds the old address"
        assert text.count("someone-else/other.name") == counts.get(name, 0)
    for path in notebooks(copy):
        cells = [lessons.text_of(cell) for cell in json.loads(path.read_text("utf-8"))["cells"]]
        (setup,) = [source for source in cells if "medlearn.setup(" in source]
        assert '"git+https://github.com/someone-else/other.name"' in setup
        assert f"/someone-else/other.name/blob/main/notebooks/{path.name}" in cells[0]
        binder = "https://mybinder.org/v2/gh/someone-else/other.name/main?urlpath=lab/tree/work/"
        assert f"({binder}{path.name})" in cells[0]
    readme = (copy / "README.md").read_text("utf-8")
    assert "git clone https://github.com/someone-else/other.name\ncd other.name\n" in readme


def test_no_other_file_holds_the_address():
    """What sync does not write must not name the address, or a move would leave it behind."""
    slug = sync.repository(ROOT).removeprefix("https://github.com/")
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    allowed = {"pyproject.toml", "medlearn/addresses.py", *texts(ROOT)}
    holders = {
        name
        for name in listed
        if (ROOT / name).is_file() and slug.encode() in (ROOT / name).read_bytes()
    }
    assert holders and holders <= allowed, f"typed by hand: {sorted(holders - allowed)}"


def test_dependencies_reach_the_environment_file(copy):
    (old,) = [line for line in sync.requirements(copy) if line.startswith("pooch")]
    change(copy / "pyproject.toml", f'"{old}"', '"pooch>=99"')
    change(
        copy / "pyproject.toml", "dependencies = [\n", 'dependencies = [\n  "lifelines>=0.30",\n'
    )
    assert sync.sync(copy) == []
    text = (copy / "environment.yml").read_text("utf-8")
    assert '"pooch>=99"' in text and f'"{old}"' not in text and '"lifelines>=0.30"' in text
    listed = re.findall(r'(?m)^\s+- "(.*)"$', text)
    assert listed == sync.requirements(copy), "the whole list, in order, indented as YAML wants"


def test_version_reaches_the_citation(copy):
    old = sync.project(copy)["version"]
    change(copy / "pyproject.toml", f'version = "{old}"', 'version = "7.8.9"')
    assert sync.sync(copy) == []
    assert 'version: "7.8.9"' in (copy / "CITATION.cff").read_text("utf-8")


def test_facts_of_a_lesson_reach_header_and_readme(copy):
    path = notebooks(copy)[0]
    notebook = json.loads(path.read_text("utf-8"))
    notebook["metadata"]["medlearn"].update(seconds_band=45, question="Is it so?")
    notebook["cells"][-1] = new_code_cell("load_breast_cancer()\nload_digits_mnist()")
    path.write_text(json.dumps(notebook), "utf-8")
    assert sync.sync(copy) == []
    header = lessons.text_of(json.loads(path.read_text("utf-8"))["cells"][0])
    readme = (copy / "README.md").read_text("utf-8")
    for text in (header, readme):
        assert "under 45 s" in text and "Is it so?" in text
    assert "breast cancer, digits" in readme
    cards = ("breast_cancer", "digits")
    links = (f"[{name.replace('_', ' ')}](../data/README.md#{name})" for name in cards)
    assert ", ".join(links) in header


def test_packages_of_a_lesson_reach_its_setup_cell_and_no_other(copy):
    first, *others = notebooks(copy)
    before = [path.read_text("utf-8") for path in others]
    notebook = json.loads(first.read_text("utf-8"))
    notebook["metadata"]["medlearn"]["packages"] = ["some-library"]
    first.write_text(json.dumps(notebook), "utf-8")
    assert sync.sync(copy) == []
    assert 'packages=["some-library"])' in first.read_text("utf-8").replace('\\"', '"')
    assert [path.read_text("utf-8") for path in others] == before
    notebook["metadata"]["medlearn"]["packages"] = ["some library"]
    first.write_text(json.dumps(notebook), "utf-8")
    assert any("'some library'" in problem for problem in sync.sync(copy, check=True))


def test_lessons_stand_in_the_table_once_each(copy):
    readme = (copy / "README.md").read_text("utf-8")
    for path in notebooks(copy):
        assert readme.count(f"(notebooks/{path.name})") == 1


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("README.md", "<!-- generated: lessons -->", "", "<!-- generated: lessons"),
        ("environment.yml", "# generated: dependencies", "#", "# generated: dependencies"),
        ("CITATION.cff", "\nversion:", "\nversions:", "`version:`"),
        ("pyproject.toml", "https://github.com/", "https://example.org/", "GitHub"),
    ],
)
def test_a_lost_marker_is_named(copy, name, old, new, said):
    change(copy / name, old, new)
    problems = sync.sync(copy, check=True)
    assert any(said.lower() in problem.lower() for problem in problems), problems


def test_a_missing_file_or_cell_is_named(copy):
    (copy / "CITATION.cff").unlink()
    path = notebooks(copy)[0]
    notebook = json.loads(path.read_text("utf-8"))
    del notebook["cells"][0]
    path.write_text(json.dumps(notebook), "utf-8")
    problems = "\n".join(sync.sync(copy, check=True))
    assert "CITATION.cff: the file is missing" in problems
    assert f"{path.stem}: expected one cell tagged 'header', found 0" in problems


def test_a_second_lesson_of_one_number_is_named(copy):
    path = next((copy / "notebooks").glob("01_*.ipynb"))
    shutil.copy(path, path.with_name("01_mine.ipynb"))
    (problem,) = sync.sync(copy, check=True)
    assert "01_mine.ipynb and 01_neurons_and_activations.ipynb" in problem


def test_missing_facts_are_named(copy):
    path = notebooks(copy)[0]
    notebook = json.loads(path.read_text("utf-8"))
    del notebook["metadata"]["medlearn"]["minutes"]
    path.write_text(json.dumps(notebook), "utf-8")
    assert any("minutes" in problem for problem in sync.sync(copy, check=True))


def test_the_command_exits_with_1_for_a_difference(copy, monkeypatch, capsys):
    monkeypatch.setattr(sync, "sync", lambda check: ["README.md: differs"] if check else [])
    assert sync.main(["--check"]) == 1
    assert "README.md" in capsys.readouterr().err
    assert sync.main([]) == 0


def test_cards_name_the_lessons_that_load_a_set(copy):
    page = copy / "data" / "README.md"
    path = notebooks(copy)[0]
    notebook = json.loads(path.read_text("utf-8"))
    notebook["cells"][-1] = new_code_cell("load_ecg()")
    path.write_text(json.dumps(notebook), "utf-8")
    assert sync.sync(copy) == []
    (card,) = re.findall(r"(?ms)^## ecg$.*?(?=^## |\Z)", page.read_text("utf-8"))
    before = lessons.used_in(lessons.find())["ecg"]
    assert f"- **Used in lessons**: {', '.join(['00', *before])}\n" in card


def test_licences_of_the_data_reach_the_package(copy, monkeypatch):
    project = copy / "pyproject.toml"
    assert 'license = "MIT AND CC-BY-4.0 AND ' in project.read_text("utf-8")
    monkeypatch.setattr(sync, "licence_expression", lambda: "MIT AND CC0-1.0")
    assert any("pyproject.toml: differs" in said for said in sync.sync(copy, check=True))
    assert sync.sync(copy) == []
    (line,) = [each for each in project.read_text("utf-8").splitlines() if "CC0" in each]
    assert line.startswith('license = "MIT AND CC0-1.0" # ')


def test_each_lesson_leads_to_its_neighbours(copy):
    """Between the first and the last; a new lesson is reached from the one before it."""
    paths = notebooks(copy)
    new = paths[-1].with_name("98_made_up.ipynb")
    notebook = json.loads(paths[-1].read_text("utf-8"))
    notebook["metadata"]["medlearn"].update(lesson="98", title="Made up")
    notebook["cells"] = [cell for cell in notebook["cells"] if cell["id"] != "links"]
    new.write_text(json.dumps(notebook), "utf-8")
    sync.sync(copy)  # which also says that this lesson has no page and no exercises yet
    paths = notebooks(copy)
    for place, path in enumerate(paths):
        cells = json.loads(path.read_text("utf-8"))["cells"]
        around = {paths[at].name for at in (place - 1, place + 1) if 0 <= at < len(paths)}
        (links,) = [cell for cell in cells if "links" in lessons.tags_of(cell)]
        for cell in (cells[0], links):
            text = lessons.text_of(cell).splitlines()[-1]
            assert set(re.findall(r"\]\((\d\d_\w+\.ipynb)\)", text)) == around
            assert "](../README.md#lessons)" in text and "](../teaching/glossary.md)" in text
    assert "[98 Made up →](98_made_up.ipynb)" in paths[-2].read_text("utf-8")
    assert '"98": ("98_made_up"' in (copy / "medlearn" / "addresses.py").read_text("utf-8")


@pytest.mark.parametrize(
    ("written", "linked"),
    [
        ("(lesson 03)", "(lesson [03](03_building_a_model.ipynb))"),
        ("Lesson **03, Building**", "Lesson **[03](03_building_a_model.ipynb), Building**"),
        ("lessons 00 and\n03", "lessons [00](00_start_here.ipynb) and\n[03]"),
        ("lesson 05's and 03 mg", "lesson 05's and 03 mg"),  # its own number, and no lesson
        ("`lesson 03` [lesson 03](page.md)", "`lesson 03` [lesson 03](page.md)"),
        ("lesson [03](03_old_name.ipynb)", "lesson [03](03_building_a_model.ipynb)"),
    ],
)
def test_a_mention_leads_to_the_lesson(written, linked):
    course = lessons.find(ROOT / "notebooks")
    made = sync.with_lesson_links(written, course["05"], course)
    assert made.startswith(linked)
    assert sync.with_lesson_links(made, course["05"], course) == made


def test_a_mention_of_no_lesson_is_named(copy):
    change(notebooks(copy)[5], "lesson [02](02_preparing_data.ipynb)", "lesson 77")
    assert "05_evaluation: mentions lesson 77, and there is none." in sync.sync(copy, check=True)


def test_links_and_marks_of_slides_make_no_new_version(copy):
    """A learner is asked to renew a copy for what they would notice."""
    path = notebooks(copy)[0]
    before, notebook = lessons.read(path).version, json.loads(path.read_text("utf-8"))
    for cell in notebook["cells"]:
        cell["metadata"]["slideshow"] = {"slide_type": "notes"}
        if {"links", "header"} & {*lessons.tags_of(cell)}:
            cell["source"] = ["elsewhere"]
    assert lessons.parse(notebook, path).version == before
    notebook["cells"][1]["source"] = ["another case"]
    assert lessons.parse(notebook, path).version != before
