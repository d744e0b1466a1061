"""ICD-10-CM: 46,881 official descriptions, and further words for some of them."""

from collections import Counter

import numpy as np
import pytest

from medlearn import datasets
from medlearn.datasets import DataError, icd10cm, storage

LIST = """<?xml version="1.0" encoding="utf-8"?>
<ICD10CM.tabular>
  <chapter><name>1</name><desc>Infections (A00-B99)</desc>
    <section id="A00-A09">
      <diag><name>A00</name><desc>Cholera</desc>
        <diag><name>A00.0</name><desc>Cholera of Sézary</desc>
          <inclusionTerm><note>Classical cholera</note><note>Old one</note></inclusionTerm>
          <excludes1><note>another (B00)</note></excludes1>
        </diag>
        <diag><name>A00.9</name><desc>Cholera, unspecified</desc></diag>
      </diag>
    </section>
  </chapter>
  <chapter><name>2</name><desc>Neoplasms (C00-D49)</desc>
    <section id="C00-C14">
      <diag><name>C00</name><desc>Cancer of lip</desc>
        <inclusionTerm><note>Lip cancer</note></inclusionTerm>
      </diag>
    </section>
  </chapter>
</ICD10CM.tabular>"""


@pytest.fixture(scope="module")
def icd():
    return datasets.load_icd10cm()


def test_the_list_has_the_counts_of_its_card(icd):
    assert len(icd.data) == len(icd.target) == len(icd.groups) == len(icd.codes) == 46_881
    assert len(icd.inclusion_terms.data) == 12_569 and len(icd.target_names) == 22
    assert len(set(icd.groups)) == 1_918 and len(set(icd.codes)) == 46_881
    sizes = Counter(icd.groups).values()
    assert (min(sizes), max(sizes)) == (1, 362)
    assert len(icd.data) - len(set(icd.data)) == 737
    assert datasets.card("icd10cm") == icd.DESCR


def test_each_line_has_its_own_chapter_and_category(icd):
    chapters = dict(zip(icd.groups, icd.target, strict=True))
    assert all(chapters[g] == t for g, t in zip(icd.groups, icd.target, strict=True))
    # Five codes whose chapters everybody who codes knows.
    for code, chapter in [("A00", 1), ("C50", 2), ("I21", 9), ("S72", 19), ("Z00", 21)]:
        assert icd.target_names[chapters[code]].startswith(f"{chapter} ")
    assert Counter(icd.target.tolist())[18] / len(icd.target) == pytest.approx(0.28, abs=0.01)


def test_inclusion_terms_stand_beside_their_line(icd):
    more = icd.inclusion_terms
    texts = dict(zip(icd.codes, icd.data, strict=True))
    at = more.data.index("Cardiac, heart or myocardial failure NOS")
    assert (more.codes[at], texts[more.codes[at]]) == ("I50.9", "Heart failure, unspecified")
    assert more.groups[at] == "I50" and icd.target_names[more.target[at]].startswith("9 ")


def test_accents_survive(icd):
    assert "Sézary disease" in icd.data and "Folie à deux" in icd.inclusion_terms.data


def test_it_loads_as_the_other_sets_do(icd):
    framed = datasets.load_icd10cm(as_frame=True)
    assert list(framed.frame.columns) == ["code", "text", "category", "target"]
    assert framed.frame["text"].tolist() == icd.data and len(framed.inclusion_terms.frame) == 12_569
    X, y = datasets.load_icd10cm(return_X_y=True)
    assert icd.data == X and np.array_equal(icd.target, y)


def test_the_source_becomes_arrays_word_for_word():
    arrays = icd10cm.convert(LIST.encode())
    assert storage.lines_of(arrays["codes"]) == ["A00", "A00.0", "A00.9", "C00"]
    assert storage.lines_of(arrays["texts"])[1] == "Cholera of Sézary"
    assert arrays["chapter"].tolist() == [0, 0, 0, 1]
    assert storage.lines_of(arrays["inclusion_texts"]) == [
        "Classical cholera",
        "Old one",
        "Lip cancer",
    ]
    assert arrays["inclusion_row"].tolist() == [1, 1, 3]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"not a list", "no XML"),
        (b"<a><chapter/></a>", "holds no texts"),
        (LIST.replace("Lip cancer", "two\nlines").encode(), "not one line"),
        (LIST.replace("Cancer of lip", "").encode(), "is empty"),
    ],
)
def test_another_source_is_refused(raw, said):
    with pytest.raises(DataError, match=said):
        icd10cm.convert(raw)


def test_the_card_carries_what_cdc_asks_for():
    """Attribution, disclaimer, unchanged, free elsewhere: all four, and who owns ICD-10."""
    entry = datasets.DATASETS["icd10cm"]
    for words in ("Source: CDC", "not imply endorsement", "for no charge"):
        assert words in " ".join(entry.notice.split())
    [text] = datasets.catalogue.licence_texts(entry)
    for words in ("not imply endorsement", "for no charge", "World Health", "substantive content"):
        assert words in " ".join(text.read_text(encoding="utf-8").split())
