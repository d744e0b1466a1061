"""Exercises of lesson 14: drug discovery."""

from medlearn.exercises.engine import Exercises, Level

lesson = Exercises("14")


@lesson.function(
    cases=[(1.0, 2.0), (0.5, 0.0)],
    hints=["…"],
    right="…",
)
def first(a, b):
    return a + b


@first.fresh
def _(rng):
    return tuple(rng.normal(size=2).round(2))


@first.misconception("subtracted", "…")
def _(a, b):
    return a - b


second = lesson.value(
    "second",
    code="second = 3",
    expected=3,
    hints=["…"],
    misconceptions={2: "…"},
    right="…",
)

third = lesson.choice(
    "third",
    answer="b",
    feedback={"a": "…", "b": "…", "c": "…"},
    hints=["…"],
)

fourth = lesson.text(
    "fourth",
    model_answer="…",
    checklist=["…"],
    rubric=[
        Level(0, "…", "…"),  # what such an answer does or leaves out, and an example of it
        Level(1, "…", "…"),
        Level(2, "…", "…"),
    ],
    hints=["…"],
)
