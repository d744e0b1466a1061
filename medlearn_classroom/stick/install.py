# ruff: noqa: B904, RUF005, UP010, UP032, UP036  (a Python that is too old must read this and say so)
# Its words are English and not marked: nothing is there yet that could translate them.
"""Install the course from this folder (a USB stick) without a network.

    python3 install.py [FOLDER]

It looks for a Python that fits, checks the files that it will need, copies the course to FOLDER
(asked for when it is not named) and makes the environment there with the course's own
environment.py, which takes the wheels from here and compares them with the lock file. Then it
says how to start. Nothing is written to the stick. It may be run again: it goes on where it
stopped, or brings a newer course.
"""

from __future__ import print_function

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time

sys.dont_write_bytecode = True  # not on the stick

STICK = os.path.dirname(os.path.abspath(__file__))
WINDOWS = sys.platform == "win32"
LONGEST = 259  # characters in a path that every Windows takes


class Trouble(Exception):
    """Something the person at the keyboard can mend; its text says how."""


def read(name):
    """A text file of the stick."""
    try:
        with open(os.path.join(STICK, name), "rb") as file:
            return file.read().decode("utf-8")
    except (OSError, ValueError):
        raise Trouble(name + " is missing or damaged here. Copy the whole stick again.")


def contents():
    """What the stick carries: its description, and the checksum of each file."""
    try:
        about = json.loads(read("bundle.json"))
    except ValueError:
        raise Trouble("bundle.json is damaged. Copy the whole stick again.")
    if not about["finished"]:
        raise Trouble(
            "This stick is not finished. Whoever made it should run `python -m medlearn classroom "
            "bundle` on it once more, until it says how large it is."
        )
    lines = read("SHA256SUMS").splitlines()
    return about, {name: checksum for checksum, _, name in (line.partition("  ") for line in lines)}


def check(sums, names):
    """Compare files with their checksums: a stick may be half copied, or worn."""
    missing, damaged = [], []
    for name in sorted(names):
        digest = hashlib.sha256()
        try:
            with open(os.path.join(STICK, *name.split("/")), "rb") as file:
                for block in iter(lambda: file.read(2**20), b""):
                    digest.update(block)
        except OSError:
            missing.append(name)
            continue
        if digest.hexdigest() != sums.get(name):
            damaged.append(name)
    for word, found in (("missing", missing), ("damaged", damaged)):
        if found:
            more = " and {} more".format(len(found) - 3) if found[3:] else ""
            raise Trouble(
                "{}{} {} {} on this stick. Copy the stick again, or only what is named, from one "
                "that works.".format(", ".join(found[:3]), more, "are" if found[1:] else "is", word)
            )


def choose(environment, targets):
    """The first Python of this computer that the stick has wheels for, with its wheels."""
    project = environment.Project(os.path.join(STICK, "course"))
    nearest, met = (-1, ""), []
    for command in environment.candidates(project):
        facts = environment.probe(command)
        if facts is None:
            continue
        objection = environment.objection(facts, project)
        here = "{} {} ".format(facts["system"], facts["machine"])
        key = here + "{}.{}".format(*facts["version"])
        if objection is None and key in targets:
            return facts, targets[key]["wheels"]
        met.append("{}.{}.{}".format(*facts["version"]))
        if objection is not None and (objection[0] < 2 or key in targets):
            nearest = max(nearest, objection, key=lambda pair: pair[0])
    if nearest[0] in (0, 2):  # the machine does not suit, or the right Python lacks venv
        raise Trouble(nearest[1])
    fitting = sorted(key[len(here) :] for key in targets if key.startswith(here))
    if not fitting:
        systems = sorted({about["system"] for about in targets.values()})
        raise Trouble(
            "This stick is made for {}, and this computer is another ({}). Ask your teacher for a "
            "stick that was made with it.".format(" and ".join(systems), here.strip())
        )
    raise Trouble(
        "This stick carries what Python {} needs; found here: Python {}. Install Python {} (64 "
        "bit, from python.org; there may be an installer on the stick) beside it and run this "
        "again.".format(" or ".join(fitting), ", ".join(sorted(set(met))), fitting[-1])
    )


def place(named):
    """The folder where the course goes, empty or with an earlier copy in it."""
    default = os.path.join(os.path.expanduser("~"), "medlearn")
    if named is None and sys.stdin is not None and sys.stdin.isatty():
        named = input("Folder for the course [{}]: ".format(default)).strip().strip("\"'")
    folder = os.path.abspath(os.path.expanduser(named or default))
    stick = os.path.realpath(STICK).rstrip(os.sep) + os.sep
    if (os.path.realpath(folder) + os.sep).startswith(stick):
        raise Trouble("The course cannot run on the stick itself. Name a folder on your own disk.")
    if os.path.exists(os.path.join(folder, ".git")):
        raise Trouble(
            "{} is a clone of the course, which `make lab` looks after. Name another "
            "folder.".format(folder)
        )
    foreign = os.path.exists(folder) and not os.path.exists(os.path.join(folder, "medlearn"))
    if foreign and (not os.path.isdir(folder) or os.listdir(folder)):
        raise Trouble(
            "{} holds something else. Name a folder that is empty or does not exist yet, such as "
            "{}.".format(folder, os.path.join(folder, "medlearn"))
        )
    return folder


