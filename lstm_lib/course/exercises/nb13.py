"""Exercises of notebook 13: honest scaling, split, score; feeding back; intervals, quantiles."""

from statistics import NormalDist

import numpy as np

from lstm_lib.course.exercise import Exercise, Mistake


def series_and_rows(rng: np.random.Generator, size: int) -> tuple:
    """values (N, 2) with a trend, and how many rows are for training.

    These differ enough for a tiny number, added to their deviation, to do no harm.
    """
    n = 4 + 3 * size
    drift = np.linspace(0, 5, n)[:, None]
    values = (rng.normal(size=(n, 2)) * [1.0, 10.0] + drift).round(2)
    train = int(rng.integers(2, n - 1))
    while train < n - 2 and values[:train].std(axis=0).min() < 0.2:
        train += 1
    return values, train


def scale(values, train):
    # Only the first `train` rows may be looked at: the rest is the future.
    known = values[:train]
    return (values - known.mean(axis=0)) / known.std(axis=0)


def scaled_row_by_row(values, train):
    columns = []
    for column in values.T:
        mean = sum(column[:train]) / train
        variance = sum((x - mean) ** 2 for x in column[:train]) / train
        columns.append([(x - mean) / variance**0.5 for x in column])
    return np.array(columns).T


SCALING = Exercise(
    key="13.1",
    title="Scale without looking ahead",
    stars=1,
    names=("values", "train"),
    specification=scaled_row_by_row,
    inputs=series_and_rows,
    mistakes=(
        Mistake(
            "Mean and standard deviation were taken over all rows, the future included. That is "
            "a leak: use the first `train` rows only, then scale all rows with the two numbers.",
            lambda values, train: (values - values.mean(0)) / values.std(0),
        ),
        Mistake(
            "One mean and one standard deviation were used for the whole table. Each column has "
            "a unit of its own: take them along axis 0.",
            lambda values, train: (values - values[:train].mean()) / values[:train].std(),
        ),
        Mistake(
            "The mean is gone, but the spread is still there: divide by the standard deviation.",
            lambda values, train: values - values[:train].mean(0),
        ),
        Mistake(
            "You divided by the variance. The standard deviation is its square root.",
            lambda values, train: (values - values[:train].mean(0)) / values[:train].var(0),
        ),
        Mistake(
            "The mean is that of the training rows, but the standard deviation is that of all "
            "rows. It looks ahead, too: take both from the first `train` rows.",
            lambda values, train: (values - values[:train].mean(0)) / values.std(0),
        ),
        Mistake(
            "Each part was scaled by its own mean and standard deviation. Then the same value "
            "is another number before and after the border: use the training part's for all.",
            lambda values, train: np.concatenate(
                [
                    (part - part.mean(0)) / (part.std(0) + (len(part) == 1))
                    for part in (values[:train], values[train:])
                ]
            ),
        ),
        Mistake(
            "Only the training rows came back. The other rows are scaled too, with the same mean "
            "and standard deviation.",
            lambda values, train: scale(values, train)[:train],
        ),
        Mistake(
            "The standard deviation is that of the training rows, but the mean is that of all "
            "rows. It looks ahead, too: take both from the first `train` rows.",
            lambda values, train: (values - values.mean(0)) / values[:train].std(0),
        ),
        Mistake(
            "Your standard deviation divides by train - 1. That is another good habit, but here "
            "NumPy's `std` as it is is wanted, without ddof=1.",
            lambda values, train: (values - values[:train].mean(0)) / values[:train].std(0, ddof=1),
        ),
        Mistake(
            "values[train] is one single row. The first `train` rows are values[:train].",
            lambda values, train: (values - values[train].mean(0)) / values[train].std(0),
        ),
        Mistake(
            "Division comes before subtraction: brackets are missing around values - mean.",
            lambda values, train: values - values[:train].mean(0) / values[:train].std(0),
        ),
        Mistake(
            "You scaled by the smallest and the largest value. Here the mean is subtracted, and "
            "the difference is divided by the standard deviation.",
            lambda values, train: (
                (values - values[:train].min(0)) / (values[:train].max(0) - values[:train].min(0))
            ),
        ),
        Mistake(
            "The means were taken along axis 1, over the columns of each row. Each *column* has a "
            "mean: axis 0.",
            lambda values, train: (values - values[:train].mean(1)) / values[:train].std(1),
        ),
        Mistake(
            "Those are mean and standard deviation of the rows *after* the first `train`: the "
            "future itself. The training rows are values[:train].",
            lambda values, train: (values - values[train:].mean(0)) / values[train:].std(0),
        ),
        Mistake(
            "Each column has its own mean, but one standard deviation was used for the whole "
            "table: take that along axis 0, too.",
            lambda values, train: (values - values[:train].mean(0)) / values[:train].std(),
        ),
        Mistake(
            "Each column has its own standard deviation, but one mean was used for the whole "
            "table: take that along axis 0, too.",
            lambda values, train: (values - values[:train].mean()) / values[:train].std(0),
        ),
        Mistake(
            "One row too many: values[: train + 1] has train + 1 rows. values[:train] has `train`.",
            lambda values, train: (
                (values - values[: train + 1].mean(0)) / values[: train + 1].std(0)
            ),
        ),
        Mistake(
            "One row too few: values[: train - 1] has train - 1 rows. values[:train] has `train`.",
            lambda values, train: (
                (values - values[: train - 1].mean(0)) / values[: train - 1].std(0)
            ),
        ),
        Mistake(
            "values[-train:] are the *last* rows, and so the future. The first are values[:train].",
            lambda values, train: (values - values[-train:].mean(0)) / values[-train:].std(0),
        ),
        Mistake(
            "The first `train` rows are scaled rightly, the others came back as they were. All "
            "rows are scaled, with the same mean and standard deviation.",
            lambda values, train: np.concatenate([scale(values, train)[:train], values[train:]]),
        ),
        Mistake(
            "Mean and standard deviation were taken of each row, over its columns. Each *column* "
            "has a mean, over the first `train` rows: axis 0.",
            lambda values, train: (
                (values - values.mean(1, keepdims=True)) / values.std(1, keepdims=True)
            ),
        ),
        Mistake(
            "The mean is still there: subtract it before you divide by the standard deviation.",
            lambda values, train: values / values[:train].std(0),
        ),
        Mistake(
            "You multiplied by the standard deviation: divide by it.",
            lambda values, train: (values - values[:train].mean(0)) * values[:train].std(0),
        ),
    ),
    steps=(
        "Cut out the rows that may be looked at: values[:train].",
        "Their mean along axis 0 is one number a column; so is their standard deviation.",
        "Subtract and divide: NumPy applies the two rows to every row of `values`.",
    ),
    solution=scale,
    tolerance=1e-5,  # float32 will do, and so will a tiny number added to the deviation
)


