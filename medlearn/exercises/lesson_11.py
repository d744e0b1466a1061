"""Exercises of lesson 11: the next word, attention, a look-up, and what a ward may let it write."""

from itertools import pairwise

import numpy as np

from medlearn.exercises.engine import Exercises, Level

lesson = Exercises("11")

_LINES = [
    ["burn", "of", "left", "hand", "<end>"],
    ["burn", "of", "right", "hand", "<end>"],
    ["pain", "in", "left", "hand", "<end>"],
    ["fracture", "of", "left", "femur", "<end>"],
    ["burn", ",", "left", "eye", "<end>"],
]


@lesson.function(
    cases=[
        (_LINES, "left", "hand"),
        (_LINES, "of", "left"),
        (_LINES, "hand", "<end>"),
        ([["left", "and", "left", "hand", "<end>"]], "left", "hand"),
        (_LINES, "burn", "femur"),
    ],
    hints=[
        "Two counts are needed: how often the first word came at all, and how often the second "
        "stood right behind it.",
        "Two loops: over the lines, and in each line over the places but the last. What follows "
        "the word line[place] is line[place + 1].",
        "Divide the second count by the first. Nothing else is divided.",
    ],
    right="Of all that followed the first word, the share that is the second: a conditional share.",
)
def next_word(lines, before, after):
    came, followed = 0, 0
    for line in lines:
        for place in range(len(line) - 1):
            if line[place] == before:
                came += 1
                if line[place + 1] == after:
                    followed += 1
    return followed / came


@next_word.fresh
def _(rng):
    some = ["burn", "of", "left", "right", "hand", "eye"]
    lines = [[*rng.choice(some, size=6).tolist(), "<end>"] for _line in range(8)]
    before, after = lines[0][2:4]
    return lines, before, after


def _pairs(lines):
    return [pair for line in lines for pair in pairwise(line)]


@next_word.misconception(
    "joint_for_conditional",
    "You divided by all pairs of words: that is how often this pair comes anywhere. Asked was: "
    "*when the first word came*, how often is this the next?",
)
def _(lines, before, after):
    pairs = _pairs(lines)
    return pairs.count((before, after)) / len(pairs)


@next_word.misconception(
    "other_way_round",
    "You asked the other way round: of the places before the second word, how many hold the first. "
    "The model knows the first word and has to guess the second.",
)
def _(lines, before, after):
    pairs = _pairs(lines)
    return pairs.count((before, after)) / sum(b == after for _a, b in pairs)


@next_word.misconception(
    "count_for_share", "That is how often the pair came. A share was asked for: divide."
)
def _(lines, before, after):
    return _pairs(lines).count((before, after))


@next_word.misconception(
    "lines_for_places",
    "You divided by the number of lines. Divide by how often the first word came.",
)
def _(lines, before, after):
    return _pairs(lines).count((before, after)) / len(lines)


@next_word.misconception(
    "anywhere_in_line",
    "You asked whether both words stand in the same line. The second has to stand right behind the "
    "first.",
)
def _(lines, before, after):
    holding = [line for line in lines if before in line]
    return sum(after in line for line in holding) / len(holding)


@next_word.misconception(
    "word_alone",
    "That is how common the second word is, whatever stands before it.",
)
def _(lines, before, after):
    every = [word for line in lines for word in line]
    return every.count(after) / len(every)


@next_word.misconception(
    "one_added",
    "You added 1 to a count. That is a known remedy for pairs that never came, but it was not "
    "asked for here.",
)
def _(lines, before, after):
    pairs, known = _pairs(lines), {word for line in lines for word in line}
    came = sum(a == before for a, _b in pairs)
    return (pairs.count((before, after)) + 1) / (came + len(known))


def _weights(scores, mask=True):
    if mask:
        scores = np.where(np.tri(len(scores), dtype=bool), scores, -np.inf)
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    return shares / shares.sum(axis=1, keepdims=True)


def _vectors(seed, n, size, width):
    dice = np.random.default_rng(seed)
    shapes = (n, size), (n, size), (n, width)
    return tuple(dice.normal(scale=1.5, size=shape).round(1) for shape in shapes)


