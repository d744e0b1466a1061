"""How many people a validation needs: prevalence, AUC and width of the interval move the number."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from medlearn import inputs, plots
from medlearn.language import _
from medlearn.widgets import grids
from medlearn.widgets.controls import slider
from medlearn.widgets.explorer import Explorer

__all__ = ["sample_size_explorer"]

NORMAL = 1.96  # standard errors on each side of a 95 % interval
GRID = {
    "prevalence": (1.0, 3.0, 10.0, 30.0),
    "auc": (0.65, 0.75, 0.85),
    "width": (0.06, 0.1, 0.16),
}


def sample_size_explorer(
    people_a_year: int,
    *,
    prevalence: float = 0.03,
    auc: float = 0.75,
    width: float = 0.1,
) -> Explorer:
    """Move prevalence, AUC and width: people, events, and years at your practice.

    So many people are needed that the 95 % confidence interval of the AUC is as wide as wanted.

    Parameters
    ----------
    people_a_year : int
        How many people are seen in a year, all of whom take part.
    prevalence : float
        Share of people with the outcome at first, from 0.005 to 0.5.
    auc : float
        AUC that is expected, at first, from 0.55 to 0.95.
    width : float
        Width of the interval at first, from its lower to its upper end, from 0.04 to 0.2.

    Returns
    -------
    Explorer
        With a slider for the prevalence (percent), the AUC and the width.

    Raises
    ------
    ValueError
        When people_a_year is no whole number above zero, or a start value lies outside its slider.

    References
    ----------
    Riley et al. (2021), "Minimum sample size for external validation of a clinical prediction model
    with a binary outcome", Statistics in Medicine 40:4230-4251, doi:10.1002/sim.9025; the standard
    error is Newcombe's.

    Examples
    --------
    >>> explorer = sample_size_explorer(2000, prevalence=0.035)
    >>> explorer.words.split(". ")[1]
    '2,683 people are needed, about 94 of them with the outcome'
    """
    a_year = inputs.whole_number(people_a_year, "people_a_year", least=1)
    controls = {
        "prevalence": slider(_("prevalence (%)"), 0.5, 50.0, 100 * prevalence, 0.5),
        "auc": slider(_("AUC that is expected"), 0.55, 0.95, auc, 0.05),
        "width": slider(_("width of its interval"), 0.04, 0.2, width, 0.02),
    }

    def draw(axes: Any, prevalence: float, auc: float, width: float) -> str:
        plan = Plan(prevalence / 100, auc, width, a_year)
        _draw_width(axes[0], plan)
        _draw_prevalence(axes[1], plan)
        return _words(plan)

    return Explorer(draw, ncols=2, size=(9.6, 3.9), grid=grids.fitted(controls, GRID), **controls)


@dataclass(frozen=True)
class Plan:
    """What is expected of a validation, and where it is done."""

    prevalence: float
    auc: float
    width: float
    a_year: int

    def people(self, prevalence: Any = None) -> Any:
        """People needed, at this prevalence or at others.

        Newcombe's squared error is (1 - k + k n / 2) c / n²: a quadratic equation for n.
        """
        share = self.prevalence if prevalence is None else prevalence
        k = (1 - self.auc) / (2 - self.auc) + self.auc / (1 + self.auc)
        c = self.auc * (1 - self.auc) / (share * (1 - share))
        half = c * k / 4 / (self.width / (2 * NORMAL)) ** 2
        return half + np.sqrt(half**2 + c * (1 - k) / (self.width / (2 * NORMAL)) ** 2)

    @property
    def n(self) -> int:
        return math.ceil(self.people())

    @property
    def events(self) -> float:
        return self.n * self.prevalence

    @property
    def years(self) -> float:
        return self.n / self.a_year

    def width_with(self, n: Any) -> Any:
        """Width of the interval with so many people."""
        k = (1 - self.auc) / (2 - self.auc) + self.auc / (1 + self.auc)
        c = self.auc * (1 - self.auc) / (self.prevalence * (1 - self.prevalence))
        return 2 * NORMAL * np.sqrt(c * (1 + (n / 2 - 1) * k)) / n


def _draw_width(ax: Any, plan: Plan) -> None:
    people = np.geomspace(max(plan.n / 10, 20), plan.n * 4, 200)
    ax.plot(people, plan.width_with(people), color=plots.PALETTE[0])
    ax.plot(plan.n, plan.width_with(plan.n), marker="o", ms=10, ls="", color=plots.PALETTE[1])
    ax.axhline(plan.width, color="grey", ls=":", lw=1.5)
    ax.axvline(plan.n, color="grey", ls=":", lw=1.5)
    ax.set(
        xscale="log",
        xlabel=_("people in the validation"),
        ylabel=_("width of the 95 % interval of the AUC"),
        ylim=(0, None),
        title=_("{n:,} people").format(n=plan.n),
    )


def _draw_prevalence(ax: Any, plan: Plan) -> None:
    every = np.geomspace(0.005, 0.5, 200)
    people = plan.people(every)
    lines = (people, "-", _("people")), (people * every, "--", _("events"))
    for k, (line, style, name) in enumerate(lines):
        ax.plot(100 * every, line, color=plots.PALETTE[k], ls=style, label=name)
    marks = zip((plan.n, plan.events), ("o", "^"), strict=True)
    for k, (here, marker) in enumerate(marks):
        ax.plot(100 * plan.prevalence, here, marker=marker, ms=10, ls="", color=plots.PALETTE[k])
    ax.set(
        xscale="log",
        yscale="log",
        xlabel=_("prevalence: share of people who have it (%)"),
        ylabel=_("how many are needed"),
        title=_("{years:.1f} years at {people:,} people a year").format(
            years=plan.years, people=plan.a_year
        ),
    )
    ticks = (0.5, 1, 3, 10, 30)
    ax.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    ax.legend()


def _words(plan: Plan) -> str:
    return " ".join(
        [
            _(
                "Expected are a prevalence of {prevalence:.1f} % and an AUC of {auc:.2f}, wanted "
                "is a 95 % interval of width {width:.2f}."
            ).format(prevalence=100 * plan.prevalence, auc=plan.auc, width=plan.width),
            _("{n:,} people are needed, about {events:,.0f} of them with the outcome.").format(
                n=plan.n, events=plan.events
            ),
            _("At {people:,} people a year that takes {years:.1f} years.").format(
                people=plan.a_year, years=plan.years
            ),
        ]
    )
