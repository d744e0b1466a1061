"""Exam tasks of lesson 17: for whom a tool fails, and which equalities can be had."""

from __future__ import annotations

from random import Random

from medlearn.language import _
from medlearn_classroom.exam.tasks import Drawn, Tasks, Wrong

__all__ = ["tasks"]

tasks = Tasks("17")


@tasks.add
def gap(draw: Random) -> Drawn:
    """The difference of two groups in the share found."""
    ill, others = draw.randrange(40, 121, 4), draw.randrange(30, 91, 3)
    found, fewer = ill * draw.randint(70, 92) // 100, others * draw.randint(40, 65) // 100
    people, rest = ill * draw.randint(9, 14), others * draw.randint(6, 9)
    invited, asked = found + people // 6, fewer + rest // 8
    return Drawn(
        {
            "people": people,
            "ill": ill,
            "found": found,
            "invited": invited,
            "rest": rest,
            "others": others,
            "fewer": fewer,
            "asked": asked,
        },
        _(
            "Group A has {people:,} people, {ill} with high sugar; a tool invites {invited}, "
            "{found} of them high. Group B has {rest:,} people, {others} with high sugar; it "
            "invites {asked}, {fewer} of them high. By how many percentage points is the share "
            "*found* of those with high sugar larger in A?"
        ),
        100 * (found / ill - fewer / others),
        _("{found} / {ill} − {fewer} / {others} = {answer}"),
        [
            Wrong(
                "invited-for-found",
                100 * (invited / people - asked / rest),
                _("That compares shares invited, whether high or not."),
            ),
            Wrong(
                "predictive-value-for-found",
                100 * (found / invited - fewer / asked),
                _("That compares how many of the invited are high."),
            ),
            Wrong(
                "people-for-ill",
                100 * (found / people - fewer / rest),
                _("Divide by those with high sugar, not by all people of the group."),
            ),
        ],
        decimals=1,
        unit=_("points"),
    )


@tasks.add
def what_must_give(draw: Random) -> Drawn:
    """The false alarms that follow from equal values elsewhere."""
    prevalence = draw.choice([4, 5, 6, 8, 10, 12, 15, 20])
    sens, ppv = draw.choice([60, 65, 70, 75, 80]), draw.choice([25, 30, 35, 40, 45])
    found = prevalence * sens / 100
    alarms = found * (100 - ppv) / ppv
    return Drawn(
        {"prevalence": prevalence, "sens": sens, "ppv": ppv},
        _(
            "In a group {prevalence} of 100 people have high sugar. A tool must find {sens} % of "
            "them, and {ppv} % of its alarms must be true, as in every group. Which share of those "
            "*without* high sugar does it then alarm?"
        ),
        100 * alarms / (100 - prevalence),
        _(
            "Of 100 people {found:g} are found. These are {ppv} % of the alarms, so {alarms:.2f} "
            "alarms are false, among {healthy} people: {answer}"
        ),
        [
            Wrong(
                "alarms-for-people",
                100 - ppv,
                _("That share of the alarms is false, not of the people without high sugar."),
            ),
            Wrong(
                "missed-for-alarmed",
                100 - sens,
                _("That share of those with high sugar is missed."),
            ),
            Wrong(
                "prevalence-left-out",
                sens * (100 - ppv) / ppv,
                _("That would hold if half of the people had high sugar."),
            ),
        ],
        decimals=1,
        unit="%",
        also={"found": found, "alarms": alarms, "healthy": 100 - prevalence},
    )


@tasks.add
def observed_over_expected(draw: Random) -> Drawn:
    """Whether risks come true in a group."""
    n, risk = draw.randrange(200, 901, 50), draw.choice([3, 4, 5, 6, 8])
    expected = n * risk / 100
    observed = max(10, round(expected * draw.choice([0.6, 0.7, 0.8, 1.25, 1.4, 1.6])))
    return Drawn(
        {"n": n, "risk": risk, "observed": observed},
        _(
            "A tool gives {n} people of a group a mean risk of {risk} %. {observed} of them have "
            "high sugar. What is observed over expected?"
        ),
        observed / expected,
        _("Expected are {n} · {risk} % = {expected:g}; {observed} / {expected:g} = {answer}"),
        [
            Wrong(
                "turned-over",
                expected / observed,
                _("That is expected over observed."),
            ),
            Wrong(
                "share-for-ratio",
                100 * observed / n,
                _("That is the share with high sugar in percent; compare it with the risk."),
            ),
            Wrong(
                "difference-for-ratio",
                observed - expected,
                _("That is how many more there were than expected, not how many times as many."),
            ),
        ],
        decimals=2,
        also={"expected": expected},
    )
