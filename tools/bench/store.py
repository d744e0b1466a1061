"""Where results lie: one file for each part, each with its run, its machine and its settings."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from medlearn.files import replace_file
from tools.bench.clock import BenchError


def save(file: Path, text: str) -> None:
    """Write a file in one step, so that an interrupt leaves the old one or the new one."""
    file.parent.mkdir(parents=True, exist_ok=True)
    replace_file(file, text.encode())


def stored(store: Path, parts: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The results that lie in the store, by part.

    Raises
    ------
    BenchError
        When a file cannot be read, or two parts come from different machines.
    """
    found = {}
    for part in parts:
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
