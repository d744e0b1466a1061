"""Files of the learner's that hide a module: beside a `random.py`, Python never finds its own.

`import medlearn` loads this first, so it takes nothing from the standard library that is not there
already, and folders with such files step back before anything else is imported.
"""

import os
import sys

__all__ = ["PACKAGES", "beside", "found", "step_back"]

# no text: names of packages
_NAMES = """fairlearn filelock h5py IPython ipykernel ipywidgets jupyterlab keras matplotlib
narwhals nbformat numpy pandas PIL platformdirs pooch requests scipy sklearn statsmodels tensorflow
traitlets"""

PACKAGES = frozenset(_NAMES.split())
"""What the lessons import, or what their packages need, beside the standard library."""

_OURS = os.path.dirname(os.path.abspath(__file__))
_KNOWN = sys.stdlib_module_names | PACKAGES | {"medlearn"}


def _whole(entry: str) -> str:
    """An entry of `sys.path` as a folder; "" is the one of now, which may be gone."""
    try:
        return os.path.abspath(entry)
    except OSError:
        return entry


def beside(folder: str) -> dict[str, str]:
    """Module → the file or folder in `folder` that would be taken for it.

    Where packages are installed, on a course server, say, they are what they seem to be.

    Examples
    --------
    >>> beside(os.path.dirname(_OURS)), beside("no such folder")
    ({}, {})
    """
    hidden: dict[str, str] = {}
    try:
        names = sorted(os.listdir(folder))
    except OSError:  # gone, forbidden, or a zip archive
        return hidden
    if any(name.endswith(".dist-info") for name in names):
        return hidden
    for name in names:
        module, ending = os.path.splitext(name)
        path = os.path.join(folder, name)
        package = not ending and os.path.isfile(os.path.join(path, "__init__.py"))
        if module in _KNOWN and (package or ending == ".py") and path != _OURS:
            hidden[module] = path
    return hidden


def _installed() -> set[str]:
    """The folders of Python itself and of its packages, which hide nothing."""
    library = os.path.dirname(_whole(os.__file__))
    folders = {library, os.path.join(library, "lib-dynload")}
    if site := sys.modules.get("site"):
        folders.update(
            map(_whole, [*site.getsitepackages(), site.getusersitepackages() or library])
        )
    return folders


def _hides(entry: str) -> dict[str, str]:
    """What one entry of `sys.path` hides; another copy of medlearn is not the one that runs."""
    folder = _whole(entry)
    return (
        {} if folder in _INSTALLED else {m: f for m, f in beside(folder).items() if m != "medlearn"}
    )


_INSTALLED = _installed()


def found() -> dict[str, str]:
    """Module → the file that has its name, in the folders from which Python imports.

    A folder that has stepped back hides nothing from this session, but from the next one.
    """
    hidden: dict[str, str] = {}
    for entry in sys.path:
        hidden = _hides(entry) | hidden
    return hidden


def step_back() -> None:
    """Let folders with such files come last, so that Python and the packages are found first."""
    back = [entry for entry in sys.path if _hides(entry)]
    if back:
        sys.path[:] = [entry for entry in sys.path if entry not in back] + back


step_back()
