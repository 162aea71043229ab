"""Near misses of notebook 06."""

import numpy as np


def slopes(loss, p):
    measured = np.zeros_like(p)
    for k in range(len(p)):
        step = np.zeros_like(p)
        step[k] = 1e-5
        measured[k] = (loss(p + step) - loss(p - step)) / 2e-5
    return measured


def judged(error, size):
    return lambda loss, p, grad: bool(error(grad, slopes(loss, p)) < 1e-5 * size(slopes(loss, p)))


def most(grad, measured):
    return np.abs(grad - measured).max()


def largest(measured):
    return np.abs(measured).max()


def one_by_one(loss, p, grad):
    measured = slopes(loss, p)
    return all(abs(g - m) < 1e-5 * largest(measured) for g, m in zip(grad, measured))


def skips_the_first(loss, p, grad):
    measured = slopes(loss, p)
    return all(abs(grad[k] - measured[k]) < 1e-5 * largest(measured) for k in range(1, len(p)))


NEAR_MISSES = [
    ("06.3", skips_the_first, False, "The first entry of p is never looked at"),
    ("06.3", judged(most, lambda measured: measured.max()), False, "can be small or negative"),
    ("06.3", judged(lambda g, m: (g - m).max(), largest), False, "Without the absolute value"),
    ("06.3", judged(lambda g, m: most(g[:-1], m[:-1]), largest), False, "The last entry of p"),
    ("06.3", one_by_one, True, None),
    ("06.3", judged(lambda g, m: np.linalg.norm(g - m), np.linalg.norm), True, None),
]
