"""The cells of the lessons that need a network, run without one, on made-up files.

The code is taken from the notebook as it stands: a lesson's imports and functions, and the cells
that it tags ``online``.
"""

import ast
import re
from types import SimpleNamespace

import nbformat
import numpy as np
import pytest
from data_files import medmnist_arrays, npz, promise_medmnist, rewrite

import medlearn
from medlearn import datasets
from medlearn.datasets import DownloadError, ecg, medmnist

LESSON_07 = "07_images_cnn.ipynb"
SETS = {"pneumonia": 2, "breast": 2, "blood": 8, "retina": 5}
COUNTS = {"train": 120, "val": 40, "test": 64}
GONE = "PneumoniaMNIST is not here and could not be fetched: go on, nothing below needs it.\n"
GONE_TOO = "The two sets are not here and could not be fetched: go on, nothing below needs them.\n"


def tags(cell):
    return cell.metadata.get("tags", [])


def notebook(root, name):
    return nbformat.read(root / "notebooks" / name, as_version=4)


def code_cells(nb):
    """The lesson's own code, without the setup and what the learner writes."""
    own = ("exercise:", "check:", "setup")
    return [
        cell
        for cell in nb.cells
        if cell.cell_type == "code" and not any(tag.startswith(own) for tag in tags(cell))
    ]


def tools(nb):
    """A namespace with the lesson's imports and functions; nothing else of it has been run."""
    kept = [
        node
        for cell in code_cells(nb)
        for node in ast.parse(cell.source).body
        if isinstance(node, ast.Import | ast.ImportFrom | ast.FunctionDef)
        and not ast.unparse(node).startswith("from medlearn.exercises")
    ]
    namespace = {"medlearn": medlearn}
    exec(compile(ast.Module(kept, []), "imports and functions", "exec"), namespace)
    return namespace


def online_cells(nb, word=""):
    """The cells tagged online; of lesson 07 those of one of its two sections."""
    hands_on = "hand_on" in word
    cells = [cell for cell in code_cells(nb) if "online" in tags(cell)]
    return [cell for cell in cells if ("hand_on" in cell.source) == hands_on]


def datasets_like(name):
    """What `fetch_medmnist` gives for a made-up file, without a file."""
    arrays = medmnist_arrays(name, COUNTS)
    parts = {f"x_{part}": arrays[f"{part}_images"] for part in ("train", "test")}
    parts |= {f"y_{part}": arrays[f"{part}_labels"][:, 0] for part in ("train", "test")}
    return SimpleNamespace(**parts, target_names=range(SETS[name]))


@pytest.fixture
def promise(cache, server, data_copy):
    """The table promises one made-up file of MedMNIST, and the cache folder is empty."""

    def make(name, path="/good"):
        server.content = npz(**medmnist_arrays(name, COUNTS))
        promise_medmnist(data_copy, name, server.content, COUNTS, server.url + path)

    return make


@pytest.mark.slow
@pytest.mark.parametrize("name", SETS)
def test_lesson_07_reads_another_set_by_its_name_alone(root, promise, capsys, name):
    nb = notebook(root, LESSON_07)
    namespace, cells = tools(nb), online_cells(nb)
    *_, last = cells
    assert last.source.count('try_set("pneumonia")') == 1
    assert sum(cell.source.count('"pneumonia"') for cell in cells) == 1, "the name stands once"
    promise(name)
    for cell in cells:
        exec(cell.source.replace('"pneumonia"', f'"{name}"'), namespace)
    printed = capsys.readouterr().out
    assert "120 training and 64 test pictures" in printed
    rows = re.findall(
        r"(.+?) +AUC ≈ ([\d.]+) \[([\d.]+) to ([\d.]+)\] +accuracy ≈ ([\d.]+)", printed
    )
    assert [row[0] for row in rows] == [
        "CNN, validation",
        "CNN, test",
        "logistic regression, test",
    ]
    for _, auc, low, high, accuracy in rows:
        assert 0 <= float(low) <= float(auc) <= float(high) <= 1
        assert 0 <= float(accuracy) <= 1
    # The bar tells the class, and a weighted sum finds it: pictures and labels belong together.
    assert float(rows[2][1]) > 0.95
    assert float(rows[1][1]) > 0.6
    ours = medmnist.table().sets[medmnist.key_of(name)].ours
    scores = "AUC {auc} +accuracy {accuracy}".format(**ours.published)
    assert re.search(rf"ResNet-18 \(28\), published +{scores}", printed)
    for flaw in ours.flaws:
        assert flaw in printed


@pytest.mark.slow
def test_lesson_07_offers_a_larger_network_that_trains(root, promise, capsys):
    """The call that the text offers, with one epoch in the place of fifteen."""
    nb = notebook(root, LESSON_07)
    namespace = tools(nb)
    offered = 'try_set("pneumonia", large_cnn, rougher(), epochs=15)'
    assert sum(offered in cell.source for cell in nb.cells) == 1
    promise("pneumonia")
    exec(offered.replace("15", "1"), namespace)
    assert "120 training and 64 test pictures" in capsys.readouterr().out
    assert namespace["large_cnn"]((28, 28, 1), 2).count_params() > 100_000


