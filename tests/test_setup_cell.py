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

import medlearn
from medlearn import environment, lessons
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
    code = f"cell = {cell!r}\nimport subprocess\nsubprocess.run = subprocess.getoutput = None\n"
    run = [sys.executable, "-c", f"{code}exec(cell)\nexec(cell)"]
    run = subprocess.run(run, capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stderr
    assert run.stdout == "medlearn is ready.\n" * 2
    assert run.stderr == ""


def test_cell_is_short_and_plain_and_touches_nothing_but_medlearn():
    for cell in (SETUP, WITH_PACKAGES):
        compile(cell, "setup", "exec")
        code = [line.split("#")[0].strip() for line in cell.splitlines()]
        assert len([line for line in code if line]) <= 8
        code = "\n".join(code)
        assert '"google.colab" in sys.modules' in code and " --no-deps {course}" in code
        assert "%" not in code and "!pip" not in code and "upgrade" not in code
        assert "tensorflow" not in code.lower() and "force" not in code
    assert 'setup("99")' in SETUP
    assert "keras=True" in sync.setup_source(replace(FACTS, keras=True), sync.repository(ROOT))
    assert "seed=7" in sync.setup_source(replace(FACTS, seed=7), sync.repository(ROOT))


def as_on_colab(monkeypatch):
    monkeypatch.setitem(sys.modules, "google.colab", types.ModuleType("google.colab"))


@pytest.fixture
def unknown(monkeypatch):
    """A way to hide modules from this Python, and a record of what is run."""
    import importlib.util

    calls, present = [], importlib.util.find_spec
    answer = types.SimpleNamespace(returncode=0, stderr="", stdout="")

    def hide(*names):
        def find(name, *rest):
            return None if name in names else present(name, *rest)

        monkeypatch.setattr(importlib.util, "find_spec", find)
        for name in names:
            monkeypatch.setitem(sys.modules, name, None)  # `import` says that it is not there

    def run(command, **_):
        calls.append(command)
        return answer

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(subprocess, "getoutput", lambda c: calls.append(c) or "fatal: no host")
    return types.SimpleNamespace(hide=hide, calls=calls, answer=answer)


def test_wrong_kernel_at_home_is_explained_and_nothing_installed(unknown):
    unknown.hide("medlearn")
    with pytest.raises(ModuleNotFoundError, match="medlearn"):
        exec(SETUP, {})
    assert unknown.calls == []


def test_no_network_on_colab_shows_the_words_of_pip(unknown, monkeypatch, capsys):
    unknown.hide("medlearn")
    as_on_colab(monkeypatch)
    with pytest.raises(ModuleNotFoundError, match="medlearn"):
        exec(SETUP, {})
    (command,) = unknown.calls
    assert command.startswith(f"{sys.executable} -m pip install -q --no-deps ")
    assert command.endswith(f" git+{sync.repository(ROOT)}")
    assert capsys.readouterr().out == "fatal: no host\n"


def test_a_learner_reads_what_to_do_when_medlearn_is_not_there():
    """In the traceback, as IPython shows it: two lines stand above the one that failed."""
    cell = SETUP.replace("import medlearn", "import medlearn_is_not_here")
    run = [sys.executable, "-m", "IPython", "--colors=NoColor", "-c", cell]
    said = subprocess.run(run, capture_output=True, text=True, timeout=120)
    told = " ".join((said.stdout + said.stderr).replace("#", "").split())
    assert "ModuleNotFoundError: No module named 'medlearn_is_not_here'" in told
    assert "On Colab: check the internet connection (pip's words stand above)" in told
    assert "Elsewhere: start Jupyter as the README says." in told


def test_packages_change_no_other_lessons_cell():
    assert "packages" not in SETUP and "tuner" not in SETUP
    assert 'setup("99", packages=["keras-tuner"])' in WITH_PACKAGES


@pytest.mark.parametrize(
    "name",
    ["keras-tuner==1.4.8", "git+https://example.org/x", "--upgrade", "a b", "Keras", 'x"', 7],
)
def test_packages_are_plain_names(name):
    with pytest.raises(sync.SyncError, match="packages holds"):
        sync.setup_source(replace(FACTS, packages=(name,)), sync.repository(ROOT))


def test_missing_package_at_home_is_explained_and_nothing_installed(unknown):
    unknown.hide("keras_tuner")
    with pytest.raises(ModuleNotFoundError, match=r"no keras-tuner here.*README"):
        exec(WITH_PACKAGES, {})
    assert unknown.calls == []


def test_only_what_is_missing_is_installed_on_colab(unknown, monkeypatch, capsys):
    unknown.hide("keras_tuner")
    as_on_colab(monkeypatch)
    exec(WITH_PACKAGES, {})
    ((*pip, wanted),) = unknown.calls
    assert pip == [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
    assert wanted == "keras-tuner", "medlearn was there already"
    assert capsys.readouterr().out.startswith("medlearn is ready.\n")


def test_no_network_on_colab_names_the_packages(unknown, monkeypatch):
    unknown.hide("keras_tuner")
    as_on_colab(monkeypatch)
    unknown.answer.returncode, unknown.answer.stderr = 1, "Could not resolve host"
    with pytest.raises(RuntimeError, match=r"keras-tuner.*internet connection[\s\S]*resolve host"):
        exec(WITH_PACKAGES, {})


# --- what setup says ---------------------------------------------------------------------------


def test_links_are_printed_on_colab_and_only_there(monkeypatch, capsys):
    medlearn.setup("05")
    assert capsys.readouterr().out == "medlearn is ready.\n"
    as_on_colab(monkeypatch)
    medlearn.setup("05")
    ready, *links = capsys.readouterr().out.splitlines()
    assert ready == "medlearn is ready."
    slug = sync.repository(ROOT).removeprefix("https://github.com/")
    colab = f"https://colab.research.google.com/github/{slug}/blob/main/notebooks"
    github = f"https://github.com/{slug}/blob/main"
    assert [line.partition(": ")[2] for line in links] == [
        f"{colab}/04_training.ipynb",
        f"{colab}/06_tuning.ipynb",
        f"{github}/README.md#lessons",
        f"{github}/teaching/glossary.md",
        f"{github}/data/README.md#nhanes",
    ]
    medlearn.setup(seed=3, keras=False)  # the form of lessons before 0.3.0
    assert capsys.readouterr().out == "medlearn is ready.\n"


def test_the_first_and_the_last_lesson_lead_one_way_each(monkeypatch, capsys):
    as_on_colab(monkeypatch)
    first, *_, last = lessons.find()
    for number, other in ((first, "Lesson before"), (last, "Next lesson")):
        medlearn.setup(number)
        said = capsys.readouterr().out
        assert other not in said and said.count("colab.research.google.com") == 1


@pytest.mark.parametrize("lesson", [5, "5", "005", "five"])
def test_a_lesson_is_two_digits(lesson):
    with pytest.raises(ValueError, match=r"two digits, such as \"05\""):
        medlearn.setup(lesson)


@pytest.mark.parametrize("seed", [-1, 2**32, 1.5, "a", None])
def test_a_seed_is_a_whole_number(seed):
    with pytest.raises(ValueError, match="seed must be a whole number from 0"):
        medlearn.setup(seed=seed)


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
    assert "medlearn is ready.\nLesson before: https://colab" in printed(again)
    assert printed(setup).strip() == printed(again).strip()
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
    assert "medlearn is ready.\n" in said and said.endswith("\nRandomSearch\n")
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
    assert "No module named 'medlearn'" in done.stderr
    assert "/nowhere/at/all" in done.stdout, "the words of pip"
