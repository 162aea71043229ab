"""Learning-rate schedules: pure functions from the optimiser step to a factor on the rate."""

import math
from collections.abc import Callable

Schedule = Callable[[int], float]


def warmup_cosine(steps: int, warmup: int = 0, floor: float = 0.0) -> Schedule:
    """Linear rise over `warmup` steps, then half a cosine from 1 down to `floor` at `steps`.

    factor(s) = (s + 1) / warmup                                     for s < warmup
    factor(s) = floor + (1 - floor) (1 + cos(π (s - warmup) / (steps - warmup))) / 2
    and `floor` from `steps` on. Cosine: Loshchilov & Hutter (2017), "SGDR", equation 5.

    >>> factor = warmup_cosine(steps=100, warmup=10, floor=0.1)
    >>> [round(factor(s), 3) for s in (0, 9, 10, 55, 100, 1000)]
    [0.1, 1.0, 1.0, 0.55, 0.1, 0.1]
    """
    if not 0 <= warmup < steps:
        raise ValueError(f"warmup must be in 0..steps-1; got warmup={warmup}, steps={steps}")
    if not 0.0 <= floor <= 1.0:
        raise ValueError(f"floor must be in [0, 1]; got {floor}")

    def factor(step: int) -> float:
        if step < warmup:
            return (step + 1) / warmup
        done = min(1.0, (step - warmup) / (steps - warmup))
        return floor + (1.0 - floor) * 0.5 * (1.0 + math.cos(math.pi * done))

    return factor


def step_decay(every: int, factor: float = 0.5) -> Schedule:
    """The rate times `factor` after each `every` steps.

    >>> rate = step_decay(every=10)
    >>> [rate(s) for s in (0, 9, 10, 25)]
    [1.0, 1.0, 0.5, 0.25]
    """
    if every < 1:
        raise ValueError(f"every must be at least 1; got {every}")
    if not 0.0 < factor <= 1.0:
        raise ValueError(f"factor must be in (0, 1]; got {factor}")
    return lambda step: factor ** (step // every)
