"""Exercises of lesson 05: from a cohort to a decision."""

import numpy as np

from medlearn.exercises.engine import Exercises, Level

lesson = Exercises("05")


@lesson.function(
    cases=[(32,), (9,), (99,), (4,)],
    hints=[
        "Write the balance with the price in it: price · p = 1 − p. What stands on the left when p "
        "is added on both sides?",
        "price · p + p is (price + 1) · p. It equals 1. Divide both sides by what stands before p.",
        "For a price of 32 it is 1 / 33, for a price of 9 one in ten.",
    ],
    right="The higher the price that one accepts, the lower the risk from which on one is invited.",
)
def threshold_for(price):
    return 1 / (price + 1)


@threshold_for.fresh
def _(rng):
    return (int(rng.integers(2, 200)),)


@threshold_for.misconception(
    "price_upside_down",
    "That is 1 − p, the share that is tested for nothing at the threshold. p is the share that is "
    "found.",
)
def _(price):
    return price / (price + 1)


@threshold_for.misconception(
    "one_in_price",
    "That is one found among as many people as the price. But the price counts the needless tests "
    "alone: with the one who is found there is one person more.",
)
def _(price):
    return 1 / price


@threshold_for.misconception(
    "one_less",
    "You took p away where it should be added: on the left stand price · p and one p more.",
)
def _(price):
    return 1 / (price - 1)


@threshold_for.misconception(
    "people_for_risk",
    "That is how many people are tested for one found. The risk is one divided by it.",
)
def _(price):
    return price + 1


@threshold_for.misconception(
    "price_itself",
    "That is the price. Which risk makes both sides of price · p = 1 − p equal?",
)
def _(price):
    return price


@threshold_for.misconception(
    "one_half",
    "One half is right for a price of 1: a needless test as bad as a missed person. It depends on "
    "the price.",
)
def _(price):
    return 0.5


@threshold_for.misconception(
    "always_32",
    "That is the threshold for a price of 32, whatever price comes. Use the argument, price.",
)
def _(price):
    return 1 / 33


@threshold_for.misconception(
    "two_p_on_the_left",
    "You wrote price · p + p as 2 · price · p. It is (price + 1) · p.",
)
def _(price):
    return 1 / (2 * price)


@threshold_for.misconception(
    "minus_sign_lost",
    "Your balance seems to be price · p = 1 + p, or p was taken away twice. On the right stands "
    "1 − p: adding p there leaves 1.",
)
def _(price):
    return 1 / (price + 2)


@threshold_for.misconception(
    "odds_for_risk",
    "That is the price as odds, (1 − price) / price. Put the price into price · p = 1 − p, and "
    "solve for p.",
)
def _(price):
    return (1 - price) / price


@threshold_for.misconception(
    "rest_of_one_in_price",
    "That is 1 − 1/price, nearly everybody. p is the small share that is found: solve "
    "price · p = 1 − p for it.",
)
def _(price):
    return 1 - 1 / price


@lesson.function(
    cases=[(0.9, 0.8, 0.5), (0.7, 0.65, 0.033), (0.99, 0.5, 0.2), (0.6, 0.95, 0.01)],
    hints=[
        "Think of 1,000 people. How many have it, and how many of these are alarmed?",
        "How many do not have it? Of these, the share 1 − specificity is alarmed for nothing.",
        "Divide the true alarms by all alarms, true and false.",
    ],
    right="Of all alarms, true and false, the share that is true.",
)
def ppv(sensitivity, specificity, prevalence):
    true_alarms = prevalence * sensitivity
    false_alarms = (1 - prevalence) * (1 - specificity)
    return true_alarms / (true_alarms + false_alarms)


@ppv.fresh
def _(rng):
    sensitivity, specificity = rng.uniform(0.55, 0.99, size=2).round(2)
    return float(sensitivity), float(specificity), round(rng.uniform(0.01, 0.4), 3)


@ppv.misconception(
    "prevalence_left_out",
    "You left the prevalence out: that is the predictive value when half of the people have it. "
    "Count how many people stand in each of the two groups first.",
)
def _(sensitivity, specificity, prevalence):
    return sensitivity / (sensitivity + 1 - specificity)


