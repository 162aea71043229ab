"""One layer over a whole sequence, forward: the equations of `cell.py`, arranged for speed.

What makes it fast, in the order of what it saves:

* the input products of all steps are done before the loop; a step is then one product, R h₋₁;
* inside, everything is feature-major: gates (T, K·H, B), states (H, B). Each gate is one contiguous
  block, and a call to a ufunc covers several gates at once;
* all σ and tanh of a step in one pass: with σ(z) = ½ + ½ tanh(z/2) one `tanh` serves all blocks,
  or, where NumPy's exp is much quicker than its tanh, σ(z) = 1/(1 + e^−z) and tanh(z) = 2σ(2z) − 1
  one `exp`. The factors ½, −1, −2 are folded into the weights once a sweep;
* nothing is allocated inside the loop, and the views of every step are made once a buffer.

A `Sweep` owns its buffers. It belongs to one tape for as long as that tape lives (see `layer.py`).
"""

from typing import NamedTuple

import numpy as np

from .variants import Variant

SMALL = 4096  # H·B up to which a call costs more than its elements (measured)
FOLD = 16  # T·B from which scaling the weights once is cheaper than scaling every step's gates


def _wide_vectors() -> bool:
    """Does NumPy use AVX-512 here? There its tanh is as quick as its exp (measured: 0.4 against
    0.5 ns a number), without it half as quick or less."""
    found = np.show_config(mode="dicts").get("SIMD Extensions", {}).get("found", [])
    return any(name.startswith("AVX512") or name == "X86_V4" for name in found)


