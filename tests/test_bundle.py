"""The USB stick: which packages for whom, what is fetched again, and an installation offline."""

import ast
import concurrent.futures
import hashlib
import importlib.metadata
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
import zipfile
from contextlib import contextmanager
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from medlearn import __version__, environment, lessons
from medlearn.__main__ import main
from medlearn_classroom import ClassroomError
from medlearn_classroom.stick import bundle, files, lock, targets, wheels

PYTHONS = ["3.11", "3.12", "3.13"]
TARGETS = [targets.Target(system, python) for system in targets.SYSTEMS for python in PYTHONS]
HERE = f"3.{sys.version_info[1]}"


# ---- which packages ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def locked():
    return lock.learners_pins(lessons.course_folder())


@pytest.mark.parametrize("target", TARGETS, ids=str)
def test_each_target_gets_what_its_markers_ask_for(locked, target):
    versions = {}
    for pin in target.pins(locked):
        versions.setdefault(pin.name, []).append(pin.version)
    windows, macos = target.system == "windows", target.system == "macos"
    assert ("tensorflow" in versions) == macos != ("tensorflow-cpu" in versions)
    assert ("appnope" in versions) == macos
    assert ("pywinpty" in versions) == ("colorama" in versions) == windows
    assert ("pexpect" in versions) == ("ptyprocess" in versions) == (not windows)
    split = {pin.name for pin in locked} - {name for name, found in versions.items() if found}
    assert split <= {
        *("tensorflow", "tensorflow-cpu", "appnope", "pywinpty", "colorama", "pexpect"),
        *("ptyprocess", "overrides"),
    }
    several = {name for name, found in versions.items() if len(found) > 1}
    for name in several:  # one for older patches of this Python, one for newer
        assert len(versions[name]) == 2
    early, late = ({p for p in locked if _wanted(p, target, micro)} for micro in (0, 29))
    assert set(target.pins(locked)) >= early | late
    assert len({p.name for p in early}) == len(early) and len({p.name for p in late}) == len(late)


def _wanted(pin, target, micro):
    return pin.requirement.marker is None or pin.requirement.marker.evaluate(target.markers(micro))


def _this_target():
    for target in TARGETS:
        markers = targets.SYSTEMS[target.system].markers
        if target.python == HERE and sys.platform == markers["sys_platform"]:
            return target
    pytest.skip("the stick knows no such system")


def test_this_machine_gets_what_its_own_pip_would_install(locked):
    """The markers as packaging evaluates them for the Python that runs, without any of ours."""
    due = {p for p in locked if p.requirement.marker is None or p.requirement.marker.evaluate()}
    target = _this_target()
    assert {p for p in target.pins(locked) if _wanted(p, target, sys.version_info[2])} == due


def test_what_the_stick_leaves_out_is_asked_for_by_tests_and_book_alone(root, locked):
    """The "via" comments of the lock file give what the packages' own metadata give."""
    about = lock.tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    extras = about["project"]["optional-dependencies"]
    todo = [Requirement(t) for t in about["project"]["dependencies"]]
    todo += [Requirement(t) for t in about["build-system"]["requires"]]
    todo += [Requirement(t) for extra in ("tf", "lab", "tuning") for t in extras[extra]]
    done = set()
    while todo:
        asked = todo.pop()
        name = canonicalize_name(asked.name)
        if asked.marker and not asked.marker.evaluate({"extra": ""}):
            continue
        for extra in ["", *asked.extras]:
            if (name, extra) in done:
                continue
            done.add((name, extra))
            for text in importlib.metadata.requires(name) or []:
                needs = Requirement(text)
                if needs.marker is None or needs.marker.evaluate({"extra": extra}):
                    needs.marker = None
                    todo.append(needs)
    needed = {name for name, _ in done}
    here = {pin.name for pin in _this_target().pins(locked)}
    assert needed - here == set()
    assert here - needed == set()


