"""Pictures to move: `Explorer`, and the explorers that lessons show.

What is simple stands in a lesson, as a drawing function of a few lines; what would hide the idea
of a lesson stands here, one file for each subject.
"""

from medlearn.widgets.digits import digit_explorer
from medlearn.widgets.explorer import Explorer, choice, slider
from medlearn.widgets.neurons import neuron_explorer

__all__ = ["Explorer", "choice", "digit_explorer", "neuron_explorer", "slider"]
