"""Write every badge, link and generated list of the repository from its one source.

The version, the repository's address and the dependencies stand in ``pyproject.toml``, the facts of
a lesson in the metadata of its notebook, what a teacher needs for it on one page in
``teaching/lessons/``. This command copies them to wherever a reader meets them: the header and the
setup cell of each lesson, the README, the pages for teachers (``tools/teaching.py``),
``environment.yml``, ``CITATION.cff``, ``medlearn/__init__.py`` and ``medlearn/addresses.py``.
(Binder installs from ``requirements.lock`` and needs no list of its own.)

    python -m tools.sync            # write
    python -m tools.sync --check    # change nothing; name each file that differs and exit with 1
"""

from __future__ import annotations

import argparse
import json
import posixpath
import re
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from medlearn import addresses, datasets, lessons
from medlearn.addresses import BRANCH, in_colab
from medlearn.datasets.catalogue import licence_expression
from medlearn.files import replace_file
from medlearn.lessons import Facts, Lesson, LessonError
from tools import slides, teaching

ROOT = Path(__file__).resolve().parents[1]
USUAL_SECONDS = 90  # a lesson that takes longer says why

# The same in every lesson but for what it asks of `setup`. Plain Python without %magic or !command,
# so that nbval can run it. Where `import medlearn` fails, a traceback shows the two lines above it.
SETUP = """\
# Prepares this notebook. Safe to run twice.
import subprocess
import sys
from importlib.util import find_spec

if "google.colab" in sys.modules and not find_spec("medlearn"):  # all else is there
    course = "git+{address}"
    print(subprocess.getoutput(f"{{sys.executable}} -m pip install -q --no-deps {{course}}"))

# No medlearn? On Colab: check the internet connection (pip's words stand above) and run this cell
# again. Elsewhere: start Jupyter as the README says.
import medlearn

medlearn.setup({arguments})
"""

MARKDOWN_BLOCK = r"(<!-- generated: {name} -->\n).*?(<!-- end -->)"
YAML_BLOCK = r"([ \t]*)(# generated: {name}[^\n]*\n).*?([ \t]*# end)"


# A page in docs/, as an author links it or as this command has written it. Where a notebook is
# opened alone, as on Colab, only a whole address leads there.
PAGE_LINK = r"\]\((?:\.\./|https://github\.com/[\w.-]+/[\w.-]+/blob/\w+/)(docs/[^)\s]+)\)"

# What is no prose of a lesson: code, links (of which no other may stand inside), and tags.
NO_PROSE = r"(```.*?```|`[^`]*`|\[[^\]]*\]\([^)]*\)|<[^>]*>)"
LESSON_LINK = r"\[(\d\d)\]\(\d\d_\w+\.ipynb\)"  # as this command writes it
MENTION = r"\b[Ll]essons?\s+(?:\*\*)?\d\d\b(?:(?:,|,? and|,? or| to)\s+\d\d\b)*"


class SyncError(Exception):
    """The source of something generated is missing or has a form that cannot be copied."""


def project(root: Path = ROOT) -> dict[str, Any]:
    """Return the ``[project]`` table of ``pyproject.toml``."""
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def repository(root: Path = ROOT) -> str:
    """Return the address of the repository, ``https://github.com/OWNER/NAME``.

    Raises
    ------
    SyncError
        When the address in ``pyproject.toml`` is no GitHub address: the links to Colab and Binder
        can be made from such a one only.
    """
    address = project(root).get("urls", {}).get("Repository", "").removesuffix("/")
    address = address.removesuffix(".git")
    if not re.fullmatch(r"https://github\.com/[\w.-]+/[\w.-]+", address):
        raise SyncError(
            f"pyproject.toml: [project.urls] Repository is {address!r}; expected "
            "https://github.com/OWNER/NAME, from which the Colab and Binder links are made."
        )
    return address


def links(address: str, stem: str | None = None) -> dict[str, str]:
    """Return the Colab and Binder addresses of one lesson, or of the course (``stem=None``)."""
    slug = address.removeprefix("https://github.com/")
    file = f"/{stem}.ipynb" if stem else ""
    return {
        "colab": in_colab(f"notebooks{file}", address),
        # On Binder, as at home, a learner works in a copy without outputs (binder/postBuild).
        "binder": f"https://mybinder.org/v2/gh/{slug}/{BRANCH}?urlpath=lab/tree/work{file}",
    }


