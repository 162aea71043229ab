"""The network: an LSTM reads the window, a dense layer says quantiles of every step ahead."""

import numpy as np
import torch

from lstm_lib.forecast.series import Config, Series, following, windows
from lstm_lib.nn import LSTM
from lstm_lib.tasks.network import Network, evaluating


class QuantileLSTM(torch.nn.Module):
    """q_kp = y_t + change_k (d_k + spread): quantiles of each of K steps ahead, in order.

    The dense layer says the lowest quantile and, through softplus, how far each further one lies
    above the one before, so that quantiles never cross. `change` (K,) is the typical change over so
    many steps: all zero would be near persistence.

    >>> net = QuantileLSTM(5, Config(target="y", ahead=3), np.ones(3))
    >>> q = net(torch.zeros(72, 2, 5), torch.zeros(2))
    >>> q.shape, bool((q.diff(dim=-1) > 0).all())
    (torch.Size([2, 3, 5]), True)
    """

    def __init__(self, inputs: int, config: Config, change: np.ndarray):
        super().__init__()
        self.levels, self.ahead = len(config.levels), config.ahead
        self.lstm = LSTM(inputs, config.hidden_size, forget_bias=1.0)
        self.dropout = torch.nn.Dropout(config.dropout)
        self.dense = torch.nn.Linear(config.hidden_size, config.ahead * self.levels)
        self.register_buffer("change", torch.as_tensor(change, dtype=torch.float32))

    def forward(self, x: torch.Tensor, last: torch.Tensor) -> torch.Tensor:
        """x (T, B, I), the last value y_t (B,) -> quantiles (B, K, P), rising along P."""
        h_seq, _ = self.lstm(x)
        said = self.dense(self.dropout(h_seq[-1])).view(-1, self.ahead, self.levels)
        gaps = torch.nn.functional.softplus(said[..., 1:])
        first = said[..., :1] - gaps.sum(-1, keepdim=True) / 2
        quantiles = torch.cat([first, gaps], -1).cumsum(-1)
        return last[:, None, None] + self.change[:, None] * quantiles


def pinball(q: torch.Tensor, y: torch.Tensor, levels: torch.Tensor) -> torch.Tensor:
    """max(p (y - q), (p - 1) (y - q)): the loss whose best answer is the quantile p (Koenker &
    Bassett 1978). q (..., P), y (...) -> (..., P).

    >>> pinball(torch.tensor([[0.0, 2.0]]), torch.tensor([1.0]), torch.tensor([0.1, 0.9]))
    tensor([[0.1000, 0.1000]])
    """
    above = y[..., None] - q
    return torch.maximum(levels * above, (levels - 1) * above)


def loss(model: QuantileLSTM, series: Series, rows: torch.Tensor) -> torch.Tensor:
    """Pinball loss in units of the typical change, a mean over what was measured of these rows."""
    return mean_pinball(model, series, series.origins["train"][rows])


def mean_pinball(model: QuantileLSTM, series: Series, origins: torch.Tensor) -> torch.Tensor:
    y, measured = following(series, origins)
    q = model(windows(series, origins), series.target[origins])
    each = pinball(q, y, torch.tensor(series.config.levels)) / model.change[:, None]
    return (each * measured[..., None]).sum() / (measured.sum().clamp(min=1) * model.levels)


def held_out(series: Series):
    """What the best weights are chosen by: the loss on some two thousand validation steps."""
    rows = series.origins["valid"]
    rows = rows[:: max(1, len(rows) // 2000)]

    def evaluate(model: QuantileLSTM) -> float:
        parts = rows.split(500)
        return sum(mean_pinball(model, series, part).item() * len(part) for part in parts) / len(
            rows
        )

    return evaluate


NETWORK = Network(
    build=lambda series: QuantileLSTM(series.inputs.shape[1], series.config, series.scaler.change),
    loss=loss,
    examples=lambda series, seed: len(series.origins["train"]),
    held_out=held_out,
)


def quantiles(model: QuantileLSTM, series: Series, origins: torch.Tensor) -> np.ndarray:
    """Quantiles from these steps, (n, K, P) float64, in the target's unit; no dropout."""
    with evaluating(model):
        said = [model(windows(series, part), series.target[part]) for part in origins.split(500)]
    return torch.cat(said).numpy().astype(np.float64)
