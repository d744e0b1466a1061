"""Exercises of lesson 04: the loss, the walk downhill, when to stop, and honest risks."""

import numpy as np

from medlearn.exercises.engine import Exercises, Level
from medlearn.language import gettext

lesson = Exercises("04")


def sigmoid(z):
    """The lesson defines the same function before the exercises that use it."""
    return 1 / (1 + np.exp(-z))


@lesson.function(
    cases=[
        (np.array([1, 0, 0]), np.array([0.9, 0.2, 0.6])),
        (np.array([1, 1, 0, 1, 0]), np.array([0.45, 0.01, 0.3, 0.8, 0.99])),
        (np.array([0, 1, 0]), np.array([0.25, 1e-6, 0.4])),
    ],
    tolerance=1e-3,  # adding 1e-8 inside the logarithm, or clipping there, is good practice
    hints=[
        "For each patient, take the probability that was given to what happened: p where y is 1, "
        "1 - p where y is 0. np.where(y == 1, ..., ...) does it for all at once.",
        "Then minus the natural logarithm, np.log, of each of these probabilities.",
        "One number is wanted for all patients: the mean.",
    ],
    right="Minus the logarithm of the probability given to what happened, averaged over patients.",
)
def cross_entropy(y, p):
    given = np.where(y == 1, p, 1 - p)
    return -np.mean(np.log(given))


@cross_entropy.fresh
def _(rng):
    y = rng.permutation(np.arange(int(rng.integers(4, 8))) % 2)
    p = rng.uniform(0.05, 0.95, size=len(y)).round(2)
    p[rng.choice(np.flatnonzero(y))] = 10.0 ** -rng.integers(5, 7)  # one cancer told as none
    return y, p


@cross_entropy.misconception(
    "return_in_loop",
    "Your return stands inside the loop: the first round already ends the function. Move it below, "
    "to the same depth as for.",
)
def _(y, p):
    total = 0.0
    for target, risk in zip(y, p, strict=True):
        total += -np.log(risk if target == 1 else 1 - risk)
        return total / len(y)
    return total


@cross_entropy.misconception(
    "first_patient_only",
    "That is the cost of the first patient alone. Does your return stand inside the loop? Then the "
    "first round already ends the function.",
)
def _(y, p):
    for target, risk in zip(y, p, strict=True):
        return -np.log(risk if target == 1 else 1 - risk)
    return None


@cross_entropy.misconception(
    "no_logarithm",
    "The logarithm is missing: that is the mean probability given to what happened, and a sure "
    "mistake would cost hardly more than a doubtful one. Take minus np.log of each one first.",
)
def _(y, p):
    return np.mean(np.where(y == 1, p, 1 - p))


@cross_entropy.misconception(
    "clipped_at_hundredth",
    "You keep all risks between 0.01 and 0.99. Then a woman with cancer who is told one in a "
    "million costs no more than one who is told one in a hundred, and sure mistakes look small. "
    "Keep much closer to 0 and 1, as with 1e-15, or do not clip.",
)
def _(y, p):
    p = np.clip(p, 0.01, 0.99)
    return -np.mean(np.log(np.where(y == 1, p, 1 - p)))


@cross_entropy.misconception(
    "clipped_at_thousandth",
    "You keep all risks between 0.001 and 0.999. Then one in a million costs no more than one in a "
    "thousand. Keep much closer to 0 and 1, as with 1e-15, or do not clip.",
)
def _(y, p):
    p = np.clip(p, 0.001, 0.999)
    return -np.mean(np.log(np.where(y == 1, p, 1 - p)))


@cross_entropy.misconception(
    "sum_for_mean",
    "You added up. With twice as many patients that would be twice as much: take the mean, so that "
    "large and small groups can be compared.",
)
def _(y, p):
    return -np.sum(np.log(np.where(y == 1, p, 1 - p)))


@cross_entropy.misconception(
    "sign_missing",
    "The sign is missing: the logarithm of a number below 1 is negative, and a loss should be "
    "positive, larger for worse risks.",
)
def _(y, p):
    return np.mean(np.log(np.where(y == 1, p, 1 - p)))


