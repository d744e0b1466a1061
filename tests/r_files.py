"""Files of R made up for tests; the package rdata writes them."""

import lzma

import numpy as np
import pytest


def lazy_database(folder, tables):
    """The two files in which a package of R keeps its tables: index and objects."""
    rdata = pytest.importorskip("rdata", reason="only for building: pip install rdata")

    def serialised(value, compression):
        rdata.write_rds(folder / "one.rds", value, compression=compression)
        return (folder / "one.rds").read_bytes()

    places, base = {}, b""
    for name, table in tables.items():
        raw = serialised(table, None)
        packed = lzma.compress(raw, lzma.FORMAT_RAW, filters=[{"id": lzma.FILTER_LZMA2}])
        packed = len(raw).to_bytes(4, "big") + b"Z" + packed
        places[name] = np.array([len(base), len(packed)], dtype=np.int32)
        base += packed
    return serialised({"variables": places}, "gzip"), base
