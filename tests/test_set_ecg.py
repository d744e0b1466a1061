"""The ECG, and what cardiologists wrote down for each beat."""

import struct

import numpy as np
import pytest
import scipy.signal
from data_files import npz, rewrite
from hypothesis import given
from hypothesis import strategies as st
from servers import names, nowhere

from medlearn import datasets
from medlearn.datasets import DATASETS, DataError, DownloadError, ecg


def test_the_ecg_is_in_millivolts_as_in_scipys_documentation():
    loaded = datasets.load_ecg()
    assert loaded.signal.shape == (108_000,) and loaded.signal.dtype == np.float64
    np.testing.assert_allclose(
        loaded.signal[[0, 1, 2, -2, -1]], [-0.245, -0.215, -0.185, -0.395, -0.385]
    )
    assert loaded.signal.mean() == pytest.approx(-0.16510875)
    assert loaded.signal.std() == pytest.approx(0.5992473991177294)
    assert len(loaded.signal) / loaded.sampling_rate == 300
    assert loaded.start_seconds * loaded.sampling_rate == loaded.start_sample


def test_the_ecg_has_about_as_many_peaks_as_beats_were_annotated():
    loaded = datasets.load_ecg()
    peaks, _ = scipy.signal.find_peaks(loaded.signal, height=0.5, distance=100)
    assert 480 < len(peaks) < 530
    # The first beats of the excerpt, at the samples of the record that the cardiologists' file has.
    for beat in (422_945, 423_162, 423_371, 423_568, 423_764, 423_951, 424_136, 424_321, 424_510):
        assert np.abs(peaks + loaded.start_sample - beat).min() <= 2


def test_the_source_of_the_ecg_becomes_what_ships():
    raw = np.round(datasets.load_ecg().signal * 200 + 1024).astype(np.uint16)
    arrays = ecg.convert(npz(ecg=raw))
    assert datasets.content_sha256(arrays) == DATASETS["ecg"].content_sha256
    with pytest.raises(ValueError, match="allow_pickle"):
        ecg.convert(npz(ecg=np.array([None])))


# --- annotations, which are fetched -------------------------------------------------------------


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


START = ecg.EXCERPT_START
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
    samples, numbers = ecg.read_annotations(encode(MARKS))
    assert samples.tolist() == [sample for sample, _, _ in MARKS]
    assert numbers.tolist() == [number for _, number, _ in MARKS]
    samples, symbols = ecg.beats(encode(MARKS))
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
    samples, numbers = ecg.read_annotations(encode(marks))
    assert samples.tolist() == [sample for sample, _, _ in marks]
    assert numbers.tolist() == [number for _, number, _ in marks]


def test_a_file_that_was_cut_off_is_noticed_wherever():
    whole = encode(MARKS)
    for keep in range(len(whole)):
        with pytest.raises(DataError, match="without an end mark"):
            ecg.read_annotations(whole[:keep])
    ecg.read_annotations(whole + b"more")  # what follows the end mark is not read


@pytest.fixture
def promise(data_copy, cache):
    """Make the card promise the beats of exactly this annotation file, at this address."""

    def make(content, url):
        checksum = f"sha256:{ecg.fingerprint(content)}"
        rewrite(data_copy / "ecg.toml", "[online]", urls=[url], checksum=checksum)

    return make


def test_annotations_are_aligned_to_the_excerpt(server, promise, cache):
    server.content = encode(MARKS)
    promise(server.content, server.url + "/good")
    for record in (208, "208"):
        b = datasets.fetch_mitbih_annotations(record)
        assert b.sample.tolist() == [0, 210, 5000, 107_999] and b.sample.dtype == np.int64
        assert b.symbol.tolist() == list("NVFQ")
        assert b.description[1] == "premature ventricular contraction"
    assert server.asked == ["/good"] and names(cache) == ["mitbih_208.atr"]
    loaded = datasets.load_ecg()
    assert loaded.start_sample == START
    assert (b.sampling_rate, b.record) == (loaded.sampling_rate, loaded.record)


def test_other_beats_are_refused_and_other_marks_are_not(server, promise, cache):
    promise(encode(MARKS), server.url + "/good")
    moved = [(sample + (sample == START + 210), *rest) for sample, *rest in MARKS]
    renamed = [(sample, 1 if number == 5 else number, words) for sample, number, words in MARKS]
    for wrong in (moved, renamed, MARKS[:-3], []):
        server.content = encode(wrong)
        with pytest.raises(DownloadError, match="has another checksum") as caught:
            datasets.fetch_mitbih_annotations()
        assert names(cache) == []
    assert "(of what counts in it, not of its bytes)" in str(caught.value)
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
def test_annotations_on_a_bad_day(server, promise, cache, path, words):
    server.content = encode(MARKS) * (2000 if path == "/long" else 1)
    promise(encode(MARKS), server.url + path)
    with pytest.raises(DownloadError, match=words):
        datasets.fetch_mitbih_annotations(timeout=0.3 if path == "/silent" else 10)
    assert names(cache) == []


def test_annotations_put_in_place_by_hand(promise, cache):
    promise(encode(MARKS), nowhere())
    cache.mkdir()
    (cache / "mitbih_208.atr").write_bytes(encode(MARKS))
    assert len(datasets.fetch_mitbih_annotations().sample) == 4
    (cache / "mitbih_208.atr").write_bytes(b"an .atr file that is none")
    with (
        pytest.warns(UserWarning, match="wrong-checksum-1"),
        pytest.raises(DownloadError, match="could not be reached"),
    ):
        datasets.fetch_mitbih_annotations()
