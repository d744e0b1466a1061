"""What somebody's own settings would change in a lesson: found, set aside for a session, and named.

Settings of Keras, matplotlib, pandas, NumPy and Python outlive every set-up: a `keras.json` with
channels first, warnings that are errors, a file `random.py` beside the notebook. `found` looks and
changes nothing; `settle` and `settle_keras` give the lesson what it was written for.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import shutil
import sys
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from medlearn.language import _

__all__ = [
    "ONE_THREAD",
    "errors_of_warnings",
    "found",
    "hidden_files",
    "settle",
    "settle_keras",
    "without",
]

_KERAS = {
    "backend": "tensorflow",
    "floatx": "float32",
    "epsilon": 1e-7,
    "image_data_format": "channels_last",
    "nnx_enabled": False,
}
# Names of settings.
_VARIABLES = ("KERAS_MAX_EPOCHS", "KERAS_MAX_STEPS_PER_EPOCH", "KERAS_NNX_ENABLED")
_NOT_FOR_LAB = ("PYTHONSTARTUP", "PYTHONWARNINGS", "PYTHONOPTIMIZE", "PYTHONINSPECT")
_DRAWS = ("", "agg", "inline", "module://matplotlib_inline.backend_inline")
ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""Variables for a process whose linear algebra is to run on one thread: see `settle`."""

_PRINT = {"precision": 8, "threshold": 1000, "edgeitems": 3, "linewidth": 75, "suppress": False}
_ERRORS = {"divide": "warn", "over": "warn", "under": "ignore", "invalid": "warn"}


def without(environment: dict[str, str]) -> dict[str, str]:
    """Variables for JupyterLab and its kernels, but for those that change what Python does.

    Examples
    --------
    >>> without({"PYTHONWARNINGS": "error", "HOME": "/home/ada"})
    {'HOME': '/home/ada'}
    """
    return {name: value for name, value in environment.items() if name not in _NOT_FOR_LAB}


def found() -> list[str]:
    """The settings that lessons do without, each as somebody would look for it.

    Examples
    --------
    >>> "MPLBACKEND=qtagg" in found()
    False
    """
    return [*_of_python(), *_of_keras()]


def _of_python() -> list[str]:
    items = []
    if errors := [option for option in sys.warnoptions if _is_error(option)]:
        items.append(f"PYTHONWARNINGS={','.join(errors)}")
    if os.environ.get("MPLBACKEND", "").lower() not in _DRAWS:
        items.append(f"MPLBACKEND={os.environ['MPLBACKEND']}")
    if sys.flags.optimize:
        items.append(f"PYTHONOPTIMIZE={sys.flags.optimize}")
    return items


def _of_keras() -> list[str]:
    items = [f"{name}={os.environ[name]}" for name in _VARIABLES if os.environ.get(name)]
    if os.environ.get("KERAS_BACKEND", "tensorflow") not in ("", "tensorflow"):
        items.append(f"KERAS_BACKEND={os.environ['KERAS_BACKEND']}")
    return items + _keras_file()


def hidden_files(files: dict[str, str]) -> Iterator[str]:
    """A sentence for each file that has a module's name (see `medlearn.hidden`)."""
    for module, file in files.items():
        loaded = getattr(sys.modules.get(module), "__file__", None) or ""
        if loaded in (file, os.path.join(file, "__init__.py")):
            words = _(
                "{file} was loaded in place of the module {module}: give it another name, and "
                "start the kernel again"
            )
        else:
            words = _("{file} hides the module {module}: give it another name")
        yield words.format(file=file, module=module)


def errors_of_warnings() -> None:
    """Where the user made warnings errors, let them be warnings: packages warn each other a lot."""
    if any(map(_is_error, sys.warnoptions)):
        kept = [one for one in warnings.filters if one[0] != "error"]
        warnings.resetwarnings()  # also makes Python forget what it has decided before
        warnings.filters[:] = kept


def _is_error(option: str) -> bool:
    action = option.split(":")[0].strip().lower()
    return bool(action) and "error".startswith(action)


# --- for a lesson ----------------------------------------------------------------------------


def settle() -> list[str]:
    """Give this session the settings that lessons were written with, and name the others.

    Called before matplotlib is imported, where it can be.
    """
    items = _of_python()
    errors_of_warnings()
    _one_thread()
    if os.environ.get("MPLBACKEND", "").lower() not in _DRAWS:
        os.environ["MPLBACKEND"] = _DRAWS[3] if "ipykernel" in sys.modules else "agg"
    _folder_for_matplotlib()
    return [*items, *_matplotlib(), *_pandas(), *_numpy(), *_ipython()]


def _one_thread() -> None:
    """Linear algebra on one thread, as lessons are measured, unless somebody has chosen a number.

    On tables of their size further threads do nothing but wait for each other, at full speed.
    """
    if any(os.environ.get(name) for name in ONE_THREAD):
        return
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # for SciPy's, which is not loaded yet
    with contextlib.suppress(ImportError):  # it comes with scikit-learn
        from threadpoolctl import threadpool_limits

        threadpool_limits(1, user_api="blas")  # for NumPy's, which is


