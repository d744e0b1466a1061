"""What is measured of the course as it stands: lessons, set-up, intervals and explorers."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from tools import execute
from tools.bench.clock import ROOT, BenchError, in_pairs, seconds_of


def script_of(notebook: Any) -> str:
    """The code cells of a notebook as one script, which prints its peak memory at the end."""
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    return "\n\n".join([*code, execute.PEAK_PROBE])


def run_script(text: str, name: str) -> tuple[float, float]:
    """Seconds and peak megabytes of a script in a fresh Python, where a lesson's kernel runs."""
    with tempfile.TemporaryDirectory(prefix="medlearn-bench-") as home:
        file, out = Path(home, "lesson.py"), Path(home, "out.txt")
        file.write_text(text, "utf-8")
        place = {"env": execute.kernel_environment(home) | {"MPLBACKEND": "agg"}}
        place["cwd"] = ROOT / "notebooks"
        with out.open("wb") as stream:
            start = time.perf_counter()
            done = subprocess.run(
                [sys.executable, file],
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.PIPE,
                check=False,
                **place,
            )
            seconds = time.perf_counter() - start
        if done.returncode:
            words = done.stderr.decode(errors="replace").strip()[-600:]
            raise execute.LessonError(f"{name} as a script failed:\n{words}")
        with out.open("rb") as stream:
            return seconds, float(stream.read().splitlines()[-1])


def measure_lessons(settings: dict[str, Any]) -> dict[str, Any]:
    """Seconds and peak memory of each lesson, as a notebook and as the same code in a script."""
    rows = []
    for path in execute.find(settings["lessons"]):
        notebook, name = execute.read(path), path.stem

        def as_notebook(notebook: Any = notebook, name: str = name) -> tuple[float, float]:
            done = execute.run(notebook, name)
            return done.seconds, done.megabytes

        def as_script(text: str = script_of(notebook), name: str = name) -> tuple[float, float]:
            return run_script(text, name)

        try:
            both = in_pairs(settings["repeats"], as_notebook, as_script)
        except execute.LessonError as error:
            rows.append({"lesson": name, "failed": str(error)})
        else:
            rows.append({"lesson": name, "notebook": both[0], "script": both[1]})
        print(f"  {name}", flush=True)
    return {"rows": rows}


def measure_setup(settings: dict[str, Any]) -> dict[str, Any]:
    """Seconds to make the environment from packages that lie in the installer's cache."""
    rows = []
    for installer in ["uv", "pip"][: 1 if settings["tiny"] else 2]:
        if installer == "uv" and not shutil.which("uv"):
            rows.append({"installer": "uv", "failed": "uv is not on the PATH."})
            continue
        folder = f".venv-bench-{installer}"

        def environment(*more: str, installer: str = installer, folder: str = folder) -> float:
            command = [sys.executable, "medlearn/environment.py", "--venv", folder, *more]
            start = time.perf_counter()
            done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
            seconds = time.perf_counter() - start
            if done.returncode:
                words = (done.stdout + done.stderr).decode(errors="replace").strip()[-600:]
                raise BenchError(f"{' '.join(command[1:])}: {words}")
            return seconds

        build = ["--installer", installer]
        row: dict[str, Any] = {"installer": installer, "fresh": [], "again": []}
        try:
            if not settings["tiny"]:
                environment(*build)  # not counted: it fills the cache
            for _ in range(settings["repeats"]):
                environment("--remove")
                row["fresh"].append(environment(*build))
                row["again"].append(environment(*build))
        except BenchError as error:
            row = {"installer": installer, "failed": str(error)}
        finally:
            with contextlib.suppress(BenchError):
                environment("--remove")
            (ROOT / f"{folder}.lock").unlink(missing_ok=True)
        rows.append(row)
        print(f"  {installer}", flush=True)
    return {"rows": rows}


def measure_bootstrap(settings: dict[str, Any]) -> dict[str, Any]:
    """`medlearn.metrics.bootstrap` and a plain loop over scikit-learn, on the same resamples."""
    from sklearn.metrics import roc_auc_score

    from medlearn import metrics

    people, resamples = (200, 100) if settings["tiny"] else (1000, 2000)
    dice = np.random.default_rng(0)
    y = dice.integers(2, size=people)
    score = y + dice.normal(size=people)
    ends = {}

    def ours() -> None:
        found = metrics.bootstrap(y, score, "auc", n_resamples=resamples, seed=1)
        ends["ours"] = [found.low, found.high]

    def loop() -> None:
        again, values = np.random.default_rng(1), []
        for _ in range(resamples):
            rows = again.integers(people, size=people)
            values.append(roc_auc_score(y[rows], score[rows]))
        ends["loop"] = np.quantile(values, [0.025, 0.975]).tolist()

    times = in_pairs(settings["repeats"], lambda: seconds_of(ours), lambda: seconds_of(loop))
    return {"people": people, "resamples": resamples, "ours": times[0], "loop": times[1]} | {
        "ends": ends
    }


