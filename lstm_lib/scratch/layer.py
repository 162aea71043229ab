"""The LSTM layer: many steps, batches, stacked layers, and back-propagation through time.

The same equations as `cell.py`, which is their readable definition, and tested equal to it step by
step. Back-propagation through time is the sum of Werbos (1990) over all steps, nothing truncated:
Greff et al. (2015), appendix; truncation is a choice of the caller (`bptt.py`).
"""

from typing import Any

import numpy as np

from lstm_lib.arguments import (
    check_array,
    check_dtype,
    check_finite,
    check_lengths,
    check_size,
    check_state,
)
from lstm_lib.scratch import cell, exchange
from lstm_lib.scratch.plain import quick_factors, quick_step
from lstm_lib.scratch.pool import Lease, Pool
from lstm_lib.scratch.sweep import Sweep
from lstm_lib.scratch.sweep_back import BackSweep
from lstm_lib.scratch.variants import Variant, as_variant


class Tape:
    """What one `forward` wrote down for `backward`. It may be used any number of times.

    `trace(layer)` gives copies of the values inside the cells, for looking at them.
    """

    def __init__(self, owner: "LSTM", T: int, B: int, leases: list[Lease], finished: list):
        self.owner, self.T, self.B = owner, T, B
        self.leases, self.finished = leases, finished

    def trace(self, layer: int = -1) -> dict[str, np.ndarray]:
        """The gates, g, c and h of one layer, each (T, B, H), by name.

        Only gates with weights of their own are there: CIFG has no "f" (it is 1 − i).

        >>> lstm = LSTM(2, 3, dtype=np.float64)
        >>> tape = lstm.forward(np.zeros((5, 1, 2)))[2]
        >>> {name: array.shape for name, array in tape.trace().items()}
        {'i': (5, 1, 3), 'f': (5, 1, 3), 'g': (5, 1, 3), 'o': (5, 1, 3), 'c': (5, 1, 3),
         'h': (5, 1, 3)}
        """
        sweep = self.leases[layer].item
        inside = {name: sweep.gates[:, sweep.rows.of[name]] for name in sweep.variant.blocks}
        inside["c"] = sweep.c[1:]
        traces = {name: array.transpose(0, 2, 1).copy() for name, array in inside.items()}
        return traces | {"h": sweep.h[1:].copy()}


