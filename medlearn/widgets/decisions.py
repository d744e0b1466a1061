"""From risks to decisions: a threshold to move, and a prevalence to move."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from medlearn import inputs, metrics, plots
from medlearn.language import _
from medlearn.widgets import grids
from medlearn.widgets.controls import choice, slider
from medlearn.widgets.explorer import Explorer

__all__ = ["prevalence_explorer", "threshold_explorer"]

THRESHOLDS = (0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.75, 1)  # shares of the highest
PREVALENCES = (0.5, 1.0, 3.0, 5.0, 10.0, 20.0, 30.0, 50.0)  # %: screening, practice, hospital


# --- a threshold ---------------------------------------------------------------------------------


def threshold_explorer(
    y: np.ndarray,
    risk: np.ndarray,
    *,
    highest: float = 0.2,
    start: float = 0.1,
    condition: str = "",
) -> Explorer:
    """Move the threshold of an alarm: the confusion matrix and the point on the ROC curve move.

    Parameters
    ----------
    y : array of shape (n,), 0 or 1
        1 for people with the condition.
    risk : array of shape (n,)
        A predicted risk from 0 to 1 for each person, from a model that did not learn from them.
    highest, start : float
        Highest threshold offered, and the first one shown (risks, from 0 to 1).
    condition : str
        What the people with y = 1 have, in words.

    Returns
    -------
    Explorer
        With a slider for the threshold, in percent.

    Raises
    ------
    ValueError
        When lengths differ, when y is not 0 and 1 with both there, or when a risk is no number
        from 0 to 1.

    Examples
    --------
    >>> explorer = threshold_explorer(np.array([0, 0, 1, 1]), np.array([0.01, 0.1, 0.06, 0.3]))
    >>> explorer.controls["threshold"].value = 5.0
    >>> "found are ≈ 2 of 2" in explorer.words
    True
    """
    y, risk = inputs.labels(y, both=True), inputs.probabilities(risk, "risk")
    inputs.same_length(y=y, risk=risk)
    curve = _roc_curve(y, risk)

    def draw(axes: Any, threshold: float) -> str:
        alarms = _alarms(y, risk, threshold)
        _draw_table(axes[0], alarms, condition)
        _draw_roc(axes[1], alarms, curve)
        return _threshold_words(alarms, condition or _("the condition"))

    top = 100 * highest
    controls = {"threshold": slider(_("threshold (% risk)"), 0.0, top, 100 * start, 0.5)}
    grid = grids.fitted(controls, {"threshold": [top * share for share in THRESHOLDS]})
    return Explorer(draw, ncols=2, size=(9.0, 4.0), grid=grid, **controls)


@dataclass(frozen=True)
class Alarms:
    """Who is alarmed from a threshold (% risk) on: four kinds of people."""

    threshold: float
    found: int
    missed: int
    false: int
    quiet: int

    @property
    def ill(self) -> int:
        return self.found + self.missed

    @property
    def well(self) -> int:
        return self.false + self.quiet

    @property
    def sensitivity(self) -> float:
        return self.found / self.ill

    @property
    def specificity(self) -> float:
        return self.quiet / self.well


def _alarms(y: np.ndarray, risk: np.ndarray, threshold: float) -> Alarms:
    alarm = risk >= threshold / 100 - 1e-12  # a risk of exactly the threshold is alarmed
    found, missed, false, quiet = (
        int(np.sum(called[y == outcome])) for outcome in (1, 0) for called in (alarm, ~alarm)
    )
    return Alarms(threshold, found, missed, false, quiet)


def _roc_curve(y: np.ndarray, risk: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Shares of those without and of those with it, alarmed from each of some thresholds on."""
    steps = np.quantile(risk, np.linspace(0, 1, min(len(risk), 250)), method="higher")
    thresholds = np.r_[0.0, np.unique(steps), 1.1]
    well, ill = (np.sort(risk[y == outcome]) for outcome in (0, 1))
    false, found = (1 - np.searchsorted(part, thresholds) / len(part) for part in (well, ill))
    return false, found


