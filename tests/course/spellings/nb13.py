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


def if_there(e, p, take):
    """`take(k)` for the rank k of an honest interval; no width where there is no such error."""
    k = rank(e, p)
    return float("inf") if k > len(e) else take(k)


def rank(e, p):
    """(n + 1) * p, rounded up without round-off."""
    return -int(-round((len(e) + 1) * p, 9) // 1)


def temperatures_apart_from_the_window(w, window, n):
    series, out = window.tolist(), [window[-1]]
    for _ in range(n):
        series.append(np.dot(w, series[-len(w) :]))
        out.append(out[-1] + series[-1])
    return out[1:]


def rolled_forwards(w, window, n):
    window, out = window.copy(), []
    for _ in range(n):
        new = window[-1] + w @ window
        window = np.roll(window, 1)
        window[-1] = new
        out.append(new)
    return out


def rolled_first(w, window, n):
    window, out = window.copy(), []
    for _ in range(n):
        newest = window[-1]
        window = np.r_[window[1:], window[0]]
        window[-1] = newest + w @ window
        out.append(window[-1])
    return out


def change_taken_for_temperature(w, window, n):
    series = window.tolist()
    for _ in range(n):
        series.append(np.dot(w, series[-len(w) :]))
    return series[len(window) :]


def turned_round(w, window, n):
    series = window.tolist()
    for _ in range(n):
        series.append(series[-1] + sum(a * series[-1 - k] for k, a in enumerate(w)))
    return series[len(window) :]


def costs(truth, q, above, below):
    """Cost of each pair by two functions of (distance, column), row by row."""
    return np.array(
        [
            [above(y - v, j) if y > v else below(v - y, j) for j, v in enumerate(row)]
            for y, row in zip(truth, q)
        ]
    )


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
    ("13.1", 7): [
        lambda v, train: (v - np.mean(v, axis=0)) / np.std(v[:train], axis=0),
        lambda v, train: np.stack([(c - c.mean()) / c[:train].std() for c in v.T], axis=1),
    ],
    ("13.1", 8): [
        lambda v, train: (v - np.mean(v[:train], axis=0)) / np.std(v[:train], axis=0, ddof=1),
        lambda v, train: np.sqrt((train - 1) / train) * EXERCISES["13.1"].solution(v, train),
    ],
    ("13.1", 9): [
        lambda v, train: (v - np.mean(v[train])) / np.std(v[train]),
        lambda v, train: (v - sum(v[train]) / 2) / (abs(v[train, 0] - v[train, 1]) / 2),
    ],
    ("13.1", 10): [
        lambda v, train: v - np.mean(v[:train], axis=0) / np.std(v[:train], axis=0),
        lambda v, train: np.stack([c - c[:train].mean() / c[:train].std() for c in v.T], axis=1),
    ],
    ("13.1", 11): [
        lambda v, train: (v - np.min(v[:train], 0)) / np.ptp(v[:train], 0),
        lambda v, train: np.stack(
            [(c - min(c[:train])) / (max(c[:train]) - min(c[:train])) for c in v.T], axis=1
        ),
    ],
    ("13.1", 12): [
        lambda v, train: (v - np.mean(v[:train], axis=1)) / np.std(v[:train], axis=1),
        lambda v, train: (v - v[:train].sum(1) / 2) / np.sqrt(v[:train].var(-1)),
    ],
    ("13.1", 13): [
        lambda v, train: (v - np.mean(v[train:], axis=0)) / np.std(v[train:], axis=0),
        lambda v, train: np.stack([(c - c[train:].mean()) / c[train:].std() for c in v.T], axis=1),
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
    ("13.2", 7): [
        lambda a, b, h, k: list(range(a + h, b - k - 1)),
        lambda a, b, h, k: EXERCISES["13.2"].solution(a, b, h, k)[1:-1],
    ],
    ("13.2", 8): [
        lambda a, b, h, k: list(range(a + h, b - k + 1)),
        lambda a, b, h, k: EXERCISES["13.2"].solution(a, b, h, k) + 1,
    ],
    ("13.2", 9): [
        lambda a, b, h, k: list(range(a + h - 2, b - k)),
        lambda a, b, h, k: np.arange(a - 1, b)[h - 1 : -k],
    ],
    ("13.2", 10): [
        lambda a, b, h, k: list(range(h - 1, b - a - k)),
        lambda a, b, h, k: EXERCISES["13.2"].solution(a, b, h, k) - a,
    ],
    ("13.2", 11): [
        lambda a, b, h, k: [a + h - 1, b - k],
        lambda a, b, h, k: np.array([a + h - 1, b - k]),
    ],
    ("13.2", 12): [
        lambda a, b, h, k: [a + h - 1, b - 1 - k],
        lambda a, b, h, k: EXERCISES["13.2"].solution(a, b, h, k)[[0, -1]],
    ],
    ("13.2", 13): [
        lambda a, b, h, k: list(range(a + k - 1, b - h)),
        lambda a, b, h, k: EXERCISES["13.2"].solution(a, b, k, h),
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
    ("13.3", 7): [
        lambda m, r: 1 - np.divide(m, r),
        lambda m, r: (r - m) / r,
    ],
    ("13.3", 8): [
        lambda m, r: 1 - np.mean(m, axis=-1) / np.mean(r, axis=-1),
        lambda m, r: [1 - sum(a) / sum(b) for a, b in zip(m, r)],
    ],
    ("13.3", 9): [
        lambda m, r: 1 - np.mean(m * m, 0) / np.mean(r * r, 0),
        lambda m, r: 1 - np.square(m).sum(0) / np.square(r).sum(0),
    ],
    ("13.3", 10): [
        lambda m, r: r.mean(0) / m.mean(0) - 1,
        lambda m, r: np.sum(r - m, axis=0) / np.sum(m, axis=0),
    ],
    ("13.3", 11): [
        lambda m, r: np.clip(1 - m.mean(0) / r.mean(0), 0, None),
        lambda m, r: [max(0.0, 1 - a / b) for a, b in zip(m.sum(0), r.sum(0))],
    ],
    ("13.3", 12): [
        lambda m, r: 1 - m.mean(axis=0, keepdims=True) / r.mean(axis=0, keepdims=True),
        lambda m, r: [list(1 - m.sum(0) / r.sum(0))],
    ],
    ("13.3", 13): [
        lambda m, r: 1 - np.quantile(m, 0.5, axis=0) / np.quantile(r, 0.5, axis=0),
        lambda m, r: [1 - np.median(a) / np.median(b) for a, b in zip(m.T, r.T)],
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
    ("13.4", 8): [
        change_taken_for_temperature,
        lambda w, v, n: rounds(w, v, n, lambda now, d: ([*now[1:], d], d)),
    ],
    ("13.4", 9): [
        turned_round,
        lambda w, v, n: EXERCISES["13.4"].solution(np.flip(w), v, n),
    ],
    ("13.4", 10): [
        lambda w, v, n: float(EXERCISES["13.4"].solution(w, v, n)[n - 1]),
        lambda w, v, n: rounds(w, v, n, lambda now, d: ([*now[1:], now[-1] + d], now[-1] + d))[-1],
    ],
    ("13.4", 11): [
        lambda w, v, n: np.r_[v[-1], EXERCISES["13.4"].solution(w, v, n)],
        lambda w, v, n: [
            v[-1],
            *rounds(w, v, n, lambda now, d: ([*now[1:], now[-1] + d], now[-1] + d)),
        ],
    ],
    ("13.4", 12): [
        lambda w, v, n: np.r_[v[-1], EXERCISES["13.4"].solution(w, v, n)][:-1],
        lambda w, v, n: rounds(w, v, n, lambda now, d: ([*now[1:], now[-1] + d], now[-1])),
    ],
    ("13.4", 13): [
        lambda w, v, n: np.cumsum(changes_kept(w, v, n)),
        lambda w, v, n: rounds(
            w, v, n, lambda now, d: ([*now[1:], now[-1] + d], now[-1] + d - v[-1])
        ),
    ],
    ("13.4", 14): [
        temperatures_apart_from_the_window,
        lambda w, v, n: v[-1] + np.cumsum(change_taken_for_temperature(w, v, n)),
    ],
    ("13.4", 15): [
        rolled_forwards,
        lambda w, v, n: rounds(
            w, v, n, lambda now, d: ([now[-1], *now[:-2], now[-1] + d], now[-1] + d)
        ),
    ],
    ("13.4", 16): [
        rolled_first,
        lambda w, v, n: [
            x
            for start in [v.tolist()]
            for _ in range(n)
            for x in [start[-1] + np.dot(w, [*start[1:], start[0]])]
            if not start.append(x) and start.pop(0) is not None
        ],
    ],
    ("13.5", 0): [
        lambda e, p: if_there(e, p, lambda k: sorted(e)[k - 1]),
        lambda e, p: if_there(e, p, lambda k: np.partition(e, k - 1)[k - 1]),
    ],
    ("13.5", 1): [
        lambda e, p: np.percentile(abs(e), 100 * p),
        lambda e, p: np.quantile(np.sort(np.abs(e)), p, method="linear"),
    ],
    ("13.5", 2): [
        lambda e, p: place(e, int(np.ceil(len(e) * p))),
        lambda e, p: np.sort(np.abs(e))[int(len(e) * p)],
    ],
    ("13.5", 3): [
        lambda e, p: place(e, int((len(e) + 1) * p)),
        lambda e, p: np.sort(np.abs(e))[: int((len(e) + 1) * p)].max(),
    ],
    ("13.5", 4): [
        lambda e, p: if_there(e, p, lambda k: np.sort(np.abs(e))[k]),
        lambda e, p: if_there(e, p, lambda k: sorted(abs(x) for x in e)[k]),
    ],
    ("13.5", 5): [
        lambda e, p: if_there(e, (1 + p) / 2, lambda k: place(e, k)),
        lambda e, p: EXERCISES["13.5"].solution(e, 1 - (1 - p) / 2),
    ],
    ("13.5", 6): [
        lambda e, p: 2 * if_there(e, p, lambda k: place(e, k)),
        lambda e, p: if_there(e, p, lambda k: place(2 * e, k)),
    ],
    ("13.5", 7): [
        lambda e, p: e.std() * NormalDist().inv_cdf(1 - (1 - p) / 2),
        lambda e, p: NormalDist(0, e.std()).inv_cdf(0.5 + p / 2),
    ],
    ("13.5", 8): [
        lambda e, p: 1.645 * e.std(),
        lambda e, p: 1.645 * np.mean((e - e.mean()) ** 2) ** 0.5,
    ],
    ("13.5", 9): [
        lambda e, p: place(e, int(np.ceil((len(e) + 1) * p))),
        lambda e, p: np.sort(np.abs(e))[rank(e, p) - 1],
    ],
    ("13.5", 10): [
        lambda e, p: place(e, min(len(e), rank(e, p))),
        lambda e, p: np.sort(np.abs(e))[: rank(e, p)][-1],
    ],
    ("13.5", 11): [
        lambda e, p: (
            place(e, round((len(e) + 1) * p)) if (len(e) + 1) * p < len(e) + 0.5 else np.inf
        ),
        lambda e, p: np.append(np.sort(abs(e)), np.inf)[int((len(e) + 1) * p + 0.5) - 1],
    ],
    ("13.5", 12): [
        lambda e, p: if_there(e, p, lambda k: k),
        lambda e, p: if_there(e, p, lambda k: 1 + sum(np.arange(1, len(e)) < (len(e) + 1) * p)),
    ],
    ("13.5", 13): [
        lambda e, p: if_there(e, p, lambda k: abs(sorted(e)[k - 1])),
        lambda e, p: if_there(e, p, lambda k: [abs(x) for x in sorted(e)][k - 1]),
    ],
    ("13.5", 14): [
        lambda e, p: if_there(e, p, lambda k: abs(e[k - 1])),
        lambda e, p: if_there(e, p, lambda k: [abs(x) for x in e][k - 1]),
    ],
    ("13.5", 15): [
        lambda e, p: [
            -if_there(e, p, lambda k: place(e, k)),
            if_there(e, p, lambda k: place(e, k)),
        ],
        lambda e, p: EXERCISES["13.5"].solution(e, p) * np.array([-1.0, 1.0]),
    ],
    ("13.5", 16): [
        lambda e, p: np.percentile(np.abs(e), 100 * p, method="higher"),
        lambda e, p: np.sort(np.abs(e))[int(np.ceil((len(e) - 1) * p))],
    ],
    ("13.5", 17): [
        lambda e, p: place(e, rank(e, p)) if rank(e, p) < len(e) else float("inf"),
        lambda e, p: np.append(np.sort(np.abs(e))[:-1], [np.inf, np.inf])[rank(e, p) - 1],
    ],
    ("13.5", 18): [
        lambda e, p: np.append(np.sort(np.abs(e)), [np.inf] * 2)[int((len(e) + 1) * p)],
        lambda e, p: (
            place(e, int((len(e) + 1) * p) + 1) if int((len(e) + 1) * p) < len(e) else np.inf
        ),
    ],
    ("13.5", 19): [
        lambda e, p: if_there(e, p, lambda k: -np.sort(-np.abs(e))[k - 1]),
        lambda e, p: if_there(e, p, lambda k: sorted(np.abs(e), reverse=True)[k - 1]),
    ],
    ("13.5", 20): [
        lambda e, p: if_there(e, p, lambda k: np.sort(np.abs(e))[min(k, len(e) - 1)]),
        lambda e, p: if_there(
            e, p, lambda k: np.percentile(np.abs(e), 100 * k / len(e), method="higher")
        ),
    ],
    ("13.6", 0): [
        lambda y, q, p: np.maximum((1 - p) * (y[:, None] - q), -p * (y[:, None] - q)),
        lambda y, q, p: costs(y, q, lambda d, j: (1 - p[j]) * d, lambda d, j: p[j] * d),
    ],
    ("13.6", 1): [
        lambda y, q, p: (y[:, None] - q) * np.where(y[:, None] >= q, p, 1 - p),
        lambda y, q, p: costs(y, q, lambda d, j: p[j] * d, lambda d, j: (p[j] - 1) * d),
    ],
    ("13.6", 2): [
        lambda y, q, p: np.maximum(p * (y[:, None] - q), -p * (y[:, None] - q)),
        lambda y, q, p: costs(y, q, lambda d, j: p[j] * d, lambda d, j: p[j] * d),
    ],
    ("13.6", 3): [
        lambda y, q, p: p * y[:, None] - p * q,
        lambda y, q, p: costs(y, q, lambda d, j: p[j] * d, lambda d, j: -p[j] * d),
    ],
    ("13.6", 4): [
        lambda y, q, p: np.where(y[:, None] > q, p * (y[:, None] - q), 0),
        lambda y, q, p: costs(y, q, lambda d, j: p[j] * d, lambda d, j: 0.0),
    ],
    ("13.6", 5): [
        lambda y, q, p: np.where(y[:, None] > q, (p - 1) * (y[:, None] - q), p * (y[:, None] - q)),
        lambda y, q, p: costs(y, q, lambda d, j: (p[j] - 1) * d, lambda d, j: -p[j] * d),
    ],
    ("13.6", 6): [
        lambda y, q, p: abs(q - y[:, None]),
        lambda y, q, p: costs(y, q, lambda d, j: d, lambda d, j: d),
    ],
    ("13.6", 7): [
        lambda y, q, p: np.abs((y[:, None] > q) - (1 - p)) * (y[:, None] - q) ** 2,
        lambda y, q, p: costs(y, q, lambda d, j: p[j] * d * d, lambda d, j: (1 - p[j]) * d * d),
    ],
    ("13.6", 8): [
        lambda y, q, p: EXERCISES["13.6"].specification(y, q, p).sum() / q.size,
        lambda y, q, p: np.mean([np.mean(r) for r in EXERCISES["13.6"].solution(y, q, p)]),
    ],
    ("13.6", 9): [
        lambda y, q, p: EXERCISES["13.6"].specification(y, q, p).sum(0) / len(y),
        lambda y, q, p: [c.mean() for c in EXERCISES["13.6"].solution(y, q, p).T],
    ],
    ("13.6", 10): [
        lambda y, q, p: EXERCISES["13.6"].specification(y, q, p).sum(1) / len(p),
        lambda y, q, p: [r.mean() for r in EXERCISES["13.6"].solution(y, q, p)],
    ],
    ("13.6", 11): [
        lambda y, q, p: np.maximum(p * (y - q), (p - 1) * (y - q)),
        lambda y, q, p: np.where(q < y, p, p - 1) * (y[None, :] - q),
    ],
    ("13.6", 12): [
        lambda y, q, p: EXERCISES["13.6"].specification(y, q, p).T,
        lambda y, q, p: np.maximum(p[:, None] * (y - q.T), (p[:, None] - 1) * (y - q.T)),
    ],
    ("13.6", 13): [
        lambda y, q, p: np.sum(EXERCISES["13.6"].specification(y, q, p), axis=-1),
        lambda y, q, p: [sum(r) for r in EXERCISES["13.6"].solution(y, q, p)],
    ],
}
