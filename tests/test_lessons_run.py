"""The comparison of outputs can fail, and the command that runs lessons does what it says.

`make test` runs nbval on the lessons as they stand, unfilled. Here: what the sanitiser masks, and
that nbval refuses the notebooks in ``controls/``. The solved lessons run in ``test_platforms.py``.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import machines
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

import medlearn
from medlearn import lessons
from medlearn.files import replace_file
from tools import execute, teaching

ROOT = Path(__file__).resolve().parents[1]
CONTROLS = sorted((ROOT / "tests" / "controls").glob("*.ipynb"))
LESSONS = [lesson.path for lesson in lessons.find().values()]
SANITIZER = ROOT / "tests" / "nbval_sanitize.cfg"


# --- the sanitiser ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def mask():
    """What nbval does to a text before it compares."""
    plugin = pytest.importorskip("nbval.plugin")
    patterns = plugin.get_sanitize_patterns(SANITIZER.read_text("ascii"))
    assert len(patterns) == 4

    def apply(text):
        for pattern, new in patterns:
            text = re.sub(pattern, new, text)
        return text

    return apply


MASKED = [
    ("≈ 0.928", "≈ NUMBER"),
    ("≈ -0.928", "≈ NUMBER"),
    ("≈ 17", "≈ NUMBER"),
    ("≈ 1.5e-07", "≈ NUMBER"),
    ("≈ -1.5E+07.", "≈ NUMBER."),
    ("≈ 92.8 %", "≈ NUMBER %"),
    ("≈ 92.8 ± 0.8 %", "≈ NUMBER ± NUMBER %"),
    ("≈ 0.93 [0.91 to 0.95]", "≈ NUMBER [NUMBER to NUMBER]"),
    ("≈ 0.93 [-0.91 to 0.95]", "≈ NUMBER [NUMBER to NUMBER]"),
    ("≈ 93.0 [91.0 to 95.0] %", "≈ NUMBER [NUMBER to NUMBER] %"),
    ("≈ 0.93 ± 0.01 [0.91 to 0.95]", "≈ NUMBER ± NUMBER [NUMBER to NUMBER]"),
    ("a ≈ 0.9, b ≈ 0.8; c", "a ≈ NUMBER, b ≈ NUMBER; c"),
    ("promised 0.92 ± 0.02, measured ≈ 0.931", "promised 0.92 ± 0.02, measured ≈ NUMBER"),
    ("<td>≈ 0.928</td>", "<td>≈ NUMBER</td>"),
    ('<?xml version="1.0"?>\n<svg><path/>\n</svg>', "PICTURE"),
]
UNTOUCHED = [
    "0.928",
    "0.92 ± 0.8 %",
    "0.93 [0.91 to 0.95]",
    "≈0.928",
    "≈ nan",
    "≈ about 3",
    "± 0.8",
    "[0.91 to 0.95]",
    "~ 0.9",
    "101,770 parameters",
    "≈ 3.11.7 is a version",
]


@pytest.mark.parametrize(("text", "masked"), MASKED)
def test_sanitiser_masks_marked_numbers(mask, text, masked):
    assert mask(text) == masked


@pytest.mark.parametrize("text", UNTOUCHED)
def test_sanitiser_masks_nothing_else(mask, text):
    assert mask(text) == text


@pytest.mark.parametrize("percent", [False, True])
@pytest.mark.parametrize("value", [0.92816, -0.2, 0.0, 1234.5])
@pytest.mark.parametrize("spread", [None, 0.008])
@pytest.mark.parametrize("interval", [None, (-0.3, 0.95)])
def test_sanitiser_masks_whatever_approx_writes(mask, value, percent, spread, interval):
    text = medlearn.approx(value, percent=percent, spread=spread, interval=interval)
    assert not re.search(r"\d", mask(text)), f"{text!r} keeps a digit: {mask(text)!r}"


# --- nbval itself ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory):
    """Run nbval on every control, as `make test` does, and return its verdict for each."""
    report = tmp_path_factory.mktemp("nbval") / "report.xml"
    command = [sys.executable, "-m", "pytest", "--nbval", "--nbval-sanitize-with", str(SANITIZER)]
    command += ["-p", "no:xdist", "-p", "no:cacheprovider", f"--junitxml={report}"]
    command += [str(ROOT / "tests" / "controls")]
    run = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=300, env={**os.environ}
    )
    assert report.exists(), run.stdout + run.stderr
    from xml.etree import ElementTree

    found = {path.stem: {"run": 0, "failed": 0} for path in CONTROLS}
    for case in ElementTree.parse(report).iter("testcase"):
        names = [n for n in found if n in case.get("classname", "") + case.get("file", "")]
        assert len(names) == 1, f"cannot tell which notebook {case.attrib} is"
        found[names[0]]["run"] += 1
        if case.find("failure") is not None or case.find("error") is not None:
            found[names[0]]["failed"] += 1
    return found


@pytest.mark.slow
@pytest.mark.parametrize("name", [path.stem for path in CONTROLS])
def test_nbval_judges_the_controls(verdicts, name):
    assert verdicts[name]["run"] > 0
    if name.startswith("must_fail"):
        assert verdicts[name]["failed"] > 0, f"nbval accepted {name}"
    else:
        assert name.startswith("must_pass") and verdicts[name]["failed"] == 0


# --- the command that runs the lessons -------------------------------------------------------

FACTS = {
    "lesson": "98",
    "title": "Made up",
    "question": "Does it run?",
    "minutes": 5,
    "before": "nothing",
    "fits": "none",
}


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A folder that looks like the repository, for `execute` to write into."""
    (tmp_path / "notebooks").mkdir()
    machines.texts_of_the_course(tmp_path)
    for page in (tmp_path / lessons.PAGES).iterdir():
        page.unlink()  # this course has no lesson but one
    (tmp_path / lessons.PAGES / "98_made_up.md").write_text(teaching.skeleton(), "utf-8")
    monkeypatch.setattr(execute, "ROOT", tmp_path)
    return tmp_path


