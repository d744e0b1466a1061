"""Lesson 18: its sample sizes beside the authors' packages, its signs, its ward, its questions."""

import json
import math

import numpy as np
import pytest
import written

from medlearn import audit, datasets, lessons, widgets
from medlearn.datasets import DATASETS
from medlearn.exercises import lesson_18
from medlearn.widgets.sample_size import Plan
from tools import reference

LESSON = lessons.find()["18"]
KNOWN = {"np": np, "math": math, "json": json, "audit": audit}  # what its cells have imported
SIZES = json.loads((reference.FOLDER / "sample_size.json").read_text("utf-8"))
WIDTHS, COHORT = SIZES["validation"]["widths"], SIZES["cohort"]


def test_the_lesson_loads_what_it_says():
    assert set(LESSON.data) == {"nhanes", "heart_hospitals"}


def test_a_high_value_is_no_diagnosis():
    said = " ".join(
        " ".join(lessons.text_of(cell).split())
        for cell in LESSON.notebook["cells"]
        if cell["cell_type"] == "markdown"
    )
    assert "a high value is *not* a diagnosis" in said
    assert "needs a second test before anybody says diabetes" in said


# --- the plan ------------------------------------------------------------------------------------


def test_observed_over_expected_takes_as_many_people_as_the_package_says():
    (n,) = written.defined(LESSON, "n_observed_expected", **KNOWN)
    wanted = SIZES["validation"]["observed_expected"]
    assert n(COHORT["prevalence"], WIDTHS["observed_expected"]) == wanted


def test_the_auc_takes_as_many_people_as_the_package_says():
    (width,) = written.defined(LESSON, "auc_width", **KNOWN)
    n, c = SIZES["validation"]["c_statistic"], SIZES["validation"]["inputs"]["c"]
    bound = WIDTHS["c_statistic"]
    assert width(n, c, COHORT["prevalence"]) <= bound < width(n - 1, c, COHORT["prevalence"])
    assert Plan(COHORT["prevalence"], c, bound, 2000).n == n, "the explorer's formula is the same"


def test_net_benefit_and_slope_agree_with_the_package_up_to_its_rounding():
    n_net_benefit, n_slope = written.defined(LESSON, "n_net_benefit", "n_slope", **KNOWN)
    given = SIZES["validation"]["inputs"]
    odds = given["threshold"] / (1 - given["threshold"])
    ours = n_net_benefit(
        given["sensitivity"], given["specificity"], given["prevalence"], odds, WIDTHS["net_benefit"]
    )
    assert ours == pytest.approx(SIZES["validation"]["net_benefit"], rel=0.003)
    ours = n_slope(given["lp_mean"], given["lp_sd"], WIDTHS["slope"])
    assert ours == pytest.approx(SIZES["validation"]["slope"], rel=0.01), "both draw people"


@pytest.mark.parametrize("explained", ["0.15", "0.10"])
def test_making_a_model_takes_what_the_package_says_once_its_r2_is_rounded(explained):
    (n_development,) = written.defined(LESSON, "n_development", **KNOWN)
    package = SIZES["development"][explained]
    exact = n_development(COHORT["features"], COHORT["prevalence"], float(explained))
    assert exact == pytest.approx(package["n"], rel=0.01)
    rounded = package["cox_snell"] / package["max_cox_snell"]
    assert n_development(COHORT["features"], COHORT["prevalence"], rounded) == package["n"]


def test_the_exercise_counts_people_and_its_interval_is_as_narrow_as_asked():
    n = lesson_18.n_validation.solution_function(0.75, 0.03, 0.2)
    for people, fits in ((n, True), (n - 1, False)):
        width = 2 * 1.96 * math.sqrt(0.75 * 0.25 / (people * 0.03))
        assert (width <= 0.2) == fits


def test_a_good_model_is_stopped_rarely_and_a_bad_one_always():
    (stopped,) = written.defined(LESSON, "stopped", **KNOWN)
    assert stopped(5, 3) < 0.05 and stopped(10, 3) > 0.99
    assert stopped(5, 2) > 0.1, "two standard errors, twelve looks"
    assert stopped(7, 4) < 0.5


