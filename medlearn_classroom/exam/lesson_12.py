"""Exam tasks of lesson 12: how many to treat, and who is still followed."""

from __future__ import annotations

import math
from random import Random

from medlearn.language import _
from medlearn_classroom.exam.tasks import Drawn, Tasks, Wrong

__all__ = ["tasks"]

tasks = Tasks("12")


def _trial(draw: Random) -> tuple[int, int, int, int]:
    """People and deaths with and without the treatment."""
    n, m = draw.randrange(200, 601, 20), draw.randrange(200, 601, 20)
    without = draw.randint(30, 48)
    with_it = without - draw.randint(8, 16)
    return n, n * with_it // 100, m, m * without // 100


@tasks.add
def number_to_treat(draw: Random) -> Drawn:
    """The number needed to treat."""
    n, died, m, died_without = _trial(draw)
    risk, control = died / n, died_without / m
    return Drawn(
        {"n": n, "died": died, "m": m, "died_without": died_without},
        _(
            "In a trial {died} of {n} people die with a treatment, and {died_without} of {m} "
            "without it. How many must be treated so that one more lives?"
        ),
        1 / (control - risk),
        _("1 / ({control:.3f} − {risk:.3f}) = {answer}"),
        [
            Wrong(
                "level-for-difference",
                1 / (1 - risk),
                _("That looks at those who live with the treatment. Most would live without it."),
            ),
            Wrong(
                "relative-for-absolute",
                control / (control - risk),
                _("That uses the relative difference; the absolute one counts for people."),
            ),
            Wrong(
                "one-arm-only",
                1 / control,
                _("That would hold if the treatment saved everybody who dies without it."),
            ),
        ],
        decimals=1,
        unit=_("people"),
        also={"control": control, "risk": risk},
    )


@tasks.add
def interval_of_the_number(draw: Random) -> Drawn:
    """The upper end of the number needed to treat."""
    n, died, m, died_without = _trial(draw)
    risk, control = died / n, died_without / m
    variance = risk * (1 - risk) / n, control * (1 - control) / m
    gain, error = control - risk, math.sqrt(sum(variance))
    low = gain - 1.96 * error
    if low < 0.01:  # the interval reaches harm, and the number has no upper end
        return interval_of_the_number(draw)
    return Drawn(
        {"n": n, "died": died, "m": m, "died_without": died_without},
        _(
            "In a trial {died} of {n} people die with a treatment, and {died_without} of {m} "
            "without it. Make the 95 % interval of the difference of the two risks (± 1.96 "
            "standard errors, with √(p(1 − p)/n + q(1 − q)/m)). What is the largest number needed "
            "to treat that goes with it?"
        ),
        1 / low,
        _(
            "Difference {gain:.4f}, standard error {error:.4f}; the smallest gain is {low:.4f}, "
            "and 1 / {low:.4f} = {answer}"
        ),
        [
            Wrong("no-interval", 1 / gain, _("That is the number without its uncertainty.")),
            Wrong(
                "other-end",
                1 / (gain + 1.96 * error),
                _("That is the smallest number: it goes with the largest gain."),
            ),
            Wrong(
                "one-error-only",
                1 / (gain - error),
                _("One standard error makes an interval of 68 %."),
            ),
        ],
        unit=_("people"),
        also={"gain": gain, "error": error, "low": low},
    )


@tasks.add
def kaplan_meier(draw: Random) -> Drawn:
    """Two steps of a Kaplan–Meier curve."""
    n, first = draw.randrange(30, 81, 5), draw.randint(3, 8)
    left, second = draw.randint(4, 12), draw.randint(3, 8)
    now = n - first - left
    alive = (1 - first / n) * (1 - second / now)
    return Drawn(
        {"n": n, "first": first, "left": left, "second": second},
        _(
            "{n} people are followed: {first} die in month 3, then {left} leave the study alive, "
            "and {second} die in month 9. What does Kaplan and Meier's curve say after month 9?"
        ),
        100 * alive,
        _("(1 − {first} / {n}) · (1 − {second} / {now}) = {answer}: {now} were still followed"),
        [
            Wrong(
                "left-as-alive",
                100 * (1 - (first + second) / n),
                _("That takes it that those who left would all have been seen alive in month 9."),
            ),
            Wrong(
                "left-as-dead",
                100 * (1 - (first + second + left) / n),
                _("Who leaves the study has not died."),
            ),
            Wrong(
                "last-step-only",
                100 * (1 - second / now),
                _("The steps multiply: the deaths of month 3 remain."),
            ),
        ],
        decimals=1,
        unit="%",
        also={"now": now},
    )
