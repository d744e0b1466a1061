"""Train the networks of lesson 15's blind court, and write what they did to `medlearn/court.json`.

    python -m tools.court            # about a quarter of an hour on two quiet cores
    python -m tools.court --check    # says whether the file belongs to the lesson's cells

The lesson has time for a few networks; a statement about methods needs many. So this command takes
the cells of the lesson that are tagged ``court`` (data, network, marks, maps), trains with them
what `DEFENDANTS` lists, and keeps two scores, six shares and, of six networks, small pictures. The
recipe and the seeds stand in the file.
"""

from __future__ import annotations

import argparse
import ast
import base64
import contextlib
import hashlib
import io
import json
import sys
from typing import Any, NamedTuple

import numpy as np

from medlearn import lessons
from medlearn.court import FILE, MARKS, METHODS
from medlearn.files import replace_file

SHARES = {"honest": 0.5, "strong": 0.9, "weak": 0.6, "tag": 0.9, "blur": 0.9}
"""Kind → the share of suspicious pictures that carry its mark in training; 0.5 says nothing."""

NETWORKS = {"honest": 8, "strong": 5, "weak": 5, "tag": 5, "blur": 5}
HEADS = {"flat": 8, "pooled": 12}
"""Head → passes over the training part: pooled networks learn more slowly."""

PICTURES, EXHIBITS = 40, 2
TEST_SEED = 99
DOCK = ["tag", "honest_pooled", "strong", "untrained", "honest", "blur"]
"""Who is A to F in the blind court; all but one have the flat head, and each the seed 0."""


class Defendant(NamedTuple):
    """One network to be trained: what it was taught, its head and its seed."""

    kind: str
    head: str
    seed: int


DEFENDANTS = [
    Defendant(kind, head, seed)
    for head in HEADS
    for kind, count in NETWORKS.items()
    for seed in range(count)
]


def court_cells() -> list[str]:
    """Return the cells of the lesson that say what a network, a mark and a map are."""
    lesson = lessons.find()["15"]
    return [lessons.text_of(cell) for cell in lesson.cells if "court" in lessons.tags_of(cell)]


def fingerprint(cells: list[str]) -> str:
    """Return a name for what these cells do: comments and layout change nothing."""
    code = "\n".join(ast.dump(ast.parse(cell)) for cell in cells)
    return hashlib.sha256(code.encode()).hexdigest()[:16]


class Court:
    """The lesson's own functions, and what is done with them to each network."""

    def __init__(self) -> None:
        import medlearn
        from medlearn import datasets, metrics, splits

        given = {"np": np, "medlearn": medlearn, "datasets": datasets}
        self.lesson: dict[str, Any] = given | {"metrics": metrics, "splits": splits}
        self.cells = court_cells()
        for cell in self.cells:
            exec(cell, self.lesson)
        of = self.lesson
        self.marks = {"marker": of["marker"], "tag": of["tag"], "blur": of["blur"]}
        self.methods = {name: of[name] for name in METHODS}
        learn, test = of["learn"], of["test"]
        self.learn = of["pictures"][learn], of["suspicious"][learn]
        self.test = of["pictures"][test], of["suspicious"][test]
        self.some = np.random.default_rng(0).permutation(len(test))[:PICTURES]

    def network(self, one: Defendant, *, trained: bool = True) -> Any:
        """Return the network, trained by the lesson's recipe on pictures with its mark."""
        import keras

        X, y = self.learn
        if mark := MARKS[one.kind]:
            share = SHARES[one.kind]
            X = self.lesson["plant"](X, y, self.marks[mark], share, one.seed)
        keras.utils.clear_session()
        keras.utils.set_random_seed(one.seed)
        last = keras.layers.Flatten if one.head == "flat" else keras.layers.GlobalAveragePooling2D
        model = self.lesson["cnn"](last())
        if trained:
            with contextlib.redirect_stderr(io.StringIO()):
                self.lesson["train"](model, X, y, passes=HEADS[one.head])
        return model

    def auc(self, model: Any, mark: str | None = None, share: float = 0.5) -> float:
        """Return the AUC on the test part, this share of its suspicious pictures marked."""
        from sklearn.metrics import roc_auc_score

        X, y = self.test
        if mark:
            X = self.lesson["plant"](X, y, self.marks[mark], share, TEST_SEED)
        return round(float(roc_auc_score(y, self.lesson["logit"](model, X))), 4)

    def row(self, one: Defendant, model: Any) -> dict[str, Any]:
        """Return what is known of one network: scores, and where its maps are hottest."""
        own = MARKS[one.kind] or "marker"
        X = self.marks[own](self.test[0][self.some])
        hottest = {name: self.lesson["in_corner"](f(model, X)) for name, f in self.methods.items()}
        return {
            **one._asdict(),
            "clean": self.auc(model),
            "same": {mark: self.auc(model, mark, 0.9) for mark in self.marks},
            "reversed": {mark: self.auc(model, mark, 0.1) for mark in self.marks},
            "in_corner": {name: float(hit.mean()) for name, hit in hottest.items()},
        }

    def exhibits(self) -> np.ndarray:
        """Return two suspicious pictures of about 12 mm that carry all three marks."""
        X, y = self.test
        size = self.lesson["diameter"][self.lesson["test"]]
        rows = np.flatnonzero((y == 1) & (size > 11) & (size < 15))
        X = X[np.random.default_rng(1).choice(rows, EXHIBITS, replace=False)]
        for mark in ("blur", "tag", "marker"):  # the square last, so that it stays sharp
            X = self.marks[mark](X)
        return X


