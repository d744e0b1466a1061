"""Exam tasks of lesson 10: two piles, pieces of words, and who reads the rest."""

from __future__ import annotations

from random import Random

from medlearn.language import _
from medlearn_classroom.exam.tasks import Drawn, Tasks, Wrong

__all__ = ["tasks"]

tasks = Tasks("10")


@tasks.add
def two_piles(draw: Random) -> Drawn:
    """The error rate over two piles."""
    decided, left = draw.randrange(600, 951, 50), draw.randrange(100, 501, 50)
    first, second = draw.choice([2, 3, 4, 5]), draw.choice([8, 10, 12, 15, 20])
    errors = decided * first / 100 + left * second / 100
    return Drawn(
        {"decided": decided, "first": first, "left": left, "second": second},
        _(
            "A program decides {decided:,} lines, with errors in {first} % of them. People decide "
            "the other {left} lines, with errors in {second} %. What is the error rate over all "
            "lines?"
        ),
        100 * errors / (decided + left),
        _("{wrong:g} + {missed:g} errors in {n:,} lines: {answer}"),
        [
            Wrong(
                "rates-of-two-piles-added",
                first + second,
                _("Rates of different piles are not added: count the errors."),
            ),
            Wrong(
                "mean-of-rates",
                (first + second) / 2,
                _("That would hold if both piles had as many lines."),
            ),
            Wrong(
                "people-catch-the-rest",
                100 * decided * first / 100 / (decided + left),
                _("That takes people to make no errors."),
            ),
        ],
        decimals=1,
        unit="%",
        also={
            "wrong": decided * first / 100,
            "missed": left * second / 100,
            "n": decided + left,
        },
    )


@tasks.add
def pieces(draw: Random) -> Drawn:
    """How many pieces of letters a word has."""
    words = ("appendicitis", "pneumonia", "thrombosis", "hypertension", "nephropathy", "fracture")
    word = draw.choice((*words, "osteoarthritis", "cholecystitis", "migraine", "bronchitis"))
    size = draw.choice([3, 4, 5])
    n = len(word)
    return Drawn(
        {"word": word, "size": size},
        _(
            "A model reads words as all pieces of {size} letters that follow one another in them. "
            "How many pieces has *{word}*?"
        ),
        n - size + 1,
        _("{n} letters; no piece begins at the last {rest}: {n} − {rest} = {answer}"),
        [
            Wrong("letters-as-pieces", n, _("At the last letters no whole piece begins.")),
            Wrong(
                "pieces-side-by-side", n // size, _("Pieces overlap: one begins at each letter.")
            ),
            Wrong("one-lost", n - size, _("The first piece counts, too.")),
        ],
        unit=_("pieces"),
        also={"n": n, "rest": size - 1},
    )


@tasks.add
def hours_left(draw: Random) -> Drawn:
    """How much work is left to people."""
    lines, percent = draw.randrange(400, 1601, 100), draw.choice([55, 60, 65, 70, 75, 80, 85])
    minutes = draw.choice([1.5, 2, 2.5, 3])
    left = lines * (100 - percent) / 100
    return Drawn(
        {"lines": lines, "percent": percent, "minutes": minutes},
        _(
            "{lines:,} lines come in a day. A program decides the {percent} % of which it is "
            "surest; people read the others, {minutes:g} minutes for each. How many hours of "
            "reading are left in a day?"
        ),
        left * minutes / 60,
        _("{left:g} lines · {minutes:g} min / 60 = {answer}"),
        [
            Wrong(
                "decided-for-left",
                lines * percent / 100 * minutes / 60,
                _("That is the time saved."),
            ),
            Wrong("all-lines", lines * minutes / 60, _("That is the time without the program.")),
            Wrong(
                "one-minute-each",
                left / 60,
                _("A line takes longer than a minute."),
            ),
        ],
        decimals=1,
        unit=_("hours"),
        also={"left": left},
    )
