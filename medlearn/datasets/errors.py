"""What goes wrong with data, said so that a learner knows what to do."""

from __future__ import annotations

__all__ = ["DataError", "DownloadError"]


class DataError(RuntimeError):
    """A data file or a card is missing, damaged or not what it should be.

    The message says which file, what was expected, what was found, and what to do.
    """


class DownloadError(DataError):
    """A file could not be fetched; the message says how to put it in place by hand."""
