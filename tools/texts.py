"""Which texts of the code a person may read, and whether each can be translated.

    python -m tools.texts                  lists the texts that are not marked
    pybabel extract -F babel.cfg …         asks `python` here for those that are (CONTRIBUTING.md)

A text is marked with `_`, `N_` or `ngettext` of `medlearn.language`. A module of exercises marks
nothing: its hints, its messages and its model answers are known by where they stand. Whether a
text can be seen is a guess from its form, on the safe side: two words in a row, or any word that is
printed, raised, drawn or used as a label. What such a text is instead (code, a file's content, a
setting of a library) says a comment on its first or last line, or above the statement in which it
stands: `# no text: a file's content`.
"""

from __future__ import annotations

import ast
import io
import re
import sys
import tokenize
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from typing import Any, BinaryIO

ROOT = Path(__file__).resolve().parents[1]

FUNCTIONS = {"_": 1, "gettext": 1, "N_": 1, "ngettext": 2}
"""What marks a text, and how many of its arguments are texts."""

PASSED = {"hints", "right", "feedback", "misconceptions", "model_answer", "checklist", "rubric"}
"""Arguments of an exercise that are texts, or hold them."""

PROSE = {"title", "summary", "people_note", "collected", "units", "changes", "licence_terms"}
PROSE |= {"not_to_conclude", "rules", "meaning", "unit"}
"""Fields of a data set's card that are translated; what it says of rights and sources is not."""

SHOWN = {"print", "set_title", "set_xlabel", "set_ylabel", "annotate", "suptitle"}
"""Functions whose arguments a person sees, even if it is one word."""

LABELS = {"label", "title", "xlabel", "ylabel", "help", "description", "epilog", "tooltip"}
"""Arguments whose values a person sees, even if it is one word."""

WORDS = re.compile(r"[^\W\d_]{2,}[,;:.!?)’'\"…]* +[(‘'\"]*[^\W\d_]{2,}")
"""Two words in a row."""

GAP = "\0"
BESIDE = re.compile(rf"{GAP} +[^\W\d_]{{3,}}|[^\W\d_]{{3,}}[:,]? +{GAP}")
"""A word beside what is filled in."""

WORD = re.compile(r"[^\W\d_]{3,}")

IDS = {"not yet", "to read", "gradient descent"}
"""Words by which code knows a thing, though they look like text."""

TAG = re.compile(r"<[^<>]*>")

EXCUSE = re.compile(r"# no text: \S")

ROOMS = ("medlearn", "medlearn_classroom", "scripts")

# These run before there is a medlearn, or speak to nobody but the authors.
ENGLISH = ("medlearn/environment.py", "medlearn_classroom/stick/install.py")


@dataclass(frozen=True)
class Text:
    """A text in the code: the line where it begins, what marks it, and its forms.

    It is marked by the function around it, or by the argument of an exercise that it is.
    """

    line: int
    function: str
    forms: tuple[str, ...]


def _is_exercises(tree: ast.Module) -> bool:
    """Whether a module declares exercises: it makes one `Exercises` at its top."""
    return any(
        isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Call)
        and getattr(node.value.func, "id", "") == "Exercises"
        for node in tree.body
    )


def _texts_in(node: ast.expr) -> Iterator[ast.Constant]:
    """The texts in an argument of an exercise: itself, or those in its list or values."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node
    elif isinstance(node, (ast.List, ast.Tuple)):
        for part in node.elts:
            yield from _texts_in(part)
    elif isinstance(node, ast.Dict):
        for part in node.values:
            yield from _texts_in(part)
    elif isinstance(node, ast.Call):  # a level of a rubric
        for part in node.args:
            yield from _texts_in(part)


def _called(node: ast.Call) -> str:
    function = node.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _marked(tree: ast.Module) -> Iterator[tuple[list[ast.Constant], str]]:
    """Each marked text: the nodes that hold its forms, and what marks it."""
    exercises = _is_exercises(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS:
            forms = [
                arg
                for arg in node.args[: FUNCTIONS[node.func.id]]
                if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
            ]
            if forms:
                yield forms, node.func.id
        elif exercises:
            found = [(key.arg, key.value) for key in node.keywords if key.arg in PASSED]
            if _called(node) == "misconception":
                found += [("misconception", argument) for argument in node.args[1:2]]
            for where, argument in found:
                for text in _texts_in(argument):
                    yield [text], where


def marked(source: str) -> Iterator[Text]:
    """The texts of a module that can be translated, in order.

    Parameters
    ----------
    source : str
        Of a Python module.

    Yields
    ------
    Text

    Examples
    --------
    >>> list(marked('print(_("Hello, {name}.").format(name=name))'))
    [Text(line=1, function='_', forms=('Hello, {name}.',))]
    """
    tree = ast.parse(source)
    for forms, function in sorted(_marked(tree), key=lambda found: found[0][0].lineno):
        words = tuple(one.value for one in forms)
        if function == "model_answer":  # its line breaks mean nothing, and are not kept
            words = tuple(" ".join(one.split()) for one in words)
        yield Text(forms[0].lineno, function, words)


def python(
    file: BinaryIO, keywords: Any, comment_tags: Any, options: Mapping[str, str]
) -> Iterator[tuple[int, str, str | tuple[str, ...], list[str]]]:
    """Babel's interface to `marked`: line, function, text or texts, comments."""
    for text in marked(file.read().decode()):
        forms = text.forms if len(text.forms) > 1 else text.forms[0]
        yield text.line, "ngettext" if len(text.forms) > 1 else "_", forms, []


