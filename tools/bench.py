"""Measure the course, and write docs/benchmark.md: one page from one run.

    python -m tools.bench                              # everything
    python -m tools.bench --once lessons setup         # the same, but the long parts once
    python -m tools.bench --only lessons --lessons 00 01 --repeats 1
    python -m tools.bench --page                       # the page anew, nothing is measured

Each part runs in a process of its own and stores its result in .cache/bench/ when it is done. A
part that fails is named on the page, costs none of the others, and the command ends with 1. After
Ctrl-C the finished parts are kept, and `--page` writes the page from them.

Times are worth something on a quiet machine only: close other programs first.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime
import functools
import io
import itertools
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from medlearn.files import replace_file

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "benchmark.md"
STORE = ROOT / ".cache" / "bench"
FASTER, BETTER = 0.35, 0.5  # the course's goals: share of the classic's time, and of its errors
EQUAL = 1.05  # up to here two times count as equal
SAME = 1e-9  # two intervals from the same resamples may differ by rounding only


class BenchError(Exception):
    """Something could not be measured; the message says what and why."""


# ---- the parts: each returns what it measured, ready for JSON ---------------------------------


def in_pairs(repeats: int, *ways: Callable[[], Any]) -> list[list[Any]]:
    """Results of each way, `repeats` times. Who begins changes, so that a slow minute hits all."""
    found: list[list[Any]] = [[] for _ in ways]
    for turn in range(repeats):
        for step in range(len(ways)):
            way = (turn + step) % len(ways)
            found[way].append(ways[way]())
    return found


def seconds_of(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def peak_megabytes() -> float:
    """The peak memory of this process so far, asked as in a lesson's kernel."""
    from tools import execute

    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(execute.PEAK_PROBE, {})
    return float(out.getvalue())


def script_of(notebook: Any) -> str:
    """The code cells of a notebook as one script, which prints its peak memory at the end."""
    from tools import execute

    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    return "\n\n".join([*code, execute.PEAK_PROBE])


def run_script(text: str, name: str) -> tuple[float, float]:
    """Seconds and peak megabytes of a script in a fresh Python, where a lesson's kernel runs."""
    from tools import execute

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
    from tools import execute

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


def load_keras() -> None:
    """Load Keras and TensorFlow as a lesson does, without a word."""
    import medlearn

    with contextlib.redirect_stdout(io.StringIO()):
        medlearn.setup(keras=True)


def dense_net() -> Any:
    """The network of lesson 03, with its pixels scaled."""
    import keras
    from keras import layers

    flat = [layers.Flatten(), layers.Dense(128, activation="relu"), layers.Dense(10)]
    return keras.Sequential([keras.Input((28, 28)), layers.Rescaling(1 / 255), *flat])


def small_cnn(pixels: int = 28) -> Any:
    """The CNN of lesson 07."""
    import keras
    from keras import layers

    rounds = []
    for kernels in (12, 24):
        rounds += [layers.Conv2D(kernels, 3, activation="relu"), layers.MaxPooling2D()]
    ends = [layers.Flatten(), layers.Dropout(0.3), layers.Dense(10)]
    first = [keras.Input((pixels, pixels, 1)), layers.Rescaling(1 / 255)]
    return keras.Sequential([*first, *rounds, *ends])


# The course's ways to train: name, network, batch, rate, and whether the rate falls (lesson 06).
TAUGHT = {
    "dense, lesson 04": (dense_net, 128, 0.003, False),
    "dense, lesson 07": (dense_net, 64, 0.01, True),
    "CNN, lesson 07": (small_cnn, 64, 0.01, True),
    "CNN, lesson 07, batches of 32": (small_cnn, 32, 0.01, True),
}
CALL = 32  # steps that TensorFlow takes in one call from Python


def compiled(model: Any, rate: Any, **how: Any) -> Any:
    import keras

    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(rate), loss, **how)
    model.optimizer.build(model.trainable_variables)
    return model


