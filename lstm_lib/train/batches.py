"""Which examples make up an optimiser step: a pure function of the seed and the step."""

from dataclasses import dataclass, field

import numpy as np
import torch

from lstm_lib.arguments import check_flag


@dataclass(frozen=True)
class Batches:
    """Mini-batches without a position of their own: step s always gets the same indices.

    Each epoch is a permutation of 0..n-1 drawn from (seed, epoch), cut into slices of `batch_size`;
    the last slice of an epoch is shorter, or left out with `drop_last`. Since nothing is consumed,
    "where the training is in the data" is the step number alone, and resuming is exact.

    Raises ValueError or TypeError for counts that are not positive integers, flags that are none.

    >>> batches = Batches(n=5, batch_size=2, shuffle=False)
    >>> [batches.indices(step).tolist() for step in range(4)]
    [[0, 1], [2, 3], [4], [0, 1]]
    >>> batches.steps_per_epoch
    3
    """

    n: int
    batch_size: int
    seed: int = 0
    shuffle: bool = True
    drop_last: bool = False
    # The permutation in use, so that it is not drawn again at each step; no part of the identity.
    _epoch: dict = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self):
        for name, least in (("n", 1), ("batch_size", 1), ("seed", 0)):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int | np.integer):
                raise TypeError(f"{name} must be an integer; got {value!r}")
            if value < least:
                raise ValueError(f"{name} must be at least {least}; got {value}")
        for name in ("shuffle", "drop_last"):
            check_flag(name, getattr(self, name))
        if self.drop_last and self.batch_size > self.n:
            raise ValueError(
                f"drop_last leaves no batch at all: batch_size={self.batch_size} is more than "
                f"n={self.n}"
            )

    @property
    def steps_per_epoch(self) -> int:
        """How many steps see every example once."""
        return self.n // self.batch_size if self.drop_last else -(-self.n // self.batch_size)

    def indices(self, step: int) -> torch.Tensor:
        """The examples of step `step` (counted from 0): a LongTensor of at most batch_size."""
        if step < 0:
            raise ValueError(f"step must be at least 0; got {step}")
        epoch, position = divmod(int(step), self.steps_per_epoch)
        start = position * self.batch_size
        stop = min(start + self.batch_size, self.n)
        if not self.shuffle:
            return torch.arange(start, stop)
        if epoch not in self._epoch:
            self._epoch.clear()
            self._epoch[epoch] = np.random.default_rng([self.seed, epoch]).permutation(self.n)
        return torch.from_numpy(self._epoch[epoch][start:stop].astype(np.int64))
