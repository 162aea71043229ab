"""The stocks task's data: what is known at the close of a day, and which days are forecast."""

from dataclasses import dataclass, field, replace

import numpy as np
import torch

from lstm_lib.data import load_stocks
from lstm_lib.tasks.network import Learning

DAY, WEEK, MONTH = 1, 5, 22  # in trading days
# The first row whose monthly averages know only days that have a return.
FIRST = MONTH + 1


@dataclass(frozen=True, kw_only=True)
class Net(Learning):
    """One network and its training.

    `target`: "variance" or "return". `onto`: what the network's answer is added to, "log-HAR" (with
    leverage, of both indices), "log-linear" (the floor of that name), "constant" (the mean of the
    days it is fitted on) or "zero". `range_share`: how much of the target variance is the day's
    range, the rest its squared return.
    """

    target: str
    onto: str
    window: int = 22
    hidden_size: int = 16
    dropout: float = 0.3
    range_share: float = 1.0
    batch_size: int = 128
    weight_decay: float = 0.1
    steps: int = 600
    evaluate_every: int = 50


@dataclass(frozen=True)
class Config:
    """One experiment; `LAPTOP` and `FULL` differ in values only.

    `refit`: whether, before the test part, everything is fitted once more on the training and the
    validation part together; else on the training part alone, and networks stop at their best
    validation loss.
    """

    returns: Net = Net(target="return", onto="zero", range_share=0.0, steps=300)
    alone: Net = Net(target="variance", onto="constant", dropout=0.1, learning_rate=5e-3)
    correction: Net = Net(target="variance", onto="log-linear")
    refit: bool = False
    walk_forward: bool = False
    seeds: tuple[int, ...] = (0,)


LAPTOP = Config()
FULL = replace(LAPTOP, refit=True, walk_forward=True, seeds=(0, 1, 2, 3, 4))


@dataclass(frozen=True, repr=False)
class Prepared:
    """Two indices, day by day; the S&P 500 is the one that is forecast.

    `close` (N,) in points. `returns` (N,) in %, 100 log(close_t / close_{t-1}); the first is NaN.
    `variance` (N,) in %^2, from the day's range. `other_returns`, `other_variance`: of the NASDAQ.
    `inputs` (N, I) float32: what is known at the close of each day, scaled with the training part's
    mean and standard deviation; NaN before `FIRST`. `days`: the rows that are forecast, part by
    part; the close of the day before lies in the same part.
    """

    time: np.ndarray
    close: np.ndarray
    returns: np.ndarray
    variance: np.ndarray
    other_returns: np.ndarray
    other_variance: np.ndarray
    inputs: torch.Tensor = field(repr=False)
    days: dict[str, np.ndarray]
    config: Config

    def __len__(self) -> int:
        return len(self.time)

    @property
    def until(self) -> int:
        """Before the test part everything is fitted on rows before this one."""
        part = "valid" if self.config.refit else "train"
        return int(self.days[part][-1]) + 1


def log_returns(close: np.ndarray) -> np.ndarray:
    """100 log(close_t / close_{t-1}), in %, (N,); NaN on the first day.

    >>> log_returns(np.array([100.0, 101.0, 100.0])).round(3)
    array([  nan,  0.995, -0.995])
    """
    close = np.asarray(close, dtype=np.float64)
    if close.ndim != 1 or not (close > 0).all():
        raise ValueError(f"close must be (N,) and above 0; got {close.shape}")
    return np.concatenate([[np.nan], 100.0 * np.diff(np.log(close))])


def range_variance(high: np.ndarray, low: np.ndarray) -> np.ndarray:
    """The variance that a day's range tells of, 100^2 (log high/low)^2 / (4 log 2), in %^2, (N,).

    Parkinson (1980), "The extreme value method for estimating the variance of the rate of return":
    about five times as exact as the squared return, if prices move as a random walk; blind to what
    happens between one day's close and the next day's opening.

    Raises ValueError unless 0 < low < high on every day.

    >>> range_variance(np.array([101.0]), np.array([100.0])).round(3)
    array([0.357])
    """
    high, low = np.asarray(high, dtype=np.float64), np.asarray(low, dtype=np.float64)
    if high.shape != low.shape or not ((low > 0) & (low < high)).all():
        raise ValueError("high and low must be of one shape, with 0 < low < high on every day")
    return 1e4 * np.log(high / low) ** 2 / (4 * np.log(2))


