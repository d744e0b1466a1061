"""Tables that people saved with a spreadsheet: which encoding, which separator, which rows."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from medlearn.language import _
from medlearn_classroom import ClassroomError

__all__ = ["rows"]


def _text(path: Path) -> str:
    """The text of a table, in whichever of its encodings a spreadsheet has saved it."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise ClassroomError(_("{file}: there is no such file.").format(file=path)) from None
    except IsADirectoryError:
        said = _("{file} is a folder. Name the filled-in answers.csv.")
        raise ClassroomError(said.format(file=path)) from None
    except PermissionError:  # what Windows says of a folder, too
        said = _("{file} cannot be read. Is it a folder, or open in a spreadsheet? Close it there.")
        raise ClassroomError(said.format(file=path)) from None
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        said = _(
            "{file} is a spreadsheet. Save it as CSV in the spreadsheet program, and name that."
        )
        raise ClassroomError(said.format(file=path))
    encodings = ["utf-8-sig", "cp1252"]  # Excel's "CSV UTF-8", and its plain "CSV"
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]  # Excel's "Unicode text"
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    said = _("{file} is no text. Save the table as CSV (UTF-8), and name that.")
    raise ClassroomError(said.format(file=path))


def _separator(lines: list[str]) -> tuple[str, int]:
    """The separator, and how many lines come before the header."""
    for number, line in enumerate(lines):
        if line.strip().lower().startswith("sep=") and len(line.strip()) <= 5:
            return line.strip("\r\n ")[4:5] or "\t", number + 1
        if line.strip():
            return max(";,\t", key=line.count), number
    return ",", 0


def rows(path: Path) -> tuple[str, list[tuple[str, list[str]]]]:
    """The rows of a table that are not empty, each with its place.

    Parameters
    ----------
    path : Path
        With commas, semicolons or tabs; in UTF-8 with or without a byte-order mark, in UTF-16 with
        one, or in Windows' cp1252.

    Returns
    -------
    (str, list of (str, list of str))
        The separator; and for each row, first the head, where it stands and its entries.

    Raises
    ------
    ClassroomError
        When the file is no such table.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "a.csv"
    ...     _written = file.write_text("code;q1\\n\\nAB;c\\n", encoding="utf-8")
    ...     separator, table = rows(file)
    >>> separator, [row for where, row in table]
    (';', [['code', 'q1'], ['AB', 'c']])
    """
    lines = _text(path).splitlines(keepends=True)
    separator, skipped = _separator(lines)
    table = csv.reader(io.StringIO("".join(lines[skipped:]), newline=""), delimiter=separator)
    found = []

    def where() -> str:
        return _("{file}, line {n}").format(file=path, n=skipped + table.line_num)

    try:
        for row in table:
            if any(entry.strip() for entry in row):
                found.append((where(), row))
    except csv.Error as error:
        raise ClassroomError(f"{where()}: {error}.") from None
    return separator, found