@ppv.misconception(
    "sensitivity_instead",
    "That is the sensitivity: of those who have it, the share that is alarmed. The question goes "
    "the other way round: of those who are alarmed, the share that has it.",
)
def _(sensitivity, specificity, prevalence):
    return sensitivity


@ppv.misconception(
    "share_of_all_people",
    "Those are the true alarms as a share of all people. They should be a share of all alarms.",
)
def _(sensitivity, specificity, prevalence):
    return prevalence * sensitivity


@ppv.misconception(
    "share_alarmed",
    "That is the share of people who are alarmed at all. Which part of it is right?",
)
def _(sensitivity, specificity, prevalence):
    return prevalence * sensitivity + (1 - prevalence) * (1 - specificity)


@ppv.misconception(
    "quiet_as_false_alarms",
    "You added the people without it who are left in peace (specificity). Alarmed for nothing is "
    "the other part of them, 1 − specificity.",
)
def _(sensitivity, specificity, prevalence):
    return prevalence * sensitivity / (prevalence * sensitivity + (1 - prevalence) * specificity)


@ppv.misconception(
    "negative_predictive_value",
    "That is the negative predictive value: of those without an alarm, the share that does not "
    "have it.",
)
def _(sensitivity, specificity, prevalence):
    quiet = (1 - prevalence) * specificity
    return quiet / (quiet + prevalence * (1 - sensitivity))


@ppv.misconception(
    "false_alarms_without_prevalence",
    "You multiplied the false alarms by 1 − specificity, but not by how many people there are "
    "without it: 1 − prevalence.",
)
def _(sensitivity, specificity, prevalence):
    return prevalence * sensitivity / (prevalence * sensitivity + 1 - specificity)


@ppv.misconception(
    "share_of_wrong_alarms",
    "That is the share of alarms that are wrong, 1 − PPV. The share that is right was asked for.",
)
def _(sensitivity, specificity, prevalence):
    false_alarms = (1 - prevalence) * (1 - specificity)
    return false_alarms / (false_alarms + prevalence * sensitivity)


@ppv.misconception(
    "odds_for_share",
    "Those are the odds o: true alarms for each false one. The share of all alarms is o / (1 + o).",
)
def _(sensitivity, specificity, prevalence):
    return prevalence * sensitivity / ((1 - prevalence) * (1 - specificity))


@ppv.misconception(
    "likelihood_ratio",
    "That is the likelihood ratio, sensitivity / (1 − specificity): how much more often those with "
    "it are alarmed. It needs the prevalence to become a share of the alarms.",
)
def _(sensitivity, specificity, prevalence):
    return sensitivity / (1 - specificity)


@ppv.misconception(
    "accuracy_instead",
    "That is the accuracy: of all people, the share that is called right, quiet ones included. Of "
    "those who are alarmed, which share has it?",
)
def _(sensitivity, specificity, prevalence):
    return prevalence * sensitivity + (1 - prevalence) * specificity


@ppv.misconception(
    "prevalence_instead",
    "That is the prevalence: the share that has it before anybody was tested. An alarm should say "
    "more than that.",
)
def _(sensitivity, specificity, prevalence):
    return prevalence


@ppv.misconception(
    "specificity_instead",
    "That is the specificity: of those without it, the share that is left in peace. Of those who "
    "are alarmed, which share has it?",
)
def _(sensitivity, specificity, prevalence):
    return specificity


@ppv.misconception(
    "share_left_out",
    "That is sensitivity × prevalence / (1 − specificity): below the line stand the false alarms "
    "alone, and of everybody. All alarms belong there, true and false.",
)
def _(sensitivity, specificity, prevalence):
    return prevalence * sensitivity / (1 - specificity)


@ppv.misconception(
    "groups_swapped",
    "Prevalence and 1 − prevalence stand the wrong way round: the prevalence is the share that has "
    "it, and sensitivity belongs to those.",
)
def _(sensitivity, specificity, prevalence):
    return ppv.solution_function(sensitivity, specificity, 1 - prevalence)


