"""The search in several processes: complete, interrupted and gone on with, or ended with a reason.

Each search here is real: TensorFlow in every process, small networks, few trials.
"""

import contextlib
import importlib.util
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock

SCRIPT = Path(__file__).resolve().parents[1] / "scripts" / "search.py"
PATIENCE = 300  # seconds, for what takes 20 on a quiet machine

pytestmark = pytest.mark.slow
posix = pytest.mark.skipif(os.name != "posix", reason="sends signals")


@pytest.fixture(scope="module")
def script():
    """The script as a module, for what needs no further process."""
    spec = importlib.util.spec_from_file_location("search_script", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


class Search:
    """The command in a process of its own, with what it prints."""

    def __init__(self, folder, *options, **environment):
        self.output = folder.with_suffix(f".{time.monotonic_ns()}.txt")
        command = [sys.executable, str(SCRIPT), "--folder", str(folder), *map(str, options)]
        with self.output.open("wb") as stream:
            self.process = subprocess.Popen(
                command, stdout=stream, stderr=subprocess.STDOUT, env={**os.environ, **environment}
            )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for pid in [self.process.pid, *self.pids.values()]:  # after a failed test only
            with contextlib.suppress(OSError):
                os.kill(pid, getattr(signal, "SIGKILL", signal.SIGTERM))
        self.process.wait()

    @property
    def text(self):
        return self.output.read_text(encoding="utf-8")

    @property
    def pids(self):
        return {name: int(pid) for name, pid in re.findall(r"(\w+) \(process (\d+)\)", self.text)}

    def wait_for(self, words):
        limit = time.monotonic() + PATIENCE
        while words not in self.text:
            assert self.process.poll() is None, f"ended before {words!r}:\n{self.text}"
            assert time.monotonic() < limit, f"no {words!r}:\n{self.text}"
            time.sleep(0.05)

    def end(self, within=PATIENCE):
        """Return the exit code; every process of the search must be gone."""
        code = self.process.wait(timeout=within)
        assert self.pids, self.text
        assert_gone(self.pids)
        return code


def assert_gone(pids, within=1.0):
    limit = time.monotonic() + within
    while left := {name: pid for name, pid in pids.items() if alive(pid)}:
        assert time.monotonic() < limit, f"still running: {left}"
        time.sleep(0.05)


def alive(pid):
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    # One that ended and that nobody has asked for its exit code (in a container without init).
    stat = Path(f"/proc/{pid}/stat")
    return not (stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z")


def trials_of(folder):
    """The trials on disk, by number."""
    found = (json.loads(p.read_text()) for p in folder.glob("trials/trial_*/trial.json"))
    return {trial["trial_id"]: trial for trial in found}


def complete(folder):
    return {n: t for n, t in trials_of(folder).items() if t["status"] == "COMPLETED"}


def stamps(folder):
    """When the files of each finished trial were written."""
    return {
        number: [
            p.stat().st_mtime_ns for p in sorted((folder / f"trials/trial_{number}").iterdir())
        ]
        for number in complete(folder)
    }


def ran(folder, part):
    """The trials that a process ran in its last life, in order."""
    return re.findall(r"^trial (\w+) \{", (folder / f"logs/{part}.log").read_text(), re.MULTILINE)


def same_results(first, second):
    assert first.keys() == second.keys()
    for number, trial in first.items():
        other = second[number]
        assert trial["hyperparameters"]["values"] == other["hyperparameters"]["values"]
        assert trial["score"] == pytest.approx(other["score"], abs=2e-3)


# ---- a chief and two workers ---------------------------------------------------------------

SMALL = ("--trials", 6, "--epochs", 2)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A folder with a complete search by two workers, and what the command printed."""
    folder = tmp_path_factory.mktemp("search") / "finished"
    # A proxy that does not answer: the way to the chief on this machine must not lead through it.
    with Search(folder, "--workers", 2, *SMALL, http_proxy="http://127.0.0.1:9") as search:
        assert search.end() == 0, search.text
    return folder, search.text


def test_a_chief_and_two_workers_search_together(finished):
    folder, _ = finished
    assert sorted(complete(folder)) == list("012345")
    shares = [ran(folder, "worker1"), ran(folder, "worker2")]
    assert all(shares), shares
    assert sorted(shares[0] + shares[1]) == list("012345")
    assert ran(folder, "chief") == []


def test_progress_and_results_are_shown_beside_a_baseline(finished):
    folder, text = finished
    for i in range(1, 7):
        assert f"\n{i} of 6 trials after" in text
    scores = {n: trial["score"] for n, trial in complete(folder).items()}
    best = min(scores, key=scores.get)
    table = text[text.index("log loss  ") :].splitlines()
    assert table[1].startswith(f"trial {best} ")
    assert f"≈ {scores[best]:.3f} [" in table[1]
    assert any(line.startswith("logistic regression ") for line in table)
    assert any(line.startswith("everybody the same ") for line in table)
    assert f"trial {best} minus logistic regression, on the same 61 patients" in text


def test_the_stored_predictions_are_those_that_were_scored(finished, script):
    folder, _ = finished
    y = script.load_patients().y_validation
    for trial in complete(folder).values():
        p = script.predictions(folder, trial)
        assert script.log_loss(y, p) == pytest.approx(trial["score"], abs=1e-4)


def test_a_finished_search_is_only_printed(finished):
    folder, text = finished
    before = stamps(folder)
    again = subprocess.run(
        [sys.executable, SCRIPT, "--folder", folder, "--workers", "2", *map(str, SMALL)],
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE,
    ).stdout
    assert again.startswith("6 of 6 trials are finished already")
    assert "Started" not in again
    assert again[again.index("log loss  ") :] == text[text.index("log loss  ") :]
    assert stamps(folder) == before


# ---- interrupted ---------------------------------------------------------------------------


@posix
def test_a_killed_worker_ends_the_search_with_a_reason_and_it_can_go_on(finished, tmp_path):
    folder = tmp_path / "killed"
    with Search(folder, "--workers", 2, *SMALL) as search:
        search.wait_for("1 of 6 trials")
        os.kill(search.pids["worker1"], signal.SIGKILL)
        assert search.end(within=20) == 1
    assert "worker1 was ended by signal 9 (SIGKILL)" in search.text
    assert re.search(r"The end of its log, .*worker1\.log:\n(  \| .*\n)*  \| trial ", search.text)
    kept = stamps(folder)
    assert 1 <= len(kept) < 6
    assert f"{len(kept)} of 6 trials are kept in {folder}" in search.text

    # One trial more than before, and one process instead of three.
    with Search(folder, "--workers", 0, "--trials", 7, "--epochs", 2) as search:
        assert search.end() == 0, search.text
    assert search.text.startswith(f"{len(kept)} of 7 trials are finished already")
    after = stamps(folder)
    assert {number: after[number] for number in kept} == kept
    assert sorted(ran(folder, "search")) == sorted(after.keys() - kept.keys())
    # The results are those of the search that nobody interrupted.
    results = complete(folder)
    assert len(results) == 7
    results.pop("6")
    same_results(results, complete(finished[0]))


@posix
def test_hyperband_goes_on_after_ctrl_c(tmp_path):
    folder = tmp_path / "hyperband"
    options = ("--workers", 0, "--method", "hyperband", "--epochs", 3)
    # A shell that runs the tests in the background lets them, and all they start, ignore Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with Search(folder, *options) as search:
        search.wait_for("2 of 6 trials")
        search.process.send_signal(signal.SIGINT)
        assert search.end(within=30) == 130
    kept = stamps(folder)
    assert 2 <= len(kept) < 6
    assert "Interrupted: all processes were ended." in search.text
    assert f"{len(kept)} of 6 trials are kept in {folder}" in search.text
    assert "minus logistic regression" in search.text  # what there is, is shown

    with Search(folder, *options) as search:
        assert search.end() == 0, search.text
    after = stamps(folder)
    assert {number: after[number] for number in kept} == kept
    assert sorted(ran(folder, "search")) == sorted(after.keys() - kept.keys())
    assert len(complete(folder)) == 6
    # A network that was promoted, and so trained for the further epochs alone.
    promoted = [t["hyperparameters"]["values"] for t in complete(folder).values()]
    assert [v["tuner/initial_epoch"] for v in promoted if "tuner/trial_id" in v] == [1]


def test_the_time_limit_ends_every_process_and_keeps_results(finished, tmp_path):
    folder = tmp_path / "limit"
    shutil.copytree(finished[0], folder)
    began = time.monotonic()
    options = ("--workers", 2, "--trials", 9, "--epochs", 2, "--time-limit", 3)
    with Search(folder, *options) as search:
        assert search.end() == 124
    assert 3 < time.monotonic() - began < 60
    assert "The time limit of 3 s is reached: all processes were ended." in search.text
    assert f"6 of 9 trials are kept in {folder}" in search.text
    assert "minus logistic regression" in search.text
    same_results(complete(folder), complete(finished[0]))


@posix
def test_no_process_outlives_a_command_that_was_killed(tmp_path):
    with Search(tmp_path / "orphans", "--workers", 2) as search:
        search.wait_for("Started")
        pids = search.pids
        assert len(pids) == 3
        search.process.kill()
        search.process.wait()
        assert_gone(pids, within=15)


@posix
def test_sigterm_is_treated_like_ctrl_c(tmp_path):
    with Search(tmp_path / "terminated", "--workers", 1) as search:
        search.wait_for("Started")
        search.process.terminate()
        assert search.end(within=10) == 130


# ---- what dies -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["worker2", "chief"])
def test_a_process_that_cannot_start_is_named_at_once(tmp_path, name):
    """The others would wait: the chief for its workers for ever, workers for an hour."""
    (tmp_path / "keras_tuner.py").write_text(
        "import os, pathlib, subprocess, sys, time\n"
        "note = pathlib.Path(__file__).with_name('child')\n"
        f"if os.environ['KERASTUNER_TUNER_ID'] == {name!r}:\n"
        "    while not note.exists() or not note.read_text():\n"
        "        time.sleep(0.05)\n"
        "    raise ImportError('broken on purpose')\n"
        "if os.environ['KERASTUNER_TUNER_ID'] == 'worker1':\n"
        "    sleeper = [sys.executable, '-c', 'import time; time.sleep(600)']\n"
        "    note.write_text(str(subprocess.Popen(sleeper).pid))\n"
        "time.sleep(600)\n"
    )
    with Search(tmp_path / "run", "--workers", 2, PYTHONPATH=str(tmp_path)) as search:
        assert search.end(within=30) == 1
    assert_gone({"what worker1 had started": int((tmp_path / "child").read_text())})
    assert f"{name} stopped with exit code 1." in search.text
    assert "  | ImportError: broken on purpose" in search.text
    assert "0 of 8 trials are kept" in search.text


def test_an_error_in_the_program_stops_the_search_and_leaves_the_trial_open(script, tmp_path):
    """KerasTuner alone would call the trial failed, and done."""
    text = SCRIPT.read_text(encoding="utf-8")
    slip = tmp_path / "slip.py"
    slip.write_text(text.replace("patients.y_train[:, None]", "patients.y_train[:9, None]"))
    assert slip.read_text() != text
    command = [sys.executable, slip, "--folder", tmp_path / "run", "--trials", "3"]
    broken = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
    assert broken.returncode == 1
    assert "search stopped with exit code 1." in broken.stderr
    assert re.search(
        r"  \| ValueError: Data cardinality is ambiguous.*\n(  \| .*\n)*The other", broken.stderr
    )
    assert "0 of 3 trials are kept" in broken.stderr
    assert [(n, t["status"]) for n, t in trials_of(tmp_path / "run").items()] == [("0", "RUNNING")]
    script.mend(tmp_path / "run")  # the same command would be accepted


# ---- what KerasTuner leaves on disk --------------------------------------------------------


def test_finished_trials_are_not_run_anew_by_workers(finished, script, tmp_path):
    """KerasTuner's chief writes that the last trial is running, and never that it has ended."""
    folder = tmp_path / "finished"
    shutil.copytree(finished[0], folder)
    script.mend(folder)
    assert json.loads((folder / "trials/oracle.json").read_text())["ongoing_trials"] == {}
    assert trials_of(folder) == trials_of(finished[0])


def test_records_that_disagree_are_brought_into_line(script, tmp_path):
    state = {
        "ongoing_trials": {"worker1": "0", "worker2": "1", "worker3": "4"},
        "retry_queue": ["2"],
        "seed_state": 7,
    }
    statuses = {"0": "COMPLETED", "1": "RUNNING", "2": "RUNNING", "3": "RUNNING"}
    for number, status in statuses.items():
        path = tmp_path / f"trials/trial_{number}/trial.json"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps({"trial_id": number, "status": status}))
    (tmp_path / "trials/chief.json").write_text("{}")
    (tmp_path / "trials/oracle.json").write_text(json.dumps(state))
    script.mend(tmp_path)
    mended = json.loads((tmp_path / "trials/oracle.json").read_text())
    # 0 has ended; 4 was never written; 3 was written, but the chief does not know it.
    assert mended == {**state, "ongoing_trials": {"worker2": "1"}}
    assert trials_of(tmp_path).keys() == {"0", "1", "2"}


@pytest.mark.filterwarnings("ignore:currentThread:DeprecationWarning")
@pytest.mark.filterwarnings("ignore:getName:DeprecationWarning")
@pytest.mark.parametrize("epochs", [1, 2, 3, 4, 8, 9, 10, 27, 30])
def test_the_budget_of_hyperband_is_counted_as_kerastuner_counts_it(script, tmp_path, epochs):
    import keras
    import keras_tuner

    def build(hp):
        hp.Float("x", 0, 1)
        return keras.Sequential()

    oracle = keras_tuner.Hyperband(
        build, "val_loss", max_epochs=epochs, directory=tmp_path, project_name="p"
    ).oracle
    oracle.verbose = 0
    oracle.save = lambda: None  # on disk, thousands of small files
    oracle._save_trial = lambda trial: None
    while (trial := oracle.create_trial("worker1")).status == "RUNNING":
        # A worker that comes back under its name gets its unfinished trial again.
        assert oracle.create_trial("worker1").trial_id == trial.trial_id
        oracle.update_trial(trial.trial_id, {"val_loss": len(oracle.trials)})
        trial.status = "COMPLETED"
        oracle.end_trial(trial)
    assert script.hyperband_trials(epochs) == len(oracle.trials)


# ---- what can be wrong before it starts ----------------------------------------------------


@pytest.fixture
def refused(script, capsys, monkeypatch, finished, tmp_path):
    """Run the command in this process, on a copy of the finished search; return its complaint."""
    folder = tmp_path / "copy"
    shutil.copytree(finished[0], folder)
    monkeypatch.setattr(script, "Part", None)  # nothing may be started

    def run(*options, spoil=None, code=1, where=folder):
        if spoil is not None:
            spoil(folder)
        files = [p for p in folder.rglob("*.*") if p.name != "oracle.json"]  # which may be mended
        before = {path: path.read_bytes() for path in files}
        try:
            got = script.main(["--folder", str(where), *map(str, options)])
        except SystemExit as stop:
            got = stop.code
        assert got == code
        error = capsys.readouterr().err
        assert "Traceback" not in error
        assert all(path.read_bytes() == before[path] for path in files)  # nothing is lost
        return error

    return run


@pytest.mark.parametrize(
    "name",
    ["settings.json", "trials/oracle.json", "trials/chief.json", "trials/trial_3/trial.json"],
)
@pytest.mark.parametrize("content", ['{"a', "[]", ""])
def test_a_damaged_file_is_named(refused, name, content):
    error = refused(*SMALL, spoil=lambda folder: (folder / name).write_text(content))
    assert str(Path(name)) in error and "is damaged" in error and "another --folder" in error


@pytest.mark.parametrize("name", ["oracle.json", "chief.json"])
def test_trials_are_not_written_over_when_a_file_is_missing(refused, name):
    error = refused(*SMALL, spoil=lambda folder: (folder / "trials" / name).unlink())
    assert f"{name} is missing" in error and "6 trials" in error


def test_missing_predictions_are_explained(refused):
    def spoil(folder):
        for path in folder.rglob("validation.npy"):
            path.unlink()

    assert "must be on a disk that they all share" in refused("--show", spoil=spoil)


@pytest.mark.parametrize("package", ["keras_tuner", "tensorboard"])
def test_a_missing_package_is_named(refused, monkeypatch, package):
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == package else find(name)
    )
    error = refused(*SMALL)
    assert package in error and 'pip install "medlearn[tf,tuning]"' in error


