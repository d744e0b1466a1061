"""An exam bank: small computations of each lesson's subject, whose numbers a seed draws.

`tasks` says what a task is and draws it; each `lesson_NN` holds the tasks of its lesson; `bank`
finds them; `papers` writes versions of an exam with their keys. The tasks are public, an exam is
not: its numbers come from the teacher's seed.
"""
