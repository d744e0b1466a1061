"""What this course changes in nbgrader's own steps; an nbgrader_config.py calls `configure`.

nbgrader would run a submission in one kernel together with its tests, where a submission can mark
itself. Here `marking` runs it, and nbgrader stores the marks, shows the feedback and leaves the
sentences to a person. Needs nbgrader 0.9.6, which is imported in `configure` only. What nbgrader
reads in a cell's metadata is in no language; what a person reads below a cell is translated.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from medlearn.language import N_, _
from medlearn_classroom import ClassroomError
from medlearn_classroom.with_nbgrader import platforms
from medlearn_classroom.with_nbgrader.course import BEGIN_HIDDEN

if TYPE_CHECKING:
    from medlearn.exercises.engine import Text
    from medlearn_classroom.marking.limits import Limits
    from medlearn_classroom.marking.marks import Graded, Mark

__all__ = ["Kept", "configure", "restore", "show"]

SCHEMA = 3  # the version of nbgrader's metadata that 0.9.6 reads

_SIGNS = {
    "right": N_("✓ Right. {message}"),
    "wrong": N_("✗ Wrong. {message}"),
    "not yet": N_("… Not yet. {message}"),
    "missing": N_("✗ Missing. {message}"),
}


@dataclass(frozen=True)
class Kept:
    """What nbgrader's gradebook keeps of one cell of the teacher's notebook."""

    grade_id: str
    cell_type: str
    source: str
    checksum: str
    locked: bool
    grade: bool
    solution: bool
    points: float | None

    def metadata(self) -> dict[str, Any]:
        """nbgrader's metadata of this cell, as it was when it was handed out."""
        facts: dict[str, Any] = {
            "schema_version": SCHEMA,
            "grade_id": self.grade_id,
            "cell_type": self.cell_type,
            "checksum": self.checksum,
            "locked": self.locked,
            "grade": self.grade,
            "solution": self.solution,
            "task": False,
        }
        if self.points is not None:
            facts["points"] = self.points
        return facts


def _shown(source: str | list[str]) -> str:
    """The source of a locked cell as learners see it."""
    source = source if isinstance(source, str) else "".join(source)
    return source.split(f"\n{BEGIN_HIDDEN}")[0].rstrip()


def restore(notebook: dict[str, Any], kept: Sequence[Kept]) -> None:
    """Put back, in place, what nbgrader needs in a submission, and take out what it chokes on.

    nbgrader 0.9.6 stops for the whole class at a cell that was copied or that carries another
    version of its metadata, and gives up a submission that lost a check cell together with the cell
    above it. So the metadata of every cell come from the gradebook here, the last copy of a cell
    counts, and cells with points that were lost come back.

    Parameters
    ----------
    notebook : dict
        A submitted notebook.
    kept : sequence of Kept
        The cells of the teacher's notebook.

    Examples
    --------
    >>> check = Kept("01-neuron-check", "code", "check", "0" * 32, True, True, False, 2.0)
    >>> other = {"nbgrader": {"schema_version": 1}}
    >>> submitted = {"cells": [{"cell_type": "code", "source": "2", "metadata": other}]}
    >>> restore(submitted, [check])
    >>> [(cell["source"], "nbgrader" in cell["metadata"]) for cell in submitted["cells"]]
    [('2', False), ('check', True)]
    """
    known = {one.grade_id: one for one in kept}
    place: dict[str, dict[str, Any]] = {}  # grade id → the learner's cell
    for cell in reversed(notebook["cells"]):
        metadata = cell.setdefault("metadata", {})
        facts = metadata.pop("nbgrader", None)
        grade_id = facts.get("grade_id") if isinstance(facts, dict) else None
        if isinstance(grade_id, str) and grade_id in known and grade_id not in place:
            one = known[grade_id]
            metadata["nbgrader"] = one.metadata()
            place[grade_id] = cell
            # As it was handed out, without the hidden test: nbgrader would call that a change.
            if one.locked and _shown(cell.get("source", "")) == _shown(one.source):
                cell["source"] = one.source
    cells = notebook["cells"]
    for one in kept:
        if not one.grade or one.grade_id in place:
            continue
        cell = {"cell_type": one.cell_type, "source": one.source}
        if one.cell_type == "code":
            cell |= {"outputs": [], "execution_count": None}
        cell["metadata"] = {"nbgrader": one.metadata()}
        if one.solution:
            cells.insert(0, cell)  # before all, so that it undoes nothing written elsewhere
            continue
        answer = place.get(one.grade_id.removesuffix("-check"))
        below = next((i + 1 for i, other in enumerate(cells) if other is answer), len(cells))
        cells.insert(below, cell)


def _fold(words: str) -> str:
    """The feedback pages do not break long lines; here they are broken, and only they."""
    return "\n".join(textwrap.fill(line, 90) for line in words.splitlines())


