"""Exercises of lesson 13: a sensor of sugar, and an alarm that should ring before the low."""

import numpy as np

from medlearn.exercises.engine import Exercises, Level
from medlearn.language import N_, gettext

lesson = Exercises("13")

_LENGTH = 12  # values of each signal of sees_future


class Preparation:
    """Makes one number of each moment of a signal, and says how when it is printed."""

    def __init__(self, words, make, **values):
        self.words, self.make, self.values = words, make, values

    def __call__(self, signal):
        if len(signal) != _LENGTH:
            raise ValueError(
                gettext(
                    "prepare needs the whole signal, {n} values. Keep the length: change what "
                    "comes after t, and cut nothing off."
                ).format(n=_LENGTH)
            )
        return self.make(np.array(signal, dtype=float))  # a copy: not the learner's own array

    def __repr__(self):
        return gettext(self.words).format(**self.values)


def _mean_of(back, ahead):
    def make(signal):
        n = len(signal)
        return np.array([signal[max(0, t - back) : min(n, t + ahead + 1)].mean() for t in range(n)])

    return make


def _gap_filled(place):
    def make(signal):
        made = signal.copy()
        made[place] = (signal[place - 1] + signal[place + 1]) / 2
        return made

    words = N_("a gap at place {place}, filled with the mean of its ends")
    return Preparation(words, make, place=place)


_AS_IT_IS = Preparation(N_("the signal as it is"), lambda signal: signal)
_BEFORE = Preparation(N_("the value before"), lambda signal: np.r_[signal[0], signal[:-1]])
_TRAILING = Preparation(N_("the mean of the last three"), _mean_of(2, 0))
_CENTRED = Preparation(N_("the mean of a value and its neighbours"), _mean_of(1, 1))
_SCALED = Preparation(N_("the signal minus its mean"), lambda signal: signal - signal.mean())
_FILLED = _gap_filled(6)
_NIGHT = np.array([112.0, 108, 103, 99, 96, 92, 90, 85, 83, 80, 76, 71])


@lesson.function(
    cases=[
        (_AS_IT_IS, _NIGHT, [3, 8]),
        (_TRAILING, _NIGHT, [5]),
        (_BEFORE, _NIGHT, [2, 7, 9]),
        (_TRAILING, _NIGHT, [4, 8]),
        (_CENTRED, _NIGHT, [3, 7]),
        (_SCALED, _NIGHT, [5, 9]),
        (_FILLED, _NIGHT, [6, 9]),
        (_FILLED, _NIGHT, [2, 6]),
    ],
    hints=[
        "For each t: a copy of the signal, other = signal.copy(), in which everything after t is "
        "another number.",
        "After t means from t + 1 on: other[t + 1:] = other[t + 1:] + 100. Prepare both, and look "
        "at one number of each.",
        "prepare(signal)[t] against prepare(other)[t]: if they differ, return True. When no moment "
        "differed, return False, after the loop.",
    ],
    right="Another future, the same past: what changes at t has looked ahead.",
)
def sees_future(prepare, signal, moments):
    for t in moments:
        other = signal.copy()
        other[t + 1 :] = other[t + 1 :] + 100
        if abs(prepare(other)[t] - prepare(signal)[t]) > 1e-6:
            return True
    return False


@sees_future.fresh
def _(rng):
    present = rng.random() < 0.4  # of what is known now, or of what comes, too
    signal = rng.integers(60, 180, size=_LENGTH).astype(float)
    place, back = int(rng.integers(3, 9)), int(rng.integers(1, 5))
    moments = [int(rng.integers(1, place)), place, int(rng.integers(place + 1, 11))]
    if present:
        words = N_("the mean of this value and {back} before")
        return Preparation(words, _mean_of(back, 0), back=back), signal, moments
    return _gap_filled(place), signal, moments


def _differs(prepare, signal, other, t):
    return abs(prepare(other)[t] - prepare(signal)[t]) > 1e-6


@sees_future.misconception(
    "changes_now",
    "You changed the moment t itself, or you look one place further. What is measured at t is "
    "known at t: only what comes after it, from t + 1 on, may become another, and the number at "
    "t is compared.",
)
def _(prepare, signal, moments):
    for t in moments:
        other = signal.copy()
        other[t:] = other[t:] + 100
        if _differs(prepare, signal, other, t):
            return True
    return False


@sees_future.misconception(
    "compares_everything",
    "You compare all numbers. Those after t must change, for their signal changed: only the number "
    "at t tells.",
)
def _(prepare, signal, moments):
    for t in moments:
        other = signal.copy()
        other[t + 1 :] = other[t + 1 :] + 100
        if np.any(np.abs(prepare(other) - prepare(signal)) > 1e-6):
            return True
    return False


