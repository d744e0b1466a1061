"""What a real kernel says of answers of before and of names that no cell has made."""

import contextlib
import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import KernelManager

from medlearn.exercises import kernel
from medlearn.exercises.engine import Exercises

ROOT = Path(__file__).resolve().parents[1]
READY = "import medlearn\nmedlearn.setup()\nfrom medlearn.exercises import lesson_00 as ex"
STALE = "The cell above ended with an error"
ABOVE = "No cell that ran since this kernel started has made"


@contextlib.contextmanager
def started(python, folder):
    """A function that runs a cell in a kernel of this Python: the error's name, and all it says."""
    argv = [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    manager = KernelManager()
    manager._kernel_spec = KernelSpec(argv=argv, display_name="Other", language="python")
    variables = {"PYTHONPATH": str(ROOT), "MEDLEARN_HOME": str(folder), "IPYTHONDIR": str(folder)}
    manager.start_kernel(env={**os.environ, **variables, "JUPYTER_PREFER_ENV_PATH": "1"})
    client = manager.client()
    client.start_channels()

    def run(cell):
        said = []

        def listen(message):
            content = message["content"]
            said.append(content.get("text") or content.get("data", {}).get("text/plain", ""))
            if message["msg_type"] == "error":
                said.append("\n".join(content["traceback"]))

        reply = client.execute_interactive(cell, timeout=60, output_hook=listen)["content"]
        return reply.get("ename", ""), "\n".join(filter(None, said)).strip()

    try:
        client.wait_for_ready(timeout=60)
        yield run
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    with started(sys.executable, tmp_path_factory.mktemp("home")) as cell:
        cell(READY)
        yield cell


def check(run, name="baseline"):
    error, said = run(f"ex.{name}.check({name})")
    return error or said


@pytest.mark.parametrize(
    ("cell", "error"),
    [
        ("baseline = 62.7%", "SyntaxError"),
        ("baseline = (0.627", "SyntaxError"),
        ("  baseline = 0.627\nx = 1", "IndentationError"),
        ("baseline: float = 1 / 0", "ZeroDivisionError"),
        ("rest, baseline = 1", "TypeError"),
        ("# my answer\nnumber = int('x')\nbaseline = 0.627", "ValueError"),
    ],
)
def test_an_answer_of_before_is_named(run, cell, error):
    run("baseline = 0.5")
    assert STALE not in check(run)
    assert run(cell)[0] == error
    said = check(run)
    assert said.startswith(f"✗ Wrong. {STALE} ({error}), so baseline still is 0.5, as before")
    assert "tossing a coin" in said, "the judgement follows"
    run("baseline = 0.627")
    assert STALE not in check(run)


def test_what_was_given_before_the_error_is_new(run):
    run("baseline = 0.5")
    assert run("baseline = 0.627\nprint(1 / 0)")[0] == "ZeroDivisionError"
    assert check(run).startswith("✓ Right.")
    run("baseline = 62.7%")
    assert check(run).startswith(f"✓ Right. {STALE} (SyntaxError), so baseline still is 0.627")
    run("for baseline in [0.3]: pass")  # in a way that nobody foresaw
    assert STALE not in check(run)
    run("baseline = 62.7%")
    assert STALE not in run("ex.baseline.check(0.7)")[1], "another answer than that of the name"


def test_a_new_answer_at_the_place_of_one_that_is_gone_is_new(run):
    """Python gives the memory of a thing that is gone to the next one, and with it its identity."""
    for n in range(20):
        run(f"baseline = 0.5, {n}")
        run(f"baseline = 0.4, {n}\nbaseline = 0.627, {n}\n1 / 0")
        assert STALE not in check(run)


def test_a_function_and_an_empty_answer_of_before(run):
    run("from medlearn.exercises import lesson_01 as ex")
    run("def neuron(x, w, b):\n    return 1.0")
    assert run("def neuron(x, w, b)\n    return 2.0")[0] == "SyntaxError"
    assert "so neuron still is the one of the earlier run: that was judged." in check(run, "neuron")
    run("silent = ...")
    run("silent = 'c")
    assert "so silent still has no value. silent has no letter yet." in check(run, "silent")
    run("from medlearn.exercises import lesson_00 as ex")


def test_what_listens_is_there_once(run):
    again = (
        "import importlib, sys\nimport medlearn.exercises.kernel as k\n"
        "k.watch(); importlib.reload(k); k.watch(); medlearn.setup(); sys.modules.pop(k.__name__)\n"
        "import medlearn.exercises.kernel as other\nother.watch()\n"
        "events = get_ipython().events.callbacks\n"
        "print([len(events[name]) for name in ('pre_run_cell', 'post_run_cell')])"
    )
    assert "[1, 1]" in run(again)[1]


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("cohort.head()", f"! Not there. {ABOVE} `cohort`."),
        ("def f():\n    return cohort\nf()", f"{ABOVE} `cohort`"),
        ("measurement = 3\nmeasurment", "There is no `measurment`, but there is `measurement`"),
        ("Cohort2 = 3\ncohort2", "but there is `Cohort2`"),
        ("primt(3)", "but there is `print`"),
        ("X_test = 3\ny_test", f"{ABOVE} `y_test`"),
        ("auc_1 = 3\nauc_2", f"{ABOVE} `auc_2`"),
    ],
)
def test_a_missing_name_is_explained_below_the_error(run, cell, says):
    error, said = run(cell)
    assert error == "NameError"
    assert says in said and said.index("NameError") < said.index(says)


