"""A whole run: every seed with and without attention, the floor, paired intervals, one file."""

import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np

from lstm_lib import plots
from lstm_lib.data.tatoeba import RECIPE
from lstm_lib.files import write_atomically
from lstm_lib.nn.seq2seq import Seq2Seq
from lstm_lib.tasks.experiment import Experiment, Kind, Run
from lstm_lib.tasks.translate import scores
from lstm_lib.tasks.translate.data import FULL, LAPTOP, Pieces, Prepared, prepare, words
from lstm_lib.tasks.translate.floors import nearest
from lstm_lib.tasks.translate.model import TRANSLATOR, build, nats_a_piece, translate
from lstm_lib.train import load_weights

KINDS = {"attention": True, "no attention": False}


def kinds(data: Prepared) -> dict[str, Kind]:
    """The translator with attention and without."""
    return {
        kind: Kind(
            TRANSLATOR,
            replace(data, config=replace(data.config, attention=attention)),
            data.config.seeds,
        )
        for kind, attention in KINDS.items()
    }


def report(run: Run) -> dict:
    """Both kinds beside the nearest sentence on the test part; the pieces go to a file."""
    data = run.data
    write_atomically(run.stem.with_suffix(".pieces"), data.pieces.model)
    english, wanted = zip(*data.split.test, strict=True)
    kinds, counted = {}, {}
    for kind in KINDS:
        kinds[kind], counted[kind] = kind_report(run, kind, list(english), wanted)
    floor = nearest(data.split, list(english))
    ground = scores.counts(floor, wanted)
    with_attention, without = counted["attention"], counted["no attention"]
    return {
        "pairs": {part: len(getattr(data.split, part)) for part in ("train", "valid", "test")},
        "pieces": len(data.pieces),
        "signature": scores.signature(),
        "nearest": {
            "bleu": round(scores.bleu(floor, wanted), 2),
            "chrf": round(scores.chrf(floor, wanted), 2),
            "by_length": by_length(data, ground[None]),
        },
        **{kind.replace(" ", "_"): of_kind for kind, of_kind in kinds.items()},
        "attention_minus_none": scores.difference(with_attention, without).record(2),
        "attention_minus_nearest": scores.difference(with_attention, ground).record(2),
    }


def kind_report(
    run: Run, kind: str, english: list[str], wanted: tuple[str, ...]
) -> tuple[dict, np.ndarray]:
    """All seeds of one kind, alone and voting together; and their counts, (seeds, N, 10)."""
    data, beams = run.data, run.data.config.beams
    reports, rows, greedy_rows = [], [], []
    for model, training in zip(run.models[kind], run.training[kind], strict=True):
        best = translate(model, data.pieces, english, beams)
        greedy = translate(model, data.pieces, english)
        rows.append(scores.counts(best, wanted))
        greedy_rows.append(scores.counts(greedy, wanted))
        reports.append(
            {
                **training,
                "bleu": round(scores.bleu(best, wanted), 2),
                "chrf": round(scores.chrf(best, wanted), 2),
                "greedy_bleu": round(scores.bleu(greedy, wanted), 2),
                "nats_a_piece": round(nats_a_piece(model, data, "test"), 4),
            }
        )
    together = translate(run.models[kind], data.pieces, english, beams)
    counted = np.stack(rows)
    return {
        "bleu": round(float(np.mean([seed["bleu"] for seed in reports])), 2),
        "interval": scores.difference(counted).record(2)["interval"],
        "chrf": round(float(np.mean([seed["chrf"] for seed in reports])), 2),
        "together_bleu": round(scores.bleu(together, wanted), 2),
        "by_length": by_length(data, counted),
        "seeds": reports,
        "beam_minus_greedy": scores.difference(counted, np.stack(greedy_rows)).record(2),
    }, counted


def by_length(data: Prepared, rows: np.ndarray) -> list[dict]:
    """BLEU of the test sentences by the number of English words: mean over the seeds.

    rows (seeds, N, 10) as `scores.counts` gives them.
    """
    long = np.array([len(words(english)) for english, _ in data.split.test])
    edges = [1, 4, 5, 6, 7, 8, 9, 10, 13]
    groups = []
    for least, next_least in itertools.pairwise(edges):
        chosen = (long >= least) & (long < next_least)
        if chosen.sum() >= 20:
            value = float(np.mean(scores.bleu_of(rows[:, chosen].sum(1))))
            groups.append(
                {
                    "words": [least, next_least - 1],
                    "sentences": int(chosen.sum()),
                    "bleu": round(value, 2),
                }
            )
    return groups


def picture(result: dict, path: Path) -> None:
    """BLEU against sentence length: with attention, without, and the nearest neighbour in grey."""
    rows = {
        "with attention": result["attention"]["by_length"],
        "without": result["no_attention"]["by_length"],
    }
    plots.lines(
        [np.mean(row["words"]) for row in rows["with attention"]],
        {label: [group["bleu"] for group in groups] for label, groups in rows.items()},
        floors={"nearest sentence": [row["bleu"] for row in result["nearest"]["by_length"]]},
        xlabel="English sentence, words and marks",
        ylabel="BLEU",
        marker="o",
        alt="BLEU against the length of the English sentence, with attention, without, and for "
        "the translation of the nearest training sentence.",
        save=path,
    )


def load(name: str = "full", folder: Path | None = None) -> tuple[Seq2Seq, Pieces]:
    """The translator that a run left behind, with its table of pieces.

    Raises FileNotFoundError if there is none.
    """
    folder = folder or EXPERIMENT.results
    pieces = Pieces((folder / f"{name}.pieces").read_bytes())
    model = build(EXPERIMENT.config_of(name, folder), len(pieces))
    return load_weights(folder / f"{name}-attention.safetensors", model).eval(), pieces


def table(result: dict) -> str:
    """BLEU and chrF, the floor first."""
    rows = [f"{'test part':24}{'BLEU':>8}{'chrF':>8}"]
    for label in ("nearest", "no_attention", "attention"):
        of_kind = result[label]
        rows.append(f"{label.replace('_', ' '):24}{of_kind['bleu']:8.2f}{of_kind['chrf']:8.2f}")
    return "\n".join(rows)


EXPERIMENT = Experiment(
    name="translate",
    laptop=LAPTOP,
    full=FULL,
    prepare=prepare,
    data_sha256=lambda data: RECIPE.extract_sha256,
    kinds=kinds,
    # Of one kind is enough to commit.
    weights=lambda models: {"-attention": models["attention"][0]},
    report=report,
    picture=picture,
    table=table,
    options={"language": ("french", "german", "spanish")},
)
