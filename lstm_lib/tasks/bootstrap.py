"""Is a difference real? The paired block bootstrap (Künsch 1989; Efron & Tibshirani 1993, ch. 8).

Errors of neighbouring hours, of one user, of one sentence hang together: whole blocks are drawn.
"""

import numpy as np


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
    means: np.ndarray, sizes: np.ndarray, level: float = 0.95, draws: int = 2000, seed: int = 0
) -> tuple[float, float]:
    """Percentile interval of the overall mean when whole blocks are drawn with replacement.

    means, sizes (K,): of the blocks, as `block_means` returns them. For the difference of two
    methods pass the means of the *paired* differences; an interval that holds 0 is a tie.

    >>> low, high = interval(np.array([1.0, 1.0, 1.0]), np.array([5, 5, 5]))
    >>> (low, high)
    (1.0, 1.0)
    """
    means, sizes = np.asarray(means, dtype=np.float64), np.asarray(sizes, dtype=np.float64)
    if means.shape != sizes.shape or means.ndim != 1 or len(means) < 2:
        raise ValueError(
            f"means and sizes must be (K,) with K >= 2; got {means.shape} and {sizes.shape}"
        )
    if not 0 < level < 1:
        raise ValueError(f"level must be between 0 and 1; got {level}")
    drawn = np.random.default_rng(seed).integers(len(means), size=(draws, len(means)))
    totals = (means * sizes)[drawn].sum(1) / sizes[drawn].sum(1)
    low, high = np.quantile(totals, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
