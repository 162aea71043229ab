"""A whole run: every seed, the floors, tests and intervals, what a rule would earn, one file."""

import argparse
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import torch

from lstm_lib import plots
from lstm_lib.places import RESULTS, ROOT
from lstm_lib.tasks.stocks.comparison import compare_returns, compare_rules, compare_variance
from lstm_lib.tasks.stocks.data import FULL, LAPTOP, Config, Net, Prepared, prepare
from lstm_lib.tasks.stocks.floors import FLOORS
from lstm_lib.tasks.stocks.model import Forecaster, forecast, pose, train
from lstm_lib.tasks.stocks.returns import RETURN_FLOORS, logistic, walk_forward
from lstm_lib.train import default_threads, first_process, load_weights, save_weights, write_result

NETS = ("returns", "alone", "correction")
LSTM, TOGETHER = "LSTM", "LSTMs together"
ALONE, CORRECTION = "LSTM alone", "LSTM on a floor"


def run(config: Config, name: str, log: Callable[[str], object] = print) -> dict | None:
    """Train every network and seed of `config`, compare with the floors, write and return it.

    "full" goes to results/stocks/, any other name to runs/stocks/, with the weights of every seed.
    Checkpoints lie in runs/stocks/: an interrupted run goes on where it stopped. Under torchrun all
    processes train, the first does the rest; the others return None.
    """
    device = "cuda" if torch.cuda.is_available() else "cpu"
    scratch = ROOT / "runs" / "stocks"
    folder = RESULTS / "stocks" if name == "full" else scratch
    for place in (folder, scratch):
        place.mkdir(parents=True, exist_ok=True)
    data, models, reports = prepare(config, device), {}, {}
    for kind in NETS:
        net, models[kind], reports[kind] = getattr(config, kind), [], []
        problem = pose(data, net)
        for seed in config.seeds:
            log(f"{kind}, seed {seed}")
            model, history = train(problem, seed, scratch / f"{name}-{kind}-{seed}.ckpt", log)
            models[kind].append(model)
            reports[kind].append({"seed": seed, **history.summary(net.evaluate_every)})
    walked = walked_returns(data, name, scratch, log) if config.walk_forward else None
    if not first_process():
        return None
    save_weights(folder / f"{name}.safetensors", torch.nn.ModuleDict(nested(models)), half=True)
    result = {
        "task": "stocks",
        "config": asdict(config),
        "data_sha256": fingerprint(data),
        "test": {"from": str(data.time[data.days["test"][0]]), "days": len(data.days["test"])},
        "training": reports,
        **compare(data, models, walked),
    }
    write_result(folder / f"{name}.json", result, device)
    picture(result, folder / f"{name}.png")
    return result


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
    returns[LSTM] = np.stack([forecast(model, problem) for model in models["returns"]])
    returns[TOGETHER] = forecast(models["returns"], problem)
    up = {name: values for name, values in returns.items() if name not in ("zero", LSTM)}
    up["logistic"] = logistic(data, until)
    result = {
        "returns": compare_returns(data, returns, test),
        "rules": compare_rules(data, up, test),
        "variance": compare_variance(data, floors, nets, test),
    }
    if walked is not None:
        days = np.arange(data.days["valid"][0], len(data))
        moving = {name: walk_forward(data, floor) for name, floor in RETURN_FLOORS.items()}
        moving |= {LSTM: walked, TOGETHER: walked.mean(0)}
        result["walk_forward"] = compare_returns(data, moving, days) | {
            "from": str(data.time[days[0]]),
            "days": len(days),
        }
    kept = {**floors, **{n: v for n, v in nets.items() if v.ndim == 1}}
    result["forecasts"] = {
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
    return result


def walked_returns(
    data: Prepared, name: str, folder: Path, log: Callable[[str], object]
) -> np.ndarray:
    """The networks' forecasts of the return, refitted every year, (seeds, N)."""
    net = data.config.returns

    def one(seed: int) -> Callable[[Prepared, int], np.ndarray]:
        def fitted(data: Prepared, until: int) -> np.ndarray:
            log(f"walk-forward, seed {seed}, {data.time[until]}")
            problem = pose(data, net, until)
            problem = replace(problem, held_out=problem.held_out[:0])
            checkpoint = folder / f"{name}-walk-{until}-{seed}.ckpt"
            return forecast(train(problem, seed, checkpoint, None)[0], problem)

        return fitted

    return np.stack([walk_forward(data, one(seed)) for seed in data.config.seeds])


def nested(models: Mapping[str, list[Forecaster]]) -> dict[str, torch.nn.ModuleList]:
    return {kind: torch.nn.ModuleList(seeds) for kind, seeds in models.items()}


def load(
    folder: Path = RESULTS / "stocks", name: str = "full"
) -> tuple[dict[str, list[Forecaster]], Prepared]:
    """The forecasters that a run left behind, by kind, one a seed, and the data they stand on.

    Raises FileNotFoundError if there are none.
    """
    config = read_config(
        json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))["config"]
    )
    data = prepare(config)
    width = data.inputs.shape[1]
    models = {
        kind: [Forecaster(width, getattr(config, kind)) for _ in config.seeds] for kind in NETS
    }
    whole = load_weights(folder / f"{name}.safetensors", torch.nn.ModuleDict(nested(models)))
    whole.eval()
    return models, data


