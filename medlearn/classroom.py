"""Where the teacher's tools stood until version 0.2; they are a package of their own now.

Nothing is left but an answer to the `nbgrader_config.py` of a course that was made before. nbgrader
goes on without its settings after an error in them, and would then ask a learner's own kernel for
the marks: so it is ended here.
"""

from typing import Any

from medlearn.language import _

_ROOMS = {"bundle", "course", "grading", "install", "inventory", "marks", "questions", "runner"}
_ROOMS |= {"spreadsheets", "supervisor", "tables", "ClassroomError"}


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        raise ImportError(
            _(
                "The teacher's tools have moved to the package medlearn_classroom, which comes "
                "with a clone of the course."
            )
        )
    if name != "autograde":
        raise AttributeError(name)
    raise SystemExit(
        _(
            "✗ The teacher's tools have moved. In this course's nbgrader_config.py, write\n"
            "    from medlearn_classroom.marking.limits import Limits\n"
            "    from medlearn_classroom.with_nbgrader import autograde\n"
            "for the two lines that name medlearn.classroom, then the same command again, with the "
            "environment of a clone of the course, which has them."
        )
    )
