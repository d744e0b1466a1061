"""Exercises of lesson 12: who gains from which treatment."""

import numpy as np

from medlearn.exercises.engine import Exercises, Level

lesson = Exercises("12")

adjust = lesson.choice(
    "adjust",
    answer="c",
    feedback={
        "a": "C says how well a model tells who dies first. Whether the cancer came back "
        "says that very well. But the drug works by keeping it from coming back: hold that fixed, "
        "and you have taken away what the drug does.",
        "b": "It is free of choices, but not of the doctors': they gave the hormones to those who "
        "were worst. To leave a column out is a choice, too.",
        "c": "What was known before can have moved the doctor's hand. What came later cannot, and "
        "holding it fixed hides a part of the effect.",
        "d": "Then the trial is all that you report, and the model says nothing of its own. Where "
        "there is no trial you could not choose at all.",
    },
    hints=[
        "Put each column on a line of time. Which stand before the treatment, which after it?",
        "How does the drug save a life? Which column stands on that way?",
    ],
)


def _curve(time, died, at, watched, lost, last):
    """The product over the times of death; what counts as watched, lost and last differs."""
    share = 1.0
    for t in np.unique(time[died == 1]):
        n = watched(t).sum()
        if last(t, at) and n:
            share *= 1 - lost(t).sum() / n
    return share


_TIMES = np.array([1.0, 2.0, 2.0, 3.0, 3.0, 5.0, 6.0, 7.0])
_ENDS = np.array([1, 1, 0, 1, 1, 0, 1, 0])


@lesson.function(
    cases=[
        (_TIMES, _ENDS, 4.0),
        (_TIMES, _ENDS, 6.0),
        (np.array([2.0, 4.0, 4.0, 9.0, 1.0]), np.array([0, 1, 0, 0, 1]), 4.0),
        (np.array([5.0, 3.0, 8.0]), np.array([0, 0, 1]), 4.0),
    ],
    hints=[
        "Begin with share = 1.0 and go through the times: for t in np.unique(time[died == 1]).",
        "If t is not beyond at: n = (time >= t).sum() are still watched, d = ((time == t) & "
        "(died == 1)).sum() of them die. Multiply share by 1 - d / n.",
    ],
    right="The censored count as long as they were seen, and no longer.",
)
def kaplan_meier(time, died, at):
    share = 1.0
    for t in np.unique(time[died == 1]):
        if t <= at:
            n = (time >= t).sum()
            d = ((time == t) & (died == 1)).sum()
            share *= 1 - d / n
    return share


