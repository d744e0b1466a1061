"""What is printed can be shown: signs that a terminal lacks become plain characters.

An old Windows console, `LANG=C`, or a file opened as cp1252 has no ✓. Python would stop with a
`UnicodeEncodeError`, in the middle of an answer.
"""

from __future__ import annotations

import codecs
import sys
import unicodedata

__all__ = ["plain", "show_all"]

_PLAIN = {
    "✓": "ok", "✗": "x", "☐": "[ ]", "⟦": "[[", "⟧": "]]", "…": "...", "–": "-", "—": "-",
    "−": "-", "‑": "-", "·": "-", "•": "-", "▼": "v", "×": "x", "÷": "/", "±": "+-", "≈": "~",
    "≠": "!=", "≤": "<=", "≥": ">=", "→": "->", "←": "<-", "√": "sqrt", "∞": "inf",
    "“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "«": '"', "»": '"', "°": " deg", "µ": "u",
    "α": "alpha", "β": "beta", "σ": "sigma", "Σ": "sum", "ł": "l", "Ł": "L", "ı": "i", "ß": "ss",
    "ø": "o", "Ø": "O", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE",
}  # fmt: skip


def plain(text: str) -> str:
    """The text in ASCII; a sign that nothing plain stands for becomes "?".

    Examples
    --------
    >>> plain("✓ Jörg: p ≤ 0.05 … 😀")
    'ok Jorg: p <= 0.05 ... ?'
    """
    return "".join(_one(sign) for sign in text)


def _one(sign: str) -> str:
    if sign.isascii():
        return sign
    if sign in _PLAIN:
        return _PLAIN[sign]
    # an ö is an o with dots, a ₜ a small t
    parts = unicodedata.normalize("NFKD", sign).encode("ascii", "ignore").decode()
    return parts or ("" if unicodedata.combining(sign) else "?")


def _replace(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return plain(error.object[error.start : error.end]), error.end


codecs.register_error("medlearn.plain", _replace)


def show_all() -> None:
    """Let standard output and errors replace what they cannot show; what they can stays.

    A stream that somebody has set to do something else about it keeps that.
    """
    for stream in (sys.stdout, sys.stderr):
        if getattr(stream, "errors", None) in ("strict", "backslashreplace", "surrogateescape"):
            try:
                stream.reconfigure(errors="medlearn.plain")
            except (AttributeError, ValueError, OSError):  # no such stream, or closed
                continue


show_all()