def as_text(pictures: np.ndarray) -> str:
    """Return pictures of 28 × 28 with values 0 to 255 as text."""
    return base64.b64encode(np.rint(pictures).astype("uint8").tobytes()).decode()


def heat_as_text(heat: np.ndarray) -> str:
    """Return maps as text: the size of each value, 255 for the largest of its map."""
    size = np.abs(heat)
    top = size.max(axis=(1, 2), keepdims=True)
    return as_text(255 * size / np.where(top > 0, top, 1))


def hold(court: Court) -> dict[str, Any]:
    """Train every network, and return what the file holds."""
    rows, dock = [], {}
    X = court.exhibits()
    for k, one in enumerate(DEFENDANTS):
        model = court.network(one)
        row = court.row(one, model)
        rows.append(row)
        print(f"{k + 1} of {len(DEFENDANTS)}: {json.dumps(row)}", flush=True)
        name = one.kind if one.head == "flat" else f"{one.kind}_{one.head}"
        if one.seed == 0 and name in DOCK:
            dock[name] = model, row
    raw = Defendant("honest", "flat", 0)
    model = court.network(raw, trained=False)
    dock["untrained"] = model, court.row(raw, model)
    return {
        "made_by": "python -m tools.court",
        "recipe": {
            "cells": fingerprint(court.cells),
            "shares": SHARES,
            "passes": HEADS,
            "test_seed": TEST_SEED,
            "pictures": PICTURES,
        },
        "networks": rows,
        "exhibits": as_text(X[..., 0]),
        "dock": [
            {
                "who": name,
                "clean": dock[name][1]["clean"],
                "reversed": dock[name][1]["reversed"],
                "maps": {m: heat_as_text(f(dock[name][0], X)) for m, f in court.methods.items()},
            }
            for name in DOCK
        ],
    }


def stale() -> str:
    """Return what is wrong with the file, or ""."""
    found = json.loads(FILE.read_text(encoding="utf-8"))
    if found["recipe"]["cells"] != fingerprint(court_cells()):
        return "The cells of lesson 15 tagged court are others now. Run: python -m tools.court"
    return ""


def main(arguments: list[str] | None = None) -> int:
    """Hold the court, or check that the file belongs to the lesson; 1 when it does not."""
    parser = argparse.ArgumentParser(prog="python -m tools.court", description=__doc__)
    parser.add_argument("--check", action="store_true", help="train nothing")
    if parser.parse_args(arguments).check:
        if problem := stale():
            print(problem)
            return 1
        return 0
    found = hold(Court())
    replace_file(FILE, (json.dumps(found, indent=1) + "\n").encode())
    print(f"wrote {FILE.name}, {FILE.stat().st_size / 1000:.0f} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