def _whole_people(sensitivity, specificity, prevalence, whole):
    ill = whole(1000 * prevalence)
    true_alarms = whole(ill * sensitivity)
    return true_alarms / (true_alarms + whole((1000 - ill) * (1 - specificity)))


@ppv.misconception(
    "people_rounded",
    "The idea is right. But do not round the people: 1,000 is only an example, and parts of a "
    "person do no harm in a share.",
)
def _(sensitivity, specificity, prevalence):
    return _whole_people(sensitivity, specificity, prevalence, round)


@ppv.misconception(
    "people_truncated",
    "The idea is right. But do not cut the people to whole ones with int: 1,000 is only an "
    "example, and parts of a person do no harm in a share.",
)
def _(sensitivity, specificity, prevalence):
    return _whole_people(sensitivity, specificity, prevalence, int)


decide = lesson.text(
    "decide",
    model_answer="""
    I would let the logistic regression propose whom to invite for a blood test, in place of
    "ask everyone over 60", and as a trial. At the price that was agreed beforehand, up to 32
    needless tests for one found for the last person invited, its net benefit is above that of
    testing everybody, nobody, everyone over 60, and those whom the US advice names. The lead
    over the US advice, the best of the three simple rules tried, is small, its interval is
    barely clear of zero, the advice is meant for prediabetes as well, and the work of asking
    and measuring 17 things is in no number: where that is dear, I would take the advice. The
    model does not decide who has diabetes; a second test and a doctor do. Nearly a third of
    those with a high HbA1c are not invited, and for some groups far more, so a low risk must
    never be a reason to refuse a test to somebody who asks. What would change my mind: people
    of my own practices for whom the risks do not come true, or practices that find a needless
    test much cheaper or dearer.
    """,
    checklist=[
        "says what the model may do, and what it may not: propose a test, not diagnose",
        "names the alternatives and compares with them: all, none, over 60, the US advice",
        "does not rest on accuracy (does yours?): testing nobody has the highest",
        "uses the price that was fixed beforehand, not a threshold picked from the results",
        "names an uncertainty: intervals, about 130 events, one survey, no other practice yet",
        "says what happens to those who are missed",
        "says what would change the decision",
    ],
    rubric=[
        Level(
            0,
            "Decides by accuracy or because a model is newer, or lets the model say who has "
            "diabetes and who has not.",
            "Yes, the model should decide, because it uses all the answers at once and is "
            "right for 97 of 100 people. Whoever is below the threshold has no diabetes and needs "
            "no test. That saves a lot of blood tests.",
        ),
        Level(
            1,
            "Lets a model propose and compares it with something simple, but without the price "
            "that was agreed, or without a word on those who are missed, or on what would change "
            "the decision.",
            "The logistic regression may choose who is invited, because it finds more people "
            "than asking everyone over 60, and its risks come true on average. The diagnosis "
            "still comes from a doctor and a blood test.",
        ),
        Level(
            2,
            "Lets the model propose a test at the price agreed beforehand, compares net benefit "
            "with the simple rules and says how sure that is, protects those who are missed, and "
            "says what would change the decision.",
            "It may propose whom to invite, and nothing more. At the price of 32 to one, the "
            "regression's net benefit beats inviting all, nobody, or those over 60. Against "
            "the US advice its lead is so small and unsure that a practice without time for 17 "
            "questions loses little with the advice. Whoever asks gets the test, since about three "
            "in ten with a high value are not invited. If fewer or more of our own patients have "
            "it than the risks say, we stop.",
        ),
    ],
    hints=[
        "Read the decision curve at the threshold of the case. Which curves lie below the model's, "
        "and is the difference more than chance?",
        "Then think of the people whom it does not invite. What must be in place for them?",
    ],
)