def _draw_table(ax: Any, alarms: Alarms, condition: str) -> None:
    counts = np.array([[alarms.found, alarms.missed], [alarms.false, alarms.quiet]])
    ax.imshow(counts / counts.sum(axis=1, keepdims=True), cmap="Blues", vmin=0, vmax=2)
    words = ((_("found"), _("missed")), (_("false alarm"), _("left in peace")))
    for (row, column), count in np.ndenumerate(counts):
        ax.text(column, row, f"{count:,}\n{words[row][column]}", ha="center", va="center")
    ax.set_xticks([0, 1], [_("alarm"), _("no alarm")])
    ax.set_yticks([0, 1], [textwrap.fill(condition or _("with it"), 8), _("without")])
    title = _("{n:,} people, alarm from {threshold:g} %")
    ax.set_title(title.format(n=counts.sum(), threshold=alarms.threshold))
    ax.tick_params(length=0)


def _draw_roc(ax: Any, alarms: Alarms, curve: tuple[np.ndarray, np.ndarray]) -> None:
    ax.plot(*curve, color=plots.PALETTE[0], ls="-", label=_("every threshold"))
    ax.plot([0, 1], [0, 1], color="grey", ls=":", lw=1.5, label=_("by chance"))
    ax.plot(
        alarms.false / alarms.well,
        alarms.sensitivity,
        marker="o",
        ms=11,
        ls="",
        color=plots.PALETTE[1],
        label=f"{alarms.threshold:g} %",
    )
    ax.set(
        xlabel=_("1 - specificity: share alarmed for nothing"),
        ylabel=_("sensitivity: share found"),
        xlim=(-0.02, 1.02),
        ylim=(-0.02, 1.02),
    )
    ax.legend(loc="lower right")


def _threshold_words(alarms: Alarms, condition: str) -> str:
    people, called = alarms.ill + alarms.well, alarms.found + alarms.false
    if called:
        right = _("Of 100 alarms, ≈ {right:.1f} are right.").format(
            right=100 * alarms.found / called
        )
    else:
        right = _("Of 100 alarms, there is none.")
    return " ".join(
        [
            _(
                "Alarm from a risk of {threshold:g} % on: ≈ {called} of {people} people are "
                "alarmed."
            ).format(threshold=alarms.threshold, called=called, people=people),
            _(
                "Of those with {condition}, found are ≈ {found} of {ill} (sensitivity "
                "≈ {sensitivity:.2f}) and missed ≈ {missed}."
            ).format(
                condition=condition,
                found=alarms.found,
                ill=alarms.ill,
                sensitivity=alarms.sensitivity,
                missed=alarms.missed,
            ),
            _(
                "Of those without, ≈ {false} of {well} are alarmed (specificity "
                "≈ {specificity:.2f})."
            ).format(false=alarms.false, well=alarms.well, specificity=alarms.specificity),
            right,
            _("Accuracy: ≈ {accuracy:.3f}.").format(
                accuracy=(alarms.found + alarms.quiet) / people
            ),
        ]
    )


# --- a prevalence --------------------------------------------------------------------------------


def prevalence_explorer(
    tests: Mapping[str, tuple[float, float]], *, start: float = 0.03, people: int = 1000
) -> Explorer:
    """Move the prevalence while sensitivity and specificity stay: the predictive values move.

    That they stay is an assumption: the same mixture of mild and severe cases, and of healthy and
    nearly ill people, at each prevalence (the same spectrum).

    Parameters
    ----------
    tests : mapping of str to (float, float)
        Sensitivity and specificity of each test, from 0 to 1.
    start : float
        The first prevalence shown, from 0.001 to 0.6.
    people : int
        The example is counted out for so many people.

    Returns
    -------
    Explorer
        With a slider for the prevalence (percent) and a list of the tests.

    Raises
    ------
    ValueError
        When there is no test, or a share does not lie between 0 and 1.

    References
    ----------
    Usher-Smith JA, Sharp SJ, Griffin SJ (2016). The spectrum effect in tests for risk prediction,
    screening, and diagnosis. BMJ 353, i3139. https://doi.org/10.1136/bmj.i3139

    Examples
    --------
    >>> explorer = prevalence_explorer({"a test": (0.9, 0.9)}, start=0.5)
    >>> "Of 100 alarms, ≈ 90.0 are right" in explorer.words
    True
    >>> explorer.controls["prevalence"].value = 1.0
    >>> "Of 100 alarms, ≈ 8.3 are right" in explorer.words
    True
    """
    if not tests:
        raise ValueError(_("prevalence_explorer needs at least one test."))
    for name, pair in tests.items():
        if len(pair) != 2 or not all(0 <= share <= 1 for share in pair):
            raise ValueError(
                _(
                    "{name!r} should have a sensitivity and a specificity from 0 to 1; it has "
                    "{pair}."
                ).format(name=name, pair=pair)
            )
    controls = {
        "prevalence": slider(_("prevalence (%)"), 0.5, 60.0, 100 * start, 0.5),
        "test": choice(_("test"), list(tests)),
    }

    def draw(axes: Any, prevalence: float, test: str) -> str:
        group = Group(people, prevalence, *tests[test])
        _draw_people(axes[0], group)
        _draw_values(axes[1], group)
        axes[1].set_title(_capital(test))
        return _prevalence_words(group, test)

    grid = grids.fitted(controls, {"prevalence": PREVALENCES})
    return Explorer(draw, ncols=2, size=(9.0, 4.0), grid=grid, **controls)


