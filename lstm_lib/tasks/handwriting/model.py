"""The network that writes, its loss, its training, its nats."""

from collections.abc import Callable

import numpy as np
import torch
from torch.nn.functional import one_hot, pad

from lstm_lib.nn import LSTM
from lstm_lib.nn.mixture import PER_COMPONENT, log_density, mixture
from lstm_lib.tasks.handwriting.batches import AlikeLong
from lstm_lib.tasks.handwriting.data import DRAW, END, LIFT, NOTHING, Paths, Problem, Writing
from lstm_lib.tasks.network import Network, evaluating, matrices_decay
from lstm_lib.train import Batches


class Writer(torch.nn.Module):
    """What does the pen do next, and where does it go?

    At every step the network has seen all offsets so far. It first says whether the pen draws, is
    lifted or has done (a softmax), then, given that, where it goes: one mixture of K Gaussians for
    drawing and one for the way through the air. In Graves (2013) pen and offset are predicted side
    by side; one after the other, the second may depend on the first.

    With `window` = k there is no state: the last k inputs go through two layers.

    >>> from lstm_lib.tasks.handwriting import Writing, digit_paths
    >>> paths = digit_paths()
    >>> model = Writer(Writing(source="digits", hidden_size=8, components=5), paths)
    >>> pen, raw = model(inputs(paths.offsets[:3], paths.pen[:3], paths.labels[:3], paths))
    >>> pen.shape, raw.shape  # digits know one kind of move: drawing
    (torch.Size([3, 7, 1]), torch.Size([3, 7, 1, 30]))
    """

    def __init__(self, config: Writing, paths: Paths):
        super().__init__()
        self.kinds, self.window = paths.kinds, config.window
        self.moves = min(paths.kinds, END)
        width, hidden = width_of(paths), config.hidden_size
        if config.window:
            self.first = torch.nn.Linear(width * config.window, hidden)
            self.second = torch.nn.Linear(hidden, hidden)
        else:
            self.lstm = LSTM(
                width, hidden, batch_first=True, backend=config.backend, forget_bias=1.0
            )
        self.dropout = torch.nn.Dropout(config.dropout)
        numbers = PER_COMPONENT * config.components
        self.dense = torch.nn.Linear(hidden, self.kinds + self.moves * numbers)
        with torch.no_grad():  # means apart from each other, or all components learn the same
            _, raw = self.split(self.dense.bias)
            raw[:, config.components : 3 * config.components].normal_()

    def split(self, out: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """The last layer's numbers: of the pen (..., kinds), of the mixtures (..., moves, 6 K)."""
        pen, raw = out.split([self.kinds, out.shape[-1] - self.kinds], -1)
        return pen, raw.unflatten(-1, (self.moves, -1))

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """x (B, S, I) -> what the pen does (B, S, kinds), where it goes (B, S, moves, 6 K)."""
        return self.step(x)[0]

    def step(self, x: torch.Tensor, state: object = None) -> tuple[tuple, object]:
        """As `forward`, from a state, with the next: the LSTM's, or the last k - 1 inputs."""
        if self.window:
            if state is None:
                state = x.new_zeros(len(x), self.window - 1, x.shape[-1])
            x = torch.cat([state, x], 1)
            state = x[:, x.shape[1] - self.window + 1 :]
            seen = x.unfold(1, self.window, 1).flatten(2)
            h = torch.relu(self.second(self.dropout(torch.relu(self.first(seen)))))
        else:
            h, state = self.lstm(x, state)
        with torch.autocast(x.device.type, enabled=False):  # a place needs more than 8 bits
            return self.split(self.dense(self.dropout(h).float())), state


def width_of(paths: Paths) -> int:
    """How many numbers a network reads at each step."""
    return 4 + paths.kinds + (paths.classes if paths.classes > 1 else 0)


def inputs(
    offsets: torch.Tensor, pen: torch.Tensor, labels: torch.Tensor, paths: Paths
) -> torch.Tensor:
    """What is known before each step, (B, S, I): the last offset, the pen's place, what it did.

    offsets (B, T, 2) in the grid; pen (B, S), S = T or T + 1; labels (B,). Places count from the
    start. Before the first step the pen has done with another path; all else is 0 but the label.
    """
    steps = pen.shape[1]
    offset = pad(offsets, (0, 0, 1, 0))[:, :steps]
    did = pad(pen.clamp(min=0), (1, 0), value=END)[:, :steps]
    return _row(offset, offset.cumsum(1), did, labels[:, None].expand(-1, steps), paths)


def first_input(labels: torch.Tensor, paths: Paths) -> torch.Tensor:
    """What is known before the first step, (B, 1, I)."""
    none = labels.new_zeros(len(labels), 1)
    return inputs(none.new_zeros(len(labels), 0, 2, dtype=torch.float32), none, labels, paths)


def next_input(
    offset: torch.Tensor, place: torch.Tensor, pen: torch.Tensor, labels: torch.Tensor, paths: Paths
) -> torch.Tensor:
    """What is known after an offset (B, 2) that led to `place` (B, 2), (B, 1, I)."""
    return _row(offset, place, pen, labels, paths)[:, None]


def _row(offset, place, did, labels, paths: Paths) -> torch.Tensor:
    did = one_hot(did, END + 1)[..., : paths.kinds].to(offset)
    parts = [offset / paths.scale, place / paths.scale, did]
    if paths.classes > 1:
        parts.append(one_hot(labels, paths.classes).to(offset))
    return torch.cat(parts, -1)


def surprise(
    model: Writer,
    paths: Paths,
    offsets: torch.Tensor,
    pen: torch.Tensor,
    labels: torch.Tensor,
    noise: torch.Tensor,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Nats of every offset (B, T), divided by the scale, and of every decision of the pen (B, S).

    -ln p(pen) and -ln p(offset | pen) (Graves 2013, eq. 26), given all that came before; 0 where
    there is nothing. The density is that of an offset with its `noise`, (B, T, 2) in the grid.
    """
    logits, raw = model(inputs(offsets, pen, labels, paths))
    chosen = pen.clamp(min=0)
    nats_pen = -torch.log_softmax(logits, -1).gather(-1, chosen[..., None])[..., 0]
    long = offsets.shape[1]
    moved = moves_of(pen)[:, :long]
    raw = raw[:, :long][moved]
    raw = raw[torch.arange(len(raw)), pen[:, :long][moved]]
    target = ((offsets + noise) / paths.scale)[moved]
    nats = torch.zeros(moved.shape, device=raw.device)
    nats[moved] = -log_density(mixture(raw), target)
    return nats, nats_pen.where(pen != NOTHING, 0.0)


def moves_of(pen: torch.Tensor) -> torch.Tensor:
    """Where the pen goes somewhere, on paper or in the air."""
    return (pen == DRAW) | (pen == LIFT)


def loss(model: Writer, problem: Problem, rows: torch.Tensor) -> torch.Tensor:
    """Nats a point, a mean over the points of these paths; noise and stretch are drawn anew."""
    paths, to = problem.paths, problem.device
    long = int(paths.lengths[rows].max())
    pen = paths.pen[rows, : long + 1]
    offsets = stretched(paths.offsets[rows, :long], problem.config.stretch)
    noise = torch.rand(offsets.shape) - 0.5
    given = (part.to(to) for part in (offsets, pen, paths.labels[rows], noise))
    nats, nats_pen = surprise(model, paths, *given)
    return (nats.sum() + nats_pen.sum()) / moves_of(pen).sum().to(to)


def stretched(offsets: torch.Tensor, share: float) -> torch.Tensor:
    """Each path (B, T, 2) wider, higher and more slanted by up to `share`, at random."""
    if not share:
        return offsets
    return offsets @ (torch.eye(2) + (2 * torch.rand(len(offsets), 2, 2) - 1) * share)


def nats(model: Writer, problem: Problem, part: str) -> tuple[np.ndarray, np.ndarray]:
    """Nats of every point of "valid" or "test": the offset's and the pen's, (P,) each.

    The end is counted with the last point. All models get the same noise, `paths.noise`.
    """
    paths, to = problem.paths, problem.device
    rows, found = torch.arange(len(paths))[getattr(paths.split, part)], []
    with evaluating(model):
        for some in rows.split(128):
            pen = paths.pen[some]
            given = (paths.offsets[some], pen, paths.labels[some], paths.noise[some])
            one, of_pen = (t.cpu() for t in surprise(model, paths, *(t.to(to) for t in given)))
            end = pad(of_pen.where(pen == END, 0.0), (0, 1))[:, 1:]
            moved = moves_of(pen)
            found.append((one[moved[:, : one.shape[1]]], (of_pen + end)[moved]))
    return tuple(torch.cat(parts).double().numpy() for parts in zip(*found, strict=True))


def held_out(problem: Problem) -> Callable[[Writer], float]:
    """model -> nats a point of the validation part, by which the best weights are chosen."""
    return lambda model: float(sum(part.mean() for part in nats(model, problem, "valid")))


def examples(problem: Problem, seed: int) -> Batches:
    """Batches of the training part; where lengths differ, of paths about equally long."""
    lengths = problem.paths.lengths[problem.paths.split.train]
    if len(lengths.unique()) == 1:
        return Batches(len(lengths), problem.config.batch_size, seed)
    return AlikeLong(len(lengths), problem.config.batch_size, seed, lengths=tuple(lengths.tolist()))


WRITER = Network(
    build=lambda problem: Writer(problem.config, problem.paths).to(problem.device),
    loss=loss,
    examples=examples,
    held_out=held_out,
    decaying=matrices_decay,
)
trainer, train = WRITER.trainer, WRITER.train
