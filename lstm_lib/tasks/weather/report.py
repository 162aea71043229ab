"""A whole run: every seed, the floors, paired intervals, one result file."""

import argparse
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import torch

from lstm_lib import plots
from lstm_lib.data.weather import RECIPE
from lstm_lib.places import RESULTS, ROOT
from lstm_lib.tasks.bootstrap import block_means
from lstm_lib.tasks.weather.compare import compared, rounded, week_of
from lstm_lib.tasks.weather.data import FULL, LAPTOP, Config, Prepared, changes, prepare
from lstm_lib.tasks.weather.floors import boosting_floor, ridge_floor, simple_floors
from lstm_lib.tasks.weather.model import Forecaster, errors, forecast, train
from lstm_lib.tasks.weather.studies import STUDIES
from lstm_lib.train import History, default_threads, first_process, save_weights, write_result

# Boosting at 24 h in other sizes than the standard one, as (every, rounds, rate): the floor that
# the course set out with, and the strongest found (on the test part: in boosting's favour).
OTHER_BOOSTING = ((6, 250, 0.08), (1, 600, 0.05))


def run(config: Config, name: str, log: Callable[[str], object] = print) -> dict | None:
    """Train every seed of `config`, compare with the floors, write the result and return it.

    "full" goes to results/weather/, any other name to runs/weather/. Checkpoints and the floors
    that take minutes go to runs/weather/, so that an interrupted run goes on where it stopped.
    Under torchrun all processes train, the first does the rest; the others return None.
    """
    data, scratch = prepare(config), ROOT / "runs" / "weather"
    folder = RESULTS / "weather" if name == "full" else scratch
    for place in (folder, scratch):
        place.mkdir(parents=True, exist_ok=True)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    on_device, test = prepare(config, device), data.origins["test"]
    seeds, forecasts = [], []
    for seed in config.seeds:
        log(f"seed {seed}")
        model, history = train(on_device, seed, scratch / f"{name}-{seed}.ckpt", log)
        if not first_process():
            continue
        forecasts.append(forecast(model, on_device, test))
        seeds.append(seed_report(seed, model, on_device, history, forecasts[-1]))
        if seed == config.seeds[0]:
            save_weights(folder / f"{name}.safetensors", model, half=True)
    bare = overfitted(config, scratch / f"{name}-bare.ckpt", log) if config.dear else None
    if not first_process():
        return None
    floors, others = all_floors(data, scratch, log)
    truth = changes(data, test)
    lstm = np.mean([np.abs(found - truth) for found in forecasts], axis=0)
    together = np.abs(np.mean(forecasts, axis=0) - truth)
    result = {
        "task": "weather",
        "config": asdict(config),
        "data_sha256": RECIPE.extract_sha256,
        "hours": len(test),
        "floors": {floor: rounded(err.mean(0)) for floor, err in floors.items()},
        "boosting_at_24_h": {label: round(err.mean(), 4) for label, err in others.items()},
        "lstm": rounded(lstm.mean(0)),
        "together": rounded(together.mean(0)),
        "seeds": seeds,
        "against": {floor: compared(lstm, err, data) for floor, err in floors.items()},
        "weeks_at_24_h": weeks(lstm, together, floors, others, data),
        "without_regularisation": bare,
    }
    write_result(folder / f"{name}.json", result, device)
    picture(result, folder / f"{name}.png")
    return result


def picture(result: dict, path: Path) -> None:
    """Error against lead time: the LSTM, and its floors in grey."""
    plots.lines(
        result["config"]["leads"],
        {"LSTM": result["lstm"]},
        floors=dict(reversed(result["floors"].items())),
        xlabel="lead time, hours",
        ylabel="mean absolute error, °C",
        marker="o",
        alt="Error of the temperature forecast against lead time, 1 to 72 hours: the LSTM's line "
        "lies below those of its floors.",
        save=path,
    )


