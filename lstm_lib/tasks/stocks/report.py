"""A whole run: every seed, the floors, tests and intervals, what a rule would earn, one file."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from lstm_lib import plots
from lstm_lib.tasks.experiment import Experiment, Kind, Run
from lstm_lib.tasks.stocks.comparison import compare_returns, compare_rules, compare_variance
from lstm_lib.tasks.stocks.data import FULL, LAPTOP, Prepared, prepare
from lstm_lib.tasks.stocks.floors import FLOORS
from lstm_lib.tasks.stocks.model import FORECASTER, Forecaster, Problem, forecast, pose
from lstm_lib.tasks.stocks.returns import RETURN_FLOORS, logistic, refits, walk_forward

NETS = ("returns", "alone", "correction")
SINGLE, TOGETHER = "LSTM", "LSTMs together"
ALONE, CORRECTION = "LSTM alone", "LSTM on a floor"


def kinds(data: Prepared) -> dict[str, Kind]:
    """Three networks, and for a walk forward that of the return once more for every year."""
    config = data.config
    wanted = {
        kind: Kind(FORECASTER, pose(data, getattr(config, kind)), config.seeds) for kind in NETS
    }
    if config.walk_forward:
        for until in refits(data):
            wanted[f"walk {until}"] = Kind(FORECASTER, walking(data, until), config.seeds)
    return wanted


def walking(data: Prepared, until: int) -> Problem:
    """The question of the return, asked at row `until`: nothing is held out."""
    problem = pose(data, data.config.returns, until)
    return replace(problem, held_out=problem.held_out[:0])


def report(run: Run) -> dict:
    """Returns, rules and variance on the test part, and every forecast."""
    data, walked = run.data, None
    if data.config.walk_forward:
        walked = np.stack([walked_returns(run, k) for k in range(len(data.config.seeds))])
    return {
        "test": {"from": str(data.time[data.days["test"][0]]), "days": len(data.days["test"])},
        "training": {kind: run.training[kind] for kind in NETS},
        **compare(data, run.models, walked),
    }


def walked_returns(run: Run, k: int) -> np.ndarray:
    """The forecasts of the return by the k-th network of every year, refitted each time, (N,)."""

    def refitted(data: Prepared, until: int) -> np.ndarray:
        return forecast(run.models[f"walk {until}"][k], walking(data, until))

    return walk_forward(run.data, refitted)


def compare(
    data: Prepared, models: Mapping[str, list[Forecaster]], walked: np.ndarray | None
) -> dict:
    """All that the test part says; `walked` (seeds, N): returns of yearly refitted networks."""
    test, until = data.days["test"], data.until
    floors = {name: floor(data, until) for name, floor in FLOORS.items()}
    nets = {}
    for label, kind in ((ALONE, "alone"), (CORRECTION, "correction")):
        problem = pose(data, getattr(data.config, kind))
        nets[label] = np.stack([forecast(model, problem) for model in models[kind]])
        nets[f"{label}, together"] = forecast(models[kind], problem)
    problem = pose(data, data.config.returns)
    returns = {name: floor(data, until) for name, floor in RETURN_FLOORS.items()}
    returns[SINGLE] = np.stack([forecast(model, problem) for model in models["returns"]])
    returns[TOGETHER] = forecast(models["returns"], problem)
    up = {name: values for name, values in returns.items() if name not in ("zero", SINGLE)}
    up["logistic"] = logistic(data, until)
    scores = {
        "returns": compare_returns(data, returns, test),
        "rules": compare_rules(data, up, test),
        "variance": compare_variance(data, floors, nets, test),
    }
    if walked is not None:
        days = np.arange(data.days["valid"][0], len(data))
        moving = {name: walk_forward(data, floor) for name, floor in RETURN_FLOORS.items()}
        moving |= {SINGLE: walked, TOGETHER: walked.mean(0)}
        scores["walk_forward"] = compare_returns(data, moving, days) | {
            "from": str(data.time[days[0]]),
            "days": len(days),
        }
    kept = {**floors, **{n: v for n, v in nets.items() if v.ndim == 1}}
    scores["forecasts"] = {
        "variance": {name: written(values[test], 4) for name, values in kept.items()},
        "variance by seed": {
            name: [written(row[test], 4) for row in values]
            for name, values in nets.items()
            if values.ndim == 2
        },
        "return": {
            name: written(values[test], 4) for name, values in returns.items() if values.ndim == 1
        },
    }
    return scores


def weights(models: Mapping[str, list[Forecaster]]) -> dict[str, torch.nn.Module]:
    """One file with all networks of the three kinds."""
    nested = {kind: torch.nn.ModuleList(models[kind]) for kind in NETS}
    return {"": torch.nn.ModuleDict(nested)}


def load(
    name: str = "full", folder: Path | None = None
) -> tuple[dict[str, list[Forecaster]], Prepared]:
    """The forecasters that a run left behind, by kind, one a seed, and the data they stand on.

    Raises FileNotFoundError if there are none.
    """
    modules, data = EXPERIMENT.load(name, folder)
    return {kind: list(seeds) for kind, seeds in modules[""].items()}, data


def fingerprint(data: Prepared) -> str:
    """SHA-256 of all that was read: closes and range variances of both indices."""
    columns = (data.close, data.variance, data.other_returns[1:], data.other_variance)
    text = " ".join(f"{value:.6g}" for column in columns for value in column)
    return hashlib.sha256(text.encode()).hexdigest()


def written(values: np.ndarray, digits: int) -> str:
    """Numbers as one line of text: a result file stays short."""
    return " ".join(f"{value:.{digits}g}" for value in values)


def read_forecasts(result: Mapping) -> dict[str, dict[str, np.ndarray]]:
    """The forecasts of the test days in a result file, (n,) each, or (seeds, n) by seed."""

    def numbers(rows):
        if isinstance(rows, str):
            return np.array([float(one) for one in rows.split()])
        return np.array([numbers(row) for row in rows])

    return {
        target: {name: numbers(rows) for name, rows in named.items()}
        for target, named in result["forecasts"].items()
    }


def best_floor(result: Mapping) -> str:
    """The floor with the least QLIKE on the test part: a choice in the floors' favour."""
    floors = result["variance"]["floors"]
    return min(floors, key=floors.get)


