"""Exercises of lesson 14: molecules as text and graph, twins, and which twenty to test."""

import re

import numpy as np

from medlearn.exercises.engine import Exercises, Level

lesson = Exercises("14")


def _cut(text):
    """The pieces of a SMILES without square brackets."""
    return re.findall(r"Br|Cl|[A-Za-z]|[()=#]|\d", text)


@lesson.function(
    cases=[
        (_cut("CCO"),),
        (_cut("CC(C)O"),),
        (_cut("c1ccccc1"),),
        (_cut("ClCC(=O)N"),),
        (_cut("CC(C(F)F)c1ccccc1Br"),),
        (_cut("C1CC2CCC1C2"),),
    ],
    hints=[
        "Keep a list of counts and the number of the atom before: last. A letter (piece.isalpha()) "
        "is a new atom: counts.append(0). It is joined to the atom before: both counts go up by "
        "one. Then the new atom is the last one: last = len(counts) - 1.",
        "The first atom has none before it: begin with last = None, and ask for that.",
        "At a digit that is not in rings yet: rings[piece] = last. At the same digit again: the "
        "two atoms are joined, and the digit leaves rings.",
    ],
    right="Chains, branches and rings: these few rules make a graph of any such line.",
)
def neighbours(pieces):
    counts, forks, rings = [], [], {}
    last = None
    for piece in pieces:
        if piece == "(":
            forks.append(last)
        elif piece == ")":
            last = forks.pop()
        elif piece.isdigit() and piece in rings:
            other = rings.pop(piece)
            counts[other] += 1
            counts[last] += 1
        elif piece.isdigit():
            rings[piece] = last
        elif piece.isalpha():
            counts.append(0)
            if last is not None:
                counts[last] += 1
                counts[-1] += 1
            last = len(counts) - 1
    return counts


@neighbours.fresh
def _(rng):
    chain = "".join(rng.choice(["C", "N", "O", "Cl"], size=rng.integers(1, 4)))
    ring = rng.choice(["c1ccccc1", "C1CCNC1", "C1CC1"])
    return (_cut(f"C{chain}(=O)C({ring})CBr"),)


def _walked(pieces, *, branches=True, rings=True, close=True, once=False):
    """The counts by somebody who leaves one rule out."""
    counts, forks, found, last = [], [], {}, None
    for piece in pieces:
        if piece == "(" and branches:
            forks.append(last)
        elif piece == ")" and branches:
            if close:
                last = forks.pop()
        elif piece.isdigit() and rings:
            if piece in found:
                counts[last] += 1
                if not once:
                    counts[found.pop(piece)] += 1
            else:
                found[piece] = last
        elif piece.isalpha():
            counts.append(0)
            if last is not None:
                counts[last] += 1
                counts[-1] += 1
            last = len(counts) - 1
    return counts


@neighbours.misconception(
    "rings_forgotten",
    "Chains and branches are right. The digits are missing: two equal digits join the two atoms "
    "before them, so c1ccccc1 is a ring, and each of its atoms has two neighbours.",
)
def _(pieces):
    return _walked(pieces, rings=False)


@neighbours.misconception(
    "branch_not_closed",
    'After ")" the text goes on at the atom where the branch began, not at the last atom of the '
    "branch. In CC(C)O the oxygen is joined to the second carbon.",
)
def _(pieces):
    return _walked(pieces, close=False)


@neighbours.misconception(
    "branches_and_rings_forgotten",
    "You joined each atom to the one before in the text, whatever stands between. Brackets begin "
    "and end a branch, and equal digits close a ring.",
)
def _(pieces):
    return _walked(pieces, branches=False, rings=False)


@neighbours.misconception(
    "letters_instead_of_pieces",
    "Cl and Br are one atom each. The pieces are cut already: go through the list, not through its "
    "letters.",
)
def _(pieces):
    return _walked([letter for piece in pieces for letter in piece])


@neighbours.misconception(
    "one_end_of_a_ring",
    "Closing a ring joins two atoms, and both get a neighbour: the one at which the digit stood "
    "first, too.",
)
def _(pieces):
    return _walked(pieces, once=True)


