"""Nine speakers say two vowels, each utterance as frames of 12 coefficients: Japanese vowels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from lstm_lib.data import extract
from lstm_lib.data.recipe import Arrays, Recipe
from lstm_lib.data.split import Split

COEFFICIENTS, UTTERANCES, TRAINING, VALIDATION = 12, 640, 270, 63


@dataclass(frozen=True, repr=False)
class Vowels:
    """Utterances of different lengths: who speaks?

    `frames` tuple of (T, 12) float32, T from 7 to 29: the coefficients of a linear prediction of
    the sound (LPC cepstrum), one row a frame. `labels` (N,) uint8: the speaker, 0 to 8. `split`:
    train and valid are the set's own training part (seven of each speaker's 30 utterances are
    valid), test its own test part, 24 to 88 a speaker. Read-only.
    """

    frames: tuple[np.ndarray, ...]
    labels: np.ndarray
    split: Split
    card: str

    def __repr__(self) -> str:
        return f"Vowels({len(self)} utterances of {self.labels.max() + 1} speakers)"

    def __len__(self) -> int:
        return len(self.labels)


def load_vowels() -> Vowels:
    """The Japanese vowels, checked against their SHA-256.

    Raises DataError if the committed file is missing or damaged.

    >>> vowels = load_vowels()
    >>> vowels, vowels.frames[0].shape
    (Vowels(640 utterances of 9 speakers), (20, 12))
    """
    arrays = extract.read(RECIPE)
    frames, labels, ends = arrays["frames"], arrays["labels"], np.cumsum(arrays["lengths"])
    for array in (frames, labels):
        array.setflags(write=False)
    first = TRAINING - VALIDATION
    split = Split(slice(0, first), slice(first, TRAINING), slice(TRAINING, UTTERANCES))
    return Vowels(tuple(np.split(frames, ends[:-1])), labels, split, RECIPE.card)


def to_arrays(files: Mapping[str, bytes]) -> Arrays:
    """The two text files -> `frames` (N, 12), `lengths` and `labels` of the utterances.

    Order: 23 utterances of each speaker's 30, the other seven of each, the test file as it is.
    Raises ValueError if a line has other than 12 series of one length and a speaker, 1 to 9.
    """
    by_part = {path.split("_")[-1]: read(files[path]) for path in files}
    training, test = by_part["TRAIN.ts"], by_part["TEST.ts"]
    if (len(training), len(test)) != (TRAINING, UTTERANCES - TRAINING):
        raise ValueError(
            f"expected {TRAINING} and {UTTERANCES - TRAINING} utterances, "
            f"got {len(training)} and {len(test)}"
        )
    each = TRAINING // 9
    held = [k % each >= each - VALIDATION // 9 for k in range(TRAINING)]
    ordered = [u for u, h in zip(training, held) if not h]
    ordered += [u for u, h in zip(training, held) if h] + test
    return {
        "frames": np.concatenate([frames for frames, _ in ordered]),
        "lengths": np.array([len(frames) for frames, _ in ordered], "<i8"),
        "labels": np.array([label for _, label in ordered], np.uint8),
    }


def read(content: bytes) -> list[tuple[np.ndarray, int]]:
    """Each utterance of a file with its speaker, 0 to 8."""
    utterances = []
    for line in content.decode("ascii").split("@data")[1].split("\n"):
        if not line.strip():
            continue
        *series, speaker = line.split(":")
        frames = np.array([one.split(",") for one in series], np.float32).T
        if frames.shape[1:] != (COEFFICIENTS,) or not 1 <= int(speaker) <= 9:
            raise ValueError(f"expected {COEFFICIENTS} series and a speaker, got {line[:60]!r}")
        utterances.append((frames, int(speaker) - 1))
    return utterances


RECIPE = Recipe(
    name="vowels",
    title="Japanese vowels: 640 utterances of nine speakers",
    package="sktime",
    version="1.2.0",
    archive="sktime-1.2.0-py3-none-any.whl",
    member="sktime/datasets/data/JapaneseVowels/*.ts",
    sha256="a60ce06c4dbb04ccfa5ab65368f8a6f3be3a07571aa55c4ba94b561e75dede29",
    extract_sha256="fb3dcfff7559449f84c906de7910ea4db1b7f5bded3fcb4966082b93eb57f84e",
    to_arrays=to_arrays,
    licence="CC BY 4.0 (UCI Machine Learning Repository)",
    credit="M. Kudo, J. Toyama and M. Shimbo, 1999; via the UEA archive and sktime 1.2.0",
    redistributable=True,
    committed=True,
)