@lesson.function(
    cases=[_vectors(0, 1, 2, 2), _vectors(1, 3, 2, 3), _vectors(2, 6, 4, 2)],
    hints=[
        "Three steps, all in the cells above: scores of queries and keys, shares of the scores, "
        "values mixed by the shares.",
        "Between the first and the second the future goes: np.tri is True where a word may look, "
        "and np.where puts -np.inf elsewhere.",
        "Each *row* of shares adds up to 1: sum with axis=1 and keepdims=True. Last comes a "
        "product with V.",
    ],
    right="Each word mixes what it and the words before it have to say, and nothing of the future.",
)
def attention(Q, K, V):
    scores = Q @ K.T / np.sqrt(Q.shape[1])
    scores = np.where(np.tri(len(Q), dtype=bool), scores, -np.inf)
    shares = np.exp(scores)
    shares = shares / shares.sum(axis=1, keepdims=True)
    return shares @ V


@attention.fresh
def _(rng):
    n, size, width = rng.integers([3, 2, 2], [7, 5, 5])
    return _vectors(int(rng.integers(2**31)), int(n), int(size), int(width))


@attention.misconception(
    "future_seen",
    "Each word looks at all words, those behind it too. When it learns to guess the next word, the "
    "answer would lie open before it: hide the future with -np.inf before the shares are made.",
)
def _(Q, K, V):
    return _weights(Q @ K.T / np.sqrt(Q.shape[1]), mask=False) @ V


@attention.misconception(
    "not_scaled",
    "The division by the root of the length of a query is missing: np.sqrt(Q.shape[1]).",
)
def _(Q, K, V):
    return _weights(Q @ K.T) @ V


@attention.misconception(
    "scaled_by_length",
    "You divided by the length of a query itself. Its root was asked for: np.sqrt(Q.shape[1]).",
)
def _(Q, K, V):
    return _weights(Q @ K.T / Q.shape[1]) @ V


@attention.misconception(
    "scaled_by_words",
    "You took the root of the number of words. The length of a query counts: Q.shape[1].",
)
def _(Q, K, V):
    return _weights(Q @ K.T / np.sqrt(len(Q))) @ V


@attention.misconception(
    "wrong_axis",
    "The shares of each *column* add up to 1. Each word divides its own attention, so each *row* "
    "has to: axis=1.",
)
def _(Q, K, V):
    scores = Q @ K.T / np.sqrt(Q.shape[1])
    shares = np.exp(np.where(np.tri(len(Q), dtype=bool), scores, -np.inf))
    return shares / shares.sum(axis=0, keepdims=True) @ V


@attention.misconception(
    "hidden_too_late",
    "You hid the future after the shares were made: the rows no longer add up to 1. Hide it in the "
    "scores, with -np.inf.",
)
def _(Q, K, V):
    return np.tril(_weights(Q @ K.T / np.sqrt(Q.shape[1]), mask=False)) @ V


@attention.misconception(
    "zero_for_minus_infinity",
    "You put 0 where the future is. exp(0) is 1, so the future still gets a share. Put -np.inf.",
)
def _(Q, K, V):
    return _weights(np.tril(Q @ K.T / np.sqrt(Q.shape[1])), mask=False) @ V


@attention.misconception(
    "past_hidden",
    "You hid the past, and each word looks at itself and at the future: the mask is the wrong way "
    "round.",
)
def _(Q, K, V):
    scores = np.where(np.tri(len(Q), dtype=bool).T, Q @ K.T / np.sqrt(Q.shape[1]), -np.inf)
    return _weights(scores, mask=False) @ V


@attention.misconception(
    "queries_and_keys_swapped",
    "Queries and keys are swapped: row i should belong to the word that asks, Q @ K.T.",
)
def _(Q, K, V):
    return _weights(K @ Q.T / np.sqrt(Q.shape[1])) @ V


@attention.misconception(
    "no_softmax",
    "The scores themselves mix the values. They have to become shares first: np.exp, and each row "
    "divided by its sum.",
)
def _(Q, K, V):
    return np.tril(Q @ K.T / np.sqrt(Q.shape[1])) @ V


@attention.misconception(
    "shares_returned",
    "Those are the shares. They were to mix the values: shares @ V.",
)
def _(Q, K, V):
    return _weights(Q @ K.T / np.sqrt(Q.shape[1]))


# no text: official words
_OFFICIAL = ["Cholera, unspecified", "Burn of left hand", "Burn of left eye", "Gout"]
# no text: lines that a program writes
_WRITTEN = [
    "Burn of left hand",
    "burn of left hand",
    "  burn  of left   HAND ",
    "burn of left",
    "burn of left hand and eye",
    "left hand",
    " gout ",
    "gout of right hand",
    "burn of right hand",
    "CHOLERA, UNSPECIFIED",
    "hand left of burn",
    "burnof lefthand",
]