def test_no_lesson_imports_what_the_stick_leaves_out(root, locked):
    sources = [
        lessons.text_of(cell)
        for lesson in lessons.find().values()
        for cell in lesson.cells
        if cell["cell_type"] == "code"
    ]
    rebuilding = {"build.py"}  # `data build` is for whoever makes the course
    modules = (root / "medlearn").rglob("*.py")
    sources += [p.read_text(encoding="utf-8") for p in modules if p.name not in rebuilding]
    imported = set()
    for source in sources:
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Import):
                imported |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                imported.add(node.module.partition(".")[0])
    imported -= {*sys.stdlib_module_names, "medlearn"}
    brought_by = importlib.metadata.packages_distributions()
    assert {"numpy", "keras", "matplotlib"} <= imported
    stays = {pin.name for pin in locked} - {"tensorflow", "tensorflow-cpu"} | {"tensorflow"}
    lost = [
        name
        for name in imported & set(brought_by)
        if stays.isdisjoint(canonicalize_name(d).removesuffix("-cpu") for d in brought_by[name])
    ]
    assert lost == []


# ---- which files ---------------------------------------------------------------------------


def _git(folder, *words):
    names = ["-c", "user.name=a", "-c", "user.email=a@b.c"]
    subprocess.run(["git", *names, *words], cwd=folder, check=True, capture_output=True)


def _tree(folder, files):
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return folder


def _names(root):
    return {str(file) for file in files.course_files(root)}


@pytest.mark.skipif(not shutil.which("git"), reason="no git here")
def test_what_learners_handed_in_does_not_get_on_the_stick(tmp_path):
    tracked = {"pyproject.toml": "", "data/digits.npz": "", "medlearn/__init__.py": ""}
    _tree(tmp_path, tracked)
    untracked = {"submissions/anna.ipynb": "", "marks.csv": "", "medlearn/note.txt": "mine"}
    _git(tmp_path, "init", "-q")
    _git(tmp_path, "add", "-A")
    _tree(tmp_path, untracked)
    assert _names(tmp_path) == set(tracked)
    (tmp_path / "data/digits.npz").unlink()
    with pytest.raises(ClassroomError, match=r"data/digits\.npz is missing.*git checkout"):
        files.course_files(tmp_path)


def test_without_git_the_files_of_an_archive_are_taken(tmp_path):
    _tree(tmp_path, {"pyproject.toml": "", "notebooks/01.ipynb": "", "data/a.npz": ""})
    _tree(tmp_path, {"submissions/anna.ipynb": "", "marks.csv": "", "work/01.ipynb": ""})
    _tree(tmp_path, {"notebooks/.ipynb_checkpoints/01.ipynb": ""})
    assert _names(tmp_path) == {"pyproject.toml", "notebooks/01.ipynb", "data/a.npz"}


def test_the_list_for_archives_is_whole(root):
    if not (root / ".git").exists():
        pytest.skip("this is no git repository")
    tops = {file.parts[0] for file in files.course_files(root)}
    assert tops - files.COURSE == set(), "add this to COURSE in medlearn_classroom/stick/files.py"


def test_a_stick_can_hold_the_course(root):
    assert files.unfit_for_fat(map(str, files.course_files(root))) == []


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("a/what?.txt", "holds '?'"),
        ("a:b", "holds ':'"),
        ("a/tab\t.txt", "holds"),
        ("notes./x", "dot or a space"),
        ("x /y", "dot or a space"),
        ("x" * 256, "too long"),
        ("data/NUL", "device"),
        ("com1.tar.gz", "device"),
    ],
)
def test_what_no_stick_can_hold_is_named(name, words):
    (found,) = files.unfit_for_fat(["fine.txt", name, "console.py", "a.b/c"])
    assert words in found


# ---- a small course with made-up packages --------------------------------------------------

