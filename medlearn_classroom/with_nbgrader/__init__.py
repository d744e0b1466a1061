"""The lessons as a course of nbgrader's: `course` writes it, `autograde` marks in it."""
