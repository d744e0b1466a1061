"""Write the skeleton of a new lesson: all files that a person writes, and none that is generated.

    python -m tools.new_lesson 09 segmentation
    python -m tools.new_lesson 09 segmentation --data tumours --explorer slices

The lesson runs as it stands; with ``--data``, when the set was built. What is still to be written
holds "…", and the lints name what a lesson must have. No file is overwritten.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from textwrap import dedent

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from medlearn import lessons
from medlearn.datasets import DataError
from medlearn.files import replace_file
from medlearn.lessons import LessonError
from tools import execute, sync, teaching

ROOT = Path(__file__).resolve().parents[1]

EXERCISES = '''\
"""Exercises of lesson {number}: {words}."""

from medlearn.exercises.engine import Exercises, Level

lesson = Exercises("{number}")


@lesson.function(
    cases=[(1.0, 2.0), (0.5, 0.0)],
    hints=["…"],
    right="…",
)
def first(a, b):
    return a + b


@first.fresh
def _(rng):
    return tuple(rng.normal(size=2).round(2))


@first.misconception("subtracted", "…")
def _(a, b):
    return a - b


second = lesson.value(
    "second",
    code="second = 3",
    expected=3,
    hints=["…"],
    misconceptions={{2: "…"}},
    right="…",
)

third = lesson.choice(
    "third",
    answer="b",
    feedback={{"a": "…", "b": "…", "c": "…"}},
    hints=["…"],
)

fourth = lesson.text(
    "fourth",
    model_answer="…",
    checklist=["…"],
    rubric=[
        Level(0, "…", "…"),  # what such an answer does or leaves out, and an example of it
        Level(1, "…", "…"),
        Level(2, "…", "…"),
    ],
    hints=["…"],
)
'''

TESTS = '''\
"""Lesson {number}: what it says of its data, and what its explorer shows."""

from medlearn import lessons

LESSON = lessons.find()["{number}"]


def test_the_lesson_loads_what_it_says():
    assert LESSON.data == {data}
'''

EXPLORER = '''\
"""…: which control moves what."""

from __future__ import annotations

from typing import Any

from medlearn.language import _
from medlearn.widgets.controls import slider
from medlearn.widgets.explorer import Explorer

__all__ = ["{name}_explorer"]

GRID = {{"slope": (0, 2, 5)}}  # …: what a page shows on which nobody can move a control


def {name}_explorer() -> Explorer:
    """….

    Returns
    -------
    Explorer
        With the control `slope`.

    Examples
    --------
    >>> {name}_explorer().words
    'A line with slope 2.'
    """

    def draw(ax: Any, slope: int) -> str:
        line = _line(slope)
        _draw(ax, line)
        return _words(slope)

    return Explorer(draw, slope=slider(_("slope"), 0, 5, 2), grid=GRID)


def _line(slope: int) -> list[int]:
    """What is computed: the heights at 0 and at 1."""
    return [0, slope]


def _draw(ax: Any, line: list[int]) -> None:
    ax.plot([0, 1], line)


def _words(slope: int) -> str:
    return _("A line with slope {{slope}}.").format(slope=slope)
'''

MODULE = '''\
"""…: where the data come from, in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from medlearn.datasets.pages import card
from medlearn.datasets.storage import read

if TYPE_CHECKING:
    import numpy as np
    from sklearn.utils import Bunch

__all__ = ["load_{name}"]


def load_{name}() -> Bunch:
    """Load ….

    Returns
    -------
    sklearn.utils.Bunch
        ``data`` (rows, features) float64, …; ``groups`` (rows,) the patient of each row;
        ``DESCR``, the card.

    Raises
    ------
    DataError
        The file is missing or damaged.

    Notes
    -----
    Source: …
    """
    from sklearn.utils import Bunch

    return Bunch(**read("{name}"), DESCR=card("{name}"))


def convert(raw: bytes) -> dict[str, np.ndarray]:
    """Turn the file in the source's package into the arrays that ship."""
    raise NotImplementedError("…")
'''

CARD = '''\
title = "…"
loader = "load_{name}"
summary = """
…"""

rows = 1
people = 1
people_note = "…"
collected = "…"
units = "…"
changes = "…"

not_to_conclude = [
  "…",
]

publication = "…"
doi = "…"

# The licence of the data is one thing, that of the package which carries them another.
data_licence = "…"
spdx = "…"
licence_texts = ["….txt"]
licence_evidence = "…"
package_licence = "…"

# SHA-256 of the file, and of the arrays: `python -m medlearn data build {name}` says them.
file = "{name}.npz"
sha256 = "{zeros}"
content_sha256 = "{zeros}"

# A decision that one may study with it; each forbidden column as "name: why".
[question]
decision = "…?"
unit = "…"
price = "…"
baseline = "…"
forbidden = ["…: …"]

[shape]
data = [0, 0]

[[source]]
kind = "wheel"
package = "…"
version = "…"
sha256 = "{zeros}"
path = "…"

