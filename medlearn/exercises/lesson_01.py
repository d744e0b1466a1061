"""Exercises of lesson 01: neurons and activations."""

import numpy as np

from medlearn.exercises.engine import Exercises, Level

lesson = Exercises("01")


def sigmoid(z):
    """The lesson defines the same function before the exercises that use it."""
    return 1 / (1 + np.exp(-z))


@lesson.function(
    cases=[
        (np.array([1.0, 2.0]), np.array([0.5, -1.0]), 0.25),
        (np.array([0.0, 0.0]), np.array([2.0, 1.0]), -1.0),
        (np.array([1.5, -0.5, 2.0]), np.array([1.0, 1.0, -2.0]), 3.0),
        (np.array([2.0, 1.0, -1.0]), np.array([1.0, 0.5, 0.25]), 0.5),  # here z is above 0
    ],
    hints=[
        "Two steps: first z, then the sigmoid of z.",
        "z is the weighted sum plus the bias. np.dot(w, x) multiplies each measurement with its "
        "own weight and adds up; the bias is added once.",
        "End with: return sigmoid(z)",
    ],
    right="Each measurement times its weight, all added up, plus the bias, through the sigmoid.",
)
def neuron(x, w, b):
    z = np.dot(w, x) + b
    return sigmoid(z)


@neuron.fresh
def _(rng):
    x, w = rng.normal(size=(2, int(rng.integers(3, 7)))).round(2)
    return x, w, round(rng.normal(), 2)


@neuron.misconception(
    "no_bias",
    "You left out the bias. With all measurements at zero a neuron gives the sigmoid of its "
    "bias, yours always gives one half.",
)
def _(x, w, b):
    return sigmoid(np.dot(w, x))


@neuron.misconception(
    "no_activation",
    "That is z. The neuron's output is the activation of z: one more step is missing.",
)
def _(x, w, b):
    return np.dot(w, x) + b


@neuron.misconception(
    "not_summed",
    "You multiplied, but did not add up: there is still one number for each measurement. "
    "A neuron gives a single number.",
)
def _(x, w, b):
    return sigmoid(w * x + b)


@neuron.misconception(
    "bias_in_each_measurement",
    "The bias was added to every measurement. It is added once, after the products were summed.",
)
def _(x, w, b):
    return sigmoid(np.dot(w, x + b))


@neuron.misconception(
    "sign_of_exponent",
    "Your output falls where the evidence rises: look at the sign in the exponent of the sigmoid.",
)
def _(x, w, b):
    return sigmoid(-(np.dot(w, x) + b))


@neuron.misconception(
    "bias_after_activation",
    "The bias was added after the sigmoid. It belongs to the sum, before it: otherwise the output "
    "may leave the range from 0 to 1.",
)
def _(x, w, b):
    return sigmoid(np.dot(w, x)) + b


@neuron.misconception(
    "bias_subtracted",
    "The bias is subtracted. Is z = Σ wᵢxᵢ + b? And in the sigmoid, does the minus stand before "
    "the whole of z, in brackets? In -z₁ + b it belongs to z₁ alone.",
)
def _(x, w, b):
    return sigmoid(np.dot(w, x) - b)


@neuron.misconception(
    "bias_once_a_measurement",
    "The bias went into the sum once for each measurement. It is added once, after the loop.",
)
def _(x, w, b):
    return sigmoid(np.dot(w, x) + len(x) * b)


@neuron.misconception(
    "first_two_only",
    "Only the first two measurements were counted. There may be more: here x has three.",
)
def _(x, w, b):
    return sigmoid(w[0] * x[0] + w[1] * x[1] + b)


@neuron.misconception(
    "first_only",
    "Only the first measurement was counted. In a loop: is the return inside it? Then the first "
    "round already ends the function.",
)
def _(x, w, b):
    return sigmoid(w[0] * x[0] + b)