@cross_entropy.misconception(
    "benign_cost_nothing",
    "You counted the women with cancer and let the others cost nothing. A benign lump costs, too, "
    "when it was given a high risk: there, 1 - p is the probability given to what happened.",
)
def _(y, p):
    return -np.mean(y * np.log(p))


@cross_entropy.misconception(
    "benign_left_out",
    "You left the benign lumps out altogether. All patients count; for a benign one, 1 - p is the "
    "probability given to what happened.",
)
def _(y, p):
    return -np.mean(np.log(p[y == 1]))


@cross_entropy.misconception(
    "p_for_everybody",
    "You took p for everybody. For a benign lump what happened is 'benign', and its probability "
    "is 1 - p.",
)
def _(y, p):
    return -np.mean(np.log(p))


@cross_entropy.misconception(
    "cases_swapped",
    "The two cases are swapped: where y is 1 the probability given to what happened is p itself.",
)
def _(y, p):
    return -np.mean(np.log(np.where(y == 1, 1 - p, p)))


@cross_entropy.misconception(
    "base_ten", "That is the logarithm to base 10. The natural logarithm is meant: np.log."
)
def _(y, p):
    return -np.mean(np.log10(np.where(y == 1, p, 1 - p)))


@cross_entropy.misconception(
    "base_two", "That is the logarithm to base 2. The natural logarithm is meant: np.log."
)
def _(y, p):
    return -np.mean(np.log2(np.where(y == 1, p, 1 - p)))


@cross_entropy.misconception(
    "logarithm_of_mean",
    "You took the mean first and the logarithm afterwards. Each patient costs by herself: first "
    "the logarithms, then their mean.",
)
def _(y, p):
    return -np.log(np.mean(np.where(y == 1, p, 1 - p)))


@cross_entropy.misconception(
    "no_mean",
    "Those are the costs of the single patients. One number for all of them was asked for: the "
    "mean.",
)
def _(y, p):
    return -np.log(np.where(y == 1, p, 1 - p))


@cross_entropy.misconception(
    "brier_score",
    "That is the mean squared distance between risk and outcome (the Brier score, lesson 05): at "
    "most 1 a patient. Cross-entropy takes minus the logarithm, which has no upper end.",
)
def _(y, p):
    return np.mean((p - y) ** 2)


@cross_entropy.misconception(
    "absolute_error",
    "That is the mean distance between risk and outcome, at most 1 a patient. Cross-entropy takes "
    "minus the logarithm of the probability given to what happened.",
)
def _(y, p):
    return np.mean(np.abs(p - y))


@cross_entropy.misconception(
    "sign_of_one_group",
    "Only one of the two parts has its minus: the costs of the benign lumps are taken away from "
    "the others. Put both into one bracket, with the minus before it.",
)
def _(y, p):
    return np.mean(-y * np.log(p) + (1 - y) * np.log(1 - p))


@cross_entropy.misconception(
    "bracket_missing",
    "1 - y needs its bracket: without it Python multiplies first, and takes y * np.log(1 - p) from "
    "1.",
)
def _(y, p):
    return -np.mean(y * np.log(p) + 1 - y * np.log(1 - p))


@cross_entropy.misconception(
    "bracket_missing_minus_inside",
    "1 - y needs its bracket, behind a minus sign as well: without it Python multiplies first, and "
    "takes y * np.log(1 - p) from what stands before.",
)
def _(y, p):
    return np.mean(-y * np.log(p) - 1 - y * np.log(1 - p))


@cross_entropy.misconception(
    "mean_of_each_group_added",
    "You took a mean for each group and added the two. The mean goes over all patients together: "
    "add up all costs and divide once, by the number of patients.",
)
def _(y, p):
    return -np.mean(np.log(p[y == 1])) - np.mean(np.log(1 - p[y == 0]))


@cross_entropy.misconception(
    "groups_count_alike",
    "You took the mean of two means, so the smaller group counts as much as the larger one. Each "
    "patient counts once: one mean over all.",
)
def _(y, p):
    return (-np.mean(np.log(p[y == 1])) - np.mean(np.log(1 - p[y == 0]))) / 2


@cross_entropy.misconception(
    "share_of_errors",
    "That is the share of wrong calls. It cannot see how sure the wrong ones were, nor the right "
    "ones. Ask for each patient which probability what happened was given, and take minus its "
    "logarithm.",
)
def _(y, p):
    return np.mean((p >= 0.5) != y)


