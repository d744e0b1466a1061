"""A small window slides over a picture: what a convolution does, one pixel at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from medlearn import inputs, plots
from medlearn.language import _
from medlearn.widgets import grids
from medlearn.widgets.controls import choice, slider
from medlearn.widgets.explorer import Explorer

__all__ = ["convolution_explorer"]

# Places inside of what is pictured, as shares of its height and of its width.
DOWN, ACROSS = np.array([1 / 3, 1 / 2]), np.array([0.3, 0.4, 1 / 2, 0.7])


def convolution_explorer(
    image: Any,
    kernels: Mapping[str, Any],
    *,
    kernel: str | None = None,
    row: int | None = None,
    column: int | None = None,
) -> Explorer:
    """Slide a kernel over a picture and see the sum that becomes one pixel of the output.

    Three pictures: the image with a frame around the window; the window, in each pixel its grey
    and the kernel's weight; the output with the pixel that the window gives. "Convolution" is
    meant as in Keras: the kernel is not turned round (mathematicians call that
    cross-correlation), and the window stays inside the image (``padding="valid"``).

    Parameters
    ----------
    image : array of shape (rows, columns)
        Grey levels.
    kernels : mapping of str to array of shape (k, k)
        Weights to choose from, with their names; k is odd and at most 5, the same for all.
    kernel : str, optional
        The first to be shown; the first of `kernels` if not given.
    row, column : int, optional
        Upper left pixel of the window at first, which is also the place in the output; the middle
        if not given.

    Returns
    -------
    Explorer
        Its words give the window's place, the sum as a calculation, and where the output is
        largest.

    Raises
    ------
    ValueError
        When the image is not a table of finite numbers, a kernel is not square, odd and small,
        kernels differ in size, the image is smaller than a kernel, or what is to be shown first
        does not exist.

    Examples
    --------
    >>> picture = [[0, 0, 9, 9], [0, 0, 9, 9], [0, 0, 9, 9]]
    >>> edges = [[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]]
    >>> explorer = convolution_explorer(picture, {"edges": edges}, row=0, column=0)
    >>> explorer.words.split(". ")[1]
    'Sum: -1×0 + 1×9 - 1×0 + 1×9 - 1×0 + 1×9 = 27'
    """
    picture, weights = _numbers(image, _("image")), _kernels(kernels)
    size = len(next(iter(weights.values())))
    rows, columns = picture.shape[0] - size + 1, picture.shape[1] - size + 1
    if min(rows, columns) < 1:
        raise ValueError(
            _("The image, {shape}, is smaller than the kernel of {size} pixels.").format(
                shape=picture.shape, size=size
            )
        )
    kernel = inputs.one_of(next(iter(weights)) if kernel is None else kernel, "kernel", weights)
    row = inputs.whole_number(
        (rows - 1) // 2 if row is None else row, "row", least=0, most=rows - 1
    )
    column = inputs.whole_number(
        (columns - 1) // 2 if column is None else column, "column", least=0, most=columns - 1
    )
    controls = {
        "kernel": choice(_("kernel"), list(weights), kernel),
        "row": slider(_("row"), 0, rows - 1, row),
        "column": slider(_("column"), 0, columns - 1, column),
    }
    windows = np.lib.stride_tricks.sliding_window_view(picture, (size, size))
    maps = {name: np.einsum("rcij,ij->rc", windows, values) for name, values in weights.items()}

    def draw(axes: Any, kernel: str, row: int, column: int) -> str:
        place = Place(kernel, row, column, windows[row, column], weights[kernel], maps[kernel])
        _draw(axes, picture, place)
        return _words(picture, place)

    down, across = DOWN * (rows - 1), ACROSS * (columns - 1)
    wanted = {"row": down.round().astype(int), "column": across.round().astype(int)}
    grid = grids.fitted(controls, wanted)
    return Explorer(draw, ncols=3, size=(9.5, 3.7), grid=grid, **controls)


def _kernels(kernels: Mapping[str, Any]) -> dict[str, np.ndarray]:
    if not kernels:
        raise ValueError(_("kernels should hold at least one kernel, with its name."))
    weights = {
        str(name): _numbers(values, _("kernel {name!r}").format(name=name))
        for name, values in kernels.items()
    }
    shapes = {values.shape for values in weights.values()}
    size = next(iter(shapes))[0]
    if shapes != {(size, size)} or size % 2 == 0 or size > 5:
        raise ValueError(
            _(
                "Kernels should be square, all of one size, 1, 3 or 5 pixels wide; shapes are "
                "{shapes}."
            ).format(shapes=sorted(shapes))
        )
    return weights


def _numbers(values: Any, name: str) -> np.ndarray:
    """A table of finite numbers, as float64: in uint8, 1 - 2 would be 255."""
    try:
        table = inputs.floats(values, name).astype(float)
    except ValueError:
        raise ValueError(_("The {name} should be a table of numbers.").format(name=name)) from None
    if table.ndim != 2 or 0 in table.shape or not np.isfinite(table).all():
        raise ValueError(
            _(
                "The {name} should be a table of finite numbers, rows × columns; its shape is "
                "{shape}."
            ).format(name=name, shape=table.shape)
        )
    return table


@dataclass(frozen=True)
class Place:
    """Where the window stands, upper left, what it sees and weighs, and the map of all places."""

    kernel: str
    row: int
    column: int
    window: np.ndarray
    weights: np.ndarray
    output: np.ndarray

    @property
    def sum(self) -> float:
        return self.output[self.row, self.column]


# --- the picture ---------------------------------------------------------------------------------


def _draw(axes: Any, picture: np.ndarray, place: Place) -> None:
    whole, near, after = axes
    row, column, size = place.row, place.column, len(place.window)
    grey = {"cmap": "gray", "vmin": picture.min(), "vmax": picture.max()}
    whole.imshow(picture, **grey)
    whole.add_patch(_frame(column - 0.5, row - 0.5, size))
    _cross_hairs(whole, row + size // 2, column + size // 2, picture.shape, size / 2 + 1)
    whole.set_title(_("image"))
    near.imshow(place.window, **grey)
    _write_products(near, place)
    near.set_title(_("under the kernel: sum {sum}").format(sum=_short(place.sum)))
    limit = np.abs(place.output).max() or 1.0
    # Blur and the like give no negative number: black to white. Else grey is zero.
    negative = place.output.min() < 0
    after.imshow(place.output, cmap="gray", vmin=-limit if negative else 0.0, vmax=limit)
    after.add_patch(_frame(column - 0.5, row - 0.5, 1))
    _cross_hairs(after, row, column, place.output.shape, 1.5)
    after.set_title(_("output (grey is 0)") if negative else _("output (black is 0)"))
    for ax in axes:
        ax.set(xticks=[], yticks=[])


def _write_products(ax: Any, place: Place) -> None:
    """In each pixel under the window its grey and the kernel's weight."""
    for (i, j), grey in np.ndenumerate(place.window):
        ax.text(
            j,
            i,
            f"{grey:g}\n× {place.weights[i, j]:.3g}",
            ha="center",
            va="center",
            fontsize=12 if len(place.window) <= 3 else 8,
            color="black",
            bbox={"facecolor": "white", "alpha": 0.8, "edgecolor": "none", "pad": 1.5},
        )


