"""The course from the command line: ``python -m medlearn --help``.

Exit codes: 0 all is well, 1 something is wrong (and says what), 2 the command was not understood.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence

import medlearn

__all__ = ["main"]


def _doctor(_: argparse.Namespace) -> int:
    from medlearn import doctor

    findings = doctor.examine()
    for finding in findings:
        print(finding)
    broken = sum(finding.symbol == "✗" for finding in findings)
    odd = sum(finding.symbol == "!" for finding in findings)
    if broken:
        print(f"\n✗ {broken} thing(s) must be mended before the course can run.")
    elif odd:
        print(f"\n! The course runs; {odd} thing(s) deserve a look.")
    else:
        print("\n✓ All is well.")
    return 1 if broken else 0


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 1e5 else f"{count / 1e3:.0f} kB" if count else "-"


def _data_list(_: argparse.Namespace) -> int:
    from medlearn import datasets

    head = ("name", "rows", "people", "size", "where", "licence", "title")
    table = [head]
    for row in datasets.describe():
        people = "unknown" if row["people"] is None else f"{row['people']:,}"
        size = _size(row["size"])
        cells = (row["name"], f"{row['rows']:,}", people, size, row["where"], row["licence"])
        table.append((*cells, row["title"]))
    widths = [max(len(line[column]) for line in table) for column in range(len(head))]
    for line in table:
        print(
            "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        )
    return 0


def _data_verify(options: argparse.Namespace) -> int:
    from medlearn import datasets

    results = []
    for name in options.names or [None]:
        results += datasets.verify(name)
    for name, ok, message in results:
        print(f"{'✓' if ok else '✗'} {name}: {message}", file=sys.stdout if ok else sys.stderr)
    return 0 if all(ok for _, ok, _ in results) else 1


def _data_build(options: argparse.Namespace) -> int:
    from medlearn.datasets import build

    results = build.build(options.names or None, check=options.check)
    for built in results:
        differs = built.status == "differs"
        print(
            f"{'✗' if differs else '✓'} {built.status}: {built.message}",
            file=sys.stderr if differs else sys.stdout,
        )
    return 1 if any(built.status == "differs" for built in results) else 0


def _data_fetch(options: argparse.Namespace) -> int:
    from medlearn import datasets

    for name in options.names:
        print(f"✓ {name}: {datasets.fetch(name)}")
    return 0


def _status(options: argparse.Namespace) -> int:
    from medlearn.exercises import overview, progress

    if options.take:
        before = sum(map(len, progress.passed().values()))
        progress.import_text(options.take)
        print(f"✓ {sum(map(len, progress.passed().values())) - before} exercise(s) added.")
    if options.export:
        print(progress.export_text())
        return 0
    for number, marks in overview.table():
        left = [name for name, done in marks if not done]
        line = f"lesson {number}: {len(marks) - len(left)} of {len(marks)} exercises passed"
        if 0 < len(left) < len(marks):
            line += f" (left: {', '.join(left)})"
        print(f"✓ {line}" if not left else f"  {line}")
    print(f"Kept in {progress.path()}, and sent nowhere.")
    return 0


def _lab(options: argparse.Namespace) -> int:
    from medlearn import lab

    copies = lab.copy_lessons()
    for line in lab.tell(copies):
        print(line)
    if options.copies_only:
        return 0
    if not copies:
        raise lab.LabError("There are no lessons in notebooks/. `git checkout -- notebooks`.")
    browser = False if options.no_browser else None
    return lab.start(copies[0].path, browser=browser, port=options.port)


def _grade(options: argparse.Namespace) -> int:
    from medlearn.classroom import grading, supervisor, tables

    if bool(options.files) == bool(options.sum):
        said = "name FILES with --csv OUT, which marks them, or --sum OUT alone"
        print(f"✗ {said}; see `grade --help`.", file=sys.stderr)
        return 2
    if options.sum:
        for line in tables.sum_up(options.sum):
            print(line)
        return 0
    graded = grading.grade_files(
        options.files,
        options.csv,
        seed=options.seed,
        learner_from=options.learner_from,
        jobs=options.jobs,
        limits=supervisor.Limits(
            cell_seconds=options.cell_seconds,
            total_seconds=options.total_seconds,
            memory_mb=options.memory_mb,
        ),
    )
    return 1 if any(one.problem for one in graded) else 0


def _classroom_build(options: argparse.Namespace) -> int:
    from medlearn.classroom import course

    for line in course.build(options.folder, lessons=options.lessons, seed=options.seed):
        print(line)
    return 0


def _classroom_bundle(options: argparse.Namespace) -> int:
    from medlearn.classroom import bundle

    bundle.build(options.folder, systems=options.systems, pythons=options.pythons)
    return 0


def _classroom_inventory(options: argparse.Namespace) -> int:
    from medlearn.classroom import inventory

    lines = inventory.write(options.folder, blocks=options.block, lessons=options.lessons)
    for line in lines:
        print(line)
    return 0


def _classroom_report(options: argparse.Namespace) -> int:
    from medlearn.classroom import inventory

    print(inventory.report(options.files))
    return 0


def _port(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; expected a number up to 65535")
    return int(text)


def _count(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number above zero")
    return int(text)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m medlearn",
        description="Deep learning for medicine: look after the course on this machine.",
        epilog="Exit codes: 0 all is well, 1 something is wrong, 2 the command was not understood.",
    )
    parser.add_argument("--version", action="version", version=f"medlearn {medlearn.__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def add(where: argparse._SubParsersAction, name: str, run: Callable, text: str):
        command = where.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
        command.set_defaults(run=run)
        return command

    lab = add(commands, "lab", _lab, "copy the lessons to work/ and open them in JupyterLab")
    lab.add_argument("--no-browser", action="store_true", help="only print the address")
    lab.add_argument("--port", type=_port, help="default: the first free one from 8888")
    lab.add_argument("--copies-only", action="store_true", help="make the copies, start nothing")

    status = add(commands, "status", _status, "show the exercises that you have passed")
    status.add_argument(
        "--export", action="store_true", help="print your progress as one line, to carry it along"
    )
    status.add_argument(
        "--import", dest="take", metavar="TEXT", help="add the progress that --export printed"
    )

    add(commands, "doctor", _doctor, "check this machine, the packages and the data; say the mend")

    data = commands.add_parser("data", help="list, verify, build and fetch the data")
    actions = data.add_subparsers(title="commands", metavar="COMMAND", required=True)
    add(actions, "list", _data_list, "list every data set with its size and licence")
    verify = add(actions, "verify", _data_verify, "compare the data with their checksums")
    verify.add_argument("names", nargs="*", metavar="NAME", help="default: all that are here")
    build = add(actions, "build", _data_build, "make the shipped data again from their sources")
    build.add_argument("names", nargs="*", metavar="NAME", help="default: all")
    build.add_argument("--check", action="store_true", help="compare and write nothing")
    fetch = add(actions, "fetch", _data_fetch, "download online data into the cache")
    fetch.add_argument("names", nargs="+", metavar="NAME", help="see `data list`, where: online")

    grade = add(commands, "grade", _grade, "mark the notebooks of a class, each in its own process")
    grade.add_argument("files", nargs="*", metavar="FILE", help="notebooks, or folders of them")
    table = grade.add_mutually_exclusive_group(required=True)
    table.add_argument("--csv", metavar="OUT", help="mark the files; this is where the marks go")
    table.add_argument(
        "--sum", metavar="OUT", help="mark nothing; add up the points typed into OUT_exercises.csv"
    )
    grade.add_argument(
        "--seed", type=_count, help="makes each learner's own data; the same seed, the same marks"
    )
    grade.add_argument(
        "--learner-from",
        choices=["auto", "file", "folder"],
        default="auto",
        help="what names the learner (default: the file, or the folder where files are lessons)",
    )
    grade.add_argument("--jobs", type=_count, default=1, help="notebooks at once (default: 1)")
    grade.add_argument("--cell-seconds", type=_count, default=120, help="default: 120")
    grade.add_argument("--total-seconds", type=_count, default=900, help="default: 900")
    grade.add_argument("--memory-mb", type=_count, default=3000, help="default: 3000")

    classroom = commands.add_parser("classroom", help="prepare a class: marking, USB stick, quiz")
    actions = classroom.add_subparsers(title="commands", metavar="COMMAND", required=True)
    build = add(actions, "build", _classroom_build, "make an nbgrader course of the lessons")
    build.add_argument("folder", metavar="DIR", help="a new or empty folder")
    build.add_argument("--lessons", nargs="+", metavar="NUMBER", help="default: all")
    build.add_argument("--seed", type=_count, help="default: a new one, kept with the course")
    bundle = add(actions, "bundle", _classroom_bundle, "fill a USB stick: a class needs no network")
    bundle.add_argument("folder", metavar="DIR", help="a new or empty folder, or a bundle's")
    bundle.add_argument("--systems", nargs="+", metavar="SYSTEM", help="windows, macos, linux")
    bundle.add_argument("--pythons", nargs="+", metavar="VERSION", help="such as 3.12 3.13")
    quiz = add(actions, "inventory", _classroom_inventory, "write sheets of questions and the key")
    quiz.add_argument("folder", metavar="DIR", help="a new or empty folder")
    asked = quiz.add_mutually_exclusive_group()
    asked.add_argument(
        "--block", nargs="+", metavar="BLOCK", help="a sheet for each: basics, methods, uses, trust"
    )
    asked.add_argument(
        "--lessons", nargs="+", metavar="NUMBER", help="mix theirs, such as 02 05 or 00-08"
    )
    report = add(actions, "report", _classroom_report, "count misconceptions before and after")
    report.add_argument("files", nargs="+", metavar="ANSWERS", help="filled-in answers.csv files")
    return parser


def _expected() -> tuple[type[Exception], ...]:
    """The errors whose text is written for the person at the keyboard."""
    from medlearn.classroom import ClassroomError
    from medlearn.datasets import DataError
    from medlearn.exercises.progress import ProgressError
    from medlearn.lab import LabError
    from medlearn.lessons import LessonError

    ours = (ClassroomError, DataError, ProgressError, LabError, LessonError)
    return *ours, OSError, ValueError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    Parameters
    ----------
    arguments : sequence of str, optional
        By default those of the process.

    Returns
    -------
    int
        0 all is well, 1 something is wrong, 2 the command was not understood.

    Examples
    --------
    >>> main(["data", "verify", "digits"])
    ✓ digits: digits.npz: 5,000 rows, checksum right
    0
    """
    for stream in (sys.stdout, sys.stderr):  # a Windows console may lack ✓; that is no reason
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        options = _parser().parse_args(arguments)
    except SystemExit as stop:  # argparse has printed its help or what it did not understand
        return int(stop.code or 0)
    try:
        return options.run(options)
    except BrokenPipeError:  # `| head` has read enough
        sys.stderr.close()
        return 0
    except _expected() as error:
        print(f"✗ {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\n! Interrupted.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
