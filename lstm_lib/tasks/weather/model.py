"""The forecaster, its loss and its training."""

from collections.abc import Callable

import numpy as np
import torch
import torch.nn.functional as F
from torch.func import functional_call

from lstm_lib.nn import LSTM
from lstm_lib.tasks.network import Network, evaluating
from lstm_lib.tasks.weather.data import Prepared, changes, windows

Loss = Callable[[torch.nn.Module, Prepared, torch.Tensor], torch.Tensor]


class Forecaster(torch.nn.Module):
    """An LSTM reads the window; its last output, through one dense layer, gives all changes.

    change_k = scale_k (w_k . dropout(h_T) + b_k), in °C: the dense layer works in units of the
    typical change, and a change of 0 is the persistence forecast. In training a share of the
    recurrent weights is set to 0 for a whole batch of sequences (Merity, Keskar & Socher, 2018,
    section 2, after DropConnect).

    >>> from lstm_lib.tasks.weather import prepare
    >>> data = prepare()
    >>> x, change = windows(data, data.origins["train"][:4])
    >>> Forecaster(data)(x).shape == change.shape == (4, 13)
    True
    """

    answers = 1  # of each lead time

    def __init__(self, data: Prepared):
        super().__init__()
        config = data.config
        width, hidden = data.inputs.shape[1] * config.hours_per_step, config.hidden_size
        self.lstm = LSTM(width, hidden, forget_bias=1.0)
        self.weight_dropout = config.weight_dropout
        self.dropout = torch.nn.Dropout(config.dropout)
        self.dense = torch.nn.Linear(hidden, len(config.leads) * self.answers)
        self.register_buffer("scale", data.scale.clone())

    def read(self, x: torch.Tensor) -> torch.Tensor:
        """x (T, B, I) -> what the dense layer says after the window, (B, K · answers)."""
        R = F.dropout(self.lstm.weight_hh_l0, self.weight_dropout, self.training)
        h_seq, _ = functional_call(self.lstm, {"weight_hh_l0": R}, (x,))
        return self.dense(self.dropout(h_seq[-1]))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x (T, B, I) -> changes of the temperature in °C, (B, K)."""
        return self.scale * self.read(x)


def loss(model: Forecaster, data: Prepared, origins: torch.Tensor) -> torch.Tensor:
    """Mean absolute error in units of the typical change, over batch and lead times: a scalar.

    While the model is in training mode, `blend` mixes the windows by pairs.
    """
    x, change = windows(data, origins)
    if model.training and data.config.blend:
        x, change = blend(x, change, data.config.blend)
    return ((model(x) - change).abs() / model.scale).mean()


def blend(
    x: torch.Tensor, change: torch.Tensor, strength: float
) -> tuple[torch.Tensor, torch.Tensor]:
    """Mix every window, and what follows it, with another one of the batch: regularisation.

    x' = (1 - s) x + s x_j and change' likewise, with a random partner j and s ~ Beta(strength,
    strength), near 0 or 1 for a small strength. Zhang, Cisse, Dauphin & Lopez-Paz (2018), "mixup",
    equation 1. x (T, B, I), change (B, K).

    >>> x, change = blend(torch.ones(3, 2, 1), torch.ones(2, 4), 0.3)
    >>> x.shape, change.mean().item()
    (torch.Size([3, 2, 1]), 1.0)
    """
    count = len(change)
    share = torch.distributions.Beta(strength, strength).sample((count, 1)).to(x)
    partner = torch.randperm(count, device=x.device)
    return torch.lerp(x, x[:, partner], share), torch.lerp(change, change[partner], share)


def forecast(model: Forecaster, data: Prepared, origins: torch.Tensor) -> np.ndarray:
    """Changes of the temperature that the model expects, in °C, (n, K) float64; no dropout."""
    with evaluating(model):
        change = [model(windows(data, chunk)[0]).cpu() for chunk in origins.split(1024)]
    return torch.cat(change).numpy().astype(np.float64)


def errors(model: Forecaster, data: Prepared, origins: torch.Tensor) -> np.ndarray:
    """Absolute errors of the model in °C for these hours t, (n, K) float64."""
    return np.abs(forecast(model, data, origins) - changes(data, origins))


def every_seventh(data: Prepared) -> Callable[[Forecaster], float]:
    """What the best weights are chosen by: the mean loss on every seventh validation hour."""
    held_out, scale = data.origins["valid"][::7], data.scale.cpu().numpy()
    return lambda model: float((errors(model, data, held_out) / scale).mean())


def on_origins(loss: Loss) -> Loss:
    """The loss of rows that count the hours t of the training part."""
    return lambda model, data, rows: loss(model, data, data.origins["train"][rows])


FORECASTER = Network(
    build=lambda data: Forecaster(data).to(data.inputs.device),
    loss=on_origins(loss),
    examples=lambda data, seed: len(data.origins["train"]),
    held_out=every_seventh,
)
trainer, train = FORECASTER.trainer, FORECASTER.train
