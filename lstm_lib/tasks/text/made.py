"""What the first network of a full run knows and makes: samples, copies, cells, its reach."""

import copy

import numpy as np
import torch

from lstm_lib.tasks.experiment import Run
from lstm_lib.tasks.kept import kept
from lstm_lib.tasks.network import evaluating
from lstm_lib.tasks.text import cells, sampling
from lstm_lib.tasks.text.chosen import CHOSEN
from lstm_lib.tasks.text.copying import longest_runs
from lstm_lib.tasks.text.data import Prepared
from lstm_lib.tasks.text.kneser_ney import Table
from lstm_lib.tasks.text.looking_back import cut_and_shuffled
from lstm_lib.tasks.text.model import Writer

WAYS: dict[str, sampling.Reshape] = {
    "as it is": lambda p: p,
    "temperature 0.5": lambda p: sampling.temperature(p, 0.5),
    "temperature 0.7": lambda p: sampling.temperature(p, 0.7),
    "temperature 1.2": lambda p: sampling.temperature(p, 1.2),
    "top 3": lambda p: sampling.top_k(p, 3),
    "top 10": lambda p: sampling.top_k(p, 10),
    "nucleus 0.8": lambda p: sampling.nucleus(p, 0.8),
    "nucleus 0.95": lambda p: sampling.nucleus(p, 0.95),
}
WRITTEN = 20_000  # characters of each way, as 20 texts of 1,000
KEPT = (1, 2, 3, 5, 10, 20, 30, 50, 100, 200)
WHOLE, PLACES = 400, 600
LOOKED_AT = 20_000  # characters in which cells are searched, and again as many to score them


def made(model: Writer, data: Prepared, run: Run) -> dict:
    """All of it, as the result file holds it."""
    run.log("what it makes")
    texts = {name: written(model, data, name) for name in WAYS}
    return {
        "ways": ways(model, data, texts),
        "sample": texts["as it is"][0],
        "copying": copied(data, texts, run),
        "looking back": looking_back(model, data, run),
        "cells": knowing_cells(model, data, run),
    }


def written(model: Writer, data: Prepared, way: str, seed: int = 0) -> list[str]:
    """Twenty texts of a thousand characters, each after an empty line."""
    codes = sampling.sample(
        model, data.encode("\n\n"), WRITTEN // 20, WAYS[way], texts=20, seed=seed
    )
    return [data.decode(row) for row in codes]


