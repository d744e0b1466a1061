"""Exercises of lesson 16: hospitals that learn together, and what leaks on the way."""

import numpy as np

from medlearn.exercises.engine import Exercises, Level

lesson = Exercises("16")

_THREE = [np.array([0.5, 1.0, -2.0]), np.array([-1.5, 3.0, 0.0]), np.array([2.0, -1.0, 4.0])]


@lesson.function(
    cases=[
        (_THREE[:2], [300, 100]),
        (_THREE, [120, 200, 80]),
        ([np.array([1.0, -3.0]), np.array([2.5, 0.5])], [10, 40]),
        ([np.array([-4.0, 2.0, 1.0, 7.0]), np.array([0.0, 1.0, 5.0, -3.0])], [70, 30]),
    ],
    hints=[
        "A hospital with more patients counts for more: multiply each model by its patients.",
        "Add these products up, and divide once, in the end. By what?",
        "By the number of all patients: sum(patients). All places of a model are averaged, also "
        "the intercept at place 0.",
    ],
    right="Each patient counts the same, wherever she lies.",
)
def fedavg(models, patients):
    total = np.zeros(len(models[0]))
    for model, n in zip(models, patients, strict=True):
        total = total + n * model
    return total / sum(patients)


@fedavg.fresh
def _(rng):
    k, columns = int(rng.integers(3, 5)), int(rng.integers(3, 6))
    models = [np.round(rng.uniform(-3, 3, size=columns), 1) for _ in range(k)]
    return models, [int(n) for n in rng.choice(np.arange(20, 400), size=k, replace=False)]


@fedavg.misconception(
    "unweighted",
    "You took the plain mean of the hospitals. Then a patient of a small hospital counts more than "
    "one of a large hospital: weight by patients.",
)
def _(models, patients):
    return np.mean(models, axis=0)


@fedavg.misconception(
    "bias_forgotten",
    "The intercept at place 0 is missing: it belongs to the model and is averaged like the rest.",
)
def _(models, patients):
    return np.average(models, axis=0, weights=patients)[1:]


@fedavg.misconception(
    "bias_unweighted",
    "The intercept at place 0 is averaged like all the rest: weighted by patients.",
)
def _(models, patients):
    found = np.average(models, axis=0, weights=patients)
    found[0] = np.mean([model[0] for model in models])
    return found


@fedavg.misconception(
    "divided_by_hospitals",
    "You weighted by patients and then divided by the number of hospitals. The weights add up to "
    "the number of all patients: divide by that.",
)
def _(models, patients):
    return sum(n * model for model, n in zip(models, patients, strict=True)) / len(models)


@fedavg.misconception(
    "not_divided", "That is the sum of all patients' models. Divide by the number of patients."
)
def _(models, patients):
    return sum(n * model for model, n in zip(models, patients, strict=True))


@fedavg.misconception(
    "largest_only", "You took the model of the largest hospital. All of them count, by patients."
)
def _(models, patients):
    return models[int(np.argmax(patients))]


@fedavg.misconception(
    "one_number",
    "That is one number. Average each place for itself: the result is a model, as long as each "
    "of those that came.",
)
def _(models, patients):
    return float(np.mean(np.average(models, axis=0, weights=patients)))


record = lesson.value(
    "record",
    code="record = 50 + 10 * (-0.9 / -0.6)",
    expected=65,
    tolerance=1e-3,
    hints=[
        "The gradient of the weight is (risk - outcome) times the standardised age; that of the "
        "intercept is (risk - outcome) alone. What is left when you divide?",
        "-0.9 / -0.6 is the standardised age. How many spreads above the mean is it?",
        "Age = mean + spread times standardised age.",
    ],
    misconceptions={
        1.5: "That is the standardised age. Turn it into years: mean plus spread times it.",
        35: "The sign was lost: minus divided by minus is plus.",
        27.5: "You divided by the weight of the model. Divide by the gradient of the intercept.",
        41: "You took the gradient itself for the standardised age. Divide it by the gradient of "
        "the intercept first.",
        50 + 10 * 2 / 3: "Upside down: divide the gradient of the age by that of the intercept.",
        55.4: "You multiplied the two gradients. Divide them.",
        50
        + 10 * 0.904 / 0.6: "The penalty is off already: these are gradients of the error alone. "
        "The weight of the model is not needed.",
        15: "That is how far above the mean. Add the mean of 50 years.",
        50: "That is the mean of all hospitals, not this patient.",
    },
    right="Two numbers of a gradient gave the age to the year. No row was sent.",
)

