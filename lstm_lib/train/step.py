"""One optimiser step: the gradient of a batch, in pieces; the update; the mean of the weights."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch

from lstm_lib.train.finite import NonFiniteError, all_finite, explain_nonfinite
from lstm_lib.train.precision import Precision
from lstm_lib.train.processes import Processes
from lstm_lib.train.schedule import Schedule

Loss = Callable[[torch.nn.Module, torch.Tensor], torch.Tensor]


@dataclass
class OptimiserStep:
    """What happens to the weights in each step, but for the loss and the batch."""

    model: torch.nn.Module
    optimizer: torch.optim.Optimizer
    schedule: Schedule | None
    clip_norm: float | None
    precision: Precision
    accumulate: int

    def __post_init__(self):
        self._rates = [group["lr"] for group in self.optimizer.param_groups]

    def take(
        self, step: int, loss: Loss, indices: torch.Tensor, processes: Processes
    ) -> tuple[float, bool]:
        """Step number `step`, counted from 0: the batch's loss, and False if it was skipped.

        A step is skipped if the scaled gradient of float16 overflowed: the scale was too large.
        Raises NonFiniteError for a loss, any other gradient, and weights that are not finite.
        """
        self.set_rates(1.0 if self.schedule is None else float(self.schedule(step)))
        processes.like_first(self.model.buffers())
        self.model.train()
        self.optimizer.zero_grad(set_to_none=True)
        value, where = self._gradient(loss, indices, processes)
        if not math.isfinite(value):
            raise explain_nonfinite("loss", value, step, self.model, where)
        self.precision.unscale(self.optimizer)
        taken = self._update(step, value)
        self.precision.adapt()
        return value, taken

    def set_rates(self, factor: float) -> None:
        """Give each group of parameters its own rate, times the factor."""
        for group, rate in zip(self.optimizer.param_groups, self._rates, strict=True):
            group["lr"] = rate * factor

    def _gradient(
        self, loss: Loss, indices: torch.Tensor, processes: Processes
    ) -> tuple[float, str]:
        """The loss of the whole batch, and where it is not finite; the gradient goes into `grad`.

        loss(batch) = Σ_pieces len(piece) / len(batch) · loss(piece), which holds for a mean over
        rows. The gradient, summed over all processes, still has the precision's scale.
        """
        pieces, losses = portions(indices, self.accumulate, processes), []
        for rows, share in pieces:
            with self.precision.autocast():
                mean = loss(self.model, rows)
            if not torch.is_tensor(mean) or mean.ndim != 0 or not mean.requires_grad:
                got = tuple(mean.shape) if torch.is_tensor(mean) else type(mean).__name__
                raise ValueError(
                    f"loss must return a scalar tensor that needs a gradient; got {got}"
                )
            self.precision.scaled(mean * share).backward()
            losses.append(mean.detach())
        values = torch.stack(losses).tolist() if losses else []
        value = sum(share * v for v, (_, share) in zip(values, pieces, strict=True))
        bad = next((k for k, v in enumerate(values, 1) if not math.isfinite(v)), 0)
        table = processes.gather([value, bad, len(pieces)])
        _refuse_sparse(self.model)
        processes.sum_gradients(self.model.parameters())
        return sum(row[0] for row in table), place_of_fault(table)

    def _update(self, step: int, value: float) -> bool:
        model = self.model
        gradients = [p.grad for p in model.parameters() if p.grad is not None]
        norm = torch.nn.utils.get_total_norm(gradients)
        if not norm.isfinite():
            if self.precision.scaler is None:
                raise explain_nonfinite("gradient norm", norm.item(), step, model)
            return False
        if self.clip_norm is not None:
            torch.nn.utils.clip_grads_with_norm_(model.parameters(), self.clip_norm, norm)
        try:
            self.optimizer.step()
        except RuntimeError as error:
            if "without overflow" not in str(error):
                raise
            rates = ", ".join(f"{float(group['lr']):.3g}" for group in self.optimizer.param_groups)
            raise NonFiniteError(
                f"step {step}: the update is beyond the range of the weights' numbers. Likely "
                f"cause: the learning rate is too high ({rates}).",
                step,
            ) from None
        if not all_finite(model.parameters()):
            raise explain_nonfinite("update", value, step, model)
        return True


class Average:
    """The mean of the weights after each step, the recent ones weighing more.

    mean_t = Σ_{k=1..t} d^(t-k) w_k / Σ_{k=1..t} d^(t-k), with decay d; the initial weights w_0 do
    not enter. Polyak & Juditsky (1992) average uniformly; the exponential form with the correction
    for the start is that of Adam's moments (Kingma & Ba, 2015, section 3). Entries that are not
    floating-point are copied.

    >>> average = Average(0.5)
    >>> for w in (1.0, 4.0):
    ...     average.update({"w": torch.tensor(w)})
    >>> average.state["w"].item()          # (0.5·1 + 1·4) / 1.5
    3.0
    """

    def __init__(self, decay: float):
        if not 0.0 <= decay < 1.0:
            raise ValueError(f"average (the decay) must be in [0, 1); got {decay}")
        self.decay = decay
        self.updates = 0
        self.state: dict[str, torch.Tensor] = {}

    @torch.no_grad()
    def update(self, weights: dict[str, torch.Tensor]) -> None:
        """Take in the weights after one more step."""
        self.updates += 1
        share = (1.0 - self.decay) / (1.0 - self.decay**self.updates)
        for name, value in weights.items():
            mean = self.state.get(name)
            if mean is None or not value.is_floating_point():
                self.state[name] = value.detach().clone()
            else:
                mean.lerp_(value.detach(), share)


def _refuse_sparse(model: torch.nn.Module) -> None:
    """Raises TypeError for a gradient that is not a plain array: no norm is computed of one."""
    for name, parameter in model.named_parameters():
        if parameter.grad is not None and parameter.grad.layout != torch.strided:
            raise TypeError(
                f"the gradient of {name!r} is sparse, which a Trainer does not take: build the "
                "embedding with sparse=False, and take an optimiser for dense gradients"
            )


def portions(
    indices: torch.Tensor, accumulate: int, processes: Processes
) -> list[tuple[torch.Tensor, float]]:
    """This process's pieces of a batch, each with the share it has in the mean over the rows.

    First the batch is cut into one part for each process, then that into `accumulate` pieces, each
    time as equally as it goes; none is empty, so that there may be fewer, down to no piece at all.

    >>> for rank in (0, 1):
    ...     cut = portions(torch.arange(7), 2, Processes(rank, 2))
    ...     [(rows.tolist(), round(share, 2)) for rows, share in cut]
    [([0, 1], 0.29), ([2, 3], 0.29)]
    [([4, 5], 0.29), ([6], 0.14)]
    """
    if accumulate == processes.count == 1:
        return [(indices, 1.0)]
    mine = indices.tensor_split(processes.count)[processes.rank]
    pieces = mine.tensor_split(min(accumulate, len(mine))) if len(mine) else ()
    return [(rows, len(rows) / len(indices)) for rows in pieces]


def place_of_fault(table: list[list[float]]) -> str:
    """Where the loss was first not finite, from each process's (loss, faulty piece or 0, pieces).

    >>> place_of_fault([[1.0, 0, 2], [float("nan"), 2, 2]])
    ' in piece 2 of 2 in process 1'
    """
    for rank, (_, bad, pieces) in enumerate(table):
        if bad:
            piece = f" in piece {bad:.0f} of {pieces:.0f}" if pieces > 1 else ""
            return piece + (f" in process {rank}" if len(table) > 1 else "")
    return ""