@lesson.function(
    cases=[
        (np.array([1, 0, 1, 0, 0]), np.array([0.6, 0.3, 0.05, 0.02, 0.01]), 0.2),
        (np.array([0, 0, 1, 1, 0, 0, 0, 0]), np.array([0.1, 0.02, 0.3, 0.1, 0, 0, 0, 0]), 0.1),
        (np.array([1, 0, 0, 0]), np.array([0.5, 0.6, 0.7, 0.1]), 0.5),
        (np.array([0, 1, 0]), np.array([0.1, 0.1, 0.1]), 0.75),
    ],
    hints=[
        "Who is tested? alarm = risk >= threshold",
        "Count the found (alarm, and y is 1) and the needless tests (alarm, and y is 0). "
        "np.sum counts.",
        "Each needless test costs threshold / (1 - threshold) of one found. Divide by the number "
        "of people, len(y).",
    ],
    right="Found, minus needless tests at the price that the threshold says, for each person.",
)
def net_benefit(y, risk, threshold):
    alarm = risk >= threshold
    found = np.sum(alarm & (y == 1))
    needless = np.sum(alarm & (y == 0))
    return (found - needless * threshold / (1 - threshold)) / len(y)


@net_benefit.fresh
def _(rng):
    threshold = round(rng.uniform(0.05, 0.4), 2)
    y = rng.permutation(np.arange(int(rng.integers(6, 13))) % 3 == 0).astype(int)
    risk = rng.uniform(0, 2 * threshold, size=len(y)).round(2)
    risk[rng.integers(len(y))] = threshold  # somebody's risk is exactly the threshold
    return y, risk, threshold


def _found_needless(y, risk, threshold, alarm=None):
    alarm = risk >= threshold if alarm is None else alarm
    return np.sum(alarm & (y == 1)), np.sum(alarm & (y == 0))


@net_benefit.misconception(
    "equal_price",
    "You counted a needless test as dear as a found person. Its price is "
    "threshold / (1 - threshold): at a threshold of 1 in 33, a thirty-second part of one found.",
)
def _(y, risk, threshold):
    found, needless = _found_needless(y, risk, threshold)
    return (found - needless) / len(y)


@net_benefit.misconception(
    "price_is_threshold",
    "Almost: the price of a needless test is the odds, threshold / (1 - threshold), not the "
    "threshold itself.",
)
def _(y, risk, threshold):
    found, needless = _found_needless(y, risk, threshold)
    return (found - needless * threshold) / len(y)


@net_benefit.misconception(
    "price_inverted",
    "The price is upside down: threshold / (1 - threshold). A low threshold means that a needless "
    "test is cheap.",
)
def _(y, risk, threshold):
    found, needless = _found_needless(y, risk, threshold)
    return (found - needless * (1 - threshold) / threshold) / len(y)


@net_benefit.misconception(
    "sum_for_mean",
    "That is the sum over all people. Net benefit is for each person: divide by len(y).",
)
def _(y, risk, threshold):
    found, needless = _found_needless(y, risk, threshold)
    return found - needless * threshold / (1 - threshold)


@net_benefit.misconception(
    "divided_by_cases",
    "You divided by the number of people who have it. Net benefit is for each person: divide by "
    "len(y).",
)
def _(y, risk, threshold):
    found, needless = _found_needless(y, risk, threshold)
    return (found - needless * threshold / (1 - threshold)) / np.sum(y)


@net_benefit.misconception(
    "divided_by_tested",
    "You divided by the number of people who are tested. Net benefit is for each person asked, "
    "tested or not: divide by len(y).",
)
def _(y, risk, threshold):
    found, needless = _found_needless(y, risk, threshold)
    return (found - needless * threshold / (1 - threshold)) / (found + needless)


@net_benefit.misconception(
    "strict_threshold",
    "Someone whose risk is exactly the threshold is tested too: the alarm is risk >= threshold.",
)
def _(y, risk, threshold):
    found, needless = _found_needless(y, risk, threshold, risk > threshold)
    return (found - needless * threshold / (1 - threshold)) / len(y)


@net_benefit.misconception(
    "harm_left_out",
    "The needless tests cost nothing in yours. Either they are not taken away, or brackets are "
    "missing: threshold / 1 - threshold is 0.",
)
def _(y, risk, threshold):
    return _found_needless(y, risk, threshold)[0] / len(y)


