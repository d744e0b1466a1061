"""The rooms of the code stand in an order: no file imports, however late, what leads back to it.

What is found is not seen here: `exercises`, `widgets` and `datasets.catalogue` import by name the
files that stand beside them, and those import what they are made with.
"""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("medlearn", "medlearn_classroom", "tools")


def modules(root):
    """Dotted name → file, of all code that is no test."""
    found = {}
    for room in ROOMS:
        for path in sorted((root / room).rglob("*.py")):
            parts = path.relative_to(root).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(path, name, known):
    """The modules that a file imports anywhere: at its top, in a function, for types only."""
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            asked = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1]
            base = ".".join([*above, node.module or ""]).strip(".") if node.level else node.module
            # `from medlearn import lessons` asks for the module, and not for its package.
            whole = [f"{base}.{alias.name}" for alias in node.names]
            asked = [one if one in known else base for one in whole]
        else:
            continue
        yield from (one for one in asked if one in known and one != name)


def circles(graph):
    """Each group of modules in which every one leads to every other."""

    def reached(start):
        seen, todo = set(), [start]
        while todo:
            for one in graph[todo.pop()]:
                if one not in seen:
                    seen.add(one)
                    todo.append(one)
        return seen

    leads = {name: reached(name) for name in graph}
    return {frozenset(b for b in leads[a] if a in leads[b]) for a in graph if a in leads[a]}


def graph(root):
    known = modules(root)
    return {name: set(imports(path, name, known)) for name, path in known.items()}


def test_no_circle_is_left():
    assert sorted(map(sorted, circles(graph(ROOT)))) == []


@pytest.mark.parametrize(
    "late",
    [
        "from medlearn import a",
        "import medlearn.a",
        "from medlearn.a import x",
        "from . import a",
        "from .a import x",
        "def f():\n    from medlearn import a",
        "if TYPE_CHECKING:\n    from medlearn.a import X",
    ],
)
def test_a_circle_is_seen(tmp_path, late):
    (tmp_path / "medlearn").mkdir()
    for name, text in {"__init__": "", "a": "from medlearn import b", "b": late}.items():
        (tmp_path / "medlearn" / f"{name}.py").write_text(text, encoding="utf-8")
    assert circles(graph(tmp_path)) == {frozenset({"medlearn.a", "medlearn.b"})}


@pytest.mark.parametrize("name", modules(ROOT))
def test_no_docstring_is_left_unwritten(name):
    tree = ast.parse(modules(ROOT)[name].read_text(encoding="utf-8"))
    kinds = (ast.Module, ast.FunctionDef, ast.ClassDef)
    for node in ast.walk(tree):
        if isinstance(node, kinds):
            words = ast.get_docstring(node) or ""
            assert not re.search(r"^…|\bLoad …$|: …$", words), f"{name}: {words[:40]}"


# From the ground up; what is not named here may be imported by all.
FLOORS = [
    {"datasets", "metrics", "splits"},
    {"lessons", "plots"},
    {"widgets", "exercises"},
    {"session", "lab", "doctor"},
    {"__main__"},
]


def test_no_room_imports_the_rooms_above_it():
    floor = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
    for name, asked in graph(ROOT).items():
        own = floor.get(name.removeprefix("medlearn.").split(".")[0], len(FLOORS))
        for other in asked:
            assert not other.startswith("tools") or name.startswith("tools"), f"{name} → {other}"
            above = floor.get(other.removeprefix("medlearn.").split(".")[0], -1)
            assert own >= above, f"{name} imports {other}, which stands above it"
