"""Three questions beside the score, each with a result file of its own; resumable, minutes each.

`python course.py train weather --study recursive | quantiles | inputs`
"""

import os
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from lstm_lib.data.weather import RECIPE
from lstm_lib.places import RESULTS, ROOT
from lstm_lib.tasks.weather.compare import compared, rounded
from lstm_lib.tasks.weather.data import FULL, LAPTOP, Config, Prepared, changes, prepare
from lstm_lib.tasks.weather.floors import simple_floors
from lstm_lib.tasks.weather.inputs import GROUPS, without
from lstm_lib.tasks.weather.model import Forecaster, errors, train
from lstm_lib.tasks.weather.quantiles import (
    INTERVALS,
    LEVELS,
    climatological_quantiles,
    damped_quantiles,
    inside,
    pinball,
    quantile_forecast,
    train_quantiles,
)
from lstm_lib.tasks.weather.recursive import RECURSIVE, recursive_errors, train_recursive
from lstm_lib.train import load_weights, save_weights, write_result

Log = Callable[[str], object]
# The notebook's own training, a minute for each of the twelve networks of a seed.
RETRAINED = replace(LAPTOP, seeds=(0,))


def recursive(log: Log = print) -> dict:
    """Train the one-hour model, let it run free, compare it with the committed direct forecaster.

    The same hours of the test part, one seed each. About six minutes on one thread.
    """
    data, direct = prepare(RECURSIVE), committed_direct()
    model, history = train_recursive(data, 0, scratch() / "recursive-0.ckpt", log)
    found, test = recursive_errors(model, data, data.origins["test"]), data.origins["test"]
    theirs = errors(direct, prepare(FULL), test)
    floors = simple_floors(data)
    save_weights(RESULTS / "weather" / "recursive.safetensors", model, half=True)
    return write(
        "recursive",
        RECURSIVE,
        hours=len(test),
        recursive=rounded(found.mean(0)),
        direct=rounded(theirs.mean(0)),
        minus_direct=compared(found, theirs, data),
        minus_floors={name: compared(found, floor, data) for name, floor in floors.items()},
        training=history.summary(RECURSIVE.evaluate_every),
    )


def quantiles(log: Log = print) -> dict:
    """Train the quantile forecaster; pinball losses, coverage, and its floors on the same hours.

    About six minutes on one thread.
    """
    data = prepare(FULL)
    model, history = train_quantiles(data, 0, scratch() / "quantiles-0.ckpt", log)
    test = data.origins["test"]
    truth, found = changes(data, test), quantile_forecast(model, data, test)
    makers = {
        "climatological quantiles": climatological_quantiles,
        "damped anomaly": damped_quantiles,
    }
    losses = {name: pinball(truth, make(data, test)).mean(-1) for name, make in makers.items()}
    mine = pinball(truth, found).mean(-1)
    save_weights(RESULTS / "weather" / "quantiles.safetensors", model, half=True)
    return write(
        "quantiles",
        FULL,
        hours=len(test),
        levels=LEVELS,
        floors={name: rounded(loss.mean(0)) for name, loss in losses.items()},
        lstm=rounded(mine.mean(0)),
        against={name: compared(mine, loss, data) for name, loss in losses.items()},
        coverage={str(s): rounded(inside(truth, found, s).mean(0)) for s in INTERVALS},
        training=history.summary(FULL.evaluate_every),
    )


def inputs(log: Log = print) -> dict:
    """Retrain without each group of inputs and compare with all inputs, the same seeds.

    With the notebook's own settings: a minute a network, about ten minutes a seed on one thread.
    """
    data = prepare(RETRAINED)
    runs: dict[str, list[np.ndarray]] = {name: [] for name in ("none", *GROUPS)}
    for seed in RETRAINED.seeds:
        for name in runs:
            runs[name].append(retrained_once(data, name, seed, log))
    means = {name: np.mean(of_seeds, axis=0) for name, of_seeds in runs.items()}
    at = RETRAINED.leads.index(24)
    seeds = {k: rounded([found[:, at].mean() for found in runs[k]]) for k in runs}
    return write(
        "inputs",
        RETRAINED,
        hours=len(data.origins["test"]),
        groups={name: list(columns) for name, columns in GROUPS.items()},
        all_inputs=rounded(means["none"].mean(0)),
        seeds_at_24_h=seeds,
        minus_all_inputs={k: compared(means[k], means["none"], data) for k in GROUPS},
    )


def retrained_once(data: Prepared, left_out: str, seed: int, log: Log) -> np.ndarray:
    """Absolute errors on the test part of a network that was trained without a group, (n, K)."""

    def fit() -> np.ndarray:
        log(f"seed {seed}, without: {left_out}")
        fewer = without(data, GROUPS.get(left_out, ()))
        model, _ = train(fewer, seed, None, None)
        return errors(model, fewer, fewer.origins["test"]).astype(np.float32)

    return kept(f"without-{left_out.replace(' ', '-').replace(',', '')}-{seed}", fit)


def committed_direct() -> Forecaster:
    """The direct forecaster of the full run's first seed, from its committed weights."""
    return load_weights(RESULTS / "weather" / "full.safetensors", Forecaster(prepare(FULL)))


def kept(name: str, compute: Callable[[], np.ndarray]) -> np.ndarray:
    """What `compute` returned the first time: a study that is cut off goes on where it was."""
    path = scratch() / f"{name}-{RECIPE.extract_sha256[:8]}.npy"
    if not path.exists():
        partial = path.with_suffix(f".{os.getpid()}.part.npy")
        np.save(partial, compute())
        partial.replace(path)
    return np.load(path)


def scratch() -> Path:
    folder = ROOT / "runs" / "weather"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def write(study: str, config: Config, **found: object) -> dict:
    result = {
        "task": "weather",
        "study": study,
        "config": asdict(config),
        "data_sha256": RECIPE.extract_sha256,
        **found,
    }
    write_result(RESULTS / "weather" / f"{study}.json", result)
    return result


STUDIES = {"recursive": recursive, "quantiles": quantiles, "inputs": inputs}
