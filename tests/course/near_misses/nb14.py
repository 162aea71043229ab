"""Near misses of notebook 14."""

import math

import numpy as np


def lag(gap=lambda d: (d**2).mean(), lags=lambda longest: range(longest + 1), last=0):
    """Day by day: the place of the smallest gap among the lags."""

    def answer(forecast, price, longest):
        days = range(longest, len(price) - last)
        gaps = [gap(np.array([forecast[t] - price[t - k] for t in days])) for k in lags(longest)]
        return gaps.index(min(gaps))

    return answer


def own_days(total):
    def answer(forecast, price, longest):
        n = len(price)
        totals = [total((forecast[k:] - price[: n - k]) ** 2) for k in range(longest + 1)]
        return int(np.argmin(totals))

    return answer


def slice_to_minus_k(forecast, price, longest):
    gaps = [
        ((forecast[longest:] - price[longest - k : -k]) ** 2).mean() for k in range(longest + 1)
    ]
    return int(np.argmin(gaps))


def in_windows(forecast, price, longest):
    windows = np.lib.stride_tricks.sliding_window_view(price, longest + 1)[:, ::-1]
    return ((forecast[longest:, None] - windows) ** 2).sum(axis=0).argmin()


def statistic(
    d=lambda ours, theirs: ours - theirs,
    S=lambda mean, V, n: mean / math.sqrt(V / n) * math.sqrt((n - 1) / n),
    c=lambda total, k, n: total / n,
    last=lambda lags, n: lags,
):
    """S, with one part done differently."""

    def answer(ours, theirs, lags):
        x = d(ours, theirs)
        n, e, L = len(x), x - x.mean(), last(lags, len(x))
        V = c(e @ e, 0, n)
        for k in range(1, L + 1):
            V += 2 * (1 - k / (L + 1)) * c(e[k:] @ e[:-k], k, n)
        return S(x.mean(), V, n)

    return answer


def root(n):
    return math.sqrt((n - 1) / n)


def p_value(ours, theirs, lags):
    return math.erfc(abs(statistic()(ours, theirs, lags)) / math.sqrt(2))


def one_minus_p(ours, theirs, lags):
    return 1 - p_value(ours, theirs, lags)


def wrapped_pairs(ours, theirs, lags):
    d = ours - theirs - (ours - theirs).mean()
    V = sum((1 - abs(k) / (lags + 1)) * (d * np.roll(d, k)).mean() for k in range(-lags, lags + 1))
    return (ours - theirs).mean() / np.sqrt(V / len(d)) * root(len(d))


def neighbours_summed(ours, theirs, lags):
    d = ours - theirs
    sums = np.convolve(d - d.mean(), np.ones(lags + 1))
    return d.mean() / np.sqrt(sums @ sums / (lags + 1)) * np.sqrt(len(d) * (len(d) - 1))


def blocks(take, days=lambda first, length: range(first, first + length)):
    """A number for each draw from the days drawn."""

    def answer(d, length, firsts):
        return [
            take(np.array([[d[t] for t in days(first, length)] for first in row]), len(d))
            for row in firsts.tolist()
        ]

    return answer


def running_sums(d, length, firsts, zero=True):
    s = np.cumsum(np.append(0.0, d)) if zero else np.cumsum(d)
    return (s[firsts + length - (not zero)] - s[firsts]).mean(axis=1) / length


