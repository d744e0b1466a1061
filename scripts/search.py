"""Search the settings of a small network with KerasTuner: one command, several processes.

    python scripts/search.py --workers 2 --trials 8 --time-limit 300 --folder work/search

Lesson 06 searches in one process. This does the same on heart disease with a *chief*, which
decides what to try and writes the results, and *workers*, which train. The command starts them,
shows progress, ends all of them at the time limit, on Ctrl-C, or when one dies, and then prints
the best trials beside a baseline. Results stay in the folder: the same command again goes on
with what is left. `--workers 0` searches in one process.

With the environment variable KERASTUNER_TUNER_ID set, the script is itself the chief or one
worker. That is how a cluster starts it: see docs/search_on_several_machines.md.

It ends with 0 when the search is complete, 1 after an error, 2 for a wrong command, 124 at the
time limit and 130 when it was interrupted.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import importlib.util
import json
import math
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

if TYPE_CHECKING:
    import numpy as np

TIME_LIMIT, INTERRUPTED = 124, 130  # what `timeout` and a shell report
FINISHED = {"COMPLETED", "FAILED"}
POSIX = os.name == "posix"


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
    from sklearn.compose import ColumnTransformer, make_column_selector
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
    prepare = ColumnTransformer(
        [
            ("numbers", numbers, make_column_selector(dtype_include="number")),
            ("words", words, make_column_selector(dtype_exclude="number")),
        ],
        sparse_threshold=0,
    )
    X_train = prepare.fit_transform(X.iloc[train]).astype("float32")
    X_validation = prepare.transform(X.iloc[validation]).astype("float32")
    y = np.asarray(y)
    return Patients(X_train, y[train], X_validation, y[validation])


def build_model(hp):
    """Build the network of one trial; `hp` chooses width, dropout, L2 and learning rate."""
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


def make_tuner(settings: dict[str, Any], folder: Path, patients: Patients):
    """Return the KerasTuner object; it goes on with what the folder holds."""
    import keras_tuner as kt
    import numpy as np

    class SavePredictions:
        def pre_create_trial(self):
            # A worker of Hyperband that has nothing to do asks again at once; let it breathe.
            time.sleep(0.1)

        def run_trial(self, trial, *args, **kwargs):
            print("trial", trial.trial_id, trial.hyperparameters.values, flush=True)
            try:
                history = super().run_trial(trial, *args, **kwargs)
            except kt.errors.FailedTrialError:
                raise  # this network is too large, say; others need not be
            except Exception:
                # An error in the program: stop at once, so that the trial is run again when it
                # is mended. KerasTuner would count it as done, badly, and try two more.
                raise kt.errors.FatalError(traceback.format_exc()) from None
            model = self.load_model(trial)  # as it was after its best epoch
            p = model.predict(patients.X_validation, verbose=0)[:, 0]
            np.save(Path(self.get_trial_dir(trial.trial_id), "validation.npy"), p)
            return history

    class RandomSearch(SavePredictions, kt.RandomSearch):
        pass

    class Hyperband(SavePredictions, kt.Hyperband):
        pass

    common = {
        "hypermodel": build_model,
        "objective": kt.Objective("val_log_loss", "min"),
        "seed": settings["seed"],
        "directory": str(folder),
        "project_name": "trials",
    }
    if settings["method"] == "random":
        return RandomSearch(max_trials=settings["trials"], **common)
    return Hyperband(max_epochs=settings["epochs"], **common)


def hyperband_trials(epochs: int, factor: int = 3) -> int:
    """Count the trials of Hyperband as KerasTuner does; a promoted network is a new trial.

    Source: Li, Jamieson, DeSalvo, Rostamizadeh, Talwalkar (2018), JMLR 18(185).

    Examples
    --------
    >>> hyperband_trials(3), hyperband_trials(8), hyperband_trials(9)
    (6, 10, 23)
    """
    brackets = 0
    while epochs >= factor**brackets:
        brackets += 1
    ends = math.ceil(1 + math.log(epochs, factor))
    return sum(
        math.ceil(ends / (bracket + 1) * factor ** (bracket - number))
        for bracket in range(brackets)
        for number in range(bracket + 1)
    )


# ---- what the folder holds -----------------------------------------------------------------


def read_json(path: Path) -> dict[str, Any]:
    """Read a file that the search needs whole."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(found, dict):
            raise ValueError("expected an object in braces")
        return found
    except ValueError as error:
        raise SearchError(
            f"{path} is damaged ({error}), perhaps because the machine stopped while it was "
            "written. KerasTuner cannot go on from it. Start a new search with another --folder; "
            f"finished trials can still be read in {path.parents[1]}."
        ) from None


