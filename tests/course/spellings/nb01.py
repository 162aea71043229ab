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
    ("01.2", 3): [lambda: (-10.5, 5.25), lambda: [-9.8, 4.9]],
    ("01.2", 4): [lambda: (-25, 37), lambda: np.array([-40.0, 60.0])],
    ("01.2", 5): [lambda: (0, 10), lambda: [0.0, -3.0]],
    ("01.2", 11): [lambda: (5.2, -7.8), lambda: [4.9, -7.3]],
    ("01.2", 12): [lambda: (31, -57), lambda: [28.0, -51.0]],
    ("01.2", 13): [lambda: (42, -47.2), lambda: [38.0, -42.8]],
    ("01.2", 14): [lambda: (-10.2, 15.3), lambda: [-9.8, 14.7]],
    ("01.2", 15): [lambda: (10.4, -5.2), lambda: [9.8, -4.9]],
    ("01.2", 16): [lambda: (30, 1.5), lambda: [24.0, 1.6]],
    ("01.2", 0): [lambda: (-20, 10), lambda: np.array([-24.0, 11.0])],
    ("01.2", 1): [lambda: (20, -10), lambda: [25.0, -12.0]],
    ("01.2", 2): [lambda: (2, 15), lambda: (10, 30)],
    ("01.2", 6): [lambda: (8, -45), lambda: (10.0, -40.0)],
    ("01.2", 7): [lambda: (2.2, -3.3), lambda: (1, -1.5)],
    ("01.2", 8): [lambda: (15, -30), lambda: (20, -40.5)],
    ("01.2", 9): [lambda: (15, -15), lambda: (25.0, -25.0)],
    ("01.2", 10): [lambda: (10.2, -15.3), lambda: [9.8, -14.7]],
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
    ("01.4", 4): [
        lambda: (-np.ones((2, 2)), [-20, -20]),
        lambda: ([[20, 20], [-20, -20]], [-10, -30]),
    ],
    ("01.4", 5): [
        lambda: ([[-20, -20], [-20, -20]], [10, 10]),
        lambda: ([[-25.0, -25.0], [0, 0]], [12, 20]),
    ],
    ("01.4", 0): [
        lambda: ([[20, 20], [20, 20]], [-10, -10]),
        lambda: (np.array([[25, 25], [1, 1]]), np.array([-12, 20])),
    ],
    ("01.4", 1): [
        lambda: ([[20, 20], [20, 20]], [-30, -30]),
        lambda: ([[20.0, 20.0], [25.0, 25.0]], [-10.0, -37.0]),
    ],
    ("01.4", 2): [
        lambda: ([[-20, -20], [-20, -20]], [30, 30]),
        lambda: (np.array([[0, 0], [-25, -25]]), np.array([10, 37])),
    ],
    ("01.4", 3): [
        lambda: ([[20, -20], [-20, 20]], [-10, -10]),
        lambda: ([[25, -25], [-25, 25]], [-12, -12]),
    ],
    ("01.4", 6): [
        lambda: (np.zeros((2, 2)), np.zeros(2)),
        lambda: ([[4.1, 4.1], [-4.1, -4.1]], [-2.05, 6.15]),
    ],
    ("01.4", 7): [
        lambda: ([[-10, -10], [10, 10]], [15, -5]),
        lambda: ([[10.1, 10.1], [-10.1, -10.1]], [-5.05, 15.15]),
    ],
    ("01.4", 8): [
        lambda: ([[20, -20], [0, 0]], [-10, 20]),
        lambda: ([[20, -20], [25, -25]], [-10, -12.5]),
    ],
    ("01.4", 9): [
        lambda: ([[0, 0], [0, 0]], [10, 10]),
        lambda: ([[5.0, 5.0], [2.0, 2.0]], [30, 30]),
    ],
}
