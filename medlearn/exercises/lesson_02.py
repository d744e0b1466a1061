"""Exercises of lesson 02: which data a model may see, and in what shape."""

import numpy as np

from medlearn.exercises.engine import Exercises, Level

lesson = Exercises("02")

_ZERO = "5.397605346934028e-79"


@lesson.function(
    cases=[
        (["300.0", "", "9999.0", _ZERO, "45.0"],),
        ([_ZERO, "7777.0", "1320.0"],),
        (["", "60.0"],),
        (["10.0", "1.0", _ZERO],),
    ],
    hints=[
        "Go through the texts one by one and put a number for each into a list. "
        "float(text) makes a number of a text; float('') fails, so ask for the empty text first.",
        "float('nan'), or np.nan, is the number that means 'missing'.",
        "Then three questions: is it empty? Is it one of the codes 7777 and 9999? Is it smaller "
        "than anything that can be measured, say below 1e-70?",
    ],
    right="Missing stays missing, codes become missing, and zero is zero again.",
    tolerance=0,
)
def minutes(texts):
    numbers = []
    for text in texts:
        number = float("nan") if text == "" else float(text)
        if number in (7777, 9999):
            number = float("nan")
        elif number < 1e-70:
            number = 0.0
        numbers.append(number)
    return np.array(numbers)


@minutes.fresh
def _(rng):
    answers = [f"{m}.0" for m in (*rng.integers(1, 31, 2), *rng.integers(60, 1320, 3))]
    special = rng.choice(["", "7777.0", "9999.0", _ZERO], size=3).tolist()
    # Each kind stands in each list, some twice, and nowhere in a fixed place.
    return (rng.permutation([*answers, *special, "", "7777.0", "9999.0", _ZERO]).tolist(),)


@minutes.misconception(
    "codes_stay",
    "The codes are still numbers in your list. 9999 minutes are almost seven days: it means "
    "'don't know', and 7777 means 'refused'. Both are missing. (Did you look for them among the "
    "texts? The text is '9999.0': compare numbers.)",
)
def _(texts):
    numbers = np.array([np.nan if text == "" else float(text) for text in texts])
    return np.where(numbers < 1e-70, 0, numbers)


@minutes.misconception(
    "refused_stays",
    "You caught 9999, and 7777 is still a number in your list. It means 'refused': missing, too.",
)
def _(texts):
    numbers = np.array([np.nan if text == "" else float(text) for text in texts])
    return np.where(numbers == 9999, np.nan, np.where(numbers < 1e-70, 0, numbers))


@minutes.misconception(
    "unknown_stays",
    "You caught 7777, and 9999 is still a number in your list. It means 'don't know': missing, "
    "too.",
)
def _(texts):
    numbers = np.array([np.nan if text == "" else float(text) for text in texts])
    return np.where(numbers == 7777, np.nan, np.where(numbers < 1e-70, 0, numbers))


@minutes.misconception(
    "small_answers_zero",
    "Small answers became zero. 1 minute and 10 minutes are answers: only the tiny number, far "
    "below anything that can be measured, stands for 0.",
)
def _(texts):
    numbers = np.array([np.nan if text == "" else float(text) for text in texts])
    numbers = np.where(np.isin(numbers, [7777, 9999]), np.nan, numbers)
    return np.where(numbers <= 30, 0, numbers)


@minutes.misconception(
    "tiny_number_stays",
    "Right but for the tiny number. It stands for zero, and it is not zero yet: "
    "asking whether it equals 0 gives False.",
)
def _(texts):
    numbers = np.array([np.nan if text == "" else float(text) for text in texts])
    return np.where(np.isin(numbers, [7777, 9999]), np.nan, numbers)


@minutes.misconception(
    "missing_as_zero",
    "You made missing answers zero. A person who was not asked did not sit for 0 minutes: "
    "missing must stay missing, nan.",
)
def _(texts):
    numbers = np.array([0 if text == "" else float(text) for text in texts])
    return np.where(np.isin(numbers, [7777, 9999]) | (numbers < 1e-70), 0, numbers)


@minutes.misconception(
    "codes_as_zero",
    "Empty answers are fine in your list, but the codes became zero. Nobody knows how long these "
    "people sat: nan.",
)
def _(texts):
    numbers = np.array([np.nan if text == "" else float(text) for text in texts])
    return np.where(np.isin(numbers, [7777, 9999]) | (numbers < 1e-70), 0, numbers)


