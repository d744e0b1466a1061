"""Questions in the files that platforms take in: Moodle XML, GIFT and QTI 2.1.

`items` says what a question is, `sources` takes it from the inventory and from the lessons,
`moodle`, `gift` and `qti` each write one kind of file with the words that `markup` makes of
Markdown, and `files` writes what a teacher asked for.
"""