QUICK_TANH = _wide_vectors()


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
        self.small = H * B <= SMALL
        self.by_tanh = self.small or QUICK_TANH or dtype.kind == "c"
        self._constants(KH, dtype)
        # A slice costs as much as a small ufunc: the views of each step are cut out once.
        self.views = [self._view(t) for t in range(T)]

    def _constants(self, KH: int, dtype: np.dtype) -> None:
        """The factor before squashing, and factor and shift after it (see the top)."""
        T, B, I, H = self.shape
        g = self.rows.of["g"]
        tanh_g = self.variant.input_activation == "tanh"
        self.fold = T * B >= FOLD or not self.small
        self.before = np.full((KH, 1), 0.5 if self.by_tanh else -1, dtype)
        self.before[g] = 1 if self.by_tanh or not tanh_g else -2
        self.W, self.R = np.empty((KH, I + 1), dtype), np.empty((KH, H), dtype)
        if self.small:
            self.factor, self.shift = np.full((2, KH, B), 0.5, dtype)
            self.factor[g], self.shift[g] = 1, 0

    def flat(self, array: np.ndarray) -> np.ndarray:
        """Without the batch axis if B = 1: NumPy is quicker on vectors."""
        return array[..., 0] if self.shape[1] == 1 else array

    def _view(self, t: int) -> tuple:
        v, (_, B, _, H), z, flat = self.variant, self.shape, self.gates[t], self.flat
        n = sum(gate in "if" for gate in v.gates)
        blocks = [flat(z[self.rows.of[b]]) if b in self.rows.of else None for b in "ifgo"]
        early = flat(z[: n * H].reshape(n, H, B)) if v.peepholes and n else None
        first = [self._squashing(z, run) for run in self.rows.first]
        last = [self._squashing(z, run) for run in self.rows.last]
        cells = flat(self.c[t]), flat(self.c[t + 1]), flat(self.squashed[t])
        if B == 1:  # a vector is its own transpose: h goes straight to where it is kept
            hs = self.h[t, 0], self.h[t + 1, 0], None
        else:
            hs = self.h_now, self.h_now, self.h[t + 1].T
        return flat(z), early, first, last, *blocks, *cells, *hs

    def _squashing(self, z: np.ndarray, run: slice) -> tuple:
        if self.small:
            return tuple(map(self.flat, (z[run], self.factor[run], self.shift[run])))
        g = self.rows.of["g"]
        if self.by_tanh:  # the sigmoids among these rows
            parts = [r for r in self.rows.sigma if run.start <= r.start < run.stop]
            return z[run], [z[r.start : min(r.stop, run.stop)] for r in parts], None
        return z[run], (z[g] if run.start <= g.start < run.stop else None), None

    def _weights(self, params: dict[str, np.ndarray]) -> tuple:
        """R, p and G (3H, 3H) with the factors folded in; and Wx + b into `gates`.

        `W` and `R` also stay here for `backward`: an optimiser may have changed `params` by then.
        """
        v, (_, B, I, H) = self.variant, self.shape
        before = self.before if self.fold else 1
        np.multiply(params["W"], before, out=self.W[:, :I])
        np.multiply(params["b"][:, None], before, out=self.W[:, I:])
        np.multiply(params["R"], before, out=self.R)
        if B == 1:
            np.dot(self.x[:, 0], self.W.T, out=self.gates[:, :, 0])
        else:
            np.matmul(self.W, self.x.transpose(0, 2, 1), out=self.gates)
        sigma = 0.5 if self.by_tanh else -1
        self.p = self.G = p = G = None
        if v.peepholes:
            self.p = params["p"].reshape(-1, H, 1).copy()
            p = self.flat(self.p * sigma)
        if v.gate_recurrence:  # [target, source, row, column] → (3H, 3H)
            self.G = params["G"].transpose(0, 2, 1, 3).reshape(3 * H, 3 * H)
            G = self.G * sigma
        return self.R, p, G

    def unfolded(self) -> tuple[np.ndarray, np.ndarray]:
        """The W (K·H, I) and R of the forward pass, without the factors (powers of 2: exact)."""
        before = self.before if self.fold else 1
        return self.W[:, :-1] / before, self.R / before

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
        (_, B, I, H), v = self.shape, self.variant
        self.x[:, :, :I] = x
        self.h[0], self.h_now[:], self.c[0] = state[0], state[0].T, state[1].T
        if v.gate_recurrence:
            self.memory[0] = state[2].transpose(0, 2, 1).reshape(3 * H, B)
        with np.errstate(over="ignore"):  # e^−z = inf is right: σ is 0 there
            self._run(*self._weights(params), finished)

    def _run(self, R, p, G, finished) -> None:
        add, multiply, dot = np.add, np.multiply, np.dot
        squash = _squash_small if self.small else _by_tanh if self.by_tanh else _by_exp
        product, H = self.flat(self.product), self.shape[3]
        spare, before = self.flat(self.spare[:H]), self.flat(self.before)
        coupled = self.variant.coupled
        squash_c = self.variant.output_activation == "tanh"
        if p is not None:
            p_early, p_o = p[: sum(gate in "if" for gate in self.variant.gates)], p[-1]

        for t, view in enumerate(self.views):
            z, early, first, last, i, f, g, o, c_prev, c, squashed, h_prev, h, h_kept = view
            add(z, dot(R, h_prev, product), z)
            if not self.fold:
                multiply(z, before, z)
            if G is not None:
                self._recur(t, G)
            if early is not None:
                add(early, p_early * c_prev, early)
            squash(first)

            if f is not None:
                multiply(f, c_prev, c)
            elif coupled:
                multiply(np.subtract(1, i, spare), c_prev, c)
            else:
                np.copyto(c, c_prev)
            add(c, g if i is None else multiply(i, g, spare), c)

            if last:
                add(o, multiply(p_o, c, spare), o)
                squash(last)
            if squash_c:
                np.tanh(c, squashed)
            if o is None:
                np.copyto(h, squashed)
            else:
                multiply(o, squashed, h)
            if h_kept is not None:
                np.copyto(h_kept, h)
            if G is not None:
                self._remember(t)
            if finished[t] is not None:
                self._hold(t, finished[t])

    def _recur(self, t: int, G: np.ndarray) -> None:
        """FGR: the gates of the last step are an input to the gates of this one."""
        z, (i_f, o) = self.gates[t], self.rows.sigma
        from_gates = np.dot(G, self.memory[t])
        z[i_f] += from_gates[: i_f.stop]
        z[o] += from_gates[i_f.stop :]

    def _remember(self, t: int) -> None:
        z, (i_f, o) = self.gates[t], self.rows.sigma
        self.memory[t + 1, : i_f.stop] = z[i_f]
        self.memory[t + 1, i_f.stop :] = z[o]

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


def _squash_small(runs: list[tuple[np.ndarray, np.ndarray, np.ndarray]]) -> None:
    """In place: tanh, and ½ + ½ tanh where factor and shift are ½, in as few calls as can be."""
    for z, factor, shift in runs:
        np.tanh(z, z)
        np.multiply(z, factor, z)
        np.add(z, shift, z)


def _by_tanh(runs: list[tuple[np.ndarray, list[np.ndarray], None]]) -> None:
    """In place: tanh, and ½ + ½ tanh in the rows of the sigmoids."""
    for z, sigmoids, _ in runs:
        np.tanh(z, z)
        for rows in sigmoids:
            np.multiply(rows, 0.5, rows)
            np.add(rows, 0.5, rows)


def _by_exp(runs: list[tuple[np.ndarray, np.ndarray | None, None]]) -> None:
    """In place: σ(−z), and 2σ(−z) − 1 in the rows of g."""
    for z, g, _ in runs:
        np.exp(z, z)
        np.add(z, 1, z)
        np.reciprocal(z, z)
        if g is not None:
            np.multiply(g, 2, g)
            np.subtract(g, 1, g)
