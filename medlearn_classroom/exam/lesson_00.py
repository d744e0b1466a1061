"""Exam tasks of lesson 00: what one number says of a model."""

from __future__ import annotations

from random import Random

from medlearn.language import _
from medlearn_classroom.exam.tasks import Drawn, Tasks, Wrong

__all__ = ["tasks"]

tasks = Tasks("00")


@tasks.add
def share_right(draw: Random) -> Drawn:
    """The accuracy, counted from a table."""
    malignant, benign = draw.randrange(60, 141, 5), draw.randrange(160, 301, 5)
    found = malignant - draw.randint(4, malignant // 4)
    alarms = draw.randint(5, benign // 6)
    n, cleared = malignant + benign, benign - alarms
    return Drawn(
        {"malignant": malignant, "benign": benign, "found": found, "cleared": cleared},
        _(
            "A model looks at {malignant} malignant and {benign} benign lumps. It calls {found} of "
            "the malignant ones malignant, and {cleared} of the benign ones benign. What is its "
            "accuracy?"
        ),
        100 * (found + cleared) / n,
        _(
            "Right are {found} + {cleared} = {right} of {n} lumps: {right} / {n} = {answer}. It "
            "mixes both kinds of lumps."
        ),
        [
            Wrong(
                "accuracy-as-sensitivity",
                100 * found / malignant,
                _("That is the sensitivity: it looks at the malignant lumps only."),
            ),
            Wrong(
                "accuracy-as-predictive-value",
                100 * found / (found + alarms),
                _("That is the predictive value: it looks at the lumps called malignant only."),
            ),
            Wrong(
                "no-rival",
                100 * benign / n,
                _("That is the share right of a rule that calls every lump benign."),
            ),
        ],
        decimals=1,
        unit="%",
        also={"right": found + cleared, "n": n},
    )


@tasks.add
def beyond_the_rule(draw: Random) -> Drawn:
    """How many more a model gets right than the simplest rule."""
    n, share = draw.randrange(200, 601, 50), draw.choice([60, 62, 64, 66, 68, 70, 72, 74])
    percent = draw.randrange(share + 6, 97, 2)
    benign, right = n * share // 100, n * percent // 100
    return Drawn(
        {"n": n, "benign": benign, "right": right},
        _(
            "Of {n} lumps {benign} are benign, the others malignant. A model is right for {right} "
            "of them. For how many lumps more is it right than a rule that calls every lump benign?"
        ),
        right - benign,
        _("The rule is right for the {benign} benign lumps: {right} − {benign} = {answer}."),
        [
            Wrong(
                "no-rival",
                right,
                _("That many are right in all. The rule, which knows nothing, has most of them."),
            ),
            Wrong(
                "half-as-rival",
                right - n // 2,
                _("A coin would be right for half. The rule is a better rival than a coin."),
            ),
            Wrong(
                "rare-as-rival",
                right - (n - benign),
                _("That compares with a rule that calls every lump malignant."),
            ),
        ],
        unit=_("lumps"),
    )


@tasks.add
def wrong_verdicts(draw: Random) -> Drawn:
    """How many errors a share right promises for a year."""
    n, percent = draw.randrange(200, 901, 100), draw.randint(86, 97)
    return Drawn(
        {"n": n, "percent": percent},
        _(
            "A model was right for {percent} of 100 new patients of a clinic. The clinic sees {n} "
            "such patients in a year. For about how many of them is a wrong verdict to be "
            "expected?"
        ),
        n * (100 - percent) // 100,
        _("Wrong are {wrong} of 100: {n} · {wrong} / 100 = {answer}."),
        [
            Wrong("right-for-wrong", n * percent // 100, _("For that many it is right.")),
            Wrong(
                "share-as-count",
                100 - percent,
                _("That many of 100 are wrong. The clinic sees more than 100 patients."),
            ),
            Wrong(
                "score-as-certainty",
                0,
                _("A score below 100 % promises errors; it does not say with whom."),
            ),
        ],
        unit=_("patients"),
        also={"wrong": 100 - percent},
    )
