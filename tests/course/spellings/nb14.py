"""The mistakes of notebook 14 in other words than the exercise's own: two or more of each."""

import numpy as np


def gaps(f, p, lags, longest):
    """As a list, day by day."""
    n = len(p)
    return [np.mean([(f[t] - p[t - k]) ** 2 for t in range(longest, n)]) for k in lags]


def forward(f, p, longest):
    n = len(p)
    found = {
        k: np.mean([(f[t] - p[t + k]) ** 2 for t in range(n - longest)]) for k in range(longest + 1)
    }
    return min(found, key=found.get)


def wrapped(f, p, longest):
    n = len(p)
    totals = [sum((f[t] - p[(t - k) % n]) ** 2 for t in range(n)) for k in range(longest + 1)]
    return totals.index(min(totals))


def autocovariance(d, k):
    e = d - np.mean(d)
    return np.sum(e[k:] * e[: len(e) - k]) / len(e)


def t_value(d, v):
    return np.mean(d) * np.sqrt(len(d) - 1) / len(d) / np.sqrt(v / len(d)) * np.sqrt(len(d))


def variance(d, lags):
    v = autocovariance(d, 0)
    for k in range(1, lags + 1):
        v = v + 2 * (lags + 1 - k) / (lags + 1) * autocovariance(d, k)
    return v


def statistic(a, b, lags):
    return t_value(a - b, variance(a - b, lags))


def half(a, b, lags):
    d = a - b
    v = autocovariance(d, 0)
    for k in range(1, lags + 1):
        v += (lags + 1 - k) / (lags + 1) * autocovariance(d, k)
    return t_value(d, v)


def flat(a, b, lags):
    d = a - b
    v = autocovariance(d, 0)
    for k in range(1, lags + 1):
        v += 2 * autocovariance(d, k)
    return t_value(d, v)


def steep(a, b, lags):
    d = a - b
    v = autocovariance(d, 0)
    for k in range(1, lags):
        v += 2 * (lags - k) / lags * autocovariance(d, k)
    return t_value(d, v)


def products(a, b, lags):
    d = a - b
    v = np.mean(d**2)
    for k in range(1, lags + 1):
        v += 2 * (1 - k / (lags + 1)) * np.sum(d[k:] * d[:-k]) / len(d)
    return t_value(d, v)


def with_covariance(a, b, lags, c):
    """The statistic with c(d, k) in place of the covariance of days k apart."""
    d = a - b
    v = c(d, 0)
    for k in range(1, lags + 1):
        v += 2 * (lags + 1 - k) / (lags + 1) * c(d, k)
    return t_value(d, v)


def per_pair(d, k):
    e = d - np.mean(d)
    return sum(e[t] * e[t - k] for t in range(k, len(d))) / (len(d) - k)


def own_means(d, k):
    a, b = d[k:], d[: len(d) - k]
    return (np.sum(a * b) - len(a) * np.mean(a) * np.mean(b)) / len(d)


def sample_covariance(d, k):
    a, b = d[k:], d[: len(d) - k]
    return np.sum((a - np.mean(a)) * b) / (len(a) - 1)


def from_zero(a, b, lags):
    d = a - b
    v = autocovariance(d, 0)
    for k in range(lags + 1):
        v += 2 * (1 - k / (lags + 1)) * autocovariance(d, k)
    return t_value(d, v)


def one_lag_short(a, b, lags):
    d = a - b
    v = autocovariance(d, 0)
    for k in range(1, lags):
        v += 2 * (1 - k / (lags + 1)) * autocovariance(d, k)
    return t_value(d, v)


def rows(d, length, firsts, start=0, stop=None):
    stop = length if stop is None else stop
    return [[d[f + k] for f in row for k in range(start, stop)] for row in firsts]


def changes(position, before=0.0):
    return position - np.concatenate([[before], position[:-1]])


def paid(r, p, amounts):
    return np.array([x * y - a for x, y, a in zip(r, p, amounts)])


