"""A machine that somebody has lived on: settings, files named like modules, odd consoles, no home.

Some of it is tried in a fresh Python, which is where it happens.
"""

import errno
import io
import json
import os
import stat
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from medlearn import files, hidden, lab, output, session, surroundings
from medlearn.exercises import lesson_01 as ex
from medlearn.exercises import progress

ROOT = Path(__file__).resolve().parents[1]
POSIX = pytest.mark.skipif(os.name != "posix", reason="rights and umask are POSIX's")


def python(*words, cwd, env=(), code=0):
    """What a fresh Python of this environment prints."""
    variables = {"PYTHONPATH": str(ROOT), "MPLBACKEND": "agg"} | dict(env)
    drop = {"PYTHONWARNINGS", "PYTHONIOENCODING", "PYTHONUTF8", "KERAS_HOME", *variables}
    kept = {name: value for name, value in os.environ.items() if name not in drop}
    variables = {name: value for name, value in variables.items() if value is not None}
    run = subprocess.run(
        [sys.executable, *words], cwd=cwd, env=kept | variables, capture_output=True, timeout=120
    )
    assert run.returncode == code, run.stderr.decode(errors="replace")
    return run


# ---- files that hide a module -----------------------------------------------------------------


def test_modules_are_found_beside_files_of_their_names_and_the_files_are_named(tmp_path):
    (tmp_path / "pooch").mkdir()
    names = ["random.py", "numpy.py", "argparse.py", "gettext.py", "pooch/__init__.py"]
    for name in names:
        (tmp_path / name).write_text('raise SystemExit("hidden")')
    code = "import medlearn.__main__ as m; m.main(['doctor']); m.medlearn.setup()"
    said = python("-c", code, cwd=tmp_path).stdout.decode()
    for file in (tmp_path / name.removesuffix("/__init__.py") for name in names):
        words = f"{file} hides the module {file.stem}: give it another name"
        assert words in said.partition("names:")[2] and f"! {words}." in said
    assert said.endswith("medlearn is ready.\n")
    assert b"Kept in" in python("-m", "medlearn", "status", cwd=tmp_path).stdout


def test_a_folder_of_pythonpath_steps_back_too(tmp_path):
    (tmp_path / "random.py").write_text('raise SystemExit("hidden")')
    path = os.pathsep.join([str(tmp_path), str(ROOT)])
    python("-m", "medlearn", "status", cwd=ROOT, env={"PYTHONPATH": path})