@net_benefit.misconception(
    "per_thousand",
    "Right, but for 1,000 people. The net benefit asked for here is for each person.",
)
def _(y, risk, threshold):
    found, needless = _found_needless(y, risk, threshold)
    return 1000 * (found - needless * threshold / (1 - threshold)) / len(y)


def _price(threshold):
    return threshold / (1 - threshold)


@net_benefit.misconception(
    "half_as_threshold",
    "You called whoever has a risk of one half or more. Who is tested depends on the threshold: "
    "risk >= threshold.",
)
def _(y, risk, threshold):
    found, needless = _found_needless(y, risk, threshold, risk >= 0.5)
    return (found - needless * _price(threshold)) / len(y)


@net_benefit.misconception(
    "all_tested_needless",
    "You took all who are tested for needless. Those who have it are found: count the others.",
)
def _(y, risk, threshold):
    found, needless = _found_needless(y, risk, threshold)
    return (found - (found + needless) * _price(threshold)) / len(y)


@net_benefit.misconception(
    "all_tested_found",
    "You counted all who are tested as found. Found are those who have it: y is 1.",
)
def _(y, risk, threshold):
    found, needless = _found_needless(y, risk, threshold)
    return (found + needless - needless * _price(threshold)) / len(y)


@net_benefit.misconception(
    "harm_added",
    "You added the needless tests. They are the price, and a price is taken away.",
)
def _(y, risk, threshold):
    found, needless = _found_needless(y, risk, threshold)
    return (found + needless * _price(threshold)) / len(y)


@net_benefit.misconception(
    "missed_for_needless",
    "You took away the people who were missed. What is taken away are the needless tests: alarm, "
    "and y is 0.",
)
def _(y, risk, threshold):
    alarm = risk >= threshold
    missed = np.sum(~alarm & (y == 1))
    return (np.sum(alarm & (y == 1)) - missed * _price(threshold)) / len(y)


@net_benefit.misconception(
    "quiet_for_needless",
    "You took away those who were left in peace. Needless are the tests of those who are alarmed, "
    "and y is 0.",
)
def _(y, risk, threshold):
    alarm = risk >= threshold
    quiet = np.sum(~alarm & (y == 0))
    return (np.sum(alarm & (y == 1)) - quiet * _price(threshold)) / len(y)


@net_benefit.misconception(
    "divided_by_threshold",
    "You divided the needless tests by the threshold: each would cost more than one found. Its "
    "price is threshold / (1 - threshold).",
)
def _(y, risk, threshold):
    found, needless = _found_needless(y, risk, threshold)
    return (found - needless / threshold) / len(y)


@net_benefit.misconception(
    "price_of_one_in_33",
    "A needless test is always a thirty-second part of one found in yours. That is right for a "
    "threshold of 1 in 33 only: the price is threshold / (1 - threshold).",
)
def _(y, risk, threshold):
    found, needless = _found_needless(y, risk, threshold)
    return (found - needless / 32) / len(y)


@net_benefit.misconception(
    "divided_by_tested_or_nothing",
    "You divided by the number of people who are tested, and gave 0 when there are none. Net "
    "benefit is for each person asked, tested or not: divide by len(y).",
)
def _(y, risk, threshold):
    found, needless = _found_needless(y, risk, threshold)
    return (found - needless * _price(threshold)) / max(found + needless, 1)


@lesson.function(
    cases=[
        (np.array([0, 1, 0, 1]), np.array([0.1, 0.4, 0.35, 0.8])),
        (np.array([1, 0, 0, 1, 0]), np.array([0.2, 0.2, 0.1, 0.05, 0.3])),
        (np.array([0, 1, 1]), np.array([0.5, 0.5, 0.5])),
        (np.array([1, 0, 0, 0, 1, 0]), np.array([0.9, 0.8, 0.7, 0.7, 0.7, 0.1])),
        (np.array([1, 0, 1, 0, 1]), np.array([0.3, 0.6, 0.9, 0.2, 0.4])),  # side by side: one half
    ],
    hints=[
        "Two loops: over the people who are high, and in it over the others.",
        "Give a pair 1 when the one who is high has the higher risk, and one half when both have "
        "the same.",
        "Add up, and divide by the number of pairs.",
    ],
    right="The share of pairs that are in the right order, a tie counting one half.",
)
def auc(y, risk):
    points, pairs = 0, 0
    for ill in risk[y == 1]:
        for well in risk[y == 0]:
            points += 1 if ill > well else 0.5 if ill == well else 0
            pairs += 1
    return points / pairs