@lesson.function(
    cases=[(line, _OFFICIAL) for line in _WRITTEN],
    hints=[
        "What should not matter? Capitals and spare spaces. What should? Every word, and nothing "
        "more or less.",
        "text.lower() writes small letters. text.split() cuts a text at any spaces, however many, "
        "and a join with one space puts it together again.",
        "Do that with the line and with each text of the list, then ask whether they are equal.",
    ],
    right="The whole line, and nothing but capitals and spaces forgiven.",
)
def on_list(line, official):
    line = " ".join(line.lower().split())
    return line in [" ".join(text.lower().split()) for text in official]


@on_list.fresh
def _(rng):
    kind = str(rng.choice(["burn", "sprain", "bite", "fracture"]))
    place, side = str(rng.choice(["hand", "foot", "knee"])), str(rng.choice(["left", "right"]))
    short, long = f"{kind} {place}", f"{kind} {place} {side}"
    official = [kind.capitalize(), f"{place} {kind}".capitalize(), long.capitalize()]
    if rng.random() < 0.5:  # the line is there, and looks otherwise
        return f"  {long.upper().replace(' ', '   ')} ", official
    return short, official  # a part, a whole, other words in order: all of them, and not the line


def _plain(text):
    return " ".join(text.lower().split())


@on_list.misconception(
    "capitals_count",
    "You compare letter by letter, so “burn” is not “Burn”. Capitals mean nothing here: compare in "
    "small letters, on both sides.",
)
def _(line, official):
    return line in official


@on_list.misconception(
    "spaces_count",
    "Capitals are forgiven, but a spare space is not. split() and join leave one space between two "
    "words.",
)
def _(line, official):
    return line.lower() in [text.lower() for text in official]


@on_list.misconception(
    "ends_stripped_only",
    "Spaces at the ends are forgiven, but not those between the words: split() and join do both.",
)
def _(line, official):
    return line.lower().strip() in [text.lower() for text in official]


@on_list.misconception(
    "one_side_only",
    "You wrote the line in small letters, but not the list: then no line of the list is found.",
)
def _(line, official):
    return _plain(line) in official


@on_list.misconception(
    "part_of_a_line",
    "You ask whether the line is a *part* of a text of the list. “Burn of left” is part of one, "
    "and is no diagnosis of the list: ask whether they are equal.",
)
def _(line, official):
    return any(_plain(line) in _plain(text) for text in official)


@on_list.misconception(
    "holds_a_line",
    "You ask whether the line *holds* a text of the list. “Gout of right hand” holds “Gout”, and "
    "is another diagnosis: ask whether they are equal.",
)
def _(line, official):
    return any(_plain(text) in _plain(line) for text in official)


@on_list.misconception(
    "words_in_any_order",
    "You compare the words and not their order. A line is on the list when it reads as it does "
    "there.",
)
def _(line, official):
    return any(sorted(_plain(text).split()) == sorted(_plain(line).split()) for text in official)


@on_list.misconception(
    "known_words",
    "You ask whether all its words are known. That is how made-up lines slip through: every word "
    "is right, and the line is not on the list.",
)
def _(line, official):
    known = {word for text in official for word in _plain(text).split()}
    return all(word in known for word in _plain(line).split())


four_words = lesson.value(
    "four_words",
    code="""
    p = [0.5, 0.25, 0.125, 0.25]
    four_words = np.exp(-np.mean(np.log(p)))
    """,
    expected=4.0,
    tolerance=0.005,
    hints=[
        "Surprise first: take minus the logarithm of each of the four probabilities.",
        "Then the mean of the four, and np.exp of it.",
    ],
    misconceptions={
        32 / 9: "That is 1 divided by the mean of the probabilities. The mean is taken of the "
        "*logarithms*, so that one hopeless word weighs as much as it should.",
        4.5: "You took the mean of 1/p. The mean is taken of the logarithms.",
        256.0: "That is 1 divided by the probability of the whole line. Perplexity is for each "
        "word: take the mean of the logarithms, not their sum.",
        2.0: "Those are bits, the mean of the logarithms to the base 2. Perplexity raises 2 to "
        "them: 2 ** 2.",
        1.3862944: "That is the mean surprise, the loss. Perplexity is np.exp of it.",
        -1.3862944: "That is the mean logarithm. Perplexity is np.exp of minus that.",
        0.25: "That is the mean probability of a word, in the sense of logarithms. Perplexity is 1 "
        "divided by it.",
        0.28125: "That is the plain mean of the probabilities. Perplexity takes the mean of their "
        "logarithms, with a minus, and np.exp of it.",
        0.00390625: "That is the probability of the whole line. Perplexity is for each word, and 1 "
        "divided by it.",
    },
    right="As lost, on average, as if each word were drawn from 4 equally likely ones.",
)

