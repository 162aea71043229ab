"""Contestants that agree first and race then: ratios within rounds."""

import math
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from lstm_lib.scratch import LSTM, relative_error

AGREE = 2e-4  # relative, float32
Seconds = dict[str, list[float]]


@dataclass
class Contestant:
    """Actions to time, by name ("training", "forward", "step"), and what they compute.

    `computed()` gives outputs and gradients by name, which must agree with the reference's; None if
    there is nothing to compare (bare matrix products). A time is multiplied by `scale`.
    """

    actions: dict[str, Callable[[], Any]]
    computed: Callable[[], dict] | None = None
    scale: float = 1


class Track:
    """What all run on: one shape and variant, its weights, input x and upstream gradient.

    >>> track = Track((3, 2, 4, 5), "V")
    >>> track.x.shape, track.dh_seq.shape, sorted(track.lstm.params)
    ((3, 2, 4), (3, 2, 5), ['R0', 'W0', 'b0', 'p0'])
    """

    def __init__(self, shape: tuple[int, int, int, int], variant: str = "NP"):
        self.shape, self.variant = shape, variant
        T, B, I, H = shape
        rng = np.random.default_rng(0)
        self.lstm = LSTM(I, H, variant=variant)
        self.x = rng.standard_normal((T, B, I)).astype(np.float32)
        self.dh_seq = rng.standard_normal((T, B, H)).astype(np.float32)


def check_agreement(
    track: Track, contestants: dict[str, Contestant], reference: Contestant
) -> dict[str, float]:
    """The worst relative error of each contestant's outputs and gradients against the reference's.

    Raises AssertionError, naming the contestant and all its errors, above `AGREE`.
    """
    assert reference.computed is not None
    want, worst = reference.computed(), {}
    for name, contestant in contestants.items():
        if contestant is reference or contestant.computed is None:
            continue
        got = contestant.computed()
        wanted = want if "training" in contestant.actions else got
        errors = {key: relative_error(got[key], want[key]) for key in wanted}
        worst[name] = math.inf if any(map(math.isnan, errors.values())) else max(errors.values())
        if worst[name] > AGREE:
            raise AssertionError(f"{name} disagrees at {track.variant} {track.shape}: {errors}")
    return worst


def measure(
    contestants: dict[str, Contestant], action: str, rounds: int, least: float = 0.01
) -> Seconds:
    """Seconds of CPU time of each contestant that has this action, round by round.

    What takes less than `least` seconds is repeated within a round until it takes so long.
    """
    racing = {n: c.actions[action] for n, c in contestants.items() if action in c.actions}
    repeats = {}
    for name, run in racing.items():
        run()  # warm up
        start = time.process_time()
        run()
        repeats[name] = max(1, math.ceil(least / max(time.process_time() - start, 1e-6)))
    seconds: Seconds = {name: [] for name in racing}
    order = random.Random(0)
    for _ in range(rounds):
        for name in order.sample(list(racing), len(racing)):
            run, n = racing[name], repeats[name]
            start = time.process_time()
            for _ in range(n):
                run()
            seconds[name].append((time.process_time() - start) / n * contestants[name].scale)
    return seconds


def ratio(above: list[float], below: list[float]) -> list[float]:
    """Quartiles (25 %, median, 75 %) of the ratios within the rounds.

    >>> ratio([2, 20, 400], [1, 10, 100])
    [2.0, 2.0, 3.0]
    """
    return [round(float(q), 4) for q in np.percentile(np.divide(above, below), [25, 50, 75])]


def row(
    track: Track,
    action: str,
    seconds: Seconds,
    error: dict[str, float],
    pairs: list[tuple[str, str]],
) -> dict:
    """One row of the table: medians, and the ratios of those pairs that raced.

    >>> track = Track((3, 2, 4, 5))
    >>> row(track, "forward", {"a": [2, 4], "b": [1, 2]}, {}, [("a", "b"), ("a", "c")])["ratio"]
    {'a/b': [2.0, 2.0, 2.0]}
    """
    medians = {n: sorted(s)[len(s) // 2] for n, s in seconds.items()}
    return {
        "shape": list(track.shape),
        "variant": track.variant,
        "action": action,
        "milliseconds": {n: round(s * 1e3, 5) for n, s in medians.items()},
        "ratio": {
            f"{above}/{below}": ratio(seconds[above], seconds[below])
            for above, below in pairs
            if above in seconds and below in seconds
        },
        "error": {n: float(f"{e:.1e}") for n, e in error.items() if n in seconds},
    }
