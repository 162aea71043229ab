"""All systems on the held-out characters and digits: nats, and paired differences."""

from collections.abc import Mapping

import numpy as np

from lstm_lib.tasks.difference import paired
from lstm_lib.tasks.handwriting import floors
from lstm_lib.tasks.handwriting.data import Paths, Prepared
from lstm_lib.tasks.handwriting.model import Writer, nats

LSTM, MARKOV = "LSTM", "Markov mixture"
ONE, MEMORYLESS = "one Gaussian", "mixture without memory"
JOINT, JOINT_MIXTURE = "one Gaussian a digit", "mixture a digit"
NETWORKS = {"kanji": LSTM, "kanji_markov": MARKOV, "digits": LSTM, "digits_markov": MARKOV}
COMPONENTS = {MEMORYLESS: (5, 10, 20, 40), JOINT_MIXTURE: (1, 2, 4, 6, 8, 10, 12)}
LEASTS = {MEMORYLESS: (1e-5, 1e-4), JOINT_MIXTURE: (1e-3, 1e-2, 2e-2, 4e-2)}

Nats = dict[str, np.ndarray]  # system -> nats of every case, (seeds, N)


def compare(data: Prepared, models: Mapping[str, list[Writer]]) -> dict:
    """Nats a point of every system on the test part of both sources; differences from the LSTM.

    What is chosen of a floor is chosen on the validation part. A case is a character or a digit:
    its nats are the sum over its points, and intervals are over cases.
    """
    found: dict = {}
    for source, paths in data.sources.items():
        whole = MEMORYLESS if source == "kanji" else JOINT_MIXTURE
        trials = tried(paths, whole)
        best = min(trials, key=lambda trial: trial["valid"])
        cases: Nats = {}
        for name, system in NETWORKS.items():
            if name.split("_")[0] == source:
                problem = data.problem(name)
                rows = [sum(nats(model, problem, "test")) for model in models[name]]
                cases[system] = np.stack([by_case(row, paths, "test") for row in rows])
        for system, value in floor_cases(paths, best, whole).items():
            cases[system] = value[None]
        points = paths.lengths[paths.split.test].numpy()
        found[source] = {
            "cases": len(points),
            "points": int(points.sum()),
            "scale": round(paths.scale, 4),
            "test": {system: summary(rows, points) for system, rows in cases.items()},
            "against": {
                system: difference(cases[LSTM], rows, points)
                for system, rows in cases.items()
                if system != LSTM
            },
            "floor": {"system": whole, "chosen": best, "trials": trials},
            "nats": {
                system: " ".join(f"{value:.2f}" for value in rows.mean(0))
                for system, rows in cases.items()
            },
        }
    return found


def tried(paths: Paths, system: str) -> list[dict]:
    """Every setting of a mixture without a network, and its nats a point on the validation part."""
    points = int(paths.lengths[paths.split.valid].sum())
    trials = []
    for components in COMPONENTS[system]:
        for least in LEASTS[system]:
            setting = {"components": components, "least": least}
            value = sum(mixture_cases(paths, setting, system, "valid")) / points
            trials.append({**setting, "valid": round(float(value), 4)})
    return trials


def mixture_cases(paths: Paths, setting: Mapping, system: str, part: str) -> np.ndarray:
    """Nats of every case, of a mixture with this setting; the pen is another floor's business."""

    def fit(points: np.ndarray) -> floors.Density:
        return floors.fitted_mixture(points, setting["components"], setting["least"])

    if system == JOINT_MIXTURE:
        return floors.by_label(fit, paths, part)
    return by_case(floors.by_kind(fit, paths, part), paths, part)


def floor_cases(paths: Paths, best: Mapping, system: str, part: str = "test") -> Nats:
    """Nats of every case of the floors that are no network."""
    pen = by_case(floors.pen_markov(paths, part), paths, part)
    one = by_case(floors.by_kind(floors.gaussian, paths, part), paths, part)
    found = {ONE: one + pen, system: mixture_cases(paths, best, system, part) + pen}
    if system == JOINT_MIXTURE:
        found[JOINT] = floors.by_label(floors.gaussian, paths, part)
    return found


def by_case(values: np.ndarray, paths: Paths, part: str) -> np.ndarray:
    """Sums over the points of each path: values (P,) -> (N,)."""
    lengths = paths.lengths[getattr(paths.split, part)].numpy()
    return np.add.reduceat(values, np.append(0, lengths.cumsum()[:-1]))


def summary(rows: np.ndarray, points: np.ndarray) -> dict:
    """Nats a point: rows (seeds, N), points (N,)."""
    record = difference(rows, np.zeros_like(rows[:1]), points)
    result = {"nats": record["difference"], "interval": record["interval"]}
    if len(rows) > 1:
        result["seeds"] = [round(float(row.sum() / points.sum()), 4) for row in rows]
    return result


def difference(ours: np.ndarray, theirs: np.ndarray, points: np.ndarray) -> dict:
    """Nats a point of ours less theirs, a mean over seeds, with a 95 % interval over whole cases.

    Every point gets the mean of its case, so that a case weighs as much as it has points.
    """
    block = np.repeat(np.arange(len(points)), points)
    each = [(rows.mean(0) / points)[block] for rows in (ours, theirs)]
    return paired(*each, block).record()
