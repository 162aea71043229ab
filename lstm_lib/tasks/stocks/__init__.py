"""Stocks: what can be known of tomorrow's S&P 500, and what cannot.

data -> floors -> model -> report; notebook 14 writes the same steps out by hand.

The task. At the close of day t - 1 all prices of two indices up to that close are known. Forecast
are the return of day t, where nothing beats "zero", and its variance, where something can be known.
Error of a return: the squared error in %^2. Error of a variance h: QLIKE, log h + r^2 / h with the
return r in %, the mean over 754 days (from 2016-01-04). Nothing was fitted on these days, and the
networks of the full run were scored on them once; floors were looked at there while notebook 14 was
planned, and ridge's penalty was raised after it, in the floors' favour. This is a lesson in honest
evaluation, no advice.
"""

from lstm_lib.tasks.holm import holm
from lstm_lib.tasks.stocks.comparison import (
    against,
    blocks,
    compare_returns,
    compare_rules,
    compare_variance,
)
from lstm_lib.tasks.stocks.data import (
    FIRST,
    FULL,
    LAPTOP,
    Config,
    Net,
    Prepared,
    known,
    lagged,
    log_returns,
    prepare,
    range_variance,
    trailing_mean,
    windows,
    yesterday,
)
from lstm_lib.tasks.stocks.floors import FLOORS, qlike, rescaled
from lstm_lib.tasks.stocks.model import (
    Forecaster,
    Problem,
    answers,
    forecast,
    loss,
    pose,
    train,
    trainer,
)
from lstm_lib.tasks.stocks.report import (
    EXPERIMENT,
    best_floor,
    fingerprint,
    load,
    read_forecasts,
)
from lstm_lib.tasks.stocks.returns import RETURN_FLOORS, earned, hits, logistic, walk_forward
from lstm_lib.tasks.stocks.significance import diebold_mariano, long_run_variance

__all__ = [
    "EXPERIMENT",
    "FIRST",
    "FLOORS",
    "FULL",
    "LAPTOP",
    "RETURN_FLOORS",
    "Config",
    "Forecaster",
    "Net",
    "Prepared",
    "Problem",
    "against",
    "answers",
    "best_floor",
    "blocks",
    "compare_returns",
    "compare_rules",
    "compare_variance",
    "diebold_mariano",
    "earned",
    "fingerprint",
    "forecast",
    "hits",
    "holm",
    "known",
    "lagged",
    "load",
    "log_returns",
    "logistic",
    "long_run_variance",
    "loss",
    "pose",
    "prepare",
    "qlike",
    "range_variance",
    "read_forecasts",
    "rescaled",
    "trailing_mean",
    "train",
    "trainer",
    "walk_forward",
    "windows",
    "yesterday",
]
