"""The form that every lesson must have: one function a rule, each returning a list of problems.

    python -m tools.lint notebooks/01_neurons_and_activations.ipynb

nbval runs the lessons and compares their outputs. It passes in silence over what these rules look
for: an output that was never stored, a ``%magic``, a cell exempt from comparison.
`test_lessons_form` holds, for each rule, notebooks that break it.
"""

from __future__ import annotations

import ast
import html
import inspect
import re
import statistics
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from medlearn import lessons
from medlearn.lessons import PARTS, Facts, LessonError, Section, headings, text_of
from medlearn.lessons import tagged as named
from medlearn.lessons import tags_of as tags
from tools import flow, slides
from tools.execute import WIDGET_VIEW
from tools.sync import USUAL_SECONDS

ROOT = Path(__file__).resolve().parents[1]
Rule = Callable[[NotebookNode], list[str]]

EXEMPT = {"nbval-ignore-output", "nbval-skip"}
MAX_EXEMPT = 2
MAX_LINES, MAX_MEDIAN_LINES = 25, 6
MAX_FOLDED, MAX_FOLDED_LINES = 3, 15  # cells of the core whose code JupyterLab folds
MAX_WIDTH = 100  # characters of a printed line: more wrap on a laptop and on Colab
MAX_BYTES = 1_000_000
MIN_SLIDES, MAX_SLIDES, MAX_SLIDE_WORDS = 10, 40, 120
MAX_SECONDS, MAX_MEGABYTES = 120, 900
METRICS = (
    r"accurac(?:y|ies)|sensitivit(?:y|ies)|specificit(?:y|ies)|precision|recall|AUC|AUROC|F1|ROC|"
    r"loss|Brier|error rate|predictive values?|R²|balanced accuracy|Dice|cross-entropy"
)


def reason(cell: NotebookNode) -> str:
    """Why a cell breaks a rule on purpose, as its author says in its metadata; "" for none."""
    return str(cell.metadata.get("medlearn", {}).get("reason", "")).strip()


def sections_of(nb: NotebookNode) -> tuple[Section, ...]:
    """What stands below each `##` heading."""
    return lessons.parse(nb, Path("the notebook")).sections


def code_cells(nb: NotebookNode) -> Iterator[tuple[int, NotebookNode]]:
    """Each code cell with its place in the lesson, from 0."""
    for index, cell in enumerate(nb.cells):
        if cell.cell_type == "code":
            yield index, cell


def tree_of(cell: NotebookNode) -> ast.Module | None:
    """The syntax tree of a cell; None when it is no Python, which a rule of its own says."""
    try:
        return ast.parse(cell.source)
    except SyntaxError:
        return None


def parsed_cells(nb: NotebookNode) -> Iterator[tuple[int, NotebookNode, ast.Module]]:
    """Each code cell that is Python, with its place in the lesson and its syntax tree."""
    for index, cell in code_cells(nb):
        if (tree := tree_of(cell)) is not None:
            yield index, cell, tree


def markdown_cells(nb: NotebookNode) -> Iterator[tuple[int, NotebookNode]]:
    """Each cell of text with its place in the lesson, from 0."""
    for index, cell in enumerate(nb.cells):
        if cell.cell_type == "markdown":
            yield index, cell


def output_texts(cell: NotebookNode) -> Iterator[str]:
    """What a reader sees as text in a cell's outputs."""
    for output in cell.get("outputs", []):
        if output.output_type == "stream":
            yield output.text
        elif output.output_type == "error":
            yield "\n".join([output.ename, output.evalue, *output.traceback])
        for kind, value in output.get("data", {}).items():
            if isinstance(value, str) and not kind.startswith("image/"):
                # A picture inside HTML is no text: its letters would look like anything.
                yield re.sub(r"data:image/[^\"')\s]+", "", value)


def where(index: int, cell: NotebookNode) -> str:
    """A cell as a problem names it: by its place and its id."""
    return f"cell {index} ({cell.get('id', '?')})"


# --- what was stored -------------------------------------------------------------------------

# Calls that print or show something whenever they run.
SPEAKING = {"print", "display", "claim", "check", "hint", "solution", "progress", "setup"}
SPEAKING_ATTRIBUTES = {"show", "summary", "claim", "check", "hint", "solution", "setup"}
# Expressions that may well be None: what they do matters, not what they return.
SILENT_ATTRIBUTES = {"append", "extend", "sort", "insert", "remove", "update", "clear", "add"}
SILENT_ATTRIBUTES |= {
    "seed",
    "set_random_seed",
    "compile",
    "save",
    "save_weights",
    "close",
    "build",
}
SILENT_ATTRIBUTES |= {"set_weights", "shuffle", "fill", "filterwarnings", "simplefilter"}