PROJECT = """
[build-system]
requires = ["hatchling>=1.27"]
build-backend = "hatchling.build"
[project]
name = "medlearn"
version = "0.1.0"
requires-python = ">=3.11,<3.14"
dependencies = ["pure>=1"]
[project.optional-dependencies]
tf = ["fast>=1"]
lab = ["lab-of-ours>=1"]
tuning = []
test = ["tester>=1"]
[project.urls]
Repository = "https://github.com/example/course"
"""
PACKAGES = [  # name, version, marker, asked for by, tags of its wheels, Requires-Python
    ("pure", "1.0", "", "medlearn (pyproject.toml)", ["py3-none-any"], ""),
    ("hatchling", "1.27.0", "", "medlearn (pyproject.toml)", ["py3-none-any"], ""),
    (
        *("fast", "1.0", "", "medlearn (pyproject.toml)"),
        [
            f"cp3{minor}-cp3{minor}-{platform}"
            for minor in (11, 12)
            for platform in ("win_amd64", "macosx_11_0_arm64", "manylinux_2_17_x86_64")
        ],
        "",
    ),
    ("lab-of-ours", "1.0", "", "medlearn (pyproject.toml)", ["py3-none-any"], ""),
    ("win-only", "1.0", "sys_platform == 'win32'", "lab-of-ours", ["py3-none-any"], ""),
    (
        "mac-only",
        "1.0",
        "sys_platform == 'darwin'",
        "win-only",
        ["cp39-abi3-macosx_12_0_arm64"],
        "",
    ),
    ("sieve", "1.0", "python_full_version < '3.11.5'", "pure", ["py3-none-any"], "<3.11.5"),
    ("sieve", "2.0", "python_full_version >= '3.11.5'", "pure", ["py3-none-any"], ">=3.11.5"),
    ("tester", "1.0", "", "medlearn (pyproject.toml)", ["py3-none-any"], ""),
]


def _wheel(folder, name, version, tag, requires_python=""):
    stem = f"{name.replace('-', '_')}-{version}"
    file = folder / f"{stem}-{tag}.whl"
    about = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    about += f"Requires-Python: {requires_python}\n" if requires_python else ""
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(f"{name.replace('-', '_')}.py", f"tag = {tag!r}\n")
        archive.writestr(f"{stem}.dist-info/METADATA", about)
        archive.writestr(f"{stem}.dist-info/WHEEL", f"Wheel-Version: 1.0\nTag: {tag}\n")
        archive.writestr(f"{stem}.dist-info/RECORD", "")
    return file


def _write_lock(course, packages, wheelhouse):
    blocks = []
    for name, version, marker, via, tags, requires_python in packages:
        files = [_wheel(wheelhouse, name, version, tag, requires_python) for tag in tags]
        hashes = [hashlib.sha256(file.read_bytes()).hexdigest() for file in files]
        lines = [f"{name}=={version}" + (f" ; {marker}" if marker else "")]
        lines += [f"    --hash=sha256:{checksum}" for checksum in hashes]
        blocks.append(" \\\n".join(lines) + f"\n    # via {via}\n")
    (course / "requirements.lock").write_text("# made by uv\n" + "".join(blocks))


@pytest.fixture(scope="session")
def pip():
    """The command of a pip, made where there is none."""
    with wheels.pip() as command:
        yield command()


def _offline(monkeypatch, wheelhouse):
    """pip may look into one folder of this machine, and nowhere else."""
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", wheelhouse.as_uri())


def _use(monkeypatch, course, pip):
    @contextmanager
    def this_pip():
        yield lambda: pip

    monkeypatch.setattr(lessons, "course_folder", lambda: course)
    monkeypatch.setattr(wheels, "pip", this_pip)


@pytest.fixture(scope="session")
def made(tmp_path_factory, pip):
    """A course with made-up packages, their wheels, and the stick that the real pip fetched."""
    top = tmp_path_factory.mktemp("made up")
    course, wheelhouse, stick = top / "a course", top / "wheel house", top / "a stick"
    wheelhouse.mkdir()
    _tree(course, {"pyproject.toml": PROJECT, "notebooks/01.ipynb": "{}", "data/a.npz": "a"})
    _tree(course, {"medlearn/__init__.py": "", "README.md": "read me"})
    shutil.copy(environment.__file__, course / "medlearn")
    _write_lock(course, PACKAGES, wheelhouse)
    with pytest.MonkeyPatch.context() as monkeypatch:
        _offline(monkeypatch, wheelhouse)
        _use(monkeypatch, course, pip)
        bundle.build(stick, pythons=["3.11"])
    return top


@pytest.fixture
def offline(made, tmp_path, monkeypatch):
    """The folder of wheels, which is all that pip may look at."""
    folder = Path(shutil.copytree(made / "wheel house", tmp_path / "wheel house"))
    _offline(monkeypatch, folder)
    return folder


@pytest.fixture
def course(made, tmp_path, monkeypatch, pip, offline):
    folder = Path(shutil.copytree(made / "a course", tmp_path / "a course"))
    _use(monkeypatch, folder, pip)
    return folder


@pytest.fixture
def stick(made, tmp_path, course):
    return Path(shutil.copytree(made / "a stick", tmp_path / "a stick"))


