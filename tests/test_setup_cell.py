"""The setup cell works at home, twice, and on Colab, where it must leave Colab's libraries alone.

Colab itself cannot be had in a test. What stands in for it: a fresh virtual environment in which
medlearn is unknown, with the old IPython, ipykernel and ipywidgets that Colab has, the libraries
of this environment (TensorFlow too) in sight, and a module called `google.colab`. The address of
the repository leads to a local clone, so that the cell's own pip command fetches, builds and
installs what stands here now.
"""

import json
import os
import subprocess
import sys
import sysconfig
import types
from dataclasses import replace
from pathlib import Path

import machines
import nbformat
import pytest
from machines import printed, run

from medlearn import environment
from medlearn.lessons import Facts
from tools import sync

ROOT = Path(__file__).resolve().parents[1]
FACTS = Facts("99", "Made up", "Is it?", 5, "nothing", "none")
SETUP = sync.setup_source(FACTS, sync.repository(ROOT))
# A lesson that needs libraries which Colab lacks.
PACKAGES = replace(FACTS, packages=("keras-tuner",))
WITH_PACKAGES = sync.setup_source(PACKAGES, sync.repository(ROOT))
ON_COLAB = [machines.colab_pins()[name] for name in ("ipython", "ipykernel", "ipywidgets")]
NEVER_TOUCHED = ["tensorflow", "tensorflow-cpu", "keras", "numpy", "pandas", "scikit-learn"]


@pytest.mark.parametrize("cell", [SETUP, WITH_PACKAGES], ids=["plain", "with packages"])
def test_cell_runs_twice_at_home(cell):
    """Twice in one kernel: it gets ready twice and never calls pip."""
    code = f"cell = {cell!r}\nimport subprocess\nsubprocess.run = None\nexec(cell)\nexec(cell)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stderr
    assert run.stdout.count("medlearn is ready.") == 2
    assert run.stderr == ""


def test_cell_is_plain_and_touches_nothing_but_medlearn():
    for cell in (SETUP, WITH_PACKAGES):
        compile(cell, "setup", "exec")
        code = "\n".join(line.split("#")[0] for line in cell.splitlines())
        assert '"google.colab" not in sys.modules' in code and '"--no-deps"' in code
        assert "%" not in code and "!pip" not in code and "--upgrade" not in code
        assert "tensorflow" not in code.lower() and "force" not in code
    assert "keras=True" in sync.setup_source(replace(FACTS, keras=True), sync.repository(ROOT))
    assert "seed=7" in sync.setup_source(replace(FACTS, seed=7), sync.repository(ROOT))


@pytest.fixture
def without_medlearn(monkeypatch):
    """A Python that does not know medlearn, and a record of what the cell runs."""
    import importlib.util

    calls = []

    def answer(command, **_):
        calls.append(command)
        return types.SimpleNamespace(returncode=1, stderr="Could not resolve host", stdout="")

    monkeypatch.setattr(importlib.util, "find_spec", lambda *_: None)
    monkeypatch.setattr(subprocess, "run", answer)
    return calls


def test_wrong_kernel_at_home_is_explained_and_nothing_installed(without_medlearn):
    with pytest.raises(ModuleNotFoundError, match=r"no medlearn.*README"):
        exec(SETUP, {})
    assert without_medlearn == []


def test_no_network_on_colab_is_explained(without_medlearn, monkeypatch):
    monkeypatch.setitem(sys.modules, "google.colab", types.ModuleType("google.colab"))
    with pytest.raises(RuntimeError, match=r"internet connection[\s\S]*Could not resolve host"):
        exec(SETUP, {})
    (command,) = without_medlearn
    assert command[0] == sys.executable and "--no-deps" in command
    assert command[-1] == f"git+{sync.repository(ROOT)}"


def test_packages_change_no_other_lessons_cell():
    assert "packages" not in SETUP
    assert "keras_tuner" not in SETUP and '"keras_tuner": "keras-tuner"' in WITH_PACKAGES


