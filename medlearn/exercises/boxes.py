"""How a message looks: a frame in a notebook, one line of text everywhere else."""

from __future__ import annotations

import html

from medlearn.language import N_, _

__all__ = ["box", "in_words", "publish"]

_LOOKS = {  # kind: symbol, word, colour. The colour only repeats what symbol and word say.
    "right": ("✓", N_("Right"), "#009E73"),
    "wrong": ("✗", N_("Wrong"), "#D55E00"),
    "not yet": ("…", N_("Not yet"), "#777777"),
    "answered": ("✎", N_("Noted"), "#0072B2"),
    "hint": ("→", N_("Hint"), "#0072B2"),
    "solution": ("→", N_("One solution"), "#0072B2"),
    "missing": ("!", N_("Not there"), "#777777"),
}


def in_words(kind: str, message: str) -> str:
    """A message with the symbol and the word of its kind.

    Examples
    --------
    >>> in_words("not yet", "half has no value yet.")
    '… Not yet. half has no value yet.'
    """
    symbol, word, _colour = _LOOKS[kind]
    return f"{symbol} {_(word)}. {message}".rstrip()


def publish(words: str, markup: str) -> None:
    """Show `markup` in a notebook, `words` everywhere else (and in the notebook's plain text)."""
    try:
        from IPython import get_ipython
        from IPython.display import display
    except ImportError:
        get_ipython = lambda: None  # noqa: E731
    if get_ipython() is None:
        print(words)
    else:
        display({"text/plain": words, "text/html": markup}, raw=True)


def box(kind: str, message: str, code: str = "") -> None:
    """Show a framed message, with code set as code.

    Parameters
    ----------
    kind : {"right", "wrong", "not yet", "answered", "hint", "solution", "missing"}
        It stands in the frame as `data-kind`, too, for those who ask which it is.
    message : str
    code : str
    """
    symbol, word, colour = _LOOKS[kind]
    body = html.escape(message).replace("\n", "<br>")
    block = f"<pre>{html.escape(code)}</pre>" if code else ""
    publish(
        in_words(kind, message) + (f"\n\n{code}" if code else ""),
        f'<div data-kind="{kind}" style="border-left:5px solid {colour};padding:.4em .8em">'
        f"<b>{symbol} {html.escape(_(word))}.</b> {body}{block}</div>",
    )