@pytest.fixture
def fetched(monkeypatch, offline):
    """What was asked for, handed over by a faster messenger than pip."""
    asked = []

    def fetch(target, wanted, wheels, pip):
        for pin in wanted:
            asked.append(f"{pin.name} {pin.version} for {target}")
            fitting = [file for file in offline.iterdir() if target.takes(file.name, pin)]
            if not fitting:
                raise environment.Trouble(f"there is no {pin.name}=={pin.version}")
            wheels.add(fitting[0])

    monkeypatch.setattr(wheels, "fetch", fetch)
    return asked


def _wheels(folder):
    return {file.name for file in (folder / "wheels").iterdir()}


def _state(folder):
    files = [p for p in folder.rglob("*") if p.is_file()]
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in files}


ANY = ["pure-1.0", "hatchling-1.27.0", "lab_of_ours-1.0", "sieve-1.0", "sieve-2.0", "win_only-1.0"]
MINI = {
    *(f"{name}-py3-none-any.whl" for name in ANY),
    "fast-1.0-cp311-cp311-win_amd64.whl",
    "fast-1.0-cp311-cp311-macosx_11_0_arm64.whl",
    "fast-1.0-cp311-cp311-manylinux_2_17_x86_64.whl",
    "mac_only-1.0-cp39-abi3-macosx_12_0_arm64.whl",
    f"medlearn-{__version__}-py3-none-any.whl",  # of this course: environment.run builds there
}


def test_the_stick_holds_every_target_and_says_so(stick, capsys):
    bundle.build(stick, pythons=["3.11"])
    assert _wheels(stick) == MINI
    about = json.loads((stick / "bundle.json").read_text())
    windows = about["targets"]["win32 AMD64 3.11"]["wheels"]
    assert "win_only-1.0-py3-none-any.whl" in windows and len(windows) == 7
    assert "win_only-1.0-py3-none-any.whl" not in about["targets"]["linux x86_64 3.11"]["wheels"]
    assert about["finished"] and about["longest"] > 40
    lock = (stick / "course/requirements.lock").read_text()
    assert "tester" not in lock and "fast==1.0" in lock and lock.count("--hash=") == 13
    assert (stick / "course/notebooks/01.ipynb").read_bytes() == b"{}"
    sums = dict(line.split("  ")[::-1] for line in (stick / "SHA256SUMS").read_text().splitlines())
    files = _state(stick)
    assert set(sums) == set(files) - {"SHA256SUMS", "bundle.json"}
    assert [n for n in sums if hashlib.sha256(files[n]).hexdigest() != sums[n]] == []
    assert files["install_windows.bat"].count(b"\n") == files["install_windows.bat"].count(b"\r\n")
    said = capsys.readouterr().out
    assert "windows, Python 3.11: 7 wheels" in said and "MB in all" in said
    assert "--pythons" not in said
    start = (stick / "START.md").read_text()
    assert "Python 3.11 (64 bit" in start and start.count("\n| ") == 4


def test_a_second_run_fetches_what_is_missing_or_damaged_and_nothing_else(stick, fetched, capsys):
    whole = _state(stick)
    (stick / "wheels/pure-1.0-py3-none-any.whl").unlink()
    hurt = stick / "wheels/fast-1.0-cp311-cp311-win_amd64.whl"
    hurt.write_bytes(hurt.read_bytes()[:-9])
    (stick / "wheels/half.whl.part").write_bytes(b"")  # a run was killed here
    (stick / "course/README.md").write_text("damaged")
    assert main(["classroom", "bundle", str(stick), "--pythons", "3.11"]) == 0
    assert fetched == [f"{name} 1.0 for windows, Python 3.11" for name in ("pure", "fast")]
    said = capsys.readouterr().out
    assert "windows, Python 3.11: 5 of 7" in said and "linux, Python 3.11: 6 of 6" in said
    assert _state(stick) == whole
    fetched.clear()
    assert main(["classroom", "bundle", str(stick), "--pythons", "3.11"]) == 0
    assert fetched == [] and _state(stick) == whole


