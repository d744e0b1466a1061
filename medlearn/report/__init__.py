"""A model card that recomputes: no number in it was typed, and each can be computed again.

`Study` computes what a card reports, with `metrics` and the flow of people; `study.card(words)`
sets it into the sentences that a person wrote; `verify` computes the numbers again from the data,
and names the line that differs (words it takes as they stand). A card is a text: front matter as
the Hugging Face Hub reads it, then the headings of Mitchell et al., with the numbers of the items
of TRIPOD+AI.

References
----------
Mitchell et al. (2019), "Model cards for model reporting", doi:10.1145/3287560.3287596.
Collins et al. (2024), "TRIPOD+AI statement", BMJ 385:e078378, doi:10.1136/bmj-2023-078378.
"""

from medlearn.report.fields import fields
from medlearn.report.page import body
from medlearn.report.prose import DigitsTyped, filled
from medlearn.report.study import FEWEST, Study
from medlearn.report.verify import CardDiffers, verify

__all__ = ["FEWEST", "CardDiffers", "DigitsTyped", "Study", "body", "fields", "filled", "verify"]
