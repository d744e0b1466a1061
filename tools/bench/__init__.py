"""Measure the course, and write docs/benchmark.md: one page from one run.

    python -m tools.bench                              # everything
    python -m tools.bench --once lessons setup         # the same, but the long parts once
    python -m tools.bench --only lessons --lessons 00 01 --repeats 1
    python -m tools.bench --page                       # the page anew, nothing is measured

Each part runs in a process of its own and stores its result in .cache/bench/ when it is done. A
part that fails is named on the page, costs none of the others, and the command ends with 1. After
Ctrl-C the finished parts are kept, and `--page` writes the page from them.

Times are worth something on a quiet machine only: close other programs first.

Its rooms: how something is measured (`clock`), what is (`course`, `training`), where results lie
(`store`), and what is said of them (`page`).
"""
