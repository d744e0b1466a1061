"""For teachers: an nbgrader course, marks without nbgrader, a USB stick, a concept inventory.

Nothing here is needed to learn. Each task has its modules, imported when it is asked for: `course`
and `autograde` (nbgrader); `grading`, which judges, with `supervisor` and `runner`, which run what
learners wrote, and `tables`, which keeps the marks; `bundle` and `install` (a class without a
network); `inventory`, which asks `questions` before and after, and counts.
"""

__all__ = ["ClassroomError"]


class ClassroomError(RuntimeError):
    """A task for a class could not be done; the text says why and what to do."""
