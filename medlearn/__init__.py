"""medlearn: deep learning for medicine, from one neuron to a model that one may trust.

The package is the small toolbox of the course's notebooks. Each room answers one question:
`datasets` (where do the data come from), `plots` (show me), `widgets` (let me move it) and
`exercises` (am I right). Models are never in here: every model is written out in its lesson.
"""

from medlearn import hidden, output  # noqa: F401 - they act when loaded, and `hidden` first
from medlearn.addresses import REPOSITORY as __repository__
from medlearn.promises import ClaimError, approx, claim
from medlearn.session import check, progress, setup
from medlearn.tracking import track, track_fit

__version__ = "0.3.0"
__all__ = [
    "ClaimError",
    "__repository__",
    "__version__",
    "approx",
    "check",
    "claim",
    "progress",
    "setup",
    "track",
    "track_fit",
]
