"""Who rated which films in which order, cut so that the last two of each stay unknown."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
import torch

from lstm_lib.data import load_movielens
from lstm_lib.tasks.network import Learning

BESIDE = 11  # numbers that stand beside each film, see `beside`
HELD_OUT = {"valid": 2, "test": 1}  # the film asked for, counted from the end of a history


@dataclass(frozen=True, kw_only=True)
class Config(Learning):
    """One experiment; `LAPTOP` and `FULL` differ in values only.

    `window`: how many films the model reads. `beside`: whether it is told more of a rating than its
    film. `reorder`: whether ratings of one second come in a new order each time they are read in
    training. `masked`: which share of the loss is counted among the films that are still unseen;
    the rest is counted among all.
    """

    window: int = 20
    beside: bool = True
    reorder: bool = True
    embedding_size: int = 64
    hidden_size: int = 128
    film_dropout: float = 0.3
    dropout: float = 0.3
    masked: float = 0.5
    batch_size: int = 160
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)


FULL = Config()
LAPTOP = replace(FULL, batch_size=64, learning_rate=4e-3, steps=800, evaluate_every=200, seeds=(0,))


class History(NamedTuple):
    """What one person rated, oldest first: film numbers, ratings of 1 to 5, seconds; (T,) each."""

    film: np.ndarray
    rating: np.ndarray
    time: np.ndarray

    def until(self, end: int) -> "History":
        """The first `end` ratings; a negative `end` counts from the last one."""
        return History(*(column[:end] for column in self))


@dataclass(frozen=True, repr=False)
class Prepared:
    """Histories without their last two films to train on, and the two that are asked for.

    `train` U histories; `popularity` (F,): how often each film is in them; `rows` (R, 2): each step
    of a training history that is followed by another, as (user, step). `span`: the first and the
    last second of training. `titles`, `years`: the films' names.
    """

    config: Config
    histories: tuple[History, ...] = field(repr=False)
    train: tuple[History, ...]
    popularity: np.ndarray
    rows: np.ndarray
    span: tuple[int, int]
    titles: tuple[str, ...]
    years: tuple[str, ...]
    device: str | torch.device = "cpu"

    @property
    def films(self) -> int:
        """How many films there are; also the number that stands for "no film"."""
        return len(self.titles)

    def before(self, part: str) -> list[History]:
        """Of each user all that was rated before the film of "valid" or "test" that is asked for.

        Before the test film stands the validation film: it is read, but nothing was fitted on it.
        """
        return [history.until(-HELD_OUT[part]) for history in self.histories]

    def wanted(self, part: str) -> np.ndarray:
        """(U,): the film of each user that is asked for."""
        return np.array([history.film[-HELD_OUT[part]] for history in self.histories])


def prepare(config: Config = FULL, device: str | torch.device = "cpu") -> Prepared:
    """Load the ratings, put each user's in order, hold out the last two.

    Half of all ratings share their second with the one before; these stay in the file's order.
    All that is fitted or counted, `span` and `popularity` too, knows the training part alone.
    """
    loaded = load_movielens()
    columns = [loaded.by_user(column) for column in (loaded.film, loaded.rating, loaded.time)]
    histories = tuple(History(*parts) for parts in zip(*columns, strict=True))
    train = tuple(history.until(-max(HELD_OUT.values())) for history in histories)
    steps = [len(history.film) - 1 for history in train]
    rows = [np.repeat(np.arange(len(train)), steps), np.concatenate([*map(np.arange, steps)])]
    times = np.concatenate([history.time for history in train])
    return Prepared(
        config=config,
        histories=histories,
        train=train,
        popularity=np.bincount(
            np.concatenate([history.film for history in train]), minlength=loaded.films
        ),
        rows=np.stack(rows, 1),
        span=(int(times.min()), int(times.max())),
        titles=loaded.titles,
        years=loaded.years,
        device=device,
    )


def beside(history: History, span: tuple[int, int]) -> np.ndarray:
    """What stands beside each film, (T, 11) float32: nothing in it is later than the rating.

    The rating, one of five; the pause since the rating before: none, under a minute, an hour or
    more, and its logarithm; the date, from -1 to 1 over the training part, and its square. Raises
    ValueError if the ratings are not in the order of time.
    """
    time = history.time.astype(np.float64)
    pause = np.diff(time, prepend=time[:1])
    if (pause < 0).any():
        raise ValueError("history must be in the order of time, oldest first")
    date = 2.0 * (time - span[0]) / max(1, span[1] - span[0]) - 1.0
    columns = [history.rating == stars for stars in range(1, 6)]
    columns += [pause == 0, (pause > 0) & (pause < 60), pause >= 3600, np.log1p(pause) / 10]
    return np.stack([*columns, date, date**2], 1).astype(np.float32)


def padded(data: Prepared, given: Sequence[History]) -> tuple[torch.Tensor, torch.Tensor]:
    """The last `window` films of each history: film (B, N), the number `films` after the last one,
    and what stands beside them (B, N, 11). Raises ValueError for an empty history.
    """
    if not all(len(history.film) for history in given):
        raise ValueError("given must hold at least one film in each history; got an empty one")
    long = min(data.config.window, max(len(history.film) for history in given))
    film = np.full((len(given), long), data.films)
    side = np.zeros((len(given), long, BESIDE), dtype=np.float32)
    for films, sides, history in zip(film, side, given, strict=True):
        kept = min(long, len(history.film))
        films[:kept] = history.film[-kept:]
        sides[:kept] = beside(history, data.span)[-kept:]
    return torch.from_numpy(film).to(data.device), torch.from_numpy(side).to(data.device)


def reordered(history: History) -> History:
    """The same ratings, those of one second in a random order (from torch's generator).

    Which of them came first is not known: the file's order is one of many.
    """
    order = np.lexsort((torch.rand(len(history.film)).numpy(), history.time))
    return History(*(column[order] for column in history))


def windows(
    data: Prepared, indices: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """Pieces of training histories around these `rows`, and the film that follows each step.

    film, following (B, N), the number `films` where there is nothing; beside (B, N, 11); seen
    (B, N, F) bool: the films that were rated up to that step. Near the ends of a history a
    piece is moved to lie within it, as long as elsewhere. Raises ValueError for a row that is none.
    """
    wrong = indices[(indices < 0) | (indices >= len(data.rows))]
    if len(wrong):
        raise ValueError(
            f"indices must lie between 0 and {len(data.rows) - 1}; got {int(wrong[0])}"
        )
    wide, pieces = data.config.window, []
    place = np.full((len(indices), data.films), 2**15 - 1, dtype=np.int16)
    for row, (user, step) in zip(place, data.rows[indices.numpy()], strict=True):
        history = data.train[user]
        if data.config.reorder:
            history = reordered(history)
        last = len(history.film) - 1  # the last film is only ever followed
        stop = min(max(step + wide // 2, wide), last)
        start = max(0, stop - wide)
        row[history.film] = np.arange(len(history.film)) - start
        pieces.append((history, start, stop))
    long = max(stop - start for _, start, stop in pieces)
    film = np.full((len(pieces), long), data.films)
    following, side = film.copy(), np.zeros((*film.shape, BESIDE), dtype=np.float32)
    for row, (history, start, stop) in enumerate(pieces):
        film[row, : stop - start] = history.film[start:stop]
        following[row, : stop - start] = history.film[start + 1 : stop + 1]
        side[row, : stop - start] = beside(history, data.span)[start:stop]
    seen = torch.from_numpy(place).to(data.device)[:, None] <= torch.arange(
        long, device=data.device
    ).view(1, -1, 1)
    tensors = (torch.from_numpy(part).to(data.device) for part in (film, following, side))
    return *tensors, seen
