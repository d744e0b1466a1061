"""What stands beside the notebooks of an nbgrader course: its settings and the teacher's page.

The settings are in no language: nbgrader reads them. The page is translated when it is written.
"""

from medlearn.language import N_

__all__ = ["CONFIG", "README"]

# no text: a file that nbgrader reads
CONFIG = '''\
"""nbgrader's settings for this course. Run nbgrader in this folder, and keep the folder private."""

from pathlib import Path

try:
    from medlearn_classroom.marking.limits import Limits
    from medlearn_classroom.with_nbgrader import autograde
except ImportError as error:  # without these settings nbgrader would ask learners for their marks
    raise SystemExit(
        f"The teacher's tools of medlearn cannot be found ({error}). They come with a clone of the "
        "course: run nbgrader with the environment of that clone."
    ) from None

c = get_config()  # noqa: F821  (nbgrader defines it)
here = Path(__file__).resolve().parent

c.CourseDirectory.root = str(here)
c.CourseDirectory.course_id = "medlearn"  # one word; the name of the course in the exchange folder
c.ExportPlugin.to = "grades.csv"  # where `nbgrader export` writes

# What one notebook may use while it is marked.
limits = Limits(cell_seconds=120, total_seconds=900, memory_mb=3000)

# Stubs stay the lessons' own, lost cells come back, and answers are marked by the course, with each
# learner's own data from the number in seed.txt.
autograde.configure(c, seed=here / "seed.txt", limits=limits)
'''

README = N_(
    """\
# An nbgrader course of these lessons

Made by `python -m medlearn classroom build` for nbgrader 0.9.6. Keep this folder private: it holds
the solutions, the marks and `seed.txt`.

| lesson | points of the core | of these, by you | of deeper sections | of these, by you |
|---|---:|---:|---:|---:|
{table}

Sections marked "deeper" go further and can be left out: a class that does the core alone can get
the points of the core. You give the points for sentences, the machine all others. To change points,
open the notebook in `source/` with JupyterLab's *Create Assignment* panel before you hand it out.

## The commands, in order

In each new terminal, first activate the environment, in the folder of the lessons (the one with
`notebooks/`):

    source .venv/bin/activate

On Windows:

    .venv\\Scripts\\activate

Put nbgrader into it once (`pip install nbgrader==0.9.6`). Then run the commands in this folder, the
one with `nbgrader_config.py`. One lesson is one *assignment* of nbgrader's.

1. **Make the learners' copy**: `nbgrader generate_assignment {example}`. It lands in
   `release/{example}/`, without solutions.
2. **Hand it out**: `nbgrader release_assignment {example}` puts it into nbgrader's exchange folder,
   which a JupyterHub shares with the learners. Without an exchange (it does not exist on Windows),
   give the learners the file in `release/` any way you like.
3. **Collect**: `nbgrader collect {example}`. Without an exchange, put each notebook at
   `submitted/LEARNER/{example}/{example}.ipynb`, or put what Moodle or Canvas gave you, a zip or
   a folder, into `downloaded/{example}/archive/` and run `nbgrader zip_collect {example}`. It finds
   the learner as `python -m medlearn grade` does; the learner's name here is the platform's number.
4. **Mark**: `nbgrader autograde {example}`. Each notebook runs in a process of its own with
   limits of time, memory and output (change them in `nbgrader_config.py`). One broken file stops
   no other: nbgrader names it at the end.
5. **Read the sentences**: open JupyterLab here and choose *Nbgrader*, *Formgrader*, *Manual
   Grading*. Below each text stand a model answer and a list of what it should say.
6. **Feedback**: `nbgrader generate_feedback {example}` writes one page for each learner into
   `feedback/`; `nbgrader release_feedback {example}` returns it through the exchange.
7. **Marks**: `nbgrader export` writes `grades.csv`: one line for each learner and lesson. What was
   handed in and could not be marked has no score, and its `problem`.

## Good to know

- Functions are tried on data made for each learner from `seed.txt`. The same seed gives the same
  marks again. Nobody but you should read it; a lost one only changes the data.
- A learner's `check` cells say at once whether an answer is right. nbgrader's own *Validate* button
  adds nothing: it sees no error, because a check never raises one.
- A lost or changed check cell is put back before marking. A copied cell counts once.
- Learners' programs run under your account while they are marked, as always in nbgrader. The course
  limits them; on Linux and macOS they can change nothing outside their own folder, and everywhere
  they may read your files. For a class that you do not know, mark under an account, or in a
  container, that holds nothing else.
- The solutions are public, in the course itself. Points reward work done; they are no exam.
- When the lessons are updated, build into a new folder. Exercises keep their ids.
"""
)
