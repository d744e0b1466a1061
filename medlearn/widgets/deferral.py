"""Who decides: a threshold sends lines to a program or to people, and the errors add up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from medlearn import inputs, plots
from medlearn.language import _
from medlearn.widgets import grids
from medlearn.widgets.controls import choice, slider
from medlearn.widgets.explorer import Explorer

__all__ = ["deferral_explorer"]

THRESHOLDS = (30, 60, 80, 90, 98)  # % sure
CODERS = (80, 90, 96)  # % right


def deferral_explorer(
    kinds: Mapping[str, tuple[Any, Any]],
    *,
    coder: float = 0.9,
    threshold: float = 0.8,
    times: float = 3,
) -> Explorer:
    """Move a threshold: from it on a program decides alone, below it a coder does.

    The total error is shown for two coders who are equally good. One errs anywhere alike. The
    other errs `times` as often on the lines that the program gets wrong: the hard ones.

    Parameters
    ----------
    kinds : mapping of str to (right, confidence)
        For each kind of lines two arrays of shape (n,): whether the program's answer is right (0
        and 1), and how sure the program is (0 to 1).
    coder : float
        The share of lines that a coder gets right, at first (0.7 to 0.99).
    threshold : float
        The confidence from which the program decides, at first (0 to 1).
    times : float
        How much more often the second coder errs on lines that the program gets wrong; at least 1.

    Returns
    -------
    Explorer
        With a slider for the threshold (percent), one for the coder (percent of lines right), and
        a list of the kinds.

    Raises
    ------
    ValueError
        When there is no kind of lines, right is not 0 and 1, a confidence is no number from 0 to
        1, lengths differ, a start value lies outside its slider, or times is below 1.

    References
    ----------
    Chow C (1970). On optimum recognition error and reject tradeoff. IEEE Transactions on
    Information Theory 16, 41-46. https://doi.org/10.1109/TIT.1970.1054406

    Examples
    --------
    >>> lines = np.array([1, 1, 1, 0]), np.array([0.9, 0.9, 0.6, 0.5])
    >>> explorer = deferral_explorer({"ours": lines}, threshold=0.8)
    >>> explorer.words.split(". ")[1]
    'Of 100 lines the program decides ≈ 50 and gets ≈ 0.0 wrong; coders decide ≈ 50'
    """
    if not kinds:
        raise ValueError(_("deferral_explorer needs at least one kind of lines."))
    if times < 1:
        raise ValueError(_("times should be 1 or more; {times} came.").format(times=times))
    known = {name: Lines.of(name, *pair) for name, pair in kinds.items()}
    controls = {
        "threshold": slider(_("threshold (% sure)"), 0, 100, round(100 * threshold)),
        "coder": slider(_("coder (% right)"), 70, 99, round(100 * coder)),
        "kind": choice(_("lines"), list(known)),
    }

    def draw(axes: Any, threshold: int, coder: int, kind: str) -> str:
        office = Office(known[kind], coder / 100, times)
        _draw_bars(axes[0], office, threshold)
        _draw_curves(axes[1], office, threshold)
        return _words(office, kind, threshold)

    grid = grids.fitted(controls, {"threshold": THRESHOLDS, "coder": CODERS})
    return Explorer(draw, ncols=2, size=(9.6, 4.0), grid=grid, **controls)


@dataclass(frozen=True)
class Lines:
    """Lines from the least sure to the surest: was the program right, and how sure."""

    right: np.ndarray
    confidence: np.ndarray

    @classmethod
    def of(cls, name: str, right: Any, confidence: Any) -> Lines:
        right = inputs.zero_one(
            right,
            name,
            words=_(
                "{name!r}: right should be 1 or 0 for each line, but {value} came: compare "
                "first, answer == truth."
            ),
            other=_(
                "{name!r}: right should be 1 where the program is right and 0 where it is not, "
                "but row {row} holds {value}."
            ),
        ).astype(bool)
        confidence = inputs.probabilities(confidence, _("confidence of {name!r}").format(name=name))
        inputs.same_length(right=right, confidence=confidence)
        order = np.argsort(confidence, kind="stable")
        return cls(right[order], confidence[order])

    def first(self, threshold: Any) -> Any:
        """The place of the first line that the program decides, from a threshold (%) on."""
        return np.searchsorted(self.confidence, np.asarray(threshold) / 100 - 1e-12)


@dataclass(frozen=True)
class Office:
    """A program, and coders of a given accuracy, who share the lines."""

    lines: Lines
    coder: float
    times: float

    def slips(self, times: float) -> np.ndarray:
        """The chance that a coder errs, for each line; its mean is 1 - coder.

        No chance is above 1: what is cut off there falls upon the lines that the program gets
        right.
        """
        right, errs = self.lines.right, 1 - self.coder
        hard = 1 - right.mean()
        on_hard = min(1.0, times * errs / (1 - hard + times * hard))
        on_easy = (errs - hard * on_hard) / (1 - hard) if hard < 1 else 0.0
        return np.where(right, on_easy, on_hard if hard < 1 else errs)

    def by_program(self, threshold: Any) -> tuple[Any, Any]:
        """Of all lines the share that the program decides, and the share that it gets wrong."""
        n, first = len(self.lines.right), self.lines.first(threshold)
        wrong = np.r_[0, np.cumsum(~self.lines.right)]
        return 1 - first / n, (wrong[-1] - wrong[first]) / n

    def by_coders(self, threshold: Any, times: float) -> Any:
        """Of all lines the share that coders get wrong, among those left to them."""
        wrong = np.r_[0, np.cumsum(self.slips(times))]
        return wrong[self.lines.first(threshold)] / len(self.lines.right)

    def in_all(self, threshold: Any, times: float) -> Any:
        """The share of lines that end up wrong, whoever decided."""
        return self.by_program(threshold)[1] + self.by_coders(threshold, times)


def _draw_bars(ax: Any, office: Office, threshold: int) -> None:
    decided, wrong = office.by_program(threshold)
    slips = office.by_coders(threshold, office.times)
    parts = {
        _("right"): (100 * (decided - wrong), 100 * (1 - decided - slips), plots.PALETTE[2], ""),
        _("wrong"): (100 * wrong, 100 * slips, plots.PALETTE[1], "///"),
    }
    bottom = np.zeros(2)
    for name, (program, coders, colour, hatch) in parts.items():
        heights = np.array([program, coders])
        ax.bar(
            [_("the program"), _("coders")],
            heights,
            bottom=bottom,
            color=colour,
            hatch=hatch,
            edgecolor="black",
            label=name,
        )
        bottom += heights
    for place, (decides, errs) in enumerate(
        [(100 * decided, 100 * wrong), (100 * (1 - decided), 100 * slips)]
    ):
        text = _("{decides:.0f}, wrong {errs:.1f}").format(decides=decides, errs=errs)
        ax.text(place, bottom[place] + 1.5, text, ha="center", va="bottom")
    ax.set(ylabel=_("of 100 lines"), ylim=(0, 112), title=_("who decides"))
    ax.legend(loc="upper center", ncols=2)


def _draw_curves(ax: Any, office: Office, threshold: int) -> None:
    every = np.arange(0, 101)
    names = {
        1.0: _("coders err anywhere alike"),
        office.times: _("{times:g} times as often where the program errs").format(
            times=office.times
        ),
    }
    top = 0.0
    for k, (times, name) in enumerate(names.items()):
        curve = 100 * office.in_all(every, times)
        ax.plot(every, curve, color=plots.PALETTE[k], ls=("-", "--")[k], label=name)
        here = 100 * office.in_all(threshold, times)
        ax.plot(threshold, here, marker="o^"[k], ms=10, ls="", color=plots.PALETTE[k])
        top = max(top, curve.max())
    alone = 100 * (1 - office.coder)
    ax.axhline(alone, color="black", ls=":", lw=1.8, label=_("coders alone"))
    ax.set(
        xlabel=_("the program decides from here on (% sure)"),
        ylabel=_("wrong in all, of 100 lines"),
        ylim=(0, 1.45 * max(top, alone)),
    )
    ax.legend(loc="upper right")


def _words(office: Office, kind: str, threshold: int) -> str:
    decided, wrong = (100 * share for share in office.by_program(threshold))
    alike, same = (100 * office.in_all(threshold, times) for times in (1.0, office.times))
    alone = 100 * (1 - office.coder)
    if max(alike, same) < alone:
        verdict = _("Both are fewer than coders make alone.")
    elif min(alike, same) >= alone:
        verdict = _("Neither is fewer than coders make alone.")
    else:
        verdict = _("Only with coders who err anywhere alike it is fewer than coders make alone.")
    return " ".join(
        [
            _("Lines: {kind}.").format(kind=kind),
            _(
                "Of 100 lines the program decides ≈ {decided:.0f} and gets ≈ {wrong:.1f} wrong; "
                "coders decide ≈ {rest:.0f}."
            ).format(decided=decided, wrong=wrong, rest=100 - decided),
            _(
                "Threshold {threshold} % sure; coders right in {coder:.0f} %, so that coders alone "
                "get {alone:.0f} of 100 wrong."
            ).format(threshold=threshold, coder=100 * office.coder, alone=alone),
            _(
                "Wrong in all: ≈ {alike:.1f} of 100 when coders err anywhere alike, ≈ {same:.1f} "
                "when they err {times:g} times as often where the program errs (so the bars)."
            ).format(alike=alike, same=same, times=office.times),
            verdict,
        ]
    )
