"""Exam tasks of lesson 05: predictive values, a price, and what an alarm is worth."""

from __future__ import annotations

from random import Random

from medlearn.language import _
from medlearn_classroom.exam.tasks import Drawn, Tasks, Wrong

__all__ = ["tasks"]

tasks = Tasks("05")


@tasks.add
def predictive_value(draw: Random) -> Drawn:
    """The positive predictive value, from counts."""
    ill, healthy = draw.randrange(20, 81, 4), draw.randrange(500, 1501, 20)
    found = ill * draw.randint(60, 95) // 100
    alarms = healthy * draw.randint(5, 25) // 100
    return Drawn(
        {"ill": ill, "healthy": healthy, "found": found, "alarms": alarms},
        _(
            "A tool is tried on {ill} people with diabetes and {healthy:,} without. It invites "
            "{found} of the first and {alarms} of the second. What share of those invited have "
            "diabetes?"
        ),
        100 * found / (found + alarms),
        _("{found} of {found} + {alarms} = {invited} invited: {answer}"),
        [
            Wrong(
                "sensitivity-as-predictive-value",
                100 * found / ill,
                _("That is the sensitivity: it looks at those with diabetes."),
            ),
            Wrong(
                "specificity-as-predictive-value",
                100 * (healthy - alarms) / healthy,
                _("That is the specificity: it looks at those without diabetes."),
            ),
            Wrong(
                "accuracy-as-predictive-value",
                100 * (found + healthy - alarms) / (ill + healthy),
                _("That is the accuracy: most of it are people who were rightly left alone."),
            ),
        ],
        decimals=1,
        unit="%",
        also={"invited": found + alarms},
    )


@tasks.add
def elsewhere(draw: Random) -> Drawn:
    """The predictive value where the disease is rarer or more frequent."""
    sens, spec = draw.randrange(70, 96, 5), draw.randrange(80, 96, 5)
    prevalence = draw.choice([1, 2, 3, 4, 5, 8, 10])
    found, alarms = prevalence * sens / 100, (100 - prevalence) * (100 - spec) / 100
    return Drawn(
        {"sens": sens, "spec": spec, "prevalence": prevalence},
        _(
            "A test has a sensitivity of {sens} % and a specificity of {spec} %. In a practice "
            "{prevalence} of 100 people have the disease. What share of the positive ones have it?"
        ),
        100 * found / (found + alarms),
        _(
            "Of 100 people {found:g} are found and {alarms:g} are alarmed for nothing: {found:g} / "
            "({found:g} + {alarms:g}) = {answer}"
        ),
        [
            Wrong(
                "sensitivity-as-predictive-value",
                sens,
                _(
                    "That is the share of the ill who are positive, not of the positive who are "
                    "ill."
                ),
            ),
            Wrong(
                "prevalence-left-out",
                100 * sens / (sens + 100 - spec),
                _("That would hold if half of the people had the disease."),
            ),
            Wrong(
                "specificity-as-predictive-value",
                spec,
                _("That is the specificity: it looks at the people without the disease."),
            ),
        ],
        decimals=1,
        unit="%",
        also={"found": found, "alarms": alarms},
    )


@tasks.add
def threshold(draw: Random) -> Drawn:
    """From a price to a threshold."""
    price = draw.randint(3, 20)
    return Drawn(
        {"price": price},
        _(
            "To find one more person with the disease is worth {price} needless tests, and no "
            "more. The risks come true. From which risk on is a person tested?"
        ),
        100 / (1 + price),
        _("1 / (1 + {price}) = {answer}"),
        [
            Wrong(
                "price-upside-down",
                100 * price / (1 + price),
                _("That would hold if one needless test were as bad as several missed people."),
            ),
            Wrong(
                "half-as-threshold",
                50,
                _("One half would hold if both errors were equally bad."),
            ),
            Wrong(
                "odds-as-risk",
                100 / price,
                _("One to that number are odds: the one who is found counts among all, too."),
            ),
        ],
        decimals=1,
        unit="%",
    )


@tasks.add
def net_benefit(draw: Random) -> Drawn:
    """Net benefit for a thousand people, at a price."""
    found, price = draw.randint(15, 45), draw.choice([5, 8, 10, 16, 20])
    alarms, missed = draw.randint(80, 260), draw.randint(3, 12)
    return Drawn(
        {"found": found, "alarms": alarms, "missed": missed, "price": price},
        _(
            "Of 1,000 people a tool finds {found} with diabetes, misses {missed}, and invites "
            "{alarms} for nothing. {price} needless tests weigh as much as one person found. What "
            "is its net benefit, in people found for 1,000?"
        ),
        found - alarms / price,
        _("{found} − {alarms} / {price} = {answer}"),
        [
            Wrong(
                "alarms-for-free",
                found,
                _("The needless tests have a price, too."),
            ),
            Wrong(
                "missed-counted-twice",
                found - missed - alarms / price,
                _("Who is missed is not among those found, and is not taken off once more."),
            ),
            Wrong(
                "errors-alike",
                found - alarms,
                _("That weighs a needless test as much as a person found."),
            ),
        ],
        decimals=1,
    )
