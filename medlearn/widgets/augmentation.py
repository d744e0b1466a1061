"""Pictures moved, turned, mirrored and zoomed, and whether the label still holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from medlearn import inputs
from medlearn.language import N_, _
from medlearn.widgets import grids
from medlearn.widgets.controls import choice, slider
from medlearn.widgets.explorer import Explorer

__all__ = ["augmentation_explorer"]

FLIPS = {
    "none": N_("none"),
    "left-right": N_("left-right"),
    "upside_down": N_("upside down"),
}
SLANT = 20  # degrees that people write within; a rule of thumb of this course
CUT = 0.05  # share of the ink that may leave the frame
MM = 0.75  # millimetres a pixel of a nodule's map
GRID = {  # a leaning digit and one on its head; a nodule bears both, but no zoom
    "turn": (20, 180),
    "shift": (0, 12),
    "flip": ("none", "left-right"),
    "zoom": (100, 150),
}


def augmentation_explorer(
    digits: np.ndarray, labels: np.ndarray, nodules: np.ndarray, diameters: np.ndarray
) -> Explorer:
    """Turn, shift, mirror and zoom a digit or a nodule, and ask whether its label still holds.

    Parameters
    ----------
    digits : array of shape (n, height, width)
        Grey levels. The first picture of each label is offered.
    labels : array of shape (n,), whole numbers from 0 to 9
    nodules : array of shape (m, height, width)
        Thickness maps, 0.75 mm a pixel; all of them are offered.
    diameters : array of shape (m,)
        Millimetres.

    Returns
    -------
    Explorer
        With a list of pictures, sliders for the turn (degrees, against the clock), the shift
        (pixels to the right) and the zoom (%), and a list of mirrors.

    Raises
    ------
    ValueError
        When there is no picture, or not one label or diameter (above 0) for each.

    Notes
    -----
    The words follow rules of thumb that a person would use. A digit may lean by 20 degrees; turned
    by half, 0, 1 and 8 stay themselves, and 6 and 9 change places; in a mirror 0, 1 and 8 (upside
    down, 3 too) stay themselves. A nodule may be turned, mirrored and moved, but not zoomed: its
    size is what readers judge by. Its groups by size, below 6, from 6 to 8 and above 8 mm, are
    those of MacMahon et al. (2017), Radiology 284:228, doi:10.1148/radiol.2017161659. Nothing may
    lose more than a twentieth of its ink at the frame.

    Examples
    --------
    >>> six, nodule = np.zeros((28, 28)), np.zeros((64, 64))
    >>> six[8:20, 10:18] = nodule[28:36, 28:36] = 200
    >>> explorer = augmentation_explorer(six[None], np.array([6]), nodule[None], np.array([6.0]))
    >>> explorer.words.split(". ")[1]  # it starts with a half turn
    'It now reads as a 9'
    >>> explorer.controls["turn"].value = 10
    >>> "still holds" in explorer.words
    True
    """
    pictures = _first_digits(digits, labels) | _all_nodules(nodules, diameters)
    names = [(picture.name, id) for id, picture in pictures.items()]
    start = "digit 6" if "digit 6" in pictures else None
    controls = {
        "picture": choice(_("picture"), names, start),
        "turn": slider(_("turn (degrees)"), -180, 180, 180, 10),
        "shift": slider(_("shift to the right (pixels)"), -12, 12, 0, 1),
        "flip": choice(_("mirror"), [(_(label), flip) for flip, label in FLIPS.items()], "none"),
        "zoom": slider(_("zoom (%)"), 50, 200, 100, 10),
    }

    def draw(axes: Any, picture: str, turn: float, shift: float, flip: str, zoom: float) -> str:
        before, change = pictures[picture], Change(turn, shift, flip, zoom)
        after, lost = _moved(before.image, turn, shift, flip, zoom / 100)
        _draw(axes, before, after)
        return _words(before, change, lost)

    nodule = next(id for id, picture in pictures.items() if isinstance(picture, Nodule))
    grid = grids.fitted(controls, {"picture": ("digit 6", "digit 8", nodule), **GRID})
    return Explorer(draw, ncols=2, size=(6.4, 3.4), grid=grid, **controls)


# --- what is there, and what is done to it -------------------------------------------------------


@dataclass(frozen=True)
class Change:
    """What the controls set: degrees, pixels, the mirror, and percent."""

    turn: float
    shift: float
    flip: str
    zoom: float


@dataclass(frozen=True)
class Digit:
    """A written digit, grey levels of shape (height, width), and which one it is."""

    image: np.ndarray
    label: int

    @property
    def name(self) -> str:
        return _("digit {digit}").format(digit=self.label)


@dataclass(frozen=True)
class Nodule:
    """A nodule, as a map of thickness, with its place in the list and its millimetres."""

    image: np.ndarray
    place: int
    diameter: float

    @property
    def name(self) -> str:
        return _("nodule {n}, {mm:.1f} mm").format(n=self.place, mm=self.diameter)


def _first_digits(images: np.ndarray, labels: np.ndarray) -> dict[str, Digit | Nodule]:
    """The first picture of each label, by an id."""
    images, labels = inputs.images(images, "digits"), inputs.column(labels, "labels")
    inputs.same_length(digits=images, labels=labels)
    if not set(labels.tolist()) <= set(range(10)):
        raise ValueError(_("labels should be whole numbers from 0 to 9."))
    first = {label: images[np.argmax(labels == label)] for label in np.unique(labels).tolist()}
    # no text: an id
    return {f"digit {label}": Digit(image, label) for label, image in first.items()}


def _all_nodules(images: np.ndarray, diameters: np.ndarray) -> dict[str, Digit | Nodule]:
    images, diameters = inputs.images(images, "nodules"), inputs.numbers(diameters, "diameters")
    inputs.same_length(nodules=images, diameters=diameters)
    if (diameters <= 0).any():
        raise ValueError(_("diameters should be numbers of millimetres above 0."))
    pairs = enumerate(zip(images, diameters.tolist(), strict=True), start=1)
    # no text: an id
    return {f"nodule {n}, {mm:.1f} mm": Nodule(image, n, mm) for n, (image, mm) in pairs}


def _moved(
    image: np.ndarray, turn: float, shift: float, flip: str, zoom: float
) -> tuple[np.ndarray, float]:
    """The picture mirrored, zoomed, turned and then shifted; and the share of ink cut off."""
    from scipy.ndimage import affine_transform

    if flip == "left-right":
        image = image[:, ::-1]
    elif flip == "upside_down":
        image = image[::-1]
    angle = np.deg2rad(turn)
    # From a place (down, across) in the new picture back to the old one, about the middle.
    back = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]) / zoom
    middle = (np.array(image.shape) - 1) / 2
    offset = middle - back @ (middle + np.array([0, shift]))
    after = affine_transform(image, back, offset=offset, order=1)
    ink = image.sum() * zoom**2
    return after, max(0.0, 1 - after.sum() / ink) if ink else 0.0


# --- the picture ---------------------------------------------------------------------------------


def _draw(axes: Any, before: Digit | Nodule, after: np.ndarray) -> None:
    image = before.image
    for ax, shown, title in zip(axes, (image, after), (_("before"), _("after")), strict=True):
        ax.imshow(shown, vmin=0, vmax=max(float(image.max()), 1.0), interpolation="nearest")
        ax.set(title=title, xticks=[], yticks=[])
        if isinstance(before, Nodule):  # a bar of 10 mm
            y, x = image.shape[0] - 4, 3
            ax.plot([x, x + 10 / MM], [y, y], color="white", lw=3, ls="-")
            ax.text(x + 10 / MM + 2, y, _("10 mm"), color="white", va="center", fontsize=9)


# --- the words -----------------------------------------------------------------------------------

A_DIGIT = {
    "none": N_(
        "A written {digit}, turned by {turn:g} degrees, shifted by {shift:g} pixels, not mirrored, "
        "zoom {zoom:g} %."
    ),
    "left-right": N_(
        "A written {digit}, turned by {turn:g} degrees, shifted by {shift:g} pixels, mirrored "
        "left-right, zoom {zoom:g} %."
    ),
    "upside_down": N_(
        "A written {digit}, turned by {turn:g} degrees, shifted by {shift:g} pixels, mirrored "
        "upside down, zoom {zoom:g} %."
    ),
}
A_NODULE = {
    "none": N_(
        "A nodule, turned by {turn:g} degrees, shifted by {shift:g} pixels, not mirrored, zoom "
        "{zoom:g} %."
    ),
    "left-right": N_(
        "A nodule, turned by {turn:g} degrees, shifted by {shift:g} pixels, mirrored left-right, "
        "zoom {zoom:g} %."
    ),
    "upside_down": N_(
        "A nodule, turned by {turn:g} degrees, shifted by {shift:g} pixels, mirrored upside down, "
        "zoom {zoom:g} %."
    ),
}
GROUPS = (N_("below 6 mm"), N_("6 to 8 mm"), N_("above 8 mm"))


def _words(before: Digit | Nodule, change: Change, lost: float) -> str:
    numbers = {"turn": change.turn, "shift": change.shift, "zoom": change.zoom}
    if isinstance(before, Digit):
        done = [_(A_DIGIT[change.flip]).format(digit=before.label, **numbers)]
        problems = _digit_problems(before.label, change.turn, change.flip)
    else:
        now = before.diameter * change.zoom / 100
        sizes = {"before": before.diameter, "now": now}
        done = [
            _(A_NODULE[change.flip]).format(**numbers),
            _("Diameter {before:.1f} mm before, {now:.1f} mm after.").format(**sizes),
        ]
        problems = _nodule_problems(before.diameter, now)
    if lost > CUT:
        cut = _("{percent} % of the ink is cut off at the frame.")
        done.append(cut.format(percent=round(100 * lost)))
        problems = problems or [_("Part of what the label was given for is gone.")]
    held = _("The label does not hold.") if problems else _("The label still holds.")
    return " ".join([*done, *problems, held])


def _digit_problems(label: int, turn: float, flip: str) -> list[str]:
    """Why nobody would call the new picture by the old label; nothing when they would."""
    # Upside down is a mirror left-right and a half turn.
    angle = abs((turn + (180 if flip == "upside_down" else 0) + 180) % 360 - 180)
    upright, half = angle <= SLANT, angle >= 180 - SLANT
    if flip == "none" and half and label in (6, 9):
        return [_("It now reads as a {digit}.").format(digit=15 - label)]
    itself = {  # (mirrored, upright): which digits stay themselves
        (False, True): range(10),
        (False, False): (0, 1, 8),
        (True, True): (0, 1, 8),
        (True, False): (0, 1, 3, 8),
    }[flip != "none", upright]
    if (upright or half) and label in itself:
        return []
    if label == 8:
        return [_("Nobody writes an 8 like this.")]
    return [_("Nobody writes a {digit} like this.").format(digit=label)]


def _nodule_problems(before: float, now: float) -> list[str]:
    """Why its readers would judge it otherwise; nothing when its size stays."""
    if before == now:
        return []
    words = [
        _("The readers judged a nodule of {before:.1f} mm, not of {now:.1f} mm.").format(
            before=before, now=now
        )
    ]
    old, new = (GROUPS[0 if mm < 6 else 1 if mm <= 8 else 2] for mm in (before, now))
    if old != new:
        change = _("Its group by size changes from '{old}' to '{new}'.")
        words.append(change.format(old=_(old), new=_(new)))
    return words
