"""Forecasts of tomorrow's variance that a network has to beat, from a constant to log-HAR.

All return (N,): the variance of day t in %^2, forecast at the close of day t - 1. Parameters come
from the rows before `until`; NaN where too few days lie before.
"""

from collections.abc import Callable, Mapping

import numpy as np

from lstm_lib.tasks.stocks.data import (
    DAY,
    FIRST,
    MONTH,
    WEEK,
    Prepared,
    lagged,
    trailing_mean,
    yesterday,
)


def qlike(returns: np.ndarray, variance: np.ndarray) -> np.ndarray:
    """log h + r^2 / h for each day: lower is better, and lowest for the true variance.

    Patton (2011), "Volatility forecast comparison using imperfect volatility proxies": the order of
    forecasts is the right one although r^2 is a noisy measurement of the variance. It is twice the
    Gaussian negative log-likelihood of a mean of 0, but for a constant.

    returns in %, variance in %^2, of one shape. Raises ValueError unless all variances are above 0.

    >>> qlike(np.array([1.0, 0.0]), np.array([1.0, np.e]))
    array([1., 1.])
    """
    returns, variance = np.asarray(returns, np.float64), np.asarray(variance, np.float64)
    if returns.shape != variance.shape:
        raise ValueError(
            f"returns and variance must be of one shape; got {returns.shape} and {variance.shape}"
        )
    if not (variance > 0).all():
        raise ValueError("variance must be above 0 (and no NaN) on every day")
    return np.log(variance) + returns**2 / variance


def constant(data: Prepared, until: int) -> np.ndarray:
    """The variance of the returns so far, for ever."""
    return np.full(len(data), data.returns[1:until].var())


def rolling(data: Prepared, until: int) -> np.ndarray:
    """The mean squared return of the last 22 days."""
    return yesterday(trailing_mean(data.returns**2, MONTH))


def ewma(data: Prepared, until: int, decay: float = 0.94) -> np.ndarray:
    """h_t = 0.94 h_{t-1} + 0.06 (r_{t-1} - mean)^2: RiskMetrics (J. P. Morgan, 1996)."""
    squares = (data.returns - data.returns[1:until].mean()) ** 2
    h = np.full(len(data), np.nan)
    h[1] = squares[1:until].mean()
    for t in range(2, len(data)):
        h[t] = decay * h[t - 1] + (1 - decay) * squares[t - 1]
    return h


def garch(asymmetric: int = 0, tails: str = "normal", power: str = "GARCH"):
    """GARCH(1,1), with asymmetric=1 GJR-GARCH, or with power="APARCH" that, as a floor.

    s_t = w + news(e_{t-1}) + b s_{t-1}, h_t = s_t^(2/d), with e = r - mean and, for GARCH, d = 2.
    Bollerslev (1986); Glosten, Jagannathan & Runkle (1993); Ding, Granger & Engle (1993). Fitted by
    maximum likelihood, `tails` "normal" or "t", with the package `arch`; then run over all days
    with fixed parameters.
    """

    def floor(data: Prepared, until: int) -> np.ndarray:
        from arch import arch_model

        seen = data.returns[1:until]
        model = arch_model(seen, vol=power, o=asymmetric, dist=tails)
        fitted = model.fit(disp="off", show_warning=False).params
        # Run by hand: arch's own start of the recursion knows the mean of all days, later ones too.
        e = data.returns - fitted["mu"]
        shock, d = news(e, fitted), fitted.get("delta", 2.0)
        s = np.full(len(data), np.nan)
        s[1] = seen.var() ** (d / 2)
        for t in range(2, len(data)):
            s[t] = fitted["omega"] + shock[t - 1] + fitted["beta[1]"] * s[t - 1]
        return s ** (2 / d)

    return floor


def news(e: np.ndarray, fitted: Mapping[str, float]) -> np.ndarray:
    """What a surprise e adds to tomorrow's variance, for the parameters `fitted` by `arch`.

    GARCH: a e^2. GJR: (a + c [e < 0]) e^2. APARCH: a (|e| - c e)^d.
    """
    a, c = fitted["alpha[1]"], fitted.get("gamma[1]", 0.0)
    if "delta" in fitted:
        return a * (np.abs(e) - c * e) ** fitted["delta"]
    return (a + c * (e < 0)) * e**2