# --- the audit -----------------------------------------------------------------------------------


def test_the_signs_of_the_lesson_are_those_of_the_course():
    (youden, suspects, known) = written.defined(LESSON, "youden", "suspects", "known", **KNOWN)
    from sklearn.metrics import roc_curve

    youden.__globals__["roc_curve"] = roc_curve
    for seed in range(20):
        report = audit.submission(seed)
        assert suspects(report) == audit.found(report) & known


def test_the_report_of_the_exercise_has_the_flaws_that_its_message_names():
    report = audit.submission(198)
    assert audit.truth(report) == {"oversampled", "missing_group", "few_events"}
    names = {}
    exec(lesson_18.signs.code, names)
    assert names["signs"] == lesson_18.signs.expected


# --- the ward ------------------------------------------------------------------------------------


def test_a_library_for_fhir_reads_the_same_in_the_bundle():
    bundle, observations = written.defined(LESSON, "bundle", "observations", **KNOWN)
    read = json.loads((reference.FOLDER / "ward.json").read_text("utf-8"))["found"]
    assert [list(one) for one in observations(bundle)] == read


def test_a_preliminary_value_is_not_read():
    bundle, observations = written.defined(LESSON, "bundle", "observations", **KNOWN)
    assert len(list(observations(bundle.replace('"final"', '"preliminary"', 1)))) == 2


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("59261-8", 48, "mmol/mol"), "HbA1c 6.5 %"),
        (("4548-4", 6.5, "%"), "HbA1c 6.5 %"),
        (("4548-4", 48, "%"), "refused: HbA1c of 48 %"),
        (("14749-6", 7, "mmol/L"), "glucose 126.0 mg/dL"),
        (("2345-7", 7, "mg/dL"), "refused: glucose of 7 mg/dL"),
        (("2345-7", 7, "mmol/L"), "refused: 2345-7 in mmol/L"),
        (("0000-0", 7, "mmol/L"), "refused: 0000-0 in mmol/L"),
        (("8480-6", 138, "mm[Hg]"), "systolic pressure 138.0 mm[Hg]"),
    ],
)
def test_a_wrong_unit_and_an_impossible_value_are_refused(given, said):
    _known, checked = written.defined(LESSON, "KNOWN", "checked", **KNOWN)
    assert checked(*given) == said


# --- question cards ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", DATASETS)
def test_a_set_has_a_question_card_that_names_its_columns(name):
    card = DATASETS[name]
    asked = card.question
    assert asked.decision.endswith("?")
    assert all(len(text.split()) >= 1 for text in (asked.unit, asked.price, asked.baseline))
    columns = {variable.name for variable in card.variables} | set(card.shape)
    for line in asked.forbidden:
        column, _, why = line.partition(": ")
        assert column in columns and why, f"{name}: {column!r} is none of its columns"


def test_a_card_without_a_question_is_refused(data_copy):
    path = data_copy / "digits.toml"
    text = path.read_text("utf-8")
    path.write_text(text.replace("[question]", "[shape.question]"), "utf-8")
    with pytest.raises(datasets.DataError, match="question: this field is missing"):
        DATASETS["digits"]


# --- the figure to move --------------------------------------------------------------------------


def test_people_fall_with_the_prevalence_and_events_hardly():
    rare, common = (Plan(share, 0.75, 0.1, 2000) for share in (0.005, 0.5))
    assert 45 < rare.n / common.n < 55
    assert 1 < common.events / rare.events <= 2.1


def test_the_explorer_says_what_it_draws():
    explorer = widgets.sample_size_explorer(1000, prevalence=0.035)
    assert "2,683 people are needed" in explorer.words and "2.7 years" in explorer.words
    before = int(explorer.words.split(". ")[1].split()[0].replace(",", ""))
    explorer.controls["width"].value = 0.2
    after = int(explorer.words.split(". ")[1].split()[0].replace(",", ""))
    assert 3.7 < before / after < 4.1, "half the error takes four times the people"


def test_people_a_year_must_be_a_number_above_zero():
    with pytest.raises(ValueError, match="people_a_year"):
        widgets.sample_size_explorer(0)
