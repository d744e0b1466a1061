"""For teachers: marks, an nbgrader course, a concept inventory, an exam, a USB stick.

This package stands beside `medlearn` in a clone of the course and is no part of what learners
install. Each task has its room: `marking`; `with_nbgrader`, which hands out, collects and marks
with nbgrader; `inventory`, which asks before and after, and counts; `quizzes`, which writes
questions for platforms; `exam`, which draws the numbers of an exam; `stick`, for a class without a
network. `commands` adds them to the course's command line; `folders` and `spreadsheets` write and
read files.
"""

__all__ = ["ClassroomError"]


class ClassroomError(RuntimeError):
    """A task for a class could not be done; the text says why and what to do."""