@neuron.misconception(
    "alarm",
    "That is 0 or 1, a verdict. The neuron gives the number before the verdict: the sigmoid's "
    "value, anywhere between 0 and 1.",
)
def _(x, w, b):
    return int(np.dot(w, x) + b > 0)


@neuron.misconception(
    "sum_of_sigmoids",
    "Each measurement went through a sigmoid of its own, and these were added. It is the other way "
    "round: first add up, then one sigmoid.",
)
def _(x, w, b):
    return np.sum(sigmoid(w * x)) + b


@neuron.misconception(
    "sum_of_neurons",
    "Each measurement became a neuron of its own, with the bias in it, and these were added. It is "
    "the other way round: first add up, then one bias and one sigmoid.",
)
def _(x, w, b):
    return np.sum(sigmoid(w * x + b))


@neuron.misconception(
    "mean_for_sum",
    "You took the mean of the products. A neuron adds them up and divides by nothing.",
)
def _(x, w, b):
    return sigmoid(np.mean(w * x) + b)


@neuron.misconception(
    "mean_of_all",
    "You divided the whole of z, bias included, by the number of measurements. A neuron adds up "
    "and divides by nothing.",
)
def _(x, w, b):
    return sigmoid((np.dot(w, x) + b) / len(x))


@neuron.misconception(
    "e_rounded",
    "Almost: e has more digits than 2.718. np.exp(-z), e to the power of -z, knows them.",
)
def _(x, w, b):
    return 1 / (1 + 2.718 ** -(np.dot(w, x) + b))


border = lesson.choice(
    "border",
    answer="a",
    feedback={
        "a": "z was 2 · 0.5 + 1 · (−0.5) + 0 = 0.5, and is one less now. An alarm needs more "
        "evidence, so the border lies further right, where radius is larger, and she is left "
        "behind it.",
        "b": "The two values are right, and the sign says it: below 0 there is no alarm. A lower "
        "bias needs more evidence, so the border goes towards larger values.",
        "c": "The bias is a part of everybody's z. The border lies where z is 0: it moves because "
        "each z has changed.",
        "d": "The texture is −0.5, and 1 · (−0.5) takes away: 2 · 0.5 − 0.5 + 0 = 0.5 is her z "
        "before, not after.",
    },
    hints=[
        "z is 2 times radius, plus 1 times texture, plus the bias. Mind the sign of the texture.",
        "An alarm sounds where z is above 0. On which side of the border is she, before and after?",
        "The border crosses the line of average texture (0) where 2 · radius + bias = 0. Where is "
        "that for a bias of 0, and for −1?",
    ],
)

verdict = lesson.text(
    "verdict",
    model_answer="""
    When I raise the bias from 0 to 0.5, the neuron misses 6 of 141 cancers instead of 16, and
    alarms 54 of 238 women without cancer instead of 35. An alarm leads to a core biopsy, which is
    unpleasant but of low risk, and a missed cancer may cost a life, so I would raise the bias and
    accept more false alarms. How many more is not mine to decide alone: the women and their
    doctors should say how many needless biopsies one found cancer is worth. And 379 women from
    one hospital are too few to promise that it will be the same elsewhere.
    """,
    checklist=[
        "compares both counts of errors, before and after the move",
        "says who pays for a missed cancer and who pays for a false alarm",
        "moves the right way: a higher bias gives more alarms and fewer missed cancers",
        "says that the price of an error is a question of values, not of arithmetic alone",
        "says what stays uncertain: few patients, one hospital",
    ],
    rubric=[
        Level(
            0,
            "Decides without the counts, lets only one kind of error count, or moves the wrong "
            "way.",
            "I would lower the bias, because a lower bias makes the neuron more careful, and then "
            "it finds more cancers. A cancer must never be missed, so the bias should be as low as "
            "possible. That hurts nobody.",
        ),
        Level(
            1,
            "Moves the bias with a reason and gives counts, but weighs one kind of error only, or "
            "says nothing of what remains uncertain.",
            "I would raise the bias to 0.5. Then only 6 cancers are missed instead of 16, and in "
            "medicine that is what matters. There are 54 false alarms instead of 35, but a biopsy "
            "is harmless.",
        ),
        Level(
            2,
            "Gives both counts before and after, says who pays for each, decides, and names what "
            "the numbers do not settle: the price of an error, few women, one hospital.",
            "With the bias at 0.5 we would biopsy 19 more women for nothing and find 10 more "
            "cancers now instead of in three months. Two needless biopsies for one such cancer "
            "seem right to me, but I would ask women who have had one. The counts come from one "
            "hospital and from few cancers, so I would count again with our own patients.",
        ),
    ],
    hints=[
        "Read the two kinds of errors in the words under the explorer. What happens next to each "
        "of these women?",
        "Would you accept ten needless biopsies to find one more cancer? A hundred?",
    ],
)


