"""report: what a card says is computed, typed digits are refused, and each line can be verified."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
import yaml

from medlearn import metrics, plots, report
from medlearn.report.fields import FIELDS, HEADINGS
from tools import reference

N = 240
n = np.arange(N)
RISK = ((n * 7) % N + 0.5) / N * 0.6
Y = ((n * 13) % 100 < 100 * RISK).astype(int)
OLD = (RISK + ((n * 11) % 9) / 20 > 0.5).astype(int)
SEX = np.where(n % 3 == 0, "male", "female")
CITY = np.where(n % 40 == 1, "small", "large")  # few with the outcome
FLOW = ({"asked": 300, "measured": 260, "analysed": N}, ["moved away", "told already"])
STUDY = {
    "price": 4,
    "flow": FLOW,
    "baselines": {"Everyone over 60": OLD},
    "subgroups": {"sex": SEX, "city": CITY},
    "n_resamples": 200,
}
WORDS = {
    "name": "Made up: a model",
    "version": "1.0.0",
    "dataset": "made_up",
    "dataset_name": 'People, "made" up',
    "license": "mit",
    "model": "Logistic regression with two predictors.",
    "intended_use": "A nurse uses it for adults of 20 and over, to decide on a blood test.",
    "not_for": "Children; people who were told.",
    "factors": "Sex.",
    "evaluation_data": "A survey of 2017 and 2018.",
    "outcome": "An HbA1c of 6.5 % or more, once.",
    "study_size": "All who came.",
    "missing_data": "Nothing was missing.",
    "training_data": "Other people of the same survey.",
    "results": "It ranks people: AUC {auc}. Sensitivity was {sensitivity} of {n} people.",
    "harms": "Those with a high HbA1c who are missed.",
    "limits": "One survey, one measurement of HbA1c.",
    "decision": "It gains {gain_over_all} over testing everybody.",
    "monitoring": "The practice owns it; it stops when observed/expected leaves 0.5 to 2.",
    "bad_input": "Values out of range are refused.",
    "next_steps": "A silent trial.",
}
OF_THE_MODEL = ("auc", "sensitivity", "specificity", "observed_expected")
CARD = reference.FOLDER / "card.md"


def study(**other):
    return report.Study(Y, RISK, **{**STUDY, **other})


@pytest.fixture(scope="module")
def made():
    return study()


@pytest.fixture(scope="module")
def card(made):
    return made.card(WORDS)


# --- the numbers -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [*OF_THE_MODEL, "ppv", "npv", "brier", "calibration_slope"],
)
def test_each_number_is_that_of_metrics(made, name):
    threshold = 0.2 if name in ("sensitivity", "specificity", "ppv", "npv") else None
    asked = {"threshold": threshold, "n_resamples": 200}
    np.testing.assert_allclose(made.results[name], metrics.bootstrap(Y, RISK, name, **asked))


def test_net_benefit_stands_beside_all_none_and_baselines_and_gains_are_paired(made):
    assert made.threshold == 0.2
    asked = {"threshold": 0.2, "n_resamples": 200}
    own = metrics.bootstrap(Y, RISK, "net_benefit", **asked)
    np.testing.assert_allclose(made.results["net_benefit"], 1000 * np.array(own))
    everybody = 1000 * metrics.net_benefit_all(Y, 0.2)
    np.testing.assert_allclose(made.results["net_benefit_all"].value, everybody)
    assert made.results["net_benefit_none"] == (0, 0, 0)
    others = {"all": np.ones(N), "none": np.zeros(N), "everyone_over_60": OLD}
    for name, risk in others.items():
        gain = metrics.compare(Y, RISK, risk, "net_benefit", **asked)
        np.testing.assert_allclose(made.results[f"gain_over_{name}"], 1000 * np.array(gain))


def test_a_threshold_from_training_people_is_paid_for_at_the_price():
    made = study(threshold_from="training", threshold=0.3)
    alarm = RISK >= 0.3
    wanted = 1000 * metrics.net_benefit(Y, alarm.astype(float), 0.2)
    np.testing.assert_allclose(made.results["net_benefit"].value, wanted)
    assert made.results["sensitivity"].value == metrics.sensitivity(Y, alarm)
    assert "chosen on training people" in made.card(WORDS)


@pytest.mark.parametrize("kept", [{}, {"threshold_from": "training", "threshold": 0.3}])
def test_a_price_that_was_assumed_is_called_so(kept):
    agreed, assumed = (study(price_from=one, **kept).card(WORDS) for one in ("agreed", "assumed"))
    assert "agreed with nobody yet" in assumed and "agreed with nobody yet" not in agreed
    with pytest.raises(report.CardDiffers):
        report.verify(assumed, study(**kept))


def test_no_subgroup_below_ten_events_gets_a_number(made):
    table = made.subgroup_table().set_index("group")
    few = table["events"] < report.FEWEST
    assert few.any() and not few.all()
    numbers = table[["AUC", "Sensitivity", "Specificity", "Observed/expected"]]
    assert (numbers[few] == "–").all(axis=None) and (numbers[~few] != "–").all(axis=None)
    men = SEX == "male"
    auc = metrics.bootstrap(Y[men], RISK[men], n_resamples=200)
    assert table.loc["sex: male", "AUC"] == f"{auc:.2f}"
    assert table.loc["city: small", "events"] == Y[CITY == "small"].sum()


def test_what_rests_on_those_without_the_outcome_needs_ten_of_them():
    well = np.flatnonzero(Y == 0)
    part = np.where((Y == 1) | np.isin(n, well[:9]), "one", "other")
    shown = study(subgroups={"part": part}).subgroup_table().set_index("group").loc["part: one"]
    assert (shown["people"], shown["events"]) == (Y.sum() + 9, Y.sum())
    assert (shown[["AUC", "Specificity"]] == "–").all()
    assert (shown[["Sensitivity", "Observed/expected"]] != "–").all()


def test_patients_are_drawn_whole_and_counted_once():
    groups = np.repeat(np.arange(N // 2), 2)
    flow = {"asked": N, "analysed": N // 2}, ["second visits"]
    made = study(groups=groups, flow=flow)
    assert (made.n, made.events) == (N // 2, len(set(groups[Y == 1])))
    wanted = metrics.bootstrap(Y, RISK, groups=groups, n_resamples=200)
    np.testing.assert_allclose(made.results["auc"], wanted)


def test_what_the_data_do_not_determine_is_a_dash():
    certain = np.where(RISK > 0.55, 1.0, RISK)
    made = report.Study(Y, certain, **STUDY)
    assert made.results["calibration_slope"] is None
    assert made.numbers["calibration_slope"] == "–"
    assert "exactly 0 or 1" in made.notes["calibration_slope"]
    assert "calibration_slope" not in made.card(WORDS).partition("\nmedlearn:")[0]


def test_trained_numbers_stand_behind_the_mark_and_counted_ones_do_not():
    made = study(trained=True)
    assert made.numbers["auc"].startswith("≈ ")
    assert re.fullmatch(r"≈ \d+ % \[≈ \d+ % to ≈ \d+ %\]", made.numbers["sensitivity"])
    assert "≈" not in made.numbers["n"] + made.numbers["prevalence"]
    assert "≈" not in made.numbers["net_benefit_all"]
    assert "≈" not in made.numbers["everyone_over_60_net_benefit"], "a rule of 0 and 1"
    assert made.numbers["gain_over_everyone_over_60"].startswith("≈ ")
    simpler = study(trained=True, baselines={"simpler": RISK / 2})
    assert simpler.numbers["simpler_net_benefit"].startswith("≈ "), "a model, too"


def test_the_flow_is_drawn_and_written(made, card):
    ax = made.flow_diagram()
    words = [text.get_text().replace("\n", " ") for text in ax.texts]
    assert "40 left: moved away" in words and "20 left: told already" in words
    assert "  - 40 left: moved away\n- 260 measured\n" in card
    assert f"  - {Y.sum()} with the outcome\n  - {N - Y.sum()} without it\n" in card
    plots.plt.close("all")


# --- the card --------------------------------------------------------------------------------


def test_the_card_is_the_same_byte_for_byte(made, card):
    assert study().card(WORDS) == card
    assert card.encode() == CARD.read_bytes(), "the committed card: see write_card()"


def write_card():
    """Write the card that `tests/reference/model_card.py` reads."""
    CARD.write_text(study().card(WORDS), encoding="utf-8", newline="\n")


def test_a_library_reads_the_front_matter(made, card):
    front = yaml.safe_load(card.split("---\n")[1])
    (model,) = front["model-index"]
    (result,) = model["results"]
    assert model["name"] == WORDS["name"] and result["dataset"]["name"] == WORDS["dataset_name"]
    assert [one["type"] for one in result["metrics"]][:2] == ["roc_auc", "recall"]
    assert result["metrics"][0]["value"] == round(made.results["auc"].value, 4)
    assert front["medlearn"]["words"] == WORDS
    assert front["medlearn"]["settings"]["price"] == 4
    assert front["language"] == "en" and front["license"] == "mit"


def test_the_hub_reads_the_same():
    found = json.loads((reference.FOLDER / "model_card.json").read_text("utf-8"))
    front = yaml.safe_load(CARD.read_text("utf-8").split("---\n")[1])
    (result,) = front["model-index"][0]["results"]
    assert found["results"] == [
        {
            "task": result["task"]["type"],
            "dataset": result["dataset"]["name"],
            **{key: one[key] for key in ("type", "name", "value")},
        }
        for one in result["metrics"]
    ]
    assert found["text_begins"] == "# Made up: a model, version 1.0.0"


# The items of TRIPOD+AI (Collins et al. 2024, table 2).
PARTS = {3: "abc", 5: "ab", 6: "abc", 8: "abc", 9: "abc", 12: "abcdefg", 18: "abcdef"}
PARTS |= {20: "abc", 23: "ab", 27: "abc"}
TRIPOD = {f"{item}{part}" for item in range(1, 28) for part in PARTS.get(item, "") or [""]}


def test_the_headings_are_those_of_mitchell_and_the_items_exist(card):
    headings = re.findall(r"(?m)^## (.+)$", card)
    assert headings == [
        "Model Details",
        "Intended Use",
        "Factors",
        "Metrics",
        "Evaluation Data",
        "Training Data",
        "Quantitative Analyses",
        "Ethical Considerations",
        "Caveats and Recommendations",
    ]
    items = ", ".join(re.findall(r"TRIPOD\+AI ([\w, ]+)\)", card)).split(", ")
    assert len(TRIPOD) == 52
    assert set(items) <= TRIPOD and len(items) > 15
    assert {field.heading for field in FIELDS.values()} <= set(HEADINGS)


def test_the_body_has_no_hash_and_no_line_of_the_front_matter(card):
    body = report.body(card)
    assert body.startswith("# Made up: a model") and not re.search("[0-9a-f]{64}", body)
    with pytest.raises(ValueError, match="This is no card"):
        report.body(body)


def test_fields_lists_what_a_person_writes():
    table = report.fields()
    assert list(table.index) == list(WORDS)
    refused = table.index[~table["digits allowed"].astype(bool)]
    assert list(refused) == ["results", "harms", "limits", "decision"]


# --- words -----------------------------------------------------------------------------------


@pytest.mark.parametrize("field", ["results", "harms", "limits", "decision"])
@pytest.mark.parametrize(
    ("typed", "digits", "name"),
    [
        ("AUC {AUC} in all.", "{AUC}", "auc"),
        ("Found {SENSITIVITY} %.", "{SENSITIVITY} %", "sensitivity"),
        ("Of {N} people.", "{N}", "n"),
        ("About 9,999 of them.", "9,999", None),
    ],
)
def test_digits_in_the_prose_of_results_are_refused(made, field, typed, digits, name):
    values = {
        "AUC": f"{made.results['auc'].value:.2f}",
        "SENSITIVITY": f"{100 * made.results['sensitivity'].value:.0f}",
        "N": str(N),
    }
    typed, digits = typed.format(**values), digits.format(**values)
    with pytest.raises(report.DigitsTyped) as caught:
        made.card(WORDS | {field: typed})
    error = caught.value
    assert (error.field, error.digits, error.placeholder) == (field, digits, name)
    assert f'{field}: "{digits}" is typed' in str(error)
    assert (f"write {{{name}}}" if name else "{auc}") in str(error)


@pytest.mark.parametrize(
    "typed", ["²", "0", ".75", "AUC0.75", "-5", "−5", "1/33", "٣", "{n} of 5", "n=240"]
)
def test_no_digit_slips_through(made, typed):
    with pytest.raises(report.DigitsTyped):
        report.filled(made, f"It is {typed} here")


@pytest.mark.parametrize("kept", ["HbA1c", "CA125", "B12", "COVID-like HbA1c"])
def test_a_word_with_a_digit_is_a_word(made, kept):
    assert report.filled(made, f"People with {kept}.") == f"People with {kept}."


@pytest.mark.parametrize(
    ("words", "match"),
    [
        ({"results": "AUC {auk}."}, r"there is no placeholder \{auk\}; there are \{auc\}"),
        ({"results": "AUC {auc."}, "brace without its partner"),
        ({"results": "  "}, "should be a text"),
        ({"results": 3}, "should be a text"),
        ({"colour": "red"}, "words has no field 'colour'"),
        ({"intended_use": "A nurse uses it. A doctor, too."}, "exactly one sentence"),
        ({"intended_use": "A nurse uses it"}, "exactly one sentence"),
    ],
)
def test_bad_words_are_named(made, words, match):
    with pytest.raises(ValueError, match=match):
        made.card(WORDS | words)


@pytest.mark.parametrize("field", [key for key, field in FIELDS.items() if field.required])
def test_a_missing_field_is_named_with_what_belongs_there(made, field):
    words = {key: text for key, text in WORDS.items() if key != field}
    with pytest.raises(ValueError, match=rf"words lacks {field}\. {field}: \w+"):
        made.card(words)


@pytest.mark.parametrize("words", [None, {}, "words", ["name"]])
def test_words_that_are_none(made, words):
    with pytest.raises(ValueError, match="words"):
        made.card(words)


# --- input -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("other", "match"),
    [
        ({"price": 0}, "price should be above 0"),
        ({"price": "32"}, "price"),
        ({"price_from": "air"}, "price_from must be one of agreed, assumed"),
        ({"threshold_from": "test"}, "flatters the model"),
        ({"threshold_from": "air"}, "threshold_from must be one of price, training"),
        ({"threshold": 0.3}, "leave threshold out"),
        ({"threshold_from": "training"}, "threshold"),
        ({"threshold_from": "training", "threshold": 30}, "between 0 and 1"),
        ({"flow": {"asked": 3}}, "flow should be stages and reasons"),
        ({"flow": ({"asked": 300, "analysed": N}, [])}, "one reason for each step"),
        ({"flow": ({"asked": 100, "analysed": N}, ["left"])}, "more people than the one before"),
        ({"flow": ({"asked": 300, "analysed": 239}, ["left"])}, "flow ends with 239 people"),
        ({"baselines": {}}, "baselines"),
        ({"baselines": {"rule": OLD[:5]}}, "rule"),
        ({"baselines": {"a b": OLD, "a-b": OLD}}, "alike but for signs"),
        ({"baselines": {"All": OLD}}, "'all' is computed anyway"),
        ({"subgroups": {"sex": SEX[:5]}}, "sex"),
        ({"subgroups": [SEX]}, "subgroups must be a dictionary"),
        ({"files": {"data": "no such file"}}, "files: no such file cannot be read"),
        ({"seed": -1}, "seed"),
        ({"n_resamples": 10}, "n_resamples"),
    ],
)
def test_bad_input_is_named(other, match):
    with pytest.raises(ValueError, match=match):
        study(**other)


@pytest.mark.parametrize(("y", "risk"), [(Y, RISK[:5]), (Y, 100 * RISK), (0 * Y, RISK)])
def test_outcomes_and_risks_are_looked_at(y, risk):
    with pytest.raises(ValueError):
        report.Study(y, risk, **STUDY)


# --- verify ----------------------------------------------------------------------------------


def test_a_true_card_is_verified(made, card):
    assert report.verify(card, made) == len(card.splitlines())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("AUC | ", "AUC | 0"),
        ("40 left", "41 left"),
        ("value: 0.", "value: 1."),
        ("nurse", "doctor"),
    ],
)
def test_a_changed_line_is_named(made, card, old, new):
    place = card.rindex(old)
    changed = card[:place] + new + card[place + len(old) :]
    line = card[:place].count("\n") + 1
    with pytest.raises(report.CardDiffers, match=f"^1 line of the card differs. Line {line} ") as e:
        report.verify(changed, made)
    assert [number for number, _said, _computed in e.value.lines] == [line]


@pytest.mark.parametrize("extra", ["One more line.\n", ""])
def test_a_line_too_many_or_too_few_is_named(made, card, extra):
    changed = card + extra if extra else card.rsplit("\n", 2)[0] + "\n"
    with pytest.raises(report.CardDiffers, match="differ"):
        report.verify(changed, made)


def test_other_data_seeds_and_prices_are_seen(card):
    risk = RISK.copy()
    risk[3] += 1e-9
    with pytest.raises(report.CardDiffers, match="not the data of the card: risk"):
        report.verify(card, report.Study(Y, risk, **STUDY))
    for other in ({"seed": 1}, {"price": 9}):
        with pytest.raises(report.CardDiffers, match="Line"):
            report.verify(card, study(**other))


def test_a_number_typed_into_the_words_of_a_card_is_refused(made, card):
    with pytest.raises(report.DigitsTyped):
        report.verify(card.replace("AUC {auc}", "AUC 0.99"), made)


@pytest.mark.parametrize("trained", [False, True])
@pytest.mark.parametrize("groups", [None, np.repeat(np.arange(N // 2), 2)])
def test_a_saved_card_is_verified_from_its_folder_alone(tmp_path, trained, groups):
    (file := tmp_path / "data.csv").write_text("x")
    flow = FLOW if groups is None else ({"asked": N, "analysed": N // 2}, ["second visits"])
    made = study(trained=trained, groups=groups, files={"data": file}, flow=flow)
    card = made.card(WORDS)
    made.save(card, tmp_path / "card")
    assert {path.name for path in (tmp_path / "card").iterdir()} == {"README.md", "people.csv"}
    file.unlink()  # its SHA-256 stands on the card
    assert report.verify(tmp_path / "card") == len(card.splitlines())
    people = tmp_path / "card" / "people.csv"
    people.write_text(people.read_text("utf-8").replace("\n1,", "\n0,", 1), encoding="utf-8")
    with pytest.raises(report.CardDiffers, match="not the data of the card: y"):
        report.verify(str(tmp_path / "card"))
    people.unlink()
    with pytest.raises(ValueError, match=r"should hold README\.md and people\.csv"):
        report.verify(tmp_path / "card")


@pytest.mark.parametrize("text", ["# A model\n", "---\na: 1\n---\n", "---\nwords: {}\n---\n"])
def test_what_is_no_card_is_said_to_be_none(made, text):
    with pytest.raises(ValueError, match=r"This is no card of medlearn\.report"):
        report.verify(text, made)
    with pytest.raises(ValueError, match="Give the study as well"):
        report.verify(text)
    with pytest.raises(ValueError, match="text of a card and a Study"):
        report.verify(text, "study")


def test_the_course_does_not_load_it():
    tops = Path(report.__file__).parents[1] / "__init__.py"
    assert "report" not in tops.read_text("utf-8") and "audit" not in tops.read_text("utf-8")
