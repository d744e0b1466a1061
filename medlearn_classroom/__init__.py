"""For teachers: slides, handouts, marks, an nbgrader course, a concept inventory, a USB stick.

This package stands beside `medlearn` in a clone of the course and is no part of what learners
install. Each task has its room: `marking`; `with_nbgrader`, which hands out, collects and marks
with nbgrader; `inventory`, which asks before and after, and counts; `handouts`, which makes slides,
a page to write on and the key; `stick`, for a class without a
network. `commands` adds them to the course's command line; `spreadsheets` reads the tables that
people saved.
"""

__all__ = ["ClassroomError"]


class ClassroomError(RuntimeError):
    """A task for a class could not be done; the text says why and what to do."""
