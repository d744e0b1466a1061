"""The exam bank: every answer a second time, by another way, and what a version is made of."""

import itertools
import math
import re
from string import Formatter

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.special import softmax
from scipy.stats import binom, norm
from sklearn import metrics as sk
from sklearn.model_selection import ParameterGrid
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from medlearn import lessons, metrics
from medlearn.__main__ import main
from medlearn_classroom import ClassroomError
from medlearn_classroom.exam import bank, papers
from medlearn_classroom.exam.tasks import Drawn, Task, Tasks, Wrong
from medlearn_classroom.inventory.questions import load

BANK = bank.load()
TASKS = [task for tasks in BANK.values() for task in tasks]
SEEDS = range(300)
KNOWN = load().misconceptions


def confusion(tp, fn, fp, tn):
    """Outcomes and answers of people, from their counts."""
    y = np.repeat([1, 1, 0, 0], [tp, fn, fp, tn])
    return y, np.repeat([1, 0, 1, 0], [tp, fn, fp, tn])


# ---- each answer by another way: a library, people counted one by one, or trying out ------------

AGAIN = {}


def again(lesson):
    """Keep a function as the second way to the task of its name."""

    def keep(function):
        AGAIN[lesson, function.__name__.replace("_", "-")] = function
        return function

    return keep


@again("00")
def share_right(malignant, benign, found, cleared):
    pairs = confusion(found, malignant - found, benign - cleared, cleared)
    return 100 * sk.accuracy_score(*pairs)


@again("00")
def beyond_the_rule(n, benign, right):
    y = np.arange(n) >= benign
    return right - int(np.sum(y == np.zeros(n)))


@again("00")
def wrong_verdicts(n, percent):
    return round(n - n * percent / 100)


@again("01")
def neuron(w, v, b, x, y):
    return np.array([w, v, b]) @ np.array([x, y, 1])


@again("01")
def border(w, b, after):
    """The border is looked for on a fine grid of radii."""
    radius = np.linspace(-10, 10, 200_001)
    old, new = (radius[np.argmax(w * radius + bias > 0)] for bias in (b, after))
    side = "larger radius: fewer" if new > old else "smaller radius: more"
    return f"It moves by {abs(new - old):.3g} towards {side} alarms."


@again("01")
def sigmoid(w, x, b):
    return 50 * (1 + math.tanh((w * x + b) / 2))


@again("02")
def standardise(mean, sd, other, spread, x):
    ruler = StandardScaler().fit([[mean - sd], [mean + sd]])
    return ruler.transform([[x]])[0, 0]


@again("02")
def one_hot(measured, first, second):
    words = [[i % first, i % second] for i in range(first * second)]
    return measured + OneHotEncoder().fit_transform(words).shape[1]


@again("02")
def rows_of_one_nodule(readers, percent):
    return 100 * binom.sf(0, readers - 1, 1 - percent / 100)


@again("03")
def parameters(side, hidden, kinds):
    shapes = [(side * side, hidden), (hidden,), (hidden, kinds), (kinds,)]
    return sum(np.empty(shape).size for shape in shapes)


@again("03")
def softmax_(a, b, c):
    return 100 * softmax([a, b, c])[0]


AGAIN["03", "softmax"] = AGAIN.pop(("03", "softmax-"))


@again("03")
def whole_value(percent, digits):
    return 100 * binom.pmf(digits, digits, percent / 100)


@again("04")
def cross_entropy(p, q, r):
    return sk.log_loss([1, 0, 0], [p, q, r], labels=[0, 1])


@again("04")
def step(w, slope, rate):
    """The lowest point of the line with this slope and a parabola of width `rate` around it."""
    places = w + np.linspace(-2, 2, 400_001)
    return places[np.argmin(slope * places + (places - w) ** 2 / (2 * rate))]


@again("04")
def updates(n, batch, epochs):
    return sum(1 for _epoch in range(epochs) for _start in range(0, n, batch))


@again("05")
def predictive_value(ill, healthy, found, alarms):
    return 100 * sk.precision_score(*confusion(found, ill - found, alarms, healthy - alarms))


@again("05")
def elsewhere(sens, spec, prevalence):
    odds = prevalence / (100 - prevalence) * sens / (100 - spec)
    return 100 * odds / (1 + odds)


