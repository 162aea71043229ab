"""The forecaster, its loss and its training."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch.func import functional_call

from lstm_lib.nn import LSTM
from lstm_lib.tasks.weather.data import Prepared, changes, windows
from lstm_lib.train import Batches, History, Trainer, set_seed, warmup_cosine


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

    def __init__(self, data: Prepared):
        super().__init__()
        config = data.config
        width, hidden = data.inputs.shape[1] * config.hours_per_step, config.hidden_size
        self.lstm = LSTM(width, hidden, forget_bias=1.0)
        self.weight_dropout = config.weight_dropout
        self.dropout = torch.nn.Dropout(config.dropout)
        self.dense = torch.nn.Linear(hidden, len(config.leads))
        self.register_buffer("scale", data.scale.clone())

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x (T, B, I) -> changes of the temperature in °C, (B, K)."""
        R = F.dropout(self.lstm.weight_hh_l0, self.weight_dropout, self.training)
        h_seq, _ = functional_call(self.lstm, {"weight_hh_l0": R}, (x,))
        return self.scale * self.dense(self.dropout(h_seq[-1]))


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
    was_training = model.training
    model.eval()
    with torch.no_grad():
        found = [model(windows(data, chunk)[0]).cpu() for chunk in origins.split(1024)]
    model.train(was_training)
    return torch.cat(found).numpy().astype(np.float64)


def errors(model: Forecaster, data: Prepared, origins: torch.Tensor) -> np.ndarray:
    """Absolute errors of the model in °C for these hours t, (n, K) float64."""
    return np.abs(forecast(model, data, origins) - changes(data, origins))


def trainer(
    data: Prepared,
    seed: int = 0,
    checkpoint: str | Path | None = None,
    log: Callable[[str], object] | None = print,
) -> Trainer:
    """A new forecaster and all that its training needs; `fit(config.steps)` runs it.

    The best weights, averaged over the last steps, are chosen by the mean loss on every seventh
    hour of the validation part. With `checkpoint`, a path, it can be interrupted and resumed.
    """
    held_out, scale = data.origins["valid"][::7], data.scale.cpu().numpy()

    def held_out_loss(model: Forecaster) -> float:
        return float((errors(model, data, held_out) / scale).mean())

    return trainer_of(Forecaster, loss, held_out_loss, data, seed, checkpoint, log)


def trainer_of(
    kind: Callable[[Prepared], torch.nn.Module],
    its_loss: Callable[[torch.nn.Module, Prepared, torch.Tensor], torch.Tensor],
    held_out_loss: Callable[[torch.nn.Module], float],
    data: Prepared,
    seed: int,
    checkpoint: str | Path | None,
    log: Callable[[str], object] | None,
) -> Trainer:
    """A new model `kind(data)` of whatever kind, with the optimiser and schedule they all share."""
    config, origins = data.config, data.origins["train"]
    set_seed(seed)
    model = kind(data)
    return Trainer(
        model,
        lambda model, rows: its_loss(model, data, origins[rows]),
        torch.optim.AdamW(
            model.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay
        ),
        batches=Batches(len(origins), config.batch_size, seed=seed),
        schedule=warmup_cosine(config.steps, config.warmup),
        clip_norm=1.0,
        evaluate=held_out_loss,
        evaluate_every=config.evaluate_every,
        patience=config.patience,
        checkpoint=checkpoint,
        average=config.average,
        precision=config.precision,
        log=log,
        log_every=config.evaluate_every,
        seed=seed,
        config=asdict(config),
    )


def train(
    data: Prepared,
    seed: int = 0,
    checkpoint: str | Path | None = None,
    log: Callable[[str], object] | None = print,
) -> tuple[Forecaster, History]:
    """Train one forecaster to the end of its configuration: the best one, and its history."""
    training = trainer(data, seed, checkpoint, log)
    history = training.fit(data.config.steps)
    return training.model, history
