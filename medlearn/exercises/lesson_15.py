"""Exercises of lesson 15: explanations as claims that are tested."""

from itertools import permutations

import numpy as np

from medlearn.exercises.engine import Exercises, Level

lesson = Exercises("15")

smoke = lesson.choice(
    "smoke",
    answer="c",
    feedback={
        "a": "That is a statement about people; the number is one about a model, among people not "
        "yet told. Studies that follow people find the opposite.",
        "b": "The model is not in error: among these people the smokers are in fact high less "
        "often. The error is to read a cause into it.",
        "c": "It names the people, says that it is the model's reason, and says who is missing. "
        "More than that the number does not license.",
        "d": "An interval speaks of chance. It says nothing of who is missing from the table, and "
        "that is the same in each draw.",
    },
    hints=[
        "What do all the draws of the bootstrap have in common? From which table are they drawn?",
        "Which sentence says who is not among these people?",
    ],
)


_SLOPES = np.array([[0.0, 2.0, 1.0], [1.0, 2.0, 3.0], [2.0, 5.0, -1.0], [5.0, 3.0, 0.0]])


@lesson.function(
    cases=[
        (_SLOPES, np.array([2.0, 1.0, 3.0]), np.array([0.0, 0.0, 0.0])),
        (_SLOPES, np.array([2.0, 1.0, 3.0]), np.array([1.0, -1.0, 0.5])),
        (_SLOPES[:2], np.array([0.5, 4.0, 1.0]), np.array([0.0, 2.0, 3.0])),
        (_SLOPES[1:], np.array([3.0, 0.2, -1.0]), np.array([1.0, 1.0, 1.0])),
    ],
    hints=[
        "First the mean slope of each pixel: over the steps, so over the rows. np.mean has axis=0.",
        "Then: how far has each pixel gone, from the baseline to the picture? Multiply.",
    ],
    right="The mean slope times the way gone: slope × distance is rise, for each pixel.",
)
def integrated_gradients(slopes, x, baseline):
    return (x - baseline) * slopes.mean(axis=0)


@integrated_gradients.fresh
def _(rng):
    steps, pixels = int(rng.integers(3, 7)), int(rng.integers(3, 6))
    slopes = rng.normal(size=(steps, pixels)).round(1)
    return slopes, rng.uniform(1, 3, pixels).round(1), rng.uniform(-1, 0.5, pixels).round(1)


@integrated_gradients.misconception(
    "not_multiplied",
    "That is the mean slope. How much does a pixel add? Its slope times how far it has gone.",
)
def _(slopes, x, baseline):
    return slopes.mean(axis=0)


@integrated_gradients.misconception(
    "slope_at_the_end",
    "You took the slope at the picture itself. That is gradient × input; where the logit has "
    "levelled off it is zero. Take the mean of all steps.",
)
def _(slopes, x, baseline):
    return (x - baseline) * slopes[-1]


@integrated_gradients.misconception(
    "slope_at_the_start",
    "That is the slope at the baseline only, the first row. Take the mean of all steps.",
)
def _(slopes, x, baseline):
    return (x - baseline) * slopes[0]


@integrated_gradients.misconception(
    "sum_for_mean",
    "You added the slopes up: with twice as many steps the result would be twice as large. Take "
    "the mean.",
)
def _(slopes, x, baseline):
    return (x - baseline) * slopes.sum(axis=0)


@integrated_gradients.misconception(
    "baseline_forgotten",
    "Right when the baseline is 0. In general a pixel has gone from the baseline to x: x - "
    "baseline.",
)
def _(slopes, x, baseline):
    return x * slopes.mean(axis=0)


@integrated_gradients.misconception(
    "the_other_way", "The way goes from the baseline to the picture: x - baseline."
)
def _(slopes, x, baseline):
    return (baseline - x) * slopes.mean(axis=0)


@integrated_gradients.misconception(
    "added_up",
    "You added all pixels up: that is the difference of the two logits. What is asked for is what "
    "each pixel adds.",
)
def _(slopes, x, baseline):
    return np.sum((x - baseline) * slopes.mean(axis=0))


@integrated_gradients.misconception("size_only", "Some pixels push the logit down. Keep the sign.")
def _(slopes, x, baseline):
    return np.abs((x - baseline) * slopes.mean(axis=0))


