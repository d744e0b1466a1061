"""The report on a class: misconceptions, right answers and the change of the score, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from medlearn.language import N_, _, ngettext
from medlearn_classroom.inventory import answers as sheets_of
from medlearn_classroom.inventory import counts
from medlearn_classroom.inventory.answers import TIMES, Answers
from medlearn_classroom.inventory.counts import FEW
from medlearn_classroom.inventory.questions import Question, load
from medlearn_classroom.words import wrapped

__all__ = ["report"]

_WHEN = {"before": N_("before"), "after": N_("after")}


def _count(k: int, n: int, few: int) -> str:
    """k of n people in words that never show one to four of them, unless few is 1."""
    if n < few:
        said = _("nobody answered") if few == 1 else _("fewer than five answered")
    elif k == 0:
        said = _("none of {n}")
    elif k < few:
        said = _("fewer than five of {n}")
    elif k == n:
        said = _("all {n}")
    elif n - k < few:
        said = _("all but fewer than five of {n}")
    else:
        said = _("{k} of {n}")
    return said.format(k=k, n=n)


def _share(k: int, n: int, few: int) -> str:
    """A share in percent with Wilson's 95 % confidence interval, or the guarded words."""
    from scipy.stats import binomtest

    words = _count(k, n, few)
    if not counts.shown(k, n):
        return words
    interval = binomtest(k, n).proportion_ci(method="wilson")
    return _("{count}, {share:.0%} [{low:.0%} to {high:.0%}]").format(
        count=words, share=k / n, low=interval.low, high=interval.high
    )


def _misconception(
    phrase: str,
    held: list[tuple[str, int, int]],
    lessons: Iterable[str],
    n: int,
    guessed: float,
    few: int,
) -> str:
    """How many learners held it, at one time or at both; `n` questions offered it."""
    (time, *first), *rest = held
    about = {
        "count": _count(*first, few),
        "phrase": phrase,
        "time": _(_WHEN[time]),
        "lessons": ", ".join(lessons),
        "questions": ngettext("{n} question", "{n} questions", n).format(n=n),
        "guessed": guessed,
    }
    if not rest:
        return _("{count} {phrase} ({time}) [{lessons}; {questions}, {guessed:.0%}]").format(
            **about
        )
    ((time, *second),) = rest
    return _(
        "{count} {phrase} ({time}), {later} ({later_time}) [{lessons}; {questions}, {guessed:.0%}]"
    ).format(**about, later=_count(*second, few), later_time=_(_WHEN[time]))


def _misconception_lines(answers: Answers, few: int) -> list[str]:
    asked, rows, hidden, nobody = counts.asked(answers, few), [], [], []
    for name, misconception in load().misconceptions.items():
        for offered in counts.comparable(asked, name):
            times = [time for time in asked if asked[time] & set(offered)]
            held = [(time, *counts.held(answers[time], offered)) for time in times]
            if not any(k or 0 < n < few for _time, k, n in held):
                nobody.append(misconception.phrase)
            elif all(k < few or n < few for _time, k, n in held):
                hidden.append(misconception.phrase)
            else:
                text = _misconception(
                    misconception.phrase,
                    held,
                    misconception.lessons,
                    len(offered),
                    counts.chance(offered, answers),
                    few,
                )
                rows.append(([counts.rank(k, n, few) for _time, k, n in held], text))
    rows.sort(key=lambda row: row[0], reverse=True)
    lines = [wrapped(text, "    ", "  ") for _rank, text in rows]
    for said, phrases in (
        (_("fewer than five each: {phrases}."), hidden),
        (_("nobody: {phrases}."), nobody),
    ):
        if phrases:
            lines.append(wrapped(said.format(phrases="; ".join(phrases)), "    ", "  "))
    return lines


