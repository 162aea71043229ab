"""Paths of a pen as offsets and what the pen does, padded; two sources, one form."""

from dataclasses import dataclass, field, replace

import numpy as np
import torch

from lstm_lib.data import load_kanji, load_pendigits
from lstm_lib.data.split import Split
from lstm_lib.tasks.network import Learning

DRAW, LIFT, END, NOTHING = 0, 1, 2, -1  # what the pen does next
DIGIT_SCALE = 10.0


@dataclass(frozen=True, kw_only=True)
class Writing(Learning):
    """One network; those that are compared differ in values only.

    `source`: "kanji" or "digits". `window`: 0 for an LSTM; k for a network without a state that
    sees the last k points alone, the floor "Markov mixture". `components`: K, of the mixture.
    `stretch`: each character is made wider, higher and more slanted by up to this share each time
    it is read in training.
    """

    source: str = "kanji"
    window: int = 0
    hidden_size: int = 512
    components: int = 20
    dropout: float = 0.2
    stretch: float = 0.03
    backend: str = "auto"


@dataclass(frozen=True, kw_only=True)
class Config:
    """The networks of one run, and the seeds of each."""

    kanji: Writing
    kanji_markov: Writing
    digits: Writing
    digits_markov: Writing
    seeds: tuple[int, ...] = (0, 1, 2)


LONG = dict(learning_rate=4e-3, steps=1400, evaluate_every=350)
PLENTY = dict(source="digits", hidden_size=256, stretch=0.0, batch_size=128, learning_rate=5e-3)
PLENTY |= dict(steps=2000, evaluate_every=500)
FULL = Config(
    kanji=Writing(**LONG, precision="bfloat16", backend="fused"),
    kanji_markov=Writing(**LONG, window=12, dropout=0.0),
    digits=Writing(**PLENTY),
    digits_markov=Writing(**PLENTY, window=7),
)
SHORT = dict(hidden_size=256, dropout=0.0, batch_size=32, learning_rate=6e-3, steps=350)
SHORT |= dict(precision="float32", backend="auto", warmup=20, evaluate_every=175)
QUICK = SHORT | dict(hidden_size=128, components=10, batch_size=128, learning_rate=5e-3)
QUICK |= dict(steps=1000, warmup=50, evaluate_every=250)
LAPTOP = Config(
    kanji=replace(FULL.kanji, **SHORT),
    kanji_markov=replace(FULL.kanji_markov, **SHORT),
    digits=replace(FULL.digits, **QUICK),
    digits_markov=replace(FULL.digits_markov, **QUICK),
    seeds=(0,),
)


@dataclass(frozen=True, repr=False)
class Paths:
    """N paths of at most T points.

    `offsets` (N, T, 2) float32: from point to point, in the data's own grid; the first one comes
    from `start`. `pen` (N, S): what the pen does before each offset, DRAW or LIFT, END after the
    last one where that has to be told (S = T + 1), NOTHING where there is nothing. `labels` (N,):
    the class of each, or 0. `scale`: networks see offsets divided by it. `noise` (N, T, 2): added
    to what is predicted, uniform within half a step of the grid: the density of points on a grid
    has no bound without it. `kinds`: how many of DRAW, LIFT, END there are; `classes`: of labels.
    """

    offsets: torch.Tensor
    pen: torch.Tensor
    labels: torch.Tensor
    noise: torch.Tensor = field(repr=False)
    scale: float
    kinds: int
    classes: int
    split: Split
    names: str = ""

    def __len__(self) -> int:
        return len(self.offsets)

    @property
    def lengths(self) -> torch.Tensor:
        """How many points each path has, (N,)."""
        return ((self.pen == DRAW) | (self.pen == LIFT)).sum(1)


@dataclass(frozen=True)
class Problem:
    """What one network is trained on."""

    config: Writing
    paths: Paths
    device: str | torch.device = "cpu"


@dataclass(frozen=True)
class Prepared:
    """Both sources, and the configuration of all networks."""

    config: Config
    sources: dict[str, Paths]
    device: str | torch.device = "cpu"

    def problem(self, name: str) -> Problem:
        """What the network of this name is trained on."""
        config = getattr(self.config, name)
        return Problem(config, self.sources[config.source], self.device)


def prepare(config: Config = FULL, device: str | torch.device = "cpu") -> Prepared:
    """Load both sources."""
    return Prepared(config, {"kanji": kanji_paths(), "digits": digit_paths()}, device)


def kanji_paths() -> Paths:
    """KanjiVG: from the middle of the frame to the first point, and on to the end.

    The one number that offsets are divided by is their root mean square in the training part.
    """
    data = load_kanji()
    start = np.full((1, 2), 109.0)  # the middle of 0..218
    offsets = [np.diff(points.astype(float), axis=0, prepend=start) for points in data.points]
    pens = []
    for ends in data.ends:
        lifted = np.append(True, ends)
        pens.append(np.where(lifted, LIFT, DRAW))
        pens[-1][-1] = END
    train = np.concatenate(offsets[data.split.train])
    return _paths(
        offsets,
        pens,
        np.zeros(len(data)),
        float(np.sqrt((train**2).mean())),
        data.split,
        1,
        data.text,
    )


def digit_paths() -> Paths:
    """Pen-Digits: seven offsets between eight points, the digit as a condition."""
    data = load_pendigits()
    offsets = list(np.diff(data.points.astype(float), axis=1))
    pens = [np.full(len(one), DRAW) for one in offsets]
    return _paths(offsets, pens, data.labels, DIGIT_SCALE, data.split, 10)


def _paths(offsets, pens, labels, scale, split, classes, names="") -> Paths:
    def padded(rows: list, fill: float) -> np.ndarray:
        table = np.full((len(rows), max(map(len, rows)), *rows[0].shape[1:]), fill)
        for line, row in zip(table, rows, strict=True):
            line[: len(row)] = row
        return table

    table, pen = padded(offsets, 0.0), padded(pens, NOTHING)
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, table.shape)
    return Paths(
        offsets=torch.tensor(table, dtype=torch.float32),
        pen=torch.tensor(pen, dtype=torch.long),
        labels=torch.tensor(labels, dtype=torch.long),
        noise=torch.tensor(noise, dtype=torch.float32),
        scale=scale,
        kinds=int(pen.max()) + 1,
        classes=classes,
        split=split,
        names=names,
    )
