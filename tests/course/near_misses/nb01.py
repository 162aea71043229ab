"""Near misses of notebook 01."""

import numpy as np


def logit(a):
    return np.log(a / (1 - a))


def slope(x1, a1, x2, a2):
    return (logit(a2) - logit(a1)) / (x2 - x1)


def gates(W, b):
    return lambda: (W, b)


NEAR_MISSES = [
    ("01.2", lambda: (-10, 15), False, "because w is negative"),
    ("01.2", lambda: (20, 0), False, "The border −b/w lies at 0"),
    ("01.2", lambda: (8, -12), False, "too soft: it is 0.018 at count 1"),
    ("01.2", lambda: (9, -13.5), False, "0.989 at count 2"),
    ("01.2", lambda: (10, -14), False, "the border −b/w is at 1.4 now"),
    ("01.2", lambda: (50, -50), False, "so that your gate is 0.5 at count 1"),
    ("01.2", lambda: (10, -15), False, "That works for exact counts"),
    ("01.2", lambda: (20, 1.5), False, "b is not the border itself"),
    ("01.2", lambda: (0, 3), False, "its weight is 0"),
    ("01.2", lambda: (12, -18), True, None),
    ("01.3", lambda *p: (slope(*p), logit(p[3]) - slope(*p) * p[0]), False, "from the *second*"),
    ("01.3", lambda *p: (slope(*p), logit(p[1]) - slope(*p) * p[2]), False, "from the *first*"),
    ("01.4", gates([[10, 10], [10, -10]], [-5, -5]), False, "Gate 2 opens for (1, 0)."),
    ("01.4", gates([[20, 20], [-20, -20]], [-30, 10]), False, "Gate 1 opens for (1, 1)."),
    ("01.4", gates([[10, 10], [-10, -10]], [-5, 15]), False, "That works for exact bits"),
    ("01.4", gates([[0, 0], [0, 0]], [0, 0]), False, "stands in between for (0, 0) (0.5)"),
    ("01.4", gates([[20, 20], [-20, -20]], [-10, 30]), True, None),
]
