"""What tests of data need: files made up in memory, and cards that promise them."""

import hashlib
import io
import json
import re

import numpy as np

from medlearn.datasets import medmnist


def npz(**arrays):
    """The bytes of an .npz file."""
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def rewrite(path, table="", /, **values):
    """Change lines `key = value` of a TOML file, in one of its tables ("shape", "[source]")."""
    text = path.read_text(encoding="utf-8")
    begin = text.index(f"\n[{table}]\n") + 1 if table else 0
    for key, value in values.items():
        if isinstance(value, dict):
            value = "{ " + ", ".join(f"{k} = {json.dumps(v)}" for k, v in value.items()) + " }"
        else:
            value = json.dumps(value)
        line = re.compile(rf"(?m)^{key} = .*$")
        assert line.search(text, begin), f"{path.name} has no line {key} = ... in [{table}]"
        text = text[:begin] + line.sub(lambda _: f"{key} = {value}", text[begin:], count=1)  # noqa: B023
    path.write_text(text, encoding="utf-8")


def medmnist_arrays(name, counts):
    """Arrays as in a file of MedMNIST, but few: noise, every label at least once.

    A bright bar stands at the height of the class, so that a model can learn it.
    """
    random, about = np.random.default_rng(0), medmnist.table().sets[medmnist.key_of(name)]
    pixels = (28, 28, 3) if about.n_channels == 3 else (28, 28)
    arrays = {}
    for part, count in counts.items():
        images = random.integers(0, 90, (count, *pixels)).astype(np.uint8)
        labels = np.arange(count)[:, None] % len(about.labels)
        if about.several:
            labels = random.integers(0, 2, (count, len(about.labels)))
        else:
            for image, (label,) in zip(images, labels, strict=True):
                image[3 * label + 2 : 3 * label + 4, 5:23] = 250
        arrays |= {f"{part}_images": images, f"{part}_labels": labels.astype(np.uint8)}
    return arrays


def promise_medmnist(folder, name, content, counts, url):
    """Make the table of this folder promise exactly this file of so few images."""
    rewrite(
        folder / "medmnist.toml",
        medmnist.key_of(name),
        url=url,
        MD5=hashlib.md5(content).hexdigest(),
        n_samples=counts,
    )
