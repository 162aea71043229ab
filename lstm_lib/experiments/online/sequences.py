"""Sequence after sequence, one answer at the end of each: how the tasks of 1997 are trained."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numba import njit

from lstm_lib import plots
from lstm_lib.experiments.online.memory_blocks import (
    Weights,
    Wiring,
    blank,
    forward,
    initial,
    learn,
)
from lstm_lib.tasks.kept import kept
from lstm_lib.tasks.share import solved_record

WINDOW = 2000  # the sequences that must have been right in a row


@dataclass(frozen=True)
class Task:
    """A task of 1997 with its network.

    make           compiled: (x, target, length) fills both and returns how many steps x has
    rate, biases   of the weights' changes; of the input gates, one a block
    within, mean   solved: of the last 2,000 sequences every answer is nearer to its target than
                   `within`, and the mean error is below `mean`
    most           sequences after which a network is given up
    """

    wiring: Wiring
    make: Callable
    length: int
    rate: float
    biases: tuple[float, ...]
    within: float
    mean: float
    most: int

    @property
    def longest(self) -> int:
        """The steps of its longest sequence."""
        return self.length + self.length // 10


@njit(cache=True)
def present(x, target, weights, masks, shape, rate):
    """One sequence from a blank state; learns at its end if `rate` is above 0. The last outputs."""
    state = blank(shape)
    for t in range(len(x)):
        out, v, u = forward(x[t], weights, state, shape, 1.0, rate > 0.0)
    if rate > 0.0:
        learn(target, out, v, u, weights, masks, state, shape, rate)
    return out


@njit
def until_solved(make, length, longest, weights, masks, shape, rate, seed, within, mean, most):
    """How many sequences were needed until the mean error is small, and until solved; or 0."""
    np.random.seed(seed)
    learnt = 0
    x, target = np.zeros((longest, shape.inputs)), np.zeros(shape.outputs)
    largest, average = np.full(WINDOW, np.inf), np.full(WINDOW, np.inf)
    for n in range(most):
        steps = make(x, target, length)
        error = np.abs(target - present(x[:steps], target, weights, masks, shape, rate))
        largest[n % WINDOW], average[n % WINDOW] = error.max(), error.mean()
        if average.mean() < mean:
            learnt = learnt or n + 1
            if largest.max() < within:
                return learnt, n + 1
    return learnt, 0


@njit
def count_wrong(make, length, longest, weights, masks, shape, seed, within, sequences):
    """How many of so many new sequences a network gets wrong; it does not learn."""
    np.random.seed(seed)
    x, target, wrong = np.zeros((longest, shape.inputs)), np.zeros(shape.outputs), 0
    for _ in range(sequences):
        steps = make(x, target, length)
        error = np.abs(target - present(x[:steps], target, weights, masks, shape, 0.0))
        wrong += not error.max() < within
    return wrong


class Outcome(NamedTuple):
    """Sequences until the mean of 2,000 errors is small, until solved (None: never), and how many
    of 2,560 new sequences the network then gets wrong."""

    learnt: int | None
    solved: int | None
    wrong: int
    weights: Weights


def train(task: Task, seed: int) -> Outcome:
    """One network of a task, from its own start."""
    wiring = task.wiring
    weights = initial(wiring, seed, 0.1, {"input": task.biases})
    learnt, solved = until_solved(
        task.make, task.length, task.longest, weights, wiring.masks(), wiring.shape, task.rate,
        seed, task.within, task.mean, task.most,
    )  # fmt: skip
    wrong = count_wrong(
        task.make, task.length, task.longest, weights, wiring.masks(), wiring.shape, 10_000 + seed,
        task.within, 2560,
    )  # fmt: skip
    return Outcome(learnt or None, solved or None, wrong, weights)


class Sequences:
    """What an experiment asks of these networks: one at a time, kept when it is done."""

    def run(
        self, problem: Task, seed: int, checkpoint: Path, log: Callable[[str], object]
    ) -> tuple[None, dict]:
        def fit() -> np.ndarray:
            outcome = train(problem, seed)
            log(f"  {outcome.solved:,}" if outcome.solved else f"  not in {problem.most:,}")
            return np.array([outcome.learnt or 0, outcome.solved or 0, outcome.wrong])

        path = checkpoint.with_suffix(f".{problem.length}-{problem.most}.npy")
        learnt, solved, wrong = kept(path, fit).tolist()
        return None, {"learnt": learnt or None, "solved": solved or None, "wrong": wrong}


def row(training: list[dict], paper: int) -> dict:
    """What a result file says of some networks on one task: how many sequences they needed until
    the mean error was small (`learnt`), and until it was solved; the paper's number beside it.
    """
    return {
        "solved": solved_record([one["solved"] for one in training]),
        "learnt": solved_record([one["learnt"] for one in training]),
        "wrong of 2560": [one["wrong"] for one in training],
        "paper": paper,
    }


def table(result: Mapping) -> str:
    """Sequences needed, medians over networks, beside the paper's."""
    rows = [f"{'':24}{'solved':>8}{'learnt':>12}{'solved':>12}{'paper':>12}"]
    for name, one in result["rows"].items():
        counts = [one["learnt"]["median"], one["solved"]["median"], one["paper"]]
        shares = f"{one['solved']['solved']}/{one['solved']['networks']}"
        medians = "".join(f"{count:12,.0f}" if count else f"{'-':>12}" for count in counts)
        rows.append(f"{name:24}{shares:>8}{medians}")
    return "\n".join(rows)


def picture(result: Mapping, path: Path) -> None:
    """Share of the networks that solve each task."""
    plots.intervals(
        {
            f"{name}, paper recipe": (one["solved"]["share"], *one["solved"]["interval"])
            for name, one in result["rows"].items()
        },
        xlabel="share of networks that solve it",
        alt="Share of the networks that solve each task by the recipe of 1997, with intervals.",
        save=path,
    )
