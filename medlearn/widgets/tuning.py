"""A sweep over learning rates: each rate was trained before, several times; here one looks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ipywidgets
import numpy as np

from medlearn import plots
from medlearn.widgets.explorer import Explorer, slider

__all__ = ["sweep_explorer"]


def sweep_explorer(
    scores: Mapping[float, Any],
    *,
    rate: float | None = None,
    epochs: int | None = None,
    ylabel: str = "accuracy",
    baseline: float | None = None,
    baseline_name: str = "baseline",
) -> Explorer:
    """Learning rates side by side: what each makes of the time it is given.

    On the left the scores of one rate after each epoch, one line a network; on the right all rates
    after as many epochs as the slider says. Nothing is trained here.

    Parameters
    ----------
    scores : mapping of float to array of shape (epochs, networks)
        For each learning rate, the score of each network after each epoch; higher is better.
    rate : float, optional
        Learning rate at first; the smallest if not given.
    epochs : int, optional
        Epochs at first; all of them if not given.
    ylabel : str
        What the scores are.
    baseline : float, optional
        A score to compare with, drawn as a dotted line.
    baseline_name : str
        What that is.

    Returns
    -------
    Explorer
        Its words say what the chosen rate reached (mean of the networks, lowest and highest: a
        spread over seeds, no confidence interval), which rate is best after so many epochs, and
        which after all of them.

    Raises
    ------
    ValueError
        When there are fewer than two rates, a rate is not above zero, the arrays differ in shape,
        a score is not finite, or the first rate or number of epochs is not among those trained.

    Examples
    --------
    >>> slow, fast = [[0.1, 0.2], [0.5, 0.7]], [[0.6, 0.6], [0.5, 0.3]]
    >>> explorer = sweep_explorer({0.01: slow, 0.1: fast}, epochs=1)
    >>> explorer.words.split(". ")[1]
    'Best after 1 epoch: rate ≈ 0.1, mean ≈ 0.600'
    """
    rates = sorted(float(r) for r in scores)
    if len(rates) < 2 or rates[0] <= 0:
        raise ValueError(f"scores should hold two learning rates or more, above 0, not {rates}.")
    curves = np.stack([_curve(scores[r], r) for r in sorted(scores)]) if _same(scores) else None
    if curves is None:
        shapes = {f"{r:g}": np.shape(scores[r]) for r in sorted(scores)}
        raise ValueError(
            f"Each rate should have scores of one shape, (epochs, networks): {shapes}."
        )
    last = curves.shape[1]
    rate, epochs = rates[0] if rate is None else float(rate), last if epochs is None else epochs
    if rate not in rates:
        raise ValueError(
            f"rate {rate:g} was not trained; {', '.join(f'{r:g}' for r in rates)} were."
        )
    if epochs not in range(1, last + 1):
        raise ValueError(f"epochs should be from 1 to {last}, not {epochs!r}.")
    ends = curves if baseline is None else np.append(curves, baseline)
    margin = 0.05 * np.ptp(ends) or 0.5
    low, high = ends.min() - margin, ends.max() + margin

    def draw(axes: Any, rate: float, epochs: int) -> str:
        time, sweep = axes
        chosen = rates.index(rate)
        steps = np.arange(1, last + 1)
        for network in curves[chosen].T:
            time.plot(steps, network, color=plots.PALETTE[5], ls="-", lw=1)
        mean = curves[chosen].mean(axis=1)
        time.plot(steps, mean, color=plots.PALETTE[0], ls="-", marker="o", ms=4)
        time.axvline(epochs, color="grey", ls="--", lw=1)
        time.set(xlabel="epoch", ylabel=ylabel, title=f"learning rate {rate:g}")
        time.set_xlim(0.5, last + 0.5)
        time.xaxis.get_major_locator().set_params(integer=True)
        now = curves[:, epochs - 1]
        means = now.mean(axis=1)
        sweep.vlines(rates, now.min(axis=1), now.max(axis=1), color=plots.PALETTE[5], lw=3)
        sweep.plot(rates, means, color=plots.PALETTE[0], ls="-", marker="o", ms=4)
        sweep.plot(
            rate, means[chosen], color=plots.PALETTE[1], marker="D", ms=9, ls="", mfc="none", mew=2
        )
        plural = "s" * (epochs != 1)
        sweep.set(
            xscale="log", xlabel="learning rate (log scale)", title=f"after {epochs} epoch{plural}"
        )
        for ax in axes:
            if baseline is not None:
                ax.axhline(baseline, color="black", ls=":", lw=1.5)
            ax.set_ylim(low, high)
        best, later = int(means.argmax()), int(curves[:, -1].mean(axis=1).argmax())
        words = (
            f"Learning rate {rate:g}, {epochs} epoch{plural}: {ylabel} ≈ {means[chosen]:.3f}, "
            f"the mean of {now.shape[1]} networks, from ≈ {now[chosen].min():.3f} to "
            f"≈ {now[chosen].max():.3f} (spread over the runs). "
            f"Best after {epochs} epoch{plural}: rate ≈ {rates[best]:g}, mean ≈ {means[best]:.3f}. "
            f"Best after all {last}: rate ≈ {rates[later]:g}, mean "
            f"≈ {curves[later, -1].mean():.3f}."
        )
        if baseline is not None:
            words += f" Dotted: {baseline_name}, ≈ {baseline:.3f}."
        return words

    return Explorer(
        draw,
        ncols=2,
        size=(9.0, 3.8),
        rate=ipywidgets.SelectionSlider(
            description="learning rate",
            options=[(f"{r:g}", r) for r in rates],
            value=rate,
            style={"description_width": "13em"},
            layout=ipywidgets.Layout(width="40em", max_width="98%"),
        ),
        epochs=slider("epochs", 1, last, int(epochs)),
    )


def _same(scores: Mapping[float, Any]) -> bool:
    """Whether every rate has an array of the same shape (epochs, networks), and not empty."""
    try:
        shapes = {np.asarray(values, dtype=float).shape for values in scores.values()}
    except (TypeError, ValueError):  # rows of different lengths
        return False
    return len(shapes) == 1 and len(shape := shapes.pop()) == 2 and 0 not in shape


def _curve(values: Any, rate: float) -> np.ndarray:
    curve = np.asarray(values, dtype=float)
    if not np.isfinite(curve).all():
        raise ValueError(f"The scores of learning rate {rate:g} hold a number that is not finite.")
    return curve