def _speaks(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    function = node.func
    if isinstance(function, ast.Name):
        return function.id in SPEAKING
    return isinstance(function, ast.Attribute) and function.attr in SPEAKING_ATTRIBUTES


def _top_level(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """Every node that runs for certain: not inside a definition, a branch or a handler."""
    for statement in body:
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.If)):
            continue
        if isinstance(statement, (ast.Try, ast.With, ast.For, ast.While)):
            yield from _top_level(statement.body)
        else:
            yield from ast.walk(statement)


def must_have_output(source: str) -> bool:
    """Whether this cell certainly shows something when it is run."""
    tree = ast.parse(source)
    if not tree.body:
        return False
    if any(_speaks(node) for node in _top_level(tree.body)):
        return True
    last = tree.body[-1]
    if not isinstance(last, ast.Expr) or source.rstrip().endswith(";"):
        return False
    if isinstance(last.value, ast.Constant) and last.value.value is None:
        return False
    call = last.value.func if isinstance(last.value, ast.Call) else None
    return not (isinstance(call, ast.Attribute) and call.attr in SILENT_ATTRIBUTES)


def stored_outputs(nb: NotebookNode) -> list[str]:
    """Each cell that shows something has its output stored: nbval does not miss a missing one."""
    problems = []
    for index, cell in code_cells(nb):
        tree = tree_of(cell)
        if tree is None or "raises-exception" in tags(cell):
            continue
        if must_have_output(cell.source) and not cell.outputs:
            problems.append(f"{where(index, cell)} shows something, but no output is stored")
        if any(o.output_type == "error" for o in cell.outputs):
            problems.append(f"{where(index, cell)} has an error stored")
    return problems


def raising_cells(nb: NotebookNode) -> list[str]:
    """A cell tagged ``raises-exception`` really raised: nbval passes one that does not."""
    return [
        f"{where(index, cell)} is tagged raises-exception, but no error is stored"
        for index, cell in code_cells(nb)
        if "raises-exception" in tags(cell)
        and not any(o.output_type == "error" for o in cell.outputs)
    ]


def execution_counts(nb: NotebookNode) -> list[str]:
    """The cells were run once each, in order, in a fresh kernel: counts are 1, 2, 3 and so on."""
    counts = [cell.execution_count for _, cell in code_cells(nb)]
    if counts != list(range(1, len(counts) + 1)):
        return [f"the execution counts are {counts}; expected 1 to {len(counts)} in order"]
    return []


def stored_errors(nb: NotebookNode) -> list[str]:
    """Nothing was written to stderr: a learner reads a red box as a mistake of their own."""
    return [
        f"{where(index, cell)} stores stderr: {output.text[:80]!r}"
        for index, cell in code_cells(nb)
        for output in cell.outputs
        if output.output_type == "stream" and output.name == "stderr"
    ]


def printed_widths(nb: NotebookNode) -> list[str]:
    """No printed line is so long that it wraps."""
    return [
        f"{where(index, cell)} prints a line of {len(line)} characters; at most {MAX_WIDTH}. Show "
        f"a data frame, or shorter lines: {line[:60]!r}"
        for index, cell in code_cells(nb)
        for output in cell.outputs
        if output.output_type == "stream"
        for line in output.text.splitlines()
        if len(line) > MAX_WIDTH
    ]


def size(nb: NotebookNode) -> list[str]:
    """A lesson is at most 1 MB."""
    found = len(nbformat.writes(nb, version=4).encode())
    return [f"the notebook has {found:,} bytes; at most {MAX_BYTES:,}"] if found > MAX_BYTES else []


def machine_paths(nb: NotebookNode) -> list[str]:
    """No stored text shows a folder or an address in memory of the machine that ran it."""
    pattern = re.compile(
        r"(?<![\w:/.<])/(?:home|root|tmp|Users|usr|opt|work|mnt|var|srv|content|private)/[\w.-]+"
        r"|\b[A-Z]:\\\\?\w+|\bat 0x[0-9a-f]{6,}"
    )
    return [
        f"{where(index, cell)} stores {found[0]!r}, which another machine does not have"
        for index, cell in code_cells(nb)
        for text in output_texts(cell)
        if (found := pattern.search(text))
    ]


def widget_views(nb: NotebookNode) -> list[str]:
    """No widget is stored: without its kernel it reads "model not found"."""
    problems = [
        f"{where(index, cell)} stores a widget view"
        for index, cell in code_cells(nb)
        for output in cell.outputs
        if WIDGET_VIEW in output.get("data", {})
    ]
    if "widgets" in nb.metadata:
        problems.append("the notebook stores the state of widgets")
    return problems


