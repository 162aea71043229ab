"""The Diagonal BiLSTM of van den Oord et al. (2016), small: the paper met."""

import torch
import torch.nn.functional as F

from lstm_lib.tasks.images.data import CLASSES
from lstm_lib.tasks.images.model import PLACE, above, left


def skew(z: torch.Tensor) -> torch.Tensor:
    """Row r moved r places to the right: diagonals become columns.

    z (B, R, C, ·) -> (B, R, R + C - 1, ·), 0 where nothing is; [b, r, r + c] is z[b, r, c].

    >>> skew(torch.tensor([[1, 2], [3, 4]]).view(1, 2, 2, 1))[0, :, :, 0]
    tensor([[1, 2, 0],
            [0, 3, 4]])
    """
    b, rows, columns, size = z.shape
    flat = F.pad(z, (0, 0, 0, rows)).reshape(b, rows * (rows + columns), size)
    return flat[:, : rows * (rows + columns - 1)].view(b, rows, rows + columns - 1, size)


def unskew(z: torch.Tensor) -> torch.Tensor:
    """Back from `skew`: (B, R, R + C - 1, ·) -> (B, R, C, ·).

    >>> z = torch.arange(12.0).view(1, 3, 4, 1)
    >>> torch.equal(unskew(skew(z)), z)
    True
    """
    b, rows, steps, size = z.shape
    columns = steps + 1 - rows
    flat = F.pad(z.reshape(b, rows * steps, size), (0, 0, 0, rows))
    return flat.view(b, rows, steps + 1, size)[:, :, :columns]


class Diagonal(torch.nn.Module):
    """An LSTM from the upper left to the lower right, all pixels of a diagonal at once.

    Of the skewed picture, column by column (van den Oord et al. 2016, section 3.2):

    [o, f, i, g] = [σ, σ, σ, tanh](W z + R_1 h_{r,c-1} + R_2 h_{r-1,c})
    c_rc = f ⊙ c_{r,c-1} + i ⊙ g,   h_rc = o ⊙ tanh(c_rc)

    z (B, R, C, I) -> h (B, R, C, H): h_rc knows z at (r, c) and at all places above and left of it.
    """

    def __init__(self, input_size: int, hidden_size: int):
        super().__init__()
        self.input = torch.nn.Linear(input_size, 4 * hidden_size)
        self.state = torch.nn.Linear(2 * hidden_size, 4 * hidden_size, bias=False)
        with torch.no_grad():
            self.input.bias[hidden_size : 2 * hidden_size] += 1.0  # f

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        b, rows, _, _ = z.shape
        steps = skew(self.input(z)).unbind(2)
        h = c = z.new_zeros(b, rows, self.state.out_features // 4)
        outputs = []
        for step in steps:
            over = F.pad(h[:, :-1], (0, 0, 1, 0))
            i, f, g, o = (step + self.state(torch.cat([h, over], -1))).chunk(4, -1)
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
            h = torch.sigmoid(o) * torch.tanh(c)
            outputs.append(h)
        return unskew(torch.stack(outputs, 2))


class DiagonalBiLSTM(torch.nn.Module):
    """One layer of it, both ways, between a look at the pixels before and the logit.

    y = z + U_1 d_rc + U_2 d'_{r-1,c}: d runs from the upper left; d' from the upper right, moved
    down a row, since what is right of a pixel comes later. z holds the pixels above and left and
    the place and class (`ThreeWays`' a, l, e): the paper's first convolution with mask A.

    >>> net = DiagonalBiLSTM(5, hidden_size=4, width=8)
    >>> net(torch.zeros(2, 5, 5), torch.tensor([3, 7])).shape
    torch.Size([2, 5, 5])
    """

    def __init__(self, side: int, hidden_size: int = 32, width: int = 64):
        super().__init__()
        self.row = torch.nn.Parameter(0.3 * torch.randn(1, side, 1, PLACE))
        self.column = torch.nn.Parameter(0.3 * torch.randn(1, 1, side, PLACE))
        self.label = torch.nn.Embedding(CLASSES, PLACE)
        seen = above(torch.zeros(1, 1, 1)).shape[-1] + left(torch.zeros(1, 1, 1)).shape[-1]
        self.first = torch.nn.Linear(seen + PLACE, width)
        self.right = Diagonal(width, hidden_size)
        self.back = Diagonal(width, hidden_size)
        self.up_right = torch.nn.Linear(hidden_size, width)
        self.up_back = torch.nn.Linear(hidden_size, width)
        self.hidden = torch.nn.Linear(width, width)
        self.logit = torch.nn.Linear(width, 1)

    def forward(self, x: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
        """x (B, R, C) 0 or 1, label (B,) -> logits of ink (B, R, C)."""
        e = self.row + self.column + self.label(label)[:, None, None]
        z = self.first(torch.cat([above(x), left(x), e], -1))
        back = self.back(z.flip(2)).flip(2)
        back = F.pad(back[:, :-1], (0, 0, 0, 0, 1, 0))
        y = z + self.up_right(self.right(z)) + self.up_back(back)
        return self.logit(torch.relu(self.hidden(torch.relu(y))))[..., 0]
