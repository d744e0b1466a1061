"""Write every badge, link and generated list of the repository from its one source.

The version, the repository's address and the dependencies stand in ``pyproject.toml``, the facts of
a lesson in the metadata of its notebook, what a teacher needs for it on one page in
``teaching/lessons/``. This command copies them to wherever a reader meets them: the header and the
setup cell of each lesson, the README, the pages for teachers (``tools/teaching.py``),
``environment.yml``, ``CITATION.cff`` and ``medlearn/__init__.py``. (Binder installs from
``requirements.lock`` and needs no list of its own.)

    python -m tools.sync            # write
    python -m tools.sync --check    # change nothing; name each file that differs and exit with 1
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from medlearn import datasets, lessons
from medlearn.datasets.catalogue import licence_expression
from medlearn.files import replace_file
from medlearn.lessons import Facts, Lesson, LessonError
from tools import teaching

ROOT = Path(__file__).resolve().parents[1]
BRANCH = "main"
USUAL_SECONDS = 90  # a lesson that takes longer says why

# One cell, the same in every lesson but for what it needs. Plain Python without %magic or
# !command, so that nbval can run it.
SETUP = """\
# Prepares this notebook. Safe to run twice.
import importlib.util
import subprocess
import sys

sources = {{
{sources}
}}
missing = [name for name in sources if importlib.util.find_spec(name) is None]
if missing:
    names = ", ".join(missing)
    if "google.colab" not in sys.modules:
        raise ModuleNotFoundError(f"There is no {{names}} here. Start Jupyter as the README says.")
    # Colab has every other library. --no-deps leaves its TensorFlow, Keras and NumPy alone.
    wanted = [sources[name] for name in missing]
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", *wanted]
    run = subprocess.run(pip, capture_output=True, text=True)
    if run.returncode != 0:
        raise RuntimeError(
            f"{{names}} could not be installed. Check the internet connection and run this cell "
            f"again. pip said:\\n{{run.stderr[-800:]}}"
        )
    importlib.invalidate_caches()

import medlearn

medlearn.setup({arguments})
"""

MARKDOWN_BLOCK = r"(<!-- generated: {name} -->\n).*?(<!-- end -->)"
YAML_BLOCK = r"([ \t]*)(# generated: {name}[^\n]*\n).*?([ \t]*# end)"


# A page in docs/, as an author links it or as this command has written it. Where a notebook is
# opened alone, as on Colab, only a whole address leads there.
PAGE_LINK = r"\]\((?:\.\./|https://github\.com/[\w.-]+/[\w.-]+/blob/\w+/)(docs/[^)\s]+)\)"


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
        "colab": f"https://colab.research.google.com/github/{slug}/blob/{BRANCH}/notebooks{file}",
        # On Binder, as at home, a learner works in a copy without outputs (binder/postBuild).
        "binder": f"https://mybinder.org/v2/gh/{slug}/{BRANCH}?urlpath=lab/tree/work{file}",
    }


def setup_source(facts: Facts, address: str) -> str:
    """Return the source of a lesson's setup cell.

    Raises
    ------
    SyncError
        When one of the lesson's `packages` is no plain name of a package.
    """
    arguments = f"seed={facts.seed}"
    if facts.keras:
        arguments += ", keras=True"
    sources = {"medlearn": f"git+{address}"}
    for package in facts.packages:
        # A plain name: pip takes the newest version, and what one imports has the same name.
        if not re.fullmatch(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*", str(package)):
            raise SyncError(
                f"lesson {facts.lesson}: packages holds {package!r}; expected names "
                "as pip writes them, such as keras-tuner."
            )
        sources[package.replace("-", "_")] = package
    listed = "\n".join(f'    "{name}": "{source}",' for name, source in sources.items())
    return SETUP.format(sources=listed, arguments=arguments).rstrip("\n")


def data_words(lesson: Lesson) -> str:
    """Return the names of a lesson's data as a reader would write them."""
    return ", ".join(name.replace("_", " ") for name in lesson.data) or "none"


def band_words(facts: Facts) -> tuple[str, str]:
    """Return the measured run time and memory in words."""
    return (
        f"under {facts.seconds_band} s" if facts.seconds_band else "not measured yet",
        f"under {facts.memory_band} MB" if facts.memory_band else "not measured yet",
    )


def header_source(lesson: Lesson, address: str) -> str:
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
        f"**Data** {data_words(lesson)} · **Model fits** {facts.fits} · {measured}",
        "",
        f"[Open in Colab]({to['colab']}) · [Open in Binder]({to['binder']})",
    ]
    return "\n".join(lines)


def generated_cells(lesson: Lesson, address: str) -> dict[str, str]:
    """Return what the generated cells of a lesson should say, by tag."""
    return {
        "header": header_source(lesson, address),
        "setup": setup_source(lesson.facts, address),
    }


def synced_notebook(text: str, path: Path, address: str) -> str:
    """Return the notebook's JSON with its header, setup cell and links to docs/ up to date."""
    lesson = lessons.parse(json.loads(text), path)
    changed = False
    for tag, source in generated_cells(lesson, address).items():
        cells = [cell for cell in lesson.cells if tag in lessons.tags_of(cell)]
        if len(cells) != 1:
            raise SyncError(f"{path.stem}: expected one cell tagged {tag!r}, found {len(cells)}.")
        if lessons.text_of(cells[0]) != source:
            cells[0]["source"] = source.splitlines(keepends=True)
            changed = True
    for cell in lesson.cells:
        if cell["cell_type"] == "markdown":
            before = lessons.text_of(cell)
            source = re.sub(PAGE_LINK, rf"]({address}/blob/{BRANCH}/\1)", before)
            if before != source:
                cell["source"] = source.splitlines(keepends=True)
                changed = True
    if not changed:
        return text
    # The form that nbformat writes, so that the next execution shows no other difference.
    return json.dumps(lesson.notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


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
    """Return medlearn/__init__.py with the version and the address of the project.

    They stand there as texts because `import medlearn` is to be quick, and because the records of
    an environment keep the version of the day on which it was made.
    """
    about = {"version": project(root)["version"], "repository": repository(root)}
    for name, value in about.items():
        line = f'__{name}__ = "{value}"'
        text, count = re.subn(rf"(?m)^__{name}__ = .*$", line, text)
        if count != 1:
            raise SyncError(
                f"medlearn/__init__.py: expected one line `__{name}__ =`, found {count}."
            )
    return text


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
        attempt(lesson.path, lambda text, path=lesson.path: synced_notebook(text, path, address))

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
    module = root / "medlearn" / "__init__.py"
    if module.exists():  # not in a folder that holds the sources of the texts only
        attempt(module, lambda text: synced_module(text, root))
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
    for path, text in files.items():
        if path.read_text(encoding="utf-8") != text:
            name = path.relative_to(root)
            if check:
                problems.append(f"{name}: differs from its source. Run: make sync")
            else:
                replace_file(path, text.encode())
                print(f"wrote {name}")
    return problems


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
