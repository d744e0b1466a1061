"""Lesson 11: what it says of its list and its secrets, its helpers, and what its explorer shows."""

import re

import numpy as np
import pytest

from medlearn import lessons, widgets
from medlearn.exercises import lesson_11

LESSON = lessons.find()["11"]
CODE = [lessons.text_of(c) for c in LESSON.notebook["cells"] if c["cell_type"] == "code"]
TEXT = " ".join(
    " ".join(lessons.text_of(c).split())
    for c in LESSON.notebook["cells"]
    if c["cell_type"] == "markdown"
)


def cell(beginning):
    """The one cell that begins so."""
    (found,) = [source for source in CODE if source.startswith(beginning)]
    return found


def names_of(*beginnings, **given):
    """What these cells define."""
    names = {"re": re, "np": np, **given}
    for beginning in beginnings:
        source = cell(beginning)
        exec(source.split("\n\n\ntable = ")[0], names)  # the function, and not its use
    return names


def test_the_lesson_loads_what_it_says():
    assert LESSON.data == ("icd10cm",)


def test_the_source_is_named_as_it_asks():
    from medlearn.datasets.catalogue import DATASETS

    assert " ".join(DATASETS["icd10cm"].notice.split()) in TEXT


def test_not_on_the_list_is_never_called_inexistent():
    told = [*CODE, TEXT]
    assert not [text for text in told if re.search(r"(does|do) not exist|non-?existent", text)]
    assert "Not on the list does not mean impossible" in TEXT


def test_words_are_cut_whatever_comes():
    words = names_of("def words")["words"]
    assert words("Burn of finger(s)") == ["burn", "of", "finger", "(", "s", ")"]
    assert words("") == [] and words("  \n") == [] and words("Sézary") == ["sézary"]
    assert words("肺炎") == ["肺炎"], "one word, which is not in the vocabulary"


@pytest.fixture
def write():
    vocabulary = ["", "<start>", "<end>", "<rare>", "burn", "of"]
    number = {word: n for n, word in enumerate(vocabulary)}
    names = names_of("def words", "def write", number=number, LONGEST=15)
    names["go_on"] = lambda model, rows, place, temperature, seed: (rows, place)
    return names["write"]


def test_a_beginning_goes_in_as_numbers(write):
    rows, place = write(None, "Burn OF", 2, 1.0)
    assert rows.shape == (2, 17) and place == 3
    assert rows[0].tolist() == [1, 4, 5, *[0] * 14]
    rows, place = write(None, "", 1, 1.0)
    assert rows[0, 0] == 1 and place == 1, "an empty beginning: from the start"


@pytest.mark.parametrize(
    ("begin", "said"),
    [
        ("burn of elbow", r"does not know \['elbow'\]"),
        ("肺炎", r"does not know \['肺炎'\]"),
        ("burn " * 10_000, "10000 words came; a line has at most 15"),
        ("burn " * 15, "15 words came"),
    ],
)
def test_a_beginning_that_does_not_fit_is_refused(write, begin, said):
    with pytest.raises(ValueError, match=said):
        write(None, begin, 1, 1.0)


def test_each_number_has_its_own_place_in_the_ranking():
    """The probabilities of 1,000 numbers come in their order, 000 to 999."""
    keras = pytest.importorskip("keras")
    vocabulary = ["", "<start>", "<end>", "<rare>", *"0123456789", "x"]
    number = {word: n for n, word in enumerate(vocabulary)}

    class Model:
        @staticmethod
        def predict_on_batch(rows):  # after x comes 4, after 4 comes 8, after 8 comes 7
            liked = {"x": "4", "4": "8", "8": "7"}
            logits = np.zeros((*rows.shape, len(vocabulary)), dtype="float32")
            for word, following in liked.items():
                logits[rows == number[word], number[following]] = 5
            return logits

    given = {"number": number, "LONGEST": 15, "keras": keras}
    names = names_of("def numbers", "from itertools import product", **given)
    log_p = names["log_p_of_numbers"](Model, "x")
    assert log_p.shape == (1000,) and log_p.argmax() == 487
    assert names["rank_of"](Model, "x 4 8 7") == 1
    assert names["rank_of"](Model, "x 4 8 6") > 1


def test_secrets_have_controls_and_are_many():
    made = cell("dice = np.random.default_rng(0)")
    assert "np.repeat([0, 1, 8, 40], 20)" in made
    chance = np.log2(1000) - np.log2(np.arange(1, 1001))
    assert 1.4 < chance.mean() < 1.45 and np.median(chance) == pytest.approx(1, abs=0.01)


def test_the_attention_of_the_exercise_is_that_of_keras():
    keras = pytest.importorskip("keras")
    Q, K, V = np.random.default_rng(3).normal(size=(3, 5, 4))
    layer = keras.layers.MultiHeadAttention(num_heads=1, key_dim=4, use_bias=False)
    layer.build((1, 5, 4), (1, 5, 4), (1, 5, 4))
    same = np.eye(4)
    layer.set_weights([same[:, None], same[:, None], same[:, None], same[None]])
    by_keras = layer(query=Q[None], key=K[None], value=V[None], use_causal_mask=True)
    ours = lesson_11.attention.solution_function(Q, K, V)
    np.testing.assert_allclose(by_keras[0], ours, atol=1e-5)


# --- the figure to move ---------------------------------------------------------------------------

LINES = [("burn of left eye", "seen"), ("pain in eye", "new"), ("burn of pain", "unlisted")]
WRITTEN = {
    (begin, t): [*LINES, *[LINES[2]] * n]
    for n, (begin, t) in enumerate([("", 0.5), ("", 1.0), ("burn of", 0.5), ("burn of", 1.0)])
}


def test_the_explorer_counts_each_kind():
    explorer = widgets.written_lines_explorer(WRITTEN, prompt="burn of", temperature=1.0)
    assert explorer.words.startswith("Begun with “burn of”, temperature 1: 6 lines.")
    assert "not on the list ≈ 67 %" in explorer.words
    assert explorer.grid == {"prompt": ("", "burn of"), "temperature": (0.5, 1.0)}


@pytest.mark.parametrize(
    ("written", "start", "error", "said"),
    [
        ({}, {}, ValueError, "no lines"),
        ([("", 1)], {}, TypeError, r"a dict: \(prompt, temperature\) → lines"),
        ({"": LINES}, {}, TypeError, "a dict"),
        ({("", 0.5): []}, {}, ValueError, "no lines for prompt '' at temperature 0.5"),
        ({("", 0.5): LINES, ("a", 1): LINES}, {}, ValueError, "no lines for prompt '' at .* 1"),
        ({("", 0.5): [("x", "true")]}, {}, ValueError, "seen, new, unlisted; 'true' came"),
        (WRITTEN, {"prompt": "肺炎"}, ValueError, "prompt '肺炎' is not among those written"),
        (WRITTEN, {"temperature": 0.0}, ValueError, "temperature 0.0 is not among those"),
    ],
)
def test_lines_that_do_not_fit_are_refused(written, start, error, said):
    with pytest.raises(error, match=said):
        widgets.written_lines_explorer(written, **start)


def test_a_long_line_is_cut_and_a_sign_in_it_does_no_harm():
    written = {("", 0.5): [("$ a_b % é " * 40, "seen")], ("", 1.0): [("<end>", "unlisted")]}
    explorer = widgets.written_lines_explorer(written)
    assert all(view.png for view in map(explorer.render, explorer.states()))
