"""MedMNIST: twelve public sets of small medical images, fetched by name.

All that is known of them in one table: how many images, what the labels mean, under which
licence, with which known flaws, where they lie and with which checksum. Numbers of images, names
of labels, addresses and MD5 are those of the package medmnist 3.0.2 (its ``info.py``); the files
are read with NumPy, because that package brings PyTorch along.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from medlearn.datasets.registry import DataError, OnlineFile

if TYPE_CHECKING:
    import numpy as np

__all__ = ["SETS", "SIZES", "arrays_of", "describe", "key_of", "online_file"]

PUBLISHED = "10.1038/s41597-022-01721-8"
SIZES = (28, 64, 128, 224)


class _Set(NamedTuple):
    title: str
    shows: str
    task: str
    labels: tuple[str, ...]
    counts: tuple[int, int, int]  # train, validation, test
    channels: int
    md5: tuple[str, ...]  # in the order of SIZES
    published: tuple[float, float]  # AUC and accuracy of ResNet-18 on 28 × 28, its Table 3
    flaws: tuple[str, ...]
    licence: str


def _set(
    title: str,
    shows: str,
    task: str,
    labels: str,
    counts: tuple[int, int, int],
    channels: int,
    md5: str,
    published: tuple[float, float],
    *flaws: str,
    licence: str = "CC BY 4.0",
) -> _Set:
    marks, sums = tuple(labels.split("; ")), tuple(md5.split())
    return _Set(title, shows, task, marks, counts, channels, sums, published, flaws, licence)


_BY_IMAGE = (
    "Training and validation were parted by image as far as is published, so that one patient may "
    "stand in both."
)
_ORGANS = (
    "Each organ was cut out by a box that was known beforehand: finding it is not part of the "
    "task. Version 3 has a few images fewer than the publication, so scores compare only roughly."
)
_ORGAN_NAMES = (
    "bladder; left femur; right femur; heart; left kidney; right kidney; liver; left lung; "
    "right lung; pancreas; spleen"
)

_SETS = (
    _set(
        "PathMNIST",
        "Patches of tissue from the colon under the microscope",
        "multi-class",
        "adipose; background; debris; lymphocytes; mucus; smooth muscle; normal colon mucosa; "
        "cancer-associated stroma; colorectal adenocarcinoma epithelium",
        (89_996, 10_004, 7_180),
        3,
        "a8b06965200029087d5bd730944a56c1 55aa9c1e0525abe5a6b9d8343a507616 "
        "ac42d08fb904d92c244187169d1fd1d9 2c51a510bcdc9cf8ddb2af93af1eadec",
        (0.983, 0.907),
        _BY_IMAGE,
    ),
    _set(
        "ChestMNIST",
        "Chest X-rays, fourteen findings",
        "multi-label, binary-class",
        "atelectasis; cardiomegaly; effusion; infiltration; mass; nodule; pneumonia; "
        "pneumothorax; consolidation; edema; emphysema; fibrosis; pleural; hernia",
        (78_468, 11_219, 22_433),
        1,
        "02c8a6516a18b556561a56cbdd36c4a8 9de6cd0b934ebb5b7426cfba5efbae16 "
        "db107e5590b27930b62dbaf558aebee3 45bd33e6f06c3e8cdb481c74a89152aa",
        (0.768, 0.947),
        "The labels were read out of reports by a program. Where a radiologist looked again, "
        "fewer of the marked findings were there than the source says, mostly by 10 to 30 "
        "percentage points (Oakden-Rayner 2020, Academic Radiology).",
        "Accuracy says nothing here: to answer 'none' fourteen times scores about 0.947.",
    ),
    _set(
        "DermaMNIST",
        "Spots on the skin through a dermatoscope",
        "multi-class",
        "actinic keratoses and intraepithelial carcinoma; basal cell carcinoma; benign "
        "keratosis-like lesions; dermatofibroma; melanoma; melanocytic nevi; vascular lesions",
        (7_007, 1_003, 2_005),
        3,
        "0744692d530f8e62ec473284d019b0c7 b70a2f5635c6199aeaa28c31d7202e1f "
        "2defd784463fa5243564e855ed717de1 8974907d8e169bef5f5b96bc506ae45d",
        (0.917, 0.735),
        "Photographs of the same spot stand in training and in test, and some are duplicates, so "
        "that scores flatter (Abhishek and others 2025, DOI 10.1038/s41597-025-04382-5, who offer "
        "a corrected split).",
        "Not for commercial use.",
        licence="CC BY-NC 4.0",
    ),
    _set(
        "OCTMNIST",
        "Slices of the retina (optical coherence tomography)",
        "multi-class",
        "choroidal neovascularization; diabetic macular edema; drusen; normal",
        (97_477, 10_832, 1_000),
        1,
        "c68d92d5b585d8d81f7112f81e2d0842 e229e9440236b774d9f0dfef9d07bdaf "
        "0a97e76651ace45c5d943ee3f65b63ae abc493b6d529d5de7569faaef2773ba3",
        (0.943, 0.743),
        _BY_IMAGE,
    ),
    _set(
        "PneumoniaMNIST",
        "Chest X-rays of children: pneumonia or not",
        "binary-class",
        "normal; pneumonia",
        (4_708, 524, 624),
        1,
        "28209eda62fecd6e6a2d98b1501bb15f 8f4eceb4ccffa70c672198ea285246c6 "
        "05b46931834c231683c68f40c47b2971 d6a3c71de1b945ea11211b03746c1fe1",
        (0.944, 0.854),
        "Children of one to five years from one hospital (Guangzhou): nothing follows for adults.",
        "The test part is another sample: 62.5 % with pneumonia, 74.2 % in training and "
        "validation. A score on validation promises too much.",
        _BY_IMAGE,
    ),
    _set(
        "RetinaMNIST",
        "Photographs of the retina: diabetic retinopathy, five grades",
        "ordinal-regression",
        "grade 0; grade 1; grade 2; grade 3; grade 4",
        (1_080, 120, 400),
        3,
        "bd4c0672f1bba3e3a89f0e4e876791e4 afda852cc34dcda56f86ad2b2457dbcc "
        "e48e916a24454daf90583d4e6efb1a18 eae7e3b6f3fcbda4ae613ebdcbe35348",
        (0.717, 0.524),
        "Small: 1,080 images to train, 400 to test, so that chance moves a score by points.",
        "The grades are ordered by severity, which accuracy ignores.",
    ),
    _set(
        "BreastMNIST",
        "Ultrasound of the breast: malignant or not",
        "binary-class",
        "malignant; normal or benign",
        (546, 78, 156),
        1,
        "750601b1f35ba3300ea97c75c52ff8f6 742edef2a1fd1524b2efff4bd7ba9364 "
        "363e4b3f8d712e9b5de15470a2aaadf1 b56378a6eefa9fed602bb16d192d4c8b",
        (0.901, 0.863),
        "Coded 0 = malignant, 1 = normal or benign: the other way round than in this course.",
        "Very small: with 156 images to test, one more in error is 0.6 percentage points.",
        _BY_IMAGE,
    ),
    _set(
        "BloodMNIST",
        "Single blood cells under the microscope",
        "multi-class",
        "basophil; eosinophil; erythroblast; immature granulocyte; lymphocyte; monocyte; "
        "neutrophil; platelet",
        (11_959, 1_712, 3_421),
        3,
        "7053d0359d879ad8a5505303e11de1dc 2b94928a2ae4916078ca51e05b6b800b "
        "adace1e0ed228fccda1f39692059dd4c b718ff6835fcbdb22ba9eacccd7b2601",
        (0.998, 0.958),
        "Cells of healthy donors only: no disease can be learnt.",
        _BY_IMAGE,
    ),
    _set(
        "TissueMNIST",
        "Cells of the cortex of the kidney under the microscope",
        "multi-class",
        "collecting duct, connecting tubule; distal convoluted tubule; glomerular endothelial "
        "cells; interstitial endothelial cells; leukocytes; podocytes; proximal tubule segments; "
        "thick ascending limb",
        (165_466, 23_640, 47_280),
        1,
        "ebe78ee8b05294063de985d821c1c34b 123ece2eba09d0aa5d698fda57103344 "
        "61b955355d7425a89687b06cca3ce0c2 b077128c4a949f0a4eb01517f9037b9c",
        (0.93, 0.676),
        "All cells come from three specimens, which may stand in every part.",
    ),
    _set(
        "OrganAMNIST",
        "Organs in CT, axial slices",
        "multi-class",
        _ORGAN_NAMES,
        (34_561, 6_491, 17_778),
        1,
        "68e3f8846a6bd62f0c9bf841c0d9eacc 2dcccc29b88e6da5a01161ef20cda288 "
        "eeae80d0a227a8d099027e1b3cfd3b60 50747347e05c87dd3aaf92c49f9f3170",
        (0.997, 0.935),
        _ORGANS,
    ),
    _set(
        "OrganCMNIST",
        "Organs in CT, coronal slices",
        "multi-class",
        _ORGAN_NAMES,
        (12_975, 2_392, 8_216),
        1,
        "b9ceb9546e10131b32923c5bbeaea2b1 3ce34a8724ea6f548e6db4744d03b6a9 "
        "773c1f009daa3fe5d9a2a201b2a7ed94 050f5e875dc056f6768abf94ec9995d1",
        (0.992, 0.9),
        _ORGANS,
    ),
    _set(
        "OrganSMNIST",
        "Organs in CT, sagittal slices",
        "multi-class",
        _ORGAN_NAMES,
        (13_932, 2_452, 8_827),
        1,
        "9ab87b696fb54e2a387ebe992d6ed5f1 53a6d115339d874c25e309a994ff46d3 "
        "ded0c5fa01a95dc4978b956f613e9b8e b354719e553fbbb2513d5533f52a4cb1",
        (0.972, 0.782),
        _ORGANS,
    ),
)
SETS: Mapping[str, _Set] = MappingProxyType({each.title.lower(): each for each in _SETS})
"""The twelve sets, by the name of their file."""

_PARTS = {"train": "train", "val": "validation", "test": "test"}  # the file's words and ours


def key_of(name: str) -> str:
    """Return the key in :data:`SETS` for a name as people write it.

    Raises
    ------
    ValueError
        There is no such set; the message names those that are near, or all.

    Examples
    --------
    >>> from medlearn.datasets.medmnist import key_of
    >>> key_of("Pneumonia"), key_of("OrganAMNIST")
    ('pneumoniamnist', 'organamnist')
    >>> key_of("pneumnoia")
    Traceback (most recent call last):
        ...
    ValueError: There is no MedMNIST set 'pneumnoia'. Did you mean 'pneumonia'? There are: path,
    chest, derma, oct, pneumonia, retina, breast, blood, tissue, organa, organc, organs.
    """
    import difflib

    short = str(name).strip().lower().removesuffix("mnist").rstrip("-_ ")
    if f"{short}mnist" in SETS:
        return f"{short}mnist"
    names = [key.removesuffix("mnist") for key in SETS]
    near = difflib.get_close_matches(short, names, n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    raise ValueError(f"There is no MedMNIST set {name!r}.{hint} There are: {', '.join(names)}.")


def online_file(key: str, size: int = 28) -> OnlineFile:
    """Return where a set lies, with which checksum, and the shapes that it must have.

    Examples
    --------
    >>> from medlearn.datasets.medmnist import online_file
    >>> online_file("breastmnist", 64).file
    'breastmnist_64.npz'
    """
    if size not in SIZES:
        raise ValueError(f"MedMNIST has no images of size {size!r}. There are: 28, 64, 128, 224.")
    about = SETS[key]
    file = f"{key}.npz" if size == 28 else f"{key}_{size}.npz"
    pixels = (size, size, 3) if about.channels == 3 else (size, size)
    marks = len(about.labels) if about.task.startswith("multi-label") else 1
    shape = {}
    for part, count in zip(_PARTS, about.counts, strict=True):
        shape[f"{part}_images"] = (count, *pixels)
        shape[f"{part}_labels"] = (count, marks)
    # The file is compressed, so it is smaller than its arrays; 1 % and a little for its headers.
    bound = sum(about.counts) * (size * size * about.channels + 8 * marks) * 101 // 100 + 16_384
    return OnlineFile(
        name=file.removesuffix(".npz"),
        title=f"{about.title} ({about.shows}, {size} × {size})",
        urls=(f"https://zenodo.org/records/10519652/files/{file}?download=1",),
        checksum=f"md5:{about.md5[SIZES.index(size)]}",
        file=file,
        size=bound,
        exact=False,
        rows=sum(about.counts),
        data_licence=about.licence,
        licence_evidence="The package medmnist 3.0.2 names it for this set.",
        shape=MappingProxyType(shape),
        lessons=("07",) if key in _LESSON_07 else (),
    )


_LESSON_07 = {"pneumoniamnist", "breastmnist", "bloodmnist", "retinamnist"}


def arrays_of(key: str, arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Turn the file's arrays into ours: ``x_train``, ``y_train``, ``x_validation``, ...

    Raises
    ------
    DataError
        The arrays are not images of 8 bits, or a label has no name.
    """
    import numpy as np

    about, ours = SETS[key], {}
    highest = 1 if about.task.startswith("multi-label") else len(about.labels) - 1
    for part, word in _PARTS.items():
        images, labels = arrays[f"{part}_images"], arrays[f"{part}_labels"]
        if images.dtype != np.uint8 or labels.dtype.kind not in "ui":
            raise DataError(
                f"{about.title}: images must be uint8 and labels integers; the file has "
                f"{images.dtype} and {labels.dtype}."
            )
        labels = labels.astype(np.int64)
        if labels.size and not 0 <= labels.min() <= labels.max() <= highest:
            raise DataError(
                f"{about.title}: labels must lie between 0 and {highest}; the file has "
                f"{labels.min()} to {labels.max()}."
            )
        ours[f"x_{word}"] = images
        ours[f"y_{word}"] = labels[:, 0] if labels.shape[1] == 1 else labels
    return ours


def describe(key: str) -> str:
    """Return what a reader must know of one set, in Markdown.

    Examples
    --------
    >>> from medlearn.datasets.medmnist import describe
    >>> print(describe("breastmnist").splitlines()[0])
    ## BreastMNIST: Ultrasound of the breast: malignant or not
    """
    about = SETS[key]
    auc, accuracy = about.published
    train, validation, test = about.counts
    lines = [
        f"## {about.title}: {about.shows}",
        "",
        f"- **Images**: {train:,} to train, {validation:,} to validate, {test:,} to test",
        f"- **Task**: {about.task}; labels: "
        + ", ".join(f"{i} = {label}" for i, label in enumerate(about.labels)),
        f"- **Licence of the data**: {about.licence}; not intended for clinical use",
        f"- **Published**: ResNet-18 on 28 × 28: AUC {auc:.3f}, accuracy {accuracy:.3f} "
        f"(Yang and others 2023, DOI {PUBLISHED})",
        "- **Known flaws**:",
        *(f"  - {flaw}" for flaw in about.flaws),
    ]
    return "\n".join(lines) + "\n"