def test_an_interrupted_run_keeps_what_has_arrived(course, fetched, offline, tmp_path, monkeypatch):
    monkeypatch.setattr(wheels, "AT_ONCE", 2)
    wheel = offline / "sieve-2.0-py3-none-any.whl"
    content = wheel.read_bytes()
    wheel.unlink()
    folder = tmp_path / "stick"
    with pytest.raises(ClassroomError, match=r"sieve==2\.0"):
        bundle.build(folder, systems=["windows"], pythons=["3.11"])
    assert {"pure-1.0-py3-none-any.whl", "fast-1.0-cp311-cp311-win_amd64.whl"} <= _wheels(folder)
    assert "not finished" in _install(folder, tmp_path / "x").stderr
    wheel.write_bytes(content)
    fetched.clear()
    bundle.build(folder, systems=["windows"], pythons=["3.11"])
    assert fetched == ["sieve 2.0 for windows, Python 3.11"]
    assert json.loads((folder / "bundle.json").read_text())["finished"]


def test_other_targets_are_added_and_old_packages_go(course, fetched, offline, tmp_path, capsys):
    folder = tmp_path / "stick"
    bundle.build(folder, systems=["linux"], pythons=["3.11"])
    few = _wheels(folder)
    (folder / "mine.txt").write_text("mine")
    newer = [("pure", "2.0", *PACKAGES[0][2:]), *PACKAGES[1:]]
    _write_lock(course, newer, offline)
    bundle.build(folder, systems=["macOS"], pythons=["3.12"])
    now = _wheels(folder)
    assert "holds linux, Python 3.11 too" in capsys.readouterr().out
    assert few - now == {"pure-1.0-py3-none-any.whl"}
    assert now - few == {
        "pure-2.0-py3-none-any.whl",
        "fast-1.0-cp312-cp312-macosx_11_0_arm64.whl",
        "mac_only-1.0-cp39-abi3-macosx_12_0_arm64.whl",
    }
    assert (folder / "mine.txt").read_text() == "mine"
    assert "Python 3.11 or 3.12" in (folder / "START.md").read_text()


def test_other_pythons_are_named(course, fetched, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 12, 1, "final", 0))
    bundle.build(tmp_path / "stick", systems=["linux"])
    said = capsys.readouterr().out
    assert "Learners with Python 3.11 or 3.13" in said and "--pythons 3.11 3.13 to add" in said


# ---- what can go wrong while it is made ----------------------------------------------------


def _fails(capsys, *words):
    assert main(["classroom", "bundle", *map(str, words)]) == 1
    said = capsys.readouterr().err
    assert said.startswith("✗ ") and "Traceback" not in said
    return said


def test_systems_and_pythons_that_there_are_not(course, tmp_path, capsys):
    said = _fails(capsys, tmp_path / "s", "--systems", "amiga")
    assert "'amiga'; choose from windows, macos, linux" in said
    said = _fails(capsys, tmp_path / "s", "--pythons", "3.10")
    assert "'3.10', but 3.11, 3.12 or 3.13" in said
    assert not (tmp_path / "s").exists()


def test_without_a_network(course, tmp_path, capsys, monkeypatch):
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_FIND_LINKS")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "1")
    said = _fails(capsys, tmp_path / "s", "--pythons", "3.11")
    assert "Check that you are online" in said and "run the same command again" in said


def test_a_mirror_with_another_file_is_not_believed(course, offline, tmp_path, capsys):
    wheel = offline / "pure-1.0-py3-none-any.whl"
    wheel.write_bytes(wheel.read_bytes() + b"more")
    assert "not the one that the lock file names" in _fails(capsys, tmp_path / "s")
    assert "pure-1.0-py3-none-any.whl" not in _wheels(tmp_path / "s")


def test_a_stick_without_room_is_refused_at_once(course, tmp_path, capsys, monkeypatch):
    usage = shutil._ntuple_diskusage(10**9, 10**9 - 10**8, 10**8)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    said = _fails(capsys, tmp_path / "s", "--systems", "linux", "--pythons", "3.11", "3.12")
    assert "Only 0.1 GB are free" in said and "about 1.2 GB are needed" in said


