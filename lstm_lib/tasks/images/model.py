"""A network that gives each pixel its probability, from the pixels before it and the class."""

import torch
import torch.nn.functional as F

from lstm_lib.nn import LSTM
from lstm_lib.tasks.images.data import CLASSES

UP, ASIDE, LEFT, PLACE = 4, 4, 6, 16


def above(x: torch.Tensor, rows: int = UP, aside: int = ASIDE) -> torch.Tensor:
    """Of each pixel those in the `rows` rows over it, up to `aside` columns to either side.

    x (B, R, C) -> (B, R, C, rows * (2 aside + 1)), 0 outside the picture.

    >>> x = torch.arange(1.0, 10).view(1, 3, 3)
    >>> above(x, rows=1, aside=1)[0, 2].tolist()
    [[0.0, 4.0, 5.0], [4.0, 5.0, 6.0], [5.0, 6.0, 0.0]]
    """
    padded = F.pad(x, (aside, aside, rows, 0))[:, :-1]
    return padded.unfold(1, rows, 1).unfold(2, 2 * aside + 1, 1).flatten(3)


def left(x: torch.Tensor, count: int = LEFT) -> torch.Tensor:
    """Of each pixel the `count` before it in its row: x (B, R, C) -> (B, R, C, count).

    >>> left(torch.tensor([[[1.0, 2.0, 3.0]]]), count=2)[0, 0].tolist()
    [[0.0, 0.0], [0.0, 1.0], [1.0, 2.0]]
    """
    return F.pad(x, (count, 0))[..., :-1].unfold(2, count, 1)


class ThreeWays(torch.nn.Module):
    """Three LSTMs read a picture: down the columns, back along the row above, along the row.

    With e_rc = row_r + column_c + class_k, a vector for the place and the class, a_rc the pixels in
    the four rows above and l_rc the six to the left:

    down    v_rc = LSTM(v_{r-1,c}; a_rc, e_rc)             from the top, each column by itself
    back    w_rc = LSTM(w_{r,c+1}; v_rc)               from the right, each row by itself
            u_rc = v_rc + w_rc
    along   h_rc = LSTM(h_{r,c-1}; z_rc),  z_rc = u_rc, a_rc, l_rc, e_rc

    p(x_rc = 1 | pixels before, k) = σ(w . relu(W [h_rc, z_rc] + b) + b')

    v and u know rows above r alone, h the pixels left of c as well: nothing sees pixel (r, c).
    After the Row LSTM of van den Oord et al. (2016), "Pixel recurrent neural networks", whose one
    layer moves down all columns at once; with three plain LSTMs every pixel before is within reach.

    >>> net = ThreeWays(5, hidden_size=8, above_size=8)
    >>> net(torch.zeros(2, 5, 5), torch.tensor([3, 7])).shape
    torch.Size([2, 5, 5])
    """

    def __init__(self, side: int, hidden_size: int = 64, above_size: int = 48):
        super().__init__()
        self.row = torch.nn.Parameter(0.3 * torch.randn(1, side, 1, PLACE))
        self.column = torch.nn.Parameter(0.3 * torch.randn(1, 1, side, PLACE))
        self.label = torch.nn.Embedding(CLASSES, PLACE)
        seen = UP * (2 * ASIDE + 1)
        inputs = above_size + seen + LEFT + PLACE
        self.down = LSTM(seen + PLACE, above_size, forget_bias=1.0)
        self.back = LSTM(above_size, above_size, forget_bias=1.0)
        self.along = LSTM(inputs, hidden_size, forget_bias=1.0)
        self.hidden = torch.nn.Linear(hidden_size + inputs, hidden_size)
        self.logit = torch.nn.Linear(hidden_size, 1)

    def place(self, label: torch.Tensor) -> torch.Tensor:
        """e: label (B,) -> (B, R, C, E)."""
        return self.row + self.column + self.label(label)[:, None, None]

    def above(self, x: torch.Tensor, e: torch.Tensor) -> torch.Tensor:
        """What the two LSTMs above know, with the pixels themselves: (B, R, C, ·)."""
        b, rows, columns = x.shape
        a = above(x)
        v, _ = self.down(torch.cat([a, e], -1).transpose(0, 1).reshape(rows, b * columns, -1))
        v = v.view(rows, b, columns, -1).permute(2, 1, 0, 3).flip(0)
        u, _ = self.back(v.reshape(columns, b * rows, -1))
        u = (v + u.view(v.shape)).flip(0).permute(1, 2, 0, 3)
        return torch.cat([u, a, e.expand(b, -1, -1, -1)], -1)

    def forward(self, x: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
        """x (B, R, C) 0 or 1, label (B,) -> logits of ink (B, R, C)."""
        b, rows, columns = x.shape
        z = torch.cat([self.above(x, self.place(label)), left(x)], -1)
        z = z.permute(2, 0, 1, 3).reshape(columns, b * rows, -1)
        h, _ = self.along(z)
        return self.ink(h, z).view(columns, b, rows).permute(1, 2, 0)

    def ink(self, h: torch.Tensor, z: torch.Tensor) -> torch.Tensor:
        """The logit from what the last LSTM says and what it read: (..., ·) -> (...)."""
        return self.logit(torch.relu(self.hidden(torch.cat([h, z], -1))))[..., 0]
