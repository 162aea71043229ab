"""The plain recurrent network (Elman 1990): h = tanh(W x + R h₋₁ + b).

What the LSTM is measured against, with the same kind of face. Its state is h (L, B, H) alone.
"""

from typing import Any

import numpy as np

from lstm_lib.arguments import (
    check_array,
    check_dtype,
    check_finite,
    check_lengths,
    check_size,
)
from lstm_lib.scratch import exchange
from lstm_lib.scratch.gates import tanh_slope


class RNN:
    """A stack of tanh layers; `params` "W0" (H, I), "R0" (H, H), "b0" (H,), uniform in ±1/√H.

    >>> rnn = RNN(3, 4)
    >>> h_seq, h, tape = rnn.forward(np.ones((5, 2, 3), np.float32))
    >>> grads, dx, dh = rnn.backward(np.ones_like(h_seq), tape)
    >>> h_seq.shape, h.shape, dx.shape
    ((5, 2, 4), (1, 2, 4), (5, 2, 3))
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        seed: Any = 0,
        dtype: Any = np.float32,
    ):
        self.input_size = check_size("input_size", input_size)
        self.hidden_size = H = check_size("hidden_size", hidden_size)
        self.num_layers = check_size("num_layers", num_layers)
        self.dtype = check_dtype(dtype)
        rng, bound = np.random.default_rng(seed), 1 / np.sqrt(H)
        self.params = {}
        for layer in range(num_layers):
            I = H if layer else input_size
            self.params[f"W{layer}"] = rng.uniform(-bound, bound, (H, I)).astype(self.dtype)
            self.params[f"R{layer}"] = rng.uniform(-bound, bound, (H, H)).astype(self.dtype)
            self.params[f"b{layer}"] = np.zeros(H, self.dtype)
        self._shapes = {name: array.shape for name, array in self.params.items()}

    def forward(
        self, x: np.ndarray, state: np.ndarray | None = None, lengths: Any = None
    ) -> tuple[np.ndarray, np.ndarray, tuple]:
        """x (T, B, I), h to start from (L, B, H) → h_seq (T, B, H), the last h (L, B, H), a tape.

        `lengths` (B,) as for the LSTM: h_seq is zero past them, h is that of the last own step.
        """
        width = self.input_size
        check_array("x", x, ("T", "B", width), self.dtype, f"as input_size={width}")
        check_finite("x", x)
        for name, shape in self._shapes.items():
            check_array(f"params[{name!r}]", self.params[name], shape, self.dtype)
        (T, B, _), L, H = x.shape, self.num_layers, self.hidden_size
        h0 = self._state("state", state, B)
        running = np.ones((T, B, 1), bool)
        if lengths is not None:
            running[:, :, 0] = np.arange(T)[:, None] < check_lengths(lengths, T, B)
        weights = [{n: self.params[f"{n}{k}"].copy() for n in "WR"} for k in range(L)]
        layers = []  # of (input, h at steps 0..T)
        out = x.copy()
        for k in range(L):
            hs = np.empty((T + 1, B, H), self.dtype)
            hs[0] = h0[k]
            z = out @ weights[k]["W"].T + self.params[f"b{k}"]
            for t in range(T):
                hs[t + 1] = np.tanh(z[t] + hs[t] @ weights[k]["R"].T)
                hs[t + 1] = np.where(running[t], hs[t + 1], hs[t])
            layers.append((out, hs))
            out = hs[1:]
        h = np.stack([hs[-1] for _, hs in layers])
        return np.where(running, out, 0), h, (weights, layers, running)

    def backward(
        self, dh_seq: np.ndarray, tape: tuple, dstate: np.ndarray | None = None
    ) -> tuple[dict[str, np.ndarray], np.ndarray, np.ndarray]:
        """Gradients of `params`, of x (T, B, I), and of the initial h (L, B, H)."""
        weights, layers, running = tape
        T, B, _ = running.shape
        check_array("dh_seq", dh_seq, (T, B, self.hidden_size), self.dtype, "as h_seq")
        dstart = self._state("dstate", dstate, B).copy()
        grads = {}
        for k in reversed(range(self.num_layers)):
            x, hs = layers[k]
            dz, dh = np.zeros_like(hs[1:]), dstart[k]
            for t in reversed(range(T)):
                dh = dh + np.where(running[t], dh_seq[t], 0)
                dz[t] = np.where(running[t], dh * tanh_slope(hs[t + 1]), 0)
                dh = np.where(running[t], dz[t] @ weights[k]["R"], dh)
            dstart[k] = dh
            flat = dz.reshape(T * B, -1)
            grads[f"W{k}"] = flat.T @ x.reshape(T * B, -1)
            grads[f"R{k}"] = flat.T @ hs[:-1].reshape(T * B, -1)
            grads[f"b{k}"] = flat.sum(0)
            dh_seq = dz @ weights[k]["W"]
        return {name: grads[name] for name in self.params}, dh_seq, dstart

    def _state(self, name: str, state: np.ndarray | None, B: int) -> np.ndarray:
        shape = (self.num_layers, B, self.hidden_size)
        if state is None:
            return np.zeros(shape, self.dtype)
        check_array(name, state, shape, self.dtype)
        return state

    def to_torch(self):
        """A `torch.nn.RNN` with the same weights; torch's two biases are ours and zero."""
        return exchange.rnn_to_torch(self)

    @classmethod
    def from_torch(cls, module) -> "RNN":
        """The RNN with the weights of a `torch.nn.RNN` (tanh); b is the sum of its two biases."""
        return exchange.rnn_from_torch(cls, module)
