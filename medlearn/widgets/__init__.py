"""Pictures to move: `Explorer`, and the explorers that lessons show.

What is simple stands in a lesson, as a drawing function of a few lines; what would hide the idea
of a lesson stands here, one file for each subject. Each file is found, and what it lists in its
`__all__` can be had from here: a new explorer needs no other line. What begins with `_` is no
such file.

Examples
--------
>>> from medlearn import widgets
>>> "neuron_explorer" in widgets.__all__
True
"""

import importlib
import pkgutil

__all__ = []

for _name in [found.name for found in pkgutil.iter_modules(__path__)]:
    if _name.startswith("_"):
        continue
    _module = importlib.import_module(f"{__name__}.{_name}")
    globals().update({name: getattr(_module, name) for name in _module.__all__})
    __all__ += _module.__all__