def part_and_window(rng: np.random.Generator, size: int) -> tuple:
    """start, stop of a part; hours in a window; longest lead time."""
    hours, longest = int(rng.integers(2, 5 + size)), int(rng.integers(1, 4 + size))
    start = int(rng.integers(0, 50))
    return start, start + hours + longest + int(rng.integers(1, 3 + size)), hours, longest


def origins_of(start, stop, hours, longest):
    # The first window begins at `start`, so it ends hours - 1 later. The last target, t + longest,
    # is still inside the part: it is at most stop - 1.
    return np.arange(start + hours - 1, stop - longest)


def origins_one_by_one(start, stop, hours, longest):
    part = range(start, stop)
    return np.array([t for t in part if t - hours + 1 in part and t + longest in part])


ORIGINS = Exercise(
    key="13.2",
    title="Hunt the leak: which hours may we forecast from?",
    stars=2,
    names=("start", "stop", "hours", "longest"),
    specification=origins_one_by_one,
    inputs=part_and_window,
    mistakes=(
        Mistake(
            "Every hour of the part came back. For the last ones the target t + longest lies in "
            "the next part, and the first windows begin in the part before: two leaks.",
            lambda start, stop, hours, longest: np.arange(start, stop),
        ),
        Mistake(
            "The last targets, t + longest, lie in the next part: a leak.",
            lambda start, stop, hours, longest: np.arange(start + hours - 1, stop),
        ),
        Mistake(
            "The first windows begin before `start`, in the part before this one.",
            lambda start, stop, hours, longest: np.arange(start, stop - longest),
        ),
        Mistake(
            "Those are the hours at which the windows *begin*. The origin t is the window's last "
            "hour: hours - 1 later.",
            lambda start, stop, hours, longest: np.arange(start, stop - longest - hours + 1),
        ),
        Mistake(
            "One hour is missing at the beginning: a window of `hours` hours that ends at t "
            "begins at t - hours + 1, and that hour may be `start` itself.",
            lambda start, stop, hours, longest: np.arange(start + hours, stop - longest),
        ),
        Mistake(
            "One hour is missing at the end: t + longest may be stop - 1, the part's last hour.",
            lambda start, stop, hours, longest: np.arange(start + hours - 1, stop - longest - 1),
        ),
        Mistake(
            "One hour too many at the end: t + longest = stop is already in the next part.",
            lambda start, stop, hours, longest: np.arange(start + hours - 1, stop - longest + 1),
        ),
        Mistake(
            "Two slips by one hour: one hour is missing at each end. The window that ends at t "
            "begins at t - hours + 1, and t + longest may be stop - 1.",
            lambda start, stop, hours, longest: np.arange(start + hours, stop - longest - 1),
        ),
        Mistake(
            "Two slips by one hour: one hour is missing at the beginning, and at the end there is "
            "one too many. Write down the first hour of the window that ends at t.",
            lambda start, stop, hours, longest: np.arange(start + hours, stop - longest + 1),
        ),
        Mistake(
            "One hour too many at the beginning: the first window begins at start - 1, in the "
            "part before this one.",
            lambda start, stop, hours, longest: np.arange(start + hours - 2, stop - longest),
        ),
        Mistake(
            "You counted the hours from the beginning of the part. The origins are rows of the "
            "whole table: the part begins at `start`.",
            lambda start, stop, hours, longest: np.arange(hours - 1, stop - start - longest),
        ),
        Mistake(
            "Those are the two ends for `np.arange`. Return all the hours between them, as one "
            "array.",
            lambda start, stop, hours, longest: (start + hours - 1, stop - longest),
        ),
        Mistake(
            "Those are the first and the last origin. Return all hours from the one to the other, "
            "as one array.",
            lambda start, stop, hours, longest: (start + hours - 1, stop - longest - 1),
        ),
        Mistake(
            "`hours` and `longest` are exchanged: the window of `hours` hours lies before t, so it "
            "costs hours at the beginning of the part; `longest` lies after it.",
            lambda start, stop, hours, longest: np.arange(start + longest - 1, stop - hours),
        ),
        Mistake(
            "`hours` and `longest` are exchanged: the window of `hours` hours lies before t, so it "
            "costs hours at the beginning of the part, one less than it has; `longest` lies after "
            "it.",
            lambda start, stop, hours, longest: np.arange(start + longest, stop - hours),
        ),
        Mistake(
            "The last targets are inside. But the first window ends at hours - 1, where the whole "
            "table begins: the part begins at `start`.",
            lambda start, stop, hours, longest: np.arange(hours - 1, stop - longest),
        ),
        Mistake(
            "You left out `hours` at both ends. At the end only the target counts: the window "
            "lies before t.",
            lambda start, stop, hours, longest: np.arange(
                start + hours - 1, stop - hours - longest
            ),
        ),
        Mistake(
            "That is how many there are. Return the hours themselves.",
            lambda start, stop, hours, longest: stop - longest - start - hours + 1,
        ),
        Mistake(
            "That says for each hour of the part whether it may be an origin. Return the hours "
            "that may: start + np.flatnonzero(...).",
            lambda start, stop, hours, longest: np.isin(
                np.arange(start, stop), origins_of(start, stop, hours, longest)
            ),
        ),
    ),
    steps=(
        "Write down the first hour of the window that ends at t, and the last target.",
        "The window's first hour must be at least `start`: that gives the smallest t.",
        "The last target must be below `stop`: that gives the largest t.",
    ),
    solution=origins_of,
)


