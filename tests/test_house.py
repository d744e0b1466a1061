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
            assert not re.search(r"(?m)^…|\bLoad …\.?$|: …$", words), f"{name}: {words[:40]}"


def private_names_of_others(path, name, known):
    """What a file takes from another one though its name begins with `_`, as `module.name`."""
    tree, aliases = ast.parse(path.read_text(encoding="utf-8")), {}
    private = re.compile(r"_(?!_)\w+")  # `_` itself translates
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                if whole in known and whole != name:
                    aliases[alias.asname or alias.name] = whole
                elif node.module in known and private.fullmatch(alias.name):
                    yield whole
        elif isinstance(node, ast.Import):
            aliases |= {a.asname: a.name for a in node.names if a.asname and a.name in known}
    for node in ast.walk(tree):
        whole = aliases.get(getattr(getattr(node, "value", None), "id", ""))
        if whole and isinstance(node, ast.Attribute) and private.fullmatch(node.attr):
            yield f"{whole}.{node.attr}"


@pytest.mark.parametrize("name", modules(ROOT))
def test_no_room_takes_a_private_name_of_another(name):
    known = modules(ROOT)
    assert list(private_names_of_others(known[name], name, known)) == []


@pytest.mark.parametrize(
    "line",
    [
        "from medlearn.a import _x",
        "from medlearn import a\na._x()",
        "from medlearn import a as b\ndef f():\n    return b._x",
        "import medlearn.a as a\na._x",
    ],
)
def test_a_private_name_of_another_is_seen(tmp_path, line):
    file = tmp_path / "b.py"
    file.write_text(line, encoding="utf-8")
    known = {"medlearn.a": None, "medlearn.b": file}
    assert list(private_names_of_others(file, "medlearn.b", known)) == ["medlearn.a._x"]


def test_what_learners_install_never_asks_for_the_teachers_package():
    """But for the command line, and there in a function: the package may not be there."""
    for name, asked in graph(ROOT).items():
        theirs = {one for one in asked if one.startswith("medlearn_classroom")}
        if not name.startswith(("medlearn_classroom", "tools")):
            at_most = {"medlearn_classroom.commands"} if name == "medlearn.__main__" else set()
            assert theirs <= at_most, f"{name} imports {', '.join(theirs)}"
    command_line = ast.parse((ROOT / "medlearn/__main__.py").read_text(encoding="utf-8"))
    top = [node for node in command_line.body if isinstance(node, (ast.Import, ast.ImportFrom))]
    assert not any("medlearn_classroom" in ast.unparse(node) for node in top)


# From the ground up; what is not named here may be imported by all.
FLOORS = [
    {"datasets", "leaks", "metrics", "splits"},
    {"lessons", "plots", "federation", "audit"},
    {"widgets", "exercises", "report"},
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
