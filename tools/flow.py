"""Where do the names of a lesson come from? Read from its code, without running it.

Best effort, on purpose: plain assignments, loops and functions at the top of cells, which is what
lessons are made of.
"""

from __future__ import annotations

import ast
import symtable
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

COMPREHENSIONS = {"listcomp", "setcomp", "dictcomp", "genexpr"}


@dataclass
class Names:
    """The names of one cell."""

    read: set[str] = field(default_factory=set)
    """Read while it runs, before the cell itself has given them."""
    bound: set[str] = field(default_factory=set)
    """Given at its top; those that it imports aside."""
    inside: dict[str, set[str]] = field(default_factory=dict)
    """Function or class → what its body reads from the lesson, whenever it is called."""


def steps(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements that run, in order: loops and branches are taken apart.

    Examples
    --------
    >>> [ast.unparse(step) for step in steps(ast.parse("for a in b: c = a").body)]
    ['b', 'a = None', 'c = a']
    """
    for statement in body:
        match statement:
            case ast.For():
                yield from _given(statement.iter, statement.target)
                yield from steps([*statement.body, *statement.orelse])
            case ast.While() | ast.If():
                yield from _given(statement.test, None)
                yield from steps([*statement.body, *statement.orelse])
            case ast.With():
                for item in statement.items:
                    yield from _given(item.context_expr, item.optional_vars)
                yield from steps(statement.body)
            case ast.Try():
                handled = [step for handler in statement.handlers for step in handler.body]
                yield from steps([*statement.body, *handled, *statement.orelse])
                yield from steps(statement.finalbody)
            case ast.AugAssign(target=ast.Name(id=name)):
                yield from _given(ast.Name(name, ast.Load()), None)
                yield statement
            case _:
                yield statement


def _given(value: ast.expr, target: ast.expr | None) -> Iterator[ast.stmt]:
    yield ast.fix_missing_locations(ast.Expr(value))
    if target is not None:
        yield ast.fix_missing_locations(ast.Assign([target], ast.Constant(None)))


def names_of(tree: ast.Module) -> Names:
    """What a cell reads, gives, and reads later in its functions.

    Examples
    --------
    >>> found = names_of(ast.parse("y = x\\ndef f(a): return a + g"))
    >>> found.read, sorted(found.bound), found.inside
    ({'x'}, ['f', 'y'], {'f': {'g'}})
    """
    found, imported = Names(), set()
    for statement in steps(tree.body):
        table = symtable.symtable(ast.unparse(statement), "cell", "exec")
        symbols = table.get_symbols()
        now = {s.get_name() for s in symbols if s.is_referenced()}
        later: set[str] = set()
        _inner(table, now, later)
        found.read |= now - found.bound - imported
        imported |= {s.get_name() for s in symbols if s.is_imported()}
        given = {s.get_name() for s in symbols if s.is_assigned()}
        found.bound |= given
        if later:  # a lambda has no name of its own: it belongs to what it is given to
            for name in given or {""}:
                found.inside[name] = found.inside.get(name, set()) | later
    return found


def _inner(table: symtable.SymbolTable, now: set[str], later: set[str], late: bool = False) -> None:
    """Add what the scopes within this one read from the lesson, at once or when called."""
    for child in table.get_children():
        at_once = child.get_name() in COMPREHENSIONS or str(child.get_type()) == "class"
        put_off = late or not at_once
        read = {s.get_name() for s in child.get_symbols() if s.is_global() and s.is_referenced()}
        (later if put_off else now).update(read)
        _inner(child, now, later, put_off)


def carried(sections: Iterable[Iterable[ast.Module]]) -> Iterator[tuple[int, str, list[int]]]:
    """A name that a section reads from another, and the sections that give it, if several do.

    What a function reads from the lesson is read by every section that calls it.

    Yields
    ------
    (int, str, list of int)
        The place of the section that reads, the name, the places of the sections that give it.

    Examples
    --------
    >>> sources = [["x = 1"], ["def f(): return x"], ["x = 2"], ["f()"]]
    >>> list(carried([ast.parse(cell) for cell in cells] for cells in sources))
    [(1, 'x', [0, 2]), (3, 'x', [0, 2])]
    """
    cells = [list(map(names_of, trees)) for trees in sections]
    inside: dict[str, set[str]] = {}
    givers: dict[str, list[int]] = {}
    for place, section in enumerate(cells):
        for name in sorted(set().union(*(cell.bound for cell in section))):
            givers.setdefault(name, []).append(place)
        for cell in section:
            for name, read in cell.inside.items():
                inside[name] = inside.get(name, set()) | read
    for place, section in enumerate(cells):
        given, asked = set(), set()
        for cell in section:
            asked |= cell.read - given
            given |= cell.bound
        asked |= set().union(*(r for cell in section for r in cell.inside.values())) - given
        todo = list(asked)
        while todo:
            more = inside.get(todo.pop(), set()) - asked
            asked |= more
            todo += more
        for name in sorted(asked):
            if len(givers.get(name, ())) > 1:
                yield place, name, givers[name]


# --- what is made of what ---------------------------------------------------------------------


def assignments(tree: ast.Module) -> Iterator[tuple[list[str], ast.AST]]:
    """The names that a cell gives, in order, each with what it is made of.

    Examples
    --------
    >>> tree = ast.parse("a, b = 1, c; (d, e) = f()")
    >>> [(names, ast.unparse(value)) for names, value in assignments(tree)]
    [(['a'], '1'), (['b'], 'c'), (['d', 'e'], 'f()')]
    """
    for node in _outside_of_functions(tree):
        match node:
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    yield from _pairs(target, value)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                yield names_in(target), value
            case ast.AugAssign(target=target) | ast.NamedExpr(target=target):
                yield names_in(target), node.value
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="append")):
                yield [name], node  # of what was in the list, and of what comes
            case ast.For(target=target, iter=value):
                yield names_in(target), value
            case ast.withitem(context_expr=value, optional_vars=ast.expr() as target):
                yield names_in(target), value
            case ast.FunctionDef() | ast.ClassDef():
                yield [node.name], node


def _pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[list[str], ast.AST]]:
    """`a, b = 1, 2` makes a of 1 and b of 2."""
    sides = [getattr(side, "elts", ()) for side in (target, value)]
    if sides[0] and len(sides[0]) == len(sides[1]):
        for one, part in zip(*sides, strict=True):
            yield from _pairs(one, part)
    else:
        yield names_in(target), value


def _outside_of_functions(tree: ast.AST) -> Iterator[ast.AST]:
    """Every piece of a cell's code that runs when the cell runs, in order."""
    for node in ast.iter_child_nodes(tree):
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.Lambda)):
            yield from _outside_of_functions(node)


