"""Is a difference real? The paired block bootstrap (Künsch 1989; Efron & Tibshirani 1993, ch. 8).

Errors of neighbouring hours, of one user, of one sentence hang together: whole blocks are drawn,
the same ones for both of what is compared.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

DRAWS = 2000


class Difference(NamedTuple):
    """A difference and its 95 % interval; where the interval holds 0 it is a tie.

    Numbers, or arrays of one shape for several differences of one kind.
    """

    difference: float | np.ndarray
    low: float | np.ndarray
    high: float | np.ndarray

    def record(self, digits: int = 4) -> dict:
        """As result files hold it.

        >>> Difference(-0.03, -0.05, 0.01).record(2)
        {'difference': -0.03, 'interval': [-0.05, 0.01]}
        """
        difference, low, high = (
            np.round(np.asarray(value, dtype=np.float64), digits).tolist() for value in self
        )
        return {"difference": difference, "interval": [low, high]}


def paired(ours: np.ndarray, theirs: np.ndarray, block: np.ndarray | None = None) -> Difference:
    """Mean of ours - theirs with its interval over blocks.

    ours, theirs (N,) or (N, K): losses, or whatever has a mean, of the same N cases; block (N,):
    which cases hang together (None: each is one of its own). K columns give arrays (K,).

    >>> better = paired(np.array([1.0, 2.0, 5.0]), np.array([2.0, 3.0, 6.0]))
    >>> better == (-1.0, -1.0, -1.0)
    True
    """
    gap = np.asarray(ours, dtype=np.float64) - np.asarray(theirs, dtype=np.float64)
    block = np.arange(len(gap)) if block is None else block
    ends = [interval(*block_means(column, block)) for column in gap.reshape(len(gap), -1).T]
    low, high = np.array(ends).T
    if gap.ndim == 1:
        return Difference(float(gap.mean()), float(low[0]), float(high[0]))
    return Difference(gap.mean(0), low, high)


def block_means(values: np.ndarray, block: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and size of each block.

    values (N,) float, block (N,) integer labels in any order.
    Returns (means, sizes), one entry for each label that occurs, in ascending order of labels.

    >>> block_means(np.array([1.0, 3.0, 10.0]), np.array([0, 0, 7]))
    (array([ 2., 10.]), array([2, 1]))
    """
    values, block = np.asarray(values, dtype=np.float64), np.asarray(block)
    if values.shape != block.shape or values.ndim != 1 or not len(values):
        raise ValueError(
            f"values and block must be (N,) with N > 0; got {values.shape} and {block.shape}"
        )
    if not np.isfinite(values).all():
        raise ValueError("values must be finite")
    _, where, sizes = np.unique(block, return_inverse=True, return_counts=True)
    return np.bincount(where, weights=values) / sizes, sizes


def interval(
    means: np.ndarray, sizes: np.ndarray, level: float = 0.95, draws: int = DRAWS, seed: int = 0
) -> tuple[float, float]:
    """Percentile interval of the overall mean when whole blocks are drawn with replacement.

    means, sizes (K,): of the blocks, as `block_means` returns them. For the difference of two
    methods pass the means of the *paired* differences; an interval that holds 0 is a tie.

    >>> low, high = interval(np.array([1.0, 1.0, 1.0]), np.array([5, 5, 5]))
    >>> (low, high)
    (1.0, 1.0)
    """
    means, sizes = np.asarray(means, dtype=np.float64), np.asarray(sizes, dtype=np.float64)
    if means.shape != sizes.shape or means.ndim != 1:
        raise ValueError(f"means and sizes must be (K,) both; got {means.shape} and {sizes.shape}")
    low, high = percentiles(
        lambda times: (times @ (means * sizes)) / (times @ sizes), len(means), level, draws, seed
    )
    return float(low), float(high)


def percentiles(
    statistic: Callable[[np.ndarray], np.ndarray],
    blocks: int,
    level: float = 0.95,
    draws: int = DRAWS,
    seed: int = 0,
) -> tuple[np.ndarray, np.ndarray]:
    """Percentile interval of any statistic of blocks that are drawn with replacement.

    statistic: times (draws, blocks), how often each block was drawn, -> (draws, ...). Returns its
    two ends, (...) each. Raises ValueError for fewer than 2 blocks.

    >>> low, high = percentiles(lambda times: times @ np.array([0.0, 1.0]) / 2, 2)
    >>> (float(low), float(high))
    (0.0, 1.0)
    """
    if blocks < 2:
        raise ValueError(f"blocks must be at least 2; got {blocks}")
    if not 0 < level < 1:
        raise ValueError(f"level must be between 0 and 1; got {level}")
    drawn = np.random.default_rng(seed).integers(blocks, size=(draws, blocks))
    places = drawn + blocks * np.arange(draws)[:, None]
    times = np.bincount(places.ravel(), minlength=draws * blocks).reshape(draws, blocks)
    low, high = np.quantile(
        statistic(times.astype(np.float64)), [(1 - level) / 2, (1 + level) / 2], axis=0
    )
    return low, high