def train(model: Any, fit: Callable[..., Any], first_call: Callable[[], Any] | None) -> float:
    """Seconds of `fit`. With `first_call`, it is made before, and all it learned is forgotten."""
    if first_call:
        variables = [*model.variables, *model.optimizer.variables]
        start = [variable.numpy() for variable in variables]
        first_call()
        for variable, value in zip(variables, start, strict=True):
            variable.assign(value)
    return seconds_of(fit)


def classic(seed: int, X: Any, y: Any, epochs: int, *, traced: bool) -> tuple[Any, float]:
    """Lesson 03's network, batch 32, Keras' defaults: the network and its seconds.

    `traced` leaves out the first step, in which TensorFlow turns the Python code into a graph.
    """
    import keras

    keras.utils.clear_session()
    keras.utils.set_random_seed(seed)
    model, began = dense_net(), time.perf_counter()
    compiled(model, 0.001)
    prepared = time.perf_counter() - began
    first = (lambda: model.fit(X[:64], y[:64], verbose=0)) if traced else None
    seconds = train(model, lambda: model.fit(X, y, epochs=epochs, verbose=0), first)
    return model, seconds + (0 if traced else prepared)


def course(name: str, seed: int, X: Any, y: Any, steps: int, *, traced: bool) -> tuple[Any, float]:
    """One of the course's ways, `steps` batches long, all passes in one stream (lesson 06)."""
    import keras
    import tensorflow as tf

    network, batch, rate, falls = TAUGHT[name]
    keras.utils.clear_session()
    keras.utils.set_random_seed(seed)
    model, began = network(), time.perf_counter()
    compiled(
        model,
        keras.optimizers.schedules.CosineDecay(rate, steps) if falls else rate,
        steps_per_execution=CALL,
    )
    rows = tf.data.Dataset.from_tensor_slices((X, y))
    stream = rows.shuffle(len(X), seed=seed).repeat().batch(batch).prefetch(2)
    prepared = time.perf_counter() - began
    first = (lambda: model.fit(stream.take(CALL), verbose=0)) if traced else None
    seconds = train(model, lambda: model.fit(stream.take(steps), verbose=0), first)
    return model, seconds + (0 if traced else prepared)


def errors(model: Any, X: Any, y: Any) -> float:
    """The share of pictures that are misread."""
    return float(np.mean(np.asarray(model.predict_on_batch(X)).argmax(axis=1) != y))


