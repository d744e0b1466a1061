"""Exam tasks of lesson 01: one neuron, by hand."""

from __future__ import annotations

import math
from random import Random

from medlearn.language import _
from medlearn_classroom.exam.tasks import Drawn, Tasks, Wrong

__all__ = ["tasks"]

tasks = Tasks("01")


@tasks.add
def neuron(draw: Random) -> Drawn:
    """The weighted sum of two measurements and a bias."""
    w, v = draw.choice([0.5, 1, 1.5, 2, 2.5, 3]), draw.choice([-2, -1.5, -1, 1, 1.5, 2])
    x, y = draw.choice([-1.5, -1, 0.5, 1, 2]), draw.choice([-2, -1.5, -0.5, 0.5, 1.5])
    b = draw.choice([-2, -1.5, -1, -0.5, 0.5, 1, 1.5])
    z = w * x + v * y + b
    return Drawn(
        {"w": w, "v": v, "b": b, "x": x, "y": y},
        _(
            "A neuron weighs radius with {w:g} and texture with {v:g}; its bias is {b:g}. A "
            "patient has radius {x:g} and texture {y:g} (standardised). What is her z, before the "
            "activation?"
        ),
        z,
        _("z = {w:g} · ({x:g}) + ({v:g}) · ({y:g}) + ({b:g}) = {answer}"),
        [
            Wrong("bias-left-out", w * x + v * y, _("The bias belongs to everybody's z.")),
            Wrong(
                "sign-lost",
                w * abs(x) + abs(v * y) + b,
                _("A negative value or weight takes evidence away."),
            ),
            Wrong(
                "bias-turned",
                w * x + v * y - b,
                _("The bias is added with its sign, not taken away."),
            ),
        ],
        decimals=2,
    )


@tasks.add
def border(draw: Random) -> Drawn:
    """Where the border goes when the bias changes."""
    w, step = draw.choice([2, 2.5, 4, 5]), draw.choice([-3, -2, -1.5, -1, 1, 1.5, 2, 3])
    b = draw.choice([-3, -2, -1, 1, 2])
    far, raw = abs(step) / w, abs(step)
    right = _("It moves by {far:g} towards larger radius: fewer alarms.")
    left = _("It moves by {far:g} towards smaller radius: more alarms.")
    value, backwards = (right, left) if step < 0 else (left, right)
    return Drawn(
        {"w": w, "b": b, "after": b + step},
        _(
            "A neuron sees one measurement, the radius (standardised), with the weight {w:g} and "
            "the bias {b:g}. It alarms where z > 0. The bias is set to {after:g}. What does the "
            "border of the alarm do?"
        ),
        value.format(far=far),
        _(
            "The border lies where z = 0, at radius −bias / weight: at {old:.2f} before and at "
            "{new:.2f} after. {answer}"
        ),
        [
            Wrong(
                "border-backwards",
                backwards.format(far=far),
                _("A lower bias needs more evidence for an alarm, a higher one needs less."),
            ),
            Wrong(
                "weight-left-out",
                value.format(far=raw),
                _("z changes by that much. The radius counts by its weight: divide by it."),
            ),
            Wrong(
                "border-stays",
                _("It stays: only the patients' z change."),
                _("The border lies where z is 0. When each z changes, it moves."),
            ),
        ],
        also={"old": -b / w + 0.0, "new": -(b + step) / w + 0.0},
    )


@tasks.add
def sigmoid(draw: Random) -> Drawn:
    """The output of a sigmoid neuron, in percent."""
    w, x = draw.choice([0.5, 1, 1.5, 2]), draw.choice([-1.5, -1, -0.5, 0.5, 1, 1.5])
    b = draw.choice([-1, -0.5, 0.5, 1])
    z = w * x + b
    return Drawn(
        {"w": w, "x": x, "b": b},
        _(
            "A neuron with the weight {w:g} and the bias {b:g} ends with a sigmoid, "
            "1 / (1 + e^(−z)). What is its output for the measurement {x:g}, in percent?"
        ),
        100 / (1 + math.exp(-z)),
        _("z = {w:g} · ({x:g}) + ({b:g}) = {z:g}, and 1 / (1 + e^(−z)) = {answer}"),
        [
            Wrong(
                "sigmoid-turned",
                100 / (1 + math.exp(z)),
                _("That is the output for −z: the sign in the exponent is lost."),
            ),
            Wrong(
                "step-for-sigmoid",
                100 if z > 0 else 0,
                _("That is what a step gives. A sigmoid goes there slowly."),
            ),
            Wrong(
                "bias-left-out",
                100 / (1 + math.exp(-w * x)),
                _("The bias belongs to z."),
            ),
        ],
        unit="%",
        also={"z": z},
    )
