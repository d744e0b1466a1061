"""The search in several processes: complete, interrupted and gone on with, or ended with a reason.

Each search here is real: TensorFlow in every process, small networks, few trials.
"""

import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import filelock
import numpy as np
import pytest

SCRIPT = Path(__file__).resolve().parents[1] / "scripts" / "search.py"
PATIENCE = 300  # seconds, for what takes 20 on a quiet machine
SMALL = ("--trials", "6", "--epochs", "2")

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


def start(folder, *options):
    command = [sys.executable, SCRIPT, "--folder", folder, *options]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def ended(process, code=0):
    """What it printed, once it has ended with this code."""
    text = process.communicate(timeout=PATIENCE)[0]
    assert process.returncode == code, text
    return text


def results(folder):
    """The trials on disk, by name."""
    return {path.stem: json.loads(path.read_text()) for path in folder.glob("trial_*.json")}


def wait_for(process, words):
    """What it prints up to a line with these words."""
    text = ""
    while words not in text:
        line = process.stdout.readline()
        assert line, f"no {words!r}:\n{text}"
        text += line
    return text


# ---- workers together ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A folder with a complete search by two workers, and what each of them printed."""
    folder = tmp_path_factory.mktemp("search") / "finished"
    both = [start(folder, *SMALL) for _ in range(2)]
    return folder, [ended(process) for process in both]


def ran(text):
    return re.findall(r"^(trial_\d+) has", text, re.MULTILINE)


def last(texts):
    """The words of the worker that saw the whole search."""
    return next(text for text in texts if "are kept in" not in text)


def test_two_commands_in_one_folder_share_the_trials(finished):
    """As from two machines: nothing but the folder is common to them."""
    folder, texts = finished
    assert all(map(ran, texts)), texts
    assert sorted(ran("".join(texts))) == [f"trial_00{i}" for i in range(6)]
    assert results(folder).keys() == set(ran("".join(texts)))


def test_results_are_shown_beside_a_baseline(finished, script):
    folder, texts = finished
    scores = {name: trial["score"] for name, trial in results(folder).items()}
    best = min(scores, key=scores.get)
    text = last(texts)
    table = text[text.index("log loss  ") :].splitlines()
    assert re.match(rf"{best} +≈ {scores[best]:.3f} ", table[1])
    assert any(line.startswith("logistic regression ") for line in table)
    assert any(line.startswith("everybody the same ") for line in table)
    assert f"{best} minus logistic regression, on the same 61 patients" in text
    y = script.load_patients().y_validation
    for trial in results(folder).values():
        assert script.log_loss(y, np.array(trial["predictions"])) == trial["score"]


def test_a_finished_search_is_only_printed(finished):
    folder, texts = finished
    before = {path: path.stat().st_mtime_ns for path in folder.glob("*.json")}
    again = ended(start(folder, *SMALL))
    assert again.startswith("6 of 6 trials are finished already") and not ran(again)
    assert again[again.index("log loss  ") :] in last(texts)
    assert {path: path.stat().st_mtime_ns for path in folder.glob("*.json")} == before


# ---- interrupted and gone on with ----------------------------------------------------------


@posix
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_an_interrupted_search_goes_on(finished, tmp_path, how):
    folder = tmp_path / "run"
    # A shell that runs the tests in the background lets them, and all they start, ignore Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    process = start(folder, *SMALL)
    text = wait_for(process, "trial_")
    process.send_signal(how)
    text += ended(process, code=-how if how == signal.SIGKILL else 130)
    kept = results(folder)
    assert 1 <= len(kept) < 6
    if how != signal.SIGKILL:
        assert "Interrupted." in text and "Traceback" not in text
        assert f"{len(kept)} of 6 trials are kept in {folder}" in text

    text = ended(start(folder, "--trials", "7", "--epochs", "2"))  # one more than before
    assert text.startswith(f"{len(kept)} of 7 trials are finished already")
    after = results(folder)
    assert sorted(ran(text)) == sorted(after.keys() - kept.keys())
    assert {name: after[name] for name in kept} == kept
    assert after.pop("trial_006")
    for name, trial in results(finished[0]).items():  # as in the search that nobody interrupted
        assert trial["settings"] == after[name]["settings"]
        assert trial["score"] == pytest.approx(after[name]["score"], abs=2e-3)


# ---- what fails ----------------------------------------------------------------------------


def test_a_failed_trial_is_told_and_the_search_goes_on(script, tmp_path, monkeypatch, capsys):
    import keras_tuner

    build = script.build_model

    def too_wide(hp):
        if hp.values.get("width", 0) > 30:
            raise keras_tuner.errors.FailedTrialError("too wide")
        return build(hp)

    monkeypatch.setattr(script, "build_model", too_wide)
    assert script.main(["--folder", str(tmp_path / "run"), *SMALL]) == 0
    text = capsys.readouterr().out
    failed = [name for name, trial in results(tmp_path / "run").items() if "failed" in trial]
    assert 1 <= len(failed) < 6 and len(results(tmp_path / "run")) == 6
    assert f"{failed[0]} failed: too wide" in text and "Failed, and left out: " in text
    table = text[text.index("log loss  ") : text.index("minus logistic")]
    assert not any(name in table for name in failed)


