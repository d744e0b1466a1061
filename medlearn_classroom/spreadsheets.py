"""Tables that people saved with a spreadsheet: which encoding, which separator, which rows.

Excel's plain "CSV" is written in the code page of its Windows or Mac, and does not say in which. A
guess turns "Łukasz" into "£ukasz". So a table that is to come back gets a last column without
entries whose head is `MARKER`: the bytes that it has become say which code page it was.
"""

from __future__ import annotations

import csv
import importlib.util
import io
import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from medlearn.language import _
from medlearn_classroom import ClassroomError
from medlearn_classroom.words import one_line

__all__ = ["MARKER", "needs_openpyxl", "number", "rows", "workbook"]

MARKER = "encoding: ÄŁőşģßЖΩאعđ€"  # no text: read by programs
"""Letters of which no two code pages hold the same at the same places."""

_CODE_PAGES = [
    "cp1252",
    "cp1250",
    "cp1251",
    "cp1253",
    "cp1254",
    "cp1255",
    "cp1256",
    "cp1257",
    "cp1258",
    "cp874",
    "cp932",
    "cp936",
    "cp949",
    "cp950",
    "mac_roman",
    "mac_latin2",
    "mac_cyrillic",
    "mac_greek",
    "mac_turkish",
    "cp437",
    "cp850",
    "cp852",
    "cp866",
]


def _as_in(code_page: str) -> re.Pattern[bytes]:
    """The bytes that the marker becomes there. What the page lacks becomes "?", or a letter."""
    parts = []
    for letter in MARKER:
        try:
            parts.append(re.escape(letter.encode(code_page)))
        except UnicodeEncodeError:
            parts.append(rb"[\x20-\x7e]")
    return re.compile(b"".join(parts))


def _decoded(content: bytes, path: Path) -> str:
    """A text in UTF-8 or UTF-16, or in the code page that its marker tells."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):  # Excel's "Unicode text"
        return content.decode("utf-16")
    try:
        return content.decode("utf-8-sig")  # Excel's "CSV UTF-8", and all that is ASCII
    except UnicodeDecodeError:
        pass
    for code_page in _CODE_PAGES:
        if _as_in(code_page).search(content):
            return content.decode(code_page)
    said = _(
        "{file} is in none of the encodings that are known for sure, and a guess could change "
        'names. Save it again as "CSV UTF-8", and name that. (A table whose last column {marker!r} '
        "is kept may be saved as any CSV.)"
    )
    raise ClassroomError(said.format(file=path, marker=MARKER))


def _text(path: Path) -> str:
    """The text of a table, in whichever of its encodings a spreadsheet has saved it."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise ClassroomError(_("{file}: there is no such file.").format(file=path)) from None
    except IsADirectoryError:
        said = _("{file} is a folder. Name the table in it.")
        raise ClassroomError(said.format(file=path)) from None
    except PermissionError:  # what Windows says of a folder, too
        said = _("{file} cannot be read. Is it a folder, or open in a spreadsheet? Close it there.")
        raise ClassroomError(said.format(file=path)) from None
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        said = _(
            "{file} is a spreadsheet. Save it as CSV in the spreadsheet program, and name that."
        )
        raise ClassroomError(said.format(file=path))
    try:
        text = _decoded(content, path)
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        said = _("{file} is no text. Save the table as CSV (UTF-8), and name that.")
        raise ClassroomError(said.format(file=path))
    return text


def _separator(lines: list[str]) -> tuple[str, int]:
    """The separator, and how many lines come before the header."""
    for number, line in enumerate(lines):
        if line.strip().lower().startswith("sep=") and len(line.strip()) <= 5:
            return line.strip("\r\n ")[4:5] or "\t", number + 1
        if line.strip():
            return max(";,\t", key=line.count), number
    return ",", 0


def number(text: str) -> float:
    """A number as people type it, with a point or a comma; NaN where it is none.

    Examples
    --------
    >>> number(" 1,5"), number("good")
    (1.5, nan)
    """
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return math.nan


def needs_openpyxl() -> None:
    """Say what to install where workbooks cannot be written.

    Raises
    ------
    ClassroomError
        When openpyxl is missing.
    """
    if importlib.util.find_spec("openpyxl") is None:
        said = _("A workbook (.xlsx) needs openpyxl: pip install openpyxl. Or name a .csv file.")
        raise ClassroomError(said)


def workbook(sheets: Mapping[str, tuple[Sequence[str], Sequence[Sequence[Any]]]]) -> bytes:
    """A workbook as a file holds it.

    Parameters
    ----------
    sheets : mapping of str to (head, rows)
        By the name of the sheet. Texts stay texts, whatever they look like; numbers are numbers.

    Raises
    ------
    ClassroomError
        When openpyxl is missing.
    """
    needs_openpyxl()
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    book.remove(book.active)
    for name, (head, lines) in sheets.items():
        sheet = book.create_sheet(name)
        sheet.append(list(head))
        for cell in sheet[1]:
            cell.font = Font(bold=True)
        sheet.freeze_panes = "B2"
        for line in lines:
            # A workbook takes no control characters, which a learner's text may hold.
            sheet.append([one_line(value) if isinstance(value, str) else value for value in line])
            for cell in sheet[sheet.max_row]:
                if isinstance(cell.value, str):
                    cell.data_type = "s"  # "=1+1" is no formula here
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _sheet(path: Path, name: str) -> list[tuple[str, list[str]]]:
    """The rows of one sheet of a workbook, as texts."""
    needs_openpyxl()
    from openpyxl import load_workbook

    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except Exception as error:  # a damaged file raises whatever its part raises
        said = _("{file} cannot be read as a workbook: {why}")
        raise ClassroomError(said.format(file=path, why=error)) from None
    if name not in book.sheetnames:
        said = _("{file} has no sheet {name!r}. Mark again, or give it back its name.")
        raise ClassroomError(said.format(file=path, name=name))
    found = []
    for number, row in enumerate(book[name].iter_rows(values_only=True), start=1):
        texts = ["" if v is None else f"{v:g}" if isinstance(v, float) else str(v) for v in row]
        if any(text.strip() for text in texts):
            where = _("{file}, sheet {name}, line {n}").format(file=path, name=name, n=number)
            found.append((where, texts))
    book.close()
    return found


def rows(path: Path, sheet: str = "") -> tuple[str, list[tuple[str, list[str]]]]:
    """The rows of a table that are not empty, each with its place.

    Parameters
    ----------
    path : Path
        With commas, semicolons or tabs; in UTF-8 with or without a byte-order mark, in UTF-16 with
        one, or in the code page that its `MARKER` tells. The column of the marker is left out.
    sheet : str, optional
        Where the file may be a workbook (.xlsx), the sheet to read.

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
    if sheet and path.suffix.lower() == ".xlsx":
        return ",", _sheet(path, sheet)
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
    return separator, _without_marker(found)


def _without_marker(table: list[tuple[str, list[str]]]) -> list[tuple[str, list[str]]]:
    """The table without the column of the marker, whatever an encoding has made of it."""
    opening = MARKER.partition(":")[0] + ":"
    head = table[0][1] if table else []
    places = [place for place, name in enumerate(head) if name.strip().startswith(opening)]
    if places:
        for _where, row in table:
            if row is head or not any(row[places[0] : places[0] + 1]):  # else a row has shifted
                del row[places[0] : places[0] + 1]
    return table
