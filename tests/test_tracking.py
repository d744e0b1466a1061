"""track and track_fit: a line that moves, one at a time, and none where lessons are checked."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import medlearn
from medlearn import tracking

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(autouse=True)
def learner(monkeypatch):
    monkeypatch.delenv("MEDLEARN_STRICT", raising=False)


def lines(capsys):
    """What was written, one text for each time that the line was drawn; nothing on stderr."""
    said = capsys.readouterr()
    assert said.err == ""
    return [part for part in said.out.replace("\n", "\r").split("\r") if part.strip()]


def test_the_line_moves_and_the_items_come(capsys, monkeypatch):
    assert list(medlearn.track("abc", "letters")) == ["a", "b", "c"]
    drawn = lines(capsys)
    assert drawn[0].startswith("letters:   0%") and "| 0/3 [" in drawn[0]
    assert "| 3/3 [" in drawn[-1] and drawn[-1].startswith("letters: 100%")
    assert max(map(len, drawn)) <= tracking.WIDTH


def test_a_length_that_nobody_knows(capsys):
    assert list(medlearn.track(iter(range(2)), "rows")) == [0, 1]
    assert lines(capsys)[-1].startswith("rows: 2it [")

    class Stream(list):  # TensorFlow's has a length that may not be asked for
        def __len__(self):
            raise TypeError("The dataset is infinite.")

    assert list(medlearn.track(Stream([1, 2]), "rows")) == [1, 2]
    assert lines(capsys)[-1].startswith("rows: 2it [")


def test_nothing_is_shown_where_lessons_are_checked(capsys, monkeypatch):
    monkeypatch.setenv("MEDLEARN_STRICT", "1")
    assert list(medlearn.track(range(3), "networks")) == [0, 1, 2]
    assert lines(capsys) == []


def test_the_line_ends_with_a_loop_that_breaks_or_raises(capsys):
    for item in medlearn.track(range(9), "breaks"):
        if item == 2:
            break
    print("next")
    assert lines(capsys)[-2:][0].startswith("breaks:  22%")
    with pytest.raises(ZeroDivisionError):
        for item in medlearn.track(range(9), "raises"):
            1 / (1 - item)
    print("next")
    assert lines(capsys)[-1] == "next"
    assert tracking._open == {}


def test_one_line_at_a_time(capsys):
    for _ in medlearn.track(range(2), "outer"):
        assert list(medlearn.track(range(3), "inner")) == [0, 1, 2]
    drawn = lines(capsys)
    assert drawn and all(line.startswith("outer") for line in drawn)
    assert list(medlearn.track(range(1), "after")) == [0]
    assert lines(capsys)[-1].startswith("after: 100%")


@pytest.mark.parametrize(
    ("arguments", "says"), [((5, "networks"), "a int came"), (([1], 3), "a text")]
)
def test_what_cannot_be_tracked_is_said_at_once(arguments, says):
    with pytest.raises(TypeError, match=says):
        medlearn.track(*arguments)


# --- Keras -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def fit():
    """Fit a small model, for three epochs unless told otherwise, with these callbacks."""
    medlearn.setup(keras=True)
    import keras
    import numpy as np

    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    x, y = np.zeros((4, 2)), np.zeros((4, 1))

    def run(*callbacks, epochs=3):
        model.fit(x, y, batch_size=1, epochs=epochs, verbose=0, callbacks=list(callbacks))

    return run


@pytest.mark.slow
def test_epochs_are_counted(fit, capsys):
    capsys.readouterr()
    fit(medlearn.track_fit("LSTM"))
    drawn = lines(capsys)
    assert drawn[0].startswith("LSTM:   0%") and "| 3/3 [" in drawn[-1]


@pytest.mark.slow
def test_of_a_single_epoch_the_batches_are_counted(fit, capsys):
    capsys.readouterr()
    fit(medlearn.track_fit("batches"), epochs=1)
    drawn = lines(capsys)
    assert drawn[0].startswith("batches:   0%") and "| 4/4 [" in drawn[-1]


@pytest.mark.slow
def test_epochs_are_not_counted_where_lessons_are_checked(fit, capsys, monkeypatch):
    monkeypatch.setenv("MEDLEARN_STRICT", "1")
    fit(medlearn.track_fit())
    assert lines(capsys) == []


@pytest.mark.slow
def test_fits_within_a_loop_leave_the_line_to_the_loop(fit, capsys):
    for _ in medlearn.track(range(2), "networks"):
        fit(medlearn.track_fit())
    drawn = lines(capsys)
    assert drawn and all(line.startswith("networks") for line in drawn)


@pytest.mark.slow
@pytest.mark.parametrize("after", ["a fit", "a loop"])
def test_a_fit_that_was_interrupted_leaves_no_line_behind(fit, capsys, after):
    import keras

    def interrupt(epoch, logs):
        raise KeyboardInterrupt

    cut = medlearn.track_fit("cut")  # kept, as the traceback of an interrupted cell keeps it
    with pytest.raises(KeyboardInterrupt):
        fit(cut, keras.callbacks.LambdaCallback(on_epoch_end=interrupt))
    capsys.readouterr()
    if after == "a fit":
        fit(medlearn.track_fit("next"))
    else:
        list(medlearn.track(range(3), "next"))
    drawn = lines(capsys)
    assert drawn[-1].startswith("next: 100%")
    assert "\x1b" not in "".join(drawn), "one line below another is no plain text"


# --- where lessons run -------------------------------------------------------------------------

LOOP = "import medlearn\nfor _ in medlearn.track(range(3), 'seeds'):\n    pass"


def test_without_widgets_and_in_a_plain_terminal():
    """No ipywidgets, and an old Windows terminal's characters."""
    blocked = "import sys\nsys.modules['ipywidgets'] = None\n" + LOOP
    environment = {**os.environ, "PYTHONIOENCODING": "cp1252", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", blocked], capture_output=True, env=environment, check=True
    )
    assert done.stderr == b""
    assert b"seeds: 100%|##" in done.stdout


def test_in_a_kernel_the_line_is_text():
    from nbclient import NotebookClient
    from nbformat.v4 import new_code_cell, new_notebook

    notebook = new_notebook(cells=[new_code_cell(LOOP)])
    NotebookClient(notebook, kernel_name="python3", coalesce_streams=True).execute()
    (output,) = notebook.cells[0].outputs
    assert output.output_type == "stream" and output.name == "stdout"
    assert output.text.startswith("seeds: 100%|") and output.text.count("\n") == 1


def test_nothing_heavy_is_imported_before_it_is_needed():
    code = "import sys, medlearn; print({'tqdm', 'tensorflow', 'keras'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
