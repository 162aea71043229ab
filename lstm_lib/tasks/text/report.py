"""A whole run: every seed, the floors, what adapts and what does not, samples, cells; one file."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch

from lstm_lib.data.shakespeare import RECIPE
from lstm_lib.tasks.difference import paired
from lstm_lib.tasks.experiment import Experiment, Kind, Run
from lstm_lib.tasks.kept import kept
from lstm_lib.tasks.text import adapting, compressors, floors, made, pocket, studies
from lstm_lib.tasks.text.chosen import CHOSEN
from lstm_lib.tasks.text.data import FULL, LAPTOP, Prepared, prepare
from lstm_lib.tasks.text.model import WRITER, Writer, surprises

BLOCK = 1000  # characters that hang together, for the intervals
PIECE = 256  # characters between two restarts
BEFORE = 20_000  # characters of the training part that are read before the held-out one
FIXED, WINDOWS, DYNAMIC, CACHE = "LSTM", "LSTM, windows of 256", "LSTM, dynamic", "LSTM, cache"
TOGETHER, WITH_KN = "LSTMs together", "LSTM, dynamic, with Kneser-Ney"
FIXED_KN, ALL = "LSTM with Kneser-Ney", "LSTMs together with Kneser-Ney"


def report(run: Run) -> dict:
    """Scores on the held-out part; in the full run also what adapts, compressors, what was made."""
    data, models = run.data, run.models[""]
    dear = data.config.dear
    nats = systems(run, models, data) if dear else cheap(models, data)
    result = {
        "chosen": asdict(CHOSEN),
        "alphabet": data.alphabet,
        "characters": {"train": len(data.train), "held out": len(data.held_out)},
        "seeds": run.training[""],
        "nats": {name: summary(rows) for name, rows in nats.items()},
        "blocks": {name: in_blocks(rows.mean(0)).round(4).tolist() for name, rows in nats.items()},
    }
    if dear:
        result["against"] = against(nats)
        result["compressors"] = compressed(run, data, nats)
        result["made"] = made.made(models[0], data, run)
    return result


def cheap(models: list[Writer], data: Prepared) -> dict[str, np.ndarray]:
    """The networks with fixed weights, and Kneser-Ney as it was chosen: nats, (seeds, M) each."""
    rows = [surprises(model, data.held_out, data.train[-BEFORE:]).numpy() for model in models]
    fixed = floors.kneser_ney_nats(data, CHOSEN.kn_order, CHOSEN.kn_scale)
    return {FIXED: np.stack(rows), "Kneser-Ney": fixed[None]}


def systems(run: Run, models: list[Writer], data: Prepared) -> dict[str, np.ndarray]:
    """-log p of each held-out character under every system, (seeds, M) float64."""
    rows: dict = {}
    for model in models:
        model.lstm.backend = "auto"  # float32 from here on

    def of_seeds(name: str, compute: Callable[[Writer], np.ndarray]) -> np.ndarray:
        found = []
        for seed, model in enumerate(models):
            run.log(f"{name}, seed {seed}")
            path = run.scratch / f"{run.stem.name}-{name.replace(' ', '_')}-{seed}.npy"
            found.append(kept(path, lambda model=model: compute(model)))
        return np.stack(found).astype(np.float64)

    before = data.train[-BEFORE:]
    rows[FIXED] = of_seeds(FIXED, lambda m: surprises(m, data.held_out, before).numpy())
    rows[TOGETHER] = -np.log(np.exp(-rows[FIXED]).mean(0))[None]
    rows[WINDOWS] = of_seeds(WINDOWS, lambda m: restarted(m, data))
    rows[CACHE] = of_seeds(CACHE, lambda m: cached(m, data))
    rows[DYNAMIC] = of_seeds(DYNAMIC, lambda m: dynamic(m, data))
    rows["Kneser-Ney"] = floors.kneser_ney_nats(data, CHOSEN.kn_order, CHOSEN.kn_scale)[None]
    fixed, share = rows["Kneser-Ney"][0], CHOSEN.fixed_kn_share
    rows[FIXED_KN] = mixed(rows[FIXED], fixed, share)
    rows[ALL] = mixed(rows[TOGETHER], fixed, share)
    adaptive = floors.kneser_ney_nats(
        data, CHOSEN.adapting_kn_order, CHOSEN.adapting_kn_scale, adapting=True
    )
    rows["Kneser-Ney, adapting"] = adaptive[None]
    rows[WITH_KN] = mixed(rows[DYNAMIC], adaptive, CHOSEN.kn_share)
    return rows


def dynamic(model: Writer, data: Prepared) -> np.ndarray:
    """Nats of the held-out part by dynamic evaluation as it was chosen, (M,)."""
    squares = adapting.mean_squares(model, data)
    return adapting.dynamic_surprises(
        model,
        data.held_out,
        data.train[-BEFORE:],
        squares,
        CHOSEN.dynamic_rate,
        CHOSEN.dynamic_decay,
        CHOSEN.dynamic_segment,
    ).numpy()


def cached(model: Writer, data: Prepared) -> np.ndarray:
    """Nats of the held-out part with a neural cache as it was chosen, (M,)."""
    before = data.train[-BEFORE:]
    h, text = adapting.outputs(model, data.held_out, before), torch.cat([before, data.held_out])
    own = torch.softmax(model.dense(h).detach(), -1)
    cache = adapting.cache_chances(
        h, text, len(data.alphabet), CHOSEN.cache_sharpness, CHOSEN.cache_window
    )
    p = torch.lerp(own, cache, CHOSEN.cache_share)
    return -p.gather(1, text[1:, None])[len(before) - 1 :, 0].log().numpy()


def restarted(model: Writer, data: Prepared) -> np.ndarray:
    """Nats when the state is zero again after every 256 characters, (M,)."""
    text = torch.cat([data.train[-1:], data.held_out])
    size = -(-len(data.held_out) // PIECE)
    padded = torch.cat([text, text.new_zeros(size * PIECE + 1 - len(text))])
    rows = padded.unfold(0, PIECE + 1, PIECE)
    with torch.no_grad():
        logits, _ = model.eval()(rows[:, :-1].T)
    nats = torch.nn.functional.cross_entropy(
        logits.transpose(0, 1).flatten(0, 1), rows[:, 1:].flatten(), reduction="none"
    )
    return nats[: len(data.held_out)].numpy()


def mixed(nats: np.ndarray, other: np.ndarray, share: float) -> np.ndarray:
    """-log((1 - share) p + share q) of two predictions, from theirs."""
    return -np.log((1 - share) * np.exp(-nats) + share * np.exp(-other))


def in_blocks(nats: np.ndarray) -> np.ndarray:
    """Means over whole blocks of 1,000 characters; what is left at the end belongs to the last."""
    block = block_of(len(nats))
    return np.bincount(block, nats) / np.bincount(block)


def block_of(length: int) -> np.ndarray:
    """Each character's block, (M,)."""
    return np.minimum(np.arange(length) // BLOCK, max(length // BLOCK - 1, 0))


def summary(rows: np.ndarray) -> dict:
    """Mean over seeds and characters, its 95 % interval over blocks, each seed's mean; bits."""
    mean = rows.mean(0)
    _, low, high = paired(mean, np.zeros_like(mean), block_of(len(mean)))
    return {
        "nats": round(float(mean.mean()), 4),
        "interval": [round(low, 4), round(high, 4)],
        "bits": round(float(mean.mean() / np.log(2)), 4),
        "seeds": [round(float(row.mean()), 4) for row in rows],
    }


def against(nats: Mapping[str, np.ndarray]) -> dict:
    """Differences, ours less theirs, with intervals over blocks."""
    pairs = [
        (FIXED, "Kneser-Ney"),
        (WINDOWS, "Kneser-Ney"),
        (TOGETHER, FIXED),
        (FIXED_KN, FIXED),
        (FIXED_KN, "Kneser-Ney"),
        (CACHE, FIXED),
        (DYNAMIC, FIXED),
        (DYNAMIC, CACHE),
        (DYNAMIC, "Kneser-Ney, adapting"),
        (WITH_KN, DYNAMIC),
    ]
    return {
        f"{ours} less {theirs}": paired(
            nats[ours].mean(0), nats[theirs].mean(0), block_of(nats[ours].shape[1])
        ).record()
        for ours, theirs in pairs
    }


def compressed(run: Run, data: Prepared, nats: Mapping[str, np.ndarray]) -> dict:
    """Compressors on the held-out part: adapting, and restarted every 256 characters."""
    known, text = floors.as_bytes(data)
    codecs = {
        "PPMd": compressors.ppmd(CHOSEN.ppmd_variant, CHOSEN.ppmd_order),
        "zpaq level 5": compressors.zpaq("5"),
        "zpaq, tuned": compressors.zpaq(CHOSEN.zpaq_method),
    }
    result: dict = {"known": len(known), "adapting": {}, "restarted": {}, "blocks": {}}
    for name, codec in {**compressors.STANDARD, **codecs}.items():
        run.log(name)
        result["adapting"][name] = round(compressors.adapting_nats(codec, known, text), 4)
    for name, codec in codecs.items():
        if name == "zpaq level 5":  # the weaker of the two, and as slow
            continue
        run.log(f"{name}, restarted")
        every = 2 if name == "PPMd" else 16
        pieces = kept(
            run.scratch / f"{run.stem.name}-restarted-{name.replace(' ', '_')}.npy",
            lambda codec=codec, every=every: compressors.restarted_nats(
                codec, known, text, PIECE, every
            ),
        )
        record = {"pieces": len(pieces), "nats": round(float(pieces.mean()), 4)}
        for ours in (FIXED, WINDOWS, FIXED_KN, ALL):
            whole = nats[ours].mean(0)[: len(text) // PIECE * PIECE]
            same = whole.reshape(-1, PIECE).mean(1)[::every][: len(pieces)]
            record[f"{ours} less this"] = paired(same, pieces).record()
        result["restarted"][name] = record
    for name in ("zpaq, tuned", "PPMd"):
        result["blocks"][name] = streamed(run, codecs[name], name, known, text)
        for ours in (DYNAMIC, CACHE, WITH_KN):
            theirs = np.array(result["blocks"][name])
            ends = np.linspace(0, len(text), len(theirs) + 1).round().astype(int)
            own = nats[ours].mean(0)
            means = np.array([own[a:b].mean() for a, b in pairwise(ends)])
            result[f"{ours} less {name}"] = paired(means, theirs).record()
    return result


def streamed(
    run: Run, codec: Callable, name: str, known: bytes, text: bytes, parts: int = 20
) -> list[float]:
    """Nats a character of `parts` pieces of the text, each read after all before it."""
    ends = np.linspace(0, len(text), parts + 1).round().astype(int)

    def compute() -> np.ndarray:
        sizes = np.array([len(codec(known + text[:end])) for end in ends])
        return np.diff(sizes) * 8 * np.log(2) / np.diff(ends)

    path = run.scratch / f"{run.stem.name}-streamed-{name.replace(' ', '_')}.npy"
    return kept(path, compute).round(4).tolist()


def picture(result: Mapping, path: Path) -> None:
    """Nats in each tenth of the held-out part: the LSTM, fixed and adapting, and Kneser-Ney."""
    from lstm_lib import plots  # seconds, which `write` is spared

    names = [name for name in (FIXED, DYNAMIC, "Kneser-Ney") if name in result["blocks"]]
    tenth = {
        name: [part.mean() for part in np.array_split(np.array(result["blocks"][name]), 10)]
        for name in names
    }
    plots.lines(
        np.arange(5, 100, 10),
        {name: tenth[name] for name in names if name != "Kneser-Ney"},
        floors={"Kneser-Ney": tenth["Kneser-Ney"]},
        xlabel="place in the held-out part, %",
        ylabel="nats a character",
        alt="Nats a character in each tenth of the held-out text: the LSTM with fixed weights, the "
        "LSTM that adapts while it reads, and Kneser-Ney with fixed counts in grey.",
        save=path,
    )


def table(result: Mapping) -> str:
    """Nats and bits a character of the held-out part."""
    rows = [f"{'held-out part':34}{'nats':>8}{'bits':>8}   95 % interval of the nats"]
    for name, score in result["nats"].items():
        low, high = score["interval"]
        rows.append(f"{name:34}{score['nats']:8.3f}{score['bits']:8.3f}   [{low:.3f}, {high:.3f}]")
    for way, found in result.get("compressors", {}).items():
        if way in ("adapting", "restarted"):
            for name, nats in found.items():
                value = nats if way == "adapting" else nats["nats"]
                rows.append(f"{name + ', ' + way:34}{value:8.3f}{value / np.log(2):8.3f}")
    return "\n".join(rows)


def load(name: str = "full", folder: Path | None = None) -> tuple[Writer, Prepared]:
    """The network that a run left behind (its first seed), and the text it stands on.

    Raises FileNotFoundError if there is none.
    """
    models, data = EXPERIMENT.load(name, folder)
    models[""].lstm.backend = "auto"  # float32 from here on
    return models[""], data


EXPERIMENT = Experiment(
    name="text",
    laptop=LAPTOP,
    full=FULL,
    prepare=prepare,
    data_sha256=lambda data: RECIPE.extract_sha256,
    kinds=lambda data: {"": Kind(WRITER, data, data.config.seeds)},
    weights=lambda models: {"": models[""][0]},
    report=report,
    picture=picture,
    table=table,
    studies={"tune": studies.tune, "pocket": pocket.train},
)
