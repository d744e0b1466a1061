"""What of a notebook its answers need: the statements that make the names they use, and no others.

Most answers are a function of its arguments, or a number: nothing of the training around them has
to run. What is needed is found by names alone, on the safe side. A statement is taken when it binds
a name that is needed, stores into it, or calls something with it and keeps no result. What cannot
be followed so (`exec`, ``from x import *``) is `unknown`, and the whole notebook runs.
"""

from __future__ import annotations

import ast
import builtins
import symtable
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

__all__ = ["Part", "needed"]

_UNFOLLOWED = {"exec", "eval", "globals", "locals", "vars", "setattr", "delattr", "__import__"}
_KNOWN = frozenset(dir(builtins))
_DEFINE = {"FunctionDef", "AsyncFunctionDef", "ClassDef"}
_LOOKS = {"print", "display", "help"}
"""Functions that change nothing."""


@dataclass(frozen=True)
class Part:
    """What is needed of a notebook.

    Attributes
    ----------
    cells : tuple of (int, str)
        Place and source of each cell, with empty lines where statements are not needed.
    bound : frozenset of str
        The answers that some statement of the notebook binds.
    leaning : frozenset of str
        The answers that need more than imports, functions, classes and themselves: what a
        statement left out could have changed.
    unknown : bool
        It cannot be followed; run everything.
    """

    cells: tuple[tuple[int, str], ...]
    bound: frozenset[str] = frozenset()
    leaning: frozenset[str] = frozenset()
    unknown: bool = False


@dataclass
class _Statement:
    cell: int
    first: int
    last: int
    kind: str
    binds: set[str] = field(default_factory=set)
    changes: set[str] = field(default_factory=set)
    uses: set[str] = field(default_factory=set)
    unknown: bool = False


def _root(node: Any, calls: bool = True) -> str | None:
    """The name at the beginning of ``a.b[0].c(…)``; without calls, only of ``a.b[0]``."""
    chain = (ast.Attribute, ast.Subscript, ast.Starred, *([ast.Call] if calls else []))
    while isinstance(node, chain):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else None


def _globals(table: symtable.SymbolTable) -> Iterator[symtable.Symbol]:
    """The symbols that a statement shares with the rest of the notebook."""
    for symbol in table.get_symbols():
        if table.get_type() == "module" or symbol.is_global():
            yield symbol
    for inner in table.get_children():
        yield from _globals(inner)


def _look(statement: ast.stmt, cell: int) -> _Statement:
    decorators = [d.lineno for d in getattr(statement, "decorator_list", ())]
    first = min([statement.lineno, *decorators])
    found = _Statement(cell, first, statement.end_lineno or first, type(statement).__name__)
    for symbol in _globals(symtable.symtable(ast.unparse(statement), "cell", "exec")):
        if symbol.is_assigned() or symbol.is_imported():
            found.binds.add(symbol.get_name())
        if symbol.is_referenced():
            found.uses.add(symbol.get_name())
    found.unknown = bool(found.uses & _UNFOLLOWED)
    for node in ast.walk(statement):
        match node:
            case ast.ImportFrom(names=names) if any(one.name == "*" for one in names):
                found.binds.add("*")
            case (
                ast.Attribute(ctx=ast.Store() | ast.Del())
                | ast.Subscript(ctx=ast.Store() | ast.Del())
            ):
                found.changes.add(_root(node) or "")
            case ast.Expr(value=ast.Call() as call) if _root(call.func) not in _LOOKS:
                # A call whose result nobody keeps: it is there for what it does.
                given = [*call.args, *(k.value for k in call.keywords)]
                roots = [_root(call.func), *(_root(part, calls=False) for part in given)]
                found.changes.update(filter(None, roots))
            case ast.AugAssign(target=target):
                found.changes.add(_root(target) or "")
    if found.kind in _DEFINE:
        found.changes = set()  # it changes them when it is called, and then it is needed itself
    found.uses -= _KNOWN - found.binds
    return found


@lru_cache(maxsize=1)
def _transformer() -> Any:
    from IPython.core.inputtransformer2 import TransformerManager

    return TransformerManager()


def _parsed(source: str) -> tuple[str, ast.Module | None]:
    """The cell as Python, with magics as the calls that they are; None if it is none."""
    for attempt in (lambda: source, lambda: _transformer().transform_cell(source)):
        try:
            code = attempt()
            return code, ast.parse(code)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
    return source, None


def needed(
    cells: Sequence[tuple[int, str]], own: dict[str, int | None], names: Collection[str]
) -> Part:
    """What the answers of these names need.

    Parameters
    ----------
    cells : sequence of (int, str)
        Place and source of each code cell.
    own : dict of str to int or None
        Answer → the place of the cell in which it should stand; such a cell is taken whole.
    names : collection of str
        The answers.

    Returns
    -------
    Part

    Examples
    --------
    >>> cells = [(0, "import numpy as np\\nnet = train()"), (1, "def f(x):\\n    return np.exp(x)")]
    >>> needed(cells, {"f": 1}, ["f"]).cells
    ((0, 'import numpy as np\\n'), (1, 'def f(x):\\n    return np.exp(x)'))
    """
    statements: list[_Statement] = []
    sources: dict[int, str] = {}
    whole = set(own.values()) - {None}
    for place, source in cells:
        code, tree = _parsed(source)
        sources[place] = source if place in whole else code
        if tree is not None:
            statements += [_look(statement, place) for statement in tree.body]

    def closure(wanted: set[str], taken: set[int]) -> set[int]:
        grown = True
        while grown:
            grown = False
            for number, one in enumerate(statements):
                if number not in taken and (one.binds | one.changes) & wanted:
                    taken.add(number)
                    wanted |= one.uses | one.changes
                    grown = True
        return taken

    leaning, all_taken = set(), set()
    for name in names:
        place = own.get(name)
        mine = [n for n, one in enumerate(statements) if place is not None and one.cell == place]
        wanted, there = {name}, set()
        for n in mine:  # in their order: what the cell has bound itself comes from nowhere else
            wanted |= statements[n].uses - there
            there |= statements[n].binds
        taken = closure(wanted, set(mine))
        all_taken |= taken
        pure = {"Import", "ImportFrom"} | _DEFINE
        if any(statements[n].kind not in pure for n in taken.difference(mine)):
            leaning.add(name)
    bound = frozenset(n for n in names if any(n in one.binds for one in statements))
    unknown = any(statements[n].unknown for n in all_taken) or any(
        "*" in s.binds for s in statements
    )
    if len(bound) < len(set(names)):  # one may come out of what cannot be followed
        unknown = unknown or any(s.unknown for s in statements)
    kept = []
    for place, _source in cells:
        if place in whole:
            kept.append((place, sources[place]))
            continue
        mine = [one for n, one in enumerate(statements) if n in all_taken and one.cell == place]
        if mine:
            wanted_lines = {line for one in mine for line in range(one.first, one.last + 1)}
            lines = sources[place].splitlines()
            shown = [text if n in wanted_lines else "" for n, text in enumerate(lines, start=1)]
            kept.append((place, "\n".join(shown)))
    return Part(tuple(kept), bound, frozenset(leaning), unknown)
