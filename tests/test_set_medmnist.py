"""MedMNIST: made-up files of the right shapes, from a small server; and its table."""

import io
import subprocess
import sys
import time
import tomllib
import warnings
import zipfile
from pathlib import Path

import numpy as np
import pytest
from data_files import medmnist_arrays, npz, promise_medmnist, rewrite
from servers import names, nowhere

from medlearn import datasets
from medlearn.__main__ import main
from medlearn.datasets import DATASETS, ONLINE, DataError, DownloadError, download, medmnist

FOUR = {  # name: shape of an image, classes
    "pneumonia": ((28, 28), 2),
    "breast": ((28, 28), 2),
    "blood": ((28, 28, 3), 8),
    "retina": ((28, 28, 3), 5),
}
COUNTS = {"train": 11, "val": 5, "test": 7}

pytestmark = pytest.mark.usefixtures("cache")


def made_up(name):
    return medmnist_arrays(name, COUNTS)


@pytest.fixture
def promise(data_copy):
    """Make the table promise exactly this file, of so few images, at this address."""

    def make(name, content, url="https://nowhere.invalid/file"):
        content = content if isinstance(content, bytes) else npz(**content)
        promise_medmnist(data_copy, name, content, COUNTS, url)
        return content

    return make


# --- MedMNIST: what comes back ------------------------------------------------------------------


@pytest.mark.parametrize("name", FOUR)
def test_the_same_code_runs_on_four_sets_by_changing_the_name(server, promise, name):
    pixels, classes = FOUR[name]
    arrays = made_up(name)
    server.content = promise(name, arrays, server.url + "/good")
    b = datasets.fetch_medmnist(name)
    for part, ours in (("train", "train"), ("val", "validation"), ("test", "test")):
        x, y = b[f"x_{ours}"], b[f"y_{ours}"]
        assert x.shape == (COUNTS[part], *pixels) and x.dtype == np.uint8
        assert y.shape == (COUNTS[part],) and y.dtype == np.int64
        np.testing.assert_array_equal(x, arrays[f"{part}_images"])
        np.testing.assert_array_equal(y, arrays[f"{part}_labels"][:, 0])
    assert len(b.target_names) == classes == len(set(b.y_train))
    [(model, scores)] = b.published.items()
    assert model == "ResNet-18 (28)" and 0.5 < scores["auc"] < 1 > scores["accuracy"] > 0.5
    assert b.licence == "CC BY 4.0" and b.flaws and all(flaw in b.DESCR for flaw in b.flaws)
    # The second time, and under every way of writing the name, no server is asked.
    for again in (name.upper(), f" {name}MNIST", name.capitalize() + "MNIST"):
        np.testing.assert_array_equal(datasets.fetch_medmnist(again).x_test, b.x_test)
    assert server.asked == ["/good"]


def test_several_labels_for_one_image(promise, cache):
    arrays = made_up("chest")
    content = promise("chest", arrays)
    cache.mkdir()
    (cache / "chestmnist.npz").write_bytes(content)
    b = datasets.fetch_medmnist("chest")
    assert b.y_train.shape == (11, 14) and len(b.target_names) == 14
    np.testing.assert_array_equal(b.y_test, arrays["test_labels"])


def test_larger_images_lie_in_files_of_their_own():
    small, large = (medmnist.online_file("bloodmnist", size) for size in (28, 224))
    assert small == ONLINE["bloodmnist"] and large.file == "bloodmnist_224.npz"
    assert large.shape["test_images"] == (3421, 224, 224, 3) and large.size > 60 * small.size
    with pytest.raises(ValueError, match=r"no images of size 32\. There are: 28, 64, 128, 224"):
        datasets.fetch_medmnist("blood", size=32)


@pytest.mark.parametrize("name", ["", "mnist", "chestxray", "pneumnoia", "organ", "28", None])
def test_a_name_that_is_none_is_explained(name):
    with pytest.raises(ValueError, match=r"no MedMNIST set .* There are: path, chest, derma"):
        datasets.fetch_medmnist(name)
    with pytest.raises(ValueError, match="Did you mean 'pneumonia'"):
        datasets.fetch_medmnist("pnuemonia")


