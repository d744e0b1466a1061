"""A small window slides over a picture: what a convolution does, one pixel at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from medlearn import plots
from medlearn.widgets.explorer import Explorer, choice, slider

__all__ = ["convolution_explorer"]


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
    picture = _numbers(image, "image")
    if not kernels:
        raise ValueError("kernels should hold at least one kernel, with its name.")
    weights = {str(name): _numbers(values, f"kernel {name!r}") for name, values in kernels.items()}
    shapes = {values.shape for values in weights.values()}
    size = next(iter(shapes))[0]
    if shapes != {(size, size)} or size % 2 == 0 or size > 5:
        raise ValueError(
            "Kernels should be square, all of one size, 1, 3 or 5 pixels wide; shapes are "
            f"{sorted(shapes)}."
        )
    rows, columns = picture.shape[0] - size + 1, picture.shape[1] - size + 1
    if min(rows, columns) < 1:
        raise ValueError(
            f"The image, {picture.shape}, is smaller than the kernel of {size} pixels."
        )
    kernel = next(iter(weights)) if kernel is None else kernel
    if kernel not in weights:
        raise ValueError(f"There is no kernel {kernel!r}; there are {', '.join(weights)}.")
    row = (rows - 1) // 2 if row is None else row
    column = (columns - 1) // 2 if column is None else column
    for name, place, last in [("row", row, rows - 1), ("column", column, columns - 1)]:
        if place not in range(last + 1):
            raise ValueError(f"{name} should be a whole number from 0 to {last}, not {place!r}.")
    windows = np.lib.stride_tricks.sliding_window_view(picture, (size, size))
    maps = {name: np.einsum("rcij,ij->rc", windows, values) for name, values in weights.items()}

    def draw(axes: Any, kernel: str, row: int, column: int) -> str:
        whole, near, after = axes
        window, weight, result = windows[row, column], weights[kernel], maps[kernel]
        black, white = picture.min(), picture.max()
        whole.imshow(picture, cmap="gray", vmin=black, vmax=white)
        whole.add_patch(_frame(column - 0.5, row - 0.5, size))
        _cross_hairs(whole, row + size // 2, column + size // 2, picture.shape, size / 2 + 1)
        whole.set_title("image")

        near.imshow(window, cmap="gray", vmin=black, vmax=white)
        for (i, j), grey in np.ndenumerate(window):
            near.text(
                j,
                i,
                f"{grey:g}\n× {weight[i, j]:.3g}",
                ha="center",
                va="center",
                fontsize=12 if size <= 3 else 8,
                color="black",
                bbox={"facecolor": "white", "alpha": 0.8, "edgecolor": "none", "pad": 1.5},
            )
        near.set_title(f"under the kernel: sum {_short(result[row, column])}")

        limit = np.abs(result).max() or 1.0
        # Blur and the like give no negative number: black to white. Else grey is zero.
        low = -limit if result.min() < 0 else 0.0
        after.imshow(result, cmap="gray", vmin=low, vmax=limit)
        after.add_patch(_frame(column - 0.5, row - 0.5, 1))
        _cross_hairs(after, row, column, result.shape, 1.5)
        zero = "grey is 0" if low < 0 else "black is 0"
        after.set_title(f"output ({zero})")
        for ax in axes:
            ax.set(xticks=[], yticks=[])
        top = np.unravel_index(np.abs(result).argmax(), result.shape)
        return (
            f"Kernel {kernel}; window with its upper left corner in row {row}, column {column}. "
            f"Sum: {_sum(weight, window)} = {_short(result[row, column])}. That is the pixel in "
            f"row {row}, column {column} of the output, which has {rows} × {columns} pixels; the "
            f"image has {picture.shape[0]} × {picture.shape[1]}. Farthest from zero: "
            f"{_short(result[top])}, in row {top[0]}, column {top[1]}."
        )

    return Explorer(
        draw,
        ncols=3,
        size=(9.5, 3.7),
        kernel=choice("kernel", list(weights), kernel),
        row=slider("row", 0, rows - 1, int(row)),
        column=slider("column", 0, columns - 1, int(column)),
    )


def _numbers(values: Any, name: str) -> np.ndarray:
    """A table of finite numbers, as float64: in uint8, 1 - 2 would be 255."""
    try:
        table = np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        raise ValueError(f"The {name} should be a table of numbers.") from None
    if table.ndim != 2 or 0 in table.shape or not np.isfinite(table).all():
        raise ValueError(
            f"The {name} should be a table of finite numbers, rows × columns; its shape is "
            f"{table.shape}."
        )
    return table


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


def _short(number: float) -> str:
    return f"{round(number, 1) + 0.0:g}"


def _sum(weights: np.ndarray, window: np.ndarray) -> str:
    """The weighted sum as one would write it; weights of 0 are left out."""
    if np.ptp(weights) == 0 and weights.size > 1:
        return f"{weights.flat[0]:.3g}×({' + '.join(f'{v:g}' for v in window.ravel())})"
    terms = [(w, v) for w, v in zip(weights.ravel(), window.ravel(), strict=True) if w != 0]
    if not terms:
        return "nothing"
    text = f"{terms[0][0]:.3g}×{terms[0][1]:g}"
    return text + "".join(f" {'+' if w > 0 else '-'} {abs(w):.3g}×{v:g}" for w, v in terms[1:])
