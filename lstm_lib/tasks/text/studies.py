"""What the full run takes as chosen: every trial on validation, kept in results/text/tuning.json.

`train text --study tune`. The network trials were made first; of them the file keeps the scores.
"""

import json
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import torch
import torch.nn.functional as F

from lstm_lib.files import write_atomically
from lstm_lib.places import RESULTS, ROOT
from lstm_lib.tasks.text import adapting, floors
from lstm_lib.tasks.text.data import FULL, Prepared, prepare
from lstm_lib.tasks.text.model import Writer, surprises
from lstm_lib.train import load_weights

PATH = RESULTS / "text" / "tuning.json"
NETWORK = ROOT / "runs" / "text" / "trial.safetensors"
TRIAL = replace(
    FULL, part="valid", hidden_size=512
)  # what NETWORK is: the best of the short trials
FIRST = 14_000  # characters of the validation part, its first quarter: what adapts is tried on it

# Around Krause's values, one thing changed at a time; the best so far is kept.
DYNAMIC = {
    "rate": (1e-4, 3e-5, 2e-4, 4e-4, 8e-4),
    "decay": (1e-3, 0.0, 3e-3),
    "segment": (20, 10, 40),
}
CACHE = {
    "sharpness": (0.1, 0.2, 0.4, 0.8),
    "share": (0.02, 0.05, 0.1),
    "window": (500, 2000, 8000),
}


def tune(log: Callable[[str], object]) -> dict:
    """Every trial of the floors and of what adapts; those of networks stay as the file has them."""
    data = prepare(TRIAL)
    kept = json.loads(PATH.read_text(encoding="utf-8")) if PATH.exists() else {}
    kept["kneser_ney"] = floors.kneser_ney_trials(data, adapting=False)
    kept["kneser_ney_adapting"] = floors.kneser_ney_trials(data, adapting=True)
    log(f"Kneser-Ney {kept['kneser_ney'][0]}, adapting {kept['kneser_ney_adapting'][0]}")
    kept |= floors.compressor_trials(data)
    log(f"PPMd {kept['ppmd'][0]}, zpaq {kept['zpaq'][0]}")
    keep(kept)
    if NETWORK.exists():
        kept["fixed_kn_share"] = fixed_shares(data, kept["kneser_ney"][0])
        kept |= adapting_trials(data, log, kept["kneser_ney_adapting"][0])
        keep(kept)
    return kept


def keep(trials: dict) -> None:
    """Write the file."""
    PATH.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(PATH, (json.dumps(trials, indent=1) + "\n").encode())


def adapting_trials(data: Prepared, log: Callable, table: dict) -> dict:
    """Dynamic evaluation, the cache and the mixture with Kneser-Ney, of the best trial network."""
    model = load_weights(NETWORK, Writer(len(data.alphabet), data.config)).eval()
    model.lstm.backend = "auto"
    codes, before = data.held_out[:FIRST], data.train[-2000:]
    fixed = surprises(model, codes, before).mean().item()
    log(f"fixed {fixed:.4f}")
    squares = adapting.mean_squares(model, data)
    best_nats: list[np.ndarray] = []

    def dynamic(rate: float, decay: float, segment: int) -> float:
        nats = adapting.dynamic_surprises(model, codes, before, squares, rate, decay, segment)
        best_nats.append(nats.numpy().astype(np.float64))
        return nats.mean().item()

    h, text = adapting.outputs(model, codes, before), torch.cat([before, codes])
    with torch.no_grad():
        own = torch.softmax(model.dense(h), -1)
    kept_cache: dict = {}

    def cache(sharpness: float, share: float, window: int) -> float:
        key = sharpness, window
        if key not in kept_cache:
            kept_cache[key] = adapting.cache_chances(h, text, len(data.alphabet), *key)
        p = torch.lerp(own, kept_cache[key], share)
        return F.nll_loss(p.log()[len(before) - 1 :], codes).item()

    found = {
        "fixed_first_quarter": round(fixed, 4),
        "dynamic": by_turns(dynamic, DYNAMIC, log),
        "cache": by_turns(cache, CACHE, log),
    }
    nats = min(best_nats, key=np.mean)
    other = floors.kneser_ney_nats(data, table["order"], table["scale"], adapting=True)[:FIRST]
    found["kn_share"] = shares(nats, other)
    log(f"with Kneser-Ney {found['kn_share']}")
    return found


SHARES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6)


def shares(nats: np.ndarray, other: np.ndarray) -> list[dict]:
    """Each share that Kneser-Ney may have in a mixture of probabilities, and its nats.

    >>> [trial["nats"] for trial in shares(np.array([2.0]), np.array([2.0]))[:2]]
    [2.0, 2.0]
    """

    def mixed(share: float) -> float:
        return float(-np.log((1 - share) * np.exp(-nats) + share * np.exp(-other)).mean())

    return [{"share": share, "nats": round(mixed(share), 4)} for share in SHARES]


def fixed_shares(data: Prepared, table: dict) -> list[dict]:
    """Of the trial network with fixed weights and a fixed table, on the whole validation part."""
    model = load_weights(NETWORK, Writer(len(data.alphabet), data.config)).eval()
    model.lstm.backend = "auto"
    nats = surprises(model, data.held_out, data.train[-2000:]).numpy().astype(np.float64)
    return shares(nats, floors.kneser_ney_nats(data, table["order"], table["scale"]))


def by_turns(score: Callable[..., float], values: dict[str, tuple], log: Callable) -> list[dict]:
    """One setting after the other: each of its values, the others at their best so far.

    Returns every trial once, the best first.

    >>> by_turns(lambda a, b: abs(a - 3) + b, {"a": (1, 2, 3), "b": (1, 0)}, str)[0]
    {'a': 3, 'b': 0, 'nats': 0}
    """
    best = {name: choices[0] for name, choices in values.items()}
    trials: list[dict] = []
    for name, choices in values.items():
        for value in choices:
            setting = {**best, name: value}
            if any(all(trial[k] == v for k, v in setting.items()) for trial in trials):
                continue
            trials.append({**setting, "nats": round(score(**setting), 4)})
            log(str(trials[-1]))
        best = {k: v for k, v in min(trials, key=lambda t: t["nats"]).items() if k != "nats"}
    return sorted(trials, key=lambda trial: trial["nats"])
