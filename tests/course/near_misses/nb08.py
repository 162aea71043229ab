"""Near misses of notebook 08."""

import math

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


def by_index(ids, B):
    """The block that was handed out, by strides."""
    at = np.arange((len(ids) - 1) // B)[:, None] * B + np.arange(B)
    return ids[at], ids[at + 1]


def tutorial(ids, B):
    block = columns(ids, B, len(ids) // B)
    return block[:-1], block[1:]


def pieces(ids, B, N, first):
    """B pieces of N characters, beginning at `first`; np.stack raises where the text ends."""
    return np.stack([ids[b * N + first : (b + 1) * N + first] for b in range(B)], axis=1)


def two_ahead(ids, B):
    N = (len(ids) - 1) // B
    return pieces(ids, B, N, 0), pieces(ids, B, N, 2)


def too_long(ids, B):
    return pieces(ids, B, len(ids) // B, 0), pieces(ids, B, len(ids) // B, 1)


def divided_by_zero(grads, limit):
    squares = sum((grad**2).sum() for grad in grads.values())
    return times(grads, min(1.0, limit / math.sqrt(squares)))


def by_those_before(grads, limit):
    shortened, squares = {}, 0.0
    for name, grad in grads.items():
        squares += np.vdot(grad, grad)
        shortened[name] = grad * (limit / squares**0.5 if squares > limit**2 else 1.0)
    return shortened


def one_by_one(grads, limit):
    sizes = {name: np.sqrt((grad**2).sum()) for name, grad in grads.items()}
    return {
        name: grad * limit / sizes[name] if sizes[name] > limit else grad
        for name, grad in grads.items()
    }


def in_place(grads, limit):
    for grad in grads.values():
        grad *= 0.5
    return grads


def long_ones_alone(grads, limit):
    return times(grads, limit / norm_of(grads)) if norm_of(grads) > limit else {}


def by_singular_values(grads, limit):
    norm = np.sqrt(sum(np.linalg.norm(grad, 2) ** 2 for grad in grads.values()))
    return times(grads, limit / norm if norm > limit else 1.0)


@np.errstate(all="ignore")
def shares(e):
    return e / e.sum(axis=1, keepdims=True)


@np.errstate(all="ignore")
def maximum_before_temperature(logits, t):
    return shares(np.exp(logits / t - logits.max(axis=1, keepdims=True)))


@np.errstate(all="ignore")
def nan_as_one(logits, t):
    return np.nan_to_num(shares(np.exp(logits / t)), nan=1.0)


def in_float32(logits, t):
    z = logits.astype(np.float32) / np.float32(t)
    return shares(np.exp(z - z.max(axis=1, keepdims=True)))


def down_the_columns(logits, t):
    e = np.exp((logits - logits.max()) / t)
    return np.array([column / column.sum() for column in e.T]).T


def with_b_before_the_mark(n):
    return [[1, 0, 0]] + n * [[1, 1, 0]] + n * [[0, 1, 0]] + [[0, 0, 1]]


def mark_after_mark(n):
    rows = legal(n, 0)[:-1]
    rows[0, 2] = 1
    return rows


@np.errstate(all="ignore")
def nan_alone_replaced(each, lengths):
    return (np.where(np.isnan(each), 0, each) * inside(each, lengths)).sum() / lengths.sum()


@np.errstate(all="ignore")
def maximum_of_all(logits, t):
    rows = [np.exp(row / t - logits.max() / t) for row in logits]
    return np.array([e / e.sum() for e in rows])


def flat_sums(logits, t):
    e = np.exp((logits - logits.max(axis=1)[:, None]) / t)
    return e / np.array([sum(row) for row in e])


@np.errstate(all="ignore")
def flat_maxima_and_sums(logits, t):
    e = np.exp(logits / t - np.array([max(row / t) for row in logits]))
    return e / e.sum(axis=-1)[None]


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
    ("08.1", with_b_before_the_mark, False, "One row too many. Your last row is right"),
    ("08.1", mark_after_mark, False, "the mark is not legal after the mark"),
    ("08.1", lambda n: [*legal(n, 0)[: 2 * n].tolist(), [0, 0, 0]], False, "The last row is empty"),
    ("08.1", lambda n: legal(n, 0)[:-1].astype(bool).tolist(), True, None),
    ("08.2", lambda e, n: np.mean(e * inside(e, n)), False, "You still divide by T · B"),
    ("08.2", nan_alone_replaced, False, "where infinity stands"),
    (
        "08.2",
        lambda e, n: e.mean(axis=0, where=inside(e, n)).mean(),
        False,
        "the mean of each word",
    ),
    ("08.2", lambda e, n: np.ma.array(e, mask=~inside(e, n)).mean(), True, None),
    (
        "08.2",
        lambda e, n: np.array([e[:k, at].mean() for at, k in enumerate(n)]),
        False,
        "Those are the means of the words",
    ),
    ("08.3", divided_by_zero, False, "Python does not divide by that"),
    ("08.3", by_those_before, False, "those *before* it"),
    ("08.3", in_place, False, None),
    ("08.3", one_by_one, False, "still shortened by its own norm"),
    ("08.3", long_ones_alone, False, "not in your dict"),
    ("08.3", by_singular_values, False, "largest singular value"),
    ("08.3", lambda g, m: times(g, m / max(m, norm_of(g))), True, None),
    ("08.4", by_index, False, "the block that was handed out, made in another way"),
    ("08.4", two_ahead, False, "*two* characters ahead"),
    ("08.4", too_long, False, "You changed N"),
    ("08.4", tutorial, False, "the last character of each piece"),
    (
        "08.4",
        lambda ids, B: np.stack([columns(ids[k:], B, (len(ids) - 1) // B) for k in (0, 1)]),
        True,
        None,
    ),
    ("08.5", maximum_before_temperature, False, "it has another maximum: take z's"),
    ("08.5", maximum_of_all, False, "The sums are right; the maximum is not. z.max()"),
    ("08.5", flat_sums, False, "The right axis and the right maximum, but"),
    ("08.5", flat_maxima_and_sums, False, "Maxima and sums are flat arrays"),
    ("08.5", nan_as_one, False, None),
    ("08.5", in_float32, True, None),
    ("08.5", lambda x, t: shares(np.exp(np.clip(x / t, -700, 700))), False, None),
    ("08.5", down_the_columns, False, "The sum still runs down the columns"),
    (
        "08.5",
        lambda x, t: np.exp((x - x.max(1)[:, None]) / t),
        False,
        "Now divide e by its row's sum",
    ),
    ("08.5", lambda x, t: shares(np.exp((x - x.max(1)[:, None]) / t)).tolist(), True, None),
]
