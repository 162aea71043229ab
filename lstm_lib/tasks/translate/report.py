"""A whole run: every seed with and without attention, the floor, paired intervals, one file."""

import argparse
import itertools
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import torch

from lstm_lib import plots
from lstm_lib.data.tatoeba import RECIPE
from lstm_lib.nn.seq2seq import Seq2Seq
from lstm_lib.places import RESULTS, ROOT
from lstm_lib.tasks.translate import scores
from lstm_lib.tasks.translate.data import FULL, LAPTOP, Config, Pieces, Prepared, prepare, words
from lstm_lib.tasks.translate.floors import nearest
from lstm_lib.tasks.translate.model import nats_a_piece, train, translate
from lstm_lib.train import History, default_threads, first_process, save_weights, write_result
from lstm_lib.train.files import write_atomically

KINDS = {"attention": True, "no attention": False}


def run(config: Config, name: str, log: Callable[[str], object] = print) -> dict | None:
    """Train every seed with and without attention, score all, write the result and return it.

    "full" goes to results/translate/, any other name to runs/translate/, with the weights of the
    first seed with attention and the table of pieces. Checkpoints lie in runs/translate/: an
    interrupted run goes on.
    Under torchrun all processes train, the first does the rest; the others return None.
    """
    device = "cuda" if torch.cuda.is_available() else "cpu"
    scratch = ROOT / "runs" / "translate"
    folder = RESULTS / "translate" if name == "full" else scratch
    for place in (folder, scratch):
        place.mkdir(parents=True, exist_ok=True)
    data = prepare(config, device)
    english, wanted = zip(*data.split.test, strict=True)
    kinds, counted = {}, {}
    for kind, attention in KINDS.items():
        these = replace(data, config=replace(config, attention=attention))
        models, reports, rows, greedy_rows = [], [], [], []
        for seed in config.seeds:
            stem = f"{name}-{kind.replace(' ', '-')}"
            log(f"{kind}, seed {seed}")
            model, history = train(these, seed, scratch / f"{stem}-{seed}.ckpt", log)
            if not first_process():
                continue
            found = translate(model, data.pieces, list(english), config.beams)
            greedy = translate(model, data.pieces, list(english))
            models.append(model)
            rows.append(scores.counts(found, wanted))
            greedy_rows.append(scores.counts(greedy, wanted))
            reports.append(seed_report(seed, these, model, history, found, greedy))
            if seed == config.seeds[0]:
                place = folder if attention else scratch  # one file of weights is enough to commit
                save_weights(place / f"{stem}.safetensors", model, half=True)
        if first_process():
            together = translate(models, data.pieces, list(english), config.beams)
            counted[kind] = np.stack(rows)
            kinds[kind] = kind_report(data, reports, counted[kind], together)
            kinds[kind]["beam_minus_greedy"] = difference(counted[kind], np.stack(greedy_rows))
    if not first_process():
        return None
    write_atomically(folder / f"{name}.pieces", data.pieces.model)
    floor = nearest(data.split, list(english))
    ground = scores.counts(floor, wanted)
    result = {
        "task": "translate",
        "config": asdict(config),
        "data_sha256": RECIPE.extract_sha256,
        "pairs": {part: len(getattr(data.split, part)) for part in ("train", "valid", "test")},
        "pieces": len(data.pieces),
        "signature": scores.signature(),
        "nearest": {
            "bleu": round(scores.bleu(floor, wanted), 2),
            "chrf": round(scores.chrf(floor, wanted), 2),
            "by_length": by_length(data, ground[None]),
        },
        **{kind.replace(" ", "_"): found for kind, found in kinds.items()},
        "attention_minus_none": difference(counted["attention"], counted["no attention"]),
        "attention_minus_nearest": difference(counted["attention"], ground[None]),
    }
    write_result(folder / f"{name}.json", result, device)
    picture(result, folder / f"{name}.png")
    return result


def seed_report(
    seed: int, data: Prepared, model: Seq2Seq, history: History, found: list[str], greedy: list[str]
) -> dict:
    """One seed: scores of its translations, and how training went."""
    wanted = [other for _, other in data.split.test]
    return {
        "seed": seed,
        "bleu": round(scores.bleu(found, wanted), 2),
        "chrf": round(scores.chrf(found, wanted), 2),
        "greedy_bleu": round(scores.bleu(greedy, wanted), 2),
        "nats_a_piece": round(nats_a_piece(model, data, "test"), 4),
        **history.summary(data.config.evaluate_every),
    }


