"""The set-up: which machines it accepts, how it mends itself, and whether its files agree."""

import ast
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import machines
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import medlearn
from medlearn import environment
from tools import sync

GOOD = {
    "executable": sys.executable,
    "version": [3, 12, 4],
    "implementation": "cpython",
    "system": "linux",
    "machine": "x86_64",
    "bits": 64,
    "musl": False,
    "free_threaded": False,
    "venv": True,
}
SYSTEMS = {
    "linux-x86_64": ("linux", "x86_64", "posix", "Linux"),
    "linux-aarch64": ("linux", "aarch64", "posix", "Linux"),
    "windows": ("win32", "AMD64", "nt", "Windows"),
    "macos-arm64": ("darwin", "arm64", "posix", "Darwin"),
}


@pytest.fixture
def project(root):
    return environment.Project(root)


@pytest.fixture
def about(root):
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))


# ---- the machine --------------------------------------------------------------------------


@pytest.mark.parametrize("minor", [11, 12, 13])
@pytest.mark.parametrize("system", SYSTEMS)
def test_every_supported_machine_is_accepted(project, minor, system):
    name, machine = SYSTEMS[system][:2]
    facts = {**GOOD, "version": [3, minor, 0], "system": name, "machine": machine}
    assert environment.objection(facts, project) is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"version": [3, 10, 13]}, ["3.10.13", "too old", "3.11, 3.12 or 3.13", "mybinder"]),
        ({"version": [3, 14, 0]}, ["3.14.0", "too new", "TensorFlow", "mybinder"]),
        ({"version": [2, 7, 18]}, ["2.7.18", "too old"]),
        ({"system": "darwin", "machine": "x86_64"}, ["Intel", "Apple", "mybinder"]),
        ({"system": "win32", "machine": "ARM64"}, ["TensorFlow does not exist", "mybinder"]),
        ({"machine": "i686", "bits": 32}, ["32-bit", "mybinder"]),
        ({"musl": True}, ["musl", "mybinder"]),
        ({"implementation": "pypy"}, ["pypy"]),
        ({"free_threaded": True}, ["free-threaded"]),
        ({"venv": False}, ["sudo apt install python3.12-venv", "run the same command again"]),
    ],
)
def test_an_unsuitable_python_is_named_with_its_mend(project, change, words):
    _, message = environment.objection({**GOOD, **change}, project)
    assert [word for word in words if word not in message] == []


def test_uv_needs_no_ensurepip(project):
    assert environment.objection({**GOOD, "venv": False}, project, "uv") is None


def test_another_python_is_chosen_when_the_first_does_not_suit(project, monkeypatch):
    found = {
        "old": {**GOOD, "version": [3, 9, 1]},
        "shim": None,
        "right": {**GOOD, "executable": "/right"},
    }
    monkeypatch.setattr(environment, "probe", lambda command: found[command[0]])
    chosen = environment.choose(project, commands=[["shim"], ["old"], ["right"]])
    assert chosen["executable"] == "/right"


def test_the_nearest_python_explains_what_is_missing(project, monkeypatch):
    found = {"a": {**GOOD, "version": [3, 9, 1]}, "b": {**GOOD, "venv": False}}
    monkeypatch.setattr(environment, "probe", lambda command: found[command[0]])
    with pytest.raises(environment.Trouble, match=r"python3\.12-venv"):
        environment.choose(project, commands=[["a"], ["b"]])
    with pytest.raises(environment.Trouble, match="No Python was found"):
        environment.choose(project, commands=[])


def test_a_real_python_answers_the_probe_and_a_broken_one_does_not(tmp_path):
    facts = environment.probe([sys.executable])
    assert facts["version"] == list(sys.version_info[:3])
    assert facts["venv"] is True
    assert environment.probe([str(tmp_path / "no-such-python")]) is None
    assert environment.probe(["false"]) is None


def test_old_pythons_can_read_the_tool(root):
    ast.parse(
        (root / "medlearn/environment.py").read_text(encoding="utf-8"), feature_version=(3, 7)
    )