@lesson.function(
    cases=[(0.0,), (2.0,), (-3.0,), (np.array([-1.0, 0.5, 6.0]),)],
    hints=[
        "Call the sigmoid's own value s. The slope needs nothing but s.",
        "How far is s from 0? And how far from 1? Where either is small, the slope must be small.",
        "Multiply these two distances.",
    ],
    right="The slope is s times what is missing to one: large in the middle, almost zero outside.",
    tolerance=1e-12,  # two places near z would give it to ten digits; a formula gives all
)
def sigmoid_slope(z):
    s = sigmoid(z)
    return s * (1 - s)


@sigmoid_slope.fresh
def _(rng):
    z = rng.uniform(-6, 6, size=int(rng.integers(1, 6))).round(2)
    return (z if len(z) > 1 else float(z[0]),)  # one number or many


@sigmoid_slope.misconception(
    "height_not_slope",
    "That is the sigmoid's height, not its slope. At z = 6 the height is almost one, "
    "and the curve is almost flat.",
)
def _(z):
    return sigmoid(z)


@sigmoid_slope.misconception(
    "z_for_s", "You used z where the sigmoid of z belongs: the slope is made of s, not of z."
)
def _(z):
    return z * (1 - z)


@sigmoid_slope.misconception(
    "factor_s_missing",
    "That falls from one to zero and is largest far on the left. "
    "The slope is small on both sides: a factor is missing.",
)
def _(z):
    return 1 - sigmoid(z)


@sigmoid_slope.misconception(
    "s_squared",
    "Right in the middle, but s times s does not come down again: where s is near 1, the slope "
    "must be near zero.",
)
def _(z):
    return sigmoid(z) ** 2


@sigmoid_slope.misconception(
    "half_for_s",
    "Right at s = 0.5 and at s = 1. But near s = 0 yours stays at one half, and the curve is flat "
    "there.",
)
def _(z):
    return 0.5 * (1 - sigmoid(z))


@sigmoid_slope.misconception("sign", "Almost: the sign is wrong. The sigmoid rises everywhere.")
def _(z):
    return sigmoid(z) * (sigmoid(z) - 1)


@sigmoid_slope.misconception(
    "plus_for_minus",
    "s times s + 1 keeps growing where s is near 1. How far is s from 1 there?",
)
def _(z):
    return sigmoid(z) * (1 + sigmoid(z))


@sigmoid_slope.misconception(
    "half_of_s",
    "Right at s = 0.5 and at s = 0. But near s = 1 yours is one half, and the curve is flat there.",
)
def _(z):
    return 0.5 * sigmoid(z)


@sigmoid_slope.misconception(
    "distance_to_one_squared",
    "Right in the middle, but where s is near 0 yours is near 1, and the curve is flat there: the "
    "two factors are different ones.",
)
def _(z):
    return (1 - sigmoid(z)) ** 2