def card(
    file: BinaryIO, keywords: Any, comment_tags: Any, options: Mapping[str, str]
) -> Iterator[tuple[int, str, str, list[str]]]:
    """Babel's interface to what a person reads of the cards of the data sets."""

    def texts(value: Any) -> Iterator[str]:
        if isinstance(value, str):
            yield " ".join(value.split())  # as a card is read
        elif isinstance(value, list):
            for one in value:
                yield from texts(one)
        elif isinstance(value, dict):
            for key, one in value.items():
                if key in PROSE or key in ("variable", "online"):
                    yield from texts(one)

    for text in texts(tomllib.load(file)):
        if text:
            yield 1, "_", text, []


def _excused(source: str, tree: ast.Module) -> set[int]:
    """The lines of which a comment says what stands there instead of a text."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    said = [t for t in tokens if t.type == tokenize.COMMENT and EXCUSE.match(t.string)]
    lines = {comment.start[0] for comment in said}
    above = {c.start[0] + 1 for c in said if c.line.lstrip().startswith("#")}
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and node.lineno in above:
            lines.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return lines


def _not_read(tree: ast.Module) -> set[ast.AST]:
    """What nobody reads while the code runs: docstrings, annotations, patterns, marked texts."""
    skipped: set[ast.AST] = {form for forms, _function in _marked(tree) for form in forms}
    for node in ast.walk(tree):
        roots: list[ast.AST | None] = []
        if isinstance(node, ast.Expr) and isinstance(node.value, (ast.Constant, ast.JoinedStr)):
            roots = [node.value]
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            roots = [node.returns]
        elif isinstance(node, (ast.AnnAssign, ast.arg)):
            roots = [node.annotation]
        elif isinstance(node, ast.Call) and ast.unparse(node.func).startswith("re."):
            roots = [node]
        elif isinstance(node, ast.keyword) and node.arg in ("code", "loc"):  # Python, matplotlib
            roots = [node.value]
        skipped.update(part for root in roots if root for part in ast.walk(root))
    return skipped


def _words(node: ast.expr) -> str:
    """The fixed part of a text without its tags; what is filled in stands as `GAP`."""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    fixed = [part.value if isinstance(part, ast.Constant) else GAP for part in parts]
    text = "".join(part for part in fixed if isinstance(part, str))
    return "" if text in IDS else TAG.sub(" ", text)


def _is_text(words: str, shown: bool) -> bool:
    """Whether a person would read this: words in a row, or a word where anything is shown."""
    if shown and WORD.search(words):
        return True
    return bool(WORDS.search(words.replace(GAP, "")) or BESIDE.search(words))


def _shown(tree: ast.Module) -> set[ast.AST]:
    """Every part of what is printed, raised, drawn or used as a label."""
    found: set[ast.AST] = set()
    for node in ast.walk(tree):
        roots: list[ast.AST] = []
        if isinstance(node, ast.Call):
            if _called(node) in SHOWN:
                roots += node.args
            roots += [key.value for key in node.keywords if key.arg in LABELS]
        elif isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            roots += node.exc.args
        for root in roots:
            found.update(_outside_of_calls(root))
    return found


def _outside_of_calls(node: ast.AST) -> Iterator[ast.AST]:
    """This node and its parts, but not the arguments of functions that it calls."""
    yield node
    if isinstance(node, (ast.Call, ast.Subscript)):
        return
    for part in ast.iter_child_nodes(node):
        yield from _outside_of_calls(part)


def unmarked(source: str) -> list[tuple[int, str]]:
    """The texts that a person may read and nobody can translate: line, and how it begins.

    Parameters
    ----------
    source : str
        Of a Python module.

    Examples
    --------
    >>> unmarked('raise ValueError(f"{n} rows came")')
    [(1, 'rows came')]
    >>> unmarked('print(_("{n} rows came").format(n=n))')
    []
    """
    tree = ast.parse(source)
    skipped, shown, excused = _not_read(tree), _shown(tree), _excused(source, tree)
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            skipped.update(part for part in node.values if isinstance(part, ast.Constant))
            for part in node.values:  # the format after a colon is a text, too
                if isinstance(part, ast.FormattedValue) and part.format_spec:
                    skipped.update(ast.walk(part.format_spec))
    for node in ast.walk(tree):
        if not isinstance(node, (ast.Constant, ast.JoinedStr)) or node in skipped:
            continue
        words = _words(node)
        lines = range(node.lineno, (node.end_lineno or node.lineno) + 1)
        if _is_text(words, node in shown) and not excused & {lines[0], lines[-1]}:
            found.append((node.lineno, " ".join(words.replace(GAP, "").split())[:60]))
    return sorted(found)


def _fields(function: ast.expr) -> set[str]:
    """What is to be filled into the marked text whose `format` this is."""
    text = function.value if isinstance(function, ast.Attribute) else None
    if not isinstance(text, ast.Call) or _called(text) not in FUNCTIONS:
        return set()
    forms = [arg for arg in text.args if isinstance(arg, ast.Constant)]
    parts = (part for form in forms for part in Formatter().parse(str(form.value)))
    return {re.split(r"[.\[]", field)[0] for _text, field, *_more in parts if field}


def lost_marks(source: str) -> list[tuple[int, str]]:
    """What looks marked and is not, and what is read by code though it is there for people.

    An f-string or a sum in `_(…)`, a name for which `format` gets nothing, a `_` that is another, a
    comparison with a translated text, one that is translated when the module is imported.

    Examples
    --------
    >>> lost_marks('def f(n):\\n    return _(f"{n} rows")')
    [(2, 'a text that is put together before it is translated')]
    >>> lost_marks("def f(rows):\\n    for _ in rows:\\n        print(_('a row'))")
    [(2, '`_` is a variable here, and cannot translate')]
    """
    tree = ast.parse(source)
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in FUNCTIONS:
            texts = node.args[: FUNCTIONS[_called(node)]]
            if any(isinstance(text, (ast.JoinedStr, ast.BinOp)) for text in texts):
                found.append((node.lineno, "a text that is put together before it is translated"))
            elif len({ast.dump(text) for text in texts}) < len(texts):
                found.append((node.lineno, "the same words for one and for many"))
        elif isinstance(node, ast.Call) and _called(node) == "format":
            asked, given = _fields(node.func), {key.arg for key in node.keywords}
            if None not in given and (lacking := asked - given):
                found.append((node.lineno, f"nothing is given for {', '.join(sorted(lacking))}"))
        elif isinstance(node, ast.Compare):
            if any(isinstance(p, ast.Call) and _called(p) in FUNCTIONS for p in ast.walk(node)):
                found.append((node.lineno, "code compares a text that may be translated"))
        elif isinstance(node, (ast.FunctionDef, ast.Lambda)):
            body = list(ast.walk(node))
            calls = any(isinstance(p, ast.Call) and getattr(p.func, "id", "") == "_" for p in body)
            bound = [
                p
                for p in body
                if (isinstance(p, ast.Name) and p.id == "_" and isinstance(p.ctx, ast.Store))
                or (isinstance(p, ast.arg) and p.arg == "_")
            ]
            if calls and bound:
                found.append((bound[0].lineno, "`_` is a variable here, and cannot translate"))
    found += [(call.lineno, "translated before anybody chose a language") for call in _early(tree)]
    return found


def _early(tree: ast.Module) -> Iterator[ast.Call]:
    """The calls of `_` that run when the module is imported: at its top, and as default values."""
    todo: list[ast.AST] = list(tree.body)
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in FUNCTIONS.keys() - {"N_"}:
            yield node
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            todo += [one for one in (*node.args.defaults, *node.args.kw_defaults) if one]
        else:
            todo += ast.iter_child_nodes(node)


def rooms() -> list[Path]:
    """The modules whose texts learners and teachers read."""
    files = [f for room in ROOMS for f in (ROOT / room).rglob("*.py")]
    return sorted(f for f in files if f.relative_to(ROOT).as_posix() not in ENGLISH)


def main() -> int:
    """List what is not marked, and say how many texts are."""
    count = texts = 0
    for file in rooms():
        source = file.read_text(encoding="utf-8")
        texts += sum(1 for _text in marked(source))
        for line, words in unmarked(source) + lost_marks(source):
            count += 1
            print(f"{file.relative_to(ROOT)}:{line}: {words}")
    print(f"{texts} texts are marked, {count} are not.")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