def test_packages_in_another_folder_hide_nothing(tmp_path):
    """A course server, a cluster and setuptools have such folders."""
    for name in ("platformdirs/__init__.py", "platformdirs-4.3.dist-info/METADATA", "helper.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    path = os.pathsep.join([str(tmp_path), str(ROOT)])
    code = "import sys; before = [*sys.path]; import medlearn, helper; medlearn.setup()"
    code += "; assert sys.path == before"
    said = python("-c", code, cwd=ROOT, env={"PYTHONPATH": path}).stdout
    assert said == b"medlearn is ready.\n"


def test_a_module_that_was_loaded_already_asks_for_a_new_kernel(tmp_path):
    (tmp_path / "statistics.py").write_text("")
    said = python("-c", "import statistics, medlearn; medlearn.setup()", cwd=tmp_path).stdout
    assert b"statistics.py was loaded in place of the module statistics" in said
    assert b"start the kernel again" in said


@pytest.mark.parametrize(
    ("name", "hides"),
    [
        ("keras.py", True),
        ("test.py", False),  # no lesson wants Python's own tests
        ("medlearn/__init__.py", True),
        ("medlearn.py", True),
        ("medlearn/notes.txt", False),  # no package: Python goes on to look for one
        ("helpers.py", False),
        ("random.ipynb", False),
        ("Random.py", False),
    ],
)
def test_what_hides_a_module_and_what_does_not(tmp_path, name, hides):
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("")
    assert bool(hidden.beside(str(tmp_path))) == hides
    said = lab.tell([lab.WorkCopy("00_x.ipynb", tmp_path / "00_x.ipynb", "kept")])
    assert bool(said) == hides


def test_python_and_its_packages_hide_nothing_nor_does_a_folder_that_is_gone(tmp_path, monkeypatch):
    assert hidden.found() == {}
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.setattr(sys, "path", ["", str(gone), *sys.path])
    monkeypatch.chdir(gone)
    gone.rmdir()
    before = list(sys.path)
    hidden.step_back()
    assert sys.path == before and hidden.found() == {}


# ---- settings ---------------------------------------------------------------------------------

SHOW = (
    "import keras; c = keras.config; print(c.floatx(), c.image_data_format(), c.epsilon(), "
    "c.backend(), c.dtype_policy().name, c.max_epochs(), c.max_steps_per_epoch())"
)
WANTED = "float32 channels_last 1e-07 tensorflow float32 None None"


@pytest.mark.parametrize(
    ("settings", "env", "named"),
    [
        (
            {"image_data_format": "channels_first", "floatx": "float16", "epsilon": 1},
            {"KERAS_MAX_EPOCHS": "few", "KERAS_BACKEND": "torch"},
            "channels_first",
        ),
        ({"nnx_enabled": True}, {}, "nnx_enabled: True"),
    ],
)
def test_keras_is_as_the_lessons_need_it(tmp_path, settings, env, named):
    text = settings if isinstance(settings, str) else json.dumps(settings)
    (tmp_path / "keras.json").write_text(text)
    env = {**env, "KERAS_HOME": str(tmp_path)}
    said = python(
        "-c", f"import medlearn; medlearn.setup(keras=True); {SHOW}", cwd=tmp_path, env=env
    )
    ours, _ready, keras = said.stdout.decode().splitlines()
    assert keras == WANTED
    assert ours.startswith("! Settings of your own are set aside") and named in ours
    assert (tmp_path / "keras.json").read_text() == text


def test_a_keras_that_was_imported_before_is_set_right(tmp_path):
    (tmp_path / "keras.json").write_text('{"floatx": "float16"}')
    env = {"KERAS_HOME": str(tmp_path), "TF_CPP_MIN_LOG_LEVEL": "3"}
    code = (
        "import keras; keras.config.set_max_epochs(2); keras.config.dtype_policy(); "
        f"import medlearn; medlearn.setup(keras=True); {SHOW}"
    )
    assert WANTED in python("-c", code, cwd=tmp_path, env=env).stdout.decode()


def test_warnings_drawing_and_a_matplotlibrc_do_not_stop_a_lesson(tmp_path):
    (tmp_path / "matplotlibrc").write_text("font.size: 40\naxes.grid: True\n")
    code = (
        "import medlearn; medlearn.setup(); import matplotlib as mpl, warnings; "
        "print(mpl.get_backend(), mpl.rcParams['axes.grid'], mpl.rcParams['font.size']); "
        "warnings.warn('only a warning')"
    )
    env = {"PYTHONWARNINGS": "error", "MPLBACKEND": "nonsense"}
    run = python("-c", code, cwd=tmp_path, env=env)
    ours, _ready, shown = run.stdout.decode().splitlines()
    assert shown.lower() == "agg false 11.0" and b"only a warning" in run.stderr
    for setting in ("PYTHONWARNINGS=error", "MPLBACKEND=nonsense", "matplotlibrc (axes.grid"):
        assert setting in ours
    said = python("-m", "medlearn", "doctor", cwd=tmp_path, env=env).stdout.decode()
    assert "! settings: your own would change the lessons: PYTHONWARNINGS=error; MPL" in said


def test_options_of_pandas_and_numpy_are_named_and_reset(capsys):
    rows = pd.option_context("display.max_rows", 3)
    with rows, np.errstate(all="raise"), np.printoptions(precision=1):
        session.setup()
        assert pd.get_option("display.max_rows") == 60
        assert np.get_printoptions()["precision"] == 8 and np.geterr()["divide"] == "warn"
    said = capsys.readouterr().out
    for setting in ("pandas display.max_rows", "np.seterr(divide='raise')", "precision"):
        assert setting in said
    session.setup()
    assert capsys.readouterr().out == "medlearn is ready.\n"


@pytest.mark.parametrize("chosen", [None, "2"])
def test_linear_algebra_runs_on_one_thread_unless_somebody_chose(tmp_path, chosen):
    code = """
        import medlearn, contextlib, io
        with contextlib.redirect_stdout(io.StringIO()):
            medlearn.setup()
        import numpy as np, scipy.linalg, threadpoolctl
        found = threadpoolctl.threadpool_info()
        print(*{one["num_threads"] for one in found if one["user_api"] == "blas"})
    """
    none = dict.fromkeys(["OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"])
    environment = none | {"OPENBLAS_NUM_THREADS": chosen}
    said = python("-c", textwrap.dedent(code), cwd=tmp_path, env=environment).stdout.decode()
    expected = {None: "1", "2": str(min(2, os.cpu_count()))}[chosen]
    assert said.split() in ([expected], []), "nothing where the linear algebra is the system's own"


def test_a_setting_is_no_business_of_jupyterlab(monkeypatch):
    for name in ("PYTHONWARNINGS", "PYTHONSTARTUP", "PYTHONOPTIMIZE"):
        monkeypatch.setenv(name, "1")
        assert name not in lab.jupyter_environment()
    assert "PATH" in lab.jupyter_environment()


def test_nothing_is_found_here():
    assert surroundings.found() == []


# ---- consoles ---------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_every_console_is_answered(tmp_path, encoding):
    code = "import medlearn; medlearn.check(); print('✗ Łukasz ≤ 3')"
    run = python("-c", code, cwd=tmp_path, env={"PYTHONIOENCODING": encoding})
    said = run.stdout.decode(encoding).splitlines()
    assert said[-2].startswith("ok names") and said[-1] == "x Lukasz <= 3"


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "cp437", "latin-1", "cp1250", "utf-8"])
def test_every_sign_of_ours_is_shown_on_every_stream(monkeypatch, encoding):
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    monkeypatch.setattr(sys, "stdout", stream)
    output.show_all()
    print("✓ ✗ ☐ ≈ ≤ – … → ₜ ö 心 😀 \udcff")  # the last is half of a sign
    stream.flush()
    shown = stream.buffer.getvalue().decode(encoding)
    assert shown.endswith("?\n") and ("ok x" in shown or "✓ ✗" in shown or "√ x" in shown)