def alternative_texts(nb: NotebookNode) -> list[str]:
    """Each picture carries words, and the same words can be read in the cell's text."""
    problems = []
    for index, cell in code_cells(nb):
        told = (re.sub(r"<[^<>]*>", " ", text) for text in output_texts(cell))
        shown = html.unescape(" ".join(" ".join(told).split()))
        for text in output_texts(cell):
            if re.search(r"<img\b(?![^>]*\balt=[\"'][^\"'])", text):
                problems.append(f"{where(index, cell)}: a picture in HTML has no alternative text")
        for output in cell.outputs:
            for kind in (k for k in output.get("data", {}) if k.startswith("image/")):
                alt = " ".join(str(output.get("metadata", {}).get(kind, {}).get("alt", "")).split())
                if len(alt.split()) < 5:
                    problems.append(f"{where(index, cell)}: a picture has no alternative text")
                elif alt not in shown:
                    problems.append(f"{where(index, cell)}: a picture's words are not shown")
    return problems


def predict_cells(nb: NotebookNode) -> list[str]:
    """The answer to a "predict before you run" question is committed, and collapsed."""
    problems = []
    for index, cell in code_cells(nb):
        hidden = cell.metadata.get("jupyter", {}).get("outputs_hidden", False)
        if "predict" in tags(cell):
            if not cell.outputs:
                problems.append(f"{where(index, cell)} is a predict cell without stored output")
            if not hidden:
                problems.append(f"{where(index, cell)} is a predict cell, but not collapsed")
        elif hidden:
            problems.append(f"{where(index, cell)} is collapsed, but no predict cell")
    return problems


FOLD = "<details><summary>After you have run it</summary>\n\n"


def folded_readings(nb: NotebookNode) -> list[str]:
    """What is said of the answer to a "predict before you run" question is folded as well."""
    problems = []
    for index, cell in code_cells(nb):
        if "predict" in tags(cell):
            after = next((one for one in nb.cells[index:] if one.cell_type == "markdown"), None)
            if after is None or not re.match(
                rf"(?s){re.escape(FOLD)}.+?\n\n</details>", after.source
            ):
                problems.append(
                    f"{where(index, cell)}: the text after it should begin with {FOLD!r}, what is "
                    "said of the output, a blank line and </details>"
                )
    return problems


def folded_drawings(nb: NotebookNode) -> list[str]:
    """Code that is folded in JupyterLab only draws; in the core few cells are, and short ones."""
    problems, folded = [], 0
    core = {
        id(cell) for section in sections_of(nb) for cell in section.cells if section.level == "core"
    }
    for index, cell in code_cells(nb):
        if not cell.metadata.get("jupyter", {}).get("source_hidden", False):
            continue
        folded += id(cell) in core
        if "drawing" not in tags(cell):
            problems.append(f"{where(index, cell)} is folded, but not tagged drawing")
        if lines_of(cell) > MAX_FOLDED_LINES:
            problems.append(
                f"{where(index, cell)} is folded and has {lines_of(cell)} lines; at most "
                f"{MAX_FOLDED_LINES}"
            )
    if folded > MAX_FOLDED:
        problems.append(f"{folded} cells of the core are folded; at most {MAX_FOLDED}")
    return problems


def exempt_cells(nb: NotebookNode) -> list[str]:
    """Few cells are exempt from comparison, and each says why."""
    markers = re.compile(r"(?m)^\s*#+\s*(?:NBVAL_\w+|PYTEST_VALIDATE_IGNORE_OUTPUT)\s*$")
    problems, exempt = [], 0
    for index, cell in code_cells(nb):
        if EXEMPT & set(tags(cell)):
            exempt += 1
            if not reason(cell):
                problems.append(f"{where(index, cell)} is exempt without metadata.medlearn.reason")
        if markers.search(cell.source):
            problems.append(f"{where(index, cell)} speaks to nbval in a comment; use a tag")
    if exempt > MAX_EXEMPT:
        problems.append(f"{exempt} cells are exempt from comparison; at most {MAX_EXEMPT}")
    return problems


# --- code ------------------------------------------------------------------------------------


def plain_python(nb: NotebookNode) -> list[str]:
    """No ``%magic``, ``!command`` or ``?help``: only Jupyter understands them, and nbval skips."""
    problems = []
    for index, cell in code_cells(nb):
        if tree_of(cell) is None:
            problems.append(f"{where(index, cell)} is not plain Python")
        elif re.search(
            r"get_ipython\(\)\s*\.\s*(?:system|run_\w*magic|magic|getoutput)", cell.source
        ):
            problems.append(f"{where(index, cell)} calls a magic or the shell through get_ipython")
    return problems


