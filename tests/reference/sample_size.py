# /// script
# requires-python = ">=3.12"
# dependencies = ["pmsampsize==0.1.0", "pmvalsampsize==0.2.1"]
# ///
"""Sample sizes for lesson 18, by the packages of the method's authors.

The cohort is that of lesson 05: 17 features, 132 of 4,011 people with the outcome, of which these
packages get 3.3 %. `pmsampsize` rounds Cox and Snell's R² to three digits before it goes on.
For validation: the c-statistic, and the mean and the spread of the log odds of lesson 05's logistic
regression, rounded; the package draws people from them, and from these sensitivity and specificity
at a threshold of 1 in 33. (Where both are given, version 0.2.1 stops with an error.)
"""

import json
from importlib.metadata import version

from pmsampsize.pmsampsize import pmsampsize
from pmvalsampsize.pmvalsampsize import pmvalsampsize

cohort = {"people": 4011, "events": 132, "features": 17, "prevalence": 0.033}
development = {}
for nagelkerke in (0.15, 0.10):
    found = pmsampsize(
        type="b",
        parameters=cohort["features"],
        nagrsquared=nagelkerke,
        prevalence=cohort["prevalence"],
        noprint=True,
    )
    shrinkage, difference, mean_risk = [row[1] for row in found["results_table"][:3]]
    development[f"{nagelkerke:.2f}"] = {
        "n": found["sample_size"],
        "shrinkage": shrinkage,
        "r2_difference": difference,
        "mean_risk": mean_risk,
        "cox_snell": found["rsquared"],
        "max_cox_snell": found["max_r2a"],
    }

inputs = {
    "prevalence": cohort["prevalence"],
    "c": 0.75,
    "lp_mean": -3.935,
    "lp_sd": 1.135,
    "threshold": 1 / 33,
}
widths = {"observed_expected": 0.4, "slope": 0.4, "c_statistic": 0.1, "net_benefit": 0.2}
common = {
    "type": "b",
    "prevalence": inputs["prevalence"],
    "cstatistic": inputs["c"],
    "lpnormal": (inputs["lp_mean"], inputs["lp_sd"]),
    "oeciwidth": widths["observed_expected"],
    "csciwidth": widths["slope"],
    "cstatciwidth": widths["c_statistic"],
    "threshold": inputs["threshold"],
    "nbciwidth": widths["net_benefit"],
    "noprint": True,
}
found = pmvalsampsize(**common)
sizes = [int(row[1]) for row in found["results_table"][:4]]
inputs |= {name: round(float(found[name]), 3) for name in ("sensitivity", "specificity")}
versions = {name: version(name) for name in ("pmsampsize", "pmvalsampsize")}
validation = {"inputs": inputs, "widths": widths, **dict(zip(widths, sizes, strict=True))}
values = {"cohort": cohort, "development": development, "validation": validation}
print(json.dumps({"versions": versions, **values}, indent=1))
