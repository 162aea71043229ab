"""A whole run: every seed, the floors, paired intervals over characters and digits, one file."""

from collections.abc import Mapping
from pathlib import Path

import torch

from lstm_lib import plots
from lstm_lib.data.kanji import RECIPE as KANJI
from lstm_lib.data.pendigits import RECIPE as DIGITS
from lstm_lib.tasks.experiment import Experiment, Kind, Run
from lstm_lib.tasks.handwriting.comparison import LSTM, NETWORKS, compare
from lstm_lib.tasks.handwriting.data import FULL, LAPTOP, Prepared, prepare
from lstm_lib.tasks.handwriting.model import WRITER, Writer
from lstm_lib.tasks.handwriting.sampling import write

WRITERS = [name for name, system in NETWORKS.items() if system == LSTM]


def kinds(data: Prepared) -> dict[str, Kind]:
    """The networks that write, and those that see a few points only."""
    return {name: Kind(WRITER, data.problem(name), data.config.seeds) for name in NETWORKS}


def report(run: Run) -> dict:
    """Nats of every system; and samples of the first seed, for the picture."""
    return {
        "training": run.training,
        **compare(run.data, run.models),
        "written": {
            "characters": drawn(run.models["kanji"][0], run.data, 24),
            "digits": drawn(run.models["digits"][0], run.data, 24),
        },
    }


def drawn(model: Writer, data: Prepared, count: int) -> list:
    """Some paths as lists of strokes of whole numbers, the digits 0 to 9 in turn."""
    name = "digits" if model.moves == 1 else "kanji"
    labels = [n % 10 for n in range(count)] if name == "digits" else None
    written = write(model, data.sources[name], count, labels, bias=0.0, seed=0)
    return [[stroke.astype(int).tolist() for stroke in one.strokes] for one in written]


def picture(result: Mapping, path: Path) -> None:
    """A page of invented characters."""
    plots.strokes(
        result["written"]["characters"],
        columns=12,
        alt="Characters that a network invented, stroke by stroke: most look like Chinese "
        "characters, with components that exist, and are none.",
        save=path,
    )


def weights(models: Mapping[str, list[Writer]]) -> dict[str, torch.nn.Module]:
    """The first seed of each network that writes."""
    return {f"-{name}": models[name][0] for name in WRITERS}


def load(name: str = "full", folder: Path | None = None) -> tuple[dict[str, Writer], Prepared]:
    """The networks that a run left behind, "kanji" and "digits", and the data they stand on.

    Raises FileNotFoundError if there are none.
    """
    models, data = EXPERIMENT.load(name, folder)
    for model in models.values():
        model.lstm.backend = "auto"  # what trains fastest need not be what writes fastest
    return {end[1:]: model for end, model in models.items()}, data


def table(result: Mapping) -> str:
    """Nats a point on the test part of both sources."""
    rows = []
    for source in ("kanji", "digits"):
        rows.append(f"{source}: nats a point on the test part")
        for system, value in result[source]["test"].items():
            low, high = value["interval"]
            rows.append(f"  {system:26}{value['nats']:8.3f}  [{low:.3f}, {high:.3f}]")
    return "\n".join(rows)


EXPERIMENT = Experiment(
    name="handwriting",
    laptop=LAPTOP,
    full=FULL,
    prepare=prepare,
    data_sha256=lambda data: f"{KANJI.extract_sha256} {DIGITS.extract_sha256}",
    kinds=kinds,
    weights=weights,
    report=report,
    picture=picture,
    table=table,
)
