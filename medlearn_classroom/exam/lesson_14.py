"""Exam tasks of lesson 14: twins among molecules, and hits in a short list."""

from __future__ import annotations

from random import Random

from medlearn.language import _
from medlearn_classroom.exam.tasks import Drawn, Tasks, Wrong

__all__ = ["tasks"]

tasks = Tasks("14")


@tasks.add
def tanimoto(draw: Random) -> Drawn:
    """How alike two molecules are."""
    a, b = draw.randint(24, 60), draw.randint(24, 60)
    both = draw.randint(8, min(a, b) - 4)
    return Drawn(
        {"a": a, "b": b, "both": both},
        _(
            "One molecule has {a} of the listed fragments, another {b}; {both} are found in both. "
            "What is their Tanimoto similarity?"
        ),
        both / (a + b - both),
        _("{both} / ({a} + {b} − {both}) = {answer}"),
        [
            Wrong(
                "dice-for-tanimoto",
                2 * both / (a + b),
                _("That is the Dice: what is common counts twice there."),
            ),
            Wrong("one-molecule-only", both / a, _("That is the share of the first one only.")),
            Wrong(
                "common-counted-twice",
                both / (a + b),
                _("What is found in both is counted twice in the sum: take it away once."),
            ),
        ],
        decimals=2,
    )


@tasks.add
def enrichment(draw: Random) -> Drawn:
    """How much better than chance a short list is."""
    library, percent = draw.randrange(1000, 4001, 200), draw.choice([2, 4, 5, 8, 10])
    tested = draw.choice([20, 25, 40, 50])
    active = library * percent // 100
    most = min(tested, active)
    hits = draw.randint(most // 4, most * 2 // 3)
    return Drawn(
        {"library": library, "active": active, "tested": tested, "hits": hits},
        _(
            "Of {library:,} molecules {active} are active. A model puts them in order; {hits} of "
            "the first {tested} are active. How many times as many hits is that as without a model?"
        ),
        (hits / tested) / (active / library),
        _("({hits} / {tested}) / ({active} / {library:,}) = {answer}"),
        [
            Wrong(
                "share-for-enrichment",
                hits / tested,
                _("That is the share of hits; compare it with the share in the library."),
            ),
            Wrong(
                "found-of-all",
                100 * hits / active,
                _("That is the share of all active ones that were found, in percent."),
            ),
            Wrong(
                "whole-library",
                hits / (active / library),
                _("Without a model one would also test a short list, not one molecule."),
            ),
        ],
        decimals=1,
    )


@tasks.add
def hits_by_chance(draw: Random) -> Drawn:
    """How many hits a random list has."""
    library, percent = draw.randrange(1000, 3001, 100), draw.choice([3, 5, 6, 8, 12, 15])
    tested, auc = draw.choice([20, 30, 40]), draw.choice([0.78, 0.82, 0.86, 0.9])
    active = library * percent // 100
    return Drawn(
        {"library": library, "active": active, "tested": tested, "auc": auc},
        _(
            "{active} of {library:,} molecules are active. A model has an AUC of {auc:g}. How many "
            "hits are to be expected among {tested} molecules that are drawn at random?"
        ),
        tested * active / library,
        _("{tested} · {active} / {library:,} = {answer}. The AUC plays no part in a random list."),
        [
            Wrong(
                "auc-as-hit-rate",
                tested * auc,
                _("The AUC is no share of hits, and nothing was sorted here."),
            ),
            Wrong("half-as-chance", tested / 2, _("Half of them only where half are active.")),
            Wrong(
                "rare-cannot-be-found",
                0,
                _("Few are active, but a random list holds its share of them."),
            ),
        ],
        decimals=1,
        unit=_("hits"),
    )
