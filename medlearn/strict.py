"""Who runs a lesson: a learner, or a command that checks it?

A learner changes things, and a lesson goes on. The commands that execute and compare lessons set
``MEDLEARN_STRICT=1`` in the kernel: a broken promise then stops it, and what only passes by while a
cell runs is not shown.
"""

from __future__ import annotations

import os

__all__ = ["VARIABLE", "strict"]

VARIABLE = "MEDLEARN_STRICT"
"""The setting's name: "1" for a command that checks, anything else for a learner."""


def strict() -> bool:
    """Whether a command that checks lessons runs this one.

    Examples
    --------
    >>> import os
    >>> from unittest.mock import patch
    >>> with patch.dict(os.environ, MEDLEARN_STRICT="1"):
    ...     strict()
    True
    """
    return os.environ.get(VARIABLE) == "1"
