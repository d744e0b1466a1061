"""Hearts at Stanford: the wait counts."""

import numpy as np
import pandas as pd
import pytest
from r_files import lazy_database
from statsmodels.duration.hazard_regression import PHReg

from medlearn import datasets
from medlearn.datasets import transplants


@pytest.fixture(scope="module")
def people():
    return datasets.load_transplants(as_frame=True).frame


def test_the_programme_has_the_counts_of_its_card(people):
    assert people.shape == (103, 7)
    assert (round(people.age.min()), round(people.age.max())) == (9, 64)
    assert pd.crosstab(people.transplant, people.death).to_numpy().tolist() == [[4, 30], [24, 45]]
    assert people.earlier_surgery.sum() == 16
    assert people.days_to_transplant.isna().equals(people.transplant == 0)
    assert (people.days_to_transplant.min(), people.days_to_transplant.max()) == (0, 309)
    assert (people.accepted_on_day.min(), people.accepted_on_day.max()) == (0, 2382)
    assert (people.days_to_death.min(), people.days_to_death.max()) == (0, 1799)
    assert (people.days_to_death == 0).sum() == 1
    assert (people.days_to_transplant == people.days_to_death).sum() == 1


def test_no_transplant_after_the_end(people):
    had = people[people.transplant == 1]
    assert (had.days_to_transplant <= had.days_to_death).all()
    # Nobody was followed beyond the day on which the study ended.
    assert (people.accepted_on_day + people.days_to_death).max() == 2392


def test_the_transplant_seems_to_save_until_the_wait_counts(people):
    """As R's own table of intervals, `heart`, gives it: .27 and 1.09 [.61-1.94]."""
    naive = PHReg(
        people.days_to_death, people[["transplant"]].astype(float), people.death, ties="efron"
    ).fit()
    assert round(float(np.exp(naive.params[0])), 2) == 0.27

    end = people.days_to_death.where(people.days_to_death > 0, 0.5)
    at = people.days_to_transplant.where(people.days_to_transplant < end, end - 0.5)
    had = people.transplant == 1
    wait = pd.DataFrame({"start": 0.0, "stop": at.where(had, end), "with_it": 0.0})
    wait["death"] = people.death.where(~had, 0)
    after = pd.DataFrame({"start": at, "stop": end, "with_it": 1.0, "death": people.death})[had]
    spans = pd.concat([wait[wait.stop > 0], after])
    counted = PHReg(
        spans.stop, spans[["with_it"]], spans.death, entry=spans.start, ties="efron"
    ).fit()
    ratios = np.exp([counted.params[0], *counted.conf_int()[0]])
    np.testing.assert_allclose(ratios, [1.09, 0.61, 1.94], atol=0.02)


def test_the_source_of_the_transplants_becomes_arrays_without_dates(tmp_path):
    table = pd.DataFrame(
        {
            "birth.dt": [-12044.0, -19663],
            "accept.dt": [-778.0, -841],
            "tx.date": [np.nan, -800],
            "fu.date": [-729.0, -700],
            "fustat": [1.0, 0],
            "surgery": [0.0, 1],
            "age": [30.8, 51.5],
            "futime": [49.0, 141],
            "wait.time": [np.nan, 41],
            "transplant": [0.0, 1],
            "mismatch": [np.nan, 2],
        }
    )
    assert not [c for c in transplants.without_dates(table) if c.endswith((".dt", ".date"))]
    arrays = transplants.convert(*lazy_database(tmp_path, {"jasa": table}))
    np.testing.assert_array_equal(arrays["data"], [[30.8, 0, 63], [51.5, 1, 0]])
    np.testing.assert_array_equal(arrays["target"], [[np.nan, 0, 49, 1], [41, 1, 141, 0]])
