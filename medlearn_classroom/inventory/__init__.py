"""The concept inventory: questions before and after, and what a class took from them.

`questions` reads them from the lessons' teaching pages, `sheets` prints them, `answers` reads what
a teacher typed in under codes, never under names, and `report` shows the counts of `counts`.
Everything is computed on this machine, and nothing is sent anywhere.
"""
