"""How far from home: a model's errors on molecules that are more or less like those it learned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from medlearn import inputs, plots
from medlearn.language import _
from medlearn.widgets import grids
from medlearn.widgets.controls import notches, slider
from medlearn.widgets.explorer import Explorer

__all__ = ["similarity_explorer"]

LIMITS = (25, 30, 35, 40, 50, 60, 70, 80, 90, 100)  # % alike
EXAMPLES = 6
FEW = 30  # molecules: with fewer no share is drawn

Molecule = tuple[Sequence[Any], Sequence[Any], Any]  # atoms, bonds, places


def similarity_explorer(
    similarity: Any,
    wrong: Mapping[str, Any],
    nearest: Any,
    molecules: Sequence[Molecule],
    labels: Sequence[str],
    *,
    limit: float = 1.0,
) -> Explorer:
    """Keep only molecules that are little like any training molecule: who still gets them right?

    Parameters
    ----------
    similarity : array-like of shape (n,), 0 to 1
        For each molecule: how much it shares with the training molecule that it is most like.
    wrong : mapping of str to array-like of shape (n,), 0 or 1
        For each way of deciding: which molecules it gets wrong.
    nearest : array-like of shape (n,)
        The number of that training molecule.
    molecules : sequence of (atoms, bonds, places)
        n of them, each as `medlearn.plots.molecule` takes it.
    labels : sequence of str
        n words, what stands under the drawing: its name, and what is known of it.
    limit : float
        The largest similarity at first, 0.25 to 1.

    Returns
    -------
    Explorer
        With a slider for the largest similarity (percent) and one for the example that is drawn.

    Raises
    ------
    ValueError
        When lengths differ, a similarity is no number from 0 to 1, `wrong` is empty or holds other
        values than 0 and 1, `nearest` names a molecule that is not there, there are fewer than 30
        molecules, or the first limit lies outside its slider.

    Examples
    --------
    >>> atoms, bonds = [("C", 3, 0), ("C", 2, 0), ("O", 1, 0)], [(0, 1, 1), (1, 2, 1)]
    >>> ethanol = atoms, bonds, [(0, 0), (1, 0), (2, 0)]
    >>> alike, home = np.linspace(0.2, 1, 81), np.zeros(81, dtype=int)
    >>> explorer = similarity_explorer(
    ...     alike, {"rule": alike < 0.4}, home, [ethanol] * 81, ["ethanol"] * 81
    ... )
    >>> explorer.words.split(". ")[1]
    'Wrong of 100: rule ≈ 25'
    """
    people = Molecules.of(similarity, wrong, nearest, molecules, labels)
    controls = {
        "limit": notches(_("at most so much alike (%)"), range(25, 101, 5), round(100 * limit)),
        "example": slider(_("example"), 1, EXAMPLES, 1),
    }

    def draw(axes: Any, limit: int, example: int) -> str:
        shown = people.example(limit, example)
        _draw_errors(axes[0], people, limit)
        for ax, number, title in (
            (axes[1], shown, _("tested")),
            (axes[2], people.nearest[shown], _("most alike of the training part")),
        ):
            plots.molecule(*people.molecules[number], ax=ax)
            ax.set_title(f"{title}\n{people.labels[number]}", fontsize=9)
        return _words(people, limit, shown)

    grid = grids.fitted(controls, {"limit": LIMITS, "example": (1, 2, 3, 4, 5, 6)})
    return Explorer(draw, ncols=3, size=(11.0, 3.8), grid=grid, **controls)


@dataclass(frozen=True)
class Molecules:
    """Molecules of a test part, and what was got wrong."""

    similarity: np.ndarray
    wrong: Mapping[str, np.ndarray]
    nearest: np.ndarray
    molecules: Sequence[Molecule]
    labels: Sequence[str]

    @classmethod
    def of(
        cls, similarity: Any, wrong: Any, nearest: Any, molecules: Any, labels: Any
    ) -> Molecules:
        similarity = inputs.probabilities(similarity, "similarity")
        nearest = np.asarray(nearest)
        if not wrong:
            raise ValueError(_("similarity_explorer needs at least one way of deciding in wrong."))
        wrong = {
            name: inputs.zero_one(
                values,
                name,
                words=_(
                    "{name!r}: expected 1 where it is wrong and 0 where not, but {value} came: "
                    "compare first, answer != truth."
                ),
                other=_(
                    "{name!r}: expected 1 or 0 for each molecule, but row {row} holds {value}."
                ),
            ).astype(bool)
            for name, values in wrong.items()
        }
        inputs.same_length(
            similarity=similarity, nearest=nearest, molecules=molecules, labels=labels, **wrong
        )
        n = len(similarity)
        if n < FEW:
            raise ValueError(_("Expected at least {few} molecules, {n} came.").format(few=FEW, n=n))
        if nearest.dtype.kind not in "iu" or nearest.min() < 0 or nearest.max() >= n:
            raise ValueError(
                _("nearest should hold numbers of molecules, whole ones from 0 to {last}.").format(
                    last=n - 1
                )
            )
        return cls(similarity, wrong, nearest, molecules, labels)

    def kept(self, limit: int) -> np.ndarray:
        """Which molecules are at most so much alike (percent)."""
        return self.similarity <= limit / 100 + 1e-12

    def share_wrong(self, name: str, limit: int) -> float:
        """Percent wrong among those kept; NaN when they are few."""
        kept = self.kept(limit)
        return 100 * self.wrong[name][kept].mean() if kept.sum() >= FEW else np.nan

    def example(self, limit: int, number: int) -> int:
        """One of the molecules that lie just below the limit, or the least alike of all."""
        order = np.argsort(self.similarity, kind="stable")
        last = max(int(self.kept(limit).sum()), EXAMPLES)
        return int(order[last - number])


def _draw_errors(ax: Any, people: Molecules, limit: int) -> None:
    every = np.arange(25, 101, 5)
    for k, name in enumerate(people.wrong):
        curve = [people.share_wrong(name, each) for each in every]
        ax.plot(every, curve, color=plots.PALETTE[k], ls=plots.LINES[k], label=name)
        here = people.share_wrong(name, limit)
        ax.plot(limit, here, color=plots.PALETTE[k], marker=plots.MARKERS[k], ms=9, ls="")
    ax.axvline(limit, color="black", lw=1, ls=":")
    ax.set(
        xlabel=_("at most so much alike (%)"),
        ylabel=_("wrong of 100 molecules"),
        xlim=(23, 102),
        ylim=(0, 60),
    )
    ax.legend(loc="upper right", fontsize=9)


def _words(people: Molecules, limit: int, shown: int) -> str:
    kept = int(people.kept(limit).sum())
    sentences = [
        _(
            "Molecules that are at most {limit} % like a training molecule: {kept:,} of {n:,}."
        ).format(limit=limit, kept=kept, n=len(people.similarity))
    ]
    if kept >= FEW:
        shares = [
            _("{name} ≈ {share:.0f}").format(name=name, share=people.share_wrong(name, limit))
            for name in people.wrong
        ]
        sentences.append(_("Wrong of 100: {shares}.").format(shares=", ".join(shares)))
    else:
        sentences.append(_("These are too few to count errors."))
    sentences.append(
        _(
            "Drawn: {label}; of the training molecules it is most like {other}, "
            "{alike:.0f} % alike."
        ).format(
            label=people.labels[shown],
            other=people.labels[people.nearest[shown]],
            alike=100 * people.similarity[shown],
        )
    )
    return " ".join(sentences)