def _error(name: str, message: str) -> dict[str, Any]:
    """An output that nbgrader counts as a failed test."""
    return {"output_type": "error", "ename": name, "evalue": message, "traceback": [message]}


def _text(words: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": "stdout", "text": words}


def _tested(cell: dict[str, Any], number: str, names: Iterable[str]) -> str | None:
    """The exercise whose check this cell is, by its id from the gradebook, or None."""
    facts = cell["metadata"].get("nbgrader", {})
    if not facts.get("grade") or facts.get("solution"):
        return None
    return next((name for name in names if facts["grade_id"] == f"{number}-{name}-check"), None)


def _cut_hidden(notebook: dict[str, Any], number: str, names: Sequence[str]) -> None:
    """Take the hidden tests out of the checks: here they test nothing, and feedback shows them."""
    for cell in notebook["cells"]:
        if _tested(cell, number, names):
            cell["source"] = cell["source"].split(f"\n{BEGIN_HIDDEN}")[0]


def _for_the_reader(exercise: Text, mark: Mark, source: str) -> str:
    """What the person who marks a text sees below it."""
    parts = []
    if mark.status != "to read":
        parts.append(mark.message)
    elif mark.message not in source:
        said = _("The text, put together elsewhere in the notebook: {text}")
        parts.append(said.format(text=mark.message))
    parts.append(_("A model answer: {text}").format(text=exercise.model_answer))
    parts.append(_("Does the text say this?"))
    parts += [f"☐ {item}" for item in exercise.checklist]
    return "\n".join(_fold(part) for part in parts) + "\n"


def show(notebook: dict[str, Any], graded: Graded, number: str) -> None:
    """Write marks and outputs into a submission, in place, as nbgrader reads them.

    A learner's cell gets what it printed and its error. A check cell gets the mark's message and
    nothing that the submission wrote: as an error when the answer is not right (nbgrader then gives
    no points), as plain text when it is. Sentences get what a person needs to mark them.

    Parameters
    ----------
    notebook : dict
        The submission that was graded, after `restore`.
    graded : Graded
        Of this very notebook: its reports count the same cells.
    number : str
        The lesson's number, like "01".

    Examples
    --------
    >>> from medlearn_classroom.marking.marks import Graded, Mark
    >>> mark = Mark("neuron", "wrong", 0.0, 2.0, "The bias is left out.")
    >>> graded = Graded(learner="anna", lesson="01", seed=0, marks=(mark,))
    >>> facts = {"grade_id": "01-neuron-check", "grade": True}
    >>> cell = {"cell_type": "code", "metadata": {"nbgrader": facts}, "outputs": []}
    >>> show({"cells": [cell]}, graded, "01")
    >>> cell["outputs"][0]["evalue"]
    'neuron · ✗ Wrong. The bias is left out.'
    """
    from medlearn.exercises import all_lessons

    exercises = all_lessons()[number].exercises
    marks = {mark.exercise: mark for mark in graded.marks}
    reports = {report.index: report for report in graded.cells}
    for index, cell in enumerate(notebook["cells"]):
        if cell["cell_type"] != "code":
            continue
        facts = cell["metadata"].get("nbgrader", {})
        report = reports.get(index)
        outputs = [_text(report.text)] if report and report.text else []
        if report and report.error:
            outputs.append(_error("Error", report.error))
        tested = _tested(cell, number, exercises)
        if tested and tested in marks:
            mark = marks[tested]
            said = _(_SIGNS[mark.status]).format(message=mark.message).strip()
            said = _fold(f"{tested} · {said}")
            outputs = [_text(said) if mark.status == "right" else _error(mark.status, said)]
        elif facts.get("grade") and facts.get("solution"):
            written = facts["grade_id"].removeprefix(f"{number}-")
            if written in marks:
                mark = marks[written]
                words = _for_the_reader(exercises[written], mark, cell["source"])
                outputs.append(_text(f"{written}\n{words}"))
                if mark.status == "to read":
                    # nbgrader gives 0 to a cell that still has its first checksum, and the text
                    # may stand in another cell: without a checksum a person is asked.
                    facts.pop("checksum", None)
        elif facts.get("grade") and not report:  # an unreadable notebook, or a teacher's own test
            outputs = [_error("NotRun", _("This cell was not run."))]
        cell["outputs"] = outputs
        cell["execution_count"] = None
    if graded.problem:
        words = _("**While this notebook was marked:** {problem}").format(problem=graded.problem)
        notebook["cells"].insert(0, {"cell_type": "markdown", "metadata": {}, "source": words})


def _seed(file: Path) -> int:
    try:
        words = file.read_text(encoding="utf-8").strip()
    except OSError as error:
        said = _(
            "The seed cannot be read from {file}: {why}. It is one whole number; a new one changes "
            "only the data that answers are tried on."
        )
        raise ClassroomError(said.format(file=file, why=error.strerror or error)) from None
    if not words.isdecimal():
        said = _("{file} should hold one whole number, 0 or more; it holds {words!r}.")
        raise ClassroomError(said.format(file=file, words=words))
    return int(words)


def configure(c: Any, *, seed: str | Path, limits: Limits | None = None) -> None:
    """Set up nbgrader for this course; an nbgrader_config.py calls it.

    Parameters
    ----------
    c : traitlets Config
        What `get_config()` gives in that file.
    seed : str or Path
        The file with the teacher's secret number.
    limits : Limits, optional
        Of time, memory and output while one notebook is marked.

    Raises
    ------
    ClassroomError
        When nbgrader is not installed. A seed that cannot be read is said when marking begins.
    """
    try:
        from nbformat import from_dict
        from nbgrader import preprocessors as steps
        from nbgrader.api import Gradebook
        from nbgrader.converters import Autograde, GenerateAssignment
        from nbgrader.plugins import CsvExportPlugin, FileNameCollectorPlugin
    except ImportError as error:
        said = _("nbgrader is not installed here ({why}). Run `pip install nbgrader==0.9.6`.")
        raise ClassroomError(said.format(why=error)) from error
    from medlearn.exercises import all_lessons
    from medlearn_classroom.marking.notebook import grade_notebook

    class KeepStubs(steps.ClearSolutions):
        """Cuts the solutions and leaves the stub that stands above each, as it is in the lesson."""

        def _replace_solution_region(self, cell: Any, language: str) -> bool:
            self.code_stub = {**self.code_stub, language: ""}
            replaced = super()._replace_solution_region(cell, language)
            if replaced:
                cell.source = cell.source.rstrip("\n")
            return replaced

    class RestoreCells(steps.OverwriteCells):
        """Hands `restore` the gradebook's cells, then lets nbgrader put back locked sources."""

        def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
            asked = resources["nbgrader"]
            with Gradebook(asked["db_url"]) as gradebook:
                teacher = gradebook.find_notebook(asked["notebook"], asked["assignment"])
                points = {cell.name: cell.max_score for cell in teacher.grade_cells}
                solutions = {cell.name for cell in teacher.solution_cells}
                tasks = {cell.name for cell in teacher.task_cells}
                kept = [
                    Kept(
                        grade_id=cell.name,
                        cell_type=cell.cell_type,
                        source=cell.source,
                        checksum=cell.checksum,
                        locked=cell.locked,
                        grade=cell.name in points,
                        solution=cell.name in solutions,
                        points=points.get(cell.name),
                    )
                    for cell in teacher.source_cells
                    if cell.name not in tasks
                ]
            restore(nb, kept)
            return super().preprocess(from_dict(nb), resources)

    class MarkAnswers(steps.Execute):
        """Marks a lesson with the course's grading; runs any other notebook as nbgrader does."""

        def preprocess(self, nb: Any, resources: Any, *more: Any) -> tuple[Any, Any]:
            number = resources["nbgrader"]["notebook"].split("_")[0]
            if number not in all_lessons():
                return super().preprocess(nb, resources, *more)
            _cut_hidden(nb, number, list(all_lessons()[number].exercises))
            graded = grade_notebook(
                nb,
                learner=resources["nbgrader"]["student"],
                seed=_seed(Path(seed)),
                lesson=number,
                limits=limits,
            )
            show(nb, graded, number)
            return from_dict(nb), resources

    class ByLayout(FileNameCollectorPlugin):
        """Finds the learner as `grade` does, by the layout of Moodle, Canvas or folders."""

        def collect(self, submitted_file: str) -> dict[str, str] | None:
            return platforms.collected(submitted_file)

    class WithGaps(CsvExportPlugin):
        """Writes no score, and the reason, where a file was handed in that could not be marked."""

        def export(self, gradebook: Any) -> None:
            super().export(gradebook)
            platforms.with_gaps(Path(self.to or "grades.csv"), Path(c.CourseDirectory.root))

    c.ZipCollectApp.collector_plugin = ByLayout
    c.ExportApp.plugin_class = WithGaps
    ours = {
        steps.ClearSolutions: [KeepStubs],
        steps.DeduplicateIds: [],
        steps.OverwriteCells: [RestoreCells],
        steps.Execute: [MarkAnswers],
    }

    for converter, name in (
        (GenerateAssignment, "preprocessors"),
        (Autograde, "sanitize_preprocessors"),
        (Autograde, "autograde_preprocessors"),
    ):
        theirs = converter.class_traits()[name].default()
        steps_with_ours = [step for their in theirs for step in ours.get(their, [their])]
        setattr(c[converter.__name__], name, steps_with_ours)
