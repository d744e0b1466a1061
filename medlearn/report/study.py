"""All that a card reports of a model, computed from who had the outcome and what was said."""

from __future__ import annotations

import csv
import hashlib
import io
import warnings
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from medlearn import inputs
from medlearn.files import replace_file
from medlearn.language import _
from medlearn.metrics import Estimate, UndefinedMetric
from medlearn.metrics.registry import METRICS, plan
from medlearn.metrics.resampling import draws, estimate, spread
from medlearn.metrics.weights import Options, Plan
from medlearn.report import given, page

__all__ = ["FEWEST", "PEOPLE", "README", "Study"]

FEWEST = 10
"""People with the outcome, and without it, below whom a subgroup gets no number of them."""

PER = 1000
"""Net benefit is shown for so many people."""

LEVEL = 0.95
README, PEOPLE = "README.md", "people.csv"
"""The files of a card that was saved: the card, and what was known of each person."""

_SHARES = ("sensitivity", "specificity", "ppv", "npv")
_METRICS = ("auc", *_SHARES, "brier", "observed_expected", "calibration_slope", "net_benefit")
_OF_GROUPS = ("auc", "sensitivity", "specificity", "observed_expected")
_OF_THOSE_WITHOUT = ("auc", "specificity")
"""What rests on the people without the outcome, too."""

_OF_RULES = ("auc", *_SHARES, "net_benefit")


