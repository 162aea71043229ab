"""Learning to forget: the continual embedded Reber grammar (Gers, Schmidhuber & Cummins 2000).

One string after the other, without a mark between them. A network reads symbol by symbol and says
which symbols may come next. To know the last but one symbol of a string it must remember the second
one for as long as the string lasts, and then forget it. Paper recipe: it learns after every symbol.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numba import njit

from lstm_lib import plots
from lstm_lib.experiments.online.grammar import GRAMMAR
from lstm_lib.experiments.online.memory_blocks import (
    Weights,
    Wiring,
    blank,
    forward,
    initial,
    learn,
)
from lstm_lib.tasks.experiment import Experiment, Kind, Run
from lstm_lib.tasks.kept import kept
from lstm_lib.tasks.share import solved_record

WRONG = 0.49  # an output that is further than this from its target is an error
VANISHED = 1e-9  # a rate below this changes no weight to speak of: the rest of a stream is idle

WIRING = Wiring(
    inputs=7,
    outputs=7,
    blocks=4,
    cells=2,
    forget=True,
    sees_gates=False,
    shortcut=True,
    biased=("gates", "outputs"),
)
WITHOUT = Wiring(7, 7, 4, 2, sees_gates=False, shortcut=True, biased=("gates", "outputs"))
BIASES = {
    "input": (-0.5, -1.0, -1.5, -2.0),
    "output": (-0.5, -1.0, -1.5, -2.0),
    "forget": (0.5, 1.0, 1.5, 2.0),
}


@dataclass(frozen=True)
class Algorithm:
    """One row of the paper's table 2. `fading`: by which the rate falls at each symbol of a stream;
    `decay`: of the states, at each step; `reset`: states set to 0 at each string's end.
    """

    forget: bool
    fading: float = 1.0
    decay: float = 1.0
    reset: bool = False
    rate: float = 0.5
    streams: int = 30_000
    longest: int = 100_000
    tests: int = 10


ALGORITHMS = {
    "standard, external reset": Algorithm(forget=False, reset=True),
    "standard": Algorithm(forget=False),
    "state decay 0.9": Algorithm(forget=False, decay=0.9),
    "forget gates": Algorithm(forget=True),
    "forget gates, rate × 0.99": Algorithm(forget=True, fading=0.99),
}


@njit(cache=True)
def run_stream(weights, masks, shape, rate, fading, decay, reset, longest, grammar):
    """One stream until the first error or `longest` symbols; learns if `rate` is above 0, and then
    ends, too, when the rate has faded away.

    Returns how many symbols were right.
    """
    symbol, following, may_come = grammar
    state, x, node = blank(shape), np.zeros(shape.inputs), 0
    for step in range(longest):
        if node == 0 and reset:
            state = blank(shape)
        arc = np.random.randint(2)
        x[:] = 0.0
        x[symbol[node, arc]] = 1.0
        node = following[node, arc]
        out, v, u = forward(x, weights, state, shape, decay, rate > 0.0)
        target = may_come[node]
        if rate > 0.0:
            learn(target, out, v, u, weights, masks, state, shape, rate)
            rate *= fading
            if rate < VANISHED:
                return step
        if not np.abs(target - out).max() < WRONG:
            return step
    return longest


@njit(cache=True, fastmath={"reassoc", "contract"})
def judged_stream(weights, shape, decay, reset, longest, grammar):
    """The same without learning, several times as fast: tests are most of the work.

    A symbol is one column of the weights, and nothing is kept but states s and outputs y.
    """
    symbol, following, may_come = grammar
    W, V = weights
    cells, blocks, inputs = shape.blocks * shape.cells, shape.blocks, shape.inputs
    s, y, units, node = np.zeros(cells), np.zeros(cells), np.zeros(len(W)), 0
    for step in range(longest):
        if node == 0 and reset:
            s[:] = 0.0
            y[:] = 0.0
        arc = np.random.randint(2)
        now, node = symbol[node, arc], following[node, arc]
        for k in range(len(W)):
            z = W[k, now] + W[k, -1]
            for j in range(cells):
                z += W[k, inputs + j] * y[j]
            units[k] = 1.0 / (1.0 + np.exp(-z))
        for j in range(cells):
            enter = cells + j // shape.cells
            keep = units[enter + 2 * blocks] if shape.kinds == 3 else decay
            s[j] = keep * s[j] + units[enter] * (4.0 * units[j] - 2.0)
            y[j] = units[enter + blocks] * (2.0 / (1.0 + np.exp(-s[j])) - 1.0)
        for k in range(len(V)):
            z = V[k, cells + now] + V[k, -1]
            for j in range(cells):
                z += V[k, j] * y[j]
            if not abs(may_come[node, k] - 1.0 / (1.0 + np.exp(-z))) < WRONG:
                return step
    return longest


@njit(cache=True)
def until_perfect(
    weights, masks, shape, seed, rate, fading, decay, reset, streams, longest, tests, grammar
):
    """Train stream by stream; after each, test until the first error. Returns the streams until all
    tests are perfect, or 0, and the most symbols that a test stream had right.
    """
    np.random.seed(seed)
    most = 0
    for k in range(streams):
        run_stream(weights, masks, shape, rate, fading, decay, reset, longest, grammar)
        perfect = 0
        while perfect < tests:
            right = judged_stream(weights, shape, decay, reset, longest, grammar)
            most = max(most, right)
            if right < longest:
                break
            perfect += 1
        if perfect == tests:
            return k + 1, most
    return 0, most


class Outcome(NamedTuple):
    """The training streams until all tests were perfect (None: never), and the most symbols that a
    test stream had right."""

    streams: int | None
    most: int
    weights: Weights


def train(algorithm: Algorithm, seed: int, wiring: Wiring | None = None) -> Outcome:
    """One network, from its own start; of the paper's wiring, or another of four blocks at most.

    A minute at most where it learns long streams.
    """
    wiring = wiring or (WIRING if algorithm.forget else WITHOUT)
    kinds = ("input", "output", "forget")[: wiring.kinds]
    biases = {kind: BIASES[kind][: wiring.blocks] for kind in kinds}
    weights = initial(wiring, seed, 0.2, biases)
    streams, most = until_perfect(
        weights, wiring.masks(), wiring.shape, seed,
        algorithm.rate, algorithm.fading, algorithm.decay, algorithm.reset, algorithm.streams,
        algorithm.longest, algorithm.tests, GRAMMAR,
    )  # fmt: skip
    return Outcome(streams or None, most, weights)


PAPER = {
    "standard, external reset": (0.74, 7441),
    "standard": (0.0, None),
    "state decay 0.9": (0.0, None),
    "forget gates": (0.18, 18889),
    "forget gates, rate × 0.99": (0.62, 14087),
}


@dataclass(frozen=True, kw_only=True)
class Config:
    """How many networks a row, and how long each may try; the paper has 100."""

    seeds: tuple[int, ...] = (0, 1, 2, 3)
    streams: int = 30_000
    longest: int = 100_000
    tests: int = 10


class Streams:
    """One network of a row, kept when it is done."""

    def run(
        self, problem: tuple[Algorithm, Config], seed: int, checkpoint: Path, log: Callable
    ) -> tuple[None, dict]:
        algorithm, config = problem

        def fit() -> np.ndarray:
            outcome = train(
                replace(
                    algorithm,
                    streams=config.streams,
                    longest=config.longest,
                    tests=config.tests,
                ),
                seed,
            )
            log(f"  {outcome.streams or 'no'} streams; {outcome.most} symbols right at most")
            return np.array([outcome.streams or 0, outcome.most])

        limits = f"{config.streams}-{config.longest}-{config.tests}"
        streams, most = kept(checkpoint.with_suffix(f".{limits}.npy"), fit).tolist()
        return None, {"streams": streams or None, "most": most}


def report(run: Run) -> dict:
    """Each row of table 2, the paper's and ours."""
    return {
        "rows": {
            name: solved_record([one["streams"] for one in run.training[name]])
            | {
                "most": [one["most"] for one in run.training[name]],
                "paper": dict(zip(("share", "mean"), PAPER[name])),
            }
            for name in ALGORITHMS
        }
    }