def errors_by_lead(rng: np.random.Generator, size: int) -> tuple:
    """Absolute errors of a model and of a reference, (n, K) each."""
    shape = (2 + size, int(rng.integers(1, 4)))
    return rng.gamma(2.0, 1.0, shape).round(2), (rng.gamma(2.0, 2.0, shape) + 0.1).round(2)


def skill_of(model, reference):
    # Average first, then compare: one number a lead time.
    return 1 - model.mean(axis=0) / reference.mean(axis=0)


def skill_column_by_column(model, reference):
    columns = zip(model.T, reference.T)
    return np.array([1 - sum(error) / sum(its_reference) for error, its_reference in columns])


SKILL = Exercise(
    key="13.3",
    title="Skill against lead time",
    stars=1,
    names=("model", "reference"),
    specification=skill_column_by_column,
    inputs=errors_by_lead,
    mistakes=(
        Mistake(
            "That is the ratio of the errors. Skill is 1 minus the ratio: 1 is perfect, 0 is no "
            "better than the reference.",
            lambda model, reference: model.mean(0) / reference.mean(0),
        ),
        Mistake(
            "The sign is turned round: skill is 1 minus the ratio, so that better is larger.",
            lambda model, reference: model.mean(0) / reference.mean(0) - 1,
        ),
        Mistake(
            "That is the skill in per cent. Leave it as a share: 1 is perfect.",
            lambda model, reference: 100 * skill_of(model, reference),
        ),
        Mistake(
            "Model and reference are exchanged: the reference stands below the line.",
            lambda model, reference: 1 - reference.mean(0) / model.mean(0),
        ),
        Mistake(
            "You averaged the ratios of single hours. One hour with a reference error near zero "
            "then decides everything: average the errors first, divide afterwards.",
            lambda model, reference: (1 - model / reference).mean(0),
        ),
        Mistake(
            "All lead times were averaged into one. Keep one number a lead time: average along "
            "axis 0.",
            lambda model, reference: 1 - model.mean() / reference.mean(),
        ),
        Mistake(
            "That is the difference in °C. Skill has no unit: divide by the reference's error.",
            lambda model, reference: reference.mean(0) - model.mean(0),
        ),
        Mistake(
            "That is a skill for each single hour. Average both tables over the hours first "
            "(axis 0): one number a lead time is left.",
            lambda model, reference: 1 - model / reference,
        ),
        Mistake(
            "You averaged along axis 1, over the lead times. The hours are axis 0.",
            lambda model, reference: 1 - model.mean(1) / reference.mean(1),
        ),
        Mistake(
            "You squared the errors. The skill here is one of *absolute* errors: average them as "
            "they are.",
            lambda model, reference: 1 - (model**2).mean(0) / (reference**2).mean(0),
        ),
        Mistake(
            "You divided by the model's error. The question is which share of the *reference's* "
            "error went away: divide by that.",
            lambda model, reference: (reference.mean(0) - model.mean(0)) / model.mean(0),
        ),
        Mistake(
            "Skill below zero was cut off. It may be negative: then the model is worse than the "
            "reference, and that must be seen.",
            lambda model, reference: np.maximum(skill_of(model, reference), 0),
        ),
        Mistake(
            "One axis too many: leave `keepdims` out, so that the shape is (K,).",
            lambda model, reference: skill_of(model, reference)[None],
        ),
        Mistake(
            "Those are medians. The score here is the *mean* absolute error: an hour with a large "
            "error counts with all its degrees.",
            lambda model, reference: 1 - np.median(model, axis=0) / np.median(reference, axis=0),
        ),
        Mistake(
            "Those are root mean squares. The score here is the mean *absolute* error: average "
            "the errors as they are.",
            lambda model, reference: 1 - np.sqrt((model**2).mean(0) / (reference**2).mean(0)),
        ),
        Mistake(
            "The sign was taken off. Skill may be negative: then the model is worse than the "
            "reference, and that must be seen.",
            lambda model, reference: np.abs(skill_of(model, reference)),
        ),
        Mistake(
            "Division comes before subtraction: 1 - model / reference, without brackets around "
            "1 - model.",
            lambda model, reference: (1 - model.mean(0)) / reference.mean(0),
        ),
        Mistake(
            "The model has a mean for each lead time, the reference one mean for all. Average both "
            "along axis 0.",
            lambda model, reference: 1 - model.mean(0) / reference.mean(),
        ),
    ),
    steps=(
        "Average both tables over the hours: axis 0.",
        "Skill is the share of the reference's error that the model took away.",
    ),
    solution=skill_of,
    tolerance=1e-6,  # a tiny number below the line, against division by zero, does no harm
)