def test_a_disk_that_is_full_loses_nothing(stick, fetched, capsys, monkeypatch):
    before = _state(stick)
    (stick / "wheels/pure-1.0-py3-none-any.whl").unlink()
    real = shutil.copyfile

    def full(source, target, **kwargs):
        if "pure" in str(target):
            Path(target).write_bytes(b"ha")
            raise OSError(28, "No space left on device", str(target))
        return real(source, target, **kwargs)

    monkeypatch.setattr(shutil, "copyfile", full)
    said = _fails(capsys, stick, "--pythons", "3.11")
    assert "the disk is full" in said and "kept" in said
    monkeypatch.undo()
    after = _state(stick)
    assert before.keys() - after.keys() == {"wheels/pure-1.0-py3-none-any.whl"}
    assert after.keys() <= before.keys()


def test_folders_that_cannot_be_used(course, tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert "cannot be written" in _fails(capsys, tmp_path / "file" / "stick")
    assert "cannot be written" in _fails(capsys, tmp_path / "file")
    _tree(tmp_path, {"mine/course/notes.txt": "mine"})
    assert "was not made by this command" in _fails(capsys, tmp_path / "mine")
    assert _state(tmp_path / "mine") == {"course/notes.txt": b"mine"}


@pytest.mark.long
def test_without_pip_one_is_made_for_the_task(monkeypatch):
    """As in the environments that uv makes."""
    if importlib.util.find_spec("ensurepip") is None:
        pytest.skip("this Python has no ensurepip")
    real = importlib.util.find_spec
    monkeypatch.setattr(
        wheels.importlib.util, "find_spec", lambda name: None if name == "pip" else real(name)
    )
    with wheels.pip() as pip:
        python = Path(pip()[0])
        assert python.is_file() and "pip" in subprocess.check_output([*pip(), "-V"], text=True)
    assert not python.exists()


# ---- the installer -------------------------------------------------------------------------


def _install(stick, folder, python=sys.executable):
    command = [str(python), str(stick / "install.py"), str(folder)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8")


@pytest.fixture
def installer(stick, monkeypatch):
    """install.py of the stick, with a Python that suits and commands that are only written down."""
    spec = importlib.util.spec_from_file_location("stick_installer", stick / "install.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    facts = {"executable": sys.executable, "version": [3, 11, 7], "implementation": "cpython"}
    facts |= {"system": "linux", "machine": "x86_64", "bits": 64, "musl": False}
    facts |= {"free_threaded": False, "venv": True}
    module.facts, module.calls = facts, []
    monkeypatch.setitem(sys.modules, "environment", environment)
    monkeypatch.setattr(environment, "probe", lambda command: dict(facts))
    monkeypatch.setattr(
        module.subprocess, "call", lambda *words, **more: module.calls.append((words, more)) or 0
    )
    monkeypatch.setattr(module, "WINDOWS", False)
    monkeypatch.delenv("PIP_NO_INDEX")  # the installer sets its own
    return module


def _refused(installer, capsys, folder):
    assert installer.main([str(folder)]) == 1
    assert installer.calls == []
    said = capsys.readouterr().err
    assert "Traceback" not in said
    return said


def test_the_installer_copies_the_course_and_uses_only_the_stick(
    installer, stick, tmp_path, capsys
):
    home = tmp_path / "my home" / "course"
    before = _state(stick)
    assert installer.main([str(home)]) == 0
    assert (home / "notebooks/01.ipynb").read_bytes() == b"{}"
    (make, about), (doctor, _) = installer.calls
    assert make[0][1:] == [str(home / "medlearn/environment.py"), "--installer", "pip"]
    assert doctor[0][1:] == ["-m", "medlearn", "doctor"]
    assert about["env"]["PIP_NO_INDEX"] == "1"
    assert about["env"]["PIP_FIND_LINKS"] == (stick / "wheels").as_uri()
    assert " " not in about["env"]["PIP_FIND_LINKS"]  # pip would split it
    said = capsys.readouterr().out
    assert "-m medlearn lab" in said and str(home) in said
    assert os.access(home / "start.command", os.X_OK)
    assert _state(stick) == before


@pytest.mark.parametrize("name", ["wheels/pure-1.0-py3-none-any.whl", "course/data/a.npz"])
def test_a_damaged_or_missing_file_is_named(installer, stick, tmp_path, capsys, name):
    (stick / name).write_bytes(b"worn")
    said = _refused(installer, capsys, tmp_path / "home")
    assert f"{name} is damaged" in said and "Copy the stick again" in said
    (stick / name).unlink()
    assert f"{name} is missing" in _refused(installer, capsys, tmp_path / "home")
    assert not (tmp_path / "home").exists()


def test_wheels_for_other_systems_are_not_asked_for(installer, stick, tmp_path):
    (stick / "wheels/fast-1.0-cp311-cp311-win_amd64.whl").unlink()
    assert installer.main([str(tmp_path / "home")]) == 0


@pytest.mark.parametrize("name", ["bundle.json", "SHA256SUMS"])
def test_a_stick_without_its_lists(installer, stick, tmp_path, capsys, name):
    (stick / name).unlink()
    assert f"{name} is missing" in _refused(installer, capsys, tmp_path / "home")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"version": [3, 14, 0]}, ["what Python 3.11 needs", "found here: Python 3.14.0"]),
        (
            {"version": [3, 12, 2]},
            ["what Python 3.11 needs", "found here: Python 3.12.2", "Install"],
        ),
        ({"version": [3, 9, 2]}, ["what Python 3.11 needs", "3.9.2"]),
        ({"machine": "aarch64"}, ["linux and macos and windows", "linux aarch64"]),
        ({"system": "darwin", "machine": "x86_64"}, ["Intel Mac"]),
        ({"venv": False}, ["sudo apt install python3.11-venv"]),
        ({"free_threaded": True}, ["found here: Python 3.11.7"]),
    ],
)
def test_a_python_that_does_not_suit_is_named(installer, tmp_path, capsys, change, words):
    installer.facts.update(change)
    said = _refused(installer, capsys, tmp_path / "home")
    assert [word for word in words if word not in said] == []
    assert not (tmp_path / "home").exists()


