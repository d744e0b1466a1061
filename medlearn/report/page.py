"""The card as a text: front matter, then Markdown under the headings of Mitchell et al."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from medlearn import inputs, language
from medlearn.language import N_, _
from medlearn.report.fields import FIELDS, HEADINGS
from medlearn.report.prose import filled

__all__ = ["body", "notes_of", "render", "title"]

_TITLES = {
    "auc": N_("AUC"),
    "sensitivity": N_("Sensitivity"),
    "specificity": N_("Specificity"),
    "ppv": N_("Positive predictive value"),
    "npv": N_("Negative predictive value"),
    "brier": N_("Brier score"),
    "observed_expected": N_("Observed/expected"),
    "calibration_slope": N_("Calibration slope"),
    "net_benefit": N_("Net benefit per 1,000 people"),
}

# The ids of metrics on the Hugging Face Hub, where it has one of its own.
_ON_THE_HUB = {"auc": "roc_auc", "brier": "brier_score", "sensitivity": "recall"}

_THRESHOLDS = {
    ("price", "agreed"): N_(
        "An alarm is given from a risk of {threshold} on. The threshold follows from a price "
        "that was agreed beforehand: {price} needless alarms for one found."
    ),
    ("price", "assumed"): N_(
        "An alarm is given from a risk of {threshold} on. The threshold follows from a price "
        "that is an assumption, agreed with nobody yet: {price} needless alarms for one found."
    ),
    ("training", "agreed"): N_(
        "An alarm is given from a risk of {threshold} on. The threshold was chosen on training "
        "people. Net benefit takes the price agreed on: {price} needless alarms for one found."
    ),
    ("training", "assumed"): N_(
        "An alarm is given from a risk of {threshold} on. The threshold was chosen on training "
        "people. Net benefit takes a price that is an assumption, agreed with nobody yet: {price} "
        "needless alarms for one found."
    ),
}

_FENCE = "---"


def title(name: str) -> str:
    """What a number is called on the card.

    Examples
    --------
    >>> title("ppv")
    'Positive predictive value'
    """
    return _(_TITLES[name])


def render(study: Any, words: Mapping[str, str]) -> str:
    """Write the card of a study: see `Study.card`."""
    texts = _texts(study, words)
    lines = [*_front_matter(study, words, texts), *_markdown(study, texts)]
    return "\n".join(lines) + "\n"


def body(card: str) -> str:
    """Return the Markdown of a card, without its front matter.

    Examples
    --------
    >>> body('---\\nlanguage: "en"\\n---\\n\\n# A model\\n')
    '# A model\\n'
    """
    found = re.match(rf"{_FENCE}\n.*?\n{_FENCE}\n\n?", card, re.DOTALL)
    if found is None:
        raise ValueError(_("This is no card: it should begin with ---, as study.card() wrote it."))
    return card[found.end() :]


def notes_of(card: str) -> dict[str, Any]:
    """Return what the front matter keeps for `verify`: words, settings, SHA-256 of the data.

    Raises
    ------
    ValueError
        When the text is no card of this package.
    """
    notes = {}
    for line in card.partition(f"\n{_FENCE}\n")[0].splitlines():
        key, colon, value = line.strip().partition(": ")
        if key in ("words", "settings", "data", "files") and colon:
            try:
                notes[key] = json.loads(value)
            except ValueError:
                break
    if len(notes) < 4 or not all(isinstance(one, dict) for one in notes.values()):
        raise ValueError(
            _("This is no card of medlearn.report: its front matter lacks words, settings or data.")
        )
    return notes


# --- the words -------------------------------------------------------------------------------


def _texts(study: Any, words: Any) -> dict[str, str]:
    """The fields with their gaps filled, or the error that says what is wrong with them."""
    inputs.mapping(words, "words")
    if unknown := [key for key in words if key not in FIELDS]:
        raise ValueError(
            _("words has no field {key!r}; there are {known}.").format(
                key=unknown[0], known=", ".join(FIELDS)
            )
        )
    missing = [key for key, field in FIELDS.items() if field.required and key not in words]
    if missing:
        raise ValueError(
            _("words lacks {missing}. {key}: {what}").format(
                missing=", ".join(missing), key=missing[0], what=_(FIELDS[missing[0]].what)
            )
        )
    texts = {
        key: filled(study, words[key], key, digits=not FIELDS[key].computed)
        for key in FIELDS
        if key in words
    }
    if len(re.findall(r"[.!?](?=\s+\S|$)", texts["intended_use"])) != 1:
        raise ValueError(
            _("intended_use should be exactly one sentence, which ends with a full stop.")
        )
    return texts


# --- front matter ----------------------------------------------------------------------------


def _quoted(value: Any) -> str:
    """A value as JSON, which is YAML too."""
    return json.dumps(value, ensure_ascii=False)


def _yaml(value: Any, indent: str = "") -> Iterator[str]:
    """Dictionaries and lists as blocks; words in quotes, so that none is taken for a number.

    Examples
    --------
    >>> print("\\n".join(_yaml({"tags": ["no"], "task": {"type": "a", "value": 0.5}})))
    tags:
    - "no"
    task:
      type: "a"
      value: 0.5
    """
    if isinstance(value, list):
        for one in value:
            first, *rest = _yaml(one, indent + "  ") if isinstance(one, dict) else [_quoted(one)]
            yield f"{indent}- {first.strip()}"
            yield from rest
        return
    for key, one in value.items():
        if isinstance(one, list | dict):
            yield f"{indent}{key}:"
            yield from _yaml(one, indent + ("  " if isinstance(one, dict) else ""))
        else:
            yield f"{indent}{key}: {_quoted(one)}"


def _front_matter(study: Any, words: Mapping[str, str], texts: Mapping[str, str]) -> Iterator[str]:
    metrics = [
        {
            "type": _ON_THE_HUB.get(name, name),
            "name": f"{title(name)}: {study.numbers[name]}",
            "value": round(study.results[name].value, 4),
        }
        for name in _TITLES
        if study.results[name]
    ]
    kind, dataset = "tabular-classification", texts["dataset"]
    data = {"type": dataset, "name": texts.get("dataset_name", dataset)}
    result = {"task": {"type": kind}, "dataset": data, "metrics": metrics}
    matter = {"language": language.current()}
    matter |= {key: texts[key] for key in ("license",) if key in texts}
    matter |= {"tags": ["medlearn", kind]}
    matter |= {"model-index": [{"name": texts["name"], "results": [result]}]}
    kept = {
        "settings": study.settings(),
        "data": study.hashes(),
        "files": study.files,
        "words": {key: words[key] for key in FIELDS if key in words},
    }
    yield _FENCE
    yield from _yaml(matter)
    yield "medlearn:"
    yield from (f"  {key}: {_quoted(one)}" for key, one in kept.items())
    yield _FENCE
    yield ""


# --- Markdown --------------------------------------------------------------------------------


def _markdown(study: Any, texts: Mapping[str, str]) -> Iterator[str]:
    yield "# " + _("{name}, version {version}").format(name=texts["name"], version=texts["version"])
    computed = {
        "details": _threshold,
        "metrics": _measures,
        "evaluation": _flow,
        "factors": _factors,
        "results": _results,
    }
    for heading, words in HEADINGS.items():
        if not heading:
            continue
        yield ""
        yield f"## {_(words)}"
        for part in computed.get(heading, lambda study: ())(study):
            yield ""
            yield part
        for key, field in FIELDS.items():
            if field.heading == heading and key in texts:
                yield ""
                yield f"**{_(field.label)}.** {texts[key]}{_items(*field.items)}"


def _items(*items: str) -> str:
    """Which items of TRIPOD+AI a paragraph answers."""
    return f" *(TRIPOD+AI {', '.join(items)})*" if items else ""


def _threshold(study: Any) -> Iterator[str]:
    words = _(_THRESHOLDS[study.threshold_from, study.price_from])
    yield words.format(threshold=study.numbers["threshold"], price=study.numbers["price"]) + _items(
        "15"
    )


def _factors(study: Any) -> Iterator[str]:
    names = ", ".join(study.subgroups)
    if names:
        yield _("The numbers are also given by {names}.").format(names=names) + _items("23a")
    else:
        yield _("No subgroup was looked at.")


def _measures(study: Any) -> Iterator[str]:
    yield (
        _(
            "Discrimination: AUC. At the threshold: sensitivity, specificity, predictive values. "
            "Calibration: observed/expected, slope. Both together: Brier score. Clinical utility: "
            "net benefit, beside alarming everybody, nobody, and by the baselines."
        )
        + _items("12e")
    )
    yield _(
        "In brackets: 95 % intervals from {n:,} resamples of patients (seed {seed}), the model "
        "held fixed; resamples that do not determine a number are left out."
    ).format(n=study.n_resamples, seed=study.seed)


def _flow(study: Any) -> Iterator[str]:
    counts = list(study.stages.items())
    lines = [_("- {n:,} {name}").format(n=counts[0][1], name=counts[0][0])]
    for (_name, before), (name, after), reason in zip(
        counts, counts[1:], study.reasons, strict=False
    ):
        lines.append(_("  - {n:,} left: {reason}").format(n=before - after, reason=reason))
        lines.append(_("- {n:,} {name}").format(n=after, name=name))
    lines += [_("  - {n:,} {name}").format(n=n, name=name) for name, n in study.ends().items()]
    lines[0] = _("Who was let in, and who left:") + _items("20a", "21") + "\n\n" + lines[0]
    yield "\n".join(lines)


def _results(study: Any) -> Iterator[str]:
    yield _("All {n} people, {events} with the outcome:").format(
        n=study.numbers["n"], events=study.numbers["events"]
    ) + _items("23a")
    table = study.table()
    yield _table(
        ["", *table.columns],
        [[name, *row] for name, row in zip(table.index, table.to_numpy().tolist(), strict=True)],
    )
    yield _("Net benefit of the model less that of another, per 1,000 people, paired:")
    yield _table([_("other"), _("difference")], list(study.gains().items()))
    if study.subgroups:
        groups = study.subgroup_table()
        yield _(
            "Subgroups; no number where fewer than ten have the outcome, no AUC and no specificity "
            "where fewer than ten are without it:"
        ) + _items("23a")
        yield _table(list(groups.columns), groups.to_numpy().tolist())


def _table(head: list[str], rows: list[list[Any]]) -> str:
    """A table in Markdown, whose width follows from nothing."""
    cells = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(_cell(one) for one in row) + " |" for row in cells)


def _cell(one: Any) -> str:
    text = f"{one:,}" if isinstance(one, int) else str(one)
    return text.replace("|", "\\|")