def test_a_python_without_the_course_is_named(tmp_path):
    bare = subprocess.run(
        [sys.executable, "-I", "-S", SCRIPT, "--folder", tmp_path / "run"],
        capture_output=True,
        text=True,
    )
    assert bare.returncode == 1
    assert "does not have the packages of the course" in bare.stderr
    assert ".venv/bin/python" in bare.stderr and "Traceback" not in bare.stderr


def test_a_folder_of_another_search_is_refused(refused, tmp_path):
    error = refused("--trials", 6, "--epochs", 3, "--seed", 2)
    assert "epochs was 2, now 3" in error and "seed was 1, now 2" in error
    (tmp_path / "other/trials/trial_0").mkdir(parents=True)
    assert "trials of another program" in refused(where=tmp_path / "other")
    assert "There is no search in" in refused("--show", where=tmp_path / "nowhere")


def test_a_folder_that_cannot_be_written_is_refused(refused, tmp_path):
    file = tmp_path / "file"
    file.write_text("x")
    for where in (file, file / "below"):
        error = refused(where=where)
        assert f"cannot be kept in {where}" in error and "Choose a --folder" in error


@posix
@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_the_right_to_write_is_refused(refused, tmp_path):
    (tmp_path / "closed").mkdir(mode=0o500)
    assert "Permission denied" in refused(where=tmp_path / "closed")


