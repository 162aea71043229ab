"""Digits as black and white pixels, cut into parts, made black and white in one of two ways."""

from dataclasses import dataclass, field, replace

import numpy as np
import torch
import torch.nn.functional as F

from lstm_lib.data import Split, load_mnist
from lstm_lib.tasks.network import Learning

WAYS = ("threshold", "stochastic")
CLASSES = 10


@dataclass(frozen=True, kw_only=True)
class Config(Learning):
    """One experiment; `LAPTOP` and `FULL` differ in values only.

    `side`: 28 for MNIST's digits and the network of three LSTMs, 8 for scikit-learn's small digits
    and the plain one. `hidden_size`: of the LSTM along the rows; `above_size`: of the two that read
    what is above. `turn`, `scale`, `bend`: how far a picture is changed each time it is read in
    training (degrees and a share at most, pixels about). `diagonal_seeds`: of the Diagonal BiLSTM,
    which is trained beside it.
    """

    side: int = 28
    hidden_size: int = 64
    above_size: int = 48
    turn: float = 5.0
    scale: float = 0.05
    bend: float = 0.4
    batch_size: int = 8
    learning_rate: float = 5e-3
    warmup: int = 100
    steps: int = 4000
    evaluate_every: int = 1000
    seeds: tuple[int, ...] = (0, 1, 2)
    diagonal_seeds: tuple[int, ...] = (0,)


FULL = Config()
LAPTOP = replace(
    FULL,
    side=8,
    hidden_size=96,
    turn=0.0,
    scale=0.0,
    bend=0.0,
    batch_size=32,
    steps=900,
    evaluate_every=300,
    seeds=(0,),
    diagonal_seeds=(),
)


@dataclass(frozen=True, repr=False)
class Prepared:
    """Grey training pictures, and the held-out ones in black and white, drawn once and for all.

    `grey` (N, R, C) float32 in 0..1, `label` (N,) int64; `held_out` ("valid", "test"): pixels
    (N, R, C) float32, 0 or 1, and labels. `way`: "threshold" (ink where grey is over one half) or
    "stochastic" (ink with the probability grey).
    """

    config: Config
    way: str
    grey: torch.Tensor = field(repr=False)
    label: torch.Tensor = field(repr=False)
    held_out: dict[str, tuple[torch.Tensor, torch.Tensor]] = field(repr=False)
    device: str | torch.device = "cpu"


def binarised(grey: np.ndarray, way: str, seed: int = 0) -> np.ndarray:
    """0 or 1 for each pixel: over one half, or drawn once with the probability grey.

    grey (...) in 0..1. Returns float32. Raises ValueError for an unknown `way`.

    >>> binarised(np.array([0.2, 0.9]), "threshold").tolist()
    [0.0, 1.0]
    """
    if way not in WAYS:
        raise ValueError(f"way must be one of {', '.join(WAYS)}; got {way!r}")
    if way == "threshold":
        return (grey > 0.5).astype(np.float32)
    draw = np.random.RandomState(seed)  # its stream is promised never to change
    return (draw.random_sample(grey.shape) < grey).astype(np.float32)


def prepare(
    config: Config = FULL, device: str | torch.device = "cpu", way: str = "threshold"
) -> Prepared:
    """Load the digits, hold out one part to choose by, one to report, make them black and white.

    MNIST: 4,000, 500 and 500, as `load_mnist` splits them. The small ones: 1,297, then 200 and 300,
    in the order of the file. Raises ValueError for another side.
    """
    if config.side == 28:
        loaded = load_mnist()
        grey, label, split = loaded.images / np.float32(255), loaded.labels, loaded.split
    elif config.side == 8:
        from sklearn.datasets import load_digits  # drawing does without scikit-learn

        loaded = load_digits()
        grey, label = loaded.images.astype(np.float32) / 16, loaded.target
        split = Split(slice(0, 1297), slice(1297, 1497), slice(1497, 1797))
    else:
        raise ValueError(f"side must be 28 or 8; got {config.side}")
    labels, held_out = torch.from_numpy(label.astype(np.int64)).to(device), {}
    for seed, part in enumerate(("valid", "test")):
        rows = getattr(split, part)
        pixels = torch.from_numpy(binarised(grey[rows], way, seed)).to(device)
        held_out[part] = (pixels, labels[rows])
    train = torch.from_numpy(grey[split.train]).to(device)
    return Prepared(config, way, train, labels[split.train], held_out, device)


def prepare_both(config: Config = FULL, device: str | torch.device = "cpu") -> dict[str, Prepared]:
    """The digits in both ways of making them black and white, by the name of the way."""
    return {way: prepare(config, device, way) for way in WAYS}


def changed(grey: torch.Tensor, config: Config) -> torch.Tensor:
    """The pictures a little turned, stretched, slanted and bent, each in its own way.

    grey (N, R, C). Drawn from torch's generator; with `turn`, `scale` and `bend` 0 as they were.
    """
    if not (config.turn or config.scale or config.bend):
        return grey
    n, rows, _ = grey.shape

    def drawn(most: float) -> torch.Tensor:
        return (2 * torch.rand(n) - 1) * most

    angle, slant = drawn(np.radians(config.turn)), drawn(1.5 * config.scale)
    wide, high = 1 + drawn(config.scale), 1 + drawn(config.scale)
    cos, sin = torch.cos(angle), torch.sin(angle)
    matrix = torch.stack([cos * wide, sin * high + slant, -sin * wide, cos * high], 1)
    affine = torch.cat([matrix.view(n, 2, 2), torch.zeros(n, 2, 1)], 2)
    where = F.affine_grid(affine, [n, 1, rows, rows], align_corners=False)
    coarse = (2 / rows) * config.bend * torch.randn(n, 2, 5, 5)
    bent = F.interpolate(coarse, size=(rows, rows), mode="bicubic", align_corners=True)
    where = (where + bent.permute(0, 2, 3, 1)).to(grey.device)
    return F.grid_sample(grey[:, None], where, align_corners=False)[:, 0].clamp(0, 1)


def drawn_pixels(data: Prepared, rows: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Training pictures changed a little and made black and white anew: pixels and labels."""
    rows = rows.to(data.grey.device)
    grey = changed(data.grey[rows], data.config)
    ink = 0.5 if data.way == "threshold" else torch.rand(grey.shape).to(grey.device)
    return (grey > ink).float(), data.label[rows]
