"""Which small repair of its source would make a function right? The repair names the mistake.

Each repair is one change that a teacher would make with one stroke of a pen: a pair of brackets, a
`return` moved out of a loop, a plus for a minus. It is tried on the syntax tree, in the names that
the function itself sees, and counts only when all cases then come out right. Nothing is written
anywhere, and the learner's function stays as it is.
"""

from __future__ import annotations

import ast
import builtins
import copy
import inspect
import io
import re
import textwrap
import tokenize
import types
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from medlearn.language import N_, _

__all__ = ["REPAIRS", "SURE", "find"]

_LONGEST = 20_000
"""Characters of source beyond which nothing is tried."""

_Function = ast.FunctionDef | ast.Lambda


@dataclass(frozen=True)
class _Source:
    """A function's source that was found to be the function's own."""

    function: types.FunctionType
    text: str
    tree: ast.Module

    @property
    def node(self) -> _Function:
        """The function in the tree."""
        kind = ast.Lambda if self.function.__name__ == "<lambda>" else ast.FunctionDef
        return next(node for node in ast.walk(self.tree) if isinstance(node, kind))


def _read(answer: Any) -> _Source | None:
    """The source; None where there is none, or where it is another one by now."""
    if type(answer) is not types.FunctionType:
        return None
    try:
        text = textwrap.dedent(inspect.getsource(answer))
        if len(text) > _LONGEST:
            return None
        source = _Source(answer, text, ast.parse(text))
        same = _code(source.tree, answer).co_code == answer.__code__.co_code
    except Exception:
        return None
    return source if same and _only_computes(source) else None


_COMPUTING = {"numpy", "scipy", "sklearn", "pandas", "math", "cmath", "statistics", "random"}
_COMPUTING |= {"itertools", "functools", "operator", "collections", "copy", "fractions", "decimal"}
"""Modules whose functions leave nothing behind."""

_REACHING_OUT = {"input", "open", "exec", "eval", "breakpoint", "globals", "setattr", "delattr"}
_REACHING_OUT |= {"save", "savez", "savez_compressed", "savetxt", "tofile", "dump"}
_REACHING_OUT |= {"to_csv", "to_pickle", "to_json", "to_excel"}

_UNCHANGING = (int, float, complex, str, bytes, tuple, np.ndarray, np.generic, types.NoneType)


