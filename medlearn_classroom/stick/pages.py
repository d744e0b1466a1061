"""What is written on a stick beside the course: the learner's page, and the file for Windows.

The learner's page is translated when it is written. What Windows and pip read is in English, as is
`install.py`, which runs where there is no medlearn yet.
"""

from medlearn.language import N_

__all__ = ["LOCK_HEAD", "ROWS", "START", "WINDOWS"]

# no text: for whoever reads a lock file
LOCK_HEAD = """\
# The part of the course's lock file that a learner needs; `classroom bundle` wrote it.
# The tests and the book need more: take a clone of the course for them.
"""

# no text: a script of Windows
WINDOWS = """\
@echo off
rem Double-click this file. It starts install.py with the Python of this computer.
where py >nul 2>nul
if errorlevel 1 goto python
py "%~dp0install.py" %*
goto end
:python
python "%~dp0install.py" %*
if not errorlevel 9009 goto end
echo Python was not found. START.md says which one to install.
:end
pause
"""

START = N_(
    """\
# Install the course from this stick

No network is needed. You need Python {pythons} (64 bit, from python.org) and about 3 GB of room on
your own disk.

| your computer | what to do |
|---|---|
{rows}

The installer asks where the course shall go, copies the lessons there, makes an environment and
says how to start. It changes nothing on the stick and nothing else on your computer. When
something goes wrong it says what, and you may run it again: it goes on where it stopped.

A folder can be named too: `python3 install.py FOLDER`.

- Your own copies of the lessons are in the folder `work` of the course. Take the stick out when the
  installer has ended; the course does not need it.
- Is there no Python {pythons} on your computer? Look for an installer on the stick or ask your
  teacher. On Debian and Ubuntu, Python's `venv` is a package of its own (`python3-venv`).
- Is a file damaged? The installer names it. Copy the stick again. `sha256sum -c SHA256SUMS` on
  Linux, or `shasum -a 256 -c SHA256SUMS` on macOS, looks at everything.
- The lessons and the data have their licences in `course/LICENSE`, `course/LICENSE-CC-BY-4.0`,
  `course/data/README.md` and `course/data/licences`.
"""
)

ROWS = {
    "windows": N_(
        "| Windows | double-click `install_windows.bat` (in PowerShell: `py install.py`) |"
    ),
    "macos": N_("| Mac with an Apple chip | in Terminal, in this folder: `python3 install.py` |"),
    "linux": N_("| Linux (x86-64) | in a terminal, in this folder: `python3 install.py` |"),
}
