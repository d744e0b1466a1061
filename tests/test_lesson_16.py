"""Lesson 16: what it says of its data, and what its explorer shows."""

from medlearn import lessons

LESSON = lessons.find()["16"]


def test_the_lesson_loads_what_it_says():
    assert LESSON.data == ()
