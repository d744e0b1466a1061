"""Marks for the notebooks of a class, each run in a process of its own: see `grading`."""
