"""B3DB: does a molecule cross the blood-brain barrier? Fifty publications on one list."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from medlearn.datasets.catalogue import DATASETS
from medlearn.datasets.errors import DataError
from medlearn.datasets.pages import card
from medlearn.datasets.storage import as_lines, lines_of, read
from medlearn.language import _

if TYPE_CHECKING:
    import numpy as np
    from sklearn.utils import Bunch

__all__ = ["load_bbb"]

N_SOURCES = 50
STEPS_PER_BOND = 10  # places of atoms are kept in tenths of a bond's length
# Beside these screening substances the source printed the names of well-known drugs.
_MISNAMED = "R10"
# (s)-, (2r,3s)-, (+)- before a name, and (1+) after it.
_SHAPE = re.compile(r"^\((?:\d*[a-z]*[rsez](?:,\d*[a-z]*[rsez])*|[-+?]|\+/-)\)-?|\(\d?[-+]\)$")
_COLUMNS = ("compound_name", "SMILES", "logBB", "BBB+/BBB-", "reference")


def load_bbb(*, return_X_y: bool = False, as_frame: bool = False) -> Bunch | tuple[Any, Any]:
    """Load B3DB: 3,907 structures with one label, and the 7,805 rows they come from.

    A row of the source is one drawing of a molecule: the same drug stands there up to nine times,
    with other marks of its shape in space. So the unit here is the structure, and ``groups`` is its
    scaffold, the rings and what joins them: split by it to ask about new kinds of molecules.

    Parameters
    ----------
    return_X_y : bool
        Return ``(data, target)`` instead of a Bunch.
    as_frame : bool
        Give ``data`` and ``target`` as pandas objects.

    Returns
    -------
    sklearn.utils.Bunch or (data, target)
        ``data`` (3907, 8), descriptors, their names ``feature_names`` and their units on the card;
        ``target`` (3907,) int64, 1 enters the brain, 0 does not; ``groups`` (3907,) int64, number
        of the scaffold (a molecule without a ring is a group of its own); ``smiles``, a list of
        str, without the marks of shape in space; ``names``, a list of str, ``""`` where there is
        none; ``positions``, a list of (atoms, 2) float arrays, places for a drawing, one bond's
        length long; ``frame``, the table (None unless ``as_frame``). ``disputed``: a Bunch with
        the ``smiles``, ``names``, ``data``, ``groups`` and ``positions`` of the 130 structures
        whose rows carry both labels. ``rows``: a Bunch of the source's 7,805 rows: ``smiles``
        (list of str, as printed), ``target``, ``structure`` (int64: below 3907 a row of ``data``,
        from there on one of ``disputed``), ``logbb`` (float, NaN where nobody measured), and
        ``sources`` (7805, 50) bool: which publication lists it. ``external``: a Bunch of the 175
        molecules that the authors added later: ``smiles``, ``names``, ``target``, and
        ``structure``, -1 where the structure is new. ``target_names``; ``DESCR``, the card.

    Raises
    ------
    DataError
        The file is missing or damaged.

    Notes
    -----
    Source: B3DB, Meng and others (2021), Scientific Data 8:289, doi:10.1038/s41597-021-01069-5.

    Examples
    --------
    >>> from medlearn.datasets import load_bbb
    >>> bbb = load_bbb()
    >>> bbb.data.shape, len(set(bbb.groups)), len(bbb.rows.smiles)
    ((3907, 8), 2313, 7805)
    >>> drug = bbb.names.index("hydroxyzine")
    >>> print(bbb.smiles[drug], bbb.target_names[bbb.target[drug]], sep=" | ")
    OCCOCCN1CCN(C(c2ccccc2)c2ccc(Cl)cc2)CC1 | enters the brain
    >>> int((bbb.rows.structure == drug).sum()), bbb.positions[drug].shape
    (3, (26, 2))
    """
    import numpy as np
    from sklearn.utils import Bunch

    entry = DATASETS["bbb"]
    arrays = read("bbb")
    feature_names = [variable.name for variable in entry.variables]
    target = arrays["target"].astype(np.int64)
    ends = np.cumsum(arrays["n_atoms"].astype(np.int64))[:-1]
    everything = {
        "smiles": lines_of(arrays["smiles"]),
        "names": lines_of(arrays["names"]),
        "data": arrays["descriptors"] / 100,  # kept as hundredths
        "groups": arrays["scaffold"].astype(np.int64),
        "positions": np.split(arrays["positions"] / STEPS_PER_BOND, ends),
    }
    one_label = Bunch(**{key: value[: len(target)] for key, value in everything.items()})
    if as_frame:
        import pandas as pd

        one_label.data = pd.DataFrame(one_label.data, columns=feature_names)
        target = pd.Series(target, name="target")
    if return_X_y:
        return one_label.data, target
    return Bunch(
        **one_label,
        target=target,
        frame=one_label.data.assign(target=target) if as_frame else None,
        disputed=Bunch(**{key: value[len(target) :] for key, value in everything.items()}),
        rows=Bunch(
            smiles=lines_of(arrays["row_smiles"]),
            target=arrays["row_target"].astype(np.int64),
            structure=arrays["row_structure"].astype(np.int64),
            logbb=arrays["row_logbb"].astype(float),
            sources=np.unpackbits(arrays["row_sources"], axis=1, count=N_SOURCES).astype(bool),
        ),
        external=Bunch(
            smiles=lines_of(arrays["external_smiles"]),
            names=lines_of(arrays["external_names"]),
            target=arrays["external_target"].astype(np.int64),
            structure=arrays["external_structure"].astype(np.int64),
        ),
        feature_names=feature_names,
        target_names=np.array(entry.target_names),
        DESCR=card("bbb"),
    )


def convert(raw: bytes, raw_external: bytes) -> dict[str, np.ndarray]:
    """Gather the rows of the source by structure, with scaffolds, descriptors and places."""
    import numpy as np

    try:
        from rdkit import Chem, RDLogger
    except ImportError:
        raise DataError(
            _(
                "bbb: the package rdkit reads molecules, and it is not installed. Install the "
                "version that made the file: pip install rdkit==2026.9.1"
            )
        ) from None
    RDLogger.DisableLog("rdApp.*")  # the card says which rows cannot be read
    rows = [row for row in _table(raw) if Chem.MolFromSmiles(row["SMILES"]) is not None]
    external = _table(raw_external)
    flat = [_flat(row) for row in rows]
    labels: dict[str, set[int]] = {}
    for smiles, row in zip(flat, rows, strict=True):
        labels.setdefault(smiles, set()).add(_label(row))
    order = sorted(labels, key=lambda smiles: len(labels[smiles]))  # one label first; else as read
    number = {smiles: n for n, smiles in enumerate(order)}
    scaffolds: dict[str, int] = {}
    scaffold = [scaffolds.setdefault(_scaffold(smiles), len(scaffolds)) for smiles in order]
    places = [_places(smiles) for smiles in order]
    sources = np.zeros((len(rows), N_SOURCES), dtype=bool)
    for n, row in enumerate(rows):
        sources[n, [int(name[1:]) - 1 for name in _sources(row)]] = True
    external_flat = [_flat(row) for row in external]
    return {
        "smiles": as_lines(order, "bbb"),
        "names": as_lines(_names(rows, flat, order), "bbb"),
        "target": np.array(
            [min(labels[smiles]) for smiles in order if len(labels[smiles]) == 1], dtype=np.uint8
        ),
        "scaffold": np.array(scaffold, dtype=np.uint16),
        "descriptors": np.array([_descriptors(smiles) for smiles in order], dtype=np.int32),
        "n_atoms": np.array([len(each) for each in places], dtype=np.uint8),
        "positions": np.concatenate(places),
        "row_smiles": as_lines([row["SMILES"] for row in rows], "bbb"),
        "row_target": np.array([_label(row) for row in rows], dtype=np.uint8),
        "row_structure": np.array([number[smiles] for smiles in flat], dtype=np.uint16),
        "row_logbb": np.array([row["logBB"] or "nan" for row in rows], dtype=np.float32),
        "row_sources": np.packbits(sources, axis=1),
        "external_smiles": as_lines(external_flat, "bbb"),
        "external_names": as_lines([_name(row) for row in external], "bbb"),
        "external_target": np.array([_label(row) for row in external], dtype=np.uint8),
        "external_structure": np.array([number.get(s, -1) for s in external_flat], dtype=np.int16),
    }


def _table(raw: bytes) -> list[dict[str, str]]:
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig")), delimiter="\t"))
    if not rows or not set(_COLUMNS) <= set(rows[0]):
        raise DataError(
            _("bbb: the table has no rows, or not the columns {columns}.").format(
                columns=", ".join(_COLUMNS)
            )
        )
    return rows


def _label(row: dict[str, str]) -> int:
    if row["BBB+/BBB-"] not in ("BBB+", "BBB-"):
        raise DataError(
            _("bbb: expected the label BBB+ or BBB-, found {label!r}.").format(
                label=row["BBB+/BBB-"]
            )
        )
    return int(row["BBB+/BBB-"] == "BBB+")


def _sources(row: dict[str, str]) -> list[str]:
    return [name for name in row["reference"].split("|") if name]


def _name(row: dict[str, str]) -> str:
    """A name without signs of shape in space and of charge; a registry number is none."""
    name = _SHAPE.sub("", " ".join(row["compound_name"].lower().split()))
    return name if re.search("[a-z]", name) else ""


def _names(rows: list[dict[str, str]], flat: list[str], order: list[str]) -> list[str]:
    """The name by which most publications list a structure; none where none is sure."""
    votes: Counter[tuple[str, str]] = Counter()
    for row, smiles in zip(rows, flat, strict=True):
        if _name(row) and _MISNAMED not in _sources(row):
            votes[smiles, _name(row)] += len(_sources(row))
    names, taken = dict.fromkeys(order, ""), set()
    for (smiles, name), _votes in votes.most_common():  # a name belongs to one structure
        if not names[smiles] and name not in taken:
            names[smiles] = name
            taken.add(name)
    return [names[smiles] for smiles in order]


def _flat(row: dict[str, str]) -> str:
    """One text for all drawings of a structure: without the marks of its shape in space."""
    from rdkit import Chem

    return Chem.MolToSmiles(Chem.MolFromSmiles(row["SMILES"]), isomericSmiles=False)


def _scaffold(smiles: str) -> str:
    """The rings and what joins them. A molecule without a ring is a group of its own."""
    from rdkit.Chem.Scaffolds import MurckoScaffold

    return MurckoScaffold.MurckoScaffoldSmiles(smiles) or f"no ring: {smiles}"  # no text: a key


def _descriptors(smiles: str) -> list[int]:
    """Eight numbers, as hundredths."""
    from rdkit import Chem
    from rdkit.Chem import Crippen, Descriptors, rdMolDescriptors

    molecule = Chem.MolFromSmiles(smiles)
    values = [
        Descriptors.MolWt(molecule),
        Crippen.MolLogP(molecule),
        rdMolDescriptors.CalcTPSA(molecule),
        rdMolDescriptors.CalcNumHBD(molecule),
        rdMolDescriptors.CalcNumHBA(molecule),
        rdMolDescriptors.CalcNumRotatableBonds(molecule),
        rdMolDescriptors.CalcNumRings(molecule),
        rdMolDescriptors.CalcNumAromaticRings(molecule),
    ]
    return [round(round(100 * value, 6)) for value in values]


def _places(smiles: str) -> np.ndarray:
    """Where a drawing puts each atom, in tenths of a bond's length."""
    import numpy as np
    from rdkit import Chem
    from rdkit.Chem import rdDepictor

    molecule = Chem.MolFromSmiles(smiles)
    rdDepictor.Compute2DCoords(molecule, bondLength=float(STEPS_PER_BOND))
    places = molecule.GetConformer().GetPositions()[:, :2]
    return np.rint(np.round(places, 3)).astype(np.int16)
