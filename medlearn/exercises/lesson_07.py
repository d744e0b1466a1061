"""Exercises of lesson 07: windows that slide, weights that do not grow, and who gives the label."""

import numpy as np

from medlearn.exercises.engine import Exercises, Level

lesson = Exercises("07")

_stripe = np.array([[0, 0, 9, 9, 0], [0, 1, 9, 9, 0], [0, 0, 9, 7, 0], [2, 0, 9, 9, 3]])
_slope = np.array([[1, 2, 4, 7, 3, 0], [0, 5, 1, 8, 2, 6], [3, 3, 9, 0, 4, 1], [7, 2, 6, 5, 0, 8]])


@lesson.function(
    cases=[
        (_stripe, np.array([[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]])),
        (_slope, np.array([[0, 1, 2], [-1, 3, 0], [0, -2, 1]])),
        (_slope, np.array([[1, -2], [0, 3]])),
        (np.arange(49.0).reshape(7, 7) ** 2 % 11, np.arange(25.0).reshape(5, 5) - 9),
        (_slope.astype(np.uint8), np.full((3, 3), 0.125)),  # a blur of a stored picture
    ],
    hints=[
        "How often does a window of 3 fit into a row of 5? It can begin at column 0, 1 or 2.",
        "image[r : r + k, c : c + k] is the window that begins in row r and column c. Multiply it "
        "by the kernel, pixel by pixel, and add everything up.",
        "Make output = np.zeros((rows - k + 1, columns - k + 1)), and fill it with two loops, one "
        "over its rows and one over its columns.",
    ],
    right="The window looked everywhere with the same weights.",
)
def slide(image, kernel):
    k = len(kernel)
    rows, columns = image.shape[0] - k + 1, image.shape[1] - k + 1
    output = np.zeros((rows, columns))
    for r in range(rows):
        for c in range(columns):
            output[r, c] = np.sum(image[r : r + k, c : c + k] * kernel)
    return output


@slide.fresh
def _(rng):
    k, rows, columns = int(rng.integers(2, 5)), *rng.integers(5, 9, size=2)
    kernel = rng.integers(-12, 13, size=(k, k)) / 4  # quarters: their sums are exact
    return rng.integers(0, 10, size=(rows, columns)), kernel


def _windows(image, k):
    return np.lib.stride_tricks.sliding_window_view(np.asarray(image, dtype=float), (k, k))


@slide.misconception(
    "kernel_flipped",
    "You turned the kernel round first, as mathematicians do for a convolution. Here, as in Keras, "
    "the kernel lies on the picture as it is: its upper left weight on the upper left pixel.",
)
def _(image, kernel):
    return np.einsum("rcij,ij->rc", _windows(image, len(kernel)), kernel[::-1, ::-1])


@slide.misconception(
    "integer_output",
    "Your output holds whole numbers only, and what follows the decimal point is lost. It took "
    "them from the picture: np.zeros without a dtype makes room for decimals, np.zeros_like(image) "
    "or dtype=int does not.",
)
def _(image, kernel):
    return np.einsum("rcij,ij->rc", _windows(image, len(kernel)), kernel).astype(int)


@slide.misconception(
    "small_integer_output",
    "Your output holds whole numbers from 0 to 255 only, as a stored picture does: a negative sum "
    "comes out as a large one, and decimals are lost. np.zeros without a dtype has room for all.",
)
def _(image, kernel):
    sums = np.einsum("rcij,ij->rc", _windows(image, len(kernel)), kernel)
    return sums.astype(int).astype(np.uint8)


@slide.misconception(
    "kernel_transposed",
    "Rows and columns of the kernel are exchanged: the weight kernel[i, j] belongs to the pixel i "
    "rows below and j columns to the right of the window's corner.",
)
def _(image, kernel):
    return np.einsum("rcij,ij->rc", _windows(image, len(kernel)), kernel.T)


