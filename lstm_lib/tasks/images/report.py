"""A whole run: both ways, every seed, the floors, intervals over pictures, one file."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import torch

from lstm_lib.data.mnist import RECIPE
from lstm_lib.tasks.difference import paired
from lstm_lib.tasks.experiment import Experiment, Kind, Run
from lstm_lib.tasks.images.data import CLASSES, FULL, LAPTOP, WAYS, Prepared, prepare_both
from lstm_lib.tasks.images.floors import FLOORS, training_pixels
from lstm_lib.tasks.images.learn import DIAGONAL, RASTER, THREE_WAYS, score
from lstm_lib.tasks.images.sample import drawn
from lstm_lib.tasks.kept import kept

LSTM, PAPER = "LSTM", "Diagonal BiLSTM"
PAPER_STEPS = 1090  # as many as one trial of the LSTM had, each nearly twice as long


def kinds(data: Mapping[str, Prepared]) -> dict[str, Kind]:
    """The same network for each way, and the paper's for one; on small digits the plain one."""
    first = data[WAYS[0]]
    if first.config.side == 8:
        return {WAYS[0]: Kind(RASTER, first, first.config.seeds)}
    wanted = {way: Kind(THREE_WAYS, data[way], data[way].config.seeds) for way in WAYS}
    if first.config.diagonal_seeds:
        shorter = replace(first, config=replace(first.config, steps=PAPER_STEPS))
        wanted["diagonal"] = Kind(DIAGONAL, shorter, first.config.diagonal_seeds)
    return wanted


def by_class(nats, x, label) -> np.ndarray:
    """-log p(x | k) for every class k, (N, 10): `nats` is asked ten times."""
    return np.stack([np.asarray(nats(x, 0 * label + k)) for k in range(CLASSES)], 1)


def untold(every: np.ndarray) -> np.ndarray:
    """-log p(x), the class not told: p(x) = Σ_k p(x | k) / 10; every (N, 10) -> (N,).

    >>> untold(np.full((1, 10), 80.0)).round(3).tolist()
    [80.0]
    """
    return np.log(CLASSES) - np.logaddexp.reduce(-np.asarray(every, dtype=np.float64), axis=1)


def report(run: Run) -> dict:
    """Nats of each test picture, class told and not, by every network and floor."""
    first = run.models[WAYS[0]][0].cpu()
    labels = [k for k in range(CLASSES) for _ in range(10)]
    drawings = drawn(first, labels, side=run.data[WAYS[0]].config.side)
    found = {"training": run.training, "drawn": [packed(x) for x in drawings], "test": {}}
    for way in [kind for kind in run.models if kind in WAYS]:
        data = run.data[way]
        x, label = data.held_out["test"]
        nats = {LSTM: [by_class(partial(score, model), x, label) for model in run.models[way]]}
        if way == WAYS[0] and run.models.get("diagonal"):
            nats[PAPER] = [by_class(partial(score, m), x, label) for m in run.models["diagonal"]]
        for name, floor in FLOORS.items():
            side = f"{run.stem.name}-{data.config.side}-{way}-{name.replace(' ', '-')}.npy"
            run.log(f"{way}: {name}")
            nats[name] = [kept(run.scratch / side, partial(floor_nats, data, floor))]
        found["test"][way] = compared(nats, label.cpu().numpy())
    return found


def floor_nats(data: Prepared, floor) -> np.ndarray:
    """The floor's -log p(x | k) of each test picture and class, (N, 10)."""
    x, label = (part.cpu().numpy() for part in data.held_out["test"])
    return by_class(floor(*training_pixels(data)), x, label)


def compared(nats: Mapping[str, list[np.ndarray]], label: np.ndarray) -> dict:
    """Of each system the mean nats, by seed and over seeds, and LSTM minus it with its interval."""
    own = np.arange(len(label)), label
    ways = {"told": lambda every: every[own], "untold": untold}
    found = {}
    for name, seeds in nats.items():
        found[name] = {
            "right": round(float(np.mean([(s.argmin(1) == label).mean() for s in seeds])), 4)
        }
        for way, of in ways.items():
            values = np.array([of(every) for every in seeds])
            found[name][way] = {
                "nats": round(float(values.mean()), 3),
                "by_seed": [round(float(v), 3) for v in values.mean(1)],
                "each": " ".join(f"{v:.2f}" for v in values.mean(0)),
            }
            if name != LSTM:
                ours = np.mean([of(every) for every in nats[LSTM]], 0)
                found[name][way]["lstm_minus_this"] = paired(ours, values.mean(0)).record(3)
    return found


def picture(result: Mapping, path: Path) -> None:
    """Ten digits of each class as the first network of the first way drew them."""
    from lstm_lib import plots  # drawing does without matplotlib

    side, digits = result["config"]["side"], [unpacked(row) for row in result["drawn"]]
    plots.pictures(
        np.stack(digits).reshape(CLASSES, -1, side, side).swapaxes(0, 1),
        columns=[str(k) for k in range(CLASSES)],
        alt=f"Rows of ten digits, 0 to 9, that the network drew pixel by pixel, {side} by {side}.",
        save=path,
    )


def packed(x: torch.Tensor) -> str:
    """Black and white pixels as text, eight to a byte.

    >>> packed(torch.eye(4)), unpacked(packed(torch.eye(4)))[:6]
    ('8421', array([1, 0, 0, 0, 0, 1], dtype=uint8))
    """
    return np.packbits(x.flatten().numpy().astype(np.uint8)).tobytes().hex()


def unpacked(text: str) -> np.ndarray:
    """The pixels of `packed`, flat; as many as whole bytes hold."""
    return np.unpackbits(np.frombuffer(bytes.fromhex(text), np.uint8))


def table(result: Mapping) -> str:
    """Nats a test picture, class told and not, the share of digits recognised by Bayes' rule."""
    lines = [f"{'nats a picture':30}{'class told':>12}{'not told':>10}{'recognised':>12}"]
    for way, systems in result["test"].items():
        lines += [
            f"{way + ', ' + name:30}{n['told']['nats']:12.2f}{n['untold']['nats']:10.2f}"
            f"{n['right']:12.3f}"
            for name, n in systems.items()
        ]
    return "\n".join(lines)


def weights(models: Mapping[str, list]) -> dict[str, torch.nn.Module]:
    """The first seed of each kind."""
    return {f"-{kind}": of[0] for kind, of in models.items() if of}


EXPERIMENT = Experiment(
    name="images",
    laptop=LAPTOP,
    full=FULL,
    prepare=prepare_both,
    data_sha256=lambda data: RECIPE.extract_sha256,
    kinds=kinds,
    weights=weights,
    report=report,
    picture=picture,
    table=table,
)
