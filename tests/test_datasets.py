"""What holds for every data set, whichever there are: found, whole, described, licensed."""

import dataclasses
import gzip
import inspect
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pytest
from data_files import npz, rewrite, sha256
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from medlearn import datasets, lessons
from medlearn.datasets import DATASETS, ONLINE, DataError, catalogue, download

ROOT = Path(datasets.__file__).resolve().parents[2]
SHIPPED = [entry.name for entry in DATASETS.values() if entry.file]
ONE_FUNCTION_FIXTURE = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def load(name):
    return getattr(datasets, DATASETS[name].loader)()


# --- found, not listed --------------------------------------------------------------------------


@pytest.mark.parametrize("name", catalogue.names())
def test_a_set_is_a_module_and_a_card_and_offers_what_its_module_says(name):
    module = catalogue.module_of(name)
    assert (datasets.data_folder() / f"{name}.toml").is_file()
    assert module.__all__ and set(module.__all__) <= set(datasets.__all__)
    for public in module.__all__:
        assert getattr(datasets, public) is getattr(module, public)
        text = getattr(module, public).__doc__
        assert all(head in text for head in ("Returns\n", "Raises\n", "Notes\n", ">>> ")), public
    if name in DATASETS:
        assert DATASETS[name].loader in module.__all__
        assert inspect.isfunction(module.convert) and module.convert.__doc__


def test_no_card_lacks_its_module_and_no_two_sets_offer_one_name():
    cards = {path.stem for path in datasets.data_folder().glob("*.toml")}
    assert cards == set(catalogue.names())
    assert len(datasets.__all__) == len(set(datasets.__all__))


def test_the_room_names_no_set():
    """What serves all sets must not know one: a new set would have to be added there."""
    for path in [Path(datasets.__file__), *(Path(p) for p in map(room_file, catalogue._ROOM))]:
        text = re.sub(r'(?s)""".*?"""', "", path.read_text(encoding="utf-8"))  # examples may
        code = re.sub(r"(?m)#.*$", "", text)
        named = r"['\"]{0}['\"]|\b{0}\.|import.*\b{0}\b"
        found = [name for name in catalogue.names() if re.search(named.format(name), code)]
        assert not found, f"{path.name} names {found}"


def room_file(name):
    return Path(datasets.__file__).with_name(f"{name}.py")


def test_data_do_not_know_lessons():
    kinds = (datasets.Dataset, datasets.OnlineFile)
    fields = {each.name for kind in kinds for each in dataclasses.fields(kind)}
    assert "lessons" not in fields
    assert all("lessons" not in row for row in datasets.describe())
    for name in DATASETS:
        assert "Used in lessons" not in datasets.card(name)
        assert "- **Used in lessons**: 02, 17\n" in datasets.card(name, {name: ("02", "17")})
    assert datasets.cards({"digits": ["02"]}).count("Used in lessons") == 1


MADE_UP_MODULE = '''
"""A made-up set."""

__all__ = ["load_made_up"]


def load_made_up():
    """Load it."""
    from medlearn.datasets.storage import read

    return read("made_up")["numbers"]


def convert(raw):
    """Turn bytes into numbers."""
    import numpy as np

    return {"numbers": np.frombuffer(raw, dtype=np.uint8)}
'''

MADE_UP_CARD = """
title = "Made up: five numbers"
loader = "load_made_up"
summary = "Numbers that mean nothing."
rows = 5
people_note = "Nobody."
collected = "Typed by hand."
units = "No unit."
publication = "Not published (so nothing has a DOI)."
data_licence = "BSD Zero Clause"
spdx = "0BSD"
licence_texts = ["0BSD.txt"]
licence_evidence = "We made it up."
package_licence = "none"
file = "made_up.npz"
sha256 = "{sha256}"
content_sha256 = "{content}"
not_to_conclude = ["Anything."]
shape = {{ numbers = [5] }}

[question]
decision = "Which number is meant?"
unit = "number"
price = "nothing"
baseline = "the mean"
forbidden = []

[[source]]
kind = "wheel"
package = "nothing"
version = "1.0"
sha256 = "{package}"
path = "numbers.bin"
"""


