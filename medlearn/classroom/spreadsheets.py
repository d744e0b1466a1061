"""Tables that people saved with a spreadsheet: which encoding, which separator."""

from __future__ import annotations

from pathlib import Path

from medlearn.classroom import ClassroomError

__all__ = ["separator", "text"]


def text(path: Path) -> str:
    """The text of a table, in whichever of its encodings a spreadsheet has saved it."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise ClassroomError(f"{path}: there is no such file.") from None
    except IsADirectoryError:
        raise ClassroomError(f"{path} is a folder. Name the filled-in answers.csv.") from None
    except PermissionError:  # what Windows says of a folder, too
        raise ClassroomError(
            f"{path} cannot be read. Is it a folder, or open in a spreadsheet? Close it there."
        ) from None
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise ClassroomError(
            f"{path} is a spreadsheet. Save it as CSV in the spreadsheet program, and name that."
        )
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
    raise ClassroomError(f"{path} is no text. Save the table as CSV (UTF-8), and name that.")


def separator(lines: list[str]) -> tuple[str, int]:
    """The separator, and how many lines come before the header."""
    for number, line in enumerate(lines):
        if line.strip().lower().startswith("sep=") and len(line.strip()) <= 5:
            return line.strip("\r\n ")[4:5] or "\t", number + 1
        if line.strip():
            return max(";,\t", key=line.count), number
    return ",", 0
