"""Batches in which little is padding."""

from dataclasses import dataclass

import numpy as np
import torch

from lstm_lib.train import Batches


@dataclass(frozen=True)
class AlikeLong(Batches):
    """Batches of rows that are about equally long (`lengths`: how long each row is).

    As `Batches`, a pure function of the seed and the step. Each epoch is a permutation; in every
    `together` batches of it the rows are put in the order of their lengths; the batches then come
    in a random order.

    >>> batches = AlikeLong(n=4, batch_size=2, lengths=(1, 9, 1, 9))
    >>> sorted(sorted(batches.indices(step).tolist()) for step in range(2))
    [[0, 2], [1, 3]]
    """

    lengths: tuple[int, ...] = ()
    together: int = 16

    def indices(self, step: int) -> torch.Tensor:
        """The rows of step `step` (counted from 0): at most batch_size."""
        epoch, position = divmod(int(step), self.steps_per_epoch)
        generator = np.random.default_rng([self.seed, epoch])
        order, many = generator.permutation(self.n), self.batch_size * self.together
        lengths = np.asarray(self.lengths)
        pieces = np.split(order, range(many, self.n, many))
        order = np.concatenate([p[np.argsort(lengths[p], kind="stable")] for p in pieces])
        start = generator.permutation(self.steps_per_epoch)[position] * self.batch_size
        return torch.from_numpy(order[start : start + self.batch_size])
