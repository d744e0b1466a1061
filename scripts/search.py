"""Search the settings of a small network at random, in several processes and on several machines.

    python scripts/search.py --trials 8 --folder work/search

Lesson 06 searches in one process. This does the same on heart disease, and the same command in
another window, or on another machine that sees the same folder, helps with the same search.
Repeated later, it goes on with what is left. docs/search_on_several_machines.md says more, and why
neither a chief nor a library for it is needed.

It ends with 0, with 1 after an error, 2 for a wrong command and 130 when it was interrupted.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import json
import math
import os
import random
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

try:
    import filelock

    import medlearn
    from medlearn.files import replace_file
    from medlearn.language import _
except ImportError:
    # no text: without the course there are no translations
    sys.exit(
        f"{sys.executable} does not have the packages of the course. Use the Python of its "
        "environment: .venv/bin/python, on Windows .venv\\Scripts\\python"
    )

if TYPE_CHECKING:
    import keras_tuner as kt
    import numpy as np


class SearchError(Exception):
    """What went wrong and what to do, for the person at the terminal."""


# ---- what is searched ----------------------------------------------------------------------


class Patients(NamedTuple):
    """Training and validation part. The test part stays out of this script altogether."""

    X_train: np.ndarray
    y_train: np.ndarray
    X_validation: np.ndarray
    y_validation: np.ndarray


def load_patients() -> Patients:
    """Split the patients, and prepare both parts with what the training part alone teaches."""
    import numpy as np
    from sklearn.compose import make_column_selector as columns
    from sklearn.compose import make_column_transformer
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    from medlearn.datasets import load_heart_disease
    from medlearn.splits import split

    X, y = load_heart_disease(return_X_y=True, as_frame=True)
    parts = split(y, sizes={"train": 0.6, "validation": 0.2, "test": 0.2}, seed=0)
    train, validation = parts["train"], parts["validation"]
    numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    words = make_pipeline(
        SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore")
    )
    prepare = make_column_transformer(
        (numbers, columns(dtype_include="number")),
        (words, columns(dtype_exclude="number")),
        sparse_threshold=0,
    )
    X_train = prepare.fit_transform(X.iloc[train]).astype("float32")
    X_validation = prepare.transform(X.iloc[validation]).astype("float32")
    y = np.asarray(y)
    return Patients(X_train, y[train], X_validation, y[validation])


def build_model(hp: kt.HyperParameters) -> Any:
    """Build the network of one trial; `hp` chooses width, dropout, L2 and learning rate.

    Settings that cannot work may be given up with `keras_tuner.errors.FailedTrialError`.
    """
    import keras

    # Each trial starts from the same seed, so that its score does not depend on which worker
    # runs it, or after which other trial.
    keras.utils.set_random_seed(1)
    penalty = keras.regularizers.L2(hp.Float("l2", 1e-5, 1e-1, sampling="log"))
    model = keras.Sequential(
        [
            keras.layers.Dense(
                hp.Int("width", 4, 64, step=4), activation="relu", kernel_regularizer=penalty
            ),
            keras.layers.Dropout(hp.Float("dropout", 0.0, 0.5, step=0.1)),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(
        optimizer=keras.optimizers.Adam(hp.Float("learning_rate", 1e-4, 1e-1, sampling="log")),
        loss="binary_crossentropy",
        # val_loss contains the penalty, so that it would punish a trial for its L2 alone.
        metrics=[keras.metrics.BinaryCrossentropy(name="log_loss")],
    )
    return model


def drawn(number: int, seed: int) -> kt.HyperParameters:
    """Draw the settings of a trial, which follow from its number and the seed alone."""
    import keras_tuner as kt

    hp = kt.HyperParameters()
    build_model(hp)  # from this `hp` learns what there is to choose
    dice = random.Random(f"{seed} {number}")
    hp.values = {one.name: one.random_sample(dice.getrandbits(32)) for one in hp.space}
    return hp


def run_trial(hp: kt.HyperParameters, patients: Patients, epochs: int) -> dict[str, Any]:
    """Train one network: its score and predictions after its best epoch, or why there are none.

    An error in the program is none of these: it goes up, and the trial stays open.
    """
    import keras
    import keras_tuner as kt
    import tensorflow as tf

    try:
        model = build_model(hp)
        model.fit(
            patients.X_train,
            patients.y_train[:, None],
            validation_data=(patients.X_validation, patients.y_validation[:, None]),
            epochs=epochs,
            batch_size=32,
            verbose=0,
            callbacks=[  # it stops nothing early, and keeps the weights of the best epoch
                keras.callbacks.EarlyStopping(
                    "val_log_loss", mode="min", patience=epochs, restore_best_weights=True
                )
            ],
        )
        p = model.predict(patients.X_validation, verbose=0)[:, 0].astype(float)
    except (kt.errors.FailedTrialError, tf.errors.ResourceExhaustedError) as error:
        return {"failed": str(error).strip().splitlines()[0]}
    score = log_loss(patients.y_validation, p)
    if not math.isfinite(score):
        return {"failed": _("The training diverged: its loss is no number.")}
    return {"score": score, "predictions": p.tolist()}


def log_loss(y: np.ndarray, p: np.ndarray) -> float:
    """Return the mean of -log(probability that was given to what came true), as Keras does."""
    import numpy as np

    given = np.clip(np.where(y == 1, p, 1 - p), 1e-7, 1)
    return float(-np.log(given).mean())


# ---- what the folder holds -----------------------------------------------------------------


def read_json(path: Path) -> dict[str, Any]:
    """Read one file of the search."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(found, dict):
            raise ValueError
        return found
    except ValueError:
        words = _("{path} is damaged. Delete it, and repeat the command.")
        raise SearchError(words.format(path=path)) from None


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Write one file of the search, whole or not at all."""
    replace_file(path, (json.dumps(content, indent=1) + "\n").encode())


def read_trials(folder: Path) -> dict[str, dict[str, Any]]:
    """Read the trials that have ended, the best first and the failed ones last."""
    trials = {path.stem: read_json(path) for path in sorted(folder.glob("trial_*.json"))}
    return dict(sorted(trials.items(), key=lambda each: each[1].get("score", math.inf)))


def open_folder(folder: Path, settings: dict[str, Any]) -> None:
    """Make the folder, or see that the search in it is this one and can go on."""
    path = folder / "settings.json"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(folder / "settings.lock"):  # two commands may begin at once
            if not path.exists():
                if any(folder.glob("trial*")):
                    words = _("{folder} holds trials of another program. Choose another.")
                    raise SearchError(words.format(folder=folder))
                write_json(path, settings)
            known = read_json(path)
    except (OSError, NotImplementedError) as error:
        words = _(
            "The results cannot be kept in {folder}: {error}. Choose a --folder that you may "
            "write to, on a disk that knows locks."
        )
        raise SearchError(words.format(folder=folder, error=error)) from error
    for key, value in settings.items():
        if known.get(key) != value:
            words = _(
                "{folder} holds another search: {key} was {was}, now {now}. Repeat the command "
                "as it was, or choose another --folder."
            )
            was = known.get(key)
            raise SearchError(words.format(folder=folder, key=key, was=was, now=value))


# ---- one worker ------------------------------------------------------------------------------


def work(folder: Path, settings: dict[str, Any], trials: int) -> None:
    """Run each trial that has no result and that no other worker holds."""
    with contextlib.redirect_stdout(None):
        medlearn.setup(keras=True)  # TensorFlow without its noise
    patients = load_patients()
    for number in range(trials):
        path = folder / f"trial_{number:03}.json"
        try:
            with filelock.FileLock(path.with_suffix(".lock"), timeout=0):
                if path.exists():
                    continue
                hp = drawn(number, settings["seed"])
                found = run_trial(hp, patients, settings["epochs"])
                write_json(path, {"settings": hp.values, **found})
        except filelock.Timeout:
            continue  # somebody is at it
        if "failed" in found:
            say(_("{trial} failed: {why}").format(trial=path.stem, why=found["failed"]))
        else:
            score = medlearn.approx(found["score"])
            say(_("{trial} has the log loss {score}").format(trial=path.stem, score=score))


def search(folder: Path, settings: dict[str, Any], trials: int) -> None:
    """Run what is left of the search, and print the results."""
    for name in ("keras", "tensorflow", "keras_tuner", "tensorboard"):
        if importlib.util.find_spec(name) is None:
            words = _(
                "{name} cannot be imported by {python}. Install what a search needs: "
                'pip install "medlearn[tf,tuning]"'
            )
            raise SearchError(words.format(name=name, python=sys.executable))
    open_folder(folder, settings)
    kept = len(read_trials(folder))
    if kept:
        words = _("{kept} of {trials} trials are finished already, in {folder}")
        say(words.format(kept=kept, trials=trials, folder=folder))
    try:
        if kept < trials:
            work(folder, settings, trials)
    finally:
        done = read_trials(folder)
        if done:
            report(done)
        if len(done) < trials:
            words = _(
                "{done} of {trials} trials are kept in {folder}; the rest is open, or another "
                "worker is at it. Repeat the command to go on with what is left."
            )
            say(words.format(done=len(done), trials=trials, folder=folder))


# ---- the results ---------------------------------------------------------------------------


def report(trials: dict[str, dict[str, Any]], rows: int = 5) -> None:
    """Print the best trials beside two baselines, on the same validation patients."""
    import numpy as np
    import pandas as pd
    from sklearn.linear_model import LogisticRegression

    from medlearn import metrics

    good = {name: trial for name, trial in trials.items() if "score" in trial}
    if len(good) < len(trials):
        failed = ", ".join(name for name in trials if name not in good)
        say(_("Failed, and left out: {names}").format(names=failed))
    if not good:
        return
    best = list(good)[:rows]
    patients = load_patients()
    y, baseline = patients.y_validation, _("logistic regression")
    logistic = LogisticRegression(max_iter=1000).fit(patients.X_train, patients.y_train)
    scores = {name: np.array(good[name]["predictions"]) for name in best}
    scores[baseline] = logistic.predict_proba(patients.X_validation)[:, 1]
    scores[_("everybody the same")] = np.full(len(y), patients.y_train.mean())
    table = metrics.results_table(y, scores, columns=["auc", "brier"])
    losses = [medlearn.approx(log_loss(y, p)) for p in scores.values()]
    table.insert(0, _("log loss"), losses)
    chosen = pd.DataFrame([good[name]["settings"] for name in best], index=best)
    shown = chosen.map(lambda value: f"{value:.3g}")
    say("\n" + table.join(shown).fillna("").to_string() + "\n")
    pair = scores[best[0]], scores[baseline]
    words = _(
        "{best} minus logistic regression, on the same {n} patients: log loss ≈ {loss}, AUC ≈ "
        "{auc}.\nIn brackets: 95 % intervals, patients resampled. A lower log loss and a higher "
        "AUC are better.\nThe best of several trials was chosen on these patients, which flatters "
        "it. The test part was not touched."
    )
    loss, auc = metrics.compare(y, *pair, log_loss), metrics.compare(y, *pair)
    say(words.format(best=best[0], n=len(y), loss=loss, auc=auc))


def say(text: str) -> None:
    """Print at once, also into a file."""
    print(text, flush=True)


# ---- the command ---------------------------------------------------------------------------


def positive(text: str) -> int:
    """Read a whole number from 1 on, for the command line."""
    if not text.isdigit() or int(text) < 1:
        words = _("{text!r} should be a whole number from 1 on")
        raise argparse.ArgumentTypeError(words.format(text=text))
    return int(text)


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(
        description=_("Search the settings of a small network at random.")
    )
    add = parser.add_argument
    add("--folder", type=Path, required=True, help=_("where results are kept, and gone on from"))
    add("--trials", type=positive, default=8, help=_("how many settings to try (default 8)"))
    add("--epochs", type=positive, default=20, help=_("of each trial (default 20)"))
    add("--seed", type=positive, default=1, help=_("chooses what is tried (default 1)"))
    args = parser.parse_args(arguments)
    settings = {"epochs": args.epochs, "seed": args.seed}
    try:
        search(args.folder.resolve(), settings, args.trials)
    except SearchError as error:
        print(f"\n{error}", file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        print("\n" + _("Interrupted."), file=sys.stderr, flush=True)
        return 130
    return 0


if __name__ == "__main__":
    # TensorFlow would take all cores, and workers beside each other would wait for each other.
    os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
    os.environ.setdefault("TF_NUM_INTEROP_THREADS", "1")
    # Slurm, Docker and `timeout` end a command with SIGTERM; treat it like Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(main())
