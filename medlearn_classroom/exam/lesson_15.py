"""Exam tasks of lesson 15: what a reason of a model amounts to."""

from __future__ import annotations

import math
from random import Random

from medlearn.language import _
from medlearn_classroom.exam.tasks import Drawn, Tasks, Wrong

__all__ = ["tasks"]

tasks = Tasks("15")


@tasks.add
def odds_ratio(draw: Random) -> Drawn:
    """What a coefficient does to the odds."""
    b, d = draw.choice([0.03, 0.04, 0.05, 0.06, 0.08]), draw.choice([5, 10, 15, 20])
    return Drawn(
        {"b": b, "d": d},
        _(
            "In a logistic regression the waist has the coefficient {b:g} for each centimetre. All "
            "else alike, one person's waist is {d} cm wider. By which factor are this person's "
            "odds higher?"
        ),
        math.exp(b * d),
        _("e^({b:g} · {d}) = {answer}"),
        [
            Wrong(
                "logit-as-odds",
                1 + b * d,
                _("The coefficient adds to the logit; the odds take e to its power."),
            ),
            Wrong("one-step-only", math.exp(b), _("That is for one centimetre.")),
            Wrong("odds-times-steps", d * math.exp(b), _("Each centimetre multiplies again.")),
        ],
        decimals=2,
    )


@tasks.add
def shapley(draw: Random) -> Drawn:
    """The Shapley value of one of two findings."""
    base = draw.randint(4, 12)
    age, waist = base + draw.randint(3, 12), base + draw.randint(2, 14)
    both = max(age, waist) + draw.randint(3, 16)
    alone, last = age - base, both - waist
    return Drawn(
        {"base": base, "age": age, "waist": waist, "both": both},
        _(
            "Without knowing anything a model says {base} %. Knowing the age alone it says {age} "
            "%, the waist alone {waist} %, and both {both} %. What is the Shapley value of the "
            "age, in percentage points?"
        ),
        (alone + last) / 2,
        _(
            "As the first it adds {age} − {base} = {alone}, as the second {both} − {waist} = "
            "{last}; the mean is {answer}"
        ),
        [
            Wrong(
                "first-order-only",
                alone,
                _("That is what it adds as the first. The order must not matter."),
            ),
            Wrong(
                "last-order-only",
                last,
                _("That is what it adds as the second. The order must not matter."),
            ),
            Wrong(
                "all-to-one",
                both - base,
                _("That is what both add; the waist has its part in it."),
            ),
        ],
        decimals=1,
        unit=_("points"),
        also={"alone": alone, "last": last},
    )


@tasks.add
def permutation(draw: Random) -> Drawn:
    """The mean fall of an AUC when a column is shuffled."""
    auc = draw.choice([0.8, 0.82, 0.84, 0.86, 0.88])
    a, b, c = (round(auc - draw.randint(20, 120) / 1000, 3) for _turn in range(3))
    return Drawn(
        {"auc": auc, "a": a, "b": b, "c": c},
        _(
            "A model has an AUC of {auc:.3f}. With the column *age* shuffled three times it has "
            "{a:.3f}, {b:.3f} and {c:.3f}. What is the permutation importance of age?"
        ),
        auc - (a + b + c) / 3,
        _("{auc:.3f} − ({a:.3f} + {b:.3f} + {c:.3f}) / 3 = {answer}"),
        [
            Wrong(
                "level-for-difference",
                (a + b + c) / 3,
                _("That is the AUC without the age. The importance is what is lost."),
            ),
            Wrong(
                "best-for-mean",
                auc - min(a, b, c),
                _("That is the largest fall, one of three by luck."),
            ),
            Wrong(
                "half-as-floor",
                (a + b + c) / 3 - 0.5,
                _("That is what the model has without the age, above chance."),
            ),
        ],
        decimals=3,
    )
