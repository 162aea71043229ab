"""The mistakes of notebook 01 in other words than the exercise's own: two or more of each."""

import math

import numpy as np


def squash(z):
    return 1 / (1 + np.exp(-z))


def logit(a):
    return np.log(a) - np.log(1 - a)


def line(x1, z1, x2, z2):
    """Slope and intercept of the line through two points."""
    slope, intercept = np.polyfit([x1, x2], [z1, z2], 1)
    return slope, intercept


def log_odds(a):
    return math.log(a / (1 - a))


def slope_of(x1, a1, x2, a2):
    return (log_odds(a2) - log_odds(a1)) / (x2 - x1)


SPELLINGS = {
    ("01.1", 0): [
        lambda s, d, w, b: s / (1 + np.exp(-w * s - b)),
        lambda s, d, w, b: np.array([v * squash(w * v + b) for v in s]),
    ],
    ("01.1", 1): [
        lambda s, d, w, b: 1 / (1 + np.exp(-(w * d + b))),
        lambda s, d, w, b: (1 + np.tanh((w * d + b) / 2)) / 2,
    ],
    ("01.1", 2): [
        lambda s, d, w, b: s * d * w + s * b,
        lambda s, d, w, b: np.array([(w * q + b) * p for p, q in zip(s, d)]),
    ],
    ("01.1", 3): [
        lambda s, d, w, b: s * squash(-w * d - b),
        lambda s, d, w, b: s - s * squash(w * d + b),
    ],
    ("01.1", 4): [
        lambda s, d, w, b: s * squash(d * w - b),
        lambda s, d, w, b: s / (1 + np.exp(b - w * d)),
    ],
    ("01.1", 5): [
        lambda s, d, w, b: s * squash(w * d + w * b),
        lambda s, d, w, b: s / (1 + np.exp(-w * (b + d))),
    ],
    ("01.1", 6): [
        lambda s, d, w, b: squash(s * (w * d + b)),
        lambda s, d, w, b: 1 / (1 + np.exp(-s * w * d - s * b)),
    ],
    ("01.1", 7): [
        lambda s, d, w, b: np.where(w * d + b > 0, s, 0.0),
        lambda s, d, w, b: s * np.heaviside(w * d + b, 0.0),
    ],
    ("01.1", 8): [
        lambda s, d, w, b: d / (1 + np.exp(-w * s - b)),
        lambda s, d, w, b: np.array([q * squash(w * p + b) for p, q in zip(s, d)]),
    ],
    ("01.1", 9): [
        lambda s, d, w, b: d * squash(w * d + b),
        lambda s, d, w, b: np.array([q / (1 + math.exp(-w * q - b)) for q in d]),
    ],
    ("01.1", 10): [
        lambda s, d, w, b: s / (1 + np.exp(-d)),
        lambda s, d, w, b: s * (1 + np.tanh(d / 2)) / 2,
    ],
    ("01.3", 0): [
        lambda x1, a1, x2, a2: line(x1, a1, x2, a2),
        lambda x1, a1, x2, a2: (
            (a1 - a2) / (x1 - x2),
            (a2 * x1 - a1 * x2) / (x1 - x2),
        ),
    ],
    ("01.3", 1): [
        lambda x1, a1, x2, a2: line(x1, -logit(a1), x2, -logit(a2)),
        lambda x1, a1, x2, a2: line(x1, math.log((1 - a1) / a1), x2, math.log((1 - a2) / a2)),
    ],
    ("01.3", 2): [
        lambda x1, a1, x2, a2: (line(x1, logit(a1), x2, logit(a2))[0], logit(a1)),
        lambda x1, a1, x2, a2: (slope_of(x1, a1, x2, a2), log_odds(a1)),
    ],
    ("01.3", 3): [
        lambda x1, a1, x2, a2: (
            slope_of(x1, a1, x2, a2),
            logit(a1) + x1 * slope_of(x1, a1, x2, a2),
        ),
        lambda x1, a1, x2, a2: [
            line(x1, logit(a1), x2, logit(a2))[0],
            2 * logit(a1) - line(x1, logit(a1), x2, logit(a2))[1],
        ],
    ],
    ("01.3", 7): [
        lambda x1, a1, x2, a2: line(x1, logit(a1), x2, logit(a2))[::-1],
        lambda x1, a1, x2, a2: (
            logit(a1) - slope_of(x1, a1, x2, a2) * x1,
            slope_of(x1, a1, x2, a2),
        ),
    ],
    ("01.3", 8): [
        lambda x1, a1, x2, a2: line(x1, squash(a1), x2, squash(a2)),
        lambda x1, a1, x2, a2: (
            (squash(a2) - squash(a1)) / (x2 - x1),
            squash(a1) - x1 * (squash(a2) - squash(a1)) / (x2 - x1),
        ),
    ],
    ("01.3", 9): [
        lambda x1, a1, x2, a2: line(x1, np.log10(a1 / (1 - a1)), x2, np.log10(a2 / (1 - a2))),
        lambda x1, a1, x2, a2: (
            slope_of(x1, a1, x2, a2) / np.log(10),
            (logit(a1) - slope_of(x1, a1, x2, a2) * x1) / np.log(10),
        ),
    ],
    ("01.3", 4): [
        lambda x1, a1, x2, a2: (
            -slope_of(x1, a1, x2, a2),
            logit(a1) + x1 * slope_of(x1, a1, x2, a2),
        ),
        lambda x1, a1, x2, a2: [
            (logit(a1) - logit(a2)) / (x2 - x1),
            logit(a1) - x1 * (logit(a1) - logit(a2)) / (x2 - x1),
        ],
    ],
    ("01.3", 5): [
        lambda x1, a1, x2, a2: (
            (x2 - x1) / (logit(a2) - logit(a1)),
            logit(a1) - x1 * (x2 - x1) / (logit(a2) - logit(a1)),
        ),
        lambda x1, a1, x2, a2: [
            slope_of(x1, a1, x2, a2) ** -1,
            log_odds(a1) - slope_of(x1, a1, x2, a2) ** -1 * x1,
        ],
    ],
    ("01.3", 6): [
        lambda x1, a1, x2, a2: line(x1, np.log(a1), x2, np.log(a2)),
        lambda x1, a1, x2, a2: (
            np.log(a2 / a1) / (x2 - x1),
            np.log(a1) - np.log(a2 / a1) / (x2 - x1) * x1,
        ),
    ],
}
