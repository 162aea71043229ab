"""Exercises of notebook 13: honest scaling, split and score; feeding back; an honest interval."""

from statistics import NormalDist

import numpy as np

from lstm_lib.course.exercise import Exercise, Mistake


def series_and_rows(rng: np.random.Generator, size: int) -> tuple:
    """values (N, 2) with a trend, and how many rows are for training."""
    n = 4 + 3 * size
    drift = np.linspace(0, 5, n)[:, None]
    return (rng.normal(size=(n, 2)) * [1.0, 10.0] + drift).round(2), int(rng.integers(2, n - 1))


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
    ),
    steps=(
        "Cut out the rows that may be looked at: values[:train].",
        "Their mean along axis 0 is one number a column; so is their standard deviation.",
        "Subtract and divide: NumPy applies the two rows to every row of `values`.",
    ),
    solution=scale,
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
            "begins at t - hours + 1, not at t - hours.",
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
    ),
    steps=(
        "Average both tables over the hours: axis 0.",
        "Skill is the share of the reference's error that the model took away.",
    ),
    solution=skill_of,
)


def weights_and_window(rng: np.random.Generator, size: int) -> tuple:
    """weights (n,) of a small model of one hour, a window (n,) of temperatures, hours."""
    n = 2 + size // 3
    weights = (rng.normal(size=n) / (2 * n)).round(2)
    weights[0], weights[-1] = 0.1 + abs(weights[0]), -0.2 - abs(weights[-1])
    return weights, rng.uniform(1, 20, n).round(1), 3 + size // 2


def feed_back(weights, window, hours):
    window, found = window.copy(), []
    for _ in range(hours):
        # The change belongs to the newest temperature that we have: measured or forecast.
        new = window[-1] + weights @ window
        # The oldest hour leaves, the new one comes last.
        window = np.append(window[1:], new)
        found.append(new)
    return np.array(found)


def fed_back_hour_by_hour(weights, window, hours):
    series = list(window)
    for _ in range(hours):
        last = series[-len(weights) :]
        series.append(series[-1] + sum(w * y for w, y in zip(weights, last)))
    return np.array(series[len(window) :])


def feeding(weights, window, hours, put_in, base=None, change_only=False):
    """A loop with one part exchanged: what becomes of the window, and what a change is added to."""
    start, window, found = window[-1], window.copy(), []
    for _ in range(hours):
        change = weights @ window
        new = (window[-1] if base is None else base(start, window)) + change
        window = put_in(window, new, change)
        found.append(change if change_only else new)
    return np.array(found)


FEEDING = Exercise(
    key="13.4",
    title="Feed it its own output",
    stars=2,
    names=("weights", "window", "hours"),
    specification=fed_back_hour_by_hour,
    inputs=weights_and_window,
    mistakes=(
        Mistake(
            "All hours came out alike: the model saw the same window each time. What it forecast "
            "has to go into the window before the next hour.",
            lambda w, window, hours: np.full(hours, window[-1] + w @ window),
        ),
        Mistake(
            "The window stayed as it was, so each hour has the same change. Put each new "
            "temperature into the window before you ask again.",
            lambda w, window, hours: window[-1] + np.arange(1, hours + 1) * (w @ window),
        ),
        Mistake(
            "Those are the changes. The model says by how much it gets warmer: add that to the "
            "newest temperature, and return temperatures.",
            lambda w, window, hours: feeding(
                w, window, hours, lambda v, new, _: np.append(v[1:], new), change_only=True
            ),
        ),
        Mistake(
            "The *change* went into the window, among temperatures. What goes in is the new "
            "temperature: the newest one plus the change.",
            lambda w, window, hours: feeding(
                w, window, hours, lambda v, _, change: np.append(v[1:], change)
            ),
        ),
        Mistake(
            "Each change was added to the last *measured* temperature. From the second hour on, it "
            "belongs to the temperature that you forecast before.",
            lambda w, window, hours: feeding(
                w, window, hours, lambda v, new, _: np.append(v[1:], new), lambda start, _: start
            ),
        ),
        Mistake(
            "The new temperature took the place of the newest. It is the *oldest* hour that leaves "
            "the window; the others move up.",
            lambda w, window, hours: feeding(
                w, window, hours, lambda v, new, _: np.append(v[:-1], new)
            ),
        ),
        Mistake(
            "The new temperature was put at the front of the window. Time runs from the oldest to "
            "the newest: it comes last.",
            lambda w, window, hours: feeding(
                w, window, hours, lambda v, new, _: np.append(new, v[:-1])
            ),
        ),
        Mistake(
            "The measured hours came back, too. Return only those that were forecast: `hours` "
            "values.",
            lambda w, window, hours: np.append(window, feed_back(w, window, hours)),
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


def errors_and_share(rng: np.random.Generator, size: int) -> tuple:
    """Signed errors (n,) of a forecast in °C, and a share; (n + 1) * share is no whole number."""
    share = (0.9, 0.5, 0.8, 0.7)[size % 4]
    n = 20 + 3 * size
    while abs((n + 1) * share - round((n + 1) * share)) < 0.05:
        n += 1
    return rng.normal(0.3, 2.0, n).round(2), share


def half_width(errors, share):
    # How many of the n + 1 errors, the next one included, should lie inside: rounded up.
    rank = int(np.ceil((len(errors) + 1) * share))
    # The rank-th smallest distance; Python counts from 0.
    return np.sort(np.abs(errors))[rank - 1]


def narrowest_that_holds_enough(errors, share):
    distances = [abs(error) for error in errors]
    for width in sorted(distances):
        if sum(distance <= width for distance in distances) >= share * (len(errors) + 1):
            return width


def ranked(values, rank):
    return np.sort(values)[int(rank) - 1]


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
            lambda errors, share: ranked(errors, np.ceil((len(errors) + 1) * share)),
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
            "One place too far: Python counts from 0, so the rank-th smallest stands at rank - 1.",
            lambda errors, share: ranked(np.abs(errors), np.ceil((len(errors) + 1) * share) + 1),
        ),
        Mistake(
            "You took the share (1 + share) / 2, which is for errors with a sign, where some lie "
            "outside on each side. Absolute errors have one side only: the share itself.",
            lambda errors, share: ranked(
                np.abs(errors), min(np.ceil((len(errors) + 1) * (1 + share) / 2), len(errors))
            ),
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
    ),
    steps=(
        "An interval that goes w to each side holds the truth when the absolute error is at "
        "most w. So sort the absolute errors.",
        "With the hour that comes there are n + 1 errors. (n + 1) * share of them should be at "
        "most w: np.ceil of that is the rank.",
        "The rank-th smallest of a sorted array stands at index rank - 1.",
    ),
    solution=half_width,
)

EXERCISES = (SCALING, ORIGINS, SKILL, FEEDING, WIDTH)
