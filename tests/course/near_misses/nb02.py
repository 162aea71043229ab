"""Near misses of notebook 02."""

import numpy as np


def from_the_second(x, f, i):
    c, seen = 0.0, []
    for t in range(1, len(x)):
        c = f * c + i * x[t]
        seen.append(c)
    return np.array(seen)


def from_the_second_in_place(x, f, i):
    c = np.zeros(len(x))
    for t in range(1, len(x)):
        c[t] = f * c[t - 1] + i * x[t]
    return c


def adds(x, f, i):
    c, seen = 0.0, []
    for value in x:
        c += f * c + i * value
        seen.append(c)
    return np.array(seen)


def weights(i, f, b):
    return lambda: (np.array([i, f], float), np.array(b, float))


NEAR_MISSES = [
    ("02.1", from_the_second, False, "T values are wanted"),
    ("02.1", from_the_second_in_place, False, "You left x[0] out"),
    ("02.1", adds, False, "perhaps by `+=`"),
    ("02.1", lambda x, f, i: i * np.cumsum(x), False, "Nothing is forgotten"),
    ("02.3", lambda steps: np.log(steps), False, "That is ln(steps)"),
    ("02.4", weights([0, 20, 0], [0, -20, -20], [0, 0]), False, "During the wait i is 0.5"),
    ("02.4", weights([0, 30, 0], [0, -15, -30], [-15, 15]), False, "On store f is 0.5"),
    ("02.4", weights([0, 30, 0], [0, 0, -30], [-15, 15]), False, "On store f is 1"),
    ("02.4", weights([30, 0, 0], [0, -30, -30], [-15, 15]), False, "it depends on the value"),
    ("02.4", weights([0, 15.4, 0], [0, -15.4, -15.4], [-7.7, 7.7]), False, "Nearly"),
    ("02.4", weights([0, -30, -30], [0, 30, 0], [15, -15]), False, "rows are exchanged"),
    ("02.4", weights([0, -30, 0], [0, 30, 30], [15, -15]), False, "All signs are turned round"),
    ("02.4", weights([0, 20, 0], [0, -20, -20], [-10, 10]), True, None),
]