class Study:
    """A model judged on people: all that a card reports, each number with its interval.

    Parameters
    ----------
    y : array-like of shape (n,), 0 or 1
        Who has the outcome.
    risk : array-like of shape (n,)
        What the model said: risks from 0 to 1.
    price : float
        How many needless alarms one found is worth: the threshold is 1 / (price + 1).
    price_from : str
        "agreed", with those whom it concerns and before anybody saw data; or "assumed".
    flow : (mapping of str to int, sequence of str)
        Who entered the study, and why people left: stages and reasons of `plots.flow_diagram`.
        The last stage holds the patients of `y`.
    baselines : mapping of str to array-like of shape (n,)
        Simple rules, 0 or 1, or risks of simpler models; one at least.
    subgroups : mapping of str to array-like of shape (n,), optional
        What people are divided by ("sex") → the label of each row.
    groups : array-like of shape (n,), optional
        Which patient each row belongs to; without it, each row is one patient.
    threshold_from : str
        "price", or "training": chosen on training people, and given as `threshold`.
    threshold : float, optional
        Only for `threshold_from="training"`.
    files : mapping of str to path or str, optional
        Name → a file of the data, of which the card holds the SHA-256, or the SHA-256 itself.
    trained : bool
        Write ≈ before each number that depends on the model: another processor trains another one.
        A baseline of 0 and 1 is a rule, and its numbers stay without.
    seed, n_resamples : int
        Of the resamples of patients, all numbers on the same ones.

    Attributes
    ----------
    n, events : int
        Patients, and those of them with the outcome.
    threshold : float
    results : dict of str to Estimate or None
        Each number with its interval, None where these data do not determine it. Net benefit and
        gains (model − other, paired) are per 1,000 people.
    numbers : dict of str to str
        Placeholder → the text that stands for it on the card.

    Raises
    ------
    ValueError
        When lengths differ, a value is missing or out of range, the threshold comes from the test
        people, or the flow does not end with the patients of `y`.

    References
    ----------
    Collins et al. (2024), "TRIPOD+AI statement", BMJ 385:e078378, doi:10.1136/bmj-2023-078378.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> risk = rng.uniform(0.05, 0.6, size=300)
    >>> y = (rng.random(300) < risk).astype(int)
    >>> flow = {"asked": 320, "analysed": 300}, ["no blood sample"]
    >>> study = Study(y, risk, price=4, flow=flow, baselines={"coin": np.arange(300) % 2})
    >>> study.threshold, study.numbers["auc"], study.numbers["gain_over_coin"]
    (0.2, '0.75 [0.69 to 0.80]', '112.5 [69.2 to 162.5]')
    """

    def __init__(
        self,
        y: ArrayLike,
        risk: ArrayLike,
        *,
        price: float,
        flow: tuple[Mapping[str, int], Sequence[str]],
        baselines: Mapping[str, ArrayLike],
        subgroups: Mapping[str, ArrayLike] | None = None,
        groups: ArrayLike | None = None,
        price_from: str = "agreed",
        threshold_from: str = "price",
        threshold: float | None = None,
        files: Mapping[str, str | Path] | None = None,
        trained: bool = False,
        seed: int = 0,
        n_resamples: int = 2000,
    ) -> None:
        self.y = inputs.labels(y, both=True).astype(int)
        self.risk = given.risks(risk, "risk", self.y)
        self.baselines = {
            name: given.risks(one, name, self.y)
            for name, one in given.named(baselines, "baselines").items()
        }
        divided = {} if subgroups is None else given.named(subgroups, "subgroups")
        self.subgroups = {name: given.labels(one, name, self.y) for name, one in divided.items()}
        self.patient = inputs.patients(groups, len(self.y))
        self.several = groups is not None
        self.n = int(self.patient.max()) + 1
        self.events = len(np.unique(self.patient[self.y == 1]))
        self.price = given.price(price)
        self.price_from = given.price_from(price_from)
        self.threshold_from = threshold_from
        self.threshold = given.threshold(self.price, threshold_from, threshold)
        self.stages, self.reasons = given.flow(flow, self.n)
        self.files = {name: given.sha256_of(one) for name, one in (files or {}).items()}
        self.trained = bool(trained)
        self.seed = inputs.whole_number(seed, "seed", least=0)
        self.n_resamples = inputs.whole_number(n_resamples, "n_resamples", least=100)
        self.notes: dict[str, str] = {}
        self.results, self._rules = self._computed()
        self.numbers = self._texts()

    def _computed(self) -> tuple[dict[str, Estimate | None], dict[str, Estimate | None]]:
        """All numbers on the same resamples of patients: of the model, and of the baselines."""
        everybody = np.ones(len(self.y))
        plans = {name: self._plan(name, self.risk) for name in _METRICS}
        plans["net_benefit_all"] = self._plan("net_benefit", everybody)
        plans["net_benefit_none"] = self._plan("net_benefit", 0 * everybody)
        for rule, risk in self.baselines.items():
            for name in _OF_RULES:
                plans[f"{given.slug(rule)}_{name}"] = self._plan(name, risk)
        found = self._estimates(plans)
        gains = self._gains(plans)
        own = [*_METRICS, "net_benefit_all", "net_benefit_none"]
        results = {name: found[name] for name in own} | gains
        return results, {name: one for name, one in found.items() if name not in results}

    def _plan(self, name: str, risk: np.ndarray, who: np.ndarray | None = None) -> Plan | None:
        """How a number is computed, or None and a note why there is none."""
        y = self.y if who is None else self.y[who]
        risk = risk if who is None else risk[who]
        options = Options(self.threshold if METRICS[name].needs == "alarms" else None)
        if name == "net_benefit":  # an alarm is given at the threshold, and paid for at the price
            risk, options = (risk >= self.threshold).astype(float), Options(1 / (self.price + 1))
        try:
            return plan(name, y.astype(float), risk, options)
        except UndefinedMetric as error:
            self.notes[name] = str(error)
            return None

    def _draws(self, who: np.ndarray | None = None) -> Iterable[np.ndarray]:
        y = self.y if who is None else self.y[who]
        groups = self.patient if who is None else self.patient[who]
        return draws(y, groups if self.several else None, False, self.n_resamples, LEVEL, self.seed)

    def _estimates(
        self, plans: Mapping[str, Plan | None], who: np.ndarray | None = None
    ) -> dict[str, Estimate | None]:
        known = {name: one for name, one in plans.items() if one is not None}
        values = spread([one.weighted for one in known.values()], self._draws(who))
        found: dict[str, Estimate | None] = dict.fromkeys(plans)
        for (name, one), drawn in zip(known.items(), values, strict=True):
            found[name] = self._estimate(name, one.value, drawn)
        return found

    def _estimate(self, name: str, value: float, drawn: np.ndarray) -> Estimate | None:
        """A number with its interval; None where too many resamples do not determine it."""
        per = PER if _per_thousand(name) else 1
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # a few resamples left out: said in the card
                return estimate(per * value, per * drawn, LEVEL, name)
        except UndefinedMetric as error:
            self.notes[name] = str(error)
            return None

    def _gains(self, plans: Mapping[str, Plan | None]) -> dict[str, Estimate | None]:
        """Net benefit of the model less that of another, on the same resamples."""
        others = {"all": "net_benefit_all", "none": "net_benefit_none"}
        others |= {given.slug(rule): f"{given.slug(rule)}_net_benefit" for rule in self.baselines}
        asked = [plans["net_benefit"], *(plans[name] for name in others.values())]
        known = [one for one in asked if one is not None]  # net benefit is always determined
        own, *rest = spread([one.weighted for one in known], self._draws())
        return {
            f"gain_over_{name}": self._estimate(
                f"gain_over_{name}", known[0].value - one.value, own - drawn
            )
            for name, one, drawn in zip(others, known[1:], rest, strict=True)
        }

    def _texts(self) -> dict[str, str]:
        """Placeholder → what stands on the card."""
        facts = {
            "n": f"{self.n:,}",
            "events": f"{self.events:,}",
            "prevalence": f"{100 * self.events / self.n:.1f} %",
            "threshold": f"{100 * self.threshold:.1f} %",
            "price": f"{self.price:g}",
        }
        every = self.results | self._rules
        return facts | {name: self.text(name, one) for name, one in every.items()}

    def text(self, name: str, one: Estimate | None) -> str:
        """A number with its interval as it stands on the card; "–" where there is none."""
        if one is None:
            return "–"
        return written(name, one, mark=self.trained and name not in self._untrained())

    def _untrained(self) -> set[str]:
        """The numbers that no model made: of alarming everybody or nobody, and of simple rules."""
        rules = [rule for rule, risk in self.baselines.items() if np.isin(risk, (0, 1)).all()]
        own = {f"{given.slug(rule)}_{name}" for rule in rules for name in _OF_RULES}
        return own | {"net_benefit_all", "net_benefit_none"}

    def table(self) -> Any:
        """Tabulate the numbers of the model, and of each baseline beside it.

        Returns
        -------
        DataFrame of str
            A row a measure; a column for the model, one for each baseline, and one each for
            alarming everybody and nobody. Net benefit is per 1,000 people.
        """
        import pandas as pd

        rows = {}
        for name in _METRICS:
            row = {_("model"): self.numbers[name]}
            for rule in self.baselines:
                row[rule] = self.numbers.get(f"{given.slug(rule)}_{name}", "")
            for column, other in ((_("all"), "net_benefit_all"), (_("none"), "net_benefit_none")):
                row[column] = self.numbers[other] if name == "net_benefit" else ""
            rows[page.title(name)] = row
        return pd.DataFrame.from_dict(rows, orient="index")

    def subgroup_table(self) -> Any:
        """Tabulate the model in each subgroup, without numbers that rest on fewer than ten people.

        Returns
        -------
        DataFrame
            A row for each label of each subgroup: ``group``, ``people``, ``events``, and texts.
        """
        import pandas as pd

        rows = []
        for name, labels in self.subgroups.items():
            for label in sorted(set(labels.tolist())):
                who = labels == label
                people = len(np.unique(self.patient[who]))
                events = len(np.unique(self.patient[who & (self.y == 1)]))
                row = {"group": f"{name}: {label}", "people": people, "events": events}
                found: dict[str, Estimate | None] = dict.fromkeys(_OF_GROUPS)
                if events >= FEWEST:
                    without = () if people - events >= FEWEST else _OF_THOSE_WITHOUT
                    asked = [one for one in _OF_GROUPS if one not in without]
                    plans = {one: self._plan(one, self.risk, who) for one in asked}
                    found |= self._estimates(plans, who)
                rows.append(
                    row
                    | {METRICS[one].title: self.text(one, value) for one, value in found.items()}
                )
        columns = ["group", "people", "events", *(METRICS[one].title for one in _OF_GROUPS)]
        return pd.DataFrame(rows, columns=columns)

    def flow_diagram(self, ax: Any = None) -> Any:
        """Draw who entered the study and who left, on new axes or these; returns the axes."""
        from medlearn import plots

        return plots.flow_diagram(self.stages, self.reasons, self.ends(), ax)

    def gains(self) -> dict[str, str]:
        """With what the model is compared → its gain in net benefit, as text."""
        others = {"all": _("alarming everybody"), "none": _("alarming nobody")}
        others |= {given.slug(rule): rule for rule in self.baselines}
        return {name: self.numbers[f"gain_over_{key}"] for key, name in others.items()}

    def ends(self) -> dict[str, int]:
        """Patients with and without the outcome."""
        return {_("with the outcome"): self.events, _("without it"): self.n - self.events}

    def settings(self) -> dict[str, Any]:
        """What the numbers rest on beside the people: the arguments of `Study`, as they came."""
        chosen = self.threshold if self.threshold_from == "training" else None
        return {
            "price": self.price,
            "price_from": self.price_from,
            "threshold_from": self.threshold_from,
            "threshold": chosen,
            "flow": [self.stages, self.reasons],
            "trained": self.trained,
            "seed": self.seed,
            "n_resamples": self.n_resamples,
        }

    def columns(self) -> dict[str, list[Any]]:
        """What is known of each row, as it is saved: nobody's name, and nobody's number."""
        found = {"y": self.y.tolist(), "risk": self.risk.tolist()}
        for kind, columns in (("baseline", self.baselines), ("subgroup", self.subgroups)):
            found |= {f"{kind} {name}": column.tolist() for name, column in columns.items()}
        return found | ({"patient": self.patient.tolist()} if self.several else {})

    def hashes(self) -> dict[str, str]:
        """The SHA-256 of each column."""
        return {
            name: hashlib.sha256("\n".join(map(str, column)).encode()).hexdigest()
            for name, column in self.columns().items()
        }

    def card(self, words: Mapping[str, str]) -> str:
        """Write the card: these words, with the numbers of this study.

        Parameters
        ----------
        words : mapping of str to str
            Field → text with placeholders; `report.fields()` lists the fields.

        Returns
        -------
        str
            Front matter in YAML, then Markdown. Of the same people and words always the same.

        Raises
        ------
        DigitsTyped
            When a number is typed into the prose of results.
        ValueError
            When a field is missing or unknown, a placeholder is, or the intended use is not one
            sentence.
        """
        return page.render(self, words)

    def save(self, card: str, folder: str | Path) -> None:
        """Write a card and the people it rests on into a folder, so that anybody can verify it.

        Parameters
        ----------
        card : str
            What `card` gave.
        folder : path
            Gets ``README.md`` and ``people.csv``: outcome, risk, baselines and subgroups of each
            row. These are data of patients: save them only where such data may be.
        """
        folder, columns = Path(folder), self.columns()
        folder.mkdir(parents=True, exist_ok=True)
        stream = io.StringIO()
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))
        replace_file(folder / PEOPLE, stream.getvalue().encode())
        replace_file(folder / README, card.encode())


def _per_thousand(name: str) -> bool:
    """Whether a number is a net benefit, or a difference of two."""
    return "net_benefit" in name or name.startswith("gain_")


def written(name: str, one: Estimate, *, mark: bool = False) -> str:
    """A number with its interval: shares in per cent, ≈ before what is marked.

    Examples
    --------
    >>> written("sensitivity", Estimate(0.694, 0.61, 0.77))
    '69 % [61 % to 77 %]'
    >>> written("ppv", Estimate(0.07, 0.05, 0.08), mark=True)
    '≈ 7 % [≈ 5 % to ≈ 8 %]'
    """
    about = "≈ " if mark else ""
    if name.endswith(_SHARES):
        ends = [f"{about}{100 * value:.0f} %" for value in one]
        return _("{value} [{low} to {high}]").format(value=ends[0], low=ends[1], high=ends[2])
    digits = 1 if _per_thousand(name) else 3 if name == "brier" else 2
    return about + format(one, f".{digits}f")
