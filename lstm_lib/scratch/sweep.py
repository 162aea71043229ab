"""One layer over a whole sequence, forward: the equations of `cell.py`, arranged for speed.

What makes it fast, in the order of what it saves:

* the input products of all steps are done before the loop; a step is then one product, R h₋₁;
* inside, everything is feature-major: gates (T, K·H, B), states (H, B). Each gate is one contiguous
  block, and a call to a ufunc covers several gates at once;
* all σ and tanh of a step in one pass. Large arrays: σ(z) = 1/(1 + e^−z) and tanh(z) = 2σ(2z) − 1,
  so that one `exp` serves all blocks; small ones: tanh, with σ(z) = ½ + ½ tanh(z/2), which takes
  fewer calls. The factors −1, −2, ½ are folded into the weights once a sweep;
* nothing is allocated inside the loop, and the views of every step are made once a buffer.

A `Sweep` owns its buffers. It belongs to one tape for as long as that tape lives (see `layer.py`).
"""

from typing import NamedTuple

import numpy as np

from .variants import Variant

SMALL = 4096  # H·B up to which a call costs more than its elements (measured; performance.md)
FOLD = 16  # T·B from which scaling the weights once is cheaper than scaling every step's gates


class Rows(NamedTuple):
    """Where the blocks lie among the K·H rows, and what becomes of them."""

    of: dict[str, slice]
    first: tuple[slice, ...]  # runs squashed before c is known
    last: tuple[slice, ...]  # the output gate, where a peephole makes it wait for c
    sigma: tuple[slice, ...]  # runs of sigmoids


def rows_of(v: Variant, H: int) -> Rows:
    """The rows of a variant's blocks.

    >>> from lstm_lib.scratch.variants import VARIANTS
    >>> rows_of(VARIANTS["CIFG"], 2).of
    {'i': slice(0, 2, None), 'g': slice(2, 4, None), 'o': slice(4, 6, None)}
    """
    of = {block: slice(k * H, (k + 1) * H) for k, block in enumerate(v.blocks)}
    g, end = of["g"], len(v.blocks) * H
    sigma = tuple(run for run in (slice(0, g.start), slice(g.stop, end)) if run.start < run.stop)
    waits = v.peepholes and v.output_gate
    if v.input_activation == "identity":  # g is left alone, its neighbours are not
        first = sigma[:-1] if waits else sigma
    else:
        first = (slice(0, g.stop if waits else end),)
    return Rows(of, first, (of["o"],) if waits else (), sigma)