@again("05")
def threshold(price):
    """The risk at which testing and not testing are worth the same, found by halving."""
    low, high = 0.0, 1.0
    for _step in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if middle * price > 1 - middle else (middle, high)
    return 100 * low


@again("05")
def net_benefit(found, alarms, missed, price):
    y, said = confusion(found, missed, alarms, 1000 - found - missed - alarms)
    return 1000 * metrics.net_benefit(y, said.astype(float), [1 / (1 + price)])[0]


@again("06")
def one_of_many(genes, percent):
    return 100 * binom.sf(0, genes, percent / 100)


@again("06")
def fits(rates, widths, folds, seeds):
    sizes = {"rates": rates, "widths": widths, "folds": folds, "seeds": seeds}
    return len(ParameterGrid({name: range(n) for name, n in sizes.items()}))


@again("06")
def nested_fits(outer, inner, settings):
    return sum(len(range(settings)) * inner + 1 for _fold in range(outer))


@again("07")
def conv_weights(side, channels, filters, size):
    return np.empty((size, size, channels, filters)).size + filters


@again("07")
def output_size(side, size):
    places = [x for x in range(side) if x + size <= side]
    return len([x for x in range(0, len(places), 2) if x + 2 <= len(places)])


@again("07")
def receptive_field(first, second):
    """Which pixels reach one output is followed backwards."""
    seen = {2 * p + d for p in range(second) for d in range(2)}
    return len({place + d for place in seen for d in range(first)})


@again("08")
def windows(seconds, rate, window, step):
    starts = itertools.count(0, round(step * rate))
    fitting = itertools.takewhile(lambda s: s + window * rate <= seconds * rate, starts)
    return len(list(fitting))


@again("08")
def heart_rate(rate, distance):
    return 60 / np.diff(np.array([0, distance]) / rate)[0]


@again("08")
def vanishing(factor, steps):
    return 100 * np.cumprod(np.full(steps, factor))[-1]


@again("08")
def lstm_weights(n, units):
    shapes = [(n, 4 * units), (units, 4 * units), (4 * units,)]
    return sum(np.empty(shape).size for shape in shapes)


@again("09")
def dice(a, b, both):
    return sk.f1_score(*confusion(both, b - both, a - both, 5))


@again("09")
def volume(n, side, thick):
    return n * np.prod(np.array([side, side, thick]) / 10)


@again("09")
def diameter_and_volume(before, after):
    ball = [4 / 3 * math.pi * (d / 2) ** 3 for d in (before, after)]
    return 100 * (ball[1] - ball[0]) / ball[0]


@again("09")
def limit_of_growth(percent, first):
    return first + norm.isf(0.025, scale=first * percent / 100)


@again("10")
def two_piles(decided, first, left, second):
    return np.average([first, second], weights=[decided, left])


@again("10")
def pieces(word, size):
    return len(list(zip(*(word[k:] for k in range(size)), strict=False)))


@again("10")
def hours_left(lines, percent, minutes):
    return (lines - lines * percent / 100) * minutes / 60


@again("11")
def two_words(n, first, m, second):
    return 100 * math.exp(math.log(first / n) + math.log(second / m))


@again("11")
def temperature(a, b, t):
    return 100 * softmax(np.array([a, b]) / t)[0]


@again("11")
def surprise(p, q, r):
    return 2 ** -np.mean(np.log2([p, q, r]))


@again("12")
def number_to_treat(n, died, m, died_without):
    return 1 / (np.mean(np.arange(m) < died_without) - np.mean(np.arange(n) < died))


@again("12")
def interval_of_the_number(n, died, m, died_without):
    from statsmodels.stats.proportion import confint_proportions_2indep

    ends = confint_proportions_2indep(died_without, m, died, n, method="wald")
    return 1 / ends[0]


@again("12")
def kaplan_meier(n, first, left, second):
    from statsmodels.duration.survfunc import SurvfuncRight

    rest = n - first - left - second
    time = np.repeat([3, 6, 9, 12], [first, left, second, rest])
    died = np.repeat([1, 0, 1, 0], [first, left, second, rest])
    return 100 * SurvfuncRight(time, died).surv_prob[-1]


@again("13")
def persistence(a, b, c, d):
    return sk.mean_absolute_error([b, c, d], [a, b, c])


@again("13")
def alarms_that_are_true(nights, lows, found, false):
    return 100 * sk.precision_score(*confusion(found, lows - found, false, 0))


