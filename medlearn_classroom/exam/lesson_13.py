"""Exam tasks of lesson 13: forecasts, alarms, and time below a limit."""

from __future__ import annotations

from random import Random

from medlearn.language import _
from medlearn_classroom.exam.tasks import Drawn, Tasks, Wrong

__all__ = ["tasks"]

tasks = Tasks("13")


@tasks.add
def persistence(draw: Random) -> Drawn:
    """The error of "it stays as it is"."""
    a = draw.randrange(90, 181, 2)
    b, c, d = (a + draw.choice([-1, 1]) * draw.randrange(4, 31, 2) for _turn in range(3))
    errors = [abs(b - a), abs(c - b), abs(d - c)]
    return Drawn(
        {"a": a, "b": b, "c": c, "d": d},
        _(
            "Sugar is {a}, {b}, {c} and {d} mg/dL, half an hour apart. The forecast says each time "
            "that it stays as it is. What is its mean absolute error over the three forecasts?"
        ),
        sum(errors) / 3,
        _("({first} + {second} + {third}) / 3 = {answer}"),
        [
            Wrong(
                "signs-cancel",
                abs(d - a) / 3,
                _("Errors up and down do not make up for one another: take them without sign."),
            ),
            Wrong(
                "squares-for-amounts",
                (sum(error**2 for error in errors) / 3) ** 0.5,
                _("That is the root of the mean square: it weighs large errors more."),
            ),
            Wrong("worst-for-mean", max(errors), _("That is the largest error.")),
        ],
        decimals=1,
        unit=_("mg/dL"),
        also={"first": errors[0], "second": errors[1], "third": errors[2]},
    )


@tasks.add
def alarms_that_are_true(draw: Random) -> Drawn:
    """The share of alarms that were followed by a low."""
    lows, nights = draw.randint(12, 40), draw.randrange(60, 181, 10)
    found, false = draw.randint(lows * 6 // 10, lows - 1), draw.randint(10, 60)
    return Drawn(
        {"nights": nights, "lows": lows, "found": found, "false": false},
        _(
            "In {nights} nights there were {lows} lows. The alarm rang before {found} of them, and "
            "{false} times without a low. What share of the alarms were true?"
        ),
        100 * found / (found + false),
        _("{found} of {found} + {false} alarms: {answer}"),
        [
            Wrong(
                "sensitivity-as-predictive-value",
                100 * found / lows,
                _("That is the share of lows that had an alarm."),
            ),
            Wrong("false-for-true", 100 * false / (found + false), _("That share was false.")),
            Wrong(
                "nights-for-alarms",
                100 * found / nights,
                _("That is the share of nights with a true alarm."),
            ),
        ],
        decimals=1,
        unit="%",
    )


@tasks.add
def time_below(draw: Random) -> Drawn:
    """The share of time below a limit, with gaps."""
    gaps, low = draw.randrange(24, 97, 3), draw.randint(6, 40)
    read = 288 - gaps
    return Drawn(
        {"gaps": gaps, "low": low},
        _(
            "A sensor measures every five minutes, 288 times a day. Today {gaps} values are "
            "missing; {low} of the others lie below 70 mg/dL. Which share of the time that was "
            "measured was low?"
        ),
        100 * low / read,
        _("{low} of 288 − {gaps} = {read} values: {answer}"),
        [
            Wrong(
                "missing-as-no",
                100 * low / 288,
                _("That takes the missing values to be in order. Nobody knows them."),
            ),
            Wrong(
                "missing-as-yes",
                100 * (low + gaps) / 288,
                _("That takes the missing values to be low. Nobody knows them."),
            ),
            Wrong(
                "minutes-as-percent",
                low * 5 / 60,
                _("Those are hours, not a share of the time."),
            ),
        ],
        decimals=1,
        unit="%",
        also={"read": read},
    )