class Sweep:
    """The buffers of one layer for T steps of B sequences, and the forward loop over them."""

    def __init__(self, T: int, B: int, I: int, H: int, v: Variant, dtype: np.dtype):
        self.shape, self.variant, self.rows = (T, B, I, H), v, rows_of(v, H)
        KH = len(v.blocks) * H

        def empty(*shape):
            return np.empty(shape, dtype)

        self.x = empty(T, B, I + 1)  # the input with a column of ones: W's product adds the bias
        self.x[:, :, I] = 1
        self.gates = empty(T, KH, B)  # first Wx + b, in the end the values of the gates and g
        self.c = empty(T + 1, H, B)
        self.squashed = self.c[1:] if v.output_activation == "identity" else empty(T, H, B)
        self.h = empty(T + 1, B, H)
        self.h_now, self.product, self.spare = empty(H, B), empty(KH, B), empty(KH, B)
        if v.gate_recurrence:
            self.memory = empty(T + 1, 3 * H, B)  # i, f, o, and before the first step the state's
        self.small = H * B <= SMALL or dtype.kind == "c"
        self._constants(KH, B, dtype)
        self.views = [self._view(t) for t in range(T)]

    def _constants(self, KH: int, B: int, dtype: np.dtype) -> None:
        """The factor before squashing, and factor and shift after it (see the top)."""
        T, _, I, H = self.shape
        g = self.rows.of["g"]
        tanh_g = self.variant.input_activation == "tanh"
        self.fold = T * B >= FOLD or not self.small
        self.before = np.full((KH, 1), 0.5 if self.small else -1, dtype)
        self.before[g] = 1 if self.small or not tanh_g else -2
        if self.fold:
            self.W, self.R = np.empty((KH, I + 1), dtype), np.empty((KH, H), dtype)
        else:
            self.before = np.repeat(self.before, B, axis=1)
        if self.small:
            self.factor, self.shift = np.full((2, KH, B), 0.5, dtype)
            self.factor[g], self.shift[g] = 1, 0

    def _view(self, t: int) -> tuple:
        """The arrays of step t, cut out once: a slice costs as much as a small ufunc."""
        v, (_, B, _, H), z = self.variant, self.shape, self.gates[t]
        n = sum(gate in "if" for gate in v.gates)
        blocks = [z[self.rows.of[b]] if b in self.rows.of else None for b in "ifgo"]
        early = z[: n * H].reshape(n, H, B) if v.peepholes and n else None
        first = [self._squashing(z, run) for run in self.rows.first]
        last = [self._squashing(z, run) for run in self.rows.last]
        return z, early, first, last, *blocks, self.c[t], self.c[t + 1], self.squashed[t]

    def _squashing(self, z: np.ndarray, run: slice) -> tuple:
        if self.small:
            return z[run], self.factor[run], self.shift[run]
        g = self.rows.of["g"]
        return z[run], (z[g] if run.start <= g.start < run.stop else None), None

    def _squash(self, z: np.ndarray, a: np.ndarray | None, b: np.ndarray | None) -> None:
        """σ and tanh of a run of rows, in place."""
        if self.small:
            np.tanh(z, out=z)
            np.multiply(z, a, out=z)
            np.add(z, b, out=z)
            return
        np.exp(z, out=z)
        np.add(z, 1, out=z)
        np.reciprocal(z, out=z)
        if a is not None:  # g = 2σ(2z) − 1
            np.multiply(a, 2, out=a)
            np.subtract(a, 1, out=a)

    def _weights(self, params: dict[str, np.ndarray]) -> tuple:
        """R, p (gates, H, 1) and G (3H, 3H) with the factors folded in; Wx + b into the gates."""
        v, (_, _, I, H) = self.variant, self.shape
        W, R, b, inputs = params["W"], params["R"], params["b"], self.x.transpose(0, 2, 1)
        if self.fold:
            np.multiply(W, self.before, out=self.W[:, :I])
            np.multiply(b, self.before[:, 0], out=self.W[:, I])
            R = np.multiply(R, self.before, out=self.R)
            np.matmul(self.W, inputs, out=self.gates)
        else:
            np.matmul(W, inputs[:, :I], out=self.gates)
            np.add(self.gates, b[:, None], out=self.gates)
        sigma = 0.5 if self.small else -1
        p = params["p"].reshape(-1, H, 1) * sigma if v.peepholes else None
        G = None
        if v.gate_recurrence:  # [target, source, row, column] → (3H, 3H)
            G = params["G"].transpose(0, 2, 1, 3).reshape(3 * H, 3 * H) * sigma
        return R, p, G

    def forward(
        self,
        x: np.ndarray,
        state: tuple[np.ndarray, ...],
        params: dict[str, np.ndarray],
        finished: list[np.ndarray | None],
    ) -> None:
        """Fills the buffers. x (T, B, I); state h, c (B, H) and for FGR gates (3, B, H).

        `finished[t]` are the sequences that are over at step t: their state stays as it is.
        """
        (T, B, I, H), v = self.shape, self.variant
        self.x[:, :, :I] = x
        self.h[0], self.h_now[:], self.c[0] = state[0], state[0].T, state[1].T
        if v.gate_recurrence:
            self.memory[0] = state[2].transpose(0, 2, 1).reshape(3 * H, B)
        with np.errstate(over="ignore"):  # e^−z = inf is right: σ is 0 there
            R, p, G = self._weights(params)
            for t in range(T):
                self._step(t, R, p, G)
                if finished[t] is not None:
                    self._hold(t, finished[t])

    def _step(self, t: int, R: np.ndarray, p: np.ndarray | None, G: np.ndarray | None) -> None:
        z, early, first, last, i, f, g, o, c_prev, c, squashed = self.views[t]
        spare = self.spare[: len(c)]
        np.dot(R, self.h_now, out=self.product)
        np.add(z, self.product, out=z)
        if not self.fold:
            np.multiply(z, self.before, out=z)
        if G is not None:
            self._recur(t, z, G)
        if early is not None:
            see = self.spare[: len(early) * len(c)].reshape(early.shape)
            np.multiply(p[: len(early)], c_prev, out=see)
            np.add(early, see, out=early)
        for run in first:
            self._squash(*run)

        if f is not None:
            np.multiply(f, c_prev, out=c)
        elif self.variant.coupled:
            np.subtract(1, i, out=c)
            np.multiply(c, c_prev, out=c)
        else:
            np.copyto(c, c_prev)
        np.add(c, g if i is None else np.multiply(i, g, out=spare), out=c)

        for run in last:
            np.multiply(p[-1], c, out=spare)
            np.add(o, spare, out=o)
            self._squash(*run)
        if squashed.base is not c.base:
            np.tanh(c, out=squashed)
        if o is None:
            np.copyto(self.h_now, squashed)
        else:
            np.multiply(o, squashed, out=self.h_now)
        np.copyto(self.h[t + 1], self.h_now.T)
        if G is not None:
            H = len(c)
            np.copyto(self.memory[t + 1, : 2 * H], z[: 2 * H])
            np.copyto(self.memory[t + 1, 2 * H :], o)

    def _recur(self, t: int, z: np.ndarray, G: np.ndarray) -> None:
        """FGR: the gates of the last step are an input to the gates of this one."""
        from_gates = np.dot(G, self.memory[t], out=self.spare[: len(G)])
        i_f, o = self.rows.sigma
        split = i_f.stop
        np.add(z[i_f], from_gates[:split], out=z[i_f])
        np.add(z[o], from_gates[split:], out=z[o])

    def _hold(self, t: int, over: np.ndarray) -> None:
        """Sequences that are over carry their state to the end."""
        self.c[t + 1][:, over] = self.c[t][:, over]
        self.h[t + 1][over] = self.h[t][over]
        self.h_now[:, over] = self.h[t][over].T
        if self.variant.gate_recurrence:
            self.memory[t + 1][:, over] = self.memory[t][:, over]

    def final(self) -> tuple[np.ndarray, ...]:
        """h, c (B, H), and for FGR the gates (3, B, H), after the last step; new arrays."""
        _, B, _, H = self.shape
        state = (self.h[-1].copy(), self.c[-1].T.copy())
        if self.variant.gate_recurrence:
            state += (self.memory[-1].reshape(3, H, B).transpose(0, 2, 1).copy(),)
        return state
