"""Two problems whose only difficulty is the lag, drawn in batches, and what a blind guess scores.

The adding problem as Arjovsky, Shah & Bengio (2016) pose it, and the temporal order of Hochreiter &
Schmidhuber (1997), experiment 6a, at any length.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch

from lstm_lib.experiments.temporal_order import SYMBOLS


def adding(rng: np.random.Generator, batch: int, length: int) -> tuple[np.ndarray, np.ndarray]:
    """x (T, B, 2): values in [0, 1) and marks, one in each half; y (B,): the sum of the marked two.

    Raises ValueError for fewer than two steps.

    >>> x, y = adding(np.random.default_rng(0), 3, 10)
    >>> x.shape, x[:, :, 1].sum(0).tolist()
    ((10, 3, 2), [2.0, 2.0, 2.0])
    >>> np.allclose(y, (x[:, :, 0] * x[:, :, 1]).sum(0))
    True
    """
    if length < 2:
        raise ValueError(f"length must be 2 or more, one step for each mark; got {length}")
    half, who = length // 2, np.arange(batch)
    x = np.zeros((length, batch, 2), dtype=np.float32)
    x[:, :, 0] = rng.random((length, batch), dtype=np.float32)
    first, second = rng.integers(half, size=batch), rng.integers(half, length, size=batch)
    x[first, who, 1] = x[second, who, 1] = 1.0
    return x, x[first, who, 0] + x[second, who, 0]


def order(rng: np.random.Generator, batch: int, length: int) -> tuple[np.ndarray, np.ndarray]:
    """x (T, B, 8), one symbol a step; y (B,): 0 to 3 for XX, XY, YX, YY.

    One mark between T/10 and T/5, one between T/2 and 6T/10, as in the paper at T = 100.
    Raises ValueError for fewer than 10 steps.

    >>> x, y = order(np.random.default_rng(0), 2, 20)
    >>> ["".join(SYMBOLS[k] for k in x[:, b].argmax(1)) for b in range(2)], y.tolist()
    (['BcbXaccdccYcbcddaaaE', 'BbYaddcccdYadacadcbE'], [1, 3])
    """
    if length < 10:
        raise ValueError(f"length must be 10 or more; got {length}")
    who = np.arange(batch)
    symbols = rng.integers(4, size=(length, batch))
    symbols[0], symbols[-1] = SYMBOLS.index("B"), SYMBOLS.index("E")
    early = rng.integers(length // 10, length // 5 + 1, size=batch)
    late = rng.integers(length // 2, 6 * length // 10 + 1, size=batch)
    marks = rng.integers(2, size=(2, batch))
    symbols[early, who], symbols[late, who] = SYMBOLS.index("X") + marks
    return np.eye(len(SYMBOLS), dtype=np.float32)[symbols], 2 * marks[0] + marks[1]


@dataclass(frozen=True)
class Problem:
    """A problem for `lags.training`.

    make             (rng, batch, length) -> x (T, B, I), y (B,)
    inputs, outputs  of the network
    loss             (the network's outputs (B, O), y) -> a scalar
    trivial          the loss of the best answer that does not depend on x
    solved           below this loss on sequences never learnt from, a network has solved it
    """

    name: str
    make: Callable
    inputs: int
    outputs: int
    loss: Callable
    trivial: float
    solved: float


def squared(out: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Mean squared error of out (B, 1)."""
    return torch.nn.functional.mse_loss(out[:, 0], y)


# The sum of two uniform numbers has the variance 1/12 + 1/12; guessing one of four costs ln 4.
ADDING = Problem("adding", adding, 2, 1, squared, 1 / 6, 1 / 600)
ORDER = Problem(
    "order", order, 8, 4, torch.nn.functional.cross_entropy, math.log(4), math.log(4) / 100
)
PROBLEMS = {problem.name: problem for problem in (ADDING, ORDER)}


def copy_trivial(blanks: int, copied: int = 10, symbols: int = 8) -> float:
    """The copy problem's mean cross-entropy of an answer without memory, nats a step.

    copied · ln(symbols) / (blanks + 2 copied): blanks are known, each copied symbol is a guess
    among `symbols` (Arjovsky, Shah & Bengio 2016, section 5.1).
    Raises ValueError if `blanks` is negative.

    >>> round(copy_trivial(1000), 4)
    0.0204
    """
    if blanks < 0:
        raise ValueError(f"blanks must be 0 or more; got {blanks}")
    return copied * math.log(symbols) / (blanks + 2 * copied)
