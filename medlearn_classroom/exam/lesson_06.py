"""Exam tasks of lesson 06: luck in many tries, and what a search costs."""

from __future__ import annotations

from random import Random

from medlearn.language import _
from medlearn_classroom.exam.tasks import Drawn, Tasks, Wrong

__all__ = ["tasks"]

tasks = Tasks("06")


@tasks.add
def one_of_many(draw: Random) -> Drawn:
    """The chance that one of many useless genes looks good."""
    genes, percent = draw.randrange(10, 61, 2), draw.choice([1, 2, 5])
    p = percent / 100
    return Drawn(
        {"genes": genes, "percent": percent},
        _(
            "A useless gene passes a test by luck in {percent} of 100 cases. {genes} useless genes "
            "are tested, independently. What is the chance that at least one passes?"
        ),
        100 * (1 - (1 - p) ** genes),
        _("None passes with {none:g}^{genes}; at least one with 1 − {none:g}^{genes} = {answer}"),
        [
            Wrong(
                "tries-not-counted",
                percent,
                _("That is the chance of one gene. Each further one is another try."),
            ),
            Wrong(
                "none-for-some",
                100 * (1 - p) ** genes,
                _("That is the chance that none passes."),
            ),
            Wrong(
                "all-for-some",
                100 * p**genes,
                _("That is the chance that all pass."),
            ),
        ],
        decimals=1,
        unit="%",
        also={"none": 1 - p},
    )


@tasks.add
def fits(draw: Random) -> Drawn:
    """How many networks a grid trains."""
    rates, widths = draw.randint(3, 5), draw.randint(2, 4)
    folds, seeds = draw.choice([5, 10]), draw.choice([2, 3])
    return Drawn(
        {"rates": rates, "widths": widths, "folds": folds, "seeds": seeds},
        _(
            "A grid holds {rates} learning rates and {widths} widths. Each setting is judged in "
            "{folds} folds, each with {seeds} seeds. How many networks are trained?"
        ),
        rates * widths * folds * seeds,
        _("{rates} · {widths} · {folds} · {seeds} = {answer}"),
        [
            Wrong(
                "settings-added",
                (rates + widths) * folds * seeds,
                _("A grid tries each rate with each width."),
            ),
            Wrong(
                "seeds-left-out",
                rates * widths * folds,
                _("Each seed is a training of its own."),
            ),
            Wrong(
                "folds-left-out",
                rates * widths * seeds,
                _("Each fold is a training of its own."),
            ),
        ],
        unit=_("networks"),
    )


@tasks.add
def nested_fits(draw: Random) -> Drawn:
    """How many models nested cross-validation trains."""
    outer, inner = draw.choice([5, 8, 10]), draw.choice([3, 4, 5])
    settings = draw.choice([4, 6, 8, 12])
    return Drawn(
        {"outer": outer, "inner": inner, "settings": settings},
        _(
            "Nested cross-validation: in each of {outer} outer folds {settings} settings are "
            "compared in {inner} inner folds, and the best is trained once more on all of the "
            "outer training part. How many models are trained?"
        ),
        outer * (inner * settings + 1),
        _("{outer} · ({inner} · {settings} + 1) = {answer}"),
        [
            Wrong(
                "selection-outside",
                inner * settings + outer,
                _("That chooses once, with all patients. The choice is made in each outer fold."),
            ),
            Wrong(
                "last-fit-left-out",
                outer * inner * settings,
                _("The best setting is trained once more in each outer fold."),
            ),
            Wrong(
                "inner-folds-left-out",
                outer * (settings + 1),
                _("Each setting is trained in each of the inner folds."),
            ),
        ],
        unit=_("models"),
    )