@minutes.misconception(
    "tiny_number_missing",
    "You made the tiny number missing. It stands for zero, an answer that three people gave: "
    "they say that they do not sit at all.",
)
def _(texts):
    numbers = np.array([np.nan if text == "" else float(text) for text in texts])
    return np.where(np.isin(numbers, [7777, 9999]) | (numbers < 1e-70), np.nan, numbers)


@minutes.misconception(
    "rows_dropped",
    "Some rows are gone. Keep one number for each text, in the same order: the other columns of "
    "these people still need their row.",
)
def _(texts):
    numbers = np.array([float(text) for text in texts if text not in ("", "7777.0", "9999.0")])
    return np.where(numbers < 1e-70, 0, numbers)


@minutes.misconception(
    "empty_text_as_number",
    "float('') fails: an empty text is no number. Ask for it before you call float.",
)
def _(texts):
    return np.array([float(text) for text in texts])


def _with_missing(texts):
    """The right numbers, but for the missing ones: which of them are, and all numbers."""
    numbers = np.array([np.nan if text == "" else float(text) for text in texts])
    missing = np.isnan(numbers) | np.isin(numbers, [7777, 9999])
    return missing, np.where(missing, np.nan, np.where(numbers < 1e-70, 0, numbers))


@minutes.misconception(
    "filled_with_mean",
    "You filled the gaps with the mean of the others. Nobody gave that answer: here missing stays "
    "missing, nan. Filling in is a step of its own, and it must not see the test patients.",
)
def _(texts):
    missing, numbers = _with_missing(texts)
    return np.where(missing, np.nanmean(numbers), numbers)


@minutes.misconception(
    "filled_with_median",
    "You filled the gaps with the median of the others. Nobody gave that answer: here missing "
    "stays missing, nan.",
)
def _(texts):
    missing, numbers = _with_missing(texts)
    return np.where(missing, np.nanmedian(numbers), numbers)


@minutes.misconception(
    "below_ten_zero",
    "1 minute became zero. It is an answer: only the tiny number, far below anything that can be "
    "measured, stands for 0.",
)
def _(texts):
    _missing, numbers = _with_missing(texts)
    return np.where(numbers < 10, 0, numbers)


@minutes.misconception(
    "only_empty_missing",
    "Only the empty texts are missing in yours: the codes are still numbers, and the tiny number "
    "is not zero. (Did you look for them among the texts? The text is '9999.0': compare numbers.)",
)
def _(texts):
    return np.array([np.nan if text == "" else float(text) for text in texts])


@minutes.misconception(
    "first_row_only",
    "Only the first text became a number. In a loop: is the return inside it? Then the first round "
    "already ends the function.",
)
def _(texts):
    return _with_missing(texts)[1][:1]


_TRAINING = np.array([[50.0, 200.0], [60.0, 240.0], [70.0, 220.0], [40.0, 300.0]])


@lesson.function(
    cases=[
        (_TRAINING, np.array([[66.0, 210.0], [58.0, 250.0]])),
        (_TRAINING, np.array([[81.0, 190.0]])),
        (np.array([[1.0], [3.0], [8.0]]), np.array([[2.0], [9.0], [4.0], [4.0]])),
    ],
    hints=[
        "Mean and standard deviation of each column: training.mean(axis=0) and "
        "training.std(axis=0). Which patients may they come from?",
        "Then take the mean away from the test patients, and divide by the standard deviation.",
    ],
    right="The test patients are measured with the ruler that was made on the training patients.",
)
def standardise(training, test):
    centre = training.mean(axis=0)
    spread = training.std(axis=0)
    return (test - centre) / spread


@standardise.fresh
def _(rng):
    columns = int(rng.integers(2, 4))
    centre, spread = rng.uniform(50, 250, size=columns), rng.uniform(5, 40, size=columns)
    training = rng.normal(centre, spread, size=(int(rng.integers(4, 9)), columns)).round(1)
    return training, rng.normal(centre, spread, size=(int(rng.integers(1, 5)), columns)).round(1)


@standardise.misconception(
    "scaled_by_test_patients",
    "You took mean and standard deviation from the test patients themselves. Each group then "
    "looks average, and a single patient cannot be standardised at all (the second case has one).",
)
def _(training, test):
    with np.errstate(all="ignore"):
        return (test - test.mean(axis=0)) / test.std(axis=0)


@standardise.misconception(
    "scaled_by_all_patients",
    "You took mean and standard deviation from all patients together. The test patients have "
    "helped to make the ruler that they are measured with.",
)
def _(training, test):
    together = np.concatenate([training, test])
    return (test - together.mean(axis=0)) / together.std(axis=0)


