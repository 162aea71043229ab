"""To write: one decision and one offset after another, each drawn from what the network says."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import torch

from lstm_lib.nn.mixture import Mixture, mixture, sample
from lstm_lib.tasks.handwriting.data import DRAW, END, Paths
from lstm_lib.tasks.handwriting.model import Writer, first_input, next_input
from lstm_lib.tasks.network import evaluating

MOST = 120  # points of a character, if no end comes before


class Written(NamedTuple):
    """One path: offsets (T, 2) in the grid and what the pen did before each, (T,)."""

    offsets: np.ndarray
    pen: np.ndarray

    @property
    def points(self) -> np.ndarray:
        """Where the pen is after each offset, (T, 2), from the start at 0, 0."""
        return self.offsets.cumsum(0)

    @property
    def strokes(self) -> list[np.ndarray]:
        """What is seen on paper: the points of each stroke, (n, 2)."""
        points = np.vstack([np.zeros((1, 2)), self.points])
        drawn = np.append(False, self.pen == DRAW)
        starts = np.flatnonzero(~drawn)
        return [stroke for stroke in np.split(points, starts[1:]) if len(stroke) > 1]


class Step(NamedTuple):
    """One step of writing: B paths at once, those that have ended among them.

    `place` (B, 2): where the pen was; `chance` (B, kinds): of what it does next; `mix`: where it
    goes, for each if it draws; `pen` (B,): what it did; `offset` (B, 2).
    """

    place: torch.Tensor
    chance: torch.Tensor
    mix: Mixture
    pen: torch.Tensor
    offset: torch.Tensor


def write(
    model: Writer,
    paths: Paths,
    count: int = 1,
    labels: Sequence[int] | None = None,
    bias: float = 0.0,
    seed: int = 0,
) -> list[Written]:
    """`count` paths, or one for each of the `labels`.

    bias 0 writes as was learnt, more writes more neatly (Graves 2013, eqs. 61-62); the pen is drawn
    without bias. Offsets are rounded to the grid, as the network has only seen such.
    """
    steps = list(writing(model, paths, count, labels, bias, seed))
    offsets = torch.stack([step.offset for step in steps], 1).numpy()
    pen = torch.stack([step.pen for step in steps], 1).numpy()
    found = []
    for row, kinds in zip(offsets, pen, strict=True):
        ended = np.flatnonzero(kinds == END)
        long = ended[0] if len(ended) else len(kinds)
        found.append(Written(row[:long].astype(float), kinds[:long]))
    return found


def writing(
    model: Writer,
    paths: Paths,
    count: int = 1,
    labels: Sequence[int] | None = None,
    bias: float = 0.0,
    seed: int = 0,
) -> Iterator[Step]:
    """The same, step by step. Raises ValueError for labels that are none of the classes."""
    labels = list(labels) if labels is not None else [0] * count
    wrong = [label for label in labels if label not in range(paths.classes)]
    if wrong or not labels:
        raise ValueError(
            f"labels must be of 0 to {paths.classes - 1}, one at least; got {wrong[:1]}"
        )
    generator = torch.Generator().manual_seed(seed)
    label = torch.tensor(labels)
    x, state = first_input(label, paths), None
    place, over = torch.zeros(len(label), 2), torch.zeros(len(label), dtype=torch.bool)
    most = MOST if paths.kinds > END else paths.offsets.shape[1]
    with evaluating(model):
        for _ in range(most):
            (logits, raw), state = model.step(x, state)
            chance = torch.softmax(logits[:, -1], -1)
            pen = torch.multinomial(chance, 1, generator=generator)[:, 0]
            pen[over] = END
            over = over | (pen == END)
            which = pen.clamp(max=model.moves - 1)
            mix = mixture(raw[torch.arange(len(label)), -1, which], bias)
            offset = (sample(mix, generator) * paths.scale).round()
            offset[over] = 0.0
            yield Step(place, chance, mix, pen, offset)
            if over.all():
                return
            place = place + offset
            x = next_input(offset, place, pen, label, paths)
