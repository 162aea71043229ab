"""Paired differences with their intervals: weeks are drawn, as neighbouring hours hang together."""

import numpy as np

from lstm_lib.tasks.difference import paired
from lstm_lib.tasks.weather.data import Prepared


def compared(ours: np.ndarray, theirs: np.ndarray, data: Prepared) -> dict:
    """Difference ours - theirs in °C and its 95 % interval over weeks, for each lead time.

    ours, theirs (n, K): losses of the same hours of the test part.
    """
    ends = paired(ours, theirs, week_of(data))._asdict()
    return {name: rounded(values) for name, values in ends.items()}


def week_of(data: Prepared) -> np.ndarray:
    """The number of the week in which each test hour lies, (n,) integers."""
    hours = data.origins["test"].cpu().numpy()
    return (hours - hours[0]) // (24 * 7)


def rounded(values) -> list[float]:
    return [round(float(value), 4) for value in values]
