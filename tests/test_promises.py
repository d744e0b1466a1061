"""claim and approx: a promise that holds is printed, a broken one fails."""

import math

import numpy as np
import pytest

import medlearn


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"value": 0.92816}, "≈ 0.928"),
        ({"value": -0.00001}, "≈ 0.000"),
        ({"value": 0.928, "digits": 1, "percent": True}, "≈ 92.8 %"),
        ({"value": 1.0, "digits": 0, "percent": True}, "≈ 100 %"),
        ({"value": 0.9, "digits": 2, "spread": 0.014}, "≈ 0.90 ± 0.01"),
        ({"value": 0.9, "digits": 1, "percent": True, "interval": (0.85, 0.95)},
         "≈ 90.0 [85.0 to 95.0] %"),
        ({"value": np.float32(0.5), "digits": 1}, "≈ 0.5"),
        ({"value": np.array([0.25]).mean(), "digits": 2}, "≈ 0.25"),
    ],
)  # fmt: skip
def test_approx_writes_numbers(arguments, text):
    assert medlearn.approx(**arguments) == text


@pytest.mark.parametrize(
    ("arguments", "error", "says"),
    [
        ({"value": "many"}, TypeError, "one number"),
        ({"value": [0.1, 0.2]}, TypeError, "list"),
        ({"value": math.nan}, ValueError, "finite"),
        ({"value": 0.5, "spread": math.inf}, ValueError, "spread"),
        ({"value": 0.5, "interval": (0.6, 0.4)}, ValueError, "low to high"),
    ],
)
def test_approx_refuses_what_is_no_number(arguments, error, says, monkeypatch):
    monkeypatch.setenv("MEDLEARN_STRICT", "1")
    with pytest.raises(error, match=says):
        medlearn.approx(**arguments)


@pytest.mark.parametrize(
    ("promise", "kept", "broken"),
    [
        ({"at_least": 0.9}, 0.9, 0.899),
        ({"at_most": 0.1}, 0.1, 0.101),
        ({"at_least": 0.1, "at_most": 0.2}, 0.15, 0.25),
        ({"about": 0.5, "within": 0.02}, 0.515, 0.53),
        ({"equal": 784}, 784, 785),
        ({"equal": "benign"}, "benign", "malignant"),
    ],
)
def test_claim_says_whether_it_is_kept(promise, kept, broken, capsys, monkeypatch):
    monkeypatch.delenv("MEDLEARN_STRICT", raising=False)
    medlearn.claim("a promise", kept, **promise)
    line = capsys.readouterr().out
    assert line.startswith("✓ a promise: promised ")
    assert ("≈" in line) == ("equal" not in promise)
    medlearn.claim("a promise", broken, **promise)
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("✗ a promise: promised ")
    assert second == "You changed something? Then the text below may no longer hold."


@pytest.mark.parametrize(("setting", "stops"), [("1", True), ("0", False), ("", False)])
def test_a_broken_claim_stops_only_where_lessons_are_checked(setting, stops, capsys, monkeypatch):
    monkeypatch.setenv("MEDLEARN_STRICT", setting)
    medlearn.claim("a promise", 1, equal=1)
    capsys.readouterr()
    if stops:
        with pytest.raises(medlearn.ClaimError, match="✗ a promise: promised"):
            medlearn.claim("a promise", 0.8, at_least=0.9)
    else:
        medlearn.claim("a promise", 0.8, at_least=0.9)
    assert bool(capsys.readouterr().out) != stops


@pytest.mark.parametrize("setting", ["0", "1"])
def test_a_claim_that_promises_nothing_is_an_error(setting, monkeypatch):
    monkeypatch.setenv("MEDLEARN_STRICT", setting)
    with pytest.raises(TypeError, match="promises something"):
        medlearn.claim("nothing", 1.0)
    with pytest.raises(TypeError, match="go together"):
        medlearn.claim("half", 1.0, about=1.0)


@pytest.mark.parametrize("lost", [math.nan, math.inf, np.float32("nan")])
def test_a_training_that_ran_away_stops_no_learner(lost, capsys, monkeypatch):
    """Somebody tries a learning rate of 100: what then comes is a broken promise."""
    monkeypatch.delenv("MEDLEARN_STRICT", raising=False)
    medlearn.claim("the loss", lost, at_least=0)
    assert capsys.readouterr().out.startswith(
        f"✗ the loss: promised at least 0.000, measured ≈ {lost}"
    )
    assert medlearn.approx(0.5, interval=(0.1, lost)) == f"≈ 0.500 [0.100 to {lost}]"
    monkeypatch.setenv("MEDLEARN_STRICT", "1")
    with pytest.raises(ValueError, match="finite"):
        medlearn.claim("the loss", lost, at_least=0)
