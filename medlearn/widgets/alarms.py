"""Which alarm, how sensitive, how early: one night, the lows it warns of, and the false alarms."""

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

__all__ = ["alarms_explorer"]

LOW = 70  # mg/dL
HOUR, HALF = 12, 6  # readings in an hour, and in half an hour
DAY = 24 * HOUR
GRID = {"allowed": (1, 2, 4), "lead": (5, 15, 30)}
SHARES = np.r_[np.arange(0.0005, 0.02, 0.0005), np.arange(0.02, 0.3, 0.005)]


def alarms_explorer(
    glucose: Any,
    now: Any,
    scores: Mapping[str, Any],
    starts: Any,
    *,
    night: int,
    period: tuple[int, int] | None = None,
    method: str | None = None,
    allowed: float = 1,
    lead: int = 15,
) -> Explorer:
    """Move an alarm's threshold: one night, lows warned of in time, and false alarms a day.

    The threshold is moved by what it costs: so many false alarms a day. That is how alarms whose
    scores have other units can be compared. An alarm stays quiet for half an hour after it rang,
    and is false when no reading below 70 mg/dL comes within an hour.

    Parameters
    ----------
    glucose : array-like of shape (n,)
        Readings in mg/dL on a grid of five minutes; NaN where none was measured.
    now : array-like of int, of shape (m,)
        The places at which an alarm may ring, in order; where the reading is below 70 already,
        none does.
    scores : mapping of str to array-like of shape (m,)
        For each method, how much it fears a low at each of them, in any unit; NaN for none.
    starts : array-like of int
        The places at which the low episodes begin.
    night : int
        The place at which the night begins that is shown: eight hours from there.
    period : (int, int), optional
        The places from which and before which days count; all if not given.
    method : str, optional
        The method shown at first; the first if not given.
    allowed : float
        False alarms a day, at first (0.5 to 6).
    lead : int
        Minutes before the low that count as in time, at first (5 to 45).

    Returns
    -------
    Explorer
        With a list of the methods, a slider for the threshold (in false alarms a day) and one for
        the time (in minutes).

    Raises
    ------
    ValueError
        When glucose looks like mmol/L, places are out of order or outside, lengths differ, there is
        no method, a method has no score, no low begins in the period, the night lies outside, or a
        start value lies outside its slider.

    References
    ----------
    Prendin et al. (2021), "Forecasting of glucose levels and hypoglycemic events", Sensors 21:1647,
    doi:10.3390/s21051647.

    Examples
    --------
    >>> hours = np.arange(2 * 288) / 12
    >>> sugar = 110 + 45 * np.cos(hours * 2 * np.pi / 12)
    >>> below = sugar < 70
    >>> starts = np.flatnonzero(below[1:] & ~below[:-1]) + 1
    >>> now = np.arange(12, 564)
    >>> fear = {"a prophet": -sugar[now + 5]}  # who knows the reading in 25 minutes
    >>> explorer = alarms_explorer(sugar, now, fear, starts, night=0)
    >>> explorer.words.split(". ")[1]
    'Of 4 lows ≈ 4 are warned of at least 15 minutes before, with ≈ 0.0 false alarms a day'
    """
    nights = Nights.of(glucose, now, scores, starts, night, period)
    controls = {
        "method": choice(_("alarm"), list(nights.scores), method),
        "allowed": slider(_("threshold: false alarms a day"), 0.5, 6, allowed, step=0.5),
        "lead": slider(_("minutes before the low"), 5, 45, lead, step=5),
    }

    def draw(axes: Any, method: str, allowed: float, lead: int) -> str:
        threshold = nights.threshold(method, allowed)
        _draw_night(axes[0], nights, method, threshold)
        _draw_curve(axes[1], nights, method, threshold, lead)
        return _words(nights, method, threshold, lead)

    grid = grids.fitted(controls, GRID)
    return Explorer(draw, ncols=2, size=(10.4, 4.0), grid=grid, **controls)


