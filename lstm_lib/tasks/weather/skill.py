"""Skill: the share of a reference's error that a forecast takes away, and how sure that is."""

import numpy as np

from lstm_lib.tasks.difference import percentiles

SEASONS = ("winter", "spring", "summer", "autumn")


def season_of(time: np.ndarray) -> np.ndarray:
    """0 winter (December to February), 1 spring, 2 summer, 3 autumn: (N,) integers.

    >>> season_of(np.array(["2001-12-31T00", "2001-03-01T00"], dtype="datetime64[h]"))
    array([0, 1])
    """
    return (time.astype("datetime64[M]").astype(int) % 12 + 1) % 12 // 3


def skill(model: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """1 - mean error / the reference's mean error, for each column.

    model, reference (n, K), absolute errors. Returns (K,): 1 is perfect, 0 no better, below 0
    worse. Raises ValueError if the shapes differ.

    >>> skill(np.array([[1.0], [3.0]]), np.array([[4.0], [4.0]]))
    array([0.5])
    """
    same_shape(model, reference)
    return 1 - model.mean(axis=0) / reference.mean(axis=0)


def skill_interval(
    model: np.ndarray,
    reference: np.ndarray,
    block: np.ndarray,
    level: float = 0.95,
    draws: int = 1000,
    seed: int = 0,
) -> tuple[np.ndarray, np.ndarray]:
    """Percentile interval of the skill when whole blocks are drawn with replacement: two (K,).

    The same blocks are drawn for both forecasts and for all columns. Skill is a ratio, so each draw
    has its own numerator and denominator (Efron & Tibshirani, 1993, chapter 10.2).

    model, reference (n, K), block (n,) integer labels, at least two different ones.

    >>> errors = np.ones((4, 1))
    >>> skill_interval(errors, 2 * errors, np.array([0, 0, 1, 1]))
    (array([0.5]), array([0.5]))
    """
    same_shape(model, reference)
    labels, where = np.unique(block, return_inverse=True)
    if len(block) != len(model) or len(labels) < 2:
        raise ValueError(
            f"block must have {len(model)} labels, at least 2 different; got {len(block)}, "
            f"{len(labels)} different"
        )
    mine, theirs = (sums(errors, where, len(labels)) for errors in (model, reference))
    return percentiles(
        lambda times: 1 - (times @ mine) / (times @ theirs), len(labels), level, draws, seed
    )


def sums(errors: np.ndarray, where: np.ndarray, count: int) -> np.ndarray:
    """Sum of the errors in each block, (blocks, K)."""
    return np.stack([np.bincount(where, column, count) for column in errors.T], axis=1)


def same_shape(model: np.ndarray, reference: np.ndarray) -> None:
    if model.shape != reference.shape or model.ndim != 2:
        raise ValueError(
            f"model and reference must be (n, K) both; got {model.shape} and {reference.shape}"
        )
