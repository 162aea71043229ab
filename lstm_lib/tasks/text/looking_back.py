"""How far back does it look? What is lost when the past is cut, or put out of order."""

import numpy as np
import torch
import torch.nn.functional as F

from lstm_lib.tasks.network import evaluating
from lstm_lib.tasks.text.model import Writer


def cut_and_shuffled(
    model: Writer,
    text: torch.Tensor,
    places: np.ndarray,
    kept: int,
    whole: int = 512,
    seed: int = 0,
    batch: int = 256,
) -> dict[str, np.ndarray]:
    """-log p of the characters at `places` of `text` (nats) when only the last `kept` are right.

    "cut": the network begins with a zero state, `kept` characters before the place.
    "shuffled": it reads `whole` characters, of which those before the last `kept` stand in a random
    order. After Khandelwal, He, Qi & Jurafsky (2018), "Sharp nearby, fuzzy far away", who did it
    with words. Raises ValueError for a place nearer than `whole` to the beginning.
    """
    places = np.asarray(places)
    if places.min() < whole or not 1 <= kept <= whole:
        raise ValueError(f"places must be at least whole={whole}, kept from 1 to it; got {kept}")
    rng, found = np.random.default_rng(seed), {"cut": [], "shuffled": []}
    with evaluating(model):
        for start in range(0, len(places), batch):
            some = torch.from_numpy(places[start : start + batch])
            past = text[some + torch.arange(-whole, 0)[:, None]]
            orders = rng.random((whole - kept, len(some))).argsort(0)
            far = past[: whole - kept].gather(0, torch.from_numpy(orders))
            mixed = torch.cat([far, past[whole - kept :]])
            for name, read in (("cut", past[whole - kept :]), ("shuffled", mixed)):
                h, _ = model.read(read)
                logits = model.dense(h[-1])
                nats = F.cross_entropy(logits, text[some], reduction="none")
                found[name].append(nats.cpu().numpy())
    return {name: np.concatenate(nats) for name, nats in found.items()}