def measure_recipe(settings: dict[str, Any]) -> dict[str, Any]:
    """The classic recipe against the course's: time to its errors, errors in its time.

    Everything is chosen on validation digits, and the test digits are looked at once for each
    network that was trained on all 4,000.
    """
    from medlearn import datasets

    load_keras()
    (X, y), (test_X, test_y) = datasets.load_digits_mnist()
    tiny = settings["tiny"]
    some = 1 if tiny else 3  # seeds to choose with; they are other seeds than those of the test
    epochs, choose_with = 1 if tiny else 5, range(100, 100 + some)
    small, look = (X[:3000], y[:3000]), (X[3000:], y[3000:])

    def tried(name: str, steps: int) -> float:
        models = (course(name, seed, *small, steps, traced=False)[0] for seed in choose_with)
        return float(np.mean([errors(model, *look) for model in models]))

    # First choice: the fewest passes to the classic's validation errors, and one as a reserve
    # (the fewest were also the luckiest); then the faster way.
    bar = [errors(classic(seed, *small, epochs, traced=False)[0], *look) for seed in choose_with]
    quick, tries = None, []
    for name in [name for name in TAUGHT if name.startswith("dense")]:
        batch = TAUGHT[name][1]
        for passes in range(1, 2 if tiny else 8):
            reached = tried(name, passes * 3000 // batch)
            tries.append([name, passes, reached])
            if reached <= np.mean(bar) or tiny:
                steps = (passes + 1) * len(X) // batch
                cost = min(course(name, 100, X, y, steps, traced=True)[1] for _ in range(some))
                if quick is None or cost < quick["cost"]:
                    quick = {"name": name, "steps": steps, "cost": cost}
                break
    if quick is None:
        raise BenchError("No way of the course reached the classic's errors on validation digits.")
    print("  passes chosen", flush=True)

    # Second choice: the CNN with the fewest validation errors in the classic's time.
    best = {}
    for traced in (False, True):
        budget = np.median([classic(s, X, y, epochs, traced=traced)[1] for s in choose_with])
        for name in [name for name in TAUGHT if name.startswith("CNN")]:
            n = CALL if tiny else 2 * CALL
            step = np.median([course(name, k, X, y, n, traced=True)[1] for k in choose_with]) / n
            start = 0.0
            if not traced:
                whole = [course(name, k, X, y, n, traced=False)[1] for k in choose_with]
                start = max(np.median(whole) - n * step, 0)
            steps = max(CALL, int(0.95 * (budget - start) / step))  # a little room
            found = tried(name, min(steps, CALL) if tiny else steps)
            if traced not in best or found < best[traced]["validation"]:
                best[traced] = {"name": name, "steps": steps, "validation": found}
    print("  CNN chosen", flush=True)

    # The race, on all training digits, in pairs; each network meets the test digits once.
    def contestant(maker: Callable[..., Any]) -> Callable[[], Any]:
        seeds = itertools.count()

        def once() -> tuple[float, float]:
            model, seconds = maker(next(seeds))
            return seconds, errors(model, test_X, test_y)

        return once

    race = {}
    for traced, key in ((False, "with"), (True, "without")):
        digits = {"X": X, "y": y, "traced": traced}
        cnn = best[traced]
        ways = [
            functools.partial(classic, epochs=epochs, **digits),
            functools.partial(course, quick["name"], steps=quick["steps"], **digits),
            functools.partial(course, cnn["name"], steps=cnn["steps"], **digits),
        ]
        found = in_pairs(1 if tiny else settings["repeats"] + 2, *map(contestant, ways))
        race[key] = dict(zip(("classic", "quick", "best"), found, strict=True))
        race[key]["chosen"] = cnn
    quick.pop("cost")
    return {"bar": float(np.mean(bar)), "tries": tries, "quick": quick, "race": race}


def measure_image_case(settings: dict[str, Any]) -> dict[str, Any]:
    """Seconds an epoch, and peak memory, of the small CNN on so many pictures of this size."""
    load_keras()
    import keras

    before = peak_megabytes()
    number, pixels = settings["number"], settings["pixels"]
    dice = np.random.default_rng(0)  # what is in the pictures does not change the work
    X = dice.integers(0, 256, size=(number, pixels, pixels, 1), dtype=np.uint8)
    y = dice.integers(0, 10, size=number)
    model = compiled(small_cnn(pixels), 0.001, steps_per_execution=25)
    marks = []
    clock = keras.callbacks.LambdaCallback(
        on_epoch_begin=lambda *_: marks.append([time.perf_counter()]),
        on_epoch_end=lambda *_: marks[-1].append(time.perf_counter()),
    )
    # The first epoch holds the tracing and is not counted.
    epochs = 1 + settings["repeats"]
    model.fit(X, y, batch_size=64, epochs=epochs, verbose=0, callbacks=[clock])
    seconds = [end - begin for begin, end in marks[1:]]
    return {"seconds": seconds, "peak": peak_megabytes(), "before": before}


def measure_images(settings: dict[str, Any]) -> dict[str, Any]:
    """The small CNN with more pictures, and with larger ones; each in a process of its own."""
    numbers, sizes = [1000, 2000, 4000, 8000], [28, 64, 128]
    if settings["tiny"]:
        numbers, sizes = [100, 200], [28, 40]
    cases = [(n, sizes[0]) for n in numbers] + [(numbers[0], size) for size in sizes[1:]]
    rows = []
    for number, pixels in cases:
        case = settings | {"number": number, "pixels": pixels}
        rows.append({"number": number, "pixels": pixels} | in_process("image case", case))
        print(f"  {number} pictures, {pixels} pixels", flush=True)
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
    nodules = datasets.load_nodules()
    return {
        "neuron": lambda: widgets.neuron_explorer(X, side),
        "descent": lambda: widgets.descent_explorer(X, side, rate=0.1),
        "threshold": lambda: widgets.threshold_explorer(ill, risk),
        "prevalence": lambda: widgets.prevalence_explorer({"a": (0.8, 0.9), "b": (0.5, 0.99)}),
        "digit": lambda: widgets.digit_explorer(
            digits, labels, lambda pictures: pictures.reshape(len(pictures), -1) @ weights
        ),
        "sweep": lambda: widgets.sweep_explorer(rates),
        "convolution": lambda: widgets.convolution_explorer(
            digits[0], {"edge": [[-1, 0, 1]] * 3, "blur": np.full((3, 3), 1 / 9)}
        ),
        "augmentation": lambda: widgets.augmentation_explorer(
            digits, labels, nodules.images, nodules.diameter
        ),
        "forecast": lambda: widgets.forecast_explorer(
            wave, 360, now, {name: np.zeros((len(now), 36)) for name in "abcd"}
        ),
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


# ---- processes and the store ------------------------------------------------------------------

MEASURES: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "lessons": measure_lessons,
    "setup": measure_setup,
    "recipe": measure_recipe,
    "images": measure_images,
    "bootstrap": measure_bootstrap,
    "explorers": measure_explorers,
}


def in_process(part: str, settings: dict[str, Any]) -> dict[str, Any]:
    """Measure one part in a fresh Python, so that nobody else's memory is in its figures."""
    from tools import execute

    with tempfile.TemporaryDirectory(prefix="medlearn-bench-") as home:
        out = Path(home, "result.json")
        command = [sys.executable, __file__, "--measure", part, "--settings", json.dumps(settings)]
        with subprocess.Popen(
            [*command, "--result", str(out)],
            env=execute.kernel_environment(home) | {"MPLBACKEND": "agg"},
            stderr=subprocess.PIPE,
        ) as child:
            try:
                _, said = child.communicate()
            except KeyboardInterrupt:  # the child got it too, and ends what it has started
                with contextlib.suppress(subprocess.TimeoutExpired):
                    child.wait(20)
                child.kill()
                raise
        if child.returncode or not out.is_file():
            words = said.decode(errors="replace").strip()[-1000:] or "it said nothing"
            raise BenchError(f"It ended with {child.returncode}: {words}")
        return json.loads(out.read_text("utf-8"))


def processor() -> str:
    """The model of the processor, as far as this system tells."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    if sys.platform == "darwin":
        ask = ["sysctl", "-n", "machdep.cpu.brand_string"]
        done = subprocess.run(ask, capture_output=True, text=True, check=False)
        if done.stdout.strip():
            return done.stdout.strip()
    return platform.processor() or platform.machine()


def machine() -> dict[str, Any]:
    """What a reader must know of the machine, and nothing that names it."""
    import psutil

    def version(*names: str) -> str:
        for name in names:
            with contextlib.suppress(metadata.PackageNotFoundError):
                return metadata.version(name)
        return "not installed"

    return {
        "processor": processor(),
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 2**30),
        "system": platform.system(),
        "python": platform.python_version(),
        "tensorflow": version("tensorflow-cpu", "tensorflow"),
        "keras": version("keras"),
        "numpy": version("numpy"),
    }


def save(file: Path, text: str) -> None:
    """Write a file in one step, so that an interrupt leaves the old one or the new one."""

    file.parent.mkdir(parents=True, exist_ok=True)
    replace_file(file, text.encode())


def stored(store: Path) -> dict[str, dict[str, Any]]:
    """The results that lie in the store, by part.

    Raises
    ------
    BenchError
        When a file cannot be read, or two parts come from different machines.
    """
    found = {}
    for part in MEASURES:
        file = store / f"{part}.json"
        if file.is_file():
            try:
                found[part] = json.loads(file.read_text("utf-8"))
                found[part]["run"], found[part]["machine"]
            except (ValueError, TypeError, KeyError):
                raise BenchError(f"{file} is no result of this tool. Delete it.") from None
    machines = [result["machine"] for result in found.values()]
    if any(other != machines[0] for other in machines):
        raise BenchError(
            "The stored parts were measured on different machines or versions, and one page "
            f"cannot hold both. Measure all parts anew, or delete the old ones in {store}."
        )
    return found


# ---- the page ---------------------------------------------------------------------------------


def short(value: float) -> str:
    """A number with about three digits."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    if abs(value) >= 10:
        return f"{value:.1f}"
    return f"{value:.2f}" if abs(value) >= 1 else f"{value:.2g}" if value < 0.1 else f"{value:.3f}"


def spread(values: Sequence[float]) -> str:
    """The median, and in brackets the lowest and the highest."""
    if len(values) == 1:
        return short(values[0])
    return f"{short(float(np.median(values)))} ({short(min(values))}–{short(max(values))})"


def ratios(above: Sequence[float], below: Sequence[float]) -> list[float]:
    """The ratio in each pair; its median is not shifted by a minute in which both were slow."""
    return [one / other for one, other in zip(above, below, strict=True)]


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = ["| " + " | ".join(row) + " |" for row in (head, *rows)]
    return [lines[0], "|" + "---|" * len(head), *lines[1:], ""]


def goal(words: str, met: bool, measured: str) -> str:
    """One line that says whether a goal was met."""
    return f"- {'✓ met' if met else '✗ not met'}: {words}; measured {measured}."


def failures(rows: Iterable[dict[str, Any]], key: str) -> list[str]:
    """What failed among the rows of a part, as lines of the page."""
    lines = []
    for row in rows:
        if "failed" in row:
            lines += [f"**Not measured: {row[key]}.** {last_line(row['failed'])}", ""]
    return lines


def last_line(words: str) -> str:
    """The end of an error message, without folders of this machine."""
    *_, line = ["no reason known", *(part.strip() for part in words.splitlines() if part.strip())]
    return line.replace(str(ROOT), ".").replace(str(Path.home()), "~")[:300]


def page_lessons(result: dict[str, Any]) -> list[str]:
    rows = []
    for row in result["rows"]:
        if "failed" not in row:
            seconds, memory = zip(*row["notebook"], strict=True)
            plain, plain_memory = zip(*row["script"], strict=True)
            figures = seconds, plain, ratios(seconds, plain), memory, plain_memory
            rows.append([row["lesson"].replace("_", " "), *map(spread, figures)])
    head = ["lesson", "notebook, s", "script, s", "notebook / script", "notebook, MB", "script, MB"]
    return [
        "Each lesson ran from its first cell to its last in a fresh kernel, as committed, with no "
        "exercise filled in; and the same code ran as one plain Python script. The seconds include "
        "the start of the kernel or of Python. The megabytes (MB) are the peak memory of that one "
        "process. *Notebook / script* is the price of working in a notebook: 1.10 means a tenth "
        "more time.",
        "",
        *(table(head, rows) if rows else []),
        *failures(result["rows"], "lesson"),
    ]


def page_setup(result: dict[str, Any]) -> list[str]:
    good = {row["installer"]: row for row in result["rows"] if "failed" not in row}
    rows = [[name, spread(row["fresh"]), spread(row["again"])] for name, row in good.items()]
    head = ["installer", "fresh environment, s", "second call, s"]
    compare = []
    if len(good) == 2:
        quotient = spread(ratios(good["pip"]["fresh"], good["uv"]["fresh"]))
        compare = [f"pip takes {quotient} times as long as uv.", ""]
    return [
        "How long `make lab` prepares before it opens, when the packages were downloaded before "
        "(the installer's cache is warm). A first download comes on top and depends on your "
        "connection. The second call finds everything ready and only says so.",
        "",
        *(table(head, rows) if rows else []),
        *compare,
        *failures(result["rows"], "installer"),
    ]


def way(name: str, steps: int) -> str:
    """One of the course's ways to train, in words."""
    _, batch, rate, falls = TAUGHT[name]
    moves = f"a learning rate that falls from {rate} to 0" if falls else f"learning rate {rate}"
    return f"{name}: Adam, {moves}, {steps} batches of {batch}, `tf.data`, {CALL} steps a call"


def page_recipe(result: dict[str, Any]) -> list[str]:
    lines = [
        "*Classic* is the network of lesson 03 with scaled pixels, trained as Keras does it when "
        "nothing is said: batches of 32, Adam at 0.001, one step a call, five passes (epochs) over "
        "the 4,000 training digits. Against it stand the ways to train that the lessons teach. "
        "In the first step TensorFlow turns the Python code into a graph (*tracing*), once for "
        "each network; times are given with it and without it. Everything was chosen on "
        "validation digits; each trained network met the 1,000 test digits once. Networks of the "
        "same seed are compared in pairs.",
        "",
    ]
    goals = []
    for key, words in (("with", "with the tracing"), ("without", "without the tracing")):
        race = result["race"][key]
        columns = {name: list(zip(*race[name], strict=True)) for name in race if name != "chosen"}
        (time_0, wrong_0), quick, best = columns["classic"], columns["quick"], columns["best"]
        faster, fewer = ratios(quick[0], time_0), ratios(best[1], wrong_0)
        length = ratios(best[0], time_0)
        names = {
            "classic": "classic",
            "quick": way(result["quick"]["name"], result["quick"]["steps"]),
            "best": way(race["chosen"]["name"], race["chosen"]["steps"]),
        }
        rows = []
        for name, (seconds, wrong) in columns.items():
            figures = seconds, [100 * share for share in wrong]
            against = ["1", "1"]
            if name != "classic":
                against = [spread(ratios(seconds, time_0)), spread(ratios(wrong, wrong_0))]
            rows.append([names[name], *map(spread, figures), *against])
        head = ["recipe", "seconds", "misread, %", "time / classic", "errors / classic"]
        seeds = f"{len(time_0)} seed" + "s" * (len(time_0) > 1)
        lines += [f"### Time {words}, {seeds}", "", *table(head, rows)]
        reached = np.mean(quick[1]) <= np.mean(wrong_0)
        told = f"mean errors {100 * np.mean(quick[1]):.1f} % against {100 * np.mean(wrong_0):.1f} %"
        text = f"time {words} to the classic's accuracy at most {FASTER} of the classic's"
        if key == "without":
            met = bool(np.median(faster) <= FASTER and reached)
            goals.append(goal(text, met, f"{spread(faster)}, {told}"))
        else:
            lines += [f"Time {words} to the classic's accuracy: {spread(faster)}, {told}.", ""]
        met = bool(np.median(fewer) <= BETTER and np.median(length) <= EQUAL)
        text = f"errors at equal time ({words}) at most {BETTER} of the classic's"
        goals.append(goal(text, met, f"{spread(fewer)} in {spread(length)} of its time"))
    tried = "; ".join(f"{n}, {p} passes: {100 * e:.1f} %" for n, p, e in result["tries"])
    lines += [
        f"The passes of the quick recipe: as many as brought the mean validation errors down to "
        f"the classic's {100 * result['bar']:.1f} %, and one more as a reserve ({tried}).",
        "",
        "Goals:",
        "",
        *goals,
        "",
    ]
    return lines


def exponent(x: Sequence[float], y: Sequence[float]) -> float:
    """The power of x with which y grows: the slope of a line through the logarithms."""
    return float(np.polyfit(np.log(x), np.log(y), 1)[0])


def page_images(result: dict[str, Any]) -> list[str]:
    rows = []
    for row in result["rows"]:
        each = [1e6 * seconds / row["number"] for seconds in row["seconds"]]
        added = row["peak"] - row["before"]
        what = f"{row['number']:,}", f"{row['pixels']} × {row['pixels']}"
        rows.append([*what, spread(row["seconds"]), spread(each), short(row["peak"]), short(added)])
    smallest, fewest = (min(row[key] for row in result["rows"]) for key in ("pixels", "number"))
    more = [row for row in result["rows"] if row["pixels"] == smallest]
    larger = [row for row in result["rows"] if row["number"] == fewest]
    by_number = exponent([r["number"] for r in more], [np.median(r["seconds"]) for r in more])
    by_size = exponent([r["pixels"] for r in larger], [np.median(r["seconds"]) for r in larger])
    head = ["pictures", "pixels", "one epoch, s", "an image and epoch, µs"]
    return [
        "The CNN of lesson 07, batches of 64, each line in a process of its own. The first epoch, "
        "with its tracing, is not counted. *Peak* is all memory of the process, *of it for the "
        "training* what was added after Keras had been loaded.",
        "",
        *table([*head, "peak, MB", "of it for the training, MB"], rows),
        f"Seconds grow with the number of pictures to the power {by_number:.2f} (1 is in "
        f"proportion), and with the pixels across to the power {by_size:.2f} (2 is in proportion "
        "to the area).",
        "",
    ]


def page_bootstrap(result: dict[str, Any]) -> list[str]:
    (low, high), (low_2, high_2) = result["ends"]["ours"], result["ends"]["loop"]
    gap = max(abs(low - low_2), abs(high - high_2))
    rows = [["`medlearn.metrics.bootstrap`", spread(result["ours"])]]
    rows += [["a loop over `roc_auc_score`", spread(result["loop"])]]
    same = "the same" if gap <= SAME else f"NOT the same (ends differ by up to {gap:.2g})"
    return [
        f"A 95 % interval of an AUC, {result['resamples']:,} resamples of "
        f"{result['people']:,} patients: the course's function, and a plain Python loop that "
        "draws the same patients and calls scikit-learn for each resample.",
        "",
        *table(["way", "seconds"], rows),
        f"The loop takes {spread(ratios(result['loop'], result['ours']))} times as long. The two "
        f"intervals are {same}: {low:.4f} to {high:.4f}, and {low_2:.4f} to {high_2:.4f}.",
        "",
    ]


def page_explorers(result: dict[str, Any]) -> list[str]:
    rows = [[row["explorer"], spread(row["seconds"])] for row in result["rows"]]
    return [
        "From a moved control to the new picture and its words, without the way to the browser.",
        "",
        *table(["explorer", "one redraw, s"], rows),
    ]


SECTIONS: dict[str, tuple[str, Callable[[dict[str, Any]], list[str]]]] = {
    "lessons": ("Lessons: time, memory, and the price of the notebook", page_lessons),
    "setup": ("Set-up", page_setup),
    "recipe": ("The classic recipe against the course's", page_recipe),
    "images": ("Cost against the number and the size of images", page_images),
    "bootstrap": ("Bootstrap intervals", page_bootstrap),
    "explorers": ("Redraw of each explorer", page_explorers),
}


def problem(result: dict[str, Any] | None) -> str | None:
    """Why a part is not, or not wholly, on the page; None when it is."""
    if result is None:
        return "it was not measured"
    if "failed" in result:
        return last_line(result["failed"])
    bad = [row for row in result["result"].get("rows", []) if "failed" in row]
    return f"{len(bad)} of its rows could not be measured" if bad else None


def page(results: dict[str, dict[str, Any]]) -> str:
    """The text of the page.

    Parameters
    ----------
    results : dict
        From `stored`: for each part its `run` (date), `machine`, `settings`, and either `result`
        or `failed`.

    Raises
    ------
    BenchError
        When there is no result at all.
    """
    if not results:
        raise BenchError("Nothing is stored that a page could show. Measure first, without --page.")
    newest = max(results.values(), key=lambda result: result["run"])
    facts, runs = newest["machine"], sorted({result["run"] for result in results.values()})
    one = f"One run, begun {runs[0]} (UTC)."
    several = f"These parts come from {len(runs)} runs, begun {', '.join(runs)} (UTC)."
    lines = [
        "# Benchmark",
        "",
        "<!-- Written by `make bench` (tools/bench.py). Change it there, not here. -->",
        "",
        f"{one if len(runs) == 1 else several} {facts['processor']}, {facts['cores']} cores, "
        f"{facts['memory_gb']} GB of memory, {facts['system']}, Python {facts['python']}, "
        f"TensorFlow {facts['tensorflow']}, Keras {facts['keras']}, NumPy {facts['numpy']}.",
        "",
        "Each figure is a median; in brackets stand the lowest and the highest, where something "
        "was measured more than once. A ratio is taken in each pair of runs made one after the "
        "other, before the median. Times differ from machine to machine; ratios differ less.",
        "",
    ]
    if any(result["settings"]["tiny"] for result in results.values()):
        lines += ["**Made with `--tiny`, to try the tool: these figures mean nothing.**", ""]
    others = max(result["busy"] for result in results.values())
    if others > 0.3:
        lines += [
            f"**Other programs were at work when a run began ({others:.0%} of the processors): "
            "the times are too long, and the spreads too wide.**",
            "",
        ]
    for part, (title, write) in SECTIONS.items():
        lines += [f"## {title}", ""]
        result = results.get(part)
        if result is None or "failed" in result:
            lines += [f"**Missing:** {problem(result)}.".replace("..", "."), ""]
        else:
            lines += write(result["result"])
    return "\n".join(lines).rstrip() + "\n"


# ---- the command ------------------------------------------------------------------------------


def positive(text: str) -> int:
    """A whole number from 1 on, for the command line."""
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} should be a whole number from 1 on")
    return int(text)


