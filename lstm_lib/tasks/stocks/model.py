"""The forecaster, its loss and its training: for the variance of a day, or for its return."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch

from lstm_lib.nn import LSTM
from lstm_lib.tasks.network import Network, evaluating
from lstm_lib.tasks.stocks.data import FIRST, Net, Prepared, windows
from lstm_lib.tasks.stocks.floors import constant, log_har, log_linear, rescaled

BASES = {
    "constant": lambda data, until: np.log(constant(data, until)),
    "log-HAR": lambda data, until: np.log(log_har(True, True, True)(data, until)),
    "log-linear": lambda data, until: np.log(log_linear()(data, until)),
    "zero": lambda data, until: np.zeros(len(data)),
}


@dataclass(frozen=True, repr=False)
class Problem:
    """One network's question: which days, from where, and what was right.

    `base` (N,) float32: what the answer is added to; a logarithm if the variance is asked for.
    `truth` (N,) float32: the return in %, or the variance in %^2, that the loss is counted with.
    `rows` (n,): the days to train on, all before `until`. `held_out` (m,): the days that choose the
    best weights; none if the validation part is trained on.
    """

    data: Prepared
    net: Net
    until: int
    base: torch.Tensor = field(repr=False)
    truth: torch.Tensor = field(repr=False)
    rows: torch.Tensor
    held_out: torch.Tensor

    @property
    def config(self) -> Net:
        """How the network learns."""
        return self.net


def pose(data: Prepared, net: Net, until: int | None = None) -> Problem:
    """What `net` is asked, with everything fitted on rows before `until` (default: `data.until`).

    Raises ValueError for an unknown target or base.
    """
    until = data.until if until is None else until
    if net.onto not in BASES:
        raise ValueError(f"onto must be one of {', '.join(BASES)}; got {net.onto!r}")
    if net.target not in ("variance", "return"):
        raise ValueError(f"target must be variance or return; got {net.target!r}")
    truth = data.returns if net.target == "return" else mixed_variance(data, net, until)
    train_ends, valid = int(data.days["train"][-1]) + 1, data.days["valid"]

    def tensor(values: np.ndarray) -> torch.Tensor:
        return torch.from_numpy(values.astype(np.float32)).to(data.inputs.device)

    return Problem(
        data=data,
        net=net,
        until=until,
        base=tensor(BASES[net.onto](data, until)),
        truth=tensor(truth),
        rows=torch.arange(FIRST + net.window, until),
        held_out=torch.from_numpy(valid if until <= train_ends else valid[:0]),
    )


def mixed_variance(data: Prepared, net: Net, until: int) -> np.ndarray:
    """The variance that the loss is counted with, (N,): of the range, and the squared return.

    The range variance comes first to the squared returns' mean, on the rows before `until`.
    """
    squares, rows = data.returns**2, slice(FIRST, until)
    level = squares[rows].mean() / data.variance[rows].mean()
    return net.range_share * level * data.variance + (1 - net.range_share) * squares


class Forecaster(torch.nn.Module):
    """An LSTM reads the days before; its last output corrects a simple forecast.

    answer = base + w . dropout(h_T) + b, with w = 0 and b = 0 at the start: an untrained forecaster
    *is* the simple forecast. The answer is log h for a variance, the return in % for a return.

    >>> forecaster = Forecaster(inputs=16, net=Net(target="variance", onto="log-HAR"))
    >>> forecaster(torch.randn(22, 3, 16), torch.tensor([0.5, 0.0, -1.0])).tolist()
    [0.5, 0.0, -1.0]
    """

    def __init__(self, inputs: int, net: Net):
        super().__init__()
        self.lstm = LSTM(inputs, net.hidden_size, forget_bias=1.0)
        self.dropout = torch.nn.Dropout(net.dropout)
        self.dense = torch.nn.Linear(net.hidden_size, 1)
        torch.nn.init.zeros_(self.dense.weight)
        torch.nn.init.zeros_(self.dense.bias)

    def forward(self, x: torch.Tensor, base: torch.Tensor) -> torch.Tensor:
        """x (T, B, I), base (B,) -> the answer, (B,)."""
        h_seq, _ = self.lstm(x)
        return base + self.dense(self.dropout(h_seq[-1])).squeeze(-1)


def loss(model: torch.nn.Module, problem: Problem, days: torch.Tensor) -> torch.Tensor:
    """QLIKE of a variance, squared error of a return: the mean over these days, a scalar."""
    x = windows(problem.data, days, problem.net.window)
    answer, truth = model(x, problem.base[days]), problem.truth[days]
    if problem.net.target == "return":
        return (truth - answer).square().mean()
    return (answer + truth * torch.exp(-answer)).mean()


def answers(model: torch.nn.Module, problem: Problem) -> np.ndarray:
    """The model's answer for every day that has a window before it, (N,) float64; else NaN."""
    window = problem.net.window
    answer = np.full(len(problem.data), np.nan)
    with evaluating(model):
        for days in torch.arange(FIRST + window, len(problem.data)).split(1024):
            x = windows(problem.data, days, window)
            answer[days.numpy()] = model(x, problem.base[days]).cpu().numpy()
    return answer


def forecast(models: Sequence[torch.nn.Module] | torch.nn.Module, problem: Problem) -> np.ndarray:
    """The forecast for every day, (N,): a return in %, or a variance in %^2, `rescaled`.

    Several models answer by their mean; of variances that is the mean of the logarithms.
    """
    models = [models] if isinstance(models, torch.nn.Module) else list(models)
    answer = np.mean([answers(model, problem) for model in models], axis=0)
    if problem.net.target == "return":
        return answer
    return rescaled(problem.data, np.exp(answer), problem.until)


def held_out(problem: Problem) -> Callable[[Forecaster], float] | None:
    """What the best weights are chosen by: the loss on the days held out, if there are any."""
    days = problem.held_out
    return (lambda model: float(loss(model, problem, days))) if len(days) else None


FORECASTER = Network(
    build=lambda problem: Forecaster(problem.data.inputs.shape[1], problem.net).to(
        problem.data.inputs.device
    ),
    loss=lambda model, problem, rows: loss(model, problem, problem.rows[rows]),
    examples=lambda problem, seed: len(problem.rows),
    held_out=held_out,
)
trainer, train = FORECASTER.trainer, FORECASTER.train
