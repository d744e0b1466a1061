"""Exercises of lesson 06: knobs, searches, and what the best of many tries is worth."""

import numpy as np

from medlearn.exercises.engine import Exercises, Level

lesson = Exercises("06")


@lesson.function(
    cases=[(0.001, 1.0, 4), (0.01, 100.0, 3), (0.0001, 0.1, 7), (2.0, 32.0, 5)],
    hints=[
        "From 0.001 to 1 in four values each is ten times the one before: 1000 altogether, and "
        "10 × 10 × 10 = 1000.",
        "Between n values lie n − 1 steps. Which number, multiplied n − 1 times, gives high / low?",
        "It is (high / low) ** (1 / (n - 1)). NumPy has a function for the whole task, too: "
        "np.geomspace.",
    ],
    right="The same factor each time: evenly spread on a log scale.",
)
def rates(low, high, n):
    factor = (high / low) ** (1 / (n - 1))
    return low * factor ** np.arange(n)


@rates.fresh
def _(rng):
    low = float(rng.integers(1, 6) * 10.0 ** rng.integers(-4, 0))
    return low, low * int(rng.integers(20, 200)), int(rng.integers(3, 9))


@rates.misconception(
    "equal_differences",
    "These grow by the same difference, not by the same factor. From 0.001 to 1, all of them but "
    "the first are then large: the small rates are never tried.",
)
def _(low, high, n):
    return np.linspace(low, high, n)


@rates.misconception(
    "rates_as_exponents",
    "np.logspace takes exponents: logspace(-3, 0, 4) goes from 0.001 to 1. You gave it the rates "
    "themselves.",
)
def _(low, high, n):
    return np.logspace(low, high, n)


@rates.misconception(
    "exponents_returned",
    "Those are the exponents of ten, evenly spread. One step is missing: 10 to the power of each.",
)
def _(low, high, n):
    return np.linspace(np.log10(low), np.log10(high), n)


@rates.misconception(
    "mixed_logarithms",
    "You mixed two logarithms: log10 goes with 10 to the power of …, log with exp.",
)
def _(low, high, n):
    return np.exp(np.linspace(np.log10(low), np.log10(high), n))


@rates.misconception(
    "last_step_missing",
    "The last value is not high: between n values lie n − 1 steps, and you took n.",
)
def _(low, high, n):
    return low * (high / low) ** (np.arange(n) / n)


@rates.misconception(
    "factor_ten", "Each is ten times the one before, whatever high is. The last should be high."
)
def _(low, high, n):
    return low * 10.0 ** np.arange(n)


@rates.misconception("descending", "The rates are right, but they fall. Begin with low.")
def _(low, high, n):
    return np.geomspace(high, low, n)