def weights_and_window(rng: np.random.Generator, size: int) -> tuple:
    """weights (n,) of a small model of one hour, a window (n,) of temperatures, how many hours."""
    n = 2 + size // 3
    weights = (rng.normal(size=n) / (2 * n)).round(2)
    weights[0], weights[-1] = 0.1 + abs(weights[0]), -0.2 - abs(weights[-1])
    return weights, rng.uniform(1, 20, n).round(1), 3 + size // 2


def feed_back(weights, window, count):
    window, found = window.copy(), []
    for _ in range(count):
        # The change belongs to the newest temperature that we have: measured or forecast.
        new = window[-1] + weights @ window
        # The oldest hour leaves, the new one comes last.
        window = np.append(window[1:], new)
        found.append(new)
    return np.array(found)


def fed_back_hour_by_hour(weights, window, count):
    series = list(window)
    for _ in range(count):
        last = series[-len(weights) :]
        series.append(series[-1] + sum(w * y for w, y in zip(weights, last)))
    return np.array(series[len(window) :])


def feeding(weights, window, count, put_in, base=None, change_only=False):
    """A loop with one part exchanged: what becomes of the window, and what a change is added to."""
    start, window, found = window[-1], window.copy(), []
    for _ in range(count):
        change = weights @ window
        new = (window[-1] if base is None else base(start, window)) + change
        window = put_in(window, new, change)
        found.append(change if change_only else new)
    return np.array(found)


def change_in_window(weights, window, count):
    newest, window, found = window[-1], window.copy(), []
    for _ in range(count):
        change = weights @ window
        newest = newest + change
        window = np.append(window[1:], change)
        found.append(newest)
    return np.array(found)


def moved_too_early(weights, window, count):
    window, found = window.copy(), []
    for _ in range(count):
        window = np.roll(window, -1)
        window[-1] = window[-2] + weights @ window
        found.append(window[-1])
    return np.array(found)


