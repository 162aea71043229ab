"""The adding problem: two numbers of a long sequence are marked, what is their sum?

Hochreiter & Schmidhuber (1997), experiment 4. Paper recipe: one sequence at a time.
"""

from dataclasses import dataclass

import numpy as np
from numba import njit

from lstm_lib.experiments.online.memory_blocks import Wiring
from lstm_lib.experiments.online.sequences import Sequences, Task, picture, row, table
from lstm_lib.tasks.experiment import Experiment, Kind


@njit(cache=True)
def make(x, target, length):
    """Fill x (steps, 2) with values in [-1, 1] and marks, target with 0.5 + (X1 + X2) / 4.

    Length to 1.1 length steps. One mark (1) stands in the first ten steps, the other in the first
    length/2 - 1; the first and the last step have -1 there, all others 0. If the first step is
    marked its value is 0.
    """
    steps = np.random.randint(length, length + length // 10 + 1)
    for t in range(steps):
        x[t, 0], x[t, 1] = np.random.uniform(-1.0, 1.0), 0.0
    first = np.random.randint(10)
    second = np.random.randint(length // 2 - 1)
    while second == first:
        second = np.random.randint(length // 2 - 1)
    x[0, 1] = x[steps - 1, 1] = -1.0
    x[first, 1] = x[second, 1] = 1.0
    if first == 0 or second == 0:
        x[0, 0] = 0.0
    target[0] = 0.5 + (x[first, 0] + x[second, 0]) / 4.0
    return steps


def task(length: int = 100, most: int = 5_000_000) -> Task:
    """Experiment 4 with its network of 93 weights."""
    return Task(
        Wiring(inputs=2, outputs=1, blocks=2, cells=2),
        make,
        length,
        rate=0.5,
        biases=(-3.0, -6.0),
        within=0.04,
        mean=0.01,
        most=most,
    )


# Each with the sequences that the paper's networks needed, on average.
ROWS = {
    "T = 100": (task(100), 74_000),
}


@dataclass(frozen=True, kw_only=True)
class Config:
    """How many networks each; the paper has ten."""

    seeds: tuple[int, ...] = (0,)


EXPERIMENT = Experiment(
    name="adding",
    laptop=Config(),
    full=Config(seeds=tuple(range(10))),
    prepare=lambda config, device: config,
    data_sha256=lambda config: "none: sequences are drawn",
    kinds=lambda config: {
        name: Kind(Sequences(), task, config.seeds) for name, (task, _) in ROWS.items()
    },
    weights=lambda models: {},
    report=lambda run: {
        "rows": {name: row(run.training[name], paper) for name, (_, paper) in ROWS.items()}
    },
    picture=picture,
    table=table,
)