def test_the_best_epoch_of_a_trial_counts(script):
    """Twelve epochs at this rate end worse than three; the best of them is not worse."""
    hp, patients = script.drawn(0, 1), script.load_patients()
    hp.values |= {"learning_rate": 0.1, "l2": 1e-5, "dropout": 0.0}
    first, longer = (script.run_trial(hp, patients, epochs)["score"] for epochs in (3, 12))
    assert longer <= first + 1e-6


def test_a_diverged_training_is_a_failed_trial(script):
    patients = script.load_patients()
    patients = patients._replace(y_train=patients.y_train * np.nan)
    assert "no number" in script.run_trial(script.drawn(0, 1), patients, 1)["failed"]


def test_an_error_in_the_program_is_no_failed_trial(script, tmp_path, monkeypatch):
    patients = script.load_patients()
    slip = patients._replace(y_train=patients.y_train[:9])
    monkeypatch.setattr(script, "load_patients", lambda: slip)
    with pytest.raises(ValueError, match="Data cardinality is ambiguous"):
        script.main(["--folder", str(tmp_path / "run")])
    assert results(tmp_path / "run") == {}


# ---- what can be wrong before it starts ----------------------------------------------------


@pytest.fixture
def refused(script, capsys, monkeypatch, finished, tmp_path):
    """Run the command in this process, on a copy of the finished search; return its complaint."""
    folder = tmp_path / "copy"
    shutil.copytree(finished[0], folder)
    monkeypatch.setattr(script, "work", None)  # nothing may be started

    def run(*options, where=folder, code=1):
        before = {path: path.read_bytes() for path in folder.iterdir()}
        try:
            got = script.main(["--folder", str(where), *options])
        except SystemExit as stop:
            got = stop.code
        assert got == code
        assert all(path.read_bytes() == content for path, content in before.items())
        return capsys.readouterr().err

    run.folder = folder
    return run


@pytest.mark.parametrize("name", ["settings.json", "trial_003.json"])
@pytest.mark.parametrize("content", ['{"a', "[]", ""])
def test_a_damaged_file_is_named(refused, name, content):
    (refused.folder / name).write_text(content)
    assert f"{name} is damaged. Delete it" in refused(*SMALL)


def test_a_folder_of_another_search_is_refused(refused, tmp_path):
    assert "epochs was 2, now 3" in refused("--trials", "6", "--epochs", "3")
    assert "seed was 1, now 2" in refused(*SMALL, "--seed", "2")
    (tmp_path / "other/trials").mkdir(parents=True)
    assert "trials of another program" in refused(where=tmp_path / "other")


def test_a_folder_that_cannot_keep_results_is_refused(refused, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("x")
    for where in (tmp_path / "file", tmp_path / "file" / "below"):
        error = refused(where=where)
        assert f"cannot be kept in {where}" in error and "Choose a --folder" in error

    def no_locks(*_):
        raise NotImplementedError("no locks here")

    monkeypatch.setattr(filelock.FileLock, "_acquire", no_locks)
    assert "no locks here. Choose a --folder" in refused(*SMALL)


@pytest.mark.parametrize("package", ["keras_tuner", "tensorboard"])
def test_a_missing_package_is_named(refused, monkeypatch, package):
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda x: None if x == package else find(x))
    error = refused(*SMALL)
    assert package in error and 'pip install "medlearn[tf,tuning]"' in error


def test_a_python_without_the_course_is_named(tmp_path):
    command = [sys.executable, "-I", "-S", SCRIPT, "--folder", tmp_path / "run"]
    bare = subprocess.run(command, capture_output=True, text=True)
    assert bare.returncode == 1 and "Traceback" not in bare.stderr
    assert "does not have the packages of the course" in bare.stderr


@pytest.mark.parametrize("option", ["--trials", "--epochs", "--seed"])
@pytest.mark.parametrize("value", ["0", "-1", "two"])
def test_wrong_numbers_are_explained(refused, option, value):
    assert "should be a whole number from 1 on" in refused(f"{option}={value}", code=2)


def test_settings_follow_from_the_number_and_the_seed(script):
    first = [script.drawn(number, 1).values for number in range(20)]
    assert first == [script.drawn(number, 1).values for number in range(20)]
    assert first[0] != script.drawn(0, 2).values
    assert len({values["learning_rate"] for values in first}) == 20
    assert {type(values["width"]) for values in first} == {int}
    ranks = [np.argsort([v[name] for v in first]).tolist() for name in ("l2", "learning_rate")]
    assert ranks[0] != ranks[1], "two settings were drawn with the same dice"


def test_the_patients_are_prepared_by_the_training_part_alone(script):
    patients = script.load_patients()
    assert len(patients.X_train) + len(patients.X_validation) < 303  # the test part stays out
    assert np.isfinite(patients.X_train).all() and np.isfinite(patients.X_validation).all()
    whole = (np.abs(patients.X_train.mean(axis=0)) < 1e-5).sum()
    assert whole == (np.abs(patients.X_train.std(axis=0) - 1) < 1e-4).sum() > 3
