"""Exercises of notebook 21: the hours that are missing, the same time before, how many inside."""

import itertools

import numpy as np

from lstm_lib.course.exercise import Exercise


def times_and_step(rng: np.random.Generator, size: int) -> tuple:
    """Seconds (N,), whole steps apart, some left out; later also doubled and out of order."""
    step = (60, 600, 3600)[size % 3]
    count = 4 + size
    kept = np.sort(rng.choice(np.arange(1, count - 1), max(1, (count - 2) // 2), replace=False))
    if size % 5 == 1:
        kept = np.arange(1, count - 1)
    places = np.concatenate([[0], kept, [count - 1]])
    if size >= 6:
        places = np.concatenate([places, rng.choice(places, 1)])
        places = np.sort(places) if size % 2 else rng.permutation(places)
    return 7200 + step * places, step


def dropped(times, step):
    # Every time that there should be, from the first to the last, that one too.
    wanted = np.arange(min(times), max(times) + step, step)
    # Those of them that are not there.
    return np.setdiff1d(wanted, times)


def dropped_one_by_one(times, step):
    there = {int(time) for time in times}
    time, missing = min(there), []
    while time < max(there):
        if time not in there:
            missing.append(time)
        time += step
    return np.array(missing, dtype=np.int64)


def from_the_gaps(times, step):
    times = np.asarray(times)
    before = np.flatnonzero(np.diff(times) > step)
    return times[before] + step


def all_in_the_gaps(times, step):
    times, missing = np.asarray(times), []
    for one, other in itertools.pairwise(times):
        missing.extend(range(int(one) + step, int(other), step))
    return np.array(missing, dtype=np.int64)


def first_to_last(times, step):
    return np.setdiff1d(np.arange(times[0], times[-1] + step, step), times)


DROPPED = Exercise(
    key="21.1",
    title="The hours that nobody wrote down",
    stars=2,
    names=("times", "step"),
    specification=dropped_one_by_one,
    inputs=times_and_step,
    mistakes="""
        from_the_gaps
            You name the first missing time of each gap. A gap may be longer than one step, and the
            rows need not be in order.
        all_in_the_gaps
            Right where the rows are in the order of time. They need not be: sort them first, or ask
            of every time that there should be whether it is there.
        np.setdiff1d(wanted, times) -> len(np.setdiff1d(wanted, times))
            That is how many are missing. Wanted is which: their times.
        np.setdiff1d(wanted, times) -> (np.setdiff1d(wanted, times) - min(times)) // step
            Those are places on the line of steps. Wanted are the times themselves, in seconds.
        np.setdiff1d(wanted, times) -> np.setdiff1d(times, wanted)
            Turned round: those are times that are there and should not be.
        np.setdiff1d(wanted, times) -> np.intersect1d(wanted, times)
            Those are the times that are there. Wanted are the others.
        np.setdiff1d(wanted, times) -> np.isin(wanted, times)
            That says for each time whether it is there. Wanted are the times that are not.
        np.setdiff1d(wanted, times) -> np.setdiff1d(wanted, times) - step
            One step early: those are the last times before each missing one.
        first_to_last
            The rows need not be in order: the first row may not be the earliest. Use min and max.
        np.setdiff1d(wanted, times) -> wanted
            Those are all times that there should be. Leave out the ones that are there.
        np.arange(min(times), max(times) + step, step) -> np.arange(min(times), max(times) + 60, 60)
            You went in minutes. The step is given, in seconds.
    """,
    steps=(
        "Which times should there be? From the earliest to the latest, `step` apart: np.arange.",
        "Which of these are not there? np.isin(wanted, times) says it of each; np.setdiff1d gives "
        "them.",
    ),
    solution=dropped,
)


def series_and_places(rng: np.random.Generator, size: int) -> tuple:
    """y (N,), the step t from which is forecast, how many steps ahead, and steps of a day."""
    day = (3, 4, 6)[size % 3]
    ahead = (2, day, day + 2, 2 * day + 1)[size % 4]
    days = 1 + -(-ahead // day)
    y = rng.normal(size=days * day + ahead + size % 5).round(2)
    return y, len(y) - ahead - 1, ahead, day


def same_time_before(y, t, ahead, day):
    steps = np.arange(1, ahead + 1)
    # One day back, or as many whole days as it takes to be at t or before.
    days = np.ceil(steps / day).astype(int)
    return y[t + steps - days * day]


def by_stepping_back(y, t, ahead, day):
    forecast = []
    for k in range(1, ahead + 1):
        place = t + k
        while place > t:
            place -= day
        forecast.append(y[place])
    return np.array(forecast)


def one_day_back(y, t, ahead, day):
    return np.array([y[t + k - day] for k in range(1, ahead + 1)])


SAME_TIME = Exercise(
    key="21.2",
    title="The same time a day before, and nothing later",
    stars=2,
    names=("y", "t", "ahead", "day"),
    specification=by_stepping_back,
    inputs=series_and_places,
    mistakes="""
        one_day_back
            A leak: for a step more than a day ahead, one day back is still after t, and nobody
            knows it yet. Go back by as many whole days as it takes.
        np.arange(1, ahead + 1) -> np.arange(ahead)
            The forecast begins with t itself. The first step ahead is t + 1.
        np.ceil(steps / day).astype(int) -> np.ceil(steps / day).astype(int) + 1
            One day too far back: the latest day whose value is known counts.
        np.ceil(steps / day).astype(int) -> steps // day + 1
            A step of just a day ahead has the same time at t itself, one day back: you went two
            days back.
        y[t + steps - days * day] -> y[t + steps]
            Those are the values to come: a forecast that looks them up is no forecast.
        y[t + steps - days * day] -> np.full(ahead, y[t])
            That is the last value, held. Wanted is the value at the same time of day.
        y[t + steps - days * day] -> np.full(ahead, y[t + 1 - day])
            Every step has its own time of day: the forecast runs through the day as it was.
        y[t + steps - days * day] -> y[t + steps - days * day].mean()
            That is a mean over the steps. Wanted is a value for each step ahead.
        y[t + steps - days * day] -> y[t + 1 - steps]
            You went back by as many steps as you look ahead. Wanted is the same time of day: go
            back by whole days.
        y[t + steps - days * day] -> y[t + 1 - day : t + 1][:ahead]
            The day before t comes out once. If more than a day is asked for, it has to be repeated.
    """,
    steps=(
        "For a step k ahead the place is t + k. How many whole days back is it at t or before?",
        "For k = 1 to day it is one day, for k = day + 1 to 2 · day two: k / day, rounded up.",
        "np.ceil(k / day), as an integer. The value is y[t + k - days * day].",
    ),
    solution=same_time_before,
    picture=True,
)


def interval_and_truth(rng: np.random.Generator, size: int) -> tuple:
    """low, high and what came, (n,); later some of it was not measured, or lies on an edge."""
    n = 3 + size
    low = rng.normal(size=n).round(1)
    high = low + rng.uniform(0.2, 2, n).round(1)
    came = (low + rng.uniform(-0.5, 1.5, n) * (high - low)).round(1)
    if size >= 3:
        came[1] = high[1]
    if size >= 5:
        came[0] = np.nan
    if size >= 9:
        came[-2:] = np.nan
    return low, high, came


def coverage(low, high, came):
    measured = ~np.isnan(came)
    # Both edges belong to the interval.
    within = (low <= came) & (came <= high)
    return within[measured].mean()


def coverage_by_counting(low, high, came):
    inside = asked = 0
    for a, b, value in zip(low, high, came):
        if value == value:
            asked += 1
            inside += a <= value <= b
    return inside / asked


COVERAGE = Exercise(
    key="21.3",
    title="How often does it hold?",
    stars=1,
    names=("low", "high", "came"),
    specification=coverage_by_counting,
    inputs=interval_and_truth,
    mistakes="""
        within[measured].mean() -> within.mean()
            What was not measured counts as outside in yours: nan is never inside. Leave these
            places out of the count.
        (low <= came) & (came <= high) -> (low < came) & (came < high)
            A value on the edge belongs to the interval: use <=.
        within[measured].mean() -> 100 * within[measured].mean()
            That is in per cent. Wanted is a share, from 0 to 1.
        within[measured].mean() -> within[measured].sum()
            That is how many are inside. Wanted is their share of what was measured.
        within[measured].mean() -> 1 - within[measured].mean()
            That is the share outside.
        (low <= came) & (came <= high) -> (low <= came) | (came <= high)
            "or" holds always: a value is above the low edge or below the high one. Both must hold.
        (low <= came) & (came <= high) -> came <= high
            Only the upper edge is asked. The value must be above the lower one, too.
        (low <= came) & (came <= high) -> low <= came
            Only the lower edge is asked. The value must be below the upper one, too.
        within[measured].mean() -> within[measured]
            That says it of each. Wanted is one number: the share of those inside.
    """,
    steps=(
        "Three questions of each: was it measured, is it above low, is it below high?",
        "np.isnan(came) is True where nothing was measured; ~ turns it round.",
        "The mean of True and False is the share of True.",
    ),
    solution=coverage,
)

EXERCISES = (DROPPED, SAME_TIME, COVERAGE)
