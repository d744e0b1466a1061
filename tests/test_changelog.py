"""CHANGELOG.md has the form in which it is read, and the course has one version."""

import re
import shutil

import pytest

import medlearn
from medlearn import changelog, environment, lessons
from tools import sync

SUBJECTS = {"Copies", "Course", "Data", "Teachers"}


def problems(text, version, known):
    """What is wrong with the form of a changelog."""
    releases = changelog.parse(text)
    versions = [changelog.number(release.version) for release in releases]
    if not releases or releases[0].version != version:
        yield f"the newest release is not {version}"
    if versions != sorted(set(versions), reverse=True):
        yield "the versions do not descend"
    headings = re.findall(r"(?m)^##+ .*$", text)
    if len(headings) != len(releases):
        yield "a heading is no release"
    for release in releases:
        if not release.changes:
            yield f"{release.version} changes nothing"
        for change in release.changes:
            if strange := set(change.about) - known - SUBJECTS:
                yield f"{release.version} is about {strange}"
            if len(change.text) > 200 or not change.text.endswith("."):
                yield f"{release.version}: no short sentence: {change.text}"
    if len(re.findall(r"(?m)^\s*[-*] ", text)) != sum(len(r.changes) for r in releases):
        yield "an item does not say what it is about"


def test_the_changelog_has_its_form(root):
    text = (root / "CHANGELOG.md").read_text("utf-8")
    assert list(problems(text, medlearn.__version__, set(lessons.find()))) == []


GOOD = "## 0.2.0 · B\n\n- **05**: More.\n- **Teachers**: Less.\n\n## 0.1.0 · A\n\n- **00**: All.\n"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("0.1.0", "0.3.0", "do not descend"),
        ("0.2.0", "0.1.9", "newest release is not"),
        ("## 0.1.0 · A", "## 0.1 (A)", "a heading is no release"),
        ("- **00**: All.\n", "", "0.1.0 changes nothing"),
        ("**05**", "**77**", "about {'77'}"),
        ("**Teachers**", "**teacher**", "about {'teacher'}"),
        ("- **05**: More.", "- More.", "does not say what it is about"),
        ("More.", "More", "no short sentence"),
    ],
)
def test_a_changelog_of_another_form_is_noticed(old, new, said):
    known = {"00", "05"}
    assert list(problems(GOOD, "0.2.0", known)) == []
    assert any(said in problem for problem in problems(GOOD.replace(old, new), "0.2.0", known))


def test_changes_since_a_version_are_those_of_later_releases_only():
    releases = changelog.parse(GOOD.replace("**00**", "**00, 05**"))
    assert changelog.since("0.1.0", "05", releases) == [("0.2.0", "More.")]
    assert changelog.since("0.0.9", "05", releases) == [("0.2.0", "More."), ("0.1.0", "All.")]
    assert changelog.since("0.2.0", "05", releases) == []
    assert changelog.since("0.10.0", "05", releases) == []


def test_without_a_changelog_nothing_is_said(tmp_path):
    assert changelog.read(tmp_path / "CHANGELOG.md") == []


# ---- the version --------------------------------------------------------------------------


@pytest.fixture
def copy(root, tmp_path):
    """What the version is written to and read from, in a folder of its own."""
    for name in ("pyproject.toml", "CITATION.cff", "requirements.lock", "medlearn/__init__.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(root / name, tmp_path / name)
    (tmp_path / "notebooks").mkdir()
    return tmp_path


def move(folder, version):
    """Move the version where a person does: in pyproject.toml."""
    file = folder / "pyproject.toml"
    text, count = re.subn(
        r'(?m)^version = "[^"]*"', f'version = "{version}"', file.read_text("utf-8")
    )
    assert count == 1
    file.write_text(text, "utf-8")


def test_the_version_is_moved_in_one_place(copy):
    move(copy, "7.8.9")
    files, _ = sync.wanted(copy)
    assert 'version: "7.8.9"' in files[copy / "CITATION.cff"]
    module = files[copy / "medlearn" / "__init__.py"]
    assert '__version__ = "7.8.9"' in module
    assert (
        module.replace("7.8.9", medlearn.__version__) == (copy / "medlearn/__init__.py").read_text()
    )


def test_a_new_version_alone_is_no_reason_to_build_the_environment_anew(copy):
    before = environment.Project(copy).fingerprint
    move(copy, "7.8.9")
    file = copy / "pyproject.toml"
    file.write_text(file.read_text("utf-8").replace('license = "MIT', 'license = "CC0-1.0 AND MIT'))
    assert environment.Project(copy).fingerprint == before
    file.write_text(file.read_text("utf-8").replace("numpy>=2.0", "numpy>=2.1"), "utf-8")
    assert environment.Project(copy).fingerprint != before