@auc.fresh
def _(rng):
    y = rng.permutation(np.arange(int(rng.integers(5, 10))) % 2)
    risk = rng.uniform(0.05, 0.95, size=len(y)).round(2)
    risk[np.argmax(y == 0)] = risk[np.argmax(y == 1)]  # one tie at least
    return y, risk


@auc.misconception(
    "ties_as_zero",
    "Nearly: pairs with the same risk got nothing. A tie is a coin toss and counts one half.",
)
def _(y, risk):
    return np.mean(risk[y == 1][:, None] > risk[y == 0][None])


@auc.misconception(
    "ties_as_one",
    "Nearly: pairs with the same risk got a full point. A tie is a coin toss and counts one half.",
)
def _(y, risk):
    return np.mean(risk[y == 1][:, None] >= risk[y == 0][None])


@auc.misconception(
    "order_reversed",
    "The order is the wrong way round: a pair is right when the one who is high has the "
    "higher risk.",
)
def _(y, risk):
    gap = risk[y == 0][None] - risk[y == 1][:, None]
    return np.mean((gap > 0) + 0.5 * (gap == 0))


@auc.misconception(
    "wrong_pairs_half",
    "A pair in the wrong order got one half. Only a tie gets that: a wrong pair gets 0, so a "
    "third case is needed.",
)
def _(y, risk):
    gap = risk[y == 1][:, None] - risk[y == 0][None]
    return np.mean(np.where(gap > 0, 1, 0.5))


@auc.misconception(
    "all_pairs",
    "You took all pairs of people, and each pair both ways. Only pairs of one who is high and one "
    "who is not count.",
)
def _(y, risk):
    gap = risk[:, None] - risk[None]
    return np.mean((gap > 0) + 0.5 * (gap == 0))


@auc.misconception(
    "divided_by_all_pairs",
    "The points are right, but you divided by all pairs of people. Divide by the pairs of one "
    "who is high and one who is not.",
)
def _(y, risk):
    gap = risk[y == 1][:, None] - risk[y == 0][None]
    return np.sum((gap > 0) + 0.5 * (gap == 0)) / (len(y) * (len(y) - 1) / 2)


@auc.misconception("sum_for_mean", "You added up the points. Divide by the number of pairs.")
def _(y, risk):
    gap = risk[y == 1][:, None] - risk[y == 0][None]
    return np.sum((gap > 0) + 0.5 * (gap == 0))


@auc.misconception(
    "divided_by_people",
    "You divided by the number of people. The points come from pairs: divide by how many pairs "
    "there are, people who are high times the others.",
)
def _(y, risk):
    gap = risk[y == 1][:, None] - risk[y == 0][None]
    return np.sum((gap > 0) + 0.5 * (gap == 0)) / len(y)


@auc.misconception(
    "accuracy_instead",
    "That is the accuracy at a threshold of one half. The AUC needs no threshold: compare each "
    "person who is high with each who is not.",
)
def _(y, risk):
    return np.mean((risk >= 0.5) == y)


@auc.misconception(
    "difference_of_means",
    "That is how far apart the two mean risks lie. The AUC asks only for the order in each pair.",
)
def _(y, risk):
    return risk[y == 1].mean() - risk[y == 0].mean()


@auc.misconception(
    "side_by_side",
    "You went through both groups side by side, the first with the first, the second with the "
    "second. Each who is high is compared with each who is not: one loop in the other.",
)
def _(y, risk):
    pairs = list(zip(risk[y == 1], risk[y == 0], strict=False))
    return sum(1 if ill > well else 0.5 if ill == well else 0 for ill, well in pairs) / len(pairs)