@standardise.misconception(
    "spread_of_test_patients",
    "The mean comes from the training patients, the spread from the test patients: two halves of "
    "two rulers. Both belong to the training patients.",
)
def _(training, test):
    with np.errstate(all="ignore"):
        return (test - training.mean(axis=0)) / test.std(axis=0)


@standardise.misconception(
    "missing_brackets",
    "Brackets are missing. Python divides before it takes away, so only the mean was divided by "
    "the spread: (test - mean) / spread.",
)
def _(training, test):
    return test - training.mean(axis=0) / training.std(axis=0)


@standardise.misconception(
    "training_patients_returned",
    "You gave back the training patients. The test patients were asked for, measured with the "
    "ruler of the training patients.",
)
def _(training, test):
    return (training - training.mean(axis=0)) / training.std(axis=0)


@standardise.misconception(
    "both_groups_returned", "You gave back both groups. Only the test patients were asked for."
)
def _(training, test):
    scale = training.mean(axis=0), training.std(axis=0)
    return (training - scale[0]) / scale[1], (test - scale[0]) / scale[1]


@standardise.misconception(
    "one_mean_for_all_columns",
    "One mean was taken over all columns. Each column has its own unit and needs its own: axis=0.",
)
def _(training, test):
    return (test - training.mean()) / training.std()


@standardise.misconception(
    "only_centred", "The mean is taken away, but nothing is divided: that is centring."
)
def _(training, test):
    return test - training.mean(axis=0)


@standardise.misconception(
    "variance_for_deviation",
    "You divided by the variance. The standard deviation is its square root: np.std, not np.var.",
)
def _(training, test):
    return (test - training.mean(axis=0)) / training.var(axis=0)


@standardise.misconception(
    "ddof_one",
    "That divides by n − 1 inside the standard deviation (ddof=1, as pandas does). It is a good "
    "choice, too; here use NumPy's std as it comes, which divides by n as scikit-learn does.",
)
def _(training, test):
    return (test - training.mean(axis=0)) / training.std(axis=0, ddof=1)


def _ruler(centre, spread, test):
    """As scikit-learn's scaler does: a column that does not vary is divided by 1."""
    return (test - centre) / np.where(spread == 0, 1, spread)


@standardise.misconception(
    "scaler_fitted_on_test_patients",
    "Your scaler learned mean and spread from the test patients: fit and fit_transform make a new "
    "ruler. Make it on the training patients, and only lay it on the others, with transform.",
)
def _(training, test):
    return _ruler(test.mean(axis=0), test.std(axis=0), test)


@standardise.misconception(
    "smallest_and_largest",
    "That brings the smallest training patient to 0 and the largest to 1. Standardising takes the "
    "mean away, and divides by the standard deviation.",
)
def _(training, test):
    low, high = training.min(axis=0), training.max(axis=0)
    return _ruler(low, high - low, test)


@standardise.misconception(
    "smallest_and_largest_of_test_patients",
    "That brings the smallest test patient to 0 and the largest to 1. Standardising takes the mean "
    "away, and divides by the standard deviation: both of the training patients.",
)
def _(training, test):
    low, high = test.min(axis=0), test.max(axis=0)
    return _ruler(low, high - low, test)


@standardise.misconception(
    "multiplied",
    "You multiplied by the standard deviation. Divide by it: then one step is one spread long.",
)
def _(training, test):
    return (test - training.mean(axis=0)) * training.std(axis=0)


@standardise.misconception(
    "not_centred", "You divided by the spread, but the mean was not taken away."
)
def _(training, test):
    return test / training.std(axis=0)


