"""How far has a cell come that takes a while?

A line of text on standard output, drawn by tqdm: it looks the same in every notebook and in a
terminal, needs no widgets, and can still be read when the notebook is opened again. There is one
line at a time: of loops within loops the outermost shows it. Where lessons are checked
(`medlearn.strict`) there is none, so that no stored result holds a time.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterable, Iterator, Sized
from typing import TYPE_CHECKING, Any, TypeVar

from medlearn.language import _
from medlearn.strict import strict

if TYPE_CHECKING:
    import keras

__all__ = ["track", "track_fit"]

T = TypeVar("T")
WIDTH = 76  # characters: half a screen, beside a book

_open: dict[str, Any] = {}  # "loop" and "fit" → the line of each that is open now


def _begin(kind: str, what: str, total: int | None) -> Any:
    from tqdm.std import tqdm  # here: `import medlearn` is quick

    # No fit runs within a fit, and no loop begins within one: such a line was interrupted.
    if left := _open.pop("fit", None):
        left.close()
    line = tqdm(
        total=total,
        desc=what,
        file=sys.stdout,
        ncols=WIDTH,
        miniters=1,  # at each step; else tqdm may draw from a thread, below another cell
        disable=strict() or "loop" in _open,
    )
    if not line.disable:
        _open[kind] = line
    return line


def _end(kind: str, line: Any) -> None:
    line.close()
    if _open.get(kind) is line:
        del _open[kind]


def track(items: Iterable[T], what: str) -> Iterator[T]:
    """Go through items, and show how many are done and about how long the rest takes.

    The line ends with the loop, also when `break` or an error ends it.

    Parameters
    ----------
    items : iterable
        What to go through. When its length is not known, the line counts.
    what : str
        What the items are, in a word or two.

    Returns
    -------
    iterator
        The items, one after the other.

    Raises
    ------
    TypeError
        When nothing can be gone through, or `what` is no text.

    Examples
    --------
    >>> from medlearn import tracking
    >>> [seed + 1 for seed in tracking.track(range(2), "networks")]  # doctest: +SKIP
    networks: 100%|██████████████████████████████| 2/2 [00:00<00:00, 998.17it/s]
    [1, 2]
    """
    if not isinstance(items, Iterable):
        raise TypeError(
            _(
                "track goes through items, but a {kind} came: for example track(range(5), "
                '"networks").'
            ).format(kind=type(items).__name__)
        )
    if not isinstance(what, str):
        raise TypeError(_('track says in a text what the items are: track(range(5), "networks").'))
    return _tracked(items, what)


def _tracked(items: Iterable[T], what: str) -> Iterator[T]:
    total = None
    if isinstance(items, Sized):
        with contextlib.suppress(TypeError):  # a stream of unknown length
            total = len(items)
    line = _begin("loop", what, total)
    try:
        for item in items:
            yield item
            line.update()
    finally:
        _end("loop", line)


def track_fit(what: str = "epochs") -> keras.callbacks.Callback:
    """Make a callback for Keras' `fit` that counts the epochs done; of one epoch, the batches.

    Parameters
    ----------
    what : str
        What stands before the line; a name tells one network from the next.

    Returns
    -------
    keras.callbacks.Callback
        For `callbacks`; one for each call of `fit`.

    Examples
    --------
    >>> model.fit(x, y, epochs=20, verbose=0, callbacks=[track_fit()])  # doctest: +SKIP
    epochs: 100%|████████████████████████████████| 20/20 [00:04<00:00,  4.52it/s]
    """
    import keras

    class Tracker(keras.callbacks.Callback):
        def on_train_begin(self, logs: Any = None) -> None:
            self.single = self.params["epochs"] == 1
            total = self.params["steps"] if self.single else self.params["epochs"]
            self.line = _begin("fit", what, total)

        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            if self.single:  # with steps_per_execution, not each batch is told
                self.line.update(batch + 1 - self.line.n)

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            if not self.single:
                self.line.update()

        def on_train_end(self, logs: Any = None) -> None:
            _end("fit", self.line)

    return Tracker()
