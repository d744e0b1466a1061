"""The command line, and the learner's own copies of the lessons."""

import errno
import json
import os
import re
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from medlearn import __version__, datasets, doctor, lab, lessons
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
    assert f"lesson {number}: 0 of {count} exercises passed" in capsys.readouterr().out
    progress.record(number, name)
    main(["status"])
    assert f"lesson {number}: 1 of {count} exercises passed" in capsys.readouterr().out
    assert main(["status", "--export"]) == 0
    text = capsys.readouterr().out.strip()
    assert len(text.splitlines()) == 1

    monkeypatch.setenv("MEDLEARN_HOME", str(tmp_path / "other machine"))
    assert main(["status", "--import", text]) == 0
    said = capsys.readouterr().out
    assert "1 exercise(s) added" in said
    assert f"lesson {number}: 1 of {count} exercises passed" in said
    assert main(["status", "--import", text[:-4]]) == 1
    assert capsys.readouterr().err.startswith("✗ ")
    assert progress.passed()[number].keys() == {name}


# ---- the learner's copies -----------------------------------------------------------------


def _notebook(source, **metadata):
    cell = {
        "cell_type": "code",
        "id": "a",
        "execution_count": 3,
        "metadata": {
            "tags": ["predict"],
            "jupyter": {"outputs_hidden": True},
            "execution": {"shell.execute_reply": "2026"},
        },
        "source": source,
        "outputs": [{"output_type": "stream", "name": "stdout", "text": "42"}],
    }
    metadata = {"medlearn": {"lesson": "00"}, "widgets": {"state": {}}, **metadata}
    return {"cells": [cell], "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


@pytest.fixture
def folders(tmp_path):
    """A course with two lessons, and the path of a folder for copies that is not there yet."""
    notebooks = tmp_path / "notebooks"
    notebooks.mkdir()
    for name in ("00_start_here", "01_neurons"):
        (notebooks / f"{name}.ipynb").write_text(json.dumps(_notebook(f"print({name!r})")))
    return notebooks, tmp_path / "work"


def _states(folders):
    return [(copy.path.name, copy.state) for copy in lab.copy_lessons(*folders)]


def test_first_use_copies_every_lesson_without_outputs(folders):
    before = {p: p.read_bytes() for p in folders[0].iterdir()}
    assert _states(folders) == [("00_start_here.ipynb", "new"), ("01_neurons.ipynb", "new")]
    for file in folders[1].iterdir():
        (cell,) = json.loads(file.read_text())["cells"]
        assert (cell["outputs"], cell["execution_count"]) == ([], None)
        assert cell["metadata"] == {"tags": ["predict"]}  # the answer is shown once it is run
        assert "widgets" not in json.loads(file.read_text())["metadata"]
    assert before == {p: p.read_bytes() for p in folders[0].iterdir()}


def test_a_copy_is_never_overwritten(folders):
    lab.copy_lessons(*folders)
    mine = folders[1] / "00_start_here.ipynb"
    mine.write_text(mine.read_text().replace("print", "# my words\\nprint"))
    before = mine.read_bytes()
    assert _states(folders) == [("00_start_here.ipynb", "kept"), ("01_neurons.ipynb", "kept")]
    assert mine.read_bytes() == before
    assert len(list(folders[1].iterdir())) == 2


def test_a_new_version_is_put_beside_the_copy_once(folders):
    lab.copy_lessons(*folders)
    mine = folders[1] / "00_start_here.ipynb"
    before = mine.read_bytes()
    for text in ("print('second')", "print('third')"):
        (folders[0] / mine.name).write_text(json.dumps(_notebook(text)))
        copies = lab.copy_lessons(*folders)
        assert copies[0].state == "beside"
        assert (
            text.replace("'", "\\'") in copies[0].path.read_text()
            or text in json.loads(copies[0].path.read_text())["cells"][0]["source"]
        )
        assert any(
            "has changed" in line and copies[0].path.name in line for line in lab.tell(copies)
        )
        assert lab.copy_lessons(*folders)[0] == copies[0]._replace(state="kept")
    assert mine.read_bytes() == before
    assert sorted(p.name for p in folders[1].iterdir()) == [
        "00_start_here.ipynb",
        "00_start_here_new.ipynb",
        "00_start_here_new2.ipynb",
        "01_neurons.ipynb",
    ]


def test_new_outputs_alone_are_no_new_version(folders):
    lab.copy_lessons(*folders)
    lesson = _notebook("print('00_start_here')")
    lesson["cells"][0]["outputs"] = []
    (folders[0] / "00_start_here.ipynb").write_text(json.dumps(lesson))
    assert _states(folders)[0] == ("00_start_here.ipynb", "kept")


def test_a_deleted_copy_starts_over_and_a_renamed_one_is_recognised(folders):
    lab.copy_lessons(*folders)
    (folders[1] / "00_start_here.ipynb").unlink()
    (folders[1] / "done").mkdir()
    (folders[1] / "01_neurons.ipynb").rename(folders[1] / "done" / "mine.ipynb")
    assert _states(folders) == [("00_start_here.ipynb", "new"), ("mine.ipynb", "kept")]


def test_other_files_in_work_are_left_alone(folders):
    folders[1].mkdir()
    (folders[1] / "00_start_here.ipynb").write_text('{"cells": [')  # half saved
    (folders[1] / "01_neurons.ipynb").write_text(json.dumps(_notebook("print('by hand')")))
    before = {p: p.read_bytes() for p in folders[1].iterdir()}
    assert _states(folders) == [
        ("00_start_here_new.ipynb", "beside"),
        ("01_neurons_new.ipynb", "beside"),
    ]
    assert before == {p: p.read_bytes() for p in before}


def test_a_disk_that_is_full_gives_an_error_and_no_half_copy(folders, monkeypatch):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(lab.os, "link", full)
    monkeypatch.setattr(lab.os, "rename", full)
    with pytest.raises(lab.LabError, match=r"the disk is full\. Make room"):
        lab.copy_lessons(*folders)
    assert list(folders[1].iterdir()) == []


def test_a_folder_that_cannot_be_made_gives_an_error(folders, capsys, monkeypatch):
    folders[1].write_text("a file where the folder should be")
    with pytest.raises(lab.LabError, match=r"cannot be written to .*work"):
        lab.copy_lessons(*folders)
    monkeypatch.setattr(lessons, "course_folder", lambda: folders[0].parent)
    assert main(["lab", "--copies-only"]) == 1
    said = capsys.readouterr()
    assert said.err.startswith("✗ Your copies of the lessons cannot be written")


def test_a_disk_without_links_is_good_enough(folders, monkeypatch):
    def no_links(*_):
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(lab.os, "link", no_links)
    assert [copy.state for copy in lab.copy_lessons(*folders)] == ["new", "new"]
    assert sorted(p.suffix for p in folders[1].iterdir()) == [".ipynb", ".ipynb"]


@pytest.mark.parametrize("links", [True, False])
def test_two_commands_at_once_do_not_overwrite_each_other(tmp_path, monkeypatch, links):
    def no_links(*_):
        raise OSError(errno.EPERM, "Operation not permitted")

    if not links:
        monkeypatch.setattr(lab.os, "link", no_links)
    file = tmp_path / "00_start_here.ipynb"
    file.write_text("made by the other command a moment ago")
    with pytest.raises(FileExistsError):
        lab._create(file, "mine")
    assert [p.read_text() for p in tmp_path.iterdir()] == ["made by the other command a moment ago"]


def test_the_lessons_of_this_course_can_be_copied(root, tmp_path):
    copies = lab.copy_lessons(root / "notebooks", tmp_path / "work")
    assert [copy.state for copy in copies] == ["new"] * len(lessons.find())
    assert copies[0].lesson == lab.FIRST


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
    (course / "notebooks" / lab.FIRST).write_bytes((root / "notebooks" / lab.FIRST).read_bytes())
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
