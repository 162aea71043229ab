"""The mistakes of notebook 02 in other words than the exercise's own: two or more of each."""

import itertools
import math

import numpy as np


def run(x, f, i, c=0.0):
    return np.array(list(itertools.accumulate(x, lambda c, v: f * c + i * v, initial=c))[1:])


def kernel(x, f, i):
    """The same by convolution."""
    return i * np.convolve(x, f ** np.arange(len(x)))[: len(x)]


def half(h):
    return np.exp(np.log(0.5) / h)


def backwards(a):
    return np.log(a) - np.log1p(-a)


SPELLINGS = {
    ("02.1", 0): [
        lambda x, f, i: run(x, f, i)[-1],
        lambda x, f, i: sum(i * v * f**k for k, v in enumerate(x[::-1])),
    ],
    ("02.1", 1): [lambda x, f, i: run(x, f, 1), lambda x, f, i: kernel(x, f, 1)],
    ("02.1", 2): [
        lambda x, f, i: np.array(
            list(itertools.accumulate(x, lambda c, v: f * (c + i * v), initial=0))
        )[1:],
        lambda x, f, i: f * kernel(x, f, i),
    ],
    ("02.1", 3): [
        lambda x, f, i: np.array(list(itertools.accumulate(x, lambda c, v: f * c + i * v))),
        lambda x, f, i: np.append(x[0], run(x[1:], f, i, x[0])),
    ],
    ("02.1", 4): [
        lambda x, f, i: run(x, 1 - f, i),
        lambda x, f, i: kernel(x, 1 - f, i),
    ],
    ("02.1", 5): [
        lambda x, f, i: np.append(0, run(x[:-1], f, i)),
        lambda x, f, i: list(itertools.accumulate(x, lambda c, v: f * c + i * v, initial=0))[:-1],
    ],
    ("02.1", 6): [
        lambda x, f, i: run(x, f, 1 - f),
        lambda x, f, i: kernel(x, f, 1 - f),
    ],
    ("02.1", 7): [
        lambda x, f, i: np.convolve(x, [i, f])[: len(x)],
        lambda x, f, i: [i * b + f * a for a, b in itertools.pairwise([0, *x])],
    ],
    ("02.1", 8): [lambda x, f, i: run(x, i, f), lambda x, f, i: kernel(x, i, f)],
    ("02.1", 9): [lambda x, f, i: np.array([i * x[0]]), lambda x, f, i: run(x[:1], f, i)],
    ("02.1", 10): [
        lambda x, f, i: np.insert(run(x, f, i), 0, 0.0),
        lambda x, f, i: list(itertools.accumulate(x, lambda c, v: f * c + i * v, initial=0)),
    ],
    ("02.2", 7): [lambda h: 0.5**1 / h, lambda h: 1 / (2 * h)],
    ("02.2", 8): [lambda h: np.log(half(h)), lambda h: -np.log(2) / h],
    ("02.3", 7): [
        lambda h: np.log2(half(h) / (1 - half(h))),
        lambda h: backwards(half(h)) / np.log(2),
    ],
    ("02.3", 8): [lambda h: half(h) / (1 - half(h)), lambda h: np.exp(backwards(half(h)))],
    ("02.3", 9): [lambda h: backwards(1 - 1 / (2 * h)), lambda h: np.log(2 * h - 1)],
    ("02.2", 0): [lambda h: np.exp(-1 / h), lambda h: (1 / math.e) ** (1 / h)],
    ("02.2", 1): [lambda h: (h - 0.5) / h, lambda h: 1 - 1 / (2 * h)],
    ("02.2", 2): [lambda h: 2**-h, lambda h: math.exp(h * math.log(0.5))],
    ("02.2", 3): [lambda h: 1 - half(h), lambda h: -math.expm1(-math.log(2) / h)],
    ("02.2", 4): [lambda h: 1 / half(h), lambda h: np.exp(np.log(2) / h)],
    ("02.2", 5): [lambda h: (h - 1) / h, lambda h: 1 - h**-1],
    ("02.2", 6): [lambda h: np.log(0.5) / np.log(h), lambda h: -1 / np.log2(h)],
    ("02.3", 0): [lambda h: half(h), lambda h: 2 ** (-1 / h)],
    ("02.3", 1): [
        lambda h: math.log((1 - half(h)) / half(h)),
        lambda h: math.log(2 ** (1 / h) - 1),
    ],
    ("02.3", 2): [lambda h: np.log(half(h)), lambda h: -math.log(2) / h],
    ("02.3", 3): [
        lambda h: backwards(np.exp(-1 / h)),
        lambda h: -math.log(math.exp(1 / h) - 1),
    ],
    ("02.3", 4): [lambda h: math.log(h - 1), lambda h: backwards(1 - 1 / h)],
    ("02.3", 5): [
        lambda h: 1 / (1 + np.exp(-half(h))),
        lambda h: (1 + math.tanh(half(h) / 2)) / 2,
    ],
    ("02.3", 6): [
        lambda h: np.log10(half(h) / (1 - half(h))),
        lambda h: -math.log10(2 ** (1 / h) - 1),
    ],
}
