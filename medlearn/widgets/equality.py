"""Which equality, at which price: whom each rule finds and invites, and the price of one person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from medlearn import inputs, plots
from medlearn.language import N_, _
from medlearn.widgets.controls import choice, notches
from medlearn.widgets.explorer import Explorer

__all__ = ["equality_explorer"]

LEAST = 10  # events, below which nothing is said of a group
PRICES = (9, 19, 32, 49, 99)
RULES = {
    "one": N_("one price, group not asked"),
    "own": N_("one price, group asked"),
    "found": N_("equal found"),
    "invited": N_("equal invited"),
}


def equality_explorer(
    y: ArrayLike,
    group: ArrayLike,
    plain: ArrayLike,
    asked: ArrayLike,
    *,
    rule: str = "one",
    price: int = 32,
) -> Explorer:
    """Choose a rule and a price: per group who is found and invited, and what one person is told.

    "One price" invites from a risk of 1 / (price + 1) on. "Equal found" and "equal invited" move
    the threshold of each group, until the share found (of those with the condition) or invited
    (of all) is that of all people under one price. Their thresholds are set on the people shown.

    Parameters
    ----------
    y : array-like of shape (n,)
        1 for a person with the condition, 0 for another.
    group : array-like of str, of shape (n,)
        The group of each person. Of a group with fewer than ten with the condition nothing is
        said; in the total its people count at the agreed price.
    plain, asked : array-likes of shape (n,)
        The risk of each person by a model that does not ask for the group, and by one that does.
    rule : str
        The rule shown at first: "one", "own", "found" or "invited".
    price : int
        Needless tests for one found, for the last person invited: 9, 19, 32, 49 or 99.

    Returns
    -------
    Explorer
        With a list of the rules and a slider for the price.

    Raises
    ------
    ValueError
        When y is not 0 and 1, a risk is no number from 0 to 1, lengths differ, no group has
        ten people with the condition, or there is no such rule or price.

    Notes
    -----
    The price said to one person is (1 − r) / r, where r is the risk of the last person invited
    after it was moved, on the logit, so that the mean risk of the group is its observed share.

    References
    ----------
    Corbett-Davies S, Goel S (2018). The measure and mismeasure of fairness. arXiv:1808.00023.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> risk = rng.uniform(0.01, 0.3, 600)
    >>> y = (rng.random(600) < risk).astype(int)
    >>> explorer = equality_explorer(y, ["north", "south"] * 300, risk, risk, price=9)
    >>> explorer.words.split(". ")[0]
    'Rule: one price, group not asked, 9 needless tests for one found'
    """
    people = People.of(y, group, plain, asked)
    inputs.one_of(rule, "rule", RULES)
    inputs.one_of(price, "price", PRICES)
    rules = [(_(label), name) for name, label in RULES.items()]
    controls = {
        "rule": choice(_("rule"), rules, rule),
        "price": notches(_("needless tests for one found"), PRICES, price),
    }

    def draw(axes: Any, rule: str, price: int) -> str:
        rows, benefit = people.under(rule, price)
        _draw_shares(axes[0], rows)
        _draw_prices(axes[1], rows, price)
        return _words(rows, benefit, rule, price)

    grid = {"rule": tuple(RULES), "price": PRICES}
    return Explorer(draw, ncols=2, size=(10.4, 3.8), grid=grid, **controls)


@dataclass(frozen=True)
class Row:
    """What a rule does to one group."""

    name: str
    events: int
    found: int
    invited: float  # a share
    benefit: float  # per 1,000 people of the group
    said: float  # needless tests for one found, for the last person invited


@dataclass(frozen=True)
class People:
    """Everybody's outcome, group and two risks."""

    y: np.ndarray
    group: np.ndarray
    plain: np.ndarray
    asked: np.ndarray
    names: tuple[str, ...]

    @classmethod
    def of(cls, y: Any, group: Any, plain: Any, asked: Any) -> People:
        y, group = inputs.labels(y, both=True), np.asarray(group).astype(str)
        risks = {
            name: np.clip(inputs.probabilities(risk, name), 1e-9, 1 - 1e-9)
            for name, risk in (("plain", plain), ("asked", asked))
        }
        inputs.same_length(y=y, group=group, **risks)
        names = tuple(n for n in sorted(set(group)) if y[group == n].sum() >= LEAST)
        if not names:
            raise ValueError(
                _("No group has {least} people with the condition.").format(least=LEAST)
            )
        return cls(y, group, risks["plain"], risks["asked"], names)

    def under(self, rule: str, price: int) -> tuple[list[Row], float]:
        """Each group under this rule, and the net benefit per 1,000 of all people."""
        risk, threshold = (self.plain if rule == "one" else self.asked), 1 / (price + 1)
        alarm, rows = risk >= threshold, []
        goal = {"found": alarm[self.y == 1].mean(), "invited": alarm.mean()}
        counted = {"found": self.y == 1, "invited": np.full(len(self.y), True)}
        for name in self.names:
            who, limit = self.group == name, threshold
            if rule in goal:
                of_whom = risk[who & counted[rule]]
                limit = float(np.quantile(of_whom, 1 - goal[rule], method="lower"))
            alarm = np.where(who, risk >= limit, alarm)
            true = _come_true(risk[who], self.y[who], limit)
            rows.append(
                Row(
                    name,
                    int(self.y[who].sum()),
                    int((alarm & who & (self.y == 1)).sum()),
                    float(alarm[who].mean()),
                    _benefit(self.y[who], alarm[who], price),
                    (1 - true) / true,
                )
            )
        return rows, _benefit(self.y, alarm, price)


