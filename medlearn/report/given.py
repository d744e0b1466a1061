"""What comes into a study: is it one, and if not, what is wrong with it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from medlearn import inputs
from medlearn.language import _

__all__ = [
    "flow",
    "labels",
    "named",
    "price",
    "price_from",
    "risks",
    "sha256_of",
    "slug",
    "threshold",
]

SOURCES = ("price", "training")
"""Where a threshold may come from."""

PRICE_FROM = ("agreed", "assumed")
"""Where a price may come from: those whom it concerns, or the person who writes the card."""


def slug(name: str) -> str:
    """A name as a placeholder may hold it.

    Examples
    --------
    >>> slug("Everyone over 60")
    'everyone_over_60'
    """
    return re.sub(r"\W+", "_", name.lower()).strip("_")


def named(values: Any, name: str) -> Mapping[str, Any]:
    """Names and columns, no two of which become one placeholder."""
    found = inputs.mapping(values, name)
    if len({slug(str(key)) for key in found} - {""}) < len(found):
        raise ValueError(
            _("{name} have names that are alike but for signs: {names}. Give each its own.").format(
                name=name, names=", ".join(map(str, found))
            )
        )
    if taken := {"all", "none"} & {slug(str(key)) for key in found}:
        raise ValueError(
            _("{name}: {taken!r} is computed anyway; leave it out, or call it otherwise.").format(
                name=name, taken=min(taken)
            )
        )
    return {str(key): one for key, one in found.items()}


def risks(values: Any, name: str, y: np.ndarray) -> np.ndarray:
    """Risks, or a rule of 0 and 1, one for each row of y."""
    found = inputs.probabilities(values, name).astype(float)
    inputs.same_length(y=y, **{name: found})
    return found


def labels(values: Any, name: str, y: np.ndarray) -> np.ndarray:
    """The label of each row of y, as text."""
    found = inputs.complete(values, name)
    inputs.same_length(y=y, **{name: found})
    return np.array([str(one) for one in found.tolist()], dtype=object)


def price(price: Any) -> float:
    """How many needless alarms one found is worth: a whole number where it is one."""
    found = inputs.number(price, "price")
    if found <= 0:
        raise ValueError(
            _(
                "price should be above 0, how many needless alarms one found is worth; it is "
                "{price}. 32 makes a threshold of 1 in 33."
            ).format(price=price)
        )
    return int(found) if found == int(found) else float(found)


def price_from(price_from: Any) -> str:
    """Whether the price was agreed on beforehand, or only assumed."""
    return str(inputs.one_of(price_from, "price_from", PRICE_FROM))


def threshold(price: float, threshold_from: Any, threshold: Any) -> float:
    """The risk from which an alarm is given, and never one that the test people chose."""
    if threshold_from == "test":
        raise ValueError(
            _(
                "A threshold that was chosen on the people it is judged by flatters the model. Let "
                'it follow from the price, threshold_from="price", or choose it on training '
                'people, threshold_from="training".'
            )
        )
    if inputs.one_of(threshold_from, "threshold_from", SOURCES) == "price":
        if threshold is not None:
            raise ValueError(
                _(
                    "The threshold follows from the price, 1 / (price + 1): leave threshold out, "
                    'or say threshold_from="training".'
                )
            )
        return 1 / (price + 1)
    found = inputs.number(threshold, "threshold")
    if not 0 < found < 1:
        raise ValueError(
            _("threshold should be a risk between 0 and 1; it is {threshold}.").format(
                threshold=threshold
            )
        )
    return float(found)


def flow(flow: Any, n: int) -> tuple[dict[str, int], list[str]]:
    """Stages and reasons that fit together, and end with the n patients."""
    if not isinstance(flow, tuple | list) or len(flow) != 2 or isinstance(flow[1], str):
        raise ValueError(
            _(
                "flow should be stages and reasons, as in "
                '({{"asked": 50, "analysed": 40}}, ["no blood sample"]); it is {flow!r}.'
            ).format(flow=flow)
        )
    stages = {
        str(name): inputs.whole_number(one, str(name), least=0)
        for name, one in inputs.mapping(flow[0], _("the stages of flow")).items()
    }
    reasons, counts = [str(reason) for reason in flow[1]], list(stages.values())
    if len(reasons) != len(counts) - 1 or counts != sorted(counts, reverse=True):
        raise ValueError(
            _(
                "flow has {stages} stages and {reasons} reasons: one reason for each step is "
                "needed, and no stage may hold more people than the one before it."
            ).format(stages=len(counts), reasons=len(reasons))
        )
    if counts[-1] != n:
        raise ValueError(
            _("flow ends with {last} people, but y has {n} patients.").format(last=counts[-1], n=n)
        )
    return stages, reasons


def sha256_of(one: Any) -> str:
    """The SHA-256 of a file, or the one that is given."""
    if isinstance(one, str) and re.fullmatch("[0-9a-f]{64}", one):
        return one
    try:
        return hashlib.sha256(Path(one).read_bytes()).hexdigest()
    except (OSError, TypeError) as error:
        raise ValueError(
            _("files: {file} cannot be read ({error}). Give its path, or its SHA-256.").format(
                file=one, error=error
            )
        ) from None
