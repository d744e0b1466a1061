"""A model that hospitals train together over a network, while each keeps its patients.

Federated averaging between real processes. A coordinator sends weights, each hospital trains them
for a few steps on its own patients and sends them back, and the coordinator takes the mean,
weighted by the number of patients. `model` is the arithmetic, `wire` what goes over the line,
`hospital` and `coordinator` the two sides; `rehearsal` runs all of it on one machine, each hospital
a process of its own; `commands` adds it to the command line.

The key shows that both sides know it. Nothing is encrypted: whoever listens on the network reads
the weights. It is a federation for a class, and not for patients of today.
"""

import importlib
from typing import Any

_ROOMS = {
    "Coordinator": "coordinator",
    "Result": "coordinator",
    "Round": "coordinator",
    "COLUMNS": "hospital",
    "FAULTS": "hospital",
    "HOSPITALS": "hospital",
    "Hospital": "hospital",
    "heart_hospital": "hospital",
    "join": "hospital",
    "learn_alone": "hospital",
    "Terms": "model",
    "rehearse": "rehearsal",
    "FederationError": "wire",
    "Refused": "wire",
}
__all__ = list(_ROOMS)


def __getattr__(name: str) -> Any:  # the command line, which asks for none, needs no NumPy
    if name not in _ROOMS:
        # no text: Python's own words
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_ROOMS[name]}"), name)
