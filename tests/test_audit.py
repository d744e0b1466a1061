"""audit: a sign is there if and only if its flaw was planted, and auditors are counted rightly."""

import itertools

import numpy as np
import pytest

from medlearn import audit, metrics
from medlearn.datasets import load_nhanes, screening_cohort


def wrong_signs(seeds, flaws=None):
    """Flaws whose sign is there without them, or not there with them."""
    for seed in seeds:
        study = audit.submission(seed, flaws)
        for flaw, there in audit.signatures(study).items():
            if there != (flaw in audit.truth(study)):
                yield seed, flaw, sorted(audit.truth(study))


def test_each_sign_is_there_if_and_only_if_its_flaw_is():
    assert list(wrong_signs(range(24))) == []


@pytest.mark.parametrize("flaw", audit.FLAWS)
def test_a_flaw_alone_leaves_its_own_sign_and_no_other(flaw):
    for seed in range(100, 103):
        assert audit.found(audit.submission(seed, [flaw])) == {flaw}


@pytest.mark.parametrize("flaws", [[], list(audit.FLAWS)])
def test_none_and_all(flaws):
    for seed in range(200, 203):
        assert audit.found(audit.submission(seed, flaws)) == set(flaws)


def test_a_wrong_sign_would_be_seen(monkeypatch):
    true = audit.signatures
    monkeypatch.setattr(audit, "signatures", lambda study: true(study) | {"few_events": False})
    assert list(wrong_signs([1], ["few_events"])) == [(1, "few_events", ["few_events"])]
    monkeypatch.setattr(audit, "signatures", lambda study: true(study) | {"few_events": True})
    assert list(wrong_signs([1], [])) == [(1, "few_events", [])]


@pytest.mark.long
def test_each_sign_over_many_seeds():
    assert list(wrong_signs(range(200))) == []


@pytest.mark.long
@pytest.mark.parametrize("pair", [*itertools.combinations(audit.FLAWS, 2)], ids="-".join)
def test_each_pair_of_flaws(pair):
    assert list(wrong_signs(range(300, 310), list(pair))) == []


def test_as_often_as_is_said():
    truths = [audit.truth(audit.submission(seed)) for seed in range(60)]
    sizes = np.bincount([len(one) for one in truths], minlength=4) / 60
    np.testing.assert_allclose(sizes, [0.2, 0.32, 0.32, 0.16], atol=0.13)
    assert set().union(*truths) == set(audit.FLAWS)


def test_the_same_seed_makes_the_same_study():
    one, two = audit.submission(5), audit.submission(5)
    assert one.letter == two.letter and one.claims == two.claims
    assert one.rows.equals(two.rows) and one.subgroups.equals(two.subgroups)
    assert not one.rows.equals(audit.submission(6).rows)


def test_the_truth_is_not_shown():
    study = audit.submission(5, list(audit.FLAWS))
    shown = f"{study!r} {study} {study.letter}"
    assert not any(flaw in shown for flaw in audit.FLAWS)
    assert "GlucoFind" not in shown, "the company of the lesson's letter"


def test_what_is_handed_in_is_what_lesson_05_chose():
    study = audit.submission(0, [])
    cohort = screening_cohort(load_nhanes().frame)
    assert tuple(cohort.data.columns) == audit.WHITELIST
    rows = study.rows.set_index("id").loc[cohort.frame["id"]]
    assert (rows["high"].to_numpy() == cohort.target).all() and len(rows) == len(study.rows) == 4011
    np.testing.assert_array_equal(rows[[*audit.WHITELIST]].to_numpy(), cohort.data.to_numpy())
    columns = study.columns
    assert list(columns.columns) == ["description", "unit", "mean", "spread"]
    training = study.part("training")
    np.testing.assert_allclose(columns["mean"], training[list(columns.index)].mean())
    np.testing.assert_allclose(columns["spread"], training[list(columns.index)].std(ddof=0))


