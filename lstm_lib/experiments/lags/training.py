"""The modern recipe: Adam, mini-batches of new sequences, the whole gradient, clipped."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch

from lstm_lib.experiments.lags.networks import Network
from lstm_lib.experiments.lags.problems import Problem


@dataclass(frozen=True)
class Recipe:
    """How a network is trained: no sequence is seen twice.

    A step is one batch. After every `every` steps `tests` sequences, the same for all networks of
    a seed and never learnt from, say whether the problem is solved.
    """

    rate: float = 0.003
    hidden: int = 32
    batch: int = 32
    clip: float = 1.0
    steps: int = 2000
    every: int = 50
    tests: int = 256


class Outcome(NamedTuple):
    """Sequences until it was solved (None: not in all steps), and the test loss at each test."""

    solved: int | None
    losses: list[float]


def losses(
    problem: Problem, network: Network, length: int, seed: int, recipe: Recipe
) -> Iterator[float]:
    """Train a network for ever; the training loss at each step."""
    rng = np.random.default_rng((seed, length))
    optimiser = torch.optim.Adam(network.parameters(), lr=recipe.rate)
    while True:
        x, y = map(torch.as_tensor, problem.make(rng, recipe.batch, length))
        loss = problem.loss(network(x), y)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), recipe.clip)
        optimiser.step()
        yield loss.item()


def train(
    problem: Problem, kind: str, length: int, seed: int, recipe: Recipe = Recipe()
) -> Outcome:
    """One network until it has solved a problem of T = `length` steps, or has had its steps.

    It ends early if the weights have run away, so that a loss is no number.
    Raises ValueError for an unknown kind.
    """
    network = Network(
        kind, problem.inputs, problem.outputs, hidden=recipe.hidden, length=length, seed=seed
    )
    rng = np.random.default_rng((seed, length, 1))
    x, y = map(torch.as_tensor, problem.make(rng, recipe.tests, length))
    tests = []
    for step, loss in enumerate(losses(problem, network, length, seed, recipe), start=1):
        if step % recipe.every == 0 or not np.isfinite(loss):
            with torch.no_grad():
                tests.append(problem.loss(network(x), y).item())
            if tests[-1] < problem.solved:
                return Outcome(step * recipe.batch, tests)
            if step >= recipe.steps or not np.isfinite(tests[-1]):
                return Outcome(None, tests)
