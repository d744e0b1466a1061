"""Exercises of lesson 08: a cell with a memory, windows, gates, and forecasts from the past."""

import numpy as np

from medlearn.exercises.engine import Exercises, Level

lesson = Exercises("08")


def _run(seed, steps, channels, units):
    dice = np.random.default_rng(seed)
    return (
        dice.normal(size=(steps, channels)).round(2),
        dice.normal(size=(channels, units)).round(2),
        (0.5 * dice.normal(size=(units, units))).round(2),
        dice.normal(size=units).round(2),
    )


@lesson.function(
    cases=[_run(0, 1, 3, 2), _run(1, 4, 2, 3), _run(2, 12, 6, 4)],
    hints=[
        "Begin with a state of zeros, one number for each unit: np.zeros(len(b)).",
        "Then loop over the steps: for row in x. Each step makes the next state out of this row "
        "and of the state before.",
        "One step is the formula above, with the row as what comes in and np.tanh around it all. "
        "Give back the state after the loop.",
    ],
    right="Every step saw the state before it: what the cell says depends on the order.",
)
def run_cell(x, W, U, b):
    state = np.zeros(len(b))
    for row in x:
        state = np.tanh(row @ W + state @ U + b)
    return state


@run_cell.fresh
def _(rng):
    steps, channels, units = int(rng.integers(2, 9)), *rng.integers([1, 2], [4, 5])
    return _run(int(rng.integers(2**31)), steps, int(channels), int(units))


@run_cell.misconception(
    "last_row_alone",
    "The last row alone gives this: nothing of the earlier steps is left. The state before must "
    "go into each step: state @ U.",
)
def _(x, W, U, b):
    return np.tanh(x[-1] @ W + b)


@run_cell.misconception(
    "no_tanh",
    "tanh is missing. Without it the cell is one long sum, and its state can grow without limit.",
)
def _(x, W, U, b):
    state = np.zeros(len(b))
    for row in x:
        state = row @ W + state @ U + b
    return state


@run_cell.misconception(
    "backwards", "You went through the rows from the last to the first. Time runs from row 0 on."
)
def _(x, W, U, b):
    state = np.zeros(len(b))
    for row in x[::-1]:
        state = np.tanh(row @ W + state @ U + b)
    return state


@run_cell.misconception(
    "all_states",
    "Those are the states after all steps. The state after the last step was asked for.",
)
def _(x, W, U, b):
    state, states = np.zeros(len(b)), []
    for row in x:
        state = np.tanh(row @ W + state @ U + b)
        states.append(state)
    return np.array(states)


@run_cell.misconception(
    "mean_of_states",
    "The mean of all states came, and the last state was asked for: it has seen the whole "
    "recording already.",
)
def _(x, W, U, b):
    state, states = np.zeros(len(b)), []
    for row in x:
        state = np.tanh(row @ W + state @ U + b)
        states.append(state)
    return np.mean(states, axis=0)


@run_cell.misconception(
    "no_bias",
    "The bias b is missing in each step.",
)
def _(x, W, U, b):
    state = np.zeros(len(b))
    for row in x:
        state = np.tanh(row @ W + state @ U)
    return state


@run_cell.misconception(
    "matrix_turned",
    "U is turned the wrong way round: state @ U was asked for, not U @ state. Row i of U says what "
    "unit i sends to the others.",
)
def _(x, W, U, b):
    state = np.zeros(len(b))
    for row in x:
        state = np.tanh(row @ W + U @ state + b)
    return state


@run_cell.misconception(
    "state_of_ones", "The state began with ones. Before the first step nothing was heard: zeros."
)
def _(x, W, U, b):
    state = np.ones(len(b))
    for row in x:
        state = np.tanh(row @ W + state @ U + b)
    return state


@run_cell.misconception(
    "state_outside_tanh",
    "tanh takes only what comes in; the old state is added outside of it. Both belong inside: "
    "tanh(row @ W + state @ U + b).",
)
def _(x, W, U, b):
    state = np.zeros(len(b))
    for row in x:
        state = np.tanh(row @ W + b) + state @ U
    return state


@run_cell.misconception(
    "state_not_weighed",
    "The old state is added as it is. It must be weighed by U first: state @ U.",
)
def _(x, W, U, b):
    state = np.zeros(len(b))
    for row in x:
        state = np.tanh(row @ W + state + b)
    return state


@run_cell.misconception(
    "return_in_loop",
    "That is the state after the first row: your return stands inside the loop. Move it out.",
)
def _(x, W, U, b):
    return np.tanh(x[0] @ W + b)