@slide.misconception(
    "last_window_missing",
    "One row and one column are missing: the last window begins at rows - k, and range(rows - k) "
    "ends before it. There are rows - k + 1 places.",
)
def _(image, kernel):
    return np.einsum("rcij,ij->rc", _windows(image, len(kernel)), kernel)[:-1, :-1]


@slide.misconception(
    "output_of_picture_size",
    "Your output has the size of the picture, and its end was never filled. The window fits into "
    "rows - k + 1 places down and columns - k + 1 across.",
)
def _(image, kernel):
    output = np.zeros(image.shape)
    sums = np.einsum("rcij,ij->rc", _windows(image, len(kernel)), kernel)
    output[: sums.shape[0], : sums.shape[1]] = sums
    return output


@slide.misconception(
    "zeros_added",
    "You put zeros around the picture, so that the output has its size (Keras calls that "
    'padding="same"). Here the window stays inside the picture.',
)
def _(image, kernel):
    k = len(kernel)
    padded = np.pad(image, ((k // 2, (k - 1) // 2),) * 2)
    return np.einsum("rcij,ij->rc", _windows(padded, k), kernel)


@slide.misconception(
    "averaged",
    "You divided by the number of weights. A convolution adds the products and leaves the sum as "
    "it is; only the blur has a ninth in its weights.",
)
def _(image, kernel):
    sums = np.einsum("rcij,ij->rc", _windows(image, len(kernel)), kernel)
    return sums / np.size(kernel)


@slide.misconception(
    "negatives_cut",
    "Negative sums are missing. They say something: here it gets darker. (In a network ReLU cuts "
    "them off, but that is a step of its own.)",
)
def _(image, kernel):
    return np.maximum(np.einsum("rcij,ij->rc", _windows(image, len(kernel)), kernel), 0)


@slide.misconception(
    "sign_lost",
    "You lost the sign. A negative sum says that it gets darker, a positive one that it gets "
    "brighter.",
)
def _(image, kernel):
    return np.abs(np.einsum("rcij,ij->rc", _windows(image, len(kernel)), kernel))


@slide.misconception(
    "stride_of_kernel",
    "The window jumped by its own width. That is how pooling goes; here it moves one pixel at a "
    "time.",
)
def _(image, kernel):
    k = len(kernel)
    return np.einsum("rcij,ij->rc", _windows(image, k)[::k, ::k], kernel)


@slide.misconception(
    "fixed_kernel_size",
    "Your window is always 3 × 3, but here the kernel has another size: take k = len(kernel).",
)
def _(image, kernel):
    _ = image[:3, :3] * kernel  # fails as the learner's own line does
    return np.einsum("rcij,ij->rc", _windows(image, 3), kernel)


@slide.misconception(
    "output_transposed", "The numbers are right, but rows and columns of the output are exchanged."
)
def _(image, kernel):
    return np.einsum("rcij,ij->rc", _windows(image, len(kernel)), kernel).T


@slide.misconception(
    "matrix_product",
    "You used @, the product of matrices. Multiply pixel by pixel, with *, and add everything up.",
)
def _(image, kernel):
    return (_windows(image, len(kernel)) @ kernel).sum(axis=(2, 3))


n_weights = lesson.value(
    "n_weights",
    code="n_weights = 32 * (3 * 3 * 16 + 1)",
    expected=4640,
    hints=[
        "Begin with one kernel. It lies on a window of 3 × 3, and on all 16 maps at once.",
        "One kernel is a block of 3 × 3 × 16 weights, and has one bias. How many are there?",
        "Does the size of the maps, 14 × 14, come in at all?",
    ],
    misconceptions={
        14 * 14 * 9 * 32: "You counted the places of the window. The same weights serve at every "
        "place.",
        320: "You counted flat kernels of 3 × 3. Each kernel reads all 16 maps, and has weights "
        "for each of them.",
        288: "You counted flat kernels of 3 × 3 without a bias. Each kernel reads all 16 maps.",
        4608: "You forgot the biases: each kernel has one.",
        4624: "You gave a bias to each map that comes in. It belongs to each kernel, so to each "
        "map that goes out.",
        5120: "You gave a bias to each pair of a kernel and a map. A kernel adds up all its "
        "products, and then one bias.",
        4609: "One bias for the whole layer is too few: each kernel has its own.",
        145: "That is one kernel with its bias. There are 32.",
        144: "That is one kernel without its bias. There are 32.",
        160: "That is the first convolution: 16 kernels that read one picture.",
        2320: "You counted 16 kernels. 16 maps come in; there are 32 kernels.",
        9248: "You let each kernel read 32 maps. 16 maps come in, and 32 go out.",
        100352: "You gave a weight to each pixel of the maps. The window has 3 × 3 pixels, and the "
        "same weights look everywhere.",
        100384: "You let each kernel be as large as the maps, 14 × 14. Its window has 3 × 3 "
        "pixels, and slides.",
        909440: "You gave each of the 14 × 14 places its own weights. All places share them: that "
        "is the idea of a convolution.",
    },
    right="And it would be the same number for maps of 1,000 × 1,000.",
)

equal = lesson.choice(
    "equal",
    answer="c",
    feedback={
        "a": "These maps were drawn from outlines: what is inside the nodule is not in them. That "
        "a ruler is enough for *them* says nothing of pictures that hold more. Where size was "
        "held fixed, people still told real nodules apart (reference 7, below).",
        "b": "Nothing here says so. Over all sizes the network adds next to nothing to the ruler, "
        "among nodules of one size little. More layers cannot see what the picture does not hold.",
        "c": "The result is about network and pictures together. Failing to beat a simple rival "
        "tells what the pictures hold; it is no verdict on the method.",
        "d": "No cancer was ever measured here. The label is a reader's opinion, and both scores "
        "follow the size.",
    },
    hints=[
        "What is in the picture, and what is not? How was it made?",
        "What happened among nodules of about one size?",
    ],
)

answer = lesson.text(
    "answer",
    model_answer="""Thank you for your offer. Your 0.91 is the agreement of your program with the
    verdict of the same radiologist who ticked the eight boxes, with the undecided cases left out;
    it measures how well a reader agrees with herself. When I kept the ticks and let a second reader
    of the same nodules judge, the score fell well below that, and the plain diameter did better on
    the same cases. All these
    labels are opinions: nowhere was it tested whether a nodule was cancer. So the word of your
    program sends nobody to a biopsy here: the woman's nodule is handled by its size, its kind, its
    growth since earlier scans and her risk, as the guideline says. I would look again at a test on
    all nodules of new patients of a department like ours, none left out, against what was found
    within two years, beside the diameter and a published risk model, with intervals and with the
    number of needless biopsies and of missed cancers.""",
    checklist=[
        "It says that features and label came from the same reader.",
        "It says what another reader as judge did to the score, and that the ruler was then ahead.",
        "It says that the label is an opinion, and that no cancer was measured.",
        "It mentions that undecided cases were left out.",
        "It decides about the woman: no biopsy on the program's word; size, growth, risk.",
        "It names a test that would change your mind: outcome, all nodules, beside the ruler.",
    ],
    rubric=[
        Level(
            0,
            "Takes the 0.91 for agreement with the truth: the program knows cancer, and its word "
            "decides about the needle.",
            "An AUC of 0.91 means that your program finds 91 % of the cancers, and the ruler has "
            "only 0.86. So the woman should have a biopsy when the program says that her nodule is "
            "suspicious. We would like to buy it.",
        ),
        Level(
            1,
            "Sees that one reader gave both the ticks and the verdict, or that the label is an "
            "opinion, but does not say what happens to the woman, or which test would count.",
            "Your 0.91 is too good, because the same radiologist described the nodule and judged "
            "it. With another reader as the judge it fell, and the diameter was better. So we will "
            "not buy your program before you have improved it.",
        ),
        Level(
            2,
            "Says what 0.91 measures, what another reader and the ruler did to it, and that no "
            "cancer was measured; decides about the woman without the program, and names a test by "
            "what became of the nodules.",
            "What you call 0.91 is how well a reader's ticks foretell the verdict of that same "
            "reader, after the nodules on which she could not decide had been taken out. I let "
            "somebody else judge the same nodules: the score fell, and the diameter came out "
            "ahead. Neither was ever compared with what a nodule turned out to be. The woman is "
            "looked after as the guideline says, by the size and kind of her nodule and by her "
            "own risk, and no needle goes in on your word. Show me all nodules of one "
            "department, none left out, with the diagnosis two years later, and your score "
            "beside a ruler's.",
        ),
    ],
    hints=[
        "Who ticked the boxes, and who gave the verdict that the program was tested against?",
        "Which number stood above which when another reader judged?",
    ],
)


@lesson.function(
    cases=[
        (28, 3, "valid", 2),
        (13, 3, "valid", 2),
        (29, 3, "same", 2),
        (64, 5, "valid", 3),
        (30, 7, "same", 4),
        (17, 5, "valid", 1),
    ],
    hints=[
        "Begin with the convolution. How often does a window of 3 fit into 28 pixels when it moves "
        "one pixel at a time?",
        'With "valid" it is size - kernel + 1; with "same" it is size.',
        "Then the pooling: how many whole squares fit? In Python, // divides and drops the rest.",
    ],
    right="Neither of the two depends on how many kernels there are.",
)
def size_after(size, kernel, padding, pool):
    if padding == "valid":
        size = size - kernel + 1
    return size // pool


@size_after.fresh
def _(rng):
    padding, kernel = str(rng.choice(["valid", "same"])), int(rng.choice([7, 9]))
    pool = int(rng.integers(3, kernel // 2 + 1))
    # The map fills whole squares with "valid", and leaves a rest of one pixel with "same".
    size = pool * int(rng.integers(6, 25)) + (kernel - 1 if padding == "valid" else 1)
    return size, kernel, padding, pool


@size_after.misconception(
    "one_window_missing",
    "One window is missing: from 28 pixels a window of 3 can begin at 26 places, 0 to 25. It is "
    "size - kernel + 1.",
)
def _(size, kernel, padding, pool):
    return (size - kernel if padding == "valid" else size) // pool


@size_after.misconception(
    "same_as_valid",
    'You treated "same" like "valid". With "same" zeros are put around the picture, and the '
    "convolution keeps the size.",
)
def _(size, kernel, padding, pool):
    return (size - kernel + 1) // pool


@size_after.misconception(
    "valid_as_same",
    'You treated "valid" like "same". With "valid" the window stays inside, so the map is smaller '
    "than the picture.",
)
def _(size, kernel, padding, pool):
    return size // pool


@size_after.misconception(
    "fixed_kernel", "You took the kernel to be 3. It is an argument of the function."
)
def _(size, kernel, padding, pool):
    return (size - 2 if padding == "valid" else size) // pool


@size_after.misconception(
    "fixed_pool", "You took the pooling squares to be 2 wide. That is an argument, too."
)
def _(size, kernel, padding, pool):
    return (size - kernel + 1 if padding == "valid" else size) // 2


@size_after.misconception("rounded_up", "You rounded up. What does not fill a square is dropped.")
def _(size, kernel, padding, pool):
    size = size - kernel + 1 if padding == "valid" else size
    return -(-size // pool)


@size_after.misconception(
    "not_rounded", "What does not fill a square is dropped: a size is a whole number. Use //."
)
def _(size, kernel, padding, pool):
    return (size - kernel + 1 if padding == "valid" else size) / pool


@size_after.misconception(
    "no_pooling", "That is the size after the convolution. The pooling comes after it."
)
def _(size, kernel, padding, pool):
    return size - kernel + 1 if padding == "valid" else size


@size_after.misconception(
    "overlapping_pools",
    "You let the pooling squares overlap, as the window of a convolution does. They lie side by "
    "side.",
)
def _(size, kernel, padding, pool):
    return (size - kernel + 1 if padding == "valid" else size) - pool + 1


@size_after.misconception(
    "one_sided_rim",
    "You took away the kernel's rim on one side only. A window of 3 loses one pixel on each side.",
)
def _(size, kernel, padding, pool):
    return (size - kernel // 2 if padding == "valid" else size) // pool


@size_after.misconception(
    "paddings_swapped",
    'You have the two words exchanged: with "valid" the window stays inside and the map gets '
    'smaller, with "same" zeros keep the size.',
)
def _(size, kernel, padding, pool):
    return (size - kernel + 1 if padding == "same" else size) // pool


@size_after.misconception(
    "pooling_first",
    "You pooled before the convolution. Here the convolution comes first, and its map is pooled.",
)
def _(size, kernel, padding, pool):
    return size // pool - kernel + 1 if padding == "valid" else size // pool


@size_after.misconception(
    "whole_kernel_lost",
    "You took the kernel away on both sides. A window of 3 loses one pixel on each side, two "
    "altogether: it is size - kernel + 1.",
)
def _(size, kernel, padding, pool):
    return (size - 2 * kernel if padding == "valid" else size) // pool


@size_after.misconception(
    "rims_not_halved",
    "You took too much away: a window of 3 loses one pixel on each side, two altogether.",
)
def _(size, kernel, padding, pool):
    return (size - 2 * (kernel - 1) if padding == "valid" else size) // pool


sees = lesson.value(
    "sees",
    code="sees = 10 + 2 * 4",
    expected=18,
    hints=[
        "A convolution of 3 reaches one neighbour further on both sides. How far apart are "
        "neighbours by now, in pixels of the picture?",
        "Each pooling doubles the distance: after the first it is 2, after the second it is 4.",
    ],
    misconceptions={
        12: "You took neighbours to be one pixel apart. After two poolings they are farther apart.",
        14: "After the first pooling neighbours are 2 pixels apart. There was a second one.",
        13: "You added the width of the window. Its middle is already counted, and neighbours are "
        "farther than one pixel apart by now.",
        22: "You added three neighbours of 4 pixels. The middle one is already counted: one more "
        "on each side.",
        30: "The windows overlap, so one cannot multiply: three neighbours see nearly the same.",
        10: "That is what it was before the last convolution.",
        20: "Ten and ten? Neighbours overlap: each sees 10 pixels, but they are only 4 apart.",
        28: "Not the whole picture yet.",
        26: "You doubled the distance once too often: after two poolings it is 2 × 2 = 4.",
    },
    right="One more pooling would make it 18 + 4 = 22 of the picture's 28 pixels, and leave a "
    "single place.",
)

may_see = lesson.choice(
    "may_see",
    answer="b",
    feedback={
        "a": "The network would have met the test patients' nodules, and what their readers noted "
        "of them, before it is tested on them. Of the next patient it has met nothing. A label "
        "need not be in it for a test to be spoilt.",
        "b": "Nothing of a test patient, neither picture nor rating, reaches any step of the "
        "training. The 100 may be used twice: both times they teach, and the test is of others.",
        "c": "It spoils nothing, but it throws away pictures for no reason. The 100 are training "
        "patients in both steps; only the test must meet strangers.",
        "d": "Then there is nothing to transfer: the point is that ratings, or pictures, of many "
        "are at hand where the label of few is.",
    },
    hints=[
        "Think of the next patient, for whom the program is made. What of her has it seen before?",
        "Who must be a stranger: everybody with a label, or everybody in the test?",
    ],
)
