"""Pictures drawn by a network: pixel by pixel, from the first or below what is given."""

from collections.abc import Sequence

import torch

from lstm_lib.tasks.images.data import CLASSES
from lstm_lib.tasks.images.model import ThreeWays, left
from lstm_lib.tasks.network import evaluating


def drawn(
    model: torch.nn.Module,
    label: torch.Tensor | Sequence[int],
    given: torch.Tensor | None = None,
    *,
    side: int = 28,
    seed: int = 0,
) -> torch.Tensor:
    """One picture for each label, (B, side, side), 0 or 1: x_t ~ p(x_t | pixels before, class).

    `given` (B, K, side) or (K, side): the first K rows, kept as they are; the rest is drawn from
    the exact conditional distribution, since the network reads from the top. The same seed gives
    the same pictures. Raises ValueError for a label that is no digit, or `given` of another shape
    or with other values than 0 and 1.
    """
    label = torch.as_tensor(label)
    if label.ndim != 1 or label.dtype.is_floating_point or label.dtype == torch.bool:
        raise ValueError(f"label must hold whole numbers, (B,); got {tuple(label.shape)}")
    if len(label) and not 0 <= int(label.min()) <= int(label.max()) < CLASSES:
        raise ValueError(f"label must hold digits from 0 to 9; got {label.tolist()}")
    x = torch.zeros(len(label), side, side)
    known = 0
    if given is not None:
        given = torch.as_tensor(given, dtype=torch.float32)
        known = given.shape[-2]
        if given.shape[-1] != side or known > side or given.ndim not in (2, 3):
            raise ValueError(f"given must be (B, K, {side}); got {tuple(given.shape)}")
        if not ((given == 0) | (given == 1)).all():
            raise ValueError("given must hold 0 and 1 alone")
        x[:, :known] = given
    uniform = torch.rand(x.shape, generator=torch.Generator().manual_seed(seed))
    row = _row if isinstance(model, ThreeWays) else _any_row
    with evaluating(model):
        for part in torch.arange(len(label)).split(50):  # memory for fifty at a time
            few = slice(int(part[0]), int(part[-1]) + 1) if len(part) else slice(0)
            for r in range(known, side):
                row(model, x[few], label[few], r, uniform[few, r])
    return x


def _row(model: ThreeWays, x: torch.Tensor, label: torch.Tensor, r: int, u: torch.Tensor) -> None:
    """Fill row r: what is above it is read once, then the last LSTM goes along it."""
    e = model.place(label)[:, : r + 1]
    above, state = model.above(x[:, : r + 1], e)[:, r], None
    for c in range(x.shape[2]):
        z = torch.cat([above[:, c], left(x[:, r : r + 1, : c + 1])[:, 0, c]], -1)[None]
        h, state = model.along(z, state)
        x[:, r, c] = (u[:, c] < torch.sigmoid(model.ink(h, z)[0])).float()


def _any_row(
    model: torch.nn.Module, x: torch.Tensor, label: torch.Tensor, r: int, u: torch.Tensor
) -> None:
    """Fill row r of any network of pictures: the whole of it is asked again for every pixel."""
    for c in range(x.shape[2]):
        x[:, r, c] = (u[:, c] < torch.sigmoid(model(x, label)[:, r, c])).float()


def frames(picture: torch.Tensor, after: Sequence[int]) -> torch.Tensor:
    """One picture as it stood after so many pixels, (N, R, C): NaN is not decided yet.

    >>> frames(torch.ones(2, 2), [0, 3])[1]
    tensor([[1., 1.],
            [1., nan]])
    """
    film = picture.flatten().repeat(len(after), 1)
    for frame, count in zip(film, after, strict=True):
        frame[count:] = torch.nan
    return film.view(-1, *picture.shape)
