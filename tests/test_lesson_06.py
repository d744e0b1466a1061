"""Lesson 06: what it says of chance, its explorer, and a search that was killed."""

import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import written
from sklearn.feature_selection import SelectKBest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from medlearn import datasets, lessons, plots
from medlearn.widgets import best_of_explorer

LESSON = lessons.find()["06"]
PATIENCE = 300  # seconds, for what takes 20 on a quiet machine


def test_the_lesson_loads_what_it_says():
    assert set(LESSON.data) == {"digits", "heart_disease", "leukaemia"}


# ---- chance -------------------------------------------------------------------------------------


def test_other_deals_of_the_labels_tell_the_same():
    """Genes chosen outside the folds 'find' shuffled labels; chosen inside they do not."""
    genes, kind = datasets.load_leukaemia(return_X_y=True)
    known = {"np": np, "cross_val_predict": cross_val_predict}
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    (errors,) = written.defined(LESSON, "errors", five_folds=folds, **known)
    plain = make_pipeline(StandardScaler(), LogisticRegression())
    honest = make_pipeline(SelectKBest(k=50), StandardScaler(), LogisticRegression())
    outside, inside = [], []
    for seed in range(100, 106):
        dealt = np.random.default_rng(seed).permutation(kind)
        outside.append(errors(plain, SelectKBest(k=50).fit_transform(genes, dealt), dealt))
        inside.append(errors(honest, genes, dealt))
    assert np.mean(outside) < 0.15 * 38 and np.mean(inside) > 0.28 * 38
    assert all(a < b for a, b in zip(outside, inside, strict=True))


def test_the_best_of_more_settings_looks_better_and_more_patients_tell_the_truth():
    def middle(**options):
        return float(best_of_explorer(**options).words.split("≈ ")[1].split(" ")[0])

    assert middle(settings=1) == pytest.approx(0.84, abs=0.01)
    assert middle(settings=200) > 56 / 61 > middle(settings=2)
    assert middle(settings=200, patients=5000) < 0.86


def test_the_explorer_moves():
    explorer = best_of_explorer(settings=200, patients=61)
    before = explorer.words, explorer._png
    explorer.controls["settings"].value = 5
    assert explorer.words.startswith("Best of 5 settings, all truly right for 84 of 100, on 61")
    assert explorer._png != before[1]
    explorer.controls["patients"].value = 1000
    assert "on 1000 patients" in explorer.words


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"settings": 0}, "settings must be a whole number from 1 to 200"),
        ({"patients": 62}, "patients must be one of 30, 61"),
        ({"accuracy": 84}, "accuracy must lie between 0 and 1; it is 84"),
    ],
)
def test_the_explorer_names_what_does_not_fit(options, said):
    with pytest.raises(ValueError, match=said):
        best_of_explorer(**options)


# ---- folds, joined ------------------------------------------------------------------------------


def test_points_of_one_fold_are_joined():
    scores = {"a": [0.1, 0.2, 0.3], "b": [0.3, 0.2, 0.1]}
    ax = plots.seed_points(scores, joined=["fold 1", "fold 2", "fold 3"])
    heights = [list(line.get_ydata()) for line in ax.lines]
    assert heights == [[0.1, 0.3], [0.2, 0.2], [0.3, 0.1]]
    assert len({line.get_linestyle() for line in ax.lines}) == 3
    ax = plots.seed_points(scores, joined="one deal")
    assert len(ax.lines) == 3
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["one deal"]
    assert not plots.seed_points(scores).lines


@pytest.mark.parametrize(
    ("scores", "joined", "said"),
    [
        ({"a": [0.1], "b": [0.1, 0.2]}, "fold", "as many scores for each recipe; there are 1, 2"),
        ({"a": [0.1, 0.2]}, ["fold 1"], "names 1 runs; there are 2"),
    ],
)
def test_what_cannot_be_joined_is_named(scores, joined, said):
    with pytest.raises(ValueError, match=said):
        plots.seed_points(scores, joined=joined)


