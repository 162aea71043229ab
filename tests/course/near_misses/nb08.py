"""Near misses of notebook 08."""

import numpy as np


def legal(n, last):
    rows = np.zeros((2 * n + 2, 3))
    rows[0, 0] = 1
    rows[1 : n + 1, :2] = 1
    rows[n + 1 : 2 * n, 1] = 1
    rows[2 * n, 2] = 1
    rows[2 * n + 1] = last
    return rows


def inside(each, lengths):
    return np.arange(len(each))[:, None] < lengths


def norm_of(grads):
    return np.sqrt(sum((grad**2).sum() for grad in grads.values()))


def times(grads, factor):
    return {name: grad * factor for name, grad in grads.items()}


def columns(ids, B, N):
    return ids[: N * B].reshape(B, N).T


def without_first_row(ids, B):
    x = columns(ids, B, (len(ids) - 1) // B)
    return x, x[1:]


def softmax_of_all(logits, t):
    z = logits / t
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum()


NEAR_MISSES = [
    ("08.1", lambda n: legal(n, [0, 0, 0]), False, "Your last row is empty"),
    ("08.1", lambda n: legal(n, [0, 0, 1]), False, "The closing $ got a row"),
    ("08.2", lambda e, n: (e * inside(e, n)).sum() / inside(e, n).sum(), False, "0 · nan is nan"),
    ("08.2", lambda e, n: np.where(inside(e, n), e, 0).mean(), False, "still counts in `.mean()`"),
    ("08.2", lambda e, n: np.where(inside(e, n), e, 0).sum() / n.sum(), True, None),
    ("08.3", lambda g, m: times(g, m / norm_of(g)), False, "You scale always"),
    ("08.3", lambda g, m: times(g, m / (norm_of(g) + 1e-8)), False, "`min` has got lost"),
    ("08.3", lambda g, m: times(g, min(1, m / (norm_of(g) + 1e-8))), True, None),
    ("08.4", without_first_row, False, "the last target of each stream is missing"),
    ("08.5", softmax_of_all, False, "All numbers together sum to 1"),
]
