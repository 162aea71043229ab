"""Three questions beside the score, each with a result file of its own; resumable, minutes each.

`python course.py train weather --study recursive | quantiles | inputs`
"""

from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from lstm_lib.data.weather import RECIPE
from lstm_lib.places import RESULTS, ROOT
from lstm_lib.tasks.kept import kept
from lstm_lib.tasks.weather.compare import compared, rounded
from lstm_lib.tasks.weather.data import FULL, LAPTOP, Config, Prepared, changes, prepare
from lstm_lib.tasks.weather.floors import simple_floors
from lstm_lib.tasks.weather.inputs import GROUPS, without
from lstm_lib.tasks.weather.model import Forecaster, errors, train
from lstm_lib.tasks.weather.quantiles import (
    INTERVALS,
    LEVELS,
    QUANTILES,
    climatological_quantiles,
    damped_quantiles,
    inside,
    pinball,
    quantile_forecast,
)
from lstm_lib.tasks.weather.recursive import ONE_HOUR, RECURSIVE, recursive_errors
from lstm_lib.train import load_weights, save_weights, write_result

Log = Callable[[str], object]
# The notebook's own training, a minute for each of the twelve networks of a seed.
RETRAINED = replace(LAPTOP, seeds=(0,))


def recursive(log: Log = print) -> dict:
    """Train the one-hour model, let it run free, compare it with the committed direct forecaster.

    The same hours of the test part, one seed each. About six minutes on one thread.
    """
    data, direct = prepare(RECURSIVE), committed_direct()
    model, history = ONE_HOUR.train(data, 0, scratch() / "recursive-0.ckpt", log)
    test = data.origins["test"]
    mine, theirs = recursive_errors(model, data, test), errors(direct, prepare(FULL), test)
    floors = simple_floors(data)
    save_weights(RESULTS / "weather" / "recursive.safetensors", model, half=True)
    return write(
        "recursive",
        RECURSIVE,
        hours=len(test),
        recursive=rounded(mine.mean(0)),
        direct=rounded(theirs.mean(0)),
        minus_direct=compared(mine, theirs, data),
        minus_floors={name: compared(mine, floor, data) for name, floor in floors.items()},
        training=history.summary(RECURSIVE.evaluate_every),
    )


def quantiles(log: Log = print) -> dict:
    """Train the quantile forecaster; pinball losses, coverage, and its floors on the same hours.

    About six minutes on one thread.
    """
    data = prepare(FULL)
    model, history = QUANTILES.train(data, 0, scratch() / "quantiles-0.ckpt", log)
    test = data.origins["test"]
    truth, quantiles = changes(data, test), quantile_forecast(model, data, test)
    makers = {
        "climatological quantiles": climatological_quantiles,
        "damped anomaly": damped_quantiles,
    }
    losses = {name: pinball(truth, make(data, test)).mean(-1) for name, make in makers.items()}
    mine = pinball(truth, quantiles).mean(-1)
    save_weights(RESULTS / "weather" / "quantiles.safetensors", model, half=True)
    return write(
        "quantiles",
        FULL,
        hours=len(test),
        levels=LEVELS,
        floors={name: rounded(loss.mean(0)) for name, loss in losses.items()},
        lstm=rounded(mine.mean(0)),
        against={name: compared(mine, loss, data) for name, loss in losses.items()},
        coverage={str(s): rounded(inside(truth, quantiles, s).mean(0)) for s in INTERVALS},
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
    seeds = {k: rounded([error[:, at].mean() for error in runs[k]]) for k in runs}
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

    group = left_out.replace(" ", "-").replace(",", "")
    return kept(scratch() / f"without-{group}-{seed}-{RECIPE.extract_sha256[:8]}.npy", fit)


def committed_direct() -> Forecaster:
    """The direct forecaster of the full run's first seed, from its committed weights."""
    return load_weights(RESULTS / "weather" / "full.safetensors", Forecaster(prepare(FULL)))


def scratch() -> Path:
    folder = ROOT / "runs" / "weather"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def write(study: str, config: Config, **answers: object) -> dict:
    record = {
        "task": "weather",
        "study": study,
        "config": asdict(config),
        "data_sha256": RECIPE.extract_sha256,
        **answers,
    }
    write_result(RESULTS / "weather" / f"{study}.json", record)
    return record


STUDIES = {"recursive": recursive, "quantiles": quantiles, "inputs": inputs}