letter = lesson.text(
    "letter",
    model_answer="""
    To the federation: we would gladly receive the model now, because with it our patients are
    ranked better than by our own, as far as the intervals show. That our own rows add to it is
    not shown: with and without us it ranked our patients alike. We join for a reason that we can
    name: so that others are helped, or so that the next model knows people like ours. Our
    conditions: our updates go masked, so that only the sum is seen; never a round with one patient
    or two hospitals, since of two each knows the other's part; each round holds many patients, and
    what protects the final model is written down, since that is a sum, too. We check calibration
    on our own patients before use, and set our own intercept where it does not fit. A board with a
    seat for us decides who may join, who gets the model, what is logged, how a culprit is found,
    and how one leaves. Codes such as zero for a missing cholesterol are compared before the first
    round.
    """,
    checklist=[
        "keeps apart what is gained by receiving and by joining, and says that the second is open",
        "asks that single updates stay unseen (masks), and knows that the sum can still leak",
        "asks for limits on what is sent: many patients in a round, enough hospitals, something "
        "against what the sum itself tells",
        "keeps the intercept at home, or asks for calibration on own patients",
        "names who governs: who may join, who gets the model, who checks, how one leaves",
    ],
    rubric=[
        Level(
            0,
            "Joins because no row leaves the house, or refuses all of it; no condition.",
            "We join. Federated learning is private, because our rows never leave the hospital and "
            "only weights are sent. More data always make a better model, so everybody wins, and "
            "we see no need for further conditions.",
        ),
        Level(
            1,
            "Knows that updates leak and asks for a protection, but does not keep receiving and "
            "joining apart, or says nothing of who governs.",
            "We join if our gradients are masked, because we have seen that the age of a patient "
            "can be read from the gradient of one person. The masks cancel in the sum, so nobody "
            "sees our numbers, and the model will be better with our data.",
        ),
        Level(
            2,
            "Keeps receiving and joining apart by the measured intervals, asks for masks and a "
            "further protection of the sum, and for rules: who governs, calibration at home.",
            "Dear colleagues, please send us the model at once: with the three others' model "
            "our patients were ranked better than with our own. Adding our rows changed nothing "
            "that we could measure, so joining is a favour of ours, and we ask for something in "
            "return. Send every update masked, stop a round when fewer than four answer or one "
            "has few patients, and tell us what protects the final model, for the sum can be "
            "attacked as well. We set the intercept on our own patients. We want a vote on new "
            "members, a log of each round that names who is far from the rest, and the right to "
            "leave.",
        ),
    ],
    hints=[
        "First the table of section 2: which difference has an interval that excludes zero?",
        "Then section 3: what can be read from one update, what do masks hide, and what not?",
        "Last: who decides who joins, who gets the model, and what happens when one cheats?",
    ],
)

join = lesson.choice(
    "join",
    answer="d",
    feedback={
        "a": "The AUC hardly moved, and yet the risks are wrong. Ranking is the score that a "
        "culprit of this kind does not touch.",
        "b": "Being far is no crime: a hospital with other patients is far in an honest run, too. "
        "Ask before you throw out.",
        "c": "Masks hide single updates from honest people, and so the culprit from everybody. It "
        "is the other way round: with masks it is harder.",
        "d": "The distance says whom to ask, the risks on patients kept aside say what it did. "
        "(Both are seen here. Under masks there is no distance, and only the risks would be left.) "
        "What is then done is decided by people, by rules made before.",
    },
    hints=[
        "What did zeros do to the AUC, and what to the risks?",
        "And who else was far from the others in the honest run?",
    ],
)

