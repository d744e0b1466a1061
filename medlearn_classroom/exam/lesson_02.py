"""Exam tasks of lesson 02: scales, columns, and who stands on both sides of a split."""

from __future__ import annotations

from random import Random

from medlearn.language import _
from medlearn_classroom.exam.tasks import Drawn, Tasks, Wrong

__all__ = ["tasks"]

tasks = Tasks("02")


@tasks.add
def standardise(draw: Random) -> Drawn:
    """A new patient's value on the ruler of the training patients."""
    mean, sd = draw.randint(118, 136), draw.choice([10, 12, 15, 16, 20])
    other, spread = mean + draw.randint(6, 20), draw.choice([8, 14, 18, 22, 25])
    x = mean + draw.choice([-1, 1]) * draw.randint(8, 40)
    return Drawn(
        {"mean": mean, "sd": sd, "other": other, "spread": spread, "x": x},
        _(
            "The training patients have a mean blood pressure of {mean} mmHg with a standard "
            "deviation of {sd}. In a new clinic the mean is {other} and the standard deviation "
            "{spread}. A patient of the new clinic has {x} mmHg. Which standardised value does the "
            "model have to see?"
        ),
        (x - mean) / sd,
        _("The ruler is that of the training patients: ({x} − {mean}) / {sd} = {answer}"),
        [
            Wrong(
                "own-ruler",
                (x - other) / spread,
                _("That is a new ruler. The model learned what 1 means on the old one."),
            ),
            Wrong(
                "half-a-ruler",
                (x - other) / sd,
                _("Mean and standard deviation both come from the training patients."),
            ),
            Wrong("sign-turned", (mean - x) / sd, _("Above the mean is positive.")),
        ],
        decimals=2,
    )


@tasks.add
def one_hot(draw: Random) -> Drawn:
    """How many columns a table has when its words are encoded."""
    measured, first, second = draw.randint(4, 9), draw.randint(3, 4), draw.randint(5, 7)
    return Drawn(
        {"measured": measured, "first": first, "second": second},
        _(
            "A table has {measured} measurements, a kind of chest pain with {first} possible "
            "words, and a ward with {second} possible words. The words become one-hot columns, one "
            "for each word. How many columns does the model see?"
        ),
        measured + first + second,
        _("{measured} + {first} + {second} = {answer}"),
        [
            Wrong(
                "words-as-numbers",
                measured + 2,
                _("A number for each word would give words an order that they do not have."),
            ),
            Wrong(
                "words-multiplied",
                measured + first * second,
                _("That would be one column for each pair of words."),
            ),
            Wrong(
                "measurements-left-out",
                first + second,
                _("The measurements stay beside the new columns."),
            ),
        ],
        unit=_("columns"),
    )


@tasks.add
def rows_of_one_nodule(draw: Random) -> Drawn:
    """How often a test row has a twin in the training part."""
    readers, percent = draw.choice([3, 4]), draw.randrange(10, 46, 2)
    q = percent / 100
    return Drawn(
        {"readers": readers, "percent": percent},
        _(
            "Each nodule was read by {readers} radiologists: {readers} rows. A program deals "
            "*rows* at random, each by itself: {percent} % go to the test. What is the chance that "
            "a test row has at least one other row of its nodule in the training part?"
        ),
        100 * (1 - q ** (readers - 1)),
        _(
            "Only if all {others} other rows go to the test there is none: 1 − {q:g}^{others} = "
            "{answer}"
        ),
        [
            Wrong(
                "rows-as-patients",
                0,
                _("That would hold if nodules, or patients, were dealt, and not rows."),
            ),
            Wrong(
                "none-for-some",
                100 * q ** (readers - 1),
                _("That is the chance that no other row is in the training part."),
            ),
            Wrong(
                "own-row-counted",
                100 * (1 - q**readers),
                _("The test row itself is in the test already; only the others are dealt."),
            ),
        ],
        decimals=1,
        unit="%",
        also={"others": readers - 1, "q": q},
    )