def lesson(repository, *sources, tags=()):
    """Write a small lesson with header, setup cell, these code cells, and links at its end."""
    cells = [
        nbformat.v4.new_markdown_cell("old", metadata={"tags": ["header"]}, id="header"),
        new_code_cell("import medlearn", metadata={"tags": ["setup"]}, id="setup"),
    ]
    cells += [
        new_code_cell(source, metadata={"tags": list(tags)}, id=f"cell-{i}")
        for i, source in enumerate(sources)
    ]
    cells.append(nbformat.v4.new_markdown_cell("old", metadata={"tags": ["links"]}, id="links"))
    nb = new_notebook(cells=cells)
    nb.metadata.update(
        kernelspec={"name": "python3", "display_name": "Python 3", "language": "python"},
        medlearn=dict(FACTS),
    )
    path = repository / "notebooks" / "98_made_up.ipynb"
    path.write_text(execute.text(nb), "utf-8")
    return path


def test_execute_stores_outputs_bands_and_header_and_is_idempotent(repository):
    source = (
        "from medlearn import widgets\n\n"
        "widgets.Explorer(lambda ax, k: f'k is {k}', k=widgets.slider('k', 0, 3, 2))"
    )
    path = lesson(repository, source, tags=["predict"])
    assert execute.main(["execute", str(path)]) == 0
    first = path.read_text("utf-8")
    nb = execute.read(path)
    assert [c.execution_count for c in nb.cells if c.cell_type == "code"] == [1, 2]
    assert nb.metadata.medlearn.seconds_band in execute.SECONDS_BANDS
    assert nb.metadata.medlearn.memory_band in execute.MEMORY_BANDS
    assert f"under {nb.metadata.medlearn.seconds_band} s" in nb.cells[0].source
    assert 'medlearn.setup("98")' in nb.cells[1].source
    (output,) = nb.cells[2].outputs
    assert set(output.data) == {"text/plain", "image/png"}, "the widget view is stripped"
    assert nb.cells[2].metadata.jupyter.outputs_hidden
    assert "widgets" not in nb.metadata and '"execution":' not in first
    readme = (repository / "README.md").read_text("utf-8")
    assert "(notebooks/98_made_up.ipynb)" in readme
    assert execute.main(["execute", str(path)]) == 0
    assert path.read_text("utf-8") == first


