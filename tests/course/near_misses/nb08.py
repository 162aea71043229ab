"""Near misses of notebook 08."""

import math

import numpy as np


def inside(each, lengths):
    return np.arange(len(each))[:, None] < lengths


@np.errstate(all="ignore")
def nan_alone_replaced(each, lengths):
    return (np.where(np.isnan(each), 0, each) * inside(each, lengths)).sum() / lengths.sum()


def losses(z, legal):
    return np.array(
        [math.log1p(math.exp(-abs(a))) + max(-a, 0) for a in (z * (2 * legal - 1)).flat]
    )


def as_tensors(w, g, m, v, step, rate):
    """Right: the corrections put into one rate (Kingma and Ba 2015, end of section 2)."""
    m, v = m + 0.1 * (g - m), v + 0.001 * (g * g - v)
    root = math.sqrt(1 - 0.999**step)
    return w - rate * root / (1 - 0.9**step) * m / (np.sqrt(v) + 1e-8 * root), m, v


def means_of_the_old(w, g, m, v, step, rate):
    m_hat, v_hat = m / (1 - 0.9**step), v / (1 - 0.999**step)
    w = w - rate * m_hat / (np.sqrt(v_hat) + 1e-8)
    return w, 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2


NEAR_MISSES = [
    ("08.2", lambda e, n: (e * inside(e, n)).sum() / inside(e, n).sum(), False, "0 · nan is nan"),
    ("08.2", lambda e, n: np.where(inside(e, n), e, 0).mean(), False, "still counts in `.mean()`"),
    ("08.2", lambda e, n: np.where(inside(e, n), e, 0).sum() / n.sum(), True, None),
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
    ("08.1", lambda z, k: losses(z, k).reshape(z.shape), True, None),
    ("08.1", lambda z, k: np.where(k, np.logaddexp(0, -z), np.logaddexp(0, z)), True, None),
    ("08.1", lambda z, k: np.logaddexp(0, (1 - 2 * k) * z), True, None),
    ("08.1", lambda z, k: np.logaddexp(0, z) - z, False, "everywhere"),
    ("08.1", losses, False, None),
    ("08.3", as_tensors, True, None),
    ("08.3", means_of_the_old, False, None),
    ("08.3", lambda w, g, m, v, step, rate: [w - rate * np.sign(g), m, v], False, None),
]