@pytest.mark.parametrize(
    "name",
    ["keras-tuner==1.4.8", "git+https://example.org/x", "--upgrade", "a b", "Keras", 'x"', 7],
)
def test_packages_are_plain_names(name):
    with pytest.raises(sync.SyncError, match="packages holds"):
        sync.setup_source(replace(FACTS, packages=(name,)), sync.repository(ROOT))


@pytest.fixture
def without_the_tuner(monkeypatch):
    """A Python that has medlearn but not keras_tuner, and a record of what the cell runs."""
    import importlib.util

    calls, present = [], importlib.util.find_spec
    answer = types.SimpleNamespace(returncode=0, stderr="", stdout="")

    def find(name, *rest):
        return None if name == "keras_tuner" else present(name, *rest)

    monkeypatch.setattr(importlib.util, "find_spec", find)
    monkeypatch.setattr(subprocess, "run", lambda command, **_: calls.append(command) or answer)
    return calls


def test_missing_package_at_home_is_explained_and_nothing_installed(without_the_tuner):
    with pytest.raises(ModuleNotFoundError, match=r"keras_tuner.*README"):
        exec(WITH_PACKAGES, {})
    assert without_the_tuner == []


def test_only_what_is_missing_is_installed_on_colab(without_the_tuner, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "google.colab", types.ModuleType("google.colab"))
    exec(WITH_PACKAGES, {})
    ((*pip, wanted),) = without_the_tuner
    assert pip[1:] == ["-m", "pip", "install", "--quiet", "--no-deps"]
    assert wanted == "keras-tuner", "medlearn was there already"
    assert capsys.readouterr().out == "medlearn is ready.\n"


def test_no_network_on_colab_names_the_packages(without_medlearn, monkeypatch):
    monkeypatch.setitem(sys.modules, "google.colab", types.ModuleType("google.colab"))
    with pytest.raises(RuntimeError, match=r"keras_tuner.*internet connection[\s\S]*resolve host"):
        exec(WITH_PACKAGES, {})
    ((*_, course, package),) = without_medlearn
    assert (course, package) == (f"git+{sync.repository(ROOT)}", "keras-tuner")


# --- as on Colab -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def colab(tmp_path_factory):
    """The Python of a machine like Colab's and the environment variables to run it with."""
    base = tmp_path_factory.mktemp("colab")
    clone = machines.working_tree(base / "clone")

    venv = base / "venv"
    run(sys.executable, "-m", "venv", venv)
    python = environment.python_of(venv)
    site = machines.site_packages(python)

    # Every library of this environment, TensorFlow too, but not the ones Colab has in an older
    # version, and not medlearn.
    here, libraries = Path(sysconfig.get_path("purelib")), base / "libraries"
    libraries.mkdir()
    hidden = ("medlearn", "_medlearn", "ipython", "ipykernel", "ipywidgets", "pip", "__")
    hidden += ("keras_tuner", "kerastuner", "kt_legacy")  # Colab has none of them
    for entry in here.iterdir():
        if not entry.name.lower().startswith(hidden) and entry.suffix != ".pth":
            (libraries / entry.name).symlink_to(entry)
    (site / "libraries.pth").write_text(str(libraries))
    run(python, "-m", "pip", "install", "--quiet", "--no-deps", *ON_COLAB, "ipython_genutils",
        "backcall", "pickleshare", "decorator")  # fmt: skip

    machines.add_google_colab(site)

    address = sync.repository(ROOT)
    variables = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}
    variables |= {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{clone.as_uri()}.insteadOf",
        "GIT_CONFIG_VALUE_0": address,
        "GIT_TERMINAL_PROMPT": "0",
    }
    return types.SimpleNamespace(python=python, variables=variables, base=base, clone=clone)