@cross_entropy.misconception(
    "if_on_array",
    "`if` can ask about one patient, and here y and p hold many: write a loop over the patients, "
    "or let np.where choose for all at once.",
)
def _(y, p):
    if y == 1:
        return -np.log(p)
    return -np.log(1 - p)


class Slope:
    """The slope of a loss, as a function of the weight, that says what it is when printed."""

    def __init__(self, formula, slope):
        self.formula, self.slope = formula, slope

    def __call__(self, w):
        return self.slope(w)

    def __repr__(self):
        return gettext("the slope of {formula}").format(formula=self.formula)


_BOWL = Slope("(w - 3)²", lambda w: 2 * (w - 3))
_TROUGH = Slope("w⁴", lambda w: 4 * w**3)


@lesson.function(
    cases=[
        (_BOWL, 5.0, 0.25, 1),
        (_BOWL, 0.0, 0.1, 4),
        (_TROUGH, -1.0, 0.05, 3),
        (_BOWL, 1.5, 0.1, 0),
        (_BOWL, 3.2, 0.02, 9),  # small moves count, too
    ],
    hints=[
        "Begin at start. Then repeat the same small move as often as steps says: "
        "for _ in range(steps)",
        "Each move looks at the slope where you stand now, slope(w), and goes against it: a "
        "positive slope means that the loss rises to the right, so go left.",
        "How far? The learning rate times the slope. After the loop, return where you stand.",
    ],
    right="Against the slope, by rate times slope, and the slope is looked at anew before each "
    "step.",
)
def descend(slope, start, rate, steps):
    w = start
    for _ in range(steps):
        w = w - rate * slope(w)
    return w


@descend.fresh
def _(rng):
    low, steep = float(rng.integers(-4, 5)), round(rng.uniform(0.5, 1.5), 1)
    slope = Slope(f"{steep:g} (w - {low:g})²", lambda w: 2 * steep * (w - low))
    away = rng.uniform(1, 5) if rng.integers(2) else 0.1  # never at the bottom already
    start = low + rng.choice([-1, 1]) * away
    steps = int(rng.choice([0, 2, 3, 4, 5, 6, 7]))
    return slope, round(float(start), 1), round(rng.uniform(0.05, 0.3), 2), steps


@descend.misconception(
    "uphill",
    "You walk uphill. A positive slope says that the loss rises to the right, so go to the left: "
    "the sign is minus.",
)
def _(slope, start, rate, steps):
    w = start
    for _ in range(steps):
        w = w + rate * slope(w)
    return w


@descend.misconception(
    "one_step_only",
    "You took one step, whatever steps says. Is the return inside the loop, or is there no loop?",
)
def _(slope, start, rate, steps):
    return start - rate * slope(start)


@descend.misconception(
    "return_in_loop",
    "Your return stands inside the loop: the first round already ends the function. Move it below, "
    "to the same depth as for.",
)
def _(slope, start, rate, steps):
    w = start
    for _ in range(steps):
        w = w - rate * slope(w)
        return w
    return w


@descend.misconception(
    "return_in_loop_no_steps",
    "Your return stands inside the loop: the first round already ends the function, and with no "
    "steps at all nothing is given back. Move it below, to the same depth as for.",
)
def _(slope, start, rate, steps):
    w = start
    for _ in range(steps):
        w = w - rate * slope(w)
        return w
    return None


@descend.misconception(
    "no_rate",
    "The learning rate is missing: each step is rate times the slope, not the whole slope.",
)
def _(slope, start, rate, steps):
    w = start
    for _ in range(steps):
        w = w - slope(w)
    return w


@descend.misconception(
    "slope_at_start_only",
    "You looked at the slope once, at the start, and used it for all steps. The slope changes on "
    "the way: look at it anew, slope(w), before each step.",
)
def _(slope, start, rate, steps):
    w = start
    for _ in range(steps):
        w = w - rate * slope(start)
    return w


@descend.misconception(
    "each_step_from_start",
    "Each step begins at start again. It begins where the last one ended: w = w - ...",
)
def _(slope, start, rate, steps):
    w = start
    for _ in range(steps):
        w = start - rate * slope(w)
    return w


