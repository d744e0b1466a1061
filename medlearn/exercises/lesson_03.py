"""Exercises of lesson 03: layers, parameters, probabilities, and when a network is worth it."""

import numpy as np

from medlearn.exercises.engine import Exercises, Level

lesson = Exercises("03")

n_weights = lesson.value(
    "n_weights",
    code="n_weights = (784 * 128 + 128) + (128 * 10 + 10)",
    expected=101_770,
    hints=[
        "Each neuron of a dense layer has one weight for each number that comes in, and one bias.",
        "Flatten makes 28 × 28 = 784 numbers. So one neuron of the hidden layer has 784 weights "
        "and 1 bias, and there are 128 such neurons.",
        "The last layer has 10 neurons, and each of them sees the 128 numbers of the hidden layer.",
    ],
    misconceptions={
        108_330: "The last layer sees what the hidden layer gives: 128 numbers, not 784 pixels.",
        101_634: "Each neuron has a bias of its own: 128 in the hidden layer and 10 in the last.",
        101_760: "The 10 neurons of the last layer have biases as well: one each.",
        101_642: "The 128 neurons of the hidden layer have biases as well: one each.",
        101_632: "You counted the weights and forgot the biases: each neuron has one.",
        100_480: "That is the hidden layer alone. The last layer, with its 10 neurons, has "
        "weights and biases too.",
        100_352: "Those are the weights of the hidden layer alone: its biases and the whole last "
        "layer are missing.",
        102_554: "You counted the 784 pixels as well. They are the input: numbers that come in, "
        "not numbers that are learned.",
        102_564: "You counted the 784 pixels (and the 10 outputs) as well. Those are numbers that "
        "flow through; only weights and biases are learned.",
        5_002: "A neuron of the hidden layer sees all pixels of the picture, 28 × 28 of them; "
        "you counted one row of 28.",
        7_850: "That would be a network without the hidden layer. The pixels go to 128 neurons, "
        "and their 128 numbers go to the last 10.",
        102_416: "A bias belongs to a neuron, not to a number that comes in: 128 in the hidden "
        "layer and 10 in the last.",
        138: "You counted the neurons. The question is how many numbers are learned: weights and "
        "biases.",
        922: "You counted the numbers that flow through the network for one picture. The question "
        "is how many numbers are learned: weights and biases.",
        1_003_520: "You multiplied the sizes of all layers. Each layer is counted by itself, and "
        "then they are added.",
    },
    right="Nearly all of them sit in the hidden layer, between the pixels and the 128 neurons.",
)


@lesson.function(
    cases=[
        (np.array([2.0, 1.0, 0.1]),),
        (np.array([-1.0, 0.0, 3.0, 0.5]),),
        (np.array([1000.0, 1001.0, 1002.0]),),
        (np.array([-1000.0, 0.0, 1000.0]),),
    ],
    hints=[
        "Three steps: take e to the power of each logit, add these up, divide each by the sum. "
        "np.exp works on a whole array at once.",
        "The third case has logits near 1000, and e to the power of 1000 is too large for a "
        "computer. Softmax does not change when you take the same number away from all logits.",
        "Take the largest logit away from all of them first: z - z.max().",
    ],
    right="The shares add up to 1, and nothing overflows.",
)
def softmax(z):
    e = np.exp(z - z.max())
    return e / e.sum()


@softmax.fresh
def _(rng):
    z = rng.normal(scale=2, size=int(rng.integers(3, 8))).round(2)
    far = rng.choice([1, 1000])  # apart: then only the largest may be taken away
    return (far * z + rng.choice([0, 1000, -1000, 2000]),)  # mostly too large, or small, for exp


@softmax.misconception(
    "overflow",
    "Right for small logits. But e to the power of 1000 is too large for a computer: it becomes "
    "infinite, and infinite divided by infinite is nan. Which number could you take away from all "
    "logits first, so that none is large any more?",
)
def _(z):
    return np.exp(z) / np.exp(z).sum()


@softmax.misconception(
    "shifted_by_smallest",
    "You took the smallest logit away. Then the largest may still be too large: look at the logits "
    "-1000, 0 and 1000. After which shift is none of them above 0?",
)
def _(z):
    e = np.exp(z - z.min())
    return e / e.sum()


@softmax.misconception(
    "shifted_by_mean",
    "You took the mean (or the median) away. The largest logit may still be far above it, and too "
    "large: look at the logits -1000, 0 and 1000. After which shift is none of them above 0?",
)
def _(z):
    e = np.exp(z - z.mean())
    return e / e.sum()


