"""Lesson 14: its reader of molecules, what it says of twins, and what its explorer shows."""

import ast
import hashlib
import json
import re
from zlib import crc32

import numpy as np
import pytest

from medlearn import datasets, lessons, plots
from medlearn.molecules import read_smiles
from medlearn.widgets import similarity_explorer
from tools import reference

LESSON = lessons.find()["14"]
CODE = [lessons.text_of(c) for c in LESSON.notebook["cells"] if c["cell_type"] == "code"]


@pytest.fixture(scope="module")
def names():
    """The functions and constants of the lesson that have to do with molecules."""
    found = {"re": re, "np": np, "crc32": crc32}
    wanted = {"pieces", "graph", "number_of", "circles", "lasting"}
    for source in CODE:
        if "ex." in source and ".check(" in source:
            continue
        for node in ast.parse(source).body:
            constant = isinstance(node, ast.Assign) and ast.unparse(node.targets[0]).isupper()
            if constant or (isinstance(node, ast.FunctionDef) and node.name in wanted):
                exec(ast.unparse(node), found)
    assert wanted <= set(found)
    return found


@pytest.fixture(scope="module")
def brain():
    return datasets.load_bbb()


def test_the_lesson_loads_what_it_says():
    assert LESSON.data == ("bbb",)


def test_each_atom_and_bond_is_that_of_rdkit(brain):
    """All structures: the committed counts and checksum are RDKit's (`make test-reference`)."""
    said = json.loads((reference.FOLDER / "molecules.json").read_text("utf-8"))
    digest = hashlib.sha256()
    counts = dict.fromkeys(said["counts"], 0)
    for line in brain.smiles + brain.disputed.smiles:
        atoms, bonds = read_smiles(line)
        atoms = [list(each) for each in atoms]
        bonds = sorted([*sorted([a, b]), float(order)] for a, b, order in bonds)
        digest.update(json.dumps([atoms, bonds]).encode())
        counts["structures"] += 1
        counts["atoms"] += len(atoms)
        counts["hydrogens"] += sum(each[1] for each in atoms)
        counts["bonds"] += len(bonds)
        counts["charged"] += sum(each[2] != 0 for each in atoms)
    assert counts == said["counts"] and digest.hexdigest() == said["sha256"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "begins with an atom"),
        ("(C)C", "begins with an atom"),
        ("CXC", "position 1: 'X' is no part"),
        ("CC C", "position 2: ' ' is no part"),
        ("c1ccccc", r"position 1: '1' is never closed"),
        ("CC(C", r"position 2: '\(' is never closed"),
        ("CC)C", r"position 2: this '\)' closes nothing"),
        ("C[NH4", r"position 1: '\[' is no part"),
        ("C[Zz]", r"position 1: \[Zz\] is no atom that is known"),
        ("C[n+x]", r"position 1: \[n\+x\] is no atom"),
        ("C11", "position 2: a ring of one atom"),
    ],
)
def test_a_text_that_is_no_molecule_is_refused_with_its_place(text, said):
    with pytest.raises(ValueError, match=said):
        read_smiles(text)


def test_what_is_no_text_is_refused():
    with pytest.raises(TypeError, match="as a text; float came"):
        read_smiles(float("nan"))


def test_circles_know_a_molecule_however_it_is_written(names, brain):
    def stamp_of(text, rounds=3):
        return tuple(sorted(names["circles"](*read_smiles(text), rounds)))

    assert stamp_of("OCC") == stamp_of("C(O)C") == stamp_of("CCO") != stamp_of("COC")
    assert stamp_of("C[C@H](N)O") == stamp_of("C[C@@H](N)O") == stamp_of("CC(N)O")
    # the lesson names these two, decalin and bicyclopentyl: different, and yet of one stamp
    assert stamp_of("C1CCC2CCCCC2C1") == stamp_of("C1CCCC1C1CCCC1")
    found = [stamp_of(text) for text in brain.rows.smiles]
    # one stamp a structure, and one structure a stamp: the groups are RDKit's
    pairs = set(zip(found, brain.rows.structure.tolist(), strict=True))
    assert len(set(found)) == len(pairs) == 4037


def test_a_charge_that_lasts_is_told_from_a_nitro_group(names):
    def lasts(text):
        return names["lasting"](*read_smiles(text))

    assert lasts("C[N+](C)(C)C") and lasts("C[N+](C)(C)CC(=O)[O-]")
    assert not lasts("C[N+](=O)[O-]") and not lasts("CC[O-]") and not lasts("C[N+](C)(C)[O-]")


def test_hydroxyzine_and_cetirizine_are_of_one_scaffold_as_it_says(brain):
    first, second = (brain.names.index(name) for name in ("hydroxyzine", "levocetirizine"))
    assert brain.groups[first] == brain.groups[second]
    assert brain.target[[first, second]].tolist() == [1, 0]


MOLECULE = [("C", 3, 0), ("O", 1, 0)], [(0, 1, 1)], [(0, 0), (1, 0)]


def made(n=50, **how):
    alike = np.linspace(0.1, 1, n)
    wrong = {"rule": np.arange(n) % 2, "model": alike < 0.4}
    how = {"similarity": alike, "wrong": wrong, "nearest": np.zeros(n, dtype=int)} | how
    return similarity_explorer(
        **how, molecules=[MOLECULE] * n, labels=[f"molecule {k}" for k in range(n)]
    )


def test_the_explorer_counts_only_what_is_far_enough():
    explorer = made()
    assert "at most 100 % like a training molecule: 50 of 50" in explorer.words
    assert "rule ≈ 50, model ≈ 34" in explorer.words and "molecule 49" in explorer.words
    explorer.controls["limit"].value = 70
    assert "33 of 50" in explorer.words and "rule ≈ 48, model ≈ 52" in explorer.words
    assert "Drawn: molecule 32; of the training molecules it is most like molecule 0" in (
        explorer.words
    )
    explorer.controls["limit"].value = 25
    assert "too few to count" in explorer.words


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"wrong": {}}, "at least one way of deciding"),
        ({"wrong": {"rule": np.full(50, 2)}}, "expected 1"),
        ({"wrong": {"rule": np.zeros(3)}}, "same number of rows"),
        ({"similarity": np.full(50, 1.5)}, "similarity"),
        ({"nearest": np.full(50, 50)}, "whole ones from 0 to 49"),
        ({"nearest": np.full(50, 0.5)}, "whole ones"),
        ({"n": 10}, "at least 30 molecules, 10 came"),
    ],
)
def test_the_explorer_refuses_what_it_cannot_draw(how, said):
    with pytest.raises(ValueError, match=said):
        made(**how)


def test_a_drawing_writes_what_is_no_carbon():
    atoms = [("C", 3, 0), ("N", 0, 1), ("O", 0, -1), ("N", 2, 0)]
    ax = plots.molecule(atoms, [(0, 1, 1), (1, 2, 2), (1, 3, 1.5)], np.eye(4)[:, :2])
    assert [text.get_text() for text in ax.texts] == ["N+", "O−", "NH$_2$"]
    assert len(ax.lines) == 5, "one line, two for the double bond, two for the aromatic one"
    for bad, places in (([(0, 9, 1)], np.eye(4)[:, :2]), ([], np.zeros((3, 2)))):
        with pytest.raises(ValueError, match="atoms"):
            plots.molecule(atoms, bad, places)