@run_cell.misconception(
    "last_row_missing", "The last row is missing: the loop ends one step too early."
)
def _(x, W, U, b):
    state = np.zeros(len(b))
    for row in x[:-1]:
        state = np.tanh(row @ W + state @ U + b)
    return state


def _sigmoid(z):
    return 1 / (1 + np.exp(-z))


@run_cell.misconception(
    "sigmoid_for_tanh",
    "Your state went through the sigmoid. The cell has tanh: its state may be negative, too.",
)
def _(x, W, U, b):
    state = np.zeros(len(b))
    for row in x:
        state = _sigmoid(row @ W + state @ U + b)
    return state


@run_cell.misconception(
    "first_row_missing",
    "The first row is missing. It meets the state of zeros, and counts as every other row does.",
)
def _(x, W, U, b):
    state = np.zeros(len(b))
    for row in x[1:]:
        state = np.tanh(row @ W + state @ U + b)
    return state


@run_cell.misconception(
    "relu_for_tanh", "Your state went through ReLU. The cell has tanh, which keeps it in bounds."
)
def _(x, W, U, b):
    state = np.zeros(len(b))
    for row in x:
        state = np.maximum(row @ W + state @ U + b, 0)
    return state


advice = lesson.text(
    "advice",
    model_answer="""Do not let it count alone yet. The 99 % belongs to people whose own movements
    were in the training, from other moments of the same recordings; a new patient is somebody it
    has never seen, and there our models are wrong in more than one of ten windows, and for the
    worst person in more than one of four. It takes abduction for forward elevation, and inward
    for outward turning, and these pairs train different muscles, so a patient who leaves
    one out could be praised for it. Ten healthy people, watched while they exercised, are few,
    and none had a painful shoulder. I would let it show "arm raised" and "forearm
    turned" without deciding within the pairs, ask the patient when it is unsure, and have it tried
    on at least some dozens of patients at home, split by person, with movements that are no
    exercise at all.""",
    checklist=[
        "It says for whom 99 % holds: people who were in the training data themselves.",
        "It gives the result for people who were not, and says that it is ten people, not 1,693 "
        "windows.",
        "It names the mistakes that matter (which exercises are taken for which), not only a mean.",
        "It says that the people were healthy, and that daily life was not in the data.",
        "It says what the program may do now, or what would have to be shown first.",
    ],
    rubric=[
        Level(
            0,
            "Promises the next patient 99 %, or refuses without a single result.",
            "Yes, let it count. It was right in 99 % in a real study, with more than a thousand "
            "windows, so it will be right for your next patient as well. You do not have to ask "
            "her any more.",
        ),
        Level(
            1,
            "Says that new people fare worse, and how much, but treats all mistakes alike, or "
            "forgets that ten healthy people were watched.",
            "The 99 % was measured with people whose movements were in the training. For new "
            "people it is only about 89 %, which is still good. I would use it, but look at its "
            "numbers with some care.",
        ),
        Level(
            2,
            "Says for whom 99 % holds, gives the result for new people and its worst person, names "
            "which exercises are taken for which and what that does to a patient, and says what "
            "the program may do today.",
            "Your patient is none of the ten who trained it, so look at people it had never met: "
            "more than one window in ten was wrong, and for one of them more than one in four. It "
            "takes lifting the arm sideways for lifting it forward, so somebody who skips one of "
            "the two could be praised for both. All ten were healthy, and somebody watched them. "
            "Today it may note that the arm was raised, and you ask which exercise it was. Before "
            "it counts alone, let some dozens of patients wear it at home, and test it on those "
            "from whom it learned nothing.",
        ),
    ],
    hints=[
        "Who will wear the watch: one of the ten, or somebody else?",
        "Look at the person with the lowest score and at the pairs in the table of confusions. "
        "What happens to a patient who leaves out one exercise of such a pair?",
    ],
)

_line = np.arange(12.0)
_wave = np.array([3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0, 6.0, 5.0, 3.0])


@lesson.function(
    cases=[(_line, 4, 1), (_line, 3, 2), (_wave, 2, 3), (_wave, 5, 4)],
    hints=[
        "Take the signal 0, 1, 2, …, 11, width 4, ahead 1. The first window is 0, 1, 2, 3. What is "
        "to be predicted one sample later?",
        "A window that begins at s ends with sample s + width - 1. Its target lies `ahead` samples "
        "after that: s + width - 1 + ahead.",
        "How many windows have a target? len(signal) - width - ahead + 1. Stack them: "
        "np.array([signal[s : s + width] for s in range(count)]).",
    ],
    right="Each target lies after its window, and none is left out.",
)
def pairs(signal, width, ahead):
    count = len(signal) - width - ahead + 1
    past = np.array([signal[s : s + width] for s in range(count)])
    future = signal[width - 1 + ahead :]
    return past, future