@softmax.misconception(
    "shifted_above_only",
    "You took the largest logit away above the line only. Softmax stays the same when it is taken "
    "away from all of them, in the sum below as well.",
)
def _(z):
    return np.exp(z - z.max()) / np.exp(z).sum()


@softmax.misconception(
    "shifted_by_typed_number",
    "You took the same 1000 away whatever the logits are. Small logits then give 0 divided by 0, "
    "which is nan. Take away a number that depends on them: which one leaves none above 0?",
)
def _(z):
    e = np.exp(z - 1000)
    return e / e.sum()


@softmax.misconception(
    "not_normalised",
    "You took e to the power of each logit and stopped there. Probabilities must add up to 1: "
    "divide by the sum.",
)
def _(z):
    return np.exp(z)


@softmax.misconception(
    "shifted_not_normalised",
    "The largest of your numbers is always 1, so together they are more than 1. Probabilities must "
    "add up to 1: divide by the sum of all.",
)
def _(z):
    return np.exp(z - z.max())


@softmax.misconception(
    "logits_divided",
    "You divided the logits themselves by their sum. A logit may be negative, a probability may "
    "not: take e to the power of each first.",
)
def _(z):
    return z / z.sum()


@softmax.misconception(
    "sigmoid_each",
    "That is the sigmoid of each logit by itself. It answers ten separate yes-or-no questions, "
    "and the answers do not add up to 1.",
)
def _(z):
    return 1 / (1 + np.exp(-z))


@softmax.misconception(
    "hard_maximum",
    "You gave all probability to the largest logit. Softmax is soft: the others keep their share.",
)
def _(z):
    return (z == z.max()).astype(float)


clinic = lesson.text(
    "clinic",
    model_answer="""I would take logistic regression. On these test patients the two rank lumps
    equally well: the interval for the difference of their AUCs is narrow and lies around zero,
    and the seed alone moves the network as much. The simple model has 31 numbers that I can read
    and check, it gives the same answer each time it is trained, and a new hospital can refit it
    with few patients. Neither is safe because it scores high: both miss some cancers, the data
    come from one hospital, and the test set is small. Before either is used, it has to be tried
    on later patients from other hospitals, with a threshold chosen from what a missed cancer and
    a needless core biopsy cost, and a pathologist has to read the slide anyway. I would change my
    mind if the network won clearly on such patients, or if the input were the picture itself.""",
    checklist=[
        "It names the measured difference and its uncertainty, not the two scores alone.",
        "It says that more parameters are not an advantage by themselves.",
        "It gives a reason beyond accuracy: easier to read, to check, to repeat or to refit.",
        "It says what a missed cancer and a false alarm cost here.",
        "It says that a high score in one hospital does not make a model safe, and asks for a "
        "test on other patients.",
        "It says what would change the decision.",
    ],
    rubric=[
        Level(
            0,
            "Chooses by the higher score or by what is newer, as if the difference were real, or "
            "calls one of them safe.",
            "I would take the network, because deep learning is the newest method and has far more "
            "parameters, so it sees more than a simple formula can. More layers would make it "
            "better still. With a score that high it is safe enough for a clinic.",
        ),
        Level(
            1,
            "Sees that the two tie and takes the simpler one for a reason, but says nothing of "
            "what an error costs, of a test elsewhere, or of what would change the choice.",
            "I would take logistic regression, because both models have about the same AUC. It is "
            "simpler and faster, and one can read its weights. A network is a black box, and "
            "doctors do not like that.",
        ),
        Level(
            2,
            "Rests on the difference and its uncertainty, gives a reason beyond the score, says "
            "what worries about either (missed cancers, one hospital), and what would change the "
            "choice.",
            "On the same test patients I cannot tell the two apart: the interval of their "
            "difference holds zero. So I take the one whose 31 numbers a colleague can check, and "
            "which comes out the same when it is trained again. Both would send some women with "
            "cancer home, and all patients came from one hospital, so neither starts before it was "
            "tried on ours. If the network were clearly ahead there, I would change.",
        ),
    ],
    hints=[
        "Begin with the comparison: what was measured, how large is the difference, how sure are "
        "you of it?",
        "Then think of the day after: who has to understand the model, refit it, and answer for "
        "a missed cancer?",
    ],
)

