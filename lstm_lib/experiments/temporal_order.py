"""Temporal order: two or three marks in a long sequence, in which order did they come?

Hochreiter & Schmidhuber (1997), experiments 6a and 6b. Paper recipe: one sequence at a time.
"""

from dataclasses import dataclass

import numpy as np
from numba import njit

from lstm_lib.experiments.online.memory_blocks import Wiring
from lstm_lib.experiments.online.sequences import Sequences, Task, picture, row, table
from lstm_lib.tasks.experiment import Experiment, Kind

SYMBOLS = "abcdBEXY"  # four that mean nothing, the begin, the end, and the two marks


@njit(cache=True)
def with_marks(x, target, steps, places):
    """Fill x (steps, 8) with one symbol a step, X or Y at `places`, and target with its class."""
    x[:steps] = 0.0
    for t in range(steps):
        x[t, np.random.randint(4)] = 1.0
    x[0], x[steps - 1] = 0.0, 0.0
    x[0, 4] = x[steps - 1, 5] = 1.0
    order = 0
    for t in places:
        mark = np.random.randint(2)
        x[t] = 0.0
        x[t, 6 + mark] = 1.0
        order = 2 * order + mark
    target[:] = 0.0
    target[order] = 1.0
    return steps


@njit(cache=True)
def two_marks(x, target, length):
    """100 to 110 steps, one mark in steps 10 to 20 and one in 50 to 60."""
    places = np.array([np.random.randint(10, 21), np.random.randint(50, 61)])
    return with_marks(x, target, np.random.randint(length, length + 11), places)


@njit(cache=True)
def three_marks(x, target, length):
    """100 to 110 steps, one mark in steps 10 to 20, one in 33 to 43, one in 66 to 76."""
    places = np.array(
        [np.random.randint(10, 21), np.random.randint(33, 44), np.random.randint(66, 77)]
    )
    return with_marks(x, target, np.random.randint(length, length + 11), places)


def task(marks: int = 2, most: int = 3_000_000) -> Task:
    """Experiment 6a (two marks, 156 weights) or 6b (three, 308). Raises ValueError for others."""
    if marks not in (2, 3):
        raise ValueError(f"marks must be 2 or 3; got {marks}")
    return Task(
        Wiring(inputs=8, outputs=2**marks, blocks=marks, cells=2),
        two_marks if marks == 2 else three_marks,
        100,
        rate=0.5 if marks == 2 else 0.1,
        biases=(-2.0, -4.0, -6.0)[:marks],
        within=0.3,
        mean=0.1,
        most=most,
    )


# Each with the sequences that the paper's networks needed, on average.
ROWS = {
    "6a, two marks": (task(2), 31_390),
    "6b, three marks": (task(3), 571_100),
}


@dataclass(frozen=True, kw_only=True)
class Config:
    """How many networks each; the paper has ten."""

    seeds: tuple[int, ...] = (0,)


EXPERIMENT = Experiment(
    name="temporal_order",
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
