"""Exam tasks of lesson 18: how many people a trial needs, and what a week brings."""

from __future__ import annotations

from random import Random

from medlearn.language import _
from medlearn_classroom.exam.tasks import Drawn, Tasks, Wrong

__all__ = ["tasks"]

tasks = Tasks("18")


@tasks.add
def people_for_events(draw: Random) -> Drawn:
    """How many people bring enough events."""
    events, percent = draw.choice([50, 80, 100, 150, 200]), draw.choice([2, 2.5, 4, 5, 8, 10])
    features = draw.choice([12, 15, 17, 22])
    return Drawn(
        {"events": events, "percent": percent, "features": features},
        _(
            "A model of {features} columns is to be tried on people of whom {percent:g} % have "
            "high sugar. {events} of these are wanted. How many people must be asked?"
        ),
        round(100 * events / percent),
        _("{events} / {percent:g} % = {answer}. The number of columns does not matter here."),
        [
            Wrong(
                "people-for-events",
                events,
                _("Among that many people only a few have high sugar."),
            ),
            Wrong(
                "rule-of-ten",
                round(1000 * features / percent),
                _("Ten events for each column is a rule for making a model, not for trying one."),
            ),
            Wrong(
                "expected-events",
                round(events * percent / 100),
                _("Divide by the share: more people are needed than events."),
            ),
        ],
        unit=_("people"),
    )


@tasks.add
def width_of_an_interval(draw: Random) -> Drawn:
    """How many ill people a narrow interval of the sensitivity takes."""
    percent, half = draw.choice([65, 70, 75, 80, 85, 90]), draw.choice([3, 4, 5, 6, 8])
    p, h = percent / 100, half / 100
    return Drawn(
        {"percent": percent, "half": half},
        _(
            "A sensitivity of about {percent} % is to be known within ± {half} percentage points "
            "(95 % interval, ± 1.96 · √(p(1 − p)/n)). How many people with the disease does that "
            "take?"
        ),
        1.96**2 * p * (1 - p) / h**2,
        _("1.96² · {p:g} · {rest:g} / {h:g}² = {answer}"),
        [
            Wrong(
                "whole-width",
                1.96**2 * p * (1 - p) / (2 * h) ** 2,
                _("That interval is ± twice as wide: half of the width counts."),
            ),
            Wrong(
                "spread-left-out",
                1.96**2 / h**2,
                _("The share itself belongs to the error: √(p(1 − p)/n)."),
            ),
            Wrong(
                "root-forgotten",
                1.96 * p * (1 - p) / h**2,
                _("Solve for n: both sides are squared, and so is 1.96."),
            ),
        ],
        unit=_("people"),
        also={"p": p, "h": h, "rest": 1 - p},
    )


@tasks.add
def silent_week(draw: Random) -> Drawn:
    """How many alarms a silent trial sees in a week."""
    n, percent = draw.randrange(200, 901, 100), draw.choice([2, 3, 4, 5])
    sens, spec = draw.choice([70, 75, 80, 85]), draw.choice([80, 85, 90])
    ill = n * percent / 100
    found, alarms = ill * sens / 100, (n - ill) * (100 - spec) / 100
    return Drawn(
        {"n": n, "percent": percent, "sens": sens, "spec": spec},
        _(
            "{n} people come in a week, {percent} % of them with high sugar. The tool has a "
            "sensitivity of {sens} % and a specificity of {spec} %. How many alarms are to be "
            "expected in a week?"
        ),
        found + alarms,
        _("{found:.1f} true and {alarms:.1f} false ones: {answer}"),
        [
            Wrong(
                "true-ones-only",
                found,
                _("People without high sugar are alarmed, too, and they are many."),
            ),
            Wrong("false-ones-only", alarms, _("The true alarms ring, too.")),
            Wrong("ill-as-alarms", ill, _("That many have high sugar; not all of them alarm.")),
        ],
        unit=_("alarms"),
        also={"found": found, "alarms": alarms},
    )