silent = lesson.choice(
    "silent",
    answer="c",
    feedback={
        "a": "Doubling everything doubles every sum, and twice a number below zero is still below "
        "zero: the output stays zero for everyone.",
        "b": "A lower bias pushes the sums further below zero. The neuron gets even more silent.",
        "c": "With a higher bias some sums rise above zero again. Only there does ReLU have a "
        "slope, and only through a slope can training reach the weights.",
        "d": "More training changes nothing: training reaches these weights through the slope, "
        "and the slope is zero for every patient.",
    },
    hints=[
        "ReLU gives zero, with slope zero, for every sum below zero.",
        "Which change brings at least some patients' sums above zero?",
    ],
)


@lesson.function(
    cases=[
        (
            np.array([0.5, -1.0]),
            np.array([[1.0, 2.0], [-1.0, 0.5], [0.3, 0.7]]),
            np.array([0.1, -0.2, 0.4]),
            np.array([1.0, -2.0, 0.5]),
            0.3,
        ),
        (
            np.array([4.2]),
            np.array([[-8.0], [8.0]]),
            np.array([28.0, -40.0]),
            np.array([10.0, 10.0]),
            -5.0,
        ),
        (
            np.array([2.0, 1.0]),
            np.array([[1.0, -1.0], [0.5, 0.25]]),
            np.array([-0.5, 0.5]),
            np.array([-1.0, 1.5]),
            0.1,
        ),
    ],
    hints=[
        "The hidden layer first: W @ x gives one weighted sum for each hidden neuron.",
        "hidden = sigmoid(W @ x + b). This is what the output neuron gets as its input.",
        "The output neuron is a neuron as in section 1, with weights v and bias c.",
    ],
    right="The last neuron reads the answers of the hidden ones, not the measurements.",
)
def two_layers(x, W, b, v, c):
    hidden = sigmoid(W @ x + b)
    return sigmoid(v @ hidden + c)


@two_layers.fresh
def _(rng):
    inputs, hidden = int(rng.integers(1, 4)), int(rng.integers(2, 5))
    W = rng.normal(size=(hidden, inputs)).round(2)
    b, v = rng.normal(size=(2, hidden)).round(2)
    return rng.normal(size=inputs).round(2), W, b, v, round(rng.normal(), 2)


@two_layers.misconception(
    "no_hidden_activation",
    "The hidden sums went on without an activation. Then two layers are one neuron again "
    "(section 6 shows why).",
)
def _(x, W, b, v, c):
    return sigmoid(v @ (W @ x + b) + c)


@two_layers.misconception(
    "no_output_activation",
    "The output neuron has an activation too: yours gives the weighted sum of the hidden answers.",
)
def _(x, W, b, v, c):
    return v @ sigmoid(W @ x + b) + c


@two_layers.misconception(
    "hidden_layer_only",
    "You gave the hidden layer's answers. The output neuron, with v and c, is still missing.",
)
def _(x, W, b, v, c):
    return sigmoid(W @ x + b)


@two_layers.misconception(
    "hidden_bias_after_activation",
    "The hidden bias b was added after the sigmoid. It belongs to the sum, before it.",
)
def _(x, W, b, v, c):
    return sigmoid(v @ (sigmoid(W @ x) + b) + c)


@two_layers.misconception(
    "output_bias_in_hidden_layer",
    "c stands in the hidden layer. It is the bias of the output neuron; the hidden neurons have b.",
)
def _(x, W, b, v, c):
    return sigmoid(v @ sigmoid(W @ x + b + c))


@two_layers.misconception(
    "output_bias_in_both",
    "c stands in both layers. It is the bias of the output neuron; the hidden neurons have b.",
)
def _(x, W, b, v, c):
    return sigmoid(v @ sigmoid(W @ x + b + c) + c)


@two_layers.misconception(
    "output_not_summed",
    "v * hidden multiplies and does not add up: there is still one number for each hidden neuron. "
    "The output neuron sums, as every neuron does.",
)
def _(x, W, b, v, c):
    return sigmoid(v * sigmoid(W @ x + b) + c)


@two_layers.misconception(
    "tanh_hidden",
    "The hidden layer has tanh. Here both layers use the sigmoid.",
)
def _(x, W, b, v, c):
    return sigmoid(v @ np.tanh(W @ x + b) + c)