def _question_lines(answers: Answers, parts: list[list[Question]], few: int) -> list[str]:
    width = max(len(question.name) for part in parts for question in part)
    lines = []
    for part in parts:
        asked = {
            time: counts.of(answers[time], part) for time in TIMES if len(answers[time]) >= few
        }
        for question in part:
            shown = []
            for time, sheets in asked.items():
                given = [
                    sheet[question.name] for sheet in sheets.values() if question.name in sheet
                ]
                if sheets:
                    right = sum(letter == question.answer for letter in given)
                    share = _share(right, len(given), few)
                    shown.append(_("{time}: {share}").format(time=_(_WHEN[time]), share=share))
            words = " · ".join(shown) or _count(0, 0, few)
            lines.append(f"  {question.name.ljust(width)}  {words}")
    return lines


def _means_at_each_time(
    asked: dict[str, dict[str, dict[str, str]]], part: list[Question]
) -> Iterator[str]:
    import numpy as np

    for time, sheets in asked.items():
        if len(sheets) >= FEW:
            said = ngettext(
                "  {time}: mean {right:.1f} right, {out:.1f} left out ({n} learner)",
                "  {time}: mean {right:.1f} right, {out:.1f} left out ({n} learners)",
                len(sheets),
            )
            yield said.format(
                time=_(_WHEN[time]),
                right=np.mean([counts.score(sheet, part) for sheet in sheets.values()]),
                out=np.mean([counts.left_out(sheet, part) for sheet in sheets.values()]),
                n=len(sheets),
            )


def _score_lines(answers: Answers, part: list[Question]) -> list[str]:
    import numpy as np
    from scipy.stats import ttest_1samp

    if len(part) < FEW:  # the mean of a single question would tell how many were right
        return [_("  not shown: of fewer than five questions a mean could show single answers")]
    asked = {time: counts.of(answers[time], part) for time in TIMES}
    both = sorted(set(asked["before"]) & set(asked["after"]))
    if len(both) < FEW:
        why = (
            _("  change: not shown, because fewer than five answered both times")
            if both
            else _("  change: not shown, because nobody answered both times")
        )
        return [*_means_at_each_time(asked, part), why]
    # The means are those of the same people, too: beside the means of all, they would give away
    # the score of the one person who was ill the second time.
    before, after = (
        np.array([counts.score(asked[time][code], part) for code in both]) for time in TIMES
    )
    out = [np.mean([counts.left_out(asked[time][code], part) for code in both]) for time in TIMES]
    left = _("  left out by the same people: mean {before:.1f} before, {after:.1f} after")
    change = after - before
    about = {
        "n": len(both),
        "before": before.mean(),
        "after": after.mean(),
        "change": change.mean(),
    }
    if np.ptp(change) == 0:
        said = _(
            "  the {n} who answered both times: mean {before:.1f} before, {after:.1f} after, "
            "change {change:+.1f} (no interval: everybody changed by the same)"
        )
    else:
        # Student's t for the mean change, and no bootstrap: in a class of five to thirty the
        # percentile bootstrap is too narrow, and a sum of many answers is near enough to a normal
        # one.
        interval = ttest_1samp(change, 0).confidence_interval(0.95)
        about |= {"low": interval.low, "high": interval.high}
        said = _(
            "  the {n} who answered both times: mean {before:.1f} before, {after:.1f} after, "
            "change {change:+.1f} [{low:+.1f} to {high:+.1f}]"
        )
    return [said.format(**about), left.format(before=out[0], after=out[1])]


def _scores(answers: Answers, parts: list[list[Question]]) -> Iterator[str]:
    """The score of each part. One alone needs no name; several are named by first and last."""
    for part in parts:
        if len(parts) == 1:
            which = "{n}"
        elif len(part) == 1:
            which = _("{n} ({first})")
        else:
            which = _("{n} ({first} to {last})")
        which = which.format(n=len(part), first=part[0].name, last=part[-1].name)
        yield _(
            "Score: right answers of {questions}, what was left out counts as not right "
            "[95 %, Student's t, paired]"
        ).format(questions=which)
        yield from _score_lines(answers, part)