@pytest.mark.parametrize("lost", ["sys.stderr = None", "os.close(2)"])
def test_a_lesson_needs_no_place_for_errors(tmp_path, lost):
    """A program without a console has none."""
    code = f"import os, sys; {lost}; import medlearn; medlearn.setup(keras=True)"
    assert python("-c", code, cwd=tmp_path).stdout == b"medlearn is ready.\n"


def test_what_somebody_chose_for_a_stream_stays(tmp_path):
    env = {"PYTHONIOENCODING": "ascii:namereplace"}
    said = python("-c", "import medlearn; print('✓')", cwd=tmp_path, env=env).stdout
    assert said.strip() == rb"\N{CHECK MARK}"


@pytest.mark.parametrize(
    ("text", "shown"),
    [("Jörg", "Jorg"), ("Jo\u0308rg", "Jorg"), ("½ pₜ", "1?2 pt"), ("心", "?"), ("plain", "plain")],
)
def test_plain_characters_stand_for_others(text, shown):
    assert output.plain(text) == shown.replace("1?2", output.plain("½"))
    assert output.plain(text).isascii()


@POSIX
@pytest.mark.parametrize(
    ("command", "reader"),
    [("doctor", "| true"), ("status", "| head -n 1"), ("--help", "| true"), ("status", ">&-")],
)
def test_a_reader_that_has_enough_is_no_error(tmp_path, command, reader):
    line = f"{sys.executable} -m medlearn {command} {reader}"
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    run = subprocess.run(["bash", "-c", f"set -o pipefail; {line}"], cwd=tmp_path, env=env,
                         capture_output=True, text=True, timeout=60)  # fmt: skip
    assert (run.returncode, run.stderr) == (0, "")


