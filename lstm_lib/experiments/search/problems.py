"""Three cousins of the paper's data: music, handwriting and speech, as sequences with targets."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from lstm_lib.data import Split, load_chorales, load_pendigits, load_vowels

LOWEST_KEY, KEYS = 21, 88  # a piano's, as MIDI numbers


@dataclass(frozen=True)
class Problem:
    """Sequences x (T, I) float32 with their targets, in three parts.

    `each_step`: the target of a sequence is (T, O), 0 or 1, for every step (music: the keys that
    sound in the next frame); otherwise one class below O for the whole sequence.
    `batch`: how many sequences the weights learn from at once; `epochs`: at most so many.
    """

    name: str
    sequences: tuple[np.ndarray, ...]
    targets: tuple[np.ndarray, ...] | np.ndarray
    outputs: int
    split: Split
    each_step: bool
    batch: int
    epochs: int

    @property
    def inputs(self) -> int:
        """I, the numbers a step."""
        return self.sequences[0].shape[1]

    @property
    def unit(self) -> str:
        """What a loss is the mean of."""
        return "nats a frame" if self.each_step else "nats a sequence"


def padded(sequences: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """x (T, B, I) float32 with zeros behind each sequence's end, and the lengths (B,).

    >>> x, lengths = padded([np.ones((2, 1)), np.ones((3, 1))])
    >>> x[:, :, 0].tolist(), lengths.tolist()
    ([[1.0, 1.0], [1.0, 1.0], [0.0, 1.0]], [2, 3])
    """
    lengths = np.array([len(one) for one in sequences])
    x = np.zeros((lengths.max(), len(sequences), sequences[0].shape[1]), np.float32)
    for k, one in enumerate(sequences):
        x[: len(one), k] = one
    return x, lengths


def music() -> Problem:
    """Bach's chorales: which of 88 keys sound in the next quarter note?"""
    chorales = load_chorales()
    rolls = [roll(pitches) for pitches in chorales.pitches]
    return Problem(
        "music",
        tuple(one[:-1] for one in rolls),
        tuple(one[1:] for one in rolls),
        KEYS,
        chorales.split,
        each_step=True,
        batch=16,
        epochs=40,
    )


def roll(pitches: np.ndarray) -> np.ndarray:
    """Four voices (T, 4) as keys that sound (T, 88), 0 or 1; a pitch of 0 is silence.

    >>> roll(np.array([[60, 55, 52, 48], [60, 60, 0, 48]])).sum(axis=1).tolist()
    [4.0, 2.0]
    """
    keys = np.zeros((len(pitches), KEYS), np.float32)
    frames, voices = np.nonzero(pitches)
    keys[frames, pitches[frames, voices].astype(int) - LOWEST_KEY] = 1.0
    return keys


def handwriting() -> Problem:
    """Pen-Digits: which digit is this stroke of eight points, by a hand never seen?"""
    digits = load_pendigits()
    x = scaled(list(digits.points.astype(np.float32)), digits.split.train)
    return Problem(
        "handwriting", x, digits.labels, 10, digits.split, each_step=False, batch=32, epochs=30
    )


def speech() -> Problem:
    """Japanese vowels: which of nine speakers says this?"""
    vowels = load_vowels()
    x = scaled(list(vowels.frames), vowels.split.train)
    return Problem(
        "speech", x, vowels.labels, 9, vowels.split, each_step=False, batch=8, epochs=100
    )


def scaled(sequences: list[np.ndarray], train: slice) -> tuple[np.ndarray, ...]:
    """Each column less its mean, over its standard deviation, both of the training part."""
    known = np.concatenate(sequences[train])
    mean, deviation = known.mean(axis=0), known.std(axis=0)
    return tuple((one - mean) / deviation for one in sequences)


PROBLEMS: dict[str, Callable[[], Problem]] = {
    "music": music,
    "handwriting": handwriting,
    "speech": speech,
}
