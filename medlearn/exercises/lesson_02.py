"""Exercises of lesson 02: which data a model may see, and in what shape."""

import numpy as np

from medlearn.exercises.engine import Exercises, Level

lesson = Exercises("02")

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
    right="The test patients are measured on the scale that was made from the training patients.",
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
    "helped to make the scale that they are measured on.",
)
def _(training, test):
    together = np.concatenate([training, test])
    return (test - together.mean(axis=0)) / together.std(axis=0)


@standardise.misconception(
    "spread_of_test_patients",
    "The mean comes from the training patients, the spread from the test patients: two halves of "
    "two scales. Both belong to the training patients.",
)
def _(training, test):
    with np.errstate(all="ignore"):
        return (test - training.mean(axis=0)) / test.std(axis=0)


@standardise.misconception(
    "mean_of_test_patients",
    "The spread comes from the training patients, the mean from the test patients: two halves of "
    "two scales. Both belong to the training patients.",
)
def _(training, test):
    return (test - test.mean(axis=0)) / training.std(axis=0)


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
    "scale of the training patients.",
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
    "one_mean_of_test_patients",
    "Mean and spread come from the test patients, and one was taken over all columns. Take them "
    "from the training patients, for each column: axis=0.",
)
def _(training, test):
    with np.errstate(all="ignore"):
        return (test - test.mean()) / test.std()


@standardise.misconception(
    "mean_of_each_patient",
    "axis=1 gives a mean for each patient, over years and mg/dl together. A mean for each column "
    "is asked for: axis=0.",
)
def _(training, test):
    return (test - training.mean(axis=1)) / training.std(axis=1)


@standardise.misconception(
    "own_mean_of_each_patient",
    "axis=1 gives a mean for each test patient, over years and mg/dl together. A mean for each "
    "column, of the training patients, is asked for: axis=0.",
)
def _(training, test):
    with np.errstate(all="ignore"):
        return (test - test.mean(axis=1, keepdims=True)) / test.std(axis=1, keepdims=True)


@standardise.misconception(
    "mean_and_spread_exchanged",
    "Mean and spread have changed places. Take the mean away, then divide by the spread.",
)
def _(training, test):
    return (test - training.std(axis=0)) / training.mean(axis=0)


@standardise.misconception(
    "median_for_mean",
    "You took the median away. It is a middle value, too; standardising takes the mean.",
)
def _(training, test):
    return (test - np.median(training, axis=0)) / training.std(axis=0)


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


def _scaled(centre, spread, test):
    """As scikit-learn's scaler does: a column that does not vary is divided by 1."""
    return (test - centre) / np.where(spread == 0, 1, spread)


@standardise.misconception(
    "scaler_fitted_on_test_patients",
    "Your scaler learned mean and spread from the test patients: fit and fit_transform make a new "
    "scale. Make it from the training patients, and only use it on the others, with transform.",
)
def _(training, test):
    return _scaled(test.mean(axis=0), test.std(axis=0), test)


@standardise.misconception(
    "smallest_and_largest",
    "That brings the smallest training patient to 0 and the largest to 1. Standardising takes the "
    "mean away, and divides by the standard deviation.",
)
def _(training, test):
    low, high = training.min(axis=0), training.max(axis=0)
    return _scaled(low, high - low, test)


@standardise.misconception(
    "smallest_and_largest_of_test_patients",
    "That brings the smallest test patient to 0 and the largest to 1. Standardising takes the mean "
    "away, and divides by the standard deviation: both of the training patients.",
)
def _(training, test):
    low, high = test.min(axis=0), test.max(axis=0)
    return _scaled(low, high - low, test)


@standardise.misconception(
    "smallest_and_largest_of_all",
    "That brings the smallest of all patients to 0 and the largest to 1, test patients too. "
    "Standardising takes the mean away, and divides by the standard deviation: both of the "
    "training patients.",
)
def _(training, test):
    together = np.concatenate([training, test])
    low, high = together.min(axis=0), together.max(axis=0)
    return _scaled(low, high - low, test)


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


@lesson.function(
    cases=[
        (np.array([7, 7, 3, 9, 9, 9, 4, 3]), np.array([3, 9])),
        (np.array([1, 20, 20, 3, 1, 57, 61, 20]), np.array([20, 61, 1])),
        (np.array([2, 5, 5, 0, 2]), np.array([2])),
    ],
    hints=[
        "Go through the rows by their number: for row in range(len(patient)). Whose row is it?",
        "patient[row] in drawn says whether this row's patient was drawn.",
        "Begin with an empty list, append the number of each row whose patient was drawn, and "
        "return the list after the loop.",
    ],
    right="Whoever was drawn takes all of his rows along: nobody stands on two sides.",
    tolerance=0,
)
def by_patient(patient, drawn):
    rows = []
    for row in range(len(patient)):
        if patient[row] in drawn:
            rows.append(row)
    return rows


@by_patient.fresh
def _(rng):
    # Low numbers that are patients and rows at once, so that one cannot pass for the other.
    patients = rng.choice(12, size=int(rng.integers(5, 8)), replace=False)
    several = np.concatenate([patients, patients, rng.choice(patients, size=3)])
    return rng.permutation(several), rng.choice(
        patients, size=int(rng.integers(2, 4)), replace=False
    )


@by_patient.misconception(
    "drawn_as_rows",
    "You took the numbers that were drawn for row numbers. They are patients: which rows are "
    "theirs?",
)
def _(patient, drawn):
    return [row for row in range(len(patient)) if row in drawn]