@sees_future.misconception(
    "first_moment_only",
    "You looked at the first moment only. A filled gap betrays itself inside the gap and nowhere "
    "else: go through all moments before you return False.",
)
def _(prepare, signal, moments):
    other = signal.copy()
    other[moments[0] + 1 :] = other[moments[0] + 1 :] + 100
    return bool(_differs(prepare, signal, other, moments[0]))


@sees_future.misconception(
    "last_moment_only",
    "Only the last moment decided. If any of them sees the future, the answer is True: return it "
    "at once.",
)
def _(prepare, signal, moments):
    t = moments[-1]
    other = signal.copy()
    other[t + 1 :] = other[t + 1 :] + 100
    return bool(_differs(prepare, signal, other, t))


@sees_future.misconception(
    "no_copy",
    "You changed the signal itself: work on signal.copy(). At the next moment its past was another "
    "one as well, so take a new copy for each t.",
)
def _(prepare, signal, moments):
    true, other = prepare(signal), signal.copy()
    for t in moments:
        other[t + 1 :] = other[t + 1 :] + 100
        if abs(prepare(other)[t] - true[t]) > 1e-6:
            return True
    return False


@sees_future.misconception(
    "compared_with_itself",
    "It never finds anything. Two names for one array are one array: other = signal makes no copy, "
    "so both sides change together. Or nothing was changed at all.",
)
def _(prepare, signal, moments):
    return False


@sees_future.misconception(
    "other_way_round",
    "The other way round: True means that the number at t changes, and so that the future is seen.",
)
def _(prepare, signal, moments):
    return not sees_future.solution_function(prepare, signal, moments)


@sees_future.misconception(
    "changes_the_past",
    "You changed what comes before t. The past may be used: change what comes after it.",
)
def _(prepare, signal, moments):
    for t in moments:
        other = signal.copy()
        other[:t] = other[:t] + 100
        if _differs(prepare, signal, other, t):
            return True
    return False


def _between(rung, starts, least, most):
    before = np.asarray(starts)[:, None] - np.asarray(rung)[None, :]
    return (before >= least) & (before <= most)


@lesson.function(
    cases=[
        (np.array([10, 40, 95]), np.array([14, 60, 100])),
        (np.array([3, 8, 30]), np.array([11, 33, 200])),
        (np.array([20, 26, 50]), np.array([29, 52, 62, 90])),
        (np.array([5]), np.array([5, 8, 17, 18])),
        (np.array([30, 36, 71]), np.array([40, 60, 70])),
    ],
    hints=[
        "15 minutes are 3 places on the grid, 60 minutes are 12.",
        "For one start: is there a ring with start - 12 <= ring and ring <= start - 3? Several "
        "rings for one low count once.",
        "Count the starts for which any ring fits: add 1 for each, and return the sum after the "
        "loop.",
    ],
    right="Lows are counted, not rings: whoever was warned twice was warned.",
)
def warned(rung, starts):
    count = 0
    for start in starts:
        if np.any((rung >= start - 12) & (rung <= start - 3)):
            count += 1
    return count


@warned.fresh
def _(rng):
    starts = np.sort(rng.choice(np.arange(20, 300), size=6, replace=False))
    at_the_ends = starts[:2] - np.array([3, 12])
    near = starts[2:4] - np.array([rng.integers(1, 3), rng.integers(13, 16)])  # too late, too early
    twice = starts[4] - rng.choice(np.arange(3, 13), size=2, replace=False)  # two before one low
    return np.unique(np.r_[at_the_ends, near, twice, rng.integers(0, 300, size=2)]), starts


@warned.misconception(
    "rings_counted",
    "You counted rings. Two rings before one low warn of one low: count the starts.",
)
def _(rung, starts):
    return int(_between(rung, starts, 3, 12).any(axis=0).sum())


@warned.misconception(
    "pairs_counted", "You counted each ring before each start: a low warned of twice counts twice."
)
def _(rung, starts):
    return int(_between(rung, starts, 3, 12).sum())


@warned.misconception(
    "minutes_for_places",
    "15 and 60 are minutes, but rung and starts are places, five minutes apart: 3 and 12.",
)
def _(rung, starts):
    return int(_between(rung, starts, 15, 60).any(axis=1).sum())


@warned.misconception(
    "any_time_before",
    "A ring of hours ago is no warning of this low: at most 60 minutes, 12 places, before it.",
)
def _(rung, starts):
    return int(_between(rung, starts, 3, np.inf).any(axis=1).sum())


@warned.misconception(
    "too_late_counts",
    "You count rings that come too late: at least 15 minutes, 3 places, must be left.",
)
def _(rung, starts):
    return int(_between(rung, starts, 1, 12).any(axis=1).sum())


@warned.misconception(
    "at_the_start_counts",
    "You count a ring up to the start itself. At least 15 minutes, 3 places, must be left.",
)
def _(rung, starts):
    return int(_between(rung, starts, 0, 12).any(axis=1).sum())