colder = lesson.choice(
    "colder",
    answer="c",
    feedback={
        "a": "Section 3 measured it: colder means more lines of the list, and most of those were "
        "copied from the training part. It takes the likeliest words, whoever lies in the bed.",
        "b": "Section 3 measured it: cold writing, too, leaves the list. And the list has room for "
        "many wrong lines about one patient: on it is not right.",
        "c": "At 0 the likeliest word always wins. That makes it dull and the same each time. It "
        "knows no more of the patient than before.",
        "d": "At 0 the model does not fall silent, nor does it know what it does not know: some "
        "word is always the likeliest.",
    },
    hints=[
        "What goes into the model? And is the patient part of it?",
        "At 0 the same word wins each time. Which word is that, the true one or the usual one?",
    ],
)

bits = lesson.value(
    "bits",
    code="bits = np.log2(1000) - np.log2(4)",
    expected=float(np.log2(250)),
    tolerance=0.002,
    hints=[
        "How many bits would guessing all 1,000 numbers in any order take away? np.log2(1000).",
        "From that, the logarithm of the rank, to the base 2.",
    ],
    misconceptions={
        2.0: "That is the logarithm of the rank alone. It must be small when much has leaked: take "
        "it away from np.log2(1000).",
        float(-np.log2(250)): "The sign is turned: the best rank, 1, must give the most bits.",
        float(np.log(250)): "That is the natural logarithm. Bits are to the base 2: np.log2.",
        float(np.log10(250)): "That is the logarithm to the base 10. Bits are counted to the base "
        "2: np.log2.",
        float(np.log2(1000)): "That would be rank 1: the secret came first of all.",
        float(np.log2(1000) - np.log2(997)): "You ranked from the other end. Rank 1 is the "
        "*likeliest* number: three were likelier than the secret, so its rank is 4.",
        float(
            np.log2(1000) - np.log2(3)
        ): "Three are likelier, so the secret itself is the fourth: its rank is 4.",
        8.0: "Right, but rounded to a whole number: give it as it was computed.",
        250.0: "That is how many times better than the last rank it is. Take the logarithm to the "
        "base 2.",
    },
    right="8 of 10 bits: of a thousand numbers, about four are left to try.",
)

ward = lesson.text(
    "ward",
    model_answer="""
    The tool may propose a line, chosen from the list and nothing else, when the doctor has written
    how the diagnosis begins. It never files one by itself. The doctor who saw the patient reads the
    whole line, side and site first, and signs; a coder checks a sample against the notes, because
    a wrong line of the list looks as official as a right one, and no look-up finds it. What it
    leaves out is asked for as well: which diagnoses of this patient are missing? Logged are the
    prompt, the model and its version, what was proposed, what was signed, and by whom, so that
    wrong lines can be counted and the tool stopped. It is not trained on our notes unless names and
    numbers are out and a test with made-up secrets was passed, and nothing about a patient is typed
    into a service outside. I would begin without filing, on old cases, and go on only if fewer
    wrong lines are signed with it than without it, and if the time is worth it.
    """,
    checklist=[
        "says what the tool may write, and what it may not: propose, never file",
        "names who checks, what exactly, and against what: the patient's notes, not the list alone",
        "tells a line that is not on the list from a wrong line that is on it",
        "thinks of what is left out, not only of what is written",
        "says what is logged, so that somebody can count errors and stop the tool",
        "says what happens to patients' data: in training, and when they are typed in",
        "compares with today's way of doing it, without the tool",
    ],
    rubric=[
        Level(
            0,
            "Leaves the decision to the model or to a setting, or allows or forbids without "
            "saying who checks.",
            "Set the temperature to 0 and take only lines where it is very sure. Then it is safe "
            "on the ward, and saves a lot of time.",
        ),
        Level(
            1,
            "Two of three are decided (what it writes, who checks, what is logged), or the check "
            "is the list alone.",
            "It may write diagnoses, but a doctor reads them before they are sent, and a program "
            "compares them with the list, so that nothing is made up. All it writes is saved.",
        ),
        Level(
            2,
            "All three are decided, the check is made against the patient's notes, and a wrong "
            "line of the list is named as what a look-up misses.",
            "It proposes a line of the list to the doctor who saw the patient, and never files "
            "one. The doctor compares it with the notes, side and site first, because the wrong "
            "hand is on the list, too, and signs. Logged: prompt, version, proposal, what was "
            "signed, by whom.",
        ),
    ],
    hints=[
        "Three questions: what may it write, who checks, what is logged?",
        "Which of its errors does a look-up find, and which not? Who would notice the second kind?",
    ],
)