pair = lesson.choice(
    "pair",
    answer="d",
    feedback={
        "a": "This loss takes what comes in for probabilities unless it is told otherwise. Logits "
        "are none: they can be negative and do not add up to 1.",
        "b": "One sigmoid gives one number between 0 and 1. That answers a yes-or-no question; "
        "ten digits need ten numbers.",
        "c": 'The loss is told "logits" and gets probabilities. Keras with TensorFlow warns and '
        "repairs it; elsewhere softmax would be applied twice, and no digit could get more than "
        "0.232, however clear the picture.",
        "d": "The layer gives logits, the loss is told so, and the labels are whole numbers "
        '("sparse").',
    },
    hints=[
        "Exactly one of the two, the layer or the loss, has to turn logits into probabilities.",
        "from_logits=True tells the loss that it has to do so.",
    ],
)

hidden_shape = lesson.value(
    "hidden_shape",
    code="hidden_shape = (32, 128)",
    expected=(32, 128),
    hints=[
        "The first direction of every tensor in the network counts the pictures.",
        "Each picture leaves the hidden layer as one row, with one number a neuron.",
    ],
    misconceptions={
        (None, 128): "None stands for any number of pictures. Here you know how many: 32.",
        (128, 32): "The two numbers are right, their order is not: the first direction counts the "
        "pictures.",
        (784, 128): "That is the shape of the layer's weights. It does not depend on how many "
        "pictures come in.",
        (128,): "That is one picture. You send 32 of them together: they make a first direction.",
        (1, 128): "That is one picture. You send 32 of them together.",
        (32, 784): "That is what goes into the hidden layer: each picture as 784 pixels.",
        (32, 10): "That is what leaves the last layer. The hidden layer comes before it.",
        (32, 28, 28): "That is what you send in. What leaves the hidden layer is one row of "
        "numbers a picture.",
        (32, 129): "A layer gives one number for each neuron. The bias is added to it, and is no "
        "number of its own.",
        (28, 28): "That is one picture as it comes. What leaves the hidden layer?",
        (32, 28, 128): "Flatten comes first: a picture reaches the hidden layer as one row, not "
        "as 28 rows.",
    },
    right="32 pictures, one row each, one number a neuron.",
)


@lesson.function(
    cases=[
        (
            np.array([[1.0, 2.0], [-3.0, 0.5]]),
            np.array([[1.0, -1.0], [0.5, 2.0]]),
            np.array([0.1, -0.2]),
        ),
        (
            np.array([[0.2, 0.0, 1.0], [1.0, 1.0, 1.0], [0.0, -2.0, 0.3]]),
            np.array([[1.0, 0.0, 2.0], [-1.0, 0.5, 0.0], [0.3, 0.3, -0.7]]),
            np.array([0.0, 0.5, -1.0]),
        ),
        (np.array([[1.0], [2.0], [-1.0]]), np.array([[0.5, -2.0, 1.0]]), np.array([1.0, 0.0, 2.0])),
    ],
    hints=[
        "One sign does all weighted sums at once: @, the product of two matrices.",
        "In A @ B the second direction of A must fit the first direction of B. x has the shape "
        "(pictures, inputs), W has (inputs, neurons).",
    ],
    right="One row a picture, one column a neuron.",
)
def dense(x, W, b):
    return x @ W + b


@dense.fresh
def _(rng):
    pictures, inputs, neurons = rng.integers(2, 5, size=3)
    x, W = rng.normal(size=(pictures, inputs)), rng.normal(size=(inputs, neurons))
    return x.round(2), W.round(2), rng.normal(size=neurons).round(2)


@dense.misconception(
    "order_reversed",
    "The order is turned round: W @ x. x has the shape (pictures, inputs) and W has "
    "(inputs, neurons), so x comes first.",
)
def _(x, W, b):
    return W @ x + b


@dense.misconception(
    "bias_in_weights",
    "You added the bias to each weight. A neuron's bias is added once, after the weighted sum.",
)
def _(x, W, b):
    return x @ (W + b)


@dense.misconception("no_bias", "You left out the biases b.")
def _(x, W, b):
    return x @ W


@dense.misconception(
    "relu_added",
    "You put a ReLU on top. The hidden layer has one, but this function is the layer without it: "
    "on the last layer a ReLU would cut off all negative logits.",
)
def _(x, W, b):
    return np.maximum(0, x @ W + b)


@dense.misconception(
    "bias_subtracted",
    "The biases must be added, not subtracted. (Some books write a threshold instead: it is the "
    "negative bias.)",
)
def _(x, W, b):
    return x @ W - b
