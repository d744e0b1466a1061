"""The course from the command line: ``python -m medlearn --help``.

Exit codes: 0 all is well, 1 something is wrong (and says what), 2 the command was not understood.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Callable, Sequence

import medlearn
from medlearn import arguments, output, surroundings
from medlearn.federation import commands as federation
from medlearn.language import _, ngettext

__all__ = ["main"]


def _doctor(_options: argparse.Namespace) -> int:
    from medlearn import doctor

    findings = doctor.examine()
    for finding in findings:
        print(finding)
    broken = sum(finding.symbol == "✗" for finding in findings)
    odd = sum(finding.symbol == "!" for finding in findings)
    if broken:
        said = ngettext(
            "\n✗ {n} thing must be mended before the course can run.",
            "\n✗ {n} things must be mended before the course can run.",
            broken,
        )
        print(said.format(n=broken))
    elif odd:
        said = ngettext(
            "\n! The course runs; {n} thing deserves a look.",
            "\n! The course runs; {n} things deserve a look.",
            odd,
        )
        print(said.format(n=odd))
    else:
        print(_("\n✓ All is well."))
    return 1 if broken else 0


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 1e5 else f"{count / 1e3:.0f} kB" if count else "-"


def _data_list(_options: argparse.Namespace) -> int:
    from medlearn import datasets

    head = (_("name"), _("rows"), _("people"), _("size"), _("where"), _("licence"), _("title"))
    table = [head]
    for row in datasets.describe():
        people = _("unknown") if row["people"] is None else f"{row['people']:,}"
        size = _size(row["size"])
        cells = (row["name"], f"{row['rows']:,}", people, size, _(row["where"]), row["licence"])
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
            f"{'✗' if differs else '✓'} {_(built.status)}: {built.message}",
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
        before = sum(map(len, progress.done().values()))
        progress.import_text(options.take)
        added = sum(map(len, progress.done().values())) - before
        said = ngettext("✓ {n} exercise added.", "✓ {n} exercises added.", added)
        print(said.format(n=added))
    if options.export:
        print(progress.export_text())
        return 0
    for number, marks in overview.table():
        sign = " " if "open" in marks.values() else "✓"
        print(sign, overview.line(number, marks))
    print(_("Kept in {file}, and sent nowhere.").format(file=progress.path()))
    return 0


def _lab(options: argparse.Namespace) -> int:
    from medlearn import lab

    copies = lab.copy_lessons()
    for line in lab.tell(copies):
        print(line)
    if options.copies_only:
        return 0
    if not copies:
        raise lab.LabError(_("There are no lessons in notebooks/. `git checkout -- notebooks`."))
    browser = False if options.no_browser else None
    return lab.start(copies[0].path, browser=browser, port=options.port)


def _needs_a_clone(_options: argparse.Namespace) -> int:
    said = _(
        "✗ This command is for teachers and needs a clone of the course: `git clone {address}`, "
        "then as its README says."
    )
    print(said.format(address=medlearn.__repository__), file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m medlearn",
        description=_("Deep learning for medicine: look after the course on this machine."),
        epilog=_(
            "Exit codes: 0 all is well, 1 something is wrong, 2 the command was not understood."
        ),
    )
    # no text: a name and a number
    parser.add_argument("--version", action="version", version=f"medlearn {medlearn.__version__}")
    commands = parser.add_subparsers(title=_("commands"), metavar="COMMAND", required=True)

    def add(where: argparse._SubParsersAction, name: str, run: Callable, text: str):
        command = where.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
        command.set_defaults(run=run)
        return command

    lab = add(commands, "lab", _lab, _("copy the lessons to work/ and open them in JupyterLab"))
    lab.add_argument("--no-browser", action="store_true", help=_("only print the address"))
    lab.add_argument("--port", type=arguments.port, help=_("default: the first free one from 8888"))
    lab.add_argument("--copies-only", action="store_true", help=_("make the copies, start nothing"))

    status = add(commands, "status", _status, _("show which exercises are done"))
    status.add_argument(
        "--export",
        action="store_true",
        help=_("print your progress as one line, to carry it along"),
    )
    status.add_argument(
        "--import", dest="take", metavar="TEXT", help=_("add the progress that --export printed")
    )

    add(
        commands,
        "doctor",
        _doctor,
        _("check this machine, the packages and the data; say the mend"),
    )

    data = commands.add_parser("data", help=_("list, verify, build and fetch the data"))
    actions = data.add_subparsers(title=_("commands"), metavar="COMMAND", required=True)
    add(actions, "list", _data_list, _("list every data set with its size and licence"))
    verify = add(actions, "verify", _data_verify, _("compare the data with their checksums"))
    verify.add_argument("names", nargs="*", metavar="NAME", help=_("default: all that are here"))
    build = add(actions, "build", _data_build, _("make the shipped data again from their sources"))
    build.add_argument("names", nargs="*", metavar="NAME", help=_("default: all"))
    build.add_argument("--check", action="store_true", help=_("compare and write nothing"))
    fetch = add(actions, "fetch", _data_fetch, _("download online data into the cache"))
    fetch.add_argument("names", nargs="+", metavar="NAME", help=_("see `data list`, where: online"))

    federation.add(commands, add)
    _add_the_teachers(commands, add)
    return parser


def _add_the_teachers(commands: argparse._SubParsersAction, add: arguments.Add) -> None:
    """The commands of `medlearn_classroom`, which is in a clone of the course and nowhere else."""
    try:
        from medlearn_classroom.commands import add as add_theirs
    except ModuleNotFoundError as error:
        if error.name != "medlearn_classroom":
            raise
        for name in ("grade", "classroom"):
            # No character begins an option: whatever follows the name is taken, and not looked at.
            missing = commands.add_parser(name, prefix_chars="\0", add_help=False)
            missing.add_argument("words", nargs="*")
            missing.set_defaults(run=_needs_a_clone)
    else:
        add_theirs(commands, add)


def _expected() -> tuple[type[Exception], ...]:
    """The errors whose text is written for the person at the keyboard."""
    from medlearn.datasets import DataError
    from medlearn.exercises.progress import ProgressError
    from medlearn.federation import FederationError
    from medlearn.lab import LabError
    from medlearn.lessons import LessonError

    theirs = sys.modules.get("medlearn_classroom")  # where it is not, nothing of it raised
    teachers = (theirs.ClassroomError,) if theirs else ()
    ours = (DataError, FederationError, ProgressError, LabError, LessonError)
    return *teachers, *ours, OSError, ValueError


def _run(words: Sequence[str] | None) -> int:
    try:
        options = _parser().parse_args(words)
    except SystemExit as stop:  # argparse has printed its help or what it did not understand
        return int(stop.code or 0)
    return options.run(options)


def _end_quietly() -> None:
    """What is still to be written goes nowhere, or Python would complain of it at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError, AttributeError):  # closed, or no file
            os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


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
    output.show_all()
    surroundings.errors_of_warnings()
    try:
        code = _run(arguments)
        if sys.stdout is not None:
            sys.stdout.flush()  # now, while an error can be told
        return code
    except BrokenPipeError:  # `| head` has read enough
        _end_quietly()
        return 0
    except _expected() as error:
        print(f"✗ {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(_("\n! Interrupted."), file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