@neighbours.misconception(
    "only_backwards",
    "You counted for each atom what comes before it. A bond has two ends: the atom before gets one "
    "more neighbour as well.",
)
def _(pieces):
    counts, forks, rings, last = [], [], {}, None
    for piece in pieces:
        if piece == "(":
            forks.append(last)
        elif piece == ")":
            last = forks.pop()
        elif piece.isdigit():
            if piece in rings:
                counts[last] += 1
            rings[piece] = last
        elif piece.isalpha():
            counts.append(0 if last is None else 1)
            last = len(counts) - 1
    return counts


@lesson.function(
    cases=[
        ([5, 5, 7, 9], [5, 8, 9, 9]),
        ([1, 2, 3], [4, 5]),
        ([4, 4, 6], [4, 6, 6, 4]),
        ([2, 3, 2, 8, 8], [3, 1, 1, 2, 7, 2, 1, 2]),
    ],
    hints=[
        "A test row has a twin when its stamp is among the stamps that were learned from: "
        "stamp in learned. A set answers faster than a list.",
        "Count the test rows for which that is so, divide by len(test), and times 100.",
    ],
    right="Each test row is asked once: did the model meet this molecule while it learned?",
)
def twins(learned, test):
    known = set(learned)
    return 100 * sum(each in known for each in test) / len(test)


@twins.fresh
def _(rng):
    return rng.integers(0, 9, size=6).tolist(), rng.integers(
        0, 12, size=int(rng.choice([5, 8]))
    ).tolist()


@twins.misconception("share", "Right as a share. Asked was how many of 100.")
def _(learned, test):
    return np.mean([each in learned for each in test])


@twins.misconception("count", "That is how many have a twin. Asked was how many of 100 test rows.")
def _(learned, test):
    return sum(each in learned for each in test)


@twins.misconception(
    "within_the_test",
    "You looked for twins among the test rows themselves. These do no harm: what counts is what "
    "the model has learned from.",
)
def _(learned, test):
    return 100 * np.mean([test.count(each) > 1 for each in test])


@twins.misconception(
    "of_the_learned_rows",
    "You asked the learned rows whether they have a twin in the test. Asked was the other way "
    "round, of 100 test rows.",
)
def _(learned, test):
    return 100 * np.mean([each in test for each in learned])


@twins.misconception(
    "pairs",
    "You counted each pair. A test row with three twins is still one row that was seen before.",
)
def _(learned, test):
    return 100 * sum(learned.count(each) for each in test) / len(test)


@twins.misconception(
    "each_stamp_once",
    "You counted different stamps. The test has rows, and a molecule with three rows in it counts "
    "three times in the score, too.",
)
def _(learned, test):
    return 100 * len(set(test) & set(learned)) / len(set(test))


@twins.misconception("without_a_twin", "That is the rest: those without a twin.")
def _(learned, test):
    return 100 * np.mean([each not in learned for each in test])


choose = lesson.text(
    "choose",
    model_answer="""
    I would rank the 200 with the forest on pieces; the network is no better and costs more. Of
    the twenty places I would give sixteen to the highest scores, each from another scaffold, and
    four to the molecules that are least like anything in the collection, because there the score
    says little. If 20 of the 200 enter, which is an assumption, expect about nine hits, six to
    twelve by the luck of one list alone; the pure top twenty would give ten, the polar surface
    six, chance two. If all are foreign, the top twenty give about seven and the rule five; below
    30 % alike the lead over the rule is gone. The company's 0.95 was measured with the same
    molecules on both sides; on new scaffolds such a model has 0.83 to 0.87, so I would not pay for
    it. The labels are partly opinions, so some "hits" will be none. We write the scores down before
    the tests, compare them with the results, and learn from all twenty, the misses as well, before
    the next round.
    """,
    checklist=[
        "says how the twenty are chosen, and with what",
        "gives an expected number of hits with its spread, beside chance and the rule",
        "says why the company's score does not hold for new molecules",
        "treats molecules unlike the known ones in a way of their own",
        "says what is done with the results, the misses among them",
        "names a limit: labels, simulated lists, total and free drug, arriving is not working",
    ],
    rubric=[
        Level(
            0,
            "Trusts the company's score, or gives no number of hits to expect.",
            "The program has an AUC of 0.95, so I would simply take its twenty best molecules. "
            "Nearly all of them should enter the brain, and then the foundation has its drug.",
        ),
        Level(
            1,
            "Chooses with a model tested by scaffold and expects a number of hits, but without its "
            "spread or a baseline, or with no word on foreign molecules and on what is learned "
            "from the tests.",
            "Take the twenty with the highest score of the forest. About ten of them should be "
            "hits, because that is the mean of our simulation on new scaffolds. The 0.95 was too "
            "good because of the twins.",
        ),
        Level(
            2,
            "Gives hits with spread beside chance or rule, says what changes for foreign "
            "molecules, why the 0.95 fell, and how results are used.",
            "Rank with the forest. If one in ten enters, its top twenty would hold about 10 hits, "
            "likely 7 to 14, against 2 by chance and 6 by polar surface; if the list is of new "
            "kinds, about 7 against 5 by the rule. I keep four places for molecules unlike the "
            "collection, and pay for it with about one hit. The offered 0.95 counts twins and says "
            "nothing of ours. We note our scores first and publish all twenty results, and then "
            "choose again. Whether a hit is a drug is another question.",
        ),
    ],
    hints=[
        "Read the last table: which column is like the foundation's list? How far apart are the "
        "ends of the intervals?",
        "Then think of the day after: twenty results lie on the table. What was worth asking?",
    ],
)

