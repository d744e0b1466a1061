# /// script
# requires-python = ">=3.11"
# dependencies = ["numpy==2.4.6", "rdkit==2026.9.1"]
# ///
"""Atoms, hydrogens, charges and bonds of the structures of `bbb`, by the package RDKit.

Too many to be committed: their numbers are, and one checksum of them all.
"""

import hashlib
import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
from rdkit import Chem

data = Path(__file__).resolve().parents[2] / "data" / "bbb.npz"
with np.load(data, allow_pickle=False) as file:
    lines = file["smiles"].tobytes().decode("utf-8").split("\n")
digest = hashlib.sha256()
counts = {"structures": len(lines), "atoms": 0, "hydrogens": 0, "bonds": 0, "charged": 0}
for line in lines:
    molecule = Chem.MolFromSmiles(line)
    atoms = [
        [each.GetSymbol(), each.GetTotalNumHs(), each.GetFormalCharge()]
        for each in molecule.GetAtoms()
    ]
    bonds = [
        [*sorted([each.GetBeginAtomIdx(), each.GetEndAtomIdx()]), each.GetBondTypeAsDouble()]
        for each in molecule.GetBonds()
    ]
    digest.update(json.dumps([atoms, sorted(bonds)]).encode())
    counts["atoms"] += len(atoms)
    counts["hydrogens"] += sum(hydrogens for _element, hydrogens, _charge in atoms)
    counts["bonds"] += len(bonds)
    counts["charged"] += sum(charge != 0 for _element, _hydrogens, charge in atoms)
versions = {name: version(name) for name in ("numpy", "rdkit")}
print(json.dumps({"versions": versions, "counts": counts, "sha256": digest.hexdigest()}, indent=1))