@again("13")
def time_below(gaps, low):
    day = np.r_[np.full(gaps, np.nan), np.full(low, 60.0), np.full(288 - gaps - low, 120.0)]
    return 100 * np.nanmean(np.where(np.isnan(day), np.nan, day < 70))


@again("14")
def tanimoto(a, b, both):
    return sk.jaccard_score(*confusion(both, b - both, a - both, 9))


@again("14")
def enrichment(library, active, tested, hits):
    y, chosen = confusion(hits, active - hits, tested - hits, library - active - tested + hits)
    return sk.precision_score(y, chosen) / y.mean()


@again("14")
def hits_by_chance(library, active, tested, auc):
    from scipy.stats import hypergeom

    return hypergeom(library, active, tested).mean()


@again("15")
def odds_ratio(b, d):
    odds = [1 / (1 / (1 / (1 + math.exp(-z))) - 1) for z in (-1, -1 + b * d)]
    return odds[1] / odds[0]


@again("15")
def shapley(base, age, waist, both):
    value = {"": base, "a": age, "w": waist, "aw": both}
    orders = itertools.permutations("aw")
    before = ["".join(sorted(order[: order.index("a")])) for order in orders]
    return np.mean([value["".join(sorted(known + "a"))] - value[known] for known in before])


@again("15")
def permutation(auc, a, b, c):
    return np.mean([auc - shuffled for shuffled in (a, b, c)])


@again("16")
def federated_average(n, a, m, b, k, c):
    return np.average(np.repeat([a, b, c], [n, m, k]))


@again("16")
def from_a_gradient(slope, error):
    """The finding that gives this gradient is looked for."""
    findings = np.arange(0, 4, 0.001)
    return findings[np.argmin(abs(error * findings - slope))]


@again("16")
def two_who_talk(mean, b, c):
    first = np.arange(-9, 9, 0.001)
    return first[np.argmin(abs((first + b + c) / 3 - mean))]


@again("17")
def gap(people, ill, found, invited, rest, others, fewer, asked):
    a = confusion(found, ill - found, invited - found, people - ill - invited + found)
    b = confusion(fewer, others - fewer, asked - fewer, rest - others - asked + fewer)
    return 100 * (sk.recall_score(*a) - sk.recall_score(*b))


@again("17")
def what_must_give(prevalence, sens, ppv):
    """Chouldechova's formula."""
    p, v = prevalence / 100, ppv / 100
    return 100 * p / (1 - p) * (1 - v) / v * sens / 100


@again("17")
def observed_over_expected(n, risk, observed):
    y = np.arange(n) < observed
    return y.mean() / (np.full(n, risk).mean() / 100)


@again("18")
def people_for_events(events, percent, features):
    return next(n for n in itertools.count(events) if n * percent >= 100 * events)


@again("18")
def width_of_an_interval(percent, half):
    p = percent / 100
    return brentq(lambda n: 1.96 * math.sqrt(p * (1 - p) / n) - half / 100, 5, 1e5)


@again("18")
def silent_week(n, percent, sens, spec):
    p = percent / 100
    return n * (p * sens / 100 + (1 - p) * (1 - spec / 100))


def test_each_lesson_has_tasks_and_each_task_a_second_way():
    assert list(BANK) == list(lessons.find())
    assert min(map(len, BANK.values())) >= 3
    assert {(task.lesson, task.name) for task in TASKS} == set(AGAIN)


@pytest.mark.parametrize("task", TASKS, ids=lambda task: f"{task.lesson}-{task.name}")
def test_the_answers_hold_for_300_seeds(task):
    values = set()
    for seed in SEEDS:
        drawn = task.draw(seed)
        value = AGAIN[task.lesson, task.name](**drawn.given)
        if drawn.is_number:
            # Where a place is looked for on a grid, half of its width is allowed.
            assert value == pytest.approx(drawn.value, rel=1e-9, abs=0.02 * 10**-drawn.decimals)
        else:
            assert value == drawn.value
        values.add(drawn.question)
        shown = [drawn.shown(drawn.value), *(drawn.shown(one.value) for one in drawn.wrong)]
        assert len(set(shown)) == len(shown) >= 4
        if drawn.is_number:
            typed = [float(drawn.typed(one.value)) for one in drawn.wrong]
            right = float(drawn.typed(drawn.value))
            assert min(abs(one - right) for one in typed) > 2 * drawn.tolerance
            assert abs(right - drawn.value) <= max(drawn.tolerance / 2, 0) + 1e-9
            assert abs(drawn.value) < 1e6
            if drawn.unit == "%" and task.name != "diameter-and-volume":
                assert 0 <= drawn.value <= 100
        assert "{" not in drawn.question + drawn.solution + "".join(shown)
        assert "-0" not in shown and "−0" not in shown
    assert len(values) >= 15  # two neighbours rarely have the same numbers