def names_in(node: ast.AST) -> list[str]:
    """Every name in this piece of code."""
    return [one.id for one in ast.walk(node) if isinstance(one, ast.Name)]


def calls(tree: ast.Module) -> list[ast.Call]:
    """The calls that a cell makes itself, not those within its functions."""
    return [node for node in _outside_of_functions(tree) if isinstance(node, ast.Call)]


def called(call: ast.Call) -> str:
    """The last word of what is called: `fit` for `net.fit(x)`."""
    return last_word(call.func)


def last_word(node: ast.expr) -> str:
    """`Model` for `keras.Model`."""
    return getattr(node, "attr", getattr(node, "id", ""))


def reaching(trees: Iterable[ast.AST], words: Collection[str]) -> set[str]:
    """These words, and every function of a lesson that calls one of them, itself or by others.

    Examples
    --------
    >>> lesson = [ast.parse("def f(): g()"), ast.parse("def g(): track(range(3))")]
    >>> sorted(reaching(lesson, {"track"}))
    ['f', 'g', 'track']
    """
    functions = [
        (node.name, {called(one) for one in ast.walk(node) if isinstance(one, ast.Call)})
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
    ]
    found = set(words)
    while more := {name for name, asked in functions if asked & found} - found:
        found |= more
    return found


class Derived:
    """The names of a lesson that are made of some words, directly or through other names.

    A lesson is read from above, one cell after the other: a name that is given anew is judged anew.

    Examples
    --------
    >>> made = Derived({"perf_counter"})
    >>> made.read(ast.parse("a = time.perf_counter()\\nb = a - 1\\nc = 2"))
    >>> sorted(made.names)
    ['a', 'b']
    """

    def __init__(self, words: Collection[str]) -> None:
        self.words, self.names = set(words), set()

    def read(self, tree: ast.Module) -> None:
        """Note what this cell makes."""
        for names, value in assignments(tree):
            change = set.update if self.made(value) else set.difference_update
            change(self.names, names)

    def made(self, node: ast.AST) -> bool:
        """Whether this piece of code is made of one of the words.

        An attribute and a key in brackets are judged by their own word: `record.history["loss"]` is
        not of the time only because the same record also knows the seconds.
        """
        match node:
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                every = self.names
                for one in node.generators:  # within it these names are its own
                    change = set.union if self.made(one.iter) else set.difference
                    self.names = change(self.names, names_in(one.target))
                found = self.made(node.value if isinstance(node, ast.DictComp) else node.elt)
                self.names = every
                return found
            case ast.Name(id=name):
                return name in self.words | self.names
            case ast.Call(func=ast.Attribute(value=owner, attr=name)):
                inner = [owner, *node.args, *(keyword.value for keyword in node.keywords)]
                return name in self.words or any(map(self.made, inner))
            case ast.Attribute(attr=name):
                return name in self.words
            case ast.Subscript(slice=ast.Constant(value=str(key))) if key in self.words:
                return True
            case ast.FunctionDef() | ast.ClassDef():
                inside = names_of(ast.Module([node], [])).inside.get(node.name, set())
                spoken = {getattr(one, "attr", "") for one in ast.walk(node)}
                return bool(inside & (self.words | self.names) or spoken & self.words)
        return any(map(self.made, ast.iter_child_nodes(node)))


