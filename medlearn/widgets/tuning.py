"""A sweep over learning rates, trained before; and what the best of many equal settings reaches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from medlearn import inputs, plots
from medlearn.language import N_, _, ngettext
from medlearn.widgets import grids
from medlearn.widgets.controls import choice, notches, slider
from medlearn.widgets.explorer import Explorer

__all__ = ["best_of_explorer", "sweep_explorer"]

EPOCHS = (1, 2, 3, 5, 10, 20, 50, 100)  # what small rates lack at first, they make up for later
PATIENTS = (30, 61, 120, 300, 1000, 5000)
SETTINGS = (1, 2, 5, 10, 20, 50, 100, 200)
COMPANIES = 2000


def sweep_explorer(
    scores: Mapping[float, Any],
    *,
    rate: float | None = None,
    epochs: int | None = None,
    ylabel: str = N_("accuracy"),
    baseline: float | None = None,
    baseline_name: str = N_("baseline"),
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
    rates, curves = _checked(scores)
    last = curves.shape[1]
    rate = rates[0] if rate is None else float(rate)
    if rate not in rates:
        raise ValueError(
            _("rate {rate:g} was not trained; {rates} were.").format(
                rate=rate, rates=", ".join(f"{known:g}" for known in rates)
            )
        )
    epochs = inputs.whole_number(last if epochs is None else epochs, "epochs", least=1, most=last)
    sweep = Sweep(rates, curves, _(ylabel), baseline, _(baseline_name))

    def draw(axes: Any, rate: float, epochs: int) -> str:
        _draw_time(axes[0], sweep, rates.index(rate), epochs)
        _draw_rates(axes[1], sweep, rates.index(rate), epochs)
        return _words(sweep, rates.index(rate), epochs)

    controls = {
        "rate": notches(_("learning rate"), rates, rate),
        "epochs": slider(_("epochs"), 1, last, epochs),
    }
    grid = grids.fitted(controls, {"epochs": (*EPOCHS, last)})
    return Explorer(draw, ncols=2, size=(9.0, 3.8), grid=grid, **controls)


@dataclass(frozen=True)
class Sweep:
    """Ascending rates, and their scores, of shape (rates, epochs, networks)."""

    rates: list[float]
    curves: np.ndarray
    ylabel: str
    baseline: float | None
    baseline_name: str

    def after(self, epochs: int) -> np.ndarray:
        """The scores after so many epochs, of shape (rates, networks)."""
        return self.curves[:, epochs - 1]

    @property
    def view(self) -> tuple[float, float]:
        """From where to where every picture goes, so that rates can be compared by eye."""
        ends = self.curves if self.baseline is None else np.append(self.curves, self.baseline)
        margin = 0.05 * np.ptp(ends) or 0.5
        return ends.min() - margin, ends.max() + margin


def _checked(scores: Mapping[float, Any]) -> tuple[list[float], np.ndarray]:
    """The rates in ascending order, and their scores, of shape (rates, epochs, networks)."""
    rates = sorted(float(rate) for rate in scores)
    if len(rates) < 2 or rates[0] <= 0:
        raise ValueError(
            _("scores should hold two learning rates or more, above 0, not {rates}.").format(
                rates=rates
            )
        )
    if not _same(scores):
        raise ValueError(
            _("Each rate should have scores of one shape, (epochs, networks): {shapes}.").format(
                shapes={f"{rate:g}": np.shape(scores[rate]) for rate in sorted(scores)}
            )
        )
    curves = np.stack(
        [inputs.floats(scores[rate], "scores").astype(float) for rate in sorted(scores)]
    )
    for rate, curve in zip(rates, curves, strict=True):
        if not np.isfinite(curve).all():
            raise ValueError(
                _("The scores of learning rate {rate:g} hold a number that is not finite.").format(
                    rate=rate
                )
            )
    return rates, curves


def _same(scores: Mapping[float, Any]) -> bool:
    """Whether every rate has an array of the same shape (epochs, networks), and not empty."""
    try:
        shapes = {inputs.floats(values, "scores").shape for values in scores.values()}
    except ValueError:  # rows of different lengths
        return False
    return len(shapes) == 1 and len(shape := shapes.pop()) == 2 and 0 not in shape


# --- the picture ---------------------------------------------------------------------------------


def _draw_time(ax: Any, sweep: Sweep, chosen: int, epochs: int) -> None:
    """One rate after each epoch: a thin line for each network, and their mean."""
    curve, last = sweep.curves[chosen], sweep.curves.shape[1]
    steps = np.arange(1, last + 1)
    for k, network in enumerate(curve.T):
        name = None if k else _("one network")
        ax.plot(steps, network, color=plots.PALETTE[5], ls="-", lw=1, label=name)
    mean = {"color": plots.PALETTE[0], "ls": "-", "marker": "o", "ms": 4, "label": _("mean")}
    ax.plot(steps, curve.mean(axis=1), **mean)
    ax.axvline(epochs, color="grey", ls="--", lw=1)
    title = _("learning rate {rate:g}").format(rate=sweep.rates[chosen])
    ax.set(xlabel=_("epoch"), ylabel=sweep.ylabel, title=title)
    ax.set_xlim(0.5, last + 0.5)
    ax.xaxis.get_major_locator().set_params(integer=True)
    _finish(ax, sweep)


def _draw_rates(ax: Any, sweep: Sweep, chosen: int, epochs: int) -> None:
    """All rates after so many epochs: mean, lowest and highest network."""
    rates, now = sweep.rates, sweep.after(epochs)
    means, colours = now.mean(axis=1), plots.PALETTE
    ends = now.min(axis=1), now.max(axis=1)
    ax.vlines(rates, *ends, color=colours[5], lw=3, label=_("lowest to highest"))
    ax.plot(rates, means, color=colours[0], ls="-", marker="o", ms=4, label=_("mean"))
    style = {"marker": "D", "ms": 9, "ls": "", "mfc": "none", "mew": 2, "color": colours[1]}
    ax.plot(rates[chosen], means[chosen], label=_("the rate on the left"), **style)
    title = ngettext("after {n} epoch", "after {n} epochs", epochs).format(n=epochs)
    ax.set(xscale="log", xlabel=_("learning rate (log scale)"), title=title)
    _finish(ax, sweep)


def _finish(ax: Any, sweep: Sweep) -> None:
    if sweep.baseline is not None:
        ax.axhline(sweep.baseline, color="black", ls=":", lw=1.5, label=sweep.baseline_name)
    ax.set_ylim(*sweep.view)
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.1), ncols=2, fontsize="small")


# --- the words -----------------------------------------------------------------------------------


def _words(sweep: Sweep, chosen: int, epochs: int) -> str:
    rates, last = sweep.rates, sweep.curves.shape[1]
    now, end = sweep.after(epochs), sweep.after(last)
    means, finals = now.mean(axis=1), end.mean(axis=1)
    best, later = int(means.argmax()), int(finals.argmax())
    words = [
        ngettext(
            "Learning rate {rate:g}, {n} epoch: {score} ≈ {mean:.3f}, the mean of {networks} "
            "networks, from ≈ {low:.3f} to ≈ {high:.3f} (spread over the runs).",
            "Learning rate {rate:g}, {n} epochs: {score} ≈ {mean:.3f}, the mean of {networks} "
            "networks, from ≈ {low:.3f} to ≈ {high:.3f} (spread over the runs).",
            epochs,
        ).format(
            rate=rates[chosen],
            n=epochs,
            score=sweep.ylabel,
            mean=means[chosen],
            networks=now.shape[1],
            low=now[chosen].min(),
            high=now[chosen].max(),
        ),
        ngettext(
            "Best after {n} epoch: rate ≈ {rate:g}, mean ≈ {mean:.3f}.",
            "Best after {n} epochs: rate ≈ {rate:g}, mean ≈ {mean:.3f}.",
            epochs,
        ).format(n=epochs, rate=rates[best], mean=means[best]),
        _("Best after all {n}: rate ≈ {rate:g}, mean ≈ {mean:.3f}.").format(
            n=last, rate=rates[later], mean=finals[later]
        ),
    ]
    if sweep.baseline is not None:
        dotted = _("Dotted: {name}, ≈ {score:.3f}.")
        words.append(dotted.format(name=sweep.baseline_name, score=sweep.baseline))
    return " ".join(words)


# --- the best of many ----------------------------------------------------------------------------


def best_of_explorer(
    *, settings: int = 200, patients: int = 61, accuracy: float = 0.84
) -> Explorer:
    """How good the best of many settings looks when all of them are equally good.

    Simulated: each of 2,000 companies scores so many settings on so many patients and takes the
    best. Every setting is right for each patient with the same probability, by itself.

    Parameters
    ----------
    settings : int
        Settings tried, at first; from 1 to 200.
    patients : int
        Patients that each setting is scored on, at first; one of `PATIENTS`.
    accuracy : float
        True accuracy of every setting, between 0 and 1.

    Returns
    -------
    Explorer
        Its words say where the middle company lies, and 95 of 100 companies.

    Raises
    ------
    ValueError
        When settings or patients are none that the controls offer, or accuracy lies outside 0 to 1.

    Examples
    --------
    >>> best_of_explorer(settings=1).words.split(": ")[1][:29]
    '≈ 0.836 in the middle; 95 of '
    """
    settings = inputs.whole_number(settings, "settings", least=1, most=SETTINGS[-1])
    if not 0 < accuracy < 1:
        raise ValueError(_("accuracy must lie between 0 and 1; it is {x}.").format(x=accuracy))
    inputs.one_of(patients, "patients", PATIENTS)
    controls = {
        "settings": slider(_("settings tried"), 1, SETTINGS[-1], settings),
        "patients": choice(_("patients"), PATIENTS, patients),
    }

    def draw(ax: Any, settings: int, patients: int) -> str:
        best = _best(settings, patients, accuracy)
        _draw_best(ax, best, patients, accuracy)
        return _best_words(best, settings, patients, accuracy)

    grid = grids.fitted(controls, {"settings": SETTINGS})
    return Explorer(draw, grid=grid, **controls)


def _best(settings: int, patients: int, accuracy: float) -> np.ndarray:
    """The best score of each company."""
    right = np.random.default_rng(0).binomial(patients, accuracy, size=(COMPANIES, settings))
    return right.max(axis=1) / patients


def _draw_best(ax: Any, best: np.ndarray, patients: int, accuracy: float) -> None:
    step = max(1 / patients, 0.005)  # a score can only be so many of all patients
    ax.hist(best, np.arange(0, 1 + step, step) + step / 2, color=plots.PALETTE[0])
    ax.axvline(accuracy, color="black", ls="--", label=_("true accuracy of every setting"))
    ax.set(
        xlabel=_("accuracy of the best setting"),
        ylabel=_("companies (of {n:,})").format(n=len(best)),
        xlim=(accuracy - 0.2, 1.01),
    )
    ax.legend(loc="upper left", bbox_to_anchor=(0, 1.15))


def _best_words(best: np.ndarray, settings: int, patients: int, accuracy: float) -> str:
    low, middle, high = np.percentile(best, [2.5, 50, 97.5])
    return _(
        "Best of {settings} settings, all truly right for {share:g} of 100, on {patients} "
        "patients: ≈ {middle:.3f} in the middle; 95 of 100 companies between ≈ {low:.3f} and ≈ "
        "{high:.3f}."
    ).format(
        settings=settings,
        share=100 * accuracy,
        patients=patients,
        middle=middle,
        low=low,
        high=high,
    )