SPELLINGS = {
    ("14.1", 0): [
        forward,
        lambda f, p, m: int(
            np.argmin(
                [np.sum((f[: len(p) - m] - p[k : len(p) - m + k]) ** 2) for k in range(m + 1)]
            )
        ),
    ],
    ("14.1", 1): [
        lambda f, p, m: max(range(m + 1), key=lambda k: gaps(f, p, [k], m)[0]),
        lambda f, p, m: int(np.argmin([-g for g in gaps(f, p, range(m + 1), m)])),
    ],
    ("14.1", 2): [
        lambda f, p, m: min(range(1, m + 1), key=lambda k: gaps(f, p, [k], m)[0]),
        lambda f, p, m: list(range(1, m + 1))[int(np.argmin(gaps(f, p, range(1, m + 1), m)))],
    ],
    ("14.1", 3): [
        lambda f, p, m: min(range(m), key=lambda k: gaps(f, p, [k], m)[0]),
        lambda f, p, m: int(np.argmin(gaps(f, p, range(m + 1), m)[:-1])),
    ],
    ("14.1", 4): [
        wrapped,
        lambda f, p, m: int(
            np.argmin(
                [
                    np.abs(f - np.concatenate([p[len(p) - k :], p[: len(p) - k]]))
                    @ np.abs(f - np.concatenate([p[len(p) - k :], p[: len(p) - k]]))
                    for k in range(m + 1)
                ]
            )
        ),
    ],
    ("14.1", 5): [
        lambda f, p, m: min(gaps(f, p, range(m + 1), m)),
        lambda f, p, m: np.sort(gaps(f, p, range(m + 1), m))[0],
    ],
    ("14.2", 0): [
        lambda a, b, lags: t_value(a - b, np.var(a - b)),
        lambda a, b, lags: np.mean(a - b) / np.std(a - b, ddof=0) * np.sqrt(len(a) - 1),
    ],
    ("14.2", 1): [
        lambda a, b, lags: statistic(b, a, lags),
        lambda a, b, lags: t_value(b - a, variance(b - a, lags)),
    ],
    ("14.2", 2): [
        half,
        lambda a, b, lags: t_value(a - b, (variance(a - b, lags) + autocovariance(a - b, 0)) / 2),
    ],
    ("14.2", 3): [
        flat,
        lambda a, b, lags: t_value(
            a - b,
            2 * sum(autocovariance(a - b, k) for k in range(lags + 1)) - np.var(a - b),
        ),
    ],
    ("14.2", 4): [
        steep,
        lambda a, b, lags: t_value(a - b, variance(a - b, lags - 1)),
    ],
    ("14.2", 5): [
        lambda a, b, lags: statistic(a, b, lags) / np.sqrt(len(a)),
        lambda a, b, lags: (
            np.mean(a - b) / np.sqrt(variance(a - b, lags)) * np.sqrt(1 - 1 / len(a))
        ),
    ],
    ("14.2", 6): [
        lambda a, b, lags: np.mean(a - b) / np.sqrt(variance(a - b, lags) / len(a)),
        lambda a, b, lags: np.sum(a - b) / np.sqrt(len(a) * variance(a - b, lags)),
    ],
    ("14.2", 7): [
        products,
        lambda a, b, lags: t_value(
            a - b,
            sum(
                (1 - abs(k) / (lags + 1))
                * np.sum((a - b)[abs(k) :] * (a - b)[: len(a) - abs(k)])
                / len(a)
                for k in range(-lags, lags + 1)
            ),
        ),
    ],
    ("14.2", 8): [
        lambda a, b, lags: with_covariance(a, b, lags, per_pair),
        lambda a, b, lags: with_covariance(
            a, b, lags, lambda d, k: autocovariance(d, k) * len(d) / (len(d) - k)
        ),
    ],
    ("14.2", 9): [
        lambda a, b, lags: with_covariance(a, b, lags, own_means),
        lambda a, b, lags: with_covariance(
            a,
            b,
            lags,
            lambda d, k: np.cov(d[k:], d[: len(d) - k], bias=True)[0, 1] * (len(d) - k) / len(d),
        ),
    ],
    ("14.2", 10): [
        lambda a, b, lags: with_covariance(a, b, lags, sample_covariance),
        lambda a, b, lags: with_covariance(
            a, b, lags, lambda d, k: np.cov(np.stack([d[: len(d) - k], d[k:]]))[1, 0]
        ),
    ],
    ("14.2", 11): [
        one_lag_short,
        lambda a, b, lags: t_value(
            a - b, variance(a - b, lags) - 2 / (lags + 1) * autocovariance(a - b, lags)
        ),
    ],
    ("14.2", 12): [
        from_zero,
        lambda a, b, lags: t_value(a - b, variance(a - b, lags) + 2 * autocovariance(a - b, 0)),
    ],
    ("14.2", 13): [
        lambda a, b, lags: (
            np.mean(a - b) / np.sqrt(variance(a - b, lags) / len(a)) * np.sqrt(1 / (1 - 1 / len(a)))
        ),
        lambda a, b, lags: np.mean(a - b) * len(a) / np.sqrt(variance(a - b, lags) * (len(a) - 1)),
    ],
    ("14.2", 14): [
        lambda a, b, lags: (
            np.mean(a - b) / np.sqrt(variance(a - b, lags) / len(a)) * (len(a) - 1) / len(a)
        ),
        lambda a, b, lags: (
            np.sum(a - b) * (len(a) - 1) / len(a) ** 1.5 / np.sqrt(variance(a - b, lags))
        ),
    ],
    ("14.2", 15): [
        lambda a, b, lags: (
            np.sum(a - b) / variance(a - b, lags) * np.sqrt(len(a) - 1) / np.sqrt(len(a))
        ),
        lambda a, b, lags: statistic(a, b, lags) / np.sqrt(variance(a - b, lags) / len(a)),
    ],
    ("14.3", 0): [
        lambda d, n, firsts: np.mean(d[firsts], axis=1),
        lambda d, n, firsts: [float(np.mean([d[f] for f in row])) for row in firsts],
    ],
    ("14.3", 1): [
        lambda d, n, firsts: np.mean(rows(d, n, firsts, 0, n - 1), axis=1),
        lambda d, n, firsts: [
            np.concatenate([d[f : f + n - 1] for f in row]).mean() for row in firsts
        ],
    ],
    ("14.3", 2): [
        lambda d, n, firsts: np.mean(rows(d, n, firsts, -n + 1, 1), axis=1),
        lambda d, n, firsts: [
            np.mean([np.take(d, range(f - n + 1, f + 1), mode="wrap") for f in row])
            for row in firsts
        ],
    ],
    ("14.3", 3): [
        lambda d, n, firsts: np.mean(rows(d, n, firsts)),
        lambda d, n, firsts: np.concatenate([d[f : f + n] for f in firsts.ravel()]).mean(),
    ],
    ("14.3", 4): [
        lambda d, n, firsts: [[d[f : f + n].mean() for f in row] for row in firsts],
        lambda d, n, firsts: np.stack([np.convolve(d, np.ones(n) / n, "valid")[f] for f in firsts]),
    ],
    ("14.3", 5): [
        lambda d, n, firsts: np.sum(rows(d, n, firsts), axis=1),
        lambda d, n, firsts: [sum(d[f : f + n].sum() for f in row) for row in firsts],
    ],
    ("14.3", 6): [
        lambda d, n, firsts: d[firsts[:, :, None] + np.arange(n + 1)].mean(axis=(1, 2)),
        lambda d, n, firsts: np.mean(rows(d, n, firsts, 0, n + 1), axis=1),
    ],
    ("14.3", 7): [
        lambda d, n, firsts: np.mean(rows(d, n, n * firsts), axis=1),
        lambda d, n, firsts: d[: len(d) // n * n].reshape(-1, n)[firsts].mean((1, 2)),
    ],
    ("14.3", 8): [
        lambda d, n, firsts: np.mean(d[firsts + np.arange(n)[None, :]], axis=1),
        lambda d, n, firsts: np.array([d[row + np.arange(n)].mean() for row in firsts]),
    ],
    ("14.3", 9): [
        lambda d, n, firsts: np.mean(rows(d, n, firsts.T), axis=1),
        lambda d, n, firsts: [
            d[firsts[:, k, None] + np.arange(n)].mean() for k in range(firsts.shape[1])
        ],
    ],
    ("14.4", 0): [
        lambda r, p, c: r * p - c * abs(changes(p)),
        lambda r, p, c: paid(r, p, c * np.abs(changes(p))),
    ],
    ("14.4", 1): [
        lambda r, p, c: r * p - np.append([0.0], np.abs(p[1:] - p[:-1])) * c / 100,
        lambda r, p, c: paid(r, p, 0.01 * c * np.abs(changes(p, p[0]))),
    ],
    ("14.4", 2): [
        lambda r, p, c: r * p - c / 100 * (p != 0),
        lambda r, p, c: paid(r, p, [abs(x) * c / 100 for x in p]),
    ],
    ("14.4", 3): [
        lambda r, p, c: r * p - c / 100 * changes(p),
        lambda r, p, c: paid(r, p, 0.01 * c * changes(p)),
    ],
    ("14.4", 4): [
        lambda r, p, c: r * p - c / 100 * np.sign(np.abs(changes(p))),
        lambda r, p, c: paid(r, p, np.minimum(np.abs(changes(p)), 1.0) * c / 100),
    ],
    ("14.4", 5): [
        lambda r, p, c: np.append(0.0, p[:-1] * r[1:]) - c / 100 * np.abs(changes(p)),
        lambda r, p, c: paid(r, np.roll(np.append(p[:-1], 0.0), 1), np.abs(changes(p)) * c / 100),
    ],
    ("14.4", 6): [lambda r, p, c: r * p, lambda r, p, c: [x * y for x, y in zip(r, p)]],
    ("14.4", 7): [
        lambda r, p, c: r @ p - c / 100 * np.abs(changes(p)).sum(),
        lambda r, p, c: sum(paid(r, p, c / 100 * np.abs(changes(p)))),
    ],
    ("14.4", 8): [
        lambda r, p, c: np.cumsum(r * p) - c / 100 * np.cumsum(np.abs(changes(p))),
        lambda r, p, c: [
            paid(r, p, c / 100 * np.abs(changes(p)))[:k].sum() for k in range(1, len(r) + 1)
        ],
    ],
    ("14.4", 9): [
        lambda r, p, c: r * p - c / 10_000 * np.abs(changes(p)),
        lambda r, p, c: paid(r, p, 1e-4 * c * np.abs(changes(p))),
    ],
    ("14.4", 10): [
        lambda r, p, c: r * p + c / 100 * np.abs(changes(p)),
        lambda r, p, c: paid(r, p, -c / 100 * np.abs(changes(p))),
    ],
    ("14.4", 11): [
        lambda r, p, c: r * p - p * c / 100,
        lambda r, p, c: paid(r, p, [x * c * 0.01 for x in p]),
    ],
    ("14.4", 12): [
        lambda r, p, c: (r * p - c / 100 * np.abs(changes(p)))[1:],
        lambda r, p, c: paid(r[1:], p[1:], c / 100 * np.abs(p[1:] - p[:-1])),
    ],
    ("14.4", 13): [
        lambda r, p, c: r * p - c / 100 * np.append(np.abs(changes(p))[1:], abs(p[-1])),
        lambda r, p, c: paid(r, p, c / 100 * np.abs(np.append(p[1:], 0.0) - p)),
    ],
    ("14.5", 0): [
        lambda r, v: np.sum(r**2) / np.sum(v),
        lambda r, v: sum(x * x for x in r) / sum(v),
    ],
    ("14.5", 1): [
        lambda r, v: len(r) / np.sum(r**2 / v),
        lambda r, v: np.mean((r / np.sqrt(v)) ** 2) ** -1,
    ],
    ("14.5", 2): [
        lambda r, v: np.mean(r**2 / v) ** 0.5,
        lambda r, v: np.linalg.norm(r / np.sqrt(v)) / np.sqrt(len(r)),
    ],
    ("14.5", 3): [
        lambda r, v: float(r**2 @ (1 / v)),
        lambda r, v: sum(x * x / y for x, y in zip(r, v)),
    ],
    ("14.5", 4): [
        lambda r, v: np.abs(r / v).mean(),
        lambda r, v: sum(abs(x) / y for x, y in zip(r, v)) / len(r),
    ],
    ("14.5", 5): [
        lambda r, v: np.linalg.lstsq(v[:, None], r**2, rcond=None)[0][0],
        lambda r, v: (r**2 @ v) / (v @ v),
    ],
    ("14.5", 6): [
        lambda r, v: v * (r**2 / v).mean(),
        lambda r, v: [y * float(np.mean(r**2 / v)) for y in v],
    ],
    ("14.5", 7): [
        lambda r, v: np.mean(np.log(v * np.mean(r**2 / v)) + r**2 / (v * np.mean(r**2 / v))),
        lambda r, v: np.log(v * np.mean(r**2 / v)).mean() + 1,
    ],
    ("14.5", 8): [
        lambda r, v: (r**2).mean(),
        lambda r, v: r @ r / len(r),
    ],
    ("14.5", 9): [
        lambda r, v: np.quantile(r**2 / v, 0.5),
        lambda r, v: np.median(np.abs(r / np.sqrt(v))) ** 2 if len(r) % 2 else np.median(r * r / v),
    ],
}
