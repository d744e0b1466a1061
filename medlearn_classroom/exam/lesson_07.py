"""Exam tasks of lesson 07: the numbers of a convolution."""

from __future__ import annotations

from random import Random

from medlearn.language import _
from medlearn_classroom.exam.tasks import Drawn, Tasks, Wrong

__all__ = ["tasks"]

tasks = Tasks("07")


@tasks.add
def conv_weights(draw: Random) -> Drawn:
    """The parameters of a convolution."""
    filters, size = draw.choice([8, 16, 32, 64]), draw.choice([3, 5, 7])
    channels, side = draw.choice([2, 3, 8, 16]), draw.choice([28, 32, 64])
    return Drawn(
        {"side": side, "channels": channels, "filters": filters, "size": size},
        _(
            "Pictures of {side} × {side} pixels with {channels} channels go into "
            "`Conv2D({filters}, {size})`. How many parameters does this layer learn?"
        ),
        (size * size * channels + 1) * filters,
        _(
            "Each filter has {size} · {size} · {channels} weights and a bias: ({weights} + 1) · "
            "{filters} = {answer}. The size of the picture does not matter."
        ),
        [
            Wrong(
                "channels-left-out",
                (size * size + 1) * filters,
                _("A filter has weights for each channel."),
            ),
            Wrong(
                "bias-left-out",
                size * size * channels * filters,
                _("Each filter has a bias, too."),
            ),
            Wrong(
                "dense-for-convolution",
                (side * side * channels + 1) * filters,
                _("That is a dense layer. A filter is as small as its window."),
            ),
        ],
        also={"weights": size * size * channels},
    )


@tasks.add
def output_size(draw: Random) -> Drawn:
    """The side of a picture after a convolution and pooling."""
    side, size = draw.randrange(24, 97, 2), draw.choice([3, 5, 7])
    return Drawn(
        {"side": side, "size": size},
        _(
            "A picture of {side} × {side} pixels goes through `Conv2D(8, {size})` without padding, "
            "then through `MaxPooling2D(2)`. How many pixels wide is what comes out?"
        ),
        (side - size + 1) // 2,
        _("{side} − {size} + 1 = {wide}; half of it is {answer}"),
        [
            Wrong(
                "border-forgotten",
                side // 2,
                _("Without padding a filter does not fit on the border."),
            ),
            Wrong("pooling-forgotten", side - size + 1, _("Pooling halves the width.")),
            Wrong(
                "filter-taken-off",
                (side - size + 1) // 2 - size // 2,
                _("The filter takes off its size less one, once, before the pooling."),
            ),
        ],
        unit=_("pixels"),
        also={"wide": side - size + 1},
    )


@tasks.add
def receptive_field(draw: Random) -> Drawn:
    """How many pixels one output sees."""
    first, second = draw.choice([3, 5, 7, 9, 11]), draw.choice([3, 5, 7, 9])
    field = first + 1 + 2 * (second - 1)
    return Drawn(
        {"first": first, "second": second},
        _(
            "`Conv2D` with windows of {first} × {first}, then `MaxPooling2D(2)`, then `Conv2D` "
            "with windows of {second} × {second}. How many pixels of the picture wide is what one "
            "output sees?"
        ),
        field,
        _(
            "After the first: {first}. After pooling: {first} + 1. From there on one step is two "
            "pixels: {first} + 1 + 2 · ({second} − 1) = {answer}"
        ),
        [
            Wrong(
                "last-window-only",
                second,
                _("That many outputs of the layer before, each of which sees several pixels."),
            ),
            Wrong(
                "pooling-forgotten",
                first + second - 1,
                _("After pooling one step is two pixels."),
            ),
            Wrong(
                "windows-multiplied",
                first * second,
                _("Windows that lie side by side overlap: they do not multiply."),
            ),
        ],
        unit=_("pixels"),
    )