def terms(data: Prepared, level: Callable, leverage: bool, both: bool) -> np.ndarray:
    """The right-hand side of a HAR regression, (N, k), known at the close of the day before.

    1, and the mean over a day, a week and a month of `level` of the range variance (Corsi 2009, "A
    simple approximate long-memory model of realized volatility"); with `leverage` also of the
    negative part of the return (Corsi & Reno 2012, "Discrete-time volatility forecasting with
    persistent leverage effect"); with `both`, all of it of the NASDAQ, too.
    """
    indices = [(data.returns, data.variance), (data.other_returns, data.other_variance)]
    columns = [np.ones(len(data))]
    for returns, variance in indices[: 1 + both]:
        series = [level(variance)] + [np.minimum(returns, 0.0)] * leverage
        columns += [
            yesterday(trailing_mean(one, days)) for one in series for days in (DAY, WEEK, MONTH)
        ]
    return np.stack(columns, axis=1)


def har(data: Prepared, until: int) -> np.ndarray:
    """HAR in the variance itself: the squared return, regressed on past range variances."""
    x, rows = terms(data, np.asarray, False, False), slice(FIRST, until)
    variance = x @ np.linalg.lstsq(x[rows], data.returns[rows] ** 2, rcond=None)[0]
    return np.maximum(variance, 0.01, where=~np.isnan(variance), out=variance)


def log_har(leverage: bool = False, both: bool = False, by_qlike: bool = False):
    """HAR in logarithms, as a floor: log h_t is linear in past log range variances.

    The range variance is fitted, by least squares on its logarithm or by its QLIKE; one factor then
    turns the range into the variance of the return (`rescaled`).
    """

    def floor(data: Prepared, until: int) -> np.ndarray:
        x, rows = terms(data, np.log, leverage, both), slice(FIRST, until)
        weights = np.linalg.lstsq(x[rows], np.log(data.variance[rows]), rcond=None)[0]
        if by_qlike:
            weights = least_qlike(x[rows], data.variance[rows], weights)
        return rescaled(data, np.exp(x @ weights), until)

    return floor


def least_qlike(
    x: np.ndarray, variance: np.ndarray, start: np.ndarray, penalty: float = 0.0
) -> np.ndarray:
    """The weights w with the least mean of x w + variance / exp(x w); convex, by Newton's method.

    x (n, k), its first column 1; variance (n,); start (k,). With `penalty`, plus penalty |w|^2 / 2,
    w_0 left out. Returns (k,).

    >>> least_qlike(np.ones((2, 1)), np.array([1.0, 3.0]), np.zeros(1)).round(6)  # log 2
    array([0.693147])
    """
    weights, pull = start, np.full(len(start), penalty * len(x))
    pull[0] = 0.0
    for _ in range(100):
        ratio = variance * np.exp(-x @ weights)
        slope = x.T @ (ratio - 1.0) - pull * weights
        step = np.linalg.solve((x * ratio[:, None]).T @ x + np.diag(pull), slope)
        weights = weights + step
        if np.abs(step).max() < 1e-9:
            return weights
    raise RuntimeError("least_qlike found no minimum in 100 steps")


def log_linear(days: int = 5, penalty: float = 0.03):
    """The LSTM's own inputs over the last `days` days in one penalised log-linear model: a floor.

    What a HAR regression becomes if it is shown all that the network is shown: of both indices the
    levels over a day, a week and a month, the returns with their sign, their sizes, their falls.
    `days` and `penalty` were chosen on rows before the test part, as the networks' settings were.
    """

    def floor(data: Prepared, until: int) -> np.ndarray:
        x = np.concatenate([np.ones((len(data), 1)), lagged(data, days)], axis=1)
        rows = slice(FIRST + days, until)
        start = np.zeros(x.shape[1])
        start[0] = np.log(data.variance[rows].mean())
        weights = least_qlike(x[rows], data.variance[rows], start, penalty)
        return rescaled(data, np.exp(x @ weights), until)

    return floor


def rescaled(data: Prepared, variance: np.ndarray, until: int) -> np.ndarray:
    """`variance` times the one factor with the least QLIKE on the rows before `until`.

    That is the mean of r^2 / h: the range is blind to the night, so h is too small without it.
    """
    rows = np.arange(FIRST, until)
    rows = rows[np.isfinite(variance[rows])]
    return variance * (data.returns[rows] ** 2 / variance[rows]).mean()


FLOORS: dict[str, Callable[[Prepared, int], np.ndarray]] = {
    "constant": constant,
    "rolling, 22 days": rolling,
    "EWMA, 0.94": ewma,
    "GARCH(1,1)": garch(),
    "GARCH(1,1), t": garch(tails="t"),
    "GJR-GARCH": garch(1),
    "GJR-GARCH, t": garch(1, "t"),
    "APARCH, t": garch(1, "t", "APARCH"),
    "HAR": har,
    "log-HAR": log_har(),
    "log-HAR, leverage": log_har(leverage=True),
    "log-HAR, leverage, by QLIKE": log_har(leverage=True, by_qlike=True),
    "log-HAR, leverage, both indices": log_har(leverage=True, both=True, by_qlike=True),
    "log-linear in five days": log_linear(),
}
