"""The exercises of lesson 00, "Start here": how a check works, and what a score says."""

from medlearn.exercises.engine import Exercises, Level

lesson = Exercises("00")

baseline = lesson.value(
    "baseline",
    code="baseline = 357 / (357 + 212)",
    expected=357 / 569,
    tolerance=2.5e-3,
    hints=[
        "A share is a part divided by the whole. Which patients does this rule call right?",
        "It calls everybody benign, so it is right for the benign lumps: 357 of 357 + 212.",
    ],
    misconceptions={
        212 / 569: "That is the share of cancers: the patients whom this rule calls wrong. "
        "For whom is it right?",
        357 / 212: "That is benign lumps for each cancer, a ratio. A share has all the patients "
        "below the line, so it is never above 1.",
        212 / 357: "That is cancers for each benign lump, a ratio. A share has all the patients "
        "below the line.",
        100 * 357 / 569: "The right share, written in percent. Give it as a fraction between "
        "0 and 1.",
        0.6: "Close, but rounded too far: give two decimals.",
        1: "It is right for all the benign lumps. Of all 569, that is which share?",
        357: "That is how many patients it calls right. Which share of all of them is that?",
        0.0: "It finds no cancer, that is true. But the share counts every patient whom it calls "
        "right, and it is right for all the benign lumps.",
        0.5: "That would be tossing a coin. This rule says the same word each time, and one word "
        "fits more patients than the other.",
    },
    right="A rule that looks at nothing gets this far. A score means something only beside it.",
)

follows = lesson.choice(
    "follows",
    answer="c",
    feedback={
        "a": "This is the commonest misreading. The share belongs to all the test patients "
        "together. Each patient has a predicted risk of their own: most stand near 0 or near "
        "100 % in the picture, some in between, and the missed cancers stood low.",
        "b": "Nothing was compared: no pathologist read these samples beside the model. And "
        "a person had chosen the cells and drawn around the nuclei before the model saw "
        "a number.",
        "c": "A score belongs to patients like those it was measured on. The interval says what "
        "chance does to a count of this size. It does not cover another hospital.",
        "d": "That is another question: of those called malignant, how many have cancer? The "
        "answer falls where cancer is rarer, and in screening it is far rarer than among "
        "patients who were sent for a needle sample. Lesson 05 measures it.",
    },
    hints=[
        "For whom was the share measured? Who was not among them?",
        "Three of the four speak of something that was never measured here: one single patient, "
        "a pathologist, a screening programme.",
    ],
)

ask = lesson.text(
    "ask",
    model_answer="""
        I would ask who counted the errors, apart from the company, and in which patients: were they
        like ours? I would ask what a simple rule reaches on the same patients, and how wide the
        interval is, because where few patients have sepsis a rule that never warns is accurate too.
        And I would ask how many patients with sepsis it misses and how many false alarms it rings a
        day, and let it run silently here first, until we have counted that ourselves.
    """,
    checklist=[
        "an independent test, on patients like ours, not the number of customers",
        "a baseline on the same patients, and an interval",
        "both kinds of error, in patients: missed, and alarmed without need",
        "a count in our own hospital before anybody acts on it",
    ],
    rubric=[
        Level(
            0,
            "Takes the 95 % or the 300 hospitals for proof, or asks only what it costs and how it "
            "is installed.",
            "95 % accurate is very good, better than many doctors, and 300 hospitals would not use "
            "it if it did not work. I would only ask what it costs and how soon it can be "
            "installed.",
        ),
        Level(
            1,
            "Doubts the number and asks one thing that matters (which patients, which baseline, "
            "which errors), but not why it matters, or switches it on without a count of its own.",
            "I would ask on which patients the 95 % was measured, because ours may be older and "
            "more ill. I would also like to see a scientific paper about it. If both are fine, I "
            "would switch it on.",
        ),
        Level(
            2,
            "Asks for a count on patients like ours, beside a rule that never warns, with missed "
            "patients and false alarms apart, and says why: sepsis is rare, so accuracy hides "
            "both.",
            "If two in a hundred patients have sepsis, a program that never warns is right 98 "
            "times in a hundred, so 95 % tells me nothing. Show me, from a hospital like ours and "
            "counted by somebody else, how many patients with sepsis were found, and how often it "
            "rang for nothing. Before a nurse has to run for it, it runs silently on our wards for "
            "a month.",
        ),
    ],
    hints=[
        "Think of patients with sepsis whom it misses, and of alarms without sepsis.",
        "On which patients was the number measured, and by whom? What would a program reach that "
        "never warns?",
    ],
)
