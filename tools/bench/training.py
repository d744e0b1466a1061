"""What is measured of training: the classic recipe against the course's, and what images cost."""

from __future__ import annotations

import contextlib
import functools
import io
import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from tools.bench.clock import BenchError, in_pairs, in_process, peak_megabytes, seconds_of


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
    """The small CNN of lesson 15, with ten answers."""
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
    """The model, ready to be trained: the optimizer has its variables too."""
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
    """One of the course's ways, `steps` batches long, all passes in one stream."""
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


@dataclass(frozen=True)
class Choice:
    """What is chosen before the race: on 3,000 training digits, by their errors on the others."""

    X: Any
    y: Any
    tiny: bool

    @property
    def seeds(self) -> range:
        """Seeds to choose with; they are other seeds than those of the race."""
        return range(100, 101 if self.tiny else 103)

    @property
    def epochs(self) -> int:
        """How many passes the classic recipe makes."""
        return 1 if self.tiny else 5

    def validation_errors(self, maker: Callable[[int, Any, Any], tuple[Any, float]]) -> float:
        """The mean errors of the networks that a way to train makes from the seeds."""
        models = (maker(seed, self.X[:3000], self.y[:3000])[0] for seed in self.seeds)
        return float(np.mean([errors(model, self.X[3000:], self.y[3000:]) for model in models]))

    def classic_errors(self) -> float:
        """The classic recipe's errors, which the quick way must reach."""
        return self.validation_errors(functools.partial(classic, epochs=self.epochs, traced=False))

    def course_errors(self, name: str, steps: int) -> float:
        """The errors of one of the course's ways after so many steps."""
        way = functools.partial(course, name, steps=steps, traced=False)
        return self.validation_errors(way)

    def median_seconds(self, maker: Callable[..., tuple[Any, float]], **how: Any) -> float:
        """The seconds that a way to train takes with all training digits."""
        found = [maker(seed, self.X, self.y, **how)[1] for seed in self.seeds]
        return float(np.median(found))

    def quick(self, bar: float) -> tuple[dict[str, Any], list[list[Any]]]:
        """The fastest way to at most `bar` errors, and all that was tried.

        It is given one pass more than it needed, as a reserve: the fewest were also the luckiest.
        """
        costs, tries = {}, []
        for name in [name for name in TAUGHT if name.startswith("dense")]:
            batch = TAUGHT[name][1]
            for passes in range(1, 2 if self.tiny else 8):
                reached = self.course_errors(name, passes * 3000 // batch)
                tries.append([name, passes, reached])
                if reached <= bar or self.tiny:
                    steps = (passes + 1) * len(self.X) // batch
                    again = (
                        course(name, 100, self.X, self.y, steps, traced=True)[1] for _ in self.seeds
                    )
                    costs[min(again)] = {"name": name, "steps": steps}
                    break
        if not costs:
            raise BenchError(
                "No way of the course reached the classic's errors on validation digits."
            )
        return costs[min(costs)], tries

    def best(self, traced: bool) -> dict[str, Any]:
        """The CNN with the fewest errors in the classic's time."""
        budget = self.median_seconds(classic, epochs=self.epochs, traced=traced)
        found = []
        for name in [name for name in TAUGHT if name.startswith("CNN")]:
            n = CALL if self.tiny else 2 * CALL
            way = functools.partial(course, name, steps=n)
            step, start = self.median_seconds(way, traced=True) / n, 0.0
            if not traced:
                start = max(self.median_seconds(way, traced=False) - n * step, 0)
            steps = max(CALL, int(0.95 * (budget - start) / step))  # a little room
            wrong = self.course_errors(name, min(steps, CALL) if self.tiny else steps)
            found.append({"name": name, "steps": steps, "validation": wrong})
        return min(found, key=lambda each: each["validation"])


def measure_recipe(settings: dict[str, Any]) -> dict[str, Any]:
    """The classic recipe against the course's: time to its errors, errors in its time.

    Everything is chosen on validation digits, and the test digits are looked at once for each
    network that was trained on all 4,000.
    """
    from medlearn import datasets

    load_keras()
    (X, y), (test_X, test_y) = datasets.load_digits_mnist()
    choice = Choice(X, y, settings["tiny"])
    bar = choice.classic_errors()
    quick, tries = choice.quick(bar)
    print("  passes chosen", flush=True)
    best = {traced: choice.best(traced) for traced in (False, True)}
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
            functools.partial(classic, epochs=choice.epochs, **digits),
            functools.partial(course, quick["name"], steps=quick["steps"], **digits),
            functools.partial(course, cnn["name"], steps=cnn["steps"], **digits),
        ]
        repeats = 1 if settings["tiny"] else settings["repeats"] + 2
        found = in_pairs(repeats, *map(contestant, ways))
        race[key] = dict(zip(("classic", "quick", "best"), found, strict=True))
        race[key]["chosen"] = cnn
    return {"bar": bar, "tries": tries, "quick": quick, "race": race}


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