def lines_of(cell: NotebookNode) -> int:
    """How many lines of a cell are not blank."""
    return sum(bool(line.strip()) for line in cell.source.splitlines())


def cell_sizes(nb: NotebookNode) -> list[str]:
    """Code comes in small pieces: median at most 6 lines, none over 25 (blank lines aside)."""
    cells = [(index, cell) for index, cell in code_cells(nb) if "setup" not in tags(cell)]
    problems = [
        f"{where(index, cell)} has {lines_of(cell)} lines; at most {MAX_LINES}"
        for index, cell in code_cells(nb)
        if lines_of(cell) > MAX_LINES
    ]
    if cells:
        median = statistics.median(lines_of(cell) for _, cell in cells)
        if median > MAX_MEDIAN_LINES:
            problems.append(f"the median cell has {median:g} lines; at most {MAX_MEDIAN_LINES}")
    return problems


# Calls that decide, and so are to be seen: models, splits, scores, data, promises.
DECIDING = {
    "fit",
    "fit_transform",
    "fit_predict",
    "predict",
    "predict_proba",
    "evaluate",
    "compile",
}
DECIDING |= {"decision_function", "cross_val_predict", "cross_val_score", "claim"}
DECIDING_ROOMS = {"metrics", "splits", "datasets", "keras", "layers", "model_selection"}


def deciding_calls(tree: ast.AST) -> list[str]:
    """What code does besides drawing: each call or import that fits, splits, scores or loads."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            parts = (node.module or "").split(".")
            if parts[0] in {"sklearn", "medlearn", "keras"}:
                names = [alias.name for alias in node.names if not alias.name.endswith("Display")]
                rooms = DECIDING_ROOMS & {*parts, *names}
                found += (
                    [f"from {node.module} import {', '.join(names)}"] if names and rooms else []
                )
        elif isinstance(node, ast.Attribute):
            root = node.value.id if isinstance(node.value, ast.Name) else ""
            if node.attr in DECIDING or root in DECIDING_ROOMS:
                found.append(ast.unparse(node))
    return found


def drawings(nb: NotebookNode) -> list[str]:
    """A cell tagged ``drawing`` only draws: whoever folds it away loses no step of the lesson."""
    problems = []
    cells = [(*parsed, flow.names_of(parsed[-1])) for parsed in parsed_cells(nb)]
    for place, (index, cell, tree, own) in enumerate(cells):
        if "drawing" not in tags(cell):
            continue
        if not any(isinstance(n, ast.Attribute) and n.attr == "show" for n in ast.walk(tree)):
            problems.append(f"{where(index, cell)} is tagged drawing and shows no figure")
        if calls := deciding_calls(tree):
            problems.append(f"{where(index, cell)} is tagged drawing and calls {calls[0]}")
        names = set(own.bound)
        for _index, other, _tree, later in cells[place + 1 :]:
            within = set().union(*later.inside.values()) - later.bound
            if needed := names & (later.read | within):
                problems.append(
                    f"{where(index, cell)} is tagged drawing, but {other.get('id')} needs its "
                    f"{sorted(needed)[0]!r}"
                )
                break
            names -= later.bound
    return problems


def learner_names(nb: NotebookNode) -> list[str]:
    """No cell outside an exercise's own two reads a name that the learner had to write."""
    problems = []
    every = {name for _, cell in code_cells(nb) if (name := named(cell, "exercise"))}
    given: dict[str, str] = {}  # name → the exercise whose stub gives it
    for index, cell, tree in parsed_cells(nb):
        own = named(cell, "exercise") or named(cell, "check")
        # Names in order of evaluation would need a compiler; a name that the cell itself binds at
        # its top before anything else is the worked version under the same name, also forbidden.
        used = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
        bound = {n.name for n in ast.walk(tree) if isinstance(n, (ast.FunctionDef, ast.ClassDef))}
        if named(cell, "exercise"):
            for statement in tree.body:
                if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
                    given[statement.name] = own
                elif isinstance(statement, ast.Assign):
                    for target in ast.walk(ast.Module(statement.targets, [])):
                        if isinstance(target, ast.Name):
                            given[target.id] = own
        for name in sorted((used | bound) & (set(given) | every)):
            if given.get(name, name) != own:
                problems.append(f"{where(index, cell)} uses {name!r}, which the learner writes")
    return problems