safe = lesson.choice(
    "safe",
    answer="b",
    feedback={
        "a": "A mean over all says nothing of the few. In the table a whole group lay far above "
        "the mean.",
        "b": "An average hides groups, and a few people who are recognised for sure. And a better "
        "attack may come tomorrow: only a guarantee speaks of all attacks.",
        "c": "0.51 is about as good as a coin, so not broken. But neither is it a proof.",
        "d": "A score on new patients says how well it predicts, not what it remembers.",
    },
    hints=[
        "Over whom was the mean taken?",
        "How many attacks were tried, and how many exist?",
    ],
)


_LONG_AND_SHORT = np.array([[3.0, 4.0], [0.3, -0.4], [-1.0, 0.0]])


@lesson.function(
    cases=[
        (_LONG_AND_SHORT, 1.0),
        (_LONG_AND_SHORT, 2.0),
        (np.array([[6.0, 0.0, 8.0], [0.1, 0.2, 0.2], [-2.0, 1.0, 2.0]]), 1.5),
        (np.array([[0.6, 0.8], [5.0, -12.0]]), 2.6),
    ],
    hints=[
        "Each row is one patient. Its length: np.sqrt(np.sum(row**2)), or np.linalg.norm(row).",
        "A row that is longer than bound is multiplied by bound / length. A shorter one stays.",
        "min(1, bound / length) does both. Then add the rows up.",
    ],
    right="No patient can move the sum by more than the bound. That is what noise can then hide.",
)
def clip(gradients, bound):
    total = np.zeros(gradients.shape[1])
    for row in gradients:
        length = np.sqrt(np.sum(row**2))
        total = total + row * min(1, bound / length)
    return total


@clip.fresh
def _(rng):
    columns, bound = int(rng.integers(2, 4)), float(rng.uniform(0.8, 1.5))
    rows = rng.normal(size=(4, columns))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    lengths = np.array([0.4, 0.7, 2.5, 4.0]) * bound
    rows[3] = np.abs(rows[3])  # so that the sum is long, too
    rows[2] = np.abs(rows[2])
    return np.round(rng.permutation(rows * lengths[:, None]), 3), round(bound, 2)


def _lengths(gradients):
    return np.linalg.norm(gradients, axis=1, keepdims=True)


@clip.misconception(
    "clips_the_sum",
    "You clipped the sum. Then one patient may still decide its direction alone: clip each row, "
    "then add.",
)
def _(gradients, bound):
    total = gradients.sum(axis=0)
    return total * min(1, bound / np.linalg.norm(total))


@clip.misconception(
    "stretches_short",
    "You brought each row to the bound, also the short ones. A short gradient stays as it is: "
    "min(1, bound / length).",
)
def _(gradients, bound):
    return (gradients * bound / _lengths(gradients)).sum(axis=0)


@clip.misconception(
    "each_number",
    "You clipped each number by itself. That turns the gradient. Clip its length: one factor for "
    "the whole row.",
)
def _(gradients, bound):
    return np.clip(gradients, -bound, bound).sum(axis=0)


@clip.misconception("not_clipped", "That is the plain sum: nothing was clipped.")
def _(gradients, bound):
    return gradients.sum(axis=0)


@clip.misconception(
    "long_left_out",
    "You left long gradients out. They are shortened, not thrown away: often it is the sick who "
    "have them.",
)
def _(gradients, bound):
    return gradients[_lengths(gradients)[:, 0] <= bound].sum(axis=0)


@clip.misconception(
    "mean_for_sum", "Each row is right, and then you took the mean. Asked was the sum."
)
def _(gradients, bound):
    return (gradients * np.minimum(1, bound / _lengths(gradients))).mean(axis=0)


@clip.misconception(
    "rows_for_sum", "These are the rows, each of them clipped. Asked was their sum."
)
def _(gradients, bound):
    return gradients * np.minimum(1, bound / _lengths(gradients))


@clip.misconception(
    "squared_length", "You divided by the squared length. Take the root: np.sqrt(np.sum(row**2))."
)
def _(gradients, bound):
    return (gradients * np.minimum(1, bound / _lengths(gradients) ** 2)).sum(axis=0)
