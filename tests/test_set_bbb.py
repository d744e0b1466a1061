"""B3DB: structures, the rows they come from, and what the source says of each."""

import sys
from collections import Counter

import numpy as np
import pytest

from medlearn import datasets
from medlearn.datasets import DataError, bbb

HEAD = "NO.\tcompound_name\tSMILES\tlogBB\tBBB+/BBB-\treference\n"
ROWS = (
    "1\t(S)-Drug\tC[C@H](N)c1ccccc1\t-0.5\tBBB+\tR1|R1|R27|\n"
    "2\tdrug (+)\tC[C@@H](N)c1ccccc1\t\tBBB+\tR2|\n"
    "3\tethanol\tCCO\t\tBBB+\tR3|\n"
    "4\t64-17-5\tOCC\t\tBBB-\tR4|\n"
    "5\tmorphine\tCC(C)O\t\tBBB-\tR16|R10|\n"
    "6\tnobody\tC[C+](C)(C)(C)C\t\tBBB-\tR9|\n"
)
MORE = "\ufeff" + HEAD + "1\tTea\tOCC\t\tBBB+\tpage\n2\tnew\tCCCO\t\tBBB-\tpage\n"


@pytest.fixture(scope="module")
def brain():
    return datasets.load_bbb()


def test_structures_and_rows_have_the_counts_of_the_card(brain):
    rows = brain.rows
    assert brain.data.shape == (3907, 8) and len(brain.smiles) == len(brain.names) == 3907
    assert len(set(brain.groups)) == 2313 and np.bincount(brain.target).tolist() == [1431, 2476]
    assert len(rows.smiles) == len(set(rows.smiles)) == 7805
    assert len(set(brain.smiles + brain.disputed.smiles)) == 4037 == len(set(rows.structure))
    sizes = Counter(rows.structure.tolist())
    assert max(sizes.values()) == 9
    assert sum(n for structure, n in sizes.items() if structure >= 3907) == 426
    assert (~np.isnan(rows.logbb)).sum() == 1058
    assert rows.sources.shape == (7805, 50) and rows.sources.any(axis=1).all()
    assert datasets.card("bbb") == brain.DESCR


def test_a_structure_has_the_label_of_its_rows_and_a_disputed_one_both(brain):
    rows = brain.rows
    sure = rows.structure < 3907
    assert np.array_equal(brain.target[rows.structure[sure]], rows.target[sure])
    for structure in range(3907, 4037):
        assert set(rows.target[rows.structure == structure]) == {0, 1}
    # The right way round: a sleeping pill enters, a heart drug with many sugars does not.
    for name, target in [("diazepam", 1), ("digoxin", 0), ("nicotine", 1)]:
        assert brain.target[brain.names.index(name)] == target
    measured = ~np.isnan(rows.logbb)
    assert np.mean((rows.logbb[measured] >= -1) == rows.target[measured]) == 1


def test_descriptors_are_in_their_units(brain):
    drug = dict(zip(brain.feature_names, brain.data[brain.names.index("hydroxyzine")], strict=True))
    assert drug["weight"] == 374.91 and drug["tpsa"] == 35.94 and drug["rings"] == 3
    assert (drug["donors"], drug["acceptors"], drug["aromatic_rings"]) == (1, 4, 2)


def test_each_atom_has_a_place_for_a_drawing(brain):
    crossed = 0
    for smiles, places in zip(brain.smiles[:200], brain.positions[:200], strict=True):
        heavy = sum(character.isalpha() for character in smiles.replace("Cl", "X"))
        assert len(places) <= heavy, "brackets may hold hydrogens"
        crossed += len({tuple(place) for place in places}) < len(places)
    assert crossed <= 4, "a cage drawn flat may cross itself; others must not"
    places = brain.positions[brain.names.index("hydroxyzine")]
    assert np.hypot(*(places[0] - places[1])) == pytest.approx(1, abs=0.1), "a bond is 1 long"


def test_the_names_that_the_source_mixed_up_are_gone(brain):
    everything = brain.names + brain.disputed.names
    assert max(n for name, n in Counter(everything).items() if name) == 1
    assert brain.smiles[brain.names.index("nicotine")] == "CN1CCCC1c1cccnc1"
    assert not any(name.startswith(("(s)-", "(r)-")) for name in everything)


def test_the_external_part_has_its_flaw(brain):
    more = brain.external
    assert len(more.smiles) == len(more.names) == 175 and more.target.sum() == 171
    assert (more.structure >= 0).sum() == 83
    for smiles, structure in zip(more.smiles, more.structure, strict=True):
        if 0 <= structure < 3907:
            assert brain.smiles[structure] == smiles


def test_it_loads_as_the_other_sets_do(brain):
    framed = datasets.load_bbb(as_frame=True)
    assert list(framed.data.columns) == brain.feature_names and framed.target.name == "target"
    assert framed.frame.shape == (3907, 9) and brain.frame is None
    X, y = datasets.load_bbb(return_X_y=True)
    assert np.array_equal(brain.data, X) and np.array_equal(brain.target, y)


def test_rows_become_structures():
    pytest.importorskip("rdkit", reason="only for building: pip install rdkit==2026.9.1")
    arrays = bbb.convert((HEAD + ROWS).encode(), MORE.encode())
    assert bbb._lines(arrays["smiles"]) == ["CC(N)c1ccccc1", "CC(C)O", "CCO"]
    assert bbb._lines(arrays["names"]) == ["drug", "", "ethanol"]
    assert arrays["target"].tolist() == [1, 0], "ethanol carries both labels"
    assert arrays["row_structure"].tolist() == [0, 0, 2, 2, 1]
    assert arrays["row_target"].tolist() == [1, 1, 1, 0, 0]
    assert arrays["scaffold"].tolist() == [0, 1, 2] and arrays["n_atoms"].tolist() == [9, 4, 3]
    assert arrays["row_logbb"][0] == -0.5 and np.isnan(arrays["row_logbb"][1:]).all()
    sources = np.unpackbits(arrays["row_sources"], axis=1, count=50)
    assert np.flatnonzero(sources[0]).tolist() == [0, 26]
    assert arrays["external_structure"].tolist() == [2, -1]
    assert bbb._lines(arrays["external_names"]) == ["tea", "new"]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (HEAD, "no rows"),
        ("SMILES\nCCO\n", "not the columns compound_name"),
        (HEAD + "1\ta\tCCO\t\tperhaps\tR1|\n", "found 'perhaps'"),
    ],
)
def test_another_table_is_refused(raw, said):
    pytest.importorskip("rdkit", reason="only for building: pip install rdkit==2026.9.1")
    with pytest.raises(DataError, match=said):
        bbb.convert(raw.encode(), MORE.encode())


def test_without_rdkit_the_build_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "rdkit", None)
    with pytest.raises(DataError, match=r"pip install rdkit==2026\.9\.1"):
        bbb.convert(b"", b"")