def _benefit(y: np.ndarray, alarm: np.ndarray, price: int) -> float:
    return float(1000 * (np.sum(alarm & (y == 1)) - np.sum(alarm & (y == 0)) / price) / len(y))


def _come_true(risk: np.ndarray, y: np.ndarray, limit: float) -> float:
    """A risk of this group after the move on the logit that makes its mean the observed share."""
    odds, low, high = risk / (1 - risk), -10.0, 10.0
    for _step in range(50):
        middle = (low + high) / 2
        moved = odds * np.exp(middle)
        too_low = (moved / (1 + moved)).mean() < y.mean()
        low, high = (middle, high) if too_low else (low, middle)
    moved = limit / (1 - limit) * np.exp(low)
    return moved / (1 + moved)


def _draw_shares(ax: Any, rows: list[Row]) -> None:
    places = np.arange(len(rows))[::-1]
    found = [100 * row.found / row.events for row in rows]
    invited = [100 * row.invited for row in rows]
    ax.hlines(places, invited, found, color="0.8", zorder=1)
    ax.plot(found, places, "o", ms=9, color=plots.PALETTE[0], label=_("found, of those high"))
    ax.plot(invited, places, "s", ms=8, color=plots.PALETTE[1], label=_("invited, of all"))
    ax.set_yticks(places, [row.name for row in rows])
    ax.set(xlim=(0, 104), ylim=(-0.6, len(rows) + 0.4), xlabel=_("share (%)"))
    ax.legend(loc="upper left", ncols=2, fontsize="small")


def _draw_prices(ax: Any, rows: list[Row], price: int) -> None:
    places = np.arange(len(rows))[::-1]
    ends = [-0.6, len(rows) - 0.4]
    ax.plot([price, price], ends, "--", color="0.5", label=_("the agreed price"))
    said = np.clip([row.said for row in rows], 3, 400)
    ax.plot(said, places, "D", ms=8, color=plots.PALETTE[2], label=_("said to one person"))
    ax.set_xscale("log")
    ax.set_xticks([5, 10, 20, 50, 100, 200], ["5", "10", "20", "50", "100", "200"])
    ax.minorticks_off()
    ax.set_yticks(places, [""] * len(rows))
    ax.set(xlim=(3, 400), ylim=(-0.6, len(rows) + 0.4))
    ax.set_xlabel(_("needless tests for one found, last person invited"))
    ax.legend(loc="upper left", ncols=2, fontsize="small")


def _words(rows: list[Row], benefit: float, rule: str, price: int) -> str:
    sentences = [
        _("Rule: {rule}, {price} needless tests for one found.").format(
            rule=_(RULES[rule]), price=price
        )
    ]
    sentences += [
        _(
            "{name}: ≈ {found} of {events} found, ≈ {invited:.0f} % invited, net benefit ≈ "
            "{benefit:.1f} per 1,000; said to the last person invited: ≈ {said:.0f} needless tests "
            "for one found."
        ).format(
            name=row.name,
            found=row.found,
            events=row.events,
            invited=100 * row.invited,
            benefit=row.benefit,
            said=row.said,
        )
        for row in rows
    ]
    total = _("All people: net benefit ≈ {benefit:.1f} per 1,000.").format(benefit=benefit)
    return " ".join([*sentences, total])
