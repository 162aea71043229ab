"""What a backend is given and what it returns: the face that every backend shares."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import NamedTuple

import torch

from lstm_lib.scratch.variants import Variant

State = tuple[torch.Tensor, ...]


class Weights(NamedTuple):
    """The parameters of one layer in one direction; K blocks and n gates as the variant has them.

    W (K·H, I), R (K·H, H), the biases (K·H,) or None, p (n·H,) or None, G (3, 3, H, H) or None.
    """

    W: torch.Tensor
    R: torch.Tensor
    b_ih: torch.Tensor | None
    b_hh: torch.Tensor | None
    p: torch.Tensor | None
    G: torch.Tensor | None


@dataclass(frozen=True)
class Call:
    """One call of the module, arguments checked.

    `x` is (T, B, I), or the (N, I) rows of a packed sequence with `batch_sizes` (T,), a CPU
    LongTensor that never grows. `state` is h, c (L·D, B, H) and, with gate recurrence, the gates
    (L·D, 3, B, H), in the order of the packed rows. `weights` has L·D entries, a layer's directions
    next to each other. `dropout` applies between layers, and is 0 outside training.
    """

    variant: Variant
    x: torch.Tensor
    batch_sizes: torch.Tensor | None
    state: State
    weights: list[Weights]
    directions: int
    dropout: float


@dataclass(frozen=True)
class Case:
    """What decides whether a backend is right: what the module knows without its input.

    `device` is a type, "cpu" or "cuda"; `dtype` that of the computation (see `precision`).
    """

    variant: Variant
    device: str
    dtype: torch.dtype
    hidden_size: int


def autocast_is_on(device: str) -> bool:
    """Is autocast on for this type of device? Some, such as "meta", have none.

    >>> with torch.autocast("cpu", torch.bfloat16):
    ...     autocast_is_on("cpu"), autocast_is_on("meta")
    (True, False)
    """
    return torch.amp.is_autocast_available(device) and torch.is_autocast_enabled(device)


def without_autocast(device: str) -> AbstractContextManager:
    """A context in which autocast is off for this type of device."""
    return torch.autocast(device, enabled=False) if autocast_is_on(device) else nullcontext()


def precision(weights: torch.dtype, device: str) -> torch.dtype:
    """In which dtype an LSTM computes: autocast's where that is on (float64 stays), else its own.

    >>> with torch.autocast("cpu", torch.bfloat16):
    ...     precision(torch.float32, "cpu"), precision(torch.float64, "cpu")
    (torch.bfloat16, torch.float64)
    """
    if weights == torch.float64 or not autocast_is_on(device):
        return weights
    return torch.get_autocast_dtype(device)


@dataclass(frozen=True)
class Backend:
    """One way to compute an LSTM.

    run(call) -> y, state       y as `call.x` with D·H columns, state as `call.state`
    why_not(case) -> str        why it cannot be used there; None if it can

    passed_over(case) -> str    why "auto" leaves it alone though it can be used; None if it may not
    """

    name: str
    about: str
    run: Callable[[Call], tuple[torch.Tensor, State]]
    why_not: Callable[[Case], str | None]
    passed_over: Callable[[Case], str | None] = lambda case: None
