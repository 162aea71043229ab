"""A training that a test runs twice in one kernel: whole, and then its first steps alone.

The second time its first losses must be those of the first time, and a list that it filled must
have begun anew: nothing that was left over reached the training. Then what the whole training left
is put back, so that later cells meet what they met in the first round.
"""

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch

STEPS = 20


@dataclass
class Whole:
    """What a whole training gave: its first losses, what it left, torch's random numbers."""

    first_losses: list[float]
    left: dict
    random_state: torch.Tensor


class Enough(Exception):
    """Raised in place of the step after the last that is wanted."""


_whole: dict[str, Whole] = {}


@contextmanager
def trained_once(names: dict, key: str, step: str, leaves: list[str]) -> Iterator[None]:
    """Around a training; `key` tells it from others. Whole, when met again only its first steps.

    `names` are the globals. `step` names the function that gives the loss of each step, alone or
    first of several things; `leaves` the names that later cells use.

    >>> shared = {"loss_of": lambda step: 1 / (1 + step), "losses": []}
    >>> for _ in range(2):
    ...     with trained_once(shared, "an example", "loss_of", ["losses"]):
    ...         shared["losses"] = []
    ...         for number in range(100):
    ...             shared["losses"].append(shared["loss_of"](number))
    ...     print(number, len(shared["losses"]))
    99 100
    20 100
    """
    whole = _whole.pop(key, None)
    loss_of_step, first_losses = names[step], []

    def watched(*args, **options):
        if whole and len(first_losses) == STEPS:
            raise Enough
        outcome = loss_of_step(*args, **options)
        if len(first_losses) < STEPS:
            first_losses.append(float(outcome[0] if isinstance(outcome, tuple) else outcome))
        return outcome

    stopped, names[step] = False, watched
    try:
        yield
    except Enough:
        stopped = True
    finally:
        names[step] = loss_of_step
    if whole is None:
        left = copy.deepcopy({name: names[name] for name in leaves})  # related things stay so
        _whole[key] = Whole(first_losses, left, torch.get_rng_state())
    else:
        try:
            assert stopped, f"the training ended before step {STEPS + 1}"
            compare(first_losses, names, whole)
        finally:  # what was found is told once, by this cell
            names.update(whole.left)
            torch.set_rng_state(whole.random_state)


def compare(first_losses: list[float], names: dict, whole: Whole) -> None:
    """Raise AssertionError if the first steps are not those that the whole training began with."""
    assert np.allclose(first_losses, whole.first_losses, rtol=1e-6, atol=0), (
        f"the first losses are {first_losses}, and were {whole.first_losses}"
    )
    for name, value in whole.left.items():
        if isinstance(value, list):
            assert len(names[name]) < len(value), f"`{name}` did not begin anew"
