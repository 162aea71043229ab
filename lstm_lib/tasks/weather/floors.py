"""What a forecast of the temperature has to beat, from no learning at all to boosted trees."""

import numpy as np
import torch

from lstm_lib.tasks.weather.data import Prepared, calendar, windows


def climatology(data: Prepared) -> np.ndarray:
    """The usual temperature of each hour of the year, (N,) in °C, fitted on the training part.

    Harmonic regression: {1, 3 annual harmonics} x {1, 2 daily harmonics}, 35 terms.
    """
    terms, rows = harmonics(data.time), data.train_rows
    y = data.temperature.numpy().astype(np.float64)
    return terms @ np.linalg.lstsq(terms[rows], y[rows], rcond=None)[0]


def harmonics(time: np.ndarray) -> np.ndarray:
    """Products of annual and daily harmonics of time, (N, 35)."""
    sin_day, cos_day, sin_year, cos_year = calendar(time).T
    day, year = np.arctan2(sin_day, cos_day), np.arctan2(sin_year, cos_year)
    annual = [np.ones(len(time))] + [f(k * year) for k in (1, 2, 3) for f in (np.sin, np.cos)]
    daily = [np.ones(len(time))] + [f(k * day) for k in (1, 2) for f in (np.sin, np.cos)]
    return np.einsum("an,dn->nad", annual, daily).reshape(len(time), -1)


def simple_floors(data: Prepared, part: str = "test") -> dict[str, np.ndarray]:
    """Absolute errors in °C of forecasts that need no learning, each (n, K), for a part's origins.

    persistence: the temperature stays. climatology: the usual temperature of that hour.
    damped anomaly: climatology plus a share of today's distance from it, the share fitted for each
    lead time on the training part by least squares.
    """
    usual, y = climatology(data), data.temperature.numpy().astype(np.float64)
    t, train = data.origins[part].numpy(), data.origins["train"].numpy()
    anomaly = y - usual
    errors = {"persistence": [], "climatology": [], "damped anomaly": []}
    for lead in data.config.leads:
        now, later = anomaly[train], anomaly[train + lead]
        share = (now @ later) / (now @ now)
        errors["persistence"].append(np.abs(y[t + lead] - y[t]))
        errors["climatology"].append(np.abs(anomaly[t + lead]))
        errors["damped anomaly"].append(np.abs(anomaly[t + lead] - share * anomaly[t]))
    return {name: np.stack(columns, axis=1) for name, columns in errors.items()}


def ridge_floor(data: Prepared, part: str = "test", every: int = 5) -> np.ndarray:
    """Absolute errors in °C of scikit-learn's ridge regression on the LSTM's own inputs, (n, K).

    All variables over all hours of the window, fitted to the change on each `every`-th hour of the
    training part. `every` shares no factor with 24: every sixth hour would show the model only four
    hours of the day (it then scores 1.88 instead of 1.82 °C at 24 h).
    """
    from sklearn.linear_model import Ridge

    x, change = windows(data, data.origins["train"][::every])
    model = Ridge(alpha=10.0, copy_X=False).fit(flat(x), change.numpy())
    errors = []
    for chunk in data.origins[part].split(4096):
        x, change = windows(data, chunk)
        errors.append(np.abs(model.predict(flat(x)) - change.numpy()))
    return np.concatenate(errors).astype(np.float64)


def flat(x: torch.Tensor) -> np.ndarray:
    """(T, B, I) windows -> one row for each, (B, T * I)."""
    return x.transpose(0, 1).reshape(x.shape[1], -1).numpy()


BOOSTING_LAGS = (0, 1, 2, 3, 6, 9, 12, 18, 23, 24, 35, 47, 48, 71)


def boosting_floor(
    data: Prepared, lead: int, every: int = 1, rounds: int = 250, rate: float = 0.08
) -> np.ndarray:
    """Absolute errors in °C of scikit-learn's histogram gradient boosting on the test part, (n,).

    One lead time, absolute error as loss, 31 leaves, L2 1, no early stopping. Inputs: the ten
    variables at 14 lags, the calendar of the target hour, and the climatology now and then. On one
    thread about a minute: the strong floor, which the notebook reads from the result file.
    """
    from sklearn.ensemble import HistGradientBoostingRegressor

    usual, y = climatology(data), data.temperature.numpy().astype(np.float64)
    season, columns = calendar(data.time), data.inputs[:, :10].numpy()

    def features(t):
        lagged = [columns[t - lag] for lag in BOOSTING_LAGS]
        anomaly, drift = y[t] - usual[t], usual[t + lead] - usual[t]
        return np.concatenate([*lagged, season[t + lead], anomaly[:, None], drift[:, None]], axis=1)

    fitted_on, t = data.origins["train"][::every].numpy(), data.origins["test"].numpy()
    model = HistGradientBoostingRegressor(
        loss="absolute_error",
        max_iter=rounds,
        learning_rate=rate,
        l2_regularization=1.0,
        early_stopping=False,
        random_state=0,
    )
    model.fit(features(fitted_on), y[fitted_on + lead] - y[fitted_on])
    return np.abs(model.predict(features(t)) - (y[t + lead] - y[t]))
