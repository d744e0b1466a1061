"""Lesson 18: what it says of its data, and what its explorer shows."""

from medlearn import lessons

LESSON = lessons.find()["18"]


def test_the_lesson_loads_what_it_says():
    assert LESSON.data == ()
