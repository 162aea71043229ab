"""Near misses of notebook 09."""

import numpy as np


def by_grid(a, b):
    u = a + (b - a) * (np.arange(100_000) + 0.5) / 100_000
    return 2 * np.var(u)


def by_drawing(a, b):
    rng = np.random.default_rng(0)
    return np.var(rng.uniform(a, b, (100_000, 2)).sum(1))


def by_moments(a, b):
    mean, square = (a + b) / 2, (a * a + a * b + b * b) / 3
    return 2 * (square - mean**2)


def guessed_a(a, b):
    """The mean of (s − 2a)²."""
    return 2 * (b - a) ** 2 / 3 + 2 * ((b - a) / 2) ** 2


def marked(mark_first, mark_second, y_of):
    def answer(values, first, second):
        T, B = values.shape
        x = np.zeros((T, B, 2))
        x[..., 0] = values
        mark_first(x, first, np.arange(B))
        mark_second(x, second, np.arange(B))
        return x, y_of(values, first, second)

    return answer


def pairwise(x, at, who):
    x[at, who, 1] = 1.0


def everywhere(x, at, who):
    x[at, :, 1] = 1.0


def one_step_late(x, at, who):
    x[(at + 1) % len(x), who, 1] = 1.0


def added(values, first, second):
    return np.array([values[f, k] + values[s, k] for k, (f, s) in enumerate(zip(first, second))])


def stacked(values, first, second):
    steps = np.arange(len(values))[:, None]
    marks = (steps == first) | (steps == second)
    return np.stack([values, marks], axis=-1), (values * marks).sum(0)


def batch_first(values, first, second):
    x, y = stacked(values, first, second)
    return x.transpose(1, 0, 2), y


def marks_first(values, first, second):
    x, y = stacked(values, first, second)
    return x[..., ::-1], y


def column(values, first, second):
    x, y = stacked(values, first, second)
    return x, y[:, None]


def target_first(values, first, second):
    return stacked(values, first, second)[::-1]


def masked_values(values, first, second):
    x, y = stacked(values, first, second)
    return x * x[..., 1:], y


def geometric(factor, T):
    if factor == 1:
        return 1.0
    nearest, n = T - T // 2, T // 2
    return factor**nearest * (1 - factor**n) / (1 - factor) / n


def in_a_loop(lags, put_together=np.mean):
    return lambda factor, T: put_together([factor**lag for lag in lags(T)])


def five(*weights):
    return lambda: weights