FEEDING = Exercise(
    key="13.4",
    title="Feed it its own output",
    stars=2,
    names=("weights", "window", "count"),
    specification=fed_back_hour_by_hour,
    inputs=weights_and_window,
    mistakes=(
        Mistake(
            "All hours came out alike: the model saw the same window each time. What it forecast "
            "has to go into the window before the next hour.",
            lambda w, window, count: np.full(count, window[-1] + w @ window),
        ),
        Mistake(
            "Each hour has the same change, as the model saw the same window each time. What it "
            "reads has to move on: the new temperature comes last, the oldest leaves.",
            lambda w, window, count: window[-1] + np.arange(1, count + 1) * (w @ window),
        ),
        Mistake(
            "Those are the changes. The model says by how much it gets warmer: add that to the "
            "newest temperature, and return temperatures.",
            lambda w, window, count: feeding(
                w, window, count, lambda v, new, _: np.append(v[1:], new), change_only=True
            ),
        ),
        Mistake(
            "The *change* went into the window, among temperatures. What goes in is the new "
            "temperature: the newest one plus the change.",
            lambda w, window, count: feeding(
                w, window, count, lambda v, _, change: np.append(v[1:], change)
            ),
        ),
        Mistake(
            "Each change was added to the last *measured* temperature. From the second hour on, it "
            "belongs to the temperature that you forecast before.",
            lambda w, window, count: feeding(
                w, window, count, lambda v, new, _: np.append(v[1:], new), lambda start, _: start
            ),
        ),
        Mistake(
            "The new temperature took the place of the newest. It is the *oldest* hour that leaves "
            "the window; the others move up.",
            lambda w, window, count: feeding(
                w, window, count, lambda v, new, _: np.append(v[:-1], new)
            ),
        ),
        Mistake(
            "The new temperature was put at the front of the window. Time runs from the oldest to "
            "the newest: it comes last.",
            lambda w, window, count: feeding(
                w, window, count, lambda v, new, _: np.append(new, v[:-1])
            ),
        ),
        Mistake(
            "The measured hours came back, too. Return only those that were forecast: `count` "
            "values.",
            lambda w, window, count: np.append(window, feed_back(w, window, count)),
        ),
        Mistake(
            "You took weights @ window for the new temperature. It is the *change*: add it to the "
            "newest temperature.",
            lambda w, window, count: feeding(
                w, window, count, lambda v, _, change: np.append(v[1:], change), change_only=True
            ),
        ),
        Mistake(
            "The weights are turned round. The window runs from the oldest to the newest hour, and "
            "so do the weights: weights @ window as they are.",
            lambda w, window, count: feed_back(w[::-1], window, count),
        ),
        Mistake(
            "Only the last hour came back. Collect all of them: `count` values.",
            lambda w, window, count: feed_back(w, window, count)[-1],
        ),
        Mistake(
            "The last measured temperature stands in front. It is no forecast: leave it out.",
            lambda w, window, count: np.append(window[-1], feed_back(w, window, count)),
        ),
        Mistake(
            "Everything is one hour late: the first value is still the measured one. Collect the "
            "*new* temperature in each round.",
            lambda w, window, count: np.append(window[-1], feed_back(w, window, count)[:-1]),
        ),
        Mistake(
            "Those are the changes since the last measured hour. Add its temperature: temperatures "
            "are wanted.",
            lambda w, window, count: feed_back(w, window, count) - window[-1],
        ),
        Mistake(
            "The temperatures are added up rightly, but the *change* went into the window, among "
            "temperatures. What goes in is the new temperature.",
            change_in_window,
        ),
        Mistake(
            "np.roll(window, 1) moves the window the wrong way: the newest hour comes to the "
            "front, and the last but one is lost. Each hour moves one place towards the front: -1.",
            lambda w, window, count: feeding(
                w, window, count, lambda v, new, _: np.append(np.roll(v, 1)[:-1], new)
            ),
        ),
        Mistake(
            "The window moved on before the change was computed, so its last place held an old "
            "hour. First weights @ window, then move the window.",
            moved_too_early,
        ),
        Mistake(
            "One hour is missing at the end: `count` values are wanted, so `count` rounds.",
            lambda w, window, count: feed_back(w, window, count - 1),
        ),
        Mistake(
            "One hour too many at the end: `count` values are wanted, so `count` rounds.",
            lambda w, window, count: feed_back(w, window, count + 1),
        ),
        Mistake(
            "Each change was added to the oldest temperature of the window, window[0]. The newest "
            "comes last: window[-1].",
            lambda w, window, count: feeding(
                w, window, count, lambda v, new, _: np.append(v[1:], new), lambda _, v: v[0]
            ),
        ),
        Mistake(
            "The window became longer: when the new temperature comes in, the oldest has to leave, "
            "so that it has as many values as there are weights.",
            lambda w, window, count: feeding(w, window, count, lambda v, new, _: np.append(v, new)),
        ),
        Mistake(
            "Only old hours go round in your window: no new temperature ever comes into it. The "
            "oldest leaves, the new one comes last: np.append(window[1:], new).",
            lambda w, window, count: feeding(w, window, count, lambda v, *_: np.roll(v, -1)),
        ),
        Mistake(
            "Only old hours go round in your window, and the wrong way: no new temperature ever "
            "comes into it. The oldest leaves, the new one comes last: np.append(window[1:], new).",
            lambda w, window, count: feeding(w, window, count, lambda v, *_: np.roll(v, 1)),
        ),
    ),
    steps=(
        "One round: the change is weights @ window; the new temperature is window[-1] + change.",
        "Before the next round the window moves on by an hour: its oldest value leaves, the new "
        "one comes last. np.append(window[1:], new) does both.",
        "Collect the new temperatures in a list, one a round, and return np.array of it.",
    ),
    solution=feed_back,
)