def read_config(known: Mapping) -> Config:
    """A configuration out of a result file."""
    nets = {kind: Net(**known[kind]) for kind in NETS}
    return Config(**{**known, **nets, "seeds": tuple(known["seeds"])})


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

    def numbers(found):
        if isinstance(found, str):
            return np.array([float(one) for one in found.split()])
        return np.array([numbers(row) for row in found])

    return {
        target: {name: numbers(found) for name, found in named.items()}
        for target, named in result["forecasts"].items()
    }


def best_floor(result: Mapping) -> str:
    """The floor with the least QLIKE on the test part: a choice in the floors' favour."""
    floors = result["variance"]["floors"]
    return min(floors, key=floors.get)


def picture(result: Mapping, path: Path) -> None:
    """Volatility by floor and network over the test part: the forecasts as they move."""
    found = read_forecasts(result)["variance"]
    days = np.arange(result["test"]["days"])
    floor = best_floor(result)
    plots.lines(
        days,
        {CORRECTION: found[f"{CORRECTION}, together"] ** 0.5},
        floors={name: found[name] ** 0.5 for name in (floor, "GARCH(1,1)")},
        xlabel=f"trading days since {result['test']['from']}",
        ylabel="forecast volatility, % a day",
        alt="Forecast daily volatility of the S&P 500 over the test part: long calm stretches near "
        "half a per cent, sharp rises in 2016 and 2018; the LSTM beside two floors in grey.",
        save=path,
    )


def main(arguments: list[str]) -> int:
    """`train stocks [--full]`: run it and print the scores."""
    parser = argparse.ArgumentParser(prog="python course.py train stocks")
    parser.add_argument("--full", action="store_true", help="every seed, walk-forward; resumable")
    parser.add_argument("--seeds", type=int, help="how many seeds (default: the configuration's)")
    given = parser.parse_args(arguments)
    default_threads()
    config = FULL if given.full else LAPTOP
    if given.seeds:
        config = replace(config, seeds=tuple(range(given.seeds)))
    result = run(config, "full" if given.full else "laptop")
    if result is not None:
        print(table(result))
    return 0


def table(result: Mapping) -> str:
    """QLIKE of the variance and squared error of the return on the test part, floors first."""
    rows = [f"{'variance, one day ahead':34}  QLIKE"]
    found = result["variance"]
    rows += [
        f"{name:34}{score:7.4f}" for name, score in {**found["floors"], **found["nets"]}.items()
    ]
    rows.append(f"{'return, one day ahead':34}    MSE  p against zero")
    for name, score in result["returns"]["mse"].items():
        test = result["returns"]["against_zero"].get(name)
        rows.append(f"{name:34}{score:7.4f}" + (f"{test['p']:8.3f}" if test else ""))
    return "\n".join(rows)