def private_names(nb: NotebookNode) -> list[str]:
    """A lesson reaches into no private name of medlearn."""
    problems = []
    for index, cell, tree in parsed_cells(nb):
        for node in ast.walk(tree):
            names: list[str] = []
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("medlearn"):
                names = [*(node.module or "").split("."), *(alias.name for alias in node.names)]
            elif isinstance(node, ast.Import):
                for alias in node.names:
                    if alias.name.startswith("medlearn"):
                        names += alias.name.split(".")
            elif isinstance(node, ast.Attribute):
                names = [node.attr]
            for name in names:
                if name.startswith("_") and not (name.startswith("__") and name.endswith("__")):
                    problems.append(f"{where(index, cell)} uses the private name {name!r}")
    return problems


def trains_on(nb: NotebookNode) -> list[str]:
    """A cell that trains a model of Keras also makes it: run twice, it trains it no further.

    A lesson that trains one further on purpose tags the cell ``trains-on-ok`` and says why.
    """
    problems, lesson = [], flow.Training()
    for index, cell, tree in parsed_cells(nb):
        old = lesson.old(tree)
        lesson.read(tree)
        if "trains-on-ok" in tags(cell):
            if not reason(cell):
                problems.append(f"{where(index, cell)}: trains-on-ok without a reason")
            continue
        problems += [
            f"{where(index, cell)} trains {name!r} and does not make it; make it in this cell, or "
            "call a function that does"
            for name in old
        ]
    return problems


def one_thing_a_name(nb: NotebookNode) -> list[str]:
    """A name that a section takes from another means one thing: one section gives it.

    Who goes back to an earlier section, and runs it again, would change the later one. An import
    may stand in several sections: it gives the same thing each time.
    """
    every = sections_of(nb)
    trees = [
        [
            tree
            for c in one.cells
            if c["cell_type"] == "code" and (tree := tree_of(nbformat.from_dict(c)))
        ]
        for one in every
    ]
    title = [one.heading for one in every]
    return [
        f"{title[place]!r} takes {name!r} from before, but {' and '.join(map(repr, givers))} give "
        "it; let each have a name of its own"
        for place, name, places in flow.carried(trees)
        if (givers := [title[one] for one in places])
    ]


def kernel(nb: NotebookNode) -> list[str]:
    """The lesson asks for the kernel that every installation has."""
    name = nb.metadata.get("kernelspec", {}).get("name")
    return [] if name == "python3" else [f"the kernel is {name!r}; expected 'python3'"]


# --- numbers ---------------------------------------------------------------------------------

DECIMAL = r"\d+\.\d+"


def prose(source: str) -> str:
    """Markdown without code, formulas, links' addresses and tables' rules."""
    for pattern in (r"```.*?```", r"`[^`]*`", r"\$\$.*?\$\$", r"\$[^$]*\$", r"\]\([^)]*\)"):
        source = re.sub(pattern, " ", source, flags=re.DOTALL)
    return re.sub(r"https?://\S+", " ", source)


# What measures the time, or is called after it, in a lesson that has a clock.
TIMES = {"time", "perf_counter", "process_time", "monotonic", "clock", "timeit", "seconds"}
CLOCKS = {"time", "timeit"}


def times_of(nb: NotebookNode) -> set[str]:
    """The words that speak of measured time; a lesson without a clock means a patient's time."""
    found = set()
    for _, _, tree in parsed_cells(nb):
        for node in ast.walk(tree):
            match node:
                case ast.Import(names=names) if CLOCKS & {one.name for one in names}:
                    found |= TIMES
                case ast.ImportFrom(module=module, names=names) if module in CLOCKS:
                    found |= TIMES | {one.asname or one.name for one in names}
    return found


def timed_claims(nb: NotebookNode) -> list[str]:
    """No claim rests on measured time, which another machine, or a busy one, takes otherwise."""
    problems, timed = [], flow.Derived(times_of(nb))
    for index, cell, tree in parsed_cells(nb):
        timed.read(tree)
        for call in flow.calls(tree):
            given = [*call.args, *(keyword.value for keyword in call.keywords)]
            if flow.called(call) == "claim" and any(map(timed.made, given)):
                problems.append(f"{where(index, cell)} promises a time; print it with ≈ instead")
    return problems


