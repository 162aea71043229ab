"""The two-sequence problem, and a network of five weights that are guessed, not learnt.

Bengio, Simard & Frasconi (1994); experiment 3a of Hochreiter & Schmidhuber (1997), who remark that
guessing weights at random solves it faster than their training.
"""

from typing import NamedTuple

import numpy as np

from lstm_lib.scratch import sigmoid


def two_sequences(
    rng: np.random.Generator, batch: int, length: int = 100, telling: int = 3
) -> tuple[np.ndarray, np.ndarray]:
    """x (T, B): `telling` steps of 1 or −1, the class, then noise of variance 0.2; y (B,), 1 or 0.

    The paper's sequences have T to 1.1 T steps; a batch here has one length, drawn from those.
    Raises ValueError unless 1 <= telling <= length.

    >>> x, y = two_sequences(np.random.default_rng(0), 3, 20)
    >>> len(x), x[:3].T.tolist(), y.tolist()
    (22, [[1.0, 1.0, 1.0], [1.0, 1.0, 1.0], [-1.0, -1.0, -1.0]], [1, 1, 0])
    """
    if not 1 <= telling <= length:
        raise ValueError(f"telling must lie between 1 and length; got {telling} of {length}")
    steps = int(rng.integers(length, length + length // 10 + 1))
    y = rng.integers(2, size=batch)
    x = rng.normal(scale=0.2**0.5, size=(steps, batch))
    x[:telling] = 2.0 * y - 1.0
    return x, y


def answer(weights: np.ndarray, x: np.ndarray) -> np.ndarray:
    """What one unit with itself as its memory says of x (T, B) at the end: (B,), 0 to 1.

    h = tanh(w x + r h + b) from h = 0, then σ(v h + a); weights are w, r, b, v, a.

    >>> answer(np.array([4.0, 9.0, 0.0, 5.0, 0.0]), np.array([[1.0, -1.0]] * 3)).round(2)
    array([0.99, 0.01])
    """
    w, r, b, v, a = weights
    h = np.zeros(x.shape[1])
    for x_t in x:
        h = np.tanh(w * x_t + r * h + b)
    return sigmoid(v * h + a)


class Guessed(NamedTuple):
    """The weights, how many were guessed, and how many sequences all of them were shown."""

    weights: np.ndarray
    guesses: int
    sequences: int


def guess(
    rng: np.random.Generator,
    length: int = 100,
    telling: int = 3,
    scale: float = 20.0,
    tests: int = 256,
    most: int = 100_000,
) -> Guessed | None:
    """Draw five weights between −scale and scale until the answers to `tests` sequences are right.

    Right: every error below 0.2, and their mean below 0.01 (the paper's criterion). A guess is
    shown one sequence after the other until its first mistake. None after `most` guesses.
    """
    sequences = 0
    for guesses in range(1, most + 1):
        weights, errors = rng.uniform(-scale, scale, size=5), []
        while len(errors) < tests and (not errors or errors[-1] < 0.2):
            x, y = two_sequences(rng, 1, length, telling)
            errors.append(abs(answer(weights, x) - y)[0])
        sequences += len(errors)
        if errors[-1] < 0.2 and np.mean(errors) < 0.01:
            return Guessed(weights, guesses, sequences)
    return None
