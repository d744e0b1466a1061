"""The command: measure what is asked, part by part, and write the page."""

from __future__ import annotations

import argparse
import datetime
import json
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from tools import bench, execute
from tools.bench.clock import ROOT, BenchError, busy, in_process, machine
from tools.bench.course import (
    measure_bootstrap,
    measure_explorers,
    measure_lessons,
    measure_setup,
)
from tools.bench.page import page, problem
from tools.bench.store import save, stored
from tools.bench.training import measure_image_case, measure_images, measure_recipe

PAGE = ROOT / "docs" / "benchmark.md"
STORE = ROOT / ".cache" / "bench"
MEASURES: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "lessons": measure_lessons,
    "setup": measure_setup,
    "recipe": measure_recipe,
    "images": measure_images,
    "bootstrap": measure_bootstrap,
    "explorers": measure_explorers,
}


def positive(text: str) -> int:
    """A whole number from 1 on, for the command line."""
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} should be a whole number from 1 on")
    return int(text)


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
    parser = argparse.ArgumentParser(
        prog="python -m tools.bench", description=bench.__doc__.splitlines()[0]
    )
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
        execute.find(options.lessons)  # a wrong number is said now, not after the other parts
        if not options.page:
            settings = {key: getattr(options, key) for key in ("repeats", "lessons", "tiny")}
            measure(options.only or list(MEASURES), settings, options.store, options.once)
        results = stored(options.store, MEASURES)
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
