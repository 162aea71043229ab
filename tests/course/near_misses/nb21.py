"""Near misses of notebook 21."""

import numpy as np


def by_sets(times, step):
    every = set(range(int(min(times)), int(max(times)) + 1, int(step)))
    return sorted(every - {int(time) for time in times})


def sorted_gaps(times, step):
    times, missing = np.unique(times), []
    for gap, before in zip(np.diff(times), times):
        missing += [before + k * step for k in range(1, gap // step)]
    return np.array(missing)


def one_for_each_gap(times, step):
    times = np.unique(times)
    return times[:-1][np.diff(times) > step] + step


def repeated_day(y, t, ahead, day):
    yesterday = y[t + 1 - day : t + 1]
    return np.tile(yesterday, ahead // day + 1)[:ahead]


def backwards(y, t, ahead, day):
    return np.array([y[t - day + 1 + (k - 1) % day] for k in range(1, ahead + 1)])


def held_at_midnight(y, t, ahead, day):
    return np.array([y[min(t, t + k - day)] for k in range(1, ahead + 1)])


def by_masked_arrays(low, high, came):
    came = np.ma.masked_invalid(came)
    return float(((came >= low) & (came <= high)).mean())


def nan_to_the_middle(low, high, came):
    came = np.where(np.isnan(came), (low + high) / 2, came)
    return np.mean((low <= came) & (came <= high))


NEAR_MISSES = [
    ("21.1", by_sets, True, None),
    ("21.1", sorted_gaps, True, None),
    ("21.1", one_for_each_gap, False, None),
    ("21.1", lambda times, step: np.diff(times) > step, False, None),
    ("21.2", repeated_day, True, None),
    ("21.2", backwards, True, None),
    ("21.2", held_at_midnight, False, None),
    ("21.2", lambda y, t, ahead, day: y[t + 1 - day : t + 1 - day + ahead], False, "A leak"),
    ("21.3", by_masked_arrays, True, None),
    ("21.3", nan_to_the_middle, False, None),
    ("21.3", lambda a, b, c: np.nanmean((a <= c) & (c <= b)), False, "was not measured"),
]
