"""How good is it: the numbers a paper on a prediction model reports, each with its uncertainty.

Everything here takes `y`, 1 for a patient with the outcome and 0 for one without, and either a
score, a probability or an alarm for each row. Rows belong together by their position: the index of
a pandas Series plays no part. What scikit-learn and SciPy compute is left to them; these rooms add
what they lack: predictive values at another prevalence, calibration, net benefit, and intervals.

An interval from `bootstrap`, `compare` or `results_table` is a percentile interval: patients are
drawn with replacement, as many as there are, and the metric is computed anew, 2,000 times. It says
how much the metric would move with other patients, the model held fixed; it says nothing of how
the model would change with other training data.

`confusion` counts alarms, `discrimination` ranks, `risks` asks whether probabilities come true,
`decisions` whether one should act; `resampling` gives each of them its interval, `report` puts
them in a table. A room with further metrics lists them for `registry`, and has them all.
"""

from medlearn.metrics.confusion import (
    Counts,
    counts,
    likelihood_ratios,
    predictive_values,
    sensitivity,
    specificity,
)
from medlearn.metrics.decisions import net_benefit, net_benefit_all
from medlearn.metrics.discrimination import DeLong, delong
from medlearn.metrics.intervals import exact_interval
from medlearn.metrics.report import results_table
from medlearn.metrics.resampling import bootstrap, compare
from medlearn.metrics.risks import Calibration, brier, calibration
from medlearn.metrics.types import Estimate, UndefinedMetric

__all__ = [
    "Calibration",
    "Counts",
    "DeLong",
    "Estimate",
    "UndefinedMetric",
    "bootstrap",
    "brier",
    "calibration",
    "compare",
    "counts",
    "delong",
    "exact_interval",
    "likelihood_ratios",
    "net_benefit",
    "net_benefit_all",
    "predictive_values",
    "results_table",
    "sensitivity",
    "specificity",
]