@descend.misconception(
    "one_step_short",
    "One step is missing. range(steps) holds as many numbers as steps says; range(1, steps) and "
    "range(steps - 1) hold one less.",
)
def _(slope, start, rate, steps):
    w = start
    for _ in range(1, steps):
        w = w - rate * slope(w)
    return w


@descend.misconception(
    "one_step_more",
    "You took one step too many: range(steps) already holds as many numbers as steps says.",
)
def _(slope, start, rate, steps):
    w = start
    for _ in range(steps + 1):
        w = w - rate * slope(w)
    return w


@descend.misconception(
    "direction_only",
    "Every step of yours has the length of the learning rate, and only its direction comes from "
    "the slope. Multiply: where the slope is small, the step should be small.",
)
def _(slope, start, rate, steps):
    w = start
    for _ in range(steps):
        w = w - rate * np.sign(slope(w))
    return w


@descend.misconception(
    "small_moves_left_out",
    "Your walk ends as soon as a move is small. How many steps it takes is given: take them all.",
)
def _(slope, start, rate, steps):
    w = start
    for _ in range(steps):
        if abs(rate * slope(w)) < 0.05:
            break
        w = w - rate * slope(w)
    return w


@descend.misconception(
    "whole_path", "You gave the whole path. Only where the walk ends was asked for: the last place."
)
def _(slope, start, rate, steps):
    path = [start]
    for _ in range(steps):
        path.append(path[-1] - rate * slope(path[-1]))
    return path


@lesson.function(
    cases=[
        (
            np.array([0.5, -1.0]),
            1,
            np.array([[1.0, 2.0], [-1.0, 0.5], [0.3, 0.7]]),
            np.array([0.1, -0.2, 0.4]),
            np.array([1.0, -2.0, 0.5]),
            0.3,
        ),
        (
            np.array([2.0, 1.0]),
            0,
            np.array([[1.0, -1.0], [0.5, 0.25], [-0.4, 0.2]]),
            np.array([-0.5, 0.5, 0.0]),
            np.array([-1.0, 1.5, 0.7]),
            0.1,
        ),
        (
            np.array([1.0, -0.5, 0.2]),
            1,
            np.array([[0.2, -0.3, 0.8], [0.6, 0.1, -0.5]]),
            np.array([0.0, 0.3]),
            np.array([2.0, -1.0]),
            -0.4,
        ),
    ],
    hints=[
        "First the forward pass, as in the cell above: hidden, then p. You need both.",
        "The blame at the output's sum is p - y. Each hidden neuron gets it times its own weight "
        "in v, and times its own slope, hidden * (1 - hidden).",
        "The slope for each weight in W is the blame of its neuron (row) times the measurement "
        "that it multiplies (column). np.outer(a, b) makes that table: entry [j, i] is "
        "a[j] * b[i].",
    ],
    right="The mistake at the output, times the way back: v, the hidden slope, the measurement.",
)
def hidden_slopes(x, y, W, b, v, c):
    hidden = sigmoid(W @ x + b)
    p = sigmoid(v @ hidden + c)
    blame = (p - y) * v * hidden * (1 - hidden)
    return np.outer(blame, x)


@hidden_slopes.fresh
def _(rng):
    inputs, hidden = int(rng.integers(2, 4)), int(rng.integers(2, 5))
    x = (rng.choice([-1, 1], size=inputs) * rng.uniform(1.5, 3, size=inputs)).round(1)
    W, b = (0.3 * rng.normal(size=(hidden, inputs))).round(2), rng.normal(size=hidden).round(2)
    v = (rng.choice([-1, 1], size=hidden) * rng.uniform(1.5, 3, size=hidden)).round(1)
    return x, int(rng.integers(2)), W, b, v, round(rng.normal(), 2)


def _forward(x, W, b, v, c):
    hidden = sigmoid(W @ x + b)
    return hidden, sigmoid(v @ hidden + c)


@hidden_slopes.misconception(
    "no_hidden_slope",
    "A wheel is missing: the blame also passes through the sigmoid of the hidden neuron, whose "
    "slope is hidden * (1 - hidden).",
)
def _(x, y, W, b, v, c):
    _, p = _forward(x, W, b, v, c)
    return np.outer((p - y) * v, x)


