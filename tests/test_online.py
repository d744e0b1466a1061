"""The sets that are fetched by name: made-up files of the right shapes, from a small server."""

import dataclasses
import hashlib
import io
import socket
import struct
import subprocess
import sys
import time
import warnings
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from medlearn import datasets
from medlearn.__main__ import main
from medlearn.datasets import DATASETS, ONLINE, DataError, DownloadError, download, medmnist, mitbih

FOUR = {  # name: shape of an image, classes
    "pneumonia": ((28, 28), 2),
    "breast": ((28, 28), 2),
    "blood": ((28, 28, 3), 8),
    "retina": ((28, 28, 3), 5),
}
COUNTS = {"train": 11, "val": 5, "test": 7}

pytestmark = pytest.mark.usefixtures("cache")


def npz(arrays):
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


def made_up(name, seed=0):
    """Arrays as in a file of MedMNIST, but few: random images, every label at least once."""
    random, about = np.random.default_rng(seed), medmnist.SETS[medmnist.key_of(name)]
    pixels = (28, 28, 3) if about.channels == 3 else (28, 28)
    arrays = {}
    for part, count in COUNTS.items():
        arrays[f"{part}_images"] = random.integers(0, 256, (count, *pixels)).astype(np.uint8)
        if about.task.startswith("multi-label"):
            labels = random.integers(0, 2, (count, len(about.labels)))
        else:
            labels = np.arange(count)[:, None] % len(about.labels)
        arrays[f"{part}_labels"] = labels.astype(np.uint8)
    return arrays


def promise(monkeypatch, key, content, *urls, shape=None):
    """Make the register promise exactly this file, at these addresses."""
    item = dataclasses.replace(
        ONLINE[key],
        urls=urls or ("https://nowhere.invalid/file",),
        checksum="md5:" + hashlib.md5(content).hexdigest(),
        **({} if shape is None else {"shape": shape}),
    )
    monkeypatch.setattr(datasets, "ONLINE", {**datasets.ONLINE, key: item})
    return item


def promise_arrays(monkeypatch, name, arrays, *urls):
    content = npz(arrays)
    shape = {key: array.shape for key, array in arrays.items()}
    item = promise(monkeypatch, medmnist.key_of(name), content, *urls, shape=shape)
    return content, item


def names(folder):
    if not folder.exists():
        return []
    return sorted(p.name for p in folder.iterdir() if not p.name.endswith(".lock"))


# --- MedMNIST: what comes back ------------------------------------------------------------------


@pytest.mark.parametrize("name", FOUR)
def test_the_same_code_runs_on_four_sets_by_changing_the_name(server, monkeypatch, name):
    pixels, classes = FOUR[name]
    arrays = made_up(name)
    server.content, _ = promise_arrays(monkeypatch, name, arrays, server.url + "/good")
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


def test_several_labels_for_one_image(monkeypatch, cache):
    arrays = made_up("chest")
    content, item = promise_arrays(monkeypatch, "chest", arrays)
    cache.mkdir()
    (cache / item.file).write_bytes(content)
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
    assert len(medmnist.SETS) == 12
    files = [medmnist.online_file(key, size) for key in medmnist.SETS for size in medmnist.SIZES]
    assert len({item.checksum for item in files}) == len({item.file for item in files}) == 48
    for key, about in medmnist.SETS.items():
        assert len(about.md5) == len(medmnist.SIZES) and about.flaws
        assert about.task in {
            "multi-class",
            "binary-class",
            "ordinal-regression",
            "multi-label, binary-class",
        }
        assert (about.licence == "CC BY-NC 4.0") == (key == "dermamnist")
        assert len(about.labels) == len(set(about.labels)) and all(about.labels)
        for size in medmnist.SIZES:
            item = medmnist.online_file(key, size)
            download._check_item(item, allow_loopback_http=False)
            assert item.urls[0].startswith("https://zenodo.org/records/10519652/files/" + item.file)
            assert not item.exact and item.rows == sum(about.counts)
    # Two sizes that are published: the bound holds, and is not far away.
    for key, size in {"pneumoniamnist": 4_170_669, "breastmnist": 559_580}.items():
        assert size <= ONLINE[key].size < 1.2 * size
    # The numbers that lesson 07 prints beside its own.
    assert medmnist.SETS["pneumoniamnist"].published == (0.944, 0.854)
    assert medmnist.SETS["retinamnist"].published == (0.717, 0.524)
    assert medmnist.SETS["pneumoniamnist"].counts == (4708, 524, 624)


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
    server, monkeypatch, cache, path, words
):
    arrays = made_up("pneumonia")
    server.content, item = promise_arrays(monkeypatch, "pneumonia", arrays, server.url + path)
    # Two images more than this file could be long.
    small = dataclasses.replace(item, size=len(server.content) + 1500)
    monkeypatch.setattr(datasets, "ONLINE", {**datasets.ONLINE, item.name: small})
    patience = 0.3 if path in {"/silent", "/half"} else 10
    begin = time.monotonic()
    with pytest.raises(DownloadError, match=words) as caught:
        datasets.fetch_medmnist("pneumonia", timeout=patience)
    assert time.monotonic() - begin < 9 and names(cache) == []
    message = str(caught.value)
    for needed in ("PneumoniaMNIST", server.url + path, item.checksum[4:], "at most"):
        assert needed in message
    assert str(cache / "pneumoniamnist.npz") in message
    promise_arrays(monkeypatch, "pneumonia", arrays, server.url + "/good")
    assert datasets.fetch_medmnist("pneumonia").x_test.shape == (7, 28, 28)
    assert names(cache) == ["pneumoniamnist.npz"]


