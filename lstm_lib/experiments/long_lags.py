"""Long lags: which recurrent network finds two marked steps, however far they lie apart?

Modern recipe: Adam, mini-batches, the whole gradient. (Paper recipe: `adding`, `temporal_order`.)
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from lstm_lib import plots
from lstm_lib.experiments.lags.networks import LAYERS
from lstm_lib.experiments.lags.problems import PROBLEMS
from lstm_lib.experiments.lags.training import Recipe, train
from lstm_lib.tasks.experiment import Experiment, Kind, Run
from lstm_lib.tasks.kept import kept
from lstm_lib.tasks.share import solved_record

# Four rates are tried for each kind, on the adding problem at T = 100 with a seed used nowhere
# else. The one that solves it with fewest sequences, or else has the least loss at the end, trains
# this kind everywhere (`best_rates`). The result file holds the 28 trials.
TRIED = (0.001, 0.003, 0.01, 0.03)
TRIAL_LENGTH, TRIAL_SEED = 100, 100
RATES = {
    "RNN": 0.001,
    "RNN, orthogonal start": 0.001,
    "RNN, identity start": 0.001,
    "1997's cell": 0.001,
    "LSTM, forget bias 0": 0.03,
    "LSTM, forget bias 1": 0.03,
    "LSTM, chrono start": 0.03,
}


@dataclass(frozen=True, kw_only=True)
class Config:
    """How many networks of each kind: problem -> kind -> T -> number, and the seeds they take.

    A kind of which no network solves a problem at one length is not run at greater ones.
    """

    seeds: tuple[int, ...]
    networks: dict[str, dict[str, dict[str, int]]]
    trials: bool = False
    steps: int = 2000


LAPTOP = Config(seeds=(0,), networks={"adding": {kind: {"50": 1} for kind in LAYERS}})
# What an hour of a shared core gave. More networks or lengths may be written in at any time: those
# that are done are kept in runs/.
FULL = Config(
    seeds=tuple(range(10)),
    networks={
        "adding": {
            "RNN": {"50": 3, "100": 10},
            "RNN, orthogonal start": {"50": 3, "100": 5},
            "RNN, identity start": {"50": 3, "100": 5},
            "1997's cell": {"50": 3, "100": 5},
            "LSTM, forget bias 0": {"50": 3, "100": 5, "200": 3, "500": 3},
            "LSTM, forget bias 1": {"50": 3, "100": 5, "200": 3, "500": 3},
            "LSTM, chrono start": {"50": 3, "100": 10, "200": 5, "500": 10, "1000": 3},
        },
        "order": {
            "RNN": {"100": 3},
            "RNN, orthogonal start": {"100": 3},
            "RNN, identity start": {"100": 3},
            "1997's cell": {"100": 3},
            "LSTM, forget bias 0": {"100": 5},
            "LSTM, forget bias 1": {"100": 5},
            "LSTM, chrono start": {"100": 10},
        },
    },
    trials=True,
)


class Lag(NamedTuple):
    """One cell of the table: a problem, a kind of network, T, and how it is trained."""

    problem: str
    kind: str
    length: int
    recipe: Recipe


class Lags:
    """One network of a cell, kept when it is done."""

    def run(
        self, problem: Lag, seed: int, checkpoint: Path, log: Callable[[str], object]
    ) -> tuple[None, dict]:
        name, kind, length, recipe = problem

        def fit() -> np.ndarray:
            outcome = train(PROBLEMS[name], kind, length, seed, recipe)
            found = f"{outcome.solved:,}" if outcome.solved else "no"
            log(f"  {found} sequences; loss {outcome.losses[-1]:.4f}")
            return np.array([outcome.solved or 0, outcome.losses[-1]])

        path = checkpoint.with_suffix(f".{length}-{recipe.rate}-{recipe.steps}.npy")
        solved, loss = kept(path, fit).tolist()
        return None, {
            "solved": int(solved) or None,
            "loss": round(loss, 5) if math.isfinite(loss) else None,
        }


def kinds(config: Config) -> dict[str, Kind]:
    """The networks of a configuration, the trials of the rates first."""
    every = {}
    if config.trials:
        for kind in LAYERS:
            for rate in TRIED:
                lag = Lag("adding", kind, TRIAL_LENGTH, Recipe(rate=rate, steps=config.steps))
                every[f"trial {rate} {kind}"] = Kind(Lags(), lag, (TRIAL_SEED,))
    for problem, rows in config.networks.items():
        for kind, lengths in rows.items():
            recipe = Recipe(rate=RATES[kind], steps=config.steps)
            for length, networks in lengths.items():
                lag = Lag(problem, kind, int(length), recipe)
                name = f"{problem} {length} {kind}"
                every[name] = Kind(Lags(), lag, config.seeds[:networks])
    return every


def best_rates(trials: Mapping[str, Mapping[str, Mapping]]) -> dict[str, float]:
    """For each kind the rate that solves it soonest, or else has the least loss at the end.

    >>> never = {"solved": None, "loss": 0.2}
    >>> best_rates({"RNN": {"0.1": {"solved": None, "loss": None}, "0.01": never}})
    {'RNN': 0.01}
    """

    def worth(trial: Mapping) -> tuple[float, float]:
        loss = math.inf if trial["loss"] is None else trial["loss"]
        return trial["solved"] or math.inf, loss

    return {
        kind: float(min(tried, key=lambda rate: worth(tried[rate])))
        for kind, tried in trials.items()
    }


def report(run: Run) -> dict:
    """By problem, kind and length: who solved it, sequences needed, every network's last loss."""
    config, made = run.data, {}
    if config.trials:
        made["trials"] = {
            kind: {
                str(rate): {
                    name: run.training[f"trial {rate} {kind}"][0][name]
                    for name in ("solved", "loss")
                }
                for rate in TRIED
            }
            for kind in LAYERS
        }
    for problem, rows in config.networks.items():
        made[problem] = {
            kind: {
                length: solved_record([one["solved"] for one in trained])
                | {"loss": [one["loss"] for one in trained]}
                for length in lengths
                for trained in [run.training[f"{problem} {length} {kind}"]]
            }
            for kind, lengths in rows.items()
        }
    return made


