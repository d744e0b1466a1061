"""ICD-10-CM: official names of diseases and injuries, and further words for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from medlearn.datasets.catalogue import DATASETS
from medlearn.datasets.errors import DataError
from medlearn.datasets.pages import card
from medlearn.datasets.storage import as_lines, lines_of, read
from medlearn.language import _

if TYPE_CHECKING:
    import numpy as np
    from sklearn.utils import Bunch

__all__ = ["load_icd10cm"]


def load_icd10cm(*, return_X_y: bool = False, as_frame: bool = False) -> Bunch | tuple[Any, Any]:
    """Load the tabular list of ICD-10-CM: 46,881 descriptions in 22 chapters.

    Split by ``groups``, the category: its lines are variations of one text (left and right, with
    and without), so that a random split puts a twin of nearly every test line into the training
    part.

    Parameters
    ----------
    return_X_y : bool
        Return ``(data, target)`` instead of a Bunch.
    as_frame : bool
        Give pandas objects instead of lists and arrays.

    Returns
    -------
    sklearn.utils.Bunch or (data, target)
        ``data``, a list of 46,881 str, the descriptions, in the order of the codes; ``target``
        (46881,) int64, 0 to 21, the chapter, in words ``target_names[target]``; ``groups``
        (46881,) str, the category, the first three signs of the code; ``codes`` (46881,) str;
        ``frame``, the table with the columns ``code``, ``text``, ``category`` and ``target`` (None
        unless ``as_frame``); ``inclusion_terms``, a Bunch with the same fields, for the 12,569
        further words that the list itself gives for its lines; ``target_names`` (22,);
        ``DESCR``, the card.

    Raises
    ------
    DataError
        The file is missing or damaged.

    Notes
    -----
    Source: CDC, National Center for Health Statistics; materials developed by CDC. It does not
    endorse this course. The list is on the agency's website for no charge.

    Examples
    --------
    >>> from medlearn.datasets import load_icd10cm
    >>> icd = load_icd10cm()
    >>> print(icd.codes[9], icd.data[9], icd.groups[9], sep=" | ")
    A01.03 | Typhoid pneumonia | A01
    >>> len(icd.data), len(set(icd.groups)), len(icd.inclusion_terms.data)
    (46881, 1918, 12569)
    >>> print(icd.inclusion_terms.codes[0], icd.inclusion_terms.data[0], sep=" | ")
    A00.0 | Classical cholera
    """
    import numpy as np
    from sklearn.utils import Bunch

    arrays = read("icd10cm")
    target_names = np.array(DATASETS["icd10cm"].target_names)
    codes = np.array(lines_of(arrays["codes"]))
    chapters = arrays["chapter"].astype(np.int64)
    listed = arrays["inclusion_row"].astype(np.int64)  # the line to which each further text belongs
    texts, others = lines_of(arrays["texts"]), lines_of(arrays["inclusion_texts"])
    descriptions = _as_bunch(texts, chapters, codes, as_frame)
    if return_X_y:
        return descriptions.data, descriptions.target
    return Bunch(
        **descriptions,
        inclusion_terms=_as_bunch(others, chapters[listed], codes[listed], as_frame),
        target_names=target_names,
        DESCR=card("icd10cm"),
    )


def _as_bunch(texts: list[str], chapters: np.ndarray, codes: np.ndarray, as_frame: bool) -> Bunch:
    from sklearn.utils import Bunch

    groups = codes.astype("U3")  # the category: what stands before the full stop
    if not as_frame:
        return Bunch(data=texts, target=chapters, groups=groups, codes=codes, frame=None)
    import pandas as pd

    frame = pd.DataFrame({"code": codes, "text": texts, "category": groups, "target": chapters})
    return Bunch(
        data=frame["text"],
        target=frame["target"],
        groups=frame["category"],
        codes=frame["code"],
        frame=frame,
    )


def convert(raw: bytes) -> dict[str, np.ndarray]:
    """Take codes, descriptions and inclusion terms, word for word, out of the tabular list."""
    from xml.etree import ElementTree

    import numpy as np

    try:
        root = ElementTree.fromstring(raw)
    except ElementTree.ParseError as error:
        raise DataError(
            _("icd10cm: the tabular list is no XML: {error}").format(error=error)
        ) from None
    codes, texts, chapters, inclusion_texts, inclusion_rows = [], [], [], [], []
    for number, chapter in enumerate(root.findall("chapter")):
        for line in chapter.findall("section//diag"):  # in the order in which they are printed
            for note in line.findall("inclusionTerm/note"):
                inclusion_texts.append(note.text)
                inclusion_rows.append(len(codes))
            codes.append(line.findtext("name"))
            texts.append(line.findtext("desc"))
            chapters.append(number)
    return {
        "codes": _stored(codes),
        "texts": _stored(texts),
        "chapter": np.array(chapters, dtype=np.uint8),
        "inclusion_texts": _stored(inclusion_texts),
        "inclusion_row": np.array(inclusion_rows, dtype=np.uint16),
    }


def _stored(texts: list[str | None]) -> np.ndarray:
    if not texts or any(not text or "\n" in text or text != text.strip() for text in texts):
        raise DataError(
            _("icd10cm: the tabular list holds no texts, or one that is empty or not one line.")
        )
    return as_lines(texts, "icd10cm")