@pytest.mark.parametrize("task", TASKS, ids=lambda task: f"{task.lesson}-{task.name}")
def test_a_task_tells_all_that_it_uses(task):
    drawn = task.draw(1)
    told = {name for _text, name, _form, _kind in Formatter().parse(drawn.stem) if name}
    assert told == set(drawn.given)
    names = [one.misconception for one in drawn.wrong]
    assert len(set(names)) == len(names) >= 3
    for one in drawn.wrong:
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", one.misconception)
        assert re.search(r"\w.*[.]$", one.why) and len(one.why) > 12
    assert len(drawn.question.split()) <= 75
    assert drawn.shown(drawn.value).removesuffix(drawn.unit).strip() in drawn.solution
    assert drawn.question == task.draw(1).question != task.draw(2).question


def test_many_wrong_options_are_misconceptions_of_the_inventory():
    named = {one.misconception for task in TASKS for one in task.draw(1).wrong}
    assert len(named & set(KNOWN)) >= 20


def test_no_right_letter_is_usual():
    letters = [one.answer for seed in range(20) for one in papers.version(seed, 1, None)]
    counts = np.array([letters.count(letter) for letter in papers.LETTERS])
    assert abs(counts / len(letters) - 0.25).max() < 0.04


# ---- what is drawn ------------------------------------------------------------------------------


def drawn_with(*values, **about):
    wrong = [Wrong(f"w-{'abc'[n]}", value, ".") for n, value in enumerate(values[1:])]
    return Drawn({}, "", values[0], "{answer}", wrong, **about)


@pytest.mark.parametrize(
    ("values", "decimals", "clear"),
    [
        ((1, 2, 3, 4), 0, True),
        ((1, 2, 3, 3), 0, False),
        ((1.0, 1.2, 3.0, 4.0), 1, False),  # both are accepted when 1.1 is typed
        ((1.0, 1.3, 3.0, 4.0), 1, True),
        ((1.04, 1.0, 3.0, 4.0), 1, False),
        (("x", "y", "z", "x"), 0, False),
    ],
)
def test_what_could_be_taken_for_one_another_is_not_asked(values, decimals, clear):
    assert drawn_with(*values, decimals=decimals).is_clear == clear