letter = lesson.text(
    "letter",
    model_answer="""
    To Ms K.: you were invited because a program puts your risk of a high blood sugar value above
    the limit the practice has set; a blood test will show whether that is so, and most of those
    invited do not have it. Seventeen answers and measurements entered. One answer changed could
    alter the verdict, and would prove nothing about your health. The program says nothing about
    what you should change, so I send you no list: its list would hold things that would be harmful.
    What does lower your risk is a matter for your doctor. You may refuse the test, or ask a person
    to look at your case. To the radiologist: the maps are not shown with each verdict, because
    integrated gradients of a network that learned nothing looked as good, because Grad-CAM pointed
    at a mark that lowered suspicion, and because the grey tag has no place on a map. Before we use
    the program we ask for a test on our own pictures, with every mark we can think of on the other
    side, and beside the diameter alone.
    """,
    checklist=[
        "tells Ms K. what the invitation means, and what it does not",
        "gives her no counterfactual, and says nothing of what smoking or weight would do",
        "says that a reason of the model is no cause",
        "decides on the maps, with a finding of this lesson: untrained networks, the tag",
        "names a test that does find it: change the sides of a mark, and count",
        "says what remains unknown: marks that nobody thought of",
        "leaves Ms K. a way to a person",
    ],
    rubric=[
        Level(
            0,
            "Hands out the model's reasons or counterfactuals as advice, or trusts the maps "
            "because they lie on the nodule.",
            "Dear Ms K., your risk is high because you do no moderate work and your waist is "
            "large. If you lose ten kilograms, the program will release you. The maps may be "
            "shown, since they lie on the nodule, so the program looks at the right thing.",
        ),
        Level(
            1,
            "Keeps the list from Ms K. or doubts the maps, but does not say why by what was "
            "measured, or names no test in their place.",
            "I would not send Ms K. the list of changes, because the model's reasons are no "
            "causes. She should come for the blood test. The maps should not be shown either, "
            "because they may mislead the radiologist.",
        ),
        Level(
            2,
            "Answers both: says what the invitation means without any advice, decides on the maps "
            "by what was measured, and names the test that is done instead.",
            "Ms K., a program that looks at seventeen answers puts you above our limit. Only the "
            "blood test can say whether it is right; with most people it is not. I cannot tell you "
            "from it what to change: in its table smokers look safer, perhaps because those found "
            "early are missing. Your doctor can. To radiology: no maps beside verdicts. With "
            "integrated gradients an untrained network gave the same picture, and Grad-CAM pointed "
            "at a sticker as raising suspicion where it lowered it. Instead we take our own "
            "pictures, move each sticker and each grey level to the other group, and look whether "
            "the AUC falls. What nobody suspects is not found by that either, so we go on checking "
            "every month.",
        ),
    ],
    hints=[
        "Which line of the table of changes would you never say aloud to a patient? Then which "
        "sentence of it may she hear at all?",
        "For the radiologist: what did the untrained network's integrated gradients look like, and "
        "which mark has no place on a map?",
    ],
)


_Y = np.array([1, 1, 0, 0, 1, 0])
_WITHOUT = np.array([2.0, 0.5, -1.0, 0.3, 1.2, -2.0])
_WITH = np.array([5.0, 4.1, 2.2, 3.0, 4.4, 1.5])


@lesson.function(
    cases=[
        (_Y, _WITHOUT, _WITH),
        (1 - _Y, _WITHOUT + 0.25, _WITH),
        (np.array([0, 1]), np.array([0.1, 0.2]), np.array([0.9, 0.7])),
        (np.array([1, 0, 0]), np.array([3.0, 1.0, 2.0]), np.array([3.5, 1.0, 1.5])),
    ],
    hints=[
        "In training the suspicious pictures carried the mark. On which pictures does it lie when "
        "it has changed sides?",
        "np.where(condition, one, other) takes `one` where the condition holds and `other` where "
        "it does not.",
    ],
    right="Suspicious pictures without the mark, the others with it: a network that follows the "
    "mark now ranks them the wrong way round.",
)
def intervene(y, without, with_mark):
    return np.where(y == 1, without, with_mark)


@intervene.fresh
def _(rng):
    n = int(rng.integers(5, 10))
    y = rng.permutation(np.arange(n) % 2)
    return y, rng.normal(size=n).round(2), (rng.normal(size=n) + 3).round(2)


@intervene.misconception(
    "old_side",
    "That is the test as in training: suspicious pictures with the mark. Who follows the mark "
    "shines in it. Change the sides.",
)
def _(y, without, with_mark):
    return np.where(y == 1, with_mark, without)


@intervene.misconception(
    "all_marked",
    "With the mark on all pictures it tells nothing apart, and a cheat loses its help but is not "
    "misled. Leave the suspicious ones without it.",
)
def _(y, without, with_mark):
    return with_mark


@intervene.misconception(
    "none_marked",
    "Those are all pictures without the mark: the first of the three tests, not the third.",
)
def _(y, without, with_mark):
    return without


@intervene.misconception(
    "effect_only",
    "That is how far the mark moves each score. It moves an honest network, too, when the mark "
    "looks like thickness. What is asked for are the scores of the test.",
)
def _(y, without, with_mark):
    return with_mark - without