def table(result: Mapping) -> str:
    """Networks that solve it, and the median of the sequences they need, by kind and length."""
    rows = []
    for problem in (name for name in PROBLEMS if name in result):
        lengths = sorted({int(T) for row in result[problem].values() for T in row})
        rows.append(f"{problem + ', T =':24}" + "".join(f"{T:>15}" for T in lengths))
        for kind, row in result[problem].items():
            cells = [_cell(row[str(T)]) if str(T) in row else "" for T in lengths]
            rows.append(f"{kind:24}" + "".join(f"{cell:>15}" for cell in cells))
    return "\n".join(rows)


def _cell(one: Mapping) -> str:
    share = f"{one['solved']}/{one['networks']}"
    return f"{one['median']:,.0f} {share:>5}" if one["solved"] else share


def picture(result: Mapping, path: Path) -> None:
    """Share of the networks that solve the adding problem at the longest lag they were given."""
    plots.intervals(
        {
            f"{kind}, T = {T}": (row[T]["share"], *row[T]["interval"])
            for kind, row in result["adding"].items()
            for T in row
        },
        xlabel="share of networks that solve the adding problem",
        alt="Share of the networks of each kind that solve the adding problem at each length, "
        "with intervals.",
        save=path,
    )


EXPERIMENT = Experiment(
    name="long_lags",
    laptop=LAPTOP,
    full=FULL,
    prepare=lambda config, device: config,
    data_sha256=lambda config: "none: sequences are drawn",
    kinds=kinds,
    weights=lambda models: {},
    report=report,
    picture=picture,
    table=table,
)
