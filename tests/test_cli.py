"""The command line, and JupyterLab as `lab` starts it."""

import json
import os
import re
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from medlearn import __version__, datasets, doctor, lab
from medlearn.__main__ import main
from medlearn.exercises import all_lessons, progress

# ---- commands -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "command", [[], ["lab"], ["status"], ["doctor"], ["data"], ["data", "build"], ["data", "fetch"]]
)
def test_every_command_has_help(command, capsys):
    assert main([*command, "--help"]) == 0
    said = capsys.readouterr()
    assert said.out.startswith("usage: python -m medlearn")
    assert said.err == ""


@pytest.mark.parametrize(
    "command",
    [[], ["nonsense"], ["data"], ["data", "fetch"], ["lab", "--port", "0"], ["status", "--import"]],
)
def test_what_is_not_understood_gives_2_and_the_usage(command, capsys):
    assert main(command) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "usage:" in said.err


def test_the_module_runs_as_a_command():
    command = [sys.executable, "-m", "medlearn"]
    done = subprocess.run([*command, "--version"], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, f"medlearn {__version__}\n")
    done = subprocess.run([*command, "data", "verify", "nope"], capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("✗ There is no data set 'nope'")
    assert "Traceback" not in done.stderr


def test_a_console_without_the_symbols_is_no_reason_to_fail():
    variables = {**os.environ, "PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"}
    command = [sys.executable, "-m", "medlearn", "data", "verify", "breast_cancer"]
    done = subprocess.run(command, capture_output=True, env=variables)
    assert done.returncode == 0, done.stderr
    assert b"content right" in done.stdout


def test_doctor_is_content_with_this_machine(capsys):
    assert main(["doctor"]) == 0
    said = capsys.readouterr().out
    for thing in ("Python", "tensorflow", "memory", "disk", "data", "progress"):
        assert f"✓ {thing}: " in said or f"! {thing}: " in said


@pytest.mark.parametrize(("symbol", "code"), [("!", 0), ("✗", 1)])
def test_doctor_fails_only_for_what_stops_the_course(monkeypatch, capsys, symbol, code):
    finding = doctor.Finding(symbol, "disk", "full", "make room")
    monkeypatch.setattr(doctor, "examine", lambda: [finding])
    assert main(["doctor"]) == code
    assert f"{symbol} disk: full. To mend it: make room" in capsys.readouterr().out


def test_doctor_names_a_missing_package_and_a_folder_without_rights(monkeypatch, tmp_path, capsys):
    real = doctor.installed
    monkeypatch.setattr(doctor, "installed", lambda name: None if name == "numpy" else real(name))
    (tmp_path / "file").touch()
    monkeypatch.setenv("MEDLEARN_HOME", str(tmp_path / "file" / "below"))
    assert main(["doctor"]) == 1
    said = capsys.readouterr().out
    assert "✗ numpy: not installed" in said
    assert "! progress: cannot be kept" in said


def test_data_list_shows_every_set(capsys):
    assert main(["data", "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split()[:3] == ["name", "rows", "people"]
    assert [line.split()[0] for line in lines[1:]] == [r["name"] for r in datasets.describe()]


@pytest.fixture
def damaged(data_copy):
    """A data folder in which one byte of the digits is wrong."""
    content = bytearray((data_copy / "digits.npz").read_bytes())
    content[len(content) // 2] ^= 1
    (data_copy / "digits.npz").write_bytes(content)


def test_damaged_data_are_found_by_verify_and_by_the_doctor(damaged, capsys):
    assert main(["data", "verify"]) == 1
    said = capsys.readouterr()
    assert "✓ breast_cancer" in said.out
    assert said.err.startswith("✗ digits: ")
    assert main(["data", "verify", "breast_cancer"]) == 0
    capsys.readouterr()
    assert main(["doctor"]) == 1
    assert "✗ data: damaged: digits" in capsys.readouterr().out


def test_data_build_check_compares_and_writes_nothing(capsys):
    assert main(["data", "build", "--check", "breast_cancer"]) in (0, 1)  # 1: the cards differ
    assert "same: breast_cancer" in capsys.readouterr().out


def test_data_fetch_explains_what_cannot_be_fetched(capsys):
    assert main(["data", "fetch", "minst"]) == 1
    assert "Did you mean 'mnist'?" in capsys.readouterr().err


def test_status_counts_and_carries_progress_to_another_machine(monkeypatch, tmp_path, capsys):
    number, lesson = next(iter(all_lessons().items()))
    name, count = next(iter(lesson.exercises)), len(lesson.exercises)
    assert main(["status"]) == 0
    assert f"Lesson {number}: 0 of {count} exercises done" in capsys.readouterr().out
    progress.record(number, name)
    main(["status"])
    assert f"Lesson {number}: 1 of {count} exercises done" in capsys.readouterr().out
    assert main(["status", "--export"]) == 0
    text = capsys.readouterr().out.strip()
    assert len(text.splitlines()) == 1

    monkeypatch.setenv("MEDLEARN_HOME", str(tmp_path / "other machine"))
    assert main(["status", "--import", text]) == 0
    said = capsys.readouterr().out
    assert "1 exercise added" in said
    assert f"Lesson {number}: 1 of {count} exercises done" in said
    assert main(["status", "--import", text[:-4]]) == 1
    assert capsys.readouterr().err.startswith("✗ ")
    assert progress.done()[number].keys() == {name}


# ---- JupyterLab ---------------------------------------------------------------------------


def test_jupyterlab_is_told_what_this_machine_needs(monkeypatch, tmp_path):
    page = tmp_path / "work" / "00_start_here.ipynb"
    monkeypatch.setattr(os, "geteuid", lambda: 0, raising=False)
    words = lab.command(page, tmp_path, browser=False, port=9999)
    assert words[0] == sys.executable
    assert "--LabApp.default_url=/lab/tree/work/00_start_here.ipynb" in words
    assert {"--allow-root", "--no-browser", "--ServerApp.port=9999"} <= set(words)
    monkeypatch.setattr(os, "geteuid", lambda: 1000, raising=False)
    words = lab.command(page, tmp_path, browser=True)
    assert not {"--allow-root", "--no-browser"} & set(words)


def test_no_question_about_news_lies_over_the_first_lesson(monkeypatch):
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "of the learner")
    ours, theirs = lab.jupyter_environment()["JUPYTER_CONFIG_PATH"].split(os.pathsep)
    assert theirs == "of the learner"
    page = json.loads(Path(ours, "labconfig", "page_config.json").read_text("utf-8"))
    assert page["disabledExtensions"] == {"@jupyterlab/apputils-extension:announcements": True}


@pytest.mark.parametrize(
    ("system", "variables", "expected"),
    [
        ("linux", {}, True),
        ("linux", {"DISPLAY": ":0"}, False),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0"}, False),
        ("linux", {"WSL_DISTRO_NAME": "Debian"}, False),
        ("linux", {"DISPLAY": ":0", "SSH_CONNECTION": "a b"}, True),
        ("darwin", {}, False),
        ("win32", {}, False),
    ],
)
def test_a_machine_without_a_browser_is_recognised(monkeypatch, system, variables, expected):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME", "SSH_CONNECTION"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", system)
    assert lab.headless() is expected


def test_a_kernel_of_the_user_does_not_replace_the_environments(monkeypatch, tmp_path):
    """Another project may have left a kernel named python3 in the user's folder."""
    foreign = tmp_path / "kernels" / "python3"
    foreign.mkdir(parents=True)
    spec = {"argv": ["/elsewhere/python"], "display_name": "foreign", "language": "python"}
    (foreign / "kernel.json").write_text(json.dumps(spec))
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("JUPYTER_PATH", raising=False)
    code = (
        "from jupyter_client.kernelspec import KernelSpecManager as M;"
        "print(M().get_kernel_spec('python3').display_name)"
    )

    def kernel(variables):
        command = [sys.executable, "-c", code]
        return subprocess.run(command, env=variables, capture_output=True, text=True).stdout.strip()

    shadowed = {**os.environ, "JUPYTER_PREFER_ENV_PATH": "0"}
    assert kernel(shadowed) == "foreign"  # or this test would show nothing
    assert kernel(lab.jupyter_environment()) != "foreign"


def test_lab_serves_the_learners_copy(root, tmp_path):
    """Start it as `make lab` does, without a browser, and ask for the page that it names."""
    course = tmp_path / "course"
    (course / "notebooks").mkdir(parents=True)
    first = Path("notebooks", "00_start_here.ipynb")
    (course / first).write_bytes((root / first).read_bytes())
    code = (
        "import pathlib, sys; from medlearn import __main__, lessons;"
        "course = pathlib.Path(sys.argv.pop(1)); lessons.course_folder = lambda: course;"
        "sys.exit(__main__.main())"
    )
    log = tmp_path / "log"
    variables = {**os.environ, "JUPYTER_RUNTIME_DIR": str(tmp_path / "runtime")}
    variables["JUPYTER_CONFIG_DIR"] = str(tmp_path / "config")
    with log.open("w") as stream:
        process = subprocess.Popen(
            [sys.executable, "-c", code, str(course), "lab", "--no-browser"],
            stdout=stream,
            stderr=stream,
            env=variables,
        )
    try:
        deadline = time.monotonic() + 60
        while "To stop" not in log.read_text() and time.monotonic() < deadline:
            assert process.poll() is None, log.read_text()
            time.sleep(0.2)
        address = re.search(r"is ready.*\n  (http://\S+)", log.read_text())[1]
        page, _, token = address.partition("?")
        assert page.endswith("/lab/tree/work/00_start_here.ipynb")
        contents = page.replace("/lab/tree/", "/api/contents/") + "?" + token
        with urllib.request.urlopen(contents, timeout=20) as answer:
            served = json.load(answer)["content"]
        assert not any(cell.get("outputs") for cell in served["cells"])
    finally:
        process.terminate()
        assert process.wait(timeout=30) is not None