@hidden_slopes.misconception(
    "no_output_weight",
    "A wheel is missing: the output neuron listens to each hidden neuron with a weight, v. The "
    "blame goes back with the same weight.",
)
def _(x, y, W, b, v, c):
    hidden, p = _forward(x, W, b, v, c)
    return np.outer((p - y) * hidden * (1 - hidden), x)


@hidden_slopes.misconception(
    "sign",
    "The sign is turned round: the slope of the loss at the output is p - y. (You would walk "
    "uphill.)",
)
def _(x, y, W, b, v, c):
    hidden, p = _forward(x, W, b, v, c)
    return np.outer((y - p) * v * hidden * (1 - hidden), x)


@hidden_slopes.misconception(
    "table_transposed",
    "The table is turned over: W has one row for each hidden neuron and one column for each "
    "measurement, and its slopes stand in the same places.",
)
def _(x, y, W, b, v, c):
    hidden, p = _forward(x, W, b, v, c)
    return np.outer(x, (p - y) * v * hidden * (1 - hidden))


@hidden_slopes.misconception(
    "slope_for_bias",
    "That is the blame of each hidden neuron, the slope for its bias. For the weights each of "
    "them is multiplied with each measurement: np.outer(blame, x).",
)
def _(x, y, W, b, v, c):
    hidden, p = _forward(x, W, b, v, c)
    return (p - y) * v * hidden * (1 - hidden)


@hidden_slopes.misconception(
    "output_slope_twice",
    "The output's own slope p * (1 - p) is in there once more. With cross-entropy it has already "
    "cancelled: what is left is p - y.",
)
def _(x, y, W, b, v, c):
    hidden, p = _forward(x, W, b, v, c)
    return np.outer((p - y) * p * (1 - p) * v * hidden * (1 - hidden), x)


@hidden_slopes.misconception(
    "slope_for_v",
    "Those are the slopes for v, the weights of the output neuron. The weights W of the hidden "
    "neurons lie one layer further back.",
)
def _(x, y, W, b, v, c):
    hidden, p = _forward(x, W, b, v, c)
    return (p - y) * hidden


@hidden_slopes.misconception(
    "sigmoid_twice",
    "The sigmoid was taken twice: its slope is made of its value, and hidden is that value "
    "already: hidden * (1 - hidden).",
)
def _(x, y, W, b, v, c):
    hidden, p = _forward(x, W, b, v, c)
    again = sigmoid(hidden)
    return np.outer((p - y) * v * again * (1 - again), x)


@hidden_slopes.misconception(
    "no_biases",
    "The biases are missing: a hidden neuron takes W @ x + b, the output v @ hidden + c.",
)
def _(x, y, W, b, v, c):
    hidden = sigmoid(W @ x)
    return np.outer((sigmoid(v @ hidden) - y) * v * hidden * (1 - hidden), x)


@hidden_slopes.misconception(
    "no_hidden_bias", "The bias b of the hidden neurons is missing: sigmoid(W @ x + b)."
)
def _(x, y, W, b, v, c):
    hidden = sigmoid(W @ x)
    return np.outer((sigmoid(v @ hidden + c) - y) * v * hidden * (1 - hidden), x)


@hidden_slopes.misconception(
    "no_output_bias", "The bias c of the output neuron is missing: sigmoid(v @ hidden + c)."
)
def _(x, y, W, b, v, c):
    hidden = sigmoid(W @ x + b)
    return np.outer((sigmoid(v @ hidden) - y) * v * hidden * (1 - hidden), x)


@hidden_slopes.misconception(
    "slope_from_sum",
    "The slope of the sigmoid is made of its answer, not of the sum that goes in: "
    "hidden * (1 - hidden), where hidden = sigmoid(...).",
)
def _(x, y, W, b, v, c):
    z = W @ x + b
    return np.outer((sigmoid(v @ sigmoid(z) + c) - y) * v * z * (1 - z), x)


@hidden_slopes.misconception(
    "answer_for_slope",
    "You took the answer of the hidden neuron where its slope belongs: hidden * (1 - hidden).",
)
def _(x, y, W, b, v, c):
    hidden, p = _forward(x, W, b, v, c)
    return np.outer((p - y) * v * hidden, x)


