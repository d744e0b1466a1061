# /// script
# requires-python = ">=3.11"
# dependencies = ["dcurves==1.1.7", "numpy==2.1.3", "pandas==2.2.3"]
# ///
"""Net benefit of a model and of treating everybody, by the package dcurves.

The people are made up without random numbers, so that the test can make the same ones again: of
40, every third has the outcome, and the risks rise and fall with their place.
"""

import json
from importlib.metadata import version

import numpy as np
import pandas as pd
from dcurves import dca

n = np.arange(40)
people = pd.DataFrame({"y": (n % 3 == 0).astype(int), "risk": ((n * 7) % 40 + 0.5) / 40})
thresholds = [0.05, 0.1, 0.25, 0.5, 0.8]
found = dca(data=people, outcome="y", modelnames=["risk"], thresholds=thresholds)
values = {
    model: found[found["model"] == model].sort_values("threshold")["net_benefit"].tolist()
    for model in ("risk", "all")
}
versions = {name: version(name) for name in ("dcurves", "numpy", "pandas")}
print(json.dumps({"versions": versions, "thresholds": thresholds, **values}, indent=1))
