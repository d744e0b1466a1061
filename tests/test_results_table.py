"""results_table: what bootstrap says, in one table with its caption."""

import numpy as np
import pandas as pd
from clinics import clinic

from medlearn.metrics import bootstrap, registry, results_table


def test_the_table_holds_what_bootstrap_says():
    y, p = clinic(300)
    q = np.clip(p * 0.7, 0.01, 0.99)
    rule = p >= 0.25
    models = {"network": p, "logistic": pd.Series(q, index=np.arange(300)[::-1]), "rule": rule}
    table = results_table(y, models, threshold=0.2, n_resamples=200, seed=4)
    assert list(table.index) == list(models)
    assert list(table.columns) == [
        "AUC", "Brier score", "Calibration intercept", "Calibration slope", "Observed/expected",
        "Sensitivity", "Specificity", "PPV", "NPV", "Net benefit",
    ]  # fmt: skip
    names = {one.title: name for name, one in registry.METRICS.items()}
    for model, scores in models.items():
        for title in table.columns:
            cell, name = table.loc[model, title], names[title]
            if model == "rule" and registry.METRICS[name].needs == "risks":
                assert cell == "–"
                assert "no risks" in table.attrs["notes"]["rule", title]
                continue
            digits = 3 if name in ("brier", "net_benefit") else 2
            told = bootstrap(y, scores, name, threshold=0.2, n_resamples=200, seed=4)
            assert cell == f"{told:.{digits}f}"
    assert len(table.attrs["notes"]) == 4
    assert table.attrs["caption"] == (
        f"300 patients, {y.sum()} with the outcome; threshold 0.2; "
        "95 % confidence intervals from 200 resamples of patients."
    )


def test_the_table_by_patient_at_another_prevalence_and_for_chosen_columns():
    y, p = clinic(300)
    groups = np.arange(300) // 3
    how = {"groups": groups, "n_resamples": 200}
    table = results_table(y, {"m": p}, threshold=0.2, columns=["ppv", "auc"], prevalence=0.03,
                          digits=3, **how)  # fmt: skip
    assert list(table.columns) == ["PPV", "AUC"]
    assert table.loc["m", "AUC"] == f"{bootstrap(y, p, **how):.3f}"
    told = bootstrap(y, p, "ppv", threshold=0.2, prevalence=0.03, **how)
    assert table.loc["m", "PPV"] == f"{told:.3f}"
    assert "100 patients (300 rows)" in table.attrs["caption"]
    assert "prevalence of 3.0%" in table.attrs["caption"]
    no_threshold = results_table(y, {"m": p}, columns=["auc", "brier"], n_resamples=50)
    assert "threshold" not in no_threshold.attrs["caption"]


def test_the_table_survives_a_model_that_never_alarms():
    y, _ = clinic(200)
    nobody = results_table(y, {"prevalence": np.full(200, y.mean())}, threshold=0.9)
    row = nobody.loc["prevalence"]
    assert row["AUC"] == "0.50 [0.50 to 0.50]"
    assert row["PPV"] == row["Calibration slope"] == "–"
    assert row["Net benefit"] == "0.000 [0.000 to 0.000]"
    assert row["Calibration intercept"].startswith("0.00 [")
    assert "nobody has an alarm" in nobody.attrs["notes"]["prevalence", "PPV"]
