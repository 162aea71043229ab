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


def by_powers_of_f(x, f, i):
    powers = f ** np.arange(len(x))
    return powers * np.cumsum(i * x / powers)


def starts_anew(x, f, i):
    return np.array([f * 0.0 + i * value for value in x])


NEAR_MISSES = [
    ("02.1", from_the_second, False, "T values are wanted"),
    ("02.1", from_the_second_in_place, False, "You left x[0] out"),
    ("02.1", adds, False, "perhaps by `+=`"),
    ("02.1", lambda x, f, i: i * np.cumsum(x), False, "Nothing is forgotten"),
    ("02.1", by_powers_of_f, False, None),
    ("02.1", starts_anew, False, "inside the loop"),
    ("02.1", lambda x, f, i: np.convolve(i * x, f ** np.arange(len(x)))[: len(x)], True, None),
    ("02.2", lambda steps: 0.5 ** (1 / max(steps, 1)), False, None),
    ("02.2", lambda steps: 0.5 ** (1 // steps), False, "Write 1 / steps"),
    ("02.3", lambda steps: np.log(steps), False, "That is ln(steps)"),
    ("02.3", lambda steps: np.log(0.5 ** (1 / steps)) / (1 - 0.5 ** (1 / steps)), False, "close?"),
    ("02.3", lambda steps: np.log(0 / 1 - 0 * steps), False, "1 - f needs brackets"),
    ("02.4", weights([0, 20, 0], [0, -20, -20], [0, 0]), False, "During the wait i is 0.5"),
    ("02.4", weights([0, 30, 0], [0, -15, -30], [-15, 15]), False, "On store f is 0.5"),
    ("02.4", weights([0, 30, 0], [0, 0, -30], [-15, 15]), False, "On store f is 1"),
    ("02.4", weights([30, 0, 0], [0, -30, -30], [-15, 15]), False, "it depends on the value"),
    ("02.4", weights([0, 15.4, 0], [0, -15.4, -15.4], [-7.7, 7.7]), False, "Nearly"),
    ("02.4", weights([0, -30, -30], [0, 30, 0], [15, -15]), False, "rows are exchanged"),
    ("02.4", weights([0, -30, 0], [0, 30, 30], [15, -15]), False, "All signs are turned round"),
    ("02.4", weights([0, 27, 0], [0, -40, -40], [-7, 20]), False, "below 0.0006 is needed"),
    ("02.4", weights([0, 23, 0], [0, -18, -18], [-20, 9]), False, "what is missing on store"),
    ("02.4", weights([0, 20, 0], [0, -20, -20], [-10, 10]), True, None),
]
