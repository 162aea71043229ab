"""Seven recurrent layers that differ in what they keep, and in how they start."""

import numpy as np
import torch

from lstm_lib.nn import LSTM
from lstm_lib.scratch.variants import Variant

WITHOUT_FORGETTING = Variant("1997", forget_gate=False, peepholes=False)


def plain(inputs: int, hidden: int, length: int) -> torch.nn.Module:
    """h = tanh(W x + R h + b), all uniform in ±1/√H."""
    return torch.nn.RNN(inputs, hidden)


def orthogonal(inputs: int, hidden: int, length: int) -> torch.nn.Module:
    """The same with R orthogonal and b = 0: at the start R lengthens and shortens nothing."""
    layer = plain(inputs, hidden, length)
    torch.nn.init.orthogonal_(layer.weight_hh_l0)
    _no_bias(layer)
    return layer


def identity(inputs: int, hidden: int, length: int) -> torch.nn.Module:
    """h = relu(W x + R h + b) with R = 1, b = 0 and small W: the IRNN of Le et al. (2015)."""
    layer = torch.nn.RNN(inputs, hidden, nonlinearity="relu")
    torch.nn.init.eye_(layer.weight_hh_l0)
    torch.nn.init.normal_(layer.weight_ih_l0, std=0.001)
    _no_bias(layer)
    return layer


def cell_of_1997(inputs: int, hidden: int, length: int) -> torch.nn.Module:
    """c = c + i ⊙ g: no forget gate; but the whole gradient, which 1997 was cut off."""
    return LSTM(inputs, hidden, variant=WITHOUT_FORGETTING)


def bias_0(inputs: int, hidden: int, length: int) -> torch.nn.Module:
    """An LSTM whose forget gates start around σ(0) = 1/2."""
    return LSTM(inputs, hidden, forget_bias=0.0)


def bias_1(inputs: int, hidden: int, length: int) -> torch.nn.Module:
    """An LSTM whose forget gates start around σ(1) = 0.73 (Gers 2000; Jozefowicz 2015)."""
    return LSTM(inputs, hidden, forget_bias=1.0)


def chrono(inputs: int, hidden: int, length: int) -> torch.nn.Module:
    """An LSTM that starts with memories of all lengths up to T.

    b_f = ln U with U uniform in [1, T − 1], b_i = −b_f (Tallec & Ollivier 2018, section 2).
    Raises ValueError for lengths below 3.
    """
    if length < 3:
        raise ValueError(f"length must be 3 or more; got {length}")
    layer = LSTM(inputs, hidden, forget_bias=0.0)
    with torch.no_grad():
        b_f = torch.empty(hidden).uniform_(1.0, length - 1.0).log()
        layer.bias_ih_l0[:hidden], layer.bias_hh_l0[:hidden] = -b_f, 0.0
        layer.bias_ih_l0[hidden : 2 * hidden] = b_f
    return layer


LAYERS = {
    "RNN": plain,
    "RNN, orthogonal start": orthogonal,
    "RNN, identity start": identity,
    "1997's cell": cell_of_1997,
    "LSTM, forget bias 0": bias_0,
    "LSTM, forget bias 1": bias_1,
    "LSTM, chrono start": chrono,
}


class Network(torch.nn.Module):
    """A recurrent layer and a dense one that reads the last output: x (T, B, I) -> (B, O).

    `kind` is a name in LAYERS; `length` the T to come. Raises ValueError for an unknown kind.

    >>> Network("RNN", 2, 1, hidden=4, length=10, seed=0)(torch.zeros(10, 3, 2)).shape
    torch.Size([3, 1])
    """

    def __init__(
        self, kind: str, inputs: int, outputs: int, *, hidden: int, length: int, seed: int
    ):
        super().__init__()
        if kind not in LAYERS:
            raise ValueError(f"kind must be one of {', '.join(LAYERS)}; got {kind!r}")
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.layer = LAYERS[kind](inputs, hidden, length)
            self.dense = torch.nn.Linear(hidden, outputs)

    def forward(self, x: torch.Tensor | np.ndarray) -> torch.Tensor:
        h_seq, _ = self.layer(torch.as_tensor(x))
        return self.dense(h_seq[-1])


def _no_bias(layer: torch.nn.RNN) -> None:
    for bias in (layer.bias_ih_l0, layer.bias_hh_l0):
        torch.nn.init.zeros_(bias)