def picture(result: Mapping, path: Path) -> None:
    """Volatility by floor and network over the test part: the forecasts as they move."""
    forecasts = read_forecasts(result)["variance"]
    days = np.arange(result["test"]["days"])
    floor = best_floor(result)
    plots.lines(
        days,
        {CORRECTION: forecasts[f"{CORRECTION}, together"] ** 0.5},
        floors={name: forecasts[name] ** 0.5 for name in (floor, "GARCH(1,1)")},
        xlabel=f"trading days since {result['test']['from']}",
        ylabel="forecast volatility, % a day",
        alt="Forecast daily volatility of the S&P 500 over the test part: long calm stretches near "
        "half a per cent, sharp rises in 2016 and 2018; the LSTM beside two floors in grey.",
        save=path,
    )


def table(result: Mapping) -> str:
    """QLIKE of the variance and squared error of the return on the test part, floors first."""
    rows = [f"{'variance, one day ahead':34}  QLIKE"]
    scores = result["variance"]
    rows += [
        f"{name:34}{score:7.4f}" for name, score in {**scores["floors"], **scores["nets"]}.items()
    ]
    rows.append(f"{'return, one day ahead':34}    MSE  p against zero")
    for name, score in result["returns"]["mse"].items():
        test = result["returns"]["against_zero"].get(name)
        rows.append(f"{name:34}{score:7.4f}" + (f"{test['p']:8.3f}" if test else ""))
    return "\n".join(rows)


EXPERIMENT = Experiment(
    name="stocks",
    laptop=LAPTOP,
    full=FULL,
    prepare=prepare,
    data_sha256=fingerprint,
    kinds=kinds,
    weights=weights,
    report=report,
    picture=picture,
    table=table,
)
