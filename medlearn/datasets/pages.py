"""The cards as readers see them: ``DESCR``, and ``data/README.md``."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Mapping

from medlearn.datasets.catalogue import (
    DATASETS,
    Variable,
    known,
    licence_texts,
    module_of,
    names,
)
from medlearn.language import N_, _

__all__ = ["anchor", "card", "cards"]

UsedIn = Mapping[str, Iterable[str]]


_HEAD = N_("""\
# The data of this course

<!-- Written by `make sync` from the cards, data/*.toml, and from the lessons.
     Change it there. -->

Each card says what a data set is, whose data they are, how they were collected, what
you may do with them, and what they cannot show. Read the last point first.

The files here are small copies of public data. Loaders compare each file with its
SHA-256 (a fingerprint of its bytes) before they use it. The licence of this course's
code and text does not extend to the data: each set keeps its own, named on its card, and
its full text lies in [licences](licences). Sets that are only fetched stand at the end.

""")


def card(name: str, used_in: UsedIn | None = None) -> str:
    """Return the card of one data set, in Markdown.

    Parameters
    ----------
    name : str
        A name in ``medlearn.datasets.DATASETS``.
    used_in : mapping of str to iterable of str, optional
        The numbers of the lessons that use each set. Data do not know lessons, so whoever knows
        them says it here.

    Raises
    ------
    ValueError
        There is no data set of that name.
    DataError
        The card is missing or at fault.

    Examples
    --------
    >>> from medlearn.datasets import card
    >>> print(card("digits").splitlines()[0])
    ## Handwritten digits (5,000 images of MNIST)
    >>> "Used in lessons" in card("digits"), "Used in lessons" in card("digits", {"digits": ["02"]})
    (False, True)
    """
    d = DATASETS[known(name, DATASETS)]
    shapes = ", ".join(f"`{k}` {' × '.join(map(str, v))}" for k, v in d.shape.items())
    if d.file:
        where = f"`{d.file}` (SHA-256 `{d.sha256}`)"
    else:
        where = _("no file here (SHA-256 of the arrays `{content_sha256}`)").format(
            content_sha256=d.content_sha256
        )
    texts = ", ".join(f"[{text}](licences/{text})" for text in d.licence_texts)
    facts = [
        (_("Load it"), f"`medlearn.datasets.{d.loader}()`"),
        (_("Rows and shape"), _("{n:,} rows; {shapes}").format(n=d.rows, shapes=shapes)),
        (_("People"), _(d.people_note)),
        (_("How it was collected"), _(d.collected)),
        (_("Units"), _(d.units)),
        (_("Changed here"), _(d.changes)),
        (_("File"), where),
        (_("Comes from"), "; ".join(map(str, d.sources))),
        (_("Original publication"), f"{d.publication} {_doi(d.doi)}".strip()),
        (_("Licence of the data"), ": ".join(filter(None, (d.data_licence, _(d.licence_terms))))),
        (_("Its full text"), texts),
        (_("Evidence for it"), d.licence_evidence),
        (_("Notice that goes with every copy"), d.notice),
        (_("Licence of the package it comes from"), d.package_licence),
        (_("Used in lessons"), ", ".join((used_in or {}).get(name, ()))),
    ]
    for more in d.online:
        size = f" ({more.size / 1e6:.1f} MB)" if more.exact else ""
        fetch = f"`python -m medlearn data fetch {more.name}`"  # no text: a command
        facts.append((_("More online"), f"{_(more.title)}{size}: {fetch}"))
    lines = [f"## {_(d.title)}", "", *_wrap(_(d.summary)), ""]
    for key, value in facts:
        if value:
            lines += _wrap(f"- **{key}**: {value}", "  ")
    lines += [_("- **What may not be concluded from it**:")]
    for item in d.not_to_conclude:
        lines += _wrap(f"  - {_(item)}", "    ")
    lines += [_("- **A question for it**:")]
    asked = [
        (_("Decision"), _(d.question.decision)),
        (_("Unit"), _(d.question.unit)),
        (_("Price"), _(d.question.price)),
        (_("To be better than"), _(d.question.baseline)),
        (_("Not to be seen by a model"), "; ".join(map(_, d.question.forbidden))),
    ]
    for key, value in asked:
        if value:
            lines += _wrap(f"  - {key}: {value}", "    ")
    if d.rules:
        lines += [_("- **Rules of this course**:")]
        for number, rule in enumerate(d.rules, 1):
            lines += _wrap(f"  {number}. {_(rule)}", "     ")
    if d.variables:
        lines += ["", _("| measurement | unit | in plain words |"), "|---|---|---|"]
        lines += [f"| {v.name} | {_(v.unit)} | {_meaning(v)} |" for v in d.variables]
    return "\n".join(lines) + "\n"


def cards(used_in: UsedIn | None = None) -> str:
    """Return the text of ``data/README.md``: the cards of all data sets.

    Parameters
    ----------
    used_in : mapping of str to iterable of str, optional
        As for :func:`card`.

    Raises
    ------
    DataError
        A card is at fault, or the full text of its licence is missing.

    Examples
    --------
    >>> from medlearn.datasets import cards
    >>> cards().startswith("# The data of this course")
    True
    """
    lines = [_("| set | rows | people | licence | lessons |"), "|---|---|---|---|---|"]
    for d in DATASETS.values():
        people = _("unknown") if d.people is None else f"{d.people:,}"
        lessons = ", ".join((used_in or {}).get(d.name, ())) or "–"
        link = f"[{d.name}](#{d.name})"
        lines.append(f"| {link} | {d.rows:,} | {people} | {d.data_licence} | {lessons} |")
    head = _(_HEAD) + "\n".join(lines) + "\n\n"
    for entry in DATASETS.values():
        licence_texts(entry)
    # A name is the only heading of which GitHub, JupyterLab and Sphinx make the same anchor.
    pages = {name: card(name, used_in) for name in DATASETS}
    for name in names():
        if name not in DATASETS:  # a collection that is fetched, and describes itself
            pages[name] = module_of(name).overview()
            if lessons := ", ".join((used_in or {}).get(name, ())):
                pages[name] += f"- **{_('Used in lessons')}**: {lessons}\n"
    return head + "\n".join(f"## {name}\n\n#{page}" for name, page in pages.items())


def anchor(heading: str) -> str:
    """Return the anchor that GitHub and MyST make of a heading.

    Examples
    --------
    >>> from medlearn.datasets.pages import anchor
    >>> anchor("In 45 minutes"), anchor("TRIPOD+AI")
    ('in-45-minutes', 'tripodai')
    """
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _doi(doi: str) -> str:
    return f"DOI [{doi}](https://doi.org/{doi})" if doi else ""


def _meaning(v: Variable) -> str:
    codes = ", ".join(f"{number} = {word}" for number, word in v.codes.items())
    source = ""
    if v.source and v.source != v.name:
        source = _("in the source: `{source}`").format(source=v.source)
    return "; ".join(part for part in (_(v.meaning), codes, source) if part)


def _wrap(text: str, indent: str = "") -> list[str]:
    # Long words (addresses, checksums) and code stay whole, or a reader could not copy them.
    text = re.sub("`[^`]*`", lambda code: code[0].replace(" ", "\0"), text)
    lines = textwrap.wrap(
        text, 100, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
    return [line.replace("\0", " ") for line in lines]