def busy() -> float:
    """The share of the processors that other programs use now, from 0 to 1."""
    import psutil

    return psutil.cpu_percent(1) / 100


def measure(
    parts: Iterable[str], settings: dict[str, Any], store: Path, once: Sequence[str] = ()
) -> None:
    """Measure parts one after the other, and store each as soon as it is done, failed or not."""
    run = {
        "run": datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M"),
        "machine": machine(),
        "settings": settings,
        "busy": busy(),
    }
    for part in parts:
        print(f"{part} ...", flush=True)
        start = time.perf_counter()
        try:
            own = {**settings, "repeats": 1} if part in once else settings
            found = {"result": in_process(part, own)}
        except BenchError as error:
            found = {"failed": str(error)}
            print(f"✗ {part}: {error}", file=sys.stderr, flush=True)
        taken = time.perf_counter() - start
        save(store / f"{part}.json", json.dumps(run | found | {"minutes": taken / 60}, indent=1))
        print(f"{part}: {taken / 60:.1f} min", flush=True)


def main(arguments: list[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=list(MEASURES), metavar="PART")
    parser.add_argument("--repeats", type=positive, default=3, help="default: 3")
    parser.add_argument(
        "--once",
        nargs="+",
        choices=list(MEASURES),
        default=[],
        metavar="PART",
        help="measure these long parts once, whatever --repeats says",
    )
    parser.add_argument("--lessons", nargs="+", default=[], metavar="NUMBER", help="default: all")
    parser.add_argument("--page", action="store_true", help="measure nothing, write the page anew")
    parser.add_argument("--tiny", action="store_true", help="smallest sizes, to try the tool")
    parser.add_argument("--out", type=Path, default=PAGE, help="default: docs/benchmark.md")
    parser.add_argument("--store", type=Path, default=STORE, help="default: .cache/bench")
    for hidden in ("--measure", "--settings", "--result"):
        parser.add_argument(hidden, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)

    if options.measure:  # the process of one part
        work = {**MEASURES, "image case": measure_image_case}[options.measure]
        save(Path(options.result), json.dumps(work(json.loads(options.settings))))
        return 0

    if options.page and (options.only or options.lessons or options.tiny):
        parser.error("--page measures nothing: give it without --only, --lessons and --tiny.")
    try:
        from tools import execute

        execute.find(options.lessons)  # a wrong number is said now, not after the other parts
        if not options.page:
            settings = {key: getattr(options, key) for key in ("repeats", "lessons", "tiny")}
            measure(options.only or list(MEASURES), settings, options.store, options.once)
        results = stored(options.store)
        save(options.out, page(results))
    except (BenchError, execute.LessonError) as error:
        print(f"✗ {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(
            "\nInterrupted. The finished parts are kept; --page writes the page from them.",
            file=sys.stderr,
        )
        return 130
    print(f"wrote {options.out}")
    asked = results if options.page else options.only or MEASURES
    return 1 if any(problem(results.get(part)) for part in asked) else 0


if __name__ == "__main__":
    sys.exit(main())