def _cost(x, y, W, b, v, c):
    _, p = _forward(x, W, b, v, c)
    return -np.log(p if y == 1 else 1 - p)


def _one_sided(nudge, x, y, W, b, v, c):
    """Slopes by nudging each weight upwards only: near, but not exact."""
    table = np.zeros_like(W)
    for place in np.ndindex(*W.shape):
        higher = W.copy()
        higher[place] += nudge
        table[place] = (_cost(x, y, higher, b, v, c) - _cost(x, y, W, b, v, c)) / nudge
    return table


@hidden_slopes.misconception(
    "one_sided_fine",
    "Very near: that is nudging to one side, by 1e-5, which leaves an error in the later decimals. "
    "Nudge to both sides and divide by twice the nudge, or better, multiply the slopes of the "
    "chain.",
)
def _(x, y, W, b, v, c):
    return _one_sided(1e-5, x, y, W, b, v, c)


@hidden_slopes.misconception(
    "one_sided_middle",
    "Near: that is nudging to one side, by 1e-4, which leaves an error in the later decimals. "
    "Nudge to both sides and divide by twice the nudge, or better, multiply the slopes of the "
    "chain.",
)
def _(x, y, W, b, v, c):
    return _one_sided(1e-4, x, y, W, b, v, c)


@hidden_slopes.misconception(
    "one_sided_coarse",
    "Nearly: that is nudging to one side, by 1e-3, which leaves an error. "
    "Nudge to both sides and divide by twice the nudge, or better, multiply the slopes of the "
    "chain.",
)
def _(x, y, W, b, v, c):
    return _one_sided(1e-3, x, y, W, b, v, c)


stop = lesson.text(
    "stop",
    model_answer="""No. The validation loss says how wrong the risks of women are with whom the
    network was not trained: 0.30 in epoch 31, 0.44 in epoch 50. The training loss falls only
    because the network grows surer about its own patients, and the accuracy cannot see it, because
    it does not ask how sure a wrong risk is: a woman with cancer may hear 'one in a million' and go
    home for half a year. I take the weights of epoch 31; those of epoch 12 are nearly as good, and
    a patience of ten would have ended there. These validation patients have chosen the epoch, and
    the test patients have been looked at twice, so neither gives a clean score: I would say so, and
    test on new women, with an interval and beside logistic regression.""",
    checklist=[
        "It decides by the validation loss, not by the training loss and not by the accuracy.",
        "It names an epoch: 31, or 12 with the reason that it is nearly as good.",
        "It says why the accuracy stays while the loss rises.",
        "It says what that means for a woman: risks that are too sure, mistakes included.",
        "It publishes no score of the validation patients, who chose the epoch.",
        "It says that the test patients are not untouched any more, and what to do about it.",
    ],
    rubric=[
        Level(
            0,
            "Lets it run on, because the training loss still falls or the accuracy does not.",
            "Yes, let it run on. The training loss is still getting smaller, so the network is "
            "still learning, and the validation accuracy stays at 0.88. More epochs can do no "
            "harm, and at the end we look at the test patients once more.",
        ),
        Level(
            1,
            "Stops, and for the validation loss, but does not say what it means for a woman, or "
            "overlooks that the test patients are not untouched.",
            "I would stop, because the network is overfitting: the validation loss goes up from "
            "0.30 to 0.44 while the training loss goes down. I would take the weights of epoch 31. "
            "Then I would publish the score on the test patients.",
        ),
        Level(
            2,
            "Stops at the lowest validation loss, says what risks that are too sure do to a woman, "
            "and sees that nobody untouched is left for the score.",
            "No. Accuracy asks only on which side of one half a woman lies, so it stays at 0.88 "
            "while her risk goes from one in a hundred to one in a million; the validation loss "
            "sees it, and rose to 0.44. A woman with cancer who gets such a number is not called "
            "back for half a year. I go back to epoch 31. You have opened the test set twice, so "
            "its score may flatter us: I report it as such, and ask for fresh patients.",
        ),
    ],
    hints=[
        "Which of her numbers speaks about women whom the network was not trained with, and about "
        "how sure it is?",
        "Think of one woman with cancer who is told a risk of one in a million. Which number sees "
        "her, and which does not?",
        "A score is fair when those who give it have chosen nothing. Who is left?",
    ],
)