def made_explorers(tiny: bool) -> dict[str, Callable[[], Any]]:
    """Each explorer of the course, on data of the size that its lesson shows."""
    from medlearn import datasets, widgets
    from medlearn.court import load_court

    dice = np.random.default_rng(0)
    n = 300 if tiny else 4000
    X = dice.normal(size=(200, 2))
    side = (X.sum(axis=1) + dice.normal(size=200) > 0).astype(int)
    risk = dice.uniform(0, 0.3, n)
    ill = (dice.random(n) < risk).astype(int)
    (digits, labels), _ = datasets.load_digits_mnist()
    weights = dice.normal(size=(784, 10)) / 255
    wave = np.sin(np.arange(9 * n) / 30)
    now = np.arange(1000 if not tiny else 400, 9 * n - 100, 4)
    rates = {10.0**k: dice.random((5, 10)) for k in range(-4, 1)}
    sugar = 120 + 60 * np.sin(np.arange(288 * (4 if tiny else 56)) / 23)
    slots = np.arange(12, len(sugar) - 12)
    lows = np.flatnonzero((sugar[1:] < 70) & (sugar[:-1] >= 70)) + 1
    nodules = datasets.load_nodules()
    outlined = datasets.load_nodule_masks()
    looked_up = ["seen", "new", "unlisted"]
    written = {
        (begin, t): [(f"{begin} and so on", looked_up[(k + round(t)) % 3]) for k in range(40)]
        for begin in ("burn of", "pain in")
        for t in (0, 1, 2)
    }
    n_molecules = 3900 if not tiny else 100
    ethanol = (
        [("C", 3, 0), ("C", 2, 0), ("O", 1, 0)],
        [(0, 1, 1), (1, 2, 1)],
        [[0, 0], [1, 0], [2, 1]],
    )
    alike = dice.uniform(0.1, 1, n_molecules)
    return {
        "neuron": lambda: widgets.neuron_explorer(X, side),
        "descent": lambda: widgets.descent_explorer(X, side, rate=0.1),
        "threshold": lambda: widgets.threshold_explorer(ill, risk),
        "prevalence": lambda: widgets.prevalence_explorer({"a": (0.8, 0.9), "b": (0.5, 0.99)}),
        "digit": lambda: widgets.digit_explorer(
            digits, labels, lambda pictures: pictures.reshape(len(pictures), -1) @ weights
        ),
        "sweep": lambda: widgets.sweep_explorer(rates),
        "best_of": widgets.best_of_explorer,
        "convolution": lambda: widgets.convolution_explorer(
            digits[0], {"edge": [[-1, 0, 1]] * 3, "blur": np.full((3, 3), 1 / 9)}
        ),
        "augmentation": lambda: widgets.augmentation_explorer(
            digits, labels, nodules.images, nodules.diameter
        ),
        "forecast": lambda: widgets.forecast_explorer(
            wave, 360, now, {name: np.zeros((len(now), 36)) for name in "abcd"}
        ),
        "deferral": lambda: widgets.deferral_explorer({"lines": (ill, 1 - risk)}),
        "outlines": lambda: widgets.outlines_explorer(
            {"nodule": (outlined.masks[643], outlined.spacing[643])}
        ),
        "alarms": lambda: widgets.alarms_explorer(
            sugar, slots, {"a": -sugar[slots], "b": -sugar[slots - 3]}, lows, night=288
        ),
        "written_lines": lambda: widgets.written_lines_explorer(written),
        "similarity": lambda: widgets.similarity_explorer(
            alike,
            {name: alike < edge for name, edge in (("rule", 0.3), ("forest", 0.2))},
            np.zeros(n_molecules, dtype=int),
            [ethanol] * n_molecules,
            ["ethanol"] * n_molecules,
        ),
        "confounding": lambda: widgets.confounding_explorer(
            lambda columns, rows: (0.8 + 0.1 * len(columns), 0.7, 1.4, 0.6),
            {"nodes": ["nodes"], "age": ["age", "menopause"]},
            {"all": np.ones(n, bool)},
            (0.74, 0.55, 1.0),
        ),
        "court": lambda: widgets.court_explorer(load_court()),
        "equality": lambda: widgets.equality_explorer(
            ill, np.arange(n) % 5, risk, risk / (1.05 - risk / 10)
        ),
        "sample_size": lambda: widgets.sample_size_explorer(2000),
    }


def other_values(control: Any, count: int) -> list[Any]:
    """Up to `count` values that a control does not have at the moment, far from each other."""
    if hasattr(control, "options"):
        # An option is a value, or a pair of its name and its value.
        values = [o[1] if isinstance(o, tuple) and len(o) == 2 else o for o in control.options]
        every = [value for value in values if value != control.value]
    else:
        whole = isinstance(control.value, int)
        steps = np.linspace(control.min, control.max, 7)
        every = [int(v) if whole else float(v) for v in steps]
        every = [v for v in every if v != control.value]
    return every[:count]


def png_of(explorer: Any) -> bytes:
    """The picture that an explorer shows at the moment."""
    return explorer._repr_mimebundle_()[0]["image/png"]


def measure_explorers(settings: dict[str, Any]) -> dict[str, Any]:
    """Seconds from a moved control to the new picture, for each control of each explorer."""
    from medlearn import plots

    plots.use_style()
    rows = []
    for name, make in made_explorers(settings["tiny"]).items():
        explorer, seconds = make(), []
        for _ in range(settings["repeats"]):
            for control in explorer.controls.values():
                for value in other_values(control, 3):
                    before = explorer.words, png_of(explorer)
                    spent = seconds_of(lambda c=control, v=value: setattr(c, "value", v))
                    if (explorer.words, png_of(explorer)) != before:  # it did draw anew
                        seconds.append(spent)
        if not seconds:
            raise BenchError(f"The {name} explorer did not change its picture.")
        rows.append({"explorer": name, "seconds": seconds})
    return {"rows": rows}
