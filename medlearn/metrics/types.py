"""What a metric gives back: a number with its interval, or the error that there is none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from medlearn.language import _

__all__ = ["Estimate", "UndefinedMetric", "rounded"]


class UndefinedMetric(ValueError):
    """These data do not determine the metric: nobody with the outcome, nobody alarmed, ..."""


def rounded(kind: str, fields: Mapping[str, float]) -> str:
    """A named tuple as it prints: numbers with three digits, a tiny p-value as 1.2e-07.

    Examples
    --------
    >>> rounded("DeLong", {"z": -0.0001, "p_value": 1.2345e-7})
    'DeLong(z=0.000, p_value=1.2e-07)'
    """
    numbers = ", ".join(
        f"{name}={value:.1e}" if name == "p_value" and value < 5e-4 else f"{name}={value:z.3f}"
        for name, value in fields.items()
    )
    return f"{kind}({numbers})"


class Estimate(NamedTuple):
    """A number and the interval around it: `value`, `low`, `high`.

    Examples
    --------
    >>> auc = Estimate(0.83149, 0.8021, 0.8577)
    >>> auc
    Estimate(value=0.831, low=0.802, high=0.858)
    >>> print(f"AUC {auc}, or shorter {auc:.2f}, or in percent {auc:.1%}")
    AUC 0.831 [0.802 to 0.858], or shorter 0.83 [0.80 to 0.86], or in percent 83.1% [80.2% to 85.8%]
    """

    value: float
    low: float
    high: float

    def __format__(self, spec: str) -> str:
        value, low, high = (format(number, f"z{spec or '.3f'}") for number in self)
        return _("{value} [{low} to {high}]").format(value=value, low=low, high=high)

    def __str__(self) -> str:
        return format(self, "")

    def __repr__(self) -> str:
        return rounded("Estimate", self._asdict())
