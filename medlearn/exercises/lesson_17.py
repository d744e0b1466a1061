"""Exercises of lesson 17: for whom a model fails, by whose label, and in which place."""

import numpy as np

from medlearn.exercises.engine import Exercises, Level

lesson = Exercises("17")


def _group(n, high, alarmed_high, alarmed_other, elsewhere):
    """Outcomes, alarms and membership: n people of a group, then some of no group."""
    y = np.r_[np.ones(high), np.zeros(n - high), np.tile([1, 0, 0], elsewhere)].astype(int)
    alarm = np.zeros(len(y), dtype=int)
    alarm[:alarmed_high] = 1
    alarm[high : high + alarmed_other] = 1
    alarm[n:] = np.arange(len(y) - n) % 2
    who = np.arange(len(y)) < n
    return y, alarm, who


@lesson.function(
    cases=[
        _group(60, 20, 15, 10, 9),
        _group(40, 12, 6, 9, 8),
        _group(50, 9, 6, 5, 12),
        _group(30, 10, 10, 4, 7),
        _group(8, 5, 3, 1, 10),
    ],
    hints=[
        "First the people of this group who are high: who & (y == 1). How many are they?",
        "Fewer than ten: return np.nan. Otherwise the share of them whose alarm is 1: a mean of "
        "alarm over these people.",
    ],
    right="Of those in the group who are high, the share with an alarm, and silence below ten.",
)
def found(y, alarm, who):
    high = who & (y == 1)
    if high.sum() < 10:
        return np.nan
    return alarm[high].mean()


@found.fresh
def _(rng):
    n, luck = int(rng.integers(40, 90)), rng.random()
    high = int(rng.integers(11, 25))
    if luck < 0.48:  # too few of them are high
        high = int(rng.integers(4, 10))
    elif luck < 0.96:  # just enough
        high = 10
    return _group(
        n,
        high,
        int(rng.integers(2, high)),
        int(rng.integers(2, n - high)),
        int(rng.integers(5, 15)),
    )


@found.misconception(
    "of_all_people",
    "You divided by all people of the group. Most of them are not high, and nobody is to be found "
    "in them. Divide by those who are high.",
)
def _(y, alarm, who):
    if (who & (y == 1)).sum() < 10:
        return np.nan
    return (alarm[who] * y[who]).mean()


@found.misconception(
    "of_the_alarms",
    "You divided by the alarms: that is the share of the invited who are high. Asked is the share "
    "of the high who are invited.",
)
def _(y, alarm, who):
    if (who & (y == 1)).sum() < 10:
        return np.nan
    return y[who & (alarm == 1)].mean()


@found.misconception(
    "invited", "That is the share of the group that is invited, high or not. Only the high count."
)
def _(y, alarm, who):
    if (who & (y == 1)).sum() < 10:
        return np.nan
    return alarm[who].mean()


@found.misconception(
    "everybody", "You left the group out: that is the share found among all people."
)
def _(y, alarm, who):
    if (who & (y == 1)).sum() < 10:
        return np.nan
    return alarm[y == 1].mean()


@found.misconception(
    "no_minimum",
    "Right for large groups. With fewer than ten high people, say nothing: return np.nan.",
)
def _(y, alarm, who):
    return alarm[who & (y == 1)].mean()


@found.misconception(
    "ten_left_out", "Ten are enough: say nothing only where fewer than ten are high."
)
def _(y, alarm, who):
    if (who & (y == 1)).sum() <= 10:
        return np.nan
    return alarm[who & (y == 1)].mean()


@found.misconception(
    "ten_people",
    "You asked for ten people. What limits the estimate are those who are high: ask for ten of "
    "them.",
)
def _(y, alarm, who):
    if who.sum() < 10:
        return np.nan
    return alarm[who & (y == 1)].mean()


label = lesson.choice(
    "label",
    answer="d",
    feedback={
        "a": 'The label itself is still "told". Age, weight and blood pressure go on predicting '
        "who was told, and those without insurance were told less often at the same sugar.",
        "b": "Here it does repair the harm, as the next cell shows. But the model learns the same "
        "as before, and how low must it be? Only measured HbA1c tells: ask for that.",
        "c": "More rows of the same label teach the same error more precisely.",
        "d": "The target was the error. Ask for what is meant, here the sugar itself, and count "
        "again in the same group.",
    },
    hints=[
        "What does the model predict, in one word? Is it what the nurses are for?",
        "Which of the four changes what is predicted?",
    ],
)