def test_a_full_or_locked_folder_is_refused(tmp_path, monkeypatch):
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1.2e9))
    with pytest.raises(environment.Trouble, match=r"Only 1\.2 GB are free .* 3 GB"):
        environment.check_folder(tmp_path)

    def denied(**_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(environment.tempfile, "TemporaryFile", denied)
    with pytest.raises(environment.Trouble, match=r"Nothing can be written .*Permission denied"):
        environment.check_folder(tmp_path)


@pytest.mark.parametrize(
    ("words", "mend"),
    [
        ("ERROR: No matching distribution found for numpy==9", "no build for this machine"),
        ("Temporary failure in name resolution\nERROR: No matching distribution", "online"),
        ("error: Failed to fetch: `...`\n  dns error", "online"),
        ("OSError: [Errno 28] No space left on device", "disk is full"),
        ("THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE", "lock file names"),
        ("error: Hash mismatch for `numpy`", "lock file names"),
        ("SSLCertVerificationError: CERTIFICATE_VERIFY_FAILED", "PIP_CERT"),
        ("invalid peer certificate: UnknownIssuer", "SSL_CERT_FILE"),
        ("ProxyError('Cannot connect to proxy.', OSError('407 Proxy Auth'))", "wants a login"),
        ("ProxyError('Cannot connect to proxy.', ...)", "could not be reached, or refuses"),
        ("Read timed out.", "unreliable Wi-Fi"),
        ("Segmentation fault", "exit code 7"),
    ],
)
def test_an_installer_that_fails_is_explained(words, mend):
    message = environment.diagnosis(words, 7)
    assert mend in message
    assert words.splitlines()[-1] in message  # its own words are not hidden
    assert "run the same command again" in message


# ---- the environment ----------------------------------------------------------------------


class Stub:
    """Stands for the installers: makes in a moment what they make in a minute."""

    def __init__(self, monkeypatch):
        self.calls = 0
        self.fail = None
        monkeypatch.setattr(environment, "create", self.create)
        monkeypatch.setattr(environment, "install", self.install)
        monkeypatch.setattr(environment, "try_out", lambda venv: None)

    def create(self, venv, facts, installer):
        python = environment.python_of(venv)
        python.parent.mkdir(parents=True)
        python.symlink_to(facts["executable"])

    def install(self, venv, project, installer):
        self.calls += 1
        if self.fail:
            raise self.fail


@pytest.fixture
def stub(monkeypatch):
    return Stub(monkeypatch)


def test_the_second_set_up_does_nothing(stub, project, tmp_path):
    venv = tmp_path / ".venv"
    assert environment.set_up(venv, project) is True
    began = time.perf_counter()
    assert environment.set_up(venv, project) is False
    assert time.perf_counter() - began < 1
    assert stub.calls == 1


@pytest.mark.parametrize("how", [KeyboardInterrupt(), environment.Trouble("offline")])
def test_an_interrupted_set_up_is_mended_by_the_next(stub, project, tmp_path, how):
    venv = tmp_path / ".venv"
    stub.fail = how
    with pytest.raises(type(how)):
        environment.set_up(venv, project)
    assert not environment.ready(venv, project)
    (venv / "half a package").touch()
    stub.fail = None
    assert environment.set_up(venv, project) is True
    assert environment.ready(venv, project)
    assert not (venv / "half a package").exists()  # built anew, not on the ruins
    assert sorted(p.name for p in tmp_path.iterdir()) == [".venv", ".venv.lock"]


def test_a_lost_python_is_mended(stub, project, tmp_path):
    venv = tmp_path / ".venv"
    environment.set_up(venv, project)
    python = environment.python_of(venv)
    python.unlink()
    python.symlink_to(tmp_path / "gone")
    assert environment.set_up(venv, project) is True
    assert environment.ready(venv, project)


@pytest.mark.parametrize("part", ["lock", "pyproject", "root"])
def test_a_change_is_noticed(stub, project, tmp_path, part):
    venv = tmp_path / ".venv"
    environment.set_up(venv, project)
    project.fingerprint[part] = "other"
    assert environment.set_up(venv, project) is True


@pytest.mark.parametrize("stamp", ["", "{", "[]", "null"])
def test_a_damaged_stamp_is_no_stamp(stub, project, tmp_path, stamp):
    venv = tmp_path / ".venv"
    environment.set_up(venv, project)
    (venv / environment.STAMP).write_text(stamp)
    assert environment.set_up(venv, project) is True


def test_what_the_tool_did_not_make_is_kept(stub, project, tmp_path, capsys):
    venv = tmp_path / ".venv"
    venv.mkdir()
    (venv / "precious").write_text("mine")
    environment.set_up(venv, project)
    assert (tmp_path / ".venv.kept1" / "precious").read_text() == "mine"
    assert "is kept as" in capsys.readouterr().out
    assert environment.ready(venv, project)


RACE = """
import sys, time
sys.path.insert(0, {root!r})
from medlearn import environment
from pathlib import Path
def create(venv, facts, installer):
    python = environment.python_of(venv)
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
def install(venv, project, installer):
    with open({log!r}, "a") as log:
        log.write("x")
    time.sleep({seconds})
environment.create, environment.install = create, install
environment.try_out = lambda venv: None
environment.set_up(Path({venv!r}), environment.Project())
"""


def _race(root, tmp_path, seconds):
    code = RACE.format(
        root=str(root),
        log=str(tmp_path / "log"),
        venv=str(tmp_path / ".venv"),
        seconds=seconds,
    )
    return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)


