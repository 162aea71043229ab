"""Between two calls of `fit`: the model holds the weights worth keeping, not the last ones."""

import torch

from lstm_lib.train.seeds import random_state, set_random_state
from lstm_lib.train.state import Tensors, TrainingState, copied


class Pause:
    """The weights and the random-number generators as the last step left them, set aside."""

    def __init__(self):
        self.weights: Tensors = {}
        self._random: tuple | None = None

    def begin(self, state: TrainingState) -> None:
        """Set them aside; the model gets the best weights, or the averaged, if there are any."""
        self.weights, self._random = copied(state.model.state_dict()), random_state()
        kept = state.best or state.evaluated
        if kept:
            state.model.load_state_dict(kept)

    def end(self, model: torch.nn.Module) -> bool:
        """Put them back; False if nothing is set aside (a new training, or one that broke off)."""
        if not self.weights:
            return False
        model.load_state_dict(self.weights)
        set_random_state(*self._random)
        self.weights = {}
        return True