def test_a_new_set_is_a_module_a_card_and_a_file_and_nothing_else(tmp_path):
    """In a copy of the package: found, listed, described, built, verified; its licence demanded."""
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "medlearn", tmp_path / "medlearn", ignore=ignore)
    shutil.copytree(datasets.data_folder(), tmp_path / "data")
    before = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    with zipfile.ZipFile(wheels / "nothing-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("numbers.bin", bytes([1, 2, 3, 4, 5]))
    content = datasets.content_sha256({"numbers": np.array([1, 2, 3, 4, 5], dtype=np.uint8)})
    package = sha256((wheels / "nothing-1.0-py3-none-any.whl").read_bytes())
    card = MADE_UP_CARD.format(sha256="0" * 64, content=content, package=package)
    (tmp_path / "data" / "made_up.toml").write_text(card, encoding="utf-8")
    (tmp_path / "medlearn" / "datasets" / "made_up.py").write_text(MADE_UP_MODULE, encoding="utf-8")

    def python(*arguments):
        command = [sys.executable, *arguments]
        return subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)

    def run(code):
        imports = "from medlearn.datasets import *; from medlearn.datasets import build, catalogue"
        return python("-c", f"{imports}; {code}")

    done = run(f"print(build.build('made_up', wheels={str(wheels)!r}))")
    assert "status='written'" in done.stdout, done
    made = sha256((tmp_path / "data" / "made_up.npz").read_bytes())
    assert made in done.stdout, "the build says which SHA-256 the card must have"
    rewrite(tmp_path / "data" / "made_up.toml", sha256=made)
    done = python("-m", "medlearn", "data", "verify", "made_up")
    assert done.returncode == 1 and "0BSD.txt is missing" in done.stderr, done
    assert "no data go without their licence" in run("cards()").stderr
    (tmp_path / "data" / "licences" / "0BSD.txt").write_text("Permission to use ...")
    done = python("-m", "medlearn", "data", "verify", "made_up")
    assert done.stdout == "✓ made_up: made_up.npz: 5 rows, checksum right\n", done
    assert "Made up: five numbers" in python("-m", "medlearn", "data", "list").stdout
    done = run("print(load_made_up().sum(), card('made_up'), catalogue.licence_expression())")
    assert done.stdout.startswith("15 ## Made up: five numbers\n"), done
    assert " AND 0BSD AND " in done.stdout
    assert {path: path.read_bytes() for path in before} == before, "no other file was touched"


# --- damage -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("keep", [0, 1, 0.5, 1.0])
def test_every_file_that_is_cut_or_changed_is_noticed(data_copy, name, keep):
    path = data_copy / DATASETS[name].file
    good = path.read_bytes()
    bad = bytearray(good[: keep if isinstance(keep, int) else int(len(good) * keep)])
    if keep == 1.0:
        bad[len(bad) // 2] ^= 1
    path.write_bytes(bad)
    with pytest.raises(DataError, match="damaged: expected SHA-256"):
        load(name)
    assert datasets.verify(name)[0][1] is False
    path.write_bytes(good)
    load(name)


@pytest.mark.parametrize("name", SHIPPED)
def test_every_file_holds_what_its_card_promises(name):
    entry = DATASETS[name]
    with np.load(datasets.data_folder() / entry.file, allow_pickle=False) as f:
        arrays = dict(f)
    assert {key: array.shape for key, array in arrays.items()} == dict(entry.shape)
    assert datasets.content_sha256(arrays) == entry.content_sha256


@ONE_FUNCTION_FIXTURE
@given(position=st.integers(0, 10**9), change=st.integers(1, 255))
def test_any_changed_byte_is_noticed(data_copy, position, change):
    path = data_copy / "digits.npz"
    good = (ROOT / "data" / "digits.npz").read_bytes()
    bad = bytearray(good)
    bad[position % len(good)] ^= change
    path.write_bytes(bad)
    with pytest.raises(DataError, match="damaged: expected SHA-256"):
        datasets.load_digits_mnist()


@pytest.mark.parametrize("keep", [0, 1, 100, 400_000, 800_000])
def test_a_truncated_file_is_noticed(data_copy, keep):
    path = data_copy / "digits.npz"
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(DataError) as caught:
        datasets.load_digits_mnist()
    message = str(caught.value)
    assert str(path) in message and DATASETS["digits"].sha256 in message
    assert f"({keep:,} bytes)" in message and "install medlearn again" in message
    assert caught.value.__context__ is None  # no traceback of NumPy or zipfile above it


def test_the_message_fits_a_checkout_a_zip_and_an_installed_package(data_copy):
    (data_copy / "digits.npz").unlink()
    with pytest.raises(DataError, match=r"digits\.npz is missing.*install medlearn again"):
        datasets.load_digits_mnist()
    (data_copy.parent / "pyproject.toml").touch()
    with pytest.raises(DataError, match="python -m medlearn data build digits"):
        datasets.load_digits_mnist()
    (data_copy.parent / ".git").mkdir()
    with pytest.raises(DataError, match=r"git checkout -- data/digits\.npz"):
        datasets.load_digits_mnist()


def test_a_folder_in_place_of_the_file(data_copy):
    (data_copy / "digits.npz").unlink()
    (data_copy / "digits.npz").mkdir()
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
def test_a_file_of_the_wrong_kind(data_copy, content):
    (data_copy / "digits.npz").write_bytes(content)
    with pytest.raises(DataError, match="damaged"):
        datasets.load_digits_mnist()
    rewrite(data_copy / "digits.toml", sha256=sha256(content))  # and when the card is wrong as well
    with pytest.raises(DataError, match="does not hold the arrays x_train, y_train"):
        datasets.load_digits_mnist()


class Bomb:
    """Sets a mark when it is unpickled: what a hostile file could do."""

    went_off = False

    def __reduce__(self):
        return (setattr, (Bomb, "went_off", True))


def test_a_pickle_is_never_opened(data_copy):
    one = np.zeros((1,), dtype=object)
    one[0] = Bomb()
    content = npz(x_train=one, y_train=one, x_test=one, y_test=one)
    (data_copy / "digits.npz").write_bytes(content)
    rewrite(data_copy / "digits.toml", sha256=sha256(content))
    with pytest.raises(DataError, match="allow_pickle"):
        datasets.load_digits_mnist()
    assert not Bomb.went_off


def test_no_source_file_allows_pickles():
    for path in (ROOT / "medlearn").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"allow_pickle\s*=\s*True|pickle\.loads?\(|read_pickle", text), path


