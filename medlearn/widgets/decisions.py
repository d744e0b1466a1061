"""From risks to decisions: a threshold to move, and a prevalence to move."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from medlearn import metrics, plots
from medlearn.widgets.explorer import Explorer, choice, slider

__all__ = ["prevalence_explorer", "threshold_explorer"]


def threshold_explorer(
    y: np.ndarray,
    risk: np.ndarray,
    *,
    highest: float = 0.2,
    start: float = 0.1,
    condition: str = "the condition",
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
    y, risk = np.asarray(y), np.asarray(risk, dtype=float)
    if y.ndim != 1 or y.shape != risk.shape:
        raise ValueError(
            f"y and risk should have one number a person; they have {y.shape} and {risk.shape}."
        )
    if set(np.unique(y)) != {0, 1}:
        raise ValueError("y should hold 0 and 1, and both of them.")
    if not ((risk >= 0) & (risk <= 1)).all():
        raise ValueError("risk should hold numbers from 0 to 1.")
    ill, well = np.sort(risk[y == 1]), np.sort(risk[y == 0])

    def shares(threshold: Any) -> tuple[Any, Any]:
        """Share alarmed from this threshold on: of those with it, of those without."""
        return tuple(1 - np.searchsorted(part, threshold) / len(part) for part in (ill, well))

    steps = np.quantile(risk, np.linspace(0, 1, min(len(risk), 250)), method="higher")
    curve = shares(np.r_[0.0, np.unique(steps), 1.1])

    def draw(axes: Any, threshold: float) -> str:
        table, roc = axes
        alarm = risk >= threshold / 100 - 1e-12
        counts = np.array([[np.sum(alarm[y == k]), np.sum(~alarm[y == k])] for k in (1, 0)])
        (found, missed), (false, quiet) = counts.tolist()
        table.imshow(counts / counts.sum(axis=1, keepdims=True), cmap="Blues", vmin=0, vmax=2)
        words = (("found", "missed"), ("false alarm", "left in peace"))
        for row in (0, 1):
            for column in (0, 1):
                text = f"{counts[row, column]:,}\n{words[row][column]}"
                table.text(column, row, text, ha="center", va="center")
        table.set_xticks([0, 1], ["alarm", "no alarm"])
        table.set_yticks([0, 1], ["with it", "without"])
        table.set_title(f"{len(y):,} people, alarm from {threshold:g} %")
        table.tick_params(length=0)
        roc.plot(curve[1], curve[0], color=plots.PALETTE[0], ls="-", label="every threshold")
        roc.plot([0, 1], [0, 1], color="grey", ls=":", lw=1.5, label="by chance")
        roc.plot(
            false / (false + quiet),
            found / (found + missed),
            marker="o",
            ms=11,
            ls="",
            color=plots.PALETTE[1],
            label=f"{threshold:g} %",
        )
        roc.set(
            xlabel="1 - specificity: share of those without, alarmed",
            ylabel="sensitivity: share of those with it, found",
            xlim=(-0.02, 1.02),
            ylim=(-0.02, 1.02),
        )
        roc.legend(loc="lower right")
        alarms = found + false
        right = f"≈ {100 * found / alarms:.1f} are right" if alarms else "there is none"
        return (
            f"Alarm from a risk of {threshold:g} % on: ≈ {alarms} of {len(y)} people are alarmed. "
            f"Of those with {condition}, found are ≈ {found} of {found + missed} "
            f"(sensitivity ≈ {found / (found + missed):.2f}) and missed ≈ {missed}. "
            f"Of those without, ≈ {false} of {false + quiet} are alarmed "
            f"(specificity ≈ {quiet / (false + quiet):.2f}). "
            f"Of 100 alarms, {right}. "
            f"Accuracy: ≈ {(found + quiet) / len(y):.3f}."
        )

    top = 100 * highest
    return Explorer(
        draw,
        ncols=2,
        size=(9.0, 4.0),
        threshold=slider("threshold (% risk)", 0.0, top, 100 * start, 0.5),
    )


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
        raise ValueError("prevalence_explorer needs at least one test.")
    for name, pair in tests.items():
        if len(pair) != 2 or not all(0 <= share <= 1 for share in pair):
            raise ValueError(
                f"{name!r} should have a sensitivity and a specificity from 0 to 1; it has {pair}."
            )
    grid = np.linspace(0.001, 0.6, 300)

    def draw(axes: Any, prevalence: float, test: str) -> str:
        count, curves = axes
        sensitivity, specificity = tests[test]
        share = prevalence / 100
        ill = people * share
        true, false = ill * sensitivity, (people - ill) * (1 - specificity)
        parts = [true, ill - true, false, people - ill - false]
        names = ["found", "missed", "false\nalarms", "left in\npeace"]
        colours = [plots.PALETTE[i] for i in (2, 1, 4, 5)]
        bars = count.bar(names, parts, color=colours, edgecolor="black")
        count.bar_label(bars, [f"{part:.0f}" for part in parts])
        for bar, hatch in zip(bars, ("", "//", "..", ""), strict=True):
            bar.set_hatch(hatch)
        count.set(ylabel=f"of {people:,} people", ylim=(0, 1.1 * people))
        labels = ("PPV: an alarm is right", "-"), ("NPV: no alarm is right", "--")
        for k, (name, style) in enumerate(labels):
            line = metrics.predictive_values(sensitivity, specificity, grid)[k]
            here = metrics.predictive_values(sensitivity, specificity, share)[k]
            curves.plot(100 * grid, 100 * line, color=plots.PALETTE[k], ls=style, label=name)
            curves.plot(prevalence, 100 * here, marker="o^"[k], ms=10, color=plots.PALETTE[k])
        curves.axvline(prevalence, color="grey", ls=":", lw=1.5)
        curves.set(
            xlabel="prevalence: share of people who have it (%)",
            ylabel="predictive value (%)",
            ylim=(0, 104),
        )
        curves.legend(loc="lower right")
        positive, negative = metrics.predictive_values(sensitivity, specificity, share)
        right = f"≈ {100 * positive:.1f} are right" if true + false else "there is none"
        clear = f"≈ {100 * negative:.1f} do not have it" if negative == negative else "none exist"
        return (
            f"{test[0].upper() + test[1:]}, prevalence {prevalence:g} %, sensitivity ≈ "
            f"{sensitivity:.2f} and specificity ≈ {specificity:.2f} held fixed. "
            f"Of {people:,} people, ≈ {ill:.0f} have it: ≈ {true:.0f} are found, "
            f"≈ {ill - true:.0f} missed. ≈ {false:.0f} others are alarmed for nothing. "
            f"Of 100 alarms, {right}. "
            f"Of 100 people without an alarm, {clear}."
        )

    return Explorer(
        draw,
        ncols=2,
        size=(9.0, 3.8),
        prevalence=slider("prevalence (%)", 0.5, 60.0, 100 * start, 0.5),
        test=choice("test", list(tests)),
    )