def test_two_set_ups_at_once_build_one_environment(root, tmp_path, project):
    both = [_race(root, tmp_path, 1.0) for _ in range(2)]
    said = [process.communicate(timeout=60)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert (tmp_path / "log").read_text() == "x"
    assert sum("waiting for it to end" in words for words in said) == 1
    assert environment.ready(tmp_path / ".venv", project)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_a_killed_set_up_is_mended_by_the_next(root, tmp_path, project, stub):
    process = _race(root, tmp_path, 60)
    deadline = time.monotonic() + 30
    while not (tmp_path / "log").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert (tmp_path / ".venv").exists()
    assert not environment.ready(tmp_path / ".venv", project)
    assert environment.set_up(tmp_path / ".venv", project) is True  # and is not locked out
    assert environment.ready(tmp_path / ".venv", project)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_an_installer_that_was_left_behind_ends_before_the_next_begins(root, tmp_path):
    slow = f"import pathlib, time; p = pathlib.Path({str(tmp_path)!r})"
    slow += "; (p / 'began').touch(); time.sleep(2); (p / 'ended').touch()"
    venv = tmp_path / ".venv"
    code = (
        f"import sys; sys.path.insert(0, {str(root)!r}); from medlearn import environment\n"
        f"with environment.alone({str(venv)!r}): environment.run([sys.executable, '-c', {slow!r}])"
    )
    process = subprocess.Popen([sys.executable, "-c", code])
    while not (tmp_path / "began").exists():
        assert process.poll() is None
        time.sleep(0.02)
    process.kill()
    process.wait()
    assert not (tmp_path / "ended").exists()
    with environment.alone(venv):
        assert (tmp_path / "ended").exists()


def test_an_installer_without_network_ends_with_a_mend_and_no_traceback(
    tmp_path, monkeypatch, capsys
):
    def offline(venv, facts, installer):
        words = "error sending request: dns error: failed to lookup address"
        environment.run([sys.executable, "-c", f"import sys; sys.exit({words!r})"])

    monkeypatch.setattr(environment, "create", offline)
    assert environment.main(["--venv", str(tmp_path / ".venv")]) == 1
    said = capsys.readouterr()
    assert "Check that you are online" in said.err
    assert "Traceback" not in said.err


def test_installers_keep_mirrors_and_lose_detours(monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", "https://mirror.example/simple")
    monkeypatch.setenv("PIP_USER", "1")
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    variables = environment.clean_environment()
    assert variables["PIP_INDEX_URL"] == "https://mirror.example/simple"
    assert not {"PIP_USER", "PYTHONPATH"} & set(variables)


def test_an_incomplete_copy_of_the_course_is_named(tmp_path, root):
    shutil.copy(root / "pyproject.toml", tmp_path)
    with pytest.raises(environment.Trouble, match=r"requirements\.lock is missing.*git checkout"):
        environment.Project(tmp_path)


# ---- the files agree ----------------------------------------------------------------------


def _locked(root):
    lines = (root / "requirements.lock").read_text(encoding="utf-8").splitlines()
    return [Requirement(line.rstrip(" \\")) for line in lines if line and line[0] not in " #"]


def _for_system(requirements, system, python):
    sys_platform, machine, os_name, name = SYSTEMS[system]
    marker_environment = {
        "sys_platform": sys_platform,
        "platform_machine": machine,
        "os_name": os_name,
        "platform_system": name,
        "python_version": python.rpartition(".")[0],
        "python_full_version": python,
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "extra": "",
    }
    return [r for r in requirements if r.marker is None or r.marker.evaluate(marker_environment)]


@pytest.mark.parametrize("python", ["3.11.0", "3.11.9", "3.12.4", "3.13.0"])
@pytest.mark.parametrize("system", SYSTEMS)
def test_the_lock_file_covers_every_dependency_once(root, about, system, python):
    locked = _for_system(_locked(root), system, python)
    versions = {canonicalize_name(r.name): str(r.specifier).removeprefix("==") for r in locked}
    assert len(versions) == len(locked), "a package is locked twice for one system"
    wanted = list(about["project"]["dependencies"])
    extras = about["project"]["optional-dependencies"]
    (everything,) = extras["all"]  # medlearn[tf,lab,…]
    assert {"tf", "lab", "tuning", "test"} <= Requirement(everything).extras <= set(extras)
    for name in Requirement(everything).extras:
        wanted += extras[name]
    for requirement in _for_system([Requirement(text) for text in wanted], system, python):
        name = canonicalize_name(requirement.name)
        assert name in versions, f"{name} is not locked for {system}: run `make lock`"
        assert requirement.specifier.contains(versions[name]), f"{name} {versions[name]} is too old"
    tensorflows = [name for name in versions if name in ("tensorflow", "tensorflow-cpu")]
    small = system in ("linux-x86_64", "windows")
    assert tensorflows == (["tensorflow-cpu"] if small else ["tensorflow"])


def test_the_lock_file_has_checksums_and_names_no_server(root):
    text = (root / "requirements.lock").read_text(encoding="utf-8")
    blocks = re.split(r"\n(?=[a-z])", text.partition("\n")[2])
    assert [b.split()[0] for b in blocks if "--hash=sha256:" not in b and "==" in b] == []
    assert not re.search(r"://|^\s*--(index|extra-index|find-links|trusted)", text, re.M)


def test_no_file_names_a_package_server(root):
    """The course installs from whatever mirror a classroom has; a name here would bypass it."""
    servers = ["py" + "pi.org", "files.python" + "hosted.org", "deb.deb" + "ian.org"]
    servers += ["registry.npm" + "js", "conda.ana" + "conda.org", "repo.ana" + "conda.com"]
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        capture_output=True,
    )
    if listed.returncode == 0:
        files = [root / name.decode() for name in listed.stdout.split(b"\0") if name]
    else:  # an unpacked archive without git
        top = [p for p in root.iterdir() if p.name not in ("work", ".cache", "build", "dist")]
        top = [p for p in top if not p.name.startswith(".venv")]
        files = [f for p in top for f in ([p] if p.is_file() else p.rglob("*"))]
    files = [f for f in files if f.is_file() and f.suffix not in (".npz", ".png", ".pyc")]
    assert len(files) > 20
    found = []
    for file in files:
        text = file.read_text(encoding="utf-8", errors="replace")
        found += [f"{file.relative_to(root)}: {name}" for name in servers if name in text]
    assert found == []


def test_environment_yml_agrees_with_pyproject(root, about):
    text = (root / "environment.yml").read_text(encoding="utf-8")
    assert f"- python{about['project']['requires-python']}\n" in text
    extras = about["project"]["optional-dependencies"]
    for wanted in [*about["project"]["dependencies"], *extras["tf"], *extras["lab"]]:
        assert f"      - {json.dumps(wanted)}\n" in text, "run `make sync`"
    conda, _, pip = text.partition("- pip:\n")
    assert re.findall(r"^  - (\w+)", conda.partition("dependencies:")[2], re.M) == ["python", "pip"]
    assert "- -e .\n" in pip


def test_binder_installs_the_lock_file_on_a_supported_python(root, project):
    text = (root / "binder/environment.yml").read_text(encoding="utf-8")
    minor = int(re.search(r"^  - python=3\.(\d+)$", text, re.M).group(1))
    assert minor in project.minors
    script = (root / "binder/postBuild").read_text(encoding="utf-8")
    assert "--require-hashes -r requirements.lock" in script
    assert "--no-deps --no-build-isolation --editable ." in script
    assert os.access(root / "binder/postBuild", os.X_OK)


def test_one_version_and_one_address(root, about, project):
    citation = (root / "CITATION.cff").read_text(encoding="utf-8")
    version = about["project"]["version"]
    assert medlearn.__version__ == version
    assert f'version: "{version}"' in citation
    address = about["project"]["urls"]["Repository"]
    assert f'repository-code: "{address}"' in citation
    assert project.binder == sync.links(address)["binder"]


def test_supported_pythons_are_said_alike(about, project):
    named = [c.rpartition("3.")[2] for c in about["project"]["classifiers"] if ":: 3." in c]
    assert [int(minor) for minor in named] == list(project.minors)


def test_ci_runs_the_command_of_the_readme(root):
    readme = (root / "README.md").read_text(encoding="utf-8")
    assert "```sh\nmake test\n```" in readme
    assert "```sh\nmake lab\n```" in readme
    assert re.search(r"^part .* make test$", (root / ".ci/run").read_text(encoding="utf-8"), re.M)


@pytest.mark.skipif(not shutil.which("make"), reason="no make here")
def test_make_lists_its_commands_and_sets_up_first(root):
    def make(*words):
        done = subprocess.run(["make", *words], cwd=root, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    helped = make("--no-print-directory")
    targets = re.search(r"^\.PHONY: (.*)$", (root / "Makefile").read_text(), re.M)[1].split()
    assert [name for name in targets if f"make {name} " not in helped] == []
    for name in ("lab", "test", "notebooks", "status"):
        planned = make("--no-print-directory", "-n", name)
        assert "medlearn/environment.py" in planned.splitlines()[0]
    assert "work" not in make("-n", "clean").replace('-not -path "./work/*"', "")


def test_the_wheel_works_without_the_rest_of_the_course(root, tmp_path):
    """What Colab gets: the package and the data in one wheel, and no notebooks."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=root, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    shutil.unpack_archive(wheel, tmp_path / "site", "zip")
    done = subprocess.run(
        [sys.executable, "-m", "medlearn", "data", "verify"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "site")},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    script = "import medlearn; print(medlearn.__file__)"
    where = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "site")},
        capture_output=True,
        text=True,
    ).stdout
    assert Path(where).is_relative_to(tmp_path)  # and not from the checkout
    # The teacher's package is in a clone and nowhere else, and the command line says so.
    assert not (tmp_path / "site" / "medlearn_classroom").exists()
    # This environment has the clone itself on its path (an editable install); a learner's has not.
    script = """if True:
        import sys
        from pathlib import Path
        sys.path[:] = [p for p in sys.path if not Path(p, "medlearn_classroom").exists()]
        from medlearn.__main__ import main
        sys.exit(main(sys.argv[1:]))
    """
    for words in (["grade", "--csv", "out.csv", "a.ipynb"], ["classroom"], ["grade", "--help"]):
        done = subprocess.run(
            [sys.executable, "-c", script, *words],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(tmp_path / "site")},
            capture_output=True,
            text=True,
        )
        assert (done.returncode, done.stdout) == (1, "")
        (line,) = done.stderr.splitlines()
        address = address_of(root)
        assert "needs a clone of the course" in line and f"`git clone {address}`" in line


def address_of(root):
    return tomllib.loads((root / "pyproject.toml").read_text())["project"]["urls"]["Repository"]


# ---- other Pythons ------------------------------------------------------------------------


@pytest.mark.long
@pytest.mark.parametrize("minor", [11, 12, 13])
def test_the_course_runs_on_this_python(root, tmp_path, minor):
    """A fresh set-up from the lock file, the doctor, and the examples in the docstrings."""
    python = machines.python(minor)
    if python is None:
        pytest.skip(f"there is no Python 3.{minor} here")
    if sys.version_info[1] == minor:
        pytest.skip("`make test` has run on this Python already")
    course = tmp_path / "course"
    left_out = shutil.ignore_patterns(".git", ".venv*", "work", ".cache", "__pycache__")
    shutil.copytree(root, course, ignore=left_out)

    def run(*command):
        done = subprocess.run(command, cwd=course, capture_output=True, text=True)
        assert done.returncode == 0, f"{command}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
        return done.stdout

    run(python, "medlearn/environment.py")
    own = str(environment.python_of(course / ".venv"))
    assert f"3.{minor}." in run(own, "--version")
    assert "✗" not in run(own, "-m", "medlearn", "doctor")
    run(own, "-m", "pytest", "medlearn", "--doctest-modules", "-q")


def test_the_binder_link_is_the_one_of_every_badge(root):
    assert environment.Project(root).binder == sync.links(sync.repository(root))["binder"]
