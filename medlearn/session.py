"""What a notebook does first and last: get ready, check the machine, show the progress."""

from __future__ import annotations

import contextlib
import importlib.util
import logging
import os
import random
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence

import numpy as np

from medlearn import hidden, inputs, output, surroundings
from medlearn.language import N_, _

__all__ = ["check", "progress", "setup"]


@contextlib.contextmanager
def _quiet_stderr() -> Iterator[None]:
    """Keep what C++ code writes to file descriptor 2; print it after all if the block fails.

    TensorFlow announces processors and missing graphics cards there whatever its log level, and
    in a notebook a red box of such lines looks like an error of the learner's.
    """
    if sys.stderr is None:  # a program without a console
        yield
        return
    sys.stderr.flush()
    with tempfile.TemporaryFile() as kept:
        copy = os.dup(2)
        os.dup2(kept.fileno(), 2)
        try:
            yield
        except BaseException:
            os.dup2(copy, 2)
            kept.seek(0)
            sys.stderr.write(kept.read().decode(errors="replace"))
            raise
        finally:
            os.dup2(copy, 2)
            os.close(copy)


def _import_keras() -> list[str]:
    """Import Keras and TensorFlow without their noise; the settings of the user's set aside."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    try:
        with surroundings.settle_keras() as aside, _quiet_stderr():
            import keras
            import tensorflow as tf

            tf.constant(0.0)  # the first operation has its own announcements
        # It warns on stderr when several networks are made in a row, as lessons do on purpose.
        logging.getLogger("tensorflow").setLevel(logging.ERROR)
    except ImportError as error:
        raise ImportError(
            _(
                "This lesson needs TensorFlow and Keras, which are not installed ({error}). "
                "In the course's folder run `make lab`, or `pip install 'medlearn[tf]'`."
            ).format(error=error)
        ) from error
    if keras.backend.backend() != "tensorflow":
        print(
            _(
                "! Keras runs on {backend} here, and the lessons were checked on "
                "TensorFlow: unset KERAS_BACKEND and start the kernel again."
            ).format(backend=keras.backend.backend())
        )
    return aside


def _on_colab() -> bool:
    return "google.colab" in sys.modules


def _bring(packages: Sequence[str]) -> None:
    """Install on Colab what it lacks; elsewhere the environment of the course has it."""
    missing = [name for name in packages if not importlib.util.find_spec(name.replace("-", "_"))]
    if not missing:
        return
    names = ", ".join(missing)
    if not _on_colab():
        said = _("There is no {names} here. Start Jupyter as the README says.")
        raise ModuleNotFoundError(said.format(names=names))
    # Colab has every other library. --no-deps leaves its TensorFlow, Keras and NumPy alone.
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", *missing]
    run = subprocess.run(pip, capture_output=True, text=True)
    if run.returncode != 0:
        raise RuntimeError(
            _(
                "{names} could not be installed. Check the internet connection and run this cell "
                "again. pip said:\n{words}"
            ).format(names=names, words=run.stderr[-800:])
        )
    importlib.invalidate_caches()


# The kind of a link → how it is told, where a notebook has no files beside it.
_LEADS = {
    "previous": N_("Lesson before: {address}"),
    "next": N_("Next lesson: {address}"),
    "contents": N_("All lessons: {address}"),
    "glossary": N_("Glossary: {address}"),
    "card": N_("Data: {address}"),
}


def _print_addresses(lesson: str) -> None:
    """Print where a lesson's links lead: on Colab they have nothing to lead to."""
    from medlearn import addresses

    for link in addresses.around(lesson):
        opened = addresses.in_colab if link.path.endswith(".ipynb") else addresses.on_github
        print(_(_LEADS[link.kind]).format(address=opened(link.path)))


def setup(
    lesson: str | None = None,
    *,
    seed: int = 0,
    keras: bool = False,
    packages: Sequence[str] = (),
) -> None:
    """Make a lesson ready: picture style, seeds, and Keras without its noise.

    In a notebook, cells that fail are remembered from then on, and names that are missing are
    explained (see `medlearn.exercises.kernel`).

    Safe to call again: the seeds are then set anew. Versions outside the supported range, settings
    of your own that are set aside for this session, and files that hide a module are named in
    lines that start with "!" and never stop the lesson. On Colab, where no file lies beside the
    notebook, it prints the addresses to which the lesson's links lead.

    Parameters
    ----------
    lesson : str, optional
        The lesson's number, like "05".
    seed : int
        Seed of Python's, NumPy's and (with `keras`) Keras' random numbers.
    keras : bool
        Import TensorFlow and Keras too, quietly. Takes some seconds.
    packages : sequence of str
        What the lesson needs and Colab lacks, as pip writes it. There it is installed, without
        its dependencies.

    Raises
    ------
    ValueError
        When `lesson` is no number of two digits, or `seed` no whole number from 0 to 2³² − 1.
    ImportError
        When `keras` is asked for and TensorFlow or Keras is not installed, or when one of the
        packages is missing outside Colab.
    RuntimeError
        When pip could not install a package on Colab; the message holds pip's words.

    Examples
    --------
    >>> setup("01", seed=1)
    medlearn is ready.
    """
    from medlearn import doctor
    from medlearn.exercises import kernel

    if lesson is not None and not (isinstance(lesson, str) and re.fullmatch(r"\d\d", lesson)):
        said = _('lesson should be a number of two digits, such as "05"; {lesson!r} came.')
        raise ValueError(said.format(lesson=lesson))
    seed = inputs.whole_number(seed, "seed", least=0, most=2**32 - 1)  # NumPy's bounds
    output.show_all()
    aside = surroundings.settle()
    from medlearn import plots  # not before: matplotlib reads its settings when it is imported

    kernel.watch()
    _bring(packages)
    plots.use_style()
    random.seed(seed)
    np.random.seed(seed)
    if keras:
        aside += _import_keras()
        import keras as keras_package

        keras_package.utils.set_random_seed(seed)
    if aside:
        print(
            _("! Settings of your own are set aside for this lesson: {settings}.").format(
                settings="; ".join(aside)
            )
        )
    for line in surroundings.hidden_files(hidden.found()):
        print(f"! {line}.")
    for finding in doctor.odd_versions():
        print(finding)
    print(_("medlearn is ready."))
    if lesson is not None and _on_colab():
        _print_addresses(lesson)


def check() -> None:
    """Print one line for each thing that the course needs: Python, packages, memory, data.

    A problem is named with its mend and stops nothing.

    Examples
    --------
    >>> check()  # doctest: +SKIP
    ✓ Python: a supported version
    """
    from medlearn import doctor

    output.show_all()
    for finding in doctor.examine():
        print(finding)


def progress(lesson: str | None = None) -> None:
    """Show which exercises are right, written or still open, as a picture and in words.

    Parameters
    ----------
    lesson : str, optional
        A lesson's number, like "01"; all lessons when left out.

    Raises
    ------
    ValueError
        When there is no such lesson.

    Examples
    --------
    >>> progress("01")  # doctest: +SKIP
    Lesson 01: 5 of 7 exercises done: 4 right, 1 written; still open: collapse, shift
    """
    from medlearn.exercises import overview

    overview.show(lesson)