def test_bands_are_kept_until_told_to_remeasure(repository):
    path = lesson(repository, "x = 1")
    nb = execute.read(path)
    nb.metadata.medlearn.update(seconds_band=20, memory_band=150)
    path.write_text(execute.text(nb), "utf-8")
    execute.execute(path, remeasure=True)
    assert execute.read(path).metadata.medlearn.seconds_band == 10


def test_execute_shows_a_failure_and_leaves_the_file(repository, capsys):
    path = lesson(repository, "x = 1", "raise ValueError('the tube is empty')")
    before = path.read_bytes()
    assert execute.main(["execute", str(path)]) == 1
    said = capsys.readouterr().err
    assert "98_made_up, cell 3" in said and "the tube is empty" in said and "Traceback" in said
    assert "\x1b[" not in said
    assert path.read_bytes() == before
    assert [p.name for p in path.parent.iterdir()] == [path.name], "no file is left behind"


def test_a_lesson_runs_with_an_empty_home_and_leaks_no_progress(repository, medlearn_home):
    path = lesson(
        repository,
        "from medlearn.exercises import progress\n\nprogress.record('98', 'a')\nprogress.done()",
    )
    for _ in range(2):
        done = execute.run(execute.read(path), "98", folder=repository / "notebooks")
    assert len(re.findall("'98'", done.notebook.cells[2].outputs[0].data["text/plain"])) == 1
    assert not list(medlearn_home.iterdir())


def test_a_lesson_that_breaks_its_promise_is_not_stored(repository, capsys, monkeypatch):
    monkeypatch.delenv("MEDLEARN_STRICT", raising=False)
    path = lesson(repository, "medlearn.claim('the pulse', 0.2, at_least=0.5)")
    before = path.read_bytes()
    assert execute.main(["execute", str(path)]) == 1
    assert "ClaimError: ✗ the pulse" in capsys.readouterr().err
    assert path.read_bytes() == before


@pytest.mark.slow
def test_what_is_not_the_same_when_run_again_is_found(tmp_path):
    """Raised, said otherwise, or given another meaning by a later section."""
    sources = [
        "## 1. First",
        "count = 0\nname = 'a'",
        "count += 1\nprint('measured ≈', count, '.')",  # what follows ≈ may differ
        "print('asked', count)\ncount += 1",
        "print(name)",
        "## 2. Second",
        "names = ['b']",
        "name = names.pop()",
        "print(5)",
        "## 3. Third",
        "import time\n\ntime.sleep(1.5)\nslow = globals().get('slow', 0) + 1\nprint(slow)",
        "print(name)",
    ]
    notebook = new_notebook(
        cells=[
            nbformat.v4.new_markdown_cell(source, metadata={"tags": ["core"]})
            if source.startswith("##")
            else new_code_cell(source, id=f"cell-{place}")
            for place, source in enumerate(sources)
        ]
    )
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    (tmp_path / "content").mkdir()
    _, _, twice = machines.execute(notebook, sys.executable, tmp_path / "content", {**os.environ})
    found = [problem.partition("\n")[0] for problem in twice.problems]
    later = "after the whole lesson"
    assert [line.split(": ")[0] for line in found] == [
        "cell 3 (cell-3) again, at once",
        "cell 7 (cell-7) again, at once",
        f"cell 3 (cell-3) again, {later}",
        f"cell 10 (cell-10) again, {later}",
    ], "\n\n".join(twice.problems)
    assert "-asked 2" in twice.problems[0] and "+asked 3" in twice.problems[0]
    assert "IndexError" in twice.problems[1] and "pop from empty list" in twice.problems[1]
    first = [machines.printed(cell) for cell in notebook.cells[2:4]]
    assert first == ["measured ≈ 1 .\n", "asked 2\n"], "what was said first stays"


