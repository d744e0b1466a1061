"""Write decks, handouts and keys into a folder: all files or none, and no other file is touched."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from medlearn import lessons
from medlearn.language import _, ngettext
from medlearn.lessons import Lesson
from medlearn_classroom import ClassroomError, folders
from medlearn_classroom.handouts.handout import handout
from medlearn_classroom.handouts.key import key
from medlearn_classroom.handouts.reading import Lecture
from medlearn_classroom.handouts.rendering import HERE
from medlearn_classroom.handouts.slides import deck
from medlearn_classroom.words import either

__all__ = ["KINDS", "write"]


@dataclass(frozen=True)
class Kind:
    """What can be made of a lesson.

    Attributes
    ----------
    name : str
        As in the command and in the names of its files.
    make : callable
        Makes the page of one lesson.
    """

    name: str
    make: Callable[[Lecture], str]

    def file(self, lesson: Lesson) -> str:
        """The name of a lesson's file."""
        return f"{lesson.stem}.{self.name}.html"


KINDS = {
    kind.name: kind for kind in (Kind("slides", deck), Kind("handout", handout), Kind("key", key))
}
"""By name."""

ALL = "all"


def reveal() -> dict[str, bytes]:
    """What a deck loads from the folder beside it: reveal.js, its licence, our style and start."""
    theirs = sorted(path for path in (HERE / "reveal").rglob("*") if path.is_file())
    found = {path.relative_to(HERE).as_posix(): path.read_bytes() for path in theirs}
    for name in ("slides.css", "start.js"):
        found[f"reveal/{name}"] = (HERE / "style" / name).read_bytes()
    return found


def chosen(number: str) -> list[Lesson]:
    """The lesson of this number, or all.

    Raises
    ------
    ClassroomError
        When there is no such lesson.
    """
    course = lessons.find()
    if number == ALL:
        return list(course.values())
    if number not in course:
        words = _("There is no lesson {number!r}. Expected {numbers}.")
        numbers = either([*course, ALL])
        raise ClassroomError(words.format(number=number, numbers=numbers))
    return [course[number]]


def ours(path: Path) -> bool:
    """Whether a file was made by one of these commands."""
    for kind in KINDS:
        if path.name.endswith(f".{kind}.html"):
            with path.open("rb") as stream:
                mark = f'content="medlearn {kind}"'  # no text: what a page says of its maker
                return mark.encode() in stream.read(1000)
    return False


def refuse_others(folder: Path) -> None:
    """Look at what is in the folder.

    Raises
    ------
    ClassroomError
        When it is a file, or holds something that none of these commands has written.
    """
    folders.refuse_file(folder)
    loaded = set(reveal())
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        name = path.relative_to(folder).as_posix()
        known = (
            any(one.startswith(f"{name}/") for one in loaded)
            if path.is_dir()
            else (name in loaded or (path.parent == folder and ours(path)))
        )
        if not known:
            words = _(
                "{folder} holds {name}, which is no slides, no handout and no key. Nothing was "
                "written. Name a new or empty folder, or one with such files only."
            )
            raise ClassroomError(words.format(folder=folder, name=name))


def write(kind: str, number: str, folder: str | Path) -> list[str]:
    """Write the slides, the handout or the key of one lesson or of all.

    Parameters
    ----------
    kind : {"slides", "handout", "key"}
    number : str
        Of the lesson, such as "05", or "all".
    folder : str or Path
        New or empty, or one that holds nothing but files of these commands: what is renewed
        is replaced.

    Returns
    -------
    list of str
        Lines for the person: what was written, and how it is used.

    Raises
    ------
    ClassroomError
        When there is no such lesson, or something else in the folder. Nothing is written then.
    LessonError
        When medlearn was installed without the lessons.
    OSError
        When a file cannot be written. The folder is then as it was before.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     lines = write("handout", "01", folder)
    ...     sorted(path.name for path in Path(folder).iterdir())
    ['01_neurons_and_activations.handout.html']
    """
    folder, made = Path(folder), KINDS[kind]
    wanted = chosen(number)
    refuse_others(folder)
    pages = {made.file(lesson): made.make(Lecture(lesson)).encode() for lesson in wanted}
    contents = {**(reveal() if kind == "slides" else {}), **pages}
    folders.write_all(folder, {folder / name: content for name, content in contents.items()})
    count = ngettext("✓ {folder}: {n} file", "✓ {folder}: {n} files", len(pages))
    use = {
        "slides": _(
            "  Open it in a browser; the folder reveal stays beside it. S opens the notes, F fills "
            "the screen; with ?print-pdf after the address it prints."
        ),
        "handout": _("  Print it from a browser, before the class. It holds no answers."),
        "key": _("  Print it from a browser, for yourself."),
    }
    return [
        count.format(folder=folder, n=len(pages)),
        *(f"  {name}" for name in pages),
        use[kind],
    ]
