"""Exercises of lesson 18: an audit, a plan, a card, and a signature."""

import math

from medlearn.exercises.engine import Exercises, Level

lesson = Exercises("18")

signs = lesson.value(
    "signs",
    code="""
    from medlearn import audit

    sure = audit.submission(198)
    training = sure.rows[sure.rows["part"] == "training"]
    test_part = sure.rows[sure.rows["part"] == "test"]
    both = set(training["id"]) & set(test_part["id"])
    off_list = set(sure.columns.index) - set(audit.WHITELIST)
    groups = set(test_part["race"]) - set(training["race"])
    few = sure.subgroups["events"] < 10
    signs = (len(both), len(off_list), len(groups), int(few.sum()))
    """,
    expected=(86, 0, 1, 3),
    hints=[
        "len(...) counts what is in a set; & gives what two sets share, - what only the first has.",
        "The last one: sure.subgroups has a row for each group. In how many rows is events below "
        "10? The sum of True and False counts the True.",
    ],
    misconceptions={
        (206, 0, 1, 3): "The first number counts rows of the training part. A person who was "
        "copied has several: make a set of the ids.",
        (138, 0, 1, 3): "The first number counts rows of the test part. A person who was copied "
        "has several: make a set of the ids.",
        (353, 0, 1, 3): "The first number counts all rows that are copies, also of people who are "
        "on one side only. Which ids are in both sets?",
        (86, 0, 0, 3): "The third: which race is in the test part and not in training? A set "
        "difference has a direction: test minus training.",
        (86, 17, 1, 3): "The second: those are the columns that are on the list. Asked was how "
        "many are not.",
        (86, 0, 1, 7): "The fourth: those are all rows of the table. In how many of them are "
        "there fewer than ten events?",
        (86, 0, 1, 8): "The fourth: 8 is the smallest number of events. Asked was in how many rows "
        "it is below 10.",
    },
    right="Copies, a missing group and estimates from too few: three flaws. And the whitelist was "
    "kept, which is a result as well.",
)


@lesson.function(
    cases=[(0.75, 0.03, 0.2), (0.8, 0.1, 0.1), (0.6, 0.33, 0.15), (0.9, 0.5, 0.12)],
    hints=[
        "The interval reaches 1.96 standard errors to each side: width = 2 * 1.96 * se. Which se "
        "is that?",
        "The standard error of a share s among m people is sqrt(s * (1 - s) / m). Solve for m: "
        "these are the people with it, the events.",
        "Only the share `prevalence` of all people has it: divide the events by it, and round up "
        "once, at the end, with math.ceil.",
    ],
    right="Events decide: at a tenth of the prevalence you need ten times the people.",
)
def n_validation(sensitivity, prevalence, width):
    import math

    se = width / (2 * 1.96)
    events = sensitivity * (1 - sensitivity) / se**2
    return math.ceil(events / prevalence)


@n_validation.fresh
def _(rng):
    return (
        float(rng.integers(55, 95) / 100),
        float(rng.integers(2, 40) / 100),
        float(rng.integers(8, 25) / 100),
    )


def _people(sensitivity, prevalence, se):
    return math.ceil(sensitivity * (1 - sensitivity) / se**2 / prevalence)


@n_validation.misconception(
    "width_for_se",
    "You took the width for the standard error. The interval reaches 1.96 standard errors to each "
    "side: se = width / (2 * 1.96).",
)
def _(sensitivity, prevalence, width):
    return _people(sensitivity, prevalence, width)


@n_validation.misconception(
    "one_side_only",
    "The width goes from the lower to the upper end: 1.96 standard errors below and 1.96 above. "
    "So se = width / (2 * 1.96).",
)
def _(sensitivity, prevalence, width):
    return _people(sensitivity, prevalence, width / 1.96)


@n_validation.misconception(
    "half_width_for_se",
    "Half the width is 1.96 standard errors, not one: divide by 1.96 as well.",
)
def _(sensitivity, prevalence, width):
    return _people(sensitivity, prevalence, width / 2)


@n_validation.misconception(
    "events_for_people",
    "Those are the events: the people with it. Asked was how many people must take part to have "
    "so many.",
)
def _(sensitivity, prevalence, width):
    return math.ceil(sensitivity * (1 - sensitivity) * (2 * 1.96 / width) ** 2)