def versions(colab):
    code = (
        "import json, importlib.metadata as m\n"
        "print(json.dumps({d.name.lower(): d.version for d in list(m.distributions())[::-1]}))"
    )
    return json.loads(run(colab.python, "-c", code, cwd=colab.base, env=colab.variables))


@pytest.mark.slow
def test_first_lesson_runs_as_on_colab(colab):
    """Lesson 01 from its setup cell to its end, and the setup cell once more."""
    before = versions(colab)
    assert "medlearn" not in before and "numpy" in before
    for name, version in (pin.split("==") for pin in ON_COLAB):
        assert before[name] == version
    (path,) = (ROOT / "notebooks").glob("01_*.ipynb")
    notebook = nbformat.read(path, as_version=4)
    where = nbformat.v4.new_code_cell(
        "import IPython, medlearn, numpy\nprint(medlearn.__file__, IPython.__version__)"
    )
    (setup,) = [c for c in notebook.cells if "setup" in c.metadata.get("tags", [])]
    again = nbformat.v4.new_code_cell(setup.source)
    notebook.cells += [again, where]
    content = colab.base / "content"
    content.mkdir()
    home = {"MEDLEARN_HOME": str(colab.base / "home")}
    machines.execute(notebook, colab.python, content, colab.variables | home)
    assert printed(setup).endswith("medlearn is ready.\n")
    assert printed(again) == printed(setup)
    installed, ipython = printed(where).split()
    assert str(colab.base) in installed and str(ROOT) not in installed
    assert ipython == "7.34.0"
    after = versions(colab)
    assert after.pop("medlearn") == sync.project(ROOT)["version"]
    assert after == before, "the setup cell changed another library"
    assert {name: after.get(name) for name in NEVER_TOUCHED} == {
        name: before.get(name) for name in NEVER_TOUCHED
    }


@pytest.mark.slow
def test_packages_of_a_lesson_come_without_their_dependencies(colab):
    """The setup cell of a lesson with packages: pip adds these and changes nothing else."""
    before = versions(colab)
    assert "keras-tuner" not in before
    code = f"{WITH_PACKAGES}\nimport keras_tuner\nprint(keras_tuner.RandomSearch.__name__)"
    said = run(colab.python, "-c", code, cwd=colab.base, env=colab.variables)
    assert said.endswith("medlearn is ready.\nRandomSearch\n")
    after = versions(colab)
    assert after.pop("keras-tuner")
    after.pop("medlearn"), before.pop("medlearn", None)
    assert after == before, "the setup cell changed another library"


@pytest.mark.slow
def test_wheel_brings_the_data(colab):
    """From the wheel alone, far from the checkout, the registered data load."""
    run(colab.python, "-m", "pip", "install", "--quiet", "--no-deps", f"git+{colab.clone.as_uri()}",
        cwd=colab.base, env=colab.variables)  # fmt: skip
    code = (
        "from pathlib import Path\nimport medlearn\n"
        "data = Path(medlearn.__file__).parent / 'data'\n"
        "print(sorted(p.name for p in data.iterdir()))"
    )
    shipped = run(colab.python, "-c", code, cwd=colab.base, env=colab.variables)
    for path in (ROOT / "data").iterdir():
        if path.suffix in (".npz", ".csv", ".gz", ".parquet"):
            assert repr(path.name) in shipped


@pytest.mark.slow
def test_unreachable_repository_is_explained_as_on_colab(colab):
    """The cell's real pip command, with an address that leads nowhere."""
    run(colab.python, "-m", "pip", "uninstall", "--quiet", "--yes", "medlearn", env=colab.variables)
    variables = {**colab.variables, "GIT_CONFIG_KEY_0": "url.file:///nowhere/at/all.insteadOf"}
    done = subprocess.run(
        [str(colab.python), "-c", SETUP],
        cwd=colab.base,
        env=variables,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "medlearn could not be installed. Check the internet connection" in done.stderr
    assert "/nowhere/at/all" in done.stderr
