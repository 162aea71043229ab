"""Near misses of notebook 01."""

import numpy as np


def logit(a):
    return np.log(a / (1 - a))


def slope(x1, a1, x2, a2):
    return (logit(a2) - logit(a1)) / (x2 - x1)


def without_brackets(x1, a1, x2, a2):
    w = logit(a2) - logit(np.float64(a1)) / x2 - x1
    return w, logit(a1) - w * x1


def gates(W, b):
    return lambda: (W, b)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


NEAR_MISSES = [
    ("01.1", lambda s, d, w, b: np.tanh(w * d + b) * s, False, "A gate is a sigmoid"),
    ("01.1", lambda s, d, w, b: sigmoid(w * d) * s, False, "The bias b is missing"),
    ("01.1", lambda s, d, w, b: sigmoid(b * d + w) * s, False, "w and b are exchanged"),
    ("01.1", lambda s, d, w, b: sigmoid(w * d + b) + s, False, "was added to the signal"),
    ("01.1", lambda s, d, w, b: sigmoid(w * d + b) @ s, False, "the sum of what passes"),
    ("01.1", lambda s, d, w, b: s / (1 + np.exp(-w * d - b)), True, None),
    ("01.2", lambda: (-10, 15), False, "because w is negative"),
    ("01.2", lambda: (20, 0), False, "The border −b/w lies at 0"),
    ("01.2", lambda: (8, -12), False, "too soft: it is 0.018 at count 1"),
    ("01.2", lambda: (9, -13.5), False, "0.989 at count 2"),
    ("01.2", lambda: (10, -14), False, "the border −b/w is at 1.4 now"),
    ("01.2", lambda: (50, -50), False, "so that your gate is 0.5 at count 1"),
    ("01.2", lambda: (10, -15), False, "That works for exact counts"),
    ("01.2", lambda: (20, 1.5), False, "b is not the border: it is"),
    ("01.2", lambda: (20, -1.5), False, "b is not the border: it is"),
    ("01.2", lambda: (11.48, -17.22), False, "0.010031 at count 1.1"),
    ("01.2", lambda: ("20", "-30"), False, None),
    ("01.2", lambda: (np.array([20.0]), np.array([-30.0])), True, None),
    ("01.2", lambda: (0, 3), False, "its weight is 0"),
    ("01.2", lambda: (12, -18), True, None),
    ("01.3", lambda *p: (slope(*p), logit(p[3]) - slope(*p) * p[0]), False, "from the *second*"),
    ("01.3", lambda *p: (slope(*p), logit(p[1]) - slope(*p) * p[2]), False, "from the *first*"),
    ("01.3", lambda *p: (slope(*p), -slope(*p) * (p[0] + p[2]) / 2), False, "half-way between"),
    ("01.3", without_brackets, False, "Brackets are missing in w"),
    ("01.3", lambda x1, a1, x2, a2: np.polyfit([x1, x2], logit(np.r_[a1, a2]), 1), True, None),
    ("01.4", gates([[10, 10], [10, -10]], [-5, -5]), False, "Gate 2 opens for (1, 0)."),
    ("01.4", gates([[20, 20], [-20, -20]], [-30, 10]), False, "Gate 1 opens for (1, 1)."),
    ("01.4", gates([[10, 10], [-10, -10]], [-5, 15]), False, "That works for exact bits"),
    ("01.4", gates([[0, 0], [0, 0]], [0, 0]), False, "Their product is 0.25 for every pair"),
    ("01.4", gates([[20, 20], [-20, -20]], [-20, 20]), False, "opens for (1, 1), and is 0.5 for"),
    ("01.4", gates([[20, 0], [0, 20]], [-10, -10]), False, "Which two conditions"),
    ("01.4", gates([[-30, -30], [20, 20]], [45, -8]), True, None),
    ("01.4", gates([[20, 20], [-20, -20]], [-10, 30]), True, None),
]