def _only_computes(source: _Source) -> bool:
    """Whether it leaves nothing behind: else fifty repairs ask fifty times, or draw fifty points.

    What another function does that it calls is not looked at.
    """
    nodes = list(ast.walk(source.node))
    own = {node.arg for node in nodes if isinstance(node, ast.arg)}
    own |= {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    own |= {node.name for node in nodes if isinstance(node, (ast.FunctionDef, ast.ExceptHandler))}
    around = {**vars(builtins), **source.function.__globals__}
    around |= inspect.getclosurevars(source.function).nonlocals

    def stays(node: ast.AST) -> bool:
        if isinstance(node, (ast.Global, ast.Nonlocal)):
            return False
        if isinstance(node, ast.Import):
            own.update(one.asname or one.name.partition(".")[0] for one in node.names)
            return all(_computing(one.name) for one in node.names)
        if isinstance(node, ast.ImportFrom):
            own.update(one.asname or one.name for one in node.names)
            return _computing(node.module or "")
        if isinstance(node, ast.Attribute) and node.attr in _REACHING_OUT:
            return False
        if isinstance(node, (ast.Attribute, ast.Subscript)) and not isinstance(node.ctx, ast.Load):
            return _root(node) in own
        if not isinstance(node, ast.Name) or node.id in own:
            return True
        value = around.get(node.id)
        if isinstance(value, types.ModuleType):
            return _computing(value.__name__)
        return node.id not in _REACHING_OUT and (callable(value) or isinstance(value, _UNCHANGING))

    return all(map(stays, nodes))


def _computing(module: str) -> bool:
    return module.partition(".")[0] in _COMPUTING


def _root(node: ast.AST) -> str:
    """The name at the beginning of `name.part[0].other`."""
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _code(tree: ast.Module, function: types.FunctionType) -> types.CodeType:
    """The code of the function in this tree, whose free names are those of the given one."""
    free = function.__code__.co_freevars
    if free:  # they are free only inside another function
        names = [ast.arg(arg=name) for name in free]
        arguments = ast.arguments([], names, None, [], [], None, [])
        around = ast.FunctionDef("around", arguments, tree.body, [])
        if hasattr(ast, "TypeVar"):  # Python 3.12 and later
            around.type_params = []
        tree = ast.Module([around], [])
    todo = [compile(ast.fix_missing_locations(tree), "<repair>", "exec")]
    while todo:
        code = todo.pop(0)
        if code.co_name == function.__name__:
            return code
        todo += [part for part in code.co_consts if isinstance(part, types.CodeType)]
    raise ValueError(function.__name__)


def _compiled(tree: ast.Module, function: types.FunctionType) -> types.FunctionType:
    code = _code(tree, function)
    cells = dict(zip(function.__code__.co_freevars, function.__closure__ or (), strict=True))
    closure = tuple(cells[name] for name in code.co_freevars)
    made = types.FunctionType(
        code, function.__globals__, function.__name__, copy.deepcopy(function.__defaults__), closure
    )
    made.__kwdefaults__ = copy.deepcopy(function.__kwdefaults__)
    return made


def find(
    answer: Any, passes: Callable[[Callable[..., Any]], bool], names: Iterable[str]
) -> tuple[str, str] | None:
    """The mistake in this function's source, if one small repair of it makes all cases right.

    `passes` runs the learner's code, changed: it belongs where that code may run, under `guarded`.

    Parameters
    ----------
    answer : object
        What a learner gave; anything but a function with readable source has no repair.
    passes : callable
        Whether a function gives the right result for all cases; raises nothing.
    names : iterable of str
        Of the repairs to try: `REPAIRS`, or `SURE`.

    Returns
    -------
    (str, str) or None
        The id of the mistake, and what to say of it.

    Examples
    --------
    >>> find(len, lambda repaired: True, REPAIRS) is None
    True
    """
    source = _read(answer)
    if source is None:
        return None
    for name in names:
        for tree, message in REPAIRS[name](source):
            try:
                repaired = _compiled(tree, source.function)
            except Exception:  # no Python any more, or another set of free names
                continue
            if passes(repaired):
                return name, message
    return None


Repair = Callable[[_Source], Iterator[tuple[ast.Module, str]]]

REPAIRS: dict[str, Repair] = {}
"""By the id that becomes `Feedback.misconception`, in the order in which they are tried.

Each gives trees with one change, and what to say of it. A tree may change again afterwards.
"""


def _repair(tried: Repair) -> Repair:
    REPAIRS[tried.__name__.removeprefix("_")] = tried
    return tried


def _short(code: str) -> str:
    code = " ".join(code.split())
    return code if len(code) <= 80 else f"{code[:79]}…"


# --- brackets: on the text, where they can still be seen ---

_OPERATORS = {"+", "-", "*", "/", "//", "%", "**", "@", "&", "|"}
_OPERATORS |= {"<", ">", "<=", ">=", "==", "!="}
_OPERANDS = {tokenize.NAME, tokenize.NUMBER, tokenize.STRING}
_OPENING, _CLOSING = {"(", "[", "{"}, {")", "]", "}"}


@dataclass
class _Level:
    """What stands between two delimiters: operands, each with the sign before it."""

    starts: list[tuple[int, int]]  # with its sign, and without
    ends: list[int]
    opening: int | None = None  # of the bracket around it
    closing: int | None = None


def _levels(text: str) -> Iterator[_Level]:
    """The rows of operands in a source, each within its own brackets."""
    lines = [0]
    for line in text.splitlines(keepends=True):
        lines.append(lines[-1] + len(line))
    stack: list[_Level] = [_Level([], [])]
    signed: list[int | None] = [None]  # where a sign stands that belongs to the next operand
    operand = [False]  # whether the token before ended an operand, at each depth
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        start = lines[token.start[0] - 1] + token.start[1]
        end = lines[token.end[0] - 1] + token.end[1]
        word = token.string
        if token.type in (tokenize.COMMENT, tokenize.NL):
            continue
        if word in _OPENING and token.type == tokenize.OP:
            if not operand[-1]:
                stack[-1].starts.append((start if signed[-1] is None else signed[-1], start))
                stack[-1].ends.append(end)
                operand[-1] = True
            stack.append(_Level([], [], opening=start))
            signed.append(None)
            operand.append(False)
        elif word in _CLOSING and token.type == tokenize.OP:
            inner = stack.pop()
            inner.closing = start
            yield inner
            signed.pop()
            operand.pop()
            stack[-1].ends[-1] = end
            signed[-1] = None
        elif token.type in _OPERANDS and word not in _KEYWORDS:
            if operand[-1]:  # the name after a dot
                stack[-1].ends[-1] = end
            else:
                stack[-1].starts.append((start if signed[-1] is None else signed[-1], start))
                stack[-1].ends.append(end)
            operand[-1], signed[-1] = True, None
        elif word == "." and token.type == tokenize.OP:
            pass
        elif word in ("-", "+") and not operand[-1]:
            signed[-1] = start
        elif word in _OPERATORS:
            operand[-1], signed[-1] = False, None
        else:  # a comma, a keyword, the end of a line
            yield stack[-1]
            stack[-1] = _Level([], [], opening=stack[-1].opening)
            operand[-1], signed[-1] = False, None


_KEYWORDS = {"return", "if", "else", "elif", "for", "in", "and", "or", "not", "lambda", "while"}
_KEYWORDS |= {"is", "yield", "await", "assert", "def"}


def _bracketed(text: str, level: _Level) -> Iterator[str]:
    """The text with one more pair of brackets among these operands."""
    for first, starts in enumerate(level.starts):
        for start in dict.fromkeys(starts):
            for end in level.ends[first:]:
                yield f"{text[:start]}({text[start:end]}){text[end:]}"


def _moved(text: str, level: _Level, outer: list[_Level]) -> Iterator[str]:
    """The text with the closing bracket behind this level elsewhere, or the pair gone."""
    opening, closing = level.opening, level.closing
    if opening is None or closing is None or text[opening] != "(":
        return
    without = text[:closing] + text[closing + 1 :]
    for end in level.ends[:-1]:
        yield f"{without[:end]}){without[end:]}"
    for around in outer:
        for end in around.ends:
            inside = any(starts[0] <= opening < end for starts in around.starts)
            if end > closing + 1 and inside:
                yield f"{without[: end - 1]}){without[end - 1 :]}"
    if not re.match(r"[\w)\]]", text[opening - 1 : opening]):  # else it is that of a call
        yield f"{text[:opening]} {text[opening + 1 : closing]} {text[closing + 1 :]}"


def _as_python_reads(code: str) -> str:
    """The code with brackets around what Python computes first."""

    def wrapped(node: ast.expr) -> str:
        plain = ast.unparse(node)
        return f"({plain})" if isinstance(node, (ast.BinOp, ast.UnaryOp, ast.Compare)) else plain

    node = ast.parse(code, mode="eval").body
    if isinstance(node, ast.BinOp):
        node = ast.BinOp(ast.Name("\0"), node.op, ast.Name("\1"))
        template = ast.unparse(node)
        whole = ast.parse(code, mode="eval").body
        return template.replace("\0", wrapped(whole.left)).replace("\1", wrapped(whole.right))
    if isinstance(node, ast.UnaryOp):
        return f"-{wrapped(node.operand)}" if isinstance(node.op, ast.USub) else code
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        left, right = wrapped(node.left), wrapped(node.comparators[0])
        plain = ast.unparse(ast.Compare(ast.Name("\0"), node.ops, [ast.Name("\1")]))
        return plain.replace("\0", left).replace("\1", right)
    return code


def _about_brackets(text: str, level: _Level) -> str:
    code = text[level.starts[0][0] : level.ends[-1]]
    try:
        read = _as_python_reads(" ".join(code.split()))
    except SyntaxError:
        read = ""
    if read and "".join(read.split()) != "".join(code.split()):
        words = _("Brackets: Python reads “{code}” as “{read}”. What belongs together?")
        return words.format(code=_short(code), read=_short(read))
    words = _("Brackets: look at “{code}”. What belongs together, and what is computed first?")
    return words.format(code=_short(code))


def _with_other_text(
    source: _Source, tries: Iterator[tuple[str, str]]
) -> Iterator[tuple[ast.Module, str]]:
    """The trees of those texts that Python reads differently, each once."""
    seen = {ast.dump(source.tree)}
    for text, message in tries:
        try:
            tree = ast.parse(text)
        except SyntaxError:
            continue
        form = ast.dump(tree)
        if form not in seen:
            seen.add(form)
            yield tree, message


@_repair
def _brackets(source: _Source) -> Iterator[tuple[ast.Module, str]]:
    tries = (
        (text, _about_brackets(source.text, level))
        for level in _levels(source.text)
        if len(level.starts) > 1 or any(one != other for one, other in level.starts)
        for text in _bracketed(source.text, level)
    )
    yield from _with_other_text(source, tries)


# --- the rest: on the tree ---


def _blocks(node: ast.AST) -> Iterator[list[ast.stmt]]:
    """All lists of statements in it, those within those."""
    for part in ast.walk(node):
        for field in ("body", "orelse"):
            block = getattr(part, field, None)
            if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
                yield block


def _changed(source: _Source, change: Callable[[ast.AST], Iterator[str]]) -> Iterator[Any]:
    """For each node, the tree after each change that `change` makes of it, one at a time.

    `change` alters its node in place, yields what to say, and puts everything back.
    """
    tree = copy.deepcopy(source.tree)
    for node in list(ast.walk(tree)):
        for message in change(node):
            yield tree, message


def _instead(node: ast.AST, field: str, others: Iterable[Any], message: str) -> Iterator[str]:
    """Put each of these into a field of the node, one after the other, then what was there."""
    old = getattr(node, field)
    for other in others:
        setattr(node, field, other)
        yield message
    setattr(node, field, old)


def _out_of_loop(
    loop: ast.stmt, block: list[ast.stmt], kind: type[ast.stmt], behind: bool
) -> Iterator[None]:
    """Each way to put one statement of this kind behind its loop, or before it."""
    for inner in list(_blocks(loop)):
        for statement in list(inner):
            if not isinstance(statement, kind):
                continue
            place, kept = inner.index(statement), list(inner)
            inner[place : place + 1] = [] if len(inner) > 1 else [ast.Pass()]
            around = list(block)
            block.insert(block.index(loop) + behind, statement)
            yield
            block[:] = around
            inner[:] = kept


def _moved_out(
    source: _Source, kind: type[ast.stmt], message: str, *, behind: bool
) -> Iterator[tuple[ast.Module, str]]:
    """Each way to put a statement of this kind behind the loop around it, or before it."""
    tree = copy.deepcopy(source.tree)
    for block in list(_blocks(tree)):
        for loop in [one for one in block if isinstance(one, (ast.For, ast.While))]:
            for _now in _out_of_loop(loop, block, kind, behind):
                yield tree, message


@_repair
def _return_in_loop(source: _Source) -> Iterator[tuple[ast.Module, str]]:
    message = _(
        "Your return stands inside the loop: the first round already ends the function. Move it "
        "below, to the same depth as for."
    )
    yield from _moved_out(source, ast.Return, message, behind=True)


@_repair
def _reset_in_loop(source: _Source) -> Iterator[tuple[ast.Module, str]]:
    message = _(
        "Inside the loop something starts anew in each round and forgets the rounds before. What "
        "must be set once, before the loop?"
    )
    yield from _moved_out(source, ast.Assign, message, behind=False)


@_repair
def _overwritten(source: _Source) -> Iterator[tuple[ast.Module, str]]:
    tree = copy.deepcopy(source.tree)
    loops = [node for node in ast.walk(tree) if isinstance(node, (ast.For, ast.While))]
    for block in [block for loop in loops for block in _blocks(loop)]:
        for place, one in enumerate(list(block)):
            if isinstance(one, ast.Assign) and isinstance(one.targets[0], ast.Name):
                block[place] = ast.AugAssign(one.targets[0], ast.Add(), one.value)
                words = _(
                    "“{line}” forgets what {name} was before. Was something to be added to it?"
                )
                yield tree, words.format(line=_short(ast.unparse(one)), name=one.targets[0].id)
                block[place] = one


def _names_call(node: ast.AST, *names: str) -> bool:
    if not isinstance(node, ast.Call):
        return False
    function = node.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name in names


def _shift(node: ast.expr, by: int) -> ast.expr:
    return ast.BinOp(node, ast.Add() if by > 0 else ast.Sub(), ast.Constant(abs(by)))


_COUNTS = N_("Look at “{code}”: which number is the first in it, which one the last?")


@_repair
def _range(source: _Source) -> Iterator[tuple[ast.Module, str]]:
    def other(node: ast.AST) -> Iterator[str]:
        if not _names_call(node, "range", "arange") or not isinstance(node, ast.Call):
            return
        given = node.args
        message = _(_COUNTS).format(code=_short(ast.unparse(node)))
        stop = 0 if len(given) == 1 else 1
        for by in (1, -1):
            for place in range(stop + 1):
                node.args = [*given]
                node.args[place] = _shift(given[place], by)
                yield message
        if len(given) == 1:
            node.args = [ast.Constant(1), given[0]]
            yield message
            node.args = [ast.Constant(1), _shift(given[0], 1)]
            yield message
        elif len(given) == 2:
            node.args = [given[1]]
            yield message
            for by in (1, -1):
                node.args = [_shift(given[0], by), _shift(given[1], by)]
                yield message
        node.args = given

    yield from _changed(source, other)
    tree = copy.deepcopy(source.tree)  # two loops, with the same mistake in each
    calls = [node for node in ast.walk(tree) if _names_call(node, "range")]
    if len(calls) > 1:
        message = _(_COUNTS).format(code=_short(ast.unparse(calls[0])))
        for by in (1, -1):
            given = [node.args for node in calls]
            for node in calls:
                node.args = [*node.args[:-1], _shift(node.args[-1], by)]
            yield tree, message
            for node, args in zip(calls, given, strict=True):
                node.args = args


@_repair
def _slice(source: _Source) -> Iterator[tuple[ast.Module, str]]:
    def other(node: ast.AST) -> Iterator[str]:
        if not isinstance(node, ast.Subscript):
            return
        message = _(_COUNTS).format(code=_short(ast.unparse(node)))
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        for part in parts:
            if not isinstance(part, ast.Slice):
                continue
            lower, upper = part.lower, part.upper
            ends = [(None, upper), (lower, None)]
            for by in (1, -1):
                ends += [(lower and _shift(lower, by), upper), (lower, upper and _shift(upper, by))]
            for part.lower, part.upper in ends:
                yield message
            part.lower, part.upper = lower, upper

    yield from _changed(source, other)


_SIGNS = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.USub: ast.UAdd}