@n_validation.misconception(
    "times_prevalence",
    "You multiplied by the prevalence. People times prevalence are events, so people are events "
    "divided by prevalence.",
)
def _(sensitivity, prevalence, width):
    return math.ceil(sensitivity * (1 - sensitivity) * (2 * 1.96 / width) ** 2 * prevalence)


@n_validation.misconception(
    "without_it",
    "The sensitivity is a share of those with it: divide by the prevalence, not by 1 - prevalence.",
)
def _(sensitivity, prevalence, width):
    return _people(sensitivity, 1 - prevalence, width / (2 * 1.96))


@n_validation.misconception(
    "prevalence_for_sensitivity",
    "The share whose error is wanted is the sensitivity: s * (1 - s) with s the sensitivity.",
)
def _(sensitivity, prevalence, width):
    return _people(prevalence, prevalence, width / (2 * 1.96))


@n_validation.misconception(
    "se_not_squared",
    "se = sqrt(s * (1 - s) / m). Solved for m, se stands squared in the denominator.",
)
def _(sensitivity, prevalence, width):
    return _people(sensitivity, prevalence, math.sqrt(width / (2 * 1.96)))


@n_validation.misconception(
    "rounded_down",
    "Rounded down, the interval is a little too wide: at least so many are needed. Round up, with "
    "math.ceil.",
)
def _(sensitivity, prevalence, width):
    return _people(sensitivity, prevalence, width / (2 * 1.96)) - 1


@n_validation.misconception(
    "rounded_twice",
    "You rounded the events up, and then the people again. Half an event more is many people where "
    "few have it: round up once, at the end.",
)
def _(sensitivity, prevalence, width):
    events = math.ceil(sensitivity * (1 - sensitivity) * (2 * 1.96 / width) ** 2)
    return math.ceil(events / prevalence)


@n_validation.misconception("not_rounded", "People are whole. Round up at the end, with math.ceil.")
def _(sensitivity, prevalence, width):
    return sensitivity * (1 - sensitivity) * (2 * 1.96 / width) ** 2 / prevalence


decision = lesson.text(
    "decision",
    model_answer="""
    I do not sign. In the offer copies of the same people stood on both sides, a column told of an
    earlier blood test, the threshold was chosen on the test itself, and a group was missing.
    Mended, the forest ranks far less well. Its net benefit at the price of 32 is above testing
    all, testing none and inviting everyone over 60, but a gain over the logistic regression that
    we own was not shown, so there is nothing to buy. Whichever model we use: whom it misses gets a
    letter that says low risk, others are pricked for nothing, and for a group that was not in
    training nothing is known. So first a validation here, with the number of people that we worked
    out, then a silent trial, with a named person who compares what is observed with what was
    promised and stops it at three standard errors or when inputs stay away. And a high value is
    repeated before anybody is called ill.
    """,
    checklist=[
        "says yes or no, and to what: the offer, or the mended model",
        "names what was wrong with the offered numbers, and what is left when it is mended",
        "compares net benefit at the agreed price with testing all, testing none and a simple rule",
        "says who is harmed by each error, and for whom nothing is known",
        "asks for a validation of a stated size and a silent trial before anybody acts on it",
        "names a stop rule and who owns it",
        "repeats a high value before it is called a diagnosis",
    ],
    rubric=[
        Level(
            0,
            "Decides by AUC, sensitivity or specificity alone, or signs because the flaws have "
            "been mended.",
            "The flaws were found and repaired, so the remaining AUC of about 0.7 is honest and "
            "better than chance. Since the tool is cheap and needs no blood I would sign, and we "
            "can look again in a year.",
        ),
        Level(
            1,
            "Refuses with reasons from the audit, but leaves out net benefit beside all and none, "
            "or who is harmed, or what would have to happen before it may be used.",
            "No. The same people stood in training and test, a column knew of an earlier test, and "
            "the threshold was tuned on the test part. When this is repaired the numbers fall from "
            "wonderful to mediocre. A company that hands in such a report cannot be trusted.",
        ),
        Level(
            2,
            "Decides by net benefit at the agreed price beside all, none and a simple rule, says "
            "who is harmed, and names size, silent trial, owner and stop rule.",
            "I send it back. Repaired it is worth more per thousand than inviting all, nobody or "
            "the over sixties, yet no more than the plain regression of our own, whose interval it "
            "does not leave. Somebody with a high value whom it calls low is reassured and lost, "
            "and Asian participants were not even in its training. What I would sign is a plan: "
            "some 2,900 new people of our practice, risks written down but shown to nobody, one "
            "named doctor who counts each month and may switch it off at a line drawn before. And "
            "nobody is told a diagnosis from one blood test.",
        ),
    ],
    hints=[
        "Begin with the net benefit, not with the AUC. Over what does the mended model gain, and "
        "over what does it not?",
        "Then: whom does each error hurt, who looks after the model, and when is it switched off?",
    ],
)