# (n, share) of the first inputs, and of one more. (n + 1) * share is a whole number in three of
# them; the rank is n in three, and larger than n in two: there no width is enough.
FIXED = {0: (5, 0.5), 1: (4, 0.7), 2: (3, 0.9), 3: (9, 0.8), 4: (9, 0.9), 5: (3, 0.7)}
FIXED |= {10: (11, 0.95)}


def errors_and_share(rng: np.random.Generator, size: int) -> tuple:
    """Signed errors (n,) of a forecast in °C, and a share; later ones: rounding is no near thing.

    In no input does it matter whether round-off is taken away before (n + 1) * share is rounded up.
    """
    if size in FIXED:
        n, share = FIXED[size]
        return rng.normal(0.3, 2.0, n).round(2), share
    share = (0.9, 0.55, 0.8, 0.7)[size % 4]
    n = 20 + 3 * size
    while any(abs(2 * k * share - round(2 * k * share)) < 0.08 for k in (n, n + 1)):
        n += 1
    return rng.normal(0.3, 2.0, n).round(2), share


def half_width(errors, share):
    # How many of the n + 1 errors, the next one included, should lie inside: rounded up. For a
    # computer 100 * 0.55 is a little more than 55, and must not become 56: nine digits are enough.
    rank = int(np.ceil(round((len(errors) + 1) * share, 9)))
    # All n errors would be too few: only an interval without ends holds what it promises.
    if rank > len(errors):
        return np.inf
    # The rank-th smallest distance; Python counts from 0.
    return np.sort(np.abs(errors))[rank - 1]


def narrowest_that_holds_enough(errors, share):
    distances = [abs(error) for error in errors]
    for width in sorted(distances):
        inside = sum(distance <= width for distance in distances)
        if inside >= share * (len(errors) + 1) - 1e-9:
            return width
    return np.inf


def ranked(values, rank):
    """The value of this rank, from 1, and infinity for a rank that no value has."""
    return np.sort(values)[int(rank) - 1] if rank <= len(values) else np.inf


def rank_of(errors, share):
    return int(np.ceil(round((len(errors) + 1) * share, 9)))


def where_there(errors, share, take):
    """`take(rank)`, and infinity where there is no error of that rank."""
    rank = rank_of(errors, share)
    return take(rank) if rank <= len(errors) else np.inf