falls = lesson.choice(
    "falls",
    answer="b",
    feedback={
        "a": "More trees make a steadier vote. They cannot bring back what was copied from twins.",
        "b": "A tree can be so deep that a leaf holds one molecule. Its twin falls into the same "
        "leaf. A model of nine weights has no place to keep a molecule.",
        "c": "On new scaffolds the forest is still ahead. It lost what twins had lent it.",
        "d": "Each fold learns from two thirds of the rows either way, and with one row a "
        "structure fewer rows hold the same molecules. What changed is what stands on the other "
        "side.",
    },
    hints=[
        "What can a model with 100 deep trees do that a model with nine weights cannot?",
        "Where did the forest shine in section 2: on rows with a twin, or without?",
    ],
)

external = lesson.choice(
    "external",
    answer="c",
    feedback={
        "a": "Not in general: an AUC needs enough of both kinds. How many are there of each?",
        "b": "External rows can be the same molecules. How many of their structures stand in the "
        "collection already?",
        "c": "With four of one kind one molecule more or less moves the number a long way, and "
        "nearly half of the test was known.",
        "d": "Accuracy would be worse here: who always says 'enters' gets 171 of 175 right.",
    },
    hints=[
        "Read the second printed line. How many pairs of a yes and a no are there, and of how many "
        "molecules are they made?",
        "Now read its end: are the external molecules new?",
    ],
)

by_chance = lesson.value(
    "by_chance",
    code="by_chance = 20 * 2 / 100",
    expected=0.4,
    tolerance=1e-3,
    hints=[
        "Drawn at random, each of the twenty enters with the same chance. Which?",
        "2 of 100 for each of 20.",
    ],
    misconceptions={
        10: "That is how many of the 500 enter. You test 20 of them.",
        2: "That is per hundred. You test 20.",
        0.02: "That is the chance of one. You test 20.",
        0.04: "20 of 500 is the share that you test. Multiply it by the number that enter.",
        40: "That is per hundred. Asked was how many hits among 20.",
        0.33: "That is nearly the chance of at least one hit. Asked was how many on average.",
    },
    right="Less than one. So a single hit is already more than chance gives.",
)


def _charges(atoms, bonds):
    charge = [each[2] for each in atoms]
    beside = [[] for _ in atoms]
    for a, b, _order in bonds:
        beside[a].append(charge[b])
        beside[b].append(charge[a])
    return charge, beside


_AMMONIUM = [("C", 3, 0), ("N", 0, 1), ("C", 3, 0), ("C", 3, 0), ("C", 3, 0)]
_STAR = [(0, 1, 1), (1, 2, 1), (1, 3, 1), (1, 4, 1)]
_NITRO = [("C", 3, 0), ("N", 0, 1), ("O", 0, 0), ("O", 0, -1)]
_BRANCH = [(0, 1, 1), (1, 2, 2), (1, 3, 1)]


