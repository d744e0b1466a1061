"""In which language medlearn speaks: every text that a person may read passes through here.

The English sentence is the key. A text is marked where it is written, `_("{n} rows").format(n=n)`;
a text that is kept for later is marked with `N_` and translated when it is shown. Numbers decide
between two sentences with `ngettext`. `MEDLEARN_LANGUAGE` names the language; English, which needs
no catalogue, is the default, and nothing follows from the language of the machine: the lessons may
be in another one. The words of a lesson are no part of this; they stand in its notebook.

>>> print(ngettext("{n} row", "{n} rows", 1).format(n=1))
1 row
"""

from __future__ import annotations

import gettext as _gettext
import os
import sys
from pathlib import Path

__all__ = ["DOMAIN", "FOLDER", "N_", "PSEUDO", "_", "current", "gettext", "ngettext", "use"]

DOMAIN = "medlearn"
FOLDER = Path(__file__).parent / "locale"
"""Where the catalogues are: `LANGUAGE/LC_MESSAGES/medlearn.po`, and `.mo` beside it."""

PSEUDO = "xx"
"""A language for authors: each text twice, between ⟦ and ⟧. What has no brackets is not marked."""


class _Pseudo(_gettext.NullTranslations):
    def gettext(self, message: str) -> str:
        return f"⟦{message} {message}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


_language, _translations = "en", _gettext.NullTranslations()


def use(language: str, folder: Path = FOLDER) -> None:
    """Speak this language from now on.

    Parameters
    ----------
    language : str
        Such as "zh" or "pt_BR"; "en" for none; "xx" for the authors' pseudo-language.
    folder : Path
        Of the catalogues.

    Raises
    ------
    ValueError
        When there is no catalogue of this language; the language stays as it was.

    Examples
    --------
    >>> use("klingon")
    Traceback (most recent call last):
        ...
    ValueError: medlearn does not speak 'klingon'; it speaks en.
    """
    global _language, _translations
    if language == "en":
        found: _gettext.NullTranslations = _gettext.NullTranslations()
    elif language == PSEUDO:
        found = _Pseudo()
    else:
        try:
            found = _gettext.translation(DOMAIN, folder, [language])
        except OSError:
            spoken = ["en", *sorted(file.parts[-3] for file in folder.glob("*/*/*.mo"))]
            raise ValueError(
                _("medlearn does not speak {language!r}; it speaks {spoken}.").format(
                    language=language, spoken=", ".join(spoken)
                )
            ) from None
    _language, _translations = language, found


def current() -> str:
    """The language in which medlearn speaks now."""
    return _language


def _(message: str) -> str:
    """This text in the language of now; English where nobody translated it yet."""
    return _translations.gettext(message) if message else ""  # "" is the catalogue's own header


gettext = _
"""The same, for a module in which `_` is something else."""


def ngettext(one: str, many: str, n: int) -> str:
    """The first text for 1, the second for other numbers; a language may have more forms."""
    return _translations.ngettext(one, many, int(n))


def N_(message: str) -> str:
    """Mark a text that is kept, and translated with `_` when it is shown."""
    return message


def _from_the_environment() -> None:
    language = os.environ.get("MEDLEARN_LANGUAGE", "")
    try:
        use(language or "en")
    except ValueError as error:  # a lesson must not stop for this
        # no text: the name of a setting
        print(f"! MEDLEARN_LANGUAGE: {error}", file=sys.stderr)


_from_the_environment()