card = lesson.text(
    "card",
    model_answer="""
    What: outlines of lung nodules that radiologists drew on CT scans (LIDC-IDRI, Armato 2011),
    turned into thickness maps; they are drawings, not CT pixels, and hold size and shape only.
    Who: 6,859 readings of 2,669 nodules in 875 patients from the United States; one to four
    readings a nodule (in a few, more); neither age nor sex nor smoking is in the data. Label: the
    middle of the readers' opinions, suspicious when it is 4 or 5 of 5; it is an opinion and no
    pathology, given as if the patient were a man of 60 who smokes, and readers disagree. Left out:
    nodules under 3 mm have no outline, so they are not in it. Derived: the number of a nodule comes
    from the distance of the drawings and may be wrong. Split: by patient, checked; a
    random split scored far higher with a picture shared by all readers and hardly higher with each
    reader's own drawing. Not to be used: to say that a nodule is cancer, to find nodules, or in
    people who were never scanned.
    """,
    checklist=[
        "says what one row is, and what a picture is not: an outline, no CT pixels",
        "counts rows, nodules and patients apart",
        "says who is in it and what is not known of them",
        "says where the label comes from: opinions, not pathology",
        "says what was derived, and what was left out",
        "says how it is split (by patient), and what happens otherwise",
        "says what the data must not be used for",
    ],
    rubric=[
        Level(
            0,
            "Names the data and praises them, but mixes up rows, nodules and people, or calls an "
            "opinion cancer.",
            "The data set holds 6,859 lung cancers on CT scans, which radiologists labelled as "
            "malignant or benign. It is large and of high quality, so it can train programs that "
            "find cancer. It was split at random into training and test.",
        ),
        Level(
            1,
            "Says what a row is, counts, and says where the label comes from, but leaves out what "
            "is not known, or why it must be split by patient, or what nobody may conclude.",
            "One row is the reading of a nodule by one radiologist: 6,859 readings of 2,669 "
            "nodules in 875 patients. The label says whether the radiologists found the nodule "
            "suspicious, which is an opinion. Nodules under 3 mm are not in it. It should be split "
            "into training and test before a model is trained.",
        ),
        Level(
            2,
            "Would save a stranger from the mistakes: what a row is and is not, three counts, the "
            "label as an opinion, what is not known, derived or left out, the split by patient "
            "with its reason, and what must not be concluded.",
            "Each row is a drawing: the outline of one nodule by one radiologist, as a map of "
            "thickness, so neither lung nor the grey of the CT is in it. They come from 875 people "
            "with 2,669 nodules, 6,859 drawings in all; nobody's age or sex is given. Suspicious "
            "means that the middle opinion was 4 or 5 of 5: nobody looked at tissue. Which "
            "drawings show one nodule was worked out from their distance, and what is smaller than "
            "3 mm was not drawn. Keep all drawings of a patient on one side, or a nodule that "
            "was learned is asked for again. It cannot say that somebody has cancer, and it "
            "cannot find nodules.",
        ),
    ],
    hints=[
        "Imagine somebody who finds the folder in five years and knows nothing but your card. "
        "Which mistake would you like to save them from?",
        "Seven questions: What is one row? How many rows, nodules, patients? Who are they? Who "
        "gave the label? What did you change? Who may stand in training and test? What must "
        "nobody conclude?",
    ],
)


@lesson.function(
    cases=[
        (np.array([7, 7, 3, 9, 9, 9, 4, 3]), 2),
        (np.array([100, 20, 20, 3, 100, 57, 61]), 3),
        (np.array([5, 5, 5]), 2),
    ],
    hints=[
        "np.unique(groups) gives each patient once, in sorted order. A patient's place in that "
        "list is 0, 1, 2, …",
        "Go round: place 0 gets fold 0, place 1 fold 1, and after fold k − 1 comes fold 0 again. "
        "That is place % k, the remainder after dividing by k.",
        "np.unique(groups, return_inverse=True)[1] gives each row the place of its patient.",
    ],
    right="The patient gets the number, and all of his rows get it with him.",
)
def fold_numbers(groups, k):
    patients = np.unique(groups)
    place = np.searchsorted(patients, groups)
    return place % k


@fold_numbers.fresh
def _(rng):
    patients = rng.choice(500, size=int(rng.integers(5, 9)), replace=False)
    rows = int(rng.integers(10, 18))  # more rows than patients: somebody comes twice
    return rng.choice(patients, size=rows), int(rng.integers(2, 4))


@fold_numbers.misconception(
    "rows_numbered",
    "You numbered the rows. Then a patient with several rows stands in several folds: number the "
    "patients.",
)
def _(groups, k):
    return np.arange(len(groups)) % k


@fold_numbers.misconception(
    "remainder_of_number",
    "You took the remainder of the patient's own number. No patient is torn apart, but such "
    "numbers have gaps, and folds may come out very unequal. Use the patient's place in the "
    "sorted list of patients.",
)
def _(groups, k):
    return groups % k


@fold_numbers.misconception(
    "order_sorted",
    "The order is sorted, not first seen. pd.factorize numbers the patients as they turn up; "
    "np.unique sorts them.",
)
def _(groups, k):
    seen = list(dict.fromkeys(np.asarray(groups).tolist()))
    return np.array([seen.index(group) for group in np.asarray(groups).tolist()]) % k