verdict = lesson.text(
    "verdict",
    model_answer="""
    I would not put race into the tool now, and here I overrule the price. At 32 needless tests for
    one found, asking changes the net benefit per 1,000 by 2.9 among White participants (-0.7 to
    6.0), as 6 fewer are found and 325 are spared a test, and by -0.2 among Asian participants
    (-5.6 to 7.1), as 3 more are found for 99 more needless tests: by this bill White people gain,
    Asian people gain nothing, and neither is sure. But the 6 pay with years of untreated sugar, the
    325 with a morning, and nobody asked them about the price; groups this small rest on 18 to 45
    events each; and the target itself is not neutral, because HbA1c differs between groups at equal
    glucose. It costs something: White people go on being tested at more than twice the agreed
    number of needless tests, and I would say so openly. The box stands for things that could be
    asked: family history, diet, work, access to care. I would ask everybody for these, test some of
    those who are left out with a glucose test as well, and decide again after a year.
    """,
    checklist=[
        "decides at a price: found against needless tests, or says why the price is overruled",
        "says one thing that race improves, with a number of this lesson",
        "says who loses by it, with a number of this lesson",
        "says that the right mean in each group is by construction",
        "names what race stands for, or what could be asked in its place",
        "names the target's own doubt: HbA1c at equal glucose",
        "says how few events there are, or what would change the decision",
    ],
    rubric=[
        Level(
            0,
            "One sided, without a price or a number: race is always wrong, or always right "
            "because it is more accurate.",
            "Race must never be in a model, because that is discrimination. A fair tool treats all "
            "people the same and does not look at the group they belong to.",
        ),
        Level(
            1,
            "Names a gain and a loss, but no number or price, or decides without saying who pays.",
            "With race in the model the risks are right for every group, which is good, but some "
            "people then are not invited only because of their group. I would leave it out and "
            "look for better questions to ask.",
        ),
        Level(
            2,
            "Decides at a price, with a number for the gain and one for the loss, and says what "
            "race stands for or why the target is in doubt.",
            "I put it in for the trial, at the agreed price of 32. Of the Asian "
            "participants 16 of 24 are found, not 13, and 99 tests more are in vain: about even. "
            "Of the White participants 8 of 19 are found, before it was 14, but 325 are spared a "
            "needless test, at this price more than the 6 weigh. I accept this, since their "
            "risk had been twice too high, but I would tell them so. That each group's mean is "
            "right proves nothing, it is made so. In a year I replace race by what it stands for, "
            "family history and diet, and check with a glucose test, because HbA1c runs higher in "
            "some groups at the same sugar.",
        ),
    ],
    hints=[
        "Who is found, and who is not found any more, when race is asked? Take one number each "
        "from the table.",
        "What would you ask in place of race, and would the target itself be the same for all?",
    ],
)


fpr = lesson.value(
    "fpr",
    code="fpr = 0.05 / 0.95 * (0.9 / 0.1) * 0.7",
    expected=0.05 / 0.95 * (0.9 / 0.1) * 0.7,
    tolerance=0.003,
    hints=[
        "Of 1,000 people 50 are high and 35 of them are invited. If these are a tenth of all "
        "invited, how many are invited in all?",
        "The others among them, divided by the 950 who are not high.",
    ],
    misconceptions={
        round(0.05 / 0.95 * (0.1 / 0.9) * 0.7, 4): "The odds are upside down: of ten invited one "
        "is high and nine are not, so nine for one.",
        round(0.9 / 0.1 * 0.7, 4): "You forgot the prevalence: 35 in 1,000 are found, and 950 are "
        "there to be invited for nothing.",
        0.315: "You took 5 % for the odds. For one who is high there are 19 who are not: 5 divided "
        "by 95.",
        0.1: "That is the share of the invited who are high. Asked is the share of those *not* "
        "high who are invited.",
        0.3684: "You counted all 350 who are invited. Take away the 35 who are high: 315 of 950.",
        0.9: "That is the share of needless invitations among the invited. Asked is their share "
        "among those who are not high.",
        0.3: "That is the share not found. Needless invitations are counted among those who are "
        "not high.",
        33.16: "Right, in percent. Give a share, a number below 1.",
    },
    right="A third of those who are not high. With fewer high people it would be less.",
)