def typed_scores(nb: NotebookNode) -> list[str]:
    """No score is typed into prose, where it would drift from what the cells print."""
    number = re.compile(rf"(?<![\w.]){DECIMAL}(?!\.?\d)|\d+(?:\.\d+)?\s*(?:%|percent|per cent)")
    metric = re.compile(rf"\b(?:{METRICS})", re.IGNORECASE)
    problems = []
    for index, cell in markdown_cells(nb):
        if "typed-score-ok" in tags(cell):
            if not reason(cell):
                problems.append(f"{where(index, cell)}: typed-score-ok without a reason")
            continue
        text = re.sub(r"\b95 ?%[- ](?:confidence[- ])?(?:interval|CI)", " ", prose(cell.source))
        text = re.sub(r"(?m)^##? References.*", "", text, flags=re.DOTALL)
        for sentence in re.split(r"(?<=[.!?])\s+(?=[A-Z*_])|\n\s*\n|\n(?=[-*|] )", text):
            found, what = number.search(sentence), metric.search(sentence)
            if found and what:
                problems.append(
                    f"{where(index, cell)} types {found[0]!r} beside {what[0]!r} into prose; "
                    "print it, or promise it with medlearn.claim"
                )
    return problems


def unmasked_numbers(nb: NotebookNode) -> list[str]:
    """After the first training with Keras, printed decimals carry the mark ≈.

    Best effort: which decimals came out of training cannot be seen from outside. The cell that
    prints a deterministic one says so with the tag ``unmasked-ok`` and a reason. A claim's
    promised bound is typed, not measured, and stands before its measured value.
    """
    sources = [cell.source for _, cell in code_cells(nb)]
    if not any(re.search(r"(?m)^\s*(?:import|from) (?:keras|tensorflow)", s) for s in sources):
        return []
    promise = re.compile(r"promised .*?(?=, measured)")
    problems, fitted = [], False
    for index, cell in code_cells(nb):
        fitted = fitted or bool(re.search(r"\.fit\(", cell.source))
        if not fitted:
            continue
        if "unmasked-ok" in tags(cell):
            if not reason(cell):
                problems.append(f"{where(index, cell)}: unmasked-ok without a reason")
            continue
        if EXEMPT & set(tags(cell)):
            continue
        for text in output_texts(cell):
            for marked in (r"≈ -?N", r"≈ ± -?N", r"≈(?: ±)? \[-?N to -?N\]"):
                kept = "≈ ±" if "±" in marked and "?:" not in marked else "≈"
                text = re.sub(marked.replace("N", r"\d+(?:\.\d+)?"), kept, text)
            text = promise.sub("promised", text)
            text = re.sub(r"<[^>]*>", " ", text)  # styles of HTML tables hold widths and sizes
            text = re.sub(rf"{DECIMAL} [KMG]?B\b", " ", text)  # model.summary() prints its size
            printed = re.findall(rf"(?<![\w.]){DECIMAL}(?![\w.]*\.\d)", text)
            # What stands in the source was typed there (a threshold, a label), not measured.
            if measured := [decimal for decimal in printed if decimal not in cell.source]:
                problems.append(
                    f"{where(index, cell)} prints {measured[0]!r} without ≈ after a training"
                )
                break
    return problems


# --- the form of a lesson --------------------------------------------------------------------


def metadata(nb: NotebookNode) -> list[str]:
    """The facts of the header stand in the notebook's metadata."""
    try:
        facts = Facts.of(nb, "the notebook")
    except LessonError as error:
        return [str(error)]
    problems = [
        f"metadata.medlearn.{band} is missing: it is measured when the lesson is executed"
        for band in ("seconds_band", "memory_band")
        if getattr(facts, band) is None
    ]
    seconds, megabytes = facts.seconds_band or 0, facts.memory_band or 0
    if seconds > MAX_SECONDS:
        problems.append(f"the lesson runs for up to {seconds} s; at most {MAX_SECONDS}")
    elif seconds > USUAL_SECONDS and not facts.slow_because:
        problems.append(
            f"the lesson takes more than {USUAL_SECONDS} s and does not say why (slow_because)"
        )
    if megabytes > MAX_MEGABYTES:
        problems.append(f"the lesson takes up to {megabytes} MB; at most {MAX_MEGABYTES}")
    if not facts.question.endswith("?"):
        problems.append("metadata.medlearn.question should be a question")
    return problems


# A line of which nothing but its beginning is there, as `new_lesson` writes it.
UNWRITTEN = re.compile(r"(?m)^(?:#+ )?(?:[-*] |\d+\. )?(?:[\w ]+: )?…\??(?: \([^()]*\))?$")


def unwritten(nb: NotebookNode) -> list[str]:
    """Nothing is left of the skeleton: a "…" stands where words must be written."""
    facts = nb.metadata.get("medlearn", {})
    return [
        f"{where(index, cell)} holds a line that is not written yet: {found[0]!r}"
        for index, cell in markdown_cells(nb)
        if (found := UNWRITTEN.search(cell.source))
    ] + [
        f"metadata.medlearn.{key} is not written yet"
        for key, value in facts.items()
        if value in ("…", "…?")
    ]


