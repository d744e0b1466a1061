# /// script
# requires-python = ">=3.11"
# dependencies = ["dp-accounting==0.6.0", "numpy==2.1.3"]
# ///
"""Epsilon of gradient descent with clipped, noised sums, by the package dp-accounting.

Rényi accounting at whole orders: each step draws each person with probability `rate`, and
noise of `noise` times the clipping bound is added to the sum. Two sets are neighbours when one has
one person more.
"""

import json
from importlib.metadata import version

from dp_accounting import dp_event
from dp_accounting.rdp import RdpAccountant

ORDERS = list(range(2, 65))
ASKED = [
    # noise, rate, steps, delta
    (1.0, 1.0, 1, 1e-5),
    (1.1, 0.01, 1000, 1e-5),
    (0.8, 0.05, 200, 1e-4),
    (2.0, 0.1, 300, 1e-4),
    (1.0, 0.25, 60, 1e-4),
    (5.0, 0.5, 60, 1e-3),
    (20.0, 1.0, 50, 1e-4),
]


def epsilon(noise, rate, steps, delta):
    accountant = RdpAccountant(ORDERS)
    step = dp_event.PoissonSampledDpEvent(rate, dp_event.GaussianDpEvent(noise))
    return accountant.compose(step, steps).get_epsilon(delta)


values = [
    {"noise": noise, "rate": rate, "steps": steps, "delta": delta}
    | {"epsilon": epsilon(noise, rate, steps, delta)}
    for noise, rate, steps, delta in ASKED
]
versions = {name: version(name) for name in ("dp-accounting", "numpy")}
print(json.dumps({"versions": versions, "orders": [2, 64], "values": values}, indent=1))