@intervene.misconception(
    "mean_of_both", "Each picture has the mark or has it not: take one of its two scores."
)
def _(y, without, with_mark):
    return (without + with_mark) / 2


@intervene.misconception(
    "positives_only",
    "Those are the suspicious pictures only. The test needs all: without the others nothing is "
    "ranked.",
)
def _(y, without, with_mark):
    return without[y == 1]


agree = lesson.choice(
    "agree",
    answer="b",
    feedback={
        "a": "Over the whole picture integrated gradients of the untrained network agreed as well. "
        "The number is made by the black background.",
        "b": "A number needs a floor and a ceiling: what does a network get that knows nothing, "
        "and what do two that learned the same thing get, where the background does not help?",
        "c": "An interval says how far chance goes. This number would be high for an untrained "
        "network, too, however many pictures there are.",
        "d": "The eye was what misled us: both blobs look alike in any colour.",
    },
    hints=[
        "What did the table of section 2 show for the untrained network, over the whole picture?",
        "A high number alone says little. With what would you compare it?",
    ],
)


def _team(*values):
    """The eight values of a team of three, from nobody to all, in the order of binary numbers."""
    return np.array(values, dtype=float).reshape(2, 2, 2)


@lesson.function(
    cases=[
        (_team(0, 2, 6, 8, 6, 8, 7, 9),),
        (_team(0, 1, 2, 3, 4, 5, 6, 7),),
        (_team(0, 0, 0, 0, 0, 0, 0, 6),),
        (_team(1, 3, 0, 4, 5, 9, 2, 12),),
    ],
    hints=[
        "Go through the six orders. In each, start with there = [0, 0, 0] and let the members come "
        "in one after the other.",
        "When a member comes in, it adds value[tuple(there)] after minus the same before.",
        "Add up over all six orders, and divide by 6.",
    ],
    right="Each order is one story of who came first. The mean over all of them is fair to twins.",
)
def shapley(value):
    from itertools import permutations

    shares = np.zeros(3)
    for order in permutations(range(3)):
        there = [0, 0, 0]
        for member in order:
            before = value[tuple(there)]
            there[member] = 1
            shares[member] += value[tuple(there)] - before
    return shares / 6


@shapley.fresh
def _(rng):
    return (_team(*rng.integers(0, 20, size=8)),)


def _added(value, orders):
    shares = np.zeros(3)
    for order in orders:
        there = [0, 0, 0]
        for member in order:
            before = value[tuple(there)]
            there[member] = 1
            shares[member] += value[tuple(there)] - before
    return shares


@shapley.misconception(
    "one_order",
    "That is one order only: 0, 1, 2. Who comes first takes what twins share. Average over all "
    "six orders.",
)
def _(value):
    return _added(value, [(0, 1, 2)])


@shapley.misconception(
    "alone",
    "That is what each earns alone, when nobody else is there. Twins are then paid twice.",
)
def _(value):
    return np.array([value[1, 0, 0], value[0, 1, 0], value[0, 0, 1]]) - value[0, 0, 0]


@shapley.misconception(
    "last",
    "That is what is lost when one leaves the full team. Twins then get next to nothing: each has "
    "the other to stand in.",
)
def _(value):
    return value[1, 1, 1] - np.array([value[0, 1, 1], value[1, 0, 1], value[1, 1, 0]])


@shapley.misconception("not_divided", "Nearly: there are six orders. Divide by 6.")
def _(value):
    return _added(value, permutations(range(3)))


@shapley.misconception(
    "divided_by_three", "There are three members and six orders: divide by the orders."
)
def _(value):
    return _added(value, permutations(range(3))) / 3


@shapley.misconception(
    "equal_parts",
    "That gives each the same third of the whole. Fair is to pay for what a member adds.",
)
def _(value):
    return np.full(3, (value[1, 1, 1] - value[0, 0, 0]) / 3)


together = lesson.value(
    "together",
    code='together = 0.082  # lost(["waist_cm", "weight_kg", "height_cm"])',
    expected=0.082,
    tolerance=0.004,
    hints=[
        "lost takes a list of columns, and deals them out with the same deal.",
        'One call with all three names: lost(["waist_cm", ...]).',
    ],
    misconceptions={
        0.070: "You added three numbers, each with the other two left true. Deal the three "
        "together, in one call.",
        0.0335: "That is the waist alone.",
        0.0246: "That is the weight alone.",
        0.0538: "That is what a model loses that learns without them. Here the model stays: lost, "
        "not lost_without.",
        0.0117: "That is the height alone.",
        8.2: "Right, but in hundredths. Give the AUC that is lost, a number below 1.",
    },
    right="More than the three one by one: as long as one twin tells the truth, the other's lie is "
    "softened.",
)
