"""Pictures to move: `Explorer`, and the explorers that lessons show.

What is simple stands in a lesson, as a drawing function of a few lines; what would hide the idea
of a lesson stands here, one file for each subject.
"""

from medlearn.widgets.augmentation import augmentation_explorer
from medlearn.widgets.decisions import prevalence_explorer, threshold_explorer
from medlearn.widgets.descent import descent_explorer
from medlearn.widgets.digits import digit_explorer
from medlearn.widgets.explorer import Explorer, choice, slider
from medlearn.widgets.images import convolution_explorer
from medlearn.widgets.neurons import neuron_explorer
from medlearn.widgets.sequences import forecast_explorer
from medlearn.widgets.tuning import sweep_explorer

__all__ = [
    "Explorer",
    "augmentation_explorer",
    "choice",
    "convolution_explorer",
    "descent_explorer",
    "digit_explorer",
    "forecast_explorer",
    "neuron_explorer",
    "prevalence_explorer",
    "slider",
    "sweep_explorer",
    "threshold_explorer",
]