NEAR_MISSES = [
    ("09.2", lambda a, b: (b - a) ** 2 / 6, True, None),
    ("09.2", by_moments, True, None),
    ("09.2", lambda a, b: (a - b) ** 2 / 12 + (a - b) ** 2 / 12, True, None),
    ("09.2", lambda a, b: np.var([a, b]) * 2 / 3, True, None),
    ("09.2", by_grid, True, None),
    ("09.2", by_drawing, False, None),
    ("09.2", guessed_a, False, None),
    ("09.2", lambda a, b: 1 / 6, False, "Right for the interval from 0 to 1 alone"),
    ("09.2", lambda a, b: (b - a) ** 2 / 12, False, "the variance of one number"),
    ("09.2", lambda a, b: (b - a) ** 2 / 3, False, "twice the *same* number"),
    ("09.2", lambda a, b: (2 * b - 2 * a) ** 2 / 12, False, "twice the *same* number"),
    ("09.2", lambda a, b: (b - a) / 6, False, "*square* of the width"),
    ("09.2", lambda a, b: (b + a) ** 2 / 6, False, "hangs on the width"),
    ("09.2", lambda a, b: b**2 / 6 - a**2 / 6, False, "That is b² − a²"),
    ("09.2", lambda a, b: ((b - a) ** 2 / 6) ** 0.5, False, "standard deviation"),
    ("09.2", lambda a, b: (b - a) ** 2 / 24, False, "the mean of the two numbers"),
    ("09.2", lambda a, b: (b**2 + a**2) / 6, False, None),
    ("09.2", lambda a, b: a + b, False, "the best constant guess itself"),
    ("09.1", marked(pairwise, pairwise, added), True, None),
    ("09.1", stacked, True, None),
    ("09.1", marked(everywhere, everywhere, added), False, "marks of all of them"),
    ("09.1", marked(everywhere, pairwise, added), False, "first marks of all of them"),
    ("09.1", marked(one_step_late, one_step_late, added), False, None),
    ("09.1", batch_first, False, None),
    ("09.1", marks_first, False, "Values and marks are exchanged"),
    ("09.1", column, False, None),
    ("09.1", target_first, False, "first x, then y"),
    ("09.1", masked_values, False, "0 where there is no mark"),
    ("09.1", marked(pairwise, pairwise, lambda v, f, s: v[f] + v[s]), False, "whole rows"),
    ("09.1", marked(pairwise, pairwise, lambda v, f, s: v.sum(0)), False, "all values"),
    ("09.1", marked(pairwise, pairwise, lambda v, f, s: f + s), False, "You added the places"),
    ("09.1", marked(pairwise, pairwise, lambda *a: added(*a) / 2), False, "not the mean"),
    ("09.1", lambda v, f, s: stacked(v, f, s)[0], False, "Return both"),
    ("09.3", geometric, True, None),
    ("09.3", in_a_loop(lambda T: range(T // 2, T)), True, None),
    ("09.3", in_a_loop(lambda T: [T - 1 - t for t in range(T // 2)]), True, None),
    ("09.3", in_a_loop(lambda T: range(T // 2 + 1, T + 1)), False, "One step too many"),
    ("09.3", in_a_loop(lambda T: range(T // 2)), False, "those of the second half"),
    ("09.3", in_a_loop(lambda T: range(T)), False, "averaged over all steps"),
    ("09.3", in_a_loop(lambda T: range(1, T + 1)), False, None),
    ("09.3", in_a_loop(lambda T: range(T // 2, T), sum), False, "the sum over all places"),
    ("09.3", in_a_loop(lambda T: range(T // 2, T), np.median), False, "the median"),
    ("09.3", in_a_loop(lambda T: range(T // 2, T), max), False, "the nearest place"),
    ("09.3", lambda factor, T: factor ** (0.75 * T - 0.5), False, "the mean of the lags"),
    ("09.3", lambda factor, T: factor ** (3 * T / 4), False, "the power of"),
    ("09.3", lambda factor, T: factor ** (T - 1), False, "the farthest place"),
    ("09.3", lambda factor, T: factor**T, False, None),
    ("09.3", lambda factor, T: factor ** (T // 2), False, "the nearest place"),
    ("09.3", lambda factor, T: (factor ** (T - 1) + factor ** (T // 2)) / 2, False, "farthest and"),
    ("09.4", five(4, 12, 0, 5, 0), True, None),
    ("09.4", five(-4, 12, 0, -5, 0), True, None),
    ("09.4", lambda: np.array([2.0, 20.0, 0.1, 10.0, 0.0]), True, None),
    ("09.4", lambda: [0.5, 3, 0, 3, 0], True, None),
    ("09.4", five(100, 500, 0, 100, 0), True, None),
    ("09.4", five(4, 12, 0, -5, 0), False, "turned round"),
    ("09.4", five(1, 1, 0, 5, 0), False, "make r larger compared with w"),
    ("09.4", five(0, 5, 0, 5, 0), False, "w is 0"),
    ("09.4", five(1, 0, 0, 5, 0), False, "does not hold it"),
    ("09.4", five(0.1, 0.9, 0, 5, 0), False, "does not hold it"),
    ("09.4", five(10, 5, 0, 5, 0), False, "make r larger compared with w"),
    ("09.4", five(4, -12, 0, 5, 0), False, "a negative r"),
    ("09.4", five(2, 12, 5, 5, 0), False, "look at b"),
    ("09.4", five(4, 12, 0, 1, 0), False, "the output does not say it"),
    ("09.4", five(4, 12, 0, 10, -10), False, "the output does not say it"),
    ("09.4", five(4, 12, 0, 0, 0), False, "the output does not say it"),
    ("09.4", five(1, 1, 1, 1, 1), False, "look at b"),
    ("09.4", five(4, 12, 0, 5), False, None),
    ("09.4", five(float("nan"), 1, 1, 1, 1), False, None),
]
