"""What is said of the results: docs/benchmark.md, its figures, ratios and goals."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tools.bench.clock import ROOT, BenchError
from tools.bench.training import CALL, TAUGHT

FASTER, BETTER = 0.35, 0.5  # the course's goals: share of the classic's time, and of its errors
EQUAL = 1.05  # up to here two times count as equal
SAME = 1e-9  # two intervals from the same resamples may differ by rounding only


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
    """A table as lines of the page."""
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
    """Notebook and script of each lesson."""
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
    """A fresh environment, with each installer."""
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
    """The two races, and whether the goals are met."""
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
    """What grows with the number and the size of images."""
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
    """Our bootstrap against a loop."""
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
    """The redraw of each explorer."""
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
        "<!-- Written by `make bench` (tools/bench/). Change it there, not here. -->",
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
