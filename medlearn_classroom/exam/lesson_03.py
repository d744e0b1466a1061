"""Exam tasks of lesson 03: parameters, probabilities, and what one digit is worth."""

from __future__ import annotations

import math
from random import Random

from medlearn.language import _
from medlearn_classroom.exam.tasks import Drawn, Tasks, Wrong

__all__ = ["tasks"]

tasks = Tasks("03")


@tasks.add
def parameters(draw: Random) -> Drawn:
    """The numbers that a network of two layers learns."""
    side, hidden = draw.choice([8, 16, 28, 32]), draw.choice([16, 32, 64, 100, 128])
    kinds = draw.choice([3, 5, 8, 10])
    n = side * side
    return Drawn(
        {"side": side, "hidden": hidden, "kinds": kinds},
        _(
            "A network reads pictures of {side} × {side} pixels: Flatten, then "
            '`Dense({hidden}, activation="relu")`, then `Dense({kinds})`. How many parameters '
            "does it learn?"
        ),
        (n + 1) * hidden + (hidden + 1) * kinds,
        _(
            "Each neuron has a weight for each number that comes in, and a bias: ({n:,} + 1) · "
            "{hidden} + ({hidden} + 1) · {kinds} = {answer}"
        ),
        [
            Wrong(
                "bias-left-out",
                n * hidden + hidden * kinds,
                _("Each neuron has a bias, too."),
            ),
            Wrong(
                "last-layer-left-out",
                (n + 1) * hidden,
                _("The last layer has weights and biases of its own."),
            ),
            Wrong(
                "side-for-pixels",
                (side + 1) * hidden + (hidden + 1) * kinds,
                _("Flatten hands on every pixel of the picture, not one row of it."),
            ),
        ],
        also={"n": n},
    )


@tasks.add
def softmax(draw: Random) -> Drawn:
    """A probability from three logits."""
    a, b, c = (draw.choice([0.5, 1, 1.5, 2, 2.5, 3]) for _turn in range(3))
    total = math.exp(a) + math.exp(b) + math.exp(c)
    return Drawn(
        {"a": a, "b": b, "c": c},
        _(
            "A network gives the logits {a:g}, {b:g} and {c:g} for three kinds of cells. Which "
            "probability does softmax give to the first kind?"
        ),
        100 * math.exp(a) / total,
        _("e^{a:g} / (e^{a:g} + e^{b:g} + e^{c:g}) = {top:.2f} / {total:.2f} = {answer}"),
        [
            Wrong(
                "share-of-logits",
                100 * a / (a + b + c),
                _("Logits are no shares; softmax takes e to their power first."),
            ),
            Wrong(
                "sigmoid-for-softmax",
                100 / (1 + math.exp(-a)),
                _("That is the sigmoid of one logit: it does not look at the others."),
            ),
            Wrong(
                "odds-for-probability",
                100 * math.exp(a) / (total - math.exp(a)),
                _("The first kind belongs to the sum, too."),
            ),
        ],
        unit="%",
        also={"top": math.exp(a), "total": total},
    )


@tasks.add
def whole_value(draw: Random) -> Drawn:
    """How often a value of several digits is read right."""
    percent, digits = draw.randint(85, 97), draw.choice([3, 4])
    p = percent / 100
    return Drawn(
        {"percent": percent, "digits": digits},
        _(
            "A network reads {percent} % of single digits right, each independently of the others. "
            "What share of values of {digits} digits does it read without an error?"
        ),
        100 * p**digits,
        _("All {digits} digits must be right: {p:g}^{digits} = {answer}"),
        [
            Wrong(
                "digit-as-value",
                percent,
                _("That is the share of digits. A value is right only if all its digits are."),
            ),
            Wrong(
                "errors-added",
                100 - digits * (100 - percent),
                _("Two errors in one value count twice there, though it is one wrong value."),
            ),
            Wrong(
                "one-digit-left-out",
                100 * p ** (digits - 1),
                _("That is one digit too few: each of them must be right."),
            ),
        ],
        decimals=1,
        unit="%",
        also={"p": p},
    )