@pairs.fresh
def _(rng):
    signal = rng.normal(size=int(rng.integers(12, 20))).round(1)
    return signal, int(rng.integers(2, 6)), int(rng.integers(1, 6))


@pairs.misconception(
    "target_in_window",
    "With ahead = 1 your target is the last sample of the window itself: the answer stands in the "
    "question. Count from the last sample of the window: its number is s + width - 1.",
)
def _(signal, width, ahead):
    count = len(signal) - width - ahead + 2
    past = np.array([signal[s : s + width] for s in range(count)])
    return past, signal[width - 2 + ahead :]


@pairs.misconception(
    "answer_in_question",
    "With ahead = 1 your target is the window's own last sample: the answer stands in the "
    "question. The first target is the sample right after the window.",
)
def _(signal, width, ahead):
    past, _future = pairs.solution_function(signal, width, ahead)
    return past, signal[width - 2 + ahead :][: len(past)]


@pairs.misconception(
    "answer_first_in_window",
    "Your target is the first sample of the window itself: the answer stands in the question. It "
    "should lie `ahead` samples after the window's last one.",
)
def _(signal, width, ahead):
    past, _future = pairs.solution_function(signal, width, ahead)
    return past, past[:, 0]


@pairs.misconception(
    "ahead_from_window_start",
    "Your target lies `ahead` samples after the *first* sample of the window, so it mostly lies "
    "inside the window: the answer stands in the question.",
)
def _(signal, width, ahead):
    past, future = pairs.solution_function(signal, width, ahead)
    return past, signal[ahead : ahead + len(future)]


@pairs.misconception(
    "one_sample_late",
    "Your target lies one sample too late: ahead = 1 means the sample right after the window.",
)
def _(signal, width, ahead):
    count = len(signal) - width - ahead
    past = np.array([signal[s : s + width] for s in range(count)])
    return past, signal[width + ahead :]


@pairs.misconception("last_window_missing", "The last window is missing: it has a target, too.")
def _(signal, width, ahead):
    past, future = pairs.solution_function(signal, width, ahead)
    return past[:-1], future[:-1]


@pairs.misconception(
    "ahead_ignored",
    "Your target is the sample right after the window, whatever `ahead` says. It should lie "
    "`ahead` samples after the window's last one.",
)
def _(signal, width, ahead):
    past, future = pairs.solution_function(signal, width, ahead)
    return past, signal[width : width + len(future)]


@pairs.misconception(
    "all_ahead_samples",
    "You gave all the next `ahead` samples. One target a window was asked for: the last of these.",
)
def _(signal, width, ahead):
    past, future = pairs.solution_function(signal, width, ahead)
    starts = range(width, width + len(future))
    return past, np.array([signal[s : s + ahead] for s in starts])


@pairs.misconception(
    "windows_apart",
    "Your windows do not overlap: each begins where the one before ends. One window is to begin at "
    "every sample.",
)
def _(signal, width, ahead):
    starts = range(0, len(signal) - width - ahead + 1, width)
    past = np.array([signal[s : s + width] for s in starts])
    return past, np.array([signal[s + width - 1 + ahead] for s in starts])


@pairs.misconception(
    "time_reversed",
    "Every window ends with the signal's newest sample: they are turned round. Keep the order of "
    "time.",
)
def _(signal, width, ahead):
    past, future = pairs.solution_function(signal, width, ahead)
    return past[:, ::-1], future


@pairs.misconception(
    "outputs_swapped", "past and future are exchanged: give back past first, then future."
)
def _(signal, width, ahead):
    past, future = pairs.solution_function(signal, width, ahead)
    return future, past


@pairs.misconception(
    "column_for_row",
    "future should be a plain row of numbers, one a window. Yours is a table with one column: take "
    "the sample itself, signal[...], not a slice of length one.",
)
def _(signal, width, ahead):
    past, future = pairs.solution_function(signal, width, ahead)
    return past, future.reshape(-1, 1)


@pairs.misconception(
    "windows_without_target",
    "past has windows without a target: the last ones, whose target would lie beyond the end. "
    "Leave them out.",
)
def _(signal, width, ahead):
    past = np.array([signal[s : s + width] for s in range(len(signal) - width + 1)])
    return past, signal[width - 1 + ahead :]