def nowhere():
    with socket.socket() as s:  # a port at which nobody listens
        s.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{s.getsockname()[1]}/file.npz"


def test_offline_without_a_copy_says_so_and_with_one_goes_on(monkeypatch, cache):
    content, item = promise_arrays(monkeypatch, "blood", made_up("blood"), nowhere())
    with pytest.raises(DownloadError, match="could not be reached"):
        datasets.fetch_medmnist("blood")
    cache.mkdir(exist_ok=True)
    (cache / item.file).write_bytes(content)  # put in place by hand
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert datasets.fetch_medmnist("blood").x_train.shape == (11, 28, 28, 3)


def test_a_wrong_file_put_in_place_by_hand_is_kept_aside(monkeypatch, cache):
    content, item = promise_arrays(monkeypatch, "breast", made_up("breast"), nowhere())
    cache.mkdir()
    (cache / item.file).write_bytes(content + b"!")
    with (
        pytest.warns(UserWarning, match="not the file that medlearn expects"),
        pytest.raises(DownloadError, match=r"it is now .*wrong-checksum-1"),
    ):
        datasets.fetch_medmnist("breast")
    assert names(cache) == ["breastmnist.npz.wrong-checksum-1"]


PROGRAM = """
import dataclasses, functools, sys
from medlearn import datasets
from medlearn.datasets import download
download.fetch = functools.partial(download.fetch, allow_loopback_http=True)
shape = {shape!r}
item = dataclasses.replace(datasets.ONLINE["retinamnist"], urls=({url!r},), checksum={sum!r},
                           shape=shape)
datasets.ONLINE = {{"retinamnist": item}}
print("started", flush=True)
print(datasets.fetch_medmnist("retina").x_train.shape)
"""


def test_two_notebooks_at_once_download_once(server, monkeypatch, cache):
    arrays = made_up("retina")
    server.content, item = promise_arrays(monkeypatch, "retina", arrays)
    program = PROGRAM.format(shape=dict(item.shape), url=server.url + "/wait", sum=item.checksum)
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
def test_arrays_that_are_not_promised_are_refused(monkeypatch, cache, how, words):
    good, bad = made_up("breast"), spoilt(how)
    shape = {key: array.shape for key, array in good.items()}
    item = promise(monkeypatch, "breastmnist", npz(bad), shape=shape)
    cache.mkdir()
    (cache / item.file).write_bytes(npz(bad))
    with pytest.raises(DataError, match=words):
        datasets.fetch_medmnist("breast")