def all_floors(
    data: Prepared, folder: Path, log: Callable[[str], object]
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Errors of the floors, (n, K) each, and of boosting in other sizes at 24 h, (n,) each."""
    floors = simple_floors(data) | {"ridge": ridge_floor(data)}
    if not data.config.dear:
        return floors, {}
    floors["gradient boosting"], others = boosting_floors(data, folder, log)
    return floors, others


def boosting_floors(
    data: Prepared, folder: Path, log: Callable[[str], object]
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Errors of gradient boosting at every lead time, (n, K), and of its other sizes at 24 h.

    About fifteen minutes on one thread; each finished fit is kept in `folder`.
    """

    def once(lead: int, every: int = 1, rounds: int = 250, rate: float = 0.08) -> np.ndarray:
        kind = f"{lead}-{every}-{rounds}-{rate}-{RECIPE.extract_sha256[:8]}"
        path = folder / f"boosting-{kind}.npy"
        if not path.exists():
            log(f"gradient boosting, {lead} h, every {every}, {rounds} rounds, rate {rate}")
            partial = path.with_suffix(f".{os.getpid()}.part.npy")
            np.save(partial, boosting_floor(data, lead, every, rounds, rate))
            partial.replace(path)
        return np.load(path)

    standard = np.stack([once(lead) for lead in data.config.leads], axis=1)
    others = {f"every {e}, {r} rounds": once(24, e, r, rate) for e, r, rate in OTHER_BOOSTING}
    return standard, others


def overfitted(config: Config, checkpoint: Path, log: Callable[[str], object]) -> dict:
    """The same training with nothing against overfitting, run to its end: a warning, one seed."""
    bare = replace(
        config, dropout=0.0, weight_dropout=0.0, blend=0.0, weight_decay=0.0, patience=None
    )
    log("without regularisation")
    data = prepare(bare)
    model, history = train(data, 0, checkpoint, log)
    return seed_report(0, model, data, history, forecast(model, data, data.origins["test"]))


def seed_report(
    seed: int, model: Forecaster, data: Prepared, history: History, found: np.ndarray
) -> dict:
    """One seed: errors by lead time, `found` its forecast of the test part; how training went."""
    return {
        "seed": seed,
        "test": rounded(np.abs(found - changes(data, data.origins["test"])).mean(0)),
        "valid": rounded(errors(model, data, data.origins["valid"]).mean(0)),
        **history.summary(data.config.evaluate_every),
    }


def weeks(
    lstm: np.ndarray,
    together: np.ndarray,
    floors: Mapping[str, np.ndarray],
    others: Mapping[str, np.ndarray],
    data: Prepared,
) -> dict:
    """Mean error of each week at 24 h: enough to compute the intervals again."""
    at = data.config.leads.index(24)
    columns = {"lstm": lstm[:, at], "together": together[:, at]} | {
        floor: err[:, at] for floor, err in floors.items()
    }
    blocks = {k: block_means(err, week_of(data)) for k, err in (columns | dict(others)).items()}
    return {
        "hours": blocks["lstm"][1],
        "mean": {k: rounded(mean) for k, (mean, _) in blocks.items()},
    }


def main(arguments: list[str]) -> int:
    """`train weather [--full]`: run it and print a table."""
    parser = argparse.ArgumentParser(prog="python course.py train weather")
    parser.add_argument("--full", action="store_true", help="every seed, every floor; resumable")
    parser.add_argument(
        "--precision",
        choices=("float32", "bfloat16", "float16"),
        default="float32",
        help="bfloat16 is faster on CPUs that have it, float16 needs a GPU",
    )
    parser.add_argument("--seeds", type=int, help="how many seeds (default: the configuration's)")
    parser.add_argument(
        "--study", choices=STUDIES, help="a question beside the score, with its own result file"
    )
    given = parser.parse_args(arguments)
    default_threads()
    if given.study:
        STUDIES[given.study](print)
        return 0
    config = replace(FULL if given.full else LAPTOP, precision=given.precision)
    if given.seeds:
        config = replace(config, seeds=tuple(range(given.seeds)))
    name = "full" if given.full else "laptop"
    if given.precision != "float32":
        name += f"-{given.precision}"
    result = run(config, name)
    if result is not None:
        print(table(result))
    return 0


def table(result: dict) -> str:
    """Mean absolute error in °C by lead time, floors first."""
    leads = result["config"]["leads"]
    rows = [f"{'hours ahead':18}" + "".join(f"{lead:7}" for lead in leads)]
    for name, found in {**result["floors"], "LSTM": result["lstm"]}.items():
        rows.append(f"{name:18}" + "".join(f"{value:7.3f}" for value in found))
    return "\n".join(rows)