@warned.misconception(
    "ends_left_out",
    "At least 15 and at most 60 minutes: exactly 3 places and exactly 12 places before count, too.",
)
def _(rung, starts):
    return int(_between(rung, starts, 4, 11).any(axis=1).sum())


@warned.misconception(
    "last_place_left_out", "At most 60 minutes: exactly 12 places before counts, too: <=, not <."
)
def _(rung, starts):
    return int(_between(rung, starts, 3, 11).any(axis=1).sum())


@warned.misconception(
    "after_the_start",
    "You look after the start: the low is there already. Before it means ring < start.",
)
def _(rung, starts):
    return int(_between(starts, rung, 3, 12).any(axis=0).sum())


@warned.misconception(
    "share_for_count", "That is the share. Asked was how many: do not divide by len(starts)."
)
def _(rung, starts):
    return _between(rung, starts, 3, 12).any(axis=1).mean()


@warned.misconception("missed_counted", "Those are the lows that it missed.")
def _(rung, starts):
    return int((~_between(rung, starts, 3, 12).any(axis=1)).sum())


wear_it = lesson.text(
    "wear_it",
    model_answer="""
    Not this program: its error of 3 mg/dL was measured on a curve that already held the coming
    hour, which does not exist in a real night. The honest network has the best error and, read as
    "below 70", warned of hardly any low. If a second alarm at all, then the weighted sum or the
    logistic regression; they tie. The weighted sum would ring when it says below about 76, the
    threshold of past days that costs about one false alarm a day: it warned of about half of the
    lows a quarter of an hour ahead, or six in ten when it may ring a little more often. The
    network that is asked for lows warned of more, but rang falsely about twice a day, so that is
    no proof that it is better. With nine lows at night I cannot promise anything about nights, and
    many lows came without an early alarm. So first a silent trial beside your device, on new days;
    a false alarm may be a low that you ate away. The alarm of your device and your doses stay as
    they are. Below 70 you treat; if you feel low and the sensor does not say so, you prick your
    finger and go by that. All this is one person: for another I know nothing.
    """,
    checklist=[
        "answers the person: which alarm, from which threshold, for how many false alarms a day",
        "refuses the 3 mg/dL, and says why: the curve held the future",
        "argues with lows warned of in time and false alarms, not with the RMSE",
        "compares at a threshold from the past, on the same days and at equal false alarms; sees "
        "that the asked network rings more, and that weighted sum and logistic alarm tie",
        "says what is not known: nights, other people, whether a false alarm was a treated low",
        "changes no device's alarm and no dose; finger-stick if symptoms and sensor disagree",
    ],
    rubric=[
        Level(
            0,
            "Decides by the error of the forecast, or tells the person to replace the alarm of the "
            "device or to change a dose.",
            "The network has the smallest error of all methods, also after we mended the "
            "smoothing. So it knows best what will come, and the person can switch off the old "
            "alarm and let the network ring when it says below 70.",
        ),
        Level(
            1,
            "Refuses the 3 mg/dL and argues with lows and false alarms, but compares alarms that "
            "ring unequally often, or says nothing of what stays as it is or is not known.",
            "The 3 comes from smoothing with the future, so I do not believe it. But the network "
            "that is asked whether a low comes soon warned of about four in five lows a quarter of "
            "an hour before, more than all the others. I would take that one, with its threshold.",
        ),
        Level(
            2,
            "Chooses an alarm by lows and false alarms at a threshold from the past, on the same "
            "days, says what is not known, and leaves device and doses alone.",
            "No to the offer: its filter looked ahead. For now keep the alarm that you have. If "
            "you want a second one, take the weighted sum, from below 76 on, or the logistic one. "
            "Each costs roughly one false ring in a day and gives good time for half of the lows; "
            "where they ring equally often they tie. The asked network gained its extra "
            "lows by ringing about twice as often. Let it run "
            "silently for two months and count nights, because nine lows at night say nothing. "
            "Some false alarms may be lows that you ate away. Change no dose for it, treat below "
            "70, and trust your finger more than the sensor when you feel low. I have seen "
            "one person only, and it was not you.",
        ),
    ],
    hints=[
        "Begin with the offer: could its curve have been made in a real night?",
        "Then read the table and the pairs: lows warned of in time, false alarms a day. Which of "
        "them were measured at about equal rates? And which threshold stands in the table?",
    ],
)