@dataclass(frozen=True)
class Nights:
    """A recording, what each method says of it, and where its lows begin."""

    glucose: np.ndarray
    scores: dict[str, np.ndarray]
    starts: np.ndarray
    night: int
    curves: dict[str, list[tuple[float, np.ndarray, np.ndarray]]]
    """For each method, from strict to sensitive: a threshold, what rang, and what was false."""

    @classmethod
    def of(
        cls, glucose: Any, now: Any, scores: Any, starts: Any, night: int, period: Any
    ) -> Nights:
        glucose = _readings(glucose)
        n = len(glucose)
        now, starts = _places(now, "now", n), _places(starts, "starts", n)
        first, last = (0, n) if period is None else (int(period[0]), int(period[1]))
        starts = starts[(starts >= first) & (starts < last)]
        if not len(starts):
            raise ValueError(
                _("No low begins from place {first} to {last}.").format(first=first, last=last)
            )
        if not scores:
            raise ValueError(_("alarms_explorer needs the scores of at least one method."))
        counts = (now >= first) & (now < last) & (glucose[now] >= LOW)
        known = {}
        for name, values in scores.items():
            score = inputs.floats(values, _("scores of {name!r}").format(name=name))
            inputs.same_length(**{"now": now, str(name): score})
            score = np.where(counts, score, np.nan)
            if np.isnan(score).all():
                raise ValueError(_("{name!r} has no score in this period.").format(name=name))
            known[name] = np.full(n, np.nan)
            known[name][now] = score
        night = inputs.whole_number(night, "night", least=0, most=n - 8 * HOUR)
        curves = {name: _curve(glucose, score) for name, score in known.items()}
        return cls(glucose, known, starts, night, curves)

    def days(self, method: str) -> float:
        """How many days the method is asked on, gaps within them included."""
        asked = np.flatnonzero(np.isfinite(self.scores[method]))
        return max(1.0, (asked[-1] - asked[0]) / DAY)

    def threshold(self, method: str, allowed: float) -> int:
        """The place, in the curve, of the last threshold that costs no more than that."""
        rates = np.array([len(false) for _t, _rung, false in self.curves[method]])
        over = np.flatnonzero(rates > allowed * self.days(method))
        return max(0, (over[0] if len(over) else len(rates)) - 1)

    def in_time(self, rung: np.ndarray, lead: int) -> int:
        """Of how many lows it rang at least so many minutes and at most an hour before."""
        before = self.starts[:, None] - rung[None, :]
        return int(((before >= lead / 5) & (before <= HOUR)).any(axis=1).sum())


def _readings(glucose: Any) -> np.ndarray:
    found = inputs.floats(glucose, "glucose")
    if found.ndim != 1 or not np.isfinite(found).any():
        raise ValueError(
            _("glucose should be one row of readings; its shape is {shape}.").format(
                shape=found.shape
            )
        )
    if np.nanmedian(found) < 30:
        raise ValueError(
            _(
                "glucose should be in mg/dL, but its middle value is {middle:.1f}: that looks like "
                "mmol/L. Multiply by 18."
            ).format(middle=np.nanmedian(found))
        )
    return found


def _places(values: Any, name: str, n: int) -> np.ndarray:
    """Places on the grid, each later than the one before."""
    found = np.asarray(values)
    if found.ndim != 1 or not len(found) or found.dtype.kind not in "iu":
        raise ValueError(_("{name} should be a row of places: whole numbers.").format(name=name))
    if found.min() < 0 or found.max() >= n:
        raise ValueError(
            _("{name} should lie within the {n} readings, from 0 to {last}.").format(
                name=name, n=n, last=n - 1
            )
        )
    if (np.diff(found) <= 0).any():
        raise ValueError(
            _("{name} should be in order of time, each place once: sort them first.").format(
                name=name
            )
        )
    return found


