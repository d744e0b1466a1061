"""Exam tasks of lesson 16: averages of hospitals, and what they give away."""

from __future__ import annotations

from random import Random

from medlearn.language import _
from medlearn_classroom.exam.tasks import Drawn, Tasks, Wrong

__all__ = ["tasks"]

tasks = Tasks("16")


@tasks.add
def federated_average(draw: Random) -> Drawn:
    """One weight of the common model."""
    n, m, k = (draw.randrange(50, 401, 10) for _turn in range(3))
    a, b, c = (draw.randint(-12, 20) / 10 for _turn in range(3))
    total = n + m + k
    largest = max([(n, a), (m, b), (k, c)])[1]
    return Drawn(
        {"n": n, "a": a, "m": m, "b": b, "k": k, "c": c},
        _(
            "Three hospitals with {n}, {m} and {k} patients send the weights {a:g}, {b:g} and "
            "{c:g}. What is the federated average?"
        ),
        (n * a + m * b + k * c) / total,
        _("({n} · ({a:g}) + {m} · ({b:g}) + {k} · ({c:g})) / {total} = {answer}"),
        [
            Wrong(
                "hospitals-counted-alike",
                (a + b + c) / 3,
                _("That counts hospitals. Each patient should count alike."),
            ),
            Wrong("largest-only", largest, _("That is the weight of the largest hospital.")),
            Wrong(
                "small-ones-heavier",
                (a / n + b / m + c / k) / (1 / n + 1 / m + 1 / k),
                _("That weighs the small hospitals more: multiply with the patients."),
            ),
        ],
        decimals=2,
        also={"total": total},
    )


@tasks.add
def from_a_gradient(draw: Random) -> Drawn:
    """A finding of a single patient, read from a gradient."""
    error, finding = draw.choice([-0.8, -0.6, -0.4, 0.3, 0.5, 0.7]), draw.randint(3, 28) / 10
    slope = round(error * finding, 4)
    return Drawn(
        {"slope": slope, "error": error},
        _(
            "A hospital sends the gradient of one step on one patient: {slope:g} for the weight of "
            "a finding, {error:g} for the intercept. What is this patient's finding "
            "(standardised)?"
        ),
        slope / error,
        _(
            "(risk − outcome) · finding, divided by (risk − outcome): ({slope:g}) / ({error:g}) = "
            "{answer}"
        ),
        [
            Wrong(
                "turned-over",
                error / slope,
                _("Divide the gradient of the weight by that of the intercept."),
            ),
            Wrong(
                "multiplied",
                error * slope,
                _("The error is in it as a factor: divide by it."),
            ),
            Wrong(
                "gradient-as-finding",
                slope,
                _("That is the finding times the error of the risk."),
            ),
        ],
        decimals=2,
    )


@tasks.add
def two_who_talk(draw: Random) -> Drawn:
    """What two hospitals learn of the third from a mean."""
    a, b, c = (draw.randint(-15, 20) / 10 for _turn in range(3))
    mean = round((a + b + c) / 3, 2)
    return Drawn(
        {"mean": mean, "b": b, "c": c},
        _(
            "Three hospitals hide their updates with masks that cancel in the sum; all count "
            "alike. The mean is {mean:.2f}. The second had {b:g} and the third {c:g}, and these "
            "two talk to each other. What was the update of the first?"
        ),
        3 * mean - b - c,
        _("3 · ({mean:.2f}) − ({b:g}) − ({c:g}) = {answer}: masks hide nothing from all others"),
        [
            Wrong("mean-as-own", mean, _("That is the mean of all three.")),
            Wrong(
                "sum-forgotten",
                mean - b - c,
                _("The mean is a third of the sum."),
            ),
            Wrong(
                "others-mean-taken",
                2 * mean - (b + c) / 2,
                _("Three updates make the sum, not two."),
            ),
        ],
        decimals=1,
    )