def test_a_long_cell_without_a_sign_of_progress_is_named(repository):
    path = lesson(
        repository,
        "def follow(x):\n    return medlearn.track(x, 'items')",
        "for _ in follow(range(3)):\n    pass",
        "x = 1",
    )
    nb = execute.read(path)
    nb.cells += [
        new_code_cell(
            "x = 2", metadata={"tags": ["silent-ok"], "medlearn": {"reason": "one call"}}
        ),
        new_code_cell("x = 3", metadata={"tags": ["silent-ok"]}),
    ]
    every = {index: 4.0 for index, cell in enumerate(nb.cells) if cell.cell_type == "code"}
    run = execute.Run(nb, 20, 100, every)
    named = [problem.split(" (")[0] for problem in execute.silent_cells(run, pace=1.0)]
    assert named == ["cell 2", "cell 4", "cell 7"]  # a function that is only written is no sign
    assert execute.silent_cells(run, pace=2.0) == [], "a machine of half the speed"


def test_a_long_silent_cell_is_a_failure_of_make_notebooks(repository, capsys, monkeypatch):
    monkeypatch.setattr(execute, "LONG_CELL", 0.1)
    path = lesson(repository, "import time\n\ntime.sleep(2)")
    assert execute.main(["execute", str(path)]) == 1
    said = capsys.readouterr().err
    assert "98_made_up, cell 2 (cell-0) takes about" in said and "medlearn.track" in said


def test_peak_memory_is_the_kernels_own(repository):
    small = lesson(repository, "x = 1")
    folder = repository / "notebooks"
    low = execute.run(execute.read(small), "98", folder=folder).megabytes
    big = lesson(repository, "import numpy as np\n\nx = np.ones(25_000_000)\ndel x")
    high = execute.run(execute.read(big), "98", folder=folder).megabytes
    assert 20 < low < 400
    assert 150 < high - low < 260, "25 million doubles are 191 MB"


@pytest.mark.parametrize(
    ("measured", "current", "expected"),
    [
        (8, None, 10),
        (9.5, None, 20),  # a new band leaves room
        (9.5, 10, 10),  # one that holds is kept
        (10.5, 10, 20),
        (9.5, 20, 20),  # no falling back at once
        (7, 20, 10),
        (85, None, 120),
        (130, 120, 240),
        (3, 120, 10),
    ],
)
def test_bands_do_not_flap(measured, current, expected):
    assert execute.band(measured, execute.SECONDS_BANDS, current, 0.1) == expected


def test_strip_and_solve_write_new_files_only(tmp_path, capsys):
    source = LESSONS[0]
    before = source.read_bytes()
    for command in ("strip", "solve"):
        out = tmp_path / f"{command}.ipynb"
        assert execute.main([command, str(source), str(out)]) == 0
        nb = execute.read(out)
        assert all(not c.outputs and c.execution_count is None for c in nb.cells if "outputs" in c)
        kept = out.read_bytes()
        assert execute.main([command, str(source), str(out)]) == 1
        assert "not overwritten" in capsys.readouterr().err
        assert out.read_bytes() == kept
    assert source.read_bytes() == before


@pytest.mark.parametrize("name", ["77", "no_such_lesson", "missing.ipynb"])
def test_unknown_lesson_is_named(name, capsys):
    assert execute.main(["status", name]) == 1
    assert name in capsys.readouterr().err


def test_a_broken_file_is_named(tmp_path, capsys):
    path = tmp_path / "broken.ipynb"
    path.write_text("{not json", "utf-8")
    assert execute.main(["strip", str(path), str(tmp_path / "out.ipynb")]) == 1
    assert "broken.ipynb" in capsys.readouterr().err


def test_interrupted_writing_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "lesson.ipynb"
    path.write_text("old", "utf-8")

    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        replace_file(path, b"new")
    assert path.read_text("utf-8") == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["lesson.ipynb"]