def test_a_task_is_drawn_until_it_is_clear():
    seen = []

    def function(draw):
        seen.append(draw.randint(1, 3))
        return drawn_with(1, 2, 3, 3 + seen[-1] // 3)

    assert Task("99", "luck", function).draw(0).is_clear
    assert seen[-1] == 3 and set(seen[:-1]) <= {1, 2}
    with pytest.raises(AssertionError, match=r"99, never: no clear options in 500 draws"):
        Task("99", "never", lambda draw: drawn_with(1, 1, 2, 3)).draw(0)


@pytest.mark.parametrize(
    ("value", "decimals", "unit", "shown", "typed"),
    [
        (11.25, 1, "hours", "11.3 hours", "11.3"),
        (-0.001, 2, "", "0.00", "0.00"),
        (-2.5, 0, "", "−3", "-3"),
        (12345.6, 0, "%", "12,346 %", "12346"),
    ],
)
def test_numbers_are_printed_and_typed(value, decimals, unit, shown, typed):
    drawn = drawn_with(value, 1, 2, 3, decimals=decimals, unit=unit)
    assert (drawn.shown(value), drawn.typed(value)) == (shown, typed)


def test_a_task_has_the_name_of_its_function():
    tasks = Tasks("99")

    @tasks.add
    def two_words(draw):
        return drawn_with(1, 2, 3, 4)

    assert tasks.tasks["two-words"].lesson == "99"


# ---- an exam ------------------------------------------------------------------------------------


def test_versions_ask_the_same_with_other_numbers():
    first, second = (papers.version(4711, n, ["01", "05"], each=2) for n in (1, 2))
    assert [one.task for one in first] == [one.task for one in second]
    assert len(first) == 4
    assert all(a.drawn.question != b.drawn.question for a, b in zip(first, second, strict=True))
    other = [tuple(one.task.name for one in papers.version(s, 1, ["05"], 2)) for s in range(20)]
    assert len(set(other)) > 1


def read_key(text):
    short = re.search(r"(?s)In short: ([\d a-d\n]+)\n\n", text)[1]
    return dict(re.findall(r"(\d+)([a-d])", short))


def test_an_exam_is_written_with_its_key(tmp_path, capsys):
    folder = tmp_path / "exam"
    command = ["classroom", "exam", str(folder), "--seed", "987654321", "--lessons", "01", "05"]
    assert main([*command, "--versions", "4", "--format", "moodle", "gift", "qti"]) == 0
    said = capsys.readouterr().out
    assert "7 questions, versions: 4" in said and "!" not in said
    for number in range(1, 5):
        place = folder / f"version-{number}"
        names = {"questions.md", "key.md", "moodle.xml", "gift.txt", "qti.zip"}
        assert {path.name for path in place.iterdir()} == names
        page, key = ((place / f"{name}.md").read_text("utf-8") for name in ("questions", "key"))
        asked = papers.version(987654321, number, ["01", "05"])
        assert read_key(key) == {str(n): one.answer for n, one in enumerate(asked, start=1)}
        assert "987654321" in key and "987654321" not in page
        for one in asked:
            words = " ".join(page.split())
            assert one.drawn.question in words
            assert all(f"**{k}** {one.text(k)}" in words for k in one.options)
            assert one.drawn.solution not in words
            assert one.drawn.solution in " ".join(key.split())
            for wrong in one.drawn.wrong:
                assert f"*{wrong.misconception}*: {wrong.why}" in " ".join(key.split())
            assert not any(wrong.why in words for wrong in one.drawn.wrong)
    assert main(command) == 1
    assert "is not empty" in capsys.readouterr().err


def test_numbers_are_asked_for_where_they_can_be_typed(tmp_path):
    folder = tmp_path / "exam"
    papers.write(folder, lessons=["01"], seed=987654321, answers="numbers", formats=["gift"])
    page = (folder / "version-1" / "questions.md").read_text("utf-8")
    key = (folder / "version-1" / "key.md").read_text("utf-8")
    neuron, border, _sigmoid = papers.version(987654321, 1, ["01"])
    assert page.count("\n____________\n") == 1 and page.count("____________ %\n") == 1
    assert page.count("- **a**") == 1 and border.text("a") in " ".join(page.split())
    assert read_key(key) == {"2": border.answer}
    right = neuron.drawn.shown(neuron.drawn.value)
    assert f"**{right}** (right: ± 0.01)" in key
    made = (folder / "version-1" / "gift.txt").read_text("utf-8")
    assert f"\n={neuron.drawn.typed(neuron.drawn.value)}:0.01#" in made
    assert made.count("{#\n") == 2


def test_a_seed_is_made_and_a_short_one_is_named(tmp_path, capsys):
    command = ["classroom", "exam", str(tmp_path / "new"), "--lessons", "00"]
    assert main(command) == 0
    assert "The seed is new" in capsys.readouterr().out
    key = (tmp_path / "new" / "version-1" / "key.md").read_text("utf-8")
    seed = int(re.search(r"Seed (\d+)\.", key)[1])
    again = papers.write(tmp_path / "again", lessons=["00"], seed=seed)
    assert (tmp_path / "again" / "version-1" / "key.md").read_text("utf-8") == key
    assert not any("short seed" in line for line in again)
    assert (
        main(["classroom", "exam", str(tmp_path / "short"), "--lessons", "00", "--seed", "7"]) == 0
    )
    assert "a short seed is found by trying" in capsys.readouterr().out


def test_what_cannot_be_asked_is_named(tmp_path, monkeypatch):
    with pytest.raises(ClassroomError, match="There is no lesson 77"):
        papers.write(tmp_path / "exam", lessons=["77"])
    monkeypatch.setattr(bank, "load", lambda numbers=None: {"05": BANK["05"]})
    with pytest.raises(ClassroomError, match=r"has nothing of lesson 06\. Lessons: 05"):
        papers.write(tmp_path / "exam", lessons=["05", "06"])
    assert not (tmp_path / "exam").exists()
    assert main(["classroom", "exam", str(tmp_path / "exam")]) == 2