def _curve(glucose: np.ndarray, score: np.ndarray) -> list[tuple[float, np.ndarray, np.ndarray]]:
    found = []
    for share in SHARES:
        threshold = float(np.nanquantile(score, 1 - share))
        rung, quiet_until = [], 0
        for place in np.flatnonzero(score >= threshold):
            if place >= quiet_until:
                rung.append(place)
                quiet_until = place + HALF
        false = [k for k in rung if not (glucose[k + 1 : k + HOUR + 1] < LOW).any()]
        found.append((threshold, np.array(rung, dtype=int), np.array(false, dtype=int)))
    return found


def _draw_night(ax: Any, nights: Nights, method: str, threshold: int) -> None:
    first, last = nights.night, nights.night + 8 * HOUR
    hours = np.arange(8 * HOUR) / HOUR
    _value, rung, false = nights.curves[method][threshold]
    ax.plot(hours, nights.glucose[first:last], ".-", color="black", ms=3, lw=1, label=_("reading"))
    ax.axhspan(40, LOW, color=plots.PALETTE[1], alpha=0.25, lw=0, label=_("low: below 70"))
    kinds = {
        _("it rings, and a low comes"): (np.setdiff1d(rung, false), "^", plots.PALETTE[2]),
        _("it rings for nothing"): (false, "x", plots.PALETTE[1]),
    }
    for name, (places, mark, colour) in kinds.items():
        here = places[(places >= first) & (places < last)]
        ax.plot(
            (here - first) / HOUR,
            nights.glucose[here] + 12,
            mark,
            ms=9,
            mew=2.5,
            color=colour,
            label=name,
        )
    top = np.nanmax(nights.glucose[first:last])
    ax.set(
        xlabel=_("hours of the night shown"),
        ylabel=_("sugar (mg/dL)"),
        ylim=(40, 1.5 * max(top, 120)),
        title=_("one night"),
    )
    ax.legend(loc="upper left", ncols=2, fontsize="small")


def _draw_curve(ax: Any, nights: Nights, method: str, threshold: int, lead: int) -> None:
    for name, curve in nights.curves.items():
        rates = [len(false) / nights.days(name) for _t, _rung, false in curve]
        shares = [100 * nights.in_time(rung, lead) / len(nights.starts) for _t, rung, _f in curve]
        own = name == method
        ax.plot(
            rates,
            shares,
            color=plots.PALETTE[0] if own else "0.75",
            ls="-",
            lw=2.5 if own else 1,
            zorder=3 if own else 1,
            label=name if own else None,
        )
        if own:
            ax.plot(
                rates[threshold],
                shares[threshold],
                "o",
                ms=10,
                color="black",
                zorder=4,
                label=_("this threshold"),
            )
    ax.plot([], [], color="0.75", ls="-", lw=1, label=_("the other alarms"))
    ax.set(
        xlabel=_("false alarms a day"),
        ylabel=_("lows warned of in time (%)"),
        xlim=(0, 6),
        ylim=(0, 104),
        title=_("all days that are shown"),
    )
    ax.legend(loc="lower right")


def _words(nights: Nights, method: str, threshold: int, lead: int) -> str:
    value, rung, false = nights.curves[method][threshold]
    first, last = nights.night, nights.night + 8 * HOUR
    tonight = int(((rung >= first) & (rung < last)).sum())
    in_vain = int(((false >= first) & (false < last)).sum())
    return " ".join(
        [
            _("Alarm: {method}, from a score of ≈ {value:.2f} on.").format(
                method=method, value=value
            ),
            _(
                "Of {n} lows ≈ {warned} are warned of at least {lead:.0f} minutes before, with ≈ "
                "{rate:.1f} false alarms a day."
            ).format(
                n=len(nights.starts),
                warned=nights.in_time(rung, lead),
                lead=lead,
                rate=len(false) / nights.days(method),
            ),
            _("In the night shown it rings ≈ {tonight} times, ≈ {in_vain} of them in vain.").format(
                tonight=tonight, in_vain=in_vain
            ),
        ]
    )