# ---- a search that was killed -------------------------------------------------------------------

SEARCH = """
import sys

sys.path.insert(0, sys.argv[2])
import keras
import keras_tuner as kt
import numpy as np
import written
from keras import layers
from sklearn.metrics import log_loss
from sklearn.preprocessing import StandardScaler

import medlearn
from medlearn import lessons

dice = np.random.default_rng(0)
X = dice.normal(size=(60, 4))
y = (X[:, 0] + dice.normal(size=60) > 0).astype(int)
rows = np.arange(60)
known = dict(keras=keras, kt=kt, np=np, layers=layers, log_loss=log_loss, medlearn=medlearn)
known |= dict(X=X, y=y, StandardScaler=StandardScaler)
known["folds"] = [(rows[rows % 3 != k], rows[rows % 3 == k]) for k in range(3)]
names = "heart_net", "held_out_losses", "HeartNet"
HeartNet = written.defined(lessons.find()["06"], *names, **known)[-1]


class Told(HeartNet):
    def fit(self, *arguments, **options):
        print("a trial begins")
        return super().fit(*arguments, **options)


tuner = kt.RandomSearch(
    Told(),
    objective=kt.Objective("loss", "min"),
    max_trials=5,
    seed=1,
    directory=sys.argv[1],
    project_name="heart",
)
tuner.search(verbose=0)
"""


@pytest.mark.slow
def test_a_killed_search_goes_on(tmp_path):
    """As the lesson says: the same lines again, and what is done is read from the folder."""

    def start():
        command = [sys.executable, "-u", "-c", SEARCH, tmp_path, Path(__file__).parent]
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    def completed():
        files = sorted((tmp_path / "heart").glob("trial_*/trial.json"))
        trials = [json.loads(path.read_text(encoding="utf-8")) for path in files]
        return {t["trial_id"]: t["score"] for t in trials if t["status"] == "COMPLETED"}

    killed, begun = start(), 0
    while begun < 3:
        line = killed.stdout.readline()
        assert line, "the search ended before it was killed"
        begun += "a trial begins" in line
    killed.kill()  # in the middle of its training
    killed.communicate(timeout=PATIENCE)
    assert killed.returncode != 0
    kept = completed()
    assert len(kept) == 2

    again = start()
    said = again.communicate(timeout=PATIENCE)[0]
    assert again.returncode == 0
    assert said.count("a trial is done") == 3, said
    after = completed()
    assert len(after) == 5
    assert {name: after[name] for name in kept} == kept


# ---- Hyperband, as the lesson writes it ---------------------------------------------------------


@pytest.mark.slow
def test_the_lines_on_hyperband_run(tmp_path, monkeypatch):
    """They stand in a text, so that the lesson need not train for them."""
    import keras
    import keras_tuner as kt

    [cell] = [cell for cell in LESSON.cells if "kt.Hyperband(" in lessons.text_of(cell)]
    [lines] = re.findall(r"(?s)```python\n(.+?)```", lessons.text_of(cell))
    assert "max_epochs=32, factor=4" in lines, "the race of the exercise"

    def build(hp):
        net = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, "softmax")])
        rate = hp.Float("rate", 0.001, 0.1, sampling="log")
        loss = "sparse_categorical_crossentropy"
        net.compile(keras.optimizers.SGD(rate), loss, metrics=["accuracy"])
        return net

    dice = np.random.default_rng(0)
    table, answers = dice.normal(size=(20, 3)), np.arange(20) % 2
    names = {"kt": kt, "build": build, "train_x": table, "train_y": answers}
    names |= {"valid_x": table, "valid_y": answers}
    monkeypatch.chdir(tmp_path)
    exec(lines.replace("max_epochs=32", "max_epochs=4"), names)
    runs = [trial.hyperparameters.values for trial in names["tuner"].oracle.trials.values()]
    assert {run["tuner/epochs"] for run in runs} == {1, 4}
    assert 0.001 <= names["best"]["rate"] <= 0.1