criterion = lesson.choice(
    "criterion",
    answer="b",
    feedback={
        "a": "Equal shares invited take from a group with a higher prevalence what it needs: of "
        "its high people fewer are found. Whether that is fair is a value, and it was never free.",
        "b": "With unequal prevalence and some wrong alarms they exclude each other. What is left "
        "is to say which one is wanted, and who pays.",
        "c": "The identity has no model in it. It holds for any test with wrong alarms.",
        "d": "An average over groups hides what each of them gets.",
    },
    hints=[
        "Put two prevalences into the identity and keep found and the share right among alarms.",
        "Which terms of the identity can a better model change, and which not?",
    ],
)


@lesson.function(
    cases=[
        (np.array([0.1, 0.5, 0.9]), 0.5, 0.2),
        (np.array([0.3, 0.6]), 0.4, 0.75),
        (np.array([0.05, 0.2, 0.46]), 0.46, 0.36),
        (np.array([0.7]), 0.3, 0.3),
    ],
    hints=[
        "Odds are risk / (1 - risk). Turn all three, the risk and both shares, into odds.",
        "New odds = odds × odds of the new share / odds of the old share. Back: odds / (1 + odds).",
    ],
    right="All odds move by one factor; what is sure stays sure.",
)
def shift_odds(risk, old, new):
    odds = risk / (1 - risk) * (new / (1 - new)) / (old / (1 - old))
    return odds / (1 + odds)


@shift_odds.fresh
def _(rng):
    old = round(rng.uniform(0.2, 0.5), 2)
    return rng.uniform(0.05, 0.9, 4).round(2), old, round(old + rng.uniform(0.1, 0.35), 2)


@shift_odds.misconception(
    "risk_multiplied",
    "You multiplied the risk. It can rise above 1 so, and moves differently in the middle and at "
    "the ends: multiply the odds.",
)
def _(risk, old, new):
    return risk * new / old


@shift_odds.misconception(
    "other_way", "The wrong way round: where more are ill than in training, risks rise."
)
def _(risk, old, new):
    odds = risk / (1 - risk) * (old / (1 - old)) / (new / (1 - new))
    return odds / (1 + odds)


@shift_odds.misconception(
    "shares_for_odds", "You multiplied the odds of the risk by the shares. Take the shares' odds."
)
def _(risk, old, new):
    odds = risk / (1 - risk) * new / old
    return odds / (1 + odds)


@shift_odds.misconception("left_as_odds", "These are odds. Turn them back: odds / (1 + odds).")
def _(risk, old, new):
    return risk / (1 - risk) * (new / (1 - new)) / (old / (1 - old))


@shift_odds.misconception(
    "added", "You added the difference of the shares; a risk can leave 0 to 1 so. Move the odds."
)
def _(risk, old, new):
    return risk + new - old


@shift_odds.misconception(
    "old_forgotten", "You forgot the share in training: divide by its odds, too."
)
def _(risk, old, new):
    odds = risk / (1 - risk) * new / (1 - new)
    return odds / (1 + odds)


alarm_bell = lesson.choice(
    "alarm_bell",
    answer="a",
    feedback={
        "a": "Inputs say that the people differ; outcomes say whether the risks fail. Only the "
        "second decides, and it costs following people up.",
        "b": "In Long Beach the inputs differ as much as in Zurich, and a new intercept would gain "
        "little. Retraining on few patients made it worse.",
        "c": "An input may look the same and mean another thing. Silence of an input test says "
        "nothing of the outcome.",
        "d": "A smaller p-value with more patients: it says that there is a difference, more "
        "surely, and still not whether it harms.",
    },
    hints=[
        "For which of the three places did the test on inputs tell how the risks do?",
        "What does the chart look at that the test does not?",
    ],
)