a_and_b = lesson.value(
    "a_and_b",
    code="a_and_b = 100 * (1000 - 30) / 1000",
    expected=97,
    tolerance=1e-3,
    hints=[
        "How many of the 1,000 are in zone A? And how many in zone D?",
        "970 in A, none in B, 30 in D. The share of A and B together, in percent.",
    ],
    misconceptions={
        0.97: "Right as a share. Asked was percent.",
        970: "That is how many. Asked was the share of 1,000, in percent.",
        3: "Those are the lows, all of them in zone D: A + B is the rest.",
        100: "30 of the moments are in zone D, which is neither A nor B.",
        30: "That is the number of lows. Which share is in A or B?",
        0: "For the lows it is 0. Asked was the share of all 1,000 moments.",
    },
    right="97 %, and it misses every low. What is rare can be lost without a trace in such a sum.",
)

_TRUTH = np.array([62.0, 88, 140, 75, 110])
_SAID = np.array([70.0, 80, 150, 75, 95])


@lesson.function(
    cases=[
        (_TRUTH, _SAID, 0.05),
        (_TRUTH, _SAID, 0.5),
        (np.array([100.0, 60]), np.array([80.0, 90]), 0.9),
        (np.array([55.0, 200, 91]), np.array([60.0, 150, 100]), 0.25),
    ],
    hints=[
        "Two kinds of rows. Where y >= p the loss is tau * (y - p), elsewhere (1 - tau) * (p - y).",
        "np.where(condition, one, other) takes the one where the condition holds.",
        "Last, the mean over all rows.",
    ],
    right="With tau = 0.05 it is cheap to lie below the truth and dear to lie above it: so the "
    "forecast moves down until 5 % of the truths lie below it.",
)
def pinball(y, p, tau):
    return np.mean(np.where(y >= p, tau * (y - p), (1 - tau) * (p - y)))


@pinball.fresh
def _(rng):
    y = rng.integers(50, 250, size=6).astype(float)
    return y, y + rng.integers(-30, 31, size=6) + 0.5, float(rng.choice([0.1, 0.2, 0.8, 0.95]))


@pinball.misconception(
    "tau_swapped",
    "tau and 1 - tau have changed places: a truth above the forecast costs tau for each mg/dL.",
)
def _(y, p, tau):
    return np.mean(np.where(y >= p, (1 - tau) * (y - p), tau * (p - y)))


@pinball.misconception("absolute", "That is the mean absolute error: tau does not enter.")
def _(y, p, tau):
    return np.mean(np.abs(y - p))


@pinball.misconception("all_tau", "tau weighs both sides alike. Below the forecast it is 1 - tau.")
def _(y, p, tau):
    return np.mean(tau * np.abs(y - p))


@pinball.misconception(
    "one_side_only", "Rows whose truth lies below the forecast cost nothing yet."
)
def _(y, p, tau):
    return np.mean(np.where(y >= p, tau * (y - p), 0))


@pinball.misconception(
    "sign",
    "One side is negative: below the forecast the loss is (1 - tau) * (p - y), which is positive.",
)
def _(y, p, tau):
    return np.mean(np.where(y >= p, tau * (y - p), (1 - tau) * (y - p)))


@pinball.misconception("summed", "That is the sum. Asked was the mean over the rows.")
def _(y, p, tau):
    return np.sum(np.where(y >= p, tau * (y - p), (1 - tau) * (p - y)))


@pinball.misconception("not_averaged", "One loss for each row. Take their mean.")
def _(y, p, tau):
    return np.where(y >= p, tau * (y - p), (1 - tau) * (p - y))


@pinball.misconception(
    "squared", "You squared the differences. The pinball loss takes them as they are."
)
def _(y, p, tau):
    return np.mean(np.where(y >= p, tau * (y - p) ** 2, (1 - tau) * (p - y) ** 2))


own_days = lesson.choice(
    "own_days",
    answer="c",
    feedback={
        "a": "Not after one day: look at the row, and at how many of the nineteen did better.",
        "b": "Three own days came close to eighteen others, or went slightly past them.",
        "c": "One day holds a few meals. What a week of the person itself would give, these "
        "recordings are too short to say.",
        "d": "Each person is compared with itself, and the interval draws people. It is wide, but "
        "where it excludes zero something is said.",
    },
    hints=[
        "Look at the sign of the differences: below zero is better than eighteen others.",
        "Which intervals reach across zero?",
    ],
)

sit_more = lesson.choice(
    "sit_more",
    answer="b",
    feedback={
        "a": "The data do not speak about the advice: nobody here was told to move or to sit.",
        "b": "An association in who does what, not an effect of doing it. For that one changes it "
        "by lot, as lesson 12 does with treatments; trials on breaks in sitting exist.",
        "c": "An interval that excludes zero says that the association is no accident of this "
        "sample. It says nothing about what changing it would do.",
        "d": "It need not turn. The survey measured what it measured: the wrong thing is the "
        "conclusion.",
    },
    hints=[
        "Who sits eight hours a day? Who stands or walks all day? What else differs between them?",
        "Think of insulin: those who take it have the higher sugar. Does it raise it?",
    ],
)
