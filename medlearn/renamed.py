"""Old names that still work for one version, and say what is written now.

What a lesson or a learner's own notebook calls keeps working after it got a better name: the old
name warns once, with the line that called it first, and is gone with the version after.
"""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable
from typing import Any, TypeVar, cast

from medlearn.language import _

__all__ = ["forget", "function", "keywords"]

_Function = TypeVar("_Function", bound=Callable[..., Any])


_told: set[str] = set()


def forget() -> None:
    """Warn again of every old name, as in a new process."""
    _told.clear()


def _warn(text: str, **names: str) -> None:
    """Once: a lesson of before calls some of them in every second cell, and in loops."""
    said = text.format(**names)
    if said not in _told:
        _told.add(said)
        warnings.warn(said, FutureWarning, stacklevel=3)


def function(old: str, new: str, call: Callable[..., Any]) -> Callable[..., Any]:
    """A function under its old name.

    Parameters
    ----------
    old, new : str
        What was written, and what is written now.
    call : callable
        Does what the old function did.

    Examples
    --------
    >>> import warnings
    >>> mean = function("shares.mean", "numpy.mean", lambda values: sum(values) / len(values))
    >>> with warnings.catch_warnings(record=True) as told:
    ...     warnings.simplefilter("always")
    ...     mean([1, 2])
    1.5
    >>> print(told[0].message)
    shares.mean is an old name, which goes with the next version: write numpy.mean.
    """

    @functools.wraps(call)
    def under_its_old_name(*args: Any, **how: Any) -> Any:
        _warn(
            _("{old} is an old name, which goes with the next version: write {new}."),
            old=old,
            new=new,
        )
        return call(*args, **how)

    under_its_old_name.__doc__ = f"The old name of `{new}`."  # no text: a docstring
    return under_its_old_name


def keywords(**new: str | None) -> Callable[[_Function], _Function]:
    """Decorate a function whose keywords have other names now.

    Parameters
    ----------
    **new : str or None
        Each old keyword and its new name; None for one that has no use any more.

    Raises
    ------
    TypeError
        By the function, when both names of one keyword come.

    Examples
    --------
    >>> import warnings
    >>> @keywords(level="confidence_level", loud=None)
    ... def interval(confidence_level=0.95):
    ...     return confidence_level
    >>> with warnings.catch_warnings(record=True) as told:
    ...     warnings.simplefilter("always")
    ...     interval(level=0.9, loud=True)
    0.9
    >>> for one in told:
    ...     print(one.message)
    interval: level is an old name, which goes with the next version: write confidence_level.
    interval: loud has no use any more, and goes with the next version: leave it out.
    """

    def decorate(call: _Function) -> _Function:
        @functools.wraps(call)
        def with_new_names(*args: Any, **how: Any) -> Any:
            for old in [name for name in how if name in new]:
                value, name = how.pop(old), new[old]
                if name is None:
                    _warn(
                        _(
                            "{function}: {old} has no use any more, and goes with the next "
                            "version: leave it out."
                        ),
                        function=call.__name__,
                        old=old,
                    )
                    continue
                if name in how:
                    raise TypeError(
                        _("{function}: {old} is the old name of {new}; give one of them.").format(
                            function=call.__name__, old=old, new=name
                        )
                    )
                _warn(
                    _(
                        "{function}: {old} is an old name, which goes with the next version: write "
                        "{new}."
                    ),
                    function=call.__name__,
                    old=old,
                    new=name,
                )
                how[name] = value
            return call(*args, **how)

        return cast(_Function, with_new_names)

    return decorate
