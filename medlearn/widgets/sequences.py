"""A walk along a signal: what was measured so far, what models expected next, what then came."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from medlearn import plots
from medlearn.widgets.explorer import Explorer, choice, slider

__all__ = ["forecast_explorer"]

LINES = ("--", ":", "-.", (0, (5, 1, 1, 1, 1, 1)))
MARKERS = ("o", "s", "^", "D")


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
    right the error of every model at each moment ahead. Nothing is computed here but differences.

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
    signal, now = np.asarray(signal, dtype=float), np.asarray(now)
    made = {str(name): np.asarray(values, dtype=float) for name, values in forecasts.items()}
    if signal.ndim != 1 or not np.isfinite(signal).all():
        raise ValueError(
            f"signal should have shape (samples,) and finite values, not {signal.shape}."
        )
    if now.ndim != 1 or not len(now) or now.dtype.kind not in "iu" or (np.diff(now) <= 0).any():
        raise ValueError("now should be an ascending list of sample numbers, one at least.")
    shapes = {name: values.shape for name, values in made.items()}
    steps = next(iter(shapes.values()), (0, 0))[-1]
    if not 1 <= len(made) <= len(LINES) or set(shapes.values()) != {(len(now), steps)} or not steps:
        raise ValueError(
            f"forecasts should be 1 to {len(LINES)} arrays of one shape, ({len(now)} moments, "
            f"steps): {shapes}."
        )
    if not all(np.isfinite(values).all() for values in made.values()):
        raise ValueError("A forecast holds a number that is not finite.")
    if now[0] < 1 or now[-1] + steps > len(signal):
        raise ValueError(
            f"Each moment needs a sample before it and {steps} after it: from 1 to "
            f"{len(signal) - steps}, not {now[0]} to {now[-1]}."
        )
    truth = signal[now[:, None] + np.arange(steps)]
    errors = {name: np.abs(values - truth) for name, values in made.items()}
    # The mean over all moments says whether one moment is a typical one.
    usual = {name: values.mean(axis=0) for name, values in errors.items()}
    times = [float(f"{(k + 1) * 1000 / rate:.3g}") for k in range(steps)]
    first = times[steps // 2] if ahead is None else ahead
    nearest = int(np.argmin(np.abs(np.array(times) - first)))
    if not times[0] <= first <= times[-1]:
        raise ValueError(f"ahead should be from {times[0]:g} to {times[-1]:g} ms, not {first:g}.")
    model = next(iter(made)) if model is None else model
    if model not in made:
        raise ValueError(f"model {model!r} is none of {', '.join(made)}.")
    seconds = now / rate
    start = float(seconds[0]) if start is None else float(start)
    if not seconds[0] <= start <= seconds[-1]:
        raise ValueError(
            f"start should be from {seconds[0]:.2f} to {seconds[-1]:.2f} s, not {start:g}."
        )
    # The same axes at every moment, so that errors can be compared by eye; room for the legend.
    high = 1.25 * max(float(np.percentile(values, 99.8)) for values in errors.values()) or 1.0
    walked = signal[max(0, now[0] - round(past * rate)) : now[-1] + steps]
    span = float(np.ptp(walked)) or 1.0
    view = (walked.min() - 0.05 * span, walked.max() + 0.3 * span)

    def draw(axes: Any, second: float, ahead: float, model: str) -> str:
        left, right = axes
        row = int(np.argmin(np.abs(seconds - second)))
        here, step = int(now[row]), times.index(ahead)
        before = np.arange(max(0, here - round(past * rate)), here)
        after = np.arange(here, here + steps)
        left.plot(
            before / rate, signal[before], color="black", ls="-", lw=1.2, label="measured so far"
        )
        left.plot(after / rate, truth[row], color="0.6", ls="-", lw=2.5, label="what then came")
        for k, (name, values) in enumerate(made.items()):
            colour, line = plots.PALETTE[k], LINES[k]
            if name == model:
                left.plot(after / rate, values[row], color=colour, ls=line, label=name)
                left.plot((here + step) / rate, values[row, step], MARKERS[k], color=colour, ms=7)
            right.plot(times, errors[name][row], color=colour, ls=line, label=name)
            right.plot(ahead, errors[name][row, step], MARKERS[k], color=colour, ms=7)
            right.plot(times, usual[name], color=colour, ls=line, lw=1)
        left.axvline((here - 0.5) / rate, color="grey", ls="-", lw=1)
        right.axvline(ahead, color="grey", ls="-", lw=1)
        left.set(xlabel="time in the record (s)", ylabel=f"signal ({unit})", ylim=view)
        right.set(xlabel="time ahead (ms)", ylabel=f"error ({unit})", ylim=(0, high))
        right.set_title("thin: mean of all moments", fontsize="small")
        left.legend(loc="upper left", fontsize="small")
        right.legend(loc="upper left", fontsize="small")
        each = ", ".join(f'"{name}" ≈ {errors[name][row, step]:.2f} {unit}' for name in made)
        return (
            f'Now is {here / rate:.2f} s. {ahead:g} ms later "{model}" expects '
            f"≈ {made[model][row, step]:.2f} {unit}; then came {truth[row, step]:.2f} {unit}. "
            f"Error there: {each}."
        )

    low, top = float(seconds[0]), float(seconds[-1])
    if low == top:  # a slider needs some way to go
        top += 1 / rate
    spacing = float(np.diff(seconds).min()) if len(now) > 1 else 1 / rate
    return Explorer(
        draw,
        ncols=2,
        size=(9.0, 3.8),
        second=slider("now (s)", low, top, start, spacing),
        ahead=choice("time ahead (ms)", times, times[nearest]),
        model=choice("model", list(made), model),
    )