@kaplan_meier.fresh
def _(rng):
    n = int(rng.integers(6, 12))
    time = rng.integers(1, 7, size=n).astype(float)
    died = np.arange(n) % 2
    time[0], time[1] = time[1], time[1]  # somebody is censored when somebody dies
    return time, rng.permutation(died) if n % 2 else died, float(np.sort(time[died == 1])[n // 4])


@kaplan_meier.misconception(
    "drops_the_censored",
    "You left out those who were censored. Until then they were watched, and lived: the share "
    "comes out too low.",
)
def _(time, died, at):
    known = ((died == 1) & (time <= at)) | (time >= at)
    return 1 - np.mean((died == 1) & (time <= at)) / np.mean(known)


@kaplan_meier.misconception(
    "only_the_dead",
    "You kept only those who died. Those who were censored belong to the watched, as long as they "
    "were.",
)
def _(time, died, at):
    return kaplan_meier.solution_function(time[died == 1], died[died == 1], at)


@kaplan_meier.misconception(
    "censored_live_on",
    "You counted the censored as alive for ever. After they were seen last they may have died: "
    "they drop out of n.",
)
def _(time, died, at):
    return 1 - np.mean((died == 1) & (time <= at))


@kaplan_meier.misconception(
    "censored_as_deaths",
    "Who is censored did not die. Count d among those with died == 1 only.",
)
def _(time, died, at):
    share = 1.0
    for t in np.unique(time):
        if t <= at:
            share *= 1 - (time == t).sum() / (time >= t).sum()
    return share


@kaplan_meier.misconception(
    "watched_after_only",
    "Who dies at t was still watched at t: n counts time >= t, not time > t.",
)
def _(time, died, at):
    return _curve(
        time,
        died,
        at,
        watched=lambda t: (time > t) | ((time == t) & (died == 0)),
        lost=lambda t: (time == t) & (died == 1),
        last=lambda t, at: t <= at,
    )


@kaplan_meier.misconception(
    "at_left_out",
    "A death at the time `at` itself counts, too: t <= at.",
)
def _(time, died, at):
    return kaplan_meier.solution_function(time, died, np.nextafter(at, -np.inf))


@kaplan_meier.misconception(
    "at_ignored",
    "You went through all deaths. Stop at `at`: later ones have not happened yet.",
)
def _(time, died, at):
    return kaplan_meier.solution_function(time, died, np.inf)


@kaplan_meier.misconception(
    "one_death_a_time",
    "Several may die at one time. Count them: d, not 1.",
)
def _(time, died, at):
    share = 1.0
    for t in np.unique(time[died == 1]):
        if t <= at:
            share *= 1 - 1 / (time >= t).sum()
    return share


@kaplan_meier.misconception(
    "n_of_all",
    "You divided by everybody each time. Divide by those who are still watched: (time >= t).sum().",
)
def _(time, died, at):
    share = 1.0
    for t in np.unique(time[died == 1]):
        if t <= at:
            share *= 1 - ((time == t) & (died == 1)).sum() / len(time)
    return share


@kaplan_meier.misconception(
    "share_dead", "That is the share that has died. Asked is the share alive: one minus it."
)
def _(time, died, at):
    return 1 - kaplan_meier.solution_function(time, died, at)


@kaplan_meier.misconception(
    "added_up",
    "You added the shares d / n up. Who lives through all of them has to live through one after "
    "the other: multiply.",
)
def _(time, died, at):
    dead = 0.0
    for t in np.unique(time[died == 1]):
        if t <= at:
            dead += ((time == t) & (died == 1)).sum() / (time >= t).sum()
    return 1 - dead


nnt = lesson.value(
    "nnt",
    code="nnt = 1 / (0.70 - 0.62)",
    expected=12.5,
    tolerance=0.04,
    hints=[
        "Of 100 treated people, how many more are alive than of 100 others?",
        "Eight more of 100. So how many must be treated for one more?",
    ],
    misconceptions={
        1.33: "That is one divided by the hazard ratio. A hazard ratio says nothing of how many "
        "people die at all: take the two shares at five years.",
        4: "That is one divided by 1 - 0.75, the hazard ratio. It says nothing of how many people "
        "die at all: take the two shares.",
        8: "That is how many more of 100 are alive. How many must be treated for *one* more?",
        0.08: "That is the risk difference. The number needed to treat is one divided by it.",
        0.125: "You divided 1 by 8. The difference is 8 of 100, that is 0.08.",
        1.43: "That is one divided by the share alive with the treatment. Some of these would be "
        "alive without it, too: take the difference.",
        3.33: "That is one divided by the share that dies. Only the difference between the two "
        "groups is due to the treatment.",
        1.61: "That is one divided by the share alive without the treatment. Take the difference "
        "of the two.",
        70: "Those are the people alive with the treatment, of 100. Most of them would be alive "
        "without it.",
        1.13: "That is the ratio of the two shares. Take their difference.",
    },
    right="12 or 13 people are treated so that one more is alive after five years. Say for which "
    "time it holds: at another time it is another number.",
)


@lesson.function(
    cases=[
        (
            np.array([[1, 0, 0], [0, 0, 1], [1, 1, 0]]),
            np.array([[0.8, 0.3, 0.2], [0.1, 0.4, 0.6], [0.7, 0.9, 0.5]]),
            np.array([[1, 1, 0], [1, 0, 0], [1, 1, 1]]),
        ),
        (np.array([[1, 1]]), np.array([[0.5, 0.25]]), np.array([[0, 1]])),
        (
            np.array([[0, 1], [1, 0], [0, 0]]),
            np.array([[0.2, 0.6], [0.4, 0.3], [0.1, 0.7]]),
            np.array([[1, 0], [0, 1], [1, 1]]),
        ),
    ],
    hints=[
        "First the cost of every cell. Where happened is 1 it is -np.log(predicted), where it is 0 "
        "-np.log(1 - predicted); happened and 1 - happened pick one of the two.",
        "Then (cost * seen).sum() adds the costs of the cells that were seen. How many were seen?",
    ],
    right="What nobody saw costs nothing, and so teaches nothing.",
)
def masked_loss(happened, predicted, seen):
    cost = -(happened * np.log(predicted) + (1 - happened) * np.log(1 - predicted))
    return (cost * seen).sum() / seen.sum()


@masked_loss.fresh
def _(rng):
    shape = int(rng.integers(3, 6)), int(rng.integers(2, 5))
    seen = rng.integers(2, size=shape)
    seen[0, 0], seen[-1, -1] = 1, 0
    happened = rng.integers(2, size=shape)
    happened[0, 0], happened[-1, -1] = 1, 1
    return happened, rng.uniform(0.1, 0.9, size=shape).round(2), seen


def _cost(happened, predicted):
    return -(happened * np.log(predicted) + (1 - happened) * np.log(1 - predicted))


@masked_loss.misconception(
    "mask_unused",
    "All cells were graded, also those that nobody saw. Multiply each cost by `seen`.",
)
def _(happened, predicted, seen):
    return _cost(happened, predicted).mean()


@masked_loss.misconception(
    "unseen_as_0",
    "What was not seen is graded as if it had not happened. Then the network learns that nothing "
    "happens to those whom nobody watches: multiply the costs by `seen`, not the answers.",
)
def _(happened, predicted, seen):
    return _cost(happened * seen, predicted).mean()


@masked_loss.misconception(
    "mean_over_all_cells",
    "The sum is right. It is divided by all cells: divide by how many were seen, seen.sum().",
)
def _(happened, predicted, seen):
    return (_cost(happened, predicted) * seen).mean()


@masked_loss.misconception("sum", "That is the sum. Divide by how many cells were seen.")
def _(happened, predicted, seen):
    return (_cost(happened, predicted) * seen).sum()


@masked_loss.misconception(
    "sign", "The sign: a cost is positive. The logarithm of a probability is below 0."
)
def _(happened, predicted, seen):
    return -(_cost(happened, predicted) * seen).sum() / seen.sum()


@masked_loss.misconception(
    "events_only",
    "You graded only what happened. What was seen *not* to happen counts as well: -log(1 - p).",
)
def _(happened, predicted, seen):
    return -(happened * np.log(predicted) * seen).sum() / seen.sum()


@masked_loss.misconception(
    "squares", "Those are squared differences. Asked is cross-entropy, with logarithms."
)
def _(happened, predicted, seen):
    return ((happened - predicted) ** 2 * seen).sum() / seen.sum()


@masked_loss.misconception(
    "rows_first",
    "You took a mean for each row, and then the mean of these. A row with few seen cells then "
    "counts as much as a full one: take one mean over all that was seen.",
)
def _(happened, predicted, seen):
    rows = seen.sum(axis=1) > 0
    each = (_cost(happened, predicted) * seen)[rows].sum(axis=1) / seen[rows].sum(axis=1)
    return each.mean()


_RULE = np.array([1, 1, 1, 0, 0, 0, 1, 1])
_ARM = np.array([1, 1, 0, 0, 1, 0, 0, 1])
_ALIVE = np.array([1, 0, 1, 1, 0, 0, 0, 1])


@lesson.function(
    cases=[
        (_RULE, _ARM, _ALIVE),
        (_ARM, _RULE, 1 - _ALIVE),
        (
            np.array([1, 1, 1, 1, 1, 1, 0, 0]),
            np.array([1, 0, 0, 0, 1, 0, 0, 1]),
            np.array([1, 0, 1, 1, 1, 0, 0, 1]),
        ),
    ],
    hints=[
        "Those for whom the rule says 1 and the lottery gave 1: alive[(rule == 1) & (arm == 1)]. "
        "What share of them is alive? The same for 0.",
        "Weigh by how many people the rule sends to each: np.mean(rule == 1) and "
        "np.mean(rule == 0).",
    ],
    right="The lottery tried your rule on half of the people, without knowing it.",
)
def policy_value(rule, arm, alive):
    treated = alive[(rule == 1) & (arm == 1)].mean()
    spared = alive[(rule == 0) & (arm == 0)].mean()
    return np.mean(rule == 1) * treated + np.mean(rule == 0) * spared


@policy_value.fresh
def _(rng):
    n = int(rng.integers(3, 6))
    rule = np.array([1] * (3 * n) + [0] * (2 * n))
    arm = np.arange(5 * n) % 3 % 2
    arm[0], arm[-1] = 1, 0
    alive = rng.integers(2, size=5 * n)
    alive[:2], alive[-2:] = [1, 0], [0, 1]
    order = rng.permutation(5 * n)
    return rule[order], arm[order], alive[order]


@policy_value.misconception(
    "everybody",
    "That is the share alive of all people, whatever the rule says. Look only at those to whom "
    "the lottery gave what the rule says.",
)
def _(rule, arm, alive):
    return alive.mean()


@policy_value.misconception(
    "agreement_only",
    "Nearly: you took all who lived as the rule says in one heap. The lottery need not have sent "
    "as many to each arm as the rule would: weigh by np.mean(rule == 1) and np.mean(rule == 0).",
)
def _(rule, arm, alive):
    return alive[rule == arm].mean()


@policy_value.misconception(
    "chance_forgotten",
    "You divided by everybody. Only about half of the people lived as the rule says, by chance: "
    "divide by how many these are, in each arm.",
)
def _(rule, arm, alive):
    return np.mean(alive * (rule == arm))


@policy_value.misconception(
    "half_the_chance",
    "You took it that the lottery gave each arm to exactly half. Count how many lived as the rule "
    "says, in each arm, and divide by that.",
)
def _(rule, arm, alive):
    return np.mean(alive * (rule == arm)) / 0.5


@policy_value.misconception(
    "arm_ignored",
    "You looked at all for whom the rule says 1, whether they were treated or not. What was "
    "another than the rule's word says nothing about the rule.",
)
def _(rule, arm, alive):
    return alive[rule == 1].mean()


@policy_value.misconception(
    "against_the_rule",
    "Those are the people who lived *against* the rule. Take rule == 1 with arm == 1, and 0 "
    "with 0.",
)
def _(rule, arm, alive):
    treated = alive[(rule == 1) & (arm == 0)].mean()
    spared = alive[(rule == 0) & (arm == 1)].mean()
    return np.mean(rule == 1) * treated + np.mean(rule == 0) * spared


@policy_value.misconception(
    "not_weighed",
    "Each of the two shares got the same weight. The rule does not send as many people to both: "
    "weigh by np.mean(rule == 1) and np.mean(rule == 0).",
)
def _(rule, arm, alive):
    return (alive[(rule == 1) & (arm == 1)].mean() + alive[(rule == 0) & (arm == 0)].mean()) / 2


@policy_value.misconception(
    "weights_of_the_lottery",
    "You weighed by how many the lottery sent to each arm. The rule would send its own shares: "
    "np.mean(rule == 1).",
)
def _(rule, arm, alive):
    treated = alive[(rule == 1) & (arm == 1)].mean()
    spared = alive[(rule == 0) & (arm == 0)].mean()
    return np.mean(arm == 1) * treated + np.mean(arm == 0) * spared


@policy_value.misconception(
    "treated_only",
    "You left out those whom the rule spares. They are people, too: add alive[(rule == 0) & "
    "(arm == 0)].",
)
def _(rule, arm, alive):
    return alive[(rule == 1) & (arm == 1)].mean()


men_only = lesson.text(
    "men_only",
    model_answer="""
    This is no reason. That one p is small and the other is not does not show that men and women
    differ: the two gains have to be compared with each other, and that difference had a p of about
    0.06. It was one of ten such questions, and in shuffled trials, in which nobody gains, the
    smallest of ten was below 0.05 in more than 40 of 100. The women's gain has a wide interval;
    that it could be nought does not say that it is. In other trials, with 33,345 people, men and
    women gained about alike. So I would offer women what I offer men, tell both what is not known,
    and ask the question again in a trial that names it beforehand.
    """,
    checklist=[
        "compares the two gains with each other, not two p-values",
        "counts how often was looked: ten questions, one told",
        "uses what shuffled trials find when nothing is there",
        "does not take a large p among women for proof of no gain",
        "looks for evidence from other trials",
        "says what to offer women, and what would have to be done to know more",
    ],
    rubric=[
        Level(
            0,
            "Takes the two p-values as the answer, for or against women, and compares nothing.",
            "The p-value in men is far below 0.05, and in women it is not. So the drugs have been "
            "shown to work in men only, and women should be spared the side effects.",
        ),
        Level(
            1,
            "Doubts it for one good reason: few women, many looks, or two p-values for one "
            "comparison; but says nothing of what to offer women, or of how to know more.",
            "They looked at ten groups, and with so many questions one of them is below 0.05 by "
            "chance quite often, as the shuffled trials show. So the finding about men may be "
            "chance and should not be believed.",
        ),
        Level(
            2,
            "Asks for the difference between the two gains, counts the looks, and says what to do "
            "for women until somebody knows more.",
            "What counts is whether the gains of men and women differ, and the test of that gave "
            "0.06, the second smallest of ten looks; deal the lots at random, and you find "
            "something as small in nearly half of the trials. A p of 0.51 means that we do not "
            "know the women's gain well, not that it is zero, and larger collections of trials saw "
            "no difference. Until a trial that planned the question says otherwise I would treat "
            "women like men, and tell them how wide the interval is.",
        ),
    ],
    hints=[
        "Two p-values are no comparison. Which single difference would have to be tested, and what "
        "was its p in the table above?",
        "Then: how many questions were asked before this one was told? And what does 'p = 0.51' "
        "say about the size of the women's gain?",
    ],
)

immortal = lesson.choice(
    "immortal",
    answer="a",
    feedback={
        "a": "To fill twelve prescriptions one must live for about a year. Those months without a "
        "death are counted for the drug, and all who died early stand on the other side.",
        "b": "An effect was seen, a large one; the question is whether it is one of the drug.",
        "c": "It is missing, but a narrow interval around a wrong number helps nobody.",
        "d": "Nothing is predicted here. The question is whether two groups can be compared.",
    },
    hints=[
        "Somebody dies in month 3. To which of the two groups does that person belong?",
        "In which months could nobody of the first group die?",
    ],
)