def _people(n: int, few: int) -> str:
    return _("nobody") if n == 0 else _("fewer than five") if n < few else str(n)


def _title(answers: Answers, few: int) -> str:
    before, after = (len(answers[time]) for time in TIMES)
    said = (
        _("Concept inventory: {before} learners answered before the course, {after} after it.")
        if before
        else _("Concept inventory: nobody answered before the course, {after} after it.")
    )
    return said.format(before=_people(before, few), after=_people(after, few))


def report(files: Iterable[str | Path], *, exact: bool = False) -> str:
    """Count misconceptions, right answers and the change of the score in a class.

    Parameters
    ----------
    files : iterable of str or Path
        Filled-in ``answers.csv`` files of any sheets: ``learner`` (a code, no name), ``when``
        (before or after) and a column for each question that was asked (a, b, c, d or nothing),
        under its name, or under q01 to q20 as in tables of the first twenty. Commas, semicolons or
        tabs; UTF-8 with or without a byte-order mark, UTF-16 with one, or Windows' cp1252.
    exact : bool
        Show counts of one to four people, too: for the teacher's own eyes. Intervals and means
        appear where they do without it.

    Returns
    -------
    str
        The report. Each misconception counts learners: those who chose one of its options, of
        those who answered a question that offers it; beside it stands how many questions do, and
        the share of pure guessers who would be counted. Before and after are compared for the same
        questions only, also where other sheets were asked the second time. Intervals of shares are
        Wilson's, that of the change is Student's t for paired scores, both at 95 %. A count of one
        to four people, or of all but one to four, is not shown.

    Raises
    ------
    ClassroomError
        When an answer cannot be understood; the text names file, line and what was expected.

    Examples
    --------
    >>> import tempfile
    >>> header = "learner,when,1 screening-test,2 stroke-risk"
    >>> sheets = [f"{code},before,a,d" for code in range(1, 7)]
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "answers.csv"
    ...     _ = file.write_text("\\n".join([header, *sheets]), encoding="utf-8")
    ...     print(report([file]))
    Concept inventory: 6 learners answered before the course, nobody after it...
      all 6 confused sensitivity with predictive value (before) [05; 1 question, 25%]
    ...
      screening-test  before: none of 6, 0% [0% to 39%]
    ...
    """
    sheets = sheets_of.read(files)
    answers, parts = sheets_of.by_learner(sheets), counts.parts(sheets)
    few = 1 if exact else FEW
    lines = [
        _title(answers, few),
        _("Counted on this machine; nothing is sent anywhere, and no code is shown."),
    ]
    if all(len(answers[time]) < few for time in TIMES) and not exact:
        lines.append(
            _(
                "With fewer than five people nothing more is shown: single persons could be made "
                "out."
            )
        )
        return "\n".join(lines)
    lines += [
        _(
            "Exact counts, for your eyes only: single persons can be made out in them.\n"
            "Do not pass this on, show it, or keep it longer than you need it."
        )
        if exact
        else _("One to four people are written as 'fewer than five'."),
        "",
        _(
            "Misconceptions: learners who chose one, of those who answered such a question\n"
            "[lessons; number of such questions, and the share of pure guessers who would choose "
            "one]"
        ),
        *_misconception_lines(answers, few),
        _(
            "  These counts carry no interval, and before and after may be different people: take "
            "a\n  small difference for nothing."
        ),
        "",
        _("Right answers, of those who answered [95 % confidence interval, Wilson's]"),
        *_question_lines(answers, parts, few),
        "",
        *_scores(answers, parts),
        _("  Where fewer are left out the second time, guessing alone raises the score."),
        "",
        _(
            "The intervals say what chance does to a class of this size. They cannot say why a "
            "class changed:\nnobody here was taught without the course."
        ),
    ]
    return "\n".join(lines)