threshold = lesson.choice(
    "threshold",
    answer="b",
    feedback={
        "a": "A new test part takes the optimism away, but each way of asking for the best "
        "sensitivity plus specificity treats a missed person and a needless test as equally bad. "
        "The practices did not agree to that.",
        "b": "The price was agreed before anybody saw data, and says how many needless tests one "
        "found is worth. It needs risks that come true: hence the calibration.",
        "c": "From the training part it would not be chosen on the test, but the price still does "
        "not enter: a sum of sensitivity and specificity knows no price and no prevalence.",
        "d": "Few false alarms sound good and are no price either: then hardly anybody who is high "
        "is found. The practices would pay up to 32 needless tests for one.",
    },
    hints=[
        "Which of these uses what the practices agreed on before anybody looked at data?",
        "Youden's point gives both errors the same weight, whatever the prevalence.",
    ],
)

placeholders = lesson.text(
    "placeholders",
    model_answer="""
    In {n} people of another hospital, {events} of them with a narrowed artery, the model ranks with
    an AUC of {auc}. At the agreed price it gains {gain_over_all} per thousand people over sending
    all of them, and {gain_over_none} over sending nobody. Observed over expected is
    {observed_expected}: where that differs from one, the risks of one city do not hold in the
    other.
    """,
    checklist=[
        "no digit is typed: each number is a placeholder",
        "says how many people and events there are",
        "gives the gain over sending all and sending none, not the AUC alone",
        "says whether the risks come true: observed over expected",
        "explains what a reader should do with the number",
    ],
    rubric=[
        Level(
            0,
            "Types a number, or writes no number at all.",
            "The model did very well in the other hospital, with an AUC of about 0.85, which is "
            "called excellent. So it transfers without loss to new patients and places.",
        ),
        Level(
            1,
            "Uses placeholders, but gives the ranking alone, or no number of people and events.",
            "Tested in another hospital the model reaches an AUC of {auc}, which is good. At the "
            "threshold that follows from our price it has a sensitivity of {sensitivity} and a "
            "specificity of {specificity}.",
        ),
        Level(
            2,
            "Placeholders for people, events, ranking, calibration and gain, each with what it "
            "means.",
            "We tried the model on {n} patients whom it had never seen, {events} of them with the "
            "disease. It orders them with an AUC of {auc}; its risks come true by a factor of "
            "{observed_expected}. Used at our price it is worth {gain_over_all} per thousand "
            "against an angiogram for everybody: an interval that holds zero would mean that "
            "nothing is gained.",
        ),
    ],
    hints=[
        "print(study.numbers) lists what may stand between braces.",
        "Try your sentences in the cell above: report.filled(study, ...) refuses a typed digit.",
    ],
)

silent_trial = lesson.choice(
    "silent_trial",
    answer="d",
    feedback={
        "a": "Nobody acts on it, so it can change nobody's health. For that one needs a trial in "
        "which some are cared for with the tool and some without.",
        "b": "Doctors do not see the risks: how they would use them remains open. DECIDE-AI is "
        "about that next step, small and watched.",
        "c": "It costs work and harms nobody. What it shows cannot be seen in old data: whether "
        "inputs arrive, in which units, from whom.",
        "d": "That is what it is for, once enough people are in it: after a few weeks O/E can be "
        "anything. What it cannot show is whether patients are better off.",
    },
    hints=[
        "In a silent trial the risk is computed and stored, and shown to nobody.",
        "What can one know when nobody acts on the risks? What not?",
    ],
)
