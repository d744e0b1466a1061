"""Pictures moved, turned, mirrored and zoomed: does the label still hold?"""

from __future__ import annotations

from typing import Any

import numpy as np

from medlearn.widgets.explorer import Explorer, choice, slider

__all__ = ["augmentation_explorer"]

_FLIPS = ("none", "left-right", "upside down")
_SLANT = 20  # degrees that people write within; a rule of thumb of this course
_CUT = 0.05  # share of the ink that may leave the frame
_MM = 0.75  # millimetres a pixel of a nodule's map


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
    digits, labels = np.asarray(digits), np.asarray(labels)
    nodules, diameters = np.asarray(nodules), np.asarray(diameters, dtype=float)
    for name, images, other, values in (
        ("digits", digits, "labels", labels),
        ("nodules", nodules, "diameters", diameters),
    ):
        if images.ndim != 3 or len(images) == 0 or values.shape != images.shape[:1]:
            raise ValueError(
                f"{name} should have shape (n, height, width) and {other} shape (n,), n at least "
                f"1; they have {images.shape} and {values.shape}."
            )
    if not set(labels.tolist()) <= set(range(10)):
        raise ValueError("labels should be whole numbers from 0 to 9.")
    if not (diameters > 0).all():  # not "any <= 0": nan must not pass
        raise ValueError("diameters should be numbers of millimetres above 0.")
    pictures: dict[str, tuple[np.ndarray, int | None, float]] = {}
    for label in np.unique(labels).tolist():
        pictures[f"digit {label}"] = (digits[np.argmax(labels == label)], label, 0.0)
    for place, (image, diameter) in enumerate(zip(nodules, diameters, strict=True), start=1):
        pictures[f"nodule {place}, {diameter:.1f} mm"] = (image, None, float(diameter))

    def draw(axes: Any, picture: str, turn: float, shift: float, flip: str, zoom: float) -> str:
        image, label, diameter = pictures[picture]
        after, lost = _moved(image.astype(float), turn, shift, flip, zoom / 100)
        for ax, shown, title in zip(axes, (image, after), ("before", "after"), strict=True):
            ax.imshow(shown, vmin=0, vmax=max(float(image.max()), 1.0), interpolation="nearest")
            ax.set(title=title, xticks=[], yticks=[])
            if label is None:  # a bar of 10 mm
                y, x = image.shape[0] - 4, 3
                ax.plot([x, x + 10 / _MM], [y, y], color="white", lw=3, ls="-")
                ax.text(x + 10 / _MM + 2, y, "10 mm", color="white", va="center", fontsize=9)
        done = (
            f"turned by {turn:g} degrees, shifted by {shift:g} pixels, "
            f"{'not mirrored' if flip == 'none' else f'mirrored {flip}'}, zoom {zoom:g} %"
        )
        if label is None:
            now = diameter * zoom / 100
            words = f"A nodule, {done}. Diameter {diameter:.1f} mm before, {now:.1f} mm after."
            problem = _nodule_problem(diameter, now)
        else:
            words, problem = f"A written {label}, {done}.", _digit_problem(label, turn, flip)
        if lost > _CUT:
            words += f" {round(100 * lost)} % of the ink is cut off at the frame."
            problem = problem or "Part of what the label was given for is gone."
        held = f"{problem} The label does not hold." if problem else "The label still holds."
        return f"{words} {held}"

    return Explorer(
        draw,
        ncols=2,
        size=(6.4, 3.4),
        picture=choice("picture", list(pictures), "digit 6" if "digit 6" in pictures else None),
        turn=slider("turn (degrees)", -180, 180, 180, 10),
        shift=slider("shift to the right (pixels)", -12, 12, 0, 1),
        flip=choice("mirror", _FLIPS, "none"),
        zoom=slider("zoom (%)", 50, 200, 100, 10),
    )


def _moved(
    image: np.ndarray, turn: float, shift: float, flip: str, zoom: float
) -> tuple[np.ndarray, float]:
    """The picture mirrored, zoomed, turned and then shifted; and the share of ink cut off."""
    from scipy.ndimage import affine_transform

    if flip == "left-right":
        image = image[:, ::-1]
    elif flip == "upside down":
        image = image[::-1]
    angle = np.deg2rad(turn)
    # From a place (down, across) in the new picture back to the old one, about the middle.
    back = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]) / zoom
    middle = (np.array(image.shape) - 1) / 2
    offset = middle - back @ (middle + np.array([0, shift]))
    after = affine_transform(image, back, offset=offset, order=1)
    ink = image.sum() * zoom**2
    return after, max(0.0, 1 - after.sum() / ink) if ink else 0.0


def _digit_problem(label: int, turn: float, flip: str) -> str:
    """Why nobody would call the new picture by the old label; nothing when they would."""
    # Upside down is a mirror left-right and a half turn.
    angle = abs((turn + (180 if flip == "upside down" else 0) + 180) % 360 - 180)
    upright, half = angle <= _SLANT, angle >= 180 - _SLANT
    if flip == "none" and half and label in (6, 9):
        return f"It now reads as a {15 - label}."
    itself = {  # (mirrored, upright): which digits stay themselves
        (False, True): range(10),
        (False, False): (0, 1, 8),
        (True, True): (0, 1, 8),
        (True, False): (0, 1, 3, 8),
    }[flip != "none", upright]
    if (upright or half) and label in itself:
        return ""
    return f"Nobody writes {'an' if label == 8 else 'a'} {label} like this."


def _nodule_problem(before: float, after: float) -> str:
    if before == after:
        return ""

    def group(mm: float) -> str:
        return "below 6 mm" if mm < 6 else "6 to 8 mm" if mm <= 8 else "above 8 mm"

    words = f"The readers judged a nodule of {before:.1f} mm, not of {after:.1f} mm."
    if group(before) != group(after):
        words += f" Its group by size changes from '{group(before)}' to '{group(after)}'."
    return words