class LSTM:
    """A stack of LSTM layers over sequences, NumPy alone.

    `params` maps "W0", "R0", "b0" (and "p0" with peepholes, "G0" with gate recurrence) of each
    layer to arrays in the layouts of `cell.py`; they may be changed in place or replaced between
    calls. The same `seed` gives the same weights in each dtype (see `cell.init`, also about
    `forget_bias`, which for CIFG goes to the input gate with a minus).

    Raises TypeError or ValueError, naming the argument, for anything but what is asked for.

    >>> lstm = LSTM(input_size=3, hidden_size=4)
    >>> x = np.ones((5, 2, 3), np.float32)                        # (T, B, I)
    >>> h_seq, (h, c), tape = lstm.forward(x)
    >>> h_seq.shape, h.shape, c.shape
    ((5, 2, 4), (1, 2, 4), (1, 2, 4))
    >>> grads, dx, (dh, dc) = lstm.backward(np.ones_like(h_seq), tape)
    >>> dx.shape, sorted(grads)
    ((5, 2, 3), ['R0', 'W0', 'b0'])
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        variant: str | Variant = "NP",
        seed: Any = 0,
        dtype: Any = np.float32,
        forget_bias: float = 1.0,
    ):
        self.input_size = check_size("input_size", input_size)
        self.hidden_size = check_size("hidden_size", hidden_size)
        self.num_layers = check_size("num_layers", num_layers)
        self.variant = as_variant(variant)
        self.dtype = check_dtype(dtype)
        self.params: dict[str, np.ndarray] = {}
        rng = np.random.default_rng(seed)
        for layer in range(self.num_layers):
            made = cell.init(
                self._width(layer), self.hidden_size, self.variant, rng, self.dtype, forget_bias
            )
            self.params |= {f"{name}{layer}": array for name, array in made.items()}
        self._shapes = {name: array.shape for name, array in self.params.items()}
        self._names = [
            {name: f"{name}{layer}" for name in made} for layer in range(self.num_layers)
        ]
        self._pool = Pool()
        self._quick = quick_factors(self.variant, self.hidden_size, self.dtype)

    def _width(self, layer: int) -> int:
        return self.hidden_size if layer else self.input_size

    def forward(
        self, x: np.ndarray, state: tuple | None = None, lengths: Any = None
    ) -> tuple[np.ndarray, tuple[np.ndarray, ...], Tape]:
        """All steps of all layers: x (T, B, I) → h_seq (T, B, H), (h, c) each (L, B, H), a tape.

        `state` is the (h, c) to start from, zeros if None. For FGR a state has a third member, the
        gates i, f, o of the last step, (L, 3, B, H), and a state without it is refused: what the
        gates were is not to be guessed. `lengths` (B,), in any order, says where each sequence
        ends: h_seq is zero from there on, and the returned state is that of its own last step.

        >>> lstm = LSTM(2, 3)
        >>> lstm.forward(np.ones((32, 50, 14), np.float32))
        Traceback (most recent call last):
        ValueError: x must be (T, B, 2), as input_size=2; got (32, 50, 14)
        """
        check_array(
            "x", x, ("T", "B", self.input_size), self.dtype, f"as input_size={self.input_size}"
        )
        T, B, _ = x.shape
        check_finite("x", x)
        params = self._checked_params()
        state = self._state("state", "", state, B)
        finished = [None] * T
        if lengths is not None:
            lengths = check_lengths(lengths, T, B)
            for t in range(int(lengths.min()), T):
                finished[t] = np.flatnonzero(lengths <= t)

        leases = []
        out = x
        for layer, own in enumerate(params):
            shape = (T, B, self._width(layer), self.hidden_size)
            lease = self._pool.take(Sweep, *shape, self.variant, self.dtype)
            lease.item.forward(out, tuple(part[layer] for part in state), own, finished)
            out = lease.item.h[1:]
            leases.append(lease)
        h_seq = out.copy()  # the tape's own h must not be in the caller's hands
        for t, over in enumerate(finished):
            if over is not None:
                h_seq[t, over] = 0
        finals = [lease.item.final() for lease in leases]
        tape = Tape(self, T, B, leases, finished)
        return h_seq, tuple(np.stack(part) for part in zip(*finals)), tape

    def backward(
        self, dh_seq: np.ndarray, tape: Tape, dstate: tuple | None = None
    ) -> tuple[dict[str, np.ndarray], np.ndarray, tuple[np.ndarray, ...]]:
        """Back-propagation through time, from the gradients of what `forward` returned.

        `dh_seq` (T, B, H) is the gradient of the loss with respect to h_seq (past a sequence's
        length it is ignored), `dstate` that with respect to the returned state, zeros if None.
        Returns `grads` (the keys of `params`), `dx` (T, B, I), and the gradient with respect to
        the initial state, in the state's own shape.
        """
        if not isinstance(tape, Tape) or tape.owner is not self:
            raise TypeError("tape must be what this LSTM's forward returned")
        T, B = tape.T, tape.B
        check_array("dh_seq", dh_seq, (T, B, self.hidden_size), self.dtype, "as h_seq")
        dstate = self._state("dstate", "d", dstate, B)
        grads, starts = {}, []
        for layer in reversed(range(self.num_layers)):
            shape = (T, B, self._width(layer), self.hidden_size)
            scratch = self._pool.take(BackSweep, *shape, self.variant, self.dtype)
            own, dh_seq, start = scratch.item.backward(
                dh_seq,
                tuple(part[layer] for part in dstate),
                tape.leases[layer].item,
                tape.finished,
            )
            grads |= {f"{name}{layer}": array for name, array in own.items()}
            starts.append(start)
        grads = {name: grads[name] for name in self.params}
        return grads, dh_seq, tuple(np.stack(part) for part in zip(*reversed(starts)))

    def step(
        self, x: np.ndarray, state: tuple | None = None
    ) -> tuple[np.ndarray, tuple[np.ndarray, ...]]:
        """One step without a tape, for generating: x (B, I) → the top layer's h (B, H), the state.

        The same as `forward` on one step, and several times as fast: it writes nothing down.

        >>> lstm = LSTM(2, 3)
        >>> h, state = lstm.step(np.ones((1, 2), np.float32))
        >>> h, state = lstm.step(np.ones((1, 2), np.float32), state)
        >>> bool((h == state[0][-1]).all())
        True
        """
        check_array("x", x, ("B", self.input_size), self.dtype, f"as input_size={self.input_size}")
        check_finite("x", x)
        state = self._state("state", "", state, len(x))
        new = tuple([np.empty(part.shape, self.dtype) for part in state])
        v = self.variant
        for layer, params in enumerate(self._checked_params()):
            h, c = state[0][layer], state[1][layer]
            h_new, c_new = new[0][layer], new[1][layer]
            if self._quick:
                quick_step(x, h, c, params, self._quick, h_new, c_new)
            else:
                gates = (state[2][layer],) if v.gate_recurrence else ()
                h_new[:], c_new[:], tape = cell.step(x, h, c, params, v, *gates)
                if gates:
                    new[2][layer] = tape.gates
            x = h_new
        return x.copy(), new

    def _state(self, name: str, prefix: str, state: tuple | None, B: int) -> tuple:
        """The given state, checked, or zeros."""
        L, H = self.num_layers, self.hidden_size
        parts = ("h", "c", "gates") if self.variant.gate_recurrence else ("h", "c")
        if state is not None:
            return check_state(name, state, [prefix + p for p in parts], (L, B, H), self.dtype)
        zeros = np.zeros((L, B, H), self.dtype)
        return (zeros, zeros, np.zeros((L, 3, B, H), self.dtype))[: len(parts)]

    def _checked_params(self) -> list[dict[str, np.ndarray]]:
        """`params` layer by layer, under the names of `cell.py`."""
        layers = []
        for names in self._names:
            own = {}
            for name, key in names.items():
                own[name] = array = self.params.get(key)
                check_array(f"params[{key!r}]", array, self._shapes[key], self.dtype)
            layers.append(own)
        return layers

    def to_torch(self):
        """A `torch.nn.LSTM` with the same weights (NP alone: torch knows no other variant).

        Exact: torch's two biases are ours and zero.
        """
        return exchange.lstm_to_torch(self)

    @classmethod
    def from_torch(cls, module) -> "LSTM":
        """The LSTM with the weights of a `torch.nn.LSTM`; b is the sum of torch's two biases."""
        return exchange.lstm_from_torch(cls, module)

    def __repr__(self) -> str:
        return (
            f"LSTM({self.input_size}, {self.hidden_size}, num_layers={self.num_layers}, "
            f"variant={self.variant.name!r}, dtype=np.{self.dtype})"
        )