@pytest.mark.parametrize("name", [n for n in DATASETS if n != "nhanes"])  # its table is of text
def test_writing_into_what_was_loaded_does_not_spoil_the_next_load(name):
    def arrays():
        loaded = load(name)
        parts = loaded.values() if isinstance(loaded, dict) else sum(loaded, ())
        return [a for a in parts if isinstance(a, np.ndarray) and a.dtype.kind != "U"]

    before = [a.copy() for a in arrays()]
    assert before
    for a in arrays():
        a[...] = 7
    for old, new in zip(before, arrays(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_verify_tells_all_and_raises_only_for_an_unknown_name(data_copy):
    rows = {name: ok for name, ok, _ in datasets.verify()}
    assert set(rows) >= set(DATASETS) and all(rows.values())
    with pytest.raises(ValueError, match="Did you mean 'digits'"):
        datasets.verify("digit")
    (data_copy / "digits.npz").write_bytes(b"x")
    (data_copy / "ecg.toml").write_text("title = 3")
    rows = {name: (ok, message) for name, ok, message in datasets.verify()}
    assert [name for name, (ok, _) in rows.items() if not ok] == ["online files", "digits", "ecg"]
    assert "damaged" in rows["digits"][1] and "ecg.toml" in rows["ecg"][1]
    assert datasets.verify("ecg")[0][1] is False


# --- the cards ----------------------------------------------------------------------------------


def test_every_set_is_used_by_a_lesson():
    assert set(lessons.used_in(lessons.find())) == set(catalogue.names())


@pytest.mark.parametrize("name", DATASETS)
def test_every_card_is_complete(name):
    entry = DATASETS[name]
    assert '"…' not in (catalogue.data_folder() / f"{name}.toml").read_text("utf-8")
    # What has no DOI says so, and gives an address.
    assert re.fullmatch(r"10\.\d{4,}/\S+", entry.doi) or "has a DOI" in entry.publication
    assert entry.people is None or 0 < entry.people <= entry.rows
    assert len(entry.feature_units) == len(entry.variables)
    with pytest.raises(dataclasses.FrozenInstanceError):
        entry.rows = 1
    text = " ".join(datasets.card(name).split())
    limits = (*entry.not_to_conclude, *entry.rules)
    for part in (entry.data_licence, entry.licence_terms, entry.licence_evidence, *limits):
        assert part in text
    assert entry.notice in text and all(f"licences/{t}" in text for t in entry.licence_texts)


@pytest.mark.parametrize("name", DATASETS)
def test_what_is_loaded_carries_its_card_and_describes_its_variables(name):
    loaded = load(name)
    if not isinstance(loaded, dict):
        return  # pairs of arrays, as Keras has them
    entry = DATASETS[name]
    assert datasets.card(name) == loaded.DESCR
    for key in ("feature_descriptions", "feature_units", "categories"):
        if key in loaded and entry.variables:
            assert loaded[key] == getattr(entry, key)
    if "groups" in loaded:
        assert len(loaded.groups) == entry.rows
        # A list of names has groups, too, and no people.
        assert entry.people in (len(set(loaded.groups)), None)
    if "target_names" in loaded:
        assert tuple(loaded.target_names) == entry.target_names


def test_the_data_folder_holds_what_the_cards_name_and_stays_small():
    folder = datasets.data_folder()
    files = {path for path in folder.rglob("*") if path.is_file() and path.name != ".DS_Store"}
    expected = {folder / "README.md"} | {folder / f"{name}.toml" for name in catalogue.names()}
    expected |= {folder / DATASETS[name].file for name in SHIPPED}
    expected |= {text for entry in DATASETS.values() for text in catalogue.licence_texts(entry)}
    assert files == expected
    sizes = {path.name: path.stat().st_size for path in files}
    assert max(sizes.values()) < 2_700_000 and sum(sizes.values()) < 12_000_000


def test_describe_has_a_row_for_everything():
    rows = {row["name"]: row for row in datasets.describe()}
    assert list(rows) == [*DATASETS, *ONLINE] and len(rows) == len(DATASETS) + len(ONLINE)
    for name in DATASETS:
        assert (rows[name]["size"] > 0) == (rows[name]["where"] == "ships") == (name in SHIPPED)
    assert rows["breast_cancer"]["people"] == 569 and rows["breast_cancer"]["size"] == 0
    assert rows["mnist"]["rows"] == 70_000 and rows["mnist"]["where"] == "online"


@pytest.mark.parametrize("name", ONLINE)
def test_every_file_online_can_be_asked_for_safely(name):
    item = ONLINE[name]
    download.check_item(item)  # HTTPS, a checksum, a plain file name
    assert item.size > 0 and item.rows > 0 and item.data_licence and item.licence_evidence


def test_importing_the_room_is_light():
    code = (
        "import sys, medlearn.datasets\n"
        "heavy = {'pandas', 'sklearn', 'scipy', 'rdata', 'sqlite3', 'nibabel', 'pydicom', 'PIL'}\n"
        "heavy |= {'pooch', 'requests', 'filelock', 'tensorflow'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


def test_importing_the_room_reads_no_card():
    code = (
        "import pathlib\n"
        "real = pathlib.Path.read_text\n"
        "pathlib.Path.read_text = lambda self, *a, **k: print(self) or real(self, *a, **k)\n"
        "import medlearn.datasets\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert ".toml" not in done.stdout and not done.stderr, done


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


# --- licences travel ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    """The wheel and the sdist of this checkout, built without a network, unpacked."""
    pytest.importorskip("hatchling")
    top = tmp_path_factory.mktemp("distribution")
    for target in ("wheel", "sdist"):
        command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(top)]
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
        assert done.returncode == 0, done.stdout + done.stderr
    [wheel], [sdist] = top.glob("*.whl"), top.glob("*.tar.gz")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(top / "wheel")
    with tarfile.open(sdist) as archive:
        # Pythons before 3.11.4 have no filter, and ask for none.
        archive.extraction_filter = getattr(tarfile, "data_filter", None)
        archive.extractall(top / "sdist")
    return top


def test_the_wheel_carries_every_licence_that_a_card_names(unpacked):
    [about] = unpacked.glob("wheel/*.dist-info")
    for entry in DATASETS.values():
        for text in catalogue.licence_texts(entry):
            for place in ("wheel/medlearn/data/licences", f"{about}/licenses/data/licences"):
                assert (unpacked / place / text.name).read_bytes() == text.read_bytes()
        assert (unpacked / f"wheel/medlearn/data/{entry.name}.toml").is_file()
    for name in ("LICENSE", "LICENSE-CC-BY-4.0"):
        assert (about / "licenses" / name).is_file()


def test_the_sdist_carries_them_too(unpacked):
    [top] = (unpacked / "sdist").iterdir()
    for entry in DATASETS.values():
        assert (top / "data" / f"{entry.name}.toml").is_file()
        for text in catalogue.licence_texts(entry):
            assert (top / "data" / "licences" / text.name).read_bytes() == text.read_bytes()


def test_the_expression_names_exactly_what_the_wheel_carries(unpacked):
    [about] = unpacked.glob("wheel/*.dist-info")
    lines = (about / "METADATA").read_text(encoding="utf-8").splitlines()
    [expression] = [line for line in lines if line.startswith("License-Expression: ")]
    named = expression.removeprefix("License-Expression: ").split(" AND ")
    carried = {DATASETS[name].spdx for name in SHIPPED} | {"MIT", "CC-BY-4.0"}
    assert len(named) == len(set(named)) and set(named) == carried, "run: make sync"


@pytest.mark.parametrize("name", DATASETS)
def test_a_licence_text_is_named_by_its_spdx_identifier_and_is_the_text(name):
    entry = DATASETS[name]
    texts = {path.name: path.read_text(encoding="utf-8") for path in catalogue.licence_texts(entry)}
    assert next(iter(texts)).startswith(entry.spdx)
    assert all(len(text) > 500 for text in texts.values())
    if entry.notice:  # the holder's line stands in the text
        words = re.sub(r"\W+", " ", " ".join(texts.values()))
        assert re.sub(r"\W+", " ", entry.notice).strip() in words
    if entry.spdx.startswith("LGPL"):  # which is the GPL and more permissions
        assert any(text.startswith("GPL") for text in texts)
