"""The women of Rotterdam: who was treated, and the deaths after the search had ended."""

import numpy as np
import pandas as pd
import pytest
from r_files import lazy_database
from statsmodels.duration.hazard_regression import PHReg

from medlearn import datasets
from medlearn.datasets import DataError, rotterdam


@pytest.fixture(scope="module")
def women():
    return datasets.load_rotterdam(as_frame=True).frame


def test_the_records_have_the_counts_of_their_card(women):
    assert women.shape == (2982, 16) and not women.isna().any().any()
    assert (women.age.min(), women.age.max()) == (24, 90)
    assert (women.year.min(), women.year.max()) == (1978, 1993)
    events = ["hormones", "chemotherapy", "recurrence", "death", "event"]
    assert women[events].sum().tolist() == [339, 580, 1518, 1272, 1713]
    assert women.tumour_size.value_counts(sort=False).to_dict() == {
        "up to 20 mm": 1387,
        "20 to 50 mm": 1291,
        "over 50 mm": 304,
    }
    assert women.grade.value_counts().to_dict() == {3: 2188, 2: 794}
    assert (women.hormones & women.chemotherapy).sum() == 28
    # The younger half had not passed the menopause.
    assert women.age[women.menopause == "before"].median() < 50
    assert women.age[women.menopause == "after"].median() > 60


def test_the_positive_ones_are_those_of_the_publication(women):
    """Table 1 of Royston and Altman: 1,546 women, their tumours and their means."""
    positive = women[women.nodes > 0]
    assert len(positive) == 1546
    assert positive.tumour_size.value_counts(sort=False).tolist() == [501, 783, 262]
    assert positive.menopause.value_counts(sort=False).tolist() == [628, 918]
    assert round(positive.age.mean(), 1) == 56.0 and round(positive.nodes.mean(), 1) == 5.2


def test_only_women_with_positive_nodes_were_treated(women):
    without = women[women.nodes == 0]
    assert len(without) == 1436 and without[["hormones", "chemotherapy"]].sum().tolist() == [0, 0]


def test_hormones_look_deadly_until_the_nodes_are_known(women):
    def ratio(table, days, event, *columns):
        X = table[["hormones", *columns]].astype(float)
        fitted = PHReg(table[days], X, status=table[event], ties="efron").fit()
        return round(float(np.exp(fitted.params[0])), 2)

    assert ratio(women, "days_to_death", "death") == 1.51
    positive = women[women.nodes > 0].assign(log_nodes=lambda t: np.log(t.nodes))
    assert ratio(positive, "days_to_event", "event") == 0.85
    assert ratio(positive, "days_to_event", "event", "log_nodes", "age") < 0.75


def test_43_died_after_the_search_for_a_recurrence_had_ended(women):
    late = women[(women.recurrence == 0) & (women.days_to_recurrence < women.days_to_death)]
    assert len(late) == 43 and late.death.all() and (late.nodes > 0).sum() == 21
    waited = late.days_to_death - late.days_to_recurrence
    assert (waited.min(), waited.max()) == (21, 1811)
    assert (women.days_to_recurrence <= women.days_to_death).all()


def test_the_event_is_the_first_of_the_two():
    table = pd.DataFrame(
        {
            "recur": [1, 0, 0, 1],
            "rtime": [5, 9, 7, 3],
            "death": [1, 1, 0, 0],
            "dtime": [8, 12, 7, 9],
        }
    )
    made = rotterdam.first_event(table)
    assert made.days_to_event.tolist() == [5, 12, 7, 3] and made.event.tolist() == [1, 1, 0, 1]
    women = datasets.load_rotterdam(as_frame=True).frame
    names = {"recur": "recurrence", "rtime": "days_to_recurrence"}
    names |= {"death": "death", "dtime": "days_to_death"}
    made = rotterdam.first_event(pd.DataFrame({old: women[new] for old, new in names.items()}))
    assert made.event.tolist() == women.event.tolist()
    assert made.days_to_event.tolist() == women.days_to_event.tolist()


def test_the_source_of_rotterdam_becomes_arrays(tmp_path):
    table = pd.DataFrame(
        {
            "year": [1992, 1984],
            "age": [74, 44],
            "meno": [1, 0],
            "size": pd.Categorical([">50", "<=20"], ["<=20", "20-50", ">50"]),
            "grade": [3, 2],
            "nodes": [0, 4],
            "pgr": [35, 0],
            "er": [291, 9],
            "hormon": [0, 1],
            "chemo": [0, 0],
            "rtime": [1799.0, 500],
            "recur": [0, 1],
            "dtime": [1800.0, 700],
            "death": [1, 0],
        }
    ).astype({"age": "Int32"})
    arrays = rotterdam.convert(*lazy_database(tmp_path, {"rotterdam": table}))
    assert arrays["data"].tolist() == [
        [1992, 74, 1, 2, 3, 0, 35, 291, 0, 0],
        [1984, 44, 0, 0, 2, 4, 0, 9, 1, 0],
    ]
    assert arrays["target"].tolist() == [[1799, 0, 1800, 1, 1800, 1], [500, 1, 700, 0, 500, 1]]
    other = table.assign(size=pd.Categorical(["?", "?"]))
    with pytest.raises(DataError, match=r"rotterdam: size holds \['\?'\]"):
        rotterdam.convert(*lazy_database(tmp_path, {"rotterdam": other}))
