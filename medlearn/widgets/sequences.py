"""A walk along a signal: what was measured so far, what models expected next, what then came."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from medlearn import inputs, plots
from medlearn.language import _
from medlearn.widgets import grids
from medlearn.widgets.controls import choice, slider
from medlearn.widgets.explorer import Explorer

__all__ = ["forecast_explorer"]

LINES = ("--", ":", "-.", (0, (5, 1, 1, 1, 1, 1)))
MARKERS = ("o", "s", "^", "D")
WALK = (0.3, 0.6, 0.9)  # moments, in widths of the forecast after the first: through a beat


def forecast_explorer(
    signal: Any,
    rate: float,
    now: Any,
    forecasts: Mapping[str, Any],
    *,
    past: float = 1.0,
    ahead: float | None = None,
    start: float | None = None,
    model: str | None = None,
    unit: str = "mV",
) -> Explorer:
    """Stand at one moment of a signal, and compare what models forecast with what then came.

    On the left the signal up to now, the forecast of one model and what really followed; on the
    right the error of every model so far ahead, beside its mean over all moments. Nothing is
    computed here but differences.

    Parameters
    ----------
    signal : array of shape (samples,)
        The whole signal, in `unit`.
    rate : float
        Samples a second.
    now : int array of shape (n,)
        The moments at which forecasts were made, ascending: sample numbers of the *first sample
        that no model had seen*.
    forecasts : mapping of str to array of shape (n, steps)
        For each model and each moment the next `steps` samples, in `unit`.
    past : float
        Seconds of the past that are drawn.
    ahead : float, optional
        Milliseconds ahead that the words speak of at first; half of the way if not given.
    start : float, optional
        Where to stand at first, in seconds of the signal; the first moment if not given.
    model : str, optional
        Whose forecast is drawn at first; the first one if not given.
    unit : str
        What the signal is measured in.

    Returns
    -------
    Explorer
        Its words say where one stands, what the chosen model expected, what came, and the error
        of every model there.

    Raises
    ------
    ValueError
        When shapes do not fit, moments are not ascending or have no sample before them, a number
        is not finite, or a start value is not among what was given.

    Examples
    --------
    >>> signal = np.arange(100.0)
    >>> stay = np.repeat([[49.0], [59.0]], 4, axis=1)  # the last value seen, carried on
    >>> explorer = forecast_explorer(signal, 100, [50, 60], {"the last value": stay}, ahead=20)
    >>> explorer.words
    'Now is 0.50 s. 20 ms later "the last value" expects ≈ 49.00 mV; then came 51.00 mV. Error there: "the last value" ≈ 2.00 mV.'
    """  # noqa: E501
    record = Record(*_checked(signal, now, forecasts), rate, past, unit)
    controls = _controls(record, ahead, start, model)

    def draw(axes: Any, second: float, ahead: float, model: str) -> str:
        here = Here(record.row(second), record.times.index(ahead), model)
        _draw_signal(axes[0], record, here)
        _draw_errors(axes[1], record, here)
        return _words(record, here)

    wanted = {
        "second": _moments(record, controls["second"].value),
        "ahead": (record.times[0], record.times[-1]),
    }
    grid = grids.fitted(controls, wanted)
    return Explorer(draw, ncols=2, size=(9.0, 3.8), grid=grid, **controls)


def _controls(
    record: Record, ahead: float | None, start: float | None, model: str | None
) -> dict[str, Any]:
    seconds, times = record.seconds, record.times
    ahead = times[len(times) // 2] if ahead is None else ahead
    if not times[0] <= ahead <= times[-1]:
        raise ValueError(
            _("ahead should be from {first:g} to {last:g} ms, not {ahead:g}.").format(
                first=times[0], last=times[-1], ahead=ahead
            )
        )
    start = float(seconds[0]) if start is None else float(start)
    if not seconds[0] <= start <= seconds[-1]:
        raise ValueError(
            _("start should be from {first:.2f} to {last:.2f} s, not {start:g}.").format(
                first=seconds[0], last=seconds[-1], start=start
            )
        )
    names = list(record.forecasts)
    model = inputs.one_of(names[0] if model is None else model, "model", names)
    low, top = float(seconds[0]), float(seconds[-1])
    if low == top:  # a slider needs some way to go
        top += 1 / record.rate
    spacing = float(np.diff(seconds).min()) if len(seconds) > 1 else 1 / record.rate
    nearest = times[int(np.argmin(np.abs(np.array(times) - ahead)))]
    return {
        "second": slider(_("now (s)"), low, top, start, spacing),
        "ahead": choice(_("time ahead (ms)"), times, nearest),
        "model": choice(_("model"), names, model),
    }


def _checked(
    signal: Any, now: Any, forecasts: Mapping[str, Any]
) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    signal, now = inputs.floats(signal, "signal").astype(float), inputs.array(now, "now")
    if signal.ndim != 1 or not np.isfinite(signal).all():
        raise ValueError(
            _("signal should have shape (samples,) and finite values, not {shape}.").format(
                shape=signal.shape
            )
        )
    if now.ndim != 1 or not len(now) or now.dtype.kind not in "iu" or (np.diff(now) <= 0).any():
        raise ValueError(_("now should be an ascending list of sample numbers, one at least."))
    made = {
        str(name): inputs.floats(values, str(name)).astype(float)
        for name, values in inputs.mapping(forecasts, "forecasts").items()
    }
    shapes = {name: values.shape for name, values in made.items()}
    steps = next(iter(shapes.values()), (0, 0))[-1]
    if not 1 <= len(made) <= len(LINES) or set(shapes.values()) != {(len(now), steps)} or not steps:
        raise ValueError(
            _(
                "forecasts should be 1 to {most} arrays of one shape, ({moments} moments, steps): "
                "{shapes}."
            ).format(most=len(LINES), moments=len(now), shapes=shapes)
        )
    if not all(np.isfinite(values).all() for values in made.values()):
        raise ValueError(_("A forecast holds a number that is not finite."))
    if now[0] < 1 or now[-1] + steps > len(signal):
        raise ValueError(
            _(
                "Each moment needs a sample before it and {steps} after it: from 1 to {last}, not "
                "{first_given} to {last_given}."
            ).format(steps=steps, last=len(signal) - steps, first_given=now[0], last_given=now[-1])
        )
    return signal, now, made


# --- what was forecast, and what came ------------------------------------------------------------


@dataclass(frozen=True)
class Record:
    """A signal (samples,), moments (n,), and for each model what it forecast there (n, steps)."""

    signal: np.ndarray
    now: np.ndarray
    forecasts: dict[str, np.ndarray]
    rate: float
    past: float
    unit: str

    @property
    def steps(self) -> int:
        return next(iter(self.forecasts.values())).shape[1]

    @cached_property
    def seconds(self) -> np.ndarray:
        """When each moment is."""
        return self.now / self.rate

    @cached_property
    def times(self) -> list[float]:
        """How many milliseconds each step is ahead."""
        return [float(f"{(k + 1) * 1000 / self.rate:.3g}") for k in range(self.steps)]

    @cached_property
    def truth(self) -> np.ndarray:
        """What then came, of shape (n, steps)."""
        return self.signal[self.now[:, None] + np.arange(self.steps)]

    @cached_property
    def errors(self) -> dict[str, np.ndarray]:
        """How far each forecast was off, of shape (n, steps)."""
        return {name: np.abs(values - self.truth) for name, values in self.forecasts.items()}

    @cached_property
    def usual(self) -> dict[str, np.ndarray]:
        """The mean error over all moments, which says whether one moment is a typical one."""
        return {name: values.mean(axis=0) for name, values in self.errors.items()}

    @cached_property
    def view(self) -> tuple[float, float]:
        """The same height of the signal at every moment; room for the legend."""
        first = max(0, self.now[0] - round(self.past * self.rate))
        walked = self.signal[first : self.now[-1] + self.steps]
        span = float(np.ptp(walked)) or 1.0
        return walked.min() - 0.05 * span, walked.max() + 0.3 * span

    @cached_property
    def highest_error(self) -> float:
        """The same at every moment, so that errors can be compared by eye."""
        return 1.05 * max(float(values.max()) for values in self.errors.values()) or 1.0

    def row(self, second: float) -> int:
        """The moment nearest to a time."""
        return int(np.argmin(np.abs(self.seconds - second)))


@dataclass(frozen=True)
class Here:
    """What the controls set: the moment, the step ahead, and whose forecast is drawn."""

    row: int
    step: int
    model: str


def _moments(record: Record, start: float) -> list[float]:
    """A walk from the start through what comes; and the moment at which the models err most."""
    width = record.steps / record.rate
    worst = sum(errors.mean(axis=1) for errors in record.errors.values()).argmax()
    rows = {record.row(start + part * width) for part in WALK} | {int(worst)}
    return [float(record.seconds[row]) for row in sorted(rows - {record.row(start)})]


# --- the picture ---------------------------------------------------------------------------------


def _draw_signal(ax: Any, record: Record, here: Here) -> None:
    rate, moment = record.rate, int(record.now[here.row])
    before = np.arange(max(0, moment - round(record.past * rate)), moment)
    after = np.arange(moment, moment + record.steps)
    past = {"color": "black", "ls": "-", "lw": 1.2, "label": _("measured so far")}
    ax.plot(before / rate, record.signal[before], **past)
    future = {"color": "0.6", "ls": "-", "lw": 2.5, "label": _("what then came")}
    ax.plot(after / rate, record.truth[here.row], **future)
    k = list(record.forecasts).index(here.model)
    colour, values = plots.PALETTE[k], record.forecasts[here.model][here.row]
    ax.plot(after / rate, values, color=colour, ls=LINES[k], label=here.model)
    ax.plot(after[here.step] / rate, values[here.step], MARKERS[k], color=colour, ms=7)
    ax.axvline((moment - 0.5) / rate, color="grey", ls="-", lw=1)
    ylabel = _("signal ({unit})").format(unit=record.unit)
    ax.set(xlabel=_("time in the record (s)"), ylabel=ylabel, ylim=record.view)
    ax.legend(loc="upper left", fontsize="small")


def _draw_errors(ax: Any, record: Record, here: Here) -> None:
    for k, (name, errors) in enumerate(record.errors.items()):
        usual = {"color": "0.4", "ms": 20, "mew": 2}
        ax.plot([record.usual[name][here.step]], [k], "|", label=_("mean of all moments"), **usual)
        dot = {"color": plots.PALETTE[k], "ms": 9}
        ax.plot([errors[here.row, here.step]], [k], MARKERS[k], label=_("here"), **dot)
    names = list(record.errors)
    ax.set_yticks(range(len(names)), names)
    ax.tick_params(axis="y", length=0)
    xlabel = _("error {ahead:g} ms ahead ({unit})").format(
        ahead=record.times[here.step], unit=record.unit
    )
    ax.set(xlabel=xlabel, xlim=(0, record.highest_error), ylim=(len(names) - 0.5, -0.9))
    ax.legend(handles=ax.lines[:2], loc="upper right", fontsize="small", ncols=2)


# --- the words -----------------------------------------------------------------------------------


def _words(record: Record, here: Here) -> str:
    at, unit = (here.row, here.step), record.unit
    each = [f'"{name}" ≈ {errors[at]:.2f} {unit}' for name, errors in record.errors.items()]
    return " ".join(
        [
            _("Now is {second:.2f} s.").format(second=record.seconds[here.row]),
            _(
                '{ahead:g} ms later "{model}" expects ≈ {expected:.2f} {unit}; then came '
                "{came:.2f} {unit}."
            ).format(
                ahead=record.times[here.step],
                model=here.model,
                expected=record.forecasts[here.model][at],
                came=record.truth[at],
                unit=unit,
            ),
            _("Error there: {errors}.").format(errors=", ".join(each)),
        ]
    )
