"""What an exercise is made of: one source for its check, its hints and its solution."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Mistake:
    """A typical wrong answer, recognised by what it does, and the hint that fits it.

    `answer` is the mistake, written out. Whoever's answer returns the same as `answer` on every
    input made that mistake, however it is spelled.
    """

    hint: str
    answer: Callable[..., Any]


@dataclass(frozen=True)
class Exercise:
    """One exercise of a notebook.

    key             "13.2": notebook and number
    title, stars    one line; 1 to 3
    names           of the function's arguments, for the report
    specification   slow and obviously right
    inputs          (rng, size) -> arguments; size counts up from 0, small inputs come first
    mistakes        each with its hint
    steps           hints that `hint` reveals one at a time
    solution        commented source, shown by `solution`
    tolerance       largest difference that is still equal, relative to the largest expected value
    """

    key: str
    title: str
    stars: int
    names: tuple[str, ...]
    specification: Callable[..., Any]
    inputs: Callable[[np.random.Generator, int], tuple]
    mistakes: tuple[Mistake, ...]
    steps: tuple[str, ...]
    solution: Callable[..., Any]
    tolerance: float = 1e-9

    def cases(self, count: int = 20) -> list[tuple]:
        """The same random inputs every time, from small to large."""
        rng = np.random.default_rng([int(part) for part in self.key.split(".")])
        return [self.inputs(rng, size) for size in range(count)]