def sections(nb: NotebookNode) -> list[str]:
    """The ``##`` sections stand in the order of the course, with 3 to 7 numbered ones."""
    found = [section.number or section.part for section in sections_of(nb)]
    numbers = [one for one in found if isinstance(one, int)]
    problems = []
    if not 3 <= len(numbers) <= 7:
        problems.append(f"there are {len(numbers)} numbered sections; expected 3 to 7")
    expected = [*PARTS[:2], *range(1, len(numbers) + 1), *PARTS[2:]]
    if found != expected:
        problems.append(
            f"the sections, by number or tag of the heading's cell, are {found}; expected "
            f"{expected}"
        )
    return problems


def generated_cells(nb: NotebookNode) -> list[str]:
    """The header comes first; the one setup cell is the first code cell, after the aims."""
    problems = []
    for tag, kind in (("header", "markdown"), ("setup", "code")):
        cells = [cell for cell in nb.cells if tag in tags(cell)]
        if len(cells) != 1 or cells[0].cell_type != kind:
            problems.append(f"expected one {kind} cell tagged {tag!r}, found {len(cells)}")
    if not nb.cells or "header" not in tags(nb.cells[0]):
        problems.append("the first cell is not the header")
    first = next(code_cells(nb), None)
    if first is None or "setup" not in tags(first[1]):
        problems.append("the first code cell is not the setup cell")
    else:
        before = [index for index, _heading in headings(nb) if index < first[0]]
        if not before or "aims" not in tags(nb.cells[before[-1]]):
            problems.append("the setup cell does not follow the section tagged 'aims'")
    return problems


def depth(nb: NotebookNode) -> list[str]:
    """Each numbered section is core or deeper; the core is at most 3 ideas and 3 exercises."""
    problems = []
    level, core_sections, core_exercises = None, 0, 0
    opening = {index: heading for index, heading in headings(nb)}
    # The word in brackets that most deeper headings end in, whatever the language.
    brackets = Counter(s.bracket for s in sections_of(nb) if s.level == "deeper" and s.bracket)
    endings = tuple(ending for ending, _count in brackets.most_common(1))
    for index, cell in enumerate(nb.cells):
        marks = {"core", "deeper"} & set(tags(cell))
        if index in opening:
            if re.match(r"\d+\. ", opening[index]):
                if len(marks) != 1:
                    problems.append(
                        f"{where(index, cell)} opens {opening[index]!r}: "
                        "tag it either core or deeper"
                    )
                if not cell.source.startswith("## "):
                    problems.append(f"{where(index, cell)}: its heading is not its first line")
                level = "core" if "core" in marks else "deeper"
                if opening[index].endswith(endings) != (level == "deeper"):
                    problems.append(
                        f"{where(index, cell)}: a heading ends in (deeper), the same everywhere, "
                        "where the tag says so, and only there: readers do not see tags"
                    )
                core_sections += level == "core"
                continue
            level = None
        if marks:
            problems.append(f"{where(index, cell)} is tagged {marks}, but opens no such section")
        if named(cell, "exercise"):
            if level is None:
                problems.append(f"{where(index, cell)}: an exercise outside a numbered section")
            core_exercises += level == "core"
    if not 1 <= core_sections <= 3:
        problems.append(f"there are {core_sections} core sections; expected 1 to 3")
    if not 1 <= core_exercises <= 3:
        problems.append(f"there are {core_exercises} core exercises; expected 1 to 3")
    return problems


def exercise_cells(nb: NotebookNode) -> list[str]:
    """Each exercise is a heading, a stub, and a check right after it; 3 to 7 of them."""
    problems, names = [], []
    for index, cell in enumerate(nb.cells):
        name, check = named(cell, "exercise"), named(cell, "check")
        after = nb.cells[index + 1] if index + 1 < len(nb.cells) else None
        before = nb.cells[index - 1] if index else None
        if name is not None:
            names.append(name)
            if after is None or named(after, "check") != name:
                problems.append(f"{where(index, cell)}: no check cell follows exercise {name!r}")
            if before is None or not re.search(r"(?m)^### \S", before.source):
                problems.append(f"{where(index, cell)}: no ### heading before the exercise")
            if not re.search(rf"(?m)^(?:def {name}\(|{name} = )", cell.source):
                problems.append(f"{where(index, cell)} does not define {name!r}")
        if check is not None:
            if before is None or named(before, "exercise") != check:
                problems.append(f"{where(index, cell)}: no stub stands before check {check!r}")
            wanted = f"ex.{check}.check({check})\n# ex.{check}.hint()\n# ex.{check}.solution()"
            if cell.source != wanted:
                problems.append(f"{where(index, cell)} should read:\n{wanted}")
    if len(names) != len(set(names)):
        problems.append("two exercises have the same name")
    if not 3 <= len(names) <= 7:
        problems.append(f"there are {len(names)} exercises; expected 3 to 7")
    return problems


