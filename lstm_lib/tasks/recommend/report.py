"""A whole run: every seed, the floors, their mixture, paired intervals over users, one file."""

import argparse
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import torch

from lstm_lib import plots
from lstm_lib.data.movielens import RECIPE
from lstm_lib.places import RESULTS, ROOT
from lstm_lib.tasks.recommend.comparison import ALL, LSTM, WAYS, compare, read_ranks
from lstm_lib.tasks.recommend.data import FULL, LAPTOP, Config, Prepared, prepare
from lstm_lib.tasks.recommend.model import Recommender, train
from lstm_lib.tasks.recommend.ranking import hits
from lstm_lib.train import default_threads, first_process, load_weights, save_weights, write_result


def run(config: Config, name: str, log: Callable[[str], object] = print) -> dict | None:
    """Train every seed of `config`, compare with the floors, write the result and return it.

    "full" goes to results/recommend/, any other name to runs/recommend/, with the weights of every
    seed. Checkpoints lie in runs/recommend/: an interrupted run goes on where it stopped. What is
    chosen (the best weights, the share of Markov in the mixture) is chosen on the validation film;
    the test film is looked at once, in `compare`. Under torchrun all processes train, the first
    does the rest; the others return None.
    """
    device = "cuda" if torch.cuda.is_available() else "cpu"
    scratch = ROOT / "runs" / "recommend"
    folder = RESULTS / "recommend" if name == "full" else scratch
    for place in (folder, scratch):
        place.mkdir(parents=True, exist_ok=True)
    data, models, reports = prepare(config, device), [], []
    for seed in config.seeds:
        log(f"seed {seed}")
        model, history = train(data, seed, scratch / f"{name}-{seed}.ckpt", log)
        if not first_process():
            continue
        save_weights(folder / f"{name}-{seed}.safetensors", model, half=True)
        models.append(model)
        reports.append({"seed": seed, **history.summary(config.evaluate_every)})
    if not first_process():
        return None
    result = {
        "task": "recommend",
        "config": asdict(config),
        "data_sha256": RECIPE.extract_sha256,
        "users": len(data.train),
        "films": data.films,
        "seeds": reports,
        **compare(models, data),
    }
    write_result(folder / f"{name}.json", result, device)
    picture(result, folder / f"{name}.png")
    return result


def picture(result: Mapping, path: Path) -> None:
    """HR@k against k, seen films masked: the LSTM alone and with Markov, the floors in grey."""
    found, ks = read_ranks(result), np.arange(1, 51)

    def curve(system: str) -> list[float]:
        return [float(hits(found[system]["masked"], k).mean()) for k in ks]

    plots.lines(
        ks,
        {system: curve(system) for system in (ALL, LSTM)},
        floors={floor: curve(floor) for floor in ("decayed Markov", "item-kNN", "popularity")},
        xlabel="k films recommended, of 1,682",
        ylabel="share of users whose next film is there",
        alt="HR@k against k from 1 to 50: share of the users whose next film is among the first k, "
        "for the LSTM alone and mixed with the Markov chain, and for the floors in grey.",
        save=path,
    )


def load(
    folder: Path = RESULTS / "recommend", name: str = "full"
) -> tuple[list[Recommender], Prepared]:
    """The recommenders that a run left behind, one a seed, and the data they stand on.

    Raises FileNotFoundError if there are none.
    """
    known = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))["config"]
    config = Config(**{**known, "seeds": tuple(known["seeds"])})
    data = prepare(config)
    models = [
        load_weights(folder / f"{name}-{seed}.safetensors", Recommender(data)).eval()
        for seed in config.seeds
    ]
    return models, data


def main(arguments: list[str]) -> int:
    """`train recommend [--full]`: run it and print the scores."""
    parser = argparse.ArgumentParser(prog="python course.py train recommend")
    parser.add_argument("--full", action="store_true", help="every seed; resumable")
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
    """HR@10 and NDCG@10 of the test film, seen films competing and masked, floors first."""
    rows = [f"{'test film':28}{'HR@10':>8}{'NDCG@10':>9} |{'HR@10':>8}{'NDCG@10':>9} masked"]
    for system, found in result["test"].items():
        first, second = (found[way] for way in WAYS)
        rows.append(
            f"{system:28}{first['hr']:8.3f}{first['ndcg']:9.3f} |"
            f"{second['hr']:8.3f}{second['ndcg']:9.3f}"
        )
    return "\n".join(rows)