n_updates = lesson.value(
    "n_updates",
    code="n_updates = 5 * 32  # 4000 / 128 = 31.25: 31 full batches and a smaller one, each epoch",
    expected=160,
    hints=[
        "How many batches does one epoch hold? Divide, and think about what happens to the "
        "pictures that are left over.",
        "The last batch of an epoch is smaller, but it is a batch: the weights move after it, too.",
    ],
    misconceptions={
        156.25: "An epoch has no quarter of a batch: the pictures left over make one more, "
        "smaller batch, and the weights move after it.",
        155: "The pictures left over at the end of an epoch are not thrown away: they make one "
        "more, smaller batch.",
        156: "Round within each epoch, and upwards: an epoch ends with a smaller batch.",
        157: "Nearly: each epoch by itself ends with a smaller batch. Round up first, then "
        "multiply by the number of epochs.",
        32: "That is one epoch. The training has five.",
        31: "That is one epoch, without its last, smaller batch. The training has five epochs.",
        31.25: "That is one epoch, and it has no quarter of a batch. The training has five epochs.",
        625: "That would be right for batches of 32 pictures. Here they hold 128.",
        4000: "So many steps would come from batches of five pictures. How many batches does one "
        "epoch hold, when each has 128? Then five epochs.",
        20_000: "That is how often a picture is shown. The weights move once a batch, not once a "
        "picture.",
        640: "You multiplied the size of a batch with the epochs. How many batches are there?",
        5: "The weights move after each batch, not only at the end of an epoch.",
    },
    right="31 full batches and a smaller one, five times.",
)

shown_risk = lesson.value(
    "shown_risk",
    code="shown_risk = 10 * 10 / (10 * 10 + 90)",
    expected=10 * 10 / (10 * 10 + 90),
    tolerance=0.003,
    hints=[
        "Draw the training data as the loss sees them: each woman with cancer counts ten times, "
        "each of the others once.",
        "How many do the women with cancer count for now, and how many do all of them together? "
        "The honest answer for this crowd is the share.",
    ],
    misconceptions={
        1.0: "Ten times a tenth would make every such woman a sure cancer, and with a weight of "
        "20 it would be more than certain. Count the whole crowd anew: the 90 others are still "
        "there.",
        0.1: "That is the true share, which an unweighted model finds. What does a model find for "
        "which each of the ten counts ten times?",
        10 / 9: "Those are the odds, 100 against 90. A risk is a share of the whole: 100 of how "
        "many?",
        1 / 11: "That is a threshold: from this risk on, a model without weights gives the same "
        "alarms. Asked is the number that these women are told by the weighted model.",
        10: "That is how many women with cancer there are, or how often each counts. Count all of "
        "the crowd: 10 times 10 with cancer, and 90 without. Which share has cancer?",
        10 / 11: "That would be ten against one. But here stand 10 women with cancer, counted ten "
        "times each, and 90 without.",
        100 * 100 / 190: "Right, in percent. Write it as a share between 0 and 1.",
        53: "Right, in whole percent. Write it as a share between 0 and 1.",
        0.5: "Near, but count exactly: the ten count for 100, and the others for 90.",
        10 / (10 + 900): "The weights went to the wrong group: the women with cancer count ten "
        "times, not the others.",
    },
    right="100 of 190: what was one in ten is now told as more than one half.",
)

fewer_missed = lesson.choice(
    "fewer_missed",
    answer="a",
    feedback={
        "a": "The risks stay honest, and how many cancers one wants to find is decided where it "
        "belongs: at the threshold, in the open, where it can be changed without training anew.",
        "b": "The alarms would be about the same as with the lower threshold. But every number "
        "told to a woman would be too high, for many of them several times too high: it is the "
        "risk in a made-up crowd in which cancers count ten times.",
        "c": "A copied patient brings no new information. For the loss, ten copies are the same "
        "as a weight of ten: the risks would be distorted in the same way.",
        "d": "The training cancers would all be found, by heart. New women with cancer would not "
        "be found more often, and the risks would become too extreme (section 4).",
    },
    hints=[
        "Two different things are wanted: more alarms, and numbers that come true. Which of the "
        "four keeps the second?",
        "What decides how many alarms there are, once the risks are there?",
    ],
)
