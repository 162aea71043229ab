"""The mistakes of notebook 13 in other words than the exercise's own: two or more of each."""

import numpy as np

from lstm_lib.course.exercises import EXERCISES


def z_scores(part):
    return (part - part.mean(0)) / (part.std(0) if len(part) > 1 else 1.0)


SPELLINGS = {
    ("13.1", 0): [
        lambda v, train: (v - np.mean(v, axis=0)) / np.std(v, axis=0),
        lambda v, train: np.stack([(c - c.mean()) / c.std() for c in v.T], axis=1),
    ],
    ("13.1", 1): [
        lambda v, train: (v - np.mean(v[:train])) / np.std(v[:train]),
        lambda v, train: (v - v[:train].sum() / v[:train].size) / np.sqrt(v[:train].var()),
    ],
    ("13.1", 2): [
        lambda v, train: v - np.mean(v[:train], axis=0, keepdims=True),
        lambda v, train: np.stack([c - c[:train].mean() for c in v.T], axis=1),
    ],
    ("13.1", 3): [
        lambda v, train: (v - v[:train].mean(0)) / v[:train].std(0) ** 2,
        lambda v, train: (v - v[:train].mean(0)) / np.var(v[:train], axis=0),
    ],
    ("13.1", 4): [
        lambda v, train: (v - np.mean(v[:train], axis=0)) / np.std(v, axis=0),
        lambda v, train: np.stack([(c - c[:train].mean()) / c.std() for c in v.T], axis=1),
    ],
    ("13.1", 5): [
        lambda v, train: np.vstack(
            [
                (p - np.mean(p, 0)) / (np.std(p, 0) if len(p) > 1 else 1)
                for p in np.split(v, [train])
            ]
        ),
        lambda v, train: np.concatenate([z_scores(v[:train]), z_scores(v[train:])]),
    ],
    ("13.1", 6): [
        lambda v, train: (v[:train] - v[:train].mean(0)) / v[:train].std(0),
        lambda v, train: np.array(
            [(row - v[:train].mean(0)) / v[:train].std(0) for row in v[:train]]
        ),
    ],
    ("13.2", 0): [lambda a, b, h, k: range(a, b), lambda a, b, h, k: a + np.arange(b - a)],
    ("13.2", 1): [
        lambda a, b, h, k: list(range(a + h - 1, b)),
        lambda a, b, h, k: np.arange(a, b)[h - 1 :],
    ],
    ("13.2", 2): [
        lambda a, b, h, k: list(range(a, b - k)),
        lambda a, b, h, k: np.arange(a, b)[:-k],
    ],
    ("13.2", 3): [
        lambda a, b, h, k: range(a, b - k - h + 1),
        lambda a, b, h, k: EXERCISES["13.2"].solution(a, b, h, k) - (h - 1),
    ],
    ("13.2", 4): [
        lambda a, b, h, k: list(range(a + h, b - k)),
        lambda a, b, h, k: np.arange(a, b)[h:-k],
    ],
    ("13.2", 5): [
        lambda a, b, h, k: list(range(a + h - 1, b - k - 1)),
        lambda a, b, h, k: np.arange(a + h - 1, b)[: -k - 1],
    ],
    ("13.2", 6): [
        lambda a, b, h, k: list(range(a + h - 1, b - k + 1)),
        lambda a, b, h, k: np.arange(a + h - 1, b + 1)[:-k],
    ],
    ("13.3", 0): [
        lambda m, r: np.mean(m, axis=0) / np.mean(r, axis=0),
        lambda m, r: m.sum(0) / r.sum(0),
    ],
    ("13.3", 1): [
        lambda m, r: -(1 - m.mean(0) / r.mean(0)),
        lambda m, r: (m.sum(0) - r.sum(0)) / r.sum(0),
    ],
    ("13.3", 2): [
        lambda m, r: 100 - 100 * m.mean(0) / r.mean(0),
        lambda m, r: (1 - m.sum(0) / r.sum(0)) * 100,
    ],
    ("13.3", 3): [
        lambda m, r: 1 - r.sum(0) / m.sum(0),
        lambda m, r: (m.mean(0) - r.mean(0)) / m.mean(0),
    ],
    ("13.3", 4): [
        lambda m, r: 1 - np.mean(m / r, axis=0),
        lambda m, r: ((r - m) / r).mean(0),
    ],
    ("13.3", 5): [
        lambda m, r: 1 - np.sum(m) / np.sum(r),
        lambda m, r: (r.mean() - m.mean()) / r.mean(),
    ],
    ("13.3", 6): [
        lambda m, r: -(m.mean(0) - r.mean(0)),
        lambda m, r: np.mean(r - m, axis=0),
    ],
}