def unfilled_checks(nb: NotebookNode) -> list[str]:
    """The lesson was stored before anyone filled it in: each check's box is of that kind."""
    return [
        f"{where(index, cell)} does not say that the answer is still to be written"
        for index, cell in code_cells(nb)
        if named(cell, "check")
        and not any('data-kind="not yet"' in text for text in output_texts(cell))
    ]


def deck(nb: NotebookNode) -> list[str]:
    """The cells marked for slides make a deck of 10 to 40, none with more than 120 words."""
    problems, count = [], 0
    for index, cell in enumerate(nb.cells):
        kind = cell.metadata.get("slideshow", {}).get("slide_type")
        if kind not in slides.KINDS:
            problems.append(f"{where(index, cell)} is not marked for slides. Run: make sync")
        if kind not in slides.SLIDES:
            continue
        count += 1
        words = len(prose(cell.source).split()) if cell.cell_type == "markdown" else 0
        if words > MAX_SLIDE_WORDS:
            problems.append(
                f"{where(index, cell)} is a slide of {words} words; at most {MAX_SLIDE_WORDS}. "
                "Divide the cell: what only the notes should say comes second"
            )
    if not MIN_SLIDES <= count <= MAX_SLIDES:
        problems.append(f"a deck has {count} slides; expected {MIN_SLIDES} to {MAX_SLIDES}")
    return problems


def explorer(nb: NotebookNode) -> list[str]:
    """At least one cell ends in an interactive figure, whose words and picture are stored."""
    for _, cell in code_cells(nb):
        tree = tree_of(cell)
        if tree is None or not tree.body or not isinstance(tree.body[-1], ast.Expr):
            continue
        interactive = re.search(r"explorer|Explorer", ast.unparse(tree.body[-1]))
        if interactive and any("image/png" in o.get("data", {}) for o in cell.outputs):
            return []
    return ["no cell ends in an Explorer with a stored picture"]


def references(nb: NotebookNode) -> list[str]:
    """The lesson ends in references, each with its DOI or ISBN, or an address."""
    last = [section for section in sections_of(nb) if section.part == "references"]
    cells = [cell for section in last for cell in section.cells if cell["cell_type"] == "markdown"]
    body = [line for cell in cells for line in text_of(cell).splitlines() if line[:3] != "## "]
    entries = [line for line in body if re.match(r"\s*(?:[-*]|\d+\.)\s", line)]
    text = "\n".join(body)
    if not re.search(r"\b10\.\d{4,9}/\S+", text):
        return ["the references hold no DOI"]
    blocks = re.split(r"\n(?=\s*(?:[-*]|\d+\.)\s)", text.strip())
    return [
        f"a reference has no DOI, ISBN or address: {block.strip()[:60]!r}"
        for block in blocks
        if entries and block.strip() and re.match(r"\s*(?:[-*]|\d+\.)\s", block)
        if not re.search(r"10\.\d{4,9}/|ISBN|https?://", block)
    ]


RULES: list[Rule] = [
    stored_outputs,
    raising_cells,
    execution_counts,
    stored_errors,
    printed_widths,
    size,
    machine_paths,
    widget_views,
    alternative_texts,
    predict_cells,
    folded_readings,
    folded_drawings,
    exempt_cells,
    plain_python,
    cell_sizes,
    drawings,
    learner_names,
    private_names,
    trains_on,
    one_thing_a_name,
    kernel,
    timed_claims,
    typed_scores,
    unmasked_numbers,
    metadata,
    unwritten,
    sections,
    generated_cells,
    depth,
    exercise_cells,
    unfilled_checks,
    deck,
    explorer,
    references,
]


def main(paths: list[str]) -> int:
    """Print the problems of these notebooks, or of all lessons; 1 when there is one."""
    count = 0
    for path in paths or [str(lesson.path) for lesson in lessons.find().values()]:
        nb = nbformat.read(path, as_version=4)
        for rule in RULES:
            for problem in rule(nb):
                count += 1
                print(f"{Path(path).stem}: {rule.__name__}: {problem}")
                print(f"    rule: {(inspect.getdoc(rule) or '').splitlines()[0]}")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
