"""The teacher's commands, ``grade`` and ``classroom``, which the course's command line takes up."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from medlearn.arguments import Add, count
from medlearn.language import _

__all__ = ["add"]


def _grade(options: argparse.Namespace) -> int:
    from medlearn_classroom.marking import grading, roster, taught, totals
    from medlearn_classroom.marking.limits import Limits

    if bool(options.files) == bool(options.sum):
        said = _(
            "✗ name FILES with --csv OUT, which marks them, or --sum OUT alone; see `grade --help`."
        )
        print(said, file=sys.stderr)
        return 2
    if options.sum:
        for line in totals.sum_up(options.sum):
            print(line)
        _fill_sheets(options, options.sum)
        return 0
    counting = None
    if options.plan:
        counting = taught.planned(options.plan)
    elif options.exercises:
        counting = taught.named(options.exercises.split(","))
    graded = grading.grade_files(
        options.files,
        options.csv,
        seed=options.seed,
        learner_from=options.learner_from,
        roster=roster.read(options.roster) if options.roster else None,
        taught=counting,
        jobs=options.jobs,
        whole=options.whole,
        decimal=options.decimal,
        limits=Limits(
            cell_seconds=options.cell_seconds,
            total_seconds=options.total_seconds,
            memory_mb=options.memory_mb,
        ),
    )
    _fill_sheets(options, options.csv)
    return 1 if any(one.problem for one in graded) else 0


def _fill_sheets(options: argparse.Namespace, csv: str) -> None:
    """Fill what a platform gave, beside the marks."""
    from medlearn_classroom.marking import totals, worksheets

    if not (options.moodle or options.canvas):
        return
    marks = Path(csv)
    given = worksheets.grades(*totals.learners(marks))
    lines = []
    if options.moodle:
        out = marks.with_name(f"{marks.stem}_moodle.csv")
        lines += worksheets.fill_moodle(given, options.moodle, out)
    if options.canvas:
        out = marks.with_name(f"{marks.stem}_canvas.csv")
        lines += worksheets.fill_canvas(given, options.canvas, out, options.column)
    for line in lines:
        print(line)


def _build(options: argparse.Namespace) -> int:
    from medlearn_classroom.with_nbgrader import course

    for line in course.build(options.folder, lessons=options.lessons, seed=options.seed):
        print(line)
    return 0


def _bundle(options: argparse.Namespace) -> int:
    from medlearn_classroom.stick import bundle

    bundle.build(options.folder, systems=options.systems, pythons=options.pythons)
    return 0


def _inventory(options: argparse.Namespace) -> int:
    from medlearn_classroom.inventory import sheets

    for line in sheets.write(options.folder, blocks=options.block, lessons=options.lessons):
        print(line)
    return 0


def _hub(options: argparse.Namespace) -> int:
    from medlearn_classroom.hub import build

    people = build.people_of(options.roster, options.learners)
    for line in build.make(options.folder, people=people):
        print(line, flush=True)
    if options.only_make:
        return 0
    said = _("The hub answers at {address} until you press Ctrl+C.")
    print(said.format(address=options.address), flush=True)
    return build.start(options.folder, address=options.address)


def _report(options: argparse.Namespace) -> int:
    from medlearn_classroom.inventory import report

    print(report.report(options.files, exact=options.exact))
    return 0


def _questions(options: argparse.Namespace) -> int:
    from medlearn_classroom.quizzes import files

    formats = options.format or files.FORMATS
    for line in files.write(options.folder, formats, lessons=options.lessons):
        print(line)
    return 0


def _exam(options: argparse.Namespace) -> int:
    from medlearn_classroom.exam import papers

    for line in papers.write(
        options.folder,
        seed=options.seed,
        lessons=options.lessons,
        versions=options.versions,
        each=options.each,
        formats=options.format or [],
        answers=options.answers,
    ):
        print(line)
    return 0


def _add_formats(run: argparse.ArgumentParser, default: str) -> None:
    run.add_argument(
        "--format",
        nargs="+",
        choices=["moodle", "gift", "qti"],
        help=_("files for platforms: moodle, gift, qti (default: {default})").format(
            default=default
        ),
    )


def _slides(options: argparse.Namespace) -> int:
    return _write("slides", options)


def _handout(options: argparse.Namespace) -> int:
    return _write("handout", options)


def _key(options: argparse.Namespace) -> int:
    return _write("key", options)


def _write(kind: str, options: argparse.Namespace) -> int:
    """Write what is shown or handed out."""
    from medlearn_classroom.handouts import writing

    for line in writing.write(kind, options.lesson, options.folder):
        print(line)
    return 0


def add(commands: argparse._SubParsersAction, command: Add) -> None:
    """Add both to the commands of the course.

    Parameters
    ----------
    commands : argparse's subparsers
    command : medlearn.arguments.Add
    """
    run = command(
        commands, "grade", _grade, _("mark the notebooks of a class, each in its own process")
    )
    run.add_argument(
        "files", nargs="*", metavar="FILE", help=_("notebooks, zips, or folders of them")
    )
    table = run.add_mutually_exclusive_group(required=True)
    table.add_argument(
        "--csv", metavar="OUT", help=_("mark the files; the marks go here, a .csv or an .xlsx")
    )
    table.add_argument(
        "--sum",
        metavar="OUT",
        help=_("mark nothing; add up the points typed into OUT_exercises.csv"),
    )
    run.add_argument(
        "--seed",
        type=count,
        help=_("makes each learner's own data; the same seed, the same marks"),
    )
    run.add_argument(
        "--learner-from",
        choices=["auto", "file", "folder"],
        default="auto",
        help=_("what names the learner (default: the layout of Moodle, Canvas, nbgrader, folders)"),
    )
    run.add_argument(
        "--roster", metavar="CSV", help=_("the class: id, name, e-mail; everybody gets a row")
    )
    counted = run.add_mutually_exclusive_group()
    counted.add_argument(
        "--plan", metavar="NAME", help=_("count what a plan teaches: two-days, core, methods, …")
    )
    counted.add_argument(
        "--exercises", metavar="NAMES", help=_("count these: ppv,decide or 01/verdict,17/verdict")
    )
    run.add_argument("--moodle", metavar="CSV", help=_("fill Moodle's grading worksheet"))
    run.add_argument("--canvas", metavar="CSV", help=_("fill a column of Canvas's gradebook"))
    run.add_argument("--column", metavar="NAME", help=_("the assignment in Canvas's gradebook"))
    run.add_argument(
        "--decimal",
        choices=["point", "comma"],
        default="point",
        help=_("how numbers stand in the tables; comma: with semicolons between entries"),
    )
    run.add_argument(
        "--whole", action="store_true", help=_("run all of each notebook, needed or not")
    )
    run.add_argument("--jobs", type=count, default=1, help=_("notebooks at once (default: 1)"))
    run.add_argument("--cell-seconds", type=count, default=120, help=_("default: 120"))
    run.add_argument("--total-seconds", type=count, default=900, help=_("default: 900"))
    run.add_argument("--memory-mb", type=count, default=3000, help=_("default: 3000"))

    classroom = commands.add_parser(
        "classroom", help=_("prepare a class: slides, handouts, marking, USB stick, quiz")
    )
    actions = classroom.add_subparsers(title=_("commands"), metavar="COMMAND", required=True)
    run = command(actions, "build", _build, _("make an nbgrader course of the lessons"))
    run.add_argument("folder", metavar="DIR", help=_("a new or empty folder"))
    run.add_argument("--lessons", nargs="+", metavar="NUMBER", help=_("default: all"))
    run.add_argument("--seed", type=count, help=_("default: a new one, kept with the course"))
    run = command(actions, "bundle", _bundle, _("fill a USB stick: a class needs no network"))
    run.add_argument("folder", metavar="DIR", help=_("a new or empty folder, or a bundle's"))
    run.add_argument(
        "--systems",
        nargs="+",
        metavar="SYSTEM",
        help="windows, macos, linux",  # no text: ids
    )
    run.add_argument("--pythons", nargs="+", metavar="VERSION", help=_("such as 3.12 3.13"))
    run = command(actions, "inventory", _inventory, _("write sheets of questions and the key"))
    run.add_argument("folder", metavar="DIR", help=_("a new or empty folder"))
    asked = run.add_mutually_exclusive_group()
    asked.add_argument(
        "--block",
        nargs="+",
        metavar="BLOCK",
        help=_("a sheet for each: basics, methods, uses, trust"),
    )
    asked.add_argument(
        "--lessons", nargs="+", metavar="NUMBER", help=_("mix theirs, such as 02 05 or 00-08")
    )
    run = command(actions, "hub", _hub, _("start a JupyterHub for a class on this machine"))
    run.add_argument("folder", metavar="DIR", help=_("a new or empty folder, or a hub's"))
    run.add_argument("--roster", metavar="CSV", help=_("the class: id and name; ids are for login"))
    run.add_argument(
        "--learners", type=count, default=30, help=_("without a list: learner01 and so on")
    )
    run.add_argument(
        "--address",
        metavar="URL",
        default="http://127.0.0.1:8000",
        help=_("where it answers; http://0.0.0.0:8000 is the whole network, unencrypted"),
    )
    run.add_argument("--only-make", action="store_true", help=_("make the hub, and start it later"))
    run = command(actions, "report", _report, _("count misconceptions before and after"))
    run.add_argument("files", nargs="+", metavar="ANSWERS", help=_("filled-in answers.csv files"))
    run.add_argument(
        "--exact",
        action="store_true",
        help=_("show counts of one to four people, too: for your eyes only"),
    )
    run = command(
        actions, "questions", _questions, _("write the public questions for Moodle and others")
    )
    run.add_argument("folder", metavar="DIR", help=_("a new or empty folder"))
    _add_formats(run, _("all three"))
    run.add_argument(
        "--lessons", nargs="+", metavar="NUMBER", help=_("such as 02 05 or 00-08 (default: all)")
    )
    run = command(actions, "exam", _exam, _("write an exam with numbers of its own, and its key"))
    run.add_argument("folder", metavar="DIR", help=_("a new or empty folder"))
    run.add_argument(
        "--seed", type=count, help=_("draws the numbers (default: a new one, kept in the key)")
    )
    run.add_argument(
        "--lessons", nargs="+", metavar="NUMBER", required=True, help=_("such as 02 05 or 00-08")
    )
    run.add_argument(
        "--versions", type=count, default=1, help=_("how many, with other numbers (default: 1)")
    )
    run.add_argument(
        "--each", type=count, help=_("questions of each lesson (default: all there are)")
    )
    run.add_argument(
        "--answers",
        choices=["letters", "numbers"],
        default="letters",
        help=_("what is asked for: one of four letters, or the number itself"),
    )
    _add_formats(run, _("none"))
    shown = [
        ("slides", _slides, _("make slides of a lesson, with what to say")),
        ("handout", _handout, _("make a page to print and to write on, without answers")),
        ("key", _key, _("make the answer key of a lesson")),
    ]
    for name, does, told in shown:
        run = command(actions, name, does, told)
        run.add_argument("lesson", metavar="NUMBER", help=_("a lesson, such as 05, or all"))
        run.add_argument("folder", metavar="DIR", help=_("new, empty, or with such files only"))