def copy(names, sums, folder):
    """The course, file by file; a file of yours that differs is put aside and never lost."""
    aside = os.path.join(folder, "before-" + time.strftime("%Y-%m-%d-%H%M%S"))
    for name in names:
        parts = name.split("/")[1:]
        target = os.path.join(folder, *parts)
        if os.path.exists(target):
            with open(target, "rb") as file:
                if hashlib.sha256(file.read()).hexdigest() == sums[name]:
                    continue
            os.makedirs(os.path.dirname(os.path.join(aside, *parts)), exist_ok=True)
            shutil.copyfile(target, os.path.join(aside, *parts))
        os.makedirs(os.path.dirname(target), exist_ok=True)
        shutil.copyfile(os.path.join(STICK, *name.split("/")), target + ".part")
        os.replace(target + ".part", target)
    if os.path.exists(aside):
        print("The course here was another version; what has changed is kept in " + aside)


def run(python, folder, *words):
    """One command of the course, which may use nothing but the wheels of the stick."""
    from pathlib import Path

    variables = dict(os.environ, PIP_NO_INDEX="1")
    # As an address, because pip splits this variable at spaces.
    variables["PIP_FIND_LINKS"] = Path(STICK, "wheels").as_uri()
    return subprocess.call([python] + list(words), cwd=folder, env=variables)


def write_starter(folder, python):
    """A file to double-click: the lessons again, tomorrow and without this stick."""
    if WINDOWS:
        name, text = "start.bat", '@"%~dp0{}" -m medlearn lab\r\n@pause\r\n'
    else:
        name, text = "start.command", '#!/bin/sh\ncd "$(dirname "$0")" && {} -m medlearn lab\n'
    path = os.path.join(folder, name)
    with open(path, "wb") as file:
        file.write(text.format(python).encode("utf-8"))
    rights = os.stat(path).st_mode  # as the umask left them; whoever may read it may start it
    os.chmod(path, rights | (rights & 0o444) >> 2)
    return path


def install(named):
    """Check the stick, copy the course to a folder, and make its environment there."""
    about, sums = contents()
    check(sums, ["environment.py"])
    import environment  # beside this file; not earlier, because an old Python cannot read it

    facts, wheels = choose(environment, about["targets"])
    folder = place(named)
    if WINDOWS and len(folder) + 1 + about["longest"] > LONGEST:
        raise Trouble(
            "{} is too long a name: Windows takes paths of {} characters, and the packages need {} "
            "of them. Name a shorter folder, such as C:\\medlearn.".format(
                folder, LONGEST, about["longest"]
            )
        )
    above = folder
    while not os.path.isdir(above):
        above = os.path.dirname(above)
    environment.check_folder(above, room_gb=0)

    print("Checking the stick (up to a minute, when it is a slow one) ...")
    course = sorted(name for name in sums if name.startswith("course/"))
    check(sums, course + ["wheels/" + name for name in wheels])
    print("Copying the course to {} ...".format(folder))
    copy(course, sums, folder)
    script = os.path.join(folder, "medlearn", "environment.py")
    if run(facts["executable"], folder, script, "--installer", "pip") != 0:
        raise Trouble("The environment was not made; the reason stands above.")
    python = os.path.join(".venv", "Scripts" if WINDOWS else "bin", "python")
    print("Looking at what was installed ...")
    if run(os.path.join(folder, python), folder, "-m", "medlearn", "doctor") != 0:
        raise Trouble("The course was installed, but something is wrong; it stands above.")
    starter = write_starter(folder, python)
    print(
        "\nThe course is ready; the stick can go. To start, open {}, or:\n"
        '    cd "{}"\n    {} -m medlearn lab'.format(starter, folder, python)
    )


def main(arguments):
    """Install, and return the exit code: 0 done, 1 something is wrong, 2 not understood."""
    if sys.version_info < (3, 6):
        print(
            "This is Python {}.{}, which is too old even to look for another one. Install the "
            "Python that START.md names, then run this file with it.".format(*sys.version_info)
        )
        return 1
    for stream in (sys.stdout, sys.stderr):  # a console may lack a character; that is no reason
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    if len(arguments) > 1 or arguments[:1] in (["-h"], ["--help"]):
        print(__doc__)
        return 2
    try:
        install(*(arguments or [None]))
    except (Trouble, OSError) as trouble:
        print("\n! {}".format(trouble), file=sys.stderr)
        return 1
    except Exception as error:
        if type(error).__name__ != "Trouble":  # that of environment.py
            raise
        print("\n! {}".format(error), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\n! Interrupted. Run this again to finish.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