@dataclass(frozen=True)
class Group:
    """So many people, a prevalence (%), and a test: how many are found, and so on."""

    people: int
    prevalence: float
    sensitivity: float
    specificity: float

    @property
    def ill(self) -> int:
        return round(self.people * (self.prevalence / 100))

    @property
    def found(self) -> int:
        return round(self.ill * self.sensitivity)

    @property
    def false(self) -> int:
        return round((self.people - self.ill) * (1 - self.specificity))

    @property
    def quiet(self) -> int:
        return self.people - self.ill - self.false

    def predictive_values(self, prevalence: Any) -> tuple[Any, Any]:
        """PPV and NPV of the test at another prevalence (%), or at several."""
        return metrics.predictive_values(self.sensitivity, self.specificity, prevalence / 100)


def _draw_people(ax: Any, group: Group) -> None:
    kinds = {
        _("found"): group.found,
        _("missed"): group.ill - group.found,
        _("alarmed for nothing"): group.false,
        _("left in peace"): group.quiet,
    }
    plots.people_dots(kinds, ax)


def _draw_values(ax: Any, group: Group) -> None:
    every = 100 * np.linspace(0.001, 0.6, 300)
    lines = group.predictive_values(every)
    here = group.predictive_values(group.prevalence)
    names = _("PPV: an alarm is right"), _("NPV: no alarm is right")
    for k, (name, style) in enumerate(zip(names, ("-", "--"), strict=True)):
        ax.plot(every, 100 * lines[k], color=plots.PALETTE[k], ls=style, label=name)
        ax.plot(group.prevalence, 100 * here[k], marker="o^"[k], ms=10, color=plots.PALETTE[k])
    ax.axvline(group.prevalence, color="grey", ls=":", lw=1.5)
    ax.set(
        xlabel=_("prevalence: share of people who have it (%)"),
        ylabel=_("predictive value (%)"),
        ylim=(0, 104),
    )
    ax.legend(loc="lower right")


def _capital(name: str) -> str:
    return name[0].upper() + name[1:]


def _prevalence_words(group: Group, test: str) -> str:
    positive, negative = group.predictive_values(group.prevalence)
    if np.isnan(positive):
        right = _("Of 100 alarms, there is none.")
    else:
        right = _("Of 100 alarms, ≈ {right:.1f} are right.").format(right=100 * positive)
    if np.isnan(negative):
        clear = _("Of 100 people without an alarm, none exist.")
    else:
        clear = _("Of 100 people without an alarm, ≈ {clear:.1f} do not have it.").format(
            clear=100 * negative
        )
    return " ".join(
        [
            _(
                "{test}, prevalence {prevalence:g} %, sensitivity ≈ {sensitivity:.2f} and "
                "specificity ≈ {specificity:.2f} held fixed."
            ).format(
                test=_capital(test),
                prevalence=group.prevalence,
                sensitivity=group.sensitivity,
                specificity=group.specificity,
            ),
            _(
                "Of {people:,} people, ≈ {ill} have it: ≈ {found} are found, ≈ {missed} missed."
            ).format(
                people=group.people,
                ill=group.ill,
                found=group.found,
                missed=group.ill - group.found,
            ),
            _("≈ {false} others are alarmed for nothing, ≈ {quiet} left in peace.").format(
                false=group.false, quiet=group.quiet
            ),
            right,
            clear,
        ]
    )