def trailing_mean(values: np.ndarray, days: int) -> np.ndarray:
    """Mean of the last `days` values, today's included, (N,); NaN where there are not so many.

    >>> trailing_mean(np.array([1.0, 2.0, 4.0]), 2)
    array([nan, 1.5, 3. ])
    """
    values = np.asarray(values, dtype=np.float64)
    means = np.lib.stride_tricks.sliding_window_view(values, days).mean(axis=1)
    return np.concatenate([np.full(days - 1, np.nan), means])


def yesterday(values: np.ndarray) -> np.ndarray:
    """Each row moved one day on, so that row t holds what was known at the close of t - 1."""
    return np.concatenate([np.full_like(values[:1], np.nan), values[:-1]])


def known(returns: np.ndarray, variance: np.ndarray) -> np.ndarray:
    """What the close of each day tells of one index, (N, 8).

    The logarithm of the range variance, of the day, and its mean over a week and a month; the
    return, its size, and its negative part: of the day, and its mean over a week and a month.
    """
    level, fall = np.log(variance), np.minimum(returns, 0.0)
    return np.stack(
        [
            *(trailing_mean(level, days) for days in (DAY, WEEK, MONTH)),
            returns,
            np.abs(returns),
            *(trailing_mean(fall, days) for days in (DAY, WEEK, MONTH)),
        ],
        axis=1,
    )


def prepare(config: Config = LAPTOP, device: str | torch.device = "cpu") -> Prepared:
    """Load both indices, compute what each close tells, scale it with the training part alone."""
    stocks, other = load_stocks("sp500"), load_stocks("nasdaq")
    if not np.array_equal(stocks.time, other.time):
        raise ValueError("the S&P 500 and the NASDAQ must have the same trading days")
    returns, other_returns = log_returns(stocks.close), log_returns(other.close)
    variance = range_variance(stocks.high, stocks.low)
    other_variance = range_variance(other.high, other.low)
    table = np.concatenate([known(returns, variance), known(other_returns, other_variance)], axis=1)
    fitted = table[FIRST : stocks.split.train.stop]
    scaled = (table - fitted.mean(0)) / fitted.std(0)
    days = {
        part: np.arange(max(rows.start + 1, FIRST + 1), rows.stop)
        for part, rows in vars(stocks.split).items()
    }
    return Prepared(
        time=stocks.time,
        close=stocks.close,
        returns=returns,
        variance=variance,
        other_returns=other_returns,
        other_variance=other_variance,
        inputs=torch.from_numpy(scaled.astype(np.float32)).to(device),
        days=days,
        config=config,
    )


def lagged(data: Prepared, days: int) -> np.ndarray:
    """The inputs of the last `days` days side by side, (N, days * I); NaN where there are none."""
    table, columns = data.inputs.cpu().double().numpy(), []
    for _ in range(days):
        table = yesterday(table)
        columns.append(table)
    return np.concatenate(columns, axis=1)


def windows(data: Prepared, days: torch.Tensor, length: int) -> torch.Tensor:
    """What was known before each of these days: x (T, B, I), whose last step is the day before.

    days (B,) integers, the days that are forecast. Raises ValueError if a window begins before
    `FIRST`, or ends after the last day.
    """
    days = torch.as_tensor(days, device=data.inputs.device)
    if length < 1:
        raise ValueError(f"length must be at least 1; got {length}")
    wrong = days[(days < FIRST + length) | (days > len(data))]
    if len(wrong):
        raise ValueError(
            f"days must be at least {FIRST + length} with a window of {length}, and at most "
            f"{len(data)}; got {int(wrong[0])}"
        )
    return data.inputs[days[:, None] + torch.arange(-length, 0, device=days.device)].transpose(0, 1)
