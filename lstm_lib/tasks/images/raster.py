"""The plainest network that draws: one LSTM reads the pixels as we read letters."""

import torch

from lstm_lib.nn import LSTM
from lstm_lib.tasks.images.data import CLASSES, Config


class Raster(torch.nn.Module):
    """One LSTM over all pixels in the order of reading, each step told its place and the class.

    h_t = LSTM(h_{t-1}; x_{t-1}, e_t, k),   p(x_t = 1 | x_1 .. x_{t-1}, k) = σ(w . h_t + b)

    with x_0 = 0, e_t the row and the column of pixel t and k the class, all as one-hot vectors
    (Theis & Bethge 2015, "Generative image modeling using spatial LSTMs", read two ways; here one).

    >>> from lstm_lib.tasks.images.data import LAPTOP
    >>> net = Raster(LAPTOP)
    >>> net(torch.zeros(2, 8, 8), torch.tensor([3, 7])).shape
    torch.Size([2, 8, 8])
    """

    def __init__(self, config: Config):
        super().__init__()
        side = config.side
        inputs = 1 + 2 * side + CLASSES
        self.lstm = LSTM(inputs, config.hidden_size, batch_first=True, forget_bias=1.0)
        self.logit = torch.nn.Linear(config.hidden_size, 1)
        self.register_buffer("place", places(side), persistent=False)

    def inputs(self, x: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
        """What the LSTM reads, (B, T, 1 + 2 side + 10): the pixel before, the place, the class."""
        flat = x.flatten(1)
        before = torch.nn.functional.pad(flat[:, :-1], (1, 0))[..., None]
        b, steps = flat.shape
        one_hot = torch.nn.functional.one_hot(label, CLASSES).float()
        beside = [self.place.expand(b, -1, -1), one_hot[:, None].expand(-1, steps, -1)]
        return torch.cat([before, *beside], -1)

    def forward(self, x: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
        """x (B, R, C) 0 or 1, label (B,) -> logits of ink (B, R, C)."""
        h, _ = self.lstm(self.inputs(x, label))
        return self.logit(h).view(x.shape)


def places(side: int) -> torch.Tensor:
    """Row and column of each pixel, one-hot: (side * side, 2 side).

    >>> places(2)
    tensor([[1., 0., 1., 0.],
            [1., 0., 0., 1.],
            [0., 1., 1., 0.],
            [0., 1., 0., 1.]])
    """
    one = torch.eye(side)
    return torch.cat([one.repeat_interleave(side, 0), one.repeat(side, 1)], 1)
