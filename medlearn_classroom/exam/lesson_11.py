"""Exam tasks of lesson 11: the next word, colder and warmer."""

from __future__ import annotations

import math
from random import Random

from medlearn.language import _
from medlearn_classroom.exam.tasks import Drawn, Tasks, Wrong

__all__ = ["tasks"]

tasks = Tasks("11")


@tasks.add
def two_words(draw: Random) -> Drawn:
    """The probability of two words in a row, by counting."""
    n, m = draw.randrange(40, 161, 10), draw.randrange(20, 81, 5)
    first, second = draw.randint(5, n // 2), draw.randint(3, m // 2)
    return Drawn(
        {"n": n, "first": first, "m": m, "second": second},
        _(
            'In a list "fracture" is followed by some word {n} times, {first} times by "of". "Of" '
            'is followed by some word {m} times, {second} times by "femur". A model counts pairs '
            'of words. Which probability does it give to "of femur" after "fracture"?'
        ),
        100 * first / n * second / m,
        _("{first} / {n} · {second} / {m} = {answer}"),
        [
            Wrong(
                "chances-averaged",
                50 * (first / n + second / m),
                _("Both must happen: the probabilities multiply."),
            ),
            Wrong("first-word-only", 100 * first / n, _('That is the probability of "of" alone.')),
            Wrong(
                "last-word-only",
                100 * second / m,
                _('That takes it that "of" has come already.'),
            ),
        ],
        decimals=1,
        unit="%",
    )


@tasks.add
def temperature(draw: Random) -> Drawn:
    """The probability of a word at another temperature."""
    a, b = draw.choice([1.5, 2, 2.5, 3]), draw.choice([0.3, 0.5, 0.8, 1, 1.2])
    t = draw.choice([0.5, 1.5, 2, 2.5])
    warm = math.exp(a / t) / (math.exp(a / t) + math.exp(b / t))
    plain = math.exp(a) / (math.exp(a) + math.exp(b))
    turned = math.exp(a * t) / (math.exp(a * t) + math.exp(b * t))
    return Drawn(
        {"a": a, "b": b, "t": t},
        _(
            "Two words are possible, with the logits {a:g} and {b:g}. Which probability has the "
            "first at temperature {t:g}?"
        ),
        100 * warm,
        _(
            "Logits are divided by the temperature: {first:g} and {second:g}. e^{first:g} / "
            "(e^{first:g} + e^{second:g}) = {answer}"
        ),
        [
            Wrong("temperature-left-out", 100 * plain, _("That is at temperature 1.")),
            Wrong(
                "temperature-turned",
                100 * turned,
                _("Logits are divided by the temperature: a colder model is surer."),
            ),
            Wrong(
                "share-of-logits",
                100 * a / (a + b),
                _("Logits are no shares; softmax takes e to their power first."),
            ),
        ],
        unit="%",
        also={"first": a / t, "second": b / t},
    )


@tasks.add
def surprise(draw: Random) -> Drawn:
    """The mean loss of three words, as a number of equal words."""
    p, q, r = (draw.choice([0.05, 0.1, 0.2, 0.25, 0.4, 0.5, 0.8]) for _turn in range(3))
    value = (p * q * r) ** (-1 / 3)
    return Drawn(
        {"p": p, "q": q, "r": r},
        _(
            "A model gives the three words of a line, as they came, the probabilities {p:g}, {q:g} "
            "and {r:g}. What is its perplexity, e to the power of the mean loss?"
        ),
        value,
        _("Mean loss (−ln {p:g} − ln {q:g} − ln {r:g}) / 3 = {loss:.3f}; e^{loss:.3f} = {answer}"),
        [
            Wrong(
                "loss-for-perplexity",
                math.log(value),
                _("That is the mean loss; take e to its power."),
            ),
            Wrong(
                "mean-of-probabilities",
                3 / (p + q + r),
                _("The mean is taken of the logarithms, so a word it hardly expected weighs more."),
            ),
            Wrong(
                "sum-for-mean",
                value**3,
                _("That takes the sum of the losses, not their mean."),
            ),
        ],
        decimals=1,
        also={"loss": math.log(value)},
    )
