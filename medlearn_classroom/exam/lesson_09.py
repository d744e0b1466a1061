"""Exam tasks of lesson 09: overlap, volume and growth."""

from __future__ import annotations

from random import Random

from medlearn.language import _
from medlearn_classroom.exam.tasks import Drawn, Tasks, Wrong

__all__ = ["tasks"]

tasks = Tasks("09")


@tasks.add
def dice(draw: Random) -> Drawn:
    """The Dice of two outlines."""
    a, b = draw.randrange(200, 901, 20), draw.randrange(200, 901, 20)
    both = min(a, b) * draw.randint(55, 92) // 100
    return Drawn(
        {"a": a, "b": b, "both": both},
        _(
            "A program marks {a} voxels, a reader {b}; {both} of them are marked by both. What is "
            "the Dice?"
        ),
        2 * both / (a + b),
        _("2 · {both} / ({a} + {b}) = {answer}"),
        [
            Wrong(
                "jaccard-for-dice",
                both / (a + b - both),
                _("That is the Jaccard index: what is common over all that anybody marked."),
            ),
            Wrong(
                "reader-only",
                both / b,
                _("That is the share of the reader's voxels that were found."),
            ),
            Wrong(
                "program-only",
                both / a,
                _("That is the share of the program's voxels that are right."),
            ),
        ],
        decimals=2,
    )


@tasks.add
def volume(draw: Random) -> Drawn:
    """A volume from voxels and their size."""
    n, side = draw.randrange(400, 6001, 50), draw.choice([0.5, 0.6, 0.7, 0.8])
    thick = draw.choice([1.25, 1.5, 2, 2.5, 3])
    return Drawn(
        {"n": n, "side": side, "thick": thick},
        _(
            "An outline holds {n:,} voxels. A pixel is {side:g} × {side:g} mm, a slice {thick:g} "
            "mm thick. What is the volume in mL? (1 mL is 1,000 mm³.)"
        ),
        n * side * side * thick / 1000,
        _("{n:,} · {side:g} · {side:g} · {thick:g} mm³ / 1,000 = {answer}"),
        [
            Wrong(
                "thickness-left-out",
                n * side * side / 1000,
                _("A voxel has a thickness, too."),
            ),
            Wrong("one-side-only", n * side * thick / 1000, _("A pixel has two sides.")),
            Wrong(
                "units-mixed",
                n * side * side * thick / 100,
                _("1 mL is 1,000 mm³, not 100."),
            ),
        ],
        decimals=2,
        unit=_("mL"),
    )


@tasks.add
def diameter_and_volume(draw: Random) -> Drawn:
    """How much a volume grows with the diameter."""
    before, more = draw.randint(6, 15), draw.choice([1, 2, 3, 4])
    ratio = (before + more) / before
    return Drawn(
        {"before": before, "after": before + more},
        _(
            "A round nodule grows from {before} to {after} mm in diameter. By how many percent "
            "does its volume grow?"
        ),
        100 * (ratio**3 - 1),
        _("({after} / {before})³ − 1 = {answer}"),
        [
            Wrong(
                "diameter-as-volume",
                100 * (ratio - 1),
                _("That is the growth of the diameter. A volume grows in three directions."),
            ),
            Wrong("area-as-volume", 100 * (ratio**2 - 1), _("That is the growth of an area.")),
            Wrong(
                "three-times-diameter",
                300 * (ratio - 1),
                _("Growth in three directions multiplies; it does not add."),
            ),
        ],
        unit="%",
    )


@tasks.add
def limit_of_growth(draw: Random) -> Drawn:
    """From which difference on a growth is more than the pen."""
    percent, first = draw.choice([6, 8, 9, 11, 12, 14]), draw.choice([1.5, 2, 2.5, 4, 5])
    limit = 1.96 * percent
    return Drawn(
        {"percent": percent, "first": first},
        _(
            "A reader outlines the same nodules twice. The differences of the two volumes have a "
            "mean of 0 and a standard deviation of {percent} % of the volume. A nodule had "
            "{first:g} mL. Beyond which volume does the same reader see growth that the pen alone "
            "would show in only 2.5 % of cases?"
        ),
        first * (1 + limit / 100),
        _("1.96 · {percent} % = {limit:.1f} %; {first:g} · (1 + {share:.3f}) = {answer}"),
        [
            Wrong(
                "spread-as-limit",
                first * (1 + percent / 100),
                _("One standard deviation is exceeded by the pen in one case of six."),
            ),
            Wrong(
                "pen-counted-twice",
                first * (1 + limit * 2**0.5 / 100),
                _("The spread is that of differences already: both readings are in it."),
            ),
            Wrong("no-limit", first, _("The same nodule, outlined twice, has two volumes.")),
        ],
        decimals=2,
        unit=_("mL"),
        also={"limit": limit, "share": limit / 100},
    )