def test_a_name_whose_cell_failed_is_explained(run):
    run("verdict = 'I don't'")
    assert "There is no `verdict`, because the cell above ended with an error" in run("verdict")[1]


@pytest.mark.parametrize(
    "cell",
    [
        "def f():\n    print(x)\n    x = 1\nf()",
        "raise NameError('made by hand')",
        "__file__",
        "import types\nm = types.ModuleType('m')\nexec('def f(): return gone', vars(m))\nm.f()",
        "1 / 0",
        "import",
    ],
)
def test_other_errors_are_left_alone(run, cell):
    error, said = run(cell)
    assert error and "Not there" not in said


def test_who_comes_back_is_told_without_any_set_up(tmp_path):
    """The environment as `make lab` makes it: installed, nothing imported, the check cell alone."""
    pytest.importorskip("hatchling")
    code = f"from hatchling.build import build_editable; build_editable({str(tmp_path)!r})"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    venv = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    python = venv / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as file:
        for name in file.namelist():
            if "/data/etc/" in name:  # what pip puts into the environment itself
                target = venv / name.partition("/data/")[2]
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(file.read(name))
    where = "import sysconfig; print(sysconfig.get_path('purelib'))"
    site = subprocess.check_output([python, "-c", where], text=True).strip()
    (Path(site) / "others.pth").write_text(sysconfig.get_path("purelib"))
    with started(python, tmp_path / "home") as cell:
        before = "import sys; print({'numpy', 'medlearn'} & {*sys.modules}, dir())"
        said = cell(before)[1]
        assert said.startswith("set() [") and "explain" not in said, "quick, and no name left"
        error, said = cell("ex.neuron.check(neuron)")
        assert error == "NameError" and f"{ABOVE} `ex`" in said
        assert "Run → Run All Above Selected Cell" in said
        cell(READY)
        assert cell("ex.baseline.check(neuron)")[1].count(ABOVE) == 1


def test_nothing_of_this_happens_elsewhere(capsys):
    kernel.watch()
    number = Exercises("98").value("half", code="half = 1 / 2", expected=0.5, hints=["a", "b"])
    number.check(0.5)
    assert STALE not in capsys.readouterr().out and kernel.stale("half", 0.5) == ""


def test_colab_has_another_menu(monkeypatch):
    names = {}
    with pytest.raises(NameError) as told:
        exec("gone", names)
    assert "Run All Above" in kernel.explanation(told.value, names)
    monkeypatch.setitem(sys.modules, "google.colab", sys)
    assert "Runtime → Run before" in kernel.explanation(told.value, names)