@by_patient.misconception(
    "drawn_returned",
    "Those are the patients who were drawn. Their rows are asked for.",
)
def _(patient, drawn):
    return list(drawn)


@by_patient.misconception(
    "training_rows",
    "Those are the rows of the others, who stay in training. The rows of the drawn patients are "
    "asked for.",
)
def _(patient, drawn):
    return [row for row in range(len(patient)) if patient[row] not in drawn]


@by_patient.misconception(
    "first_row_of_each",
    "You took one row of each drawn patient. His other rows then stay in training, and he stands "
    "on both sides: take all of them.",
)
def _(patient, drawn):
    names = list(patient)
    return sorted(names.index(one) for one in drawn)


@by_patient.misconception(
    "found_by_index",
    "list.index finds the first row with that number, each time. You go through the rows already: "
    "count them, with range(len(patient)) or enumerate.",
)
def _(patient, drawn):
    names = list(patient)
    return [names.index(one) for one in names if one in drawn]


@by_patient.misconception(
    "a_list_for_each_patient",
    "You made a list for each drawn patient. One list of all their rows is asked for, in the order "
    "of the table.",
)
def _(patient, drawn):
    return [[row for row in range(len(patient)) if patient[row] == one] for one in drawn]


@by_patient.misconception(
    "both_parts_returned",
    "You gave back both parts. Only the rows of the test part are asked for: those of the drawn "
    "patients.",
)
def _(patient, drawn):
    test = [row for row in range(len(patient)) if patient[row] in drawn]
    return [row for row in range(len(patient)) if patient[row] not in drawn], test


@by_patient.misconception(
    "both_parts_test_first",
    "You gave back both parts, the test part first. Only that one is asked for: the rows of the "
    "drawn patients.",
)
def _(patient, drawn):
    test = [row for row in range(len(patient)) if patient[row] in drawn]
    return test, [row for row in range(len(patient)) if patient[row] not in drawn]


@by_patient.misconception(
    "patients_for_rows",
    "You put the patient's number into the list. The number of the row is asked for: where does it "
    "stand?",
)
def _(patient, drawn):
    return [one for one in patient if one in drawn]


@by_patient.misconception(
    "only_one_drawn",
    "Only the first of the drawn patients was looked for. All of them go into the test.",
)
def _(patient, drawn):
    return [row for row in range(len(patient)) if patient[row] == drawn[0]]


@by_patient.misconception(
    "counted_from_one",
    "Your rows are counted from 1. Python counts from 0: the first row is row 0.",
)
def _(patient, drawn):
    return [row + 1 for row in range(len(patient)) if patient[row] in drawn]


@by_patient.misconception(
    "yes_or_no_each_row",
    "That says yes or no of each row. The numbers of the rows that say yes are asked for.",
)
def _(patient, drawn):
    return [bool(one in drawn) for one in patient]


@by_patient.misconception(
    "ordered_by_patient",
    "All the right rows are there, one drawn patient after the other. Here they stand in the order "
    "of the table: go through the rows in the outer loop.",
)
def _(patient, drawn):
    return [row for one in drawn for row in range(len(patient)) if patient[row] == one]


@by_patient.misconception(
    "share_of_rows",
    "You cut the table at one place, as if its rows were patients. Whoever has rows on both sides "
    "of the cut stands in both parts.",
)
def _(patient, drawn):
    return list(range(len(drawn)))


coins = lesson.choice(
    "coins",
    answer="c",
    feedback={
        "a": "0.88 on coins: where nothing can be known, this test finds skill. What it says of "
        "the real labels cannot be believed either, however large the number.",
        "b": "The coins say that the first test is broken, and not by how much it flatters the "
        "labels. That is the difference of the same program, on the same labels, tested in both "
        "ways.",
        "c": "The same program on the same labels, tested in both ways: the difference is what "
        "the split has flattered. And the coins condemn the first test; they cannot acquit the "
        "second one, which other tests may still do.",
        "d": "Coins find a leak only with a program that remembers, and only for the unit that "
        "they were thrown for. They can condemn a split. That they found nothing proves nothing.",
    },
    hints=[
        "What must a sound test say of coins? Which of the two tests does not?",
        "A leak is measured as in section 2: the same program and the same labels, once with it "
        "and once without.",
        "Can coins prove that a split is sound?",
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


_ZERO = "5.397605346934028e-79"


@lesson.function(
    cases=[
        (["300.0", "", "9999.0", _ZERO, "45.5"],),
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
    answers.append(f"{rng.integers(40, 60)}.5")
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
    "whole_minutes",
    "You made whole minutes. Somebody may have answered 45.5: keep the number as it is.",
)
def _(texts):
    _missing, numbers = _with_missing(texts)
    return np.round(numbers)


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


card = lesson.text(
    "card",
    model_answer="""
    What: outlines of lung nodules that radiologists drew on CT scans (LIDC-IDRI, Armato 2011),
    turned into thickness maps; they are drawings, not CT pixels, and hold size and shape only. Who:
    6,859 readings of 2,669 nodules in 875 patients; one to four readings a nodule (in a few, more);
    neither age nor sex nor smoking is in the data. Label: the middle of the readers' opinions,
    suspicious when it is 4 or 5 of 5; it is an opinion and no pathology, and readers disagree. Left
    out: nodules under 3 mm have no outline, so they are not in it. Derived: the number of a nodule
    comes from the distance of the drawings and may be wrong. Split: by patient, checked; a random
    split scored far higher with a picture shared by all readers and hardly higher with each
    reader's own drawing and opinion. Not to be used: to say that a nodule is cancer, to find
    nodules, or in people who were never scanned.
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