def course_table(course: Mapping[str, Lesson]) -> addresses.Stems:
    """Return what `medlearn.addresses` knows of the lessons."""
    return {
        number: (lesson.stem, (*lesson.data, *lesson.online)) for number, lesson in course.items()
    }


def beside(path: str) -> str:
    """Return a path in the folder of the course as it is written in a lesson, or a copy in work/.

    Examples
    --------
    >>> beside("notebooks/04_training.ipynb"), beside("teaching/glossary.md")
    ('04_training.ipynb', '../teaching/glossary.md')
    """
    return posixpath.relpath(path, "notebooks")


def setup_source(facts: Facts, address: str) -> str:
    """Return the source of a lesson's setup cell.

    Raises
    ------
    SyncError
        When one of the lesson's `packages` is no plain name of a package.
    """
    arguments = [f'"{facts.lesson}"']
    if facts.seed:
        arguments.append(f"seed={facts.seed}")
    if facts.keras:
        arguments.append("keras=True")
    for package in facts.packages:
        # A plain name: pip takes the newest version, and what one imports has the same name.
        if not re.fullmatch(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*", str(package)):
            raise SyncError(
                f"lesson {facts.lesson}: packages holds {package!r}; expected names "
                "as pip writes them, such as keras-tuner."
            )
    if facts.packages:
        arguments.append(f"packages={json.dumps(facts.packages)}")
    return SETUP.format(address=address, arguments=", ".join(arguments)).rstrip("\n")


def data_words(lesson: Lesson) -> str:
    """Return the names of a lesson's data as a reader would write them."""
    return ", ".join(name.replace("_", " ") for name in lesson.data) or "none"


def band_words(facts: Facts) -> tuple[str, str]:
    """Return the measured run time and memory in words."""
    return (
        f"under {facts.seconds_band} s" if facts.seconds_band else "not measured yet",
        f"under {facts.memory_band} MB" if facts.memory_band else "not measured yet",
    )


def links_source(lesson: Lesson, course: Mapping[str, Lesson]) -> str:
    """Return the line that leads from a lesson to the one before, to the next, and to the pages."""
    parts = []
    for link in addresses.around(lesson.number, course_table(course)):
        if link.kind in ("previous", "next"):
            words = f"{link.name} {course[link.name].facts.title}"
            words = f"← {words}" if link.kind == "previous" else f"{words} →"
        else:
            words = link.kind.capitalize()
        if link.kind != "card":
            parts.append(f"[{words}]({beside(link.path)})")
    return " · ".join(parts)


def data_links(lesson: Lesson) -> str:
    """Return the names of a lesson's data, each leading to its card."""
    table = course_table({lesson.number: lesson})
    cards = [link for link in addresses.around(lesson.number, table) if link.kind == "card"]
    words = [f"[{link.name.replace('_', ' ')}]({beside(link.path)})" for link in cards]
    return ", ".join(words) or "none"


def header_source(lesson: Lesson, address: str, course: Mapping[str, Lesson]) -> str:
    """Return the source of a lesson's first cell: title, question, line of facts and links."""
    facts = lesson.facts
    seconds, megabytes = band_words(facts)
    to = links(address, lesson.stem)
    measured = f"**Runs** in {seconds}, with {megabytes} of memory (measured on two cores)"
    if facts.slow_because:
        measured += f"; it takes longer than {USUAL_SECONDS} s because {facts.slow_because}"
    lines = [
        f"# {facts.lesson} · {facts.title}",
        "",
        f"**{facts.question}**",
        "",
        f"**Time** {facts.minutes} minutes for the core · **Before** {facts.before} · "
        f"**Data** {data_links(lesson)} · **Model fits** {facts.fits} · {measured}",
        "",
        f"[Open in Colab]({to['colab']}) · [Open in Binder]({to['binder']})",
        "",
        links_source(lesson, course),
    ]
    return "\n".join(lines)


def generated_cells(lesson: Lesson, address: str, course: Mapping[str, Lesson]) -> dict[str, str]:
    """Return what the generated cells of a lesson should say, by tag."""
    return {
        "header": header_source(lesson, address, course),
        "setup": setup_source(lesson.facts, address),
        "links": f"{links_source(lesson, course)} · Data: {data_links(lesson)}",
    }


def with_lesson_links(source: str, lesson: Lesson, course: Mapping[str, Lesson]) -> str:
    """Return the text of a cell in which the number of each other lesson leads to that lesson.

    Raises
    ------
    SyncError
        When a lesson is mentioned that the course does not have.
    """

    def link(number: re.Match[str]) -> str:
        if number[0] == lesson.number:
            return number[0]
        if number[0] not in course:
            raise SyncError(f"{lesson.stem}: mentions lesson {number[0]}, and there is none.")
        return f"[{number[0]}]({course[number[0]].stem}.ipynb)"

    pieces = re.split(NO_PROSE, re.sub(LESSON_LINK, r"\1", source), flags=re.DOTALL)
    for place in range(0, len(pieces), 2):  # the others are no prose
        pieces[place] = re.sub(
            MENTION, lambda mention: re.sub(r"\b\d\d\b", link, mention[0]), pieces[place]
        )
    return "".join(pieces)


def with_links_cell(lesson: Lesson) -> None:
    """Put an empty cell for the links at the end of the section *Next*, unless there is one."""
    if any("links" in lessons.tags_of(cell) for cell in lesson.cells):
        return
    for section in lesson.sections:
        if section.part == "next":
            place = next(i for i, cell in enumerate(lesson.cells) if cell is section.cells[-1])
            cell = {"cell_type": "markdown", "id": "links", "metadata": {"tags": ["links"]}}
            lesson.cells.insert(place + 1, {**cell, "source": []})


def synced_notebook(
    text: str, path: Path, address: str, course: Mapping[str, Lesson] | None = None
) -> str:
    """Return the notebook's JSON with all that is generated in it up to date.

    `course` holds the lessons beside it; by default they are read from its folder.
    """
    course = lessons.find(path.parent) if course is None else course
    lesson = lessons.parse(json.loads(text), path)
    with_links_cell(lesson)
    lesson = lessons.parse(lesson.notebook, path)  # its sections are others now
    for tag, source in generated_cells(lesson, address, {**course, lesson.number: lesson}).items():
        cells = [cell for cell in lesson.cells if tag in lessons.tags_of(cell)]
        if len(cells) != 1:
            raise SyncError(f"{path.stem}: expected one cell tagged {tag!r}, found {len(cells)}.")
        rewrite(cells[0], source)
    page = rf"]({address}/blob/{BRANCH}/\1)"
    for cell in lesson.cells:
        if cell["cell_type"] == "markdown":
            source = re.sub(PAGE_LINK, page, lessons.text_of(cell))
            rewrite(cell, with_lesson_links(source, lesson, course))
    try:
        slides.mark(lesson)
    except ValueError as problem:
        raise SyncError(str(problem)) from None
    # The form that nbformat writes, so that the next execution shows no other difference.
    made = json.dumps(lesson.notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    return text if json.loads(made) == json.loads(text) else made


def rewrite(cell: dict[str, Any], source: str) -> None:
    """Give a cell another text, unless it has that text already."""
    if lessons.text_of(cell) != source:
        cell["source"] = source.splitlines(keepends=True)


def readme_blocks(root: Path) -> dict[str, str]:
    """Return the generated blocks of the README by name."""
    about, address = project(root), repository(root)
    course = links(address)
    python = about["requires-python"].strip().replace(">=", "").split(",<")
    last = f"3.{int(python[1].split('.')[1]) - 1}" if len(python) == 2 else "newer"
    every = list(lessons.find(root / "notebooks").values())
    first_lesson = every[0].stem if every else None
    badge = "https://img.shields.io/badge"
    table = [
        "| lesson | the question it answers | reads | data | runs in | memory |",
        "|---|---|---|---|---|---|",
    ]
    for lesson in every:
        facts = lesson.facts
        seconds, megabytes = band_words(facts)
        table.append(
            f"| [{facts.lesson} {facts.title}](notebooks/{lesson.path.name}) | {facts.question} "
            f"| {facts.minutes} min | {data_words(lesson)} | {seconds} | {megabytes} |"
        )
    binder_badge = "https://mybinder.org/badge_logo.svg"
    colab_badge = "https://colab.research.google.com/assets/colab-badge.svg"
    return {
        "badges": "\n".join(
            [
                f"[![Open in Binder]({binder_badge})]({course['binder']})",
                f"[![Open in Colab]({colab_badge})]({links(address, first_lesson)['colab']})",
                "[![Licence: MIT for code, CC BY 4.0 for text]"  # the data have their own
                f"({badge}/licence-MIT%20%2B%20CC%20BY%204.0-blue)](LICENSE)",
                f"[![Python {python[0]} to {last}]"
                f"({badge}/python-{python[0]}%20to%20{last}-blue)](pyproject.toml)",
            ]
        ),
        "lessons": "\n".join(table),
        "clone": f"```sh\ngit clone {address}\ncd {address.rsplit('/', 1)[1]}\n```",
    }


def hosting_blocks(root: Path) -> dict[str, str]:
    """Return the generated blocks of teaching/hosting.md by name."""
    address = repository(root)
    name = address.rsplit("/", 1)[1]
    first_lesson = next((lesson.stem for lesson in lessons.find(root / "notebooks").values()), "")
    page = f"lab/tree/{name}/notebooks/{first_lesson}.ipynb"
    query = urlencode({"repo": address, "branch": BRANCH, "urlpath": page})
    return {
        "hub-clone": f"```sh\nsudo git clone {address} /opt/{name}\ncd /opt/{name}\n```",
        # The form of nbgitpuller's own link generator.
        "hub-link": f"```text\nhttps://hub.example.org/hub/user-redirect/git-pull?{query}\n```",
    }


def replace_block(text: str, pattern: str, name: str, body: str, where: str) -> str:
    """Return the text with the body of one generated block replaced."""
    found = re.compile(pattern.format(name=re.escape(name)), re.DOTALL)
    if len(found.findall(text)) != 1:
        mark = pattern.split("{name}")[0].rpartition("(")[2]
        raise SyncError(f"{where}: expected one block `{mark}{name}`, closed by its end marker.")
    if pattern is YAML_BLOCK:

        def fill(match: re.Match[str]) -> str:
            indent = match[1]
            lines = "".join(f"{indent}{line}\n" for line in body.splitlines())
            return f"{indent}{match[2]}{lines}{match[3]}"

        return found.sub(fill, text)
    return found.sub(lambda match: f"{match[1]}{body}\n{match[2]}", text)


def requirements(root: Path) -> list[str]:
    """Return what a learner's environment holds: the dependencies, and what the lessons need."""
    about = project(root)
    extras = about["optional-dependencies"]
    return [*about["dependencies"], *extras["tf"], *extras["lab"], *extras["tuning"]]


def synced_citation(text: str, root: Path) -> str:
    """Return CITATION.cff with the version and the address of the project."""
    for key, value in (
        ("version", project(root)["version"]),
        ("repository-code", repository(root)),
    ):
        text, count = re.subn(rf"(?m)^{key}:.*$", f'{key}: "{value}"', text)
        if count != 1:
            raise SyncError(f"CITATION.cff: expected one line `{key}:`, found {count}.")
    return text


def synced_licence(text: str) -> str:
    """Return pyproject.toml with every licence that the wheel carries, those of the data too."""
    line = f'license = "{licence_expression()}"'
    text, count = re.subn(r'(?m)^license = "[^"]*"', line, text)
    if count != 1:
        raise SyncError(f"pyproject.toml: expected one line `license = `, found {count}.")
    return text


def synced_module(text: str, root: Path) -> str:
    """Return medlearn/__init__.py with the version of the project.

    It stands there as a text because `import medlearn` is to be quick, and because the records of
    an environment keep the version of the day on which it was made.
    """
    line = f'__version__ = "{project(root)["version"]}"'
    text, count = re.subn(r"(?m)^__version__ = .*$", line, text)
    if count != 1:
        raise SyncError(f"medlearn/__init__.py: expected one line `__version__ =`, found {count}.")
    return text


def synced_addresses(text: str, root: Path, course: Mapping[str, Lesson]) -> str:
    """Return medlearn/addresses.py with the address of the project and the list of lessons."""
    text, count = re.subn(r"(?m)^REPOSITORY = .*$", f'REPOSITORY = "{repository(root)}"', text)
    if count != 1:
        raise SyncError(f"medlearn/addresses.py: expected one line `REPOSITORY =`, found {count}.")
    lines = []
    for number, (stem, names) in course_table(course).items():
        sets = "".join(f'"{name}", ' for name in names)
        sets = sets.removesuffix(" ") if len(names) == 1 else sets.removesuffix(", ")
        lines.append(f'"{number}": ("{stem}", ({sets})),')
    body = "\n".join(lines)
    return replace_block(text, YAML_BLOCK, "lessons", body, "medlearn/addresses.py")


def wanted(root: Path = ROOT) -> tuple[dict[Path, str], list[str]]:
    """Return the text that each generated file should have, and what could not be generated."""
    files: dict[Path, str] = {}
    problems: list[str] = []

    def attempt(path: Path, make: Any) -> None:
        try:
            files[path] = make(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            problems.append(f"{path.relative_to(root)}: the file is missing.")
        except (SyncError, LessonError, datasets.DataError) as problem:
            problems.extend({str(problem)} - {*problems})

    try:
        address, course = repository(root), lessons.find(root / "notebooks")
    except (SyncError, LessonError) as problem:
        return {}, [str(problem)]
    for lesson in course.values():
        attempt(
            lesson.path, lambda text, path=lesson.path: synced_notebook(text, path, address, course)
        )

    def page(path: str, blocks: Any) -> None:
        def fill(text: str) -> str:
            for name, body in blocks(root).items():
                text = replace_block(text, MARKDOWN_BLOCK, name, body, path)
            return text

        attempt(root / path, fill)

    def environment(text: str) -> str:
        body = "\n".join(f"- {json.dumps(requirement)}" for requirement in requirements(root))
        return replace_block(text, YAML_BLOCK, "dependencies", body, "environment.yml")

    page("README.md", readme_blocks)
    page("teaching/hosting.md", hosting_blocks)
    try:
        for path, blocks in teaching.generated(root).items():
            page(path, lambda root, blocks=blocks: blocks)
    except LessonError as problem:
        problems += [said for said in str(problem).splitlines() if said not in problems]
    attempt(root / "environment.yml", environment)
    # binder/environment.yml names Python only: binder/postBuild installs the lock file.
    attempt(root / "CITATION.cff", lambda text: synced_citation(text, root))
    attempt(root / "pyproject.toml", synced_licence)
    attempt(root / "data" / "README.md", lambda _: datasets.cards(lessons.used_in(course)))
    package = root / "medlearn"
    if package.exists():  # not in a folder that holds the sources of the texts only
        attempt(package / "__init__.py", lambda text: synced_module(text, root))
        attempt(package / "addresses.py", lambda text: synced_addresses(text, root, course))
    return files, problems


def sync(root: Path = ROOT, *, check: bool = False) -> list[str]:
    """Bring every generated text up to date and return what differed or could not be made.

    Parameters
    ----------
    root
        The folder of the repository.
    check
        Change nothing: return what would be written.
    """
    files, problems = wanted(root)
    differing = {p: text for p, text in files.items() if p.read_text(encoding="utf-8") != text}
    if check:
        names = (path.relative_to(root) for path in differing)
        return problems + [f"{name}: differs from its source. Run: make sync" for name in names]
    for path, text in differing.items():
        replace_file(path, text.encode())
        print(f"wrote {path.relative_to(root)}")
    # What follows from the lessons was made from those of before.
    return sync(root) if any(path.suffix == ".ipynb" for path in differing) else problems


def main(arguments: list[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="change nothing, name what differs")
    options = parser.parse_args(arguments)
    problems = sync(check=options.check)
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
