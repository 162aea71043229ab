"""A whole run: every seed, the floors, their mixture, paired intervals over users, one file."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from lstm_lib import plots
from lstm_lib.data.movielens import RECIPE
from lstm_lib.tasks.experiment import Experiment, Kind, Run
from lstm_lib.tasks.recommend.comparison import ALL, SINGLE, WAYS, compare, read_ranks
from lstm_lib.tasks.recommend.data import FULL, LAPTOP, Prepared, prepare
from lstm_lib.tasks.recommend.model import RECOMMENDER, Recommender
from lstm_lib.tasks.recommend.ranking import hits


def report(run: Run) -> dict:
    """All systems on both held-out films.

    What is chosen (the best weights, the share of Markov in the mixture) is chosen on the
    validation film; the test film is looked at once, in `compare`.
    """
    return {
        "users": len(run.data.train),
        "films": run.data.films,
        "seeds": run.training[""],
        **compare(run.models[""], run.data),
    }


def picture(result: Mapping, path: Path) -> None:
    """HR@k against k, seen films masked: the LSTM alone and with Markov, the floors in grey."""
    ranks, ks = read_ranks(result), np.arange(1, 51)

    def curve(system: str) -> list[float]:
        return [float(hits(ranks[system]["masked"], k).mean()) for k in ks]

    plots.lines(
        ks,
        {system: curve(system) for system in (ALL, SINGLE)},
        floors={floor: curve(floor) for floor in ("decayed Markov", "item-kNN", "popularity")},
        xlabel="k films recommended, of 1,682",
        ylabel="share of users whose next film is there",
        alt="HR@k against k from 1 to 50: share of the users whose next film is among the first k, "
        "for the LSTM alone and mixed with the Markov chain, and for the floors in grey.",
        save=path,
    )


def load(name: str = "full", folder: Path | None = None) -> tuple[list[Recommender], Prepared]:
    """The recommenders that a run left behind, one a seed, and the data they stand on.

    Raises FileNotFoundError if there are none.
    """
    models, data = EXPERIMENT.load(name, folder)
    return list(models.values()), data


def table(result: Mapping) -> str:
    """HR@10 and NDCG@10 of the test film, seen films competing and masked, floors first."""
    rows = [f"{'test film':28}{'HR@10':>8}{'NDCG@10':>9} |{'HR@10':>8}{'NDCG@10':>9} masked"]
    for system, scores in result["test"].items():
        first, second = (scores[way] for way in WAYS)
        rows.append(
            f"{system:28}{first['hr']:8.3f}{first['ndcg']:9.3f} |"
            f"{second['hr']:8.3f}{second['ndcg']:9.3f}"
        )
    return "\n".join(rows)


EXPERIMENT = Experiment(
    name="recommend",
    laptop=LAPTOP,
    full=FULL,
    prepare=prepare,
    data_sha256=lambda data: RECIPE.extract_sha256,
    kinds=lambda data: {"": Kind(RECOMMENDER, data, data.config.seeds)},
    weights=lambda models: {f"-{seed}": model for seed, model in enumerate(models[""])},
    report=report,
    picture=picture,
    table=table,
)