def picture(result: Mapping, path: Path) -> None:
    """Which share of the networks learns streams without an end, ours and the paper's."""
    plots.intervals(
        {name: (row["share"], *row["interval"]) for name, row in result["rows"].items()},
        others={name: row["paper"]["share"] for name, row in result["rows"].items()},
        xlabel="share of networks without an error in ten streams; diamonds: the paper",
        reference=0.0,
        alt="Share of networks that learn the continual Reber grammar, with intervals: standard "
        "LSTM without and with external reset, with state decay, with forget gates.",
        save=path,
    )


def table(result: Mapping) -> str:
    """Shares and mean streams, the paper's beside ours."""
    rows = [f"{'':28}{'solved':>16}{'streams':>9}{'paper':>7}{'streams':>9}"]
    for name, row in result["rows"].items():
        low, high = (f"{end:.0%}" for end in row["interval"])
        streams = [f"{each['mean']:,.0f}" if each["mean"] else "-" for each in (row, row["paper"])]
        share = f"{row['share']:.0%} [{low}, {high}]"
        rows.append(
            f"{name:28}{share:>16}{streams[0]:>9}{row['paper']['share']:>7.0%}{streams[1]:>9}"
        )
    return "\n".join(rows)


EXPERIMENT = Experiment(
    name="reber",
    laptop=Config(),
    full=Config(seeds=tuple(range(40))),
    prepare=lambda config, device: config,
    data_sha256=lambda config: "none: the grammar makes them",
    kinds=lambda config: {
        name: Kind(Streams(), (algorithm, config), config.seeds)
        for name, algorithm in ALGORITHMS.items()
    },
    weights=lambda models: {},
    report=report,
    picture=picture,
    table=table,
)
