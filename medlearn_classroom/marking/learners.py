"""Which notebooks were handed in, by whom: the files, what stands in them, the learner's name."""

from __future__ import annotations

import glob
import json
import re
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

from medlearn.language import _
from medlearn_classroom import ClassroomError

__all__ = ["LARGEST_FILE", "LEARNER_FROM", "learner", "paths", "read"]

LARGEST_FILE = 50_000_000
LEARNER_FROM = ("auto", "file", "folder")
"""What may name a learner: see `grading.grade_files`."""


def read(path: Path) -> tuple[Any, str | None]:
    """A file's content, or why it cannot be marked."""
    try:
        if not path.is_file():
            return None, _("this is no file") if path.exists() else _("no such file")
        size = path.stat().st_size
        if size == 0:
            return None, _("the file is empty")
        if size > LARGEST_FILE:
            said = _("larger than {most} MB: clear its outputs and save again")
            return None, said.format(most=LARGEST_FILE // 10**6)
        return json.loads(path.read_bytes()), None
    except OSError as error:
        return None, _("cannot be read: {why}").format(why=error.strerror or error)
    except (ValueError, RecursionError, MemoryError):
        return None, _("no notebook: the file holds no JSON (half saved, or something else)")


def paths(files: Iterable[str | Path]) -> list[Path]:
    """The files, those in folders, and those of a pattern that the shell left as it is."""
    found: list[Path] = []
    for given in files:
        path = Path(given)
        if path.is_dir():
            inside = sorted(path.rglob("*.ipynb"))
            inside = [p for p in inside if ".ipynb_checkpoints" not in p.parts]
            if not inside:
                raise ClassroomError(
                    _("There are no notebooks (*.ipynb) in {folder}.").format(folder=path)
                )
            found += inside
        elif not path.exists() and glob.has_magic(str(given)):
            matches = sorted(glob.glob(str(given), recursive=True))
            if not matches:
                raise ClassroomError(_("Nothing is called {name}.").format(name=given))
            found += map(Path, matches)
        else:
            found.append(path)
    if not found:
        raise ClassroomError(_("There is nothing to mark: name notebooks, or folders of them."))
    return list({path.absolute(): path for path in found}.values())


def _name(text: str, stems: Collection[str], lesson: str | None = None) -> str:
    """What a file's name says beside the lesson's; `lesson` is the number that may be left out.

    A number is only left out where it is this lesson's: that of "student_07" may be a name.

    Examples
    --------
    >>> stems = ["01_neurons_and_activations"]
    >>> _name("Ada Lovelace 01", stems, "01"), _name(f"{stems[0]} (Marie Curie)", stems)
    ('Ada Lovelace', 'Marie Curie')
    >>> _name("Ada Lovelace_123456_assignsubmission_file", stems), _name("student_07", stems, "01")
    ('Ada Lovelace', 'student_07')
    """
    own = [stem.split("_") for stem in stems if stem[:2] == lesson]
    own = [rf"{number}(?:[ _-]+(?:{'|'.join(words)}))*" for number, *words in own]  # or a part
    words = "|".join([*own, r"lesson[ _-]*\d\d?"])
    # A browser that saves a second copy adds "(1)", JupyterLab "-Copy1", the course "_new".
    again = r"(?:[ _-]*(?:\(\d+\)|(?:copy|new)\d*))*"
    edge = r"(?![^\W_])"  # no letter and no digit
    noise = rf"(?:{'|'.join(stems)}|(?<![^\W_])(?:{words})){again}{edge}"
    rest = re.sub(rf"_\d+_assignsubmission_file|{noise}|^{again}$", " ", text, flags=re.IGNORECASE)
    rest = " ".join(rest.split()).strip(" _-.,")
    return re.sub(r"^\((.*)\)$|^\[(.*)\]$", r"\1\2", rest)


def learner(
    path: Path, learner_from: str, stems: Collection[str], lesson: str | None = None
) -> str:
    """Who wrote this file: see `grading.grade_files`."""
    folders = [part for part in reversed(path.absolute().parts[1:-1]) if part not in stems]
    folder = (_name(folders[0], stems) or folders[0]) if folders else "unknown"
    if learner_from == "folder":
        return folder
    return _name(path.stem, stems, lesson) or (path.stem if learner_from == "file" else folder)
