"""splits: every row in one part, no patient in two, each part with its share, or a clear error."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.model_selection import KFold, StratifiedKFold

from medlearn import language, splits
from medlearn.splits import SplitError, check_disjoint, folds, report, split

THIRDS = {"a": 1 / 3, "b": 1 / 3, "c": 1 / 3}


def clinic(patients=300, seed=0):
    """Patients with one to eight rows each and a risk of their own: y and groups."""
    rng = np.random.default_rng(seed)
    groups = np.repeat(np.arange(patients), rng.integers(1, 9, size=patients))
    y = (rng.random(len(groups)) < rng.beta(1, 3, size=patients)[groups]).astype(int)
    order = rng.permutation(len(groups))
    return y[order], groups[order]


def test_parts_of_single_rows_are_exact_to_the_row(capsys):
    y = np.repeat([0, 1], [75, 25])
    parts = split(y)
    assert {name: len(rows) for name, rows in parts.items()} == {
        "train": 60,
        "validation": 20,
        "test": 20,
    }
    assert [y[rows].sum() for rows in parts.values()] == [15, 5, 5]
    assert capsys.readouterr().out == ""
    report(parts, y)
    out = capsys.readouterr().out
    assert "train         60        60  15 (25.0 %)" in out
    assert out.endswith("Each row was taken to be one patient; none stands in two parts.\n")


@pytest.mark.parametrize(
    "sizes",
    [None, THIRDS, {"train": 0.7, "validation": 0.15, "test": 0.15}, {"fit": 0.9, "test": 0.1}],
)
def test_parts_by_patient_come_near_in_size_and_in_positives(sizes, capsys):
    y, groups = clinic()
    parts = split(y, groups, sizes=sizes)
    report(parts, y, groups)
    assert "No patient stands in two parts; patients stay whole" in capsys.readouterr().out
    for name, share in (sizes or splits._SIZES).items():
        assert len(parts[name]) / len(y) == pytest.approx(share, abs=0.015 if share > 0.1 else 0.01)
        # The same data, patients dealt out without regard to y, miss this by up to 7 points.
        assert y[parts[name]].mean() == pytest.approx(y.mean(), abs=0.01)


def test_folds_by_patient_share_the_positives():
    # scikit-learn before 1.8 dealt patients out at random when shuffling (its pull request 32540).
    for seed in range(5):
        y, groups = clinic(seed=seed)
        for _, test in folds(y, groups, seed=seed):
            assert y[test].mean() == pytest.approx(y.mean(), abs=0.01)


labels = st.sampled_from(["binary", "words", "three", "continuous"])


@st.composite
def any_table(draw):
    n = draw(st.integers(1, 60))
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    kind = draw(labels)
    y = {
        "binary": lambda: (rng.random(n) < draw(st.sampled_from([0.05, 0.3, 0.5]))).astype(int),
        "words": lambda: rng.choice(["ill", "well"], size=n),
        "three": lambda: rng.integers(3, size=n),
        "continuous": lambda: rng.normal(size=n),
    }[kind]()
    groups = draw(st.sampled_from(["none", "one", "few", "words"]))
    ids = {
        "none": None,
        "one": rng.permutation(n) * 7,
        "few": rng.integers(1 + n // 3, size=n),
        "words": rng.integers(1 + n // 3, size=n).astype(str),
    }[groups]
    return y, ids


def whole(parts, n, groups):
    assert sorted(np.concatenate(parts).tolist()) == list(range(n))
    assert all(len(rows) for rows in parts)
    if groups is not None:
        sets = [set(np.asarray(groups)[rows].tolist()) for rows in parts]
        assert sum(map(len, sets)) == len(set.union(*sets))


@settings(max_examples=150, deadline=None)
@given(any_table(), st.booleans(), st.integers(0, 99), st.sampled_from([None, THIRDS]))
def test_split_gives_whole_parts_or_says_why_not(table, stratify, seed, sizes):
    y, groups = table
    try:
        parts = split(y, groups, sizes=sizes, stratify=stratify, seed=seed)
    except SplitError as error:
        assert len(str(error)) > 20
        return
    whole(list(parts.values()), len(y), groups)
    for rows in parts.values():
        assert (np.diff(rows) > 0).all()
        if stratify:
            assert set(y[rows]) == set(y)


@settings(max_examples=100, deadline=None)
@given(any_table(), st.booleans(), st.integers(0, 99), st.integers(2, 5), st.integers(1, 3))
def test_folds_test_each_patient_once_or_say_why_not(table, stratify, seed, n_splits, repeats):
    y, groups = table
    how = {"n_splits": n_splits, "n_repeats": repeats, "seed": seed, "stratify": stratify}
    try:
        pairs = folds(y, groups, **how)
    except SplitError as error:
        assert len(str(error)) > 20
        return
    assert len(pairs) == n_splits * repeats
    for train, test in pairs:
        whole([train, test], len(y), groups)
    for repeat in range(repeats):
        tests = [test for _, test in pairs[repeat * n_splits : (repeat + 1) * n_splits]]
        whole(tests, len(y), groups)
        if stratify:
            assert all(set(y[rows]) == set(y) for rows in tests)


def test_a_split_that_exists_is_found():
    # As many patients with the outcome as parts: one each, whatever the seed.
    groups = np.repeat(np.arange(30), 3)
    y = np.isin(groups, [4, 11, 25]).astype(int)
    for seed in range(20):
        parts = split(y, groups, seed=seed)
        assert [y[rows].sum() for rows in parts.values()] == [3, 3, 3]
        for _, test in folds(y, groups, n_splits=3, seed=seed):
            assert y[test].sum() == 3


def test_an_unlucky_shuffle_is_tried_again():
    # Most shuffles of these six patients leave a fold without one of the three classes.
    y = np.array([1, 1, 1, 2, 2, 2, 0, 0, 0, 1, 0, 0, 2, 2])
    groups = [0, 0, 1, 1, 1, 2, 2, 3, 4, 4, 4, 5, 5, 5]
    for function in (folds, split):
        how = {"n_splits": 3} if function is folds else {"sizes": THIRDS}
        parts = function(y, groups, seed=0, **how)
        parts = [test for _, test in parts] if function is folds else parts.values()
        assert all(set(y[rows]) == {0, 1, 2} for rows in parts)


def test_parts_of_few_patients_are_rounded_to_the_nearest():
    def numbers(n, sizes):
        parts = split(np.arange(n) / 7, sizes=sizes, stratify=False)
        return [len(rows) for rows in parts.values()]

    assert numbers(11, None) == [7, 2, 2]  # 6.6, 2.2, 2.2
    assert numbers(5, {"train": 0.9, "validation": 0.05, "test": 0.05}) == [3, 1, 1]
    assert numbers(3, None) == [1, 1, 1]


def test_without_groups_folds_are_those_of_scikit_learn():
    y = np.random.default_rng(0).integers(2, size=100)
    theirs = StratifiedKFold(5, shuffle=True, random_state=3).split(np.zeros(100), y)
    for (train, test), (their_train, their_test) in zip(folds(y, seed=3), theirs, strict=True):
        np.testing.assert_array_equal(train, their_train)
        np.testing.assert_array_equal(test, their_test)
    theirs = KFold(4, shuffle=True, random_state=0).split(np.zeros(100))
    for (_, test), (_, their_test) in zip(
        folds(y, n_splits=4, stratify=False), theirs, strict=True
    ):
        np.testing.assert_array_equal(test, their_test)


def test_seeds_and_repeats_draw_others_and_come_back():
    y, groups = clinic()
    for ids in (None, groups):
        first, again = (split(y, ids, seed=1) for _ in range(2))
        other = split(y, ids, seed=2)
        np.testing.assert_array_equal(first["test"], again["test"])
        assert not np.array_equal(first["test"], other["test"])
        pairs = folds(y, ids, n_splits=3, n_repeats=2)
        assert not np.array_equal(pairs[0][1], pairs[3][1])


def test_names_of_patients_do_not_matter():
    y, groups = clinic()
    words = np.char.add("patient ", groups.astype(str))
    for ids in (words, words.tolist(), pd.Series(words, index=groups[::-1]), words[:, None]):
        np.testing.assert_array_equal(split(y, ids)["test"], split(y, groups)["test"])


def test_labels_come_as_they_like():
    y = np.array([0, 1, 1, 0] * 20)
    expected = split(y)["test"]
    forms = [y.tolist(), y.astype(bool), y.astype(float), y[:, None], pd.Series(y, index=y)]
    forms += [pd.Series(y, dtype="Int64"), pd.Series(np.where(y, "yes", "no"))]
    forms += [pd.Categorical(np.where(y, "yes", "no"))]
    for form in forms:
        np.testing.assert_array_equal(split(form)["test"], expected)


def test_several_classes_are_counted(capsys):
    parts = split(np.arange(100) % 5)
    report(parts, np.arange(100) % 5)
    assert [len(rows) for rows in parts.values()] == [60, 20, 20]
    out = capsys.readouterr().out
    assert "rows of 0/1/2/3/4" in out
    assert "12/12/12/12/12" in out
    words = ["benign", "malignant"] * 10
    report(split(words), words)
    assert "rows of benign/malignant" in capsys.readouterr().out


def test_numbers_are_split_without_strata(capsys):
    age = np.linspace(20, 80, 50)
    parts = split(age, stratify=False)
    assert [len(rows) for rows in parts.values()] == [30, 10, 10]
    report(parts, age)
    assert "positives" not in capsys.readouterr().out


def test_leave_one_out_prints_one_line(capsys):
    pairs = folds(np.arange(38) % 2, n_splits=38, stratify=False)
    assert [len(test) for _, test in pairs] == [1] * 38
    assert capsys.readouterr().out == ""
    report(pairs, np.arange(38) % 2)
    out = capsys.readouterr().out
    assert out.startswith("38 folds, each tested on 1 to 1 patients.")


FEW = [0] * 40 + [1] * 2


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"y": []}, "y is empty"),
        ({"y": None}, "shape"),
        ({"y": np.eye(4)}, r"shape \(n,\)"),
        ({"y": [0, 1]}, "3 parts need at least 3 patients; there are 2"),
        ({"y": [0, 1] * 9, "groups": [1, 2] * 9}, "there are 2 in 18 rows"),
        ({"y": FEW}, "there are 2. Take fewer parts"),
        ({"y": [0] * 20 + [1] * 9, "groups": [*range(20), *[99] * 9]}, "y = 1 .* there are 1"),
        ({"y": [1] * 30}, r"one class only \(1\)"),
        ({"y": [0, 1] * 9, "groups": [1, 2, 3]}, "y has 18 rows, but groups has 3"),
        ({"y": [0, 1, np.nan] * 9}, "missing in 9 row"),
        ({"y": pd.Series([0, 1, pd.NA] * 9, dtype="Int64")}, "missing in 9 row"),
        ({"y": [0, 1, None] * 9}, "missing in 9 row"),
        ({"y": ["ill", "well", np.nan] * 9}, "missing in 9 row"),
        ({"y": [0, 1, np.inf] * 9}, "infinite"),
        ({"y": [0, 1] * 9, "groups": [np.nan] * 18}, "groups is missing in 18"),
        ({"y": np.linspace(0, 1, 30)}, "continuous.*stratify=False"),
        ({"y": np.arange(30)}, "stratify=False"),
        ({"y": np.array([1j, 2j] * 9)}, "complex"),
        ({"y": np.array(["2020-01-01"] * 9, "M8[D]")}, "datetime"),
        ({"y": np.array([0, "a"] * 9, dtype=object)}, "mixes numbers and words"),
        ({"y": [0, 1] * 9, "sizes": {"train": 0.6, "test": 0.3}}, "adds up to 0.9"),
        ({"y": [0, 1] * 9, "sizes": {"train": 60, "test": 40}}, "between 0 and 1"),
        ({"y": [0, 1] * 9, "sizes": {"train": 1.0, "test": 0.0}}, "between 0 and 1"),
        ({"y": [0, 1] * 9, "sizes": {"train": 1.0}}, "two parts or more"),
        ({"y": [0, 1] * 9, "sizes": [0.8, 0.2]}, "dictionary"),
        ({"y": [0, 1] * 9, "sizes": {"train": "most", "test": 0.2}}, "number"),
        ({"y": [0, 1] * 9, "seed": -1}, "seed"),
        ({"y": [0, 1] * 9, "seed": None}, "seed"),
        ({"y": [0, 1] * 9, "seed": 2**32}, "seed must be a whole number from 0"),
        ({"y": np.array([b"a", b"b"] * 9)}, "numbers or words, not bytes"),
        ({"y": [b"a", b"b"] * 9}, "numbers or words, not bytes"),
        (
            {"y": [0] * 40 + [1] * 3, "sizes": {"a": 0.9, "b": 0.05, "c": 0.05}},
            "only 3 of 43 patients have it",
        ),
        ({"y": [0] * 99 + [1], "stratify": False}, "only 1 of 100 patients have it"),
        (
            {"y": np.arange(12) % 4, "sizes": {"a": 0.8, "b": 0.2}},
            "cannot hold every class",
        ),
    ],
)
def test_impossible_splits_say_why(arguments, says):
    with pytest.raises(SplitError, match=says):
        split(**arguments)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"y": FEW}, "5 folds .* there are 2. Take fewer folds"),
        ({"y": [0, 1] * 9, "n_splits": 1}, "n_splits must be a whole number, at least 2"),
        ({"y": [0, 1] * 9, "n_splits": 2.5}, "n_splits"),
        ({"y": [0, 1] * 9, "n_splits": 19, "stratify": False}, "at least 19 patients"),
        ({"y": [0, 1] * 9, "n_repeats": 0}, "n_repeats must be a whole number, at least 1"),
        ({"y": [0] * 9 + [1], "n_splits": 2, "stratify": False}, "one class only"),
    ],
)
def test_impossible_folds_say_why(arguments, says):
    with pytest.raises(SplitError, match=says):
        folds(**arguments)


def test_check_disjoint_names_patients_on_two_sides():
    patients = np.array(["Ann", "Ann", "Bob", "Cem", "Dee"])
    check_disjoint(patients, [0, 1], [2], [3, 4])
    check_disjoint(patients, [], [0])
    check_disjoint(patients, patients == "Ann", patients != "Ann")
    with pytest.raises(SplitError, match=r"1 patient\(s\) stand in parts 1 and 3: 'Ann'"):
        check_disjoint(patients, [0], [2], [1, 3])
    with pytest.raises(SplitError, match=r"parts 1 and 2: 0, 1, 2, 3, 4, \.\.\."):
        check_disjoint(range(9), range(9), range(9))


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        (([0, 1],), "two parts or more; 1 came"),
        (([0, 5], [1]), "row numbers from 0 to 3"),
        (([0, -1], [1]), "row numbers"),
        (([0.5], [1]), "row numbers"),
        (([True, False], [1]), "row numbers"),
    ],
)
def test_check_disjoint_wants_rows(parts, says):
    with pytest.raises(SplitError, match=says):
        check_disjoint([1, 2, 3, 4], *parts)


def test_a_splitter_that_leaks_is_caught(monkeypatch):
    """The assertion is real: a splitter that cuts a patient in two does not get past it."""
    y, groups = clinic()
    half = np.arange(len(y)) % 5
    monkeypatch.setattr(
        splits, "_test_parts", lambda *_: [np.flatnonzero(half == k) for k in range(5)]
    )
    for function in (split, folds):
        with pytest.raises(SplitError, match="stand in parts"):
            function(y, groups)
    monkeypatch.setattr(splits, "_test_parts", lambda *_: [np.arange(len(y))] * 5)
    with pytest.raises(SplitError, match="report this"):
        folds(y, groups)


def test_repeats_are_told_apart(capsys):
    y, groups = clinic()
    report(folds(y, groups, n_splits=2, n_repeats=2), y, groups)
    names = [line[:16] for line in capsys.readouterr().out.splitlines()[1:5]]
    assert names == [f"fold {fold}, repeat {repeat}" for repeat in (1, 2) for fold in (1, 2)]


def test_a_report_looks_before_it_says_that_no_patient_stands_on_two_sides(capsys):
    y, groups = clinic()
    by_row = folds(y)
    report(by_row, y)
    assert "Each row was taken to be one patient; none stands in both" in capsys.readouterr().out
    with pytest.raises(SplitError, match="stand in parts 1 and 2"):
        report(by_row, y, groups)
    with pytest.raises(SplitError, match="stand in parts 1 and 2"):
        report({"a": [0, 1], "b": [1, 2]}, [0, 1, 0])
    with pytest.raises(SplitError, match="y has 3 rows, but groups has 2"):
        report({"a": [0, 1], "b": [2]}, [0, 1, 0], [1, 2])
    assert capsys.readouterr().out == ""


def test_the_report_speaks_the_language_of_now(capsys):
    y = [0, 1] * 10
    language.use(language.PSEUDO)
    try:
        report(folds(y, n_splits=2), y)
    finally:
        language.use("en")
    head, one, _two, last = capsys.readouterr().out.splitlines()
    assert head.startswith("⟦test part test part⟧  ⟦rows rows⟧  ⟦patients patients⟧  ⟦positives")
    assert one.startswith("⟦fold 1 fold 1⟧") and last.startswith("⟦Each row")