# --- models of Keras --------------------------------------------------------------------------

MAKERS = {"Sequential", "Model", "clone_model", "load_model"}
FITS = {"fit", "train_on_batch"}
PASSED_ON = {"items", "values", "zip", "enumerate", "track", "list", "append"}


class Training:
    """Which functions of a lesson make models of Keras, which train one, and what models it has.

    Examples
    --------
    >>> lesson = Training()
    >>> lesson.read(ast.parse("def new(): return keras.Sequential([])"))
    >>> lesson.read(ast.parse("net = new()"))
    >>> lesson.old(ast.parse("net.fit(x, y)")), lesson.old(ast.parse("net = new()\\nnet.fit(x)"))
    (['net'], [])
    """

    def __init__(self) -> None:
        self.makers = set(MAKERS)
        self.trainers: dict[str, set[int | str]] = {}  # function → places and names of arguments
        self.models: set[str] = set()
        self.functions: list[ast.FunctionDef] = []

    def read(self, tree: ast.Module) -> None:
        """Note the models and functions of this cell."""
        self.functions += [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
        self.makers |= {
            node.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ClassDef) and self.makers & set(map(last_word, node.bases))
        }
        before = None
        while before != (before := self._known()):  # one function calls another, in any order
            for function in self.functions:
                self._look_into(function)
        for names, value in assignments(tree):
            change = set.update if self.holds(value) else set.difference_update
            change(self.models, names)

    def _known(self) -> int:
        return len(self.makers) + sum(map(len, self.trainers.values()))

    def makes(self, node: ast.AST) -> bool:
        """Whether a model is made in this piece of code."""
        every = (one for one in ast.walk(node) if isinstance(one, ast.Call))
        return isinstance(node, ast.expr) and any(called(one) in self.makers for one in every)

    def holds(self, node: ast.AST) -> bool:
        """Whether this is a model, or some of them: one that is made here, or one that was."""
        match node:
            case ast.Name(id=name):
                return name in self.models
            case ast.Tuple() | ast.List() | ast.Dict() | ast.Starred():
                return any(map(self.holds, ast.iter_child_nodes(node)))
            case ast.Subscript(value=inner):
                return self.holds(inner)
            case ast.Call() if called(node) in PASSED_ON:
                owner = [node.func.value] if isinstance(node.func, ast.Attribute) else []
                return any(map(self.holds, [*owner, *node.args]))
        return self.makes(node)

    def trained(self, call: ast.Call) -> list[str]:
        """The names of what this call trains."""
        if called(call) in FITS and isinstance(call.func, ast.Attribute):
            return names_in(call.func.value)[:1]
        places = self.trainers.get(called(call), set())
        given = [*enumerate(call.args), *((one.arg, one.value) for one in call.keywords)]
        return [one.id for place, one in given if place in places and isinstance(one, ast.Name)]

    def _look_into(self, function: ast.FunctionDef) -> None:
        """Note whether this function gives a model back, and which of its arguments it trains."""
        body = ast.Module(function.body, [])
        own = {name for names, value in assignments(body) for name in names if self.makes(value)}
        arguments = [argument.arg for argument in function.args.args]
        for node in _outside_of_functions(body):
            if isinstance(node, ast.Return) and node.value is not None:
                parts = getattr(node.value, "elts", [node.value])
                if any(getattr(part, "id", "") in own or self.makes(part) for part in parts):
                    self.makers.add(function.name)
            if isinstance(node, ast.Call):
                for name in self.trained(node):
                    if name in arguments and name not in own:
                        places = self.trainers.setdefault(function.name, set())
                        places |= {arguments.index(name), name}

    def old(self, tree: ast.Module) -> list[str]:
        """The models that a cell trains and does not make: run twice, it trains them further."""
        before, self.models = self.models, set(self.models)
        made = list(assignments(tree))
        for names, value in made:
            if self.holds(value):
                self.models.update(names)

        def fresh(name: str, asked: frozenset[str] = frozenset()) -> bool:
            values = [value for names, value in made if name in names and name not in asked]
            return any(self.makes(value) or all_fresh(value, asked | {name}) for value in values)

        def all_fresh(value: ast.AST, asked: frozenset[str]) -> bool:
            inner = [name for name in names_in(value) if name in self.models]
            return bool(inner) and all(fresh(name, asked) for name in inner)

        trained = dict.fromkeys(name for call in calls(tree) for name in self.trained(call))
        found = [name for name in trained if name in self.models and not fresh(name)]
        self.models = before
        return found
