"""From probabilities to a text: temperature, top-k, nucleus, and drawing one character."""

from collections.abc import Callable

import numpy as np
import torch

from lstm_lib.tasks.network import evaluating
from lstm_lib.tasks.text.model import Writer

Reshape = Callable[[np.ndarray], np.ndarray]  # probabilities (..., V) -> probabilities (..., V)


def temperature(p: np.ndarray, T: float) -> np.ndarray:
    """p^(1/T), brought to the sum 1: below T = 1 the likely become likelier; the same as z / T.

    p (..., V). Raises ValueError unless T > 0.

    >>> temperature(np.array([0.8, 0.2]), 0.5).round(3).tolist()
    [0.941, 0.059]
    """
    if not T > 0:
        raise ValueError(f"the temperature must be more than 0; got {T}")
    p = np.asarray(p, dtype=np.float64)
    with np.errstate(divide="ignore"):
        logits = np.log(p) / T
    raised = np.exp(logits - logits.max(-1, keepdims=True))
    return raised / raised.sum(-1, keepdims=True)


def top_k(p: np.ndarray, k: int) -> np.ndarray:
    """The k likeliest keep their proportions, the others get 0 (Fan, Lewis & Dauphin 2018).

    Of equals the first are kept. p (..., V). Raises ValueError unless k is at least 1.

    >>> top_k(np.array([0.5, 0.3, 0.2]), 2).round(3).tolist()
    [0.625, 0.375, 0.0]
    """
    if k < 1:
        raise ValueError(f"k must be at least 1; got {k}")
    return _keep(p, lambda falling: np.arange(falling.shape[-1]) < k)


def nucleus(p: np.ndarray, share: float) -> np.ndarray:
    """The smallest set of likeliest characters that hold `share` of the probability, the rest 0.

    Holtzman et al. (2019), "The curious case of neural text degeneration", equations 2 and 3. The
    character with which the sum reaches `share` is the last in; there is always one.
    p (..., V). Raises ValueError unless 0 < share <= 1.

    >>> nucleus(np.array([0.5, 0.3, 0.2]), 0.75).round(3).tolist()
    [0.625, 0.375, 0.0]
    """
    if not 0 < share <= 1:
        raise ValueError(f"share must be more than 0 and at most 1; got {share}")
    # The tiny slack: 0.5 + 0.3 in floats may be a hair below 0.8.
    return _keep(p, lambda falling: np.cumsum(falling, -1) - falling < share - 1e-12)


def _keep(p: np.ndarray, kept: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    p = np.asarray(p, dtype=np.float64)
    order = np.argsort(-p, axis=-1, kind="stable")
    falling = np.take_along_axis(p, order, -1)
    falling = np.where(kept(falling), falling, 0.0)
    left = np.zeros_like(p)
    np.put_along_axis(left, order, falling / falling.sum(-1, keepdims=True), -1)
    return left


def draw(p: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """One number k with probability p_k from each row of p (B, V): (B,) integers.

    The first k whose cumulative sum is above a uniform number.

    >>> draw(np.array([[0.0, 1.0], [1.0, 0.0]]), np.random.default_rng(0)).tolist()
    [1, 0]
    """
    total = np.cumsum(p, axis=-1)
    u = rng.random((len(p), 1)) * total[:, -1:]
    return (total <= u).sum(-1)


def sample(
    model: Writer,
    before: torch.Tensor,
    length: int,
    reshape: Reshape = lambda p: p,
    texts: int = 1,
    seed: int = 0,
) -> np.ndarray:
    """`length` characters that follow `before` (T,), each drawn and read again: (texts, length).

    `reshape`: what is done to the probabilities first, such as `lambda p: nucleus(p, 0.9)`.
    Raises ValueError if `before` is empty: the network must have read something.
    """
    if not len(before):
        raise ValueError("before must hold at least one character")
    rng, written = np.random.default_rng(seed), np.empty((texts, length), dtype=np.int64)
    codes, state = before[:, None].expand(-1, texts), None
    with evaluating(model):
        for t in range(length):
            logits, state = model(codes, state)
            p = torch.softmax(logits[-1].double(), -1).cpu().numpy()
            written[:, t] = draw(reshape(p), rng)
            codes = torch.from_numpy(written[:, t]).to(before.device)[None]
    return written


def calibration_error(p: np.ndarray, followed: np.ndarray, bins: int = 15) -> float:
    """How far confidence and truth are apart: Σ_b (n_b / N) |share right_b - mean confidence_b|.

    Confidence is the largest probability; bins of equal width (Guo et al. 2017, "On calibration of
    modern neural networks", equation 3). p (N, V), followed (N,) numbers of what came.

    >>> calibration_error(np.array([[0.9, 0.1], [0.9, 0.1]]), np.array([0, 1]))
    0.4
    """
    sure, right = p.max(-1), p.argmax(-1) == followed
    bin_of = np.minimum((sure * bins).astype(int), bins - 1)
    gap = np.bincount(bin_of, right - sure, bins)
    return float(np.abs(gap).sum() / len(sure))