@two_layers.misconception("tanh_both", "Both layers have tanh. Here both use the sigmoid.")
def _(x, W, b, v, c):
    return np.tanh(v @ np.tanh(W @ x + b) + c)


@two_layers.misconception("relu_hidden", "The hidden layer has ReLU. Here both use the sigmoid.")
def _(x, W, b, v, c):
    return sigmoid(v @ np.maximum(W @ x + b, 0) + c)


@two_layers.misconception(
    "step_hidden",
    "The hidden neurons say yes or no, 1 or 0: that is a step. Here they give the sigmoid of their "
    "sum, any number between 0 and 1.",
)
def _(x, W, b, v, c):
    return sigmoid(v @ (W @ x + b > 0) + c)


@two_layers.misconception(
    "step_output",
    "You gave the verdict, 1 or 0. The output neuron gives the sigmoid of its sum.",
)
def _(x, W, b, v, c):
    return int(v @ sigmoid(W @ x + b) + c > 0)


@two_layers.misconception(
    "two_hidden_only",
    "Only the first two hidden neurons were counted. There may be more: W has a row for each.",
)
def _(x, W, b, v, c):
    return sigmoid(v[:2] @ sigmoid(W[:2] @ x + b[:2]) + c)


@two_layers.misconception("no_hidden_bias", "The hidden biases b are missing.")
def _(x, W, b, v, c):
    return sigmoid(v @ sigmoid(W @ x) + c)


@two_layers.misconception("no_output_bias", "The output neuron's bias c is missing.")
def _(x, W, b, v, c):
    return sigmoid(v @ sigmoid(W @ x + b))


@two_layers.misconception(
    "elementwise_product",
    "The shapes do not fit: multiplying W * x pairs numbers one by one, which works for a single "
    "neuron only. W @ x goes through the rows of W.",
)
def _(x, W, b, v, c):
    return sigmoid(v @ sigmoid(sum(W * x) + b) + c)


@two_layers.misconception(
    "transposed",
    "The shapes do not fit: W has one row for each hidden neuron and one column for each "
    "measurement, so it stands on the left of x, W @ x, and appears once. The output neuron has v.",
)
def _(x, W, b, v, c):
    return sigmoid(v @ sigmoid(x @ W + b) + c)


collapse = lesson.value(
    "collapse",
    code="collapse = (2 * 3, 2 * 1 - 4)",
    expected=(6, -2),
    misconceptions={
        (5, -3): "You added the weights and added the biases. The second layer multiplies what "
        "the first one gives.",
        (6, -3): "The weight is right. The first layer's bias goes through the second layer too: "
        "it is doubled on the way.",
        (6, -4): "The weight is right. The first layer's bias did not vanish: it comes out of "
        "the second layer, doubled.",
        (-2, 6): "Both numbers are right, in the other order: first the weight, then the bias.",
        (6, -6): "The weight is right. The first bias was subtracted; the second layer doubles it, "
        "with its sign.",
        (
            6,
            2,
        ): "The weight is right. Of the biases, the first is doubled, and then the second one is "
        "subtracted.",
        (3, -3): "Those are the weight and the sum of the biases before the second layer "
        "multiplies. It multiplies the first layer's weight, too, and its bias before 4 goes.",
        (2, -4): "That is the second layer alone. What comes in is 3x + 1, and not x.",
        (5, -2): "The bias is right. The weights are multiplied, not added: twice 3x.",
        (6, 5): "The weight is right. The 4 is subtracted at the end, and the first bias doubled.",
        (6, 1): "The weight is right. Both biases count: the first one doubled, then the second.",
    },
    hints=[
        "Put the first line into the second: 2 · (3x + 1) − 4.",
        "Multiply out. What stands before x is the weight, the rest is the bias.",
    ],
    right="Two layers without an activation are one layer: one weight, one bias, one line.",
)
