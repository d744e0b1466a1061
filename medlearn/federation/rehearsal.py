"""A whole federation on one machine: each hospital is a process of its own, over loopback."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from typing import IO, Any, NamedTuple

from medlearn import inputs
from medlearn.federation.coordinator import Coordinator, Result
from medlearn.federation.hospital import FAULTS, HOSPITALS

__all__ = ["Rehearsal", "rehearse"]

_END = 10.0  # seconds for a process to say its last words


class Rehearsal(NamedTuple):
    """The coordinator's result, and what each hospital's process printed."""

    result: Result
    said: dict[str, str]


def rehearse(
    hospitals: Iterable[str] = HOSPITALS,
    *,
    faults: Mapping[str, str] | None = None,
    **settings: Any,
) -> Rehearsal:
    """Run a federation of heart-disease hospitals on this machine, and wait for its end.

    Parameters
    ----------
    hospitals : iterable of str
        Of `medlearn.federation.hospital.HOSPITALS`.
    faults : mapping of str to str, optional
        Hospital → what it does wrong on purpose, a key of `FAULTS`.
    **settings
        As for `Coordinator`: terms, wait, quorum, tell, ...

    Returns
    -------
    Rehearsal

    Raises
    ------
    FederationError
        Too few hospitals answered.
    ValueError
        There is no such hospital or fault.

    Examples
    --------
    >>> from medlearn.federation import Terms
    >>> done = rehearse(terms=Terms(rounds=2))
    >>> len(done.result.rounds), sorted(done.result.rounds[-1].answered)
    (2, ['Budapest', 'Cleveland', 'Long Beach', 'Zurich and Basel'])
    """
    names = [inputs.one_of(name, "hospital", HOSPITALS) for name in hospitals]
    for name, fault in (faults or {}).items():
        inputs.one_of(name, "hospital", names)
        inputs.one_of(fault, "fault", FAULTS)
    settings = {"gather": 60.0, "hospitals": len(names)} | settings
    with contextlib.ExitStack() as stack:
        lead = stack.enter_context(Coordinator(**settings))
        files = {name: stack.enter_context(tempfile.TemporaryFile()) for name in names}
        processes = [
            stack.enter_context(_process(lead, name, (faults or {}).get(name), files[name]))
            for name in names
        ]
        result = lead.run()
        for process in processes:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_END)
        said = {}
        for name, file in files.items():
            file.seek(0)
            said[name] = file.read().decode("utf-8", "replace")
    return Rehearsal(result, said)


@contextlib.contextmanager
def _process(lead: Coordinator, name: str, fault: str | None, file: IO[bytes]):
    command = [sys.executable, "-m", "medlearn", "federation", "join", lead.host]
    command += ["--port", str(lead.port), "--key", lead.key, "--hospital", name]
    command += ["--fault", fault] if fault else []
    process = subprocess.Popen(command, stdout=file, stderr=file)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