def read_trials(folder: Path, *, running: bool = False) -> list[dict[str, Any]]:
    """Read every trial in the folder; while a search is running, skip those being written."""
    trials = []
    for path in sorted((folder / "trials").glob("trial_*/trial.json")):
        try:
            trials.append(read_json(path))
        except SearchError:
            if not running:
                raise
    return trials


def finished(trials: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the completed trials, best first, then the failed ones."""
    done = [trial for trial in trials if trial["status"] in FINISHED]
    return sorted(done, key=lambda trial: math.inf if failed(trial) else trial["score"])


def failed(trial: dict[str, Any]) -> bool:
    return trial["status"] == "FAILED"


def open_folder(folder: Path, settings: dict[str, Any]) -> None:
    """Make the folder, or see that the search in it is this one and can go on."""
    path = folder / "settings.json"
    # More trials may be asked of the same search, and nothing else may change.
    settings = {key: value for key, value in settings.items() if key != "trials"}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if path.exists():
            known = read_json(path)
        else:
            known = settings
            if any(folder.glob("trials/trial_*")):
                raise SearchError(f"{folder} holds trials of another program. Choose another.")
        other = [k for k in settings if settings[k] != known.get(k)]
        if other:
            raise SearchError(
                f"{folder} holds another search: "
                + ", ".join(f"{k} was {known.get(k)}, now {settings[k]}" for k in other)
                + ". Repeat the command as it was, or choose another --folder."
            )
        from medlearn.files import replace_file

        replace_file(path, json.dumps(settings, indent=1).encode())
    except OSError as error:
        raise SearchError(
            f"The results cannot be kept in {folder}: {error}. Choose a --folder that you may "
            "write to."
        ) from error


def mend(folder: Path) -> None:
    """Bring KerasTuner's two records of a search into line, before it goes on.

    KerasTuner writes each trial and then, in `oracle.json`, which are running. Cut off between
    the two, it would run a finished trial anew, or wait for one that nobody runs.
    """
    trials = {trial["trial_id"]: trial for trial in read_trials(folder)}
    state, chief = folder / "trials" / "oracle.json", folder / "trials" / "chief.json"
    for path in (state, chief):
        if path.exists():
            read_json(path)
        elif trials:
            raise SearchError(
                f"{path} is missing, and without it KerasTuner would start over and write over "
                f"the {len(trials)} trials in {folder}. Choose another --folder."
            )
    if not trials:
        return
    from medlearn.files import replace_file

    oracle = read_json(state)
    oracle["ongoing_trials"] = {
        worker: number
        for worker, number in oracle["ongoing_trials"].items()
        if number in trials and trials[number]["status"] not in FINISHED
    }
    replace_file(state, json.dumps(oracle).encode())
    expected = {*oracle["ongoing_trials"].values(), *oracle["retry_queue"]}
    for number, trial in trials.items():
        if trial["status"] not in FINISHED and number not in expected:
            (folder / "trials" / f"trial_{number}" / "trial.json").unlink()


# ---- one process of the search -------------------------------------------------------------


def run_part(name: str, settings: dict[str, Any], folder: Path) -> None:
    """Be the chief, a worker, or the whole search, as KerasTuner's variables say."""
    server = os.environ.get("KERASTUNER_ORACLE_IP")
    port = os.environ.get("KERASTUNER_ORACLE_PORT", "")
    if server is not None and not port.isdigit():
        raise SearchError(
            f"KERASTUNER_ORACLE_PORT must be the port of the chief, a number, and is {port!r}. "
            "The chief and every worker need the same one."
        )
    if server is None or "chief" in name:
        open_folder(folder, settings)
        mend(folder)
    if server is not None and "chief" in name:
        # KerasTuner's server would share a taken port in silence, with another search's chief.
        check_port(server, int(port))
    patients = load_patients()
    tuner = make_tuner(settings, folder, patients)
    # KerasTuner collects garbage four times a trial, and each time Python would look through all
    # of TensorFlow: a third of the time of a small trial.
    gc.freeze()
    tuner.save()  # without this file KerasTuner would start over after an early interruption
    tuner.search(
        patients.X_train,
        patients.y_train[:, None],
        validation_data=(patients.X_validation, patients.y_validation[:, None]),
        epochs=settings["epochs"],  # Hyperband sets its own
        batch_size=32,
        verbose=0,
    )


def check_port(address: str, port: int) -> None:
    """Raise unless the port is free."""
    with socket.socket() as probe:
        if POSIX:  # a port that was closed a moment ago is free
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except (OSError, OverflowError) as error:
            raise SearchError(
                f"The chief cannot listen at {address}, port {port}: {error}. Choose another "
                "--port (on a cluster: KERASTUNER_ORACLE_PORT), or leave it out to get a free one."
            ) from None


def end_with_parent() -> None:
    """End this process when the command that started it is gone, even after `kill -9`."""

    def wait() -> NoReturn:
        while os.read(0, 1):  # the other end of this pipe closes with the parent
            pass
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


# ---- the processes together ----------------------------------------------------------------


class Part:
    """One process of the search, with its log."""

    def __init__(self, name: str, command: list[str], environment: dict[str, str], log: Path):
        self.name, self.log = name, log
        own_group: dict[str, Any] = (
            {"start_new_session": True}
            if POSIX
            else {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
        )
        with log.open("wb") as stream:
            self.process = subprocess.Popen(
                command,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=stream,
                stderr=subprocess.STDOUT,
                **own_group,
            )

    def end(self) -> None:
        """End the process and all that it has started."""
        if self.process.stdin.closed:
            return  # done before; by now the number may belong to somebody else's process
        if POSIX:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
        elif self.process.poll() is None:
            subprocess.run(
                ["taskkill", "/F", "/T", "/PID", str(self.process.pid)],
                capture_output=True,
                check=False,
            )
        self.process.wait()
        self.process.stdin.close()

    def obituary(self) -> str:
        """Say how the process ended, with the last lines of its log."""
        code = self.process.returncode
        how = f"stopped with exit code {code}"
        if code < 0:
            how = f"was ended by signal {-code} ({signal.Signals(-code).name})"
            if -code == signal.SIGKILL:
                how += "; when nobody did that, the memory had run out: try fewer --workers"
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:]
        tail = "\n".join(f"  | {line[:300]}" for line in lines) or "  | (empty)"
        return f"{self.name} {how}. The end of its log, {self.log}:\n{tail}"


def start_parts(args: argparse.Namespace, folder: Path) -> list[Part]:
    """Start the workers and the chief, or the one process that is both."""
    environment = dict(os.environ, PYTHONUNBUFFERED="1")
    environment.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    # The one process is called chief, too: KerasTuner finds its records by this name.
    names = {"chief" if args.workers else "search": "chief"}
    for key in ("KERASTUNER_ORACLE_IP", "KERASTUNER_ORACLE_PORT"):
        environment.pop(key, None)
    if args.workers:
        port = args.port or free_port()
        check_port("127.0.0.1", port)
        names |= {f"worker{i + 1}": f"worker{i + 1}" for i in range(args.workers)}
        threads = str(max(1, (os.cpu_count() or 1) // args.workers))
        environment |= {
            "KERASTUNER_ORACLE_IP": "127.0.0.1",
            "KERASTUNER_ORACLE_PORT": str(port),
            "no_grpc_proxy": "127.0.0.1",  # else a proxy for the internet is asked for the chief
            # TensorFlow takes all cores in each process, and then they wait for each other.
            "TF_NUM_INTRAOP_THREADS": threads,
            "TF_NUM_INTEROP_THREADS": threads,
        }
    command = [sys.executable, str(Path(__file__).resolve()), "--as-part", "--folder", str(folder)]
    for key in ("method", "trials", "epochs", "seed"):
        if getattr(args, key) is not None:
            command += [f"--{key}", str(getattr(args, key))]
    logs = folder / "logs"
    logs.mkdir(exist_ok=True)
    parts: list[Part] = []
    try:
        for name, tuner in names.items():
            own = {"KERASTUNER_TUNER_ID": tuner}
            parts.append(Part(name, command, environment | own, logs / f"{name}.log"))
    except BaseException:
        end_parts(parts)
        raise
    return parts


def free_port() -> int:
    """Return a port that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def end_parts(parts: list[Part]) -> None:
    """End every process. The chief comes last, so that it is not cut off while it writes."""
    for part in parts[1:]:
        part.end()
    if len(parts) > 1 and parts[0].process.poll() is None:
        time.sleep(0.3)
    for part in parts[:1]:
        part.end()


def watch(parts: list[Part], folder: Path, total: int, began: float, limit: float) -> None:
    """Show progress until the search is complete; raise when it cannot be.

    Raises
    ------
    SearchError
        A process died.
    TimeoutError
        The time limit is reached.
    """
    shown = {trial["trial_id"] for trial in finished(read_trials(folder))}
    workers = parts[1:] or parts
    spoke = time.monotonic()
    while True:
        complete = all(p.process.poll() == 0 for p in workers) or parts[0].process.poll() == 0
        now = time.monotonic()
        done = finished(read_trials(folder, running=True))
        new = [trial for trial in done if trial["trial_id"] not in shown]
        for trial in sorted(new, key=lambda trial: trial["trial_id"]):
            shown.add(trial["trial_id"])
            how = "failed" if failed(trial) else f"log loss {show(trial['score'])}"
            best = None if failed(done[0]) else done[0]["score"]
            say(
                f"{len(shown)} of {total} trials after {now - began:.0f} s: "
                f"trial {trial['trial_id']} {how}; best so far {show(best)}"
            )
            spoke = now
        dead = [part for part in parts if part.process.poll() not in (None, 0)]
        if dead:
            raise SearchError(
                dead[0].obituary()
                + "".join(f"\n{part.name} stopped as well." for part in dead[1:])
                + "\nThe other processes were ended too, because what stopped one mostly stops "
                "all. Mend the cause and repeat the command: it goes on with what is left."
            )
        if complete:
            return
        if now - began > limit:
            raise TimeoutError
        if now - spoke > 30:
            say(f"{len(shown)} of {total} trials after {now - began:.0f} s: training goes on")
            spoke = now
        time.sleep(0.25)


def supervise(args: argparse.Namespace, settings: dict[str, Any], folder: Path) -> int:
    """Run the search, end every process whatever happens, and print the results."""
    import filelock

    began = time.monotonic()
    total = settings["trials"] or hyperband_trials(settings["epochs"])
    missing = [
        name
        for name in ("keras", "tensorflow", "keras_tuner", "tensorboard")
        if importlib.util.find_spec(name) is None
    ]
    if missing:
        raise SearchError(
            f"{' and '.join(missing)} cannot be imported by {sys.executable}. "
            'Install what a search needs: pip install "medlearn[tf,tuning]"'
        )
    open_folder(folder, settings)
    try:
        with filelock.FileLock(folder / "search.lock", timeout=0):
            mend(folder)
            kept = len(finished(read_trials(folder)))
            if kept:
                say(f"{kept} of {total} trials are finished already, in {folder}")
            code = 0
            if kept < total:
                code = run_parts(args, folder, total, began)
    except filelock.Timeout:
        raise SearchError(
            f"Another search is running in {folder}. Wait for it, or choose another --folder."
        ) from None
    report(folder)
    return code


def run_parts(args: argparse.Namespace, folder: Path, total: int, began: float) -> int:
    """Start the processes, watch them, and end them."""
    parts: list[Part] = []
    try:
        parts = start_parts(args, folder)
        pids = ", ".join(f"{part.name} (process {part.process.pid})" for part in parts)
        say(f"Started {pids}; logs are in {folder / 'logs'}")
        watch(parts, folder, total, began, args.time_limit)
    except (SearchError, TimeoutError, KeyboardInterrupt) as error:
        quietly_end(parts)
        kept = f"{len(finished(read_trials(folder, running=True)))} of {total} trials are kept"
        if isinstance(error, SearchError):
            raise SearchError(f"{error}\n{kept} in {folder}.") from None
        limit = isinstance(error, TimeoutError)
        what = f"The time limit of {args.time_limit:g} s is reached" if limit else "Interrupted"
        say(
            f"{what}: all processes were ended. {kept} in {folder}; repeat the command to go on "
            "with what is left."
        )
        return TIME_LIMIT if limit else INTERRUPTED
    finally:
        quietly_end(parts)
    return 0


def quietly_end(parts: list[Part]) -> None:
    """End every process, without being stopped half-way by a second Ctrl-C."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        end_parts(parts)
    finally:
        signal.signal(signal.SIGINT, before)


# ---- the results ---------------------------------------------------------------------------


def report(folder: Path, rows: int = 5) -> None:
    """Print the best trials beside two baselines, on the same validation patients."""
    trials = [t for t in finished(read_trials(folder, running=True)) if not failed(t)]
    if not trials:
        say("No trial is finished yet.")
        return
    import numpy as np
    import pandas as pd
    from sklearn.linear_model import LogisticRegression

    from medlearn import metrics

    patients = load_patients()
    y = patients.y_validation
    logistic = LogisticRegression(max_iter=1000).fit(patients.X_train, patients.y_train)
    scores = {f"trial {t['trial_id']}": predictions(folder, t) for t in trials[:rows]}
    scores["logistic regression"] = logistic.predict_proba(patients.X_validation)[:, 1]
    scores["everybody the same"] = np.full(len(y), patients.y_train.mean())
    table = pd.DataFrame(
        {
            "log loss": [f"≈ {metrics.bootstrap(y, p, log_loss)}" for p in scores.values()],
            "AUC": [f"≈ {metrics.bootstrap(y, p)}" for p in scores.values()],
        },
        index=list(scores),
    )
    values = [t["hyperparameters"]["values"] for t in trials[:rows]]
    chosen = pd.DataFrame(values, index=table.index[: len(values)])
    chosen = chosen.rename(columns={"tuner/epochs": "epochs"})
    shown = chosen[sorted(c for c in chosen if "/" not in c)].map(lambda value: f"{value:.3g}")
    say("\n" + table.join(shown).fillna("").to_string() + "\n")
    best = next(iter(scores))
    pair = scores[best], scores["logistic regression"]
    say(
        f"{best} minus logistic regression, on the same {len(y)} patients: "
        f"log loss ≈ {metrics.compare(y, *pair, log_loss)}, AUC ≈ {metrics.compare(y, *pair)}.\n"
        "In brackets: 95 % intervals, patients resampled. A lower log loss and a higher AUC are "
        "better.\nThe best of several trials was chosen on these patients, which flatters it. "
        "The test part was not touched."
    )


def log_loss(y: np.ndarray, p: np.ndarray) -> float:
    """Return the mean of -log(probability that was given to what came true), as Keras does."""
    import numpy as np

    given = np.clip(np.where(y == 1, p, 1 - p), 1e-7, 1)
    return float(-np.log(given).mean())


def predictions(folder: Path, trial: dict[str, Any]) -> np.ndarray:
    """Return a trial's predictions for the validation part."""
    import numpy as np

    path = folder / "trials" / f"trial_{trial['trial_id']}" / "validation.npy"
    try:
        return np.load(path)
    except (OSError, ValueError) as error:
        raise SearchError(
            f"The predictions of trial {trial['trial_id']} cannot be read: {error}. With workers "
            "on several machines, --folder must be on a disk that they all share."
        ) from None


def show(value: float | None) -> str:
    from medlearn import approx

    return "(none)" if value is None else approx(value)


def say(text: str) -> None:
    print(text, flush=True)


# ---- the command ---------------------------------------------------------------------------


def at_least(lowest: int):
    def whole_number(text: str) -> int:
        value = int(text)
        if value < lowest:
            raise argparse.ArgumentTypeError(f"{value} is too small: at least {lowest}")
        return value

    return whole_number


def make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("--folder", type=Path, required=True, help="where results are kept, and gone on from")
    add("--workers", type=at_least(0), help="processes that train (default 0: no chief either)")
    add("--method", choices=["random", "hyperband"], default="random")
    add("--trials", type=at_least(1), help="budget of random search (default 8)")
    add(
        "--epochs",
        type=at_least(1),
        default=20,
        help="of a trial; in hyperband of the longest (default 20)",
    )
    add("--seed", type=at_least(1), default=1, help="chooses what random search tries")
    add("--time-limit", type=at_least(1), help="seconds for the whole command (default 600)")
    add("--port", type=at_least(1), help="where the chief listens (default: a free port)")
    add("--show", action="store_true", help="print what the folder holds, and start nothing")
    add("--as-part", action="store_true", help=argparse.SUPPRESS)  # started by this command
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = make_parser()
    args = parser.parse_args(arguments)
    name = os.environ.get("KERASTUNER_TUNER_ID")
    if args.method == "hyperband" and args.trials is not None:
        parser.error("--trials is for random search; the budget of hyperband follows from --epochs")
    if name and (args.workers is not None or args.time_limit is not None):
        parser.error(
            "KERASTUNER_TUNER_ID is set, so this would be one process of a search, which has no "
            "--workers and no --time-limit. Unset it to start a search on this machine."
        )
    args.workers = args.workers or 0
    args.time_limit = args.time_limit or 600
    if args.method == "random":
        args.trials = args.trials or 8
    settings = {key: getattr(args, key) for key in ("method", "trials", "epochs", "seed")}
    folder = args.folder.resolve()
    try:
        if importlib.util.find_spec("medlearn") is None:
            raise SearchError(
                f"{sys.executable} does not have the packages of the course. Use the Python of "
                "its environment: .venv/bin/python, on Windows .venv\\Scripts\\python"
            )
        if args.show:
            if not (folder / "settings.json").exists():
                raise SearchError(f"There is no search in {folder}.")
            report(folder)
            return 0
        if name:
            if args.as_part:
                end_with_parent()
            run_part(name, settings, folder)
            return 0
        return supervise(args, settings, folder)
    except SearchError as error:
        print(f"\n{error}", file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr, flush=True)
        return INTERRUPTED


if __name__ == "__main__":
    # Slurm, Docker and `timeout` end a command with SIGTERM; treat it like Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(main())