def test_the_table_of_medmnist_is_whole():
    sets = medmnist.table().sets
    assert len(sets) == 12
    files = [medmnist.online_file(key, size) for key in sets for size in medmnist.SIZES]
    assert len({item.checksum for item in files}) == len({item.file for item in files}) == 48
    for key, about in sets.items():
        assert about.python_class.lower() == key and about.ours.flaws and about.ours.shows
        assert about.task in {
            "multi-class",
            "binary-class",
            "ordinal-regression",
            "multi-label, binary-class",
        }
        assert (about.license == "CC BY-NC 4.0") == (key == "dermamnist")
        assert list(about.label) == list(range(len(about.label))) and about.n_channels in (1, 3)
        assert len(set(about.labels)) == len(about.labels) == len(about.label) and all(about.labels)
        assert list(about.n_samples) == ["train", "val", "test"]
        assert set(about.ours.published) == {"auc", "accuracy"}
        for size in medmnist.SIZES:
            item = medmnist.online_file(key, size)
            download.check_item(item)
            assert item.urls[0].startswith("https://zenodo.org/records/10519652/files/" + item.file)
            assert not item.exact and item.rows == sum(about.n_samples.values())
    # Two sizes that are published: the bound holds, and is not far away.
    for key, size in {"pneumoniamnist": 4_170_669, "breastmnist": 559_580}.items():
        assert size <= ONLINE[key].size < 1.2 * size
    # The numbers that lesson 07 prints beside its own.
    assert sets["pneumoniamnist"].ours.published == {"auc": 0.944, "accuracy": 0.854}
    assert sets["retinamnist"].ours.published == {"auc": 0.717, "accuracy": 0.524}
    assert list(sets["pneumoniamnist"].n_samples.values()) == [4708, 524, 624]


# --- the table and medmnist's own ---------------------------------------------------------------


def info():
    """What a package medmnist with the values of our table would have as INFO."""
    tables = tomllib.loads((datasets.data_folder() / "medmnist.toml").read_text(encoding="utf-8"))
    return {
        key: {"description": "In words.", **{k: v for k, v in about.items() if k != "ours"}}
        for key, about in tables.items()
        if isinstance(about, dict)
    } | {"organmnist3d": {"MD5": "another set, which the course does not use"}}


def test_the_same_info_makes_no_difference():
    assert medmnist.compare(info()) == []


def test_what_a_newer_info_changes_is_reported():
    newer = info()
    before = newer["bloodmnist"]["MD5_64"]
    newer["bloodmnist"]["MD5_64"] = "0" * 32
    newer["pathmnist"]["n_samples"] = {"train": 1, "val": 2, "test": 3}
    newer["retinamnist"]["label"] = {**newer["retinamnist"]["label"], "4": "five"}
    newer["chestmnist"]["url_512"] = "https://example.org"
    del newer["octmnist"], newer["organsmnist"]["task"]
    lines = medmnist.compare(newer)
    assert f"bloodmnist: MD5_64 is {'0' * 32!r}, the table has {before!r}" in lines
    assert "octmnist: it is not there any more" in lines
    assert "organsmnist: task is None, the table has 'multi-class'" in lines
    assert "chestmnist: url_512 is 'https://example.org', the table has None" in lines
    assert [line.split(": ")[0] for line in lines] == [
        "pathmnist",
        "chestmnist",
        "octmnist",
        "retinamnist",
        "bloodmnist",
        "organsmnist",
    ]


def test_a_fault_in_the_table_names_the_set_and_the_field(data_copy):
    table = data_copy / "medmnist.toml"
    rewrite(table, "bloodmnist", n_channels="3")
    with pytest.raises(DataError, match=r"medmnist\.toml: .*bloodmnist: n_channels: expected a"):
        datasets.fetch_medmnist("blood")
    table.unlink()
    with pytest.raises(DataError, match=r"medmnist\.toml is missing"):
        datasets.fetch_medmnist("blood")


# --- faults on the way --------------------------------------------------------------------------

