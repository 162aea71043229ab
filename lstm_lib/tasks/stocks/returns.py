"""Forecasts of tomorrow's return: what needs no network, and what a rule by sign would earn.

All return (N,): the return of day t in %, forecast at the close of day t - 1, with parameters from
the rows before `until`.
"""

import itertools
from collections.abc import Callable

import numpy as np

from lstm_lib.tasks.stocks.data import FIRST, WEEK, Prepared, lagged, yesterday


def zero(data: Prepared, until: int) -> np.ndarray:
    """No change: tomorrow's price is today's."""
    return np.zeros(len(data))


def mean(data: Prepared, until: int) -> np.ndarray:
    """The mean return so far."""
    return np.full(len(data), data.returns[1:until].mean())


def autoregression(data: Prepared, until: int) -> np.ndarray:
    """AR(1): a constant and a share of today's return, by least squares."""
    x, rows = np.stack([np.ones(len(data)), yesterday(data.returns)], axis=1), slice(2, until)
    return x @ np.linalg.lstsq(x[rows], data.returns[rows], rcond=None)[0]


def ridge(data: Prepared, until: int) -> np.ndarray:
    """scikit-learn's ridge regression on the LSTM's inputs of the last five days."""
    from sklearn.linear_model import Ridge

    x, first = lagged(data, WEEK), FIRST + WEEK
    forecast = np.full(len(data), np.nan)
    model = Ridge(alpha=10_000.0).fit(x[first:until], data.returns[first:until])
    forecast[first:] = model.predict(x[first:])
    return forecast


def logistic(data: Prepared, until: int) -> np.ndarray:
    """scikit-learn's logistic regression on the same inputs: the probability of a rise less 1/2.

    Its sign is a forecast of the direction; its size is no return.
    """
    from sklearn.linear_model import LogisticRegression

    x, first = lagged(data, WEEK), FIRST + WEEK
    leaning = np.full(len(data), np.nan)
    model = LogisticRegression(C=1e-3, max_iter=1000)
    model.fit(x[first:until], data.returns[first:until] > 0)
    leaning[first:] = model.predict_proba(x[first:])[:, 1] - 0.5
    return leaning


RETURN_FLOORS: dict[str, Callable[[Prepared, int], np.ndarray]] = {
    "zero": zero,
    "mean": mean,
    "AR(1)": autoregression,
    "ridge": ridge,
}


def hits(returns: np.ndarray, forecast: np.ndarray) -> np.ndarray:
    """1 where the direction was right, else 0; a forecast of 0 says "up". Its mean is a share."""
    return ((np.asarray(forecast) >= 0) == (np.asarray(returns) > 0)).astype(np.float64)


def earned(returns: np.ndarray, position: np.ndarray, cost: float) -> np.ndarray:
    """Daily gain in % of holding `position` (1 in, 0 out, -1 short), after costs, (n,).

    position_t r_t - cost |position_t - position_{t-1}| / 100, with position 0 before the first day.

    `cost`: basis points (hundredths of a per cent) for each unit that is bought or sold. No
    interest is earned or paid, dividends are left out.

    >>> earned(np.array([1.0, 1.0, -2.0]), np.array([1, 1, -1]), cost=5.0)
    array([0.95, 1.  , 1.9 ])
    """
    returns, position = np.asarray(returns, np.float64), np.asarray(position, np.float64)
    if returns.shape != position.shape or cost < 0:
        raise ValueError(
            f"returns and position must be of one shape and cost at least 0; got "
            f"{returns.shape}, {position.shape}, {cost}"
        )
    traded = np.abs(np.diff(position, prepend=0.0))
    return position * returns - cost / 100 * traded


def refits(data: Prepared, first: int | None = None) -> list[int]:
    """The first row of each calendar year from row `first` on (default: the validation part's)."""
    first = int(data.days["valid"][0]) if first is None else first
    _, begins = np.unique(data.time[first:].astype("datetime64[Y]"), return_index=True)
    return (first + begins).tolist()


def walk_forward(
    data: Prepared,
    forecast: Callable[[Prepared, int], np.ndarray],
    first: int | None = None,
) -> np.ndarray:
    """Forecasts of each calendar year, from the validation part on, fitted on all days before it.

    `forecast(data, until)` -> (N,). Returns (N,), NaN before row `first` (default: that of the
    validation part).
    """
    walked = np.full(len(data), np.nan)
    for begin, end in itertools.pairwise([*refits(data, first), len(data)]):
        walked[begin:end] = forecast(data, begin)[begin:end]
    return walked
