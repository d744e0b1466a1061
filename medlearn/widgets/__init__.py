"""Pictures to move: `Explorer`, and the explorers that lessons show.

What is simple stands in a lesson, as a drawing function of a few lines; what would hide the idea
of a lesson stands here, one file for each subject. Each file is found, and what it lists in its
`__all__` can be had from here: a new explorer needs no other line.

Examples
--------
>>> from medlearn import widgets
>>> [name for name in sorted(widgets.__all__) if name.endswith("explorer")][:2]
['augmentation_explorer', 'convolution_explorer']
"""

import importlib
import pkgutil

__all__ = []

for _found in pkgutil.iter_modules(__path__):
    _module = importlib.import_module(f"{__name__}.{_found.name}")
    globals().update({name: getattr(_module, name) for name in _module.__all__})
    __all__ += _module.__all__