# ---- homes, rights, disks ---------------------------------------------------------------------


def right():
    return ex.neuron.solution_function


@pytest.fixture
def fresh(monkeypatch):
    monkeypatch.setattr(progress, "_only_here", {})
    monkeypatch.setattr(progress, "_warned", False)


@pytest.fixture(params=["no home", "a file", "a file above", "full", "a folder", "nobody's"])
def bad_home(request, tmp_path, monkeypatch):
    """Places in which no progress can be kept."""
    (tmp_path / "file").write_text("")
    (tmp_path / "progress.json").mkdir()
    home = {"a file": "file", "a file above": "file/below", "a folder": "."}.get(request.param, "x")
    monkeypatch.setenv("MEDLEARN_HOME", str(tmp_path / home))
    monkeypatch.chdir(tmp_path)
    if request.param == "no home":  # what Python does for an account that there is not
        monkeypatch.delenv("MEDLEARN_HOME")
        monkeypatch.setattr(os.path, "expanduser", lambda path: path)
        for name in ("XDG_DATA_HOME", "HOME"):
            monkeypatch.delenv(name, raising=False)
    if request.param == "nobody's":
        monkeypatch.setenv("MEDLEARN_HOME", "~nobody-of-that-name/progress")
    if request.param == "full":

        def full(*_words, **_how):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        monkeypatch.setattr(progress, "replace_file", full)
    return tmp_path


def test_an_answer_comes_first_and_one_line_says_where_progress_stays(bad_home, fresh, capsys):
    ex.neuron.check(right())
    ex.neuron.check(right())
    said = capsys.readouterr().out
    assert said.count("cannot be written") == 1
    assert said.index("in this lesson") < said.index("cannot be written")
    assert "neuron" in progress.done()["01"]
    assert not list(bad_home.glob("~*"))  # no folder called ~ beside the notebook


def test_a_disk_that_cannot_lock_keeps_progress_all_the_same(monkeypatch, fresh):
    import filelock

    def cannot(self, *_words, **_how):
        raise NotImplementedError

    monkeypatch.setattr(filelock.FileLock, "acquire", cannot)
    progress.record("01", "neuron")
    assert progress.path().is_file()


def test_matplotlib_gets_a_place_and_says_nothing(tmp_path):
    file = tmp_path / "file"
    file.write_text("")
    env = {"HOME": str(file), "MPLCONFIGDIR": None, "XDG_CONFIG_HOME": None, "XDG_CACHE_HOME": None}
    run = python("-c", "import medlearn; medlearn.setup()", cwd=tmp_path, env=env)
    assert (run.stdout, run.stderr) == (b"medlearn is ready.\n", b"")


@POSIX
@pytest.mark.parametrize("mask", [0o077, 0o027, 0o022, 0o002])
def test_files_have_the_rights_that_the_umask_leaves(tmp_path, mask):
    before = os.umask(mask)
    try:
        files.replace_file(tmp_path / "marks.csv", b"1")
        lab._create(tmp_path / "copy.ipynb", "{}")
        plain = tmp_path / "plain"
        plain.write_text("")
    finally:
        os.umask(before)
    rights = {stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}
    assert rights == {0o666 & ~mask}


@POSIX
def test_a_file_that_is_replaced_keeps_its_rights(tmp_path):
    file = tmp_path / "marks.csv"
    file.write_text("old")
    file.chmod(0o640)
    files.replace_file(file, b"new")
    assert (file.read_bytes(), stat.S_IMODE(file.stat().st_mode)) == (b"new", 0o640)
    files.replace_file(file, b"mine", mode=0o600)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
