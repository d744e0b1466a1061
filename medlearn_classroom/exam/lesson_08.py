"""Exam tasks of lesson 08: windows, beats, and what is left of a slope."""

from __future__ import annotations

from random import Random

from medlearn.language import _
from medlearn_classroom.exam.tasks import Drawn, Tasks, Wrong

__all__ = ["tasks"]

tasks = Tasks("08")


@tasks.add
def windows(draw: Random) -> Drawn:
    """How many windows fit into a recording."""
    rate, seconds = draw.choice([20, 25, 50, 100]), draw.randrange(30, 121, 5)
    window, step = draw.choice([2, 3, 4, 5]), draw.choice([0.5, 1, 1.5, 2])
    n, size, hop = rate * seconds, rate * window, round(rate * step)
    count = (n - size) // hop + 1
    return Drawn(
        {"seconds": seconds, "rate": rate, "window": window, "step": step},
        _(
            "A recording lasts {seconds} s, with {rate} measurements a second. Windows of "
            "{window} s begin every {step:g} s. How many whole windows fit?"
        ),
        count,
        _("({n:,} − {size}) / {hop} measurements, rounded down, and one for the first: {answer}"),
        [
            Wrong("first-window-lost", count - 1, _("The first window counts, too.")),
            Wrong(
                "windows-side-by-side",
                n // size,
                _("That is without overlap: a window begins at every step."),
            ),
            Wrong(
                "end-forgotten",
                n // hop,
                _("Near the end of the recording a window no longer fits."),
            ),
        ],
        unit=_("windows"),
        also={"n": n, "size": size, "hop": hop},
    )


@tasks.add
def heart_rate(draw: Random) -> Drawn:
    """The heart rate from the distance of two R peaks."""
    rate, beats = draw.choice([200, 250, 360, 500]), draw.randint(52, 128)
    distance = round(60 * rate / beats)
    return Drawn(
        {"rate": rate, "distance": distance},
        _(
            "An ECG has {rate} measurements a second. Two R peaks lie {distance} measurements "
            "apart. What is the heart rate?"
        ),
        60 * rate / distance,
        _("One beat takes {distance} / {rate} s; 60 · {rate} / {distance} = {answer}"),
        [
            Wrong(
                "turned-over",
                60 * distance / rate,
                _("That grows with the distance: peaks further apart are a slower heart."),
            ),
            Wrong(
                "rate-left-out",
                6000 / distance,
                _("That takes 100 measurements a second."),
            ),
            Wrong(
                "half-a-minute",
                30 * rate / distance,
                _("A minute has 60 seconds: one R peak is one beat."),
            ),
        ],
        unit=_("beats a minute"),
    )


@tasks.add
def vanishing(draw: Random) -> Drawn:
    """What is left of a slope after many steps back."""
    factor, steps = draw.choice([0.8, 0.85, 0.9, 0.92, 0.95]), draw.choice([5, 8, 10, 12, 15, 20])
    return Drawn(
        {"factor": factor, "steps": steps},
        _(
            "In a recurrent network the slope is multiplied with {factor:g} at each step back in "
            "time. What share of it is left after {steps} steps?"
        ),
        100 * factor**steps,
        _("{factor:g}^{steps} = {answer}"),
        [
            Wrong(
                "steps-as-one",
                100 * factor,
                _("That is after one step. Each further one multiplies again."),
            ),
            Wrong(
                "lost-for-left",
                100 * (1 - factor**steps),
                _("That share is lost."),
            ),
            Wrong(
                "slopes-divided",
                100 * factor / steps,
                _("The factor is multiplied with itself, not divided by the steps."),
            ),
        ],
        decimals=1,
        unit="%",
    )


@tasks.add
def lstm_weights(draw: Random) -> Drawn:
    """The parameters of an LSTM."""
    n, units = draw.randint(2, 9), draw.choice([8, 16, 32, 64])
    return Drawn(
        {"n": n, "units": units},
        _(
            "`LSTM({units})` reads {n:,} measurements at each moment. How many parameters does it "
            "learn?"
        ),
        4 * ((n + units + 1) * units),
        _(
            "Four times the weights for what comes in, for what was remembered, and the bias: 4 · "
            "({n:,} + {units} + 1) · {units} = {answer}"
        ),
        [
            Wrong(
                "gates-left-out",
                (n + units + 1) * units,
                _("That is a simple recurrent layer: an LSTM has three gates beside it."),
            ),
            Wrong(
                "memory-left-out",
                4 * (n + 1) * units,
                _("Each unit also has weights for what all units gave before."),
            ),
            Wrong(
                "bias-left-out",
                4 * (n + units) * units,
                _("Each of the four has a bias for each unit."),
            ),
        ],
    )
