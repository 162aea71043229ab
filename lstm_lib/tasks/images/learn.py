"""The loss of all networks of pictures, in nats, and how each of them is trained."""

from collections.abc import Callable

import torch
import torch.nn.functional as F

from lstm_lib.tasks.images.data import Prepared, drawn_pixels
from lstm_lib.tasks.images.diagonal import DiagonalBiLSTM
from lstm_lib.tasks.images.model import ThreeWays
from lstm_lib.tasks.images.raster import Raster
from lstm_lib.tasks.network import Network, evaluating, matrices_decay

HUNDRED = 100.0  # the loss is in hundreds of nats a picture, so that it is near 1


def nats(model: torch.nn.Module, x: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
    """-log p(x | label) of each picture, (B,): the sum over its pixels."""
    each = F.binary_cross_entropy_with_logits(model(x, label), x, reduction="none")
    return each.sum((1, 2))


def loss(model: torch.nn.Module, data: Prepared, rows: torch.Tensor) -> torch.Tensor:
    """Hundreds of nats a picture, of these training pictures, each changed a little anew."""
    return nats(model, *drawn_pixels(data, rows)).mean() / HUNDRED


def score(model: torch.nn.Module, x: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
    """`nats` without gradients, 50 pictures at a time."""
    with evaluating(model):
        parts = zip(x.split(50), label.split(50), strict=True)
        return torch.cat([nats(model, *part) for part in parts])


def held_out(data: Prepared) -> Callable[[torch.nn.Module], float]:
    """The mean of the first 200 validation pictures, in hundreds of nats."""
    x, label = (part[:200] for part in data.held_out["valid"])
    return lambda model: score(model, x, label).mean().item() / HUNDRED


def network(build: Callable[[Prepared], torch.nn.Module]) -> Network:
    """Networks of one kind, all trained alike."""
    return Network(
        build=lambda data: build(data).to(data.device),
        loss=loss,
        examples=lambda data, seed: len(data.grey),
        held_out=held_out,
        decaying=matrices_decay,
    )


THREE_WAYS = network(
    lambda data: ThreeWays(data.config.side, data.config.hidden_size, data.config.above_size)
)
DIAGONAL = network(lambda data: DiagonalBiLSTM(data.config.side))
RASTER = network(lambda data: Raster(data.config))