def test_the_installer_takes_another_python_of_the_computer(installer, tmp_path, monkeypatch):
    suits = dict(installer.facts, executable="/right")
    monkeypatch.setattr(
        environment,
        "probe",
        lambda c: suits if c == ["python3.11"] else dict(suits, version=[3, 13, 1]),
    )
    assert installer.main([str(tmp_path / "home")]) == 0
    assert installer.calls[0][0][0][0] == "/right"


def test_folders_that_the_course_must_not_take(installer, stick, tmp_path, capsys):
    _tree(tmp_path, {"full/notes.txt": "mine", "clone/.git/HEAD": "", "file": ""})
    assert "on the stick itself" in _refused(installer, capsys, stick / "here")
    assert "holds something else" in _refused(installer, capsys, tmp_path / "full")
    assert "holds something else" in _refused(installer, capsys, tmp_path / "file")
    assert "clone of the course" in _refused(installer, capsys, tmp_path / "clone")
    assert _state(tmp_path / "full") == {"notes.txt": b"mine"}


def test_a_folder_that_windows_cannot_reach_into(installer, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(installer, "WINDOWS", True)
    monkeypatch.setattr(environment, "check_folder", lambda *a, **k: None)
    long = tmp_path / ("x" * 200)
    assert "Name a shorter folder" in _refused(installer, capsys, long)
    assert not long.exists()


def test_an_update_loses_nothing(installer, tmp_path, capsys):
    home = tmp_path / "home"
    assert installer.main([str(home)]) == 0
    _tree(home, {"notebooks/01.ipynb": "my edits", "work/01.ipynb": "my work"})
    assert installer.main([str(home)]) == 0
    assert (home / "notebooks/01.ipynb").read_text() == "{}"
    assert (home / "work/01.ipynb").read_text() == "my work"
    (aside,) = home.glob("before-*")
    assert _state(aside) == {"notebooks/01.ipynb": b"my edits"}
    assert str(aside) in capsys.readouterr().out


def test_a_set_up_that_fails_is_said(installer, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(installer.subprocess, "call", lambda *a, **k: 1)
    assert installer.main([str(tmp_path / "home")]) == 1
    assert "was not made" in capsys.readouterr().err


@pytest.mark.parametrize("version", ["2.7", "3.6"])
def test_pythons_that_are_much_too_old_can_read_the_installer(stick, tmp_path, version):
    found = sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))
    found += [Path(p) for p in [shutil.which(f"python{version}")] if p]
    # A name on the path may be a shim that stands for no Python.
    found = [p for p in found if not subprocess.run([p, "-c", ""], capture_output=True).returncode]
    if not found:
        pytest.skip(f"no Python {version} here")
    (stick / "bundle.json").unlink()
    done = _install(stick, tmp_path / "home", found[0])
    assert done.returncode == 1 and "Traceback" not in done.stderr
    if version == "2.7":
        assert "This is Python 2.7, which is too old" in done.stdout
    else:  # it reads on, and could find a younger Python
        assert "bundle.json is missing" in done.stderr


