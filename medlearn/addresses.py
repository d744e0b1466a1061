"""Where the pages of the course stand: in its folder, and on the web for whoever has no folder.

A notebook on Colab stands alone, and medlearn was installed there without the lessons. So what
leads from one page to the next is kept here; `make sync` writes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

__all__ = ["BRANCH", "LESSONS", "REPOSITORY", "Link", "around", "in_colab", "on_github"]

REPOSITORY = "https://github.com/medlearn-course/medlearn"
"""The address of the course, written from `pyproject.toml`."""

BRANCH = "main"
"""The branch that readers see."""

Stems = Mapping[str, tuple[str, tuple[str, ...]]]

LESSONS: Stems = {
    # generated: lessons
    "00": ("00_start_here", ("breast_cancer",)),
    "01": ("01_neurons_and_activations", ("breast_cancer",)),
    "02": ("02_preparing_data", ("nhanes", "heart_disease", "nodules", "digits")),
    "03": ("03_building_a_model", ("digits", "breast_cancer")),
    "04": ("04_training", ("breast_cancer", "digits")),
    "05": ("05_evaluation", ("nhanes",)),
    "06": ("06_tuning", ("digits", "leukaemia", "heart_disease")),
    "07": ("07_images_cnn", ("digits", "brain_mri", "nodules", "medmnist")),
    "08": ("08_sequences_rnn_lstm", ("movements", "ecg")),
    "09": ("09_segmentation", ("nodule_masks", "nodules", "abdomen", "nuclei")),
    "10": ("10_clinical_text", ("icd10cm",)),
    "11": ("11_language_models", ("icd10cm",)),
    "12": ("12_treatment", ("diabetic_eyes", "rotterdam", "colon_trial", "gbsg", "transplants")),
    "13": ("13_health_monitoring", ("glucose", "nhanes")),
    "14": ("14_drug_discovery", ("bbb",)),
    "15": ("15_explainability", ("nhanes", "nodules")),
    "16": ("16_privacy", ("heart_hospitals", "digits", "nhanes")),
    "17": ("17_fairness_and_shift", ("nhanes", "heart_hospitals")),
    "18": ("18_capstone", ("nhanes", "heart_hospitals")),
    # end
}
"""Number of a lesson → its file's name without ending, and the data sets that have a card."""


class Link(NamedTuple):
    """One page that a lesson leads to.

    Attributes
    ----------
    kind : str
        "previous", "next", "contents", "glossary" or "card".
    name : str
        The number of the lesson, or the name of the data set; empty for the others.
    path : str
        In the folder of the course, with the place on the page after a `#`.
    """

    kind: str
    name: str
    path: str


def around(number: str, course: Stems = LESSONS) -> list[Link]:
    """The pages that a lesson leads to; a lesson that is not there yet is passed over.

    Parameters
    ----------
    number : str
        As in the file's name, for example "05".
    course : mapping, optional
        As `LESSONS`.

    Returns
    -------
    list of Link

    Examples
    --------
    >>> [link.kind for link in around("01")]
    ['previous', 'next', 'contents', 'glossary', 'card']
    >>> around("01")[-1].path
    'data/README.md#breast_cancer'
    """
    before = max((other for other in course if other < number), default=None)
    after = min((other for other in course if other > number), default=None)
    found = [
        Link(kind, other, f"notebooks/{course[other][0]}.ipynb")
        for kind, other in (("previous", before), ("next", after))
        if other
    ]
    found.append(Link("contents", "", "README.md#lessons"))
    found.append(Link("glossary", "", "teaching/glossary.md"))
    cards = course[number][1] if number in course else ()
    return [*found, *(Link("card", name, f"data/README.md#{name}") for name in cards)]


def on_github(path: str, repository: str = REPOSITORY) -> str:
    """The address of a page of the course.

    Examples
    --------
    >>> on_github("LICENSE", "https://github.com/owner/name")
    'https://github.com/owner/name/blob/main/LICENSE'
    """
    return f"{repository}/blob/{BRANCH}/{path}"


def in_colab(path: str, repository: str = REPOSITORY) -> str:
    """The address at which Colab opens a notebook of the course, or shows a folder of them.

    Examples
    --------
    >>> in_colab("notebooks", "https://github.com/owner/name")
    'https://colab.research.google.com/github/owner/name/blob/main/notebooks'
    """
    page = on_github(path, repository).removeprefix("https://github.com/")
    return f"https://colab.research.google.com/github/{page}"
