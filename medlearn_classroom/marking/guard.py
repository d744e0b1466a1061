"""Keeps a notebook, and all that it starts, from changing files outside of its own folder.

What the system offers is used, whatever the notebook calls (`%pip uninstall`, `!rm`, a C library):

========  ==================================  ===================================================
system    means                               what cannot be changed
========  ==================================  ===================================================
Linux     Landlock, from kernel 5.13 on       no file is written, made, renamed or deleted; from
                                              6.2 on none truncated; from 6.12 on no process
                                              outside gets a signal. Rights (chmod) may change.
macOS     sandbox-exec                        no file is written, made, renamed or deleted
others    none                                nothing is prevented: `changed` says afterwards
                                              whether this Python's packages were
========  ==================================  ===================================================

Reading and the network stay open everywhere, but for folders that are hidden, which Landlock can
do. This file is also a program, which locks itself in and then becomes another one: ``python
guard.py FOLDER HIDDEN… -- PROGRAM ARGUMENT …``. It needs nothing but Python.
"""

from __future__ import annotations

import ctypes
import os
import platform
import shutil
import sys
import sysconfig
from collections.abc import Iterator, Sequence

__all__ = ["changed", "command", "means", "packages"]

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = (
    444,
    445,
    446,
)  # numbers of system calls, on all machines
_NO_NEW_PRIVILEGES, _PATH_BENEATH, _VERSION = 38, 1, 1
_WRITE_FILE, _REFER, _TRUNCATE = 1 << 1, 1 << 13, 1 << 14
_CHANGES = _WRITE_FILE | sum(1 << bit for bit in range(4, 13))  # remove and make, of every kind
_READS = 1 << 0 | 1 << 2 | 1 << 3  # execute, read files, read folders
_OF_FILES = 1 << 0 | _WRITE_FILE | 1 << 2 | _TRUNCATE
_SIGNALS = 1 << 1


def _call(number: int, *arguments: object) -> int:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    return libc.syscall(ctypes.c_long(number), *arguments)


def _landlock() -> int:
    """The version of Landlock that this kernel speaks; 0 without it."""
    if sys.platform != "linux":
        return 0
    try:
        return max(0, _call(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(_VERSION)))
    except (OSError, AttributeError):
        return 0


def means() -> str:
    """How files are protected here: "landlock", "sandbox-exec", or "" where they are not."""
    if _landlock():
        return "landlock"
    if platform.system() == "Darwin" and shutil.which("sandbox-exec"):
        return "sandbox-exec"
    return ""


def command(folder: str, program: Sequence[str], hidden: Sequence[str] = ()) -> list[str]:
    """The command that runs a program which can change files in `folder` only.

    Parameters
    ----------
    folder : str
    program : sequence of str
        Itself and its arguments.
    hidden : sequence of str
        Folders in which it can read nothing, but for `folder`. With Landlock only.

    Examples
    --------
    >>> command("/tmp/own", ["/usr/bin/python3", "-m", "runner"])[-3:]
    ['/usr/bin/python3', '-m', 'runner']
    """
    match means():
        case "landlock":
            return [
                sys.executable,
                "-I",
                os.path.abspath(__file__),
                folder,
                *hidden,
                "--",
                *program,
            ]
        case "sandbox-exec":
            real = os.path.realpath(folder).replace("\\", "\\\\").replace('"', '\\"')
            rules = f'(subpath "{real}") (literal "/dev/null")'
            opening = "(version 1)(allow default)(deny file-write*)"  # no text: a profile
            profile = f"{opening}(allow file-write* {rules})"  # no text: a profile
            return ["sandbox-exec", "-p", profile, *program]
        case _:
            return [*program]


def packages() -> dict[str, float]:
    """What lies in this Python's folder of packages, and when each was last changed."""
    folder = sysconfig.get_path("purelib")
    with os.scandir(folder) as entries:
        return {entry.name: entry.stat(follow_symlinks=False).st_mtime for entry in entries}


def changed(before: dict[str, float]) -> list[str]:
    """The names in the folder of packages that came, went or changed since.

    Examples
    --------
    >>> changed(packages())
    []
    """
    now = packages()
    names = {name for name in before.keys() | now if before.get(name) != now.get(name)}
    return sorted(names - {"__pycache__"})


def _all_but(hidden: Sequence[str], path: str = "/") -> Iterator[str]:
    """The largest folders and files that hold nothing of what is hidden."""
    if path in hidden:
        return
    if not any(one.startswith(path.rstrip("/") + "/") for one in hidden):
        yield path
        return
    with os.scandir(path) as entries:
        # A link may lead into what is hidden; where it leads is looked at by its own name.
        names = sorted(entry.path for entry in entries if not entry.is_symlink())
    for name in names:
        yield from _all_but(hidden, name)


def _lock_in(folder: str, hidden: Sequence[str] = ()) -> None:
    """Take from this process, for good, the right to change anything outside of the folder."""
    version = _landlock()
    changes = _CHANGES | (_REFER if version >= 2 else 0) | (_TRUNCATE if version >= 3 else 0)
    rights = changes | (_READS if hidden else 0)
    rules_for = [(folder, rights), (os.devnull, rights & (_WRITE_FILE | _TRUNCATE | _READS))]
    if hidden:
        real = [os.path.realpath(one) for one in hidden]
        rules_for += [(path, _READS) for path in _all_but(real)]
    # handled_access_fs, handled_access_net (from version 4 on), scoped (from version 6 on)
    fields = [rights, 0, _SIGNALS][: 3 if version >= 6 else 1]
    rules = (ctypes.c_uint64 * len(fields))(*fields)
    size = ctypes.c_size_t(ctypes.sizeof(rules))
    ruleset = _call(_CREATE_RULESET, rules, size, ctypes.c_uint32(0))
    if ruleset < 0:
        raise OSError(ctypes.get_errno(), "landlock_create_ruleset")  # no text: a system call

    class Beneath(ctypes.Structure):
        _pack_ = 1
        _layout_ = "ms"  # what `_pack_` means, from Python 3.14 on
        _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))

    for path, allowed in rules_for:
        try:
            parent = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except OSError:  # a link that leads nowhere, a file that is gone
            continue
        if not os.path.isdir(path):
            allowed &= _OF_FILES
        rule = Beneath(allowed, parent)
        arguments = (ctypes.c_int(ruleset), ctypes.c_int(_PATH_BENEATH), ctypes.byref(rule))
        if _call(_ADD_RULE, *arguments, ctypes.c_uint32(0)) < 0:
            raise OSError(ctypes.get_errno(), "landlock_add_rule", path)  # no text: a system call
        os.close(parent)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")  # no text: a system call
    if _call(_RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint32(0)) < 0:
        raise OSError(ctypes.get_errno(), "landlock_restrict_self")  # no text: a system call
    os.close(ruleset)


if __name__ == "__main__":
    _separator = sys.argv.index("--")
    _lock_in(sys.argv[1], sys.argv[2:_separator])
    os.execv(sys.argv[_separator + 1], sys.argv[_separator + 1 :])