WIDTH = Exercise(
    key="13.5",
    title="How wide must an interval be?",
    stars=2,
    names=("errors", "share"),
    specification=narrowest_that_holds_enough,
    inputs=errors_and_share,
    mistakes=(
        Mistake(
            "The sign was left on: an error of -3 °C then counts as smaller than one of +1 °C. "
            "The interval goes to both sides: sort the absolute errors.",
            lambda errors, share: ranked(errors, rank_of(errors, share)),
        ),
        Mistake(
            "That is the interpolated quantile of the n errors. The next error is one more: take "
            "the absolute error of rank (n + 1) * share, rounded up, and nothing in between.",
            lambda errors, share: np.quantile(np.abs(errors), share),
        ),
        Mistake(
            "You counted n errors. The hour that comes is one more: n + 1.",
            lambda errors, share: ranked(np.abs(errors), np.ceil(len(errors) * share)),
        ),
        Mistake(
            "The rank was rounded down: a little fewer than the share lie inside. Round up.",
            lambda errors, share: ranked(np.abs(errors), np.floor((len(errors) + 1) * share)),
        ),
        Mistake(
            "One place too far: this is the absolute error of rank + 1. The rank-th smallest of a "
            "sorted array stands at index rank - 1.",
            lambda errors, share: where_there(
                errors, share, lambda rank: np.sort(np.abs(errors))[rank]
            ),
        ),
        Mistake(
            "You took the share (1 + share) / 2, which is for errors with a sign, where some lie "
            "outside on each side. Absolute errors have one side only: the share itself.",
            lambda errors, share: half_width(errors, (1 + share) / 2),
        ),
        Mistake(
            "That is the whole width. The interval goes this far to each side of the forecast: "
            "half of it is wanted.",
            lambda errors, share: 2 * half_width(errors, share),
        ),
        Mistake(
            "You took the errors for a bell curve and multiplied their standard deviation. We want "
            "no such assumption: count errors.",
            lambda errors, share: NormalDist().inv_cdf((1 + share) / 2) * np.std(errors),
        ),
        Mistake(
            "The factor 1.645 belongs to a bell curve and to 90 %. We assume no such shape, and "
            "the share may be another one: count errors.",
            lambda errors, share: 1.645 * np.std(errors),
        ),
        Mistake(
            "Where there are more errors this is right. But with few errors the rank can be larger "
            "than n: then return np.inf.",
            lambda errors, share: np.sort(np.abs(errors))[rank_of(errors, share) - 1],
        ),
        Mistake(
            "Where the rank is larger than n, you took the largest error. It promises too much: "
            "the next error may be larger. Return np.inf there.",
            lambda errors, share: ranked(np.abs(errors), min(rank_of(errors, share), len(errors))),
        ),
        Mistake(
            "The rank was rounded to the nearest whole number. Always round *up*: np.ceil.",
            lambda errors, share: ranked(np.abs(errors), round((len(errors) + 1) * share)),
        ),
        Mistake(
            "That is the rank itself. Return the absolute error that has this rank.",
            lambda errors, share: where_there(errors, share, lambda rank: rank),
        ),
        Mistake(
            "You sorted first and took absolute values afterwards: then they are in no order. Take "
            "absolute values first.",
            lambda errors, share: where_there(
                errors, share, lambda rank: np.abs(np.sort(errors))[rank - 1]
            ),
        ),
        Mistake(
            "The absolute errors were not sorted, so the place has nothing to do with the rank.",
            lambda errors, share: where_there(errors, share, lambda rank: np.abs(errors)[rank - 1]),
        ),
        Mistake(
            "Two ends came back. One number is wanted: how far it goes to each side.",
            lambda errors, share: (-half_width(errors, share), half_width(errors, share)),
        ),
        Mistake(
            "np.quantile counts n errors in a way of its own. The next error is one more: sort the "
            "absolute errors, and take the one of rank (n + 1) * share, rounded up.",
            lambda errors, share: np.quantile(np.abs(errors), share, method="higher"),
        ),
        Mistake(
            "Where the rank is exactly n you returned np.inf. But there is an error of rank n: the "
            "largest. Only a rank *above* n has none.",
            lambda errors, share: (
                ranked(np.abs(errors), rank_of(errors, share))
                if rank_of(errors, share) < len(errors)
                else np.inf
            ),
        ),
        Mistake(
            "Cutting off and adding 1 is not rounding up: where (n + 1) * share is a whole number, "
            "it is one too many. np.ceil leaves a whole number as it is.",
            lambda errors, share: ranked(
                np.abs(errors), np.floor(round((len(errors) + 1) * share, 9)) + 1
            ),
        ),
        Mistake(
            "You sorted from the largest down. Rank 1 is the *smallest* absolute error.",
            lambda errors, share: where_there(
                errors, share, lambda rank: np.sort(np.abs(errors))[::-1][rank - 1]
            ),
        ),
        Mistake(
            'np.quantile of rank / n with "higher" lands one place too far: it counts from 0 to '
            "n - 1. Sort, and take the index rank - 1.",
            lambda errors, share: where_there(
                errors,
                share,
                lambda rank: np.quantile(np.abs(errors), rank / len(errors), method="higher"),
            ),
        ),
        Mistake(
            'np.quantile of rank / n with "higher" lands one place too far: it counts from 0 to '
            "n - 1. Sort, and take the index rank - 1; for a rank above n return np.inf.",
            lambda errors, share: np.quantile(
                np.abs(errors), min(1, rank_of(errors, share) / len(errors)), method="higher"
            ),
        ),
        Mistake(
            "One place too far: rank 1 is the smallest absolute error, which stands at index 0. So "
            "take the index rank - 1; then rank n has an error, too.",
            lambda errors, share: (
                np.sort(np.abs(errors))[rank_of(errors, share)]
                if rank_of(errors, share) < len(errors)
                else np.inf
            ),
        ),
        Mistake(
            "You took 1 - share, the share that may lie outside. The rank counts those inside.",
            lambda errors, share: half_width(errors, 1 - share),
        ),
    ),
    steps=(
        "An interval that goes w to each side holds the truth when the absolute error is at "
        "most w. So sort the absolute errors.",
        "With the hour that comes there are n + 1 errors. (n + 1) * share of them should be at "
        "most w: np.ceil of that is the rank. No error has a rank above n: there, np.inf.",
        "The rank-th smallest of a sorted array stands at index rank - 1.",
    ),
    solution=half_width,
)


def truths_and_quantiles(rng: np.random.Generator, size: int) -> tuple:
    """truth (n,), q (n, Q) in ascending order, levels (Q,); Q = n at first, never afterwards."""
    n = 2 + size
    count = 2 if size == 0 else 1 + size % 4 + (1 + size % 4 == n)
    levels = np.sort(rng.choice(np.arange(1, 20), size=count, replace=False)) / 20
    q = np.sort(rng.normal(10, 3, (n, count)), axis=1).round(1)
    return rng.normal(10, 4, n).round(1), q, levels


def pinball(truth, q, levels):
    # Each truth against all quantiles of its hour: (n, 1) - (n, Q).
    above = truth[:, None] - q
    # A truth above q costs `levels` a degree; one below it (1 - levels) a degree, and never less
    # than nothing.
    return np.where(above > 0, levels * above, (1 - levels) * -above)


