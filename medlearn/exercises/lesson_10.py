"""Exercises of lesson 10: a reader of diagnoses, and who decides."""

import math

import numpy as np

from medlearn.exercises.engine import Exercises, Level

lesson = Exercises("10")


@lesson.function(
    cases=[("S52.521",), ("I10",), ("A00.0",), ("C50.911",), ("T36.0X1",)],
    hints=[
        "Which lines are variations of one text, such as left and right? What do they share?",
        "The category is what all of them share: the first three signs. A slice takes the first "
        "ones of a text: code[:n].",
    ],
    right="Left and right, with and without, first and second: they share the category, and it "
    "goes to one side as a whole.",
)
def group(code):
    return code[:3]


@group.fresh
def _(rng):
    letter = "ABCDEFGHIJKLMNOPQRSTVZ"[rng.integers(22)]
    rest = "".join(str(n) for n in rng.integers(0, 10, size=rng.integers(1, 4)))
    return (f"{letter}{rng.integers(10, 100)}.{rest}",)


@group.misconception(
    "letter_only",
    "One letter is too coarse: it is nearly a whole chapter, so a chapter would be missing from "
    "what the model learns. Which lines are variations of one text?",
)
def _(code):
    return code[0]


@group.misconception(
    "whole_code",
    "Then each line is a group of its own, and the split is the random one again: left in one "
    "part, right in the other.",
)
def _(code):
    return code


@group.misconception(
    "subcategory",
    "Too fine: S52.521 and S52.621 are the same break of two bones beside each other, and would "
    "come apart. The category ends before the full stop.",
)
def _(code):
    return code[:5]


@group.misconception(
    "two_signs",
    "Two signs join ten categories: S50 to S59 would be one. The category has three signs.",
)
def _(code):
    return code[:2]


@group.misconception(
    "full_stop_kept",
    "The full stop came along. A code such as I10 has none, and would stand beside I10. as another "
    "group.",
)
def _(code):
    return code[:4]


@group.misconception(
    "digits_only",
    "The letter belongs to it: A10 and S10 are two categories that have nothing in common.",
)
def _(code):
    return code[1:3]


@group.misconception(
    "after_the_full_stop",
    "That is what comes after the full stop: the details. The category stands before it.",
)
def _(code):
    return code[4:]


_RIGHT = np.array([1, 1, 0, 1, 0], dtype=bool)
_SURE = np.array([0.95, 0.8, 0.8, 0.4, 0.3])


@lesson.function(
    cases=[
        (_RIGHT, _SURE, 0.8),
        (_RIGHT, _SURE, 0.35),
        (np.array([1, 0, 1, 1], dtype=bool), np.array([0.99, 0.6, 0.7, 0.2]), 0.65),
        (np.array([0, 1], dtype=bool), np.array([0.9, 0.1]), 0.5),
    ],
    hints=[
        "Which lines does the program decide? decided = confidence >= threshold",
        "The coverage is the share of True in decided. np.mean gives it.",
        "right[decided] keeps the decided lines only. What share of them is right?",
    ],
    right="The share it decides, and of these the share that is right. One without the other says "
    "nothing.",
)
def defer(right, confidence, threshold):
    decided = confidence >= threshold
    return np.mean(decided), np.mean(right[decided])


