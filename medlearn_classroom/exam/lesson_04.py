"""Exam tasks of lesson 04: the loss, a step downhill, and how many steps there are."""

from __future__ import annotations

import math
from random import Random

from medlearn.language import _
from medlearn_classroom.exam.tasks import Drawn, Tasks, Wrong

__all__ = ["tasks"]

tasks = Tasks("04")


@tasks.add
def cross_entropy(draw: Random) -> Drawn:
    """The mean loss of the risks of three patients."""
    p, q, r = (draw.choice([0.05, 0.1, 0.2, 0.3, 0.4, 0.6, 0.7, 0.8, 0.9]) for _turn in range(3))
    losses = [-math.log(p), -math.log(1 - q), -math.log(1 - r)]
    turned = [-math.log(1 - p), -math.log(q), -math.log(r)]
    return Drawn(
        {"p": p, "q": q, "r": r},
        _(
            "A model gives three women the risks {p:g}, {q:g} and {r:g}. The first has cancer, the "
            "two others do not. What is the mean cross-entropy (natural logarithm)?"
        ),
        sum(losses) / 3,
        _(
            "Minus the logarithm of the probability given to what happened: (−ln {p:g} − ln "
            "{notq:g} − ln {notr:g}) / 3 = {answer}"
        ),
        [
            Wrong("sum-for-mean", sum(losses), _("That is the sum; divide by three women.")),
            Wrong(
                "outcomes-turned",
                sum(turned) / 3,
                _("That takes the probability given to what did not happen."),
            ),
            Wrong(
                "loss-as-count",
                ((p < 0.5) + (q > 0.5) + (r > 0.5)) / 3,
                _("That counts mistakes. The loss also says how sure they were."),
            ),
        ],
        decimals=2,
        also={"notq": 1 - q, "notr": 1 - r},
    )


@tasks.add
def step(draw: Random) -> Drawn:
    """One step of gradient descent."""
    w, slope = draw.choice([-2, -1, -0.5, 0.5, 1, 2]), draw.choice([-4, -3, -2, 1.5, 2, 3, 4])
    rate = draw.choice([0.05, 0.1, 0.2, 0.25])
    return Drawn(
        {"w": w, "slope": slope, "rate": rate},
        _(
            "A weight is {w:g}, the slope of the loss there is {slope:g}, and the learning rate is "
            "{rate:g}. What is the weight after one step of gradient descent?"
        ),
        w - rate * slope,
        _("Against the slope: {w:g} − {rate:g} · ({slope:g}) = {answer}"),
        [
            Wrong("uphill", w + rate * slope, _("That walks with the slope: the loss grows.")),
            Wrong(
                "rate-left-out",
                w - slope,
                _("The step is the learning rate times the slope."),
            ),
            Wrong(
                "step-for-weight",
                -rate * slope,
                _("That is the step. It starts from the weight."),
            ),
        ],
        decimals=3,
    )


@tasks.add
def updates(draw: Random) -> Drawn:
    """How often the weights move in a training."""
    n, batch = draw.randint(300, 1200), draw.choice([16, 32, 64, 100])
    epochs = draw.choice([5, 10, 15, 20])
    batches = -(-n // batch)
    return Drawn(
        {"n": n, "batch": batch, "epochs": epochs},
        _(
            "{n:,} training patients, `batch_size={batch}`, `epochs={epochs}`. The last batch of "
            "an epoch may be smaller. How many times do the weights move?"
        ),
        batches * epochs,
        _("{n:,} / {batch}, rounded up, is {batches} batches; {batches} · {epochs} = {answer}"),
        [
            Wrong(
                "last-batch-lost",
                (n // batch) * epochs,
                _("The patients that are left over make a batch, too."),
            ),
            Wrong("epoch-as-step", epochs, _("In each epoch there is a step for each batch.")),
            Wrong(
                "patient-as-step",
                n * epochs,
                _("A step is made for a batch, not for each patient."),
            ),
        ],
        unit=_("steps"),
        also={"batches": batches},
    )