@_repair
def _plus_or_minus(source: _Source) -> Iterator[tuple[ast.Module, str]]:
    def other(node: ast.AST) -> Iterator[str]:
        message = _("Look at the signs in “{code}”: is each plus a plus, each minus a minus?")
        if isinstance(node, (ast.BinOp, ast.AugAssign, ast.UnaryOp)) and type(node.op) in _SIGNS:
            message = message.format(code=_short(ast.unparse(node)))
            yield from _instead(node, "op", [_SIGNS[type(node.op)]()], message)

    yield from _changed(source, other)


@_repair
def _comparison(source: _Source) -> Iterator[tuple[ast.Module, str]]:
    kinds = (ast.Gt, ast.GtE, ast.Lt, ast.LtE, ast.Eq, ast.NotEq)

    def other(node: ast.AST) -> Iterator[str]:
        if not isinstance(node, ast.Compare) or len(node.ops) != 1:
            return
        words = _("Look at “{code}”: which way round should it be, and what of equal values?")
        message = words.format(code=_short(ast.unparse(node)))
        yield from _instead(node, "ops", ([kind()] for kind in kinds), message)

    yield from _changed(source, other)


@_repair
def _bracket_moved(source: _Source) -> Iterator[tuple[ast.Module, str]]:
    words = _(
        "Look at the brackets in “{line}”: one stands in the wrong place. What belongs inside?"
    )

    def tries() -> Iterator[tuple[str, str]]:
        levels = [level for level in _levels(source.text) if level.starts]
        for level in levels:
            number = source.text.count("\n", 0, level.starts[0][0])
            message = words.format(line=_short(source.text.splitlines()[number]))
            yield from ((text, message) for text in _moved(source.text, level, levels))

    yield from _with_other_text(source, tries())


