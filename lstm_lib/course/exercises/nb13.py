"""Exercises of notebook 13: honest scaling, split, score; feeding back; intervals, quantiles."""

from statistics import NormalDist

import numpy as np

from lstm_lib.course.exercise import Exercise


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


def scaled_part_by_part(values, train):
    return np.concatenate([scale(part, len(part)) for part in (values[:train], values[train:])])


SCALING = Exercise(
    key="13.1",
    title="Scale without looking ahead",
    stars=1,
    names=("values", "train"),
    specification=scaled_row_by_row,
    inputs=series_and_rows,
    mistakes="""
        known = values[:train] -> known = values
            Mean and standard deviation were taken over all rows, the future included. That is a
            leak: use the first `train` rows only, then scale all rows with the two numbers.
        known.mean(axis=0) -> known.mean()
        known.std(axis=0) -> known.std()
            One mean and one standard deviation were used for the whole table. Each column has a
            unit of its own: take them along axis 0.
        / known.std(axis=0) ->
            The mean is gone, but the spread is still there: divide by the standard deviation.
        known.std -> known.var
            You divided by the variance. The standard deviation is its square root.
        known.std -> values.std
            The mean is that of the training rows, but the standard deviation is that of all rows.
            It looks ahead, too: take both from the first `train` rows.
        scaled_part_by_part
            Each part was scaled by its own mean and standard deviation. Then the same value is
            another number before and after the border: use the training part's for all.
        (values - known.mean -> (known - known.mean
            Only the training rows came back. The other rows are scaled too, with the same mean and
            standard deviation.
        known.mean -> values.mean
            The standard deviation is that of the training rows, but the mean is that of all rows.
            It looks ahead, too: take both from the first `train` rows.
        known.std(axis=0) -> known.std(axis=0, ddof=1)
            Your standard deviation divides by train - 1. That is another good habit, but here
            NumPy's `std` as it is is wanted, without ddof=1.
        values[:train] -> values[train]
            values[train] is one single row. The first `train` rows are values[:train].
        (values - known.mean(axis=0)) -> values - known.mean(axis=0)
            Division comes before subtraction: brackets are missing around values - mean.
        known.mean(axis=0) -> known.min(axis=0)
        known.std(axis=0) -> (known.max(axis=0) - known.min(axis=0))
            You scaled by the smallest and the largest value. Here the mean is subtracted, and the
            difference is divided by the standard deviation.
        known.mean(axis=0) -> known.mean(axis=1)
        known.std(axis=0) -> known.std(axis=1)
            The means were taken along axis 1, over the columns of each row. Each *column* has a
            mean: axis 0.
        values[:train] -> values[train:]
            Those are mean and standard deviation of the rows *after* the first `train`: the future
            itself. The training rows are values[:train].
        known.std(axis=0) -> known.std()
            Each column has its own mean, but one standard deviation was used for the whole table:
            take that along axis 0, too.
        known.mean(axis=0) -> known.mean()
            Each column has its own standard deviation, but one mean was used for the whole table:
            take that along axis 0, too.
        values[:train] -> values[: train + 1]
            One row too many: values[: train + 1] has train + 1 rows. values[:train] has `train`.
        values[:train] -> values[: train - 1]
            One row too few: values[: train - 1] has train - 1 rows. values[:train] has `train`.
        values[:train] -> values[-train:]
            values[-train:] are the *last* rows, and so the future. The first are values[:train].
        (values - known.mean -> np.vstack([(known - known.mean
        known.std(axis=0) -> known.std(axis=0), values[train:]])
            The first `train` rows are scaled rightly, the others came back as they were. All rows
            are scaled, with the same mean and standard deviation.
        known.mean(axis=0) -> values.mean(axis=1, keepdims=True)
        known.std(axis=0) -> values.std(axis=1, keepdims=True)
            Mean and standard deviation were taken of each row, over its columns. Each *column* has
            a mean, over the first `train` rows: axis 0.
        (values - known.mean(axis=0)) -> values
            The mean is still there: subtract it before you divide by the standard deviation.
        / known.std -> * known.std
            You multiplied by the standard deviation: divide by it.
    """,
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
    mistakes="""
        start + hours - 1, stop - longest -> start, stop
            Every hour of the part came back. For the last ones the target t + longest lies in the
            next part, and the first windows begin in the part before: two leaks.
        stop - longest -> stop
            The last targets, t + longest, lie in the next part: a leak.
        start + hours - 1 -> start
            The first windows begin before `start`, in the part before this one.
        start + hours - 1, stop - longest -> start, stop - longest - hours + 1
            Those are the hours at which the windows *begin*. The origin t is the window's last
            hour: hours - 1 later.
        start + hours - 1 -> start + hours
            One hour is missing at the beginning: a window of `hours` hours that ends at t begins at
            t - hours + 1, and that hour may be `start` itself.
        stop - longest -> stop - longest - 1
            One hour is missing at the end: t + longest may be stop - 1, the part's last hour.
        stop - longest -> stop - longest + 1
            One hour too many at the end: t + longest = stop is already in the next part.
        start + hours - 1, stop - longest -> start + hours, stop - longest - 1
            Two slips by one hour: one hour is missing at each end. The window that ends at t begins
            at t - hours + 1, and t + longest may be stop - 1.
        start + hours - 1, stop - longest -> start + hours, stop - longest + 1
            Two slips by one hour: one hour is missing at the beginning, and at the end there is one
            too many. Write down the first hour of the window that ends at t.
        start + hours - 1 -> start + hours - 2
            One hour too many at the beginning: the first window begins at start - 1, in the part
            before this one.
        start + hours - 1, stop - longest -> hours - 1, stop - start - longest
            You counted the hours from the beginning of the part. The origins are rows of the whole
            table: the part begins at `start`.
        np.arange(start + hours - 1, stop - longest) -> start + hours - 1, stop - longest
            Those are the two ends for `np.arange`. Return all the hours between them, as one array.
        np.arange(start + hours - 1, stop - longest) -> start + hours - 1, stop - longest - 1
            Those are the first and the last origin. Return all hours from the one to the other, as
            one array.
        start + hours - 1, stop - longest -> start + longest - 1, stop - hours
            `hours` and `longest` are exchanged: the window of `hours` hours lies before t, so it
            costs hours at the beginning of the part; `longest` lies after it.
        start + hours - 1, stop - longest -> start + longest, stop - hours
            `hours` and `longest` are exchanged: the window of `hours` hours lies before t, so it
            costs hours at the beginning of the part, one less than it has; `longest` lies after it.
        start + hours - 1 -> hours - 1
            The last targets are inside. But the first window ends at hours - 1, where the whole
            table begins: the part begins at `start`.
        stop - longest -> stop - hours - longest
            You left out `hours` at both ends. At the end only the target counts: the window lies
            before t.
        stop - longest) -> stop - longest).size
            That is how many there are. Return the hours themselves.
        np.arange(start -> np.isin(np.arange(start, stop), np.arange(start
        stop - longest) -> stop - longest))
            That says for each hour of the part whether it may be an origin. Return the hours that
            may: start + np.flatnonzero(...).
    """,
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
    ratio = model.mean(axis=0) / reference.mean(axis=0)
    return 1 - ratio


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
    mistakes="""
        1 - ratio -> ratio
            That is the ratio of the errors. Skill is 1 minus the ratio: 1 is perfect, 0 is no
            better than the reference.
        1 - ratio -> ratio - 1
            The sign is turned round: skill is 1 minus the ratio, so that better is larger.
        1 - ratio -> 100 * (1 - ratio)
            That is the skill in per cent. Leave it as a share: 1 is perfect.
        model.mean(axis=0) / reference -> reference.mean(axis=0) / model
            Model and reference are exchanged: the reference stands below the line.
        model.mean(axis=0) / reference.mean(axis=0) -> (model / reference).mean(axis=0)
            You averaged the ratios of single hours. One hour with a reference error near zero then
            decides everything: average the errors first, divide afterwards.
        model.mean(axis=0) -> model.mean()
        reference.mean(axis=0) -> reference.mean()
            All lead times were averaged into one. Keep one number a lead time: average along axis
            0.
        1 - ratio -> (reference - model).mean(axis=0)
            That is the difference in °C. Skill has no unit: divide by the reference's error.
        model.mean(axis=0) / reference.mean(axis=0) -> model / reference
            That is a skill for each single hour. Average both tables over the hours first (axis 0):
            one number a lead time is left.
        model.mean(axis=0) -> model.mean(axis=1)
        reference.mean(axis=0) -> reference.mean(axis=1)
            You averaged along axis 1, over the lead times. The hours are axis 0.
        model.mean -> (model**2).mean
        reference.mean -> (reference**2).mean
            You squared the errors. The skill here is one of *absolute* errors: average them as they
            are.
        1 - ratio -> (reference - model).mean(axis=0) / model.mean(axis=0)
            You divided by the model's error. The question is which share of the *reference's* error
            went away: divide by that.
        1 - ratio -> np.maximum(1 - ratio, 0)
            Skill below zero was cut off. It may be negative: then the model is worse than the
            reference, and that must be seen.
        model.mean(axis=0) -> model.mean(axis=0, keepdims=True)
            One axis too many: leave `keepdims` out, so that the shape is (K,).
        model.mean(axis=0) -> np.median(model, axis=0)
        reference.mean(axis=0) -> np.median(reference, axis=0)
            Those are medians. The score here is the *mean* absolute error: an hour with a large
            error counts with all its degrees.
        model.mean -> (model**2).mean
        reference.mean -> (reference**2).mean
        1 - ratio -> 1 - np.sqrt(ratio)
            Those are root mean squares. The score here is the mean *absolute* error: average the
            errors as they are.
        1 - ratio -> np.abs(1 - ratio)
            The sign was taken off. Skill may be negative: then the model is worse than the
            reference, and that must be seen.
        model.mean(axis=0) -> (1 - model.mean(axis=0))
        1 - ratio -> ratio
            Division comes before subtraction: 1 - model / reference, without brackets around 1 -
            model.
        reference.mean(axis=0) -> reference.mean()
            The model has a mean for each lead time, the reference one mean for all. Average both
            along axis 0.
    """,
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
    forecast = []
    for _ in range(count):
        change = weights @ window
        # It belongs to the newest temperature that we have: measured or forecast.
        new = window[-1] + change
        # The oldest hour leaves, the new one comes last.
        window = np.append(window[1:], new)
        forecast.append(new)
    return np.array(forecast)


def fed_back_hour_by_hour(weights, window, count):
    series = list(window)
    for _ in range(count):
        last = series[-len(weights) :]
        series.append(series[-1] + sum(w * y for w, y in zip(weights, last)))
    return np.array(series[len(window) :])


FEEDING = Exercise(
    key="13.4",
    title="Feed it its own output",
    stars=2,
    names=("weights", "window", "count"),
    specification=fed_back_hour_by_hour,
    inputs=weights_and_window,
    mistakes="""
        window = np.append(window[1:], new) ->
            All hours came out alike: the model saw the same window each time. What it forecast has
            to go into the window before the next hour.
        change = weights @ window ->
        forecast = [] -> forecast, change = [], weights @ window
            Each hour has the same change, as the model saw the same window each time. What it reads
            has to move on: the new temperature comes last, the oldest leaves.
        forecast.append(new) -> forecast.append(change)
            Those are the changes. The model says by how much it gets warmer: add that to the newest
            temperature, and return temperatures.
        window[1:], new -> window[1:], change
            The *change* went into the window, among temperatures. What goes in is the new
            temperature: the newest one plus the change.
        forecast = [] -> forecast, measured = [], window[-1]
        window[-1] + change -> measured + change
            Each change was added to the last *measured* temperature. From the second hour on, it
            belongs to the temperature that you forecast before.
        window[1:] -> window[:-1]
            The new temperature took the place of the newest. It is the *oldest* hour that leaves
            the window; the others move up.
        window[1:], new -> new, window[:-1]
            The new temperature was put at the front of the window. Time runs from the oldest to the
            newest: it comes last.
        forecast = [] -> forecast = list(window)
            The measured hours came back, too. Return only those that were forecast: `count` values.
        window[-1] + change -> change
            You took weights @ window for the new temperature. It is the *change*: add it to the
            newest temperature.
        weights @ window -> weights[::-1] @ window
            The weights are turned round. The window runs from the oldest to the newest hour, and so
            do the weights: weights @ window as they are.
        np.array(forecast) -> forecast[-1]
            Only the last hour came back. Collect all of them: `count` values.
        forecast = [] -> forecast = [window[-1]]
            The last measured temperature stands in front. It is no forecast: leave it out.
        forecast = [] -> forecast = [window[-1]]
        np.array(forecast) -> np.array(forecast[:-1])
            Everything is one hour late: the first value is still the measured one. Collect the
            *new* temperature in each round.
        forecast = [] -> forecast, measured = [], window[-1]
        forecast.append(new) -> forecast.append(new - measured)
            Those are the changes since the last measured hour. Add its temperature: temperatures
            are wanted.
        forecast = [] -> forecast, new = [], window[-1]
        window[-1] + change -> new + change
        window[1:], new -> window[1:], change
            The temperatures are added up rightly, but the *change* went into the window, among
            temperatures. What goes in is the new temperature.
        window[1:] -> np.roll(window, 1)[:-1]
            np.roll(window, 1) moves the window the wrong way: the newest hour comes to the front,
            and the last but one is lost. Each hour moves one place towards the front: -1.
        weights @ window -> weights @ np.roll(window, -1)
            The window moved on before the change was computed, so its last place held an old hour.
            First weights @ window, then move the window.
        range(count) -> range(count - 1)
            One hour is missing at the end: `count` values are wanted, so `count` rounds.
        range(count) -> range(count + 1)
            One hour too many at the end: `count` values are wanted, so `count` rounds.
        window[-1] + change -> window[0] + change
            Each change was added to the oldest temperature of the window, window[0]. The newest
            comes last: window[-1].
        window[1:] -> window
            The window became longer: when the new temperature comes in, the oldest has to leave, so
            that it has as many values as there are weights.
        np.append(window[1:], new) -> np.roll(window, -1)
            Only old hours go round in your window: no new temperature ever comes into it. The
            oldest leaves, the new one comes last: np.append(window[1:], new).
        np.append(window[1:], new) -> np.roll(window, 1)
            Only old hours go round in your window, and the wrong way: no new temperature ever comes
            into it. The oldest leaves, the new one comes last: np.append(window[1:], new).
    """,
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
    n = len(errors)
    # How many of the n + 1 errors, the next one included, should lie inside: rounded up. For a
    # computer 100 * 0.55 is a little more than 55, and must not become 56: nine digits are enough.
    rank = int(np.ceil(round((n + 1) * share, 9)))
    # All n errors would be too few: only an interval without ends holds what it promises.
    if rank > n:
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


def by_a_bell_curve(errors, share):
    return NormalDist().inv_cdf((1 + share) / 2) * np.std(errors)


WIDTH = Exercise(
    key="13.5",
    title="How wide must an interval be?",
    stars=2,
    names=("errors", "share"),
    specification=narrowest_that_holds_enough,
    inputs=errors_and_share,
    mistakes="""
        np.abs(errors) -> errors
            The sign was left on: an error of -3 °C then counts as smaller than one of +1 °C. The
            interval goes to both sides: sort the absolute errors.
        n = len(errors) -> return np.quantile(np.abs(errors), share)
            That is the interpolated quantile of the n errors. The next error is one more: take the
            absolute error of rank (n + 1) * share, rounded up, and nothing in between.
        (n + 1) -> n
            You counted n errors. The hour that comes is one more: n + 1.
        np.ceil -> np.floor
            The rank was rounded down: a little fewer than the share lie inside. Round up.
        [rank - 1] -> [rank]
            One place too far: this is the absolute error of rank + 1. The rank-th smallest of a
            sorted array stands at index rank - 1.
        * share -> * (1 + share) / 2
            You took the share (1 + share) / 2, which is for errors with a sign, where some lie
            outside on each side. Absolute errors have one side only: the share itself.
        return np.sort -> return 2 * np.sort
            That is the whole width. The interval goes this far to each side of the forecast: half
            of it is wanted.
        by_a_bell_curve
            You took the errors for a bell curve and multiplied their standard deviation. We want no
            such assumption: count errors.
        n = len(errors) -> return 1.645 * np.std(errors)
            The factor 1.645 belongs to a bell curve and to 90 %. We assume no such shape, and the
            share may be another one: count errors.
        if rank > n: ->
        return np.inf ->
            Where there are more errors this is right. But with few errors the rank can be larger
            than n: then return np.inf.
        return np.inf -> return np.abs(errors).max()
            Where the rank is larger than n, you took the largest error. It promises too much: the
            next error may be larger. Return np.inf there.
        np.ceil(round((n + 1) * share, 9)) -> round((n + 1) * share)
            The rank was rounded to the nearest whole number. Always round *up*: np.ceil.
        np.sort(np.abs(errors))[rank - 1] -> rank
            That is the rank itself. Return the absolute error that has this rank.
        np.sort(np.abs(errors)) -> np.abs(np.sort(errors))
            You sorted first and took absolute values afterwards: then they are in no order. Take
            absolute values first.
        np.sort(np.abs(errors)) -> np.abs(errors)
            The absolute errors were not sorted, so the place has nothing to do with the rank.
        n = len(errors) -> return -half_width(errors, share), half_width(errors, share)
            Two ends came back. One number is wanted: how far it goes to each side.
        n = len(errors) -> return np.quantile(np.abs(errors), share, method="higher")
            np.quantile counts n errors in a way of its own. The next error is one more: sort the
            absolute errors, and take the one of rank (n + 1) * share, rounded up.
        rank > n -> rank >= n
            Where the rank is exactly n you returned np.inf. But there is an error of rank n: the
            largest. Only a rank *above* n has none.
        np.ceil(round((n + 1) * share, 9)) -> (n + 1) * share + 1
            Cutting off and adding 1 is not rounding up: where (n + 1) * share is a whole number, it
            is one too many. np.ceil leaves a whole number as it is.
        np.sort(np.abs(errors)) -> np.sort(np.abs(errors))[::-1]
            You sorted from the largest down. Rank 1 is the *smallest* absolute error.
        np.sort(np.abs(errors))[rank - 1] -> np.quantile(np.abs(errors), rank / n, method="higher")
            np.quantile of rank / n with "higher" lands one place too far: it counts from 0 to n -
            1. Sort, and take the index rank - 1.
        return np.inf -> rank = n
        np.sort(np.abs(errors))[rank - 1] -> np.quantile(np.abs(errors), rank / n, method="higher")
            np.quantile of rank / n with "higher" lands one place too far: it counts from 0 to n -
            1. Sort, and take the index rank - 1; for a rank above n return np.inf.
        rank > n -> rank >= n
        [rank - 1] -> [rank]
            One place too far: rank 1 is the smallest absolute error, which stands at index 0. So
            take the index rank - 1; then rank n has an error, too.
        * share -> * (1 - share)
            You took 1 - share, the share that may lie outside. The rank counts those inside.
    """,
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
    mistakes="""
        levels * above, (1 - levels) * -above -> (1 - levels) * above, levels * -above
            The two prices are exchanged: it is a truth *above* q that costs p a degree.
        (1 - levels) * -above -> (1 - levels) * above
            A truth below q came out negative. Costs are never below zero: (1 - p) for each degree,
            counted from the truth up to q.
        (1 - levels) * -above -> levels * -above
            Both sides cost p a degree. Below q the price is 1 - p: the two prices are what makes
            the loss find a quantile.
        (1 - levels) * -above -> levels * above
            That is p times the difference on both sides, with its sign. A truth below q costs 1 - p
            for each degree, as a positive number.
        (1 - levels) * -above -> 0
            A truth below q costs nothing here. Then a huge q would be best: it must cost 1 - p for
            each degree.
        np.where(above > 0, -> np.minimum(
            That is the smaller of the two products, which is never above zero. The larger one is
            the cost.
        levels * above, (1 - levels) * -above -> above, -above
            That is the absolute error, without prices: it finds the middle (the median) for every
            level.
        levels * above, -> levels * above**2,
        (1 - levels) * -above -> (1 - levels) * above**2
            The degrees were squared. The price is for each degree: no square.
        * -above) -> * -above).mean()
            That is one mean over everything. Return the cost of each hour and each level: (n, Q).
        * -above) -> * -above).mean(axis=0)
            You averaged over the hours. Return the cost of each hour and each level: (n, Q).
        * -above) -> * -above).mean(axis=1)
            You averaged over the levels. Return the cost of each hour and each level: (n, Q).
        truth[:, None] -> truth
            NumPy put the truths along the levels. Each truth belongs to one *row* of q: truth[:,
            None] has the shape (n, 1).
        * -above) -> * -above).T
            The rows and the columns are exchanged: (n, Q) is wanted, an hour a row.
        * -above) -> * -above).sum(axis=1)
            You added up over the levels. Return the cost of each hour and each level: (n, Q).
        np.where(above > 0, -> np.maximum(
        (1 - levels) * -above -> (1 - levels) * above
            Below q one of the two products has to be positive: with truth - q negative, that is (p
            - 1) times it, not (1 - p) times it.
        levels * above, -> 0,
            A truth above q costs nothing here. Then a q far below would be best: it must cost p for
            each degree.
        levels * above, (1 - levels) * -above -> levels, 1 - levels
            Those are the prices of one degree. Multiply by how many degrees the truth lies off.
    """,
    steps=(
        "truth[:, None] - q is how far each truth lies above each quantile, (n, Q).",
        "Where that is positive, the price for each degree is `levels`; where it is negative, the "
        "price is 1 - levels, for the same distance taken as positive.",
        "np.where(condition, a, b) takes a where the condition holds, and b elsewhere.",
    ),
    solution=pinball,
)

EXERCISES = (SCALING, ORIGINS, SKILL, FEEDING, WIDTH, PINBALL)