[[variable]]
name = "…"
unit = "…"
meaning = "…"
'''


DRAWING = """\
import matplotlib.pyplot as plt

from medlearn import plots

fig, ax = plt.subplots()
ax.plot([0, 1], [0, 2])
plots.show(fig, alt="A line that rises from 0 to 2.")
"""

READING = """\
<details><summary>After you have run it</summary>

…

</details>

…"""


def notebook(number: str, words: str, data: str | None, explorer: str | None) -> str:
    """Return the notebook of a lesson that has everything, and says nothing yet."""

    def text(source: str, *tags: str) -> NotebookNode:
        return new_markdown_cell(source, metadata={"tags": list(tags)} if tags else {})

    def code(source: str, *tags: str) -> NotebookNode:
        source = dedent(source).strip()
        return new_code_cell(source, metadata={"tags": list(tags)} if tags else {})

    def exercise(name: str, stub: str) -> list[NotebookNode]:
        check = f"ex.{name}.check({name})\n# ex.{name}.hint()\n# ex.{name}.solution()"
        return [
            text(f"### Exercise: {name}\n\n…"),
            code(stub, f"exercise:{name}"),
            code(check, f"check:{name}"),
        ]

    load = f"from medlearn.datasets import load_{data}\n\nbunch = load_{data}()\n" if data else ""
    move = (
        f"from medlearn import widgets\n\nwidgets.{explorer}_explorer()"
        if explorer
        else """
        from medlearn import widgets


        def draw(ax, slope):
            ax.plot([0, 1], [0, slope])
            return f"A line with slope {slope}."


        widgets.Explorer(draw, slope=widgets.slider("slope", 0, 5, 2))
        """
    )
    cells = [
        text(f"# {number}", "header"),
        text("## The case\n\n…", "case"),
        text("## You will be able to\n\n- …", "aims"),
        code("import medlearn", "setup"),
        text("## 1. …\n\n…", "core"),
        code(f"{load}from medlearn.exercises import lesson_{number} as ex"),
        *exercise("first", "def first(a, b):\n    # your code here\n    ..."),
        text("## 2. …\n\n…", "core"),
        code(DRAWING, "drawing"),
        text("Predict before you run: …"),
        code("1 + 1", "predict"),
        text(READING),
        code(move),
        *exercise("second", "second = ...  # your number"),
        text("## 3. … (deeper)\n\n…", "deeper"),
        *exercise("third", 'third = ...  # a letter: "a", "b" or "c"'),
        *exercise("fourth", "fourth = ...  # your sentences, between triple quotes"),
        text("## In the clinic\n\n…", "clinic"),
        text("## Recap\n\n…", "recap"),
        text("## Next\n\n…", "next"),
        text("## References\n\n1. …", "references"),
    ]
    made = new_notebook(cells=cells)
    for place, cell in enumerate(made.cells):
        cell.id = f"cell-{place:02d}"  # not a random one: the same command writes the same file
    made.metadata.update(
        kernelspec={"name": "python3", "display_name": "Python 3", "language": "python"},
        language_info={"name": "python"},
        medlearn={
            "lesson": number,
            "title": words.capitalize(),
            "question": "…?",
            "minutes": 60,
            "before": "…",
            "fits": "…",
        },
    )
    nbformat.validate(made)
    return execute.text(made)


def files(number: str, name: str, data: str | None, explorer: str | None) -> dict[str, str]:
    """Return what a person writes for a lesson: path → text, with "…" where words are missing.

    Parameters
    ----------
    number, name : str
        As in the file's name: "09" and "segmentation".
    data : str or None
        A data set of its own, by its short name.
    explorer : str or None
        A figure to move, by its subject.

    Raises
    ------
    LessonError
        When a number or name has another form.

    Examples
    --------
    >>> list(files("09", "segmentation", "tumours", "slices"))[0]
    'medlearn/exercises/lesson_09.py'
    """
    if not re.fullmatch(r"\d\d", number):
        raise LessonError(f"The number should be two digits, as in 09; {number!r} came.")
    for word in filter(None, (name, data, explorer)):
        if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", word):
            raise LessonError(f"A name is of small letters, digits and _; {word!r} came.")
    words = name.replace("_", " ")
    made = {
        f"medlearn/exercises/lesson_{number}.py": EXERCISES.format(number=number, words=words),
        f"{lessons.PAGES}/{number}_{name}.md": teaching.skeleton(),
        f"tests/test_lesson_{number}.py": TESTS.format(
            number=number, data=f'("{data}",)' if data else "()"
        ),
    }
    if data:
        made[f"medlearn/datasets/{data}.py"] = MODULE.format(name=data)
        made[f"data/{data}.toml"] = CARD.format(name=data, zeros="0" * 64)
    if explorer:
        made[f"medlearn/widgets/{explorer}.py"] = EXPLORER.format(name=explorer)
    # The last: what was written half is no lesson yet.
    made[f"notebooks/{number}_{name}.ipynb"] = notebook(number, words, data, explorer)
    return made


def main(arguments: list[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("number", help="two digits, as in 09")
    parser.add_argument("name", help="as in the file's name, such as segmentation")
    parser.add_argument("--data", metavar="NAME", help="a data set of its own: module and card")
    parser.add_argument("--explorer", metavar="NAME", help="a figure to move, by its subject")
    options = parser.parse_args(arguments)
    try:
        made = files(options.number, options.name, options.data, options.explorer)
        if options.number in lessons.find(ROOT / "notebooks"):
            raise LessonError(f"There is a lesson {options.number} already.")
        if taken := [name for name in made if (ROOT / name).exists()]:
            raise LessonError(f"{', '.join(taken)}: there already, and not overwritten.")
        for name, text in made.items():
            replace_file(ROOT / name, text.encode())
        path = next(ROOT / name for name in made if name.endswith(".ipynb"))
        text = sync.synced_notebook(path.read_text("utf-8"), path, sync.repository(ROOT))
        replace_file(path, text.encode())
    except (LessonError, DataError, sync.SyncError, OSError) as error:
        print(f"✗ {error}", file=sys.stderr)
        return 1
    print("\n".join(f"wrote {name}" for name in made))
    print(
        f"Write where … stands, then: make notebooks ARGS={options.number}, make test. What is "
        "generated follows from these files."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
