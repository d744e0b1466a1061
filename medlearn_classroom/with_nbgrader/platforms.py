"""What goes into nbgrader and comes out: a platform's files to their learners, and marks with gaps.

nbgrader wants a regular expression that finds the learner in each file's name, and exports 0 for a
file that it could not read. Here the layouts are those that `marking.learners` recognises, and what
was not marked has no score and a reason.
"""

from __future__ import annotations

import csv
import io
import re
from functools import lru_cache
from pathlib import Path

from medlearn import lessons
from medlearn.files import replace_file
from medlearn.language import _
from medlearn_classroom.marking import handins, learners

__all__ = ["collected", "with_gaps"]


@lru_cache(maxsize=1)
def _sorted(extracted: Path) -> dict[Path, dict[str, str]]:
    """File → whose it is and as which notebook it counts, for all below a folder."""
    found = [one for one in handins.find([extracted], extracted).found if not one.problem]
    stems = [lesson.stem for lesson in lessons.find().values()]
    looked = [(one, handins.looked_at(one, stems)[0]) for one in found]
    who = learners.identify(looked, stems)
    result = {}
    for (one, lesson), learner in zip(looked, who, strict=True):
        stem = next((stem for stem in stems if stem[:2] == lesson), Path(one.parts[-1]).stem)
        student = learner.number or re.sub(r"[^\w.-]+", "_", learner.name)
        result[one.path] = {"student_id": student, "file_id": stem}
    return result


def collected(submitted: str) -> dict[str, str] | None:
    """Whose a file is and as which notebook it counts, as nbgrader's collector asks.

    Parameters
    ----------
    submitted : str
        A file below the folder into which ``nbgrader zip_collect`` extracts.

    Returns
    -------
    dict or None
        With ``student_id``, the platform's number where there is one, and ``file_id``. None for
        what is nobody's, or no notebook.
    """
    path = Path(submitted)
    extracted = next((p for p in path.parents if p.name == "extracted"), path.parent)
    return _sorted(extracted).get(path)


def with_gaps(grades: Path, course: Path) -> None:
    """Take the score away, in nbgrader's table, from what was handed in and not marked.

    Parameters
    ----------
    grades : Path
        The table that ``nbgrader export`` has just written; it gets a column ``problem``.
    course : Path
        The folder of the course, with ``submitted`` and ``autograded``.
    """
    with grades.open(encoding="utf-8", newline="") as stream:
        table = list(csv.reader(stream))
    if not table:
        return
    head, *rows = table
    place = {name: n for n, name in enumerate(head)}
    for row in rows:
        assignment, student = row[place["assignment"]], row[place["student_id"]]
        below = Path(student) / assignment
        problem = ""
        if not any((course / "autograded" / below).glob("*.ipynb")):
            files = sorted((course / "submitted" / below).glob("*.ipynb"))
            if files:
                problem = handins.read(files[0])[1] or _("not marked yet")
                row[place["score"]] = row[place["raw_score"]] = ""
            else:
                problem = _("handed nothing in")
        row.append(problem)
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows([[*head, "problem"], *rows])
    replace_file(grades, stream.getvalue().encode("utf-8"))