def numbers_of_blocks(d, length, firsts):
    """The series cut into blocks, of which `firsts` takes some: an IndexError where none is."""
    cut = d[: len(d) // length * length].reshape(-1, length)
    return cut[firsts].mean(axis=(1, 2))


def a_day_for_each_block(d, length, firsts):
    """A ValueError where a draw has not as many blocks as a block has days."""
    return [d[row + np.arange(length)].mean() for row in firsts]


def net(change, net_of=lambda gain, paid: gain - paid):
    """Day by day; change(position, t) is what is traded."""

    def answer(returns, position, cost):
        paid = [change(position, t) * cost / 100 for t in range(len(position))]
        return np.array([net_of(*day) for day in zip(returns * position, paid)])

    return answer


def before(position, t):
    return position[t - 1] if t else 0.0


def at_the_end(position, t):
    return abs(position[t] - before(position, t)) + abs(position[t]) * (t == len(position) - 1)


NEAR_MISSES = [
    ("14.1", in_windows, True, None),
    ("14.1", lag(lambda d: math.sqrt((d**2).sum())), True, None),
    ("14.1", lag(lags=lambda longest: range(longest + 2)), False, "one lag too many"),
    ("14.1", lag(lags=lambda longest: range(1, longest + 1)), False, "one less than the lag"),
    ("14.1", lag(lambda d: abs(d).mean()), False, "mean of the absolute differences"),
    ("14.1", lag(lambda d: d.mean()), False, "were not squared"),
    ("14.1", lag(lambda d: abs(d.sum())), False, "above and below cancel"),
    ("14.1", lag(lambda d: np.median(abs(d))), False, "A median"),
    ("14.1", own_days(np.mean), False, "may have easier days"),
    ("14.1", own_days(np.sum), False, "the sum over fewer days"),
    ("14.1", slice_to_minus_k, False, "ends at -0"),
    ("14.1", lag(last=1), False, "The last day is missing"),
    ("14.1", lambda forecast, price, longest: 0, False, None),
    ("14.1", lambda forecast, price, longest: 1, False, None),
    ("14.2", neighbours_summed, True, None),
    ("14.2", statistic(S=lambda mean, V, n: mean / math.sqrt(V / (n - 1))), True, None),
    (
        "14.2",
        statistic(S=lambda mean, V, n: mean / math.sqrt(V / (n - 1)) * root(n)),
        False,
        "is in your S twice",
    ),
    ("14.2", statistic(c=lambda total, k, n: total / (n - 1)), False, "is in your S twice"),
    ("14.2", statistic(c=lambda total, k, n: total), False, "each is a sum divided by n"),
    ("14.2", statistic(S=lambda m, V, n: m / math.sqrt(V) * root(n)), False, "variance V / n"),
    ("14.2", statistic(S=lambda m, V, n: m * n / math.sqrt(V) * root(n)), False, "sum of d stands"),
    ("14.2", statistic(d=lambda ours, theirs: abs(ours - theirs)), False, "never is negative"),
    ("14.2", lambda *case: abs(statistic()(*case)), False, "the size of S"),
    ("14.2", p_value, False, "looks like p"),
    ("14.2", one_minus_p, False, None),
    ("14.2", lambda ours, theirs, lags: 0.5, False, None),
    ("14.2", wrapped_pairs, False, "as np.roll does"),
    ("14.2", statistic(c=lambda t, k, n: t / (n if k else n - 1)), False, "c_0 divides by n"),
    ("14.2", statistic(last=lambda lags, n: int(4 * (n / 100) ** (2 / 9))), False, "Your L comes"),
    ("14.3", running_sums, True, None),
    ("14.3", blocks(lambda days, n: days.mean()), True, None),
    ("14.3", lambda *case: running_sums(*case, zero=False), False, "lack the zero"),
    ("14.3", blocks(lambda days, n: days.mean(1).sum()), False, "the days of one block"),
    ("14.3", blocks(lambda days, n: days.sum(1).mean()), False, "the number of blocks"),
    ("14.3", blocks(lambda days, n: days.sum() / n), False, "You divided by n"),
    ("14.3", blocks(lambda days, n: days[0].mean()), False, "Only the first block"),
    ("14.3", numbers_of_blocks, False, "taken for the number of a block"),
    ("14.3", a_day_for_each_block, False, "without a new axis"),
    ("14.4", net(lambda p, t: abs(p[t] - before(p, t))), True, None),
    ("14.4", net(lambda p, t: abs(p[t] - p[t - 1])), False, "with the *last* one"),
    ("14.4", net(at_the_end), False, "nothing is sold"),
    ("14.4", net(lambda p, t: (p[t] - before(p, t)) ** 2), False, "not four times"),
    ("14.4", net(lambda p, t: max(p[t] - before(p, t), 0)), False, "A sale costs as well"),
    ("14.4", net(lambda p, t: abs(abs(p[t]) - abs(before(p, t)))), False, "change of the size"),
    (
        "14.4",
        net(lambda p, t: abs(p[t] - before(p, t)), lambda gain, paid: gain * (1 - paid)),
        False,
        "share of the day's gain",
    ),
    ("14.5", lambda returns, v: returns @ (returns / v) / len(v), True, None),
    ("14.5", lambda returns, v: returns.var() / v.mean(), False, "no mean is taken off"),
    ("14.5", lambda returns, v: (returns / v).mean(), False, "not squared"),
    ("14.5", lambda returns, v: (v / returns**2).mean(), False, "turned round: r^2"),
    ("14.5", lambda returns, v: 1 / (v / returns**2).mean(), False, "Turned round twice"),
    ("14.5", lambda returns, v: (returns**2 / v).sum() / (len(v) - 1), False, "n - 1"),
    ("14.5", lambda returns, v: ((returns / v) ** 2).mean(), False, "do not square it"),
]