@_repair
def _operands_exchanged(source: _Source) -> Iterator[tuple[ast.Module, str]]:
    def other(node: ast.AST) -> Iterator[str]:
        kinds = (ast.Sub, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.MatMult)
        if isinstance(node, ast.BinOp) and isinstance(node.op, kinds):
            words = _("Look at “{code}”: which of the two comes first?")
            message = words.format(code=_short(ast.unparse(node)))
            node.left, node.right = node.right, node.left
            yield message
            node.left, node.right = node.right, node.left

    yield from _changed(source, other)


@_repair
def _rounded(source: _Source) -> Iterator[tuple[ast.Module, str]]:
    class Unrounded(ast.NodeTransformer):
        def visit_Call(self, node: ast.Call) -> ast.AST:
            self.generic_visit(node)
            return node.args[0] if _names_call(node, *_ROUNDING) and node.args else node

    tree = Unrounded().visit(copy.deepcopy(source.tree))
    if ast.dump(tree) != ast.dump(source.tree):
        yield (
            tree,
            _("The idea is right, and something is rounded on the way. Give it as computed."),
        )


_ROUNDING = ("round", "int", "around", "floor", "ceil", "trunc")

_FAMILIES = (
    ("sum", "mean", "median", "max", "min", "prod"),
    ("std", "var"),
    ("argmax", "argmin", "argsort", "sort"),
    ("maximum", "minimum"),
    ("exp", "log", "log10", "log2", "tanh", "sqrt", "sigmoid"),
    ("transform", "fit_transform"),
)


