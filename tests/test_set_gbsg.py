"""The women of the German Breast Cancer Study Group: a trial in part."""

import numpy as np
import pytest
from statsmodels.duration.hazard_regression import PHReg
from statsmodels.duration.survfunc import SurvfuncRight

from medlearn import datasets


@pytest.fixture(scope="module")
def women():
    return datasets.load_gbsg(as_frame=True).frame


def test_the_study_has_the_counts_of_its_card(women):
    assert women.shape == (686, 10) and not women.isna().any().any()
    assert (women.age.min(), women.age.max()) == (21, 80)
    assert (women.hormones.sum(), women.event.sum()) == (246, 299)
    assert women.menopause.value_counts(sort=False).to_dict() == {"before": 290, "after": 396}
    assert women.age[women.menopause == "before"].median() < 50
    assert women.grade.value_counts(sort=False).sort_index().tolist() == [81, 444, 161]
    assert (women.tumour_mm.min(), women.tumour_mm.max()) == (3, 120)
    assert women.nodes.min() == 1
    assert (women.days_to_event.min(), women.days_to_event.max()) == (8, 2659)


def test_leaving_out_the_censored_misleads(women):
    days = 5 * 365.25
    short = (women.event == 0) & (women.days_to_event < days)
    assert short.sum() == 280
    curve = SurvfuncRight(women.days_to_event, women.event)
    free = curve.surv_prob[curve.surv_times <= days][-1]
    seen = women[~short]
    had_it = (women.event == 1) & (women.days_to_event <= days)
    counted = 1 - had_it.mean()
    dropped = (seen.days_to_event > days).mean()
    assert [round(100 * float(x), 1) for x in (free, counted, dropped)] == [49.2, 58.5, 29.8]


def test_the_hormones_are_no_trials_result(women):
    """The 473 randomised had .81 [.61-1.07]; all 686 look better, and that stands on the card."""
    fitted = PHReg(
        women.days_to_event, women[["hormones"]].astype(float), women.event, ties="efron"
    ).fit()
    ratios = np.exp([fitted.params[0], *fitted.conf_int()[0]])
    assert [round(float(r), 2) for r in ratios] == [0.69, 0.54, 0.89]
    text = " ".join(datasets.card("gbsg").split())
    assert ".69, .54 to .89" in text and "10.1200/JCO.2000.18.1.94" in text
    assert women.hormones.sum() - 184 == 62 and "at least 62" in text


def test_a_cox_model_from_rotterdam_does_as_published(women):
    """Katzman 2018 (DOI 10.1186/s12874-018-0482-1) reports a C-index of .656 for it."""
    train = datasets.load_rotterdam(as_frame=True).frame.query("nodes > 0")
    size = np.digitize(women.tumour_mm, [20.5, 50.5])

    def inputs(table, size):
        columns = ["hormones", "age", "nodes", "progesterone_receptors", "oestrogen_receptors"]
        return np.column_stack([table[columns], table.menopause == "after", size]).astype(float)

    model = PHReg(
        train.days_to_event, inputs(train, train.tumour_size.cat.codes), train.event, ties="efron"
    )
    risk = inputs(women, size) @ model.fit().params
    days, event = women.days_to_event.to_numpy(), women.event.to_numpy() == 1
    pairs = (days[:, None] < days) & event[:, None]
    concordance = (risk[:, None] > risk)[pairs].mean()
    assert abs(concordance - 0.656) < 0.005
