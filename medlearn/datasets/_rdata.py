"""R's data files, which are read when a set is rebuilt: with the package rdata, imported there.

Not a set of its own.
"""

from __future__ import annotations

import lzma
from typing import TYPE_CHECKING, Any

from medlearn.datasets.errors import DataError
from medlearn.language import _

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["lazy_table", "r_object"]


def r_object(raw: bytes, name: str, *, extension: str | None = None, **options: Any) -> Any:
    """Return what a file of R holds.

    Parameters
    ----------
    raw : bytes
        The file.
    name : str
        The set that is rebuilt, for the error.
    extension : str, optional
        ``".rds"`` for a file with one object that has no name.
    **options
        For ``rdata.conversion.convert``.

    Raises
    ------
    DataError
        The package rdata is not installed.
    """
    try:
        import rdata
    except ImportError:
        raise DataError(
            _(
                "{name}: the package rdata reads R's files, and it is not installed. "
                "Install it: pip install rdata"
            ).format(name=name)
        ) from None
    return rdata.conversion.convert(rdata.parser.parse_data(raw, extension=extension), **options)


def lazy_table(index: bytes, base: bytes, table: str, name: str) -> pd.DataFrame:
    """Return one table of an R package, as it keeps them for `data(table)`.

    Parameters
    ----------
    index : bytes
        ``Rdata.rdx``: where each object begins in the other file, and its length.
    base : bytes
        ``Rdata.rdb``: the objects. Each is its length in 4 bytes, a letter (Z: xz without a
        header) and its compressed bytes.
    table : str
        Its name in R.
    name : str
        The set that is rebuilt, for errors.

    Returns
    -------
    DataFrame
        A factor of R is a category of words; a date is its number of days.

    Raises
    ------
    DataError
        There is no table of that name, or it is not compressed with xz; or the package rdata is
        not installed.
    """
    places = r_object(index, name, extension=".rds")["variables"]
    if table not in places:
        raise DataError(
            _("{name}: the package holds no table {table!r}.").format(name=name, table=table)
        )
    begin, length = (int(number) for number in places[table])
    packed = base[begin : begin + length]
    if packed[4:5] != b"Z":
        raise DataError(
            _("{name}: {table!r} is not compressed with xz.").format(name=name, table=table)
        )
    raw = lzma.decompress(packed[5:], lzma.FORMAT_RAW, filters=[{"id": lzma.FILTER_LZMA2}])

    import rdata

    as_number = {"Date": lambda days, attributes: days}
    known = {**rdata.conversion.DEFAULT_CLASS_MAP, **as_number}
    return r_object(raw, name, extension=".rds", constructor_dict=known)
