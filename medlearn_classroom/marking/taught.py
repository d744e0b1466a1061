"""Which exercises count: all, those that a plan of this course teaches, or those that are named."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from medlearn import lessons
from medlearn.exercises import all_lessons
from medlearn.language import _
from medlearn_classroom import ClassroomError
from medlearn_classroom.words import either

__all__ = ["Taught", "named", "planned", "plans"]


@dataclass(frozen=True)
class Taught:
    """The exercises that count, as (lesson, name); None for all.

    Examples
    --------
    >>> taught = named(["ppv", "01/neuron"])
    >>> taught.counts("05", "ppv"), taught.counts("05", "decide"), Taught().counts("05", "decide")
    (True, False, True)
    """

    exercises: frozenset[tuple[str, str]] | None = None

    def counts(self, lesson: str, name: str) -> bool:
        """Whether this exercise of this lesson counts."""
        return self.exercises is None or (lesson, name) in self.exercises


def named(names: Iterable[str]) -> Taught:
    """Those of these names, such as "ppv", or "05/letter" where several lessons have the name.

    Raises
    ------
    ClassroomError
        When no lesson has such an exercise.
    """
    found: set[tuple[str, str]] = set()
    for name in names:
        lesson, _slash, own = name.strip().rpartition("/")
        those = {
            (number, own)
            for number, one in all_lessons().items()
            if own in one.exercises and lesson in ("", number)
        }
        if not those:
            said = _("No lesson has an exercise {name!r}. Write its name, or lesson/name.")
            raise ClassroomError(said.format(name=name))
        found |= those
    return Taught(frozenset(found))


def _slug(heading: str) -> str:
    return re.sub(r"[^\w-]", "", heading.lower().replace(" ", "-"))


def _parts(text: str) -> dict[str, str]:
    """Slug of each heading → what stands below it, with what is below its own headings."""
    found = {}
    headings = list(re.finditer(r"(?m)^(#{2,}) (.+?)\s*$", text))
    for place, match in enumerate(headings):
        later = (m.start() for m in headings[place + 1 :] if len(m[1]) <= len(match[1]))
        found[_slug(match[2])] = text[match.end() : next(later, len(text))]
    return found


def _exercises(part: str) -> frozenset[tuple[str, str]]:
    """The exercises that a plan's tables name, each after its lesson."""
    found, course = set(), all_lessons()
    for line in part.splitlines():
        lesson = ""
        for number, link, name in re.findall(
            r"lesson (\d\d)|\((?:\.\./)?lessons/(\d\d)_|`(\w+)`", line
        ):
            lesson = number or link or lesson
            if name and lesson in course and name in course[lesson].exercises:
                found.add((lesson, name))
    return frozenset(found)


def plans() -> dict[str, frozenset[tuple[str, str]]]:
    """Name of each plan → its exercises: those of ``teaching/plans.md``, and "core".

    Raises
    ------
    ClassroomError
        When the course's pages are not here.
    """
    try:
        course = lessons.find()
    except lessons.LessonsNotHere as error:
        raise ClassroomError(_("Plans are known in a clone of the course only.")) from error
    page = next(iter(course.values())).path.parents[1] / "teaching" / "plans.md"
    found = {
        "core": frozenset(
            (number, name)
            for number, lesson in course.items()
            for name, part in lesson.exercises.items()
            if part == "core"
        )
    }
    for slug, part in _parts(page.read_text(encoding="utf-8")).items():
        if exercises := _exercises("\n".join(re.findall(r"(?m)^\|.*", part))):
            found.setdefault(slug, exercises)
    return found


def planned(name: str) -> Taught:
    """Those that a plan teaches in class.

    Parameters
    ----------
    name : str
        Such as "two-days": a heading of ``teaching/plans.md``, as its links have it, or "core".

    Raises
    ------
    ClassroomError
        When there is no such plan.
    """
    known = plans()
    if name not in known:
        said = _("There is no plan {name!r}. Expected: {known}.")
        raise ClassroomError(said.format(name=name, known=either(list(known))))
    return Taught(known[name])
