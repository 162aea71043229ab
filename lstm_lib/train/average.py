"""An exponentially weighted mean of the weights over the steps of a training."""

import torch


class Average:
    """The mean of the weights after each step, the recent ones weighing more.

    mean_t = Σ_{k=1..t} d^(t-k) w_k / Σ_{k=1..t} d^(t-k), with decay d; the initial weights w_0 do
    not enter. Polyak & Juditsky (1992) average uniformly; the exponential form with the correction
    for the start is that of Adam's moments (Kingma & Ba, 2015, section 3). Entries that are not
    floating-point are copied.

    >>> average = Average(0.5)
    >>> for w in (1.0, 4.0):
    ...     average.update({"w": torch.tensor(w)})
    >>> average.state["w"].item()          # (0.5·1 + 1·4) / 1.5
    3.0
    """

    def __init__(self, decay: float):
        if not 0.0 <= decay < 1.0:
            raise ValueError(f"average (the decay) must be in [0, 1); got {decay}")
        self.decay = decay
        self.updates = 0
        self.state: dict[str, torch.Tensor] = {}

    @torch.no_grad()
    def update(self, weights: dict[str, torch.Tensor]) -> None:
        """Take in the weights after one more step."""
        self.updates += 1
        share = (1.0 - self.decay) / (1.0 - self.decay**self.updates)
        for name, value in weights.items():
            mean = self.state.get(name)
            if mean is None or not value.is_floating_point():
                self.state[name] = value.detach().clone()
            else:
                mean.lerp_(value.detach(), share)