FAULTS = [
    ("/cut", "broke off half way"),
    ("/wrong", "another checksum"),
    ("/nothing", "404 Not Found"),
    ("/long", "longer than the one expected"),
    ("/silent", "did not answer in time"),
    ("/half", "did not answer in time"),
    ("/reset", "broke off half way|could not be reached"),
    ("/away", "which is not https"),
]


@pytest.mark.parametrize(("path", "words"), FAULTS)
def test_a_fault_leaves_nothing_says_what_to_do_and_the_next_try_works(
    server, promise, cache, path, words
):
    arrays = made_up("pneumonia")
    server.content = promise("pneumonia", arrays, server.url + path)
    patience = 0.3 if path in {"/silent", "/half"} else 10
    begin = time.monotonic()
    with pytest.raises(DownloadError, match=words) as caught:
        datasets.fetch_medmnist("pneumonia", timeout=patience)
    assert time.monotonic() - begin < 9 and names(cache) == []
    message = str(caught.value)
    checksum = ONLINE["pneumoniamnist"].checksum[4:]
    for needed in ("PneumoniaMNIST", server.url + path, checksum, "at most"):
        assert needed in message
    assert str(cache / "pneumoniamnist.npz") in message
    promise("pneumonia", arrays, server.url + "/good")
    assert datasets.fetch_medmnist("pneumonia").x_test.shape == (7, 28, 28)
    assert names(cache) == ["pneumoniamnist.npz"]


def test_offline_without_a_copy_says_so_and_with_one_goes_on(promise, cache):
    content = promise("blood", made_up("blood"), nowhere())
    with pytest.raises(DownloadError, match="could not be reached"):
        datasets.fetch_medmnist("blood")
    cache.mkdir(exist_ok=True)
    (cache / "bloodmnist.npz").write_bytes(content)  # put in place by hand
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert datasets.fetch_medmnist("blood").x_train.shape == (11, 28, 28, 3)


def test_a_wrong_file_put_in_place_by_hand_is_kept_aside(promise, cache):
    content = promise("breast", made_up("breast"), nowhere())
    cache.mkdir()
    (cache / "breastmnist.npz").write_bytes(content + b"!")
    with (
        pytest.warns(UserWarning, match="not the file that medlearn expects"),
        pytest.raises(DownloadError, match=r"it is now .*wrong-checksum-1"),
    ):
        datasets.fetch_medmnist("breast")
    assert names(cache) == ["breastmnist.npz.wrong-checksum-1"]


PROGRAM = """
import pathlib, sys
sys.path.insert(0, {tests!r})
import servers
from medlearn import datasets
from medlearn.datasets import catalogue
servers.allow_this_machine()
catalogue.data_folder = lambda: pathlib.Path({folder!r})
print("started", flush=True)
print(datasets.fetch_medmnist("retina").x_train.shape)
"""


def test_two_notebooks_at_once_download_once(server, promise, data_copy, cache):
    server.content = promise("retina", made_up("retina"), server.url + "/wait")
    program = PROGRAM.format(tests=str(Path(__file__).parent), folder=str(data_copy))
    both = [
        subprocess.Popen(
            [sys.executable, "-c", program],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=Path(datasets.__file__).parents[2],
        )
        for _ in range(2)
    ]
    for process in both:
        assert process.stdout.readline() == "started\n", process.communicate()
    end = time.monotonic() + 60
    while not server.asked:
        assert time.monotonic() < end
        time.sleep(0.01)
    time.sleep(0.5)  # the other one has reached the lock by now, or has asked as well
    server.go.set()
    for process in both:
        out, err = process.communicate(timeout=60)
        assert (out, err) == ("(11, 28, 28, 3)\n", "")
    assert server.asked == ["/wait"] and names(cache) == ["retinamnist.npz"]


# --- files that came whole, but hold something else ---------------------------------------------


