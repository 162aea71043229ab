"""Weather: tomorrow's temperature from the last three days, hour by hour.

data -> floors -> model -> report; notebook 13 writes the same steps out by hand.
Beside the score: `recursive` (hour by hour), `quantiles` (how sure), `inputs` (which matter), each
with a run of its own in `studies`.

The task. At hour t everything up to and including t is known: ten variables at one place. The
2 m temperature is forecast for t + 1 ... t + 72 hours. Error: mean absolute error in °C over all
hours t of the test part, the last 15 % of 22 years, which nothing was fitted on.
"""

from lstm_lib.tasks.weather.data import (
    FULL,
    LAPTOP,
    LEADS,
    Config,
    Prepared,
    changes,
    prepare,
    windows,
)
from lstm_lib.tasks.weather.floors import boosting_floor, climatology, ridge_floor, simple_floors
from lstm_lib.tasks.weather.model import Forecaster, blend, errors, forecast, loss, train, trainer
from lstm_lib.tasks.weather.report import EXPERIMENT

__all__ = [
    "EXPERIMENT",
    "FULL",
    "LAPTOP",
    "LEADS",
    "Config",
    "Forecaster",
    "Prepared",
    "blend",
    "boosting_floor",
    "changes",
    "climatology",
    "errors",
    "forecast",
    "loss",
    "prepare",
    "ridge_floor",
    "simple_floors",
    "train",
    "trainer",
    "windows",
]