def pinball_one_by_one(truth, q, levels):
    costs = np.zeros(q.shape)
    for i, came in enumerate(truth):
        for j, p in enumerate(levels):
            if came > q[i, j]:
                costs[i, j] = p * (came - q[i, j])
            else:
                costs[i, j] = (1 - p) * (q[i, j] - came)
    return costs


PINBALL = Exercise(
    key="13.6",
    title="The loss that makes quantiles",
    stars=2,
    names=("truth", "q", "levels"),
    specification=pinball_one_by_one,
    inputs=truths_and_quantiles,
    mistakes=(
        Mistake(
            "The two prices are exchanged: it is a truth *above* q that costs p a degree.",
            lambda truth, q, levels: pinball(truth, q, 1 - levels),
        ),
        Mistake(
            "A truth below q came out negative. Costs are never below zero: (1 - p) for each "
            "degree, counted from the truth up to q.",
            lambda truth, q, levels: np.where(
                truth[:, None] > q,
                levels * (truth[:, None] - q),
                (1 - levels) * (truth[:, None] - q),
            ),
        ),
        Mistake(
            "Both sides cost p a degree. Below q the price is 1 - p: the two prices are what makes "
            "the loss find a quantile.",
            lambda truth, q, levels: levels * np.abs(truth[:, None] - q),
        ),
        Mistake(
            "That is p times the difference on both sides, with its sign. A truth below q costs "
            "1 - p for each degree, as a positive number.",
            lambda truth, q, levels: levels * (truth[:, None] - q),
        ),
        Mistake(
            "A truth below q costs nothing here. Then a huge q would be best: it must cost 1 - p "
            "for each degree.",
            lambda truth, q, levels: levels * np.maximum(truth[:, None] - q, 0),
        ),
        Mistake(
            "That is the smaller of the two products, which is never above zero. The larger one "
            "is the cost.",
            lambda truth, q, levels: np.minimum(
                levels * (truth[:, None] - q), (levels - 1) * (truth[:, None] - q)
            ),
        ),
        Mistake(
            "That is the absolute error, without prices: it finds the middle (the median) for "
            "every level.",
            lambda truth, q, levels: np.abs(truth[:, None] - q),
        ),
        Mistake(
            "The degrees were squared. The price is for each degree: no square.",
            lambda truth, q, levels: (
                np.where(truth[:, None] > q, levels, 1 - levels) * (truth[:, None] - q) ** 2
            ),
        ),
        Mistake(
            "That is one mean over everything. Return the cost of each hour and each level: "
            "(n, Q).",
            lambda truth, q, levels: pinball(truth, q, levels).mean(),
        ),
        Mistake(
            "You averaged over the hours. Return the cost of each hour and each level: (n, Q).",
            lambda truth, q, levels: pinball(truth, q, levels).mean(axis=0),
        ),
        Mistake(
            "You averaged over the levels. Return the cost of each hour and each level: (n, Q).",
            lambda truth, q, levels: pinball(truth, q, levels).mean(axis=1),
        ),
        Mistake(
            "NumPy put the truths along the levels. Each truth belongs to one *row* of q: "
            "truth[:, None] has the shape (n, 1).",
            lambda truth, q, levels: np.where(
                truth > q, levels * (truth - q), (1 - levels) * (q - truth)
            ),
        ),
        Mistake(
            "The rows and the columns are exchanged: (n, Q) is wanted, an hour a row.",
            lambda truth, q, levels: pinball(truth, q, levels).T,
        ),
        Mistake(
            "You added up over the levels. Return the cost of each hour and each level: (n, Q).",
            lambda truth, q, levels: pinball(truth, q, levels).sum(axis=1),
        ),
        Mistake(
            "Below q one of the two products has to be positive: with truth - q negative, that is "
            "(p - 1) times it, not (1 - p) times it.",
            lambda truth, q, levels: np.maximum(
                levels * (truth[:, None] - q), (1 - levels) * (truth[:, None] - q)
            ),
        ),
        Mistake(
            "A truth above q costs nothing here. Then a q far below would be best: it must cost p "
            "for each degree.",
            lambda truth, q, levels: (1 - levels) * np.maximum(q - truth[:, None], 0),
        ),
        Mistake(
            "Those are the prices of one degree. Multiply by how many degrees the truth lies off.",
            lambda truth, q, levels: np.where(truth[:, None] > q, levels, 1 - levels),
        ),
    ),
    steps=(
        "truth[:, None] - q is how far each truth lies above each quantile, (n, Q).",
        "Where that is positive, the price for each degree is `levels`; where it is negative, the "
        "price is 1 - levels, for the same distance taken as positive.",
        "np.where(condition, a, b) takes a where the condition holds, and b elsewhere.",
    ),
    solution=pinball,
)

EXERCISES = (SCALING, ORIGINS, SKILL, FEEDING, WIDTH, PINBALL)