@_repair
def _other_function(source: _Source) -> Iterator[tuple[ast.Module, str]]:
    def other(node: ast.AST) -> Iterator[str]:
        field = {ast.Attribute: "attr", ast.Name: "id"}.get(type(node))
        name = getattr(node, field) if field else ""
        for family in _FAMILIES:
            if name in family:
                words = _("Look at {name}: is that what was asked for?")
                yield from _instead(node, field, family, words.format(name=name))

    yield from _changed(source, other)


@_repair
def _kind_of_product(source: _Source) -> Iterator[tuple[ast.Module, str]]:
    pairs = ((ast.Mult, ast.MatMult), (ast.MatMult, ast.Mult), (ast.Div, ast.FloorDiv))
    pairs += ((ast.FloorDiv, ast.Div), (ast.Mult, ast.Div), (ast.Div, ast.Mult))

    def other(node: ast.AST) -> Iterator[str]:
        if isinstance(node, ast.BinOp):
            words = _("Look at “{code}”: is that the operation which is meant?")
            others = [instead() for one, instead in pairs if type(node.op) is one]
            message = words.format(code=_short(ast.unparse(node)))
            yield from _instead(node, "op", others, message)

    yield from _changed(source, other)


@_repair
def _axis(source: _Source) -> Iterator[tuple[ast.Module, str]]:
    def other(node: ast.AST) -> Iterator[str]:
        if not isinstance(node, ast.Call):
            return
        message = _("Look at “{code}”: over rows, over columns, or over all?")
        message = message.format(code=_short(ast.unparse(node)))
        given = node.keywords
        rest = [one for one in given if one.arg != "axis"]
        if len(rest) < len(given) or _names_call(node, *_FAMILIES[0], *_FAMILIES[1]):
            axes = [ast.keyword("axis", ast.Constant(axis)) for axis in (0, 1)]
            yield from _instead(
                node, "keywords", [*([*rest, axis] for axis in axes), rest], message
            )

    yield from _changed(source, other)