def kind_report(data: Prepared, reports: list[dict], rows: np.ndarray, together: list[str]) -> dict:
    """All seeds of one kind: means, intervals over sentences, and the seeds voting together."""
    wanted = [other for _, other in data.split.test]
    low, high = scores.interval(rows)
    return {
        "bleu": round(float(np.mean([report["bleu"] for report in reports])), 2),
        "interval": [round(low, 2), round(high, 2)],
        "chrf": round(float(np.mean([report["chrf"] for report in reports])), 2),
        "together_bleu": round(scores.bleu(together, wanted), 2),
        "by_length": by_length(data, rows),
        "seeds": reports,
    }


def by_length(data: Prepared, rows: np.ndarray) -> list[dict]:
    """BLEU of the test sentences by the number of English words: mean over the seeds.

    rows (seeds, N, 10) as `scores.counts` gives them.
    """
    long = np.array([len(words(english)) for english, _ in data.split.test])
    edges = [1, 4, 5, 6, 7, 8, 9, 10, 13]
    found = []
    for least, next_least in itertools.pairwise(edges):
        chosen = (long >= least) & (long < next_least)
        if chosen.sum() >= 20:
            value = float(np.mean(scores.bleu_of(rows[:, chosen].sum(1))))
            found.append(
                {
                    "words": [least, next_least - 1],
                    "sentences": int(chosen.sum()),
                    "bleu": round(value, 2),
                }
            )
    return found


def difference(first: np.ndarray, second: np.ndarray) -> dict:
    """BLEU of `first` less that of `second`, means over seeds, with its 95 % interval."""
    low, high = scores.interval(first, second)
    ahead = scores.bleu_of(first.sum(1)).mean() - scores.bleu_of(second.sum(1)).mean()
    return {"difference": round(float(ahead), 2), "interval": [round(low, 2), round(high, 2)]}


def picture(result: dict, path: Path) -> None:
    """BLEU against sentence length: with attention, without, and the nearest neighbour in grey."""
    rows = {
        "with attention": result["attention"]["by_length"],
        "without": result["no_attention"]["by_length"],
    }
    plots.lines(
        [np.mean(row["words"]) for row in rows["with attention"]],
        {label: [row["bleu"] for row in found] for label, found in rows.items()},
        floors={"nearest sentence": [row["bleu"] for row in result["nearest"]["by_length"]]},
        xlabel="English sentence, words and marks",
        ylabel="BLEU",
        marker="o",
        alt="BLEU against the length of the English sentence, with attention, without, and for "
        "the translation of the nearest training sentence.",
        save=path,
    )


def load(folder: Path = RESULTS / "translate", name: str = "full") -> tuple[Seq2Seq, Pieces]:
    """The translator that a run left behind, with its table of pieces.

    Raises FileNotFoundError if there is none.
    """
    import json

    from lstm_lib.tasks.translate.model import build
    from lstm_lib.train import load_weights

    known = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))["config"]
    config = Config(**{**known, "seeds": tuple(known["seeds"])})
    pieces = Pieces((folder / f"{name}.pieces").read_bytes())
    model = load_weights(folder / f"{name}-attention.safetensors", build(config, len(pieces)))
    return model.eval(), pieces


def main(arguments: list[str]) -> int:
    """`train translate [--full] [--language german]`: run it and print the scores."""
    parser = argparse.ArgumentParser(prog="python course.py train translate")
    parser.add_argument("--full", action="store_true", help="every seed; resumable")
    parser.add_argument("--language", choices=("french", "german", "spanish"), default="french")
    given = parser.parse_args(arguments)
    default_threads()
    config = replace(FULL if given.full else LAPTOP, language=given.language)
    name = "full" if given.full else "laptop"
    result = run(config, name if given.language == "french" else f"{name}-{given.language}")
    if result is not None:
        print(table(result))
    return 0


def table(result: dict) -> str:
    """BLEU and chrF, the floor first."""
    rows = [f"{'test part':24}{'BLEU':>8}{'chrF':>8}"]
    for label in ("nearest", "no_attention", "attention"):
        found = result[label]
        rows.append(f"{label.replace('_', ' '):24}{found['bleu']:8.2f}{found['chrf']:8.2f}")
    return "\n".join(rows)