def spoilt(how):
    arrays = made_up("breast")
    if how == "no key":
        arrays["validation_images"] = arrays.pop("val_images")
    elif how == "shape":
        arrays["test_images"] = arrays["test_images"][:, :14]
    elif how == "fewer labels":
        arrays["train_labels"] = arrays["train_labels"][:-1]
    elif how == "floats":
        arrays["train_images"] = arrays["train_images"] / np.float32(255)
    elif how == "float labels":
        arrays["train_labels"] = arrays["train_labels"].astype(np.float32)
    elif how == "label without a name":
        arrays["test_labels"][0] = 2
    elif how == "negative label":
        arrays["test_labels"] = arrays["test_labels"].astype(np.int8) - 1
    return arrays


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("no key", "val_images"),
        ("shape", r"expected shapes .* found"),
        ("fewer labels", r"expected shapes .* found"),
        ("floats", "images must be uint8 and labels integers; the file has float32 and uint8"),
        ("float labels", "the file has uint8 and float32"),
        ("label without a name", "labels must lie between 0 and 1; the file has 0 to 2"),
        ("negative label", "labels must lie between 0 and 1; the file has -1"),
    ],
)
def test_arrays_that_are_not_promised_are_refused(promise, cache, how, words):
    content = promise("breast", spoilt(how))
    cache.mkdir()
    (cache / "breastmnist.npz").write_bytes(content)
    with pytest.raises(DataError, match=words):
        datasets.fetch_medmnist("breast")


class Trap:
    """What a pickle could do: this one would leave a file behind."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


@pytest.mark.parametrize("whole", [False, True])
def test_object_arrays_are_refused_and_never_opened(promise, cache, tmp_path, whole):
    arrays = made_up("breast")
    sprung = tmp_path / "sprung"
    if whole:
        arrays = {"train_images": np.array([Trap(sprung)], dtype=object)}
    else:
        labels = np.empty((11, 1), dtype=object)
        labels[:] = Trap(sprung)
        arrays["train_labels"] = labels
    content = promise("breast", arrays)
    cache.mkdir()
    (cache / "breastmnist.npz").write_bytes(content)
    with pytest.raises(DataError, match=r"does not hold the arrays|allow_pickle"):
        datasets.fetch_medmnist("breast")
    assert not sprung.exists()


@pytest.mark.parametrize("content", [b"", b"<html>404</html>", b"PK\3\4 no zip"])
def test_what_is_no_npz_is_refused(promise, cache, content):
    promise("breast", content)
    cache.mkdir()
    (cache / "breastmnist.npz").write_bytes(content)
    with pytest.raises(DataError, match=r"does not hold the arrays.*Delete .* to fetch it anew"):
        datasets.fetch_medmnist("breast")


def test_an_npz_with_a_file_that_is_no_array(promise, cache):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for key in made_up("breast"):
            archive.writestr(f"{key}.npy", b"no array")
    promise("breast", buffer.getvalue())
    cache.mkdir()
    (cache / "breastmnist.npz").write_bytes(buffer.getvalue())
    with pytest.raises(DataError, match="does not hold the arrays"):
        datasets.fetch_medmnist("breast")


def test_list_fetch_and_verify_by_name(server, promise, cache, capsys):
    server.content = promise("pneumonia", made_up("pneumonia"), server.url + "/good")
    assert main(["data", "list"]) == 0
    lines = {line.split()[0]: line for line in capsys.readouterr().out.splitlines()}
    assert set(lines) == {"name", *DATASETS, *ONLINE}
    assert " 23 " in lines["pneumoniamnist"] and "online" in lines["pneumoniamnist"]
    assert main(["data", "verify", "pneumoniamnist"]) == 1
    assert "python -m medlearn data fetch pneumoniamnist" in capsys.readouterr().err
    assert main(["data", "fetch", "pneumoniamnist"]) == 0
    assert f"✓ pneumoniamnist: {cache / 'pneumoniamnist.npz'}" in capsys.readouterr().out
    assert main(["data", "verify"]) == 0
    assert "✓ pneumoniamnist" in capsys.readouterr().out
    (cache / "pneumoniamnist.npz").write_bytes(b"x")
    assert main(["data", "verify"]) == 1
    assert "✗ pneumoniamnist" in capsys.readouterr().err