@fold_numbers.misconception(
    "no_remainder",
    "That is the place of each patient, not yet a fold: with k folds the numbers run from 0 to "
    "k − 1.",
)
def _(groups, k):
    return np.searchsorted(np.unique(groups), groups)


@fold_numbers.misconception(
    "counts_from_one",
    "Your folds are numbered from 1. Here they run from 0 to k − 1, as Python counts.",
)
def _(groups, k):
    return np.searchsorted(np.unique(groups), groups) % k + 1


@fold_numbers.misconception(
    "one_number_a_patient",
    "You gave one number for each patient. One for each row is asked for, in the order of the "
    "rows.",
)
def _(groups, k):
    return np.arange(len(np.unique(groups))) % k


def _places(groups):
    return np.searchsorted(np.unique(groups), groups)


@fold_numbers.misconception(
    "blocks",
    "Your folds are blocks: the first patients all get fold 0, the next ones fold 1. Go round "
    "instead: the first gets 0, the second 1, and after k − 1 comes 0 again.",
)
def _(groups, k):
    return _places(groups) * k // len(np.unique(groups))


@fold_numbers.misconception(
    "quotient",
    "That is how often k fits in, //. The remainder is wanted: it goes 0, 1, 2 and round again.",
)
def _(groups, k):
    return _places(groups) // k


@fold_numbers.misconception(
    "one_fold_more",
    "There is one fold too many: you went round after k + 1 patients. From 0 to k − 1 they are k.",
)
def _(groups, k):
    return _places(groups) % (k + 1)


@fold_numbers.misconception(
    "one_fold_less",
    "There is one fold too few: you went round after k − 1 patients. From 0 to k − 1 they are k.",
)
def _(groups, k):
    return _places(groups) % (k - 1)


@fold_numbers.misconception(
    "starts_with_one",
    "The first patient gets fold 0, the second fold 1. Yours begins with fold 1: count the places "
    "from 0.",
)
def _(groups, k):
    return (_places(groups) + 1) % k


copies = lesson.choice(
    "copies",
    answer="b",
    feedback={
        "a": "Then copies of one patient stand on both sides, and a model that remembers wins "
        "without having learned anything.",
        "b": "The test part stays as it came, and no test patient has a copy anywhere. Whether "
        "copies help at all is a question for the validation part.",
        "c": "The test part must look like the patients whom the model will meet: there the "
        "outcome is as rare as it is. And copies in the test part make few patients look like "
        "many.",
        "d": "With 1,000 patients and 37 of them ill, 37 healthy ones would be left: the rest of "
        "what you know is thrown away, in the test part too.",
    },
    hints=[
        "Who may never stand on both sides? Does a copy of a patient count as another patient?",
        "What should the test part look like: like the training part, or like the clinic?",
    ],
)

keep = lesson.choice(
    "keep",
    answer="d",
    feedback={
        "a": "The pills follow a doctor's finding; few who should be found take them, and asking "
        "depended on what they had been told.",
        "b": "It was asked only of some: nobody with known diabetes was asked. So an empty field "
        "tells of the diagnosis, whatever the family had.",
        "c": "Filling in changes the values and not the reason: for those who were never asked "
        "you would invent an answer, and leave the pattern.",
        "d": "Waist can be measured in everyone at the moment of the question, without knowing "
        "the answer, and means the same in those who know and those who do not. Look also why "
        "it is missing.",
        "e": "How old somebody was when told is known of those who were told. It is the answer, "
        "written as an age.",
    },
    hints=[
        "For each column, imagine the person who sits before you, undiagnosed. Is there a value?",
        "And why is it empty for some? Does the emptiness know the answer?",
    ],
)

augment = lesson.choice(
    "augment",
    answer="a",
    feedback={
        "a": "Nothing that the readers judged by is changed, and no copy of a test nodule can "
        "stand in the training part.",
        "b": "Turns and mirrors are harmless here. But a zoom makes a nodule of 5 mm into one of 8 "
        "mm, and the label was given to the one of 5 mm.",
        "c": "The changes are harmless, the moment is not: made before the split, copies of one "
        "nodule stand on both sides.",
        "d": "Bringing all nodules to one size takes the size out of the frame, and size is most "
        "of what readers judge by. The grey of these maps still tells some of it; bring that to "
        "one scale too, and little is left.",
    },
    hints=[
        "Two questions: does the label still hold? And who sees the copies?",
        "What happens to the diameter in millimetres?",
    ],
)