@lesson.function(
    cases=[
        (_AMMONIUM, _STAR),
        (_NITRO, _BRANCH),
        ([("C", 3, 0), ("C", 2, 0), ("O", 1, 0)], [(0, 1, 1), (1, 2, 1)]),
        # betaine: plus and minus are far apart
        (
            [("C", 3, 0), ("N", 0, 1), ("C", 2, 0), ("C", 0, 0), ("O", 0, 0), ("O", 0, -1)],
            [(0, 1, 1), (1, 2, 1), (2, 3, 1), (3, 4, 2), (3, 5, 1)],
        ),
        # the minus stands first in its bond
        ([("O", 0, -1), ("N", 0, 1), ("C", 3, 0)], [(0, 1, 1), (1, 2, 1)]),
        # a nitro group and a charge that lasts
        ([*_NITRO, *_AMMONIUM], [*_BRANCH, *[(a + 4, b + 4, n) for a, b, n in _STAR], (0, 4, 1)]),
        ([("C", 3, 0), ("O", 0, -1)], [(0, 1, 1)]),
    ],
    hints=[
        "Which atoms have a neighbour with a negative charge? Go through the bonds and look at "
        "both ends: atoms[a][2] and atoms[b][2].",
        "Keep the numbers of these atoms. Then look for an atom with a positive charge whose "
        "number is not among them.",
    ],
    right="A nitro group does not count, a charge far from its counterpart does.",
)
def charged(atoms, bonds):
    balanced = set()
    for a, b, _ in bonds:
        if atoms[a][2] < 0:
            balanced.add(b)
        if atoms[b][2] < 0:
            balanced.add(a)
    return any(each[2] > 0 and n not in balanced for n, each in enumerate(atoms))


@charged.fresh
def _(rng):
    middle = [("C", 2, 0)] * int(rng.integers(1, 9)) + [("O", 0, 0)] * int(rng.integers(0, 9))
    lone = rng.random() < 0.42  # a plus without a minus beside it, or with one that stands first
    begin = [("C", 3, 0), ("N", 0, 1)] if lone else [("O", 0, -1), ("N", 0, 1)]
    atoms = [*begin, *middle, ("O", 0, -1)]
    bonds = [(n, n + 1, 1) for n in range(len(atoms) - 1)]
    return atoms, bonds


@charged.misconception(
    "any_plus",
    "A nitro group has a plus as well, with the minus beside it: that is a way of writing bonds. "
    "Look at the neighbours of the charged atom.",
)
def _(atoms, bonds):
    return any(each[2] > 0 for each in atoms)


@charged.misconception(
    "net_charge",
    "You added up all charges. A plus and a minus far apart add up to zero, and the plus still "
    "keeps the molecule out of fat. Look at neighbours only.",
)
def _(atoms, bonds):
    return sum(each[2] for each in atoms) > 0


@charged.misconception(
    "no_minus_anywhere",
    "You gave up as soon as there was a minus anywhere. Only a minus on a neighbour balances a "
    "plus.",
)
def _(atoms, bonds):
    charges = [each[2] for each in atoms]
    return max(charges) > 0 and min(charges) >= 0


@charged.misconception(
    "one_end_of_a_bond",
    "A bond has two ends, in any order: the minus may be the first atom of the bond or the second.",
)
def _(atoms, bonds):
    charge, beside = [each[2] for each in atoms], [[] for _ in atoms]
    for a, b, _order in bonds:
        beside[a].append(charge[b])
    return any(
        q > 0 and not any(n < 0 for n in near) for q, near in zip(charge, beside, strict=True)
    )


@charged.misconception(
    "minus_counts",
    "A negative charge does not count here: asked was a positive one without a negative neighbour.",
)
def _(atoms, bonds):
    charge, beside = _charges(atoms, bonds)
    return any(
        q != 0 and q * n >= 0
        for q, near in zip(charge, beside, strict=True)
        for n in [min(near, default=0)]
    )


@charged.misconception(
    "count_for_yes", "That is how many there are. Asked was whether there is one: True or False."
)
def _(atoms, bonds):
    charge, beside = _charges(atoms, bonds)
    return (
        sum(q > 0 and min(near, default=0) >= 0 for q, near in zip(charge, beside, strict=True)) + 1
    )
