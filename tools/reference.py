"""Recompute the committed reference values, each by its script in an environment of its own.

    python -m tools.reference            # compare with what is committed; exit with 1 if it differs
    python -m tools.reference --write    # write what was found
    python -m tools.reference NAME ...   # only these

Some second opinions need packages that the course's environment must not hold. Each is a script in
``tests/reference/`` that names its packages, pinned, in a block of inline metadata (PEP 723) and
prints JSON; what it printed is committed beside it, and a test compares `medlearn` with that. CI
does not run this: it fetches packages, and the values change with nothing but the script.
"""

from __future__ import annotations

import argparse
import json
import math
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

from medlearn import environment
from medlearn.files import replace_file

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "tests" / "reference"
SAME = 1e-9


class ReferenceFailed(Exception):
    """A reference could not be computed; the message says which and why."""


def scripts() -> dict[str, Path]:
    """Return the scripts by name, in alphabetical order."""
    return {path.stem: path for path in sorted(FOLDER.glob("*.py"))}


def packages(script: Path) -> list[str]:
    """Return the packages that a script names, each pinned.

    Raises
    ------
    ReferenceFailed
        When it names none, or one without an exact version.
    """
    block = re.search(r"(?m)^# /// script\n((?:#.*\n)*?)# ///$", script.read_text("utf-8"))
    lines = re.sub(r"(?m)^# ?", "", block[1]) if block else ""
    found = tomllib.loads(lines).get("dependencies", [])
    loose = [name for name in found if not re.fullmatch(r"[\w.-]+==[\w.]+", name)]
    if not found or loose:
        raise ReferenceFailed(
            f"{script.name}: expected a block `# /// script` with dependencies, each as "
            f"NAME==VERSION; {', '.join(loose) or 'none'} came."
        )
    return found


def interpreter(script: Path) -> str:
    """Return a Python that a script may run with: this one, or the next that is on this machine.

    Raises
    ------
    ReferenceFailed
        When the script needs a newer one than there is.
    """
    asked = re.search(r'(?m)^# requires-python = ">=3\.(\d+)"$', script.read_text("utf-8"))
    least = int(asked[1]) if asked else 0
    kept = sorted(Path.home().glob(".pyenv/versions/3.*/bin/python"))
    newer = [f"python3.{minor}" for minor in range(least, least + 4)]
    for command in (sys.executable, *newer, *map(str, kept)):
        facts = environment.probe([command])
        if facts and facts["version"][:2] >= [3, least]:
            return facts["executable"]
    raise ReferenceFailed(f"{script.name} needs Python 3.{least} or newer, and none is here.")


def compute(script: Path) -> dict[str, Any]:
    """Run a script in a fresh environment and return what it printed.

    Raises
    ------
    ReferenceFailed
        When its packages could not be installed, when it failed, or when it printed no JSON.
    """
    needed = packages(script)
    with tempfile.TemporaryDirectory(prefix="medlearn-reference-") as folder:
        subprocess.run([interpreter(script), "-m", "venv", folder], check=True)
        python = environment.python_of(folder)
        for command in (
            [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *needed],
            [python, script],
        ):
            done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
            if done.returncode:
                raise ReferenceFailed(f"{script.name}: {done.stderr.strip()[-2000:]}")
    try:
        return json.loads(done.stdout)
    except ValueError:
        raise ReferenceFailed(f"{script.name} printed no JSON: {done.stdout[:200]!r}") from None


def differences(committed: Any, found: Any, where: str = "") -> list[str]:
    """Return the places where two results differ; numbers may differ by rounding.

    Examples
    --------
    >>> differences({"a": [1.0, 2.0]}, {"a": [1.0, 2.5]})
    ['a/1: 2.0 is committed, 2.5 was found']
    """
    if isinstance(committed, dict) and isinstance(found, dict) and set(committed) == set(found):
        pairs = [(key, committed[key], found[key]) for key in committed]
    elif isinstance(committed, list) and isinstance(found, list) and len(committed) == len(found):
        pairs = [(n, *both) for n, both in enumerate(zip(committed, found, strict=True))]
    else:
        numbers = all(type(value) in (int, float) for value in (committed, found))
        if committed == found or (numbers and math.isclose(committed, found, rel_tol=SAME)):
            return []
        return [f"{where.strip('/')}: {committed!r} is committed, {found!r} was found"]
    return [line for key, a, b in pairs for line in differences(a, b, f"{where}/{key}")]


def main(arguments: list[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(scripts())}")
    parser.add_argument("--write", action="store_true", help="write what was found")
    options = parser.parse_args(arguments)
    if unknown := [name for name in options.names if name not in scripts()]:
        parser.error(f"there is no reference {', '.join(unknown)}")
    wrong = 0
    for name in options.names or scripts():
        script, store = scripts()[name], FOLDER / f"{name}.json"
        try:
            found = compute(script)
        except ReferenceFailed as error:
            print(f"✗ {error}", file=sys.stderr)
            wrong += 1
            continue
        if options.write:
            replace_file(store, (json.dumps(found, indent=1) + "\n").encode())
            print(f"✓ {store.relative_to(ROOT)} written")
            continue
        lines = differences(json.loads(store.read_text("utf-8")), found)
        print("\n".join([f"{'✗' if lines else '✓'} {name}", *lines]))
        wrong += bool(lines)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
