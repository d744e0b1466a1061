"""The files of questions that a teacher asked for, in a folder."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from medlearn import lessons as course
from medlearn.language import N_, _, ngettext
from medlearn_classroom import ClassroomError, folders
from medlearn_classroom.inventory import versions
from medlearn_classroom.quizzes import gift, moodle, qti, sources
from medlearn_classroom.quizzes.items import Item

__all__ = ["FORMATS", "contents", "said", "write"]

_FILES = {
    "moodle": ("moodle.xml", moodle.write, N_("Moodle: Question bank, Import, Moodle XML format")),
    "gift": ("gift.txt", gift.write, N_("Moodle and others: Import, GIFT format")),
    "qti": ("qti.zip", qti.write, N_("other platforms: import as QTI 2.1; leave the zip packed")),
}

FORMATS = tuple(_FILES)
"""The ids of the formats."""


def contents(items: Iterable[Item], formats: Iterable[str]) -> dict[str, bytes]:
    """The name and the bytes of each file."""
    items, wanted = list(items), list(dict.fromkeys(formats))
    return {_FILES[name][0]: _FILES[name][1](items) for name in wanted}


def said(formats: Iterable[str]) -> list[str]:
    """A line for each file, which says where it goes."""
    return [f"  {_FILES[name][0]}: {_(_FILES[name][2])}" for name in dict.fromkeys(formats)]


def write(
    folder: str | Path, formats: Iterable[str] = FORMATS, lessons: Iterable[str] | None = None
) -> list[str]:
    """Write the inventory and the choices of the lessons' exercises for platforms.

    Parameters
    ----------
    folder : str or Path
        New or empty. It is made when it is missing.
    formats : iterable of str
        Of `FORMATS`; a file for each.
    lessons : iterable of str, optional
        As in "05" or "00-08"; all by default.

    Returns
    -------
    list of str
        Lines for the person.

    Raises
    ------
    ClassroomError
        When there is something in the folder, or it is a file, or a lesson does not exist.
    LessonError
        When medlearn was installed without the course, whose pages hold the questions.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     lines = write(folder, ["moodle", "gift"], lessons=["05"])
    ...     sorted(path.name for path in Path(folder).iterdir())
    ['gift.txt', 'moodle.xml']
    """
    folder, formats = Path(folder), list(formats)
    numbers = list(course.find()) if lessons is None else versions.numbers_of(lessons)
    items: list[Item] = []
    for number in numbers:
        items += [*sources.inventory([number]), *sources.exercises([number])]
    if not items:
        raise ClassroomError(_("These lessons have no questions of this kind."))
    made = contents(items, formats)
    folders.write_new(folder, {folder / name: data for name, data in made.items()})
    words = ngettext("✓ {folder}: {n} question", "✓ {folder}: {n} questions", len(items))
    return [
        words.format(folder=folder, n=len(items)),
        *said(formats),
        _("All of these are public with their answers: for practice, not for marks."),
    ]
