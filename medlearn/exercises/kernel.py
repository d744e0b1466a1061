"""What the kernel knows and a learner does not see: which cells failed, which have not run.

A cell that fails leaves its name as it was, and the check below would judge an answer of before.
Who opens a notebook again meets names that no cell has made yet. Where `medlearn.setup` has called
`watch`, both are said in plain words. `make lab`, conda, the stick and Binder also install
`medlearn/ipython`, which explains a missing name before anything of the course was imported. On
Colab nothing is there before the set-up: only from then on are names explained. Outside of a
notebook nothing of this happens.
"""

from __future__ import annotations

import builtins
import contextlib
import difflib
import re
import sys
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Any

from medlearn.exercises.boxes import box
from medlearn.exercises.comparison import is_unfilled, say
from medlearn.exercises.guard import guarded
from medlearn.language import N_, _

__all__ = ["explain", "explanation", "stale", "watch"]

_GIVES = re.compile(
    r"^(?:def|class)[ \t]+(\w+)|^(\w++(?:[ \t]*,[ \t]*\w++)*+)[ \t]*(?::[^=\n]+)?=(?!=)", re.M
)
"""The beginning of a line that gives a name, in a text that may be no Python."""

_before: dict[str, Any] = {}
"""The names that the running cell should give, and what they were.

The things themselves: the identity of one that is gone may be that of the next."""

_ABSENT = object()

_failed: dict[str, tuple[str, Any]] = {}
"""The names whose cell failed when it ran last: with which error, and what they were before."""


def _shell() -> Any:
    module = sys.modules.get("IPython")  # not imported for this: where it runs, it is there
    return module.get_ipython() if module else None


def _names(text: str) -> Iterator[str]:
    for function, targets in _GIVES.findall(text.lstrip()):
        yield from re.findall(r"\w+", function or targets)


def _cell_begins(info: Any) -> None:
    now = _shell().user_ns
    _before.clear()
    _before.update({name: now.get(name, _ABSENT) for name in _names(info.raw_cell)})


def _cell_ended(result: Any) -> None:
    error = result.error_before_exec or result.error_in_exec  # a SyntaxError is of the first kind
    now = _shell().user_ns
    for name, old in _before.items():
        if error is None or now.get(name, _ABSENT) is not old:  # made anew, before the error
            _failed.pop(name, None)
        else:
            _failed[name] = type(error).__name__, old
    _before.clear()


def watch() -> None:
    """Remember from now on which cells fail, and explain names that are missing.

    Calling it again changes nothing, also after this module was loaded anew.
    """
    shell = _shell()
    if shell is None:
        return
    for event, listen in (("pre_run_cell", _cell_begins), ("post_run_cell", _cell_ended)):
        for other in [*shell.events.callbacks[event]]:
            if getattr(other, "__module__", None) == __name__:  # of this module before its reload
                shell.events.unregister(event, other)
        shell.events.register(event, listen)
    if shell.custom_exceptions in ((), (NameError,)):  # else somebody else has a use for them
        shell.set_custom_exc((NameError,), explain)


def stale(name: str, answer: Any) -> str:
    """What to say first of an answer that is one of before, because its cell failed since.

    Parameters
    ----------
    name : str
        The learner's name for it.
    answer : object
        What is judged.

    Returns
    -------
    str
        A sentence; empty when the answer is as new as it can be.

    Examples
    --------
    >>> stale("baseline", 0.5)
    ''
    """
    error, old = _failed.get(name, ("", _ABSENT))
    if answer is not old:
        return ""
    if is_unfilled(answer):
        words = _("The cell above ended with an error ({error}), so {name} still has no value.")
    elif callable(answer):
        words = _(
            "The cell above ended with an error ({error}), so {name} still is the one of the "
            "earlier run: that was judged."
        )
    else:
        words = _(
            "The cell above ended with an error ({error}), so {name} still is {value}, as before: "
            "that was judged."
        )
    return words.format(error=error, name=name, value=guarded(lambda: say(answer))[0])


def explain(
    shell: Any,
    kind: type[BaseException],
    error: BaseException,
    trace: TracebackType | None,
    tb_offset: int | None = None,
) -> None:
    """Show an error as ever, and below it why a name is missing. IPython calls it."""
    shell.showtraceback((kind, error, trace), tb_offset=tb_offset)
    with contextlib.suppress(Exception):
        if words := explanation(error, shell.user_ns):
            box("missing", words)


_MENUS = {"jupyter": N_("Run → Run All Above Selected Cell"), "colab": N_("Runtime → Run before")}


def explanation(error: BaseException, namespace: Mapping[str, Any]) -> str:
    """Why a name is missing, and what to do; empty for what no cell of the notebook is to blame.

    Parameters
    ----------
    error : BaseException
        As it was raised.
    namespace : mapping of str to object
        The names of the notebook.

    Examples
    --------
    >>> names = {"cohort": 1}
    >>> try:
    ...     exec("cohrt", names)
    ... except NameError as error:
    ...     print(explanation(error, names))
    There is no `cohrt`, but there is `cohort`: is it a slip of the pen?
    """
    name = getattr(error, "name", None)
    if not name or name.startswith("__"):  # a variable of a function, a NameError made by hand
        return ""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    if not trace or trace.tb_frame.f_globals is not namespace:
        return ""  # it was raised in a library
    if name in _failed:
        words = _("There is no `{name}`, because the cell above ended with an error ({error}).")
        return words.format(name=name, error=_failed[name][0])
    if similar := _similar(name, namespace):
        words = _("There is no `{name}`, but there is `{similar}`: is it a slip of the pen?")
        return words.format(name=name, similar=similar)
    menu = _(_MENUS["colab" if "google.colab" in sys.modules else "jupyter"])
    return _(
        "No cell that ran since this kernel started has made `{name}`. If a cell above makes it: "
        "{menu}, then run this one again. If none does, look at its spelling."
    ).format(name=name, menu=menu)


def _similar(name: str, namespace: Mapping[str, Any]) -> str:
    """A name that is there and was probably meant: no `X_test` for `y_test`, no `x1` for `x2`."""

    def digits(text: str) -> str:
        return re.sub(r"\D", "", text)

    known = [*namespace, *vars(builtins)]
    for one in known:
        if one.lower() == name.lower():
            return one
    near = difflib.get_close_matches(name, known, n=9, cutoff=0.8)
    like = (one for one in near if one[0] == name[0] and digits(one) == digits(name))
    return next(like, "")