# ---- the real thing ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def index(pip):
    code = "from pip._internal.models.index import PyPI; print(PyPI.simple_url)"
    default = subprocess.check_output([pip[0], "-c", code], text=True).strip()
    asked = [*pip, "config", "get", "global.index-url"]
    set_in_file = subprocess.run(asked, capture_output=True, text=True).stdout.strip()
    address = os.environ.get("PIP_INDEX_URL") or set_in_file or default
    try:
        urllib.request.urlopen(f"{address}/idna/", timeout=30).close()
    except OSError as error:
        pytest.skip(f"the package index does not answer ({error})")
    return address


@pytest.mark.long
def test_every_package_has_a_wheel_for_every_system_and_python(locked, index):
    """From the index's own pages: a file of a fitting name with a hash of the lock file."""

    def page(name):
        with urllib.request.urlopen(f"{index}/{name}/", timeout=60) as answer:
            text = answer.read().decode()
        return re.findall(r'href="[^"]*?([^/"]+\.whl)#sha256=([0-9a-f]{64})', text)

    names = sorted({pin.name for pin in locked})
    with concurrent.futures.ThreadPoolExecutor(8) as threads:
        files = dict(zip(names, threads.map(page, names), strict=True))
    assert all(files.values())
    lacking = [
        f"{pin.name} {pin.version} for {target}"
        for target in TARGETS
        for pin in target.pins(locked)
        if not any(h in pin.hashes and target.takes(n, pin) for n, h in files[pin.name])
    ]
    assert lacking == []


def _without_network(command, **options):
    """Run a command that can reach this machine only: in a network of its own, or as good as."""
    words = [str(word) for word in command]
    variables = {n: v for n, v in os.environ.items() if not n.startswith(("PIP_", "PYTHON"))}
    closed = "http://127.0.0.1:9"
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        variables[name] = variables[name.lower()] = closed
    variables["NO_PROXY"] = variables["no_proxy"] = "127.0.0.1,localhost"
    own = ["unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"]
    if shutil.which("unshare") and shutil.which("ip"):
        possible = subprocess.run([*own, "true"], capture_output=True).returncode == 0
        words = own + words if possible else words
    return subprocess.run(
        words, env=variables | options.pop("env", {}), capture_output=True, text=True, **options
    )


@pytest.mark.long
def test_a_laptop_without_a_network_installs_the_course_and_runs_a_lesson(index, tmp_path, request):
    target = _this_target()
    request.addfinalizer(lambda: shutil.rmtree(tmp_path, ignore_errors=True))  # 2 GB
    stick, home = tmp_path / "a stick", tmp_path / "my course"
    bundle.build(stick, systems=[target.system], pythons=[target.python])

    probe = f"import urllib.request; urllib.request.urlopen({index!r}, timeout=10)"
    assert _without_network([sys.executable, "-c", probe]).returncode != 0

    def run(*command):
        learner = {"HOME": str(tmp_path / "home"), "MEDLEARN_HOME": str(tmp_path / "home")}
        done = _without_network(command, cwd=tmp_path, env=learner)
        assert done.returncode == 0, f"{command}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
        return done.stdout

    (tmp_path / "home").mkdir()
    said = run(sys.executable, stick / "install.py", home)
    assert "✗" not in said and "✓ tensorflow" in said and "The course is ready" in said
    shutil.rmtree(stick)  # the course must not need it any more
    python = environment.python_of(home / ".venv")
    assert "✓ keras" in run(python, "-m", "medlearn", "doctor")
    assert "lessons copied" in run(python, "-m", "medlearn", "lab", "--copies-only")
    lesson = home / "work/01_neurons_and_activations.ipynb"
    run(python, "-m", "jupyter", "execute", "--inplace", lesson)
    cells = json.loads(lesson.read_text(encoding="utf-8"))["cells"]
    ran = [cell for cell in cells if cell["cell_type"] == "code"]
    assert ran and all(cell["execution_count"] for cell in ran if cell["source"])