def test_the_claims_are_those_of_the_test_part():
    for flaws in ([], ["below_majority"], ["oversampled"]):
        study = audit.submission(7, flaws)
        test = study.part("test")
        alarm = test["risk"] >= study.threshold
        claims = study.claims
        assert claims["auc"] == pytest.approx(metrics.bootstrap(test["high"], test["risk"]).value)
        assert claims["sensitivity"] == metrics.sensitivity(test["high"], alarm)
        assert claims["specificity"] == metrics.specificity(test["high"], alarm)
        assert ("accuracy" in claims) == ("below_majority" in flaws)
        for group, events in study.subgroups[["group", "events"]].to_numpy():
            if group.startswith("sex"):
                part = test[test["sex"] == group.removeprefix("sex: ")]
                assert events == part["high"].sum()


@pytest.mark.parametrize(
    ("seed", "flaws", "match"),
    [
        (-1, None, "seed"),
        ("3", None, "seed"),
        (1, ["nonsense"], "a flaw of flaws must be one of oversampled"),
        (1, "oversampled", "should be a set of flaws"),
        (1, 3, "should be a set of flaws"),
    ],
)
def test_bad_input_is_named(seed, flaws, match):
    with pytest.raises(ValueError, match=match):
        audit.submission(seed, flaws)


@pytest.mark.parametrize("ask", [audit.truth, audit.signatures, audit.found])
@pytest.mark.parametrize("thing", [None, 3, {}])
def test_what_is_no_submission(ask, thing):
    with pytest.raises(ValueError, match=r"audit\.submission\(seed\)"):
        ask(thing)


def test_there_are_two_parts():
    with pytest.raises(ValueError, match="part must be one of training, test"):
        audit.submission(1).part("validation")


def test_describe_has_a_sign_for_each():
    table = audit.describe()
    assert list(table.index) == list(audit.FLAWS) and list(table.columns) == ["what", "sign"]
    assert table.map(bool).all(axis=None)


# --- the auditor -----------------------------------------------------------------------------

STUDIES = [{"oversampled", "few_events"}, set(), {"missing_group"}]
SAID = [{"oversampled", "miscalibrated"}, set(), {"missing_group"}]


def test_one_auditor_is_counted_with_exact_intervals():
    found = audit.score(SAID, STUDIES)
    assert (found.found, found.planted, found.cleared, found.absent) == (2, 3, 20, 21)
    assert found.sensitivity == metrics.exact_interval(2, 3)
    assert found.specificity == metrics.exact_interval(20, 21)
    assert (found.audits, found.learners) == (3, 1)
    assert "Of these 3 audits only" in str(found)


def test_submissions_serve_as_truth():
    studies = [audit.submission(seed) for seed in range(4)]
    found = audit.score([audit.found(one) for one in studies], studies)
    assert found.found == found.planted > 0 and found.cleared == found.absent
    assert found == audit.score(
        [audit.found(s) for s in studies], [audit.truth(s) for s in studies]
    )


def test_where_nothing_was_planted_there_is_no_sensitivity():
    found = audit.score([set()], [set()])
    assert found.sensitivity is None and found.specificity.value == 1
    assert "sensitivity –" in str(found)


def test_of_a_class_the_learners_are_drawn():
    answers = {"Ada": SAID, "Bo": [set()] * 3, "Cy": STUDIES}
    found = audit.score(answers, dict.fromkeys(answers, STUDIES))
    assert (found.found, found.planted, found.learners, found.audits) == (5, 9, 3, 9)
    assert found.sensitivity.value == 5 / 9
    assert (found.sensitivity.low, found.sensitivity.high) == (0, 1)  # Bo thrice, Cy thrice
    assert "resampled learners" in str(found)


@pytest.mark.parametrize(
    ("answers", "truth", "match"),
    [
        (SAID, STUDIES[:2], "3 answers and 2 truths"),
        ([], [], "0 answers"),
        (SAID, {"Ada": STUDIES}, "both be lists, or both dictionaries"),
        ({"Ada": SAID}, {"Bo": STUDIES}, "same learners"),
        ({}, {}, "same learners"),
        ({"oversampled"}, STUDIES, "answers should be a list"),
        ("oversampled", STUDIES, "answers should be a list"),
        ([{"oversample"}], [set()], "a flaw of answers must be one of"),
        (["oversampled"], [set()], "should be a set of flaws"),
        ([None], [set()], "should be a set of flaws"),
    ],
)
def test_bad_answers_are_named(answers, truth, match):
    with pytest.raises(ValueError, match=match):
        audit.score(answers, truth)