def _frame(x: float, y: float, size: float) -> Any:
    from matplotlib.patches import Rectangle

    return Rectangle((x, y), size, size, fill=False, lw=1.5, edgecolor=plots.PALETTE[4])


def _cross_hairs(ax: Any, row: int, column: int, shape: tuple[int, int], gap: float) -> None:
    """Four lines that point at a frame too small to find."""
    style = {"color": plots.PALETTE[4], "lw": 1, "ls": "-"}
    ax.plot([-0.5, column - gap], [row, row], **style)
    ax.plot([column + gap, shape[1] - 0.5], [row, row], **style)
    ax.plot([column, column], [-0.5, row - gap], **style)
    ax.plot([column, column], [row + gap, shape[0] - 0.5], **style)
    ax.set(xlim=(-0.5, shape[1] - 0.5), ylim=(shape[0] - 0.5, -0.5))


# --- the words -----------------------------------------------------------------------------------


def _words(picture: np.ndarray, place: Place) -> str:
    output, where = place.output, {"row": place.row, "column": place.column}
    top = np.unravel_index(np.abs(output).argmax(), output.shape)
    if place.weights.any():
        calculation = _("Sum: {terms} = {sum}.").format(
            terms=_terms(place.weights, place.window), sum=_short(place.sum)
        )
    else:
        calculation = _("Sum: nothing = {sum}.").format(sum=_short(place.sum))
    return " ".join(
        [
            _(
                "Kernel {kernel}; window with its upper left corner in row {row}, column {column}."
            ).format(kernel=place.kernel, **where),
            calculation,
            _(
                "That is the pixel in row {row}, column {column} of the output, which has {rows} × "
                "{columns} pixels; the image has {height} × {width}."
            ).format(
                rows=output.shape[0],
                columns=output.shape[1],
                height=picture.shape[0],
                width=picture.shape[1],
                **where,
            ),
            _("Farthest from zero: {value}, in row {row}, column {column}.").format(
                value=_short(output[top]), row=top[0], column=top[1]
            ),
        ]
    )


def _short(number: float) -> str:
    return f"{round(number, 1) + 0.0:g}"


def _terms(weights: np.ndarray, window: np.ndarray) -> str:
    """The weighted sum as one would write it; weights of 0 are left out."""
    if np.ptp(weights) == 0 and weights.size > 1:
        return f"{weights.flat[0]:.3g}×({' + '.join(f'{v:g}' for v in window.ravel())})"
    terms = [(w, v) for w, v in zip(weights.ravel(), window.ravel(), strict=True) if w != 0]
    text = f"{terms[0][0]:.3g}×{terms[0][1]:g}"
    return text + "".join(f" {'+' if w > 0 else '-'} {abs(w):.3g}×{v:g}" for w, v in terms[1:])