def _patients(seed, n, genes):
    dice = np.random.default_rng(seed)
    y = np.zeros(n, dtype=int)
    y[dice.permutation(n)[: n // 3]] = 1
    return dice.normal(size=(n, genes)).round(2), y


_first, _second, _third = _patients(1, 15, 10), _patients(2, 18, 12), _patients(6, 21, 9)


@lesson.function(
    cases=[
        (*_first, np.array([0, 1, 2, 4, 5, 7, 8, 10, 11, 13, 14]), 3),
        (*_second, np.array([1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 16]), 4),
        (*_third, np.array([0, 2, 3, 4, 6, 7, 9, 10, 12, 13, 15, 18, 19, 20]), 2),
    ],
    hints=[
        "Begin with the training patients alone: X[train] and y[train]. After that line, use "
        "nothing else.",
        "X[y == 1].mean(axis=0) is the mean of each column in group 1. The distance of two means "
        "has no sign: np.abs.",
        "np.argsort(distance) gives the column numbers from the smallest distance to the largest. "
        "Take the last k of them, and sort these.",
    ],
    right="Nothing about the held-out patients went into the choice.",
)
def strongest(X, y, train, k):
    X, y = X[train], y[train]
    distance = np.abs(X[y == 1].mean(axis=0) - X[y == 0].mean(axis=0))
    return np.sort(np.argsort(distance)[-k:])


@strongest.fresh
def _(rng):
    order = rng.permutation(int(rng.integers(15, 25)))
    X = rng.normal(size=(len(order), int(rng.integers(8, 13))))  # not rounded: no ties
    # A third is in group 1, among the training patients (the odd ones) and the others alike.
    return X, (order % 3 == 0).astype(int), np.flatnonzero(order % 2), int(rng.integers(3, 5))


@strongest.misconception(
    "medians_for_means",
    "Those are the columns with the largest distance of the medians. The means were asked for: "
    "mean(axis=0).",
)
def _(X, y, train, k):
    X, y = X[train], y[train]
    distance = np.abs(np.median(X[y == 1], axis=0) - np.median(X[y == 0], axis=0))
    return np.sort(np.argsort(distance)[-k:])


@strongest.misconception(
    "held_out_included",
    "You used all patients, the held-out ones too. That is the selection bias of this section: "
    "the columns then fit the very patients that will be the test. Use the rows in train only.",
)
def _(X, y, train, k):
    distance = np.abs(X[y == 1].mean(axis=0) - X[y == 0].mean(axis=0))
    return np.sort(np.argsort(distance)[-k:])


@strongest.misconception(
    "held_out_only",
    "You used the held-out patients, and left out the training patients. It is the other way "
    "round.",
)
def _(X, y, train, k):
    X, y = np.delete(X, train, axis=0), np.delete(y, train)
    distance = np.abs(X[y == 1].mean(axis=0) - X[y == 0].mean(axis=0))
    return np.sort(np.argsort(distance)[-k:])


@strongest.misconception(
    "sign_kept",
    "You kept the sign: genes that are much *lower* in group 1 tell the groups apart as well. Take "
    "the size of the difference.",
)
def _(X, y, train, k):
    X, y = X[train], y[train]
    difference = X[y == 1].mean(axis=0) - X[y == 0].mean(axis=0)
    return np.sort(np.argsort(difference)[-k:])


@strongest.misconception(
    "sign_kept_reversed",
    "You kept the sign, the other way round: genes that are much *higher* in group 1 are lost. "
    "Take the size of the difference.",
)
def _(X, y, train, k):
    X, y = X[train], y[train]
    difference = X[y == 0].mean(axis=0) - X[y == 1].mean(axis=0)
    return np.sort(np.argsort(difference)[-k:])


@strongest.misconception("smallest_distance", "Those are the columns with the smallest distance.")
def _(X, y, train, k):
    X, y = X[train], y[train]
    distance = np.abs(X[y == 1].mean(axis=0) - X[y == 0].mean(axis=0))
    return np.sort(np.argsort(distance)[:k])


@strongest.misconception(
    "not_ascending",
    "The right columns, in the order of their distance. Ascending order of their numbers was "
    "asked for: np.sort.",
)
def _(X, y, train, k):
    X, y = X[train], y[train]
    distance = np.abs(X[y == 1].mean(axis=0) - X[y == 0].mean(axis=0))
    return np.argsort(distance)[-k:]


@strongest.misconception(
    "farthest_first",
    "The right columns, the farthest first. They were asked for in ascending order of their "
    "numbers: np.sort.",
)
def _(X, y, train, k):
    X, y = X[train], y[train]
    distance = np.abs(X[y == 1].mean(axis=0) - X[y == 0].mean(axis=0))
    return np.argsort(-distance)[:k]


@strongest.misconception(
    "distances_returned",
    "Those are the distances themselves. The numbers of their columns were asked for: np.argsort "
    "instead of np.sort.",
)
def _(X, y, train, k):
    X, y = X[train], y[train]
    distance = np.abs(X[y == 1].mean(axis=0) - X[y == 0].mean(axis=0))
    return np.sort(distance)[-k:]


@strongest.misconception(
    "most_varying",
    "You took the columns that vary most over all training patients. That does not ask whether the "
    "two groups differ.",
)
def _(X, y, train, k):
    return np.sort(np.argsort(X[train].std(axis=0))[-k:])


letter = lesson.text(
    "letter",
    model_answer="""Thank you for your offer. Your 92 % is the best of 200 settings on 61 patients,
    and 200 settings that are no better than our rule would have reached as much by luck alone, so
    the number says nothing about the setting that you sell. Please fix one setting in writing and
    let both it and our rule predict at least several hundred of our coming patients who took no
    part in choosing it; send us the difference, paired, with its 95 % interval, the missed
    narrowings and the needless angiographies of both, and the number of settings you tried. I
    would replace our rule if the interval of the difference lies above zero and the gain is worth
    the cost of a model that we cannot read. When I tuned a network myself, it tied with our rule on
    patients it had not seen.""",
    checklist=[
        "It says that the best of 200 tries is too good, and that the same 61 patients chose the "
        "setting and gave the score.",
        "It asks for one setting, fixed beforehand, on new patients who chose nothing.",
        "It asks for a comparison with the present rule on the same patients, with an interval.",
        "It asks how many settings were tried.",
        "It speaks of both kinds of errors, or of what they cost, not of accuracy alone.",
        "It names the result that would change the decision.",
    ],
    rubric=[
        Level(
            0,
            "Accepts the 92 %, or declines for a reason that has nothing to do with how the number "
            "came about.",
            "Thank you for your offer. 92 % is clearly more than the 84 % of our rule, so we will "
            "replace it. Please send us the best of your settings, and tell us which computer it "
            "needs.",
        ),
        Level(
            1,
            "Says that the best of many is too good, but asks only for more patients or another "
            "score: no setting is fixed beforehand, or the rule does not run beside it.",
            "Your 92 % is too optimistic, because you tried 200 settings and took the best one. "
            "Please test your network on more patients and send us the new accuracy. If it is "
            "still above 84 %, we will use it.",
        ),
        Level(
            2,
            "Says that the same 61 patients chose and judged, asks for one setting, fixed "
            "beforehand, beside the rule on new patients, with an interval and both errors, and "
            "names the result that would decide.",
            "Your 61 patients had two jobs: they picked the winner among 200, and then they gave "
            "it its mark. If 200 people throw coins, one of them is the champion, too. Write down "
            "one setting today. We will let it and our rule judge the next 400 patients with chest "
            "pain, and count for each the narrowed arteries it misses and the clear ones it sends "
            "to an angiography. If the whole interval of the paired difference is in your favour, "
            "we will talk about the price.",
        ),
    ],
    hints=[
        "Which two jobs did the same 61 patients do?",
        "What would a fair race between their network and your rule look like? Who picks the "
        "runners, when, and on whose patients do they run?",
    ],
)

fair = lesson.choice(
    "fair",
    answer="d",
    feedback={
        "a": "You compared two default rates. Five rates were tried for SGD in section 1, and "
        "0.01 lies below all of them: such a network is still on its way.",
        "b": "A default is a fair guess for many tasks, and it is tuned for none of yours. The "
        "default of one optimizer may fit your digits, and that of another may not.",
        "c": "No run with momentum is among these two. It may help, and a larger rate may help as "
        "much.",
        "d": "Exactly these words were measured. Whether the optimizer or its rate made the "
        "difference, these runs cannot say.",
    },
    hints=[
        "How many rates were tried for each of the two in this comparison?",
        "Look at section 1 again: what did SGD reach at other rates?",
    ],
)

race = lesson.value(
    "race",
    code="race = 16 * 2 + 4 * (8 - 2) + 1 * (32 - 8)",
    expected=80,
    hints=[
        "Three rounds. In the first, sixteen settings train for two epochs each.",
        "A setting that goes on keeps what it has learned: from 2 to 8 epochs are 6 more.",
    ],
    misconceptions={
        96: "You let every survivor start again from nothing. It trains on: up to 8 epochs in all "
        "means 6 more after the first 2.",
        512: "That is what it would cost without a race: all sixteen for 32 epochs.",
        42: "You added up the epochs of one setting in each round. Sixteen, four and one of them "
        "run.",
        21: "You counted the settings that start in each round. Each of them trains for several "
        "epochs.",
        672: "You let all sixteen run in every round. After the first only the best four go on, "
        "then the best one.",
        32: "That is the first round alone, or the winner alone. The others cost epochs, too.",
        56: "You left out the last round: the best one trains on from 8 to 32 epochs.",
    },
    right="About a sixth of the full price, and the winner was trained in full.",
)

fits = lesson.value(
    "fits",
    code="fits = 5 * (20 * 4 + 1)",
    expected=405,
    hints=[
        "Stand in one outer fold first. There the inner search tries 20 settings, each in 4 inner "
        "folds.",
        "Then the chosen setting is trained once more, on all training patients of the outer fold.",
        "All of that happens in each of the 5 outer folds.",
    ],
    misconceptions={
        400: "One thing is missing in each outer fold: the chosen setting is trained once more on "
        "all of its training patients.",
        401: "The chosen setting is trained again in every outer fold, not once at the end: each "
        "fold may choose another setting.",
        406: "One too many. You counted a last training for a model to hand over: sensible, but it "
        "is no part of the report. Leave it out, and the rest is right.",
        420: "The chosen setting is trained once more in each *outer* fold, not in each inner one.",
        80: "That is the inner search of a single outer fold, and without its last training.",
        81: "That is one outer fold. There are five.",
        100: "That is the search without nesting: 20 settings in 5 folds.",
        101: "That is the search without nesting: 20 settings in 5 folds, and a last training.",
        105: "In each outer fold every one of the 20 settings is tried in 4 inner folds, not once.",
        500: "The inner cross-validation has 4 folds, not 5, and the chosen setting is trained "
        "once more in each outer fold.",
        505: "The inner cross-validation has 4 folds, not 5.",
        29: "These numbers are multiplied, not added: each setting is tried in each inner fold of "
        "each outer fold.",
    },
    right="Honesty costs fits. That is why a method with short fits was taken here.",
)

seeds = lesson.choice(
    "seeds",
    answer="b",
    feedback={
        "a": "The seed decides which first weights and which order a run gets, and the best of 30 "
        "draws is the best of 30 draws, whatever was drawn. Anything that was picked by its score "
        "has a score that is too good.",
        "b": "The seed is no property of the method: the next training will have another one. The "
        "mean says what to expect, and the spread how much it varies.",
        "c": "Then others can repeat the lucky run on the same patients. On other patients the "
        "luck is gone.",
        "d": "No seed is honest by its name. One seed shows one run out of many, and says nothing "
        "of the spread.",
    },
    hints=[
        "Think of section 2: thirty settings that are equally good, and the best of them.",
        "What will the colleague get when the network is trained again next month?",
    ],
)
