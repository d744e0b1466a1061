"""The digits: 5,000 that ship, and the whole of MNIST."""

import hashlib

import numpy as np
from data_files import npz, rewrite, sha256

from medlearn import datasets


def test_digits_have_the_shape_of_mnist_and_are_stratified():
    (x_train, y_train), (x_test, y_test) = datasets.load_digits_mnist()
    assert x_train.shape == (4000, 28, 28) and x_test.shape == (1000, 28, 28)
    assert {a.dtype for a in (x_train, y_train, x_test, y_test)} == {np.dtype("uint8")}
    assert np.bincount(y_train).tolist() == [400] * 10
    assert np.bincount(y_test).tolist() == [100] * 10
    assert x_train.min() == 0 and x_train.max() == 255


def test_no_image_stands_twice():
    (x_train, _), (x_test, _) = datasets.load_digits_mnist()
    both = np.concatenate([x_train, x_test])
    assert len({image.tobytes() for image in both}) == 5000


def test_the_split_is_the_one_that_the_card_describes():
    parts = datasets.load_digits_mnist()
    keys = [[hashlib.sha256(i.tobytes()).digest() for i in x] for x, _ in parts]
    assert keys[0] == sorted(keys[0]) and keys[1] == sorted(keys[1])
    for digit in range(10):
        last_train = max(k for k, y in zip(keys[0], parts[0][1], strict=True) if y == digit)
        first_test = min(k for k, y in zip(keys[1], parts[1][1], strict=True) if y == digit)
        assert last_train < first_test
    # A part of the training images, as Keras' validation_split takes it, holds every digit.
    assert np.bincount(parts[0][1][-400:], minlength=10).min() >= 20


def test_labels_match_images():
    """A sort that moved images without their labels would leave nothing to learn."""
    (x_train, y_train), (x_test, y_test) = datasets.load_digits_mnist()
    means = np.stack([x_train[y_train == d].mean(axis=0).ravel() for d in range(10)])
    distance = ((x_test.reshape(1000, 1, 784) - means) ** 2).sum(axis=2)
    assert (distance.argmin(axis=1) == y_test).mean() > 0.75


def test_all_of_mnist_is_fetched_once_and_then_comes_from_the_cache(server, data_copy, cache):
    shapes = {"x_train": (6, 28, 28), "y_train": (6,), "x_test": (2, 28, 28), "y_test": (2,)}
    arrays = {key: np.arange(np.prod(s)).reshape(s).astype(np.uint8) for key, s in shapes.items()}
    server.content = npz(**arrays)
    card = data_copy / "digits.toml"
    checksum = f"sha256:{sha256(server.content)}"
    rewrite(card, "[online]", urls=[f"{server.url}/good"], checksum=checksum)
    rewrite(card, "online.shape", **shapes)
    for _ in range(2):
        (x_train, y_train), (x_test, y_test) = datasets.load_digits_mnist(full=True)
        for ours, theirs in zip((x_train, y_train, x_test, y_test), arrays.values(), strict=True):
            np.testing.assert_array_equal(ours, theirs)
            assert ours.dtype == np.uint8
    assert server.asked == ["/good"]
    assert ("mnist", True) in [row[:2] for row in datasets.verify()]
    (cache / "mnist.npz").write_bytes(server.content[:-1])
    assert ("mnist", False) in [row[:2] for row in datasets.verify()]