class Trap:
    """What a pickle could do: this one would leave a file behind."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


@pytest.mark.parametrize("whole", [False, True])
def test_object_arrays_are_refused_and_never_opened(monkeypatch, cache, tmp_path, whole):
    arrays = made_up("breast")
    shape = {key: array.shape for key, array in arrays.items()}
    sprung = tmp_path / "sprung"
    if whole:
        content = npz({"train_images": np.array([Trap(sprung)], dtype=object)})
    else:
        labels = np.empty((11, 1), dtype=object)
        labels[:] = Trap(sprung)
        content = npz({**arrays, "train_labels": labels})
    item = promise(monkeypatch, "breastmnist", content, shape=shape)
    cache.mkdir()
    (cache / item.file).write_bytes(content)
    with pytest.raises(DataError, match=r"does not hold the arrays|allow_pickle"):
        datasets.fetch_medmnist("breast")
    assert not sprung.exists()


@pytest.mark.parametrize("content", [b"", b"<html>404</html>", b"PK\3\4 no zip"])
def test_what_is_no_npz_is_refused(monkeypatch, cache, content):
    item = promise(monkeypatch, "breastmnist", content)
    cache.mkdir()
    (cache / item.file).write_bytes(content)
    with pytest.raises(DataError, match=r"does not hold the arrays.*Delete .* to fetch it anew"):
        datasets.fetch_medmnist("breast")


def test_an_npz_with_a_file_that_is_no_array(monkeypatch, cache):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for key in made_up("breast"):
            archive.writestr(f"{key}.npy", b"no array")
    item = promise(monkeypatch, "breastmnist", buffer.getvalue())
    cache.mkdir()
    (cache / item.file).write_bytes(buffer.getvalue())
    with pytest.raises(DataError, match="does not hold the arrays"):
        datasets.fetch_medmnist("breast")


# --- all of MNIST -------------------------------------------------------------------------------


def test_the_whole_of_mnist(server, monkeypatch, cache):
    shape = {"x_train": (6, 28, 28), "y_train": (6,), "x_test": (2, 28, 28), "y_test": (2,)}
    arrays = {key: np.arange(np.prod(s)).reshape(s).astype(np.uint8) for key, s in shape.items()}
    server.content = npz(arrays)
    promise(monkeypatch, "mnist", server.content, server.url + "/good", shape=shape)
    b = datasets.fetch_mnist()
    assert b.x_train.dtype == np.uint8 and b.y_train.dtype == np.int64
    for key, array in arrays.items():
        np.testing.assert_array_equal(b[key], array)
    assert b.target_names.tolist() == list("0123456789") and datasets.card("digits") == b.DESCR
    (_, _), (x_test, _) = datasets.load_digits_mnist(full=True)
    np.testing.assert_array_equal(x_test, b.x_test)
    assert server.asked == ["/good"]


# --- annotations --------------------------------------------------------------------------------


def encode(marks):
    """Write marks (sample, number, words) in the MIT format, from its description alone."""
    pairs, now = [], 0
    for sample, number, words in marks:
        gap = sample - now
        now = sample
        if not 0 <= gap < 1024:
            pairs += [
                struct.pack("<H", 59 << 10),
                struct.pack("<HH", gap >> 16 & 65535, gap & 65535),
            ]
            gap = 0
        pairs.append(struct.pack("<H", number << 10 | gap))
        if words:
            pairs.append(
                struct.pack("<H", 63 << 10 | len(words)) + words + b"\0" * (len(words) % 2)
            )
            pairs.append(struct.pack("<H", 60 << 10 | 3))  # the number of a mark, of no interest
            pairs.append(struct.pack("<H", 61 << 10 | 2))
            pairs.append(struct.pack("<H", 62 << 10 | 1))
    return b"".join(pairs) + b"\0\0"


START = mitbih.EXCERPT_START
MARKS = [
    (18, 28, b"(N"),  # a change of rhythm
    (400, 1, b""),
    (START - 1, 5, b""),  # a beat just before the excerpt
    (START, 1, b""),
    (START + 210, 5, b""),
    (START + 211, 14, b"odd"),  # noise
    (START + 5000, 6, b""),
    (START + 107_999, 13, b""),
    (START + 108_000, 1, b""),  # just after it
]


def test_marks_are_read_as_the_format_says():
    samples, numbers = mitbih.read(encode(MARKS))
    assert samples.tolist() == [sample for sample, _, _ in MARKS]
    assert numbers.tolist() == [number for _, number, _ in MARKS]
    samples, symbols = mitbih.beats(encode(MARKS))
    assert samples.tolist() == [0, 210, 5000, 107_999] and symbols.tolist() == list("NVFQ")


@given(
    st.lists(
        st.tuples(
            st.integers(0, 3_000_000),
            st.integers(1, 41),
            st.binary(max_size=5),
        ),
        max_size=20,
    )
)
def test_any_marks_come_back(marks):
    samples, numbers = mitbih.read(encode(marks))
    assert samples.tolist() == [sample for sample, _, _ in marks]
    assert numbers.tolist() == [number for _, number, _ in marks]


def test_a_file_that_was_cut_off_is_noticed_wherever():
    whole = encode(MARKS)
    for keep in range(len(whole)):
        with pytest.raises(DataError, match="without an end mark"):
            mitbih.read(whole[:keep])
    mitbih.read(whole + b"more")  # what follows the end mark is not read


def promise_beats(monkeypatch, content, *urls):
    item = dataclasses.replace(
        ONLINE["mitbih_208"], urls=urls, checksum="beats:" + mitbih.fingerprint(content)
    )
    monkeypatch.setattr(datasets, "ONLINE", {**ONLINE, "mitbih_208": item})


def test_annotations_are_aligned_to_the_excerpt(server, monkeypatch, cache):
    server.content = encode(MARKS)
    promise_beats(monkeypatch, server.content, server.url + "/good")
    for record in (208, "208"):
        b = datasets.fetch_mitbih_annotations(record)
        assert b.sample.tolist() == [0, 210, 5000, 107_999] and b.sample.dtype == np.int64
        assert b.symbol.tolist() == list("NVFQ")
        assert b.description[1] == "premature ventricular contraction"
    assert server.asked == ["/good"] and names(cache) == ["mitbih_208.atr"]
    ecg = datasets.load_ecg()
    assert (ecg.start_sample, b.sampling_rate, b.record) == (START, ecg.sampling_rate, ecg.record)


def test_other_beats_are_refused_and_other_marks_are_not(server, monkeypatch, cache):
    promise_beats(monkeypatch, encode(MARKS), server.url + "/good")
    moved = [(sample + (sample == START + 210), *rest) for sample, *rest in MARKS]
    renamed = [(sample, 1 if number == 5 else number, words) for sample, number, words in MARKS]
    for wrong in (moved, renamed, MARKS[:-3], []):
        server.content = encode(wrong)
        with pytest.raises(DownloadError, match="has another checksum") as caught:
            datasets.fetch_mitbih_annotations()
        assert names(cache) == []
    assert "beats:    those of the excerpt" in str(caught.value)
    server.content = encode(MARKS[1:-1])  # a mark before and a beat after the excerpt less
    assert len(datasets.fetch_mitbih_annotations().sample) == 4


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/cut", "broke off half way"),
        ("/nothing", "404"),
        ("/silent", "in time"),
        ("/long", "longer"),
    ],
)
def test_annotations_on_a_bad_day(server, monkeypatch, cache, path, words):
    server.content = encode(MARKS) * (2000 if path == "/long" else 1)
    promise_beats(monkeypatch, encode(MARKS), server.url + path)
    with pytest.raises(DownloadError, match=words):
        datasets.fetch_mitbih_annotations(timeout=0.3 if path == "/silent" else 10)
    assert names(cache) == []


def test_annotations_put_in_place_by_hand(monkeypatch, cache):
    promise_beats(monkeypatch, encode(MARKS), nowhere())
    cache.mkdir()
    (cache / "mitbih_208.atr").write_bytes(encode(MARKS))
    assert len(datasets.fetch_mitbih_annotations().sample) == 4
    (cache / "mitbih_208.atr").write_bytes(b"an .atr file that is none")
    with (
        pytest.warns(UserWarning, match="wrong-checksum-1"),
        pytest.raises(DownloadError, match="could not be reached"),
    ):
        datasets.fetch_mitbih_annotations()


# --- from the command line ----------------------------------------------------------------------


def test_list_fetch_and_verify_by_name(server, monkeypatch, cache, capsys):
    arrays = made_up("pneumonia")
    server.content, _ = promise_arrays(monkeypatch, "pneumonia", arrays, server.url + "/good")
    assert main(["data", "list"]) == 0
    lines = {line.split()[0]: line for line in capsys.readouterr().out.splitlines()}
    assert set(lines) == {"name", *DATASETS, *ONLINE}
    assert "5,856" in lines["pneumoniamnist"] and "online" in lines["pneumoniamnist"]
    assert main(["data", "verify", "pneumoniamnist"]) == 1
    assert "python -m medlearn data fetch pneumoniamnist" in capsys.readouterr().err
    assert main(["data", "fetch", "pneumoniamnist"]) == 0
    assert f"✓ pneumoniamnist: {cache / 'pneumoniamnist.npz'}" in capsys.readouterr().out
    assert main(["data", "verify"]) == 0
    assert "✓ pneumoniamnist" in capsys.readouterr().out
    (cache / "pneumoniamnist.npz").write_bytes(b"x")
    assert main(["data", "verify"]) == 1
    assert "✗ pneumoniamnist" in capsys.readouterr().err