def distributions(model: Writer, data: Prepared, pieces: int = 8, size: int = 2500):
    """What the network expects in the held-out part, (N, V), and what came, (N,)."""
    length = min(size, len(data.held_out) // pieces - 1)
    rows = data.held_out[: pieces * length + 1].unfold(0, length + 1, length)
    with evaluating(model):
        logits, _ = model(rows[:, :-1].T)
    p = torch.softmax(logits.double(), -1)[100:]  # the first hundred have little before them
    return p.flatten(0, 1).numpy(), rows[:, 101:].T.flatten().numpy()


def ways(model: Writer, data: Prepared, texts: dict[str, list[str]]) -> dict:
    """Of each way to draw: what it does to the probabilities, and how varied its texts are."""
    p, came = distributions(model, data)
    human = data.decode(data.held_out[:WRITTEN])
    known = set(cells.words_of(data.decode(data.train)))
    found = {}
    for name, reshape in WAYS.items():
        q = reshape(p)
        right = q[np.arange(len(came)), came]
        found[name] = {
            "impossible": round(float((right == 0).mean()), 4),
            "nats": round(float(-np.log(right).mean()), 4) if right.all() else None,
            "calibration error": round(sampling.calibration_error(q, came), 4),
            **variety(" ".join(texts[name]), known),
        }
    found["Shakespeare, held out"] = variety(human, known)
    return found


def variety(text: str, known: set[str]) -> dict:
    """Distinct words of a text, and which share of its words stands in the training part."""
    words = cells.words_of(text)
    return {
        "words": len(words),
        "distinct": len(set(words)),
        "known": round(float(np.mean([word in known for word in words])), 4),
    }


def copied(data: Prepared, texts: dict[str, list[str]], run: Run) -> dict:
    """Longest runs that also stand in the training part: of two ways to draw, and of others.

    The mean is over all places where a run could begin.
    """
    source, order = data.decode(data.train), CHOSEN.kn_order
    table = Table(data.train.numpy(), order, len(data.alphabet), CHOSEN.kn_scale)
    seeds, start = range(20), data.encode("\n\n").tolist()
    others = {
        "Shakespeare, held out": [data.decode(data.held_out[:WRITTEN])],
        "Kneser-Ney": [data.decode(table.write(WRITTEN // 20, start, seed)) for seed in seeds],
    }
    found = {}
    ours = {name: texts[name] for name in ("as it is", "temperature 0.5")}
    for name, parts in {**ours, **others}.items():
        run.log(f"copying: {name}")
        runs = [longest_runs(part, source) for part in parts]
        part, place = max(
            ((n, int(r.argmax())) for n, r in enumerate(runs)), key=lambda at: runs[at[0]][at[1]]
        )
        longest = int(runs[part][place])
        found[name] = {
            "longest": longest,
            "mean": round(float(np.concatenate(runs).mean()), 2),
            "run": parts[part][place : place + longest],
        }
    return found


def looking_back(model: Writer, data: Prepared, run: Run) -> dict:
    """Nats at 600 places of the held-out part when only the last k characters are right."""
    text = data.held_out
    places = np.sort(
        np.random.default_rng(0).choice(np.arange(WHOLE, len(text)), PLACES, replace=False)
    )
    found: dict = {"places": PLACES, "whole": WHOLE, "kept": list(KEPT), "cut": [], "shuffled": []}
    for kept_characters in KEPT:
        run.log(f"looking back {kept_characters}")
        nats = cut_and_shuffled(model, text, places, kept_characters, WHOLE)
        for way, values in nats.items():
            found[way].append(round(float(values.mean()), 4))
    values = cut_and_shuffled(model, text, places, WHOLE, WHOLE)["cut"]
    found["all"] = round(float(values.mean()), 4)
    return found


def knowing_cells(model: Writer, data: Prepared, run: Run) -> dict:
    """For each question the best cell, scored on other text, beside two searches as large.

    Chosen on the training part's last 20,000 characters, scored on the held-out part's first.
    Controls: the cells of a network of the same size that was never trained, and the same cells
    with the answers moved along the text by a thousand characters.
    """
    size = min(LOOKED_AT, len(data.held_out))
    parts = {"fit": data.train[-size:], "held out": data.held_out[:size]}
    torch.manual_seed(0)
    blank = copy.deepcopy(model)
    blank.embedding.reset_parameters()
    blank.lstm.reset_parameters()
    networks = {"trained": model, "never trained": blank}
    states = {
        (kind, part): kept(
            run.scratch / f"{run.stem.name}-cells-{kind}-{part}.npy".replace(" ", "_"),
            lambda network=network, codes=codes: cells.states(network, codes),
        )
        for kind, network in networks.items()
        for part, codes in parts.items()
    }
    asked = {part: cells.labels(data.decode(codes)) for part, codes in parts.items()}
    found: dict = {"cells": int(states["trained", "fit"].shape[1]), "questions": {}}
    for question in cells.QUESTIONS:
        run.log(f"cells: {question}")
        fit, other = asked["fit"][question], asked["held out"][question]
        record = {"share of yes": round(float(other.mean()), 4)}
        for kind in networks:
            best = cells.best_cell((states[kind, "fit"], fit), (states[kind, "held out"], other))
            record[kind] = {**best._asdict(), **{k: round(v, 4) for k, v in scores(best).items()}}
        moved = cells.best_cell(
            (states["trained", "fit"], np.roll(fit, 1000)),
            (states["trained", "held out"], np.roll(other, 1000)),
        )
        record["moved answers"] = round(moved.held_out, 4)
        found["questions"][question] = record
    return found


def scores(best: cells.Knower) -> dict[str, float]:
    return {"found": best.found, "held_out": best.held_out, "threshold": best.threshold}
