"""The other way to look far ahead: forecast one hour, feed it back, and so on, 72 times.

The direct forecaster (`model`) has one answer for each lead time. This one knows a single thing:
how all ten variables change within the next hour. What it says goes in again as if it had been
measured, so its errors go in, too.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import torch
import torch.nn.functional as F
from torch.func import functional_call

from lstm_lib.nn import LSTM
from lstm_lib.tasks.network import evaluating
from lstm_lib.tasks.weather.data import FULL, Prepared, changes, check_hours
from lstm_lib.tasks.weather.model import FORECASTER, on_origins

VARIABLES = 10  # of the inputs; what follows them is the calendar, which is known in advance

# Every hour of a sequence is an example here, so fewer sequences make a batch and fewer steps do.
RECURSIVE = replace(
    FULL,
    hours_per_step=1,
    blend=0.0,
    batch_size=64,
    steps=3000,
    evaluate_every=250,
    seeds=(0,),
    dear=False,
)


class OneHour(torch.nn.Module):
    """An LSTM that says after every hour how the ten variables will change within the next one.

    change = s * (W . dropout(h_t) + b), in the inputs' scaled units, with s (10,) the mean absolute
    hourly change on the training part. Weight dropout as in `Forecaster`.

    >>> from lstm_lib.tasks.weather import prepare
    >>> change, state = OneHour(prepare(RECURSIVE))(torch.zeros(5, 3, 14))
    >>> change.shape
    torch.Size([5, 3, 10])
    """

    def __init__(self, data: Prepared):
        super().__init__()
        config = data.config
        self.lstm = LSTM(data.inputs.shape[1], config.hidden_size, forget_bias=1.0)
        self.weight_dropout = config.weight_dropout
        self.dropout = torch.nn.Dropout(config.dropout)
        self.dense = torch.nn.Linear(config.hidden_size, VARIABLES)
        known = data.inputs[data.train_rows, :VARIABLES]
        self.register_buffer("scale", known.diff(dim=0).abs().mean(dim=0))

    def forward(self, x: torch.Tensor, state=None):
        """x (T, B, 14), state as torch's LSTM has it -> changes (T, B, 10) and the new state."""
        R = F.dropout(self.lstm.weight_hh_l0, self.weight_dropout, self.training)
        h_seq, state = functional_call(self.lstm, {"weight_hh_l0": R}, (x, state))
        return self.scale * self.dense(self.dropout(h_seq)), state


def hours_around(data: Prepared, origins: torch.Tensor, before: int, after: int) -> torch.Tensor:
    """The inputs of the hours t - before + 1 ... t + after, (before + after, B, 14).

    Raises ValueError for an hour whose inputs begin or end outside the data.
    """
    check_hours(data, origins, before - 1, after)
    device = data.inputs.device
    rows = torch.arange(-before + 1, after + 1, device=device)[:, None] + origins.to(device)
    return data.inputs[rows]


def one_hour_loss(model: OneHour, data: Prepared, origins: torch.Tensor) -> torch.Tensor:
    """Mean absolute error in typical hourly changes, over all hours of the sequences: a scalar.

    A sequence has the window and the hours to be forecast, and each of them is an example: the true
    hour goes in, not the model's own (*teacher forcing*; Williams & Zipser, 1989).
    """
    x = hours_around(data, origins, data.config.hours, max(data.config.leads))
    change, _ = model(x[:-1])
    return ((change - x[..., :VARIABLES].diff(dim=0)).abs() / model.scale).mean()


def roll(model: OneHour, data: Prepared, origins: torch.Tensor) -> np.ndarray:
    """Changes of the temperature in °C by feeding the model its own output, (n, K) float64.

    It reads the window t - hours + 1 ... t, then goes on alone to the longest lead time. Of the
    future only the calendar is given.
    """
    with evaluating(model):
        paths = [rolled(model, data, chunk) for chunk in origins.split(1024)]
    ahead = torch.tensor(data.config.leads) - 1
    return torch.cat(paths, dim=1)[ahead].T.numpy().astype(np.float64) * data.deviation


def rolled(model: OneHour, data: Prepared, origins: torch.Tensor) -> torch.Tensor:
    """The temperature's change after 1, 2, ... hours, in scaled units: (longest lead, B)."""
    longest = max(data.config.leads)
    x = hours_around(data, origins, data.config.hours, 0)
    calendar = hours_around(data, origins, 0, longest)[..., VARIABLES:]
    now, first = x[-1, :, :VARIABLES], x[-1, :, 0]
    change, state = model(x)
    path = []
    for hour in calendar:
        now = now + change[-1]
        path.append((now[:, 0] - first).cpu())
        change, state = model(torch.cat([now, hour], dim=1)[None], state)
    return torch.stack(path)


def recursive_errors(model: OneHour, data: Prepared, origins: torch.Tensor) -> np.ndarray:
    """Absolute errors in °C of the recursive forecast, (n, K) float64."""
    return np.abs(roll(model, data, origins) - changes(data, origins))


def rolled_held_out(data: Prepared) -> Callable[[OneHour], float]:
    """What the best weights are chosen by: how well they roll over the validation part.

    Not by the best next hour: a rival should be chosen by what it is judged by.
    """
    held_out, scale = data.origins["valid"][::43], data.scale.cpu().numpy()
    return lambda model: float((recursive_errors(model, data, held_out) / scale).mean())


ONE_HOUR = replace(
    FORECASTER,
    build=lambda data: OneHour(data).to(data.inputs.device),
    loss=on_origins(one_hour_loss),
    held_out=rolled_held_out,
)
