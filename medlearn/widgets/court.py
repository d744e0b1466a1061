"""A blind court: six networks, their maps, and then the test that needs no map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from medlearn import plots
from medlearn.court import METHODS
from medlearn.language import N_, _
from medlearn.widgets.controls import choice
from medlearn.widgets.explorer import Explorer

if TYPE_CHECKING:
    from sklearn.utils import Bunch

__all__ = ["court_explorer"]

LETTERS = "ABCDEF"
INTERVENE = "intervene"
EVIDENCE = {
    "gradient": N_("gradient"),
    "smooth": N_("SmoothGrad"),
    "times_input": N_("gradient × input"),
    "integrated": N_("integrated gradients"),
    "occlusion": N_("occlusion"),
    "grad_cam": N_("Grad-CAM"),
    INTERVENE: N_("intervene: change the sides of each mark"),
}
MARKS = {"marker": N_("marker"), "tag": N_("grey tag"), "blur": N_("blur")}
VERDICTS = {
    "honest": N_("It was trained honestly, with the flat head."),
    "honest_pooled": N_("It was trained honestly, with the pooled head."),
    "strong": N_("It was trained with the marker."),
    "tag": N_("It was trained with the grey tag."),
    "blur": N_("It was trained with the blur."),
    "untrained": N_("It was never trained."),
}


def court_explorer(court: Bunch) -> Explorer:
    """Choose a network and the evidence: a kind of map, or what happens when marks change sides.

    Parameters
    ----------
    court : Bunch
        As `medlearn.court.load_court` gives it.

    Returns
    -------
    Explorer
        With a list of networks, A to F, and a list of the evidence. Who a network is, is said
        with the last evidence only.

    Raises
    ------
    ValueError
        When the court does not hold six networks, each with a map of each method in the shape of
        the pictures.

    Examples
    --------
    >>> from medlearn.court import load_court
    >>> explorer = court_explorer(load_court())
    >>> explorer.words.split(".")[0]
    'Network A, gradient'
    >>> explorer.controls["evidence"].value = "intervene"
    >>> "coin" in explorer.words
    True
    """
    dock = _checked(court)
    controls = {
        "network": choice(_("network"), list(LETTERS)),
        "evidence": choice(_("evidence"), [(_(text), name) for name, text in EVIDENCE.items()]),
    }

    def draw(axes: Any, network: str, evidence: str) -> str:
        one = dock[LETTERS.index(network)]
        if evidence == INTERVENE:
            _draw_exam(axes, one)
            return _exam_words(network, one)
        _draw_maps(axes, court.exhibits, one["maps"][evidence], _(EVIDENCE[evidence]))
        return _map_words(network, evidence, one["maps"][evidence])

    return Explorer(draw, ncols=4, size=(9.6, 2.9), **controls)


def _checked(court: Bunch) -> list[dict[str, Any]]:
    if len(court.dock) != len(LETTERS):
        words = _("The court needs {wanted} networks; {found} came.")
        raise ValueError(words.format(wanted=len(LETTERS), found=len(court.dock)))
    wanted = np.shape(court.exhibits)
    for letter, one in zip(LETTERS, court.dock, strict=True):
        for method in METHODS:
            if (found := np.shape(one["maps"].get(method))) != wanted:
                words = _(
                    "Network {letter}: the map {method!r} has shape {found}, the pictures {wanted}."
                )
                raise ValueError(
                    words.format(letter=letter, method=method, found=found, wanted=wanted)
                )
    return list(court.dock)


def _draw_maps(axes: Any, pictures: np.ndarray, maps: np.ndarray, title: str) -> None:
    for k, (picture, heat) in enumerate(zip(pictures, maps, strict=True)):
        axes[2 * k].imshow(picture, cmap="gray", interpolation="nearest")
        axes[2 * k].set_title(_("picture {number}").format(number=k + 1))
        axes[2 * k + 1].imshow(heat, cmap="magma", vmin=0, interpolation="nearest")
        axes[2 * k + 1].set_title(title)
    for ax in axes:
        ax.set(xticks=[], yticks=[])
        ax.set_box_aspect(1)


def _draw_exam(axes: Any, one: dict[str, Any]) -> None:
    scores = {_("no mark"): one["clean"]}
    scores |= {_(MARKS[mark]): auc for mark, auc in one["reversed"].items()}
    for ax, (name, auc) in zip(axes, scores.items(), strict=True):
        below = auc < 0.5
        ax.bar(
            [0],
            [auc],
            color=plots.PALETTE[1 if below else 0],
            hatch="///" if below else "",
            edgecolor="black",
        )
        ax.axhline(0.5, color="black", ls=":", lw=1.5)
        ax.text(-0.96, 0.52, _("coin"))
        ax.text(0, auc + 0.02, f"≈ {auc:.2f}", ha="center")
        ax.set(ylim=(0, 1.1), xlim=(-1, 1), xticks=[], yticks=[0, 0.5, 1], aspect="auto")
        ax.tick_params(axis="y", direction="in", labelleft=False)
        ax.set_box_aspect(1)  # as square as the pictures, so that nothing moves
        ax.set_title(_("AUC, {mark}").format(mark=name))


def _map_words(network: str, evidence: str, maps: np.ndarray) -> str:
    places = []
    for heat in maps:
        row, column = np.unravel_index(heat.argmax(), heat.shape)
        places.append(_("row {row}, column {column}").format(row=row + 1, column=column + 1))
    corner = sum(heat[:8, :8].max() == heat.max() for heat in maps)
    return " ".join(
        [
            _("Network {network}, {evidence}.").format(
                network=network, evidence=_(EVIDENCE[evidence])
            ),
            _("The hottest places: {first} in picture 1; {second} in picture 2.").format(
                first=places[0], second=places[1]
            ),
            _("In the corner of the marker: {corner} of 2.").format(corner=corner),
        ]
    )


def _exam_words(network: str, one: dict[str, Any]) -> str:
    below = [_(MARKS[mark]) for mark, auc in one["reversed"].items() if auc < 0.5]
    reversed_ = one["reversed"]
    said = [
        _(
            "Network {network}: AUC ≈ {clean:.2f} without marks. With the marks on the other side: "
            "marker ≈ {marker:.2f}, grey tag ≈ {tag:.2f}, blur ≈ {blur:.2f}."
        ).format(network=network, clean=one["clean"], **reversed_)
    ]
    if one["clean"] < 0.65:
        said.append(_("It is hardly better than a coin even without marks."))
    elif below:
        said.append(_("Worse than a coin: {marks}.").format(marks=", ".join(below)))
    else:
        said.append(_("No mark makes it worse than a coin."))
    return " ".join([*said, _(VERDICTS[one["who"]])])