@pairs.misconception(
    "only_past",
    "Only past came back. Two things were asked for, with a comma between: past, future.",
)
def _(signal, width, ahead):
    return pairs.solution_function(signal, width, ahead)[0]


n_weights = lesson.value(
    "n_weights",
    code="n_weights = 4 * (96 * 32 + 32 * 32 + 32)",
    expected=16512,
    hints=[
        "Begin with one simple cell of 32 units: 96 numbers come in at each step, and the 32 of "
        "the state before. How many weights and biases is that?",
        "The same weights are used at each of the 16 steps. They are counted once.",
        "An LSTM computes four things from the same two inputs: three gates and what may be "
        "written. Each has weights and biases of its own.",
    ],
    misconceptions={
        16512 * 16: "You counted the weights once for each of the 16 steps. They are the same at "
        "every step: that is why a cell can read a sequence of any length.",
        4128: "That is a SimpleRNN of 32 units. An LSTM has three gates and the new content: four "
        "times as many.",
        4128 * 16: "That is a SimpleRNN, and counted once for each step. An LSTM has four times "
        "as many weights, and they are the same at every step.",
        3 * 4128: "Three gates, yes. What may be written into the memory is computed by weights of "
        "its own: four sets in all.",
        4 * (4128 + 32): "You gave each set two biases. An LSTM has one: 32 in each of its four "
        "sets. (Keras' GRU has two.)",
        3 * (4128 + 32): "That is Keras' GRU, which has three sets (and a second bias in each). An "
        "LSTM has four.",
        4 * (96 * 32 + 32): "The weights from the state before are missing: 32 × 32 in each set.",
        4 * (96 * 32 + 32 * 32): "The biases are missing: one for each unit in each set.",
        4 * (6 * 32 + 32 * 32 + 32): "Six channels make one sample. A step here is a patch of 16 "
        "samples: 96 numbers come in.",
        4 * (16 * 96 * 32 + 32 * 32 + 32): "96 numbers come in at each step. The same weights "
        "serve at every patch: count 96 once, not 16 times.",
        4 * (256 * 32 + 32 * 32 + 32): "256 is the length of the window. At each step one patch "
        "comes in: 16 samples of 6 channels.",
        16512 + 32 * 7 + 7: "You counted the last Dense layer, too. The LSTM alone was asked for.",
    },
    right="Independent of the length: 16 steps or 16,000, the weights are the same.",
)

n_windows = lesson.value(
    "n_windows",
    code="n_windows = ((1000 - 256) // 128 + 1) + ((700 - 256) // 128 + 1)",
    expected=10,
    hints=[
        "Take the recordings one by one. The first window of the first one begins at sample 0, the "
        "next at 128. Which is the last start that still leaves 256 samples?",
        "1000 - 256 = 744 is the last possible start. How many multiples of 128 are there from 0 "
        "to 744?",
    ],
    misconceptions={
        12: "You cut the two recordings as if they were one of 1,700 samples (then windows lie "
        "across the seam, half of one exercise, half of another), or you divided samples by the "
        "step (then the last windows run over the end).",
        8: "In each recording one window is missing: a window may begin at sample 0, so it is the "
        "number of steps plus one.",
        9: "One window is missing. Count the starts in each recording: 0, 128, 256, …",
        5: "Those are windows that do not overlap: 256 samples apart. The next one begins 128 "
        "samples later.",
        6: "Those are windows that do not overlap. The next one begins 128 samples later.",
        13: "You divided the samples by the step: the last windows would run over the end.",
        1190: "You counted every possible start. Windows begin 128 samples apart here.",
    },
    right="The rest at the end of each recording is lost; nothing lies across two of them.",
)

who_peeks = lesson.choice(
    "who_peeks",
    answer="b",
    feedback={
        "a": "Only the signal before the cut was asked for its mean and spread. That is what one "
        "would have on the day.",
        "b": "filtfilt runs over the signal forward and then backward, so each filtered sample "
        "holds something of the samples after it, and a window of them holds the answer. "
        "At the bedside nobody can have that score.",
        "c": "lfilter uses the present and earlier samples only. It delays the signal a little, "
        "and that is honest: at the bedside it would, too.",
        "d": "The last value of a window is the newest one that is known. Taking it away from the "
        "window uses nothing later.",
    },
    hints=[
        "Imagine that you stand at the bedside at this moment. Which of the four could you not "
        "compute yet?",
        "Look at the two curves above again: which of the filters knew the beat before it came?",
    ],
)