def test_lesson_07_goes_on_without_a_network(root, promise, capsys):
    nb = notebook(root, LESSON_07)
    namespace = tools(nb)
    promise("pneumonia", path="/nowhere")
    for cell in online_cells(nb):
        exec(cell.source, namespace)
    assert capsys.readouterr().out == GONE
    with pytest.raises(DownloadError):
        datasets.fetch_medmnist("pneumonia")


@pytest.mark.slow
def test_lesson_07_hands_on_from_one_set_to_another(root, capsys):
    """Two made-up sets from one file of the form that both have; fewer passes."""
    nb = notebook(root, LESSON_07)
    namespace = tools(nb)
    made = {name: datasets_like(name) for name in ("pneumonia", "breast")}
    namespace["datasets"] = SimpleNamespace(fetch_medmnist=made.get)
    namespace["teach"] = lambda model, loss, X, y, passes, rate: model.compile("adam", loss)
    namespace["hand_on"]("pneumonia", "breast")
    printed = capsys.readouterr().out
    assert "pneumonia to breast: AUC on 64 test pictures" in printed
    assert re.findall(r"(?m)^(mean grey|from nothing|fine-tuned) +≈", printed) == [
        "mean grey",
        "from nothing",
        "fine-tuned",
    ]


def test_lesson_07_hands_on_nothing_without_a_network(root, promise, capsys):
    nb = notebook(root, LESSON_07)
    promise("pneumonia", path="/nowhere")
    [last] = online_cells(nb, "hand_on")
    exec(last.source, tools(nb))
    assert capsys.readouterr().out == GONE_TOO


def test_lesson_07_is_stored_as_it_runs_offline(root):
    nb = notebook(root, LESSON_07)
    for words, gone in [("try_set", GONE), ("hand_on", GONE_TOO)]:
        *_, last = online_cells(nb, words)
        assert [output["text"] for output in last.outputs] == [gone]
        assert "nbval-ignore-output" in tags(last), "where the file is there, the output is another"


LESSON_08 = "08_sequences_rnn_lstm.ipynb"
NO_MARKS = "The cardiologists' marks are not here and could not be fetched: go on without them.\n"


@pytest.fixture
def annotations(cache, server, data_copy):
    """The card promises a made-up annotation file of record 208; the cache is empty."""

    def make(beats, path="/good"):
        """`beats`: pairs of a sample of the excerpt and the number of the kind of beat."""
        words, now = [], 0
        for sample, number in beats:
            gap = ecg.EXCERPT_START + sample - now
            words += [59 << 10, gap >> 16, gap & 65535, number << 10]  # a long pause, a mark
            now += gap
        server.content = b"".join(word.to_bytes(2, "little") for word in [*words, 0])
        checksum = f"sha256:{ecg.fingerprint(server.content)}"
        rewrite(data_copy / "ecg.toml", "[online]", urls=[server.url + path], checksum=checksum)

    return make


def lesson_08(root):
    """The lesson's functions, and five peaks; their errors are 10, 20, … per cent of a beat."""
    nb = notebook(root, LESSON_08)
    namespace = tools(nb)
    namespace |= {"rate": 360, "longest": 1}
    namespace["peaks"] = np.array([1000, 2000, 4000, 5000, 6000])
    namespace["ours"] = namespace["peaks"][1:]
    errors = {"linear": np.array([0.1, 0.2, 0.3, 0.4]), "LSTM": np.array([0.05, 0.1, 0.15, 0.2])}
    namespace["relative"] = errors.__getitem__
    (cell,) = online_cells(nb)
    return namespace, cell


def test_lesson_08_scores_its_peaks_against_made_up_marks(root, annotations, capsys):
    namespace, cell = lesson_08(root)
    normal, ventricular, fusion = 1, 5, 6
    annotations(
        [
            (1010, normal),
            (2054, ventricular),  # 150 ms after a peak: just near enough
            (3000, normal),  # in the longest gap, and missed
            (3001, fusion),  # missed too
            (4055, normal),  # one sample too far
            (4990, normal),
            (5010, normal),  # the peak at 5000 serves one mark only
            (6000, ventricular),
        ]
    )
    exec(cell.source, namespace)
    printed = capsys.readouterr().out
    assert "8 marked beats, 5 peaks, 4 of them the same" in printed
    assert "sensitivity 50.0% [" in printed
    assert "positive predictive value 80.0% [" in printed
    assert "missed beats inside the longest gap: 2" in printed
    # Peaks 2000 and 6000 are ventricular: the middle of 0.1 and 0.4; 5000 is the normal one.
    assert "V: 2 of 2 found; linear ≈ 25 %; LSTM ≈ 12 %" in printed
    assert "N: 2 of 5 found; linear ≈ 30 %; LSTM ≈ 15 %" in printed
    assert "F: 0 of 1 found\n" in printed, "no score for a kind of which none was found"


def test_lesson_08_goes_on_without_a_network(root, annotations, capsys):
    namespace, cell = lesson_08(root)
    annotations([(1000, 1)], path="/nowhere")
    exec(cell.source, namespace)
    assert capsys.readouterr().out == NO_MARKS


def test_lesson_08_is_stored_as_it_runs_offline(root):
    (cell,) = online_cells(notebook(root, LESSON_08))
    assert [output["text"] for output in cell.outputs] == [NO_MARKS]
    assert "nbval-ignore-output" in tags(cell), "where the marks are there, the output is another"
