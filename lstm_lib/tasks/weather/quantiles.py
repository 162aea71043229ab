"""How sure is the forecast? Seven quantiles in place of one number, and how they are judged.

A quantile forecast q of level p says: the truth will lie below q with probability p. Two quantiles
are a prediction interval: those of levels 0.05 and 0.95 hold the truth in 90 % of all cases, if the
forecast is *calibrated*.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import torch

from lstm_lib.tasks.weather.data import Prepared, windows
from lstm_lib.tasks.weather.floors import climatology
from lstm_lib.tasks.weather.model import FORECASTER, Forecaster, blend, forecast, on_origins

LEVELS = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)
# Share of cases that an interval should hold -> the places of its two ends in LEVELS.
INTERVALS = {0.5: (2, 4), 0.8: (1, 5), 0.9: (0, 6)}


class QuantileForecaster(Forecaster):
    """The forecaster with seven answers for each lead time: quantiles of the change, in °C.

    They come out in ascending order: what the dense layer says is sorted (Chernozhukov,
    Fernández-Val & Galichon, 2010).

    >>> from lstm_lib.tasks.weather import prepare
    >>> QuantileForecaster(prepare())(torch.zeros(12, 2, 84)).shape
    torch.Size([2, 13, 7])
    """

    answers = len(LEVELS)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x (T, B, I) -> quantiles of the change of the temperature in °C, (B, K, 7)."""
        change = self.read(x).unflatten(1, (-1, len(LEVELS)))
        return self.scale[:, None] * change.sort(dim=-1).values


def pinball(truth, quantiles, levels=LEVELS):
    """The pinball loss of quantile forecasts, one number for each of them.

    max(p (y - q), (p - 1) (y - q)): a truth above q costs p a degree, one below costs 1 - p. Its
    mean is least when q is the p-quantile (Koenker & Bassett, 1978). Summed over the two ends of an
    interval and multiplied by 2 / (1 - share) it is the interval score (Gneiting & Raftery, 2007,
    equation 43).

    truth (...,), quantiles (..., Q), levels (Q,), NumPy or torch. Returns (..., Q).

    >>> pinball(np.array([3.0]), np.array([[1.0, 5.0]]), (0.25, 0.75))
    array([[0.5, 0.5]])
    """
    over = truth[..., None] - quantiles
    if isinstance(over, torch.Tensor):
        p = torch.tensor(levels, dtype=over.dtype, device=over.device)
        return torch.maximum(p * over, (p - 1) * over)
    p = np.asarray(levels)
    return np.maximum(p * over, (p - 1) * over)


def quantile_loss(model: QuantileForecaster, data: Prepared, origins: torch.Tensor) -> torch.Tensor:
    """Mean pinball loss in units of the typical change, over batch, leads and levels: a scalar.

    While the model is in training mode, `blend` mixes the windows by pairs.
    """
    x, change = windows(data, origins)
    if model.training and data.config.blend:
        x, change = blend(x, change, data.config.blend)
    return (pinball(change, model(x)) / model.scale[:, None]).mean()


def quantile_forecast(
    model: QuantileForecaster, data: Prepared, origins: torch.Tensor
) -> np.ndarray:
    """Quantiles of the temperature's change in °C, (n, K, 7) float32; no dropout."""
    return forecast(model, data, origins).astype(np.float32)


def pinball_held_out(data: Prepared) -> Callable[[QuantileForecaster], float]:
    """What the best weights are chosen by: the loss on every seventh validation hour."""
    held_out = data.origins["valid"][::7]

    def measure(model: QuantileForecaster) -> float:
        with torch.no_grad():
            sums = [float(quantile_loss(model, data, t)) * len(t) for t in held_out.split(1024)]
        return sum(sums) / len(held_out)

    return measure


QUANTILES = replace(
    FORECASTER,
    build=lambda data: QuantileForecaster(data).to(data.inputs.device),
    loss=on_origins(quantile_loss),
    held_out=pinball_held_out,
)


def inside(truth: np.ndarray, quantiles: np.ndarray, share: float) -> np.ndarray:
    """Does the truth lie in the interval that should hold this share? (...,) booleans.

    truth (...,), quantiles (..., 7). Raises ValueError for a share that is not in `INTERVALS`.

    >>> inside(np.array([0.0, 9.0]), np.tile(np.arange(-3.0, 4.0), (2, 1)), 0.8)
    array([ True, False])
    """
    if share not in INTERVALS:
        raise ValueError(f"share must be one of {tuple(INTERVALS)}; got {share}")
    low, high = INTERVALS[share]
    return (quantiles[..., low] <= truth) & (truth <= quantiles[..., high])


def climatological_quantiles(data: Prepared, origins: torch.Tensor) -> np.ndarray:
    """A floor: how far from the usual it was at that hour in that month, (n, K, 7) float32, °C.

    Quantiles of the anomaly in the training part, for each month and hour of the day: what one
    knows who looks at no measurement of today. Given as changes from the temperature at t.
    """
    usual, y, group = climatology(data), temperature(data), month_and_hour(data.time)
    table = grouped_quantiles((y - usual)[data.train_rows], group[data.train_rows])
    t = origins.numpy()
    change = [usual[t + k, None] + table[group[t + k]] - y[t, None] for k in data.config.leads]
    return np.stack(change, axis=1).astype(np.float32)


def damped_quantiles(data: Prepared, origins: torch.Tensor) -> np.ndarray:
    """A stronger floor: damped anomaly, and how wrong it was in that month at that hour.

    Quantiles of its errors in the training part, for each lead time, (n, K, 7) float32, °C.
    """
    usual, y, group = climatology(data), temperature(data), month_and_hour(data.time)
    anomaly, train, t = y - usual, data.origins["train"].numpy(), origins.numpy()
    change = []
    for k in data.config.leads:
        share = (anomaly[train] @ anomaly[train + k]) / (anomaly[train] @ anomaly[train])
        wrong = anomaly[train + k] - share * anomaly[train]
        table = grouped_quantiles(wrong, group[train + k])
        middle = usual[t + k] + share * anomaly[t] - y[t]
        change.append(middle[:, None] + table[group[t + k]])
    return np.stack(change, axis=1).astype(np.float32)


def temperature(data: Prepared) -> np.ndarray:
    return data.temperature.cpu().numpy().astype(np.float64)


def month_and_hour(time: np.ndarray) -> np.ndarray:
    """0 ... 287: which of the 12 x 24 pairs of month and hour of the day, (N,) integers.

    >>> month_and_hour(np.array(["2001-02-01T06"], dtype="datetime64[h]"))
    array([30])
    """
    month = time.astype("datetime64[M]").astype(int) % 12
    return 24 * month + time.astype("datetime64[h]").astype(int) % 24


def grouped_quantiles(values: np.ndarray, group: np.ndarray) -> np.ndarray:
    """The seven quantiles of the values in each group 0, 1, ..., (groups, 7)."""
    order = np.argsort(group, kind="stable")
    pieces = np.split(values[order], np.cumsum(np.bincount(group))[:-1])
    return np.stack([np.quantile(piece, LEVELS) for piece in pieces])
