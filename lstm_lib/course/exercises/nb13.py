"""Exercises of notebook 13: an honest split, an honest scaler, an honest score."""

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

EXERCISES = (SCALING, ORIGINS, SKILL)
