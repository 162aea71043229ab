"""The mistakes of notebook 13 in other words than the exercise's own: two or more of each."""

from statistics import NormalDist

import numpy as np

from lstm_lib.course.exercises import EXERCISES


def z_scores(part):
    return (part - part.mean(0)) / (part.std(0) if len(part) > 1 else 1.0)


def rounds(weights, window, hours, step):
    """`hours` rounds of `step(window as a list, change) -> (window, what is kept)`."""
    now, kept = list(window), []
    for _ in range(hours):
        now, out = step(now, float(np.dot(weights, now)))
        kept.append(out)
    return kept


def changes_kept(w, window, hours):
    full = np.concatenate([window[-1:], EXERCISES["13.4"].solution(w, window, hours)])
    return np.diff(full)


def from_the_last_measured(w, window, hours):
    series = window.tolist()
    for _ in range(hours):
        series.append(window[-1] + np.dot(w, series[-len(w) :]))
    return series[-hours:]


def changes_inside(w, window, hours):
    series, out = window.tolist(), []
    for _ in range(hours):
        change = np.dot(w, series[-len(w) :])
        out.append(series[-1] + change)
        series.append(change)
    return out


def newest_overwritten(w, window, hours):
    window, out = window.copy(), []
    for _ in range(hours):
        window[-1] += w @ window
        out.append(window[-1])
    return np.array(out)


def at_the_front(w, window, hours):
    window, out = window.copy(), []
    for _ in range(hours):
        new = window[-1] + w @ window
        window = np.roll(window, 1)
        window[0] = new
        out.append(new)
    return out


def place(errors, k):
    """The k-th smallest distance, k from 1."""
    return sorted(abs(e) for e in errors)[k - 1]


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
    ("13.4", 0): [
        lambda w, v, n: [v[-1] + np.dot(w, v)] * n,
        lambda w, v, n: np.ones(n) * (v[-1] + sum(a * b for a, b in zip(w, v))),
    ],
    ("13.4", 1): [
        lambda w, v, n: v[-1] + np.cumsum(np.repeat(np.dot(w, v), n)),
        lambda w, v, n: [v[-1] + k * np.dot(w, v) for k in range(1, n + 1)],
    ],
    ("13.4", 2): [
        changes_kept,
        lambda w, v, n: rounds(w, v, n, lambda now, d: ([*now[1:], now[-1] + d], d)),
    ],
    ("13.4", 3): [
        changes_inside,
        lambda w, v, n: rounds(w, v, n, lambda now, d: ([*now[1:], d], now[-1] + d)),
    ],
    ("13.4", 4): [
        from_the_last_measured,
        lambda w, v, n: rounds(w, v, n, lambda now, d: ([*now[1:], v[-1] + d], v[-1] + d)),
    ],
    ("13.4", 5): [
        newest_overwritten,
        lambda w, v, n: rounds(w, v, n, lambda now, d: ([*now[:-1], now[-1] + d], now[-1] + d)),
    ],
    ("13.4", 6): [
        at_the_front,
        lambda w, v, n: rounds(w, v, n, lambda now, d: ([now[-1] + d, *now[:-1]], now[-1] + d)),
    ],
    ("13.4", 7): [
        lambda w, v, n: np.r_[v, EXERCISES["13.4"].solution(w, v, n)],
        lambda w, v, n: (
            list(v) + rounds(w, v, n, lambda now, d: ([*now[1:], now[-1] + d], now[-1] + d))
        ),
    ],
    ("13.5", 0): [
        lambda e, p: sorted(e)[int(np.ceil((len(e) + 1) * p)) - 1],
        lambda e, p: np.partition(e, int((len(e) + 1) * p))[int((len(e) + 1) * p)],
    ],
    ("13.5", 1): [
        lambda e, p: np.percentile(abs(e), 100 * p),
        lambda e, p: np.quantile(np.sort(np.abs(e)), p, method="linear"),
    ],
    ("13.5", 2): [
        lambda e, p: place(e, int(np.ceil(len(e) * p))),
        lambda e, p: np.quantile(np.abs(e), p, method="inverted_cdf"),
    ],
    ("13.5", 3): [
        lambda e, p: place(e, int((len(e) + 1) * p)),
        lambda e, p: np.sort(np.abs(e))[: int((len(e) + 1) * p)].max(),
    ],
    ("13.5", 4): [
        lambda e, p: np.sort(np.abs(e))[int(np.ceil((len(e) + 1) * p))],
        lambda e, p: place(e, int((len(e) + 1) * p) + 2),
    ],
    ("13.5", 5): [
        lambda e, p: place(e, min(int(np.ceil((len(e) + 1) * (1 + p) / 2)), len(e))),
        lambda e, p: EXERCISES["13.5"].solution(e, min((1 + p) / 2, len(e) / (len(e) + 1))),
    ],
    ("13.5", 6): [
        lambda e, p: 2 * place(e, int(np.ceil((len(e) + 1) * p))),
        lambda e, p: place(2 * e, int(np.ceil((len(e) + 1) * p))),
    ],
    ("13.5", 7): [
        lambda e, p: e.std() * NormalDist().inv_cdf(1 - (1 - p) / 2),
        lambda e, p: NormalDist(0, e.std()).inv_cdf(0.5 + p / 2),
    ],
}