@defer.fresh
def _(rng):
    n = int(rng.integers(6, 13))
    confidence = rng.uniform(0.2, 1, size=n).round(2)
    right = rng.permutation(np.arange(n) % 3 != 0)
    return right, confidence, float(np.sort(confidence)[n // 2])  # one line is exactly as sure


@defer.misconception(
    "coverage_forgotten",
    "That is the accuracy alone. Anybody reaches 100 % by deciding one easy line: give the "
    "coverage, too, and first.",
)
def _(right, confidence, threshold):
    return np.mean(right[confidence >= threshold])


@defer.misconception(
    "divided_by_all",
    "You divided the right answers by all lines. Of the lines that the program decides, which "
    "share is right?",
)
def _(right, confidence, threshold):
    decided = confidence >= threshold
    return np.mean(decided), np.mean(right & decided)


@defer.misconception(
    "strict_threshold",
    "A line that is exactly as sure as the threshold is decided, too: confidence >= threshold.",
)
def _(right, confidence, threshold):
    decided = confidence > threshold
    return np.mean(decided), np.mean(right[decided]) if decided.any() else np.nan


@defer.misconception(
    "accuracy_of_all",
    "The coverage is right. The accuracy is that of all lines: keep those that are decided.",
)
def _(right, confidence, threshold):
    return np.mean(confidence >= threshold), np.mean(right)


@defer.misconception(
    "swapped", "Both numbers are right, in the other order: first the coverage, then the accuracy."
)
def _(right, confidence, threshold):
    decided = confidence >= threshold
    return np.mean(right[decided]), np.mean(decided)


@defer.misconception(
    "below_the_threshold",
    "Those are the lines that go to a coder. The program decides where it is sure: confidence >= "
    "threshold.",
)
def _(right, confidence, threshold):
    decided = confidence < threshold
    return np.mean(decided), np.mean(right[decided]) if decided.any() else np.nan


@defer.misconception(
    "count_for_share",
    "You counted the decided lines. The coverage is their share: divide by len(right).",
)
def _(right, confidence, threshold):
    decided = confidence >= threshold
    return np.sum(decided), np.mean(right[decided])


@defer.misconception(
    "confidence_for_accuracy",
    "That is how sure the program is, on average. How often it is right has to be counted: "
    "right[decided].",
)
def _(right, confidence, threshold):
    decided = confidence >= threshold
    return np.mean(decided), np.mean(confidence[decided])


@defer.misconception("percent", "Right, but in percent. Give both as shares, from 0 to 1.")
def _(right, confidence, threshold):
    decided = confidence >= threshold
    return 100 * np.mean(decided), 100 * np.mean(right[decided])


policy = lesson.text(
    "policy",
    model_answer="""
    The company's promise does not hold for our lines: from its threshold on, about one of ten
    answers was wrong in other words, and more where the disease was new. With coders right in 90 of
    100 I would let the program decide alone from the threshold that we chose on wordings, for
    lines like those: about half of them, as a trial. The sum of errors is then lower than with
    coders alone, also when coders err where the program errs. Lines of a category that the
    program has not learned, after each new edition of the list, all go to coders: there nothing was
    gained. Where coders are right in 96 of 100 it would save work on known diseases and hardly an
    error, and on new ones not a line may be automated: I would leave it. Coders who get the rest do
    not see the program's answer first, because people follow a wrong proposal. Each week somebody
    codes 100 of the automated lines blindly, and we stop when more are wrong than agreed. Before
    all this we measure how good our coders are, and repeat the test on lines of our own wards:
    official wordings are no notes.
    """,
    checklist=[
        "answers the case: which lines, from which threshold on, for which coders",
        "uses the total error beside coders alone, not the program's accuracy",
        "chose the threshold on lines of the kind that will come, not on the company's",
        "says what happens to the deferred lines: who sees them, and whether with the proposal",
        "treats a new edition of the list, or a disease not learned, as another matter",
        "says how errors of the automated lines are found: nobody reads them again",
        "says what was not measured: real notes, our own coders",
    ],
    rubric=[
        Level(
            0,
            "Decides nothing, or the same for all lines, by the program's accuracy or by the "
            "99 % of the offer.",
            "The company has shown that 99 of 100 answers are right when the program is sure, and "
            "our coders only reach 90. So the program should do all of these lines, and the "
            "coders can look at the few that are left.",
        ),
        Level(
            1,
            "Chooses lines and a threshold of our own, but argues from the program's errors "
            "alone, or says nothing of the lines that go to coders and of the errors that nobody "
            "reads again.",
            "On other words for known diseases the program may decide from a threshold that was "
            "chosen on such lines, about half of them, because there it is right more often than "
            "our coders. New diseases go to the coders.",
        ),
        Level(
            2,
            "Compares the sum of errors with coders alone for lines of the right kind, treats new "
            "diseases and better coders otherwise, says who sees the rest and how errors are "
            "found.",
            "Known diseases, about half of the lines, from the threshold of our own choosing: "
            "together about 8 of 100 are wrong instead of 10, even if coders stumble where the "
            "program does. After a new edition its lines go to people, for there nothing is "
            "gained. Coders see the deferred lines without a proposal. Every month 200 automated "
            "lines are coded again blindly; with more than 10 of 100 wrong we switch it off. An "
            "office with coders of 96 % gains about a line in three hundred: it should leave it. "
            "Before that, somebody must measure our coders and try notes of our wards.",
        ),
    ],
    hints=[
        "Read the last table row by row: for which coders does the sum of errors fall, and on "
        "which lines?",
        "Then think of Monday morning: which lines lie on a coder's desk, what does she see beside "
        "them, and who looks at those that never reach a desk?",
    ],
)

in_all = lesson.value(
    "in_all",
    code="in_all = 60 * 0.05 + 40 * 0.10",
    expected=7,
    tolerance=1e-3,
    hints=[
        "Count the wrong lines of each pile by itself: how many of the program's 60, how many of "
        "the coders' 40?",
        "5 of 100 of 60 lines, and 10 of 100 of 40 lines. Add the two.",
    ],
    misconceptions={
        15: "You added the two rates. Each applies to its own pile only: 60 lines and 40 lines.",
        7.5: "You averaged the two rates. The piles are not equally large: 60 lines and 40.",
        8: "You gave each the other's pile: the program has the 60 lines.",
        3: "Those are the program's errors. The coders err, too, on their 40 lines.",
        4: "Those are the coders' errors. The program errs, too, on its 60 lines.",
        13: "The coders read 40 lines, not all 100: they get 10 of 100 of those wrong.",
        9: "The program reads 60 lines, not all 100: it gets 5 of 100 of those wrong.",
        0.5: "You multiplied: that is how often both err on one line. But each line is decided by "
        "one of them.",
        5: "That is of 100 lines of the program's pile. It has 60, and the coders have theirs.",
        0.07: "Right as a share. Asked was how many of 100 lines.",
        93: "That is how many are right.",
        10: "That is what coders alone get wrong. Here the program takes 60 of the lines.",
    },
    right="3 of the program's and 4 of the coders': fewer than the 10 of coders alone, and most of "
    "the work is gone. It takes coders who are no worse on what is left.",
)

offer = lesson.choice(
    "offer",
    answer="d",
    feedback={
        "a": "The number is high because the lines were easy, and nobody knows what the network "
        "does with yours. Ours had 97 on such lines, too.",
        "b": "98 and 81 were measured on different lines. On the same random lines ours had about "
        "97.",
        "c": "Close texts help every model, a network as well: a test line's neighbour lay in the "
        "training part of both.",
        "d": "The lines make the score, more than the model does. Only on the same lines, of the "
        "kind that will come, can the two be compared: in pairs, with an interval.",
    },
    hints=[
        "What did our own reader score on lines drawn at random?",
        "What must be the same before two scores can be compared?",
    ],
)

negation = lesson.choice(
    "negation",
    answer="a",
    feedback={
        "a": "Both lines of such a pair stand in one chapter. A score that counts chapters cannot "
        "see the difference, however large the harm is: it needs a test that asks for it.",
        "b": "For the chapter it does not. For the patient it is the whole difference: with or "
        "without bleeding, with or without coma.",
        "c": "The words are gone from its input. What is not there cannot be understood.",
        "d": "More lines of the same kind would say the same: the score asks for the chapter only.",
    },
    hints=[
        "Look at one pair. What is the chapter of each of its two lines?",
        "Could a program that confuses all of them lose a single point?",
    ],
)


@lesson.function(
    cases=[
        (np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.95, 0.05]), 0.7),
        (np.array([0.99, 0.2, 0.6, 0.97, 0.9, 0.85]), 0.4),
        (np.array([0.3, 0.9, 0.5]), 0.9),
        (np.array([0.31, 0.92, 0.55, 0.78, 0.64, 0.88, 0.12, 0.97]), 0.8),
    ],
    hints=[
        "needed = int(np.ceil((n + 1) * promise)): so many of the n lines must have their right "
        "chapter on the list.",
        "Sort the probabilities from large to small. Which one is the last that must still be on?",
        "If more lines are needed than there are, no limit is low enough: return 0.0.",
    ],
    right="All chapters that get at least as much as the last line that is needed.",
)
def limit(truth, promise):
    needed = int(np.ceil((len(truth) + 1) * promise))
    if needed > len(truth):
        return 0.0
    return np.sort(truth)[::-1][needed - 1]


