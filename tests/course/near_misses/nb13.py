"""Near misses of notebook 13."""

import numpy as np
import torch


def scaled(rows=lambda values, train: values[:train], tiny=0.0, mean_axis=0, std_axis=0):
    def answer(values, train):
        known = rows(values, train)
        return (values - known.mean(axis=mean_axis)) / (known.std(axis=std_axis) + tiny)

    return answer


def scaled_by_torch(values, train):
    values = torch.tensor(values)
    return (values - values[:train].mean(0)) / values[:train].std(0)


def scaled_in_part(values, train):
    values = values.copy()
    values[:train] = scaled()(values, train)[:train]
    return values


def scaled_by_row(values, train):
    return ((values.T - values.mean(axis=1)) / values.std(axis=1)).T


def origins(first=lambda t, hours, start: t - hours + 1 >= start):
    def answer(start, stop, hours, longest):
        return [t for t in range(stop - longest) if first(t, hours, start)]

    return answer


def whether(start, stop, hours, longest):
    return np.array([t - hours + 1 >= start and t + longest < stop for t in range(start, stop)])


def skill(mean=lambda errors: errors.mean(axis=0), tiny=0.0):
    return lambda model, reference: 1 - mean(model) / (mean(reference) + tiny)


def fed_back(rounds=lambda count: count, moved=lambda window, new: [*window[1:], new], base=-1):
    def answer(weights, window, count):
        window, forecast = list(window), []
        for _ in range(rounds(count)):
            new = window[base] + np.dot(weights, window)
            window = moved(window, new)
            forecast.append(new)
        return forecast

    return answer


def roll(by):
    return lambda window, new: list(np.roll(window, by))


def from_a_list(weights, window, count, read=lambda series, n: series[-n:]):
    """All temperatures in one list."""
    series = list(window)
    for _ in range(count):
        last = read(series, len(weights))
        series.append(series[-1] + sum(w * y for w, y in zip(weights, last)))
    return series[len(window) :]


def always_the_first(weights, window, count):
    return from_a_list(weights, window, count, lambda series, n: series[:n])


def rank(errors, share):
    return int(np.ceil(round((len(errors) + 1) * share, 9)))


def index_is_rank(errors, share):
    k = rank(errors, share)
    return sorted(abs(errors))[k] if k < len(errors) else np.inf


def the_largest_at_most(errors, share):
    return sorted(abs(errors))[min(rank(errors, share), len(errors)) - 1]


def by_higher(errors, share):
    return np.quantile(abs(errors), min(1.0, rank(errors, share) / len(errors)), method="higher")


def with_infinity(errors, share):
    return np.sort(np.append(abs(errors), np.inf))[rank(errors, share) - 1]


def without_a_check(errors, share):
    return sorted(abs(errors))[int(np.ceil((len(errors) + 1) * share)) - 1]


def half_up(errors, share):
    """The nearest whole number as one learns it at school: Python's `round` takes the even one."""
    return np.append(np.sort(abs(errors)), np.inf)[int((len(errors) + 1) * share + 0.5) - 1]


def higher_by_hand(errors, share):
    """What np.quantile does with method="higher", without its round-off."""
    return np.sort(abs(errors))[int(np.ceil((len(errors) - 1) * share))]


def both_ends(errors, share):
    return with_infinity(errors, share) * np.array([-1.0, 1.0])


def cost(of):
    return lambda truth, q, levels: of(truth[:, None] - q, levels)


NEAR_MISSES = [
    ("13.1", scaled(tiny=1e-6), True, None),
    ("13.1", scaled_by_torch, False, "divides by train - 1"),
    ("13.1", scaled(std_axis=None), False, "Each column has its own mean"),
    ("13.1", scaled(mean_axis=None), False, "Each column has its own standard deviation"),
    ("13.1", scaled(lambda values, train: values[: train + 1]), False, "One row too many"),
    ("13.1", scaled(lambda values, train: values[: train - 1]), False, "One row too few"),
    ("13.1", scaled(lambda values, train: values[-train:]), False, "the *last* rows"),
    ("13.1", scaled_in_part, False, "the others came back as they were"),
    ("13.1", scaled_by_row, False, "taken of each row"),
    ("13.2", origins(), True, None),
    (
        "13.2",
        lambda start, stop, hours, longest: range(start + hours - 1, stop - longest),
        True,
        None,
    ),
    (
        "13.2",
        origins(lambda t, hours, start: t - hours + 1 > start),
        False,
        "may be `start` itself",
    ),
    ("13.2", origins(lambda t, hours, start: t - hours >= start), False, "may be `start` itself"),
    ("13.2", origins(lambda t, hours, start: t - hours + 1 >= 0), False, "the part begins at"),
    (
        "13.2",
        lambda start, stop, hours, longest: np.array([start + hours - 1, stop - longest]),
        False,
        "the two ends for `np.arange`",
    ),
    ("13.2", lambda *case: len(origins()(*case)), False, "how many there are"),
    ("13.2", whether, False, "whether it may be an origin"),
    ("13.3", skill(lambda errors: errors.sum(axis=0)), True, None),
    ("13.3", skill(tiny=1e-8), True, None),
    ("13.3", skill(lambda errors: np.sqrt((errors**2).mean(axis=0))), False, "root mean squares"),
    ("13.3", lambda *case: abs(skill()(*case)), False, "The sign was taken off"),
    ("13.3", lambda model, reference: (1 - model.mean(0)) / reference.mean(0), False, "brackets"),
    ("13.4", fed_back(), True, None),
    ("13.4", from_a_list, True, None),
    ("13.4", always_the_first, False, "the same window each time"),
    ("13.4", fed_back(rounds=lambda count: count - 1), False, "One hour is missing at the end"),
    ("13.4", fed_back(rounds=lambda count: count + 1), False, "One hour too many at the end"),
    ("13.4", fed_back(base=0), False, "the oldest temperature of the window"),
    ("13.4", fed_back(moved=roll(-1)), False, "Only old hours go round in your window: no"),
    ("13.4", fed_back(moved=roll(1)), False, "and the wrong way"),
    ("13.5", with_infinity, True, None),
    ("13.5", the_largest_at_most, False, "you took the largest error"),
    ("13.5", by_higher, False, "lands one place too far"),
    ("13.5", without_a_check, False, "the rank can be larger than n"),
    ("13.5", half_up, False, "Always round *up*"),
    ("13.5", higher_by_hand, False, "np.quantile counts n errors"),
    ("13.5", both_ends, False, "Two ends came back"),
    ("13.5", index_is_rank, False, "which stands at index 0"),
    ("13.5", lambda errors, share: with_infinity(errors, 1 - share), False, "those inside"),
    ("13.5", lambda errors, share: with_infinity(errors, share) ** 2, False, None),
    ("13.6", cost(lambda d, p: 0.5 * abs(d) + (p - 0.5) * d), True, None),
    ("13.6", cost(lambda d, p: (p - (d < 0)) * d), True, None),
    (
        "13.6",
        lambda truth, q, levels: np.maximum(levels * (truth - q), (levels - 1) * (truth - q)),
        False,
        "NumPy put the truths along the levels",
    ),
    ("13.6", cost(lambda d, p: np.maximum(p * d, (1 - p) * d)), False, "(p - 1) times it"),
    ("13.6", cost(lambda d, p: np.maximum(-d, 0) * (1 - p)), False, "above q costs nothing"),
    ("13.6", cost(lambda d, p: (d > 0) * p + (d <= 0) * (1 - p)), False, "prices of one degree"),
]