def _folder_for_matplotlib() -> None:
    """Where matplotlib cannot keep its fonts, it says so in every notebook: give it a place."""
    if "matplotlib" in sys.modules:
        return
    own = os.environ.get("MPLCONFIGDIR")
    config = os.environ.get("XDG_CONFIG_HOME") or "~/.config"
    cache = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    if not all(map(_writable, [own] if own else [config, cache])):
        folder = tempfile.mkdtemp(prefix="medlearn-matplotlib-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        os.environ["MPLCONFIGDIR"] = folder


def _writable(folder: str) -> bool:
    """Whether something can be written there, or where it would be made."""
    path = Path(os.path.expanduser(folder))
    if str(path).startswith("~"):  # this account has no home
        return False
    there = next((one for one in (path, *path.parents) if one.exists()), path)
    return there.is_dir() and os.access(there, os.W_OK | os.X_OK)


def _matplotlib() -> list[str]:
    """A matplotlibrc of the user's; `plots.use_style` begins from matplotlib's own values."""
    import matplotlib as mpl

    own = [
        name
        for name, value in mpl.rcParamsOrig.items()
        if not name.startswith(("backend", "interactive")) and value != mpl.rcParamsDefault[name]
    ]
    return [f"{mpl.matplotlib_fname()} ({', '.join(sorted(own)[:3])})"] if own else []


def _pandas() -> list[str]:
    """Options of pandas that an earlier cell, or a file of IPython's, has set."""
    pd: Any = sys.modules.get("pandas")
    if pd is None:
        return []

    def options() -> dict[str, Any]:
        names = [f"{group}.{name}" for group in groups for name in dir(getattr(pd.options, group))]
        return {name: pd.get_option(name) for name in names if name.split(".")[1] not in nested}

    groups, nested = ("display", "plotting"), ("html", "unicode", "matplotlib")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of options that will go
        before = options()
        for name in before:
            pd.reset_option(name)
        after = options()
    changed = [name for name in before if before[name] != after[name]]
    return [f"pandas {name}" for name in changed]  # no text: names of settings


def _numpy() -> list[str]:
    import numpy as np

    errors, printing = np.geterr(), np.get_printoptions()
    items = [f"np.seterr({k}={v!r})" for k, v in errors.items() if v != _ERRORS[k]]
    items += [f"np.set_printoptions({k}=…)" for k in _PRINT if printing[k] != _PRINT[k]]
    np.seterr(**_ERRORS)
    np.set_printoptions(**_PRINT)
    return items


def _ipython() -> list[str]:
    """A cell shows its last value, and no other."""
    module: Any = sys.modules.get("IPython")
    shell = module.get_ipython() if module else None
    if getattr(shell, "ast_node_interactivity", "last_expr") == "last_expr":
        return []
    item = f"ast_node_interactivity={shell.ast_node_interactivity}"
    shell.ast_node_interactivity = "last_expr"
    return [item]


# --- Keras -----------------------------------------------------------------------------------


def _keras_home() -> Path:
    """Where Keras looks for its settings."""
    home = os.path.expanduser("~")
    base = home if os.access(home, os.W_OK) else "/tmp"
    return Path(os.environ.get("KERAS_HOME") or os.path.join(base, ".keras"))


def _keras_file() -> list[str]:
    """What the user's keras.json says otherwise; Keras stops at some of it."""
    file = _keras_home().expanduser() / "keras.json"
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    except (OSError, ValueError):
        content = None
    if not isinstance(content, dict):
        return [str(file)]
    other = {
        name: content[name]
        for name, value in _KERAS.items()
        if name in content and (content[name] != value or type(content[name]) is not type(value))
    }
    said = ", ".join(f"{name}: {value}" for name, value in other.items())
    return [f"{file} ({said})"] if other else []


@contextlib.contextmanager
def settle_keras() -> Iterator[list[str]]:
    """Import Keras inside, with the settings that lessons were written with; the others are named.

    Examples
    --------
    >>> with settle_keras() as items:
    ...     pass  # import keras
    >>> items
    []
    """
    items = _of_keras()
    for name in _VARIABLES:
        os.environ.pop(name, None)
    with contextlib.ExitStack() as stack:
        if "keras" not in sys.modules:
            os.environ["KERAS_BACKEND"] = _KERAS["backend"]
            if _keras_file():
                own = os.environ.get("KERAS_HOME")
                # a folder without a keras.json, as long as Keras looks for one
                folder = tempfile.TemporaryDirectory(prefix="medlearn-keras-")
                os.environ["KERAS_HOME"] = stack.enter_context(folder)
                stack.callback(_restore, "KERAS_HOME", own)
        yield items
    if keras := sys.modules.get("keras"):
        items += _loaded_keras(keras)


def _restore(name: str, value: str | None) -> None:
    if value is None:
        os.environ.pop(name, None)
    else:
        os.environ[name] = value


def _loaded_keras(keras: Any) -> list[str]:
    """What a Keras that was there already holds otherwise, set right; not its backend."""
    config, items = keras.config, []
    for name in ("floatx", "epsilon", "image_data_format"):
        if (value := getattr(config, name)()) != _KERAS[name]:
            items.append(f"{name}: {value}")
            getattr(config, f"set_{name}")(_KERAS[name])
    if (policy := config.dtype_policy().name) != _KERAS["floatx"]:
        items.append(f"dtype_policy: {policy}")  # no text: the name of a setting
        config.set_dtype_policy(_KERAS["floatx"])
    for name in ("max_epochs", "max_steps_per_epoch"):
        if (value := getattr(config, name)()) is not None:
            items.append(f"{name}: {value}")
            getattr(config, f"set_{name}")(None)
    return items