@auc.misconception(
    "side_by_side_without_ties",
    "You went through both groups side by side. Each who is high is compared with each who "
    "is not, one loop in the other, and a tie counts one half.",
)
def _(y, risk):
    pairs = list(zip(risk[y == 1], risk[y == 0], strict=False))
    return sum(ill > well for ill, well in pairs) / len(pairs)


def _points(y, risk):
    gap = risk[y == 1][:, None] - risk[y == 0][None]
    return (gap > 0) + 0.5 * (gap == 0)


@auc.misconception(
    "divided_by_those_with_it",
    "You divided by the number of people who are high. Each of them makes a pair with everybody "
    "else: divide by the number of pairs.",
)
def _(y, risk):
    return np.sum(_points(y, risk)) / np.sum(y == 1)


@auc.misconception(
    "divided_by_square",
    "You divided by n × n. That counts pairs of two ill, of two well, and of each person with "
    "herself: divide by the pairs of one who is high and one who is not.",
)
def _(y, risk):
    return np.sum(_points(y, risk)) / len(y) ** 2


def _share(points, otherwise=None):
    if not points and otherwise is not None:
        return otherwise
    return sum(points) / len(points)


def _untied(y, risk):
    return [ill > well for ill in risk[y == 1] for well in risk[y == 0] if ill != well]


@auc.misconception(
    "ties_left_out",
    "Nearly: you left out the pairs with the same risk. Such a tie is a pair, too: it counts one "
    "half, and among the pairs.",
)
def _(y, risk):
    return _share(_untied(y, risk))


@auc.misconception(
    "ties_left_out_or_nothing",
    "Nearly: you left out the pairs with the same risk, and gave 0 when there are no others. A tie "
    "is a pair, too: it counts one half.",
)
def _(y, risk):
    return _share(_untied(y, risk), 0)


def _later(y, risk):
    places = [(i, j) for i in range(len(y)) for j in range(i + 1, len(y)) if y[i] > y[j]]
    return [(risk[i] > risk[j]) + 0.5 * (risk[i] == risk[j]) for i, j in places]


@auc.misconception(
    "later_people_only",
    "You compared each person only with those who stand later in the row. Who stands first means "
    "nothing: take all pairs of one who is high and one who is not.",
)
def _(y, risk):
    return _share(_later(y, risk))


@auc.misconception(
    "later_people_only_or_nothing",
    "You compared each person only with those who stand later in the row, and gave 0 when there "
    "are none. Take all pairs of one who is high and one who is not.",
)
def _(y, risk):
    return _share(_later(y, risk), 0)


overlap = lesson.choice(
    "overlap",
    answer="b",
    feedback={
        "a": "Each interval says how far one score may lie from where it was measured. But both "
        "models were scored on the same people, and move up and down together from one sample to "
        "the next. The paired interval knows that, and it does not reach zero.",
        "b": "The paired interval lies above zero: on people like these, A ranks better by "
        "something between the two ends. How much that is worth is another question.",
        "c": "Ranking is not usefulness. Where the decision lies, the two may be equally good, and "
        "risks that do not come true spoil any decision.",
        "d": "The interval was made from these people. Of other practices, other countries and "
        "other years it knows nothing.",
    },
    hints=[
        "Which of the three intervals looks at the difference itself?",
        "What does it mean that this interval does not reach zero? And what does it not mean?",
    ],
)

slope = lesson.choice(
    "slope",
    answer="c",
    feedback={
        "a": "If all risks were too high, there would be fewer people with a high HbA1c than "
        "expected, and observed over expected would lie below 1.",
        "b": "Then her risk and his would have to move apart to come true: a slope above 1.",
        "c": "A slope below 1 draws risks together: hers comes down, his goes up. So they were too "
        "far apart. This is how a model looks that learned the chance of its training people.",
        "d": "Observed over expected sees the sum only. Risks that are too high for some and too "
        "low for others can have the right sum.",
    },
    hints=[
        "The slope multiplies the logit. A risk of 50 % has the logit 0, and stays where it is. "
        "1 % has the logit −4.6; times 0.6 that is −2.8, a risk of 6 %.",
        "The intercept then moves all of them, until the sum is right: here both go down. Does the "
        "distance between her risk and his grow or shrink?",
    ],
)
