# /// script
# requires-python = ">=3.11"
# dependencies = ["lifelines==0.30.3", "scikit-survival==0.28.0"]
# ///
"""Survival of made-up people, with ties and censoring, by lifelines and scikit-survival.

The people are made without random numbers, so that the test can make the same ones again: of 60,
two of three have the event; times repeat, and some are censored at the time of an event.
"""

import json
from importlib.metadata import version

import numpy as np
import pandas as pd
from lifelines import CoxPHFitter, KaplanMeierFitter
from lifelines.utils import concordance_index, restricted_mean_survival_time
from sksurv.linear_model import CoxPHSurvivalAnalysis
from sksurv.metrics import concordance_index_censored
from sksurv.nonparametric import kaplan_meier_estimator
from sksurv.util import Surv

n = np.arange(60)
people = pd.DataFrame(
    {
        "time": (n * 7) % 20 + 1.0,
        "event": (n % 3 != 0).astype(int),
        "treated": (n % 2).astype(float),
        "nodes": ((n * 11) % 9).astype(float),
    }
)
at = [3.0, 7.0, 12.0, 20.0]
curve = KaplanMeierFitter().fit(people["time"], people["event"])
cox = CoxPHFitter().fit(people, "time", "event")  # ties by Efron
outcome = Surv.from_arrays(people["event"] == 1, people["time"])
columns = ["treated", "nodes"]
second = CoxPHSurvivalAnalysis(ties="efron").fit(people[columns], outcome)
days, alive = kaplan_meier_estimator(people["event"] == 1, people["time"])
values = {
    "lifelines": {
        "alive": [float(curve.predict(time)) for time in at],
        "years_lived": float(restricted_mean_survival_time(curve, t=12.0)),
        "log_hazard_ratios": [float(cox.params_[name]) for name in columns],
        "ends": [[float(end) for end in cox.confidence_intervals_.loc[name]] for name in columns],
        "c": float(concordance_index(people["time"], -people["nodes"], people["event"])),
    },
    "scikit-survival": {
        "alive": [float(alive[days <= time][-1]) for time in at],
        "log_hazard_ratios": [float(value) for value in second.coef_],
        "c": float(
            concordance_index_censored(people["event"] == 1, people["time"], people["nodes"])[0]
        ),
    },
}
versions = {name: version(name) for name in ("lifelines", "scikit-survival")}
print(json.dumps({"versions": versions, "at": at, **values}, indent=1))