@_repair
def _fixed_number(source: _Source) -> Iterator[tuple[ast.Module, str]]:
    names = [part.arg for part in ast.walk(source.node.args) if isinstance(part, ast.arg)]
    named = [ast.Name(name, ast.Load()) for name in names]
    instead = [*named, *(ast.Call(ast.Name("len", ast.Load()), [name], []) for name in named)]

    def with_parts(node: ast.AST) -> Iterator[str]:
        for field, part in ast.iter_fields(node):
            parts = part if isinstance(part, list) else [part]
            for place, number in enumerate(parts):
                if not isinstance(number, ast.Constant) or type(number.value) not in (int, float):
                    continue
                message = _("Look at {number} in “{code}”: is it always that number?").format(
                    number=number.value, code=_short(ast.unparse(node))
                )
                for other in instead:
                    if isinstance(part, list):
                        part[place] = other
                        yield message
                        part[place] = number
                    else:
                        setattr(node, field, other)
                        yield message
                        setattr(node, field, number)

    yield from _changed(source, with_parts)


@_repair
def _other_name(source: _Source) -> Iterator[tuple[ast.Module, str]]:
    names = [part.arg for part in ast.walk(source.node.args) if isinstance(part, ast.arg)]
    stored = [part for part in ast.walk(source.node) if isinstance(part, ast.Name)]
    names += [part.id for part in stored if isinstance(part.ctx, ast.Store)]

    def other(node: ast.AST) -> Iterator[str]:
        if not isinstance(node, ast.Name) or node.id not in names:
            return
        if not isinstance(node.ctx, ast.Load):
            return
        line = source.text.splitlines()[node.lineno - 1].strip()
        message = _("Look at {name} in “{line}”: is that the one which belongs there?")
        message = message.format(name=node.id, line=_short(line))
        yield from _instead(node, "id", dict.fromkeys(names), message)

    yield from _changed(source, other)


SURE = ("brackets", "return_in_loop", "reset_in_loop", "overwritten", "range", "slice", "rounded")
"""Those that name their mistake so well that nothing seen in the results says it better."""