def test_two_searches_in_one_folder_are_refused(refused):
    held = []

    def spoil(folder):
        held.append(FileLock(folder / "search.lock"))
        held[0].acquire()

    assert "Another search is running in" in refused(*SMALL, spoil=spoil)
    held[0].release()


def test_a_port_that_is_taken_is_refused(refused):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        error = refused("--workers", 2, "--trials", 9, "--epochs", 2, "--port", port)
    assert f"port {port}" in error and "--port" in error


@pytest.mark.parametrize(
    "options, words",
    [
        (["--trials", "0"], "0 is too small: at least 1"),
        (["--workers", "-1"], "-1 is too small: at least 0"),
        (["--workers", "two"], "invalid"),
        (["--seed", "0"], "0 is too small: at least 1"),
        (["--method", "hyperband", "--trials", "9"], "follows from --epochs"),
        (["--method", "grid"], "invalid choice"),
    ],
)
def test_wrong_options_are_explained(refused, options, words):
    assert words in refused(*options, code=2)


def test_a_part_of_a_cluster_takes_no_workers(refused, monkeypatch):
    monkeypatch.setenv("KERASTUNER_TUNER_ID", "worker1")
    assert "KERASTUNER_TUNER_ID is set" in refused("--workers", 2, code=2)


@pytest.mark.parametrize("port", ["", "http"])
def test_a_part_of_a_cluster_needs_the_port(refused, monkeypatch, port):
    for name, value in {"TUNER_ID": "worker1", "ORACLE_IP": "node1", "ORACLE_PORT": port}.items():
        monkeypatch.setenv(f"KERASTUNER_{name}", value)
    assert "KERASTUNER_ORACLE_PORT must be the port of the chief" in refused()


def test_a_failed_trial_is_never_the_best(script):
    trials = [
        {"trial_id": "0", "status": "FAILED", "score": float("nan")},
        {"trial_id": "1", "status": "COMPLETED", "score": 0.5},
        {"trial_id": "2", "status": "RUNNING", "score": None},
        {"trial_id": "3", "status": "COMPLETED", "score": 0.4},
    ]
    assert [trial["trial_id"] for trial in script.finished(trials)] == ["3", "1", "0"]


def test_the_patients_of_the_search_are_prepared_by_the_training_part_alone(script):
    patients = script.load_patients()
    assert len(patients.X_train) + len(patients.X_validation) < 303  # the test part stays out
    assert np.isfinite(patients.X_train).all() and np.isfinite(patients.X_validation).all()
    whole = (np.abs(patients.X_train.mean(axis=0)) < 1e-5).sum()
    assert whole == (np.abs(patients.X_train.std(axis=0) - 1) < 1e-4).sum() > 3