@limit.fresh
def _(rng):
    n = int(rng.choice([7, 12, 16, 22]))
    return rng.permutation(np.arange(1, 100))[:n] / 100, float(rng.choice([0.7, 0.85, 0.95]))


def _limit(truth, needed, smallest_first=False):
    ordered = np.sort(truth) if smallest_first else np.sort(truth)[::-1]
    return 0.0 if needed > len(truth) or needed < 1 else ordered[needed - 1]


@limit.misconception(
    "smallest_first",
    "You counted from the small end: then only the surest lines have their chapter on the list. "
    "Sort from large to small.",
)
def _(truth, promise):
    return _limit(truth, math.ceil((len(truth) + 1) * promise), smallest_first=True)


@limit.misconception(
    "plus_one_forgotten",
    "Nearly: (n + 1), not n. The new line is one more, and it might be the hardest of them all.",
)
def _(truth, promise):
    return _limit(truth, math.ceil(len(truth) * promise))


@limit.misconception(
    "rounded_down",
    "Round up, with np.ceil: at least the promised share, not nearly the promised share.",
)
def _(truth, promise):
    return _limit(truth, math.floor((len(truth) + 1) * promise))


@limit.misconception(
    "promise_as_limit",
    "The promise is a share of lines. The limit is a probability, and it is found by looking at "
    "these lines.",
)
def _(truth, promise):
    return promise


@limit.misconception(
    "one_minus_promise",
    "1 - promise would do if the probabilities were honest. The trick of this method is to need "
    "no such trust: it looks at the lines.",
)
def _(truth, promise):
    return 1 - promise


@limit.misconception(
    "everything_on",
    "With the smallest of them, every line has its chapter on the list: more than was promised, "
    "and longer lists than needed.",
)
def _(truth, promise):
    return truth.min()


@limit.misconception(
    "mean_of_the_truth", "The mean covers only about half of the lines. Count from the large end."
)
def _(truth, promise):
    return truth.mean()
