"""Floors: Kneser-Ney and compressors, chosen on validation, with fixed counts and adapting."""

from collections.abc import Callable

import numpy as np

from lstm_lib.tasks.text import compressors, kneser_ney
from lstm_lib.tasks.text.data import Prepared

ORDERS = range(2, 11)
SCALES = (0.9, 1.0, 1.1, 1.2, 1.3)


def both(data: Prepared) -> tuple[np.ndarray, int]:
    """The numbers of the whole text up to the end of the held-out part, and where that begins."""
    codes = np.concatenate([data.train.cpu().numpy(), data.held_out.cpu().numpy()])
    return codes, len(data.train)


def kneser_ney_nats(
    data: Prepared, order: int, scale: float = 1.0, adapting: bool = False
) -> np.ndarray:
    """-log p of each held-out character, (M,) nats; see `kneser_ney.chances`."""
    codes, start = both(data)
    symbols = len(data.alphabet)
    return -np.log(kneser_ney.chances(codes, start, order, symbols, adapting, scale))


def kneser_ney_trials(data: Prepared, adapting: bool) -> list[dict]:
    """Every order from 2 to 10 with five factors on the discounts, the best first."""
    trials = []
    for order in ORDERS:
        for scale in SCALES:
            nats = float(kneser_ney_nats(data, order, scale, adapting).mean())
            trials.append({"order": order, "scale": scale, "nats": round(nats, 4)})
    return sorted(trials, key=lambda trial: trial["nats"])


def compressor_trials(data: Prepared) -> dict[str, list[dict]]:
    """Every trial of PPMd and zpaq, the best first."""
    known, text = as_bytes(data)
    found: dict[str, list[dict]] = {"ppmd": [], "zpaq": []}

    def add(family: str, codec: Callable, **setting) -> None:
        nats = compressors.adapting_nats(codec, known, text)
        found[family].append({**setting, "nats": round(nats, 4)})

    for variant, order in compressors.PPMD_TRIALS:
        add("ppmd", compressors.ppmd(variant, order), variant=variant, order=order)
    for method in compressors.ZPAQ_TRIALS:
        add("zpaq", compressors.zpaq(method), method=method)
    return {
        family: sorted(trials, key=lambda trial: trial["nats"]) for family, trials in found.items()
    }


def as_bytes(data: Prepared) -> tuple[bytes, bytes]:
    """What a compressor knows, and the held-out part, one byte a character."""
    codes, start = both(data)
    if len(data.alphabet) > 256:
        raise ValueError(f"at most 256 characters fit into bytes; got {len(data.alphabet)}")
    written = np.array([ord(c) if ord(c) < 128 else 128 for c in data.alphabet], dtype=np.uint8)
    if len(set(written.tolist())) < len(written):
        written = np.arange(len(written), dtype=np.uint8)
    text = written[codes].tobytes()
    return text[:start][-compressors.KNOWN :], text[start:]
