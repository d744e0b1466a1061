"""What a card must say: its fields, under the headings of Mitchell et al."""

from __future__ import annotations

from typing import Any, NamedTuple

from medlearn.language import N_, _

__all__ = ["FIELDS", "HEADINGS", "Field", "fields"]

HEADINGS = {
    "": "",
    "details": N_("Model Details"),
    "use": N_("Intended Use"),
    "factors": N_("Factors"),
    "metrics": N_("Metrics"),
    "evaluation": N_("Evaluation Data"),
    "training": N_("Training Data"),
    "results": N_("Quantitative Analyses"),
    "ethics": N_("Ethical Considerations"),
    "caveats": N_("Caveats and Recommendations"),
}
"""Id → heading, in the order of Mitchell et al.; what stands under none is no prose."""


class Field(NamedTuple):
    """One thing that a person writes."""

    heading: str
    """Id of the heading under which it stands."""
    label: str
    """With what its paragraph begins."""
    what: str
    """What belongs there."""
    items: tuple[str, ...] = ()
    """The items of TRIPOD+AI that ask for it."""
    required: bool = True
    computed: bool = False
    """Prose of results: its numbers are computed, and a digit that is typed is refused."""


FIELDS = {
    "name": Field("", "", N_("What the model is called.")),
    "version": Field("", "", N_("Its version, which also stands on every answer.")),
    "dataset": Field("", "", N_("The id of the data, such as nhanes.")),
    "dataset_name": Field("", "", N_("The name of the data; the id if not given."), required=False),
    "license": Field("", "", N_("The licence of the model."), required=False),
    "model": Field(
        "details",
        N_("The model"),
        N_("The kind of model, its predictors, how it was made."),
        ("9b", "12c"),
    ),
    "intended_use": Field(
        "use",
        N_("Intended use"),
        N_("In one sentence: who uses it, for whom, when, to decide what."),
        ("3b",),
    ),
    "not_for": Field("use", N_("Not for"), N_("For whom, and for what, it must not be used.")),
    "factors": Field(
        "factors",
        N_("Groups"),
        N_("Groups for which it may differ, and why."),
        ("3c", "14"),
        required=False,
    ),
    "evaluation_data": Field(
        "evaluation",
        N_("People"),
        N_("Where the people come from, when, and who was let in."),
        ("5a", "5b", "6b"),
    ),
    "outcome": Field(
        "evaluation", N_("Outcome"), N_("What is predicted, and how it was measured."), ("8a",)
    ),
    "study_size": Field(
        "evaluation",
        N_("Study size"),
        N_("How many people were planned, and how that was worked out."),
        ("10",),
        required=False,
    ),
    "missing_data": Field(
        "evaluation",
        N_("Missing data"),
        N_("What was missing, and what was done about it."),
        ("11",),
    ),
    "training_data": Field(
        "training",
        N_("Training"),
        N_("On whom it was trained, and how they differ."),
        ("12a", "16"),
    ),
    "results": Field("results", N_("Results"), N_("What the numbers say."), ("25",), computed=True),
    "harms": Field(
        "ethics", N_("Who is harmed"), N_("Who is harmed when it errs, and how."), computed=True
    ),
    "limits": Field(
        "caveats", N_("Limits"), N_("What this study cannot show."), ("26",), computed=True
    ),
    "decision": Field("caveats", N_("Decision"), N_("Whether to use it, and why."), computed=True),
    "monitoring": Field(
        "caveats", N_("Monitoring"), N_("Who owns the monitoring, what is watched, when it stops.")
    ),
    "bad_input": Field(
        "caveats",
        N_("Bad input"),
        N_("What happens with input that is missing or out of range."),
        ("27a",),
        False,
    ),
    "next_steps": Field(
        "caveats", N_("Next steps"), N_("What should be studied next."), ("27c",), False
    ),
}
"""Key → field, in the order of the card."""


def fields() -> Any:
    """List the fields of a card: what a person writes.

    Returns
    -------
    DataFrame
        A row a field: the heading under which it stands, the items of TRIPOD+AI that ask for it,
        whether it must be there, whether digits may be typed, and what belongs there.

    Examples
    --------
    >>> fields()["digits allowed"][["results", "monitoring"]].tolist()
    [False, True]
    """
    import pandas as pd

    rows = {
        key: {
            "heading": _(HEADINGS[field.heading]),
            "TRIPOD+AI": ", ".join(field.items),
            "required": field.required,
            "digits allowed": not field.computed,  # no text: the name of a column
            "what": _(field.what),
        }
        for key, field in FIELDS.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("field")
