"""A hospital with made-up patients, as a process of its own."""

import subprocess
import sys

import numpy as np

COLUMNS = 3


def patients(name):
    """Always the same of one name, some values missing; numbers of patients differ."""
    rng = np.random.default_rng(sum(map(ord, name)))
    n = 40 + 10 * (len(name) % 5)
    X = rng.normal(50, 10, (n, COLUMNS))
    y = (X @ [0.1, -0.05, 0.05] + rng.normal(0, 1, n) > 5).astype(int)
    X[rng.random(X.shape) < 0.1] = np.nan
    return X, y


def start(lead, name, fault="", key=None):
    """A laptop that joins this coordinator; it prints what it learned, or its error."""
    command = [sys.executable, __file__, lead.host, str(lead.port), key or lead.key, name, fault]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def main(host, port, key, name, fault):
    from medlearn.federation import FederationError, Hospital, join

    try:
        learned = join(Hospital(name, *patients(name)), host, int(port), key, fault=fault or None)
    except FederationError as error:
        sys.exit(str(error))
    print(*learned.weights)


if __name__ == "__main__":
    main(*sys.argv[1:])
